"""Delivery reports in forms of their own: of whom and of which message they speak; and people who write about them."""

from __future__ import annotations

import pytest

from intake.parse import parse
from tests.machines import (
    AUTOMATIC,
    BOUNCE,
    OURS,
    REPLIED,
    TICKET,
    disposition,
    mail,
    named,
    parts,
    reading_of,
    recipients,
)

SYSTEM = "Mail Delivery System <MAILER-DAEMON@mx.x.example>"
RETURNED = "From: BT <mo.bud@bt.com>\nTo: ana@x.example\nSubject: [INC-2026-000118] Aviso\nMessage-ID: <ack.1@bt.com>\n"
OWN_FORMS = (
    (
        "exim",
        SYSTEM,
        "Mail delivery failed: returning message to sender",
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be "
        "delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n"
        "  ana@x.example\n    host mx.x.example: 550 no such user\n\n------ This is a copy of the message, including "
        "all the headers. ------\n\n",
    ),
    (
        "spanish",
        SYSTEM,
        "Correo devuelto: no se pudo entregar",
        "Su mensaje no pudo ser entregado a los siguientes destinatarios:\n\n    ana@x.example\n\nMotivo: buzón "
        "inexistente\n\n--- Mensaje original ---\n\n",
    ),
    (
        "spanish-line",
        "Postmaster <postmaster@x.example>",
        "No se puede entregar: Aviso",
        "No se ha podido entregar el mensaje a ana@x.example porque el buzón está lleno.\n\n",
    ),
    (
        "portuguese",
        SYSTEM,
        "Mensagem devolvida",
        "Não foi possível entregar sua mensagem para:\n\n<ana@x.example>: caixa postal inexistente\n\n",
    ),
    (
        "domino",
        SYSTEM,
        "DELIVERY FAILURE: User ana (ana@x.example) not listed in Domino Directory",
        "Your message\n\n  Subject: [INC-2026-000118] Aviso\n\nwas not delivered to:\n\n  ana@x.example\n\nbecause:\n\n"
        "  User ana (ana@x.example) not listed in Domino Directory\n\n",
    ),
    (
        "groupwise",
        "Mailer-Daemon@x.example",
        "Message status - undeliverable",
        "The message that you sent was undeliverable to the following:\n\n    ana@x.example (user not found)\n\n",
    ),
    (
        "quarantine",
        "MailMarshal <postmaster@x.example>",
        "Mensaje bloqueado",
        "El mensaje que usted envió a ana@x.example fue bloqueado por contener un archivo no permitido y no fue "
        "entregado.\n\n",
    ),
    (
        "virus",
        "postmaster@x.example",
        "VIRUS FOUND IN MAIL YOU SENT",
        "A virus was found in the message you sent to <ana@x.example>. The message was not delivered.\n\n",
    ),
)


@pytest.mark.parametrize(("sender", "subject", "body"), named(OWN_FORMS))
def test_reports_in_forms_of_their_own_name_the_recipient_and_our_message(
    sender: str, subject: str, body: str
) -> None:  # pain 34
    raw = mail(subject, body + RETURNED + "\nTexto\n", "Return-Path: <>", sender=sender)
    message, reading = parse(raw), reading_of(raw, "")
    assert disposition(raw, "") is BOUNCE
    assert recipients(message) == [("ana@x.example", "failed")]
    assert (reading.reported_id, reading.thread_reference) == ("ack.1@bt.com", "INC-2026-000118")


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        (
            "Warning: message delayed",
            "This is a warning message only.\nYour message has not been delivered to the following recipient for 4 "
            "hours:\n\n  ana@x.example\n\nDelivery attempts will continue to be made.\n",
        ),
        (
            "Aviso: entrega demorada",
            "La entrega de su mensaje se ha retrasado para:\n\n  ana@x.example\n\nSe seguirá intentando.\n",
        ),
        (
            "Atraso na entrega",
            "A entrega da sua mensagem está atrasada para:\n\n  ana@x.example\n\nNovas tentativas serão feitas.\n",
        ),
    ],
)
def test_a_delay_is_no_failure(subject: str, body: str) -> None:
    raw = mail(subject, body, "Return-Path: <>", sender=SYSTEM)
    assert disposition(raw, "") is BOUNCE
    assert recipients(parse(raw)) == [("ana@x.example", "delayed")]


@pytest.mark.parametrize("subject", ["Re: Aviso", "Respuesta automática: Aviso"])
def test_an_absence_notice_by_null_return_path_is_no_report(subject: str) -> None:
    body = "Hoy no entregamos mensajes, estoy de vacaciones. Escriba a Renata Ojeda, renata@x.example, Ventas.\n"
    raw = mail(subject, body, "Return-Path: <>", OURS)
    assert disposition(raw, "") is AUTOMATIC


