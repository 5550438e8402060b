"""Contacts as people write them down: name, address and number, in any order."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from intake.questionnaire.phones import EMAIL, NOWHERE, Homes, e164, phone_spans
from rules.model import Mailbox
from rules.words import fold

_BREAK = re.compile(
    r"[,;\n/|<>\[\]\t]|\s[-–—]\s|\s(?:y|e|and|o)\s(?=\s*$)"
    r"|\s(?:y|e|o|ou)\s(?=(?:con|com)\s)"
)
_BULLET = re.compile(r"^\s{0,8}(?:\(?\d{1,2}[.)º°]{1,2}-?|[-*•·])\s{1,8}")
_PARENTHESES = re.compile(r"\([^()]{0,200}\)")
_SPOKEN = re.compile(
    r"\b(?:telefonos?|telefones?|tel|telf|tlf|fono|fone|cel|celular|movil|mobile|cell|phone|whatsapp|wa|wsp|email"
    r"|e mail|mail|correo(?: electronico)?|contacto|contato|contact|nombre|nome|name|ext|int|ramal|interno|extension"
    r"|anexo|fijo|fixo|directo|mailto)\b"
)
# What stands before a name or between it and its number, and is part of neither.
_LINKS_WORDS = """
    y e and o ou or u al ao a as at on to com con por el la los las os en em no na is es del do da de
    su sus seu sua numero number
    call write please favor
"""
_ASKING = re.compile(
    r"(?:contact|comunic|comuni|llam|habl|pregunt|ped|fal|lig|procur|busc|escrib|escrev|avis|ubic|localiz)"
    r"(?:[aeiou]r|[aeo]n?|qu?en?)?(?:me|nos|le|les|se)?"
)
_ARTICLES = frozenset({"el", "la", "los", "las", "os", "as", "a", "o", "de", "do", "da", "del"})
_TITLES_WORDS = """
    ing inga lic licda licdo dr dra sr sra srta srs eng engo engenheiro engenheira ingeniero ingeniera licenciado
    licenciada senor senora senorita senhor senhora mr mrs ms miss arq prof tec mtro mtra cp cpa sgt tte cap cmte
"""
_ROLES_WORDS = """
    gerente jefe jefa chefe encargado encargada supervisor supervisora coordinador coordinadora coordenador
    coordenadora administrador administradora analista tecnico tecnica director directora diretor diretora
    responsable responsavel guardia vigilante operador operadora porteiro zelador manager engineer technician
    administrator coordinator assistant asistente assistente subgerente
"""
_LINKS, _TITLES, _ROLES = (frozenset(words.split()) for words in (_LINKS_WORDS, _TITLES_WORDS, _ROLES_WORDS))
_SELF = re.compile(
    r"(?:conmigo|comigo|with me|me|myself|mim|yo|eu|(?:yo|eu|mi|mim) mism[oa]|(?:eu )?mesm[oa]|yo soy|soy yo|sou eu"
    r"|a mi|el suscrito|la suscrita|quien suscribe|quien escribe|(?:un|el|la) servidora?|(?:con|com) (?:mi|mim) persona"
    r"|mi persona)(?: (?:mismo|misma|mesmo|mesma|directamente|direto|diretamente|directly|siempre|sempre))?"
)
_LONGEST_NAME = 80
_LONGEST_LONE_NAME = 6
_SHORTEST_VERB = 5
_ENDS = frozenset({";", "y", "e", "o", "ou"})


@dataclass(slots=True)
class _Person:
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    writer: bool = False
    role: bool = False

    @property
    def reachable(self) -> bool:
        return bool(self.email or self.phone or self.writer)


def contacts(text: str, homes: Homes = NOWHERE, sender: Mailbox | None = None) -> list[dict[str, str | None]]:
    """The people in `text`, each with name, email and phone (None where absent); phones as `phones.e164` gives them.

    A name opens a person; what follows it until the next name is theirs. Words after a name and before its address or
    number are a role and are left out, and so are titles. Who writes "conmigo", "comigo" or "me" is the `sender`.
    """
    tokens = _tokens(text, homes)
    people = _People(sender, _ENDS - {";"} if _parts_by_semicolon(tokens) else _ENDS)
    for kind, value in tokens:
        people.take(kind, value)
    return people.listed()


class _People:
    """Collects people from the tokens of a text."""

    def __init__(self, sender: Mailbox | None, ends: Collection[str]) -> None:
        self.sender = sender
        self.ends = ends
        self.people = [_Person()]

    def take(self, kind: str, value: str) -> None:
        current = self.people[-1]
        if kind == "break":
            if current.name and not current.reachable and value in self.ends:
                self.people.append(_Person())
        elif kind == "name":
            self._name(current, value)
        elif kind == "self":
            self._writer(current)
        elif kind == "email":
            current.email = current.email or value
        else:
            current.phone = current.phone or value

    def _name(self, current: _Person, name: str) -> None:
        if current.writer and _same(name, self.sender):
            return
        if current.reachable:
            self.people.append(_Person(name=name, role=_is_role(name)))
        elif current.name is None or (current.role and not _is_role(name)):
            current.name, current.role = name, _is_role(name)

    def _writer(self, current: _Person) -> None:
        if self.sender is None or any(person.writer for person in self.people):
            return
        if current.reachable:
            self.people.append(_Person(writer=True))
        elif current.name is None:
            current.writer = True

    def listed(self) -> list[dict[str, str | None]]:
        for person in self.people:
            if person.writer and self.sender:
                person.name = self.sender.name or None
                person.email = person.email or self.sender.address.lower()
        known = [p for p in self.people if p.reachable]
        if not known:
            known = [p for p in self.people if p.name and len(p.name.split()) <= _LONGEST_LONE_NAME]
        return [{"name": p.name, "email": p.email, "phone": p.phone} for p in known]


def _parts_by_semicolon(tokens: Sequence[tuple[str, str]]) -> bool:
    """Whether semicolons stand between the parts of each person ("Ana Ruiz; ana@x.mx; 300 555 0100") and nothing
    else parts them: then there are names, each followed by what reaches its person alone."""
    kinds = [kind for kind, value in tokens if (kind, value) != ("break", ";")]
    if "break" in kinds or "name" not in kinds:
        return False
    return kinds[0] == "name" and all(one != other for one, other in pairwise(kinds)) and kinds[-1] != "name"


def _same(name: str, sender: Mailbox | None) -> bool:
    """Whether a name that follows "conmigo" is only the writer's own."""
    return sender is None or not sender.name or bool(set(fold(name).split()) & set(fold(sender.name).split()))


