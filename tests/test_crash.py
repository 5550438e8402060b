"""The process dies at every step boundary; afterwards nothing is lost and nothing counts twice (docs/crash.md)."""

from __future__ import annotations

import smtplib
from pathlib import Path

import pytest

from tests.daemon import count, mail, running

POINTS = [
    # (where the process ends itself, whether the sender had been answered 250 by then; who claims may be faster)
    ("before acuse.receiving:Receiver.receive", False),
    ("before storage.inbox:receive", False),
    ("after storage.inbox:receive", False),
    ("before acuse.loops:QueueLoop.wake", False),
    ("before storage.inbox:claim", False),
    ("after storage.inbox:claim", False),
    ("before acuse.pipeline:decide", True),
    ("before storage.tickets:reserve", True),
    ("after storage.tickets:reserve", True),
    ("before storage.tickets:open_ticket", True),
    ("after storage.tickets:open_ticket", True),
    ("after storage.inbox:decided", True),
    ("before storage.outbox:put", True),
    ("after storage.outbox:put", True),
    ("before storage.outbox:claim", True),
    ("after storage.outbox:claim", True),
    ("before storage.outbox:begin", True),
    ("after storage.outbox:begin", True),
    ("before responders.maildir:MaildirRelay.send", True),
    ("after responders.maildir:MaildirRelay.send", True),
    ("before storage.outbox:tried", True),
    ("after storage.outbox:tried", True),
]


@pytest.mark.slow
@pytest.mark.parametrize(("point", "answered"), POINTS, ids=[point for point, _ in POINTS])
def test_a_death_between_any_two_steps_loses_and_doubles_nothing(point: str, answered: bool, tmp_path: Path) -> None:
    raw = mail(1)
    config = '[database]\nurl = "sqlite:///var/acuse.db"\n[smtp]\nlisten = "127.0.0.1:0"\n'
    with running(tmp_path, config, crash_at=point) as dying:
        try:
            dying.send(raw)
            got_250 = True
        except (smtplib.SMTPServerDisconnected, OSError):
            got_250 = False
        assert dying.wait_dead() == 137
    if answered:
        assert got_250
    with running(tmp_path) as daemon:
        if not got_250:
            daemon.send(raw)  # what the sender's queue does
        daemon.wait_for("the acknowledgement", lambda: count(tmp_path, "SELECT 1 FROM outbox WHERE state = 'sent'"))
        assert daemon.stop() == 0
    # I1: the bytes are there. I2, I3: one ticket, one acknowledgement. I4: one number. I5: one Message-ID, one file.
    assert count(tmp_path, "SELECT data FROM raw_chunk") == [(raw,)]
    assert count(tmp_path, "SELECT count(*) FROM ticket") == [(1,)]
    assert count(tmp_path, "SELECT disposition FROM work") == [("ticket",)]
    assert count(tmp_path, "SELECT count(*) FROM outbox") == [(1,)]
    assert len(daemon.outgoing()) == 1
    assert daemon.outgoing()[0].count(b"[INC-") == 1
