"""The digest: one mail that lists what happened, for an agent who would have had too many."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection

from acuse import messages
from acuse.letters import AGENT_PURPOSE, Letter, finish
from acuse.runtime import Runtime
from responders.thread_facts import DigestFacts, DigestLine, EventLine
from rules.addresses import sendable
from rules.model import Answer, Mailbox
from rules.policy import Desk
from rules.tokens import Token, plus_address
from storage import digests, outbox, tickets, timers
from storage.digests import Eventful
from storage.timers import Timer

log = structlog.get_logger()

LISTED = 50
"""So many tickets a digest lists at the most, those of the last events."""
OVERLAP = timedelta(minutes=1)
"""A notice is dated when it is written, an event when it is stored: between the two others may be stored."""
AT_MOST = timedelta(days=1)
"""So far back a digest looks at the most."""


def send_digest(runtime: Runtime, due: Timer, now: datetime) -> None:
    """Write the digest that a timer is for, where there is something to tell, and to somebody."""
    desk, agent = runtime.policy.known.get(due.desk), due.subject.partition(":")[2]
    letter = None
    if desk and sendable(agent) and agent in {one.lower() for one in desk.agents}:
        with runtime.database.read.connect() as connection:
            told = digests.last_told(connection, desk.id, agent)
            since = max(told - OVERLAP if told else now - AT_MOST, now - AT_MOST)
            found = digests.eventful(connection, desk.id, agent, desk.agents, since)
            lines = [_line(runtime, connection, desk, one) for one in found[-LISTED:]]
        if lines:
            facts = DigestFacts(desk.name, _local(desk, since), tuple(lines), len(found) - len(lines))
            rendered = runtime.templates.render("digest", desk.id, desk.default_language, facts)
            serial = runtime.writer.call(lambda connection: tickets.next_number(connection, "", tickets.MESSAGES, 0))
            letter = finish(runtime, Letter("digest", desk, Mailbox(agent), rendered, None, serial), now)

    def write(connection: Connection) -> None:
        # A timer that was set again meanwhile fires again, for what came since.
        if timers.fired(connection, due, runtime.owner, now) and letter:
            outbox.put(connection, letter)

    runtime.writer.call(write)
    log.info("digest.written", desk=due.desk, tickets=len(lines) if letter else 0)


def _line(runtime: Runtime, connection: Connection, desk: Desk, one: Eventful) -> DigestLine:
    answers = {
        key: Answer(row["text"], row["value"], row["where"])
        for key, row in tickets.current_answers(connection, one.ticket_id).items()
    }
    events = tuple(EventLine(_local(desk, at), name) for at, name in one.events)
    token = Token(AGENT_PURPOSE, str(one.ticket_id), 0)
    write_to = plus_address(runtime.keys[0], token, desk.addresses[0]) if desk.plus_addresses else ""
    return DigestLine(one.reference, messages.what_it_is_about(desk, answers), one.state, events, write_to)


def _local(desk: Desk, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(desk.zone))
