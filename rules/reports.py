"""Which message of ours a delivery report is about, what that proves, and whom to leave in peace after it.

Anybody can write a report; three things say how far one is believed, the strongest first:

| sign | what shows it | what it does |
|---|---|---|
| `bounce_address` | it came to the keyed address that this message left with | the recipient is not reached |
| `message_id` | it returns the message's own keyed id, and names its recipient | the recipient is not reached |
| `subject` | the ticket's number, and an address that was written to lately | agents are told, no more |

The last one serves relays that give messages ids of their own; a customer knows enough to forge it, and with a forged
one could do no more than be called back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from rules.addresses import is_bounce_address, sendable
from rules.agents import machine_sign
from rules.decision import Reason, Response, Returned, SentMessage, Situation, Unreached
from rules.model import DeliveryReport, Envelope, Mailbox, Reading, ReadingClass
from rules.policy import Desk

LATELY = timedelta(days=14)
"""A number in a returned subject means messages no older than this: no relay tries for longer."""
MUTE = timedelta(hours=24)
"""So long an agent whose address does not exist gets no notices. It ends by itself."""

BY_ADDRESS, BY_ID, BY_SUBJECT = "bounce_address", "message_id", "subject"
"""The signs, the strongest first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a report comes to: `returned` is None where it is about no message of ours; `why` says it in words."""

    why: str
    returned: Returned | None = None


def is_addressed_back(envelope: Envelope, own_addresses: frozenset[str]) -> bool:
    """Whether a mail came to an address that only reports come back to."""
    return any(is_bounce_address(one, own_addresses) for one in envelope.rcpt_tos)


def concerns_a_message(reading: Reading, envelope: Envelope, own_addresses: frozenset[str]) -> bool:
    """Whether a mail may be about a message of ours, so that it is worth while to look for one."""
    return reading.klass is ReadingClass.DELIVERY_STATUS or is_addressed_back(envelope, own_addresses)


def by_a_person(reading: Reading) -> bool:
    """Whether nothing shows that a machine wrote the mail."""
    return reading.klass in (ReadingClass.NEW, ReadingClass.REPLY) and machine_sign(reading) is None


def reported_ids(reading: Reading) -> tuple[str, ...]:
    """The ids that the message has which a report is about, the likeliest first. Of References only the last: those
    before it are the thread that the message stood in."""
    ids = (reading.reported_id, *reading.in_reply_to, *reading.references[-1:])
    return tuple(dict.fromkeys(one.lower() for one in ids if one))


def failures(reading: Reading) -> tuple[DeliveryReport, ...]:
    """What a report says of recipients who did not get the message; a delay or a delivery is none."""
    return tuple(one for one in reading.reports if one.action == "failed")


def find(reading: Reading, situation: Situation) -> Finding:
    """The message of ours that a report is about, and which of its recipients did not get it."""
    what = _in_words(reading)
    if not situation.reported:
        return Finding(f"{what}; about no message of ours that could be found")
    # What an imported mailbox tells of was known when it came.
    lost = () if situation.silent else failures(reading)
    for message in situation.reported:
        unreached = _unreached(message, lost)
        if unreached:
            return Finding(f"{what}; {_named(message)}", Returned(message.outbox_id, message.ticket_id, unreached))
    # It is kept beside the message, and the message stays as it is.
    message = situation.reported[0]
    if message.sign == BY_SUBJECT:
        return Finding(f"{what}; about no message of ours that could be found")
    why = "and none of them was written to" if lost else "which is no failure"
    return Finding(f"{what}, {why}; {_named(message)}", Returned(message.outbox_id, message.ticket_id))


def _unreached(message: SentMessage, lost: Iterable[DeliveryReport]) -> tuple[Unreached, ...]:
    found: dict[str, Unreached] = {}
    recipients = {one.lower(): one for one in message.recipients}
    for report in lost:
        named = [one.lower() for one in (report.original, report.recipient) if one]
        address = next((recipients[one] for one in named if one in recipients), "")
        proven = message.sign != BY_SUBJECT
        if not address and len(recipients) == 1:
            (only,) = message.recipients
            if not named and proven:
                address = only
            elif message.sign == BY_ADDRESS:
                # Forwarded to where it could not be delivered: this message did come back, but from somebody else.
                address, proven = only, False
        if address:
            found.setdefault(address, Unreached(address, proven, report.status, report.code, report.diagnostic))
    return tuple(found.values())


def _in_words(reading: Reading) -> str:
    sign = reading.sign("delivery_status")
    said = ", ".join(
        f"{one.recipient or 'nobody named'} {one.action} {one.status}".strip() for one in reading.reports[:3]
    )
    return ": ".join(filter(None, (sign.evidence if sign else "", said))) or "a report"


def _named(message: SentMessage) -> str:
    return f"message {message.outbox_id} ({message.purpose}) by {message.sign}"


def in_peace(
    responses: tuple[Response, ...], situation: Situation, desk: Desk, actor: str
) -> tuple[tuple[Response, ...], tuple[Reason, ...]]:
    """The responses without notices to agents whose addresses do not exist, as far as is known lately; and a reason for
    each. Where that leaves nobody who hears of an event, the desk's other agents do, except its `actor`."""
    muted = [one for one in responses if one.template == "notice" and one.to.address.lower() in situation.unreachable]
    if not muted:
        return responses, ()
    kept = [one for one in responses if one not in muted]
    if not any(one.template == "notice" for one in kept):
        others = (one for one in desk.agents if one.lower() not in {actor.lower(), *situation.unreachable})
        kept += [replace(muted[0], to=Mailbox(one)) for one in dict.fromkeys(others) if sendable(one)]
    hours = int(MUTE.total_seconds() // 3600)
    why = f"its mail came back within {hours} hours, because the address does not exist"
    return tuple(kept), tuple(Reason("unreachable", "hit", f"no notice to {one.to.address}: {why}") for one in muted)
