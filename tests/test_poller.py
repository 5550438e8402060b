"""The IMAP door against a real Dovecot: what is taken, what becomes of it, and what is left alone."""

from __future__ import annotations

import email
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from acuse.polling import Polling
from storage.schema import delivery, imap_account, imap_afterwork, raw_chunk
from tests.boxes import QUICK, SHORT, fetching, section, wait_for
from tests.dovecot import Dovecot
from tests.office import Office, mail, office

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    """One server for all; each test has a user of its own."""
    dovecot = Dovecot([f"user{number}" for number in range(40)])
    yield dovecot
    dovecot.close()


@pytest.fixture
def user(server: Dovecot) -> str:
    """A user that no other test has."""
    number = getattr(server, "given", 0)
    server.given = number + 1
    return server.users[number]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/acuse.db"


def first_look(desk: Office) -> None:
    """Wait until every mailbox was looked at."""
    wait_for("the first look", lambda: any(row["last_ok_at"] for row in desk.rows(select(imap_account))))


def settled(desk: Office, mails: int) -> None:
    """Wait until so many mails were taken and all are put away."""
    wait_for("the mails", lambda: len(desk.works()) >= mails)
    wait_for("the moves", lambda: not desk.rows(select(imap_afterwork)))
    assert len(desk.works()) == mails


def test_new_mail_is_committed_and_then_moved(server, user, tmp_path, database_url):
    """pain 10"""
    with fetching(tmp_path, database_url, section(tmp_path, server.port, username=user, start="now")) as desk:
        first_look(desk)
        server.deliver(mail("one"), user=user)
        settled(desk, 1)
        assert server.mails(user=user) == {}
        (row,) = desk.rows(select(delivery))
        assert row["door"] == "imap"
        assert row["source_key"].startswith("support/INBOX/")
        assert row["peer"] == {"address": "127.0.0.1", "helo": "", "tls": "", "login": user}
        assert row["mail_from"] == "ana.ruiz@cliente.example"
        assert [one["data"] for one in desk.rows(select(raw_chunk.c.data))] == list(
            server.mails("acuse", user).values()
        )
        desk.decide()
        assert [one["disposition"] for one in desk.works()] == ["ticket"]


def test_what_a_person_has_read_is_taken_all_the_same(server, user, tmp_path, url):
    """pain 5"""
    with fetching(tmp_path, url, section(tmp_path, server.port, username=user, start="now")) as desk:
        first_look(desk)
        server.add(mail("read"), user, flags=[b"\\Seen", b"\\Flagged"])
        server.add(mail("unread"), user)
        settled(desk, 2)
    flags = server.state(user)["acuse"][1]
    assert sorted(flags.values()) == [(), (b"\\Flagged", b"\\Seen")]  # reading leaves no mark of ours


def test_leave_changes_nothing(server, user, tmp_path, url):
    """pain 4"""
    for number in range(3):
        server.add(mail(f"{number}"), user, flags=[b"\\Seen"] if number else [])
    before = server.state(user)
    with fetching(tmp_path, url, section(tmp_path, server.port, username=user, after="leave")) as desk:
        settled(desk, 3)
    assert server.state(user) == before


def test_flag_marks_as_read(server, user, tmp_path, url):
    server.add(mail("one"), user)
    with fetching(tmp_path, url, section(tmp_path, server.port, username=user, after="flag")) as desk:
        settled(desk, 1)
    assert list(server.state(user)["INBOX"][1].values()) == [(b"$acuse", b"\\Seen")]


def test_several_folders_over_tls(server, user, tmp_path, url):
    server.add(mail("spam?"), user, folder="Junk")
    server.add(mail("Añadido"), user, folder="Peñón & más")
    box = section(tmp_path, server.tls_port, username=user, folders=["INBOX", "Junk", "Peñón & más"])
    box |= {"tls": "implicit", "host": "localhost", "ca_file": str(server.certificate), "done_folder": "Erledigt/ä"}
    with fetching(tmp_path, url, box) as desk:
        settled(desk, 2)
        assert all(row["peer"]["tls"].startswith("TLSv1") for row in desk.rows(select(delivery)))
        server.deliver(mail("one"), user=user)
        settled(desk, 3)
    assert len(server.mails("Erledigt/ä", user)) == 3


