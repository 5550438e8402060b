"""Times of day as people write them: "14:30", "15h30", "6.30 pm", "siete y media de la tarde", "noon", "1530 hrs"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rules.words import fold

_SPOKEN_HOURS = (
    *("una uma one", "dos duas two", "tres três three", "cuatro quatro four", "cinco five", "seis six"),
    *("siete sete seven", "ocho oito eight", "nueve nove nine", "diez dez ten", "once onze eleven"),
    "doce doze twelve",
)
_WORDS = {word: hour for hour, words in enumerate(_SPOKEN_HOURS, 1) for word in words.split()}
_DIGITS = r"(?:[01]?\d|2[0-3])"
_AM_PM = r"[ap]\.?\s?m\b\.?"
_UNIT = r"(?:hs?|hrs?|horas?|hours?)\b\.?"
_PART_OF_DAY = (
    r"(?:de|da|por|en|à|a|pela|in|at)(?: la| the)? (?:tarde|noche|noite|mañana|manhã|madrugada|morning|afternoon"
    r"|evening|night)\b|del mediod[ií]a\b|do meio[ -]dia\b"
)
_TIME = re.compile(
    rf"(?P<lead>\b(?:las|la|à|às|as|at)\s)?(?P<past>\b(?:half past|quarter past|quarter to)\s)?"
    rf"(?<![\d:.,+/-])(?:(?P<h>{_DIGITS})(?!\d)|\b(?P<word>{'|'.join(_WORDS)})\b)"
    rf"(?:[:h](?P<min>[0-5]\d)(?!\d)(?::[0-5]\d(?!\d))?|\.(?P<dot>[0-5]\d)(?![\d.]\d?))?"
    rf"(?P<part>\s(?:y|e) (?:media|meia|cuarto|quarto|quinze)\b|\smenos cuarto\b)?"
    rf"(?P<unit>\s{{0,2}}{_UNIT})?(?P<half>\s{{0,2}}{_AM_PM}|,?\s(?:{_PART_OF_DAY}))?(?P<noon>(?<=12)\s?m\b\.?)?"
)
_BARE_DIGITS = re.compile(r"(?<![\d:.,+/-])([01]\d|2[0-3])([0-5]\d)\s{0,2}(?:h|hs|hrs|hours)\b")
_NOON = re.compile(r"(?<!del )(?<!do )\b(?:mediod[ií]a|meio[ -]dia|noon|midday)\b")
_MIDNIGHT = re.compile(r"\b(?:medianoche|media noche|meia[ -]noite|midnight)\b")
_RANGE = re.compile(
    rf"\s?(?:-|–|a|as|às|to|hasta|até|y|e|and|until|till)\s?(?:las? |as |às )?({_DIGITS})(?:[:h.][0-5]\d)?\s{{0,2}}"
    rf"(?:{_UNIT}|({_AM_PM}))"
)
_NOT_A_START = re.compile(
    r"(?:\b(?:antes d[eao]s?|before|until|till|hasta|até|ate|no later than|a m[aá]s tardar(?: a)?)"
    r"(?: el| la| las| as| às)?)\s?$"
)
_LASTING = re.compile(
    r"\b(?:dura\w{0,8}|durante|por|for|unas|umas|[uú]ltimas|last|cada|every|hace|h[aá]|en|em|dentro de|in|within"
    r"|aprox\w{0,12}|approx\w{0,10}"
    r"|(?:ventana|janela|window|corte|duraci[oó]n|dura[cç][aã]o|m[aá]ximo|total)(?: de| of)?)"
    r"\W{1,3}$"
)
_LONGEST_RANGE = 4
_NIGHT_BEGINS = 5


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day at its place in a text; `hour` is None where it may be read in two ways."""

    start: int
    end: int
    hour: int | None
    minute: int = 0


