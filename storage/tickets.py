"""Tickets, their histories and people, and the numbers they are known by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from rules.decision import Candidate
from rules.lifecycle import Standing, after
from rules.model import Answer, Mailbox
from storage.inbox import insert_new
from storage.schema import answer, counter, outbox, party, thread_id, ticket, ticket_event


class MovedError(Exception):
    """The ticket changed since it was read: decide again."""


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What a ticket is opened with."""

    id: int
    desk: str
    reference: str
    kind: str
    priority: str | None
    language: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event to append: names and ids only, never texts or addresses."""

    name: str
    rule: str
    policy: str
    at: datetime
    work_id: int | None = None
    outbox_id: int | None = None


TICKET_IDS, MESSAGES = "ticket", "message"
"""Counters that belong to no desk: ids of tickets, and serial numbers of messages that belong to no ticket."""


MAX_ID = 2**31 - 1
"""The highest that an id can be on every database."""
MAX_CANDIDATES = 100
"""So many tickets are looked at for the messages that a mail names; more share an id by mistake or by malice."""


def next_number(connection: Connection, desk: str, pattern: str, year: int) -> int:
    """The next number of a sequence. One that is never used is a gap, never given out again."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(counter).values(desk=desk, pattern=pattern, year=year, last=1)
    statement = statement.on_conflict_do_update(
        index_elements=[counter.c.desk, counter.c.pattern, counter.c.year], set_={"last": counter.c.last + 1}
    )
    return int(connection.execute(statement.returning(counter.c.last)).scalar_one())


def reserve(connection: Connection, desk: str, pattern: str, year: int) -> tuple[int, int]:
    """A ticket's id and its number in the desk's sequence.

    In a transaction of their own: they are in a mail that is rendered before the ticket is written.
    """
    return next_number(connection, "", TICKET_IDS, 0), next_number(connection, desk, pattern, year)


def open_ticket(connection: Connection, new: NewTicket, requester: Mailbox) -> None:
    """Write a ticket with its requester. The history is the caller's: `append` the event "opened"."""
    connection.execute(
        ticket.insert().values(
            id=new.id,
            desk=new.desk,
            reference=new.reference,
            kind=new.kind,
            state="",
            priority=new.priority,
            language=new.language,
            opened_at=new.opened_at,
            version=0,
            acknowledgement="",
        )
    )
    connection.execute(
        party.insert().values(
            ticket_id=new.id, role="requester", address=requester.address.lower(), name=requester.name
        )
    )


def append(connection: Connection, ticket_id: int, events: Iterable[EventRow], version: int | None = None) -> None:
    """Add events to a ticket's history and bring its state along (state is the fold of the events).

    `version`: the one that the decision was made on; `MovedError` when another has been faster.
    """
    locked = (
        select(ticket.c.version, ticket.c.state, ticket.c.acknowledgement)
        .where(ticket.c.id == ticket_id)
        .with_for_update()
    )
    row = connection.execute(locked).one()
    if version is not None and row.version != version:
        raise MovedError(ticket_id)
    standing, seq = Standing(row.state, row.acknowledgement), row.version
    rows = []
    for one in events:
        seq += 1
        standing = after(standing, one.name)
        rows.append(
            {
                "ticket_id": ticket_id,
                "seq": seq,
                "at": one.at,
                "name": one.name,
                "rule": one.rule,
                "policy": one.policy,
                "work_id": one.work_id,
                "outbox_id": one.outbox_id,
            }
        )
    if not rows:
        return
    connection.execute(ticket_event.insert(), rows)
    connection.execute(
        update(ticket)
        .where(ticket.c.id == ticket_id)
        .values(version=seq, state=standing.state, acknowledgement=standing.acknowledgement)
    )


def write_answers(connection: Connection, ticket_id: int, work_id: int, answers: Mapping[str, Answer]) -> None:
    """Keep what a mail answered; a later mail's answer to the same question stands beside it, not over it."""
    rows = [
        {
            "ticket_id": ticket_id,
            "work_id": work_id,
            "key": key,
            "text": one.text,
            "value": one.value,
            "place": one.where,
        }
        for key, one in answers.items()
    ]
    if rows:
        connection.execute(insert_new(connection, answer), rows)


