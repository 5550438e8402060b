"""From a piece of work to its decision: gather, decide, apply.

Gathering and rendering happen outside; then one transaction writes ticket, events, timers and outbox together. It looks
whether what the decision was made on still holds, and if not, the decision is made again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection

from acuse import responding, signs
from acuse.alarming import alarm_mail, put_alarm, raise_alarm
from acuse.enclosures import Enclosures
from acuse.letters import MANNERS, Audience
from acuse.readers import Job, ReaderError, Readers, ReaderTroubleError
from acuse.returned import may_be_about, write_down
from acuse.runtime import Runtime, is_desk
from intake.parse import header_message
from intake.reading import read
from rules.decide import decide, kind_of
from rules.decision import AlarmOrder, Candidate, Decision, SendCounts, Situation, TicketChange
from rules.model import Disposition, Envelope, Mailbox, Reading
from rules.notices import COUNTED, digest_subject
from rules.numbering import counts_per_year, format_reference
from rules.policy import Desk
from rules.reports import MUTE
from rules.silence import recipient, sender_of
from storage import digests, inbox, outbox, reports, threads, tickets, timers
from storage.inbox import Work
from storage.outbox import NewMessage
from storage.threads import FROM_CUSTOMER
from storage.tickets import MESSAGES, EventRow, MovedError, NewTicket

log = structlog.get_logger()

BY_MESSAGE = ("acknowledged", "agent_replied", "asked", "resolved", "told_encrypted")
"""Events that happen by a message to the customer: they name it."""
READER_PAUSE = timedelta(seconds=5)
EARLIER_PAUSE = timedelta(milliseconds=500)
ATTEMPTS = 8
"""How often a decision is made again because others were faster, before the work is given back."""


class EarlierMailError(Exception):
    """The mail answers another one that came before it and is not decided yet."""


class LostClaimError(Exception):
    """The work is no longer ours: the lease ran out and somebody else has it."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A ticket about to be opened: its reserved id and reference."""

    ticket_id: int
    reference: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """A decision with its messages rendered, ready for one short transaction. `seen` are the tickets that the mail was
    found to name."""

    decision: Decision
    opening: Opening | None
    subject: str
    letters: tuple[NewMessage, ...]
    alarms: tuple[tuple[AlarmOrder, NewMessage | None], ...]
    seen: frozenset[int] = frozenset()


