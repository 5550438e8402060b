"""How people fill a questionnaire: habits that no mail program makes."""

from __future__ import annotations

import pytest

from tests.readings import DESKS, LATAM, read_text, texts

THREE = {"customer_name": "Ferretería Sol", "site_name": "Bodega Sur", "problem": "enlace caído"}
NEOTEL = DESKS["neotel"]
ALESTRA = DESKS["alestra-helpdesk"]
SMARTCLOUD = DESKS["smartcloud"]
EVENTS = DESKS["bt-virtual-event"]
SSR = DESKS["bt-latam-ssr"]


@pytest.mark.parametrize(
    "form",
    [
        "Nombre del cliente   Ferretería Sol\nSitio del cliente    Bodega Sur\nProblema             enlace caído",
        "+----------+----------------+\n| Cliente  | Ferretería Sol |\n+----------+----------------+\n"
        "| Sitio    | Bodega Sur     |\n| Problema | enlace caído   |\n+----------+----------------+",
        "| Cliente | Ferretería Sol |\n|---|---|\n| Sitio | Bodega Sur |\n| Problema | enlace caído |",
        "*Cliente:* Ferretería Sol\n*Sitio:* Bodega Sur\n*Problema:* enlace caído",
        "*Cliente: * Ferretería Sol\n*Sitio: * Bodega Sur\n*Problema: * enlace caído",
        "▪️ *Cliente*: Ferretería Sol\n▪️ *Sitio*: Bodega Sur\n▪️ *Problema*: enlace caído",
        "👉 Cliente: Ferretería Sol\n👉 Sitio: Bodega Sur\n👉 Problema: enlace caído",
        "🏢 Cliente: Ferretería Sol\n📍 Sitio: Bodega Sur\n⚠️ Problema: enlace caído",
        "1️⃣ Cliente: Ferretería Sol\n2️⃣ Sitio: Bodega Sur\n3️⃣ Problema: enlace caído",
        "1\tCliente\tFerretería Sol\n2\tSitio\tBodega Sur\n3\tProblema\tenlace caído",
        "1.1 Cliente: Ferretería Sol\n1.2 Sitio: Bodega Sur\n1.3 Problema: enlace caído",
        "1 Cliente: Ferretería Sol\n2 Sitio: Bodega Sur\n3 Problema: enlace caído",
        "#1 Cliente: Ferretería Sol\n#2 Sitio: Bodega Sur\n#3 Problema: enlace caído",
        "I) Cliente: Ferretería Sol\nII) Sitio: Bodega Sur\nIII) Problema: enlace caído",
        "Paso 1 - Cliente: Ferretería Sol\nPaso 2 - Sitio: Bodega Sur\nPaso 3 - Problema: enlace caído",
        "Cliente.- Ferretería Sol\nSitio.- Bodega Sur\nProblema.- enlace caído",
        "El nombre del cliente es: Ferretería Sol\nEl sitio es: Bodega Sur\nEl problema es: enlace caído",
        "Cliente: Ferretería Sol\n-----------\nSitio: Bodega Sur\n-----------\nProblema: enlace caído\n-----------",
        "=== DATOS ===\nCliente: Ferretería Sol\nSitio: Bodega Sur\n=== FALLA ===\nProblema: enlace caído\n=== FIN ===",
        "Cliente: Ferretería Sol\nFecha: 12/11/2026\nSitio: Bodega Sur\nFecha: 12/11/2026\nProblema: enlace caído",
        "Cliente: Ferretería Sol Sitio: Bodega Sur Problema: enlace caído",
        "Cliente: Ferretería Sol / Sitio: Bodega Sur / Problema: enlace caído",
        "Cliente: Ferretería Sol\tSitio: Bodega Sur\nProblema: enlace caído",
        "Cliente: Ferretería Sol      Sitio: Bodega Sur\nProblema: enlace caído",
        "Cliente: Ferretería Sol | Sitio: Bodega Sur | Problema: enlace caído",
        "DATOS GENERALES\nCliente: Ferretería Sol\nSitio: Bodega Sur\nDATOS DE LA FALLA\nProblema: enlace caído",
        "I. Datos generales\nCliente: Ferretería Sol\nSitio: Bodega Sur\nII. Falla\nProblema: enlace caído",
        "Cliente: Ferretería Sol\n(escriba la firma)\nSitio: Bodega Sur\n(indique la ciudad)\nProblema: enlace caído",
        "Cliente:\nSitio:\nProblema:\n\nCliente: Ferretería Sol\nSitio: Bodega Sur\nProblema: enlace caído",
        "Cliente: Ferretería Sol\nSitio: Bodega Sur\nProblema: enlace caído\n\nCliente: ___\nSitio: ___\nProblema: ___",
        "[Cliente]: Ferretería Sol\n[Sitio]: Bodega Sur\n[Problema]: enlace caído",
        "[Cliente] Ferretería Sol\n[Sitio] Bodega Sur\n[Problema] enlace caído",
        "<Cliente>: Ferretería Sol\n<Sitio>: Bodega Sur\n<Problema>: enlace caído",
        "Cliente： Ferretería Sol\nSitio： Bodega Sur\nProblema： enlace caído",
        "Cliente . . . . . : Ferretería Sol\nSitio . . . . . . : Bodega Sur\nProblema . . . . : enlace caído",
        "Cliente.......... Ferretería Sol\nSitio............ Bodega Sur\nProblema......... enlace caído",
        "Cliente ~ Ferretería Sol\nSitio ~ Bodega Sur\nProblema ~ enlace caído",
        "Cliente > Ferretería Sol\nSitio > Bodega Sur\nProblema > enlace caído",
        "Cliente >> Ferretería Sol\nSitio >> Bodega Sur\nProblema >> enlace caído",
        "Cliente:\n   Ferretería Sol\nSitio:\n   Bodega Sur\nProblema:\n   enlace caído",
        "Cliente / Customer: Ferretería Sol\nSitio / Site: Bodega Sur\nProblema / Problem: enlace caído",
        "Nombre del cliente (Customer): Ferretería Sol\nSitio (Site): Bodega Sur\nProblema (Problem): enlace caído",
        "Pregunta 1: Cliente\nRespuesta: Ferretería Sol\nPregunta 2: Sitio\nRespuesta: Bodega Sur\n"
        "Pregunta 3: Problema\nRespuesta: enlace caído",
        "P: Cliente\nR: Ferretería Sol\nP: Sitio\nR: Bodega Sur\nP: Problema\nR: enlace caído",
        "Cliente: Ferretería Sol. Sitio: Bodega Sur. Problema: enlace caído",
        "Cliente: Ferretería Sol, Sitio: Bodega Sur, Problema: enlace caído",
        "*CLIENTE*\nFerretería Sol\n*SITIO*\nBodega Sur\n*PROBLEMA*\nenlace caído",
    ],
)
def test_one_answer_whatever_the_habit(form: str) -> None:
    assert texts(read_text(f"Buenos días:\n\n{form}\n\nSaludos,\nAna Ruiz\n")) == THREE


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><td>1</td><td>Cliente</td><td>Ferretería Sol</td></tr><tr><td>2</td><td>Sitio</td><td>Bodega Sur"
        "</td></tr><tr><td>3</td><td>Problema</td><td>enlace caído</td></tr></table>",
        "<p>Cliente: <input type=text value='Ferretería Sol'></p><p>Sitio: <input value='Bodega Sur'></p>"
        "<p>Problema: <textarea>enlace caído</textarea></p>",
        "<p>Cliente: Ferretería Sol</p><p>Sitio: <select><option>Bodega Norte</option><option selected>Bodega Sur"
        "</option></select></p><p>Problema: enlace caído</p>",
        "<table><tr><th>Campo</th><th>Respuesta</th></tr><tr><td>Cliente</td><td>Ferretería Sol</td></tr><tr><td>Sitio"
        "</td><td>Bodega Sur</td></tr><tr><td>Problema</td><td>enlace caído</td></tr></table>",
        "<table><tr><td>Cliente</td><td>:</td><td>Ferretería Sol</td></tr><tr><td>Sitio</td><td>:</td><td>Bodega Sur"
        "</td></tr><tr><td>Problema</td><td>:</td><td>enlace caído</td></tr></table>",
        "<dl><dt>Cliente</dt><dd>Ferretería Sol</dd><dt>Sitio</dt><dd>Bodega Sur</dd><dt>Problema</dt><dd>enlace caído"
        "</dd></dl>",
        "<h3>Datos</h3><ul><li><b>Cliente</b><br>Ferretería Sol</li><li><b>Sitio</b><br>Bodega Sur</li><li><b>Problema"
        "</b><br>enlace caído</li></ul>",
        "<ul><li>Cliente<ul><li>Ferretería Sol</li></ul></li><li>Sitio<ul><li>Bodega Sur</li></ul></li><li>Problema"
        "<ul><li>enlace caído</li></ul></li></ul>",
    ],
)
def test_html_of_other_hands(html: str) -> None:
    assert texts(read_text(f"<p>Buenas tardes</p>{html}<p>Gracias</p>", html=True)) == THREE


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("✅", True),
        ("❌", False),
        ("✔️", True),
        ("✅ Sí", True),
        ("❌ No", False),
        ("👍", True),
        ("👎", False),
        ("SI (X) NO ( )", True),
        ("sip", True),
        ("nop", False),
        ("(No)", False),
        ("Claro que sí", True),
        ("Negativo", False),
        ("Afirmativo", True),
    ],
)
def test_yes_and_no_as_people_write_them(answer: str, value: bool) -> None:
    reading = read_text(f"Cliente: Acme\nSitio: Norte\n¿Hay energía en el sitio?: {answer}\nProblema: enlace caído\n")
    assert reading.answers["site_has_power"].value is value


