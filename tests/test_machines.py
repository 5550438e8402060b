"""Receipts, challenges, acknowledgements and alarms; and people's mail that looks like theirs."""

from __future__ import annotations

import pytest

from rules.model import ReadingClass
from tests.machines import AUTOMATIC, OURS, TICKET, disposition, mail, named, parts, reading_of


@pytest.mark.parametrize(
    ("subject", "body"),
    named(
        (
            (
                "outlook-spanish",
                "Leído: [INC-2026-000118] Incidente registrado",
                "El mensaje\n\n  Para: Ana Ruiz\n  Asunto: [INC-2026-000118] Incidente registrado\n  Enviados: "
                "martes, 3 de noviembre de 2026 10:20:00 (UTC-05:00) Bogotá\n\n fue leído el martes, 3 de noviembre de "
                "2026 10:31:00 (UTC-05:00) Bogotá.",
            ),
            (
                "outlook-unread",
                "No leído: Incidente registrado",
                "Su mensaje\n\n   Para: Ana Ruiz\n   Asunto: Incidente registrado\n\nse eliminó sin leer el martes, 3 "
                "de noviembre de 2026 10:31:00.",
            ),
            (
                "outlook-portuguese",
                "Lida: [INC-2026-000118] Incidente registrado",
                "Sua mensagem\n\n   Para: Caio\n   Assunto: x\n   Enviada em: 3/11/2026 10:20\n\nfoi lida em "
                "3/11/2026 10:31.",
            ),
            ("webmail", "Lido: Aviso", "A sua mensagem enviada para caio@x.example foi lida em 3/11/2026."),
            (
                "english",
                "Read: [INC-2026-000118] Incident registered",
                "Your message\n\n   To: Ana\n   Subject: x\n   Sent: Tuesday, November 3, 2026\n\nwas read on "
                "Tuesday, November 3, 2026 10:31:00 AM.",
            ),
            (
                "not-read",
                "Not read: Incident registered",
                "Your message\n\n   To: Ana\n   Subject: x\n\nwas deleted without being read on Tuesday.",
            ),
            (
                "notes",
                "Return Receipt: Incident registered",
                "Your document:  Incident registered\nwas received by:  Ana Ruiz/Ventas/X\nat:  03/11/2026 10:31:00",
            ),
            (
                "thunderbird",
                "Return Receipt (displayed) - Aviso",
                "This is a Return Receipt for the mail that you sent to ana@x.example.\n\nNote: This Return Receipt "
                "only acknowledges that the message was displayed on the recipient's computer. There is no guarantee "
                "that the recipient has read or understood the message contents.",
            ),
            (
                "domino-portuguese",
                "Lida: [INC-2026-000009] Aviso",
                "Confirmação de leitura\n\nSua mensagem:   [INC-2026-000009] Aviso\n\n"
                "foi lida por:   Nair Prado/TI/Curtume\n\nem:             18/11/2026 15:40:31",
            ),
            (
                "confirmation-spanish",
                "Confirmación de lectura: Aviso",
                "Éste es un acuse de recibo para el correo que envió a ana@x.example.\n\nNota: este acuse de recibo "
                "sólo confirma que el mensaje se mostró en el equipo del destinatario.",
            ),
        )
    ),
)
def test_read_receipts_that_follow_no_standard(subject: str, body: str) -> None:
    raw = mail(subject, body, OURS)
    assert (reading_of(raw).klass, disposition(raw)) == (ReadingClass.READ_RECEIPT, AUTOMATIC)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Leído: falta el dato del sitio", "El sitio es Cali Norte, sigue sin enlace."),
        ("Read: our request for a new line", "Your message was read on Monday by Sam. The link is still down."),
        ("Lido: chamado", "Lido e aprovado, podem seguir com a troca."),
        ("Acuse de recibo no llega", "Los acuses de recibo no llegan a nuestros clientes."),
    ],
)
def test_people_who_have_read_something(subject: str, body: str) -> None:
    assert disposition(mail(subject, body)) is TICKET


# Machines that answer ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    named(
        (
            (
                "challenge-english",
                mail(
                    "Re: [INC-2026-000118] Incident registered",
                    "Hello,\n\nYour message to ana@x.example has not been delivered yet. To confirm that you are a "
                    "person, please click on the link below:\n\nhttps://check.example/c/8821\n",
                    OURS,
                ),
            ),
            (
                "challenge-portuguese",
                mail(
                    "Confirmação de envio: Incidente registrado",
                    "Sua mensagem para caio@x.example está aguardando confirmação. Clique no link abaixo para que ela "
                    "seja entregue:\nhttps://filtro.example/c/8821\n",
                    sender="AntiSpam <antispam@filtro.example>",
                ),
            ),
            (
                "challenge-spanish",
                mail(
                    "Confirme su mensaje",
                    "Su correo ha sido retenido hasta que confirme su dirección. Haga clic en el siguiente enlace para "
                    "que su mensaje sea entregado: https://filtro.example/c/1\n",
                    OURS,
                    sender="Filtro <filtro@x.example>",
                ),
            ),
            (
                "acknowledgement-spanish",
                mail(
                    "[Ticket #48213] Hemos recibido su solicitud",
                    "Estimado usuario:\n\nHemos recibido su solicitud y le asignamos el número 48213. Por favor no "
                    "responda a este correo.\n",
                    sender="Soporte <no-reply@soporte.example>",
                ),
            ),
            (
                "acknowledgement-by-header",
                mail(
                    "Recebemos seu chamado",
                    "Recebemos seu chamado 48213.",
                    "Auto-Submitted: auto-generated",
                    "X-Auto-Response-Suppress: All",
                    sender="Suporte <suporte@y.example>",
                ),
            ),
            (
                "acknowledgement-portuguese",
                mail(
                    "Chamado 48213 aberto",
                    "Olá,\nSeu chamado foi registrado com o número 48213. Este é um e-mail automático, por favor não "
                    "responda.\n",
                    sender="Suporte <suporte@y.example>",
                ),
            ),
            (
                "acknowledgement-english",
                mail(
                    "Re: Incident registered",
                    "Your request (48213) has been received and is being reviewed by our support staff.\n\nTo add "
                    "additional comments, reply to this email.\n",
                    OURS,
                    sender="Support <noreply@y.example>",
                ),
            ),
            (
                "newsletter",
                mail("Novedades de noviembre", "Lea más", "List-Unsubscribe: <https://x.example/u>"),
            ),
            ("bulk-list", mail("Boletín", "Lea más", "List-Id: <boletin.x.example>", "Precedence: bulk")),
            (
                "calendar",
                mail(
                    "Aceptado: Rehearsal",
                    parts(
                        ("text/plain", ""),
                        (
                            "text/calendar; method=REPLY; charset=utf-8",
                            "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:1@x\r\nSUMMARY:Rehearsal\r\n"
                            "DTSTART:20261103T150000Z\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ana@x.example\r\n"
                            "END:VEVENT\r\nEND:VCALENDAR",
                        ),
                    ),
                    kind="multipart/alternative; boundary=B",
                ),
            ),
        )
    ),
)
def test_machines_that_answer_open_nothing(raw: bytes) -> None:
    assert disposition(raw) is AUTOMATIC


