"""A message read for one desk, as a careful agent would write it down. Pure, total and linear in the message's
length."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from intake.automatic import is_robot
from intake.blocks import Bound, Form
from intake.body import shown, views
from intake.commands import own_words, split
from intake.forms import read_form
from intake.headers import scan_header
from intake.labels import Labels
from intake.language import language_of
from intake.lines import Line
from intake.prose import read_prose
from intake.quoting import Origin, Part, Role, new_text, origin_of, parted, prefix_of
from intake.triage import kind_of, named_ticket, priority_of
from intake.values import Setting, value_of
from rules.addresses import split_plus
from rules.model import Answer, Envelope, Message, Reading, ReadingClass, Sign
from rules.policy import Desk

_SUBJECT_CHARACTERS = 998
_RETURNED_BYTES = 64 * 1024
_TICKETS = frozenset({ReadingClass.NEW, ReadingClass.REPLY})
_ID_CHARACTERS = 500
_TOKENS = 60


@dataclass(frozen=True, slots=True)
class _View:
    """One way in which the mail's text is displayed, read."""

    lines: Sequence[Line]
    parts: Sequence[Part]
    form: Form

    @property
    def content(self) -> str:
        """New and forwarded text: what the mail itself says."""
        return "\n".join(p.line.text for p in self.parts if p.role in {Role.NEW, Role.FORWARDED})


def read(message: Message, desk: Desk, envelope: Envelope, now: datetime) -> Reading:
    """The reading of `message` for `desk`. `now` is when the mail arrived (aware); dates without a year are read
    against it.

    A message that could not be parsed keeps its header fields and says why in `unreadable`.
    """
    subject = message.subject[:_SUBJECT_CHARACTERS]
    origin = origin_of(subject, bool(message.in_reply_to or message.references))
    reading = Reading(
        klass=_class(message, origin),
        message_id=message.message_id,
        in_reply_to=message.in_reply_to,
        references=message.references,
        date=message.date,
        subject=message.subject,
        prefix=_prefix(subject),
        sender=message.sender,
        sender_defect=message.sender_defect,
        reply_to=message.reply_to,
        attachments=message.attachments,
        reports=message.reports,
        reported_id=_reported_id(message),
        signs=_signs(message, envelope),
        tokens=_tokens(message, desk, envelope),
        unreadable=message.unreadable,
    )
    if message.unreadable:
        language = language_of(subject, message.content_language, desk.default_language)
        return replace(reading, language=language, thread_reference=named_ticket(desk, [subject]))
    return _with_text(reading, message, desk, origin, now)


def _with_text(reading: Reading, message: Message, desk: Desk, origin: Origin, now: datetime) -> Reading:
    view = _best_view(message, desk, origin)
    words = f"{reading.subject}\n{view.content}"
    said = new_text(view.parts)
    commands, below = split(own_words(view.parts))
    reading = replace(
        reading,
        text=shown(view.lines),
        reply_text=said,
        commands=commands,
        message=below,
        language=language_of(words, message.content_language, desk.default_language),
    )
    if reading.klass not in _TICKETS:
        return replace(reading, thread_reference=named_ticket(desk, [reading.subject, *_returned(message), said]))
    bound = view.form.answers or (read_prose(view.parts, desk.questions) if reading.klass is ReadingClass.NEW else {})
    answers = _answers(bound, desk, now)
    return replace(
        reading,
        answers=answers,
        quoted_answers=_answers(_only_quoted(view.form), desk, now) if reading.klass is ReadingClass.REPLY else {},
        kind=kind_of(desk, reading.subject, view.content, answers),
        priority=priority_of(desk, f"{said}\n{view.content}", answers),
        thread_reference=_thread(reading, desk, view, said, answers),
        notes=("several_sites",) if view.form.several else (),
    )


