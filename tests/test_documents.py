"""Forms in attached files and attached messages: answers with their place, whatever the format."""

from __future__ import annotations

import pytest

from intake.documents.kinds import kind_of
from intake.parse import parse
from tests.document_writing import (
    BYTES,
    DOCX,
    LINES,
    ROWS,
    WANTED,
    XLSX,
    excel,
    in_columns,
    mail,
    open_document,
    pdf,
    read_files,
    word,
)
from tests.readings import texts

ODT_ROWS = "".join(
    f"<table:table-row><table:table-cell><text:p>{label}</text:p></table:table-cell>"
    f"<table:table-cell><text:p>{answer}</text:p></table:table-cell></table:table-row>"
    for label, answer in ROWS
)
ODT_TABLE = f'<table:table table:name="S">{ODT_ROWS}</table:table>'
RTF = "{\\rtf1\\ansi\\ansicpg1252 " + "".join(
    "".join(f"\\'{c.encode('cp1252')[0]:02x}" if ord(c) > 127 else c for c in f"{a}: {b}") + "\\par\n" for a, b in ROWS
)


@pytest.mark.parametrize(
    ("name", "content_type", "data", "where"),
    [
        ("f.docx", DOCX, word(ROWS), "table 1, row 2"),
        ("f.docx", DOCX, word(paragraphs=LINES.splitlines()), "line 2"),
        ("f.xlsx", XLSX, excel({"Reporte": ROWS}), "sheet Reporte, row 2"),
        ("f.xlsm", "application/vnd.ms-excel.sheet.macroEnabled.12", excel({"A": ROWS}), "sheet A, row 2"),
        ("f.pdf", "application/pdf", pdf([in_columns(ROWS)]), "page 1, line 2"),
        (
            "f.odt",
            BYTES,
            open_document(f"<office:text>{ODT_TABLE}</office:text>"),
            "table 1, row 2",
        ),
        (
            "f.ods",
            BYTES,
            open_document(f"<office:spreadsheet>{ODT_TABLE}</office:spreadsheet>"),
            "sheet S, row 2",
        ),
        ("f.rtf", "application/rtf", RTF.encode(), "line 2"),
        ("f.txt", "text/plain", LINES.encode("utf-16"), "line 2"),
        ("f.csv", "text/csv", "".join(f'"{a}";"{b}"\r\n' for a, b in ROWS).encode("cp1252"), "row 2"),
        ("f.html", "text/html", f"<p>{LINES.replace(chr(10), '<br>')}</p>".encode(), "line 2"),
        # The bytes say what it is where the labels do not.
        ("formulario", BYTES, word(ROWS), "table 1, row 2"),
        ("f.bin", "application/zip", excel({"A": ROWS}), "sheet A, row 2"),
        ("f", "text/plain", pdf([in_columns(ROWS)]), "page 1, line 2"),
    ],
)
def test_a_form_in_an_attachment(name: str, content_type: str, data: bytes, where: str) -> None:
    reading = read_files((name, content_type, data))
    assert texts(reading) == WANTED
    assert reading.answers["site_name"].where == f"attachment 1 ({name}), {where}"
    assert reading.notes == ()


def test_the_attachments_are_counted_with_those_that_hold_no_form() -> None:
    reading = read_files(("foto.png", "image/png", b"\x89PNG\r\n"), ("pedido.xlsx", XLSX, excel({"RFC": ROWS})))
    assert reading.answers["customer_name"].where == "attachment 2 (pedido.xlsx), sheet RFC, row 1"


@pytest.mark.parametrize("name", ["foto.zip", "a.doc", "setup.exe", ""])
def test_what_holds_no_form_is_no_document(name: str) -> None:
    assert kind_of(b"PK\x03\x04" + bytes(40), "application/zip", name) == ""
    assert kind_of(b"\xd0\xcf\x11\xe0" + bytes(40), BYTES, name) == ""


