"""A whole mail, read for a desk."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.parse import parse
from intake.reading import read
from rules.model import Body, Envelope, Kind, Mailbox, Message, ReadingClass, Sign
from rules.questionnaire import missing
from tests.readings import DESKS, LATAM, MAILS, NOW, read_mail, read_text, texts


def test_plain_form_in_spanish() -> None:
    reading = read_mail("form-plain-spanish.eml")
    assert (reading.klass, reading.language, reading.kind) == (ReadingClass.NEW, "es", Kind.INCIDENT)
    assert missing(LATAM.questions, reading.answers, Kind.INCIDENT) == ()
    got = texts(reading)
    assert len(got) == 15
    assert got["problem"] == "Enlace no disponible desde las 8:40; el equipo muestra la luz WAN apagada."
    assert got["raining"] == "N/A"
    assert reading.answers["local_contacts"].value == [
        {"name": "Gloria Henao", "email": "tienda14@panaderiaslaurel.example", "phone": "+573115550142"}
    ]
    assert reading.answers["equipment_rebooted"].value is False
    assert reading.answers["customer_name"].where == "part 1, line 5"
    assert "606 555" not in reading.reply_text


def test_html_table_in_portuguese() -> None:
    reading = read_mail("form-table-portuguese.eml")
    assert reading.language == "pt"
    assert missing(LATAM.questions, reading.answers, Kind.INCIDENT) == ()
    got = texts(reading)
    assert got["site_name"] == "Loja 33, av. Rondon 410, Uberlândia"
    assert "customer_reference" not in got
    assert [reading.answers[k].value for k in ("has_backup", "backup_works", "power_outage")] == [True, False, False]
    assert reading.answers["problem"].where == "part 2, table 1, row 3"


def test_answers_on_the_next_line_in_english() -> None:
    reading = read_mail("form-next-line-english.eml")
    assert (reading.language, reading.priority) == ("en", "2")
    assert missing(LATAM.questions, reading.answers, Kind.INCIDENT) == ()
    got = texts(reading)
    assert got["problem"] == "Outgoing calls drop after ten seconds. Incoming calls are fine."
    assert "customer_reference" not in got
    assert reading.answers["failed_call_times"].value == ["2026-11-05T07:40:00-05:00", "2026-11-05T08:05:00-05:00"]


def test_form_inside_a_forward_in_portuguese() -> None:
    reading = read_mail("forward-portuguese.eml")
    assert (reading.klass, reading.thread_reference) == (ReadingClass.NEW, None)
    assert missing(LATAM.questions, reading.answers, Kind.INCIDENT) == ("opening_hours", "equipment_rebooted")
    assert reading.answers["service_type"].value == "satellite"
    assert reading.answers["raining"].value is True


def test_reply_between_the_quoted_questions() -> None:
    reading = read_mail("reply-inline-spanish.eml")
    assert (reading.klass, reading.thread_reference) == (ReadingClass.REPLY, "INC-2026-000001")
    assert texts(reading) == {
        "opening_hours": "de lunes a sábado de 6:00 a 21:00 y los domingos hasta las 14:00",
        "equipment_rebooted": "Sí, a las 11:10",
    }
    assert reading.reply_text.startswith("Buenos días, respondo abajo.")
    assert "INC-2026" not in reading.reply_text
    assert reading.tokens == ("ack-1@bt.com", "plain-1@panaderiaslaurel.example")


def test_a_vacation_notice_answers_nothing_and_keeps_its_thread() -> None:
    reading = read_mail("vacation-spanish.eml", mail_from="")
    assert (reading.klass, reading.kind, dict(reading.answers)) == (ReadingClass.AUTOMATIC, None, {})
    assert reading.thread_reference == "INC-2026-000001"
    assert reading.sign("null_sender") == Sign("null_sender", "MAIL FROM:<>")


@pytest.mark.parametrize(
    "mail_from",
    [
        "MAILER-DAEMON@x.example",
        "postmaster@x.example",
        "owner-a@x.example",
        "a-request@x.example",
        "a-bounces@x.example",
    ],
)
def test_the_envelope_sender_shows_a_machine(mail_from: str) -> None:
    envelope = Envelope(mail_from, ("mo.bud@bt.com",))
    robot = Sign("robot_address", mail_from)
    assert read(Message(), LATAM, envelope, NOW).signs == (robot,)
    from_header = (Sign("robot_address", "postmaster@y.example"),)
    assert read(Message(signs=from_header), LATAM, envelope, NOW).signs == from_header
    through_a_list = (Sign("list", "a.x.example"),)
    assert read(Message(signs=through_a_list), LATAM, envelope, NOW).signs == through_a_list


@pytest.mark.parametrize("mail_from", ["ana@x.example", "request@x.example", "bounces@x.example"])
def test_the_envelope_sender_of_a_person_is_no_sign(mail_from: str) -> None:
    assert read(Message(), LATAM, Envelope(mail_from, ("mo.bud@bt.com",)), NOW).signs == ()


def test_a_delivery_report_names_the_ticket_of_the_returned_message() -> None:
    returned = b"Subject: =?utf-8?q?=5BINC-2026-000044=5D_registrado?=\r\nFrom: mo.bud@bt.com\r\n\r\n"
    reading = read_text("Undelivered mail.", klass=ReadingClass.DELIVERY_STATUS, reported=returned)
    assert (reading.thread_reference, dict(reading.answers)) == ("INC-2026-000044", {})


def test_thread_by_subject_own_words_or_reply() -> None:
    assert read_text("¿Cómo va el INC-2026-000009?").thread_reference == "INC-2026-000009"
    assert read_text("hola", subject="Estado de inc-2026-000009").thread_reference == "INC-2026-000009"
    quoted = "gracias\n\nEl 3/11/2026, Mesa <m@bt.com> escribió:\n> caso INC-2026-000008\n"
    assert read_text(quoted, subject="Re: caso").thread_reference == "INC-2026-000008"
    assert read_text(quoted).thread_reference is None
    assert read_text("Es como el INC-2026-000009.\n\nCliente: A1\nSitio: B2\n").thread_reference is None
    assert read_text("Cliente: A1\nSitio: B2\nProblema: como en el INC-2026-000009\n").thread_reference is None


def test_a_number_that_answers_a_question_is_no_thread() -> None:
    desk = DESKS["bt-virtual-event"]
    text = "Event reference number: EVT-2026-000061\nContact name: Ana\nIncident details: no audio in Quito\n"
    assert read_text(text, desk).thread_reference is None


def test_kind_by_answers_then_by_cues() -> None:
    desk = DESKS["bt-virtual-event"]
    assert read_text("Event title: Briefing\nAttendees: 300\nRehearsal: yes\n", desk).kind is Kind.EVENT_REQUEST
    assert read_text("No audio in the session.", desk).kind is Kind.INCIDENT
    neotel = DESKS["neotel"]
    assert read_text("Hola, te consulto cómo se exporta.", neotel).kind is Kind.QUESTION


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Por favor abrir con severidad 1.", "1"),
        ("SEVERIDAD SOLICITADA    = 2", "2"),
        ("please treat this as priority 3", "3"),
        ("severidad 1 o severidad 2", None),
        ("piso 2, severidad por definir", None),
        ("sin prioridad", None),
    ],
)
def test_priority_asked_for(text: str, level: str | None) -> None:
    assert read_text(text).priority == level


def test_priority_by_the_answer_to_the_desks_own_question() -> None:
    assert read_text("Impacto: no facturamos\nPrioridad sugerida: P2 (alta)\n", DESKS["smartcloud"]).priority == "P2"
    assert read_text("Cliente - A1\nProblema - caído\nPrioridad - CRÍTICA\n", DESKS["neotel"]).priority == "critical"


def test_plus_addresses_of_the_desk_are_token_candidates() -> None:
    recipients = ("mo.bud+ack.1.0.k1.x@bt.com", "other+y@else.example", "mo.bud@bt.com")
    reading = read(Message(references=("a@b", "c@d")), LATAM, Envelope("x@y.example", recipients), NOW)
    assert reading.tokens == ("mo.bud+ack.1.0.k1.x@bt.com", "c@d", "a@b")


def test_an_unreadable_message_keeps_its_header_values() -> None:
    message = Message(subject="INC-2026-000003 caído", sender=Mailbox("a@b.example"), unreadable="over 1,000 parts")
    reading = read(message, LATAM, Envelope("a@b.example", ("mo.bud@bt.com",)), NOW)
    assert (reading.unreadable, reading.thread_reference, reading.text) == ("over 1,000 parts", "INC-2026-000003", "")


def test_no_body_at_all() -> None:
    reading = read(Message(), LATAM, Envelope("a@b.example", ()), NOW)
    assert (reading.text, reading.reply_text, reading.language) == ("", "", "es")


# pain 14
@pytest.mark.parametrize(
    "text",
    [
        "\n" * 300_000,
        "> " * 100_000,
        ">" * 200_000,
        "a: " * 80_000,
        "De: " * 60_000,
        "De: a\n" * 40_000,
        "El 3/11 " * 30_000 + "escribió:",
        "(" * 200_000,
        "- " * 100_000,
        "Cliente: a\n" * 20_000,
        "Cliente:\n" * 20_000,
        "Sitio\n\n" * 20_000,
        "Gracias,\n" * 20_000,
        "_" * 200_000,
        "confidencial destinatario por error " * 6_000,
        "Contactos locales: " + "a@b.example, +57 310 555 0141; " * 6_000,
        "Fechas y horas de llamadas fallidas: " + "3/11 9:00 " * 20_000,
        "¿Tiene una contingencia de BT?: " + "[ ] " * 40_000,
        "\t" * 200_000,
        "x\ty" * 60_000,
    ],
    ids=range(20),
)
@pytest.mark.parametrize("flowed", [False, True])
def test_any_text_is_read_in_linear_time(text: str, flowed: bool) -> None:
    assert read_text(text, flowed=flowed, subject="Re: x").language


# pain 14
@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000 + "x",
        "<div>" + "".join(f"<font size={n}>" for n in range(9_000)) + "</div>" + "<p>x</p>" * 50_000,
        "<blockquote type=cite>" * 50_000 + "x",
        "<table><tr><td>" * 30_000 + "Cliente",
        "<table>" + "<tr><td>Cliente<td>A1" * 30_000,
        "<ol>" + "<li>x" * 50_000,
        "<b>" * 100_000 + "x",
        "<br>" * 300_000,
        "<p style='color:#ff'>x<font color='#'>y<span style='color:rgb(9999999999999,1,1)'>z",
        "<style>" + "p " * 100_000 + "</style><p>x",
    ],
    ids=range(10),
)
def test_any_html_is_read_in_linear_time(html: str) -> None:
    assert read_text(html, html=True).language


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_reading_never_raises_on_mutated_mails(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from([p.read_bytes() for p in sorted(MAILS.glob("*.eml"))])))
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 6))] = data.draw(st.binary(max_size=6))
    read(parse(bytes(raw)), LATAM, Envelope("", LATAM.addresses), NOW)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [*"\n\t>:=-()*_? ", "Cliente", "Sitio:", "<td>", "<tr>", "De:", "Para:", "Asunto:", "sí", "3/11", "é"]
        ),
        max_size=60,
    )
)
def test_reading_is_total_on_any_text(pieces: list[str]) -> None:
    text = "".join(pieces)
    reading = read(Message(bodies=(Body(text, False, "1.1"), Body(text, True, "1.2"))), LATAM, Envelope("", ()), NOW)
    assert all(answer.text for answer in reading.answers.values())


@pytest.mark.parametrize("colour", ["#\x10bcdef", "#\n\n", "#", "#12345", "rgb(999999,0,0)", "#ñañaña"])
def test_a_colour_that_is_none_hurts_nobody(colour: str) -> None:
    reading = read_text(f'<p><font color="{colour}">Sitio: Norte</font></p>', html=True)
    assert reading.answers["site_name"].text == "Norte"
