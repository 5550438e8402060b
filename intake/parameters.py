"""MIME parameters in every form that mail programs write: RFC 2045, RFC 2231 and RFC 2047 words where none belong."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from intake.charsets import decode, repaired
from intake.headers import TEXT_BYTES, clean_header, decode_words

_PARAMETER = re.compile(r";\s*([^\s=;\"]{1,80})\s*=\s*(\"(?:[^\"\\]|\\.)*\\?(?:\"|\Z)|[^;]*)", re.DOTALL)
_ESCAPED = re.compile(r"\\([\"\\])")
_PIECE = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")
_FOLD = re.compile(r"\r?\n[ \t]+|[\r\n]+")


def parse_parameters(raw: bytes) -> tuple[str, dict[str, str]]:
    """The value of a Content-Type or Content-Disposition field: its token and its parameters, all names in lower case.

    Pieces (`name*0`, `name*1*`) are joined, charsets decoded, encoded words decoded. The first of two equal names
    counts. Never raises.
    """
    text = repaired(raw[:TEXT_BYTES])
    token = text.partition(";")[0].partition("(")[0].strip().lower()
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for name, given in _PARAMETER.findall(text):
        match = _PIECE.fullmatch(name.lower())
        if match is None:
            continue
        value = _unquoted(given)
        if match[2] is None and match[3] is None:
            plain.setdefault(match[1], decode_words(value))
        else:
            pieces.setdefault(match[1], {}).setdefault(int(match[2] or 0), (value, match[3] is not None))
    # RFC 2231 forms go before the plain one, which a sender adds for old programs (RFC 6266 section 4.3).
    return token, plain | {name: _joined(parts) for name, parts in pieces.items()}


def _unquoted(value: str) -> str:
    value = value.strip()
    if value.startswith('"'):
        return _ESCAPED.sub(r"\1", _FOLD.sub(" ", value[1:].removesuffix('"')))
    return _FOLD.sub(" ", value)


def _joined(parts: dict[int, tuple[str, bool]]) -> str:
    """RFC 2231 sections 3 and 4: the pieces in order; the first encoded one names the charset."""
    charset = ""
    octets = b""
    for number, key in enumerate(sorted(parts)):
        value, encoded = parts[key]
        if encoded and number == 0 and value.count("'") >= 2:
            charset, _, value = value.split("'", 2)
        octets += unquote_to_bytes(value) if encoded else value.encode()
    return decode_words(decode(octets, charset)[0])


def filename_of(disposition: dict[str, str], content_type: dict[str, str]) -> str:
    """The name of a file as data: the last component of what is given, clean, at most 255 characters, or ""."""
    name = disposition.get("filename") or disposition.get("name") or content_type.get("name") or ""
    name = clean_header(name, 1000)
    return (re.split(r"[/\\]", name)[-1] or name)[-255:].strip()
