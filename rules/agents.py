"""What an agent's mail does: it answers the customer in the desk's name, and its commands act on the ticket.

Either all of a mail is done or nothing of it: where one command cannot be done, nothing leaves and nothing changes, and
a transcript says why.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from rules.addresses import sendable
from rules.commands import (
    MOST,
    Argument,
    Command,
    What,
    agents_of,
    known,
    level_of,
    levels,
    misplaced,
    names,
    understood,
)
from rules.decision import Candidate, Reason, Response, TicketChange, TranscriptLine
from rules.lifecycle import Happened, after
from rules.model import Mailbox, Reading, Sign
from rules.notices import notices
from rules.policy import Desk
from rules.status import status
from rules.undo import BY_COMMAND, Where, undo

BY_MACHINE = (
    *("auto_submitted", "null_sender", "null_return_path", "precedence", "robot_address", "vacation_header"),
    *("vacation_subject", "suppress", "delivery_status", "read_receipt", "machine_text"),
)
"""Signs of which each alone keeps an agent's mail from leaving. Of lists only the desk's own gets here."""

_EVENTS = {"ask": "asked", "resolve": "resolved", "note": "noted"}


@dataclass(frozen=True, slots=True)
class Acted:
    """What becomes of the ticket, and who is written to."""

    changes: tuple[TicketChange, ...]
    responses: tuple[Response, ...]
    reasons: tuple[Reason, ...]


def machine_sign(reading: Reading) -> Sign | None:
    """The sign by which a mail from an agent's address may be a machine's."""
    precedence = reading.sign("precedence")
    # A group that feeds the desk's mailbox marks what people write so, beside its List-Id.
    own_list = precedence and precedence.evidence.lower() == "list" and reading.sign("list")
    return reading.sign(*(name for name in BY_MACHINE if not (own_list and name == "precedence")))


def act(reading: Reading, desk: Desk, ticket: Candidate, agent: Mailbox) -> Acted:
    """The mail of an agent of the desk in a ticket of it."""
    orders = [_Order(line, *understood(line)) for line in reading.commands]
    run = _Run(desk, ticket, agent, Where(ticket.standing, ticket.assignee))
    run.settle(orders, reading.message)
    for order in orders:
        run.do(order)
    run.finish(reading)
    return run.acted(reading)


@dataclass(frozen=True, slots=True)
class _Order:
    """A command line, the command that it means, and what stands behind that."""

    line: str
    command: Command | None
    argument: str

    @property
    def name(self) -> str:
        return self.command.name if self.command else ""


@dataclass(slots=True)
class _Run:
    """A mail's commands, done one after the other as far as they can be."""

    desk: Desk
    ticket: Candidate
    agent: Mailbox
    where: Where
    event: str = "answered"
    """What becomes of the text: answered, asked, resolved, noted; "" where it stays with the agent."""
    text: str = ""
    contradiction: bool = False
    changes: list[TicketChange] = field(default_factory=list)
    lines: list[TranscriptLine] = field(default_factory=list)

    def settle(self, orders: list[_Order], message: str) -> None:
        """Say what becomes of the mail's text: all of it goes one way."""
        named = [order.name for order in orders]
        ways = dict.fromkeys(name for name in named if name in _EVENTS)
        # Undoing looks at what earlier mails did.
        self.contradiction = len(ways) > 1 or ("undo" in named and bool(set(named) - {"undo", "status"}))
        self.event = _EVENTS[next(iter(ways))] if ways else "answered"
        if orders and all(order.command and order.command.quiet for order in orders):
            self.event = ""
        behind = [order.argument for order in orders if order.command and order.command.argument is Argument.TEXT]
        self.text = "\n\n".join(filter(None, [*behind, message]))

    def do(self, order: _Order) -> None:
        """One command: its changes, and its lines of the transcript."""
        changes, lines = self._done(order)
        self.changes += changes
        first, *rest = lines
        self.lines += [replace(first, command=order.line), *rest]
        for change in changes:
            standing = after(self.where.standing, Happened(change.name, change.value))
            assignee = change.person if change.name == "assigned" else self.where.assignee
            self.where = Where(standing, assignee)

    def _done(self, order: _Order) -> tuple[tuple[TicketChange, ...], tuple[TranscriptLine, ...]]:
        command, language = order.command, self.desk.default_language
        if command is None:
            return _refused(What.UNKNOWN, known(language))
        if command.argument is Argument.NOTHING and order.argument:
            return _refused(What.TAKES_NOTHING)
        if self.contradiction and (command.name in _EVENTS or command.name == "undo"):
            return _refused(What.CONTRADICTION)
        match command.name:
            case "note" | "ask":
                if not self.text:
                    return _refused(What.NO_TEXT)
                return (), (TranscriptLine("", True, What.NOTED if command.name == "note" else What.ASKED),)
            case "resolve":
                return (), (TranscriptLine("", True, What.RESOLVED),)
            case "priority":
                return self._prioritize(order.argument)
            case "assign":
                return self._assign(order.argument)
            case "status":
                return (), status(self.desk, self.ticket)
        return undo(self.ticket.history, self.where)

    def _prioritize(self, argument: str) -> tuple[tuple[TicketChange, ...], tuple[TranscriptLine, ...]]:
        level = level_of(self.desk, argument)
        if level is None:
            return _refused(What.NO_LEVEL, ", ".join(levels(self.desk)))
        if level == self.where.standing.priority:
            return (), (TranscriptLine("", True, What.UNCHANGED),)
        return (TicketChange("prioritized", BY_COMMAND, level),), (TranscriptLine("", True, What.PRIORITIZED, level),)

    def _assign(self, argument: str) -> tuple[tuple[TicketChange, ...], tuple[TranscriptLine, ...]]:
        meant = agents_of(self.desk, argument, self.agent.address)
        if meant is not None and len(meant) != 1:
            what = What.AMBIGUOUS_AGENT if meant else What.NO_AGENT
            return _refused(what, names(meant or self.desk.agents))
        person = meant[0] if meant else ""
        if person == self.where.assignee:
            return (), (TranscriptLine("", True, What.UNCHANGED),)
        line = TranscriptLine("", True, What.ASSIGNED, person) if person else TranscriptLine("", True, What.UNASSIGNED)
        return (TicketChange("assigned", BY_COMMAND, person=person),), (line,)

    def finish(self, reading: Reading) -> None:
        """What only the whole mail can be refused for."""
        if len(reading.commands) > MOST:
            self.lines.append(TranscriptLine("", False, What.TOO_MANY, str(MOST)))
        if not self.lines and not self.text:
            self.lines.append(TranscriptLine("", False, What.NOTHING_TO_SEND))
        for line in misplaced(reading.message):
            self.lines.append(TranscriptLine(line, False, What.NOT_AT_TOP))
        if self.leaves and not self.customers:
            self.lines.append(TranscriptLine("", False, What.NO_CUSTOMER))

    @property
    def leaves(self) -> bool:
        """Whether a mail to the customer comes of it."""
        return self.event == "resolved" or (self.event in ("answered", "asked") and bool(self.text))

    @property
    def customers(self) -> tuple[Mailbox, ...]:
        """To whom a reply goes: who asked first, and another of their people who wrote last; of them those who can be
        written to."""
        people = (self.ticket.requester, self.ticket.last_writer)
        found = {one.address.lower(): one for one in people if one and sendable(one.address)}
        return tuple(found.values())

    def acted(self, reading: Reading) -> Acted:
        """All that comes of the mail."""
        refused = [line for line in self.lines if not line.done]
        if refused:
            lines = [one if not one.done else replace(one, done=False, what=What.NOT_DONE) for one in self._heads]
            why = Reason("commands", "miss", ", ".join(dict.fromkeys(line.what for line in refused)))
            changes = (TicketChange("refused", BY_COMMAND),)
            return Acted(changes, (self._transcript(lines, text=self.text),), (why,))
        said = Reason("commands", "hit" if self.lines else "miss", _named(self.lines) or "no commands")
        sent_to = ", ".join(one.address for one in self.customers) if self.leaves else ""
        responses = [*self._reply(reading), *self._notices(reading)]
        if self.lines:
            responses.append(self._transcript(self.lines, text="" if sent_to else self.text, sent_to=sent_to))
        passed = f"passed on to {sent_to}" if sent_to else "nothing to pass on"
        reply = Reason("reply", "hit" if sent_to else "miss", passed)
        return Acted((*self.changes, *self._text_changes()), tuple(responses), (said, reply))

    @property
    def _heads(self) -> list[TranscriptLine]:
        """The lines of the transcript without those that only say more of the command above them."""
        return [line for line in self.lines if line.command or not line.done]

    def _text_changes(self) -> tuple[TicketChange, ...]:
        if self.event in ("asked", "resolved"):
            return (TicketChange(self.event, BY_COMMAND),)
        if self.text and self.event == "noted":
            return (TicketChange("noted", BY_COMMAND),)
        return (TicketChange("agent_replied", "agent"),) if self.leaves else ()

    def _reply(self, reading: Reading) -> tuple[Response, ...]:
        if not self.leaves:
            return ()
        language = self.ticket.language or self.desk.default_language
        return tuple(
            Response("reply", one, language, self.event, self.text, attachments=reading.attachments)
            for one in self.customers
        )

    def _notices(self, reading: Reading) -> tuple[Response, ...]:
        event = self.event if self.leaves or self.event == "noted" else ""
        moved = self.where.assignee != self.ticket.assignee and bool(self.where.assignee)
        if not (event or moved):
            return ()
        return notices(
            self.desk,
            event or "assigned",
            assignee=self.where.assignee,
            actor=self.agent.address,
            text=self.text if event else "",
            attachments=reading.attachments if event else (),
        )

    def _transcript(self, lines: list[TranscriptLine], *, text: str, sent_to: str = "") -> Response:
        language = self.desk.default_language
        return Response("transcript", self.agent, language, event=sent_to, text=text, transcript=tuple(lines))


def _refused(what: What, value: str = "") -> tuple[tuple[TicketChange, ...], tuple[TranscriptLine, ...]]:
    return (), (TranscriptLine("", False, what, value),)


def _named(lines: list[TranscriptLine]) -> str:
    return ", ".join(line.what for line in lines if line.command)
