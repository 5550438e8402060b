"""The threads of the daemon: each looks at one queue, at once when told of news and every 250 ms without."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

import structlog

T = TypeVar("T")

log = structlog.get_logger()

LOOK_SECONDS = 0.25
TROUBLE_SECONDS = 2.0
"""How long a queue rests after the database failed to answer."""


class QueueLoop(Generic[T]):
    """Claims rows and hands each to one of a few threads.

    `claim(limit)` gives rows that are ours now; `handle(row)` does one; `give_back(rows)` lets go of rows that were not
    begun. Claiming never runs ahead of the threads by more than `ahead` rows each, so that a slow one delays little and
    a lease seldom runs out in the queue.
    """

    def __init__(
        self,
        name: str,
        claim: Callable[[int], list[T]],
        handle: Callable[[T], None],
        give_back: Callable[[list[T]], None],
        *,
        threads: int,
        ahead: int,
    ) -> None:
        self._name = name
        self._claim = claim
        self._handle = handle
        self._give_back = give_back
        self._room = threads * ahead
        self._rows: queue.SimpleQueue[T | None] = queue.SimpleQueue()
        self._in_hand = 0
        self._counting = threading.Lock()
        self._news = threading.Event()
        self._closing = False
        # Daemons: a thread that hangs on a peer must not keep the process from ending. Its claim ends with the lease.
        self._looker = threading.Thread(target=self._look, name=name, daemon=True)
        self._workers = [
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True) for number in range(threads)
        ]

    def start(self) -> None:
        """Begin to look at the queue."""
        for thread in (self._looker, *self._workers):
            thread.start()

    def wake(self) -> None:
        """There may be news. A hint only: without it the next look comes by itself."""
        self._news.set()

    def close(self, patience_seconds: float) -> bool:
        """Finish the rows that have been begun, give back the others, and end; False when one has not ended in time."""
        self._closing = True
        self._news.set()
        deadline = time.monotonic() + patience_seconds
        self._join(self._looker, deadline)
        try:
            self._give_back(self._drained())
        except Exception:
            # Their leases run out.
            log.exception("queue.not_given_back", queue=self._name)
        for _ in self._workers:
            self._rows.put(None)
        ended = [self._join(worker, deadline) for worker in self._workers]
        if not all(ended):
            log.warning("queue.left_running", queue=self._name, threads=ended.count(False))
        return all(ended)

    def _join(self, thread: threading.Thread, deadline: float) -> bool:
        if thread.ident is not None:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not thread.is_alive()

    def _drained(self) -> list[T]:
        rows: list[T] = []
        while True:
            try:
                row = self._rows.get_nowait()
            except queue.Empty:
                return rows
            if row is not None:
                rows.append(row)

    def _look(self) -> None:
        while not self._closing:
            self._news.clear()
            try:
                found = self._fill()
            except Exception:
                log.exception("queue.trouble", queue=self._name)
                self._news.wait(TROUBLE_SECONDS)
                continue
            if not found:
                self._news.wait(LOOK_SECONDS)

    def _fill(self) -> bool:
        with self._counting:
            room = self._room - self._in_hand
        if room <= self._room // 2:
            # Most of what was claimed is still in hand: wait for it, then claim many at once.
            return False
        rows = self._claim(room)
        with self._counting:
            self._in_hand += len(rows)
        for row in rows:
            self._rows.put(row)
        return bool(rows)

    def _work(self) -> None:
        while (row := self._rows.get()) is not None:
            try:
                self._handle(row)
            except Exception:
                log.exception("queue.not_handled", queue=self._name)
            with self._counting:
                self._in_hand -= 1
                half_empty = self._in_hand < (self._room + 1) // 2
            if half_empty:
                self._news.set()