def _tokens(text: str, homes: Homes) -> list[tuple[str, str]]:
    """Names, emails, phones and breaks in the order in which they stand."""
    marks = [(m.start(), m.end(), "email", m.group().strip(".-").lower()) for m in EMAIL.finditer(text)]
    marks += [(start, end, "phone", e164(text[start:end], homes)) for start, end in phone_spans(text)]
    marks.sort()
    tokens: list[tuple[str, str]] = []
    edges = [(0, 0, "", ""), *marks, (len(text), len(text), "", "")]
    for (_, start, kind, value), (end, _, _, _) in pairwise(edges):
        if kind:
            tokens.append((kind, value))
        tokens += _names(text[start:end])
    return tokens


def _names(between: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    rest = _PARENTHESES.sub(" ", between)
    at = 0
    for mark in [*_BREAK.finditer(rest), None]:
        piece = rest[at : mark.start()] if mark else rest[at:]
        words = fold(piece)
        if words and _SELF.fullmatch(words):
            tokens.append(("self", ""))
        else:
            name = _name(piece)
            if name:
                tokens.append(("name", name))
        if mark:
            tokens.append(("break", mark.group().strip() or "\n"))
            at = mark.end()
    return tokens


def _name(piece: str) -> str:
    """A piece as a name: without a place or role before a colon, without titles and without words such as "Tel."."""
    before, colon, after = _BULLET.sub("", piece, count=1).rpartition(":")
    piece = after
    if colon:
        piece = after if after.strip() else ("" if _SPOKEN.search(fold(before)) else before)
    piece = " ".join(piece.split()).strip(" .,:;-–—*\"'()¿?")
    if len(piece) > _LONGEST_NAME or not any(c.isalpha() for c in piece):
        return ""
    bare = _SPOKEN.sub(" ", fold(piece)).strip()
    words = [w for w in piece.split() if not _SPOKEN.fullmatch(fold(w))] if bare != fold(piece) else piece.split()
    return " ".join(_without_role(_trimmed(words))).strip(" .,:;-")


def _trimmed(words: list[str]) -> list[str]:
    """Without links at either end, and without titles before a name ("con el Ing. Ana Ruiz al")."""
    first, last = 0, len(words)
    while first + 1 < last and (_titled(words[first]) or _is_link(words[first], before=words[first + 1])):
        first += 1
    while last > first and _is_link(words[last - 1]):
        last -= 1
    return words[first:last]


def _is_link(word: str, before: str = "") -> bool:
    """Whether a word is a link and neither an initial ("A.") nor the article of a name ("La Torre")."""
    plain = fold(word)
    if plain not in _LINKS:
        return len(plain) > _SHORTEST_VERB and _ASKING.fullmatch(plain) is not None
    return word.islower() or (plain not in _ARTICLES and len(word) > 1) or _titled(before)


def _titled(word: str) -> bool:
    return fold(word) in _TITLES


def _is_role(name: str) -> bool:
    """Whether words name a role, which stands for a person only where no name follows ("the site manager")."""
    words = fold(name).split()
    return any(word in _ROLES for word in words[:1]) or (name.islower() and any(word in _ROLES for word in words))


def _without_role(words: list[str]) -> list[str]:
    """Without the role that follows a full name ("Ana Ruiz Gerente de TI")."""
    named = all(word[:1].isupper() for word in words[:2])
    role = next((n for n, word in enumerate(words) if n > 1 and named and fold(word) in _ROLES), len(words))
    return words[:role]
