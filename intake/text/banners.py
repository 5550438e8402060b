"""Warnings that the receiving side's gateway puts above a mail ("[EXTERNAL] ...", "este correo viene de fuera")."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.text.lines import Line
from rules.words import fold

_RULE = re.compile(r"^[_=*~\-—–\s]{5,}$")
_TAG = re.compile(
    r"^\W{0,6}(?:(?:correo|e-?mail|mensaje|mensagem|remitente|remetente|sender|message|mail)\s)?(?:external|externo"
    r"|externa)"
    r"(?:\s(?:e-?mail|sender|message|mail|correo|mensaje|remitente))?\W{0,6}$",
    re.IGNORECASE,
)
_OUTSIDE = re.compile(
    r"\b(?:externo|externa|external|outside|fora d[ae]|(?:de )?fuera(?: de)?|desconocido|desconhecido|ajeno|ajena)\b"
)
_MAIL = re.compile(r"\b(?:correo|e ?mail|message|mensaje|mensagem|remitente|remetente|sender)\b")
_CAME = re.compile(
    r"\b(?:origin|originated|originado|origino|originou|procede|proviene|provem|viene|vem|came|comes|sent|enviado"
    r"|foi enviad"
    r"|received|recibido|recebid[oa]|is from|generado|generated)"
)
_CARE = re.compile(
    r"\b(?:caution|warning|cuidado|precaucion|atencao|atencion|alerta|advertencia|aviso|be careful|tenga cuidado"
    r"|cautela"
    r"|(?:do not|don t|no haga|no abra|nao clique|nao abra|evite|avoid|think before)\b.{0,40})\b"
)
_CLICK = re.compile(
    r"\b(?:do not click|don t click|no haga clic|no haga click|no abra|nao clique|nao abra|think before clicking"
    r"|verify)\b"
    r".{0,80}\b(?:link|enlace|vinculo|adjunto|anexo|attachment|sender|remitente|remetente|archivo|arquivo)"
)
_SELDOM = re.compile(
    r"^(?:some people who received this message don t often|you don t often (?:get|receive)|no suele(?:s)? recibir"
    r"|no recibe a menudo|normalmente no recibe|voce nao costuma receber|nao recebe com frequencia"
    r"|learn why this is important|(?:mas informacion sobre|descubra|obtenga informacion sobre|conozca) por que esto es"
    r"|saiba por que isso e importante|power(?:ed)? by|this message is from an external|this message came from outside)"
)
_SENTINEL = re.compile(r"bannerstart|bannerend", re.IGNORECASE)
_BANNER_LINES = 12


def banner(lines: Sequence[Line], start: int) -> set[int]:
    """The lines of a warning that the receiving side's gateway put above the text that begins at `start`."""
    found: set[int] = set()
    at = start
    while at < min(len(lines), start + _BANNER_LINES):
        if not lines[at].text:
            at += 1
            continue
        end = at + 1
        if not _warns(lines[at].text):
            while end < len(lines) and lines[end].text and end - at < 5:
                if _warns(" ".join(line.text for line in lines[at : end + 1])):
                    break
                end += 1
            else:
                return found
            end += 1
        elif _TAG.match(lines[at].text) and lines[at].text[-1].isalpha() and end < len(lines) and lines[end].text:
            return found
        while end < len(lines) and end - at < 5 and len(lines[end - 1].text) > 50 and lines[end].text[:1].islower():
            end += 1
        found.update(range(at, end))
        at = end
        while found and at < len(lines) and _RULE.match(lines[at].text):
            found.add(at)
            at += 1
    return found


def _warns(text: str) -> bool:
    if len(text) > 900:
        return False
    if _TAG.match(text) or _SENTINEL.search(text[:80]):
        return True
    words = fold(text)
    if _SELDOM.match(words):
        return True
    head = words[:160]
    return bool(
        (_OUTSIDE.search(head) and _MAIL.search(head) and _CARE.search(words) and _CAME.search(head))
        or (_CLICK.search(words) and (_OUTSIDE.search(words) or _CARE.match(words)))
    )
