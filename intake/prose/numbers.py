"""IP addresses and phone numbers in running text, by the nearest cue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from intake.prose.clauses import Prose
from intake.prose.facts import Fact, behind_cues
from intake.questionnaire.phones import phone_spans
from intake.questionnaire.values import addresses
from rules.cues import Cues

_ADDRESS_GAP = 4
_PHONE_GAP = 6
_EXTENSION = re.compile(
    r"\b(?:ext(?:ensi[oó]n)?|ramal|interno|anexo|int|extension|n[uú]mero|number)\.?:?\s(?:es |is |é )?"
    r"(?:el |la |o )?(\d{3,6})\b(?![./:-]\d)",
    re.IGNORECASE,
)


def address_answers(prose: Prose, owners: Mapping[str, Cues]) -> dict[str, Fact]:
    """The IP addresses, by the question whose cue stands before them."""
    found = behind_cues(prose, owners, _address_spans, _ADDRESS_GAP) if owners else {}
    return {key: _over(prose, spans) for key, spans in found.items()}


def phone_answers(prose: Prose, owners: Mapping[str, Cues], taken: Mapping[str, Fact]) -> dict[str, Fact]:
    """The phone numbers and extensions, by the question whose cue stands before them; those inside the answers `taken`
    are something else."""

    def numbers(text: str) -> Iterable[tuple[int, int]]:
        spans = list(phone_spans(text))
        spans += [m.span(1) for m in _EXTENSION.finditer(text)]
        other = [*_address_spans(text), *((f.start, f.end) for f in taken.values())]
        return [(a, b) for n, (a, b) in enumerate(spans) if not any(c <= a < d for c, d in (*spans[:n], *other))]

    found = behind_cues(prose, owners, numbers, _PHONE_GAP) if owners else {}
    return {key: _over(prose, spans) for key, spans in found.items() if key not in taken}


def _over(prose: Prose, spans: Sequence[tuple[int, int]]) -> Fact:
    start, end = spans[0][0], spans[0][1]
    for a, b in spans[1:]:
        if a - end > 40:
            break
        end = b
    return Fact(start, end, " ".join(prose.text[start:end].split()))


def _address_spans(text: str) -> Iterator[tuple[int, int]]:
    for start, _ in addresses(text):
        written = re.compile(r"[0-9A-Fa-f.:/]+").match(text, start)
        yield start, start + len(written.group().rstrip(".:/")) if written else start