@pytest.mark.parametrize(
    "raw",
    named(
        (
            (
                "challenge-told-of",
                mail(
                    "No podemos enviar correo",
                    "Nos llega esto: su mensaje ha sido retenido hasta que confirme su dirección, haga clic en el "
                    "enlace. ¿Qué hacemos?",
                ),
            ),
            (
                "request-received-told-of",
                mail(
                    "Sin respuesta",
                    "Nos dijeron: hemos recibido su solicitud, y desde entonces nada. El enlace de Cali sigue caído.",
                ),
            ),
            ("we-received-it", mail("Equipo", "Hemos recibido el router pero no enciende.")),
            ("we-received-your-request", mail("Sobre su pedido", "Recebemos seu pedido de dados. Seguem abaixo.")),
            (
                "no-reply-sender",
                mail("Falla", "El enlace de Cali no levanta desde las 8.", sender="Portal <noreply@x.example>"),
            ),
        )
    ),
)
def test_people_and_their_tools_open_tickets(raw: bytes) -> None:
    assert disposition(raw) is TICKET


def test_somebody_who_declines_and_says_why_is_heard() -> None:
    calendar = "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:1@x\r\nEND:VEVENT\r\nEND:VCALENDAR"
    body = parts(
        ("text/plain", "No puedo ese día, ¿pasamos el ensayo al jueves?"), ("text/calendar; method=REPLY", calendar)
    )
    assert disposition(mail("Rechazado: Rehearsal", body, kind="multipart/alternative; boundary=B")) is TICKET


# Monitoring ----------------------------------------------------------------------------------------------------------

IDENTIFIED = (
    "Nombre del cliente: Banco del Valle\nSitio del cliente: Cali Norte\n"
    "Descripción del problema: PING CRITICAL - Packet loss = 100%\n"
)


@pytest.mark.parametrize(
    ("subject", "sender", "fields"),
    [
        ("** PROBLEM Service Alert: rt-cali/PING is CRITICAL **", "Nagios <nagios@x.example>", ()),
        (
            "Problem: rt-cali unavailable by ICMP ping",
            "Zabbix <noreply@x.example>",
            ("Auto-Submitted: auto-generated",),
        ),
        ("Alert: rt-cali is Down", "SolarWinds <orion@x.example>", ("X-Auto-Response-Suppress: All",)),
        ("[PRTG] rt-cali Ping Down", "PRTG <no-reply@x.example>", ("Precedence: bulk",)),
    ],
)
def test_monitoring_that_identifies_a_case_opens_a_ticket(subject: str, sender: str, fields: tuple[str, ...]) -> None:
    assert disposition(mail(subject, IDENTIFIED, *fields, sender=sender)) is TICKET


def test_monitoring_that_identifies_nothing_is_kept_only() -> None:
    raw = mail("PROBLEM: rt-cali", "Host down", "Auto-Submitted: auto-generated", sender="Nagios <nagios@x.example>")
    assert disposition(raw) is AUTOMATIC


FEEDBACK = b"""From: feedback@provider.example\r
To: mo.bud@bt.com\r
Subject: %s\r
Message-ID: <fb1@provider.example>\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=%s; boundary=b\r
\r
--b\r
Content-Type: text/plain\r
\r
This is a report about a message received from 192.0.2.1. The link is down.\r
--b\r
Content-Type: message/%s\r
\r
Feedback-Type: abuse\r
--b--\r
"""


@pytest.mark.parametrize("kind", [b"feedback-report", b"tlsrpt"])
def test_reports_on_a_domains_mail_open_nothing(kind: bytes) -> None:
    assert disposition(FEEDBACK % (b"FW: Hola", kind, kind)) == AUTOMATIC


def test_a_dmarc_report_opens_nothing_and_a_question_about_one_does() -> None:
    subject = "Report Domain: cliente.example Submitter: google.com Report-ID: 12345"
    assert disposition(mail(subject, "")) == AUTOMATIC
    assert disposition(mail("Report domain unreachable since 9:00", "Our domain does not resolve.")) is TICKET
