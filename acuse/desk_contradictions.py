"""Conditions of a desk's file that can never hold, however a mail is answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from acuse.desk_entries import ConditionEntry
from rules.words import fold

_MOST_CASES = 4_096
"""A condition of more alternatives than this is not worked out; nobody writes one."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """What one part of a condition says of the answer to `question`, or denies."""

    question: str
    holds: bool
    value: bool | str | None = None
    words: frozenset[str] = frozenset()


_Case = tuple[_Claim, ...]


def contradictions(entry: ConditionEntry, place: str) -> Iterator[tuple[str, str]]:
    """The place of each innermost part that can never hold, and the question that it says two things of."""
    parts = _parts(entry)
    found = [one for name, part in parts for one in contradictions(part, f"{place}.{name}")]
    if found:
        yield from found
        return
    cases = _cases(entry, holds=True)
    if cases and all(_torn(case) for case in cases):
        yield f"{place}.all" if entry.all_ is not None else place, _torn(cases[0])


def _parts(entry: ConditionEntry) -> list[tuple[str, ConditionEntry]]:
    for name, several in (("all", entry.all_), ("any", entry.any_)):
        if several is not None:
            return [(f"{name}[{number}]", part) for number, part in enumerate(several, start=1)]
    return [("not", entry.not_)] if entry.not_ is not None else []


def _cases(entry: ConditionEntry, *, holds: bool) -> Sequence[_Case]:
    """The ways in which `entry` holds (or does not), each as claims that hold together; none where it has too many."""
    if entry.not_ is not None:
        return _cases(entry.not_, holds=not holds)
    several = entry.all_ if entry.all_ is not None else entry.any_
    if several is not None:
        ways = [_cases(part, holds=holds) for part in several]
        if (entry.all_ is not None) is not holds:
            return [case for way in ways for case in way] if all(ways) else []
        count = 1
        for way in ways:
            count *= len(way)
        return [tuple(c for case in one for c in case) for one in product(*ways)] if 0 < count <= _MOST_CASES else []
    if entry.question is None:
        return []
    return [(_Claim(entry.question, holds, entry.is_, frozenset(map(fold, entry.has_any or ()))),)]


def _torn(case: _Case) -> str:
    """The question of whose answer the claims cannot all be true, "" where they can."""
    claims: Mapping[str, list[_Claim]] = {claim.question: [] for claim in case}
    for claim in case:
        claims[claim.question].append(claim)
    return next((question for question, several in claims.items() if _contradict(several)), "")


def _contradict(claims: Sequence[_Claim]) -> bool:
    said = [claim for claim in claims if claim.holds]
    denied = [claim for claim in claims if not claim.holds]
    if len({claim.value for claim in said if claim.value is not None}) > 1:
        return True
    for one in denied:
        if one.value is not None:
            broken = any(claim.value == one.value for claim in said)
        elif one.words:
            broken = any(claim.words and claim.words <= one.words for claim in said)
        else:
            # Denied is that there is any answer.
            broken = bool(said)
        if broken:
            return True
    return False
