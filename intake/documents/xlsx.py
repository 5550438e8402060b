"""Excel workbooks (ECMA-376, SpreadsheetML) as displayed lines: the visible sheets, rows and columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from xml.etree.ElementTree import Element

from intake.documents.number_formats import format_of, shown_number
from intake.documents.packages import DocumentError, Package, attribute, local
from intake.questionnaire.tables import Cell, Row, table_lines
from intake.text.lines import Line

_SHEETS = 20
_ROWS = 2_000
_COLUMNS = 200
_LAST_COLUMN = 16_384
_MERGES = 5_000
_COVERED = 50_000
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")


def xlsx_lines(data: bytes, place: str) -> list[Line]:
    """The displayed lines of a workbook; `place` begins what each says of its place. DocumentError, MemoryError.

    A sheet that is too large for a form is passed over where another one can be read.
    """
    book = _Book(Package(data))
    lines: list[Line] = []
    trouble: DocumentError | None = None
    for name, member in islice(book.sheets(), _SHEETS):
        try:
            sheet = book.package.tree(member)
        except DocumentError as error:
            trouble = error
            continue
        lines += table_lines(list(_rows(sheet, book, f"{place}, sheet {name}")))
        lines.append(Line("", place))
    if trouble and not lines:
        raise trouble
    return lines


@dataclass(frozen=True, slots=True)
class _Style:
    """What a cell's style says of its text: the code of its number format, and whether it is struck out."""

    code: str = ""
    struck: bool = False


