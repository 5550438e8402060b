"""Which ticket a mail belongs to: the messages of each ticket, and the tickets that a mail may mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, exists, func, literal, or_, select, union_all

from rules.decision import Candidate
from rules.lifecycle import Happened
from rules.model import Answer, Kind, Mailbox
from rules.threads import MESSAGE_ID, PEER, REFERENCE, SIBLING
from storage.columns import as_key
from storage.inbox import Work, insert_new
from storage.schema import customer_reference, outbox, party, thread_id, ticket, ticket_event, ticket_link, work
from storage.tickets import MAX_ID, current_answers, happened, standing_of

MAX_CANDIDATES = 20
"""So many tickets are looked at for what a mail names; an id of more is a mail program's mistake, and no sign."""
MAX_LOCKS = 20
"""So many of a mail's ids are kept from others while it opens a ticket: its own, and the nearest that it names."""

MERGED = "merged"
"""The kind of link that leads from a ticket to the one that goes on for it."""
MOST_MERGES = 10
"""So many merges one after the other are followed."""

FROM_CUSTOMER = ("opened", "customer_replied")
"""Events of which the mail is the customer's."""
TO_CUSTOMER = ("acknowledgement", "still_missing", "reply")
"""Purposes of messages that the customer gets in the ticket's thread."""
_ENDED = ("closed", "abandoned", "cancelled", "transferred")


@dataclass(frozen=True, slots=True)
class Names:
    """All by which a mail may name tickets: its own Message-ID (of which an earlier mail may know), the ids that it
    names, the nearest first, our number, and what may be numbers of the customer's own."""

    own_id: str = ""
    ids: tuple[str, ...] = ()
    reference: str | None = None
    peer_numbers: tuple[str, ...] = ()


def know_message_ids(connection: Connection, ticket_id: int, ids: Iterable[str], *, ours: bool) -> None:
    """Remember which messages belong to a ticket, from either side, so that replies find it."""
    rows = [{"message_id": one, "ticket_id": ticket_id, "ours": ours} for one in sorted(set(ids)) if one]
    if rows:
        connection.execute(insert_new(connection, thread_id), rows)


def know_peer_numbers(connection: Connection, ticket_id: int, numbers: Iterable[str]) -> None:
    """Remember by what number the customer's own system knows a ticket."""
    rows = [{"reference": one, "ticket_id": ticket_id} for one in sorted(set(numbers))]
    if rows:
        connection.execute(insert_new(connection, customer_reference), rows)


def awaited(connection: Connection, taken: Work, ids: Iterable[str]) -> bool:
    """Whether a mail that came earlier to the same desk, and that this one names, is still to be decided.

    One that failed before is not waited for, nor one in a lane behind: nobody waits for long, nor in a circle."""
    named = [one for one in ids if one]
    if not named:
        return False
    earlier = (work.c.id < taken.id, work.c.lane <= taken.lane, work.c.attempts <= 1, work.c.state == "waiting")
    return (
        connection.execute(
            select(work.c.id).where(work.c.desk == taken.desk, work.c.message_id.in_(named), *earlier).limit(1)
        ).first()
        is not None
    )


def find_alone(connection: Connection, desk: str, names: Names) -> dict[int, str]:
    """`find`, and until this transaction ends no other daemon opens a ticket for a mail with one of these ids.

    SQLite has one writer, and its transactions begin with the write lock."""
    if connection.dialect.name == "postgresql":
        ids = dict.fromkeys(one for one in (names.own_id, *names.ids) if one)
        for key in sorted(f"{desk}:{one}" for one in list(ids)[:MAX_LOCKS]):
            connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(key))))
    return find(connection, desk, names)


def find(connection: Connection, desk: str, names: Names) -> dict[int, str]:
    """The tickets of a desk that a mail names, each with its strongest sign, the strongest first."""
    return _targets(connection, desk, _named(connection, desk, names))


def _named(connection: Connection, desk: str, names: Names) -> dict[int, str]:
    found: dict[int, str] = {}
    for sign, ticket_id in _by_ids(connection, desk, names):
        found.setdefault(ticket_id, sign)
    if names.reference:
        same = (ticket.c.desk == desk, ticket.c.reference == names.reference)
        for ticket_id in connection.execute(select(ticket.c.id).where(*same)).scalars():
            found.setdefault(ticket_id, REFERENCE)
    if names.peer_numbers:
        open_there = (ticket.c.desk == desk, ticket.c.state.not_in(_ENDED))
        for ticket_id in connection.execute(
            select(customer_reference.c.ticket_id)
            .join(ticket, ticket.c.id == customer_reference.c.ticket_id)
            .where(customer_reference.c.reference.in_(names.peer_numbers), *open_there)
            .distinct()
            .order_by(customer_reference.c.ticket_id.desc())
            .limit(MAX_CANDIDATES)
        ).scalars():
            found.setdefault(ticket_id, PEER)
    return found


