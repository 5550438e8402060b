"""`acuse check` and what keeps `acuse run` from starting: file, key and cure, all at once, and nothing changed."""

from __future__ import annotations

import os
import socket
import sqlite3
from pathlib import Path

import pytest

from acuse.cli import main
from storage.database import HEAD, open_database, upgrade
from tests import certificates

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a person has their config.toml: below it a place for the rest."""
    inner = tmp_path / "etc"
    inner.mkdir()
    return inner


def check(folder: Path, text: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What `acuse check` says on standard error; it must end with 78 exactly when it says something."""
    file = folder / "config.toml"
    file.write_text(text)
    code = main(["check", "--config", str(file)])
    shown = capsys.readouterr()
    lines = shown.err.splitlines()
    assert code == (os.EX_CONFIG if lines else os.EX_OK)
    assert "Traceback" not in shown.err
    assert (shown.out == f"{file}: no mistakes found\n") is not bool(lines)
    return [line.removeprefix(f"{file}: ") for line in lines]


def tree(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    return {
        str(path.relative_to(folder)): (
            path.stat().st_mode,
            path.stat().st_mtime_ns,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in sorted(folder.rglob("*"))
    }


def test_the_shipped_configuration_is_sound(folder, capsys):
    assert check(folder, (ROOT / "config.toml").read_text(encoding="utf-8"), capsys) == []


def test_nothing_is_changed_where_nothing_is_yet(folder, capsys):
    (folder / "config.toml").write_text("")
    before = tree(folder)
    assert main(["check", "--config", str(folder / "config.toml")]) == os.EX_OK
    assert tree(folder) == before


@pytest.mark.parametrize("state", ["closed", "open", "empty"])
def test_nothing_is_changed_beside_a_database(folder, capsys, state):
    file = folder / "a.db"
    database = open_database(f"sqlite:///{file}")
    if state == "empty":
        file.touch()
    else:
        upgrade(database)
    if state == "closed":
        database.close()
    (folder / "config.toml").write_text('[database]\nurl = "sqlite:///a.db"\n')
    before = tree(folder)
    assert main(["check", "--config", str(folder / "config.toml")]) == os.EX_OK, capsys.readouterr().err
    after = tree(folder)
    if state == "open":
        # Readers of an open database leave their marks in its shared memory.
        before.pop("a.db-shm"), after.pop("a.db-shm")
    assert after == before
    database.close()


def test_mistakes_of_all_kinds_at_once(folder, capsys):
    desks, templates = folder / "desks", folder / "templates" / "es"
    desks.mkdir()
    templates.mkdir(parents=True)
    (desks / "mine.toml").write_text('name = "Mine"\nadresses = []\n')
    (templates / "acknowledgement.txt.j2").write_text("{{ refrence }}")
    (folder / "state").write_text("a file where a folder should be")
    lines = check(
        folder,
        '[smtp]\nlistn = "x"\n[outgoing]\nport = 0\n[desks]\ndirectories = ["desks"]\nenabled = ["bt-latm"]\n'
        '[templates]\ndirectories = ["templates"]\n[database]\nurl = "sqlite:///state/a.db"\n',
        capsys,
    )
    told = "\n".join(lines)
    assert 'smtp.listn: unknown key; did you mean "listen"?' in told
    assert "outgoing.port: must be greater than 0" in told
    assert "desks.enabled: there is no desk file bt-latm.toml" in told
    assert "mine.toml" in told
    assert "adresses" in told
    assert "acknowledgement.txt.j2" in told
    assert "refrence" in told
    assert "database.url: " in told
    assert len(lines) == len(set(lines))


def test_a_desk_of_unknown_folders_is_not_called_unknown(folder, capsys):
    lines = check(folder, '[desks]\ndirectories = "desks"\nenabled = ["my-own"]\n', capsys)
    assert len(lines) == 1
    assert "desks.directories" in lines[0]


def test_certificate_and_key_of_two_pairs(folder, capsys):
    certificate, _ = certificates.make(folder, "localhost")
    _, key = certificates.make(folder, "other.example")
    (line,) = check(folder, f'[smtp]\ntls_certificate = "{certificate}"\ntls_key = "{key}"\n', capsys)
    assert line.startswith("smtp.tls_certificate: certificate and key do not load (key values mismatch)")


def test_a_certificate_that_is_none(folder, capsys):
    (folder / "c.pem").write_text("hello")
    lines = check(folder, '[smtp]\ntls_certificate = "c.pem"\n[outgoing]\nca_file = "c.pem"\n', capsys)
    assert [line.partition(":")[0] for line in lines] == ["smtp.tls_certificate", "outgoing.ca_file"]


def test_certificate_and_key_that_belong_together(folder, capsys):
    certificate, key = certificates.make(folder, "localhost")
    text = f'[smtp]\ntls_certificate = "{certificate}"\ntls_key = "{key}"\n[outgoing]\nca_file = "{certificate}"\n'
    assert check(folder, text, capsys) == []


def test_a_key_ring_that_others_may_read(folder, capsys):
    (folder / "var").mkdir()
    ring = folder / "var" / "keyring"
    ring.write_text(f"k1 {'ab' * 32}\n")
    ring.chmod(0o644)
    (line,) = check(folder, "", capsys)
    assert str(ring) in line
    assert f"chmod 600 {ring}" in line
    assert "abab" not in line


def test_a_file_stands_where_a_folder_should(folder, capsys):
    (folder / "var").write_text("")
    lines = check(folder, "", capsys)
    assert {line.partition(":")[0] for line in lines} == {"database.url", "service.state_directory", "outgoing.maildir"}
    assert all("var is no folder" in line for line in lines)


def test_a_folder_that_cannot_be_written_to(folder, capsys):
    lines = check(folder, '[database]\nurl = "sqlite:////proc/acuse/a.db"\n', capsys)
    assert len(lines) == (0 if os.access("/proc", os.W_OK) else 1)


@pytest.mark.parametrize(
    ("found", "cure"), [("0000", "run acuse db upgrade"), ("9999", "it was made by a newer acuse; install that one")]
)
def test_a_database_of_another_revision(folder, capsys, found, cure):
    database = open_database(f"sqlite:///{folder}/a.db")
    upgrade(database)
    database.close()
    with sqlite3.connect(folder / "a.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (found,))
    config = '[database]\nurl = "sqlite:///a.db"\n'
    (line,) = check(folder, config, capsys)
    assert line.startswith(f"database.url: the database is at revision {found}, this acuse needs {HEAD}: {cure}")
    for command in (["run"], ["status"], ["ticket", "list"], ["queue", "--retry"]):
        assert main([*command, "--config", str(folder / "config.toml")]) == os.EX_CONFIG, command
        assert cure in capsys.readouterr().err
    if found == "9999":
        assert main(["db", "upgrade", "--config", str(folder / "config.toml")]) == os.EX_CONFIG
        assert "newer acuse" in capsys.readouterr().err


def test_a_file_that_is_no_database(folder, capsys):
    (folder / "a.db").write_text("this is a letter to my aunt, and no database at all" * 100)
    (line,) = check(folder, '[database]\nurl = "sqlite:///a.db"\n', capsys)
    assert line.startswith("database.url: the database does not answer: ")


def test_a_postgresql_that_is_away(folder, capsys):
    with socket.socket() as taken:
        # Bound and not listening: nobody else can answer there meanwhile.
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        (line,) = check(folder, f'[database]\nurl = "postgresql://ana:s3cret@127.0.0.1:{port}/x"\n', capsys)
    assert line.startswith("database.url: the database does not answer: ")
    assert "s3cret" not in line


def test_run_says_all_that_check_says(folder, capsys):
    text = '[smtp]\nlistn = 1\n[desks]\nenabled = ["nobody"]\n[templates]\ndirectories = ["no"]\n'
    said = check(folder, text, capsys)
    assert main(["run", "--config", str(folder / "config.toml")]) == os.EX_CONFIG
    again = capsys.readouterr().err.splitlines()
    assert [line.removeprefix(f"{folder / 'config.toml'}: ") for line in again] == said
    assert len(said) == 3
    assert sorted(path.name for path in folder.iterdir()) == ["config.toml"]


@pytest.mark.parametrize("name", ["\x1b]0;owned\x07.toml", "\x1b[31mred.toml", "[bold]x.toml"])
def test_what_is_said_moves_no_terminal(folder, capsys, name):
    file = folder / name
    file.write_text('[smtp]\n"\\u001b[2J" = 1\nlisten = "\\u001b[2J"\n')
    assert main(["check", "--config", str(file)]) == os.EX_CONFIG
    said = capsys.readouterr().err
    assert "\x1b" not in said
    assert "\x07" not in said
    assert len(said.splitlines()) == 2
    if "[bold]" in name:
        assert name in said


def test_credentials_of_systemd_are_missed_by_who_needs_them_only(folder, capsys, monkeypatch):
    text = '[outgoing]\nusername = "u"\ntls = "starttls"\npassword_file = "${CREDENTIALS_DIRECTORY}/relay-password"\n'
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    (line,) = check(folder, text, capsys)
    assert line.startswith("outgoing.password_file: there is no $CREDENTIALS_DIRECTORY here")
    # What runs beside the daemon does without: a look at the configuration, or the pipe.
    assert main(["config", "show", "--config", str(folder / "config.toml")]) == os.EX_OK
    password = folder / "relay-password"
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
    (line,) = check(folder, text, capsys)
    assert "is no file" in line
    password.write_text("sesame")
    assert check(folder, text, capsys) == []
