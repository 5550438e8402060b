"""Which ticket a mail belongs to, who may act there, and what a reply does: complaints of users elsewhere as tests,
through the whole pipeline."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from acuse.pipeline import Pipeline
from storage import tickets
from storage.schema import raw_chunk, ticket_link
from storage.views import show_ticket
from tests.conftest import StillClock
from tests.office import ANA, BLUE, EVA, FORM, RED, STAFFED, Office, ReadingHere, mail, office, text

LUIS = "luis@cliente.example"
STRANGER = "otro@ajeno.example"
OTHER_SITE = (
    "Nombre del cliente: Banco del Sur\nSitio del cliente: Sucursal 44\nDescripción del problema: servicio lento\n"
    "Contactos para callback (nombre y teléfono): Luis Paz +57 601 555 0199\nHorarios de apertura del lugar: 8 a 17\n"
    "Tipo de servicio afectado: Internet\n¿Tiene una contingencia de BT?: No\n¿Tiene energía en el sitio?: Sí\n"
)


@pytest.fixture
def desk(tmp_path: Path, database_url: str, clock: StillClock) -> Iterator[Office]:
    with office(tmp_path, database_url, clock, desks=(STAFFED, BLUE)) as opened:
        yield opened


def opened(desk: Office, **more: Any) -> dict[str, Any]:
    """A ticket of Ana's: the row of its mail."""
    row = desk.take(mail(**more))
    assert row["disposition"] == "ticket"
    return row


def reference(desk: Office, ticket_id: int) -> str:
    return next(one["reference"] for one in desk.tickets() if one["id"] == ticket_id)


def links(desk: Office) -> set[tuple[int, int, str]]:
    return {(row["ticket_id"], row["other_id"], row["kind"]) for row in desk.rows(select(ticket_link))}


def show(desk: Office, number: str) -> dict[str, Any]:
    with desk.runtime.database.read.connect() as connection:
        found = show_ticket(connection, number)
    assert found
    assert found["history_agrees"]  # I10
    return found


def notice(desk: Office) -> Any:
    """The last notice to the agent."""
    return desk.queued("notice")[-1][2]


# Who may act --------------------------------------------------------------------------------------------------------


def test_a_stranger_who_quotes_a_number_gets_a_ticket_that_mentions_it(desk: Office) -> None:  # pain 23
    first = opened(desk)
    number = reference(desk, first["ticket_id"])
    row = desk.take(mail(f"Re: [{number}] y lo mío?", "No tengo servicio.", sender=STRANGER), sender=STRANGER)
    assert (row["disposition"], row["ticket_id"] != first["ticket_id"]) == ("ticket", True)
    assert links(desk) == {(row["ticket_id"], first["ticket_id"], "mentions")}
    assert number in text(notice(desk))
    assert len(show(desk, number)["mails"]) == 1


def test_a_stranger_who_names_a_message_of_ours_stays_outside(desk: Office) -> None:  # pain 23
    first = opened(desk)
    row = desk.take(
        mail("hola", "Sin servicio.", sender=STRANGER, In_Reply_To=f"<{first['message_id']}>"), sender=STRANGER
    )
    assert (row["disposition"], row["ticket_id"] != first["ticket_id"]) == ("ticket", True)


def test_a_stranger_with_our_token_is_held_and_agents_are_told(desk: Office) -> None:
    opened(desk)
    row = desk.take(
        mail("Re: su caso", "Ciérrenlo.", sender=STRANGER, In_Reply_To=desk.last_acknowledgement()), sender=STRANGER
    )
    assert row["disposition"] == "held"
    assert STRANGER in text(notice(desk))
    assert desk.events() == ["opened", "acknowledged"]


def test_a_colleague_of_the_requester_may_answer_and_joins(desk: Office) -> None:
    first = opened(desk)
    row = desk.take(
        mail("Re: su caso", "Ya hay energía.", sender=LUIS, In_Reply_To=desk.last_acknowledgement()), sender=LUIS
    )
    assert (row["disposition"], row["ticket_id"]) == ("update", first["ticket_id"])
    people = show(desk, reference(desk, first["ticket_id"]))["people"]
    assert {(one["role"], one["address"]) for one in people} == {("requester", ANA), ("participant", LUIS)}


def test_a_domain_that_strangers_share_makes_no_colleagues(desk: Office) -> None:
    ana, other = "ana@gmail.com", "otro@gmail.com"
    first = desk.take(mail(sender=ana), sender=ana)
    number = reference(desk, first["ticket_id"])
    row = desk.take(mail(f"Re: {number}", "Sin servicio.", sender=other), sender=other)
    assert row["ticket_id"] != first["ticket_id"]


