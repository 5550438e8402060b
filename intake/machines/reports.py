"""What a delivery report says of each recipient (RFC 3464; RFC 6533 for addresses beyond ASCII).

The machine-readable part is blocks of fields with blank lines between: the first tells of the message, each later one
of a recipient. Mail systems leave out, double and misspell fields; what can be read is read, nothing raises.
"""

from __future__ import annotations

import re
from itertools import islice

from intake.mime.headers import Fields, clean_header, scan_header
from rules.model import DeliveryReport

RECIPIENTS = 100
"""A report tells of so many recipients at the most: no envelope of ours has more."""

_STATUS_BYTES = 128 * 1024
_DIAGNOSTIC_CHARACTERS = 500
_ADDRESS_CHARACTERS = 320
_BLANK = re.compile(rb"\r?\n[ \t]*\r?\n|\r[ \t]*\r")
_ACTION = re.compile(r"\s*(failed|delayed|delivered|relayed|expanded)\b", re.IGNORECASE)
_ENHANCED = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})(?![.\d])")
# The code of a reply stands behind its three digits: "550 5.1.1", "550-5.1.1". An address of four numbers never does.
_ENHANCED_IN_REPLY = re.compile(r"(?<!\d)[45]\d\d[ -]#?([45]\.\d{1,3}\.\d{1,3})(?![.\d])")
_REPLY_CODE = re.compile(r"(?<![\d.])([45]\d\d)(?=[ -])")
_TYPE = re.compile(r"\s*([A-Za-z0-9-]{1,30})\s*;\s*")
# RFC 6533 section 3: an address in ASCII with its other characters as \x{...}.
_EMBEDDED = re.compile(r"\\x\{([0-9A-Fa-f]{1,6})\}")
_BY_CLASS = {"2": "delivered", "4": "delayed", "5": "failed"}
_DELAY = re.compile(r"delay|warning|retras|demora|advertencia|atras", re.IGNORECASE)


def reports_of(status: bytes) -> tuple[DeliveryReport, ...]:
    """The reports that the machine-readable part of a delivery report holds, one for each recipient, in their order."""
    blocks = (block.strip(b"\r\n") for block in _BLANK.split(status[:_STATUS_BYTES].strip()))
    found = (_report(scan_header(block + b"\r\n\r\n")) for block in blocks if block)
    return tuple(islice((one for one in found if one), RECIPIENTS))


def unnamed_report(subject: str) -> DeliveryReport:
    """What a report says that names no recipient in a way that is understood."""
    return DeliveryReport("", action="delayed" if _DELAY.search(subject) else "failed")


def _report(fields: Fields) -> DeliveryReport | None:
    final, original = (_address(fields.text(name)) for name in ("final-recipient", "original-recipient"))
    # The field of a draft that some mail systems still write.
    final = final or _address(fields.text("x-actual-recipient"))
    if not (final or original):
        return None
    diagnostic = _TYPE.sub("", fields.text("diagnostic-code", _DIAGNOSTIC_CHARACTERS), count=1)
    status = _status(fields.text("status", 100), diagnostic)
    action = _ACTION.match(fields.text("action", 100))
    return DeliveryReport(
        final or original,
        original,
        action[1].lower() if action else _BY_CLASS.get(status[:1], "failed"),
        status,
        clean_header(diagnostic, _DIAGNOSTIC_CHARACTERS),
        _code(diagnostic),
    )


def _status(field: str, diagnostic: str) -> str:
    """The enhanced status code (RFC 3463). Where the field says no more than that it failed, the reply may say why."""
    match = _ENHANCED.match(field)
    status = match[1] if match else ""
    if status and not status.endswith(".0.0"):
        return status
    told = _ENHANCED_IN_REPLY.search(diagnostic)
    return told[1] if told else status


def _code(diagnostic: str) -> int:
    match = _REPLY_CODE.search(diagnostic)
    return int(match[1]) if match else 0


def _address(value: str) -> str:
    """The address of a recipient field, without its type and brackets, "" where there is none."""
    kind = _TYPE.match(value)
    address = value[kind.end() :] if kind else value
    if kind and kind[1].lower() == "utf-8":
        address = _EMBEDDED.sub(_character, address)
    address = clean_header(address, _ADDRESS_CHARACTERS).strip("<> \"'")
    return address if "@" in address.strip("@") else ""


def _character(match: re.Match[str]) -> str:
    number = int(match[1], 16)
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
