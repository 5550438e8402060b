"""Answers under labels, in the shapes in which mail programs and people send a questionnaire back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intake.questionnaire.forms import read_form
from intake.questionnaire.labels import Labels
from intake.text.body import views
from intake.text.quoting import Origin, parted
from rules.model import Body
from rules.policy import Question, QuestionType
from tests.readings import LATAM, read_text, texts


def bound(text: str) -> dict[str, str]:
    """What stands under labels, whatever the text says besides."""
    parts = parted(views((Body(text, html=False, part="1"),))[0], Origin.FRESH, "Ana Ruiz")
    return {key: answer.text for key, answer in read_form(parts, Labels(LATAM.questions)).answers.items()}


THREE = {"customer_name": "Ferretería Sol", "site_name": "Bodega Sur", "problem": "enlace caído"}


@pytest.mark.parametrize(
    "form",
    [
        "Nombre del cliente: Ferretería Sol\nSitio del cliente: Bodega Sur\nDescripción del problema: enlace caído",
        "NOMBRE DEL CLIENTE = Ferretería Sol\nSITIO DEL CLIENTE = Bodega Sur\nDESCRIPCION DEL PROBLEMA = enlace caído",
        "Nombre del cliente -> Ferretería Sol\nSitio del cliente → Bodega Sur\nProblema => enlace caído",
        "* Cliente - Ferretería Sol\n* Sitio - Bodega Sur\n* Problema - enlace caído",
        "1) Cliente: Ferretería Sol\n2) Sitio: Bodega Sur\n3) Problema: enlace caído",
        "a) Nome do cliente: Ferretería Sol\nb) Local do cliente: Bodega Sur\nc) Descrição do problema: enlace caído",
        "·   Customer name: Ferretería Sol\n·   Customer site: Bodega Sur\n·   Problem description: enlace caído",
        "Nombre del cliente:\nFerretería Sol\nSitio del cliente:\nBodega Sur\nDescripción del problema:\nenlace caído",
        "NOMBRE DEL CLIENTE\nFerretería Sol\n\nSITIO DEL CLIENTE\nBodega Sur\n\nDESCRIPCIÓN DEL PROBLEMA\nenlace caído",
        "Cliente:\n\nFerretería Sol\n\nSitio:\n\nBodega Sur\n\nProblema:\n\nenlace caído",
        "Nombre del cliente:\nR: Ferretería Sol\nSitio del cliente:\nR: Bodega Sur\nProblema:\nR: enlace caído",
        "*Nombre del cliente:* Ferretería Sol\n*Sitio:* Bodega Sur\n*Problema:* enlace caído",
        "Nombre del cliente:\n*Ferretería Sol*\n\nSitio del cliente:\n*Bodega Sur*\n\nProblema:\n*enlace caído*",
        "Nombre del cliente\tFerretería Sol\tSitio del cliente\tBodega Sur\nProblema\tenlace caído",
        "Problema: enlace caído\nSitio: Bodega Sur\nCliente: Ferretería Sol",
        "Nonbre del cliente: Ferretería Sol\nSito del cliente: Bodega Sur\nDescripcion del poblema: enlace caído",
        "Customer name: Ferretería Sol\nSitio del cliente: Bodega Sur\nDescrição do problema: enlace caído",
    ],
)
def test_one_answer_whatever_the_shape(form: str) -> None:
    assert texts(read_text(f"Buenos días:\n\n{form}\n\nSaludos,\nAna Ruiz\n")) == THREE


TABLE = """<table><tr><th>Nombre del cliente</th><td>Ferretería Sol</td></tr>
<tr><td>Sitio del cliente</td><td><b>Bodega Sur</b></td></tr>
<tr><td>Problema</td><td>enlace<br>caído</td></tr></table>"""
PAIRS = """<table><tr><td colspan=4>DATOS</td></tr>
<tr><td>Cliente</td><td>Ferretería Sol</td>
<td>Sitio</td><td>Bodega Sur</td></tr><tr><td>Problema</td><td colspan=3>enlace caído</td></tr></table>"""
COLUMNS = """<table><tr><th>Cliente</th><th>Sitio</th><th>Problema</th></tr>
<tr><td>Ferretería Sol</td><td>Bodega Sur</td><td>enlace caído</td></tr></table>"""
NESTED = f"<table><tr><td>&nbsp;</td><td><p>Hola</p>{TABLE}</td></tr></table>"
LIST = "<ol><li>Cliente: Ferretería Sol<li><b>Sitio:</b> Bodega Sur<li>Problema: <font>enlace caído</font></ol>"


@pytest.mark.parametrize("html", [TABLE, PAIRS, COLUMNS, NESTED, LIST])
def test_html_tables_and_lists(html: str) -> None:
    assert texts(read_text(f"<p>Buenas tardes</p>{html}<p>Gracias</p>", html=True)) == THREE


def test_places_are_told() -> None:
    plain = read_text("Hola\n\nCliente: Ferretería Sol\nSitio:\nBodega Sur\n")
    assert plain.answers["customer_name"].where == "part 1, line 3"
    assert plain.answers["site_name"].where == "part 1, line 5"
    assert read_text(TABLE, html=True).answers["problem"].where == "part 1, table 1, row 3"


@pytest.mark.parametrize(
    "blank",
    [
        "",
        "-",
        "...",
        "____",
        "  ",
        "pendiente",
        "ver adjunto",
        "SI/NO",
        "( ) Sí ( ) No",
        "[ ] Sí [ ] No",
        "[ ] Sí [ ] No [ ] A veces",
    ],
)
def test_a_blank_is_no_answer(blank: str) -> None:
    got = texts(read_text(f"Cliente: Ferretería Sol\n¿Tiene una contingencia de BT?: {blank}\nSitio: Bodega Sur\n"))
    assert got == {"customer_name": "Ferretería Sol", "site_name": "Bodega Sur"}


@pytest.mark.parametrize(
    ("answer", "value"), [("N/A", None), ("no aplica", None), ("no sé", None), ("[x] Sí [ ] No", True)]
)
def test_not_knowing_is_an_answer(answer: str, value: bool | None) -> None:
    got = read_text(f"Cliente: X1\n¿Tiene una contingencia de BT?: {answer}\n").answers["has_backup"]
    assert (got.text, got.value) == (answer, value)


def test_an_answer_of_several_lines_ends_at_the_next_label_blank_line_or_closing() -> None:
    got = texts(
        read_text(
            "Problema: enlace caído\ndesde las 9, sin luz WAN\nContactos locales:\nLuz Peña\nluz@x.example\n\n"
            "Esperamos respuesta.\n\nHorarios de apertura del lugar: L-V\nSaludos\nOtra línea\n"
        )
    )
    assert got == {
        "problem": "enlace caído desde las 9, sin luz WAN",
        "local_contacts": "Luz Peña luz@x.example",
        "opening_hours": "L-V",
    }


def test_colons_in_an_answer_stay_there() -> None:
    got = texts(read_text("Problema: prueba: enlace caído; síntoma: sin ping\nSitio: piso 3: sala B\n"))
    assert got == {"problem": "prueba: enlace caído; síntoma: sin ping", "site_name": "piso 3: sala B"}


def test_the_filled_form_wins_over_the_empty_one_above() -> None:
    empty = "- Cliente:\n- Sitio:\n- Problema:\n- En caso de lentitud o pérdida de paquetes\n- Dirección IP origen:\n"
    filled = "- Cliente: Ferretería Sol\n- Sitio: Bodega Sur\n- Problema: enlace caído\n"
    assert texts(read_text(f"{empty}\nYa lleno:\n{filled}")) == THREE


def test_what_follows_the_last_unanswered_label_of_a_filled_form_is_no_answer() -> None:
    form = "Cliente: Ferretería Sol\nSitio: Bodega Sur\nProblema: enlace caído\nReinicio:\nLlamen antes al vigilante.\n"
    assert texts(read_text(form)) == THREE


def test_a_label_of_another_form_ends_the_answer() -> None:
    got = texts(read_text("Sitio: Bodega Sur\nSeveridad: 2\nCliente = A1\nSONDA = POLLER-02\nProblema: caído\n"))
    assert got == {"site_name": "Bodega Sur", "customer_name": "A1", "problem": "caído"}


def test_a_heading_or_a_closing_is_no_answer() -> None:
    got = bound(
        "Cliente: Ferretería Sol\nSitio: Bodega Sur\n¿Se realizó un reinicio en el (los) equipo (s)?\n"
        "En caso de lentitud:\nDirección IP origen:\n\nQuedo pendiente del número.\n"
    )
    assert got == {"customer_name": "Ferretería Sol", "site_name": "Bodega Sur"}


def test_labels_without_separator_count_inside_a_form_only() -> None:
    form = "Cliente Ferretería Sol\nSitio Bodega Sur\nProblema: enlace caído\nHorario: L-V\nReinicio: no\n"
    assert texts(read_text(form)).items() >= THREE.items()
    assert bound("Sitio web caído, no sé más.\nCliente molesto.\n") == {}


def test_prose_that_mentions_a_label_binds_nothing() -> None:
    for line in (
        "El problema es el siguiente: no hay enlace.",
        "Nuestro contacto llamará hoy: Ana.",
        "Nota: el cliente espera.",
    ):
        assert bound(line) == {}


def test_two_reports_in_one_mail_are_not_mixed() -> None:
    one = "Cliente: Ferretería Sol\nSitio: Bodega Sur\nProblema: enlace caído\n"
    two = "Cliente: Ferretería Sol\nSitio: Tienda Norte\nProblema: muy lento\nHorario: 24 horas\nReinicio: sí\n"
    reading = read_text(f"{one}\n{two}")
    assert reading.notes == ("several_sites",)
    assert texts(reading)["site_name"] == "Tienda Norte"
    assert texts(reading)["problem"] == "muy lento"


def test_old_answers_in_quotations_and_signatures_are_not_taken() -> None:
    text = (
        "Cliente: Ferretería Sol\nSitio: Bodega Sur\nHorario:\nProblema: enlace caído\n\n"
        "-- \nAna Ruiz\nContactos locales: Luz\n\n"
        "El 2/9/2026 a las 9:00, Ana Ruiz escribió:\n> Sitio: Norte\n> Horario: L-V 8 a 17\n> Incidente interno: A-77\n"
    )
    assert texts(read_text(text)) == THREE


def test_answers_typed_below_quoted_questions() -> None:
    text = (
        "Respondo abajo.\n\nEl 3/11/2026, Mesa <mo.bud@bt.com> escribió:\n> Nos faltan datos del INC-2026-000007:\n>\n"
        "> 1. Horarios de apertura del lugar:\nL-V 8 a 17\n>\n> 2. ¿Hubo un corte de energía en el sitio?\n\nno\n\n"
        "> 3. ¿Están todos los equipos conectados?\n> Contactos locales: Pedro\n> Gracias\n"
    )
    assert texts(read_text(text, subject="Re: datos")) == {"opening_hours": "L-V 8 a 17", "power_outage": "no"}


def test_answers_in_a_colour_of_their_own_inside_the_quoted_mail() -> None:
    html = (
        "<p class=MsoNormal>Respondo en rojo.</p><div><p class=MsoNormal><b>De:</b> Mesa &lt;mo.bud@bt.com&gt;<br>"
        "<b>Enviado:</b> hoy<br><b>Para:</b> Ana<br><b>Asunto:</b> datos</p></div>"
        "<p>Sitio del cliente: <span style='color:red'>Bodega Sur</span><br>"
        "Incidente interno: A-77<br>Horarios de apertura del lugar:<font color='#C00000'> L-V</font></p>"
    )
    reading = read_text(html, html=True, subject="RE: datos")
    assert texts(reading) == {"site_name": "Bodega Sur", "opening_hours": "L-V"}
    assert reading.reply_text.split("\n") == ["Respondo en rojo.", "", "Bodega Sur", "", "L-V"]


def test_struck_out_words_are_not_read() -> None:
    html = (
        "<p>Cliente: X1</p><p>¿Tiene una contingencia de BT?: <s>Sí</s> No</p>"
        "<p>Reinicio: <span style='text-decoration:line-through'>NO</span> SI</p>"
    )
    reading = read_text(html, html=True)
    assert [reading.answers[k].value for k in ("has_backup", "equipment_rebooted")] == [False, True]


def test_a_label_that_may_be_two_questions_is_none() -> None:
    twin = [
        Question(key, QuestionType.TEXT, required=True, labels={"en": label}, synonyms={})
        for key, label in (("inside", "Zone temperature A1"), ("outside", "Zone temperature B1"))
    ]
    desk = replace(LATAM, questions=tuple(twin))
    assert texts(read_text("Zone temperature A1: 31\nZone temperature B1: 22\n", desk)) == {
        "inside": "31",
        "outside": "22",
    }
    assert texts(read_text("Zone temperature 1: 31\n", desk)) == {}


def test_a_questionnaire_of_any_desk_is_read_by_its_data_alone() -> None:
    questions = (
        Question(
            "locker", QuestionType.TEXT, required=True, labels={"en": "Locker number"}, synonyms={"en": ("Locker",)}
        ),
        Question("jammed", QuestionType.YES_NO, required=True, labels={"en": "Is the door jammed?"}, synonyms={}),
    )
    reading = read_text(
        "Hello,\n\nLocker: B-17\nIs the door jammed? yes, since noon\n", replace(LATAM, questions=questions)
    )
    assert {k: a.value for k, a in reading.answers.items()} == {"locker": "B-17", "jammed": True}


@pytest.mark.parametrize(
    "line",
    [
        "Cliente: Ferretería Sol | Sitio: Bodega Sur | Problema: enlace caído",
        "Cliente: Ferretería Sol, Sitio: Bodega Sur; Problema: enlace caído",
        "Cliente; Ferretería Sol\nSitio; Bodega Sur\nProblema; enlace caído",
        "Cliente\n: Ferretería Sol\nSitio\n: Bodega Sur\nProblema\n: enlace caído",
        "Cliente: __Ferretería Sol__\nSitio: ___Bodega Sur____\nProblema: ....enlace caído",
        "Cliente: Ferretería Sol\n\nSitio: Bodega Sur\n\nProblema: enlace\n\ncaído\n\nHorario: xxx",
    ],
)
def test_odd_ways_to_part_labels_and_answers(line: str) -> None:
    assert {key: " ".join(text.split()) for key, text in bound(line).items()} == THREE


def test_two_sites_that_differ_in_one_answer_are_two_reports() -> None:
    one = "Cliente: Ferretería Sol\nSitio: Bodega Sur\nProblema: enlace caído\n"
    reading = read_text(f"{one}\n{one.replace('Bodega Sur', 'Tienda Norte')}")
    assert reading.notes == ("several_sites",)


def test_an_answer_of_several_points_keeps_them() -> None:
    got = bound("Cliente: Sol\nProblema: - sin ping\n- sin luz\nSitio:\n- Bodega Sur\nHorario: L-V\n")
    assert (got["problem"], got["site_name"]) == ("- sin ping\n- sin luz", "Bodega Sur")
