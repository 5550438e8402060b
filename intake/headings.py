"""Headings that mail programs put above foreign text: attributions, copied header fields, separators of forwards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from intake.lines import Line
from rules.words import fold


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its length in lines, whether the text below is forwarded (None: an attribution, which says that it is
    quoted), and the name of who wrote it ("" where not told)."""

    lines: int
    forwards: bool | None
    sender: str = ""


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


def heading_at(lines: Sequence[Line], at: int) -> Heading | None:
    """The heading above foreign text that begins at line `at`, None where there is none."""
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
            return Heading(below - at + fields[0], forwards, fields[1]) if fields else Heading(1, forwards)
    fields = _header_block(lines, at)
    if fields:
        return Heading(fields[0], False, fields[1])
    length = _attribution(lines, at)
    return Heading(length, None) if length else None


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