def test_starttls_is_spoken(server, user, tmp_path, url):
    server.add(mail("one"), user)
    box = section(tmp_path, server.port, username=user, tls="starttls", host="localhost")
    with fetching(tmp_path, url, box | {"ca_file": str(server.certificate)}) as desk:
        settled(desk, 1)
        assert desk.rows(select(delivery))[0]["peer"]["tls"].startswith("TLSv1")


def test_the_desk_is_the_addressed_one_else_the_mailboxs(server, user, tmp_path, url):
    """pain 9"""
    server.add(mail("to red"), user)
    server.add(mail("cc blue", to="someone@else.example", cc="Blue <blue@desk.example>"), user)
    server.add(mail("to both", to="red@desk.example, blue@desk.example"), user)
    server.add(mail("to a list", to="everybody@else.example"), user)
    server.add(b"\r\nno header at all\r\n", user)  # pain 15
    box = section(tmp_path, server.port, username=user, desk="blue")
    with fetching(tmp_path, url, box) as desk:
        settled(desk, 6)
        assert sorted(row["desk"] for row in desk.works()) == ["blue"] * 4 + ["red"] * 2


def test_a_copy_that_a_person_moves_back_is_no_second_ticket(server, user, tmp_path, url):
    """pain 22"""
    server.add(mail("one"), user)
    with fetching(tmp_path, url, section(tmp_path, server.port, username=user)) as desk:
        settled(desk, 1)
        desk.decide()
        with server.client(user) as client:
            client.select_folder("acuse")
            client.move(client.search(), "INBOX")
        wait_for("the second delivery", lambda: len(desk.rows(select(delivery))) == 2)
        settled(desk, 1)
        desk.decide()
        assert len(desk.tickets()) == 1
    assert len(server.mails("acuse", user)) == 1


def test_mail_of_an_outage_comes_unaided_and_is_live(server, user, tmp_path, url):
    """pain 6"""
    box = section(tmp_path, server.port, username=user, start="now")
    server.add(mail("before us"), user, at=datetime.now(UTC) - timedelta(days=9))
    with fetching(tmp_path, url, box) as desk:
        first_look(desk)
        # We have been there for a week.
        seen = imap_account.update().values(first_seen_at=datetime.now(UTC) - timedelta(days=7))
        desk.runtime.writer.call(lambda connection: connection.execute(seen))
    for day in (3, 2, 1):
        # The server's own time of arrival: the mails lay there while we were away.
        server.add(mail(f"day {day}"), user, at=datetime.now(UTC) - timedelta(days=day))
    with fetching(tmp_path, url, box) as desk:
        settled(desk, 3)
        assert {row["lane"] for row in desk.works()} == {0}
        assert [row["silent"] for row in desk.works()] == [False] * 3
        arrived = [row["arrived_at"] for row in desk.works()]
        assert arrived == sorted(arrived)
        assert arrived[0] < datetime.now(UTC) - timedelta(days=2)
    assert len(server.mails(user=user)) == 1


def test_mail_as_large_as_they_come(server, user, tmp_path, url):
    """30 MB, with the limit raised, and with the default of 25 MiB. pain 13"""
    big = mail("big", body="0123456789abcdef" * 4 + "\r\n") + b"x" * 70 + b"\r\n" + (b"y" * 76 + b"\r\n") * 390_000
    assert len(big) > 30_000_000
    server.add(big, user)
    server.add(mail("small"), user)
    box = section(tmp_path, server.port, username=user, after="leave")
    times = replace(QUICK, bounds=replace(QUICK.bounds, read_seconds=20, reply_seconds=60))
    with fetching(tmp_path, url, box, poll_times=times, smtp={"max_message_bytes": 40_000_000}) as desk:
        settled(desk, 2)
        rows = desk.rows(select(raw_chunk.c.sha256, raw_chunk.c.data).order_by(raw_chunk.c.sha256, raw_chunk.c.seq))
        whole = b"".join(row["data"] for row in rows if row["sha256"] == rows[0]["sha256"])
        other = b"".join(row["data"] for row in rows if row["sha256"] != rows[0]["sha256"])
        assert big in (whole, other)
        assert desk.alarms() == []
    with fetching(tmp_path / "b", f"sqlite:///{tmp_path}/b.db", box, poll_times=times) as desk:
        settled(desk, 2)
        small = next(raw for raw in server.mails(user=user).values() if len(raw) < 1000)
        assert sum(len(row["data"]) for row in desk.rows(select(raw_chunk.c.data))) == 25 * 2**20 + len(small)
        assert desk.alarms() == ["oversize:support"]
        desk.decide()
        assert len(desk.tickets()) == 2


