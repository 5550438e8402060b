"""Forms in Word files: controls, fields, what is struck out, merged cells."""

from __future__ import annotations

import pytest

from tests.document_writing import (
    BASE,
    DOCX,
    GIVEN,
    ROWS,
    WANTED,
    paragraph,
    read_files,
    table,
    word,
    word_answers,
)
from tests.readings import texts

BOX = (
    '<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="1"/></w14:checkbox></w:sdtPr>'
    "<w:sdtContent><w:r><w:t>☒</w:t></w:r></w:sdtContent></w:sdt>"
)
OPEN_BOX = BOX.replace("☒", "☐").replace('val="1"', 'val="0"')


def control(text: str, *, prompt: bool = False) -> str:
    shows = "<w:showingPlcHdr/>" if prompt else ""
    return f"<w:sdt><w:sdtPr>{shows}</w:sdtPr><w:sdtContent><w:r><w:t>{text}</w:t></w:r></w:sdtContent></w:sdt>"


def legacy(data: str, result: str = "") -> str:
    shown = f"<w:r><w:t>{result}</w:t></w:r>" if result else ""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{data}</w:ffData></w:fldChar></w:r>'
        f"<w:r><w:instrText> FORM </w:instrText></w:r>"
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{shown}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def struck(text: str) -> str:
    return f"<w:r><w:rPr><w:strike/></w:rPr><w:t>{text}</w:t></w:r>"


def test_content_controls_of_word() -> None:
    prompt = "Haga clic aquí para escribir texto."
    found = word_answers(
        table(
            ["Cliente", paragraph(control("Ferretería Sol"))],
            ["Sitio", paragraph(control("Bodega Sur"))],
            ["Problema", paragraph(control("enlace caído"))],
            ["Incidente interno", paragraph(control(prompt, prompt=True))],
            ["¿Están todos los equipos conectados?", paragraph(BOX, " Sí  ", OPEN_BOX, " No")],
        )
    )
    assert found == GIVEN | {"equipment_connected": "☒ Sí ☐ No"}


def test_form_fields_of_old_word() -> None:
    drop = '<w:ddList>{}<w:listEntry w:val="Elija"/><w:listEntry w:val="MPLS"/></w:ddList>'
    ticked = legacy('<w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox>')
    empty = legacy('<w:checkBox><w:default w:val="0"/></w:checkBox>')
    found = word_answers(
        table(
            ["Cliente", paragraph(legacy("<w:textInput/>", "Ferretería Sol"))],
            ["Sitio", paragraph(legacy("<w:textInput/>", "Bodega Sur"))],
            ["Problema", paragraph("enlace caído")],
            ["Incidente interno", paragraph(legacy("<w:textInput/>", "\u2002\u2002\u2002\u2002"))],
            ["Tipo de servicio", paragraph(legacy(drop.format('<w:result w:val="1"/>')))],
            ["Contingencia", paragraph(empty, " Sí ", ticked, " No")],
        )
    )
    assert found == GIVEN | {"service_type": "MPLS", "has_backup": "☐ Sí ☒ No"}
    assert "service_type" not in word_answers(BASE, table(["Tipo de servicio", paragraph(legacy(drop.format("")))]))


def test_what_is_struck_out_deleted_or_hidden_in_word_is_not_said() -> None:
    deleted = '<w:del w:id="1"><w:r><w:delText>Bodega Norte</w:delText></w:r></w:del>'
    inserted = '<w:ins w:id="2"><w:r><w:t>Bodega Sur</w:t></w:r></w:ins>'
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>nadie lo ve</w:t></w:r>"
    kept = '<w:r><w:rPr><w:strike w:val="0"/></w:rPr><w:t>caído</w:t></w:r>'
    found = word_answers(
        table(
            ["Cliente", paragraph(struck("Ferretería Luna"), "Ferretería Sol", hidden)],
            ["Sitio", paragraph(deleted, inserted)],
            ["Problema", paragraph("enlace ", kept)],
            ["Incidente interno", paragraph(struck("INC-1"))],
        )
    )
    assert found == GIVEN


def test_text_boxes_and_nested_tables_of_word() -> None:
    box = (
        '<w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox><w:txbxContent>'
        f"{paragraph('Cliente: Ferretería Sol')}</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    )
    inner = table(["Sitio", "Bodega Sur"], ["Problema", "enlace caído"])
    assert word_answers(paragraph("Reporte", box), table([f"{paragraph('')}{inner}{paragraph('')}", "."])) == GIVEN


def test_merged_cells_of_word() -> None:
    wide = '<w:tcPr><w:gridSpan w:val="3"/></w:tcPr>'
    first, more = ('<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>', "<w:tcPr><w:vMerge/></w:tcPr>")
    found = word_answers(
        table(
            [f"{wide}{paragraph('DATOS DEL SITIO')}"],
            [f"{first}{paragraph('Datos')}", "Cliente", "Ferretería Sol"],
            [f"{more}{paragraph('')}", "Sitio", "Bodega Sur"],
            [f"{wide}{paragraph('Descripción del problema')}"],
            [f"{wide}{paragraph('enlace caído')}"],
        )
    )
    assert found == GIVEN


@pytest.mark.parametrize("mark", [": ", ":\t", "\t", ":\n", "\n"])
def test_word_without_tables(mark: str) -> None:
    lines = [f"{label}{mark}{answer}" for label, answer in ROWS]
    assert texts(read_files(("f.docx", DOCX, word(paragraphs="\n".join(lines).split("\n"))))) == WANTED


def test_four_columns_of_word() -> None:
    rows = [["Cliente", "Ferretería Sol", "Sitio", "Bodega Sur"], ["Lluvia", "", "Problema", "enlace caído"]]
    assert word_answers(table(*rows)) == GIVEN


def test_word_by_a_program_that_numbers_and_instructs() -> None:
    rows = [
        ["Complete todos los campos y envíe este formulario a la mesa de servicio.", ""],
        ["1. Cliente:", "Ferretería Sol"],
        ["2. Sitio:", "Bodega Sur"],
        ["3. Incidente interno", ""],
        ["EN CASO DE LENTITUD", ""],
        ["4. Dirección IP origen", "-"],
        ["5. Problema:", "enlace caído"],
    ]
    assert texts(read_files(("f.docx", DOCX, word(rows)))) == GIVEN
