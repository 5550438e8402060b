"""PDF files as displayed lines: what was filled into their form fields, and the text of their pages.

A PDF knows where each text stands and not what belongs together. So its pages are read twice: laid out, where
what stands beside a label in a column of its own becomes a cell, and in the order in which the text was written.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Sequence
from io import BytesIO
from itertools import islice

from pypdf import PageObject, PdfReader

from intake.documents.columns import laid_out
from intake.documents.fields import field_lines
from intake.documents.packages import DocumentError
from intake.text.lines import Line

# It logs what a file says.
logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)

_PAGES = 12
_CONTENT_BYTES = 2 * 1024 * 1024
_LINES = 2_000
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"^[\s\-–—]*(?:p[áa]g(?:ina|\.)?|page|hoja|folha)?\s*\d{1,3}\s*(?:(?:de|of|/)\s*\d{1,3})?[\s\-–—]*$", re.IGNORECASE
)


def pdf_views(data: bytes, place: str) -> list[list[Line]]:
    """The ways to read a file, as displayed lines; `place` begins what each says of its place.

    DocumentError where it is damaged or locked; MemoryError.
    """
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise DocumentError("locked with a password")
        pages = list(islice(reader.pages, _PAGES))
        fields = field_lines(pages, place)
        plain, columns = _texts(pages, layout=False), _texts(pages, layout=True)
    except (DocumentError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - a damaged file makes the library raise almost anything
        raise DocumentError(f"cannot be read: {type(error).__name__}") from None
    written = _numbered(_without_margins(plain), place)
    placed = laid_out(_numbered(_without_margins(columns), place, keep=True))
    return [view for view in (fields, placed, written) if view]


def _texts(pages: Sequence[PageObject], *, layout: bool) -> list[list[str]]:
    """The lines of each page. A page whose drawing is too long for a form has none."""
    texts: list[list[str]] = []
    for page in pages:
        contents = page.get_contents()
        if contents is None or len(contents.get_data()) > _CONTENT_BYTES:
            texts.append([])
            continue
        text = page.extract_text(extraction_mode="layout") if layout else page.extract_text()
        texts.append(text.replace("\xa0", " ").split("\n")[:_LINES])
    return texts


def _without_margins(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """The pages without what stands at the head or foot of each but for its number."""
    edges = Counter(edge for page in pages for edge in {_bare(page[n]) for n in _edges(page)} if edge)
    common = {edge for edge, count in edges.items() if count > 1 and count == len([page for page in pages if page])}
    kept: list[list[str]] = []
    for page in pages:
        drop = {n for n in _edges(page) if _bare(page[n]) in common or _PAGE_NUMBER.match(page[n])}
        kept.append(["" if n in drop else line for n, line in enumerate(page)])
    return kept


def _edges(page: Sequence[str]) -> list[int]:
    """The first and the last two lines with a text."""
    filled = [n for n, line in enumerate(page) if line.strip()]
    return sorted({*filled[:2], *filled[-2:]})


def _bare(line: str) -> str:
    return _DIGITS.sub("0", " ".join(line.split()))


def _numbered(pages: Sequence[Sequence[str]], place: str, *, keep: bool = False) -> list[Line]:
    """Displayed lines; lines with a text are counted on each page. `keep` keeps the space between columns."""
    lines: list[Line] = []
    for number, page in enumerate(pages, 1):
        count = 0
        for text in page:
            count += bool(text.strip())
            shown = text.rstrip() if keep else " ".join(text.split())
            lines.append(Line(shown, f"{place}, page {number}, line {max(count, 1)}"))
    return lines
