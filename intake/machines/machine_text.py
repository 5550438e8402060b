"""Machines that only their words give away: absence notices, receipts, challenges and acknowledgements whose header
says nothing.

Each is told by fixed phrases of mail programs at the beginning of the text, and by something else that a person's mail
does not have: that nothing else is said, a subject that programs make, a link to click, or words that say so. Where in
doubt a person wrote the mail: an answer that is filed away is worse than a notice that is read.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import dropwhile

from intake.machines.absence import DATE_WORDS, is_absence_notice
from rules.model import Message, Reading, ReadingClass, Sign
from rules.words import fold

_CHARACTERS = 2000
_FEW_ANSWERS = 3
_MOMENT_WORDS = frozenset({"en", "em", "at", "by", "as", "utc", "gmt"})
_LINK = re.compile(r"https?://", re.IGNORECASE)
_NO_REPLY = re.compile(r"(?:no|do ?not|nao)[._-]?(?:reply|responder|responda)\b", re.IGNORECASE)

# What follows is matched against folded words: lower case, no accents, no punctuation.
_GREETING = (
    r"(?:(?:hola|ola|hi|hello|dear|estimad[oa]s?|prezad[oa]s?|buen(?:os|as)? (?:dias?|tardes|noches)|bo[am] (?:dia"
    r"|tarde"
    r"|noite))(?: (?:usuari[oa]s?|client[ea]s?|senor(?:es)?|senhor(?:es)?|user|customer|sir|madam|a|or))* )?"
)
_YOUR = r"(?:(?:el|o|a|the) )?(?:su|sua|seu|your|tu|teu)"

_RECEIPT_SUBJECT = re.compile(
    r"\s*(?:no le[ií]d[oa]|n[aã]o lid[oa]|not read|le[ií]d[oa]|lid[oa]|read|return receipt(?: \(\w+\))?"
    r"|confirmaci[oó]n de"
    r" lectura|confirma[cç][aã]o de leitura|(?:acuse|recibo) de (?:recibo|lectura|leitura))\s*[:-]",
    re.IGNORECASE,
)
_RECEIPT = re.compile(
    r"(?:(?:confirmac\w+ de (?:lectura|leitura)|(?:acuse|recibo) de (?:recibo|lectura|leitura)"
    r"|(?:read|return) receipt) )?"
    rf"(?:{_YOUR}|el|o|a|the) (?:mensaje|correo|mensagem|e ?mail|message|mail|document|documento)\b.{{0,700}}? "
    r"(?:(?:fue|ha sido|foi|was|has been) (?:leid[oa]|lid[oa]|read|received by|displayed|opened|exibid[oa])"
    r"|se (?:leyo|mostro|elimino sin leer)|fue eliminado sin (?:ser )?leer|foi exclu\w+ sem (?:ser )?li\w+"
    r"|was deleted without being read)\b(.{0,200})"
)
_RETURN_RECEIPT = re.compile(
    r"(?:this is a return receipt|est[ea] es un (?:acuse|recibo)|est[ea] e um (?:recibo|comprovante)|this message is a "
    r"(?:read|return) receipt)\b"
)
_CHALLENGE = re.compile(
    rf"{_GREETING}{_YOUR} (?:mensaje|correo|mensagem|e ?mail|message|mail)\b.{{0,120}}? (?:(?:not|no"
    rf"|nao) (?:\w+ ){{0,2}}"
    r"(?:delivered|entregad[oa]|entregue)|held|retenid[oa]|retid[oa]|aguardando|awaiting|waiting|pendente|pendiente"
    r"|en (?:cuarentena|espera)|em (?:quarentena|espera))\b"
)
_CONFIRM = re.compile(r"\b(?:confirm\w*|verif\w*|valid[ae]\w*|liber\w+|release)\b")
_CLICK = re.compile(r"\b(?:click|clic|clique|pulse|acesse|follow|siga)\b")
_ACKNOWLEDGED = re.compile(
    rf"{_GREETING}(?:hemos recibido {_YOUR} \w+|recebemos (?:o |a )?{_YOUR} \w+|we (?:have )?received {_YOUR} \w+"
    rf"|{_YOUR} (?:\w+ ){{1,6}}?(?:(?:has been|was|ha sido|fue|foi) (?:success\w+ |correctamente |exitosamente )?"
    r"(?:received|created|registered|opened|logged|submitted|recibid[oa]|registrad[oa]|cread[oa]|abiert[oa]|abert[oa]"
    r"|recebid[oa]|criad[oa]))|se ha (?:creado|registrado|abierto) (?:el|su|un) (?:ticket|caso|reporte))\b"
)
_BY_ITSELF = re.compile(
    r"\b(?:(?:no|nao|not|don t) (?:respond\w+|reply)(?: \w+){0,3} (?:este|esta|this|e ?mail|correo|mensa\w+|message)"
    r"|(?:mensaje|correo|mensagem|e ?mail|message) (?:automatic[oa]|generad[oa] automaticamente"
    r"|gerad[oa] automaticamente)"
    r"|automat(?:ed|ic) (?:message|e ?mail|response|reply)|to add (?:additional )?comments)\b"
)
_INVITATION_ANSWERED = re.compile(
    r"(?:\w+ ){1,5}(?:has (?:accepted|declined|tentatively accepted)|ha (?:aceptado|rechazado)|aceitou|recusou"
    r"|respondeu talvez)(?: \w+)? (?:this|esta|este|a|o|el|la|su|seu) (?:invitation|invitacion|convite)\b"
)


def settled(reading: Reading, message: Message) -> Reading:
    """The reading of `message`, as a machine's with the sign `machine_text` where its words show it to be one.

    Only mail that nothing else has shown to be automatic is judged, and none that fills the desk's form.
    """
    if reading.klass not in (ReadingClass.NEW, ReadingClass.REPLY) or len(reading.answers) > _FEW_ANSWERS:
        return reading
    klass, what = _told(reading, answers_an_invitation=_answers_an_invitation(message, reading.reply_text))
    if not what:
        return reading
    signs = (*reading.signs, Sign("machine_text", what))
    return replace(reading, klass=klass, signs=signs, answers={}, quoted_answers={}, kind=None, priority=None)


def _told(reading: Reading, *, answers_an_invitation: bool) -> tuple[ReadingClass, str]:
    text, said = fold(reading.text[:_CHARACTERS]), reading.reply_text
    if _is_receipt(reading.subject, text):
        return ReadingClass.READ_RECEIPT, "a read receipt"
    short = len(said) <= _CHARACTERS
    found = {
        "an absence notice": reading.klass is ReadingClass.REPLY and is_absence_notice(said),
        "a challenge": short and _is_challenge(said),
        "an acknowledgement": short and _is_acknowledgement(said, reading),
        "an answered invitation": answers_an_invitation,
    }
    return ReadingClass.AUTOMATIC, next((name for name, is_it in found.items() if is_it), "")


def _is_receipt(subject: str, text: str) -> bool:
    """A subject that programs make, and a text that says when the message was read, and no more."""
    if not _RECEIPT_SUBJECT.match(subject):
        return False
    if _RETURN_RECEIPT.match(text):
        return True
    match = _RECEIPT.match(text)
    if match is None:
        return False
    when = match[1].split()
    rest = list(dropwhile(lambda word: word in DATE_WORDS | _MOMENT_WORDS or word[0].isdigit(), when))
    # A place or a name may follow the time: "... 10:31 Bogotá", "Ana Ruiz Ventas at 10:31".
    return len(rest) <= 2 or (len(rest) <= 14 and rest[-1].isdigit())


def _is_challenge(said: str) -> bool:
    words = fold(said)
    parts = (_CHALLENGE.match(words), _CONFIRM.search(words), _CLICK.search(words), _LINK.search(said))
    return all(parts) and "?" not in said


def _is_acknowledgement(said: str, reading: Reading) -> bool:
    words = fold(said)
    local = reading.sender.address.rpartition("@")[0] if reading.sender else ""
    by_itself = _NO_REPLY.match(local) or _BY_ITSELF.search(words)
    return bool(by_itself and _ACKNOWLEDGED.match(words))


def _answers_an_invitation(message: Message, said: str) -> bool:
    """A calendar program's answer, without words of the writer's own: who declines with a reason is heard."""
    if "calendar_reply" not in message.notes:
        return False
    calendars = {file.part for file in message.attachments if file.content_type in ("text/calendar", "application/ics")}
    silent = not any(body.text.strip() for body in message.bodies if body.part not in calendars)
    return silent or _INVITATION_ANSWERED.match(fold(said)) is not None
