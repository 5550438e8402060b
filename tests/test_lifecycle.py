"""A ticket's state is the fold of its events."""

from __future__ import annotations

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from rules.lifecycle import TRANSITIONS, Standing, after, fold
from storage import tickets
from storage.database import Database
from storage.schema import ticket, ticket_event
from tests.arrivals import event, open_ticket

EVENTS = st.sampled_from(sorted(TRANSITIONS))


@given(st.lists(EVENTS), st.lists(EVENTS))
def test_a_history_may_be_folded_in_parts(before: list[str], later: list[str]) -> None:  # I10
    assert fold([*before, *later]) == reduce(after, later, fold(before))


@given(st.lists(EVENTS))
def test_each_value_is_the_last_that_an_event_gave_it(history: list[str]) -> None:  # I10
    states = [change.state for name in history if (change := TRANSITIONS[name]).state is not None]
    words = [change.acknowledgement for name in history if (change := TRANSITIONS[name]).acknowledgement is not None]
    assert fold(history) == Standing(states[-1] if states else "", words[-1] if words else "")


@given(st.lists(EVENTS))
def test_a_reply_alone_changes_neither_state_nor_acknowledgement(history: list[str]) -> None:
    assert fold([*history, "customer_replied"]) == fold(history)


def test_an_unknown_event_is_refused() -> None:
    with pytest.raises(KeyError):
        after(Standing(), "exploded")


def test_the_words_fit_their_columns() -> None:
    for name, change in TRANSITIONS.items():
        assert len(name) <= ticket_event.c.name.type.length
        assert len(change.state or "") <= ticket.c.state.type.length
        assert len(change.acknowledgement or "") <= ticket.c.acknowledgement.type.length


@pytest.mark.parametrize("steps", [["customer_replied"], ["customer_not_reached", "customer_replied", "acknowledged"]])
def test_the_stored_state_is_the_fold_of_the_stored_events(database: Database, steps: list[str]) -> None:  # I10
    with database.write.begin() as connection:
        open_ticket(connection, 1)
        for step in steps:
            tickets.append(connection, 1, [event(step)])
        names = connection.execute(select(ticket_event.c.name).order_by(ticket_event.c.seq)).scalars().all()
        row = connection.execute(select(ticket)).one()
    assert Standing(row.state, row.acknowledgement) == fold(names)
    assert row.version == len(names)
