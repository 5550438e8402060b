"""One mailbox at work: session after session, with pauses after trouble, as long as it is ours to read."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import DBAPIError

from acuse.config_mailbox import MailboxSection
from acuse.mailbox_books import MailboxBooks, NotOursError
from acuse.mailboxes import account_of, plan_of
from acuse.runtime import Runtime
from intake.doors.imap_login import LoginRefusedError, why
from intake.doors.imap_mail import Addressee
from intake.doors.imap_plan import PollTimes
from intake.doors.poller import Poller

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class SessionTimes:
    """Seconds. Whoever reads a mailbox holds it for `lease` and renews that every `renew`; the others look every
    `look`. After trouble comes a pause by chance, up to `pause` and twice as long each time, at most `longest_pause`;
    after a refused login up to `refused_pause` and so on, because servers lock out who tries too often. The operator
    hears of a mailbox that has failed for `alarm`. A session that lasted for `steady` was a good one."""

    lease: float = 60
    renew: float = 20
    look: float = 10
    pause: float = 1
    longest_pause: float = 60
    refused_pause: float = 60
    longest_refused_pause: float = 300
    alarm: float = 180
    steady: float = 60


class MailboxThread:
    """Reads one mailbox until `stop`."""

    def __init__(
        self,
        runtime: Runtime,
        box: MailboxSection,
        books: MailboxBooks,
        *,
        times: SessionTimes,
        poll_times: PollTimes,
        stop: threading.Event,
    ) -> None:
        self.name = box.name
        self._runtime, self._box, self._books = runtime, box, books
        self._times, self._poll_times, self._stop = times, poll_times, stop
        self._poller: Poller | None = None
        self._failures = 0
        # A daemon: a thread that hangs on a server must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name=f"mailbox-{box.name}", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def join(self, seconds: float) -> bool:
        """Wait for the end; whether it came."""
        if self._thread.ident is not None:
            self._thread.join(max(seconds, 0.0))
        return not self._thread.is_alive()

    def cut(self) -> None:
        """End the session, whatever it waits for."""
        if poller := self._poller:
            poller.cut()

    def renew(self) -> None:
        """Stay the one who reads the mailbox; where another has taken it, let go."""
        if self._books.held and self._books.take(self._times.lease) is None:
            log.warning("mailbox.lost", mailbox=self.name)
            self.cut()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                first_seen_at = self._books.take(self._times.lease)
                if first_seen_at is None:
                    self._poller = None
                    self._rest(self._times.look)
                    continue
                self._session(first_seen_at)
            except Exception:
                # The database is away, or we made a mistake; neither is the mailbox's fault.
                log.exception("mailbox.trouble", mailbox=self.name)
                self._rest(self._pause(self._times.pause, self._times.longest_pause))

    def _session(self, first_seen_at: datetime) -> None:
        began = time.monotonic()
        try:
            self._poller = self._poller or self._make(first_seen_at)
            self._poller.work(self._stop)
        except NotOursError:
            return
        except DBAPIError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a server does, the next session may be better
            if self._stop.is_set() or not self._books.held:
                return
            if time.monotonic() - began >= self._times.steady:
                self._failures = 0
            self._failed(error)

    def _make(self, first_seen_at: datetime) -> Poller:
        runtime, box = self._runtime, self._box
        addressee = Addressee(
            lambda address: runtime.policy.resolve(address),  # noqa: PLW0108 - the desks of that moment, not of now
            lambda: box.desk or runtime.loaded.config.desks.enabled[0],
        )
        plan = plan_of(box, first_seen_at, addressee, lambda: runtime.loaded.config.smtp.max_message_bytes)
        account = account_of(runtime.loaded, box)
        return Poller(account, plan, self._books.for_poller(), self._poll_times, runtime.clock.now)

    def _failed(self, error: Exception) -> None:
        refused = isinstance(error, LoginRefusedError)
        text = f"login refused: {why(error)}" if refused else why(error)
        since = self._books.failed(text)
        lasts = self._runtime.clock.now() - since
        if refused or lasts >= timedelta(seconds=self._times.alarm):
            self._books.report("login", text)
        times = self._times
        span = (times.refused_pause, times.longest_refused_pause) if refused else (times.pause, times.longest_pause)
        pause = self._pause(*span)
        log.warning("mailbox.failing", mailbox=self.name, why=text, since=since.isoformat(), pause_seconds=round(pause))
        self._rest(pause)

    def _pause(self, first: float, longest: float) -> float:
        # By chance, so that many clients of a server that comes back do not come back at one moment.
        self._failures += 1
        return random.uniform(0.1 * first, min(first * 2.0 ** min(self._failures, 20), longest))  # noqa: S311

    def _rest(self, seconds: float) -> None:
        self._stop.wait(seconds)
