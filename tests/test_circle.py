"""The whole circle with real servers: the customer's mail server, the desk's Postfix, acuse behind it by LMTP, and the
boxes of customer and agent in Dovecot, from which they read and answer as people do."""

from __future__ import annotations

import email
import email.policy
import re
import smtplib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path

import pytest

from tests.daemon import ROOT, Daemon, count, free_port, mail, running
from tests.dovecot import Dovecot, dovecot_or_skip
from tests.postfix import Postfix, postfix, postfix_or_skip

DESK = "mo.bud@bt.com"
ANA, EVA, LUIS = "ana.ruiz@cliente.example", "eva@agentes.example", "luis@agentes.example"
GHOST = "nadie@cliente.example"
QUOTE = "> "


@dataclass
class Person:
    """Somebody with a box and a mail program."""

    address: str
    boxes: Dovecot
    mta: Postfix

    def inbox(self) -> list[EmailMessage]:
        found = self.boxes.mails(user=self.address)
        return [email.message_from_bytes(raw, policy=email.policy.default) for _, raw in sorted(found.items())]

    def wait(self, number: int) -> EmailMessage:
        """The mail of this number, once it is there."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if len(mails := self.inbox()) >= number:
                return mails[number - 1]
            time.sleep(0.1)
        raise AssertionError(f"{self.address} has {len(self.inbox())} mails: {self.mta.log()[-3000:]}")

    def answer(self, to: EmailMessage, text: str, *attachments: tuple[str, bytes]) -> str:
        """Reply above the quoted mail, as mail programs do; the Message-ID."""
        reply = EmailMessage()
        reply["From"], reply["To"] = self.address, to["Reply-To"] or to["From"]
        subject = str(to["Subject"])
        reply["Subject"] = subject if subject.startswith("Re: ") else f"Re: {subject}"
        reply["Message-ID"], reply["Date"] = make_msgid(domain=self.address.partition("@")[2]), formatdate()
        reply["In-Reply-To"] = to["Message-ID"]
        reply["References"] = f"{to['References'] or ''} {to['Message-ID']}".strip()
        quoted = "\n".join(QUOTE + line for line in body(to).splitlines())
        reply.set_content(f"{text}\n\nEl mar, 3 nov 2026 a las 10:20, {to['From']} escribió:\n\n{quoted}\n")
        for name, data in attachments:
            reply.add_attachment(data, maintype="application", subtype="pdf", filename=name)
        recipient = email.utils.parseaddr(str(reply["To"]))[1]
        self.mta.send(reply.as_bytes(policy=email.policy.SMTP), self.address, recipient)
        return str(reply["Message-ID"])


def body(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part
    return str(part.get_content())


@dataclass
class Circle:
    """Everybody, and what stands between them."""

    ana: Person
    eva: Person
    luis: Person
    outside: Postfix
    desk: Postfix
    acuse: Daemon


@pytest.fixture
def circle(tmp_path: Path) -> Iterator[Circle]:
    dovecot_or_skip()
    postfix_or_skip()
    boxes = Dovecot([ANA, EVA, LUIS])
    lmtp = free_port()
    desks = tmp_path / "desks"
    desks.mkdir()
    shipped = (ROOT / "rules/desks/bt-latam.toml").read_text()
    ours = {"agents = []": f'agents = ["{EVA}", "{LUIS}"]', "plus_addresses = false": "plus_addresses = true"}
    for line, instead in ours.items():
        assert line in shipped
        shipped = shipped.replace(line, instead)
    (desks / "bt-latam.toml").write_text(shipped)
    to_acuse, to_boxes = f"lmtp:inet:127.0.0.1:{lmtp}", f"lmtp:inet:127.0.0.1:{boxes.lmtp_port}"
    # Addresses with a tag belong to the address without it: Postfix asks for both.
    transport = f"bt.com {to_acuse}\ncliente.example {to_boxes}\nagentes.example {to_boxes}\n"
    main = "virtual_mailbox_domains =\nrecipient_delimiter = +\ntransport_maps = texthash:{folder}/etc/transport\n"
    try:
        with (
            postfix(main=main, maps={"transport": transport}) as desk,
            postfix(main=f"virtual_mailbox_domains =\nrelayhost = [127.0.0.1]:{desk.port}\n") as outside,
            running(
                tmp_path / "acuse",
                f'[smtp]\nlisten = ""\n[lmtp]\nlisten = "127.0.0.1:{lmtp}"\n'
                f'[desks]\nenabled = ["bt-latam"]\ndirectories = ["{desks}"]\n'
                f'[outgoing]\nmode = "smtp"\nport = {desk.port}\nnull_reverse_path = false\n',
            ) as acuse,
        ):
            yield Circle(
                Person(ANA, boxes, outside),
                Person(EVA, boxes, desk),
                Person(LUIS, boxes, desk),
                outside,
                desk,
                acuse,
            )
    finally:
        boxes.close()


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_customer_desk_agent_and_back(circle: Circle) -> None:  # pain 61
    ana, eva, luis = circle.ana, circle.eva, circle.luis
    circle.outside.send(mail(1), ANA, DESK)

    acknowledgement = ana.wait(1)
    (reference,) = re.findall(r"INC-\d{4}-\d{6}", str(acknowledgement["Subject"]))
    notice = eva.wait(1)
    assert reference in str(notice["Subject"])
    assert "Sucursal 1" in body(notice)
    assert luis.wait(1)["Message-ID"] != notice["Message-ID"]  # each agent has a token of their own

    # The agent answers from their own mail program; the customer gets the words in the desk's name, and no more.
    eva.answer(
        notice, "Estimada Ana: revisamos el enlace y ya responde.\n\n¿Puede confirmarlo?", ("plano.pdf", b"%PDF-1.4 x")
    )
    answer = ana.wait(2)
    assert "revisamos el enlace" in body(answer)
    assert DESK in str(answer["From"])
    assert [part.get_filename() for part in answer.iter_attachments()] == ["plano.pdf"]
    raw = answer.as_string()
    assert not any(
        word in raw
        for word in (EVA, LUIS, "agentes.example", "enlace caído", "escribió:", "agent.", str(notice["Message-ID"]))
    )
    assert str(acknowledgement["Message-ID"]) in str(answer["References"])
    assert str(answer["Subject"]) == f"Re: {acknowledgement['Subject']}"

    # The customer's reply comes back to the agents.
    ana.answer(answer, "Confirmo que ya responde, muchas gracias por la ayuda.")
    told = [eva.wait(2), luis.wait(2), luis.wait(3)]
    assert any("Confirmo que ya responde" in body(one) for one in told)
    assert all(reference in str(one["Subject"]) for one in told)

    # A command, and its transcript.
    last = next(one for one in reversed(eva.inbox()) if "Confirmo" in body(one))
    before = len(eva.inbox())
    eva.answer(last, "#resolve\n\nQueda resuelto.")
    assert "Queda resuelto." in body(ana.wait(3))
    eva.wait(before + 1)
    shown = circle.acuse.json("ticket", "show", reference)
    assert shown["state"] == "resolved"
    assert shown["history_agrees"]
    assert count(circle.acuse.folder, "SELECT count(*) FROM ticket") == [(1,)]


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_bounced_acknowledgement_is_seen_by_the_agents(circle: Circle) -> None:  # pain 34, pain 35
    circle.outside.send(mail(2, sender=GHOST), GHOST, DESK)
    first = circle.eva.wait(1)  # the notice of the new ticket
    (reference,) = re.findall(r"INC-\d{4}-\d{6}", str(first["Subject"]))
    second = circle.eva.wait(2)
    assert GHOST in body(second)
    assert reference in str(second["Subject"])
    circle.luis.wait(2)
    # Postfix took the acknowledgement, Dovecot had no such box, and the report came back to the keyed address.
    folder = circle.acuse.folder
    assert count(folder, "SELECT disposition, outbox_id IS NOT NULL FROM work WHERE disposition = 'bounce'") == [
        ("bounce", 1)
    ]
    assert circle.acuse.json("ticket", "show", reference)["acknowledgement"] == "not_reached"
    time.sleep(2)
    assert (len(circle.eva.inbox()), len(circle.luis.inbox())) == (2, 2)  # told once
    assert circle.desk.queue() == []


def test_the_customers_server_hears_at_once_of_an_address_that_no_desk_has(circle: Circle) -> None:
    """Behind Postfix the refusal becomes a report of Postfix's to the sender."""
    with smtplib.SMTP("127.0.0.1", circle.outside.port) as client:
        client.sendmail(ANA, ["nadie@bt.com"], mail(3))
    report = circle.ana.wait(1)
    assert "nadie@bt.com" in report.as_string()
