"""Forms that come back inside another mail: between the lines of ours, by numbers alone, or forwarded by a colleague.

Each writes the whole mail: subject and threading fields, and the body's parts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from tests.rendering import Items, Text


@dataclass(frozen=True)
class Envelope:
    """Subject and further header fields of a reply or forward."""

    subject: str
    fields: str = ""


Reply = Callable[[Items], tuple[Envelope, Sequence[Text]]]

_RE = Envelope("Re: [INC-2026-000123] Faltan datos", "In-Reply-To: <t.4471@desk.example>\n")
_WROTE = "El lun, 9 nov 2026 a las 6:40, Mesa de Servicio (<desk@desk.example>) escribió:"
_HEADER = (
    "De: Mesa de Servicio <desk@desk.example>",
    "Enviado el: lunes, 9 de noviembre de 2026 06:40",
    "Para: Luisa Ferrán <lferran@cliente.example>",
    "Asunto: [INC-2026-000123] Faltan datos",
)
_ASKED = ("Hola Luisa:", "", "Registramos su caso INC-2026-000123. Nos faltan estos datos:", "")
_END = ("", "Responda a este correo sin cambiar el asunto.", "Mesa de Servicio")
_NAME = ("Luisa Ferrán", "Coordinadora de Redes")


def _plain(lines: Sequence[str]) -> Sequence[Text]:
    return [Text("\n".join(lines) + "\n")]


def _quote(line: str, mark: str = "> ") -> str:
    return f"{mark}{line}".rstrip()


def below_each(items: Items) -> tuple[Envelope, Sequence[Text]]:
    """Thunderbird, mutt: the answer in lines of its own below each quoted question."""
    lines = ["Respondo entre líneas.", "", _WROTE, *map(_quote, _ASKED)]
    for number, item in enumerate(items, 1):
        lines.append(_quote(f"{number}. {item.label}:"))
        if item.answer:
            lines += ["", *item.answer.split("\n"), ""]
    return _RE, _plain([*lines, *map(_quote, _END)])


def below_each_tight(items: Items) -> tuple[Envelope, Sequence[Text]]:
    """The same without blank lines, ">" without a blank."""
    lines = [_WROTE, *(_quote(one, ">") for one in _ASKED)]
    for item in items:
        lines.append(_quote(f"- {item.label}", ">"))
        lines += item.answer.split("\n") if item.answer else []
    return _RE, _plain([*lines, *(_quote(one, ">") for one in _END), "", "--", *_NAME])


def gmail_below_each(items: Items) -> tuple[Envelope, Sequence[Text]]:
    """Gmail parts the quotation at each answer."""
    style = "margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex"
    quote = f'<blockquote class="gmail_quote" style="{style}">{{}}</blockquote>'
    out = f'<div dir="ltr"><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{escape(_WROTE)}<br></div>'
    out += quote.format("".join(f"<div>{escape(one) or '<br>'}</div>" for one in _ASKED))
    for item in items:
        out += quote.format(f"<div>{escape(item.label)}:</div>")
        if item.answer:
            out += "<div><br></div>" + "".join(f"<div>{escape(one)}</div>" for one in item.answer.split("\n"))
            out += "<div><br></div>"
    out += quote.format("".join(f"<div>{escape(one) or '<br>'}</div>" for one in _END)) + "</div></div>"
    return _RE, [Text(out, html=True)]


def _coloured(items: Items, said: str, colour: str, *, head: str) -> str:
    rows = ""
    for item in items:
        answer = "<br>".join(f'<span style="color:{colour}">{escape(one)}</span>' for one in item.answer.split("\n"))
        rows += f'<p class="MsoNormal">{escape(item.label)}: {answer if item.answer else ""}<o:p></o:p></p>'
    asked = "".join(f'<p class="MsoNormal">{escape(one) or "<o:p>&nbsp;</o:p>"}</p>' for one in _ASKED)
    end = "".join(f'<p class="MsoNormal">{escape(one) or "<o:p>&nbsp;</o:p>"}</p>' for one in _END)
    return (
        f'<html><body lang="ES"><div class="WordSection1"><p class="MsoNormal">{said}</p><p class="MsoNormal">'
        f"<o:p>&nbsp;</o:p></p>{head}{asked}{rows}{end}</div></body></html>"
    )


_WORD_HEAD = (
    '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">'
    + "<br>".join(f"<b>{escape(one.split(': ')[0])}:</b> {escape(one.split(': ', 1)[1])}" for one in _HEADER)
    + "</p></div>"
)


def outlook_red(items: Items) -> tuple[Envelope, Sequence[Text]]:
    """Outlook: typed in red into the mail below the block of header fields."""
    return _RE, [Text(_coloured(items, "Respondo en rojo.", "#C00000", head=_WORD_HEAD), html=True)]


def outlook_blue_silent(items: Items) -> tuple[Envelope, Sequence[Text]]:
    """The same in Outlook's reply blue, without a word about it."""
    return _RE, [Text(_coloured(items, "", "#1F497D", head=_WORD_HEAD), html=True)]


