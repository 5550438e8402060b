"""Phone numbers, contacts and dates as people of many American countries write them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.questionnaire.blocks import Bound
from intake.questionnaire.clocks import clocks
from intake.questionnaire.countries import countries_named, country_of_domain, country_of_language
from intake.questionnaire.homes import homes_of
from intake.questionnaire.moments import moments
from intake.questionnaire.people import contacts
from intake.questionnaire.phones import Homes, e164, phone_spans, phones
from intake.questionnaire.zones import zone_end
from rules.model import Mailbox
from tests.readings import DESKS, read_text

BOGOTA = ZoneInfo("America/Bogota")
NOW = datetime(2026, 11, 5, 15, 0, tzinfo=UTC)
COLOMBIAN_DESK = Homes(desk="CO", area="America")


def known(*countries: str) -> Homes:
    return COLOMBIAN_DESK.nearer(frozenset(countries))


@pytest.mark.parametrize(
    ("country", "written", "number"),
    [
        ("MX", "55 1234 5678", "+525512345678"),
        ("MX", "(81) 8374-2210", "+528183742210"),
        ("MX", "52 442 198 3307", "+524421983307"),
        ("BR", "31 98755-0119", "+5531987550119"),
        ("BR", "(47) 3355-0100", "+554733550100"),
        ("BR", "0 21 3255-0166", "+552132550166"),
        ("BR", "51 99912-3456", "+5551999123456"),
        ("AR", "011 15-5823-6610", "+5491158236610"),
        ("AR", "(02983) 43-1180", "+542983431180"),
        ("AR", "0362 15-444-1234", "+5493624441234"),
        ("CL", "9 7744 1203", "+56977441203"),
        ("CL", "(2) 2938 4410", "+56229384410"),
        ("PE", "987 220 416", "+51987220416"),
        ("PE", "(01) 445-1298", "+5114451298"),
        ("VE", "0414-555.01.33", "+584145550133"),
        ("EC", "099 412 8806", "+593994128806"),
        ("UY", "099 214 630", "+59899214630"),
        ("PY", "0981 455 120", "+595981455120"),
        ("BO", "722-55048", "+59172255048"),
        ("CR", "8812-4409", "+50688124409"),
        ("GT", "2380 4417", "+50223804417"),
        ("SV", "7012-3344", "+50370123344"),
        ("HN", "9988 3021", "+50499883021"),
        ("PA", "6677-1204", "+50766771204"),
        ("DO", "(809) 566-7120", "+18095667120"),
        ("JM", "876-458-0134", "+18764580134"),
        ("BB", "246 555 0137", "+12465550137"),
        ("CO", "315 884 0926", "+573158840926"),
        ("CO", "604 448 2190", "+576044482190"),
    ],
)
def test_a_national_number_is_one_of_its_country(country: str, written: str, number: str) -> None:
    assert phones(written, known(country)) == [number]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("507-6555-0133", "+50765550133"),
        ("(502) 2380-4417", "+50223804417"),
        ("51 999 123 456", "+51999123456"),
        ("593 99 412 8806", "+593994128806"),
        ("0057 310 555 0141", "+573105550141"),
        ("+1 246 555 0137", "+12465550137"),
        ("(+598) 99 214 630", "+59899214630"),
        ("+54 (011) 4321-5678", "+541143215678"),
        ("+44 (0)20 7946 0112", "+442079460112"),
        ("+ 57 310 555 0141", "+573105550141"),
        ("99955 0133 84", "99955013384"),
        ("81 8374 2210", "8183742210"),
        ("84 99955-0133", "84999550133"),
        ("315 884 0926", "+573158840926"),
    ],
)
def test_a_number_alone_tells_its_country_or_is_the_desks_or_stays_as_written(written: str, number: str) -> None:
    assert phones(written, COLOMBIAN_DESK) == [number]


def test_countries_that_read_a_number_differently_leave_it_as_written() -> None:
    assert e164("8812-4409", known("CR", "NI")) == "88124409"
    assert e164("7012-3344", known("SV", "DO")) == "+50370123344"


def test_a_directory_goes_before_the_mail() -> None:
    assert e164("8812 4409", Homes("CR", (frozenset({"GT"}),), "CO", "America")) == "+50688124409"


def test_a_number_that_is_in_no_plan_follows_the_code_of_its_neighbour() -> None:
    assert e164("507-555-0108", known("PA")) == "+5075550108"
    assert e164("507-555-0108", COLOMBIAN_DESK) == "5075550108"


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("+54 11 5199 2040 y +54 11 5199 2041", ["+54 11 5199 2040", "+54 11 5199 2041"]),
        ("310 555 0141 - 311 555 0142", ["310 555 0141", "311 555 0142"]),
        ("3105550141/3115550142", ["3105550141", "3115550142"]),
        ("(601) 448 2190 ext. 22", ["(601) 448 2190"]),
        ("3105550141x22", ["3105550141"]),
        ("1. 55 1234 5678", ["55 1234 5678"]),
        ("desde 2026-11-05 03:12, 05/11/2026 y 10.120.44.1", []),
        ("SSR-2026-118890", []),
        ("PM20261189X", []),
        ("id12345678@x.example", []),
    ],
)
def test_where_numbers_stand(text: str, spans: list[str]) -> None:
    assert [text[a:b] for a, b in phone_spans(text)] == spans


@pytest.mark.parametrize(
    "text",
    [*("1 " * 100_000, "1" * 200_000, "(1" * 100_000, "+1-" * 70_000, "1.2.3." * 40_000, "1  - " * 40_000)],
)
def test_hostile_digits_are_read_in_bounds(text: str) -> None:
    assert len(phone_spans(text)) <= 40
    assert len(clocks(text[:2000])) <= 1000


@pytest.mark.parametrize(
    ("domain", "country"),
    [
        ("correo.mx", "MX"),
        ("loja.com.br", "BR"),
        ("firm.co.uk", "GB"),
        ("firma.com.co", "CO"),
        ("startup.co", ""),
        ("startup.io", ""),
        ("firm.com", ""),
        ("yahoo.com.mx", "MX"),
        ("yahoo.es", ""),
        ("firma.example", ""),
        ("mx", ""),
        ("", ""),
    ],
)
def test_the_country_of_a_domain(domain: str, country: str) -> None:
    assert country_of_domain(domain) == country


@pytest.mark.parametrize(
    ("text", "countries"),
    [
        ("Recepción (Panamá)", {"PA"}),
        ("Filial São Paulo", {"BR"}),
        ("oficina de Montevideo, Uruguay", {"UY"}),
        ("Port of Spain", {"TT"}),
        ("EL SALVADOR", {"SV"}),
        ("Av. Perú 450", set()),
        ("Sucursal Centro", set()),
    ],
)
def test_named_countries(text: str, countries: set[str]) -> None:
    assert countries_named(text) == countries


def test_only_portuguese_means_one_country() -> None:
    assert [country_of_language(language, "CO") for language in ("pt", "es", "en")] == ["BR", "", ""]
    assert country_of_language("pt", "PT") == "PT"


def test_the_mail_tells_where_its_numbers_are_at_home() -> None:
    desk = DESKS["bt-latam"]
    found = {
        "site_name": Bound("site_name", "Sucursal Panamá", "1"),
        "destination_number": Bound("destination_number", "+1 305 555 0177", "2"),
    }
    sender = Mailbox("ana@banco.com.mx", "Ana Ruiz")
    homes = homes_of(desk, sender, "pt", "Ana 55 1234 5678, +598 99 214 630, +1 305 555 0177", found)
    assert homes.known == tuple(frozenset({c}) for c in ("UY", "MX", "PA", "BR"))
    assert homes.desk == "CO"


def person(name: str | None, email: str | None = None, phone: str | None = None) -> dict[str, str | None]:
    return {"name": name, "email": email, "phone": phone}


WRITER = Mailbox("Anibal.Zarate@lagunas.example", "Aníbal Zárate")


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Ing. Carlos Peña, CPENA@FINCA.EXAMPLE", [person("Carlos Peña", "cpena@finca.example")]),
        ("Lic. Ana Ruiz 55 1234 5678", [person("Ana Ruiz", None, "+525512345678")]),
        ("el Sr. Juan Paz al 55 1234 5678", [person("Juan Paz", None, "+525512345678")]),
        ("Sr. Juan Paz Gerente de TI 55 1234 5678", [person("Juan Paz", None, "+525512345678")]),
        ("Ana Ruiz - Jefa de Sistemas - 55 1234 5678", [person("Ana Ruiz", None, "+525512345678")]),
        ("Dona Graça 55 1234 5678", [person("Dona Graça", None, "+525512345678")]),
        ("escribirme a ana@x.mx", [person(None, "ana@x.mx")]),
        ("Comunicarse con Ana Ruiz al 55 1234 5678", [person("Ana Ruiz", None, "+525512345678")]),
        (
            "Denise Husbands on +1 246 555 0128 or write to dh@coral.example",
            [person("Denise Husbands", "dh@coral.example", "+12465550128")],
        ),
        ("Conmigo", [person("Aníbal Zárate", "anibal.zarate@lagunas.example")]),
        ("comigo mesmo, 55 1234 5678", [person("Aníbal Zárate", "anibal.zarate@lagunas.example", "+525512345678")]),
        ("Me, on +1 246 555 0128", [person("Aníbal Zárate", "anibal.zarate@lagunas.example", "+12465550128")]),
        (
            "conmigo: az@lagunas.example o al +54 379 442-7781",
            [person("Aníbal Zárate", "az@lagunas.example", "+543794427781")],
        ),
        ("yo mismo, Aníbal Zárate", [person("Aníbal Zárate", "anibal.zarate@lagunas.example")]),
        (
            "conmigo o con Ana Ruiz 55 1234 5678",
            [
                person("Aníbal Zárate", "anibal.zarate@lagunas.example"),
                person("Ana Ruiz", None, "+525512345678"),
            ],
        ),
        ("O. Ruiz 55 1234 5678", [person("O. Ruiz", None, "+525512345678")]),
        ("La Torre, 55 1234 5678", [person("La Torre", None, "+525512345678")]),
        ("Ana de la O, 55 1234 5678", [person("Ana de la O", None, "+525512345678")]),
        ("Mesa de Ayuda, 55 1234 5678", [person("Mesa de Ayuda", None, "+525512345678")]),
        ("Guardia SUC-044, 55 1234 5678", [person("Guardia SUC-044", None, "+525512345678")]),
        ("Director", [person("Director")]),
        ("the site manager, Leroy Facey, +1 876 458 0151", [person("Leroy Facey", None, "+18764580151")]),
        ("Jefe de turno, 55 1234 5678", [person("Jefe de turno", None, "+525512345678")]),
    ],
)
def test_contacts(text: str, people: list[dict[str, str | None]]) -> None:
    assert contacts(text, Homes(desk="MX", area="America"), WRITER) == people


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("03/12/2026, 3pm", ["2026-12-03T15:00:00-05:00"]),
        ("9 December 2026, 6.30 pm", ["2026-12-09T18:30:00-05:00"]),
        ("9.05am on 3 Dec", ["2026-12-03T09:05:00-05:00"]),
        ("11/12 às 15h30", ["2026-12-11T15:30:00-05:00"]),
        ("11/12/2026 15h", ["2026-12-11T15:00:00-05:00"]),
        ("el 7 de diciembre a las 7 de la tarde", ["2026-12-07T19:00:00-05:00"]),
        ("1º de dezembro de 2026 às 8 da manhã", ["2026-12-01T08:00:00-05:00"]),
        ("primero de diciembre, a las siete y media de la noche", ["2026-12-01T19:30:00-05:00"]),
        ("5-dic-26 10:00", ["2026-12-05T10:00:00-05:00"]),
        ("5 dic 15:00", ["2026-12-05T15:00:00-05:00"]),
        ("2026/12/05 1530 hrs", ["2026-12-05T15:30:00-05:00"]),
        ("5/12 al mediodía", ["2026-12-05T12:00:00-05:00"]),
        ("5/12, 12 m.", ["2026-12-05T12:00:00-05:00"]),
        ("3rd of December at half past two in the afternoon", ["2026-12-03T14:30:00-05:00"]),
        ("3 December, quarter to 5 pm", ["2026-12-03T16:45:00-05:00"]),
        ("5/12 a las 20", ["2026-12-05T20:00:00-05:00"]),
        ("mañana a las 9:00", ["2026-11-06T09:00:00-05:00"]),
        ("pasado mañana a las 9 de la mañana", ["2026-11-07T09:00:00-05:00"]),
        ("esta noche a las 22:00", ["2026-11-05T22:00:00-05:00"]),
        ("amanhã às 19h", ["2026-11-06T19:00:00-05:00"]),
        ("tomorrow at noon", ["2026-11-06T12:00:00-05:00"]),
        ("5/12 9:00-11:00", ["2026-12-05T09:00:00-05:00"]),
        ("5/12 de 20 a 22 h", ["2026-12-05T20:00:00-05:00", "2026-12-05T22:00:00-05:00"]),
        ("5/12 from 8 to 10 pm", ["2026-12-05T20:00:00-05:00", "2026-12-05T22:00:00-05:00"]),
        ("5/12, ventana de 4 horas, a las 20:00", ["2026-12-05T20:00:00-05:00"]),
        ("11/18/2026 9:00", ["2026-11-18T09:00:00-05:00"]),
        ("11/12/2026 às 19h (horário de Brasília)", ["2026-12-11T19:00:00-03:00"]),
        ("25 November 2026 at 21:00 Barbados time", ["2026-11-25T21:00:00-04:00"]),
        ("14 December 2026 at 7am Georgetown time (UTC-4)", ["2026-12-14T07:00:00-04:00"]),
        ("3 Dec 2026 3pm UK (GMT)", ["2026-12-03T15:00:00+00:00"]),
        ("3/12/2026 15:00 hora de México", ["2026-12-03T15:00:00-06:00"]),
        ("3/12/2026 15:00 hora de la Ciudad de México", ["2026-12-03T15:00:00-06:00"]),
        ("3/12/2026 3 pm hora del centro de México", ["2026-12-03T15:00:00-06:00"]),
        ("3 Dec 2026 10:00 New York time", ["2026-12-03T10:00:00-05:00"]),
        ("3/12/2026 15:00 hora Perú", ["2026-12-03T15:00:00-05:00"]),
        ("3/12/2026 15:00 hora local", ["2026-12-03T15:00:00-05:00"]),
        ("3/12/2026 15:00, hora de Chile", ["2026-12-03T15:00:00-03:00"]),
        ("3/12/2026 3:00 PM EST", ["2026-12-03T15:00:00-05:00"]),
        ("3 Dec 2026 9:00 Eastern time", ["2026-12-03T09:00:00-05:00"]),
        ("Start time: 3 Dec 2026 9:00", ["2026-12-03T09:00:00-05:00"]),
        ("Hora de Inicio: 9:00 del 3/12/2026", ["2026-12-03T09:00:00-05:00"]),
        ("3 Dec 2026, 3pm UK time", ["2026-12-03T15:00:00+00:00"]),
        ("HORA DE INICIO: 3/12/2026 9:00", ["2026-12-03T09:00:00-05:00"]),
        ("4 de noviembre a las 9:00, 9:15 y 10:05", [f"2026-11-04T{t}:00-05:00" for t in ("09:00", "09:15", "10:05")]),
        ("el próximo martes a las 21:00", ["2026-11-10T21:00:00-05:00"]),
        ("el martes pasado a las 21:00", ["2026-11-03T21:00:00-05:00"]),
        # What may be read in two ways is none.
        ("el lunes a las 9:00", []),
        ("el próximo jueves a las 9:00", []),
        ("3/12 o 4/12 a las 9:00", []),
        ("3/12 a medianoche", []),
        ("3/12 half past two", []),
        ("3/12 a las 7", []),
        ("3/12 a las 2 de la noche", []),
        ("3/12 antes de las 15:00", []),
        ("3/12 por 2 horas", []),
        ("3/12 15:00 hora de Villaparque", []),
        ("3/12 servidor 10.12.3.4", []),
    ],
)
def test_moments(text: str, found: list[str]) -> None:
    assert moments(text, BOGOTA, NOW) == found


_PIECES = st.sampled_from(
    [*"0123456789 +-./:()@,;\n", "55 1234 5678", "+57", "a las ", "de la tarde", "3/12", "lunes", "hora de Lima", "GMT"]
)


@given(st.one_of(st.text(max_size=200), st.lists(_PIECES, max_size=60).map("".join)))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read(text: str) -> None:
    assert all(moment[4] == "-" for moment in moments(text, BOGOTA, NOW, ahead=True))
    for found in [*phones(text, known("MX", "BR")), *(one["phone"] for one in contacts(text, known("PE"), WRITER))]:
        assert found is None or found.lstrip("+").isdigit()


def test_a_day_of_the_week_is_ahead_for_a_wish_and_behind_for_what_happened() -> None:
    assert moments("el lunes a las 9:00", BOGOTA, NOW, ahead=True) == ["2026-11-09T09:00:00-05:00"]
    assert moments("segunda-feira às 9h", BOGOTA, NOW, ahead=False) == ["2026-11-02T09:00:00-05:00"]
    assert moments("on Thursday at 9:00", BOGOTA, NOW, ahead=True) == []


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("19h (horário de Brasília), fora do expediente", " (horário de Brasília)"),
        ("19h Georgetown time (UTC-4), before", " Georgetown time (UTC-4)"),
        ("19h (GMT-3).", " (GMT-3)"),
        ("19h, ya que cierra", ""),
    ],
)
def test_the_zone_behind_a_time(text: str, zone: str) -> None:
    assert text[3 : zone_end(text, 3)] == zone


def test_numbers_of_a_mail_follow_its_language_its_other_numbers_and_its_site() -> None:
    brazilian = read_text(
        "Bom dia, segue o chamado.\nCliente: Padaria Trigal\nLocal: loja Savassi\nProblema: internet não voltou\n"
        "Contato retorno: Wesley 31 98755-0119\nContato local: Dona Graça 31 3255-0166\nServiço afetado: internet\n"
    )
    assert brazilian.answers["local_contacts"].value == [person("Dona Graça", None, "+553132550166")]
    assert brazilian.answers["local_contacts"].text == "Dona Graça 31 3255-0166"
    form = "Cliente: Altura\nSitio: {}\nProblema: sin enlace\nContactos para devolución: {}\nContactos locales: {}\n"
    salvadoran = read_text(form.format("Centro", "Ana Paz, +503 2250 7700", "Luis Mena, 7012-3344"))
    assert salvadoran.answers["local_contacts"].value == [person("Luis Mena", None, "+50370123344")]
    sited = read_text(form.format("Montevideo", "conmigo", "Luis Mena, 099 214 630"))
    assert sited.answers["local_contacts"].value == [person("Luis Mena", None, "+59899214630")]
    assert sited.answers["callback_contacts"].value == [person("Ana Ruiz", "ana@customer.example")]
    unknown = read_text(form.format("Centro", "Ana Paz", "Luis Mena, 099 214 630"))
    assert unknown.answers["local_contacts"].value == [person("Luis Mena", None, "099214630")]
