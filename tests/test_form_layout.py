"""How people lay a form out by hand: sections, hanging indents, lists inside numbered answers, shortened follow-ups."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from intake.parse import parse
from intake.questionnaire.follow_ups import FollowUps
from intake.questionnaire.labels import Labels
from intake.questionnaire.people import contacts
from intake.questionnaire.phones import NOWHERE
from intake.questionnaire.values import Setting, value_of
from rules.policy import Question, QuestionType
from tests.readings import DESKS, LATAM, NOW, read_text, texts

SMARTCLOUD, SSR, NEOTEL = DESKS["smartcloud"], DESKS["bt-latam-ssr"], DESKS["neotel"]


def test_a_numbered_section_heading_is_no_answer() -> None:
    text = (
        "1. Datos del sitio\n\nCliente\n\nPesquera Norte\n\nSitio\n\nM 4\n\nDescripción del problema\n\nSin enlace\n"
        "\n2. Verificaciones de red\n\nDirección IP origen\n\n\n\nDirección IP de destino\n\n\n\n"
        "3. Llamadas fallidas de voz\n\nNúmero de origen\n\nN/A\n"
    )
    found = texts(read_text(text))
    assert found["problem"] == "Sin enlace"
    assert "destination_ip" not in found


def test_a_numbered_list_inside_an_answer_stays_there() -> None:
    text = "Cliente: Acme\nSitio: Norte\nProblema:\n1. se cae el enlace\n2. vuelve solo\nCorte de energía: no\n"
    assert texts(read_text(text))["problem"] == "1. se cae el enlace 2. vuelve solo"


def test_lines_set_in_under_an_answer_are_part_of_it() -> None:
    text = (
        "Customer name - Acme\nSite - Pier\nDetails - Replace the subnet.\n  DHCP relay stays.\n"
        "  Static routes: none.\nService ID - TT-1\n"
    )
    found = texts(read_text(text, SSR))
    assert found["details"] == "Replace the subnet. DHCP relay stays. Static routes: none."
    assert found["service_id"] == "TT-1"


def test_a_label_of_another_form_at_the_margin_is_no_part_of_the_answer() -> None:
    text = "Customer name - Acme\nSite - Pier\nDetails - Replace the subnet.\nSeverity: 2 of 4\nService ID - TT-1\n"
    assert texts(read_text(text, SSR))["details"] == "Replace the subnet."


def test_a_numbered_answer_goes_up_to_the_next_number() -> None:
    text = (
        "1.- Descripción de la solicitud:\n\nAmpliar el disco.\n\nDetalles:\n   - Tamaño: 500 GB\n   - Deseado: 1 TB\n"
        "\n2.- Resultado esperado:\n\nMás espacio.\n\n3.- Impacto:\n\nNadie guarda archivos.\n"
    )
    found = texts(read_text(text, SMARTCLOUD))
    assert found["problem"] == "Ampliar el disco. Detalles: - Tamaño: 500 GB - Deseado: 1 TB"
    assert found["expected_result"] == "Más espacio."


def test_the_title_above_the_next_number_is_no_answer() -> None:
    text = (
        "1. Cliente: Acme\n2. Sitio: Norte\n\nDatos de la falla\n\n3. Problema: sin enlace\n4. Corte de energía: no\n"
    )
    assert texts(read_text(text))["site_name"] == "Norte"


@pytest.mark.parametrize("sign", [" =", ":"])
def test_two_pairs_on_a_line_held_apart_by_blanks(sign: str) -> None:
    text = f"Cliente{sign} Acme          Sitio{sign} Norte 4\nProblema{sign} sin enlace\n"
    found = texts(read_text(text))
    assert (found["customer_name"], found["site_name"]) == ("Acme", "Norte 4")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Do you have a BT backup: yes\nDoes it work: no, since Monday\nSite: Pier", False),
        ("Contingencia de BT: sí\n¿Funciona?: sí\nSitio: Norte", True),
        ("Contingência da BT: sim\nEstá funcionando? não\nLocal: Norte", False),
    ],
)
def test_a_follow_up_is_shortened_below_its_question(text: str, value: bool) -> None:
    assert read_text(text).answers["backup_works"].value is value


@pytest.mark.parametrize(
    "text", ["Sitio: Norte\nFunciona: a veces\nCliente: Acme", "Contingencia: sí\n\n\n\n\n\nFunciona: mal todo"]
)
def test_a_shortened_label_means_nothing_elsewhere(text: str) -> None:
    assert "backup_works" not in read_text(text).answers


def test_a_word_of_the_question_above_is_no_follow_up() -> None:
    assert FollowUps(LATAM.questions).find("Backup: 4G", "has_backup") is None


def test_a_label_and_a_word_that_it_takes_need_no_colon() -> None:
    assert read_text("prioridad alta\nContacto: Ana Ruiz, a@x.example", NEOTEL).answers["priority"].value == "high"


@pytest.mark.parametrize("text", ["la prioridad alta", "prioridad alta como siempre", "prioridad nuestra", "prioridad"])
def test_other_lines_with_the_label_bind_nothing(text: str) -> None:
    assert Labels(NEOTEL.questions).with_choice(text) is None


def test_a_word_below_a_quoted_question_is_its_answer_alone() -> None:
    text = "> Prioridad sugerida:\n\nprioridad 1\n\n> Impacto:\n\nalto"
    assert texts(read_text(text, SMARTCLOUD, subject="Re: x"))["suggested_priority"] == "prioridad 1"


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Ana Ruiz; ana@x.example; +57 601 555 0100", [("Ana Ruiz", "ana@x.example")]),
        (
            "Ana Ruiz; ana@x.example; Luz Paz; luz@x.example",
            [("Ana Ruiz", "ana@x.example"), ("Luz Paz", "luz@x.example")],
        ),
        (
            "Mesa; Ana Ruiz, ana@x.example; Luz Paz, luz@x.example",
            [("Ana Ruiz", "ana@x.example"), ("Luz Paz", "luz@x.example")],
        ),
    ],
)
def test_semicolons_between_the_parts_of_a_person(text: str, people: list[tuple[str, str]]) -> None:
    assert [(one["name"], one["email"]) for one in contacts(text)] == people


@pytest.mark.parametrize(
    ("label", "text", "value"),
    [
        ("¿Tiene contingencia?", "solo en Mérida", True),
        ("Tem contingência?", "Só em Maringá", True),
        ("¿Están todos los equipos conectados?", "solo en Mérida", None),
        ("¿Tiene contingencia?", "solo a veces", None),
    ],
)
def test_a_yes_that_holds_in_one_place(label: str, text: str, value: bool | None) -> None:
    question = Question("k", QuestionType.YES_NO, required=True, labels={"es": label}, synonyms={})
    assert value_of(question, text, Setting(NOWHERE, ZoneInfo("UTC"), NOW)) is value


def test_an_icon_of_a_report_is_no_attachment() -> None:
    icon = (
        b"Content-Type: image/png; name=icon.png\r\nContent-Disposition: attachment; filename=icon.png\r\n"
        b"Content-ID: <icon.png>\r\n\r\nx\r\n"
    )
    words = b"Content-Type: text/plain\r\n\r\nAddress not found\r\n"
    inner = b"--r\r\n" + words + b"--r\r\n" + icon + b"--r--\r\n"
    related = b"Content-Type: multipart/related; boundary=r\r\n\r\n" + inner
    status = b"Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; a@x.example\r\nStatus: 5.1.1\r\n"
    head = b"MIME-Version: 1.0\r\nContent-Type: multipart/%s; boundary=o\r\n\r\n--o\r\n"
    report = head % b"report; report-type=delivery-status" + related + b"--o\r\n" + status + b"--o--\r\n"
    assert parse(report).attachments == ()
    assert [one.filename for one in parse(head % b"mixed" + related + b"--o--\r\n").attachments] == ["icon.png"]


def test_hostile_text_is_read() -> None:
    for piece in ("1. a\n", "Cliente = x  ", "  - x: y\n", "prioridad alta ", "Sitio: a\n" * 2, "¿Funciona? " * 3):
        read_text((piece * 40_000)[:200_000])
