"""Questions that customers shorten because they stand below the one that they follow: "Do you have a backup? yes",
"Does it work? no"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from intake.questionnaire.label_index import spellings
from intake.questionnaire.labels import Found, split_bullet
from rules.policy import Is, Question
from rules.words import fold

_LABEL = re.compile(r"^([^:?=]{6,60}?)\s{0,3}(?:[:?=]|\s-\s)[\s:?=-]{0,6}(.{0,2000})$")
_ALONE = re.compile(r"^([^:?=]{6,60}?)\s{0,3}$")
_PRONOUNS = frozenset(
    {"it", "this", "that", "el", "la", "lo", "este", "esta", "esa", "ese", "ele", "ela", "y", "e", "and"}
)
_TELLING = 4
"""So long is a word that can tell a question."""


class FollowUps:
    """The questions of a questionnaire that are asked only after a certain answer to another one."""

    def __init__(self, questions: Sequence[Question]) -> None:
        by_key = {question.key: _vocabulary(question) for question in questions}
        self._below: dict[str, list[tuple[str, list[frozenset[str]], frozenset[str]]]] = {}
        for question in questions:
            parent = question.condition.key if isinstance(question.condition, Is) else ""
            if parent in by_key and parent != question.key:
                known = frozenset().union(*by_key[parent])
                self._below.setdefault(parent, []).append((question.key, by_key[question.key], known))

    def find(self, text: str, parent: str) -> Found | None:
        """The label of a question that follows `parent`, all of whose words the question's own label has, and one of
        them one that the parent's labels do not have; None where it might be two."""
        below = self._below.get(parent)
        if not below:
            return None
        bullet, rest = split_bullet(text.strip())
        matched = _LABEL.match(rest) or _ALONE.match(rest)
        if not matched:
            return None
        words = frozenset(fold(matched[1]).split()) - _PRONOUNS
        keys = {
            key
            for key, spellings, known in below
            if any(words <= spelling for spelling in spellings)
            and any(len(word) >= _TELLING and word not in known for word in words)
        }
        if len(keys) != 1:
            return None
        answer = matched[2].strip() if matched.re is _LABEL else ""
        return Found(keys.pop(), answer, bullet, alone=matched.re is _ALONE, behind=answer)


def _vocabulary(question: Question) -> list[frozenset[str]]:
    return [_words(label) for label in spellings(question)]


@lru_cache(maxsize=8192)
def _words(label: str) -> frozenset[str]:
    return frozenset(fold(label).split())
