"""Phrases by which running text gives itself away: "somos", "hay ... contingencia", "{luz|energía} & {volvió|hay}"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product

from rules.words import fold

GAP_WORDS = 4
"""As many words at most stand for the "..." of a cue."""

PAIR_WORDS = 5
"""As many words at most stand between the two sides of a "&"."""

_JOINS = frozenset({"y", "e", "pero", "mas", "and", "but", "porque", "because", "aunque"})
"""Words that no gap reaches across: another clause begins there."""

_BEFORE_THING = frozenset({"y", "e", "and", "el", "la", "los", "las", "o", "a", "os", "as", "the", "both", "all"})

_TOKEN = re.compile(r"\{([^{}]*)\}|[^\s{}]+")
_SET = re.compile(r"\{[^{}]*\}")
_COMBINATIONS = 500

_Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """The words from `start` up to, not including, `end`; `skipped` are those that stand in the cue's gaps. A `firm`
    one holds whether or not it is denied."""

    start: int
    end: int
    skipped: tuple[str, ...] = ()
    firm: bool = False


class _Piece:
    """The ways in which one stretch of a cue can be worded."""

    def __init__(self, text: str) -> None:
        choices: list[list[_Words]] = []
        self._barred: list[_Words] = []
        for token in _TOKEN.finditer(text):
            several = token.group(1).split("|") if token.group(1) is not None else [token.group()]
            choices.append([_words(one) for one in several if not one.startswith("!")])
            self._barred += [_words(one) for one in several if one.startswith("!")]
        joined = (tuple(word for one in combination for word in one) for combination in product(*choices))
        self.wordings = tuple(dict.fromkeys(one for one in islice(joined, _COMBINATIONS) if one))
        self._by_word: dict[str, list[_Words]] = {}
        self._by_letter: dict[str, list[_Words]] = {}
        for one in self.wordings:
            index, key = (self._by_letter, one[0][:1]) if one[0].endswith("*") else (self._by_word, one[0])
            index.setdefault(key, []).append(one)

    def ends(self, words: Sequence[str], at: int) -> set[int]:
        """The numbers of the words behind the wordings that begin with word `at`."""
        word = words[at]
        likely = (*self._by_word.get(word, ()), *self._by_letter.get(word[:1], ()))
        ends = {at + len(one) for one in likely if _here(words, at, one)}
        return ends if ends and not self._bars(words, at) else set()

    def _bars(self, words: Sequence[str], at: int) -> bool:
        return any(
            _here(words, first, one) for one in self._barred for first in range(max(0, at - len(one) + 1), at + 1)
        )


def _words(text: str) -> _Words:
    """Folded words; one that stands for all that begin like it keeps its "*"."""
    words: list[str] = []
    for one in text.split():
        folded = fold(one.replace("*", "")).split()
        if folded and one.endswith("*"):
            folded[-1] += "*"
        elif folded and one.startswith("*"):
            folded[0] = "*" + folded[0]
        words += folded
    return tuple(words)


def _here(words: Sequence[str], at: int, wording: _Words) -> bool:
    if at + len(wording) > len(words):
        return False
    return all(
        words[at + n] == one
        or (one.endswith("*") and words[at + n].startswith(one[:-1]))
        or (one.startswith("*") and len(one) > 1 and words[at + n].endswith(one[1:]))
        for n, one in enumerate(wording)
    )


@dataclass(frozen=True, slots=True)
class _Cue:
    """Pieces with gaps of up to `gap` words between them."""

    pieces: tuple[_Piece, ...]
    gap: int
    firm: bool

    def spans(self, words: Sequence[str], at: int) -> Iterator[Span]:
        """The places of the cue that begin with word `at`."""
        ends: dict[int, tuple[str, ...]] = dict.fromkeys(self.pieces[0].ends(words, at), ())
        for piece in self.pieces[1:]:
            longer: dict[int, tuple[str, ...]] = {}
            for end, skipped in ends.items():
                for place in range(end, min(end + self.gap + 1, len(words))):
                    for stop in piece.ends(words, place):
                        longer.setdefault(stop, (*skipped, *words[end:place]))
                    if words[place] in _JOINS:
                        break
            ends = longer
        for end, skipped in ends.items():
            yield Span(at, end, skipped, self.firm)


class Cues:
    """Several cues, to be found in folded words.

    "..." stands for up to four words of one clause; "{a|b c}" for any one of several wordings, and "{a|!x a}" not for
    the a of "x a". A "*" ends a word of which only the beginning counts, or begins, behind another word, one of which
    only the end does. "A & B" has a thing A and what is said of it B in either order, up to five words apart. A "=" in
    front: the cue holds also where it is denied.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        self._by_word: dict[str, list[_Cue]] = {}
        self._by_letter: dict[str, list[_Cue]] = {}
        self.pairs: list[tuple[_Piece, _Piece, bool]] = []
        """The sides of the cues with "&", and whether they are firm."""
        for phrase in dict.fromkeys(phrases):
            firm = phrase.startswith("=")
            sides = [_Piece(side) for side in phrase.lstrip("=").split(" & ")]
            if len(sides) == 2 and all(side.wordings for side in sides):
                thing, state = sides
                self.pairs.append((thing, state, firm))
                self._add(_Cue((thing, state), PAIR_WORDS, firm))
                self._add(_Cue((state, thing), PAIR_WORDS, firm))
            elif len(sides) == 1:
                pieces = [_Piece(piece) for piece in phrase.lstrip("=").replace("…", "...").split("...")]
                self._add(_Cue(tuple(piece for piece in pieces if piece.wordings), GAP_WORDS, firm))

    def _add(self, cue: _Cue) -> None:
        for first in dict.fromkeys(one[0] for one in cue.pieces[0].wordings) if cue.pieces else ():
            index, key = (self._by_letter, first[:1]) if first.endswith("*") else (self._by_word, first)
            several = index.setdefault(key, [])
            if not several or several[-1] is not cue:
                several.append(cue)

    def find(self, words: Sequence[str]) -> list[Span]:
        """Every place of a cue, by its beginning, the longer ones first."""
        found: list[Span] = []
        for at, word in enumerate(words):
            likely = (*self._by_word.get(word, ()), *self._by_letter.get(word[:1], ()))
            here = {span for cue in likely for span in cue.spans(words, at)}
            if here:
                found += sorted(here, key=lambda span: (-span.end, len(span.skipped)))
        return found

    def speaks_of(self, words: Sequence[str]) -> bool:
        """Whether one of the things stands among `words`."""
        return any(thing.ends(words, at) for thing, _, _ in self.pairs for at in range(len(words)))

    def only_names(self, words: Sequence[str]) -> bool:
        """Whether `words` are one of the things, its article and "and"."""
        at = next((n for n, word in enumerate(words) if word not in _BEFORE_THING), len(words))
        return at < len(words) and any(len(words) in thing.ends(words, at) for thing, _, _ in self.pairs)

    def said_of(self, words: Sequence[str], things: range, states: range) -> list[Span]:
        """The states among the words `states` whose thing stands among the words `things`."""
        return [
            Span(at, end, (), firm)
            for thing, state, firm in self.pairs
            if any(thing.ends(words, at) for at in things)
            for at in states
            for end in state.ends(words, at)
            if end <= states.stop
        ]


def is_well_formed(phrase: str) -> bool:
    """Whether a cue's sets are closed and not nested, and it has at most one "&"."""
    rest = _SET.sub(" a ", phrase)
    return not set("{}|!") & set(rest) and rest.count("&") == rest.count(" & ") <= 1


@lru_cache(maxsize=1024)
def cues_of(phrases: tuple[str, ...]) -> Cues:
    """The cues for `phrases`, made once."""
    return Cues(phrases)
