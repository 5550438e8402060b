"""A questionnaire's labels folded for looking up, made once: that takes as long as looking through a mail."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from rules.model import Kind
from rules.policy import Question
from rules.words import fold

HINT = re.compile(r"\([^()]{0,160}\)")
_FOR = re.compile(r"\bp/\s?", re.IGNORECASE)
_NUMBER = re.compile(r"^\W{0,3}(?:n[ºo°]\.?|no\.|nro\.?|n[uú]m\.?)\s{0,2}(?=\w)(?!\d)", re.IGNORECASE)
SHORTEST = 6


@dataclass(frozen=True, slots=True)
class _Spelled:
    """How the label of the question `key` is written, the words that it takes, and the kinds it is asked of."""

    key: str
    spellings: tuple[str, ...]
    choices: tuple[str, ...]
    kinds: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """Folded labels: the question of each that is one question's alone, those long enough to be misspelt (also with
    their words in order), all of them in one text, and the words that are answers."""

    exact: Mapping[str, str]
    near: Sequence[str]
    near_in_order: Sequence[str]
    whole: str
    choices: Set[str]


def index_of(questions: Sequence[Question], kind: Kind | None) -> Index:
    """The labels of `questions`. One that several share is none, unless it belongs to one question of `kind`."""
    return _made(tuple(_Spelled(q.key, tuple(spellings(q)), tuple(choice_words(q)), q.kinds) for q in questions), kind)


@lru_cache(maxsize=256)
def _made(questions: tuple[_Spelled, ...], kind: Kind | None) -> Index:
    kinds = {question.key: question.kinds for question in questions}
    owners: dict[str, set[str]] = {}
    for question in questions:
        for label in question.spellings:
            for spelling in {normal(label), fold(label)} - {""}:
                owners.setdefault(spelling, set()).add(question.key)

    def owner(keys: Set[str]) -> str:
        own = keys if len(keys) == 1 else [key for key in keys if kind in kinds[key]]
        return next(iter(own)) if len(own) == 1 else ""

    exact = {label: key for label, keys in owners.items() if (key := owner(keys))}
    near = [label for label in exact if len(label) >= SHORTEST]
    return Index(
        exact,
        near,
        [in_order(label) for label in near],
        "".join(f" {label} \n" for label in owners),
        {fold(word) for question in questions for word in question.choices} - owners.keys(),
    )


def spellings(question: Question) -> list[str]:
    """The label and its synonyms, in all languages."""
    return [*question.labels.values(), *(word for words in question.synonyms.values() for word in words)]


def choice_words(question: Question) -> list[str]:
    """The words of all choices, in all languages."""
    choices = question.choices or {}
    return [word for spoken in choices.values() for words in spoken.values() for word in words]


def in_order(label: str) -> str:
    """The words of a label in alphabetical order, whatever their order was."""
    return " ".join(sorted(label.split()))


def normal(label: str) -> str:
    """A label without its parenthesised hints; one that is all hint keeps it."""
    label = _FOR.sub("para ", label.replace("_", " "))
    if _NUMBER.match(label):
        label = _NUMBER.sub("number " if re.search(r"\bof\b", label) else "número ", label)
    return fold(HINT.sub(" ", label)) or fold(label)
