"""Absence notices, by their subject, a field or their words alone; and people who speak of being away."""

from __future__ import annotations

import pytest

from intake.parse import parse
from rules.model import ReadingClass
from tests.machines import AUTOMATIC, OURS, REPLIED, TICKET, UPDATE, disposition, mail, named, reading_of

ABSENCES = (
    (
        "spanish",
        """\
Hola:

Estaré fuera de la oficina hasta el 20 de noviembre, con acceso limitado al correo.
Para asuntos urgentes, por favor contactar a Renata Ojeda, renata@x.example, +54 362 555 0160.

Saludos cordiales
Lautaro Funes
""",
    ),
    (
        "spanish-thanks",
        """\
Gracias por su mensaje. Me encuentro fuera de la oficina del 9 al 13 de noviembre. En caso de
urgencia
comuníquese con Juan Pérez al 555 0160.
""",
    ),
    (
        "spanish-vacation",
        """\
Estimados,
Estoy de vacaciones hasta el 20/11 y no tendré acceso al correo. Responderé su mensaje a mi regreso.
""",
    ),
    (
        "spanish-automatic",
        """\
Este es un mensaje automático. Estoy ausente de la oficina hasta el lunes 16.
""",
    ),
    (
        "portuguese",
        """\
Olá,

Estarei fora do escritório até 20 de novembro, com acesso limitado ao e-mail.
Em caso de urgência, favor contatar Bruna Alves, bruna@x.example.

Atenciosamente,
Caio Prado
""",
    ),
    (
        "portuguese-leave",
        """\
Obrigado pela sua mensagem. Estou de férias de 9 a 20 de novembro. Responderei assim que retornar.
""",
    ),
    (
        "english",
        """\
Thank you for your email. I am out of the office until Monday, 16 November with limited access to
email.
For urgent matters please contact Sam Boothe on +1 876 555 0139.

Kind regards,
Tanisha Boothe
""",
    ),
    (
        "english-leave",
        """\
Hi,
I'm currently on annual leave and will be back on 16 Nov. I will reply on my return.
""",
    ),
    (
        "spanish-leave-of-weeks",
        """\
Buen día,

Le informo que me encuentro de vacaciones del 2 al 13 de noviembre de 2026, por lo que no tendré
acceso a mi correo electrónico. Cualquier asunto urgente favor de comunicarse con Laura Méndez al
teléfono 55 1234 5678 o al correo laura.mendez@x.example.

Saludos.
""",
    ),
    (
        "spanish-tu",
        """\
Hola, gracias por tu correo.

Actualmente estoy fuera de la oficina y regreso el lunes 16 de noviembre. Durante este periodo
tendré acceso limitado a mi correo. Si es urgente puedes contactar a Pablo Sosa (psosa@x.example).

Saludos,
Marta
""",
    ),
    (
        "spanish-estimados",
        """\
Estimados, estaré fuera de la oficina desde el 5/11 hasta el 12/11 inclusive. Ante cualquier
urgencia comunicarse con Mesa de Ayuda int. 4455. Responderé sus correos a mi regreso. Saludos
""",
    ),
    (
        "spanish-maternity",
        """\
Estoy de licencia por maternidad hasta el 1 de marzo de 2027. Para temas de Sistemas, por favor
contactar a soporte@x.example. No estaré leyendo este correo.
""",
    ),
    (
        "spanish-short",
        """\
Gracias por escribirnos. En este momento me encuentro fuera de la oficina. Responderé a la brevedad
posible a mi regreso.
""",
    ),
    (
        "portuguese-holidays",
        """\
Prezados,

Estarei em férias no período de 02/11/2026 a 21/11/2026.
Neste período, favor contatar Marcos Lima (marcos.lima@x.example).
Responderei aos e-mails quando retornar.

Att,
Paula
""",
    ),
    (
        "portuguese-automatic",
        """\
Olá! Agradeço o seu contato. Estou ausente do escritório com retorno previsto para 16/11. Para
assuntos urgentes, procure a Júlia no ramal 3322. Esta é uma mensagem automática.
""",
    ),
    (
        "portuguese-medical",
        """\
Estou de licença médica, sem acesso ao e-mail. Em casos urgentes, ligue para (11) 4002-8922.
""",
    ),
    (
        "english-returning",
        """\
Hello,

I am currently out of the office, returning on Monday 16th November. I will have limited access to
my emails during this time. If your enquiry is urgent, please contact Jo Bell at jo.bell@x.example.

Best regards,
Tom Hale
IT Manager
""",
    ),
    (
        "english-holiday",
        """\
Thanks for your message. I'm on holiday until 13 November and won't be checking email. For anything
urgent, please call the office on 020 7946 0000.
""",
    ),
    (
        "english-starting",
        """\
I will be out of office starting 11/05/2026 and will not return until 11/16/2026. I will respond to
your message when I return.
""",
    ),
    (
        "english-trip",
        """\
Thank you for your email. I am away from the office on business travel with intermittent access to
email until 16 November. I will get back to you as soon as possible.
""",
    ),
    (
        "english-direct",
        """\
AUTOMATIC REPLY

I am on annual leave from 2 to 13 November. Please direct urgent requests to helpdesk@x.example.
""",
    ),
    (
        "spanish-not-in",
        """\
Muchas gracias por su mensaje.
En estos momentos no me encuentro en la oficina. Retornaré el 16 de noviembre.
Para urgencias: Luis Paz, 601 555 0199.
""",
    ),
)


