"""The one way in: every door ends here, and hears back only when the mail is committed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import structlog
from sqlalchemy import Connection

from acuse.runtime import Runtime
from rules.model import Arrival
from storage import inbox

log = structlog.get_logger()

BATCH = 64
"""Mails that share a commit at the most."""


class Receiver:
    """Stores arrivals. `on_news` is called after a commit, to wake whoever decides."""

    def __init__(self, runtime: Runtime, on_news: Callable[[], None] = lambda: None) -> None:
        def store(connection: Connection, arrivals: Sequence[Arrival]) -> list[str]:
            return inbox.receive(connection, arrivals, runtime.policy.promises)

        self._store = runtime.writer.batch(store, BATCH)
        self._on_news = on_news

    async def receive(self, arrival: Arrival) -> str:
        """Commit a mail; the id of its delivery. Whatever is raised means that it is not stored."""
        delivery_id = await asyncio.wrap_future(self._store(arrival))
        self._on_news()
        log.info(
            "mail.received", delivery=delivery_id, door=arrival.door, desks=arrival.desks, size_bytes=len(arrival.raw)
        )
        return delivery_id

    def receive_now(self, arrival: Arrival) -> str:
        """`receive` for doors without an event loop."""
        return self._store(arrival).result()
