"""One folder of a mailbox: which of its mails to take, and in which order, so that none holds up another."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from intake.doors.imap_login import Account, why
from intake.doors.imap_mail import Place, arrival_of
from intake.doors.imap_plan import Books, Incoming, Plan, PollTimes
from intake.doors.imap_session import Fetched, Opened, Session, SoftError
from rules.cursor import Cursor, below, fresh, wanted
from rules.model import Peer

log = structlog.get_logger()

BATCH_MAILS = 16
BATCH_BYTES = 8 << 20
"""Mails that are fetched before they are committed, and put away, together."""
BACKLOG_MAILS = 100
"""Old mails that are taken before new ones are looked for again."""
TRIES = 3
"""So often a mail may fail before it rests and the operator hears of it."""


@dataclass(frozen=True, slots=True)
class _Aside:
    failures: int
    due_at: datetime


class Folder:
    """Looks at one folder again and again. What failed, and what of the old mail is left, is remembered between.

    `read_only` and `refused` are the trouble that the last look had with putting mails away, in words, or "".
    """

    def __init__(
        self, name: str, *, account: Account, plan: Plan, books: Books, times: PollTimes, now: Callable[[], datetime]
    ) -> None:
        self.name = name
        self.read_only = self.refused = ""
        self._account, self._plan, self._books, self._times, self._now = account, plan, books, times, now
        self._opened: Opened | None = None
        self._asides: dict[int, _Aside] = {}
        self._backlog: list[int] = []
        self._compare_at: datetime | None = None
        self._asks_for_times = True

    @property
    def unfinished(self) -> bool:
        """Whether old mail is left to take."""
        return bool(self._backlog)

    def compare_anew(self) -> None:
        """A session begins: what the last one left out is looked for."""
        self._compare_at = None

    def changed(self, opened: Opened) -> bool:
        """Whether the folder, opened once more, may have mail that the last look did not find."""
        seen = self._opened
        if seen is None:
            return True
        return (seen.uidvalidity, seen.uid_next, seen.exists) != (opened.uidvalidity, opened.uid_next, opened.exists)

    def look(self, session: Session, stop: threading.Event) -> bool:
        """Take what is there; whether there was something, so that another look is due at once for what came
        meanwhile. SoftError where the folder cannot be opened; anything else ends the session."""
        to_write = self._plan.after != "leave"
        opened = session.open(self.name, to_write=to_write)
        seen, self._opened = self._opened, opened
        stuck = to_write and opened.read_only
        self.read_only = f"{self.name} can be read only: its mails stay where they are" if stuck else ""
        self.refused = ""
        cursor = self._cursor(session, opened)
        if to_write and not stuck:
            self._put_away(session, opened, self._books.to_put_away(self.name, opened.uidvalidity))
        new = fresh(cursor, session.uids(cursor.uid + 1))
        if self._compare_at is None or self._compare_at <= self._now():
            self._compare(session, cursor)
        old, self._backlog = self._backlog[:BACKLOG_MAILS], self._backlog[BACKLOG_MAILS:]
        uids = [uid for uid in dict.fromkeys([*new, *old]) if uid not in self._asides]
        took = self._take(session, opened, cursor, [*uids, *self._due()], stop)
        if not stop.is_set():
            self._pass_over(cursor, opened, new)
        # A server that renumbers at every look would have all of it taken again without a pause.
        return took and (seen is None or seen.uidvalidity == opened.uidvalidity)

    def _cursor(self, session: Session, opened: Opened) -> Cursor:
        known = self._books.cursor(self.name)
        if known and known.uidvalidity == opened.uidvalidity:
            return known
        uid_next = opened.uid_next or max(session.uids(), default=0) + 1
        cursor = Cursor(opened.uidvalidity, uid_next - 1, uid_next)
        log.info(
            "mailbox.folder_new", mailbox=self._account.name, uidvalidity=opened.uidvalidity, known=known is not None
        )
        self._books.move_cursor(self.name, cursor)
        self._asides, self._backlog, self._compare_at = {}, [], None
        return cursor

    def _compare(self, session: Session, cursor: Cursor) -> None:
        """Find what is wanted below the cursor and was never taken."""
        passed = below(cursor, session.uids())
        found = [uid for uid in passed if uid >= cursor.first_uid]
        found += self._young(session, cursor, [uid for uid in passed if uid < cursor.first_uid])
        taken = self._books.taken(self.name, cursor.uidvalidity, found)
        self._backlog = [uid for uid in found if uid not in taken]
        self._compare_at = self._now() + timedelta(seconds=self._times.compare_seconds)

    def _young(self, session: Session, cursor: Cursor, old: list[int]) -> list[int]:
        """Of the mails that were there before us those that are wanted."""
        since = self._plan.since
        if not old or since is None:
            return old
        searched = set(session.uids(1, cursor.first_uid - 1, since))
        young = [uid for uid in old if uid in searched]
        if not self._asks_for_times:
            return young
        # Where one answer of many is malformed, the next session takes these few one by one and looks at each time.
        self._asks_for_times = False
        arrivals = session.arrivals(young)
        self._asks_for_times = True
        return [uid for uid in young if uid in arrivals and wanted(cursor, uid, arrivals[uid], since)]

    def _take(
        self, session: Session, opened: Opened, cursor: Cursor, uids: Iterable[int], stop: threading.Event
    ) -> bool:
        """Take mails, in their order; whether any was committed."""
        took = False
        batch: list[Incoming] = []
        try:
            for uid in uids:
                if stop.is_set():
                    break
                mail = self._fetch(session, uid)
                if mail is None or not wanted(cursor, uid, mail.arrived_at, self._plan.since):
                    continue
                batch.append(self._incoming(session, opened, cursor, mail))
                if len(batch) >= BATCH_MAILS or sum(len(one.arrival.raw) for one in batch) >= BATCH_BYTES:
                    full, batch = batch, []
                    took |= self._keep(session, opened, full)
        except BaseException:
            # The session is over; what it brought is not lost for that.
            self._commit(batch)
            raise
        return self._keep(session, opened, batch) or took

    def _fetch(self, session: Session, uid: int) -> Fetched | None:
        """A mail; None where it is gone or cannot be had now."""
        failures = self._asides[uid].failures if uid in self._asides else 0
        try:
            mail = session.mail(uid, self._plan.limit_bytes(), piecewise=failures > 0)
        except SoftError as error:
            self._set_aside(uid, error)
            return None
        except Exception as error:
            self._set_aside(uid, error)
            raise
        if mail is None:
            self._asides.pop(uid, None)
            log.info("mailbox.mail_gone", mailbox=self._account.name, uid=uid)
        elif mail.cut_from_bytes:
            self._books.report(
                "oversize",
                f"a mail in {self.name} (UID {uid}) has {mail.cut_from_bytes} bytes; "
                f"only the first {len(mail.raw)} were taken",
            )
        return mail

    def _incoming(self, session: Session, opened: Opened, cursor: Cursor, mail: Fetched) -> Incoming:
        account = self._account
        place = Place(self.name, opened.uidvalidity, mail.uid, before_us=mail.uid < cursor.first_uid)
        arrival = arrival_of(
            mail,
            place,
            account=account.name,
            peer=Peer(address=account.host, tls=session.tls, login=account.username),
            addressee=self._plan.addressee,
            first_seen_at=self._plan.first_seen_at,
            now=self._now(),
        )
        return Incoming(arrival, place, put_away=self._plan.after != "leave" and not opened.read_only)

    def _keep(self, session: Session, opened: Opened, batch: Sequence[Incoming]) -> bool:
        kept = self._commit(batch)
        self._put_away(session, opened, [one.place.uid for one in kept if one.put_away])
        return bool(kept)

    def _commit(self, batch: Sequence[Incoming]) -> list[Incoming]:
        kept = []
        for one, error in zip(batch, self._books.keep(batch) if batch else [], strict=True):
            if error is None:
                self._asides.pop(one.place.uid, None)
                kept.append(one)
            else:
                self._set_aside(one.place.uid, error)
        return kept

    def _put_away(self, session: Session, opened: Opened, uids: Sequence[int]) -> None:
        """Move or mark mails that are committed. A refusal is told, and tried again at the next look."""
        if not uids:
            return
        try:
            if self._plan.after == "move" and session.can_move():
                session.move(uids, self._plan.done_folder)
            else:
                session.flag(uids, keywords=opened.keywords)
        except SoftError as error:
            self.refused = f"mails of {self.name} were taken and cannot be put away: {error}"
            return
        self._books.put_away(self.name, opened.uidvalidity, uids)

    def _pass_over(self, cursor: Cursor, opened: Opened, new: Sequence[int]) -> None:
        """What is new and was not taken (gone, set aside) is not looked for again at every look. A UID that the server
        has not given yet is an error of its answer: beyond it the cursor would hide what comes."""
        given = [uid for uid in new if not opened.uid_next or uid < opened.uid_next]
        if given and (known := self._books.cursor(self.name)) and known.uid < given[-1]:
            self._books.move_cursor(self.name, Cursor(cursor.uidvalidity, given[-1], cursor.first_uid))

    def _due(self) -> list[int]:
        now = self._now()
        return sorted(uid for uid, aside in self._asides.items() if aside.due_at <= now)

    def _set_aside(self, uid: int, error: Exception) -> None:
        """A mail failed: it comes last from now on; after `TRIES` it rests, longer each time."""
        failures = self._asides[uid].failures + 1 if uid in self._asides else 1
        rest_seconds = 0.0
        if failures >= TRIES:
            doubled = self._times.aside_seconds * 2.0 ** min(failures - TRIES, 30)
            rest_seconds = min(doubled, self._times.compare_seconds)
            self._books.report("unfetched", f"a mail in {self.name} (UID {uid}) cannot be taken: {why(error)}")
        self._asides[uid] = _Aside(failures, self._now() + timedelta(seconds=rest_seconds))
        log.warning("mailbox.mail_failed", mailbox=self._account.name, uid=uid, failures=failures, why=why(error))
