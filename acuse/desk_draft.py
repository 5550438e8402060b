"""A desk's file as far as it is sound, so that one mistake does not hide the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from acuse.desk_entries import (
    LANGUAGES,
    Address,
    ConditionEntry,
    DeskEntry,
    KindEntry,
    PhoneEntry,
    QuestionEntry,
    Words,
)
from acuse.problems import Problem, problems_of

QUESTION_NAMING = ("identifies", "about", "customer_key", "customer_reference_key", "callback_key")
"""The keys of a desk whose values are keys of its questions."""

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Draft:
    """The sound pieces of one desk's file; `entry` is the whole of it where all is sound.

    `question_keys`, `condition_names`, `kind_names` and `languages` are those that the file declares, be the rest of
    their entries sound or not. `questions_named` is what stands under the keys of `QUESTION_NAMING`. `priorities` is
    None where they are not sound.
    """

    id: str
    file: str
    digest: str
    entry: DeskEntry | None
    addresses: tuple[str, ...]
    kinds: tuple[KindEntry, ...]
    conditions: Mapping[str, ConditionEntry]
    questions: tuple[QuestionEntry, ...]
    phones: tuple[PhoneEntry, ...]
    priorities: Mapping[str, Words] | None
    questions_named: Mapping[str, tuple[str, ...]]
    channels: tuple[str, ...]
    mail_and_phone_only: bool
    languages: tuple[str, ...]
    question_keys: tuple[str, ...]
    condition_names: tuple[str, ...]
    kind_names: tuple[str, ...]


def draft(desk_id: str, file: str, digest: str, data: Mapping[str, Any]) -> tuple[Draft, list[Problem]]:
    """The draft of `data`, and what is wrong with its single values."""
    entry, problems = None, []
    try:
        entry = DeskEntry.model_validate(data)
    except ValidationError as error:
        problems = problems_of(file, error, DeskEntry, data)
    conditions = data.get("conditions")
    declared = conditions if isinstance(conditions, Mapping) else {}
    return (
        Draft(
            id=desk_id,
            file=file,
            digest=digest,
            entry=entry,
            addresses=tuple(_sound(list[Address], data.get("addresses")) or ()),
            kinds=_sound_items(KindEntry, data.get("kinds")),
            conditions={name: one for name, value in declared.items() if (one := _sound(ConditionEntry, value))},
            questions=_sound_items(QuestionEntry, data.get("questions")),
            phones=_sound_items(PhoneEntry, data.get("phones")),
            priorities=_sound(dict[str, Words], data.get("priorities", {})),
            questions_named={name: _names(data.get(name)) for name in QUESTION_NAMING},
            channels=tuple(_sound(list[str], data.get("channels")) or ()),
            mail_and_phone_only=data.get("mail_and_phone_only") is True,
            languages=tuple(one for one in _sound(list[str], data.get("languages")) or () if one in LANGUAGES),
            question_keys=_named(data.get("questions"), "key"),
            condition_names=tuple(declared),
            kind_names=_named(data.get("kinds"), "kind"),
        ),
        problems,
    )


def _sound(shape: Any, value: object) -> Any:  # noqa: ANN401 - any shape that pydantic knows
    try:
        return TypeAdapter(shape).validate_python(value)
    except ValidationError:
        return None


def _sound_items(model: type[_Model], items: object) -> tuple[_Model, ...]:
    if not isinstance(items, Sequence) or isinstance(items, str):
        return ()
    return tuple(one for item in items if (one := _sound(model, item)) is not None)


def _names(value: object) -> tuple[str, ...]:
    """The names in a text or a list of texts."""
    return tuple(one for one in (value if isinstance(value, list) else [value]) if one and isinstance(one, str))


def _named(items: object, key: str) -> tuple[str, ...]:
    if not isinstance(items, list):
        return ()
    return tuple(item[key] for item in items if isinstance(item, Mapping) and isinstance(item.get(key), str))
