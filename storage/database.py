"""Opening the database that a URL names, and knowing its revision.

What goes wrong with a statement is told without its values: they are what customers write, and errors end in the log.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, inspect, make_url, text

HEAD = "0002"
"""The revision of the schema that this code was written for."""


class DatabaseBusyError(Exception):
    """A second daemon on the same SQLite database."""


@dataclass(frozen=True)
class Database:
    """Two engines on one database: `write` begins with the write lock where there is one; `read` cannot write, sees one
    snapshot for as long as a transaction lasts, and blocks nobody."""

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
            if parsed.query or parsed.database.startswith("file:"):
                raise ValueError("has options, and SQLite is opened with ours; write sqlite:///FILE")
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
        return Database(parsed, _sqlite(parsed, "IMMEDIATE"), _sqlite(parsed, "DEFERRED", "query_only=ON"))
    write = create_engine(
        parsed,
        # A claim looks again at a row that it had to wait for, which needs this level, whatever the server's default.
        isolation_level="READ COMMITTED",
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=8,
        max_overflow=8,
        connect_args={
            "application_name": "acuse",
            "client_encoding": "utf8",
            "connect_timeout": 10,
            # A server that vanished without a word is given up after half a minute, not after the kernel's two hours.
            "keepalives_idle": 15,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 30_000,
            # Behind a pooler every transaction may be another session, which knows no statement of the last one's.
            "prepare_threshold": None,
        },
    )
    event.listen(write, "handle_error", _without_rows)
    read = write.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return Database(parsed, write, read)


def _without_rows(context: ExceptionContext) -> None:
    # Behind the first line PostgreSQL quotes the row that it refuses, and errors are logged.
    for error in (context.original_exception, context.sqlalchemy_exception) if context.statement else ():
        if error and error.args:
            error.args = (str(error.args[0]).partition("\n")[0], *error.args[1:])


def _sqlite(url: URL, begin: str, *more_pragmas: str) -> Engine:
    # The driver's own transaction handling begins too late (a read, then a write, loses updates); so it is told to
    # keep out of it, and every transaction begins with the statement we choose.
    engine = create_engine(
        url,
        connect_args={"timeout": 30, "isolation_level": None, "check_same_thread": False},
        hide_parameters=True,
        pool_size=8,
        max_overflow=8,
    )

    @event.listens_for(engine, "do_connect")
    def _make(_dialect: Any, _record: Any, _args: Any, _more: Any) -> None:  # noqa: ANN401
        # It holds what customers write. SQLite gives its side files the mode of the database.
        if not (file := Path(url.database or "")).exists():
            os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:  # noqa: ANN401
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=30000",
            "wal_autocheckpoint=4000",
            *more_pragmas,
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(f"BEGIN {begin}")

    return engine


def revision(database: Database) -> str | None:
    """The revision the database is at; None for a database without our tables."""
    with database.read.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(database: Database) -> None:
    """Bring the schema to `HEAD`."""
    if revision(database) == HEAD:
        return
    # Alembic takes long to import and most starts have no use for it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

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
    file = database.path.resolve()
    lock = file.with_name(file.name + ".lock")
    with lock.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DatabaseBusyError(str(lock)) from error
        yield