def test_who_stands_in_cc_is_no_person_of_the_ticket(desk: Office) -> None:
    opened(desk, Cc=STRANGER)
    row = desk.take(
        mail("Re: su caso", "Hola.", sender=STRANGER, In_Reply_To=desk.last_acknowledgement()), sender=STRANGER
    )
    assert row["disposition"] == "held"


# Signs --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fields", [{"In_Reply_To": "<>"}, {"References": "<> <>"}, {"In_Reply_To": ""}])
def test_an_empty_id_never_matches(desk: Office, fields: dict[str, str]) -> None:  # pain 24
    opened(desk, subject="uno", message_id="<>")
    row = desk.take(mail("dos", FORM.replace("9", "10"), message_id="", **fields))
    assert (row["disposition"], len(desk.tickets())) == ("ticket", 2)


def test_a_changed_subject_is_filed_and_shown_to_the_agent(desk: Office) -> None:  # pain 25
    first = opened(desk)
    row = desk.take(mail("Otro tema", "También falla la voz.", In_Reply_To=desk.last_acknowledgement()))
    assert (row["disposition"], row["ticket_id"]) == ("update", first["ticket_id"])
    told = text(notice(desk))
    assert "Otro tema" in told
    assert "asunto" in told.lower()


def test_a_rewritten_in_reply_to_threads_by_references(desk: Office) -> None:  # pain 26
    first = opened(desk)
    chain = f"<x1@relay.example> {desk.last_acknowledgement()} <x2@relay.example>"
    row = desk.take(mail("Re: su caso", "Sigue caído.", In_Reply_To="<x2@relay.example>", References=chain))
    assert row["ticket_id"] == first["ticket_id"]


def test_where_every_id_was_rewritten_the_number_leads_home(desk: Office) -> None:  # pain 27
    first = opened(desk)
    number = reference(desk, first["ticket_id"])
    row = desk.take(
        mail(f"RE: [{number}] Incidente registrado", "Sigue caído.", In_Reply_To="<ses-1@amazonses.example>")
    )
    assert (row["disposition"], row["ticket_id"]) == ("update", first["ticket_id"])


@pytest.mark.parametrize("spelling", ["{}", "inc‐{rest}", "Re: AW: RV: [{}]", "(ref. {})"])
def test_the_number_is_found_however_it_is_written(desk: Office, spelling: str) -> None:  # pain 27
    first = opened(desk)
    number = reference(desk, first["ticket_id"])
    subject = spelling.format(number, rest=number.removeprefix("INC-"))
    assert desk.take(mail(subject, "Sigue caído."))["ticket_id"] == first["ticket_id"]


def test_a_reply_to_ones_own_first_mail_joins_its_ticket(desk: Office) -> None:  # pain 28
    first = opened(desk)
    row = desk.take(mail("Re: Enlace caido", "Olvidé decir: es urgente.", In_Reply_To=f"<{first['message_id']}>"))
    assert (row["disposition"], row["ticket_id"]) == ("update", first["ticket_id"])


def test_siblings_of_an_ancestor_that_nobody_sent_us_join(desk: Office) -> None:  # pain 29
    first = opened(desk, References="<interno-1@cliente.example>")
    row = desk.take(mail("Re: interno", "Más datos.", References="<interno-1@cliente.example>"))
    assert (row["disposition"], row["ticket_id"]) == ("update", first["ticket_id"])


def test_siblings_of_a_stranger_stay_apart(desk: Office) -> None:  # pain 29
    first = opened(desk, References="<lista-1@ajeno.example>")
    row = desk.take(mail("Re: lista", FORM, sender=STRANGER, References="<lista-1@ajeno.example>"), sender=STRANGER)
    assert row["ticket_id"] != first["ticket_id"]


@pytest.mark.parametrize("prefix", ["RV:", "ENC:", "Fwd:", "Reenviado:"])
def test_a_forward_to_another_desk_opens_a_ticket_there(desk: Office, prefix: str) -> None:  # pain 30
    first = opened(desk)
    number = reference(desk, first["ticket_id"])
    subject = f"{prefix} [{number}] Incidente registrado"
    to = "blue@desk.example"
    desk.take(mail(subject, "Para ustedes.", to=to, References=desk.last_acknowledgement()), to)
    row = desk.works()[-1]
    assert (row["desk"], row["disposition"]) == ("blue", "ticket")
    assert row["ticket_id"] != first["ticket_id"]


