"""Attributions: the line that says who wrote the quotation below it ("On ... wrote:"), as programs write it in their
own languages."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.text.lines import Line

_LINES = 4
_CHARACTERS = 400
_CUT_BRACKET = 24

_VERB = re.compile(
    r"(?<!\w)(?:wrote|writes|escribi[óo]|ha escrito|dijo|escreveu|disse|escribiu|va escriure|missatge de|ha escrit"
    r"|a écrit"
    r"|ha scritto|schrieb|schreef|geschreven|skrev|kirjoitti|napisał(?:a|\(a\))?|pisze|napsal(?:a|\(a\))?|napísala?"
    r"|írta|a scris"
    r"|написал(?:а|\(а\))?|пишет|пише|yazdı|έγραψε|menulis|写道|寫道)(?!\w)",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?<!\d)(?:\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}\.\s\d{1,2}\.\s\d{4}"
    r"|\d{1,2}(?:st|nd|rd|th|[ºª.])?,?\s(?:de\s)?[^\W\d_]{3,12}[.,]{0,2}\s(?:de[l]?\s)?\d{4}"
    r"|[^\W\d_]{3,12}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{4}|\d{4}年)(?!\d)"
)
_TIME = re.compile(r"(?<!\d)\d{1,2}[:.h]\d{2}(?!\d)")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,190}")
_ADDRESS_ENDS = re.compile(r"@[\w-]{1,63}\.[\w.-]{1,190}[>)\]]{1,2}[ :：*_]{1,6}$")
_ENDS = re.compile(r"[:：][\s*_]{0,3}$|[-–]{2,}$")
_DATE_FIRST = re.compile(r"^[^\w<@]{0,6}(?:[^\W\d_][^\W\d_()'-]{0,14}(?:-[^\W\d_]{1,8})?[.,()s]{0,3}\s){0,4}\(?\d")
"""At most four words ("Em terça-feira,", "On Tue, Nov") stand before the first figure of the date."""
_NAME = r"""[*"'«“]{0,2}(?:[^\s.!?:;<>@()\[\]]{1,24}\s{1,2}|[^\W\d_]{1,4}\.\s{1,2}){0,8}"""
_NAME_FIRST = re.compile(rf"^{_NAME}[<(\[\"']{{0,2}}[\w.+-]{{1,64}}@[\w.-]{{3,190}}")
_NAMED = re.compile(r"^[\"'*«“]{0,2}[^\W\d_]")
_NAME_WROTE = re.compile(rf"^(?P<name>{_NAME}){_VERB.pattern}", re.IGNORECASE)
_BARE = re.compile(
    rf"^(?!<){_NAME}[<(]{{1,2}}[\w.+-]{{1,64}}@[\w.-]{{3,190}}[>)]{{1,2}}\s{_VERB.pattern}\s?:$", re.IGNORECASE
)
"""A name, its address in brackets and the verb, and no other word: no sentence of the writer's."""
_QUOTING = re.compile(r"^(?:Quoting|Citando|Quoting from|Zitat von|Citation de)\s(?:a\s)?\S.{0,200}:$", re.IGNORECASE)
_HOUR_WORDS = re.compile(r"\s?(?:[ap]\.?\s?m\.?|hs?|hrs|uhr|[A-Z]{2,5})?\s{0,2}", re.IGNORECASE)
_NOTES = re.compile(r"^[^\n]{1,80}?-{2,4}\s?\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}\s\d{1,2}:\d\d[^-]{0,16}-{2,4}")
"""Lotus Notes: the name, the date between dashes, and the beginning of the old text."""
_ARTICLE = re.compile(
    r"\s*,?\s*(?:el|la|los|las|un|una|o|os|as|um|uma|the|an|mi|my|meu|minha|su|nuestro|nosso|que|se|me|nos|les|lhe)\s"
)


def attribution_at(lines: Sequence[Line], at: int) -> int:
    """The length in lines (1-4) of an attribution that begins at line `at`, else 0.

    It names a date and a person, ends with a colon and stands above the quotation. Without quote marks below, it must
    say as much as programs say: the full date, and the time or an address.
    """
    first = lines[at]
    if _NOTES.match(first.text):
        return 1
    if not first.text or not (first.text[-1] in ":：->*_ )" or _opens(first.text)):
        return 0
    text = ""
    for length, line in enumerate(lines[at : at + _LINES], 1):
        said = line.text
        if line.depth == first.depth + 1 and text.count("<") > text.count(">") and len(said) < _CUT_BRACKET:
            # The bracket that closes the address came first in a cut line, and was taken for a quote mark.
            said = f">{said}"
        elif line.depth != first.depth or not said or line.cells:
            return 0
        text = f"{text} {said}".strip()
        if len(text) > _CHARACTERS:
            return 0
        if _ENDS.search(text) or text.endswith(">"):
            if not (_says_all(text) or (_marks_below(lines, at + length, first.depth) and _says_some(text, length))):
                if text.endswith((":", "：")):
                    # Lines of a filled form; no attribution goes on behind a colon.
                    return 0
                continue
            return 0 if _begins_later(lines, at, length) else length
    return 0


def _begins_later(lines: Sequence[Line], at: int, length: int) -> bool:
    """Whether a further line can begin the attribution just as well: what stands above is the writer's own."""
    first = lines[at].text
    if _ADDRESS.search(first):
        return False
    ended = first.endswith((".", "!", "?", ","))
    if _dated(first) and not ended:
        return False
    named = not _dated(first) and (ended or _DATE_FIRST.match(first) is None)
    return any(
        (_dated(below.text) or (named and _NAMED.match(below.text) and not _VERB.match(below.text)))
        and attribution_at(lines, at + n)
        for n, below in enumerate(lines[at + 1 : at + length], 1)
    )


def _dated(text: str) -> bool:
    return _DATE_FIRST.match(text) is not None and _DATE.search(text) is not None


def _opens(text: str) -> bool:
    return _DATE_FIRST.match(text) is not None or _NAME_FIRST.match(text) is not None or text.count(" ") < 10


def _marks_below(lines: Sequence[Line], at: int, depth: int) -> bool:
    """Whether a deeper quotation follows at once, or after one or two blank lines."""
    for line in lines[at : at + 3]:
        if line.text or line.depth > depth:
            return line.depth > depth
    return False


def _says_all(text: str) -> bool:
    """Whether the text is an attribution by its own words."""
    if not _ENDS.search(text):
        return False
    if (_QUOTING.match(text) and "@" in text) or _BARE.match(text):
        return True
    date, verb, address = _DATE.search(text), _VERB.search(text), _ADDRESS.search(text)
    if not date or not (_TIME.search(text) or address):
        return False
    if not verb:
        # "2026-11-03 14:55 GMT-05:00 Ana <ana@x.example>:"
        return bool(_DATE_FIRST.match(text) and _TIME.search(text)) and _ADDRESS_ENDS.search(text) is not None
    if address:
        return bool(_DATE_FIRST.match(text) or _NAME_FIRST.match(text) or _dashed(text))
    if _DATE_FIRST.match(text):
        return not _sentence_after(text) and not text[0].islower() and _name_apart(text)
    return _named_first(text)


def _says_some(text: str, length: int) -> bool:
    """Whether the text is an attribution, given that a marked quotation follows."""
    verb, address = _VERB.search(text), _ADDRESS.search(text)
    if verb and _ENDS.search(text):
        dated = _DATE_FIRST.match(text) is not None and not _sentence_after(text)
        return dated or (address is not None and _NAME_FIRST.match(text) is not None) or _named_first(text)
    if address and (_DATE.search(text) or _TIME.search(text)):
        return _DATE_FIRST.match(text) is not None or (length == 1 and _NAME_FIRST.match(text) is not None)
    return bool(length == 1 and text.endswith((":", "：")) and _DATE.search(text) and _TIME.search(text))


def _dashed(text: str) -> bool:
    return text.startswith("--") and _DATE_FIRST.match(text.lstrip("- ")) is not None


def _sentence_after(text: str) -> bool:
    """Whether what follows the last figure of the date reads as the writer's sentence ("a las 14:55 el técnico
    escribió:")."""
    return _ARTICLE.match(_between(text)) is not None


def _name_apart(text: str) -> bool:
    """Whether a comma stands between the date and the name, or the verb itself: programs write so, people seldom."""
    between = _between(text)
    return "," in between or _HOUR_WORDS.fullmatch(between) is not None


def _between(text: str) -> str:
    """What stands between the last figure before the verb and the verb."""
    verb = _VERB.search(text)
    head = text[: verb.start()] if verb else text
    return head[max((n for n, c in enumerate(head) if c.isdigit()), default=0) + 1 :]


def _named_first(text: str) -> bool:
    """ "Ana Ruiz wrote:", "Ana Ruiz wrote on 3/11/2026:": a name in capitals of at most five words before the verb."""
    found = _NAME_WROTE.match(text)
    words = found.group("name").split() if found else []
    return 0 < len(words) <= 5 and all(
        word.strip("\"'*,«“")[:1].isupper() or word in {"de", "da", "del"} for word in words
    )
