"""The inbox: deliveries as they arrived, their raw bytes, and one row of work for each desk addressed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Insert, Table, select, update
from sqlalchemy.dialects import postgresql, sqlite

from rules.model import Arrival, Envelope, Lane, Peer
from storage import leases
from storage.columns import as_key
from storage.ids import new_id
from storage.leases import NOW, free, ours, take, waiting
from storage.schema import delivery, outbox, raw, raw_chunk, timer, work

CHUNK_BYTES = 1 << 20
LANES = {Lane.LIVE: 0, Lane.BACKLOG: 1}
MAX_ATTEMPTS = 5
"""After so many failed tries a piece of work is parked: shown to the operator, retried on request."""


def insert_new(connection: Connection, table: Table) -> Insert:
    """An INSERT that leaves alone what is there already, in the dialect of the connection."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    return dialect.insert(table).on_conflict_do_nothing()  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Work:
    """One mail to be decided for one desk, claimed by us."""

    id: int
    desk: str
    mail_key: str
    delivery_id: str
    arrived_at: datetime
    lane: int
    attempts: int
    silent: bool = False


def receive(connection: Connection, arrivals: Sequence[Arrival], promises: Mapping[str, timedelta]) -> list[str]:
    """Store mails; the ids of their deliveries. The caller's commit is what a 250 may follow.

    The same content for the same desk is the same work, however often it arrives: (desk, mail_key) is unique.
    The same content fetched again from the same source is the same delivery, whose id is given again.
    `promises`: how long after its arrival a desk's mail must have been acknowledged; half of it is a timer.
    """
    raws: dict[str, Arrival] = {}
    deliveries: dict[tuple[str, str], dict[str, Any]] = {}
    keys = []
    for arrival in arrivals:
        sha256 = hashlib.sha256(arrival.raw).hexdigest()
        raws.setdefault(sha256, arrival)
        delivery_id = new_id(arrival.arrived_at)
        key = (as_key(arrival.source_key) or delivery_id, arrival.mail_key)
        deliveries.setdefault(key, _delivery_row(delivery_id, arrival, sha256))
        keys.append(key)
    _store_raw(connection, raws)
    # Sorted throughout: two daemons that write the same rows in different orders would wait for each other.
    rows = [deliveries[key] for key in sorted(deliveries)]
    connection.execute(insert_new(connection, delivery), rows)
    known = _known_sources(connection, rows)
    ids = [known.get(key) or str(deliveries[key]["id"]) for key in keys]
    works = [
        _work_row(id_, arrival, desk) for id_, arrival in zip(ids, arrivals, strict=True) for desk in arrival.desks
    ]
    timers = [
        _promise_row(arrival, desk, promises[desk])
        for arrival in arrivals
        for desk in arrival.desks
        if arrival.lane is Lane.LIVE and promises.get(desk)
    ]
    if works:
        works.sort(key=lambda row: (row["desk"], row["mail_key"]))
        connection.execute(insert_new(connection, work), works)
    if timers:
        timers.sort(key=lambda row: row["subject"])
        connection.execute(insert_new(connection, timer), timers)
    return ids


def _store_raw(connection: Connection, raws: Mapping[str, Arrival]) -> None:
    shas = sorted(raws)
    connection.execute(
        insert_new(connection, raw),
        [{"sha256": one, "size_bytes": len(raws[one].raw), "stored_at": raws[one].arrived_at} for one in shas],
    )
    # Most mails are one chunk, and those share a statement; cutting a large one up copies it, so each goes by itself.
    whole = [one for one in shas if len(raws[one].raw) <= CHUNK_BYTES]
    if whole:
        rows = [{"sha256": one, "seq": 0, "data": raws[one].raw} for one in whole]
        connection.execute(insert_new(connection, raw_chunk), rows)
    for one in shas:
        data = raws[one].raw
        if len(data) > CHUNK_BYTES:
            cut = enumerate(range(0, len(data), CHUNK_BYTES))
            rows = [{"sha256": one, "seq": seq, "data": data[at : at + CHUNK_BYTES]} for seq, at in cut]
            connection.execute(insert_new(connection, raw_chunk), rows)


def _known_sources(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], str]:
    """The ids of the deliveries that stand under the rows' sources, ours or older ones."""
    wanted = {(row["source_key"], row["mail_key"]) for row in rows if row["source_key"]}
    if not wanted:
        return {}
    found = connection.execute(
        select(delivery.c.source_key, delivery.c.mail_key, delivery.c.id).where(
            delivery.c.source_key.in_([source for source, _ in wanted])
        )
    )
    return {(row.source_key, row.mail_key): row.id for row in found}


def _delivery_row(delivery_id: str, arrival: Arrival, sha256: str) -> dict[str, Any]:
    peer = arrival.peer
    return {
        "id": delivery_id,
        "arrived_at": arrival.arrived_at,
        "door": arrival.door,
        "mail_from": arrival.envelope.mail_from,
        "rcpt_tos": list(arrival.envelope.rcpt_tos),
        "desks": list(arrival.desks),
        "peer": {"address": peer.address, "helo": peer.helo, "tls": peer.tls, "login": peer.login},
        "source_key": as_key(arrival.source_key) or None,
        "raw_sha256": sha256,
        "mail_key": arrival.mail_key,
    }


