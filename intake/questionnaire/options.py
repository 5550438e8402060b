"""Options that are marked in a table ("Sí" | "X" | "No" | ""), put into words as a reader of the table would."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rules.words import fold

_HEAD_CHARACTERS = 40
_OPTIONS = frozenset(
    {
        "si",
        "no",
        "sim",
        "nao",
        "yes",
        "s",
        "n",
        "y",
        "n a",
        "na",
        "no aplica",
        "nao se aplica",
        "not applicable",
        "no se",
    }
)
_MARK = r"(?:[(\[]\s{0,3}[xX✓✔*•]\s{0,3}[)\]]|[xX✓✔√●■☒☑✅])"
_OPEN = r"(?:[(\[_]\s{0,9}[)\]_]|[☐□○])"
_MARKED = re.compile(rf"\s*{_MARK}\s*")
_BLANK = re.compile(rf"\s*(?:{_OPEN}|[.\-–—_])?\s*")
_PIECE = re.compile(r"_+[xX✓✔]_+|_+|[^\W\d_]+|[^\w\s/|,;]")
_CLOSE_BY = r"(?:[(\[]\s{0,3}[xX✓✔*•]\s{0,3}[)\]]|[☒☑✅])"
_AROUND = re.compile(
    rf"\s*(?P<before>{_MARK}\s|{_CLOSE_BY}|{_OPEN})?\s*(?P<word>[^☒☑☐□\[\]()✅]{{1,20}}?)"
    rf"\s*(?P<after>(?<=\s){_MARK}|{_CLOSE_BY}|{_OPEN})?\s*$"
)


def option_columns(cells: Mapping[int, str]) -> dict[int, str]:
    """The columns of a row that does nothing but head others with options ("Pregunta" | "Sí" | "No"); {} for other
    rows."""
    options = {column: text.strip() for column, text in cells.items() if _option(text) == (text.strip(), False)}
    others = {column: text for column, text in cells.items() if column not in options}
    if len(options) < 2 or any(len(text) > _HEAD_CHARACTERS or is_mark(text) for text in others.values()):
        return {}
    # A text between two options is a question of its own.
    return options if not any(min(options) < column < max(options) for column in others) else {}


def is_choice(text: str) -> bool:
    """Whether a cell names an option, marked or not, or holds a mark alone."""
    return bool(text.strip()) and (_option(text) is not None or is_mark(text))


def is_mark(text: str) -> bool:
    """Whether a cell holds a cross, a tick or a filled box alone."""
    return _MARKED.fullmatch(text) is not None


def is_unmarked(text: str) -> bool:
    """Whether a cell holds nothing, or a box left open."""
    return _BLANK.fullmatch(text) is not None


def chosen(cells: Sequence[str]) -> str | None:
    """What is chosen in the cells behind a question, options and marks mixed ("Sí", "X", "No", "").

    "" where nothing or more than one thing is; None where the cells do not name at least two options.
    """
    options = {n: option for n, text in enumerate(cells) if (option := _option(text))}
    if len(options) < 2:
        return None
    marked = [word for word, inside in options.values() if inside]
    marks = [n for n, text in enumerate(cells) if n not in options and is_mark(text)]
    # The mark stands behind its option, unless the row begins with a place for one.
    side = -1 if min(options) == 0 else 1
    marked += [options[n + side][0] for n in marks if n + side in options]
    if len(marked) + len([n for n in marks if n + side not in options]) != 1 or not marked:
        return ""
    rest = [text for n, text in enumerate(cells) if n not in options and not is_mark(text) and not is_unmarked(text)]
    return ", ".join([marked[0], *rest])


def marked_option(text: str) -> str | None:
    """The option marked on a line of nothing but options and marks ("Sí ___ No _X_"): "" where none or more than one
    is, None for other lines."""
    if len(text) > _HEAD_CHARACTERS:
        return None
    pieces = [piece.strip("_") for piece in _PIECE.findall(text)]
    rest = [piece for piece in pieces if piece and not is_mark(piece) and fold(piece) not in _OPTIONS]
    return None if rest else chosen(pieces)


def _option(text: str) -> tuple[str, bool] | None:
    """The option that a cell names, and whether it is marked there; None for other cells."""
    found = _AROUND.match(text) if len(text) <= _HEAD_CHARACTERS else None
    if not found or fold(found["word"]) not in _OPTIONS:
        return None
    marks = [mark for mark in (found["before"], found["after"]) if mark]
    return found["word"].strip(), any(is_mark(mark) for mark in marks)
