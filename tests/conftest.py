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


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a new, empty database, once for each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/acuse.db"
        return
    name = f"acuse_{uuid.uuid4().hex[:12]}"
    with postgres_or_skip() as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            yield POSTGRES.rpartition("/")[0] + f"/{name}"
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


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
