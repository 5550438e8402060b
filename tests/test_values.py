"""Normalised values of answers."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from intake.questionnaire.moments import moments
from intake.questionnaire.people import contacts
from intake.questionnaire.phones import Homes, phones
from intake.questionnaire.values import Setting, choice, value_of, yes_no
from rules.policy import Question, QuestionType

BOGOTA = ZoneInfo("America/Bogota")
NOW = datetime(2026, 11, 5, 15, 0, tzinfo=UTC)
MEXICO = Homes(desk="MX", area="America")
CUES = {"es": ("llovió", "está lloviendo"), "pt": ("choveu",)}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Sí", True),
        ("si, pero solo el router", True),
        ("SI", True),
        ("Sim, de madrugada", True),
        ("Yes - 4G took over", True),
        ("No.", False),
        ("NO", False),
        ("Não", False),
        ("Todavía no", False),
        ("ainda não", False),
        ("No se reinició", False),
        ("llovió ayer", True),
        ("ayer no llovió", False),
        ("Choveu à noite", True),
        ("[x] Sí [ ] No", True),
        ("( ) Sí (X) No", False),
        ("Sí ☐ No ☒", False),
        ("[x] Sí [x] No", None),
        ("N/A", None),
        ("n/a", None),
        ("No aplica", None),
        ("no sé", None),
        ("no sé si llovió", None),
        ("não sei", None),
        ("Don't know", None),
        ("el router", None),
        ("fiz 3 vezes", True),
        ("dos veces, a las 9 y a las 10", True),
        ("twice", True),
        ("3 veces sin éxito", None),
        ("Hecho", True),
    ],
)
def test_yes_no(text: str, value: bool | None) -> None:
    assert yes_no(text, CUES) is value


CHOICES = {
    "satellite": {"es": ("satélite", "satelital", "VSAT")},
    "internet": {"es": ("internet", "internet dedicado")},
    "mpls": {"es": ("MPLS",)},
    "other": {"es": ("otro", "otros")},
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Satelital", "satellite"),
        ("INTERNET DEDICADO 20 Mbps", "internet"),
        ("mpls (antes internet)", "mpls"),
        ("[ ] Satélite [x] Internet [ ] MPLS [ ] Otros", "internet"),
        ("internet y MPLS", None),
        ("fibra", None),
        ("no sé", None),
    ],
)
def test_choice(text: str, value: str | None) -> None:
    assert choice(text, CHOICES) == value


def person(name: str | None, email: str | None = None, phone: str | None = None) -> dict[str, str | None]:
    return {"name": name, "email": email, "phone": phone}


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Ana Ruiz, ana@x.mx, 55 1234 5678", [person("Ana Ruiz", "ana@x.mx", "+525512345678")]),
        ("Ana Ruiz <ana@x.mx> +57 310 555 0141", [person("Ana Ruiz", "ana@x.mx", "+573105550141")]),
        ("Ana Ruiz\nana@x.mx\n+57 310 555 0141", [person("Ana Ruiz", "ana@x.mx", "+573105550141")]),
        ("Ana Ruiz - ana@x.mx - +57 310 555 0141", [person("Ana Ruiz", "ana@x.mx", "+573105550141")]),
        (
            "Nombre: Ana Ruiz, Correo: ana@x.mx, Tel.: +57 310 555 0141",
            [person("Ana Ruiz", "ana@x.mx", "+573105550141")],
        ),
        ("Ana Ruiz (jefa), guardia de planta, +57 310 555 0141 ext. 22", [person("Ana Ruiz", None, "+573105550141")]),
        (
            "Quito: Ana Ruiz, +57 310 555 0141 / Loja: Luz Paz, luz@x.mx",
            [person("Ana Ruiz", None, "+573105550141"), person("Luz Paz", "luz@x.mx")],
        ),
        ("Ana Ruiz, a@x.mx; Luz Paz, l@x.mx", [person("Ana Ruiz", "a@x.mx"), person("Luz Paz", "l@x.mx")]),
        ("Gate 2 security, +57 310 555 0141", [person("Gate 2 security", None, "+573105550141")]),
        ("Ana Ruiz", [person("Ana Ruiz")]),
        ("ana@x.mx", [person(None, "ana@x.mx")]),
    ],
)
def test_contacts(text: str, people: list[dict[str, str | None]]) -> None:
    assert contacts(text, MEXICO) == people


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("81 8374 2210 ext. 4410", ["+528183742210"]),
        ("+54 11 5199 2040 y +54 11 5199 2041", ["+541151992040", "+541151992041"]),
        ("1 2345", ["12345"]),
        ("ext. 4410", ["4410"]),
        ("no lo tengo", []),
    ],
)
def test_phones(text: str, numbers: list[str]) -> None:
    assert phones(text, MEXICO) == numbers


def test_a_number_that_is_not_valid_keeps_its_digits() -> None:
    assert "".join(c for c in phones("044 55 1234 5678", MEXICO)[0] if c.isdigit()) == "0445512345678"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("el 3/11 a las 14:30", ["2026-11-03T14:30:00-05:00"]),
        (
            "05/11/2026 a las 09:14, 09:40 y 11:02 (GMT-3)",
            [f"2026-11-05T{t}:00-03:00" for t in ("09:14", "09:40", "11:02")],
        ),
        (
            "4 Nov 2026 at 09:12 and 5 Nov 2026 at 10:05 (UTC-5)",
            ["2026-11-04T09:12:00-05:00", "2026-11-05T10:05:00-05:00"],
        ),
        ("Thursday 26 November 2026, 15:00 GMT", ["2026-11-26T15:00:00+00:00"]),
        ("segunda-feira, 16/11/2026, às 09h00 (horário de Brasília, GMT-3)", ["2026-11-16T09:00:00-03:00"]),
        ("viernes 6 de noviembre de 2026, 8 p. m.", ["2026-11-06T20:00:00-05:00"]),
        ("March 3, 2027 2:30 pm Europe/London", ["2027-03-03T14:30:00+00:00"]),
        ("2026-11-05T08:00:00-05:00", ["2026-11-05T08:00:00-05:00"]),
        ("a las 9:00 del 2/1", ["2027-01-02T09:00:00-05:00"]),
        ("ayer a las 10:15", ["2026-11-04T10:15:00-05:00"]),
        ("hoy a las 9:10 de la mañana", ["2026-11-05T09:10:00-05:00"]),
        ("11/18 a las 9:00", ["2026-11-18T09:00:00-05:00"]),
        ("31/2/2026 9:00", []),
        ("12", []),
        ("1.5", []),
        ("el lunes", []),
        ("3/11/2026", []),
    ],
)
def test_moments(text: str, found: list[str]) -> None:
    assert moments(text, BOGOTA, NOW) == found


def test_values_by_question_type() -> None:
    setting = Setting(Homes(desk="CO", area="America"), BOGOTA, NOW)

    def value(kind: QuestionType, text: str) -> object:
        return value_of(Question("k", kind, required=True, labels={}, synonyms={}), text, setting)

    assert value(QuestionType.TEXT, "  dos   palabras \n y más ") == "dos palabras\ny más"
    assert value(QuestionType.IPS, "10.1.2.3 y 10.1.2.4, red 10.20.31.0/24, fe80::1, 999.1.1.1, v1.2") == [
        *("10.1.2.3", "10.1.2.4", "10.20.31.0/24", "fe80::1"),
    ]
    assert value(QuestionType.IPS, "no aplica") is None
    assert value(QuestionType.DATETIME, "6/11 20:00 a 22:00") == "2026-11-06T20:00:00-05:00"
    assert value(QuestionType.DATETIMES, "no sé") is None
    assert value(QuestionType.CONTACTS, "N/A") is None
