"""Answers that a mail without a form states in running text.

Yes or no stands by a question's cues, a choice by its words, an address behind its cue. Only what is plainly said
counts: no questions, no conditions ("no sé si hubo corte"), nothing said both ways, no choice among several that are
named.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from intake.blocks import Bound
from intake.quoting import Part, Role
from intake.tails import is_closing
from intake.values import addresses, choice, stated
from rules.policy import Question, QuestionType, Words
from rules.words import fold

_PROSE_CHARACTERS = 20_000
_SENTENCE_END = re.compile(r"[.!;](?=\s|$)|\n\n")
_CLAUSE_END = re.compile(r",\s(?:(?:y|e|pero|mas|and|but|aunque)\s)?|:\s|\s(?:y|e|pero|mas|and|but|aunque)\s")
_DOUBT = frozenset(
    {"si", "se", "if", "whether", "cuando", "quando", "when", "talvez", "quizá", "quizás", "maybe", "creo", "acho"}
)
_NEAR_CHARACTERS = 30
_CATCH_ALL = "other"
"""A choice whose words ("otro", "other") say nothing outside an answer."""


@dataclass(frozen=True, slots=True)
class _Clause:
    text: str
    where: str


def read_prose(parts: Sequence[Part], questions: Sequence[Question]) -> Mapping[str, Bound]:
    """What the new text states, by question. Linear in its length."""
    clauses = list(_clauses(parts))
    found: dict[str, Bound] = {}
    for question in questions:
        bound = None
        if question.type is QuestionType.YES_NO and question.cues:
            bound = _yes_or_no(question, clauses)
        elif question.type is QuestionType.CHOICE and question.choices:
            bound = _choice(question, clauses)
        elif question.type is QuestionType.IPS and question.cues:
            bound = _address(question, clauses)
        if bound:
            found[question.key] = bound
    return found


def _clauses(parts: Sequence[Part]) -> Iterator[_Clause]:
    """The clauses of the new text; those of a question are left out."""
    lines = [p.line for p in parts if p.role is Role.NEW and not p.line.cells and not is_closing(p.line.text)]
    starts: list[int] = []
    length = 0
    for line in lines:
        starts.append(length)
        length += len(line.text) + 1
    text = "\n".join(line.text for line in lines)[:_PROSE_CHARACTERS]
    for start, end in _cut(text, 0, len(text), _SENTENCE_END):
        if "?" in text[start:end] or "¿" in text[start:end]:
            continue
        for a, b in _cut(text, start, end, _CLAUSE_END):
            clause = text[a:b]
            if clause.strip():
                first = a + len(clause) - len(clause.lstrip())
                yield _Clause(" ".join(clause.split()), lines[bisect_right(starts, first) - 1].where)


def _cut(text: str, start: int, end: int, mark: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    for found in mark.finditer(text, start, end):
        yield start, found.start()
        start = found.end()
    yield start, end


def _yes_or_no(question: Question, clauses: Sequence[_Clause]) -> Bound | None:
    said: dict[bool, _Clause] = {}
    for clause in clauses:
        value = stated(fold(clause.text), question.cues or {})
        if value is not None and not _doubted(clause.text, question):
            said.setdefault(value, clause)
    if len(said) != 1:
        return None
    clause = next(iter(said.values()))
    return Bound(question.key, clause.text, clause.where)


def _doubted(text: str, question: Question) -> bool:
    """Whether the cue stands behind a word of doubt. Accents count: "sí hay" is said, "si hay" is asked."""
    spoken = re.findall(r"\w+", text.casefold())
    words = [fold(word) for word in spoken]
    for phrase in (fold(cue).split() for cues in (question.cues or {}).values() for cue in cues):
        for at in range(1, len(words) - len(phrase) + 1):
            if words[at : at + len(phrase)] == phrase and _DOUBT & set(spoken[max(0, at - 2) : at]):
                return True
    return False


def _choice(question: Question, clauses: Sequence[_Clause]) -> Bound | None:
    choices = {name: _as_written(words, clauses) for name, words in (question.choices or {}).items()}
    named = choice(" ".join(clause.text for clause in clauses), choices)
    if named is None or named == _CATCH_ALL:
        return None
    wanted = {fold(word): word for words in choices[named].values() for word in words}
    for clause in clauses:
        words = clause.text.split()
        for size in range(4, 0, -1):
            for at in range(len(words) - size + 1):
                spoken = " ".join(words[at : at + size])
                if fold(spoken) in wanted:
                    return Bound(question.key, spoken.strip(" .,;:()"), clause.where)
    return None


def _as_written(words: Words, clauses: Sequence[_Clause]) -> Words:
    """Without the acronyms of up to three letters that do not stand in capitals ("buen día" is no "DIA")."""
    written = {word.strip(".,;:()") for clause in clauses for word in clause.text.split()}
    return {
        language: tuple(w for w in spoken if not (w.isupper() and len(w) <= 3) or w in written)
        for language, spoken in words.items()
    }


def _address(question: Question, clauses: Sequence[_Clause]) -> Bound | None:
    """The one address that directly follows one of the question's cues."""
    cues = [cue for spoken in (question.cues or {}).values() for cue in spoken]
    hits: dict[str, Bound] = {}
    for clause in clauses:
        for start, written in addresses(clause.text):
            before = fold(clause.text[max(0, start - _NEAR_CHARACTERS) : start])
            if any(before == fold(cue) or before.endswith(f" {fold(cue)}") for cue in cues):
                hits[written] = Bound(question.key, written, clause.where)
    return next(iter(hits.values())) if len(hits) == 1 else None
