"""Times as people write them in the languages of our mail."""

from __future__ import annotations

from datetime import datetime

_MONTHS = {
    "es": [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    "pt": [
        "janeiro",
        "fevereiro",
        "março",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}


def moment(value: datetime, language: str) -> str:
    """Day and time in the zone that `value` carries, e.g. "3 de marzo de 2026, 09:05 (UTC-5)". Raises ValueError for a
    naive time."""
    offset = value.utcoffset()
    if offset is None:
        raise ValueError("a time without a time zone")
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    zone = "UTC" if minutes == 0 else f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
    month = _MONTHS.get(language, _MONTHS["en"])[value.month - 1]
    of = " de " if language in ("es", "pt") else " "
    return f"{value.day}{of}{month}{of}{value.year}, {value:%H:%M} ({zone})"
