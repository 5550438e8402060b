"""The LMTP door (RFC 2033), spoken to over raw sockets: as many answers as recipients, and each of them true."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
import threading
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from intake.doors.door import ListenerLimits
from intake.doors.unix_socket import bind_unix, remove_unix
from rules.model import Arrival, Envelope, Peer
from tests.daemon import count, mail, running
from tests.postfix import postfix, postfix_or_skip, scratch
from tests.smtp_wire import Inbox, Wire, listening, play
from tests.test_service import started

DIALOGUES = sorted((Path(__file__).parent / "dialogues" / "lmtp").glob("*.txt"))
MESA, SOPORTE = "mesa@desk.example", "soporte@desk.example"
TROUBLE = "451 4.3.0 Temporary trouble on our side, please try again later"


@pytest.mark.parametrize("script", DIALOGUES, ids=lambda script: script.stem)
@pytest.mark.parametrize("unix", [False, True], ids=["tcp", "unix"])
def test_dialogue(script: Path, unix: bool, tmp_path: Path) -> None:
    file = tmp_path / "lmtp" if unix else None
    with (
        listening(Inbox().receive, ListenerLimits(message_bytes=20_000), unix=file) as door,
        door.lmtp_wire() as wire,
    ):
        play(script, wire)


def test_what_the_inbox_is_given(tmp_path: Path) -> None:
    inbox = Inbox()
    with listening(inbox.receive, unix=tmp_path / "lmtp") as door, door.lmtp_wire() as wire:
        assert wire.greet("LHLO").lmtp(
            b"Return-Path: <x@y.example>\r\n\r\nhola\r\n", SOPORTE, "nobody@x.example", MESA
        ) == [
            "550 5.1.1 No such recipient here",
            "250 2.0.0 D1",
            "250 2.0.0 D1",
        ]
    (arrival,) = inbox.arrivals
    # The envelope is what LMTP says, not what an earlier delivery wrote into the mail.
    assert arrival.envelope == Envelope("ana@customer.example", (SOPORTE, MESA))
    assert (arrival.desks, arrival.door) == (("second", "first"), "lmtp")
    assert arrival.peer == Peer(address="", helo="client.example")


def test_trouble_of_ours_is_told_for_each_recipient_and_the_next_mail_is_in_step(tmp_path: Path) -> None:  # pain 1
    """The database is away, then hashing breaks: a peer that heard too few answers would wait for ever."""
    inbox, broken = Inbox(), ["database"]

    async def receive(arrival: Arrival) -> str:
        if broken == ["database"]:
            raise OperationalError("INSERT", {}, Exception("password=secret"))
        return await inbox.receive(arrival)

    with listening(receive) as door, door.lmtp_wire() as wire:
        wire.greet("LHLO")
        assert wire.lmtp(b"x\r\n", MESA, SOPORTE) == [TROUBLE, TROUBLE]
        broken.clear()
        assert wire.lmtp(b"x\r\n", MESA, SOPORTE) == ["250 2.0.0 D1", "250 2.0.0 D1"]
        assert wire.ask("NOOP") == "250 2.0.0 OK"


def test_a_mail_that_cannot_be_hashed_is_answered_for_each_recipient(monkeypatch: pytest.MonkeyPatch) -> None:
    def out_of_memory(_: bytes) -> str:
        raise MemoryError

    monkeypatch.setattr("intake.doors.session.mail_key", out_of_memory)
    with listening(Inbox().receive) as door, door.lmtp_wire() as wire:
        assert wire.greet("LHLO").lmtp(b"x\r\n", MESA, SOPORTE) == [TROUBLE, TROUBLE]
        assert wire.ask("NOOP") == "250 2.0.0 OK"


def test_no_room_is_told_for_each_recipient() -> None:
    with listening(Inbox().receive, ListenerLimits(open_data_bytes=1000)) as door, door.lmtp_wire() as wire:
        wire.greet("LHLO")
        assert [one[:9] for one in wire.lmtp(b"x" * 2000 + b"\r\n", MESA, SOPORTE)] == ["452 4.3.1"] * 2
        assert wire.lmtp(b"x\r\n", MESA) == ["250 2.0.0 D1"]


def test_both_doors_share_one_budget() -> None:
    entered, release = threading.Event(), threading.Event()

    async def receive(_: Arrival) -> str:
        entered.set()
        await asyncio.to_thread(release.wait, 20)
        return "D1"

    with listening(receive, ListenerLimits(open_data_bytes=400_000)) as door, door.lmtp_wire() as second:
        second.greet("LHLO")
        with door.wire() as first:
            first.greet().open_data().send(b"x" * 300_000 + b"\r\n.\r\n")
            assert entered.wait(20)
            assert second.lmtp(b"y" * 200_000 + b"\r\n", MESA)[0].startswith("452 4.3.1 ")
            release.set()
            assert first.reply() == "250 2.0.0 D1"


def test_peers_at_a_unix_socket_have_no_address_and_so_no_limit_by_address(tmp_path: Path) -> None:
    limits = ListenerLimits(connections=2, connections_per_address=1)
    with (
        listening(Inbox().receive, limits, unix=tmp_path / "lmtp") as door,
        door.lmtp_wire() as first,
        door.lmtp_wire() as second,
        door.lmtp_wire() as third,
    ):
        first.greet("LHLO")
        second.greet("LHLO")
        assert third.line().startswith("421 4.3.2 ")


def test_strangers_at_the_one_door_do_not_shut_out_the_server_at_the_other() -> None:
    inbox = Inbox()
    limits = ListenerLimits(connections=2, connections_per_address=1)
    with listening(inbox.receive, limits) as door, door.wire() as stranger, door.wire() as refused:
        stranger.greet()
        assert refused.line().startswith("421 4.7.0 ")
        with door.lmtp_wire() as server, door.lmtp_wire() as one_more:
            assert server.greet("LHLO").lmtp(b"x\r\n", MESA) == ["250 2.0.0 D1"]
            assert one_more.line().startswith("421 4.7.0 ")


def test_stop_lets_a_mail_finish_and_takes_the_socket_away(tmp_path: Path) -> None:
    inbox, file = Inbox(), tmp_path / "lmtp"
    with listening(inbox.receive, unix=file) as door, door.lmtp_wire() as busy, door.lmtp_wire() as idle:
        idle.greet("LHLO")
        busy.greet("LHLO")
        busy.ask("MAIL FROM:<>")
        busy.ask(f"RCPT TO:<{MESA}>")
        busy.ask(f"RCPT TO:<{SOPORTE}>")
        busy.ask("DATA")
        stopped = door.stop(20)
        assert idle.line().startswith("421 4.3.2 ")
        busy.send(b"x\r\n.\r\n")
        assert [busy.reply(), busy.reply()] == ["250 2.0.0 D1"] * 2
        assert busy.line().startswith("421 4.3.2 ")
        stopped.result(20)
        assert not file.exists()


# The file of a unix socket -------------------------------------------------------------------------------------------


def test_a_socket_has_its_permissions_before_anybody_can_connect(tmp_path: Path) -> None:
    file = tmp_path / "lmtp"
    with bind_unix(file, 0o622) as bound:
        assert stat.S_IMODE(file.stat().st_mode) == 0o622
        with pytest.raises(ConnectionRefusedError):
            Wire(file)
        bound.listen()
        Wire(file).sock.close()


def test_the_file_of_a_dead_daemon_is_replaced_and_that_of_a_living_one_is_not(tmp_path: Path) -> None:
    file = tmp_path / "lmtp"
    with bind_unix(file, 0o600) as living:
        living.listen(0)
        with socket.socket(socket.AF_UNIX) as waits:
            waits.connect(str(file))
            with pytest.raises(OSError, match="Address already in use"):
                bind_unix(file, 0o600)
    before = file.stat().st_ino
    with bind_unix(file, 0o600) as heir:
        heir.listen()
        remove_unix(file, before + 1)  # another's: stays
        Wire(file).sock.close()


def test_what_is_no_socket_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "mailbox"
    file.write_text("mail")
    with pytest.raises(OSError, match="Socket operation on non-socket"):
        bind_unix(file, 0o600)
    assert file.read_text() == "mail"


# A daemon ------------------------------------------------------------------------------------------------------------

CONFIG = """
[desks]
enabled = ["bt-latam", "neotel"]
[lmtp]
listen = "unix:var/lmtp"
[reading]
processes = 1
"""


@pytest.mark.slow
def test_a_daemon_with_both_doors(tmp_path: Path) -> None:  # pain 20
    with running(tmp_path, CONFIG) as daemon:
        with Wire(tmp_path / "var" / "lmtp") as wire:
            raw = mail(1)
            replies = wire.greet("LHLO").lmtp(raw, "mo.bud@bt.com", "x@bt.com", "ServiceDesk@neotel.example")
            assert [one[:9] for one in replies] == ["550 5.1.1", "250 2.0.0", "250 2.0.0"]
            # Another server delivers recipient by recipient; each is the same work again.
            for one in ("mo.bud@bt.com", "ServiceDesk@neotel.example"):
                assert wire.lmtp(raw, one)[0].startswith("250 2.0.0")
        daemon.send(raw)
        daemon.wait_for("a ticket for each desk", lambda: count(tmp_path, "SELECT count(*) FROM ticket") == [(2,)])
        second = tmp_path / "second"
        second.mkdir()
        (second / "config.toml").write_text(
            f'[smtp]\nlisten = ""\n[lmtp]\nlisten = "unix:{tmp_path}/var/lmtp"\n[reading]\nprocesses = 1\n'
        )
        done = started(second)
        assert done.returncode == os.EX_CONFIG
        assert done.stderr.splitlines()[-1] == (
            f"config.toml: lmtp.listen: cannot listen on unix:{tmp_path}/var/lmtp: Address already in use; "
            "free the file or choose another"
        )
        assert daemon.stop() == 0
    assert not (tmp_path / "var" / "lmtp").exists()
    assert count(tmp_path, "SELECT door, count(*) FROM delivery GROUP BY door ORDER BY 1") == [("lmtp", 3), ("smtp", 1)]
    assert count(tmp_path, "SELECT desk FROM work ORDER BY 1") == [("bt-latam",), ("neotel",)]
    begun = next(one for one in daemon.events() if one["event"] == "acuse.started")
    assert begun["lmtp"] == f"unix:{tmp_path}/var/lmtp"


POINTS = [
    # (where the process ends itself, whether the sender may have its answers by then)
    ("before storage.inbox:receive", False),
    ("after storage.inbox:receive", False),
    ("before acuse.loops:QueueLoop.wake", False),
    ("before intake.doors.session:Session._for_each_recipient", False),
    ("before storage.inbox:claim", True),
]


@pytest.mark.slow
@pytest.mark.parametrize(("point", "answered"), POINTS, ids=[point for point, _ in POINTS])
def test_a_death_around_the_answers_loses_and_doubles_nothing(point: str, answered: bool, tmp_path: Path) -> None:
    """I1, I2: what was not answered for every recipient is delivered again, and is the same work."""
    raw, file = mail(1), tmp_path / "var" / "lmtp"
    to = ("mo.bud@bt.com", "ServiceDesk@neotel.example")
    with running(tmp_path, CONFIG, crash_at=point) as dying:
        with Wire(file) as wire:
            replies = wire.greet("LHLO").lmtp(raw, *to)
        assert dying.wait_dead() == 137
    heard = [one[:3] for one in replies] == ["250"] * 2
    assert answered or not heard
    with running(tmp_path) as daemon:  # the file of the dead daemon's socket is in nobody's way
        if not heard:
            with Wire(file) as wire:
                assert [one[:3] for one in wire.greet("LHLO").lmtp(raw, *to)] == ["250"] * 2
        daemon.wait_for(
            "both acknowledgements", lambda: count(tmp_path, "SELECT 1 FROM outbox WHERE state = 'sent'") == [(1,)] * 2
        )
        assert daemon.stop() == 0
    assert count(tmp_path, "SELECT DISTINCT data FROM raw_chunk") == [(raw,)]
    assert count(tmp_path, "SELECT desk, count(*) FROM ticket GROUP BY desk ORDER BY 1") == [
        ("bt-latam", 1),
        ("neotel", 1),
    ]
    assert len(daemon.outgoing()) == 2


@pytest.mark.parametrize(
    ("section", "key"),
    [
        ('listen = "127.0.0.1"', "lmtp.listen"),
        ('listen = "unix:"', "lmtp.listen"),
        ('listen = "127.0.0.1:25"', "lmtp.listen"),
        ('listen = "unix:x"\nsocket_mode = "rw"', "lmtp.socket_mode"),
    ],
)
def test_a_wrong_address_is_named(section: str, key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from acuse.cli import main

    (tmp_path / "config.toml").write_text(f"[lmtp]\n{section}\n")
    assert main(["check", "--config", str(tmp_path / "config.toml")]) == os.EX_CONFIG
    assert f"config.toml: {key}: must " in capsys.readouterr().err


# A mail server -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("at_once", [50, 1], ids=["several at once", "one at a time"])
def test_postfix_over_a_unix_socket(at_once: int) -> None:  # pain 11, pain 20
    """Who is unknown comes back to the sender; the others are delivered, together or each apart."""
    postfix_or_skip()
    folder = scratch()
    main = f"default_transport = lmtp:unix:{folder}/acuse/lmtp\nlmtp_destination_recipient_limit = {at_once}\n"
    mailbox = "keeps.example"
    config = (
        '[desks]\nenabled = ["bt-latam", "neotel"]\n[lmtp]\nlisten = "unix:lmtp"\nsocket_mode = "0666"\n'
        "[reading]\nprocesses = 1\n"
    )
    with postfix(folder=folder, main=main, keeps=(mailbox,)) as server, running(folder / "acuse", config) as daemon:
        server.send(mail(1), f"ana@{mailbox}", "mo.bud@bt.com", "nobody@bt.com", "ServiceDesk@neotel.example")
        daemon.wait_for("both tickets", lambda: count(daemon.folder, "SELECT count(*) FROM ticket") == [(2,)])
        (bounce,) = server.wait_for("the bounce", lambda: server.box(f"ana@{mailbox}"))
        assert b"nobody@bt.com" in bounce
        assert b"550 5.1.1 No such recipient here" in bounce
        server.wait_for("an empty queue", lambda: not server.queue())
        assert daemon.stop() == 0
        found = count(daemon.folder, "SELECT door, mail_from, rcpt_tos FROM delivery ORDER BY rcpt_tos")
    both = '["mo.bud@bt.com", "ServiceDesk@neotel.example"]'
    apart = ['["ServiceDesk@neotel.example"]', '["mo.bud@bt.com"]']
    wanted = [both] if at_once > 1 else apart
    assert [(door, who) for door, who, _ in found] == [("lmtp", f"ana@{mailbox}")] * len(wanted)
    assert [set(json.loads(str(to))) for _, _, to in found] == [set(json.loads(one)) for one in wanted]
