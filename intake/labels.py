"""A desk's labels, and a line of text cut into label and answer.

Customers shorten labels, drop accents and misspell them. A label matches when it is equal without case and accents,
or nearly equal whatever the order of its words; what could be two questions is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from rules.policy import Question
from rules.words import fold

_CLOSE = 83.0
_ALONE = 90.0
_APART = 4.0
_SHORT = 6
_LABEL_CHARACTERS = 200
_TRIED = 8
_COMPARED = 5_000

_HINT = re.compile(r"\([^()]{0,160}\)")
_BULLET = re.compile(
    r"^(?P<dash>[-*•·▪◦●○■➢✓–—»]+[ \t]+|[•·▪●■➢]+)|^(?P<number>\(?\d{1,2}(?:[.)º°]+-?|[ \t]*-)[ \t]*(?!\d))"
    r"|^(?P<letter>\(?[a-zA-Z][.)][ \t]+)"
)
_SEPARATOR = re.compile(r":|=>|->|→|⇒|=|\?|\t|[ ][-–—|]+[ ]|[-–—]$|\.{4,}|…|_{3,}")
_LEAD = re.compile(r"^[\s:=?*→⇒|]*(?:[-–—]+>?\s+)?[\s:*→]*")


@dataclass(frozen=True, slots=True)
class Found:
    """A label on a line: the question's key, the answer behind it on the same line ("" for none) and the bullet
    before it ("dash", "number", "letter" or ""). `alone` says that no separator stood behind the label."""

    key: str
    answer: str
    bullet: str = ""
    alone: bool = False


class Labels:
    """All labels of a questionnaire, those of all languages mixed."""

    def __init__(self, questions: Sequence[Question]) -> None:
        exact: dict[str, set[str]] = {}
        for question in questions:
            for label in _spellings(question):
                for spelling in {_normal(label), fold(label)}:
                    if spelling:
                        exact.setdefault(spelling, set()).add(question.key)
        self._exact: Mapping[str, str] = {label: next(iter(keys)) for label, keys in exact.items() if len(keys) == 1}
        self._near = [label for label in self._exact if len(label) >= _SHORT]
        self._whole = "".join(f" {label} \n" for label in exact)
        self._seen: dict[tuple[str, float], tuple[str, float] | None] = {}

    def match(self, text: str, cutoff: float = _CLOSE) -> tuple[str, float] | None:
        """The key that `text` is a label of, and how well it fits (0-100); None where it is no label or might be
        two."""
        label = _normal(text)
        if label in self._exact:
            return self._exact[label], 100.0
        if not _SHORT <= len(label) <= _LABEL_CHARACTERS:
            return None
        known = (label, cutoff)
        # Comparing costs a tenth of a millisecond; no real form needs so many comparisons.
        if known not in self._seen and len(self._seen) < _COMPARED:
            self._seen[known] = self._nearest(label, cutoff)
        return self._seen.get(known)

    def _nearest(self, label: str, cutoff: float) -> tuple[str, float] | None:
        near = process.extract(label, self._near, scorer=fuzz.token_sort_ratio, score_cutoff=cutoff - _APART, limit=12)
        if not near or near[0][1] < cutoff:
            return None
        key, score = self._exact[near[0][0]], near[0][1]
        if any(self._exact[other] != key and score - points < _APART for other, points, _ in near[1:]):
            return None
        return key, score

    def find(self, text: str) -> Found | None:
        """The label at the beginning of a line, by the best of the places where its separator may be."""
        bullet, rest = split_bullet(text)
        best: tuple[float, int, str, str] | None = None
        tried = 0
        for mark in _SEPARATOR.finditer(rest[:_LABEL_CHARACTERS]):
            label = rest[: mark.start()]
            if not label.strip() or label.count("(") != label.count(")"):
                continue
            tried += 1
            if tried > _TRIED:
                break
            matched = self.match(label)
            if matched and (best is None or (matched[1], mark.end()) > best[:2]):
                best = (matched[1], mark.end(), matched[0], rest[mark.end() :])
        if best is not None:
            return Found(best[2], _answer(best[3]), bullet)
        if tried == 0 or not rest.strip(" *:?")[-1:].isalnum():
            matched = self.match(rest, _ALONE)
            if matched:
                return Found(matched[0], "", bullet, alone=True)
        return None

    def piece(self, text: str) -> bool:
        """Whether a line of `text` may be a piece of a label that a mail program cut in two, and no answer."""
        for line in text.split("\n"):
            folded = fold(line)
            end = line.rstrip()[-1:]
            cut = end == ":" or line.count("(") != line.count(")")
            if cut or ((" " in folded or end == ",") and f" {folded} " in self._whole):
                return True
        return False

    def leading(self, text: str) -> Found | None:
        """A line that begins with a label, capitalised and exact, and goes on without separator ("Sitio Bodega
        Norte")."""
        bullet, rest = split_bullet(text)
        words = rest.split()
        if len(rest) > 90 or not words or not words[0][:1].isupper():
            return None
        for size in range(min(6, len(words) - 1), 0, -1):
            key = self._exact.get(fold(" ".join(words[:size])))
            if key:
                return Found(key, " ".join(words[size:]), bullet)
        return None


def split_bullet(text: str) -> tuple[str, str]:
    """The kind of bullet that a line begins with ("" for none) and the line without it."""
    found = _BULLET.match(text)
    if not found or found.end() == len(text):
        return "", text.strip()
    return found.lastgroup or "", text[found.end() :].strip()


def _spellings(question: Question) -> list[str]:
    return [*question.labels.values(), *(word for words in question.synonyms.values() for word in words)]


def _normal(label: str) -> str:
    """A label without its parenthesised hints; one that is all hint keeps it."""
    label = label.replace("_", " ")
    return fold(_HINT.sub(" ", label)) or fold(label)


def _answer(text: str) -> str:
    """What follows a separator, without further separators, a hint repeated there and the form's own asterisk."""
    text = _LEAD.sub("", text, count=1)
    hint = _HINT.match(text)
    if hint and text[hint.end() :].lstrip().startswith((":", "=", "->")):
        text = _LEAD.sub("", text[hint.end() :], count=1)
    return text.strip()
