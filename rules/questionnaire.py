"""Which questions a desk still has to ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

from rules.model import Answer, Kind
from rules.policy import All, Answered, AnyOf, Condition, HasAny, Is, Not, Question
from rules.words import has_any


def holds(condition: Condition, answers: Mapping[str, Answer]) -> bool:
    """Whether `condition` is true of `answers` (by question key).

    A question without an answer, or whose answer has no value ("no sé"), *is* nothing: only `Not` holds of it.
    """
    match condition:
        case Is(key, value):
            return key in answers and answers[key].value == value
        case HasAny(key, words):
            return key in answers and has_any(answers[key].text, words)
        case Answered(key):
            return key in answers
        case All(parts):
            return all(holds(part, answers) for part in parts)
        case AnyOf(parts):
            return any(holds(part, answers) for part in parts)
        case Not(part):
            return not holds(part, answers)
        case _:
            assert_never(condition)


def missing(questions: Iterable[Question], answers: Mapping[str, Answer], kind: Kind) -> tuple[str, ...]:
    """The keys that a ticket of `kind` still lacks, in the questionnaire's order: asked of that kind, required, their
    condition holds, and no answer. "N/A" or "no sé" is an answer."""
    return tuple(
        question.key
        for question in questions
        if question.required
        and question.key not in answers
        and (not question.kinds or kind in question.kinds)
        and (question.condition is None or holds(question.condition, answers))
    )