@pytest.mark.parametrize(
    "answer", ["Idem", "igual que arriba", "ver abajo", "el mismo", "N/A", "lo mismo", "ídem anterior"]
)
def test_a_reference_is_an_answer(answer: str) -> None:
    reading = read_text(
        f"Cliente: Acme\nSitio: Norte\nContactos para pruebas: Ana Ruiz 55 1234 5678\nContactos locales: {answer}\n"
        "Problema: enlace caído\n"
    )
    assert texts(reading)["local_contacts"] == answer
    assert reading.answers["callback_contacts"].text == "Ana Ruiz 55 1234 5678"


@pytest.mark.parametrize("answer", ["(Bodega Sur)", "el sitio es Bodega Sur", '"Bodega Sur"'])
def test_the_words_around_an_answer_stay(answer: str) -> None:
    assert texts(read_text(f"Cliente: Acme\nSitio: {answer}\nProblema: enlace caído\n"))["site_name"] == answer


def test_a_label_behind_its_answer_takes_no_other() -> None:
    rows = "".join(
        f"<tr><td>{answer}</td><td>{label}</td></tr>"
        for answer, label in [("Acme", "Cliente"), ("Norte", "Sitio"), ("enlace caído", "Problema")]
    )
    assert texts(read_text(f"<table>{rows}</table>", html=True)).get("site_name", "Norte") == "Norte"


