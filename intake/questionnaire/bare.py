"""Answers without label or number, above the questions of ours that they quote: "MPLS" to the one question asked, or
as many lines as there were questions, in their order.

Only what plainly answers its question counts: each line must be of the question's type.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.questionnaire.answers import cleaned
from intake.questionnaire.blocks import Bound
from intake.questionnaire.labels import split_bullet
from intake.questionnaire.values import addresses, choice, yes_no
from intake.text.lines import Line
from intake.text.quoting import Part, Role
from intake.text.signature_lines import is_spoken
from intake.text.tails import is_closing
from rules.policy import Question, QuestionType, Takes
from rules.words import fold

_GREETING = re.compile(
    r"^(?:hola|holis|buen[oa]s?|estimad[oa]s?|ola|oi|bom|boa|prezad[oa]s?|car[oa]s?|hi|hello|dear|good)\b"
)
_GREETING_WORDS = 6
_LINE_WORDS = 12
_LINE_CHARACTERS = 200
_WHOLE = re.compile(r"^(?:s[ií]|no|n[aã]o|sim|yes|yep|nope)(?:$|\s?[,;.:!(–-])", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.\w")
_PHONE = re.compile(r"\d[\d ()./-]{6,20}\d")
_DAY_OR_TIME = re.compile(r"\b\d{1,2}[/.-]\d{1,2}\b|\b\d{1,2}(?::|h)\d{2}\b")
_HOURS = re.compile(
    r"\b\d{1,2}(?:[:.h]\d{2})?\s?(?:h|hs|hrs|horas|am|pm|a\.\s?m\.|p\.\s?m\.)?\s{0,2}(?:a|to|at[eé]|until|hasta|[aà]s|[-–/x])"
    r"\s{0,2}(?:las\s|l[ao]s?\s|[aà]s\s)?\d{1,2}(?!\d)|\b24\s?(?:h|hs|hrs|horas|hours|x\s?7|/\s?7)",
    re.IGNORECASE,
)
_CODE = re.compile(r"^(?=\S{0,40}\d)[\w#/.-]{3,40}$")


def bare_answers(parts: Sequence[Part], asked: Sequence[Question]) -> dict[str, Bound]:
    """The new lines bound to the questions `asked`, each to its own; {} unless there is one for each and all fit."""
    said = [part for part in parts if part.role is Role.NEW and part.line.text and not is_closing(part.line.text)]
    if said and _greets(said[0].line.text):
        said = said[1:]
    if not asked or len(said) != len(asked) or any(len(part.line.text) > _LINE_CHARACTERS for part in said):
        return {}
    listed = all(split_bullet(part.line.text)[0] == "dash" for part in said)
    pairs = [(question, part.line, _text(part.line, listed)) for question, part in zip(asked, said, strict=True)]
    if any(line.cells or not _fits(question, text, alone=len(asked) == 1) for question, line, text in pairs):
        return {}
    # Texts fit everywhere: something else must show that the lines are in the order of the questions.
    if len(asked) > 1 and sum(question.type is not QuestionType.TEXT for question in asked) < 2:
        return {}
    return {question.key: Bound(question.key, text, line.where, how="asked") for question, line, text in pairs}


def _text(line: Line, listed: bool) -> str:
    return cleaned(split_bullet(line.text)[1] if listed else line.text)


def _greets(text: str) -> bool:
    words = fold(text[:100])
    return len(words.split()) <= _GREETING_WORDS and _GREETING.match(words) is not None


def _fits(question: Question, text: str, *, alone: bool) -> bool:
    """Whether `text` can only be meant as the answer to the question. `alone`: it is all that the writer says."""
    words = text.split()
    if not words or len(words) > _LINE_WORDS or "?" in text:
        return False
    match question.type:
        case QuestionType.YES_NO:
            return _WHOLE.match(text) is not None and yes_no(text, question.cues or {}) is not None
        case QuestionType.CHOICE:
            return not is_spoken(text) and choice(text, question.choices or {}) is not None
        case QuestionType.CONTACTS:
            return not is_spoken(text) and bool(_ADDRESS.search(text) or _PHONE.search(text))
        case QuestionType.PHONES:
            return not is_spoken(text) and _PHONE.search(text) is not None
        case QuestionType.IPS:
            return not is_spoken(text) and any(addresses(text))
        case QuestionType.DATETIME | QuestionType.DATETIMES:
            return not is_spoken(text) and _DAY_OR_TIME.search(text) is not None
        case QuestionType.TEXT:
            return _fits_text(question, text) if alone else not is_spoken(text) or question.takes is Takes.SENTENCE
    return False


def _fits_text(question: Question, text: str) -> bool:
    if question.takes is Takes.HOURS:
        return not is_spoken(text) and _HOURS.search(text) is not None
    if question.takes is Takes.CODE:
        return _CODE.match(text) is not None
    return question.takes is Takes.EMAIL and _ADDRESS.search(text) is not None and len(text.split()) == 1
