"""Bytes to text, whatever charset they claim.

The declared charset is a hint: real mail declares ISO-8859-1 and holds UTF-8, declares UTF-8 and holds Windows-1252, or
names a charset that nobody knows. `decode` tries the declared one, strict UTF-8 and Windows-1252, and never raises.
Text that was encoded twice on its way ("averiÃ³") is decoded twice.
"""

from __future__ import annotations

import re
from encodings.aliases import aliases

_NOT_ALNUM = re.compile(r"[^a-z0-9]+")
_CODECS = frozenset(aliases.values()) | {"utf_8_sig", "cp1125", "koi8_t", "koi8_u"}
# Transforms, escapes and punycode are no charsets of mail; some take quadratic time.
_REFUSED = {
    *(
        "base64_codec",
        "bz2_codec",
        "hex_codec",
        "idna",
        "mbcs",
        "oem",
        "punycode",
        "quopri_codec",
        "raw_unicode_escape",
    ),
    *("rot_13", "undefined", "unicode_escape", "uu_codec", "zlib_codec"),
}
# What the label says and what its users mean (WHATWG Encoding, section 4.2).
_MEANT = {
    "ascii": "cp1252",
    "latin_1": "cp1252",
    "iso8859_1": "cp1252",
    "iso8859_9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "tis_620": "cp874",
    "utf_8": "utf_8",
}
_OTHER_NAMES = {
    "ansi": "cp1252",
    "iso_8859_8_i": "iso8859_8",
    "iso_8859_8_e": "iso8859_8",
    "ks_c_5601_1987": "cp949",
    "x_mac_roman": "mac_roman",
    "unicode_1_1_utf_7": "utf_7",
    "utf8mb4": "utf_8",
    "x_sjis": "cp932",
    "x_gbk": "gb18030",
}
# Charsets of one byte a character give some text for any bytes. Text that is UTF-8 throughout is hardly ever theirs.
_ONE_BYTE = re.compile(r"cp(?:125\d|437|8\d\d)|iso8859_\d+|koi8_[rtu]|mac_\w+")
_MARKS = ((b"\xef\xbb\xbf", "utf_8"), (b"\xff\xfe", "utf_16"), (b"\xfe\xff", "utf_16"))
_SURROGATES = re.compile("[\ud800-\udfff]")
# The five bytes that Windows-1252 leaves undefined stand for themselves, as browsers read them.
_CP1252 = {code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0x100)}
_CP1252_BYTES = {ord(character): code for code, character in _CP1252.items()}
_LONE_BYTES = {0xDC00 + code: character for code, character in _CP1252.items()}
# UTF-8 of Latin-1's letters read as Windows-1252. A quotation mark behind a capital letter may be meant: “AMANHÔ.
_TWICE = re.compile(
    "[\u00c2\u00c3][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]"
)


def codec_name(charset: str) -> str:
    """The Python codec for a declared charset (RFC 2978), or "" where it is unknown or no charset of text.

    Known names are looked up in a table, never imported by name: the sender chooses the name.
    """
    plain = _NOT_ALNUM.sub("_", charset[:40].lower()).strip("_")
    name = _OTHER_NAMES.get(plain) or aliases.get(plain) or (plain if plain in _CODECS else "")
    if not name and plain.startswith(("windows_", "cp_", "x_cp")):
        number = plain.rpartition("_")[2].removeprefix("cp")
        name = aliases.get(number, "")
    if name in _REFUSED:
        return ""
    return _MEANT.get(name, name)


def decode(data: bytes, charset: str) -> tuple[str, str]:
    """The text of `data` and, where the declared `charset` did not fit, words that say what was done instead."""
    text, defect = _decoded(data, charset)
    once = _encoded_once(text)
    return (text, defect) if once is None else (once, "text that was encoded in utf-8 twice")


def _decoded(data: bytes, charset: str) -> tuple[str, str]:
    codec = _fitting_codec(data, charset)
    if codec in ("", "cp1252", "utf_8"):
        text = _strict(data, "utf_8")
        if text is not None:
            unknown = charset and not codec
            mislabelled = codec == "cp1252" and not data.isascii()
            return text, f"charset {charset[:40]!r} read as utf-8" if unknown or mislabelled else ""
        fits = codec == "cp1252"
        return _byte_by_byte(data), "" if fits else f"charset {charset[:40]!r} read as windows-1252"
    one_byte = _ONE_BYTE.fullmatch(codec) and not data.isascii() and _strict(data, "utf_8") is not None
    text = None if one_byte else _strict(data, codec)
    if text is not None:
        return text, ""
    # The escapes of ISO-2022 are ASCII: as UTF-8 they would pass for text.
    text = None if codec.startswith("iso2022") else _strict(data, "utf_8")
    if text is not None:
        return text, f"charset {charset[:40]!r} read as utf-8"
    return _SURROGATES.sub("�", data.decode(codec, "replace")), f"charset {charset[:40]!r} does not fit the text"


def _fitting_codec(data: bytes, charset: str) -> str:
    """The codec of `charset`, unless a byte order mark shows another, or its wide characters are not there."""
    codec = codec_name(charset)
    if codec in ("", "cp1252", "utf_8"):
        return next((marked for mark, marked in _MARKS if data.startswith(mark)), codec)
    wide = codec.startswith(("utf_16", "utf_32"))
    return "utf_8" if wide and b"\0" not in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")) else codec


def _encoded_once(text: str) -> str | None:
    """What `text` was before somebody took its UTF-8 for Windows-1252, None where nobody did: every character beyond
    ASCII must be part of such a mistake."""
    if text.isascii() or not _TWICE.search(text):
        return None
    try:
        return text.translate(_CP1252_BYTES).encode("latin_1").decode("utf_8")
    except UnicodeError:
        return None


def repaired(data: bytes) -> str:
    """Raw bytes of a header field as text: UTF-8 (RFC 6532) where they are that, else Windows-1252."""
    return decode(data, "")[0]


def _strict(data: bytes, codec: str) -> str | None:
    try:
        text = data.decode(codec)
    except (LookupError, UnicodeError, ValueError):
        return None
    return None if _SURROGATES.search(text) else text


def _byte_by_byte(data: bytes) -> str:
    """UTF-8 where it is that, and each other byte as Windows-1252: what a gateway adds is often in another charset, and
    a cut character must not spoil the rest."""
    return data.decode("utf_8", "surrogateescape").translate(_LONE_BYTES)
