"""One SMTP connection as a client: opened, secured and logged in, then asked; it answers and never raises once open."""

from __future__ import annotations

import base64
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from responders.smtp_replies import ReplyFile

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

# One TLS record: a timeout of a socket with TLS holds for each of them.
_BLOCK_BYTES = 16 * 1024


class RelayError(Exception):
    """The other end cannot be used now; the text is fit for an operator, `code` its SMTP reply code or 0."""

    def __init__(self, text: str, code: int = 0) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class Reply:
    """An SMTP reply; `code` 0 where the connection broke instead, and `text` then says how."""

    code: int
    text: str

    @property
    def positive(self) -> bool:
        """A 2xx (RFC 5321 s4.2.1)."""
        return 200 <= self.code < 300


class Client(smtplib.SMTP):
    """smtplib's connection, bounded in time.

    `connect_seconds` is for each address of the host, `io_seconds` for each block written and each whole reply but the
    last one: the reply to a mail has `final_seconds`, because the relay may filter it first, and one that is not waited
    for comes out as a second copy (RFC 5321 s4.5.3.2.6). `monotonic` is a clock in seconds.
    """

    def __init__(
        self,
        helo: str,
        *,
        connect_seconds: float,
        io_seconds: float,
        final_seconds: float,
        monotonic: Callable[[], float],
    ) -> None:
        super().__init__(local_hostname=helo, timeout=connect_seconds)
        self.command_encoding = "utf-8"
        self.broken = False
        self._io_seconds, self._final_seconds = io_seconds, final_seconds
        self._monotonic = monotonic
        self._ends_at = 0.0
        self._implicit_tls: ssl.SSLContext | None = None

    def begin(self, ends_at: float) -> None:
        """A try begins; all but the reply to its mail has to be over when the clock shows `ends_at`."""
        self._ends_at = ends_at

    def open(self, host: str, port: int, implicit_tls: ssl.SSLContext | None) -> None:
        """Connect and greet. Raises RelayError, OSError or smtplib.SMTPException."""
        self._host = host  # smtplib verifies certificates for it
        self._implicit_tls = implicit_tls
        code, text = self.connect(host, port)
        self._expect(220, code, text, "greeting")
        self._greet()

    def secure(self, context: ssl.SSLContext) -> None:
        """STARTTLS, or RelayError where it is not offered (RFC 3207); what was offered in clear is forgotten."""
        if not self.has_extn("starttls"):
            raise RelayError("the relay does not offer STARTTLS")
        self.starttls(context=context)
        self._greet()

    def log_in(self, username: str, password: str) -> None:
        """AUTH PLAIN (RFC 4616) or LOGIN, in UTF-8, which smtplib's own login cannot. Raises as `open` does."""
        offered = self.esmtp_features.get("auth", "").upper().split()
        if "PLAIN" in offered:
            credentials = f"\0{username}\0{password}"
            code, text = self.docmd("AUTH", f"PLAIN {_base64(credentials)}")
        elif "LOGIN" in offered:
            code, text = self.docmd("AUTH", f"LOGIN {_base64(username)}")
            if code == 334:
                code, text = self.docmd(_base64(password))
        else:
            raise RelayError("the relay offers no login by PLAIN or LOGIN")
        self._expect(235, code, text, "login")

    def ask(self, verb: str, argument: str = "") -> Reply:
        """Say a command."""
        try:
            return self._heard(*self.docmd(verb, argument))
        except (OSError, smtplib.SMTPException) as error:
            return self._broke(error)

    def hand_over(self, raw: bytes) -> Reply:
        """Send a mail, CRLF at its line ends, after DATA has been answered with 354."""
        # smtplib's own data() stuffs dots behind a bare LF as well, where no server takes them out again.
        stuffed = b"." + raw if raw.startswith(b".") else raw
        stuffed = stuffed.replace(b"\r\n.", b"\r\n..")
        end = b".\r\n" if stuffed.endswith(b"\r\n") or not stuffed else b"\r\n.\r\n"
        try:
            data = stuffed + end
            for start in range(0, len(data), _BLOCK_BYTES):
                self.send(data[start : start + _BLOCK_BYTES])
            return self._heard(*self._reply(self._final_seconds))
        except (OSError, smtplib.SMTPException) as error:
            return self._broke(error)

    def say_goodbye(self, seconds: float) -> None:
        """QUIT, if there is somebody to hear it, and close. Nothing is raised."""
        with suppress(OSError):
            if not self.broken and self.sock:
                self._ends_at = self._monotonic() + seconds
                self.ask("QUIT")
            self.close()

    def send(self, s: ReadableBuffer | str) -> None:
        """As smtplib's, which calls it for every command, within our time."""
        if self.sock:
            self.sock.settimeout(self._left_seconds())
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        """As smtplib's, which calls it after every command, within our time and the bounds of `ReplyFile`."""
        return self._reply(self._left_seconds())

    def _reply(self, seconds: float) -> tuple[int, bytes]:
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        if self.file is None:
            self.file = ReplyFile(self.sock, self._monotonic)
        self.file.expect(seconds)
        try:
            return super().getreply()
        finally:
            if self.sock:
                # The handshake after STARTTLS takes the timeout that it finds.
                self.sock.settimeout(self._io_seconds)

    def _left_seconds(self) -> float:
        left_seconds = self._ends_at - self._monotonic()
        if left_seconds <= 0:
            raise TimeoutError("the try takes too long")
        return min(left_seconds, self._io_seconds)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connected = socket.create_connection((host, port), timeout)
        connected.settimeout(self._io_seconds)
        if self._implicit_tls is None:
            return connected
        return self._implicit_tls.wrap_socket(connected, server_hostname=host)

    def _greet(self) -> None:
        code, text = self.ehlo()
        if code != 250:
            code, text = self.helo()
        self._expect(250, code, text, "EHLO")

    def _expect(self, wanted: int, code: int, text: bytes, what: str) -> None:
        if code != wanted:
            raise RelayError(f"{what}: {code} {text.decode('utf-8', 'replace')}", max(code, 0))

    def _heard(self, code: int, text: bytes) -> Reply:
        # 421 announces the end (RFC 5321 s3.8); after a reply without a code nothing can be matched any more.
        if code == 421 or code < 200:
            self.broken = True
        return Reply(max(code, 0), text.decode("utf-8", "replace"))

    def _broke(self, error: Exception) -> Reply:
        self.broken = True
        return Reply(0, f"connection lost: {type(error).__name__}")


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
