"""Forms in tables of any format, and in sheets: marks under options, merged cells, values as they are shown."""

from __future__ import annotations

from datetime import datetime, time

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from tests.document_writing import (
    BASE,
    DOCX,
    GIVEN,
    ROWS,
    WANTED,
    XLSX,
    excel,
    read_files,
    saved,
    sheet_answers,
    table,
    word,
    word_answers,
    word_xml,
)
from tests.readings import texts

MARKED: list[list[list[str]]] = [
    [["Pregunta", "Sí", "No"], ["¿Tiene energía en el sitio?", "X", ""], ["¿Hubo corte de energía?", "", "x"]],
    [
        ["", "Sí", "No", "Obs."],
        ["¿Tiene energía en el sitio?", "✓", "", ""],
        ["¿Hubo corte de energía?", "", "(X)", ""],
    ],
    [["¿Tiene energía en el sitio?", "Sí", "X", "No", ""], ["¿Hubo corte de energía?", "Sí", "", "No", "X"]],
    [["¿Tiene energía en el sitio?", "X", "Sí", "", "No"], ["¿Hubo corte de energía?", "", "Sí", "X", "No"]],
    [["¿Tiene energía en el sitio?", "[X] Sí", "[ ] No"], ["¿Hubo corte de energía?", "☐ Sí", "☒ No"]],
    [["¿Tiene energía en el sitio?", "Sí _X_ No ___"], ["¿Hubo corte de energía?", "___ SI _x_ NO"]],
    [["¿Tiene energía en el sitio?", "X Sí / No"], ["¿Hubo corte de energía?", "Sí   No X"]],
    [["¿Tiene energía en el sitio?", "Sí", "¿Hubo corte de energía?", "No"]],
]


@pytest.mark.parametrize("rows", MARKED)
def test_a_mark_says_the_option_it_stands_at(rows: list[list[str]]) -> None:
    head = [["Cliente", "Ferretería Sol"], ["Sitio", "Bodega Sur"], ["Problema", "enlace caído"]]
    for reading in (
        read_files(("f.docx", DOCX, word_xml(table(*head), table(*rows)))),
        read_files(("f.xlsx", XLSX, excel({"A": [*head, *rows]}))),
    ):
        assert texts(reading).keys() == GIVEN.keys() | {"site_has_power", "power_outage"}
        assert [reading.answers[key].value for key in ("site_has_power", "power_outage")] == [True, False]


@pytest.mark.parametrize(
    "rows",
    [
        [["Pregunta", "Sí", "No"], ["¿Tiene energía en el sitio?", "X", "X"]],
        [["Pregunta", "Sí", "No"], ["¿Tiene energía en el sitio?", "", ""]],
        [["¿Tiene energía en el sitio?", "Sí", "No"]],
        [["¿Tiene energía en el sitio?", "☐ Sí", "☐ No"]],
        [["¿Tiene energía en el sitio?", "Sí", "", "No", ""]],
    ],
)
def test_without_one_mark_nothing_is_chosen(rows: list[list[str]]) -> None:
    assert "site_has_power" not in sheet_answers([*ROWS, *rows])
    assert "site_has_power" not in word_answers(BASE, table(*rows))


def test_sheets_as_people_fill_them() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Reporte de avería"
    sheet["B2"] = "REPORTE DE INCIDENTE"
    sheet.merge_cells("B2:G2")
    sheet["B4"], sheet["D4"] = "Cliente", "Ferretería Sol"
    sheet.merge_cells("B4:C4")
    sheet.merge_cells("D4:E4")
    sheet["F4"], sheet["G4"] = "Sitio", "Bodega Sur"
    sheet["B5"] = "Descripción del problema"
    sheet.merge_cells("B5:G5")
    sheet["B6"] = "enlace caído"
    sheet.merge_cells("B6:G7")
    sheet["B9"], sheet["D9"] = "Incidente interno", 48213.0
    sheet["B10"] = "Energía en el sitio"
    sheet["D10"] = True
    sheet["B11"], sheet["D11"] = "IP origen", "=A1"
    reading = read_files(("f.xlsx", XLSX, saved(book)))
    assert texts(reading) == GIVEN | {"customer_reference": "48213", "site_has_power": "TRUE"}
    assert reading.answers["site_has_power"].value is True
    assert reading.answers["problem"].where == "attachment 1 (f.xlsx), sheet Reporte de avería, row 6"


