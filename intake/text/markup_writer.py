"""Displayed lines of HTML, written as its tree is walked: text becomes lines, the lines of a table row cells."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from intake.text.invisible import visible
from intake.text.lines import Line
from intake.text.styles import Style

_ROW_CELLS = range(2, 9)
_ROW_CHARACTERS = 4_000
_SPACE = re.compile(r"[ \t\r\n\f]+")


@dataclass(slots=True)
class Row:
    """A table row while it is open: where its lines begin, and its cells' beginnings."""

    start: int
    table: Table
    cells: list[int] = field(default_factory=list)
    holds_table: bool = False


@dataclass(slots=True)
class Table:
    """A table while it is open: its number among those with rows of cells, and the rows so far."""

    number: int = 0
    rows: int = 0


class Writer:
    """Collects text into lines and folds the lines of a table row into cells."""

    def __init__(self, part: str) -> None:
        self.part = part
        self.lines: list[Line] = []
        self.rows: list[Row] = []
        self.tables: list[Table] = []
        self.numbered = 0
        self._items: dict[int, int] = {}
        self._text: list[str] = []
        self._own: list[str] = []

    def bullet(self, item: LexborNode) -> str:
        """The mark before a list item: its number in an ordered list."""
        parent = item.parent
        if parent is None or parent.tag != "ol":
            nested = parent is not None and parent.parent is not None and parent.parent.tag == "li"
            return "◦ " if nested else "- "
        self._items[parent.mem_id] = number = self._items.get(parent.mem_id, 0) + 1
        return f"{number}. "

    def write(self, text: str, style: Style) -> None:
        """Put `text` to the line that is being written."""
        if style.struck:
            return
        text = text if style.preformatted else _SPACE.sub(" ", text)
        first, *rest = text.split("\n") if style.preformatted else [text]
        self._put(first, style)
        for piece in rest:
            self.end_line(style, force=True)
            self._put(piece, style)

    def _put(self, text: str, style: Style) -> None:
        self._text.append(text)
        if style.coloured:
            self._own.append(text)
        elif text.strip():
            self._own.clear()

    def end_line(self, style: Style, force: bool = False) -> None:
        """End the line where there is one; `force` (a `<br>`) ends an empty one too. A lone no-break space shows as a
        blank line."""
        text = "".join(self._text)
        if force or text.strip(" \t"):
            shown = visible(text).strip()
            own = visible("".join(self._own)).strip()
            self.lines.append(Line(shown, "", style.depth, own=own, signature=style.signature and bool(shown)))
        self._text.clear()
        self._own.clear()

    def blank(self, style: Style) -> None:
        """Set what follows apart by an empty line."""
        if self.lines and self.lines[-1].text:
            self.lines.append(Line("", "", style.depth))

    def close_row(self, style: Style) -> None:
        """Turn the lines of a row into cells, unless the row only lays out other tables."""
        row = self.rows.pop()
        row.table.rows += 1
        if self.rows:
            self.rows[-1].holds_table = True
        if row.holds_table or len(row.cells) not in _ROW_CELLS:
            return
        ends = [*row.cells[1:], len(self.lines)]
        cells = tuple(
            "\n".join(line.text for line in self.lines[a:b] if line.text) for a, b in zip(row.cells, ends, strict=True)
        )
        if sum(map(len, cells)) > _ROW_CHARACTERS:
            return
        if not row.table.number:
            self.numbered += 1
            row.table.number = self.numbered
        depth = self.lines[row.start].depth if row.start < len(self.lines) else style.depth
        where = f"part {self.part}, table {row.table.number}, row {row.table.rows}"
        text = "\t".join(c.replace("\n", " ") for c in cells)
        held = [line for line in self.lines[row.start :] if line.text]
        signature = bool(held) and all(line.signature for line in held)
        self.lines[row.start :] = [Line(text, where, depth, cells, signature=signature)]
