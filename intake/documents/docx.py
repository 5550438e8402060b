"""Word documents (ECMA-376, WordprocessingML) as displayed lines: what stands on the page, in its order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from intake.documents.packages import DEPTH, DocumentError, Package, attribute, local
from intake.questionnaire.tables import Cell, Row, table_lines
from intake.text.lines import Line

_MAIN = "word/document.xml"
_LINES = 5_000
_ROWS = 1_000
_TEXTS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
# Deleted or moved away by a tracked change, or not printed.
_UNSEEN = frozenset({"del", "moveFrom", "delText", "delInstrText", "instrText", "rPr", "pPr", "Fallback", "object"})
_FALSE = frozenset({"0", "false", "off", "none"})
# Wingdings, in which Word writes boxes and ticks (the code points of its symbol runs).
_SYMBOLS = {
    "F0A8": "☐",
    "F06F": "☐",
    "F0A3": "☐",
    "F071": "☐",
    "F0FE": "☑",
    "F0FD": "☒",
    "F078": "☒",
    "F054": "☒",
    "F0FC": "✓",
    "F0FB": "✗",
    "F050": "✓",
    "F052": "☑",
    "F053": "☒",
}


def docx_lines(data: bytes, place: str) -> list[Line]:
    """The displayed lines of a document; `place` begins what each says of its place. DocumentError, MemoryError."""
    package = Package(data)
    body = next((one for one in package.tree(_main_part(package)) if local(one) == "body"), None)
    if body is None:
        raise DocumentError("has no body")
    writer = _Writer(place)
    writer.blocks(body, 0)
    return writer.lines


def _main_part(package: Package) -> str:
    """The part that the package names as its main one; programs other than Word call it as they like."""
    if _MAIN in package.names():
        return _MAIN
    for relation in package.tree("_rels/.rels"):
        if attribute(relation, "Type").endswith("/officeDocument"):
            return attribute(relation, "Target").lstrip("/")
    raise DocumentError("has no main part")


@dataclass(slots=True)
class _Field:
    """A complex field (s17.16) while it is open; a legacy form field shows what `shown` says, others their result."""

    shown: str | None
    result: bool = False


@dataclass(slots=True)
class _Text:
    """The text of a paragraph, and the text boxes anchored in it."""

    pieces: list[str] = field(default_factory=list)
    fields: list[_Field] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)

    def add(self, text: str) -> None:
        if all(one.result and one.shown is None for one in self.fields):
            self.pieces.append(text)


class _Writer:
    def __init__(self, place: str) -> None:
        self.place = place
        self.lines: list[Line] = []
        self.tables = 0

    def blocks(self, parent: Element, depth: int) -> None:
        """The paragraphs and tables of a body, cell or text box, in their order."""
        for block in _children(parent, depth):
            if len(self.lines) >= _LINES:
                return
            if local(block) == "p":
                self._paragraph(block, depth)
            elif local(block) == "tbl":
                self._table(block, depth)

    def _paragraph(self, paragraph: Element, depth: int) -> None:
        text = _Text()
        _collect(paragraph, text, depth)
        title = _title(paragraph)
        if title:
            self._blank()
        for shown in "".join(text.pieces).replace("\xa0", " ").split("\n"):
            self.lines.append(Line(shown.strip(), f"{self.place}, line {len(self.lines) + 1}"))
        if title:
            self._blank()
        for box in text.boxes:
            self.blocks(box, depth + 1)

    def _blank(self) -> None:
        self.lines.append(Line("", f"{self.place}, line {len(self.lines) + 1}"))

    def _table(self, table: Element, depth: int) -> None:
        if depth > DEPTH:
            return
        self.tables += 1
        number, rows = self.tables, [one for one in _children(table, depth) if local(one) == "tr"]
        done: list[Row] = []
        for count, row in enumerate(rows[:_ROWS], 1):
            where = f"{self.place}, table {number}, row {count}"
            cells, nested = self._row(row, depth + 1)
            if nested:
                # A row that holds tables only lays them out.
                self.lines += table_lines(done)
                done = []
                for cell in nested:
                    self.blocks(cell, depth + 1)
            else:
                done.append(Row(tuple(cells), where))
        self.lines += table_lines(done)

    def _row(self, row: Element, depth: int) -> tuple[list[Cell], list[Element]]:
        """The cells of a row, or else (where one of them holds a table) its cells' elements."""
        cells: list[Cell] = []
        at = _number(_property(row, "trPr", "gridBefore"), 0)
        elements = [one for one in _children(row, depth) if local(one) == "tc"]
        if any(local(one) == "tbl" for cell in elements for one in _children(cell, depth)):
            return [], elements
        for cell in elements:
            end = at + max(1, _number(_property(cell, "tcPr", "gridSpan"), 1))
            merged = _property(cell, "tcPr", "vMerge")
            if merged is None or attribute(merged, "val") == "restart":
                inner = _Writer(self.place)
                inner.blocks(cell, depth + 1)
                cells.append(Cell("\n".join(line.text for line in inner.lines if line.text), at, end))
            at = end
        return cells, []