def test_a_server_that_restarts_is_found_again(tmp_path, url):
    """pain 48"""
    dovecot = Dovecot()
    try:
        with fetching(tmp_path, url, section(tmp_path, dovecot.port)) as desk:
            first_look(desk)
            dovecot.stop()
            wait_for("the trouble", lambda: desk.rows(select(imap_account))[0]["failing_since"])
            dovecot.start()
            dovecot.deliver(mail("one"))
            settled(desk, 1)
            assert desk.rows(select(imap_account))[0]["failing_since"] is None
    finally:
        dovecot.close()


def test_folders_of_a_server_with_prefix(tmp_path, url):
    """As Courier and many Dovecots have it: all personal folders are below INBOX."""
    dovecot = Dovecot(prefix="INBOX.", separator=".")
    try:
        dovecot.add(mail("one"))
        with fetching(tmp_path, url, section(tmp_path, dovecot.port)) as desk:
            settled(desk, 1)
        assert len(dovecot.mails("INBOX.acuse")) == 1
    finally:
        dovecot.close()


def test_of_two_daemons_one_reads_and_the_other_takes_over(server, user, tmp_path, database_url):
    """pain 16"""
    box = section(tmp_path, server.port, username=user)
    times = replace(SHORT, lease=2, renew=0.5)
    with (
        fetching(tmp_path / "a", database_url, box, times=times) as first,
        office(tmp_path / "b", database_url, first.clock, mailboxes=[box]) as second,
    ):
        first_look(first)
        second.runtime.owner = "another daemon"
        polling = Polling(second.runtime, times=times, poll_times=QUICK)
        polling.start()
        try:
            for number in range(20):
                server.deliver(mail(f"{number}"), user=user)
            settled(first, 20)
            assert {row["owner"] for row in first.rows(select(imap_account))} == {first.runtime.owner}
            # The first loses its lease without knowing: two write for a while, and nothing counts twice.
            first.runtime.writer.call(
                lambda connection: connection.execute(imap_account.update().values(owner="another daemon"))
            )
            for number in range(20, 40):
                server.deliver(mail(f"{number}"), user=user)
            settled(first, 40)
            assert {row["owner"] for row in first.rows(select(imap_account))} == {"another daemon"}
        finally:
            polling.close(5)
    # A server may move a mail twice that two sessions move at one moment; none is left behind.
    assert len({email.message_from_bytes(raw)["Message-ID"] for raw in server.mails("acuse", user).values()}) == 40


def test_a_person_who_reads_moves_and_deletes_meanwhile(server, user, tmp_path, url):
    """What a person takes away before we saw it is gone; all else comes once."""
    raws = {f"mail {number:03}": mail(f"mail {number:03}") for number in range(120)}
    server.add_all(list(raws.values()), user)
    with fetching(tmp_path, url, section(tmp_path, server.port, username=user)) as desk, server.client(user) as client:
        client.create_folder("Mine")
        for turn in range(12):
            client.select_folder("INBOX")
            if uids := client.search():
                client.fetch(uids[:3], ["BODY[]"])  # marks as read
                client.move(uids[-2:], "Mine")
            if turn == 6:
                client.add_flags(client.search()[-1:], [b"\\Deleted"])
                client.expunge()
        wait_for("the end", lambda: not server.mails(user=user))
        wait_for("the moves", lambda: not desk.rows(select(imap_afterwork)))
        taken = {row["data"] for row in desk.rows(select(raw_chunk.c.data))}
        done, mine = list(server.mails("acuse", user).values()), list(server.mails("Mine", user).values())
        assert len(done) == len(set(done))
        assert set(done) <= taken
        assert len(set(done) | set(mine)) >= 119
        assert len(desk.works()) == len(taken)
