"""What a reply brings to its ticket: answers typed anywhere, who wrote, and by what signs it is found."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from intake.identity import own_id
from rules.threads import peer_numbers
from storage import threads
from storage.inbox import Work
from storage.schema import customer_reference, ticket_link, work
from storage.threads import MAX_CANDIDATES
from tests.conftest import StillClock
from tests.filling import FILLERS, Filler
from tests.office import ANA, BLUE, FORM, STAFFED, Office, mail, office, text

LUIS = "luis@cliente.example"
FIRST = {
    "Horarios": ("opening_hours", "lunes a viernes de 8 a 17"),
    "Tipo de servicio": ("service_type", "MPLS"),
    "¿Tiene energía": ("site_has_power", "Sí, toda la sede"),
}
REST = {
    "Contactos para": ("callback_contacts", "Ana Ruiz, ana@cliente.example, +57 601 555 0101"),
    "Contactos locales": ("local_contacts", "Luis Paz, luis@cliente.example, +57 601 555 0102"),
    "¿Tiene una contingencia": ("has_backup", "No"),
    "¿Hubo un corte": ("power_outage", "No"),
    "¿Están todos": ("equipment_connected", "Sí"),
    "¿Se realizó": ("equipment_rebooted", "No todavía"),
}
REPORTED = {"customer_name": "Banco del Sur", "site_name": "Sucursal 9", "problem": "enlace caído"}


@pytest.fixture
def desk(tmp_path: Path, database_url: str, clock: StillClock) -> Iterator[Office]:
    with office(tmp_path, database_url, clock, desks=(STAFFED, BLUE)) as opened:
        yield opened


@pytest.fixture
def small(tmp_path: Path, clock: StillClock) -> Iterator[Office]:
    """On SQLite alone, where nothing depends on the database."""
    with office(tmp_path, f"sqlite:///{tmp_path}/acuse.db", clock, desks=(STAFFED, BLUE)) as opened:
        yield opened


def filled(desk: Office, fill: Filler, answers: dict[str, tuple[str, str]], purpose: str = "acknowledgement") -> bytes:
    """Ana's reply to the last message of a purpose, with answers between its lines."""
    ours = desk.queued(purpose)[-1][2]
    kind, body = fill(ours, {label: answer for label, (_, answer) in answers.items()})
    raw = mail(f"Re: {ours['Subject']}", body, In_Reply_To=str(ours["Message-ID"]))
    return raw.replace(b"Content-Type: text/plain", f"Content-Type: text/{kind}".encode())


def answers_of(desk: Office) -> dict[str, str]:
    found = desk.ticket(desk.tickets()[0]["reference"])["answers"]
    return {key: one["text"] for key, one in found.items()}


def told(answers: dict[str, tuple[str, str]]) -> dict[str, str]:
    return dict(answers.values())


# Answers between the lines ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fill", FILLERS, ids=lambda fill: fill.__name__)
def test_answers_typed_into_our_own_mail_are_read_and_only_these(small: Office, fill: Filler) -> None:
    small.take(mail())
    assert small.take(filled(small, fill, FIRST))["disposition"] == "update"
    assert answers_of(small) == REPORTED | told(FIRST)
    asked = text(small.queued("still_missing")[-1][2])
    assert all(label in asked for label in REST)
    # The second round, in the mail that asked for the rest.
    small.take(filled(small, fill, REST, "still_missing"))
    assert answers_of(small) == REPORTED | told(FIRST) | told(REST)
    assert len(small.queued("still_missing")) == 1
    assert "Ya están todos los datos" in text(small.queued("notice")[-1][2])


@pytest.mark.parametrize("fill", FILLERS, ids=lambda fill: fill.__name__)
def test_our_mail_quoted_as_it_is_answers_nothing(small: Office, fill: Filler) -> None:
    small.take(mail())
    small.take(filled(small, fill, {}))
    assert answers_of(small) == REPORTED
    assert small.queued("still_missing") == []


@pytest.mark.parametrize("fill", FILLERS, ids=lambda fill: fill.__name__)
def test_a_quoted_old_answer_does_not_undo_a_correction(small: Office, fill: Filler) -> None:
    small.take(mail())
    correction = "Perdón:\n\nSitio del cliente: Sucursal 9 bis\n"
    small.take(mail("Re: corrección", correction, In_Reply_To=small.last_acknowledgement()))
    small.take(filled(small, fill, FIRST))
    assert answers_of(small) == REPORTED | told(FIRST) | {"site_name": "Sucursal 9 bis"}
    first_notice = text(small.queued("notice")[1][2])
    assert "antes: Sucursal 9" in first_notice


