"""What deciding may know, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from rules.lifecycle import Happened, Standing
from rules.model import Answer, Attachment, Disposition, Envelope, Kind, Mailbox


@dataclass(frozen=True, slots=True)
class Limits:
    """How many automatic messages may leave before acuse falls silent (rows 11 and 11b of the silence table), and how
    many mails one agent gets before a digest replaces them."""

    address_per_10_minutes: int = 3
    address_per_day: int = 20
    desk_per_10_minutes: int = 300
    agent_per_10_minutes: int = 60


@dataclass(frozen=True, slots=True)
class SendCounts:
    """Automatic messages that the outbox took lately: to one address, and from the whole desk."""

    address_10_minutes: int = 0
    address_day: int = 0
    desk_10_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ticket that the mail may belong to, and what deciding may know of it.

    `sign`: agent_token (a token that only agents got), token, message_id, sibling (both name a message that neither
    side has), reference or customer_reference. `people` are addresses in lower case. `assignee` is the address of the
    agent to whom it is assigned. `thread` holds the ids of the mails to and from the customer, the oldest first;
    `history` the ticket's events. `requester` is whom an answer reaches: the
    address of Reply-To, where the first mail had one. `last_writer` is who wrote last of the customer's people.
    """

    ticket_id: int
    reference: str
    version: int
    sign: str
    people: frozenset[str]
    kind: Kind = Kind.INCIDENT
    language: str = ""
    subject: str = ""
    requester: Mailbox | None = None
    assignee: str = ""
    standing: Standing = field(default_factory=Standing)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    history: tuple[Happened, ...] = ()
    thread: tuple[str, ...] = ()
    last_writer: Mailbox | None = None


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message of ours that a delivery report may be about, and the `sign` that says so (see `rules.reports`)."""

    outbox_id: int
    purpose: str
    ticket_id: int | None
    recipients: tuple[str, ...]
    sign: str


@dataclass(frozen=True, slots=True)
class Situation:
    """All that deciding may know beside the mail itself.

    `candidates`: strongest sign first. `tickets_known` is False where there is no database to look into (explain);
    then a mail that names its thread is taken at its word. `silent`: an imported mail, about which nobody is written
    to. `notified`: how many mails each agent of the desk was sent in 10 minutes; `digests`: the agents who wait for a
    digest; both by address in lower case. `reported`: messages that a delivery report may be about, the strongest sign
    first; `unreachable`: agents whose mail came back lately because the address does not exist, in lower case.
    """

    envelope: Envelope
    own_addresses: frozenset[str]
    candidates: tuple[Candidate, ...] = ()
    sent: SendCounts = SendCounts()
    limits: Limits = Limits()
    tickets_known: bool = True
    silent: bool = False
    notified: Mapping[str, int] = field(default_factory=dict)
    digests: frozenset[str] = frozenset()
    reported: tuple[SentMessage, ...] = ()
    unreachable: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule's word: `outcome` is "hit" or "miss"."""

    rule: str
    outcome: str
    detail: str


@dataclass(frozen=True, slots=True)
class TranscriptLine:
    """What became of one command of an agent's mail: the line as written, whether it was done, and `what` in a word
    that templates put into a sentence (see `rules.commands.What`); `value` is what the sentence needs, e.g. a level. A
    line that only says more of the command above it has an empty `command`."""

    command: str
    done: bool
    what: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """A message to write: the template's name, to whom, in which language.

    `event` is what a notice or a reply is about (e.g. "opened", "replied", "asked"); `text` what a person wrote and
    the message passes on; `attachments` those of the mail that go along; `transcript` what became of commands;
    `remarks` words for what an agent should know besides (see `rules.follow_up`).
    """

    template: str
    to: Mailbox
    language: str
    event: str = ""
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    transcript: tuple[TranscriptLine, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TimerOrder:
    """A timer to set; one that waits already under (kind, subject) stays as it is."""

    kind: str
    subject: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class AlarmOrder:
    """Something a person must know: said once for each `key` until it is over."""

    key: str
    detail: str


@dataclass(frozen=True, slots=True)
class TicketChange:
    """An event of a ticket's history to write, with the rule that wants it. `value` as in `lifecycle.Happened`;
    `person` is the address of the agent whom it names."""

    name: str
    rule: str
    value: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Another ticket that the one of the decision is linked to: `kind` is "continues", "mentions" or "beside";
    `reference` its number."""

    ticket_id: int
    kind: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Unreached:
    """A recipient who did not get a message, by a report: `proven` or only likely, with the enhanced status code, the
    reply's code (0 without one) and its text."""

    address: str
    proven: bool
    status: str = ""
    code: int = 0
    diagnostic: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """The message of ours that a mail is about, with its ticket, and who did not get it."""

    outbox_id: int
    ticket_id: int | None
    unreached: tuple[Unreached, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What shall happen; `acuse.pipeline` does it in one transaction. `candidate` is the ticket that an update
    belongs to, or beside which a held mail is shown. `keeps_answers`: whether the mail's answers become the ticket's
    (not those of an agent). `joins` becomes a person of the ticket. `typed` are answers in quoted text that count as
    the mail's own. `returned`: the message of ours that a report is about."""

    disposition: Disposition
    rule: str
    reasons: tuple[Reason, ...]
    kind: Kind | None = None
    language: str = ""
    candidate: Candidate | None = None
    changes: tuple[TicketChange, ...] = ()
    responses: tuple[Response, ...] = ()
    timers: tuple[TimerOrder, ...] = ()
    alarms: tuple[AlarmOrder, ...] = ()
    links: tuple[Link, ...] = ()
    keeps_answers: bool = True
    joins: Mailbox | None = None
    typed: Mapping[str, Answer] = field(default_factory=dict)
    returned: Returned | None = None