def test_mail_to_two_desks_is_one_ticket_each_and_so_are_its_replies(desk: Office) -> None:  # pain 20
    both = ("red@desk.example", "blue@desk.example")
    desk.put(mail(to=", ".join(both)), *both)
    desk.decide()
    tickets = {row["desk"]: row["ticket_id"] for row in desk.works()}
    assert len(set(tickets.values())) == 2
    assert {row["disposition"] for row in desk.works()} == {"ticket"}
    original = f"<{desk.works()[0]['message_id']}>"
    desk.put(mail("Re: Enlace caido", "Sigue.", to=", ".join(both), In_Reply_To=original), *both)
    desk.decide()
    later = desk.works()[2:]
    assert {row["disposition"] for row in later} == {"update"}
    assert {row["desk"]: row["ticket_id"] for row in later} == tickets


def test_a_peer_system_that_mails_once_per_comment_opens_one_ticket(desk: Office) -> None:  # pain 33
    snow = "servicenow@cliente.example"
    body = f"{FORM}Incidente interno: INC0012345\n"
    first = desk.take(mail("INC0012345 opened", body, sender=snow), sender=snow)
    for number in range(3):
        row = desk.take(mail(f"INC0012345 comment {number} added", f"Comentario {number}.", sender=snow), sender=snow)
        assert (row["disposition"], row["ticket_id"]) == ("update", first["ticket_id"])


# What a reply does --------------------------------------------------------------------------------------------------


def test_answers_of_a_reply_are_merged_and_only_the_rest_is_asked(desk: Office) -> None:
    first = opened(desk)
    reply = "Horarios de apertura del lugar: de 8 a 17\nTipo de servicio afectado: MPLS\n"
    desk.take(mail("Re: su caso", reply, In_Reply_To=desk.last_acknowledgement()))
    answers = show(desk, reference(desk, first["ticket_id"]))["answers"]
    assert answers["site_name"]["text"] == "Sucursal 9"
    assert answers["opening_hours"]["text"] == "de 8 a 17"
    ((_, to, asked),) = desk.queued("still_missing")
    assert to == ANA
    lines = text(asked)
    assert "equipos conectados" in lines
    missing_part = lines.partition("17")[2]
    assert "Sitio" not in missing_part
    assert asked["Subject"] == f"Re: {desk.queued('acknowledgement')[0][2]['Subject']}"
    # A reply that answers nothing new is not answered.
    desk.take(mail("Re: su caso", "¿Alguna novedad?", In_Reply_To=desk.last_acknowledgement()))
    assert len(desk.queued("still_missing")) == 1


def test_a_fresh_report_for_another_site_in_the_old_thread_is_a_case_of_its_own(desk: Office) -> None:  # pain 25
    first = opened(desk)
    row = desk.take(mail("Re: su caso", OTHER_SITE, In_Reply_To=desk.last_acknowledgement()))
    assert row["disposition"] == "ticket"
    assert links(desk) == {(row["ticket_id"], first["ticket_id"], "beside")}
    assert show(desk, reference(desk, first["ticket_id"]))["answers"]["site_name"]["text"] == "Sucursal 9"


def resolve(desk: Office) -> None:
    told = desk.queued("notice")[-1][2]
    row = desk.take(mail("Re: caso", "#resolve\n\nListo.", sender=EVA, In_Reply_To=str(told["Message-ID"])), sender=EVA)
    assert row["disposition"] == "update"


def test_a_reply_to_a_resolved_ticket_reopens_it_once(desk: Office) -> None:  # pain 19
    first = opened(desk)
    number = reference(desk, first["ticket_id"])
    resolve(desk)
    assert show(desk, number)["state"] == "resolved"
    again = mail("Re: su caso", "Volvió a caerse.", In_Reply_To=desk.last_acknowledgement())
    for door in ("smtp", "imap"):
        desk.put(again, door=door)
        desk.decide()
    shown = show(desk, number)
    assert shown["state"] == "in_progress"
    assert [one["name"] for one in shown["events"]].count("reopened") == 1
    assert len(desk.tickets()) == 1


def test_thanks_alone_do_not_reopen(desk: Office) -> None:  # pain 43
    first = opened(desk)
    resolve(desk)
    desk.take(mail("Re: su caso", "Muchas gracias por su ayuda.\n", In_Reply_To=desk.last_acknowledgement()))
    assert show(desk, reference(desk, first["ticket_id"]))["state"] == "resolved"


