"""OpenDocument texts and spreadsheets (ISO 26300) as displayed lines."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from xml.etree.ElementTree import Element

from intake.documents.packages import DEPTH, DocumentError, Package, attribute, local
from intake.questionnaire.tables import Cell, Row, table_lines
from intake.text.lines import Line

_LINES = 5_000
_ROWS = 2_000
_COLUMNS = 60
_TABLES = 50
_UNSEEN = frozenset(
    {"annotation", "annotation-end", "note", "tracked-changes", "ruby-text", "bookmark", "sequence-decls"}
)


def odf_lines(data: bytes, place: str) -> list[Line]:
    """The displayed lines of a text or spreadsheet; `place` begins what each says of its place. DocumentError,
    MemoryError."""
    root = Package(data).tree("content.xml")
    body = next((one for one in root if local(one) == "body"), None)
    if body is None or not len(body):
        raise DocumentError("has no body")
    writer = _Writer(place, "sheet" if local(body[0]) == "spreadsheet" else "table", _unseen_styles(root))
    writer.blocks(body[0], 0)
    return writer.lines


def _unseen_styles(root: Element) -> tuple[frozenset[str], frozenset[str]]:
    """The names of the styles that strike a text out, and of those that hide a table."""
    struck: set[str] = set()
    hidden: set[str] = set()
    for group in (one for one in root if local(one) == "automatic-styles"):
        for style in group:
            for properties in style:
                if attribute(properties, "text-line-through-style", "none") != "none":
                    struck.add(attribute(style, "name"))
                if local(properties) == "table-properties" and attribute(properties, "display", "true") == "false":
                    hidden.add(attribute(style, "name"))
    return frozenset(struck), frozenset(hidden)


class _Writer:
    def __init__(self, place: str, called: str, unseen: tuple[frozenset[str], frozenset[str]]) -> None:
        self.place = place
        self.called = called
        self.struck, self.hidden = unseen
        self.lines: list[Line] = []
        self.tables = 0

    def blocks(self, parent: Element, depth: int) -> None:
        """The paragraphs, lists and tables of an element, in their order."""
        if depth > DEPTH:
            return
        for block in parent:
            name = local(block)
            if name in _UNSEEN or len(self.lines) >= _LINES:
                continue
            if name in ("p", "h"):
                for shown in self._text(block, depth).split("\n"):
                    self.lines.append(Line(shown.strip(), f"{self.place}, line {len(self.lines) + 1}"))
            elif name == "table":
                self._table(block, depth)
            else:
                self.blocks(block, depth + 1)

    def _table(self, table: Element, depth: int) -> None:
        if attribute(table, "style-name") in self.hidden or self.tables >= _TABLES:
            return
        self.tables += 1
        name = attribute(table, "name", str(self.tables))[:60] if self.called == "sheet" else self.tables
        place = f"{self.place}, {self.called} {name}"
        rows: list[Row] = []
        number = 1
        for row in islice(_rows(table, depth), _ROWS):
            cells = self._cells(row, depth)
            # Thousands of empty rows stand for the rest of a sheet.
            rows.append(Row(tuple(cells), f"{place}, row {number}"))
            number += _repeated(row, "number-rows-repeated", 1_000_000)
        self.lines += [*table_lines(rows), Line("", place)]

    def _cells(self, row: Element, depth: int) -> list[Cell]:
        cells: list[Cell] = []
        at = 0
        for cell in row:
            name = local(cell)
            times = _repeated(cell, "number-columns-repeated", _COLUMNS)
            if name == "table-cell":
                inner = _Writer(self.place, self.called, (self.struck, self.hidden))
                inner.blocks(cell, depth + 1)
                text = "\n".join(line.text for line in inner.lines if line.text)
                span = _repeated(cell, "number-columns-spanned", _COLUMNS)
                # What a repeated cell says is said once.
                cells += [Cell(text if n == 0 else "", at + n, at + n + span) for n in range(times)]
            at += times
            if at >= _COLUMNS:
                break
        while cells and not cells[-1].text and len(cells) > 2:
            cells.pop()
        return cells

    def _text(self, parent: Element, depth: int) -> str:
        pieces = [parent.text or ""]
        for child in parent if depth <= DEPTH else ():
            name = local(child)
            if name == "s":
                pieces.append(" " * _repeated(child, "c", 200))
            elif name == "tab":
                pieces.append("\t")
            elif name == "line-break":
                pieces.append("\n")
            elif name not in _UNSEEN and attribute(child, "style-name") not in self.struck:
                pieces.append(self._text(child, depth + 1))
            pieces.append(child.tail or "")
        return "".join(pieces)


def _rows(table: Element, depth: int) -> Iterator[Element]:
    for one in table if depth <= DEPTH else ():
        if local(one) == "table-row":
            if attribute(one, "visibility", "visible") == "visible":
                yield one
        elif local(one) in ("table-header-rows", "table-rows", "table-row-group"):
            yield from _rows(one, depth + 1)


def _repeated(element: Element, name: str, most: int) -> int:
    value = attribute(element, name)
    return max(1, min(int(value), most)) if value.isascii() and value.isdigit() and len(value) < 9 else 1
