"""Mailbox files of many mails (RFC 4155, and what programs make of it), read piece by piece and never whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import BinaryIO

_CHUNK_BYTES = 1 << 20
_LINE_BYTES = 1 << 16
_FINGERPRINT_BYTES = 4096

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rb"(?P<month>" + "|".join(_MONTHS).encode() + rb")"
_CLOCK = rb"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
_ZONE = rb"(?:[A-Z]{1,5}|(?P<zone>[+-]\d{4}))"
_DATES = (
    # asctime's, with a zone before the year or behind it; and that of a Date field.
    rb"(?:mon|tue|wed|thu|fri|sat|sun) " + _MONTH + rb" {1,2}(?P<day>\d{1,2}) "
    + _CLOCK + rb"(?: " + _ZONE + rb"){0,2} (?P<year>\d{4})(?: (?P<after>[+-]\d{4}))?",
    rb"(?:mon|tue|wed|thu|fri|sat|sun), {1,2}(?P<day>\d{1,2}) " + _MONTH + rb" (?P<year>\d{4}) "
    + _CLOCK + rb"(?: " + _ZONE + rb")?",
)  # fmt: skip
_FROM_LINES = tuple(
    re.compile(rb"From (?P<sender>[^\r\n]{0,400}?) {0,2}" + date + rb"[^\r\n:]{0,100}\r?\n", re.IGNORECASE)
    for date in _DATES
)
_BARE = re.compile(rb"From [ \t-]{0,10}\r?\n")
"""What newer mail programs write. It says nothing, so only an empty line before it makes it a separator."""
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)


class NotMboxError(Exception):
    """The file does not begin as an mbox does."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One mail: its From_ line begins at `offset`, and what follows it at `end`. `sender` and `at` are what that line
    tells, "" and None where it does not. `raw` is None for a mail that is too big; `size_bytes` is its size."""

    offset: int
    end: int
    sender: str
    at: datetime | None
    size_bytes: int
    raw: bytes | None


def read_mbox(file: BinaryIO, most_bytes: int, start: int = 0) -> Iterator[Piece]:
    """The mails of a file from the offset `start` on, where one begins. NotMboxError where none does.

    A From_ line with a date begins a mail, also without an empty line before it: to cut a mail in two is better than to
    lose one inside another. The ">" that writers put before "From " in a text is taken away, once (mboxrd, mboxo).
    """
    file.seek(start)
    at, tail = start, b"\n\n"
    mail: _Mail | None = None
    while chunk := file.read(_CHUNK_BYTES):
        chunk += file.readline(_LINE_BYTES)
        begin = 0
        for line in _from_lines(chunk, tail):
            if mail:
                mail.add(chunk[begin : line.start()])
                yield mail.piece(at + line.start())
            elif chunk[: line.start()].strip():
                raise NotMboxError
            mail, begin = _Mail(at + line.start(), line, most_bytes), line.end()
        if mail:
            mail.add(chunk[begin:])
        elif chunk.strip():
            raise NotMboxError
        at, tail = at + len(chunk), chunk[-3:]
    if mail:
        yield mail.piece(at)


def fingerprint(file: BinaryIO, offset: int) -> str:
    """What tells, for as good as certain, that a file is still the same up to `offset`: the SHA-256 of its beginning
    and of what stands right before that place."""
    file.seek(0)
    head = file.read(min(offset, _FINGERPRINT_BYTES))
    file.seek(max(offset - _FINGERPRINT_BYTES, 0))
    return sha256(head + file.read(min(offset, _FINGERPRINT_BYTES))).hexdigest()


class _Mail:
    """A mail while it is read."""

    def __init__(self, offset: int, line: re.Match[bytes], most_bytes: int) -> None:
        self._offset = offset
        self._line = line
        self._most_bytes = most_bytes
        self._parts: list[bytes] = []
        self._size_bytes = 0

    def add(self, part: bytes) -> None:
        self._size_bytes += len(part)
        # Some more: the empty line at its end, and signs of quoting, are still to be taken away.
        if self._size_bytes > self._most_bytes + _LINE_BYTES:
            self._parts.clear()
        else:
            self._parts.append(part)

    def piece(self, end: int) -> Piece:
        raw: bytes | None = None
        size_bytes = self._size_bytes
        if size_bytes <= self._most_bytes + _LINE_BYTES:
            raw = _plain(b"".join(self._parts))
            size_bytes = len(raw)
        if size_bytes > self._most_bytes:
            raw = None
        groups = self._line.groupdict()
        sender = (groups.get("sender") or b"").decode("utf-8", "replace").strip(" -")
        return Piece(self._offset, end, sender, _moment(groups), size_bytes, raw)


def _from_lines(chunk: bytes, tail: bytes) -> Iterator[re.Match[bytes]]:
    """The lines of `chunk` that begin a mail; `tail` is what stands right before it."""
    place = 0 if tail.endswith(b"\n") and chunk.startswith(b"From ") else chunk.find(b"\nFrom ") + 1 or -1
    while place >= 0:
        found = next((match for one in _FROM_LINES if (match := one.match(chunk, place))), None)
        if found is None and _after_empty_line(chunk, place, tail):
            found = _BARE.match(chunk, place)
        if found:
            yield found
        place = chunk.find(b"\nFrom ", place) + 1 or -1


def _after_empty_line(chunk: bytes, place: int, tail: bytes) -> bool:
    before = chunk[place - 3 : place] if place >= 3 else tail + chunk[:place]
    return before.endswith((b"\n\n", b"\n\r\n"))


def _plain(raw: bytes) -> bytes:
    """A mail without the empty line that separates it from the next, and without the writer's quoting."""
    if raw == b"\r\n" or raw.endswith(b"\n\r\n"):
        raw = raw[:-2]
    elif raw == b"\n" or raw.endswith(b"\n\n"):
        raw = raw[:-1]
    return _QUOTED.sub(rb"\1", raw) if b">From " in raw else raw


def _moment(groups: dict[str, bytes | None]) -> datetime | None:
    """The time of a From_ line, which is in UTC where it names no zone (RFC 4155)."""
    if not groups.get("year"):
        return None
    given = {name: value or b"0" for name, value in groups.items()}
    year, day, hour, minute, second = (int(given[name]) for name in ("year", "day", "hour", "minute", "second"))
    zone = (groups.get("zone") or groups.get("after") or b"+0000").decode()
    shift = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:]))
    try:
        where = timezone(-shift if zone[0] == "-" else shift)
        month = _MONTHS.index(given["month"].decode().lower()) + 1
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=where).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
