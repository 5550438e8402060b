"""Replies by mail program, language, markup and place of the new text: all that is new is read, and nothing old."""

from __future__ import annotations

import pytest

from intake.text.quoting import Origin
from tests.quoting_styles import HTML, STYLES, marked, wrapped
from tests.readings import trimmed

OLD = "Estimada Ana:\n\nNos faltan datos del sitio.\n\n¿Tiene energía?\n\nMesa de Servicio\nTel. +57 601 555 0110"
NEW = {
    "es": "Hola,\n\nel enlace volvió a caer a las 9:40.\nYa reiniciamos el equipo.",
    "pt": "Boa tarde,\n\no enlace caiu de novo às 9h40.\nJá reiniciamos o equipamento.",
    "en": "Hello,\n\nthe link went down again at 9:40.\nWe have restarted the router.",
}
MARKED = [name for name, style in STYLES.items() if style.marks]


@pytest.mark.parametrize("language", NEW)
@pytest.mark.parametrize("name", STYLES)
def test_text_above_a_quotation(name: str, language: str) -> None:
    new, style = NEW[language], STYLES[name]
    assert trimmed(f"{new}\n\n{style.old(OLD)}") == new
    assert trimmed(f"{new}\n{style.old(OLD)}\n") == new


@pytest.mark.parametrize("width", [40, 60, 76])
@pytest.mark.parametrize("name", MARKED)
def test_an_attribution_cut_into_lines(name: str, width: int) -> None:
    style = STYLES[name]
    assert trimmed(f"{NEW['es']}\n\n{wrapped(style.heading, width)}\n\n{marked(OLD)}") == NEW["es"]
    assert trimmed(f"{NEW['es']}\n{wrapped(style.heading, width)}\n{marked(OLD)}") == NEW["es"]


# pain 55
@pytest.mark.parametrize("name", MARKED)
def test_text_below_and_between_quotations(name: str) -> None:
    style = STYLES[name]
    assert trimmed(f"{style.old(OLD)}\n\n{NEW['es']}\n") == NEW["es"]
    between = f"Respondo abajo.\n\n{style.heading}\n> ¿Sitio?\nBodega Sur\n> ¿Energía?\n\nSí, hay.\n\n> Gracias\nListo."
    assert trimmed(between).split("\n\n") == ["Respondo abajo.", "Bodega Sur", "Sí, hay.", "Listo."]


@pytest.mark.parametrize("inner", [name for name in STYLES if name.endswith(("es", "es, marked", "en", "pl, marked"))])
@pytest.mark.parametrize(
    "outer", ["gmail es, marked", "apple es, marked", "outlook es", "samsung es", "yahoo es, unmarked"]
)
def test_a_quotation_inside_a_quotation(outer: str, inner: str) -> None:
    assert trimmed(f"{NEW['es']}\n\n{STYLES[outer].old(OLD + chr(10) * 2 + STYLES[inner].old(OLD))}") == NEW["es"]


@pytest.mark.parametrize("language", NEW)
@pytest.mark.parametrize("program", HTML)
def test_html(program: str, language: str) -> None:
    new = NEW[language]
    assert trimmed(HTML[program](new, OLD), html=True).split() == new.split()


TAILS = [
    "-- \nAna Ruiz\nJefa de Redes\nFerretería Oriente",
    "--\nAna Ruiz\nTel: +57 1 555 0100",
    "Saludos cordiales,\n\nAna Ruiz\nJefa de Redes | Ferretería Oriente\nTel. +57 1 555 0100",
    "Enviado desde mi iPhone",
    "Enviado desde Outlook para Android<https://aka.ms/AAb9ysg>",
    "Obtener Outlook para iOS<https://aka.ms/o0ukef>",
    "Enviado do Yahoo Mail no Android",
    "Enviado do meu smartphone Samsung Galaxy.",
    "Enviado desde mi Samsung Mobile de Claro\nObtener Outlook para Android",
    "Enviado desde mi dispositivo Huawei",
    "Sent from my Galaxy",
    "Sent from Mail for Windows",
    "Ana Ruiz",
    "Ana R.",
    "Ana",
    "Ana\n\nEnviado desde mi iPhone",
    "Ana Ruiz\n\nAntes de imprimir este correo piense en el medio ambiente.",
    "Ana Ruiz\nCel. 300 123 4567\n\nAVISO DE CONFIDENCIALIDAD:\n\nEste correo y sus adjuntos son confidenciales y "
    "para uso "
    "exclusivo del destinatario. Si lo recibió por error, avise al remitente y elimínelo.\n\nCONFIDENTIALITY NOTICE: "
    "this "
    "message is intended only for the addressee. If you received it in error, notify the sender and delete it.",
    "Esta mensagem é confidencial e destinada exclusivamente ao destinatário.\nSe você a recebeu por engano, "
    "apague-a e "
    "avise o remetente.\n\nThis message is confidential. If you are not the intended recipient, please delete it.",
    "Ana\n\n________________________________\nThis e-mail is confidential and may be legally privileged. If you have "
    "received "
    "it in error, please\nnotify us and delete it from your system.",
    "Libre de virus.www.avast.com<https://www.avast.com/sig-email>",
]