def test_a_returned_mail_that_says_nothing_is_a_report_all_the_same() -> None:
    raw = mail("Undelivered Mail Returned to Sender", "some text\n", "Return-Path: <>", sender=SYSTEM)
    assert disposition(raw, "") is BOUNCE


def test_a_report_within_a_report_names_the_recipient() -> None:
    status = (
        "Reporting-MTA: dns; x.example\r\n\r\n"
        "Final-Recipient: rfc822; ana@x.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    )
    inner = (
        "From: postmaster@x.example\r\nSubject: Delivery Status Notification (Failure)\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="C"\r\n\r\n'
        f"--C\r\nContent-Type: message/delivery-status\r\n\r\n{status}\r\n--C\r\nContent-Type: message/rfc822\r\n\r\n"
        f"{RETURNED}\r\nTexto\r\n--C--\r\n"
    )
    outer = "multipart/mixed; report-type=delivery-status; boundary=B"
    raw = mail("Delivery Status Notification (Failure)", parts(("message/rfc822", inner)), kind=outer)
    message = parse(raw)
    assert recipients(message) == [("ana@x.example", "failed")]
    assert b"<ack.1@bt.com>" in message.reported


PASTED = (
    "Delivery to the following recipient failed permanently:\n\n     bob@z.example\n\nTechnical details of permanent "
    "failure:\n550 5.1.1 user unknown\n"
)


@pytest.mark.parametrize(
    ("subject", "body"),
    named(
        (
            ("pasted", "Undelivered mail since Monday", f"Buenos días, nos devuelve esto:\n\n{PASTED}\nAna"),
            ("pasted-classic", "Mail delivery failed: returning message to sender", f"Hola\n{PASTED}\nAna"),
            (
                "pasted-first",
                "Delivery failure",
                f"{PASTED}\nEsto nos sale con todos los correos desde ayer.\nAna Ruiz",
            ),
            (
                "forwarded",
                "RV: Undelivered Mail Returned to Sender",
                f"Nos rebota este correo:\n\n________\nDe: Mail Delivery System <MAILER-DAEMON@x.example>\n"
                f"Asunto: Undelivered Mail Returned to Sender\n\n{PASTED}",
            ),
            (
                "qmail-pasted",
                "Falla en la entrega de correos",
                "Nos rebota este correo:\nHi. This is the qmail-send program at x.example.\nI'm afraid I wasn't able "
                "to deliver your message to the following addresses.\n\n<bob@z.example>:\nuser is unknown\n",
            ),
            (
                "told-spanish",
                "No se pueden entregar correos",
                "Su mensaje no pudo ser entregado a los siguientes destinatarios: bob@z.example. Eso dice.",
            ),
            (
                "told-portuguese",
                "E-mail devolvido",
                "Não foi possível entregar sua mensagem para: bob@z.example\nVejam.",
            ),
            ("quarantine", "Mensaje bloqueado", "El mensaje que envié a bob@z.example fue bloqueado. ¿Lo liberan?"),
            ("virus", "Virus en un correo", "A virus was found in the message you sent to us. Please check."),
        )
    ),
)
def test_people_who_write_about_bounces_open_tickets(subject: str, body: str) -> None:
    assert disposition(mail(subject, body)) is TICKET


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Mensaje devuelto", "Nos devuelven los correos a bob@z.example: mensaje rechazado.\n¿Pueden revisar?\nAna"),
        ("Correo devuelto al enviar", "El correo a bob@z.example fue devuelto con error 550.\nFavor revisar.\n"),
        ("Undeliverable mail to bob@z.example", "We cannot deliver messages to bob@z.example. Can you check?"),
        ("Delivery problem", "Messages to bob@z.example cannot be delivered since yesterday."),
        ("E-mail devolvido", "Meus e-mails para bob@z.example: a mensagem não foi entregue. Podem ver?"),
    ],
)
def test_people_whose_program_writes_no_name_report_bounces_too(subject: str, body: str) -> None:
    assert disposition(mail(subject, body, sender="ana@x.example")) is TICKET


def test_reading_the_words_of_a_machine_is_linear() -> None:
    for filling in (
        "Gracias por su mensaje. ",
        "Estaré fuera de la oficina hasta ",
        "a@b.example, ",
        "hasta el ",
        "\n",
    ):
        reading_of(mail(REPLIED, filling * (200_000 // len(filling)), OURS))
        reading_of(mail("Mail delivery failed", filling * (200_000 // len(filling)), sender=SYSTEM))
