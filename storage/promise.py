"""The promise: is there a mail whose customer should have been written to by now?"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from storage.leases import waiting
from storage.schema import outbox, ticket, work


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
    unsent = connection.execute(
        select(ticket.c.reference)
        .join(outbox, outbox.c.ticket_id == ticket.c.id)
        .where(ticket.c.id == row.ticket_id, outbox.c.purpose == "acknowledgement", waiting(outbox))
    ).scalar()
    return f"the acknowledgement of {unsent} has not left" if unsent else ""


def overdue(connection: Connection, desk: str, before: datetime) -> int:
    """How many live mails of a desk that arrived before a time are undecided, or have an acknowledgement that waits."""
    undecided = connection.execute(
        select(func.count())
        .select_from(work)
        .where(work.c.desk == desk, waiting(work), work.c.lane == 0, work.c.arrived_at <= before)
    ).scalar_one()
    unsent = connection.execute(
        select(func.count())
        .select_from(outbox)
        .join(ticket, ticket.c.id == outbox.c.ticket_id)
        .where(
            outbox.c.desk == desk,
            waiting(outbox),
            outbox.c.purpose == "acknowledgement",
            ticket.c.opened_at <= before,
        )
    ).scalar_one()
    return int(undecided + unsent)
