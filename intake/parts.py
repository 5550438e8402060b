"""The parts of a parsed mail sorted into texts to read, attachments and returned or forwarded messages."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message as MimePart
from hashlib import sha256
from urllib.parse import unquote

from intake.charsets import decode
from intake.headers import clean_header
from intake.parameters import filename_of, parse_parameters
from intake.reports import reports_of
from intake.structure import Span
from rules.model import Attachment, Body, DeliveryReport

BODY_CHARACTERS = 1024 * 1024
"""A text is handed on so far and no further."""
REPORTED_BYTES = 64 * 1024
"""Of a returned header block so much is kept."""

_ENCODING = re.compile(r"[a-z0-9-]+")
_CONTENT_ID_REFERENCE = re.compile(r"cid:([^\"'\s<>)\\]{1,998})", re.IGNORECASE)
_META_CHARSET = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n|\r\r")
_SIGNATURES = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"})
_MESSAGES = frozenset({"message/rfc822", "message/global"})
_RETURNED = frozenset({"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"})
_STATUS = re.compile(r"message/(?:global-)?(?:delivery-status|disposition-notification)")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One part that is no multipart, with what its place in the tree says of it."""

    part: MimePart
    path: str
    content_type: str
    disposition: str
    filename: str
    parameters: Mapping[str, str]
    parents: tuple[str, ...]

    def inside(self, container: str) -> bool:
        """Whether a multipart of type `container` encloses this part."""
        return container in self.parents


@dataclass(slots=True)
class Contents:
    """What a mail holds; see `rules.model.Message` for the meaning of each."""

    bodies: list[Body] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    forwarded: list[bytes] = field(default_factory=list)
    reported: bytes = b""
    report: str = ""
    reports: tuple[DeliveryReport, ...] = ()
    defects: list[str] = field(default_factory=list)


def contents_of(tree: MimePart, raw: bytes, spans: Mapping[str, Span]) -> Contents:
    """Sort the parts of `tree`, which was parsed from `raw` with its parts at `spans`. Linear in its size."""
    contents = Contents()
    leaves = list(_leaves(tree, "", ()))
    files: list[Leaf] = []
    for leaf in leaves:
        if _is_report_part(leaf):
            _take_report(contents, leaf, raw, spans)
        elif _is_body(leaf, first=not contents.bodies):
            contents.bodies.append(_body(leaf, contents.defects))
        elif leaf.content_type not in _SIGNATURES and not _is_other_rendering(leaf):
            files.append(leaf)
    shown = _shown_inline(contents.bodies)
    for leaf in files:
        if not _is_decoration(leaf, shown):
            _take_file(contents, leaf, raw, spans)
    return contents


def _leaves(part: MimePart, path: str, parents: tuple[str, ...]) -> Iterator[Leaf]:
    """The parts in their order; attached messages are not entered. The depth was bounded before parsing."""
    content_type, parameters = parse_parameters(_raw_value(part, "content-type"))
    disposition, disposition_parameters = parse_parameters(_raw_value(part, "content-disposition"))
    kind = part.get_content_type()
    # Of a part that is no multipart the undecoded payload must not be asked for: a bad charset raises.
    payload = part.get_payload() if part.is_multipart() else None
    if isinstance(payload, list) and kind.startswith("multipart/"):
        enclosing = (*parents, kind, *(("attachment",) if disposition == "attachment" else ()))
        for number, child in enumerate(payload, 1):
            if isinstance(child, MimePart):
                yield from _leaves(child, f"{path}.{number}" if path else str(number), enclosing)
        return
    # A multipart without parts is shown as the text it holds.
    shown_kind = "text/plain" if kind.startswith("multipart/") else kind
    name = filename_of(disposition_parameters, parameters if content_type else {})
    yield Leaf(part, path or "1", shown_kind, disposition, name, parameters, parents)


def _raw_value(part: MimePart, name: str) -> bytes:
    value = next((str(value) for key, value in part.raw_items() if key.lower() == name), "")
    return value.encode("utf-8", "surrogateescape")


