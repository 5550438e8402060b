"""The writer: one commit for many, each alone with its failure, and nobody hears of what is not durable."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from storage.database import Database, open_database
from storage.schema import counter, raw, ticket
from storage.tickets import next_number
from storage.writer import Writer
from tests.arrivals import NOW


@pytest.fixture
def writer(database: Database) -> Iterator[Writer]:
    writer = Writer(database.write)
    yield writer
    writer.close()


class Held:
    """Holds the writer's thread, so that all that is queued meanwhile becomes one group."""

    def __init__(self, writer: Writer) -> None:
        self._go, inside = threading.Event(), threading.Event()

        def wait(_connection: Connection) -> None:
            inside.set()
            self._go.wait()

        self._future = writer.submit(wait)
        inside.wait()

    def release(self) -> None:
        self._go.set()
        self._future.result()


def add(key: str) -> Callable[[Connection], str]:
    def function(connection: Connection) -> str:
        connection.execute(insert(raw).values(sha256=key, size_bytes=1, stored_at=NOW))
        return key

    return function


def stored(database: Database) -> set[str]:
    with database.read.connect() as connection:
        return set(connection.execute(select(raw.c.sha256)).scalars())


def test_a_group_shares_one_transaction(database: Database, writer: Writer) -> None:
    commits: list[int] = []
    held = Held(writer)
    event.listen(database.write, "commit", lambda _connection: commits.append(1))
    futures = [writer.submit(add(str(n))) for n in range(10)]
    held.release()
    assert [future.result() for future in futures] == [str(n) for n in range(10)]
    # One is that of the call that held the thread.
    assert len(commits) == 2


def test_who_fails_fails_alone(database: Database, writer: Writer) -> None:
    def half(connection: Connection) -> None:
        add("half")(connection)
        raise LookupError("mine")

    held = Held(writer)
    futures: list[Future[Any]] = [writer.submit(f) for f in (add("a"), half, add("a"), add("b"))]
    held.release()
    assert isinstance(futures[1].exception(), LookupError)
    assert isinstance(futures[2].exception(), IntegrityError)
    assert (futures[0].result(), futures[3].result()) == ("a", "b")
    assert stored(database) == {"a", "b"}


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_even_an_exit_is_only_its_callers_exception(
    database: Database, writer: Writer, kind: type[BaseException]
) -> None:
    def leave(_connection: Connection) -> None:
        raise kind

    held = Held(writer)
    left, after = writer.submit(leave), writer.submit(add("a"))
    held.release()
    assert isinstance(left.exception(), kind)
    assert after.result() == "a"
    assert writer.call(add("b")) == "b"
    assert stored(database) == {"a", "b"}


def test_a_batch_goes_in_one_call_and_before_the_others(writer: Writer) -> None:
    order: list[Any] = []

    def run(_connection: Connection, items: Any) -> list[int]:
        order.append(list(items))
        return [item * 2 for item in items]

    door = writer.batch(run, limit=3)
    held = Held(writer)
    call = writer.submit(lambda _connection: order.append("call"))
    futures = [door(n) for n in range(4)]
    held.release()
    assert [future.result() for future in futures] == [0, 2, 4, 6]
    call.result()
    assert order == [[0, 1, 2], "call", [3]]


def test_a_bad_item_makes_its_batch_go_one_by_one(database: Database, writer: Writer) -> None:
    def run(connection: Connection, items: Any) -> list[str]:
        for item in items:
            add(item)(connection)
        if "bad" in items:
            raise LookupError("bad")
        return list(items)

    door = writer.batch(run, limit=64)
    held = Held(writer)
    futures = [door(item) for item in ("a", "bad", "b")]
    held.release()
    assert isinstance(futures[1].exception(), LookupError)
    assert (futures[0].result(), futures[2].result()) == ("a", "b")
    assert stored(database) == {"a", "b"}


def test_a_batch_that_answers_for_too_few_writes_nothing_twice(database: Database, writer: Writer) -> None:
    def run(connection: Connection, items: Any) -> list[str]:
        for item in items:
            next_number(connection, "red", item, 0)
        return list(items[:1])

    door = writer.batch(run, limit=64)
    held = Held(writer)
    futures = [door(item) for item in ("a", "b")]
    held.release()
    assert [future.result() for future in futures] == ["a", "b"]
    with database.read.connect() as connection:
        assert set(connection.execute(select(counter.c.last)).scalars()) == {1}


def test_a_result_comes_after_the_commit_can_be_seen(database: Database, writer: Writer) -> None:
    seen: list[set[str]] = []
    held = Held(writer)
    futures = [writer.submit(add(key)) for key in ("a", "b")]
    for future in futures:
        future.add_done_callback(lambda _: seen.append(stored(database)))
    assert stored(database) == set()
    held.release()
    for future in futures:
        future.result()
    writer.call(lambda _connection: None)
    assert seen == [{"a", "b"}, {"a", "b"}]


def test_a_commit_that_fails_is_everybodys_exception(database: Database, writer: Writer) -> None:
    with database.write.begin() as connection:
        connection.execute(text("CREATE TABLE parent (id INTEGER PRIMARY KEY)"))
        connection.execute(text("CREATE TABLE child (id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)"))
    held = Held(writer)
    door = writer.batch(lambda connection, items: [add(item)(connection) for item in items], limit=64)
    futures: list[Future[Any]] = [
        door("batch"),
        writer.submit(add("a")),
        writer.submit(lambda connection: connection.execute(text("INSERT INTO child VALUES (1)")).rowcount),
        writer.submit(add("b")),
    ]
    held.release()
    assert all(isinstance(future.exception(), IntegrityError) for future in futures)
    assert stored(database) == set()
    assert writer.call(add("a")) == "a"


