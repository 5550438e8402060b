"""Normalised values of answers, by the type of their question. What is not plainly said has no value."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from intake.questionnaire.answers import fold_space, ticked
from intake.questionnaire.countries import countries_named
from intake.questionnaire.moments import moments
from intake.questionnaire.options import marked_option
from intake.questionnaire.people import contacts
from intake.questionnaire.phones import Homes, calling_countries, e164, has_national, phones
from rules.model import AnswerValue, Mailbox
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
_YES_WORDS = """
    si sii sip s sim yes y yep yeah afirmativo afirmativa correcto correto claro true verdadero ok positivo exacto
    hecho feito
    realizado done
"""
_YES = frozenset(_YES_WORDS.split())
_NO = frozenset(
    {
        *("no", "n", "nao", "not", "nope", "negativo", "negativa", "ninguno", "ninguna", "nenhum", "nenhuma", "nunca"),
        *("never", "none", "false", "falso", "nop", "noo"),
    }
)
_SKIN = " \ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
# Signs of phones: a tick, a cross, a thumb up or down, each alone.
_SIGNS = {**dict.fromkeys("✅✔☑👍🆗", True), **dict.fromkeys("❌✖👎🚫❎", False)}
_TIMES = re.compile(
    r"\b(?:[1-9]\d? ?(?:x|veces|vezes|times)"
    r"|(?:una|uma|dos|duas|tres|varias|algunas|algumas|muchas|muitas) (?:vez|veces|vezes)"
    r"|(?:two|three|several|many) times|twice)\b"
)
_ONLY_THERE = re.compile(r"^(?:solo|solamente|unicamente|so|somente|apenas|only|just) (?:en|em|na|nas|nos|in|at) \w")
_ALL = frozenset({"todos", "todas", "todo", "all", "every"})
_NOT_YET = ("todavia no", "aun no", "ainda nao", "not yet", "por ahora no", "de momento no", "por enquanto nao")
_NEGATIONS = frozenset({"no", "nao", "not", "never", "nunca", "sin", "sem", "jamas", "tampoco", "without"})


@dataclass(frozen=True, slots=True)
class Setting:
    """What an answer is read against: where the numbers of its mail are at home, the zone of its desk, when it arrived,
    who wrote it, and in what order its `homes` count (see `intake.questionnaire.phones.Homes`)."""

    homes: Homes
    zone: ZoneInfo
    now: datetime
    sender: Mailbox | None = None


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
            said = yes_no(text, question.cues or {})
            return True if said is None and _partly(question, text) else said
        case QuestionType.CHOICE:
            return choice(text, question.choices or {})
        case QuestionType.CONTACTS:
            return contacts(text, _near(text, setting.homes), setting.sender) or None
        case QuestionType.IPS:
            return list(dict.fromkeys(one for _, one in addresses(text))) or None
        case QuestionType.PHONES:
            return phones(text, _near(text, setting.homes)) or None
        case QuestionType.DATETIME:
            found = moments(text, setting.zone, setting.now, ahead=True)
            return found[0] if found else None
        case QuestionType.DATETIMES:
            return moments(text, setting.zone, setting.now, ahead=False) or None


def at_home(value: AnswerValue, text: str, setting: Setting) -> AnswerValue:
    """A value read without a country: its contacts' numbers in E.164 where the answer's `text` and the setting tell."""
    if not isinstance(value, list):
        return value
    homes = _near(text, setting.homes)
    people = [one for one in value if isinstance(one, dict)]
    return [{**one, "phone": one["phone"] and e164(one["phone"], homes)} for one in people] or value


def _near(text: str, homes: Homes) -> Homes:
    """Homes with what the answer itself says: numbers with their country code, a country that it names."""
    return homes.nearer(calling_countries(text), countries_named(text, cities=False)) if has_national(text) else homes


def yes_no(text: str, cues: Words) -> bool | None:
    """Yes or no by the ticked box, the first word, one of the `cues`, which say yes unless they are negated, or by how
    often it was ("fiz 3 vezes")."""
    sign = text.strip(_SKIN)
    if sign in _SIGNS:
        return _SIGNS[sign]
    options = ticked(text)
    if options is not None:
        return yes_no(options[0], cues) if len(options) == 1 and options[0] else None
    said = marked_option(text)
    if said is not None:
        text = said
    words = fold(text)
    if _UNKNOWN.match(words) or _NOT_KNOWN.search(text.casefold()):
        return None
    first = words.partition(" ")[0]
    if words.startswith(_NOT_YET) or first in _NO:
        return False
    if first in _YES:
        return True
    said_so = stated(words, cues)
    if said_so is None and _TIMES.search(words) and not _NEGATIONS & set(words.split()):
        return True
    return said_so


def _partly(question: Question, text: str) -> bool:
    """Whether the answer limits a yes to a place ("só em Maringá"). Asked whether all are so, that would be a no."""
    asked = {word for label in question.labels.values() for word in fold(label).split()}
    return _ONLY_THERE.match(fold(text)) is not None and not asked & _ALL


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
