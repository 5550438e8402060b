"""What `acuse explain` shows to people."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from acuse.terminal import plain, print_rows
from responders.templates import Rendered


def print_explained(console: Console, found: dict[str, Any], rendered: list[Rendered]) -> None:
    """One mail: the verdict, what was understood, the rules, and what would leave."""
    console.print(_panel(found["file"], _head(found)))
    if found["desk"] is None:
        return
    if found["fields"]:
        answers = [
            {"question": key, "answer": one["text"], "where": one["where"], "value": one["value"]}
            for key, one in found["fields"].items()
        ]
        print_rows(console, answers, ("question", "answer", "where", "value"), "")
    _line(console, "missing", found["missing"])
    if found["thread_reference"]:
        _line(console, "thread", [found["thread_reference"]])
    _line(console, "attachments", [one["filename"] or one["content_type"] for one in found["attachments"]])
    console.print()
    print_rows(console, found["reasons"], ("outcome", "rule", "detail"), "no rule was asked")
    for response, text in zip(found["responses"], rendered, strict=True):
        console.print(_panel(f"to {response['to']}: {text.subject}", text.text.strip()))
    _line(console, "notes", found["notes"])
    _line(console, "also to", found["also"])


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
