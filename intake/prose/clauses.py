"""Running text as sentences and clauses, each word with its place."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from intake.prose.words import ASKING, OPENERS
from intake.questionnaire.labels import split_bullet
from intake.text.lines import Line
from rules.words import fold

TEXT_CHARACTERS = 12_000
_SENTENCE_CHARACTERS = 1_500

_WRAPPED_CHARACTERS = 62
"""Programs that wrap lines leave none shorter than this with its next word."""
_LINE_CHARACTERS = 80
_WIDEST_CHARACTERS = 132
"""No program wraps at more: longer lines are whole paragraphs."""
_RAGGED_CHARACTERS = 12
"""So much shorter may be a line that was wrapped by hand."""
_WORD = re.compile(r"[^\W_]+")
# A run of marks is tried from its first one only, so that a very long one takes no quadratic time.
_END = re.compile(r"(?<![.!?;…])[.!?;…]+[\"”»)]{0,2}(?=\s|$)|\n+")
_CLAUSE = re.compile(
    r"[,:;]\s|\s?[()]|\s[-–—]+\s|\s(?=(?:y|e|pero|mas|porém|porem|and|but|aunque|embora|although|so(?! far)|así que"
    r"|asi que|entonces|ever since|because|porque|desde que|después de que|despues de que|luego de que|cuando|quando"
    r"|while|mientras|depois que)\s)",
    re.IGNORECASE,
)
_SHORT = frozenset(
    {
        *(
            "tel",
            "telf",
            "cel",
            "ext",
            "int",
            "ing",
            "lic",
            "sr",
            "sra",
            "srta",
            "dr",
            "dra",
            "arq",
            "prof",
            "mr",
            "mrs",
        ),
        *(
            "ms",
            "no",
            "nro",
            "num",
            "av",
            "avda",
            "sta",
            "sto",
            "st",
            "aprox",
            "depto",
            "dpto",
            "gral",
            "col",
            "hrs",
            "hs",
        ),
        *("h", "a", "p", "m", "s", "c", "v", "l", "r", "d", "e", "u", "n", "inc", "ltd", "ltda", "cia", "co", "corp"),
        *("min", "etc", "ej", "ud", "uds", "suc", "esq", "vs", "eng", "sac", "eirl"),
    }
)
_GREETS = re.compile(
    r"(?:hola|ola|holi|hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|buen dia|buenos dias"
    r"|buenas(?: tardes| noches)?"
    r"|buen[oa]s?|bom dia|boa tarde|boa noite|estimad[oa]s?|prezad[oa]s?|car[oa]s|señores|senores|saludos|greetings)\b"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word at [start, end) of its text: `plain` as `fold` gives it, `spoken` with its accents."""

    start: int
    end: int
    plain: str
    spoken: str


@dataclass(frozen=True)
class Sentence:
    """A sentence of `text`: its span, its words, the number of each word's clause, and whether it asks."""

    text: str
    start: int
    end: int
    words: tuple[Word, ...]
    clauses: tuple[tuple[int, int], ...]
    asks: bool

    @cached_property
    def plain(self) -> tuple[str, ...]:
        """The folded words."""
        return tuple(word.plain for word in self.words)

    def clause_of(self, offset: int) -> int:
        """The number of the clause that holds a place of the text."""
        return max(0, bisect_right(self.clauses, (offset, len(self.text))) - 1)

    def asks_at(self, offset: int) -> bool:
        """Whether what stands at `offset` is asked: behind "¿", in a sentence that begins as a question, or in the
        last clause of another."""
        if not self.asks:
            return False
        opened = self.text.find("¿", self.start, self.end)
        if opened >= 0:
            closed = self.text.find("?", opened, self.end)
            return opened <= offset and (closed < 0 or offset < closed)
        if len(self.clauses) == 1 or self.plain[0] in ASKING:
            return True
        return offset >= self.clauses[-1][0]

    def words_of(self, clause: int) -> tuple[int, int]:
        """The numbers of a clause's first word and of the one behind its last."""
        start, end = self.clauses[clause]
        return bisect_left(self._starts, start), bisect_left(self._starts, end)

    @cached_property
    def _starts(self) -> list[int]:
        return [word.start for word in self.words]

    def raw(self, word: int) -> str:
        """A word as it is written."""
        return self.text[self.words[word].start : self.words[word].end]

    def between(self, word: int) -> str:
        """What stands between a word and the one before it."""
        return self.text[self.words[word - 1].end : self.words[word].start] if word else ""


