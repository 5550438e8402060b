"""What a daemon tells its service manager, and that it stops petting the watchdog when it is not well."""

from __future__ import annotations

import os
import signal
import socket
import uuid
from pathlib import Path

import pytest

from acuse.notify import Notifier
from tests.daemon import mail, running
from tests.manager import Manager, managed

SMALL = "[reading]\nprocesses = 1\n"


def test_without_a_manager_nothing_happens(tmp_path: Path) -> None:
    for notifier in (Notifier.of({}), Notifier.of({"NOTIFY_SOCKET": str(tmp_path / "nobody")})):
        notifier.ready("well")
        notifier.well()
        notifier.stopping("")


@pytest.mark.parametrize("abstract", [False, True])
def test_the_words_of_the_protocol(tmp_path: Path, abstract: bool) -> None:
    address = f"@acuse-{uuid.uuid4().hex}" if abstract else str(tmp_path / "notify")
    with Manager(address) as manager:
        notifier = Notifier.of({"NOTIFY_SOCKET": address})
        notifier.ready("desks served: a")
        assert manager.hear() == "READY=1\nSTATUS=desks served: a"
        notifier.reloading()
        first, second = manager.hear().splitlines()
        assert first == "RELOADING=1"
        assert second.startswith("MONOTONIC_USEC=")
        notifier.well()
        assert manager.hear() == "WATCHDOG=1"
        notifier.stopping("soon")
        assert manager.hear() == "STOPPING=1\nSTATUS=soon"


def test_a_manager_that_does_not_read_holds_nobody_up(tmp_path: Path) -> None:
    with Manager(str(tmp_path / "notify")) as manager:
        notifier = Notifier(manager.address)
        for _ in range(1000):
            notifier.well()


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({"WATCHDOG_USEC": "30000000"}, 30),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 30),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, 0),
        ({"WATCHDOG_USEC": "often"}, 0),
        ({}, 0),
    ],
)
def test_who_the_watchdog_is_for(environment: dict[str, str], seconds: float) -> None:
    assert Notifier.of(environment).watchdog_seconds == seconds


@pytest.mark.slow
@pytest.mark.parametrize("abstract", [False, True])
def test_a_life_as_the_manager_sees_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, abstract: bool) -> None:
    address = f"@acuse-{uuid.uuid4().hex}" if abstract else str(tmp_path / "notify")
    with (
        managed(address, monkeypatch, WATCHDOG_USEC="2000000") as manager,
        running(tmp_path / "desk", SMALL) as daemon,
    ):
        assert manager.hear().splitlines() == ["READY=1", "STATUS=desks served: bt-latam"]
        with socket.create_connection(("127.0.0.1", daemon.port), timeout=20) as peer:
            assert peer.recv(100).startswith(b"220 ")
        for _ in range(3):
            manager.wait_for("WATCHDOG=1")
        assert daemon.process
        daemon.process.send_signal(signal.SIGHUP)
        assert "MONOTONIC_USEC=" in manager.wait_for("RELOADING=1")
        assert manager.wait_for("READY=1").endswith("desks served: bt-latam")
        daemon.config.write_text("[smtp]\nlisten = 25\n")
        daemon.process.send_signal(signal.SIGHUP)
        manager.wait_for("RELOADING=1")
        assert "STATUS=the new configuration has mistakes (1); the old one stays in force" in manager.wait_for("READY")
        manager.wait_for("WATCHDOG=1")
        daemon.process.send_signal(signal.SIGTERM)
        manager.wait_for("STOPPING=1")
        assert daemon.wait_dead() == 0


@pytest.mark.slow
@pytest.mark.parametrize(("sabotage", "late"), [("writer_hangs", "writer"), ("tick_hangs", "clock")])
def test_a_daemon_that_is_not_well_says_nothing_to_the_watchdog(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sabotage: str, late: str
) -> None:
    with (
        managed(str(tmp_path / "notify"), monkeypatch, WATCHDOG_USEC="2000000") as manager,
        running(tmp_path / "desk", SMALL, crash_at=f"sabotage {sabotage}") as daemon,
    ):
        manager.wait_for("WATCHDOG=1")
        if sabotage == "writer_hangs":
            with socket.create_connection(("127.0.0.1", daemon.port), timeout=20) as peer:
                peer.sendall(b"HELO c\r\nMAIL FROM:<a@c.example>\r\nRCPT TO:<mo.bud@bt.com>\r\nDATA\r\n" + mail())
                peer.sendall(b"\r\n.\r\n")
                daemon.wait_for("the event", lambda: late in not_well(daemon.events()))
        daemon.wait_for("the event", lambda: late in not_well(daemon.events()))
        manager.hush()
        with pytest.raises(TimeoutError):
            manager.hear(2.5)
        # Whatever hangs, the end comes: in order where only the clock does, else by force.
        assert daemon.stop() == (0 if late == "clock" else os.EX_SOFTWARE)
        ends = {"clock": "tick.left_running", "writer": "acuse.end_forced"}
        assert ends[late] in {event["event"] for event in daemon.events()}


def not_well(events: list[dict[str, object]]) -> list[object]:
    return [event["late"] for event in events if event["event"] == "watchdog.not_well"]
