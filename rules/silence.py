"""May I acknowledge? The table of silence, in its order: the first row that hits keeps acuse quiet (RFC 3834)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules.addresses import is_bounce_address, sendable, split_plus
from rules.decision import AlarmOrder, Reason, Response, Situation, TicketChange, TimerOrder
from rules.model import Mailbox, Reading, Sign
from rules.policy import Desk

SUMMARY_AFTER = timedelta(minutes=5)
"""When a desk's breaker is open, how long numbers are gathered before one mail lists them all."""

Check = Callable[[Reading, Situation, Desk], str]
"""Why acuse must be silent, or ""."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: its name, its source, and the check."""

    name: str
    description: str
    check: Check


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Whether the customer is written to, and why."""

    change: TicketChange
    reasons: tuple[Reason, ...]
    responses: tuple[Response, ...] = ()
    timers: tuple[TimerOrder, ...] = ()
    alarms: tuple[AlarmOrder, ...] = ()


def _signs(*names: str) -> Check:
    def check(reading: Reading, situation: Situation, desk: Desk) -> str:  # noqa: ARG001
        sign = reading.sign(*names)
        return f"{sign.name} {sign.evidence}".strip() if sign else ""

    return check


def own_mail(reading: Reading, situation: Situation) -> str:
    """What shows that a mail is one of ours coming back, or ""."""
    sender = reading.sender
    if sender and split_plus(sender.address)[0] in situation.own_addresses:
        return f"from our own address {sender.address}"
    reverse_path = situation.envelope.mail_from.strip("<> ")
    # Groups and forwarding mailboxes put the desk's address, with a tag of theirs, on every customer's mail.
    ours = reverse_path.lower() in situation.own_addresses and not reading.sign("list")
    if ours or is_bounce_address(reverse_path, situation.own_addresses):
        return f"with our own envelope sender {reverse_path}"
    for loop in (sign for sign in reading.signs if sign.name == "loop"):
        if split_plus(loop.evidence.strip().strip("<>"))[0] in situation.own_addresses:
            return f"with our own X-Loop {loop.evidence}"
    return ""


def foreign_list(reading: Reading, desk: Desk | None) -> Sign | None:
    """The sign of a mailing list that is none of the desk's own groups (RFC 2919: compared as a whole, in any case)."""
    sign = reading.sign("list")
    own = {one.strip(" <>").lower() for one in desk.own_lists} if desk else set()
    return sign if sign and sign.evidence.lower() not in own else None


def _own_mail(reading: Reading, situation: Situation, desk: Desk) -> str:  # noqa: ARG001
    return own_mail(reading, situation)


def _list(reading: Reading, situation: Situation, desk: Desk) -> str:  # noqa: ARG001
    if sign := foreign_list(reading, desk):
        return f"list {sign.evidence}"
    precedence = reading.sign("precedence")
    # A group that feeds the desk's mailbox marks every customer's mail so, beside its List-Id.
    if precedence is None or (precedence.evidence.lower() == "list" and reading.sign("list")):
        return ""
    return f"precedence {precedence.evidence}"


def _allowed(reading: Reading, situation: Situation, desk: Desk) -> str:  # noqa: ARG001
    return ""


def _imported(reading: Reading, situation: Situation, desk: Desk) -> str:  # noqa: ARG001
    return "imported, and the operator did not ask for answers" if situation.silent else ""


def _unsendable(reading: Reading, situation: Situation, desk: Desk) -> str:  # noqa: ARG001
    address = recipient(reading, situation.own_addresses).address
    return "" if sendable(address) else f"{address[:80]!a} cannot be written to"


def _null_sender(reading: Reading, situation: Situation, desk: Desk) -> str:  # noqa: ARG001
    if not situation.envelope.mail_from or reading.sign("null_sender"):
        return "the envelope sender is null"
    return "Return-Path is null" if reading.sign("null_return_path") else ""


def _flood(reading: Reading, situation: Situation, desk: Desk) -> str:  # noqa: ARG001
    sent, limits = situation.sent, situation.limits
    if sent.address_10_minutes >= limits.address_per_10_minutes:
        return f"{sent.address_10_minutes} automatic messages to this address in 10 minutes"
    if sent.address_day >= limits.address_per_day:
        return f"{sent.address_day} automatic messages to this address in a day"
    return ""


def _breaker(situation: Situation) -> str:
    count = situation.sent.desk_10_minutes
    return (
        f"{count} automatic messages of this desk in 10 minutes"
        if count >= situation.limits.desk_per_10_minutes
        else ""
    )