class _Book:
    """The parts of a workbook that its sheets refer to."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.names = set(package.names())
        self.root = package.tree("xl/workbook.xml")
        flag = next((attribute(one, "date1904") for one in self.root if local(one) == "workbookPr"), "")
        self.since_1904 = flag in ("1", "true")
        self.strings = self._strings()
        self.styles = self._styles()

    def sheets(self) -> Iterator[tuple[str, str]]:
        """Name and member of each visible sheet, in order."""
        targets: dict[str, str] = {}
        if "xl/_rels/workbook.xml.rels" in self.names:
            for relation in self.package.tree("xl/_rels/workbook.xml.rels"):
                target = attribute(relation, "Target")
                targets[attribute(relation, "Id")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        for sheets in (one for one in self.root if local(one) == "sheets"):
            for number, sheet in enumerate(sheets, 1):
                member = targets.get(sheet.get(_relation_id(sheet), ""), f"xl/worksheets/sheet{number}.xml")
                if attribute(sheet, "state") not in ("hidden", "veryHidden") and member in self.names:
                    yield attribute(sheet, "name", str(number))[:60], member

    def _strings(self) -> list[str]:
        if "xl/sharedStrings.xml" not in self.names:
            return []
        return [_text(one) for one in self.package.tree("xl/sharedStrings.xml") if local(one) == "si"]

    def _styles(self) -> list[_Style]:
        if "xl/styles.xml" not in self.names:
            return []
        groups = {local(one): list(one) for one in self.package.tree("xl/styles.xml")}
        codes = {_number(attribute(one, "numFmtId")): attribute(one, "formatCode") for one in groups.get("numFmts", [])}
        struck = [_struck(font) for font in groups.get("fonts", [])]
        styles: list[_Style] = []
        for one in groups.get("cellXfs", []):
            font = _number(attribute(one, "fontId"))
            code = format_of(_number(attribute(one, "numFmtId")), codes)
            styles.append(_Style(code, font < len(struck) and struck[font]))
        return styles


def _rows(sheet: Element, book: _Book, place: str) -> Iterator[Row]:
    """The visible rows of a sheet, and an empty one where some are left out in between."""
    groups = {local(one): one for one in sheet}
    hidden = _hidden_columns(groups.get("cols"))
    spans, covered = _merges(groups.get("mergeCells"))
    rows = [
        (number, texts)
        for number, texts in islice(_texts(groups.get("sheetData"), book), _ROWS)
        if any(column not in hidden for column in texts)
    ]
    columns = sorted({column for _, texts in rows for column in texts if column not in hidden})
    before = 0
    for number, texts in rows:
        if before and number > before + 1:
            yield Row((), f"{place}, row {before + 1}")
        before = number
        yield Row(
            tuple(
                Cell(texts.get(column, ""), column, spans.get((column, number), column + 1))
                for column in columns
                if (column, number) not in covered
            ),
            f"{place}, row {number}",
        )


def _texts(data: Element | None, book: _Book) -> Iterator[tuple[int, dict[int, str]]]:
    """Number and filled cells of each visible row."""
    number = 0
    for row in data if data is not None else ():
        number = _number(attribute(row, "r")) or number + 1
        if attribute(row, "hidden") in ("1", "true"):
            continue
        texts: dict[int, str] = {}
        column = -1
        for cell in islice(row, _COLUMNS):
            place = _REFERENCE.fullmatch(attribute(cell, "r"))
            column = _column(place[1]) if place else column + 1
            if text := _shown(cell, book):
                texts[column] = text
        if texts:
            yield number, texts


def _shown(cell: Element, book: _Book) -> str:
    """The text that a cell shows: of a formula, the value that was saved with it."""
    number = _number(attribute(cell, "s"))
    style = book.styles[number] if number < len(book.styles) else _Style()
    if style.struck:
        return ""
    kind = attribute(cell, "t", "n")
    if kind == "inlineStr":
        return next((_text(one) for one in cell if local(one) == "is"), "").strip()
    written = next((one.text or "" for one in cell if local(one) == "v"), "").strip()
    if kind == "s":
        at = _number(written)
        return book.strings[at].strip() if written and at < len(book.strings) else ""
    if kind == "b":
        return ("TRUE" if written == "1" else "FALSE") if written else ""
    if kind == "d":
        return written.replace("T", " ")
    if kind == "n":
        return shown_number(written, style.code, since_1904=book.since_1904)
    return "" if kind == "e" else written


def _text(string: Element) -> str:
    """The text of a shared or inline string without its struck-out runs and phonetic hints."""
    texts: list[str] = []
    for one in string:
        if local(one) == "t":
            texts.append(one.text or "")
        elif local(one) == "r" and not any(local(part) == "rPr" and _struck(part) for part in one):
            texts += [part.text or "" for part in one if local(part) == "t"]
    return "".join(texts).replace("_x000D_", "").replace("\r\n", "\n").replace("\xa0", " ")


def _struck(font: Element) -> bool:
    return any(local(one) == "strike" and attribute(one, "val", "1") not in ("0", "false") for one in font)


def _hidden_columns(columns: Element | None) -> set[int]:
    hidden: set[int] = set()
    for one in islice(columns if columns is not None else (), _LAST_COLUMN):
        if attribute(one, "hidden") in ("1", "true"):
            first = _number(attribute(one, "min"))
            hidden.update(range(first - 1, min(_number(attribute(one, "max")), first + _COLUMNS, _LAST_COLUMN)))
    return hidden


def _merges(merged: Element | None) -> tuple[dict[tuple[int, int], int], set[tuple[int, int]]]:
    """Where merged cells end, by column and row of their first one, and the cells that lie under them."""
    spans: dict[tuple[int, int], int] = {}
    covered: set[tuple[int, int]] = set()
    for one in islice(merged if merged is not None else (), _MERGES):
        first, _, last = attribute(one, "ref").partition(":")
        start, end = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last)
        if len(covered) > _COVERED:
            break
        if not start or not end:
            continue
        left, top = _column(start[1]), int(start[2])
        right, bottom = min(_column(end[1]), left + _COLUMNS), min(int(end[2]), top + 50)
        spans[left, top] = right + 1
        covered |= {(column, row) for column in range(left, right + 1) for row in range(top, bottom + 1)} - {
            (left, top)
        }
    return spans, covered


def _relation_id(sheet: Element) -> str:
    return next((key for key in sheet.attrib if key.endswith("}id")), "")


def _column(letters: str) -> int:
    """The number of a column from 0 on: "A" is 0, "AA" 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
