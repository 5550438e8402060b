"""What the messages of ours are about: facts for their templates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from acuse.runtime import Runtime
from responders.facts import (
    AcknowledgementFacts,
    AlarmFacts,
    AnsweredLine,
    ContactLine,
    CustomerNotReachedFacts,
    Missed,
    MissingLine,
    OpenedLine,
    PhoneLine,
    SummaryFacts,
    refusal_of,
)
from rules.decision import AlarmOrder
from rules.follow_up import ENCRYPTED
from rules.model import Answer, Kind, Reading
from rules.policy import Desk, Echo, Question, QuestionType
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
        customer_reference=text_of(answers, desk.customer_reference_key),
        customer_name=text_of(answers, desk.customer_key),
        greeting=reading.sender.name if reading.sender and desk.echo is Echo.ALL else "",
        answers=answered(desk, answers, language),
        missing=missing_lines(desk, reading.answers, kind, language),
        phones=phones(desk, language),
        portal=desk.portal,
        promise_minutes=int(desk.promise.total_seconds() // 60) if desk.promise else None,
        texts={name: words[language] for name, words in (desk.texts or {}).items() if language in words},
        encrypted=ENCRYPTED in reading.notes,
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
    desk: Desk, reference: str, lost: Lost, at: datetime, answers: Mapping[str, Answer], *, asked: bool
) -> CustomerNotReachedFacts:
    """What agents need when a message to a customer did not arrive: what it was (`asked`: a question), why, and whom to
    call."""
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
        missed=_missed(lost.purpose, asked=asked),
        doubtful=lost.doubtful,
        callback=tuple(
            ContactLine(one.get("name") or "", one.get("phone") or "", one.get("email") or "")
            for one in people
            if isinstance(one, dict)
        ),
    )


def _missed(purpose: str, *, asked: bool) -> Missed:
    if purpose == "reply":
        return Missed.QUESTION if asked else Missed.REPLY
    return Missed.STILL_MISSING if purpose == "still_missing" else Missed.ACKNOWLEDGEMENT


def answers_of(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Answer]:
    """A ticket's stored answers as values."""
    return {key: Answer(row["text"], row["value"], row["where"]) for key, row in rows.items()}


CURES = {
    "promise": "Look at acuse status and acuse queue: mail waits to be read, or the relay does not take it.",
    "loop": "A mail of ours came back: take our address out of the forwarding rule or list that returns it.",
    "flood": "Tickets still open. See whether another ticket system answers ours; write to its operator.",
    "breaker": "Tickets open and numbers leave in summaries. If this is usual, raise limits.desk_per_10_minutes.",
    "notices": "The agent gets digests meanwhile. See what fills the desk; if this is usual, raise "
    "limits.agent_per_10_minutes.",
    "agent_unreachable": "Mail to this address comes back. Correct the desk's agents, or operator.address; or have the "
    "mailbox mended. Where the address does not exist, it gets no notices for 24 hours.",
    "parked": "See acuse queue; after the cause is mended, acuse queue --retry tries it again.",
    "readers": "Is the machine out of memory or of processes? The log says why readers do not start; mail waits.",
    "mailbox": "acuse check --online says what the server answers. New mail waits there and is taken when it works "
    "again; acuse mailbox authorize gives a new OAuth token.",
    "oversize": "The ticket holds the beginning of the mail. Look at the mail in the mailbox; "
    "smtp.max_message_bytes is the limit.",
    "unfetched": "Look at the mail in the mailbox, in another mail program. It is tried again, less and less often.",
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


def answered(desk: Desk, answers: Mapping[str, Answer], language: str) -> tuple[AnsweredLine, ...]:
    """Answers with their questions' labels in a language, in the order of the questionnaire."""
    return tuple(
        AnsweredLine(question.labels[language], answers[question.key].text, _moments(question, answers[question.key]))
        for question in desk.questions
        if question.key in answers
    )


def _moments(question: Question, answer: Answer) -> tuple[datetime, ...]:
    if question.type not in (QuestionType.DATETIME, QuestionType.DATETIMES):
        return ()
    values = answer.value if isinstance(answer.value, list) else [answer.value]
    return tuple(datetime.fromisoformat(one) for one in values if isinstance(one, str))


def missing_lines(desk: Desk, answers: Mapping[str, Answer], kind: Kind, language: str) -> tuple[MissingLine, ...]:
    """The questions that a ticket of a kind still has to answer."""
    return tuple(MissingLine(_label(desk, key, language)) for key in missing(desk.questions, answers, kind))


def _label(desk: Desk, key: str, language: str) -> str:
    question = desk.question(key)
    assert question is not None
    return question.labels[language]


def text_of(answers: Mapping[str, Answer], key: str) -> str:
    """The answer to a question as it was written, "" without one."""
    return answers[key].text if key in answers else ""
