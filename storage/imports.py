"""Imports: mail from files, a batch to a transaction, and how far each file has been taken."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from rules.model import Arrival
from storage import inbox
from storage.schema import delivery, import_source, raw, work


@dataclass(frozen=True, slots=True)
class Imported:
    """A mail that was imported before: its bytes, and for which desks."""

    size_bytes: int
    sha256: str
    desks: tuple[str, ...]


def taken(connection: Connection, source_keys: Collection[str]) -> dict[str, Imported]:
    """What was imported before under the given source keys."""
    rows = connection.execute(
        select(delivery.c.source_key, delivery.c.raw_sha256, delivery.c.desks, raw.c.size_bytes)
        .join(raw, raw.c.sha256 == delivery.c.raw_sha256)
        .where(delivery.c.source_key.in_(source_keys))
        .order_by(delivery.c.id)
    )
    return {row.source_key: Imported(row.size_bytes, row.raw_sha256, tuple(row.desks)) for row in rows}


def store(connection: Connection, arrivals: Sequence[Arrival]) -> list[bool]:
    """Store mails as `inbox.receive` does; for each whether a desk gets it that did not have it, by any door."""
    pairs = {(desk, one.mail_key) for one in arrivals for desk in one.desks}
    rows = connection.execute(
        select(work.c.desk, work.c.mail_key).where(tuple_(work.c.desk, work.c.mail_key).in_(sorted(pairs)))
    )
    there = {(row.desk, row.mail_key) for row in rows}
    inbox.receive(connection, arrivals, {})
    found = []
    for one in arrivals:
        mine = {(desk, one.mail_key) for desk in one.desks}
        found.append(not mine <= there)
        there |= mine
    return found


def position(connection: Connection, source: str) -> str:
    """How far a source has been taken, in the importer's own words; "" for a new one."""
    found = connection.execute(select(import_source.c.position).where(import_source.c.source == source)).scalar()
    return found or ""


def remember(connection: Connection, source: str, place: str, now: datetime) -> None:
    """Write down how far a source has been taken. Belongs into the transaction that stores what lies before."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    new = dialect.insert(import_source).values(source=source, position=place, updated_at=now)
    connection.execute(
        new.on_conflict_do_update(index_elements=[import_source.c.source], set_={"position": place, "updated_at": now})
    )
