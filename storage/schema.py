"""Every table. Queue tables hold no bytes: what is large lies in tables of its own that no queue query joins."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from storage.columns import AnyJson, AnyText, KeyText, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _table(name: str, *parts: Any, **more: Any) -> Table:  # noqa: ANN401
    return Table(name, metadata, *parts, **more)


def _serial() -> Column[int]:
    return Column("id", Integer, primary_key=True, autoincrement=True)


def _lease() -> tuple[Column[Any], ...]:
    """A claim: who works on the row and until when the others believe it."""
    return (
        Column("attempts", Integer, nullable=False, server_default="0"),
        Column("due_at", UtcDateTime, nullable=False),
        Column("owner", String(64)),
        Column("lease_until", UtcDateTime),
    )


# SQLite gives the highest deleted key out again unless told not to; what a key means must never change.
_NEVER_REUSED = {"sqlite_autoincrement": True}

# The inbox ---------------------------------------------------------------------------------------------------------

raw = _table(
    "raw",
    Column("sha256", String(64), primary_key=True),
    Column("size_bytes", Integer, nullable=False),
    Column("stored_at", UtcDateTime, nullable=False),
)

raw_chunk = _table(
    "raw_chunk",
    Column("sha256", String(64), ForeignKey("raw.sha256"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

delivery = _table(
    "delivery",
    Column("id", String(26), primary_key=True),
    Column("arrived_at", UtcDateTime, nullable=False),
    Column("door", String(16), nullable=False),
    Column("mail_from", AnyText, nullable=False),
    Column("rcpt_tos", AnyJson, nullable=False),
    Column("desks", AnyJson, nullable=False),
    Column("peer", AnyJson, nullable=False),
    Column("source_key", KeyText),
    Column("raw_sha256", String(64), ForeignKey("raw.sha256"), nullable=False),
    Column("mail_key", String(64), nullable=False),
    # Two mails under one source are a broken server's; neither may be lost for it.
    UniqueConstraint("source_key", "mail_key"),
    Index(None, "mail_key"),
    Index(None, "arrived_at"),
)

work = _table(
    "work",
    _serial(),
    Column("desk", Text, nullable=False),
    Column("mail_key", String(64), nullable=False),
    Column("delivery_id", String(26), ForeignKey("delivery.id"), nullable=False),
    Column("lane", Integer, nullable=False),
    Column("arrived_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    *_lease(),
    Column("error", AnyText),
    Column("disposition", String(16)),
    Column("decided_at", UtcDateTime),
    Column("reasons", AnyJson),
    Column("policy", String(64)),
    Column("message_id", KeyText),
    Column("ticket_id", Integer, ForeignKey("ticket.id")),
    Column("silent", Boolean, nullable=False, server_default=false()),
    Column("outbox_id", Integer, ForeignKey("outbox.id")),
    UniqueConstraint("desk", "mail_key"),
    Index(
        "ix_work_queue",
        "lane",
        "arrived_at",
        "id",
        postgresql_where=text("state = 'waiting'"),
        sqlite_where=text("state = 'waiting'"),
    ),
    Index(None, "delivery_id"),
    Index(None, "message_id"),
    Index(None, "ticket_id"),
    Index(
        "ix_work_outbox_id",
        "outbox_id",
        postgresql_where=text("outbox_id IS NOT NULL"),
        sqlite_where=text("outbox_id IS NOT NULL"),
    ),
    # Not by state first: SQLite would take that for claims, and sort the whole queue for each.
    Index(None, "disposition", "state"),
    **_NEVER_REUSED,
)

# Where mail is fetched from ------------------------------------------------------------------------------------------

imap_account = _table(
    "imap_account",
    Column("account", String(64), primary_key=True),
    Column("owner", String(64)),
    Column("lease_until", UtcDateTime),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("last_ok_at", UtcDateTime),
    Column("failing_since", UtcDateTime),
    Column("error", AnyText),
)

imap_folder = _table(
    "imap_folder",
    Column("account", String(64), ForeignKey("imap_account.account"), primary_key=True),
    Column("folder", KeyText, primary_key=True),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("first_uid", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

# Mails that are committed and not yet moved or flagged on their server.
imap_afterwork = _table(
    "imap_afterwork",
    Column("account", String(64), primary_key=True),
    Column("folder", KeyText, primary_key=True),
    Column("uidvalidity", BigInteger, primary_key=True),
    Column("uid", BigInteger, primary_key=True),
)

import_source = _table(
    "import_source",
    Column("source", KeyText, primary_key=True),
    Column("position", Text, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

# Tickets -----------------------------------------------------------------------------------------------------------

ticket = _table(
    "ticket",
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("desk", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("priority", Text),
    Column("language", String(8), nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),
    Column("acknowledgement", String(16), nullable=False),
    # Of every mail to the customer: mail programs make one thread of what has one subject.
    Column("subject", AnyText, nullable=False, server_default=text("''")),
    Column("awaiting", String(16), nullable=False, server_default=text("''")),
    Column("assignee", Integer),
    UniqueConstraint("desk", "reference"),
    Index(None, "reference"),
    Index(None, "state"),
    Index(None, "acknowledgement"),
)

ticket_event = _table(
    "ticket_event",
    _serial(),
    Column("ticket_id", Integer, ForeignKey("ticket.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("name", String(32), nullable=False),
    Column("rule", String(64), nullable=False),
    Column("policy", String(64), nullable=False),
    Column("work_id", Integer, ForeignKey("work.id")),
    Column("outbox_id", Integer, ForeignKey("outbox.id")),
    # A level, a state or a count; never what somebody wrote.
    Column("value", String(64)),
    Column("party_id", Integer, ForeignKey("party.id")),
    UniqueConstraint("ticket_id", "seq"),
    Index(None, "outbox_id"),
    **_NEVER_REUSED,
)

party = _table(
    "party",
    _serial(),
    Column("ticket_id", Integer, ForeignKey("ticket.id"), nullable=False),
    Column("role", String(16), nullable=False),
    Column("address", KeyText, nullable=False),
    Column("name", AnyText, nullable=False),
    UniqueConstraint("ticket_id", "role", "address"),
    Index(None, "address"),
)

ticket_link = _table(
    "ticket_link",
    Column("ticket_id", Integer, ForeignKey("ticket.id"), primary_key=True),
    Column("other_id", Integer, ForeignKey("ticket.id"), primary_key=True),
    Column("kind", String(16), nullable=False),
    Index(None, "other_id"),
)

answer = _table(
    "answer",
    _serial(),
    Column("ticket_id", Integer, ForeignKey("ticket.id"), nullable=False),
    Column("work_id", Integer, ForeignKey("work.id"), nullable=False),
    Column("key", Text, nullable=False),
    Column("text", AnyText, nullable=False),
    Column("value", AnyJson),
    Column("place", AnyText, nullable=False),
    UniqueConstraint("ticket_id", "key", "work_id"),
)

thread_id = _table(
    "thread_id",
    Column("message_id", KeyText, primary_key=True),
    Column("ticket_id", Integer, ForeignKey("ticket.id"), primary_key=True),
    Column("ours", Boolean, nullable=False),
    Index(None, "ticket_id"),
)

# Numbers of the customers' own ticket systems, by which those name their tickets.
customer_reference = _table(
    "customer_reference",
    Column("reference", KeyText, primary_key=True),
    Column("ticket_id", Integer, ForeignKey("ticket.id"), primary_key=True),
    Index(None, "ticket_id"),
)

counter = _table(
    "counter",
    Column("desk", Text, primary_key=True),
    Column("pattern", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
)

# Timers ------------------------------------------------------------------------------------------------------------

timer = _table(
    "timer",
    _serial(),
    Column("kind", String(32), nullable=False),
    Column("subject", KeyText, nullable=False),
    Column("desk", Text, nullable=False),
    Column("state", String(16), nullable=False),
    *_lease(),
    Column("error", AnyText),
    Column("fired_at", UtcDateTime),
    UniqueConstraint("kind", "subject"),
    Index(
        "ix_timer_due",
        "due_at",
        "id",
        postgresql_where=text("state = 'waiting'"),
        sqlite_where=text("state = 'waiting'"),
    ),
    **_NEVER_REUSED,
)

# The outbox --------------------------------------------------------------------------------------------------------

outbox = _table(
    "outbox",
    _serial(),
    Column("purpose", String(32), nullable=False),
    Column("desk", Text, nullable=False),
    Column("ticket_id", Integer, ForeignKey("ticket.id")),
    Column("message_id", String(128), nullable=False),
    Column("mail_from", AnyText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("not_after", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    *_lease(),
    Column("begun_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    UniqueConstraint("message_id"),
    Index(
        "ix_outbox_queue",
        "due_at",
        "id",
        postgresql_where=text("state = 'waiting'"),
        sqlite_where=text("state = 'waiting'"),
    ),
    Index("ix_outbox_held", "id", postgresql_where=text("state = 'held'"), sqlite_where=text("state = 'held'")),
    Index(None, "ticket_id"),
    Index(None, "created_at"),
    **_NEVER_REUSED,
)

outbox_bytes = _table(
    "outbox_bytes",
    Column("outbox_id", Integer, ForeignKey("outbox.id"), primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

outbox_recipient = _table(
    "outbox_recipient",
    Column("outbox_id", Integer, ForeignKey("outbox.id"), primary_key=True),
    Column("address_key", KeyText, primary_key=True),
    Column("address", AnyText, nullable=False),
    Column("desk", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("automatic", Boolean, nullable=False),
    Column("state", String(16), nullable=False),
    Column("code", Integer),
    Column("enhanced", String(16)),
    Column("reply", AnyText),
    Column("ended_at", UtcDateTime),
    Index(None, "desk", "address_key", "created_at"),
    Index(None, "desk", "created_at"),
    Index(
        "ix_outbox_recipient_lost",
        "desk",
        "address_key",
        postgresql_where=text("state IN ('failed', 'bounced')"),
        sqlite_where=text("state IN ('failed', 'bounced')"),
    ),
)

# What the operator is told of --------------------------------------------------------------------------------------

alarm = _table(
    "alarm",
    _serial(),
    Column("key", KeyText, nullable=False),
    Column("detail", AnyText, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Index(None, "opened_at"),
    Index(
        "uq_alarm_open",
        "key",
        unique=True,
        postgresql_where=text("closed_at IS NULL"),
        sqlite_where=text("closed_at IS NULL"),
    ),
)