def by_number(items: Items) -> tuple[Envelope, Sequence[Text]]:
    """Numbers alone above our numbered questions, which stand quoted below."""
    lines = []
    for number, item in enumerate(items, 1):
        if item.answer:
            first, *rest = item.answer.split("\n")
            lines += [f"{number}. {first}", *rest]
    asked = [f"{number}. {item.label}:" for number, item in enumerate(items, 1)]
    quoted = map(_quote, (*_ASKED, *asked, *_END))
    return _RE, _plain(["Hola, aquí van:", "", *lines, "", "Saludos", *_NAME, "", _WROTE, *quoted])


def by_number_outlook(items: Items) -> tuple[Envelope, Sequence[Text]]:
    """The same in Outlook's plain text, "1)" and no marks before the old mail."""
    lines = []
    for number, item in enumerate(items, 1):
        if item.answer:
            first, *rest = item.answer.split("\n")
            lines += [f"{number}) {first}", *rest]
    asked = [f"{number}. {item.label}:" for number, item in enumerate(items, 1)]
    return _RE, _plain([*lines, "", "Saludos,", *_NAME, "", "_" * 32, *_HEADER, "", *_ASKED, *asked, *_END])


def _filled(items: Items) -> list[str]:
    return [line for item in items for line in f"{item.label}: {item.answer}".rstrip().split("\n")]


_LOCAL = ("Jefe, lleno lo que pide el proveedor:", "")


def outlook_forward(items: Items) -> tuple[Envelope, Sequence[Text]]:
    head = (
        "De: Pedro Lima <plima@cliente.example>",
        "Enviado: lunes, 9 de noviembre de 2026 06:31",
        "Para: Luisa Ferrán <lferran@cliente.example>",
        "Asunto: Cuestionario",
    )
    lines = [
        "Favor abrir caso.",
        "",
        *_NAME,
        "",
        "_" * 32,
        *head,
        "",
        *_LOCAL,
        *_filled(items),
        "",
        "Pedro Lima",
        "Almacén",
    ]
    return Envelope("RV: Cuestionario"), _plain(lines)


def gmail_forward(items: Items) -> tuple[Envelope, Sequence[Text]]:
    head = (
        "De: Pedro Lima <plima@cliente.example>",
        "Date: lun, 9 nov 2026 a las 6:31",
        "Subject: Cuestionario",
        "To: Luisa Ferrán <lferran@cliente.example>",
    )
    lines = [
        "---------- Forwarded message ---------",
        *head,
        "",
        "",
        *_LOCAL,
        *_filled(items),
        "",
        "Saludos,",
        "Pedro Lima",
    ]
    html = (
        '<div dir="ltr"><br><br><div class="gmail_quote">' + "<br>".join(escape(one) for one in lines) + "</div></div>"
    )
    return Envelope("Fwd: Cuestionario"), [Text("\n".join(lines) + "\n"), Text(html, html=True)]


def portuguese_forward(items: Items) -> tuple[Envelope, Sequence[Text]]:
    head = (
        "De: Pedro Lima <plima@cliente.example>",
        "Enviada em: segunda-feira, 9 de novembro de 2026 06:31",
        "Para: Luisa Ferrán <lferran@cliente.example>",
        "Assunto: Questionário",
    )
    lines = [
        "Prezados,",
        "",
        "Segue abaixo, favor abrir chamado.",
        "",
        *_NAME,
        "",
        *head,
        "",
        *_filled(items),
        "",
        "Att,",
        "Pedro Lima",
    ]
    return Envelope("ENC: Questionário"), _plain(lines)


def apple_forward(items: Items) -> tuple[Envelope, Sequence[Text]]:
    """Apple Mail quotes what it forwards."""
    head = (
        "De: Pedro Lima <plima@cliente.example>",
        "Asunto: Cuestionario",
        "Fecha: 9 de noviembre de 2026, 6:31:05 COT",
        "Para: Luisa Ferrán <lferran@cliente.example>",
    )
    quoted = [_quote(one) for one in (*head, "", *_LOCAL, *_filled(items), "", "Pedro Lima")]
    return Envelope("Fwd: Cuestionario"), _plain(
        ["", "Enviado desde mi iPhone", "", "Inicio del mensaje reenviado:", "", *quoted]
    )


def lotus_forward(items: Items) -> tuple[Envelope, Sequence[Text]]:
    head = (
        "----- Remitido por Luisa Ferrán/TI/Cliente con fecha 09/11/2026 06:55 -----",
        "",
        "De:     Pedro Lima/ALM/Cliente",
        "Para:   Luisa Ferrán/TI/Cliente@Cliente",
        "Fecha:  09/11/2026 06:31",
        "Asunto: Cuestionario",
    )
    lines = ["Favor abrir caso.", "", *_NAME, "", "", *head, "", "", *_LOCAL, *_filled(items), "", "Pedro Lima"]
    return Envelope("RV: Cuestionario"), _plain(lines)


BETWEEN: tuple[Reply, ...] = (below_each, below_each_tight, gmail_below_each, outlook_red, outlook_blue_silent)
BY_NUMBER: tuple[Reply, ...] = (by_number, by_number_outlook)
FORWARDS: tuple[Reply, ...] = (outlook_forward, gmail_forward, portuguese_forward, apple_forward, lotus_forward)
REPLIES = BETWEEN + BY_NUMBER + FORWARDS
