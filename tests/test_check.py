"""`acuse check` and what keeps `acuse run` from starting: file, key and cure, all at once, and nothing changed."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
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


MAILBOX = '[[mailboxes]]\nname = "support"\nhost = "imap.example"\nusername = "u"\n'


def test_authorities_that_are_none(folder, capsys):
    (folder / "password").write_text("sesame")
    (folder / "password").chmod(0o600)
    (folder / "garbage").write_text("no certificate")
    text = f'{MAILBOX}password_file = "password"\nca_file = "garbage"\n[outgoing]\nca_file = "garbage"\n'
    said = check(folder, text, capsys)
    keys = {line.partition(":")[0] for line in said}
    assert keys == {"mailboxes[support].ca_file", "outgoing.ca_file"}
    assert all("holds no certificate that loads" in line for line in said)


def test_a_token_file(folder, capsys):
    text = f'{MAILBOX}oauth = "microsoft"\noauth_client_id = "x"\noauth_token_file = "kept/token"\n'
    (line,) = check(folder, text, capsys)
    assert line.startswith(f"mailboxes[support].oauth_token_file: {folder}/kept is no folder; make it")
    (folder / "kept").mkdir()
    assert check(folder, text, capsys) == []  # the token comes with acuse mailbox authorize
    token = folder / "kept" / "token"
    token.write_text("1//secret")
    token.chmod(0o666)
    said = [f"mailboxes[support].oauth_token_file: others may read it; run chmod 600 {token}"]
    assert check(folder, text, capsys) == said


def test_a_socket_that_cannot_be_made(folder, capsys):
    for listen, said in (
        ("unix:/nowhere/x", "there is no folder /nowhere; make it for acuse's user, or name another"),
        ("unix:config.toml", f"{folder}/config.toml is no socket; name another file"),
        ("unix:config.toml/x", f"{folder}/config.toml is no folder"),
        (f"unix:{'x' * 120}", "is longer than 107 bytes"),
    ):
        (line,) = check(folder, f'[lmtp]\nlisten = "{listen}"\n', capsys)
        assert line.startswith("lmtp.listen: ")
        assert said in line
    # The daemon makes the folder of its database, and systemd those in /run.
    assert check(folder, '[lmtp]\nlisten = "unix:var/lmtp"\n', capsys) == []
    (folder / "config.toml").write_text('[lmtp]\nlisten = "unix:/run/acuse-of-a-test/lmtp"\n')
    assert main(["check", "--config", str(folder / "config.toml")]) == os.EX_OK
    assert "lmtp.listen: /run/acuse-of-a-test is not there now" in capsys.readouterr().out


WEAK_ROOT = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
"""Before a command: root, for whom permissions hold as for anybody."""


def can_be_weak() -> bool:
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        return False
    return subprocess.run([*WEAK_ROOT, "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(not can_be_weak(), reason="needs root, and setpriv to do without its powers")
@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[smtp]\ntls_certificate = "{}/a.pem"\n', "smtp.tls_certificate"),
        ('[outgoing]\npassword_file = "{}/password"\n', "outgoing.password_file"),
        ('[desks]\ndirectories = ["{}/desks"]\n', "desks.directories"),
        ('[templates]\ndirectories = ["{}"]\n', "templates.directories"),
        ('[database]\nurl = "sqlite:///{}/a.db"\n', "database.url"),
        ('[service]\nstate_directory = "{}/state"\n', "service.state_directory"),
        ('[outgoing]\nmaildir = "{}/mails"\n', "outgoing.maildir"),
        ('[lmtp]\nlisten = "unix:{}/lmtp"\n', "lmtp.listen"),
    ],
)
def test_a_folder_that_we_may_not_enter(folder, text, key):
    closed = folder.parent / "closed"
    (closed / "desks").mkdir(parents=True)
    (closed / "password").write_text("sesame")
    (closed / "config.toml").write_text("")
    closed.chmod(0o700)
    os.chown(closed, 65534, 65534)
    (folder / "config.toml").write_text(text.format(closed))
    for command in ("check", "run"):
        done = weakly(folder, command, "--config", str(folder / "config.toml"))
        assert (done.returncode, done.stdout) == (os.EX_CONFIG, "")
        (line,) = done.stderr.splitlines()
        assert line.startswith(f"{folder}/config.toml: {key}: ")
        assert "Permission denied" in line or "cannot be" in line
        assert "[Errno" not in line


@pytest.mark.slow
@pytest.mark.skipif(not can_be_weak(), reason="needs root, and setpriv to do without its powers")
def test_where_we_stand_and_may_not_look(folder):
    (folder / "config.toml").write_text("")
    folder.chmod(0o700)
    os.chown(folder, 65534, 65534)
    done = weakly(folder, "check")
    said = "config.toml: cannot be read (Permission denied); check path, owner and mode\n"
    assert (done.returncode, done.stderr) == (os.EX_CONFIG, said)


def weakly(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*WEAK_ROOT, sys.executable, "-m", "acuse", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