@pytest.mark.parametrize("body", named(ABSENCES))
@pytest.mark.parametrize("quoted", ["", "\n\n-----Mensaje original-----\nDe: BT\nAsunto: x\n\nRegistramos su caso.\n"])
def test_an_absence_notice_that_only_its_text_gives_away(body: str, quoted: str) -> None:  # pain 39
    raw = mail(REPLIED, body + quoted, OURS)
    reading = reading_of(raw)
    assert (reading.klass, disposition(raw)) == (ReadingClass.AUTOMATIC, AUTOMATIC)
    assert reading.sign("machine_text")
    assert reading.thread_reference == "INC-2026-000118"


@pytest.mark.parametrize(
    "body",
    [
        "Estaré fuera mañana, llamen a Ana.\n",
        "Gracias por su correo. Estaré fuera de la oficina mañana, coordinen con Ana Ruiz 555 0160 la visita.\n",
        "Estaré fuera de la oficina hasta el lunes; en caso de urgencia llamen a Ana.\n",
        "Sigue caído el enlace. Estaré fuera de la oficina hasta el lunes con acceso limitado al correo. Para asuntos "
        "urgentes contactar a Renata.\n",
        "Estoy de vacaciones hasta el 20/11 y no tendré acceso al correo. ¿Pueden probar el enlace el lunes?\n",
        "I am out of the office until Monday, the router key is with the guard. For urgent matters call Sam.\n",
        "Thank you for your email. I am out of the office until Monday. The link is still down.\n",
        "Estou de férias até dia 20 mas o problema continua. Responderei assim que retornar.\n",
        "Gracias por su mensaje. Estoy de vacaciones, pero mi jefe necesita el enlace hoy. Llamen al 555.",
        "Estaré fuera de la oficina hasta el 20. Contactar a Renata Ojeda para la prueba del enlace.",
        "Estoy de viaje y no tengo acceso al correo corporativo desde el celular, me sale error de contraseña.",
        "I am out of the office. Please close the ticket.",
        "Estoy ausente de la oficina hasta el lunes. El router quedó encendido. Responderé a mi regreso.",
        "Gracias por su correo. Para asuntos urgentes contacten a Pedro, yo sigo en la planta.",
        "Estou de férias. Podem fechar o chamado. Respondo quando voltar.",
        "Estaré de vacaciones hasta el 20. Por favor no cierren el caso. Responderé a mi regreso.",
        "I will be on leave until Monday so please reschedule the visit; I will reply on my return.",
        "Estoy fuera de la oficina y sin acceso al correo. ¿Cuándo responderán?",
        "El proveedor contestó: estaré fuera de la oficina hasta el 20 con acceso limitado al correo.\n",
    ],
)
def test_a_person_who_speaks_of_being_away_is_no_machine(body: str) -> None:
    assert disposition(mail(REPLIED, body, OURS)) is UPDATE


