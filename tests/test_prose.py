"""Answers stated in running text, without a form."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from acuse.desk_files import load_desk_files
from intake.questionnaire.triage import kind_of
from rules.model import AnswerValue, Mailbox
from tests.prose_mails import MAILS, ProseMail
from tests.prose_mails_second import MORE_MAILS
from tests.prose_mails_third import THIRD_MAILS
from tests.readings import DESKS, read_mail, read_text, texts


@pytest.mark.parametrize(
    ("text", "key", "said", "value"),
    [
        ("Sí hay luz en la tienda y ya reiniciamos todo.", "site_has_power", "Sí hay luz en la tienda", True),
        ("No hubo corte de luz y seguimos igual.", "power_outage", "No hubo corte de luz", False),
        ("Ayer todo bien, pero no tenemos contingencia.", "has_backup", "no tenemos contingencia", False),
        ("Power is back now and it has been raining all day.", "raining", "it has been raining all day", True),
        ("O enlace MPLS da loja caiu.", "service_type", "MPLS", "mpls"),
        ("Nuestro VSAT no levanta.", "service_type", "VSAT", "satellite"),
        ("Probamos desde la PC 192.168.12.40 sin suerte.", "source_ip", "192.168.12.40", ["192.168.12.40"]),
        ("Se pierde hacia 203.0.113.25 siempre.", "destination_ip", "203.0.113.25", ["203.0.113.25"]),
    ],
)
def test_what_is_plainly_said_is_read(text: str, key: str, said: str, value: AnswerValue) -> None:
    answer = read_text(f"Buen día.\n\n{text}\n\nGracias").answers[key]
    assert (answer.text, answer.value, answer.where) == (said, value, "part 1, line 3")


@pytest.mark.parametrize(
    "text",
    [
        "¿Hay luz en el sitio?",
        "No sé si hubo corte de luz.",
        "Si hay luz mañana lo vemos.",
        "Hay luz en el sótano, no hay luz arriba.",
        "Buen día, todo caído.",
        "Tenemos internet y MPLS, uno de los dos falla.",
        "Es otro problema, con otra gente.",
        "El router 10.1.1.1 no responde.",
        "-- \nhay luz",
        "this is an email about nothing, we are having a hard time here",
        "somos tres personas y somos nuevos",
        "Cada vez que llueve nos mojamos.",
        "Nos preguntan si hay luz y si tenemos contingencia.",
        "Creo que hay luz.",
        "El mes pasado hubo un corte de luz.",
        "Las demás sucursales tienen luz y hay energía en las otras.",
        "Vamos a ver si se reinició.",
    ],
)
def test_what_is_not_plainly_said_is_not(text: str) -> None:
    assert read_text(f"Hola\n{text}\n").answers.keys() <= {"problem"}


@pytest.mark.parametrize(
    ("desk", "text", "key"),
    [
        ("bt-latam", "The link at our Leeds depot is down. The door never closes properly.", "opening_hours"),
        ("bt-latam", "Abrimos el puerto 8443 y el enlace está caído.", "site_name"),
        ("smartcloud", "El portal no abre desde ayer. Por eso les escribo.", "impact"),
        ("neotel", "Se cayó el discador. No es crítico.", "priority"),
        ("neotel", "Se cayó el discador. ¿Es crítico?", "priority"),
    ],
)
def test_what_only_looks_like_an_answer_is_none(desk: str, text: str, key: str) -> None:
    assert key not in read_text(f"Hola\n{text}\n", DESKS[desk]).answers


def test_prose_beside_a_hardly_filled_form_is_read() -> None:
    reading = read_text("Cliente: A1\n\nSí hay luz en la tienda. Somos Otra Firma.\n")
    assert texts(reading) == {"customer_name": "A1", "site_has_power": "Sí hay luz en la tienda"}


def test_prose_beside_a_filled_form_is_left_alone() -> None:
    form = "Cliente: A1\nSitio: Centro\nProblema: caído\n\nSí hay luz en la tienda.\n"
    assert set(read_text(form).answers) == {"customer_name", "site_name", "problem"}


def test_an_empty_form_states_nothing() -> None:
    form = "Hay energía en el sitio:\nEquipos conectados: ____\nReinicio de los equipos:\n¿Está lloviendo?\nHorario:\n"
    assert texts(read_text(f"Somos Óptica Sol.\n\n{form}")) == {"customer_name": "Óptica Sol"}
    assert texts(read_text("Buenas\nno hay internet en la tienda\nhay energia\n"))["site_has_power"] == "hay energia"


def test_a_mail_in_prose() -> None:
    reading = read_mail("prose-spanish.eml")
    values = {key: answer.value for key, answer in reading.answers.items() if answer.value != answer.text}
    assert texts(reading)["customer_name"] == "Vidrios Talara"
    assert texts(reading)["site_name"] == "planta Sullana"
    assert texts(reading)["opening_hours"] == "de 7 a 19 h de lunes a sábado"
    assert values == {
        "callback_contacts": [{"name": "Abril Solano", "email": None, "phone": "+51944555018"}],
        "service_type": "mpls",
        "has_backup": False,
        "site_has_power": True,
        "equipment_rebooted": True,
    }


@pytest.mark.parametrize("mail", [*MAILS, *MORE_MAILS, *THIRD_MAILS], ids=lambda mail: mail.id)
def test_what_a_careful_agent_would_write_down(mail: ProseMail) -> None:
    name, address = mail.sender
    reading = read_text(mail.text, DESKS[mail.desk], subject=mail.subject, sender=Mailbox(address, name))
    assert set(reading.answers) == set(mail.answers)
    for key, wanted in mail.answers.items():
        said, value = wanted if isinstance(wanted, tuple) else (wanted, None)
        assert share(reading.answers[key].text, str(said)) >= 0.6, (key, reading.answers[key].text)
        if value is not None:
            assert reading.answers[key].value == value, key


def share(one: str, other: str) -> float:
    """The share of words that two texts have in common."""
    a, b = (Counter(re.findall(r"\w+", text.casefold())) for text in (one, other))
    return (a & b).total() / max(a.total(), b.total())


def test_every_answer_tells_its_place() -> None:
    reading = read_text(
        "Hola\n\nSomos Vidrios Talara.\nEl enlace está caído.\n\nSaludos\nAna Ruiz\nVidrios Talara S.A.",
        subject="Planta Sullana sin enlace",
    )
    assert {key: answer.where for key, answer in reading.answers.items()} == {
        "customer_name": "part 1, line 3",
        "problem": "part 1, line 4",
        "site_name": "subject",
    }


@pytest.mark.parametrize(
    "text",
    [
        "> El enlace de la sucursal Centro está caído.\n> Hay luz.\n",
        "El 9/11/2026 a las 10:00, BT Service Desk <mo.bud@bt.com> escribió:\n\n> Somos Óptica Mirador.\n> Hay luz.\n",
        "Saludos\n\nEnviado desde mi iPhone\n",
    ],
)
def test_quoted_text_and_footers_state_nothing(text: str) -> None:
    assert dict(read_text(f"Gracias.\n\n{text}").answers) == {}


def test_a_mail_about_a_ticket_is_no_report() -> None:
    assert dict(read_text("¿Cómo va el INC-2026-000118? Todavía no hay servicio.").answers) == {}


def test_a_forward_is_read_where_the_comment_says_nothing() -> None:
    forwarded = "De: A <a@x.example>\nEnviado: lunes\nPara: B\nAsunto: x\n\nNo hay internet en la tienda de Lima.\n"
    assert texts(read_text(f"Favor de atender.\n\n{forwarded}", subject="RV: x"))["site_name"] == "tienda de Lima"
    own = read_text(f"La sucursal Cusco está sin internet.\n\n{forwarded}", subject="RV: x")
    assert texts(own)["site_name"] == "sucursal Cusco"


def test_a_desk_written_in_toml_alone_is_read(tmp_path: Path) -> None:
    (tmp_path / "greenhouse.toml").write_text(GREENHOUSE, encoding="utf-8")
    files = load_desk_files([tmp_path])
    assert files.problems == ()
    text = (
        "Hello, this is Fernleaf Growers. The pump in greenhouse Willow leaks since noon. The vents are closed. "
        "Our bay number is B-17. The climate is set to 21 degrees. You can ask for Tilda Moss, +44 20 7946 0155."
    )
    assert texts(read_text(text, files.desks["greenhouse"])) == {
        "grower": "Fernleaf Growers",
        "house": "greenhouse Willow",
        "trouble": "The pump in greenhouse Willow leaks since noon.",
        "vents_open": "The vents are closed",
        "bay": "B-17",
        "warmth": "21 degrees",
        "helper": "Tilda Moss, +44 20 7946 0155",
    }


GREENHOUSE = """
name = "Greenhouse Desk"
addresses = ["help@greenhouse.example"]
languages = ["en"]
zone = "Europe/London"
country = "GB"
[[kinds]]
kind = "incident"
reference = "GRH-{seq:06}"
who_may_open = "anyone"
[[questions]]
key = "grower"
type = "text"
required = true
takes = "firm"
label.en = "Grower"
leads.en = ["this is"]
[[questions]]
key = "house"
type = "text"
required = true
takes = "place"
label.en = "House"
cues.en = ["greenhouse", "tunnel"]
[[questions]]
key = "trouble"
type = "text"
required = true
takes = "sentence"
label.en = "What is wrong"
cues.en = ["leak*", "wilt*"]
[[questions]]
key = "vents_open"
type = "yes_no"
required = true
label.en = "Are the vents open?"
cues.en = ["vents are open"]
no_cues.en = ["vents are ... closed"]
[[questions]]
key = "bay"
type = "text"
required = true
takes = "code"
label.en = "Bay"
leads.en = ["bay number"]
[[questions]]
key = "warmth"
type = "text"
required = true
takes = "amount"
label.en = "Temperature"
cues.en = ["degrees"]
[[questions]]
key = "helper"
type = "contacts"
required = true
label.en = "Who helps"
cues.en = ["ask for"]
"""


@pytest.mark.parametrize(
    "text",
    [
        "no hay luz\n" * 12_000,
        "desde 10.1.1.1 hacia 10.2.2.2 " * 6_000,
        "Sucursal Norte " * 10_000,
        "¿(" * 90_000,
        "a." * 90_000,
    ],
)
def test_hostile_prose_ends(text: str) -> None:
    for desk in DESKS.values():
        read_text(text, desk)


@pytest.mark.parametrize(
    ("text", "key", "said", "value"),
    [
        ("La luz se fue anoche pero ya volvió.", "site_has_power", "ya volvió", True),
        ("La luz se fue anoche pero ya volvió.", "power_outage", "La luz se fue anoche", True),
        ("Energia está ok, nunca caiu.", "power_outage", "nunca caiu", False),
        ("Hay un respaldo 4G pero no levantó.", "backup_works", "no levantó", False),
        ("Hay un respaldo 4G pero no levantó.", "has_backup", "Hay un respaldo 4G", True),
        (
            "Nobody has restarted the router so far.",
            "equipment_rebooted",
            "Nobody has restarted the router so far",
            False,
        ),
        (
            "No change after we rebooted the router.",
            "equipment_rebooted",
            "No change after we rebooted the router",
            True,
        ),
        (
            "El módem y el router están conectados.",
            "equipment_connected",
            "El módem y el router están conectados",
            True,
        ),
        ("We see loss between 10.4.8.15 and 10.4.9.1.", "destination_ip", "10.4.9.1", ["10.4.9.1"]),
    ],
)
def test_what_a_clause_says_of_a_thing(text: str, key: str, said: str, value: AnswerValue) -> None:
    answer = read_text(f"Buen día.\n\n{text}\n\nGracias").answers[key]
    assert (answer.text, answer.value) == (said, value)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("La luz está bien, el enlace se fue.", "power_outage"),
        ("La luz está bien, el enlace se cayó y no ha vuelto.", "power_outage"),
        ("Hubo un corte de luz.", "site_has_power"),
        ("El enlace se cayó pero volvió a las 8.", "site_has_power"),
        ("O roteador está desligado.", "equipment_rebooted"),
        ("If power fails again we will call you.", "problem"),
        ("Mi número es el 310 555 0177.", "destination_number"),
    ],
)
def test_what_is_said_of_another_thing_is_not_said_of_this(text: str, key: str) -> None:
    assert key not in read_text(f"Buen día.\n\n{text}\n\nGracias").answers


def test_an_old_mail_of_their_own_is_answered_to_report_something_new() -> None:
    quoted = "> Customer site: Castries office\n> Problem description: Link down since 13:30\n"
    head = "On 12 Oct 2026, at 14:02, Ana Ruiz <ana@customer.example> wrote:"
    report = "Our Bridgetown office has very slow internet. Power is fine. We rebooted the router. No backup here.\n"
    reading = read_text(f"Hi,\n\n{report}\nAna\n\n> {head}\n>\n{quoted}", subject="Re: Castries office down")
    assert reading.answers["site_name"].text == "Bridgetown office"
    ours = read_text(
        f"Hi,\n\n{report}\nAna\n\n> {head}\n>\n{quoted}", subject="Re: INC-2026-000012 Castries office down"
    )
    assert "problem" not in ours.answers


@pytest.mark.parametrize(
    ("desk", "text", "kind"),
    [
        ("neotel", "La opción nueva del IVR no funciona.", "incident"),
        ("neotel", "Necesitamos sumar al IVR una opción nueva para reclamos.", "change_request"),
        ("bt-latam-ssr", "Queremos mudar al subsuelo el gabinete de la sucursal Osorno.", "change_request"),
        ("bt-latam-ssr", "Necesitamos cambiar la VLAN del router que está en el rack.", "service_request"),
    ],
)
def test_a_move_or_something_new_is_a_change(desk: str, text: str, kind: str) -> None:
    assert kind_of(DESKS[desk], "", text, {}) == kind


def test_the_hours_behind_a_town_count_as_the_zone() -> None:
    text = "No salen las llamadas a celular. Fallaron el 24/11/2026 a las 16:10, hora de Villa Chica (GMT-6)."
    assert read_text(f"Hola\n{text}\n").answers["failed_call_times"].value == ["2026-11-24T16:10:00-06:00"]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Preciso trocar o DNS do roteador. Pode ser no dia 02/12/2026 às 18h30?", "2026-12-02T18:30:00-05:00"),
        ("Solicitamos abrir el puerto 8443. Mejor el 2 de diciembre de 2026 a las 22:00.", "2026-12-02T22:00:00-05:00"),
        ("Solicitamos abrir el puerto 8443. Respondan antes del 2/12/2026 a las 10:00.", None),
        ("Solicitamos abrir el puerto 8443, el 2/12/2026 a las 10:00 o el 3/12/2026 a las 10:00.", None),
    ],
)
def test_the_one_moment_to_come_is_when_a_request_is_to_be_done(text: str, moment: str | None) -> None:
    answer = read_text(text, DESKS["bt-latam-ssr"]).answers.get("requested_start")
    assert (answer.value if answer else None) == moment
