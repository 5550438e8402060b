"""The IMAP door against a server that misbehaves: every trap that IMAPClient leaves open, one test each."""

from __future__ import annotations

import imaplib
import ssl
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from acuse.clock import Clock
from intake.doors import imap_wire
from intake.doors.imap_login import Account
from intake.doors.imap_session import MAX_UID, Session, SoftError
from intake.doors.imap_wire import LINE_BYTES, Bounds
from storage import accounts
from storage.schema import alarm, delivery, imap_account, imap_afterwork, raw_chunk, work
from tests import certificates
from tests.boxes import QUICK, SHORT, fetching, section, wait_for
from tests.imap_script import Connection, GoneError, ImapScript, freeze, saying, vanish
from tests.office import Office, mail, office

LONG_AGO = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[ImapScript]:
    script = ImapScript()
    yield script
    script.close()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/acuse.db"


def subject(raw: bytes) -> str:
    return next(line.partition(b": ")[2].decode() for line in raw.splitlines() if line[:8] == b"Subject:")


def subjects(desk: Office) -> list[str]:
    """Of the mails that were stored, sorted."""
    beginnings = select(raw_chunk.c.data).where(raw_chunk.c.seq == 0)
    rows = desk.rows(beginnings.join(delivery, delivery.c.raw_sha256 == raw_chunk.c.sha256))
    return sorted(subject(row["data"]) for row in rows)


def taken(desk: Office, *wanted: str) -> None:
    """Wait until exactly these mails are stored."""
    wait_for(f"the mails {wanted}", lambda: subjects(desk) == sorted(wanted) or len(subjects(desk)) > len(wanted))
    assert subjects(desk) == sorted(wanted)


def settled(server: ImapScript, desk: Office) -> None:
    """Wait until every mail that was taken is put away."""
    wait_for("the moves", lambda: desk.works() and not desk.rows(select(imap_afterwork)))


def idling(server: ImapScript) -> Connection:
    """Wait until a connection is in IDLE."""
    return wait_for("IDLE", lambda: next((one for one in list(server.open) if one.idle_tag), None))


def test_a_literal_in_pieces_is_one_mail(server, tmp_path, url):
    server.dribble = 7
    server.inbox.add(mail("one"))
    with fetching(tmp_path, url, section(tmp_path, server.port)) as desk:
        taken(desk, "one")
        assert desk.rows(select(raw_chunk.c.data))[0]["data"] == mail("one")


def test_an_end_within_a_literal_costs_nothing(server, tmp_path, url):
    def half(connection: Connection, _tag: str, _line: str) -> bool:
        connection.send(b"* 1 FETCH (UID 1 BODY[] {500}\r\nSubject: ha")
        raise GoneError

    server.on(r"FETCH 1 \(BODY", half, times=2)
    server.inbox.add(mail("one"))
    server.inbox.add(mail("two"))
    with fetching(tmp_path, url, section(tmp_path, server.port)) as desk:
        taken(desk, "one", "two")
        settled(server, desk)
    assert len(server.folders["acuse"].mails) == 2


@pytest.mark.parametrize("command", ["SELECT", "SEARCH", "RFC822.SIZE", "BODY.PEEK", "MOVE", "IDLE", "DONE", "LIST"])
@pytest.mark.parametrize("act", [vanish, freeze], ids=["gone", "frozen"])
def test_a_connection_that_ends_or_freezes_anywhere_is_made_anew(server, tmp_path, url, command, act):
    """pain 48"""
    server.inbox.add(mail("one"))
    server.on(command, act, times=2)
    with fetching(tmp_path, url, section(tmp_path, server.port)) as desk:
        taken(desk, "one")
        wait_for("a session after it", lambda: server.logins > 2)
        server.inbox.add(mail("two"))
        server.news()
        taken(desk, "one", "two")
        settled(server, desk)
    assert len(server.folders["acuse"].mails) == 2  # pain 10


def test_idle_that_has_ended_is_no_busy_loop(server, tmp_path, url, monkeypatch):
    listened: list[float] = []
    heard = imap_wire._Wire.heard

    def counted(wire: imap_wire._Wire, seconds: float) -> bool:
        listened.append(seconds)
        return heard(wire, seconds)

    monkeypatch.setattr(imap_wire._Wire, "heard", counted)
    with fetching(tmp_path, url, section(tmp_path, server.port), poll_times=replace(QUICK, poll_seconds=60)) as desk:
        wait_for("IDLE", lambda: server.count("^IDLE") == 1)
        server.cut()
        wait_for("IDLE again", lambda: server.count("^IDLE") == 2)
        before, listened[:] = len(server.said), []
        time.sleep(1)
        assert len(server.said) - before <= 1
        assert len(listened) < 50  # a slice each
        server.inbox.add(mail("one"))
        server.news()
        taken(desk, "one")


