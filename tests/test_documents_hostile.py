"""Damaged, locked and hostile documents: they cost a ticket their answers, and a note says so. Nothing else."""

from __future__ import annotations

import signal
import struct
import threading
import tracemalloc
from collections.abc import Callable
from email.message import EmailMessage
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from acuse.readers import Job
from intake import reading
from intake.documents import displayed as documents
from intake.documents import sources
from intake.documents.displayed import views_of
from intake.documents.packages import DocumentError
from intake.documents.time_budget import OutOfTimeError, processor_seconds
from rules.model import Document, Envelope
from tests import machines
from tests.conftest import StillClock
from tests.document_writing import ANSWERS, WANTED, excel, mail, open_document, pdf, read_files, word, zipped
from tests.office import ANA, FORM
from tests.readings import texts
from tests.test_readers import MIB, acknowledged, answers, unread, with_readers

ROWS = list(ANSWERS.items())
BYTES = "application/octet-stream"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def word_of(xml: str | bytes) -> bytes:
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": xml})


def body(inner: str, prolog: str = "") -> str:
    return f'<?xml version="1.0"?>{prolog}<w:document xmlns:w="{_W}"><w:body>{inner}</w:body></w:document>'


def locked(password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf([[(50, 700, "Cliente: Sol")]]))))
    writer.encrypt(password, algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def with_wrong_size(data: bytes, name: bytes, size: int) -> bytes:
    """The archive whose directory says that the member unpacks to `size` bytes."""
    at = data.rindex(name) - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    return data[: at + 24] + struct.pack("<I", size) + data[at + 28 :]


def many_members() -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for number in range(5_000):
            archive.writestr(f"word/{number}", b"")
        archive.writestr("word/document.xml", body(""))
    return out.getvalue()


BOMB = body("<w:p><w:r><w:t>" + "a" * (20 * MIB) + "</w:t></w:r></w:p>")
ENTITIES = (
    '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)
ENTITY_BOMB = body("<w:p><w:r><w:t>&j;</w:t></w:r></w:p>", ENTITIES)
FILE_ENTITY = body("<w:p><w:r><w:t>&x;</w:t></w:r></w:p>", '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>')

HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "empty": ("docx", lambda: b""),
    "text under a false name": ("docx", lambda: b"Cliente: Sol\n" * 50),
    "Office file with a password": ("docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096)),
    "cut short": ("docx", lambda: word(ROWS)[:-2000]),
    "no document inside": ("docx", lambda: zipped({"word/other.xml": "<a/>"})),
    "zip bomb": ("docx", lambda: word_of(BOMB)),
    "zip bomb that hides its size": ("docx", lambda: with_wrong_size(word_of(BOMB), b"word/document.xml", 100)),
    "thousands of members": ("docx", many_members),
    "entity bomb": ("docx", lambda: word_of(ENTITY_BOMB)),
    "file as an entity": ("docx", lambda: word_of(FILE_ENTITY)),
    "entities in UTF-16": ("docx", lambda: word_of(ENTITY_BOMB.encode("utf-16"))),
    "any entity at all": ("docx", lambda: word_of(body("<w:p/>", '<!DOCTYPE d [<!ENTITY a "Sol">]>'))),
    "XML that is none": ("docx", lambda: word_of("<w:document>")),
    "sheet without a book": ("xlsx", lambda: zipped({"xl/worksheets/sheet1.xml": "<a/>"})),
    "sheet bomb": ("xlsx", lambda: sheet_of(b" " * (30 * MIB))),
    "OpenDocument without a body": ("odt", lambda: zipped({"content.xml": "<a/>"})),
    "locked PDF": ("pdf", lambda: locked("geheim")),
    "PDF cut short": ("pdf", lambda: b"%PDF-1.7\n" + b"x" * 1000),
}


def sheet_of(data: bytes) -> bytes:
    out = BytesIO()
    with ZipFile(BytesIO(excel({"A": ROWS}))) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"<sheetData>", data + b"<sheetData>"))
    return out.getvalue()


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_read_costs_its_answers_and_is_told(name: str) -> None:  # pain 12
    kind, make = HOSTILE[name]
    file = f"malo.{kind}"
    reading = read_files((file, BYTES, make()), body="".join(f"{a}: {b}\n" for a, b in ROWS))
    assert (texts(reading), reading.notes) == (WANTED, (f"attachment_unreadable: {file}",))


