"""The files of deploy/, as they are shipped with only paths and ports put in, in front of a real acuse."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.daemon import ROOT, Daemon, count, free_port, mail, running
from tests.dovecot import Dovecot, dovecot_or_skip
from tests.errands import Errands, errands
from tests.postfix import Postfix, postfix, postfix_or_skip, scratch

DEPLOY = ROOT / "deploy"
CUSTOMER, DESK = "ana.ruiz@cliente.example", "mo.bud@bt.com"


def snippet(name: str, **places: object) -> str:
    """A file of deploy/ with places of a real system replaced, each of which must be in it."""
    text = (DEPLOY / name).read_text()
    for place, here in places.items():
        shipped = PLACES[place]
        assert shipped in text, f"{name} does not name {shipped}"
        text = text.replace(shipped, str(here))
    return text


PLACES = {
    "program": "/opt/acuse/bin/acuse",
    "config": "/etc/acuse/config.toml",
    "transport": "/etc/postfix/acuse-transport",
    "lmtp": "lmtp:inet:127.0.0.1:2424",
    "user": "user=acuse",
    "state": "/var/lib/acuse",
    "bin": "/usr/local/lib/acuse-sieve",
    "sieve": "/etc/dovecot/sieve/acuse.sieve",
}


# Postfix -------------------------------------------------------------------------------------------------------------


@dataclass
class Piped:
    """A Postfix that hands mail through the pipe, and what stands behind the pipe."""

    mta: Postfix
    errands: Errands
    folder: Path

    def arrived(self) -> list[tuple[Any, ...]]:
        return count(self.folder, "SELECT mail_from, rcpt_tos, door FROM delivery ORDER BY id")


@pytest.fixture
def piped(tmp_path: Path) -> Iterator[Piped]:
    postfix_or_skip()
    folder = scratch()
    config = tmp_path / "config.toml"
    config.write_text('[database]\nurl = "sqlite:///var/acuse.db"\n')
    transport = f"{DESK} acuse:\nnobody@bt.com acuse:\n"
    with (
        errands(folder) as errand,
        postfix(
            folder=folder,
            keeps=("cliente.example",),
            main=snippet("postfix/main.cf", transport=folder / "etc" / "acuse-transport"),
            master=snippet("postfix/master.cf", program=errand.program, config=config, user="user=nobody"),
            maps={"acuse-transport": transport},
        ) as mta,
    ):
        yield Piped(mta, errand, tmp_path)


@pytest.mark.slow
def test_postfix_hands_mail_through_the_pipe(piped: Piped) -> None:
    piped.mta.send(mail(1), CUSTOMER, DESK)
    piped.mta.send(mail(2), "", DESK)
    piped.mta.wait_for("both mails", lambda: len(piped.errands.done) == 2)
    assert [(one.user, one.code) for one in piped.errands.done] == [("nobody", 0)] * 2
    piped.mta.wait_for("an empty queue", lambda: not piped.mta.queue())
    assert sorted(piped.arrived()) == [("", f'["{DESK}"]', "pipe"), (CUSTOMER, f'["{DESK}"]', "pipe")]


@pytest.mark.slow
def test_mail_stays_in_the_queue_while_the_database_is_away(piped: Piped) -> None:
    (piped.folder / "var").write_text("where the database's folder should be")
    piped.mta.send(mail(1), CUSTOMER, DESK)
    piped.mta.wait_for("a try", lambda: piped.errands.done)
    assert piped.errands.done[0].code == 75
    (waiting,) = piped.mta.wait_for("the mail in the queue", lambda: [one for one in piped.mta.queue() if reason(one)])
    assert "temporary failure" in reason(waiting)
    (piped.folder / "var").unlink()
    piped.mta.flush()
    piped.mta.wait_for("an empty queue", lambda: not piped.mta.queue())
    assert piped.arrived() == [(CUSTOMER, f'["{DESK}"]', "pipe")]
    assert piped.mta.box(CUSTOMER) == []


@pytest.mark.slow
def test_an_address_that_no_desk_has_goes_back_and_the_others_arrive(piped: Piped) -> None:  # pain 11
    piped.mta.send(mail(1), CUSTOMER, "nobody@bt.com", DESK)
    (bounce,) = piped.mta.wait_for("the bounce", lambda: piped.mta.box(CUSTOMER))
    assert b"nobody@bt.com" in bounce
    assert b"Status: 5.1.1" in bounce
    piped.mta.wait_for("an empty queue", lambda: not piped.mta.queue())
    assert sorted(one.code for one in piped.errands.done) == [0, 67]
    assert piped.arrived() == [(CUSTOMER, f'["{DESK}"]', "pipe")]


def reason(queued: dict[str, Any]) -> str:
    return " ".join(str(one.get("delay_reason", "")) for one in queued["recipients"])


@pytest.mark.slow
def test_postfix_hands_mail_over_by_lmtp(tmp_path: Path) -> None:
    postfix_or_skip()
    port = free_port()
    config = f'[smtp]\nlisten = ""\n[lmtp]\nlisten = "127.0.0.1:{port}"\n[reading]\nprocesses = 1\n'
    daemon = Daemon(tmp_path, config)
    folder = scratch()
    lmtp = f"lmtp:inet:127.0.0.1:{port}"
    with postfix(
        folder=folder,
        keeps=("cliente.example",),
        main=snippet("postfix/main.cf", transport=folder / "etc" / "acuse-transport"),
        maps={"acuse-transport": snippet("postfix/acuse-transport", lmtp=lmtp) + f"nobody@bt.com {lmtp}\n"},
    ) as mta:
        # While no daemon runs, the mail waits.
        mta.send(mail(1), CUSTOMER, DESK)
        (waiting,) = mta.wait_for("the mail in the queue", lambda: [one for one in mta.queue() if reason(one)])
        assert "Connection refused" in reason(waiting)
        daemon.start()
        try:
            mta.flush()
            daemon.wait_for("the acknowledgement", daemon.outgoing)
            mta.send(mail(2), CUSTOMER, DESK, "nobody@bt.com")
            (bounce,) = mta.wait_for("the bounce", lambda: mta.box(CUSTOMER))
            assert b"nobody@bt.com" in bounce
            assert b"5.1.1" in bounce
            mta.wait_for("an empty queue", lambda: not mta.queue())
            assert count(tmp_path, "SELECT door, rcpt_tos FROM delivery") == [("lmtp", f'["{DESK}"]')] * 2
            assert daemon.stop() == 0
        finally:
            daemon.kill()


@pytest.mark.slow
def test_postfix_knows_from_acuse_which_addresses_there_are(tmp_path: Path) -> None:
    """The commented lines for a domain that only acuse has."""
    import smtplib

    postfix_or_skip()
    port = free_port()
    folder = scratch()
    own = "\n".join(re.findall(r"^#   (\w+ = .+)$", (DEPLOY / "postfix" / "main.cf").read_text(), re.MULTILINE))
    assert own.count("\n") == 2
    lines = own.replace("desk.example.com", "bt.com") + f"\nrelay_transport = lmtp:inet:127.0.0.1:{port}\n"
    config = f'[smtp]\nlisten = ""\n[lmtp]\nlisten = "127.0.0.1:{port}"\n[reading]\nprocesses = 1\n'
    with running(tmp_path, config) as daemon, postfix(folder=folder, keeps=("cliente.example",), main=lines) as mta:
        mta.send(mail(1), CUSTOMER, DESK)
        daemon.wait_for("the acknowledgement", daemon.outgoing)

        def refused() -> int:
            try:
                mta.send(mail(2), CUSTOMER, "nobody@bt.com")
            except smtplib.SMTPRecipientsRefused as error:
                return error.recipients["nobody@bt.com"][0]
            return 250

        # 450 while Postfix asks, then what acuse said.
        assert mta.wait_for("the refusal", lambda: refused() == 550)
        assert count(tmp_path, "SELECT count(*) FROM delivery") == [(1,)]
        assert daemon.stop() == 0


@pytest.mark.slow
def test_a_customer_gets_their_number_into_their_mailbox(tmp_path: Path) -> None:
    """The whole round: Postfix takes the mail, acuse gets it by LMTP, and answers through Postfix into Dovecot."""
    postfix_or_skip()
    dovecot_or_skip()
    port, folder = free_port(), scratch()
    server = Dovecot([CUSTOMER])
    try:
        main = snippet("postfix/main.cf", transport=folder / "etc" / "acuse-transport")
        main += f"virtual_transport = lmtp:inet:127.0.0.1:{server.lmtp_port}\n"
        transport = snippet("postfix/acuse-transport", lmtp=f"lmtp:inet:127.0.0.1:{port}")
        with postfix(folder=folder, keeps=("cliente.example",), main=main, maps={"acuse-transport": transport}) as mta:
            config = (
                f'[smtp]\nlisten = ""\n[lmtp]\nlisten = "127.0.0.1:{port}"\n[reading]\nprocesses = 1\n'
                f'[outgoing]\nmode = "smtp"\nport = {mta.port}\n'
            )
            with running(tmp_path, config) as daemon:
                mta.send(mail(1), CUSTOMER, DESK)
                (answer,) = daemon.wait_for("the answer", lambda: list(server.mails().values()))
                assert b"Subject: [INC-" in answer
                assert b"In-Reply-To: <m1@cliente.example>" in answer
                assert answer.startswith(b"Return-Path: <>")
                mta.wait_for("an empty queue", lambda: not mta.queue())
                assert daemon.stop() == 0
    finally:
        server.close()


# Dovecot -------------------------------------------------------------------------------------------------------------


@dataclass
class Sieved:
    """A Dovecot whose Sieve script hands the desk's mail over, and what stands behind it."""

    server: Dovecot
    errands: Errands
    folder: Path

    def arrived(self) -> list[tuple[Any, ...]]:
        return count(self.folder, "SELECT mail_from, rcpt_tos, door FROM delivery ORDER BY id")