def test_idle_answered_in_pieces_and_with_chatter(server, tmp_path, url):
    server.on("^IDLE", saying("* 1 EXISTS", "* OK still here"), times=1)
    server.on("^IDLE", lambda c, t, _: bool(c.send("* 1 EXISTS\r\n* 1 RECENT\r\n")), times=1)
    with fetching(tmp_path, url, section(tmp_path, server.port), poll_times=replace(QUICK, poll_seconds=60)) as desk:
        wait_for("another session", lambda: server.logins == 2)  # the go-ahead never came
        # What is told before the go-ahead counts: another look, and IDLE again.
        wait_for("IDLE", lambda: server.count("^IDLE") == 3)
        connection = idling(server)
        server.inbox.add(mail("one"))
        connection.send("* 1 EXI")
        time.sleep(0.2)
        connection.send("STS\r\n")
        taken(desk, "one")


def test_a_goodbye_in_idle_is_heard(server, tmp_path, url):
    with fetching(tmp_path, url, section(tmp_path, server.port), poll_times=replace(QUICK, poll_seconds=60)):
        idling(server).send("* BYE shutting down\r\n")
        wait_for("a new session", lambda: server.logins == 2)


def test_a_search_that_gives_the_last_mail_again_takes_nothing_twice(server, tmp_path, url):
    server.inbox.add(mail("one"))
    box = section(tmp_path, server.port, after="leave")
    with fetching(tmp_path, url, box) as desk:
        taken(desk, "one")
        before = server.count("BODY.PEEK")
        wait_for("more looks", lambda: server.count("SEARCH UID 2:") > 3)
        assert server.count("BODY.PEEK") == before == 1


def test_a_mail_that_vanished_stops_nothing(server, tmp_path, url):
    def gone(connection: Connection, _tag: str, _line: str) -> bool:
        connection.folder.mails.pop(2, None)
        return False

    for name in ("one", "two", "three"):
        server.inbox.add(mail(name))
    server.on("FETCH 2 ", gone, times=1)
    with fetching(tmp_path, url, section(tmp_path, server.port)) as desk:
        taken(desk, "one", "three")
        assert server.logins == 1


def test_flags_of_another_mail_are_no_answer(server, tmp_path, url):
    """A person marks mail number 4 while UID 4 is fetched."""
    server.inbox.add(mail("one"))
    server.inbox.add(mail("three"), uid=3)
    noise = saying("* 4 FETCH (FLAGS (\\Seen))", "{tag} OK done")
    with fetching(tmp_path, url, section(tmp_path, server.port, after="leave")) as desk:
        taken(desk, "one", "three")
        server.inbox.add(mail("two"), uid=4)
        server.on("FETCH 4 ", noise, times=2)
        taken(desk, "one", "three", "two")


@pytest.mark.parametrize(
    "answer",
    [
        "* 1 FETCH (UID 1 BODY[] NIL)",
        "* 1 FETCH (UID 1 BODY[] {7}",
        "* 1 FETCH (UID 1 BODY[",
        "* 1 FETCH (UID x BODY[] ())",
        "* FETCH",
        "nonsense",
        "* 1 FETCH (UID 1 BODY[] {99999999999}",
        "* BYE overloaded",
    ],
)
def test_a_malformed_answer_costs_one_mail_and_is_told(server, tmp_path, url, answer):
    """pain 7"""
    for name in ("one", "two", "three"):
        server.inbox.add(mail(name))
    bad = server.on(r"FETCH 1 \(BODY", saying(answer, "{tag} OK done"))
    with fetching(tmp_path, url, section(tmp_path, server.port)) as desk:
        taken(desk, "two", "three")
        wait_for("the alarm", lambda: "unfetched:support" in desk.alarms())
        settled(server, desk)
        assert sorted(server.inbox.mails) == [1]
        bad.times = 0
        taken(desk, "one", "two", "three")