NESTED = "<w:tbl><w:tr><w:tc>" * 3000 + "</w:tc></w:tr></w:tbl>" * 3000
SPAN = '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="99999999999"/></w:tcPr></w:tc></w:tr></w:tbl>'


def looping_pages() -> bytes:
    data = pdf([[(50, 700, "Cliente: Sol")]])
    return data.replace(b"/Kids[5 0 R]", b"/Kids[2 0 R]")


def looping_fields() -> bytes:
    return pdf([[]], ("/FT/Tx/T(Cliente)/V(Sol)/Parent 4 0 R/Kids[4 0 R]/Rect[0 0 9 9]",))


HARMLESS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "tables in tables": ("docx", lambda: word_of(body(NESTED))),
    "runs in runs": ("docx", lambda: word_of(body("<w:p>" + "<w:ins>" * 9000 + "</w:ins>" * 9000 + "</w:p>"))),
    "a huge span": ("docx", lambda: word_of(body(SPAN))),
    "a wide sheet": ("xlsx", lambda: excel({"A": [["x"] * 3000] * 20})),
    "a long sheet": ("xlsx", lambda: excel({"A": [["x", "y"]] * 20_000})),
    "cells repeated without end": (
        "ods",
        lambda: open_document(
            '<office:spreadsheet><table:table table:name="S"><table:table-row table:number-rows-repeated="1048576">'
            '<table:table-cell table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell>'
            "</table:table-row></table:table></office:spreadsheet>"
        ),
    ),
    "pages that hold themselves": ("pdf", looping_pages),
    "fields that hold themselves": ("pdf", looping_fields),
    "a million marks": ("csv", lambda: b";" * 200_000),
    "one long line": ("text", lambda: b"Cliente: " + b"a " * 100_000),
    "spaces": ("pdf", lambda: pdf([[(50, 700, " " * 200_000)]])),
    "boxes": ("text", lambda: b"[" * 200_000),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_can_be_read_in_part_is_read_in_bounds(name: str) -> None:
    kind, make = HARMLESS[name]
    try:
        views = views_of(Document(1, "2", "x", kind, make()))
    except DocumentError:
        return
    assert sum(len(line.text) for lines in views for line in lines) < 2_000_000
    assert read_files((f"x.{'txt' if kind == 'text' else kind}", BYTES, make())).answers == {}


MADE = {
    "docx": word(ROWS),
    "xlsx": excel({"A": ROWS}),
    "pdf": pdf([[(50, 700, "Cliente: Sol")]], ("/FT/Tx/T(Cliente)/V(Sol)/Rect[0 0 9 9]",), compress=False),
}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(MADE)), st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=12))
def test_no_damage_makes_reading_raise(kind: str, changes: list[tuple[int, int]]) -> None:
    data = bytearray(MADE[kind])
    for at, value in changes:
        data[at % len(data)] = value
    read_files((f"f.{kind}", BYTES, bytes(data)))


def endless(*_: object) -> list[list[object]]:
    while True:
        try:
            sum(range(10_000))
        except Exception:
            continue


def test_a_document_that_takes_too_long_leaves_the_rest_of_the_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "SECONDS", 0.2)
    monkeypatch.setitem(documents._READERS, "pdf", endless)
    files = (("a.docx", BYTES, word(ROWS)), ("lento.pdf", BYTES, pdf()), ("b.docx", BYTES, word(ROWS)))
    reading = read_files(*files)
    assert texts(reading) == WANTED
    assert reading.notes == ("attachment_unreadable: lento.pdf", "attachment_unreadable: b.docx")


def test_the_bound_on_time_leaves_signals_as_they_were() -> None:
    before = signal.getsignal(signal.SIGVTALRM)
    with pytest.raises(OutOfTimeError), processor_seconds(0.05):
        endless()
    assert signal.getsignal(signal.SIGVTALRM) is before
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)
    done: list[bool] = []

    def elsewhere() -> None:
        with processor_seconds(0.0):
            done.append(True)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert done == [True]


