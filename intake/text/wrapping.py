"""Lines that a mail program cut to a width: what belongs together again."""

from __future__ import annotations

from collections.abc import Container, Sequence

from intake.questionnaire.labels import split_bullet
from intake.text.quoting import Part, Role

_LINES = 4
_CHARACTERS = 64
"""Programs that cut lines leave none shorter than this with its next word, quote marks apart."""
_NARROWEST = 56
_WIDEST = 100
"""Between these lie the widths to which mail programs cut lines: 60 to 80, a quotation's marks and long words apart."""


def with_line_before(parts: Sequence[Part], at: int) -> str:
    """Line `at` together with the one before it, where that may have been cut: inside a parenthesis, before one, or
    because the next word had no room; else ""."""
    if not at or not _below(parts, at):
        return ""
    before, here = parts[at - 1].line.text, parts[at].line.text
    open_ = open_parentheses(before) == 1
    full = len(before) + 1 + len(here.partition(" ")[0]) > _CHARACTERS
    return f"{before} {here}" if open_ or (full and len(before) < _WIDEST) else ""


def open_parentheses(text: str) -> int:
    """How many parentheses a line opens and does not close; that of a bullet "a)" does not count."""
    line = split_bullet(text)[1]
    return line.count("(") - line.count(")")


def width_of(parts: Sequence[Part]) -> int:
    """The width to which the plain text of a mail was cut; 0 where it was not."""
    longest = max((len(p.line.text) for p in parts if p.role is not Role.FOOTER and not p.line.cells), default=0)
    return longest if _NARROWEST <= longest <= _WIDEST else 0


def cut_before(parts: Sequence[Part], at: int, width: int) -> bool:
    """Whether line `at` carries on the line before it, whose program cut lines to `width`: its first word had no
    room there."""
    if not width or not 0 < at < len(parts) or not _below(parts, at):
        return False
    return len(parts[at - 1].line.text) + 1 + len(parts[at].line.text.partition(" ")[0]) > width


def carried_on(parts: Sequence[Part], at: int, stops: Container[int]) -> list[str]:
    """The quoted lines below line `at` that carry it on because it was cut; never one of `stops`."""
    end = at + 1
    while end < len(parts) and end - at <= _LINES and end not in stops and _below(parts, end):
        next_word = parts[end].line.text.partition(" ")[0]
        if len(parts[end - 1].line.text) + 1 + len(next_word) <= _CHARACTERS:
            break
        end += 1
    return [part.line.text for part in parts[at + 1 : end]]


def _below(parts: Sequence[Part], at: int) -> bool:
    """Whether a line stands in one quotation with the line before it."""
    part, before = parts[at], parts[at - 1]
    plain = bool(part.line.text and before.line.text) and not (part.line.cells or before.line.cells)
    return plain and part.role is before.role and part.line.depth == before.line.depth
