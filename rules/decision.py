"""What deciding may know, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rules.model import Disposition, Envelope, Kind, Mailbox


@dataclass(frozen=True, slots=True)
class Limits:
    """How many automatic messages may leave before acuse falls silent (rows 11 and 11b of the silence table)."""

    address_per_10_minutes: int = 3
    address_per_day: int = 20
    desk_per_10_minutes: int = 300


@dataclass(frozen=True, slots=True)
class SendCounts:
    """Automatic messages that the outbox took lately: to one address, and from the whole desk."""

    address_10_minutes: int = 0
    address_day: int = 0
    desk_10_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ticket that the mail may belong to, by `sign`: token, message_id or reference. `people` are addresses in
    lower case."""

    ticket_id: int
    reference: str
    version: int
    sign: str
    people: frozenset[str]


@dataclass(frozen=True, slots=True)
class Situation:
    """All that deciding may know beside the mail itself.

    `candidates`: strongest sign first. `tickets_known` is False where there is no database to look into (explain);
    then a mail that names its thread is taken at its word.
    """

    envelope: Envelope
    own_addresses: frozenset[str]
    candidates: tuple[Candidate, ...] = ()
    sent: SendCounts = SendCounts()
    limits: Limits = Limits()
    tickets_known: bool = True


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule's word: `outcome` is "hit" or "miss"."""

    rule: str
    outcome: str
    detail: str


@dataclass(frozen=True, slots=True)
class Response:
    """A message to write: the template's name, to whom, in which language."""

    template: str
    to: Mailbox
    language: str


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
    """An event of a ticket's history to write, with the rule that wants it."""

    name: str
    rule: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What shall happen; `acuse.pipeline` does it in one transaction. `candidate` is the ticket that an update
    belongs to, or beside which a held mail is shown."""

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
