"""Facts in running text: choices, and numbers, addresses and identifiers behind cues."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from intake.prose.clauses import Prose
from intake.prose.doubt import is_old, plainly
from intake.prose.words import FILL
from intake.questionnaire.phones import EMAIL
from rules.cues import Cues, Span, cues_of
from rules.model import AnswerValue
from rules.policy import Words
from rules.words import fold

_BETWEEN = frozenset({"between", "entre"})
_BETWEEN_CHARACTERS = 120
_FROM = frozenset({"de", "del", "do", "da", "desde", "from", "la", "el", "o"})
_FROM_TO_CHARACTERS = 30
_CARRIER = re.compile(r"(?:enlaces?|links?|servi[cç]io|service|circuito?)\s(?:de\s)?", re.IGNORECASE)
_CODE = re.compile(r"(?:[A-Z]{1,5}[ -])?(?=[\w./#-]{0,20}\d)[\w#]+(?:[-_/.][\w]+)*(?:\s\d{2,6})*")
_LOGIN = re.compile(r"[A-Za-z][\w]*(?:[._\\-][\w]+)*")


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that the text states: the span that says it, the words to write down, and their value."""

    start: int
    end: int
    text: str
    value: AnswerValue = None


def shown(prose: Prose, start: int, end: int) -> str:
    """The words from `start` to `end` without outer punctuation."""
    return " ".join(prose.text[start:end].split()).strip(" ,;:.")


def chosen(prose: Prose, choices: Mapping[str, Words], spent: Sequence[tuple[int, int]]) -> Fact | None:
    """The one choice that is named; first within `spent` (where the trouble is told), then anywhere.

    An acronym of up to three letters counts only in capitals ("buen día" is no "DIA").
    """
    hits: list[tuple[str, int, int]] = []
    for sentence in prose.sentences:
        if is_old(sentence):
            continue
        found: list[tuple[str, Span]] = []
        for name, words in choices.items():
            phrases = tuple(one for several in words.values() for one in several)
            for span in cues_of(phrases).find(sentence.plain):
                raw = sentence.text[sentence.words[span.start].start : sentence.words[span.end - 1].end]
                short = [p for p in phrases if fold(p) == fold(raw) and p.isupper() and len(p) <= 3]
                if not short or raw in short or prose.text.isupper():
                    found.append((name, span))
        for name, span in found:
            if not any(o.start <= span.start and span.end <= o.end and o != span for n, o in found if n != name):
                hits.append((name, sentence.words[span.start].start, sentence.words[span.end - 1].end))
    near = [hit for hit in hits if any(start <= hit[1] < end for start, end in spent)]
    for several in (near, hits):
        if len({name for name, _, _ in several}) == 1:
            _, start, _ = several[0]
            end = max(end for _, begin, end in several if begin == start)
            start = min(begin for _, begin, stop in several if stop == end)
            # "enlace MPLS" is only MPLS, "tronco SIP" is all of it.
            carrier = _CARRIER.match(prose.text, start, end)
            start = carrier.end() if carrier and carrier.end() < end else start
            return Fact(start, end, shown(prose, start, end), several[0][0])
        if several:
            return None
    return None


def behind_cues(
    prose: Prose, owners: Mapping[str, Cues], find: Callable[[str], Iterable[tuple[int, int]]], gap: int
) -> dict[str, list[tuple[int, int]]]:
    """What `find` sees in the text, by the owner of the nearest cue before it, at most `gap` words away; of two
    things that it stands "between", the second is the next owner's."""
    things = sorted(find(prose.text))
    found: dict[str, list[tuple[int, int]]] = {}
    between: list[tuple[str, int]] = []
    loose: list[tuple[int, int]] = []
    for sentence in prose.sentences:
        cues = [(span, key) for key, owned in owners.items() for span in owned.find(sentence.plain)]
        cues = [(span, key) for span, key in cues if plainly(prose, sentence, span)]
        mine = [(a, b) for a, b in things if sentence.start <= a < sentence.end]
        last: tuple[int, str] = (0, "")
        for start, end in mine:
            at = next((n for n, word in enumerate(sentence.words) if word.start >= start), len(sentence.words))
            before = [(span.end, span.end - span.start, key) for span, key in cues if span.end <= at]
            nearest = max(before, default=None)
            joined = last[1] and fold(prose.text[last[0] : start]) in {"", "y", "e", "and", "o", "ou", "or", "a"}
            if joined and (nearest is None or sentence.words[nearest[0] - 1].end <= last[0]):
                found[last[1]].append((start, end))
            elif (
                nearest
                and at - nearest[0] <= gap
                and not any(any(c.isdigit() for c in sentence.plain[n]) for n in range(nearest[0], at))
            ):
                found.setdefault(nearest[2], []).append((start, end))
                last = (end, nearest[2])
                if set(sentence.plain[nearest[0] - nearest[1] : at]) & _BETWEEN:
                    between.append((nearest[2], start))
                continue
            elif not joined:
                loose.append((start, end))
            last = (end, last[1]) if joined else (end, "")
    for start, end in loose:
        # "Del 555 0101 al 555 0102": the second is known by its cue.
        word = fold(prose.text[max(0, start - 8) : start].rstrip(" (+")).split()[-1:]
        for key, following in pairwise(owners):
            second = [a for a, _ in found.get(following, ()) if end < a <= end + _FROM_TO_CHARACTERS]
            if second and key not in found and word and word[0] in _FROM:
                found[key] = [(start, end)]
    for key, start in between:
        later = list(owners)[list(owners).index(key) + 1 :]
        both = [span for span in found[key] if start <= span[0] <= start + _BETWEEN_CHARACTERS]
        if len(both) == len(found[key]) == 2 and later and later[0] not in found:
            found[key], found[later[0]] = both[:1], both[1:]
    return found


def codes(prose: Prose, cues: Cues, known: str = "") -> Iterator[Fact]:
    """The number or identifier behind a cue: "referencia 2558 410 7733", "mi usuario es jlopez". `known` is one that
    needs no "es" before it."""
    for sentence in prose.sentences:
        spans = cues.find(sentence.plain)
        for span in spans:
            if any(span.start < other.start < span.end < other.end for other in spans):
                continue
            if any(other.start <= span.start and span.end < other.end for other in spans):
                continue
            at = span.end
            while at < len(sentence.words) and at - span.end < 3 and sentence.plain[at] in FILL:
                if not sentence.between(at).strip(" :#°º().\"'“*-"):
                    at += 1
                else:
                    break
            if at >= len(sentence.words) or sentence.between(at).strip(" :#°º()\"'“*=."):
                continue
            start = sentence.words[at].start
            code = _CODE.match(prose.text, start, min(len(prose.text), start + 60))
            if code:
                text = code.group().rstrip(" .-_/")
                yield Fact(start, start + len(text), text)
                continue
            said = at > span.end or ":" in sentence.between(at) or sentence.plain[span.end - 1] in {"es", "is", "e"}
            login = _LOGIN.match(prose.text, start, start + 40)
            if login and not said and login.group().lower() != known:
                continue
            if login and len(login.group()) >= 3 and "@" not in prose.text[login.end() : login.end() + 1]:
                yield Fact(start, login.end(), login.group())


def emails(prose: Prose) -> Iterator[Fact]:
    """The mail addresses in the text."""
    for found in EMAIL.finditer(prose.text):
        text = found.group().strip(".-")
        yield Fact(found.start(), found.start() + len(text), text)
