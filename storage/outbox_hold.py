"""Messages that a person must let go: written to the outbox in its mode "hold", and no part of the queue until then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, String, bindparam, literal_column, select, update

from storage import outbox as queue
from storage.outbox import WAITING
from storage.schema import outbox

# A constant of the statement, so that the partial index serves: see `storage.leases.waiting`.
_HELD = outbox.c.state == literal_column("'held'", String)


def held(connection: Connection, desk: str | None, after: int, limit: int) -> list[int]:
    """Ids of held messages above `after`, the oldest first; those of one desk, or of all."""
    statement = select(outbox.c.id).where(_HELD, outbox.c.id > after).order_by(outbox.c.id).limit(limit)
    if desk:
        statement = statement.where(outbox.c.desk == desk)
    return list(connection.execute(statement).scalars())


def release(connection: Connection, ids: Sequence[int], now: datetime) -> list[int]:
    """Let held messages go; the ids of those that were held. Each has as long to leave as it had when it was written.

    Mails of one ticket that are released together leave in their order, like all others.
    """
    rows = connection.execute(
        select(outbox.c.id, outbox.c.created_at, outbox.c.not_after)
        .where(_HELD, outbox.c.id.in_(ids))
        .order_by(outbox.c.id)
        .with_for_update()
    ).all()
    if rows:
        connection.execute(
            update(outbox).where(outbox.c.id == bindparam("message")).values(state=WAITING, due_at=now),
            [{"message": row.id, "not_after": row.not_after + (now - row.created_at)} for row in rows],
        )
    return [row.id for row in rows]


def withdraw(connection: Connection, ids: Sequence[int], now: datetime) -> list[int]:
    """Take held messages back for good; the ids of those that were held."""
    found = list(
        connection.execute(select(outbox.c.id).where(_HELD, outbox.c.id.in_(ids)).order_by(outbox.c.id)).scalars()
    )
    return [one for one in found if queue.withdraw(connection, one, now)]