def _best_view(message: Message, desk: Desk, origin: Origin) -> _View:
    """The preferred view of the text, unless the other one holds more answers."""
    labels = Labels(desk.questions)
    name = message.sender.name if message.sender else ""
    found: list[_View] = []
    for lines in views(message.bodies):
        parts = parted(lines, origin, name)
        found.append(_View(lines, parts, read_form(parts, labels)))
    return max(found, key=lambda view: (len(view.form.answers), len(view.form.quoted)))


def _only_quoted(form: Form) -> dict[str, Bound]:
    return {key: bound for key, bound in form.quoted.items() if key not in form.answers}


def _answers(found: Mapping[str, Bound], desk: Desk, now: datetime) -> dict[str, Answer]:
    setting = Setting(desk.country, ZoneInfo(desk.zone), now)
    answers: dict[str, Answer] = {}
    for question in desk.questions:
        bound = found.get(question.key)
        if bound:
            answers[question.key] = Answer(bound.text, value_of(question, bound.text, setting), bound.where)
    return answers


def _prefix(subject: str) -> str:
    prefix = prefix_of(subject)
    return "" if prefix is Origin.FRESH else prefix.value


def _class(message: Message, origin: Origin) -> ReadingClass:
    if message.klass is ReadingClass.NEW and origin is Origin.REPLY:
        return ReadingClass.REPLY
    return message.klass


def _signs(message: Message, envelope: Envelope) -> tuple[Sign, ...]:
    sender = envelope.mail_from.strip("<> ")
    if not sender:
        return (*message.signs, Sign("null_sender", "MAIL FROM:<>"))
    # A list puts its own reverse-path on what people write to it.
    if is_robot(sender) and not any(sign.name in ("list", "robot_address") for sign in message.signs):
        return (*message.signs, Sign("robot_address", sender))
    return message.signs


def _tokens(message: Message, desk: Desk, envelope: Envelope) -> tuple[str, ...]:
    """Where a keyed token of ours may stand: ids that the mail replies to, and plus-addresses of the desk it was sent
    to."""
    ours = {address.lower() for address in desk.addresses}
    plus = [to for to in envelope.rcpt_tos if "+" in to and split_plus(to)[0].lower() in ours]
    ids = [one for one in (*message.in_reply_to, *reversed(message.references)) if len(one) <= _ID_CHARACTERS]
    return tuple(dict.fromkeys([*plus, *ids]))[:_TOKENS]


def _thread(reading: Reading, desk: Desk, view: _View, said: str, answers: Mapping[str, Answer]) -> str | None:
    """The ticket that the mail names as its own: in the subject, in its own words where it is no report of its own,
    or, in a reply, in what it quotes. A number that answers a question ("which event?") is no thread."""
    subject = named_ticket(desk, [reading.subject])
    if subject:
        return subject
    if reading.klass is ReadingClass.REPLY:
        return named_ticket(
            desk, [_without(said, answers), *(p.line.text for p in view.parts if p.role is Role.QUOTED)]
        )
    return named_ticket(desk, [_without(said, answers)]) if len(answers) < 2 else None


def _without(said: str, answers: Mapping[str, Answer]) -> str:
    for answer in answers.values():
        said = said.replace(answer.text, " ")
    return said


def _reported_id(message: Message) -> str:
    """The Message-ID of the message that a delivery report returns, "" for other mail."""
    ids = scan_header(message.reported + b"\r\n\r\n").ids("message-id") if message.reports else ()
    return ids[0] if ids and len(ids[0]) <= _ID_CHARACTERS else ""


def _returned(message: Message) -> list[str]:
    """Subject and beginning of the text of the messages that a delivery report returns."""
    texts: list[str] = []
    for raw in (message.reported, *message.forwarded[:3]):
        fields = scan_header(raw[:_RETURNED_BYTES])
        texts += [
            fields.text("subject"),
            re.sub(rb"[^\x20-\x7e\n]", b" ", raw[fields.body : _RETURNED_BYTES]).decode("ascii"),
        ]
    return texts
