"""The outbox on its way to the relay. Sending knows nothing of tickets: it has finished bytes and recipients."""

from __future__ import annotations

import random
from datetime import timedelta

import structlog
from sqlalchemy import Connection

from acuse.config import Loaded
from acuse.config import Outgoing as OutgoingMode
from acuse.runtime import Runtime
from responders.backoff import next_try
from responders.maildir import MaildirRelay
from responders.relay import OutgoingMail, RecipientResult, Relay
from responders.relay_pool import RelayPool
from responders.smtp_relay import SmtpRelay
from storage import outbox, timers
from storage.outbox import FAILED, PENDING, SENT, Outcome, Outgoing

log = structlog.get_logger()

CLAIM_LEASE = timedelta(minutes=2)
"""For a message that waits here for its turn. Behind a slow relay it may run out; then another claim may have it."""

TRY_LEASE = timedelta(minutes=20)
"""From just before a try: longer than the longest, so that no other takes what is being sent.

The longest try is 18 minutes (`SmtpRelay`: 480 s until the mail is out, 600 s for the reply to it), a step of 60 s that
began before the end of the first, and seconds to say goodbye to the connection before.
"""

_STATES = {"sent": SENT, "transient": PENDING, "permanent": FAILED}


def make_relay(runtime: Runtime) -> Relay:
    """The relay that the configuration names, with a connection for each sender."""
    loaded, settings = runtime.loaded, runtime.loaded.config.outgoing
    if settings.mode is OutgoingMode.MAILDIR:
        return MaildirRelay(loaded.path(settings.maildir))
    return RelayPool([smtp_relay(loaded, runtime.hostname) for _ in range(settings.senders)])


def smtp_relay(loaded: Loaded, helo: str) -> SmtpRelay:
    """One connection to the relay of host and port, not yet open."""
    settings = loaded.config.outgoing
    password = loaded.path(settings.password_file).read_text(encoding="utf-8").strip() if settings.password_file else ""
    return SmtpRelay(
        settings.host,
        settings.port,
        tls=settings.tls,
        ca_file=loaded.path(settings.ca_file) if settings.ca_file else None,
        username=settings.username,
        password=password,
        helo=helo,
    )


def hand_over(runtime: Runtime, relay: Relay, message: Outgoing) -> None:
    """Try a message once, if the claim on it still stands, and write down what the relay said. Nothing is raised."""
    try:
        now = runtime.clock.now()
        if not runtime.writer.call(lambda connection: outbox.begin(connection, message, runtime.owner, now, TRY_LEASE)):
            log.info("message.claimed_by_another", outbox=message.id)
            return
        mail = OutgoingMail(message.message_id, message.mail_from, message.rcpt_tos, message.raw)
        # Nobody is left to send to where reports were faster than the word of a relay that was never written down.
        results = relay.send(mail) if now <= message.not_after and message.rcpt_tos else ()
        state = runtime.writer.call(lambda connection: _write_down(connection, runtime, message, results))
    except Exception:
        # The lease runs out and the message is tried again, with the same bytes.
        log.exception("message.not_handed_over", outbox=message.id)
        return
    log.info(
        "message.tried",
        outbox=message.id,
        purpose=message.purpose,
        state=state,
        attempt=message.attempts,
        code=max((result.code for result in results), default=0),
        waited_seconds=round((runtime.clock.now() - message.created_at).total_seconds(), 3),
    )


def _write_down(
    connection: Connection, runtime: Runtime, message: Outgoing, results: tuple[RecipientResult, ...]
) -> str | None:
    now = runtime.clock.now()
    # Chance keeps the retries of many messages from coming all at one moment.
    retry_at = next_try(message.attempts, now, random.random())  # noqa: S311
    outcomes = [Outcome(one.address, _STATES[one.outcome], one.code, one.enhanced, one.reply) for one in results]
    state = outbox.tried(connection, message, runtime.owner, outcomes, now, retry_at)
    if state == "expired" or (state and any(one.state == FAILED for one in outcomes)):
        timers.set_timer(connection, "undelivered", str(message.id), message.desk, now)
    return state
