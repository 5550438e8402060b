"""Opening a database: its revision, its settings on every connection, and the one daemon of a SQLite database."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, delete, insert, inspect, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from storage.database import (
    HEAD,
    Database,
    DatabaseBusyError,
    only_daemon,
    open_database,
    parse_url,
    revision,
    upgrade,
)
from storage.ids import new_id
from storage.schema import alarm, metadata, raw, raw_chunk, ticket_event, timer
from tests.arrivals import NOW, open_ticket


def python(code: str, url: str) -> subprocess.Popen[str]:
    root = Path(__file__).parent.parent
    return subprocess.Popen(
        [sys.executable, "-c", code, url], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def test_a_new_database_is_brought_to_the_head_and_stays_there(empty_database_url: str) -> None:
    database = open_database(empty_database_url)
    assert revision(database) is None
    upgrade(database)
    assert revision(database) == HEAD
    with database.write.begin() as connection:
        open_ticket(connection, 1)
    upgrade(database)
    assert revision(database) == HEAD
    with database.read.connect() as connection:
        assert len(connection.execute(select(ticket_event)).all()) == 2
    database.close()


def test_the_migrations_make_what_the_code_expects(database: Database) -> None:
    with database.write.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_partial_indexes_are_partial(database: Database) -> None:
    # The comparison above is blind to their conditions.
    with database.read.connect() as connection:
        found = {
            index["name"]: index["dialect_options"].get(f"{database.write.dialect.name}_where")
            for name in ("work", "timer", "outbox", "alarm")
            for index in inspect(connection).get_indexes(name)
        }
    for name in ("ix_work_queue", "ix_timer_due", "ix_outbox_queue"):
        assert "waiting" in str(found[name])
    assert "closed_at IS NULL" in str(found["uq_alarm_open"])


UPGRADE = """
import sys
from storage.database import open_database, revision, upgrade
database = open_database(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
upgrade(database)
print(revision(database), flush=True)
"""


def test_several_that_upgrade_at_once_do_not_disturb_each_other(empty_database_url: str) -> None:
    processes = [python(UPGRADE, empty_database_url) for _ in range(3)]
    assert [said(process) for process in processes] == ["ready"] * 3
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [said(process) for process in processes] == [HEAD] * 3
    for process in processes:
        process.communicate()


def test_an_upgrade_that_breaks_leaves_nothing_behind(empty_database_url: str) -> None:
    database = open_database(empty_database_url)
    with database.write.begin() as connection:
        connection.execute(text("CREATE TABLE outbox_recipient (id INTEGER)"))
    with pytest.raises(Exception, match="outbox_recipient"):
        upgrade(database)
    assert revision(database) is None
    with database.read.connect() as connection:
        assert inspect(connection).get_table_names() == ["outbox_recipient"]
    if database.is_sqlite:
        # The keys, which an upgrade does not look at, hold again on its connection.
        with database.write.begin() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    database.close()


# Values


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 11, 3, 15, 20, 59, 123456, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2026, 4, 4, 23, 30, tzinfo=timezone(timedelta(hours=-3, minutes=-30))),
    ],
    ids=str,
)
def test_times_keep_their_instant_to_the_microsecond(database: Database, at: datetime) -> None:
    with database.write.begin() as connection:
        connection.execute(insert(raw).values(sha256="a", size_bytes=1, stored_at=at))
    with database.read.connect() as connection:
        found = connection.execute(select(raw.c.stored_at)).scalar_one()
        assert connection.execute(select(raw.c.sha256).where(raw.c.stored_at == at)).scalar() == "a"
    assert found == at
    assert found.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    naive = NOW.replace(tzinfo=None)
    with database.write.begin() as connection:
        with pytest.raises(StatementError, match="without a zone"), connection.begin_nested():
            connection.execute(insert(raw).values(sha256="a", size_bytes=1, stored_at=naive))
        with pytest.raises(StatementError, match="without a zone"):
            connection.execute(select(raw.c.sha256).where(raw.c.stored_at < naive))


def test_a_servers_own_zone_and_level_do_not_matter(database_url: str, database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has neither")
    with database.write.connect() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        connection.execute(text(f"ALTER DATABASE {name} SET timezone = 'America/Santiago'"))
        connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'"))
        connection.commit()
    fresh = open_database(database_url)
    with fresh.write.begin() as connection:
        assert connection.execute(text("SHOW timezone")).scalar() == "America/Santiago"
        assert connection.execute(text("SHOW transaction_isolation")).scalar() == "read committed"
        connection.execute(insert(raw).values(sha256="a", size_bytes=1, stored_at=NOW))
        assert connection.execute(select(raw.c.stored_at)).scalar_one() == NOW
    fresh.close()


def test_a_key_that_was_deleted_is_not_given_out_again(database: Database) -> None:
    values = {"kind": "summary", "desk": "red", "state": "waiting", "due_at": NOW}
    with database.write.begin() as connection:
        first = connection.execute(insert(timer).values(subject="1", **values).returning(timer.c.id)).scalar_one()
        connection.execute(delete(timer))
        second = connection.execute(insert(timer).values(subject="1", **values).returning(timer.c.id)).scalar_one()
    assert second > first


def test_a_row_that_refers_to_nothing_is_refused(database: Database) -> None:
    with database.write.begin() as connection, pytest.raises(IntegrityError), connection.begin_nested():
        connection.execute(insert(raw_chunk).values(sha256="none", seq=0, data=b""))


def test_ids_sort_by_time_and_are_never_the_same() -> None:
    ids = [new_id(NOW + timedelta(milliseconds=n)) for n in range(100)]
    assert ids == sorted(ids)
    assert {len(one) for one in ids} == {26}
    assert len({new_id(NOW) for _ in range(1000)}) == 1000


# Engines


def test_the_reading_engine_sees_one_snapshot_and_cannot_write(database: Database) -> None:
    with database.read.connect() as connection:
        assert connection.execute(select(raw.c.sha256)).all() == []
        with database.write.begin() as other:
            other.execute(insert(raw).values(sha256="a", size_bytes=1, stored_at=NOW))
        assert connection.execute(select(raw.c.sha256)).all() == []
    with database.read.connect() as connection:
        assert connection.execute(select(raw.c.sha256)).scalars().all() == ["a"]
        with pytest.raises(Exception, match=r"readonly|read-only"):
            connection.execute(delete(raw))
    # Its limits do not stay on a connection that goes back to the pool.
    with database.write.begin() as connection:
        assert connection.execute(delete(raw)).rowcount == 1


def test_reading_waits_for_no_writer(database: Database) -> None:
    with database.write.begin() as writing:
        writing.execute(insert(alarm).values(key="k", detail="", opened_at=NOW, last_at=NOW))
        with database.read.connect() as connection:
            assert connection.execute(select(alarm)).all() == []


def pragmas(engine: Engine) -> list[dict[str, object]]:
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "query_only")
    connections = [engine.connect() for _ in range(12)]
    found = [
        {name: one.connection.driver_connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names}  # type: ignore[union-attr]
        for one in connections
    ]
    for one in connections:
        one.close()
    return found


def test_every_sqlite_connection_has_our_settings(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL has no PRAGMA")
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000}
    assert pragmas(database.write) == [wanted | {"query_only": 0}] * 12
    assert pragmas(database.read) == [wanted | {"query_only": 1}] * 12


def test_a_writing_transaction_holds_the_lock_from_its_beginning(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL locks rows")
    statements: list[str] = []
    for engine in (database.write, database.read):
        with engine.connect() as connection:
            connection.connection.driver_connection.set_trace_callback(statements.append)  # type: ignore[union-attr]
            connection.execute(text("SELECT 1"))
            connection.connection.driver_connection.set_trace_callback(None)  # type: ignore[union-attr]
    assert [one for one in statements if one.startswith("BEGIN")] == ["BEGIN IMMEDIATE", "BEGIN DEFERRED"]


def test_a_sqlite_database_is_for_its_owner_alone(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL minds its own files")
    with database.write.begin() as connection:
        open_ticket(connection, 1)
        files = [*database.path.parent.glob("acuse.db*")]
        assert {file.name for file in files} == {"acuse.db", "acuse.db-wal", "acuse.db-shm"}
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_a_sqlite_file_that_somebody_opened_to_a_group_stays_so(tmp_path: Path) -> None:
    file = tmp_path / "acuse.db"
    file.touch()
    file.chmod(0o660)
    database = open_database(f"sqlite:///{file}")
    upgrade(database)
    database.close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o660


# URLs


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "no database URL"),
        ("acuse.db", "no database URL"),
        ("mysql://root@localhost/acuse", "knows sqlite and postgresql"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:////var/acuse.db?mode=ro", "has options"),
        ("sqlite:///file:acuse?uri=true", "has options"),
        ("sqlite:///file:acuse", "has options"),
    ],
)
def test_what_is_no_url_of_ours_is_refused_in_words(url: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_url(url)


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///acuse.db", "sqlite+pysqlite"),
        ("sqlite:////var/lib/acuse/acuse.db", "sqlite+pysqlite"),
        ("postgresql://acuse@db.example.net/acuse", "postgresql+psycopg"),
        ("postgresql+psycopg2://acuse@db.example.net/acuse?sslmode=verify-full", "postgresql+psycopg"),
    ],
)
def test_a_url_names_the_database_and_we_the_driver(url: str, driver: str) -> None:
    assert parse_url(url).drivername == driver


# One daemon

DAEMON = """
import sys
from storage.database import DatabaseBusyError, only_daemon, open_database
try:
    with only_daemon(open_database(sys.argv[1])):
        print("alone", flush=True)
        sys.stdin.read()
except DatabaseBusyError:
    print("refused", flush=True)
"""


def test_a_second_daemon_waits_for_the_death_of_the_first(
    database_url: str, database: Database, tmp_path: Path
) -> None:
    other_url = database_url
    if database.is_sqlite:
        other = tmp_path / "elsewhere.db"
        other.symlink_to(database.path)
        other_url = f"sqlite:///{other}"
    with python(DAEMON, database_url) as first:
        assert said(first) == "alone"
        with python(DAEMON, other_url) as second:
            assert said(second) == ("refused" if database.is_sqlite else "alone")
        if database.is_sqlite:
            with pytest.raises(DatabaseBusyError, match=r"acuse\.db\.lock"), only_daemon(database):
                pass
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        with python(DAEMON, database_url) as third:
            assert said(third) == "alone"
    for _ in range(2):
        with only_daemon(database):
            pass
