"""Answers typed into our own quoted mail: new words there are the writer's, and what we had printed stays old."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import pytest

from rules.model import Reading
from rules.policy import Desk
from tests.readings import DESKS, LATAM, read_text, texts

Pairs = Sequence[tuple[str, str]]
"""Labels and what stands behind them."""

ANSWERS = {
    "es": {"opening_hours": "lunes a viernes de 8 a 18", "site_has_power": "sí, con generador", "power_outage": "no"},
    "pt": {"opening_hours": "segunda a sexta, 8h às 18h", "site_has_power": "sim, com gerador", "power_outage": "não"},
    "en": {"opening_hours": "Monday to Friday, 8 to 18", "site_has_power": "yes, on a generator", "power_outage": "no"},
}
BLANK = "equipment_connected"
KNOWN = {"customer_name": "Molinos Arrayán", "site_name": "Planta 2"}
ASKS = {
    "es": "Su reporte quedó registrado con el número INC-2026-000771. Nos faltan estos datos:",
    "pt": "Seu chamado foi registrado com o número INC-2026-000771. Preencha, por favor:",
    "en": "Your report is registered as INC-2026-000771. We still need the following:",
}
KNEW = {
    "es": "Lo que entendimos de su correo:",
    "pt": "O que entendemos do seu e-mail:",
    "en": "What we understood from your email:",
}
SAYS = {
    "es": "Completé los datos en el mismo correo.",
    "pt": "Respondi abaixo, no próprio e-mail.",
    "en": "I have filled in the answers below.",
}
WROTE = {
    "es": "El 2026-11-09 10:22, BT Service Desk Latam escribió:",
    "pt": "Em seg., 9 de nov. de 2026 às 10:22, BT Service Desk Latam <mo.bud@bt.com> escreveu:",
    "en": "On Mon, Nov 9, 2026 at 10:22 AM BT Service Desk Latam <mo.bud@bt.com> wrote:",
}
FIELDS = {
    "es": ("De", "Enviado", "Para", "Asunto", "lunes, 9 de noviembre de 2026 10:22"),
    "pt": ("De", "Enviada em", "Para", "Assunto", "segunda-feira, 9 de novembro de 2026 10:22"),
    "en": ("From", "Sent", "To", "Subject", "Monday, November 9, 2026 10:22 AM"),
}
END = ("", "BT Service Desk Latam", "+57 601 555 0110")


def labelled(language: str, answers: dict[str, str], desk: Desk = LATAM) -> Pairs:
    return [
        (question.labels[language], answers[question.key]) for question in desk.questions if question.key in answers
    ]


def header(language: str, sender: str = "BT Service Desk Latam <mo.bud@bt.com>", to: str = "Ana Ruiz") -> list[str]:
    de, sent, para, subject, when = FIELDS[language]
    return [f"{de}: {sender}", f"{sent}: {when}", f"{para}: {to}", f"{subject}: [INC-2026-000771]"]


def behind(pairs: Pairs) -> list[str]:
    return [f"{label.rstrip('?')}?: {text}" if label.endswith("?") else f"{label}: {text}" for label, text in pairs]


def close_below(pairs: Pairs) -> list[str]:
    return [
        line for n, (label, text) in enumerate(pairs, 1) for line in (f"{n}. {label}", text, *([""] if text else ()))
    ]


def roundcube(said: str, language: str, lines: Sequence[str]) -> tuple[str, bool]:
    """At the end of lines that keep their mark."""
    quoted = "\n".join(f"> {line}".rstrip() for line in lines)
    return f"{said}\n\n{WROTE[language]}\n\n{quoted}\n\n-- \nAna Ruiz\nRedes", False


def outlook_plain(said: str, language: str, lines: Sequence[str]) -> tuple[str, bool]:
    """Below a block of header fields, without marks."""
    return "\n".join([said, "", "Ana Ruiz", "", "_" * 32, *header(language), "", *lines]), False


def gmail(said: str, language: str, lines: Sequence[str]) -> tuple[str, bool]:
    """Inside the block quotation."""
    inner = "<br>".join(escape(line) for line in lines)
    return (
        f'<div dir="ltr">{said}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        f'{escape(WROTE[language])}<br></div><blockquote class="gmail_quote" style="margin:0">{inner}'
        "</blockquote></div>"
    ), True


def outlook_mac(said: str, language: str, lines: Sequence[str]) -> tuple[str, bool]:
    """Word's paragraphs below the block of header fields."""
    paragraph = '<p class="MsoNormal">{}<o:p></o:p></p>'.format
    head = "<br>".join(
        f"<b>{escape(a)}:</b>{escape(b)}" for a, _, b in (one.partition(":") for one in header(language))
    )
    body = "".join(paragraph(escape(line) or "<o:p>&nbsp;</o:p>") for line in lines)
    return (
        f'<html><body><div class="WordSection1">{paragraph(said)}<div style="border-top:solid #B5C4DF 1.0pt">'
        f"{paragraph(head)}</div>{body}</div></body></html>"
    ), True


