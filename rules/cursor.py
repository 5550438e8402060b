"""Where reading stands in a mail folder, and which of its mails are wanted (RFC 3501 s2.3.1.1: UID, UIDVALIDITY)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Cursor:
    """`uid` is the highest that was looked at. Mails below `first_uid` were there when the folder was first seen under
    this `uidvalidity`: of those only what arrived since the start is wanted, of the others everything."""

    uidvalidity: int
    uid: int
    first_uid: int


def fresh(cursor: Cursor, found: Iterable[int]) -> list[int]:
    """UIDs above the cursor, lowest first. A server answers `UID 101:*` with UID 100 where that is its highest."""
    return sorted({uid for uid in found if uid > cursor.uid})


def below(cursor: Cursor, found: Iterable[int]) -> list[int]:
    """UIDs that the cursor has passed. Among them may be some that nobody took: mails from before us, those of a broken
    server that numbers backwards, and those that failed."""
    return sorted({uid for uid in found if uid <= cursor.uid})


def wanted(cursor: Cursor, uid: int, arrived_at: datetime | None, since: datetime | None) -> bool:
    """Whether a mail is wanted; one without a time is, rather than lost. `since` None: everything is."""
    return uid >= cursor.first_uid or since is None or arrived_at is None or arrived_at >= since
