"""Attached files of text as displayed lines: plain and rich text, separated values and web pages."""

from __future__ import annotations

import csv
from dataclasses import replace
from itertools import islice

from intake.documents.packages import DocumentError
from intake.mime.charsets import decode
from intake.mime.rich_text import rtf_text
from intake.questionnaire.tables import Cell, Row, table_lines
from intake.text.body import plain_lines
from intake.text.lines import Line
from intake.text.markup import html_lines
from rules.model import Body

_ROWS = 2_000
_COLUMNS = 60
_SAMPLE = 4_096
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def text_lines(data: bytes, place: str) -> list[Line]:
    """The lines of a text file; `place` begins what each says of its place."""
    return _placed(plain_lines(Body(decoded(data), html=False, part="")), place)


def rich_lines(data: bytes, place: str) -> list[Line]:
    """The displayed lines of a file in Rich Text Format."""
    return _placed(plain_lines(Body(rtf_text(data), html=False, part="")), place)


def page_lines(data: bytes, place: str) -> list[Line]:
    """The displayed lines of a web page."""
    return _placed(html_lines(decoded(data), ""), place)


def csv_lines(data: bytes, place: str) -> list[Line]:
    """The rows of a file of separated values, whatever separates them. DocumentError where it is none."""
    text = decoded(data)
    marks = {mark: text[:_SAMPLE].count(mark) for mark in ";\t,|"}
    # Commas stand in texts as well.
    mark = max((one for one in ";\t|" if marks[one]), key=lambda one: marks[one], default=",")
    try:
        rows = list(islice(csv.reader(text.splitlines(keepends=True), delimiter=mark), _ROWS))
    except csv.Error as error:
        raise DocumentError(f"cannot be read: {error}") from None
    return table_lines(
        [
            Row(tuple(Cell(text.strip(), n, n + 1) for n, text in enumerate(row[:_COLUMNS])), f"{place}, row {number}")
            for number, row in enumerate(rows, 1)
        ]
    )


def decoded(data: bytes) -> str:
    """A file's text by its byte order mark, else as a mail's text is decoded."""
    for mark, charset in _MARKS:
        if data.startswith(mark):
            return data.decode(charset, "replace")
    return decode(data, "")[0]


def _placed(lines: list[Line], place: str) -> list[Line]:
    """The lines with `place` in front; their own place begins with that of a body part, which has no number here."""
    return [replace(line, where=f"{place}, {line.where.partition(', ')[2]}") for line in lines]
