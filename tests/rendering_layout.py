"""What the renderers of mail programs share: a form's layout as lines of plain text and as HTML."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from html import escape

from tests.rendering import Layout, Letter, Row, Span, Table, Text

LOOKS = {
    "bold": "<b>{}</b>",
    "red": '<span style="color:red">{}</span>',
    "struck": "<s>{}</s>",
}
STARS = {"bold": "*{}*", "red": "{}", "struck": "{}", "": "{}"}


def bullets(rows: Iterable[Row], dash: str = "- ") -> Iterable[tuple[str, Row]]:
    """The mark before each row, numbers and letters counted."""
    n = 0
    for row in rows:
        n += bool(row.bullet)
        yield (
            {"dash": dash, "number": f"{n}. ", "letter": f"{'abcdefghijklmnopqrstuvwxyz'[(n - 1) % 26]}) "}.get(
                row.bullet, ""
            ),
            row,
        )


def as_rows(layout: Layout) -> list[Row]:
    """A layout where tables cannot be shown: cells behind tabs."""
    rows: list[Row] = []
    for one in layout:
        if isinstance(one, Row):
            rows.append(one)
        else:
            rows += [Row((Span("\t".join("\n".join(cell.lines) for cell in cells)),)) for cells in one.rows]
    return rows


def around(letter: Letter, lines: Sequence[str]) -> list[str]:
    return [*letter.above, "", *lines, "", *letter.below]


def plain_lines(letter: Letter, layout: Layout, stars: bool = True, dash: str = "- ") -> list[str]:
    lines = []
    for mark, row in bullets(as_rows(layout), dash):
        shown = "".join((STARS[s.look] if stars else "{}").format(s.text) for s in row.spans)
        lines += f"{mark}{shown}".split("\n")
    return around(letter, lines)


def cut(line: str, width: int) -> list[str]:
    return textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False)


def html_spans(spans: Iterable[Span], looks: dict[str, str]) -> str:
    return "".join(looks.get(s.look, "{}").format(escape(s.text, quote=False)) for s in spans)


def html_table(table: Table, cell: str, open_: str) -> str:
    rows = []
    for row in table.rows:
        shown = ""
        for one in row:
            tag = "th" if one.head else "td"
            spans = "".join(
                f' {name}="{n}"' for name, n in (("colspan", one.colspan), ("rowspan", one.rowspan)) if n > 1
            )
            inner = "".join(cell.format(escape(line, quote=False) or "&nbsp;") for line in one.lines)
            shown += f'<{tag}{spans} style="border:1px solid #999;padding:4px">{inner}</{tag}>'
        rows.append(f"<tr>{shown}</tr>")
    return f"{open_}<tbody>{''.join(rows)}</tbody></table>"


def html_body(
    letter: Letter,
    layout: Layout,
    *,
    line: str,
    blank: str,
    cell: str,
    looks: dict[str, str] = LOOKS,
    item: Callable[[str, str], str] | None = None,
    table: str = '<table border="1" style="border-collapse:collapse">',
) -> str:
    """The letter in HTML. `line`, `blank` and `cell` are shapes; `item` writes a list item where the program has its
    own way, else items stand in `<ul>` or `<ol>`."""
    out = [line.format(escape(one)) if one else blank for one in letter.above] + [blank]
    opened = ""
    for one in layout:
        bullet = one.bullet if isinstance(one, Row) else ""
        if opened and bullet != opened:
            # What follows an item belongs to it: the program keeps the list open.
            if isinstance(one, Row) and one.spans:
                out[-1] = out[-1].removesuffix("</li>") + f"<br>{html_spans(one.spans, looks)}</li>"
                continue
            out.append("</ul>" if opened == "dash" else "</ol>")
            opened = ""
        if isinstance(one, Table):
            out.append(html_table(one, cell, table))
        elif bullet and item:
            out.append(item(bullet, html_spans(one.spans, looks)))
        elif bullet:
            if not opened:
                out.append({"dash": "<ul>", "number": "<ol>", "letter": '<ol type="a">'}[bullet])
                opened = bullet
            out.append(f"<li>{html_spans(one.spans, looks)}</li>")
        else:
            out.append(line.format(html_spans(one.spans, looks)) if one.spans else blank)
    if opened:
        out.append("</ul>" if opened == "dash" else "</ol>")
    return "\n".join([*out, blank, *(line.format(escape(one)) if one else blank for one in letter.below)])


def both(letter: Letter, layout: Layout, html: str, shown: Sequence[str] | None = None) -> Sequence[Text]:
    """The mail as plain text, by default in the plainest way, and as `html`."""
    lines = shown if shown is not None else plain_lines(letter, layout)
    return [Text("\n".join(lines) + "\n"), Text(html, html=True)]