class Prose:
    """A stretch of running text. `line_of` tells where in the mail an offset stands."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self.text, self._starts, self._places = _joined(lines)
        self.sentences: tuple[Sentence, ...] = tuple(_sentences(self.text))

    def where(self, offset: int) -> str:
        """The place in the mail of what stands at `offset`."""
        return self._places[bisect_right(self._starts, offset) - 1] if self._places else ""

    @cached_property
    def capitals_count(self) -> bool:
        """Whether names can be told by their capitals: neither all in capitals nor all in small letters."""
        letters = [c for c in self.text if c.isalpha()]
        capital = sum(c.isupper() for c in letters)
        inner = sum(
            sentence.raw(n)[0].isupper() and not (len(sentence.raw(n)) < 6 and sentence.raw(n).isupper())
            for sentence in self.sentences
            for n in range(1, len(sentence.words))
        )
        return inner > 0 and capital < 0.5 * len(letters)

    @cached_property
    def accents(self) -> bool:
        """Whether the writer uses accents."""
        return any(c in "áéíóúÁÉÍÓÚâêôãõàç" for c in self.text)


def _joined(lines: Iterable[Line]) -> tuple[str, list[int], list[str]]:
    """The lines as one text: a line that a program wrapped goes on, every other one ends its sentence."""
    text, last, length = "", "", 0
    lines = list(lines)
    wide = [len(line.text) for line in lines if _LINE_CHARACTERS < len(line.text) <= _WIDEST_CHARACTERS]
    width = max(wide) if len(wide) > 1 else _WIDEST_CHARACTERS
    starts: list[int] = []
    places: list[str] = []
    pieces: list[str] = []
    for line in lines:
        bullet, said = split_bullet(unicodedata.normalize("NFC", line.text))
        said = re.sub(r"\s", " ", said)
        if said:
            wraps = bool(last) and not bullet and _wraps(last, said, width)
            glue = "" if not pieces else (" " if wraps else "\n")
            starts.append(length + len(glue))
            places.append(line.where)
            pieces.append(glue + said)
            length += len(glue) + len(said)
        last = line.text
        if length > TEXT_CHARACTERS:
            break
    text = "".join(pieces)[:TEXT_CHARACTERS]
    return text, starts, places


def _wraps(last: str, said: str, width: int) -> bool:
    """Whether a program broke the line `last` for its length before `said`, where wide lines end at `width`."""
    full = len(last) + 1 + len(said.partition(" ")[0])
    if len(last) <= _LINE_CHARACTERS:
        return full > _WRAPPED_CHARACTERS
    return len(last) <= _WIDEST_CHARACTERS and full > width - _RAGGED_CHARACTERS


def _sentences(text: str) -> Iterator[Sentence]:
    start = 0
    for mark in [*_END.finditer(text), None]:
        if mark and mark.group()[0] == "." and _abbreviated(text, start, mark):
            continue
        end = mark.end() if mark else len(text)
        while start < end:
            sentence = _sentence(text, start, min(end, start + _SENTENCE_CHARACTERS))
            if sentence:
                yield sentence
            start += _SENTENCE_CHARACTERS
        start = end


def _abbreviated(text: str, start: int, mark: re.Match[str]) -> bool:
    before = text[max(start, mark.start() - 12) : mark.start()]
    word = re.split(r"[\s.(,]", before)[-1]
    following = re.match(r"\s+([^\W\d_]+)", text[mark.end() : mark.end() + 20])
    if following and following.group(1)[0].isupper() and fold(following.group(1)) in OPENERS:
        return False
    if mark.group() == ".)":
        # "(somos Sol, S.A. de C.V.) no logran llamar" goes on.
        return following is not None and following.group(1)[0].islower() and fold(word) in _SHORT
    return mark.group() == "." and fold(word) in _SHORT and not text.startswith("\n", mark.end())


def _sentence(text: str, start: int, end: int) -> Sentence | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    words = tuple(
        Word(found.start(), found.end(), fold(found.group()).replace(" ", ""), found.group().casefold())
        for found in _WORD.finditer(text, start, end)
    )
    if not words:
        return None
    said = text[start:end]
    asks = "¿" in said or said.rstrip('"”») !').endswith("?")
    return Sentence(text, start, end, words, tuple(_clauses(text, start, end)), asks)


def _clauses(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for mark in _CLAUSE.finditer(text, start, end):
        if text[start : mark.start()].strip():
            yield start, mark.start()
            start = mark.end()
    yield start, end


def greets(words: Sequence[str]) -> bool:
    """Whether folded words are no more than a greeting."""
    return len(words) <= 6 and _GREETS.match(" ".join(words)) is not None
