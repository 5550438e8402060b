"""The form in which Outlook's mails hold their RTF (MS-OXRTFCP). Linear in the length; never raises."""

from __future__ import annotations

import struct

from intake.mime.rich_text import RTF_BYTES

_DICTIONARY = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    + b"\r\n"
    + rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)


def uncompressed(data: bytes) -> bytes:
    """The RTF that `data` compresses (MS-OXRTFCP section 2.1), as much of it as can be had, at most `RTF_BYTES`."""
    if len(data) < 16:
        return b""
    _, size, kind, _ = struct.unpack_from("<IIII", data)
    size = min(size, RTF_BYTES)
    if kind == 0x414C454D:
        return data[16 : 16 + size]
    if kind != 0x75465A4C:
        return b""
    out, at = bytearray(_DICTIONARY), 16
    size += len(out)
    while at < len(data) and len(out) < size:
        control = data[at]
        at += 1
        for bit in range(8):
            if not control >> bit & 1:
                out += data[at : at + 1]
                at += 1
                continue
            reference = int.from_bytes(data[at : at + 2], "big")
            at += 2
            # Offsets count in a ring of 4 KiB that began with the dictionary; its write position marks the end.
            back = (len(out) - (reference >> 4)) % 4096
            if at > len(data) or back == 0 or back > len(out):
                return bytes(out[len(_DICTIONARY) : size])
            length = (reference & 15) + 2
            start = len(out) - back
            out += out[start : start + length] if back >= length else (out[start:] * length)[:length]
    return bytes(out[len(_DICTIONARY) : size])
