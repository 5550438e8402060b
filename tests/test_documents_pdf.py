"""Forms in PDF files: form fields, boxes, and text that only stands side by side."""

from __future__ import annotations

from tests.document_writing import (
    GIVEN,
    ROWS,
    WANTED,
    in_columns,
    page_answers,
    pdf,
    read_files,
)
from tests.readings import texts


def test_columns_of_a_page_with_answers_over_several_lines() -> None:
    rows = [
        ("Cliente", "Ferretería Sol"),
        ("Sitio", "Bodega Sur"),
        ("Incidente interno", ""),
        ("Problema", "enlace caído desde ayer,"),
    ]
    page = [
        *in_columns(rows),
        (300, 780 - 3 * 24 - 12, "sin cambios hasta ahora"),
        (50, 640, "Lluvia"),
        (300, 640, "no"),
    ]
    assert page_answers(page) == GIVEN | {
        "problem": "enlace caído desde ayer, sin cambios hasta ahora",
        "raining": "no",
    }


def test_a_label_over_two_lines_in_a_narrow_column() -> None:
    page = in_columns([("Cliente", "Ferretería Sol"), ("Sitio", "Bodega Sur"), ("Problema", "enlace caído")])
    page += [
        (50, 690, "Horarios de apertura"),
        (50, 678, "del lugar"),
        (300, 690, "L-V de 8 a 18,"),
        (300, 678, "S de 9 a 12"),
    ]
    assert page_answers(page) == GIVEN | {"opening_hours": "L-V de 8 a 18, S de 9 a 12"}


def test_two_pairs_on_one_line_of_a_page() -> None:
    rows = [("Cliente:", "Ferretería Sol", "Sitio:", "Bodega Sur"), ("Problema:", "enlace caído", "Lluvia:", "no")]
    assert page_answers(in_columns(rows, at=(40, 120, 300, 400))) == GIVEN | {"raining": "no"}


def test_marks_on_a_page() -> None:
    rows = [("Pregunta", "Sí", "No"), ("¿Hay energía en el sitio?", "X", ""), ("¿Hubo corte de energía?", "", "X")]
    rows += [("¿Está lloviendo?", "", ""), ("Contingencia", "Sí", "No")]
    page = [*in_columns(ROWS[:3]), *((x, y - 150, text) for x, y, text in in_columns(rows, at=(50, 300, 340)))]
    wanted = {key: WANTED[key] for key in ("customer_name", "site_name", "problem")}
    assert page_answers(page) == wanted | {"site_has_power": "Sí", "power_outage": "No"}


def test_heads_and_feet_of_pages_are_no_answers() -> None:
    first = [(50, 810, "Formulario interno 7"), *in_columns(ROWS[:3]), (50, 30, "Página 1 de 2")]
    second = [(50, 810, "Formulario interno 7"), *in_columns(ROWS[3:]), (50, 30, "Página 2 de 2")]
    assert page_answers(first, second) == WANTED


def field(name: str, value: str, *, more: str = "", y: int = 700) -> str:
    return f"/FT/Tx/T({name})/V({value})/Rect[200 {y} 400 {y + 14}]{more}"


def test_fields_of_a_pdf_by_name_and_by_tooltip() -> None:
    fields = (
        field("Cliente", "Ferreteria Sol"),
        field("form1[0].Texto2[0]", "Bodega Sur", more="/TU(Sitio del cliente)"),
        field("Problema", "enlace caido"),
        field("Incidente_interno", ""),
    )
    reading = read_files(("f.pdf", "application/pdf", pdf([[]], fields)))
    assert texts(reading) == {"customer_name": "Ferreteria Sol", "site_name": "Bodega Sur", "problem": "enlace caido"}
    assert reading.answers["site_name"].where == "attachment 1 (f.pdf), field Texto2"


def test_fields_of_a_pdf_by_the_text_printed_before_them() -> None:
    printed = [(50, 702, "Cliente:"), (50, 672, "Sitio:"), (50, 642, "Problema:"), (50, 612, "Lluvia:")]
    values = ("Ferreteria Sol", "Bodega Sur", "enlace caido", "")
    fields = tuple(field(f"Text{n}", value, y=700 - 30 * n) for n, value in enumerate(values))
    assert page_answers(printed, fields=fields) == {
        "customer_name": "Ferreteria Sol",
        "site_name": "Bodega Sur",
        "problem": "enlace caido",
    }


def test_boxes_of_a_pdf() -> None:
    printed = [(50, 702, "Hay lluvia"), (222, 702, "Si"), (272, 702, "No")]
    box = "/FT/Btn/T({})/AS/{}/V/{}/Rect[{} {} {} {}]"
    fields = (
        *(field(name, value, y=500) for name, value in (("Cliente", "Sol"), ("Sitio", "Sur"), ("Problema", "no va"))),
        box.format("c1", "Off", "Off", 205, 700, 219, 714),
        box.format("c2", "On", "On", 255, 700, 269, 714),
        box.format("Equipos_conectados", "S#ED", "S#ED", 405, 600, 419, 614),
        box.format("Reinicio", "Off", "Off", 405, 570, 419, 584),
        box.format("Contingencia_no", "Yes", "Yes", 405, 540, 419, 554),
    )
    reading = read_files(("f.pdf", "application/pdf", pdf([printed], fields)))
    values = {key: answer.value for key, answer in reading.answers.items() if isinstance(answer.value, bool)}
    assert values == {"raining": False, "equipment_connected": True, "has_backup": False}


def test_the_text_of_the_pages_counts_where_the_fields_hold_no_form() -> None:
    fields = (field("Firma", "A. Ruiz", y=40), field("Cliente", "", y=20))
    assert page_answers(in_columns(ROWS), fields=fields) == WANTED
