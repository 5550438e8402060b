"""Tickets: numbers given once, a state that is the fold of its events, and the tickets that a mail may belong to."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from rules.lifecycle import Happened, fold
from rules.model import Answer
from storage import threads, tickets, views
from storage.database import Database, open_database
from storage.schema import thread_id, ticket, ticket_event
from storage.threads import Names
from storage.tickets import MovedError
from storage.writer import Writer
from tests.arrivals import NOW, arrival, event, open_ticket
from tests.plans import plans
from tests.test_inbox import claim, decide, receive


def candidates(database: Database, desk: str = "red", **by: Any) -> list[tuple[int, str]]:
    tokens = by.pop("tokens", ())
    with database.read.connect() as connection:
        found = threads.candidates(connection, desk, tokens=tokens, names=Names(**by))
    return [(one.ticket_id, one.sign) for one in found]


# Numbers


def test_numbers_are_unique_and_without_gaps_among_many_daemons(database_url: str, database: Database) -> None:
    databases = [open_database(database_url) for _ in range(4)]
    writers = [Writer(one.write) for one in databases]
    start = threading.Barrier(8)

    def take(number: int) -> list[tuple[int, int]]:
        start.wait()
        return [
            writers[number % 4].call(lambda connection: tickets.reserve(connection, "red", "R-{number}", 2026))
            for _ in range(25)
        ]

    with ThreadPoolExecutor(8) as pool:
        taken = [one for share in pool.map(take, range(8)) for one in share]
    for writer, opened in zip(writers, databases, strict=True):
        writer.close()
        opened.close()
    assert sorted(one for one, _ in taken) == sorted(one for _, one in taken) == list(range(1, 201))


def test_sequences_of_desks_patterns_and_years_are_apart(database: Database) -> None:
    keys = [("red", "a", 2026), ("red", "a", 2026), ("blue", "a", 2026), ("red", "b", 2026), ("red", "a", 2027)]
    with database.write.begin() as connection:
        given = [tickets.next_number(connection, *key) for key in keys]
    assert given == [1, 2, 1, 1, 1]


def test_a_number_that_somebody_saw_is_never_given_again(database: Database) -> None:
    writer = Writer(database.write)

    def reserve(connection: Connection) -> tuple[int, int]:
        return tickets.reserve(connection, "red", "a", 0)

    def rolled_back(connection: Connection) -> None:
        open_ticket(connection, seen[0])
        raise LookupError

    seen = writer.call(reserve)
    with pytest.raises(LookupError):
        writer.call(rolled_back)
    assert writer.call(reserve) == (seen[0] + 1, seen[1] + 1)
    writer.close()


def test_a_reference_stands_for_one_ticket_of_a_desk(database: Database) -> None:
    with database.write.begin() as connection:
        open_ticket(connection, 1, reference="R-7")
        open_ticket(connection, 2, reference="R-7", desk="blue")
        with pytest.raises(IntegrityError), connection.begin_nested():
            open_ticket(connection, 3, reference="R-7")


# History


def test_state_is_the_fold_of_the_events(database: Database) -> None:
    with database.write.begin() as connection:
        open_ticket(connection, 1)
        tickets.append(connection, 1, [event("customer_replied"), event("customer_not_reached")], 2)
        tickets.append(connection, 1, [], 4)
    with database.read.connect() as connection:
        rows = connection.execute(select(ticket_event.c.seq, ticket_event.c.name).order_by(ticket_event.c.seq)).all()
        found = connection.execute(select(ticket)).one()
        shown = views.show_ticket(connection, "r-1")
    assert [row.seq for row in rows] == [1, 2, 3, 4]
    folded = fold(Happened(row.name) for row in rows)
    assert (found.state, found.acknowledgement, found.version) == (folded.state, folded.acknowledgement, 4)
    assert (found.state, found.acknowledgement) == ("new", "not_reached")
    assert shown
    assert shown["history_agrees"]


def test_who_decided_on_an_older_version_must_decide_again(database: Database) -> None:
    with database.write.begin() as connection:
        open_ticket(connection, 1)
        tickets.append(connection, 1, [event("customer_replied")], 2)
        for events in ([event("customer_replied")], []):
            with pytest.raises(MovedError), connection.begin_nested():
                tickets.append(connection, 1, events, 2)
    with database.read.connect() as connection:
        assert version_of(connection) == 3


def version_of(connection: Connection) -> int:
    (found,) = threads.candidates(connection, "red", tokens=[(1, "token")], names=Names())
    return found.version


def test_of_two_that_decide_at_once_one_is_told_to_decide_again(database_url: str, database: Database) -> None:
    with database.write.begin() as connection:
        open_ticket(connection, 1)
    databases = [open_database(database_url) for _ in range(4)]
    start = threading.Barrier(4)

    def reply(number: int) -> int:
        start.wait()
        moved = 0
        while True:
            with databases[number].read.connect() as connection:
                version = version_of(connection)
            try:
                with databases[number].write.begin() as connection:
                    tickets.append(connection, 1, [event("customer_replied")], version)
            except MovedError:
                moved += 1
                continue
            return moved

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(reply, range(4)))
    for one in databases:
        one.close()
    with database.read.connect() as connection:
        rows = connection.execute(select(ticket_event.c.seq).order_by(ticket_event.c.seq)).scalars().all()
    assert rows == [1, 2, 3, 4, 5, 6]


def test_an_event_that_the_table_lacks_is_not_written(database: Database) -> None:
    with database.write.begin() as connection:
        open_ticket(connection, 1)
        with pytest.raises(KeyError), connection.begin_nested():
            tickets.append(connection, 1, [event("vanished")])


# Answers


def test_a_later_answer_stands_beside_the_earlier_and_counts(database: Database) -> None:
    receive(database, arrival("m"), arrival("n"))
    first, second = (work.id for work in claim(database))
    early = {"site": Answer("Norte", "Norte", "part 1, line 2"), "power": Answer("no", False, "part 1, line 3")}
    late = {
        "site": Answer("S\x00ur \ud800", None, "part 1, line 9"),
        "contacts": Answer("Ana", [{"name": "A\x00na", "phone": None}], "part 1, line 10"),
    }
    with database.write.begin() as connection:
        open_ticket(connection, 1)
        tickets.write_answers(connection, 1, first, early)
        tickets.write_answers(connection, 1, first, early)
        tickets.write_answers(connection, 1, second, late)
        tickets.write_answers(connection, 1, second, {})
    with database.read.connect() as connection:
        current = tickets.current_answers(connection, 1)
    assert current == {
        "site": {"text": "S\ufffdur \ufffd", "value": None, "where": "part 1, line 9"},
        "power": {"text": "no", "value": False, "where": "part 1, line 3"},
        "contacts": {"text": "Ana", "value": [{"name": "A\ufffdna", "phone": None}], "where": "part 1, line 10"},
    }


# Candidates


def test_candidates_come_by_the_strength_of_their_sign(database: Database) -> None:
    with database.write.begin() as connection:
        for number in range(1, 6):
            open_ticket(connection, number, who=f"ANA{number}@example.com")
        threads.know_message_ids(connection, 4, ["m4@x", "shared@x"], ours=False)
        threads.know_message_ids(connection, 3, ["m3@x", "shared@x"], ours=True)
        threads.know_message_ids(connection, 5, ["m5@x"], ours=True)
        threads.know_message_ids(connection, 5, ["m5@x"], ours=True)
    by = {"tokens": [(5, "token")], "ids": ["m5@x", "shared@x"], "reference": "R-1"}
    assert candidates(database, **by) == [(5, "token"), (3, "message_id"), (4, "sibling"), (1, "reference")]
    with database.read.connect() as connection:
        (one,) = threads.candidates(connection, "red", tokens=[(2, "token")], names=Names(reference="R-2"))
    assert (one.reference, one.version, one.people) == ("R-2", 2, frozenset({"ana2@example.com"}))


def test_a_sign_of_another_desk_leads_nowhere(database: Database) -> None:
    with database.write.begin() as connection:
        open_ticket(connection, 1, reference="R-1")
        threads.know_message_ids(connection, 1, ["m@x"], ours=True)
    by = {"tokens": [(1, "token")], "ids": ["m@x"], "reference": "R-1"}
    assert candidates(database, "blue", **by) == []
    assert candidates(database, "red", **by) == [(1, "token")]


def test_an_empty_id_never_matches(database: Database) -> None:  # pain 24
    with database.write.begin() as connection:
        open_ticket(connection, 1, reference="")
        threads.know_message_ids(connection, 1, ["", "m@x"], ours=False)
        assert connection.execute(select(thread_id.c.message_id)).scalars().all() == ["m@x"]
    assert candidates(database, ids=["", ""], reference="") == []


def test_ids_of_any_length_and_content_find_their_ticket(database: Database) -> None:
    long = "".join(chr(0x1F300 + (7 * n * n) % 700) for n in range(998))
    with database.write.begin() as connection:
        open_ticket(connection, 1)
        open_ticket(connection, 2)
        threads.know_message_ids(connection, 1, [long + "1", "nul\x00@x", "half\ud800@x"], ours=False)
        threads.know_message_ids(connection, 2, [long + "2"], ours=False)
    assert candidates(database, ids=[long + "2"]) == [(2, "sibling")]
    assert candidates(database, ids=["nul\x00@x"]) == [(1, "sibling")]
    assert candidates(database, ids=["half\ud800@x"]) == [(1, "sibling")]


def test_numbers_that_no_database_has_are_no_candidates(database: Database) -> None:
    assert candidates(database, tokens=[(one, "token") for one in (0, -1, 2**31, 2**63, 2**70)]) == []


def test_an_id_that_many_tickets_share_is_no_sign(database: Database) -> None:
    with database.write.begin() as connection:
        for number in range(1, 42):
            open_ticket(connection, number)
            threads.know_message_ids(
                connection, number, ["shared@x", "twenty@x" if number <= 20 else "21@x"], ours=True
            )
    assert candidates(database, ids=["shared@x"]) == []
    assert candidates(database, ids=["21@x"]) == []
    found = candidates(database, ids=["twenty@x"])
    assert [one for one, _ in found] == list(range(20, 0, -1))  # the newest first


def test_tickets_whose_numbers_wait_for_a_summary_come_in_order(database: Database) -> None:
    with database.write.begin() as connection:
        for number in (2, 1, 3):
            open_ticket(connection, number, who="Ana@Example.com")
            tickets.append(connection, number, [event("acknowledgement_deferred")])
        open_ticket(connection, 4)
        tickets.append(connection, 3, [event("acknowledged")])
        open_ticket(connection, 5, desk="blue")
        tickets.append(connection, 5, [event("acknowledgement_deferred")])
    with database.read.connect() as connection:
        found = tickets.deferred(connection, "red", "ANA@example.com")
    assert [(one.ticket_id, one.version, one.name) for one in found] == [(1, 3, "Ana"), (2, 3, "Ana")]


def test_looking_for_a_thread_goes_by_indexes(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL scans a table this small")
    plan = plans(
        database,
        lambda connection: threads.candidates(
            connection,
            "red",
            tokens=[(1, "token")],
            names=Names(ids=("m@x",), reference="R-1", peer_numbers=("A-1234",)),
        ),
    )
    assert all(table not in plan for table in ("SCAN thread_id", "SCAN ticket", "SCAN party"))


def test_a_decision_names_its_ticket(database: Database) -> None:
    receive(database, arrival())
    (taken,) = claim(database)
    with database.write.begin() as connection:
        open_ticket(connection, 7)
    assert decide(database, taken, ticket_id=7, message_id="m@x", now=NOW)
    with database.read.connect() as connection:
        shown = views.show_ticket(connection, "R-7")
        traced = views.trace(connection, "<m@x>")
    assert shown
    assert [mail["id"] for mail in shown["mails"]] == [taken.id]
    assert [one["reference"] for one in traced["decisions"]] == ["R-7"]
