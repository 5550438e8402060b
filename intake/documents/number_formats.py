"""Numbers, dates and times of spreadsheets as the program shows them (ECMA-376 s18.8.30)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from math import isfinite

# Those that a file does not spell out. Where they follow the reader's own settings, the day goes first.
_BUILT_IN = {
    9: "0%",
    10: "0.00%",
    14: "dd/mm/yyyy",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "dd/mm/yyyy h:mm",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss",
}
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
}
_DAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "pt": "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
}
_LOCALE = re.compile(r"\[\$[^\]-]{0,10}-([0-9A-Fa-f]{1,8})\]")
# Quoted and escaped texts, conditions and colours; fillers.
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[(?!h|m|s)[^\]]*\]|[_*].|@', re.IGNORECASE)
_TOKEN = re.compile(r"AM/PM|A/P|y+|m+|d+|\[?h+\]?|\[?s+\]?(?:\.0+)?", re.IGNORECASE)
_LATEST_DAY = 2_958_465


def format_of(number: int, codes: dict[int, str]) -> str:
    """The code of a number format, "" for General. `codes` are those that the workbook defines."""
    return codes.get(number, _BUILT_IN.get(number, ""))[:200].partition(";")[0]


def shown_number(written: str, code: str, *, since_1904: bool = False) -> str:
    """The number `written` in a cell under the format `code`; what is no number stays as it is."""
    try:
        value = float(written)
    except ValueError:
        return written
    if not isfinite(value):
        return written
    bare = _LITERAL.sub("", code)
    if _TOKEN.search(bare) and 0 <= value <= _LATEST_DAY:
        return _moment(value, code, since_1904=since_1904)
    if "%" in bare:
        return f"{value * 100:.6g}%"
    if value == int(value) and abs(value) < 1e15:
        digits = str(int(value))
        return digits.zfill(len(bare)) if bare and set(bare) == {"0"} else digits
    return f"{value:.11g}"


def _moment(value: float, code: str, *, since_1904: bool) -> str:
    locale = _LOCALE.search(code)
    # The lower ten bits of a Windows locale are its language.
    language = {0x0A: "es", 0x16: "pt"}.get(int(locale[1], 16) & 0x3FF, "en") if locale else "en"
    start = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 - a wall clock without zone
    at = start + timedelta(seconds=round(value * 86_400))
    twelve = "am/pm" in code.lower() or "a/p" in code.lower()
    out: list[str] = []
    hours_before = False
    tokens = list(_pieces(code))
    for n, (token, literal) in enumerate(tokens):
        if literal:
            out.append(token)
            continue
        following = next((one.lower().strip("[") for one, plain in tokens[n + 1 :] if not plain), "")
        minutes = token[0] in "mM" and len(token) < 3 and (hours_before or following.startswith("s"))
        out.append(_piece(token.lower(), at, language, minutes=minutes, twelve=twelve, value=value))
        hours_before = token.lower().strip("[").startswith("h")
    return "".join(out).strip()


def _pieces(code: str) -> list[tuple[str, bool]]:
    """The tokens of a date format, and the texts between them (True)."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    while at < len(code):
        if literal := _LITERAL.match(code, at):
            pieces.append((literal[1] or literal[2] or "", True))
            at = literal.end()
        elif token := _TOKEN.match(code, at):
            pieces.append((token[0], False))
            at = token.end()
        else:
            pieces.append((code[at], True))
            at += 1
    return pieces


def _piece(token: str, at: datetime, language: str, *, minutes: bool, twelve: bool, value: float) -> str:
    if token in ("am/pm", "a/p"):
        return "AM" if at.hour < 12 else "PM"
    if token.startswith("["):
        return str(int(value * 24 + 1e-6)) if "h" in token else str(int(value * 1440 + 1e-6))
    if minutes:
        return f"{at.minute:0{len(token)}d}"
    size = len(token)
    match token[0]:
        case "y":
            return f"{at.year:04d}" if size > 2 else f"{at.year % 100:02d}"
        case "m":
            name = _MONTHS[language].split()[at.month - 1]
            return f"{at.month:0{size}d}" if size < 3 else name[:3] if size == 3 else name
        case "d":
            name = _DAYS[language].split()[at.weekday()]
            return f"{at.day:0{size}d}" if size < 3 else name[:3] if size == 3 else name
        case "h":
            return f"{(at.hour % 12 or 12) if twelve else at.hour:0{min(size, 2)}d}"
        case _:
            return f"{at.second:02d}"
