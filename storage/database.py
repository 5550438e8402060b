"""Opening the database that a URL names, and knowing its revision."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text

HEAD = "0001"
"""The revision of the schema that this code was written for."""


class DatabaseBusyError(Exception):
    """A second daemon on the same SQLite database."""


@dataclass(frozen=True)
class Database:
    """Two engines on one database: `write` begins with the write lock, `read` sees a snapshot and blocks nobody."""

    url: URL
    write: Engine
    read: Engine

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is one file on this machine."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def path(self) -> Path:
        """The file of a SQLite database."""
        return Path(self.url.database or "")

    def close(self) -> None:
        """Close every connection."""
        self.write.dispose()
        self.read.dispose()


def parse_url(url: str) -> URL:
    """A SQLAlchemy URL for SQLite or PostgreSQL; ValueError in words for anything else."""
    try:
        parsed = make_url(url)
    except Exception as error:
        raise ValueError("is no database URL; write sqlite:///FILE or postgresql://USER@HOST/NAME") from error
    match parsed.get_backend_name():
        case "sqlite":
            if not parsed.database or parsed.database == ":memory:":
                raise ValueError("names no file; write sqlite:///FILE")
            return parsed.set(drivername="sqlite+pysqlite")
        case "postgresql":
            return parsed.set(drivername="postgresql+psycopg")
        case other:
            raise ValueError(f"names the database {other}; acuse knows sqlite and postgresql")


def open_database(url: str | URL) -> Database:
    """Engines for `url`. Nothing is connected yet, so a database that is away shows at the first use."""
    parsed = parse_url(url) if isinstance(url, str) else url
    if parsed.get_backend_name() == "sqlite":
        Path(parsed.database or "").parent.mkdir(parents=True, exist_ok=True)
        return Database(parsed, _sqlite(parsed, "BEGIN IMMEDIATE"), _sqlite(parsed, "BEGIN DEFERRED"))
    engine = create_engine(
        parsed,
        pool_pre_ping=True,
        pool_size=8,
        max_overflow=8,
        connect_args={"connect_timeout": 10, "application_name": "acuse"},
    )
    return Database(parsed, engine, engine)


def _sqlite(url: URL, begin: str) -> Engine:
    # The driver's own transaction handling begins too late (a read, then a write, loses updates); so it is told to
    # keep out of it, and every transaction begins with the statement we choose.
    engine = create_engine(
        url,
        connect_args={"timeout": 30, "isolation_level": None, "check_same_thread": False},
        pool_size=8,
        max_overflow=8,
    )

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:  # noqa: ANN401
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=30000",
            "wal_autocheckpoint=4000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def revision(database: Database) -> str | None:
    """The revision the database is at; None for a database without our tables."""
    with database.read.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(database: Database) -> None:
    """Bring the schema to `HEAD`."""
    # Alembic takes long to import and most starts have no use for it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["engine"] = database.write
    command.upgrade(config, "head")


@contextmanager
def only_daemon(database: Database) -> Iterator[None]:
    """Hold the place of the one daemon on a SQLite database; several may share PostgreSQL.

    The lock is the kernel's, on a file beside the database: it goes with the process, however that ends.
    """
    if not database.is_sqlite:
        yield
        return
    lock = database.path.with_name(database.path.name + ".lock")
    with lock.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DatabaseBusyError(str(lock)) from error
        yield
