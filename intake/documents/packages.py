"""Zipped XML documents (Office Open XML, OpenDocument), opened behind limits. Nothing is unpacked to disk."""

from __future__ import annotations

from io import BytesIO
from xml.etree.ElementTree import Element
from zipfile import BadZipFile, ZipFile

from defusedxml.ElementTree import fromstring

MEMBERS = 4_000
MEMBER_BYTES = 16 * 1024 * 1024
_ALL_BYTES = 32 * 1024 * 1024
_RATIO = 400
_SMALL_BYTES = 1024 * 1024
DEPTH = 80
"""Elements inside one another beyond this are not looked at; forms need a quarter of it."""


class DocumentError(Exception):
    """A document that cannot be read; the text says why."""


class Package:
    """The members of a zipped document. All together may not grow beyond a bound, whatever the archive says of
    itself."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = ZipFile(BytesIO(data))
        except (BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
            raise DocumentError(f"not a readable archive: {type(error).__name__}") from None
        if len(self._zip.infolist()) > MEMBERS:
            raise DocumentError(f"more than {MEMBERS} members")
        self._room = _ALL_BYTES

    def names(self) -> list[str]:
        """The names of all members."""
        return self._zip.namelist()

    def bytes_of(self, name: str) -> bytes:
        """A member's bytes; DocumentError where it is not there, is encrypted or unpacks to too much."""
        try:
            info = self._zip.getinfo(name)
        except KeyError:
            raise DocumentError(f"has no {name}") from None
        most = min(MEMBER_BYTES, self._room)
        bomb = info.file_size > _SMALL_BYTES and info.file_size > _RATIO * max(info.compress_size, 1)
        if info.file_size > most or bomb:
            raise DocumentError("unpacks to too much")
        try:
            with self._zip.open(info) as member:
                data = member.read(most + 1)
        except (BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError) as error:
            raise DocumentError(f"damaged or encrypted: {type(error).__name__}") from None
        if len(data) > most:
            raise DocumentError("unpacks to too much")
        self._room -= len(data)
        return data

    def tree(self, name: str) -> Element:
        """A member's XML. Document type declarations, and with them all entities, are refused."""
        try:
            root: Element = fromstring(self.bytes_of(name), forbid_dtd=True)
        except (SyntaxError, ValueError, LookupError) as error:
            raise DocumentError(f"XML that cannot be read: {type(error).__name__}") from None
        return root


def local(element: Element) -> str:
    """An element's name without its namespace; the transitional and the strict format differ in that only."""
    # Comments and processing instructions have a function in place of a name.
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Element, name: str, default: str = "") -> str:
    """An attribute by its name without namespace."""
    if name in element.attrib:
        return element.attrib[name]
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), default)
