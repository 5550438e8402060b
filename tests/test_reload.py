"""SIGHUP: what is changed on disk is in force for the next mail; what is wrong there changes nothing and is named."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import smtplib
import ssl
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from acuse.check import load_checked
from acuse.clock import Clock
from acuse.config import ConfigError
from acuse.desk_files import BUILT_IN
from acuse.doors import Doors
from acuse.notify import Notifier
from acuse.receiving import Receiver
from acuse.reloading import Reloader, read_again
from acuse.runtime import Current, load_policy, load_templates, start
from acuse.shifts import Shift, Shifts
from intake.doors.door import Door, ListenerLimits
from intake.doors.listener import Listener
from tests import certificates
from tests.daemon import Daemon, count, mail, running

CONFIG = '[desks]\nenabled = ["bt-latam"]\ndirectories = ["desks"]\n[templates]\ndirectories = ["texts"]\n'
SMALL = "[reading]\nprocesses = 1\n"


def prepare(folder: Path) -> Path:
    """A folder with a desk file of its own; the file."""
    (folder / "desks").mkdir(parents=True)
    (folder / "texts" / "es").mkdir(parents=True)
    return Path(shutil.copy(BUILT_IN / "bt-latam.toml", folder / "desks"))


def edit(file: Path, before: str, after: str) -> None:
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after))


def hup(daemon: Daemon) -> dict[str, Any]:
    """Ask for a reload; the event that ends it, with the problems found beside it."""

    def ends() -> list[dict[str, Any]]:
        return [one for one in daemon.events(offset) if one["event"] in ("config.reloaded", "config.kept")]

    assert daemon.process
    offset = daemon.log.stat().st_size
    daemon.process.send_signal(signal.SIGHUP)
    end = dict(daemon.wait_for("the end of the reload", ends)[0])
    found = [one for one in daemon.events(offset) if one["event"] == "config.problem"]
    return end | {"found": [(Path(one["file"]).name, one["key"]) for one in found]}


def answer(daemon: Daemon, number: int) -> bytes:
    """The acknowledgement of a new mail."""
    seen, sender = daemon.outgoing(), f"ana{number}@cliente.example"
    daemon.send(mail(number, sender=sender), sender=sender)
    new = daemon.wait_for("the answer", lambda: [one for one in daemon.outgoing() if one not in seen])
    return bytes(new[0])


# What changes and what waits -----------------------------------------------------------------------------------------


def current(folder: Path, text: str) -> Current:
    (folder / "config.toml").write_text(text)
    loaded = load_checked(folder / "config.toml")
    return Current(loaded, load_policy(loaded)[0], load_templates(loaded))


def test_what_needs_a_restart_keeps_its_running_value_and_is_named(tmp_path: Path) -> None:
    before = current(tmp_path, '[log]\nlevel = "info"\n')
    (tmp_path / "config.toml").write_text(
        '[service]\nhostname = "new.example"\nstate_directory = "elsewhere"\n'
        '[database]\nurl = "sqlite:///other.db"\n'
        '[smtp]\nlisten = "127.0.0.1:2526"\n'
        "[reading]\nprocesses = 1\ntime_limit_seconds = 9\nmemory_limit_bytes = 536_870_912\n"
        "[limits]\naddress_per_day = 5\n"
        '[outgoing]\nmode = "smtp"\nhost = "relay.example"\ngive_up_hours = 3\nnull_reverse_path = false\n'
        '[operator]\naddress = "ops@desk.example"\n'
        '[log]\nlevel = "error"\nformat = "json"\n'
    )
    found = read_again(before)
    assert set(found.waiting) == {
        "service.hostname",
        "service.state_directory",
        "database.url",
        "smtp.listen",
        "reading.processes",
        "outgoing.mode",
        "outgoing.host",
        "log.format",
    }
    assert set(found.changed) == {
        "reading.time_limit_seconds",
        "reading.memory_limit_bytes",
        "limits.address_per_day",
        "outgoing.give_up_hours",
        "outgoing.null_reverse_path",
        "operator.address",
        "log.level",
    }
    config, old = found.current.loaded.config, before.loaded.config
    assert (config.outgoing.mode, config.outgoing.host) == (old.outgoing.mode, old.outgoing.host)
    assert (config.outgoing.give_up_hours, config.reading.time_limit_seconds, config.reading.processes) == (3, 9, 2)
    assert config.database == old.database
    # A second look still measures against what runs.
    again = read_again(found.current)
    assert (set(again.waiting), again.changed, again.desks) == (set(found.waiting), (), ())


def test_the_live_keys_are_keys(tmp_path: Path) -> None:
    """A name in the list of live keys that the configuration does not have would be a slip."""
    from acuse.reloading import LIVE

    config = current(tmp_path, "").loaded.config
    sections = {name: part for name, part in config if isinstance(part, BaseModel)}
    assert set(sections) | {f"{name}.{key}" for name, part in sections.items() for key, _ in part} >= LIVE


def test_a_mailbox_that_is_added_waits_for_a_restart(tmp_path: Path) -> None:
    before = current(tmp_path, "")
    (tmp_path / "secret").write_text("sesame")
    (tmp_path / "secret").chmod(0o600)
    (tmp_path / "config.toml").write_text(
        '[[mailboxes]]\nname = "support"\nhost = "imap.example"\nusername = "u"\npassword_file = "secret"\n'
    )
    found = read_again(before)
    assert (found.waiting, found.current.loaded.config.mailboxes) == (("mailboxes",), ())


def test_tls_cannot_be_switched_on_by_a_reload(tmp_path: Path) -> None:
    before = current(tmp_path, "")
    certificate, key = certificates.make(tmp_path)
    (tmp_path / "config.toml").write_text(f'[smtp]\ntls_certificate = "{certificate}"\ntls_key = "{key}"\n')
    found = read_again(before)
    assert found.waiting == ("smtp.tls_certificate", "smtp.tls_key")
    assert found.current.loaded.config.smtp.tls_certificate == ""


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "desks").mkdir()
    before = current(tmp_path, '[desks]\ndirectories = ["desks"]\n')
    (tmp_path / "config.toml").write_text('[desks]\ndirectories = ["desks"]\n[limits]\naddress_per_day = 0\n[smpt]\n')
    (tmp_path / "desks" / "one.toml").write_text("name = 1")
    with pytest.raises(ConfigError) as wrong:
        read_again(before)
    text = str(wrong.value)
    for part in ("limits.address_per_day", "smpt", "one.toml"):
        assert part in text


# A real daemon -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_next_mail_follows_the_new_files(tmp_path: Path) -> None:
    desk = prepare(tmp_path)
    with running(tmp_path, CONFIG + SMALL) as daemon:
        assert b"BT Service Desk Latam" in answer(daemon, 1)

        edit(desk, 'name = "BT Service Desk Latam"', 'name = "Mesa Nueva"')
        edit(desk, "promise_minutes = 15", "promise_minutes = 45")
        done = hup(daemon)
        assert (done["event"], done["changed_desks"], done["changed"]) == ("config.reloaded", ["bt-latam"], [])
        second = answer(daemon, 2)
        assert b"Mesa Nueva" in second
        assert b"Latam" not in second.partition(b"\r\n\r\n")[0]
        policies = [row[0] for row in count(tmp_path, "SELECT policy FROM work ORDER BY id")]
        assert policies[0] != policies[1]
        spans = count(
            tmp_path,
            "SELECT round((julianday(timer.due_at) - julianday(arrived_at)) * 14400) / 10 FROM timer "
            "JOIN work ON subject = work.desk || ':' || mail_key WHERE kind = 'promise' ORDER BY work.id",
        )
        assert spans == [(7.5,), (22.5,)]

        (tmp_path / "texts" / "es" / "acknowledgement.subject.j2").write_text("Recibido {{ reference }}\n")
        assert hup(daemon)["event"] == "config.reloaded"
        assert b"Subject: Recibido " in answer(daemon, 3)

        edit(daemon.config, '["bt-latam"]', '["bt-latam-ssr"]')
        edit(daemon.config, "[desks]", '[operator]\naddress = "ops@desk.example"\n[log]\nlevel = "warning"\n[desks]')
        done = hup(daemon)  # a level that is raised does not hide it
        assert (done["event"], "log.level" in done["changed"]) == ("config.reloaded", True)
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            daemon.send(mail(4))
        edit(daemon.config, '["bt-latam-ssr"]', '["bt-latam"]')
        edit(daemon.config, "warning", "info")
        done = hup(daemon)
        assert set(done["changed"]) == {"desks.enabled", "log.level"}
        answer(daemon, 5)
        assert daemon.stop() == 0


@pytest.mark.slow
def test_the_next_mail_finds_the_new_limits(tmp_path: Path) -> None:
    with running(tmp_path, '[smtp]\nlisten = "127.0.0.1:0"\nmax_message_bytes = 1_000_000\n' + SMALL) as daemon:
        edit(daemon.config, "1_000_000", "1_000")
        assert hup(daemon)["changed"] == ["smtp.max_message_bytes"]
        with pytest.raises(smtplib.SMTPDataError) as refused:
            daemon.send(mail(1, body="x" * 70 + "\r\n" + "palabra\r\n" * 200))
        assert refused.value.smtp_code == 552
        edit(daemon.config, "1_000", "1_000_000\nmax_open_data_bytes = 1_000_000")
        edit(daemon.config, "max_open_data_bytes = 1_000_000", "max_open_data_bytes = 2_000_000")
        assert set(hup(daemon)["changed"]) == {"smtp.max_message_bytes", "smtp.max_open_data_bytes"}
        daemon.send(mail(2, body="x" * 70 + "\r\n" + "palabra\r\n" * 200))
        assert daemon.stop() == 0


@pytest.mark.slow
def test_a_wrong_file_keeps_the_old_and_says_so(tmp_path: Path) -> None:
    desk = prepare(tmp_path)
    with running(tmp_path, CONFIG + SMALL) as daemon:
        for broken, before, after, file, key in (
            (desk, "promise_minutes = 15", 'promise_minutes = "soon"', "bt-latam.toml", "promise_minutes"),
            (desk, "promise_minutes = 15", "promise_minutes = = 15", "bt-latam.toml", None),
            (daemon.config, "processes = 1", "processes = 0", "config.toml", "reading.processes"),
            (daemon.config, '["bt-latam"]', '["nobody"]', "config.toml", "desks.enabled"),
        ):
            edit(desk, 'name = "BT Service Desk Latam"', 'name = "Mesa Nueva"')
            edit(broken, before, after)
            done = hup(daemon)
            assert done["event"] == "config.kept"
            assert [(one, where if key else None) for one, where in done["found"]] == [(file, key)]
            edit(broken, after, before)
            edit(desk, 'name = "Mesa Nueva"', 'name = "BT Service Desk Latam"')
        (tmp_path / "texts" / "es" / "acknowledgement.txt.j2").write_text("{{ no_such_name }}")
        assert hup(daemon)["found"][0][0].startswith("acknowledgement.txt.j2")
        assert b"BT Service Desk Latam" in answer(daemon, 1)
        (tmp_path / "texts" / "es" / "acknowledgement.txt.j2").unlink()
        edit(daemon.config, "processes = 1", "processes = 2")
        assert hup(daemon)["event"] == "config.reloaded"
        assert [one["key"] for one in daemon.events() if one["event"] == "config.needs_restart"] == [
            "reading.processes"
        ]
        assert daemon.stop() == 0


@pytest.mark.slow
def test_a_mail_in_hand_is_finished_by_the_old_desk(tmp_path: Path) -> None:
    desk = prepare(tmp_path)
    config = CONFIG + "[reading]\nprocesses = 1\ntime_limit_seconds = 600\n"
    with running(tmp_path, config) as daemon:
        assert daemon.process
        (reader,) = readers(daemon.process.pid)
        os.kill(reader, signal.SIGSTOP)
        daemon.send(mail(1))
        daemon.wait_for("the claim", lambda: count(tmp_path, "SELECT 1 FROM work WHERE owner IS NOT NULL"))
        edit(desk, 'name = "BT Service Desk Latam"', 'name = "Mesa Nueva"')
        (tmp_path / "texts" / "es" / "acknowledgement.subject.j2").write_text("Recibido {{ reference }}\n")
        assert hup(daemon)["event"] == "config.reloaded"
        assert len(readers(daemon.process.pid)) == 2
        os.kill(reader, signal.SIGCONT)
        (first,) = daemon.wait_for("the first answer", daemon.outgoing)
        second = answer(daemon, 2)
        assert (b"Latam" in first, b"Subject: Recibido" in first) == (True, False)
        assert (b"Mesa Nueva" in second, b"Subject: Recibido" in second) == (True, True)
        pid = daemon.process.pid
        daemon.wait_for("the old reader's end", lambda: len(readers(pid)) == 1)
        assert readers(pid) != [reader]
        assert len({row[0] for row in count(tmp_path, "SELECT policy FROM work")}) == 2
        assert daemon.stop() == 0


@pytest.mark.slow
def test_what_fails_at_the_doors_leaves_no_readers_behind(tmp_path: Path) -> None:
    """Between the check and the doors a certificate may go."""
    (tmp_path / "config.toml").write_text(SMALL)
    runtime = start(load_checked(tmp_path / "config.toml"), Clock())
    door = Door(
        Receiver(runtime, lambda: None).receive, lambda _: None, ListenerLimits(), hostname="x", clock=Clock().now
    )
    before = set(readers(os.getpid()))

    async def reload() -> str:
        doors = Doors(Listener(door), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
        shifts = Shifts(Shift(runtime, 0))
        return await Reloader(runtime, shifts, 1, doors, Notifier.of({}))._reload()

    try:
        assert "the old one stays in force" in asyncio.run(reload())
        assert set(readers(os.getpid())) == before
    finally:
        runtime.close()


def readers(pid: int) -> list[int]:
    """The reader processes of a daemon."""
    children = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    threads = [path for path in Path(f"/proc/{pid}/task").iterdir() if path.name != str(pid)]
    for thread in threads:
        children += [int(one) for one in (thread / "children").read_text().split()]
    return [one for one in children if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]


@pytest.mark.slow
def test_a_renewed_certificate_is_shown_to_the_next_peer(tmp_path: Path) -> None:
    folder = tmp_path / "tls"
    folder.mkdir()
    certificate, key = certificates.make(folder)
    config = f'[smtp]\nlisten = "127.0.0.1:0"\ntls_certificate = "{certificate}"\ntls_key = "{key}"\n'
    with running(tmp_path, config + SMALL) as daemon:
        first = shown(daemon)
        assert first == ssl.PEM_cert_to_DER_cert(certificate.read_text())
        # A key that does not belong to the certificate: half of a renewal.
        certificates.make(folder)
        whole = certificate.read_text()
        certificate.write_text(ssl.DER_cert_to_PEM_cert(first))
        assert hup(daemon)["found"] == [("config.toml", "smtp.tls_certificate")]
        assert shown(daemon) == first
        certificate.write_text(whole)
        assert hup(daemon)["event"] == "config.reloaded"
        assert shown(daemon) == ssl.PEM_cert_to_DER_cert(whole) != first
        assert daemon.stop() == 0


def shown(daemon: Daemon) -> bytes:
    """The certificate that the daemon shows, in DER."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with smtplib.SMTP("127.0.0.1", daemon.port, timeout=30) as client:
        client.starttls(context=context)
        assert isinstance(client.sock, ssl.SSLSocket)
        return client.sock.getpeercert(binary_form=True) or b""
