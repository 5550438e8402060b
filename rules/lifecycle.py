"""The life of a ticket as a table: each event, and what it makes of the ticket's state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a ticket stands: its ITIL state, and what became of the acknowledgement to its customer."""

    state: str = ""
    acknowledgement: str = ""


@dataclass(frozen=True, slots=True)
class Transition:
    """What an event changes; None leaves a value as it is."""

    state: str | None = None
    acknowledgement: str | None = None


TRANSITIONS: dict[str, Transition] = {
    "opened": Transition(state="new", acknowledgement="none"),
    "acknowledged": Transition(acknowledgement="queued"),
    "acknowledgement_withheld": Transition(acknowledgement="withheld"),
    "acknowledgement_deferred": Transition(acknowledgement="deferred"),
    "customer_not_reached": Transition(acknowledgement="not_reached"),
    "customer_replied": Transition(),
}


def after(standing: Standing, event: str) -> Standing:
    """The standing once `event` has happened; KeyError for an event that the table does not have."""
    change = TRANSITIONS[event]
    return Standing(
        standing.state if change.state is None else change.state,
        standing.acknowledgement if change.acknowledgement is None else change.acknowledgement,
    )


def fold(events: Iterable[str]) -> Standing:
    """The standing that a whole history leads to."""
    standing = Standing()
    for event in events:
        standing = after(standing, event)
    return standing
