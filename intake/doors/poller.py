"""The IMAP door: reads one mailbox, each mail committed before it is moved or marked. It knows nothing of tickets."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime

from intake.doors.imap_folder import Folder
from intake.doors.imap_login import Account
from intake.doors.imap_plan import Books, Plan, PollTimes
from intake.doors.imap_session import Session, SoftError


class Poller:
    """Reads one mailbox, a session at a time, in one thread; `cut` may be called by another."""

    def __init__(
        self, account: Account, plan: Plan, books: Books, times: PollTimes, now: Callable[[], datetime]
    ) -> None:
        self._account, self._books, self._times = account, books, times
        self._folders = [
            Folder(name, account=account, plan=plan, books=books, times=times, now=now) for name in plan.folders
        ]
        self._session: Session | None = None

    def work(self, stop: threading.Event) -> None:
        """One session, until `stop`. Raises what else ended it; LoginRefusedError where it never began."""
        for folder in self._folders:
            folder.compare_anew()
        session = self._session = Session(self._account, self._times.bounds)
        try:
            while not stop.is_set():
                took = self._look(session, stop)
                if not took and not any(folder.unfinished for folder in self._folders):
                    self._wait(session, stop)
        except BaseException:
            # After an error nobody knows whose answer the next one would be.
            session.cut()
            raise
        finally:
            self._session = None
            session.close()

    def cut(self) -> None:
        """End the session, whatever it waits for."""
        if session := self._session:
            session.cut()

    def _look(self, session: Session, stop: threading.Event) -> bool:
        """Look at every folder; whether another look is due at once. The trouble of all of them is told as one."""
        took, troubles = False, []
        for folder in self._folders:
            try:
                took |= folder.look(session, stop)
            except SoftError as error:
                troubles.append(f"{folder.name}: {error}")
        self._books.report("folder", "; ".join(troubles))
        self._books.report("read_only", "; ".join(folder.read_only for folder in self._folders if folder.read_only))
        self._books.report("put_away", "; ".join(folder.refused for folder in self._folders if folder.refused))
        if not troubles:
            self._books.well()
        return took

    def _wait(self, session: Session, stop: threading.Event) -> None:
        """Until the next look, which a sign of new mail in the first folder may bring about earlier."""
        began = time.monotonic()
        self._listen(session, min(self._times.poll_seconds, self._times.idle_seconds), stop)
        stop.wait(max(began + self._times.pause_seconds - time.monotonic(), 0))

    def _listen(self, session: Session, seconds: float, stop: threading.Event) -> None:
        first = self._folders[0]
        try:
            # With several folders another is open now, and what came into the first since its look is old news there.
            changed = len(self._folders) > 1 and first.changed(session.open(first.name, to_write=False))
        except SoftError:
            stop.wait(seconds)
            return
        if not changed:
            session.idle(seconds, self._times.slice_seconds, stop)