def _targets(connection: Connection, desk: str, found: dict[int, str]) -> dict[int, str]:
    """The same with the ticket of the desk that each was merged into in its place."""
    for _ in range(MOST_MERGES if found else 0):
        merged = {
            row.ticket_id: row.other_id
            for row in connection.execute(
                select(ticket_link.c.ticket_id, ticket_link.c.other_id)
                .join(ticket, ticket.c.id == ticket_link.c.other_id)
                .where(ticket_link.c.ticket_id.in_(found), ticket_link.c.kind == MERGED, ticket.c.desk == desk)
            )
        }
        if not merged:
            break
        moved: dict[int, str] = {}
        for ticket_id, sign in found.items():
            moved.setdefault(merged.get(ticket_id, ticket_id), sign)
        found = moved
    return found


def _by_ids(connection: Connection, desk: str, names: Names) -> list[tuple[str, int]]:
    """Sign and ticket for each id that the mail shares with a ticket: known messages before unseen ones, those nearest
    to the mail first, of one id the newest ticket. A ticket that knows the mail's own id holds an answer to it."""
    # As they stand in the database, where a long id is cut and one with signs that it cannot hold is changed.
    own, *others = (as_key(one) for one in (names.own_id, *names.ids))
    places = {one: place for place, one in enumerate(dict.fromkeys((own, *others))) if one}
    if not places:
        return []
    has_it = exists().where(
        work.c.message_id == thread_id.c.message_id, work.c.ticket_id == thread_id.c.ticket_id, work.c.desk == desk
    )
    of_few = (
        select(thread_id.c.message_id)
        .where(thread_id.c.message_id.in_(places))
        .group_by(thread_id.c.message_id)
        .having(func.count() <= MAX_CANDIDATES)
    )
    rows = connection.execute(
        select(thread_id.c.message_id, thread_id.c.ticket_id, or_(thread_id.c.ours, has_it).label("seen"))
        .join(ticket, ticket.c.id == thread_id.c.ticket_id)
        .where(thread_id.c.message_id.in_(of_few), ticket.c.desk == desk)
        .order_by(thread_id.c.ticket_id.desc())
    ).all()
    if any(row.seen for row in rows if row.message_id == own):
        # Some programs give each mail one and the same id: what is there says nothing of another with its id.
        rows = [row for row in rows if row.message_id != own]
    found = [(MESSAGE_ID if row.seen or row.message_id == own else SIBLING, row.ticket_id, row) for row in rows]
    found.sort(key=lambda one: (one[0] == SIBLING, places[one[2].message_id]))
    return [(sign, ticket_id) for sign, ticket_id, _ in found[:MAX_CANDIDATES]]


def candidates(
    connection: Connection, desk: str, *, tokens: Iterable[tuple[int, str]], names: Names
) -> tuple[Candidate, ...]:
    """Tickets of a desk that a mail may belong to, strongest sign first: our tokens (ticket id and sign of each), then
    what it names."""
    found: dict[int, str] = {}
    for ticket_id, sign in tokens:
        if 0 < ticket_id <= MAX_ID:
            found.setdefault(ticket_id, sign)
    for ticket_id, sign in _named(connection, desk, names).items():
        found.setdefault(ticket_id, sign)
    return _candidates(connection, desk, _targets(connection, desk, found))


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
        requester = _answered_at(own)
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
                _last_writer(own, histories.get(row.id, ())),
            )
        )
    return tuple(sorted(made, key=lambda candidate: strength[candidate.ticket_id]))


def _last_writer(people: list[Any], history: tuple[Happened, ...]) -> Mailbox | None:
    wrote = next((one.party_id for one in reversed(history) if one.name in FROM_CUSTOMER and one.party_id), None)
    found = next((one for one in people if one.id == wrote), None)
    if found is not None and found.role == "requester":
        # Who opened the ticket said where to answer.
        found = _answered_at(people)
    return Mailbox(found.address, found.name) if found else None


def _answered_at(people: list[Any]) -> Any:  # noqa: ANN401 - a row
    """Where the ticket's requester wants answers; None of a ticket without one."""
    return next((one for role in ("reply_to", "requester") for one in people if one.role == role), None)


def _people(connection: Connection, ticket_ids: list[int]) -> dict[int, list[Any]]:
    people: dict[int, list[Any]] = {}
    for row in connection.execute(select(party).where(party.c.ticket_id.in_(ticket_ids)).order_by(party.c.id)):
        people.setdefault(row.ticket_id, []).append(row)
    return people


def _threads(connection: Connection, ticket_ids: list[int]) -> dict[int, tuple[str, ...]]:
    """The mails to and from the customer of each ticket, the oldest first."""
    theirs = (
        select(
            ticket_event.c.ticket_id,
            work.c.message_id,
            work.c.arrived_at.label("at"),
            literal(0).label("ours"),
            work.c.id,
        )
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
