"""The mail that follows DATA: bytes off the wire until CRLF.CRLF (RFC 5321 s4.1.1.4, s4.5.2)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from intake.doors.door import NO_ROOM, Lease, ListenerLimits

_END = b"\r\n.\r\n"


@dataclass(frozen=True, slots=True)
class Data:
    """What came after DATA: the mail as `raw`, or the `refusal` to answer with; `endless` where the end never came."""

    raw: bytes = b""
    refusal: str = ""
    endless: bool = False


async def read_data(
    reader: asyncio.StreamReader, limits: ListenerLimits, lease: Lease, progress: Callable[[], None]
) -> Data:
    """Read one mail and undo its dot-stuffing; nothing else is changed.

    Only CRLF.CRLF ends a mail: a dot between any other line ends is content, so that nobody can smuggle a second mail
    past a server that reads it otherwise. What is too big, or finds no room in the budget, is read to its end and
    dropped, so that the peer can hear why, but not further than twice the size of the biggest mail. `progress` is
    called for every piece. Raises what `reader` raises when the peer goes away.
    """
    # The CRLF of the DATA line itself takes part in the end mark of an empty mail; StreamReader has no way to unread.
    reader._buffer[:0] = b"\r\n"  # type: ignore[attr-defined] # noqa: SLF001
    chunks: list[bytes] = []
    size_bytes = 0
    refusal = ""
    ended = False
    while not ended:
        try:
            chunk = await reader.readuntil(_END)
            ended = True
        except asyncio.LimitOverrunError as overrun:
            chunk = await reader.read(overrun.consumed)
        progress()
        size_bytes += len(chunk)
        if refusal and size_bytes > 2 * limits.message_bytes:
            return Data(refusal=refusal, endless=True)
        if not refusal:
            refusal = _refusal(size_bytes - len(_END), len(chunk), limits, lease)
            chunks.append(chunk)
        if refusal:
            chunks.clear()
            lease.release()
    if refusal:
        return Data(refusal=refusal)
    raw = _unstuffed(chunks)
    if _has_longer_line(raw, limits.line_bytes):
        return Data(refusal=f"554 5.6.0 The mail has a line of more than {limits.line_bytes} bytes")
    return Data(raw=raw)


def _refusal(mail_bytes: int, chunk_bytes: int, limits: ListenerLimits, lease: Lease) -> str:
    if mail_bytes > limits.message_bytes:
        return f"552 5.3.4 The mail is bigger than {limits.message_bytes} bytes"
    return "" if lease.grow(chunk_bytes) else NO_ROOM


def _unstuffed(chunks: list[bytes]) -> bytes:
    """The mail in `chunks`, which begin with the CRLF of the DATA line and end with the end mark."""
    chunks[-1] = chunks[-1][: -len(b".\r\n")]
    chunks[0] = chunks[0].removeprefix(b"\r\n").removeprefix(b".")
    return b"".join(chunks).replace(b"\r\n.", b"\r\n")


def _has_longer_line(raw: bytes, line_bytes: int) -> bool:
    start = 0
    while len(raw) - start > line_bytes + 2:
        end = raw.rfind(b"\r\n", start, start + line_bytes + 2)
        if end < 0:
            return True
        start = end + 2
    return False
