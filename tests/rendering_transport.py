"""How a mail's text travels: character sets, also wrongly named, transfer encodings, line ends, invisible signs."""

from __future__ import annotations

import base64
import quopri
from collections.abc import Callable, Sequence
from email.header import Header

from tests.rendering import Letter, Text

Encode = Callable[[str], bytes]

_DATE = "Mon, 09 Nov 2026 06:55:12 -0500"


def _western(text: str) -> bytes:
    return text.encode("cp1252", "xmlcharrefreplace")


def _invisible(text: str) -> str:
    """Zero-width signs and soft hyphens as editors and translators leave them behind."""
    return (
        text.replace("o", "o\u00ad", 1).replace(": ", ":\u200b ").replace("- ", "\u200b- ").replace("\n", "\ufeff\n", 3)
    )


def _hard_blanks(text: str) -> str:
    return text.replace(": ", ":\u00a0").replace(" de ", "\u00a0de ")


CHARSETS: dict[str, tuple[str, Encode]] = {
    "utf-8": ("utf-8", str.encode),
    "windows-1252": ("windows-1252", _western),
    "iso-8859-1": ("iso-8859-1", _western),
    "utf-8 called iso-8859-1": ("iso-8859-1", str.encode),
    "windows-1252 called utf-8": ("utf-8", _western),
    "windows-1252 called us-ascii": ("us-ascii", _western),
    "utf-8 without a name": ("", str.encode),
    "invisible": ("utf-8", lambda text: _invisible(text).encode()),
    "hard blanks": ("utf-8", lambda text: _hard_blanks(text).encode()),
}
ENCODINGS: tuple[str, ...] = ("8bit", "quoted-printable", "base64")


def _part(text: Text, charset: str, encoding: str) -> bytes:
    # Programs turn to UTF-8 for plain text that has signs of no other place; in HTML they write those as numbers.
    western = all(sign not in text.content for sign in "☐☒")
    name, encode = CHARSETS[charset if western or text.html else "utf-8"]
    data = encode(text.content)
    kind = "text/html" if text.html else "text/plain"
    label = f"{kind}; charset={name}" if name else kind
    label += "; format=flowed" if text.flowed else ""
    if encoding == "base64":
        data = base64.encodebytes(data)
    elif encoding == "quoted-printable":
        data = quopri.encodestring(data)
    head = f"Content-Type: {label}\nContent-Transfer-Encoding: {encoding}\n\n"
    return head.encode() + data


def sent(
    letter: Letter,
    texts: Sequence[Text],
    *,
    charset: str = "utf-8",
    encoding: str = "8bit",
    crlf: bool = True,
    fields: str = "",
) -> bytes:
    """The bytes of a mail."""
    head = (
        f"Return-Path: <{letter.address}>\nFrom: {Header(letter.sender, 'utf-8').encode()} <{letter.address}>\n"
        f"To: <desk@desk.example>\nSubject: {Header(letter.subject, 'utf-8').encode()}\nDate: {_DATE}\n"
        f"Message-ID: <9f2c71.4471@cliente.example>\n{fields}MIME-Version: 1.0\n"
    ).encode()
    parts = [_part(text, charset, encoding) for text in texts]
    if len(parts) == 1:
        raw = head + parts[0]
    else:
        inner = b"".join(b"--=_alt\n" + part + b"\n" for part in parts)
        raw = head + b'Content-Type: multipart/alternative; boundary="=_alt"\n\n' + inner + b"--=_alt--\n"
    return raw.replace(b"\n", b"\r\n") if crlf else raw
