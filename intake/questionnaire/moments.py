"""Dates and times in an answer, as people in Latin America write them: day before month, times after their date.

Only numbers with the shape of a date or a time are read, never a bare "12" or "1.5". The year may be absent; then it
is the one that brings the date nearest to the day on which the mail arrived. What may be read in two ways is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from intake.questionnaire.clocks import clocks
from intake.questionnaire.zones import zone_in
from rules.words import fold

_MONTHS = (
    *(("ene", "jan"), ("feb", "fev"), ("mar",), ("abr", "apr"), ("may", "mai"), ("jun",), ("jul",)),
    *(("ago", "aug"), ("sep", "set"), ("oct", "out"), ("nov",), ("dic", "dez", "dec")),
)
_MONTH = (
    r"(?:ene(?:ro)?|jan(?:eiro|uary)?|feb(?:rero|ruary)?|fev(?:ereiro)?|mar(?:zo|co|ço|ch)?|abr(?:il)?|apr(?:il)?"
    r"|may(?:o)?|mai(?:o)?|jun(?:io|ho|e)?|jul(?:io|ho|y)?|ago(?:sto)?|aug(?:ust)?|sep(?:t|tiembre|tember)?"
    r"|set(?:iembre|embro)?|oct(?:ubre|ober)?|out(?:ubro)?|nov(?:iembre|embro|ember)?|dic(?:iembre)?|dez(?:embro)?"
    r"|dec(?:ember)?)\b\.?"
)
_YEAR = r"(?P<y>(?:19|20)\d\d)(?![\d:])"
_DATES = (
    re.compile(r"(?<![\d/.-])(?P<y>\d{4})([/.-])(?P<m>\d{1,2})\2(?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?<![\d/.-])(?P<d>\d{1,2})([/.-])(?P<m>\d{1,2})\2(?P<y>\d{4}|\d{2})(?![\d/])"),
    re.compile(r"(?<![\d/.-])(?P<d>\d{1,2})/(?P<m>\d{1,2})(?![\d/])"),
    re.compile(rf"(?<!\d)(?P<d>\d{{1,2}})([-/])(?P<name>{_MONTH})\2(?P<y>\d{{4}}|\d{{2}})(?![\d:])"),
    re.compile(
        rf"(?<!\d)(?P<d>\d{{1,2}}|primero|primeiro)(?:st|nd|rd|th|º|°|ro|er)?[ .-]{{0,2}}(?:de |of )?(?P<name>{_MONTH})"
        rf"(?:(?:,? del? (?:año |ano )?|,? |[ -]){_YEAR})?"
    ),
    re.compile(rf"\b(?P<name>{_MONTH}) (?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:.h])\b(?:,? {_YEAR})?"),
)
_DAYS = re.compile(
    r"\b(pasado mañana|depois de amanhã|(?:the )?day after tomorrow|(?:the )?day before yesterday"
    r"|est[ea] (?:mañana|manhã|tarde|noche|noite)|this (?:morning|afternoon|evening)|tonight|anteayer|antier|anteontem"
    r"|antes de ayer|ayer|ontem|yesterday|hoy|hoje|today"
    r"|(?<!la )(?<!da )(?<!de )(?<!una )mañana|amanhã|tomorrow)\b"
)
_OFFSETS = {
    **dict.fromkeys(("anteayer", "antier", "anteontem", "antes de ayer"), -2),
    **dict.fromkeys(("ayer", "ontem", "yesterday"), -1),
    **dict.fromkeys(("mañana", "amanhã", "tomorrow"), 1),
    **dict.fromkeys(("pasado mañana", "depois de amanhã"), 2),
}
_WEEKDAYS = (
    *(("lunes", "segunda", "monday"), ("martes", "terça", "terca", "tuesday"), ("miércoles", "miercoles", "quarta")),
    *(("jueves", "quinta", "thursday"), ("viernes", "sexta", "friday"), ("sábado", "sabado", "saturday")),
    ("domingo", "sunday"),
)
_WEEKDAY_NUMBERS = {name: n for n, names in enumerate(_WEEKDAYS) for name in names} | {"wednesday": 2}
_WEEKDAY = re.compile(
    r"(?P<next>\b(?:pr[oó]xim[oa]|este|esta|next|this|que vem|coming)\s)?(?P<last>\b(?:pasado|passad[oa]|last)\s)?"
    rf"\b(?P<name>{'|'.join(_WEEKDAY_NUMBERS)})\b(?P<feira>[ -]feira)?"
    r"(?P<past>\s(?:pasado|passad[oa]|[uú]ltim[oa])\b)?(?P<coming>\s(?:que viene|que vem|pr[oó]xim[oa])\b)?"
)
_ORDINALS = frozenset({"segunda", "terça", "terca", "quarta", "quinta", "sexta"})
_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class _Day:
    start: int
    end: int
    day: date


def moments(text: str, zone: ZoneInfo, now: datetime, *, ahead: bool | None = None) -> list[str]:
    """The moments in `text` as ISO 8601 with offset, in `zone` where the text names none.

    Each time belongs to the date before it, the times before the first date to that one. A date without any time is
    none, and nothing is where two dates share a time or a time may be read in two ways. A day of the week alone is the
    next one where the question looks `ahead`, the last one where it looks back (False), none where that is not known.
    """
    text = text[:_CHARACTERS]
    lower = text.lower() if len(text.lower()) == len(text) else text
    where, span = zone_in(text, zone)
    if where is None:
        return []
    hidden = _blanked(lower, [span])
    today = now.astimezone(where).date()
    days = _days(hidden, today, ahead)
    if not days:
        return []
    times = clocks(_blanked(hidden, [(one.start, one.end) for one in days]))
    found: list[str] = []
    for n, time in enumerate(times):
        before = [one for one in days if one.start <= time.start]
        since = [one for one in before if n == 0 or one.start > times[n - 1].start]
        if time.hour is None or len({one.day for one in since}) > 1:
            return []
        day = before[-1].day if before else days[0].day
        moment = datetime(day.year, day.month, day.day, time.hour, time.minute, tzinfo=where)
        found.append(moment.isoformat())
    return list(dict.fromkeys(found))


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text


def _days(text: str, today: date, ahead: bool | None) -> list[_Day]:
    found: list[_Day] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            groups = match.groupdict()
            number = int(groups["d"]) if groups["d"].isdigit() else 1
            month = _month(groups["name"]) if groups.get("name") else int(groups["m"])
            if month > 12 >= number and pattern is not _DATES[0]:
                number, month = month, number
            day = _date(groups.get("y"), month, number, today)
            if day:
                found.append(_Day(*match.span(), day))
        text = _blanked(text, [(one.start, one.end) for one in found])
    found += [_Day(*m.span(), today + timedelta(days=_offset(m.group(1)))) for m in _DAYS.finditer(text)]
    return sorted(found or _weekdays(text, today, ahead), key=lambda one: one.start)


def _offset(words: str) -> int:
    if words.endswith("after tomorrow"):
        return 2
    return -2 if words.endswith("before yesterday") else _OFFSETS.get(words, 0)


def _weekdays(text: str, today: date, ahead: bool | None) -> list[_Day]:
    """Days of the week. That of today is none: it may be today or a week away."""
    found: list[_Day] = []
    for match in _WEEKDAY.finditer(text):
        name = match["name"]
        led = re.search(
            r"\b(?:na|à|esta|próxima|proxima)\s$", text[max(0, match.start("name") - 9) : match.start("name")]
        )
        if name in _ORDINALS and not (match["feira"] or match["next"] or led):
            continue
        onward = True if match["next"] or match["coming"] else False if match["last"] or match["past"] else ahead
        steps = (_WEEKDAY_NUMBERS[name] - today.weekday()) % 7
        if onward is None or steps == 0:
            continue
        found.append(_Day(*match.span(), today + timedelta(days=steps if onward else steps - 7)))
    return found


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