class Pipeline:
    """Decides one piece of work at a time; safe to call from several threads."""

    def __init__(self, runtime: Runtime, readers: Readers) -> None:
        self._runtime = runtime
        self._readers = readers

    def handle(self, work: Work) -> None:
        """Decide a piece of work. Nothing is raised: what fails is written down with it, tried again, in the end
        parked."""
        try:
            disposition = self._decide(work)
            log.info(
                "work.decided", work=work.id, delivery=work.delivery_id, desk=work.desk, disposition=disposition.value
            )
        except LostClaimError:
            log.warning("work.lost", work=work.id)
        except EarlierMailError:
            log.info("work.waits", work=work.id)
            self._postpone(work, EARLIER_PAUSE)
        except ReaderTroubleError as error:
            log.exception("work.postponed", work=work.id)
            self._postpone(work, READER_PAUSE)
            self._no_readers(work, error)
        except Exception as error:
            log.exception("work.failed", work=work.id, desk=work.desk, attempt=work.attempts)
            self._give_back(work, error)

    def _postpone(self, work: Work, pause: timedelta) -> None:
        """What keeps the mail from being decided is not its fault: it waits, and is not parked for it."""
        runtime = self._runtime
        until = runtime.clock.now() + pause
        try:
            runtime.writer.call(lambda connection: inbox.postpone(connection, work, runtime.owner, until))
        except Exception:
            log.exception("work.not_given_back", work=work.id)

    def _no_readers(self, work: Work, error: Exception) -> None:
        try:
            raise_alarm(self._runtime, AlarmOrder("readers", f"no mail can be read: {error}"), work.desk)
        except Exception:
            log.exception("work.no_alarm", work=work.id)

    def _give_back(self, work: Work, error: Exception) -> None:
        runtime = self._runtime
        retry_at = runtime.clock.now() + timedelta(seconds=2**work.attempts)
        try:
            parked = runtime.writer.call(
                lambda connection: inbox.failed(
                    connection, work, runtime.owner, f"{type(error).__name__}: {error}", retry_at
                )
            )
            if parked:
                raise_alarm(
                    runtime,
                    AlarmOrder("parked", f"a mail for {work.desk} could not be decided (work {work.id})"),
                    work.desk,
                )
        except Exception:
            # The database is away; the lease runs out and the work is taken up again.
            log.exception("work.not_given_back", work=work.id)

    def _decide(self, work: Work) -> Disposition:
        runtime = self._runtime
        with runtime.database.read.connect() as connection:
            envelope, _, sha256 = inbox.delivered(connection, work.delivery_id)
        desk = runtime.policy.known[work.desk] if is_desk(work.desk) else None
        reading = self._read(work, desk, envelope, sha256) if desk else Reading()
        with runtime.database.read.connect() as connection:
            if threads.awaited(connection, work, signs.names(reading).ids):
                raise EarlierMailError(work.id)
        opening: Opening | None = None
        enclosures = Enclosures(self._readers, sha256, runtime.loaded.config.outgoing.max_attachment_bytes)
        for _ in range(ATTEMPTS):
            now = runtime.clock.now()
            situation = replace(self._situation(desk, envelope, reading), silent=work.silent)
            decision = decide(reading, situation, desk, now)
            if decision.disposition is Disposition.TICKET and desk and opening is None:
                opening = self._reserve(desk, reading)
            told = replace(reading, answers={**decision.typed, **reading.answers})
            prepared = self._prepare(decision, desk, told, opening, work, enclosures=enclosures)
            prepared = replace(prepared, seen=frozenset(one.ticket_id for one in situation.candidates))
            try:
                runtime.writer.call(lambda c, p=prepared, r=told: self._apply(c, p, work, desk, r))  # type: ignore[misc]
            except MovedError:
                continue
            return decision.disposition
        raise MovedError(f"work {work.id}")

    def _read(self, work: Work, desk: Desk, envelope: Envelope, sha256: str) -> Reading:
        try:
            return self._readers.read(Job(sha256, desk.id, envelope, work.arrived_at))
        except ReaderError as error:
            log.warning("work.unreadable", work=work.id, why=str(error))
            with self._runtime.database.read.connect() as connection:
                raw = inbox.raw_bytes(connection, sha256)
            return read(header_message(raw, str(error)), desk, envelope, work.arrived_at)

    def _situation(self, desk: Desk | None, envelope: Envelope, reading: Reading) -> Situation:
        runtime = self._runtime
        if desk is None:
            return Situation(envelope, runtime.policy.own_addresses)
        with runtime.database.read.connect() as connection:
            candidates = signs.candidates(runtime, connection, desk, reading)
            sent = SendCounts()
            if reading.sender:
                to = recipient(reading, runtime.policy.own_addresses).address
                sent = outbox.send_counts(connection, desk.id, to, runtime.clock.now())
            notified, waiting = _told(connection, desk, desk.agents, runtime.clock.now())
            reported = may_be_about(runtime, connection, desk, envelope, reading)
            unreachable = reports.unreachable(connection, desk.id, desk.agents, runtime.clock.now(), MUTE)
        return Situation(
            envelope,
            runtime.policy.own_addresses,
            candidates,
            sent,
            runtime.limits,
            notified=notified,
            digests=waiting,
            reported=reported,
            unreachable=unreachable,
        )

    def _reserve(self, desk: Desk, reading: Reading) -> Opening:
        pattern = kind_of(reading, desk).pattern
        now = self._runtime.clock.now()
        year = now.astimezone(ZoneInfo(desk.zone)).year
        counted = year if counts_per_year(pattern) else 0
        ticket_id, number = self._runtime.writer.call(
            lambda connection: tickets.reserve(connection, desk.id, pattern, counted)
        )
        return Opening(ticket_id, format_reference(pattern, year, number))

    def _prepare(
        self,
        decision: Decision,
        desk: Desk | None,
        reading: Reading,
        opening: Opening | None,
        work: Work,
        *,
        enclosures: Enclosures,
    ) -> Prepared:
        runtime, now = self._runtime, self._runtime.clock.now()
        letters, orders, subject = [], list(decision.alarms), ""
        if desk and (opening or decision.candidate):
            opened = (opening.ticket_id, opening.reference) if opening else (0, "")
            files = enclosures.of(decision.responses)
            about, acknowledgement = responding.occasion(
                runtime.templates, desk, reading, decision, arrived_at=work.arrived_at, opened=opened, files=files
            )
            subject = about.ticket.subject
            serials = iter(self._serials(sum(one.template != "acknowledgement" for one in decision.responses)))
            for response in decision.responses:
                rendered = responding.texts(runtime.templates, about, response, acknowledgement)
                # A ticket has one acknowledgement, which needs no number to tell it from others.
                serial = 0 if response.template == "acknowledgement" else next(serials)
                letters.append(responding.write(runtime, about, response, rendered, serial=serial, now=now))
                if rendered.failed:
                    orders.append(AlarmOrder("template", f"a template failed: {rendered.failed}"))
        return Prepared(
            decision,
            opening,
            subject,
            tuple(letters),
            tuple((order, alarm_mail(runtime, order, desk.id if desk else "")) for order in orders),
        )

    def _serials(self, count: int) -> range:
        """Numbers for Message-IDs that nobody else has; gaps are harmless."""
        if not count:
            return range(0)
        last = self._runtime.writer.call(lambda connection: tickets.next_number(connection, "", MESSAGES, 0, count))
        return range(last - count + 1, last + 1)

    def _apply(
        self, connection: Connection, prepared: Prepared, work: Work, desk: Desk | None, reading: Reading
    ) -> None:
        runtime, decision = self._runtime, prepared.decision
        now = runtime.clock.now()
        digest = desk.digest if desk else ""
        ticket_id: int | None = None
        if (
            prepared.opening
            and desk
            and decision.kind
            and reading.sender
            and decision.disposition is Disposition.TICKET
        ):
            ticket_id = self._open(
                connection,
                prepared,
                prepared.opening,
                work=work,
                desk=desk,
                reading=reading,
                kind=decision.kind.value,
            )
        elif decision.candidate:
            ticket_id = decision.candidate.ticket_id
            tickets.hold(connection, ticket_id)
        elif decision.returned:
            ticket_id = decision.returned.ticket_id
        if not inbox.decided(
            connection,
            work,
            runtime.owner,
            now=now,
            disposition=decision.disposition.value,
            reasons=[asdict(reason) for reason in decision.reasons],
            policy=digest,
            message_id=reading.message_id,
            ticket_id=ticket_id,
            outbox_id=decision.returned.outbox_id if decision.returned else None,
        ):
            raise LostClaimError(work.id)
        if desk:
            self._check_counts(connection, desk, decision)
            self._check_agents(connection, desk, decision)
        to_customer = _put(connection, prepared.letters)
        # A held mail is linked to its ticket and leaves no trace in it: it is not proven to belong there.
        if ticket_id is not None and decision.changes:
            if decision.joins:
                tickets.know_person(connection, ticket_id, "participant", decision.joins)
            events = [
                EventRow(
                    change.name,
                    change.rule,
                    digest,
                    now,
                    work.id,
                    to_customer if change.name in BY_MESSAGE else None,
                    change.value,
                    _person(connection, ticket_id, change, reading),
                )
                for change in decision.changes
            ]
            tickets.append(connection, ticket_id, events, _version(decision.candidate))
            if desk:
                signs.keep(connection, ticket_id, desk, work_id=work.id, decision=decision, reading=reading)
        if desk and decision.returned:
            write_down(connection, decision.returned, desk, now)
        for order in decision.timers:
            timers.set_timer(connection, order.kind, order.subject, work.desk, order.due_at)
        for alarm_order, mail in prepared.alarms:
            put_alarm(runtime, connection, alarm_order, mail)

    def _open(
        self,
        connection: Connection,
        prepared: Prepared,
        opening: Opening,
        *,
        work: Work,
        desk: Desk,
        reading: Reading,
        kind: str,
    ) -> int:
        """Write the ticket with its requester, and the address that they want answers at where it is another."""
        signs.check_alone(connection, desk, reading, prepared.seen)
        requester, language, subject = sender_of(reading), prepared.decision.language, prepared.subject
        new = NewTicket(opening.ticket_id, desk.id, opening.reference, kind, language, work.arrived_at, subject)
        tickets.open_ticket(connection, new, requester)
        to = recipient(reading, self._runtime.policy.own_addresses)
        if to.address.lower() != requester.address.lower():
            tickets.know_person(connection, opening.ticket_id, "reply_to", to)
        return opening.ticket_id

    def _check_counts(self, connection: Connection, desk: Desk, decision: Decision) -> None:
        """Mails decided at the same moment must not all take the last message that the limits allow."""
        limits = self._runtime.limits
        for response in (one for one in decision.responses if MANNERS[one.template].counted):
            outbox.count_alone(connection, desk.id, response.to.address)
            sent = outbox.send_counts(connection, desk.id, response.to.address, self._runtime.clock.now())
            if (
                sent.address_10_minutes >= limits.address_per_10_minutes
                or sent.address_day >= limits.address_per_day
                or sent.desk_10_minutes >= limits.desk_per_10_minutes
            ):
                raise MovedError("others have taken what the limits allow")

    def _check_agents(self, connection: Connection, desk: Desk, decision: Decision) -> None:
        """Nor must an agent get a notice while a digest is waited for: it begins where the notices ended."""
        agents = sorted({one.to.address.lower() for one in decision.responses if one.template in COUNTED})
        for agent in agents:
            outbox.count_alone(connection, desk.id, agent)
        notified, waiting = _told(connection, desk, agents, self._runtime.clock.now())
        most = self._runtime.limits.agent_per_10_minutes
        if any(agent in waiting or notified.get(agent, 0) >= most for agent in agents):
            raise MovedError("others have taken what an agent may get")


