"""Lines with several labels: rows of a table, and pairs set side by side on one line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from intake.questionnaire.labels import Found, Labels, split_bullet

# Where a further label may begin behind an answer on the same line.
_NEXT_PAIR = re.compile(
    r"\s{0,3}[|;,.]\s{1,3}(?=[A-ZÀ-Ý¿*][^:=|;,.]{2,60}[:=])|(?<=\S)\s{2,60}(?=[A-ZÀ-Ý¿*][^:=|;,.]{2,60}[:=])"
)
_SIGN = re.compile(r"[:=]")
_RULE = re.compile(r"[-+|=:_ ]{3,}")
_BARS = 40
_WORD = re.compile(r"[^\s/|]+")
_FEWEST_STRUNG, _MOST_STRUNG, _LABEL_WORDS = 3, 24, 8
_LINE_CHARACTERS = 1_000
_LABEL_CELL = 200
_EXACT = 100.0

Header = Sequence[str | None]
"""The keys of the labels that head a table's columns, None for a column without."""


def tabbed(text: str) -> tuple[str, ...]:
    """The columns of a line with tabs in it, those before and behind its bullet apart."""
    if "\t" not in text:
        return ()
    rest = split_bullet(text.strip())[1]
    return tuple(column.strip() for column in rest.split("\t")) if "\t" in rest else ()


def barred(text: str) -> tuple[str, ...]:
    """The cells of a row drawn with bars ("| Cliente | Acme |")."""
    text = text.strip()
    if not (text.startswith("|") and text.endswith("|") and 2 < text.count("|") <= _BARS):
        return ()
    return tuple(cell.strip(" *") for cell in text[1:-1].split("|"))


def is_rule(text: str) -> bool:
    """Whether a line but draws a table: "+-----+----+", "|---|:--|"."""
    return _RULE.fullmatch(text) is not None


def pairs(text: str, labels: Labels) -> list[Found]:
    """The labels of a line that holds several with their answers ("Cliente: X | Sitio: Y"); [] for other lines."""
    if len(text) > _LINE_CHARACTERS or text.count(":") + text.count("=") < 2 or "\t" in text:
        return []
    marks = {mark.end() for mark in _NEXT_PAIR.finditer(text)} | _run_on(text, labels)
    starts: list[tuple[int, int, str]] = []
    for begin, end in pairwise([0, *sorted(marks), len(text)]):
        _bullet, piece = split_bullet(text[begin:end])
        label = _SIGN.split(piece, maxsplit=1)[0]
        matched = labels.match(label)
        if not matched or matched[1] < _EXACT or matched[0] in {key for _, _, key in starts}:
            if not starts:
                return []
            continue
        starts.append((begin, text.index(label, begin) + len(label) + 1, matched[0]))
    ends = [*(begin for begin, _, _ in starts[1:]), len(text)]
    if len(starts) < 2:
        return []
    return [Found(key, text[a:b].strip(" |;,./\t")) for (_, a, key), b in zip(starts, ends, strict=True)]


def _run_on(text: str, labels: Labels) -> set[int]:
    """Where labels begin on a line that strings at least three of them together with nothing but a blank, or a stroke,
    before each."""
    found: dict[int, str] = {}
    colons = [n for n, sign in enumerate(text) if sign == ":"]
    if not _FEWEST_STRUNG <= len(colons) <= _MOST_STRUNG:
        return set()
    for before, colon in pairwise([-1, *colons]):
        starts = [m.start() for m in _WORD.finditer(text, before + 1, colon)][-_LABEL_WORDS:]
        for start in starts:
            matched = labels.match(text[start:colon]) if text[start].isupper() or text[start] == "¿" else None
            if matched and matched[1] == _EXACT:
                found[start] = matched[0]
                break
    return set(found) - {0} if len(set(found.values())) >= _FEWEST_STRUNG else set()


def row(cells: Sequence[str], header: Header, labels: Labels) -> tuple[list[Found], Header]:
    """Labels and answers of a table row, side by side or under the `header` of an earlier row, and the header for the
    rows below."""
    keys = _keys(cells, labels)
    labelled = [n for n, key in enumerate(keys) if key is not None]
    # Labels with blanks between them are pairs that nobody filled in.
    if len(labelled) == len([c for c in cells if c]) >= 2 and labelled[-1] - labelled[0] == len(labelled) - 1:
        return [], keys
    if header and len(header) == len(cells) and not any(keys):
        under = [Found(key, text) for key, text in zip(header, cells, strict=True) if key]
        # A list of sites has a row for each.
        return under, header if len(header) > 2 else []
    return _side_by_side(cells, keys, labels), []


def _keys(cells: Sequence[str], labels: Labels) -> list[str | None]:
    """The key that each cell is a label of."""
    matches = [labels.match(split_bullet(cell)[1]) if _may_be_label(cell, labels) else None for cell in cells]
    filled = [match for match, cell in zip(matches, cells, strict=True) if cell]
    header_row = len(filled) > 2 and all(filled)
    for n, (one, after) in enumerate(pairwise(matches), 1):
        # What nearly is a label beside one that is: "Filial 3" is an answer.
        if not header_row and one and after and after[1] < one[1] == _EXACT:
            matches[n] = None
    return [m[0] if m else None for m in matches]


def _may_be_label(cell: str, labels: Labels) -> bool:
    """Whether a cell is short enough for a label, and holds none with its answer ("Sitio: Norte")."""
    label, colon, answer = cell.partition(":")
    if colon and answer.strip() and (matched := labels.match(split_bullet(label)[1])) and matched[1] == _EXACT:
        return False
    return len(cell) < _LABEL_CELL


def _side_by_side(cells: Sequence[str], keys: Sequence[str | None], labels: Labels) -> list[Found]:
    found: list[Found] = []
    n = 0
    while n < len(cells):
        key = keys[n]
        if key is None:
            if inside := _in_cell(cells[n], labels):
                found.append(inside)
            n += 1
            continue
        answer = n + 1
        while _spacer(cells, keys, answer) or (answer + 1 < len(cells) and labels.is_hint(key, cells[answer])):
            answer += 1
        unlabelled = answer < len(cells) and keys[answer] is None
        found.append(Found(key, cells[answer] if unlabelled else ""))
        n = answer + 1 if unlabelled else n + 1
    return found


def _in_cell(cell: str, labels: Labels) -> Found | None:
    """A label that shares a cell with its answer."""
    first, _, rest = cell.partition("\n")
    found = labels.find(first)
    if found is None or (found.alone and not rest):
        return None
    return Found(found.key, f"{found.answer}\n{rest}".strip())


def _spacer(cells: Sequence[str], keys: Sequence[str | None], n: int) -> bool:
    """Whether cell `n` is empty, or a separator, and but holds a label and its answer apart."""
    return (
        len(cells) > 2
        and n + 1 < len(cells)
        and not cells[n].strip(" :=→")
        and keys[n + 1] is None
        # Behind a blank, a label that the desk does not know has an answer of its own.
        and not cells[n + 1].rstrip().endswith((":", "?"))
    )
