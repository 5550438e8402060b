"""Opening hours, dates and amounts in running text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from intake.prose.clauses import Prose, Sentence
from intake.prose.doubt import is_old, plainly
from intake.prose.facts import Fact, shown
from intake.prose.words import FILL, LINKS, NUMBER_WORDS
from intake.questionnaire.zones import zone_end
from rules.cues import Cues

_DAYS = """
    lunes martes miercoles jueves viernes sabado sabados domingo domingos segunda terca quarta quinta sexta
    feira feiras monday tuesday wednesday thursday friday saturday sunday mondays fridays saturdays sundays mon
    tue wed thu fri sat sun lun mar mie jue vie sab dom feriados festivos holidays weekdays weekends weekend
    daily diario diariamente dias days day todos semana every week seg sex uteis habiles laborables feriado
"""
_CLOCK = """
    h hs hr hrs hora horas hours hour am pm m p mediodia medianoche noon midnight meio dia meia noite tarde
    noche manana manha madrugada corrido corridas continuo round clock
"""
_LINK = """
    a al as de da das do del desde las los la el y e ate to until till through thru hasta from and en em por
    pela in the todo o os each at un
"""
_MONTHS = """
    enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre janeiro
    fevereiro marco maio junho julho setembro outubro novembro dezembro january february march april may june
    july august september october november december jan feb ene abr jun jul ago sep set oct out nov dic dez dec
    hoy manana hoje amanha today tomorrow gmt utc proximo proxima next st nd rd th
