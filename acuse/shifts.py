"""Who decides: one policy and the reader processes that hold the same desks, until the next relieve them."""

from __future__ import annotations

import threading

from acuse.pipeline import Pipeline
from acuse.readers import Readers, Setup
from acuse.runtime import Runtime
from storage.inbox import Work


class Shift:
    """A runtime that no reload changes, and its readers: so each mail is read and decided by one policy."""

    def __init__(self, runtime: Runtime, processes: int) -> None:
        self._runtime = runtime.snapshot()
        reading = runtime.loaded.config.reading
        setup = Setup(
            runtime.loaded.database_url,
            runtime.policy.known,
            reading.time_limit_seconds,
            reading.memory_limit_bytes,
        )
        self.readers = Readers(setup, processes)
        self.pipeline = Pipeline(self._runtime, self.readers)
        self.in_hand = 0
        """Pieces of work being decided; `Shifts` counts them."""


class Shifts:
    """The shift on duty, and those relieved that have not finished what they have in hand."""

    def __init__(self, first: Shift) -> None:
        self._on_duty = first
        self._all = {first}
        self._counting = threading.Lock()
        self._closed = False

    def wait_ready(self) -> None:
        """Until the readers have started. ReaderTroubleError where they do not."""
        self._on_duty.readers.wait_ready()

    def decide(self, work: Work) -> None:
        """Have the shift on duty decide a piece of work."""
        with self._counting:
            shift = self._on_duty
            shift.in_hand += 1
        try:
            shift.pipeline.handle(work)
        finally:
            with self._counting:
                shift.in_hand -= 1
            self._dismiss()

    def relieve(self, fresh: Shift) -> None:
        """Put `fresh`, whose readers are ready, on duty. The others' readers end after the mails in hand."""
        with self._counting:
            self._on_duty = fresh
            self._all.add(fresh)
        self._dismiss()

    def close(self) -> None:
        """End all readers, whatever they do."""
        with self._counting:
            self._closed = True
        self._dismiss()

    def _dismiss(self) -> None:
        with self._counting:
            done = {one for one in self._all if self._closed or (one is not self._on_duty and not one.in_hand)}
            self._all -= done
        for one in done:
            one.readers.close()
