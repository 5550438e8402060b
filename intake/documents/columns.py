"""Laid out text cut into columns: lines whose columns begin in the same places become rows of cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from intake.questionnaire.options import is_choice, is_mark, option_columns
from intake.questionnaire.tables import Cell, Row, in_words
from intake.text.lines import Line

_GAP = 3
_SPACES = re.compile(r" {2,}")
_SLACK = 1
_OPEN_ENDS = (",", "/", "(", "-", " de", " del", " la", " el", " of", " the", " do", " da", " o", " y", " e", " or")


def laid_out(lines: Sequence[Line]) -> list[Line]:
    """Rows of cells where the text stands in columns, plain lines elsewhere. Linear in the length of the text.

    A line that begins in an answer's column carries that answer on; a line in the first column carries the label on
    where the label is plainly not complete.
    """
    columns = _columns(lines)
    out: list[Line] = []
    heads: dict[int, str] = {}
    blanks, above = 0, ""
    for number, line in enumerate(lines):
        if not line.text.strip():
            blanks += 1
            continue
        cells = _cells(line.text, columns)
        below = lines[number + 1].text if number + 1 < len(lines) else ""
        if (blanks or not out) and _near(cells[0][0], columns) and len(_cells(below, columns)) == 2:
            # The label stands beside the middle of its answer.
            above, blanks = cells[0][1], 2
            continue
        row = _carried(out[-1], cells, columns, blanks) if out else None
        if row is not None:
            out[-1] = row
        else:
            if blanks and out:
                out.append(Line("", line.where))
            if above and len(cells) == 2:
                cells[1] = (cells[1][0], f"{above}\n{cells[1][1]}")
            heads = option_columns(dict(cells)) or heads
            texts = _in_words(cells, heads)
            out.append(_row(texts, line.where) if len(texts) > 1 else replace(line, text=texts[0]))
        blanks, above = 0, ""
    return out


def _in_words(cells: Sequence[tuple[int, str]], heads: Mapping[int, str]) -> list[str]:
    """The texts of a row, with a mark that stands under an option put into words."""
    marks = [at for at, text in cells[1:] if is_mark(text)]
    if len(marks) == 1 and len(heads) > 1 and sum(is_choice(text) for _, text in cells) == 1:
        apart = min(after - at for at, after in pairwise(sorted(heads)))
        nearest = min(heads, key=lambda head: abs(head - marks[0]))
        if 2 * abs(nearest - marks[0]) < apart:
            return [heads[nearest] if at == marks[0] else text for at, text in cells]
    said = in_words(Row(tuple(Cell(text, n, n + 1) for n, (_, text) in enumerate(cells)), ""), {})
    return [cell.text for cell in said.cells]


def _row(cells: Sequence[str], where: str) -> Line:
    return Line("\t".join(cell.replace("\n", " ") for cell in cells), where, cells=tuple(cells))


def _columns(lines: Sequence[Line]) -> set[int]:
    """The places where a text begins behind a gap, on two lines at least."""
    starts = Counter(
        gap.end()
        for line in lines
        for gap in _SPACES.finditer(line.text.rstrip())
        if gap.start() and gap.end() - gap.start() >= _GAP
    )
    return {start for start in starts if sum(starts[start + slack] for slack in range(-_SLACK, _SLACK + 1)) >= 2}


def _cells(text: str, columns: set[int]) -> list[tuple[int, str]]:
    """Column and text of each cell of a line: cut at gaps, and at two spaces before a known column."""
    text = text.rstrip()
    at = len(text) - len(text.lstrip())
    cells: list[tuple[int, str]] = []
    for gap in _SPACES.finditer(text, at):
        if gap.end() - gap.start() >= _GAP or _near(gap.end(), columns):
            cells.append((at, text[at : gap.start()]))
            at = gap.end()
    cells.append((at, text[at:]))
    return [(start, " ".join(piece.split())) for start, piece in cells]


def _near(at: int, columns: set[int]) -> bool:
    return any(at + slack in columns for slack in range(-_SLACK, _SLACK + 1))


def _carried(row: Line, cells: Sequence[tuple[int, str]], columns: set[int], blanks: int) -> Line | None:
    """`row` carried on by the next line, None where that line is a row of its own."""
    if len(row.cells) != 2 or len(cells) > 2 or blanks > 1:
        return None
    (label, answer), (start, text) = row.cells, cells[0]
    if len(cells) == 1 and _near(start, columns):
        return _row([label, f"{answer}\n{text}"], row.where)
    if blanks or not _goes_on(label, text):
        return None
    more = f"\n{cells[1][1]}" if len(cells) == 2 else ""
    return _row([f"{label} {text}", f"{answer}{more}"], row.where)


def _goes_on(label: str, text: str) -> bool:
    """Whether a label broken over lines goes on with `text`."""
    if label.rstrip().endswith((":", "?")):
        return False
    unclosed = label.count("(") > label.count(")") or label.count("¿") > label.count("?")
    return unclosed or label.endswith(_OPEN_ENDS) or text[:1].islower() or text[:1] == "("