"""
_NEVER_CLOSES = re.compile(
    r"\b(?:never (?:close|closes|shut|shuts)|no (?:cierra|cerramos|cierran) nunca|nunca (?:cierra|cerramos|cierran"
    r"|fecha|fecham|fechamos)|nao (?:fecha|fecham|fechamos) nunca|siempre (?:esta |estamos |estan )?abiert[oa]s?"
    r"|sempre (?:esta |estamos )?abert[oa]s?|always open|open (?:around the clock|all (?:day|night|hours)|24 hours)"
    r"|(?:abiert[oa]s?|atiende|atendemos|opera|operamos|funciona|trabaja|trabajamos) (?:a toda hora|las 24 horas"
    r"|dia y noche)|(?:abert[oa]s?|atende|atendemos|funciona) (?:a toda hora|24 horas|dia e noite))\b"
)
_ALWAYS_WORDS = 10
_LIMITS = frozenset(
    {
        *("antes", "before", "by", "hasta", "until", "ate", "since", "desde"),
        *("plazo", "prazo", "deadline", "vence", "vencimiento"),
    }
)
_ROUGHLY = frozenset(
    {
        *("about", "roughly", "around", "approximately", "approx", "nearly", "almost", "unos", "unas", "uns", "umas"),
        *("cerca", "alrededor", "aproximadamente", "casi", "quase"),
    }
)
_HOUR_WORDS = frozenset(f"{_DAYS} {_CLOCK}".split())
_WEEKDAYS = frozenset(
    {
        *("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "sabados", "domingo", "domingos"),
        *("segunda", "terca", "quarta", "quinta", "sexta", "seg", "ter", "qua", "qui", "sex"),
        *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        *("mon", "tue", "wed", "thu", "fri", "sat", "sun", "lun", "mar", "mie", "jue", "vie", "sab", "dom"),
    }
)
_HOUR_LINKS = frozenset(_LINK.split())
_HOUR = re.compile(r"\d{1,2}(?:(?:st|nd|rd|th)|(?:h|hs|hrs|am|pm)(?:[0-5]\d)?)?|[0-2]\d[0-5]\d|24x7|7x24")
_DATE_WORDS = _HOUR_WORDS | frozenset(_MONTHS.split())
_DATE_LINKS = _HOUR_LINKS | {
    *("otra", "vez", "again", "novamente", "nuevamente", "luego", "depois"),
    *("on", "of", "no", "dia", "between", "entre", "las", "partir", "starting"),
}


def hours(prose: Prose, cues: Cues, places: Cues) -> Iterator[Fact]:
    """Times of day or days of the week in a sentence with a cue: "abre de 10 a 20 h de lunes a domingo"; else
    the clause that says of one of the `places`, or of "us", that it never closes."""
    for sentence in prose.sentences:
        if sentence.asks:
            continue
        for span in cues.find(sentence.plain):
            if not plainly(prose, sentence, span):
                continue
            runs = [run for run in _runs(sentence, _HOUR_WORDS, _HOUR_LINKS) if _is_range(sentence, *run)]
            after = [run for run in runs if run[1] > span.start]
            if after:
                start, end = _run_span(sentence, *after[0])
                yield Fact(start, end, shown(prose, start, end))
    for sentence in prose.sentences:
        if sentence.asks or is_old(sentence):
            continue
        for run in _runs(sentence, _HOUR_WORDS, _HOUR_LINKS):
            # "De lunes a viernes de 8 a 18" needs no cue.
            words = sentence.plain[run[0] : run[1]]
            if _is_range(sentence, *run) and sum(word in _WEEKDAYS for word in words) >= 2:
                start, end = _run_span(sentence, *run)
                yield Fact(start, end, shown(prose, start, end))
    yield from _always(prose, places)


def _always(prose: Prose, places: Cues) -> Iterator[Fact]:
    """The clauses that say of a place that it never closes."""
    for sentence in prose.sentences:
        if sentence.asks or is_old(sentence):
            continue
        for number, (start, end) in enumerate(sentence.clauses):
            first, last = sentence.words_of(number)
            words = sentence.plain[first:last]
            if len(words) > _ALWAYS_WORDS:
                continue
            said = " ".join(words)
            always = _NEVER_CLOSES.search(said)
            if always and (places.find(words) or set(said[: always.start()].split()) <= LINKS | {"we", "nosotros"}):
                yield Fact(start, end, shown(prose, start, end))


def _is_range(sentence: Sentence, first: int, last: int) -> bool:
    words = sentence.plain[first:last]
    text = sentence.text[sentence.words[first].start : sentence.words[last - 1].end]
    times = re.findall(
        r"(?<!\d)\d{1,2}(?:[:.h]\d\d)?(?!\d)|mediod[ií]a|medianoche|noon|midnight|meia[ -]noite", text.casefold()
    )
    always = re.search(r"\b24\s?(?:x|/|h|hs|hrs|horas|hours)", text.casefold()) is not None
    return always or len(times) >= 2 or (len(words) >= 3 and "todo" in words and "dia" in words)


def _runs(sentence: Sentence, wanted: frozenset[str], links: frozenset[str]) -> list[tuple[int, int]]:
    """Stretches of words of times and dates."""
    runs: list[tuple[int, int]] = []
    first = None
    for n, plain in enumerate((*sentence.plain, "\x00")):
        fits = plain in wanted or plain in links or _HOUR.fullmatch(plain)
        parted = first is not None and n < len(sentence.words) and re.search(r"[()!]|\.\s", sentence.between(n))
        if first is not None and (
            not fits or (parted and "m." not in sentence.text[sentence.words[n - 1].start :][:3])
        ):
            runs.append((first, n))
            first = None
        if fits and first is None and n < len(sentence.words):
            first = n
    trimmed: list[tuple[int, int]] = []
    for start, end in runs:
        low, high = start, end
        while high > low and sentence.plain[high - 1] in links:
            high -= 1
        starts = {"de", "das", "from", "desde", "las", "todos", "every", "todo", "do", "da"}
        while (
            low < high
            and sentence.plain[low] in links
            and not (sentence.plain[low] in starts and sentence.plain[low + 1 : low + 2] != ("la",))
        ):
            low += 1
        if low < high:
            trimmed.append((low, high))
    return trimmed


def _run_span(sentence: Sentence, first: int, last: int) -> tuple[int, int]:
    start, end = sentence.words[first].start, sentence.words[last - 1].end
    if sentence.text[end : end + 1] == "." and sentence.plain[last - 1] in {"m", "h", "hs", "hrs"}:
        end += 1
    return start, end


def dated(prose: Prose, cues: Cues, read: Callable[[str], bool]) -> Iterator[Fact]:
    """The date with its time in a sentence with a cue, where `read` understands it."""
    for sentence in prose.sentences:
        spans = [span for span in cues.find(sentence.plain) if plainly(prose, sentence, span)]
        for first, stop in _runs(sentence, _DATE_WORDS, _DATE_LINKS) if spans else ():
            # "11:00, hora de Bogotá": the zone follows.
            last = stop - (stop - first > 1 and sentence.plain[stop - 1] in {"hora", "horario"})
            start, end = _run_span(sentence, first, last)
            end = zone_end(prose.text, end)
            if any(c.isdigit() for c in prose.text[start:end]) and read(prose.text[start:end]):
                yield Fact(start, end, shown(prose, start, end))


def proposed(prose: Prose, read: Callable[[str], bool]) -> Iterator[Fact]:
    """The dates with their times that no cue stands by, but for limits and what is over: "¿puede ser el 2/12 a las
    18:30?"."""
    for sentence in prose.sentences:
        for first, last in [] if is_old(sentence) else _runs(sentence, _DATE_WORDS, _DATE_LINKS):
            start, end = _run_span(sentence, first, last)
            end = zone_end(prose.text, end)
            limited = _LIMITS & set(sentence.plain[max(0, first - 3) : first + 1])
            if not limited and any(c.isdigit() for c in prose.text[start:end]) and read(prose.text[start:end]):
                yield Fact(start, end, shown(prose, start, end))


