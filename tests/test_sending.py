"""Handing a claimed message over: once, by whoever holds the claim at that moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from acuse.sending import CLAIM_LEASE, TRY_LEASE, hand_over
from responders.relay import Outcome, OutgoingMail, RecipientResult
from storage import outbox
from storage.outbox import Outgoing
from tests.conftest import StillClock
from tests.office import Office, mail, office


@pytest.fixture
def desk(tmp_path: Path, database_url: str, clock: StillClock) -> Iterator[Office]:
    with office(tmp_path, database_url, clock) as opened:
        opened.take(mail())
        yield opened


def claim(desk: Office, owner: str, now: datetime) -> list[Outgoing]:
    return desk.runtime.writer.call(lambda connection: outbox.claim(connection, owner, now, CLAIM_LEASE, 100))


class SlowRelay:
    """Takes as long as it is allowed to, and notes who could claim the message meanwhile."""

    def __init__(self, desk: Office) -> None:
        self._desk = desk
        self.sent: list[OutgoingMail] = []
        self.claimed: list[Outgoing] = []

    def send(self, mail: OutgoingMail) -> tuple[RecipientResult, ...]:
        self.sent.append(mail)
        end_of_try = self._desk.clock.now() + TRY_LEASE - timedelta(seconds=1)
        self.claimed += claim(self._desk, "another", end_of_try)
        return tuple(RecipientResult(one, Outcome.SENT, 250, "", "ok") for one in mail.rcpt_tos)

    def close(self) -> None:
        """Nothing is held."""


def states(desk: Office) -> list[Any]:
    return [row["state"] for row in desk.rows(outbox.outbox.select())]


def test_nobody_takes_a_message_while_its_try_lasts(desk: Office) -> None:
    (message,) = claim(desk, desk.runtime.owner, desk.clock.now())
    relay = SlowRelay(desk)
    hand_over(desk.runtime, relay, message)
    assert (len(relay.sent), relay.claimed) == (1, [])
    assert states(desk) == ["sent"]


@pytest.mark.parametrize("same_process", [True, False])
def test_a_message_that_waited_too_long_for_its_turn_is_left_to_who_has_it(desk: Office, same_process: bool) -> None:
    owner, now = desk.runtime.owner, desk.clock.now()
    (slow,) = claim(desk, owner, now)
    (quick,) = claim(desk, owner if same_process else "another", now + CLAIM_LEASE)
    relay = SlowRelay(desk)
    hand_over(desk.runtime, relay, slow)
    assert (relay.sent, states(desk)) == ([], ["waiting"])
    if same_process:
        hand_over(desk.runtime, relay, quick)
        assert (len(relay.sent), states(desk)) == (1, ["sent"])
