"""What the clock brings: due timers become decisions, as mails do, and one transaction writes them."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from acuse import messages
from acuse.alarming import alarm_mail, put_alarm
from acuse.digest import send_digest
from acuse.letters import Letter, finish
from acuse.runtime import Runtime
from acuse.undelivered import undelivered
from rules.addresses import sendable
from rules.decision import AlarmOrder, Limits, SendCounts
from rules.model import Mailbox
from rules.reports import MUTE
from rules.silence import SUMMARY_AFTER
from storage import alarms, outbox, promise, threads, tickets, timers
from storage.tickets import EventRow
from storage.timers import Timer

log = structlog.get_logger()

LEASE = timedelta(minutes=1)
BATCH = 200
SUMMARY_SHARE = 2
"""Summaries may take as many messages again as the desk's limit: else acknowledgements would leave them none."""
QUIET = timedelta(hours=1)
"""An alarm that was not raised again for so long is over."""


class Clockwork:
    """Fires what is due. `tick` is called again and again; two that call it at once share the timers."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def tick(self) -> int:
        """Fire the timers that are due; how many there were."""
        runtime = self._runtime
        now = runtime.clock.now()
        with runtime.database.read.connect() as connection:
            if not timers.any_due(connection, now):
                return 0
        due = runtime.writer.call(lambda connection: timers.claim(connection, runtime.owner, now, LEASE, BATCH))
        for one in due:
            try:
                self._fire(one, now)
            except Exception as error:
                log.exception("timer.failed", timer=one.id, kind=one.kind)
                self._give_back(one, error, now)
        return len(due)

    def _give_back(self, due: Timer, error: Exception, now: datetime) -> None:
        retry_at = now + timedelta(seconds=min(2**due.attempts, 3600))
        why = f"{type(error).__name__}: {error}"
        self._runtime.writer.call(lambda connection: timers.failed(connection, due, self._runtime.owner, why, retry_at))

    def close_alarms(self) -> None:
        """Close the alarms whose trouble is over."""
        runtime, now = self._runtime, self._runtime.clock.now()
        with runtime.database.read.connect() as connection:
            late = any(
                promise.overdue(connection, desk.id, now - desk.promise / 2)
                for desk in runtime.policy.served.values()
                if desk.promise
            )

        def close(connection: Connection) -> None:
            alarms.close_quiet(connection, now - QUIET, now)
            for kind in alarms.LASTING:
                alarms.close_quiet(connection, now - MUTE, now, kind)
            if not late and alarms.close_alarm(connection, "promise", now):
                log.info("alarm.closed", key="promise")

        runtime.writer.call(close)

    def _fire(self, due: Timer, now: datetime) -> None:
        match due.kind:
            case "promise":
                self._promise(due, now)
            case "undelivered":
                undelivered(self._runtime, due, now)
            case "summary":
                self._summary(due, now)
            case "digest":
                send_digest(self._runtime, due, now)
            case other:
                raise ValueError(f"no such timer: {other}")

    def _promise(self, due: Timer, now: datetime) -> None:
        """Half of the promise has passed: has the acknowledgement left?"""
        runtime = self._runtime
        with runtime.database.read.connect() as connection:
            late = promise.waits(connection, *due.subject.partition(":")[::2])
        order = AlarmOrder("promise", f"{due.desk}: {late}, and half of the promised time has passed") if late else None
        mail = alarm_mail(runtime, order, due.desk) if order else None

        def write(connection: Connection) -> None:
            if timers.fired(connection, due, runtime.owner, now) and order:
                put_alarm(runtime, connection, order, mail)

        runtime.writer.call(write)

    def _summary(self, due: Timer, now: datetime) -> None:
        """The breaker was open: one mail lists all numbers that wait. Summaries have the limits of all automatic mail;
        beyond them this one waits, and lists more."""
        runtime, desk = self._runtime, self._runtime.policy.known[due.desk]
        address = due.subject.partition(":")[2]
        with runtime.database.read.connect() as connection:
            waiting = tickets.deferred(connection, desk.id, address)
            sent = outbox.send_counts(connection, desk.id, address, now)
        if waiting and sendable(address) and over(sent, runtime.limits):
            runtime.writer.call(lambda connection: timers.wind_on(connection, due, runtime.owner, now + SUMMARY_AFTER))
            return
        letter = None
        if waiting and sendable(address):
            serial = runtime.writer.call(_message_number)
            answers = [messages.answers_of(one.answers) for one in waiting]
            about = [messages.what_it_is_about(desk, one) for one in answers]
            opened = [(one.reference, what) for one, what in zip(waiting, about, strict=True)]
            to, language = Mailbox(address, waiting[-1].name), waiting[-1].language
            facts = messages.summary(desk, language, opened)
            rendered = runtime.templates.render("summary", desk.id, language, facts)
            letter = finish(runtime, Letter("summary", desk, to, rendered, None, serial), now)

        def write(connection: Connection) -> None:
            # Where the timer was wound up meanwhile, it fires again for what came since; these numbers leave now.
            timers.fired(connection, due, runtime.owner, now)
            outbox_id = outbox.put(connection, letter) if letter else None
            name = "acknowledged" if letter else "acknowledgement_withheld"
            for one in waiting:
                event = EventRow(name, "summary", desk.digest, now, outbox_id=outbox_id)
                tickets.append(connection, one.ticket_id, [event], one.version)
                if letter:
                    threads.know_message_ids(connection, one.ticket_id, (letter.message_id,), ours=True)

        runtime.writer.call(write)


def _message_number(connection: Connection) -> int:
    return tickets.next_number(connection, "", tickets.MESSAGES, 0)


def over(sent: SendCounts, limits: Limits) -> bool:
    """Whether the limits allow no further summary."""
    return (
        sent.address_10_minutes >= limits.address_per_10_minutes
        or sent.address_day >= limits.address_per_day
        or sent.desk_10_minutes >= SUMMARY_SHARE * limits.desk_per_10_minutes
    )
