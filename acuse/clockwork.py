"""What the clock brings: due timers become decisions, as mails do, and one transaction writes them."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from acuse import messages
from acuse.alarming import alarm_mail, put_alarm
from acuse.runtime import Runtime
from rules.addresses import sendable
from rules.decision import AlarmOrder
from rules.model import Answer, Mailbox
from storage import alarms, outbox, promise, tickets, timers
from storage.outbox import NewMessage
from storage.tickets import EventRow
from storage.timers import Timer

log = structlog.get_logger()

LEASE = timedelta(minutes=1)
BATCH = 200
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
            if not late and alarms.close_alarm(connection, "promise", now):
                log.info("alarm.closed", key="promise")

        runtime.writer.call(close)

    def _fire(self, due: Timer, now: datetime) -> None:
        match due.kind:
            case "promise":
                self._promise(due, now)
            case "undelivered":
                self._undelivered(due, now)
            case "summary":
                self._summary(due, now)
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

    def _undelivered(self, due: Timer, now: datetime) -> None:
        """A message was refused for good: the ticket says so, and its agents hear whom to call, once."""
        runtime = self._runtime
        with runtime.database.read.connect() as connection:
            lost = outbox.lost_message(connection, int(due.subject))
            standing = tickets.standing(connection, lost.ticket_id) if lost and lost.ticket_id else None
            answers = tickets.current_answers(connection, lost.ticket_id) if lost and lost.ticket_id else {}
        desk = runtime.policy.known.get(due.desk)
        wanted = (
            lost
            and standing
            and desk
            and lost.purpose == "acknowledgement"
            and standing.acknowledgement != "not_reached"
        )
        letters: list[NewMessage] = []
        if wanted and lost and standing and desk and lost.ticket_id:
            values = {key: Answer(one["text"], one["value"], one["where"]) for key, one in answers.items()}
            facts = messages.not_reached(desk, standing.reference, lost, now, values)
            for index, agent in enumerate(desk.agents or (runtime.loaded.config.operator.address,)):
                if sendable(agent):
                    letter = messages.Letter(
                        "customer_not_reached",
                        desk,
                        Mailbox(agent),
                        desk.default_language,
                        facts,
                        lost.ticket_id,
                        index,
                    )
                    letters.append(messages.write(runtime, letter, now)[0])

        def write(connection: Connection) -> None:
            if (
                not timers.fired(connection, due, runtime.owner, now)
                or not wanted
                or not lost
                or not lost.ticket_id
                or not desk
            ):
                return
            event = EventRow("customer_not_reached", "undelivered", desk.digest, now, outbox_id=lost.outbox_id)
            tickets.append(connection, lost.ticket_id, [event], standing.version if standing else None)
            for letter in letters:
                outbox.put(connection, letter)
                tickets.know_message_ids(connection, lost.ticket_id, (letter.message_id,), ours=True)

        runtime.writer.call(write)
        log.warning("message.undelivered", outbox=due.subject, desk=due.desk)

    def _summary(self, due: Timer, now: datetime) -> None:
        """The breaker was open: one mail lists all numbers that wait."""
        runtime = self._runtime
        desk = runtime.policy.known[due.desk]
        address = due.subject.partition(":")[2]
        with runtime.database.read.connect() as connection:
            waiting = tickets.deferred(connection, desk.id, address)
            opened = [
                (
                    one.reference,
                    messages.about(
                        desk, {k: Answer(a["text"], a["value"], a["where"]) for k, a in one.answers.items()}
                    ),
                )
                for one in waiting
            ]
        letter = None
        if waiting:
            serial = runtime.writer.call(lambda connection: tickets.next_number(connection, "", tickets.MESSAGES, 0))
            language = waiting[-1].language
            facts = messages.summary(desk, language, opened)
            letter = messages.write(
                runtime,
                messages.Letter("summary", desk, Mailbox(address, waiting[-1].name), language, facts, None, serial),
                now,
            )[0]

        def write(connection: Connection) -> None:
            if not timers.fired(connection, due, runtime.owner, now) or letter is None:
                return
            outbox_id = outbox.put(connection, letter)
            for one in waiting:
                event = EventRow("acknowledged", "summary", desk.digest, now, outbox_id=outbox_id)
                tickets.append(connection, one.ticket_id, [event], one.version)
                tickets.know_message_ids(connection, one.ticket_id, (letter.message_id,), ours=True)

        runtime.writer.call(write)
