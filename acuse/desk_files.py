"""Desk files: found in folders, checked, and made the policy that everything else works with."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import rules
from acuse.desk_checks import check_desk, check_together
from acuse.desk_conditions import condition
from acuse.desk_draft import Draft, draft
from acuse.desk_entries import DeskEntry, QuestionEntry, Words
from acuse.problems import Problem
from rules.policy import Desk, KindPolicy, Phone, Question

BUILT_IN = Path(rules.__file__).parent / "desks"

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class DeskFiles:
    """The desks by id, and every problem of every file. A desk whose own file has a problem is not among `desks`."""

    desks: Mapping[str, Desk]
    problems: tuple[Problem, ...]


def load_desk_files(directories: Sequence[Path]) -> DeskFiles:
    """Read every `*.toml` of `directories` and of the built-in folder; a desk in an earlier folder hides those of the
    same name in later ones. Nothing that stands in a file raises; it becomes a `Problem`."""
    problems: list[Problem] = []
    drafts: list[Draft] = []
    sound: dict[str, Desk] = {}
    for desk_id, path in _files([*directories, BUILT_IN], problems).items():
        data, digest, found = _read(path)
        if data is not None:
            one, found = draft(desk_id, str(path), digest, data)
            found += check_desk(one)
            drafts.append(one)
            if one.entry and not found:
                sound[desk_id] = _desk(one, one.entry)
        problems += found
    problems += check_together(drafts)
    return DeskFiles(sound, tuple(problems))


def _files(directories: Sequence[Path], problems: list[Problem]) -> dict[str, Path]:
    """The file of each desk id, in the order of ids."""
    files: dict[str, Path] = {}
    for directory in directories:
        try:
            found = sorted(path for path in directory.iterdir() if path.suffix == ".toml" and path.name[0] != ".")
        except OSError as error:
            cure = f"this folder of desk files cannot be read ({error.strerror}); make it, or leave it out"
            problems.append(Problem(str(directory), "", cure))
            continue
        for path in found:
            if _ID.fullmatch(path.stem):
                files.setdefault(path.stem, path)
            else:
                cure = 'the file\'s name is the desk\'s id: write small letters, digits and "-", e.g. "my-desk.toml"'
                problems.append(Problem(str(path), "", cure))
    return dict(sorted(files.items()))


def _read(path: Path) -> tuple[dict[str, Any] | None, str, list[Problem]]:
    """The file's data, the SHA-256 of its bytes, and why there is no data."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        return None, "", [Problem(str(path), "", f"cannot be read ({error.strerror}); check its owner and mode")]
    digest = hashlib.sha256(raw).hexdigest()
    try:
        # Editors on Windows begin a file with a byte order mark, which TOML does not know.
        return tomllib.loads(raw.decode("utf-8-sig")), digest, []
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return None, digest, [Problem(str(path), f"line {line}", "is not UTF-8; save the file in UTF-8")]
    except (ValueError, RecursionError) as error:
        message, _, place = str(error).rpartition(" (at ")
        cure = f"is not valid TOML: {message or error}; correct it there"
        return None, digest, [Problem(str(path), place.rstrip(")") if message else "", cure)]


def _desk(checked: Draft, entry: DeskEntry) -> Desk:
    return Desk(
        id=checked.id,
        name=entry.name,
        addresses=tuple(entry.addresses),
        languages=tuple(entry.languages),
        zone=entry.zone,
        kinds=tuple(KindPolicy(one.kind, one.reference, one.who_may_open, _words(one.cues)) for one in entry.kinds),
        questions=tuple(_question(one, entry) for one in entry.questions),
        identifies=tuple(entry.identifies),
        own_lists=tuple(entry.own_lists),
        agents=tuple(entry.agents),
        phones=tuple(Phone(phone.number, phone.label) for phone in entry.phones),
        portal=entry.portal,
        promise=timedelta(minutes=entry.promise_minutes) if entry.promise_minutes else None,
        echo=entry.echo,
        plus_addresses=entry.plus_addresses,
        channels=tuple(entry.channels),
        priorities=_choices(entry.priorities),
        priority_cues=_words(entry.priority_cues) or None,
        texts=entry.texts or None,
        country=entry.country,
        about=tuple(entry.about),
        customer_key=entry.customer_key,
        customer_reference_key=entry.customer_reference_key,
        callback_key=entry.callback_key,
        digest=checked.digest,
    )


def _question(one: QuestionEntry, entry: DeskEntry) -> Question:
    return Question(
        key=one.key,
        type=one.type,
        required=one.required,
        labels=one.label,
        synonyms=_words(one.synonyms),
        condition=condition(entry.conditions[one.asked_if]) if one.asked_if else None,
        choices=_choices(entry.priorities if one.choices_are_priorities else one.choices),
        cues=_words(one.cues) or None,
        kinds=tuple(one.kinds),
        no_cues=_words(one.no_cues) or None,
        leads=_words(one.leads) or None,
        takes=one.takes,
    )


def _choices(choices: Mapping[str, Words]) -> Mapping[str, Mapping[str, tuple[str, ...]]] | None:
    return {choice: _words(words) for choice, words in choices.items()} or None


def _words(words: Words) -> Mapping[str, tuple[str, ...]]:
    return {language: tuple(several) for language, several in words.items()}