@pytest.mark.parametrize(
    "subject",
    [
        "Out of Office AutoReply: Su incidente",
        "AUTO: Juan Perez is out of the office (returning 11/16/2026)",
        "AUTO: Juan Pérez está fuera de la oficina (regresa el 16/11/2026)",
        "Juan Pérez está ausente de la oficina.",
        "AUTO: Caio Prado está fora do escritório",
        "Tanisha Boothe is out of the office.",
        "Estoy fuera de la oficina Re: Su incidente",
        "Estaré fuera de la oficina hasta el 16/11",
        "Estarei fora do escritório até 16/11",
        "I am out of the office until 16 Nov",
        "I'm out of office Re: Your incident",
        "Autorespuesta: Su incidente",
        "Automatische Antwort: Ihr Vorfall",
        "Réponse automatique : Votre incident",
    ],
)
def test_subjects_of_absence_notices(subject: str) -> None:
    assert parse(mail(subject, "texto")).klass is ReadingClass.AUTOMATIC


@pytest.mark.parametrize(
    "subject",
    [
        "Ausente hasta el 16 de noviembre",
        "Ausencia: Su incidente",
        "Ausente: Su incidente",
        "Estou ausente: Chamado",
        "Férias: Chamado",
        "De férias até 16/11",
        "OOO: Re: Your incident",
        "Annual leave: Re: Your incident",
    ],
)
def test_subjects_that_are_absence_notices_in_answers_only(subject: str) -> None:
    assert parse(mail(subject, "texto", OURS)).klass is ReadingClass.AUTOMATIC
    assert parse(mail(subject, "texto")).klass is ReadingClass.NEW


@pytest.mark.parametrize(
    "subject",
    [
        "El técnico está de vacaciones: ¿quién atiende?",
        "El técnico está fuera de la oficina.",
        "Juan Pérez está de vacaciones, nuevo contacto en sitio",
        "El router está fuera de la oficina y no responde",
        "AUTO: alarma de enlace",
        "Automóvil sin GPS",
        "Ausencia de señal en el enlace MPLS",
        "Ausente el tono en la línea",
        "Juan está fuera de la oficina, quién prueba el enlace",
        "Vacaciones del técnico: programar cambio",
        "Annual leave portal is down",
        "OOO",
        "Automatic reply does not reach our customers",
        "I am out of the office - VPN not working",
        "Estoy de vacaciones, pero el enlace no funciona",
        "Estou fora do escritório, sem acesso à VPN",
        "I am on vacation, need my password reset",
        "Out of office: cannot connect",
        "Fuera de la oficina (sede Quito), sin enlace",
        "Respuesta automática: no se envía a externos",
        "Aviso de ausencia: no puedo desactivarlo",
    ],
)
def test_subjects_of_people_about_absence(subject: str) -> None:
    assert parse(mail(subject, "texto")).klass is ReadingClass.NEW


@pytest.mark.parametrize(
    "field",
    [
        "X-FC-MachineGenerated: true",
        "X-POST-MessageClass: 9; Autoresponder",
        "X-Mailer: vacation 1.2.7",
        "X-Mailer: Autoresponder",
        "Delivered-To: Autoresponder",
        "X-TMDA-Confirm: 1",
        "X-Boxbe-Confirm: 1",
    ],
)
def test_fields_that_only_responders_write(field: str) -> None:
    assert parse(mail("Re: Aviso", "texto", field)).klass is ReadingClass.AUTOMATIC


@pytest.mark.parametrize(
    "subject",
    [
        "Respuesta automática: [INC-2026-000118] Sin enlace",
        "Automatic reply: Re: no service",
        "Out of office - no access to email until Monday",
        "Estoy fuera de la oficina, sin acceso al correo",
    ],
)
def test_absence_notices_that_say_no_or_answer_a_complaint(subject: str) -> None:
    assert parse(mail(subject, "texto")).klass is ReadingClass.AUTOMATIC


@pytest.mark.parametrize("field", [OURS, "Auto-Submitted: auto-generated", "Precedence: bulk", "Return-Path: <>"])
def test_an_absence_notice_that_its_header_gives_away_too(field: str) -> None:
    signs = parse(mail("Automatic reply: no service", "texto", field)).signs
    assert "vacation_subject" in {sign.name for sign in signs}


@pytest.mark.parametrize(
    "field",
    [
        # Exchange writes it on what a rule of a mailbox forwards or redirects, too.
        "X-MS-Exchange-Inbox-Rules-Loop: soporte@x.example",
        "Delivered-To: vacation-homes@bt.com",
        "Delivered-To: autoreply@x.example",
        "X-Auto-Reply: off",
    ],
)
def test_fields_that_the_mail_of_people_bears_too(field: str) -> None:
    assert disposition(mail("Sin enlace", "El enlace no funciona.", field)) is TICKET
