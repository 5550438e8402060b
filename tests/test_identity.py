"""The same mail by another door is the same mail; another mail is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import identity
from intake.identity import envelope_of, mail_key
from rules.model import Envelope

MAIL = (
    b"Message-ID: <1@x.example>\r\nDate: Tue, 3 Nov 2026 09:00:00 -0500\r\nFrom: Ana <ana@x.example>\r\n"
    b"To: mesa@y.example\r\nCc: b@x.example\r\nSubject: Sin enlace\r\n en la sede\r\n\r\n"
    b"Buenos d=C3=ADas\r\nFrom here\r\n"
)


@pytest.mark.parametrize(
    "copy",
    [
        b"Return-Path: <ana@x.example>\r\nReceived: from a by b; now\r\nDelivered-To: q@z.example\r\n" + MAIL,
        b"X-Spam-Status: No\r\nDKIM-Signature: v=1\r\nAuthentication-Results: z; dkim=pass\r\n" + MAIL,
        MAIL.replace(b"\r\n", b"\n"),
        b"From ana@x.example Tue Nov  3 09:00:00 2026\n" + MAIL.replace(b"\r\n", b"\n") + b"\n",
        MAIL.replace(b"\r\nFrom here", b"\r\n>From here"),
        MAIL.replace(b"Subject: Sin enlace\r\n en", b"Subject: Sin\r\n\tenlace en"),
        MAIL.replace(b"Cc: b@x.example\r\n", b"").replace(b"Message-ID", b"cc: b@x.example\r\nMessage-ID"),
        MAIL.rstrip(b"\r\n"),
        MAIL + b"\r\n\r\n",
    ],
    ids=["trace", "filters", "LF", "mbox", "quoted From", "refolded", "reordered", "no last line end", "blank lines"],
)
def test_copies_by_other_doors_are_the_same_mail(copy: bytes) -> None:  # pain 18
    assert mail_key(copy) == mail_key(MAIL)


@pytest.mark.parametrize("name", [b"Message-ID", b"Date", b"From", b"To", b"Cc", b"Subject"])
def test_each_identifying_field_counts(name: bytes) -> None:
    assert mail_key(MAIL.replace(name + b": ", name + b": x")) != mail_key(MAIL)


def test_a_mail_without_a_message_id_has_a_key_of_its_own() -> None:  # pain 21
    anonymous = MAIL.partition(b"\r\n")[2]
    assert mail_key(anonymous) == mail_key(b"Received: by x\r\n" + anonymous)
    assert mail_key(anonymous) != mail_key(anonymous.replace(b"Buenos", b"Malos"))
    assert mail_key(anonymous) != mail_key(MAIL)


def test_one_message_id_on_two_mails_is_two_mails() -> None:
    assert mail_key(MAIL.replace(b"Buenos", b"Malos")) != mail_key(MAIL)
    # A line moved from one field to another, or into the body, is another mail.
    assert mail_key(MAIL.replace(b"To: mesa", b"Cc: mesa")) != mail_key(MAIL)
    assert mail_key(MAIL.replace(b"Cc: b@x.example\r\n", b"")) != mail_key(MAIL)


FIELD_NAMES = st.sampled_from(
    ["Message-ID", "message-id", "Date", "FROM", "To", "Cc", "Subject", "X-A", "From ", "", " To"]
)
FIELD_VALUES = st.text("ab: \t<>@,\x00\xe9", max_size=12).map(lambda text: text.encode("latin-1"))
LINE_ENDS = st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\r\n ", b"\r\n\t", b"\n", b"\r", b"\r\n\r\n"])


@given(st.lists(st.tuples(FIELD_NAMES, FIELD_VALUES, LINE_ENDS), max_size=8), st.sampled_from([b"\r\n", b"", b"\n"]))
def test_the_quick_way_through_a_header_gives_what_the_scan_gives(
    fields: list[tuple[str, bytes, bytes]], last: bytes
) -> None:
    raw = b"".join(b"%b:%b%b" % (name.encode(), value, end) for name, value, end in fields) + last + b"body"
    quick, scanned = identity._well_formed(raw), identity._scanned(raw)
    if quick is not None:
        assert quick[1] == scanned[1]
        assert quick[0] == {name: values for name, values in scanned[0].items() if values}


def test_an_ordinary_header_takes_the_quick_way() -> None:
    assert identity._well_formed(MAIL) is not None


@given(st.binary(max_size=400))
def test_any_bytes_have_a_key_and_an_envelope(raw: bytes) -> None:
    assert mail_key(raw) == mail_key(bytes(raw))
    assert isinstance(envelope_of(raw), Envelope)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (b"Return-Path: <a@x.example>\r\nFrom: b@x.example\r\nTo: c@x.example\r\n", ("a@x.example", ("c@x.example",))),
        (b"Return-Path: <>\r\nFrom: b@x.example\r\nTo: c@x.example\r\n", ("", ("c@x.example",))),
        (
            b"From: B <b@x.example>\r\nTo: c@x.example\r\nCc: d@x.example\r\n",
            ("b@x.example", ("c@x.example", "d@x.example")),
        ),
        (
            b"From: b@x.example\r\nDelivered-To: e@x.example\r\nX-Original-To: f@x.example\r\nTo: c@x.example\r\n",
            ("b@x.example", ("e@x.example", "f@x.example")),
        ),
        (b"From: b@x.example\r\nDelivered-To: local\r\nTo: c@x.example\r\n", ("b@x.example", ("c@x.example",))),
        (b"From: b@x.example\r\nTo: c@x.example, c@X.example\r\n", ("b@x.example", ("c@x.example",))),
        (b"From: a@x.example, b@x.example\r\n", ("a@x.example", ())),
        (
            b"Received: from l.example by mx.example\r\n\tfor <desk@x.example>; Tue, 3 Nov 2026 10:00:00 +0000\r\n"
            b"Received: by l.example for <other@x.example>\r\nFrom: b@x.example\r\nTo: list@l.example\r\n",
            ("b@x.example", ("list@l.example", "desk@x.example")),
        ),
        (b"", ("", ())),
    ],
)
def test_the_envelope_of_a_mail_that_came_without_one(header: bytes, expected: tuple[str, tuple[str, ...]]) -> None:
    assert envelope_of(header + b"\r\nTo: nobody@x.example\r\n") == Envelope(*expected)


def test_a_list_of_thousands_gives_a_hundred_recipients() -> None:
    header = b"To: " + b", ".join(b"p%d@x.example" % n for n in range(5000)) + b"\r\n"
    assert len(envelope_of(header * 3 + b"\r\n").rcpt_tos) == 100
