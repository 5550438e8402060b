"""The SMTP door, spoken to over raw sockets."""

import asyncio
import re
import socket
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from intake.doors.door import ListenerLimits
from intake.identity import mail_key
from rules.model import Arrival, Envelope, Peer
from tests import certificates
from tests.smtp_wire import NOW, Inbox, Wire, listening, play

DIALOGUES = sorted((Path(__file__).parent / "dialogues").glob("*.txt"))
SMALL = ListenerLimits(message_bytes=20_000, recipients=4)


def stuffed(raw: bytes) -> bytes:
    lines = raw.split(b"\r\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines)


@pytest.mark.parametrize("script", DIALOGUES, ids=lambda script: script.stem)
def test_dialogue(script):
    with listening(Inbox().receive, SMALL) as door, door.wire() as wire:
        play(script, wire)


def test_what_the_inbox_is_given():
    inbox = Inbox()
    with listening(inbox.receive) as door, door.wire() as wire:
        wire.reply()
        wire.ask(b"EHLO \x00caf\xc3\xa9\xff")
        wire.ask("MAIL FROM:<ana@customer.example>")
        for recipient in ("soporte@desk.example", "mesa@desk.example", "postmaster"):
            wire.ask(f"RCPT TO:<{recipient}>")
        wire.ask("DATA")
        assert wire.ask(b"Subject: x\r\n\r\nhola\r\n.") == "250 2.0.0 D1"
    raw = b"Subject: x\r\n\r\nhola\r\n"
    recipients = ("soporte@desk.example", "mesa@desk.example", "postmaster")
    assert inbox.arrivals == [
        Arrival(
            envelope=Envelope("ana@customer.example", recipients),
            raw=raw,
            door="smtp",
            peer=Peer(address="127.0.0.1", helo="?café?"),
            arrived_at=NOW,
            desks=("second", "first"),
            mail_key=mail_key(raw),
        )
    ]


def test_null_sender_is_the_empty_string():
    inbox = Inbox()
    with listening(inbox.receive) as door, door.wire() as wire:
        wire.greet()
        wire.ask("MAIL FROM:<> BODY=8BITMIME")
        wire.ask("RCPT TO:<mesa@desk.example>")
        wire.ask("DATA")
        assert wire.ask(b".").startswith("250 ")
    assert inbox.arrivals[0].envelope.mail_from == ""


BODIES = {
    "empty": b"",
    "one empty line": b"\r\n",
    "dots": b".\r\n..\r\n...\r\n.a\r\na.\r\n",
    "NUL, 8 bit and bare line ends": b"a\x00b\xff\xfe\r\n\nc\rd\n.\n\r.\r\r\n",
    "no header": b"hola\r\n",
    "a very long line": b"x" * 300_000 + b"\r\ny\r\n",
    "dots around the pieces it is read in": (b"." * 65_534 + b"\r\n") * 5,
    "many pieces": (b"a line of a big mail, number nothing\r\n.dot\r\n" * 40_000),
}


# pain 14, pain 50
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_stored_bytes_are_those_of_the_wire(body):
    inbox = Inbox()
    with listening(inbox.receive) as door, door.wire() as wire:
        assert wire.greet().deliver(stuffed(body)) == "250 2.0.0 D1"
    assert inbox.arrivals[0].raw == body


def test_bytes_that_come_one_by_one():
    inbox = Inbox()
    with listening(inbox.receive) as door, door.wire() as wire:
        wire.greet().open_data()
        for byte in b"..a\r\n.\rb\r\n.\r\n":
            wire.send(bytes([byte]))
        assert wire.reply() == "250 2.0.0 D1"
    assert inbox.arrivals[0].raw == b".a\r\n\rb\r\n"


def test_nothing_is_smuggled_behind_a_false_end():
    inbox = Inbox()
    with listening(inbox.receive) as door, door.wire() as wire:
        play(Path(__file__).parent / "dialogues" / "smuggling.txt", wire)
    assert [arrival.raw for arrival in inbox.arrivals] == [
        b"first\n.\nMAIL FROM:<eve@evil.example>\n.\r\n\n.\r\r\n\rDATA\r.\r\r\n\nQUIT\r\n"
    ]


def test_250_comes_after_the_commit_and_others_do_not_wait():
    entered, release = threading.Event(), threading.Event()
    inbox = Inbox()

    async def receive(arrival: Arrival) -> str:
        if b"slow" in arrival.raw:
            entered.set()
            await asyncio.to_thread(release.wait, 20)
        return await inbox.receive(arrival)

    with listening(receive) as door, door.wire() as slow, door.wire() as quick:
        slow.greet().open_data().send(b"slow\r\n.\r\n")
        assert entered.wait(20)
        assert quick.greet().deliver(b"quick\r\n") == "250 2.0.0 D1"
        slow.sock.settimeout(0.2)
        with pytest.raises(TimeoutError):
            slow.reply()
        slow.sock.settimeout(20)
        release.set()
        assert slow.reply() == "250 2.0.0 D2"


# pain 1: what goes wrong with one mail is no reason to bounce it, nor to stop the next
def test_our_trouble_is_451_without_our_words():
    async def receive(arrival: Arrival) -> str:
        if b"bad" in arrival.raw:
            raise ConnectionResetError("password=secret")
        return "D1"

    with listening(receive) as door, door.wire() as wire:
        wire.greet()
        assert wire.deliver(b"bad\r\n") == "451 4.3.0 Temporary trouble on our side, please try again later"
        assert wire.deliver(b"good\r\n") == "250 2.0.0 D1"


def test_trouble_with_a_recipient_is_451_too():
    def resolve(address: str) -> str | None:
        raise RuntimeError("password=secret")

    with listening(Inbox().receive, resolve=resolve) as door, door.wire() as wire:
        wire.greet().ask("MAIL FROM:<ana@customer.example>")
        reply = wire.ask("RCPT TO:<mesa@desk.example>")
        assert reply == "451 4.3.0 Temporary trouble on our side, please try again later"
        assert wire.ask("NOOP") == "250 2.0.0 OK"


def test_a_commit_goes_on_when_the_client_is_gone():
    entered, release, committed = threading.Event(), threading.Event(), threading.Event()

    async def receive(_: Arrival) -> str:
        entered.set()
        await asyncio.to_thread(release.wait, 20)
        committed.set()
        return "D1"

    limits = ListenerLimits(connections=1)
    with listening(receive, limits) as door:
        with door.wire() as wire:
            wire.greet().open_data().send(b"x\r\n.\r\n")
            assert entered.wait(20)
        admitted(door).sock.close()  # the server has seen the end of the first
        release.set()
        assert committed.wait(20)


def admitted(door) -> Wire:
    for _ in range(1000):
        wire = door.wire()
        if wire.reply().startswith("220"):
            return wire
        wire.sock.close()
    return pytest.fail("no place was given back")


def declare(wire: Wire, size_bytes: int) -> str:
    wire.ask("RSET")
    return wire.ask(f"MAIL FROM:<ana@customer.example> SIZE={size_bytes}")[:9]


# pain 12
def test_a_dropped_mail_leaves_nothing_and_frees_its_bytes():
    inbox = Inbox()
    with listening(inbox.receive, ListenerLimits(open_data_bytes=400_000)) as door, door.wire() as second:
        second.greet()
        with door.wire() as first:
            first.greet().open_data().send(b"x" * 300_000)
            assert any(declare(second, 200_000) == "452 4.3.1" for _ in range(1000))
        assert any(declare(second, 400_000) == "250 2.1.0" for _ in range(1000))
        second.ask("RSET")
        assert second.deliver(b"y" * 300_000 + b"\r\n") == "250 2.0.0 D1"
    assert len(inbox.arrivals) == 1


def test_bytes_of_a_commit_count_until_it_has_ended():
    entered, release = threading.Event(), threading.Event()

    async def receive(_: Arrival) -> str:
        entered.set()
        await asyncio.to_thread(release.wait, 20)
        return "D1"

    with listening(receive, ListenerLimits(open_data_bytes=400_000)) as door, door.wire() as second:
        second.greet()
        with door.wire() as first:
            first.greet().open_data().send(b"x" * 300_000 + b"\r\n.\r\n")
            assert entered.wait(20)
        assert second.deliver(b"y" * 200_000 + b"\r\n") == "452 4.3.1 Too much mail at once, please try again later"
        release.set()
        assert any(declare(second, 400_000) == "250 2.1.0" for _ in range(1000))


# pain 13
def test_a_mail_too_big_is_552_and_the_session_goes_on():
    inbox = Inbox()
    with listening(inbox.receive, SMALL) as door, door.wire() as wire:
        wire.greet()
        assert wire.deliver(b"x" * 20_000 + b"\r\n").startswith("552 5.3.4 ")
        assert wire.deliver(b"x" * 19_998 + b"\r\n") == "250 2.0.0 D1"
    assert [len(arrival.raw) for arrival in inbox.arrivals] == [20_000]


@pytest.mark.parametrize("piece", [b"x" * 10_000, b"line\r\n" * 2_000], ids=["one line", "many lines"])
def test_an_endless_mail_is_cut(piece):
    with listening(Inbox().receive, ListenerLimits(message_bytes=1_000_000)) as door, door.wire() as wire:
        wire.greet().open_data()
        assert sent_until_cut(wire, piece) < 50_000_000


def test_an_endless_command_line_is_cut():
    with listening(Inbox().receive) as door, door.wire() as wire:
        wire.greet()
        assert sent_until_cut(wire, b"x" * 10_000) < 50_000_000


def sent_until_cut(wire: Wire, piece: bytes) -> int:
    for count in range(10_000):
        try:
            wire.send(piece)
        except ConnectionError:
            return count * len(piece)
    return pytest.fail("never cut")


def test_a_line_too_long_is_refused():
    limits = ListenerLimits(line_bytes=100_000)
    with listening(Inbox().receive, limits) as door, door.wire() as wire:
        wire.greet()
        assert wire.deliver(b"a\r\n" + b"x" * 100_001 + b"\r\nb\r\n").startswith("554 5.6.0 ")
        assert wire.deliver(b"a\r\n" + b"x" * 100_000 + b"\r\nb\r\n") == "250 2.0.0 D1"


def test_a_long_command_survives_new_connections():
    with listening(Inbox().receive) as door, door.wire() as wire:
        wire.greet()
        with door.wire() as other:
            other.greet()
        assert wire.ask(f"MAIL FROM:<{'a' * 600}@customer.example>").startswith("250 ")
        assert wire.ask("RCPT TO:<" + "a" * 3000) == "500 5.5.2 Command line too long"


def test_commands_without_a_mail_are_bounded():
    with listening(Inbox().receive, ListenerLimits(commands=10)) as door, door.wire() as wire:
        wire.greet()
        for _ in range(5):
            assert wire.deliver(b"x\r\n").startswith("250 ")
        replies = [wire.ask("NOOP")[:9] for _ in range(11)]
        assert replies == ["250 2.0.0"] * 10 + ["421 4.7.0"]
        assert wire.line() == "<closed>"


def test_connections_are_bounded_and_their_places_given_back():
    with listening(Inbox().receive, ListenerLimits(connections=3)) as door:
        wires = [door.wire() for _ in range(4)]
        with wires[0] as first, wires[1], wires[2], wires[3] as fourth:
            for wire in wires[:3]:
                wire.greet()
            assert fourth.line().startswith("421 4.3.2 ")
            assert fourth.line() == "<closed>"
            assert first.ask("NOOP").startswith("250 ")
        admitted(door).sock.close()


def test_connections_of_one_address_are_bounded():
    limits = ListenerLimits(connections_per_address=1)
    with listening(Inbox().receive, limits) as door, door.wire() as first, door.wire() as second:
        first.greet()
        assert second.line().startswith("421 4.7.0 ")
        with socket.create_connection(("127.0.0.1", door.port), source_address=("127.0.0.2", 0)) as other:
            assert other.recv(4) == b"220 "


@pytest.mark.parametrize("said", [b"", b"MAIL FR", b"DATA"], ids=["nothing", "half a command", "in DATA"])
def test_silence_is_cut(said):
    with listening(Inbox().receive, ListenerLimits(idle_seconds=0.3)) as door, door.wire() as wire:
        wire.greet()
        if said == b"DATA":
            wire.open_data()
        else:
            wire.send(said)
        assert wire.line().startswith("421 4.4.2 ")
        assert wire.line() == "<closed>"


def test_a_session_ends_though_it_talks():
    limits = ListenerLimits(session_seconds=0.5, commands=10**9, line_bytes=10**9)
    with listening(Inbox().receive, limits) as door, door.wire() as wire:
        wire.greet()
        replies = iter(lambda: wire.ask("NOOP")[:9], "421 4.4.2")
        assert set(replies) == {"250 2.0.0"}


def test_a_session_that_is_over_still_gets_the_answer_of_its_commit():
    async def receive(_: Arrival) -> str:
        await asyncio.sleep(1)
        return "D1"

    with listening(receive, ListenerLimits(session_seconds=0.5)) as door, door.wire() as wire:
        assert wire.greet().deliver(b"x\r\n") == "250 2.0.0 D1"
        assert wire.line().startswith("421 4.4.2 ")


def test_a_peer_that_never_reads_is_cut():
    limits = ListenerLimits(idle_seconds=0.5, commands=10**9, line_bytes=10**9)
    with listening(Inbox().receive, limits) as door, door.wire() as wire:
        wire.greet()
        sent_until_cut(wire, b"EHLO client.example\r\n" * 1_000)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return certificates.make(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def trusting(certificate):
    return ssl.create_default_context(cafile=str(certificate[0]))


def test_starttls(certificate, trusting):
    inbox = Inbox()
    context = certificates.server_context(*certificate)
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with listening(inbox.receive, tls_context=context) as door, door.wire() as wire:
        wire.reply()
        wire.send(b"EHLO client.example\r\n")
        assert "250-STARTTLS" in {wire.line() for _ in range(7)}
        wire.send(b"STARTTLS\r\n")
        assert wire.reply() == "220 2.0.0 Ready to start TLS"
        wire.start_tls(trusting)
        assert wire.ask("MAIL FROM:<ana@customer.example>").startswith("503 ")
        wire.send(b"EHLO client.example\r\n")
        offers = [wire.line() for _ in range(6)]
        assert offers[-1] == "250 ENHANCEDSTATUSCODES"
        assert not any(re.search("AUTH|STARTTLS", offer) for offer in offers)
        assert wire.ask("STARTTLS").startswith("503 5.5.1 ")
        assert wire.deliver(b"x\r\n") == "250 2.0.0 D1"
    assert inbox.arrivals[0].peer.tls == "TLSv1.3"
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_what_was_said_in_clear_behind_starttls_is_forgotten(certificate, trusting):
    with (
        listening(Inbox().receive, tls_context=certificates.server_context(*certificate)) as door,
        door.wire() as wire,
    ):
        wire.greet().send(b"STARTTLS\r\nEHLO evil.example\r\nMAIL FROM:<eve@evil.example>\r\n")
        assert wire.reply().startswith("220 ")
        wire.start_tls(trusting)
        assert wire.ask("RCPT TO:<mesa@desk.example>").startswith("503 ")
        assert wire.ask("NOOP").startswith("250 ")


def test_a_failed_handshake_gives_its_place_back_once(certificate):
    limits = ListenerLimits(connections=1)
    context = certificates.server_context(*certificate)
    with listening(Inbox().receive, limits, tls_context=context) as door:
        with door.wire() as wire:
            wire.greet().ask("STARTTLS")
            wire.send(b"this is no handshake\r\n" * 100)
            while wire.line() != "<closed>":
                pass
        with admitted(door), door.wire() as second:
            assert second.reply().startswith("421 ")


def test_stop_lets_a_mail_finish_and_turns_others_away():
    inbox = Inbox()
    with listening(inbox.receive) as door, door.wire() as busy, door.wire() as idle:
        idle.greet()
        busy.greet().open_data()
        stopped = door.stop(20)
        assert idle.line().startswith("421 4.3.2 ")
        assert idle.line() == "<closed>"
        with door.wire() as late:
            assert late.line().startswith("421 4.3.2 ")
        busy.send(b"x\r\n.\r\n")
        assert busy.reply() == "250 2.0.0 D1"
        assert busy.line().startswith("421 4.3.2 ")
        stopped.result(20)
        with pytest.raises(ConnectionRefusedError):
            door.wire()
    assert len(inbox.arrivals) == 1


def test_stop_does_not_wait_for_ever():
    inbox = Inbox()
    with listening(inbox.receive) as door, door.wire() as wire:
        wire.greet().open_data()
        door.stop(0.2).result(20)
        assert wire.line() in {"421 4.3.2 Service is going down, please try again later", "<closed>"}
    assert not inbox.arrivals


def test_many_at_once():
    inbox = Inbox()

    def client(number: int) -> list[str]:
        with door.wire() as wire:
            wire.greet()
            return [wire.deliver(f"mail {number}.{turn}\r\n".encode()) for turn in range(10)]

    with listening(inbox.receive) as door, ThreadPoolExecutor(20) as pool:
        replies = [reply for replies in pool.map(client, range(40)) for reply in replies]
    assert len(set(replies)) == 400
    assert {arrival.raw for arrival in inbox.arrivals} == {
        f"mail {number}.{turn}\r\n".encode() for number in range(40) for turn in range(10)
    }