def test_an_answer_without_text_is_an_answer(server, tmp_path, url):
    """imaplib gives a connection up at a tagged OK that is followed by nothing."""
    server.on("^NOOP|^SELECT|SEARCH", lambda *_: False)
    plain = Connection.send

    def send(connection: Connection, data: str | bytes) -> None:
        plain(connection, data.replace(" OK done\r\n", " OK\r\n") if isinstance(data, str) else data)

    server.inbox.add(mail("one"))
    Connection.send = send
    try:
        with fetching(tmp_path, url, section(tmp_path, server.port)) as desk:
            taken(desk, "one")
            settled(server, desk)
            assert server.logins == 1
    finally:
        Connection.send = plain


def test_a_read_only_mailbox_is_read_without_a_storm(server, tmp_path, url):
    server.read_only.add("INBOX")
    server.inbox.add(mail("one"))
    with fetching(tmp_path, url, section(tmp_path, server.port)) as desk:
        taken(desk, "one")
        server.inbox.add(mail("two"))
        server.news()
        taken(desk, "one", "two")
        assert server.logins == 1
        assert desk.alarms() == ["mailbox:support:read_only"]
        assert len(server.inbox.mails) == 2
        server.read_only.clear()
        server.inbox.add(mail("three"))
        server.news()
        wait_for("the alarm to end", lambda: not desk.alarms())


def test_one_of_two_folders_that_is_read_only_is_told_once(server, tmp_path, url):
    server.folders["Junk"] = type(server.inbox)()
    server.read_only.add("INBOX")
    for name in server.folders:
        server.folders[name].add(mail(f"one in {name}"))
    with fetching(tmp_path, url, section(tmp_path, server.port, folders=["INBOX", "Junk"])) as desk:
        taken(desk, "one in INBOX", "one in Junk")
        before = server.count('^SELECT "?Junk')
        wait_for("more looks", lambda: server.count('^SELECT "?Junk') > before + 5)
        assert [(row["key"], row["closed_at"]) for row in desk.rows(select(alarm))] == [
            ("mailbox:support:read_only", None)
        ]
        assert len(desk.queued("alarm")) == 1
        server.read_only.clear()
        wait_for("the alarm to end", lambda: not desk.alarms())


def test_one_of_two_folders_that_refuses_moves_is_told_once(server, tmp_path, url):
    server.folders["Junk"] = type(server.inbox)()
    for name in server.folders:
        server.folders[name].add(mail(f"one in {name}"))
    refused = server.folders["Junk"]

    def refuse(connection: Connection, tag: str, _line: str) -> bool:
        if connection.folder is refused:
            connection.send(f"{tag} NO [OVERQUOTA] full\r\n")
        return connection.folder is refused

    refusal = server.on("UID MOVE", refuse)
    with fetching(tmp_path, url, section(tmp_path, server.port, folders=["Junk", "INBOX"])) as desk:
        wait_for("the alarm", lambda: desk.alarms() == ["mailbox:support:put_away"])
        for number in range(3):
            server.inbox.add(mail(f"{number}"))
            wait_for("its move", lambda: not server.inbox.mails)
        assert len(desk.rows(select(alarm))) == len(desk.queued("alarm")) == 1
        refusal.times = 0
        wait_for("its end", lambda: not desk.alarms())
        settled(server, desk)


PATIENT = replace(QUICK, poll_seconds=60)


@pytest.mark.parametrize("command", ["SEARCH UID 1:\\*", "UID MOVE", "^IDLE"])
def test_what_comes_while_others_are_taken_does_not_wait(server, tmp_path, url, command):
    """The server tells of it within the reply to something else, and not again."""

    def come(connection: Connection, _tag: str, line: str) -> bool:
        if line.upper().startswith("IDLE"):
            server.inbox.add(mail("two"))
            connection.send(f"* {len(server.inbox.mails)} EXISTS\r\n")
            return False
        # The answer is made first: it knows nothing of what comes now.
        name = "_uid_move" if "MOVE" in line else "_uid_search"
        with server.lock:
            send, connection.send = connection.send, held.append
            try:
                getattr(connection, name)(_tag, line)
            finally:
                connection.send = send
            server.inbox.add(mail("two"))
            told = f"* {len(server.inbox.mails)} EXISTS\r\n"
            connection.send(told + "".join(held) if "MOVE" in line else "".join(held).replace(_tag, told + _tag))
        return True

    held: list[str] = []
    server.inbox.add(mail("one"))
    server.on(command, come, times=1)
    with fetching(tmp_path, url, section(tmp_path, server.port), poll_times=PATIENT) as desk:
        taken(desk, "one", "two")
        settled(server, desk)
        assert server.logins == 1


