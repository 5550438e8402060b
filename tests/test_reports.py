"""Delivery reports and refusals: which message, ticket and recipient they are about, and who hears of it."""

from __future__ import annotations

import email
import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from intake.identity import mail_key
from intake.machines.reports import RECIPIENTS, reports_of
from intake.parse import parse
from rules.addresses import bounce_address
from rules.model import Arrival, DeliveryReport, Envelope, Peer, ReadingClass
from rules.reports import MUTE
from storage import outbox as sending
from storage import reports
from storage.schema import outbox, outbox_recipient
from storage.views import list_tickets, trace
from tests.arrivals import letter
from tests.colleagues import EVA, LUZ, ROOM, above
from tests.conftest import StillClock
from tests.daemon import count, running
from tests.daemon import mail as errand
from tests.office import ANA, BLUE, FORM, OPERATOR, Office, mail, office, text
from tests.plans import plans
from tests.readings import MAILS
from tests.smtp_script import Script, serving
from tests.test_crash_replies import with_agents

PLUS = replace(ROOM, plus_addresses=True)
PLAIN = replace(ROOM, plus_addresses=False)
STYLES = ("postfix", "exchange-spanish", "exim", "qmail", "gmail", "utf8", "words-spanish", "words-portuguese")
BY_STANDARD = ("postfix", "exchange-spanish", "exim", "gmail", "utf8")
CALL_ME = FORM + "Contactos para callback (nombre y teléfono): Luis Paz +57 601 555 0199\n"
_number = itertools.count(1)


def report(style: str, *, to: str = ANA, status: str = "5.1.1", reply: str = "", **values: str) -> bytes:
    """A report in the style of a mail system; `id` and `subject` are of the message that it returns."""
    raw = (MAILS / "reports" / f"{style}.eml").read_text(encoding="utf-8")
    given = {"id": "nobody@nowhere.example", "subject": "Aviso", "desk": "red@desk.example"}
    given |= (
        {"number": str(next(_number))}
        | {"to": to, "status": status, "reply": reply or f"550 {status} no such user"}
        | values
    )
    for name, value in given.items():
        raw = raw.replace(f"@@{name.upper()}@@", value)
    return raw.replace("\n", "\r\n").encode()


@pytest.fixture
def desk(tmp_path: Path, database_url: str, clock: StillClock) -> Iterator[Office]:
    """An office whose messages all can come back, each to an address of its own."""
    with office(
        tmp_path, database_url, clock, desks=(PLUS, BLUE), outgoing={"maildir": "out", "null_reverse_path": False}
    ) as opened:
        yield opened


@pytest.fixture
def by_smtp(tmp_path: Path, database_url: str, clock: StillClock) -> Iterator[tuple[Office, Script]]:
    with serving(Script()) as script:
        outgoing = {"mode": "smtp", "port": script.port, "null_reverse_path": False}
        with office(tmp_path, database_url, clock, desks=(PLUS, BLUE), outgoing=outgoing) as opened:
            yield opened, script


def messages(desk: Office, purpose: str) -> list[dict[str, Any]]:
    """Messages of a purpose, each with its recipient's row."""
    joined = outbox_recipient.join(outbox, outbox.c.id == outbox_recipient.c.outbox_id)
    columns = (
        *(outbox.c.id, outbox.c.message_id, outbox.c.mail_from, outbox.c.state.label("handed")),
        *(outbox_recipient.c.address, outbox_recipient.c.state, outbox_recipient.c.code),
        *(outbox_recipient.c.enhanced, outbox_recipient.c.reply),
    )
    return desk.rows(select(*columns).select_from(joined).where(outbox.c.purpose == purpose).order_by(outbox.c.id))


def bounce(desk: Office, style: str, message: dict[str, Any], back_to: str = "", **more: str) -> dict[str, Any]:
    """A report on a message comes in, is decided, and what is due happens."""
    values = {"id": message["message_id"], "to": message["address"]} | more
    back_to = back_to or message["mail_from"]
    row = desk.take(report(style, **values), back_to, sender="")
    desk.tick()
    return row


