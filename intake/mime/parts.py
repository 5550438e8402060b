"""The parts of a parsed mail sorted into texts to read, attachments and returned or forwarded messages."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from urllib.parse import unquote

from intake.documents.kinds import take_document
from intake.limits import Limits
from intake.machines.reports import reports_of
from intake.mime.calendars import read_calendar
from intake.mime.charsets import decode
from intake.mime.containers import TNEF
from intake.mime.headers import clean_header
from intake.mime.leaves import MESSAGES, Leaf, Source, leaves_of
from intake.mime.sealed import PGP, RPMSG, SMIME, is_armoured, is_protected, without_armour, without_clear_signature
from rules.model import Attachment, Body, DeliveryReport, Document

BODY_CHARACTERS = 1024 * 1024
"""A text is handed on so far and no further."""
REPORTED_BYTES = 64 * 1024
"""Of a returned header block so much is kept."""

_CONTENT_ID_REFERENCE = re.compile(r"cid:([^\"'\s<>)\\]{1,998})", re.IGNORECASE)
_META_CHARSET = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n|\r\r")
_PGP_CONTROL = "application/pgp-encrypted"
# What belongs to a signature or to an encryption is no file of the writer's.
_SIGNATURES = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature", _PGP_CONTROL}
)
_CALENDARS = frozenset({"text/calendar", "application/ics"})
# What a calendar program sends by itself about an invitation (RFC 5546 section 1.4).
_TOLD_METHODS = ("reply", "cancel")
_TAG = re.compile(r"<(?:style|title)\b[^<]{0,100000}|<[^<>]{0,5000}>", re.IGNORECASE)
_RETURNED = frozenset({"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"})
_STATUS_FIELD = re.compile(
    rb"^(?:reporting-|final-|original-|action|status|disposition|arrival-)[\w-]*:", re.IGNORECASE | re.MULTILINE
)
_STATUS = re.compile(r"message/(?:global-)?(?:delivery-status|disposition-notification)")


@dataclass(slots=True)
class Contents:
    """What a mail holds; see `rules.model.Message` for the meaning of each."""

    bodies: list[Body] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    forwarded: list[bytes] = field(default_factory=list)
    reported: bytes = b""
    report: str = ""
    reports: tuple[DeliveryReport, ...] = ()
    sealed: str = ""
    notes: list[str] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)


def contents_of(source: Source, limits: Limits) -> Contents:
    """Sort the parts of a mail. Linear in its size."""
    contents = Contents()
    files: list[Leaf] = []
    spare: list[Leaf] = []
    leaves = leaves_of(source, limits, contents.defects)
    for leaf in leaves:
        if not contents.bodies and _is_worded_status(leaf):
            contents.bodies.append(_body(leaf, leaf.message(), contents.defects))
        elif _is_report_part(leaf):
            _take_report(contents, leaf)
        elif _is_body(leaf, first=not contents.bodies):
            if leaf.inside(TNEF):
                spare.append(leaf)
            else:
                contents.bodies.append(_body(leaf, leaf.data(), contents.defects))
        elif leaf.content_type not in _SIGNATURES and not _is_other_rendering(leaf):
            files.append(leaf)
    _take_spare_texts(contents, spare, files)
    _take_seal(contents, leaves)
    contents.notes += ["encrypted"] if contents.sealed else []
    shown = _shown_inline(contents.bodies)
    for leaf in files:
        if not _is_decoration(leaf, shown):
            _take_file(contents, leaf)
    return contents


def _take_spare_texts(contents: Contents, spare: Sequence[Leaf], files: Sequence[Leaf]) -> None:
    """What is read where the mail says nothing else: a winmail.dat's text, else an invitation."""
    calendars = [read_calendar(leaf.data(), leaf.parameters.get("charset", "")) for leaf in files if _is_calendar(leaf)]
    contents.notes += [f"calendar_{one.method}" for one in calendars if one.method in _TOLD_METHODS]
    if any(_says_something(body) for body in contents.bodies):
        return
    contents.bodies += [_body(leaf, leaf.data(), contents.defects) for leaf in spare]
    if any(_says_something(body) for body in contents.bodies):
        return
    places = (leaf.path for leaf in files if _is_calendar(leaf))
    contents.bodies += [
        Body(one.text, html=False, part=path) for one, path in zip(calendars, places, strict=True) if one.text
    ]


def _is_calendar(leaf: Leaf) -> bool:
    return leaf.content_type in _CALENDARS or leaf.filename.lower().endswith(".ics")


def _says_something(body: Body) -> bool:
    return bool(_TAG.sub(" ", body.text).strip("\xa0 \t\r\n") if body.html else body.text.strip())