def test_a_full_disk_lets_nobody_believe_that_they_are_stored(database: Database, writer: Writer) -> None:
    if not database.is_sqlite:
        pytest.skip("a full disk is SQLite's to feel here")
    with database.write.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def fill(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 20}")
        connection.execute(text("CREATE TABLE big (data BLOB)"))
        for _ in range(100):
            connection.execute(text("INSERT INTO big VALUES (zeroblob(8000))"))

    held = Held(writer)
    futures: list[Future[Any]] = [writer.submit(f) for f in (add("a"), fill, add("b"))]
    held.release()
    for key, future in (("a", futures[0]), ("b", futures[2])):
        assert (future.exception() is None) == (key in stored(database)), key
    assert isinstance(futures[1].exception(), OperationalError)
    writer.call(lambda connection: connection.exec_driver_sql("PRAGMA max_page_count=1000000").scalar())
    assert writer.call(add("c")) == "c"
    assert "c" in stored(database)


def test_close_writes_what_is_queued_and_takes_no_more(database: Database) -> None:
    writer = Writer(database.write)
    door = writer.batch(lambda connection, items: [add(item)(connection) for item in items], limit=2)
    held = Held(writer)
    futures = [writer.submit(add(str(n))) for n in range(200)] + [door(f"batch {n}") for n in range(9)]
    closing = threading.Thread(target=writer.close)
    closing.start()
    held.release()
    closing.join()
    assert all(future.done() and future.exception() is None for future in futures)
    assert len(stored(database)) == 209
    with pytest.raises(RuntimeError):
        writer.call(add("late"))
    with pytest.raises(RuntimeError):
        door("late")
    writer.close()


def test_cancelled_futures_are_not_run_and_do_no_harm(database: Database, writer: Writer) -> None:
    door = writer.batch(lambda connection, items: [add(item)(connection) for item in items], limit=64)
    held = Held(writer)
    cancelled = [writer.submit(add("a")), door("b")]
    kept = [writer.submit(add("c")), door("d")]
    assert all(future.cancel() for future in cancelled)
    held.release()
    assert [future.result() for future in kept] == ["c", "d"]
    assert stored(database) == {"c", "d"}


def test_what_is_being_written_can_no_longer_be_cancelled(database: Database, writer: Writer) -> None:
    inside, go = threading.Event(), threading.Event()

    def slow(connection: Connection) -> None:
        inside.set()
        go.wait()
        add("a")(connection)

    future = writer.submit(slow)
    inside.wait()
    assert not future.cancel()
    go.set()
    future.result()
    assert stored(database) == {"a"}


def test_a_function_that_waits_for_its_own_writer_is_told_so(writer: Writer) -> None:
    with pytest.raises(RuntimeError, match="waits for the writer"):
        writer.call(lambda _connection: writer.call(lambda _inner: None))


@pytest.mark.parametrize("when", ["before", "within"])
def test_a_connection_that_broke_is_made_anew(database_url: str, database: Database, writer: Writer, when: str) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has no connection that could break")

    def backend(connection: Connection) -> int:
        return int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())

    def kill(process: int) -> None:
        # From a pool of its own, which has not got the connection to be killed.
        other = open_database(database_url)
        with other.read.connect() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:process)"), {"process": process})
        other.close()

    def suicide(connection: Connection) -> None:
        kill(backend(connection))
        connection.execute(text("SELECT 1"))

    if when == "before":
        kill(writer.call(backend))
    else:
        held = Held(writer)
        futures: list[Future[Any]] = [writer.submit(f) for f in (add("a"), suicide, add("b"))]
        held.release()
        assert all(isinstance(future.exception(), DBAPIError) for future in futures)
        assert stored(database) == set()
    assert writer.call(add("c")) == "c"
    assert stored(database) == {"c"}


def test_nothing_is_lost_when_many_read_and_then_write(database_url: str, database: Database) -> None:
    with database.write.begin() as connection:
        connection.execute(
            insert(ticket).values(
                id=1, desk="red", reference="R-1", kind="incident", state="new", language="es", opened_at=NOW,
                version=0, acknowledgement="none",
            )
        )  # fmt: skip
    databases = [open_database(database_url) for _ in range(4)]
    writers = [Writer(one.write) for one in databases]

    def increment(connection: Connection) -> None:
        row = connection.execute(select(ticket.c.version).where(ticket.c.id == 1).with_for_update()).one()
        connection.execute(update(ticket).where(ticket.c.id == 1).values(version=row.version + 1))

    def many(number: int) -> None:
        for _ in range(50):
            writers[number % 4].call(increment)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(many, range(8)))
    for writer, opened in zip(writers, databases, strict=True):
        writer.close()
        opened.close()
    with database.read.connect() as connection:
        assert connection.execute(select(ticket.c.version)).scalar_one() == 400


def test_groups_that_lock_the_same_rows_in_opposite_orders_get_past_each_other(
    database_url: str, database: Database
) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    both = threading.Barrier(2, timeout=60)
    met = threading.Event()

    def number(pattern: str) -> Callable[[Connection], int]:
        return lambda connection: next_number(connection, "red", pattern, 0)

    def meet(_connection: Connection) -> None:
        if not met.is_set():
            both.wait()
            met.set()

    databases = [open_database(database_url) for _ in range(2)]
    writers = [Writer(one.write) for one in databases]
    holds = [Held(writer) for writer in writers]
    futures = [
        writer.submit(step)
        for writer, (first, last) in zip(writers, ("ab", "ba"), strict=True)
        for step in (number(first), meet, number(last))
    ]
    for held in holds:
        held.release()
    results = [future.result() for future in futures]
    for writer, opened in zip(writers, databases, strict=True):
        writer.close()
        opened.close()
    assert sorted(result for result in results if result is not None) == [1, 1, 2, 2]
