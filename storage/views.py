"""What the command line shows: plain values, read in one snapshot, changing nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, func, or_, select, true

from rules.lifecycle import Happened, Standing, fold
from storage.columns import storable
from storage.schema import (
    delivery,
    outbox,
    outbox_recipient,
    party,
    raw,
    thread_id,
    ticket,
    ticket_event,
    ticket_link,
    timer,
    work,
)
from storage.tickets import current_answers

Row = dict[str, Any]


def _rows(connection: Connection, statement: Select[Any]) -> list[Row]:
    return [dict(row) for row in connection.execute(statement).mappings()]


def inbox_counts(connection: Connection) -> Row:
    """How many deliveries there are, how many mails by disposition and state, and the oldest undecided."""
    states = select(work.c.state, work.c.disposition, func.count().label("n")).group_by(
        work.c.state, work.c.disposition
    )
    # Monitors read these two.
    counted = {"waiting": 0, "parked": 0}
    for row in _rows(connection, states):
        name = row["disposition"] or row["state"]
        counted[name] = counted.get(name, 0) + row["n"]
    return {
        "deliveries": connection.execute(select(func.count()).select_from(delivery)).scalar_one(),
        "mails": counted,
        "oldest_undecided": connection.execute(
            select(func.min(work.c.arrived_at)).where(work.c.state == "waiting")
        ).scalar(),
    }


def outbox_counts(connection: Connection) -> Row:
    """How many messages there are by state, and the oldest that waits."""
    states = select(outbox.c.state, func.count()).group_by(outbox.c.state)
    return {
        "messages": {row[0]: row[1] for row in connection.execute(states)},
        "oldest_waiting": connection.execute(
            select(func.min(outbox.c.created_at)).where(outbox.c.state == "waiting")
        ).scalar(),
    }


def next_timer(connection: Connection) -> datetime | None:
    """When the next timer is due."""
    return connection.execute(select(func.min(timer.c.due_at)).where(timer.c.state == "waiting")).scalar()


def list_tickets(connection: Connection, desk: str | None, state: str | None, limit: int) -> list[Row]:
    """Tickets, newest first, with their requesters."""
    statement = (
        select(
            ticket.c.reference,
            ticket.c.desk,
            ticket.c.kind,
            ticket.c.state,
            ticket.c.priority,
            _acknowledgement(),
            ticket.c.opened_at,
            party.c.address.label("requester"),
        )
        .join(party, (party.c.ticket_id == ticket.c.id) & (party.c.role == "requester"))
        .order_by(ticket.c.id.desc())
        .limit(limit)
    )
    if desk:
        statement = statement.where(ticket.c.desk == desk)
    if state:
        statement = statement.where(or_(ticket.c.state == state, _acknowledgement() == state))
    return _rows(connection, statement)


def _acknowledgement() -> ColumnElement[str]:
    """What became of a ticket's acknowledgement: as its history says, and "sent" once the message that tells the number
    has left. That the relay took it changes nothing in the ticket, so no event says so."""
    own = exists().where(
        outbox.c.ticket_id == ticket.c.id, outbox.c.purpose == "acknowledgement", outbox.c.state == "sent"
    )
    listed = exists().where(
        ticket_event.c.ticket_id == ticket.c.id,
        ticket_event.c.name == "acknowledged",
        ticket_event.c.outbox_id == outbox.c.id,
        outbox.c.purpose == "summary",
        outbox.c.state == "sent",
    )
    left = and_(ticket.c.acknowledgement == "queued", or_(own, listed))
    return case((left, "sent"), else_=ticket.c.acknowledgement).label("acknowledgement")


def show_ticket(connection: Connection, reference: str) -> Row | None:
    """One ticket whole: people, links, answers, history, mails in and out; None where no desk has that reference, as it
    is or in capitals."""
    wanted = storable(reference)
    found = (
        connection.execute(select(ticket).where(ticket.c.reference.in_({wanted, wanted.upper()})).order_by(ticket.c.id))
        .mappings()
        .first()
    )
    if found is None:
        return None
    ticket_id = found["id"]
    events = _rows(
        connection,
        select(
            ticket_event.c.seq,
            ticket_event.c.at,
            ticket_event.c.name,
            ticket_event.c.rule,
            ticket_event.c.work_id,
            ticket_event.c.outbox_id,
            ticket_event.c.value,
            ticket_event.c.party_id,
        )
        .where(ticket_event.c.ticket_id == ticket_id)
        .order_by(ticket_event.c.seq),
    )
    folded = fold(Happened(event["name"], event["value"] or "", event["party_id"]) for event in events)
    standing = Standing(
        found["state"], found["awaiting"], found["acknowledgement"], found["priority"] or "", found["assignee"]
    )
    shown = connection.execute(select(_acknowledgement()).where(ticket.c.id == ticket_id)).scalar_one()
    return {
        **dict(found),
        "acknowledgement": shown,
        "history_agrees": folded == standing,
        "people": _rows(
            connection, select(party.c.role, party.c.address, party.c.name).where(party.c.ticket_id == ticket_id)
        ),
        "links": _links(connection, ticket_id),
        "answers": current_answers(connection, ticket_id),
        "events": events,
        "mails": _rows(connection, _works().where(work.c.ticket_id == ticket_id)),
        "messages": _messages(connection, outbox.c.ticket_id == ticket_id),
    }


def _links(connection: Connection, ticket_id: int) -> list[Row]:
    """The tickets that this one is linked to, and by `from` whether this one names the other or is named by it."""
    columns = (ticket_link.c.kind, ticket.c.reference, ticket.c.desk, ticket.c.state)
    named = select(*columns).join(ticket, ticket.c.id == ticket_link.c.other_id)
    naming = select(*columns).join(ticket, ticket.c.id == ticket_link.c.ticket_id)
    return [
        *({"from": "this", **row} for row in _rows(connection, named.where(ticket_link.c.ticket_id == ticket_id))),
        *({"from": "other", **row} for row in _rows(connection, naming.where(ticket_link.c.other_id == ticket_id))),
    ]


def _works() -> Select[Any]:
    return (
        select(
            work.c.id,
            work.c.desk,
            work.c.state,
            work.c.disposition,
            work.c.arrived_at,
            work.c.decided_at,
            work.c.attempts,
            work.c.error,
            work.c.reasons,
            work.c.message_id,
            work.c.delivery_id,
            work.c.outbox_id,
            ticket.c.reference,
        )
        .outerjoin(ticket, ticket.c.id == work.c.ticket_id)
        .order_by(work.c.id)
    )


def _messages(connection: Connection, condition: ColumnElement[bool], limit: int | None = None) -> list[Row]:
    messages = _rows(
        connection,
        select(
            outbox.c.id,
            outbox.c.purpose,
            outbox.c.desk,
            outbox.c.message_id,
            outbox.c.state,
            outbox.c.attempts,
            outbox.c.created_at,
            outbox.c.due_at,
            outbox.c.ended_at,
            ticket.c.reference,
        )
        .outerjoin(ticket, ticket.c.id == outbox.c.ticket_id)
        .where(condition)
        .order_by(outbox.c.id)
        .limit(limit),
    )
    for message in messages:
        message["recipients"] = _rows(
            connection,
            select(
                outbox_recipient.c.address,
                outbox_recipient.c.state,
                outbox_recipient.c.code,
                outbox_recipient.c.enhanced,
                outbox_recipient.c.reply,
            )
            .where(outbox_recipient.c.outbox_id == message["id"])
            .order_by(outbox_recipient.c.address_key),
        )
    return messages


def queue_in(connection: Connection, limit: int) -> list[Row]:
    """Mail that is not decided: parked first, then the oldest."""
    return _rows(
        connection,
        _works()
        .where(work.c.disposition.is_(None))
        .order_by(None)
        .order_by(case((work.c.state == "parked", 0), else_=1), work.c.id)
        .limit(limit),
    )


def queue_out(connection: Connection, limit: int) -> list[Row]:
    """Messages that have not left, the oldest first."""
    return _messages(connection, outbox.c.state.in_(("waiting", "held")), limit)


def held_messages(connection: Connection, desk: str | None, limit: int) -> list[Row]:
    """Messages that wait for release, the oldest first; those of one desk, or of all."""
    return _messages(connection, and_(outbox.c.state == "held", outbox.c.desk == desk if desk else true()), limit)


def queue_timers(connection: Connection, limit: int) -> list[Row]:
    """Timers that wait, the next due first."""
    return _rows(
        connection,
        select(timer.c.id, timer.c.kind, timer.c.subject, timer.c.desk, timer.c.due_at, timer.c.attempts, timer.c.error)
        .where(timer.c.state == "waiting")
        .order_by(timer.c.due_at)
        .limit(limit),
    )


def trace(connection: Connection, message_id: str) -> Row | None:
    """All about a Message-ID, with or without angle brackets: its deliveries, decisions and tickets, or its way out and
    what was reported of it.
    None where nothing is known of it; a mail's Message-ID is known once the mail is decided."""
    wanted = message_id.strip().removeprefix("<").removesuffix(">")
    works = _rows(connection, _works().where(work.c.message_id == wanted))
    ids = [row["id"] for row in works]
    keys = select(work.c.mail_key).where(work.c.id.in_(ids))
    found = {
        "message_id": wanted,
        "deliveries": _rows(
            connection,
            select(
                delivery.c.id,
                delivery.c.arrived_at,
                delivery.c.door,
                delivery.c.mail_from,
                delivery.c.rcpt_tos,
                delivery.c.peer,
                raw.c.size_bytes,
                raw.c.sha256,
            )
            .join(raw, raw.c.sha256 == delivery.c.raw_sha256)
            .where(delivery.c.mail_key.in_(keys))
            .order_by(delivery.c.id),
        ),
        "decisions": works,
        "messages": _messages(connection, outbox.c.message_id == wanted),
        "reports": _rows(
            connection, _works().join(outbox, outbox.c.id == work.c.outbox_id).where(outbox.c.message_id == wanted)
        ),
        "tickets": list(
            connection.execute(
                select(ticket.c.reference)
                .join(thread_id, thread_id.c.ticket_id == ticket.c.id)
                .where(thread_id.c.message_id == wanted)
                .order_by(ticket.c.id)
            ).scalars()
        ),
    }
    return found if any(value for key, value in found.items() if key != "message_id") else None


def not_reached(connection: Connection) -> list[str]:
    """References of tickets whose customer could not be reached by mail."""
    statement = select(ticket.c.reference).where(ticket.c.acknowledgement == "not_reached").order_by(ticket.c.id)
    return list(connection.execute(statement).scalars())
