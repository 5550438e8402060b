"""How people lay out a filled form, whatever mail program they use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.rendering import Cell, Habit, Item, Items, Layout, Row, Span, Table

BLANK = Row()
Spans = tuple[Span, ...]


def _label(item: Item, colon: str = ":") -> str:
    return item.label if item.label.endswith(("?", "*")) and colon == ":" else f"{item.label}{colon}"


def _same(separator: str = ": ", bullet: str = "", look: str = "", label_look: str = "") -> Callable[[Items], Layout]:
    """Label and answer on one line, what follows on the lines below."""

    def lay(items: Items) -> Iterator[Row]:
        for item in items:
            first, *rest = item.lines or ((),)
            label = f"{item.label}{separator if first else separator.rstrip()}"
            yield Row((Span(label, label_look), *(_in(first, look))), bullet)
            yield from (Row(_in(line, look)) for line in rest)

    return lambda items: list(lay(items))


def _in(spans: Spans, look: str) -> Spans:
    return tuple(replace(span, look=span.look or look) for span in spans)


def _below(
    colon: str = ":", mark: str = "", gap: bool = False, apart: bool = False, look: str = "", bullet: str = ""
) -> Callable[[Items], Layout]:
    """The answer on the lines below its label, perhaps with a blank line between."""

    def lay(items: Items) -> Iterator[Row]:
        for item in items:
            yield Row((Span(_label(item, colon)),), bullet)
            if gap:
                yield BLANK
            for n, line in enumerate(item.lines):
                yield Row((*((Span(mark),) if mark and not n else ()), *_in(line, look)))
            if gap or apart:
                yield BLANK

    return lambda items: list(lay(items))


def _empty_above(items: Items) -> Layout:
    empty = _same()([replace(item, answer="", typed=()) for item in items])
    return [*empty, BLANK, Row((Span("Abajo va con los datos."),)), BLANK, *_same()(items)]


def _lined(items: Items) -> Layout:
    """The blanks of a printed form: lines and dots where nothing was answered."""
    blanks = ("____", "...", "-", "_________", "……")
    return _same()(
        [replace(item, typed=(Span(blanks[n % 5]),)) if not item.answer else item for n, item in enumerate(items)]
    )


def _cells(items: Items, *, head: bool = False, colon: str = "") -> list[tuple[Cell, Cell]]:
    shown = ["\n".join("".join(s.text for s in line) for line in item.lines) for item in items]
    return [
        (Cell((f"{item.label}{colon}",), head=head), Cell(tuple(text.split("\n"))))
        for item, text in zip(items, shown, strict=True)
    ]


def _table(*, head: bool = False, colon: str = "") -> Callable[[Items], Layout]:
    return lambda items: [Table(tuple(_cells(items, head=head, colon=colon)))]


def _two_pairs(items: Items) -> Layout:
    cells = _cells(items)
    rows = [sum(cells[n : n + 2], ()) for n in range(0, len(cells), 2)]
    return [Table(((Cell(("DATOS DEL INCIDENTE",), colspan=4),), *rows))]


def _merged(items: Items) -> Layout:
    """A section in the first column, over several rows, and wide answers."""
    cells = _cells(items)
    rows: list[tuple[Cell, ...]] = []
    for n in range(0, len(cells), 3):
        group = cells[n : n + 3]
        section = Cell((f"Parte {n // 3 + 1}",), rowspan=len(group))
        for m, (label, answer) in enumerate(group):
            rows.append((*((section,) if m == 0 else ()), label, replace(answer, colspan=2)))
    return [Table(tuple(rows))]


def _header_row(items: Items) -> Layout:
    labels, answers = zip(*_cells(items, head=True), strict=True)
    return [Table((labels[n : n + 5], answers[n : n + 5])) for n in range(0, len(labels), 5)]


def _stacked(items: Items) -> Layout:
    """One column: the label in a row of its own, the answer in the row below."""
    rows = [row for label, answer in _cells(items) for row in ((label,), (answer,))]
    return [Table(tuple(rows))]


def _numbered_table(items: Items) -> Layout:
    rows = [(Cell((str(n),)), *pair) for n, pair in enumerate(_cells(items), 1)]
    return [Table(((Cell(("N°",), head=True), Cell(("Pregunta",), head=True), Cell(("Respuesta",), head=True)), *rows))]


def _boxed(shape: str) -> Callable[[Items], Items]:
    """Yes and no as two boxes, one of them ticked; the answer is the line."""

    def prepare(items: Items) -> Items:
        return [_box(item, shape) if isinstance(item.value, bool) else item for item in items]

    return prepare


def _box(item: Item, shape: str) -> Item:
    ticked, open_ = shape.split("|")
    yes, no = (ticked, open_) if item.value else (open_, ticked)
    return replace(item, answer=f"{yes} {no}".replace("?", "Sí", 1).replace("?", "No", 1))


def _struck(items: Items) -> Items:
    """The printed "SI/NO" with one of them struck out; the answer is the other."""

    def one(item: Item) -> Item:
        if not isinstance(item.value, bool):
            return item
        kept = "SI" if item.value else "NO"
        spans = (Span("SI", "" if item.value else "struck"), Span(" / "), Span("NO", "struck" if item.value else ""))
        return replace(item, answer=kept, typed=spans)

    return [one(item) for item in items]


def _plainly_struck(items: Items) -> Items:
    def one(item: Item) -> Item:
        if not isinstance(item.value, bool):
            return item
        kept, gone = ("Sí", "No") if item.value else ("No", "Sí")
        typed = f"{kept} ~~{gone}~~" if item.value else f"~~{gone}~~ {kept}"
        return replace(item, answer=kept, typed=(Span(typed),))

    return [one(item) for item in items]


def _without_dashes(items: Items) -> Items:
    """Who sets dashes before the questions lists an answer's points without."""
    return [replace(item, answer=item.answer.replace("- ", "")) for item in items]


