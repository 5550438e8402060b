"""Replies as mail programs write them: what stands between the new text and the old, by program and language."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

MESA = "mesa@servicio.example"

ATTRIBUTIONS = {
    "gmail es": f"El mar, 3 nov 2026 a las 14:55, Mesa de Servicio (<{MESA}>) escribió:",
    "gmail es-419": f"El mar, 3 de nov. de 2026 a la(s) 2:55 p.m., Mesa de Servicio ({MESA}) escribió:",
    "gmail pt-BR": f"Em ter., 3 de nov. de 2026 às 14:55, Mesa de Servicio <{MESA}> escreveu:",
    "gmail pt-PT": f"Mesa de Servicio <{MESA}> escreveu (terça, 3/11/2026 à(s) 14:55):",
    "gmail en": f"On Tue, Nov 3, 2026 at 2:55\u202fPM Mesa de Servicio <{MESA}> wrote:",
    "gmail de": f"Am Di., 3. Nov. 2026 um 14:55 Uhr schrieb Mesa de Servicio <{MESA}>:",
    "gmail fr": f"Le mar. 3 nov. 2026 à 14:55, Mesa de Servicio <{MESA}> a écrit :",
    "gmail it": f"Il giorno mar 3 nov 2026 alle ore 14:55 Mesa de Servicio <{MESA}> ha scritto:",
    "gmail nl": f"Op di 3 nov 2026 om 14:55 schreef Mesa de Servicio <{MESA}>:",
    "gmail sv": f"Den tis 3 nov. 2026 kl 14:55 skrev Mesa de Servicio <{MESA}>:",
    "gmail da": f"Den tirs. 3. nov. 2026 kl. 14.55 skrev Mesa de Servicio <{MESA}>:",
    "gmail no": f"tir. 3. nov. 2026 kl. 14:55 skrev Mesa de Servicio <{MESA}>:",
    "gmail fi": f"ti 3. marrask. 2026 klo 14.55 Mesa de Servicio ({MESA}) kirjoitti:",
    "gmail pl": f"wt., 3 lis 2026 o 14:55 Mesa de Servicio <{MESA}> napisał(a):",
    "gmail cs": f"út 3. 11. 2026 v 14:55 odesílatel Mesa de Servicio <{MESA}> napsal:",
    "gmail ru": f"вт, 3 нояб. 2026 г. в 14:55, Mesa de Servicio <{MESA}>:",
    "gmail tr": f"Mesa de Servicio <{MESA}>, 3 Kas 2026 Sal, 14:55 tarihinde şunu yazdı:",
    "gmail ca": f"Missatge de Mesa de Servicio <{MESA}> del dia dt., 3 de nov. 2026 a les 14:55:",
    "old gmail": f"2026-11-03 14:55 GMT-05:00 Mesa de Servicio <{MESA}>:",
    "apple es": f"El 3 nov 2026, a las 14:55, Mesa de Servicio <{MESA}> escribió:",
    "apple pt": f"Em 3 de nov. de 2026, à(s) 14:55, Mesa de Servicio <{MESA}> escreveu:",
    "apple pt-PT": f"No dia 03/11/2026, às 14:55, Mesa de Servicio <{MESA}> escreveu:",
    "apple en": f"On 3 Nov 2026, at 14:55, Mesa de Servicio <{MESA}> wrote:",
    "apple old en": f"On Nov 3, 2026, at 2:55 PM, Mesa de Servicio <{MESA}> wrote:",
    "thunderbird es": "El 3/11/26 a las 14:55, Mesa de Servicio escribió:",
    "thunderbird es dated": "El 03/11/2026 a las 02:55 p. m., Mesa de Servicio escribió:",
    "thunderbird pt": "Em 03/11/2026 14:55, Mesa de Servicio escreveu:",
    "thunderbird en": "On 11/3/26 14:55, Mesa de Servicio wrote:",
    "thunderbird de": "Am 03.11.26 um 14:55 schrieb Mesa de Servicio:",
    "yahoo es": f"El martes, 3 de noviembre de 2026, 02:55:12 p. m. GMT-5, Mesa de Servicio <{MESA}> escribió:",
    "yahoo es old": f"En martes, 3 de noviembre de 2026 14:55:12 GMT-5, Mesa de Servicio <{MESA}> escribió:",
    "yahoo pt": f"Em terça-feira, 3 de novembro de 2026 14:55:12 BRT, Mesa de Servicio <{MESA}> escreveu:",
    "yahoo en": f"On Tuesday, November 3, 2026 at 02:55:12 PM GMT-5, Mesa de Servicio <{MESA}> wrote:",
    "roundcube es": "El 2026-11-03 14:55, Mesa de Servicio escribió:",
    "roundcube en": "On 2026-11-03 14:55, Mesa de Servicio wrote:",
    "k-9 es": f"El 3 de noviembre de 2026 14:55:12 GMT-05:00, Mesa de Servicio <{MESA}> escribió:",
    "k-9 de": f"Am 3. November 2026 14:55:12 MEZ schrieb Mesa de Servicio <{MESA}>:",
    "outlook mobile es": f"El 3 nov. 2026 2:55 p. m., Mesa de Servicio <{MESA}> escribió:",
    "zoho": f"---- On Tue, 03 Nov 2026 14:55:12 -0500 Mesa de Servicio <{MESA}> wrote ----",
    "zoho es": f"---- El mar, 03 nov 2026 14:55:12 -0500, Mesa de Servicio <{MESA}> escribió ----",
    "proton": f"------- Original Message -------\nOn Tuesday, November 3rd, 2026 at 14:55, Mesa <{MESA}> wrote:",
    "notes": f"Mesa de Servicio <{MESA}> wrote on 11/03/2026 02:55:12 PM:",
    "notes without address": "Mesa de Servicio wrote on 11/03/2026 02:55:12 PM:",
    "horde": f"Citando Mesa de Servicio <{MESA}>:",
    "yandex": f'03.11.2026, 14:55, "Mesa de Servicio" <{MESA}>:',
}

BLOCKS = {
    "outlook es": f"De: Mesa de Servicio <{MESA}>\nEnviado el: martes, 3 de noviembre de 2026 14:55\n"
    "Para: Ana Ruiz <ana@cliente.example>\nCC: Luz Peña\nAsunto: RE: [INC-2026-000123] Sin enlace",
    "outlook es importance": f"De: Mesa <{MESA}>\nEnviado el: martes, 3 de noviembre de 2026 02:55 p. m.\n"
    "Para: Ana Ruiz\nAsunto: Sin enlace\nImportancia: Alta",
    "outlook pt": f"De: Mesa <{MESA}>\nEnviada em: terça-feira, 3 de novembro de 2026 14:55\nPara: Ana\nAssunto: "
    f"RES: x",
    "outlook pt-PT": f"De: Mesa <{MESA}>\nEnviado: 3 de novembro de 2026 14:55\nPara: Ana\nAssunto: Re: x",
    "outlook en": f"From: Mesa <{MESA}>\nSent: Tuesday, November 3, 2026 2:55 PM\nTo: Ana Ruiz\nSubject: Re: x",
    "outlook de": f"Von: Mesa <{MESA}>\nGesendet: Dienstag, 3. November 2026 14:55\nAn: Ana Ruiz\nBetreff: AW: x",
    "outlook fr": f"De : Mesa <{MESA}>\nEnvoyé : mardi 3 novembre 2026 14:55\nÀ : Ana Ruiz\nObjet : RE: x",
    "outlook it": f"Da: Mesa <{MESA}>\nInviato: martedì 3 novembre 2026 14:55\nA: Ana Ruiz\nOggetto: R: x",
    "outlook nl": f"Van: Mesa <{MESA}>\nVerzonden: dinsdag 3 november 2026 14:55\nAan: Ana Ruiz\nOnderwerp: RE: x",
    "outlook sv": f"Från: Mesa <{MESA}>\nSkickat: den 3 november 2026 14:55\nTill: Ana Ruiz\nÄmne: SV: x",
    "outlook pl": f"Od: Mesa <{MESA}>\nWysłano: wtorek, 3 listopada 2026 14:55\nDo: Ana Ruiz\nTemat: RE: x",
    "outlook old es": f"-----Mensaje original-----\nDe: Mesa [mailto:{MESA}] \nEnviado el: martes, 3 de noviembre de "
    f"2026"
    " 14:55\nPara: Ana Ruiz\nAsunto: x",
    "outlook old pt": "-----Mensagem original-----\nDe: Mesa\nEnviada em: terça-feira, 3 de novembro\nPara: Ana"
    "\nAssunto: x",
    "outlook old de": "-----Ursprüngliche Nachricht-----\nVon: Mesa\nGesendet: Dienstag\nAn: Ana\nBetreff: x",
    "outlook web": f"________________________________\nDe: Mesa <{MESA}>\nEnviado: martes, 3 de noviembre de 2026 "
    f"14:55\n"
    "Para: Ana <ana@cliente.example>\nAsunto: x",
    "outlook bold": f"*De:* Mesa <{MESA}>\n*Enviado:* martes, 3 de noviembre de 2026 14:55\n*Para:* Ana\n*Asunto:* x",
    "outlook blank lines": f"De: Mesa <{MESA}>\n\nEnviado: martes, 3 de noviembre de 2026\n\nPara: Ana\n\nAsunto: x",
    "outlook many recipients": f"De: Mesa <{MESA}>\nEnviado: martes, 3 de noviembre de 2026 14:55\nPara: Ana Ruiz\n"
    "<ana@cliente.example>; Luz Peña <luz@cliente.example>;\nRedes <redes@cliente.example>\nAsunto: x",
    "outlook mac": f"De: Mesa de Servicio <{MESA}>\nFecha: martes, 3 de noviembre de 2026, 14:55\nPara: Ana\nAsunto: x",
    "windows mail": "De: Mesa\nEnviado: ‎martes‎, ‎3‎ de ‎noviembre‎ de ‎2026 ‎14‎:‎55\nPara: ana@cliente.example",
    "samsung es": f"-------- Mensaje original --------\nDe: Mesa <{MESA}>\nFecha: 3/11/26 2:55 p. m. (GMT-05:00)\n"
    "A: Ana <ana@cliente.example>\nAsunto: x",
    "samsung en": f"-------- Original message --------\nFrom: Mesa <{MESA}>\nDate: 11/3/26 14:55 (GMT-05:00)\nTo: Ana"
    f"\nSubject: x",
    "zimbra es": f'----- Mensaje original -----\nDe: "Mesa" <{MESA}>\nPara: "Ana" <ana@cliente.example>\n'
    "Enviados: Martes, 3 de Noviembre 2026 14:55:12\nAsunto: x",
    "zimbra pt": f'De: "Mesa" <{MESA}>\nPara: "Ana"\nEnviadas: Terça-feira, 3 de novembro de 2026 14:55:12\nAssunto: x',
    "notes es": "De:\tMesa/Servicio\nPara:\tana@cliente.example\nFecha:\t03/11/2026 14:55\nAsunto:\tx",
    "gmx": f"Gesendet: Dienstag, 03. November 2026 um 14:55 Uhr\nVon: Mesa <{MESA}>\nAn: ana@cliente.example"
    f"\nBetreff: x",
    "date first": f"Fecha: martes, 3 nov 2026 14:55\nAsunto: x\nDe: {MESA}\nPara: ana@cliente.example",
    "aol": f"-----Original Message-----\nFrom: Mesa <{MESA}>\nTo: ana@cliente.example; luz@cliente.example\n"
    "Sent: Tue, Nov 3, 2026 2:55 pm\nSubject: x",
}


@dataclass(frozen=True, slots=True)
class Style:
    """A program's way to quote: its heading, and whether it marks each old line with ">"."""

    heading: str
    marks: bool

    def old(self, quoted: str) -> str:
        """The heading and the old text below it."""
        if not self.marks:
            return f"{self.heading}\n\n{quoted}"
        return f"{self.heading}\n{marked(quoted)}"


