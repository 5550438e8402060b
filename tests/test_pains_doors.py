"""What people suffer from where mail comes in (the numbers are those of a list of complaints), by every door of a real
daemon: SMTP, LMTP, the pipe and the import."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.daemon import Daemon, count, mail, running
from tests.smtp_wire import Wire

pytestmark = pytest.mark.slow

CONFIG = """
[desks]
enabled = ["bt-latam", "neotel"]
[lmtp]
listen = "unix:var/lmtp"
[smtp]
listen = "127.0.0.1:0"
max_message_bytes = 3000000
[reading]
time_limit_seconds = 3
[limits]
address_per_10_minutes = 1000
address_per_day = 1000
"""
FIRST, SECOND = "mo.bud@bt.com", "ServiceDesk@neotel.example"
SENDER = "ana.ruiz@cliente.example"


class Doors:
    """A daemon, and its doors by name."""

    def __init__(self, daemon: Daemon) -> None:
        self.daemon = daemon
        self.folder = daemon.folder

    def smtp(self, raw: bytes, *to: str) -> list[str]:
        with Wire(self.daemon.port) as wire:
            wire.greet()
            wire.ask(f"MAIL FROM:<{SENDER}>")
            refused = [said for one in to if not (said := wire.ask(f"RCPT TO:<{one}>")).startswith("250")]
            if len(refused) == len(to):
                return refused
            wire.ask("DATA")
            wire.send(raw.replace(b"\r\n.", b"\r\n..") + b"\r\n.\r\n")
            return [*refused, wire.reply()]

    def lmtp(self, raw: bytes, *to: str) -> list[str]:
        with Wire(self.folder / "var" / "lmtp") as wire:
            return wire.greet("LHLO").lmtp(raw.replace(b"\r\n.", b"\r\n..") + b"\r\n", *to)

    def pipe(self, raw: bytes, *to: str) -> list[str]:
        recipients = [part for one in to for part in ("--recipient", one)]
        done = self.daemon.acuse("ingest", "--sender", SENDER, *recipients, given=raw.replace(b"\r\n", b"\n"))
        return [str(done.returncode)]

    def files(self, *mails: tuple[bytes, tuple[str, ...]]) -> tuple[int, dict[str, Any]]:
        """Import one mbox of mails, where only the mail itself says for whom it is; exit code and summary."""
        source = self.folder / "old.mbox"
        with source.open("wb") as file:
            for raw, to in mails:
                file.write(b"From x@y.example Tue Nov  3 10:20:00 2026\n")
                file.writelines(b"Delivered-To: " + one.encode() + b"\n" for one in to)
                file.write(raw.replace(b"\r\n", b"\n") + b"\n\n")
        done = self.daemon.acuse("import", str(source), "--respond", "--json")
        return done.returncode, json.loads(done.stdout)

    def count(self, query: str) -> list[tuple[Any, ...]]:
        return count(self.folder, query)

    def all_decided(self) -> None:
        done = "SELECT count(*) FROM work WHERE state = 'waiting'"
        self.daemon.wait_for("all decisions", lambda: self.count(done) == [(0,)], 60)


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[Doors]:
    with running(tmp_path, CONFIG) as daemon:
        yield Doors(daemon)
        assert daemon.stop() == 0


def test_the_same_mail_by_four_doors_is_one_mail_and_one_ticket_for_each_desk(doors: Doors) -> None:
    """pain 18, pain 20, I2: first come the copies, then the answers to them, each by every door and to both desks."""
    first = mail(1)
    reply = mail(
        2, extra="In-Reply-To: <m1@cliente.example>\r\nReferences: <m1@cliente.example>\r\n", body="¿Novedades?"
    )
    for raw in (first, reply):
        for _ in range(2):
            assert doors.lmtp(raw, FIRST, SECOND)[1][:3] == "250"
            assert doors.smtp(raw, FIRST, SECOND)[-1][:3] == "250"
        for one in (FIRST, SECOND):  # a server that delivers to each recipient apart
            assert doors.lmtp(raw, one)[0][:3] == doors.smtp(raw, one)[0][:3] == "250"
            assert doors.pipe(raw, one) == ["0"]
        assert doors.files((raw, (FIRST, SECOND)))[0] == os.EX_OK
        doors.all_decided()
    assert doors.count("SELECT door, count(*) FROM delivery GROUP BY door ORDER BY 1") == [
        ("import", 2),
        ("lmtp", 8),
        ("pipe", 4),
        ("smtp", 8),
    ]
    assert doors.count("SELECT desk, disposition FROM work ORDER BY 1, id") == [
        ("bt-latam", "ticket"),
        ("bt-latam", "update"),
        ("neotel", "ticket"),
        ("neotel", "update"),
    ]
    assert doors.count("SELECT desk, count(*) FROM ticket GROUP BY 1 ORDER BY 1") == [("bt-latam", 1), ("neotel", 1)]
    acknowledgements = "SELECT count(*) FROM outbox WHERE purpose = 'acknowledgement'"
    assert doors.count(acknowledgements) == [(2,)]


def without(field: str, raw: bytes) -> bytes:
    head, _, body = raw.partition(b"\r\n\r\n")
    kept = [line for line in head.split(b"\r\n") if not line.startswith(field.encode())]
    return b"\r\n".join(kept) + b"\r\n\r\n" + body


def attached(number: int, parts: int) -> bytes:
    head, _, body = mail(number).partition(b"\r\n\r\n")
    plain = b"Content-Type: text/plain; charset=utf-8"
    head = head.replace(plain, b"Content-Type: multipart/mixed; boundary=b")
    part = b"--b\r\nContent-Type: image/png; name=%d.png\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"QUJD" * 4000
    files = b"\r\n".join(part.replace(b"%d", b"%d" % n) for n in range(parts))
    return head + b"\r\n\r\n--b\r\n" + plain + b"\r\n\r\n" + body + files + b"\r\n--b--\r\n"


def nested(number: int) -> bytes:
    head, _, _ = mail(number).partition(b"\r\n\r\n")
    head = head.replace(b"text/plain; charset=utf-8", b"multipart/mixed; boundary=b0")
    levels = b"".join(b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (n, n + 1) for n in range(900))
    return head + b"\r\n\r\n" + levels


HARD = {
    # What the mail is, and what becomes of it. Each is one that stops some mail system.
    "seventy attachments": (attached(10, 70), "ticket"),  # pain 12
    "nested 900 deep": (nested(11), "ticket"),  # pain 14
    "a subject of white space": (
        mail(12).replace(b"Enlace caido 12", b"x" + b"\r\n\t".join([b" " * 900] * 40) + b"y"),
        "ticket",
    ),  # pain 14
    "a body of white space": (mail(13, body="x" + " \r\n" * 300_000), "ticket"),  # pain 14
    "no To": (without("To:", mail(14)), "ticket"),  # pain 11
    "no From": (without("From:", mail(15)), "held"),  # pain 15
    "an empty From": (mail(16).replace(b"Ana Ruiz <ana.ruiz@cliente.example>", b"<>"), "held"),  # pain 15
    "two in From": (mail(17).replace(b"From: ", b"From: eva@x.example, "), "held"),  # pain 15
    "bytes that are no mail": (b"\x00\xff\xfe\x00 no header at all \x80" * 50, "held"),  # pain 1
    "a robot": (mail(18, extra="Auto-Submitted: auto-replied\r\n"), "automatic"),  # pain 2
    "the desk itself": (mail(19).replace(b"ana.ruiz@cliente.example", FIRST.encode()), "automatic"),  # pain 2
}


def too_big(number: int) -> bytes:
    return mail(100 + number, body="x" * 3_100_000)


def lost(number: int) -> tuple[bytes, str]:
    return mail(200 + number), "nobody@bt.com"


def became(doors: Doors, **other: str) -> None:
    """Every mail is decided, and says why, for as long as it is kept."""
    doors.all_decided()
    found = doors.count("SELECT disposition, reasons, state FROM work")
    wanted = [other.get(name.replace(" ", "_"), what) for name, (_, what) in HARD.items()]
    assert sorted(one[0] for one in found) == sorted([*wanted, "ticket"])
    for disposition, reasons, state in found:
        hits = [one for one in json.loads(reasons) if one["outcome"] == "hit"]
        assert (state, bool(hits)) == ("done", True), disposition
        assert all(one["detail"] for one in hits), disposition


@pytest.mark.parametrize("door", ["smtp", "lmtp"])
def test_one_bad_mail_never_stops_the_next(doors: Doors, door: str) -> None:
    """pain 1, 2, 11, 12, 13, 14, 15, I7: hard mails, and what is refused between them."""
    put = getattr(doors, door)
    for number, (name, (raw, _)) in enumerate(HARD.items()):
        assert put(raw, FIRST)[0].startswith("250 2.0.0 "), name
        assert put(too_big(number), FIRST)[0].startswith("552 5.3.4 ")  # pain 13
        assert put(*lost(number))[0].startswith("550 5.1.1 ")  # pain 11
    assert put(mail(999), FIRST)[0].startswith("250 2.0.0 ")
    became(doors)
    assert [one["event"] for one in doors.daemon.events()].count("recipient.unknown") == len(HARD)


def test_one_bad_mail_never_stops_the_next_by_the_pipe(doors: Doors) -> None:
    """pain 1, 2, 11, 12, 13, 14, 15, I7"""
    for name, (raw, _) in HARD.items():
        assert doors.pipe(raw, FIRST) == ["0"], name
    assert doors.pipe(too_big(1), FIRST) == [str(os.EX_DATAERR)]
    assert doors.pipe(*lost(1)) == [str(os.EX_NOUSER)]
    assert doors.pipe(mail(999), FIRST) == ["0"]
    became(doors)


def test_one_bad_mail_never_stops_the_rest_of_a_file(doors: Doors) -> None:
    """pain 1, 2, 11, 12, 13, 14, 15, I7"""
    mails: list[tuple[bytes, tuple[str, ...]]] = []
    for number, (raw, _) in enumerate(HARD.values()):
        mails += [(raw, (FIRST,)), (too_big(number), (FIRST,)), (lost(number)[0], (lost(number)[1],))]
    code, found = doors.files(*mails, (mail(999), (FIRST,)))
    assert (code, found["imported"], len(found["skipped"])) == (os.EX_DATAERR, len(HARD) + 1, 2 * len(HARD))
    assert all(one["where"] and one["why"] for one in found["skipped"])  # pain 11, pain 13
    # Without From a file's mail has no envelope sender either, as a machine's.
    became(doors, bytes_that_are_no_mail="automatic")
