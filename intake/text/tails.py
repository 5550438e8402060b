"""Signatures at the end of a stretch of text, above and below the footers that programs and firms add."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.text.footers import is_mobile_footer, without_footers
from intake.text.lines import Line
from intake.text.signature_lines import (
    PICTURE,
    POSTSCRIPT,
    TITLES,
    asks_the_desk,
    is_contact,
    is_name,
    is_signature_like,
    is_spoken,
    name_like,
    pieces_of,
    signs_off,
)
from rules.words import fold

_DELIMITER = re.compile(r"^(?:-- ?|---|—|–{2}|_{15,})$")
_CLOSING = re.compile(
    r"^(?:(?:muchas |mil |muy )?gracias(?: de antemano| por su .{0,40}| por .{0,30}| y saludos)?"
    r"|(?:muito )?obrigad[oa]s?(?: desde ja)?|grat[oa]s?|(?:many |kind )?thanks(?: in advance| and regards)?"
    r"|thank you(?: very much)?|best|cheers|tak|tack|bedankt|danke|merci|grazie"
    r"|(?:quedo|quedamos|fico|ficamos) (?:muy )?(?:atent[oa]s?|no aguardo|pendientes?|a la espera"
    r"|al pendiente).{0,40})$"
)
_REGARDS = re.compile(
    r"^(?:(?:reciban? |muchos )?(?:un )?(?:cordial |atento )?saludos?(?: cordial(?:es)?| a todos)?|con un saludo|sds"
    r"|slds"
    r"|atte|att|atentamente|(?:muy )?cordialmente|atenciosamente|abracos?|abs|un abrazo|cordiais saudacoes|saudacoes"
    r"|(?:os )?melhores cumprimentos|com os melhores cumprimentos|cumprimentos"
    r"|(?:kind|best|warm|many|with)? ?regards|best wishes|sincerely|yours (?:sincerely|faithfully|truly)"
    r"|mit freundlichen gru(?:ß|ss)en|(?:viele|liebe|beste) gru(?:ß|ss)e|gru(?:ß|ss)e?|mfg|cordialement"
    r"|bien cordialement"
    r"|cordiali saluti|distinti saluti|met vriendelijke groet(?:en)?|(?:med )?vanli(?:g|ga) hals(?:ning|ningar)"
    r"|(?:med )?venlig hilsen|(?:med )?vennlig hilsen|mvh|kh|vh|hilsen|pozdrawiam|z powazaniem|s pozdravem)$"
)
_UNFINISHED = frozenset(
    {
        *(
            "es",
            "son",
            "e",
            "sao",
            "is",
            "are",
            "con",
            "com",
            "with",
            "por",
            "para",
            "for",
            "to",
            "de",
            "a",
            "al",
            "ao",
            "y",
        ),
        *(
            "and",
            "o",
            "ou",
            "or",
            "sera",
            "seria",
            "llama",
            "chama",
            "ser",
            "contactar",
            "contacte",
            "avisar",
            "llamen",
        ),
    }
)
_LISTS = re.compile(
    r"\b(?:mailing list|unsubscribe|darse de baja|cancelar (?:la |su |sua )?(?:suscripcion|inscricao))\b"
)
_SIGNATURE_LINES = 12
_DELIMITED_LINES = 14


def is_closing(text: str) -> bool:
    """Whether a line is a closing formula ("Saludos cordiales,", "Kind regards")."""
    if len(text) > 60:
        return False
    # Some write it in two languages: "Saludos cordiales / Best regards".
    return all(_CLOSING.match(part) or _REGARDS.match(part) for part in map(fold, re.split(r"\s[/|]\s", text)))


def _is_regards(text: str) -> bool:
    return len(text) <= 60 and any(_REGARDS.match(fold(part)) for part in re.split(r"\s[/|]\s", text))


def cut_tail(
    lines: Sequence[Line], author: str, *, alone: bool, between: bool, above: str = ""
) -> tuple[set[int], set[int]]:
    """The indexes of signature lines and of footer lines at the end of `lines`.

    `author` is the writer's display name. `alone`: nothing was said before, so a signature never takes all of the
    text. `between`: the text stands between quoted lines, where a name is an answer. `above` is the quoted line that
    the text follows, if any. Every word that is not clearly signature or footer stays.
    """
    footers: set[int] = set()
    names = set(fold(author).split()) - TITLES
    end = without_footers(lines, len(lines), footers)
    start = without_footers(lines, _marked(lines, end, names, alone), footers)
    if not between:
        start = _signed(lines, start, names, above)
        start = without_footers(lines, start, footers)
        start = _with_regards(lines, start) if start < end else start
    signature = set(range(start, end)) | _marked_above(lines, start, names)
    footers.update(at for at in range(start) if _stands_alone(lines, at) and is_mobile_footer(lines[at].text))
    return signature - footers, footers


def _with_regards(lines: Sequence[Line], start: int) -> int:
    """The start of the signature with the formula of regards that heads it, below other words. Thanks stay: they are
    said to somebody."""
    at = start - 1
    while at > 0 and not lines[at].text:
        at -= 1
    heads = at > 0 and _is_regards(lines[at].text) and any(line.text for line in lines[:at])
    return at if heads else start


def _stands_alone(lines: Sequence[Line], at: int) -> bool:
    above = at == 0 or not lines[at - 1].text
    return above and (at + 1 == len(lines) or not lines[at + 1].text)


def _marked(lines: Sequence[Line], end: int, names: set[str], alone: bool) -> int:
    """Where the signature begins that "-- " or the markup marks; `end` where there is none."""
    first_text = next((n for n, line in enumerate(lines) if line.text), end)
    for at in range(max(0, end - 40), end):
        mark = lines[at].text
        if _DELIMITER.match(mark) and (at > first_text or not alone):
            rest = [line.text for line in lines[at + 1 : end] if line.text]
            close = at + 1 < end and bool(lines[at + 1].text)
            if len(rest) <= _DELIMITED_LINES and (mark == "-- " or _is_signature(rest, names, close)):
                return at
    start = end
    while start > 0 and (lines[start - 1].signature or not lines[start - 1].text):
        start -= 1
    # People type inside the signature's element, above the signature.
    while start < end and (not lines[start].text or is_spoken(lines[start].text)):
        start += 1
    if start == end or not any(line.signature for line in lines[start:end]):
        return end
    return end if start <= first_text and alone else start


def _marked_above(lines: Sequence[Line], end: int, names: set[str]) -> set[int]:
    """What the markup names a signature in the midst of the text, where it holds the writer's name or a number."""
    found: set[int] = set()
    at = 0
    while at < end:
        start = at
        while at < end and lines[at].signature:
            at += 1
        while start < at and is_spoken(lines[start].text):
            start += 1
        if any(is_contact(line.text) or is_name(line.text, names) for line in lines[start:at]):
            found.update(range(start, at))
        at += 1
    return found


