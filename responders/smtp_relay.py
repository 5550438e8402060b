"""A relay by SMTP submission (RFC 5321, RFC 3207, RFC 4954), one recipient's fate apart from the other's."""

from __future__ import annotations

import re
import smtplib
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import structlog

from responders.relay import Outcome, OutgoingMail, RecipientResult, result, transient
from responders.smtp_client import Client, RelayError, Reply

log = structlog.get_logger()

Tls = Literal["none", "starttls", "implicit"]

_KEEP_SECONDS = 20.0
_GOODBYE_SECONDS = 2.0
_KEEP_MAILS = 100
_LINE_END = re.compile(rb"\r\n|\r|\n")
_NEVER = "\x00-\x1f\x7f\ud800-\udfff"
_ADDRESS = re.compile(rf'(?:"(?:[^"\\{_NEVER}]|\\[\x20-\x7e])+"|[^\s<>"@{_NEVER}]+)@[^\s<>"@{_NEVER}]+')

# What these say is that the relay does not understand us, or wants a login: nothing about a recipient.
_ABOUT_US = frozenset({500, 502, 503, 504, 530, 534, 535, 538})


class SmtpRelay:
    """Sends by one connection, kept for a while; several threads take turns.

    `tls` "starttls" demands STARTTLS; certificates are verified for `host` against `ca_file` or the system's store, TLS
    1.2 or newer. `username` goes out over TLS only: ValueError otherwise. `monotonic` is the clock, in seconds, by
    which a connection is kept and a try is timed.

    A try has `approach_seconds` until the last byte of the mail is out, whatever the relay does and however many the
    recipients, each step at most `io_seconds` of it, and then `final_seconds` for the reply (RFC 5321 s4.5.3.2.6).
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        helo: str,
        tls: Tls = "none",
        ca_file: Path | None = None,
        username: str = "",
        password: str = "",
        connect_seconds: float = 15,
        io_seconds: float = 60,
        approach_seconds: float = 480,
        final_seconds: float = 600,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        if username and tls == "none":
            raise ValueError('a login needs tls = "starttls" or "implicit"')
        self._host, self._port = host, port
        self._helo = helo
        self._tls = tls
        self._context = _verifying(ca_file)
        self._username, self._password = username, password
        self._connect_seconds, self._io_seconds = connect_seconds, io_seconds
        self._approach_seconds, self._final_seconds = approach_seconds, final_seconds
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._client: Client | None = None
        self._used_at = 0.0
        self._mails = 0

    def send(self, mail: OutgoingMail) -> tuple[RecipientResult, ...]:
        """See `Relay.send`. A reply to MAIL or to the mail itself holds for all recipients, one to RCPT for its own.

        Trouble with the connection, its greeting, its certificate or our login is transient, whatever the code.
        """
        with self._lock:
            try:
                client = self._connected()
            except RelayError as trouble:
                log.warning("relay.unusable", error=str(trouble), code=trouble.code)
                return transient(mail, str(trouble), trouble.code)
            results = _transact(client, mail)
            self._used_at = self._monotonic()
            self._mails += 1
            if client.broken:
                self._drop()
            return results

    def look(self) -> None:
        """Connect, greet and log in, and send nothing. RelayError where that fails."""
        with self._lock:
            self._connected()

    def close(self) -> None:
        """Say goodbye, if there is a connection."""
        with self._lock:
            self._drop()

    def _connected(self) -> Client:
        ends_at = self._monotonic() + self._approach_seconds
        if self._client is not None:
            fresh = self._monotonic() - self._used_at < _KEEP_SECONDS and self._mails < _KEEP_MAILS
            self._client.begin(ends_at)
            # The other end may have gone meanwhile: better to learn it now than from MAIL.
            if fresh and self._client.ask("RSET").positive:
                return self._client
            self._drop()
        client = Client(
            self._helo,
            connect_seconds=self._connect_seconds,
            io_seconds=self._io_seconds,
            final_seconds=self._final_seconds,
            monotonic=self._monotonic,
        )
        client.begin(ends_at)
        try:
            self._open(client)
        except RelayError:
            client.close()
            raise
        self._client = client
        self._mails = 0
        return client

    def _open(self, client: Client) -> None:
        try:
            client.open(self._host, self._port, self._context if self._tls == "implicit" else None)
            if self._tls == "starttls":
                client.secure(self._context)
            if self._username:
                client.log_in(self._username, self._password)
        except smtplib.SMTPResponseException as error:
            text = (
                error.smtp_error if isinstance(error.smtp_error, str) else error.smtp_error.decode("utf-8", "replace")
            )
            raise RelayError(f"{error.smtp_code} {text}", error.smtp_code) from error
        except ssl.SSLCertVerificationError as error:
            raise RelayError(f"certificate not accepted: {error.verify_message}") from error
        except (OSError, smtplib.SMTPException) as error:
            raise RelayError(f"no connection: {error}") from error

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            # Its answer changes nothing any more; a relay that hangs must not hold up the end of the daemon.
            client.say_goodbye(_GOODBYE_SECONDS)


def _verifying(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _transact(client: Client, mail: OutgoingMail) -> tuple[RecipientResult, ...]:
    """One mail on an open connection (RFC 5321 s3.3)."""
    raw = _LINE_END.sub(b"\r\n", mail.raw)  # RFC 5321 s2.3.8: no bare CR or LF on the wire
    addresses = (mail.mail_from, *mail.rcpt_tos)
    international = not all(address.isascii() for address in addresses) and client.has_extn("smtputf8")
    reply = _mail_from(client, mail.mail_from, len(raw), international=international)
    if not reply.positive:
        return tuple(_verdict(address, reply) for address in mail.rcpt_tos)
    replies = {
        address: _rcpt_to(client, address, international=international) for address in dict.fromkeys(mail.rcpt_tos)
    }
    accepted = {address for address, reply in replies.items() if reply.positive}
    if accepted and not client.broken:
        reply = client.ask("DATA")
        if reply.code == 354:
            reply = client.hand_over(raw)
        replies |= dict.fromkeys(accepted, reply)
    elif accepted:
        replies |= dict.fromkeys(accepted, Reply(0, "connection lost"))
    return tuple(_verdict(address, replies[address]) for address in mail.rcpt_tos)


def _mail_from(client: Client, address: str, size_bytes: int, *, international: bool) -> Reply:
    if address and not _ADDRESS.fullmatch(address):
        return Reply(553, "5.1.7 not an address")
    if not address.isascii() and not international:
        return Reply(553, "5.6.7 the relay takes no such address")
    size = f" SIZE={size_bytes}" if client.has_extn("size") else ""
    return client.ask("MAIL", f"FROM:<{address}>{size}{' SMTPUTF8' if international else ''}")


def _rcpt_to(client: Client, address: str, *, international: bool) -> Reply:
    if client.broken:
        return Reply(0, "connection lost")
    if not _ADDRESS.fullmatch(address):
        return Reply(553, "5.1.3 not an address")
    if not address.isascii() and not international:
        return Reply(553, "5.6.7 the relay takes no such address")
    return client.ask("RCPT", f"TO:<{address}>")


def _verdict(address: str, reply: Reply) -> RecipientResult:
    if reply.positive:
        outcome = Outcome.SENT
    elif 500 <= reply.code < 600 and reply.code not in _ABOUT_US:
        outcome = Outcome.PERMANENT
    else:
        outcome = Outcome.TRANSIENT
    return result(address, outcome, reply.code, reply.text)