def header_block(message: bytes) -> bytes:
    """The header block of a returned message, at most `REPORTED_BYTES`."""
    return _END_OF_HEADER.split(message.lstrip(b"\r\n")[:REPORTED_BYTES], maxsplit=1)[0]


def _is_report_part(leaf: Leaf) -> bool:
    if _STATUS.fullmatch(leaf.content_type):
        return True
    return leaf.inside("multipart/report") and leaf.content_type in _RETURNED


def _take_report(contents: Contents, leaf: Leaf, raw: bytes, spans: Mapping[str, Span]) -> None:
    if _STATUS.fullmatch(leaf.content_type):
        if leaf.parents[:1] == ("multipart/report",) or not leaf.parents:
            contents.report = contents.report or leaf.content_type
        if leaf.content_type.endswith("delivery-status"):
            contents.reports = contents.reports or reports_of(_attached_message(leaf, raw, spans))
    elif not contents.reported:
        data = _attached_message(leaf, raw, spans) if leaf.content_type.startswith("message/") else _data(leaf.part)
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


def _body(leaf: Leaf, defects: list[str]) -> Body:
    data = _data(leaf.part)
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
    return Body(text[:BODY_CHARACTERS].removeprefix("\ufeff"), html, leaf.path, flowed, flowed and delsp)


def _shown_inline(bodies: list[Body]) -> frozenset[str]:
    """The content ids that the HTML shows (RFC 2392)."""
    found = (match for body in bodies if body.html for match in _CONTENT_ID_REFERENCE.findall(body.text))
    return frozenset(unquote(one).lower() for one in found)


def _is_decoration(leaf: Leaf, shown: frozenset[str]) -> bool:
    """Pictures that belong to the letter paper: shown by the HTML, or inline beside it in a multipart/related."""
    content_id = clean_header(str(leaf.part.get("Content-ID", "")), 998).strip("<> ").lower()
    if content_id and content_id in shown:
        return True
    return leaf.content_type.startswith("image/") and leaf.disposition == "inline" and leaf.inside("multipart/related")


def file_bytes(tree: MimePart, raw: bytes, spans: Mapping[str, Span], wanted: Collection[str]) -> dict[str, bytes]:
    """The decoded bytes of the parts of `tree` whose paths are `wanted`, by path; what is not there is left out."""
    return {leaf.path: _file_data(leaf, raw, spans) for leaf in _leaves(tree, "", ()) if leaf.path in wanted}


def _take_file(contents: Contents, leaf: Leaf, raw: bytes, spans: Mapping[str, Span]) -> None:
    data = _file_data(leaf, raw, spans)
    if leaf.content_type in _MESSAGES:
        contents.forwarded.append(data)
    digest = sha256(data).hexdigest()
    contents.attachments.append(Attachment(leaf.filename, leaf.content_type, len(data), leaf.path, digest))


def _file_data(leaf: Leaf, raw: bytes, spans: Mapping[str, Span]) -> bytes:
    return _attached_message(leaf, raw, spans) if leaf.content_type in _MESSAGES else _data(leaf.part)


def _attached_message(leaf: Leaf, raw: bytes, spans: Mapping[str, Span]) -> bytes:
    """The bytes of an attached message. RFC 2046 section 5.2.1 forbids to encode them; some programs do."""
    span = spans.get(leaf.path)
    data = raw[span.body : span.end] if span else b""
    if _encoding(leaf.part) not in ("base64", "quoted-printable"):
        return data
    text = MimePart()
    text["Content-Transfer-Encoding"] = _encoding(leaf.part)
    text.set_payload(data.decode("ascii", "surrogateescape"))
    return _data(text)


def _encoding(part: MimePart) -> str:
    match = _ENCODING.search(str(part.get("Content-Transfer-Encoding", "")).lower())
    return match[0] if match else ""


def _data(part: MimePart) -> bytes:
    """The decoded bytes of a part, whatever surrounds the name of its transfer encoding."""
    encoding = _encoding(part)
    if encoding != str(part.get("Content-Transfer-Encoding", "")).lower():
        del part["Content-Transfer-Encoding"]
        part["Content-Transfer-Encoding"] = encoding
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""
