"""Which ticket a mail belongs to: the messages of each ticket, and the tickets that a mail may mean."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, literal, select, union_all

from rules.decision import Candidate
from rules.model import Answer, Kind, Mailbox
from storage.inbox import insert_new
from storage.schema import outbox, party, thread_id, ticket, ticket_event, work
from storage.tickets import MAX_ID, current_answers, happened, standing_of

MAX_CANDIDATES = 20
"""So many tickets are looked at for the messages that a mail names; more share an id by mistake or by malice."""

FROM_CUSTOMER = ("opened", "customer_replied")
"""Events of which the mail is the customer's."""
TO_CUSTOMER = ("acknowledgement", "still_missing", "reply")
"""Purposes of messages that the customer gets in the ticket's thread."""


def know_message_ids(connection: Connection, ticket_id: int, ids: Iterable[str], *, ours: bool) -> None:
    """Remember which messages belong to a ticket, from either side, so that replies find it."""
    rows = [{"message_id": one, "ticket_id": ticket_id, "ours": ours} for one in sorted(set(ids)) if one]
    if rows:
        connection.execute(insert_new(connection, thread_id), rows)


def candidates(
    connection: Connection,
    desk: str,
    *,
    tokens: Iterable[tuple[int, str]],
    message_ids: Iterable[str],
    reference: str | None,
) -> tuple[Candidate, ...]:
    """Tickets of a desk that a mail may belong to, strongest sign first: our tokens (ticket id and sign of each), known
    messages, the number."""
    found: dict[int, str] = {}
    for ticket_id, sign in tokens:
        if 0 < ticket_id <= MAX_ID:
            found.setdefault(ticket_id, sign)
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
    return _candidates(connection, desk, found)


def _candidates(connection: Connection, desk: str, found: dict[int, str]) -> tuple[Candidate, ...]:
    if not found:
        return ()
    rows = connection.execute(select(ticket).where(ticket.c.id.in_(found), ticket.c.desk == desk)).all()
    ids = [row.id for row in rows]
    people, histories, threads = _people(connection, ids), happened(connection, ids), _threads(connection, ids)
    strength = {ticket_id: place for place, ticket_id in enumerate(found)}
    made = []
    for row in rows:
        own = people.get(row.id, [])
        requester = next((one for one in own if one.role == "requester"), None)
        made.append(
            Candidate(
                row.id,
                row.reference,
                row.version,
                found[row.id],
                frozenset(one.address for one in own if one.role != "agent"),
                Kind(row.kind),
                row.language,
                row.subject,
                Mailbox(requester.address, requester.name) if requester else None,
                next((one.address for one in own if one.id == row.assignee), ""),
                standing_of(row),
                {
                    key: Answer(one["text"], one["value"], one["where"])
                    for key, one in current_answers(connection, row.id).items()
                },
                histories.get(row.id, ()),
                threads.get(row.id, ()),
            )
        )
    return tuple(sorted(made, key=lambda candidate: strength[candidate.ticket_id]))


def _people(connection: Connection, ticket_ids: list[int]) -> dict[int, list[Any]]:
    people: dict[int, list[Any]] = {}
    for row in connection.execute(select(party).where(party.c.ticket_id.in_(ticket_ids)).order_by(party.c.id)):
        people.setdefault(row.ticket_id, []).append(row)
    return people


def _threads(connection: Connection, ticket_ids: list[int]) -> dict[int, tuple[str, ...]]:
    """The mails to and from the customer of each ticket, the oldest first."""
    theirs = (
        select(ticket_event.c.ticket_id, work.c.message_id, ticket_event.c.at, literal(0).label("ours"), work.c.id)
        .join(work, work.c.id == ticket_event.c.work_id)
        .where(ticket_event.c.ticket_id.in_(ticket_ids), ticket_event.c.name.in_(FROM_CUSTOMER))
    )
    ours = select(
        outbox.c.ticket_id, outbox.c.message_id, outbox.c.created_at.label("at"), literal(1).label("ours"), outbox.c.id
    ).where(outbox.c.ticket_id.in_(ticket_ids), outbox.c.purpose.in_(TO_CUSTOMER), outbox.c.state != "withdrawn")
    both = union_all(theirs, ours).subquery()
    threads: dict[int, dict[str, None]] = {}
    for row in connection.execute(select(both).order_by(both.c.at, both.c.ours, both.c.id)):
        if row.message_id:
            threads.setdefault(row.ticket_id, {})[row.message_id] = None
    return {ticket_id: tuple(ids) for ticket_id, ids in threads.items()}
