"""What every test may ask for: databases of both kinds, and a clock that stands still until told to move."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from storage.database import Database, open_database, upgrade

POSTGRES = os.environ.get("ACUSE_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
REQUIRED = set(filter(None, os.environ.get("ACUSE_REQUIRE", "").split(",")))


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


def _empty(url: str) -> None:
    """Take everything out of a database, and whoever is still connected."""
    name = url.rpartition("/")[2]
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        admin.execute(f"ALTER DATABASE {name} RESET ALL")
        # No test ends the server, so nothing is lost by not waiting for its disk.
        admin.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        admin.execute("SET synchronous_commit = off")
        admin.execute("DROP SCHEMA public CASCADE")
        admin.execute("CREATE SCHEMA public")


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, once for each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/acuse.db"
    url: str = request.getfixturevalue("postgres_url")
    _empty(url)
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with our tables, once for each kind."""
    opened = open_database(database_url)
    upgrade(opened)
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