@pytest.mark.parametrize("below", ["", "gmail es, marked", "outlook es", "samsung es", "thunderbird en, marked"])
@pytest.mark.parametrize("tail", TAILS)
def test_tails(tail: str, below: str) -> None:
    old = f"\n\n{STYLES[below].old(OLD)}" if below else ""
    assert trimmed(f"{NEW['es']}\n\n{tail}{old}") == NEW["es"]


BANNERS = [
    "[EXTERNAL EMAIL]",
    "EXTERNAL",
    "[EXTERNAL EMAIL] This message came from outside the organisation. Do not click links unless you know the sender.",
    "CUIDADO: este correo viene de fuera de la empresa. No haga clic en enlaces ni abra adjuntos si no conoce al "
    "remitente.",
    "CAUTION: This email originated from outside of the organization. Do not click links or open attachments unless "
    "you\n"
    "recognize the sender and know the content is safe.",
    "ATENÇÃO: este e-mail foi enviado por um remetente externo. Não clique em links nem abra anexos.",
    "Correo externo",
    "No suele recibir correo electrónico de ana@cliente.example. Descubra por qué esto es importante",
    "You don't often get email from ana@cliente.example. Learn why this is important",
    "ZjQcmQRYFpfptBannerStart\nThis Message Is From an External Sender\nThis message came from outside your "
    "organization.\n"
    "ZjQcmQRYFpfptBannerEnd",
]


@pytest.mark.parametrize("banner", BANNERS)
def test_a_gateways_warning_is_not_the_writers(banner: str) -> None:
    assert trimmed(f"{banner}\n\n{NEW['es']}\n\n{STYLES['outlook es'].old(OLD)}") == NEW["es"]


KEPT = [
    "El lunes 3 de noviembre el técnico escribió:\nno hay repuestos, vuelvo mañana.\nSeguimos sin servicio.",
    "El lunes 3 a las 14:55 el técnico nos escribió:\n\nno hay repuestos.\n\nSeguimos sin servicio.",
    "El 3/11/2026 a las 14:55 el técnico del sitio escribió:\n\nno hay repuestos.",
    "Em 03/11/2026 às 14:55 o técnico escreveu:\n\nsem peças.",
    "On 3 November 2026 at 14:55 the engineer wrote:\n\nno spares.",
    "Le escribí a mesa@servicio.example el 3/11/2026 a las 14:55:\nnadie respondió.",
    "De: la oficina central\nPara: la bodega\nhay enlace, pero lento.",
    "El traslado es\nDe: Bogotá\nPara: Medellín\nFecha: 3/11/2026\ny necesita dos técnicos.",
    "PARA: Mesa de Servicio\nDE: Ana Ruiz\nASUNTO: caída\nFECHA: 3 de noviembre\n\nNo hay enlace.",
    "Fecha: 3/11/2026\nHora: 14:55\nSitio: Bodega Sur",
    "El router -- el nuevo -- no enciende.",
    "Uno de los equipos no enciende\n--\nEl otro sí, pero sigue sin enlace",
    "Bogotá sin enlace\n\n--\n\nMedellín con enlace",
    "Probamos esto:\n---\nping 10.1.2.3\ntimeout\n---\ny sigue igual.",
    "Saludos,\n\nademás necesitamos que llamen a Luz Peña al 300 123 4567.",
    "Gracias\nMi celular es 300 123 4567",
    "Gracias.\n\nLuz Peña abre el sitio a las 8.",
    "Saludos a todos.\n\nEl enlace cayó.\n\nLlamen a Luz al 601 555 0100, por favor.",
    "Saludos,\nAna\n\nP.D.: el sitio abre a las 8.",
    "El contacto local es\n\nAna Ruiz, 300 123 4567",
    "Contacto en sitio:\n\nAna Ruiz\n300 123 4567",
    "Enviado desde el sitio de Bogotá hay solo 4G.",
    "Enviado desde mi celular porque no hay internet en el sitio",
    "Sent from the office because the phone is down",
    "Recibí por error un correo dirigido a otro destinatario; por favor elimínenlo y avisen.",
    "Cuidado: el correo externo no funciona desde ayer.",
    "No abra el sitio antes de las 8, por favor.",
    "External\nlinks fail, internal ones work.",
    "1. Ana\n2. Luz\n3. Eva",
    "- uno\n- dos\n\n- tres",
    "Sitio | Estado\nBogotá | caído\nMedellín | bien",
    "if a > b:\n    return a\n> es el prompt del equipo\n",
    "show log:\n%LINK-3-UPDOWN: Interface Gi0/1, changed state to down\nrouter> show ip route",
    "Asunto: lo de ayer\n\nsigue igual.",
    "Mensaje original del equipo: error 17",
    "Reenvío el log:\n\n2026-11-03 14:55 router: down\n2026-11-03 14:56 router: up",
]