def know_message_ids(connection: Connection, ticket_id: int, ids: Iterable[str], *, ours: bool) -> None:
    """Remember which messages belong to a ticket, from either side, so that replies find it."""
    rows = [{"message_id": one, "ticket_id": ticket_id, "ours": ours} for one in sorted(set(ids)) if one]
    if rows:
        connection.execute(insert_new(connection, thread_id), rows)


def candidates(
    connection: Connection, desk: str, *, tokens: Iterable[int], message_ids: Iterable[str], reference: str | None
) -> tuple[Candidate, ...]:
    """Tickets of a desk that a mail may belong to, strongest sign first: our tokens, known messages, the number."""
    found: dict[int, str] = {}
    for ticket_id in tokens:
        if 0 < ticket_id <= MAX_ID:
            found.setdefault(ticket_id, "token")
    known = {one for one in message_ids if one}
    if known:
        for ticket_id in connection.execute(
            select(thread_id.c.ticket_id)
            .join(ticket, ticket.c.id == thread_id.c.ticket_id)
            .where(thread_id.c.message_id.in_(known), ticket.c.desk == desk)
            .distinct()
            .order_by(thread_id.c.ticket_id)
            .limit(MAX_CANDIDATES)
        ).scalars():
            found.setdefault(ticket_id, "message_id")
    if reference:
        for ticket_id in connection.execute(
            select(ticket.c.id).where(ticket.c.desk == desk, ticket.c.reference == reference)
        ).scalars():
            found.setdefault(ticket_id, "reference")
    if not found:
        return ()
    rows = connection.execute(
        select(ticket.c.id, ticket.c.reference, ticket.c.version).where(ticket.c.id.in_(found), ticket.c.desk == desk)
    ).all()
    people = _people(connection, [row.id for row in rows])
    strength = {ticket_id: place for place, ticket_id in enumerate(found)}
    made = [
        Candidate(row.id, row.reference, row.version, found[row.id], people.get(row.id, frozenset())) for row in rows
    ]
    return tuple(sorted(made, key=lambda candidate: strength[candidate.ticket_id]))


def _people(connection: Connection, ticket_ids: list[int]) -> dict[int, frozenset[str]]:
    people: dict[int, set[str]] = {}
    for row in connection.execute(select(party.c.ticket_id, party.c.address).where(party.c.ticket_id.in_(ticket_ids))):
        people.setdefault(row.ticket_id, set()).add(row.address)
    return {ticket_id: frozenset(addresses) for ticket_id, addresses in people.items()}


def current_answers(connection: Connection, ticket_id: int) -> dict[str, dict[str, Any]]:
    """The latest answer to each question: key to text, value and place."""
    rows = connection.execute(select(answer).where(answer.c.ticket_id == ticket_id).order_by(answer.c.id)).mappings()
    return {row["key"]: {"text": row["text"], "value": row["value"], "where": row["place"]} for row in rows}


@dataclass(frozen=True, slots=True)
class Deferred:
    """A ticket whose number waits for a summary."""

    ticket_id: int
    reference: str
    version: int
    language: str
    name: str
    answers: dict[str, dict[str, Any]]


def deferred(connection: Connection, desk: str, address: str) -> list[Deferred]:
    """The tickets of an address whose numbers wait for a summary, in their order."""
    rows = connection.execute(
        select(ticket.c.id, ticket.c.reference, ticket.c.version, ticket.c.language, party.c.name)
        .join(party, party.c.ticket_id == ticket.c.id)
        .where(ticket.c.acknowledgement == "deferred", ticket.c.desk == desk, party.c.address == address.lower())
        .order_by(ticket.c.id)
    ).all()
    return [Deferred(*row, current_answers(connection, row.id)) for row in rows]


@dataclass(frozen=True, slots=True)
class Told:
    """A ticket whose number a message of ours told."""

    ticket_id: int
    reference: str
    version: int


def told_by(connection: Connection, outbox_id: int) -> list[Told]:
    """The tickets whose number a message told, and whose customer counts as reached so far: the message's own ticket,
    or all that a summary lists."""
    listed = select(ticket_event.c.ticket_id).where(ticket_event.c.outbox_id == outbox_id)
    own = select(outbox.c.ticket_id).where(outbox.c.id == outbox_id)
    rows = connection.execute(
        select(ticket.c.id, ticket.c.reference, ticket.c.version)
        .where(or_(ticket.c.id.in_(own), ticket.c.id.in_(listed)), ticket.c.acknowledgement != "not_reached")
        .order_by(ticket.c.id)
    )
    return [Told(*row) for row in rows]
