"""Which agents hear of what happened in a ticket, and when there is too much to tell each thing alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules.addresses import sendable
from rules.decision import AlarmOrder, Reason, Response, Situation, TimerOrder
from rules.model import Attachment, Mailbox
from rules.policy import Desk

BY_CUSTOMER = ("opened", "replied", "reopened")
"""The events of notices whose text is the customer's."""
DIGEST_AFTER = timedelta(minutes=5)
"""How long events are gathered for an agent who was told of too many."""
COUNTED = ("notice", "transcript")
"""The templates of mails to agents that the limit holds for."""


def notices(
    desk: Desk,
    event: str,
    *,
    assignee: str = "",
    actor: str = "",
    text: str = "",
    attachments: Iterable[Attachment] = (),
) -> tuple[Response, ...]:
    """A notice to the agent to whom the ticket is assigned, else to every agent of the desk; never to the `actor`.

    Who is no agent any more is told nothing: a notice lets its reader act.
    """
    assigned = [agent for agent in desk.agents if agent.lower() == assignee.lower()]
    return tuple(
        Response("notice", Mailbox(agent), desk.default_language, event, text, tuple(attachments))
        for agent in {one.lower(): one for one in assigned or desk.agents}.values()
        if agent.lower() != actor.lower() and sendable(agent)
    )


@dataclass(frozen=True, slots=True)
class Bounded:
    """The responses that may leave, and what is done about those that may not."""

    responses: tuple[Response, ...]
    timers: tuple[TimerOrder, ...] = ()
    alarms: tuple[AlarmOrder, ...] = ()
    reasons: tuple[Reason, ...] = ()


def digest_subject(desk_id: str, agent: str) -> str:
    """Under what the timer of an agent's digest stands."""
    return f"{desk_id}:{agent.lower()}"


def crowded(situation: Situation, agent: str) -> bool:
    """Whether an agent was sent as many mails as the limit allows, or waits for a digest: then single notices wait too,
    so that the digest begins where they ended."""
    known = agent.lower()
    sent = situation.notified.get(known, 0) >= situation.limits.agent_per_10_minutes
    return sent or known in situation.digests


def bounded(responses: tuple[Response, ...], situation: Situation, desk: Desk, now: datetime) -> Bounded:
    """The responses without the mails to agents who had too many: a digest tells them instead. A transcript beyond the
    limit is not written at all: what answers each of ours is no person."""
    over = dict.fromkeys(
        one.to.address.lower() for one in responses if one.template in COUNTED and crowded(situation, one.to.address)
    )
    if not over:
        return Bounded(responses)
    kept = tuple(one for one in responses if one.template not in COUNTED or one.to.address.lower() not in over)
    told = [one.to.address.lower() for one in responses if one.template == "notice"]
    late = [agent for agent in over if agent in told]
    limit = situation.limits.agent_per_10_minutes
    return Bounded(
        kept,
        tuple(TimerOrder("digest", digest_subject(desk.id, agent), now + DIGEST_AFTER) for agent in late),
        tuple(
            AlarmOrder(f"notices:{desk.id}:{agent}", f"{desk.id}: more than {limit} mails to {agent} in 10 minutes")
            for agent in over
        ),
        (Reason("notices", "miss", f"too many mails to {', '.join(over)}: what happened stands in a digest"),),
    )