def _is_signature(block: Sequence[str], names: set[str], close: bool) -> bool:
    """Whether the lines below a dash are a signature and not what the writer goes on to say. `close`: no blank line
    parts them from the dash, as between two thoughts."""
    if not block or any(POSTSCRIPT.match(text) for text in block):
        return not block
    if is_name(block[0], names) or any(_LISTS.search(fold(text[:400])) for text in block):
        return True
    if not all(map(is_signature_like, block)):
        return False
    named = any(is_name(text, names) or is_closing(text) for text in block[:2])
    return close or named or any(map(is_contact, block)) or name_like(block[0])


def _signed(lines: Sequence[Line], end: int, names: set[str], above: str) -> int:
    """Where the name under the text begins: after a closing formula, or the writer's own name at the head of a last
    block."""
    best, seen = end, 0
    at = end - 1
    while at >= 0 and seen <= _SIGNATURE_LINES:
        pieces = pieces_of(lines[at])
        text = pieces[0] if pieces else ""
        if text and (is_closing(text) or _closes_with_name(text, names)):
            block = [text for line in lines[at + 1 : end] for text in pieces_of(line) if not PICTURE.match(text)]
            return at + 1 if block and _signs(text, block, names) else best
        if text and not all(map(is_signature_like, pieces)) and not _motto(lines, at, names):
            break
        seen += bool(text)
        before = lines[at - 1].text if at else "x"
        heads = not before or is_closing(before) or PICTURE.match(before) is not None
        named = is_name(text, names) or (best == end and seen == 1 and at > 0 and signs_off(text, names))
        if text and heads and named and not _answers(lines, at, above):
            best = at
        at -= 1
    return _above_pictures(lines, best) if best < end else end


def _above_pictures(lines: Sequence[Line], at: int) -> int:
    """Where the pictures begin that stand above the signature at line `at`."""
    start = at
    while start and (not lines[start - 1].text or PICTURE.match(lines[start - 1].text)):
        start -= 1
    return start if any(line.text for line in lines[start:at]) else at


def _motto(lines: Sequence[Line], at: int, names: set[str]) -> bool:
    """Whether a sentence stands inside a signature: below the writer's own name, above a number or an address."""
    if at + 1 >= len(lines) or not is_contact(lines[at + 1].text) or lines[at].text.endswith((":", "?")):
        return False
    for line in reversed(lines[max(0, at - 3) : at]):
        if not line.text:
            return False
        if is_name(line.text, names):
            return True
    return False


def _signs(closing: str, block: Sequence[str], names: set[str]) -> bool:
    """Whether the lines below a closing formula are the signature."""
    if any(is_name(text, names) for text in block[:2]) or _closes_with_name(closing, names):
        return True
    if any(map(is_contact, block)):
        return name_like(block[0]) or any("@" in text or "|" in text for text in block)
    return _is_regards(closing) and name_like(block[0])


def _closes_with_name(text: str, names: set[str]) -> bool:
    """ "Saludos, Ana", "Atte. Ana Ruiz": the formula and the writer's own name in one line."""
    words = fold(text).split() if len(text) <= 80 else []
    return any(
        is_closing(" ".join(words[:n])) and words[n:] and set(words[n:]) - TITLES <= names
        for n in range(max(1, len(words) - 4), len(words))
    )


def _answers(lines: Sequence[Line], at: int, above: str) -> bool:
    """Whether the line may answer the one above it: a question, a label, a sentence that is not finished."""
    before = next((line.text for line in reversed(lines[max(0, at - 3) : at]) if line.text), above if at < 3 else "")
    if before.endswith("?") and before != above and not lines[at - 1].text and asks_the_desk(before):
        return False
    return before.endswith((":", "?")) or fold(before[-40:]).rpartition(" ")[2] in _UNFINISHED