@pytest.fixture
def sieved(tmp_path: Path) -> Iterator[Sieved]:
    dovecot_or_skip()
    folder = scratch()
    config = tmp_path / "config.toml"
    config.write_text('[database]\nurl = "sqlite:///var/acuse.db"\n')
    script, programs = folder / "sieve" / "acuse.sieve", folder / "bin"
    try:
        with errands(folder) as errand:
            for file, text in (
                (script, snippet("dovecot/acuse.sieve")),
                (programs / "acuse-ingest", snippet("dovecot/acuse-ingest", program=errand.program, config=config)),
            ):
                file.parent.mkdir(mode=0o755)
                file.write_text(text)
                file.chmod(0o755)
            extra = snippet("dovecot/90-acuse.conf", bin=programs, sieve=script)
            server = Dovecot([DESK, CUSTOMER], extra=extra)
            try:
                yield Sieved(server, errand, tmp_path)
            finally:
                server.close()
    finally:
        shutil.rmtree(folder)


@pytest.mark.slow
def test_dovecot_hands_mail_through_a_sieve_pipe(sieved: Sieved) -> None:
    for number, sender, user in ((1, CUSTOMER, DESK), (2, "", DESK), (3, CUSTOMER, CUSTOMER)):
        sieved.server.deliver(mail(number), sender, user)
    assert [one.code for one in sieved.errands.done] == [0, 0], sieved.server.log()
    assert sieved.arrived() == [(CUSTOMER, f'["{DESK}"]', "pipe"), ("", f'["{DESK}"]', "pipe")]
    assert [len(sieved.server.mails(user=user)) for user in (DESK, CUSTOMER)] == [2, 1]


