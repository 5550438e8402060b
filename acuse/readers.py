"""Reader processes: they parse and read mails and cut files out of them, and can be killed when one takes too long or
too much."""

from __future__ import annotations

import multiprocessing
import queue
import resource
import signal
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

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
class Cut:
    """Attachments to cut out of one mail, by their part paths."""

    raw_sha256: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Setup:
    """What a reader process is told when it starts."""

    database_url: str
    desks: dict[str, Desk]
    time_limit_seconds: int
    memory_limit_bytes: int


@dataclass(frozen=True, slots=True)
class _Failed:
    """What a reader answers instead of a reading. `worn` means that it has no memory left and must be replaced;
    `fetched` tells whether it had the mail at all."""

    why: str
    worn: bool = False
    fetched: bool = True


class ReaderError(Exception):
    """The mail could not be read within the limits; the text says why."""


class ReaderTroubleError(Exception):
    """The readers are in trouble, not the mail: it is to be tried again."""


class _EndedError(Exception):
    """The reader process ended, or is worn out; whether by this mail's doing is not known."""


Answer = Reading | dict[str, bytes]
"""What a reader gives for a `Job`, and for a `Cut`."""


class Readers:
    """A few long-lived reader processes, each replaced alone when it fails. Several threads may call."""

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
        """The reading of a mail; ReaderError when it exceeds the limits, ReaderTroubleError without a reader."""
        answer = self._ask(job)
        assert isinstance(answer, Reading)
        return answer

    def cut(self, wanted: Cut) -> dict[str, bytes]:
        """The bytes of attachments, by part path; what the mail does not hold is left out. Raises as `read` does."""
        answer = self._ask(wanted)
        assert isinstance(answer, dict)
        return answer

    def _ask(self, job: Job | Cut) -> Answer:
        reader = self._idle.get()
        try:
            return reader.do(job)
        except _EndedError:
            # It may have died idle, or be full of what earlier mails left: only what a mail does to a fresh one counts.
            try:
                return reader.do(job)
            except _EndedError as error:
                raise ReaderError(str(error)) from None
        finally:
            self._idle.put(reader)

    def close(self) -> None:
        """End every reader; whoever still reads gets ReaderTroubleError."""
        for reader in self._all:
            reader.close()


class _Reader:
    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._running: tuple[BaseProcess, Connection] | None = None
        self._ready = False
        self._closed = False
        self._changing = threading.Lock()
        self._start()

    def _start(self) -> Connection:
        # A fresh interpreter: a fork of a process with threads may copy a lock that nobody will ever release.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_main, args=(theirs, self._setup), name="acuse-reader", daemon=True)
        try:
            with self._changing:
                if self._closed:
                    raise OSError("the readers are closed")
                process.start()
                self._running, self._ready = (process, ours), False
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        return ours

    def do(self, job: Job | Cut) -> Answer:
        answer = self._ask(self.wait_ready(), job)
        if not isinstance(answer, _Failed):
            return answer
        if not answer.fetched:
            raise ReaderTroubleError(answer.why)
        if answer.worn:
            self._end("out of memory")
            raise _EndedError(answer.why)
        raise ReaderError(answer.why)

    def wait_ready(self) -> Connection:
        """The pipe to a reader that waits for a job. Starting an interpreter does not count against a mail's time."""
        try:
            pipe = self._running[1] if self._running else self._start()
            if not self._ready:
                self._ready = pipe.poll(START_SECONDS) and pipe.recv() == "ready"
        except (EOFError, OSError) as error:
            self._end("did not start")
            raise ReaderTroubleError(f"no reader starts: {type(error).__name__}") from None
        if not self._ready:
            self._end("did not start")
            raise ReaderTroubleError(f"no reader started within {START_SECONDS} s")
        return pipe

    def _ask(self, pipe: Connection, job: Job | Cut) -> Answer | _Failed:
        try:
            pipe.send(job)
            if pipe.poll(self._setup.time_limit_seconds):
                answer: Answer | _Failed = pipe.recv()
                return answer
        except (EOFError, OSError):
            self._end("ended")
            raise _EndedError("the reader ended while it read") from None
        self._end("too slow")
        return _Failed(f"took longer than {self._setup.time_limit_seconds} s")

    def _end(self, why: str) -> None:
        exit_code = self._stop()
        log.warning("reader.replaced", why=why, exit_code=exit_code)
        # The next mail finds it started already, or starts it.
        with suppress(OSError):
            self._start()

    def close(self) -> None:
        self._closed = True
        self._stop()

    def _stop(self) -> int | None:
        with self._changing:
            if self._running is None:
                return None
            (process, pipe), self._running = self._running, None
        process.kill()
        process.join()
        pipe.close()
        return process.exitcode


def _main(pipe: Connection, setup: Setup) -> None:
    """A reader process: jobs in, readings, files or words of failure out, until the pipe closes."""
    # A terminal's interrupt goes to the whole group, a service manager's signals may go to all of the service; the
    # daemon decides when its readers end, and the pipe tells them when it is gone.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (setup.memory_limit_bytes, setup.memory_limit_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # After the limits, which they are to keep as well.
    from intake.parse import cut_files, parse  # noqa: PLC0415
    from intake.reading import read  # noqa: PLC0415
    from storage.database import open_database  # noqa: PLC0415
    from storage.inbox import raw_bytes  # noqa: PLC0415

    database = open_database(setup.database_url)
    pipe.send("ready")
    while True:
        try:
            job: Job | Cut = pipe.recv()
        except EOFError:
            return
        # Should the daemon die meanwhile, nobody is left to kill a reader that hangs: the kernel's timer does.
        signal.setitimer(signal.ITIMER_REAL, 2 * setup.time_limit_seconds)
        answer: Answer | _Failed
        raw: bytes | None = None
        try:
            with database.read.connect() as connection:
                raw = raw_bytes(connection, job.raw_sha256)
            if isinstance(job, Cut):
                answer = cut_files(raw, job.parts)
            else:
                answer = read(parse(raw), setup.desks[job.desk], job.envelope, job.arrived_at)
        except MemoryError:
            answer = _Failed(f"needed more than {setup.memory_limit_bytes >> 20} MiB", worn=True)
        except Exception as error:  # noqa: BLE001 - whatever a mail does to a reader, the ticket must open
            answer = _Failed(f"reading failed: {type(error).__name__}", fetched=raw is not None)
        signal.setitimer(signal.ITIMER_REAL, 0)
        pipe.send(answer)
