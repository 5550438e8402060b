"""Quoted lines that the quoting program cut: what belongs together again."""

from __future__ import annotations

from collections.abc import Container, Sequence

from intake.quoting import Part, Role

_LINES = 4
_CHARACTERS = 64
"""Programs that cut lines leave none shorter than this with its next word, quote marks apart."""


def with_line_before(parts: Sequence[Part], at: int) -> str:
    """Quoted line `at` together with the one before it, where that was cut inside a parenthesis; else ""."""
    if not at or parts[at].role is not Role.QUOTED or not _below(parts, at):
        return ""
    before = parts[at - 1].line.text
    return f"{before} {parts[at].line.text}" if before.count("(") == before.count(")") + 1 else ""


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
