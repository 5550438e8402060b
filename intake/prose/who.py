"""Whose mail it is, and where the trouble is: firm, person and place."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.prose import names
from intake.prose.clauses import Prose, Sentence
from intake.prose.doubt import elsewhere
from intake.prose.facts import Fact
from intake.prose.writer import Writer, as_fact, signed_name
from rules.cues import Cues
from rules.words import fold

_OF = re.compile(r"\s(?:de|del|da|do|from|of|at|y|e|and)\s(?!(?:la|las|los)\s)", re.IGNORECASE)


def person(prose: Prose, cues: Cues, writer: Writer) -> Fact | None:
    """The name behind a cue; else the writer's where the text holds all of it."""
    for _, name in names.behind(prose, cues):
        text = _OF.split(name.text, maxsplit=1)[0]
        if not any(c.isdigit() for c in text):
            return Fact(name.start, name.start + len(text), text)
    at = prose.text.casefold().find(writer.name.casefold()) if len(writer.name.split()) > 1 else -1
    end = at + len(writer.name)
    return Fact(at, end, prose.text[at:end]) if at >= 0 else None


def firm(prose: Prose, cues: Cues, writer: Writer, signature: Prose) -> Fact | None:
    """The name behind a cue that is no person's; else the one that the writer's domain spells."""
    own = names.of_domain(prose, writer.domain)
    people_named = [writer.name, signed_name(writer, signature)]
    for sentence, name in names.behind(prose, cues):
        if sentence.asks or names.is_person(name.text, people_named) or name.text[0].isdigit():
            continue
        text = name.text
        if not prose.capitals_count:
            text = re.split(r"\s(?:y|e|en|and)\s", text)[0] if not own else text
        if own and own.start < name.start + len(text) and name.start < own.end:
            return as_fact(own) if len(own.text) > len(text) else Fact(name.start, name.end, text)
        return Fact(name.start, name.end, text)
    return as_fact(own)


def place(
    prose: Prose, cues: Cues, leads: Cues, known: Sequence[str], trouble: Sequence[tuple[int, int]]
) -> Fact | None:
    """The place where the trouble is; else the only one that is named. `known` are names of firms and people."""
    seen: list[tuple[Sentence, names.Named]] = [
        *names.places(prose, cues),
        *((s, n) for s, n in names.behind(prose, leads, lower=False) if not s.asks),
    ]
    seen = [(s, n) for s, n in seen if not names.is_person(n.text, known) and not elsewhere(s, n.start)]
    for several in ([(s, n) for s, n in seen if any(a <= n.start < b for a, b in trouble)], seen):
        distinct: list[names.Named] = []
        for _, name in several:
            if not any(_alike(name.text, other.text) for other in distinct):
                distinct.append(name)
        if len(distinct) == 1:
            best = max((name for _, name in several), key=lambda name: len(name.text))
            return as_fact(best if len(several) > 1 and _alike(best.text, distinct[0].text) else distinct[0])
        if distinct:
            return None
    return None


def _alike(one: str, other: str) -> bool:
    a, b = set(fold(one).split()), set(fold(other).split())
    return a <= b or b <= a or len(a & b - {"de", "la", "el"}) >= 2
