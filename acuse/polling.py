"""The mailboxes of the configuration: a thread for each, and of several daemons one for each."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog

from acuse.mailbox_books import MailboxBooks, make_store
from acuse.mailbox_thread import MailboxThread, SessionTimes
from acuse.mailboxes import times_of
from acuse.runtime import Runtime
from intake.doors.imap_plan import PollTimes
from storage import accounts

log = structlog.get_logger()


class Polling:
    """Reads every mailbox. `on_news` is called after a commit."""

    def __init__(
        self,
        runtime: Runtime,
        on_news: Callable[[], None] = lambda: None,
        *,
        times: SessionTimes | None = None,
        poll_times: PollTimes | None = None,
    ) -> None:
        self._runtime, self._times = runtime, times or SessionTimes()
        self._stop = threading.Event()
        store = make_store(runtime)
        self._threads = [
            MailboxThread(
                runtime,
                box,
                MailboxBooks(runtime, box.name, box.desk, store, on_news),
                times=self._times,
                poll_times=poll_times or times_of(box),
                stop=self._stop,
            )
            for box in runtime.loaded.config.mailboxes
        ]
        self._keeper = threading.Thread(target=self._keep_leases, name="mailboxes", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        for one in self._threads:
            one.start()
        if self._threads:
            self._keeper.start()

    def close(self, patience_seconds: float) -> None:
        """End every session; one that does not notice in half of the time is cut off."""
        self._stop.set()
        if self._keeper.ident is None:
            return
        began = time.monotonic()
        for end in (began + patience_seconds / 2, began + patience_seconds):
            ended = [one.join(end - time.monotonic()) for one in self._threads]
            for one in self._threads:
                one.cut()
        if not all(ended):
            log.warning("mailbox.left_running", threads=ended.count(False))
        try:
            self._runtime.writer.call(lambda connection: accounts.release(connection, self._runtime.owner))
        except Exception:
            # The leases run out.
            log.exception("mailbox.not_released")

    def _keep_leases(self) -> None:
        while not self._stop.wait(self._times.renew):
            for one in self._threads:
                try:
                    one.renew()
                except Exception:
                    log.exception("mailbox.not_renewed", mailbox=one.name)