@pytest.mark.parametrize("uid_next", [True, False])
def test_what_comes_into_the_first_folder_while_the_second_is_read_does_not_wait(server, tmp_path, url, uid_next):
    """Opening the first one anew makes old news of it."""

    def come(_connection: Connection, _tag: str, _line: str) -> bool:
        server.inbox.add(mail("one"))
        return False

    def silent(connection: Connection, tag: str, line: str) -> bool:
        """SELECT as of a server that tells no UIDNEXT."""
        said: list[str] = []
        send, connection.send = connection.send, said.append
        try:
            connection._select(tag, line)
        finally:
            connection.send = send
        send("".join(line for line in said[0].splitlines(keepends=True) if "UIDNEXT" not in line))
        return True

    server.folders["Junk"] = type(server.inbox)()
    server.on('^SELECT "?Junk', come, times=1)
    if not uid_next:
        server.on("^SELECT|^EXAMINE", silent)
    box = section(tmp_path, server.port, folders=["INBOX", "Junk"])
    with fetching(tmp_path, url, box, poll_times=PATIENT) as desk:
        taken(desk, "one")


def test_a_server_that_always_tells_of_news_is_looked_at_with_pauses(server, tmp_path, url):
    def news(connection: Connection, tag: str, _line: str) -> bool:
        connection.idle_tag = tag
        connection.send("+ idling\r\n* 0 EXISTS\r\n")
        return True

    server.on("^IDLE", news)
    times = replace(PATIENT, pause_seconds=60)
    with fetching(tmp_path, url, section(tmp_path, server.port), poll_times=times):
        wait_for("the end of IDLE", lambda: server.count("^DONE"))
        time.sleep(0.5)
        assert server.count("^DONE") == 1


def test_not_every_look_is_written_down(server, tmp_path, url, monkeypatch):
    written: list[str] = []
    went_well = accounts.went_well

    def counted(connection: object, account: str, now: datetime) -> None:
        written.append(account)
        went_well(connection, account, now)

    monkeypatch.setattr(accounts, "went_well", counted)
    monkeypatch.setattr("acuse.mailbox_books.WELL_SECONDS", 3600)
    with fetching(tmp_path, url, section(tmp_path, server.port)) as desk:
        wait_for("some looks", lambda: server.count("^SELECT") > 5)
        assert len(written) == 1
        server.cut()
        wait_for("a good look after the trouble", lambda: len(written) == 2)
        wait_for("its record", lambda: desk.rows(select(imap_account))[0]["failing_since"] is None)


@pytest.mark.parametrize("wrong", [str(MAX_UID), str(2**32), str(2**63), "9" * 30])
def test_a_wrong_uid_hides_no_new_mail(server, tmp_path, url, wrong):
    """pain 7"""
    server.on("SEARCH UID 1:", saying(f"* SEARCH {wrong}", "{tag} OK done"), times=2)
    with fetching(tmp_path, url, section(tmp_path, server.port)) as desk:
        wait_for("the wrong answers", lambda: server.count("SEARCH UID 1:") > 2)
        server.inbox.add(mail("one"))
        server.news()
        taken(desk, "one")
        assert server.logins == 1


def test_a_new_limit_holds_for_the_next_mail(server, tmp_path, url):
    server.inbox.add(mail("one", body="x" * 70 + "\r\n" + "0123456789abcdef" * 8192))
    with fetching(tmp_path, url, section(tmp_path, server.port), smtp={"max_message_bytes": 20_000}) as desk:
        taken(desk, "one")
        current = desk.runtime.current
        smtp = current.loaded.config.smtp.model_copy(update={"max_message_bytes": 3_000_000})
        config = current.loaded.config.model_copy(update={"smtp": smtp})
        desk.runtime.current = replace(current, loaded=replace(current.loaded, config=config))
        server.inbox.add(mail("two", body="x" * 70 + "\r\n" + "0123456789abcdef" * 150_000))
        taken(desk, "one", "two")
        sizes: dict[str, int] = {}
        for row in desk.rows(select(raw_chunk)):
            sizes[row["sha256"]] = sizes.get(row["sha256"], 0) + len(row["data"])
        assert min(sizes.values()) == 20_000
        assert max(sizes.values()) > 2_400_000
        assert server.logins == 1


