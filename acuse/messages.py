"""What the messages of ours are about: facts for their templates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from acuse.occasion import Occasion
from acuse.runtime import Runtime
from responders.facts import (
    AcknowledgementFacts,
    AlarmFacts,
    AnsweredLine,
    ContactLine,
    CustomerNotReachedFacts,
    MissingLine,
    OpenedLine,
    PhoneLine,
    SummaryFacts,
    refusal_of,
)
from responders.thread_facts import (
    CommandLine,
    FileLine,
    NoticeFacts,
    ReplyFacts,
    StillMissingFacts,
    TranscriptFacts,
)
from rules.decision import AlarmOrder, Response
from rules.model import Answer, Kind, Reading
from rules.policy import Desk, Echo
from rules.questionnaire import missing
from storage.outbox import Lost


def acknowledgement(
    desk: Desk, reading: Reading, *, kind: Kind, reference: str, language: str, arrived_at: datetime
) -> AcknowledgementFacts:
    """What the customer is told: the number, what was understood, what is missing, whom to call."""
    # A desk that repeats answers to proven senders only repeats nothing while nobody can be proven.
    answers = reading.answers if desk.echo is Echo.ALL else {}
    return AcknowledgementFacts(
        desk_name=desk.name,
        reference=reference,
        kind=kind,
        received_at_local=arrived_at.astimezone(ZoneInfo(desk.zone)),
        about=what_it_is_about(desk, answers),
        customer_reference=_text(answers, desk.customer_reference_key),
        customer_name=_text(answers, desk.customer_key),
        greeting=reading.sender.name if reading.sender and desk.echo is Echo.ALL else "",
        answers=_answered(desk, answers, language),
        missing=_missing(desk, reading.answers, kind, language),
        phones=phones(desk, language),
        portal=desk.portal,
        promise_minutes=int(desk.promise.total_seconds() // 60) if desk.promise else None,
        texts={name: words[language] for name, words in (desk.texts or {}).items() if language in words},
    )


def summary(desk: Desk, language: str, opened: list[tuple[str, str]]) -> SummaryFacts:
    """One mail for several tickets: (reference, what it is about) of each."""
    return SummaryFacts(
        desk_name=desk.name,
        opened=tuple(OpenedLine(*one) for one in opened),
        phones=phones(desk, language),
        portal=desk.portal,
    )


def not_reached(
    desk: Desk, reference: str, lost: Lost, at: datetime, answers: Mapping[str, Answer]
) -> CustomerNotReachedFacts:
    """What agents need when an acknowledgement did not arrive: why, and whom to call."""
    callback = answers.get(desk.callback_key)
    people = callback.value if callback and isinstance(callback.value, list) else []
    return CustomerNotReachedFacts(
        desk_name=desk.name,
        reference=reference,
        address=lost.address,
        refusal=refusal_of(lost.enhanced),
        failed_at_local=at.astimezone(ZoneInfo(desk.zone)),
        about=what_it_is_about(desk, answers),
        reply=lost.reply,
        callback=tuple(
            ContactLine(one.get("name") or "", one.get("phone") or "", one.get("email") or "")
            for one in people
            if isinstance(one, dict)
        ),
    )


def notice(about: Occasion, response: Response) -> NoticeFacts:
    """What an agent is told of an event of a ticket."""
    desk, ticket, reading = about.desk, about.ticket, about.reading
    language = response.language
    return NoticeFacts(
        desk_name=desk.name,
        reference=ticket.reference,
        subject=_again(about),
        event=response.event,
        kind=ticket.kind,
        at_local=about.arrived_at.astimezone(ZoneInfo(desk.zone)),
        actor_address=reading.sender.address if reading.sender else "",
        actor_name=reading.sender.name if reading.sender else "",
        about=what_it_is_about(desk, ticket.answers),
        customer_name=_text(ticket.answers, desk.customer_key),
        customer_reference=_text(ticket.answers, desk.customer_reference_key),
        priority=ticket.standing.priority,
        state=ticket.standing.state,
        assignee=ticket.assignee,
        text=response.text,
        answers=_answered(desk, reading.answers, language) if reading.answers else (),
        missing=_missing(desk, ticket.answers, ticket.kind, language),
        files=_files(response),
        remarks=reading.notes,
    )


def reply(about: Occasion, response: Response) -> ReplyFacts:
    """What an agent wrote to the customer."""
    return ReplyFacts(
        about.desk.name, about.ticket.reference, _again(about), response.event, response.text, _files(response)
    )


def still_missing(about: Occasion, response: Response) -> StillMissingFacts:
    """What a customer's reply brought, and what is still to answer."""
    desk, ticket, language = about.desk, about.ticket, response.language
    echoed = about.reading.answers if desk.echo is Echo.ALL else {}
    return StillMissingFacts(
        desk.name,
        ticket.reference,
        _again(about),
        _missing(desk, ticket.answers, ticket.kind, language),
        about.reading.sender.name if about.reading.sender and desk.echo is Echo.ALL else "",
        _answered(desk, echoed, language),
        phones(desk, language),
    )


