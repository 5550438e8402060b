"""Arrivals and messages for the tests of the storage layer."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from rules.model import Arrival, Envelope, Lane, Mailbox, Peer
from storage import tickets
from storage.outbox import NewMessage
from storage.tickets import EventRow, NewTicket

NOW = datetime(2026, 11, 3, 15, 20, tzinfo=UTC)
LEASE = timedelta(minutes=2)
NOWHERE: dict[str, timedelta] = {}


def arrival(text: str | bytes = b"one", *, desks: tuple[str, ...] = ("red",), **more: Any) -> Arrival:
    raw = text.encode() if isinstance(text, str) else text
    values: dict[str, Any] = {
        "envelope": Envelope("ana@example.com", ("desk@example.net",)),
        "raw": raw,
        "door": "smtp",
        "peer": Peer("192.0.2.1", "mx.example.com"),
        "arrived_at": NOW,
        "desks": desks,
        "mail_key": hashlib.sha256(raw).hexdigest(),
        "source_key": "",
        "lane": Lane.LIVE,
    }
    return Arrival(**values | more)


def letter(message_id: str, **more: Any) -> NewMessage:
    values: dict[str, Any] = {
        "purpose": "acknowledgement",
        "desk": "red",
        "ticket_id": None,
        "message_id": message_id,
        "mail_from": "",
        "rcpt_tos": ("ana@example.com",),
        "raw": b"Subject: " + message_id.encode() + b"\r\n\r\n\x00\xff",
        "created_at": NOW,
        "not_after": NOW + timedelta(days=2),
        "automatic": True,
    }
    return NewMessage(**values | more)


def event(name: str) -> EventRow:
    return EventRow(name, "a_rule", "f" * 64, NOW)


def open_ticket(
    connection: Any, ticket_id: int, *, desk: str = "red", reference: str = "", who: str = "ana@example.com"
) -> None:
    new = NewTicket(ticket_id, desk, reference or f"R-{ticket_id}", "incident", "es", NOW)
    tickets.open_ticket(connection, new, Mailbox(who, "Ana"))
    tickets.append(connection, ticket_id, [event("opened"), event("acknowledged")])
