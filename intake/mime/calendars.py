"""A calendar object (RFC 5545) as lines for people to read: what, when, where, who invites.

Values are shown as they are written, without labels: a careful agent copies an invitation, and does not fill a form
with it. Broken values are left out; nothing raises.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from intake.mime.charsets import decode
from intake.mime.headers import clean_header

CALENDAR_BYTES = 256 * 1024
"""So much of a calendar is read."""
DESCRIPTION_CHARACTERS = 50_000

_FOLD = re.compile(r"\r?\n[ \t]|\r(?=[ \t])")
_LINE = re.compile(r"([A-Za-z0-9-]{1,60})((?:;(?:[^:;\"]|\"[^\"]*\")*)*):(.*)")
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(?:\d\d)?(Z)?)?")
_ZONE = re.compile(r";TZID=\"?([^;:\"]{1,100})", re.IGNORECASE)
_NAME = re.compile(r";CN=(?:\"([^\"]{0,200})\"|([^;:\"]{0,200}))", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([\\;,nN])")
_PARTS = ("VEVENT", "VTODO")
_SHOWN = ("SUMMARY", "DTSTART", "DTEND", "DUE", "LOCATION", "ORGANIZER", "DESCRIPTION")


@dataclass(frozen=True, slots=True)
class Calendar:
    """The first event of a calendar object: its iTIP `method` (RFC 5546) in lower case ("request", "reply", "cancel",
    "" without one) and its `text`."""

    method: str
    text: str


def read_calendar(data: bytes, charset: str) -> Calendar:
    """The event in `data`. Linear; never raises."""
    text = _FOLD.sub("", decode(data[:CALENDAR_BYTES], charset or "utf-8")[0])
    method, found = "", dict[str, tuple[str, str]]()
    inside, within = "", ""
    for line in text.splitlines():
        match = _LINE.match(line)
        if match is None:
            continue
        name, parameters, value = match[1].upper(), match[2], match[3]
        component = value.strip().upper() if name in ("BEGIN", "END") else ""
        if within:
            # An alarm has a description of its own.
            within = "" if name == "END" and component == within else within
        elif name == "BEGIN" and inside:
            within = component
        elif name == "BEGIN" and component in _PARTS:
            inside = component
        elif name == "END" and component == inside:
            break
        elif name == "METHOD" and not inside:
            method = value.strip().lower()[:20]
        elif inside and name in _SHOWN:
            found.setdefault(name, (parameters, value))
    return Calendar(method, _shown(found))


def _shown(found: dict[str, tuple[str, str]]) -> str:
    lines = [
        _words(found, "SUMMARY"),
        " – ".join(filter(None, (_moment(found, "DTSTART"), _moment(found, "DTEND") or _moment(found, "DUE")))),
        _words(found, "LOCATION"),
        _person(found),
        _words(found, "DESCRIPTION", DESCRIPTION_CHARACTERS),
    ]
    return "\n".join(filter(None, lines))


def _words(found: dict[str, tuple[str, str]], name: str, most: int = 500) -> str:
    """A TEXT value (RFC 5545 section 3.3.11)."""
    value = found.get(name, ("", ""))[1][:most]
    return _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value).strip()


def _moment(found: dict[str, tuple[str, str]], name: str) -> str:
    parameters, value = found.get(name, ("", ""))
    match = _MOMENT.match(value.strip())
    if match is None:
        return ""
    year, month, day, hour, minute, utc = match.groups()
    named = _ZONE.search(parameters)
    zone = "UTC" if utc else clean_header(named[1]) if named else ""
    return f"{year}-{month}-{day}" + (f" {hour}:{minute}" if hour else "") + (f" ({zone})" if zone and hour else "")


def _person(found: dict[str, tuple[str, str]]) -> str:
    parameters, value = found.get("ORGANIZER", ("", ""))
    match = _NAME.search(parameters)
    name = clean_header((match[1] or match[2] or "") if match else "")
    address = clean_header(re.sub(r"^mailto:", "", value.strip(), flags=re.IGNORECASE))
    return f"{name} <{address}>" if name and address and name != address else name or address