def transcript(about: Occasion, response: Response) -> TranscriptFacts:
    """What became of an agent's commands."""
    ticket = about.ticket
    return TranscriptFacts(
        desk_name=about.desk.name,
        reference=ticket.reference,
        subject=_again(about),
        lines=tuple(CommandLine(one.command, one.done, one.what, one.value) for one in response.transcript),
        sent_to=response.event,
        text=response.text,
        state=ticket.standing.state,
        priority=ticket.standing.priority,
        assignee=ticket.assignee,
    )


def _again(about: Occasion) -> str:
    """The subject of a thread's later mails: mail programs make one thread of what differs in "Re:" alone."""
    return about.ticket.subject if about.opening else f"Re: {about.ticket.subject}"


def _files(response: Response) -> tuple[FileLine, ...]:
    return tuple(FileLine(one.filename, one.size, goes_along=False) for one in response.attachments)


CURES = {
    "promise": "Look at acuse status and acuse queue: mail waits to be read, or the relay does not take it.",
    "loop": "A mail of ours came back: take our address out of the forwarding rule or list that returns it.",
    "flood": "Tickets still open. See whether another ticket system answers ours; write to its operator.",
    "breaker": "Tickets open and numbers leave in summaries. If this is usual, raise limits.desk_per_10_minutes.",
    "parked": "See acuse queue; after the cause is mended, acuse queue --retry tries it again.",
    "readers": "Is the machine out of memory or of processes? The log says why readers do not start; mail waits.",
    "template": "Correct the template file; acuse check shows the mistake. Until then a plain text leaves instead.",
}


def alarm(runtime: Runtime, order: AlarmOrder, now: datetime) -> AlarmFacts:
    """What the operator is told."""
    return AlarmFacts(
        host=runtime.hostname, what=order.detail, since_local=now, cure=CURES[order.key.partition(":")[0]]
    )


def what_it_is_about(desk: Desk, answers: Mapping[str, Answer]) -> str:
    """What a ticket is about in a few words, by the desk's choice of question."""
    return next((answers[key].text for key in desk.about if key in answers), "")


def phones(desk: Desk, language: str) -> tuple[PhoneLine, ...]:
    """The numbers to call, with labels in a language."""
    return tuple(
        PhoneLine(one.labels.get(language) or next(iter(one.labels.values()), ""), one.number) for one in desk.phones
    )


def _answered(desk: Desk, answers: Mapping[str, Answer], language: str) -> tuple[AnsweredLine, ...]:
    return tuple(
        AnsweredLine(question.labels[language], answers[question.key].text)
        for question in desk.questions
        if question.key in answers
    )


def _missing(desk: Desk, answers: Mapping[str, Answer], kind: Kind, language: str) -> tuple[MissingLine, ...]:
    return tuple(MissingLine(_label(desk, key, language)) for key in missing(desk.questions, answers, kind))


def _label(desk: Desk, key: str, language: str) -> str:
    question = desk.question(key)
    assert question is not None
    return question.labels[language]


def _text(answers: Mapping[str, Answer], key: str) -> str:
    return answers[key].text if key in answers else ""
