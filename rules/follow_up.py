"""What a customer's mail in a ticket does: its answers are merged, its agents hear of it, and where it answered some of
what was asked, its sender is asked for the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from rules.decision import AlarmOrder, Candidate, Reason, Response, Situation, TicketChange
from rules.model import Answer, Mailbox, Reading
from rules.notices import notices
from rules.numbering import find_references
from rules.policy import Desk
from rules.questionnaire import missing
from rules.silence import ask, sender_of
from rules.thanks import only_thanks
from rules.threads import PEER, TOKEN


@dataclass(frozen=True, slots=True)
class Followed:
    """What becomes of the ticket, and who is written to. `joins` becomes a person of the ticket."""

    changes: tuple[TicketChange, ...]
    responses: tuple[Response, ...]
    reasons: tuple[Reason, ...]
    alarms: tuple[AlarmOrder, ...] = ()
    joins: Mailbox | None = None


OVER = ("resolved", "closed", "abandoned")
"""The states that a customer's mail ends, unless it has nothing to say."""
CHANGED_SUBJECT, COMPLETE = "changed_subject", "complete"
"""What a notice remarks: it may be another case; nothing is missing any more."""
ENCRYPTED = "encrypted"
"""The note of a mail that could not be read for that, and what a mail to its sender is about."""
TOLD_ENCRYPTED = TicketChange("told_encrypted", ENCRYPTED)
"""The sender was asked to send without encryption: each ticket's people are asked once."""


def follow_up(reading: Reading, situation: Situation, desk: Desk, ticket: Candidate, *, joins: bool) -> Followed:
    """The mail of somebody who may act in the ticket."""
    sender = sender_of(reading)
    event, reopening = _reopening(reading, ticket)
    asked = _ask(reading, situation, desk, ticket)
    told = notices(
        desk,
        event,
        assignee=ticket.assignee,
        actor=sender.address,
        text=_shown(reading, desk, ticket),
        attachments=reading.attachments,
    )
    remarks = tuple(_remarks(reading, desk, ticket))
    changes = [TicketChange("customer_replied", "thread")]
    if event == "reopened":
        changes.append(TicketChange("reopened", "thread"))
    return Followed(
        (*changes, *asked.changes),
        (*asked.responses, *(replace(one, remarks=remarks) for one in told)),
        (Reason("follow_up", "hit", "a follow-up in a ticket is not acknowledged"), *reopening, *asked.reasons),
        asked.alarms,
        sender if joins else None,
    )


def _reopening(reading: Reading, ticket: Candidate) -> tuple[str, tuple[Reason, ...]]:
    """The event that agents are told of: a ticket that was over is opened again by what a person has to say."""
    if ticket.standing.state not in OVER:
        return "replied", ()
    if only_thanks(reading):
        return "replied", (Reason("reopen", "miss", "it only says thank you"),)
    if sign := reading.sign("auto_submitted"):
        return "replied", (Reason("reopen", "miss", f"a machine wrote it: {sign.name} {sign.evidence}"),)
    return "reopened", (Reason("reopen", "hit", f"the ticket was {ticket.standing.state}"),)


def _ask(reading: Reading, situation: Situation, desk: Desk, ticket: Candidate) -> Followed:
    """The mail that asks for what is still missing; a mail that answered nothing new is not answered itself."""
    if ENCRYPTED in reading.notes:
        return _ask_unencrypted(reading, situation, desk, ticket)
    lacked, lacks = _missing(desk, ticket, {}), _missing(desk, ticket, reading.answers)
    fresh = [key for key in reading.answers if key not in ticket.answers]
    if not lacks:
        return Followed((), (), (Reason("still_missing", "miss", "nothing is missing"),))
    if not fresh and set(lacks) <= set(lacked):
        return Followed((), (), (Reason("still_missing", "miss", "it answers nothing new"),))
    permitted = ask(reading, situation, desk, ticket.language or desk.default_language)
    return Followed((), permitted.responses, permitted.reasons, permitted.alarms)


def _ask_unencrypted(reading: Reading, situation: Situation, desk: Desk, ticket: Candidate) -> Followed:
    if any(one.name == TOLD_ENCRYPTED.name for one in ticket.history):
        return Followed((), (), (Reason(ENCRYPTED, "miss", "the ticket's people were told before"),))
    permitted = ask(reading, situation, desk, ticket.language or desk.default_language)
    responses = tuple(replace(one, event=ENCRYPTED) for one in permitted.responses)
    changes = (TOLD_ENCRYPTED,) if responses else ()
    return Followed(changes, responses, permitted.reasons, permitted.alarms)


def _missing(desk: Desk, ticket: Candidate, told: Mapping[str, Answer]) -> tuple[str, ...]:
    return missing(desk.questions, {**ticket.answers, **told}, ticket.kind)


def changed_subject(reading: Reading, desk: Desk, ticket: Candidate) -> bool:
    """Whether the writer gave the mail a subject of their own. Whoever replies to us has ours, with the number in it;
    whoever replies to a mail of their own has that mail's, marked as a reply's."""
    patterns = dict.fromkeys(one.pattern for one in desk.kinds)
    named = any(ticket.reference in find_references(pattern, reading.subject) for pattern in patterns)
    if not reading.subject or named or ticket.sign == PEER:
        return False
    return ticket.sign == TOKEN or not reading.prefix


def _remarks(reading: Reading, desk: Desk, ticket: Candidate) -> Iterator[str]:
    if changed_subject(reading, desk, ticket):
        yield CHANGED_SUBJECT
    if _missing(desk, ticket, {}) and not _missing(desk, ticket, reading.answers):
        yield COMPLETE


def _shown(reading: Reading, desk: Desk, ticket: Candidate) -> str:
    """What a notice shows of the mail: its text, below a subject that says something of its own."""
    changed = changed_subject(reading, desk, ticket)
    return f"{reading.subject}\n\n{reading.reply_text}".strip() if changed else reading.reply_text