def amounts(prose: Prose, cues: Cues, leads: Cues) -> Iterator[Fact]:
    """A number before its unit ("300 asistentes"), or behind a lead and with the unit that follows ("durará 90
    minutos")."""
    for sentence in prose.sentences:
        for span in cues.find(sentence.plain):
            at = span.start
            while (
                at
                and span.start - at < 3
                and not _counts(sentence.plain[at - 1])
                and sentence.plain[at - 1] not in FILL
            ):
                at -= 1
            if at and _counts(sentence.plain[at - 1]) and plainly(prose, sentence, span):
                first = at - 1
                while (
                    first > 1
                    and sentence.plain[first - 1] in {"a", "to", "y", "e"}
                    and _counts(sentence.plain[first - 2])
                ):
                    first -= 2
                first = _roughly(sentence, first)
                start, end = sentence.words[first].start, sentence.words[span.end - 1].end
                yield Fact(start, end, shown(prose, start, end))
        for span in leads.find(sentence.plain):
            at = span.end
            while (
                at < len(sentence.words)
                and at - span.end < 4
                and sentence.plain[at] in FILL
                and not _counts(sentence.plain[at])
            ):
                at += 1
            if at + 1 < len(sentence.words) and _counts(sentence.plain[at]) and plainly(prose, sentence, span):
                stop = at + 2
                if sentence.plain[stop : stop + 1] in {("y",), ("e",), ("and",)} and stop + 1 < len(sentence.words):
                    tail = sentence.plain[stop + 1 : stop + 3]
                    fraction = 3 if tail[-1:] in {("half",), ("quarter",)} else 0
                    stop += 2 if tail[:1] in {("media",), ("meia",), ("cuarto",)} else fraction
                start, end = sentence.words[_roughly(sentence, at)].start, sentence.words[stop - 1].end
                yield Fact(start, end, shown(prose, start, end))


def _roughly(sentence: Sentence, word: int) -> int:
    """Where the amount begins that word `word` counts, with what says that it is rough ("about 300")."""
    first = word
    while first and (
        sentence.plain[first - 1] in _ROUGHLY
        or (sentence.plain[first - 1] == "de" and first > 1 and sentence.plain[first - 2] in _ROUGHLY)
    ):
        first -= 1
    return first


def _counts(word: str) -> bool:
    return word[0].isdigit() or word in NUMBER_WORDS
