"""What a mail is about: its kind, the priority that the writer asks for, and the ticket that it speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from rules.model import Answer, Kind
from rules.numbering import find_references
from rules.policy import Desk, QuestionType, Words
from rules.words import fold

_CUE_TO_LEVEL = 12


def kind_of(desk: Desk, subject: str, text: str, answers: Mapping[str, Answer]) -> Kind:
    """The kind whose own questions are answered most, else the one with the most cues in `subject` and `text`, else
    the desk's first."""
    own = {
        policy.kind: sum(policy.kind in q.kinds for q in desk.questions if q.key in answers) for policy in desk.kinds
    }
    ranked = sorted(own.values(), reverse=True)
    if len(ranked) > 1 and ranked[0] >= 2 and ranked[0] > ranked[1]:
        return max(own, key=lambda kind: own[kind])
    words = f" {fold(subject)} \n {fold(text)} "
    cues = {policy.kind: sum(words.count(f" {cue} ") for cue in _phrases(policy.cues)) for policy in desk.kinds}
    best = max(cues, key=lambda kind: cues[kind])
    return best if cues[best] else desk.kinds[0].kind


def priority_of(desk: Desk, text: str, answers: Mapping[str, Answer]) -> str | None:
    """The level that the writer asks for: the answer to a question whose choices are the desk's levels, else the
    level that follows one of the desk's cues in `text`. None where no level, or two different ones, are asked for."""
    levels = desk.priorities or {}
    for question in desk.questions:
        if question.type is QuestionType.CHOICE and question.choices and question.choices.keys() <= levels.keys():
            value = answers[question.key].value if question.key in answers else None
            if isinstance(value, str):
                return value
    words = {phrase: level for level, spoken in levels.items() for phrase in {fold(level), *_phrases(spoken)}}
    cues = _phrases(desk.priority_cues or {})
    if not words or not cues:
        return None
    pattern = re.compile(
        rf"\b(?:{_alternatives(cues)}) (?:(?:nivel|level|de|es|is|e|como|as|a|n|no|numero|number|la|o|the) ){{0,2}}"
        rf"({_alternatives(words)})\b"
    )
    asked = {words[match.group(1)] for match in pattern.finditer(fold(text))}
    return asked.pop() if len(asked) == 1 else None


def named_ticket(desk: Desk, texts: Iterable[str]) -> str | None:
    """The first of the desk's reference numbers in `texts`, the earlier texts first."""
    patterns = list(dict.fromkeys(policy.pattern for policy in desk.kinds))
    for text in texts:
        for pattern in patterns:
            found = find_references(pattern, text)
            if found:
                return found[0]
    return None


def _phrases(spoken: Words) -> set[str]:
    return {fold(phrase) for phrases in spoken.values() for phrase in phrases} - {""}


def _alternatives(phrases: Iterable[str]) -> str:
    return "|".join(re.escape(p) for p in sorted(phrases, key=len, reverse=True))
