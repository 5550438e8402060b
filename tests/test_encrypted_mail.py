"""Encrypted mail through the whole desk: the ticket opens, the customer is told what to do, once, and agents know."""

from __future__ import annotations

import base64

import pytest

from tests.conftest import StillClock
from tests.office import ANA, EVA, FORM, STAFFED, Office, mail, office, text
from tests.test_sealed import encrypted

ASKED = {
    "es": "envíelo de nuevo sin cifrar",
    "pt": "envie-o novamente sem criptografia",
    "en": "send it again without encryption",
}


def sealed(subject: str = "Enlace caido en la sede", **fields: str) -> bytes:
    """A form that was encrypted for a key that the desk does not have."""
    head, _, _ = mail(subject, "x", **fields).partition(b"\r\n\r\n")
    head = head.replace(
        b"text/plain; charset=utf-8", b"application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m"
    )
    return head + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(encrypted())


def answer_to(desk: Office, number: int, *, open_text: str = "") -> bytes:
    last = desk.last_acknowledgement()
    subject = f"Re: {desk.queued('acknowledgement')[-1][2]['Subject']}"
    fields = {"in_reply_to": last, "message_id": f"<r{number}@cliente.example>"}
    return mail(subject, open_text, **fields) if open_text else sealed(subject, **fields)


@pytest.fixture
def desk(tmp_path, database_url, clock: StillClock):
    with office(tmp_path, database_url, clock, desks=(STAFFED,)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("language", "subject"),
    [("es", "Enlace caido en la sede"), ("pt", "Sem conexão na filial"), ("en", "Link down at our branch")],
)
def test_its_customer_is_told_what_to_do(desk: Office, language: str, subject: str) -> None:  # pains 31, 54
    assert desk.take(sealed(subject, content_language=language))["disposition"] == "ticket"
    (_, to, acknowledgement) = desk.queued("acknowledgement")[0]
    said = text(acknowledgement)
    assert to == ANA
    assert ASKED[language] in " ".join(said.split())
    assert desk.tickets()[0]["reference"] in said
    # What must be known all the same is asked for as ever.
    assert sum(line.rstrip().endswith(":") for line in said.splitlines()) > 5
    page = acknowledgement.get_body(("html",))
    assert page is not None
    assert ASKED[language] in " ".join(page.get_content().split())


def test_its_agents_are_told_and_get_the_mail_itself(desk: Office) -> None:
    desk.take(sealed())
    (_, to, notice) = desk.queued("notice")[0]
    assert to == EVA
    assert "El correo llegó cifrado y no se pudo leer" in " ".join(text(notice).split())
    assert [part.get_filename() for part in notice.iter_attachments()] == ["smime.p7m"]


def test_an_encrypted_reply_is_answered_once(desk: Office) -> None:  # pains 31, 54
    desk.take(mail())
    assert desk.queued("still_missing") == []
    assert desk.take(answer_to(desk, 1))["disposition"] == "update"
    ((_, to, asked),) = desk.queued("still_missing")
    assert to == ANA
    assert "envíela de nuevo sin cifrar" in " ".join(text(asked).split())
    assert "cifrado" in text(desk.queued("notice")[-1][2])
    desk.take(answer_to(desk, 2))
    assert len(desk.queued("still_missing")) == 1
    assert "cifrado" in text(desk.queued("notice")[-1][2])
    assert desk.events().count("told_encrypted") == 1


def test_who_was_told_by_the_acknowledgement_is_not_told_again(desk: Office) -> None:
    desk.take(sealed())
    desk.take(answer_to(desk, 1))
    assert desk.queued("still_missing") == []


def test_the_form_sent_again_in_the_open_is_read(desk: Office) -> None:
    desk.take(sealed())
    desk.take(answer_to(desk, 1, open_text=FORM))
    shown = desk.ticket(desk.tickets()[0]["reference"])
    assert "customer_name" in shown["answers"]