def opened(desk: Office, body: str = FORM) -> dict[str, Any]:
    """A ticket whose acknowledgement has left; the acknowledgement."""
    desk.take(mail(body=body))
    desk.send()
    return messages(desk, "acknowledgement")[-1]


def told(desk: Office) -> list[tuple[str, str]]:
    """Who was written about what did not arrive, or went wrong."""
    return [(purpose, to) for purpose, to, _ in desk.queued("customer_not_reached", "alarm")]


AGENTS = [("customer_not_reached", EVA), ("customer_not_reached", LUZ)]


# What a report says --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("style", "status", "code"),
    [
        ("postfix", "5.1.1", 550),
        ("exchange-spanish", "5.2.2", 554),
        ("exim", "5.1.1", 550),
        ("qmail", "", 0),
        ("words-spanish", "", 0),
        ("words-portuguese", "", 0),
        ("gmail", "5.1.1", 550),
        ("utf8", "5.1.6", 550),
        ("rewriting-relay", "5.1.1", 550),
    ],
)
def test_each_mail_system_names_the_recipient_and_the_reason(style: str, status: str, code: int) -> None:
    message = parse(report(style, id="ack.1@desk.example"))
    assert message.klass is ReadingClass.DELIVERY_STATUS
    (one,) = message.reports
    assert ANA in (one.recipient, one.original)
    assert (one.action, one.status, one.code) == ("failed", status, code)
    assert bool(one.diagnostic) == bool(code)
    assert message.attachments == () or style == "gmail"


def test_every_recipient_of_a_report_is_told_apart() -> None:
    status = (
        b"Reporting-MTA: dns; x.example\n\n\n"
        b"Final-Recipient:RFC822;<ana@x.example>\nOriginal-recipient: rfc822;alias@x.example\nAction: FAILED (gone)\n"
        b"Status: 5.7.26 (policy)\nDiagnostic-Code: smtp;550-5.7.26 not\n authenticated\n"
        b"\r\n \t\r\n"
        b"Final-Recipient: rfc822; luis@x.example\nStatus: 4.4.7\n\n"
        b"Final-Recipient: utf-8; mar\\x{ED}a@x.example\nAction: relayed\nStatus: 2.0.0\n\n"
        b"Final-Recipient: rfc822; eva@x.example\n\nFinal-Recipient: rfc822; undisclosed\nAction: failed\n"
    )
    assert reports_of(status) == (
        DeliveryReport(
            "ana@x.example", "alias@x.example", "failed", "5.7.26", "550-5.7.26 not authenticated", 550
        ),  # pain 36
        DeliveryReport("luis@x.example", "", "delayed", "4.4.7"),
        DeliveryReport("maría@x.example", "", "relayed", "2.0.0"),
        DeliveryReport("eva@x.example"),
    )


@pytest.mark.parametrize(
    "status",
    [
        b"",
        b"\x00\xff" * 1000,
        b"Final-Recipient: rfc822;" + b"a" * 100_000 + b"@x.example",
        b"Final-Recipient: utf-8; \\x{D800}\\x{FFFFFF}@x.example",
        b"\n \n" * 40_000,
        b"Diagnostic-Code: " + b"5" * 100_000,
    ],
)
def test_a_status_part_of_any_bytes_is_read(status: bytes) -> None:
    assert all(len(one.recipient) <= 320 for one in reports_of(status))


def test_a_report_of_thousands_is_read_so_far_and_no_further() -> None:
    many = b"\n\n".join(b"Final-Recipient: rfc822; a%d@x.example\nAction: failed" % number for number in range(4000))
    assert len(reports_of(many)) == RECIPIENTS


