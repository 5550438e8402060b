"""Which lines below a label are its answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from intake.questionnaire.label_shapes import HEADING_CHARACTERS, has_dash, is_dashed, is_heading, is_sibling, may_head
from intake.questionnaire.labels import is_instruction, split_bullet
from intake.questionnaire.slots import Slot, Slots
from intake.text.quoting import Part, Role
from intake.text.tails import is_closing
from intake.text.wrapping import cut_before

# A separator that was cut off its label.
_SEPARATOR = re.compile(r"^(?:[:=]|\.{4,}|…)\s+")
# "=== FIN ===", "-----------"
_DRAWN = re.compile(r"^([-=*_~#+])\1{2,}(?:[^\n]{0,80}\1{3,})?$")
# What carries an answer on behind a blank line: a small letter, a bullet, an address, a phone number.
_GOES_ON = re.compile(r"^(?:[a-zà-ÿ]|[-*•·]\s)|@|\d[\d ()./-]{6,}\d")
_TITLE_CHARACTERS = 40
_TITLE = re.compile(
    r"^(?i:\W{0,3}(?:secci[oó]n|se[cç][aã]o|section|parte|part)\s\w{1,4}\b)|^[IVX]{1,4}[.)-]{1,2}\s[A-ZÀ-Ý]"
)
_NUMBER = re.compile(r"^(\d{1,2})\s?[.)-]{1,2}\s{1,4}\S")
_FEWEST_LINES = 3
_ANSWER_LINES = 30


class Extent:
    """The lines of a mail as one writer lays out answers among them."""

    def __init__(self, parts: Sequence[Part], slots: Slots, width: int) -> None:
        self.parts = parts
        self.slots = slots
        self.width = width
        kinds = [slot.found.bullet for slot in slots.in_order() if slot.found.bullet]
        self._bullets = {kind for kind in kinds if kinds.count(kind) >= 2}
        """The bullets before this writer's labels."""
        self._label_indent = max((self.parts[slot.at].line.indent for slot in slots.in_order()), default=0)
        self._sections = self._numbered_headings()
        self._dashes = sum(has_dash(parts[slot.at].line.text) for slot in slots.in_order() if slot.found.answer)

    def _numbered_headings(self) -> frozenset[int]:
        """The lines "1. ...", "2. ..." that hold no label and count through the form from its first section on, with
        labels between each two of them."""
        found: list[int] = []
        slots_between = 0
        for at, part in enumerate(self.parts):
            if at in self.slots:
                slots_between += 1
                continue
            number = _NUMBER.match(part.line.text)
            if not number or part.line.cells or len(part.line.text) > HEADING_CHARACTERS:
                continue
            if int(number[1]) == len(found) + 1 and (slots_between or not found):
                found.append(at)
                slots_between = 0
        return frozenset(found) if len(found) > 1 else frozenset()

    def style(self) -> str:
        """Where this writer puts answers: on the "same" line, on the "next" one, or below a "gap" of blank lines."""
        counts = {"same": 0, "next": 0, "gap": 0}
        for slot in self.slots.in_order():
            at = slot.at
            if slot.cell or self.parts[at].role is Role.QUOTED:
                continue
            if slot.found.answer:
                counts["same"] += 1
            elif self._answers(at + 1, slot):
                counts["next"] += 1
            elif self.blank(at + 1):
                below = self.after_blanks(at + 1)
                last = self.last(below, slot)
                counts["gap"] += self._answers(below, slot) and self.after_blanks(last) in self.slots
        if counts["same"] <= 2 * counts["next"]:
            del counts["same"]
        return max(counts, key=lambda style: counts[style])

    def blank(self, at: int) -> bool:
        """Whether line `at` is an empty one."""
        return at < len(self.parts) and not self.parts[at].line.text

    def after_blanks(self, at: int) -> int:
        """The first line from `at` on that is not empty, or the end."""
        while self.blank(at):
            at += 1
        return at

    def last(self, start: int, slot: Slot) -> int:
        """The end of the lines that carry on an answer from `start`."""
        end = start
        while end < len(self.parts) and end - start < _ANSWER_LINES and self._carries(end, slot, first=end == start):
            end += 1
        return end

    def further_paragraphs(self, end: int, slot: Slot) -> int:
        """The end of an answer of several paragraphs, where labels stand alone as headings and another one follows. A
        short line that ends no sentence may be the heading of something else."""
        limit = min(len(self.parts), end + _ANSWER_LINES)
        below = next((at for at in range(end, limit) if at in self.slots), None)
        while below is not None and self.slots.by_line[below][0].found.alone and self.blank(end):
            start = self.after_blanks(end)
            last = self.last(start, slot)
            said = [part.line.text for part in self.parts[start:last]]
            if not said or not self.blank(last) or is_closing(said[0]) or may_head(said):
                break
            end = last
        return end

    def up_to_next(self, end: int, slot: Slot) -> int:
        """The end of an answer whose writer numbers the labels: all up to the next number is said under this one.

        The paragraph directly above the next label does not count where it may be the title of what follows, nor
        does anything where another thing than new text stands between.
        """
        number = _NUMBER.match(self.parts[slot.at].line.text)
        below = next((at for at in range(end, min(len(self.parts), end + _ANSWER_LINES)) if at in self.slots), None)
        after = _NUMBER.match(self.parts[below].line.text) if below is not None else None
        if below is None or not number or not after or int(after[1]) != int(number[1]) + 1:
            return end
        between = self.parts[end:below]
        if any(not self._said_under(at, slot) for at in range(end, below) if self.parts[at].line.text):
            return end
        last = [part.line.text for part in between if part.line.text][-1:]
        if not last or (len(last[0]) <= HEADING_CHARACTERS and not self.blank(below - 1)) or is_heading(last[0]):
            return end
        paragraph = between[::-1]
        while paragraph and not paragraph[0].line.text:
            paragraph = paragraph[1:]
        alone = len(paragraph) < 2 or not paragraph[1].line.text
        if alone and len(last[0]) <= HEADING_CHARACTERS and last[0][-1:] not in ".!":
            return end
        while not self.parts[below - 1].line.text:
            below -= 1
        return below

    def _said_under(self, at: int, slot: Slot) -> bool:
        line = self.parts[at].line
        unlike = (
            is_closing(line.text) or is_instruction(line.text) or _DRAWN.match(line.text) or _TITLE.match(line.text)
        )
        kept = self.parts[at].role is self.parts[slot.at].role and not line.cells
        return kept and not unlike and at not in self._sections and at not in self.slots.cut

    def closed_up(self) -> Sequence[Part] | None:
        """The lines of a form that has a blank line after each of its lines, without those in the middle of an answer;
        None for any other form."""
        if len(self.slots) < _FEWEST_LINES:
            return None
        first, last = min(self.slots.by_line), max(self.slots.by_line)
        stretch = [bool(part.line.text) for part in self.parts[first : last + 1]]
        if any(one and other for one, other in pairwise(stretch)):
            return None
        inside = {
            at
            for at in range(first + 1, last)
            if not self.parts[at].line.text
            and self.parts[at - 1].line.text
            and at + 1 not in self.slots
            and _GOES_ON.search(self.parts[at + 1].line.text)
        }
        return [part for at, part in enumerate(self.parts) if at not in inside] if inside else None

    def written(self, slot: Slot, first: str, more: Sequence[Part]) -> str:
        """The answer that begins with `first` and goes on in `more`, lines that the mail program cut put together
        again."""
        text, at = first, slot.at
        for part in more:
            at += 1
            while self.parts[at] is not part:
                at += 1
            piece = part.line.text
            apart = split_bullet(piece)[0] or piece.startswith("*") or not cut_before(self.parts, at, self.width)
            text += f"\n{piece}" if apart or not text else f" {piece}"
        text = _SEPARATOR.sub("", text.lstrip("\n"), count=1)
        # A single bullet marks the answer, several are its own.
        alone = not first and sum(split_bullet(part.line.text)[0] != "" for part in more) == 1
        return split_bullet(text)[1] if alone else text

    def _answers(self, at: int, slot: Slot) -> bool:
        return at < len(self.parts) and self._carries(at, slot, first=True)

    def _carries(self, at: int, slot: Slot, *, first: bool) -> bool:
        """Whether line `at` belongs to the answer of `slot`: text of its own, neither label, heading, closing formula
        nor sibling."""
        part, line = self.parts[at], self.parts[at].line
        wanted = Role.NEW if self.parts[slot.at].role is Role.QUOTED else self.parts[slot.at].role
        if part.role is not wanted or not line.text or line.cells or at in self.slots or at in self.slots.cut:
            return False
        if at in self._sections or is_closing(line.text) or is_instruction(line.text) or _DRAWN.match(line.text):
            return False
        if slot.found.answer and not self._hangs(at, slot) and (is_sibling(line.text) or self._dashed(at, slot)):
            return False
        bullet = "" if wanted is not self.parts[slot.at].role else split_bullet(line.text)[0]
        if bullet and bullet in self._bullets | {slot.found.bullet}:
            return False
        if slot.found.answer and self._title(at, slot):
            return False
        heading = is_heading(line.text)
        return not (heading and (first or line.text.endswith(":")))

    def _dashed(self, at: int, slot: Slot) -> bool:
        """Whether line `at` has a label of its own before a dash, as the label above it and others of this form."""
        alike = self._dashes >= _FEWEST_LINES and has_dash(self.parts[slot.at].line.text)
        return alike and is_dashed(self.parts[at].line.text)

    def _hangs(self, at: int, slot: Slot) -> bool:
        """Whether line `at` is set in under the label's line, farther than any label is."""
        return self.parts[at].line.indent > self._label_indent >= self.parts[slot.at].line.indent

    def _title(self, at: int, slot: Slot) -> bool:
        """Whether line `at`, below an answer on its label's own line, is the title of what follows: of a table, or in
        capitals that the answer has not."""
        text = self.parts[at].line.text
        if len(text) > _TITLE_CHARACTERS or at + 1 >= len(self.parts) or cut_before(self.parts, at, self.width):
            return False
        if _TITLE.match(text):
            return True
        words = text[:1].isupper() and not any(sign.isdigit() or sign in "@,;" for sign in text)
        if not words or self.after_blanks(at + 1) not in self.slots:
            return False
        return bool(self.parts[at + 1].line.cells) or (text.isupper() and not slot.found.answer.isupper())
