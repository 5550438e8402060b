"""When a mail came in, by the word of the server that took it last."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from intake.mime.headers import scan_header

_DATE_CHARACTERS = 100
_EARLIEST = datetime(1982, 8, 13, tzinfo=UTC)
"""RFC 822: before it no mail has a date that we could read."""


def received_at(raw: bytes) -> datetime | None:
    """The date of the topmost Received field (RFC 5321 s4.4); None where it has none. The Date field does not count:
    it is the sender's word. Never raises."""
    _, semicolon, date = scan_header(raw).first("received").rpartition(b";")
    if not semicolon:
        return None
    text = " ".join(date.decode("ascii", "replace").split())[:_DATE_CHARACTERS]
    try:
        found = parsedate_to_datetime(text)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found >= _EARLIEST else None
