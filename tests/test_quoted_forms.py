"""Our own mail repeated below a reply: its questions are no answers, what it knew is old, and only what the customer
types into it is new."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from sqlalchemy import select

from intake.parse import parse
from intake.reading import read
from rules.model import Envelope
from storage.schema import answer
from tests.conftest import StillClock
from tests.filling import FILLERS, Filler
from tests.office import BLUE, RED, Office, mail, office, text
from tests.readings import NOW, texts

FIRST = {
    "es": "Hola, buenos días, no hay servicio desde las nueve, muchas gracias por la ayuda",
    "pt": "Olá, bom dia, não temos serviço nem conexão hoje, obrigado pela ajuda de vocês",
    "en": "Hello, good morning, we have no service since nine, thank you for your help",
}


def stored(desk: Office) -> list[tuple[str, str]]:
    return [(row["key"], row["text"]) for row in desk.rows(select(answer).order_by(answer.c.id))]


@pytest.mark.parametrize("language", FIRST)
def test_a_form_that_nobody_filled_in_gives_no_answers(language: str, tmp_path: Path, clock: StillClock) -> None:
    with office(tmp_path, f"sqlite:///{tmp_path}/acuse.db", clock, desks=(RED, BLUE)) as desk:
        desk.take(mail(body=FIRST[language]))
        ours = desk.queued("acknowledgement")[-1][2]
        assert ours["Content-Language"] == language
        before = stored(desk)
        for width in range(36, 84, 4):
            lines = [f"> {one}" for line in text(ours).splitlines() for one in (textwrap.wrap(line, width) or [""])]
            quoted = "\n".join(["Gracias, quedo atenta.", "", "El mar, 3 nov 2026, Mesa escribió:", *lines])
            row = desk.take(mail(f"Re: {width}", quoted, In_Reply_To=str(ours["Message-ID"])))
            assert (row["disposition"], stored(desk)) == ("update", before), width


REPORT = {
    "es": "Hola, buenos días.\n\nCliente: Molinos Sol\nSitio del cliente: Planta 2\nIncidente interno: MS-77\n",
    "pt": "Olá, bom dia, segue.\n\nNome do cliente: Sol\nLocal do cliente: Planta 2\nIncidente interno: MS-77\n",
    "en": "Hello, good morning.\n\nCustomer name: Sol\nCustomer site: Plant 2\nInternal incident: MS-77\n",
}
HOURS = {"es": "de 8 a 18", "pt": "das 8 às 18", "en": "8 to 18"}


@pytest.mark.parametrize("language", REPORT)
@pytest.mark.parametrize("fill", FILLERS, ids=lambda fill: fill.__name__)
def test_only_what_is_typed_into_our_mail_is_new(
    language: str, fill: Filler, tmp_path: Path, clock: StillClock
) -> None:
    question = RED.question("opening_hours")
    assert question
    with office(tmp_path, f"sqlite:///{tmp_path}/acuse.db", clock, desks=(RED,)) as desk:
        desk.take(mail(body=REPORT[language]))
        ours = desk.queued("acknowledgement")[-1][2]
        assert (ours["Content-Language"], "MS-77" in text(ours)) == (language, True)
        said = HOURS[language]
        for filled, typed in (({question.labels[language]: said}, {question.key: said}), ({}, {})):
            subtype, body = fill(ours, filled)
            raw = mail(f"Re: {ours['Subject']}", body, In_Reply_To=str(ours["Message-ID"]))
            raw = raw.replace(b"Content-Type: text/plain", f"Content-Type: text/{subtype}".encode())
            # Without the ticket at hand, as `acuse explain` reads it.
            reading = read(parse(raw), RED, Envelope("ana@cliente.example", RED.addresses), NOW)
            assert texts(reading) == typed
