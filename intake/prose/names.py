"""Names in running text: of the writer's firm, of people, of places and of things."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from intake.prose.clauses import Prose, Sentence
from intake.prose.doubt import is_old
from intake.prose.words import NO_NAMES, NUMBER_WORDS, STOPS
from rules.cues import Cues
from rules.words import fold

_NAME_WORDS = 8
_LOWER_WORDS = 3
_ABBREVIATED = 2
_KIND_WORDS = 3
_INSIDE = frozenset(
    {*("de", "del", "la", "las", "los", "el", "y", "e", "do", "da", "dos", "das", "of", "the", "and", "van", "di")}
)
_BEHIND = _INSIDE | frozenset({*("en", "em", "no", "na", "in", "at", "a", "n", "nro", "num", "numero", "number")})
_LEGAL = frozenset(
    {*("sa", "s", "a", "c", "v", "r", "l", "ltda", "ltd", "inc", "srl", "sac", "cia", "sas", "llc", "corp")}
)


_SHORT_NUMBER = re.compile(r"[a-z]?\d{1,4}")
_ACTION = re.compile(r"(?:ing|ando|endo|indo)$")
"""Verbs that tell what somebody is doing: "we are having", "estamos teniendo"."""


@dataclass(frozen=True, slots=True)
class Named:
    """A name and its span in the text."""

    start: int
    end: int
    text: str


def named(prose: Prose, start: int, end: int) -> Named:
    """The text from `start` to `end` as a name."""
    return Named(start, end, " ".join(prose.text[start:end].split()))


def behind(prose: Prose, cues: Cues, *, lower: bool = True) -> Iterator[tuple[Sentence, Named]]:
    """The names directly behind a cue."""
    for sentence in prose.sentences:
        if sentence.asks and len(sentence.words) < _NAME_WORDS:
            continue
        for span in cues.find(sentence.plain):
            quote = _quoted(prose, sentence, span.end)
            end = name_end(prose, sentence, span.end, lower=lower)
            if quote:
                yield sentence, quote
            elif end > span.end and not _broken(sentence, span.end):
                first = span.end
                while (
                    sentence.plain[first] in {"la", "el", "los", "las", "the", "a", "o"}
                    and first + 1 < end
                    and (sentence.raw(first)[0].islower())
                ):
                    first += 1
                yield sentence, named(prose, sentence.words[first].start, _with_legal(sentence, end))


def name_end(prose: Prose, sentence: Sentence, first: int, *, lower: bool = True) -> int:
    """The number of the word behind the name that begins with word `first`; `first` where none does.

    A name is told by its capitals and numbers, or, of writers who do not use them so, by where function words begin.
    """
    end, last = first, first
    capitals = prose.capitals_count
    while end < len(sentence.words) and end - first < _NAME_WORDS and not (end > first and _broken(sentence, end)):
        raw, plain = sentence.raw(end), sentence.plain[end]
        if capitals and (raw[0].isupper() or raw[0].isdigit() or (last > first and plain in _LEGAL and len(plain) > 1)):
            if raw[0].isdigit() and ((last == first and len(raw) > 4) or first < last < end):
                break
            end = last = end + 1
        elif plain in _INSIDE and (capitals or end > first) and end + 1 < len(sentence.words):
            end += 1
        elif (
            not capitals
            and lower
            and plain not in STOPS | NUMBER_WORDS
            and not _ACTION.search(plain)
            and end - first < _LOWER_WORDS + 2
        ):
            end = last = end + 1
        else:
            break
    if capitals and last > first and not any(sentence.raw(n)[0].isupper() for n in range(first, last)):
        return first
    return last


def _broken(sentence: Sentence, word: int) -> bool:
    """Whether a sign of punctuation parts a word from the one before it."""
    between = sentence.between(word)
    return bool(between.strip(" .&'’/-#°º\"“«*_+")) or " - " in between or ("." in between and "  " in between)


def _with_legal(sentence: Sentence, end: int) -> int:
    """Where a name ends, a legal form behind it ("S.A. de C.V.") included."""
    at = sentence.words[end - 1].end
    found = re.match(
        r",?\s?(?:S\.\s?A\.(?:\s?de\s?C\.\s?V\.?|\s?[CS]\.?)?|S\.R\.L\.|C\.A\.|Ltda?\.|Inc\.|Ltd\.)",
        sentence.text[at : at + 24],
    )
    return at + found.end() if found else at + (sentence.text[at : at + 1] == "." and sentence.text[:at][-4:-3] == ".")


def _quoted(prose: Prose, sentence: Sentence, word: int) -> Named | None:
    if word >= len(sentence.words):
        return None
    start = sentence.words[word].start
    if start and prose.text[start - 1] in '"“«':
        end = re.compile(r"[\"”»]").search(prose.text, start, start + 120)
        if end:
            return named(prose, start, end.start())
    return None


def places(prose: Prose, cues: Cues) -> Iterator[tuple[Sentence, Named]]:
    """The cues with the name at them: "sucursal Polanco", "tienda de Miraflores", "Rocky Point terminal"."""
    for sentence in prose.sentences:
        for span in cues.find(sentence.plain):
            start = _name_start(prose, sentence, span.start)
            first = _past_connectors(sentence, span.end)
            end = name_end(prose, sentence, first) if first < len(sentence.words) else first
            if end == first == span.end < len(sentence.words) and _SHORT_NUMBER.fullmatch(sentence.plain[first]):
                end += not sentence.between(first).strip()
            if first > span.end and sentence.plain[span.end] in {"in", "at", "en", "em", "no", "na", "a"}:
                forward = end > first and prose.capitals_count
            else:
                forward = end > first and not _broken(sentence, first)
            if (
                not prose.capitals_count
                and first > span.end
                and sentence.plain[span.end] in {"a", "y", "e", "no", "na", "and"}
            ):
                forward = False
            if start < span.start:
                stop = span.end if not forward or first == span.end else end
                yield sentence, named(prose, sentence.words[start].start, sentence.words[stop - 1].end)
            elif forward:
                yield sentence, named(prose, sentence.words[span.start].start, sentence.words[end - 1].end)


def _past_connectors(sentence: Sentence, word: int) -> int:
    at = word
    while at < len(sentence.words) and at - word < 3 and sentence.plain[at] in _BEHIND and not _broken(sentence, at):
        if sentence.raw(at)[0].isupper() and sentence.plain[at] not in {"n", "nro"} and not sentence.raw(at).isupper():
            break
        at += 1
    return at


def _name_start(prose: Prose, sentence: Sentence, word: int) -> int:
    """The first word of the capitalised name that ends before word `word`."""
    if not prose.capitals_count or _broken(sentence, word):
        return word
    start = word
    while start and word - start < 5 and sentence.raw(start - 1)[0].isupper() and not _broken(sentence, start - 1 + 1):
        if sentence.plain[start - 1] in NO_NAMES:
            break
        start -= 1
    # The first word of a sentence bears a capital in any case.
    return start


def things(prose: Prose, cues: Cues) -> Iterator[tuple[Sentence, Named]]:
    """The cues themselves, with the numbers and capitalised words that belong to them: "Outlook 2007"."""
    for sentence in prose.sentences:
        taken = 0
        for span in cues.find(sentence.plain):
            if span.start < taken:
                continue
            end = span.end
            while end < len(sentence.words) and end - span.end < 3 and not _broken(sentence, end):
                raw = sentence.raw(end)
                if not (raw[0].isdigit() or (raw[0].isupper() and prose.capitals_count)):
                    break
                end += 1
            taken = end
            if end == span.end and sentence.plain[end - 1] in _INSIDE:
                continue
            yield sentence, named(prose, sentence.words[span.start].start, sentence.words[end - 1].end)


def squeezed(text: str) -> str:
    """The letters and digits of a text alone."""
    return fold(text).replace(" ", "")


def of_domain(prose: Prose, domain: str, *, signature: bool = False) -> Named | None:
    """The words whose letters make the name of the writer's mail domain ("Óptica Mirador" of opticamirador), with the
    capitalised words of the name before them ("Grupo Asegurador Los Teros" of losteros)."""
    host = squeezed(domain.split(".", maxsplit=1)[0])
    if len(host) < 5:
        return None
    for sentence in prose.sentences:
        if is_old(sentence):
            continue
        for first in range(len(sentence.words)):
            end = _spells(sentence, first, host)
            if end and (first == 0 or sentence.between(first)[-1:] not in {"@", "."}):
                if sentence.text[sentence.words[end - 1].end : sentence.words[end - 1].end + 1] == "@":
                    continue
                follow = name_end(prose, sentence, first, lower=False) if prose.capitals_count else end
                start = _full_name(prose, sentence, first, signature=signature)
                return named(prose, sentence.words[start].start, _with_legal(sentence, max(end, follow)))
    return None


def _full_name(prose: Prose, sentence: Sentence, first: int, *, signature: bool) -> int:
    """Where the name begins whose last words are those from `first` on. The first word of a sentence bears a capital
    in any case, and in a signature what stands behind "of" is an office ("Jefe de Sistemas Óptica Sol")."""
    if not prose.capitals_count or sentence.raw(first).islower():
        return first
    start = first
    while start and first - start < _KIND_WORDS and not _broken(sentence, start):
        raw, plain = sentence.raw(start - 1), sentence.plain[start - 1]
        if not raw[0].isupper() or raw.isupper() or plain in NO_NAMES | STOPS or "\n" in sentence.between(start):
            break
        start -= 1
    office = signature and 0 < start < first and sentence.plain[start - 1] in _INSIDE
    return first if office else start + (start == 0 and start < first and not signature)


def _spells(sentence: Sentence, first: int, host: str) -> int:
    """The number of the word behind those that, from `first` on, spell `host`; 0 where they do not."""
    at, rest = first, host
    while at < len(sentence.words) and at - first < 6:
        plain = sentence.plain[at]
        if rest.startswith(plain):
            rest = rest[len(plain) :]
        elif at > first and len(rest) >= _ABBREVIATED and plain.startswith(rest) and sentence.raw(at)[0].isupper():
            # "tridentre" is Trident Reinsurance.
            rest = ""
        elif not (at > first and plain in _INSIDE):
            return 0
        at += 1
        if not rest:
            return at if "@" not in sentence.between(at if at < len(sentence.words) else 0) else 0
    return 0


def is_person(text: str, names: Sequence[str]) -> bool:
    """Whether a name is no more than the words of one of `names`."""
    words = set(fold(text).split())
    return any(words and words <= set(fold(name).split()) for name in names)
