"""One session of SMTP (RFC 5321) or LMTP (RFC 2033): aiosmtpd's command loop with our limits, our replies and our
reading of DATA."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, AnyStr

import structlog
from aiosmtpd import smtp

from intake.doors.door import GOING_DOWN, LMTP, NO_ROOM, SMTP, TROUBLE, Door
from intake.doors.smtp_data import read_data
from intake.doors.smtp_hooks import Hooks, OpenEnvelope
from intake.doors.smtp_syntax import NULL_PATH, parse_path, printable, with_enhanced_code
from intake.identity import mail_key, own_id
from rules.model import Arrival, Envelope, Peer

log = structlog.get_logger()

_VERBS = ("MAIL", "RCPT", "DATA", "RSET", "NOOP", "QUIT", "VRFY", "STARTTLS")
_GREETINGS = {SMTP: ("HELO", "EHLO"), LMTP: ("LHLO",)}

# RFC 5321 s4.5.3.1: a path has up to 256 octets; RFC 6531 characters take up to four each, and parameters follow.
_COMMAND_BYTES = 2048

# Hashing more than this would keep the other sessions waiting.
_BIG_MAIL_BYTES = 1024 * 1024


class Session(smtp.SMTP):
    """One connection from greeting to goodbye, STARTTLS included. `protocol` is `SMTP` or `LMTP`."""

    line_length_limit = 64 * 1024  # aiosmtpd gives it to its StreamReader: at most twice as much waits unread
    command_size_limit = _COMMAND_BYTES

    session: smtp.Session
    envelope: OpenEnvelope
    transport: asyncio.Transport | None

    def __init__(self, door: Door, hooks: Hooks, protocol: str = SMTP) -> None:
        super().__init__(
            hooks,
            data_size_limit=door.limits.message_bytes,
            enable_SMTPUTF8=True,
            hostname=door.hostname,
            ident="ESMTP" if protocol == SMTP else "LMTP",
            tls_context=door.tls_context,
            timeout=door.limits.idle_seconds,
            loop=asyncio.get_running_loop(),
        )
        self.door = door
        self.protocol = protocol
        self.peer_address = ""
        # aiosmtpd keeps these in one dict of the class, which every new connection clears for all others.
        self.command_size_limits = defaultdict(lambda: _COMMAND_BYTES)
        self._smtp_methods = {
            verb: partial(self._command, self._smtp_methods[verb])
            for verb in (*_GREETINGS[protocol], *_VERBS)
            if verb != "STARTTLS" or door.tls_context
        }
        self._commands = 0
        self._command_bytes = 0
        self._in_data = False
        self._committing = False
        self._last_words = ""
        self._deadline: asyncio.TimerHandle | None = None

    # Connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Admit the peer; called again once TLS is on."""
        if self._original_transport is None:
            address = _address(transport)
            refusal = self.door.admit(self.protocol, address)
            if refusal:
                _turn_away(transport, refusal)
                return
            self.peer_address = address
            self._deadline = self.loop.call_later(self.door.limits.session_seconds, self._session_over)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Give back the peer's place; called twice after a failed TLS handshake."""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
            self.door.leave(self.protocol, self.peer_address)
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        """Bytes from the peer."""
        if not self._in_data:
            self._command_bytes += len(data)
            if self._command_bytes > self.door.limits.line_bytes:
                self._hang_up("421 4.7.0 Too much input without a mail")
                return
        super().data_received(data)

    def drain(self) -> None:
        """Say goodbye, now or after the mail that is under way."""
        self._last_words = GOING_DOWN
        if not self._in_data:
            self._hang_up(GOING_DOWN)

    def cut(self) -> None:
        """Say goodbye now, whatever is under way."""
        self._hang_up(GOING_DOWN)
        if self.transport is not None:
            self.transport.abort()

    def _session_over(self) -> None:
        words = "421 4.4.2 This session has lasted too long"
        if self._committing:
            self._last_words = words
        else:
            self._hang_up(words)

    def _timeout_cb(self) -> None:
        self._hang_up("421 4.4.2 Nothing came for too long")

    def _hang_up(self, words: str) -> None:
        transport = self.transport
        if transport is None or transport.is_closing():
            return
        log.info("session.cut", peer=self.peer_address, reply=words.partition("\r\n")[0])
        transport.write(words.encode() + b"\r\n")
        # close() waits for a peer that reads nothing as long as it likes.
        if transport.get_write_buffer_size():
            transport.abort()
        else:
            transport.close()

    # Commands

    async def _command(self, method: Callable[[str | None], Awaitable[None]], arg: str | None) -> None:
        self._commands += 1
        if self._commands > self.door.limits.commands:
            self._hang_up("421 4.7.0 Too many commands without a mail")
        else:
            await method(arg)

    async def push(self, status: AnyStr) -> None:
        """Send one reply."""
        reply = status if isinstance(status, str) else status.decode()
        await super().push(with_enhanced_code(reply) if self.session.extended_smtp else reply)

    async def handle_exception(self, error: Exception) -> str:
        """What is not foreseen is our trouble: a constant 451, never the error's own words."""
        log.error("session.failed", peer=self.peer_address, error=type(error).__name__)
        return TROUBLE

    async def check_helo_needed(self, helo: str = "HELO") -> bool:
        """Whether the peer must greet first, by the name that its protocol has for it."""
        needed: bool = await super().check_helo_needed(helo if self.protocol == SMTP else "LHLO")
        return needed

    async def smtp_LHLO(self, arg: str | None) -> None:  # noqa: N802
        """LMTP's greeting has the meaning and the answer of EHLO (RFC 2033 s4.1)."""
        if arg:
            await super().smtp_EHLO(arg)
        else:
            await self.push("501 Syntax: LHLO hostname")

    async def smtp_VRFY(self, _: str | None) -> None:  # noqa: N802
        """One answer to all, which tells nothing (RFC 5321 s7.3)."""
        await self.push("252 2.5.0 Send the mail and see")

    async def smtp_STARTTLS(self, arg: str | None) -> None:  # noqa: N802
        """RFC 3207; what the peer sent in clear after the command is thrown away with the handshake."""
        if self._tls_protocol is not None:
            await self.push("503 5.5.1 TLS is on already")
        else:
            await super().smtp_STARTTLS(arg)

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802
        """Receive one mail and answer for it."""
        if not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 No recipient yet")
        elif arg:
            await self.push("501 5.5.4 DATA takes no argument")
        elif self.door.budget.free_bytes <= 0:
            await self.push(NO_ROOM)
        else:
            await self._receive_mail()

    async def _receive_mail(self) -> None:
        self._in_data = True
        lease = self.door.budget.lease()
        try:
            await self.push("354 End the mail with <CR><LF>.<CR><LF>")
            data = await read_data(self._reader, self.door.limits, lease, self._reset_timeout)
            if data.endless:
                self._hang_up(self._for_each_recipient(data.refusal))
                return
            reply = data.refusal
            if not reply:
                self._committing = True
                try:
                    arrival = await self._arrival(data.raw)
                except Exception as error:  # noqa: BLE001 - LMTP's peer waits for its replies, whatever went wrong
                    reply = await self.handle_exception(error)
                else:
                    committed = self.door.commit(arrival, lease)
                    lease = self.door.budget.lease()
                    reply = await committed
            if reply.startswith("250"):
                self._commands = self._command_bytes = 0
            await self.push(self._for_each_recipient(reply))
        finally:
            lease.release()
            self._in_data = self._committing = False
            self.envelope = self._create_envelope()
        self._reset_timeout()
        if self._last_words:
            self._hang_up(self._last_words)

    def _for_each_recipient(self, reply: str) -> str:
        """What follows the final dot: in LMTP a reply for each recipient that was accepted, in their order (RFC 2033
        s4.2). One commit holds the mail for all its desks, so each reply says the same and each is true."""
        return reply if self.protocol == SMTP else "\r\n".join([reply] * len(self.envelope.rcpt_tos))

    # Values

    async def _arrival(self, raw: bytes) -> Arrival:
        envelope = self.envelope
        arrived_at = self.door.clock()
        key = mail_key(raw) if len(raw) < _BIG_MAIL_BYTES else await asyncio.to_thread(mail_key, raw)
        sender = (envelope.mail_from or "").replace(NULL_PATH, "")
        tls = str(self.session.ssl["ssl_object"].version()) if self.session.ssl else ""
        return Arrival(
            envelope=Envelope(sender, tuple(envelope.rcpt_tos)),
            raw=raw,
            door=self.protocol,
            peer=Peer(address=self.peer_address, helo=printable(self.session.host_name or ""), tls=tls),
            arrived_at=arrived_at,
            desks=tuple(envelope.desks),
            mail_key=key,
            message_id=own_id(raw),
        )

    def _create_envelope(self) -> OpenEnvelope:
        return OpenEnvelope()

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        return parse_path(arg) or (None, None)


def _address(transport: asyncio.BaseTransport) -> str:
    peer: Any = transport.get_extra_info("peername")
    return str(peer[0]) if isinstance(peer, tuple) else ""


def _turn_away(transport: asyncio.BaseTransport, reply: str) -> None:
    # The session is not set up, so nothing more may reach it.
    transport.set_protocol(asyncio.Protocol())
    if isinstance(transport, asyncio.WriteTransport):
        transport.write(reply.encode() + b"\r\n")
    transport.close()