def test_numbers_and_dates_as_the_program_shows_them() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (*ROWS[:3], ("Incidente interno", 417), ("Fechas y horas de llamadas fallidas", None)):
        sheet.append(row)
    sheet["B4"].number_format = "00000"
    sheet["B5"] = datetime(2026, 11, 5, 14, 30)  # noqa: DTZ001 - a sheet knows no zones
    sheet["B5"].number_format = 'dd/mm/yyyy" a las "hh:mm'
    sheet.append(["Horario de apertura", time(8, 30)])
    sheet["B6"].number_format = "h:mm AM/PM"
    reading = read_files(("f.xlsx", XLSX, saved(book)))
    shown = {key: texts(reading)[key] for key in ("customer_reference", "failed_call_times", "opening_hours")}
    assert shown == {
        "customer_reference": "00417",
        "failed_call_times": "05/11/2026 a las 14:30",
        "opening_hours": "8:30 AM",
    }
    assert reading.answers["failed_call_times"].value == ["2026-11-05T14:30:00-05:00"]


def test_only_what_is_seen_of_a_workbook_is_read() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (*ROWS[:3], ("Incidente interno", "INC-1"), ("Tipo de servicio", "MPLS"), ("Contingencia", "Sí")):
        sheet.append(row)
    sheet.row_dimensions[4].hidden = True
    sheet["B5"].font = Font(strike=True)
    sheet["B6"] = CellRichText(TextBlock(InlineFont(strike=True), "Sí"), "No")
    hidden = book.create_sheet("listas")
    hidden.sheet_state = "hidden"
    hidden.append(["Sitio del cliente", "Bodega Norte"])
    hidden.append(["IP origen", "10.0.0.1"])
    assert texts(read_files(("f.xlsx", XLSX, saved(book)))) == {
        **{key: WANTED[key] for key in ("customer_name", "site_name", "problem")},
        "has_backup": "No",
    }


def test_labels_above_their_answers_in_a_sheet() -> None:
    assert sheet_answers([["Cliente", "Sitio", "Problema"], ["Ferretería Sol", "Bodega Sur", "enlace caído"]]) == GIVEN


def test_a_label_left_open_does_not_take_the_next_row() -> None:
    rows: list[list[object]] = [["Incidente interno", None], ["DATOS DE LA RED"], ["IP origen", None], ["Lluvia", "no"]]
    assert sheet_answers([*ROWS, *rows]) == WANTED | {"raining": "no"}


def test_what_stands_beside_an_empty_answer_is_none() -> None:
    hint = "Nombre, correo y teléfono"
    rows: list[list[object]] = [["Campo", "Respuesta", "Ayuda"], ["Contactos locales", None, hint]]
    rows += [["Incidente interno", None, "Fecha:", "3/11"], *([label, answer, "obligatorio"] for label, answer in ROWS)]
    assert sheet_answers(rows) == WANTED
    assert word_answers(table(*[[str(cell or "") for cell in row] for row in rows])) == WANTED


def test_an_answer_that_looks_like_a_label() -> None:
    rows = [["Nome do cliente *", "Padaria Lua"], ["Local do cliente *", "Filial 3"], ["Problema", "Link fora"]]
    found = {"customer_name": "Padaria Lua", "site_name": "Filial 3", "problem": "Link fora"}
    assert sheet_answers([[None, label, None, answer] for label, answer in rows]) == found
    assert word_answers(table(*rows)) == found


def test_label_and_answer_in_one_cell() -> None:
    rows = [["Nombre del cliente\nFerretería Sol", "Sitio del cliente\nBodega Sur"], ["Problema:\nenlace caído", ""]]
    assert sheet_answers([list(row) for row in rows]) == GIVEN
    assert texts(read_files(("f.docx", DOCX, word(rows)))) == GIVEN


def test_an_answer_over_several_rows() -> None:
    rows: list[list[object]] = [
        ["Contactos locales", "Luis Paz"],
        [None, "luis@sol.example"],
        [None, "+52 55 1234 5678"],
    ]
    assert sheet_answers([*ROWS, *rows, ["Lluvia", "no"]]) == WANTED | {
        "local_contacts": "Luis Paz luis@sol.example +52 55 1234 5678",
        "raining": "no",
    }


def test_another_list_is_not_read_under_the_heads_of_the_first() -> None:
    rows = [["Cliente", "Sitio", "Problema"], ["Sol", "Norte", "caído"]]
    guards = [["Nombre", "Correo", "Semana"], ["Luis", "l@sol.example", "45"]]
    reading = read_files(("f.xlsx", XLSX, excel({"A": rows, "B": guards})))
    assert (reading.answers["site_name"].text, reading.notes) == ("Norte", ())


def test_a_list_of_sites_is_several_sites() -> None:
    rows = [
        ["Cliente", "Sitio", "Problema"],
        ["Sol", "Norte", "caído"],
        ["Sol", "Sur", "lento"],
        ["Sol", "Este", "ruido"],
    ]
    reading = read_files(("f.xlsx", XLSX, excel({"A": rows})))
    assert (texts(reading), reading.notes) == (
        {"customer_name": "Sol", "site_name": "Norte", "problem": "caído"},
        ("several_sites",),
    )