def _children(parent: Element, depth: int) -> Iterator[Element]:
    """The children of an element, those of content controls, tracked insertions and alternatives in their place."""
    if depth > DEPTH:
        return
    for child in parent:
        name = local(child)
        if name == "sdt":
            content = next((one for one in child if local(one) == "sdtContent"), None)
            if content is not None and not _placeholder(child):
                yield from _children(content, depth + 1)
        elif name in ("ins", "moveTo", "smartTag", "customXml", "hyperlink", "AlternateContent", "Choice", "fldSimple"):
            yield from _children(child, depth + 1)
        elif name not in _UNSEEN:
            yield child


def _placeholder(control: Element) -> bool:
    """Whether a content control shows its prompt ("Click here to enter text"), not an answer (s17.5.2.39)."""
    shown = _property(control, "sdtPr", "showingPlcHdr")
    return shown is not None and attribute(shown, "val") not in _FALSE


def _collect(parent: Element, text: _Text, depth: int) -> None:
    for child in _children(parent, depth):
        name = local(child)
        if name == "t":
            text.add(child.text or "")
        elif name in _TEXTS:
            text.add(_TEXTS[name])
        elif name == "sym":
            text.add(_SYMBOLS.get(attribute(child, "char").upper(), ""))
        elif name == "fldChar":
            _field_mark(child, text)
        elif name == "txbxContent":
            text.boxes.append(child)
        elif name == "r" and _hidden(child):
            # The marks of a field stand in runs of their own, which may be hidden.
            for mark in child:
                if local(mark) == "fldChar":
                    _field_mark(mark, text)
        else:
            _collect(child, text, depth + 1)


def _hidden(run: Element) -> bool:
    """Whether a run is struck out or hidden."""
    for name in ("strike", "dstrike", "vanish"):
        toggle = _property(run, "rPr", name)
        if toggle is not None and attribute(toggle, "val") not in _FALSE:
            return True
    return False


def _field_mark(mark: Element, text: _Text) -> None:
    kind = attribute(mark, "fldCharType")
    if kind == "begin":
        shown = _form_field(mark)
        if shown is not None:
            text.add(shown)
        text.fields.append(_Field(shown))
    elif kind == "separate" and text.fields:
        text.fields[-1].result = True
    elif kind == "end" and text.fields:
        text.fields.pop()


def _form_field(mark: Element) -> str | None:
    """What a legacy check box or drop-down shows (s17.16.17); None for a field that shows its result.

    A list from which nothing was chosen shows its first entry, which is then no answer.
    """
    data = next((one for one in mark if local(one) == "ffData"), None)
    if data is None:
        return None
    for control in data:
        if local(control) == "checkBox":
            states = {local(one): attribute(one, "val", "1") not in _FALSE for one in control}
            return "☒" if states.get("checked", states.get("default", False)) else "☐"
        if local(control) == "ddList":
            entries = [attribute(one, "val") for one in control if local(one) == "listEntry"]
            result = next((one for one in control if local(one) == "result"), None)
            at = _number(result, -1)
            return entries[at] if 0 <= at < len(entries) else ""
    return None


def _title(paragraph: Element) -> bool:
    """Whether Word sets the paragraph as a heading, by the name of its style in English, Spanish or Portuguese."""
    style = _property(paragraph, "pPr", "pStyle")
    return style is not None and attribute(style, "val").startswith(("Heading", "Title", "Ttulo", "Título"))


def _property(element: Element, properties: str, name: str) -> Element | None:
    for group in element:
        if local(group) == properties:
            return next((one for one in group if local(one) == name), None)
    return None


def _number(element: Element | None, default: int) -> int:
    value = attribute(element, "val") if element is not None else ""
    return min(int(value), 1_000) if value.isascii() and value.isdigit() and len(value) < 8 else default
