"""Bytes to a Message: every trap of the parsers below, and never an error."""

import base64
import hashlib
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.mime.headers import clean_header, decode_words
from intake.parse import parse
from rules.model import Attachment, Mailbox, Message

HEAD = b"From: Ana <ana@x.example>\r\nTo: mesa@y.example\r\nSubject: Sin enlace\r\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=B\r\n\r\n"
TEXT = b"--B\r\nContent-Type: text/plain\r\n\r\nhola\r\n"
PDF = b"%PDF-1.4 \xe1\x00\xff"


def file_part(fields: bytes, data: bytes = PDF, boundary: bytes = b"B") -> bytes:
    body = base64.encodebytes(data).replace(b"\n", b"\r\n")
    return b"--" + boundary + b"\r\n" + fields + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body


def texts(message: Message) -> list[str]:
    return [body.text.strip() for body in message.bodies]


def filenames(message: Message) -> list[str]:
    return [attachment.filename for attachment in message.attachments]


def test_the_values_of_a_plain_mail() -> None:
    message = parse(
        b"Message-ID: <1@x.example>\r\nIn-Reply-To: <a@y.example>\r\nReferences: <r@y.example>\r\n <a@y.example>\r\n"
        b"Date: Tue, 3 Nov 2026 09:30:00 -0500\r\nReply-To: b@x.example\r\nCc: C <c@x.example>, d@x.example\r\n"
        b"Content-Language: es-MX, en\r\nX-Priority: 1 (Highest)\r\n" + HEAD + b"\r\nhola\r\n"
    )
    assert message.message_id == "1@x.example"
    assert message.in_reply_to == ("a@y.example",)
    assert message.references == ("r@y.example", "a@y.example")
    assert message.date == datetime(2026, 11, 3, 14, 30, tzinfo=UTC)
    assert message.subject == "Sin enlace"
    assert message.sender == Mailbox("ana@x.example", "Ana")
    assert message.reply_to == Mailbox("b@x.example")
    assert message.to == (Mailbox("mesa@y.example"),)
    assert message.cc == (Mailbox("c@x.example", "C"), Mailbox("d@x.example"))
    assert message.content_language == "es-MX"
    assert texts(message) == ["hola"]
    assert (message.unreadable, message.defects, message.sender_defect) == ("", (), "")


def test_of_repeated_fields_the_first_counts() -> None:
    message = parse(b"Subject: one\r\nSubject: two\r\nMessage-ID: <1@x>\r\nMessage-ID: <2@x>\r\n" + HEAD + b"\r\n")
    assert (message.subject, message.message_id) == ("one", "1@x")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"=?utf-8?q?P=C3=A9rdida?= de paquetes", "Pérdida de paquetes"),
        (b"=?utf-8?B?UMOpcmRpZGE=?=", "Pérdida"),
        (b"=?utf-8?q?P=C3?=\r\n =?utf-8?q?=A9rdida?=", "Pérdida"),
        (b"=?utf-8?q?a?= =?iso-8859-1?q?=E9?=", "aé"),
        (b"=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
        (b"=?iso-8859-1?q?P=C3=A9rdida?=", "Pérdida"),
        (b"=?utf-8?q?P=E9rdida?=", "Pérdida"),
        (b"=?x-nothing?q?P=C3=A9rdida?=", "Pérdida"),
        (b"=?zlib?q?abc?=", "abc"),
        (b"=?utf-8*es?q?P=C3=A9rdida?=", "Pérdida"),
        (b"=?Windows-1252?Q?=93hola=94_=80?=", "“hola” €"),
        (b"=?iso-8859-1?Q?=93hola=94?=", "“hola”"),
        (b"P\xe9rdida", "Pérdida"),
        ("Pérdida".encode(), "Pérdida"),
        (b"folded\r\n subject", "folded subject"),
        (b"=?utf-8?q?a=0D=0ABcc:_x?=", "a Bcc: x"),
        (b"=?utf-8?q?unclosed", "=?utf-8?q?unclosed"),
        (b"=?utf-8?b?####?=", ""),
        (b"a\x00b\x07c\xe2\x80\xa8d", "abc d"),
        (b"=?utf-8?q?=ED=A0=80?=", "í €"),
        (b"=?utf-7?q?P+AOk-rdida?=", "Pérdida"),
    ],
)
def test_subjects_in_every_state(raw: bytes, text: str) -> None:
    assert parse(b"Subject: " + raw + b"\r\n\r\n").subject == text