# Which message -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("back_to", ["", "red@desk.example"])
def test_a_report_finds_its_message_its_ticket_and_its_recipient(desk: Office, style: str, back_to: str) -> None:
    # By the address that it comes back to; and at a desk's plain address by the id that it returns.
    lost = opened(desk, CALL_ME)
    row = bounce(desk, style, lost, back_to)
    (ticket,) = desk.tickets()
    assert (row["disposition"], row["outbox_id"], row["ticket_id"]) == ("bounce", lost["id"], ticket["id"])
    (now,) = messages(desk, "acknowledgement")
    assert (now["state"], now["handed"]) == ("bounced", "sent")
    if style in BY_STANDARD:
        assert now["enhanced"].startswith("5.")
        assert now["code"] in (550, 554)
        assert now["reply"]
    assert desk.events() == ["opened", "acknowledged", "customer_not_reached"]
    assert ticket["acknowledgement"] == "not_reached"
    assert desk.ticket(ticket["reference"])["history_agrees"]  # I10
    assert told(desk) == AGENTS
    body = text(desk.queued("customer_not_reached")[0][2])
    assert ANA in body
    assert "+576015550199" in body
    assert ticket["reference"] in body


def test_a_second_report_tells_nobody_again(desk: Office) -> None:
    lost = opened(desk)
    for style in (*STYLES, "postfix", "rewriting-relay"):
        bounce(desk, style, lost, subject=str(desk.queued("acknowledgement")[0][2]["Subject"]))
    assert desk.events() == ["opened", "acknowledged", "customer_not_reached"]
    assert told(desk) == AGENTS
    assert [row["outbox_id"] for row in desk.works()[1:]] == [lost["id"]] * (len(STYLES) + 2)


def test_a_delay_is_written_down_and_nobody_is_told(desk: Office) -> None:
    lost = opened(desk)
    row = bounce(desk, "postfix-delayed", lost)
    assert (row["disposition"], row["outbox_id"]) == ("bounce", lost["id"])
    assert "delayed" in str(row["reasons"])
    assert messages(desk, "acknowledgement")[0]["state"] == "sent"
    assert (desk.events(), told(desk)) == (["opened", "acknowledged"], [])


@pytest.mark.parametrize("style", [*STYLES, "rewriting-relay"])
def test_a_forged_report_changes_nothing(desk: Office, style: str) -> None:  # I9
    lost = opened(desk)
    forged = lost["message_id"].replace("@", "a@")
    other_mac = lost["message_id"][:-20] + "aaaa" + lost["message_id"][-16:]
    for identity in ("zufall@desk.example", forged, other_mac):
        row = desk.take(report(style, id=identity, subject="Re: Aviso"), "red@desk.example", sender="")
        assert (row["disposition"], row["outbox_id"], row["ticket_id"]) == ("bounce", None, None)
        tag = bounce_address("red@desk.example", identity.partition("@")[0])
        row = desk.take(report(style, subject="Aviso"), tag, sender="")
        assert (row["disposition"], row["outbox_id"]) == ("bounce", None)
    desk.tick()
    assert (desk.events(), told(desk)) == (["opened", "acknowledged"], [])


def test_an_id_that_no_key_of_ours_made_proves_nothing(desk: Office) -> None:
    def put(connection: Any) -> None:
        new = letter("guessed@desk.example", rcpt_tos=(ANA,), created_at=desk.clock.now(), not_after=desk.clock.now())
        sending.put(connection, new)

    desk.runtime.writer.call(put)
    desk.send()
    row = desk.take(report("postfix", id="guessed@desk.example"), "red@desk.example", sender="")
    assert row["outbox_id"] is None
    assert messages(desk, "acknowledgement")[0]["state"] == "sent"


def test_who_knows_an_id_and_names_somebody_else_changes_nothing(desk: Office) -> None:
    lost = opened(desk)
    row = bounce(desk, "postfix", lost, "red@desk.example", to="luis@otra.example")
    assert (row["outbox_id"], told(desk)) == (lost["id"], [])
    assert messages(desk, "acknowledgement")[0]["state"] == "sent"


