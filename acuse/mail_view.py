"""One mail as it was read, for the person who looks at it."""

from __future__ import annotations

from typing import Any

from intake.mime.headers import scan_header
from intake.mime.mailboxes import author
from intake.parse import parse
from intake.text.body import shown, views
from intake.text.display import safe_page
from rules.model import Body, Mailbox, Message


def view(raw: bytes) -> dict[str, Any]:
    """Who, to whom, when, the whole text and the attachments of a mail; see docs/json.md."""
    message = parse(raw)
    fields = scan_header(raw)
    # Who is written to is decided elsewhere; here the reader wants to see what the mail says of itself.
    named = [one for one in map(author, fields.all("from")[:3]) if one]
    return {
        "message_id": message.message_id,
        "from": [_written(one) for one in named],
        "to": [_written(one) for one in message.to],
        "cc": [_written(one) for one in message.cc],
        "date": message.date,
        "subject": message.subject,
        "text": text_of(message),
        "attachments": [
            {"part": one.part, "filename": one.filename, "content_type": one.content_type, "size": one.size}
            for one in message.attachments
        ],
        "sealed": message.sealed,
        "notes": list(message.notes),
        "defects": list(message.defects),
        "unreadable": message.unreadable,
    }


def text_of(message: Message) -> str:
    """The whole text as it is displayed, quotations marked with ">"."""
    return shown(views(message.bodies)[0])


def page_of(message: Message) -> str:
    """The whole text as a page that is safe to open; what comes as HTML and as plain text is shown once."""
    rich = [body for body in message.bodies if body.html]
    return safe_page([(body.text, body.html) for body in rich + [one for one in message.bodies if _alone(one, rich)]])


def _alone(body: Body, rich: list[Body]) -> bool:
    """Whether no HTML beside it says what a plain text says (RFC 2046 section 5.1.4)."""
    around = body.part.rpartition(".")[0]
    return not body.html and not any(one.part.rpartition(".")[0] == around for one in rich)


def _written(box: Mailbox) -> str:
    return f"{box.name} <{box.address}>" if box.name else box.address
