"""From a decision to finished bytes: facts for the template, then an RFC 5322 message for the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from acuse.runtime import Runtime
from responders.compose import AutoSubmitted, compose
from responders.facts import (
    AcknowledgementFacts,
    AlarmFacts,
    AnsweredLine,
    ContactLine,
    CustomerNotReachedFacts,
    Facts,
    MissingLine,
    OpenedLine,
    PhoneLine,
    SummaryFacts,
    refusal_of,
)
from responders.templates import Rendered
from rules.addresses import bounce_address
from rules.decision import AlarmOrder
from rules.model import Answer, Kind, Mailbox, Reading
from rules.policy import Desk, Echo
from rules.questionnaire import missing
from rules.tokens import Token, message_id, plus_address
from storage.outbox import Lost, NewMessage

PURPOSES = {"acknowledgement": "ack", "summary": "sum", "customer_not_reached": "lost", "alarm": "alarm"}
"""The template's name to the short word in Message-IDs."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to write: which template, to whom, what it is about and what it answers."""

    template: str
    desk: Desk
    to: Mailbox
    language: str
    facts: Facts
    ticket_id: int | None
    serial: int
    answers: Reading | None = None


def write(runtime: Runtime, letter: Letter, now: datetime) -> tuple[NewMessage, str]:
    """The finished message, and what was wrong with its template ("" where nothing was)."""
    rendered = runtime.templates.render(letter.template, letter.desk.id, letter.language, letter.facts)
    return _finish(runtime, letter, rendered, now), rendered.failed


def _finish(runtime: Runtime, letter: Letter, rendered: Rendered, now: datetime) -> NewMessage:
    desk, reading, key = letter.desk, letter.answers, runtime.keys[0]
    own = desk.addresses[0]
    domain = own.rpartition("@")[2]
    token = Token(PURPOSES[letter.template], str(letter.ticket_id or 0), letter.serial)
    identity = message_id(key, token, domain)
    reply_to = None
    if desk.plus_addresses and letter.ticket_id:
        reply_to = Mailbox(plus_address(key, Token("t", str(letter.ticket_id), 0), own), desk.name)
    raw = compose(
        rendered,
        sender=Mailbox(own, desk.name),
        to=letter.to,
        message_id=identity,
        date=now.astimezone(ZoneInfo(desk.zone)),
        auto_submitted=AutoSubmitted.REPLIED if reading else AutoSubmitted.GENERATED,
        x_loop=own,
        in_reply_to=reading.message_id if reading else "",
        references=reading.references if reading else (),
        reply_to=reply_to,
    )
    settings = runtime.loaded.config.outgoing
    return NewMessage(
        purpose=letter.template,
        desk=desk.id,
        ticket_id=letter.ticket_id,
        message_id=identity,
        mail_from="" if settings.null_reverse_path else bounce_address(own, identity.partition("@")[0]),
        rcpt_tos=(letter.to.address,),
        raw=raw,
        created_at=now,
        not_after=now + timedelta(hours=settings.give_up_hours),
        automatic=letter.template != "alarm",
    )


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
        about=about(desk, answers),
        customer_reference=_text(answers, desk.customer_reference_key),
        customer_name=_text(answers, desk.customer_key),
        greeting=reading.sender.name if reading.sender and desk.echo is Echo.ALL else "",
        answers=tuple(
            AnsweredLine(question.labels[language], answers[question.key].text)
            for question in desk.questions
            if question.key in answers
        ),
        missing=tuple(
            MissingLine(_label(desk, key, language)) for key in missing(desk.questions, reading.answers, kind)
        ),
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
        about=about(desk, answers),
        reply=lost.reply,
        callback=tuple(
            ContactLine(one.get("name") or "", one.get("phone") or "", one.get("email") or "")
            for one in people
            if isinstance(one, dict)
        ),
    )


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


def about(desk: Desk, answers: Mapping[str, Answer]) -> str:
    """What a ticket is about in a few words, by the desk's choice of question."""
    return next((answers[key].text for key in desk.about if key in answers), "")


def phones(desk: Desk, language: str) -> tuple[PhoneLine, ...]:
    """The numbers to call, with labels in a language."""
    return tuple(
        PhoneLine(one.labels.get(language) or next(iter(one.labels.values()), ""), one.number) for one in desk.phones
    )


def _label(desk: Desk, key: str, language: str) -> str:
    question = desk.question(key)
    assert question is not None
    return question.labels[language]


def _text(answers: Mapping[str, Answer], key: str) -> str:
    return answers[key].text if key in answers else ""