def test_a_message_forwarded_into_nothing_is_doubtful(desk: Office) -> None:
    # It came back to the address that only it had, but from where it had been forwarded to.
    lost = opened(desk)
    bounce(desk, "postfix", lost, to="ana.ruiz@interno.example")
    assert messages(desk, "acknowledgement")[0]["state"] == "doubtful"
    assert desk.events() == ["opened", "acknowledged", "message_not_delivered"]
    assert desk.tickets()[0]["acknowledgement"] == "queued"
    assert told(desk) == AGENTS
    # Proof that comes later changes the ticket, and tells nobody twice.
    bounce(desk, "postfix", lost)
    assert messages(desk, "acknowledgement")[0]["state"] == "bounced"
    assert desk.tickets()[0]["acknowledgement"] == "not_reached"
    assert told(desk) == AGENTS


def test_behind_a_relay_that_rewrites_ids_the_number_and_the_address_tell(
    desk: Office, clock: StillClock
) -> None:  # pain 27
    opened(desk)
    subject = str(desk.queued("acknowledgement")[0][2]["Subject"])
    for to, expected in (("luis@otra.example", []), (ANA, AGENTS), (ANA, AGENTS)):
        desk.take(report("rewriting-relay", to=to, subject=subject), "red@desk.example", sender="")
        desk.tick()
        assert told(desk) == expected
    # Whoever knows number and address could have written it: the ticket stays as it is.
    assert desk.events() == ["opened", "acknowledged", "message_not_delivered"]
    assert desk.tickets()[0]["acknowledgement"] == "queued"
    assert "no se pudo comprobar" in text(desk.queued("customer_not_reached")[0][2])
    clock.forward(days=15)
    row = desk.take(report("rewriting-relay", subject=subject), "red@desk.example", sender="")
    assert row["outbox_id"] is None


def test_a_report_at_another_desk_finds_nothing(desk: Office) -> None:
    lost = opened(desk)
    row = desk.take(report("postfix", id=lost["message_id"]), "blue@desk.example", sender="")
    assert (row["disposition"], row["outbox_id"]) == ("bounce", None)


def test_a_report_faster_than_the_relays_word_counts_and_the_message_is_not_sent_again(
    by_smtp: tuple[Office, Script], clock: StillClock
) -> None:
    desk, script = by_smtp
    script.replies["END"] = "451 4.3.0 later"
    desk.take(mail())
    desk.send()
    (lost,) = messages(desk, "acknowledgement")
    assert lost["state"] == "pending"
    bounce(desk, "postfix", lost)
    del script.replies["END"]
    clock.forward(hours=1)
    desk.send()
    assert [to for _, (to,), _ in script.mails if to == ANA] == []
    (now,) = messages(desk, "acknowledgement")
    assert (now["state"], now["handed"]) == ("bounced", "failed")
    assert desk.events() == ["opened", "acknowledged", "customer_not_reached"]


def test_an_imported_report_is_history(desk: Office) -> None:
    lost = opened(desk)
    raw = report("postfix", id=lost["message_id"])
    envelope = Envelope("", ("red@desk.example",))
    desk.receiver.receive_now(
        Arrival(envelope, raw, "import", Peer(), desk.clock.now(), ("red",), mail_key(raw), silent=True)
    )
    desk.decide()
    desk.tick()
    assert desk.works()[-1]["outbox_id"] == lost["id"]
    assert (messages(desk, "acknowledgement")[0]["state"], told(desk)) == ("sent", [])


# What did not arrive, and who is told ---------------------------------------------------------------------------------


def conversation(desk: Office, body: str) -> dict[str, Any]:
    """An agent's answer to the customer; the message."""
    opened(desk)
    notice = next(message for _, to, message in desk.queued("notice") if to == EVA)
    desk.take(
        mail(f"Re: {notice['Subject']}", above(body, notice), sender=EVA, In_Reply_To=str(notice["Message-ID"])),
        sender=EVA,
    )
    desk.send()
    return messages(desk, "reply")[-1]


