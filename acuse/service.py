"""The daemon: the composition root. It starts the doors, the queues and the clock, and ends them in order."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from acuse.clock import Clock
from acuse.clockwork import Clockwork
from acuse.config import ConfigError, Loaded, split_listen
from acuse.loops import QueueLoop
from acuse.pipeline import Pipeline
from acuse.problems import Problem
from acuse.readers import Readers, Setup
from acuse.receiving import Receiver
from acuse.runtime import Runtime, start
from acuse.sending import CLAIM_LEASE, hand_over, make_relay
from acuse.tls import server_context
from intake.listener import Listener, ListenerLimits
from responders.relay import Relay
from storage import inbox, outbox
from storage.database import DatabaseBusyError, only_daemon
from storage.inbox import Work
from storage.outbox import Outgoing

log = structlog.get_logger()

WORK_LEASE = timedelta(minutes=2)
GRACE_SECONDS = 20.0
PATIENCE_SECONDS = 10.0
"""How long the end waits for mails being decided, and then for messages being handed over."""
TICK_SECONDS = 1


ROLES = ("receive", "work", "send", "tick")
"""What a daemon may do; several on PostgreSQL may share the work."""


def run(loaded: Loaded, roles: frozenset[str] = frozenset(ROLES)) -> None:
    """Run until SIGTERM or SIGINT. ConfigError when it cannot start."""
    runtime = start(loaded, Clock())
    try:
        with only_daemon(runtime.database):
            if runtime.database.is_sqlite:
                runtime.writer.call(inbox.release)
            asyncio.run(_serve(runtime, roles))
    except DatabaseBusyError as error:
        cure = f"another acuse runs on this database (it holds {error}); stop it, or use PostgreSQL to run several"
        raise ConfigError([Problem(loaded.file, "database.url", cure)]) from None
    except ConfigError:
        raise
    except Exception:
        log.exception("acuse.failed")
        raise
    finally:
        runtime.close()


async def _serve(runtime: Runtime, roles: frozenset[str]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    queues = Queues(runtime, roles)
    try:
        await _work(runtime, roles, queues, stop)
    finally:
        await asyncio.to_thread(queues.close)
    log.info("acuse.stopped")


async def _work(runtime: Runtime, roles: frozenset[str], queues: Queues, stop: asyncio.Event) -> None:
    """All between start and stop."""
    receiver = Receiver(runtime, on_news=queues.work.wake)
    listener = await _listen(runtime, receiver) if "receive" in roles else None
    # The door is open already: what comes in meanwhile is safe, and waits for the readers.
    await asyncio.to_thread(queues.start)
    desks = ", ".join(f"{desk.id} <{desk.addresses[0]}>" for desk in runtime.policy.served.values())
    log.info(
        "acuse.started",
        config=runtime.loaded.file,
        smtp=_address(runtime, listener),
        desks=desks,
        outgoing=runtime.loaded.config.outgoing.mode.value,
    )
    await stop.wait()
    log.info("acuse.stopping")
    if listener:
        await listener.stop(GRACE_SECONDS)


class Queues:
    """The inbox, the outbox and the clock at work."""

    def __init__(self, runtime: Runtime, roles: frozenset[str]) -> None:
        config = runtime.loaded.config
        self._roles = roles
        setup = Setup(
            runtime.loaded.database_url,
            runtime.policy.known,
            config.reading.time_limit_seconds,
            config.reading.memory_limit_bytes,
        )
        self._readers = Readers(setup, config.reading.processes if "work" in roles else 0)
        self._relay = _relay(runtime)
        self._runtime = runtime
        pipeline = Pipeline(runtime, self._readers)
        clockwork = Clockwork(runtime)
        self.outbox = QueueLoop(
            "send",
            self._claim_messages,
            self._send,
            self._give_back_messages,
            threads=config.outgoing.senders,
            ahead=8,
        )
        self.work = QueueLoop(
            "decide",
            self._claim_work,
            self._decider(pipeline),
            self._give_back_work,
            threads=config.reading.processes,
            ahead=8,
        )
        # In-memory ticks only: what is due stands in the database, and a tick that was missed is made up by the next.
        self._scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        )
        self._scheduler.add_job(lambda: self._tick(clockwork), "interval", seconds=TICK_SECONDS, id="timers")
        self._scheduler.add_job(clockwork.close_alarms, "interval", seconds=30, id="alarms")

    def start(self) -> None:
        """Begin to work, once the readers are there."""
        self._readers.wait_ready()
        if "work" in self._roles:
            self.work.start()
        if "send" in self._roles:
            self.outbox.start()
        if "tick" in self._roles:
            self._scheduler.start()

    def close(self) -> None:
        """Finish what has been begun, within `PATIENCE_SECONDS` for each queue."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
        self.work.close(PATIENCE_SECONDS)
        # A relay that still holds a thread cannot be said goodbye to; the thread ends with the process.
        if self.outbox.close(PATIENCE_SECONDS):
            self._relay.close()
        self._readers.close()

    def _claim_work(self, limit: int) -> list[Work]:
        runtime, now = self._runtime, self._runtime.clock.now()
        with runtime.database.read.connect() as connection:
            if not inbox.any_waiting(connection, now):
                return []
        return runtime.writer.call(lambda connection: inbox.claim(connection, runtime.owner, now, WORK_LEASE, limit))

    def _decider(self, pipeline: Pipeline) -> _Decider:
        return _Decider(pipeline, self.outbox)

    def _claim_messages(self, limit: int) -> list[Outgoing]:
        runtime, now = self._runtime, self._runtime.clock.now()
        with runtime.database.read.connect() as connection:
            if not outbox.any_waiting(connection, now):
                return []
        return runtime.writer.call(lambda connection: outbox.claim(connection, runtime.owner, now, CLAIM_LEASE, limit))

    def _give_back_work(self, works: list[Work]) -> None:
        owner = self._runtime.owner
        self._runtime.writer.call(lambda connection: inbox.give_back(connection, works, owner))

    def _give_back_messages(self, messages: list[Outgoing]) -> None:
        owner = self._runtime.owner
        self._runtime.writer.call(lambda connection: outbox.give_back(connection, messages, owner))

    def _send(self, message: Outgoing) -> None:
        hand_over(self._runtime, self._relay, message)

    def _tick(self, clockwork: Clockwork) -> None:
        try:
            if clockwork.tick():
                self.outbox.wake()
        except Exception:
            log.exception("tick.failed")


