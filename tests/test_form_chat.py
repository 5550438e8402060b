"""Forms as people copy them from chats or type them in haste: stars, dashes or nothing at all between label and
answer, labels as headings over several paragraphs."""

from __future__ import annotations

from intake.questionnaire.labels import Labels
from tests.readings import DESKS, read_text, texts

SMARTCLOUD, SSR, EVENTS = DESKS["smartcloud"], DESKS["bt-latam-ssr"], DESKS["bt-virtual-event"]


def test_a_label_in_stars_that_no_desk_knows_ends_the_answer_above() -> None:
    text = (
        "*Cliente:* Acme\n*Unidade:* Norte\n*Problema:* sem link 😡\n*Quem abriu:* Rui, rui@acme.example\n"
        "*Pode parar?* não\n*Choveu?* ✅ sim, muito\n*Reiniciou?* ❌ ainda não\n"
    )
    found = texts(read_text(text))
    assert found["problem"] == "sem link 😡"
    assert found["raining"] == "✅ sim, muito"
    assert found["equipment_rebooted"] == "❌ ainda não"


def test_a_line_in_bold_without_label_stays_in_the_answer() -> None:
    text = "*Cliente:* Acme\n*Sitio:* Norte\n*Problema:* sin enlace\n*urgente*, cae cada hora\n*Horario:* 24 h\n"
    assert "urgente*, cae cada hora" in texts(read_text(text))["problem"]


def test_an_unknown_label_before_a_dash_ends_the_answer_above() -> None:
    text = (
        "Event ref – 9046 117\nContact email – a@acme.example\nWhat happened – Sound was lost – twice.\n"
        "Shoe size – 44\nResult – Nothing changed\n"
    )
    found = texts(read_text(text, EVENTS))
    assert found["incident_details"] == "Sound was lost – twice."
    assert found["measures_outcome"] == "Nothing changed"


def test_a_second_contact_with_a_dash_is_no_label() -> None:
    text = (
        "Cliente – Acme\nSitio – Norte\nProblema – sin enlace\nContacto local – Ana Ruiz – ana@acme.example\n"
        "Luis Paz – luis@acme.example\nCorte de energía – no\n"
    )
    assert "Luis Paz – luis@acme.example" in texts(read_text(text))["local_contacts"]


def test_a_dash_in_a_sentence_below_an_answer_is_no_label() -> None:
    text = "Cliente: Acme\nSitio: Norte\nProblema: sin enlace\nDesde ayer – y hoy sigue igual\nCorte de energía: no\n"
    assert texts(read_text(text))["problem"] == "sin enlace Desde ayer – y hoy sigue igual"


def test_labels_without_any_separator_make_a_form() -> None:
    details = "cambiar la LAN de 192.168.7.0/24 a 10.70.7.0/24, con la puerta en la .1, y dejar el DHCP como está hoy"
    text = (
        f"Buenas, va la solicitud\n\nCliente Acme\nSede Molino Alto\nCategoría SSR cambio de IP LAN\n"
        f"Detalles {details}\nID de servicio CO-1\nFecha y hora 3/12/2026 21:00\n"
    )
    found = texts(read_text(text, SSR))
    assert found["customer_name"] == "Acme"
    assert found["site_name"] == "Molino Alto"
    assert found["ssr_category"] == "cambio de IP LAN"
    assert found["details"] == details
    assert found["requested_start"] == "3/12/2026 21:00"


def test_sentences_that_begin_like_labels_make_no_form() -> None:
    text = (
        "Sitio Norte está sin enlace desde las 8.\nYa revisamos los cables y siguen bien.\n"
        "Servicio tenemos solo en la\notra sede.\nEnergía hay.\nQuedamos atentos a lo que digan ustedes.\n"
    )
    assert texts(read_text(text)).get("site_name") != "Norte está sin enlace desde las 8."


def test_all_paragraphs_below_a_heading_are_its_answer() -> None:
    text = (
        "Problema\n\nEl respaldo termina con avisos.\n\nEl registro dice que falta espacio.\n\nResultado esperado\n\n"
        "Que termine completo.\n\nImpacto\n\nNinguno por ahora.\n\nPrioridad sugerida\n\nP3\n\nQuedo atento.\n"
    )
    found = texts(read_text(text, SMARTCLOUD))
    assert found["problem"] == "El respaldo termina con avisos. El registro dice que falta espacio."
    assert found["suggested_priority"] == "P3"


def test_the_heading_of_something_else_is_no_further_paragraph() -> None:
    text = (
        "Problema\n\nEl respaldo termina con avisos.\n\nDatos del equipo\n\nServidor 4, piso 2.\n\n"
        "Resultado esperado\n\nQue termine completo.\n\nImpacto\n\nNinguno por ahora.\n"
    )
    assert texts(read_text(text, SMARTCLOUD))["problem"] == "El respaldo termina con avisos."


def test_a_column_of_section_names_beside_the_labels() -> None:
    html = (
        "<table><tr><td rowspan=2>DADOS</td><td>Cliente</td><td>Acme</td></tr><tr><td>Local</td><td>Loja 3</td></tr>"
        "<tr><td>CONTATO</td><td>Nome, e-mail e telefone</td><td>Rui Paz<br>rui@acme.example</td></tr></table>"
    )
    found = texts(read_text(html, SSR, html=True))
    assert found == {"customer_name": "Acme", "site_name": "Loja 3", "contact": "Rui Paz rui@acme.example"}


def test_a_cell_that_repeats_the_hint_of_a_label_is_no_answer() -> None:
    labels = Labels(SSR.questions)
    assert labels.is_hint("contact", "Nome, e-mail e telefone")
    assert not labels.is_hint("contact", "Ana Ruiz")
    assert not labels.is_hint("contact", "")
