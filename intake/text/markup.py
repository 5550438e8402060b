"""HTML as displayed lines: blocks, table rows, quotations, struck-out text and colours.

The tree is walked with a stack of our own, so that nesting costs memory and never the interpreter's call stack.
"""

from __future__ import annotations

import re
from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from intake.text.lines import Line
from intake.text.markup_writer import Row, Table, Writer
from intake.text.styles import Style, inherited
from intake.text.tangle import tangled, without_long_tags, without_tags

HTML_CHARACTERS = 2_000_000
LINES = 20_000

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
_EMPTY_P = re.compile(
    r"<p\b[^<>]{0,300}>(?:\s|&nbsp;|&#160;|\xa0|<br\b[^<>]{0,80}>|</?(?:span|o:p|b|font|div)\b[^<>]{0,300}>){1,8}</p>",
    re.IGNORECASE,
)
_FIELDS = frozenset({"text", "email", "tel", "number", "date", "time", "datetime-local", "url", "search"})


def html_lines(html: str, part: str) -> list[Line]:
    """The displayed lines of `html`, of the MIME part numbered `part`. Total; linear in the length, which is capped."""
    html = without_long_tags(html[:HTML_CHARACTERS])
    body = LexborHTMLParser(without_tags(html) if tangled(html) else html).root
    if body is None:
        return []
    # Who leaves paragraphs empty to set lines apart takes each other one for a line.
    tight = _TIGHT_P.search(html[:20_000]) is not None or _EMPTY_P.search(html) is not None
    writer = Writer(part)
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


def _enter(node: LexborNode, style: Style, writer: Writer, tight: bool) -> Style | None:
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
    elif tag == "input":
        writer.write(_entered(attributes), style)
    elif tag == "option" and "selected" not in attributes:
        return None
    return inherited(tag, attributes, css, style)


def _entered(attributes: dict[str, str | None]) -> str:
    """What an input field shows."""
    kind = (attributes.get("type") or "text").lower()
    if kind in {"checkbox", "radio"}:
        return "[x] " if "checked" in attributes else "[ ] "
    return attributes.get("value") or "" if kind in _FIELDS else ""


def _leave(node: LexborNode, style: Style, writer: Writer, tight: bool) -> None:
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


def _enter_table(tag: str, writer: Writer) -> None:
    if tag == "table":
        writer.tables.append(Table())
        if writer.rows:
            writer.rows[-1].holds_table = True
    elif tag == "tr" and writer.tables:
        writer.rows.append(Row(len(writer.lines), writer.tables[-1]))
    elif tag in {"td", "th"} and writer.rows:
        writer.rows[-1].cells.append(len(writer.lines))


def _spaced(tag: str, attributes: dict[str, str | None], css: str, tight: bool) -> bool:
    """Whether the element stands apart by a blank line, as a mail program shows it."""
    if tag != "p":
        return tag in _SPACED
    return not (tight or (attributes.get("class") or "").startswith(("Mso", "x_Mso")) or _TIGHT_STYLE.search(css))
