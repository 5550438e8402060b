"""The conditions of a desk's file: whether they can ever hold, and what they become."""

from __future__ import annotations

from collections.abc import Iterator

from acuse.desk_contradictions import contradictions
from acuse.desk_draft import Draft
from acuse.desk_entries import ConditionEntry, QuestionEntry
from acuse.problems import Problem, nearest
from rules.policy import All, Answered, AnyOf, Condition, HasAny, Is, Not, QuestionType

_OF_A_QUESTION = ("is", "has_any", "answered")
_OF_CONDITIONS = ("all", "any", "not")


def check_conditions(draft: Draft) -> Iterator[Problem]:
    """What is wrong with the conditions and with the questions' use of them."""
    for name, entry in draft.conditions.items():
        yield from _check(draft, entry, f"conditions.{name}")
        for place, key in contradictions(entry, f"conditions.{name}"):
            yield Problem(
                draft.file, place, f"never holds: it wants two things of the answer to {key}; did you mean any?"
            )
    for question in draft.questions:
        name = question.asked_if
        place = f"questions[{question.key}].asked_if"
        if name and name not in draft.condition_names:
            cure = f'[conditions] has no "{name}"; {nearest(name, draft.condition_names)}'
            yield Problem(draft.file, place, cure)
        elif name in draft.conditions and question.key in _questions_of(draft.conditions[name]):
            yield Problem(draft.file, place, f'"{name}" looks at this very question; name another one there')
        elif circle := _circle(draft, question.key):
            cure = f"waits for itself: {' looks at '.join(circle)}; let one of them be asked always"
            yield Problem(draft.file, place, cure)


def _circle(draft: Draft, key: str) -> list[str]:
    """The questions that wait for each other's answers, from `key` back to it; told of the first of them only."""
    looks_at = {
        question.key: sorted(set(_questions_of(draft.conditions[question.asked_if])))
        for question in draft.questions
        if question.asked_if in draft.conditions
    }
    ways = [[key]]
    seen = {key}
    for way in ways:
        for other in looks_at.get(way[-1], ()):
            if other == key and len(way) > 1:
                return [*way, key] if key == min(way, key=draft.question_keys.index) else []
            if other not in seen and other in draft.question_keys:
                seen.add(other)
                ways.append([*way, other])
    return []


def condition(entry: ConditionEntry) -> Condition:
    """The condition that a checked `entry` describes."""
    if entry.all_ is not None:
        return All(tuple(map(condition, entry.all_)))
    if entry.any_ is not None:
        return AnyOf(tuple(map(condition, entry.any_)))
    if entry.not_ is not None:
        return Not(condition(entry.not_))
    key = entry.question or ""
    if entry.has_any is not None:
        return HasAny(key, tuple(entry.has_any))
    if entry.is_ is not None:
        return Is(key, entry.is_)
    return Answered(key)


def _check(draft: Draft, entry: ConditionEntry, place: str) -> Iterator[Problem]:
    forms = {
        "is": entry.is_,
        "has_any": entry.has_any,
        "answered": entry.answered,
        "all": entry.all_,
        "any": entry.any_,
        "not": entry.not_,
    }
    used = [name for name, value in forms.items() if value is not None]
    if len(used) != 1:
        cure = f"write one of {', '.join(forms)}, not {' and '.join(used) if used else 'none'}"
        yield Problem(draft.file, place, cure)
        return
    form = used[0]
    if form in _OF_A_QUESTION and entry.question is None:
        yield Problem(draft.file, place, f'"{form}" needs the question it looks at; add question = "..."')
    elif form in _OF_CONDITIONS and entry.question is not None:
        yield Problem(draft.file, f"{place}.question", f'"{form}" looks at no question of its own; take this line out')
    if entry.question is not None:
        yield from _check_question(draft, entry, place)
    for number, part in enumerate(entry.all_ or entry.any_ or (), start=1):
        yield from _check(draft, part, f"{place}.{form}[{number}]")
    if entry.not_ is not None:
        yield from _check(draft, entry.not_, f"{place}.not")


def _check_question(draft: Draft, entry: ConditionEntry, place: str) -> Iterator[Problem]:
    if entry.question not in draft.question_keys:
        near = nearest(entry.question or "", draft.question_keys)
        yield Problem(draft.file, f"{place}.question", f'no question has the key "{entry.question}"; {near}')
        return
    question = next((one for one in draft.questions if one.key == entry.question), None)
    if question is None or entry.is_ is None:
        return
    if cure := _impossible(draft, question, entry.is_):
        yield Problem(draft.file, f"{place}.is", cure)


def _impossible(draft: Draft, question: QuestionEntry, value: bool | str) -> str:
    """Why the answer to `question` can never be `value`, as a cure; "" where it can."""
    if question.type is QuestionType.YES_NO:
        return "" if isinstance(value, bool) else f"{question.key} is a yes_no question; write true or false"
    if question.type is QuestionType.CHOICE:
        levels = draft.priorities if question.choices_are_priorities else question.choices
        choices = list(levels or ())
        if value in choices or not choices:
            return ""
        return f'{question.key} has no choice "{str(value).lower()}"; {nearest(str(value), choices)}'
    return f"{question.key} is of type {question.type}: use has_any or answered; is needs a yes_no or choice question"


def _questions_of(entry: ConditionEntry) -> Iterator[str]:
    if entry.question is not None:
        yield entry.question
    for part in [*(entry.all_ or ()), *(entry.any_ or ()), *([entry.not_] if entry.not_ else ())]:
        yield from _questions_of(part)
