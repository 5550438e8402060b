"""Tickets, their histories and people, and the numbers they are known by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from rules.lifecycle import Happened, Standing, after
from rules.model import Answer, Mailbox
from storage.inbox import insert_new
from storage.schema import answer, counter, party, ticket, ticket_event, ticket_link


class MovedError(Exception):
    """The ticket changed since it was read: decide again."""


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What a ticket is opened with."""

    id: int
    desk: str
    reference: str
    kind: str
    language: str
    opened_at: datetime
    subject: str = ""


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event to append: names and ids only, never texts or addresses. `value` and `party_id` as in
    `lifecycle.Happened`."""

    name: str
    rule: str
    policy: str
    at: datetime
    work_id: int | None = None
    outbox_id: int | None = None
    value: str = ""
    party_id: int | None = None


TICKET_IDS, MESSAGES = "ticket", "message"
"""Counters that belong to no desk: ids of tickets, and serial numbers of messages that belong to no ticket."""


MAX_ID = 2**31 - 1
"""The highest that an id can be on every database."""


def next_number(connection: Connection, desk: str, pattern: str, year: int, count: int = 1) -> int:
    """The next number of a sequence, or the last of the next `count`. One that is never used is a gap, never given out
    again."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(counter).values(desk=desk, pattern=pattern, year=year, last=count)
    statement = statement.on_conflict_do_update(
        index_elements=[counter.c.desk, counter.c.pattern, counter.c.year], set_={"last": counter.c.last + count}
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
            priority=None,
            language=new.language,
            opened_at=new.opened_at,
            version=0,
            acknowledgement="",
            subject=new.subject,
        )
    )
    know_person(connection, new.id, "requester", requester)


def know_person(connection: Connection, ticket_id: int, role: str, person: Mailbox) -> int:
    """Write a person of a ticket down, once for each role; the row's id."""
    address = person.address.lower()
    row = {"ticket_id": ticket_id, "role": role, "address": address, "name": person.name}
    connection.execute(insert_new(connection, party), [row])
    is_it = (party.c.ticket_id == ticket_id, party.c.role == role, party.c.address == address)
    return int(connection.execute(select(party.c.id).where(*is_it)).scalar_one())


def person_of(connection: Connection, ticket_id: int, address: str) -> int | None:
    """The row of a person of the customer's in a ticket; of who opened it first."""
    is_it = (party.c.ticket_id == ticket_id, party.c.role != "agent", party.c.address == address.lower())
    return connection.execute(select(party.c.id).where(*is_it).order_by(party.c.id)).scalars().first()


def link(connection: Connection, ticket_id: int, other_id: int, kind: str) -> None:
    """Remember that a ticket belongs with another one."""
    connection.execute(
        insert_new(connection, ticket_link), [{"ticket_id": ticket_id, "other_id": other_id, "kind": kind}]
    )


def hold(connection: Connection, ticket_id: int) -> None:
    """Let no other transaction change a ticket until this one ends. First of all that is written about it: rows that
    refer to a ticket hold it weakly, and two such transactions that then want more would wait for each other."""
    connection.execute(select(ticket.c.id).where(ticket.c.id == ticket_id).with_for_update())


def append(connection: Connection, ticket_id: int, events: Iterable[EventRow], version: int | None = None) -> None:
    """Add events to a ticket's history and bring its state along (state is the fold of the events).

    `version`: the one that the decision was made on; `MovedError` when another has been faster.
    """
    row = connection.execute(select(ticket).where(ticket.c.id == ticket_id).with_for_update()).one()
    if version is not None and row.version != version:
        raise MovedError(ticket_id)
    standing, seq = standing_of(row), row.version
    rows = []
    for one in events:
        seq += 1
        standing = after(standing, Happened(one.name, one.value, one.party_id))
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
                "value": one.value or None,
                "party_id": one.party_id,
            }
        )
    if not rows:
        return
    connection.execute(ticket_event.insert(), rows)
    connection.execute(
        update(ticket)
        .where(ticket.c.id == ticket_id)
        .values(
            version=seq,
            state=standing.state,
            awaiting=standing.awaiting,
            acknowledgement=standing.acknowledgement,
            priority=standing.priority or None,
            assignee=standing.assignee,
        )
    )


def standing_of(row: Any) -> Standing:  # noqa: ANN401 - a row of ticket
    """Where a ticket stands, by its row."""
    return Standing(row.state, row.awaiting, row.acknowledgement, row.priority or "", row.assignee)


def happened(connection: Connection, ticket_ids: Iterable[int]) -> dict[int, tuple[Happened, ...]]:
    """The histories of tickets."""
    found: dict[int, list[Happened]] = {}
    rows = connection.execute(
        select(ticket_event, party.c.address)
        .outerjoin(party, party.c.id == ticket_event.c.party_id)
        .where(ticket_event.c.ticket_id.in_(list(ticket_ids)))
        .order_by(ticket_event.c.seq)
    )
    for row in rows:
        found.setdefault(row.ticket_id, []).append(
            Happened(row.name, row.value or "", row.party_id, row.address or "", row.rule, row.work_id, row.at)
        )
    return {ticket_id: tuple(events) for ticket_id, events in found.items()}


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
