"""What an agent's mail says: the commands at its top, and the words below them that may reach the customer.

Our notices show the customer's text as a quotation inside them. So in a reply that quotes a notice, the customer's
lines are quoted deeper than ours, and an answer typed between them keeps the words that it answers; our own lines never
come along.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from intake.text.quoting import Part, Role
from rules.commands import MOST
from rules.words import REPLY_ABOVE, fold

_MARKERS = tuple(fold(words) for words in REPLY_ABOVE.values())
_MARKER_CHARACTERS = 200
_CONTEXT_LINES = 6
"""So many lines of a question stand above its answer at the most."""
_WRAPPED_CHARACTERS, _WRAPPED_LINES = 55, 4
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_COMMAND = re.compile(r"[*_]{0,2}\\?[#＃﹟]")
"""Some programs escape the sign, others put bold text between stars."""
_DRAWN = re.compile(r"#{2,10}\s?[-–—=*~]")
"""The line above which other ticket systems want an answer: "##- Please type your reply above this line -##"."""


def split(text: str) -> tuple[tuple[str, ...], str]:
    """The lines at the top of `text` that begin with "#", each as "#..." in one line, and what stands below them.

    Blank lines before and between them do not count; a "#" further down is text. One line more than `MOST` is taken, so
    that too many can be told.
    """
    lines = unicodedata.normalize("NFC", text).split("\n")
    commands: list[str] = []
    at = 0
    while at < len(lines) and len(commands) <= MOST:
        line = " ".join(_INVISIBLE.sub("", lines[at]).split())
        sign = _COMMAND.match(line)
        if line and (not sign or _DRAWN.match(line)):
            break
        if line and sign:
            rest = line[sign.end() :].strip()
            commands.append(f"#{rest.rstrip('*_') if line[0] in '*_' else rest}")
        at += 1
    return tuple(commands), "\n".join(lines[at:]).strip()


def own_words(parts: Sequence[Part]) -> str:
    """What the writer typed above, below and between the lines that they quote; above an answer between the lines,
    marked with "> ", the lines of the customer's that it answers."""
    parts, base = _without_notice(parts)
    said: list[str] = []
    asked: list[str] = []
    for at, part in enumerate(parts):
        text = part.line.text
        if part.role is Role.QUOTED:
            _end_paragraph(said)
            asked = _asked(asked, part, base)
        elif part.role is Role.HEADING:
            asked = []
        elif part.role is Role.NEW and text and not _wrapped(parts, at, base):
            said += [line for line in asked if line]
            said.append(text)
            asked = []
        elif part.role is Role.NEW:
            _end_paragraph(said)
    return "\n".join(said).strip()


def _end_paragraph(said: list[str]) -> None:
    if said and said[-1]:
        said.append("")


def _asked(before: list[str], part: Part, base: int) -> list[str]:
    """The lines of the customer's that end with `part`: an answer below would be to these."""
    if not part.line.text:
        # A question stays one while only blank lines part it from its answer.
        return before if not before or not before[-1] else [*before, ""]
    if part.line.depth <= base:
        return []
    return [*(before if not before or before[-1] else []), f"> {part.line.text}"][-_CONTEXT_LINES:]


def _wrapped(parts: Sequence[Part], at: int, base: int) -> bool:
    """Whether a line is the rest of a long one of ours, which the writer's program wrapped without its mark."""
    first = last = at
    while first > at - _WRAPPED_LINES and first >= 0 and _plain(parts[first]):
        first -= 1
    while last < min(at + _WRAPPED_LINES, len(parts)) and _plain(parts[last]):
        last += 1
    if first < 0 or last >= len(parts):
        return False
    before, after = parts[first], parts[last]
    ours = before.role is after.role is Role.QUOTED and before.line.depth == after.line.depth == base
    return ours and len(before.line.text) >= _WRAPPED_CHARACTERS


def _plain(part: Part) -> bool:
    return part.role is Role.NEW and bool(part.line.text)


def _without_notice(parts: Sequence[Part]) -> tuple[Sequence[Part], int]:
    """The parts that may leave, and how deep our own lines are quoted."""
    for at, part in enumerate(parts):
        if len(part.line.text) <= _MARKER_CHARACTERS and any(one in fold(part.line.text) for one in _MARKERS):
            if part.role not in {Role.QUOTED, Role.HEADING} or not part.line.depth:
                # Nothing tells a notice without marks of a quotation from what is typed below it.
                return parts[:at], 1
            return parts, part.line.depth
    return parts, 1