@pytest.mark.parametrize(
    ("body", "what"), [("Ya lo vemos.", "Respuesta sin entregar"), ("#ask\n¿Hay luz?", "Pregunta sin entregar")]
)
def test_an_agents_answer_that_comes_back_says_what_was_lost(desk: Office, body: str, what: str) -> None:
    lost = conversation(desk, body)
    assert lost["mail_from"] == f"red+b.{lost['message_id'].partition('@')[0]}@desk.example"
    bounce(desk, "exchange-spanish", lost)
    assert desk.events()[-1] == "message_not_delivered"
    assert desk.tickets()[0]["acknowledgement"] == "queued"
    assert told(desk) == AGENTS
    message = desk.queued("customer_not_reached")[0][2]
    assert what in message["Subject"]
    assert "buzón del cliente está lleno" in text(message)


def test_the_assignee_hears_of_it_and_nobody_else(desk: Office) -> None:
    bounce(desk, "postfix", conversation(desk, "#assign eva\nYa lo vemos."))
    assert told(desk) == [("customer_not_reached", EVA)]


def test_a_refusal_by_the_relay_goes_the_same_way(by_smtp: tuple[Office, Script]) -> None:
    desk, script = by_smtp
    script.replies[ANA] = "550 5.7.1 blocked"  # pain 36
    lost = conversation(desk, "Ya lo vemos.")
    desk.tick()
    assert messages(desk, "reply")[0]["state"] == "failed"
    assert desk.events().count("customer_not_reached") == desk.events().count("message_not_delivered") == 1
    # A report on top of it is written down, and that is all.
    bounce(desk, "postfix", lost)
    assert told(desk) == AGENTS * 2


# Nothing fans out ----------------------------------------------------------------------------------------------------


def test_a_bounce_of_a_bounce_notice_makes_no_more_mail(desk: Office) -> None:  # pain 34, pain 35
    bounce(desk, "postfix", opened(desk))
    desk.send()
    for lost in messages(desk, "customer_not_reached"):
        bounce(desk, "postfix", lost)
    assert [to for to in desk.alarms() if to.startswith("agent_unreachable:")] == [
        f"agent_unreachable:red:{EVA}",
        f"agent_unreachable:red:{LUZ}",
    ]
    assert told(desk) == [*AGENTS, ("alarm", OPERATOR), ("alarm", OPERATOR)]
    desk.send()
    # The operator's mail comes back too: an alarm without mail to that very address, and then there is silence.
    for _ in range(3):
        for lost in messages(desk, "alarm"):
            bounce(desk, "postfix", lost)
        desk.send()
    assert told(desk) == [*AGENTS, ("alarm", OPERATOR), ("alarm", OPERATOR)]
    assert f"agent_unreachable:red:{OPERATOR}" in desk.alarms()
    assert desk.events() == ["opened", "acknowledged", "customer_not_reached"]


def test_an_agent_whose_address_does_not_exist_gets_no_notices_for_a_day(
    desk: Office, clock: StillClock
) -> None:  # pain 42, pain 35
    opened(desk)
    lost = next(one for one in messages(desk, "notice") if one["address"] == EVA)
    bounce(desk, "postfix", lost)
    assert told(desk) == [("alarm", OPERATOR)]

    def notified() -> list[str]:
        before = len(desk.queued("notice"))
        desk.take(mail(f"caso {next(_number)}"))
        return [to for _, to, _ in desk.queued("notice")[before:]]

    clock.forward(hours=1, minutes=30)
    desk.clockwork.close_alarms()
    assert desk.alarms() == [f"agent_unreachable:red:{EVA}"]  # it stays open as long as it has an effect
    assert notified() == [LUZ]
    assert "unreachable" in {reason["rule"] for reason in desk.works()[-1]["reasons"]}
    clock.forward(hours=22, minutes=29)
    assert notified() == [LUZ]
    clock.forward(minutes=2)
    desk.clockwork.close_alarms()
    assert desk.alarms() == []
    assert notified() == [EVA, LUZ]


