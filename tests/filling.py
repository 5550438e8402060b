"""Customers who answer between the lines of our own mail, as several mail programs let them."""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Callable, Mapping
from email.message import EmailMessage

from tests.office import text

Filler = Callable[[EmailMessage, Mapping[str, str]], tuple[str, str]]
"""Our mail, and answers by the label's beginning: the subtype of the reply's body, and the body."""

_WROTE = "El mar, 3 nov 2026 a las 10:20, BT Service Desk Latam (<red@desk.example>) escribió:"
_HEADER = (
    "De: BT Service Desk Latam <red@desk.example>\nEnviado el: martes, 3 de noviembre de 2026 10:20\n"
    "Para: Ana Ruiz <ana@cliente.example>\nAsunto: {}"
)
_LABEL = re.compile(r'(<p class="ink"[^>]*>)([^<]*?):&nbsp;(</p>)')


def _answer(line: str, answers: Mapping[str, str]) -> str:
    return next((text for label, text in answers.items() if line.startswith(label)), "")


def _behind(ours: EmailMessage, answers: Mapping[str, str]) -> list[str]:
    return [f"{line}{_answer(line, answers)}".rstrip() for line in text(ours).splitlines()]


def thunderbird(ours: EmailMessage, answers: Mapping[str, str]) -> tuple[str, str]:
    """Typed behind the colon: the line keeps its mark."""
    return "plain", f"Va abajo.\n\n{_WROTE}\n" + "\n".join(f"> {line}".rstrip() for line in _behind(ours, answers))


def thunderbird_below(ours: EmailMessage, answers: Mapping[str, str]) -> tuple[str, str]:
    """Typed in a line of its own, which has no mark."""
    lines = [_WROTE]
    for line in text(ours).splitlines():
        lines.append(f"> {line}".rstrip())
        if answer := _answer(line, answers):
            lines += ["", answer, ""]
    return "plain", "\n".join(lines)


def wrapped(ours: EmailMessage, answers: Mapping[str, str]) -> tuple[str, str]:
    """A program that cuts quoted lines at 72 characters."""
    lines = [_WROTE]
    for line in _behind(ours, answers):
        lines += [f"> {piece}" for piece in textwrap.wrap(line, 72, break_long_words=False)] or [">"]
    return "plain", "\n".join(lines)


def outlook_plain(ours: EmailMessage, answers: Mapping[str, str]) -> tuple[str, str]:
    """Below a block of header fields, the text without any mark."""
    head = _HEADER.format(ours["Subject"])
    return "plain", "Ver abajo.\n\n" + "_" * 32 + f"\n{head}\n\n" + "\n".join(_behind(ours, answers))


def on_top(ours: EmailMessage, answers: Mapping[str, str]) -> tuple[str, str]:
    """The questions copied above the quotation."""
    filled = [line for line in _behind(ours, answers) if _answer(line, answers)]
    quoted = [f"> {line}".rstrip() for line in text(ours).splitlines()]
    return "plain", "\n".join([*filled, "", _WROTE, *quoted])


def _html(ours: EmailMessage, answers: Mapping[str, str], shape: str) -> str:
    part = ours.get_body(("html",))
    assert part

    def fill(match: re.Match[str]) -> str:
        answer = html.escape(_answer(html.unescape(match[2]), answers))
        return shape.format(open=match[1], label=match[2], answer=answer, close=match[3]) if answer else match[0]

    return _LABEL.sub(fill, str(part.get_content()))


_SAME = "{open}{label}:&nbsp;{answer}{close}"
_BELOW = "{open}{label}:&nbsp;{close}<div>{answer}</div>"
_BLUE = '{open}{label}:&nbsp;<span style="color:#1F497D">{answer}</span>{close}'


def _in_gmail(body: str) -> str:
    return (
        f'<div dir="ltr">Va abajo.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        f'{html.escape(_WROTE)}<br></div><blockquote class="gmail_quote" style="margin:0">{body}</blockquote></div>'
    )


def gmail(ours: EmailMessage, answers: Mapping[str, str]) -> tuple[str, str]:
    """Typed behind the colon inside the quotation."""
    return "html", _in_gmail(_html(ours, answers, _SAME))


def gmail_below(ours: EmailMessage, answers: Mapping[str, str]) -> tuple[str, str]:
    """Typed in lines of their own inside the quotation."""
    return "html", _in_gmail(_html(ours, answers, _BELOW))


def apple(ours: EmailMessage, answers: Mapping[str, str]) -> tuple[str, str]:
    body = _html(ours, answers, _SAME)
    said = f"<div>Va abajo.</div><div><br></div><div>{html.escape(_WROTE)}</div>"
    return "html", f'<html><body>{said}<blockquote type="cite"><div>{body}</div></blockquote></body></html>'


def _in_outlook(ours: EmailMessage, body: str) -> str:
    head = "<br>".join(html.escape(line) for line in _HEADER.format(ours["Subject"]).splitlines())
    return (
        f'<html><body><div class="WordSection1"><p class="MsoNormal">Respondo abajo.</p><div style="border-top:solid '
        f'#E1E1E1 1.0pt"><p class="MsoNormal">{head}</p></div>{body}</div></body></html>'
    )


def outlook(ours: EmailMessage, answers: Mapping[str, str]) -> tuple[str, str]:
    return "html", _in_outlook(ours, _html(ours, answers, _SAME))


def outlook_blue(ours: EmailMessage, answers: Mapping[str, str]) -> tuple[str, str]:
    """In a colour of its own, as Outlook offers."""
    return "html", _in_outlook(ours, _html(ours, answers, _BLUE))


FILLERS: tuple[Filler, ...] = (
    *(thunderbird, thunderbird_below, wrapped, outlook_plain, on_top),
    *(gmail, gmail_below, apple, outlook, outlook_blue),
)
