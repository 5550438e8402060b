"""The end of a real daemon is bounded, whatever its peers do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.daemon import ROOT, Daemon, count, mail, running
from tests.smtp_script import STALL, Script, serving
from tests.smtp_wire import Wire

ONE_READER = "[reading]\nprocesses = 1\n"


@pytest.mark.slow
def test_sigterm_ends_the_daemon_while_the_relay_hangs_and_the_next_start_sends(tmp_path: Path) -> None:  # I7
    count = 10
    with (
        serving(Script({"END": STALL})) as script,
        running(tmp_path, f'[outgoing]\nmode = "smtp"\nport = {script.port}\n') as daemon,
    ):
        for number in range(count):
            sender = f"ana{number}@cliente.example"
            daemon.send(mail(number, sender=sender), sender=sender)
        daemon.wait_for("a try", lambda: script.sessions)
        assert daemon.stop() == 0
        script.replies.clear()
        daemon.start()
        daemon.wait_for("every acknowledgement", lambda: len({to[0] for _, to, _ in script.mails}) == count)
        assert daemon.json("queue", "out") == {"out": []}


def in_data(daemon: Daemon) -> Wire:
    """A session in the middle of its mail, and the daemon asked to end meanwhile."""
    wire = Wire(daemon.port).greet().open_data("mo.bud@bt.com")
    wire.send(mail(1))
    return wire


def asked_to_end(daemon: Daemon, number: int) -> None:
    assert daemon.process
    daemon.process.send_signal(number)
    daemon.wait_for("the end's begin", lambda: any(one["event"] == "acuse.stopping" for one in daemon.events()))


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_who_is_in_data_may_finish_and_who_comes_is_turned_away(tmp_path: Path, number: int) -> None:
    with running(tmp_path, ONE_READER) as daemon, in_data(daemon) as wire:
        asked_to_end(daemon, number)
        with Wire(daemon.port) as late:
            assert late.line().startswith("421 4.3.2 ")
            assert late.line() == "<closed>"
        assert wire.ask(b"\r\n.").startswith("250 2.0.0 ")
        assert wire.line().startswith("421 4.3.2 ")
        assert daemon.wait_dead() == 0
    assert count(tmp_path, "SELECT count(*) FROM delivery") == [(1,)]


@pytest.mark.slow
def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    with running(tmp_path, ONE_READER) as daemon, in_data(daemon) as wire:
        asked_to_end(daemon, signal.SIGTERM)
        assert daemon.process
        daemon.process.send_signal(signal.SIGTERM)
        assert daemon.wait_dead() == 128 + signal.SIGTERM
        assert wire.line() == "<closed>"
    assert daemon.events()[-1]["event"] == "acuse.stopped_at_once"
    assert count(tmp_path, "SELECT count(*) FROM delivery") == [(0,)]


@pytest.mark.slow
def test_a_daemon_in_a_window_ends_with_the_window(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[smtp]\nlisten = "127.0.0.1:0"\n' + ONE_READER)
    window, inside = os.openpty()
    daemon = subprocess.Popen(
        ["setsid", "--ctty", sys.executable, "-m", "acuse", "run"],
        stdin=inside,
        stdout=inside,
        stderr=inside,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    os.close(inside)
    try:
        read_until(window, b"acuse.started")
        daemon.send_signal(signal.SIGHUP)
        read_until(window, b"config.reloaded")
        os.close(window)
        assert daemon.wait(30) == 128 + signal.SIGHUP
    finally:
        daemon.kill()
        daemon.wait(10)


def read_until(terminal: int, word: bytes) -> None:
    seen = b""
    while word not in seen:
        seen += os.read(terminal, 65536)
