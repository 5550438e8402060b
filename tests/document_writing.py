"""Documents as people send them, made while the tests run, and the mails that carry them."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from email.message import EmailMessage
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import openpyxl
from docx.oxml import parse_xml

from intake.parse import parse
from intake.reading import read
from rules.model import Envelope, Reading
from rules.policy import Desk
from tests.readings import LATAM, NOW, texts

ANSWERS = {
    "Nombre del cliente": "Ferretería Sol",
    "Sitio del cliente": "Bodega Sur",
    "Descripción del problema": "enlace caído desde ayer",
    "Horarios de apertura del lugar": "L-V 8 a 18",
    "¿Hubo un corte de energía en el sitio?": "No",
}
"""A form as its labels and answers; WANTED are the same by question."""
WANTED = {
    "customer_name": "Ferretería Sol",
    "site_name": "Bodega Sur",
    "problem": "enlace caído desde ayer",
    "opening_hours": "L-V 8 a 18",
    "power_outage": "No",
}
ROWS = list(ANSWERS.items())
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BYTES = "application/octet-stream"
PHONE = "+52 55 1234 5678"
LINES = "".join(f"{label}: {answer}\n" for label, answer in ROWS)
_W = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
)


def mail(
    *files: tuple[str, str, bytes],
    body: str = "Buenos días, adjunto el formulario.\n\nSaludos,\nAna Ruiz\n",
    subject: str = "Reporte",
) -> bytes:
    """A mail with (file name, content type, bytes) attached; a message/rfc822 is attached as a message."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Ana Ruiz <ana@customer.example>", "mo.bud@bt.com", subject
    message["Message-ID"] = "<1@customer.example>"
    message.set_content(body)
    for name, content_type, data in files:
        main, _, sub = content_type.partition("/")
        if main == "message":
            part = _message_part(data, name)
            message.make_mixed()
            message.attach(part)
        else:
            message.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


def _message_part(data: bytes, name: str) -> EmailMessage:
    from email import message_from_bytes, policy

    part = EmailMessage()
    part.set_content(message_from_bytes(data, policy=policy.default))
    part["Content-Disposition"] = f'attachment; filename="{name}"'
    return part


def read_files(*files: tuple[str, str, bytes], desk: Desk = LATAM, **more: str) -> Reading:
    return read(parse(mail(*files, **more)), desk, Envelope("ana@customer.example", desk.addresses), NOW)


def word(rows: Iterable[Sequence[str]] = (), paragraphs: Iterable[str] = ()) -> bytes:
    """A Word file: paragraphs, then one table."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    rows = list(rows)
    if rows:
        table = document.add_table(len(rows), max(map(len, rows)))
        for n, row in enumerate(rows):
            for m, text in enumerate(row):
                table.cell(n, m).text = text
    return saved(document)


def word_xml(*blocks: str) -> bytes:
    """A Word file whose body holds these WordprocessingML elements."""
    document = docx.Document()
    for block in blocks:
        head, _, rest = block.partition(">")
        slash = "/" if head.endswith("/") else ""
        document.element.body.insert(
            len(document.element.body) - 1, parse_xml(f"{head.rstrip('/')} {_W}{slash}>{rest}")
        )
    return saved(document)


def paragraph(*runs: str) -> str:
    """A w:p of runs: texts, or elements that begin with "<"."""
    inner = "".join(run if run.startswith("<") else f'<w:r><w:t xml:space="preserve">{run}</w:t></w:r>' for run in runs)
    return f"<w:p>{inner}</w:p>"


def table(*rows: Sequence[str]) -> str:
    """A w:tbl; cells are texts, or elements of a w:tc that begin with "<"."""
    out = []
    for row in rows:
        cells = "".join(f"<w:tc>{cell if cell.startswith('<') else paragraph(cell)}</w:tc>" for cell in row)
        out.append(f"<w:tr>{cells}</w:tr>")
    return f"<w:tbl>{''.join(out)}</w:tbl>"


def saved(document: object) -> bytes:
    out = BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def excel(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """An Excel file of rows of values."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    return saved(book)


def zipped(members: Mapping[str, bytes | str]) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


Text = tuple[float, float, str]


def pdf(
    pages: Sequence[Sequence[Text]] = (),
    fields: Sequence[str] = (),
    *,
    extra: Sequence[bytes] = (),
    compress: bool = True,
) -> bytes:
    """A PDF of texts at (x, y) in points, with the fields on its first page whose dictionaries hold `fields`."""
    objects: list[bytes] = [b"", b"", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"]
    kids = []
    field_numbers: list[int] = []
    for one in fields:
        objects.append(f"<</Type/Annot/Subtype/Widget {one}>>".encode("latin-1"))
        field_numbers.append(len(objects))
    annotations = " ".join(f"{n} 0 R" for n in field_numbers)
    for number, page in enumerate(pages or [[]]):
        drawn = b"".join(b"BT /F1 10 Tf 1 0 0 1 %g %g Tm (%b) Tj ET\n" % (x, y, escaped(text)) for x, y, text in page)
        data = zlib.compress(drawn) if compress else drawn
        kind = b"/Filter/FlateDecode" if compress else b""
        objects.append(b"<<%b/Length %d>>\nstream\n%b\nendstream" % (kind, len(data), data))
        fields_here = f"/Annots[{annotations}]" if not number else ""
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {len(objects)} 0 R"
            f"/Resources<</Font<</F1 3 0 R>>>>{fields_here}>>".encode()
        )
        kids.append(f"{len(objects)} 0 R")
    form = f"/AcroForm<</Fields[{annotations}]>>" if fields else ""
    objects[0] = f"<</Type/Catalog/Pages 2 0 R{form}>>".encode()
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(kids)}]>>".encode()
    objects += extra
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, data in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, data)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def escaped(text: str) -> bytes:
    data = text.encode("cp1252")
    return data.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def open_document(body: str, styles: str = "") -> bytes:
    """An OpenDocument file with this in its office:body."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "text", "table", "style")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}>'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body>{body}</office:body></office:document-content>"
    )
    return zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


BASE = table(["Cliente", "Ferretería Sol"], ["Sitio", "Bodega Sur"], ["Problema", "enlace caído"])
GIVEN = {"customer_name": "Ferretería Sol", "site_name": "Bodega Sur", "problem": "enlace caído"}
"""A short form in a Word table; GIVEN are its answers."""


def word_answers(*blocks: str) -> dict[str, str]:
    return texts(read_files(("f.docx", DOCX, word_xml(*blocks))))


def sheet_answers(rows: list[list[object]]) -> dict[str, str]:
    return texts(read_files(("f.xlsx", XLSX, excel({"Hoja1": rows}))))


def page_answers(*pages: list[tuple[float, float, str]], fields: tuple[str, ...] = ()) -> dict[str, str]:
    return texts(read_files(("f.pdf", "application/pdf", pdf(pages, fields))))


def in_columns(rows: list[tuple[str, ...]], *, at: tuple[float, ...] = (50, 300), step: float = 24) -> list:
    return [(x, 780 - n * step, text) for n, row in enumerate(rows) for x, text in zip(at, row, strict=False) if text]