def test_a_form_in_an_attached_message_and_in_its_own_attachment() -> None:
    inner = mail(body=f"Hola:\n\n{LINES}\nSaludos\n")
    reading = read_files(("fw.eml", "message/rfc822", inner), body="Reenvío.\n")
    assert texts(reading) == WANTED
    assert reading.answers["customer_name"].where == "attachment 1 (fw.eml), part 1, line 3"
    deep = mail(("fw.eml", "message/rfc822", mail(("f.xlsx", XLSX, excel({"A": ROWS})))))
    reading = read_files(("a.eml", "message/rfc822", deep))
    assert texts(reading) == WANTED
    assert reading.answers["customer_name"].where == (
        "attachment 1 (a.eml), attachment 1 (fw.eml), attachment 1 (f.xlsx), sheet A, row 1"
    )


def test_an_attached_message_of_ours_or_of_a_machine_says_nothing() -> None:
    ours = mail(body=LINES).replace(b"ana@customer.example", b"mo.bud@bt.com")
    machine = b"Auto-Submitted: auto-replied\r\n" + mail(body=LINES)
    for inner in (ours, machine):
        assert read_files(("fw.eml", "message/rfc822", inner)).answers == {}


def test_a_saved_message_without_its_content_type() -> None:
    assert texts(read_files(("correo.eml", BYTES, mail(body=LINES)))) == WANTED


def test_the_text_of_the_mail_corrects_the_attachment() -> None:
    reading = read_files(("f.docx", DOCX, word(ROWS)), body="Corrección:\n\nSitio del cliente: Bodega Norte\n")
    assert texts(reading) == WANTED | {"site_name": "Bodega Norte"}
    assert (reading.answers["site_name"].where, reading.notes) == ("part 1, line 3", ())


def test_two_forms_that_differ_are_several_sites_and_never_mixed() -> None:
    other = [("Cliente", "Ferretería Sol"), ("Sitio", "Bodega Norte"), ("Problema", "lento"), ("Lluvia", "no")]
    reading = read_files(("a.docx", DOCX, word(ROWS)), ("b.docx", DOCX, word(other)))
    assert (texts(reading), reading.notes) == (WANTED, ("several_sites",))
    body = "".join(f"{label}: {answer}\n" for label, answer in other)
    reading = read_files(("a.docx", DOCX, word(ROWS)), body=body)
    assert (texts(reading), reading.notes) == (WANTED, ("several_sites",))


def test_the_same_form_twice_is_one() -> None:
    reading = read_files(("a.docx", DOCX, word(ROWS)), ("a.pdf", "application/pdf", pdf([in_columns(ROWS)])))
    assert (texts(reading), reading.notes) == (WANTED, ())
    assert texts(read_files(("a.docx", DOCX, word(ROWS)), body=LINES)) == WANTED


def test_an_empty_form_or_a_manual_adds_nothing() -> None:
    empty = word([(label, "") for label, _ in ROWS])
    manual = word(paragraphs=["Manual del router", "Servicio: MPLS", "Encienda el equipo. Si hay lluvia: espere."])
    log = b"Trace 1\nSource: 10.0.0.1\nDestination: 10.0.0.2\nname: x\n"
    files = (("a.docx", DOCX, empty), ("manual.docx", DOCX, manual), ("traceroute.txt", "text/plain", log))
    assert read_files(*files, body="Hola.\n").answers == {}
    assert texts(read_files(*files, body=LINES)) == WANTED


def test_a_document_in_a_reply_answers() -> None:
    reading = read_files(("f.docx", DOCX, word(ROWS)), subject="RE: Reporte INC-1", body="Va adjunto.\n")
    assert texts(reading) == WANTED


def test_a_name_by_rfc_2231_in_pieces() -> None:
    raw = mail(("f.docx", DOCX, word(ROWS)))
    raw = raw.replace(b'filename="f.docx"', b"filename*0*=utf-8''Formulario%20l;\n filename*1*=leno%20n%C2%BA%201.docx")
    assert [(one.kind, one.filename) for one in parse(raw).documents] == [("docx", "Formulario lleno nº 1.docx")]
