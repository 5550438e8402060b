"""`outgoing.mode = "hold"`: everything runs, and no message leaves before a person lets it go."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from acuse.cli import main
from rules.decision import SendCounts
from storage import outbox, promise
from storage.database import Database
from storage.outbox_hold import held, release, withdraw
from storage.schema import outbox as table
from tests.arrivals import NOW, letter, open_ticket
from tests.conftest import StillClock
from tests.daemon import mail as daemon_mail
from tests.daemon import running
from tests.office import OPERATOR, Office, mail, office
from tests.plans import plans
from tests.smtp_script import Script, serving
from tests.test_outbox import claim, counts, outcome, put, recipients, row, tickets, tried

LATER = NOW + timedelta(hours=30)


def let_go(database: Database, *ids: int, now: Any = LATER) -> list[int]:
    with database.write.begin() as connection:
        return release(connection, ids, now)


def test_what_is_held_waits_for_a_person_and_then_has_all_its_time(database: Database) -> None:
    (one, other) = put(database, letter("m1", held=True), letter("m2", held=True))
    assert claim(database, now=LATER) == []
    assert let_go(database, one, 999) == [one]
    assert let_go(database, one) == []
    (message,) = claim(database, now=LATER)
    assert (message.id, message.message_id) == (one, "m1")
    assert message.not_after - LATER == letter("m1").not_after - NOW
    assert tried(database, message, outcome(), now=LATER) == "sent"
    assert row(database, other).state == "held"


def test_held_messages_of_one_ticket_leave_in_their_order(database: Database) -> None:
    tickets(database, 1)
    ids = put(database, *(letter(f"m{n}", ticket_id=1, held=True) for n in range(3)))
    assert let_go(database, *reversed(ids)) == ids
    for n in range(3):
        (message,) = claim(database, now=LATER)
        assert message.message_id == f"m{n}"
        assert tried(database, message, outcome(), now=LATER) == "sent"


def test_a_message_that_is_held_makes_no_later_one_wait(database: Database) -> None:
    """Released alone, or written after the mode was changed: waiting for a person's word could last for ever."""
    tickets(database, 1)
    first, second, _ = put(
        database,
        letter("m1", ticket_id=1, held=True),
        letter("m2", ticket_id=1, held=True),
        letter("m3", ticket_id=1),
    )
    assert let_go(database, second) == [second]
    (message,) = claim(database, now=LATER)
    assert message.message_id == "m2"
    assert tried(database, message, outcome(), now=LATER) == "sent"
    (message,) = claim(database, now=LATER)
    assert message.message_id == "m3"
    # What is released while a later one is under way leaves next.
    assert let_go(database, first) == [first]
    assert [one.message_id for one in claim(database, "b", now=LATER)] == ["m1"]


def test_what_is_held_counts_against_the_limits_and_what_is_withdrawn_does_not(database: Database) -> None:
    one, other = put(database, letter("m1", held=True), letter("m2", held=True))
    assert counts(database) == SendCounts(2, 2, 2)
    with database.write.begin() as connection:
        assert withdraw(connection, [one, 999], NOW) == [one]
        assert outbox.withdraw(connection, other, NOW)  # as for a reminder that an answer has overtaken
    assert counts(database) == SendCounts()
    assert row(database, one).state == "withdrawn"
    assert recipients(database, one) == {"ana@example.com": ("withdrawn", None, None)}
    assert let_go(database, one, other) == []


def test_those_of_a_desk_and_by_batches(database: Database) -> None:
    ids = put(database, *(letter(f"m{n}", held=True, desk="red" if n % 2 else "blue") for n in range(6)), letter("m9"))
    with database.read.connect() as connection:
        assert held(connection, None, 0, 100) == ids[:6]
        assert held(connection, None, ids[1], 2) == ids[2:4]
        assert held(connection, "red", 0, 100) == [ids[1], ids[3], ids[5]]
    if database.is_sqlite:
        assert "USING INDEX ix_outbox_held" in plans(database, lambda c: held(c, None, 0, 5)).replace("COVERING ", "")


