"""What a relay takes and what it tells: one outcome for each recipient."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s|$)")
_REPLY_CHARACTERS = 300


class Outcome(StrEnum):
    """What became of a mail for one recipient: `transient` is worth another try, `permanent` is not."""

    SENT = "sent"
    TRANSIENT = "transient"
    PERMANENT = "permanent"


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A finished mail: its RFC 5322 bytes with CRLF line ends, and its envelope; `mail_from` "" is the null path.

    Addresses and `message_id` (as in the mail, brackets or not) are the same over all tries.
    """

    message_id: str
    mail_from: str
    rcpt_tos: tuple[str, ...]
    raw: bytes


@dataclass(frozen=True, slots=True)
class RecipientResult:
    """The outcome for one recipient, with the reply that told it.

    `code` is the SMTP reply code, 0 where there was none; `enhanced` the RFC 3463 code or ""; `reply` the text as one
    printable line of at most 300 characters.
    """

    address: str
    outcome: Outcome
    code: int
    enhanced: str
    reply: str


class Relay(Protocol):
    """Where the outbox hands its mail."""

    def send(self, mail: OutgoingMail) -> tuple[RecipientResult, ...]:
        """Try once; a result for each of `mail.rcpt_tos`, in their order. Trouble is a transient result, no error."""

    def close(self) -> None:
        """Let go of what is held open; `send` may follow."""


def result(address: str, outcome: Outcome, code: int, text: str) -> RecipientResult:
    """A result whose `reply` is `text` made presentable, without the enhanced code it begins with."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    enhanced = _ENHANCED.match(line)
    if enhanced:
        line = line[enhanced.end() :]
    return RecipientResult(address, outcome, code, enhanced[1] if enhanced else "", line[:_REPLY_CHARACTERS])


def transient(mail: OutgoingMail, text: str, code: int = 0) -> tuple[RecipientResult, ...]:
    """The same transient result for every recipient."""
    return tuple(result(address, Outcome.TRANSIENT, code, text) for address in mail.rcpt_tos)
