"""The text parts of a message as displayed lines, each with its place.

A multipart/alternative says the same thing twice (RFC 2046 s5.1.4). Its HTML keeps what the plain copy loses (tables,
struck-out words, unwrapped paragraphs), so it is read first; the plain copy stays at hand as a second view.
"""

from __future__ import annotations

from collections.abc import Sequence

from intake.text.invisible import visible
from intake.text.lines import Line
from intake.text.markup import LINES, html_lines
from rules.model import Body
from rules.words import fold

TEXT_CHARACTERS = 200_000
_MARK_CHARACTERS = 60
_WIDEST_INDENT = 80


def views(bodies: Sequence[Body]) -> tuple[tuple[Line, ...], ...]:
    """One or two views of the whole text, the preferred one first. Without any text: one empty view.

    Each view holds every part once, in order; they differ where a part comes both as HTML and as plain text.
    """
    rendered = [_rendered(body) for body in bodies]
    twin = _twins(bodies, rendered)
    rich = [r for i, r in enumerate(rendered) if i not in twin.values()]
    plain = [r for i, r in enumerate(rendered) if i not in twin]
    both = (rich, plain) if twin else (rich,)
    return tuple(tuple(_joined(parts)) for parts in both)


def shown(lines: Sequence[Line]) -> str:
    """The lines as plain text, quotations marked with ">"."""
    return "\n".join(f"{'>' * min(line.depth, 9)} {line.text}".rstrip() if line.depth else line.text for line in lines)


def _rendered(body: Body) -> list[Line]:
    return html_lines(body.text, body.part) if body.html else plain_lines(body)


def _twins(bodies: Sequence[Body], rendered: Sequence[Sequence[Line]]) -> dict[int, int]:
    """Which HTML part (by index) says the same as which plain one: most of the plain words stand in both."""
    twin: dict[int, int] = {}
    for i, body in enumerate(bodies):
        plain = [j for j in range(i) if not bodies[j].html and j not in twin.values()]
        if not body.html or not plain:
            continue
        j = plain[-1]
        mine, its = _vocabulary(rendered[i]), _vocabulary(rendered[j])
        if len(mine & its) >= 0.6 * len(its):
            twin[i] = j
    return twin


def _vocabulary(lines: Sequence[Line]) -> set[str]:
    return set(fold(" ".join(line.text for line in lines)[:50_000]).split())


def _joined(parts: Sequence[Sequence[Line]]) -> list[Line]:
    lines: list[Line] = []
    room = TEXT_CHARACTERS
    for part in parts:
        if lines and part:
            lines.append(Line("", part[0].where))
        for line in part:
            room -= len(line.text) + 1
            if room < 0 or len(lines) >= LINES:
                return lines
            lines.append(line)
    return lines


def plain_lines(body: Body) -> list[Line]:
    """The lines of a text/plain part; format=flowed paragraphs are joined again (RFC 3676 s4)."""
    text = body.text[: 2 * TEXT_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n")
    raw = [_unquoted(visible(line), body.flowed) for line in text.split("\n")[:LINES]]
    numbered = [(number, depth, line) for number, (depth, line) in enumerate(raw, 1)]
    if body.flowed:
        numbered = _unfolded(numbered, body.delsp)
    return [
        Line(_stripped(line), f"part {body.part}, line {number}", depth, indent=_indent(line))
        for number, depth, line in numbered
    ]


def _indent(line: str) -> int:
    return min(len(line) - len(line.lstrip(" \t\xa0")), _WIDEST_INDENT)


def _stripped(line: str) -> str:
    """The line without outer space; only the delimiter of signatures keeps the space that makes it one (RFC 3676
    s4.3)."""
    return line if line == "-- " else line.strip(" \n\f\v")


def _unquoted(line: str, flowed: bool) -> tuple[int, str]:
    """Quote depth and the line without its marks; "> > x", ">>x" and, where flowed, a stuffed space are understood."""
    depth = at = 0
    limit = min(len(line), _MARK_CHARACTERS)
    while at < limit:
        if line[at] == ">":
            depth, at = depth + 1, at + 1
        elif line[at] == " " and not flowed and line[at : at + 2] == " >":
            at += 1
        else:
            break
    rest = line[at:]
    if rest.startswith(" ") and (depth or flowed):
        rest = rest[1:]
    return depth, rest


def _unfolded(lines: Sequence[tuple[int, int, str]], delsp: bool) -> list[tuple[int, int, str]]:
    joined: list[tuple[int, int, list[str]]] = []
    flows = False
    for number, depth, line in lines:
        soft = line.endswith(" ") and line != "-- "
        piece = line[:-1] if soft and delsp else line
        if flows and joined and joined[-1][1] == depth and line != "-- ":
            joined[-1][2].append(piece)
        else:
            joined.append((number, depth, [piece]))
        flows = soft
    return [(number, depth, "".join(pieces)) for number, depth, pieces in joined]
