"""The lines of a mail as they were read, with the found answers marked: what `acuse explain` shows to people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from intake.questionnaire.answers import fold_space
from intake.text.quoting import Part, Role
from rules.model import Answer

_LINES_OF_AN_ANSWER = 30
_LEAST_CHARACTERS = 2


@dataclass(frozen=True, slots=True)
class Mark:
    """An answer to the question `key`, or a piece of one, in the characters `start` to `end` of a line."""

    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """A displayed line of the mail, the role in which it was read, and the answers in it in their order."""

    text: str
    role: Role
    marks: tuple[Mark, ...] = ()


def marked(parts: Sequence[Part], answers: Mapping[str, Answer]) -> list[MarkedLine]:
    """The lines of `parts` with the answers that stand in them. An answer whose words cannot be found again, since they
    were cleaned, marks the whole line that it was found in. Linear in the lines and the answers."""
    lines = [MarkedLine(fold_space(part.line.text.replace("\n", " ")), part.role) for part in parts]
    places = {part.line.where: at for at, part in reversed(list(enumerate(parts)))}
    for key, answer in answers.items():
        at = places.get(answer.where)
        if at is not None:
            for line, mark in _marks(lines, at, key, answer.text):
                lines[line] = replace(lines[line], marks=_sorted((*lines[line].marks, mark)))
    return lines


def _marks(lines: Sequence[MarkedLine], at: int, key: str, text: str) -> Iterable[tuple[int, Mark]]:
    """Where the lines of an answer stand, from line `at` on."""
    wanted = [
        one
        for one in (fold_space(piece) for piece in text.split("\n"))
        if len(one) >= _LEAST_CHARACTERS or "\n" not in text
    ]
    found: list[tuple[int, Mark]] = []
    for piece in wanted:
        for line in range(at, min(at + _LINES_OF_AN_ANSWER, len(lines))):
            start = lines[line].text.rfind(piece)
            if start >= 0:
                found.append((line, Mark(key, start, start + len(piece))))
                at = line
                break
    return found or [(at, Mark(key, 0, len(lines[at].text)))]


def _sorted(marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
    return tuple(sorted(marks, key=lambda mark: (mark.start, mark.end)))
