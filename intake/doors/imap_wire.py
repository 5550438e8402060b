"""IMAPClient's connection with an end to everything: seconds for a reply, bytes of a line, of a literal, of a reply.

imaplib waits for ever for a server that sends a byte now and then, reads a literal of any size that the server names,
and refuses the search result of a large folder, which is one line. IMAPClient's `idle_check` takes the end of the
stream for silence; so IDLE (RFC 2177) is read here.
"""

from __future__ import annotations

import imaplib
import re
import select
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.imap4 import IMAP4WithTimeout
from imapclient.tls import IMAP4_TLS

LINE_BYTES = 16 << 20
"""A search result has up to 11 bytes for each mail of a folder."""
_RECEIVE_BYTES = 64 << 10
_NO_TEXT = re.compile(rb"[A-P]{4}[0-9]+ (?:OK|NO|BAD)\r\n")


@dataclass(frozen=True, slots=True)
class Bounds:
    """`connect_seconds` for each address of the host, `read_seconds` for each piece of a reply, `reply_seconds` for a
    whole one, `done_seconds` for the one that ends IDLE, which costs a server nothing; `literal_bytes` for the largest
    literal where no larger one is allowed. A whole reply may have `LINE_BYTES` more than its largest literal."""

    connect_seconds: float = 15
    read_seconds: float = 60
    reply_seconds: float = 120
    done_seconds: float = 20
    literal_bytes: int = 1 << 20


class _Wire(imaplib.IMAP4):
    """imaplib's connection, which reads through a buffer of its own."""

    def __init__(self, bounds: Bounds, *more: Any) -> None:  # noqa: ANN401
        self._bounds = bounds
        self._ahead = bytearray()
        self._ahead_of: socket.socket | None = None
        self._ends_at = time.monotonic() + bounds.reply_seconds
        self._more_seconds = 0.0
        self._literal_bytes = self._next_literal_bytes = bounds.literal_bytes
        self._left_bytes = bounds.literal_bytes + LINE_BYTES
        super().__init__(*more)

    def open(self, *where: Any) -> None:  # noqa: ANN401
        """Connect. IMAPClient writes a command in pieces; each would wait for the server's delayed acknowledgement."""
        super().open(*where)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def allow(self, seconds: float, literal_bytes: int) -> None:
        """The next command is large: its reply may take so much longer, and have so large a literal."""
        self._more_seconds, self._next_literal_bytes = seconds, literal_bytes

    def send(self, data: Any) -> None:  # noqa: ANN401
        """As imaplib's, which calls it for every command: the time for the reply begins, and its bytes are counted."""
        self._ends_at = time.monotonic() + self._bounds.reply_seconds + self._more_seconds
        self._literal_bytes = self._next_literal_bytes
        self._left_bytes = self._literal_bytes + LINE_BYTES
        self._more_seconds, self._next_literal_bytes = 0.0, self._bounds.literal_bytes
        self.sock.settimeout(self._bounds.read_seconds)
        super().send(data)

    def read(self, size: int) -> bytes:
        """Exactly `size` bytes of a literal."""
        if size > self._literal_bytes:
            raise self.abort(f"a literal of {size} bytes is too large")
        while len(self._buffer()) < size:
            self._receive()
        return self._take(size)

    def readline(self) -> bytes:
        """A line with its CRLF."""
        searched = 0
        while (end := self._buffer().find(b"\n", searched)) < 0:
            searched = len(self._ahead)
            if searched > LINE_BYTES:
                raise self.abort("a line without end")
            self._receive()
        line = self._take(end + 1)
        # imaplib wants a space and text there, and gives the connection up where a server sends neither.
        return line[:-2] + b" \r\n" if _NO_TEXT.fullmatch(line) else line

    @property
    def exists_told(self) -> int:
        """How often the server has told since SELECT how many mails there are: again means that there are more."""
        return sum(len(told) for name, told in self.untagged_responses.items() if name.upper() == "EXISTS")

    def begin_idle(self) -> bytes:
        """IDLE; its tag. Responses may come before the go-ahead."""
        tag: bytes = self._command("IDLE")
        while self._get_response() is not None:
            if self.tagged_commands[tag] is not None:
                raise self.error(f"IDLE: {self.tagged_commands.pop(tag)}")
        self._check_bye()
        return tag

    def heard(self, seconds: float) -> bool:
        """Whether a line comes within `seconds` of IDLE that tells of new mail. Raises where the stream ends."""
        ends_at = time.monotonic() + seconds
        while True:
            left_seconds = ends_at - time.monotonic()
            if not self._readable(max(left_seconds, 0)):
                return False
            self._ends_at = time.monotonic() + self._bounds.read_seconds
            line = self._get_response()
            self._check_bye()
            if line is not None and line.upper().endswith((b" EXISTS", b" RECENT")):
                return True
            if left_seconds <= 0:
                return False

    def end_idle(self, tag: bytes) -> None:
        """DONE, and what follows it."""
        self.send(b"DONE\r\n")
        self._ends_at = time.monotonic() + self._bounds.done_seconds
        typ, data = self._command_complete("IDLE", tag)
        if typ != "OK":
            raise self.error(f"IDLE: {typ} {data}")

    def _readable(self, seconds: float) -> bool:
        if b"\n" in self._buffer() or (isinstance(self.sock, ssl.SSLSocket) and self.sock.pending()):
            return True
        poller = select.poll()
        poller.register(self.sock.fileno(), select.POLLIN)
        return bool(poller.poll(seconds * 1000))

    def _buffer(self) -> bytearray:
        if self._ahead_of is not self.sock:
            # STARTTLS has put another socket in its place: what came in the clear behind its OK is somebody else's.
            self._ahead.clear()
            self._ahead_of = self.sock
        return self._ahead

    def _take(self, size: int) -> bytes:
        taken = bytes(memoryview(self._ahead)[:size])
        del self._ahead[:size]
        return taken

    def _receive(self) -> None:
        left_seconds = self._ends_at - time.monotonic()
        if left_seconds <= 0:
            raise TimeoutError("the reply takes too long")
        self.sock.settimeout(min(left_seconds, self._bounds.read_seconds))
        received = self.sock.recv(_RECEIVE_BYTES)
        if not received:
            raise self.abort("the server closed the connection")
        self._left_bytes -= len(received)
        if self._left_bytes < 0:
            raise self.abort("a reply without end")
        self._ahead += received


