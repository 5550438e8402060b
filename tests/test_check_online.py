"""`acuse check --online`: what the servers answer, how many mails would come, and that nothing is changed by asking."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from acuse.cli import main
from tests.boxes import fetching, section, toml, wait_for
from tests.daemon import free_port
from tests.dovecot import Dovecot
from tests.imap_script import ImapScript
from tests.office import mail
from tests.smtp_script import Script, serving

pytestmark = pytest.mark.slow
OLD = datetime.now(UTC) - timedelta(days=9)


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    dovecot = Dovecot(["a", "b", "c"])
    yield dovecot
    dovecot.close()


def check(folder: Path, text: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str], list[str]]:
    """Exit code, lines on standard output, lines on standard error without the file's name."""
    file = folder / "config.toml"
    file.write_text(text)
    code = main(["check", "--online", "--config", str(file)])
    shown = capsys.readouterr()
    return code, shown.out.splitlines(), [line.removeprefix(f"{file}: ") for line in shown.err.splitlines()]


def test_it_counts_and_changes_nothing(server, tmp_path, capsys):
    """pain 4"""
    server.add_all([mail(f"{n}") for n in range(5)], "a", flags=[b"\\Seen"], at=OLD)
    server.add_all([mail(f"{n}") for n in range(5, 8)], "a")
    before = server.state("a")
    for start, count in (("now", 0), ("all", 8), ((OLD + timedelta(days=5)).date().isoformat(), 3)):
        code, lines, wrong = check(tmp_path, toml(section(tmp_path, server.port, username="a", start=start)), capsys)
        assert (code, wrong) == (os.EX_OK, [])
        assert lines[0] == f"mailbox support: INBOX: {count} mails would be taken"
        assert lines[1] == "mailbox support: mails are moved to the folder acuse, which will be made"
        assert lines[-1].endswith("no mistakes found")
    assert server.state("a") == before
    assert not (tmp_path / "var").exists()


def test_with_a_database_it_counts_what_is_new(server, tmp_path, capsys):
    server.add_all([mail(f"{n}") for n in range(4)], "b")
    box = section(tmp_path, server.port, username="b", after="leave")
    url = f"sqlite:///{tmp_path}/acuse.db"
    with fetching(tmp_path, url, box) as desk:
        wait_for("the mails", lambda: len(desk.works()) == 4)
    server.add_all([mail(f"{n}") for n in range(4, 6)], "b")
    text = f'[database]\nurl = "{url}"\n' + toml(box)
    assert "mailbox support: INBOX: 2 mails would be taken" in check(tmp_path, text, capsys)[1]


def test_every_server_is_asked_and_every_problem_named(server, tmp_path, capsys):
    (tmp_path / "wrong").write_text("wrong")
    (tmp_path / "wrong").chmod(0o600)
    boxes = [
        section(tmp_path, server.port, username="c", name="fine"),
        section(tmp_path, server.port, username="c", name="refused", folders=["A"], password_file="wrong"),
        section(tmp_path, free_port(), name="away"),
        section(tmp_path, server.port, username="c", name="folder", folders=["Nowhere"]),
        section(tmp_path, server.tls_port, username="c", name="stranger", folders=["B"], tls="implicit"),
        section(tmp_path, server.port, name="program", folders=["C"], oauth="command", oauth_command=["/bin/false"]),
    ]
    relay = f'[outgoing]\nmode = "smtp"\nport = {free_port()}\n'
    code, lines, wrong = check(tmp_path, relay + "".join(map(toml, boxes)), capsys)
    assert code == os.EX_CONFIG
    assert lines[0] == "mailbox fine: INBOX: 0 mails would be taken"
    assert [line.partition(": ")[0] for line in wrong] == [
        "outgoing.host",
        "mailboxes[refused].password_file",
        "mailboxes[away].host",
        "mailboxes[folder].folders",
        "mailboxes[stranger].host",
        "mailboxes[program].oauth",
    ]
    assert "see username and the password in the file" in wrong[1]
    assert "Connection refused" in wrong[2]
    assert "certificate is not accepted" in wrong[4]
    assert "see oauth_command" in wrong[5]


def test_it_says_what_a_server_cannot_do(tmp_path, capsys):
    script = ImapScript(capabilities="IMAP4rev1 AUTH=PLAIN")
    try:
        _, lines, _ = check(tmp_path, toml(section(tmp_path, script.port)), capsys)
        assert "marked as read instead of moved" in lines[1]
        assert not [one for one in script.said if one.split()[0] in ("SELECT", "CREATE", "SUBSCRIBE")]
    finally:
        script.close()


def test_the_relay_is_greeted_and_sent_nothing(tmp_path, capsys):
    with serving(Script()) as relay:
        text = f'[outgoing]\nmode = "smtp"\nhost = "127.0.0.1"\nport = {relay.port}\n'
        code, lines, wrong = check(tmp_path, text, capsys)
        assert (code, wrong) == (os.EX_OK, [])
        assert lines[0] == f"relay 127.0.0.1:{relay.port}: answers (tls: none)"
        assert (relay.sessions, relay.mails) == (1, [])
