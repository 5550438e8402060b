"""The shape of a desk's file: its keys, their types, and what can be said of one value alone.

Examples are TOML; they end up in the cures that `acuse check` prints.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated, Literal
from zoneinfo import available_timezones

from phonenumbers import SUPPORTED_REGIONS
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from acuse.problems import nearest
from rules.model import Kind
from rules.numbering import format_reference
from rules.policy import Echo, QuestionType, Takes, WhoMayOpen

LANGUAGES = ("es", "pt", "en")

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*/=?^_`{|}~-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z][A-Za-z0-9-]*")
_KEY = re.compile(r"[a-z][a-z0-9_]*")


def _refuse(cure: str) -> PydanticCustomError:
    return PydanticCustomError("cure", "{cure}", {"cure": cure})


def _language(value: str) -> str:
    if value not in LANGUAGES:
        raise _refuse(f'"{value}" is no language that acuse writes; write one of {", ".join(LANGUAGES)}')
    return value


def _zone(value: str) -> str:
    if value not in _zones():
        known = (zone for zone in _zones() if zone.count("/"))
        near = nearest(value, known)
        cure = near if near.startswith("did") else 'write a name of the IANA list, e.g. "America/Bogota"'
        raise _refuse(f'"{value}" is no time zone; {cure}')
    return value


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _address(value: str) -> str:
    if not _ADDRESS.fullmatch(value) or ".." in value:
        cure = 'write it like "desk@example.com", in ASCII and without "+" (acuse puts its own marks behind the "+")'
        raise _refuse(f'"{value}" is no mail address; {cure}')
    local, _, domain = value.rpartition("@")
    return f"{local}@{domain.lower()}"


def _country(value: str) -> str:
    if value not in SUPPORTED_REGIONS:
        raise _refuse(f'"{value}" is no country; write its two capital letters of ISO 3166, e.g. "CO"')
    return value


def _pattern(value: str) -> str:
    try:
        format_reference(value, 2026, 1)
    except ValueError as error:
        raise _refuse(f'"{value}": {error}') from None
    return value


def _portal(value: str) -> str:
    if value and not re.fullmatch(r"https?://\S+", value):
        raise _refuse(f'"{value}" is no link; write it like "https://portal.example.com"')
    return value


def _key(value: str) -> str:
    if not _KEY.fullmatch(value):
        raise _refuse(f'"{value}" is no key; write small letters, digits and "_", e.g. "site_name"')
    return value


def _fact(value: object) -> object:
    if not isinstance(value, bool | str):
        raise _refuse('must be true, false, or one of the question\'s choices in quotes, e.g. is = "satellite"')
    return value


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Language = Annotated[str, AfterValidator(_language)]
Address = Annotated[str, AfterValidator(_address)]
Key = Annotated[str, AfterValidator(_key)]
Words = dict[Language, list[Text]]
Labels = Annotated[dict[Language, Text], Field(examples=['{ es = "Sitio", en = "Site" }'])]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


class ConditionEntry(_Entry):
    """One of: `question` with `is`, `has_any` or `answered`; `all`; `any`; `not`."""

    question: Key | None = None
    is_: Annotated[bool | str | None, BeforeValidator(_fact), Field(alias="is")] = None
    has_any: Annotated[list[Text] | None, Field(min_length=1, examples=['["lento", "lentitud"]'])] = None
    answered: Literal[True] | None = None
    all_: Annotated[list[ConditionEntry] | None, Field(alias="all", min_length=1)] = None
    any_: Annotated[list[ConditionEntry] | None, Field(alias="any", min_length=1)] = None
    not_: Annotated[ConditionEntry | None, Field(alias="not")] = None


class KindEntry(_Entry):
    """A kind of ticket."""

    kind: Annotated[Kind, Field(strict=False, examples=['"incident"'])]
    reference: Annotated[str, AfterValidator(_pattern), Field(examples=['"INC-{year}-{seq:06}"'])]
    who_may_open: Annotated[WhoMayOpen, Field(strict=False, examples=['"anyone"'])]
    cues: Words = {}


class QuestionEntry(_Entry):
    """A question of the questionnaire."""

    key: Annotated[Key, Field(examples=['"site_name"'])]
    type: Annotated[QuestionType, Field(strict=False, examples=['"text"'])]
    required: Annotated[bool, Field(examples=["true"])]
    label: Labels
    synonyms: Words = {}
    cues: Words = {}
    no_cues: Words = {}
    leads: Words = {}
    takes: Annotated[Takes | None, Field(strict=False, examples=['"sentence"'])] = None
    asked_if: Annotated[str, Field(examples=['"slowness" (the name of a table under [conditions])'])] = ""
    kinds: list[Annotated[Kind, Field(strict=False)]] = []
    choices: dict[Key, Words] = {}
    choices_are_priorities: bool = False


class PhoneEntry(_Entry):
    """A number that customers may call."""

    number: Annotated[Text, Field(examples=['"+57 601 555 0110"'])]
    label: Labels


class DeskEntry(_Entry):
    """A desk's file."""

    name: Annotated[Text, Field(examples=['"Service Desk"'])]
    addresses: Annotated[list[Address], Field(min_length=1, examples=['["desk@example.com"]'])]
    languages: Annotated[list[Language], Field(min_length=1, examples=['["es", "en"]'])]
    zone: Annotated[str, AfterValidator(_zone), Field(examples=['"America/Bogota"'])]
    country: Annotated[str, AfterValidator(_country), Field(examples=['"CO"'])]
    promise_minutes: Annotated[int | None, Field(gt=0, le=7 * 24 * 60, examples=["15"])] = None
    portal: Annotated[str, AfterValidator(_portal)] = ""
    mail_and_phone_only: bool = False
    channels: list[Literal["slack", "whatsapp"]] = []
    echo: Annotated[Echo, Field(strict=False)] = Echo.ALL
    plus_addresses: bool = False
    own_lists: list[Text] = []
    agents: list[Address] = []
    identifies: list[str] = []
    about: list[str] = []
    customer_key: str = ""
    customer_reference_key: str = ""
    callback_key: str = ""
    priorities: dict[Text, Words] = {}
    priority_cues: Words = {}
    kinds: Annotated[list[KindEntry], Field(min_length=1)]
    conditions: dict[str, ConditionEntry] = {}
    questions: Annotated[list[QuestionEntry], Field(min_length=1)]
    phones: list[PhoneEntry] = []
    texts: dict[Language, dict[Key, Text]] = {}
