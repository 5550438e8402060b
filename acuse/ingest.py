"""The pipe door: one mail on standard input, exit 0 after the commit."""

from __future__ import annotations

import os
from datetime import datetime

from acuse.receiving import Receiver
from acuse.runtime import Runtime
from intake.identity import envelope_of, mail_key
from rules.model import Arrival, Envelope, Peer

OK, EX_DATAERR, EX_NOINPUT, EX_NOUSER, EX_TEMPFAIL = 0, os.EX_DATAERR, os.EX_NOINPUT, os.EX_NOUSER, os.EX_TEMPFAIL


class RefusedError(Exception):
    """The mail is refused for good; `code` is the sysexits code that tells the MTA."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code


def ingest(runtime: Runtime, raw: bytes, sender: str | None, recipients: list[str], now: datetime) -> str:
    """Store one mail; the id of its delivery. Without `recipients` the mail's own fields say for whom it is."""
    limit = runtime.loaded.config.smtp.max_message_bytes
    if not raw:
        raise RefusedError(EX_NOINPUT, "there was no mail on standard input")
    if len(raw) > limit:
        raise RefusedError(EX_DATAERR, f"the mail has {len(raw)} bytes; smtp.max_message_bytes allows {limit}")
    found = envelope_of(raw)
    envelope = Envelope(found.mail_from if sender is None else sender.strip("<>"), tuple(recipients) or found.rcpt_tos)
    desks = tuple(dict.fromkeys(desk for one in envelope.rcpt_tos if (desk := runtime.policy.resolve(one))))
    if not desks:
        raise RefusedError(EX_NOUSER, f"no desk has the address {', '.join(envelope.rcpt_tos) or '(none was given)'}")
    arrival = Arrival(envelope, raw, "pipe", Peer(login=str(os.getuid())), now, desks, mail_key(raw))
    return Receiver(runtime).receive_now(arrival)