def _take_seal(contents: Contents, leaves: Sequence[Leaf]) -> None:
    """How the mail is encrypted, if what its writer says is. An encrypted file beside a text is a file."""
    silent = not any(_says_something(body) for body in contents.bodies)
    if any(leaf.encrypted and (silent or leaf is leaves[0]) for leaf in leaves):
        contents.sealed = SMIME
    elif any(leaf.inside("multipart/encrypted") or leaf.content_type == _PGP_CONTROL for leaf in leaves):
        contents.sealed = PGP
    elif any(is_protected(leaf.filename, leaf.content_type) for leaf in leaves):
        contents.sealed = RPMSG
    elif any(is_armoured(body.text, html=body.html) for body in contents.bodies):
        contents.sealed = PGP
        contents.bodies = [replace(body, text=without_armour(body.text)) for body in contents.bodies]


def header_block(message: bytes) -> bytes:
    """The header block of a returned message, at most `REPORTED_BYTES`."""
    return _END_OF_HEADER.split(message.lstrip(b"\r\n")[:REPORTED_BYTES], maxsplit=1)[0]


def _is_report_part(leaf: Leaf) -> bool:
    if _STATUS.fullmatch(leaf.content_type):
        return True
    return leaf.inside("multipart/report") and leaf.content_type in _RETURNED


def _is_worded_status(leaf: Leaf) -> bool:
    """Some mail systems label their report's words for people as a status too."""
    if not _STATUS.fullmatch(leaf.content_type) or not leaf.inside("multipart/report"):
        return False
    words = leaf.message()[:REPORTED_BYTES]
    return bool(words.strip()) and not _STATUS_FIELD.search(words)


def _take_report(contents: Contents, leaf: Leaf) -> None:
    if _STATUS.fullmatch(leaf.content_type):
        if leaf.parents[:1] == ("multipart/report",) or not leaf.parents:
            contents.report = contents.report or leaf.content_type
        if leaf.content_type.endswith("delivery-status"):
            contents.reports = contents.reports or reports_of(leaf.message())
    elif not contents.reported:
        data = leaf.message() if leaf.content_type.startswith("message/") else leaf.data()
        contents.reported = header_block(data)


def _is_body(leaf: Leaf, *, first: bool) -> bool:
    """A text is read, not attached, unless its sender says attachment or gives it a file name below another text."""
    if leaf.content_type not in ("text/plain", "text/html") or leaf.inside("attachment"):
        return False
    if leaf.disposition == "attachment":
        return not leaf.filename and not leaf.parents
    return first or not leaf.filename or leaf.inside("multipart/alternative")


def _is_other_rendering(leaf: Leaf) -> bool:
    """The same text once more, in a format that is not read (enriched, AMP, watch); a calendar says something else."""
    other = leaf.content_type.startswith("text/") and leaf.content_type != "text/calendar"
    return other and not leaf.filename and leaf.inside("multipart/alternative")


def _body(leaf: Leaf, data: bytes, defects: list[str]) -> Body:
    html = leaf.content_type == "text/html"
    charset = leaf.parameters.get("charset", "")
    if html and not charset and (declared := _META_CHARSET.search(data[:2048])):
        charset = declared[1].decode("ascii", "replace")
    text, defect = decode(data, charset)
    if defect:
        defects.append(f"part {leaf.path}: {defect}")
    if len(text) > BODY_CHARACTERS:
        defects.append(f"part {leaf.path}: read up to {BODY_CHARACTERS} characters")
    flowed = leaf.parameters.get("format", "").strip().lower() == "flowed"
    delsp = leaf.parameters.get("delsp", "").strip().lower() == "yes"
    text = text[:BODY_CHARACTERS].removeprefix("\ufeff")
    return Body(text if html else without_clear_signature(text), html, leaf.path, flowed, flowed and delsp)


def _shown_inline(bodies: list[Body]) -> frozenset[str]:
    """The content ids that the HTML shows (RFC 2392)."""
    found = (match for body in bodies if body.html for match in _CONTENT_ID_REFERENCE.findall(body.text))
    return frozenset(unquote(one).lower() for one in found)


def _is_decoration(leaf: Leaf, shown: frozenset[str]) -> bool:
    """Pictures that belong to the letter paper: shown by the HTML, or inline beside it in a multipart/related."""
    content_id = clean_header(str(leaf.part.get("Content-ID", "")), 998).strip("<> ").lower()
    if content_id and content_id in shown:
        return True
    if not leaf.content_type.startswith("image/") or not leaf.inside("multipart/related"):
        return False
    # The reports of big mail services call their icons attachments.
    return leaf.disposition == "inline" or (bool(content_id) and leaf.inside("multipart/report"))


def file_bytes(source: Source, limits: Limits, wanted: Collection[str]) -> dict[str, bytes]:
    """The decoded bytes of the parts whose paths are `wanted`, by path; what is not there is left out."""
    return {leaf.path: leaf.data() for leaf in leaves_of(source, limits, []) if leaf.path in wanted}


def _take_file(contents: Contents, leaf: Leaf) -> None:
    data = leaf.data()
    if leaf.content_type in MESSAGES:
        contents.forwarded.append(data)
    digest = sha256(data).hexdigest()
    contents.attachments.append(Attachment(leaf.filename, leaf.content_type, len(data), leaf.path, digest))
    take_document(contents.documents, contents.attachments, data)