def clocks(text: str) -> list[Clock]:
    """The times in `text` (lower case), in their order. Numbers without the form of a time, lengths of time ("por 2
    horas") and ends ("antes de las 15:00", "hasta las 18 h") are none."""
    found = [Clock(*match.span(), int(match[1]), int(match[2])) for match in _BARE_DIGITS.finditer(text)]
    found += [Clock(*match.span(), 12) for match in _NOON.finditer(text)]
    found += [Clock(*match.span(), None) for match in _MIDNIGHT.finditer(text)]
    for match in _TIME.finditer(text):
        if any(one.start < match.end() and match.start() < one.end for one in found):
            continue
        clock = _clock(match, text)
        if clock:
            found.append(clock)
    return sorted(
        (one for one in found if not _NOT_A_START.search(text[max(0, one.start - 24) : one.start])),
        key=lambda one: one.start,
    )


def _clock(match: re.Match[str], text: str) -> Clock | None:
    hour = int(match["h"]) if match["h"] else _WORDS[match["word"]]
    minute = int(match["min"] or match["dot"] or 0)
    half = fold(match["half"] or "")
    range_ = _RANGE.match(text, match.end()) if not half else None
    if match["noon"]:
        return Clock(*match.span(), 12, minute)
    spoken = bool(match["word"] or match["past"] or match["part"])
    if not half and not match["min"] and not _stands_alone(match, text, hour, spoken=spoken, ranged=range_ is not None):
        # "half past two" may be two in the night; "dos y media" may be a size.
        return Clock(*match.span(), None) if match["past"] else None
    shift, minutes = _fraction(match["past"], match["part"])
    read = _begin_of_range(hour, range_) if range_ and range_[2] else _hour(hour, half)
    if read is None:
        return Clock(*match.span(), None)
    return Clock(*match.span(), (read + shift) % 24, minutes if spoken and not minute else minute)


def _stands_alone(match: re.Match[str], text: str, hour: int, *, spoken: bool, ranged: bool) -> bool:
    """Whether a number without minutes and without part of the day has the form of a time."""
    if spoken:
        return False
    if match["unit"]:
        return not _LASTING.search(text[max(0, match.start() - 24) : match.start()])
    return bool(match["dot"] and match["lead"]) or ranged or bool(match["lead"] and hour > 12)


def _fraction(past: str | None, part: str | None) -> tuple[int, int]:
    said = fold(f"{past or ''} {part or ''}")
    if not said:
        return 0, 0
    if "to" in said.split() or "menos" in said:
        return -1, 45
    return 0, 30 if {"half", "media", "meia"} & set(said.split()) else 15


def _hour(hour: int, half: str) -> int | None:
    """The hour of 24, None where the part of the day does not fit or may be of two days."""
    if not half:
        return hour
    if half.startswith("a m") or half == "am":
        return None if hour > 12 else hour % 12
    if half.startswith("p m") or half == "pm":
        return hour if hour >= 12 else hour + 12
    word = half.rpartition(" ")[2]
    if word in ("mediodia", "dia"):
        return 12 if hour == 12 else 13 if hour == 1 else None
    if word in ("noche", "noite", "night"):
        return None if hour == 12 or hour < _NIGHT_BEGINS else hour if hour > 12 else hour + 12
    if word in ("tarde", "afternoon", "evening"):
        return hour if hour >= 12 else hour + 12
    if word == "madrugada":
        return hour % 12 if hour <= 12 else None
    return hour if hour < 12 else None


def _begin_of_range(first: int, range_: re.Match[str]) -> int | None:
    """When "8 to 10 pm" begins: at 20; "9 to 5 pm": at 9; None where both may be meant ("1 to 11 pm")."""
    last = int(range_[1])
    if first > 12 or first == 0:
        return first
    pm = fold(range_[2]).startswith("p")
    if pm == (first % 12 > last % 12):
        return first % 12
    return first % 12 + 12 if last % 12 - first % 12 <= _LONGEST_RANGE else None
