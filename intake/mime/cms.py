"""The content of a signed S/MIME part, read as far as that takes and no further (CMS, RFC 5652; BER, X.690).

Nothing is verified: who wrote is judged elsewhere, and a signature that nobody checks proves nothing. Encrypted content
is only recognised.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

ELEMENTS = 100_000
"""So many elements of a constructed string are joined: programs that stream write one for each kilobyte."""

_SIGNED = bytes.fromhex("2a864886f70d010702")
_DATA = bytes.fromhex("2a864886f70d010701")
_ENVELOPED = (
    bytes.fromhex("2a864886f70d010703"),
    bytes.fromhex("2a864886f70d010706"),
    bytes.fromhex("2a864886f70d0109100117"),
)
_OBJECT_ID, _OCTETS, _CONSTRUCTED_OCTETS, _SEQUENCE, _EXPLICIT = 0x06, 0x04, 0x24, 0x30, 0xA0
_END = -1


class Seal(Enum):
    """What a CMS structure is."""

    SIGNED = "signed"
    ENCRYPTED = "encrypted"
    OTHER = "other"


class _NotCmsError(ValueError):
    """The bytes are no CMS structure."""


def seal_of(data: bytes) -> Seal:
    """What `data` is, by its outermost object identifier. Never raises."""
    try:
        oid, _, _ = _content_info(data)
    except _NotCmsError:
        return Seal.OTHER
    if oid == _SIGNED:
        return Seal.SIGNED
    return Seal.ENCRYPTED if oid in _ENVELOPED else Seal.OTHER


def signed_content(data: bytes) -> bytes:
    """The content that `data` signs, b"" where it holds none (a detached signature, certificates alone) or is
    broken; of a stream that was cut, what came. Linear in its length; never raises."""
    try:
        oid, start, end = _content_info(data)
        if oid != _SIGNED:
            return b""
        fields = _children(data, *_body(data, start, end, _SEQUENCE))
        for tag, first, last in fields:
            # version, digestAlgorithms, then encapContentInfo.
            if tag == _SEQUENCE:
                return _encapsulated(data, first, last)
    except _NotCmsError:
        return b""
    return b""


def _content_info(data: bytes) -> tuple[bytes, int, int]:
    """Object identifier of the outermost structure, and where its content lies."""
    fields = _children(data, *_body(data, 0, len(data), _SEQUENCE))
    tag, first, last = next(fields, (0, 0, 0))
    wrapped, start, end = next(fields, (0, 0, 0))
    if tag != _OBJECT_ID or wrapped != _EXPLICIT:
        raise _NotCmsError
    return data[first:last], start, end


def _encapsulated(data: bytes, start: int, end: int) -> bytes:
    fields = _children(data, start, end)
    tag, first, last = next(fields, (0, 0, 0))
    wrapped, inner, inner_end = next(fields, (0, 0, 0))
    if tag != _OBJECT_ID or data[first:last] != _DATA or wrapped != _EXPLICIT:
        return b""
    tag, first, last = next(_children(data, inner, inner_end), (0, 0, 0))
    if tag == _OCTETS:
        return data[first:last]
    if tag != _CONSTRUCTED_OCTETS:
        return b""
    pieces = (
        data[a:b]
        for number, (tag, a, b) in enumerate(_children(data, first, last))
        if tag == _OCTETS and number < ELEMENTS
    )
    return b"".join(pieces)


def _body(data: bytes, start: int, end: int, wanted: int) -> tuple[int, int]:
    tag, first, last = next(_children(data, start, end), (0, 0, 0))
    if tag != wanted:
        raise _NotCmsError
    return first, last


def _children(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Tag, begin and end of the content of each element in `data[start:end]`.

    An element of indefinite length is followed to its end only when the next one is asked for; until then it is said to
    end where its parent does.
    """
    while start < end:
        tag, first, length = _head(data, start, end)
        if tag == 0 and length == 0:
            return
        if length == _END:
            yield tag, first, end
            start = _skip(data, first, end)
            continue
        if first + length > end:
            raise _NotCmsError
        yield tag, first, first + length
        start = first + length


def _skip(data: bytes, start: int, end: int) -> int:
    """Where an element of indefinite length ends whose content begins at `start`."""
    open_elements, steps = 1, 0
    while start < end:
        tag, first, length = _head(data, start, end)
        steps += 1
        if steps > ELEMENTS:
            break
        if tag == 0 and length == 0:
            open_elements -= 1
            start = first
            if not open_elements:
                return start
        elif length == _END:
            open_elements += 1
            start = first
        else:
            start = first + length
    raise _NotCmsError


def _head(data: bytes, start: int, end: int) -> tuple[int, int, int]:
    """Tag (of one byte: CMS knows no other), begin of the content and its length, `_END` where that is indefinite."""
    if start + 2 > end or data[start] & 0x1F == 0x1F:
        raise _NotCmsError
    length, first = data[start + 1], start + 2
    if length == 0x80:
        return data[start], first, _END
    if length > 0x80:
        size = length & 0x7F
        if size > 8 or first + size > end:
            raise _NotCmsError
        length = int.from_bytes(data[first : first + size], "big")
        first += size
    return data[start], first, length
