"""Timers: what is due. One fires at least once after it is due; acting on it twice is harmless."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select, update

from storage.inbox import insert_new
from storage.schema import timer


@dataclass(frozen=True, slots=True)
class Timer:
    """A due timer, claimed by us."""

    id: int
    kind: str
    subject: str
    desk: str
    due_at: datetime
    attempts: int


def set_timer(connection: Connection, kind: str, subject: str, desk: str, due_at: datetime) -> None:
    """Set a timer; one that waits already under (kind, subject) stays, one that has fired is wound up again."""
    row = {"kind": kind, "subject": subject, "desk": desk, "state": "waiting", "due_at": due_at}
    connection.execute(insert_new(connection, timer), [row])
    connection.execute(
        update(timer)
        .where(timer.c.kind == kind, timer.c.subject == subject, timer.c.state != "waiting")
        .values(state="waiting", due_at=due_at, attempts=0, fired_at=None, error=None)
    )


def withdraw(connection: Connection, kind: str, subject: str) -> None:
    """Take back a timer that is no longer wanted."""
    connection.execute(
        update(timer)
        .where(timer.c.kind == kind, timer.c.subject == subject, timer.c.state == "waiting")
        .values(state="withdrawn", owner=None)
    )


def claim(connection: Connection, owner: str, now: datetime, lease: timedelta, limit: int) -> list[Timer]:
    """Take up to `limit` due timers, the longest due first."""
    free = (
        select(timer.c.id)
        .where(
            timer.c.state == "waiting",
            timer.c.due_at <= now,
            or_(timer.c.lease_until.is_(None), timer.c.lease_until <= now),
        )
        .order_by(timer.c.due_at, timer.c.id)
        .limit(limit)
    )
    if connection.dialect.name != "sqlite":
        free = free.with_for_update(skip_locked=True)
    rows = connection.execute(
        update(timer)
        .where(timer.c.id.in_(free))
        .values(owner=owner, lease_until=now + lease, attempts=timer.c.attempts + 1)
        .returning(timer.c.id, timer.c.kind, timer.c.subject, timer.c.desk, timer.c.due_at, timer.c.attempts)
    ).all()
    return sorted((Timer(*row) for row in rows), key=lambda t: (t.due_at, t.id))


def fired(connection: Connection, due: Timer, owner: str, now: datetime) -> bool:
    """Mark a timer as done; False when it is no longer ours."""
    result = connection.execute(
        update(timer)
        .where(timer.c.id == due.id, timer.c.state == "waiting", timer.c.owner == owner)
        .values(state="fired", fired_at=now, owner=None, lease_until=None, error=None)
    )
    return result.rowcount == 1


def failed(connection: Connection, due: Timer, owner: str, error: str, retry_at: datetime) -> None:
    """Give a timer back after trouble. It is never given up: what is due stays due."""
    connection.execute(
        update(timer)
        .where(timer.c.id == due.id, timer.c.state == "waiting", timer.c.owner == owner)
        .values(owner=None, lease_until=None, error=error[:500], due_at=retry_at)
    )


def any_due(connection: Connection, now: datetime) -> bool:
    """Whether a tick has anything to do; cheap, and without the write lock."""
    return (
        connection.execute(select(timer.c.id).where(timer.c.state == "waiting", timer.c.due_at <= now).limit(1)).first()
        is not None
    )
