"""The process dies while an agent's reply is on its way: the customer gets it once (docs/crash.md), and a whole
conversation through a daemon and a relay."""

from __future__ import annotations

import email
import email.policy
import shutil
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.colleagues import EVA, LUZ, above, answer, gmail_html
from tests.daemon import ROOT, Daemon, count, mail, running
from tests.office import text
from tests.smtp_script import Script, serving

ANA, DESK = "ana.ruiz@cliente.example", "mo.bud@bt.com"
CONFIG = '[desks]\ndirectories = ["desks"]\n[reading]\nprocesses = 1\n'
POINTS = [
    "before acuse.pipeline:decide",
    "after storage.inbox:decided",
    "after storage.tickets:append",
    "after storage.outbox:put",
    "before storage.outbox:claim",
    "after storage.outbox:begin",
    "after responders.maildir:MaildirRelay.send",
    "before storage.outbox:tried",
    "after storage.outbox:tried",
]


def with_agents(folder: Path) -> None:
    """The desk bt-latam with two agents, as an operator sets it up."""
    desk = (ROOT / "rules/desks/bt-latam.toml").read_text()
    assert "agents = []" in desk
    (folder / "desks").mkdir(parents=True)
    (folder / "desks/bt-latam.toml").write_text(desk.replace("agents = []", f'agents = ["{EVA}", "{LUZ}"]'))


def parsed(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=email.policy.default)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a daemon that was stopped after a ticket was opened and its agents were told."""
    folder = tmp_path_factory.mktemp("opened")
    with_agents(folder)
    with running(folder, CONFIG) as daemon:
        daemon.send(mail(1))
        daemon.wait_for("acknowledgement and notices", lambda: _sent(folder) == 3)
        assert daemon.stop() == 0
    return folder


def _sent(folder: Path) -> int:
    return int(str(count(folder, "SELECT count(*) FROM outbox WHERE state = 'sent'")[0][0]))


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_a_death_on_the_way_of_a_reply_loses_and_doubles_nothing(point: str, opened: Path, tmp_path: Path) -> None:
    folder = tmp_path / "daemon"
    shutil.copytree(opened, folder)
    daemon = Daemon(folder)
    notice = next(one for one in map(parsed, daemon.outgoing()) if one["To"].addresses[0].addr_spec == EVA)
    raw = answer(notice, "#assign me\nEl técnico va.")
    with running(folder, crash_at=point) as dying:
        dying.send(raw, EVA, DESK)
        assert dying.wait_dead() == 137
    with running(folder) as daemon:
        # The reply to the customer, and the transcript; who is assigned acts, and nobody else is told.
        daemon.wait_for("the reply", lambda: _sent(folder) == 5)
        assert daemon.stop() == 0
    replies = [one for one in map(parsed, daemon.outgoing()) if "El técnico va." in text(one)]
    assert [one["To"].addresses[0].addr_spec for one in replies] == [ANA]
    assert count(folder, "SELECT purpose FROM outbox ORDER BY id")[3:] == [("reply",), ("transcript",)]
    assert count(folder, "SELECT name FROM ticket_event ORDER BY id")[2:] == [("assigned",), ("agent_replied",)]


class Mailboxes:
    """What a relay took, by recipient."""

    def __init__(self, daemon: Daemon, relay: Script) -> None:
        self.daemon = daemon
        self.relay = relay

    def of(self, address: str) -> list[EmailMessage]:
        return [parsed(raw) for _, to, raw in self.relay.mails if address in to]

    def wait(self, address: str, number: int) -> EmailMessage:
        """The mail of that number (1, 2, ...) to an address, once it is there."""
        self.daemon.wait_for(f"mail {number} to {address}", lambda: len(self.of(address)) >= number)
        return self.of(address)[number - 1]

    def raw(self, address: str) -> bytes:
        return b"\n".join(raw for _, to, raw in self.relay.mails if address in to)


@pytest.mark.slow
def test_a_conversation_through_a_daemon_and_a_relay(tmp_path: Path) -> None:  # pain 58, pain 61
    with_agents(tmp_path)
    with serving(Script()) as relay:
        config = f'{CONFIG}[outgoing]\nmode = "smtp"\nport = {relay.port}\n'
        with running(tmp_path, config) as daemon:
            boxes = Mailboxes(daemon, relay)
            daemon.send(mail(1), ANA)
            acknowledgement = boxes.wait(ANA, 1)
            notice, other = boxes.wait(EVA, 1), boxes.wait(LUZ, 1)

            # Whoever has only what the customer has cannot act, whatever stands in From.
            forged = answer(acknowledgement, "#resolve\nListo.", style=above)
            daemon.send(forged, EVA, DESK)
            daemon.wait_for("the forged mail", lambda: count(tmp_path, "SELECT 1 FROM work WHERE disposition = 'held'"))

            daemon.send(answer(notice, "#assign me\n\n¿Sigue caído?", style=gmail_html), EVA, DESK)
            question = boxes.wait(ANA, 2)
            assert "¿Sigue caído?" in text(question)
            # The second was of the forged mail.
            transcript = boxes.wait(EVA, 3)

            daemon.send(answer(question, "Sí, sigue.", sender=ANA, name="Ana Ruiz", style=above), ANA, DESK)
            assert "Sí, sigue." in text(boxes.wait(EVA, 4))
            assert all("Sí, sigue." not in text(one) for one in boxes.of(LUZ))

            daemon.send(answer(boxes.wait(EVA, 4), "#resolve\nEra el cable."), EVA, DESK)
            solved = boxes.wait(ANA, 3)
            assert "Era el cable." in text(solved)
            daemon.send(answer(solved, "Volvió a caer.", sender=ANA, name="Ana Ruiz"), ANA, DESK)
            assert "Volvió a caer." in text(boxes.wait(EVA, 6))
            assert daemon.stop() == 0
    names = [name for (name,) in count(tmp_path, "SELECT name FROM ticket_event ORDER BY id")]
    steps = ["opened", "acknowledged", "assigned", "agent_replied", "customer_replied", "resolved", "customer_replied"]
    assert names == [*steps, "reopened"]
    assert other["Subject"] == notice["Subject"]
    assert transcript["To"].addresses[0].addr_spec == EVA
    whole = boxes.raw(ANA)
    for secret in (EVA, LUZ, "agent.1.", str(notice["Message-ID"]), "#assign", "encima de esta"):
        assert secret.encode() not in whole
    senders = {one["From"].addresses[0].addr_spec for one in boxes.of(ANA)}
    assert senders == {DESK}
    assert len(boxes.of(ANA)) == 3


@pytest.mark.slow
def test_an_agents_reply_by_two_doors_reaches_the_customer_once(opened: Path, tmp_path: Path) -> None:  # I2
    folder = tmp_path / "daemon"
    shutil.copytree(opened, folder)
    with running(folder) as daemon:
        notice = next(one for one in map(parsed, daemon.outgoing()) if one["To"].addresses[0].addr_spec == EVA)
        raw = answer(notice, "El técnico va.")
        doors: list[Callable[[], object]] = [
            lambda: daemon.send(raw, EVA, DESK),
            lambda: daemon.acuse("ingest", "--sender", EVA, "--recipient", DESK, given=raw),
        ]
        for door in doors * 2:
            door()
        daemon.wait_for("the reply and the notice", lambda: _sent(folder) == 5)
        assert daemon.stop() == 0
    assert count(folder, "SELECT count(*) FROM delivery") == [(5,)]
    assert count(folder, "SELECT purpose FROM outbox ORDER BY id")[3:] == [("reply",), ("notice",)]
