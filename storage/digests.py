"""What agents were told lately, and what happened since in the tickets that concern them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, literal, or_, select, union_all

from storage.leases import waiting
from storage.outbox import WITHDRAWN
from storage.schema import outbox, outbox_recipient, party, ticket, ticket_event, timer, work

TO_AGENTS = ("notice", "transcript", "digest", "customer_not_reached")
"""Purposes of messages that count against the limit of an agent."""
TOLD = ("notice", "digest")
"""Purposes of messages that tell an agent what happened in tickets."""
WORTH_TELLING = (
    *("opened", "customer_replied", "reopened", "agent_replied", "noted", "asked", "resolved", "prioritized"),
    *("assigned", "customer_not_reached", "message_not_delivered"),
)
"""Events that a digest lists; and mails that were held beside a ticket, as "held"."""


@dataclass(frozen=True, slots=True)
class Eventful:
    """A ticket in which something happened: its events with their times, the oldest first."""

    ticket_id: int
    reference: str
    state: str
    events: tuple[tuple[datetime, str], ...]


def sent_lately(connection: Connection, desk: str, agents: Iterable[str], now: datetime) -> dict[str, int]:
    """How many messages each of the agents (addresses in lower case) was written in 10 minutes."""
    rows = connection.execute(
        select(outbox_recipient.c.address_key, func.count())
        .join(outbox, outbox.c.id == outbox_recipient.c.outbox_id)
        .where(
            outbox_recipient.c.desk == desk,
            outbox_recipient.c.address_key.in_(list(agents)),
            outbox_recipient.c.created_at > now - timedelta(minutes=10),
            outbox_recipient.c.state != WITHDRAWN,
            outbox.c.purpose.in_(TO_AGENTS),
        )
        .group_by(outbox_recipient.c.address_key)
    )
    return {row[0]: row[1] for row in rows}


def awaited(connection: Connection, subjects: Iterable[str]) -> set[str]:
    """Which of the digests, by the subjects of their timers, are waited for."""
    return set(
        connection.execute(
            select(timer.c.subject).where(timer.c.kind == "digest", timer.c.subject.in_(list(subjects)), waiting(timer))
        ).scalars()
    )


def last_told(connection: Connection, desk: str, agent: str) -> datetime | None:
    """When an agent was last written what happened in tickets."""
    return connection.execute(
        select(func.max(outbox_recipient.c.created_at))
        .join(outbox, outbox.c.id == outbox_recipient.c.outbox_id)
        .where(
            outbox_recipient.c.desk == desk,
            outbox_recipient.c.address_key == agent.lower(),
            outbox_recipient.c.state != WITHDRAWN,
            outbox.c.purpose.in_(TOLD),
        )
    ).scalar()


def eventful(connection: Connection, desk: str, agent: str, agents: Iterable[str], since: datetime) -> list[Eventful]:
    """The tickets of a desk that concern an agent and in which something happened since, by their last event.

    A ticket concerns the agent to whom it is assigned; all of them where that is nobody of `agents`.
    """
    others = [one.lower() for one in agents if one.lower() != agent.lower()]
    happened = select(ticket_event.c.ticket_id, ticket_event.c.at, ticket_event.c.name, ticket_event.c.seq).where(
        ticket_event.c.at >= since, ticket_event.c.name.in_(WORTH_TELLING)
    )
    held = select(work.c.ticket_id, work.c.decided_at.label("at"), literal("held").label("name"), literal(0)).where(
        work.c.disposition == "held", work.c.ticket_id.is_not(None), work.c.decided_at >= since
    )
    found = union_all(happened, held).subquery()
    rows = connection.execute(
        select(ticket.c.id, ticket.c.reference, ticket.c.state, found.c.at, found.c.name)
        .join(ticket, ticket.c.id == found.c.ticket_id)
        .outerjoin(party, party.c.id == ticket.c.assignee)
        .where(ticket.c.desk == desk, or_(party.c.address.is_(None), party.c.address.not_in(others)))
        .order_by(found.c.at, ticket.c.id, found.c.seq)
    )
    tickets: dict[int, Eventful] = {}
    for row in rows:
        before = tickets.pop(row.id, None)
        events = (*(before.events if before else ()), (row.at, row.name))
        tickets[row.id] = Eventful(row.id, row.reference, row.state, events)
    return list(tickets.values())
