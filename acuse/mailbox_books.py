"""What is written down about one mailbox: its lease, its cursors, its mails, and its trouble."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from acuse.alarming import raise_alarm
from acuse.receiving import BATCH
from acuse.runtime import Runtime
from intake.doors.imap_mail import Place, source_key
from intake.doors.imap_plan import Books, Incoming
from rules.cursor import Cursor
from rules.decision import AlarmOrder
from storage import accounts, alarms, inbox
from storage.accounts import Kept

log = structlog.get_logger()

Store = Callable[[tuple[str, Incoming]], Future[str]]
"""Commits a mail of the named mailbox, together with those of others that wait; the id of its delivery."""
WELL_SECONDS = 5
"""So often it is written down that all is well, however often the mailbox is looked at."""
AGAIN_SECONDS = 600
"""An alarm that lasts is raised again so often: one that is not for an hour counts as over."""
_KEYS = {
    "login": "mailbox:{}",
    "oversize": "oversize:{}",
    "unfetched": "unfetched:{}",
    "folder": "mailbox:{}:folder",
    "read_only": "mailbox:{}:read_only",
    "put_away": "mailbox:{}:put_away",
}


class NotOursError(Exception):
    """Another daemon reads the mailbox now."""


def make_store(runtime: Runtime) -> Store:
    """The way of fetched mails into the inbox: the mail, its cursor and the note to put it away in one transaction."""

    def store(connection: Connection, mails: Sequence[tuple[str, Incoming]]) -> list[str]:
        ids = inbox.receive(connection, [one.arrival for _, one in mails], runtime.policy.promises)
        places = [
            Kept(account, one.place.folder, one.place.uidvalidity, one.place.uid, one.put_away)
            for account, one in mails
        ]
        accounts.note(connection, places, runtime.clock.now())
        return ids

    return runtime.writer.batch(store, BATCH)


class MailboxBooks:
    """The books of one mailbox. Whatever is raised means that nothing was written."""

    def __init__(self, runtime: Runtime, name: str, desk: str, store: Store, on_news: Callable[[], None]) -> None:
        self._runtime, self._name, self._desk = runtime, name, desk
        self._store, self._on_news = store, on_news
        self._held_until = self._well_until = 0.0
        self._told: dict[str, tuple[str, float]] = {}

    def take(self, lease_seconds: float) -> datetime | None:
        """Become or stay the one who reads the mailbox: when it was first seen. None where another does."""
        began, now, owner = time.monotonic(), self._runtime.clock.now(), self._runtime.owner
        span = timedelta(seconds=lease_seconds)
        seen = self._runtime.writer.call(lambda connection: accounts.lease(connection, self._name, owner, now, span))
        self._held_until = began + lease_seconds if seen else 0.0
        return seen

    @property
    def held(self) -> bool:
        """Whether the mailbox is ours at this moment."""
        return time.monotonic() < self._held_until

    def for_poller(self) -> Books:
        """What the poller writes down."""
        return Books(
            cursor=self._cursor,
            move_cursor=self._move_cursor,
            taken=self._taken,
            to_put_away=self._to_put_away,
            keep=self._keep,
            put_away=self._put_away,
            report=self.report,
            well=self._well,
        )

    def failed(self, error: str) -> datetime:
        """The mailbox cannot be read; since when."""
        now, self._well_until = self._runtime.clock.now(), 0.0
        return self._runtime.writer.call(lambda connection: accounts.went_wrong(connection, self._name, error, now))

    def report(self, kind: str, detail: str) -> None:
        """Tell the operator of trouble, or that it is over where there is no detail."""
        before, at = self._told.get(kind, ("?", 0.0))
        if detail == before and (not detail or time.monotonic() < at + AGAIN_SECONDS):
            return
        key = _KEYS[kind].format(self._name)
        if detail:
            raise_alarm(self._runtime, AlarmOrder(key, f"mailbox {self._name}: {detail}"), self._desk)
        else:
            self._close(key)
        self._told[kind] = (detail, time.monotonic())

    def _close(self, key: str) -> None:
        with self._runtime.database.read.connect() as connection:
            if not alarms.is_open(connection, key):
                return
        now = self._runtime.clock.now()
        if self._runtime.writer.call(lambda connection: alarms.close_alarm(connection, key, now)):
            log.info("alarm.closed", key=key)

    def _well(self) -> None:
        if time.monotonic() < self._well_until:
            return
        now = self._runtime.clock.now()
        self._runtime.writer.call(lambda connection: accounts.went_well(connection, self._name, now))
        self.report("login", "")
        self._well_until = time.monotonic() + WELL_SECONDS

    def _cursor(self, folder: str) -> Cursor | None:
        with self._runtime.database.read.connect() as connection:
            return accounts.cursor(connection, self._name, folder)

    def _move_cursor(self, folder: str, to: Cursor) -> None:
        self._must_be_ours()
        now = self._runtime.clock.now()
        self._runtime.writer.call(lambda connection: accounts.move_cursor(connection, self._name, folder, to, now))

    def _taken(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> frozenset[int]:
        keys = {source_key(self._name, Place(folder, uidvalidity, uid)): uid for uid in uids}
        with self._runtime.database.read.connect() as connection:
            return frozenset(keys[key] for key in accounts.delivered(connection, list(keys)))

    def _to_put_away(self, folder: str, uidvalidity: int) -> list[int]:
        with self._runtime.database.read.connect() as connection:
            return accounts.to_put_away(connection, self._name, folder, uidvalidity)

    def _put_away(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> None:
        self._runtime.writer.call(
            lambda connection: accounts.put_away(connection, self._name, folder, uidvalidity, uids)
        )

    def _keep(self, mails: Sequence[Incoming]) -> list[Exception | None]:
        self._must_be_ours()
        futures = [self._store((self._name, mail)) for mail in mails]
        errors: list[Exception | None] = []
        for mail, future in zip(mails, futures, strict=True):
            error = future.exception()
            if isinstance(error, Exception) and not _is_the_databases(error):
                errors.append(RuntimeError(type(error.orig).__name__) if isinstance(error, DBAPIError) else error)
            elif error is not None:
                raise error
            else:
                errors.append(None)
                arrival = mail.arrival
                log.info(
                    "mail.received",
                    delivery=future.result(),
                    door=arrival.door,
                    desks=arrival.desks,
                    size_bytes=len(arrival.raw),
                    mailbox=self._name,
                    uid=mail.place.uid,
                )
        self._on_news()
        return errors

    def _must_be_ours(self) -> None:
        if not self.held:
            raise NotOursError(self._name)


def _is_the_databases(error: Exception) -> bool:
    """Whether an error is about the database as a whole rather than about one mail."""
    gone = isinstance(error, DBAPIError) and error.connection_invalidated
    return gone or isinstance(error, InterfaceError | OperationalError | RuntimeError)
