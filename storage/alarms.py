"""Alarms: what a person must know, once for each outage."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, not_, or_, select, update

from storage.inbox import insert_new
from storage.schema import alarm

LASTING = ("agent_unreachable:",)
"""How the keys begin of alarms that stay open while they have an effect."""


def raise_alarm(connection: Connection, key: str, detail: str, now: datetime) -> bool:
    """Open an alarm; True when it was not open yet, so that it is told once."""
    row = {"key": key, "detail": detail[:500], "opened_at": now, "last_at": now}
    opened = connection.execute(insert_new(connection, alarm).values(row).returning(alarm.c.id)).first() is not None
    if not opened:
        connection.execute(update(alarm).where(alarm.c.key == key, alarm.c.closed_at.is_(None)).values(last_at=now))
    return opened


def close_alarm(connection: Connection, key: str, now: datetime) -> bool:
    """The trouble is over; True when the alarm was open."""
    result = connection.execute(
        update(alarm).where(alarm.c.key == key, alarm.c.closed_at.is_(None)).values(closed_at=now)
    )
    return result.rowcount > 0


def close_quiet(connection: Connection, before: datetime, now: datetime, kind: str = "") -> int:
    """Close the alarms that were last raised before a time: nobody says of a flood that it has ended. Those whose key
    begins with `kind`; without it, all that are not left open for longer."""
    lasting = or_(alarm.c.key == "promise", *(alarm.c.key.startswith(one) for one in LASTING))
    result = connection.execute(
        update(alarm)
        .where(alarm.c.closed_at.is_(None), alarm.c.last_at < before)
        .where(alarm.c.key.startswith(kind) if kind else not_(lasting))
        .values(closed_at=now)
    )
    return int(result.rowcount)


def opened_since(connection: Connection, kind: str, now: datetime, span: timedelta) -> int:
    """How many alarms whose key begins with `kind` were opened within `span`."""
    recent = select(func.count()).select_from(alarm).where(alarm.c.opened_at > now - span, alarm.c.key.startswith(kind))
    return int(connection.execute(recent).scalar_one())


def is_open(connection: Connection, key: str) -> bool:
    """Whether an alarm is open."""
    return (
        connection.execute(select(alarm.c.id).where(alarm.c.key == key, alarm.c.closed_at.is_(None))).first()
        is not None
    )


def open_alarms(connection: Connection) -> list[dict[str, Any]]:
    """The alarms that are open, oldest first."""
    rows = connection.execute(
        select(alarm.c.key, alarm.c.detail, alarm.c.opened_at).where(alarm.c.closed_at.is_(None)).order_by(alarm.c.id)
    )
    return [dict(row) for row in rows.mappings()]
