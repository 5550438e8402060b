"""What a mailbox is read for, how often, and what is written down about it: the values that the poller is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from intake.doors.imap_mail import Addressee, Place
from intake.doors.imap_wire import Bounds
from rules.cursor import Cursor
from rules.model import Arrival


@dataclass(frozen=True, slots=True)
class PollTimes:
    """`poll_seconds` between two looks, of which the server's IDLE makes fewer, and after one that took nothing at
    least `pause_seconds`, whatever the server tells; IDLE is renewed after `idle_seconds` (RFC 2177 wants less than 29
    minutes, routers forget earlier); the stop is noticed within `slice_seconds`; a folder is compared with what was
    taken every `compare_seconds`. A mail that failed three times rests for `aside_seconds`, then twice as long, up to
    `compare_seconds`."""

    poll_seconds: float = 60
    pause_seconds: float = 0.5
    idle_seconds: float = 9 * 60
    slice_seconds: float = 1
    compare_seconds: float = 6 * 3600
    aside_seconds: float = 5 * 60
    bounds: Bounds = field(default_factory=Bounds)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done with a mailbox: its folders, what of their old mail is wanted (`since` None: all), what becomes of a
    mail `after` its commit (move, flag, leave), and the most that is taken of one, which is asked for each mail."""

    folders: tuple[str, ...]
    since: datetime | None
    first_seen_at: datetime
    after: str
    done_folder: str
    limit_bytes: Callable[[], int]
    addressee: Addressee


@dataclass(frozen=True, slots=True)
class Incoming:
    """A mail to be committed, and whether it is to be put away afterwards."""

    arrival: Arrival
    place: Place
    put_away: bool


@dataclass(frozen=True, slots=True)
class Books:
    """What is written down about a mailbox.

    `cursor` is where a folder stands, `move_cursor` writes that. `taken` are those of some UIDs of a folder, under a
    UIDVALIDITY, that were committed; `to_put_away` those of them that still lie there. `keep` commits mails, each with
    its cursor and a note that it is to be put away, and gives for each the reason why it cannot be kept, or None;
    `put_away` strikes those notes out. `report` tells the operator of trouble by its kind; with no text, that it is
    over. `well`: every folder was looked at.
    """

    cursor: Callable[[str], Cursor | None]
    move_cursor: Callable[[str, Cursor], None]
    taken: Callable[[str, int, Sequence[int]], frozenset[int]]
    to_put_away: Callable[[str, int], list[int]]
    keep: Callable[[Sequence[Incoming]], list[Exception | None]]
    put_away: Callable[[str, int, Sequence[int]], None]
    report: Callable[[str, str], None]
    well: Callable[[], None]
