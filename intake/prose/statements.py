"""Answers that a mail without a form states in running text.

Each question's cues, leads and the kind of answer that it takes (see `rules.policy.Question`) say how its answer is
found. Only what is plainly said counts: no questions, no conditions, no guesses, nothing said both ways. What the text
leaves out may stand in the subject, and the writer's firm, name and address in the signature.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from intake.prose.clauses import Prose
from intake.prose.reader import Reader
from intake.prose.writer import Writer, signed
from intake.questionnaire.answers import cleaned, is_blank
from intake.questionnaire.blocks import Bound
from intake.questionnaire.labels import Labels
from intake.questionnaire.triage import kind_of, named_ticket
from intake.text.lines import Line
from intake.text.quoting import Part, Role
from intake.text.tails import is_closing
from rules.model import Answer, Mailbox
from rules.policy import Desk, QuestionType, Takes
from rules.questionnaire import holds
from rules.shared_domains import is_shared
from rules.words import fold

_SUBJECT_MARKS = re.compile(
    r"^(?:\s*(?:(?:rv|fwd?|fw|enc|tr|urgente|urgent)\s*[:!-]|\[[^\]]{0,40}\]))+\s*", re.IGNORECASE
)
_POINTS = re.compile(
    r"\b(?:esto|eso|este (?:caso|tema|pedido|correo|mail)|isto|isso|este (?:assunto|chamado)|this|below|abajo|abaixo"
    r"|the (?:above|following)|siguiente|seguinte|segue|reenvio|reenviado|encaminho|encaminhado|adjunto|forward\w*|fwd"
    r"|what \w+ (?:says|asks|needs))\b"
)
_POINTING_WORDS = 12
_LABEL_LINES = 400
_LABEL_CHARACTERS = 160
_FORM_LABELS = 3
_OF_MANY_MEANINGS = frozenset({QuestionType.PHONES, QuestionType.DATETIME, QuestionType.DATETIMES})
_FOLLOW_UP_ANSWERS = 3
"""A mail that names a ticket and states fewer says something about that ticket."""


def read_prose(
    parts: Sequence[Part],
    desk: Desk,
    subject: str,
    sender: Mailbox | None,
    now: datetime,
    *,
    beside: Iterable[str] = (),
    whole: bool = False,
) -> Mapping[str, Bound]:
    """What the new text states, by question asked for the kind of ticket that it shows; of a forward without trouble
    of its own, what it forwards. Lines at the places `beside` belong to a form and are not read. With `whole`, only a
    text that tells a trouble and more counts, of which nothing is forwarded. Linear in the text's length."""
    skip = frozenset([*beside, *_empty_labels(parts, desk)])
    said = "\n".join(p.line.text for p in parts if p.role in {Role.NEW, Role.FORWARDED})
    if named_ticket(desk, [subject]):
        return {}
    kind = kind_of(desk, subject, said, {})
    desk = replace(desk, questions=tuple(q for q in desk.questions if not q.kinds or kind in q.kinds))
    writer = Writer(
        sender.name if sender else "",
        sender.address.lower() if sender else "",
        sender.domain if sender and not is_shared(sender.domain) else "",
    )
    signature = Prose(p.line for p in parts if p.role is Role.SIGNATURE)
    own, forwarded = _prose(parts, Role.NEW, skip), _prose(parts, Role.FORWARDED, skip)
    found = dict(_bound(own, Reader(own, desk, writer, signature, now)))
    if forwarded.sentences:
        found = {key: one for key, one in found.items() if not _points(desk, key, one.text)}
    told = any(question.takes is Takes.SENTENCE and question.key in found for question in desk.questions)
    if whole and not (told and len(found) >= _FOLLOW_UP_ANSWERS):
        return {}
    if not told:
        found = {**_bound(forwarded, Reader(forwarded, desk, writer, signature, now)), **found}
    heading = Prose([Line(_SUBJECT_MARKS.sub("", subject), "subject")])
    reader = Reader(heading, desk, writer, signature, now)
    titled = _bound(heading, reader)
    found = {**{key: one for key, one in titled.items() if reader.fits_a_subject(key)}, **found}
    if own.sentences or forwarded.sentences:
        for question in desk.questions:
            fact = signed(question, desk, writer, signature)
            if fact and question.key not in found:
                found[question.key] = Bound(question.key, fact.text, signature.where(fact.start), how="signature")
    found = {key: one for key, one in found.items() if _asked_for(desk, key, found)}
    return {} if len(found) < _FOLLOW_UP_ANSWERS and named_ticket(desk, [said]) else found


def _points(desk: Desk, key: str, text: str) -> bool:
    """Whether an answer above a forward only points at it: "¿nos ayudan con esto?"."""
    question = desk.question(key)
    said = fold(text)
    tells = question is not None and question.takes is Takes.SENTENCE
    return tells and len(said.split()) <= _POINTING_WORDS and _POINTS.search(said) is not None


def _asked_for(desk: Desk, key: str, found: Mapping[str, Bound]) -> bool:
    """Whether a number or a time is what a question asks for that is put under a condition: phone numbers and times
    stand in a mail for many reasons."""
    question = desk.question(key)
    if question is None or question.condition is None or question.type not in _OF_MANY_MEANINGS:
        return True
    answers = {name: Answer(one.text, one.value, one.where) for name, one in found.items()}
    return holds(question.condition, answers)


def _bound(prose: Prose, reader: Reader) -> Mapping[str, Bound]:
    facts = reader.facts() if prose.sentences else {}
    return {
        key: Bound(key, one.text, prose.where(one.start), one.value, "stated") for key, one in facts.items() if one.text
    }


def _empty_labels(parts: Sequence[Part], desk: Desk) -> Iterator[str]:
    """The places of a form's labels without an answer: "Hay energía en el sitio:" says nothing."""
    labels = Labels(desk.questions)
    found = [(part.line, labels.find(part.line.text)) for part in parts[:_LABEL_LINES] if _may_be_label(part)]
    empty = [(line, one) for line, one in found if one and is_blank(cleaned(one.answer))]
    form = len(empty) >= _FORM_LABELS
    for line, one in empty:
        if form or not one.alone or line.text.rstrip().endswith((":", "?")):
            yield line.where


def _may_be_label(part: Part) -> bool:
    return part.role in {Role.NEW, Role.FORWARDED} and 0 < len(part.line.text) <= _LABEL_CHARACTERS


def _prose(parts: Sequence[Part], role: Role, skip: frozenset[str]) -> Prose:
    return Prose(
        p.line
        for p in parts
        if p.role is role and not p.line.cells and not is_closing(p.line.text) and p.line.where not in skip
    )
