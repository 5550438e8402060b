"""acuse mail show: one mail whole, harmless on a terminal and in a browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from acuse.cli import main
from tests.conftest import StillClock
from tests.office import RED, Office, office
from tests.tnef_writing import body, file, winmail

PDF = b"%PDF-1.4 \xe1\x00\xff"
HEAD = (
    b"From: Ana Ruiz <ana@cliente.example>\r\nTo: red@desk.example\r\nSubject: Enlace \x1b[2Jcaido\r\n"
    b"Date: Tue, 03 Nov 2026 10:20:00 -0500\r\nMessage-ID: <uno@cliente.example>\r\nMIME-Version: 1.0\r\n"
)
MAIL = (
    HEAD
    + b"Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\nContent-Type: multipart/alternative; boundary=A\r\n\r\n"
    b"--A\r\nContent-Type: text/plain\r\n\r\nSitio: Norte\r\n--A\r\nContent-Type: text/html\r\n\r\n"
    b"<p>Sitio: <b>Norte</b><script>f()</script><img src=http://x.example/pixel></p>\r\n--A--\r\n"
    b'--B\r\nContent-Type: application/pdf; name="pedido.pdf"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n'
    + PDF
    + b"\r\n--B--\r\n"
)


@pytest.fixture
def desk(tmp_path: Path, clock: StillClock, monkeypatch: pytest.MonkeyPatch):
    url = f"sqlite:///{tmp_path / 'var' / 'acuse.db'}"
    (tmp_path / "var").mkdir()
    (tmp_path / "config.toml").write_text(f'[database]\nurl = "{url}"\n')
    monkeypatch.chdir(tmp_path)
    with office(tmp_path, url, clock, desks=(RED,)) as opened:
        yield opened


@pytest.fixture
def show(desk: Office, capfdbinary: pytest.CaptureFixture[bytes]):
    def run(*arguments: str, code: int = 0) -> bytes:
        assert main(["mail", "show", *arguments]) == code
        printed = capfdbinary.readouterr()
        return printed.out if code == 0 else printed.err

    return run


def test_a_mail_by_its_id_and_by_its_message_id(desk: Office, show) -> None:
    work = desk.take(MAIL)
    by_id = show(str(work["id"]))
    assert by_id == show("<uno@cliente.example>") == show("uno@cliente.example")
    lines = by_id.decode().splitlines()
    assert lines[0] == "From:       Ana Ruiz <ana@cliente.example>"
    assert "Subject:    Enlace [2Jcaido" in lines
    assert f"Ticket:     {desk.tickets()[0]['reference']}" in lines
    assert "Sitio: Norte" in lines
    assert any("pedido.pdf" in line and "application/pdf" in line for line in lines)
    assert b"\x1b" not in by_id


def test_an_id_goes_before_a_message_id_that_is_a_number(desk: Office, show) -> None:
    liar = desk.take(MAIL.replace(b"<uno@cliente.example>", b"<%d>" % (desk.take(MAIL)["id"] + 2)))
    honest = desk.take(MAIL.replace(b"uno@", b"dos@"))
    assert honest["id"] == liar["id"] + 1
    assert b"dos@cliente.example" in show(str(honest["id"]))


def test_as_json(desk: Office, show) -> None:
    desk.take(MAIL)
    found: dict[str, Any] = json.loads(show("uno@cliente.example", "--json"))
    assert found["from"] == ["Ana Ruiz <ana@cliente.example>"]
    assert found["text"].strip() == "Sitio: Norte"
    assert found["attachments"] == [
        {"part": "2", "filename": "pedido.pdf", "content_type": "application/pdf", "size": len(PDF)}
    ]
    assert found["date"] == "2026-11-03T15:20:00+00:00"


def test_its_html_is_harmless(desk: Office, show) -> None:
    desk.take(MAIL)
    page = show("uno@cliente.example", "--html").decode()
    assert "<p>Sitio: <b>Norte</b></p>" in page
    assert "script" not in page
    assert "x.example" not in page
    assert page.count("Norte") == 1


def test_its_bytes_and_parts(desk: Office, show, tmp_path: Path) -> None:
    desk.take(MAIL)
    assert show("uno@cliente.example", "--raw") == MAIL
    assert show("uno@cliente.example", "--part", "2") == PDF
    assert show("uno@cliente.example", "--part", "2", "--output", str(tmp_path / "a.pdf")) == b""
    assert (tmp_path / "a.pdf").read_bytes() == PDF
    assert (tmp_path / "a.pdf").stat().st_mode & 0o077 == 0
    assert b"no part 7" in show("uno@cliente.example", "--part", "7", code=65)
    assert b"nowhere" in show("uno@cliente.example", "--raw", "--output", str(tmp_path / "nowhere" / "a"), code=73)


def test_a_part_of_a_winmail_dat(desk: Office, show) -> None:  # pain 53
    data = winmail(body(b"Sin enlace"), file(b"a.bin", PDF))
    desk.take(HEAD + b"Content-Type: application/ms-tnef\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + data)
    assert json.loads(show("uno@cliente.example", "--json"))["attachments"][0]["part"] == "1/2"
    assert show("uno@cliente.example", "--part", "1/2") == PDF


def test_a_message_of_ours(desk: Office, show) -> None:
    desk.take(MAIL)
    acknowledgement = desk.queued("acknowledgement")[0][2]
    assert f"To:         {acknowledgement['To']}" in show(acknowledgement["Message-ID"]).decode().splitlines()


@pytest.mark.parametrize("wanted", ["nobody@x.example", "99999", "0", "9" * 40, "\u0661", "\x00", ""])
def test_what_is_not_there(desk: Office, show, wanted: str) -> None:
    desk.take(MAIL)
    assert b"There is no mail" in show(wanted, code=65)


def test_a_wrong_command_line(desk: Office, show) -> None:
    assert b"exclude each other" in show("1", "--html", "--raw", code=64)
