"""Agents at their mail programs: answers to our notices as several programs write them."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from itertools import count

from tests.office import RED, text

EVA, LUZ = "eva@desk.example", "luz@desk.example"
ROOM = replace(RED, agents=(EVA, LUZ))
"""A desk of two agents."""
WROTE = "El mar, 3 nov 2026 a las 10:20, Mesa (<red@desk.example>) escribió:"
HEADER = "De: Mesa <red@desk.example>\nEnviado: martes, 3 de noviembre de 2026 10:20\nPara: Eva\nAsunto: {}"
_serial = count(1)


def marked(notice: EmailMessage, mark: str = "> ") -> str:
    """A notice as programs quote it, each line with a mark."""
    return "\n".join(f"{mark}{line}".rstrip() for line in text(notice).splitlines())


def above(body: str, notice: EmailMessage) -> str:
    return f"{body}\n\n{WROTE}\n\n{marked(notice)}\n"


def below(body: str, notice: EmailMessage) -> str:
    return f"{WROTE}\n{marked(notice)}\n\n{body}\n"


def outlook(body: str, notice: EmailMessage) -> str:
    return f"{body}\n\n{'_' * 32}\n{HEADER.format(notice['Subject'])}\n\n{text(notice)}"


def unmarked(body: str, notice: EmailMessage) -> str:
    """A program that repeats the whole notice and marks nothing."""
    return f"{body}\n\n{text(notice)}"


def between(question: str, body: str, notice: EmailMessage) -> str:
    """An answer below the line of the notice that holds `question`."""
    lines = marked(notice).splitlines()
    at = next(number for number, line in enumerate(lines) if question in line)
    return "\n".join([WROTE, *lines[: at + 1], "", body, "", *lines[at + 1 :]])


def html_part(notice: EmailMessage) -> str:
    part = notice.get_body(("html",))
    assert part
    return str(part.get_content())


def gmail_html(body: str, notice: EmailMessage) -> str:
    lines = "".join(f"<div>{html.escape(line) or '<br>'}</div>" for line in body.splitlines())
    return (
        f'<div dir="ltr">{lines}</div><br><div class="gmail_quote">'
        f'<div class="gmail_attr">{html.escape(WROTE)}<br></div>'
        f'<blockquote class="gmail_quote" style="margin:0 0 0 .8ex">{html_part(notice)}</blockquote></div>'
    )


def outlook_html(body: str, notice: EmailMessage) -> str:
    lines = "".join(f"<p class=MsoNormal>{html.escape(line) or '&nbsp;'}</p>" for line in body.splitlines())
    header = "<br>".join(html.escape(line) for line in HEADER.format(notice["Subject"]).splitlines())
    rule = f"<div style='border-top:solid #E1E1E1'><p>{header}</p></div>"
    return f"<html><body>{lines}{rule}{html_part(notice)}</body></html>"


def unmarked_html(body: str, notice: EmailMessage) -> str:
    return f"<p>{'</p><p>'.join(map(html.escape, body.splitlines()))}</p><div>{html_part(notice)}</div>"


PLAIN: tuple[Callable[[str, EmailMessage], str], ...] = (above, below, outlook, unmarked)
HTML: tuple[Callable[[str, EmailMessage], str], ...] = (gmail_html, outlook_html, unmarked_html)


def answer(
    ours: EmailMessage,
    body: str,
    *,
    sender: str = EVA,
    style: Callable[[str, EmailMessage], str] | None = above,
    name: str = "Eva Díaz",
    message_id: str = "",
    **fields: str,
) -> bytes:
    """A reply to a mail of ours; `style` writes its body, None takes it as it is. Further fields by name, _ for -."""
    kind = "html" if style in HTML else "plain"
    subject = str(ours["Subject"])
    own = message_id or f"a{next(_serial)}@{sender.rpartition('@')[2]}"
    header = {
        "From": f"{name} <{sender}>",
        "To": str(ours["Reply-To"] or ours["From"]),
        "Subject": subject if subject.startswith("Re: ") else f"Re: {subject}",
        "Date": "Tue, 03 Nov 2026 10:25:00 -0500",
        "Message-ID": f"<{own}>",
        "In-Reply-To": str(ours["Message-ID"]),
        "References": f"{ours['References'] or ''} {ours['Message-ID']}".strip(),
        "MIME-Version": "1.0",
        "Content-Type": f"text/{kind}; charset=utf-8",
    } | {key.replace("_", "-"): value for key, value in fields.items()}
    lines = "".join(f"{key}: {value}\r\n" for key, value in header.items() if value)
    written = style(body, ours) if style else body
    return f"{lines}\r\n{written}".encode()