# pain 55
@pytest.mark.parametrize("below", ["", "gmail es, marked", "outlook es"])
@pytest.mark.parametrize("text", KEPT)
def test_the_writers_words_are_kept(text: str, below: str) -> None:
    old = f"\n\n{STYLES[below].old(OLD)}" if below else ""
    # A line that begins with ">" is a quotation to every reader.
    said = [word for line in text.split("\n") if not line.startswith(">") for word in line.split()]
    assert trimmed(f"{text}{old}").split() == said


MESA_WROTE = "El mar, 3 nov 2026 a las 14:55, Mesa <m@x.example> escribió:"
FIELDS = "De: Mesa <m@x.example>\nEnviado: martes\nPara: Ana\nAsunto: x"
SAID = "Hola, el enlace cayó."
ODD = [
    # A header block that the program ran into one line.
    ("De: Mesa <m@x.example> Enviado: martes, 3 de noviembre de 2026 14:55 Para: Ana Asunto: x\n\nviejo", ""),
    # Fields that are marked themselves: what stands unmarked below is new.
    (f"{marked(FIELDS)}\n>\n> viejo\n\nabajo", "abajo"),
    ("-----Mensaje original-----\n> De: Mesa\n> Para: Ana\n> Asunto: x\n> viejo\n\nabajo", "abajo"),
    # Fields without marks: what an old mail quotes and answers itself is old.
    (f"{FIELDS}\n\n> cita\n\nrespuesta vieja", ""),
    (f"________________________________\n\n{FIELDS}\n\nviejo", ""),
    (f"-- \nAna Ruiz\n\n{MESA_WROTE}\n> hola\n> -- \n> Mesa\n\nabajo sigue", "abajo sigue"),
    (f"Enviado desde mi iPhone\n\n{marked(MESA_WROTE)}\n>\n> hola", ""),
    (f"{MESA_WROTE}\n\n| viejo\n| viejo", ""),
    (f"{MESA_WROTE}  \n \n \n  viejo", ""),
    (
        "Mesa ---03/11/2026 02:55:12 p.m.---Estimada Ana\n\nDe:\tMesa/X\nPara:\tana@x.example\nFecha:\t3/11"
        "\nAsunto:\tx\n\nviejo",
        "",
    ),
    ("mesa@x.example escribió:\n> viejo", ""),
    ("Mesa <mesa@x.example> escribió el mar., 3 nov. 2026 a las 14:55:\n\nviejo", ""),
    ("Am 03.11.2026 14:55 schrieb Mesa <mesa@x.example\n>:\n\n> viejo", ""),
    ("El técnico dijo:\n\n> no hay\n\nY nada más.", "El técnico dijo: Y nada más."),
    (
        "Según lo que Mesa escribió:\n> falta el sitio\nEl sitio es Bodega Sur",
        "Según lo que Mesa escribió: El sitio es Bodega Sur",
    ),
    ("---\n*Respuestas anteriores*\n\nviejo", ""),
]


@pytest.mark.parametrize(("below", "more"), ODD)
def test_odd_quotations(below: str, more: str) -> None:
    assert trimmed(f"{SAID}\n\n{below}").split() == f"{SAID} {more}".split()


HTML_TAILS = [
    (
        '<span class="gmail_signature_prefix">-- </span><br><div class="gmail_signature"><div>Ana '
        "Ruiz</div><div>Trabajamos "
        "para que usted esté mejor siempre con nosotros</div></div>",
        "",
    ),
    ('<div id="ms-outlook-mobile-signature">Enviado desde <a href="https://aka.ms/o">Outlook para iOS</a></div>', ""),
    (
        '<div id="Signature"><table><tr><td><img src="cid:x"></td><td><b>Ana Ruiz</b><br>Redes<br>Tel. '
        "555</td></tr></table></div>",
        "",
    ),
    ("<p>Saludos,</p><table><tr><td>Ana Ruiz<br>Jefa de Redes</td><td>Tel. 601 555 0100</td></tr></table>", ""),
    (
        '<div class="gmail_signature"><div>Ya reiniciamos el router.</div><div>Ana Ruiz</div></div>',
        "Ya reiniciamos el router.",
    ),
    (
        '<div class="gmail_signature"><div>Ana Ruiz</div></div><div><br></div><div>PD: abre a las 8.</div>',
        "PD: abre a las 8.",
    ),
    ('<div class="moz-signature">-- <br>Ana Ruiz<br>Ferretería</div>', ""),
    ('<blockquote style="margin:0 0 0 40px;border:none"><div>- punto uno</div></blockquote>', "- punto uno"),
]


