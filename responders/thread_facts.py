"""What the mails of a ticket's thread are about: notices to agents, their replies to the customer, questions that are
still open, and transcripts of commands.

As in `facts`: in mails to customers only an agent's own words, and what the customer is told back by `clean.echo`;
mails to agents show a customer's words as they are, as text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from responders.clean import clean_header, clean_text, echo
from responders.facts import AnsweredLine, MissingLine, PhoneLine
from rules.model import Kind

_SHORT_CHARACTERS = 60
_COMMAND_CHARACTERS = 120
TEXT_CHARACTERS = 50_000
"""So much of a person's text a message passes on."""


@dataclass(frozen=True, slots=True)
class FileLine:
    """An attachment: its name and size, and whether it goes along; one that is too large is only named."""

    filename: str
    size_bytes: int
    goes_along: bool

    def __post_init__(self) -> None:
        object.__setattr__(self, "filename", clean_header(self.filename))


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """Template `notice`, to an agent: something happened in a ticket.

    `event`: opened, replied, reopened (all by the customer), answered, asked, resolved, noted (by an agent), held (a
    mail by somebody who is no person of the ticket). `actor_name` and `actor_address` tell who wrote; `text` is what
    they newly wrote, `cut` whether more of it stands in the ticket only. `answers` and `missing` show the questionnaire
    as far as the event changed it. `remarks` are words of `NoticeRemark`. `priority`, `state` and `assignee` are the
    ticket's after the event.
    """

    desk_name: str
    reference: str
    subject: str
    event: str
    kind: Kind
    at_local: datetime
    actor_address: str
    actor_name: str = ""
    about: str = ""
    customer_name: str = ""
    customer_reference: str = ""
    priority: str = ""
    state: str = ""
    assignee: str = ""
    text: str = ""
    cut: bool = False
    answers: tuple[AnsweredLine, ...] = ()
    missing: tuple[MissingLine, ...] = ()
    files: tuple[FileLine, ...] = ()
    remarks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("subject", "actor_address", "actor_name", "customer_name", "customer_reference", "assignee"):
            object.__setattr__(self, name, clean_header(getattr(self, name)))
        object.__setattr__(self, "about", clean_header(self.about, _SHORT_CHARACTERS))
        _cut_text(self)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The ticket numbers that the mail must show."""
        return (self.reference,)


@dataclass(frozen=True, slots=True)
class ReplyFacts:
    """Template `reply`, to the customer: what an agent wrote, in the desk's name.

    `event`: answered, asked (the text is a question) or resolved. `files` that are too large are only named.
    """

    desk_name: str
    reference: str
    subject: str
    event: str
    text: str
    files: tuple[FileLine, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "subject", clean_header(self.subject))
        object.__setattr__(self, "text", clean_text(self.text).strip())

    @property
    def numbers(self) -> tuple[str, ...]:
        """The ticket numbers that the mail must show."""
        return (self.reference,)


@dataclass(frozen=True, slots=True)
class StillMissingFacts:
    """Template `still_missing`, to the customer: a reply brought some answers, and these are still open."""

    desk_name: str
    reference: str
    subject: str
    missing: tuple[MissingLine, ...]
    greeting: str = ""
    answers: tuple[AnsweredLine, ...] = ()
    phones: tuple[PhoneLine, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "subject", clean_header(self.subject))
        object.__setattr__(self, "greeting", echo(self.greeting, _SHORT_CHARACTERS))

    @property
    def numbers(self) -> tuple[str, ...]:
        """The ticket numbers that the mail must show."""
        return (self.reference,)


@dataclass(frozen=True, slots=True)
class CommandLine:
    """A command of an agent's mail: the line as written, whether it was done, and `what` (a word of `rules.agents`)
    with the `value` that its sentence needs."""

    command: str
    done: bool
    what: str
    value: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "command", clean_header(self.command, _COMMAND_CHARACTERS))
        object.__setattr__(self, "value", clean_header(self.value, _COMMAND_CHARACTERS))


@dataclass(frozen=True, slots=True)
class TranscriptFacts:
    """Template `transcript`, to the agent who wrote commands: what became of each.

    `sent_to` is the customer's address where a mail left for it, else "". `text` repeats what the agent wrote where it
    did not leave, so that nothing is lost. `state`, `priority` and `assignee` are the ticket's afterwards.
    """

    desk_name: str
    reference: str
    subject: str
    lines: tuple[CommandLine, ...]
    sent_to: str = ""
    text: str = ""
    cut: bool = False
    state: str = ""
    priority: str = ""
    assignee: str = ""

    def __post_init__(self) -> None:
        for name in ("subject", "sent_to", "assignee"):
            object.__setattr__(self, name, clean_header(getattr(self, name)))
        _cut_text(self)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The ticket numbers that the mail must show."""
        return (self.reference,)


def _cut_text(facts: NoticeFacts | TranscriptFacts) -> None:
    text = clean_text(facts.text).strip()
    object.__setattr__(facts, "cut", facts.cut or len(text) > TEXT_CHARACTERS)
    object.__setattr__(facts, "text", text[:TEXT_CHARACTERS])


ThreadFacts = NoticeFacts | ReplyFacts | StillMissingFacts | TranscriptFacts
