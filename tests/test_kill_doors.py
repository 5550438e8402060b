"""Random kill -9 while mail comes by every door at once: LMTP, a mailbox on a real IMAP server, an import, and an agent
who answers. Whoever hands over tries again as mail servers do; afterwards everything is counted."""

from __future__ import annotations

import contextlib
import email
import email.policy
import os
import random
import signal
import smtplib
import subprocess
import sys
import threading
import time
from collections import Counter
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.boxes import section, toml
from tests.daemon import ROOT, Daemon, count, free_port, mail
from tests.dovecot import Dovecot, dovecot_or_skip

EVA = "eva@agentes.example"
KILLS = 3
IMPORTED = 60
LMTP, IMAP, IMPORT = 10_000, 20_000, 30_000
"""Where the numbers of each door's mails begin."""


class Load:
    """Hands mail over until it is stopped, and remembers what was accepted."""

    def __init__(self, folder: Path, smtp: int, lmtp: int, boxes: Dovecot) -> None:
        self.folder, self.smtp, self.lmtp, self.boxes = folder, smtp, lmtp, boxes
        self.accepted: set[int] = set()
        self.answered: set[str] = set()
        self.imported = threading.Event()
        self.stopping = threading.Event()
        doors = (self._by_lmtp, self._by_imap, self._by_import, self._agent)
        self._threads = [threading.Thread(target=door) for door in doors]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self.stopping.set()
        for thread in self._threads:
            thread.join()

    def _by_lmtp(self) -> None:
        number = LMTP
        while not self.stopping.is_set():
            with (
                contextlib.suppress(OSError, smtplib.SMTPException),
                smtplib.LMTP("127.0.0.1", self.lmtp, timeout=10) as client,
            ):
                while not self.stopping.is_set():
                    client.sendmail("ana@cliente.example", ["mo.bud@bt.com"], numbered(number))
                    self.accepted.add(number)
                    number += 1
                    time.sleep(0.1)
            time.sleep(0.05)

    def _by_imap(self) -> None:
        number = IMAP
        while not self.stopping.is_set():
            self.boxes.add(numbered(number))
            self.accepted.add(number)
            number += 1
            time.sleep(0.15)

    def _by_import(self) -> None:
        mbox = self.folder / "old.mbox"
        mbox.write_bytes(
            b"".join(
                b"From ana@cliente.example Tue Nov  3 10:20:00 2026\n" + numbered(n).replace(b"\r\n", b"\n") + b"\n"
                for n in range(IMPORT, IMPORT + IMPORTED)
            )
        )
        chance = random.Random(3)
        while not self.stopping.is_set() and not self.imported.is_set():
            command = [sys.executable, "-m", "acuse", "import", str(mbox), "--config", str(self.folder / "config.toml")]
            with subprocess.Popen(
                command,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            ) as run:
                try:
                    code = run.wait(chance.uniform(0.5, 8))
                except subprocess.TimeoutExpired:
                    run.send_signal(signal.SIGKILL)
                    continue
            if code == 0:
                self.imported.set()

    def _agent(self) -> None:
        """Answers every notice once, and tries again until the answer is accepted."""
        seen: set[str] = set()
        while not self.stopping.is_set():
            for notice in outgoing(self.folder, EVA):
                if self.stopping.is_set() or str(notice["Message-ID"]) in seen:
                    continue
                reply = answer(notice)
                with contextlib.suppress(OSError, smtplib.SMTPException):
                    with smtplib.SMTP("127.0.0.1", self.smtp, timeout=10) as client:
                        client.sendmail(EVA, ["mo.bud@bt.com"], reply.as_bytes(policy=email.policy.SMTP))
                    seen.add(str(notice["Message-ID"]))
                    self.answered.add(marked(notice))
            time.sleep(0.1)


def numbered(number: int) -> bytes:
    return mail(number, sender=f"ana{number}@cliente.example")


def answer(notice: EmailMessage) -> EmailMessage:
    reply = EmailMessage()
    reply["From"], reply["To"], reply["Subject"] = EVA, "mo.bud@bt.com", f"Re: {notice['Subject']}"
    reply["Message-ID"] = f"<answer-{str(notice['Message-ID']).strip('<>').partition('@')[0]}@agentes.example>"
    reply["In-Reply-To"] = reply["References"] = notice["Message-ID"]
    reply["Date"] = "Tue, 03 Nov 2026 10:30:00 -0500"
    reply.set_content(f"Lo revisamos, marca {marked(notice)}.\n")
    return reply


