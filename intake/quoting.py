"""What is new in a mail: each displayed line gets the role it plays.

One pass from top to bottom knows the marks that mail programs leave ("> ", attribution lines, header blocks of
Outlook and Lotus Notes, separators of forwards); `intake.tails` then finds signatures and footers. Nothing is thrown
away here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from intake.lines import Line
from intake.tails import cut_tail
from rules.words import fold


class Role(StrEnum):
    """What a line is to the reader."""

    NEW = "new"
    FORWARDED = "forwarded"
    QUOTED = "quoted"
    HEADING = "heading"
    SIGNATURE = "signature"
    FOOTER = "footer"


class Origin(StrEnum):
    """How the mail came to be, as its subject and threading fields tell."""

    FRESH = "fresh"
    REPLY = "reply"
    FORWARD = "forward"


@dataclass(frozen=True, slots=True)
class Part:
    """A line and its role."""

    line: Line
    role: Role


_PREFIX = re.compile(r"\s*(?:\[[^\]]{0,40}\]\s*)?([A-Za-z]{1,4})\s*(?:\[\d{1,3}\]|\(\d{1,3}\))?\s*:")
_FORWARD_PREFIXES = frozenset({"rv", "enc", "fw", "fwd", "tr", "wg", "reen"})
_REPLY_PREFIXES = frozenset({"re", "res", "rta", "resp", "aw", "sv", "antw", "r"})

_FORWARD_MARK = re.compile(
    r"forwarded message|begin forwarded|mensaje reenviado|mensagem (?:encaminhada|reenviada)|remitido por"
    r"|encaminhado por|reenviado por|forwarded by",
    re.IGNORECASE,
)
_QUOTE_MARK = re.compile(r"original message|mensaje original|mensagem original|original appointment", re.IGNORECASE)
_DASHED_WROTE = re.compile(r"^-{2,}\s*(?:On|El|Em) .{5,200}(?:wrote|escribi[óo]|escreveu)\s*:?\s*-{2,}$", re.IGNORECASE)
_DATED = re.compile(r"\d{4}|\d{1,2}[:.h]\d\d")
_WROTE = re.compile(r"(?:escribi[óo]|wrote|escreveu|ha scritto|a écrit|schrieb(?: .{0,60})?)\s*:\s*$", re.IGNORECASE)
_ATTRIBUTED = re.compile(r"^\d{4}-\d\d?-\d\d? .{0,200}<[^<>\s]+@[^<>\s]+>\s*:\s*$")
_OPENS = re.compile(r"(?:El|Em|On|Le|Am|Il|En|No dia|Op|A la\(s\)|\d)")
_FIELD = re.compile(r"^\*{0,2}([A-Za-zÀ-ÿ ]{2,16}?)\*{0,2}\s*:\*{0,2}(?:\s|$)")
_FROM = frozenset({"de", "from", "von", "da", "fra", "fran", "van", "remitente", "remetente"})
_BEGINS = frozenset(
    {
        *("enviado", "enviado el", "enviado em", "enviada em", "enviados", "sent", "date", "fecha", "data", "datum"),
        *("gesendet", "skickat", "sendt", "verzonden", "envoye", "inviato", "subject", "asunto", "assunto"),
    }
)
_OTHERS = _BEGINS | {
    *("para", "to", "cc", "a", "an", "aan", "til", "till", "responder a", "reply to", "responder para"),
    *("betreff", "amne", "emne", "oggetto", "onderwerp", "objet"),
}
_COLOUR_WORDS = frozenset(
    {
        *("rojo", "azul", "verde", "vermelho", "red", "blue", "green", "color", "colour", "cor"),
        *("abajo", "abaixo", "below", "inline", "entre", "mismo", "proprio", "cada"),
    }
)


def origin_of(subject: str, threaded: bool) -> Origin:
    """Reply, forward or fresh, by the first prefix of the subject, else by whether the mail names another
    (`threaded`)."""
    found = _PREFIX.match(subject)
    prefix = found.group(1).lower() if found else ""
    if prefix in _FORWARD_PREFIXES:
        return Origin.FORWARD
    if prefix in _REPLY_PREFIXES or threaded:
        return Origin.REPLY
    return Origin.FRESH


def parted(lines: Sequence[Line], origin: Origin, sender_name: str) -> list[Part]:
    """Each line with its role, in order. Linear in the number of lines.

    Text that the writer typed in a colour of its own behind a quoted question becomes a new line of its own.
    """
    roles, authors = _marked(lines, origin, sender_name)
    _cut_tails(lines, roles, authors)
    parts = [Part(line, role) for line, role in zip(lines, roles, strict=True)]
    return _coloured(parts)


def new_text(parts: Sequence[Part]) -> str:
    """What the writer newly wrote, without quotations, signature and footers; of a forward without a word of its own,
    what it forwards. No more than one blank line in a row."""
    said = _said(parts, Role.NEW)
    return said or _said(parts, Role.FORWARDED)


def _said(parts: Sequence[Part], role: Role) -> str:
    kept: list[str] = []
    for part in parts:
        if part.role is not role:
            if kept and kept[-1] and part.role is Role.QUOTED:
                kept.append("")
        elif part.line.text or (kept and kept[-1]):
            kept.append(part.line.text)
    return "\n".join(kept).strip()


def _marked(lines: Sequence[Line], origin: Origin, sender_name: str) -> tuple[list[Role], list[str]]:
    """Roles by the marks of quotations and forwards, and who wrote each line as far as its heading tells."""
    roles: list[Role] = []
    authors: list[str] = []
    current, author, base, said, any_said = Role.NEW, sender_name, 0, 0, False
    while len(roles) < len(lines):
        at = len(roles)
        line = lines[at]
        heading = _heading(lines, at)
        if heading:
            length, forwards, sender = heading
            roles += [Role.HEADING] * length
            authors += [""] * length
            if line.depth > base:
                continue
            after = lines[at + length : at + length + 3]
            if forwards is None and (any(below.depth > line.depth for below in after) or not any_said):
                continue
            current, said = _after_heading(current, origin, forwards, said), 0
            author = sender
            base = next((below.depth for below in after if below.text), 0) if current is Role.FORWARDED else base
            continue
        role = current if line.depth <= base else Role.QUOTED
        said += bool(line.text)
        any_said = any_said or (bool(line.text) and role is Role.NEW)
        roles.append(role)
        authors.append(author)
    return roles, authors


def _after_heading(current: Role, origin: Origin, forwards: bool | None, said: int) -> Role:
    """The role of what follows a heading. `said` counts the lines since the last one: below an answered forward lies
    old mail."""
    if current is Role.QUOTED or (current is Role.FORWARDED and said > 3):
        return Role.QUOTED
    if forwards or origin is Origin.FORWARD or (forwards is not None and origin is Origin.FRESH):
        return Role.FORWARDED
    return Role.QUOTED


def _heading(lines: Sequence[Line], at: int) -> tuple[int, bool | None, str] | None:
    """A heading above foreign text that begins at line `at`: its length in lines, whether it says that the text is
    forwarded (None: an attribution line, which says that it is quoted) and the name that it gives."""
    text = lines[at].text
    if not text or len(text) > 400:
        return None
    if len(text) < 160 and text.startswith(
        ("-", "_", "*", "Begin", "Inicio", "Início", "Comienzo", "Mensa", "Forwarded")
    ):
        forwards = _FORWARD_MARK.search(text) is not None
        if forwards or (_QUOTE_MARK.search(text) and not text[0].isalpha()):
            below = at + 1
            while below < len(lines) and below < at + 4 and not lines[below].text:
                below += 1
            fields = _header_block(lines, below)
            return (below - at + fields[0], forwards, fields[1]) if fields else (1, forwards, "")
    fields = _header_block(lines, at)
    if fields:
        return fields[0], False, fields[1]
    length = _attribution(lines, at)
    return (length, None, "") if length else None


def _header_block(lines: Sequence[Line], at: int) -> tuple[int, str] | None:
    """A block of copied header fields, From and two others at least: its length and the display name."""
    if at >= len(lines) or _field_name(lines[at].text) not in _FROM | _BEGINS:
        return None
    depth, seen, end, name = lines[at].depth, 0, at, None
    for here in range(at, min(at + 9, len(lines))):
        if lines[here].depth != depth:
            break
        field = _field_name(lines[here].text)
        if field in _FROM and name is None:
            name, end = lines[here].text.partition(":")[2].strip(" *"), here
        elif field in _OTHERS:
            seen, end = seen + 1, here
    if seen < 2 or name is None:
        return None
    return end - at + 1, re.split(r"[<\[/(]", name, maxsplit=1)[0].strip(' "')


def _field_name(text: str) -> str:
    found = _FIELD.match(text) if ":" in text[:24] else None
    return fold(found.group(1)) if found else ""


def _attribution(lines: Sequence[Line], at: int) -> int:
    """The length in lines (1-3) of an attribution such as "On ... wrote:" that begins at `at`, else 0.

    In any language it names a date and an address, ends with a colon and stands above the quotation.
    """
    depth, text = lines[at].depth, ""
    if not lines[at].text or not any(line.text.endswith((":", ">", "-")) for line in lines[at : at + 3]):
        return 0
    if at and lines[at - 1].depth == depth and lines[at - 1].text.endswith(","):
        return 0
    opens = _OPENS.match(lines[at].text) is not None
    for length, line in enumerate(lines[at : at + 3], 1):
        if line.depth != depth or not line.text or len(text) > 400:
            return 0
        text = f"{text} {line.text}".strip()
        named = "@" in text or any(c.isdigit() for c in text)
        if named and _WROTE.search(text[-100:]) and (opens or length == 1):
            return length
        if _ATTRIBUTED.match(text) or (length == 1 and _DASHED_WROTE.match(text)):
            return length
        below = lines[at + length : at + length + 2]
        quoted = any(one.depth > depth for one in below[: 1 if below and below[0].text else 2])
        if quoted and text.endswith((":", ">")) and "@" in text and _DATED.search(text):
            return length
    return 0


def _cut_tails(lines: Sequence[Line], roles: list[Role], authors: Sequence[str]) -> None:
    """Find the signature and the footers at the end of each run of new or forwarded lines."""
    start, said = 0, False
    while start < len(roles):
        role, end = roles[start], start
        while end < len(roles) and roles[end] is role and authors[end] == authors[start]:
            end += 1
        if role in {Role.NEW, Role.FORWARDED}:
            between = start > 0 and end < len(roles) and roles[start - 1] is roles[end] is Role.QUOTED
            signature, footers = cut_tail(lines[start:end], authors[start], alone=not said, between=between)
            for at in signature:
                roles[start + at] = Role.SIGNATURE
            for at in footers:
                roles[start + at] = Role.FOOTER
            said = said or any(roles[at] is role and lines[at].text for at in range(start, end))
        start = end


def _coloured(parts: list[Part]) -> list[Part]:
    """Cut answers in a colour of their own out of quoted lines, where the writer says so or writes nothing else."""
    if not any(p.role is Role.QUOTED and p.line.own for p in parts):
        return parts
    said = set(fold(" ".join(p.line.text for p in parts if p.role is Role.NEW)).split())
    if said and not said & _COLOUR_WORDS:
        return parts
    out: list[Part] = []
    for part in parts:
        line = part.line
        before = line.text[: -len(line.own)].rstrip() if line.own and line.text.endswith(line.own) else ""
        if part.role is Role.QUOTED and before.endswith((":", "?", "*")):
            out.append(Part(replace(line, text=before, own=""), Role.QUOTED))
            out.append(Part(Line(line.own, line.where), Role.NEW))
        else:
            out.append(part)
    return out
