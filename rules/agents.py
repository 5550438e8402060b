"""What an agent's mail does: it answers the customer in the desk's name, and its commands act on the ticket."""

from __future__ import annotations

from dataclasses import dataclass

from rules.decision import Candidate, Reason, Response, TicketChange
from rules.model import Mailbox, Reading
from rules.notices import notices
from rules.policy import Desk


@dataclass(frozen=True, slots=True)
class Acted:
    """What becomes of the ticket, and who is written to."""

    changes: tuple[TicketChange, ...]
    responses: tuple[Response, ...]
    reasons: tuple[Reason, ...]


def act(reading: Reading, desk: Desk, ticket: Candidate, agent: Mailbox) -> Acted:
    """The mail of an agent of the desk in a ticket of it."""
    if not reading.message or ticket.requester is None:
        return Acted((TicketChange("noted", "agent"),), (), (Reason("reply", "miss", "nothing to pass on"),))
    reply = Response(
        "reply", ticket.requester, ticket.language, "answered", reading.message, attachments=reading.attachments
    )
    others = notices(desk, "answered", assignee=ticket.assignee, actor=agent.address, text=reading.message)
    why = Reason("reply", "hit", f"passed on to {ticket.requester.address}")
    return Acted((TicketChange("agent_replied", "agent"),), (reply, *others), (why,))