def test_instructions_between_the_questions_are_no_answer() -> None:
    form = (
        "Cliente: Acme\nTipo de servicio (marque una opción): MPLS\n¿Hay energía en el sitio? (sí/no): sí\n"
        "¿Está lloviendo? (marque con una X)\n[ ] Sí [X] No\nContactos locales (obligatorio)*: Luz Paz 311 222 3344\n"
    )
    reading = read_text(form)
    assert texts(reading) == {
        "customer_name": "Acme",
        "service_type": "MPLS",
        "site_has_power": "sí",
        "raining": "[ ] Sí [X] No",
        "local_contacts": "Luz Paz 311 222 3344",
    }
    assert reading.answers["raining"].value is False


@pytest.mark.parametrize(
    ("desk", "form", "expected"),
    [
        (
            EVENTS,
            "Event ref: 77 310 942\nName: Graham Penrose\nEmail: g@x.example\nTime zone: UK (GMT)\n"
            "Incident: frozen slide\n"
            "Measures taken: restarted\nOutcome: no change\n",
            {
                "event_reference": "77 310 942",
                "contact_name": "Graham Penrose",
                "contact_email": "g@x.example",
                "contact_timezone": "UK (GMT)",
                "incident_details": "frozen slide",
                "measures_taken": "restarted",
                "measures_outcome": "no change",
            },
        ),
        (
            EVENTS,
            "Event title\nVolunteer Evening\n\nStart (date / time)\n9 December 2026, 18:30\n\nTime zone\nUK time\n\n"
            "No. of attendees\n120-150\n\nRehearsal\nnot needed\n",
            {
                "event_title": "Volunteer Evening",
                "event_start": "9 December 2026, 18:30",
                "event_timezone": "UK time",
                "attendees": "120-150",
                "rehearsal": "not needed",
            },
        ),
        (
            ALESTRA,
            "Usuario: jperez\nFalla: no imprime\nAplicación: SAP\nPrioridad: media\nTel. / Ext.: 81 1234 5678\n",
            {
                "user_id": "jperez",
                "problem": "no imprime",
                "application": "SAP",
                "priority": "media",
                "phone": "81 1234 5678",
            },
        ),
        (
            NEOTEL,
            "Empresa | Contacto Total\nRequerimiento | agregar columna\nPrioridad | Media\n"
            "Contacto | Ana Ruiz +56 2 2555 0166\n",
            {
                "customer_name": "Contacto Total",
                "problem": "agregar columna",
                "priority": "Media",
                "contact": "Ana Ruiz +56 2 2555 0166",
            },
        ),
        (
            SMARTCLOUD,
            "Requerimiento: crear 3 buzones\nResultado esperado: que entren el lunes\nImpacto: bajo\nPrioridad: P3\n",
            {
                "problem": "crear 3 buzones",
                "expected_result": "que entren el lunes",
                "impact": "bajo",
                "suggested_priority": "P3",
            },
        ),
        (
            SSR,
            "Cliente: Acme\nSitio: Norte\nCategoría: Cambio de ruta\nDetalle: agregar 10.1.0.0/16\n"
            "Nº de servicio: CO-1234\nFecha y hora: 12/12/2026 20:00\nContacto: Ana Ruiz ana@x.example\n",
            {
                "customer_name": "Acme",
                "site_name": "Norte",
                "ssr_category": "Cambio de ruta",
                "details": "agregar 10.1.0.0/16",
                "service_id": "CO-1234",
                "requested_start": "12/12/2026 20:00",
                "contact": "Ana Ruiz ana@x.example",
            },
        ),
    ],
)
def test_short_labels_at_every_desk(desk: object, form: str, expected: dict[str, str]) -> None:
    assert texts(read_text(f"Hola,\n\n{form}\nGracias\n", desk)) == expected  # type: ignore[arg-type]