def test_uidvalidity_changed_three_times_makes_nothing_twice(server, tmp_path, url):
    """pain 21"""
    for name in ("one", "two"):
        server.inbox.add(mail(name, message_id=""))
    with fetching(tmp_path, url, section(tmp_path, server.port, after="leave")) as desk:
        wait_for("two mails", lambda: len(desk.works()) == 2)
        for round_ in range(3):
            with server.lock:
                mails = [one.raw for one in server.inbox.mails.values()]
                server.inbox.uidvalidity += 1
                server.inbox.mails, server.inbox.next_uid = {}, 1
                for raw in [mail(f"new {round_}"), *reversed(mails)]:
                    server.inbox.add(raw)
            wait_for("the new mail", lambda n=round_: len(desk.works()) == 3 + n)
        wait_for("deliveries", lambda: len(desk.rows(select(delivery))) == 2 + 3 + 4 + 5)
        desk.decide()
        assert len(desk.works()) == len(desk.tickets()) == 5


def test_a_mail_below_the_cursor_is_found_by_the_comparison(server, tmp_path, url):
    server.inbox.add(mail("one"), uid=10)
    times = replace(QUICK, compare_seconds=0.3)
    with fetching(tmp_path, url, section(tmp_path, server.port), poll_times=times) as desk:
        taken(desk, "one")
        server.inbox.add(mail("two"), uid=5)
        taken(desk, "one", "two")


@pytest.mark.parametrize(
    ("capabilities", "left"),
    [("IMAP4rev1 AUTH=PLAIN UIDPLUS", 0), ("IMAP4rev1", 2)],
    ids=["copy", "flag"],
)
def test_without_move_nobody_elses_mail_is_touched(tmp_path, url, capabilities, left):
    server = ImapScript(capabilities=capabilities)
    try:
        server.inbox.add(mail("theirs"), at=LONG_AGO)
        server.inbox.mails[1].flags.add("\\Deleted")
        with fetching(tmp_path, url, section(tmp_path, server.port, start="now")) as desk:
            wait_for("the first look", lambda: server.count("SEARCH"))
            server.inbox.add(mail("one"))
            server.inbox.add(mail("two"))
            taken(desk, "one", "two")
            settled(server, desk)
        assert 1 in server.inbox.mails
        assert len(server.inbox.mails) == 1 + left
        if left:
            assert {"\\Seen", "$acuse"} <= server.inbox.mails[2].flags
        else:
            assert len(server.folders["acuse"].mails) == 2
        assert server.count(r"^(UID )?EXPUNGE\s*$") == 0
        assert server.count("^CLOSE") == 0
    finally:
        server.close()


def test_a_refused_move_makes_no_second_ticket(server, tmp_path, url):
    """pain 17"""
    refusal = server.on("UID MOVE", saying("{tag} NO [OVERQUOTA] full"))
    server.inbox.add(mail("one"))
    with fetching(tmp_path, url, section(tmp_path, server.port)) as desk:
        taken(desk, "one")
        wait_for("the alarm", lambda: "mailbox:support:put_away" in desk.alarms())
        server.inbox.add(mail("two"))
        taken(desk, "one", "two")
        assert server.logins == 1
        refusal.times = 0
        settled(server, desk)
        wait_for("its end", lambda: not desk.alarms())
        desk.decide()
        assert len(desk.tickets()) == 2
    assert len(server.folders["acuse"].mails) == 2


def test_an_oversize_mail_opens_a_ticket_and_an_alarm(server, tmp_path, url):
    """pain 13"""
    big = mail("big", body="x" * 70 + "\r\n" + "0123456789abcdef" * 8192)
    server.inbox.add(big)
    server.inbox.add(mail("small"))
    box = section(tmp_path, server.port)
    with fetching(tmp_path, url, box, smtp={"max_message_bytes": 50_000}) as desk:
        taken(desk, "big", "small")
        assert "oversize:support" in desk.alarms()
        desk.decide()
        assert len(desk.tickets()) == 2
        assert max(len(row["data"]) for row in desk.rows(select(raw_chunk.c.data))) == 50_000
        settled(server, desk)
    assert server.count(r"BODY\.PEEK\[\]<0\.50001>") == 1