def test_clean_header_gives_one_safe_line() -> None:
    assert clean_header(" a\r\n\tb\x00\x1f\x85c\u2028d\ud800\u202ee\u00a0f ") == "a b c de f"
    assert len(clean_header("x" * 500)) == 200
    assert clean_header("x" * 500, 10) == "x" * 10


@given(st.binary(max_size=300))
def test_words_of_any_bytes_are_text(raw: bytes) -> None:
    for value in (raw, b"=?utf-8?b?" + raw + b"?= =?gb2312?q?" + raw + b"?="):
        clean_header(decode_words(value)).encode()


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        ("utf-8", "avería".encode(), "avería"),
        ("iso-8859-1", "avería".encode("latin-1"), "avería"),
        ("iso-8859-1", "avería".encode(), "avería"),
        ("utf-8", "avería “x”".encode("cp1252"), "avería “x”"),
        ("us-ascii", "avería".encode(), "avería"),
        ("x-unknown", "avería".encode("latin-1"), "avería"),
        ('"a\x00b"', "avería".encode(), "avería"),
        ("undefined", b"hola", "hola"),
        ("utf-16", "avería".encode("utf-16"), "avería"),
        ("ibm850", "avería".encode("cp850"), "avería"),
        ("idna", b"hola", "hola"),
        ("base64", b"hola", "hola"),
    ],
)
def test_bodies_in_every_charset(charset: str, data: bytes, text: str) -> None:
    fields = f"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    message = parse(HEAD + fields.encode() + data)
    assert (texts(message), message.unreadable) == ([text], "")


def test_the_charset_that_only_the_html_names() -> None:
    html = '<html><head><meta charset="ibm850"></head><p>avería</p></html>'.encode("cp850")
    assert "avería" in texts(parse(HEAD + b"Content-Type: text/html\r\n\r\n" + html))[0]


@pytest.mark.parametrize("encoding", [b"base64", b"BASE64 ", b" base64 (x)", b'"base64"'])
def test_transfer_encodings_as_programs_write_them(encoding: bytes) -> None:
    raw = HEAD + b"Content-Transfer-Encoding:" + encoding + b"\r\n\r\n" + base64.encodebytes(b"hola") + b"!"
    assert texts(parse(raw)) == ["hola"]


def test_a_named_text_is_still_the_text() -> None:
    message = parse(HEAD + b"Content-Type: text/plain; name=x.txt\r\n\r\nhola\r\n")
    assert (texts(message), message.attachments) == (["hola"], ())


def test_flowed_text_is_marked() -> None:
    body = parse(HEAD + b"Content-Type: text/plain; format=Flowed; delsp=YES\r\n\r\nhola\r\n").bodies[0]
    assert (body.flowed, body.delsp, body.html, body.part) == (True, True, False, "1")
    body = parse(HEAD + b"Content-Type: text/plain; delsp=yes\r\n\r\nhola\r\n").bodies[0]
    assert (body.flowed, body.delsp) == (False, False)


def test_every_text_alternative_is_kept() -> None:
    message = parse(
        HEAD
        + b"Content-Type: multipart/alternative; boundary=B\r\n\r\n"
        + TEXT
        + b"--B\r\nContent-Type: text/enriched\r\n\r\nx\r\n--B\r\nContent-Type: text/html\r\n\r\n<p>hola\r\n--B--\r\n"
    )
    assert [(body.html, body.part) for body in message.bodies] == [(False, "1"), (True, "3")]
    assert message.attachments == ()


def test_text_after_a_file_is_read_too() -> None:
    pdf = file_part(b"Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment; filename=a.pdf")
    message = parse(MIXED + TEXT + pdf + TEXT.replace(b"hola", b"Ana Ruiz") + b"--B--\r\n")
    assert texts(message) == ["hola", "Ana Ruiz"]
    digest = hashlib.sha256(PDF).hexdigest()
    assert message.attachments == (Attachment("a.pdf", "application/pdf", len(PDF), "2", digest),)


