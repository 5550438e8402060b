"""What goes to a terminal or a pipe: texts of strangers made harmless, and tables that fit.

Rich passes escape sequences on and reads markup in whatever it is given; a subject line must do neither.
"""

# ruff: noqa: PLC0415 - rich is slow to import, and JSON does without it.
from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
_UNSEEN_IN_JSON = re.compile(
    "[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\U000e0000-\U000e007f]"
)

_NO_TERMINAL_CELLS = 10_000
"""The width of a pipe: nothing is folded or cut there."""

_FOLD_CELLS = 20
"""A column as narrow as this is never folded; a wider one gets at least this much."""


def plain(text: str, keep: str = "") -> str:
    r"""`text` with control, format and surrogate characters as their escapes (`\x1b`), except those in `keep`."""
    if text.isprintable():
        return text
    return "".join(c if c in keep or unicodedata.category(c) not in _UNSEEN else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def as_json(value: object) -> str:
    """JSON on one line; times as ISO 8601; what a terminal would act upon stands as an escape, which means the same."""
    text = json.dumps(
        value, ensure_ascii=False, default=lambda one: one.isoformat() if isinstance(one, datetime) else str(one)
    )
    return _UNSEEN_IN_JSON.sub(lambda found: _utf16_escapes(found[0]), text)


def _utf16_escapes(character: str) -> str:
    code = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{code[at : at + 4]}" for at in range(0, len(code), 4))


def out(text: str) -> None:
    """Print a result."""
    print(text)


def say(text: str) -> None:
    """Tell the person at the keyboard one line, on standard error. Nobody there to read it is no trouble of ours."""
    with suppress(OSError, ValueError):
        print(plain(text), file=sys.stderr)


def console() -> Console:
    """A console on standard output that takes text as text, as wide as need be where it is no terminal."""
    from rich.console import Console

    found = Console(markup=False, highlight=False, emoji=False)
    if not found.is_terminal:
        found.width = _NO_TERMINAL_CELLS
    return found


def cell(value: object) -> Text:
    """A value as a table shows it: nothing for None, times in UTC to the second, lists by commas, lines by slashes."""
    from rich.text import Text

    return Text(_in_words(value))


def _in_words(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%SZ}"
        case list() | tuple():
            return ", ".join(map(_in_words, value))
        case dict():
            return " ".join(_in_words(one) for one in value.values() if one)
        case _:
            return " / ".join(map(plain, str(value).splitlines()))


def print_rows(console: Console, rows: Sequence[dict[str, Any]], columns: Sequence[str], empty: str) -> None:
    """Rows as a table of `columns`, the most important first: on a narrow terminal the last ones are left out, and it
    is said so. References and times are never cut or folded."""
    from rich import box
    from rich.table import Table

    if not rows:
        console.print(empty)
        return
    cells = {name: [cell(row.get(name)) for row in rows] for name in columns}
    widths = {name: max(len(name), *(one.cell_len for one in cells[name])) for name in columns}
    rigid = {name for name in columns if widths[name] <= _FOLD_CELLS or name == "reference"}
    shown = list(columns)
    while len(shown) > 1 and _least_width(shown, widths, rigid) > console.width:
        shown.pop()
    table = Table(
        box=box.SIMPLE_HEAD if console.is_terminal else None, padding=(0, 2, 0, 0), pad_edge=False, show_edge=False
    )
    for name in shown:
        table.add_column(name, no_wrap=name in rigid, overflow="fold")
    for place in range(len(rows)):
        table.add_row(*(cells[name][place] for name in shown))
    console.print(table)
    if left_out := [name for name in columns if name not in shown]:
        console.print(f"(not shown on so narrow a terminal: {', '.join(left_out)})", style="dim")


def _least_width(columns: list[str], widths: dict[str, int], rigid: set[str]) -> int:
    return sum(2 + (widths[name] if name in rigid else _FOLD_CELLS) for name in columns)
