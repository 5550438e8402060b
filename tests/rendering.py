"""The renderer matrix: what a customer answers, apart from how a habit lays it out and a mail program writes it.

A `Form` is laid out by a habit (`rendering_habits`) into rows and tables, written by a mail program
(`rendering_programs`) as plain text or HTML, and sent in an encoding (`rendering_transport`). Whatever the way, the
reading must be the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from intake.parse import parse
from intake.reading import read
from rules.model import AnswerValue, Envelope, Reading
from rules.policy import Desk, QuestionType
from tests.readings import NOW


@dataclass(frozen=True)
class Span:
    """Text in one look: "" (as the mail), "bold", "red" or "struck"."""

    text: str
    look: str = ""


@dataclass(frozen=True)
class Row:
    """One displayed line, behind a bullet ("dash", "number", "letter") where it is an item of a list; none: blank."""

    spans: tuple[Span, ...] = ()
    bullet: str = ""

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True)
class Cell:
    """A table cell with its lines; `head` is a `<th>`."""

    lines: tuple[str, ...]
    head: bool = False
    colspan: int = 1
    rowspan: int = 1


@dataclass(frozen=True)
class Table:
    """Rows of cells, with borders."""

    rows: tuple[tuple[Cell, ...], ...]


Layout = Sequence[Row | Table]


@dataclass(frozen=True)
class Item:
    """A question as the customer writes it and the answer: `answer` is what must be read ("" for none), `typed` what
    stands in the mail for it, `value` its normalised value."""

    key: str
    label: str
    answer: str = ""
    value: AnswerValue = None
    typed: tuple[Span, ...] = ()

    @property
    def lines(self) -> tuple[tuple[Span, ...], ...]:
        """What is typed, line by line."""
        if self.typed:
            return (self.typed,)
        return tuple((Span(line),) for line in self.answer.split("\n")) if self.answer else ()


@dataclass(frozen=True)
class Letter:
    """What stands around the form."""

    subject: str = "Cuestionario"
    above: tuple[str, ...] = ("Buenos días,", "", "Por favor abrir un caso con los datos siguientes.")
    below: tuple[str, ...] = ("Quedo atenta.", "", "Saludos cordiales,", "Luisa Ferrán", "Coordinadora de Redes")
    sender: str = "Luisa Ferrán"
    address: str = "lferran@cliente.example"


@dataclass(frozen=True)
class Text:
    """A body part as a mail program writes it."""

    content: str
    html: bool = False
    flowed: bool = False


Items = Sequence[Item]
Program = Callable[[Letter, Layout], Sequence[Text]]
"""One or two parts that say the same (then a multipart/alternative)."""


@dataclass(frozen=True)
class Habit:
    """A way to lay out a form. `html` needs markup. `prepare` changes what is typed, or what the answer then is."""

    name: str
    lay: Callable[[Items], Layout]
    html: bool = False
    prepare: Callable[[Items], Items] = field(default=lambda items: items)


def expected(items: Items) -> Mapping[str, tuple[str, AnswerValue]]:
    """What must be read: text with white space folded, and value."""
    return {one.key: (" ".join(one.answer.split()), one.value) for one in items if one.answer}


def got(reading: Reading, desk: Desk) -> Mapping[str, tuple[str, AnswerValue]]:
    """What was read; free text has no value besides itself."""
    free = {question.key for question in desk.questions if question.type is QuestionType.TEXT}
    return {
        key: (" ".join(answer.text.split()), None if key in free else answer.value)
        for key, answer in reading.answers.items()
    }


def read_raw(raw: bytes, desk: Desk, address: str = "lferran@cliente.example") -> Reading:
    return read(parse(raw), desk, Envelope(address, desk.addresses), NOW)


def assert_read(raw: bytes, desk: Desk, items: Items) -> None:
    """The mail says exactly this, and says it once; the mail is shown where it does not."""
    reading = read_raw(raw, desk)
    found, wanted = got(reading, desk), expected(items)
    if found != wanted or reading.notes:
        wrong = {
            key: (found.get(key), wanted.get(key)) for key in {*found, *wanted} if found.get(key) != wanted.get(key)
        }
        lines = "\n".join(f"    {key}: read {was!r}, written {should!r}" for key, (was, should) in wrong.items())
        raise AssertionError(f"{reading.notes}\n{lines}\n{raw.decode('latin-1')}")
