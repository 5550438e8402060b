"""What a customer's mail in a ticket does: its answers are merged, and its agents hear of it."""

from __future__ import annotations

from dataclasses import dataclass

from rules.decision import Candidate, Reason, Response, TicketChange
from rules.model import Reading
from rules.notices import notices
from rules.policy import Desk


@dataclass(frozen=True, slots=True)
class Followed:
    """What becomes of the ticket, and who is written to."""

    changes: tuple[TicketChange, ...]
    responses: tuple[Response, ...]
    reasons: tuple[Reason, ...]


_OVER = ("resolved", "closed", "abandoned")


def follow_up(reading: Reading, desk: Desk, ticket: Candidate, rule: str) -> Followed:
    """The mail of a person of the ticket."""
    changes = [TicketChange("customer_replied", rule)]
    event = "replied"
    if ticket.standing.state in _OVER:
        changes.append(TicketChange("reopened", rule))
        event = "reopened"
    sender = reading.sender.address if reading.sender else ""
    told = notices(
        desk, event, assignee=ticket.assignee, actor=sender, text=reading.reply_text, attachments=reading.attachments
    )
    why = Reason("follow_up", "hit", "a follow-up in a ticket is not acknowledged")
    return Followed(tuple(changes), told, (why,))
