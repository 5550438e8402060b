"""Phone numbers and contacts as people write them down."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from phonenumbers import (
    Leniency,
    PhoneNumberFormat,
    PhoneNumberMatcher,
    format_number,
    is_possible_number,
    is_valid_number,
)

from rules.words import fold

_TRIES = 40
_EMAIL = re.compile(r"(?<![^\s<>,;:()\[\]\"'/|])[^\s<>,;:()\[\]\"'@/|]{1,64}@[^\s<>,;:()\[\]\"'@/|]{1,190}")
_BREAK = re.compile(r"[,;\n/|<>\[\]\t]|\s[-–—]\s|\s(?:y|e|and|o)\s(?=\s*$)")
_PARENTHESES = re.compile(r"\([^()]{0,200}\)")
_SPOKEN = re.compile(
    r"\b(?:telefonos?|telefones?|tel|telf|fono|cel|celular|movil|mobile|phone|whatsapp|wa|email|e mail|mail"
    r"|correo(?: electronico)?"
    r"|contacto|contato|contact|nombre|nome|name|ext|int|ramal|extension|anexo|fijo|fixo|directo|mailto|tel[eé]fono)\b"
)


@dataclass(slots=True)
class _Person:
    name: str | None = None
    email: str | None = None
    phone: str | None = None

    @property
    def reachable(self) -> bool:
        return bool(self.email or self.phone)


def phones(text: str, country: str) -> list[str]:
    """The phone numbers in `text`: E.164 without extension where it can be told (national numbers are those of
    `country`, ISO 3166), else the digits as written."""
    found = [number for _, _, number in _phone_spans(text, country)]
    if not found:
        found = re.findall(r"\d{4,15}", re.sub(r"(?<=\d)[ .-](?=\d)", "", text))
    return list(dict.fromkeys(found))


def contacts(text: str, country: str) -> list[dict[str, str | None]]:
    """The people in `text`, each with name, email and phone (None where absent).

    A name opens a person; what follows it until the next name is theirs. Words after a name and before its address or
    number are a role and are left out.
    """
    people = [_Person()]
    for kind, value in _tokens(text, country):
        current = people[-1]
        if kind == "break":
            if current.name and not current.reachable and value == ";":
                people.append(_Person())
        elif kind == "name":
            if current.reachable:
                people.append(_Person(name=value))
            elif current.name is None:
                current.name = value
        elif kind == "email":
            current.email = current.email or value
        else:
            current.phone = current.phone or value
    known = [p for p in people if p.reachable]
    if not known:
        known = [p for p in people if p.name and len(p.name.split()) <= 6]
    return [{"name": p.name, "email": p.email, "phone": p.phone} for p in known]


def _phone_spans(text: str, country: str) -> list[tuple[int, int, str]]:
    # The matcher reads letters as digits of vanity numbers and stumbles over addresses; both are taken out beforehand.
    hidden = _EMAIL.sub(lambda m: " " * len(m.group()), text)
    spans: list[tuple[int, int, str]] = []
    for match in PhoneNumberMatcher(hidden, country or None, leniency=Leniency.POSSIBLE, max_tries=_TRIES):
        international = match.raw_string.lstrip("( ").startswith(("+", "00", "＋"))
        certain = is_possible_number(match.number) if international else is_valid_number(match.number)
        if certain:
            number = format_number(match.number, PhoneNumberFormat.E164)
        else:
            number = "".join(c for c in match.raw_string if c.isdigit() or c == "+")
        spans.append((match.start, match.end, number))
    return spans


def _tokens(text: str, country: str) -> list[tuple[str, str]]:
    """Names, emails, phones and breaks in the order in which they stand."""
    marks = [(m.start(), m.end(), "email", m.group().strip(".-")) for m in _EMAIL.finditer(text)]
    marks += [(start, end, "phone", number) for start, end, number in _phone_spans(text, country)]
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
        name = _name(piece)
        if name:
            tokens.append(("name", name))
        if mark:
            tokens.append(("break", mark.group().strip() or "\n"))
            at = mark.end()
    return tokens


def _name(piece: str) -> str:
    """A piece as a name: without a place or role before a colon and without words such as "Tel."."""
    before, colon, after = piece.rpartition(":")
    if colon:
        piece = after if after.strip() else ("" if _SPOKEN.search(fold(before)) else before)
    piece = " ".join(piece.split()).strip(" .,:;-–—*\"'()¿?")
    bare = _SPOKEN.sub(" ", fold(piece)).strip()
    if len(piece) > 80 or not any(c.isalpha() for c in bare) or bare in {"y", "e", "and", "o", "al", "a", "ou", "or"}:
        return ""
    if bare != fold(piece):
        words = [w for w in piece.split() if not _SPOKEN.fullmatch(fold(w))]
        piece = " ".join(words).strip(" .,:;-")
    return re.sub(r"\s(?:y|e|and)$", "", piece)
