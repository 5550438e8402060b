"""The header block, read once, by a linear scan of our own.

Everything that decides (who wrote, is it a machine, which thread) is read from here: the scan takes any bytes, keeps
every field in its order and never raises. Values (RFC 5322 section 2.2) stay raw bytes until somebody asks for text.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator
from dataclasses import dataclass
from quopri import decodestring

from intake.mime.charsets import decode, repaired

SCANNED_BYTES = 256 * 1024
"""A header block is read so far and no further."""
SCANNED_FIELDS = 5000
"""Of one block so many fields are read."""
TEXT_BYTES = 8 * 1024
"""A field is turned into text so far and no further."""

_LINE = re.compile(rb"([^\r\n]*)(?:\r{0,2}\n|\r|\Z)")
_NAME = re.compile(rb"([!-9;-~]+):")
_WHITE = re.compile(r"\s+")
# C0 and C1 controls, line and paragraph separators, direction overrides and lone surrogates.
_DROPPED = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
# Neither part may hold "?", so that an unclosed word ends the attempt at the next one: no rescanning.
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_ID = re.compile(r"<([^<>]{1,998})>")
_BARE_ID = re.compile(r"[^\s<>,;\"]{1,998}@[^\s<>,;\"]{1,998}")
_IDS_KEPT = (20, 80)


@dataclass(frozen=True, slots=True)
class Field:
    """One header field: its name in lower case as written, and its raw value with its folds."""

    name: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Fields:
    """A header block: its fields in order, `block` its bytes, `body` the offset at which the body begins in the mail.

    `cut` tells that the block went on past what is scanned.
    """

    items: tuple[Field, ...]
    block: bytes
    body: int
    cut: bool = False

    def all(self, name: str) -> list[bytes]:
        """The raw values of every field that bears `name` (lower case), topmost first."""
        return [item.raw for item in self.items if item.name == name]

    def first(self, name: str) -> bytes:
        """The raw value of the topmost field that bears `name`, b"" where there is none."""
        return next((item.raw for item in self.items if item.name == name), b"")

    def text(self, name: str, limit: int = 998) -> str:
        """The topmost value of `name` as clean, decoded text of at most `limit` characters."""
        return clean_header(decode_words(self.first(name)), limit)

    def ids(self, name: str) -> tuple[str, ...]:
        """The message ids (RFC 5322 section 3.6.4) of all fields that bear `name`, without angle brackets.

        Of a long chain the first 20 and the last 80 are kept.
        """
        found: list[str] = []
        for raw in self.all(name):
            # Some programs write a long id field as RFC 2047 words.
            text = decode_words(raw) if b"=?" in raw else repaired(raw)
            bracketed = _ID.findall(text)
            found.extend(_WHITE.sub("", one) for one in (bracketed or _BARE_ID.findall(text[:TEXT_BYTES])))
        ids = tuple(dict.fromkeys(one for one in found if one and not _DROPPED.search(one)))
        first, last = _IDS_KEPT
        return ids if len(ids) <= first + last else ids[:first] + ids[-last:]


def scan_header(raw: bytes, start: int = 0, *, most_bytes: int = SCANNED_BYTES, lenient: bool = True) -> Fields:
    """Read the header block that begins at `start`: linear in its length, any bytes, never an error.

    A line may end in CRLF, LF or CR. A `lenient` scan steps over lines that are no field, as mail programs do;
    otherwise the first such line begins the body, as it does for the standard library's parser.
    """
    items: list[Field] = []
    position, stop = start, start + most_bytes
    name, pieces = "", [b""]
    body = -1
    for begin, end, following in lines(raw, start, stop):
        position = following
        if begin == end:
            body = following
            break
        line = raw[begin:end]
        if line[:1] in (b" ", b"\t"):
            if name:
                pieces.append(raw[begin:following])
            continue
        match = _NAME.match(line)
        if match is None and not lenient and not (begin == start and line.startswith(b"From ")):
            position = body = begin
            break
        if name:
            items.append(Field(name, b"".join(pieces)))
            if len(items) == SCANNED_FIELDS:
                name = ""
                break
        name = match[1].decode("ascii").lower() if match else ""
        pieces = [raw[begin + match.end() : following]] if match else []
    if name:
        items.append(Field(name, b"".join(pieces)))
    cut = body < 0 and position < len(raw)
    end_of_block = position if body < 0 else body
    return Fields(tuple(items), raw[start:end_of_block], end_of_block, cut)


def lines(raw: bytes, start: int, stop: int) -> Iterator[tuple[int, int, int]]:
    """Begin, end and begin of the next line for each line in `raw[start:stop]`."""
    position, stop = start, min(stop, len(raw))
    while position < stop:
        match = _LINE.match(raw, position, stop)
        if match is None:
            return
        yield position, match.end(1), match.end()
        position = match.end()


def decode_words(raw: bytes | str) -> str:
    """Text of a raw value: RFC 2047 words decoded wherever they stand, raw 8-bit bytes repaired, the rest as it is.

    Neighbouring words in one charset are joined before decoding, since programs split characters between them.
    """
    text = repaired(raw[:TEXT_BYTES]) if isinstance(raw, bytes) else raw[:TEXT_BYTES]
    if "=?" not in text:
        return text
    out: list[str] = []
    pending, charset, last = b"", "", 0
    for match in _ENCODED_WORD.finditer(text):
        between = text[last : match.start()]
        data = _word_bytes(match[2], match[3])
        if data is None:
            continue
        named = match[1].partition("*")[0].lower()
        if between.strip() or named != charset:
            out.append(decode(pending, charset)[0])
            pending, charset = b"", named
        if between.strip() or not last:
            out.append(between)
        pending += data
        last = match.end()
    out.append(decode(pending, charset)[0])
    out.append(text[last:])
    return "".join(out)


def _word_bytes(encoding: str, encoded: str) -> bytes | None:
    """The bytes of one encoded word, or None where its base64 cannot be read."""
    if encoding in "qQ":
        octets = encoded.encode("utf-8", "replace")
        return decodestring(b"".join(octets.split(b"\n")).replace(b"\r", b""), header=True)
    kept = re.sub(r"[^A-Za-z0-9+/]", "", encoded)
    try:
        return b64decode(kept[: len(kept) - (len(kept) % 4 == 1)] + "=" * (-len(kept) % 4))
    except (Base64Error, ValueError):
        return None


def clean_header(value: str, limit: int = 200) -> str:
    """A value that is safe to store, show and write into a new header: one line, no control or direction characters,
    white space folded, at most `limit` characters."""
    return _WHITE.sub(" ", _DROPPED.sub("", _WHITE.sub(" ", value))).strip()[:limit].rstrip()