def test_a_correction_alone_is_not_answered(small: Office) -> None:
    small.take(mail())
    small.take(mail("Re: x", "Sitio del cliente: Sucursal 9 bis\n", In_Reply_To=small.last_acknowledgement()))
    assert small.queued("still_missing") == []


def test_a_correction_that_raises_a_new_question_is_answered_with_it(small: Office) -> None:
    small.take(mail(body=f"{FORM}Tipo de servicio afectado: MPLS\n"))
    raw = mail("Re: x", "Tipo de servicio afectado: Satélite\n", In_Reply_To=small.last_acknowledgement())
    small.take(raw)
    assert "lloviendo" in text(small.queued("still_missing")[-1][2])


def test_what_is_asked_again_counts_against_the_limits_and_keeps_silent_to_machines(small: Office) -> None:  # I8
    small.take(mail())
    ours = small.last_acknowledgement()
    for number, (key, answer) in enumerate(REST.values()):
        small.take(mail(f"Re: {number}", f"{_label(key)}: {answer}\n", In_Reply_To=ours))
    # Three automatic messages in ten minutes: the acknowledgement, and two more.
    assert len(small.queued("still_missing")) == 2
    reasons = {(one["rule"], one["outcome"]) for one in small.works()[-1]["reasons"]}
    assert ("silence.flood", "hit") in reasons
    assert all(small.tickets()[0]["id"] == row["ticket_id"] for row in small.works())


def _label(key: str) -> str:
    question = STAFFED.question(key)
    assert question
    return question.labels["es"]


# People -------------------------------------------------------------------------------------------------------------


def test_an_agents_reply_goes_to_who_wrote_last(desk: Office) -> None:
    desk.take(mail())
    desk.take(mail("Re: x", "Soy Luis.", sender=LUIS, In_Reply_To=desk.last_acknowledgement()), sender=LUIS)
    eva = STAFFED.agents[0]

    def reply(body: str) -> str:
        notice = str(desk.queued("notice")[-1][2]["Message-ID"])
        desk.take(mail("Re: x", body, sender=eva, In_Reply_To=notice), sender=eva)
        return desk.queued("reply")[-1][1]

    assert reply("Hola, Luis.") == LUIS
    desk.take(mail("Re: x", "Soy Ana.", In_Reply_To=desk.last_acknowledgement()))
    assert reply("Hola, Ana.") == ANA


def test_a_neighbour_at_a_provider_of_mailboxes_is_a_stranger_even_with_our_mail(desk: Office) -> None:  # I9
    ana, other = "ana@gmail.com", "otra@gmail.com"
    first = desk.take(mail(sender=ana), sender=ana)
    by_id = mail("Re: x", "Hola.", sender=other, In_Reply_To=f"<{first['message_id']}>")
    assert desk.take(by_id, sender=other)["ticket_id"] != first["ticket_id"]
    by_token = mail("Re: y", "Hola.", sender=other, In_Reply_To=f"<{_acknowledged(desk, ana)}>")
    assert desk.take(by_token, sender=other)["disposition"] == "held"


def _acknowledged(desk: Office, address: str) -> str:
    return next(
        str(message["Message-ID"]).strip("<>") for _, to, message in desk.queued("acknowledgement") if to == address
    )


def test_a_forward_by_somebody_else_opens_a_ticket_that_mentions_ours(desk: Office) -> None:
    desk.take(mail())
    other = "eve@otra.example"
    raw = mail("RV: su caso", "¿Pueden ver esto?", sender=other, References=desk.last_acknowledgement())
    row = desk.take(raw, sender=other)
    assert row["disposition"] == "ticket"
    assert [one["kind"] for one in desk.rows(select(ticket_link))] == ["mentions"]
    first, second = (desk.ticket(one["reference"]) for one in desk.tickets())
    assert [(one["from"], one["kind"], one["reference"]) for one in first["links"]] == [
        ("other", "mentions", second["reference"])
    ]
    assert second["links"][0]["reference"] == first["reference"]
    # Nothing of the other ticket reaches who mentioned it.
    assert first["reference"] not in text(desk.queued("acknowledgement")[-1][2])


def test_a_persons_forward_is_an_update(desk: Office) -> None:
    desk.take(mail())
    assert (
        desk.take(mail("RV: su caso", "Les reenvío.", References=desk.last_acknowledgement()))["disposition"]
        == "update"
    )


# Signs --------------------------------------------------------------------------------------------------------------


def test_an_original_that_comes_after_its_reply_joins_it(desk: Office) -> None:  # pain 28
    desk.take(mail("Re: enlace", "Olvidé decir que es urgente.", In_Reply_To="<late@cliente.example>"))
    row = desk.take(mail("enlace", Message_ID="<late@cliente.example>"))
    assert (row["disposition"], len(desk.tickets())) == ("update", 1)
    assert answers_of(desk) == REPORTED


