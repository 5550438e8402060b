"""The time zone that a text names: "GMT-3", "America/Lima", "hora de Brasília", "Barbados time", "3pm EST"."""

from __future__ import annotations

import re
from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from intake.questionnaire.countries import zones_named
from rules.words import fold

_NUMERIC = re.compile(r"\b(?:gmt|utc)\b\s{0,2}(?:([+\-−–])\s{0,2}(\d{1,2})(?::?([0-5]\d))?(?!\d))?", re.IGNORECASE)
_ISO = re.compile(r"(?<=\d)T\d\d:\d\d(?::\d\d)?(?:\.\d{1,6})?(?:Z\b|([+-])(\d\d):?(\d\d)\b)", re.IGNORECASE)
_IANA = re.compile(r"\b[A-Z][A-Za-z]{2,10}/[A-Za-z_]{3,20}(?:/[A-Za-z_]{3,20})?\b")
_LETTERED = re.compile(
    r"(?<=[\dhmsMHS.])\s?\(?(BRT|ART|UYT|CLT|CLST|COT|PET|ECT|BOT|VET|AST|EST|EDT|CST|CDT|MST|MDT|PST|PDT|BST|CEST|CET)\b"
)
_HOURS = {
    **dict.fromkeys(("BRT", "ART", "UYT", "CLST"), -3),
    **dict.fromkeys(("CLT", "BOT", "VET", "AST", "EDT"), -4),
    **dict.fromkeys(("COT", "PET", "ECT", "EST", "CDT"), -5),
    **dict.fromkeys(("CST", "MDT"), -6),
    **dict.fromkeys(("MST", "PDT"), -7),
    "PST": -8,
    **dict.fromkeys(("BST", "CET"), 1),
    "CEST": 2,
}
_SPOKEN = re.compile(
    r"\b(?:hora|hor[aá]rio|huso(?: horario)?)(?: oficial| local)?(?: d[eao]l?| en| em)?(?: la| o| a)? "
    r"([^\W\d_][\w.]{1,20}(?: [^\W\d_][\w.]{0,20}){0,3})",
    re.IGNORECASE,
)
_ENGLISH = re.compile(r"\b((?:[^\W\d_][\w.]{0,20} ){1,3})(?:standard |summer |daylight )?time\b", re.IGNORECASE)
_OF = re.compile(r"\bd[eao]l? (?:la |o |a )?$", re.IGNORECASE)
_AMERICAN = {
    "eastern": "America/New_York",
    "central": "America/Chicago",
    "mountain": "America/Denver",
    "pacific": "America/Los_Angeles",
    "atlantic": "America/Halifax",
}
_GENERAL_WORDS = """
    local start starting end ending event date this that same our your my first preferred requested desired the any
    response down up delivery standard summer daylight real
    inicio fin termino cierre apertura trabajo oficina atencion corte verano invierno verao almuerzo preferencia
    fecha comercial atendimento fechamento abertura evento
"""
_GENERAL = frozenset(_GENERAL_WORDS.split())
# Nobody means one time by them.
_WIDE = ("America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Europe/Kaliningrad")
_MAIN = {"America/Noronha": "America/Sao_Paulo"}
_OFFSET = re.compile(r"[ ,]{0,2}\(?(?:GMT|UTC)\s?[+-]\d{1,2}(?::\d\d)?")
_OF_A_TOWN = re.compile(r"[\s,(]{0,3}(?:hora|hor[aá]rio)(?: local)? d[aeo]l? [^\d.;:\n]{2,30}", re.IGNORECASE)
"""A zone told by a place that nobody need know, since its hours follow: "hora de Villa Chica (GMT-6)"."""
_LONGEST_PHRASE = 80
_LONGEST = timedelta(hours=14)


def zone_in(text: str, default: ZoneInfo) -> tuple[tzinfo | None, tuple[int, int]]:
    """The zone that `text` names and where, `default` and (0, 0) where it names none, None where nobody can tell which
    one it means ("hora de Villa Chica"). A number counts before a name."""
    fixed = _fixed(text)
    if fixed:
        return fixed
    iana = _IANA.search(text)
    zone = _zone(iana.group()) if iana else None
    if iana and zone:
        return zone, iana.span()
    for pattern in (_SPOKEN, _ENGLISH):
        for match in pattern.finditer(text):
            names = match.group(1).split()
            found, first, last = _by_name(names, spoken=pattern is _SPOKEN)
            if found and pattern is _SPOKEN:
                return found, (match.start(), match.start(1) + len(" ".join(names[:last])))
            if found:
                return found, (match.start(1) + len(" ".join(["", *names[:first]])), match.end())
            if _names_a_place(match, text, names[0] if pattern is _SPOKEN else names[-1]):
                return None, match.span()
    bare = _NUMERIC.search(text)
    lettered = _LETTERED.search(text)
    if lettered:
        return timezone(timedelta(hours=_HOURS[lettered.group(1)])), lettered.span()
    return (UTC, bare.span()) if bare else (default, (0, 0))


def zone_end(text: str, at: int) -> int:
    """Where the zone ends that follows offset `at` at once ("... 19h (horário de Brasília)"), else `at`."""
    ahead = text[at : at + _LONGEST_PHRASE].partition("\n")[0]
    numeric = _OFFSET.search(ahead)
    if numeric and _OF_A_TOWN.fullmatch(ahead[: numeric.start()]):
        return at + numeric.end() + (ahead[numeric.end() : numeric.end() + 1] == ")")
    for words in (ahead, ahead[: numeric.start()] if numeric else ""):
        named, (start, end) = zone_in(words, ZoneInfo("UTC"))
        if named is not None and end and not ahead[:start].strip(" (,"):
            following = _OFFSET.match(ahead, end)
            end = following.end() if following else end
            return at + end + (1 if ahead[end : end + 1] == ")" and "(" in ahead[:end] else 0)
    return at


def _fixed(text: str) -> tuple[tzinfo, tuple[int, int]] | None:
    for pattern in (_NUMERIC, _ISO):
        for match in pattern.finditer(text):
            sign, hours, minutes = match.groups()
            shift = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
            if (hours or pattern is _ISO) and shift <= _LONGEST:
                span = match.span() if pattern is _NUMERIC else (match.start(1), match.end()) if hours else (0, 0)
                return timezone(shift if sign == "+" else -shift), span
    return None


def _names_a_place(match: re.Match[str], text: str, word: str) -> bool:
    """Whether the hour is one "of Villa Chica", a place nobody knows, and not "Hora de Inicio: ..."."""
    spoken = match.re is _SPOKEN
    of = not spoken or _OF.search(text[match.start() : match.start(1)]) is not None
    heads = text[match.end() : match.end() + 2].lstrip().startswith(":")
    return of and not heads and word[0].isupper() and not word.isupper() and fold(word) not in _GENERAL


def _by_name(names: list[str], *, spoken: bool) -> tuple[tzinfo | None, int, int]:
    """The zone of the first and longest run of words that names one, and which words those are; in English only of a
    run at the end."""
    for first in range(len(names)):
        for last in range(len(names), first if spoken else len(names) - 1, -1):
            phrase = fold(" ".join(names[first:last]))
            if phrase in _AMERICAN and not spoken:
                return _zone(_AMERICAN[phrase]), first, last
            zones = zones_named(phrase)
            if zones and not (len(zones) > 1 and zones[0] in _WIDE):
                return _zone(_MAIN.get(zones[0], zones[0])), first, last
    return None, 0, 0


def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
