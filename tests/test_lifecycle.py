"""A ticket's state is the fold of its events."""

from __future__ import annotations

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from rules.lifecycle import TRANSITIONS, Happened, Standing, after, fold, restores
from storage import tickets
from storage.database import Database
from storage.schema import ticket, ticket_event
from tests.arrivals import event, open_ticket

VALUES = st.sampled_from(["", "1", "2", "pending/customer", "in_progress/"])
EVENTS = st.builds(Happened, st.sampled_from(sorted(TRANSITIONS)), VALUES, st.sampled_from([None, 1, 2]))
HISTORIES = st.lists(EVENTS)


def names(*history: str) -> list[Happened]:
    return [Happened(name) for name in history]


@given(HISTORIES, HISTORIES)
def test_a_history_may_be_folded_in_parts(before: list[Happened], later: list[Happened]) -> None:  # I10
    assert fold([*before, *later]) == reduce(after, later, fold(before))


@given(HISTORIES)
def test_a_ticket_awaits_somebody_only_while_it_is_pending(history: list[Happened]) -> None:
    own = [one for one in history if one.name != "restored"]
    standing = fold(own)
    assert (standing.state == "pending") == bool(standing.awaiting)


@given(HISTORIES, EVENTS)
def test_an_event_changes_only_what_the_table_says(history: list[Happened], last: Happened) -> None:
    before, change, now = fold(history), TRANSITIONS[last.name], fold([*history, last])
    assert now.priority == (last.value if change.takes == "priority" else before.priority)
    assert now.assignee == (last.party_id if change.takes == "assignee" else before.assignee)
    assert now.acknowledgement == (change.acknowledgement or before.acknowledgement)


@given(HISTORIES, HISTORIES)
def test_what_was_done_can_be_taken_back(history: list[Happened], done: list[Happened]) -> None:
    before = fold(history)
    restored = fold([*history, *done, Happened("restored", restores(before))])
    assert (restored.state, restored.awaiting) == (before.state, before.awaiting)


@pytest.mark.parametrize(
    ("history", "state"),
    [
        (names("opened"), "new"),
        (names("opened", "acknowledged", "customer_replied"), "new"),
        (names("opened", "agent_replied"), "in_progress"),
        (names("opened", "asked"), "pending"),
        (names("opened", "asked", "noted"), "pending"),
        (names("opened", "asked", "customer_replied"), "in_progress"),
        (names("opened", "resolved"), "resolved"),
        (names("opened", "resolved", "customer_replied"), "resolved"),
        (names("opened", "resolved", "customer_replied", "reopened"), "in_progress"),
    ],
)
def test_the_ways_of_a_ticket(history: list[Happened], state: str) -> None:
    assert fold(history).state == state


def test_an_unknown_event_is_refused() -> None:
    with pytest.raises(KeyError):
        after(Standing(), Happened("exploded"))


def test_the_words_fit_their_columns() -> None:
    for name, change in TRANSITIONS.items():
        assert len(name) <= ticket_event.c.name.type.length
        assert all(len(state) <= ticket.c.state.type.length for state in change.moves.values())
        assert len(change.awaiting) <= ticket.c.awaiting.type.length
        assert len(change.acknowledgement or "") <= ticket.c.acknowledgement.type.length


@pytest.mark.parametrize(
    "steps",
    [
        ["customer_replied"],
        ["customer_not_reached", "asked", "acknowledged"],
        ["resolved", "customer_replied", "reopened"],
    ],
)
def test_the_stored_state_is_the_fold_of_the_stored_events(database: Database, steps: list[str]) -> None:  # I10
    with database.write.begin() as connection:
        open_ticket(connection, 1)
        for step in steps:
            tickets.append(connection, 1, [event(step)])
        stored = connection.execute(select(ticket_event.c.name).order_by(ticket_event.c.seq)).scalars().all()
        row = connection.execute(select(ticket)).one()
        (history,) = tickets.happened(connection, [1]).values()
    assert tickets.standing_of(row) == fold(history)
    assert row.version == len(stored)
