"""A message read for one desk, as a careful agent would write it down. Pure, total and linear in the message's
length."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from intake.documents.sources import Attached, attached, one_of
from intake.documents.time_budget import OutOfTimeError, processor_seconds
from intake.machines.automatic import is_robot
from intake.machines.machine_text import settled
from intake.mime.headers import scan_header
from intake.prose.statements import read_prose
from intake.questionnaire.blocks import Bound, Form
from intake.questionnaire.homes import homes_of
from intake.questionnaire.triage import kind_of, named_ticket, priority_of
from intake.questionnaire.values import Setting, at_home, value_of
from intake.text.body import shown
from intake.text.commands import own_words, split
from intake.text.language import language_of, told_language
from intake.text.quoting import Origin, Role, new_text, prefix_of
from intake.text.views import SUBJECT_CHARACTERS, View, best_view, origin_of_message
from rules.addresses import split_plus
from rules.model import Answer, Envelope, Message, Reading, ReadingClass, Sign
from rules.policy import Desk

_RETURNED_BYTES = 64 * 1024
_TICKETS = frozenset({ReadingClass.NEW, ReadingClass.REPLY})
_ID_CHARACTERS = 500
_FEW_ANSWERS = 2
_ATTACHED_SECONDS = 1.0
"""Processor time for what attached messages say without labels."""
_TOKENS = 60
_WORDS = 12
"""Fewer do not tell a language."""


def read(message: Message, desk: Desk, envelope: Envelope, now: datetime) -> Reading:
    """The reading of `message` for `desk`. `now` is when the mail arrived (aware); dates without a year are read
    against it.

    A message that could not be parsed keeps its header fields and says why in `unreadable`.
    """
    subject = message.subject[:SUBJECT_CHARACTERS]
    origin = origin_of_message(message)
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
        notes=message.notes,
        unreadable=message.unreadable,
    )
    if message.unreadable:
        language = language_of(subject, message.content_language, desk.default_language)
        return replace(reading, language=language, thread_reference=named_ticket(desk, [subject]))
    return settled(_with_text(reading, message, desk, origin, now), message)


def _with_text(reading: Reading, message: Message, desk: Desk, origin: Origin, now: datetime) -> Reading:
    view = best_view(message, desk, origin)
    said = new_text(view.parts)
    commands, below = split(own_words(view.marked))
    reading = replace(reading, text=shown(view.lines), reply_text=said, commands=commands, message=below)
    if reading.klass not in _TICKETS:
        return replace(
            reading,
            language=_language(reading, message, desk, view.content),
            thread_reference=named_ticket(desk, [reading.subject, *_returned(message), said]),
        )
    files = attached(message, desk)
    form = one_of(view.form, files.sources)
    content = f"{view.content}\n{files.text}".rstrip("\n")
    short = len(view.content.split()) < _WORDS
    own = told_language(f"{reading.subject}\n{view.unlabelled}") if view.form.answers else ""
    language = own or _language(reading, message, desk, content if short else view.content)
    found = _bound(form, message, view, files, desk=desk, now=now)
    homes = homes_of(desk, message.sender, language, f"{view.own}\n{files.text}", found)
    setting = Setting(homes, ZoneInfo(desk.zone), now, message.sender)
    answers = _answers(found, desk, setting)
    return replace(
        reading,
        language=language,
        answers=answers,
        quoted_answers=_answers(_only_quoted(view.form), desk, setting) if reading.klass is ReadingClass.REPLY else {},
        kind=kind_of(desk, reading.subject, content, answers),
        priority=priority_of(desk, f"{said}\n{view.content}", answers) or priority_of(desk, files.text, answers),
        thread_reference=_thread(reading, desk, view, said, answers),
        notes=(
            *reading.notes,
            *(("several_sites",) if form.several else ()),
            *(f"attachment_unreadable: {name}" for name in files.unreadable),
        ),
    )


def _language(reading: Reading, message: Message, desk: Desk, content: str) -> str:
    return language_of(f"{reading.subject}\n{content}", message.content_language, desk.default_language)


def _bound(
    form: Form, message: Message, view: View, files: Attached, *, desk: Desk, now: datetime
) -> Mapping[str, Bound]:
    """The form's answers, and, where hardly any form is filled, what the text states beside them."""
    if len(form.answers) > _FEW_ANSWERS:
        return form.answers
    places = {bound.where for bound in form.answers.values()}
    return {**_in_prose(message, view, files, desk=desk, now=now, beside=places), **form.answers}


def _in_prose(
    message: Message, view: View, files: Attached, *, desk: Desk, now: datetime, beside: Set[str]
) -> Mapping[str, Bound]:
    """What a new mail says without labels: in its own text, or in an attached message where that says more."""
    klass = _class(message, origin_of_message(message))
    if klass is ReadingClass.REPLY and not _of_ours(message, view, desk):
        # Whoever answers an old mail of their own to report something new.
        return read_prose(view.parts, desk, "", message.sender, now, beside=beside, whole=True)
    if klass is not ReadingClass.NEW:
        return {}
    own = read_prose(view.parts, desk, message.subject, message.sender, now, beside=beside)
    found = [own]
    with suppress(OutOfTimeError), processor_seconds(_ATTACHED_SECONDS):
        found.extend(read_prose(one.parts, desk, one.subject, one.sender, now) for one in files.sources if one.parts)
    return max(found, key=len)


def _of_ours(message: Message, view: View, desk: Desk) -> bool:
    """Whether a reply speaks of a ticket, or quotes a mail of the desk's."""
    text = shown(view.lines)
    return (
        named_ticket(desk, [message.subject, text]) is not None
        or any(address.lower() in text.casefold() for address in desk.addresses)
        or desk.name.casefold() in text.casefold()
    )


def _only_quoted(form: Form) -> dict[str, Bound]:
    return {key: bound for key, bound in form.quoted.items() if key not in form.answers}


def _answers(found: Mapping[str, Bound], desk: Desk, setting: Setting) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    for question in desk.questions:
        bound = found.get(question.key)
        if bound:
            if bound.value is None:
                value = value_of(question, bound.text, setting)
            else:
                value = at_home(bound.value, bound.text, setting)
            answers[question.key] = Answer(bound.text, value, bound.where, bound.how)
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


def _thread(reading: Reading, desk: Desk, view: View, said: str, answers: Mapping[str, Answer]) -> str | None:
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
