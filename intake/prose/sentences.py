"""What the writer tells in whole sentences: the trouble, what was done about it, what is expected."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.prose.clauses import Prose, Sentence, greets
from intake.prose.doubt import guesses, is_old
from intake.prose.facts import Fact
from rules.cues import Cues, Span

_SENTENCES = 3
_DENIAL_WORDS = 4
_DENIALS = Cues(
    (
        *("no", "não", "not", "cannot", "doesn t", "don t", "isn t", "won t", "can t", "ningun*", "nenhum*"),
        *("instead of", "rather than", "en vez de", "en lugar de", "em vez de", "ao invés de", "no longer", "nobody"),
    )
)
_TURNS = re.compile(
    r"^(?:pero|mas|porém|porem|but|sin embargo|however|y (?:sigue|nada|aun|aún)|e (?:continua|nada|ainda)"
    r"|and (?:still|nothing|it))\b",
    re.IGNORECASE,
)
_JOIN = re.compile(
    r"^(?:(?:y|e|pero|and|but|que|porque|because|also|también|tambien|además|ademas)\s+)+", re.IGNORECASE
)

_LEAD_IN = re.compile(
    r"(?:[^\W\d_]+ ){0,6}?(?:cuento|comento|comentamos|aviso|avisamos|avisar\w{0,2}|notifico|informo|informar\w{0,3}"
    r"|informamos|reporto|reportar\w{0,2}|reportamos|comunico|comunicamos|escribo|escribimos|escrevo|relatar|registrar"
    r"|contar\w{0,2}|decirles|dizer|inform|report|advised?|know|writing|write|tell) (?:(?:you|a ustedes|les|lhes) )?"
    r"(?:de )?(?:que|that|porque|because|as)\s",
    re.IGNORECASE,
)
"""How a report begins before it says anything: "les cuento que"."""
_THEREFORE = re.compile(
    r"(?:por (?:eso|ello|esto|isso|isto|lo tanto|tanto)|a causa de (?:eso|esto|ello)|debido a (?:eso|esto|ello)"
    r"|como consecuencia|como consequência|en consecuencia|com isso|therefore|because of (?:this|that)"
    r"|as a (?:result|consequence)|so),? ",
    re.IGNORECASE,
)
"""Words by which a sentence follows from the one before it."""
_REQUESTS = re.compile(
    r"^(?:\w+ ){0,4}?(?:(?:could|can|would|will) you(?! (?:like|want|prefer|need|tell|say|know|confirm|check|advise))"
    r"|(?:would it be|is it) possible to|me (?:pueden|podrian|ayudan|apoyan|podem)|nos (?:pueden|podrian|ayudan|apoyan)"
    r"|pueden|puede|podrian|podria|pudieran|poderiam|poderia|podem|voces podem|seria posible|seria possivel)\b"
)
_ASKS_WHETHER = re.compile(r"\b(?:si|se hay|se tem|if|whether|cuando|quando|when|por que|why|cual|qual|which)\b")
_CONDITIONS = frozenset({"if", "si", "se", "caso"})
_CONSEQUENCES = re.compile(
    r"\b(?:will|would|ll|shall|please|let|again|otra vez|de nuevo|de novo|por favor|favor|avis\w+|llam\w+|vamos"
    r"|\w{3,}(?:remos|re|ran|rao|rei))\b"
)

_Spans = Sequence[tuple[int, int]]


def told(
    prose: Prose,
    cues: Cues,
    leads: Cues,
    others: Cues,
    *,
    spent: _Spans,
    beside: _Spans,
    names: _Spans,
    denials: bool = True,
) -> Fact | None:
    """The sentences that hold a cue, from the first one on and up to one that holds a cue of `others`. `spent` are
    the places of other answers: clauses of theirs at either end are left out, as are those at the beginning that hold
    one of `names`; a cue inside an answer does not count. A later sentence with one of `beside` belongs to it no more.
    Where there is none, with `denials` the first sentence that says what is not so."""
    plain = [n for n, one in enumerate(prose.sentences) if (not one.asks or _requests(one)) and not is_old(one)]
    asked = [n for n, one in enumerate(prose.sentences) if one.asks]
    for numbers, guessed in ((plain, False), (plain, True), (asked, True)):
        for n in numbers:
            spans = _span(prose.sentences[n], cues, spent, names, guessed=guessed)
            if spans is None:
                continue
            start, end = spans
            for later in prose.sentences[n + 1 : n + _SENTENCES]:
                more = _span(later, cues, spent, names, guessed=False)
                if (
                    more is None
                    or others.find(later.plain)
                    or later.asks
                    or is_old(later)
                    or any(later.start <= a < later.end for a, _ in (*spent, *beside))
                ):
                    break
                end = later.end
            return Fact(start, end, " ".join(prose.text[start:end].split()))
    return rest(prose, leads) or (_denied(prose, spent) if denials else None)


def _requests(sentence: Sentence) -> bool:
    """Whether a question asks to do something: "Could you add a route?"."""
    said = " ".join(sentence.plain)
    return _REQUESTS.match(said) is not None and _ASKS_WHETHER.search(said) is None


def _supposed(sentence: Sentence, span: Span) -> bool:
    """Whether a cue stands in a condition: "if it stops again we will call"."""
    if sentence.words[0].spoken not in _CONDITIONS or sentence.clause_of(sentence.words[span.start].start) > 0:
        return False
    return _CONSEQUENCES.search(" ".join(sentence.plain)) is not None


def _denied(prose: Prose, spent: _Spans) -> Fact | None:
    """The first sentence that says what is not so ("no jala el internet"), where nothing else tells the trouble."""
    for sentence in prose.sentences:
        if sentence.asks or is_old(sentence) or len(sentence.words) < _DENIAL_WORDS:
            continue
        found = _span(sentence, _DENIALS, spent, (), guessed=False)
        if found:
            return Fact(*found, " ".join(prose.text[found[0] : found[1]].split()))
    return None


def _span(sentence: Sentence, cues: Cues, spent: _Spans, names: _Spans, *, guessed: bool) -> tuple[int, int] | None:
    """The part of a sentence that tells it; None where no cue stands in it."""
    mine = [(a, b) for a, b in spent if sentence.start <= a < sentence.end]
    found = [span for span in cues.find(sentence.plain) if guessed or not guesses(sentence, span)]
    found = [span for span in found if not _supposed(sentence, span)]
    places = [sentence.words[span.start].start for span in found]
    open_ = [start for start in places if not any(a <= start < b for a, b in mine)]
    if not open_:
        return None
    first = sentence.clause_of(open_[0])
    open_word = next(n for n, word in enumerate(sentence.words) if word.start == open_[0])
    begin, stop = 0, len(sentence.clauses)
    for n in range(first):
        low, high = sentence.words_of(n)
        # A firm in parentheses is said by the way.
        own = [(a, b) for a, b in names if sentence.start <= a < sentence.end and not _by_the_way(sentence, a)]
        if _holds(sentence, n, [*mine, *own]) or (begin == n and greets(sentence.plain[low:high])):
            begin = n + 1
    for n in range(first + 1, len(sentence.clauses)):
        if _holds(sentence, n, mine):
            stop = n
            break
    start = sentence.clauses[begin][0]
    end = sentence.end if stop == len(sentence.clauses) else sentence.clauses[stop - 1][1]
    for lead_in in (_LEAD_IN, _THEREFORE):
        lead = lead_in.match(sentence.text, start, min(end, sentence.words[-1].start))
        start = (
            lead.end() if lead and (lead_in is _THEREFORE or lead.end() <= sentence.words[open_word].start) else start
        )
    if begin:
        join = _JOIN.match(sentence.text[start:end])
        start += join.end() if join else 0
    return start, end


def _by_the_way(sentence: Sentence, offset: int) -> bool:
    """Whether what stands at `offset` is said in parentheses."""
    before = sentence.text[sentence.start : offset]
    return before.rfind("(") > before.rfind(")")


def _holds(sentence: Sentence, clause: int, spans: _Spans) -> bool:
    start, end = sentence.clauses[clause]
    return any(start <= a < end or a <= start < b for a, b in spans)


def clause(prose: Prose, cues: Cues, others: Cues, spent: _Spans) -> Fact | None:
    """The part of a sentence that begins with the clause of a cue, up to a turn ("pero sigue igual"), a cue of
    `others` or another answer."""
    for number_of, sentence in enumerate(prose.sentences):
        if sentence.asks or is_old(sentence):
            continue
        foreign = [sentence.words[s.start].start for s in others.find(sentence.plain)]
        for span in cues.find(sentence.plain):
            place = sentence.words[span.start].start
            number = sentence.clause_of(place)
            last = max(number, sentence.clause_of(sentence.words[span.end - 1].start))
            while last + 1 < len(sentence.clauses):
                start, end = sentence.clauses[last + 1]
                stops = any(start <= at < end for at in foreign) or any(start <= a < end for a, _ in spent)
                if stops or _TURNS.match(sentence.text[start:end].strip()):
                    break
                last += 1
            start = sentence.clauses[number][0]
            join = _JOIN.match(sentence.text[start : sentence.clauses[last][1]])
            start += join.end() if join else 0
            end = sentence.clauses[last][1]
            if last == len(sentence.clauses) - 1 and prose.text[end - 1] == ";":
                end = _goes_on(prose, number_of, cues, others) or end
            return Fact(start, end, " ".join(prose.text[start:end].split()).strip(" ,;:."))
    return None


def _goes_on(prose: Prose, number: int, cues: Cues, others: Cues) -> int:
    """The end of the sentence behind the semicolon of sentence `number` where it goes on about the same; else 0."""
    after = prose.sentences[number + 1] if number + 1 < len(prose.sentences) else None
    own = cues.find(after.plain) if after and not after.asks and not is_old(after) else []
    if after is None or not own or any(foreign.start < own[0].start for foreign in others.find(after.plain)):
        return 0
    return after.end


def rest(prose: Prose, leads: Cues) -> Fact | None:
    """What stands behind a lead, to the end of its sentence."""
    for sentence in prose.sentences:
        for span in leads.find(sentence.plain):
            if span.end < len(sentence.words) and not is_old(sentence):
                start, end = sentence.words[span.end].start, sentence.end
                return Fact(start, end, " ".join(prose.text[start:end].split()))
    return None