@pytest.mark.parametrize(
    "fields",
    [
        b"Content-Type: text/plain; name=log.txt\r\nContent-Disposition: attachment; filename=log.txt",
        b"Content-Type: text/plain; name=log.txt\r\nContent-Disposition: inline; filename=log.txt",
        b"Content-Type: text/plain; name=log.txt",
        b"Content-Type: text/html; name=log.txt\r\nContent-Disposition: ATTACHMENT",
    ],
)
def test_text_files_are_attachments(fields: bytes) -> None:
    message = parse(MIXED + TEXT + file_part(fields) + b"--B--\r\n")
    assert texts(message) == ["hola"]
    assert filenames(message) == ["log.txt"]


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        (b'filename="Reporte de sede.pdf"', "Reporte de sede.pdf"),
        (b"filename=Reporte de sede.pdf", "Reporte de sede.pdf"),
        (b"filename*=utf-8''Aver%C3%ADa.pdf", "Avería.pdf"),
        (b"filename*=iso-8859-1'es'Aver%EDa.pdf", "Avería.pdf"),
        (b"filename*=Aver%C3%ADa.pdf", "Avería.pdf"),
        (b"filename*0*=utf-8''Aver;\r\n filename*1*=%C3%ADa;\r\n filename*2=.pdf", "Avería.pdf"),
        ('filename*1="ía.pdf";\r\n filename*0="Aver"'.encode(), "Avería.pdf"),
        (b"filename=x.pdf; filename*=utf-8''Aver%C3%ADa.pdf", "Avería.pdf"),
        (b"filename==?utf-8?q?Aver=C3=ADa.pdf?=", "Avería.pdf"),
        (b'filename="=?utf-8?b?QXZlcsOtYQ==?=\r\n =?utf-8?q?.pdf?="', "Avería.pdf"),
        (b'filename="=?iso-8859-1?q?Aver=EDa?=.pdf"', "Avería.pdf"),
        (b'filename="Aver\xeda.pdf"', "Avería.pdf"),
        ('filename="Avería.pdf"'.encode(), "Avería.pdf"),
        (b"filename*=utf-8''%3D%3Futf-8%3Fq%3FAver%3DC3%3DADa.pdf%3F%3D", "Avería.pdf"),
        (b'filename="a \\"b\\".pdf"', 'a "b".pdf'),
        (b'filename="Aver\r\n ia.pdf"', "Aver ia.pdf"),
        (b'filename="C:\\\\temp\\\\a.pdf"', "a.pdf"),
        (b'filename="../../etc/passwd"', "passwd"),
        (b'filename="a\x00\x07b.pdf"', "ab.pdf"),
        (b'filename="unclosed.pdf', "unclosed.pdf"),
        (b"filename*0=Aver; filename*2=ia.pdf", "Averia.pdf"),
        (b"filename*1=Aver; filename*2=ia.pdf", "Averia.pdf"),
        (b"filename*0*=utf-8''Aver%C3; filename*1*=%ADa.pdf", "Avería.pdf"),
        (b"filename*=''Aver%EDa.pdf", "Avería.pdf"),
        (b"filename*=utf-8'Aver%C3%ADa.pdf", "Avería.pdf"),
        (b"filename*=\"utf-8''Aver%C3%ADa.pdf\"", "Avería.pdf"),
        (b"filename*=unknown''Aver%C3%ADa.pdf", "Avería.pdf"),
        (b"filename=\"utf-8''Aver%C3%ADa.pdf\"", "Avería.pdf"),
        (b'filename="Aver%C3%ADa%20sede.pdf"', "Avería sede.pdf"),
        (b'filename="100%25.pdf"', "100%25.pdf"),
        (b'filename="50% de descuento.pdf"', "50% de descuento.pdf"),
        (b"filename*=utf-8''Aver%ZZ%C3%ADa%.pdf", "Aver%ZZía%.pdf"),
        (b"filename*=utf-8''; filename=plain.pdf", "plain.pdf"),
        (b'filename*0="=?utf-8?B?QXZlcsOt"; filename*1="YQ==?=.pdf"', "Avería.pdf"),
        (b'filename="=?utf-8?Q?Aver=C3=ADa sede.pdf?="', "Avería sede.pdf"),
        (b'filename="=?utf-8?B?QXZlcsOtYS5wZGY="', "Avería.pdf"),
        ('filename="a\u202efdp.exe"'.encode(), "afdp.exe"),
        (b"filename='averia.pdf'", "averia.pdf"),
        (b'filename=".."', "fallback.pdf"),
        (b'filename="/"', "fallback.pdf"),
        (b'filename="carpeta/"', "carpeta"),
        (b'filename="   "', "fallback.pdf"),
        (b'filename="' + b"x" * 300 + b'.pdf"', "x" * 251 + ".pdf"),
        (b'filename="' + b"x" * 300 + b'"', "x" * 255),
        (b'filename="Reporte"', "Reporte"),
        (b"", "fallback.pdf"),
    ],
)
def test_file_names_in_every_form(parameters: bytes, name: str) -> None:  # pain 52
    fields = b"Content-Type: application/pdf; name=fallback.pdf\r\nContent-Disposition: attachment; " + parameters
    assert filenames(parse(MIXED + TEXT + file_part(fields) + b"--B--\r\n")) == [name]


