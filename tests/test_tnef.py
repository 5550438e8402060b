"""winmail.dat: what Outlook packs into it is read and attached as if it had been sent in the open."""

import base64
import hashlib
import struct

import pytest
import tnefparse
from hypothesis import given
from hypothesis import strategies as st

from intake.mime.compressed_rtf import uncompressed
from intake.mime.rich_text import TOKENS, rtf_html, rtf_text
from intake.mime.tnef import unpack
from intake.parse import cut_files, parse
from tests import tnef_writing as tnef
from tests.office import ANA, EVA, FORM, STAFFED, office

HEAD = b"From: Ana <ana@x.example>\r\nTo: mesa@y.example\r\nSubject: Sin enlace\r\nMIME-Version: 1.0\r\n"
PDF = b"%PDF-1.4 \xe1\x00\xff"
RTF = rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\f0 Sitio: Almac\'e9n Norte\par Sin se\u241?al\par}"
HTML_IN_RTF = (
    rb"{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}}"
    rb"{\*\htmltag19 <html>}{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 Sitio: {\*\htmltag84 <b>}Almac\'e9n & Norte"
    rb"{\*\htmltag92 </b>}{\*\htmltag72 </p>}\htmlrtf \par}\htmlrtf0 {\*\htmltag27 </html>}}"
)


def mail_with(
    data: bytes, text: bytes = b"", kind: bytes = b"application/ms-tnef", name: bytes = b"winmail.dat"
) -> bytes:
    return (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\nContent-Type: text/plain\r\n\r\n"
        + text
        + b"\r\n"
        b'--B\r\nContent-Type: %b; name="%b"\r\nContent-Transfer-Encoding: base64\r\n\r\n%b\r\n--B--\r\n'
        % (kind, name, base64.encodebytes(data))
    )


def test_its_files_are_the_mail_s_attachments() -> None:  # pain 53
    data = tnef.winmail(
        tnef.body(b"hola"),
        tnef.file(b"PEDIDO~1.PDF", PDF, tnef.string(0x3707, "pedido año.pdf"), tnef.string(0x370E, "application/pdf")),
        tnef.file("señal.txt".encode("cp1252"), b"abc"),
    )
    raw = mail_with(data, b"Va el pedido.")
    message = parse(raw)
    assert [(one.filename, one.content_type, one.size, one.part) for one in message.attachments] == [
        ("pedido año.pdf", "application/pdf", len(PDF), "2/2"),
        ("señal.txt", "application/octet-stream", 3, "2/3"),
    ]
    assert [body.text.strip() for body in message.bodies] == ["Va el pedido."]
    cut = cut_files(raw, ["2/2", "2/3", "2"])
    assert cut == {"2/2": PDF, "2/3": b"abc"}
    assert message.attachments[0].sha256 == hashlib.sha256(PDF).hexdigest()


@pytest.mark.parametrize(
    ("held", "html", "text"),
    [
        ([tnef.body("avería".encode("cp1252"))], False, "avería"),
        ([tnef.message(tnef.string(0x1000, "avería “ñ”"))], False, "avería “ñ”"),
        ([tnef.message(tnef.narrow(0x1000, "avería".encode("cp1252")))], False, "avería"),
        (
            [tnef.message(tnef.named("x"), tnef.several_numbers(0x10, 1, 2, 3), tnef.string(0x1000, "avería"))],
            False,
            "avería",
        ),
        (
            [tnef.message(tnef.number(0x3FDE, 65001), tnef.binary(0x1013, "<p>avería</p>".encode()))],
            True,
            "<p>avería</p>",
        ),
        (
            [tnef.message(tnef.number(0x3FDE, 1252), tnef.binary(0x1013, "<p>avería</p>".encode("cp1252")))],
            True,
            "<p>avería</p>",
        ),
        ([tnef.message(tnef.binary(0x1009, tnef.compressed(RTF)))], False, "Sitio: Almacén Norte\nSin señal"),
        (
            [tnef.message(tnef.binary(0x1009, tnef.compressed(HTML_IN_RTF)))],
            True,
            "<html><p>Sitio: <b>Almacén &amp; Norte</b></p></html>",
        ),
    ],
)
def test_its_text_is_read_where_the_mail_has_none(held: list[bytes], html: bool, text: str) -> None:  # pain 53
    message = parse(mail_with(tnef.winmail(*held)))
    assert [(one.html, one.text.strip(), one.part) for one in message.bodies if one.text.strip()] == [
        (html, text, "2/1")
    ]
    assert message.attachments == ()


def test_both_its_texts_are_alternatives() -> None:
    held = tnef.winmail(tnef.body(b"hola"), tnef.message(tnef.binary(0x1013, b"<p>hola</p>")))
    message = parse(mail_with(held))
    assert [(one.html, one.part) for one in message.bodies if one.text.strip()] == [(False, "2/1.1"), (True, "2/1.2")]


def test_the_whole_mail_may_be_one() -> None:
    data = tnef.winmail(tnef.body(b"Sin enlace"), tnef.file(b"a.txt", b"abc"))
    raw = (
        HEAD
        + b"Content-Type: application/ms-tnef\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(data)
    )
    message = parse(raw)
    assert [body.text.strip() for body in message.bodies] == ["Sin enlace"]
    assert [(one.filename, one.part) for one in message.attachments] == [("a.txt", "1/2")]


@pytest.mark.parametrize("kind", [b"application/octet-stream", b"application/vnd.ms-tnef", b"application/ms-tnef"])
def test_it_is_known_by_its_type_or_name(kind: bytes) -> None:
    message = parse(mail_with(tnef.winmail(tnef.file(b"a.txt", b"abc")), kind=kind))
    assert [one.filename for one in message.attachments] == ["a.txt"]


