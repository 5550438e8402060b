"""The daemon: the composition root. It starts the doors, the queues and the clock, and ends them in order."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from datetime import timedelta

import structlog
from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from acuse.clock import Clock
from acuse.clockwork import Clockwork
from acuse.config import ConfigError, Loaded
from acuse.doors import open_doors
from acuse.ending import ended_within, heed_signals
from acuse.loops import QueueLoop
from acuse.notify import Notifier
from acuse.polling import Polling
from acuse.problems import Problem
from acuse.receiving import Receiver
from acuse.reloading import Reloader, status_line
from acuse.runtime import Runtime, start
from acuse.sending import CLAIM_LEASE, hand_over, make_relay
from acuse.shifts import Shift, Shifts
from acuse.watchdog import watch
from responders.relay import Relay
from storage import accounts, inbox, outbox
from storage.database import DatabaseBusyError, only_daemon
from storage.inbox import Work
from storage.outbox import Outgoing

log = structlog.get_logger()

WORK_LEASE = timedelta(minutes=2)
GRACE_SECONDS = 20.0
PATIENCE_SECONDS = 10.0
"""How long the end waits for mails being decided, and then for messages being handed over."""
TICK_SECONDS = 1


ROLES = ("receive", "poll", "work", "send", "tick")
"""What a daemon may do; several on PostgreSQL may share the work."""


def run(loaded: Loaded, roles: frozenset[str] = frozenset(ROLES)) -> None:
    """Run until SIGTERM or SIGINT. ConfigError when it cannot start."""
    # Until there is somebody to read the configuration again, being asked to must not end the process.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    runtime = start(loaded, Clock())
    try:
        with only_daemon(runtime.database):
            if runtime.database.is_sqlite:
                runtime.writer.call(inbox.release)
                runtime.writer.call(accounts.release)
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
    stop, reload = asyncio.Event(), asyncio.Event()
    heed_signals(stop, reload)
    queues = Queues(runtime, roles)
    try:
        await _work(runtime, roles, queues, stop, reload)
    finally:
        await asyncio.to_thread(queues.close)
    log.info("acuse.stopped")


async def _work(
    runtime: Runtime, roles: frozenset[str], queues: Queues, stop: asyncio.Event, reload: asyncio.Event
) -> None:
    """All between start and stop."""
    notifier = Notifier.of(os.environ)
    receiver = Receiver(runtime, on_news=queues.work.wake)
    doors = await open_doors(runtime, receiver) if "receive" in roles else None
    polling = Polling(runtime, on_news=queues.work.wake)
    if "poll" in roles:
        polling.start()
    # The doors are open already: what comes in meanwhile is safe, and waits for the readers.
    await asyncio.to_thread(queues.start)
    desks = ", ".join(f"{desk.id} <{desk.addresses[0]}>" for desk in runtime.policy.served.values())
    log.info(
        "acuse.started",
        config=runtime.loaded.file,
        smtp=doors.smtp if doors else "",
        lmtp=doors.lmtp if doors else "",
        desks=desks,
        outgoing=runtime.loaded.config.outgoing.mode.value,
    )
    notifier.ready(status_line(runtime))
    reloader = Reloader(runtime, queues.shifts, queues.readers, doors, notifier)
    beside = [
        asyncio.create_task(reloader.serve(reload)),
        asyncio.create_task(watch(notifier, runtime.writer, lambda: queues.ticked_at)),
    ]
    await stop.wait()
    notifier.stopping("finishing what has been begun")
    log.info("acuse.stopping")
    for task in beside:
        task.cancel()
    ended = [asyncio.to_thread(polling.close, PATIENCE_SECONDS)]
    if doors:
        ended.append(doors.listener.stop(GRACE_SECONDS))
    await asyncio.gather(*ended)


class Queues:
    """The inbox, the outbox and the clock at work."""

    def __init__(self, runtime: Runtime, roles: frozenset[str]) -> None:
        config = runtime.loaded.config
        self._roles = roles
        self.readers = config.reading.processes if "work" in roles else 0
        """How many reader processes a shift has."""
        self.shifts = Shifts(Shift(runtime, self.readers))
        self.ticked_at: float | None = None
        """When the clock was last looked at, by the monotonic clock; None where that is not our role."""
        self._relay = _relay(runtime)
        self._runtime = runtime
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
            self._decide,
            self._give_back_work,
            threads=config.reading.processes,
            ahead=8,
        )
        # In-memory ticks only: what is due stands in the database, and a tick that was missed is made up by the next.
        # They run in the scheduler's own thread, which the process does not wait for when it ends, as for a pool's.
        self._scheduler = BackgroundScheduler(
            timezone="UTC",
            executors={"default": DebugExecutor()},
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )
        self._scheduler.add_job(self._tick, "interval", seconds=TICK_SECONDS, id="timers")
        self._scheduler.add_job(Clockwork(runtime).close_alarms, "interval", seconds=30, id="alarms")

    def start(self) -> None:
        """Begin to work, once the readers are there."""
        self.shifts.wait_ready()
        if "work" in self._roles:
            self.work.start()
        if "send" in self._roles:
            self.outbox.start()
        if "tick" in self._roles:
            self.ticked_at = time.monotonic()
            self._scheduler.start()

    def close(self) -> None:
        """Finish what has been begun, within `PATIENCE_SECONDS` for each queue."""
        if self._scheduler.running and not ended_within(self._scheduler.shutdown, PATIENCE_SECONDS):
            log.warning("tick.left_running")
        self.work.close(PATIENCE_SECONDS)
        # A relay that still holds a thread cannot be said goodbye to; the thread ends with the process.
        if self.outbox.close(PATIENCE_SECONDS):
            self._relay.close()
        self.shifts.close()

    def _claim_work(self, limit: int) -> list[Work]:
        runtime, now = self._runtime, self._runtime.clock.now()
        with runtime.database.read.connect() as connection:
            if not inbox.any_waiting(connection, now):
                return []
        return runtime.writer.call(lambda connection: inbox.claim(connection, runtime.owner, now, WORK_LEASE, limit))

    def _decide(self, work: Work) -> None:
        self.shifts.decide(work)
        self.outbox.wake()

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

    def _tick(self) -> None:
        try:
            if Clockwork(self._runtime.snapshot()).tick():
                self.outbox.wake()
        except Exception:
            log.exception("tick.failed")
        self.ticked_at = time.monotonic()


def _relay(runtime: Runtime) -> Relay:
    try:
        return make_relay(runtime)
    except OSError as error:
        where = error.filename or runtime.loaded.config.outgoing.maildir
        cure = f"{where} cannot be used ({error.strerror or error}); name another, or let acuse write there"
        raise ConfigError([Problem(runtime.loaded.file, "outgoing.maildir", cure)]) from None
