"""Mails that machines write and people's that look like theirs, and what becomes of them: shared by several tests."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from intake.parse import parse
from intake.reading import read
from rules.decide import decide
from rules.decision import Situation
from rules.model import Disposition, Envelope, Message, Reading
from tests.readings import LATAM, NOW

ANA = "Ana Ruiz <ana@x.example>"
OURS = "In-Reply-To: <ack.1@bt.com>"
REPLIED = "RE: [INC-2026-000118] Incidente registrado"
AUTOMATIC, BOUNCE, TICKET, UPDATE = (
    *(Disposition.AUTOMATIC, Disposition.BOUNCE, Disposition.TICKET, Disposition.UPDATE),
)


def mail(subject: str, body: str, *fields: str, sender: str = ANA, kind: str = "text/plain; charset=utf-8") -> bytes:
    lines = (f"From: {sender}", "To: mo.bud@bt.com", f"Subject: {subject}", "MIME-Version: 1.0", *fields)
    return "\r\n".join((*lines, f"Content-Type: {kind}", "", *body.splitlines(), "")).encode()


def parts(*bodies: tuple[str, str]) -> str:
    """The body of a multipart with the boundary B."""
    return "".join(f"--B\r\nContent-Type: {kind}\r\n\r\n{text}\r\n" for kind, text in bodies) + "--B--\r\n"


def reading_of(raw: bytes, sender: str = "ana@x.example") -> Reading:
    return read(parse(raw), LATAM, Envelope(sender, ("mo.bud@bt.com",)), NOW)


def disposition(raw: bytes, sender: str = "ana@x.example") -> Disposition:
    envelope = Envelope(sender, ("mo.bud@bt.com",))
    situation = Situation(envelope, frozenset(LATAM.addresses), tickets_known=False)
    return decide(reading_of(raw, sender), situation, LATAM, NOW).disposition


def recipients(message: Message) -> list[tuple[str, str]]:
    return [(one.recipient, one.action) for one in message.reports]


def named(cases: Iterable[tuple[str, ...]]) -> list[object]:
    """Cases with their first word as the name of the test."""
    return [pytest.param(*rest, id=name) for name, *rest in cases]
