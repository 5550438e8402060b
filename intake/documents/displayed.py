"""Attached documents as displayed lines, whatever format they come in.

Reading a document is bounded in time and memory: one that cannot be read costs a ticket its answers and nothing else.
The modules of the formats are imported when a document of theirs comes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from intake.documents.packages import DocumentError
from intake.text.lines import Line
from rules.model import Document

Views = list[list[Line]]


def place_of(document: Document) -> str:
    """What begins the place of everything found in a document: "attachment 2 (pedido.xlsx)"."""
    name = " ".join(document.filename.split())[:80]
    return f"attachment {document.number} ({name or document.kind})"


def views_of(document: Document) -> Sequence[Sequence[Line]]:
    """The ways to read a document, as displayed lines. DocumentError where it cannot be read.

    Most formats have one; a PDF, which does not say what belongs together, has several.
    """
    if not document.data:
        raise DocumentError("is empty or too large")
    try:
        return _READERS[document.kind](document.data, place_of(document))
    except DocumentError:
        raise
    except MemoryError:
        raise DocumentError("needs too much memory") from None
    except Exception as error:  # noqa: BLE001 - whatever a file does to a parser, the mail is read
        raise DocumentError(f"cannot be read: {type(error).__name__}") from None


def _docx(data: bytes, place: str) -> Views:
    from intake.documents.docx import docx_lines  # noqa: PLC0415

    return [docx_lines(data, place)]


def _xlsx(data: bytes, place: str) -> Views:
    from intake.documents.xlsx import xlsx_lines  # noqa: PLC0415

    return [xlsx_lines(data, place)]


def _odf(data: bytes, place: str) -> Views:
    from intake.documents.odf import odf_lines  # noqa: PLC0415

    return [odf_lines(data, place)]


def _pdf(data: bytes, place: str) -> Views:
    from intake.documents.pdf import pdf_views  # noqa: PLC0415

    return pdf_views(data, place)


def _text(data: bytes, place: str) -> Views:
    from intake.documents.text import text_lines  # noqa: PLC0415

    return [text_lines(data, place)]


def _rtf(data: bytes, place: str) -> Views:
    from intake.documents.text import rich_lines  # noqa: PLC0415

    return [rich_lines(data, place)]


def _csv(data: bytes, place: str) -> Views:
    from intake.documents.text import csv_lines  # noqa: PLC0415

    return [csv_lines(data, place)]


def _page(data: bytes, place: str) -> Views:
    from intake.documents.text import page_lines  # noqa: PLC0415

    return [page_lines(data, place)]


_READERS: dict[str, Callable[[bytes, str], Views]] = {
    "docx": _docx,
    "xlsx": _xlsx,
    "odt": _odf,
    "ods": _odf,
    "pdf": _pdf,
    "rtf": _rtf,
    "text": _text,
    "csv": _csv,
    "html": _page,
}
