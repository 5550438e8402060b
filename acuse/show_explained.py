"""What `acuse explain` shows to people: the mail with its answers marked, the rules, and what would leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from acuse.explain import Explained
from acuse.terminal import plain, print_rows
from intake.marking import MarkedLine
from intake.text.quoting import Role

_GUTTER = {
    Role.NEW: " ",
    Role.FORWARDED: "»",
    Role.QUOTED: ">",
    Role.HEADING: ":",
    Role.SIGNATURE: "s",
    Role.FOOTER: "f",
}
_LEGEND = {
    Role.FORWARDED: "» forwarded",
    Role.QUOTED: "> quoted",
    Role.HEADING: ": head of a quotation",
    Role.SIGNATURE: "s signature",
    Role.FOOTER: "f footer",
}
_OLD_LINES = 6
"""Of a longer stretch of old text without an answer only so many lines are shown."""
_ANSWER = "bold green"


def print_explained(console: Console, explained: Explained) -> None:
    """One mail: the verdict, the mail as it was read, what was understood, the rules, and what would leave."""
    found, lines = explained.found, explained.lines
    console.print(_panel(found["file"], _head(found)))
    if found["desk"] is None:
        return
    if lines:
        console.print(_mail(lines, found["fields"]))
    if found["fields"]:
        answers = [
            {"question": key, "answer": one["text"], "how": one["how"], "where": one["where"], "value": one["value"]}
            for key, one in found["fields"].items()
        ]
        print_rows(console, answers, ("question", "answer", "how", "where", "value"), "")
    _line(console, "missing", found["missing"])
    if found["thread_reference"]:
        _line(console, "thread", [found["thread_reference"]])
    _line(console, "attachments", [one["filename"] or one["content_type"] for one in found["attachments"]])
    console.print()
    print_rows(console, found["reasons"], ("outcome", "rule", "detail"), "no rule was asked")
    for response, text in zip(found["responses"], explained.rendered, strict=True):
        console.print(_panel(f"to {response['to']}: {text.subject}", text.text.strip()))
    _line(console, "notes", found["notes"])
    _line(console, "also to", found["also"])


def _mail(lines: Sequence[MarkedLine], fields: Mapping[str, Any]) -> Panel:
    """The mail's lines behind the sign of their role, an answer's line with the question that it answers."""
    body = Text(overflow="fold")
    for number, line in enumerate(_shortened(lines)):
        body.append("\n" if number else "")
        body.append_text(line if isinstance(line, Text) else _marked(line, fields))
    legend = [words for role, words in _LEGEND.items() if any(line.role is role for line in lines)]
    return Panel(
        body, title=Text("the mail as it was read"), subtitle=Text("  ".join(legend)), title_align="left", expand=False
    )


def _shortened(lines: Sequence[MarkedLine]) -> Iterator[MarkedLine | Text]:
    for old, stretch in groupby(lines, key=lambda line: line.role is not Role.NEW and not line.marks):
        several = list(stretch)
        if not old or len(several) <= _OLD_LINES + 1:
            yield from several
            continue
        yield from several[:_OLD_LINES]
        yield Text(f"  … {len(several) - _OLD_LINES} more lines of old text, signature or footer", style="dim")


def _marked(line: MarkedLine, fields: Mapping[str, Any]) -> Text:
    text = Text(f"{_GUTTER[line.role]} ", style="" if line.role in {Role.NEW, Role.FORWARDED} else "dim")
    at = 0
    for mark in line.marks:
        start = max(at, mark.start)
        text.append(plain(line.text[at:start]))
        text.append(plain(line.text[start : max(start, mark.end)]), style=_ANSWER)
        at = max(start, mark.end)
    text.append(plain(line.text[at:]))
    if line.marks:
        text.append(f"   ← {', '.join(_told(mark.key, fields) for mark in line.marks)}", style=_ANSWER)
    return text


def _told(key: str, fields: Mapping[str, Any]) -> str:
    value = fields.get(key, {}).get("value")
    return f"{key}: {'yes' if value else 'no'}" if isinstance(value, bool) else key


def _head(found: dict[str, Any]) -> str:
    if found["desk"] is None:
        return "no desk is addressed\nTo, Cc or Delivered-To name none of the desks; --desk ID reads it as if they did."
    sender = found["sender"]["address"] or "no usable sender"
    parts = [found["disposition"], found["desk"], found["kind"], found["language"], sender, found["priority"]]
    return "  ".join(part for part in parts if part)


def _panel(title: str, body: str) -> Panel:
    return Panel(
        Text(plain(body, keep="\n"), overflow="fold"), title=Text(plain(title)), title_align="left", expand=False
    )


def _line(console: Console, name: str, values: list[str]) -> None:
    if values:
        console.print(f"{name}: {plain(', '.join(values))}")
