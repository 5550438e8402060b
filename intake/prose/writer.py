"""Who writes: what the sender's address and the signature tell of firm, name and address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from intake.prose import names
from intake.prose.clauses import Prose
from intake.prose.facts import Fact, emails
from rules.policy import Desk, Question, Takes
from rules.words import fold

_LEGAL_FORM = re.compile(
    r"\b(?:S\.?\s?A\.?(?:\s?de\s?C\.?\s?V\.?|\s?[CS]\.?)?|S\.?R\.?L\.?|C\.A\.|Ltda?\.?|Inc\.?|LLC|S/A|EIRELI"
    r"|R\.L\.)(?=[\s,.]|$)"
)
_SIGNATURE_CUT = re.compile(r"\s[|•·/]\s|\s[-–—]\s|,\s(?!S\.|C\.|Inc|Ltd|Lda)")


@dataclass(frozen=True, slots=True)
class Writer:
    """The sender: display name, address in lower case, and the domain where it is the firm's own ("" else)."""

    name: str
    address: str
    domain: str


def as_fact(name: names.Named | None) -> Fact | None:
    """A name as a fact."""
    return Fact(name.start, name.end, name.text) if name else None


def only(found: Iterable[Fact]) -> Fact | None:
    """The one thing that is said; None where nothing or several things are."""
    several = list(found)
    return several[0] if several and len({fold(one.text) for one in several}) == 1 else None


def own_address(found: Sequence[Fact], writer: Writer, desk: Desk) -> Fact | None:
    """The writer's own address, else the only one that is not the desk's."""
    ours = {address.lower() for address in desk.addresses}
    others = [one for one in found if one.text.lower() not in ours]
    own = [one for one in others if one.text.lower() == writer.address]
    return own[0] if own else only(others)


def signed(question: Question, desk: Desk, writer: Writer, signature: Prose) -> Fact | None:
    """What a signature tells of who writes: firm, name and address."""
    if not signature.sentences:
        return None
    if question.takes is Takes.FIRM:
        own = names.of_domain(signature, writer.domain, signature=True)
        return as_fact(own) if own else _legal_name(signature)
    if question.takes is Takes.PERSON:
        name = signed_name(writer, signature)
        first = signature.text.casefold().find(name.split()[0].casefold()) if name else -1
        return Fact(first, first + len(name), name) if first >= 0 else None
    if question.takes is Takes.EMAIL:
        return own_address(list(emails(signature)), writer, desk)
    return None


def _legal_name(signature: Prose) -> Fact | None:
    at = 0
    for line in signature.text.split("\n")[:12]:
        for piece in _SIGNATURE_CUT.split(line):
            if _LEGAL_FORM.search(piece) and len(piece.split()) > 1 and piece[0].isupper() and "@" not in piece:
                start = at + line.find(piece)
                return Fact(start, start + len(piece), piece.strip(" ,"))
        at += len(line) + 1
    return None


def signed_name(writer: Writer, signature: Prose) -> str:
    """The writer's name as the signature gives it; "" where it does not."""
    known = set(fold(writer.name).split()) | set(fold(writer.address.partition("@")[0]).split())
    for line in signature.text.split("\n")[:6]:
        head = re.split(r"[|,;/·•–]|\s-\s", line, maxsplit=1)[0].strip(" *_")
        words = [w for w in fold(head).split() if w not in {"ing", "lic", "dr", "dra", "sr", "sra", "eng"}]
        if 0 < len(words) <= 6 and (set(words) & known) and not any(c.isdigit() for c in head):
            return writer.name if set(words) <= set(fold(writer.name).split()) else head
    return ""