def marked(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def wrapped(text: str, width: int) -> str:
    """The text cut at blanks into lines of at most `width` characters, as programs cut long attributions."""
    lines: list[str] = []
    for line in text.split("\n"):
        current = ""
        for word in line.split(" "):
            if current and len(current) + 1 + len(word) > width:
                lines.append(current)
                current = word
            else:
                current = f"{current} {word}" if current else word
        lines.append(current)
    return "\n".join(lines)


STYLES = {
    **{f"{name}, marked": Style(heading, True) for name, heading in ATTRIBUTIONS.items()},
    **{f"{name}, unmarked": Style(heading, False) for name, heading in ATTRIBUTIONS.items()},
    **{name: Style(heading, False) for name, heading in BLOCKS.items()},
}


def _html(text: str, tag: str = "div") -> str:
    return "".join(f"<{tag}>{escape(line) or '<br>'}</{tag}>" for line in text.split("\n"))


def _bold_fields(block: str) -> str:
    lines = [line.partition(":") for line in block.split("\n")]
    return "<br>\n".join(f"<b>{escape(name)}:</b>{escape(value)}" for name, _, value in lines)


def gmail(new: str, old: str, language: str = "gmail es") -> str:
    return (
        f'<div dir="ltr">{_html(new)}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" '
        f'class="gmail_attr">{escape(ATTRIBUTIONS[language])}<br></div><blockquote class="gmail_quote" '
        f'style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">{_html(old)}'
        "</blockquote></div>"
    )


def apple(new: str, old: str, language: str = "apple es") -> str:
    return (
        f'<html><body style="word-wrap: break-word;">{_html(new)}<div><br><blockquote type="cite"><div>'
        f'{escape(ATTRIBUTIONS[language])}</div><br class="Apple-interchange-newline"><div>{_html(old)}</div>'
        "</blockquote></div></body></html>"
    )


def iphone(new: str, old: str) -> str:
    return (
        f'<html><body dir="auto">{_html(new)}<div dir="ltr"><br>Enviado desde mi iPhone</div><div dir="ltr"><br>'
        f'<blockquote type="cite">{escape(ATTRIBUTIONS["apple es"])}<br><br></blockquote></div><blockquote type="cite">'
        f'<div dir="ltr">{_html(old)}</div></blockquote></body></html>'
    )


def outlook(new: str, old: str, block: str = "outlook es") -> str:
    body = "".join(f'<p class="MsoNormal">{escape(line) or "&nbsp;"}<o:p></o:p></p>' for line in new.split("\n"))
    old_body = "".join(f'<p class="MsoNormal">{escape(line) or "&nbsp;"}</p>' for line in old.split("\n"))
    return (
        f'<body lang="ES"><div class="WordSection1">{body}<p class="MsoNormal"><o:p>&nbsp;</o:p></p><div '
        f'style="border:none;'
        f'border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">{_bold_fields(BLOCKS[block])}'
        f"<o:p></o:p></p></div>{old_body}</div></body>"
    )


def outlook_web(new: str, old: str) -> str:
    return (
        f'<body dir="ltr">{_html(new)}<div id="appendonsend"></div><hr style="display:inline-block;width:98%" '
        f'tabindex="-1">'
        f'<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri">{_bold_fields(BLOCKS["outlook en"])}</font><div>&nbsp;'
        f"</div></div><div>{_html(old)}</div></body>"
    )


def thunderbird(new: str, old: str) -> str:
    return (
        f'<body><p>{"<br>".join(map(escape, new.split(chr(10))))}</p><div class="moz-cite-prefix">'
        f'{escape(ATTRIBUTIONS["thunderbird es"])}<br></div><blockquote type="cite" cite="mid:x@y">{_html(old)}'
        "</blockquote></body>"
    )


def yahoo(new: str, old: str) -> str:
    return (
        f'<div class="yahoo-style-wrap"><div dir="ltr">{_html(new)}</div><div><br></div></div><div '
        f'class="yahoo_quoted" '
        f'id="yahoo_quoted_1"><div '
        f'style="font-family:Arial"><div>{escape(ATTRIBUTIONS["yahoo es"])}</div><div><br></div>'
        f"<div><br></div><div>{_html(old)}</div></div></div>"
    )


def zimbra(new: str, old: str) -> str:
    return (
        f'<div style="font-family: arial">{_html(new)}<div><br></div><hr id="zwchr" data-marker="__DIVIDER__"><div '
        f'data-marker="__HEADERS__">{_bold_fields(BLOCKS["zimbra pt"])}<br></div><div><br></div><div '
        f'data-marker="__QUOTED_TEXT__">{_html(old)}</div></div>'
    )


def roundcube(new: str, old: str) -> str:
    return (
        f'<body>{_html(new)}<p id="reply-intro">{escape(ATTRIBUTIONS["roundcube es"])}</p><blockquote type="cite" '
        f'style="padding: 0 0.4em; border-left: #1010ff 2px solid; margin: 0">{_html(old)}</blockquote></body>'
    )


def notes(new: str, old: str) -> str:
    rows = [line.partition(":") for line in BLOCKS["notes es"].split("\n")]
    cells = "".join(
        f'<tr><td><font color="#5f5f5f">{name}:&nbsp;</font></td><td>{value.strip()}</td></tr>'
        for name, _, value in rows
    )
    return f"<body>{_html(new)}<br><br><table>{cells}</table><hr>{_html(old)}</body>"


HTML = {
    "gmail": gmail,
    "apple mail": apple,
    "iphone": iphone,
    "outlook": outlook,
    "outlook web": outlook_web,
    "thunderbird": thunderbird,
    "yahoo": yahoo,
    "zimbra": zimbra,
    "roundcube": roundcube,
    "notes": notes,
}