PNG = b"Content-Type: image/png; name=logo.png\r\n"


@pytest.mark.parametrize(
    ("container", "fields", "counts"),
    [
        (b"related", b"Content-ID: <l@x>\r\nContent-Disposition: inline; filename=logo.png", False),
        (b"related", b"Content-ID: <l@x>\r\nContent-Disposition: attachment; filename=logo.png", False),
        (b"related", b"Content-ID: <l@x>", False),
        (b"mixed", b"Content-ID: <L@X>\r\nContent-Disposition: inline", False),
        (b"related", b"Content-ID: <other@x>\r\nContent-Disposition: inline", False),
        (b"related", b"Content-ID: <other@x>\r\nContent-Disposition: attachment; filename=logo.png", True),
        (b"mixed", b"Content-ID: <other@x>\r\nContent-Disposition: inline; filename=logo.png", True),
        (b"mixed", b"Content-Disposition: inline; filename=logo.png", True),
    ],
)
def test_letter_paper_is_no_attachment(container: bytes, fields: bytes, counts: bool) -> None:
    html = b'--B\r\nContent-Type: text/html\r\n\r\n<p>hola<img src="cid:l%40x">\r\n'
    header = HEAD + b"Content-Type: multipart/" + container + b"; boundary=B\r\n\r\n"
    message = parse(header + html + file_part(PNG + fields) + b"--B--\r\n")
    assert filenames(message) == (["logo.png"] if counts else [])


def test_a_signature_is_no_attachment() -> None:
    signature = file_part(b"Content-Type: application/pkcs7-signature; name=smime.p7s")
    raw = HEAD + b"Content-Type: multipart/signed; boundary=B\r\n\r\n" + TEXT + signature + b"--B--\r\n"
    assert (texts(parse(raw)), filenames(parse(raw))) == (["hola"], [])


@pytest.mark.parametrize("encoded", [False, True])
def test_an_attached_message_is_kept_apart(encoded: bool) -> None:
    inner = b"From: b@x.example\r\nSubject: dentro\r\nContent-Type: text/plain\r\n\r\nel formulario\r\n"
    fields = b'Content-Type: message/rfc822; name="dentro.eml"'
    part = file_part(fields, inner) if encoded else b"--B\r\n" + fields + b"\r\n\r\n" + inner
    message = parse(MIXED + TEXT + part + b"--B--\r\n")
    assert texts(message) == ["hola"]
    assert [one.strip() for one in message.forwarded] == [inner.strip()]
    assert [(one.filename, one.content_type) for one in message.attachments] == [("dentro.eml", "message/rfc822")]


def test_a_multipart_whose_boundary_never_comes_is_read_as_text() -> None:
    message = parse(HEAD + b"Content-Type: multipart/mixed; boundary=never\r\n\r\nhola\r\n")
    assert (texts(message), message.unreadable) == (["hola"], "")


