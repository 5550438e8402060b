"""Who a mail says it is from, or why that cannot be told.

From decides who may do what, so nothing here guesses or cleans up: exactly one From field however a reader might cut
the header block, exactly one mailbox in it, no defect, a domain in ASCII or IDNA. What needs more is no sender.
"""

from __future__ import annotations

import re

from intake.limits import Limits
from intake.mime.charsets import repaired
from intake.mime.headers import TEXT_BYTES, Fields, decode_words
from intake.mime.mailboxes import ascii_domain, display_name
from rules.model import Mailbox

# Everything that some program takes for the end of a line.
_ANY_LINE_END = re.compile(rb"\r\n?|[\x0b\x0c\x1c-\x1e\x85]|\xe2\x80[\xa8\xa9]")
_UNPRINTABLE = bytes(code for code in range(256) if not 33 <= code <= 126)
_FOLD = re.compile(r"\r{0,2}\n(?=[ \t])")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
# An encoded word may hold a comma that should have been encoded. Possessive throughout: no backtracking.
_ENCODED_WORD = r"=\?[A-Za-z0-9*_-]+\?[bBqQ]\?[^?\s<>@\"()]*+\?="
_PHRASE = rf'(?:{_ENCODED_WORD}|"(?:[^"\\]|\\.)*+"|\([^()<>@,;:"\\]*+\)|[^"<>@,;:()\\])*+'
_COMMENT = r'(?:[ \t]+\(([^()<>@,;:"\\]*+)\))?'
_NAMED = re.compile(rf"({_PHRASE})<([^<>]*)>{_COMMENT}[ \t]*")
_BARE = re.compile(rf"([^\s<>()\",;:\\]++){_COMMENT}[ \t]*")
# Some programs repeat the address as an unquoted name.
_REPEATED = re.compile(r"([^\s<>()\",;:\\]+)[ \t]*<([^\s<>]+)>[ \t]*")
# dot-atom (RFC 5322 section 3.2.3) without the signs of source routing.
_LOCAL = re.compile(r"[A-Za-z0-9#$&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9#$&'*+/=?^_`{|}~-]+)*")


def sender_of(fields: Fields) -> tuple[Mailbox | None, str]:
    """The one mailbox of the one From field, or None and the defect in words. Linear; never raises.

    RFC 5322 section 3.6.2 allows several authors; such a mail has no usable sender here.
    """
    values = fields.all("from")
    count = _from_like_fields(fields.block)
    if not values and not count:
        return None, "there is no From field"
    if count > 1 or len(values) > 1:
        return None, "there is more than one From field"
    if count != 1 or len(values) != 1:
        return None, "the From field is malformed"
    return _mailbox(values[0])


def _from_like_fields(block: bytes) -> int:
    """How many lines of a header block some reader might take for a From field."""
    if len(block) > Limits().header_block_bytes:
        return 2
    count = 0
    inside_a_field = False
    for line in _ANY_LINE_END.sub(b"\n", block).split(b"\n"):
        if inside_a_field and line[:1] in (b" ", b"\t"):
            continue
        name, colon, _ = line.partition(b":")
        inside_a_field = bool(colon)
        if colon and len(name) < 200 and name.translate(None, _UNPRINTABLE).lower() == b"from":
            count += 1
    return count


def _mailbox(raw: bytes) -> tuple[Mailbox | None, str]:
    if len(raw) > TEXT_BYTES:
        return None, "the From field is too long"
    text, defect = _text(raw)
    if defect:
        return None, defect
    if match := _NAMED.fullmatch(text):
        phrase, address, comment = match.groups()
    elif (match := _REPEATED.fullmatch(text)) and match[1].casefold() == match[2].casefold():
        phrase, address, comment = "", match[2], ""
    elif (match := _BARE.fullmatch(text)) and b"\n" not in raw.rstrip(b"\r\n"):
        phrase, address, comment = "", match[1], match[2]
    else:
        return None, "the From field does not name exactly one mailbox"
    name = phrase.strip() or comment or ""
    if _CONTROL.search(decode_words(name)):
        return None, "the name in From holds control characters"
    if not address.isascii() and not _is_utf8(raw):
        return None, "the domain in From is not a plain domain"
    address, defect = _address(address)
    return (None, defect) if defect else (Mailbox(address, display_name(name)), "")


def _text(raw: bytes) -> tuple[str, str]:
    """The unfolded value and a defect. Raw 8-bit text may stand in the name, never in the address."""
    text = _FOLD.sub("", repaired(raw).rstrip("\r\n"))
    if not text.strip():
        return "", "the From field is empty"
    return text.strip(" \t"), "the From field holds control characters" if _CONTROL.search(text) else ""


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _address(address: str) -> tuple[str, str]:
    if not address:
        return "", "the address in From is empty"
    local, at, domain = address.partition("@")
    if not at or "=?" in address or len(local) > 64 or not _LOCAL.fullmatch(local):
        return "", "the address in From is not a plain address"
    ascii_name = ascii_domain(domain)
    if not ascii_name:
        return "", "the domain in From is not a plain domain"
    return f"{local}@{ascii_name}", ""
