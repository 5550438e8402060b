"""The pipe door: exit 0 only for a committed mail, and a sysexits code that a mail server understands for the rest."""

from __future__ import annotations

import io
import os
import sqlite3
import sys
from pathlib import Path

import pytest

from acuse.cli import main
from acuse.ingest import RefusedError, read_mail
from storage.database import open_database
from storage.inbox import raw_bytes
from tests.daemon import mail

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """`acuse ingest` with a configuration of its own; gives the exit code."""
    config = tmp_path / "config.toml"
    config.write_text('[desks]\nenabled = ["bt-latam", "neotel"]\n')

    def call(raw: bytes, *arguments: str) -> int:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        return main(["ingest", "--config", str(config), *arguments])

    return call


def stored(folder: Path) -> list[tuple[str, str, list[str], bytes]]:
    """(sender, recipients, desks, bytes) of every delivery, the oldest first."""
    if not (folder / "var" / "acuse.db").exists():
        return []
    database = open_database(f"sqlite:///{folder}/var/acuse.db")
    try:
        with database.read.connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT mail_from, rcpt_tos, desks, raw_sha256 FROM delivery ORDER BY id"
            ).all()
            return [(row[0], row[1], row[2], raw_bytes(connection, row[3])) for row in rows]
    finally:
        database.close()


def test_the_exact_bytes_are_committed(pipe, tmp_path):  # I1
    raw = mail() + bytes(range(256))
    assert pipe(raw, "--sender", "ana@cliente.example", "--recipient", "mo.bud@bt.com") == os.EX_OK
    assert stored(tmp_path) == [("ana@cliente.example", '["mo.bud@bt.com"]', '["bt-latam"]', raw)]


def test_it_says_nothing_when_all_is_well(pipe, capsys: Capture):
    assert pipe(mail(), "--recipient", "mo.bud@bt.com") == os.EX_OK
    assert capsys.readouterr() == ("", "")


def test_without_an_envelope_the_mail_says_for_whom_it_is(pipe, tmp_path):
    assert pipe(b"Delivered-To: mo.bud@bt.com\r\n" + mail().replace(b"To: mo.bud@bt.com", b"To: x@y.example")) == 0
    ((sender, recipients, _, _),) = stored(tmp_path)
    assert (sender, recipients) == ("ana.ruiz@cliente.example", '["mo.bud@bt.com"]')


@pytest.mark.parametrize("sender", ["", "<>", "MAILER-DAEMON", "mailer-daemon"])
def test_the_null_reverse_path(pipe, tmp_path, sender):  # pain 34
    """Postfix's pipe writes MAILER-DAEMON for it."""
    assert pipe(mail(), "--sender", sender, "--recipient", "mo.bud@bt.com") == os.EX_OK
    assert stored(tmp_path)[0][0] == ""


@pytest.mark.parametrize(
    ("line", "sender"),
    [
        (b"From ana@cliente.example Tue Nov  3 10:20:00 2026\n", "ana@cliente.example"),
        (b"From MAILER-DAEMON Tue Nov  3 10:20:00 2026\r\n", ""),
        (b">From ana@cliente.example\n", "ana@cliente.example"),
    ],
)
def test_the_line_of_an_mbox_at_the_top_is_no_header(pipe, tmp_path, line, sender):
    assert pipe(line + mail(), "--recipient", "mo.bud@bt.com") == os.EX_OK
    assert stored(tmp_path) == [(sender, '["mo.bud@bt.com"]', '["bt-latam"]', mail())]


def test_the_sender_given_wins_over_the_line_of_an_mbox(pipe, tmp_path):
    assert pipe(b"From x@y.example\n" + mail(), "--sender", "a@b.example", "--recipient", "mo.bud@bt.com") == 0
    assert stored(tmp_path)[0][0] == "a@b.example"


def test_two_desks_get_one_work_each(pipe, tmp_path):
    assert pipe(mail(), "--recipient", "mo.bud@bt.com", "--recipient", "<ServiceDesk@neotel.example>") == os.EX_OK
    with sqlite3.connect(tmp_path / "var" / "acuse.db") as connection:
        assert sorted(connection.execute("SELECT desk FROM work")) == [("bt-latam",), ("neotel",)]


def test_the_same_mail_twice_is_one_work(pipe, tmp_path):  # I2
    """The second copy has the line ends that a pipe gives it."""
    for raw in (mail(), mail().replace(b"\r\n", b"\n")):
        assert pipe(raw, "--recipient", "mo.bud@bt.com") == os.EX_OK
    with sqlite3.connect(tmp_path / "var" / "acuse.db") as connection:
        assert connection.execute("SELECT count(*) FROM delivery").fetchone() == (2,)
        assert connection.execute("SELECT count(*) FROM work").fetchone() == (1,)


def test_an_unknown_recipient_is_67(pipe, tmp_path, capsys: Capture):
    assert pipe(mail(), "--recipient", "nobody@bt.com") == os.EX_NOUSER
    assert "no desk has the address nobody@bt.com" in capsys.readouterr().err
    assert stored(tmp_path) == []


