"""A mailbox of 2,000 mails on a real Dovecot, read by the whole daemon: how long until each is a ticket and put away,
how soon a new mail is acknowledged after that, and what the daemon takes of a processor when nothing happens.

    python -m bench.mailbox
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.boxes import section, toml
from tests.daemon import Daemon, count, mail
from tests.dovecot import Dovecot

MAILS = 2000
READ = 500
BIG_BYTES = 30 << 20
IDLE_SECONDS = 30


def main() -> None:
    """Print the figures."""
    boxes = Dovecot()
    try:
        with tempfile.TemporaryDirectory() as folder:
            _measure(boxes, Path(folder))
    finally:
        boxes.close()


def _measure(boxes: Dovecot, folder: Path) -> None:
    raws = [mail(number, sender=f"ana{number}@cliente.example") for number in range(MAILS)]
    raws[7] += b"x" * 70 + (b"\r\n" + b"y" * 70) * (BIG_BYTES // 72)
    boxes.add_all(raws[:READ], flags=[b"\\Seen"])
    boxes.add_all(raws[READ:])
    config = "[smtp]\nmax_message_bytes = 41943040\n" + toml(section(folder, boxes.port))
    daemon = Daemon(folder, config.replace("[smtp]\n", '[smtp]\nlisten = "127.0.0.1:0"\n'))
    began = time.monotonic()
    daemon.start()
    try:
        taken = _until(lambda: _one(folder, "SELECT count(*) FROM work") == MAILS, began)
        decided = _until(lambda: _one(folder, "SELECT count(*) FROM ticket") == MAILS, began)
        away = _until(lambda: not boxes.mails(), began)
        print(f"{MAILS} mails, {READ} of them read, one of {BIG_BYTES >> 20} MiB")
        print(f"all committed after {taken:.1f} s, all tickets after {decided:.1f} s, all put away after {away:.1f} s")
        rows, tickets = _one(folder, "SELECT count(*) FROM work"), _one(folder, "SELECT count(*) FROM ticket")
        print(f"inbox rows {rows}, tickets {tickets}")
        print(f"old mail answered: {_one(folder, 'SELECT count(*) FROM outbox')} times")
        began = time.monotonic()
        boxes.deliver(mail(MAILS))
        soon = _until(lambda: _one(folder, "SELECT count(*) FROM outbox WHERE state = 'sent'") == 1, began)
        print(f"a new mail was acknowledged {soon:.2f} s after its delivery")
        time.sleep(5)
        assert daemon.process
        before = _processor_seconds(daemon.process.pid)
        time.sleep(IDLE_SECONDS)
        share = (_processor_seconds(daemon.process.pid) - before) / IDLE_SECONDS
        print(f"idle: {100 * share:.2f} % of a processor over {IDLE_SECONDS} s, all roles, one mailbox")
    finally:
        daemon.kill()


def _one(folder: Path, query: str) -> int:
    return int(str(count(folder, query)[0][0]))


def _until(holds: Callable[[], bool], began: float) -> float:
    """Seconds from `began` until it holds."""
    while not holds():
        if time.monotonic() - began > 600:
            raise SystemExit("waited in vain for ten minutes")
        time.sleep(0.05)
    return time.monotonic() - began


def _processor_seconds(pid: int) -> float:
    """User and system time of a process and its threads (proc(5), fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
