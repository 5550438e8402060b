"""The answers to EHLO, MAIL and RCPT, asked for by aiosmtpd once it has checked their syntax."""

from __future__ import annotations

import structlog
from aiosmtpd import smtp

from intake.doors.door import NO_ROOM, Door

log = structlog.get_logger()


class OpenEnvelope(smtp.Envelope):
    """aiosmtpd's envelope, and the desks that its recipients belong to."""

    def __init__(self) -> None:
        super().__init__()
        self.desks: dict[str, None] = {}


class Hooks:
    """What all sessions of one listener answer."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def handle_EHLO(  # noqa: N802
        self, _: smtp.SMTP, session: smtp.Session, _envelope: OpenEnvelope, hostname: str, offers: list[str]
    ) -> list[str]:
        """Offer what holds: no AUTH, and SMTPUTF8 because a customer is better heard than refused for an address."""
        session.host_name = hostname
        kept = [line for line in offers if not line.startswith("250-AUTH") and line != "250 HELP"]
        # One string: a single write, and no enhanced code on its last line.
        return ["\r\n".join([*kept, "250-PIPELINING", "250 ENHANCEDSTATUSCODES"])]

    async def handle_MAIL(  # noqa: N802
        self, _: smtp.SMTP, _session: smtp.Session, envelope: OpenEnvelope, address: str, options: list[str]
    ) -> str:
        """Accept any sender; refuse a declared size (RFC 1870) that finds no room now."""
        declared = next((option for option in options if option.startswith("SIZE=")), "SIZE=0")
        if int(declared.removeprefix("SIZE=")) > self._door.budget.free_bytes:
            return NO_ROOM
        envelope.mail_from = address
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, _: smtp.SMTP, session: smtp.Session, envelope: OpenEnvelope, address: str, _options: list[str]
    ) -> str:
        """Accept the addresses of our desks."""
        if len(envelope.rcpt_tos) >= self._door.limits.recipients:
            return "452 4.5.3 Too many recipients, send the others in a mail of their own"
        desk = self._door.resolve(address)
        if desk is None:
            log.info("recipient.unknown", peer=session.peer)
            return "550 5.1.1 No such recipient here"
        envelope.rcpt_tos.append(address)
        envelope.desks[desk] = None
        return "250 2.1.5 OK"
