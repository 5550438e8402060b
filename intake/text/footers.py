"""Lines that a program or a firm adds below every mail: mobile footers, disclaimers, notes of scanners."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.text.lines import Line
from rules.words import fold

_DEVICE = (
    r"(?:iphone|ipad|ipod|android|galaxy|samsung|huawei|xiaomi|redmi|motorola|moto|nokia|blackberry|htc|alcatel|pixel"
    r"|oppo"
    r"|lg|celular|movil|telefono|telemovel|telefone|smartphone|smart phone|tablet|dispositivo|aparelho|outlook|yahoo"
    r"|gmail"
    r"|correo|e ?mail|mail|mailbox|mailspring|airmail|sparrow|windows|bluemail|blue mail|aquamail|spark|proton ?mail"
    r"|proton|thunderbird|zimbra|zoho|myhome|phone|mobile|cell|device|mac|telefon|mobil|handy|mobilgerat|mobiltelefon"
    r"|ti 85|nine|tutanota|gmx|web de|hotmail|uol|terra|bol)"
)
_FROM_DEVICE = re.compile(
    r"^(?:(?:(?:mensaje|mensagem|message|correo) )?(?:enviad[oa]|mandado|escrito) (?:desde|a traves de|atraves d[eoa]"
    r"|do|da|de|pelo|pela|por|via|com|con|a partir do)"
    r"|(?:sent|from my)(?: from| via| with| by| using)?|obtener|obter|obten|obtenga|obtenha|descarga|descargar"
    r"|descargue|baixe|baixar|get|download|envoye (?:de|depuis)|obtenez|telecharger|inviato da|von meinem"
    r"|gesendet (?:von|mit)"
    r"|diese nachricht wurde von|verzonden (?:met|vanaf|via)|verstuurd vanaf|wyslane? z|skickat fran|skickades fran"
    r"|sendt fra|lahetetty|отправлено (?:с|из)|odeslano z|從我的)"
    rf"(?: \w{{1,14}}){{0,4}}? {_DEVICE}\b(?P<rest>.*)$"
)
_MY = re.compile(r"^(?:sent from my|enviado desde mi|enviado do meu|enviado pelo meu|envoye de mon)(?: \w{1,20}){1,2}$")
_PLACES = frozenset(
    {
        *("desk", "office", "home", "house", "car", "account", "casa", "oficina", "escritorio", "trabajo", "trabalho"),
        *("sitio", "sede", "cuenta", "conta", "bureau", "computador", "empresa", "site", "local", "tienda", "loja"),
    }
)
_REST_WORDS = 8
_EXCUSE = re.compile(r"^ ?(?:please )?(?:excuse|pardon|forgive|disculp|perdon|desculp|excusez)")
_WORDY = frozenset(
    {
        *(
            "porque",
            "pero",
            "que",
            "nao",
            "hay",
            "ha",
            "es",
            "esta",
            "estan",
            "mas",
            "because",
            "but",
            "is",
            "are",
        ),
        *(
            "not",
            "was",
            "when",
            "cuando",
            "quando",
            "ayer",
            "ontem",
            "yesterday",
            "hoy",
            "hoje",
            "today",
            "favor",
            "it",
        ),
        *(
            "we",
            "you",
            "they",
            "ustedes",
            "voces",
            "a las",
            "lunes",
            "martes",
            "monday",
            "adjunto",
            "anexo",
            "attached",
        ),
        *("el", "los", "las", "os", "al", "ao", "con", "com", "sin", "sem", "se", "me", "nos", "mi", "del", "yo", "eu"),
    }
)
"""Words after the device's name that make the line the writer's sentence."""
_LINK = re.compile(r"^<?https?://\S{1,300}$", re.IGNORECASE)
_RULE = re.compile(r"^[_=*~\-—–\s]{5,}$")
_SCANNED = re.compile(
    r"^(?:libre de virus|virus free|sem virus|livre de virus|no virus found|este (?:correo|mensaje"
    r"|e ?mail)(?: electronico)? "
    r"(?:ha sido|fue) (?:analizado|comprobado|escaneado|verificado)|este e ?mail foi (?:verificado|escaneado|analisado)"
    r"|this (?:e ?)?mail (?:has been|was) (?:checked|scanned)|el software de antivirus|"
    r"(?:por favor )?(?:piense|considere|antes de imprimir|cuide|pense|pensa)\b.{0,120}\b(?:ambiente|planeta|imprimir"
    r"|arbol|natureza)"
    r"|(?:please )?(?:consider|think about) the environment)"
)
_TITLE = re.compile(
    r"^(?:aviso|nota|clausula|advertencia|legal|confidentiality|privacy|disclaimer|importante?|important|privileged)"
    r"(?: (?:legal|de|da|do|confidencialidade?|confidencialidad|privacidade?|privacidad|notice|notice|note|statement"
    r"|importante|confidential|and|y|e|responsabilidad|exencion|informacion)){0,4}$"
)
_CORE = re.compile(
    r"\b(?:confidencia|confidential|privileg|vertraulich|riservat|antes de imprimir|before printing"
    r"|ley de proteccion|proteccion de datos|datos personales|habeas data|lgpd|rgpd|gdpr|uso exclusivo|exclusively for"
    r"|intended (?:solely|only|for)|solely for|exclusivamente|si (?:usted )?(?:no es|ha recibido|recibio|lo recibio"
    r"|recibe)"
    r"|se (?:voce )?(?:nao e|nao for|recebeu|o recebeu)|caso (?:nao|voce)|if you (?:are not|have received|received)"
    r"|if received|si vous|falls sie)"
)
_DISCLAIM = (
    re.compile(r"\b(?:confidencia|confidential|vertraulich|riservat)"),
    re.compile(r"\bprivileg"),
    re.compile(r"\b(?:destinatari|destinataire|addressee|recipient|dirigid[oa]|empfanger)"),
    re.compile(
        r"\b(?:por error|in error|by mistake|por engano|reached you|por equivocacion|indevidamente|par erreur"
        r"|irrtumlich)"
    ),
    re.compile(
        r"\b(?:elimin|borr|delet|destroy|destru|apag(?:ue|uem|ar|a la|a lo)\b|exclu[ai]|supprim|loschen|vernicht)"
    ),
    re.compile(r"\b(?:notif|avis|inform[ae]|notify)"),
    re.compile(r"\b(?:uso exclusivo|intended|exclusiv|solely)"),
    re.compile(r"\b(?:prohib|proibi|vedad|unauthori[sz]ed|no autorizad|nao autorizad)"),
    re.compile(r"\b(?:imprim|print)"),
    re.compile(r"\b(?:ambiente|environment|arbol|planeta)"),
    re.compile(r"\b(?:datos personales|dados pessoais|personal data)"),
    re.compile(r"\b(?:privacidad|privacidade|privacy|politica de)\b"),
    re.compile(r"\b(?:ley \d{3,5}|lei \d|ley (?:organica|federal)|habeas data|lgpd|rgpd|gdpr|reglamento)\b"),
    re.compile(r"\b(?:responsab|responsib|liab)"),
    re.compile(r"\bregistered (?:in|office|number|no)\b|\bcompany (?:number|registration|no)\b"),
)
_SENTENCE_WORDS = 9
_PARAGRAPH_LINES = 30
_FOLDED_CHARACTERS = 1_500


def without_footers(lines: Sequence[Line], end: int, footers: set[int]) -> int:
    """Where the text before line `end` ends once footers are taken from its end; their indexes go into `footers`."""
    while end > 0:
        if not lines[end - 1].text:
            end -= 1
            continue
        start = end - 1
        last = lines[start].text
        if _LINK.match(last) and start and is_mobile_footer(lines[start - 1].text):
            start, last = start - 1, lines[start - 1].text
        if not (is_mobile_footer(last) or _RULE.match(last) or _scanned(last) or (footers and _title(last))):
            while start > 0 and lines[start - 1].text and end - start < _PARAGRAPH_LINES:
                start -= 1
            start = _disclaimer_start(lines, start, end, bool(footers))
            if start == end:
                return end
        footers.update(range(start, end))
        end = start
    return end


def is_mobile_footer(text: str) -> bool:
    """Whether the line is what a mail program writes below every mail ("Enviado desde mi iPhone"), and no more."""
    if len(text) > 160:
        return False
    folded = fold(re.sub(r"<?https?:\S{0,120}", " ", text))
    if _MY.match(folded) and not _PLACES.intersection(folded.split()) and not _WORDY.intersection(folded.split()[3:]):
        return True
    found = _FROM_DEVICE.match(folded)
    if not found:
        return False
    rest = found.group("rest")
    words = rest.split()
    return bool(_EXCUSE.match(rest)) or (len(words) <= _REST_WORDS and not _WORDY.intersection(words))


def _scanned(text: str) -> bool:
    return len(text) < 240 and _SCANNED.match(fold(text)) is not None


def _title(text: str) -> bool:
    return len(text) < 60 and _TITLE.match(fold(text)) is not None


def _disclaimer_start(lines: Sequence[Line], start: int, end: int, below: bool) -> int:
    """Where in the paragraph the disclaimer begins that ends it; `end` where there is none. `below`: one stands below
    it already, so that less is enough (a second language, a second paragraph)."""
    words = [fold(line.text[:_FOLDED_CHARACTERS]) for line in lines[start:end]]
    first = next((n for n in range(len(words)) if _CORE.search(" ".join(words[n : n + 2]))), None)
    if first is None:
        return end
    if first + 1 < len(words) and not _CORE.search(words[first]) and _CORE.search(words[first + 1]):
        first += 1
    while first and _carries_on(lines[start + first - 1].text, lines[start + first].text, words[first - 1]):
        first -= 1
    return start + first if _disclaims(" ".join(words[first:]), below) else end


def _carries_on(before: str, text: str, words: str) -> bool:
    """Whether the line before is of the same disclaimer: its title, a sentence of its kind, or a line cut in two."""
    if _title(before) or (not before.endswith((".", "!", "?", ":", ";")) and text[:1].islower()):
        return True
    return len(words.split()) >= _SENTENCE_WORDS and sum(sign.search(words) is not None for sign in _DISCLAIM) >= 2


def _disclaims(words: str, below: bool) -> bool:
    hits = sum(sign.search(words) is not None for sign in _DISCLAIM)
    return len(words) > 30 and hits >= (2 if below else 3)
