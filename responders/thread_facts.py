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
_ANSWER_CHARACTERS = 300
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
class AnswerLine:
    """A question's `label`, the customer's answer as an agent reads it, and what they had answered `before`, where that
    was something else."""

    label: str
    text: str
    before: str = ""

    def __post_init__(self) -> None:
        for name in ("text", "before"):
            object.__setattr__(self, name, clean_header(getattr(self, name), _ANSWER_CHARACTERS))


@dataclass(frozen=True, slots=True)
class LinkLine:
    """Another ticket that a new one is linked to: `kind` as in `rules.decision.Link`, and its number."""

    kind: str
    reference: str


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """Template `notice`, to an agent: something happened in a ticket.

    `event`: opened, replied, reopened (all by the customer), answered, asked, resolved, noted, assigned (by an agent;
    the last to the reader), held (a mail by somebody who is no person of the ticket). `actor_name` and `actor_address`
    tell who wrote; `text` is what they newly wrote, `cut` whether more of it stands in the ticket only. `answers` and
    `missing` show the questionnaire as far as the event changed it. `remarks` are keys of `remark` in words.j2,
    some with a name behind them ("attachment_unreadable: pedido.pdf");
    `links` are the tickets beside which a new one was opened. `priority`, `state` and `assignee` are the ticket's after
    the event.

    `reply_above` is the mail's first line (in HTML the first text, before any preview), as "— ... —": replies are read
    above it. Where `quotes` says that `text` is the customer's, templates show it as a quotation ("> " before each
    line, a blockquote in HTML), and nothing else so: an answer between its lines then tells their words from ours.
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
    answers: tuple[AnswerLine, ...] = ()
    missing: tuple[MissingLine, ...] = ()
    files: tuple[FileLine, ...] = ()
    remarks: tuple[str, ...] = ()
    links: tuple[LinkLine, ...] = ()
    reply_above: str = ""
    quotes: bool = False

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
    """Template `still_missing`, to the customer: a reply brought some answers, and these are still open; or it was
    `encrypted`, and shall be sent again without that."""

    desk_name: str
    reference: str
    subject: str
    missing: tuple[MissingLine, ...]
    greeting: str = ""
    answers: tuple[AnsweredLine, ...] = ()
    phones: tuple[PhoneLine, ...] = ()
    encrypted: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "subject", clean_header(self.subject))
        object.__setattr__(self, "greeting", echo(self.greeting, _SHORT_CHARACTERS))

    @property
    def numbers(self) -> tuple[str, ...]:
        """The ticket numbers that the mail must show."""
        return (self.reference,)


@dataclass(frozen=True, slots=True)
class CommandLine:
    """A command of an agent's mail: the line as written, whether it was done, and `what` (a word of
    `rules.commands.What`, whose sentence stands in LANGUAGE/commands.j2 as `sentence[what]`) with the `value` that
    takes the place of "{}" in it. A line that belongs to the command above it has an empty `command`."""

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
    `reply_above` as in `NoticeFacts`.
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
    reply_above: str = ""

    def __post_init__(self) -> None:
        for name in ("subject", "sent_to", "assignee"):
            object.__setattr__(self, name, clean_header(getattr(self, name)))
        _cut_text(self)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The ticket numbers that the mail must show."""
        return (self.reference,)


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event in a digest; its sentence stands in LANGUAGE/commands.j2 as `sentence["event_" ~ name]`."""

    at_local: datetime
    name: str


@dataclass(frozen=True, slots=True)
class DigestLine:
    """A ticket in a digest: its number, what it is about, where it stands, and its events, the oldest first;
    `write_to` is the address by which the reader acts on it, "" where the desk's mailbox has no such addresses."""

    reference: str
    about: str
    state: str
    events: tuple[EventLine, ...]
    write_to: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "about", clean_header(self.about, _SHORT_CHARACTERS))


@dataclass(frozen=True, slots=True)
class DigestFacts:
    """Template `digest`, to an agent for whom there were too many notices: the tickets in which something happened
    since `since_local`. `more` counts those that are not listed."""

    desk_name: str
    since_local: datetime
    tickets: tuple[DigestLine, ...]
    more: int = 0

    @property
    def numbers(self) -> tuple[str, ...]:
        """The ticket numbers that the mail must show."""
        return tuple(line.reference for line in self.tickets)


def _cut_text(facts: NoticeFacts | TranscriptFacts) -> None:
    text = clean_text(facts.text).strip()
    object.__setattr__(facts, "cut", facts.cut or len(text) > TEXT_CHARACTERS)
    object.__setattr__(facts, "text", text[:TEXT_CHARACTERS])


ThreadFacts = NoticeFacts | ReplyFacts | StillMissingFacts | TranscriptFacts | DigestFacts
