"""Which attachments may hold a form: told by their first bytes, then by content type and file name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rules.model import Attachment, Document

DOCUMENTS = 10
DOCUMENT_BYTES = 10 * 1024 * 1024
_ALL_BYTES = 20 * 1024 * 1024
_MAGIC_BYTES = 1024
_TEXT_BYTES = 256 * 1024

_BY_NAME = {
    "docx": "docx",
    "docm": "docx",
    "dotx": "docx",
    "dotm": "docx",
    "xlsx": "xlsx",
    "xlsm": "xlsx",
    "xltx": "xlsx",
    "xltm": "xlsx",
    "odt": "odt",
    "ott": "odt",
    "ods": "ods",
    "ots": "ods",
    "pdf": "pdf",
    "rtf": "rtf",
    "htm": "html",
    "html": "html",
    "csv": "csv",
    "tsv": "csv",
    "txt": "text",
    "eml": "message",
}
_BY_TYPE = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.ms-word.document.macroenabled.12": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.ms-excel.sheet.macroenabled.12": "xlsx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/pdf": "pdf",
    "application/x-pdf": "pdf",
    "application/rtf": "rtf",
    "text/rtf": "rtf",
    "text/html": "html",
    "text/csv": "csv",
    "text/plain": "text",
    "message/rfc822": "message",
    "message/global": "message",
}
_ZIPPED = ("docx", "xlsx", "odt", "ods")
_MEMBERS = {
    b"word/document": "docx",
    b"xl/workbook": "xlsx",
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
}
_PDF_HEADER = re.compile(rb"%PDF-\d")
_MAIL_FIELD = re.compile(
    rb"(?:from|received|return-path|mime-version|date|subject|message-id|delivered-to)\s{0,3}:", re.IGNORECASE
)


def take_document(documents: list[Document], attachments: Sequence[Attachment], data: bytes) -> None:
    """Put the last of `attachments`, whose bytes are `data`, to `documents` where it may hold a form.

    A mail's documents are bounded in number and size; those beyond are put without their bytes.
    """
    attachment = attachments[-1]
    kind = kind_of(data, attachment.content_type, attachment.filename)
    if not kind or len(documents) >= DOCUMENTS:
        return
    taken = sum(len(one.data) for one in documents)
    # Logs of many megabytes are text, and no form.
    fits = len(data) <= DOCUMENT_BYTES and taken + len(data) <= _ALL_BYTES
    if kind in ("text", "csv", "html") and len(data) > _TEXT_BYTES:
        return
    number = len(attachments)
    documents.append(Document(number, attachment.part, attachment.filename, kind, data if fits else b""))


def kind_of(data: bytes, content_type: str, filename: str) -> str:
    """The kind of document (see `rules.model.Document`), "" for what holds no form that can be read.

    The bytes decide, then the name, then the content type: programs label attachments as they please.
    """
    named = _BY_NAME.get(filename.rpartition(".")[2].lower(), "") if "." in filename else ""
    typed = _BY_TYPE.get(content_type.lower(), "")
    if typed == "message":
        return typed
    head = data[:_MAGIC_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"PK\x03\x04"):
        return _zipped(data, named, typed)
    if _PDF_HEADER.search(head):
        return "pdf"
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if named == "message":
        return "message" if _MAIL_FIELD.match(head) else ""
    if named in (*_ZIPPED, "pdf"):
        # Damaged, or protected with a password: somebody should hear of it.
        return named
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ""
    return named or typed


def _zipped(data: bytes, named: str, typed: str) -> str:
    for kind in (named, typed):
        if kind in _ZIPPED:
            return kind
    # The names of the members stand at the end, in the archive's directory.
    for place in (data[-64 * 1024 :], data[:_MAGIC_BYTES]):
        for mark, kind in _MEMBERS.items():
            if mark in place:
                return kind
    return ""
