"""Normalised values of answers, by the type of their question. What is not plainly said has no value."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from intake.answers import fold_space, ticked
from intake.moments import moments
from intake.people import contacts, phones
from rules.model import AnswerValue
from rules.policy import Question, QuestionType, Words
from rules.words import fold

_VALUE_CHARACTERS = 2_000
_ADDRESS = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})(?:/\d{1,3})?(?![\w:])"
)
_UNKNOWN = re.compile(
    r"^(?:(?:no aplica|nao (?:se )?aplica|no corresponde|not? applicable|no procede|nao sei"
    r"|(?:i )?(?:do not|don ?t) know|no sabemos|nao sabemos|not sure|no estoy segur[oa]|desconozco"
    r"|se desconoce|no tengo (?:idea|ese dato|el dato))\b.*"
    r"|n ?a|n ?d|s ?d|no se|unknown|desconocido|desconhecido|sin informacion|sem informacao)$"
)
_NOT_KNOWN = re.compile(r"\bno sé\b")
_YES = frozenset(
    {
        *(
            "si",
            "s",
            "sim",
            "yes",
            "y",
            "yep",
            "yeah",
            "afirmativo",
            "afirmativa",
            "correcto",
            "correto",
            "claro",
            "true",
        ),
        *("verdadero", "ok"),
    }
)
_NO = frozenset(
    {
        *("no", "n", "nao", "not", "nope", "negativo", "negativa", "ninguno", "ninguna", "nenhum", "nenhuma", "nunca"),
        *("never", "none", "false", "falso"),
    }
)
_NOT_YET = ("todavia no", "aun no", "ainda nao", "not yet", "por ahora no", "de momento no", "por enquanto nao")
_NEGATIONS = frozenset({"no", "nao", "not", "never", "nunca", "sin", "sem", "jamas", "tampoco", "without"})


@dataclass(frozen=True, slots=True)
class Setting:
    """What an answer is read against: where its desk (or customer) is and when it arrived."""

    country: str
    zone: ZoneInfo
    now: datetime


def value_of(question: Question, text: str, setting: Setting) -> AnswerValue:
    """The value of an answer, as the question's type says; None where it has none ("no sé", or not understood).

    text: the answer with its white space folded; yes_no: a bool; choice: the canonical choice; contacts: name, email
    and phone; ips: addresses and networks; phones: E.164 where it can be told; datetime: one ISO 8601 string;
    datetimes: several.
    """
    if question.type is QuestionType.TEXT:
        return fold_space(text)
    text = text[:_VALUE_CHARACTERS]
    if _UNKNOWN.match(fold(text)):
        return None
    match question.type:
        case QuestionType.YES_NO:
            return yes_no(text, question.cues or {})
        case QuestionType.CHOICE:
            return choice(text, question.choices or {})
        case QuestionType.CONTACTS:
            return contacts(text, setting.country) or None
        case QuestionType.IPS:
            return list(dict.fromkeys(one for _, one in addresses(text))) or None
        case QuestionType.PHONES:
            return phones(text, setting.country) or None
        case QuestionType.DATETIME:
            found = moments(text, setting.zone, setting.now)
            return found[0] if found else None
        case QuestionType.DATETIMES:
            return moments(text, setting.zone, setting.now) or None


def yes_no(text: str, cues: Words) -> bool | None:
    """Yes or no by the ticked box, the first word, or one of the `cues`, which say yes unless they are negated."""
    options = ticked(text)
    if options is not None:
        return yes_no(options[0], cues) if len(options) == 1 and options[0] else None
    words = fold(text)
    if _UNKNOWN.match(words) or _NOT_KNOWN.search(text.casefold()):
        return None
    first = words.partition(" ")[0]
    if words.startswith(_NOT_YET) or first in _NO:
        return False
    if first in _YES:
        return True
    return stated(words, cues)


def stated(words: str, cues: Words) -> bool | None:
    """What folded `words` say by the cues of a yes_no question: None where none of them occurs, False where it is
    negated."""
    padded = f" {words} "
    for phrases in cues.values():
        for phrase in phrases:
            at = padded.find(f" {fold(phrase)} ")
            if at >= 0:
                return not _NEGATIONS & set(padded[:at].split()[-2:])
    return None


def choice(text: str, choices: Mapping[str, Words]) -> str | None:
    """The one choice that the answer names: by its ticked box, else outside parentheses, else anywhere; None for none
    or two."""
    options = ticked(text)
    if options is not None:
        return choice(options[0], choices) if len(options) == 1 and options[0] else None
    for part in (re.sub(r"\([^()]*\)", " ", text), text):
        named = _named(fold(part), choices)
        if len(named) == 1:
            return named.pop()
    return None


def _named(words: str, choices: Mapping[str, Words]) -> set[str]:
    padded = f" {words} "
    hits: list[tuple[int, int, str]] = []
    for name, languages in choices.items():
        for phrase in {fold(name), *(fold(w) for spoken in languages.values() for w in spoken)}:
            at = padded.find(f" {phrase} ") if phrase else -1
            if at >= 0:
                hits.append((at, at + len(phrase) + 1, name))
    return {
        name
        for start, end, name in hits
        if not any(a <= start and end <= b and b - a > end - start for a, b, _ in hits)
    }


def addresses(text: str) -> list[tuple[int, str]]:
    """The IP addresses and networks in `text` with their places, in canonical form."""
    found: list[tuple[int, str]] = []
    for match in _ADDRESS.finditer(text):
        written = match.group()
        try:
            network = ipaddress.ip_network(written, strict=False)
        except ValueError:
            continue
        found.append((match.start(), str(network) if "/" in written else str(network.network_address)))
    return found