def _work_row(delivery_id: str, arrival: Arrival, desk: str) -> dict[str, Any]:
    return {
        "desk": desk,
        "mail_key": arrival.mail_key,
        "delivery_id": delivery_id,
        "lane": LANES[arrival.lane],
        "arrived_at": arrival.arrived_at,
        "silent": arrival.silent,
        "message_id": as_key(arrival.message_id) or None,
        "state": "waiting",
        "due_at": arrival.arrived_at,
    }


def _promise_row(arrival: Arrival, desk: str, promise: timedelta) -> dict[str, Any]:
    return {
        "kind": "promise",
        "subject": f"{desk}:{arrival.mail_key}",
        "desk": desk,
        "state": "waiting",
        "due_at": arrival.arrived_at + promise / 2,
    }


def raw_bytes(connection: Connection, sha256: str) -> bytes:
    """The bytes as they arrived; KeyError where retention has taken them."""
    rows = (
        connection.execute(select(raw_chunk.c.data).where(raw_chunk.c.sha256 == sha256).order_by(raw_chunk.c.seq))
        .scalars()
        .all()
    )
    if not rows:
        raise KeyError(sha256)
    return b"".join(rows)


def delivered(connection: Connection, delivery_id: str) -> tuple[Envelope, Peer, str]:
    """Envelope, peer and raw SHA-256 of a delivery."""
    row = connection.execute(
        select(delivery.c.mail_from, delivery.c.rcpt_tos, delivery.c.peer, delivery.c.raw_sha256).where(
            delivery.c.id == delivery_id
        )
    ).one()
    return Envelope(row.mail_from, tuple(row.rcpt_tos)), Peer(**row.peer), row.raw_sha256


def claim(connection: Connection, owner: str, now: datetime, lease: timedelta, limit: int) -> list[Work]:
    """Take up to `limit` pieces of work, live before backlog, then oldest first.

    Whoever dies holding one loses it with the lease.
    """
    rows = take(connection, work, owner, now, lease, limit, order=(work.c.lane, work.c.arrived_at, work.c.id))
    claimed = [
        Work(row.id, row.desk, row.mail_key, row.delivery_id, row.arrived_at, row.lane, row.attempts, row.silent)
        for row in rows
    ]
    return sorted(claimed, key=lambda w: (w.lane, w.arrived_at, w.id))


def decided(
    connection: Connection,
    taken: Work,
    owner: str,
    *,
    now: datetime,
    disposition: str,
    reasons: list[dict[str, str]],
    policy: str,
    message_id: str,
    ticket_id: int | None,
    outbox_id: int | None = None,
) -> bool:
    """Close a piece of work with its decision; False when it is no longer ours: its lease ran out, another took it.

    `outbox_id` is the message of ours that the mail reports on.
    """
    result = connection.execute(
        update(work)
        .where(ours(work, taken.id, owner, taken.attempts))
        .values(
            state="done",
            owner=None,
            lease_until=None,
            error=None,
            disposition=disposition,
            decided_at=now,
            reasons=reasons,
            policy=policy,
            message_id=message_id or None,
            ticket_id=ticket_id,
            outbox_id=outbox_id,
        )
    )
    return result.rowcount == 1


def failed(connection: Connection, taken: Work, owner: str, error: str, retry_at: datetime) -> bool:
    """Give a piece of work back after trouble, or park it after `MAX_ATTEMPTS`; True when it was parked.

    Nothing happens when it is no longer ours.
    """
    parked = taken.attempts >= MAX_ATTEMPTS
    result = connection.execute(
        update(work)
        .where(ours(work, taken.id, owner, taken.attempts))
        .values(
            state="parked" if parked else "waiting", owner=None, lease_until=None, error=error[:500], due_at=retry_at
        )
    )
    return parked and result.rowcount == 1


def postpone(connection: Connection, taken: Work, owner: str, until: datetime) -> None:
    """Give a piece of work back that could not be begun for a reason of ours: it counts as no attempt."""
    connection.execute(
        update(work)
        .where(ours(work, taken.id, owner, taken.attempts))
        .values(owner=None, lease_until=None, attempts=taken.attempts - 1, due_at=until)
    )


_ANY_WAITING = select(work.c.id).where(free(work, NOW)).limit(1)


def any_waiting(connection: Connection, now: datetime) -> bool:
    """Whether there is work to claim; cheap, and without the write lock."""
    return connection.execute(_ANY_WAITING, {"now": now}).first() is not None


def give_back(connection: Connection, works: Sequence[Work], owner: str) -> None:
    """Let go of work that was not begun."""
    leases.give_back(connection, work, [(one.id, one.attempts) for one in works], owner)


def retry_parked(connection: Connection, now: datetime) -> int:
    """Let parked work wait again; how much there was."""
    result = connection.execute(
        update(work).where(work.c.state == "parked").values(state="waiting", attempts=0, due_at=now, error=None)
    )
    return int(result.rowcount)


def release(connection: Connection) -> None:
    """Give back what a daemon held when it ended. For the sole daemon of a database: nobody else holds anything."""
    for table in (work, timer, outbox):
        connection.execute(
            update(table).where(waiting(table), table.c.owner.is_not(None)).values(owner=None, lease_until=None)
        )
