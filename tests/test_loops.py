"""The daemon's queue threads: every row is handled once, and the end is bounded whatever a thread is stuck in."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

from structlog.testing import capture_logs

from acuse.loops import QueueLoop

PATIENT = 30.0


class Rows:
    """A queue in memory that behaves as those in the database: what is claimed is not claimed again."""

    def __init__(self, count: int) -> None:
        self.waiting = list(range(count))
        self.given_back: list[int] = []
        self.handled: Counter[int] = Counter()
        self.most = 0
        self.out = 0
        self.lock = threading.Lock()
        self.done = threading.Event()
        self.total = count

    def claim(self, limit: int) -> list[int]:
        with self.lock:
            rows, self.waiting = self.waiting[:limit], self.waiting[limit:]
            self.out += len(rows)
            self.most = max(self.most, self.out)
        return rows

    def give_back(self, rows: list[int]) -> None:
        self.given_back += rows

    def handle(self, row: int) -> None:
        with self.lock:
            self.handled[row] += 1
            self.out -= 1
            if len(self.handled) == self.total:
                self.done.set()


def loop(rows: Rows, handle: Callable[[int], None] | None = None, threads: int = 2, ahead: int = 4) -> QueueLoop[int]:
    return QueueLoop("test", rows.claim, handle or rows.handle, rows.give_back, threads=threads, ahead=ahead)


def test_every_row_is_handled_once_and_claiming_never_runs_far_ahead() -> None:
    rows = Rows(500)
    queue = loop(rows)
    queue.start()
    assert rows.done.wait(PATIENT)
    assert queue.close(PATIENT)
    assert set(rows.handled.values()) == {1}
    assert rows.most <= 2 * 4
    assert rows.given_back == []


def test_news_comes_without_being_called() -> None:
    rows = Rows(0)
    queue = loop(rows)
    queue.start()
    with rows.lock:
        rows.total, rows.waiting = 1, [7]
    assert rows.done.wait(PATIENT)
    assert queue.close(PATIENT)


def test_a_handler_that_raises_ends_no_thread() -> None:
    rows = Rows(50)

    def handle(row: int) -> None:
        rows.handle(row)
        raise RuntimeError("whatever")

    with capture_logs() as log:
        queue = loop(rows, handle, threads=1)
        queue.start()
        assert rows.done.wait(PATIENT)
        assert queue.close(PATIENT)
    assert sum(entry["event"] == "queue.not_handled" for entry in log) == 50


def test_a_database_that_fails_to_answer_is_asked_again() -> None:
    rows = Rows(1)
    failures = iter([RuntimeError("away")])

    def claim(limit: int) -> list[int]:
        if failure := next(failures, None):
            queue.wake()
            raise failure
        return rows.claim(limit)

    with capture_logs():
        queue = QueueLoop("test", claim, rows.handle, rows.give_back, threads=1, ahead=1)
        queue.start()
        assert rows.done.wait(PATIENT)
        assert queue.close(PATIENT)


def test_the_end_finishes_what_was_begun_and_gives_back_the_rest() -> None:
    rows = Rows(20)
    begun, go_on = threading.Semaphore(0), threading.Event()

    def handle(row: int) -> None:
        begun.release()
        assert go_on.wait(PATIENT)
        rows.handle(row)

    queue = loop(rows, handle)
    queue.start()
    for _ in range(2):
        assert begun.acquire(timeout=PATIENT)
    ended: list[bool] = []
    closing = threading.Thread(target=lambda: ended.append(queue.close(PATIENT)))
    original = rows.give_back

    def give_back(given: list[int]) -> None:
        original(given)
        go_on.set()

    queue._give_back = give_back
    closing.start()
    closing.join(PATIENT)
    assert ended == [True]
    assert sorted(rows.handled) == [0, 1]
    assert sorted([*rows.handled, *rows.given_back, *rows.waiting]) == list(range(20))
    assert len(rows.given_back) == 6


def test_a_thread_that_hangs_does_not_hold_up_the_end() -> None:
    rows = Rows(5)
    begun, never = threading.Event(), threading.Event()

    def handle(row: int) -> None:
        begun.set()
        never.wait()

    with capture_logs() as log:
        queue = loop(rows, handle, threads=1)
        queue.start()
        assert begun.wait(PATIENT)
        assert not queue.close(0.1)
        assert [entry["threads"] for entry in log if entry["event"] == "queue.left_running"] == [1]
    never.set()


def test_a_queue_that_never_started_closes() -> None:
    assert loop(Rows(3)).close(PATIENT)
