"""People to call or write to, named in running text by a cue."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from intake.prose.clauses import Prose, Sentence
from intake.prose.facts import Fact, shown
from intake.prose.names import name_end
from intake.prose.people import NOT_NAMED, Mark, fact_of
from intake.questionnaire.phones import EMAIL, phone_spans
from rules.cues import Cues, Span

_FIRST_PERSON = re.compile(
    r"\b(?:mi|mis|my|meu|minha|me|conmigo|comigo|\w{4,}(?:enme|arme|anme|irme|rme)|mim|i am|soy|sou|yo|eu"
    r"|(?:llam|escrib|avis|marc|contact|habl|busc|ubic|mand|contest|respond)[aei]n?me)\b"
)
_BEFORE_NAME = frozenset(
    {*("el", "la", "o", "a", "al", "es", "is", "e", "the", "sr", "sra", "ing", "lic", "dr", "dra", "don")}
)
_AND = frozenset({"y", "e", "and", "o", "ou", "para", "el", "la", "de", "for", "do", "as", "well"})
_DIGITS = re.compile(r"(?<![\d.:/@-])\+?\(?\d(?:[ ()-]{0,2}\d){6,14}(?![\d:/@-])")
_TITLES = frozenset(
    {*("sr", "sra", "srta", "ing", "lic", "dr", "dra", "arq", "don", "dona", "senor", "senora", "mr", "mrs", "ms")}
)
_DEVICES = frozenset(
    {*("celular", "cel", "telefono", "telefone", "movil", "mobile", "cell", "phone", "number", "numero", "whatsapp")}
)
_REACH = 14
_BACK = 4
_NAME_WORDS = 5
_LONE_MARKS = 2


@dataclass(frozen=True, slots=True)
class _Region:
    """The words of a sentence that a cue speaks of."""

    key: str
    cue: Span
    first: int
    last: int


def people(
    prose: Prose, owners: Mapping[str, Cues], writer: str, taken: Sequence[tuple[int, int]] = ()
) -> dict[str, Fact]:
    """The contacts by question. `writer` is the name for whoever says "my mobile"; what follows the nearest cue before
    it is a contact's. Numbers at `taken` places are something else."""
    everything = sorted(
        [Mark(m.start(), m.end()) for m in EMAIL.finditer(prose.text)]
        + [Mark(a, b) for a, b in phone_spans(prose.text)],
        key=lambda mark: mark.start,
    )
    everything += [
        Mark(m.start(), m.end())
        for m in _DIGITS.finditer(prose.text)
        if 7 <= sum(c.isdigit() for c in m.group()) <= 15
        and not any(a.start < m.end() and m.start() < a.end for a in everything)
    ]
    everything.sort(key=lambda mark: mark.start)
    marks = [mark for mark in everything if not any(a <= mark.start < b for a, b in taken)]
    found: dict[str, Fact] = {}
    for n, sentence in enumerate(prose.sentences):
        after = prose.sentences[n + 1] if n + 1 < len(prose.sentences) else None
        waiting: list[_Region] = []
        for region in _regions(sentence, owners):
            fact = _contact(prose, sentence, region, marks, writer=writer)
            if fact is None and after and not any(owned.find(after.plain) for owned in owners.values()):
                fact = _in_next(prose, sentence, region, marks, after=after)
            if fact is None:
                waiting.append(region)
                continue
            if claimed := _claimed(sentence, region, fact, found):
                # "Podem falar com o gerente, Ivo, 3555-0125, que fica no local": what stands behind says who he is.
                found[region.key] = found.pop(claimed)
                continue
            for other in _meant(sentence, waiting, region):
                if other.key not in found or (not _reachable(found[other.key]) and _reachable(fact)):
                    found[other.key] = fact
            waiting = []
    if len(owners) == 1 and not found:
        lone = _lone(prose, marks)
        if lone:
            found[next(iter(owners))] = lone
    return found


def _reachable(fact: Fact) -> bool:
    people = fact.value if isinstance(fact.value, list) else ()
    return any(isinstance(one, dict) and (one["phone"] or one["email"]) for one in people)


def _lone(prose: Prose, marks: list[Mark]) -> Fact | None:
    """The one person who is named with a number or an address, by no cue."""
    named: list[tuple[int, list[Mark]]] = []
    for sentence in prose.sentences:
        mine = _marks_in(sentence, 0, len(sentence.words), marks)
        if not mine:
            continue
        first = max(0, _word_at(sentence, mine[0].start) - _NAME_WORDS)
        start = _name_before(prose, sentence, first, mine[0].start)
        if sentence.asks or len(mine) > _LONE_MARKS or start >= mine[0].start:
            return None
        named.append((start, mine))
    if len(named) != 1 or not prose.capitals_count:
        return None
    return fact_of(prose, named[0][0], named[0][1])


def _regions(sentence: Sentence, owners: Mapping[str, Cues]) -> Iterator[_Region]:
    found = [(span, key) for key, owned in owners.items() for span in owned.find(sentence.plain)]
    # "Allá pueden hablar con" is of one question, though "hablar con" is of another.
    cues = sorted(
        (
            (span, key)
            for span, key in found
            if not any(
                other != key and o.start <= span.start and span.end <= o.end and o.end - o.start > span.end - span.start
                for o, other in found
            )
        ),
        key=_place,
    )
    kept: list[tuple[Span, str]] = []
    for span, key in cues:
        if kept and span.start < kept[-1][0].end and key == kept[-1][1]:
            # "para pruebas" and "pruebas y cierre" are one cue.
            kept[-1] = (Span(kept[-1][0].start, max(span.end, kept[-1][0].end)), key)
        else:
            kept.append((span, key))
    for n, (span, key) in enumerate(kept):
        last = next((later.start for later, other in kept[n + 1 :] if other != key), len(sentence.words))
        yield _Region(key, span, span.end, last)


