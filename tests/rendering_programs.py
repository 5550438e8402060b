"""How mail programs write what was typed into them, as their own mails show it."""

from __future__ import annotations

from collections.abc import Sequence

from tests.rendering import Layout, Letter, Program, Text
from tests.rendering_layout import both, cut, html_body, plain_lines

_WORD_LOOKS = {
    "bold": "<b><span lang=ES>{}</span></b>",
    "red": "<span lang=ES style='color:#C00000'>{}</span>",
    "struck": "<s><span lang=ES>{}</span></s>",
}
_FONT_LOOKS = {"bold": "<b>{}</b>", "red": '<font color="#ff0000">{}</font>', "struck": "<strike>{}</strike>"}


def plain(letter: Letter, layout: Layout) -> Sequence[Text]:
    """Notepad, a web form, a monitoring script: the lines and nothing else."""
    return [Text("\n".join(plain_lines(letter, layout)) + "\n")]


def trailing_blanks(letter: Letter, layout: Layout) -> Sequence[Text]:
    """Old web mail: two blanks at each line's end, and CR in the middle of nowhere it does not."""
    return [Text("\n".join(f"{line}  " for line in plain_lines(letter, layout)) + "\n")]


def mutt_wrapped(letter: Letter, layout: Layout) -> Sequence[Text]:
    """A program that cuts lines at 72 characters for good."""
    lines = [p for line in plain_lines(letter, layout) for p in (cut(line, 72) or [""])]
    return [Text("\n".join(lines) + "\n")]


def thunderbird_flowed(letter: Letter, layout: Layout) -> Sequence[Text]:
    """format=flowed (RFC 3676): soft breaks end with a blank."""
    lines: list[str] = []
    for line in plain_lines(letter, layout):
        pieces = cut(line, 71) or [""]
        lines += [f"{p} " for p in pieces[:-1]] + [pieces[-1]]
    stuffed = [f" {line}" if line.startswith((" ", ">", "From ")) else line for line in lines]
    return [Text("\n".join(stuffed) + "\n", flowed=True)]


def apple_plain(letter: Letter, layout: Layout) -> Sequence[Text]:
    return [Text("\n".join(plain_lines(letter, layout, stars=False, dash="\t• ")) + "\n\nEnviado desde mi iPhone\n")]


def gmail_web(letter: Letter, layout: Layout) -> Sequence[Text]:
    body = html_body(letter, layout, line="<div>{}</div>", blank="<div><br></div>", cell="<div>{}</div>")
    lines = [p for line in plain_lines(letter, layout) for p in (cut(line, 76) or [""])]
    return both(letter, layout, f'<div dir="ltr">{body}</div>', lines)


def gmail_android(letter: Letter, layout: Layout) -> Sequence[Text]:
    shape = '<p dir="ltr">{}</p>'
    body = html_body(letter, layout, line="{}<br>", blank="<br>", cell="{}<br>")
    return [*both(letter, layout, shape.format(body))]


def outlook_word(letter: Letter, layout: Layout) -> Sequence[Text]:
    """Word writes list items as paragraphs with a bullet of its own, and the plain copy with blank lines between."""
    numbers = iter(range(1, 1000))

    def item(bullet: str, inner: str) -> str:
        n = next(numbers)
        sign = {"dash": "·", "number": f"{n}.", "letter": f"{'abcdefghijklmnopqrstuvwxyz'[(n - 1) % 26]}."}[bullet]
        return (
            "<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]>"
            f"<span style='font-family:Symbol'><span style='mso-list:Ignore'>{sign}<span style='font:7.0pt \"Times New"
            f" Roman\"'>&nbsp;&nbsp;&nbsp;&nbsp; </span></span></span><![endif]><span lang=ES>{inner}<o:p></o:p>"
            "</span></p>"
        )

    body = html_body(
        letter,
        layout,
        line="<p class=MsoNormal><span lang=ES>{}<o:p></o:p></span></p>",
        blank="<p class=MsoNormal><span lang=ES><o:p>&nbsp;</o:p></span></p>",
        cell="<p class=MsoNormal>{}<o:p></o:p></p>",
        looks=_WORD_LOOKS,
        item=item,
        table="<table class=MsoTableGrid border=1 cellspacing=0 cellpadding=0>",
    )
    head = "<style><!--\np.MsoNormal, li.MsoNormal, div.MsoNormal\n\t{margin:0cm;\n\tfont-size:11.0pt;}\n--></style>"
    html = f"<html><head>{head}</head><body lang=ES link=blue><div class=WordSection1>{body}</div></body></html>"
    doubled = "\n\n".join(plain_lines(letter, layout, stars=False, dash="·         ")).split("\n")
    return both(letter, layout, html, doubled)


