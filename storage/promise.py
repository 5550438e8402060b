"""The promise: is there a mail whose customer should have been written to by now?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Connection, exists, func, select, union

from storage.leases import waiting
from storage.schema import outbox, ticket, ticket_event, work


def waits(connection: Connection, desk: str, mail_key: str) -> str:
    """What a mail's acknowledgement still waits for, in words; "" when it has left or none is due.

    Parked work has an alarm of its own and does not count: else one such mail would hide the next outage.
    """
    row = connection.execute(
        select(work.c.id, work.c.state, work.c.ticket_id).where(work.c.desk == desk, work.c.mail_key == mail_key)
    ).first()
    if row is None or row.state == "parked":
        return ""
    if row.state != "done":
        return f"mail {row.id} is not decided"
    untold = connection.execute(_untold(ticket.c.id == row.ticket_id)).first()
    return f"the number {untold.reference} has not left" if untold else ""


def overdue(connection: Connection, desk: str, before: datetime) -> int:
    """How many live mails of a desk that arrived before a time are undecided, or whose number has not left."""
    undecided = connection.execute(
        select(func.count())
        .select_from(work)
        .where(work.c.desk == desk, waiting(work), work.c.lane == 0, work.c.arrived_at <= before)
    ).scalar_one()
    late = _untold(ticket.c.desk == desk, ticket.c.opened_at <= before).subquery()
    untold = connection.execute(select(func.count()).select_from(late)).scalar_one()
    return int(undecided + untold)


def _untold(*only: ColumnElement[bool]) -> CompoundSelect[Any]:
    """Tickets whose number is still here: it waits for a summary, or the message that tells it waits. Not late is what
    an operator holds back (its message does not wait), nor what was imported, of which nothing was promised.

    Three ways that each begin at the few rows that wait, never at all tickets.
    """
    imported = exists().where(work.c.ticket_id == ticket.c.id, work.c.lane > 0, work.c.disposition == "ticket")
    only = (*only, ~imported)
    deferred = select(ticket.c.id, ticket.c.reference).where(ticket.c.acknowledgement == "deferred", *only)
    own = (
        select(ticket.c.id, ticket.c.reference)
        .join(outbox, outbox.c.ticket_id == ticket.c.id)
        .where(waiting(outbox), outbox.c.purpose == "acknowledgement", *only)
    )
    listed = (
        select(ticket.c.id, ticket.c.reference)
        .join(ticket_event, ticket_event.c.ticket_id == ticket.c.id)
        .join(outbox, outbox.c.id == ticket_event.c.outbox_id)
        .where(waiting(outbox), outbox.c.purpose == "summary", *only)
    )
    return union(deferred, own, listed)
