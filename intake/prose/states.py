"""What running text affirms or denies, clause by clause."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from intake.prose.clauses import Prose, Sentence
from intake.prose.doubt import plainly
from intake.prose.facts import Fact, shown
from intake.prose.words import ARTICLES, LINKS
from rules.cues import Cues, Span

_NEGATIONS = frozenset(
    {
        *("no", "nao", "not", "never", "nunca", "sin", "sem", "jamas", "tampoco", "without", "t", "ni", "nem"),
        *("none", "nothing"),
    }
)
_NOR = frozenset({"ni", "nem", "nor"})
_NOBODY = frozenset({"nadie", "ninguem", "nobody"})
_NEGATION_WORDS = 3
_LISTED_WORDS = 3
_CLAUSES_BACK = 3
_AND = frozenset({"y", "e", "and"})
_TURNS = frozenset(
    {
        *("embargo", "despues", "depois", "luego", "tras", "apos", "after", "despite", "pese", "apesar", "desde"),
        *("only", "solo", "so", "que"),
    }
)
"""A denial before these words is of something else: "no change after we rebooted"."""
_JOINS = re.compile(
    r"^(?:(?:y|e|pero|mas|porém|and|but|aunque|embora|so|sólo|solo|además|ademas|also|también|tambien|que|o sea)\s+)+",
    re.IGNORECASE,
)


def yes_or_no(prose: Prose, yes: Cues, no: Cues, others: Cues) -> Fact | None:
    """What the clauses say by the cues; None where nothing is said, or both. A denial inside a longer one of `others`
    is none: "no power" in "no power cuts"."""
    said: dict[bool, Fact] = {}
    for sentence in prose.sentences:
        for fact in _stated(prose, sentence, yes, no, others):
            value = bool(fact.value)
            known = said.get(value)
            if known is None:
                said[value] = fact
            elif fact.start < known.end < fact.end:
                # "lo apagamos" goes on: "apagamos y prendimos".
                said[value] = Fact(known.start, fact.end, shown(prose, known.start, fact.end), value)
    return next(iter(said.values())) if len(said) == 1 else None


def _stated(prose: Prose, sentence: Sentence, yes: Cues, no: Cues, others: Cues) -> Iterator[Fact]:
    spans = [(span, True) for span in yes.find(sentence.plain)]
    spans += [(span, False) for span in no.find(sentence.plain)]
    denied = [span for span, value in spans if not value]
    longer = others.find(sentence.plain) if denied else []
    affirmed: list[tuple[Span, bool]] = []
    for span, value in spans:
        if not value and any(o.start <= span.start and span.end < o.end for o in longer):
            continue
        if value and any(other.start <= span.start and span.end <= other.end for other in denied):
            continue
        # A gap that reaches into another clause belongs to neither.
        if any(re.search(r"[,;:()]", sentence.between(n)) for n in range(span.start + 1, span.end)):
            continue
        affirmed.append((span, value))
    affirmed += [(span, True) for span in _of_the_same(sentence, yes)]
    affirmed += [(span, False) for span in _of_the_same(sentence, no)]
    for span, value in affirmed:
        if not plainly(prose, sentence, span):
            continue
        number = sentence.clause_of(sentence.words[span.start].start)
        first, _ = sentence.words_of(number)
        stated = value if span.firm else value != _denied(sentence, span, first, value=value)
        start, end = _clause_span(sentence, number, span, yes)
        yield Fact(start, end, shown(prose, start, end), stated)


def _denied(sentence: Sentence, span: Span, first: int, *, value: bool) -> bool:
    before = list(sentence.plain[max(first, span.start - (_NEGATION_WORDS if value else 1)) : span.start])
    turns = [n for n, word in enumerate(before) if word in _TURNS]
    if turns:
        before = before[turns[-1] + 1 :]
    nobody = value and bool(_NOBODY & set(sentence.plain[first : span.end]))
    # "Não temos link nem contingência" denies once, not twice.
    skipped = span.skipped if value else set(span.skipped) - _NOR
    return nobody or bool(_NEGATIONS & {*before, *skipped})


def _of_the_same(sentence: Sentence, cues: Cues) -> Iterator[Span]:
    """What the clauses say of a thing that an earlier one named: "La luz se fue anoche pero ya volvió"."""
    if not cues.pairs:
        return
    for number in range(1, len(sentence.clauses)):
        first, last = sentence.words_of(number)
        things = _spoken_of(sentence, number, cues)
        for span in cues.said_of(sentence.plain, things, range(first, last)):
            follows = sentence.plain[span.end : min(span.end + 2, last)]
            if set(sentence.plain[first : span.start]) <= LINKS and not _names_another(follows):
                yield span


def _spoken_of(sentence: Sentence, number: int, cues: Cues) -> range:
    """The words of the clause that the elliptic clause `number` goes on: the nearest that names something."""
    for earlier in range(number - 1, max(-1, number - 1 - _CLAUSES_BACK), -1):
        first, last = sentence.words_of(earlier)
        names = not set(sentence.plain[first : min(last, first + _LISTED_WORDS)]) <= LINKS
        if names or cues.speaks_of(sentence.plain[first:last]):
            return range(first, last)
    return range(0)


def _names_another(follows: Sequence[str]) -> bool:
    """Whether the words behind a verb name its subject: "se fue la señal", but not "volvió a las 8"."""
    if not follows or follows[0] not in ARTICLES:
        return False
    return not (follows[0] == "a" and len(follows) > 1 and (follows[1] in ARTICLES or follows[1][0].isdigit()))


def _clause_span(sentence: Sentence, number: int, span: Span, cues: Cues) -> tuple[int, int]:
    """The place of a clause, of the following ones into which the cue reaches, and of those before that only name
    more of its things ("the modem, the switch and the router are connected"), without the joining word."""
    first = number
    while first:
        low, high = sentence.words_of(first - 1)
        alone = (
            first == number and span.end - sentence.words_of(first)[0] <= 2 and span.end == sentence.words_of(first)[1]
        )
        if not (alone and sentence.plain[span.start - 1] in {"y", "e", "and"}) and not (
            high - low <= _LISTED_WORDS and cues.only_names(sentence.plain[low:high])
        ):
            break
        first -= 1
    start, end = sentence.clauses[first][0], sentence.clauses[number][1]
    end = max(end, sentence.clauses[sentence.clause_of(sentence.words[span.end - 1].start)][1])
    join = _JOINS.match(sentence.text[start:end])
    return start + (join.end() if join else 0), end
