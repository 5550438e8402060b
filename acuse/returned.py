"""Mail that came back: which messages of ours a report may be about, and writing down what it says."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from acuse.runtime import Runtime
from rules.addresses import bounce_token
from rules.decision import Returned, SentMessage
from rules.model import Envelope, Reading
from rules.policy import Desk
from rules.reports import BY_ADDRESS, BY_ID, LATELY, concerns_a_message, failures, reported_ids
from rules.tokens import completed, verify
from storage import reports, timers


def may_be_about(
    runtime: Runtime, connection: Connection, desk: Desk, envelope: Envelope, reading: Reading
) -> tuple[SentMessage, ...]:
    """The desk's messages that a report may be about, the strongest sign first; none for other mail.

    By an id only where it is one that we made: that somebody knows our Message-ID must prove that they saw the message.
    """
    own = runtime.policy.own_addresses
    if not concerns_a_message(reading, envelope, own):
        return ()
    domains = tuple(dict.fromkeys(address.rpartition("@")[2] for address in desk.addresses))
    tokens = filter(None, (bounce_token(address, own) for address in envelope.rcpt_tos))
    ids = [(one, BY_ADDRESS) for token in tokens if (one := completed(runtime.keys, token, domains))]
    ids += [(one, BY_ID) for one in reported_ids(reading) if verify(runtime.keys, one)]
    found = reports.sent_messages(connection, desk.id, ids)
    named = [address for one in failures(reading) for address in (one.original, one.recipient) if address]
    if reading.thread_reference and named:
        since = runtime.clock.now() - LATELY
        found += reports.sent_lately(connection, desk.id, reading.thread_reference, named, since)
    return tuple(found)


def write_down(connection: Connection, returned: Returned, desk: Desk, now: datetime) -> None:
    """What a report says, once: the recipient's state, and the timer that tells people, as for a relay's refusal."""
    if reports.came_back(connection, returned, now):
        timers.set_timer(connection, "undelivered", str(returned.outbox_id), desk.id, now)
