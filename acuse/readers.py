"""Reader processes: they parse and read mails, and can be killed when one takes too long or too much."""

from __future__ import annotations

import multiprocessing
import queue
import resource
import signal
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Any

import structlog

from rules.model import Envelope, Reading
from rules.policy import Desk

log = structlog.get_logger()

START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Job:
    """One mail to read for one desk; the reader fetches the bytes itself."""

    raw_sha256: str
    desk: str
    envelope: Envelope
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class Setup:
    """What a reader process is told when it starts."""

    database_url: str
    desks: dict[str, Desk]
    time_limit_seconds: int
    memory_limit_bytes: int


class ReaderError(Exception):
    """The mail could not be read within the limits; the text says why."""


class Readers:
    """A few long-lived reader processes, each replaced alone when it fails. `read` may be called from several threads."""

    def __init__(self, setup: Setup, processes: int) -> None:
        self._setup = setup
        self._idle: queue.SimpleQueue[_Reader] = queue.SimpleQueue()
        self._all = [_Reader(setup) for _ in range(processes)]
        for reader in self._all:
            self._idle.put(reader)

    def wait_ready(self) -> None:
        """Until every reader has started."""
        for reader in self._all:
            reader.wait_ready()

    def read(self, job: Job) -> Reading:
        """The reading of a mail; ReaderError when the limits or the reader gave out."""
        reader = self._idle.get()
        try:
            return reader.read(job)
        finally:
            self._idle.put(reader)

    def close(self) -> None:
        """End every reader."""
        for reader in self._all:
            reader.stop()


class _Reader:
    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._start()

    def _start(self) -> None:
        # A fresh interpreter: a fork of a process with threads may copy a lock that nobody will ever release.
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_main, args=(theirs, self._setup), name="acuse-reader", daemon=True)
        self._process.start()
        theirs.close()
        self._ready = False

    def read(self, job: Job) -> Reading:
        try:
            # The limit is for reading; starting an interpreter does not count against the mail.
            self.wait_ready()
            self._pipe.send(job)
            if not self._pipe.poll(self._setup.time_limit_seconds):
                self._replace("too slow")
                raise ReaderError(f"took longer than {self._setup.time_limit_seconds} s")
            answer = self._pipe.recv()
        except (EOFError, OSError):
            self._replace("ended")
            raise ReaderError("the reader ended while it read") from None
        if isinstance(answer, str):
            raise ReaderError(answer)
        assert isinstance(answer, Reading)
        return answer

    def wait_ready(self) -> None:
        if not self._ready:
            self._ready = self._pipe.poll(START_SECONDS) and self._pipe.recv() == "ready"
        if not self._ready:
            raise EOFError("the reader did not start")

    def _replace(self, why: str) -> None:
        self.stop()
        log.warning("reader.replaced", why=why, exit_code=self._process.exitcode)
        self._start()

    def stop(self) -> None:
        self._process.kill()
        self._process.join()
        self._pipe.close()


def _main(pipe: Connection, setup: Setup) -> None:
    """A reader process: jobs in, readings or words of failure out, until the pipe closes."""
    # A terminal's interrupt goes to the whole group; the daemon decides when its readers end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (setup.memory_limit_bytes, setup.memory_limit_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from intake.parse import parse
    from intake.reading import read
    from storage.database import open_database
    from storage.inbox import raw_bytes

    database = open_database(setup.database_url)
    pipe.send("ready")
    while True:
        try:
            job: Job = pipe.recv()
        except EOFError:
            return
        # Should the daemon die meanwhile, nobody is left to kill a reader that hangs: the kernel's timer does.
        signal.setitimer(signal.ITIMER_REAL, 2 * setup.time_limit_seconds)
        answer: Any
        try:
            with database.read.connect() as connection:
                raw = raw_bytes(connection, job.raw_sha256)
            answer = read(parse(raw), setup.desks[job.desk], job.envelope, job.arrived_at)
        except MemoryError:
            answer = f"needed more than {setup.memory_limit_bytes >> 20} MiB"
        except Exception as error:  # noqa: BLE001 - whatever a mail does to a reader, the ticket must open
            answer = f"reading failed: {type(error).__name__}"
        signal.setitimer(signal.ITIMER_REAL, 0)
        pipe.send(answer)