def test_an_attached_message_is_one() -> None:
    inner = tnef.winmail(
        tnef.subject(b"Pedido"), tnef.body("Sitio: Almacén".encode("cp1252")), tnef.file(b"b.txt", b"xyz")
    )
    message = parse(mail_with(tnef.winmail(tnef.attached_message(inner, tnef.string(0x3001, "Pedido")))))
    assert [(one.content_type, one.part) for one in message.attachments] == [("message/rfc822", "2/1")]
    attached = parse(message.forwarded[0])
    assert attached.subject == "Pedido"
    assert [body.text.strip() for body in attached.bodies] == ["Sitio: Almacén"]
    assert [one.filename for one in attached.attachments] == ["b.txt"]


def test_letter_paper_in_it_is_no_attachment() -> None:
    picture = tnef.file(
        b"image001.png",
        b"\x89PNG",
        tnef.string(0x370E, "image/png"),
        tnef.string(0x3712, "image001.png@01DA"),
        tnef.number(0x3714, 4),
    )
    held = [tnef.message(tnef.binary(0x1013, b'<p>hola</p><img src="cid:image001.png@01DA">')), picture]
    assert parse(mail_with(tnef.winmail(*held))).attachments == ()


@pytest.mark.parametrize(
    "data",
    [b"", b"x" * 50, b"\x78\x9f\x3e\x22", struct.pack("<I", 0x223E9F78)[:3] + b"\0", b"%PDF-1.4 not what it says"],
)
def test_what_is_none_stays_an_attachment(data: bytes) -> None:
    message = parse(mail_with(data, b"hola"))
    assert [one.filename for one in message.attachments] == ["winmail.dat"]
    assert message.unreadable == ""


def test_what_is_cut_is_read_up_to_there() -> None:
    data = tnef.winmail(tnef.body(b"Sin enlace"), tnef.file(b"a.txt", b"abc"), tnef.file(b"b.txt", b"x" * 500))
    for end in range(len(data)):
        found = unpack(data[:end])
        assert (found is None) == (end < 4)
    whole = parse(mail_with(data[:-300]))
    assert [one.filename for one in whole.attachments] == ["a.txt", "b.txt"]


def test_lengths_beyond_all_measure_cost_nothing() -> None:
    for held in (
        struct.pack("<IHHI", 0xFFFFFFFF, 0x101F, 0x1000, 0xFFFFFFFF),
        struct.pack("<IHH", 0xFFFFFFFF, 1, 2) * 1000,
    ):
        unpack(tnef.winmail(tnef.attribute(1, 0x9003, 6, held * 10)))
    nested = tnef.winmail(tnef.body(b"x"))
    for _ in range(60):
        nested = tnef.winmail(tnef.attached_message(nested))
    assert len(parse(mail_with(nested)).attachments) == 1


@given(st.data())
def test_no_change_of_a_file_raises(data: st.DataObject) -> None:
    held = bytearray(
        tnef.winmail(
            tnef.message(tnef.string(0x1000, "a"), tnef.binary(0x1009, tnef.compressed(RTF))), tnef.file(b"a", b"b")
        )
    )
    for _ in range(data.draw(st.integers(1, 6))):
        held[data.draw(st.integers(4, len(held) - 1))] = data.draw(st.integers(0, 255))
    message = parse(mail_with(bytes(held)))
    assert message.unreadable == ""


def test_the_writer_of_these_tests_agrees_with_another_reader() -> None:
    data = tnef.winmail(tnef.body(b"hola"), tnef.message(tnef.string(0x1000, "adiós")), tnef.file(b"a.txt", b"abc"))
    other = tnefparse.TNEF(data)
    assert [(one.name, one.data) for one in other.attachments] == [("a.txt", b"abc")]
    assert all(one.good_checksum for one in other.objects)
    mine = unpack(data)
    assert mine is not None
    assert mine.text == "adiós"


def test_references_of_compressed_text() -> None:
    # MS-OXRTFCP section 4.1.1: the protocol's own example.
    data = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    assert uncompressed(data) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert rtf_text(uncompressed(data)) == "hello world"


@given(st.binary(max_size=300))
def test_any_bytes_are_rich_text(data: bytes) -> None:
    uncompressed(data)
    uncompressed(b"\xff\xff\0\0\xff\xff\0\0LZFu\0\0\0\0" + data)
    rtf_text(b"{\\rtf1" + data).encode()
    rtf_html(b"{\\rtf1\\fromhtml1 " + data).encode()


def test_a_form_and_its_files_in_one_reach_the_desk(tmp_path, database_url, clock) -> None:  # pain 53
    held = tnef.winmail(
        tnef.body(FORM.encode("cp1252")), tnef.file(b"PEDIDO~1.PDF", PDF, tnef.string(0x3707, "pedido ñ.pdf"))
    )
    raw = mail_with(held).replace(b"ana@x.example", ANA.encode())
    with office(tmp_path, database_url, clock, desks=(STAFFED,)) as desk:
        assert desk.take(raw)["disposition"] == "ticket"
        answers = desk.ticket(desk.tickets()[0]["reference"])["answers"]
        assert answers["customer_name"]["text"] == "Banco del Sur"
        assert answers["customer_name"]["where"] == "part 2/1, line 1"
        (_, to, notice) = desk.queued("notice")[0]
        assert to == EVA
        assert [(one.get_filename(), one.get_content()) for one in notice.iter_attachments()] == [("pedido ñ.pdf", PDF)]


def test_rich_text_is_read_so_far_and_no_further() -> None:
    assert rtf_text(b"{\\rtf1 Sol" + b"{}" * 1_000 + b" Norte}") == "Sol Norte"
    assert rtf_text(b"{\\rtf1 Sol" + b"{}" * TOKENS + b" Norte}") == "Sol"
