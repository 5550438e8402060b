"""Answers under a questionnaire's labels.

The lines of a mail are read in order. A label opens a slot; its answer stands on the same line, in the next cell, or
on the lines below. Quoted labels open slots too, but only new text fills them. In doubt there is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from intake.answers import cleaned, is_blank
from intake.blocks import Bound, Form, one_form
from intake.labels import Found, Labels, split_bullet
from intake.quoting import Part, Role
from intake.tails import is_closing
from intake.wrapping import carried_on, with_line_before
from rules.words import fold

_CONTENT = frozenset({Role.NEW, Role.FORWARDED})
_READ = _CONTENT | {Role.QUOTED}
_HEADING = re.compile(
    r"^(?:en caso de|em caso de|in case of|solo (?:si|en)|so se|somente|only (?:if|for)|si (?:hay|aplica)|se houver"
    r"|if )"
)
# "SEVERITY = 1" or "Severity: 1" is a label too, no matter that the desk does not know it.
_SIBLING = re.compile(r"^[^\W\d_][\w /().]{1,40}?\s*(?:=|->|=>|→)\s|^[A-ZÀ-Ý][\w /().]{1,30}:(?:\s|$)")
_PHONE = re.compile(r"\d[\d ()./-]{6,}\d")
_ANSWER_LINES = 30
_TYPED_LINES = 4
_ANSWER_CHARACTERS = 6_000


@dataclass(frozen=True, slots=True)
class _Slot:
    """A label at index `at`, or in a cell of a table row; `below` are the lines that may carry its answer on."""

    at: int
    found: Found
    cell: bool = False


def read_form(parts: Sequence[Part], labels: Labels) -> Form:
    """Every answer that stands under a label. Linear in the number of lines."""
    return _Reader(parts, labels).form()


class _Reader:
    def __init__(self, parts: Sequence[Part], labels: Labels) -> None:
        self.parts = parts
        self.labels = labels
        self.slots: dict[int, list[_Slot]] = {}
        self._find_slots()
        self._add_unseparated()
        self.style = self._style()

    def form(self) -> Form:
        bound = [b for slot in self._in_order() if (b := self._bind(slot)) is not None]
        return replace(one_form(bound), quoted=self._quoted())

    def _in_order(self) -> Iterator[_Slot]:
        for at in sorted(self.slots):
            yield from self.slots[at]

    def _find_slots(self) -> None:
        header: list[str | None] = []
        for at, part in enumerate(self.parts):
            line = part.line
            if part.role not in _READ or not line.text:
                continue
            cells = line.cells or (tuple(c.strip() for c in line.text.split("\t")) if "\t" in line.text else ())
            if cells:
                slots, header = self._row(at, [c for c in cells if c] if not line.cells else list(cells), header)
            else:
                found = self.labels.find(line.text)
                if (whole := with_line_before(self.parts, at)) and (joined := self.labels.find(whole)):
                    found = joined
                    self.slots.pop(at - 1, None)
                slots, header = ([_Slot(at, found)] if found else []), []
            if slots:
                self.slots[at] = slots

    def _row(self, at: int, cells: Sequence[str], header: list[str | None]) -> tuple[list[_Slot], list[str | None]]:
        """Slots of a table row: label and answer side by side, or answers under a header row of labels."""
        matches = [self.labels.match(cell) if len(cell) < 200 else None for cell in cells]
        keys = [m[0] if m else None for m in matches]
        if len(cells) >= 2 and sum(k is not None for k in keys) == len([c for c in cells if c]) >= 2:
            return [], keys
        if header and len(header) == len(cells) and not any(keys):
            pairs = zip(header, cells, strict=True)
            return [_Slot(at, Found(key, text), cell=True) for key, text in pairs if key], []
        slots: list[_Slot] = []
        n = 0
        while n < len(cells):
            key = keys[n]
            if key is None:
                found = self.labels.find(cells[n].partition("\n")[0])
                if found and not found.alone:
                    rest = cells[n].partition("\n")[2]
                    slots.append(_Slot(at, Found(found.key, f"{found.answer}\n{rest}".strip()), cell=True))
                n += 1
                continue
            answer = n + 1
            while (
                answer < len(cells)
                and not cells[answer].strip()
                and len(cells) > 2
                and answer + 1 < len(cells)
                and keys[answer + 1] is None
            ):
                answer += 1
            text = cells[answer] if answer < len(cells) and keys[answer] is None else ""
            slots.append(_Slot(at, Found(key, text), cell=True))
            n = answer + 1 if text or (answer < len(cells) and keys[answer] is None) else n + 1
        return slots, []

    def _add_unseparated(self) -> None:
        """Labels without separator count only inside a form: in a paragraph with three labelled lines, for a key
        found nowhere else."""
        known = {slot.found.key for slot in self._in_order()}
        for start, end in self._paragraphs():
            if sum(at in self.slots for at in range(start, end)) < 3:
                continue
            for at in range(start, end):
                found = None if at in self.slots else self.labels.leading(self.parts[at].line.text)
                if found and found.key not in known:
                    known.add(found.key)
                    self.slots[at] = [_Slot(at, found)]

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

    def _style(self) -> str:
        """Where this writer puts answers: on the "same" line, on the "next" one, or below a "gap" of blank lines."""
        counts = {"same": 0, "next": 0, "gap": 0}
        for slot in self._in_order():
            at = slot.at
            if slot.cell or self.parts[at].role is Role.QUOTED:
                continue
            if slot.found.answer:
                counts["same"] += 1
            elif self._answers(at + 1, slot):
                counts["next"] += 1
            elif self._blank(at + 1):
                below = self._after_blanks(at + 1)
                last = self._last(below, slot)
                counts["gap"] += self._answers(below, slot) and self._after_blanks(last) in self.slots
        if counts["same"] <= 2 * counts["next"]:
            del counts["same"]
        return max(counts, key=lambda style: counts[style])

    def _bind(self, slot: _Slot) -> Bound | None:
        part, found = self.parts[slot.at], slot.found
        if part.role is Role.QUOTED:
            return self._bind_quoted(slot)
        start = end = slot.at + 1
        if slot.cell:
            return self._bound(slot, found.answer, ())
        if found.answer and not is_blank(cleaned(found.answer)):
            end = self._last(start, slot)
        elif not found.answer:
            if self._blank(start):
                start = end = self._after_blanks(start)
                if self.style != "gap":
                    return None
            end = self._last(start, slot)
            inside_form = self._after_blanks(end) in self.slots
            if self.style == "same" and not inside_form:
                return None
        return self._bound(slot, found.answer, self.parts[start:end])

    def _bind_quoted(self, slot: _Slot) -> Bound | None:
        """New text below a quoted, unanswered label."""
        if slot.cell or not is_blank(slot.found.answer):
            return None
        start = slot.at + 1
        while start < len(self.parts) and not self.parts[start].line.text:
            start += 1
        if start >= len(self.parts) or self.parts[start].role is not Role.NEW or start in self.slots:
            return None
        return self._bound(slot, "", self.parts[start : self._last(start, slot)])

    def _quoted(self) -> dict[str, Bound]:
        """Answers that stand in quoted text: behind their label, or between it and the next one. The topmost counts:
        what lies below was quoted before."""
        found: dict[str, Bound] = {}
        slots = [slot for slot in self._in_order() if self.parts[slot.at].role is Role.QUOTED]
        for number, slot in enumerate(slots, 1):
            after = slots[number] if number < len(slots) else None
            if is_blank(slot.found.answer):
                more = [] if slot.cell or after is None else self._typed_between(slot, after)
                bound = self._bound(slot, "", more) if more else None
            else:
                rest = [] if slot.cell else carried_on(self.parts, slot.at, self.slots)
                bound = self._bound(slot, " ".join([slot.found.answer, *rest]), ())
            # Programs cut quoted lines anywhere; what is left of a label is no answer.
            if bound and bound.text and not self.labels.piece(bound.text):
                found.setdefault(bound.key, bound)
        return found

    def _typed_between(self, slot: _Slot, after: _Slot) -> list[Part]:
        """The lines between two quoted labels: nobody quotes a form with text there but who answers it. Before a label
        that has its answer another section may begin, and its heading is none."""
        same = self.parts[slot.at].line.depth
        between = [part for part in self.parts[slot.at + 1 : after.at] if part.line.text]
        if len(between) > _TYPED_LINES or any(p.role is not Role.QUOTED or p.line.depth != same for p in between):
            return []
        return between if is_blank(after.found.answer) and not after.cell else between[:-1]

    def _bound(self, slot: _Slot, first: str, more: Sequence[Part]) -> Bound | None:
        pieces = ([first] if first else []) + [part.line.text for part in more]
        if not first:
            pieces = [split_bullet(piece)[1] for piece in pieces]
        text = cleaned("\n".join(pieces)[:_ANSWER_CHARACTERS])
        where = self.parts[slot.at].line.where if first or not more else more[0].line.where
        return Bound(slot.found.key, "" if is_blank(text) else text, where) if slot.found.key else None

    def _blank(self, at: int) -> bool:
        return at < len(self.parts) and not self.parts[at].line.text

    def _after_blanks(self, at: int) -> int:
        while self._blank(at):
            at += 1
        return at

    def _last(self, start: int, slot: _Slot) -> int:
        """The end of the lines that carry on an answer from `start`."""
        end = start
        while end < len(self.parts) and end - start < _ANSWER_LINES and self._carries(end, slot, first=end == start):
            end += 1
        return end

    def _answers(self, at: int, slot: _Slot) -> bool:
        return at < len(self.parts) and self._carries(at, slot, first=True)

    def _carries(self, at: int, slot: _Slot, *, first: bool) -> bool:
        """Whether line `at` belongs to the answer of `slot`: text of its own, neither label, heading, closing formula
        nor sibling."""
        part, line = self.parts[at], self.parts[at].line
        wanted = Role.NEW if self.parts[slot.at].role is Role.QUOTED else self.parts[slot.at].role
        if part.role is not wanted or not line.text or line.cells or at in self.slots or is_closing(line.text):
            return False
        if slot.found.answer and _SIBLING.match(line.text) and "@" not in line.text and not _PHONE.search(line.text):
            return False
        bullet = split_bullet(line.text)[0]
        if bullet and (bullet == slot.found.bullet or slot.found.answer):
            return False
        heading = line.text.endswith(":") or _HEADING.match(fold(line.text[:80])) is not None
        return not (heading and (first or line.text.endswith(":")))
