"""The life of a ticket as a table: each event, and what it makes of the ticket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a ticket's history. `value` is a level or a standing (see `restores`), `party_id` a person of the
    ticket.

    `person` is that person's address, `rule` who wanted the event, `batch` the work (one mail) that it came of, `at`
    when: they say more of what happened, and change nothing of what comes of it.
    """

    name: str
    value: str = ""
    party_id: int | None = None
    person: str = ""
    rule: str = ""
    batch: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a ticket stands: its ITIL state, who is awaited while it is pending ("customer"), what became of the
    acknowledgement to its customer, its priority in the desk's own levels ("" for none) and to whom it is assigned
    (the id of a person of the ticket)."""

    state: str = ""
    awaiting: str = ""
    acknowledgement: str = ""
    priority: str = ""
    assignee: int | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """What an event changes. `moves` gives the state after for the states that change, "*" for any other; `awaiting`
    holds whenever the state changes; `takes` says what the event's own value is: a "priority", an "assignee", or the
    "state" to go back to."""

    moves: Mapping[str, str] = field(default_factory=dict)
    awaiting: str = ""
    acknowledgement: str | None = None
    takes: str = ""


_GOES_ON = {"pending": "in_progress", "resolved": "in_progress", "closed": "in_progress", "abandoned": "in_progress"}

TRANSITIONS: dict[str, Transition] = {
    "opened": Transition({"*": "new"}, acknowledgement="none", takes="priority"),
    "acknowledged": Transition(acknowledgement="queued"),
    "acknowledgement_withheld": Transition(acknowledgement="withheld"),
    "acknowledgement_deferred": Transition(acknowledgement="deferred"),
    "customer_not_reached": Transition(acknowledgement="not_reached"),
    "message_not_delivered": Transition(),
    "customer_replied": Transition({"pending": "in_progress"}),
    "reopened": Transition(_GOES_ON),
    "agent_replied": Transition({"new": "in_progress"}),
    "noted": Transition(),
    "asked": Transition({"*": "pending"}, awaiting="customer"),
    "resolved": Transition({"*": "resolved"}),
    "prioritized": Transition(takes="priority"),
    "assigned": Transition(takes="assignee"),
    "restored": Transition(takes="state"),
    "refused": Transition(),
    "linked": Transition(),
    "told_encrypted": Transition(),
}


def restores(standing: Standing) -> str:
    """The value of a "restored" event that leads back to the state of `standing`."""
    return f"{standing.state}/{standing.awaiting}"


def after(standing: Standing, event: Happened) -> Standing:
    """The standing once `event` has happened; KeyError for an event that the table does not have."""
    change = TRANSITIONS[event.name]
    to = change.moves.get(standing.state) or change.moves.get("*")
    if to:
        standing = replace(standing, state=to, awaiting=change.awaiting)
    if change.acknowledgement is not None:
        standing = replace(standing, acknowledgement=change.acknowledgement)
    match change.takes:
        case "priority":
            return replace(standing, priority=event.value)
        case "assignee":
            return replace(standing, assignee=event.party_id)
        case "state":
            state, _, awaiting = event.value.partition("/")
            return replace(standing, state=state, awaiting=awaiting)
    return standing


def fold(events: Iterable[Happened]) -> Standing:
    """The standing that a whole history leads to."""
    standing = Standing()
    for event in events:
        standing = after(standing, event)
    return standing
