"""Taking back what the last mail with commands did to a ticket: its state, its priority, to whom it is assigned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from rules.commands import What
from rules.decision import TicketChange, TranscriptLine
from rules.lifecycle import Happened, Standing, after, restores

BY_COMMAND, BY_UNDO = "command", "undo"
"""The rules under which commands, and their undoing, stand in a ticket's history."""

_UNDOABLE = frozenset({"asked", "resolved", "prioritized", "assigned"})
_MAILED = frozenset({"agent_replied", "asked", "resolved"})


@dataclass(frozen=True, slots=True)
class Where:
    """Where a ticket stands, its assignee by address."""

    standing: Standing
    assignee: str = ""


@dataclass(frozen=True, slots=True)
class Commands:
    """What the commands of one mail made of a ticket, and whether a mail to the customer left with them."""

    batch: int
    before: Where
    after: Where
    mailed: bool = False


def last_commands(history: Iterable[Happened]) -> Commands | None:
    """The commands of the last mail that had any and is not undone yet."""
    done: list[Commands] = []
    undoing: int | None = None
    where = Where(Standing())
    mailed: set[int] = set()
    for event in history:
        before, where = where, _after(where, event)
        if event.batch is None:
            continue
        if event.name in _MAILED:
            mailed.add(event.batch)
        if event.rule == BY_UNDO:
            if event.batch != undoing and _effective(done):
                done.pop()
            undoing = event.batch
        elif event.rule == BY_COMMAND and event.name in _UNDOABLE:
            first = done.pop().before if done and done[-1].batch == event.batch else before
            done.append(Commands(event.batch, first, where))
    return replace(done[-1], mailed=done[-1].batch in mailed) if _effective(done) else None


def _effective(done: list[Commands]) -> bool:
    """Whether there are commands left once those at the end are gone that changed nothing, e.g. a second question."""
    while done and done[-1].before == done[-1].after:
        done.pop()
    return bool(done)


def _after(where: Where, event: Happened) -> Where:
    return Where(after(where.standing, event), event.person if event.name == "assigned" else where.assignee)


def undo(history: Iterable[Happened], now: Where) -> tuple[tuple[TicketChange, ...], tuple[TranscriptLine, ...]]:
    """The events that take the last commands back, and a line of the transcript for each; without events, one line
    that says why there are none.

    What somebody else has changed since stays as it is.
    """
    last = last_commands(history)
    if last is None:
        return (), (TranscriptLine("", False, What.NOTHING_TO_UNDO),)
    was, became, current = last.before.standing, last.after.standing, now.standing
    changes, lines = [], []
    if restores(was) != restores(became) == restores(current):
        changes.append(TicketChange("restored", BY_UNDO, restores(was)))
        lines.append(TranscriptLine("", True, What.STATE_RESTORED))
    if was.priority != became.priority == current.priority:
        changes.append(TicketChange("prioritized", BY_UNDO, was.priority))
        what = What.PRIORITY_RESTORED if was.priority else What.PRIORITY_REMOVED
        lines.append(TranscriptLine("", True, what, was.priority))
    if last.before.assignee != last.after.assignee == now.assignee:
        changes.append(TicketChange("assigned", BY_UNDO, person=last.before.assignee))
        what = What.ASSIGNMENT_RESTORED if last.before.assignee else What.UNASSIGNED
        lines.append(TranscriptLine("", True, what, last.before.assignee))
    if not changes:
        return (), (TranscriptLine("", False, What.CHANGED_SINCE),)
    if last.mailed:
        lines.append(TranscriptLine("", True, What.MAIL_STAYS))
    return tuple(changes), tuple(lines)
