"""Timers: what is due fires once it is due, by one of however many look, and again when it was set again."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from storage import timers
from storage.database import Database, open_database
from storage.schema import timer
from storage.timers import Timer
from tests.arrivals import LEASE, NOW
from tests.plans import plans

LATER = NOW + timedelta(minutes=5)


def put(database: Database, subject: str = "1", due_at: datetime = NOW, kind: str = "summary") -> None:
    with database.write.begin() as connection:
        timers.set_timer(connection, kind, subject, "red", due_at)


def claim(database: Database, owner: str = "a", now: datetime = NOW, limit: int = 100) -> list[Timer]:
    with database.write.begin() as connection:
        return timers.claim(connection, owner, now, LEASE, limit)


def fire(database: Database, due: Timer, owner: str = "a", now: datetime = NOW) -> bool:
    with database.write.begin() as connection:
        return timers.fired(connection, due, owner, now)


def any_due(database: Database, now: datetime = NOW) -> bool:
    with database.read.connect() as connection:
        return timers.any_due(connection, now)


def row(database: Database) -> Any:
    with database.read.connect() as connection:
        return connection.execute(select(timer)).one()


def test_a_timer_fires_once_when_it_is_due(database: Database) -> None:
    put(database, due_at=LATER)
    assert not any_due(database)
    assert claim(database) == []
    assert any_due(database, LATER)
    (due,) = claim(database, now=LATER)
    assert (due.kind, due.subject, due.desk, due.due_at, due.attempts) == ("summary", "1", "red", LATER, 1)
    assert not any_due(database, LATER)
    assert fire(database, due, now=LATER)
    assert not fire(database, due, now=LATER)
    assert claim(database, now=LATER + LEASE) == []
    assert (row(database).state, row(database).fired_at) == ("fired", LATER)


def test_what_became_due_while_nobody_looked_fires_longest_due_first(database: Database) -> None:  # pain 67
    for days in (1, 3, 2):
        put(database, str(days), NOW - timedelta(days=days))
    assert [one.subject for one in claim(database, limit=2)] == ["3", "2"]
    assert [one.subject for one in claim(database)] == ["1"]


def test_a_timer_that_waits_stays_as_it_is(database: Database) -> None:
    put(database, due_at=NOW)
    put(database, due_at=LATER)
    assert row(database).due_at == NOW
    put(database, "2", LATER)
    put(database, "1", LATER, "promise")
    assert len(claim(database, now=LATER)) == 3


def test_a_timer_that_has_fired_is_wound_up_again(database: Database) -> None:
    put(database)
    (due,) = claim(database)
    assert fire(database, due)
    put(database, due_at=LATER)
    assert claim(database) == []
    (again,) = claim(database, now=LATER)
    assert (again.id, again.attempts, row(database).fired_at) == (due.id, 1, None)


def test_a_timer_that_is_set_while_it_fires_fires_once_more(database: Database) -> None:
    put(database)
    (due,) = claim(database)
    put(database, due_at=LATER)
    assert not fire(database, due)
    (again,) = claim(database)
    assert fire(database, again)


def test_a_timer_is_not_claimed_before_the_transaction_that_sets_it_has_ended(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    put(database)
    with database.write.begin() as setting:
        timers.set_timer(setting, "summary", "1", "red", LATER)
        assert claim(database) == []
    assert len(claim(database)) == 1


def test_a_timer_that_failed_is_due_again_and_never_given_up(database: Database) -> None:
    put(database)
    now = NOW
    for attempt in range(1, 30):
        (due,) = claim(database, now=now)
        assert due.attempts == attempt
        with database.write.begin() as connection:
            timers.failed(connection, due, "a", "broken\x00" + "!" * 999, now + timedelta(seconds=9))
        assert claim(database, "b", now) == []
        now += timedelta(seconds=9)
    assert len(row(database).error) == 500
    (due,) = claim(database, now=now)
    assert fire(database, due)
    assert row(database).error is None


def test_a_timer_is_taken_back_even_from_who_is_firing_it(database: Database) -> None:
    put(database)
    (due,) = claim(database)
    with database.write.begin() as connection:
        timers.withdraw(connection, "summary", "1")
        timers.withdraw(connection, "summary", "unknown")
    assert not fire(database, due)
    assert claim(database, now=NOW + LEASE) == []
    put(database, due_at=LATER)
    assert len(claim(database, now=LATER)) == 1


def test_a_lease_that_ran_out_goes_to_another(database: Database) -> None:
    put(database)
    (slow,) = claim(database, "a")
    assert claim(database, "b", NOW + LEASE - timedelta(seconds=1)) == []
    (quick,) = claim(database, "b", NOW + LEASE)
    assert not fire(database, slow, "a")
    with database.write.begin() as connection:
        timers.failed(connection, slow, "a", "late", LATER)
    assert fire(database, quick, "b")


def test_two_schedulers_share_the_timers(database_url: str, database: Database) -> None:
    for number in range(200):
        put(database, str(number))
    start = threading.Barrier(2)

    def schedule(owner: str) -> list[int]:
        own = open_database(database_url)
        fired: list[int] = []
        start.wait()
        while due := claim(own, owner, limit=9):
            fired += [one.id for one in due if fire(own, one, owner)]
        own.close()
        return fired

    with ThreadPoolExecutor(2) as pool:
        shares = list(pool.map(schedule, "ab"))
    together = shares[0] + shares[1]
    assert len(together) == len(set(together)) == 200


def test_a_claim_goes_by_its_index(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL scans a table this small")
    plan = plans(database, lambda connection: timers.claim(connection, "a", NOW, LEASE, 5))
    assert "USING INDEX ix_timer_due" in plan
    assert "TEMP B-TREE" not in plan
    assert "USING INDEX ix_timer_due" in plans(database, lambda connection: timers.any_due(connection, NOW))
