"""The parts of a mail that are no multiparts, each with its place in the tree and the bytes it was read from.

Parts that hold a mail of their own (see `intake.mime.containers`) are opened: "2/1.3" is part 1.3 of what part 2 holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from email.message import Message as MimePart

from intake.limits import Limits
from intake.mime.containers import DEPTH, ENCRYPTED, OPENED, container_of, entity_of
from intake.mime.headers import scan_header
from intake.mime.parameters import filename_of, parse_parameters
from intake.mime.structure import Span, scan_structure
from intake.mime.tree import mime_tree

MESSAGES = frozenset({"message/rfc822", "message/global"})
"""The types of an attached message."""

_ENCODING = re.compile(r"[a-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Source:
    """Bytes that were parsed into a tree, and where its parts lie in them. `tree` is at `path` in the mail, "" for the
    mail itself; `parents` are the multiparts around it."""

    tree: MimePart
    raw: bytes
    spans: Mapping[str, Span]
    path: str = ""
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Leaf:
    """One part that is no multipart, with what its place in the tree says of it. `place` is its path in its source."""

    part: MimePart
    source: Source
    place: str
    content_type: str
    disposition: str
    filename: str
    parameters: Mapping[str, str]
    parents: tuple[str, ...]
    encrypted: bool = False

    @property
    def path(self) -> str:
        """Where the part is in the mail."""
        return f"{self.source.path}/{self.place}" if self.source.path else self.place

    def inside(self, container: str) -> bool:
        """Whether a multipart or container of type `container` encloses this part."""
        return container in self.parents

    def data(self) -> bytes:
        """The decoded bytes; those of an attached message as they stand in the mail."""
        return self.message() if self.content_type in MESSAGES else _decoded(self.part)

    def message(self) -> bytes:
        """The bytes of an attached message. RFC 2046 section 5.2.1 forbids to encode them; some programs do."""
        span = self.source.spans.get(self.place)
        data = self.source.raw[span.body : span.end] if span else b""
        if _encoding(self.part) not in ("base64", "quoted-printable"):
            return data
        text = MimePart()
        text["Content-Transfer-Encoding"] = _encoding(self.part)
        text.set_payload(data.decode("ascii", "surrogateescape"))
        return _decoded(text)


def leaves_of(source: Source, limits: Limits, defects: list[str]) -> list[Leaf]:
    """The parts in their order; attached messages are not entered. The depth was bounded before parsing."""
    found: list[Leaf] = []
    waiting: list[tuple[Iterator[Leaf], int]] = [(_leaves(source, source.tree, "", source.parents), 0)]
    opened = 0
    while waiting:
        leaf = next(waiting[-1][0], None)
        if leaf is None:
            waiting.pop()
            continue
        depth = waiting[-1][1]
        kind = container_of(leaf.content_type, leaf.filename, leaf.data)
        if kind == ENCRYPTED:
            leaf = replace(leaf, encrypted=True)
        elif kind and depth < DEPTH and opened < OPENED:
            opened += 1
            if inner := _opened(leaf, kind, limits):
                waiting.append((_leaves(inner, inner.tree, "", inner.parents), depth + 1))
                continue
            defects.append(f"part {leaf.path}: {kind} without a mail in it")
        found.append(leaf)
    return found


def _opened(leaf: Leaf, kind: str, limits: Limits) -> Source | None:
    """What a container holds, None where that is no MIME entity or exceeds the limits of one mail."""
    entity = entity_of(kind, leaf.data())
    fields = scan_header(entity, most_bytes=limits.header_block_bytes)
    if not fields.first("content-type"):
        return None
    structure = scan_structure(entity, fields, limits)
    if structure.refused:
        return None
    tree, _ = mime_tree(entity, fields, limits)
    return Source(tree, entity, structure.spans, leaf.path, (*leaf.parents, kind))


def _leaves(source: Source, part: MimePart, path: str, parents: tuple[str, ...]) -> Iterator[Leaf]:
    content_type, parameters = parse_parameters(_raw_value(part, "content-type"))
    disposition, disposition_parameters = parse_parameters(_raw_value(part, "content-disposition"))
    kind = part.get_content_type()
    # Of a part that is no multipart the undecoded payload must not be asked for: a bad charset raises.
    payload = part.get_payload() if part.is_multipart() else None
    if isinstance(payload, list) and kind.startswith("multipart/"):
        enclosing = (*parents, kind, *(("attachment",) if disposition == "attachment" else ()))
        for number, child in enumerate(payload, 1):
            if isinstance(child, MimePart):
                yield from _leaves(source, child, f"{path}.{number}" if path else str(number), enclosing)
        return
    # A multipart without parts is shown as the text it holds.
    shown_kind = "text/plain" if kind.startswith("multipart/") else kind
    name = filename_of(disposition_parameters, parameters if content_type else {})
    yield Leaf(part, source, path or "1", shown_kind, disposition, name, parameters, parents)


def _raw_value(part: MimePart, name: str) -> bytes:
    value = next((str(value) for key, value in part.raw_items() if key.lower() == name), "")
    return value.encode("utf-8", "surrogateescape")


def _encoding(part: MimePart) -> str:
    match = _ENCODING.search(str(part.get("Content-Transfer-Encoding", "")).lower())
    return match[0] if match else ""


def _decoded(part: MimePart) -> bytes:
    """The decoded bytes of a part, whatever surrounds the name of its transfer encoding."""
    encoding = _encoding(part)
    if encoding != str(part.get("Content-Transfer-Encoding", "")).lower():
        del part["Content-Transfer-Encoding"]
        part["Content-Transfer-Encoding"] = encoding
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""
