"""HTML as displayed lines: blocks, table rows, quotations, struck-out text and colours.

The tree is walked with a stack of our own, so that nesting costs memory and never the interpreter's call stack.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from intake.lines import Line
from intake.styles import Style, inherited
from intake.tangle import tangled, without_tags

HTML_CHARACTERS = 2_000_000
LINES = 20_000
_ROW_CELLS = range(2, 9)

_BLOCKS = frozenset(
    {
        *(
            "address",
            "article",
            "aside",
            "blockquote",
            "body",
            "caption",
            "center",
            "dd",
            "div",
            "dl",
            "dt",
            "fieldset",
        ),
        *(
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "li",
            "main",
            "nav",
            "ol",
            "p",
            "pre",
            "section",
        ),
        *("table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
    }
)
_SPACED = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "pre"})
_UNSEEN = frozenset({"head", "style", "script", "title", "template", "noscript", "svg", "object"})
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden", re.IGNORECASE)
_TIGHT_P = re.compile(r"\bp\b[^{}]{0,80}\{[^{}]{0,200}margin(?:-top)?\s*:\s*0", re.IGNORECASE)
_TIGHT_STYLE = re.compile(r"margin(?:-top)?\s*:\s*0", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f]+")


@dataclass(slots=True)
class _Row:
    """A table row while it is open: where its lines begin, and its cells' beginnings."""

    start: int
    table: _Table
    cells: list[int] = field(default_factory=list)
    holds_table: bool = False


@dataclass(slots=True)
class _Table:
    number: int = 0
    rows: int = 0


class _Writer:
    """Collects text into lines and folds the lines of a table row into cells."""

    def __init__(self, part: str) -> None:
        self.part = part
        self.lines: list[Line] = []
        self.rows: list[_Row] = []
        self.tables: list[_Table] = []
        self.numbered = 0
        self._items: dict[int, int] = {}
        self._text: list[str] = []
        self._own: list[str] = []

    def bullet(self, item: LexborNode) -> str:
        """The mark before a list item: its number in an ordered list."""
        parent = item.parent
        if parent is None or parent.tag != "ol":
            return "- "
        self._items[parent.mem_id] = number = self._items.get(parent.mem_id, 0) + 1
        return f"{number}. "

    def write(self, text: str, style: Style) -> None:
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
            shown = text.replace("\xa0", " ").strip()
            own = "".join(self._own).replace("\xa0", " ").strip()
            self.lines.append(Line(shown, "", style.depth, own=own, signature=style.signature and bool(shown)))
        self._text.clear()
        self._own.clear()

    def blank(self, style: Style) -> None:
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
        if sum(map(len, cells)) > 4_000:
            return
        if not row.table.number:
            self.numbered += 1
            row.table.number = self.numbered
        depth = self.lines[row.start].depth if row.start < len(self.lines) else style.depth
        where = f"part {self.part}, table {row.table.number}, row {row.table.rows}"
        text = "\t".join(c.replace("\n", " ") for c in cells)
        self.lines[row.start :] = [Line(text, where, depth, cells)]


def html_lines(html: str, part: str) -> list[Line]:
    """The displayed lines of `html`, of the MIME part numbered `part`. Total; linear in the length, which is capped."""
    html = html[:HTML_CHARACTERS]
    body = LexborHTMLParser(without_tags(html) if tangled(html) else html).root
    if body is None:
        return []
    tight = _TIGHT_P.search(html[:20_000]) is not None
    writer = _Writer(part)
    stack: list[tuple[LexborNode, Style, bool]] = [(body, Style(), False)]
    while stack and len(writer.lines) < LINES:
        node, style, leaving = stack.pop()
        if leaving:
            _leave(node, style, writer, tight)
            continue
        if node.is_text_node:
            writer.write(node.text_content or "", style)
            continue
        inner = _enter(node, style, writer, tight)
        if inner is None:
            continue
        stack.append((node, inner, True))
        child = node.last_child
        while child is not None:
            stack.append((child, inner, False))
            child = child.prev
    writer.end_line(Style())
    return [
        line if line.where else replace(line, where=f"part {part}, line {n}") for n, line in enumerate(writer.lines, 1)
    ]


def _enter(node: LexborNode, style: Style, writer: _Writer, tight: bool) -> Style | None:
    """The style inside `node`, or None where nothing of it is shown."""
    tag = node.tag or ""
    if tag in _UNSEEN or tag.startswith(("-comment", "!")):
        return None
    attributes = node.attributes
    css = attributes.get("style") or ""
    if _HIDDEN.search(css):
        return None
    if tag in _BLOCKS:
        writer.end_line(style)
        if _spaced(tag, attributes, css, tight):
            writer.blank(style)
    _enter_table(tag, writer)
    if tag == "br":
        writer.end_line(style, force=True)
    elif tag == "hr":
        writer.end_line(style)
        writer.blank(style)
    elif tag == "li":
        writer.write(writer.bullet(node), style)
    elif tag == "input" and attributes.get("type") in {"checkbox", "radio"}:
        writer.write("[x] " if "checked" in attributes else "[ ] ", style)
    return inherited(tag, attributes, css, style)


def _leave(node: LexborNode, style: Style, writer: _Writer, tight: bool) -> None:
    tag = node.tag or ""
    if tag not in _BLOCKS:
        return
    writer.end_line(style)
    attributes = node.attributes
    if _spaced(tag, attributes, attributes.get("style") or "", tight):
        writer.blank(style)
    if tag == "tr" and writer.rows:
        writer.close_row(style)
    elif tag == "table" and writer.tables:
        writer.tables.pop()


def _enter_table(tag: str, writer: _Writer) -> None:
    if tag == "table":
        writer.tables.append(_Table())
        if writer.rows:
            writer.rows[-1].holds_table = True
    elif tag == "tr" and writer.tables:
        writer.rows.append(_Row(len(writer.lines), writer.tables[-1]))
    elif tag in {"td", "th"} and writer.rows:
        writer.rows[-1].cells.append(len(writer.lines))


def _spaced(tag: str, attributes: dict[str, str | None], css: str, tight: bool) -> bool:
    """Whether the element stands apart by a blank line, as a mail program shows it."""
    if tag != "p":
        return tag in _SPACED
    return not (tight or (attributes.get("class") or "").startswith(("Mso", "x_Mso")) or _TIGHT_STYLE.search(css))