def test_a_held_acknowledgement_is_not_late(database: Database) -> None:
    with database.write.begin() as connection:
        open_ticket(connection, 1)
    (one,) = put(database, letter("m1", ticket_id=1, held=True))
    with database.read.connect() as connection:
        assert promise.overdue(connection, "red", LATER) == 0
    let_go(database, one)
    with database.read.connect() as connection:
        assert promise.overdue(connection, "red", LATER) == 1


# The whole way ------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path, database_url: str, clock: StillClock) -> Iterator[Office]:
    with serving(Script()) as script:
        outgoing = {"mode": "hold", "port": script.port}
        with office(tmp_path, database_url, clock, outgoing=outgoing) as opened:
            opened.script = script  # type: ignore[attr-defined]
            yield opened


def test_a_trial_beside_an_old_system(desk: Office, clock: StillClock) -> None:
    desk.take(mail())
    desk.send()
    clock.forward(hours=1)
    desk.tick()
    mails = desk.script.mails  # type: ignore[attr-defined]
    assert (mails, desk.alarms()) == ([], [])  # half of the promise is long gone
    assert {one["state"] for one in desk.rows(table.select())} == {"held"}
    ids = [one["id"] for one in desk.rows(table.select())]
    assert desk.runtime.writer.call(lambda connection: release(connection, ids, clock.now())) == ids
    desk.send()
    assert next(to for _, to, _ in mails) == ["ana@cliente.example"]
    assert len(mails) == len(ids)


def test_an_alarm_is_never_held(desk: Office) -> None:
    desk.take(mail(sender="red@desk.example"))  # our own mail coming back
    assert desk.alarms() == ["loop"]
    desk.send()
    assert [to for _, to, _ in desk.script.mails] == [[OPERATOR]]  # type: ignore[attr-defined]


@pytest.mark.slow
def test_a_daemon_that_holds(tmp_path: Path) -> None:
    with serving(Script()) as script:
        config = f'[outgoing]\nmode = "hold"\nport = {script.port}\n[reading]\nprocesses = 1\n'
        with running(tmp_path, config) as daemon:
            for n in range(3):
                daemon.send(daemon_mail(n, sender=f"ana{n}@cliente.example"))
            daemon.wait_for("three held", lambda: len(daemon.json("queue", "out")["out"]) == 3)
            shown = daemon.acuse("queue", "out").stdout.decode()
            assert shown.count(" held ") == 3
            assert "3 messages wait for release" in daemon.acuse("status").stdout.decode()
            assert daemon.json("status")["out"]["messages"] == {"held": 3}
            listed = [json.loads(one) for one in daemon.acuse("outbox", "list", "--json").stdout.splitlines()]
            ids = [one["id"] for one in listed]
            assert daemon.json("outbox", "withdraw", str(ids[0])) == {"withdrawn": [ids[0]], "not_held": []}
            done = daemon.acuse("outbox", "release", str(ids[0]), str(ids[1]))
            assert (done.returncode, done.stdout) == (os.EX_DATAERR, b"1 message released\n")
            assert done.stderr.decode() == f"not held: {ids[0]}; see acuse outbox list\n"
            assert daemon.json("outbox", "release", "--all", "--desk", "neotel") == {"released": [], "not_held": []}
            assert script.mails == [] or len(script.mails) == 1
            assert daemon.json("outbox", "release", "--all") == {"released": [ids[2]], "not_held": []}
            daemon.wait_for("two at the relay", lambda: len(script.mails) == 2)
            assert daemon.stop() == 0
        assert sorted(to[0] for _, to, _ in script.mails) == ["ana1@cliente.example", "ana2@cliente.example"]


def test_check_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[outgoing]\nmode = "hold"\n')
    assert main(["check", "--config", str(config)]) == 0
    assert "no message leaves until acuse outbox release lets it go" in capsys.readouterr().out
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    "arguments",
    [[], ["1", "--all"], ["1", "--desk", "bt-latam"], ["one"], ["0"], ["99999999999999999999999"]],
)
def test_a_wrong_call_is_64(tmp_path: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["outbox", "release", *arguments]) == os.EX_USAGE
    assert len(capsys.readouterr().err.splitlines()) == 1