# A page whose text is long enough that laying it out takes minutes; what it draws is small once packed.
SLOW = pdf([[(50 + n % 400, 800 - n % 700, "x" * 40) for n in range(20_000)]] * 12)


def form_mail(*files: tuple[str, bytes]) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = f"Ana Ruiz <{ANA}>", "red@desk.example", "Enlace caido"
    message["Message-ID"] = "<lento@cliente.example>"
    message.set_content(FORM)
    for name, data in files:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def test_a_slow_document_costs_no_ticket_its_reading(tmp_path: Path, clock: StillClock) -> None:  # pain 14, I7
    url = f"sqlite:///{tmp_path}/acuse.db"
    with with_readers(tmp_path, url, clock, time_limit_seconds=20) as (desk, readers):
        raw = form_mail(("bomba.docx", word_of(BOMB)), ("lento.pdf", SLOW))
        desk.take(raw)
        assert (acknowledged(desk), unread(desk)) == (["queued"], [])
        assert answers(desk, 0)["customer_name"]["text"] == "Banco del Sur"
        envelope = Envelope(ANA, ("red@desk.example",))
        reading = readers.read(Job(sha256(raw).hexdigest(), "red", envelope, desk.clock.now()))
        assert reading.notes == ("attachment_unreadable: bomba.docx", "attachment_unreadable: lento.pdf")


def test_merged_and_hidden_cells_of_a_workbook_take_bounded_memory() -> None:
    merged = "".join(f'<mergeCell ref="A{60 * n + 2}:GR{60 * n + 55}"/>' for n in range(200))
    hidden = "".join(f'<col min="{300 * n + 1}" max="999999999" hidden="1"/>' for n in range(5_000))
    row = '<row r="1"><c r="A1" t="str"><v>Cliente: Sol</v></c></row>'
    sheet = f"<worksheet><cols>{hidden}</cols><sheetData>{row}</sheetData><mergeCells>{merged}</mergeCells></worksheet>"
    book = '<workbook><sheets><sheet name="a"/></sheets></workbook>'
    data = zipped({"xl/workbook.xml": book, "xl/worksheets/sheet1.xml": sheet})
    tracemalloc.start()
    try:
        views_of(Document(1, "2", "a.xlsx", "xlsx", data))
        assert tracemalloc.get_traced_memory()[1] < 40 * MIB
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("number", ["NaN", "inf", "1e400"])
def test_a_number_that_is_none_costs_a_workbook_nothing_else(number: str) -> None:
    rows = f'<row><c t="str"><v>Cliente</v></c><c t="str"><v>Sol</v></c></row><row><c><v>{number}</v></c></row>'
    book = '<workbook><sheets><sheet name="a"/></sheets></workbook>'
    sheet = f"<worksheet><sheetData>{rows}</sheetData></worksheet>"
    data = zipped({"xl/workbook.xml": book, "xl/worksheets/sheet1.xml": sheet})
    (lines,) = views_of(Document(1, "2", "a.xlsx", "xlsx", data))
    assert "Cliente\tSol" in [line.text for line in lines]


def test_the_prose_of_attached_messages_has_a_bound_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = machines.mail("Falla", "El enlace de la sede Norte no funciona desde ayer.\n" * 2_000).decode()
    whole = machines.parts(("text/plain", "Contacto: Ana Ruiz"), ("message/rfc822", inner))
    raw = machines.mail("Falla", whole, kind="multipart/mixed; boundary=B")
    assert len(machines.reading_of(raw).answers) > 1
    monkeypatch.setattr(reading, "_ATTACHED_SECONDS", 0.001)
    assert len(machines.reading_of(raw).answers) == 1


def test_mail_without_documents_starts_no_library() -> None:
    import subprocess
    import sys

    code = "import sys, intake.reading; print(sorted({'pypdf', 'docx', 'openpyxl', 'lxml'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_a_mail_has_a_bounded_number_of_documents() -> None:
    from intake.parse import parse

    found = parse(mail(*[(f"{n}.docx", BYTES, MADE["docx"]) for n in range(30)])).documents
    assert len(found) == 10
