"""What a mail of ours is about: frozen values, the only thing that a template sees.

All texts are in the language of the mail. Whatever a stranger wrote is cleaned here, once, so that no caller and no
template can forget it: by `clean.echo` in mails to customers, by `clean.clean_header` in mails to agents and
operators, who need addresses as they are. Times are aware and in the zone of the reader.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from responders.clean import clean_header, echo
from rules.model import Kind

_SHORT_CHARACTERS = 60
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class AnsweredLine:
    """A question's `label` and the customer's answer to it, clipped and without links. `understood` are the moments
    that a date or time was read as, each in the zone that it was read in."""

    label: str
    text: str
    understood: tuple[datetime, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", echo(self.text))


@dataclass(frozen=True, slots=True)
class MissingLine:
    """A question to answer by reply: its `label` without the closing colon, and a `hint` ("" where the label says
    enough)."""

    label: str
    hint: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", self.label.rstrip(" :"))


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """A number that the reader may call, as it is written; `dial` is the same for a machine."""

    label: str
    number: str

    @property
    def dial(self) -> str:
        """The number without anything but digits, "+", "*" and "#"."""
        return "".join(c for c in self.number if c in "+0123456789*#")


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A person whom the customer named for calling back; "" where a detail is absent."""

    name: str
    phone: str
    email: str = ""

    def __post_init__(self) -> None:
        for name in ("name", "phone", "email"):
            object.__setattr__(self, name, clean_header(getattr(self, name)))


@dataclass(frozen=True, slots=True)
class AcknowledgementFacts:
    """Template `acknowledgement`: a mail became a ticket.

    `about` is the site or the problem, for the subject; `promise_minutes` the desk's promise, None without one; `texts`
    the desk's free paragraphs by name: "acknowledgement" and "escalation" are shown. `encrypted`: the mail could not be
    read, and shall be sent again without that.
    """

    desk_name: str
    reference: str
    kind: Kind
    received_at_local: datetime
    about: str = ""
    customer_reference: str = ""
    customer_name: str = ""
    greeting: str = ""
    answers: tuple[AnsweredLine, ...] = ()
    missing: tuple[MissingLine, ...] = ()
    phones: tuple[PhoneLine, ...] = ()
    portal: str = ""
    promise_minutes: int | None = None
    texts: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    encrypted: bool = False

    def __post_init__(self) -> None:
        for name in ("about", "customer_reference", "customer_name", "greeting"):
            object.__setattr__(self, name, echo(getattr(self, name), _SHORT_CHARACTERS))

    @property
    def numbers(self) -> tuple[str, ...]:
        """The ticket numbers that the mail must show."""
        return (self.reference,)


@dataclass(frozen=True, slots=True)
class OpenedLine:
    """One ticket of a summary: its number and what it is about."""

    reference: str
    about: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "about", echo(self.about, _SHORT_CHARACTERS))


@dataclass(frozen=True, slots=True)
class SummaryFacts:
    """Template `summary`: several mails of one sender became tickets, told in one mail."""

    desk_name: str
    opened: tuple[OpenedLine, ...]
    greeting: str = ""
    phones: tuple[PhoneLine, ...] = ()
    portal: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "greeting", echo(self.greeting, _SHORT_CHARACTERS))

    @property
    def numbers(self) -> tuple[str, ...]:
        """The ticket numbers that the mail must show."""
        return tuple(line.reference for line in self.opened)


class Refusal(StrEnum):
    """Why a mail did not reach a customer, as far as it matters to the agent who will call."""

    UNKNOWN_ADDRESS = "unknown_address"
    MAILBOX_FULL = "mailbox_full"
    REFUSED = "refused"
    EXPIRED = "expired"
    OTHER = "other"


def refusal_of(enhanced: str) -> Refusal:
    """The class of an enhanced status code (RFC 3463), e.g. "5.1.1"; a transient one that was given up on is
    EXPIRED."""
    klass, _, detail = enhanced.partition(".")
    if detail == "2.2":
        return Refusal.MAILBOX_FULL
    if klass == "4" or detail in ("4.7", "4.1"):
        return Refusal.EXPIRED
    if detail in ("1.1", "1.2", "1.3", "1.6", "1.10", "2.1"):
        return Refusal.UNKNOWN_ADDRESS
    return Refusal.REFUSED if detail.startswith("7.") else Refusal.OTHER


class Missed(StrEnum):
    """What a customer did not get."""

    ACKNOWLEDGEMENT = "acknowledgement"
    REPLY = "reply"
    QUESTION = "question"
    STILL_MISSING = "still_missing"


@dataclass(frozen=True, slots=True)
class CustomerNotReachedFacts:
    """Template `customer_not_reached`, to agents: a message, `missed`, could not be delivered to `address`.

    `reply` is what the relay or the other server said, in one line; `callback` whom to call instead; `doubtful`: a
    report says so that proves nothing.
    """

    desk_name: str
    reference: str
    address: str
    refusal: Refusal
    failed_at_local: datetime
    about: str = ""
    reply: str = ""
    callback: tuple[ContactLine, ...] = ()
    missed: Missed = Missed.ACKNOWLEDGEMENT
    doubtful: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "address", clean_header(self.address))
        object.__setattr__(self, "about", clean_header(self.about, _SHORT_CHARACTERS))
        object.__setattr__(self, "reply", clean_header(self.reply))

    @property
    def numbers(self) -> tuple[str, ...]:
        """The ticket numbers that the mail must show."""
        return (self.reference,)


@dataclass(frozen=True, slots=True)
class AlarmFacts:
    """Template `alarm`, to the operator: `what` is wrong in one sentence, on which `host`, since when, and the `cure`;
    `details` are lines for the one who looks deeper."""

    host: str
    what: str
    since_local: datetime
    cure: str
    details: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "details", tuple(clean_header(line) for line in self.details))

    @property
    def numbers(self) -> tuple[str, ...]:
        """The ticket numbers that the mail must show."""
        return ()


Facts = AcknowledgementFacts | SummaryFacts | CustomerNotReachedFacts | AlarmFacts