def test_a_program_that_gives_every_mail_one_id_opens_a_ticket_for_each(desk: Office) -> None:
    for number in range(3):
        row = desk.take(mail(f"caso {number}", FORM.replace("9", f"{number}"), Message_ID="<1@cliente.example>"))
        assert row["disposition"] == "ticket"


def test_an_id_that_too_many_tickets_share_is_no_sign(small: Office) -> None:
    for number in range(MAX_CANDIDATES + 1):
        sender = f"a{number}@c{number}.example"
        small.take(mail(f"caso {number}", FORM, sender=sender, References="<all@printer.example>"), sender=sender)
    row = small.take(mail("Re: otro", "Hola.", References="<all@printer.example>"))
    assert row["disposition"] == "ticket"
    assert small.rows(select(ticket_link).where(ticket_link.c.ticket_id == row["ticket_id"])) == []


def test_the_nearest_of_several_known_messages_counts(desk: Office) -> None:
    for number in range(2):
        desk.take(mail(f"caso {number}", FORM.replace("9", str(number)), Message_ID=f"<m{number}@cliente.example>"))
    both = "<m1@cliente.example> <m0@cliente.example>"
    for chain, wanted in ((both, 0), (" ".join(reversed(both.split())), 1)):
        row = desk.take(mail("Re: x", f"Sigue {wanted}.", References=chain))
        assert row["ticket_id"] == desk.tickets()[wanted]["id"]


def test_a_case_opened_in_the_thread_of_another_has_a_thread_of_its_own(desk: Office) -> None:  # pain 25
    desk.take(mail())
    first = desk.last_acknowledgement()
    hours = "Horarios de apertura del lugar: 8 a 17\n¿Están todos los equipos conectados?: Sí\n"
    more = "¿Tiene una contingencia de BT?: No\n¿Tiene energía en el sitio en este momento?: Sí\n"
    desk.take(mail("Re: x", FORM.replace("9", "44") + hours + more, In_Reply_To=first))
    second = desk.last_acknowledgement()
    assert first != second
    rows = [
        desk.take(mail("Re: a", "Del primero.", In_Reply_To=first)),
        desk.take(mail("Re: b", "Del segundo.", In_Reply_To=second, References=f"{first} {second}")),
    ]
    assert [row["ticket_id"] for row in rows] == [one["id"] for one in desk.tickets()]


@pytest.mark.parametrize(
    ("subject", "numbers"),
    [
        ("INC0012345 comment added", ("INC0012345",)),
        ("[JIRA] (NET-123) Enlace caído", ("NET-123",)),
        ("RE: Ref. 4500012 / inc0012345", ("4500012", "INC0012345")),
        ("Reunión 2026, 03/11 a las 9:30, 5G", ()),
        ("Sin número", ()),
    ],
)
def test_what_may_be_a_number_of_the_customers(subject: str, numbers: tuple[str, ...]) -> None:
    assert peer_numbers(subject) == numbers


def test_the_customers_number_says_nothing_from_another_customer_or_of_a_closed_ticket(desk: Office) -> None:
    form = f"{FORM}Incidente interno: NET-123\n"
    desk.take(mail(body=form))
    assert [one["reference"] for one in desk.rows(select(customer_reference))] == ["NET-123"]
    other = "ana@otra.example"
    row = desk.take(mail("NET-123", "Hola.", sender=other), sender=other)
    assert row["disposition"] == "ticket"
    assert desk.rows(select(ticket_link)) == []
    assert desk.take(mail("NET-123", "Novedades."))["ticket_id"] == desk.tickets()[0]["id"]


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (b"From: a@b.example\r\nMessage-ID: <x@b.example>\r\n\r\nHola", "x@b.example"),
        (b"message-id:\r\n <x@b.example>\nFrom: a@b.example\n\nHola", "x@b.example"),
        (b"From: a@b.example\n\nMessage-ID: <of-the-body@b.example>\n", ""),
        (b"Message-ID: <>\r\n\r\n", ""),
        (b"Message-ID: <a b@c>\r\n\r\n", ""),
        (b"Message-ID: <" + b"x" * 5000 + b"@b.example>\r\n\r\n", ""),
        (b"\xff\x00" * 20_000, ""),
        (b"", ""),
    ],
)
def test_a_glance_at_the_header_tells_the_mails_own_id(raw: bytes, wanted: str) -> None:
    assert own_id(raw) == wanted


AUTO = {"Auto_Submitted": "auto-generated"}