class _PlainWire(_Wire, IMAP4WithTimeout):  # type: ignore[misc]
    """Without TLS, or before STARTTLS."""


class _TlsWire(_Wire, IMAP4_TLS):  # type: ignore[misc]
    """With TLS from the first byte."""


class Client(IMAPClient):  # type: ignore[misc]
    """An IMAPClient on a bounded connection. OSError and imaplib's errors where that cannot be had."""

    def __init__(self, host: str, port: int, bounds: Bounds, *, context: ssl.SSLContext | None) -> None:
        self._bounds = bounds
        timeout = SocketTimeout(bounds.connect_seconds, bounds.read_seconds)
        super().__init__(host, port, ssl=context is not None, ssl_context=context, timeout=timeout)
        self.normalise_times = False
        # IMAPClient has imaplib format every line it reads for a log; nobody reads it, and mail stands in it.
        self.wire.debug = 0

    @property
    def wire(self) -> _Wire:
        """The connection below."""
        wire: _Wire = self._imap
        return wire

    def cut(self) -> None:
        """End the connection from another thread: whoever waits for a reply gets an error."""
        with suppress(OSError):
            self.wire.sock.shutdown(socket.SHUT_RDWR)

    def _create_IMAP4(self) -> _Wire:  # noqa: N802 - IMAPClient's name
        bounds = self._bounds
        if self.ssl:
            return _TlsWire(bounds, self.host, self.port, self.ssl_context, bounds.connect_seconds)
        return _PlainWire(bounds, self.host, self.port, bounds.connect_seconds)
