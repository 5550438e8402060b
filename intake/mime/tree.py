"""The MIME tree of a mail, by mail-parser, from a copy that keeps only the header fields a MIME parser needs."""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message as MimePart

from mailparser import MailParser

from intake.limits import Limits
from intake.mime.headers import Fields


def mime_tree(raw: bytes, fields: Fields, limits: Limits) -> tuple[MimePart, str]:
    """The tree of `raw`, whose header block is `fields`, and a defect in words. Raises whatever a parser raises."""
    kept: dict[str, bytes] = {}
    for item in fields.items:
        if (item.name.startswith("content-") or item.name == "mime-version") and len(item.raw) <= limits.field_bytes:
            kept.setdefault(item.name, item.raw.rstrip(b"\r\n"))
    header = b"".join(b"%b:%b\r\n" % (name.encode("ascii"), value) for name, value in kept.items())
    copy = header + b"\r\n" + raw[fields.body :]
    try:
        tree = MailParser.from_bytes(copy).message
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        # It stumbles over a multipart whose boundary never comes, which the parser below it reads.
        return message_from_bytes(copy), f"mail-parser gave up: {type(error).__name__}"
    return (tree, "") if isinstance(tree, MimePart) else (message_from_bytes(copy), "mail-parser gave no message")
