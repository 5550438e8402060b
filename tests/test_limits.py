"""What a hostile mail may cost: limits hold before a parser runs, and every scan is linear."""

import base64
import tracemalloc

import pytest

from intake.identity import envelope_of, mail_key
from intake.limits import Limits
from intake.mime.headers import scan_header
from intake.mime.structure import scan_structure
from intake.parse import parse

HEAD = b"From: ana@x.example\r\nTo: desk@y.example\r\nSubject: s\r\nMessage-ID: <1@x.example>\r\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=B\r\n\r\n"
EMPTY_MULTIPART = b"--B\r\nContent-Type: multipart/mixed; boundary=c%d\r\n\r\n--c%d--\r\n"
PART = b"--B\r\nContent-Type: text/plain\r\n\r\nx\r\n"


def nested(depth: int) -> bytes:
    """Multiparts inside one another, each the only child of the last."""
    lines = [HEAD + b"Content-Type: multipart/mixed; boundary=b0\r\n\r\n"]
    lines += [b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (n - 1, n) for n in range(1, depth)]
    return b"".join(lines) + b"--b%d\r\n\r\nx\r\n" % (depth - 1)


def forwards(depth: int) -> bytes:
    return HEAD + b"Content-Type: message/rfc822\r\n\r\n" * depth + b"\r\nx"


def refused(raw: bytes, limits: Limits = Limits()) -> str:  # noqa: B008
    return scan_structure(raw, scan_header(raw), limits).refused


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (HEAD + b"X: " + b"a" * 256 * 1024 + b"\r\n\r\n", "header block"),
        (b"X: y\r\n" * 1001 + b"\r\n", "fields"),
        (b"X: y\r\n" * 100_000 + b"\r\n", "header block"),
        (MIXED + PART * 1001, "parts"),
        (MIXED + b"--B\r\n\r\n" * 100_000, "parts"),
        (nested(51), "deep"),
        (nested(1000), "deep"),
        (forwards(51), "deep"),
        (MIXED + b"--B\r\nContent-Type: text/plain; name=" + b"a" * 9000 + b"\r\n\r\n", "Content fields"),
        (MIXED + (b"--B\r\nContent-Type: text/plain; name=" + b";" * 8000 + b"\r\n\r\n") * 20, "Content fields"),
        (MIXED + b"--B\r\n" + b"X: y\r\n" * 20_001 + b"\r\n", "too long"),
        (HEAD + b"\r\n" + b"\n" * 1_000_001, "lines"),
        (HEAD + b"Content-Type: message/delivery-status\r\n\r\n" + b"a: b\n\n" * 1001, "parts"),
        (MIXED + b"--B\nContent-Type: message/delivery-status\n\n" + b"--x\n\na: b\n\n" * 1001, "parts"),
    ],
)
def test_too_much_is_refused_before_parsing(raw: bytes, reason: str) -> None:
    assert reason in refused(raw)
    message = parse(raw)
    assert reason in message.unreadable
    assert not message.bodies
    if raw.startswith(HEAD):
        assert message.sender is not None
        assert message.message_id == "1@x.example"


@pytest.mark.parametrize(
    "raw",
    [
        MIXED + PART * 1000 + b"--B--\r\n",
        b"X: y\r\n" * 1000 + b"\r\n",
        nested(50),
        forwards(50),
        # Siblings are no depth.
        MIXED
        + b"".join(
            b"--B\r\nContent-Type: multipart/mixed; boundary=c%d\r\n\r\n--c%d--\r\n" % (n, n) for n in range(900)
        ),
        # The same boundary again opens nothing.
        MIXED + b"--B\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n" * 900,
    ],
    ids=["1000 parts", "1000 fields", "50 deep", "50 messages deep", "900 siblings", "one boundary"],
)
def test_what_is_within_the_limits_is_read(raw: bytes) -> None:
    assert refused(raw) == ""
    assert parse(raw).unreadable == ""


def test_limits_are_arguments() -> None:
    assert "parts" in refused(MIXED + PART * 3, Limits(parts=2))
    assert refused(MIXED + PART * 3, Limits(parts=3)) == ""


