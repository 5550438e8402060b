"""A winmail.dat written as Outlook does (MS-OXTNEF): just enough of it for tests."""

from __future__ import annotations

import struct

SIGNATURE = 0x223E9F78
MESSAGE, ATTACHMENT = 1, 2


def winmail(*attributes: bytes, codepage: int = 1252) -> bytes:
    return (
        struct.pack("<IH", SIGNATURE, 1)
        + attribute(MESSAGE, 0x9006, 8, struct.pack("<I", 0x10000))
        + attribute(MESSAGE, 0x9007, 6, struct.pack("<II", codepage, 0))
        + b"".join(attributes)
    )


def attribute(level: int, name: int, kind: int, data: bytes) -> bytes:
    head = struct.pack("<BHHI", level, name, kind, len(data))
    return head + data + struct.pack("<H", sum(data) & 0xFFFF)


def subject(text: bytes) -> bytes:
    return attribute(MESSAGE, 0x8004, 1, text + b"\0")


def body(text: bytes) -> bytes:
    return attribute(MESSAGE, 0x800C, 2, text + b"\0")


def message(*properties: bytes) -> bytes:
    return attribute(MESSAGE, 0x9003, 6, struct.pack("<I", len(properties)) + b"".join(properties))


def number(name: int, value: int) -> bytes:
    return struct.pack("<HHI", 3, name, value)


def several_numbers(name: int, *values: int) -> bytes:
    return struct.pack("<HHI", 0x1003, name, len(values)) + b"".join(struct.pack("<I", one) for one in values)


def string(name: int, text: str) -> bytes:
    return _variable(0x1F, name, (text + "\0").encode("utf-16-le"))


def narrow(name: int, text: bytes) -> bytes:
    return _variable(0x1E, name, text + b"\0")


def binary(name: int, data: bytes) -> bytes:
    return _variable(0x102, name, data)


def named(text: str) -> bytes:
    """A property with a name of its own, which a reader must step over."""
    name = "Keywords".encode("utf-16-le") + b"\0\0"
    head = (
        struct.pack("<HH", 0x1F, 0x8001)
        + b"\x29\x03\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"
        + struct.pack("<II", 1, len(name))
    )
    data = (text + "\0").encode("utf-16-le")
    return head + _padded(name) + struct.pack("<II", 1, len(data)) + _padded(data)


def file(title: bytes, data: bytes, *properties: bytes) -> bytes:
    return (
        attribute(ATTACHMENT, 0x9002, 6, struct.pack("<HIHHI", 1, 0xFFFFFFFF, 32, 32, 0))
        + attribute(ATTACHMENT, 0x8010, 1, title + b"\0")
        + attribute(ATTACHMENT, 0x800F, 6, data)
        + (
            attribute(ATTACHMENT, 0x9005, 6, struct.pack("<I", len(properties)) + b"".join(properties))
            if properties
            else b""
        )
    )


def attached_message(inner: bytes, *properties: bytes) -> bytes:
    data = bytes.fromhex("0703020000000000c000000000000046") + inner
    held = struct.pack("<HHII", 0x0D, 0x3701, 1, len(data)) + _padded(data)
    every = (held, *properties)
    return attribute(ATTACHMENT, 0x9002, 6, struct.pack("<HIHHI", 2, 0xFFFFFFFF, 32, 32, 0)) + attribute(
        ATTACHMENT, 0x9005, 6, struct.pack("<I", len(every)) + b"".join(every)
    )


def compressed(rtf: bytes) -> bytes:
    """RTF in Outlook's format, here without a single reference to what came before."""
    out = bytearray()
    for start in range(0, len(rtf), 8):
        out += b"\0" + rtf[start : start + 8]
    # A reference to the place of writing marks the end.
    end = (207 + len(rtf)) % 4096
    tail = struct.pack(">H", end << 4)
    if len(rtf) % 8:
        out[-(len(rtf) % 8) - 1] = 1 << (len(rtf) % 8)
        out += tail
    else:
        out += b"\1" + tail
    return struct.pack("<III", len(out) + 12, len(rtf), 0x75465A4C) + b"\0\0\0\0" + bytes(out)


def _variable(kind: int, name: int, data: bytes) -> bytes:
    return struct.pack("<HHII", kind, name, 1, len(data)) + _padded(data)


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)