def test_a_header_with_broken_lines_is_read_on() -> None:
    message = parse(b"From w@x Tue Nov  3 09:00:00 2026\r\nno field\r\n" + HEAD + b"\r\nhola\r\n")
    assert (message.subject, texts(message)) == ("Sin enlace", ["hola"])


def test_what_cannot_be_parsed_keeps_its_header() -> None:  # pain 1
    message = parse(b"Message-ID: <1@x>\r\n" + HEAD + b"X: y\r\n" * 1000 + b"\r\nhola\r\n")
    assert message.unreadable == "the header has over 1000 fields"
    assert (message.message_id, message.sender, message.bodies) == ("1@x", Mailbox("ana@x.example", "Ana"), ())


@pytest.mark.parametrize(
    ("raw", "ids"),
    [
        (b"<a@x> <b@x>", ("a@x", "b@x")),
        (b"a@x", ("a@x",)),
        (b"<a\r\n @x>", ("a@x",)),
        (b"Your mail of Monday <a@x>", ("a@x",)),
        (b"=?utf-8?q?=3Ca=40x=3E?=\r\n =?utf-8?q?_=3Cb=40x=3E?=", ("a@x", "b@x")),
        (b"<a@x><a@x>", ("a@x",)),
        (b"<>", ()),
    ],
)
def test_ids_however_they_are_written(raw: bytes, ids: tuple[str, ...]) -> None:
    assert parse(b"References: " + raw + b"\r\n\r\n").references == ids


def test_of_a_long_thread_both_ends_are_kept() -> None:
    references = parse(b"References: " + b" ".join(b"<%d@x>" % n for n in range(500)) + b"\r\n\r\n").references
    assert references == tuple(f"{n}@x" for n in (*range(20), *range(420, 500)))


def test_a_mail_without_a_usable_sender_is_still_read() -> None:  # pain 15
    message = parse(b"From: a@x.example, b@x.example\r\nMessage-ID:\r\nIn-Reply-To: <>\r\n\r\nhola\r\n")
    assert (message.sender, texts(message)) == (None, ["hola"])
    assert message.sender_defect == "the From field does not name exactly one mailbox"
    assert (message.message_id, message.in_reply_to) == ("", ())


def test_seventy_attachments() -> None:  # pain 12
    parts = b"".join(file_part(b"Content-Type: image/jpeg; name=%d.jpg" % n) for n in range(70))
    message = parse(MIXED + TEXT + parts + b"--B--\r\n")
    assert filenames(message) == [f"{n}.jpg" for n in range(70)]


@pytest.mark.parametrize("date", [b"", b"yesterday", b"Tue, 99 Nov 2026 09:00:00 +9999", b"0", b"(", b"\x00"])
def test_dates_that_are_none(date: bytes) -> None:
    assert parse(b"Date: " + date + b"\r\n\r\n").date is None


SAMPLE = (
    MIXED
    + TEXT
    + file_part(b"Content-Type: application/pdf; name*0*=utf-8''a; name*1=b\r\nContent-ID: <l@x>")
    + b"--B\r\nContent-Type: message/rfc822\r\n\r\n"
    + HEAD
    + b"\r\nhola\r\n--B\r\nContent-Type: message/delivery-status\r\n\r\na: b\r\n\r\nc: d\r\n\r\n--B--\r\n"
)
PIECES = st.sampled_from(
    [
        *(b"\r\n", b"\n", b"\r", b"--B", b"--B--", b"\x00", b"\xff", b":", b";", b'"', b"(", b"<"),
        *(b"=?utf-8?q?", b"?=", b"multipart/"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_mutation_of_a_mail_raises(data: st.DataObject) -> None:
    raw = SAMPLE
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(raw)))
        until = at + data.draw(st.integers(0, 40))
        raw = raw[:at] + data.draw(PIECES) + raw[until:]
    message = parse(raw)
    assert not message.unreadable.startswith("the parser gave up")


@given(st.binary(max_size=500))
def test_any_bytes_are_a_message(raw: bytes) -> None:
    assert isinstance(parse(raw), Message)
