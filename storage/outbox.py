"""The outbox: finished bytes on their way out. A retry is identical to the first try."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, case, exists, func, or_, select, update

from rules.decision import SendCounts
from storage import leases
from storage.leases import NOW, free, ours, take, waiting
from storage.schema import outbox, outbox_bytes, outbox_recipient

PENDING, SENT, FAILED, WITHDRAWN = "pending", "sent", "failed", "withdrawn"
BOUNCED, DOUBTFUL = "bounced", "doubtful"
"""The states of a recipient: to be tried, taken by the relay, refused by it or given up, taken back by us; and of one
whom the relay took: it came back, for certain or perhaps (`storage.reports`)."""
WAITING, HELD = "waiting", "held"
"""The states of a message that has not left: one that is tried as soon as it is due, and one that a person must release
(`storage.outbox_hold`). What is held is no part of the queue: it makes no later mail of its ticket wait."""


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to put into the outbox. `automatic` ones count against the limits of the silence table; a `held` one
    leaves when a person releases it."""

    purpose: str
    desk: str
    ticket_id: int | None
    message_id: str
    mail_from: str
    rcpt_tos: tuple[str, ...]
    raw: bytes
    created_at: datetime
    not_after: datetime
    automatic: bool
    held: bool = False


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to try now, claimed by us until `lease_until`; `rcpt_tos` are the recipients that still wait."""

    id: int
    purpose: str
    desk: str
    ticket_id: int | None
    message_id: str
    mail_from: str
    rcpt_tos: tuple[str, ...]
    raw: bytes
    created_at: datetime
    not_after: datetime
    attempts: int
    lease_until: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the relay said about one recipient: state `PENDING`, `SENT` or `FAILED`, its code and clipped reply."""

    address: str
    state: str
    code: int
    enhanced: str
    reply: str


def put(connection: Connection, new: NewMessage) -> int:
    """Queue a message; its id."""
    outbox_id = connection.execute(
        outbox.insert()
        .values(
            purpose=new.purpose,
            desk=new.desk,
            ticket_id=new.ticket_id,
            message_id=new.message_id,
            mail_from=new.mail_from,
            created_at=new.created_at,
            due_at=new.created_at,
            not_after=new.not_after,
            state=HELD if new.held else WAITING,
        )
        .returning(outbox.c.id)
    ).scalar_one()
    connection.execute(outbox_bytes.insert().values(outbox_id=outbox_id, data=new.raw))
    connection.execute(
        outbox_recipient.insert(),
        [
            {
                "outbox_id": outbox_id,
                "address_key": key,
                "address": address,
                "desk": new.desk,
                "created_at": new.created_at,
                "automatic": new.automatic,
                "state": PENDING,
            }
            # Upper and lower case are one recipient, told by the name as it was given (RFC 5321 s2.4).
            for key, address in {address.lower(): address for address in reversed(new.rcpt_tos)}.items()
        ],
    )
    return int(outbox_id)


def claim(connection: Connection, owner: str, now: datetime, lease: timedelta, limit: int) -> list[Outgoing]:
    """Take up to `limit` messages that are due. Mails of one ticket leave in order: a later one waits."""
    rows = take(
        connection,
        outbox,
        owner,
        now,
        lease,
        limit,
        order=(outbox.c.due_at, outbox.c.id),
        only=(_in_order(),),
        begun_at=func.coalesce(outbox.c.begun_at, now),
    )
    ids = [row.id for row in rows]
    recipients: dict[int, list[str]] = {one: [] for one in ids}
    for row in connection.execute(
        select(outbox_recipient.c.outbox_id, outbox_recipient.c.address)
        .where(outbox_recipient.c.outbox_id.in_(ids), outbox_recipient.c.state == PENDING)
        .order_by(outbox_recipient.c.address_key)
    ):
        recipients[row.outbox_id].append(row.address)
    data = {
        row.outbox_id: row.data
        for row in connection.execute(select(outbox_bytes).where(outbox_bytes.c.outbox_id.in_(ids)))
    }
    return [
        Outgoing(
            row.id,
            row.purpose,
            row.desk,
            row.ticket_id,
            row.message_id,
            row.mail_from,
            tuple(recipients[row.id]),
            data[row.id],
            row.created_at,
            row.not_after,
            row.attempts,
            row.lease_until,
        )
        for row in sorted(rows, key=lambda r: r.id)
    ]


def _in_order() -> ColumnElement[bool]:
    earlier = outbox.alias("earlier")
    return or_(
        outbox.c.ticket_id.is_(None),
        ~exists().where(earlier.c.ticket_id == outbox.c.ticket_id, waiting(earlier), earlier.c.id < outbox.c.id),
    )


def begin(connection: Connection, message: Outgoing, owner: str, now: datetime, lease: timedelta) -> bool:
    """Make our claim last for a try that begins now; False when it has gone to another, who will try the message."""
    written = connection.execute(
        update(outbox).where(ours(outbox, message.id, owner, message.attempts)).values(lease_until=now + lease)
    )
    return written.rowcount == 1