Program = Callable[[str, str, Sequence[str]], tuple[str, bool]]
PROGRAMS: tuple[Program, ...] = (roundcube, outlook_plain, gmail, outlook_mac)


def reply(text: str, html: bool = False, desk: Desk = LATAM) -> Reading:
    return read_text(text, desk, html=html, subject="Re: [INC-2026-000771]", in_reply_to=("<a1@desk.example>",))


def words(reading: Reading) -> list[str]:
    return [line for line in reading.reply_text.split("\n") if line]


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize("shape", [behind, close_below])
@pytest.mark.parametrize("language", ["es", "pt", "en"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_what_is_typed_into_our_quoted_questions_is_new(
    program: Program, language: str, shape: Callable[[Pairs], list[str]], announced: bool
) -> None:  # pain 55
    given = ANSWERS[language]
    asked = shape(labelled(language, given | {BLANK: ""}))
    known = behind(labelled(language, KNOWN))
    said = SAYS[language] if announced else "Hola,"
    reading = reply(*program(said, language, [ASKS[language], "", *asked, "", KNEW[language], "", *known, *END]))
    assert texts(reading) == given
    assert words(reading) == [said, *given.values()]
    assert reading.quoted_answers.keys() == KNOWN.keys()


def test_the_answer_below_the_last_question_is_new_where_the_others_are_too() -> None:
    asked = close_below(labelled("en", ANSWERS["en"]))
    reading = reply(*outlook_plain("See below", "en", [ASKS["en"], "", *asked, "Call us if you hear nothing.", *END]))
    assert texts(reading) == ANSWERS["en"]


@pytest.mark.parametrize("columns", [2, 4])
def test_filled_cells_of_our_table_are_new(columns: int) -> None:
    pairs = labelled("pt", ANSWERS["pt"] | {BLANK: ""})
    cells = [escape(text) or "&nbsp;" for pair in pairs for text in pair]
    rows = [cells[at : at + columns] for at in range(0, len(cells), columns)]
    table = "".join("<tr>" + "".join(f"<td><p class=MsoNormal>{c}</p></td>" for c in row) + "</tr>" for row in rows)
    text, _ = outlook_mac("Tabela preenchida abaixo.", "pt", [ASKS["pt"], "", "TABLE", *END])
    reading = reply(text.replace("TABLE", f"</p><table>{table}</table><p>"), html=True)
    assert texts(reading) == ANSWERS["pt"]
    assert words(reading) == ["Tabela preenchida abaixo.", *ANSWERS["pt"].values()]


def test_our_blank_form_filled_in_without_a_ticket() -> None:
    form = [f"{question.labels['es']}: {KNOWN.get(question.key, '')}" for question in LATAM.questions]
    intro = "Para abrir un incidente responda este correo con los datos siguientes:"
    reading = reply(*outlook_plain("Lleno el formulario.", "es", ["Estimada Ana:", "", intro, "", *form, *END]))
    assert texts(reading) == KNOWN


@pytest.mark.parametrize(
    "banner",
    [
        "PRECAUCIÓN: Este correo se originó fuera de la organización. No abra enlaces ni adjuntos.",
        "[EXTERNAL EMAIL] This message came from outside the organisation.",
    ],
)
def test_a_long_heading_and_a_gateway_s_banner_hide_nothing(banner: str) -> None:
    people = [f"Persona Número {n} <p{n}@customer.example>;" for n in range(6)]
    head = header("es")
    lines = [
        "Lleno abajo.",
        "",
        "_" * 32,
        *head[:2],
        f"{head[2]} <ana@customer.example>;",
        *people,
        head[3],
        "",
        banner,
    ]
    lines += ["", ASKS["es"], "", *behind(labelled("es", ANSWERS["es"])), *END]
    assert texts(reply("\n".join(lines))) == ANSWERS["es"]


def test_a_neutral_list_is_taken_for_questions_only_where_the_writer_says_so() -> None:
    lines = ["Caso INC-2026-000771", "", *behind(labelled("es", ANSWERS["es"])), *END]
    assert texts(reply(*roundcube("Completé los datos en el mismo correo.", "es", lines))) == ANSWERS["es"]
    assert texts(reply(*roundcube("Gracias, quedo atenta.", "es", lines))) == {}


# Old words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize(
    ("language", "intro"),
    [
        ("es", "Lo que entendimos de su correo:"),
        ("es", "Necesitamos que confirme estos datos:"),
        ("es", "Nos falta el diagnóstico. Por ahora tenemos:"),
        ("es", "Recibimos su reporte con el número INC-2026-000771:"),
        ("pt", "Precisamos que verifique se estão corretos:"),
        ("pt", "Dados recebidos:"),
        ("en", "Please check that what we have is complete and correct:"),
        ("en", "Please reply if anything is missing. This is your registered report:"),
    ],
)
def test_what_we_had_printed_stays_old(program: Program, language: str, intro: str) -> None:
    printed = behind(labelled(language, ANSWERS[language]))
    reading = reply(*program("Sí, gracias.", language, [intro, "", *printed, *END]))
    assert (texts(reading), words(reading)) == ({}, ["Sí, gracias."])


@pytest.mark.parametrize("said", ["Va de nuevo lo que faltaba, abajo.", "Respondo abajo."])
def test_the_form_of_the_customer_s_own_old_mail_stays_old(said: str) -> None:
    own = ["Nos faltan estos datos:", "", *behind(labelled("es", ANSWERS["es"]))]
    block = "\n".join([said, "", *header("es", "Ana Ruiz <ana@customer.example>", "BT Service Desk Latam"), "", *own])
    attribution = "El lun, 9 nov 2026 a las 10:22, Ana Ruiz (<ana@customer.example>) escribió:"
    marked = "\n".join([said, "", attribution, *(f"> {line}".rstrip() for line in own)])
    for text in (block, marked):
        assert texts(reply(text)) == {}


def test_an_older_mail_below_the_latest_one_stays_old() -> None:
    asked = behind(labelled("es", {"opening_hours": "24 horas"}))
    older = [*header("es"), "", ASKS["es"], "", *behind(labelled("es", {"power_outage": "sí", "opening_hours": "L-V"}))]
    latest = [ASKS["es"], "", *asked, *END, "", *older]
    assert texts(reply(*outlook_plain("Completé abajo.", "es", latest))) == {"opening_hours": "24 horas"}
    deeper = [ASKS["es"], "", *asked, "", WROTE["es"], *(f"> {line}" for line in older[5:])]
    assert texts(reply(*roundcube("Completé abajo.", "es", deeper))) == {"opening_hours": "24 horas"}


def test_who_answers_between_the_marked_lines_types_nothing_into_them() -> None:
    hours, power = behind(labelled("es", {"opening_hours": "", "site_has_power": "sí"}))
    text = f"Respondo abajo.\n\n{WROTE['es']}\n> {ASKS['es']}\n> {hours}\n\n24 horas\n\n> {power}\n> Mesa\n"
    assert texts(reply(text)) == {"opening_hours": "24 horas"}


def test_a_long_letter_above_our_list_says_it_all_itself() -> None:
    letter = " ".join(["El técnico llegó a las nueve y cambió la fuente, pero el enlace sigue con errores."] * 3)
    lines = [ASKS["es"], "", *behind(labelled("es", ANSWERS["es"])), *END]
    assert texts(reply(*roundcube(letter, "es", lines))) == {}


# Numbers -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("mark", ["{}. ", "{}) ", "{}- ", "{}: "])
def test_a_number_left_blank_is_no_part_of_the_answer_above(program: Program, mark: str) -> None:
    asked = [f"{n}. {label}:" for n, (label, _) in enumerate(labelled("en", ANSWERS["en"] | {BLANK: ""}), 1)]
    given = labelled("en", ANSWERS["en"] | {"site_has_power": "", BLANK: "yes"})
    said = [f"{mark.format(n)}{text}".rstrip() for n, (_, text) in enumerate(given, 1)]
    html = program in (gmail, outlook_mac)
    text, _ = program(("<br>" if html else "\n").join(said), "en", [ASKS["en"], "", *asked, *END])
    expected = {key: text for key, text in (ANSWERS["en"] | {BLANK: "yes"}).items() if key != "site_has_power"}
    assert texts(reply(text, html)) == expected


NUMBERED = [f"{n}. {label}" for n, (label, _) in enumerate(labelled("es", ANSWERS["es"]), 1)]


@pytest.mark.parametrize(
    "said",
    [
        "1. de 8 a 18 2. sí 3. no",
        "1) de 8 a 18, 2) sí; 3) no",
        "R1: de 8 a 18\nR2: sí\nR3: no",
        "Pregunta 1: de 8 a 18\nPregunta 2: sí\nPregunta 3: no\nQuedo pendiente de sus noticias.",
        "- de 8 a 18\n- sí\n- no",
    ],
)
def test_numbers_in_one_line_and_behind_a_word(said: str) -> None:
    reading = reply(*roundcube(said, "es", [ASKS["es"], "", *NUMBERED, *END]))
    assert texts(reading) == {"opening_hours": "de 8 a 18", "site_has_power": "sí", "power_outage": "no"}


def test_one_number_alone_answers_yes_or_no() -> None:
    quoted = [ASKS["es"], "", *NUMBERED, *END]
    assert texts(reply(*roundcube("2. sí, con generador", "es", quoted))) == {"site_has_power": "sí, con generador"}
    assert texts(reply(*roundcube("1. Llamamos al proveedor", "es", quoted))) == {}
    assert texts(reply(*roundcube("2. Cambiamos el cable", "es", quoted))) == {}


def test_the_steps_that_a_writer_numbers_are_no_answers() -> None:
    said = "Hicimos lo siguiente:\n1. Cambiamos el cable\n2. Reiniciamos el módem\n3. Llamamos al proveedor"
    assert texts(reply(*roundcube(said, "es", [ASKS["es"], "", *NUMBERED, *END]))) == {}


@pytest.mark.parametrize("desk", DESKS.values(), ids=lambda desk: desk.id)
def test_any_desk_s_questions_are_answered_in_their_place(desk: Desk) -> None:
    language = desk.languages[0]
    given = {question.key: f"respuesta {n}" for n, question in enumerate(desk.questions[:4], 1)}
    asked = behind(labelled(language, given, desk))
    wrote = WROTE["es"].replace("BT Service Desk Latam", desk.name)
    text = "\n".join(["Van abajo.", "", wrote, *(f"> {line}" for line in ("Nos faltan:", "", *asked, ""))])
    assert texts(reply(text, desk=desk)) == given


def test_hostile_quotations_are_read() -> None:
    label = LATAM.questions[0].labels["es"]
    for piece in (f"> {label}: x\n", f"> {label}:\n> x\n", "> faltan tenemos " * 20 + "\n", f"> {label}\t{label}\n"):
        text = f"Va abajo.\n\n{WROTE['es']}\n> Nos faltan:\n" + piece * (200_000 // len(piece))
        assert reply(text).reply_text.startswith("Va abajo.")


# Neither label nor number --------------------------------------------------------------------------------------------


def ask(said: str, *keys: str, program: Program = roundcube, language: str = "es") -> Reading:
    asked = behind([(label, "") for label, _ in labelled(language, dict.fromkeys(keys, ""))])
    return reply(*program(said, language, [ASKS[language], "", *asked, *END]))


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize(
    ("language", "key", "said"),
    [
        ("es", "power_outage", "Sí, desde las 8:20"),
        ("pt", "site_has_power", "não"),
        ("en", "equipment_rebooted", "Yes, twice."),
        ("pt", "service_type", "Satélite"),
        ("es", "opening_hours", "lunes a viernes de 8 a 18"),
        ("en", "opening_hours", "24x7"),
        ("pt", "opening_hours", "das 8h às 18h"),
        ("es", "customer_reference", "SOP-3391"),
        ("es", "local_contacts", "Luz Prado, +57 310 555 0140"),
        ("en", "source_ip", "10.4.8.15"),
    ],
)
def test_a_bare_value_answers_the_only_question(program: Program, language: str, key: str, said: str) -> None:
    reading = ask(said, key, program=program, language=language)
    assert (texts(reading), reading.reply_text) == ({key: said}, said)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("power_outage", "Sigue caído, no hay avance?"),
        ("power_outage", "No entiendo la pregunta"),
        ("power_outage", "Ok"),
        ("opening_hours", "El técnico llegó a las 9 con el equipo 2"),
        ("opening_hours", "Gracias"),
        ("customer_reference", "Un momento por favor"),
        ("problem", "Enlace caído"),
        ("local_contacts", "Llamen a la mesa de ayuda"),
        ("service_type", "Ya quedó el MPLS, pueden cerrar"),
    ],
)
def test_what_may_mean_something_else_answers_nothing(key: str, said: str) -> None:
    assert texts(ask(said, key)) == {}


