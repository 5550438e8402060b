"""`acuse import`: a backlog from files into the inbox, beside a running daemon, as often as one likes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection

from acuse.import_sources import MboxMail, MboxSource, RawMail, Source, SourceMail, UnusableError
from acuse.runtime import Runtime
from intake.identity import envelope_of, mail_key, own_id
from intake.mime.headers import scan_header
from intake.received import received_at
from rules.model import Arrival, Envelope, Lane, Peer
from storage import imports

BATCH_MAILS = 50
BATCH_BYTES = 8 << 20
LEAST_PAUSE_SECONDS = 0.02
"""SQLite has one writer, and whoever waits for it looks only now and then. So the lock is left alone between batches
for as long as they take: else the daemon's mail would wait for the whole import."""
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Skipped:
    """A mail that was not imported: its place, and why."""

    where: str
    why: str


@dataclass
class Report:
    """What came of an import. `already_there`: imported before, or known by another door."""

    source: str
    imported: int = 0
    already_there: int = 0
    skipped: list[Skipped] = field(default_factory=list)


class Importer:
    """Imports one source. `desk` gets the mails that name none; `respond`: their senders are answered.

    A mail that cannot be imported is skipped and reported. What an earlier run imported is passed over; so the same
    call finishes what was interrupted at any moment, and takes what was skipped as soon as it can be taken.
    """

    def __init__(
        self,
        runtime: Runtime,
        source: Source,
        *,
        desk: str | None,
        respond: bool,
        progress: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._runtime = runtime
        self._source = source
        self._desk = desk
        self._respond = respond
        self._progress = progress
        path = sha256(os.fsencode(source.path.resolve())).hexdigest()
        self._prefix = f"import/{path}"
        # With another desk for the mails that name none, other mails can be taken.
        self._position_key = f"{self._prefix}/{desk or ''}"
        self._gapless = isinstance(source, MboxSource)
        self._before_gap = 0
        """Mails before the first that was skipped: so far an mbox need not be read again."""
        self.report = Report(str(source.path))

    def run(self) -> Report:
        """Import everything."""
        source, database = self._source, self._runtime.database
        if isinstance(source, MboxSource):
            with database.read.connect() as connection:
                source.go_to(imports.position(connection, self._position_key))
        self.report.already_there = self._before_gap = source.passed
        self._progress(source.start)
        for batch in _batches(source):
            began = time.monotonic()
            wrote = self._take(batch)
            self._progress(batch[-1].done)
            if wrote and database.is_sqlite:
                time.sleep(max(time.monotonic() - began, LEAST_PAUSE_SECONDS))
        return self.report

    def _take(self, batch: list[SourceMail]) -> bool:
        """Import a batch; whether there was anything to store."""
        report, source, runtime = self.report, self._source, self._runtime
        with runtime.database.read.connect() as connection:
            before = imports.taken(connection, [self._key(mail) for mail in batch])
        arrivals: list[Arrival] = []
        last: MboxMail | None = None
        known = 0
        for mail in batch:
            taken = before.get(self._key(mail))
            if taken and self._desk in (None, *taken.desks) and mail.is_the_same(taken):
                known += 1
            else:
                try:
                    arrivals.append(self._arrival(mail, mail.load()))
                except UnusableError as error:
                    report.skipped.append(Skipped(mail.where, str(error)))
                    self._gapless = False
            if self._gapless and isinstance(mail, MboxMail):
                last = mail
                self._before_gap += 1
        place = ""
        if last and isinstance(source, MboxSource):
            place = source.position(last, self._before_gap)
        now = runtime.clock.now()
        fresh: list[bool] = []
        if arrivals or place:
            fresh = runtime.writer.call(lambda connection: _store(connection, arrivals, self._position_key, place, now))
        report.imported += sum(fresh)
        report.already_there += len(fresh) - sum(fresh) + known
        return bool(arrivals)

    def _key(self, mail: SourceMail) -> str:
        return f"{self._prefix}/{mail.key}"

    def _arrival(self, mail: SourceMail, found: RawMail) -> Arrival:
        raw, policy, now = found.raw, self._runtime.policy, self._runtime.clock.now()
        if not raw.strip():
            raise UnusableError("is empty")
        envelope = envelope_of(raw)
        if found.null_sender and not scan_header(raw).first("return-path").strip():
            envelope = Envelope("", envelope.rcpt_tos)
        named = dict.fromkeys(filter(None, (policy.resolve(one) for one in envelope.rcpt_tos)))
        desks = tuple(named) or ((self._desk,) if self._desk else ())
        if not desks:
            raise UnusableError(f"no desk has the address {_named(envelope.rcpt_tos)}; --desk ID would take it")
        return Arrival(
            envelope,
            raw,
            "import",
            Peer(login=str(os.getuid())),
            min(received_at(raw) or found.at or now, now),
            desks,
            mail_key(raw),
            self._key(mail),
            Lane.BACKLOG,
            silent=not self._respond,
            message_id=own_id(raw),
        )


def _store(connection: Connection, arrivals: list[Arrival], position_key: str, place: str, now: datetime) -> list[bool]:
    fresh = imports.store(connection, arrivals) if arrivals else []
    if place:
        imports.remember(connection, position_key, place, now)
    return fresh


def _batches(source: Source) -> Iterator[list[SourceMail]]:
    batch: list[SourceMail] = []
    size_bytes = 0
    for mail in source.mails():
        batch.append(mail)
        size_bytes += mail.size_bytes
        if len(batch) == BATCH_MAILS or size_bytes >= BATCH_BYTES:
            yield batch
            batch, size_bytes = [], 0
    if batch:
        yield batch


def _named(addresses: tuple[str, ...]) -> str:
    if not addresses:
        return "(it names no recipient)"
    more = f" and {len(addresses) - _NAMED} more" if len(addresses) > _NAMED else ""
    return ", ".join(addresses[:_NAMED]) + more