# pain 55
@pytest.mark.parametrize(("tail", "more"), HTML_TAILS)
def test_signatures_that_the_markup_names(tail: str, more: str) -> None:
    assert trimmed(f"<div>{SAID}</div><div><br></div>{tail}", html=True).split() == f"{SAID} {more}".split()


CLOSED = [
    "Cordialmente,\n\n\nANA RUIZ GÓMEZ\nCoordinadora de Infraestructura TI\nCra 45 # 12-30, Bogotá D.C.\nPBX: (601) "
    "555 0100 Ext. 204",
    "Atte.\nAna Ruiz",
    "Saludos.\nAna Ruiz.",
    "Gracias de antemano\n\nAna Ruiz\nSoporte TI\n+57 300 1234567",
    "Muchas gracias.\n\nIng. Ana M. Ruiz\nGerencia de Tecnología\naruiz@banco.example",
    "Att,\n\nAna Ruiz\nCoordenadora de TI\n(11) 5555-0100 / (11) 95555-0101",
    "Kind Regards\nAna Ruiz (she/her)\nIT Operations",
    "Thanks!\nAna",
    "Cordialmente,\n\n[cid:image001.png@01DA0E5F]\nAna Ruiz\nJefa de Redes",
    "Saludos cordiales / Best regards\n\nAna Ruiz\nIT",
    "Saludos\n\n*Ana Ruiz*\n*Jefa de Redes*\n_Ferretería Oriente_",
    "Saludos,\nAna Ruiz\nTrabajamos para que su casa esté mejor\nTel. 601 555 0100",
    "Saludos,\n\nAna Ruiz\n\nLa información contenida en este mensaje y sus anexos\nes confidencial y está dirigida "
    "exclusivamente a su destinatario. Si usted no es\nel destinatario, está prohibida su divulgación.",
    "Saludos,\n\nAna Ruiz\n\nAVISO DE PRIVACIDAD. Sus datos personales se tratan según la Ley 1581 y nuestra "
    "política de datos.",
    "Saludos,\n\nLuz Peña\nJefa de Redes",
]


@pytest.mark.parametrize("tail", CLOSED)
def test_what_stands_below_a_closing_formula(tail: str) -> None:
    closing = tail.partition("\n")[0]
    thanks = closing.startswith(("Gracias", "Muchas gracias", "Thanks"))
    assert trimmed(f"{SAID}\n\n{tail}") == (f"{SAID}\n\n{closing}" if thanks else SAID)


@pytest.mark.parametrize("text", ["Saludos cordiales,", f"{SAID}\n\nSaludos cordiales,", "Saludos,\nAna Ruiz"])
def test_regards_without_a_signature_below_or_words_above_stay(text: str) -> None:
    assert trimmed(text).startswith(text.partition("\nAna")[0])


@pytest.mark.parametrize(
    "question",
    [
        "El lunes vamos al sitio. ¿Lo dejan abierto hasta entonces?",
        "¿Me pueden avisar?",
        "Chegou ontem. Alguma previsão?",
        "Could you keep it open?",
    ],
)
def test_a_signature_below_the_writers_own_question(question: str) -> None:
    assert trimmed(f"{question}\n\nAna Ruiz | Ferretería Oriente\nOficina +57 601 555 0100") == question


@pytest.mark.parametrize("question", ["¿Quién recibe al técnico?", "Hola. ¿Pueden ustedes decirnos un contacto?"])
def test_a_name_that_answers_a_question_stays(question: str) -> None:
    assert "Ana Ruiz" in trimmed(f"{question}\n\nAna Ruiz\n+57 601 555 0100")


# pain 55
def test_a_memorandum_is_the_writers_own() -> None:
    fields = "DE: Ana Ruiz\nPARA: Mesa de Servicio\nASUNTO: caída\nFECHA: 3 de noviembre"
    text = f"Buenos días:\n\n{fields}\n\nNo hay enlace."
    assert trimmed(text, origin=Origin.FRESH) == text
