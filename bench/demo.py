"""`make demo`: the daemon, the project's sample mails over SMTP, and what became of each of them.

Shows a timeline of who got what and when, the tickets, and one acknowledgement as its customer sees it.
"""

from __future__ import annotations

import email
import email.policy
import email.utils
import signal
import smtplib
import sqlite3
import sys
import tempfile
import time
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bench.load import ROOT, free_port, start_acuse

MAILS = ROOT / "tests" / "mails"
ORDER = (
    "form-plain-spanish",
    "reply-inline-spanish",
    "form-table-portuguese",
    "vacation-spanish",
    "form-next-line-english",
    "prose-spanish",
    "forward-portuguese",
)

IN = """
SELECT d.arrived_at, d.mail_from, w.disposition, t.reference, w.decided_at, w.reasons
FROM work w JOIN delivery d ON d.id = w.delivery_id LEFT JOIN ticket t ON t.id = w.ticket_id ORDER BY d.id
"""
OUT = """
SELECT o.ended_at, r.address, o.purpose, t.reference, o.message_id
FROM outbox o JOIN outbox_recipient r ON r.outbox_id = o.id LEFT JOIN ticket t ON t.id = o.ticket_id ORDER BY o.id
"""
TICKETS = """
SELECT t.reference, t.kind, t.language, t.state, p.name,
       (SELECT count(DISTINCT a.key) FROM answer a WHERE a.ticket_id = t.id)
FROM ticket t JOIN party p ON p.ticket_id = t.id ORDER BY t.id
"""


def send(port: int, path: Path) -> tuple[str, str, float]:
    """One mail over SMTP: its sender, its subject, and the seconds to its 250."""
    raw = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    message = email.message_from_bytes(raw, policy=email.policy.default)
    sender = "" if "vacation" in path.name else email.utils.parseaddr(str(message["From"]))[1]
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
        client.ehlo()
        client.mail(sender)
        client.rcpt("mo.bud@bt.com")
        start = time.perf_counter()
        client.data(raw)
        return sender, str(message["Subject"]), time.perf_counter() - start


def settle(database: Path, mails: int) -> None:
    """Until every mail is decided and every message has left."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        connection = sqlite3.connect(database, timeout=30)
        (open_work,) = connection.execute("SELECT count(*) FROM work WHERE state = 'done'").fetchone()
        (unsent,) = connection.execute("SELECT count(*) FROM outbox WHERE state = 'waiting'").fetchone()
        connection.close()
        if open_work >= mails and not unsent:
            return
        time.sleep(0.05)
    raise TimeoutError("the daemon did not decide everything")


def show(console: Console, folder: Path, subjects: list[str]) -> None:
    """Timeline, tickets, one acknowledgement."""
    connection = sqlite3.connect(folder / "var" / "acuse.db")
    arrivals, departures = connection.execute(IN).fetchall(), connection.execute(OUT).fetchall()
    begin = datetime.fromisoformat(arrivals[0][0])
    rows = []
    for (arrived, sender, disposition, reference, decided, _), subject in zip(arrivals, subjects, strict=True):
        rows.append((arrived, "in", sender or "<>", Text(subject)))
        became = f"{disposition} {reference}" if reference else disposition
        rows.append((decided, "decided", became, Text(subject, style="dim")))
    rows += [
        (ended, "out", address, Text(f"{purpose} {reference or ''}"))
        for ended, address, purpose, reference, _ in departures
    ]
    table = Table("after", "", "who or what", "", title="Timeline", title_justify="left")
    for at, kind, who, what in sorted(rows, key=lambda row: row[0]):
        table.add_row(f"{(datetime.fromisoformat(at) - begin).total_seconds():7.3f} s", kind, Text(who), what)
    console.print(table)
    table = Table("number", "kind", "language", "state", "customer", "answers", title="Tickets", title_justify="left")
    for row in connection.execute(TICKETS):
        table.add_row(*(Text(str(cell)) for cell in row))
    console.print(table)
    connection.close()
    sent = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in (folder / "var/outgoing/new").iterdir()
    ]
    fullest = max((one for one in sent if isinstance(one, EmailMessage)), key=lambda one: len(_text(one)))
    title = f"to {fullest['To']}: {fullest['Subject']}"
    console.print(Panel(Text(_text(fullest).strip()), title=Text(title), title_align="left"))


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    return str(body.get_content()) if body else ""


def main() -> int:
    """Run the demo in a scratch folder."""
    console = Console(width=None if sys.stdout.isatty() else 120)
    with tempfile.TemporaryDirectory() as scratch:
        folder, port = Path(scratch), free_port()
        console.print("Starting acuse on a database of its own ...")
        process = start_acuse(folder, port, '[log]\nformat = "json"\n', "receive,work,send,tick")
        try:
            sent = []
            for number, name in enumerate(ORDER, 1):
                sent.append(send(port, MAILS / f"{name}.eml"))
                settle(folder / "var" / "acuse.db", number)
            worst = max(seconds for _, _, seconds in sent)
            took = f"the slowest 250 came after {1000 * worst:.0f} ms"
            console.print(f"{len(sent)} mails sent over SMTP; {took}, each after its commit.\n")
            show(console, folder, [subject for _, subject, _ in sent])
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
    return 0


if __name__ == "__main__":
    sys.exit(main())
