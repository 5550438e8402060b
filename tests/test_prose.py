"""Answers stated in running text, without a form."""

from __future__ import annotations

import pytest

from rules.model import AnswerValue
from tests.readings import read_mail, read_text


@pytest.mark.parametrize(
    ("text", "key", "said", "value"),
    [
        ("Sí hay luz en la tienda y ya reiniciamos todo.", "site_has_power", "Sí hay luz en la tienda", True),
        ("No hubo corte de luz y seguimos igual.", "power_outage", "No hubo corte de luz", False),
        ("Ayer todo bien, pero no tenemos contingencia.", "has_backup", "no tenemos contingencia", False),
        ("Power is back now and it has been raining all day.", "raining", "it has been raining all day", True),
        ("O enlace MPLS da loja caiu.", "service_type", "enlace MPLS", "mpls"),
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
    ],
)
def test_what_is_not_plainly_said_is_not(text: str) -> None:
    assert dict(read_text(f"Hola\n{text}\n").answers) == {}


def test_prose_beside_a_form_is_left_alone() -> None:
    assert set(read_text("Cliente: A1\n\nSí hay luz en la tienda.\n").answers) == {"customer_name"}


def test_a_mail_in_prose() -> None:
    reading = read_mail("prose-spanish.eml")
    values = {key: answer.value for key, answer in reading.answers.items()}
    assert values == {"service_type": "mpls", "has_backup": False, "site_has_power": True, "equipment_rebooted": True}