def test_a_size_that_is_a_lie_is_found_out(server, tmp_path, url):
    server.inbox.add(mail("big", body="0123456789abcdef" * 20_000))
    server.on(
        "RFC822.SIZE",
        saying('* 1 FETCH (UID 1 RFC822.SIZE 10 INTERNALDATE "01-Nov-2999 00:00:00 +0000")', "{tag} OK done"),
    )
    box = section(tmp_path, server.port)
    with fetching(tmp_path, url, box, smtp={"max_message_bytes": 50_000}) as desk:
        taken(desk, "big")
        (row,) = desk.rows(select(delivery))
        assert row["arrived_at"] <= datetime.now(UTC)


def test_old_mail_waits_behind_new(server, tmp_path, url):
    for number in range(150):
        server.inbox.add(mail(f"old {number:03}"), at=LONG_AGO)
    box = section(tmp_path, server.port, start="all", after="leave")
    with fetching(tmp_path, url, box) as desk:
        wait_for("some", desk.works)
        server.inbox.add(mail("new"))
        wait_for("all", lambda: len(desk.works()) == 151)
        lanes = {row["lane"] for row in desk.works()}
        assert lanes == {0, 1}
        order = [one.split()[2] for one in server.said if "BODY.PEEK" in one]
        assert order.index("151") < 149


@pytest.mark.parametrize(
    ("start", "wanted"),
    [
        ("now", ["future", "moved", "new", "new 1970"]),
        ("2026-01-05", ["future", "moved", "new", "new 1970", "young"]),
        ("all", ["1970", "future", "moved", "new", "new 1970", "old", "young"]),
    ],
)
def test_the_start_rule(server, tmp_path, url, start, wanted):
    """Of what was there before us the server's own time decides, and where that is broken it is old; what comes after
    us is new, but for what arrived long before. Old mail is not answered."""
    now = datetime.now(UTC)
    server.inbox.add(mail("old"), at=LONG_AGO - timedelta(seconds=1))
    server.inbox.add(mail("young"), at=LONG_AGO)
    server.inbox.add(mail("1970"), at=datetime(1970, 1, 1, tzinfo=UTC))
    server.inbox.add(mail("future"), at=now + timedelta(days=300))
    box = section(tmp_path, server.port, start=start)
    with fetching(tmp_path, url, box) as desk:
        wait_for("the first look", lambda: server.count("^IDLE"))
        with server.lock:
            server.inbox.add(mail("new"))
            server.inbox.add(mail("new 1970"), at=datetime(1970, 1, 1, tzinfo=UTC))
            server.inbox.add(mail("moved"), at=now - timedelta(days=2))
        taken(desk, *wanted)
        answered = set()
        for row in desk.rows(
            select(work, raw_chunk.c.data)
            .join(delivery, delivery.c.id == work.c.delivery_id)
            .join(raw_chunk, raw_chunk.c.sha256 == delivery.c.raw_sha256)
        ):
            assert row["silent"] == (row["lane"] == 1)
            assert row["arrived_at"] <= datetime.now(UTC)
            if not row["silent"]:
                answered.add(subject(row["data"]))
        assert answered == {"new", "new 1970"}
        settled(server, desk)
    assert len(server.inbox.mails) == 7 - len(wanted)


def test_one_folder_that_is_not_there_stops_no_other(server, tmp_path, url):
    box = section(tmp_path, server.port, folders=["Junk", "INBOX"])
    server.inbox.add(mail("one"))
    with fetching(tmp_path, url, box) as desk:
        taken(desk, "one")
        wait_for("the alarm", lambda: desk.alarms() == ["mailbox:support:folder"])
        assert desk.rows(select(imap_account))[0]["last_ok_at"] is None
        with server.lock:
            server.folders["Junk"] = type(server.inbox)()
        wait_for("its end", lambda: not desk.alarms())
        server.folders["Junk"].add(mail("two"))
        taken(desk, "one", "two")


def test_folders_below_a_prefix_are_found(server, tmp_path, url):
    server.prefix = "INBOX."
    server.folders["INBOX.Junk"] = type(server.inbox)()
    with fetching(tmp_path, url, section(tmp_path, server.port, folders=["INBOX", "Junk"])) as desk:
        wait_for("the first look", lambda: server.count("^IDLE"))
        server.folders["INBOX.Junk"].add(mail("one"))
        taken(desk, "one")
        settled(server, desk)
    assert list(server.folders) == ["INBOX", "INBOX.Junk", "INBOX.acuse"]