def test_as_many_lines_as_questions_answer_them_in_their_order() -> None:
    keys = ("opening_hours", "site_has_power", "power_outage")
    lines = ["de 8 a 18", "sí", "no"]
    assert texts(ask("\n".join(["Buenas tardes,", "", *lines, "", "Saludos"]), *keys)) == dict(
        zip(keys, lines, strict=True)
    )
    assert texts(ask("de 8 a 18\nsí", *keys)) == {}
    assert texts(ask("sí\nde 8 a 18\nno", *keys)) == {}


def test_letters_number_answers_too() -> None:
    asked = [f"{'abc'[n]}) {label}" for n, (label, _) in enumerate(labelled("pt", ANSWERS["pt"]))]
    said = "\n".join(f"{'abc'[n]}) {text}" for n, text in enumerate(ANSWERS["pt"].values()))
    assert texts(reply(*outlook_plain(said, "pt", [ASKS["pt"], "", *asked, *END]))) == ANSWERS["pt"]


def test_what_our_mail_tells_below_its_numbered_questions_is_old() -> None:
    asked = (
        "> Faltan:\n>\n> 1. ¿Hubo un corte de energía en el sitio?\n> 2. Horarios de apertura del lugar\n>\n"
        "> Nombre del cliente: Acme\n> Descripción del problema: Enlace no disponible\n"
    )
    heading = "El 9/11/2026 a las 10:00, BT Service Desk Latam <mo.bud@bt.com> escribió:\n"
    news = "Regresó solo a las 15:40.\n"
    above = read_text(f"{news}\n{heading}{asked}", subject="Re: [INC-2026-000288]")
    assert (texts(above), above.reply_text) == ({}, news.strip())
    below = read_text(f"{heading}{asked}\n{news}", subject="Re: [INC-2026-000288]")
    assert (texts(below), below.reply_text) == ({}, news.strip())