def _place(cue: tuple[Span, str]) -> tuple[int, int]:
    return cue[0].start, -cue[0].end


def _claimed(sentence: Sentence, region: _Region, fact: Fact, found: Mapping[str, Fact]) -> str:
    """The other question to whose cue, before it, the same person was put that now stands before the cue of `region`;
    "" where there is none."""
    if region.key in found or fact.start >= sentence.words[region.cue.start].start:
        return ""
    return next((key for key, one in found.items() if one.start < fact.end and fact.start < one.end), "")


def _meant(sentence: Sentence, waiting: Sequence[_Region], region: _Region) -> list[_Region]:
    """The regions whose cues lead to the person behind the last one: those joined by "and" all do; of two side by side
    ("en planta pregunten por") the first says who it is."""
    if waiting and waiting[-1].cue.end == region.cue.start:
        return [waiting[-1]]
    return [*(one for one in waiting if _leads_to(sentence, one, region)), region]


def _leads_to(sentence: Sentence, earlier: _Region, later: _Region) -> bool:
    between = sentence.plain[earlier.cue.end : later.cue.start]
    return len(between) <= 4 and set(between) <= _AND


def _contact(prose: Prose, sentence: Sentence, region: _Region, marks: list[Mark], *, writer: str) -> Fact | None:
    mine = _marks_in(sentence, region.first, region.last, marks)
    upto = _word_at(sentence, mine[0].start) if mine else region.cue.end
    own = _FIRST_PERSON.search(" ".join(sentence.plain[region.cue.start : upto])) is not None
    if mine and _word_at(sentence, mine[0].start) - region.first <= _REACH:
        start = _name_before(prose, sentence, region.first, mine[0].start)
        if own and start == mine[0].start and sentence.plain[region.first - 1] in _DEVICES:
            start = sentence.words[region.first - 1].start
        return fact_of(prose, start, mine, writer=writer if own else "")
    before = _marks_in(sentence, 0, region.cue.start, marks)
    if before and region.cue.start - _word_at(sentence, before[-1].end) <= _BACK:
        start = _name_before(prose, sentence, 0, before[0].start)
        return fact_of(prose, start, before) if start < before[0].start else None
    first = region.first
    while first < len(sentence.words) - 1 and sentence.plain[first] in _BEFORE_NAME:
        first += 1
    end = name_end(prose, sentence, first, lower=False) if first < len(sentence.words) else first
    if end > first and prose.capitals_count and not own:
        start, stop = sentence.words[first].start, sentence.words[end - 1].end
        between = "".join(sentence.between(n) for n in range(region.first, first + 1))
        if (
            not between.strip(" :.")
            and len(prose.text[start:stop]) > 2
            and not any(c.isdigit() for c in prose.text[start:stop])
        ):
            text = shown(prose, start, stop)
            return Fact(start, stop, text, [{"name": text, "email": None, "phone": None}])
    return None


def _in_next(
    prose: Prose,
    sentence: Sentence,
    region: _Region,
    marks: list[Mark],
    *,
    after: Sentence,
) -> Fact | None:
    """A contact named in one sentence, whose number stands in the next: "... es Ana Ruiz. Su celular es 55 ..."."""
    mine = _marks_in(after, 0, len(after.words), marks)
    if not mine or _word_at(after, mine[0].start) > 5 or region.first < len(sentence.words) - 6:
        return None
    end = name_end(prose, sentence, region.first) if region.first < len(sentence.words) else region.first
    if end <= region.first:
        return None
    start, stop = sentence.words[region.first].start, sentence.words[end - 1].end
    return fact_of(prose, start, mine, name=" ".join(prose.text[start:stop].split()))


def _marks_in(sentence: Sentence, first: int, last: int, marks: list[Mark]) -> list[Mark]:
    if first >= last:
        return []
    start = sentence.words[first].start
    end = sentence.words[last].start if last < len(sentence.words) else sentence.end
    # A number in parentheses or with a plus begins before its first digit.
    return [mark for mark in marks if start - 2 <= mark.start < end]


def _word_at(sentence: Sentence, offset: int) -> int:
    return next((n for n, word in enumerate(sentence.words) if word.end > offset), len(sentence.words))


def _name_before(prose: Prose, sentence: Sentence, first: int, end: int) -> int:
    """Where the name begins that stands between word `first` and offset `end`; `end` where there is none."""
    stop = _word_at(sentence, end)
    for at in range(first, stop):
        raw, plain = sentence.raw(at), sentence.plain[at]
        if prose.capitals_count:
            named = not NOT_NAMED.fullmatch(plain) and plain not in _TITLES
            if raw[0].isupper() and named and (at > 0 or first > 0 or len(plain) > 3):
                return sentence.words[at].start
        elif not NOT_NAMED.fullmatch(plain):
            return sentence.words[at].start
    return end
