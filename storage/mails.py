"""The bytes of one mail, theirs or ours, for the person who looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, or_, select

from storage.columns import storable
from storage.inbox import raw_bytes
from storage.schema import delivery, outbox, outbox_bytes, ticket, work


@dataclass(frozen=True, slots=True)
class StoredMail:
    """The bytes of a mail that came (`id` is its work's) or of a message of ours (then it is the message's), and the
    number of its ticket, if it has one."""

    id: int
    arrived_at: datetime
    reference: str | None
    data: bytes


def stored_mail(connection: Connection, wanted: str) -> StoredMail | None:
    """A mail by the id of its work, or by its Message-ID with or without angle brackets: of several that bear it the
    first, mails that came before messages of ours. None where there is none, or retention has taken its bytes."""
    message_id = storable(wanted.strip().removeprefix("<").removesuffix(">"))
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else -1
    came = (
        select(work.c.id, work.c.arrived_at, ticket.c.reference, delivery.c.raw_sha256)
        .join(delivery, delivery.c.id == work.c.delivery_id)
        .outerjoin(ticket, ticket.c.id == work.c.ticket_id)
        .where(or_(work.c.id == number, work.c.message_id == message_id))
        # A stranger's Message-ID may be a number, and must not stand before the mail that has it as its id.
        .order_by(case((work.c.id == number, 0), else_=1), work.c.id)
    )
    if row := connection.execute(came).first():
        try:
            return StoredMail(row.id, row.arrived_at, row.reference, raw_bytes(connection, row.raw_sha256))
        except KeyError:
            return None
    ours = (
        select(outbox.c.id, outbox.c.created_at, ticket.c.reference, outbox_bytes.c.data)
        .join(outbox_bytes, outbox_bytes.c.outbox_id == outbox.c.id)
        .outerjoin(ticket, ticket.c.id == outbox.c.ticket_id)
        .where(outbox.c.message_id == message_id)
    )
    row = connection.execute(ours).first()
    return StoredMail(row.id, row.created_at, row.reference, row.data) if row else None
