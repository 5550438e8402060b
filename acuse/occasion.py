"""What gives rise to a message of ours: a mail, as it was read for a desk, and its ticket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from rules.decision import Link
from rules.lifecycle import Standing
from rules.model import Answer, Kind, Mailbox, Reading
from rules.policy import Desk


@dataclass(frozen=True, slots=True)
class TicketView:
    """The ticket that messages are about, as it is once the decision is applied. `thread` are the ids of the mails to
    and from the customer, the oldest first."""

    id: int
    reference: str
    kind: Kind
    language: str
    subject: str
    requester: Mailbox | None
    answers: Mapping[str, Answer]
    standing: Standing
    assignee: str
    thread: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Occasion:
    """What gave rise to messages: the mail, as it was read for a desk, and its ticket. `links` are
    the tickets beside which one is opened, `before` the ticket's
    answers without those of the mail, `files` the bytes of those attachments of the mail that messages may pass on, by
    part path."""

    desk: Desk
    reading: Reading
    ticket: TicketView
    arrived_at: datetime
    opening: bool
    links: tuple[Link, ...] = ()
    before: Mapping[str, Answer] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
