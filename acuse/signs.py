"""By what a mail names tickets, looked up for the pipeline."""

from __future__ import annotations

from sqlalchemy import Connection

from acuse.letters import AGENT_PURPOSE
from acuse.runtime import Runtime
from rules.decide import BY_AGENT
from rules.decision import Candidate, Decision
from rules.model import Reading
from rules.policy import Desk
from rules.threads import BESIDE, TOKEN, peer_numbers
from rules.tokens import verify
from storage import threads, tickets
from storage.threads import Names
from storage.tickets import MovedError


def names(reading: Reading) -> Names:
    """All by which a mail may name tickets, tokens of ours apart."""
    # A mail replies to one mail; of References the last is the nearest (RFC 5322 s3.6.4).
    ids = tuple(dict.fromkeys((*reading.in_reply_to, *reversed(reading.references))))
    return Names(reading.message_id, ids, reading.thread_reference, peer_numbers(reading.subject))


def candidates(runtime: Runtime, connection: Connection, desk: Desk, reading: Reading) -> tuple[Candidate, ...]:
    """The tickets that a mail may belong to, the strongest sign first."""
    return threads.candidates(connection, desk.id, tokens=_tokens(runtime, reading), names=names(reading))


def check_alone(connection: Connection, desk: Desk, reading: Reading, seen: frozenset[int]) -> None:
    """That no ticket which the mail names was opened since `seen` were looked up; MovedError otherwise."""
    if threads.find_alone(connection, desk.id, names(reading)).keys() - seen:
        raise MovedError("a ticket that the mail names was opened meanwhile")


def keep(
    connection: Connection, ticket_id: int, desk: Desk, *, work_id: int, decision: Decision, reading: Reading
) -> None:
    """What a mail leaves with its ticket beside its events: links, answers, and by what later mails may name it."""
    for link in decision.links:
        tickets.link(connection, ticket_id, link.ticket_id, link.kind)
    if not decision.keeps_answers:
        return
    tickets.write_answers(connection, ticket_id, work_id, reading.answers)
    # Of a mail that opened a ticket in the thread of another, the ids that it names go on being the other's.
    beside = any(one.kind == BESIDE for one in decision.links)
    named = () if beside else (*reading.in_reply_to, *reading.references)
    threads.know_message_ids(connection, ticket_id, (reading.message_id, *named), ours=False)
    number = reading.answers.get(desk.customer_reference_key)
    threads.know_peer_numbers(connection, ticket_id, peer_numbers(number.text) if number else ())


def _tokens(runtime: Runtime, reading: Reading) -> list[tuple[int, str]]:
    """The tickets that the mail's tokens were signed for, and the sign that each is. Only tokens that agents were given
    let an agent act: every customer has tokens of their own ticket."""
    found = []
    for text in reading.tokens:
        token = verify(runtime.keys, text)
        if token and token.ticket_id.isdigit() and token.ticket_id != "0":
            sign = BY_AGENT if token.purpose == AGENT_PURPOSE else TOKEN
            found.append((int(token.ticket_id), sign))
    return sorted(found, key=lambda one: one[1] != BY_AGENT)
