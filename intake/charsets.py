"""Bytes to text, whatever charset they claim.

The declared charset is a hint: real mail declares ISO-8859-1 and holds UTF-8, declares UTF-8 and holds Windows-1252, or
names a charset that nobody knows. `decode` tries the declared one, strict UTF-8 and Windows-1252, and never raises.
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
_SURROGATES = re.compile("[\ud800-\udfff]")
# The five bytes that Windows-1252 leaves undefined stand for themselves, as browsers read them.
_UNDEFINED_1252 = {code: chr(code) for code in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}


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
    codec = codec_name(charset)
    if codec in ("", "cp1252", "utf_8"):
        text = _strict(data, "utf_8")
        if text is not None:
            unknown = charset and not codec
            mislabelled = codec == "cp1252" and not data.isascii()
            return text, f"charset {charset[:40]!r} read as utf-8" if unknown or mislabelled else ""
        fits = codec == "cp1252"
        return _windows_1252(data), "" if fits else f"charset {charset[:40]!r} read as windows-1252"
    text = _strict(data, codec)
    if text is not None:
        return text, ""
    text = _strict(data, "utf_8")
    if text is not None:
        return text, f"charset {charset[:40]!r} read as utf-8"
    return _SURROGATES.sub("�", data.decode(codec, "replace")), f"charset {charset[:40]!r} does not fit the text"


def repaired(data: bytes) -> str:
    """Raw bytes of a header field as text: UTF-8 (RFC 6532) where they are that, else Windows-1252."""
    return decode(data, "")[0]


def _strict(data: bytes, codec: str) -> str | None:
    try:
        text = data.decode(codec)
    except (LookupError, UnicodeError, ValueError):
        return None
    return None if _SURROGATES.search(text) else text


def _windows_1252(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        table = {code: bytes([code]).decode("cp1252", "replace") for code in range(128, 160)} | _UNDEFINED_1252
        return data.decode("latin_1").translate(table)
