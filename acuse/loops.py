"""The threads of the daemon: each looks at one queue, at once when told of news and every 250 ms without."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

import structlog

T = TypeVar("T")

log = structlog.get_logger()

LOOK_SECONDS = 0.25
TROUBLE_SECONDS = 2.0
"""How long a queue rests after the database failed to answer."""


class QueueLoop(Generic[T]):
    """Claims rows and hands each to one of a few threads.

    `claim(limit)` gives rows that are ours now; `handle(row)` must not raise. Claiming never runs ahead of the threads by
    more than `ahead` rows each, so that a slow one delays little and a lease never runs out in the queue.
    """

    def __init__(
        self, name: str, claim: Callable[[int], list[T]], handle: Callable[[T], None], threads: int, ahead: int
    ) -> None:
        self._name = name
        self._claim = claim
        self._handle = handle
        self._room = threads * ahead
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._in_flight: set[Future[None]] = set()
        self._news = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to look at the queue."""
        self._thread.start()

    def wake(self) -> None:
        """There may be news. A hint only: without it the next look comes by itself."""
        self._news.set()

    def close(self) -> None:
        """Finish what is in hand and end."""
        self._closing = True
        self._news.set()
        if self._thread.ident is not None:
            self._thread.join()
        self._pool.shutdown(wait=True)

    def _run(self) -> None:
        while not self._closing:
            self._news.clear()
            try:
                claimed = self._fill()
            except Exception:
                log.exception("queue.trouble", queue=self._name)
                self._news.wait(TROUBLE_SECONDS)
                continue
            if not claimed:
                self._news.wait(LOOK_SECONDS)

    def _fill(self) -> bool:
        self._in_flight = {future for future in self._in_flight if not future.done()}
        room = self._room - len(self._in_flight)
        if room <= self._room // 2:
            # Most of what was claimed is still in hand: wait for it, then claim many at once.
            return False
        rows = self._claim(room)
        for row in rows:
            future = self._pool.submit(self._handle, row)
            self._in_flight.add(future)
            future.add_done_callback(lambda _: self._settled())
        return bool(rows)

    def _settled(self) -> None:
        if len(self._in_flight) <= self._room // 2 + 1 or all(future.done() for future in self._in_flight):
            self._news.set()