def test_a_vacation_notice_in_the_thread_changes_nothing(desk: Office) -> None:  # pain 39
    first = opened(desk)
    resolve(desk)
    before = len(desk.queued())
    row = desk.take(mail("Respuesta automática: su caso", "Estoy fuera.", In_Reply_To=desk.last_acknowledgement()))
    assert row["disposition"] == "automatic"
    assert show(desk, reference(desk, first["ticket_id"]))["state"] == "resolved"
    assert len(desk.queued()) == before


def test_two_copies_by_overlapping_fetchers_are_one_ticket(desk: Office) -> None:  # pain 16
    raw = mail()
    for _ in range(3):
        desk.put(raw, door="imap")
    desk.decide()
    assert (len(desk.works()), len(desk.tickets())) == (1, 1)


def test_without_a_message_id_the_content_tells_copies(desk: Office) -> None:  # pain 21, pain 8
    raw = mail(message_id="")
    desk.put(raw, door="imap")
    desk.put(b"Received: by another; Tue, 3 Nov 2026 10:21:00 -0500\r\n" + raw, door="smtp")
    desk.put(mail("otro", message_id=""), door="imap")
    desk.decide()
    assert len(desk.tickets()) == 2


@pytest.mark.parametrize("turn", range(8))
def test_a_reply_that_is_decided_together_with_its_original_opens_no_second_ticket(
    desk: Office, turn: int
) -> None:  # pain 28
    original = mail(f"caso {turn}", message_id="<a@cliente.example>")
    reply = mail(
        f"Re: caso {turn}", "Olvidé el sitio.", In_Reply_To="<a@cliente.example>", message_id="<b@cliente.example>"
    )
    desk.put(original)
    desk.put(reply)
    works = desk.claim()
    pipelines = [Pipeline(desk.runtime, ReadingHere(desk.runtime)) for _ in works]  # type: ignore[arg-type]
    start = threading.Barrier(len(works))

    def decide(number: int) -> None:
        start.wait()
        pipelines[number].handle(works[number])

    order = list(range(len(works))) if turn % 2 else list(reversed(range(len(works))))
    threads = [threading.Thread(target=decide, args=(number,)) for number in order]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for _ in range(10):
        if all(row["state"] == "done" for row in desk.works()):
            break
        desk.clock.forward(seconds=5)
        desk.decide()
    assert sorted(row["disposition"] for row in desk.works()) == ["ticket", "update"]
    assert len(desk.tickets()) == 1


def test_a_reply_to_a_merged_ticket_lands_in_the_target(desk: Office) -> None:  # pain 32
    merged = opened(desk, subject="uno")
    token, number = desk.last_acknowledgement(), reference(desk, merged["ticket_id"])
    target = opened(desk, subject="dos", body=FORM.replace("9", "10"))
    desk.runtime.writer.call(
        lambda connection: tickets.link(connection, merged["ticket_id"], target["ticket_id"], "merged")
    )
    for raw in (
        mail("Re: uno", "Sigue caído.", In_Reply_To=token),
        mail("Re: uno", "Y más lento.", In_Reply_To=f"<{merged['message_id']}>"),
        mail(f"[{number}]", "¿Novedades?"),
    ):
        row = desk.take(raw)
        assert (row["disposition"], row["ticket_id"]) == ("update", target["ticket_id"])


def test_an_encrypted_mail_is_kept_and_gets_its_number(desk: Office) -> None:  # pain 31
    plain = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    sealed = (
        "MIME-Version: 1.0\r\nContent-Type: multipart/encrypted; boundary=b;\r\n"
        ' protocol="application/pgp-encrypted"\r\n\r\n'
        "--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n"
        "--b\r\nContent-Type: application/octet-stream\r\n\r\n-----BEGIN PGP MESSAGE-----\r\nabc\r\n--b--\r\n"
    )
    raw = mail("...", "").replace(plain.encode(), sealed.encode())
    row = desk.take(raw)
    assert (row["disposition"], len(desk.queued("acknowledgement"))) == ("ticket", 1)
    assert desk.rows(select(raw_chunk.c.data))[0]["data"] == raw


def test_the_number_of_one_desk_says_nothing_at_another(desk: Office) -> None:
    first = opened(desk)
    number = reference(desk, first["ticket_id"])
    to = "blue@desk.example"
    row = desk.take(mail(f"Re: [{number}]", "Para ustedes.", to=to), to)
    assert (row["desk"], row["disposition"]) == ("blue", "ticket")


def test_desks_without_agents_tell_nobody(tmp_path: Path, database_url: str, clock: StillClock) -> None:
    with office(tmp_path, database_url, clock, desks=(RED, BLUE)) as quiet:
        quiet.take(mail())
        assert quiet.queued("notice") == []
