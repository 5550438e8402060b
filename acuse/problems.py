"""What is wrong with a configuration or policy file, said so that its writer can put it right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

_NAMING_KEYS = ("key", "kind", "name")
"""Keys by whose value an entry of a TOML array is named in a problem, else by its place."""

_KEY_ITSELF = "[key]"
"""What pydantic appends to the place of a key, of a table with free keys, that is not allowed itself."""

_WANTED = {
    "string_type": "text in quotes",
    "list_type": "a list in [square brackets]",
    "tuple_type": "a list in [square brackets]",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: the `file` it stands in, the `key` ("questions[raining].type", or a line where there is no key), and
    the `cure`: what to write instead."""

    file: str
    key: str
    cure: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.key, self.cure) if part)


def nearest(word: str, known: Iterable[str]) -> str:
    """A cure for a `word` that is none of `known`: ` did you mean "zone"?`, or the list of what is known."""
    choices = {choice.lower(): choice for choice in known}
    close = difflib.get_close_matches(word.lower(), choices, n=1, cutoff=0.6)
    if close:
        return f'did you mean "{choices[close[0]]}"?'
    return f"known here: {', '.join(choices.values())}" if choices else "there is none in this file"


def problems_of(file: str, error: ValidationError, model: type[BaseModel], data: Mapping[str, Any]) -> list[Problem]:
    """The mistakes that pydantic found in the `data` of `file`, checked against `model`, in plain words.

    A field's first entry in `examples`, written as TOML, is shown where its value is absent or of the wrong type.
    """
    found = error.errors(include_url=False)
    return [Problem(file, key_path(details["loc"], data), _cure(details, model)) for details in found]


def key_path(loc: tuple[int | str, ...], data: object) -> str:
    """`loc` in `data` as its writer would name it, e.g. `questions[raining].label.es`; places in lists count from 1."""
    path = ""
    for step in loc:
        data = _step_into(data, step)
        if isinstance(step, int):
            path += f"[{_entry_name(data) or step + 1}]"
        elif step != _KEY_ITSELF:
            path += f".{step}" if path else step
    return path


def _step_into(data: object, step: int | str) -> object:
    if isinstance(data, Mapping):
        return data.get(step)
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return data[step]
    return None


def _entry_name(entry: object) -> str:
    if not isinstance(entry, Mapping):
        return ""
    return next((entry[key] for key in _NAMING_KEYS if isinstance(entry.get(key), str)), "")


def _cure(details: ErrorDetails, model: type[BaseModel]) -> str:
    loc, kind = details["loc"], details["type"]
    context = details.get("ctx", {})
    if kind == "extra_forbidden":
        return f"unknown key; {nearest(str(loc[-1]), _known_keys(model, loc[:-1]))}"
    if kind in ("list_type", "tuple_type") and isinstance(details["input"], Mapping) and _model_at(model, (*loc, 0)):
        return f"is a table of which there may be several; write [[{loc[-1]}]], with two brackets"
    example = _example(model, loc)
    if kind == "missing":
        return f"is required; write {example}" if example else "is required; add it"
    if kind in _WANTED:
        cure = f"must be {_WANTED[kind]}, not {_describe(details['input'])}"
        return f"{cure}; write {example}" if example else cure
    if kind in ("enum", "literal_error"):
        return f"must be {context['expected']}, not {_describe(details['input'])}".replace("'", '"')
    if kind in ("too_short", "string_too_short"):
        return f"must not be empty; write {example}" if example else "must not be empty; fill it in or take it out"
    message = details["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    return f"{message}, not {_describe(details['input'])}" if message.startswith("must be") else message


def _describe(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'the text "{value[:60]}"'
    if isinstance(value, int | float):
        return f"the number {str(value)[:60]}"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, Mapping):
        return "a table"
    return f"the {type(value).__name__} {value}"


def _known_keys(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    inner = _model_at(model, loc)
    return [field.alias or name for name, field in inner.model_fields.items()] if inner else []


def _example(model: type[BaseModel], loc: tuple[int | str, ...]) -> str:
    """The example of the field at `loc` as a line of TOML, or ""."""
    inner = _model_at(model, loc[:-1])
    field = _field(inner, loc[-1]) if inner and loc else None
    return f"{loc[-1]} = {field.examples[0]}" if field and field.examples else ""


def _field(model: type[BaseModel], step: int | str) -> FieldInfo | None:
    return next((field for name, field in model.model_fields.items() if step in (name, field.alias)), None)


def _model_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> type[BaseModel] | None:
    """The model that describes the table at `loc`, or None where that table has free keys."""
    kind: object = model
    for step in loc:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            field = _field(kind, step)
            kind = _bare(field.annotation) if field else None
        else:
            inner = [part for part in get_args(kind) if part is not Ellipsis]
            kind = _bare(inner[-1]) if inner else None
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _bare(annotation: object) -> object:
    """`annotation` without `| None`."""
    if get_origin(annotation) in (Union, UnionType):
        return next((part for part in get_args(annotation) if part is not type(None)), None)
    return annotation
