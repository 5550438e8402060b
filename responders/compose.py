"""Facts that a template has turned into text, as the finished bytes of a message (RFC 5322, MIME).

The same arguments give the same bytes, so that every try of a mail is identical; the caller brings id and date. The
bytes are of 7 bits with lines within RFC 5322's limits: a relay has no reason to change them.
"""

from __future__ import annotations

from binascii import b2a_qp
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from responders.clean import clean_text
from responders.fields import date_field, ids_field, mailbox_field, text_field, thread
from responders.files import File, boundary, file_part
from responders.templates import Rendered
from rules.model import Mailbox


class AutoSubmitted(StrEnum):
    """Who made a message (RFC 3834 s5): acuse in answer to a mail, acuse of its own accord, or a person."""

    REPLIED = "auto-replied"
    GENERATED = "auto-generated"
    NO = "no"


def compose(
    rendered: Rendered,
    *,
    sender: Mailbox,
    to: Mailbox,
    message_id: str,
    date: datetime,
    auto_submitted: AutoSubmitted,
    x_loop: str,
    in_reply_to: str = "",
    references: Sequence[str] = (),
    reply_to: Mailbox | None = None,
    files: Sequence[File] = (),
) -> bytes:
    """One message with CRLF line ends.

    `references` are those of the mail that it answers and `in_reply_to` that mail's id, with or without angle brackets;
    `x_loop` is the mark by which we know our own mail; `files` follow the text. Raises ValueError where an address is
    not `fields.sendable`, `message_id` is no id or `date` is naive. Ids of others that are none by syntax are left out.
    """
    own_id = ids_field("Message-ID", [message_id])
    if not own_id:
        raise ValueError(f"not a message id: {message_id!r}")
    header = [
        date_field(date),
        mailbox_field("From", sender),
        mailbox_field("To", to),
        mailbox_field("Reply-To", reply_to) if reply_to else b"",
        text_field("Subject", rendered.subject),
        own_id,
        ids_field("In-Reply-To", [in_reply_to]),
        ids_field("References", thread(in_reply_to, references)),
        *_automatic(auto_submitted),
        text_field("X-Loop", x_loop),
        b"MIME-Version: 1.0\r\n",
        text_field("Content-Language", rendered.language),
    ]
    return b"".join(header) + _content(rendered, message_id, files)


def _automatic(auto_submitted: AutoSubmitted) -> tuple[bytes, ...]:
    if auto_submitted is AutoSubmitted.NO:
        return ()
    return (
        text_field("Auto-Submitted", auto_submitted),
        # Not "All": it would also suppress the delivery reports by which we learn that a customer was not reached.
        text_field("X-Auto-Response-Suppress", "OOF, AutoReply"),
    )


def _content(rendered: Rendered, message_id: str, files: Sequence[File]) -> bytes:
    texts = _texts(rendered, message_id)
    if not files:
        return texts
    return _multipart("mixed", boundary(message_id, "m"), [texts, *map(file_part, files)])


def _texts(rendered: Rendered, message_id: str) -> bytes:
    plain = _part("plain", rendered.text)
    if not rendered.html:
        return plain
    return _multipart("alternative", boundary(message_id, ""), [plain, _part("html", rendered.html)])


def _multipart(subtype: str, mark: bytes, parts: Sequence[bytes]) -> bytes:
    body = b"".join(b"--%b\r\n%b\r\n" % (mark, part) for part in parts)
    head = b'Content-Type: multipart/%b;\r\n boundary="%b"\r\n\r\n' % (subtype.encode(), mark)
    return b"%b%b--%b--\r\n" % (head, body, mark)


def _part(subtype: str, text: str) -> bytes:
    lines = clean_text(text).rstrip("\n").split("\n")
    return (
        f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n".encode()
        + b"".join(_quoted_printable(line) for line in lines)
    )


def _quoted_printable(line: str) -> bytes:
    # Line by line: the codec takes whatever line end comes first in a text for the line end of all of it.
    return b2a_qp(line.encode(), istext=True).replace(b"=\n", b"=\r\n") + b"\r\n"