def test_a_full_mailbox_mutes_nobody(desk: Office) -> None:
    opened(desk)
    bounce(desk, "exchange-spanish", next(one for one in messages(desk, "notice") if one["address"] == EVA))
    before = len(desk.queued("notice"))
    desk.take(mail("otro caso"))
    assert [to for _, to, _ in desk.queued("notice")[before:]] == [EVA, LUZ]


def test_where_the_assignee_does_not_exist_the_others_hear_of_the_customer(desk: Office) -> None:
    conversation(desk, "#assign eva\nYa lo vemos.")
    bounce(desk, "postfix", next(one for one in messages(desk, "notice") if one["address"] == EVA))
    before = len(desk.queued("notice"))
    desk.take(mail(f"Re: {desk.queued('reply')[-1][2]['Subject']}", "Gracias, ya volvió.", In_Reply_To="<x@y.example>"))
    assert [to for _, to, _ in desk.queued("notice")[before:]] == [LUZ]
    # So do they when a message to the customer does not arrive.
    bounce(desk, "postfix", messages(desk, "reply")[-1])
    assert told(desk)[-1] == ("customer_not_reached", LUZ)


def test_nobody_can_mute_an_agent_who_knows_no_key(desk: Office) -> None:
    opened(desk)
    subject = str(desk.queued("notice")[0][2]["Subject"])
    desk.take(report("rewriting-relay", to=EVA, subject=subject), "red@desk.example", sender="")
    desk.tick()
    before = len(desk.queued("notice"))
    desk.take(mail("otro caso"))
    assert [to for _, to, _ in desk.queued("notice")[before:]] == [EVA, LUZ]


def test_a_storm_of_bounces_is_told_in_a_digest(tmp_path: Path, database_url: str, clock: StillClock) -> None:  # I8
    outgoing = {"maildir": "out", "null_reverse_path": False}
    limits = {"agent_per_10_minutes": 10}
    with office(
        tmp_path, database_url, clock, desks=(replace(PLUS, agents=(EVA,)),), outgoing=outgoing, limits=limits
    ) as desk:
        for number in range(8):
            desk.take(mail(f"caso {number}", sender=f"a{number}@cliente.example"))
        desk.send()
        for lost in messages(desk, "acknowledgement"):
            bounce(desk, "postfix", lost)
        assert len(desk.queued("customer_not_reached")) == 2
        assert {one["acknowledgement"] for one in desk.tickets()} == {"not_reached"}
        clock.forward(minutes=5)
        desk.tick()
        ((_, _, digest),) = desk.queued("digest")
        assert all(one["reference"] in text(digest) for one in desk.tickets()[2:])


# Other mail to a bounce address ---------------------------------------------------------------------------------------


def test_what_else_comes_to_a_bounce_address(desk: Office) -> None:
    lost = opened(desk)
    back_to = lost["mail_from"]
    away = mail("Fuera de la oficina", "Vuelvo el lunes.", Auto_Submitted="auto-replied")
    row = desk.take(away, back_to, sender="")
    assert (row["disposition"], row["outbox_id"]) == ("bounce", lost["id"])
    # A person has no business there, and what they write must not be lost: it is held beside the ticket.
    row = desk.take(mail("Re: caso", "¿Hay novedades?"), back_to)
    assert (row["disposition"], row["outbox_id"], row["ticket_id"]) == ("held", lost["id"], desk.tickets()[0]["id"])
    row = desk.take(mail("Oferta", "Compre ya."), "red+b.oferta@desk.example", sender="x@y.example")
    assert (row["disposition"], row["outbox_id"]) == ("held", None)
    desk.tick()
    assert (desk.events(), told(desk)) == (["opened", "acknowledged"], [])


