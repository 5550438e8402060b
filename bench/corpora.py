"""Real mail through the running daemon: the labelled mails and other projects' test mails, over SMTP.

    ACUSE_CASES=... ACUSE_CORPORA=... python -m bench.corpora

Every mail must be in the inbox equal to the bytes put on the wire, have a disposition with a reason within 10 s of
its 250, and nothing automatic may be answered. Prints the table of dispositions; the exit code is 1 when something
does not hold.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bench.intake import EVERYTHING, OPEN
from bench.load import Sent, free_port, on_the_wire, send_all, start_acuse

LIMIT_SECONDS = 10.0
CONNECTIONS = 4
MAILS_PER_SECOND = 12


@dataclass(frozen=True)
class Case:
    """One mail: where it is from, its bytes, for whom, and what its label says (None where it has none)."""

    group: str
    name: str
    wire: bytes
    sender: str
    to: str
    automatic: bool | None

    @property
    def sha256(self) -> str:
        """Of the bytes that the door must store: the wire's, without its doubled dots and final dot."""
        content = self.wire[: -len(b".\r\n")].replace(b"\r\n..", b"\r\n.")
        return hashlib.sha256(content.removeprefix(b".") if content.startswith(b"..") else content).hexdigest()


def labelled(folder: Path) -> list[Case]:
    """The labelled mails, each to its own desk."""
    found = []
    for path in sorted(folder.glob("*.eml")):
        label = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        envelope, automatic = label["envelope"], label["disposition"] in ("automatic", "bounce")
        found.append(
            Case("cases", path.name, on_the_wire(path.read_bytes()), envelope["from"], envelope["to"][0], automatic)
        )
    return found


def corpora(folder: Path) -> list[Case]:
    """Other projects' mails, all to one desk."""
    labels = json.loads((folder / "mails.json").read_text(encoding="utf-8"))
    found = []
    for path in sorted((folder / "mails").glob("*/*.eml")):
        name = f"{path.parent.name}/{path.name}"
        label = labels.get(name, {})
        marks = [label[key] for key in ("is_auto", "is_bounce") if isinstance(label.get(key), bool)]
        automatic = any(marks) if marks else None
        found.append(
            Case(
                path.parent.name,
                name,
                on_the_wire(path.read_bytes()),
                "sender@corpus.example",
                "mo.bud@bt.com",
                automatic,
            )
        )
    return found


def run(cases: list[Case], folder: Path) -> tuple[dict[str, Sent], Path]:
    """Send everything to a daemon that serves all desks; what was answered, and the database afterwards."""
    port = free_port()
    names = ("bt-latam", "bt-latam-ssr", "bt-virtual-event", "alestra-helpdesk", "smartcloud", "neotel")
    desks = f"[desks]\nenabled = {json.dumps(names)}\n"
    process = start_acuse(folder, port, desks + OPEN, EVERYTHING)
    database = folder / "var" / "acuse.db"
    by_address: dict[str, list[tuple[str, str, bytes]]] = defaultdict(list)
    for case in cases:
        by_address[case.to].append((case.name, case.sender, case.wire))
    sent = {to: asyncio.run(_paced(port, mails, to)) for to, mails in by_address.items()}
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and _one(database, "SELECT count(*) FROM work WHERE state = 'waiting'"):
        time.sleep(0.1)
    while time.monotonic() < deadline and _one(database, "SELECT count(*) FROM outbox WHERE state = 'waiting'"):
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    process.wait(60)
    return sent, database


async def _paced(port: int, mails: list[tuple[str, str, bytes]], to: str) -> Sent:
    """A busy desk's rate, not a flood: what waits in a queue because all came at once says nothing of a mail."""
    seen = Sent()
    for first in range(0, len(mails), MAILS_PER_SECOND):
        begun = time.monotonic()
        part = await send_all(port, mails[first : first + MAILS_PER_SECOND], CONNECTIONS, to=to)
        seen.answered_at |= part.answered_at
        seen.refused += part.refused
        await asyncio.sleep(max(0.0, begun + 1 - time.monotonic()))
    return seen


