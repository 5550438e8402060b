"""Reads one stretch of running text by the cues of a desk's questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from intake.prose import facts, names, sentences, times
from intake.prose.clauses import Prose
from intake.prose.contacts import people
from intake.prose.facts import Fact
from intake.prose.numbers import address_answers, phone_answers
from intake.prose.states import yes_or_no
from intake.prose.who import firm, person, place
from intake.prose.writer import Writer, as_fact, only, own_address, signed_name
from intake.questionnaire.moments import moments
from intake.questionnaire.triage import asked_level, named_ticket
from rules.cues import Cues, cues_of
from rules.policy import Desk, Question, QuestionType, Takes, Words
from rules.words import fold

_OWN_NAMES = frozenset({Takes.FIRM, Takes.PERSON})
_UNSPENT = _OWN_NAMES | {Takes.PLACE, Takes.NAME, Takes.EMAIL}


class Reader:
    """Reads one stretch of text."""

    def __init__(self, prose: Prose, desk: Desk, writer: Writer, signature: Prose, now: datetime) -> None:
        self.prose = prose
        self.desk = desk
        self.writer = writer
        self.signature = signature
        self.now = now
        self.questions = desk.questions
        self.login = writer.address.partition("@")[0]

    def facts(self) -> dict[str, Fact]:
        """The facts by question."""
        found: dict[str, Fact] = {}
        for question in self.questions:
            fact = self._stated(question)
            if fact:
                found[question.key] = fact
        found |= address_answers(self.prose, self._owners(QuestionType.IPS))
        found |= self._contacts(found)
        found |= phone_answers(self.prose, self._owners(QuestionType.PHONES), found)
        found |= self._names()
        found |= self._told(found)
        found |= self._places_and_choices(found)
        return found

    def fits_a_subject(self, key: str) -> bool:
        """Whether a subject can give this answer: it is too short for people, times and what was done."""
        question = self.desk.question(key)
        return question is not None and not (
            question.type in {QuestionType.CONTACTS, QuestionType.DATETIME, QuestionType.DATETIMES}
            or question.takes in {Takes.HOURS, Takes.AMOUNT, Takes.PERSON, Takes.CLAUSE}
        )

    def _stated(self, question: Question) -> Fact | None:
        cues, leads = _cues(question.cues), _cues(question.leads)
        if question.type is QuestionType.YES_NO:
            others = _cues(*(q.no_cues for q in self.questions if q is not question))
            return yes_or_no(self.prose, cues, _cues(question.no_cues), others)
        if question.type in {QuestionType.DATETIME, QuestionType.DATETIMES}:
            zone = ZoneInfo(self.desk.zone)
            dated = list(times.dated(self.prose, cues, lambda text: bool(moments(text, zone, self.now))))
            if question.type is QuestionType.DATETIME:
                # "El 2/12 a las 10 o el 3/12 a las 10" leaves it to us.
                dated = [one for one in dated if not ({"o", "ou", "or"} & set(one.text.casefold().split()))]
                return only(dated) or (None if dated else self._proposed(question))
            return _joined(self.prose, dated)
        if question.type is not QuestionType.TEXT:
            return None
        match question.takes:
            case Takes.CODE:
                several = list(facts.codes(self.prose, _cues(question.leads, question.cues), self.login))
                told = only([one for one in several if any(c.isdigit() for c in one.text)] or several)
                return told or (self._own_number() if question.required and not several else None)
            case Takes.HOURS:
                places = _cues(*(q.cues for q in self.questions if q.takes is Takes.PLACE))
                return next(times.hours(self.prose, cues, places), None)
            case Takes.AMOUNT:
                led = only(_by_place(times.amounts(self.prose, _cues(), leads)))
                return led or only(_by_place(times.amounts(self.prose, cues, _cues())))
            case Takes.EMAIL:
                return own_address(list(facts.emails(self.prose)), self.writer, self.desk)
            case Takes.REST:
                return sentences.rest(self.prose, _cues(question.leads, question.cues))
            case Takes.NAME:
                found = [*names.things(self.prose, cues), *names.behind(self.prose, leads, lower=False)]
                return as_fact(found[0][1]) if found else None
        return None

    def _proposed(self, question: Question) -> Fact | None:
        """The one moment to come that the text names, for the only question that asks for one."""
        zone = ZoneInfo(self.desk.zone)
        asked = [q for q in self.questions if q.type in {QuestionType.DATETIME, QuestionType.DATETIMES}]
        if asked != [question] or not question.required or question.condition is not None:
            return None
        found = list(times.proposed(self.prose, lambda text: bool(moments(text, zone, self.now))))
        when = {one for fact in found for one in moments(fact.text, zone, self.now)}
        if len(when) != 1 or len(found) != 1 or datetime.fromisoformat(min(when)) <= self.now:
            return None
        return found[0]

    def _contacts(self, found: Mapping[str, Fact]) -> dict[str, Fact]:
        owners = self._owners(QuestionType.CONTACTS)
        if not owners:
            return {}
        name = self.writer.name
        for question in self.questions:
            if question.takes is Takes.PERSON and question.key in found:
                name = found[question.key].text
        taken = [(fact.start, fact.end) for key, fact in found.items() if self._takes(key) is not Takes.EMAIL]
        writer = signed_name(self.writer, self.signature) or name
        found_people = people(self.prose, owners, writer, taken)
        for fact in found_people.values():
            for one in fact.value if isinstance(fact.value, list) else ():
                if isinstance(one, dict) and not one["name"] and self._is_writers(one["email"]):
                    one["name"] = writer or None
        return found_people

    def _own_number(self) -> Fact | None:
        """A number of the desk's own, by no lead: "this morning's webinar (EVT-2026-000104)"."""
        number = named_ticket(self.desk, [self.prose.text])
        at = self.prose.text.find(number) if number else -1
        return Fact(at, at + len(number), number) if number and at >= 0 else None

    def _is_writers(self, address: str | None) -> bool:
        return bool(address) and (address or "").lower() == self.writer.address

    def _owners(self, kind: QuestionType) -> dict[str, Cues]:
        return {q.key: _cues(q.cues, q.leads) for q in self.questions if q.type is kind and (q.cues or q.leads)}

    def _names(self) -> dict[str, Fact]:
        found: dict[str, Fact] = {}
        for question in self.questions:
            cues = _cues(question.cues, question.leads)
            fact = None
            if question.takes is Takes.PERSON:
                fact = person(self.prose, cues, self.writer)
            elif question.takes is Takes.FIRM:
                fact = firm(self.prose, cues, self.writer, self.signature)
            if fact:
                found[question.key] = fact
        return found

    def _told(self, found: Mapping[str, Fact]) -> dict[str, Fact]:
        """Sentences and clauses, in which the answers found so far and each other's are left out."""
        spent = [(f.start, f.end) for key, f in found.items() if self._spends(key)]
        beside = [(f.start, f.end) for key, f in found.items() if self._is_amid(key)]
        own = [(f.start, f.end) for key, f in found.items() if self._takes(key) in _OWN_NAMES]
        told: dict[str, Fact] = {}
        clauses = [q for q in self.questions if q.takes is Takes.CLAUSE]
        for question in clauses:
            others = _cues(*(q.cues for q in clauses if q is not question))
            fact = sentences.clause(self.prose, _cues(question.cues), others, spent)
            if fact:
                told[question.key] = fact
                spent = [*spent, (fact.start, fact.end)]
        tell = [q for q in self.questions if q.takes is Takes.SENTENCE]
        for question in self.questions:
            if question.takes is Takes.SENTENCE:
                others = _cues(*(q.cues for q in tell if q is not question))
                fact = sentences.told(
                    self.prose,
                    _cues(question.cues),
                    _cues(question.leads),
                    others,
                    spent=spent,
                    beside=beside,
                    names=own,
                    denials=question is tell[0],
                )
                if fact:
                    told[question.key] = fact
                    spent = [*spent, (fact.start, fact.end)]
            elif question.type is QuestionType.TEXT and question.takes is None and question.cues:
                fact = self._anyhow(question, spent)
                if fact:
                    told[question.key] = fact
        return told

    def _anyhow(self, question: Question, spent: Sequence[tuple[int, int]]) -> Fact | None:
        """The answer of a text question that does not tell what it takes: a name or a code behind a cue, else the
        clause that holds it."""
        cues = _cues(question.cues)
        name = next((name for _, name in names.behind(self.prose, cues, lower=False)), None)
        code = next(facts.codes(self.prose, cues), None)
        return as_fact(name) or code or sentences.clause(self.prose, cues, _cues(), spent)

    def _spends(self, key: str) -> bool:
        """Whether the place of an answer tells nothing else."""
        question = self.desk.question(key)
        return question is None or (question.takes not in _UNSPENT and not self._is_amid(key))

    def _is_amid(self, key: str) -> bool:
        """Whether the answer may stand in the midst of the trouble, as an address or a date does."""
        question = self.desk.question(key)
        return question is not None and question.type in {QuestionType.IPS, QuestionType.DATETIME}

    def _takes(self, key: str) -> Takes | None:
        question = self.desk.question(key)
        return question.takes if question else None

    def _places_and_choices(self, found: Mapping[str, Fact]) -> dict[str, Fact]:
        trouble = [(f.start, f.end) for key, f in found.items() if self._takes(key) is Takes.SENTENCE]
        levels = (self.desk.priorities or {}).keys()
        more: dict[str, Fact] = {}
        for question in self.questions:
            fact = None
            if question.takes is Takes.PLACE:
                known = [f.text for key, f in found.items() if self._takes(key) is Takes.FIRM]
                known.append(self.writer.name)
                fact = place(self.prose, _cues(question.cues), _cues(question.leads), known, trouble)
            elif question.type is QuestionType.CHOICE and question.choices:
                if levels and question.choices.keys() <= levels:
                    level = asked_level(self.desk, self.prose.text)
                    fact = Fact(*level) if level else None
                else:
                    fact = facts.chosen(self.prose, question.choices, trouble)
                    # "Other" says nothing outside of an answer.
                    fact = None if fact and fold(fact.text) in _catch_all(question) else fact
            if fact:
                more[question.key] = fact
        return more


def _catch_all(question: Question) -> set[str]:
    return {
        fold(word)
        for name, words in (question.choices or {}).items()
        if fold(name) in {"other", "others", "otro", "outro"}
        for several in words.values()
        for word in several
    }


def _by_place(found: Iterable[Fact]) -> list[Fact]:
    """The first fact at each place: "600 colleagues", of which "600 colleagues are expected" is no other."""
    first: dict[int, Fact] = {}
    for fact in found:
        first.setdefault(fact.start, fact)
    return list(first.values())


def _cues(*several: Words | None) -> Cues:
    return cues_of(tuple(phrase for words in several for phrases in (words or {}).values() for phrase in phrases))


def _joined(prose: Prose, found: Sequence[Fact]) -> Fact | None:
    if not found:
        return None
    start, end = found[0].start, found[-1].end
    return Fact(start, end, facts.shown(prose, start, end)) if end - start < 200 else found[0]