def tried(  # noqa: PLR0917 - what was tried, by whom, and what came of it
    connection: Connection, sent: Outgoing, owner: str, outcomes: Sequence[Outcome], now: datetime, retry_at: datetime
) -> str | None:
    """Write down a try: recipients that are done are done, the rest waits until `retry_at`, or is given up.

    The state of the message afterwards (waiting, sent, failed, expired), or None when it is no longer ours.
    """
    written = connection.execute(
        update(outbox)
        .where(ours(outbox, sent.id, owner, sent.attempts))
        .values(owner=None, lease_until=None, due_at=retry_at)
    )
    if written.rowcount != 1:
        return None
    for outcome in outcomes:
        connection.execute(
            update(outbox_recipient)
            .where(
                outbox_recipient.c.outbox_id == sent.id,
                outbox_recipient.c.address_key == outcome.address.lower(),
                outbox_recipient.c.state == PENDING,
            )
            .values(
                state=outcome.state,
                code=outcome.code,
                enhanced=outcome.enhanced[:16],
                reply=outcome.reply[:300],
                ended_at=None if outcome.state == PENDING else now,
            )
        )
    states = set(
        connection.execute(select(outbox_recipient.c.state).where(outbox_recipient.c.outbox_id == sent.id)).scalars()
    )
    if PENDING in states:
        state = "expired" if retry_at > sent.not_after else "waiting"
    else:
        state = "sent" if SENT in states else "failed"
    if state != "waiting":
        connection.execute(update(outbox).where(outbox.c.id == sent.id).values(state=state, ended_at=now))
    return state


def give_back(connection: Connection, messages: Sequence[Outgoing], owner: str) -> None:
    """Let go of messages of which the try was not begun. One that was never tried may be withdrawn again."""
    for one in messages:
        if one.attempts == 1:
            connection.execute(update(outbox).where(ours(outbox, one.id, owner, one.attempts)).values(begun_at=None))
    leases.give_back(connection, outbox, [(one.id, one.attempts) for one in messages], owner)


def withdraw(connection: Connection, outbox_id: int, now: datetime) -> bool:
    """Take back a message of which no try has begun; False when it is too late."""
    result = connection.execute(
        update(outbox)
        .where(outbox.c.id == outbox_id, or_(waiting(outbox), outbox.c.state == HELD), outbox.c.begun_at.is_(None))
        .values(state=WITHDRAWN, ended_at=now)
    )
    if result.rowcount != 1:
        return False
    connection.execute(
        update(outbox_recipient).where(outbox_recipient.c.outbox_id == outbox_id).values(state=WITHDRAWN, ended_at=now)
    )
    return True


def count_alone(connection: Connection, desk: str, address: str) -> None:
    """Let no other daemon count or queue messages to an address until this transaction ends.

    SQLite has one writer, and its transactions begin with the write lock."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"{desk}:{address.lower()}"))))


def send_counts(connection: Connection, desk: str, address: str, now: datetime) -> SendCounts:
    """How many automatic messages the desk queued lately, to `address` and in all; withdrawn ones do not count."""
    ten_minutes, day = now - timedelta(minutes=10), now - timedelta(days=1)
    recent = case((outbox_recipient.c.created_at > ten_minutes, 1))
    to_address = connection.execute(
        select(func.count(recent), func.count()).where(
            outbox_recipient.c.address_key == address.lower(),
            outbox_recipient.c.desk == desk,
            outbox_recipient.c.automatic,
            outbox_recipient.c.state != WITHDRAWN,
            outbox_recipient.c.created_at > day,
        )
    ).one()
    of_desk = connection.execute(
        select(func.count())
        .select_from(outbox_recipient)
        .where(
            outbox_recipient.c.desk == desk,
            outbox_recipient.c.automatic,
            outbox_recipient.c.state != WITHDRAWN,
            outbox_recipient.c.created_at > ten_minutes,
        )
    ).scalar_one()
    return SendCounts(to_address[0], to_address[1], of_desk)


@dataclass(frozen=True, slots=True)
class Lost:
    """A message that a recipient never got, and the last word on it, the relay's or a report's. `doubtful`: by a report
    that proves nothing."""

    outbox_id: int
    purpose: str
    ticket_id: int | None
    address: str
    enhanced: str
    reply: str
    doubtful: bool = False


def lost_message(connection: Connection, outbox_id: int) -> Lost | None:
    """The first recipient of a message who was refused, waited in vain, or of whom it came back."""
    row = connection.execute(
        select(
            outbox.c.id,
            outbox.c.purpose,
            outbox.c.ticket_id,
            outbox_recipient.c.address,
            outbox_recipient.c.enhanced,
            outbox_recipient.c.reply,
            outbox_recipient.c.state,
        )
        .join(outbox_recipient, outbox_recipient.c.outbox_id == outbox.c.id)
        .where(outbox.c.id == outbox_id, outbox_recipient.c.state.not_in((SENT, WITHDRAWN)))
        .order_by(case((outbox_recipient.c.state == DOUBTFUL, 1), else_=0), outbox_recipient.c.address_key)
    ).first()
    if row is None:
        return None
    known = (row.enhanced or "", row.reply or "")
    return Lost(row.id, row.purpose, row.ticket_id, row.address, *known, doubtful=row.state == DOUBTFUL)


_ANY_WAITING = select(outbox.c.id).where(free(outbox, NOW), _in_order()).limit(1)


def any_waiting(connection: Connection, now: datetime) -> bool:
    """Whether there is a message to try; cheap, and without the write lock."""
    return connection.execute(_ANY_WAITING, {"now": now}).first() is not None
