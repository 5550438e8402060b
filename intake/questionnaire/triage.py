"""What a mail is about: its kind, the priority that the writer asks for, and the ticket that it speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from rules.cues import Cues, cues_of
from rules.model import Answer, Kind
from rules.numbering import find_references
from rules.policy import Desk, QuestionType, Words
from rules.words import fold

_READ_CHARACTERS = 50_000
_LEVEL_SENTENCE_WORDS = 5
_WORD = re.compile(r"[^\W_]+")
_SAYS_LEVEL = re.compile(r"(?:(?:esto|eso|this|it|isto|isso|el caso|o caso) )?(?:es|is|e|s) (?:muy |very |muito )?")
_DENIED = re.compile(r"\b(?:no|nao|not|sin|sem|without)(?: \w+){0,2}$")


def kind_of(desk: Desk, subject: str, text: str, answers: Mapping[str, Answer]) -> Kind:
    """The kind whose own questions are answered most, else the one with the most cues in `subject` and `text`, else
    the desk's first."""
    own = {
        policy.kind: sum(policy.kind in q.kinds for q in desk.questions if q.key in answers) for policy in desk.kinds
    }
    ranked = sorted(own.values(), reverse=True)
    if len(ranked) > 1 and ranked[0] >= 2 and ranked[0] > ranked[1]:
        return max(own, key=lambda kind: own[kind])
    words = f"{fold(subject[:_READ_CHARACTERS])} \n {fold(text[:_READ_CHARACTERS])}".split(" ")
    cues = {policy.kind: len({span.start for span in _cues(policy.cues).find(words)}) for policy in desk.kinds}
    best = max(cues, key=lambda kind: cues[kind])
    return best if cues[best] else desk.kinds[0].kind


def priority_of(desk: Desk, text: str, answers: Mapping[str, Answer]) -> str | None:
    """The level that the writer asks for: the answer to a question whose choices are the desk's levels, else the
    level that follows one of the desk's cues in `text`. None where no level, or two different ones, are asked for."""
    levels = desk.priorities or {}
    for question in desk.questions:
        if question.type is QuestionType.CHOICE and question.choices and question.choices.keys() <= levels.keys():
            value = answers[question.key].value if question.key in answers else None
            if isinstance(value, str):
                return value
    asked = asked_level(desk, text)
    return asked[3] if asked else None


def asked_level(desk: Desk, text: str) -> tuple[int, int, str, str] | None:
    """The one level that is asked for in `text`: where its word stands, the word, and the level. It stands behind one
    of the desk's cues ("severidad 2") or before it ("alta prioridad"), or is no word of any language ("P2"), and is
    neither denied nor part of a question."""
    levels = {phrase: name for name, spoken in (desk.priorities or {}).items() for phrase in _level_words(name, spoken)}
    cues = _phrases(desk.priority_cues or {})
    if not levels or not cues:
        return None
    words = [(fold(m.group()).replace(" ", ""), m.start(), m.end()) for m in _WORD.finditer(text[:_READ_CHARACTERS])]
    pattern = re.compile(
        rf"\b(?:(?:{_alternatives(cues)}) (?:(?:nivel|level|de|es|is|e|como|as|a|n|no|numero|number|la|o|the"
        rf"|sea|seja|se|lo|podemos|podriamos|puede|podria|sugerida|sugerimos|pedimos|seria|queda|quede|ser|can|be"
        rf"|to) ){{0,4}}"
        rf"(?P<behind>{_alternatives(levels)})|(?P<before>{_alternatives(w for w in levels if w.isalpha()) or '(?!)'}) "
        rf"(?:{_alternatives(cues)})|(?P<alone>{_alternatives(_unmistakable(levels)) or '(?!)'}))\b"
    )
    joined = " ".join(word for word, _, _ in words)
    asked: dict[str, tuple[int, int, str, str]] = {}
    for match in pattern.finditer(joined):
        group = match.lastgroup or ""
        first = joined.count(" ", 0, match.start(group))
        last = first + match.group(group).count(" ")
        start, end = words[first][1], words[last][2]
        begins = words[joined.count(" ", 0, match.start())][1]
        stop = re.compile(r"[.!?\n]").search(text, end, end + 200)
        before = re.split(r"[,.;:!?\n]", text[max(0, begins - 25) : begins])[-1]
        if _DENIED.search(fold(before)) or (stop and stop.group() == "?"):
            continue
        asked.setdefault(levels[match.group(group)], (start, end, text[start:end], levels[match.group(group)]))
    if not asked:
        return _said_level(text[:_READ_CHARACTERS], levels)
    return next(iter(asked.values())) if len(asked) == 1 else None


def _said_level(text: str, levels: Mapping[str, str]) -> tuple[int, int, str, str] | None:
    """The one level that a sentence of its own states ("Es crítico."), of those that have a word for a name."""
    said: dict[str, tuple[int, int, str, str]] = {}
    for sentence in re.finditer(r"[^.!?\n]+", text):
        if text[sentence.end() : sentence.end() + 1] == "?":
            continue
        words = list(_WORD.finditer(text, sentence.start(), sentence.end()))
        if not 2 <= len(words) <= _LEVEL_SENTENCE_WORDS:
            continue
        plain = " ".join(fold(word.group()) for word in words)
        copula = _SAYS_LEVEL.match(plain)
        name = levels.get(plain[copula.end() :]) if copula else None
        if name and name.isalpha():
            last = words[-1]
            said.setdefault(name, (last.start(), last.end(), last.group(), name))
    return next(iter(said.values())) if len(said) == 1 else None


def _level_words(name: str, spoken: Words) -> set[str]:
    return {fold(name), *_phrases(spoken)}


def _unmistakable(words: Iterable[str]) -> list[str]:
    """Words such as "P2", which mean a level wherever they stand."""
    return [w for w in words if re.fullmatch(r"[a-z]{1,3}\d", w)]


def named_ticket(desk: Desk, texts: Iterable[str]) -> str | None:
    """The first of the desk's reference numbers in `texts`, the earlier texts first."""
    patterns = list(dict.fromkeys(policy.pattern for policy in desk.kinds))
    for text in texts:
        for pattern in patterns:
            found = find_references(pattern, text)
            if found:
                return found[0]
    return None


def _cues(spoken: Words) -> Cues:
    return cues_of(tuple(phrase for phrases in spoken.values() for phrase in phrases))


def _phrases(spoken: Words) -> set[str]:
    return {fold(phrase) for phrases in spoken.values() for phrase in phrases} - {""}


def _alternatives(phrases: Iterable[str]) -> str:
    return "|".join(re.escape(p) for p in sorted(phrases, key=len, reverse=True))
