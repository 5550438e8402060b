"""Mailboxes that mail is fetched from: who reads each, how it stands, and how far it has been read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, or_, select, update

from rules.cursor import Cursor
from storage.inbox import insert_new
from storage.schema import delivery, imap_account, imap_afterwork, imap_folder

_AT_ONCE = 500
"""Keys in one statement: SQLite takes 32,766 parameters, and a planner likes few."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail that is being committed: its place on the server, and whether it is to be put away afterwards."""

    account: str
    folder: str
    uidvalidity: int
    uid: int
    put_away: bool


def lease(connection: Connection, account: str, owner: str, now: datetime, span: timedelta) -> datetime | None:
    """Become or stay the one who reads a mailbox, for `span`: when it was first seen. None where another reads it."""
    connection.execute(insert_new(connection, imap_account).values(account=account, first_seen_at=now))
    taken = connection.execute(
        update(imap_account)
        .where(
            imap_account.c.account == account,
            or_(
                imap_account.c.owner.is_(None),
                imap_account.c.owner == owner,
                imap_account.c.lease_until <= now,
            ),
        )
        .values(owner=owner, lease_until=now + span)
        .returning(imap_account.c.first_seen_at)
    ).first()
    return taken.first_seen_at if taken else None


def release(connection: Connection, owner: str | None = None) -> None:
    """Let go of what an owner reads; without one of everything, which is for the sole daemon of a database."""
    statement = update(imap_account).values(owner=None, lease_until=None)
    connection.execute(statement.where(imap_account.c.owner == owner) if owner else statement)


def went_well(connection: Connection, account: str, now: datetime) -> None:
    """All folders of a mailbox were looked at."""
    connection.execute(
        update(imap_account)
        .where(imap_account.c.account == account)
        .values(last_ok_at=now, failing_since=None, error=None)
    )


def went_wrong(connection: Connection, account: str, error: str, now: datetime) -> datetime:
    """A mailbox cannot be read; since when that is so."""
    connection.execute(
        update(imap_account)
        .where(imap_account.c.account == account, imap_account.c.failing_since.is_(None))
        .values(failing_since=now)
    )
    row = connection.execute(
        update(imap_account)
        .where(imap_account.c.account == account)
        .values(error=error[:500])
        .returning(imap_account.c.failing_since)
    ).one()
    since: datetime = row.failing_since
    return since


def first_seen_at(connection: Connection, account: str) -> datetime | None:
    """When a mailbox was first read."""
    found: datetime | None = connection.execute(
        select(imap_account.c.first_seen_at).where(imap_account.c.account == account)
    ).scalar()
    return found


def cursor(connection: Connection, account: str, folder: str) -> Cursor | None:
    """Where a folder stands; None for one that was never seen."""
    row = connection.execute(
        select(imap_folder.c.uidvalidity, imap_folder.c.uid, imap_folder.c.first_uid).where(_folder(account, folder))
    ).first()
    return Cursor(row.uidvalidity, row.uid, row.first_uid) if row else None


def move_cursor(connection: Connection, account: str, folder: str, to: Cursor, now: datetime) -> None:
    """Write where a folder stands. Under a new UIDVALIDITY no mail is where it was: notes to put some away go."""
    row = {"uidvalidity": to.uidvalidity, "uid": to.uid, "first_uid": to.first_uid, "updated_at": now}
    connection.execute(insert_new(connection, imap_folder).values(account=account, folder=folder, **row))
    connection.execute(update(imap_folder).where(_folder(account, folder)).values(row))
    connection.execute(
        delete(imap_afterwork).where(
            imap_afterwork.c.account == account,
            imap_afterwork.c.folder == folder,
            imap_afterwork.c.uidvalidity != to.uidvalidity,
        )
    )


def note(connection: Connection, mails: Sequence[Kept], now: datetime) -> None:
    """Mails are committed in this transaction: their cursors go up, and those to be put away are noted."""
    highest: dict[tuple[str, str, int], int] = {}
    for mail in mails:
        key = (mail.account, mail.folder, mail.uidvalidity)
        highest[key] = max(mail.uid, highest.get(key, 0))
    for (account, folder, uidvalidity), uid in sorted(highest.items()):
        connection.execute(
            update(imap_folder)
            .where(_folder(account, folder), imap_folder.c.uidvalidity == uidvalidity, imap_folder.c.uid < uid)
            .values(uid=uid, updated_at=now)
        )
    rows = [
        {"account": mail.account, "folder": mail.folder, "uidvalidity": mail.uidvalidity, "uid": mail.uid}
        for mail in mails
        if mail.put_away
    ]
    if rows:
        rows.sort(key=lambda row: tuple(row.values()))
        connection.execute(insert_new(connection, imap_afterwork), rows)


def to_put_away(connection: Connection, account: str, folder: str, uidvalidity: int) -> list[int]:
    """The UIDs of mails that are committed and still lie where they were."""
    statement = select(imap_afterwork.c.uid).where(_afterwork(account, folder, uidvalidity))
    return list(connection.execute(statement.order_by(imap_afterwork.c.uid)).scalars())


def put_away(connection: Connection, account: str, folder: str, uidvalidity: int, uids: Sequence[int]) -> None:
    """These have been moved or marked."""
    for start in range(0, len(uids), _AT_ONCE):
        chosen = imap_afterwork.c.uid.in_(uids[start : start + _AT_ONCE])
        connection.execute(delete(imap_afterwork).where(_afterwork(account, folder, uidvalidity), chosen))


def delivered(connection: Connection, source_keys: Sequence[str]) -> frozenset[str]:
    """Those of some source keys under which a mail is in the inbox."""
    found: set[str] = set()
    for start in range(0, len(source_keys), _AT_ONCE):
        keys = source_keys[start : start + _AT_ONCE]
        statement = select(delivery.c.source_key).where(delivery.c.source_key.in_(keys))
        found.update(connection.execute(statement).scalars())
    return frozenset(found)


def overview(connection: Connection, names: Sequence[str]) -> list[dict[str, Any]]:
    """How mailboxes stand: who reads each, when it was last well, since when and why it fails; None where that is
    not so, and everywhere for one that was never read."""
    columns = (
        imap_account.c.account,
        imap_account.c.owner,
        imap_account.c.last_ok_at,
        imap_account.c.failing_since,
        imap_account.c.error,
    )
    rows = connection.execute(select(*columns).where(imap_account.c.account.in_(names))).mappings()
    found = {row["account"]: dict(row) for row in rows}
    never = {"owner": None, "last_ok_at": None, "failing_since": None, "error": None}
    return [
        {"name": name} | {key: value for key, value in found.get(name, never).items() if key != "account"}
        for name in names
    ]


def _folder(account: str, folder: str) -> Any:  # noqa: ANN401
    return (imap_folder.c.account == account) & (imap_folder.c.folder == folder)


def _afterwork(account: str, folder: str, uidvalidity: int) -> Any:  # noqa: ANN401
    return (
        (imap_afterwork.c.account == account)
        & (imap_afterwork.c.folder == folder)
        & (imap_afterwork.c.uidvalidity == uidvalidity)
    )