def test_a_desk_that_is_not_served_is_unknown(pipe):
    assert pipe(mail(), "--recipient", "helpdesk@alestra.example") == os.EX_NOUSER


def test_one_recipient_known_and_one_not(pipe, tmp_path, capsys: Capture):
    assert pipe(mail(), "--recipient", "mo.bud@bt.com", "--recipient", "\x1bz@bt.com") == os.EX_OK
    said = capsys.readouterr().err
    assert "stored, though no desk has the address \\x1bz@bt.com" in said
    assert len(stored(tmp_path)) == 1


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n"])
def test_no_mail_is_66(pipe, raw):
    assert pipe(raw, "--recipient", "mo.bud@bt.com") == os.EX_NOINPUT


def test_a_mail_too_big_is_65(pipe, tmp_path, capsys: Capture):
    (tmp_path / "config.toml").write_text("[smtp]\nmax_message_bytes = 2000\n")
    assert pipe(mail(body="x" * 2000), "--recipient", "mo.bud@bt.com") == os.EX_DATAERR
    assert "2000 bytes of smtp.max_message_bytes" in capsys.readouterr().err
    assert stored(tmp_path) == []


def test_a_mail_without_end_is_not_taken_into_memory():
    class Endless(io.RawIOBase):
        given = 0

        def readable(self):
            return True

        def readinto(self, buffer):
            self.given += len(buffer)
            return len(buffer)

    endless = Endless()
    with pytest.raises(RefusedError):
        read_mail(io.BufferedReader(endless), 100_000)
    assert endless.given < 1_000_000


@pytest.mark.parametrize(
    "arguments",
    [
        ["ingest", "--bogus"],
        ["ingest", "--sender"],
        ["ingest", "left", "over"],
        ["--bogus", "ingest"],
        ["ingest", "--config", "/nowhere/config.toml"],
    ],
)
def test_a_wrong_call_is_75(arguments, capsys: Capture):
    """Any other code would bounce the customer's mail for the admin's mistake."""
    assert main(arguments) == os.EX_TEMPFAIL
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(
    "config",
    [
        "[smtp\n",
        '[smtp]\nlistn = "x"\n',
        '[desks]\nenabled = ["nobody"]\n',
        '[database]\nurl = "sqlite:////proc/acuse/a.db"\n',
        '[database]\nurl = "sqlite:///config.toml"\n',
        '[database]\nurl = "postgresql://127.0.0.1:1/x"\n',
        '[service]\nstate_directory = "config.toml"\n',
    ],
)
def test_trouble_of_ours_is_75(pipe, tmp_path, capsys: Capture, config):
    (tmp_path / "config.toml").write_text(config)
    assert pipe(mail(), "--recipient", "mo.bud@bt.com") == os.EX_TEMPFAIL
    said = capsys.readouterr().err
    assert said
    assert "Traceback" not in said


def test_a_mistake_of_ours_is_75(pipe, monkeypatch, capsys: Capture):
    def broken(*_: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("acuse.ingest.envelope_of", broken)
    assert pipe(mail(), "--recipient", "mo.bud@bt.com") == os.EX_TEMPFAIL
    assert "RecursionError: too deep" in capsys.readouterr().err


def test_an_interrupt_is_75(pipe, monkeypatch):
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("acuse.ingest.envelope_of", interrupted)
    assert pipe(mail(), "--recipient", "mo.bud@bt.com") == os.EX_TEMPFAIL


def test_no_room_on_the_disk_is_75(pipe, tmp_path, monkeypatch, capsys: Capture):
    assert pipe(mail(1), "--recipient", "mo.bud@bt.com") == os.EX_OK
    with sqlite3.connect(tmp_path / "var" / "acuse.db") as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()

    connect = sqlite3.connect

    def full(*arguments: object, **more: object):
        opened = connect(*arguments, **more)  # type: ignore[call-overload]
        opened.execute(f"PRAGMA max_page_count={pages}")
        return opened

    monkeypatch.setattr("sqlite3.dbapi2.connect", full)
    assert pipe(mail(2, body="x" * 500_000), "--recipient", "mo.bud@bt.com") == os.EX_TEMPFAIL
    assert "full" in capsys.readouterr().err
    monkeypatch.undo()
    assert len(stored(tmp_path)) == 1


def test_standard_error_gone_changes_no_code(pipe, monkeypatch):
    class Gone(io.StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stderr", Gone())
    assert pipe(mail(), "--recipient", "nobody@bt.com") == os.EX_NOUSER


def test_an_address_that_is_no_text(pipe, tmp_path):
    """An argument's bytes need not be UTF-8."""
    sender = b"jos\xe9@cliente.example".decode("utf-8", "surrogateescape")
    assert pipe(mail(), "--sender", sender, "--recipient", "mo.bud@bt.com") == os.EX_OK
    assert stored(tmp_path)[0][0] == "jos\ufffd@cliente.example"
