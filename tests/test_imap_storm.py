"""A mailbox on a bad day: 2,000 mails, a person at work in them, cut and frozen connections, three renumberings.

Between the daemon and a real Dovecot stands a wire that a test can cut and freeze.
"""

from __future__ import annotations

import random
import socket
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import replace

import pytest
from imapclient import IMAPClient
from sqlalchemy import func, select

from storage.schema import delivery, imap_afterwork, work
from tests.boxes import QUICK, fetching, section, wait_for
from tests.dovecot import Dovecot
from tests.office import FORM, mail

pytestmark = pytest.mark.slow
MAILS = 2000


class BadWire:
    """Carries bytes to a server until told otherwise."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.pairs: list[tuple[socket.socket, socket.socket]] = []
        self.connections = 0
        self.frozen = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """End every connection, in the middle of whatever is said."""
        for pair in list(self.pairs):
            for one in pair:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listening.close()
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                ours, _ = self._listening.accept()
                self.connections += 1
                try:
                    theirs = socket.create_connection(("127.0.0.1", self._to))
                except OSError:
                    ours.close()
                    continue
                self.pairs.append((ours, theirs))
                for pair in ((ours, theirs), (theirs, ours)):
                    threading.Thread(target=self._carry, args=pair, daemon=True).start()

    def _carry(self, source: socket.socket, to: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(4096):
                while self.frozen.is_set():
                    time.sleep(0.05)
                to.sendall(data)
        for one in (source, to):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


@pytest.mark.timeout(180)
def test_two_thousand_mails_on_a_bad_day_are_two_thousand_pieces_of_work(tmp_path):
    """pain 3, pain 5, pain 7, pain 16, pain 21, pain 48"""
    dovecot, chance = Dovecot(), random.Random(7)
    wire = BadWire(dovecot.port)
    raws = [mail(f"mail {number:04}", FORM + f"Equipo {number}\n") for number in range(MAILS)]
    raws[7] = mail("the large one", FORM) + b"".join(b"%076d\n" % line for line in range(380_000))
    assert len(raws[7]) > 29_000_000
    half = MAILS // 2
    dovecot.add_all(raws[: half // 2], flags=[b"\\Seen"])
    dovecot.add_all(raws[half // 2 : half])
    ended = threading.Event()

    def trouble() -> None:
        """What a network does, and a person: reads, and moves mails away and back, which gives them other UIDs."""
        while not ended.wait(chance.uniform(0.2, 0.6)):
            wire.cut()
            with suppress(Exception), dovecot.client() as person:
                person.select_folder("INBOX")
                if uids := person.search():
                    person.fetch(chance.sample(uids, min(5, len(uids))), ["BODY[HEADER]", "BODY[TEXT]<0.10>"])
                    person.move(uids[-2:], "Read")
                bring_back(person)

    def bring_back(person: IMAPClient) -> None:
        person.select_folder("Read")
        if uids := person.search():
            person.move(uids, "INBOX")

    with dovecot.client() as person:
        person.create_folder("Read")
    times = replace(QUICK, bounds=replace(QUICK.bounds, read_seconds=2, reply_seconds=30))
    box = section(tmp_path, wire.port)
    sections = {"smtp": {"max_message_bytes": 40_000_000}}
    with fetching(tmp_path, f"sqlite:///{tmp_path}/a.db", box, poll_times=times, **sections) as desk:
        busy = threading.Thread(target=trouble, daemon=True)
        busy.start()

        def works() -> int:
            return desk.rows(select(func.count().label("n")).select_from(work))[0]["n"]

        try:
            for turn in range(3):
                wait_for("the trouble", lambda n=turn: works() >= half * (n + 1) // 5, 60)
                # A new UIDVALIDITY, as after a restored backup: all UIDs mean other mails.
                dovecot.stop()
                for index in (dovecot.folder / "mail").rglob("dovecot*"):
                    if index.is_file():
                        index.unlink()
                dovecot.start()
                part = half // 3 + 1
                dovecot.add_all(raws[half + turn * part : min(half + (turn + 1) * part, MAILS)])
            wire.frozen.set()
            frozen_at = wire.connections
            wait_for("another connection", lambda: wire.connections > frozen_at, 30)
            wire.frozen.clear()
            wait_for("all mails", lambda: works() >= MAILS, 120)
        finally:
            ended.set()
            busy.join(10)
        with dovecot.client() as person:
            bring_back(person)
        wait_for("the moves", lambda: not dovecot.mails() and not desk.rows(select(imap_afterwork)), 60)
        assert works() == MAILS
        assert len({row["mail_key"] for row in desk.rows(select(work.c.mail_key))}) == MAILS
        assert len(desk.rows(select(delivery.c.id))) >= MAILS
    # On the server every mail is in the done folder, once, but for copies of what was moved under us.
    moved = Counter(dovecot.mails("acuse").values())
    assert len(moved) == MAILS
    wire.close()
    dovecot.close()