# The reverse-path -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "null", "acknowledgement", "reply"),
    [
        (PLUS, True, "", "red+b."),
        (PLUS, False, "red+b.", "red+b."),
        (PLAIN, True, "", "red@desk.example"),
        (PLAIN, False, "red@desk.example", "red@desk.example"),
    ],
)
def test_the_reverse_path_is_one_that_the_mailbox_takes(
    tmp_path: Path, database_url: str, clock: StillClock, one: Any, null: bool, acknowledgement: str, reply: str
) -> None:
    outgoing = {"maildir": "out", "null_reverse_path": null}
    with office(tmp_path, database_url, clock, desks=(one, BLUE), outgoing=outgoing) as desk:
        sent = conversation(desk, "Ya lo vemos.")
        first = messages(desk, "acknowledgement")[0]
        assert first["mail_from"].startswith(acknowledgement)
        assert bool(first["mail_from"]) == bool(acknowledgement)
        assert sent["mail_from"].startswith(reply)
        # Reports come back there, and are recognised by what they return.
        bounce(desk, "gmail", sent)
        assert messages(desk, "reply")[0]["state"] == "bounced"


def test_our_own_mail_that_comes_back_from_the_desks_plain_address_is_a_loop(
    tmp_path: Path, database_url: str, clock: StillClock
) -> None:  # pain 40
    outgoing = {"maildir": "out", "null_reverse_path": False}
    with office(tmp_path, database_url, clock, desks=(PLAIN, BLUE), outgoing=outgoing) as desk:
        row = desk.take(mail("Reenviado"), sender="red@desk.example")
        assert (row["disposition"], desk.alarms()) == ("automatic", ["loop"])


# What is shown --------------------------------------------------------------------------------------------------------


def test_what_is_shown(desk: Office) -> None:
    desk.take(mail())

    def shown() -> set[str]:
        with desk.runtime.database.read.connect() as connection:
            (listed,) = list_tickets(connection, None, None, 9)
            (again,) = list_tickets(connection, None, listed["acknowledgement"], 9)
        return {one["acknowledgement"] for one in (listed, again, desk.ticket(listed["reference"]))}

    assert shown() == {"queued"}
    desk.send()
    assert shown() == {"sent"}
    (lost,) = messages(desk, "acknowledgement")
    bounce(desk, "postfix", lost)
    assert shown() == {"not_reached"}
    with desk.runtime.database.read.connect() as connection:
        found = trace(connection, lost["message_id"])
    assert found
    (recipient,) = found["messages"][0]["recipients"]
    assert (recipient["state"], recipient["code"], recipient["enhanced"]) == ("bounced", 550, "5.1.1")
    assert [one["disposition"] for one in found["reports"]] == ["bounce"]
    assert found["tickets"] == [desk.tickets()[0]["reference"]]


def test_the_mute_costs_no_look_through_the_outbox(desk: Office, clock: StillClock) -> None:
    database = desk.runtime.database
    if not database.is_sqlite:
        pytest.skip("the plan is SQLite's")
    plan = plans(database, lambda c: reports.unreachable(c, "red", [EVA], clock.now(), MUTE))
    assert "ix_outbox_recipient_lost" in plan


# A real daemon and a real relay --------------------------------------------------------------------------------------

LUIS = "luis@cliente.example"


def set_up(folder: Path, script: Script) -> str:
    """A desk with two agents and plus-addresses, behind a relay; the configuration."""
    with_agents(folder)
    file = folder / "desks" / "bt-latam.toml"
    file.write_text(file.read_text().replace("plus_addresses = false", "plus_addresses = true"))
    outgoing = f'[outgoing]\nmode = "smtp"\ntls = "none"\nport = {script.port}\nnull_reverse_path = false\n'
    return outgoing + '[desks]\ndirectories = ["desks"]\n[reading]\nprocesses = 1\n'