def _put(connection: Connection, letters: Iterable[NewMessage]) -> int | None:
    """Queue messages; the id of the one that is for the customer."""
    to_customer = None
    for letter in letters:
        outbox_id = outbox.put(connection, letter)
        if MANNERS[letter.purpose].audience is Audience.CUSTOMER:
            to_customer = outbox_id
        if letter.ticket_id is not None:
            threads.know_message_ids(connection, letter.ticket_id, (letter.message_id,), ours=True)
    return to_customer


def _told(
    connection: Connection, desk: Desk, agents: Iterable[str], now: datetime
) -> tuple[dict[str, int], frozenset[str]]:
    """How many mails each agent was sent lately, and which of them wait for a digest."""
    known = sorted({agent.lower() for agent in agents})
    if not known:
        return {}, frozenset()
    subjects = {digest_subject(desk.id, agent): agent for agent in known}
    waiting = digests.awaited(connection, subjects)
    return digests.sent_lately(connection, desk.id, known, now), frozenset(subjects[one] for one in waiting)


def _person(connection: Connection, ticket_id: int, change: TicketChange, reading: Reading) -> int | None:
    """The person of the ticket whom an event names: an agent, or who of the customer's people wrote."""
    if change.person:
        return tickets.know_person(connection, ticket_id, "agent", Mailbox(change.person))
    if change.name in FROM_CUSTOMER and reading.sender:
        return tickets.person_of(connection, ticket_id, reading.sender.address)
    return None


def _version(candidate: Candidate | None) -> int | None:
    return candidate.version if candidate else None