def test_a_refused_login_alarms_at_once_and_stops_no_other(server, tmp_path, url):
    """pain 44, pain 46, pain 47"""
    good = ImapScript()
    try:
        server.accounts["desk"] = "another password"
        boxes = [section(tmp_path, server.port), section(tmp_path, good.port, name="other")]
        with fetching(tmp_path, url, *boxes) as desk:
            wait_for("the alarm", lambda: desk.alarms() == ["mailbox:support"])
            (told,) = desk.queued("alarm")
            assert "login refused" in told[2].get_body(("plain",)).get_content()
            good.inbox.add(mail("one"))
            taken(desk, "one")
            wait_for("some tries", lambda: server.logins >= 3)
            server.accounts["desk"] = "sesame"
            wait_for("the end of it", lambda: not desk.alarms())
            server.inbox.add(mail("two"))
            taken(desk, "one", "two")
    finally:
        good.close()


def test_a_server_in_trouble_is_no_refused_login(server, tmp_path, url):
    server.on("^AUTHENTICATE", saying("{tag} NO [UNAVAILABLE] try later"))
    with fetching(tmp_path, url, section(tmp_path, server.port)) as desk:
        wait_for("some tries", lambda: server.count("^AUTHENTICATE") > 3)
        assert desk.alarms() == []
        (row,) = desk.rows(select(imap_account))
        assert row["failing_since"]
        assert "UNAVAILABLE" in row["error"]


def test_a_connection_that_ends_at_the_login_is_no_refused_login(server, tmp_path, url):
    """IMAPClient makes one error of both."""
    server.inbox.add(mail("one"))
    server.on("^AUTHENTICATE", vanish, times=3)
    with fetching(tmp_path, url, section(tmp_path, server.port)) as desk:
        taken(desk, "one")
        assert not [one for one in desk.log if one["event"] == "alarm"]


def test_a_broken_mailbox_alarms_after_a_while(server, tmp_path, url):
    """pain 46"""
    server.on("^SELECT", vanish)
    with fetching(tmp_path, url, section(tmp_path, server.port), times=replace(SHORT, alarm=0.5)) as desk:
        wait_for("the alarm", lambda: desk.alarms() == ["mailbox:support"])


def test_starttls_is_demanded_and_verified(tmp_path, url):
    """What a stranger puts behind the server's OK, before TLS, is not heard."""
    certificate, key = certificates.make(tmp_path)
    context = certificates.server_context(certificate, key)
    server = ImapScript(capabilities="IMAP4rev1 STARTTLS LOGINDISABLED")

    def secure(connection: Connection, tag: str, _line: str) -> bool:
        connection.send(f"{tag} OK begin\r\n* BYE injected\r\n")
        connection.socket = context.wrap_socket(connection.socket, server_side=True)
        connection._file = connection.socket.makefile("rb")
        server.capabilities = "IMAP4rev1 AUTH=PLAIN IDLE MOVE"
        return True

    server.on("^STARTTLS", secure)
    server.inbox.add(mail("one"))
    try:
        box = section(tmp_path, server.port, tls="starttls", host="localhost", ca_file=str(certificate))
        with fetching(tmp_path, url, box) as desk:
            taken(desk, "one")
            assert desk.rows(select(delivery))[0]["peer"]["tls"].startswith("TLSv1")
        # Without the authority nothing is sent to it.
        server.capabilities = "IMAP4rev1 STARTTLS"
        before = server.logins
        with fetching(tmp_path / "b", f"sqlite:///{tmp_path}/b.db", box | {"ca_file": ""}) as desk:
            wait_for("the error", lambda: any(row["error"] for row in desk.rows(select(imap_account))))
            assert "certificate" in desk.rows(select(imap_account))[0]["error"]
        assert server.logins == before
    finally:
        server.close()


def test_an_end_is_quick_whatever_the_server_does(server, tmp_path, url):
    server.inbox.add(mail("one"))
    server.on("BODY.PEEK", freeze)
    patient = replace(QUICK, bounds=replace(QUICK.bounds, read_seconds=60, reply_seconds=60))
    with fetching(tmp_path, url, section(tmp_path, server.port), poll_times=patient) as desk:
        wait_for("the fetch", lambda: server.count("BODY.PEEK"))
    # Its thread was not left behind.
    assert not [one for one in desk.log if one["event"] == "mailbox.left_running"]
    assert server.count("BODY.PEEK") == 1


def session_with(server: ImapScript, bounds: Bounds = QUICK.bounds) -> Session:
    context = ssl.create_default_context()
    account = Account("support", "127.0.0.1", server.port, "none", context, "desk", password=lambda: "sesame")
    return Session(account, bounds)


