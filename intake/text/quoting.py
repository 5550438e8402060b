"""What is new in a mail: each displayed line gets the role it plays.

One pass from top to bottom knows the marks that mail programs leave ("> ", attribution lines, header blocks of
Outlook and Lotus Notes, separators of forwards); `intake.text.tails` then finds signatures and footers. Nothing is
thrown away here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from intake.text.banners import banner
from intake.text.headings import Heading, heading_at
from intake.text.lines import Line
from intake.text.tails import cut_tail
from rules.words import fold


class Role(StrEnum):
    """What a line is to the reader."""

    NEW = "new"
    FORWARDED = "forwarded"
    QUOTED = "quoted"
    HEADING = "heading"
    SIGNATURE = "signature"
    FOOTER = "footer"


class Origin(StrEnum):
    """How the mail came to be, as its subject and threading fields tell."""

    FRESH = "fresh"
    REPLY = "reply"
    FORWARD = "forward"


@dataclass(frozen=True, slots=True)
class Part:
    """A line and its role."""

    line: Line
    role: Role


_PREFIX = re.compile(r"\s*(?:\[[^\]]{0,40}\]\s*)?([A-Za-z]{1,4})\s*(?:\[\d{1,3}\]|\(\d{1,3}\))?\s*:")
_FORWARD_PREFIXES = frozenset({"rv", "enc", "fw", "fwd", "tr", "wg", "reen"})
_REPLY_PREFIXES = frozenset({"re", "res", "rta", "resp", "aw", "sv", "antw", "r"})

_COLOUR_WORDS = frozenset(
    {
        *("rojo", "azul", "verde", "vermelho", "red", "blue", "green", "color", "colour", "cor"),
        *("abajo", "abaixo", "below", "inline", "entre", "mismo", "proprio", "cada"),
    }
)


def origin_of(subject: str, threaded: bool) -> Origin:
    """Reply, forward or fresh, by the first prefix of the subject, else by whether the mail names another
    (`threaded`)."""
    prefixed = prefix_of(subject)
    return Origin.REPLY if prefixed is Origin.FRESH and threaded else prefixed


def prefix_of(subject: str) -> Origin:
    """Reply, forward or fresh, by the first prefix of the subject alone."""
    found = _PREFIX.match(subject)
    prefix = found.group(1).lower() if found else ""
    if prefix in _FORWARD_PREFIXES:
        return Origin.FORWARD
    return Origin.REPLY if prefix in _REPLY_PREFIXES else Origin.FRESH


def parted(lines: Sequence[Line], origin: Origin, sender_name: str) -> list[Part]:
    """Each line with its role, in order. Linear in the number of lines.

    Text that the writer typed in a colour of its own behind a quoted question becomes a new line of its own.
    """
    roles, authors = _marked(lines, origin, sender_name)
    _cut_tails(lines, roles, authors)
    parts = [Part(line, role) for line, role in zip(lines, roles, strict=True)]
    return _coloured(parts)


def new_text(parts: Sequence[Part]) -> str:
    """What the writer newly wrote, without quotations, signature and footers; of a forward without a word of its own,
    what it forwards. No more than one blank line in a row."""
    said = _said(parts, Role.NEW)
    return said or _said(parts, Role.FORWARDED)


def _said(parts: Sequence[Part], role: Role) -> str:
    kept: list[str] = []
    for part in parts:
        if part.role is not role:
            if kept and kept[-1] and part.role is Role.QUOTED:
                kept.append("")
        elif part.line.text or (kept and kept[-1]):
            kept.append(part.line.text)
    return "\n".join(kept).strip()


def _marked(lines: Sequence[Line], origin: Origin, sender_name: str) -> tuple[list[Role], list[str]]:
    """Roles by the marks of quotations and forwards, and who wrote each line as far as its heading tells."""
    roles: list[Role] = []
    authors: list[str] = []
    current, author, base, said, any_said = Role.NEW, sender_name, 0, 0, False
    warning = banner(lines, 0)
    while len(roles) < len(lines):
        at = len(roles)
        line = lines[at]
        if at in warning:
            roles.append(Role.FOOTER)
            authors.append("")
            continue
        heading = heading_at(lines, at)
        if heading:
            roles += [Role.HEADING] * heading.lines
            authors += [""] * heading.lines
            if line.depth > base:
                continue
            follows = _after_heading(current, origin, heading.forwards, said)
            if follows is Role.QUOTED and _marks_tell(lines, at, heading, any_said):
                continue
            current, said, author = follows, 0, heading.sender
            if current is Role.FORWARDED:
                base = next((below.depth for below in lines[len(roles) : len(roles) + 3] if below.text), 0)
                warning = banner(lines, len(roles))
            continue
        role = current if line.depth <= base else Role.QUOTED
        said += bool(line.text)
        any_said = any_said or (bool(line.text) and role is Role.NEW)
        roles.append(role)
        authors.append(author)
    return roles, authors


def _marks_tell(lines: Sequence[Line], at: int, heading: Heading, any_said: bool) -> bool:
    """Whether quote marks, and not the heading, say what is old below it: then unmarked lines further down are new.

    A header block without marks of its own, under what the writer said, is followed by old text to the end, whatever
    that old text quotes itself.
    """
    depth, end = lines[at].depth, at + heading.lines
    deeper = any(below.depth > depth for below in lines[end : end + 3])
    if heading.forwards is None:
        return deeper or not any_said
    # A separator alone, directly above marked lines, stands for fields that are marked too.
    fields = lines[at : end + (heading.lines == 1)]
    return any(part.depth > depth for part in fields) or (deeper and not any_said)


def _after_heading(current: Role, origin: Origin, forwards: bool | None, said: int) -> Role:
    """The role of what follows a heading. `said` counts the lines since the last one: below an answered forward lies
    old mail."""
    if current is Role.QUOTED or (current is Role.FORWARDED and said > 3):
        return Role.QUOTED
    if forwards or origin is Origin.FORWARD or (forwards is not None and origin is Origin.FRESH):
        return Role.FORWARDED
    return Role.QUOTED


def _cut_tails(lines: Sequence[Line], roles: list[Role], authors: Sequence[str]) -> None:
    """Find the signature and the footers at the end of each run of new or forwarded lines."""
    start, said = 0, False
    while start < len(roles):
        role, end = roles[start], start
        while end < len(roles) and roles[end] is role and authors[end] == authors[start]:
            end += 1
        if role in {Role.NEW, Role.FORWARDED}:
            between = start > 0 and end < len(roles) and roles[start - 1] is roles[end] is Role.QUOTED
            above = _quoted_above(lines, roles, start)
            signature, footers = cut_tail(
                lines[start:end], authors[start], alone=not said, between=between, above=above
            )
            for at in signature:
                roles[start + at] = Role.SIGNATURE
            for at in footers:
                roles[start + at] = Role.FOOTER
            said = said or any(roles[at] is role and lines[at].text for at in range(start, end))
        start = end


def _quoted_above(lines: Sequence[Line], roles: Sequence[Role], at: int) -> str:
    """The last words of a quotation that ends directly above line `at`."""
    quoted = (
        line.text
        for line, role in zip(lines[max(0, at - 3) : at], roles[max(0, at - 3) : at], strict=True)
        if role is Role.QUOTED
    )
    return next((text for text in reversed(list(quoted)) if text), "")


def _answers(above: Sequence[Part]) -> bool:
    """Whether a line in a colour of its own answers what stands above it, or carries such an answer on."""
    return bool(above) and (above[-1].role is Role.NEW or above[-1].line.text.endswith((":", "?", "*")))


def _coloured(parts: list[Part]) -> list[Part]:
    """Cut answers in a colour of their own out of quoted lines, where the writer says so or writes nothing else."""
    if not any(p.role is Role.QUOTED and p.line.own for p in parts):
        return parts
    said = set(fold(" ".join(p.line.text for p in parts if p.role is Role.NEW)).split())
    if said and not said & _COLOUR_WORDS:
        return parts
    out: list[Part] = []
    for part in parts:
        line = part.line
        before = line.text[: -len(line.own)].rstrip() if line.own and line.text.endswith(line.own) else ""
        if part.role is Role.QUOTED and before.endswith((":", "?", "*")):
            out.append(Part(replace(line, text=before, own=""), Role.QUOTED))
            out.append(Part(Line(line.own, line.where), Role.NEW))
        elif part.role is Role.QUOTED and line.own == line.text != "" and _answers(out):
            out.append(Part(line, Role.NEW))
        else:
            out.append(part)
    return out
