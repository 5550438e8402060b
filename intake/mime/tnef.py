"""What Outlook packs into winmail.dat: files and texts (MS-OXTNEF).

A list of attributes, each with level, id, length and checksum, of which a few hold lists of properties (MS-OXTNEF
section 2.1.3.4). What is cut or broken ends the reading; what came before it is kept. Linear; never raises.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from intake.mime.charsets import decode
from intake.mime.compressed_rtf import uncompressed
from intake.mime.rich_text import rtf_html, rtf_text

SIGNATURE = b"\x78\x9f\x3e\x22"
FILES = 500
"""So many attachments are taken out of one."""
PROPERTIES = 10_000
"""So many properties of one list are read."""

_ATTACHMENT_LEVEL = 2
_BODY, _ATTACH_DATA, _ATTACH_TITLE, _ATTACH_BEGIN = 0x800C, 0x800F, 0x8010, 0x9002
_MESSAGE_PROPERTIES, _ATTACH_PROPERTIES, _OEM_CODEPAGE, _SUBJECT = 0x9003, 0x9005, 0x9007, 0x8004
_TEXT, _RTF, _HTML, _INTERNET_CODEPAGE, _PLAIN_SUBJECT = 0x1000, 0x1009, 0x1013, 0x3FDE, 0x0037
_LONG_NAME, _SHORT_NAME, _SHOWN_NAME, _MIME_TYPE, _OBJECT, _CONTENT_ID = 0x3707, 0x3704, 0x3001, 0x370E, 0x3701, 0x3712
_FLAGS, _HIDDEN = 0x3714, 0x7FFE
_RENDERED_IN_BODY = 4
_EMBEDDED_MESSAGE = bytes.fromhex("0703020000000000c000000000000046")
_FIXED = {1: 4, 2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_STRING, _UNICODE, _OBJECT_TYPE, _BINARY = 0x1E, 0x1F, 0x0D, 0x102
_SEVERAL = 0x1000


@dataclass(slots=True)
class PackedFile:
    """An attachment. `inline` tells that the text shows it under its `content_id`; `message` that `data` is a message
    in the same format."""

    filename: str = ""
    content_type: str = ""
    content_id: str = ""
    inline: bool = False
    message: bool = False
    data: bytes = b""


@dataclass(slots=True)
class Packed:
    """What a winmail.dat holds. Its RTF, where it is no more than that, is `html` or else `text`."""

    subject: str = ""
    text: str = ""
    html: str = ""
    files: list[PackedFile] = field(default_factory=list)


def unpack(data: bytes) -> Packed | None:
    """The files and texts of a winmail.dat, None for what is none."""
    if not data.startswith(SIGNATURE):
        return None
    packed, codepage = Packed(), "cp1252"
    for level, name, start, end in _attributes(data):
        if level == _ATTACHMENT_LEVEL:
            if name == _ATTACH_BEGIN:
                if len(packed.files) >= FILES:
                    break
                packed.files.append(PackedFile())
            elif packed.files:
                _take_attachment(packed.files[-1], name, data[start:end], codepage)
        elif name == _OEM_CODEPAGE and end - start >= 4:
            codepage = f"cp{struct.unpack_from('<I', data, start)[0]}"
        elif name == _SUBJECT:
            packed.subject = packed.subject or _text(data[start:end], codepage)
        elif name == _BODY:
            packed.text = packed.text or _text(data[start:end], codepage)
        elif name == _MESSAGE_PROPERTIES:
            _take_message(packed, dict(_properties(data[start:end])), codepage)
    packed.files = [one for one in packed.files if one.data or one.filename]
    return packed


def _attributes(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Level, id, begin and end of each attribute; the last one may be cut."""
    at = 6
    while at + 9 <= len(data):
        level, name, _, length = struct.unpack_from("<BHHI", data, at)
        if level not in (1, 2):
            return
        start = at + 9
        yield level, name, start, min(start + length, len(data))
        at = start + length + 2


