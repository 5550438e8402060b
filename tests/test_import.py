"""`acuse import`: a backlog from files, as often as one likes, killed when one likes, beside a daemon at work."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from acuse.cli import main
from storage.database import open_database
from tests.daemon import ROOT, Daemon, count, mail, running

Capture = pytest.CaptureFixture[str]
RECEIVED = "Received: from a by mx.example; Mon, 02 Nov 2026 08:00:00 -0500\r\n"
FROM = b"From ana@cliente.example Sun Nov  1 10:20:00 2026\n"


def old(number: int, **more: Any) -> bytes:
    """A mail of the backlog, with the line ends of a file."""
    return mail(number, extra=RECEIVED, **more).replace(b"\r\n", b"\n")


def mbox(folder: Path, *mails: bytes) -> Path:
    file = folder / "old.mbox"
    file.write_bytes(b"".join(FROM + one + b"\n" for one in mails))
    return file


def maildir(folder: Path, *mails: bytes) -> Path:
    found = folder / "Maildir"
    for part in ("cur", "new", "tmp"):
        (found / part).mkdir(parents=True)
    for number, one in enumerate(mails):
        name = f"new/160000000{number}.M1.host" if number % 2 else f"cur/160000000{number}.M1.host:2,S"
        (found / name).write_bytes(one)
        os.utime(found / name, (1_600_000_000 + number, 1_600_000_000 + number))
    return found


@pytest.fixture
def take(tmp_path: Path, capsys: Capture, database_url: str):
    """`acuse import` on a database of its own: exit code, summary, and what standard error said."""
    config = tmp_path / "config.toml"
    config.write_text(f'[database]\nurl = "{database_url}"\n[desks]\nenabled = ["bt-latam", "neotel"]\n')

    def call(source: Path, *arguments: str) -> tuple[int, dict[str, Any], str]:
        code = main(["import", str(source), "--json", "--config", str(config), *arguments])
        said = capsys.readouterr()
        return code, json.loads(said.out) if said.out else {}, said.err

    return call


def rows(database_url: str, query: str) -> list[tuple[Any, ...]]:
    database = open_database(database_url)
    try:
        with database.read.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]
    finally:
        database.close()


def summary(done: tuple[int, dict[str, Any], str]) -> tuple[int, int, int, int]:
    code, found, _ = done
    return code, found["imported"], found["already_there"], len(found["skipped"])


def test_an_mbox(take, tmp_path, database_url):
    source = mbox(tmp_path, old(1), old(2), old(1))
    before = source.read_bytes(), source.stat().st_mtime_ns
    assert summary(take(source)) == (0, 2, 1, 0)
    assert (source.read_bytes(), source.stat().st_mtime_ns) == before
    assert rows(database_url, "SELECT desk, lane, silent, state FROM work") == [("bt-latam", 1, True, "waiting")] * 2
    assert rows(database_url, "SELECT count(*) FROM timer") == [(0,)]  # nothing was promised
    found = rows(database_url, "SELECT door, source_key, mail_from, arrived_at FROM delivery ORDER BY id")
    assert {one[0] for one in found} == {"import"}
    assert {one[2] for one in found} == {"ana.ruiz@cliente.example"}
    assert {str(one[3])[:19] for one in found} == {"2026-11-02 13:00:00"}  # the topmost Received, never Date
    assert min(str(one[1]).rpartition("/")[2] for one in found) == "0"
    # Again: everything is there. More at its end: only that is taken.
    assert summary(take(source)) == (0, 0, 3, 0)
    source.write_bytes(source.read_bytes() + FROM + old(3))
    assert summary(take(source)) == (0, 1, 3, 0)


def test_an_mbox_that_was_rewritten_is_read_anew(take, tmp_path, database_url):
    source = mbox(tmp_path, *(old(n) for n in range(5)))
    assert summary(take(source)) == (0, 5, 0, 0)
    mbox(tmp_path, *(old(n) for n in range(2, 8)))  # its mail program has removed the first two
    assert summary(take(source)) == (0, 3, 3, 0)
    assert rows(database_url, "SELECT count(*) FROM work") == [(8,)]


def test_a_mail_that_was_still_being_written_is_taken_again_when_it_is_whole(take, tmp_path, database_url):
    source = mbox(tmp_path, old(1), old(2))
    whole = source.read_bytes()
    source.write_bytes(whole[:-60])
    assert summary(take(source)) == (0, 2, 0, 0)
    source.write_bytes(whole)
    assert summary(take(source)) == (0, 1, 1, 0)
    assert summary(take(source)) == (0, 0, 2, 0)
    source.write_bytes(whole.rstrip(b"\n") + b"\n")
    assert summary(take(source)) == (0, 0, 2, 0)
    source.write_bytes(whole.rstrip(b"\n") + b"\n\n" + FROM + old(3))
    assert summary(take(source)) == (0, 1, 2, 0)


@pytest.mark.parametrize("moved", [False, True])
def test_a_maildir(take, tmp_path, database_url, moved):
    source = maildir(tmp_path, old(1), mail(2).replace(b"\r\n", b"\n"), old(3))
    (source / "cur" / ".hidden").write_bytes(old(8))
    (source / ".Sub" / "cur").mkdir(parents=True)
    (source / ".Sub" / "cur" / "x").write_bytes(old(9))
    names = sorted(str(one.relative_to(source)) for one in source.rglob("*"))
    assert summary(take(source)) == (0, 3, 0, 0)
    assert sorted(str(one.relative_to(source)) for one in source.rglob("*")) == names
    times = rows(database_url, "SELECT arrived_at FROM delivery ORDER BY source_key")
    assert [str(one)[:19] for (one,) in times][:2] == ["2026-11-02 13:00:00", "2020-09-13 12:26:41"]  # else its file's
    if moved:  # somebody reads the mail
        (source / "new" / "1600000001.M1.host").rename(source / "cur" / "1600000001.M1.host:2,RS")
    (source / "new" / "1700000000.M1.host").write_bytes(old(4))
    assert summary(take(source)) == (0, 1, 3, 0)
    assert rows(database_url, "SELECT count(*) FROM delivery") == [(4,)]


def test_a_folder_of_eml_files(take, tmp_path):
    folder = tmp_path / "mails"
    folder.mkdir()
    (folder / "a.eml").write_bytes(old(1))
    (folder / "B.EML").write_bytes(FROM + old(2))
    (folder / "notes.txt").write_text("no mail")
    os.mkfifo(folder / "pipe.eml")
    (folder / os.fsdecode(b"\xff.eml")).write_bytes(old(3))
    assert summary(take(folder)) == (0, 3, 0, 0)
    assert summary(take(folder)) == (0, 0, 3, 0)


def test_an_eml_file_that_became_another_mail_of_the_same_size(take, tmp_path, database_url):
    folder = tmp_path / "mails"
    folder.mkdir()
    (folder / "a.eml").write_bytes(old(1))
    (folder / "b.eml").write_bytes(FROM + old(2))
    assert summary(take(folder)) == (0, 2, 0, 0)
    (folder / "a.eml").write_bytes(old(3))
    assert summary(take(folder)) == (0, 1, 1, 0)
    assert rows(database_url, "SELECT count(*) FROM work") == [(3,)]


def test_what_cannot_be_taken_is_named_and_the_rest_is_imported(take, tmp_path, database_url):  # pain 13, pain 1
    (tmp_path / "config.toml").write_text((tmp_path / "config.toml").read_text() + "[smtp]\nmax_message_bytes = 2000\n")
    lost = old(2).replace(b"To: mo.bud@bt.com", b"To: somebody@else.example")
    source = mbox(tmp_path, old(1), lost, old(3, body="x" * 3000), b"\n", old(4))
    code, found, _ = take(source)
    assert summary((code, found, "")) == (os.EX_DATAERR, 2, 0, 3)
    offset = source.read_bytes().index(FROM, 5)
    assert found["skipped"][0] == {
        "where": f"{source}, offset {offset}",
        "why": "no desk has the address somebody@else.example; --desk ID would take it",
    }
    assert "more than the 2000 of smtp.max_message_bytes" in found["skipped"][1]["why"]
    assert found["skipped"][2]["why"] == "is empty"
    # Skipped is not forgotten: it is said again, and taken as soon as it can be.
    assert summary(take(source)) == (os.EX_DATAERR, 0, 2, 3)
    assert summary(take(source, "--desk", "neotel")) == (os.EX_DATAERR, 1, 2, 2)
    assert summary(take(source, "--desk", "neotel")) == (os.EX_DATAERR, 0, 3, 2)
    assert rows(database_url, "SELECT desk, count(*) FROM work GROUP BY desk ORDER BY 1") == [
        ("bt-latam", 2),
        ("neotel", 1),
    ]


def test_for_people(tmp_path, capsys: Capture):
    (tmp_path / "config.toml").write_text("")
    source = mbox(tmp_path, old(1), b"Subject: \x1b[2J\nTo: \x1bx@y.example\n\n")
    assert main(["import", str(source), "--config", str(tmp_path / "config.toml")]) == os.EX_DATAERR
    said = capsys.readouterr()
    assert said.out == "1 imported, 0 already there, 1 skipped\n"
    assert said.err.startswith(f"skipped: {source}, offset ")
    assert "\x1b" not in said.err


def test_a_file_that_cannot_be_read_is_named(take, tmp_path):
    source = maildir(tmp_path, old(1), old(2))
    (source / "cur" / "1500000000.loop").symlink_to("1500000000.loop")
    (source / "cur" / "1500000001.gone").symlink_to("nowhere")
    code, found, _ = take(source)
    assert summary((code, found, "")) == (os.EX_DATAERR, 2, 0, 2)
    assert [one["where"] for one in found["skipped"]] == [
        str(source / "cur" / name) for name in ("1500000000.loop", "1500000001.gone")
    ]
    assert all(one["why"].startswith("cannot be read: ") for one in found["skipped"])


@pytest.mark.slow
@pytest.mark.parametrize("kind", [mbox, maildir])
def test_a_terminal_sees_how_far_it_is(tmp_path: Path, kind: Any) -> None:
    (tmp_path / "config.toml").write_text("")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "acuse", "import", str(kind(tmp_path, old(1), old(2)))]
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        done = subprocess.run(
            command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=theirs,
            timeout=60, check=True,
        )  # fmt: skip
        os.close(theirs)
        seen = terminal.read(65536)
    assert done.stdout == b"2 imported, 0 already there, 0 skipped\n"
    assert (b"2/2" if kind is maildir else b"bytes") in seen


@pytest.mark.parametrize("source", ["nowhere", "empty", "config.toml", "/dev/null"])
def test_what_is_no_source_of_mail_is_66(take, tmp_path, source):
    (tmp_path / "empty").mkdir()
    code, found, said = take(tmp_path / source)
    assert (code, found) == (os.EX_NOINPUT, {})
    assert said.startswith(f"acuse import: {tmp_path / source} ")
    assert len(said.splitlines()) == 1


def test_a_desk_that_is_not_served_is_64(take, tmp_path):
    code, _, said = take(mbox(tmp_path, old(1)), "--desk", "btlatam")
    assert (code, 'did you mean "bt-latam"?' in said) == (os.EX_USAGE, True)


@pytest.mark.parametrize(
    ("line", "fields", "sender"),
    [
        (FROM.replace(b"ana@cliente.example", b"MAILER-DAEMON"), b"", ""),  # pain 34
        (FROM.replace(b"ana@cliente.example", b"MAILER-DAEMON"), b"Return-Path: <x@y.example>\n", "x@y.example"),
        (FROM.replace(b"ana@cliente.example", b"17@xxx"), b"", "ana.ruiz@cliente.example"),
        (FROM, b"Return-Path: <>\n", ""),
    ],
)
def test_who_sent_it(take, tmp_path, database_url, line, fields, sender):
    (tmp_path / "a.mbox").write_bytes(line + fields + old(1))
    assert summary(take(tmp_path / "a.mbox")) == (0, 1, 0, 0)
    assert rows(database_url, "SELECT mail_from FROM delivery") == [(sender,)]


def test_no_mail_comes_from_the_future(take, tmp_path, database_url):
    (tmp_path / "a.mbox").write_bytes(FROM.replace(b"2026", b"2999") + mail(1).replace(b"\r\n", b"\n"))
    take(tmp_path / "a.mbox")
    ((at,),) = rows(database_url, "SELECT arrived_at FROM delivery")
    assert not str(at).startswith("2999")


# kill -9 -------------------------------------------------------------------------------------------------------------

MANY = 130  # three batches


def importing(folder: Path, source: Path, *arguments: str, crash_at: str = "") -> subprocess.Popen[bytes]:
    program = [str(ROOT / "tests" / "crash.py"), crash_at] if crash_at else ["-m", "acuse"]
    return subprocess.Popen(
        [
            sys.executable,
            *program,
            "import",
            str(source),
            "--config",
            str(folder / "config.toml"),
            "--json",
            *arguments,
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def finished(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    printed, said = process.communicate(timeout=60)
    assert process.returncode == 0, said.decode()
    return dict(json.loads(printed))


POINTS = [
    # (where the import ends itself, how many mails are committed by then)
    ("before storage.imports:store", 0),
    ("after storage.imports:store", 0),
    ("before storage.imports:remember 2", 50),
    ("after storage.imports:remember 2", 50),
    ("before storage.imports:taken 3", 100),
    ("after storage.imports:store 3", 100),
]


@pytest.mark.slow
@pytest.mark.parametrize("kind", [mbox, maildir])
@pytest.mark.parametrize(("point", "there"), POINTS, ids=[point for point, _ in POINTS])
def test_a_death_at_any_moment_loses_and_doubles_nothing(tmp_path: Path, kind: Any, point: str, there: int) -> None:
    """I1, I2."""
    if kind is maildir and "remember" in point:
        pytest.skip("a folder has no position: its mails are known by their names")
    (tmp_path / "config.toml").write_text("")
    source = kind(tmp_path, *(old(n) for n in range(MANY)))
    dying = importing(tmp_path, source, crash_at=point)
    dying.communicate(timeout=60)
    assert dying.returncode == 137
    assert count(tmp_path, "SELECT count(*) FROM delivery") == [(there,)]
    found = finished(importing(tmp_path, source))
    assert (found["imported"], found["already_there"]) == (MANY - there, there)
    assert count(tmp_path, "SELECT count(*), count(DISTINCT mail_key) FROM work") == [(MANY, MANY)]
    assert count(tmp_path, "SELECT count(*) FROM delivery") == [(MANY,)]


@pytest.mark.slow
def test_kill_9_again_and_again(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("")
    source = mbox(tmp_path, *(old(n, body="x" * 5000) for n in range(1500)))
    kills = there = 0
    while True:
        process = importing(tmp_path, source)
        before = there
        while process.poll() is None and there < before + 300:
            with suppress(OperationalError):  # the tables are not there yet
                ((there,),) = count(tmp_path, "SELECT count(*) FROM delivery")  # type: ignore[misc]
        if process.poll() is not None:
            break
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=20)
        kills += 1
    found = finished(process)
    assert kills >= 3
    assert found["imported"] + found["already_there"] == 1500
    assert count(tmp_path, "SELECT count(*), count(DISTINCT mail_key) FROM work") == [(1500, 1500)]


# Beside a daemon -----------------------------------------------------------------------------------------------------


def decided(daemon: Daemon, number: int) -> bool:
    return count(daemon.folder, "SELECT count(*) FROM work WHERE state = 'done'") == [(number,)]


@pytest.mark.slow
def test_a_daemon_opens_the_tickets_and_writes_to_nobody(tmp_path: Path) -> None:
    """Live mail meanwhile is answered; the mails of the desk itself are no loop."""
    own = old(99).replace(b"From: Ana Ruiz <ana.ruiz@cliente.example>", b"From: mo.bud@bt.com")
    source = mbox(tmp_path, *(old(n, sender=f"ana{n}@cliente.example") for n in range(20)), own)
    with running(tmp_path, '[operator]\naddress = "ops@desk.example"\n') as daemon:
        found = finished(importing(tmp_path, source))
        assert found["imported"] == 21
        daemon.send(mail(50, sender="eva@cliente.example"))
        daemon.send(mail(3, sender="ana3@cliente.example"))  # one of the backlog again, by another door
        daemon.wait_for("all decisions", lambda: decided(daemon, 22))
        daemon.wait_for("the acknowledgement of today's mail", daemon.outgoing)
        assert daemon.json("status")["alarms"] == []
        assert daemon.json("status")["promise_at_risk"] == {}
        assert daemon.stop() == 0
    assert count(tmp_path, "SELECT acknowledgement, count(*) FROM ticket GROUP BY 1 ORDER BY 1") == [
        ("queued", 1),
        ("withheld", 20),
    ]
    (sent,) = daemon.outgoing()
    assert b"eva@cliente.example" in sent
    assert count(tmp_path, "SELECT count(*) FROM outbox") == [(1,)]


@pytest.mark.slow
def test_with_respond_the_senders_are_answered(tmp_path: Path) -> None:
    source = maildir(tmp_path, *(old(n, sender=f"ana{n}@cliente.example") for n in range(3)))
    with running(tmp_path, "") as daemon:
        assert finished(importing(tmp_path, source, "--respond"))["imported"] == 3
        daemon.wait_for("three acknowledgements", lambda: len(daemon.outgoing()) == 3)
        assert daemon.json("status")["promise_at_risk"] == {}
        assert daemon.stop() == 0
    assert count(tmp_path, "SELECT DISTINCT acknowledgement FROM ticket") == [("queued",)]
    assert count(tmp_path, "SELECT count(*) FROM timer") == [(0,)]
