"""Where a mail's lines hold labels: each opens a slot for its answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from intake.questionnaire.follow_ups import FollowUps
from intake.questionnaire.label_rows import Header, barred, is_rule, pairs, row, tabbed
from intake.questionnaire.labels import BARE_CHARACTERS, Found, Labels
from intake.text.quoting import Part, Role
from intake.text.wrapping import open_parentheses, with_line_before

_CONTENT = frozenset({Role.NEW, Role.FORWARDED})
_READ = _CONTENT | {Role.QUOTED}
_CLOSE_ABOVE = 4
_FEWEST_BARE, _LINE_CHARACTERS = 4, 2_000
"""So many labels without separator make a form, with answers up to this length."""
_NUMBER = re.compile(r"^(\d{1,2})\s?[.)-]{1,2}\s{0,4}\S")


@dataclass(frozen=True, slots=True)
class Slot:
    """A label at index `at`, or in a cell of a table row."""

    at: int
    found: Found
    cell: bool = False


@dataclass(slots=True)
class Slots:
    """The slots by the index of their line. `cut` are the lines that hold but the beginning of a label."""

    by_line: dict[int, list[Slot]] = field(default_factory=dict)
    cut: set[int] = field(default_factory=set)

    def __contains__(self, at: object) -> bool:
        return at in self.by_line

    def __len__(self) -> int:
        return len(self.by_line)

    def in_order(self) -> Iterator[Slot]:
        """All slots from the top of the mail to its end."""
        for at in sorted(self.by_line):
            yield from self.by_line[at]


def find_slots(parts: Sequence[Part], labels: Labels) -> Slots:
    """Every slot of new, forwarded and quoted text. Linear in the number of lines."""
    return _Finder(parts, labels).slots


class _Finder:
    def __init__(self, parts: Sequence[Part], labels: Labels) -> None:
        self.parts = parts
        self.labels = labels
        self.follow_ups = FollowUps(labels.questions)
        self.slots = Slots()
        self._separated()
        self._without_nested()
        self._unseparated()

    def _separated(self) -> None:
        header: Header = []
        for at, part in enumerate(self.parts):
            line = part.line
            if part.role not in _READ or not line.text or is_rule(line.text):
                continue
            cells = line.cells or barred(line.text) or tuple(cell for cell in tabbed(line.text) if cell)
            if beside := pairs(line.text, self.labels):
                slots, header = [Slot(at, found, cell=True) for found in beside], []
            elif cells:
                beside, header = row(cells, header, self.labels)
                slots = [Slot(at, found, cell=True) for found in beside]
            else:
                slots, header = self._line(at), []
            slots = slots or self._following(at, cells)
            if slots:
                self.slots.by_line[at] = slots

    def _following(self, at: int, cells: Sequence[str]) -> list[Slot]:
        """The slot of a label that means something only because of the label close above it."""
        above = next((n for n in range(at - 1, max(-1, at - 1 - _CLOSE_ABOVE), -1) if n in self.slots), None)
        if above is None or self.parts[above].role is not self.parts[at].role or len(cells) > 2:
            return []
        found = self.follow_ups.find(
            cells[0] if cells else self.parts[at].line.text, self.slots.by_line[above][-1].found.key
        )
        if found and cells:
            found = replace(found, answer=found.answer or cells[-1])
        return [Slot(at, found, cell=bool(cells))] if found else []

    def _without_nested(self) -> None:
        """Where labels are numbered one after the other, one without number that comes below an answer between two of
        them, and for a question that has its number, is part of that answer ("1.- Solicitud: ... Detalles: ...")."""
        numbered = [
            (at, int(number[1]), slots[0].found.key)
            for at, slots in sorted(self.slots.by_line.items())
            if (number := _NUMBER.match(self.parts[at].line.text)) and not slots[0].cell
        ]
        keys = {key for _, _, key in numbered}
        for (start, one, _), (end, other, _) in pairwise(numbered):
            answered = bool(self.slots.by_line[start][0].found.answer)
            for at in range(start + 1, end) if other == one + 1 else ():
                slots = self.slots.by_line.get(at, [])
                if answered and slots and all(slot.found.key in keys and not slot.cell for slot in slots):
                    del self.slots.by_line[at]
                answered = answered or bool(self.parts[at].line.text and not slots)

    def _line(self, at: int) -> list[Slot]:
        """The slot that line `at` opens, or ends where a mail program cut the label in two."""
        found = self.labels.find(self.parts[at].line.text)
        whole = with_line_before(self.parts, at)
        joined = self.labels.find(whole) if whole else None
        if joined and len(joined.answer) < len(self.parts[at].line.text):
            before = self.slots.by_line.get(at - 1, [])
            if not self._whole(before) and (not found or any(slot.found.key == joined.key for slot in before)):
                self.slots.by_line.pop(at - 1, None)
                self.slots.cut.add(at - 1)
                found = joined
        return [Slot(at, found)] if found else []

    def _whole(self, before: Sequence[Slot]) -> bool:
        """Whether the line before holds a label and nothing else, so that no more of the label can follow."""
        return any(
            not slot.found.answer
            and not open_parentheses(self.parts[slot.at].line.text)
            and not (slot.found.alone and self.parts[slot.at + 1].line.text.startswith("("))
            for slot in before
        )

    def _unseparated(self) -> None:
        """Labels without separator count for a key found nowhere else: with a word that their question takes, else only
        inside a form, in a paragraph with three labelled lines."""
        self._with_choice()
        known = {slot.found.key for slot in self.slots.in_order()}
        for start, end in self._paragraphs():
            inside = [slot for at in range(start, end) for slot in self.slots.by_line.get(at, ())]
            bare = self._bare(start, end)
            inside += bare
            # Where answers stand below their labels, a line that is no label is one of them.
            if len(inside) < 3 or 2 * sum(bool(slot.found.answer) for slot in inside) < len(inside):
                continue
            longest = _LINE_CHARACTERS if bare else BARE_CHARACTERS
            for at in range(start, end):
                found = None if at in self.slots else self._leading(at, longest)
                if found and found.key not in known:
                    known.add(found.key)
                    self.slots.by_line[at] = [Slot(at, found)]

    def _bare(self, start: int, end: int) -> list[Slot]:
        """The labels without separator of a paragraph that holds hardly anything else, and no other labels."""
        if any(at in self.slots for at in range(start, end)):
            return []
        found = [Slot(at, one) for at in range(start, end) if (one := self._leading(at, _LINE_CHARACTERS))]
        keys = {slot.found.key for slot in found}
        return found if len(keys) >= _FEWEST_BARE and 4 * len(keys) >= 3 * (end - start) else []

    def _leading(self, at: int, longest: int) -> Found | None:
        text = self.parts[at].line.text
        return None if "\t" in text else self.labels.leading(text, longest)

    def _with_choice(self) -> None:
        """Lines that are nothing but a label and a word that its question takes, for a key that no other line tells.
        Below a quoted line such words are its answer."""
        known = {slot.found.key for slot in self.slots.in_order() if self.parts[slot.at].role in _CONTENT}
        above = Role.NEW
        for at, part in enumerate(self.parts):
            if not part.line.text:
                continue
            told, above = above is not Role.QUOTED and part.role is Role.NEW, part.role
            found = self.labels.with_choice(part.line.text) if told and at not in self.slots else None
            if found and not part.line.cells and found.key not in known:
                known.add(found.key)
                self.slots.by_line[at] = [Slot(at, found)]

    def _paragraphs(self) -> Iterator[tuple[int, int]]:
        start = None
        for at, part in enumerate(self.parts):
            inside = part.role in _CONTENT and bool(part.line.text) and not part.line.cells
            if inside and start is None:
                start = at
            elif not inside and start is not None:
                yield start, at
                start = None
        if start is not None:
            yield start, len(self.parts)
