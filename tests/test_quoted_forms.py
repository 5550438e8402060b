"""Our own questions, repeated below a reply and cut by the mail program at any width, are no answers."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.schema import answer
from tests.conftest import StillClock
from tests.office import BLUE, RED, Office, mail, office, text

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
