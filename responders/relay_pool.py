"""Several connections to one relay, so that a mail that is slow to be taken does not hold up the others."""

from __future__ import annotations

import queue
from collections.abc import Sequence

from responders.relay import OutgoingMail, RecipientResult, Relay


class RelayPool:
    """A `Relay` made of several that each do one mail at a time; `send` may be called from as many threads."""

    def __init__(self, relays: Sequence[Relay]) -> None:
        self._relays = tuple(relays)
        # Last in, first out: few mails keep one connection warm instead of many cold ones.
        self._idle: queue.LifoQueue[Relay] = queue.LifoQueue()
        for relay in relays:
            self._idle.put(relay)

    def send(self, mail: OutgoingMail) -> tuple[RecipientResult, ...]:
        """Try once, by the relay that is free; waits for one where none is."""
        relay = self._idle.get()
        try:
            return relay.send(mail)
        finally:
            self._idle.put(relay)

    def close(self) -> None:
        """Close every connection."""
        for relay in self._relays:
            relay.close()