def test_a_label_that_two_kinds_share_goes_by_the_labels_around_it() -> None:
    incident = read_text("Event reference: 77\nIncident details: no sound\nTime zone: GMT\n", EVENTS)
    request = read_text("Event title: Town hall\nDuration: 1 h\nTime zone: GMT\n", EVENTS)
    assert "contact_timezone" in incident.answers
    assert "event_timezone" not in incident.answers
    assert "event_timezone" in request.answers
    assert "contact_timezone" not in request.answers


def test_the_title_of_a_table_is_no_answer() -> None:
    html = (
        "<div>Cliente: Acme</div><div>Sitio: Norte</div><div>Tipo de servicio: MPLS</div><div>Verificaciones</div>"
        "<table><tr><td>¿Está lloviendo?</td><td>No</td></tr><tr><td>Reinicio</td><td>Sí</td></tr></table>"
    )
    assert texts(read_text(html, html=True))["service_type"] == "MPLS"


def test_the_language_is_that_of_the_answers() -> None:
    form = "Nombre del cliente: Acme\nSitio del cliente: Filial\nProblema: o link está fora do ar, não temos rede\n"
    assert read_text(f"{form}¿Hay energía en el sitio?: sim\n¿Está lloviendo?: não\n").language == "pt"
    assert read_text("Nome do cliente: Acme\nLocal do cliente: Norte\nHá energia no local?: 12\n").language == "pt"


def test_hostile_lines_are_read_in_time() -> None:
    for line in ("| " * 100_000, ". " * 100_000 + ":", "Cliente" + " " * 200_000 + "x", "[" * 200_000, "1️⃣" * 60_000):
        read_text(f"{line}\n" * 2, LATAM)