def _take_message(packed: Packed, found: dict[int, bytes], codepage: str) -> None:
    internet = found.get(_INTERNET_CODEPAGE, b"")
    if len(internet) >= 4:
        number = struct.unpack_from("<I", internet)[0]
        internet_codepage = {65001: "utf-8", 20127: "ascii"}.get(number, f"cp{number}")
    else:
        internet_codepage = codepage
    packed.subject = _string(found, _PLAIN_SUBJECT, codepage) or packed.subject
    packed.text = _string(found, _TEXT, codepage) or packed.text
    packed.html = _text(found[_HTML], internet_codepage) if _HTML in found else packed.html
    if _RTF in found and not packed.html:
        rich = uncompressed(found[_RTF])
        packed.html = rtf_html(rich)
        packed.text = packed.text if packed.text.strip() or packed.html else rtf_text(rich)


def _take_attachment(file: PackedFile, name: int, value: bytes, codepage: str) -> None:
    if name == _ATTACH_TITLE:
        file.filename = file.filename or _text(value, codepage)
    elif name == _ATTACH_DATA:
        file.data = value
    elif name == _ATTACH_PROPERTIES:
        found = dict(_properties(value))
        names = (_string(found, key, codepage) for key in (_LONG_NAME, _SHORT_NAME))
        file.filename = next(filter(None, names), "") or file.filename or _string(found, _SHOWN_NAME, codepage)
        file.content_type = _string(found, _MIME_TYPE, codepage).lower()
        file.content_id = _string(found, _CONTENT_ID, codepage)
        flags = int.from_bytes(found.get(_FLAGS, b"")[:4], "little")
        file.inline = bool(flags & _RENDERED_IN_BODY or found.get(_HIDDEN, b"")[:1] == b"\x01")
        embedded = found.get(_OBJECT, b"")
        if embedded.startswith(_EMBEDDED_MESSAGE):
            file.message, file.data = True, embedded[len(_EMBEDDED_MESSAGE) :]
        elif embedded and not file.data:
            file.data = embedded


def _properties(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Id and value of each property of a list; of several values the first."""
    if len(data) < 4:
        return
    at = 4
    for _ in range(min(struct.unpack_from("<I", data)[0], PROPERTIES)):
        if at + 4 > len(data):
            return
        kind, name = struct.unpack_from("<HH", data, at)
        at += 4
        if name >= 0x8000:
            at = _after_name(data, at)
        value, at = _value(data, at, kind)
        if at < 0:
            return
        if name < 0x8000:
            yield name, _as_text(value, kind)


def _after_name(data: bytes, at: int) -> int:
    """Where the value of a named property begins: a GUID, then a number or a name (MS-OXTNEF section 2.1.3.4.1)."""
    if at + 24 > len(data):
        return len(data)
    by_name, length = struct.unpack_from("<II", data, at + 16)
    return at + 24 + (_padded(length) if by_name else 0)


def _value(data: bytes, at: int, kind: int) -> tuple[bytes, int]:
    """The first value at `at`, and where the next property begins: -1 where that cannot be told."""
    several, kind = bool(kind & _SEVERAL), kind & ~_SEVERAL
    count = 1
    variable = kind in (_STRING, _UNICODE, _OBJECT_TYPE, _BINARY)
    if several or variable:
        if at + 4 > len(data):
            return b"", -1
        count = struct.unpack_from("<I", data, at)[0]
        at += 4
    if not variable:
        size = _FIXED.get(kind, 0)
        return data[at : at + size], (at + size * count if size else -1)
    first = b""
    for number in range(min(count, PROPERTIES)):
        if at + 4 > len(data):
            return first, -1
        length = struct.unpack_from("<I", data, at)[0]
        first = data[at + 4 : at + 4 + length] if number == 0 else first
        at += 4 + _padded(length)
    return first, at


def _padded(length: int) -> int:
    return length + -length % 4


def _as_text(value: bytes, kind: int) -> bytes:
    """Strings of 16-bit characters as UTF-8, marked as such; other values as they are."""
    if kind & ~_SEVERAL != _UNICODE:
        return value
    return b"\xef\xbb\xbf" + value.decode("utf_16_le", "replace").encode("utf_8", "replace")


def _string(found: dict[int, bytes], key: int, codepage: str) -> str:
    return _text(found[key], codepage) if key in found else ""


def _text(value: bytes, codepage: str) -> str:
    charset = "utf-8" if value.startswith(b"\xef\xbb\xbf") else codepage
    return decode(value, charset)[0].removeprefix("\ufeff").partition("\0")[0]