TABLE: tuple[Row, ...] = (
    Row("imported", "An imported mail is answered only when the operator asked for it.", _imported),
    Row("null_sender", "A null reverse-path is never answered (RFC 3834 s2, s4).", _null_sender),
    Row("auto_submitted", "Auto-Submitted other than no (RFC 3834 s2, s5).", _signs("auto_submitted")),
    Row("report", "A delivery report or read receipt (RFC 3464, RFC 8098).", _signs("delivery_status", "read_receipt")),
    Row("list", "List fields or Precedence bulk, junk, list (RFC 3834 s2, RFC 2369, RFC 2919).", _list),
    Row("suppress", "X-Auto-Response-Suppress All or AutoReply (MS-OXCMAIL 2.1.3.2.20).", _signs("suppress")),
    Row("own_mail", "From our own address, or with our X-Loop.", _own_mail),
    Row("robot_address", "mailer-daemon, postmaster, owner-*, *-request (RFC 5230 s4.6).", _signs("robot_address")),
    Row("allowed", "Sender not allowed or not proven: without a directory everyone counts as both.", _allowed),
    Row("loop", "More than 50 Received fields.", _signs("received_count")),
    Row("unsendable", "An address that no relay takes (RFC 5321 s4.1.2, s4.5.3.1).", _unsendable),
    Row("flood", "Too many automatic messages to one address: two ticket systems in a loop.", _flood),
)
"""Rows that end in silence. The breaker below them ends in one mail that lists all numbers."""


def acknowledge(reading: Reading, situation: Situation, desk: Desk, now: datetime, language: str) -> Acknowledgement:
    """Whether the sender of a mail that opened a ticket gets its number now, later in a summary, or not at all."""
    to = recipient(reading, situation.own_addresses)
    reasons, row, alarms = _asked(reading, situation, desk)
    if row:
        change = TicketChange("acknowledgement_withheld", f"silence.{row.name}")
        return Acknowledgement(change, tuple(reasons), alarms=alarms)
    if why := _breaker(situation):
        reasons.append(Reason("silence.breaker", "hit", why))
        return Acknowledgement(
            TicketChange("acknowledgement_deferred", "silence.breaker"),
            tuple(reasons),
            timers=(TimerOrder("summary", f"{desk.id}:{sender_of(reading).address.lower()}", now + SUMMARY_AFTER),),
            alarms=(AlarmOrder(f"breaker:{desk.id}", f"{desk.id}: {why}; numbers now leave in summaries"),),
        )
    reasons.append(Reason("silence.breaker", "miss", "the desk writes at its usual rate"))
    return Acknowledgement(
        TicketChange("acknowledged", "acknowledge"),
        (*reasons, Reason("acknowledge", "hit", f"to {to.address}")),
        responses=(Response("acknowledgement", to, language),),
    )


@dataclass(frozen=True, slots=True)
class Question:
    """Whether the sender of a mail in a ticket is asked for what is still missing, and why."""

    reasons: tuple[Reason, ...]
    responses: tuple[Response, ...] = ()
    alarms: tuple[AlarmOrder, ...] = ()


def ask(reading: Reading, situation: Situation, desk: Desk, language: str) -> Question:
    """Whether the sender may be asked for what their mail left open. Unlike a number it need not be told later, so an
    open breaker means that it is not."""
    reasons, row, alarms = _asked(reading, situation, desk)
    if row:
        return Question(tuple(reasons), alarms=alarms)
    if why := _breaker(situation):
        return Question((*reasons, Reason("silence.breaker", "hit", why)))
    to = recipient(reading, situation.own_addresses)
    said = Reason("still_missing", "hit", f"to {to.address}")
    return Question((*reasons, said), (Response("still_missing", to, language),))


def _asked(
    reading: Reading, situation: Situation, desk: Desk
) -> tuple[list[Reason], Row | None, tuple[AlarmOrder, ...]]:
    """What each row of the table says down to the first that hits, that row, and whom to alarm for it."""
    reasons: list[Reason] = []
    for row in TABLE:
        why = row.check(reading, situation, desk)
        reasons.append(Reason(f"silence.{row.name}", "hit" if why else "miss", why or row.description))
        if why:
            to = recipient(reading, situation.own_addresses).address
            order = AlarmOrder(f"flood:{desk.id}:{to}", f"{desk.id}: {why}; acknowledgements to it are withheld")
            return reasons, row, (order,) if row.name == "flood" else ()
    return reasons, None, ()


def sender_of(reading: Reading) -> Mailbox:
    """The sender; ValueError for a mail without one, which has nobody to answer."""
    if reading.sender is None:
        raise ValueError("a mail without a sender has nobody to answer")
    return reading.sender


def recipient(reading: Reading, own_addresses: frozenset[str]) -> Mailbox:
    """From; or Reply-To when it is in the same domain (RFC 3834 s4): a foreign Reply-To would aim our mail at a
    stranger, and one that is an address of ours at ourselves."""
    sender, reply_to = sender_of(reading), reading.reply_to
    if (
        reply_to
        and reply_to.domain == sender.domain
        and sendable(reply_to.address)
        and split_plus(reply_to.address)[0] not in own_addresses
    ):
        return Mailbox(reply_to.address, reply_to.name or sender.name)
    return sender
