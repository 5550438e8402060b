"""Words by which mail systems say that a message was not, or not yet, delivered, in Spanish, Portuguese and English.

The detectors of `flufl.bounce` look for the fixed sentences of certain systems, nearly all of them English. This looks
for a sentence that speaks of a message and of its delivery, and takes the addresses in it and below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rules.model import DeliveryReport
from rules.words import fold

_LINES = 60
_LINES_BELOW = 8
_BEGINNING_WORDS = 40
_ADDRESS = re.compile(r"[A-Za-z0-9._%+=/-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}")
_RETURNED = re.compile(
    r"\s*-{2,}.{0,60}(?:original|copy|c[oó]pia|returned|mensaje|mensagem|message)"
    r"|(?:return-path|received|message-id|mime-version|content-type|from|de|subject|asunto|assunto):",
    re.IGNORECASE,
)
# What follows is matched against folded words: lower case, no accents, no punctuation.
_MESSAGE = re.compile(
    r"\b(?:mensajes?|correos?|mensage[mn]s?|e ?mails?|messages?|mails?|recipients?|destinatari[oa]s?)\b"
)
_NOT_DELIVERED = re.compile(
    r"\b(?:(?:not|cannot|t|unable to|failed to) (?:\w+ ){0,2}(?:deliver\w*|reach\w*)|undeliver\w+|non delivery"
    r"|delivery (?:\w+ ){0,7}(?:failed|failure)|failed (?:recipients?|delivery)|(?:was|been) (?:blocked|rejected"
    r"|refused)"
    r"|(?:no|nao) (?:\w+ ){0,4}(?:entreg\w+|llego|chegou)|(?:devuelt|devolvid|rechazad|rejeitad|bloquead)[oa]"
    r"|(?:n a|not) pas pu etre (?:delivre|remis))\b"
)
_DELAYED = re.compile(
    r"\b(?:delayed|postponed|warning message only|(?:retras|demor|atras)ad[oa]|(?:retrasa|demora|atraso)"
    r"|not been delivered (?:\w+ ){0,8}(?:yet|hours?|minutes?)|attempts will continue|will (?:be retried"
    r"|continue to try)"
    r"|se seguira intentando|novas tentativas)\b"
)
_FOR_EVER = re.compile(r"\b(?:permanent\w*|definitiv\w*|given up|rechazad[oa]|rejected)\b")
# A person who asks about mail that does not arrive.
_ASKS = re.compile(
    r"\b(?:(?:pueden|podrian|podem|poderiam) (?:\w+ )?(?:revis|ver|verific|valid|ayud|ajud)\w*|(?:can|could) you"
    r"|revis(?:ar|en|em)|ayud(?:a|ar|en|enos)|ajud(?:a|ar|em)|(?:desde|since) (?:ayer|hoy|ontem|hoje|yesterday|today)"
    r"|nos (?:rebota\w*|devuelv\w+|devolv\w+|sale\w*|llega\w*)|(?:mis|meus|my|our) (?:correos|mensajes|e ?mails"
    r"|mensagens|messages)|gracias|obrigad[oa]|thanks)\b"
)
_ASKED_CHARACTERS = 4_000
_GREETS = re.compile(r"(?:hola|ola|hi|hello|dear|buen(?:os|as)?|bom|boa|good|estimad[oa]s?|prezad[oa]s?|car[oa]s?)\b")


def begins_as_a_report(text: str) -> bool:
    """Whether the first words are of a delivery that failed or waits, with no greeting before them, and nothing below
    asks for help as people do."""
    words = " ".join(fold(text[:600]).split()[:_BEGINNING_WORDS])
    if _GREETS.match(words) or not (_NOT_DELIVERED.search(words) or _DELAYED.search(words)):
        return False
    below = "\n".join(_before_the_returned(text[:_ASKED_CHARACTERS]))
    return "?" not in below and not _ASKS.search(fold(below))


def reports_told(text: str, not_meant: Sequence[str]) -> tuple[DeliveryReport, ...]:
    """The addresses to which, by the words of `text`, a message did not get, in their order; `not_meant` are addresses
    of the mail itself: its sender's and its recipients'."""
    lines = list(_before_the_returned(text))
    words = [fold(line) for line in lines]
    whole = " ".join(words)
    late = bool(_DELAYED.search(whole)) and not _FOR_EVER.search(whole)
    left_out = {address.lower() for address in not_meant}
    found: dict[str, str] = {}
    until = -1
    for number, line in enumerate(lines):
        # A sentence is often wrapped between the message and its fate.
        near = " ".join(words[max(number - 1, 0) : number + 2])
        says_so = _NOT_DELIVERED.search(words[number]) or _DELAYED.search(words[number])
        if says_so and _MESSAGE.search(near):
            until = number + _LINES_BELOW
        if number <= until:
            for match in _ADDRESS.finditer(line):
                found.setdefault(match[0].lower(), match[0])
    action = "delayed" if late else "failed"
    return tuple(DeliveryReport(spelt, action=action) for address, spelt in found.items() if address not in left_out)


def _before_the_returned(text: str) -> Iterator[str]:
    for line in text.splitlines()[:_LINES]:
        if _RETURNED.match(line):
            return
        yield line[:400]
