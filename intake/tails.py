"""Signatures, mobile footers and disclaimers at the end of a stretch of text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.lines import Line
from rules.words import fold

_DELIMITER = re.compile(r"^(?:-- ?|---|—|–{2}|_{15,})$")
_MOBILE = re.compile(
    r"^(?:enviado (?:desde|do|de) (?:mi|meu|yahoo|outlook|correo|mail|el|o)\b|enviado via\b"
    r"|sent from (?:my|yahoo|mail|outlook|the|samsung|windows)\b|sent (?:via|with)\b"
    r"|get outlook for|obtener outlook para|obtenha o? ?outlook para|obter o? ?outlook para|descarga outlook)"
)
_RULE = re.compile(r"^[_=*~\-\s]{5,}$")
_SECRET = re.compile(r"\b(?:confidencia|confidential|privileg|antes de imprimir|before printing|ley de proteccion)")
_DISCLAIM = (
    re.compile(r"\b(?:confidencia|confidential)"),
    re.compile(r"\bprivileg"),
    re.compile(r"\b(?:destinatari|addressee|recipient|dirigid[oa])"),
    re.compile(r"\b(?:por error|in error|by mistake|por engano|reached you|por equivocacion|indevidamente)"),
    re.compile(r"\b(?:elimin|borr|delete|destroy|destru|apag|exclu[aií])"),
    re.compile(r"\b(?:notif|avis|inform[ae]|notify)"),
    re.compile(r"\b(?:uso exclusivo|intended|exclusiv|solely)"),
    re.compile(r"\b(?:prohib|proibi|unauthori[sz]ed|no autorizad|nao autorizad)"),
    re.compile(r"\b(?:imprim|print)"),
    re.compile(r"\b(?:ambiente|environment|arbol|planeta)"),
)
_CLOSING = re.compile(
    r"^(?:(?:muchas |mil |muy )?gracias(?: de antemano| por su .{0,40}| por .{0,30}| y saludos)?"
    r"|(?:reciban? )?(?:un )?(?:cordial )?saludos?(?: cordial(?:es)?| a todos)?|con un saludo|sds|slds"
    r"|atte|att|atentamente|(?:muy )?cordialmente|atenciosamente|(?:muito )?obrigad[oa]s?(?: desde ja)?|abracos?"
    r"|grat[oa]s?"
    r"|(?:kind|best|warm|many|with)? ?regards|(?:many |kind )?thanks(?: in advance| and regards)?"
    r"|thank you(?: very much)?|best|best wishes|sincerely|yours (?:sincerely|faithfully|truly)|cheers"
    r"|(?:quedo|quedamos|fico|ficamos) (?:muy )?(?:atent[oa]s?|no aguardo|pendientes?|a la espera|al pendiente)"
    r".{0,40})$"
)
_CONTACT_WORDS = re.compile(
    r"^(?:tel|telf|fono|telefone?|telefono|cel|celular|movil|mobile|phone|email|e mail|correo|mail|web|fax|ext|int|pbx"
    r"|whatsapp|direccion|endereco|address|skype|linkedin|office|oficina|direct|direto|directo|fixo|fijo|ramal|www|https?"
    r"|conmutador|switchboard|central|m|t|c|d|p|e|w)\b"
)
_TITLES = frozenset(
    {"ing", "lic", "dr", "dra", "sr", "sra", "srta", "mr", "mrs", "ms", "eng", "prof", "don", "dona", "arq", "cp"}
)
_SENTENCE_WORDS = 9
_SIGNATURE_LINES = 10


def is_closing(text: str) -> bool:
    """Whether a line is a closing formula ("Saludos cordiales,", "Kind regards")."""
    return len(text) <= 60 and _CLOSING.match(fold(text)) is not None


def cut_tail(lines: Sequence[Line], author: str, *, alone: bool, between: bool) -> tuple[set[int], set[int]]:
    """The indexes of signature lines and of footer lines at the end of `lines`.

    `author` is the writer's display name. `alone`: nothing was said before, so a signature never takes all of the
    text. `between`: the text stands between quoted lines, where a name is an answer. Every word that is not clearly
    signature or footer stays.
    """
    footers: set[int] = set()
    end = _without_footers(lines, len(lines), footers)
    start = _without_footers(lines, _marked(lines, end, alone), footers)
    if not between:
        start = _signed(lines, start, author)
    return set(range(start, end)) - footers, footers


def _without_footers(lines: Sequence[Line], end: int, footers: set[int]) -> int:
    """Where the text ends once mobile footers, rules and disclaimers are taken from its end."""
    while end > 0:
        if not lines[end - 1].text:
            end -= 1
            continue
        start = end - 1
        while start > 0 and lines[start - 1].text and end - start < 12:
            start -= 1
        last = lines[end - 1].text
        if len(last) < 120 and (_MOBILE.match(fold(last)) or _RULE.match(last)):
            start = end - 1
        else:
            start = _disclaimer_start(lines, start, end)
            if start == end:
                return end
        footers.update(range(start, end))
        end = start
    return end


def _disclaimer_start(lines: Sequence[Line], start: int, end: int) -> int:
    """Where in the paragraph the disclaimer begins that ends it; `end` where there is none."""
    words = [fold(line.text[:1_500]) for line in lines[start:end]]
    if not _disclaims(" ".join(words)):
        return end
    for at, line in enumerate(words):
        if any(sign.search(line) for sign in _DISCLAIM) and _disclaims(" ".join(words[at:])):
            following = next((n for n in range(at + 1, len(words)) if _disclaims(" ".join(words[n:]))), None)
            if following is None or len(line.split()) >= _SENTENCE_WORDS or _SECRET.search(line):
                return start + at
    return start


def _disclaims(words: str) -> bool:
    hits = sum(sign.search(words) is not None for sign in _DISCLAIM)
    return len(words) > 30 and (hits >= 3 or (hits >= 2 and _SECRET.search(words) is not None))


def _marked(lines: Sequence[Line], end: int, alone: bool) -> int:
    """Where the signature begins that "-- " or the markup marks; `end` where there is none."""
    first_text = next((n for n, line in enumerate(lines) if line.text), end)
    for at in range(max(0, end - 40), end):
        if _DELIMITER.match(lines[at].text) and (at > first_text or not alone):
            rest = [line for line in lines[at + 1 : end] if line.text]
            if len(rest) <= 14:
                return at
    start = end
    while start > 0 and (lines[start - 1].signature or not lines[start - 1].text):
        start -= 1
    if start == end or not any(line.signature for line in lines[start:end]):
        return end
    return end if start <= first_text and alone else start


def _signed(lines: Sequence[Line], end: int, author: str) -> int:
    """Where the name under the text begins: after a closing formula, or the writer's own name at the head of a last
    block."""
    names = set(fold(author).split()) - _TITLES
    best, seen = end, 0
    at = end - 1
    while at >= 0 and seen <= _SIGNATURE_LINES:
        text = lines[at].text
        if text and is_closing(text):
            block = [line.text for line in lines[at + 1 : end] if line.text]
            return at + 1 if len(block) > 1 or any(map(_contact, block)) else best
        if text and not _signature_like(text):
            return best
        seen += bool(text)
        before = lines[at - 1].text if at else "x"
        if text and names and _is_name(text, names) and (not before or is_closing(before)) and _not_answer(lines, at):
            best = at
        at -= 1
    return best


def _contact(text: str) -> bool:
    return "|" in text or "@" in text or sum(c.isdigit() for c in text) >= 7


def _not_answer(lines: Sequence[Line], at: int) -> bool:
    before = next((line.text for line in reversed(lines[max(0, at - 3) : at]) if line.text), "")
    return not before.endswith((":", "?"))


def _is_name(text: str, names: set[str]) -> bool:
    head = re.split(r"[|,;/·•–-]", text, maxsplit=1)[0]
    words = set(fold(head).split()) - _TITLES
    return bool(words) and len(words) <= 6 and bool(words & names) and (words <= names or len(words & names) >= 2)


def _signature_like(text: str) -> bool:
    """Short, no sentence, and a colon only after words such as "Tel."."""
    if len(text) > 110 or "?" in text or "¿" in text:
        return False
    words = fold(text)
    label, colon, answer = text.partition(":")
    if colon and answer.strip() and not _CONTACT_WORDS.match(fold(label)) and "://" not in text and len(label) < 60:
        return any(_CONTACT_WORDS.match(fold(p)) for p in re.split(r"[|/·•]", label))
    return len(words.split()) < _SENTENCE_WORDS or "|" in text or sum(c.isdigit() for c in text) >= 7
