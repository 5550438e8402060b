"""Parts that hold a mail of their own: winmail.dat and signed S/MIME.

Each is turned into the MIME entity that it stands for, so that one way of reading serves all.
"""

from __future__ import annotations

from base64 import encodebytes
from collections.abc import Callable
from urllib.parse import quote

from intake.mime.cms import Seal, seal_of, signed_content
from intake.mime.tnef import SIGNATURE, Packed, PackedFile, unpack

DEPTH = 3
"""Containers are opened so deep inside one another."""
OPENED = 10
"""Of one mail so many containers are opened."""

TNEF, SIGNED, ENCRYPTED = "tnef", "signed", "encrypted"

_TNEF_TYPES = ("application/ms-tnef", "application/vnd.ms-tnef")
_CMS_TYPES = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_TNEF_NAMES = ("winmail.dat", "win.dat")
_UNTOLD = ("application/octet-stream", "application/x-unknown", "")


def container_of(content_type: str, filename: str, data: Callable[[], bytes]) -> str:
    """Which container a part is (`TNEF`, `SIGNED`, `ENCRYPTED`), "" where none: its type or its name says so, and its
    bytes, which are asked for then only, do not speak against it."""
    name, untold = filename.lower(), content_type in _UNTOLD
    if content_type in _TNEF_TYPES or (untold and name.endswith(_TNEF_NAMES)):
        return TNEF if data().startswith(SIGNATURE) else ""
    if content_type in _CMS_TYPES or (untold and name.endswith(".p7m")):
        return {Seal.SIGNED: SIGNED, Seal.ENCRYPTED: ENCRYPTED, Seal.OTHER: ""}[seal_of(data())]
    return ""


def entity_of(container: str, data: bytes) -> bytes:
    """The MIME entity that `data` holds, b"" where none comes out of it. Never raises."""
    if container == SIGNED:
        return signed_content(data)
    packed = unpack(data) if container == TNEF else None
    holds = packed and (packed.files or packed.text.strip() or packed.html.strip())
    return _entity(packed, "") if packed and holds else b""


def _entity(packed: Packed, above: str) -> bytes:
    """A multipart/mixed of the texts, as alternatives, and the files."""
    texts = [("plain", packed.text)] if packed.text.strip() else []
    texts += [("html", packed.html)] if packed.html.strip() else []
    # No part can hold it: all are base64, whose alphabet has no hyphen.
    boundary = f"{above}packed"
    parts = [_text_part(kind, text) for kind, text in texts]
    if len(parts) > 1:
        inner = f"{boundary}a"
        alternatives = b"".join(b"--%b\r\n%b\r\n" % (inner.encode(), part) for part in parts)
        opening = f'Content-Type: multipart/alternative; boundary="{inner}"\r\n\r\n'.encode()
        parts = [opening + alternatives + b"--%b--\r\n" % inner.encode()]
    parts += [_file_part(file) for file in packed.files]
    body = b"".join(b"--%b\r\n%b\r\n" % (boundary.encode(), part) for part in parts)
    opening = f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'.encode()
    return opening + body + b"--%b--\r\n" % boundary.encode()


def _text_part(kind: str, text: str) -> bytes:
    return _encoded(f"Content-Type: text/{kind}; charset=utf-8", text.encode("utf-8", "replace"))


def _file_part(file: PackedFile) -> bytes:
    if file.message:
        return _message_part(file)
    fields = f"Content-Type: {_type(file.content_type)}\r\n"
    if file.content_id and file.content_id.isascii() and file.content_id.isprintable():
        fields += f"Content-ID: <{file.content_id[:200]}>\r\n"
    how = "inline" if file.inline and file.content_id and file.content_type.startswith("image/") else "attachment"
    name = (
        f"; filename*=utf-8''{quote(file.filename[:500].encode('utf-8', 'replace'), safe='')}" if file.filename else ""
    )
    return _encoded(f"{fields}Content-Disposition: {how}{name}", file.data)


def _message_part(file: PackedFile) -> bytes:
    """An attached message as what a mail program would have attached."""
    inner = unpack(file.data) if file.data.startswith(SIGNATURE) else None
    if inner is None:
        return _encoded("Content-Type: application/ms-tnef\r\nContent-Disposition: attachment", file.data)
    subject = " ".join((inner.subject or file.filename).split())[:200]
    header = f"MIME-Version: 1.0\r\nSubject: {subject}\r\n".encode("utf-8", "replace")
    # One level only: what is attached to that message again is named there, not unpacked.
    inner.files = [one for one in inner.files if not one.message]
    return b"Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n" + header + _entity(inner, "m")


def _type(content_type: str) -> str:
    kind, slash, sub = content_type.partition("/")
    plain = bool(slash) and all(
        part.replace("-", "").replace(".", "").replace("+", "").isalnum() for part in (kind, sub)
    )
    usable = plain and content_type.isascii() and len(content_type) < 100 and kind not in ("multipart", "message")
    return content_type if usable else "application/octet-stream"


def _encoded(fields: str, data: bytes) -> bytes:
    return fields.encode("ascii", "replace") + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encodebytes(data)
