"""What is new in a mail, as the mail programs of three languages mark what is old."""

from __future__ import annotations

import pytest

from intake.text.quoting import Origin, origin_of
from rules.model import Mailbox
from tests.readings import read_text, trimmed

NEW = "Hola,\n\nel enlace volvió a caer."
ATTRIBUTIONS = [
    "El mar, 3 nov 2026 a las 14:55, Mesa (<mo.bud@bt.com>) escribió:",
    "El mar, 3 nov 2026 a las 14:55, Mesa de Servicio de Latinoamérica\n(<mo.bud@bt.com>) escribió:",
    "Em ter., 3 de nov. de 2026 às 14:55, Mesa <mo.bud@bt.com> escreveu:",
    "On Tue, Nov 3, 2026 at 2:55 PM Mesa <mo.bud@bt.com> wrote:",
    "On Nov 3, 2026, at 14:55, Mesa <mo.bud@bt.com> wrote:",
    "2026-11-03 14:55 GMT-05:00 Mesa <mo.bud@bt.com>:",
    "Mesa <mo.bud@bt.com> escribió:",
]
HEADERS = [
    "De: Mesa <mo.bud@bt.com>\nEnviado el: martes, 3 de noviembre de 2026 14:55\nPara: Ana\nAsunto: [INC-2026-1]",
    "De: Mesa <mo.bud@bt.com>\nEnviada em: terça-feira, 3 de novembro de 2026\nPara: Ana\nCc: Luz\nAssunto: dados",
    "From: Mesa <mo.bud@bt.com>\nSent: Tuesday, November 3, 2026 2:55 PM\nTo: Ana\nSubject: data",
    "-----Mensaje original-----\nDe: Mesa\nFecha: 3/11/26 14:55\nPara: ana@customer.example\nAsunto: datos",
    "________________________________\nFrom: Mesa <mo.bud@bt.com>\nSent: Tuesday\nTo: Ana\nSubject: data",
    "*De:* Mesa\n*Enviado:* martes\n*Para:* Ana\n*Asunto:* datos",
    "Date: Tue, 3 Nov 2026\nSubject: datos\nFrom: mo.bud@bt.com\nTo: ana@customer.example",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_attribution_and_quotation_are_cut(attribution: str, gap: str) -> None:
    assert trimmed(f"{NEW}\n\n{attribution}{gap}> Estimada Ana:\n>\n> ¿sigue caído?\n") == NEW


@pytest.mark.parametrize("header", HEADERS)
def test_a_copied_header_block_begins_the_old_mail(header: str) -> None:
    assert trimmed(f"{NEW}\n\n{header}\n\nEstimada Ana:\n\nnos faltan datos.\n") == NEW


def test_html_quotations() -> None:
    gmail = (
        '<div>uno</div><div class="gmail_quote">El mar, 3 nov 2026, Mesa escribió:'
        '<blockquote class="gmail_quote">viejo</blockquote></div>'
    )
    apple = '<div>uno</div><blockquote type="cite"><div>On 3 Nov 2026, at 10:00, Mesa wrote:</div>viejo</blockquote>'
    indented = '<div>uno</div><blockquote style="margin:0 0 0 40px;border:none">sangrado</blockquote>'
    assert trimmed(gmail, html=True) == "uno"
    assert trimmed(apple, html=True) == "uno"
    assert trimmed(indented, html=True) == "uno\nsangrado"


@pytest.mark.parametrize(
    "tail",
    [
        "-- \nAna Ruiz\nRedes\nTel. +57 1 555 0100",
        "---\nAna Ruiz\nRedes",
        "Ana Ruiz\nRedes | Ferretería Oriente\nTel. +57 1 555 0100",
        "Ana",
        "Ing. Ana Ruiz\nJefa de redes",
        "Enviado desde mi iPhone",
        "Enviado do meu Galaxy",
        "Get Outlook for Android<https://aka.ms/x>",
        "Ana Ruiz\n\nAVISO: confidencial, de uso exclusivo de su destinatario. Si lo recibió por error, bórrelo.",
        "Esta mensagem pode ser confidencial. Se você não for o destinatário, avise o remetente e apague a mensagem.",
        "This email is confidential and intended solely for the addressee. If received in error please delete it.",
        "Acme Limited. Registered in England No. 00000000. This e-mail is intended only for the addressee.",
    ],
)
@pytest.mark.parametrize("below", ["", "\n\nOn Tue, Nov 3, 2026 at 2:55 PM Mesa <mo.bud@bt.com> wrote:\n> hola\n"])
def test_signatures_and_footers_are_cut(tail: str, below: str) -> None:
    assert trimmed(f"{NEW}\n\n{tail}{below}") == NEW


# pain 55
@pytest.mark.parametrize(
    "text",
    [
        "Gracias.\n\nEl técnico llega a las 5 y necesita que alguien le abra la puerta del sitio.",
        "Saludos,\n\n¿Pueden llamar a Ana?",
        "Respondo a lo que escribió:\nno funciona.",
        "Ana Ruiz ya no trabaja aquí, escriban a Luz Peña en su lugar desde mañana, por favor.",
        "De: la oficina central\nsale todo bien, pero el enlace no.",
        "Uno\n\n--\n\nDos: " + "sigue\n" * 20 + "fin",
        "el correo confidencial se pierde",
        "1 > 0\n-> ver foto",
    ],
)
def test_new_words_are_never_lost(text: str) -> None:
    assert trimmed(text).split() == text.split()


# pain 55
def test_text_between_and_below_quotations_is_kept() -> None:
    text = "arriba\n\nOn Tue, Nov 3, 2026, Mesa <m@bt.com> wrote:\n> uno\nr1\n> dos\n\nr2\n> fin\nabajo\n"
    assert trimmed(text).split("\n\n") == ["arriba", "r1", "r2", "abajo"]


def test_a_name_between_quotations_is_an_answer() -> None:
    assert trimmed("On Tue, Nov 3, 2026, Mesa <m@bt.com> wrote:\n> ¿Contacto?\nAna Ruiz\n> Gracias\n") == "Ana Ruiz"


@pytest.mark.parametrize(
    ("subject", "threaded", "origin"),
    [
        ("Re: x", False, Origin.REPLY),
        ("RES: x", False, Origin.REPLY),
        ("[caso] Re[2]: x", False, Origin.REPLY),
        ("RV: Re: x", True, Origin.FORWARD),
        ("ENC: x", True, Origin.FORWARD),
        ("Fwd: x", False, Origin.FORWARD),
        ("x", True, Origin.REPLY),
        ("Sitio: caído", False, Origin.FRESH),
    ],
)
def test_origin_by_subject_and_thread(subject: str, threaded: bool, origin: Origin) -> None:
    assert origin_of(subject, threaded) is origin


FORWARDS = [
    "De: Luz Peña <luz@customer.example>\nEnviado el: lunes\nPara: Ana Ruiz\nAsunto: sin enlace\n\n{}",
    "---------- Forwarded message ---------\nDe: Luz Peña <luz@x.example>\nDate: lun, 2 nov\nSubject: x\nTo: Ana\n\n{}",
    "-------- Mensaje reenviado --------\nAsunto: \tx\nFecha: \tlun\nDe: \tLuz Peña\nPara: \tAna\n\n{}",
    "Begin forwarded message:\n\n> From: Luz Peña <luz@x.example>\n> Subject: x\n> Date: 2 Nov\n> To: Ana\n>\n> {}",
]


# pain 30
@pytest.mark.parametrize("forward", FORWARDS)
def test_the_form_inside_a_forward_counts(forward: str) -> None:
    inside = "Sitio del cliente: Bodega Sur\n\nLuz Peña\nTel. 555 0100 22\n"
    text = f"Favor atender.\n\nAna Ruiz\nRedes\n\n{forward.format(inside)}"
    reading = read_text(text, subject="RV: sin enlace", in_reply_to=("a@b",))
    assert reading.answers["site_name"].text == "Bodega Sur"
    assert reading.reply_text == "Favor atender."


def test_the_same_text_below_a_reply_is_old() -> None:
    reading = read_text(f"Gracias, listo.\n\n{FORWARDS[0].format('Sitio del cliente: Bodega Sur')}", subject="RE: x")
    assert (reading.reply_text, dict(reading.answers)) == ("Gracias, listo.", {})


def test_a_forward_without_a_word_of_its_own_says_what_it_forwards() -> None:
    assert trimmed(FORWARDS[0].format("no hay enlace"), origin=Origin.FORWARD) == "no hay enlace"


def test_flowed_lines_are_joined() -> None:
    reading = read_text("El enlace de la \nplanta cayó.\n \n>  cita \n> larga\n-- \nAna\n", flowed=True)
    assert reading.reply_text == "El enlace de la planta cayó."
    assert "> cita larga" in reading.text.replace(">  ", "> ")


def test_the_address_names_a_sender_without_a_display_name() -> None:
    reading = read_text(f"{NEW}\n\nAna Ruiz", sender=Mailbox("ana.ruiz@customer.example", ""), subject="Re: x")
    assert reading.reply_text == NEW
