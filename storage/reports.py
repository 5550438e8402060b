"""Messages of ours that came back: which one a delivery report is about, and what becomes of its recipients."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, String, literal_column, or_, select, update

from rules.decision import Returned, SentMessage
from rules.reports import BY_SUBJECT
from storage.columns import as_key
from storage.outbox import BOUNCED, DOUBTFUL, FAILED, PENDING, SENT
from storage.schema import outbox, outbox_recipient, party, ticket, ticket_event

UNTOLD = ("customer_not_reached", "message_not_delivered")
"""Events that say that a message did not arrive; each is written once for a message."""
NO_SUCH_ADDRESS = "5.1."
"""How the enhanced status codes begin that say that an address does not exist (RFC 3463 s3.2)."""


def sent_messages(connection: Connection, desk: str, ids: Iterable[tuple[str, str]]) -> list[SentMessage]:
    """Messages of a desk by their Message-IDs, each with the sign that comes with it; in the order of `ids`."""
    found = []
    signs: dict[str, str] = {}
    for message_id, sign in ids:
        signs.setdefault(message_id, sign)
    for message_id, sign in signs.items():
        found += _messages(connection, sign, outbox.c.desk == desk, outbox.c.message_id == message_id)
    return found


def sent_lately(
    connection: Connection, desk: str, reference: str, addresses: Iterable[str], since: datetime
) -> list[SentMessage]:
    """The last message of a ticket to each of the addresses, as far as it left since a time."""
    found = []
    for address in dict.fromkeys(as_key(one.lower()) for one in addresses):
        last = (
            select(outbox.c.id)
            .join(ticket, ticket.c.id == outbox.c.ticket_id)
            .join(outbox_recipient, outbox_recipient.c.outbox_id == outbox.c.id)
            .where(ticket.c.desk == desk, ticket.c.reference == reference, outbox.c.created_at >= since)
            .where(outbox_recipient.c.address_key == address, outbox_recipient.c.state != PENDING)
            .order_by(outbox.c.id.desc())
            .limit(1)
        )
        found += _messages(connection, BY_SUBJECT, outbox.c.id == last.scalar_subquery())
    return found


def _messages(connection: Connection, sign: str, *only: ColumnElement[bool]) -> list[SentMessage]:
    rows = connection.execute(
        select(outbox.c.id, outbox.c.purpose, outbox.c.ticket_id, outbox_recipient.c.address)
        .join(outbox_recipient, outbox_recipient.c.outbox_id == outbox.c.id)
        .where(*only)
        .order_by(outbox_recipient.c.address_key)
    ).all()
    if not rows:
        return []
    first = rows[0]
    return [SentMessage(first.id, first.purpose, first.ticket_id, tuple(row.address for row in rows), sign)]


def came_back(connection: Connection, returned: Returned, now: datetime) -> bool:
    """Write down who did not get a message; False where that was known before.

    A recipient of whom the relay has not spoken yet counts too, once a try has begun: a report may be faster than the
    relay's own word is written down. The message is not tried again for them.
    """
    changed = False
    for one in returned.unreached:
        # What a relay refused was told when it did; what nobody tried did not come back.
        before = (SENT, PENDING, DOUBTFUL) if one.proven else (SENT, PENDING)
        begun = select(outbox.c.id).where(outbox.c.id == returned.outbox_id, outbox.c.begun_at.is_not(None))
        written = connection.execute(
            update(outbox_recipient)
            .where(
                outbox_recipient.c.outbox_id.in_(begun),
                outbox_recipient.c.address_key == as_key(one.address.lower()),
                outbox_recipient.c.state.in_(before),
            )
            .values(
                state=BOUNCED if one.proven else DOUBTFUL,
                code=one.code or None,
                enhanced=one.status[:16],
                reply=one.diagnostic[:300],
                ended_at=now,
            )
        )
        changed |= written.rowcount > 0
    return changed


@dataclass(frozen=True, slots=True)
class Concerned:
    """A ticket that a message was about. `assignee` is an agent's address or ""; `reached`: whether the customer counts
    as reached; `told`: whether the history says already that this message did not arrive; `asked`: whether it asked."""

    ticket_id: int
    reference: str
    assignee: str
    reached: bool
    told: bool
    asked: bool


def concerned(connection: Connection, outbox_id: int) -> list[Concerned]:
    """The tickets that a message was about: its own, or all that a summary lists."""
    listed = select(ticket_event.c.ticket_id).where(ticket_event.c.outbox_id == outbox_id)
    own = select(outbox.c.ticket_id).where(outbox.c.id == outbox_id)
    rows = connection.execute(
        select(ticket.c.id, ticket.c.reference, ticket.c.acknowledgement, party.c.address)
        .outerjoin(party, party.c.id == ticket.c.assignee)
        .where(or_(ticket.c.id.in_(own), ticket.c.id.in_(listed)))
        .order_by(ticket.c.id)
    ).all()
    events: dict[int, set[str]] = {}
    for event in connection.execute(
        select(ticket_event.c.ticket_id, ticket_event.c.name).where(ticket_event.c.outbox_id == outbox_id)
    ):
        events.setdefault(event.ticket_id, set()).add(event.name)
    return [
        Concerned(
            row.id,
            row.reference,
            row.address or "",
            row.acknowledgement != "not_reached",
            not events.get(row.id, set()).isdisjoint(UNTOLD),
            "asked" in events.get(row.id, ()),
        )
        for row in rows
    ]


def unreachable(
    connection: Connection, desk: str, addresses: Sequence[str], now: datetime, span: timedelta
) -> frozenset[str]:
    """Which of the addresses, in lower case, were told within `span` not to exist, by a relay or by a report."""
    if not addresses:
        return frozenset()
    # The states are constants of the statement, so that the planner knows that the partial index serves.
    lost = literal_column(f"outbox_recipient.state IN ('{FAILED}', '{BOUNCED}')", String)
    rows = connection.execute(
        select(outbox_recipient.c.address_key).where(
            lost,
            outbox_recipient.c.desk == desk,
            outbox_recipient.c.address_key.in_(sorted({one.lower() for one in addresses})),
            outbox_recipient.c.ended_at > now - span,
            outbox_recipient.c.enhanced.startswith(NO_SUCH_ADDRESS, autoescape=True),
        )
    )
    return frozenset(rows.scalars())