@pytest.mark.slow
def test_mail_that_acuse_cannot_take_stays_in_the_mailbox(sieved: Sieved) -> None:
    script = sieved.errands.program.parent / "sieve" / "acuse.sieve"
    script.write_text(script.read_text().replace("pipe :copy", "pipe"))
    sieved.server.deliver(mail(1), CUSTOMER, DESK)
    assert sieved.server.mails(user=DESK) == {}
    (sieved.folder / "var").rename(sieved.folder / "away")
    (sieved.folder / "var").write_text("where the database's folder should be")
    sieved.server.deliver(mail(2), CUSTOMER, DESK)
    assert [one.code for one in sieved.errands.done] == [0, 75]
    assert len(sieved.server.mails(user=DESK)) == 1


# systemd, and the configuration of an installed acuse ---------------------------------------------------------------


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_the_unit_has_no_mistake_and_is_confined(tmp_path: Path) -> None:
    unit = tmp_path / "acuse.service"
    unit.write_text(snippet("acuse.service", program="/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=20", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_the_configuration_of_an_installed_acuse(tmp_path: Path) -> None:
    from acuse.check import load_checked

    file = tmp_path / "config.toml"
    file.write_text(snippet("config.toml", state=tmp_path))
    config = load_checked(file).config
    assert f"lmtp:inet:{config.lmtp.listen}" == PLACES["lmtp"]
    assert f"message_size_limit = {config.smtp.max_message_bytes}" in (DEPLOY / "postfix" / "main.cf").read_text()
    unit = (DEPLOY / "acuse.service").read_text()
    assert f"run --config {PLACES['config']}" in unit
    assert f"WorkingDirectory={PLACES['state']}" in unit


@pytest.mark.slow
def test_what_the_container_file_copies_is_enough_to_build(tmp_path: Path) -> None:
    """No engine builds the image in a test; its first stage is done by hand."""
    lines = (DEPLOY / "Containerfile").read_text().partition("\nFROM ")[2].partition("\nFROM ")[0].splitlines()
    for line in lines:
        if line.startswith("COPY "):
            *sources, target = line.split()[1:]
            for source in sources:
                here = tmp_path / (target if target != "./" else source)
                here.parent.mkdir(parents=True, exist_ok=True)
                copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
                copy(ROOT / source, here)
    build = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check", "wheel", "--no-deps"]
    subprocess.run([*build, "--no-build-isolation", "-w", tmp_path / "dist", tmp_path], check=True, capture_output=True)
    (wheel,) = (tmp_path / "dist").iterdir()
    names = zipfile.ZipFile(wheel).namelist()
    shipped = ("acuse/cli.py", "share/man/man1/acuse.1", "share/acuse/templates/layout.html.j2", "rules/desks/")
    assert [one for one in shipped if not any(one in name for name in names)] == []