def _one(database: Path, query: str) -> int:
    connection = sqlite3.connect(database, timeout=30)
    try:
        count: int = connection.execute(query).fetchone()[0]
    finally:
        connection.close()
    return count


QUERY = """
SELECT d.raw_sha256, w.disposition, w.reasons, w.arrived_at, w.decided_at, w.ticket_id,
       (SELECT count(*) FROM ticket_event e WHERE e.work_id = w.id AND e.name = 'acknowledged')
FROM delivery d JOIN work w ON w.mail_key = d.mail_key
"""


def judge(cases: list[Case], sent: dict[str, Sent], database: Path) -> list[str]:
    """Print the table; what does not hold, in words."""
    connection = sqlite3.connect(database)
    rows = {row[0]: row[1:] for row in connection.execute(QUERY)}
    stored = _stored(connection)
    connection.close()
    wrong = [f"refused: {line}" for one in sent.values() for line in one.refused]
    table: dict[str, Counter[str]] = defaultdict(Counter)
    waits = []
    answered_by_name = {name for one in sent.values() for name in one.answered_at}
    for case in cases:
        if case.name not in answered_by_name:
            continue
        if case.sha256 not in stored:
            wrong.append(f"{case.name}: not in the inbox with its exact bytes")
            continue
        disposition, reasons, arrived, decided, _, acknowledged = rows[case.sha256]
        table[case.group][disposition] += 1
        table[case.group]["acknowledged"] += acknowledged
        if not disposition or not any(reason["outcome"] == "hit" for reason in json.loads(reasons or "[]")):
            wrong.append(f"{case.name}: no disposition with a reason")
            continue
        waits.append((datetime.fromisoformat(decided) - datetime.fromisoformat(arrived)).total_seconds())
        if waits[-1] > LIMIT_SECONDS:
            wrong.append(f"{case.name}: decided after {waits[-1]:.1f} s")
        if acknowledged and (disposition != "ticket" or case.automatic):
            wrong.append(f"{case.name}: {disposition}, labelled automatic, and yet acknowledged")
    columns = ("ticket", "update", "automatic", "bounce", "held", "acknowledged")
    print(f"{'set':14}{'mails':>7}" + "".join(f"{column:>14}" for column in columns))
    total: Counter[str] = Counter()
    for group, counted in table.items():
        total += counted
        _line(group, counted, columns)
    _line("all", total, columns)
    print(f"{MAILS_PER_SECOND} mails a second were sent")
    print(f"slowest from arrival to decision: {max(waits, default=0):.2f} s; {len(waits)} decided")
    return wrong


def _line(group: str, counted: Counter[str], columns: tuple[str, ...]) -> None:
    mails = sum(n for key, n in counted.items() if key != "acknowledged")
    print(f"{group:14}{mails:7}" + "".join(f"{counted[column]:14}" for column in columns))


def _stored(connection: sqlite3.Connection) -> set[str]:
    """The SHA-256 of what is really stored, computed here and not taken from a column."""
    digests: dict[str, hashlib._Hash] = {}
    for sha, data in connection.execute("SELECT sha256, data FROM raw_chunk ORDER BY sha256, seq"):
        digests.setdefault(sha, hashlib.sha256()).update(data)
    return {digest.hexdigest() for digest in digests.values()}


def main() -> int:
    """Run with the folders that the environment names."""
    cases: list[Case] = []
    for variable, gather in (("ACUSE_CASES", labelled), ("ACUSE_CORPORA", corpora)):
        folder = os.environ.get(variable)
        if folder:
            cases += gather(Path(folder))
        else:
            print(f"skipped: {variable} names no folder")
    if not cases:
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        sent, database = run(cases, Path(scratch))
        wrong = judge(cases, sent, database)
    for line in wrong:
        print("WRONG", line)
    print(f"{len(cases)} mails, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