def marked(notice: EmailMessage) -> str:
    """A word of the answer to a notice that no other answer has."""
    _, ticket, serial, *_ = str(notice["Message-ID"]).split(".")
    return f"M{ticket}-{serial}X"


def outgoing(folder: Path, to: str = "") -> list[EmailMessage]:
    found = []
    for path in sorted((folder / "var/outgoing/new").glob("*")):
        with contextlib.suppress(FileNotFoundError):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if to in str(message["To"]):
                found.append(message)
    return found


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_no_door_loses_or_doubles_anything(tmp_path: Path) -> None:  # I1, I2, I5
    dovecot_or_skip()
    boxes = Dovecot()
    smtp, lmtp = free_port(), free_port()
    desks = tmp_path / "desks"
    desks.mkdir()
    shipped = (ROOT / "rules/desks/bt-latam.toml").read_text()
    assert "agents = []" in shipped
    (desks / "bt-latam.toml").write_text(shipped.replace("agents = []", f'agents = ["{EVA}"]'))
    config = (
        f'[smtp]\nlisten = "127.0.0.1:{smtp}"\n[lmtp]\nlisten = "127.0.0.1:{lmtp}"\n'
        f'[desks]\ndirectories = ["{desks}"]\n'
        "[limits]\ndesk_per_10_minutes = 100000\nagent_per_10_minutes = 100000\n"
        + toml(section(tmp_path, boxes.port, poll_seconds=1))
    )
    daemon = Daemon(tmp_path, config)
    load = Load(tmp_path, smtp, lmtp, boxes)
    chance = random.Random(20261122)
    daemon.start()
    load.start()
    try:
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.5, 2.5))
            daemon.kill()
            daemon.start()
        daemon.wait_for("the import", load.imported.is_set, 120)
        time.sleep(1)
    finally:
        load.stop()
        daemon.kill()
    try:
        # A last start, unloaded: what lies in the mailbox is fetched, what waits is decided, what is written leaves.
        daemon = Daemon(tmp_path, config).start()
        daemon.wait_for("an empty mailbox", lambda: not boxes.mails(), 120)
        waits = "SELECT count(*) FROM work WHERE state = 'waiting'"
        daemon.wait_for("all decisions", lambda: count(tmp_path, waits) == [(0,)], 120)
        sends = "SELECT count(*) FROM outbox WHERE state = 'waiting'"
        daemon.wait_for("all messages", lambda: count(tmp_path, sends) == [(0,)], 120)
        assert daemon.stop() == 0
        moved = Counter(number_of(raw) for raw in boxes.mails("acuse").values())
    finally:
        daemon.kill()
        boxes.close()
    accepted = load.accepted | set(range(IMPORT, IMPORT + IMPORTED))
    tickets = Counter(
        int(str(key).partition("@")[0].removeprefix("m"))
        for (key,) in count(
            tmp_path,
            "SELECT w.message_id FROM work w JOIN ticket t ON t.id = w.ticket_id WHERE w.disposition = 'ticket'",
        )
    )
    doors = Counter(number // 10_000 for number in accepted)
    assert min(doors[door] for door in (1, 2, 3)) > 10  # else the load was none
    # What the client had no answer for may be there all the same; nothing that was accepted may lack.
    assert accepted - set(tickets) == set()
    assert [number for number, n in tickets.items() if n > 1] == []
    assert set(moved) == {number for number in accepted if IMAP <= number < IMPORT}
    assert max(moved.values()) == 1  # pain 10
    sent = outgoing(tmp_path)
    ids = [str(message["Message-ID"]) for message in sent]
    assert len(ids) == len(set(ids))
    # Every answer of the agent reached its customer once, and no imported mail was answered.
    passed = Counter(mark for message in sent for mark in load.answered if mark in text(message))
    assert len(load.answered) > 5
    assert passed == dict.fromkeys(load.answered, 1)
    assert not [m for m in sent if any(f"ana{n}@" in str(m["To"]) for n in range(IMPORT, IMPORT + IMPORTED))]


def number_of(raw: bytes) -> int:
    message = email.message_from_bytes(raw)
    return int(str(message["Message-ID"]).strip("<>").partition("@")[0].removeprefix("m"))


def text(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    return str(part.get_content()) if part else ""
