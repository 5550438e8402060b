"""Dates and times in an answer, as people in Latin America write them: day before month, times after their date.

Only numbers with the shape of a date or a time are read, never a bare "12" or "1.5". The year may be absent; then it
is the one that brings the date nearest to the day on which the mail arrived.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rules.words import fold

_MONTHS = (
    *(("ene", "jan"), ("feb", "fev"), ("mar",), ("abr", "apr"), ("may", "mai"), ("jun",), ("jul",)),
    *(("ago", "aug"), ("sep", "set"), ("oct", "out"), ("nov",), ("dic", "dez", "dec")),
)
_MONTH = (
    r"(ene(?:ro)?|jan(?:eiro|uary)?|feb(?:rero|ruary)?|fev(?:ereiro)?|mar(?:zo|co|ço|ch)?|abr(?:il)?|apr(?:il)?"
    r"|may(?:o)?|mai(?:o)?|jun(?:io|ho|e)?|jul(?:io|ho|y)?|ago(?:sto)?|aug(?:ust)?|sep(?:t|tiembre|tember)?|set(?:iembre|embro)?|oct(?:ubre|ober)?"
    r"|out(?:ubro)?|nov(?:iembre|embro|ember)?|dic(?:iembre)?|dez(?:embro)?|dec(?:ember)?)\b\.?"
)
_DATES = (
    re.compile(r"(?<![\d/.-])(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?<![\d/.-])(?P<d>\d{1,2})([/.-])(?P<m>\d{1,2})\2(?P<y>\d{4}|\d{2})(?![\d/])"),
    re.compile(r"(?<![\d/.-])(?P<d>\d{1,2})/(?P<m>\d{1,2})(?![\d/])"),
    re.compile(
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th|º|ro)?[ .-]{{1,2}}(?:de |of )?(?P<name>{_MONTH})"
        rf"(?:(?:,? de[l]? |,? |[ -])(?P<y>\d{{4}}))?"
    ),
    re.compile(rf"\b(?P<name>{_MONTH}) (?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<y>\d{{4}}))?"),
)
_DAYS = re.compile(
    r"\b(anteayer|antier|anteontem|ayer|ontem|yesterday|hoy|hoje|today|(?<!la )(?<!da )(?<!de )mañana|amanhã"
    r"|tomorrow)\b"
)
_OFFSETS = {
    **dict.fromkeys(("anteayer", "antier", "anteontem"), -2),
    **dict.fromkeys(("ayer", "ontem", "yesterday"), -1),
    **dict.fromkeys(("hoy", "hoje", "today"), 0),
    **dict.fromkeys(("mañana", "amanhã", "tomorrow"), 1),
}
_HALF = r"(?P<half>\s{0,2}[ap]\.?\s?m\b\.?|\s(?:de|da|à|a) (?:la )?(?:tarde|noche|noite|mañana|manhã|madrugada))?"
_TIME = re.compile(
    rf"(?<![\d:.+-])(?P<h>[01]?\d|2[0-3])"
    rf"(?:[:h](?P<min>[0-5]\d)(?::[0-5]\d)?(?!\d)|(?=\s{{0,2}}(?:hs?|hrs?|horas?|[ap]\.?\s?m)\b))"
    rf"(?:\s{{0,2}}(?:hs?|hrs?|horas?)\b\.?)?{_HALF}"
)
_ZONE = re.compile(
    r"\b(?:gmt|utc)\s{0,2}(?:([+\-−–])\s{0,2}(\d{1,2})(?::?([0-5]\d))?)?|(?<=\d)(?:z\b|([+-])(\d\d):(\d\d)\b)"
)
_NAMED_ZONE = re.compile(r"\b[A-Z][A-Za-z]{2,10}/[A-Za-z_]{3,20}(?:/[A-Za-z_]{3,20})?\b")


def moments(text: str, zone: ZoneInfo, now: datetime) -> list[str]:
    """The moments in `text` as ISO 8601 with offset, in `zone` where the text names none.

    Each time belongs to the date before it, the times before the first date to that one. A date without any time is
    none.
    """
    lower = text.lower()
    where, zone_span = _zone(text, lower, zone)
    today = now.astimezone(zone).date()
    hidden = _blanked(lower, [zone_span] if zone_span else [])
    dates = _dates(hidden, today)
    times = list(_TIME.finditer(_blanked(hidden, [(start, end) for start, end, _ in dates])))
    if not dates:
        return []
    found: list[str] = []
    for time in times:
        day = next((d for start, _, d in reversed(dates) if start <= time.start()), dates[0][2])
        hour, minute = _clock(time)
        if hour < 24:
            found.append(datetime(day.year, day.month, day.day, hour, minute, tzinfo=where).isoformat())
    return list(dict.fromkeys(found))


def _zone(text: str, lower: str, default: ZoneInfo) -> tuple[tzinfo, tuple[int, int] | None]:
    found = next((m for m in _ZONE.finditer(lower)), None)
    if found:
        sign, hours, minutes = (
            (found.group(1), found.group(2), found.group(3)) if found.group(2) else found.group(4, 5, 6)
        )
        shift = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        if shift < timedelta(hours=15):
            return timezone(shift if sign == "+" else -shift), found.span()
    named = _NAMED_ZONE.search(text)
    if named:
        try:
            return ZoneInfo(named.group()), None
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return default, None
    return default, None


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text


def _dates(text: str, today: date) -> list[tuple[int, int, date]]:
    found: list[tuple[int, int, date]] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            groups = match.groupdict()
            month = _month(groups["name"]) if groups.get("name") else int(groups["m"])
            day = _date(groups.get("y"), month, int(groups["d"]), today)
            if day:
                found.append((*match.span(), day))
        text = _blanked(text, [(start, end) for start, end, _ in found])
    found += [(*m.span(), today + timedelta(days=_OFFSETS[m.group(1)])) for m in _DAYS.finditer(text)]
    return sorted(found)


def _month(name: str) -> int:
    start = fold(name)[:3]
    return next(number for number, names in enumerate(_MONTHS, 1) if start in names)


def _date(year: str | None, month: int, day: int, today: date) -> date | None:
    years = (
        (today.year - 1, today.year, today.year + 1) if year is None else (int(year) + (2000 if len(year) == 2 else 0),)
    )
    possible: list[date] = []
    for candidate in years:
        try:
            possible.append(date(candidate, month, day))
        except ValueError:
            continue
    return min(possible, key=lambda d: abs((d - today).days), default=None)


def _clock(time: re.Match[str]) -> tuple[int, int]:
    hour, minute = int(time["h"]), int(time["min"] or 0)
    half = fold(time["half"] or "")
    if half.startswith("p") or half.endswith(("tarde", "noche", "noite")):
        hour += 12 if hour < 12 and not (half.endswith(("noche", "noite")) and hour < 5) else 0
    elif half.startswith("a m") or half in {"am", "a m"}:
        hour = 0 if hour == 12 else hour
    return hour, minute
