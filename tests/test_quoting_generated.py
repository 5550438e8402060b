"""Any new text with any quotation, and any junk: nothing new is lost, nothing old comes along, nothing raises."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.text.body import views
from intake.text.quoting import Origin, new_text, parted
from rules.model import Body
from tests.quoting_styles import HTML, STYLES, marked, wrapped
from tests.readings import trimmed

SENTENCES = [
    "El enlace de la bodega se cayó a las 9:40 de la mañana.",
    "¿Pueden llamar a Luz al 601 555 0123?",
    "El martes 3 de noviembre el proveedor escribió que no hay repuestos.",
    "De: la oficina central no llega nada.",
    "Ya reiniciamos el router -- dos veces -- y sigue igual",
    "- equipo principal: apagado",
    "- equipo de respaldo: encendido",
    "IP origen: 10.1.2.3",
    "Gracias por la ayuda, quedo pendiente.",
    "Saludos a todo el equipo del turno de noche que nos atendió ayer",
    "1) Sí, hay energía.",
    "O técnico chega às 14h e precisa de alguém no local.",
    "Não temos acesso desde ontem à noite!",
    "Em anexo segue o traceroute que vocês pediram.",
    "Data: 3/11/2026, hora: 14:55",
    "Obrigado pela atenção de sempre, ficamos no aguardo do retorno.",
    "The backup link works, but it is slow.",
    "On Tuesday we wrote to you about the other site.",
    "From: what we see here, it is the last mile.",
    "It happened again at 14:55 (see the log).",
    "ping 10.0.0.1: 100% packet loss | 5 sent",
    "Sent from the branch: two photos of the rack.",
    "Este correo es confidencial para nosotros también, por eso no lo copio a nadie.",
    "* * *",
    "",
]
QUOTED = [
    "zaguero xilófono de la cita",
    "Estimada zaguera:",
    "Saludos, xilófono",
    "zaguero: ¿tiene xilófono?",
    "-- ",
    "Tel. xilófono 555 0100",
    "El 2/11/2026 a las 10:00, zaguero xilófono escribió:",
    "",
]
TEXTS = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=8).map(lambda lines: "\n".join(lines).strip())
PROSE = TEXTS.filter(lambda text: len(text.replace("*", "").split()) > 3 and not text.endswith("* * *"))
OLDS = st.lists(st.sampled_from(QUOTED), min_size=1, max_size=8).map(lambda lines: "zaguero\n" + "\n".join(lines))
CALM = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def words(text: str) -> list[str]:
    return text.split()


# pain 55
@CALM
@given(PROSE, OLDS, st.sampled_from(sorted(STYLES)))
def test_above(new: str, old: str, name: str) -> None:
    assert words(trimmed(f"{new}\n\n{STYLES[name].old(old)}")) == words(new)


@CALM
@given(PROSE, OLDS, st.sampled_from(sorted(HTML)))
def test_above_in_html(new: str, old: str, program: str) -> None:
    assert words(trimmed(HTML[program](new, old), html=True)) == words(new)


@CALM
@given(
    PROSE,
    PROSE,
    OLDS,
    OLDS,
    st.sampled_from(sorted(n for n, s in STYLES.items() if s.marks)),
    st.sampled_from((50, 76, 998)),
)
def test_above_between_and_below(first: str, second: str, old: str, older: str, name: str, width: int) -> None:
    heading = wrapped(STYLES[name].heading, width)
    text = f"{first}\n\n{heading}\n{marked(old)}\n\n{second}\n\n{marked(older)}\n\n{first}\n"
    assert words(trimmed(text)) == words(f"{first} {second} {first}")


@CALM
@given(
    st.text(alphabet=st.sampled_from(">-_:<@. \n\tEl3/De2026escribió|*Para"), max_size=400),
    st.booleans(),
    st.sampled_from(list(Origin)),
)
def test_junk_gives_a_role_to_every_line(text: str, html: bool, origin: Origin) -> None:
    lines = views((Body(text, html, "1"),))[0]
    parts = parted(lines, origin, "Ana Ruiz")
    assert len(parts) >= len(lines)
    assert set(new_text(parts).split()) <= set(" ".join(line.text for line in lines).split())


LARGE = 200_000


@pytest.mark.parametrize(
    "unit",
    [
        "> ",
        "\n",
        "> \n",
        "El 3/11/2026 ",
        "El 3 ",
        "a ",
        "De: x\n",
        "De: x\nPara: y\n",
        "-",
        "-- \n",
        "-----Mensaje original-----\n",
        "On Tue, Nov 3, 2026, a <a@b.example> wrote\n",
        "On Tue, Nov 3, 2026, a <a@b.example> wrote:\n",
        "enviado desde mi ",
        "confidencial destinatario por error elimine\n",
        "Saludos\n",
        "Ana\n",
        "Ana Ruiz | 555 0100 22\n",
        "a.b.",
        "María de la ",
        "@",
        "a@a.",
        "http://",
        "external mail caution came from outside ",
        "[EXTERNAL]\n",
        "no haga clic en ",
        "\u3000:",
        "A. ",
        "A",
        f"{',' * 390}:\n",
        f"{'Ab, ' * 95}:\n> x\n",
        f"{'El 3 ' * 75}:\n> x\n",
        f"{'a@b.c' * 75}:\n> x\n",
        f"El 3/11/2026 14:55 {'Aa/b, ' * 60}escribió:\n",
        f"{'A' * 100}\n",
        f"Saludos\n{'Ab de ' * 15}\n",
    ],
)
def test_large_junk_ends(unit: str) -> None:
    text = unit * (LARGE // len(unit))
    assert isinstance(trimmed(text), str)
    assert isinstance(trimmed(f"hola\n{text}\nfin"), str)
