"""A desk's labels, and a line of text cut into label and answer.

Customers shorten labels, drop accents and misspell them. A label matches when it is equal without case and accents,
or nearly equal whatever the order of its words; what could be two questions is none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from intake.questionnaire.label_index import HINT, SHORTEST, choice_words, in_order, index_of, normal, spellings
from rules.model import Kind
from rules.policy import Question
from rules.words import fold

_CLOSE = 83.0
_ALONE = 90.0
_APART = 4.0
_LABEL_CHARACTERS = 200
BARE_CHARACTERS = 90
_TRIED = 8
_CHOICE_WORDS = 6
_COMPARED = 5_000

# Nested items have a mark of their own, as browsers show them; phones number with keycaps; some write "P1: ... R: ...".
_BULLET = re.compile(
    r"^(?P<ring>[◦○]+[ \t]+)|^(?P<dash>[-*•·▪●■➢✓–—»]+[ \t]+|[•·▪●■➢]+)"
    r"|^(?P<keycap>\d{1,2}\ufe0f?\u20e3[ \t]*)|^(?P<section>\d{1,2}(?:\.\d{1,2}){1,2}[.)]?[ \t]+(?=[^\W\d_¿*]))"
    r"|^(?P<number>\(?\d{1,2}(?:[.)º°]+-?|[ \t]*-)[ \t]*(?!\d))"
    r"|^(?P<letter>\(?[a-zA-Z][.)][ \t]+)"
    r"|^(?P<roman>\(?[IVX]{1,4}[.)-][ \t]+)|^(?P<hash>#\d{1,2}[.):]?[ \t]+)"
    r"|^(?P<asked>(?i:pregunta|pergunta|question|preg|paso|passo|step|punto|[ií]tem|[pq])"
    r"[ \t]?\.?\d{0,2}[ \t]?[-:.)][ \t]+)"
)
# "No. of attendees", "Nº de origen", "Nro. de incidente"
# "Contato p/ retorno"
_SEPARATOR = re.compile(
    r":|：|;[ \t]|=>|->|→|⇒|=|\?|\t|[ ](?:[-–—|~]+|>{1,2})[ ]|[-–—]$|[ ]{3,}|\.{4,}|(?:[ ]\.){4,}|\.-+[ ]|…|_{3,}"
)
# "[Cliente] Acme"
_BRACKETED = re.compile(r"^\[([^\[\]]{4,60})\][ ]")
# "(marque una opción)" asks, and answers nothing.
_INSTRUCTION = re.compile(
    r"\((?:por favor |favor (?:de )?|please )?(?:marque|marcar|escriba|escribir|indique|indicar|seleccione|elija|escoja"
    r"|especifique|detalle|describa|adjunte|complete|llene|ingrese|ej[.:]|ejemplo|p\. ?ej|obligatori[oa]|opcional"
    r"|requerido|campo|assinale|escreva|preencha|informe|selecione|escolha|descreva|tick|mark|select|choose|write|enter"
    r"|specify|describe|mandatory|required|optional|e\.g\.|example)\b[^()]{0,160}\)[*]?",
    re.IGNORECASE,
)
# A folded label said as a sentence: "cual es el sitio", "el sitio es", "2 sitio"
_SAID = re.compile(
    r"^(?:cual es |qual e |what is |\d{1,2} )?(?:el |la |los |las |o |a |the |your |su |seu |sua )?(.+?)"
    r"(?: es| son| e| is| are)?$"
)
_LEAD = re.compile(r"^[\s:：=?*→⇒|]*(?:[-–—]+>?\s+)?[\s:*→]*")


@dataclass(frozen=True, slots=True)
class Found:
    """A label on a line: the question's key, the answer behind it on the same line ("" for none) and the bullet
    before it ("dash", "number" ..., or ""). `alone` says that no separator stood behind the label, `behind` is all
    that stood behind it, with the mark that the answer begins with."""

    key: str
    answer: str
    bullet: str = ""
    alone: bool = False
    behind: str = ""


class Labels:
    """All labels of a questionnaire, those of all languages mixed."""

    def __init__(self, questions: Sequence[Question], kind: Kind | None = None) -> None:
        """A label that several questions share is none, unless it belongs to one question of `kind`."""
        self.questions = questions
        self._by_key = {question.key: question for question in questions}
        self._index = index_of(questions, kind)
        self._exact = self._index.exact
        self._seen: dict[tuple[str, float], tuple[str, float] | None] = {}

    def told_by(self, keys: Collection[str]) -> Labels | None:
        """The labels of the kind to which most questions `keys` of a form belong, where that tells shared ones apart;
        else None."""
        counts = Counter(kind for key in set(keys) for kind in self._by_key[key].kinds).most_common(2)
        if not counts or (len(counts) > 1 and counts[0][1] == counts[1][1]):
            return None
        labels = Labels(self.questions, counts[0][0])
        return labels if labels._exact.keys() != self._exact.keys() else None

    def is_hint(self, key: str, text: str) -> bool:
        """Whether `text` is what a label of the question has in parentheses ("nombre, correo y teléfono")."""
        said = fold(text[:_LABEL_CHARACTERS])
        hints = (fold(hint) for label in spellings(self._by_key[key]) for hint in HINT.findall(label))
        return bool(said) and said in hints

    def question(self, key: str) -> Question:
        """The question of a key that a label was found for."""
        return self._by_key[key]

    def match(self, text: str, cutoff: float = _CLOSE) -> tuple[str, float] | None:
        """The key that `text` is a label of, and how well it fits (0-100); None where it is no label or might be
        two."""
        label = normal(text)
        if label in self._exact:
            return self._exact[label], 100.0
        if label in self._index.choices or not SHORTEST <= len(label) <= _LABEL_CHARACTERS:
            return None
        halves = {self._exact.get(normal(half)) for half in text.split("/")} if "/" in text else set()
        if len(halves) == 1 and (key := halves.pop()):
            # A form in two languages: "Cliente / Customer".
            return key, 100.0
        bare = _SAID.sub(r"\1", label)
        if bare in self._exact:
            return self._exact[bare], 100.0
        known = (label, cutoff)
        # Comparing costs a tenth of a millisecond; no real form needs so many comparisons.
        if known not in self._seen and len(self._seen) < _COMPARED:
            self._seen[known] = self._nearest(label, cutoff)
        return self._seen.get(known)

    def _nearest(self, label: str, cutoff: float) -> tuple[str, float] | None:
        near = self._alike(in_order(label), self._index.near_in_order, cutoff)
        if not near or near[0][1] < cutoff:
            # "call-back" is two words to the one, and nearly "callback" to the other.
            near = self._alike(label, self._index.near, cutoff)
        if not near or near[0][1] < cutoff:
            return None
        key, score = near[0]
        if any(other != key and score - points < _APART for other, points in near[1:]):
            return None
        return key, score

    def _alike(self, label: str, among: Sequence[str], cutoff: float) -> list[tuple[str, float]]:
        """Keys and scores of the nearest of `among`, which are the labels or their words in order."""
        near = process.extract(label, among, scorer=fuzz.ratio, score_cutoff=cutoff - _APART, limit=12)
        return [(self._exact[self._index.near[at]], score) for _, score, at in near]

    def find(self, text: str) -> Found | None:
        """The label at the beginning of a line, by the best of the places where its separator may be."""
        bullet, rest = split_bullet(text.strip())
        rest = _BRACKETED.sub(r"\1: ", rest, count=1)
        best: tuple[float, int, str] | None = None
        behind = ""
        tried = 0
        for mark in _SEPARATOR.finditer(rest[:_LABEL_CHARACTERS]):
            label = rest[: mark.start()]
            if not label.strip() or label.count("(") != label.count(")"):
                continue
            tried += 1
            if tried > _TRIED:
                break
            matched = self.match(label)
            if mark.group().startswith(";") and not (label[:1].isupper() and normal(label) in self._exact):
                # Running text has semicolons too: "energía tenemos; lo que sí hubo es un microcorte".
                continue
            if matched and (best is None or (matched[1], mark.end()) > best[:2]):
                if best is None or matched[1] > best[0]:
                    behind = rest[mark.end() :].lstrip(" :*")
                best = (matched[1], mark.end(), matched[0])
        if best is not None:
            return Found(best[2], _answer(rest[best[1] :]), bullet, behind=behind)
        if tried == 0 or not rest.strip(" *:?")[-1:].isalnum():
            matched = self.match(rest, _ALONE)
            if matched:
                return Found(matched[0], "", bullet, alone=True)
        return None

    def piece(self, text: str) -> bool:
        """Whether a line of `text` may be a piece of a label that a mail program cut in two, and no answer."""
        for line in text.split("\n"):
            folded = fold(line)
            end = line.rstrip()[-1:]
            cut = end == ":" or line.count("(") != line.count(")")
            if cut or ((" " in folded or end == ",") and f" {folded} " in self._index.whole):
                return True
        return False

    def leading(self, text: str, longest: int = BARE_CHARACTERS) -> Found | None:
        """A line of no more than `longest` characters that begins with a label, capitalised and exact, and goes on
        without separator ("Sitio Bodega Norte")."""
        if len(text) > longest:
            return None
        bullet, rest = split_bullet(text)
        words = rest.split()
        if not words or not words[0][:1].isupper():
            return None
        for size in range(min(6, len(words) - 1), 0, -1):
            key = self._exact.get(fold(" ".join(words[:size])))
            if key:
                return Found(key, " ".join(words[size:]), bullet)
        return None

    def with_choice(self, text: str) -> Found | None:
        """A line that is nothing but a label and one of the words that its question takes ("prioridad alta")."""
        words = text.split() if len(text) <= _LABEL_CHARACTERS else []
        for size in range(min(_CHOICE_WORDS, len(words)) - 1, 0, -1):
            key = self._exact.get(fold(" ".join(words[:size])))
            said = " ".join(words[size:])
            if key and fold(said) in {fold(word) for word in choice_words(self._by_key[key])}:
                return Found(key, said)
        return None


def is_instruction(text: str) -> bool:
    """Whether a line is nothing but a form's word on how to fill it in."""
    return _INSTRUCTION.fullmatch(text) is not None


def split_bullet(text: str) -> tuple[str, str]:
    """The kind of bullet that a line begins with ("" for none) and the line without it."""
    found = _BULLET.match(text)
    if not found or found.end() == len(text):
        return "", text.strip()
    return found.lastgroup or "", text[found.end() :].strip()


def _answer(text: str) -> str:
    """What follows a separator, without further separators, a hint repeated there and the form's own asterisk."""
    text = _LEAD.sub("", text, count=1)
    hint = _INSTRUCTION.match(text)
    if hint:
        return _LEAD.sub("", text[hint.end() :], count=1).strip()
    hint = HINT.match(text)
    if hint and text[hint.end() :].lstrip().startswith((":", "=", "->")):
        text = _LEAD.sub("", text[hint.end() :], count=1)
    return text.strip()
