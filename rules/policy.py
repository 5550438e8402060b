"""A desk's policy as values. The files are read and checked by `acuse.desk_files`; nothing here reads anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from rules.model import Kind


class QuestionType(StrEnum):
    """What kind of answer a question takes."""

    TEXT = "text"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CONTACTS = "contacts"
    IPS = "ips"
    PHONES = "phones"
    DATETIME = "datetime"
    DATETIMES = "datetimes"


class Takes(StrEnum):
    """What the answer to a text question is in running text.

    firm, person: the name behind a cue, of the writer's firm or of a person; place: a cue ("sucursal") with the name
    at it; name: a cue with what belongs to its name, or the name behind a lead; sentence, clause: what holds a cue;
    rest: what follows a cue; code: a number or identifier behind a cue; hours: times of day by a cue;
    amount: a number with its unit; email: an address.
    """

    FIRM = "firm"
    PERSON = "person"
    PLACE = "place"
    NAME = "name"
    SENTENCE = "sentence"
    CLAUSE = "clause"
    REST = "rest"
    CODE = "code"
    HOURS = "hours"
    AMOUNT = "amount"
    EMAIL = "email"


class WhoMayOpen(StrEnum):
    """From whom a desk takes new tickets."""

    ANYONE = "anyone"
    KNOWN_DOMAINS = "known_domains"
    AUTHORIZED = "authorized"


class Echo(StrEnum):
    """Whose answers an acknowledgement repeats."""

    ALL = "all"
    PROVEN = "proven"


@dataclass(frozen=True, slots=True)
class Is:
    """The answer to `key` has this normalised value."""

    key: str
    value: bool | str


@dataclass(frozen=True, slots=True)
class HasAny:
    """The answer to `key` holds one of `words`, compared without case and accents at word boundaries."""

    key: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """There is an answer to `key`."""

    key: str


@dataclass(frozen=True, slots=True)
class All:
    """Every one of these holds."""

    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of these holds."""

    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """This does not hold."""

    of: Condition


Condition = Is | HasAny | Answered | All | AnyOf | Not

Words = Mapping[str, tuple[str, ...]]
"""Per language, e.g. {"es": ("Sitio del cliente", "Sitio"), "en": ("Customer site",)}."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a desk's questionnaire.

    `labels`: per language the label as the form shows it. `synonyms`: per language other ways in which customers
    write the label. `choices`: canonical choice to words per language. `cues`: per language phrases that state the
    answer in prose, `no_cues` those that deny it, `leads` those behind which it stands; `takes`: what the answer of a
    text question is there. A question is asked for when `required`, its `condition` (None: always) holds and the
    ticket is of one of `kinds` (empty: of any); an answer is read from any mail.
    """

    key: str
    type: QuestionType
    required: bool
    labels: Mapping[str, str]
    synonyms: Words
    condition: Condition | None = None
    choices: Mapping[str, Words] | None = None
    cues: Words | None = None
    kinds: tuple[Kind, ...] = ()
    no_cues: Words | None = None
    leads: Words | None = None
    takes: Takes | None = None


@dataclass(frozen=True, slots=True)
class Phone:
    """A number customers may call: `label` per language, `number` as it is to be dialled."""

    number: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class KindPolicy:
    """A kind of ticket that the desk opens: its reference `pattern`, who may open it, and `cues` per language by
    which a mail shows that it is of this kind."""

    kind: Kind
    pattern: str
    who_may_open: WhoMayOpen
    cues: Words


@dataclass(frozen=True, slots=True)
class Desk:
    """One service desk. `kinds[0]` is the kind of a mail that shows no other.

    `identifies`: the answers by which a machine's mail identifies a case. `own_lists`: List-Id values of the desk's
    own group addresses. `promise`: within which a customer is told the number, or None. `texts`: per language, free
    paragraphs by name (e.g. "escalation") that templates may show. `priorities`: canonical level to words per
    language. `priority_cues`: per language, label phrases after which a level stands in a mail. `about`: the
    questions of which the first answered one stands in subjects; `customer_key`, `customer_reference_key`,
    `callback_key`: which question asks for the customer's name, their own reference, and whom to call back. `digest`
    is the SHA-256 of the file.
    """

    id: str
    name: str
    addresses: tuple[str, ...]
    languages: tuple[str, ...]
    zone: str
    kinds: tuple[KindPolicy, ...]
    questions: tuple[Question, ...]
    identifies: tuple[str, ...] = ()
    own_lists: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    phones: tuple[Phone, ...] = ()
    portal: str = ""
    promise: timedelta | None = None
    echo: Echo = Echo.ALL
    plus_addresses: bool = False
    channels: tuple[str, ...] = ()
    priorities: Mapping[str, Words] | None = None
    priority_cues: Words | None = None
    texts: Mapping[str, Mapping[str, str]] | None = None
    country: str = ""
    about: tuple[str, ...] = ()
    customer_key: str = ""
    customer_reference_key: str = ""
    callback_key: str = ""
    digest: str = ""

    @property
    def default_language(self) -> str:
        """The language for whoever writes in one that the desk does not."""
        return self.languages[0]

    def question(self, key: str) -> Question | None:
        """The question of a key."""
        return next((q for q in self.questions if q.key == key), None)

    def kind_policy(self, kind: Kind) -> KindPolicy | None:
        """What holds for a kind of ticket; None where the desk opens none of it."""
        return next((k for k in self.kinds if k.kind == kind), None)