def test_a_reply_of_many_literals_has_an_end(server):
    """Each line, each literal and the time are in order; their sum is not."""
    sent: list[int] = []

    def flood(connection: Connection, _tag: str, _line: str) -> bool:
        for number in range(200):
            connection.send(b'* LIST () "." {500000}\r\n' + b"x" * 500_000 + b"\r\n")
            sent.append(number)
        return True

    session = session_with(server, replace(QUICK.bounds, reply_seconds=60))
    server.on("^LIST", flood)
    with pytest.raises(imaplib.IMAP4.abort, match="a reply without end"):
        session.open("Junk", to_write=False)
    session.cut()
    session.close()
    # What lies in the buffers between us comes on top.
    assert len(sent) * 500_000 < LINE_BYTES + QUICK.bounds.literal_bytes + 40_000_000


def test_a_folder_without_uidvalidity_is_named(server):
    server.on("^EXAMINE", saying("* 1 EXISTS", "{tag} OK [READ-ONLY] open"))
    session = session_with(server)
    with pytest.raises(SoftError, match="the server gives no usable UIDVALIDITY for INBOX"):
        session.open("INBOX", to_write=False)
    session.close()


def test_a_search_result_longer_than_imaplib_reads(server):
    session = session_with(server)
    session.open("INBOX", to_write=False)
    uids = range(1_000_000, 1_200_000)
    server.on("SEARCH", saying("* SEARCH " + " ".join(map(str, uids)), "{tag} OK done"))
    assert session.uids() == list(uids)
    session.close()


def test_a_reply_that_drips_has_an_end(server):
    def drip(connection: Connection, _tag: str, _line: str) -> bool:
        connection.send("* SEARCH ")
        while True:
            connection.send("1")
            time.sleep(0.1)

    session = session_with(server, replace(QUICK.bounds, reply_seconds=0.5))
    session.open("INBOX", to_write=False)
    server.on("SEARCH", drip)
    with pytest.raises(TimeoutError):
        session.uids()
    session.cut()
    session.close()


def test_a_mail_that_the_database_refuses_stops_no_other(server, tmp_path, url):
    """pain 1"""
    with office(tmp_path, url, Clock()) as desk, desk.runtime.database.write.begin() as connection:
        connection.execute(
            text(
                "CREATE TRIGGER refuse BEFORE INSERT ON delivery WHEN NEW.source_key LIKE '%/2'"
                " BEGIN SELECT RAISE(ABORT, 'not this one'); END"
            )
        )
    for name in ("one", "two", "three"):
        server.inbox.add(mail(name))
    with fetching(tmp_path, url, section(tmp_path, server.port)) as desk:
        taken(desk, "one", "three")
        wait_for("the alarm", lambda: "unfetched:support" in desk.alarms())
        settled(server, desk)
        assert list(server.inbox.mails) == [2]
        desk.runtime.writer.call(lambda connection: connection.execute(text("DROP TRIGGER refuse")))
        taken(desk, "one", "two", "three")
        assert server.logins == 1


def test_while_the_database_is_away_nothing_is_moved_and_nobody_blames_the_mailbox(server, tmp_path, url):
    with fetching(tmp_path, url, section(tmp_path, server.port)) as desk:
        wait_for("IDLE", lambda: server.count("^IDLE"))
        # Whoever wants to write hears that the disk is full.
        desk.runtime.writer.call(lambda connection: connection.execute(text("PRAGMA max_page_count = 1")))
        for number in range(20):
            server.inbox.add(mail(f"{number}", "x" * 20_000))
        server.news()
        wait_for("the trouble", lambda: [one for one in desk.log if one["event"] == "mailbox.trouble"])
        assert len(server.inbox.mails) + len(desk.works()) >= 20
        assert desk.alarms() == []
        desk.runtime.writer.call(lambda connection: connection.execute(text("PRAGMA max_page_count = 1073741823")))
        wait_for("all mails", lambda: len(desk.works()) == 20)
        settled(server, desk)
    assert len(server.folders["acuse"].mails) == 20


def test_no_plain_expunge_is_ever_said() -> None:
    source = "".join(path.read_text() for path in Path("intake/doors").glob("imap_*.py"))
    assert "select_folder" in source
    assert ".expunge(" not in source
    assert ".close_folder(" not in source
