"""A mail from a mailbox as an arrival: the envelope is guessed from its fields, the time is the server's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from intake.doors.imap_session import Fetched
from intake.identity import envelope_of, mail_key, own_id
from rules.model import Arrival, Lane, Peer

_BEFORE_MAIL = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(minutes=5)
"""A server's clock may be so far ahead of ours."""
_OLD = timedelta(days=1)
"""Mail that comes into the folder after us may have arrived so long before us elsewhere, say in a spam folder, and is
answered all the same."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mail lies on its server, and whether it lay there before we came."""

    folder: str
    uidvalidity: int
    uid: int
    before_us: bool = False


@dataclass(frozen=True, slots=True)
class Addressee:
    """For whom the mails of a mailbox are: the desk of an address, and the desk of mails that name none. Both are asked
    for each mail, because they change while a mailbox is read."""

    resolve: Callable[[str], str | None]
    otherwise: Callable[[], str]

    def desks(self, recipients: tuple[str, ...]) -> tuple[str, ...]:
        """The desks that the recipients name, each once; else the one desk of the mailbox."""
        found = (self.resolve(address) for address in recipients)
        return tuple(dict.fromkeys(desk for desk in found if desk)) or (self.otherwise(),)


def source_key(account: str, place: Place) -> str:
    """What tells a fetched mail from all others of all mailboxes."""
    return f"{account}/{place.folder}/{place.uidvalidity}/{place.uid}"


def arrival_of(
    mail: Fetched,
    place: Place,
    *,
    account: str,
    peer: Peer,
    addressee: Addressee,
    first_seen_at: datetime,
    now: datetime,
) -> Arrival:
    """The arrival of a mail. What came before the mailbox was first seen is backlog, and is not answered.

    The server's time counts (INTERNALDATE, RFC 3501 s2.3.3); one in the future, or from before there was mail, is a
    broken clock's, and then it is now.
    """
    told = mail.arrived_at if mail.arrived_at and _BEFORE_MAIL <= mail.arrived_at <= now + _AHEAD else None
    backlog = _is_backlog(told, first_seen_at, before_us=place.before_us)
    arrived_at = min(told, now) if told else now
    envelope = envelope_of(mail.raw)
    return Arrival(
        envelope=envelope,
        raw=mail.raw,
        door="imap",
        peer=peer,
        arrived_at=arrived_at.astimezone(UTC),
        desks=addressee.desks(envelope.rcpt_tos),
        mail_key=mail_key(mail.raw),
        message_id=own_id(mail.raw),
        source_key=source_key(account, place),
        lane=Lane.BACKLOG if backlog else Lane.LIVE,
        silent=backlog,
    )


def _is_backlog(told: datetime | None, first_seen_at: datetime, *, before_us: bool) -> bool:
    """Whether a mail is from before us, by the time that the server told, if it told a possible one."""
    if before_us:
        return told is None or told < first_seen_at
    # It came into the folder after us; but a person may have moved it there, and it is years old.
    return told is not None and told < first_seen_at - _OLD
