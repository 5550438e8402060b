"""The people whom numbers and addresses in running text belong to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from intake.prose.clauses import Prose
from intake.prose.facts import Fact, shown
from intake.questionnaire.people import contacts
from rules.words import fold

NOT_NAMED = re.compile(
    r"\b(?:al|a|en|el|la|su|sus|tel|telefono|telefone|cel|celular|movil|mobile|phone|numero|number|no|at|on|es"
    r"|is|e|esta"
    r"|correo|email|mail|whatsapp|o|and|y|con|com|his|her|their|por|ext|extension|ramal|fone|interno|pelo|pela"
    r"|the|or|directo)\b"
)
"""What leads to a number and is no name."""
_OFFICES = frozenset(
    {
        *("our", "nuestro", "nuestra", "nosso", "nossa", "ceo", "cfo", "cto", "coo", "cio", "cmo", "vp", "president"),
        *("presidente", "presidenta", "director", "directora", "diretor", "diretora", "gerente", "chairman", "chair"),
    }
)
"""What stands before a name and is none of it: "our CEO"."""
_NAME_BEHIND = re.compile(
    r"\s\(([A-ZÀ-Þ][\w'’-]{1,20}(?:\s(?:de|da|do|dos|del|la)){0,2}(?:\s[A-ZÀ-Þ][\w'’-]{1,20}){1,2})\)"
)
"""A name in parentheses behind a number."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a number or an address stands: [start, end)."""

    start: int
    end: int


def fact_of(prose: Prose, start: int, marks: list[Mark], *, writer: str = "", name: str = "") -> Fact:
    """The person of the `marks`, whose words begin at `start`. `writer` is the name of who has none of their own."""
    end = marks[-1].end
    behind = _NAME_BEHIND.match(prose.text, end)
    own = set(fold(behind.group(1)).split()) & set(fold(writer).split()) if behind else set()
    if behind and own and start == marks[0].start and not name:
        end, name = behind.end(), " ".join(behind.group(1).split())
    text = shown(prose, start, end) if prose.text[start] != "(" else " ".join(prose.text[start:end].split())
    known = _whole(contacts(text))
    if len(known) <= 1 or name or (writer and not any(_proper(one["name"]) for one in known)):
        person: dict[str, str | None] = {"name": None, "email": None, "phone": None}
        for one in known:
            named = _proper(one["name"]) or not prose.capitals_count
            person = {what: person[what] or (one[what] if named or what != "name" else None) for what in person}
        if len(known) > 1:
            person["name"] = None
        if not person["phone"] and not person["email"]:
            person["phone"] = "".join(c for c in prose.text[marks[0].start : marks[0].end] if c.isdigit() or c == "+")
        person["name"] = name or _bare(person["name"]) or writer or None
        return Fact(start, end, text, [person])
    return Fact(start, end, text, [{**one, "name": _bare(one["name"])} for one in known] or None)


def _whole(known: list[dict[str, str | None]]) -> list[dict[str, str | None]]:
    """People, of whom those without a name of their own ("or write to ...") are the ones before."""
    people: list[dict[str, str | None]] = []
    for one in known:
        last = people[-1] if people else None
        apart = any(last[what] and one[what] for what in ("email", "phone")) if last else True
        if last and not apart and not _proper(one["name"]):
            people[-1] = {what: last[what] or one[what] for what in last}
        else:
            people.append(dict(one))
    return people


def _proper(name: str | None) -> bool:
    return bool(name) and any(word[0].isupper() for word in (name or "").split())


def _bare(name: str | None) -> str | None:
    """A name without the words that lead to a number ("Ana Ruiz al")."""
    words = (name or "").split()
    while words and NOT_NAMED.fullmatch(fold(words[-1])):
        words.pop()
    while words and (NOT_NAMED.fullmatch(fold(words[0])) or (len(words) > 1 and fold(words[0]) in _OFFICES)):
        words.pop(0)
    return " ".join(words) or None
