"""Mailboxes that are fetched from, imports, threads that lead on, and what agents do to a ticket."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _new_tables()
    # Each by a plain ADD COLUMN: SQLite would have to write a whole table anew for anything else.
    op.add_column("work", sa.Column("silent", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("ticket", sa.Column("subject", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("ticket", sa.Column("awaiting", sa.String(length=16), nullable=False, server_default=sa.text("''")))
    op.add_column("ticket", sa.Column("assignee", sa.Integer(), nullable=True))
    op.add_column("ticket_event", sa.Column("value", sa.String(length=64), nullable=True))
    # The priority is the history's from now on, as the state is.
    op.execute(
        "UPDATE ticket_event SET value = (SELECT priority FROM ticket WHERE ticket.id = ticket_event.ticket_id)"
        " WHERE name = 'opened'"
    )
    held = sa.text("state = 'held'")
    op.create_index("ix_outbox_held", "outbox", ["id"], postgresql_where=held, sqlite_where=held)
    lost = sa.text("state IN ('failed', 'bounced')")
    columns = ["desk", "address_key"]
    op.create_index("ix_outbox_recipient_lost", "outbox_recipient", columns, postgresql_where=lost, sqlite_where=lost)
    _reference("work", "outbox_id", "outbox")
    told = sa.text("outbox_id IS NOT NULL")
    op.create_index("ix_work_outbox_id", "work", ["outbox_id"], postgresql_where=told, sqlite_where=told)
    _reference("ticket_event", "party_id", "party")


def _reference(table: str, column: str, other: str) -> None:
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} INTEGER"
        f" CONSTRAINT fk_{table}_{column}_{other} REFERENCES {other} (id)"
    )


def _new_tables() -> None:
    op.create_table(
        "imap_account",
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_ok_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_imap_account")),
    )
    op.create_table(
        "imap_folder",
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("folder", sa.String(length=512), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("first_uid", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["imap_account.account"], name=op.f("fk_imap_folder_account_imap_account")
        ),
        sa.PrimaryKeyConstraint("account", "folder", name=op.f("pk_imap_folder")),
    )
    op.create_table(
        "imap_afterwork",
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("folder", sa.String(length=512), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "folder", "uidvalidity", "uid", name=op.f("pk_imap_afterwork")),
    )
    op.create_table(
        "import_source",
        sa.Column("source", sa.String(length=512), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_import_source")),
    )
    op.create_table(
        "ticket_link",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["other_id"], ["ticket.id"], name=op.f("fk_ticket_link_other_id_ticket")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_link_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("ticket_id", "other_id", name=op.f("pk_ticket_link")),
    )
    op.create_index(op.f("ix_ticket_link_other_id"), "ticket_link", ["other_id"])
    op.create_table(
        "customer_reference",
        sa.Column("reference", sa.String(length=512), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_customer_reference_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("reference", "ticket_id", name=op.f("pk_customer_reference")),
    )
    op.create_index(op.f("ix_customer_reference_ticket_id"), "customer_reference", ["ticket_id"])
