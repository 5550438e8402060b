"""Whether a parsed mail reports on the delivery of another, and what it says: by the standard (RFC 3464), or in words
of its own."""

from __future__ import annotations

from email.message import Message as MimePart

from intake.limits import Limits
from intake.machines.automatic import (
    null_return_path,
    precedence,
    report_type,
    robot_address,
    vacation_header,
    vacation_subject,
)
from intake.machines.bounces import reports_in_words, returned_header, speaks_of_delivery, written_by_no_person
from intake.machines.reports import unnamed_report
from intake.mime.headers import Fields, scan_header
from intake.mime.leaves import Source
from intake.mime.parts import Contents, contents_of, header_block
from intake.mime.structure import scan_structure
from intake.mime.tree import mime_tree


def report_in(fields: Fields, contents: Contents, tree: MimePart, limits: Limits) -> str:
    """What shows a report of a form of its own (an address that it names), "" for other mail and for one by the
    standard; what it says is put into `contents`."""
    if contents.report.endswith("delivery-status"):
        if not contents.reports and contents.forwarded:
            _take_inner_report(contents, limits)
        if not contents.reports:
            contents.reports = reports_in_words(fields, tree, from_a_robot=bool(robot_address(fields)), own=True)
        return ""
    return _report_in_words(fields, contents, tree)


def _report_in_words(fields: Fields, contents: Contents, tree: MimePart) -> str:
    is_receipt = contents.report.endswith("disposition-notification")
    from_a_robot = bool(robot_address(fields))
    by_a_system = from_a_robot or null_return_path(fields)
    speaks = speaks_of_delivery(fields)
    text = next((body.text for body in contents.bodies if not body.html), "")
    if by_a_system or written_by_no_person(fields, text):
        # A receipt or an absence notice may well say that something was not delivered.
        other = is_receipt or vacation_header(fields) or vacation_subject(fields)
        own = (from_a_robot or speaks) and not other
        contents.reports = reports_in_words(fields, tree, from_a_robot=from_a_robot, own=own)
        if contents.reports:
            return min(one.recipient for one in contents.reports)
    if not speaks or is_receipt:
        return ""
    if contents.forwarded and (by_a_system or precedence(fields)):
        return "a returned message"
    return "its sender and subject" if by_a_system else ""


def _take_inner_report(contents: Contents, limits: Limits) -> None:
    """Content filters wrap a report whole in one of their own that says nothing."""
    raw = contents.forwarded[0]
    fields = scan_header(raw)
    structure = scan_structure(raw, fields, limits)
    if structure.refused or not report_type(fields).endswith("delivery-status"):
        return
    tree, _ = mime_tree(raw, fields, limits)
    inner = contents_of(Source(tree, raw, structure.spans), limits)
    contents.reports, contents.reported = inner.reports, inner.reported


def settle_report(fields: Fields, contents: Contents) -> None:
    """Make sure that a report says something, and find the header of the message that it returns: of the attached
    one, or of the one that stands in the text."""
    contents.reports = contents.reports or (unnamed_report(fields.text("subject")),)
    if contents.forwarded and not contents.reported:
        contents.reported = header_block(contents.forwarded[0])
    contents.forwarded.clear()
    contents.attachments = [one for one in contents.attachments if not one.content_type.startswith("message/")]
    texts = (body.text for body in contents.bodies if not body.html)
    contents.reported = contents.reported or next(filter(None, map(returned_header, texts)), b"")
