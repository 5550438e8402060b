"""Mbox files as programs write them, in pieces of any size."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest

from intake.doors.mbox import NotMboxError, Piece, fingerprint, read_mbox
from intake.received import received_at

NOON = datetime(2026, 11, 3, 10, 20, tzinfo=UTC)
MOST = 10_000


def pieces(data: bytes, most_bytes: int = MOST, start: int = 0) -> list[Piece]:
    return list(read_mbox(io.BytesIO(data), most_bytes, start))


@pytest.mark.parametrize(
    ("line", "sender", "at"),
    [
        (b"From ana@x.example Tue Nov  3 10:20:00 2026", "ana@x.example", NOON),
        (b"From MAILER-DAEMON Tue Nov  3 10:20:00 2026", "MAILER-DAEMON", NOON),
        (b"From - Tue Nov 03 10:20:00 2026", "", NOON),
        (b"From 1812@xxx Tue Nov 03 10:20:00 +0000 2026", "1812@xxx", NOON),
        (b"From ana@x.example Tue Nov  3 05:20:00 2026 -0500", "ana@x.example", NOON),
        (b"From ana@x.example Tue Nov  3 10:20:00 GMT 2026", "ana@x.example", NOON),
        (b"From ana@x.example Tue Nov  3 10:20 2026", "ana@x.example", NOON),
        (b"From ana  Tue Nov  3 10:20:00 2026 remote from there", "ana", NOON),
        (b"From a b@x.example Tue, 3 Nov 2026 05:20:00 -0500", "a b@x.example", NOON),
        (b"From ana@x.example Tue Nov 33 10:20:00 2026", "ana@x.example", None),
        (b"From ", "", None),
        (b"From - ", "", None),
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_the_line_before_a_mail(line: bytes, sender: str, at: datetime | None, end: bytes) -> None:
    mail = b"Subject: a" + end + end + b"hola" + end
    found = pieces((line + end + mail + end) * 2)
    assert [(one.raw, one.sender, one.at) for one in found] == [(mail, sender, at)] * 2
    assert [(one.offset, one.end) for one in found] == [(0, found[1].offset), (found[1].offset, found[1].end)]


LINE = b"From ana@x.example Tue Nov  3 10:20:00 2026\n"


@pytest.mark.parametrize("text", [b"From here on", b"From ", b"From: x", b" From x", b"From - - - - me"])
def test_a_text_that_begins_with_from_is_no_separator(text: bytes) -> None:
    (found,) = pieces(LINE + b"Subject: a\n\nhola\n" + text + b"\nmore\n")
    assert found.raw == b"Subject: a\n\nhola\n" + text + b"\nmore\n"


def test_a_dated_line_separates_without_an_empty_line() -> None:
    """A mail that is lost inside another would be worse than a mail in two pieces."""
    assert [one.raw for one in pieces(LINE + b"a: 1\n\nx\n" + LINE + b"b: 2\n\ny")] == [b"a: 1\n\nx\n", b"b: 2\n\ny"]


def test_quoting_is_undone_once() -> None:
    (found,) = pieces(LINE + b"a: 1\n\n>From me\n>>From you\n> From him\n>From: x\n")
    assert found.raw == b"a: 1\n\nFrom me\n>From you\n> From him\n>From: x\n"


@pytest.mark.parametrize(("end", "body"), [(b"\n", b""), (b"\n\n", b"\n"), (b"\n\n\n", b"\n\n"), (b"\n\r\n", b"\n")])
def test_one_empty_line_belongs_to_the_separator(end: bytes, body: bytes) -> None:
    assert pieces(LINE + b"a: 1\n" + end + LINE)[0].raw == b"a: 1\n" + body


def test_a_mail_too_big_is_told_by_its_offset_and_the_next_is_read() -> None:  # pain 13
    big = b"a: 1\n\n" + b"x" * 200_000 + b"\n"
    found = pieces(LINE + b"a: 1\n\n" + LINE + big + b"\n" + LINE + b"b: 2\n")
    assert [one.raw for one in found] == [b"a: 1\n", None, b"b: 2\n"]
    assert (found[1].offset, found[1].size_bytes) == (len(LINE) + 6, len(big) + 1)
    exact = b"x: " + b"y" * (MOST - 4) + b"\n"
    assert [one.raw is None for one in pieces(LINE + exact + b"\n" + LINE + b"x" + exact)] == [False, True]


def test_an_endless_mail_is_not_taken_into_memory() -> None:
    class Endless(io.BytesIO):
        left = 200

        def read(self, most: int | None = -1, /) -> bytes:
            self.left -= 1
            return LINE if self.left == 199 else b"x" * (most or 0) if self.left > 0 else b""

        def readline(self, most: int | None = -1, /) -> bytes:
            return b""

    import tracemalloc

    tracemalloc.start()
    try:
        (found,) = read_mbox(Endless(), 1_000_000)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.raw is None
    assert peak < 8_000_000


class Dribble(io.BytesIO):
    """A file that is read in small pieces."""

    step = 1

    def read(self, most: int | None = -1, /) -> bytes:
        return super().read(self.step)


@pytest.mark.parametrize("step", [1, 2, 3, 5, 44, 45, 50, 60, 100])
def test_where_the_pieces_are_cut_changes_nothing(step: int) -> None:
    data = b"".join(
        [LINE, b"a: 1\n\n>From x\n\n", b"From \nb: 2\n\nFrom here\n\n", LINE * 2, b"\n\n", b"From - \r\nc: 3\r\n"]
    )
    file = Dribble(data)
    file.step = step
    found = list(read_mbox(file, MOST))
    assert found == pieces(data)
    assert len(found) == 5
    assert b"".join(data[one.offset : one.end] for one in found) == data


def test_a_piece_that_begins_within_a_line_begins_no_mail() -> None:
    data = LINE + b"a: 1\n\n" + b"x" * ((1 << 16) + 1) + LINE + b"\n" + LINE
    assert len(list(read_mbox(Dribble(data), 1_000_000))) == 2


@pytest.mark.parametrize("data", [b"Subject: a\n\nhola\n", b"x\n" + LINE, b"\nFrom: x\n"])
def test_what_is_no_mbox(data: bytes) -> None:
    with pytest.raises(NotMboxError):
        pieces(data)


def test_an_empty_file_is_an_mbox_without_mails() -> None:
    assert pieces(b"") == pieces(b"\n\n") == []


def test_reading_goes_on_at_an_offset_where_the_file_is_still_the_same() -> None:
    data = b"".join(LINE + b"n: %d\n\n" % n for n in range(5000))
    whole = pieces(data)
    place = whole[4000].offset
    assert pieces(data, start=place) == whole[4000:]
    mark = fingerprint(io.BytesIO(data), place)
    assert fingerprint(io.BytesIO(data + b"more"), place) == mark
    assert fingerprint(io.BytesIO(data[whole[0].end :]), place) != mark
    assert fingerprint(io.BytesIO(b""), 0) == fingerprint(io.BytesIO(data), 0)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (b"from a by b; Tue, 3 Nov 2026 05:20:00 -0500", NOON),
        (b"from a by b\r\n\twith ESMTP (x; y);\r\n Tue, 3 Nov 2026 10:20:00 +0000 (UTC)", NOON),
        (b"by b; 3 Nov 2026 10:20:00 -0000", NOON),
        (b"from a by b", None),
        (b"from a by b;", None),
        (b"from a by b; yesterday", None),
        (b"from a by b; Tue, 3 Nov 1926 10:20:00 +0000", None),
        (b"from a by b; Tue, 3 Nov 99999 10:20:00 +9999", None),
        (b"from a by b; " + b"(" * 5000, None),
    ],
)
def test_when_a_mail_came_in(field: bytes, expected: datetime | None) -> None:
    older = b"Received: from c by d; Mon, 2 Nov 2026 10:20:00 +0000\r\nDate: Sun, 1 Nov 2026 10:20:00 +0000\r\n\r\n"
    assert received_at(b"Received: " + field + b"\r\n" + older) == expected