def test_parts_are_found_where_they_lie() -> None:
    raw = (
        MIXED
        + b"preamble\r\n--B\r\nContent-Type: text/plain\r\n\r\none\r\n"
        + b"--B\r\nContent-Type: multipart/mixed; boundary=C\r\n\r\n--C\r\n\r\ntwo\r\n--C\r\n\r\nthree\r\n--C--\r\n"
        + b"--B \r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nfour\r\n--B--\r\n"
        + b"epilogue\r\n--B\r\n\r\nno part"
    )
    spans = scan_structure(raw, scan_header(raw), Limits()).spans
    texts = {path: raw[span.body : span.end] for path, span in spans.items()}
    assert texts["1"] == b"one"
    assert texts["2.1"] == b"two"
    assert texts["2.2"] == b"three"
    assert texts["3"] == b"Subject: x\r\n\r\nfour"
    assert set(texts) == {"1", "2", "2.1", "2.2", "3"}


HOSTILE = {
    "one long Received": HEAD + b"Received: " + b"from x (y) by z " * 3300 + b"\r\n\r\nx",
    "unclosed encoded word": b"Subject: " + b"=?utf-8?q?x" * 9000 + b"\r\n" + HEAD + b"\r\nx",
    "unknown charset": HEAD + b"Content-Type: text/plain; charset=zlib\r\n\r\n\xe1",
    "NUL in charset": HEAD + b'Content-Type: text/plain; charset="a\0b"\r\n\r\n\xe1',
    "slow charset": HEAD
    + b"Content-Type: text/plain; charset=punycode\r\n\r\n"
    + b"a" * 500_000
    + b"-"
    + b"z" * 99_999,
    "name*": HEAD + b"Content-Type: text/plain; name*\r\n\r\nx",
    "domain literal": b"From: <[a@b]>\r\n\r\nx",
    "encoded CRLF": b"From: =?utf-8?q?a=0D=0ABcc:_x?= <a@b.example>\r\n\r\nx",
    "100k parentheses": b"From: " + b"(" * 100_000 + b"\r\n\r\nx",
    "50k commas": b"To: " + b"," * 50_000 + b"\r\n" + HEAD + b"\r\nx",
    "50k semicolons": HEAD + b"Content-Type: text/plain" + b";" * 50_000 + b"\r\n\r\nx",
    "8k semicolons": HEAD + b"Content-Type: text/plain" + b";" * 8_000 + b"\r\n\r\nx",
    "20k encoded words": b"Subject: " + b"=?u?q?a?= " * 20_000 + b"\r\n" + HEAD + b"\r\nx",
    "many dashes": MIXED + b"--\r\n" * 400_000,
    "near boundaries": HEAD
    + b'Content-Type: multipart/mixed; boundary="'
    + b"x" * 7000
    + b'"\r\n\r\n'
    + (b"--" + b"x" * 6999 + b"y\r\n") * 500,
    "carriage returns": HEAD + b"\r\n" + b"\r" * 900_000,
    "header of carriage returns": b"\r" * 900_000,
    "bounce with a long line": b"From: mailer-daemon@x.example\r\n\r\nDelivery to the following recipient failed\n"
    + b"a" * 2_000_000,
    "empty quoted-printable": HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=" * 2_000_000,
    "utf-7": HEAD + b"Content-Type: text/plain; charset=utf-7\r\n\r\n" + b"+" * 2_000_000,
    "long references": HEAD + b"References: " + b"<" * 200_000 + b"\r\n\r\nx",
    "nothing": b"",
    "NULs": b"\0" * 100_000,
}


# Parsers without these guards take from 20 s to minutes on the same mails.
@pytest.mark.timeout(20)
@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_mail_neither_raises_nor_hangs(raw: bytes) -> None:  # pain 14
    message = parse(raw)
    assert len(mail_key(raw)) == 64
    envelope_of(raw)
    assert len(message.subject) <= 998
    if b"\r\n" + HEAD in b"\r\n" + raw and "fields" not in message.unreadable:
        assert message.sender is not None


def test_a_large_attachment_is_scanned_at_once() -> None:
    data = base64.encodebytes(bytes(range(256)) * 40_000)
    raw = (
        MIXED
        + b"--B\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + data
        + b"--B--\r\n"
    )
    fields = scan_header(raw)
    tracemalloc.start()
    structure = scan_structure(raw, fields, Limits())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert structure.refused == ""
    # The scan keeps offsets, not copies.
    assert peak < 1_000_000
    assert raw[structure.spans["1"].body : structure.spans["1"].end] == data.removesuffix(b"\n")
