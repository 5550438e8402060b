"""Headings that mail programs put above foreign text: attributions, copied header fields, separators of forwards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from intake.text.attributions import attribution_at
from intake.text.lines import Line
from rules.words import REPLY_ABOVE, fold


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its length in lines, whether the text below is forwarded (None: an attribution, which says that it is
    quoted), and the name of who wrote it ("" where not told)."""

    lines: int
    forwards: bool | None
    sender: str = ""


_FORWARD_MARKS = (
    *("forwarded message", "forwarded by", "begin forwarded message", "mensaje reenviado", "reenviado por"),
    *("inicio del mensaje reenviado", "comienzo del mensaje reenviado", "remitido por", "mensaje remitido"),
    *("mensagem encaminhada", "mensagem reencaminhada", "mensagem reenviada", "encaminhado por"),
    *("inicio da mensagem encaminhada", "inicio da mensagem reencaminhada", "weitergeleitete nachricht"),
    *("anfang der weitergeleiteten", "message transfere", "debut du message transfere", "debut du message reexpedie"),
    *("message reexpedie", "messaggio inoltrato", "inizio messaggio inoltrato", "doorgestuurd bericht"),
    *("begin doorgestuurd bericht", "vidarebefordrat", "videresendt", "videresendt meddelelse", "przekazana wiadomosc"),
    *(
        "wiadomosc przekazana",
        "preposlana zprava",
        "missatge reenviat",
        "пересылаемое сообщение",
        "пересланное сообщение",
    ),
)
_QUOTE_MARKS = (
    *("original message", "original appointment", "mensaje original", "cita original", "mensagem original"),
    *("compromisso original", "missatge original", "mensaxe orixinal", "ursprungliche nachricht", "originalnachricht"),
    *("message d origine", "message original", "messaggio originale", "oorspronkelijk bericht", "origineel bericht"),
    *("ursprungligt meddelande", "originalmeddelande", "oprindelig meddelelse", "opprinnelig melding"),
    *("alkuperainen viesti", "wiadomosc oryginalna", "oryginalna wiadomosc", "puvodni zprava", "povodna sprava"),
    *("исходное сообщение", "оригинальное сообщение", "orijinal ileti", "eredeti uzenet", "mesaj original"),
)
_EARLIER = frozenset(
    {
        *("previous replies", "previous messages", "conversation history", "message history", "earlier messages"),
        *("respuestas anteriores", "mensajes anteriores", "mensaje anterior", "historial", "historial de mensajes"),
        *("historial de la conversacion", "respostas anteriores", "mensagens anteriores", "mensagem anterior"),
        *(
            "historico",
            "historico de mensagens",
            "historico da conversa",
            "vorherige antworten",
            "reponses precedentes",
        ),
    }
)
"""Titles that ticket systems put below a rule, above what was said before."""
_DASHES = "-‐‑‒–—_=*~ \t"
_FIELD = re.compile(r"^[*_|\s]{0,4}([^\W\d_][\w .'/()-]{0,24}?)[*_]{0,2}\s{0,8}[:：][*_]{0,2}(.*)$", re.DOTALL)
_KINDS = {
    "from": "de from von da fra fran van od remitente remetente expediteur mittente absender afzender avsandare"
    " lahettaja от від kimden gonderen felado nadawca 差出人 发件人 寄件者",
    "date": "sent date enviado enviada enviados enviado_el enviada_el enviado_em enviada_em fecha fecha_de_envio data"
    " data_de_envio gesendet gesendet_am datum envoye envoye_le inviato data_invio verzonden skickat sendt dato"
    " lahetetty paivays wysłano wyslano отправлено дата надіслано odeslano tarih elkuldve trimis"
    " 送信日時 日期 发送时间",
    "to": "to para a an aan til till do komu кому vastaanottaja kime cimzett catre destinatario destinataire"
    " 宛先 收件人",
    "copy": "cc cco bcc cci ccn copia kopia kopie kopi dw копия con_copia",
    "subject": "subject asunto assunto assumpte betreff objet sujet oggetto onderwerp amne emne aihe temat тема predmet"
    " konu targy subiect 件名 主题",
    "other": "reply_to responder_a responder_para importance importancia importancia_alta attachments adjuntos"
    " datos_adjuntos anexos organization resent_from when cuando where donde",
}
_KIND_OF = {name.replace("_", " "): kind for kind, names in _KINDS.items() for name in names.split()}
_IN_ONE_LINE = re.compile(
    r"^[*]{0,2}(?:De|From|Von|Da)[*]{0,2}\s?:[*]{0,2}\s([^:]{1,120})\s[*]{0,2}"
    r"(?:Enviad[oa](?: el| em)?|Sent|Fecha|Date|Data|Gesendet)[*]{0,2}\s?:[*]{0,2}\s.{1,80}?\s[*]{0,2}(?:Para|To|A"
    r"|An)[*]{0,2}\s?:"
)
"""Programs that make one line of a paragraph's HTML."""
_BLOCK_LINES = 14
_WRAPPED_LINES = 4
_TIME = re.compile(r"\d{1,2}\W?[:.h]\W?\d{2}")
_SENT = re.compile(r"(?:sent|enviad|envoye|gesendet|inviato|verzonden|skickat|sendt|wysłano|отправлено|odeslano)")
_ABOVE = tuple(fold(words) for words in REPLY_ABOVE.values())


