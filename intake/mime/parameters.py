"""MIME parameters in every form that mail programs write: RFC 2045, RFC 2231 and RFC 2047 words where none belong."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from intake.mime.charsets import codec_name, decode, repaired
from intake.mime.headers import TEXT_BYTES, clean_header, decode_words

NAME_CHARACTERS = 255
"""A file's name is kept so long; of a longer one the beginning and the extension."""
_EXTENSION_CHARACTERS = 10

_PARAMETER = re.compile(r";\s*([^\s=;\"]{1,80})\s*=\s*(\"(?:[^\"\\]|\\.)*\\?(?:\"|\Z)|[^;]*)", re.DOTALL)
_ESCAPED = re.compile(r"\\([\"\\])")
_PIECE = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")
# The charset and the language before an extended value; some programs write one apostrophe only.
_EXTENDED = re.compile(r"([A-Za-z][\w.:-]{1,39}|)'(?:[A-Za-z-]{0,20}')?")
_ESCAPES = re.compile(r"[^%]*+(?:%[0-9A-Fa-f]{2}[^%]*+)++", re.DOTALL)
_SEPARATOR = re.compile(r"[/\\]")
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
    return token, plain | {name: value for name, parts in pieces.items() if (value := _joined(parts))}


def _unquoted(value: str) -> str:
    value = value.strip()
    if value.startswith('"'):
        return _ESCAPED.sub(r"\1", _FOLD.sub(" ", value[1:].removesuffix('"')))
    return _FOLD.sub(" ", value)


def _joined(parts: dict[int, tuple[str, bool]]) -> str:
    """RFC 2231 sections 3 and 4: the pieces in order, whatever is missing between them; the first encoded one names the
    charset."""
    charset = ""
    octets = b""
    for number, key in enumerate(sorted(parts)):
        value, encoded = parts[key]
        if encoded and number == 0 and (match := _EXTENDED.match(value)):
            charset, value = match[1], value[match.end() :]
        octets += unquote_to_bytes(value) if encoded else value.encode()
    return decode_words(decode(octets, charset)[0])


def filename_of(disposition: dict[str, str], content_type: dict[str, str]) -> str:
    """The name of a file as data: the last component of what is given, clean, at most `NAME_CHARACTERS`, or ""."""
    given = (disposition.get("filename"), disposition.get("name"), content_type.get("name"))
    return next((name for name in map(_file_name, filter(None, given)) if name), "")


def _file_name(given: str) -> str:
    name = clean_header(_unescaped(given), 1000)
    if len(name) > 2 and name[0] == name[-1] == "'":
        name = name[1:-1]
    parts = [part.strip() for part in _SEPARATOR.split(name)]
    # A name of dots alone is a place, not a file.
    name = next((part for part in reversed(parts) if part.strip(".")), "")
    stem, dot, extension = name.rpartition(".")
    if len(name) <= NAME_CHARACTERS or not stem or len(extension) > _EXTENSION_CHARACTERS:
        return name[:NAME_CHARACTERS].strip()
    return f"{stem[: NAME_CHARACTERS - len(extension) - 1].strip()}{dot}{extension}"


def _unescaped(name: str) -> str:
    """A name that was encoded as an extended parameter's, or for a web address, without being marked as such; or in an
    encoded word that was cut."""
    if name.startswith("=?") and "?=" not in name:
        return decode_words(f"{name}?=")
    if not _ESCAPES.fullmatch(name):
        return name
    match = _EXTENDED.match(name)
    charset, rest = (match[1], name[match.end() :]) if match and codec_name(match[1]) else ("utf-8", name)
    octets = unquote_to_bytes(rest)
    try:
        text = octets.decode(codec_name(charset))
    except (LookupError, UnicodeError):
        return name
    return text if rest is not name or not text.isascii() else name
