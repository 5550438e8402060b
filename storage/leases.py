"""Claims on the rows of a queue: one owner works on a row, and the others believe it until the lease runs out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    FromClause,
    Row,
    String,
    Table,
    and_,
    bindparam,
    literal_column,
    or_,
    select,
    update,
)

from storage.columns import UtcDateTime


def waiting(table: FromClause) -> ColumnElement[bool]:
    """Rows that wait. The state is a constant of the statement, not a parameter: so the planner knows at once that the
    partial indexes serve, whatever the value of a parameter might be."""
    return table.c.state == literal_column("'waiting'", String)


def free(table: FromClause, now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Rows that wait, are due, and that nobody holds."""
    return and_(waiting(table), table.c.due_at <= now, or_(table.c.lease_until.is_(None), table.c.lease_until <= now))


NOW = bindparam("now", type_=UtcDateTime())
"""For statements that are built once: the queues are looked at many times a second."""


def take(  # noqa: PLR0917 - the five that every queue's claim is given, before what is the queue's own
    connection: Connection,
    table: Table,
    owner: str,
    now: datetime,
    lease: timedelta,
    limit: int,
    *,
    order: Sequence[ColumnElement[Any]],
    only: Sequence[ColumnElement[bool]] = (),
    **also: Any,  # noqa: ANN401
) -> Sequence[Row[Any]]:
    """Claim up to `limit` free rows, the first by `order`, and set the columns `also`; the rows, in no order.

    Rows that another transaction is claiming at this moment are passed over.
    """
    chosen = select(table.c.id).where(free(table, now), *only).order_by(*order).limit(limit)
    if connection.dialect.name != "sqlite":
        chosen = chosen.with_for_update(skip_locked=True, of=table)
    # A common table expression is worked out once; a subquery might be for every row, and then exceed the limit.
    ids = select(chosen.cte("chosen").c.id)
    return connection.execute(
        update(table)
        .where(table.c.id.in_(ids))
        .values(owner=owner, lease_until=now + lease, attempts=table.c.attempts + 1, **also)
        .returning(table)
    ).all()


def ours(table: Table, row_id: int, owner: str, attempt: int) -> ColumnElement[bool]:
    """The row while our claim on it stands. The attempt tells a claim of ours that ran out from the next one."""
    return and_(table.c.id == row_id, waiting(table), table.c.owner == owner, table.c.attempts == attempt)


def give_back(connection: Connection, table: Table, claims: Sequence[tuple[int, int]], owner: str) -> None:
    """Let go of rows, (id, attempt) each, that were claimed and not begun: as if they had not been claimed."""
    for row_id, attempt in sorted(claims):
        connection.execute(
            update(table)
            .where(ours(table, row_id, owner, attempt))
            .values(owner=None, lease_until=None, attempts=table.c.attempts - 1)
        )
