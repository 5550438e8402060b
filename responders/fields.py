"""Header fields as bytes of 7 bits (RFC 5322 s2.2, RFC 2047), written so that no value can begin another field.

Text becomes encoded words where it must; ids never do, since an encoded id no longer threads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from email.utils import format_datetime

from responders.clean import clean_header
from rules.addresses import sendable
from rules.model import Mailbox

_LINE_CHARACTERS = 76
_ENCODED_WORD_CHARACTERS = 75  # RFC 2047 s2
_ID_CHARACTERS = 900  # a field line is at most 998 (RFC 5322 s2.1.1)
_REFERENCES_LAST = 20
_REFERENCES_CHARACTERS = 8000

_ID = re.compile(r"[!-;=?A-~]+@[!-;=?A-~]+")
_Q_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")


def text_field(name: str, value: str) -> bytes:
    """A field of unstructured text, e.g. Subject; the value is cleaned, cut at 200 characters and folded."""
    return _folded(name, _words(clean_header(value)))


def mailbox_field(name: str, mailbox: Mailbox) -> bytes:
    """A field of one mailbox. A display name that could pass for an address is left out. Raises ValueError for an
    address that is not `sendable`."""
    if not sendable(mailbox.address):
        raise ValueError(f"not an address that can be written to: {clean_header(mailbox.address)!r}")
    shown = clean_header(mailbox.name)
    if not shown or re.search(r"[@<>\uff20\ufe6b]", shown):
        return _folded(name, [mailbox.address])
    if _plain(shown):
        quoted = re.sub(r'(["\\])', r"\\\1", shown)
        return _folded(name, [*f'"{quoted}"'.split(" "), f"<{mailbox.address}>"])
    return _folded(name, [*_encoded(shown), f"<{mailbox.address}>"])


def date_field(date: datetime) -> bytes:
    """The Date field. Raises ValueError for a naive time."""
    if date.tzinfo is None:
        raise ValueError("a date without a time zone")
    return b"Date: " + format_datetime(date).encode("ascii") + b"\r\n"


def ids_field(name: str, ids: Iterable[str]) -> bytes:
    """A field of message ids, one a line; b"" without ids. Ids that are none by syntax are left out."""
    return _folded(name, [f"<{i}>" for i in map(_bare, ids) if i], width=0)


def thread(in_reply_to: str, references: Sequence[str]) -> tuple[str, ...]:
    """The References of a reply (RFC 5322 s3.6.4): those of its parent and the parent's id, each once; of more than
    21, or of more than 8 KB, the first and the last."""
    ids = dict.fromkeys(i for i in map(_bare, references) if i)
    if parent := _bare(in_reply_to):
        ids.pop(parent, None)
        ids[parent] = None
    first, *later = ids or [""]
    last: list[str] = []
    room = _REFERENCES_CHARACTERS - len(first)
    for one in reversed(later):
        room -= len(one)
        if len(last) == _REFERENCES_LAST or room < 0:
            break
        last.append(one)
    return (first, *reversed(last)) if first else ()


def _bare(text: str) -> str:
    text = text.strip().removeprefix("<").removesuffix(">")
    return text if len(text) <= _ID_CHARACTERS and _ID.fullmatch(text) and "=?" not in text else ""


def _plain(text: str) -> bool:
    # Text that looks like an encoded word would be decoded by the reader.
    return text.isascii() and "=?" not in text


def _words(text: str) -> list[str]:
    return text.split(" ") if _plain(text) else _encoded(text)


def _encoded(text: str) -> list[str]:
    """`text` as encoded words; the set that is safe within a phrase (RFC 2047 s5 (3)), no character cut in two."""
    words: list[str] = []
    current = ""
    room = _ENCODED_WORD_CHARACTERS - len("=?utf-8?q??=")
    for character in text:
        piece = (
            "_" if character == " " else "".join(chr(b) if b in _Q_SAFE else f"={b:02X}" for b in character.encode())
        )
        if len(current) + len(piece) > room:
            words.append(current)
            current = ""
        current += piece
    return [f"=?utf-8?q?{word}?=" for word in (*words, current)]


def _folded(name: str, words: Sequence[str], width: int = _LINE_CHARACTERS) -> bytes:
    if not words:
        return b""
    lines = [f"{name}: {words[0]}"]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(f" {word}")
    return "\r\n".join(lines).encode("ascii") + b"\r\n"
