"""Rows of a document's table as displayed lines: which cells stand side by side as label and answer.

Only geometry is known here; what is a label, the questionnaire says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from intake.questionnaire.options import chosen, is_choice, is_mark, is_unmarked, option_columns
from intake.text.lines import Line

COLUMNS = 40
_ROW_CHARACTERS = 8_000
_SENTENCE_CHARACTERS = 40
_UNANSWERED = "-"
_RULE = "―――"


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell and the columns that it covers, from `start` up to `end`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row that begin in it, from left to right, and its place."""

    cells: tuple[Cell, ...]
    where: str


def table_lines(rows: Sequence[Row]) -> list[Line]:
    """Displayed lines of a table. Linear in the number of cells.

    A row with one text becomes a plain line where it is a title, or a label whose answer stands below; where the answer
    would stand beside it, the empty cell is kept. A rule ends the table, so that its heads stand over no other one.
    """
    rows = _without_spacers([replace(row, cells=row.cells[:COLUMNS]) for row in rows])
    lines: list[Line] = []
    heads: dict[int, str] = {}
    before = Row((), "")
    for number, row in enumerate(rows):
        filled = [cell for cell in row.cells if cell.text]
        if not filled:
            lines.append(Line("", row.where))
            heads = {}
            continue
        if heading := option_columns({cell.start: cell.text for cell in filled}):
            # The row says no more than what the marks below it mean.
            heads = heading
            if filled[0].start not in heading:
                lines.append(_line(row.where, [filled[0].text, ""]))
            continue
        row = in_words(row, heads)  # noqa: PLW2901 - the same row, its marks put into words
        filled = [cell for cell in row.cells if cell.text]
        if len(filled) == 1 and (more := _carried(lines, before, filled[0])):
            lines[-1] = more
            continue
        before = row
        if len(filled) == 1:
            lines += _single(row, filled[0], rows[number + 1] if number + 1 < len(rows) else None)
        else:
            lines.append(_line(row.where, _needed(row)))
    if any(line.cells for line in lines):
        lines += [Line("", rows[-1].where), Line(_RULE, rows[-1].where)]
    return lines


def _carried(lines: Sequence[Line], before: Row, cell: Cell) -> Line | None:
    """The last line with `cell` put to its answer, where that is all that stands below the answer: the label was
    merged over several rows, or an answer typed in more than one."""
    filled = [one for one in before.cells if one.text]
    if not lines or len(filled) != 2 or len(lines[-1].cells) < 2 or filled[1].start != cell.start:
        return None
    label, answer, *_ = lines[-1].cells
    return _line(lines[-1].where, [label, f"{answer}\n{cell.text}"])


def _line(where: str, cells: Sequence[str]) -> Line:
    kept = tuple(cell[:_ROW_CHARACTERS] for cell in cells)
    return Line("\t".join(cell.replace("\n", " ") for cell in kept), where, cells=kept)


def _without_spacers(rows: Sequence[Row]) -> list[Row]:
    """The rows without the columns left of the last text in which no row holds one: they only hold others apart."""
    used: set[int] = set()
    for row in rows:
        for cell in row.cells:
            if cell.text:
                used.add(cell.start)
    last = max(used, default=0)
    return [
        replace(row, cells=tuple(cell for cell in row.cells if cell.start in used or cell.start > last)) for row in rows
    ]


def _needed(row: Row) -> list[str]:
    """The texts up to the last one, and the empty cell behind it. An empty cell before another text says that nothing
    was answered there: no column holds others apart any more."""
    last = max(n for n, cell in enumerate(row.cells) if cell.text)
    texts = [cell.text for cell in row.cells]
    return [
        _UNANSWERED if 0 < n < last and not text and texts[n - 1] else text for n, text in enumerate(texts[: last + 2])
    ]


def _single(row: Row, cell: Cell, below: Row | None) -> list[Line]:
    """A row with one text: with an empty cell beside it, it is a label without answer, unless the answer stands
    below."""
    beside = any(not other.text and other.start >= cell.end for other in row.cells)
    if beside and not _answered_below(cell, below):
        return [_line(row.where, [cell.text, ""])]
    return [Line(text, row.where) for text in cell.text.split("\n")]


def _answered_below(cell: Cell, below: Row | None) -> bool:
    """Whether the next row holds, under the cell, nothing but a text too long to be a title or another label."""
    filled = [other for other in below.cells if other.text] if below else []
    if len(filled) != 1 or filled[0].start != cell.start:
        return False
    text = filled[0].text
    wider = filled[0].end > cell.end
    return not text.rstrip().endswith((":", "?")) and (len(text) > _SENTENCE_CHARACTERS or "\n" in text) and not wider


def in_words(row: Row, heads: Mapping[int, str]) -> Row:
    """The row with its marks put into words: those beside options, or under the columns that `heads` names."""
    cells: list[Cell] = []
    for question, *behind in _groups(row.cells):
        said = chosen([cell.text for cell in behind])
        if said is None:
            said = _under(behind, heads)
        cells += [question, *behind] if said is None else [question, replace(behind[0], text=said)]
    return replace(row, cells=tuple(cells))


def _groups(cells: Sequence[Cell]) -> list[list[Cell]]:
    """The cells cut before each text that has an option or a mark behind it and is none itself: the questions."""
    groups: list[list[Cell]] = []
    for number, cell in enumerate(cells):
        after = cells[number + 1].text if number + 1 < len(cells) else ""
        asks = bool(cell.text) and not is_choice(cell.text) and is_choice(after)
        if asks or not groups:
            groups.append([])
        groups[-1].append(cell)
    return groups


def _under(cells: Sequence[Cell], heads: Mapping[int, str]) -> str | None:
    """What is marked in the columns of `heads`, with the remarks in the others; None where they hold other things."""
    under = [cell for cell in cells if cell.start in heads]
    marked = [cell for cell in under if is_mark(cell.text)]
    if not under or not all(cell in marked or is_unmarked(cell.text) for cell in under):
        return None
    if len(marked) > 1:
        # They contradict each other: no answer is better than a wrong one.
        return ""
    remarks = [cell.text for cell in cells if cell.text and cell not in under]
    return ", ".join([*(heads[cell.start] for cell in marked), *remarks])
