"""The other end's replies, line by line, bounded in number, size and time."""

from __future__ import annotations

import socket
from collections.abc import Callable

REPLY_LINES = 1_000
REPLY_BYTES = 256 * 1024
_RECEIVE_BYTES = 4096


class ReplyFile:
    """What smtplib reads replies from, instead of the socket's own file; `monotonic` is a clock in seconds.

    smtplib takes as many continuation lines as there are (RFC 5321 s4.2.1 sets no limit), and a socket's timeout begins
    anew with every byte: without these bounds one reply could last for ever.
    """

    def __init__(self, connected: socket.socket, monotonic: Callable[[], float]) -> None:
        self._socket = connected
        self._monotonic = monotonic
        self._ahead = b""
        self._ends_at = 0.0
        self._lines = self._bytes = 0

    def expect(self, seconds: float) -> None:
        """A new reply begins; it has to be complete in so many seconds."""
        self._ends_at = self._monotonic() + seconds
        self._lines = self._bytes = 0

    def readline(self, limit_bytes: int) -> bytes:
        """A line with its end, or its first `limit_bytes`, or what there is at the end of the stream.

        OSError where the connection broke or the reply exceeds a bound.
        """
        while b"\n" not in self._ahead and len(self._ahead) < limit_bytes:
            received = self._receive()
            if not received:
                break
            self._ahead += received
        end = self._ahead.find(b"\n", 0, limit_bytes) + 1 or limit_bytes
        line, self._ahead = self._ahead[:end], self._ahead[end:]
        self._lines += 1
        self._bytes += len(line)
        if self._lines > REPLY_LINES or self._bytes > REPLY_BYTES:
            raise OSError("the reply is too long")
        return line

    def close(self) -> None:
        """Forget what was read ahead; the socket stays open."""
        self._ahead = b""

    def _receive(self) -> bytes:
        left_seconds = self._ends_at - self._monotonic()
        if left_seconds <= 0:
            raise TimeoutError("the reply takes too long")
        self._socket.settimeout(left_seconds)
        return self._socket.recv(_RECEIVE_BYTES)