def sent_to(script: Script, address: str) -> list[tuple[str, bytes]]:
    """What the relay took for an address: reverse-path and bytes."""
    return [(back_to, raw) for back_to, to, raw in list(script.mails) if to == [address]]


def returned(back_to: str, raw: bytes, style: str = "exim", to: str = ANA) -> bytes:
    identity = str(email.message_from_bytes(raw)["Message-ID"]).strip("<> ")
    return report(style, id=identity, to=to, desk=back_to)


@pytest.mark.slow
def test_a_relay_that_refuses_and_one_that_takes_and_returns(tmp_path: Path) -> None:
    script = Script({LUIS: "550 5.1.1 no such user"})
    with serving(script), running(tmp_path, set_up(tmp_path, script)) as daemon:
        daemon.send(errand(1, sender=ANA))
        daemon.send(errand(2, sender=LUIS))
        ((back_to, raw),) = daemon.wait_for("Ana's acknowledgement", lambda: sent_to(script, ANA))
        for style in ("exim", "postfix", "exim"):
            daemon.send(returned(back_to, raw, style), "", back_to)
        daemon.send(errand(3, sender="eva.paz@cliente.example"))

        def states() -> list[str]:
            shown = daemon.acuse("ticket", "list", "--json").stdout.splitlines()
            return sorted(json.loads(line)["acknowledgement"] for line in shown)

        daemon.wait_for("both customers", lambda: states() == ["not_reached", "not_reached", "sent"])
        events = "SELECT count(*) FROM ticket_event WHERE name = 'customer_not_reached'"
        mails = "SELECT count(*) FROM outbox WHERE purpose = 'customer_not_reached' AND state = 'sent'"
        daemon.wait_for("the agents' mails", lambda: count(tmp_path, mails) == [(4,)])
        assert count(tmp_path, events) == [(2,)]
        identity = str(email.message_from_bytes(raw)["Message-ID"])
        traced = daemon.json("trace", identity)
        assert [one["state"] for one in traced["messages"][0]["recipients"]] == ["bounced"]
        assert [one["disposition"] for one in traced["reports"]] == ["bounce"] * 3
        assert b"bounced" in daemon.acuse("trace", identity).stdout
        # The agents' mails come back too: two alarms, and not a mail more.
        for agent in (EVA, LUZ):
            for back_to, raw in sent_to(script, agent):
                daemon.send(returned(back_to, raw, "gmail", agent), "", back_to)
        daemon.wait_for("the alarms", lambda: len(daemon.json("status")["alarms"]) == 2)
        assert count(tmp_path, mails) == [(4,)]


@pytest.mark.slow
@pytest.mark.parametrize("point", ["after storage.reports:came_back", "after storage.timers:fired"])
def test_a_death_while_a_report_is_dealt_with_tells_everybody_once(point: str, tmp_path: Path) -> None:
    with serving(Script()) as script:
        config = set_up(tmp_path, script)
        with running(tmp_path, config) as daemon:
            daemon.send(errand(1, sender=ANA))
            ((back_to, raw),) = daemon.wait_for("the acknowledgement", lambda: sent_to(script, ANA))
            left = "SELECT count(*) FROM outbox WHERE state = 'sent'"
            daemon.wait_for("the notices", lambda: count(tmp_path, left) == [(3,)])
            assert daemon.stop() == 0
        with running(tmp_path, crash_at=point) as dying:
            dying.send(returned(back_to, raw), "", back_to)
            assert dying.wait_dead() == 137
        told_ = "SELECT count(*) FROM outbox WHERE purpose = 'customer_not_reached' AND state = 'sent'"
        with running(tmp_path) as daemon:
            daemon.wait_for("the agents' mails", lambda: count(tmp_path, told_) == [(2,)])
            assert daemon.stop() == 0
        assert len(sent_to(script, EVA)) == len(sent_to(script, LUZ)) == 2
        assert count(tmp_path, "SELECT name FROM ticket_event WHERE name LIKE '%not_%'") == [("customer_not_reached",)]
