"""Bytes to a `Message`, whatever state they are in.

The header is read by a scan of our own (`intake.headers`); the parts are parsed by mail-parser, behind limits counted
beforehand, from a copy that keeps only the header fields a MIME parser needs. A mail that cannot be parsed keeps its
header values and says why in `unreadable`.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message as MimePart
from email.utils import parsedate_to_datetime

from mailparser import MailParser

from intake.automatic import classify, null_return_path, precedence, report_type, robot_address
from intake.bounces import reports_in_words, returned_header, speaks_of_delivery
from intake.headers import Fields, scan_header
from intake.limits import Limits
from intake.mailboxes import mailboxes
from intake.parts import Contents, contents_of, file_bytes, header_block
from intake.reports import unnamed_report
from intake.sender import sender_of
from intake.structure import scan_structure
from rules.model import Mailbox, Message, ReadingClass

# They log what a mail says: names of files, texts of headers.
for _name in ("mailparser", "flufl.bounce"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)

_IMPORTANCE = {"1": "high", "2": "high", "high": "high", "urgent": "high", "4": "low", "5": "low", "low": "low"}


def parse(raw: bytes, limits: Limits = Limits()) -> Message:  # noqa: B008 - the default is frozen
    """Read a mail. Never raises; linear in its size within `limits`.

    Time and memory are bounded from outside, where the process can be stopped.
    """
    fields = scan_header(raw, most_bytes=limits.header_block_bytes)
    structure = scan_structure(raw, fields, limits)
    contents, failed, unreadable = Contents(report=report_type(fields)), "", structure.refused
    if not unreadable:
        try:
            tree, defect = _tree(raw, fields, limits)
            contents = contents_of(tree, raw, structure.spans)
            contents.defects.extend([defect] if defect else [])
            contents.report = contents.report or report_type(fields)
            failed = _failed(fields, contents, tree)
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
    return file_bytes(_tree(raw, fields, limits)[0], raw, structure.spans, parts)


def _tree(raw: bytes, fields: Fields, limits: Limits) -> tuple[MimePart, str]:
    """The MIME tree by mail-parser, from the body and those fields on which its form depends, and a defect in words."""
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


def _failed(fields: Fields, contents: Contents, tree: MimePart) -> str:
    """What shows a report of a form of its own (an address that it names), "" for other mail; its reports are put into
    `contents`."""
    by_the_standard = contents.report.endswith("delivery-status")
    from_a_robot = bool(robot_address(fields))
    likely = by_the_standard or from_a_robot or null_return_path(fields) or speaks_of_delivery(fields)
    if not likely or (by_the_standard and contents.reports):
        return ""
    contents.reports = reports_in_words(fields, tree, from_a_robot=from_a_robot)
    if by_the_standard:
        return ""
    if contents.reports:
        return min(one.recipient for one in contents.reports)
    by_a_machine = from_a_robot or null_return_path(fields) or bool(precedence(fields))
    returns = contents.forwarded and by_a_machine and speaks_of_delivery(fields)
    return "a returned message" if returns else ""


def _settle_report(fields: Fields, contents: Contents) -> None:
    """In a report of a form of its own, the attached message is the returned one, or it stands in the text."""
    contents.reports = contents.reports or (unnamed_report(fields.text("subject")),)
    if contents.forwarded and not contents.reported:
        contents.reported = header_block(contents.forwarded[0])
    contents.forwarded.clear()
    contents.attachments = [one for one in contents.attachments if not one.content_type.startswith("message/")]
    texts = (body.text for body in contents.bodies if not body.html)
    contents.reported = contents.reported or next(filter(None, map(returned_header, texts)), b"")


def _message(fields: Fields, contents: Contents, failed: str, unreadable: str) -> Message:
    sender, defect = sender_of(fields)
    klass, signs = classify(fields, contents.report, failed)
    if klass is ReadingClass.DELIVERY_STATUS:
        _settle_report(fields, contents)
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
        forwarded=tuple(contents.forwarded),
        reported=contents.reported,
        reports=contents.reports if klass is ReadingClass.DELIVERY_STATUS else (),
        content_language=fields.text("content-language", 100).partition(",")[0].strip(),
        importance=_importance(fields),
        klass=klass,
        signs=signs,
        defects=tuple(contents.defects),
        unreadable=unreadable,
    )


def _mailboxes(fields: Fields, name: str) -> tuple[Mailbox, ...]:
    return tuple(box for raw in fields.all(name)[:10] for box in mailboxes(raw))


def _importance(fields: Fields) -> str:
    """ "high", "low" or "" by Importance (RFC 2156), X-Priority or Priority."""
    values = (fields.text(name, 20).lower() for name in ("importance", "x-priority", "priority"))
    words = (value.split()[0] for value in values if value)
    return next((_IMPORTANCE[word] for word in words if word in _IMPORTANCE), "")


def _date(fields: Fields) -> datetime | None:
    """Date in UTC; a date without a zone is taken as UTC (RFC 5322 section 4.3), one that cannot be read is none."""
    try:
        date = parsedate_to_datetime(fields.text("date", 100))
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
