"""Alarms: what a person must know, in the log and by mail to the operator, once for each outage."""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy import Connection

from acuse import messages
from acuse.letters import Letter, finish
from acuse.runtime import Runtime
from rules.addresses import sendable
from rules.decision import AlarmOrder
from rules.model import Mailbox
from storage import alarms, outbox, tickets
from storage.outbox import NewMessage

log = structlog.get_logger()

HOUR = timedelta(hours=1)
ALARM_MAILS_PER_HOUR = 10
"""Floods beyond it stand in the log and in `acuse status` only: a storm must not become a storm of alarms."""
LANGUAGE = "en"
"""Of alarms: their causes and cures are written in it, as the log is."""


def alarm_mail(runtime: Runtime, order: AlarmOrder, desk_id: str) -> NewMessage | None:
    """The mail about an alarm to the operator; None where the configuration names no address that can be written to, or
    where the operator knows already."""
    address = runtime.loaded.config.operator.address
    desk = runtime.policy.known.get(desk_id) or next(iter(runtime.policy.served.values()), None)
    if not sendable(address) or desk is None:
        return None
    with runtime.database.read.connect() as connection:
        if alarms.is_open(connection, order.key):
            return None
    now = runtime.clock.now()
    serial = runtime.writer.call(lambda connection: tickets.next_number(connection, "", tickets.MESSAGES, 0))
    rendered = runtime.templates.render("alarm", desk.id, LANGUAGE, messages.alarm(runtime, order, now))
    return finish(runtime, Letter("alarm", desk, Mailbox(address), rendered, None, serial), now)


def put_alarm(runtime: Runtime, connection: Connection, order: AlarmOrder, mail: NewMessage | None) -> None:
    """Open an alarm; the log and the operator hear of it when it was not open yet."""
    now = runtime.clock.now()
    if not alarms.raise_alarm(connection, order.key, order.detail, now):
        return
    log.error("alarm", key=order.key, detail=order.detail)
    # Only floods come by the dozen: their number is the sender's choice. Whatever else is wrong must be told.
    many = order.key.startswith("flood:")
    if mail and (not many or alarms.opened_since(connection, "flood:", now, HOUR) <= ALARM_MAILS_PER_HOUR):
        outbox.put(connection, mail)


def raise_alarm(runtime: Runtime, order: AlarmOrder, desk_id: str) -> None:
    """Raise an alarm in a transaction of its own."""
    mail = alarm_mail(runtime, order, desk_id)
    runtime.writer.call(lambda connection: put_alarm(runtime, connection, order, mail))
