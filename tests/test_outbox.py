"""The outbox: finished bytes, the same at every try, in order for each ticket, and each recipient's fate apart."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from rules.decision import SendCounts
from storage import outbox
from storage.database import Database
from storage.outbox import FAILED, PENDING, SENT, NewMessage, Outcome, Outgoing
from storage.schema import outbox as table
from storage.schema import outbox_recipient
from tests.arrivals import LEASE, NOW, letter, open_ticket
from tests.plans import plans

LATER = NOW + timedelta(minutes=1)


def put(database: Database, *messages: NewMessage) -> list[int]:
    with database.write.begin() as connection:
        return [outbox.put(connection, one) for one in messages]


def claim(database: Database, owner: str = "a", now: datetime = NOW, limit: int = 100) -> list[Outgoing]:
    with database.read.connect() as connection:
        expected = outbox.any_waiting(connection, now)
    with database.write.begin() as connection:
        claimed = outbox.claim(connection, owner, now, LEASE, limit)
    assert bool(claimed) == expected
    return claimed


def outcome(state: str = SENT, address: str = "ana@example.com", code: int = 250, reply: str = "ok") -> Outcome:
    return Outcome(address, state, code, f"{code // 100}.0.0", reply)


def tried(
    database: Database,
    sent: Outgoing,
    *outcomes: Outcome,
    owner: str = "a",
    now: datetime = NOW,
    after: datetime = LATER,
) -> str | None:
    with database.write.begin() as connection:
        return outbox.tried(connection, sent, owner, outcomes, now, after)


def begin(database: Database, message: Outgoing, owner: str = "a", *, now: datetime, lease: timedelta) -> bool:
    with database.write.begin() as connection:
        return outbox.begin(connection, message, owner, now, lease)


def withdraw(database: Database, outbox_id: int) -> bool:
    with database.write.begin() as connection:
        return outbox.withdraw(connection, outbox_id, NOW)


def recipients(database: Database, outbox_id: int) -> dict[str, tuple[str, int | None, str | None]]:
    with database.read.connect() as connection:
        rows = connection.execute(select(outbox_recipient).where(outbox_recipient.c.outbox_id == outbox_id))
        return {row.address: (row.state, row.code, row.reply) for row in rows}


def row(database: Database, outbox_id: int) -> Any:
    with database.read.connect() as connection:
        return connection.execute(select(table).where(table.c.id == outbox_id)).one()


def counts(database: Database, desk: str = "red", address: str = "ana@example.com", now: datetime = NOW) -> SendCounts:
    with database.read.connect() as connection:
        return outbox.send_counts(connection, desk, address, now)


def tickets(database: Database, *ids: int) -> None:
    with database.write.begin() as connection:
        for one in ids:
            open_ticket(connection, one)


def test_every_try_has_the_same_bytes_and_message_id(database: Database) -> None:
    new = letter("m1", raw=bytes(range(256)) * 8000, mail_from="bounce@example.net")
    (outbox_id,) = put(database, new)
    now = NOW
    for attempt in range(1, 5):
        (message,) = claim(database, now=now)
        assert (message.id, message.attempts, message.raw) == (outbox_id, attempt, new.raw)
        assert (message.message_id, message.mail_from, message.rcpt_tos) == ("m1", new.mail_from, new.rcpt_tos)
        assert (message.created_at, message.not_after, message.lease_until) == (NOW, new.not_after, now + LEASE)
        after = now + timedelta(minutes=attempt)
        assert tried(database, message, outcome(PENDING, code=451), now=now, after=after) == "waiting"
        assert claim(database, now=after - timedelta(seconds=1)) == []
        now = after
    (message,) = claim(database, now=now)
    assert tried(database, message, outcome(), now=now) == "sent"
    assert claim(database, now=now + timedelta(days=1)) == []
    found = row(database, outbox_id)
    assert (found.state, found.begun_at, found.ended_at) == ("sent", NOW, now)


def test_a_message_id_leaves_once(database: Database) -> None:
    put(database, letter("m1"))
    with pytest.raises(IntegrityError):
        put(database, letter("m1"))


def test_recipients_fare_apart_and_only_those_who_wait_are_tried_again(database: Database) -> None:
    (outbox_id,) = put(database, letter("m1", rcpt_tos=("a@x.example", "b@x.example", "c@x.example")))
    (message,) = claim(database)
    evil = "no\x00 such\ud800 user" + "!" * 999
    first = (
        outcome(SENT, "a@x.example"),
        outcome(FAILED, "b@x.example", 550, evil),
        outcome(PENDING, "c@x.example", 451, "later"),
    )
    assert tried(database, message, *first) == "waiting"
    found = recipients(database, outbox_id)
    assert found["a@x.example"] == (SENT, 250, "ok")
    assert found["b@x.example"][:2] == (FAILED, 550)
    assert (found["b@x.example"][2] or "").startswith("no\ufffd such\ufffd user!")
    assert len(found["b@x.example"][2] or "") == 300
    (again,) = claim(database, now=LATER)
    assert again.rcpt_tos == ("c@x.example",)
    # A word about somebody who was done already changes nothing.
    assert tried(database, again, outcome(PENDING, "a@x.example"), outcome(SENT, "c@x.example"), now=LATER) == "sent"
    assert [state for state, _, _ in recipients(database, outbox_id).values()].count(SENT) == 2
    with database.read.connect() as connection:
        lost = outbox.lost_message(connection, outbox_id)
    assert lost
    assert (lost.address, lost.enhanced, lost.ticket_id) == ("b@x.example", "5.0.0", None)


def test_a_message_that_nobody_took_has_failed(database: Database) -> None:
    (outbox_id,) = put(database, letter("m1", rcpt_tos=("a@x.example", "b@x.example")))
    (message,) = claim(database)
    refused = (outcome(FAILED, "a@x.example", 550), outcome(FAILED, "b@x.example", 550))
    assert tried(database, message, *refused) == "failed"
    assert row(database, outbox_id).ended_at == NOW


def test_an_address_is_used_as_it_was_given_and_known_in_any_case(database: Database) -> None:
    given = ("Ana@Example.com", "ana@example.com", "j\u00d6rg@example.com")
    (outbox_id,) = put(database, letter("m1", rcpt_tos=given))
    (message,) = claim(database)
    assert message.rcpt_tos == ("Ana@Example.com", "j\u00d6rg@example.com")
    assert counts(database, address="ANA@example.COM").address_day == 1
    done = (outcome(SENT, "ANA@EXAMPLE.COM"), outcome(SENT, "j\u00d6rg@example.com"))
    assert tried(database, message, *done) == "sent"
    assert set(recipients(database, outbox_id)) == {"Ana@Example.com", "j\u00d6rg@example.com"}


def test_an_address_that_no_index_could_hold_does_not_break_the_outbox(database: Database) -> None:
    long = "".join(chr(0x1F300 + (7 * n * n) % 700) for n in range(998)) + "\x00@example.com"
    put(database, letter("m1", rcpt_tos=(long,)))
    (message,) = claim(database)
    assert counts(database, address=long).address_day == 1
    assert tried(database, message, outcome(FAILED, message.rcpt_tos[0], 553)) == "failed"


def test_mails_of_one_ticket_leave_in_order_and_others_go_on(database: Database) -> None:
    tickets(database, 1, 2)
    put(
        database,
        letter("first", ticket_id=1),
        letter("second", ticket_id=1),
        letter("other", ticket_id=2),
        letter("free"),
        letter("free too"),
    )
    claimed = claim(database)
    assert [one.message_id for one in claimed] == ["first", "other", "free", "free too"]
    assert claim(database, "b") == []
    assert tried(database, claimed[0], outcome(PENDING, code=451)) == "waiting"
    assert claim(database, "b") == []
    (again,) = claim(database, now=LATER)
    assert again.message_id == "first"
    assert tried(database, again, outcome(FAILED, code=550), now=LATER) == "failed"
    assert [one.message_id for one in claim(database, now=LATER)] == ["second"]


def test_a_message_is_given_up_when_its_next_try_would_be_too_late(database: Database) -> None:
    tickets(database, 1)
    (late, _) = put(
        database,
        letter("m1", ticket_id=1, not_after=LATER),
        letter("m2", ticket_id=1, not_after=NOW + timedelta(days=1)),
    )
    (message,) = claim(database)
    assert tried(database, message, outcome(PENDING, code=451), after=LATER) == "waiting"
    (message,) = claim(database, now=LATER)
    after = LATER + timedelta(microseconds=1)
    assert tried(database, message, outcome(PENDING, code=451, reply="busy"), now=LATER, after=after) == "expired"
    assert row(database, late).ended_at == LATER
    with database.read.connect() as connection:
        lost = outbox.lost_message(connection, late)
    assert lost
    assert (lost.ticket_id, lost.address, lost.reply) == (1, "ana@example.com", "busy")
    assert [one.message_id for one in claim(database, now=after)] == ["m2"]


def test_a_message_can_be_withdrawn_until_its_first_try(database: Database) -> None:
    tickets(database, 1)
    (first, second) = put(database, letter("m1", ticket_id=1), letter("m2", ticket_id=1))
    assert counts(database).address_day == 2
    assert withdraw(database, first)
    assert not withdraw(database, first)
    assert (row(database, first).state, row(database, first).ended_at) == ("withdrawn", NOW)
    # What never left counts against nobody, and holds nobody up.
    assert counts(database) == SendCounts(1, 1, 1)
    (message,) = claim(database)
    assert message.id == second
    assert not withdraw(database, second)
    assert tried(database, message, outcome(PENDING, code=451)) == "waiting"
    assert not withdraw(database, second)
    assert row(database, second).state == "waiting"


def test_who_lost_the_claim_writes_nothing_down(database: Database) -> None:
    (outbox_id,) = put(database, letter("m1"))
    (slow,) = claim(database, "a")
    assert claim(database, "b", NOW + LEASE - timedelta(seconds=1)) == []
    (quick,) = claim(database, "b", NOW + LEASE)
    assert quick.raw == slow.raw
    assert tried(database, slow, outcome(FAILED, code=550), owner="a") is None
    assert recipients(database, outbox_id) == {"ana@example.com": (PENDING, None, None)}
    assert tried(database, quick, outcome(), owner="b") == "sent"
    assert tried(database, quick, outcome(FAILED), owner="b") is None
    assert row(database, outbox_id).state == "sent"


def test_two_claims_of_one_owner_are_told_apart(database: Database) -> None:
    put(database, letter("m1"))
    (slow,) = claim(database)
    (quick,) = claim(database, now=NOW + LEASE)
    assert tried(database, slow, outcome(PENDING)) is None
    assert tried(database, quick, outcome()) == "sent"


def test_a_try_that_begins_makes_the_claim_last(database: Database) -> None:
    (outbox_id,) = put(database, letter("m1"))
    (message,) = claim(database)
    begun, longer = NOW + LEASE - timedelta(seconds=1), LEASE * 10
    assert begin(database, message, now=begun, lease=longer)
    assert row(database, outbox_id).lease_until == begun + longer
    assert claim(database, "b", begun + longer - timedelta(seconds=1)) == []
    assert tried(database, message, outcome(), now=begun) == "sent"
    assert not begin(database, message, now=begun, lease=longer)


@pytest.mark.parametrize("other", ["a", "b"])
def test_no_try_begins_with_a_claim_that_has_gone_to_another(database: Database, other: str) -> None:
    put(database, letter("m1"))
    (slow,) = claim(database)
    (quick,) = claim(database, other, NOW + LEASE)
    assert not begin(database, slow, now=NOW + LEASE, lease=LEASE * 10)
    assert row(database, quick.id).lease_until == quick.lease_until
    assert begin(database, quick, other, now=NOW + LEASE, lease=LEASE * 10)


def test_automatic_messages_are_counted_by_address_and_desk_within_their_windows(database: Database) -> None:
    ten_minutes, day, instant = timedelta(minutes=10), timedelta(days=1), timedelta(microseconds=1)
    for number, (ago, more) in enumerate(
        [
            (timedelta(), {}),
            (ten_minutes - instant, {}),
            (ten_minutes, {}),
            (day - instant, {}),
            (day, {}),
            (timedelta(), {"rcpt_tos": ("eva@example.com",)}),
            (timedelta(), {"desk": "blue"}),
            (timedelta(), {"automatic": False}),
        ]
    ):
        put(database, letter(f"m{number}", created_at=NOW - ago, **more))
    assert counts(database) == SendCounts(2, 4, 3)
    assert counts(database, "blue") == SendCounts(1, 1, 1)
    assert counts(database, "green") == SendCounts()


def test_claims_and_counts_go_by_their_indexes(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL scans a table this small")
    put(database, letter("m1"))
    for function in (
        lambda connection: outbox.any_waiting(connection, NOW),
        lambda connection: outbox.claim(connection, "a", NOW, LEASE, 5),
    ):
        plan = plans(database, function)
        assert "SEARCH outbox USING INDEX ix_outbox_queue" in plan
        assert "SEARCH earlier USING" in plan
        assert "TEMP B-TREE" not in plan
    plan = plans(database, lambda connection: outbox.send_counts(connection, "red", "ana@example.com", NOW))
    assert "USING INDEX ix_outbox_recipient_desk_address_key_created_at" in plan
    assert "USING INDEX ix_outbox_recipient_desk_created_at" in plan
    assert "SCAN" not in plan
