"""What was typed into a PDF: form fields (ISO 32000 s12.7) and free-text annotations (s12.5.6.6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from pypdf import PageObject
from pypdf.generic import ArrayObject, DictionaryObject

from intake.text.lines import Line
from rules.words import fold

_FIELDS = 500
_PARENTS = 8
_FRAGMENTS = 5_000
_CHARACTERS = 8_000
_LABEL_GAP = 30.0
_OFF = frozenset({"/Off", "Off", ""})
# Names that programs give to the ticked state of a box, which say no more than that it is ticked.
_TICKED = frozenset({"on", "yes", "1", "true", "checked", "x"})
_OPTIONS = frozenset({"si", "no", "sim", "nao", "yes"})


@dataclass(frozen=True, slots=True)
class _Fragment:
    """A text on a page with its place, in points from the lower left corner."""

    x: float
    y: float
    text: str


def field_lines(pages: Sequence[PageObject], place: str) -> list[Line]:
    """A row of cells for each field: what names it, and its value. Fields come in the order of the pages.

    A field is named by its tooltip, its own name, or the text printed before or above it: one row for each of them.
    Raises whatever the library raises.
    """
    lines: list[Line] = []
    for number, page in enumerate(pages, 1):
        widgets = list(islice(_widgets(page), _FIELDS))
        if not widgets:
            continue
        printed = _Printed(_fragments(page), [box for one in widgets if (box := _box(one))])
        for widget in widgets:
            name, value = _name(widget), _value(widget)
            where = f"{place}, field {name[:80]}" if name else f"{place}, page {number}"
            labels = [_text(_inherited(widget, "/TU")), name]
            if _inherited(widget, "/FT") == "/Btn":
                asked = [_without_option(label) for label in labels]
                option = printed.option_beside(widget) or next((option for _, option in asked if option), "")
                # A box for "No" that is ticked says no, whatever its state is called.
                value = option if value and option else value
                labels = [*(label for label, _ in asked), printed.question(widget)]
            else:
                labels.append(printed.label(widget))
            shown = " ".join(value.split())
            lines += [
                Line(f"{label}\t{shown}", where, cells=(label, value)) for label in dict.fromkeys(labels) if label
            ]
    return lines


def _row(label: str, value: str, where: str) -> Line:
    return Line(f"{label}\t{' '.join(value.split())}", where, cells=(label, value))


def _widgets(page: PageObject) -> Iterator[DictionaryObject]:
    for reference in islice(page.get("/Annots") or (), 2 * _FIELDS):
        annotation = reference.get_object()
        if not isinstance(annotation, DictionaryObject):
            continue
        typed = annotation.get("/Subtype") == "/FreeText"
        field = annotation.get("/Subtype") == "/Widget" and _inherited(annotation, "/FT") in ("/Tx", "/Ch", "/Btn")
        if typed or field:
            yield annotation


def _inherited(field: DictionaryObject, key: str) -> object:
    """An attribute of a field, or of the nearest of its parents."""
    for _ in range(_PARENTS):
        if key in field:
            return field[key]
        parent = field.get("/Parent")
        parent = parent.get_object() if parent is not None else None
        if not isinstance(parent, DictionaryObject):
            return None
        field = parent
    return None


def _name(field: DictionaryObject) -> str:
    """The last part of a field's name that says something: "form1[0].page[0].Sitio[0]" is Sitio."""
    text = _text(_inherited(field, "/T"))
    return text.rpartition(".")[2].partition("[")[0].strip()


def _value(field: DictionaryObject) -> str:
    if field.get("/Subtype") == "/FreeText":
        return _text(field.get("/Contents"))
    value = _inherited(field, "/V")
    if _inherited(field, "/FT") != "/Btn":
        return ", ".join(map(_text, value[:20])) if isinstance(value, list) else _text(value)
    # A box left open is no answer: nobody may have looked at it.
    state = str(field.get("/AS", value or ""))
    if state in _OFF or (value is not None and str(value) in _OFF):
        return ""
    bare = _decoded(state.lstrip("/"))
    return "Yes" if bare.lower() in _TICKED else bare


def _decoded(name: str) -> str:
    """A name object's text: other programs write UTF-8 or Latin-1 bytes there."""
    try:
        return name.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return name


def _text(value: object) -> str:
    text = value if isinstance(value, str) else ""
    return text[:_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").strip()


def _fragments(page: PageObject) -> list[_Fragment]:
    """The printed texts of a page with their places."""
    found: list[_Fragment] = []

    def take(text: str, matrix: Sequence[float], text_matrix: Sequence[float], *_: object) -> None:
        if text.strip() and len(found) < _FRAGMENTS:
            x, y = text_matrix[4], text_matrix[5]
            at_x = x * matrix[0] + y * matrix[2] + matrix[4]
            at_y = x * matrix[1] + y * matrix[3] + matrix[5]
            found.append(_Fragment(at_x, at_y, " ".join(text.split())))

    page.extract_text(visitor_text=take)
    return found


def _box(widget: DictionaryObject) -> tuple[float, float, float, float] | None:
    """Left, bottom, right and top of a field."""
    rectangle = widget.get("/Rect")
    rectangle = rectangle.get_object() if rectangle is not None else None
    if not isinstance(rectangle, ArrayObject) or len(rectangle) != 4:
        return None
    one, two, three, four = (float(side) for side in rectangle)
    return min(one, three), min(two, four), max(one, three), max(two, four)


def _without_option(label: str) -> tuple[str, str]:
    """A box's name without the option at its end ("energia_no" is energia, no), and that option."""
    words = label.replace("_", " ").split()
    if len(words) > 1 and fold(words[-1]) in _OPTIONS:
        return " ".join(words[:-1]), words[-1]
    return label, ""


@dataclass(frozen=True, slots=True)
class _Printed:
    """The printed texts of a page, and the places of its fields."""

    fragments: Sequence[_Fragment]
    boxes: Sequence[tuple[float, float, float, float]]

    def label(self, widget: DictionaryObject) -> str:
        """The text printed before a field on its line, behind the field before it; else the text right above it."""
        if (box := _box(widget)) is None:
            return ""
        left, bottom, right, top = box
        edge = max((b[2] for b in self.boxes if b[2] <= left + 2 and b[1] < top and b[3] > bottom), default=0.0)
        beside = [one for one in self._on_line(bottom, top) if edge - 2 <= one.x < left]
        if beside:
            return " ".join(one.text for one in beside)
        above = [one for one in self.fragments if top <= one.y <= top + _LABEL_GAP and left - 10 <= one.x < right]
        nearest = min((one.y for one in above), default=0.0)
        return " ".join(one.text for one in sorted(above, key=lambda one: one.x) if one.y <= nearest + 2)

    def question(self, widget: DictionaryObject) -> str:
        """The text printed before a box on its line, without the options of the boxes between."""
        if (box := _box(widget)) is None:
            return ""
        beside = [one.text for one in self._on_line(box[1], box[3]) if one.x < box[0]]
        return " ".join(text for text in beside if fold(text) not in _OPTIONS)

    def option_beside(self, widget: DictionaryObject) -> str:
        """The option printed right behind a box, "" where another text or none stands there."""
        if (box := _box(widget)) is None:
            return ""
        behind = [one for one in self._on_line(box[1], box[3]) if one.x >= box[2] - 2]
        return behind[0].text if behind and fold(behind[0].text) in _OPTIONS else ""

    def _on_line(self, bottom: float, top: float) -> list[_Fragment]:
        return sorted((one for one in self.fragments if bottom - 4 <= one.y <= top), key=lambda one: one.x)
