"""Alarms: told once for each outage, and what the promise counts as late."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from rules.model import Lane
from storage import alarms, inbox, outbox, promise
from storage.database import Database
from storage.outbox import SENT, Outcome
from tests.arrivals import LEASE, NOW, arrival, letter, open_ticket
from tests.plans import plans
from tests.test_inbox import claim, decide, receive

HOUR = timedelta(hours=1)


def do(database: Database, function: Any, *args: Any) -> Any:
    with database.write.begin() as connection:
        return function(connection, *args)


def keys(database: Database) -> list[str]:
    with database.read.connect() as connection:
        return [one["key"] for one in alarms.open_alarms(connection)]


def test_an_alarm_is_told_once_an_outage(database: Database) -> None:
    assert do(database, alarms.raise_alarm, "relay", "away", NOW)
    assert not do(database, alarms.raise_alarm, "relay", "still away", NOW + HOUR)
    assert do(database, alarms.is_open, "relay")
    assert do(database, alarms.close_alarm, "relay", NOW + HOUR)
    assert not do(database, alarms.close_alarm, "relay", NOW + HOUR)
    assert not do(database, alarms.is_open, "relay")
    assert do(database, alarms.raise_alarm, "relay", "away again", NOW + 2 * HOUR)
    with database.read.connect() as connection:
        (one,) = alarms.open_alarms(connection)
    assert (one["key"], one["detail"], one["opened_at"]) == ("relay", "away again", NOW + 2 * HOUR)


def test_alarms_are_listed_oldest_first_and_counted(database: Database) -> None:
    do(database, alarms.raise_alarm, "relay", "", NOW - HOUR)
    do(database, alarms.raise_alarm, "flood:a", "", NOW - HOUR)
    do(database, alarms.raise_alarm, "flood:b", "", NOW)
    do(database, alarms.raise_alarm, "flood:b", "", NOW)
    assert keys(database) == ["relay", "flood:a", "flood:b"]
    assert do(database, alarms.opened_since, "flood:", NOW, HOUR) == 1
    assert do(database, alarms.opened_since, "flood:", NOW, HOUR + timedelta(microseconds=1)) == 2


def test_what_is_quiet_is_over_but_what_can_be_seen_to_be_over_is_asked_for(database: Database) -> None:
    for key in ("flood:a", "flood:b", "promise", "relay"):
        do(database, alarms.raise_alarm, key, "", NOW)
    do(database, alarms.raise_alarm, "flood:b", "", NOW + HOUR)
    assert do(database, alarms.close_quiet, NOW + HOUR, NOW + 2 * HOUR) == 2
    assert keys(database) == ["flood:b", "promise"]


def test_keys_may_be_what_a_sender_chose(database: Database) -> None:
    long = "flood:" + "\x00\ud800" + "x" * 5000
    assert do(database, alarms.raise_alarm, long + "1", "\x00\ud800" * 999, NOW)
    assert do(database, alarms.raise_alarm, long + "2", "", NOW)
    assert not do(database, alarms.raise_alarm, long + "1", "", NOW)
    assert do(database, alarms.close_alarm, long + "1", NOW)
    assert len(keys(database)) == 1


def test_a_mail_is_late_until_its_acknowledgement_has_left(database: Database) -> None:
    def waits() -> str:
        return str(do(database, promise.waits, "red", arrival().mail_key))

    def overdue(before: Any = NOW) -> int:
        return int(do(database, promise.overdue, "red", before))

    assert waits() == ""
    receive(database, arrival(), arrival("backlog", lane=Lane.BACKLOG), arrival("other", desks=("blue",)))
    assert overdue() == 1
    assert overdue(NOW - timedelta(microseconds=1)) == 0
    taken = next(one for one in claim(database) if one.mail_key == arrival().mail_key)
    assert waits() == f"mail {taken.id} is not decided"
    do(database, open_ticket, 1)
    do(database, outbox.put, letter("m1", ticket_id=1))
    do(database, outbox.put, letter("m2", ticket_id=1, purpose="summary"))
    assert decide(database, taken, ticket_id=1)
    assert waits() == "the number R-1 has not left"
    assert overdue() == 1
    (message,) = do(database, outbox.claim, "a", NOW, LEASE, 9)
    assert do(database, outbox.tried, message, "a", [Outcome("ana@example.com", SENT, 250, "", "")], NOW, NOW) == "sent"
    assert waits() == ""
    assert overdue() == 0


def test_parked_mail_has_an_alarm_of_its_own(database: Database) -> None:
    receive(database, arrival())
    now = NOW
    for _ in range(inbox.MAX_ATTEMPTS):
        assert do(database, promise.overdue, "red", NOW) == 1
        (taken,) = claim(database, now=now)
        do(database, inbox.failed, taken, "a", "broken", now)
    assert do(database, promise.overdue, "red", NOW) == 0
    assert do(database, promise.waits, "red", arrival().mail_key) == ""


def test_what_is_looked_at_every_few_seconds_reads_no_whole_table(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL scans a table this small")
    plan = plans(database, lambda connection: promise.overdue(connection, "red", NOW))
    assert "SCAN work" not in plan
    plan += plans(database, lambda connection: alarms.close_quiet(connection, NOW, NOW))
    plan += plans(database, lambda connection: alarms.opened_since(connection, "flood:", NOW, HOUR))
    plan += plans(database, lambda connection: alarms.raise_alarm(connection, "relay", "", NOW))
    assert "SCAN alarm" not in plan.replace("SCAN alarm USING INDEX uq_alarm_open", "")
