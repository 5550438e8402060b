"""Reference numbers: patterns such as "INC-{year}-{seq:06}", their strings, and finding those in text.

A pattern is ASCII letters, digits and hyphens with `{year}` (four digits) at most once and, at its end, `{seq}` or
`{seq:0N}` (at least N digits). The year is that of the desk's zone. Without `{year}` a number counts for ever, with it
per year. Patterns that are equal share one count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_PATTERN = re.compile(r"([A-Za-z0-9-]*)(?:(\{year\})([A-Za-z0-9-]*))?\{seq(?::0([1-9]))?\}")
_MOST_DIGITS = 12
_HYPHENS = r"\-\u2010\u2011\u2012\u2013"
"""For a character class: mail programs turn a typed hyphen into its typographic kin."""

_CONFUSABLE = str.maketrans("OILSBZ", "011582")


@dataclass(frozen=True, slots=True)
class _Pattern:
    before: str
    year: bool
    between: str
    width: int


@lru_cache(maxsize=1024)
def _parse(pattern: str) -> _Pattern:
    match = _PATTERN.fullmatch(pattern)
    if not match:
        cure = 'write letters, digits and "-", at most one {year}, and {seq} or {seq:06} at the end'
        raise ValueError(f"no such pattern: {cure}")
    before, year, between, width = match.groups()
    if len(re.findall("[A-Za-z]", before)) < 2:
        raise ValueError("must begin with two letters or more, so that no other number in a mail looks like it")
    if (between or before)[-1:].isdigit() or (year and before[-1:].isdigit()):
        raise ValueError('needs a letter or "-" between its own digits and {year} or {seq}')
    return _Pattern(before, bool(year), between or "", int(width or 1))


def counts_per_year(pattern: str) -> bool:
    """Whether the count begins anew each year."""
    return _parse(pattern).year


def format_reference(pattern: str, year: int, seq: int) -> str:
    """The number of the `seq`-th ticket of `year`; `seq` counts from 1. ValueError for a pattern that is none."""
    parsed = _parse(pattern)
    middle = f"{year:04}{parsed.between}" if parsed.year else ""
    return f"{parsed.before}{middle}{seq:0{parsed.width}}"


def reference_regex(pattern: str) -> str:
    """A regular expression, without groups and in any case, for the numbers of `pattern` that stand alone in a text.

    What it finds may differ from the number in case and kind of hyphen; `find_references` gives the numbers themselves.
    """
    parsed = _parse(pattern)
    before, between = (_spelling(literal) for literal in (parsed.before, parsed.between))
    middle = f"[0-9]{{4}}{between}" if parsed.year else ""
    number = f"{before}{middle}[0-9]{{{parsed.width},{_MOST_DIGITS}}}"
    return f"(?<![0-9A-Za-z_{_HYPHENS}]){number}(?![0-9A-Za-z]|[{_HYPHENS}][0-9])"


def _spelling(literal: str) -> str:
    return "(?i:" + literal.replace("-", f"[{_HYPHENS}]") + ")"


def find_references(pattern: str, text: str) -> tuple[str, ...]:
    """The numbers of `pattern` in `text`, as `format_reference` writes them, in their order and each once."""
    parsed = _parse(pattern)
    found: dict[str, None] = {}
    for match in re.finditer(reference_regex(pattern), text):
        rest = match.group()[len(parsed.before) :]
        year = int(rest[:4]) if parsed.year else 0
        seq = int(rest[4 + len(parsed.between) :] if parsed.year else rest)
        found[format_reference(pattern, year, seq)] = None
    return tuple(found)


def look_alike(pattern_a: str, pattern_b: str) -> bool:
    """Whether some number of one pattern is, or begins at a hyphen, one of the other, or differs from it only in case,
    hyphens or signs that are mistaken for each other (O and 0, I, L and 1, S and 5, B and 8, Z and 2)."""
    return _overlap(_skeleton(pattern_a), _skeleton(pattern_b))


_ANY_DIGIT = "#"
_MORE_DIGITS = "+"


def _skeleton(pattern: str) -> str:
    """`pattern` as signs that stand for themselves, "#" for one digit and a last "+" for any further digits."""
    parsed = _parse(pattern)
    year = _ANY_DIGIT * 4 if parsed.year else ""
    before, between = (literal.upper().translate(_CONFUSABLE) for literal in (parsed.before, parsed.between))
    return before + year + between + _ANY_DIGIT * parsed.width + _MORE_DIGITS


def _overlap(a: str, b: str) -> bool:
    """Walks both skeletons together through every pair of places that one string can reach."""
    seen: set[tuple[int, int]] = set()
    reachable = [(0, 0)]
    while reachable:
        i, j = pair = reachable.pop()
        if pair in seen:
            continue
        seen.add(pair)
        here, there = a[i], b[j]
        if (here == _MORE_DIGITS and there in "-+") or (there == _MORE_DIGITS and here == "-"):
            return True
        if here == "-":
            reachable.append((i + 1, j))
        if there == "-":
            reachable.append((i, j + 1))
        if _same_sign(here, there):
            reachable.append((i + (here != _MORE_DIGITS), j + (there != _MORE_DIGITS)))
    return False


def _same_sign(here: str, there: str) -> bool:
    digits = _ANY_DIGIT + _MORE_DIGITS
    if here in digits:
        return there in digits or there.isdigit()
    return here == there or (there in digits and here.isdigit())