def heading_at(lines: Sequence[Line], at: int) -> Heading | None:
    """The heading above foreign text that begins at line `at`, None where there is none."""
    text = lines[at].text
    if not text or len(text) > 400:
        return None
    mark = _separator(text)
    if mark is not None:
        below = at + 1
        while below < min(len(lines), at + 4) and not lines[below].text:
            below += 1
        fields = _header_block(lines, below, announced=True)
        if fields:
            return Heading(below - at + fields[0], mark, fields[1])
        named = attribution_at(lines, below) if below < len(lines) else 0
        return Heading(below - at + named, None) if named else Heading(1, mark)
    if not text.strip(_DASHES) and at + 1 < len(lines) and fold(lines[at + 1].text[:60]) in _EARLIER:
        return Heading(2, False)
    fields = _header_block(lines, at)
    if fields:
        return Heading(fields[0], False, fields[1])
    length = attribution_at(lines, at)
    return Heading(length, None) if length else None


def _separator(text: str) -> bool | None:
    """Whether a separator line announces a forward (True) or an old message (False); None where it is none."""
    if len(text) > 160:
        return None
    bare = text.strip(_DASHES)
    dashed = text.lstrip("* ")[:2].strip(_DASHES) == "" and len(text) > len(bare) + 1
    if not dashed and not text.endswith(":"):
        return None
    words = fold(bare[:100])
    if any(words.startswith(mark) for mark in _FORWARD_MARKS):
        return True if dashed or len(words.split()) <= 5 else None
    if dashed and (any(words.startswith(mark) for mark in _QUOTE_MARKS) or words in _ABOVE):
        return False
    return None


def _header_block(lines: Sequence[Line], at: int, *, announced: bool = False) -> tuple[int, str] | None:
    """A block of copied header fields, in any order: its length and the sender's display name.

    From and two others at least, and a sign that a program wrote them, unless a separator has `announced` the block.
    """
    if at < len(lines) and (found := _IN_ONE_LINE.match(lines[at].text[:400])):
        return 1, re.split(r"[<\[/(]", found.group(1), maxsplit=1)[0].strip(' "*\t')
    first = _field(lines[at].text)[0] if at < len(lines) else ""
    if first not in {"from", "date", "subject"} or _follows_address(lines, at):
        return None
    seen: dict[str, str] = {}
    end, gap = at, 0
    for here in range(at, min(at + _BLOCK_LINES, len(lines))):
        if lines[here].depth != lines[at].depth:
            break
        kind, value = _field(lines[here].text)
        if kind in seen and kind not in {"copy", "other"}:
            if first != "from":
                # The first line is one of the writer's that looks like a field; the program's block begins below it.
                return None
            break
        if first != "from" and not lines[here].text:
            break
        if kind:
            seen[kind], end, gap = value, here, 0
        else:
            gap += 1
            if gap > (_WRAPPED_LINES if lines[here].text and lines[here - 1].text else 1):
                break
    if "from" not in seen or len(seen.keys() & {"date", "to", "subject"}) < 2:
        return None
    if not announced and not _evident(seen, lines[at : end + 1]):
        return None
    name = re.split(r"[<\[/(]", seen["from"][:200].strip(" *"), maxsplit=1)[0]
    return end - at + 1, name.strip(' "\t')


def _evident(seen: dict[str, str], block: Sequence[Line]) -> bool:
    """Whether a program wrote the fields: people who head a memorandum give no address and no time of day, and call
    the date "Fecha"."""
    if any("@" in seen.get(kind, "") for kind in ("from", "to", "copy")) or _TIME.search(seen.get("date", "")):
        return True
    return "subject" in seen and any(_SENT.match(fold(line.text[:40])) for line in block)


def _follows_address(lines: Sequence[Line], at: int) -> bool:
    """Whether a "To:" stands directly above: so people head a memorandum, and programs nothing."""
    return at > 0 and lines[at - 1].depth == lines[at].depth and _field(lines[at - 1].text)[0] == "to"


def _field(text: str) -> tuple[str, str]:
    """Which header field a line is ("" where none) and its value."""
    found = _FIELD.match(text[:400]) if ":" in text[:36] or "：" in text[:36] else None
    return (_KIND_OF.get(fold(found.group(1)), ""), found.group(2)) if found else ("", "")
