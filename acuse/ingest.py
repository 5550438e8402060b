"""The pipe door: one mail on standard input, exit 0 after the commit."""

from __future__ import annotations

import os
import re
from datetime import datetime
from typing import BinaryIO

from acuse.receiving import Receiver
from acuse.runtime import Runtime
from intake.identity import envelope_of, mail_key, own_id
from rules.model import Arrival, Envelope, Peer

_FROM_LINE = re.compile(rb">?From (\S*)[^\r\n]*\r?\n")


class RefusedError(Exception):
    """The mail is refused for good; `code` is the sysexits code that tells the MTA."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code


def read_mail(stream: BinaryIO, most_bytes: int) -> bytes:
    """All of `stream`, of which no more than `most_bytes` and one are taken into memory. RefusedError for nothing and
    for too much."""
    raw = stream.read(most_bytes + 1)
    if len(raw) > most_bytes:
        raise RefusedError(os.EX_DATAERR, f"the mail has more than the {most_bytes} bytes of smtp.max_message_bytes")
    if not raw.strip():
        raise RefusedError(os.EX_NOINPUT, "there was no mail on standard input")
    return raw


def without_from_line(raw: bytes) -> tuple[bytes, str | None]:
    """A mail without the line that separates mails in an mbox, and the sender in that line, None where there is none.
    Some pipes begin with it (the F flag of Postfix's); it is no header field."""
    line = _FROM_LINE.match(raw)
    return (raw[line.end() :], line[1].decode("utf-8", "replace")) if line else (raw, None)


def ingest(runtime: Runtime, raw: bytes, sender: str | None, recipients: list[str], now: datetime) -> list[str]:
    """Store one mail; those of its recipients that no desk has. RefusedError when that is all of them.

    Without `sender` the mbox line at the top tells it, else the mail's own fields; without `recipients` these do.
    """
    raw, from_line_sender = without_from_line(raw)
    sender = from_line_sender if sender is None else sender
    found = envelope_of(raw)
    envelope = Envelope(
        found.mail_from if sender is None else _reverse_path(sender),
        tuple(one.strip().removeprefix("<").removesuffix(">") for one in recipients) or found.rcpt_tos,
    )
    resolved = {one: runtime.policy.resolve(one) for one in envelope.rcpt_tos}
    desks = tuple(dict.fromkeys(desk for desk in resolved.values() if desk))
    if not desks:
        raise RefusedError(os.EX_NOUSER, f"no desk has the address {', '.join(resolved) or '(none was given)'}")
    peer = Peer(login=str(os.getuid()))
    arrival = Arrival(envelope, raw, "pipe", peer, now, desks, mail_key(raw), message_id=own_id(raw))
    Receiver(runtime).receive_now(arrival)
    return [one for one, desk in resolved.items() if not desk] if recipients else []


def _reverse_path(sender: str) -> str:
    address = sender.strip().removeprefix("<").removesuffix(">")
    # What Postfix's pipe writes for the null reverse-path, unless null_sender says otherwise.
    return "" if address.upper() == "MAILER-DAEMON" else address