class _Decider:
    """Decides, then tells the outbox that there may be mail."""

    def __init__(self, pipeline: Pipeline, queue: QueueLoop[Outgoing]) -> None:
        self._pipeline = pipeline
        self._queue = queue

    def __call__(self, work: Work) -> None:
        self._pipeline.handle(work)
        self._queue.wake()


async def _listen(runtime: Runtime, receiver: Receiver) -> Listener | None:
    smtp = runtime.loaded.config.smtp
    if not smtp.listen:
        return None
    limits = ListenerLimits(
        message_bytes=smtp.max_message_bytes,
        open_data_bytes=smtp.max_open_data_bytes,
        line_bytes=smtp.max_line_bytes,
        recipients=smtp.max_recipients,
        connections=smtp.max_connections,
        connections_per_address=smtp.max_connections_per_address,
        commands=smtp.max_commands,
        idle_seconds=smtp.idle_seconds,
        session_seconds=smtp.session_seconds,
    )
    listener = Listener(
        receiver.receive,
        runtime.policy.resolve,
        limits,
        hostname=runtime.hostname,
        clock=runtime.clock.now,
        tls_context=server_context(runtime.loaded),
    )
    host, port = split_listen(smtp.listen)
    try:
        await listener.start(host, port)
    except (OSError, UnicodeError) as error:
        cure = f"cannot listen on {smtp.listen}: {_why(error)}; free the port or choose another"
        raise ConfigError([Problem(runtime.loaded.file, "smtp.listen", cure)]) from None
    return listener


def _why(error: OSError | UnicodeError) -> str:
    # asyncio puts a sentence of its own in place of the system's word; a name that resolves to nothing has no number.
    if isinstance(error, OSError) and error.errno and error.errno > 0:
        return os.strerror(error.errno)
    return str(getattr(error, "strerror", None) or error)


def _relay(runtime: Runtime) -> Relay:
    try:
        return make_relay(runtime)
    except OSError as error:
        where = error.filename or runtime.loaded.config.outgoing.maildir
        cure = f"{where} cannot be used ({error.strerror or error}); name another, or let acuse write there"
        raise ConfigError([Problem(runtime.loaded.file, "outgoing.maildir", cure)]) from None


def _address(runtime: Runtime, listener: Listener | None) -> str:
    if listener is None:
        return ""
    return f"{split_listen(runtime.loaded.config.smtp.listen)[0]}:{listener.port}"
