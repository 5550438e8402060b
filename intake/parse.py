"""Bytes to a `Message`, whatever state they are in.

The header is read by a scan of our own (`intake.mime.headers`); the parts are parsed by mail-parser, behind limits
counted beforehand, from a copy that keeps only the header fields a MIME parser needs. A mail that cannot be parsed
keeps its header values and says why in `unreadable`.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from intake.limits import Limits
from intake.machines.automatic import classify, report_type
from intake.machines.delivery import report_in, settle_report
from intake.mime.headers import Fields, scan_header
from intake.mime.leaves import Source
from intake.mime.mailboxes import mailboxes
from intake.mime.parts import Contents, contents_of, file_bytes
from intake.mime.sender import sender_of
from intake.mime.structure import scan_structure
from intake.mime.tree import mime_tree
from rules.model import Mailbox, Message, ReadingClass

# They log what a mail says: names of files, texts of headers.
for _name in ("mailparser", "flufl.bounce"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


def parse(raw: bytes, limits: Limits = Limits()) -> Message:  # noqa: B008 - the default is frozen
    """Read a mail. Never raises; linear in its size within `limits`.

    Time and memory are bounded from outside, where the process can be stopped.
    """
    fields = scan_header(raw, most_bytes=limits.header_block_bytes)
    structure = scan_structure(raw, fields, limits)
    contents, failed, unreadable = Contents(report=report_type(fields)), "", structure.refused
    if not unreadable:
        try:
            tree, defect = mime_tree(raw, fields, limits)
            contents = contents_of(Source(tree, raw, structure.spans), limits)
            contents.defects.extend([defect] if defect else [])
            contents.report = contents.report or report_type(fields)
            failed = report_in(fields, contents, tree, limits)
        except Exception as error:  # noqa: BLE001 - whatever a parser raises, the mail keeps its header values
            unreadable = f"the parser gave up: {type(error).__name__}"
    return _message(fields, contents, failed, unreadable)


def header_message(raw: bytes, why: str) -> Message:
    """What the header alone tells of a mail whose reading was given up for the reason `why`."""
    fields = scan_header(raw)
    return _message(fields, Contents(report=report_type(fields)), "", why)


def cut_files(raw: bytes, parts: Collection[str], limits: Limits = Limits()) -> dict[str, bytes]:  # noqa: B008
    """The decoded bytes of attachments, by the path that `Attachment.part` gives; parts that are not there, and all
    parts of a mail that exceeds `limits`, are left out. Raises whatever a parser raises."""
    fields = scan_header(raw, most_bytes=limits.header_block_bytes)
    structure = scan_structure(raw, fields, limits)
    if structure.refused:
        return {}
    tree, _ = mime_tree(raw, fields, limits)
    return file_bytes(Source(tree, raw, structure.spans), limits, parts)


def _message(fields: Fields, contents: Contents, failed: str, unreadable: str) -> Message:
    sender, defect = sender_of(fields)
    klass, signs = classify(fields, contents.report, failed)
    if klass is ReadingClass.DELIVERY_STATUS:
        settle_report(fields, contents)
    ids = fields.ids("message-id")
    reply_to = _mailboxes(fields, "reply-to")
    return Message(
        message_id=ids[0] if ids else "",
        in_reply_to=fields.ids("in-reply-to"),
        references=fields.ids("references"),
        date=_date(fields),
        subject=fields.text("subject"),
        sender=sender,
        sender_defect=defect,
        reply_to=reply_to[0] if len(reply_to) == 1 else None,
        to=_mailboxes(fields, "to"),
        cc=_mailboxes(fields, "cc"),
        bodies=tuple(contents.bodies),
        attachments=tuple(contents.attachments),
        documents=tuple(contents.documents),
        forwarded=tuple(contents.forwarded),
        reported=contents.reported,
        reports=contents.reports if klass is ReadingClass.DELIVERY_STATUS else (),
        content_language=fields.text("content-language", 100).partition(",")[0].strip(),
        klass=klass,
        signs=signs,
        sealed=contents.sealed,
        notes=tuple(dict.fromkeys(contents.notes)),
        defects=tuple(contents.defects),
        unreadable=unreadable,
    )


def _mailboxes(fields: Fields, name: str) -> tuple[Mailbox, ...]:
    return tuple(box for raw in fields.all(name)[:10] for box in mailboxes(raw))


def _date(fields: Fields) -> datetime | None:
    """Date in UTC; a date without a zone is taken as UTC (RFC 5322 section 4.3), one that cannot be read is none."""
    try:
        date = parsedate_to_datetime(fields.text("date", 100))
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
