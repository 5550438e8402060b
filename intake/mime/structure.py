"""Where the parts of a mail lie, found by one pass over its bytes.

Only lines that begin with "--" are looked at; open boundaries lie on a stack and in a table, so that each such line
costs the same however deep the nesting. The rules are those of the standard library's parser, which reads the same mail
later: the outermost open boundary that a line matches wins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message as MimePart

from intake.limits import Limits
from intake.mime.headers import Fields, lines, scan_header

_DELIMITER = re.compile(rb"[\r\n]--([^\r\n]*)")


@dataclass(frozen=True, slots=True)
class Span:
    """One part: where its header block and its body begin and where it ends, as offsets into the mail."""

    header: int
    body: int
    end: int


@dataclass(frozen=True, slots=True)
class Structure:
    """`refused` says in words why the mail must not be parsed ("" where it may); `spans` by part path ("1.2")."""

    refused: str
    spans: Mapping[str, Span]


class _TooMuchError(Exception):
    """A limit is exceeded; the argument says which."""


@dataclass(slots=True)
class _Container:
    """An open multipart, or an attached message (no boundary).

    `header` and `body` are offsets of the part that is open in it; `status` is where a delivery report's status begins.
    """

    path: str
    boundary: bytes | None
    digest: bool = False
    children: int = 0
    header: int = -1
    body: int = -1
    status: int = -1


def scan_structure(raw: bytes, fields: Fields, limits: Limits) -> Structure:
    """Find the parts of `raw`, whose header block is `fields`, as far as `limits` allow. Linear; never raises."""
    scan = _Scan(raw, limits)
    try:
        _check_size(raw, fields, limits)
        scan.run(fields)
    except _TooMuchError as reason:
        return Structure(str(reason), {})
    return Structure("", scan.spans)


def _check_size(raw: bytes, fields: Fields, limits: Limits) -> None:
    if fields.cut or len(fields.block) > limits.header_block_bytes:
        raise _TooMuchError(f"the header block is over {limits.header_block_bytes} bytes")
    if len(fields.items) > limits.fields:
        raise _TooMuchError(f"the header has over {limits.fields} fields")
    if raw.count(b"\n") + raw.count(b"\r") - raw.count(b"\r\n") > limits.lines:
        raise _TooMuchError(f"over {limits.lines} lines")


@dataclass(slots=True)
class _Scan:
    raw: bytes
    limits: Limits
    spans: dict[str, Span] = field(default_factory=dict)
    stack: list[_Container] = field(default_factory=list)
    open_boundaries: dict[bytes, int] = field(default_factory=dict)
    parts: int = 0
    header_bytes: int = 0
    fields: int = 0
    long_field_bytes: int = 0

    def run(self, fields: Fields) -> None:
        self._enter(fields, fields.body, "", digest=False)
        if not self.stack:
            self.spans["1"] = Span(0, fields.body, len(self.raw))
            return
        if self.stack[0].boundary is None:
            self.spans["1"] = Span(0, fields.body, len(self.raw))
        for match in _DELIMITER.finditer(self.raw, max(fields.body - 1, 0)):
            if not self.open_boundaries:
                break
            level, closes = self._level(match[1].rstrip(b" \t"))
            if level < 0:
                continue
            self._close_down_to(level + 1, match.start())
            self._close_part(self.stack[level], match.start())
            if closes:
                self._close_down_to(level, match.start())
            else:
                self._begin_part(self.stack[level], match.end())
        self._close_down_to(0, len(self.raw))

    def _level(self, line: bytes) -> tuple[int, bool]:
        """Stack index of the outermost open boundary on `line` (without its dashes), or -1, and whether it closes."""
        separates = self.open_boundaries.get(line, -1)
        closes = self.open_boundaries.get(line[:-2], -1) if line.endswith(b"--") else -1
        if closes >= 0 and (separates < 0 or closes < separates):
            return closes, True
        return separates, False

    def _begin_part(self, parent: _Container, line_end: int) -> None:
        self.parts += 1
        if self.parts > self.limits.parts:
            raise _TooMuchError(f"over {self.limits.parts} parts")
        start = next((following for _, _, following in lines(self.raw, line_end, line_end + 3)), line_end)
        parent.children += 1
        path = f"{parent.path}.{parent.children}" if parent.path else str(parent.children)
        fields = self._part_header(start)
        parent.header, parent.body = start, fields.body
        self._enter(fields, fields.body, path, digest=parent.digest)

    def _part_header(self, start: int) -> Fields:
        fields = scan_header(self.raw, start, most_bytes=self.limits.header_block_bytes, lenient=False)
        self.header_bytes += len(fields.block)
        self.fields += len(fields.items)
        if fields.cut or self.header_bytes > self.limits.part_header_bytes or self.fields > self.limits.part_fields:
            raise _TooMuchError("the header blocks of the parts are too long")
        for size in (len(item.raw) for item in fields.items if item.name.startswith("content-")):
            self.long_field_bytes += max(size - 1024, 0)
            if size > self.limits.field_bytes or self.long_field_bytes > self.limits.part_long_field_bytes:
                raise _TooMuchError("the Content fields of the parts are too long")
        return fields

    def _enter(self, fields: Fields, body: int, path: str, *, digest: bool) -> None:
        """Push what a part with these fields opens: a multipart, or an attached message and what that opens in turn."""
        while True:
            content_type, boundary = _content_type(fields, digest=digest, most_bytes=self.limits.field_bytes)
            if content_type == "message/delivery-status":
                self._push(_Container(path or "1", None, status=body))
                return
            if content_type.startswith("message/"):
                self._push(_Container(path or "1", None))
                fields = self._part_header(body)
                body, digest = fields.body, False
                path = path or "1"
                continue
            if content_type.startswith("multipart/") and boundary is not None:
                self._push(_Container(path, boundary, digest=content_type == "multipart/digest"))
            return

    def _push(self, container: _Container) -> None:
        self.stack.append(container)
        if len(self.stack) > self.limits.depth:
            raise _TooMuchError(f"nested over {self.limits.depth} deep")
        if container.boundary is not None:
            self.open_boundaries.setdefault(container.boundary, len(self.stack) - 1)

    def _close_down_to(self, level: int, end: int) -> None:
        """Close every container from `level` on, and with each the part that it had open."""
        while len(self.stack) > level:
            container = self.stack.pop()
            self._close_part(container, end)
            if container.status >= 0:
                self._count_status_blocks(container.status, end)
            boundary = container.boundary
            if boundary is not None and self.open_boundaries.get(boundary) == len(self.stack):
                del self.open_boundaries[boundary]

    def _close_part(self, container: _Container, end: int) -> None:
        if container.body < 0:
            return
        # The line end before a delimiter belongs to the delimiter (RFC 2046 section 5.1.1).
        if self.raw[end - 1 : end + 1] == b"\r\n":
            end -= 1
        path = f"{container.path}.{container.children}" if container.path else str(container.children)
        self.spans[path] = Span(container.header, min(container.body, end), end)
        container.body = -1

    def _count_status_blocks(self, body: int, end: int) -> None:
        """A delivery report's status part is parsed as one small message for each paragraph (RFC 3464 section 2.1)."""
        self.parts += self.raw.count(b"\n\n", body, end) + self.raw.count(b"\n\r\n", body, end)
        if self.parts > self.limits.parts:
            raise _TooMuchError(f"over {self.limits.parts} parts")


def _content_type(fields: Fields, *, digest: bool, most_bytes: int) -> tuple[str, bytes | None]:
    """Content type and boundary as the standard library will see them; "" and None where it will find neither."""
    raw = fields.first("content-type")
    if not raw or len(raw) > most_bytes:
        return ("message/rfc822" if digest else "text/plain"), None
    part = MimePart()
    part["Content-Type"] = raw.decode("ascii", "surrogateescape").strip("\r\n")
    try:
        boundary = part.get_boundary()
    except (LookupError, UnicodeError, ValueError, TypeError):
        boundary = None
    return part.get_content_type(), None if boundary is None else boundary.encode("utf-8", "surrogatepass")
