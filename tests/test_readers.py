"""Reader processes that are killed, hang or run out of memory: the ticket opens and the acknowledgement leaves."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from acuse.readers import Job, Readers, ReaderTroubleError, Setup
from acuse.runtime import Runtime
from rules.model import Envelope
from tests.conftest import StillClock
from tests.office import ANA, Office, mail, office

MIB = 1 << 20


@contextmanager
def with_readers(folder: Path, url: str, clock: StillClock, **setup: int) -> Iterator[tuple[Office, Readers]]:
    """An office with one real reader process."""
    made: list[Readers] = []
    limits = {"time_limit_seconds": 2, "memory_limit_bytes": 1024 * MIB} | setup

    def make(runtime: Runtime) -> Readers:
        made.append(Readers(Setup(url, runtime.policy.known, **limits), 1))
        made[0].wait_ready()
        return made[0]

    with office(folder, url, clock, make_readers=make) as desk:
        try:
            yield desk, made[0]
        finally:
            made[0].close()


@pytest.fixture
def desk(tmp_path: Path, clock: StillClock) -> Iterator[Office]:
    with with_readers(tmp_path, f"sqlite:///{tmp_path}/acuse.db", clock) as (opened, _):
        yield opened


def reader_process() -> Any:
    (process,) = [child for child in multiprocessing.active_children() if child.name == "acuse-reader"]
    return process


def unread(desk: Office) -> list[str]:
    return [entry["why"] for entry in desk.log if entry["event"] == "work.unreadable"]


def acknowledged(desk: Office) -> list[str]:
    assert {one["state"] for one in desk.works()} == {"done"}
    return [one["acknowledgement"] for one in desk.tickets()]


def answers(desk: Office, number: int) -> dict[str, Any]:
    found: dict[str, Any] = desk.ticket(desk.tickets()[number]["reference"])["answers"]
    return found


def test_a_reader_in_a_process_of_its_own_reads(tmp_path: Path, database_url: str, clock: StillClock) -> None:
    with with_readers(tmp_path, database_url, clock) as (desk, _):
        desk.take(mail())
        assert acknowledged(desk) == ["queued"]
        assert answers(desk, 0)["customer_name"]["text"] == "Banco del Sur"


def test_a_reader_that_hangs_is_replaced_and_the_ticket_opens_all_the_same(desk: Office) -> None:  # pain 14, I7
    hung = reader_process()
    os.kill(hung.pid, signal.SIGSTOP)
    desk.take(mail("uno"))
    assert unread(desk) == ["took longer than 2 s"]
    assert reader_process().pid != hung.pid
    assert not hung.is_alive()
    desk.take(mail("dos"))
    assert acknowledged(desk) == ["queued", "queued"]
    assert (answers(desk, 0), answers(desk, 1)["site_name"]["text"]) == ({}, "Sucursal 9")


def test_a_reader_that_died_idle_costs_no_mail_its_reading(desk: Office) -> None:  # I7
    for number in range(2):
        idle = reader_process()
        os.kill(idle.pid, signal.SIGKILL)
        idle.join()
        desk.take(mail(f"caso {number}"))
        assert answers(desk, number)["customer_name"]["text"] == "Banco del Sur"
    assert (acknowledged(desk), unread(desk)) == (["queued", "queued"], [])


def test_a_service_manager_that_signals_all_processes_costs_no_mail_its_reading(desk: Office) -> None:
    before = reader_process()
    os.kill(before.pid, signal.SIGTERM)
    os.kill(before.pid, signal.SIGINT)
    desk.take(mail())
    assert answers(desk, 0)
    assert reader_process().pid == before.pid


def test_a_mail_that_needs_too_much_memory_opens_a_ticket_unread(  # pain 12, I7
    tmp_path: Path, clock: StillClock
) -> None:
    url = f"sqlite:///{tmp_path}/acuse.db"
    with with_readers(tmp_path, url, clock) as (_, readers):
        status = Path(f"/proc/{reader_process().pid}/status").read_text()
        readers.close()
    at_rest = int(status.partition("VmSize:")[2].split()[0]) * 1024
    with with_readers(tmp_path, url, clock, memory_limit_bytes=at_rest + 16 * MIB) as (desk, _):
        desk.take(mail("grande", "x" * 76 + "\r\n" + ("palabra " * 9 + "\r\n") * (24 * MIB // 74)))
        assert acknowledged(desk) == ["queued"]
        assert [why.partition(" MiB")[0].rpartition(" ")[0] for why in unread(desk)] == ["needed more than"]
        desk.take(mail("normal"))
        assert answers(desk, 1)["customer_name"]["text"] == "Banco del Sur"


def test_a_reader_that_cannot_fetch_the_mail_blames_not_the_mail(desk: Office) -> None:
    desk.put(mail())
    with desk.runtime.database.write.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE raw_chunk RENAME TO elsewhere")
    desk.decide()
    assert (desk.works()[0]["state"], desk.tickets()) == ("waiting", [])
    with desk.runtime.database.write.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO raw_chunk")
    desk.clock.forward(minutes=1)
    desk.decide()
    assert answers(desk, 0)["customer_name"]["text"] == "Banco del Sur"


def test_a_mail_that_the_reader_cannot_find_is_trouble_of_ours(tmp_path: Path, clock: StillClock) -> None:
    with with_readers(tmp_path, f"sqlite:///{tmp_path}/acuse.db", clock) as (desk, readers):
        job = Job("0" * 64, "red", Envelope(ANA, ("red@desk.example",)), desk.clock.now())
        with pytest.raises(ReaderTroubleError, match="KeyError"):
            readers.read(job)


def test_closed_readers_start_nothing_again(tmp_path: Path, clock: StillClock) -> None:
    url = f"sqlite:///{tmp_path}/acuse.db"
    with with_readers(tmp_path, url, clock) as (desk, readers):
        readers.close()
        job = Job("0" * 64, "red", Envelope(ANA, ("red@desk.example",)), desk.clock.now())
        for _ in range(2):
            with pytest.raises(ReaderTroubleError):
                readers.read(job)
        assert [child.name for child in multiprocessing.active_children()] == []
        readers.close()
