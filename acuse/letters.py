"""Rendered texts as messages for the outbox: ids, threads, addresses to reply to and to bounce to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from zoneinfo import ZoneInfo

from acuse.config import Outgoing
from acuse.runtime import Runtime
from responders.compose import AutoSubmitted, compose
from responders.files import File
from responders.templates import Rendered
from rules.addresses import bounce_address
from rules.model import Mailbox
from rules.policy import Desk
from rules.tokens import Token, message_id, plus_address
from storage.outbox import NewMessage

AGENT_PURPOSE = "agent"
"""The word in tokens that only agents are given: it lets their mails act."""
CUSTOMER_PURPOSE = "t"
"""The word in the plus-addresses that customers reply to."""


class Audience(Enum):
    """Whom a message is for."""

    CUSTOMER = auto()
    AGENT = auto()
    OPERATOR = auto()


@dataclass(frozen=True, slots=True)
class Manner:
    """How the mails of a template leave: the word in their Message-IDs (1 to 6 letters), for whom, who made them
    (RFC 3834 s5), and whether they count against the limits of automatic mail."""

    purpose: str
    audience: Audience
    auto_submitted: AutoSubmitted
    counted: bool


MANNERS = {
    "acknowledgement": Manner("ack", Audience.CUSTOMER, AutoSubmitted.REPLIED, True),
    "summary": Manner("sum", Audience.CUSTOMER, AutoSubmitted.GENERATED, True),
    "still_missing": Manner("ask", Audience.CUSTOMER, AutoSubmitted.REPLIED, True),
    "reply": Manner("re", Audience.CUSTOMER, AutoSubmitted.NO, False),
    "notice": Manner(AGENT_PURPOSE, Audience.AGENT, AutoSubmitted.GENERATED, False),
    "transcript": Manner(AGENT_PURPOSE, Audience.AGENT, AutoSubmitted.REPLIED, False),
    "customer_not_reached": Manner(AGENT_PURPOSE, Audience.AGENT, AutoSubmitted.GENERATED, False),
    "digest": Manner("digest", Audience.AGENT, AutoSubmitted.GENERATED, False),
    "alarm": Manner("alarm", Audience.OPERATOR, AutoSubmitted.GENERATED, False),
}


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to write: its texts, to whom, and what it answers. `serial` tells messages of one purpose and ticket
    apart; `references` are the ids of the thread, the oldest first; `files` go along."""

    template: str
    desk: Desk
    to: Mailbox
    rendered: Rendered
    ticket_id: int | None
    serial: int
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    files: tuple[File, ...] = ()


def finish(runtime: Runtime, letter: Letter, now: datetime) -> NewMessage:
    """The finished bytes with their envelope."""
    desk, key, manner = letter.desk, runtime.keys[0], MANNERS[letter.template]
    own = desk.addresses[0]
    domain = own.rpartition("@")[2]
    ticket = str(letter.ticket_id or 0)
    identity = message_id(key, Token(manner.purpose, ticket, letter.serial), domain)
    references: Sequence[str] = letter.references
    in_reply_to = letter.in_reply_to
    if manner.audience is Audience.AGENT and letter.ticket_id:
        # All notices of a ticket have one ancestor, which nobody was ever sent: so they are one thread to an agent.
        ancestor = message_id(key, Token(AGENT_PURPOSE, ticket, 0), domain)
        references, in_reply_to = (ancestor, *references), in_reply_to or ancestor
    raw = compose(
        letter.rendered,
        sender=Mailbox(own, desk.name),
        to=letter.to,
        message_id=identity,
        date=now.astimezone(ZoneInfo(desk.zone)),
        auto_submitted=manner.auto_submitted,
        x_loop=own,
        in_reply_to=in_reply_to,
        references=references,
        reply_to=_reply_to(runtime, letter, manner),
        files=letter.files,
    )
    settings = runtime.loaded.config.outgoing
    return NewMessage(
        purpose=letter.template,
        desk=desk.id,
        ticket_id=letter.ticket_id,
        message_id=identity,
        mail_from=_reverse_path(desk, manner, identity, null=settings.null_reverse_path),
        rcpt_tos=(letter.to.address,),
        raw=raw,
        created_at=now,
        not_after=now + timedelta(hours=settings.give_up_hours),
        automatic=manner.counted,
        # An alarm is for the operator, who would wait in vain for one that waits for the operator.
        held=settings.mode is Outgoing.HOLD and manner.audience is not Audience.OPERATOR,
    )


def _reverse_path(desk: Desk, manner: Manner, identity: str, *, null: bool) -> str:
    """Where a message comes back to. Nobody would hear of a person's message that did, had it the null reverse-path."""
    if null and manner.auto_submitted is not AutoSubmitted.NO:
        return ""
    own = desk.addresses[0]
    # A mailbox without plus-addresses would refuse the report; what comes to the desk is known by what it returns.
    return bounce_address(own, identity.partition("@")[0]) if desk.plus_addresses else own


def _reply_to(runtime: Runtime, letter: Letter, manner: Manner) -> Mailbox | None:
    desk = letter.desk
    if not (desk.plus_addresses and letter.ticket_id):
        return None
    purpose = AGENT_PURPOSE if manner.audience is Audience.AGENT else CUSTOMER_PURPOSE
    token = Token(purpose, str(letter.ticket_id), 0)
    return Mailbox(plus_address(runtime.keys[0], token, desk.addresses[0]), desk.name)
