"""Answers by number alone: "1. Banco del Sur", "2. ..." above the quoted questions that they answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.questionnaire.answers import cleaned, is_blank
from intake.questionnaire.blocks import Bound
from intake.questionnaire.labels import Labels
from intake.questionnaire.values import choice, yes_no
from intake.text.quoting import Part, Role
from intake.text.tails import is_closing
from rules.policy import Question, QuestionType
from rules.words import fold

_NUMBERED = re.compile(
    r"^(?:(?:preguntas?|perguntas?|questions?|respuestas?|respostas?|answers?|puntos?|pontos?|points?|[íi]tem|[rpqa]"
    r"|n[ºo°])\.?\s?(?=\d))?"
    r"\(?(\d{1,2}|[a-zA-Z](?=[.)]\s))(?:[.)º°]{1,2}-?(?:\s{1,8}|(?!\d))|\s?[-–:](?:\s{1,8}|$))(\S.*)?$",
    re.IGNORECASE,
)
_NEXT = re.compile(r"[\s,;.]\s?\(?(\d{1,2})(?:[.)]|\s?[-–:])\s")
_FEWEST = 2
_SHORT = frozenset({QuestionType.YES_NO, QuestionType.CHOICE})
_ANSWER_LINES = 12
_LINE_CHARACTERS = 1_000
_ANSWER_CHARACTERS = 6_000
_UNKNOWN = re.compile(r"^(?:no se|nao sei|n ?a|no aplica|nao se aplica|not applicable|unknown)\b|\?")


def numbered_answers(parts: Sequence[Part], labels: Labels) -> list[Bound]:
    """The numbered new lines bound to the quoted questions of the same numbers; none where it is not plain which
    question a number means.

    Questions without numbers are counted in their order, and then every one must be answered.
    """
    found = _given(parts, labels)
    if len(found) < _FEWEST:
        found = [piece for number, where, lines in found for piece in _in_one_line(number, where, lines)]
    numbers = [number for number, _, _ in found]
    if not numbers or numbers != sorted(set(numbers)):
        return []
    asked, counted = _asked(parts, labels)
    if not set(numbers) <= asked.keys() or (counted and (len(numbers) < _FEWEST or len(numbers) < len(asked))):
        return []
    pairs = [(labels.question(asked[number]), where, lines) for number, where, lines in found]
    if len(pairs) < _FEWEST and pairs[0][0].type not in _SHORT:
        return []
    # What the writer did or saw may be numbered too.
    if sum(_misses(question, lines[0]) for question, _, lines in pairs) * 2 > len(pairs):
        return []
    answers = [
        Bound(question.key, cleaned("\n".join(_own_lines(question, lines))[:_ANSWER_CHARACTERS]), where, how="number")
        for question, where, lines in pairs
    ]
    return [answer for answer in answers if not is_blank(answer.text)]


def _misses(question: Question, text: str) -> bool:
    """Whether a text is plainly no answer to a question that takes yes or no, or one of a few words."""
    text = cleaned(text[:_LINE_CHARACTERS])
    if is_blank(text) or _UNKNOWN.match(fold(text)):
        return False
    if question.type is QuestionType.YES_NO:
        return yes_no(text, question.cues or {}) is None
    return question.type is QuestionType.CHOICE and choice(text, question.choices or {}) is None


def _own_lines(question: Question, lines: Sequence[str]) -> Sequence[str]:
    """The lines of an answer without the sentence that the writer says below the last one."""
    return lines[:1] if question.type in _SHORT and lines[0] and lines[1:2] and lines[1][:1].isupper() else lines


def _in_one_line(number: int, where: str, lines: Sequence[str]) -> list[tuple[int, str, list[str]]]:
    """The answers of a line that holds several with their numbers ("1. sí 2. no"), each one more than the last."""
    text, rest = f" {lines[0]}", list(lines[1:])
    if len(text) > _LINE_CHARACTERS:
        return [(number, where, list(lines))]
    found: list[tuple[int, str, list[str]]] = []
    begin = 0
    for mark in _NEXT.finditer(text):
        if int(mark[1]) == number + len(found) + 1:
            found.append((number + len(found), where, [text[begin : mark.start()].strip(" ,;")]))
            begin = mark.end()
    last = lines[0] if not found else text[begin:].strip()
    return [*found, (number + len(found), where, [last, *rest])]


def _asked(parts: Sequence[Part], labels: Labels) -> tuple[dict[int, str], bool]:
    """The keys of the open questions in quoted text by number, and whether the numbers had to be counted."""
    numbered: dict[int, str] = {}
    keys: list[str] = []
    for part in parts:
        found = labels.find(part.line.text) if part.role is Role.QUOTED and part.line.text else None
        if not found or found.key in keys or not is_blank(found.answer):
            continue
        keys.append(found.key)
        number = _NUMBERED.match(part.line.text)
        if number:
            numbered.setdefault(_place(number[1]), found.key)
    return (numbered, False) if numbered else (dict(enumerate(keys, 1)), True)


def _given(parts: Sequence[Part], labels: Labels) -> list[tuple[int, str, list[str]]]:
    """Number, place and lines of each numbered new line that holds no label of its own."""
    found: list[tuple[int, str, list[str]]] = []
    open_ = False
    for part in parts:
        text = part.line.text
        number = _NUMBERED.match(text) if part.role is Role.NEW else None
        if number and labels.find(text) is None:
            found.append((_place(number[1]), part.line.where, [number[2] or ""]))
            open_ = True
        elif part.role is Role.NEW and text and open_ and not is_closing(text):
            if len(found[-1][2]) < _ANSWER_LINES:
                found[-1][2].append(text)
        else:
            open_ = False
    return found


def _place(number: str) -> int:
    """ "2" and "b" are the second."""
    return int(number) if number.isdigit() else ord(number.lower()) - ord("a") + 1
