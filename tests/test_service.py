"""Starting and ending the daemon: a real process, its exit codes, and what it says when it cannot start."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import structlog

from acuse import logs
from acuse.cli import main
from acuse.clock import Clock
from acuse.config import Log, LogFormat
from acuse.config_file import load
from acuse.runtime import start
from tests.daemon import ROOT, Daemon, free_port, mail, running

ONE_READER = "[reading]\nprocesses = 1\n"


def started(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A daemon that is not expected to start."""
    return subprocess.run(
        [sys.executable, "-m", "acuse", "run", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_whole_life(tmp_path):
    """One daemon: it keeps others from starting beside it, takes mail by both doors, and ends in order."""
    with running(tmp_path, ONE_READER) as daemon:
        second = started(tmp_path)
        assert second.returncode == os.EX_CONFIG
        assert second.stderr.splitlines()[-1].startswith(
            "config.toml: database.url: another acuse runs on this database"
        )

        other = tmp_path / "other"
        other.mkdir()
        (other / "config.toml").write_text(f'[smtp]\nlisten = "127.0.0.1:{daemon.port}"\n')
        third = started(other)
        assert third.returncode == os.EX_CONFIG
        assert third.stderr == (
            f"config.toml: smtp.listen: cannot listen on 127.0.0.1:{daemon.port}: Address already in use; "
            "free the port or choose another\n"
        )

        piped = daemon.acuse("ingest", "--sender", "ana@cliente.example", "--recipient", "mo.bud@bt.com", given=mail(1))
        assert (piped.returncode, piped.stdout, piped.stderr) == (0, b"", b"")
        daemon.wait_for("the acknowledgement of a mail by the pipe", lambda: len(daemon.outgoing()) == 1)
        daemon.send(mail(1).replace(b"\n", b"\r\n").replace(b"\r\r", b"\r"))  # I2: the same mail by another door
        daemon.send(mail(2))
        daemon.wait_for("the acknowledgement of a mail by SMTP", lambda: len(daemon.outgoing()) == 2)
        assert daemon.stop() == 0
    events = daemon.events()
    names = [event["event"] for event in events]
    assert names[0] == "acuse.started"
    assert names[-1] == "acuse.stopped"
    assert "acuse.stopping" in names
    assert names.count("mail.received") == 2
    assert all(name.count(".") == 1 for name in names), names
    text = daemon.log.read_text()
    assert len(text.splitlines()) == len(events)
    for private in ("ana", "cliente.example", "Enlace", "Banco"):
        assert private not in text


def test_without_a_configuration_in_an_empty_folder(tmp_path):
    """The defaults hold, and everything is made below var/. SIGINT ends it as SIGTERM does."""
    daemon = Daemon(tmp_path)
    daemon.config.unlink()
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex(("127.0.0.1", 2525)) == 0:
            pytest.skip("somebody listens on the default port")
    daemon.start(with_config=False)
    try:
        assert daemon.port == 2525
        daemon.send(mail(1))
        daemon.wait_for("the acknowledgement", daemon.outgoing)
        assert daemon.process
        daemon.process.send_signal(signal.SIGINT)
        assert daemon.wait_dead() == 0
    finally:
        daemon.kill()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log", "var"]
    assert (tmp_path / "var" / "acuse.db").exists()
    assert (tmp_path / "var" / "keyring").stat().st_mode & 0o777 == 0o600


def test_roles(tmp_path):
    """Who only receives decides nothing, and who only works opens no door."""
    with running(tmp_path, ONE_READER, roles="receive") as daemon:
        daemon.send(mail(1))
        assert daemon.stop() == 0
    assert daemon.outgoing() == []
    assert daemon.json("status")["in"]["mails"] == {"waiting": 1, "parked": 0}
    daemon.roles = "work,send,tick"
    daemon.start()
    try:
        assert daemon.port == 0
        daemon.wait_for("the acknowledgement", daemon.outgoing)
        assert daemon.stop() == 0
    finally:
        daemon.kill()


def test_a_relay_folder_that_is_none(tmp_path, capsys):
    (tmp_path / "out").write_text("")
    (tmp_path / "config.toml").write_text('[outgoing]\nmaildir = "out"\n')
    assert main(["run", "--config", str(tmp_path / "config.toml")]) == os.EX_CONFIG
    assert "outgoing.maildir: " in capsys.readouterr().err


@pytest.mark.parametrize("host", ["a..b", "203.0.113.7"])
def test_an_address_that_is_not_ours(tmp_path, host):
    (tmp_path / "config.toml").write_text(f'[smtp]\nlisten = "{host}:{free_port()}"\n')
    done = started(tmp_path)
    assert done.returncode == os.EX_CONFIG
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"config.toml: smtp.listen: cannot listen on {host}:")


# Logs ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [LogFormat.JSON, LogFormat.TEXT])
def test_an_event_is_one_line_whatever_is_in_it(capsys, form):
    logs.configure(Log(format=form))
    log = structlog.get_logger()
    evil = "a\r\nb\x1b[2J\x9b\u2028c\udcff"
    log.warning("relay.unusable", error=evil, peer="192.0.2.1", several=[evil, "x y"])
    logging.getLogger("library").warning("from a %s", evil)
    try:
        raise ValueError(evil)
    except ValueError:
        log.exception("work.failed", work=3)
    lines = capsys.readouterr().err.split("\n")
    assert lines.pop() == ""
    assert len(lines) == 3
    assert all(line.isprintable() for line in lines)
    assert "ValueError" in lines[2]
    if form is LogFormat.JSON:
        event = json.loads(lines[0])
        assert event["error"] == evil
        assert (event["event"], event["level"]) == ("relay.unusable", "warning")
    else:
        assert " warning relay.unusable " in lines[0]
        assert "peer=192.0.2.1" in lines[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("section", "said"),
    [
        (
            '[lmtp]\nlisten = "unix:/run/acuse-of-a-test/lmtp"\n',
            "lmtp.listen: cannot listen on unix:/run/acuse-of-a-test/lmtp: No such file or directory; "
            "make its folder for acuse's user, or choose another\n",
        ),
        (
            '[smtp]\nlisten = "192.0.2.1:2525"\n',
            "smtp.listen: cannot listen on 192.0.2.1:2525: Cannot assign requested address; "
            "this machine has no such address; name one that it has\n",
        ),
    ],
)
def test_an_address_that_is_none(tmp_path, section, said):
    (tmp_path / "config.toml").write_text(section + ONE_READER)
    done = started(tmp_path)
    assert (done.returncode, done.stderr) == (os.EX_CONFIG, f"config.toml: {said}")


def test_two_daemons_of_one_machine_name_and_one_number_are_told_apart(tmp_path):
    """As containers are: each is process 1 of a host of the same name."""
    (tmp_path / "config.toml").write_text("")
    loaded = load(tmp_path / "config.toml")
    one, other = start(loaded, Clock()), start(loaded, Clock())
    one.close()
    other.close()
    assert one.owner != other.owner
    assert max(len(one.owner), len(other.owner)) <= 64


def test_the_level_holds(capsys):
    logs.configure(Log(level="error", format="json"))
    structlog.get_logger().warning("a.b")
    structlog.get_logger().error("c.d")
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["event"] == "c.d"
