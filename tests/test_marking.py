"""A mail with the found answers marked."""

from __future__ import annotations

from intake.marking import MarkedLine, marked
from intake.text.body import views
from intake.text.quoting import Origin, Role, parted
from rules.model import Answer, Body

TEXT = """Hola:

Sitio del cliente: Sucursal 9
Descripción del problema: No hay enlace
desde las 8:40.
¿Tiene contingencia? No

--
Ana
"""


def lines_of(text: str, *, html: bool = False, **answers: tuple[str, str]) -> list[MarkedLine]:
    parts = parted(views((Body(text, html, "1"),))[0], Origin.FRESH, "Ana")
    return marked(parts, {key: Answer(words, None, where) for key, (words, where) in answers.items()})


def cut(line: MarkedLine) -> dict[str, str]:
    return {mark.key: line.text[mark.start : mark.end] for mark in line.marks}


def test_each_answer_is_marked_where_it_stands() -> None:
    lines = lines_of(
        TEXT,
        site=("Sucursal 9", "part 1, line 3"),
        problem=("No hay enlace\ndesde las 8:40.", "part 1, line 4"),
        backup=("No", "part 1, line 6"),
    )
    assert [cut(line) for line in lines[2:6]] == [
        {"site": "Sucursal 9"},
        {"problem": "No hay enlace"},
        {"problem": "desde las 8:40."},
        {"backup": "No"},
    ]
    assert [line.role for line in lines if line.text == "Ana"] == [Role.SIGNATURE]
    assert not any(line.marks for line in (*lines[:2], *lines[6:]))


def test_two_answers_in_one_table_row() -> None:
    html = "<table><tr><td>Sitio</td><td>Norte</td><td>Energía</td><td>No</td></tr></table>"
    where = "part 1, table 1, row 1"
    (line,) = lines_of(html, html=True, site=("Norte", where), power=("No", where))
    assert cut(line) == {"site": "Norte", "power": "No"}
    assert [mark.key for mark in line.marks] == ["site", "power"]


def test_words_that_were_cleaned_mark_their_line() -> None:
    lines = lines_of("Sitio: *Sucursal*  _Norte_\n", site=("Sucursal Norte", "part 1, line 1"))
    assert cut(lines[0]) == {"site": lines[0].text}


def test_an_answer_from_elsewhere_marks_nothing() -> None:
    lines = lines_of(TEXT, site=("Sucursal 9", "attachment 1 (form.docx), table 1, row 2"))
    assert not any(line.marks for line in lines)
