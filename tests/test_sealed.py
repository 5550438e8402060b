"""Signed mail is read as if it were not; encrypted mail is recognised, kept and never guessed at."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.mime.cms import Seal, seal_of, signed_content
from intake.parse import cut_files, parse
from rules.model import Message

HEAD = b"From: Ana <ana@x.example>\r\nTo: mesa@y.example\r\nSubject: Sin enlace\r\nMIME-Version: 1.0\r\n"
ENTITY = (
    b"Content-Type: multipart/mixed; boundary=I\r\n\r\n--I\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    + "Sitio: Almacén\r\n".encode()
    + b'--I\r\nContent-Type: application/pdf; name="a.pdf"\r\n'
    + b"Content-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n--I--\r\n"
)
DATA = bytes.fromhex("06092a864886f70d010701")
SIGNED = bytes.fromhex("06092a864886f70d010702")
ENVELOPED = bytes.fromhex("06092a864886f70d010703")
AUTH_ENVELOPED = bytes.fromhex("060b2a864886f70d0109100117")


def der(tag: int, content: bytes) -> bytes:
    if len(content) < 128:
        return bytes([tag, len(content)]) + content
    size = len(content).to_bytes(4, "big")
    return bytes([tag, 0x84]) + size + content


def ber(tag: int, *content: bytes) -> bytes:
    return bytes([tag, 0x80]) + b"".join(content) + b"\0\0"


def signed(content: bytes) -> bytes:
    """SignedData as a program writes it that knows the length (Outlook)."""
    held = der(0x30, DATA + der(0xA0, der(0x04, content)))
    fields = der(0x02, b"\1") + der(0x31, b"") + held + der(0xA0, b"certificates") + der(0x31, b"")
    return der(0x30, SIGNED + der(0xA0, der(0x30, fields)))


def streamed(content: bytes) -> bytes:
    """SignedData as a program writes it that does not (OpenSSL, Thunderbird): every length is left open."""
    pieces = [der(0x04, content[at : at + 100]) for at in range(0, len(content), 100)]
    held = ber(0x30, DATA, ber(0xA0, ber(0x24, *pieces)))
    return ber(0x30, SIGNED, ber(0xA0, ber(0x30, der(0x02, b"\1"), der(0x31, b""), held, der(0x31, b"signers"))))


def encrypted(oid: bytes = ENVELOPED) -> bytes:
    return der(0x30, oid + der(0xA0, der(0x30, b"\2\1\0" + b"secret" * 50)))


def smime(data: bytes, kind: bytes = b"application/pkcs7-mime; smime-type=signed-data; name=smime.p7m") -> bytes:
    fields = b"Content-Type: %b\r\nContent-Disposition: attachment; filename=smime.p7m\r\n" % kind
    return HEAD + fields + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(data)


def texts(message: Message) -> list[str]:
    return [body.text.strip() for body in message.bodies if body.text.strip()]


@pytest.mark.parametrize("wrap", [signed, streamed])
@pytest.mark.parametrize(
    "kind",
    [
        b"application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
        b"application/x-pkcs7-mime; name=smime.p7m",
        b"application/octet-stream; name=smime.p7m",
    ],
)
def test_opaque_signed_mail_is_read(wrap, kind: bytes) -> None:  # pain 54
    raw = smime(wrap(ENTITY), kind)
    message = parse(raw)
    assert texts(message) == ["Sitio: Almacén"]
    assert [(one.filename, one.part) for one in message.attachments] == [("a.pdf", "1/2")]
    assert cut_files(raw, ["1/2"]) == {"1/2": b"%PDF"}
    assert (message.sealed, message.notes) == ("", ())


def test_a_signature_beside_the_text_changes_nothing() -> None:
    raw = (
        HEAD
        + b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary=B\r\n\r\n--B\r\n'
        + ENTITY
        + b"\r\n--B\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nMIIB\r\n--B--\r\n"
    )
    message = parse(raw)
    assert texts(message) == ["Sitio: Almacén"]
    assert [one.filename for one in message.attachments] == ["a.pdf"]


def test_signed_twice_and_too_often() -> None:
    inner = ENTITY
    wrapper = b"Content-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    for _ in range(2):
        inner = wrapper + base64.encodebytes(signed(inner))
    assert texts(parse(smime(signed(inner)))) == ["Sitio: Almacén"]
    for _ in range(10):
        inner = wrapper + base64.encodebytes(signed(inner))
    assert [one.filename for one in parse(smime(signed(inner))).attachments] == ["smime.p7m"]


def test_a_signed_document_is_a_file() -> None:
    raw = (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\nContent-Type: text/plain\r\n\r\nVa el contrato.\r\n"
        b"--B\r\nContent-Type: application/pkcs7-mime; name=contrato.pdf.p7m\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n%b\r\n--B--" % base64.encodebytes(signed(b"%PDF-1.4\n" + b"x" * 200))
    )
    message = parse(raw)
    assert texts(message) == ["Va el contrato."]
    assert [one.filename for one in message.attachments] == ["contrato.pdf.p7m"]
    assert message.sealed == ""


@pytest.mark.parametrize("oid", [ENVELOPED, AUTH_ENVELOPED])
def test_encrypted_s_mime(oid: bytes) -> None:  # pain 31
    message = parse(smime(encrypted(oid), b"application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m"))
    assert (message.sealed, message.notes, texts(message)) == ("smime", ("encrypted",), [])
    assert [one.filename for one in message.attachments] == ["smime.p7m"]


ARMOUR = b"-----BEGIN PGP MESSAGE-----\r\nVersion: X\r\n\r\nhQEMA9Sitio\r\n=aB3d\r\n-----END PGP MESSAGE-----\r\n"
PARTS = (
    b"--B\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"
    b"--B\r\nContent-Type: application/octet-stream; name=encrypted.asc\r\n\r\n"
)


@pytest.mark.parametrize(
    "kind", [b'multipart/encrypted; protocol="application/pgp-encrypted"; boundary=B', b"multipart/mixed; boundary=B"]
)
def test_pgp_mime(kind: bytes) -> None:  # pain 31
    # Some servers rewrite the outer type.
    message = parse(HEAD + b"Content-Type: " + kind + b"\r\n\r\n" + PARTS + ARMOUR + b"--B--\r\n")
    assert (message.sealed, message.notes, texts(message)) == ("pgp", ("encrypted",), [])
    assert [one.filename for one in message.attachments] == ["encrypted.asc"]


@pytest.mark.parametrize("above", [b"", b"Hola, van los datos cifrados:\r\n\r\n"])
def test_pgp_in_the_text(above: bytes) -> None:
    message = parse(HEAD + b"\r\n" + above + ARMOUR + b"Saludos\r\nAna\r\n")
    assert message.sealed == "pgp"
    lines = message.bodies[0].text.splitlines()
    assert [line for line in lines if line] == [one for one in (above.decode().strip(), "Saludos", "Ana") if one]
    assert lines.index("Saludos") == (above + ARMOUR).count(b"\r\n")


def test_pgp_in_a_page() -> None:
    page = b"<div>" + ARMOUR.replace(b"\r\n", b"</div>\r\n<div>") + b"</div>"
    assert parse(HEAD + b"Content-Type: text/html\r\n\r\n" + page).sealed == "pgp"


def test_a_mail_that_only_speaks_of_it_is_not_encrypted() -> None:
    quoted = b"".join(b"> %b\r\n" % line for line in ARMOUR.splitlines())
    assert parse(HEAD + b"\r\nNo pude abrir esto:\r\n" + quoted).sealed == ""
    long = b"El enlace esta caido. " * 40
    assert parse(HEAD + b"\r\n" + long + b"\r\n" + ARMOUR).sealed == ""


@pytest.mark.parametrize("name", [b"message.rpmsg", b"message_v2.rpmsg", b"message_v4.rpmsg"])
def test_protected_by_rights_management(name: bytes) -> None:
    raw = (
        HEAD + b"Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\nContent-Type: text/plain\r\n\r\n"
        b"Ana sent you a protected message.\r\n--B\r\nContent-Type: application/octet-stream; name=%b\r\n\r\nv\r\n--B--"
        % name
    )
    assert (parse(raw).sealed, parse(raw).notes) == ("rpmsg", ("encrypted",))


def test_an_encrypted_file_beside_a_text_is_a_file() -> None:
    raw = (
        HEAD + b"Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\nContent-Type: text/plain\r\n\r\n"
        b"Va la clave.\r\n--B\r\n"
        b"Content-Type: application/pkcs7-mime; name=clave.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n%b--B--"
        % base64.encodebytes(encrypted())
    )
    assert (parse(raw).sealed, texts(parse(raw))) == ("", ["Va la clave."])


def test_text_signed_in_the_clear_reads_as_it_was_written() -> None:
    said = "Sitio: Almacén\n- - uno\nFrom aquí\n"
    framed = (
        f"Hola\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{said}-----BEGIN PGP SIGNATURE-----\n\niQEz\n"
        "-----END PGP SIGNATURE-----\nfin\n"
    )
    body = parse(
        HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + framed.replace("\n", "\r\n").encode()
    ).bodies[0]
    lines = body.text.splitlines()
    assert [line for line in lines if line] == ["Hola", "Sitio: Almacén", "- uno", "From aquí", "fin"]
    assert lines.index("Sitio: Almacén") == framed.splitlines().index("Sitio: Almacén")


@pytest.mark.parametrize(
    "data", [b"", b"0", b"\x30\x80", b"\x30\x84\xff\xff\xff\xff", b"\x30\x80" * 50_000, b"\x30\x88" + b"\xff" * 8]
)
def test_broken_structures(data: bytes) -> None:
    assert seal_of(data) is Seal.OTHER
    assert signed_content(data) == b""
    assert [one.filename for one in parse(smime(data)).attachments] == ["smime.p7m"]


def test_every_cut_of_a_signed_mail() -> None:
    for whole in (signed(ENTITY), streamed(ENTITY)):
        for end in range(len(whole)):
            assert ENTITY.startswith(signed_content(whole[:end]))
        assert signed_content(whole) == ENTITY


@given(st.data())
def test_no_change_of_a_signed_mail_raises(data: st.DataObject) -> None:
    held = bytearray(data.draw(st.sampled_from([signed(ENTITY), streamed(ENTITY), encrypted()])))
    for _ in range(data.draw(st.integers(1, 6))):
        held[data.draw(st.integers(0, len(held) - 1))] = data.draw(st.integers(0, 255))
    assert parse(smime(bytes(held))).unreadable == ""