def outlook_web(letter: Letter, layout: Layout) -> Sequence[Text]:
    style = "font-family: Aptos, Calibri, sans-serif; font-size: 12pt; color: rgb(0, 0, 0);"
    shape = f'<div class="elementToProof" style="{style}">{{}}</div>'
    body = html_body(letter, layout, line=shape, blank=shape.format("<br>"), cell="<div>{}</div>")
    return both(letter, layout, f'<html><head></head><body dir="ltr">{body}</body></html>')


def outlook_ios(letter: Letter, layout: Layout) -> Sequence[Text]:
    body = html_body(
        letter, layout, line='<div dir="ltr">{}</div>', blank='<div dir="ltr"><br></div>', cell="<div>{}</div>"
    )
    link = '<a href="https://aka.ms/o0ukef">Outlook para iOS</a>'
    footer = f'<div id="ms-outlook-mobile-signature"><div><br></div>Obtener {link}'
    return [Text(f'<html><body><div dir="ltr">{body}</div>{footer}</div></body></html>', html=True)]


def apple_html(letter: Letter, layout: Layout) -> Sequence[Text]:
    body = html_body(
        letter, layout, line='<div class="">{}</div>', blank='<div class=""><br class=""></div>', cell="<div>{}</div>"
    )
    style = "word-wrap: break-word; -webkit-nbsp-mode: space; line-break: after-white-space;"
    return both(letter, layout, f'<html><body style="{style}" class="">{body}</body></html>')


def thunderbird_html(letter: Letter, layout: Layout) -> Sequence[Text]:
    body = html_body(letter, layout, line="{}<br>", blank="<br>", cell="{}<br>")
    return [Text(f'<html><body text="#000000" bgcolor="#FFFFFF"><p>{body}</p></body></html>', html=True)]


def paragraphs(letter: Letter, layout: Layout) -> Sequence[Text]:
    """Thunderbird's and Roundcube's paragraph style: each line a `<p>` of its own."""
    body = html_body(letter, layout, line="<p>{}</p>", blank="<p><br></p>", cell="<p>{}</p>")
    return [Text(f"<html><body>{body}</body></html>", html=True)]


def yahoo(letter: Letter, layout: Layout) -> Sequence[Text]:
    shape = '<div dir="ltr" data-setdir="false">{}</div>'
    body = html_body(letter, layout, line=shape, blank=shape.format("<br>"), cell="<div>{}</div>")
    html = f'<html><body><div class="ydpa1yahoo-style-wrap" style="font-size:13px;">{body}</div></body></html>'
    return both(letter, layout, html)


def samsung(letter: Letter, layout: Layout) -> Sequence[Text]:
    body = html_body(letter, layout, line='<div dir="auto">{}</div>', blank='<div dir="auto"><br></div>', cell="{}<br>")
    end = '<div id="composer_signature" dir="auto"><div style="font-size:14px">Enviado desde mi Galaxy</div></div>'
    return both(letter, layout, f"<html><body>{body}<div><br></div>{end}</body></html>")


def zimbra(letter: Letter, layout: Layout) -> Sequence[Text]:
    body = html_body(
        letter, layout, line="<div>{}</div>", blank='<div><br data-mce-bogus="1"></div>', cell="<div>{}</div>"
    )
    style = "font-family: arial, helvetica, sans-serif; font-size: 12pt; color: #000000"
    return both(letter, layout, f'<html><body><div style="{style}">{body}</div></body></html>')


def lotus_notes(letter: Letter, layout: Layout) -> Sequence[Text]:
    """One run of `<font>` lines parted by `<br>` at their beginnings."""
    font = '<font size=2 face="sans-serif">{}</font>'
    body = html_body(
        letter,
        layout,
        line="<br>" + font,
        blank="<br>",
        cell=font + "<br>",
        looks=_FONT_LOOKS,
        table="<table border width=600>",
    )
    return both(letter, layout, body)


def roundcube(letter: Letter, layout: Layout) -> Sequence[Text]:
    body = html_body(letter, layout, line="{}<br />", blank="<br />", cell="<div>{}</div>")
    style = "font-size: 10pt; font-family: Verdana,Geneva,sans-serif"
    html = f"<html><body style='{style}'><div class='pre'>{body}</div></body></html>"
    lines = [p for line in plain_lines(letter, layout) for p in (cut(line, 72) or [""])]
    return both(letter, layout, html, lines)


PLAIN_PROGRAMS: tuple[Program, ...] = (plain, trailing_blanks, mutt_wrapped, thunderbird_flowed, apple_plain)
HTML_PROGRAMS: tuple[Program, ...] = (
    *(gmail_web, gmail_android, outlook_word, outlook_web, outlook_ios, apple_html, thunderbird_html, paragraphs),
    *(yahoo, samsung, zimbra, lotus_notes, roundcube),
)
PROGRAMS = PLAIN_PROGRAMS + HTML_PROGRAMS
