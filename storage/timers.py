"""Timers: what is due. One fires at least once after it is due; acting on it twice is harmless."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.leases import NOW, free, ours, take, waiting
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
    """Set a timer; one that waits already under (kind, subject) stays, one that has fired is wound up again.

    A timer that is being fired at this moment fires once more: whoever fires it may have looked before this.
    """
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    new = dialect.insert(timer).values(kind=kind, subject=subject, desk=desk, state="waiting", due_at=due_at)
    waits = waiting(timer)
    connection.execute(
        # The row is written even where nothing changes: its lock holds off a claim until this transaction has ended.
        new.on_conflict_do_update(
            index_elements=[timer.c.kind, timer.c.subject],
            set_={
                "state": "waiting",
                "due_at": case((waits, timer.c.due_at), else_=new.excluded.due_at),
                "attempts": case((waits, timer.c.attempts), else_=0),
                "error": case((waits, timer.c.error)),
                "owner": None,
                "lease_until": None,
                "fired_at": None,
            },
        )
    )


def withdraw(connection: Connection, kind: str, subject: str) -> None:
    """Take back a timer that is no longer wanted."""
    connection.execute(
        update(timer)
        .where(timer.c.kind == kind, timer.c.subject == subject, waiting(timer))
        .values(state="withdrawn", owner=None, lease_until=None)
    )


def claim(connection: Connection, owner: str, now: datetime, lease: timedelta, limit: int) -> list[Timer]:
    """Take up to `limit` due timers, the longest due first."""
    rows = take(connection, timer, owner, now, lease, limit, order=(timer.c.due_at, timer.c.id))
    claimed = [Timer(row.id, row.kind, row.subject, row.desk, row.due_at, row.attempts) for row in rows]
    return sorted(claimed, key=lambda t: (t.due_at, t.id))


def fired(connection: Connection, due: Timer, owner: str, now: datetime) -> bool:
    """Mark a timer as done; False when it is no longer ours, or was set again since we claimed it."""
    result = connection.execute(
        update(timer)
        .where(ours(timer, due.id, owner, due.attempts))
        .values(state="fired", fired_at=now, owner=None, lease_until=None, error=None)
    )
    return result.rowcount == 1


def wind_on(connection: Connection, due: Timer, owner: str, due_at: datetime) -> None:
    """Let a timer that is ours fire later instead."""
    connection.execute(
        update(timer)
        .where(ours(timer, due.id, owner, due.attempts))
        .values(owner=None, lease_until=None, due_at=due_at)
    )


def failed(connection: Connection, due: Timer, owner: str, error: str, retry_at: datetime) -> None:
    """Give a timer back after trouble. It is never given up: what is due stays due."""
    connection.execute(
        update(timer)
        .where(ours(timer, due.id, owner, due.attempts))
        .values(owner=None, lease_until=None, error=error[:500], due_at=retry_at)
    )


_ANY_DUE = select(timer.c.id).where(free(timer, NOW)).limit(1)


def any_due(connection: Connection, now: datetime) -> bool:
    """Whether a tick has anything to do; cheap, and without the write lock."""
    return connection.execute(_ANY_DUE, {"now": now}).first() is not None
