"""What `#status` shows of a ticket, beside what every transcript says of its state, priority and assignment."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from rules.commands import What, event_word
from rules.decision import Candidate, TranscriptLine
from rules.policy import Desk
from rules.questionnaire import missing

LAST_EVENTS = 8
"""So many events are shown."""


def status(desk: Desk, ticket: Candidate) -> tuple[TranscriptLine, ...]:
    """The lines: what is missing, who belongs to the ticket, and what happened last, in the desk's time."""
    labels = ", ".join(_label(desk, key) for key in missing(desk.questions, ticket.answers, ticket.kind))
    zone = ZoneInfo(desk.zone)
    return (
        TranscriptLine("", True, What.SHOWN),
        TranscriptLine("", True, What.MISSING if labels else What.COMPLETE, labels),
        TranscriptLine("", True, What.PEOPLE, ", ".join(sorted(ticket.people))),
        *(
            TranscriptLine("", True, event_word(one.name), f"{one.at.astimezone(zone):%d/%m %H:%M}" if one.at else "")
            for one in ticket.history[-LAST_EVENTS:]
        ),
    )


def _label(desk: Desk, key: str) -> str:
    question = desk.question(key)
    return question.labels[desk.default_language].rstrip(" :") if question else key
