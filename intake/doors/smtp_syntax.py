"""Paths, replies and names of an SMTP session as text (RFC 5321 s4.1.2, RFC 6531, RFC 2034)."""

from __future__ import annotations

import re

NULL_PATH = "<>"

_NEVER = "\x00-\x1f\x7f-\x9f\ud800-\udfff"
_LOCAL = rf'(?:"(?:[^"\\{_NEVER}]|\\[\x20-\x7e])*"|[^\s{_NEVER}<>@"]+)'
_DOMAIN = rf'[^\s{_NEVER}<>@"]+'
_PATH = re.compile(
    rf"<(?:@[^\s{_NEVER}<>:]*:)?(?P<angle>(?:{_LOCAL}(?:@{_DOMAIN})?)?)>(?:\s+(?P<parameters>.*))?"
    rf"|(?P<bare>{_LOCAL}(?:@{_DOMAIN})?)(?:\s+(?P<more>.*))?"
)

# aiosmtpd's own replies bear no RFC 3463 code; RFC 2034 wants one on every reply once EHLO has offered them.
_ENHANCED = {
    "220": "2.0.0",
    "221": "2.0.0",
    "250": "2.0.0",
    "454": "4.7.0",
    "500": "5.5.2",
    "501": "5.5.4",
    "502": "5.5.1",
    "503": "5.5.1",
    "552": "5.3.4",
    "555": "5.5.4",
}
_COMPLETE = re.compile(r"\d{3}(?:-| [245]\.\d)")


def parse_path(text: str) -> tuple[str, str] | None:
    """Address and parameters in what follows MAIL FROM: or RCPT TO:; None where it is no path.

    The null path gives `NULL_PATH`. The brackets may be missing, as in many a script; a source route is skipped
    (RFC 5321 s4.1.1.3); the address is not changed otherwise.
    """
    match = _PATH.fullmatch(text)
    if match is None:
        return None
    return match["angle"] or match["bare"] or NULL_PATH, match["parameters"] or match["more"] or ""


def with_enhanced_code(reply: str) -> str:
    """`reply` with an enhanced status code (RFC 3463), unless it has one or is of many lines (EHLO's)."""
    code = _ENHANCED.get(reply[:3])
    if code is None or _COMPLETE.match(reply):
        return reply
    return f"{reply[:3]} {code} {reply[4:]}"


def printable(name: str) -> str:
    """A HELO name that any database can hold: at most 255 characters, "?" for what is not printable."""
    return "".join(character if character.isprintable() else "?" for character in name[:255])