def test_a_peer_system_goes_on_in_its_ticket_and_is_never_answered(desk: Office) -> None:  # pain 33, I8
    form = f"{FORM}Incidente interno: NET-123\n"
    desk.take(mail(body=form, **AUTO))
    before = len(desk.queued("acknowledgement", "still_missing"))
    hours = "Horarios de apertura del lugar: 8 a 17\n"
    row = desk.take(mail("NET-123 updated", hours, **AUTO))
    assert (row["disposition"], len(desk.tickets())) == ("update", 1)
    assert answers_of(desk)["opening_hours"] == "8 a 17"
    assert len(desk.queued("acknowledgement", "still_missing")) == before


@pytest.mark.parametrize("sender", ["mailer-daemon@cliente.example", ""])
def test_what_only_a_machine_sends_changes_no_ticket(desk: Office, sender: str) -> None:  # pain 39
    desk.take(mail())
    raw = mail("Re: x", "Hola.", sender=sender or ANA, In_Reply_To=desk.last_acknowledgement(), **AUTO)
    assert desk.take(raw, sender=sender)["disposition"] == "automatic"


def test_a_reply_waits_for_its_original_but_not_for_one_that_fails(desk: Office) -> None:  # pain 28
    desk.put(mail("enlace", Message_ID="<first@cliente.example>"))
    desk.put(mail("Re: enlace", "Y es urgente.", In_Reply_To="<first@cliente.example>"))
    original, reply = desk.claim()
    desk.pipeline.handle(reply)
    assert [row["state"] for row in desk.works()] == ["waiting", "waiting"]
    desk.pipeline.handle(original)
    desk.clock.forward(seconds=1)
    desk.decide()
    assert [row["disposition"] for row in desk.works()] == ["ticket", "update"]
    assert desk.works()[1]["attempts"] == 1
    with desk.runtime.database.read.connect() as connection:
        assert not threads.awaited(connection, reply, ["<first@cliente.example>"])


@pytest.mark.parametrize("turn", range(6))
def test_two_daemons_open_one_ticket_for_a_mail_and_its_reply(  # pain 28, I2
    tmp_path: Path, database_url: str, clock: StillClock, turn: int
) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("one daemon has a SQLite database to itself")
    (tmp_path / "other").mkdir()
    with (
        office(tmp_path, database_url, clock, desks=(STAFFED, BLUE)) as one,
        office(tmp_path / "other", database_url, clock, desks=(STAFFED, BLUE)) as other,
    ):
        one.put(mail("enlace", Message_ID="<first@cliente.example>"))
        one.put(mail("Re: enlace", "Y es urgente.", In_Reply_To="<first@cliente.example>"))
        # Neither knows of the other: only the database can tell them.
        one.runtime.writer.call(lambda connection: connection.execute(update(work).values(message_id=None)))
        offices = (one, other) if turn % 2 else (other, one)
        claimed = [(desk, desk.claim(limit=1)[0]) for desk in offices]
        start = threading.Barrier(2)

        def decide(pair: tuple[Office, Work]) -> None:
            start.wait(30)
            pair[0].pipeline.handle(pair[1])

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(decide, claimed))
        assert sorted(row["disposition"] for row in one.works()) == ["ticket", "update"]
        assert len(one.tickets()) == 1


def test_thanks_and_a_word_more_reopen(desk: Office) -> None:  # pain 43
    desk.take(mail())
    eva = STAFFED.agents[0]
    for body, state in (
        ("Muchas gracias, saludos", "resolved"),
        ("Gracias, pero sigue igual", "in_progress"),
        ("Muito obrigada!", "resolved"),
        ("Thank you. It is down again", "in_progress"),
        ("¿Gracias?", "in_progress"),
    ):
        notice = str(desk.queued("notice")[-1][2]["Message-ID"])
        desk.take(mail("Re: x", f"#resolve\n{body}", sender=eva, In_Reply_To=notice), sender=eva)
        assert desk.tickets()[0]["state"] == "resolved"
        desk.take(mail("Re: y", body, In_Reply_To=desk.last_acknowledgement()))
        assert desk.tickets()[0]["state"] == state, body


def test_who_is_told_of_a_held_mail_may_not_be_written_to_by_it(desk: Office) -> None:  # I9
    desk.take(mail())
    other = "eve@otra.example"
    row: dict[str, Any] = desk.take(
        mail("Re: x", "Páguenme a mí.", sender=other, In_Reply_To=desk.last_acknowledgement()), sender=other
    )
    assert row["disposition"] == "held"
    assert other not in {to for _, to, _ in desk.queued()}
    people = desk.ticket(desk.tickets()[0]["reference"])["people"]
    assert [one["address"] for one in people] == [ANA]