def _reversed(items: Items) -> Layout:
    return _same()(list(reversed(items)))


PLAIN: tuple[Habit, ...] = (
    Habit("same line", _same()),
    Habit("same line, space before colon", _same(" : ")),
    Habit("same line, no space", _same(":")),
    Habit("dashes", _same(bullet="dash"), prepare=_without_dashes),
    Habit("numbers", _same(bullet="number")),
    Habit("letters", _same(bullet="letter")),
    Habit("equals", _same(" = ")),
    Habit("arrow", _same(" -> ")),
    Habit("fat arrow", _same(" => ")),
    Habit("hyphen", _same(" - ")),
    Habit("dots", _same(" ..... ")),
    Habit("bold answers", _same(look="bold")),
    Habit("bold labels", _same(label_look="bold")),
    Habit("next line", _below()),
    Habit("next line, no colon, apart", _below(colon="", apart=True)),
    Habit("next line, apart", _below(apart=True)),
    Habit("next line, numbers", _below(bullet="number", apart=True)),
    Habit("next line, R:", _below(mark="R: ")),
    Habit("next line, R/", _below(mark="R/ ")),
    Habit("next line, arrow", _below(mark="-> ")),
    Habit("next line, R:, apart", _below(mark="R: ", apart=True)),
    Habit("next line, bold", _below(look="bold")),
    Habit("blank line between", _below(gap=True)),
    Habit("reversed", _reversed),
    Habit("empty form above", _empty_above),
    Habit("lines for blanks", _lined),
    Habit("[x] [ ]", _same(), prepare=_boxed("[x] ?|[ ] ?")),
    Habit("(X) ( )", _same(), prepare=_boxed("(X) ?|( ) ?")),
    Habit("box signs", _same(), prepare=_boxed("☒ ?|☐ ?")),
    Habit("boxes behind", _same(), prepare=_boxed("? [X]|? [ ]")),
    Habit("~~struck~~", _same(), prepare=_plainly_struck),
)
RICH: tuple[Habit, ...] = (
    Habit("red answers", _same(look="red"), html=True),
    Habit("red, next line", _below(look="red"), html=True),
    Habit("struck", _same(), html=True, prepare=_struck),
    Habit("table", _table(), html=True),
    Habit("table, colons", _table(colon=":"), html=True),
    Habit("table, th", _table(head=True), html=True),
    Habit("table, two pairs", _two_pairs, html=True),
    Habit("table, merged", _merged, html=True),
    Habit("table, header row", _header_row, html=True),
    Habit("table, numbered", _numbered_table, html=True),
    Habit("table, stacked", _stacked, html=True),
)
HABITS = PLAIN + RICH
