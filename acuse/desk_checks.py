"""What must be true of a desk as a whole, and of all desks together, beyond each value alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product

from rapidfuzz import fuzz, process

from acuse.desk_conditions import check_conditions
from acuse.desk_draft import Draft
from acuse.desk_entries import QuestionEntry, Words
from acuse.problems import Problem, nearest
from rules.cues import is_well_formed
from rules.model import Kind
from rules.numbering import look_alike
from rules.policy import QuestionType, Takes
from rules.words import fold

_TOO_NEAR = 90
"""Two labels this alike (0 to 100, their words sorted) are hardly more than one typing mistake away from each other."""

_HINT = re.compile(r"\([^()]*\)")


def check_desk(draft: Draft) -> Iterator[Problem]:
    """What is wrong with one desk."""
    yield from _check_twice(draft)
    yield from _check_languages(draft)
    yield from _check_choices(draft)
    yield from _check_prose(draft)
    yield from check_conditions(draft)
    yield from _check_labels(draft)
    yield from _check_names(draft)
    for (a, kind_a), (b, kind_b) in combinations(_patterns(draft).items(), 2):
        if look_alike(a, b):
            cure = f'numbers can look like those of {kind_a} ("{a}"); write the same, or other letters'
            yield Problem(draft.file, f"kinds[{kind_b}].reference", cure)
    if draft.mail_and_phone_only and draft.channels:
        cure = "must be [], because mail_and_phone_only says that the desk uses no other media; change one of the two"
        yield Problem(draft.file, "channels", cure)


def check_together(drafts: Sequence[Draft]) -> Iterator[Problem]:
    """What two desks must not share; each is said of the later one."""
    for first, second in combinations(drafts, 2):
        taken = {address.lower() for address in first.addresses}
        for address in second.addresses:
            if address.lower() in taken:
                cure = f'"{address}" is also an address of {first.id} ({first.file}); keep it in one of the two'
                yield Problem(second.file, "addresses", cure)
        for (ours, _), (theirs, kind) in product(_patterns(first).items(), _patterns(second).items()):
            if look_alike(ours, theirs):
                cure = f'numbers can look like those of {first.id} ("{ours}", {first.file}); write other letters'
                yield Problem(second.file, f"kinds[{kind}].reference", cure)


def _patterns(draft: Draft) -> dict[str, Kind]:
    """Each pattern of the desk and the first kind that has it."""
    patterns: dict[str, Kind] = {}
    for kind in draft.kinds:
        patterns.setdefault(kind.reference, kind.kind)
    return patterns


def _check_twice(draft: Draft) -> Iterator[Problem]:
    for key in _repeated(draft.question_keys):
        yield Problem(draft.file, f"questions[{key}].key", f'two questions have the key "{key}"; rename one')
    for kind in _repeated(draft.kind_names):
        yield Problem(draft.file, f"kinds[{kind}].kind", f'the kind "{kind}" stands twice; take one out')


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def _check_languages(draft: Draft) -> Iterator[Problem]:
    labels = {f"questions[{question.key}].label": question.label for question in draft.questions}
    labels |= {f"phones[{number}].label": phone.label for number, phone in enumerate(draft.phones, start=1)}
    for place, label in labels.items():
        for language in draft.languages:
            if language not in label:
                yield Problem(draft.file, place, f'has no text in a language of the desk; add label.{language} = "..."')


def _check_choices(draft: Draft) -> Iterator[Problem]:
    yield from _check_ambiguous(draft, draft.priorities or {}, "priorities")
    for question in draft.questions:
        place = f"questions[{question.key}]"
        yield from _check_ambiguous(draft, question.choices, f"{place}.choices")
        if question.type is not QuestionType.CHOICE:
            if question.choices or question.choices_are_priorities:
                cure = 'only a question of type = "choice" has choices; take them out or change the type'
                yield Problem(draft.file, f"{place}.choices", cure)
        elif question.choices_are_priorities:
            if question.choices:
                yield Problem(draft.file, f"{place}.choices", "take it out: choices_are_priorities names them already")
            if draft.priorities == {}:
                yield Problem(draft.file, f"{place}.choices_are_priorities", "there are no [priorities]; add them")
        elif not question.choices:
            cure = 'a choice question needs its choices; add choices.NAME.es = ["...", "..."] for each'
            yield Problem(draft.file, f"{place}.choices", cure)


def _check_prose(draft: Draft) -> Iterator[Problem]:
    for question in draft.questions:
        place = f"questions[{question.key}]"
        if question.takes is not None and question.type is not QuestionType.TEXT:
            yield Problem(draft.file, f"{place}.takes", 'only a question of type = "text" has it; take it out')
        elif question.takes not in {None, Takes.EMAIL} and not (question.cues or question.leads):
            yield Problem(draft.file, f"{place}.takes", 'needs phrases to go by; add cues.es = ["...", "..."]')
        if question.no_cues and question.type is not QuestionType.YES_NO:
            yield Problem(draft.file, f"{place}.no_cues", 'only a question of type = "yes_no" has them; take them out')
        for name in ("cues", "no_cues", "leads"):
            for phrases in getattr(question, name).values():
                for phrase in phrases:
                    if not is_well_formed(phrase):
                        cure = f'"{phrase}" is no cue; write sets as "{{a|b}}" and at most one " & "'
                        yield Problem(draft.file, f"{place}.{name}", cure)


def _check_ambiguous(draft: Draft, choices: Mapping[str, Words], place: str) -> Iterator[Problem]:
    meaning: dict[str, str] = {}
    for choice, words in choices.items():
        for word in dict.fromkeys(fold(one) for several in words.values() for one in several):
            if meaning.setdefault(word, choice) != choice:
                cure = f'the word "{word}" also means {meaning[word]}; take it out of one of the two'
                yield Problem(draft.file, f"{place}.{choice}", cure)


def _check_labels(draft: Draft) -> Iterator[Problem]:
    """Labels of two questions, in all languages mixed as the reader mixes them, that cannot be told apart. Questions
    of different kinds may share one: the form's other labels tell whose it is."""
    spellings = [(question, _spellings(question)) for question in draft.questions]
    for (one, first), (other, second) in combinations(spellings, 2):
        if one.kinds and other.kinds and not set(one.kinds) & set(other.kinds):
            continue
        a, b = one.key, other.key
        for bare, label in second.items():
            if near := process.extractOne(bare, list(first), scorer=fuzz.ratio, score_cutoff=_TOO_NEAR):
                cure = f'"{label}" cannot be told apart from "{first[near[0]]}" of {a}; reword one or take it out'
                yield Problem(draft.file, f"questions[{b}]", cure)
                break


def _spellings(question: QuestionEntry) -> dict[str, str]:
    """Every label and synonym by its words in alphabetical order: their order does not tell labels apart."""
    labels = [*question.label.values(), *(one for several in question.synonyms.values() for one in several)]
    return {" ".join(sorted((fold(_HINT.sub(" ", label)) or fold(label)).split())): label for label in labels}


def _check_names(draft: Draft) -> Iterator[Problem]:
    for place, keys in draft.questions_named.items():
        for key in keys:
            if key not in draft.question_keys:
                cure = f'no question has the key "{key}"; {nearest(key, draft.question_keys)}'
                yield Problem(draft.file, place, cure)
    for question in draft.questions:
        for kind in question.kinds:
            if kind not in draft.kind_names:
                cure = f'the desk opens no "{kind}"; {nearest(kind, draft.kind_names)}'
                yield Problem(draft.file, f"questions[{question.key}].kinds", cure)
