"""What is said for certain, here and now: no questions, conditions, guesses, old stories or other places."""

from __future__ import annotations

import re

from intake.prose.clauses import Prose, Sentence
from rules.cues import Span

_NEAR = frozenset({"si", "se", "if", "whether", "cuando", "quando", "when", "caso"})
"""Words of doubt directly before a cue, with their accents: "sí hay" is said, "si hay" is asked."""

_GUESS = re.compile(
    r"\b(?:talvez|tal vez|quizas?|a lo mejor|maybe|perhaps|creo|creemos|acho|achamos|supongo|suponemos|imagino|parece"
    r"|parecer|pareciera|seems?|i think|we think|i guess|no se si|nao sei|no sabemos|nao sabemos|no sabria|desconozco"
    r"|desconocemos|(?:do not|don t|not) (?:know|sure)|unsure|no estoy segur[oa]|no estamos segur[oa]s"
    r"|nao tenho certeza"
    r"|ojala|tomara|por si|en caso de|em caso de|in case|a menos que|unless|cada vez que|toda vez que|siempre que"
    r"|sempre que|every time|each time|whenever|podrian?|poderia|might|could be|deberia|deveria|confirmar si"
    r"|verificar si"
    r"|saber si|saber se|ver si|check (?:if|whether)|supuestamente|probablemente|provavelmente|probably"
    r"|antes de|hasta que"
    r"|ate que|until"
    r"|(?<!day )(?<!night )(?<!week )before|como si|as if|as though"
    r"|falta (?:confirmar|verificar|revisar|validar)|sin confirmar"
    r"|pendiente de|hay que|habria que|vamos a|pensamos en|favor de|necesitan que|nobody knows)\b"
)
_OLD = re.compile(
    r"(?<!desde )(?<!since )\b(?:(?:la semana|la vez|el mes|el ano) pasad[oa]|semana passada|mes passado|ano passado"
    r"|da ultima vez|la ultima vez|last (?:week|month|year|time)|hace (?:\w+ )?(?:semanas?|mes(?:es)?|anos?)"
    r"|ha (?:\w+ )?(?:semanas|mes(?:es)?|anos) atras|(?:weeks?|months?|years?) ago|en otra ocasion|el otro dia"
    r"|outro dia|the other day|antes (?:habia|tenia|teniamos)|antigamente|anteriormente|previously)\b"
)
_COMPARED = re.compile(
    r"\b(?:como|igual que|igual a|like|as|than) (?:(?:estaba|estava|era|funcionaba|funcionava|antes|it|was|were|did"
    r"|worked|had|been|desde|en|na|el|la|o|a) ){0,3}$"
)
"""What stands before an earlier time that is the measure: "as it was last week"."""
_ELSEWHERE = re.compile(
    r"\b(?:(?:las|los|as|os) (?:demas|otr[oa]s|outr[oa]s)|demais|en otr[oa]s?|em outr[oa]s?|na outra|no outro"
    r"|vecin[oa]s?"
    r"|vizinh[oa]s?|neighbou?rs?|other (?:sites?|branch(?:es)?|stores?|offices?|locations?|terminals?|plants?)"
    r"|the others?|el resto|o resto|the rest|enfrente)\b"
)
_PORTUGUESE = re.compile(r"\b(?:n[aã]o|voc[eê]s?|temos|uma?|foi|est[aá] em|loja)\b", re.IGNORECASE)
_INQUIRES = re.compile(
    r"\b(?:pregunt\w*|consult\w*|perguntam?|saber|revis\w*|verific\w*|confirm\w*|indi[cq]\w*|avis\w*|ver|check\w*|ask\w*)\b"
)
_POLITE = re.compile(
    r"\b(?:si (?:es|fuera|fuese|se) (?:posible|puede|pudiera)|de ser posible|si pueden|si se pudiera"
    r"|se (?:for )?possivel"
    r"|se der|se puderem|if (?:at all )?possible|if you can|if it suits)\b"
)
_BEFORE_WORDS = 3
_AFFIRMED_WORDS = 5


def is_old(sentence: Sentence) -> bool:
    """Whether the sentence tells of an earlier time, and does not only compare with it."""
    said = " ".join(sentence.plain)
    return any(_COMPARED.search(said[: old.start()]) is None for old in _OLD.finditer(said))


def elsewhere(sentence: Sentence, offset: int) -> bool:
    """Whether the clause at `offset` speaks of other places than the writer's."""
    first, last = sentence.words_of(sentence.clause_of(offset))
    return _ELSEWHERE.search(" ".join(sentence.plain[first:last])) is not None


def guesses(sentence: Sentence, span: Span) -> bool:
    """Whether the words before a cue, in its clause, say that the writer does not know."""
    first, _ = sentence.words_of(sentence.clause_of(sentence.words[span.start].start))
    said = " ".join(sentence.plain[first : span.end])
    own = len(" ".join((*sentence.plain[first : span.start], "")))
    # "Hay que", with which a cue begins, is the request itself.
    return any(doubt.start() != own for doubt in _GUESS.finditer(said))


def plainly(prose: Prose, sentence: Sentence, span: Span) -> bool:
    """Whether the words of `span` are said as they stand: neither asked nor supposed nor of elsewhere or long ago."""
    if sentence.asks_at(sentence.words[span.start].start) or is_old(sentence):
        return False
    number = sentence.clause_of(sentence.words[span.start].start)
    first, last = sentence.words_of(number)
    if elsewhere(sentence, sentence.words[span.start].start):
        return False
    before = " ".join(sentence.plain[first : span.end])
    polite = _POLITE.search(" ".join(sentence.plain[first:last])) is not None
    if _GUESS.search(before) is not None:
        return False
    spoken = [word.spoken for word in sentence.words]
    for at in range(max(first, span.start - _BEFORE_WORDS), span.start):
        if spoken[at] == "se" and (at > first or not _PORTUGUESE.search(prose.text)):
            continue
        if spoken[at] in _NEAR and not polite:
            return spoken[at] == "si" and at == span.start - 1 and _affirms(prose, sentence, span, number, last)
    return True


def _affirms(prose: Prose, sentence: Sentence, span: Span, number: int, last: int) -> bool:
    """Whether "si" is a "sí" of someone who writes no accents: nothing depends on it."""
    if _INQUIRES.search(" ".join(sentence.plain)) is not None:
        return False
    if prose.accents or "ñ" in prose.text or last - span.end > _AFFIRMED_WORDS:
        return False
    ends = number == len(sentence.clauses) - 1
    follows = sentence.text[sentence.clauses[number][1] : sentence.clauses[number][1] + 3].strip()
    return not any(c.isdigit() for c in sentence.text[: sentence.end][-2:]) and (
        (ends and number > 0) or (ends and span.end == last) or (not ends and follows[:1] not in {",", ":"})
    )
