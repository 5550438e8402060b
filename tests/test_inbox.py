"""The inbox: exact bytes, one piece of work for each mail and desk, and claims that nobody shares."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select

from rules.model import Arrival, Envelope, Lane, Peer
from storage import inbox
from storage.database import Database, open_database
from storage.inbox import CHUNK_BYTES, MAX_ATTEMPTS, Work
from storage.schema import delivery, raw, raw_chunk, timer, work
from storage.writer import Writer
from tests.arrivals import LEASE, NOW, NOWHERE, arrival
from tests.plans import plans


def receive(database: Database, *arrivals: Arrival, promises: dict[str, timedelta] = NOWHERE) -> list[str]:
    with database.write.begin() as connection:
        return inbox.receive(connection, arrivals, promises)


def claim(database: Database, owner: str = "a", now: Any = NOW, limit: int = 100) -> list[Work]:
    with database.write.begin() as connection:
        return inbox.claim(connection, owner, now, LEASE, limit)


def decide(database: Database, taken: Work, owner: str = "a", **more: Any) -> bool:
    values: dict[str, Any] = {
        "now": NOW,
        "disposition": "held",
        "reasons": [{"rule": "open", "outcome": "hit", "detail": "because"}],
        "policy": "f" * 64,
        "message_id": "",
        "ticket_id": None,
    }
    with database.write.begin() as connection:
        return inbox.decided(connection, taken, owner, **values | more)


def count(database: Database, table: Any) -> int:
    with database.read.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def row(database: Database, table: Any, **where: Any) -> Any:
    with database.read.connect() as connection:
        found = select(table).where(*(table.c[key] == value for key, value in where.items()))
        return connection.execute(found).one()


# Bytes


@pytest.mark.parametrize(
    ("content", "chunks"),
    [
        (b"", 1),
        (b"\x00", 1),
        (bytes(range(256)), 1),
        (b"From nobody\n\r\r\n.\n\xff\xfe", 1),
        (b"a" * CHUNK_BYTES, 1),
        (b"b" * CHUNK_BYTES + b"c", 2),
        (bytes(range(256)) * 14336, 4),
    ],
    ids=["none", "nul", "every value", "line ends", "1 MiB", "1 MiB and one", "3.5 MiB"],
)
def test_bytes_come_out_as_they_went_in(database: Database, content: bytes, chunks: int) -> None:
    (delivery_id,) = receive(database, arrival(content))
    with database.read.connect() as connection:
        envelope, peer, sha256 = inbox.delivered(connection, delivery_id)
        assert inbox.raw_bytes(connection, sha256) == content
    assert envelope == Envelope("ana@example.com", ("desk@example.net",))
    assert peer == Peer("192.0.2.1", "mx.example.com")
    assert count(database, raw_chunk) == chunks


def test_the_same_bytes_are_stored_once_and_each_delivery_is_kept(database: Database) -> None:
    ids = receive(database, arrival("x"), arrival("y"), arrival("x")) + receive(database, arrival("x"))
    assert len(set(ids)) == count(database, delivery) == 4
    assert count(database, raw) == 2


def test_bytes_that_retention_took_are_missed_by_name(database: Database) -> None:
    with database.read.connect() as connection, pytest.raises(KeyError):
        inbox.raw_bytes(connection, "0" * 64)


# What a peer may send


def test_what_no_database_can_hold_does_not_make_a_mail_fail(database: Database) -> None:
    evil = "a\x00b\ud800c\udce9" + "\U0001f4e7"
    mail = arrival(
        "evil",
        envelope=Envelope(evil, (evil, "desk@example.net")),
        peer=Peer("192.0.2.1", evil, evil, evil),
        source_key=evil,
    )
    (delivery_id,) = receive(database, mail)
    assert receive(database, mail) == [delivery_id]
    with database.read.connect() as connection:
        envelope, peer, _ = inbox.delivered(connection, delivery_id)
    clean = "a\ufffdb\ufffdc\ufffd\U0001f4e7"
    assert envelope == Envelope(clean, (clean, "desk@example.net"))
    assert peer == Peer("192.0.2.1", clean, clean, clean)
    (taken,) = claim(database)
    assert decide(database, taken, message_id=evil, reasons=[{"rule": "open", "outcome": "hit", "detail": evil}])
    found = row(database, work, message_id=evil)
    assert found.reasons[0]["detail"] == clean


def test_keys_of_any_length_are_told_apart(database: Database) -> None:
    # Four bytes a character, and nothing that an index could compress.
    long = "".join(chr(0x1F300 + (7 * n * n) % 700) for n in range(9000))
    sources = [long + "1", long + "2", long + "1"]
    ids = receive(database, *(arrival("m", source_key=source) for source in sources))
    assert ids[0] == ids[2] != ids[1]
    for taken in claim(database):
        assert decide(database, taken, message_id=long)
    assert row(database, work, message_id=long).state == "done"


# One mail, one piece of work


def test_a_mail_is_work_once_for_each_desk_however_often_it_comes(database: Database) -> None:  # pain 16, 20
    both = arrival("m", desks=("red", "blue"))
    receive(database, both, both, arrival("m"))
    receive(database, replace(both, door="pipe", raw=b"other trace fields"))
    claimed = claim(database)
    assert sorted(one.desk for one in claimed) == ["blue", "red"]
    for one in claimed:
        assert decide(database, one)
    receive(database, both)
    assert claim(database) == []
    assert count(database, delivery) == 5


def test_a_fetched_mail_that_is_fetched_again_is_the_same_delivery(database: Database) -> None:  # pain 16, 17, 21
    mail = arrival("m", source_key="box/INBOX/7/1")
    (first,) = receive(database, mail)
    others = receive(database, arrival("n"), mail, arrival("o", source_key="box/INBOX/7/2"), mail)
    assert others[1] == others[3] == first
    assert len({first, *others}) == 3
    assert count(database, delivery) == count(database, work) == 3


def test_another_mail_under_a_source_that_is_known_is_not_lost(database: Database) -> None:
    first, second = receive(
        database, arrival("m", source_key="box/INBOX/7/1"), arrival("n", source_key="box/INBOX/7/1")
    )
    assert first != second
    assert count(database, work) == 2


def test_rows_are_written_in_one_order_by_every_daemon(database: Database) -> None:
    """Two that wrote the same rows in different orders would wait for each other."""
    written: dict[str, list[Any]] = {}

    def note(_connection: Any, clause: Any, many: Any, one: Any, _options: Any) -> None:
        if getattr(clause, "is_insert", False):
            written.setdefault(clause.table.name, []).extend(many or [one])

    mails = [arrival(f"m{n}", desks=("red", "blue"), source_key=f"box/INBOX/7/{n}") for n in (3, 1, 2)]
    event.listen(database.write, "before_execute", note)
    receive(database, *mails, promises={"red": timedelta(1), "blue": timedelta(1)})
    orders = {
        "raw": ("sha256",),
        "raw_chunk": ("sha256", "seq"),
        "delivery": ("source_key",),
        "work": ("desk", "mail_key"),
        "timer": ("subject",),
    }
    assert set(written) == set(orders)
    for name, columns in orders.items():
        found = [tuple(row[column] for column in columns) for row in written[name]]
        assert found == sorted(found), name
        assert len(found) in (3, 6)


def test_pollers_that_fetch_the_same_mails_at_once_store_each_once(database_url: str, database: Database) -> None:
    mails = [arrival(f"m{n}", desks=("red", "blue"), source_key=f"box/INBOX/7/{n}") for n in range(20)]
    databases = [open_database(database_url) for _ in range(4)]
    start = threading.Barrier(4)

    def fetch(number: int) -> list[str]:
        turned = mails[number * 5 :] + mails[: number * 5]
        start.wait()
        got = receive(databases[number], *turned, promises={"red": timedelta(minutes=15)})
        return got[-number * 5 :] + got[: -number * 5] if number else got

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(fetch, range(4)))
    for one in databases:
        one.close()
    assert results[0] == results[1] == results[2] == results[3]
    assert (count(database, delivery), count(database, work), count(database, timer)) == (20, 40, 20)


def test_half_of_the_promise_is_a_timer_of_live_mail_for_desks_that_promise(database: Database) -> None:
    promises = {"red": timedelta(minutes=15)}
    receive(database, arrival("m", desks=("red", "blue")), promises=promises)
    receive(database, arrival("n", lane=Lane.BACKLOG), promises=promises)
    found = row(database, timer)
    assert (found.kind, found.desk, found.due_at) == ("promise", "red", NOW + timedelta(minutes=7, seconds=30))
    assert found.subject == f"red:{arrival('m').mail_key}"


def test_mail_for_nobody_is_kept_without_work(database: Database) -> None:
    receive(database, arrival("m", desks=()))
    assert (count(database, delivery), count(database, work)) == (1, 0)


# Claims


def test_live_before_backlog_then_the_oldest(database: Database) -> None:
    receive(
        database,
        arrival("backlog", lane=Lane.BACKLOG, arrived_at=NOW - timedelta(days=9)),
        arrival("young", arrived_at=NOW - timedelta(seconds=1)),
        arrival("old", arrived_at=NOW - timedelta(seconds=2)),
    )
    keys = [arrival(text).mail_key for text in ("old", "young", "backlog")]
    first = claim(database, limit=2)
    assert [one.mail_key for one in first + claim(database)] == keys
    assert [one.attempts for one in first] == [1, 1]


def test_a_lease_that_ran_out_is_taken_over_and_its_first_owner_cannot_decide(database: Database) -> None:
    receive(database, arrival())
    (slow,) = claim(database, "a")
    assert claim(database, "b", NOW + LEASE - timedelta(seconds=1)) == []
    with database.read.connect() as connection:
        assert not inbox.any_waiting(connection, NOW)
        assert inbox.any_waiting(connection, NOW + LEASE)
    (quick,) = claim(database, "b", NOW + LEASE)
    assert not decide(database, slow, "a")
    with database.write.begin() as connection:
        assert not inbox.failed(connection, replace(slow, attempts=MAX_ATTEMPTS), "a", "late", NOW)
    assert decide(database, quick, "b")
    assert not decide(database, quick, "b")
    assert row(database, work).state == "done"


def test_two_claims_of_one_owner_are_told_apart(database: Database) -> None:
    receive(database, arrival())
    (slow,) = claim(database, "a")
    (quick,) = claim(database, "a", NOW + LEASE)
    assert not decide(database, slow, "a")
    assert decide(database, quick, "a")


def test_failed_work_waits_and_is_parked_in_the_end_until_somebody_asks(database: Database) -> None:  # pain 1
    receive(database, arrival("bad"), arrival("good", desks=("blue",)))
    now = NOW
    for attempt in range(1, MAX_ATTEMPTS + 1):
        (bad,) = [one for one in claim(database, now=now) if one.desk == "red"]
        assert bad.attempts == attempt
        with database.write.begin() as connection:
            parked = inbox.failed(connection, bad, "a", "broken\x00" + "!" * 9000, now + timedelta(seconds=8))
        assert parked == (attempt == MAX_ATTEMPTS)
        assert [one for one in claim(database, "c", now) if one.desk == "red"] == []
        now += timedelta(seconds=8)
    found = row(database, work, desk="red")
    assert found.state == "parked"
    assert found.error.startswith("broken\ufffd!")
    assert len(found.error) == 500
    with database.write.begin() as connection:
        assert inbox.retry_parked(connection, now) == 1
        assert inbox.retry_parked(connection, now) == 0
    (again,) = [one for one in claim(database, now=now) if one.desk == "red"]
    assert again.attempts == 1
    assert decide(database, again)
    assert row(database, work, desk="red").error is None


def test_the_sole_daemon_takes_back_what_its_forerunner_held(database: Database) -> None:
    receive(database, arrival("m"), arrival("n"), promises={"red": timedelta()})
    done, lost = claim(database, "dead")
    assert decide(database, done, "dead")
    with database.write.begin() as connection:
        inbox.release(connection)
    assert [one.id for one in claim(database, "new")] == [lost.id]


def test_many_claim_from_one_inbox_and_nobody_gets_what_another_has(database_url: str, database: Database) -> None:
    receive(database, *(arrival(f"m{n}") for n in range(300)))
    start = threading.Barrier(4)

    def work_through(owner: str) -> list[int]:
        own = open_database(database_url)
        got: list[int] = []
        start.wait()
        while claimed := claim(own, owner, limit=7):
            assert len(claimed) <= 7
            got += [one.id for one in claimed]
        own.close()
        return got

    with ThreadPoolExecutor(4) as pool:
        shares = list(pool.map(work_through, "abcd"))
    together = [one for share in shares for one in share]
    assert len(together) == len(set(together)) == 300


def test_rows_that_another_is_claiming_are_passed_over(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    receive(database, *(arrival(f"m{n}") for n in range(4)))
    with database.write.begin() as one, database.write.begin() as other:
        first = inbox.claim(one, "a", NOW, LEASE, 2)
        second = inbox.claim(other, "b", NOW, LEASE, 4)
    assert len(first) == len(second) == 2
    assert not {work.id for work in first} & {work.id for work in second}


def test_a_bad_mail_in_a_batch_takes_no_other_with_it(database: Database) -> None:
    writer = Writer(database.write)
    store = writer.batch(lambda connection, arrivals: inbox.receive(connection, arrivals, NOWHERE), 64)
    held = threading.Event()
    blocker = writer.submit(lambda connection: held.wait())
    naive = arrival("naive", arrived_at=NOW.replace(tzinfo=None))
    futures = [store(one) for one in (arrival("m"), naive, arrival("n"))]
    held.set()
    blocker.result()
    assert "a time without a zone" in str(futures[1].exception())
    assert {futures[0].result(), futures[2].result()} <= {one.delivery_id for one in claim(database)}
    writer.close()
    assert count(database, delivery) == 2


# Plans


def test_a_claim_goes_by_its_index(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL scans a table this small")
    plan = plans(database, lambda connection: inbox.claim(connection, "a", NOW, LEASE, 5))
    assert "USING INDEX ix_work_queue" in plan
    assert "TEMP B-TREE" not in plan
    plan = plans(database, lambda connection: inbox.any_waiting(connection, NOW))
    assert "USING INDEX ix_work_queue" in plan
