"""What makes two copies of a mail the same mail, and for whom a mail without an envelope is.

A mail that comes by SMTP, again by IMAP and once more by a pipe is one mail. Doors differ in trace fields, in the order
of fields, in folding and in line ends; none of these count.
"""

from __future__ import annotations

import re
from hashlib import sha256

from intake.mime.headers import scan_header
from intake.mime.mailboxes import mailboxes
from intake.mime.sender import sender_of
from rules.model import Envelope

_IDENTIFYING = (b"message-id", b"date", b"from", b"to", b"cc", b"subject")
_SHORT_HEADER_BYTES = 16 * 1024
# Possessive throughout: bytes that do not fit are given up at once, never tried in another way.
_WELL_FORMED = re.compile(rb"(?:[!-9;-~]++:[^\r\n]*+\r\n(?:[ \t][^\r\n]*+\r\n)*+)++\r\n")
_IDENTIFYING_FIELD = re.compile(
    rb"^(message-id|date|from|to|cc|subject):([^\r\n]*+\r\n(?:[ \t][^\r\n]*+\r\n)*+)", re.IGNORECASE | re.MULTILINE
)
_HEADER_END = re.compile(rb"\n\r?\n")
_OWN_ID = re.compile(rb"^message-id:\s{0,80}<([!-;=?-~]{1,998})>", re.IGNORECASE | re.MULTILINE)
_WHITE = re.compile(rb"[ \t\r\n]+")
_QUOTED_FROM = re.compile(rb"^>+From ", re.MULTILINE)
_RECIPIENTS = 100
_FOR = re.compile(rb"\sfor\s+<?([^\s<>;]{3,320})>?")


def mail_key(raw: bytes) -> str:
    """The SHA-256, in hexadecimal, of what identifies a mail. Linear, never raises, safe in an event loop.

    Hashed are the values of Message-ID, Date, From, To, Cc and Subject, with white space folded, in that order, and the
    body with LF line ends, without the ">" that mbox writers put before "From ", and without line ends at its end.
    """
    values, start = _well_formed(raw) or _scanned(raw)
    digest = sha256()
    if start < 0:
        # Such a header block is not mail as anybody writes it: its bytes are all that identifies it.
        digest.update(raw)
        return digest.hexdigest()
    for name in _IDENTIFYING:
        for value in values.get(name, ()):
            digest.update(b"%b:%b\n" % (name, _WHITE.sub(b" ", value).strip()))
    body = raw[start:].replace(b"\r\n", b"\n")
    if b">From " in body:
        body = _QUOTED_FROM.sub(b"From ", body)
    digest.update(b"\n")
    digest.update(body.rstrip(b"\r\n"))
    return digest.hexdigest()


def _well_formed(raw: bytes) -> tuple[dict[bytes, list[bytes]], int] | None:
    """The identifying values and where the body begins, for a header as RFC 5322 wants it; None for any other.

    The same as `_scanned` gives, for a third of its time: this runs for every mail between the final dot and the 250.
    """
    block = _WELL_FORMED.match(raw, 0, _SHORT_HEADER_BYTES)
    if block is None:
        return None
    values: dict[bytes, list[bytes]] = {}
    for field in _IDENTIFYING_FIELD.finditer(raw, 0, block.end()):
        values.setdefault(field[1].lower(), []).append(field[2])
    return values, block.end()


def _scanned(raw: bytes) -> tuple[dict[bytes, list[bytes]], int]:
    """The same for any bytes; the body begins at -1 where the header has no end."""
    fields = scan_header(raw)
    return {name: fields.all(name.decode()) for name in _IDENTIFYING}, -1 if fields.cut else fields.body


def own_id(raw: bytes) -> str:
    """The Message-ID, without angle brackets, where the beginning of the header holds one as RFC 5322 wants it, else
    "". A glance for waiting mails, not what decides: `intake.parse` reads it with care. Never raises."""
    end = _HEADER_END.search(raw, 0, _SHORT_HEADER_BYTES)
    found = _OWN_ID.search(raw, 0, end.start() + 1 if end else _SHORT_HEADER_BYTES)
    return found[1].decode("ascii") if found else ""


def envelope_of(raw: bytes) -> Envelope:
    """The envelope of a mail that came without one (IMAP, files): the sender from Return-Path, else From; recipients
    from Delivered-To and X-Original-To, else To, Cc and the "for" of the topmost Received (RFC 5321 s4.4), which alone
    tells a list's mail to whom it went; each once and at most 100. Never raises."""
    fields = scan_header(raw)
    delivered = [*fields.all("delivered-to"), *fields.all("x-original-to")]
    taken_for = [match[1] for match in [_FOR.search(fields.first("received"))] if match]
    recipients = _addresses(delivered) or _addresses([*fields.all("to"), *fields.all("cc"), *taken_for])
    return_path = fields.first("return-path").strip()
    if return_path:
        senders = _addresses([return_path])
    else:
        sender, _ = sender_of(fields)
        senders = (sender.address,) if sender else _addresses(fields.all("from")[:1])
    return Envelope(senders[0] if senders else "", recipients)


def _addresses(values: list[bytes]) -> tuple[str, ...]:
    found = dict.fromkeys(box.address for value in values[:_RECIPIENTS] for box in mailboxes(value))
    return tuple(found)[:_RECIPIENTS]
