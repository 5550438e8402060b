"""One thread that writes: many callers share one commit, and hear of it only when it is durable."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine

T = TypeVar("T")
Item = TypeVar("Item")

GROUP = 64
"""How many calls share a commit at the most: more would let one slow group delay everybody."""


class Batch(Generic[Item, T]):
    """A statement that takes many items at once: `run(connection, items)` gives a result for each."""

    def __init__(self, run: Callable[[Connection, Sequence[Item]], Sequence[T]], limit: int) -> None:
        self.run = run
        self.limit = limit
        self.waiting: deque[tuple[Item, Future[T]]] = deque()


class Writer:
    """Takes functions of a connection, runs each in a savepoint, commits the group, then tells the callers.

    A function that raises is rolled back alone and its caller gets the exception; a commit that fails is the exception of
    everybody in the group. Batches go first. Functions must be short: no file, no network, no rendering.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._calls: deque[tuple[Callable[[Connection], Any], Future[Any]]] = deque()
        self._batches: list[Batch[Any, Any]] = []
        self._wake = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._loop, name="writer", daemon=True)
        self._thread.start()

    def batch(
        self, run: Callable[[Connection, Sequence[Item]], Sequence[T]], limit: int
    ) -> Callable[[Item], Future[T]]:
        """A door for items that are written together, up to `limit` at once: give an item, get its future."""
        batch = Batch(run, limit)
        self._batches.append(batch)

        def submit(item: Item) -> Future[T]:
            future: Future[T] = Future()
            with self._wake:
                self._refuse_when_closed()
                batch.waiting.append((item, future))
                self._wake.notify()
            return future

        return submit

    def submit(self, function: Callable[[Connection], T]) -> Future[T]:
        """Queue `function`; its result or exception comes after the commit."""
        future: Future[T] = Future()
        with self._wake:
            self._refuse_when_closed()
            self._calls.append((function, future))
            self._wake.notify()
        return future

    def call(self, function: Callable[[Connection], T]) -> T:
        """Queue `function` and wait for its commit."""
        return self.submit(function).result()

    def close(self) -> None:
        """Write what is queued, then end the thread."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()

    def _refuse_when_closed(self) -> None:
        if self._closing:
            raise RuntimeError("the writer is closed")

    def _loop(self) -> None:
        while True:
            with self._wake:
                while not (self._calls or any(b.waiting for b in self._batches) or self._closing):
                    self._wake.wait()
                taken = [(b, [b.waiting.popleft() for _ in range(min(b.limit, len(b.waiting)))]) for b in self._batches]
                calls = [self._calls.popleft() for _ in range(min(GROUP, len(self._calls)))]
                if self._closing and not calls and not any(items for _, items in taken):
                    return
            self._write([(b, items) for b, items in taken if items], calls)

    def _write(
        self,
        batches: list[tuple[Batch[Any, Any], list[tuple[Any, Future[Any]]]]],
        calls: list[tuple[Callable[[Connection], Any], Future[Any]]],
    ) -> None:
        outcomes: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            with self._engine.connect() as connection, connection.begin():
                for batch, items in batches:
                    outcomes += _run_batch(connection, batch, items)
                for function, future in calls:
                    outcomes.append(_run(connection, function, future))
        except Exception as error:  # noqa: BLE001 - whatever broke the group is the answer of everybody in it
            everybody = [future for _, items in batches for _, future in items] + [future for _, future in calls]
            outcomes = [(future, None, error) for future in everybody]
        for future, result, failure in outcomes:
            if not future.set_running_or_notify_cancel():
                continue
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)


def _run(
    connection: Connection, function: Callable[[Connection], T], future: Future[T]
) -> tuple[Future[T], T | None, BaseException | None]:
    try:
        with connection.begin_nested():
            return future, function(connection), None
    except Exception as error:
        if connection.invalidated:
            raise
        return future, None, error


def _run_batch(
    connection: Connection, batch: Batch[Item, T], items: list[tuple[Item, Future[T]]]
) -> list[tuple[Future[T], T | None, BaseException | None]]:
    """All at once; if that fails, one by one, so that one bad item never takes another with it."""
    try:
        with connection.begin_nested():
            results = batch.run(connection, [item for item, _ in items])
        return [(future, result, None) for (_, future), result in zip(items, results, strict=True)]
    except Exception:
        if connection.invalidated:
            raise
        return [_run(connection, lambda c, i=item: batch.run(c, [i])[0], future) for item, future in items]  # type: ignore[misc]
