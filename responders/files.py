"""Files as MIME parts (RFC 2183, RFC 2231): whatever their sender called them, they are attachments, and nothing that a
mail program opens by itself."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote

from responders.clean import clean_header

_NAME_CHARACTERS = 100
_EXTENSION_CHARACTERS = 12
_PIECE_CHARACTERS = 60

_NAME = r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}"
_TYPE = re.compile(rf"{_NAME}/{_NAME}")
_OPAQUE = "application/octet-stream"
# Shown or run by mail programs and browsers without a question, or parts that must not be encoded (RFC 2046 s5.2.1).
_ACTIVE = re.compile(
    r"(?:multipart|message)/.*|text/(?:html|xml|javascript|ecmascript|vbscript|x-.*)"
    r"|image/svg.*|model/vrml|.*[+/]xml|application/(?:xhtml.*|.*(?:script|shockwave|java|msdownload|msdos|executable"
    r"|x-sh|x-csh|x-perl|x-python|x-bat|hta|x-msi|x-ms-shortcut).*)"
)
_RUNS = re.compile(
    r"ade|adp|app|appref-ms|bat|chm|cmd|com|cpl|dll|exe|gadget|hta|html?|inf|ins|iso|isp|jar|jnlp|jse?|lnk|mde|mht|mhtml"
    r"|msc|msi|msp|mst|pif|psc?1|ps1xml|reg|scf|scr|sct|sh|shb|shs|shtml|svgz?|url|vb|vbe|vbs|vhdx?|wsc|wsf|wsh|xbap|xht"
    r"|xhtml|xll"
)
_ENDINGS = {
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "message/global": ".eml",
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
}
_NOT_IN_NAMES = re.compile(r'[<>:"|?*;%]')


@dataclass(frozen=True, slots=True)
class File:
    """A file to attach: `filename` is made by `file_name`, `content_type` is whatever its sender said."""

    filename: str
    content_type: str
    data: bytes


def file_name(given: str, content_type: str, number: int) -> str:
    """The name under which a file of a stranger's goes on: one line, no path, no characters that turn the reading
    direction or that a file system refuses, at most 100 with the ending kept; "file-2.pdf" for the second that has
    none."""
    name = re.split(r"[/\\]", clean_header(given, 1000))[-1]
    name = _NOT_IN_NAMES.sub("_", name).strip(" .")
    if not name:
        return f"file-{number}{_ENDINGS.get(content_type, '')}"
    if len(name) <= _NAME_CHARACTERS:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > _EXTENSION_CHARACTERS:
        return name[:_NAME_CHARACTERS].rstrip(" .")
    return f"{stem[: _NAME_CHARACTERS - len(ending) - 1].rstrip(' .')}.{ending}"


def safe_type(content_type: str, filename: str) -> str:
    """The content type to declare: as given where it is one and nothing that runs or shows by itself."""
    given = content_type.lower()
    if not _TYPE.fullmatch(given) or _ACTIVE.fullmatch(given) or _RUNS.fullmatch(filename.rpartition(".")[2].lower()):
        return _OPAQUE
    return given


def file_part(file: File) -> bytes:
    """The file as one part of a multipart: header, blank line, base64 with CRLF line ends."""
    name, plain = file.filename, _ascii(file.filename)
    declared = f"Content-Type: {safe_type(file.content_type, name)}"
    # The name goes where the standard has it, in the standard's form; programs that cannot read that look here.
    header = [
        declared if plain == name else f'{declared};\r\n name="{plain}"',
        "Content-Transfer-Encoding: base64",
        ";\r\n ".join(["Content-Disposition: attachment", *_name_parameters(name, plain)]),
    ]
    return "\r\n".join(header).encode("ascii") + b"\r\n\r\n" + base64.encodebytes(file.data).replace(b"\n", b"\r\n")


def boundary(message_id: str, level: str) -> bytes:
    """A multipart boundary that no part can hold: "=_" stands neither in quoted-printable nor in base64 (RFC 2045 s6.7,
    s6.8)."""
    return b"=_" + level.encode() + hashlib.sha256(message_id.encode()).hexdigest()[:32].encode()


def _name_parameters(name: str, plain: str) -> list[str]:
    if plain == name:
        return [f'filename="{plain}"']
    first, *rest = _pieces(name)
    if not rest:
        return [f"filename*=utf-8''{first}"]
    return [f"filename*0*=utf-8''{first}", *(f"filename*{number}*={piece}" for number, piece in enumerate(rest, 1))]


def _ascii(name: str) -> str:
    """`name` for programs that know ASCII only; a backslash or quote never gets here."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    plain = "".join(c if " " <= c <= "~" and c not in '"\\' else "_" for c in bare)
    # An encoded word in quotes is none by the book, and is decoded all the same.
    return plain.replace("=?", "__")


def _pieces(name: str) -> list[str]:
    """`name` in percent-encoding, in pieces that cut no character in two (RFC 2231 s3)."""
    pieces = [""]
    for character in name:
        written = quote(character, safe="")
        if len(pieces[-1]) + len(written) > _PIECE_CHARACTERS:
            pieces.append("")
        pieces[-1] += written
    return pieces
