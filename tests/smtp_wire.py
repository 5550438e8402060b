"""Raw SMTP for tests: a listener in a thread of its own, a client that says what it is told, readable dialogues."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path

from intake.doors.door import LMTP, Door, ListenerLimits
from intake.doors.listener import Listener
from rules.model import Arrival

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DESKS = {
    "mesa@desk.example": "first",
    "soporte@desk.example": "second",
    "postmaster": "first",
    "postmaster@desk.example": "first",
}


class Inbox:
    """What a listener has committed."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []

    async def receive(self, arrival: Arrival) -> str:
        self.arrivals.append(arrival)
        return f"D{len(self.arrivals)}"


class Wire:
    """A client's end of a connection."""

    def __init__(self, at: int | Path) -> None:
        """Connect to a port of this machine, or to a unix socket."""
        if isinstance(at, Path):
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.settimeout(20)
            self.sock.connect(str(at))
        else:
            self.sock = socket.create_connection(("127.0.0.1", at), timeout=20)
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self.sock.close()

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def line(self) -> str:
        """One reply line, or "<closed>"."""
        while b"\r\n" not in self._buffer:
            try:
                received = self.sock.recv(65536)
            except ConnectionResetError:
                received = b""
            if not received:
                return "<closed>"
            self._buffer += received
        line, _, self._buffer = self._buffer.partition(b"\r\n")
        return line.decode()

    def reply(self) -> str:
        """The last line of one reply."""
        line = self.line()
        while line[3:4] == "-":
            line = self.line()
        return line

    def ask(self, command: str | bytes) -> str:
        self.send((command if isinstance(command, bytes) else command.encode()) + b"\r\n")
        return self.reply()

    def greet(self, verb: str = "EHLO") -> "Wire":
        assert self.reply().startswith("220 ")
        assert self.ask(f"{verb} client.example").startswith("250 ")
        return self

    def open_data(self, recipient: str = "mesa@desk.example") -> "Wire":
        assert self.ask("MAIL FROM:<ana@customer.example>").startswith("250 ")
        assert self.ask(f"RCPT TO:<{recipient}>").startswith("250 ")
        assert self.ask("DATA").startswith("354 ")
        return self

    def lmtp(self, body: bytes, *recipients: str) -> list[str]:
        """Hand a mail over by LMTP: the replies to RCPT of those that were refused, then one for each of the others."""
        assert self.ask("MAIL FROM:<ana@customer.example>").startswith("250 ")
        said = [self.ask(f"RCPT TO:<{one}>") for one in recipients]
        refused = [one for one in said if not one.startswith("250 ")]
        answer = self.ask("DATA")
        if not answer.startswith("354 "):
            return [*refused, answer]
        self.send(body + b".\r\n")
        return [*refused, *(self.reply() for _ in range(len(said) - len(refused)))]

    def deliver(self, body: bytes) -> str:
        self.open_data()
        self.send(body + b".\r\n")
        return self.reply()

    def start_tls(self, context: ssl.SSLContext) -> None:
        self.sock = context.wrap_socket(self.sock, server_hostname="localhost")


class Running:
    """A listener that runs, and a way to call into its loop."""

    def __init__(self, listener: Listener, loop: asyncio.AbstractEventLoop, port: int, lmtp: int | Path) -> None:
        self.listener = listener
        self.port = port
        self.lmtp = lmtp
        self._loop = loop

    def wire(self) -> Wire:
        return Wire(self.port)

    def lmtp_wire(self) -> Wire:
        return Wire(self.lmtp)

    def stop(self, grace_seconds: float) -> "asyncio.Future[None]":
        return asyncio.run_coroutine_threadsafe(self.listener.stop(grace_seconds), self._loop)

    def call(self, function: Callable[[], object]) -> None:
        self._loop.call_soon_threadsafe(function)


@contextmanager
def listening(
    receive: Callable[[Arrival], Awaitable[str]],
    limits: ListenerLimits | None = None,
    *,
    resolve: Callable[[str], str | None] = DESKS.get,
    tls_context: ssl.SSLContext | None = None,
    unix: Path | None = None,
) -> Iterator[Running]:
    """A listener with both doors; the one for LMTP at a unix socket where its path is given."""
    ready = threading.Event()
    running: list[Running] = []
    stop: list[Callable[[], None]] = []

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        stop.append(lambda: loop.call_soon_threadsafe(ended.set))
        limits_ = limits or ListenerLimits()
        door = Door(receive, resolve, limits_, hostname="desk.example", clock=lambda: NOW, tls_context=tls_context)
        listener = Listener(door)
        port = await listener.start("127.0.0.1", 0)
        lmtp: int | Path = unix or await listener.start("127.0.0.1", 0, LMTP)
        if unix:
            await listener.start_unix(unix, 0o660)
        running.append(Running(listener, loop, port, lmtp))
        ready.set()
        await ended.wait()
        await listener.stop(0)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(20)
        yield running[0]
    finally:
        stop[0]()
        thread.join(20)


def play(script: Path, wire: Wire) -> None:
    """Speak a dialogue: `C:` says a line, `C+` a line in one packet with the next, `S:` expects a line (with * and ?).

    In what the client says, \\r, \\n and \\xNN stand for themselves.
    """
    pending = b""
    for number, line in enumerate(script.read_text().splitlines(), 1):
        mark, _, text = line.partition(" ")
        if mark in {"C:", "C+"}:
            pending += text.encode().decode("unicode_escape").encode("latin-1") + b"\r\n"
            if mark == "C:":
                wire.send(pending)
                pending = b""
        elif mark == "S:":
            heard = wire.line()
            assert fnmatchcase(heard, text), f"{script.name}:{number}: expected {text!r}, heard {heard!r}"
        else:
            assert not line or line.startswith("#"), f"{script.name}:{number}: neither C: nor S:"
