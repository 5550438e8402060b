"""What every test may ask for: databases of both kinds, and a clock that stands still until told to move."""

from __future__ import annotations

import logging
import os
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile

import psycopg
import pytest
import structlog
from structlog._config import BoundLoggerLazyProxy

from storage.database import Database, open_database, upgrade

POSTGRES = os.environ.get("ACUSE_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
REQUIRED = set(filter(None, os.environ.get("ACUSE_REQUIRE", "").split(",")))


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """A test that runs a command in this process leaves no logger behind that writes to its standard error."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    if not structlog.is_configured():
        return
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    for module in list(sys.modules.values()):
        if isinstance(log := getattr(module, "log", None), BoundLoggerLazyProxy):
            # What the first use of a logger was bound to.
            log.__dict__.pop("bind", None)


def postgres_or_skip() -> psycopg.Connection:
    """A connection that may create databases; skips with a reason where there is none, fails where one is required."""
    try:
        return psycopg.connect(POSTGRES, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        if "postgres" in REQUIRED:
            pytest.fail(f"ACUSE_REQUIRE demands PostgreSQL, and none answers: {error}")
        pytest.skip("no PostgreSQL answers at ACUSE_POSTGRES")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A database of PostgreSQL's that the tests of one process share, one after the other: making and dropping one
    takes the server longer than most tests last."""
    name = f"acuse_{uuid.uuid4().hex[:12]}"
    with postgres_or_skip() as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            yield POSTGRES.rpartition("/")[0] + f"/{name}"
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


# All that a test may have changed in a schema: columns, indexes, constraints and triggers.
_SHAPE = """
SELECT md5(string_agg(line, '|' ORDER BY line)) FROM (
  SELECT format('%s %s %s %s %s', attrelid::regclass, attname, atttypid, attnotnull, attidentity) AS line
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0
  UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT pg_get_triggerdef(pg_trigger.oid)
    FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE relnamespace = 'public'::regnamespace AND NOT tgisinternal) AS lines
"""
_shapes: dict[str, str] = {}
"""Per database of PostgreSQL's, the shape of our tables in it as the migrations left them."""


def _alone(url: str) -> psycopg.Connection:
    """A connection to a database to which nobody else is connected any more, and which has its own settings back."""
    name = url.rpartition("/")[2]
    admin = psycopg.connect(url, autocommit=True)
    admin.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    admin.execute(f"ALTER DATABASE {name} RESET ALL")
    # No test ends the server, so nothing is lost by not waiting for its disk.
    admin.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    admin.execute("SET synchronous_commit = off")
    return admin


def _empty(url: str) -> None:
    """Take everything out of a database."""
    with _alone(url) as admin:
        admin.execute("DROP SCHEMA public CASCADE")
        admin.execute("CREATE SCHEMA public")


def _without_rows(url: str) -> None:
    """A database with our tables and nothing in them. Making the tables anew takes longer than most tests, so that is
    done only where a test has changed them."""
    with _alone(url) as admin:
        if _shapes.get(url) == _shape(admin):
            tables = admin.execute(
                "SELECT string_agg(format('%I', tablename), ', ') FROM pg_tables"
                " WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
            ).fetchone()
            assert tables
            admin.execute(f"TRUNCATE {tables[0]} RESTART IDENTITY")
            return
    _empty(url)
    _upgraded(url)
    with _alone(url) as admin:
        _shapes[url] = _shape(admin)


def _shape(admin: psycopg.Connection) -> str:
    row = admin.execute(_SHAPE).fetchone()
    return str(row and row[0])


def _upgraded(url: str) -> None:
    database = open_database(url)
    upgrade(database)
    database.close()


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of SQLite's with our tables, to be copied."""
    file = tmp_path_factory.mktemp("made") / "acuse.db"
    _upgraded(f"sqlite:///{file}")
    assert not list(file.parent.glob("*-wal"))
    return file


@pytest.fixture(params=["sqlite", "postgres"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without a table, once for each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/acuse.db"
    url: str = request.getfixturevalue("postgres_url")
    _empty(url)
    return url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with our tables and without a row, once for each kind."""
    if request.param == "sqlite":
        copyfile(request.getfixturevalue("sqlite_file"), tmp_path / "acuse.db")
        (tmp_path / "acuse.db").chmod(0o600)
        return f"sqlite:///{tmp_path}/acuse.db"
    url: str = request.getfixturevalue("postgres_url")
    _without_rows(url)
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with our tables, once for each kind."""
    opened = open_database(database_url)
    yield opened
    opened.close()


class StillClock:
    """A clock that moves when told to."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 3, 15, 20, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def forward(self, **span: float) -> datetime:
        self.time += timedelta(**span)
        return self.time


@pytest.fixture
def clock() -> StillClock:
    return StillClock()
