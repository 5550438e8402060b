"""Answers under a questionnaire's labels.

The lines of a mail are read in order. A label opens a slot; its answer stands on the same line, in the next cell, or
on the lines below. Quoted labels open slots too, but only new text fills them. In doubt there is no answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from intake.questionnaire.answers import cleaned, is_blank
from intake.questionnaire.blocks import Bound, Form, one_form
from intake.questionnaire.extent import Extent
from intake.questionnaire.labels import Labels, split_bullet
from intake.questionnaire.numbered import numbered_answers
from intake.questionnaire.slots import Slot, find_slots
from intake.text.quoting import Part, Role
from intake.text.tails import is_closing
from intake.text.wrapping import carried_on, cut_before, width_of

_TYPED_LINES = 4
_HABIT = 2
"""So many answers close below their labels show where this writer types."""
_ANSWER_CHARACTERS = 6_000


def read_form(parts: Sequence[Part], labels: Labels) -> Form:
    """Every answer that stands under a label. Linear in the number of lines."""
    return _Reader(parts, labels).form()


class _Reader:
    def __init__(self, parts: Sequence[Part], labels: Labels) -> None:
        self.labels = labels
        self.width = width_of(parts)
        self._read(parts)
        if self.style == "same" and (closer := self.extent.closed_up()):
            self._read(closer)

    def _read(self, parts: Sequence[Part]) -> None:
        """Find the labels and what can be told of this writer's habits."""
        self.parts = parts
        self.slots = find_slots(parts, self.labels)
        if told := self.labels.told_by({slot.found.key for slot in self.slots.in_order()}):
            self.labels = told
            self.slots = find_slots(parts, told)
        self.extent = Extent(parts, self.slots, self.width)
        self.style = self.extent.style()

    def form(self) -> Form:
        bound = [b for slot in self.slots.in_order() if (b := self._bind(slot)) is not None]
        if not any(one.text for one in bound):
            bound = numbered_answers(self.parts, self.labels)
        return replace(one_form(bound), quoted=self._quoted(), labelled=self._labelled())

    def _labelled(self) -> frozenset[str]:
        return frozenset(self.parts[at].line.where for at in {*self.slots.by_line, *self.slots.cut})

    def _bind(self, slot: Slot) -> Bound | None:
        part, found = self.parts[slot.at], slot.found
        if part.role is Role.QUOTED:
            return self._bind_quoted(slot)
        if slot.cell:
            return self._bound(slot, found.answer, ())
        start = end = slot.at + 1
        if found.answer and not is_blank(cleaned(found.answer)):
            end = self.extent.last(start, slot)
        elif not found.answer:
            if self.extent.blank(start):
                start = end = self.extent.after_blanks(start)
                if self.style != "gap":
                    return None
            end = self.extent.last(start, slot)
            inside_form = self.extent.after_blanks(end) in self.slots
            if self.style == "same" and not inside_form and not cut_before(self.parts, start, self.width):
                return None
        if end > start and self.style == "gap" and not found.answer:
            end = self.extent.further_paragraphs(end, slot)
        if end > start or found.answer:
            end = self.extent.up_to_next(end, slot)
        mark = split_bullet(found.behind)[0]
        if mark and any(split_bullet(part.line.text)[0] == mark for part in self.parts[start:end]):
            found = replace(found, answer=found.behind)
        return self._bound(replace(slot, found=found), found.answer, self.parts[start:end])

    def _bind_quoted(self, slot: Slot) -> Bound | None:
        """New text below a quoted, unanswered label."""
        if slot.cell or not is_blank(slot.found.answer):
            return None
        start = self.extent.after_blanks(slot.at + 1)
        if start >= len(self.parts) or self.parts[start].role is not Role.NEW or start in self.slots:
            return None
        return self._bound(slot, "", self.parts[start : self.extent.last(start, slot)])

    def _quoted(self) -> dict[str, Bound]:
        """Answers that stand in quoted text: behind their label, or between it and the next one. The topmost counts:
        what lies below was quoted before."""
        found: dict[str, Bound] = {}
        slots = [slot for slot in self.slots.in_order() if self.parts[slot.at].role is Role.QUOTED]
        close_below = 0
        for number, slot in enumerate(slots, 1):
            after = slots[number] if number < len(slots) else None
            if is_blank(slot.found.answer):
                more = [] if slot.cell else self._typed_between(slot, after) if after else []
                if not more and not slot.cell and close_below >= _HABIT:
                    more = self._typed_last(slot)
                close_below += bool(more) and more[0] is self.parts[slot.at + 1]
                bound = self._bound(slot, "", more) if more else None
            else:
                rest = [] if slot.cell else carried_on(self.parts, slot.at, self.slots)
                bound = self._bound(slot, " ".join([slot.found.answer, *rest]), ())
            # Programs cut quoted lines anywhere; what is left of a label is no answer.
            if bound and bound.text and not self.labels.piece(bound.text):
                found.setdefault(bound.key, bound)
        return found

    def _typed_between(self, slot: Slot, after: Slot) -> list[Part]:
        """The lines between two quoted labels: nobody quotes a form with text there but who answers it. Before a label
        that has its answer another section may begin, and its heading is none."""
        same = self.parts[slot.at].line.depth
        between = [
            part
            for at, part in enumerate(self.parts[slot.at + 1 : after.at], slot.at + 1)
            if part.line.text and at not in self.slots.cut
        ]
        if len(between) > _TYPED_LINES or any(p.role is not Role.QUOTED or p.line.depth != same for p in between):
            return []
        below = after.at + 1
        answered_below = self.extent.blank(slot.at + 1) and below not in self.slots and not self.extent.blank(below)
        return between[:-1] if after.cell or answered_below or not is_blank(after.found.answer) else between

    def _typed_last(self, slot: Slot) -> list[Part]:
        """The line close below the last label of a quotation whose other labels have their answers there."""
        label, *below = self.parts[slot.at : slot.at + 3]
        if not below or slot.at + 1 in self.slots or (len(below) > 1 and below[1].line.text):
            return []
        line = below[0].line
        same = below[0].role is Role.QUOTED and line.depth == label.line.depth and not line.cells
        return below[:1] if same and line.text and not line.text.endswith(":") and not is_closing(line.text) else []

    def _bound(self, slot: Slot, first: str, more: Sequence[Part]) -> Bound | None:
        text = cleaned(self.extent.written(slot, first, more)[:_ANSWER_CHARACTERS])
        where = self.parts[slot.at].line.where if first or not more else more[0].line.where
        return Bound(slot.found.key, "" if is_blank(text) else text, where) if slot.found.key else None
