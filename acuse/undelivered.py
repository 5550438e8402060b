"""Messages that did not arrive: refused by the relay, given up, or returned with a report. One way for all of them.

A customer's makes an event in the ticket and one mail to each of its agents. An agent's or the operator's makes an
alarm, whose own mail never goes to the address that failed: so what comes back never makes more mail than came back.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import structlog
from sqlalchemy import Connection

from acuse import messages
from acuse.alarming import alarm_mail, put_alarm
from acuse.letters import MANNERS, Audience, Letter, finish
from acuse.runtime import Runtime
from rules.addresses import sendable
from rules.decision import AlarmOrder
from rules.model import Mailbox
from rules.notices import DIGEST_AFTER, digest_subject
from rules.policy import Desk
from rules.reports import MUTE
from storage import digests, outbox, reports, threads, tickets, timers
from storage.outbox import Lost, NewMessage
from storage.reports import Concerned
from storage.tickets import EventRow
from storage.timers import Timer

log = structlog.get_logger()

TELLS_NUMBER = ("acknowledgement", "summary")
"""The messages by which a customer learns a number."""
NAMED = 5
"""So many numbers a mail to agents names at the most; the ticket list has them all."""


def undelivered(runtime: Runtime, due: Timer, now: datetime) -> None:
    """Do what follows from a message that did not arrive; a second time, nothing."""
    desk, outbox_id = runtime.policy.known.get(due.desk), int(due.subject)
    with runtime.database.read.connect() as connection:
        lost = outbox.lost_message(connection, outbox_id)
        about = reports.concerned(connection, outbox_id) if lost else []
    manner = MANNERS.get(lost.purpose) if lost else None
    if lost is None or desk is None or manner is None:
        runtime.writer.call(lambda connection: timers.fired(connection, due, runtime.owner, now))
    elif manner.audience is Audience.CUSTOMER:
        _to_customer(runtime, due, desk, lost, about, now)
    else:
        _to_us(runtime, due, desk, lost, now)
    log.warning("message.undelivered", outbox=outbox_id, desk=due.desk, purpose=lost.purpose if lost else "")


def _to_customer(  # noqa: PLR0917 - what did not arrive, what it was about, and when that became known
    runtime: Runtime, due: Timer, desk: Desk, lost: Lost, about: list[Concerned], now: datetime
) -> None:
    """A message to a customer: its tickets say so, and their agents hear whom to call."""
    event = "customer_not_reached" if lost.purpose in TELLS_NUMBER and not lost.doubtful else "message_not_delivered"
    changed = [one for one in about if (one.reached if event == "customer_not_reached" else not one.told)]
    # A report that proves nothing may come before one that does: people have heard of the message then.
    news = [one for one in changed if not one.told]
    told, later = _whom(runtime, desk, news, lost.address, now) if news else ([], [])
    letters = _letters(runtime, desk, lost, news, told, now)

    def write(connection: Connection) -> None:
        if not timers.fired(connection, due, runtime.owner, now):
            return
        for one in changed:
            row = EventRow(event, "undelivered", desk.digest, now, outbox_id=lost.outbox_id)
            tickets.append(connection, one.ticket_id, [row])
        for letter in letters:
            outbox.put(connection, letter)
            threads.know_message_ids(connection, news[0].ticket_id, (letter.message_id,), ours=True)
        for agent in later:
            timers.set_timer(connection, "digest", digest_subject(desk.id, agent), desk.id, now + DIGEST_AFTER)

    runtime.writer.call(write)


def _to_us(runtime: Runtime, due: Timer, desk: Desk, lost: Lost, now: datetime) -> None:
    """Mail to an agent or to the operator: an alarm, once, that is not mailed to that very address."""
    why = " ".join(filter(None, (lost.enhanced, lost.reply))) or "the relay never took it"
    order = AlarmOrder(f"agent_unreachable:{desk.id}:{lost.address.lower()}", f"{desk.id}: {lost.address}: {why}")
    operator = runtime.loaded.config.operator.address
    mail = alarm_mail(runtime, order, desk.id) if operator.lower() != lost.address.lower() else None

    def write(connection: Connection) -> None:
        if timers.fired(connection, due, runtime.owner, now):
            put_alarm(runtime, connection, order, mail)

    runtime.writer.call(write)


def _whom(
    runtime: Runtime, desk: Desk, news: Iterable[Concerned], lost: str, now: datetime
) -> tuple[list[str], list[str]]:
    """Who is told at once and who in a digest: the assignees, else all agents of the desk, without those who cannot be
    reached; where that leaves nobody, the operator."""
    own = {agent.lower(): agent for agent in desk.agents}
    wanted: dict[str, None] = {}
    for one in news:
        wanted |= dict.fromkeys([one.assignee.lower()] if one.assignee.lower() in own else own)
    operator = runtime.loaded.config.operator.address
    with runtime.database.read.connect() as connection:
        gone = reports.unreachable(connection, desk.id, [*own, operator], now, MUTE) | {lost.lower()}
        sent = digests.sent_lately(connection, desk.id, wanted, now)
        waiting = digests.awaited(connection, [digest_subject(desk.id, one) for one in wanted])
    found = [one for one in wanted if one not in gone] or [one for one in own if one not in gone]
    if not found:
        return ([operator] if operator.lower() not in gone else []), []
    most = runtime.limits.agent_per_10_minutes
    later = [one for one in found if sent.get(one, 0) >= most or digest_subject(desk.id, one) in waiting]
    return [own[one] for one in found if one not in later], later


def _letters(  # noqa: PLR0917 - what did not arrive, what it was about, and who is told when
    runtime: Runtime, desk: Desk, lost: Lost, news: list[Concerned], told: list[str], now: datetime
) -> list[NewMessage]:
    if not told:
        return []
    first = news[0]
    with runtime.database.read.connect() as connection:
        answers = messages.answers_of(tickets.current_answers(connection, first.ticket_id))
    named = ", ".join(one.reference for one in news[:NAMED])
    more = f" (+{len(news) - NAMED})" if len(news) > NAMED else ""
    facts = messages.not_reached(desk, named + more, lost, now, answers, asked=first.asked)
    rendered = runtime.templates.render("customer_not_reached", desk.id, desk.default_language, facts)
    letters = []
    for address in filter(sendable, told):
        serial = runtime.writer.call(lambda connection: tickets.next_number(connection, "", tickets.MESSAGES, 0))
        letter = Letter("customer_not_reached", desk, Mailbox(address), rendered, first.ticket_id, serial)
        letters.append(finish(runtime, letter, now))
    return letters
