"""One thread that writes: many callers share one commit, and hear of it only when it is durable."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

T = TypeVar("T")
Item = TypeVar("Item")

CROWD = 4
GATHER_SECONDS = 0.004
"""Where so many came in the last group, the next one waits a moment for more: under load a larger group costs each of
its members less than the moment does. A mail that comes alone never waits."""
GROUP = 64
"""How many calls share a commit at the most: more would let one slow group delay everybody."""
TRIES = 5
"""How often a transaction is run that collides with those of other daemons."""
_COLLISIONS = frozenset({"40001", "40P01"})
"""SQLSTATE of PostgreSQL's serialization_failure and deadlock_detected: nothing is wrong, it is only to be repeated."""

Outcome = tuple[Future[Any], Any, BaseException | None]


@dataclass
class _Batch(Generic[Item, T]):
    run: Callable[[Connection, Sequence[Item]], Sequence[T]]
    limit: int
    waiting: deque[tuple[Item, Future[T]]] = field(default_factory=deque)


@dataclass(frozen=True)
class _Step:
    """Part of a group: what to run, and whose it is."""

    run: Callable[[Connection], list[Outcome]]
    futures: list[Future[Any]]


class Writer:
    """Takes functions of a connection, runs each in a savepoint, commits the group, then tells the callers.

    A function that raises is rolled back alone and its caller gets the exception; a commit that fails is the exception
    of everybody in the group, of whom nothing is written then. A function that collided with another daemon is run
    again, alone. Batches go first. A future that is cancelled before its turn is not run. Functions must be short and
    change nothing but the database: no file, no network, no rendering.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._calls: deque[tuple[Callable[[Connection], Any], Future[Any]]] = deque()
        self._batches: list[_Batch[Any, Any]] = []
        self._wake = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._loop, name="writer", daemon=True)
        self._thread.start()

    def batch(
        self, run: Callable[[Connection, Sequence[Item]], Sequence[T]], limit: int
    ) -> Callable[[Item], Future[T]]:
        """A door for items that are written together, up to `limit` at once: give an item, get its future.

        `run(connection, items)` gives a result for each item. Where it fails it is run for each item alone.
        """
        batch = _Batch(run, limit)
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
        if threading.current_thread() is self._thread:
            raise RuntimeError("a function of the writer waits for the writer")
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
        crowded = False
        while True:
            with self._wake:
                while not (self._calls or any(b.waiting for b in self._batches) or self._closing):
                    self._wake.wait()
            if crowded:
                time.sleep(GATHER_SECONDS)
            with self._wake:
                taken = [(b, [b.waiting.popleft() for _ in range(min(b.limit, len(b.waiting)))]) for b in self._batches]
                calls = [self._calls.popleft() for _ in range(min(GROUP, len(self._calls)))]
                if self._closing and not calls and not any(items for _, items in taken):
                    return
            crowded = sum(len(items) for _, items in taken) >= CROWD
            steps = [_batch_step(batch, live) for batch, items in taken if (live := _started(items))]
            steps += [_call_step(function, future) for function, future in _started(calls)]
            for future, result, failure in self._write(steps):
                if failure is None:
                    future.set_result(result)
                else:
                    future.set_exception(failure)

    def _write(self, steps: list[_Step]) -> list[Outcome]:
        for attempt in range(1, TRIES + 1):
            try:
                with self._engine.begin() as connection:
                    return [outcome for step in steps for outcome in step.run(connection)]
            except BaseException as error:  # noqa: BLE001 - whatever broke the group is the answer of everybody in it
                if not _collided(error) or attempt == TRIES:
                    return [(future, None, error) for step in steps for future in step.futures]
            if len(steps) > 1:
                # Alone each holds few locks, and not for long: groups that met in opposite orders get past each other.
                return [outcome for step in steps for outcome in self._write([step])]
        raise AssertionError("the last try returns")


def _started(waiting: list[tuple[Item, Future[T]]]) -> list[tuple[Item, Future[T]]]:
    return [(item, future) for item, future in waiting if future.set_running_or_notify_cancel()]


def _call_step(function: Callable[[Connection], T], future: Future[T]) -> _Step:
    return _Step(lambda connection: [(future, *_try(connection, function))], [future])


def _batch_step(batch: _Batch[Item, T], items: list[tuple[Item, Future[T]]]) -> _Step:
    """All at once; if that fails, one by one, so that one bad item never takes another with it."""

    def together(connection: Connection) -> list[T]:
        results = list(batch.run(connection, [item for item, _ in items]))
        if len(results) != len(items):
            raise ValueError(f"{len(results)} results for {len(items)} items")
        return results

    def run(connection: Connection) -> list[Outcome]:
        results, failure = _try(connection, together)
        if results is not None:
            return [(future, result, None) for (_, future), result in zip(items, results, strict=True)]
        if len(items) == 1:
            return [(items[0][1], None, failure)]
        return [(future, *_try(connection, lambda c, i=item: batch.run(c, [i])[0])) for item, future in items]  # type: ignore[misc]

    return _Step(run, [future for _, future in items])


def _try(connection: Connection, function: Callable[[Connection], T]) -> tuple[T | None, BaseException | None]:
    """Run a function in a savepoint: its result or its exception. Raised is only what takes the transaction with it."""
    savepoint = connection.begin_nested()
    try:
        result = function(connection)
    except BaseException as error:
        if connection.invalidated or _collided(error):
            raise
        # A full disk makes SQLite roll back the whole transaction, savepoints and all. What the others wrote is gone
        # too, and they must not hear that it is there: with no savepoint left to go back to, this raises.
        savepoint.rollback()
        return None, error
    savepoint.commit()
    return result, None


def _collided(error: BaseException) -> bool:
    return isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", None) in _COLLISIONS
