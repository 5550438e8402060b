"""What the tests of reading share: the built-in desks, and readings of texts and of sample mails."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from acuse.desk_files import load_desk_files
from intake.parse import parse
from intake.reading import read
from intake.text.body import views
from intake.text.quoting import Origin, new_text, parted
from rules.model import Body, Envelope, Mailbox, Message, Reading
from rules.policy import Desk

NOW = datetime(2026, 11, 9, 12, 0, tzinfo=UTC)
MAILS = Path(__file__).parent / "mails"
DESKS = load_desk_files([]).desks
LATAM = DESKS["bt-latam"]


def read_mail(name: str, desk: Desk = LATAM, mail_from: str = "someone@customer.example") -> Reading:
    return read(parse((MAILS / name).read_bytes()), desk, Envelope(mail_from, desk.addresses), NOW)


def read_text(text: str, desk: Desk = LATAM, *, html: bool = False, flowed: bool = False, **fields: object) -> Reading:
    message = Message(bodies=(Body(text, html, "1", flowed),), sender=Mailbox("ana@customer.example", "Ana Ruiz"))
    for name, value in fields.items():
        object.__setattr__(message, name, value)
    return read(message, desk, Envelope("ana@customer.example", desk.addresses), NOW)


def texts(reading: Reading) -> dict[str, str]:
    return {key: " ".join(answer.text.split()) for key, answer in reading.answers.items()}


def trimmed(text: str, *, sender: str = "Ana Ruiz", origin: Origin = Origin.REPLY, html: bool = False) -> str:
    return new_text(parted(views((Body(text, html, "1"),))[0], origin, sender))
