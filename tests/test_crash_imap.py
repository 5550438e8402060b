"""The process dies between any two steps of a fetched mail; afterwards nothing is lost, doubled, or left lying
(docs/crash.md)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.boxes import section, toml
from tests.daemon import Daemon, count, mail, running
from tests.dovecot import Dovecot
from tests.imap_script import ImapScript

pytestmark = pytest.mark.slow

POINTS = [
    "before storage.accounts:lease",
    "after storage.accounts:lease",
    "before storage.accounts:move_cursor",
    "after storage.accounts:move_cursor",
    "after intake.doors.imap_session:Session.mail",
    "after storage.inbox:receive",
    "after storage.accounts:note",
    "before intake.doors.imap_session:Session.move",
    "after intake.doors.imap_session:Session.make",
    "after intake.doors.imap_session:Session.move",
    "before storage.accounts:put_away",
    "after storage.accounts:put_away",
    "before storage.accounts:went_well",
]
COPYING = [
    "before imapclient:IMAPClient.copy",
    "after imapclient:IMAPClient.copy",
    "after imapclient:IMAPClient.add_flags",
]
CONFIG = '[database]\nurl = "sqlite:///var/acuse.db"\n[smtp]\nlisten = ""\n'
RAWS = [mail(number) for number in range(3)]


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    dovecot = Dovecot([f"user{number}" for number in range(len(POINTS))])
    yield dovecot
    dovecot.close()


def die_and_go_on(folder: Path, point: str, box: dict[str, object]) -> None:
    """A daemon that dies there, and one after it; then three mails are three tickets."""
    dying = Daemon(folder, CONFIG + toml(box), crash_at=point)
    try:
        # Mailboxes are read from the first moment on: it may die before it says that it has started.
        with suppress(AssertionError):
            dying.start()
        assert dying.wait_dead() == 137
    finally:
        dying.kill()
    with running(folder) as daemon:
        daemon.wait_for("the tickets", lambda: count(folder, "SELECT count(*) FROM ticket") == [(3,)])
        daemon.wait_for(
            "the moves",
            lambda: (
                count(folder, "SELECT 1 FROM imap_account WHERE last_ok_at IS NOT NULL")
                and not count(folder, "SELECT 1 FROM imap_afterwork")
            ),
        )
        assert daemon.stop() == 0
    assert sorted(count(folder, "SELECT data FROM raw_chunk")) == sorted((raw,) for raw in RAWS)
    assert count(folder, "SELECT disposition FROM work") == [("ticket",)] * 3
    assert count(folder, "SELECT count(*) FROM delivery") == [(3,)]


@pytest.mark.parametrize("point", POINTS)
def test_a_death_between_any_two_steps_loses_and_doubles_nothing(server, point, tmp_path):
    """pain 3, pain 10, pain 17"""
    user = server.users[POINTS.index(point)]
    server.add_all(RAWS, user)
    die_and_go_on(tmp_path, point, section(tmp_path, server.port, username=user))
    assert server.mails(user=user) == {}
    assert sorted(server.mails("acuse", user).values()) == sorted(RAWS)


@pytest.mark.parametrize("point", COPYING)
def test_where_a_move_is_three_steps(point, tmp_path):
    """A death between copy and mark leaves one copy too many, and no mail too few."""
    script = ImapScript(capabilities="IMAP4rev1 AUTH=PLAIN UIDPLUS")
    try:
        for raw in RAWS:
            script.inbox.add(raw)
        die_and_go_on(tmp_path, point, section(tmp_path, script.port))
        assert not script.inbox.mails
        copies = sorted(one.raw for one in script.folders["acuse"].mails.values())
        assert copies == sorted(RAWS * (2 if point == COPYING[1] else 1))
    finally:
        script.close()
