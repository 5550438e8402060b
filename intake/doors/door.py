"""What all sessions of one listener share: limits, the byte budget, who is connected, and the way to the inbox."""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from rules.model import Arrival

log = structlog.get_logger()

SMTP, LMTP = "smtp", "lmtp"
"""What a session speaks, and the name of its door."""

TROUBLE = "451 4.3.0 Temporary trouble on our side, please try again later"
NO_ROOM = "452 4.3.1 Too much mail at once, please try again later"
GOING_DOWN = "421 4.3.2 Service is going down, please try again later"


@dataclass(frozen=True, slots=True)
class ListenerLimits:
    """How much a listener takes from its peers.

    `message_bytes` bounds one mail, `open_data_bytes` all mails together that are being received or committed.
    `commands` and `line_bytes` (summed over command lines) bound what a session may say without handing over a mail;
    each accepted mail starts them afresh. `line_bytes` bounds a line of a mail too. `idle_seconds` is the time for one
    command, for each 64 KiB of a mail, and for our own commit; `session_seconds` the time for everything.
    """

    message_bytes: int = 25 * 1024 * 1024
    open_data_bytes: int = 256 * 1024 * 1024
    line_bytes: int = 1024 * 1024
    recipients: int = 100
    connections: int = 200
    connections_per_address: int = 50
    commands: int = 500
    idle_seconds: float = 300
    session_seconds: float = 3600


class ByteBudget:
    """Bytes that may be held in memory by all open mails together."""

    def __init__(self, total_bytes: int) -> None:
        self._total_bytes = total_bytes
        self.free_bytes = total_bytes
        """Below zero for a while where the total has become smaller than what is held."""

    def resize(self, total_bytes: int) -> None:
        """Another total; what is held stays held."""
        self.free_bytes += total_bytes - self._total_bytes
        self._total_bytes = total_bytes

    def lease(self) -> Lease:
        """An empty share, for one mail."""
        return Lease(self)


class Lease:
    """One mail's share of a budget."""

    def __init__(self, budget: ByteBudget) -> None:
        self._budget = budget
        self._held_bytes = 0

    def grow(self, size_bytes: int) -> bool:
        """Take `size_bytes` more; False, and nothing taken, where the budget has not got them."""
        if size_bytes > self._budget.free_bytes:
            return False
        self._budget.free_bytes -= size_bytes
        self._held_bytes += size_bytes
        return True

    def release(self) -> None:
        """Give everything back; a second time is harmless."""
        self._budget.free_bytes += self._held_bytes
        self._held_bytes = 0


class Door:
    """The shared state of a listener's sessions.

    `receive` returns the delivery id after the commit; whatever it raises, the peer is told 451 and tries again.
    `resolve` gives the desk id of a recipient address ("postmaster" without a domain too), None for an unknown one.
    `clock` gives the present as an aware UTC time. With a `tls_context` STARTTLS is offered, TLS 1.2 or newer.
    The limits on connections hold for SMTP and for LMTP apart: strangers at the one door must not shut out the mail
    server that comes by the other. All else is shared.
    """

    def __init__(
        self,
        receive: Callable[[Arrival], Awaitable[str]],
        resolve: Callable[[str], str | None],
        limits: ListenerLimits,
        *,
        hostname: str,
        clock: Callable[[], datetime],
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        if tls_context is not None:
            tls_context.minimum_version = max(tls_context.minimum_version, ssl.TLSVersion.TLSv1_2)
        self.resolve = resolve
        self.limits = limits
        self.hostname = hostname
        self.clock = clock
        self.tls_context = tls_context
        self.budget = ByteBudget(limits.open_data_bytes)
        self.draining = False
        self._receive = receive
        self._connections: dict[str, Counter[str]] = {SMTP: Counter(), LMTP: Counter()}
        self._commits: set[asyncio.Task[str]] = set()
        self._quiet = asyncio.Event()
        self._quiet.set()

    def admit(self, protocol: str, address: str) -> str:
        """Count a connection from `address`, or return the reply that turns it away. Peers at a unix socket have the
        address "", and no limit of their own."""
        open_now, refusal = self._connections[protocol], ""
        if self.draining:
            refusal = GOING_DOWN
        elif open_now.total() >= self.limits.connections:
            refusal = "421 4.3.2 Too many connections, please try again later"
        elif address and open_now[address] >= self.limits.connections_per_address:
            refusal = "421 4.7.0 Too many connections from your address, please try again later"
        if refusal:
            log.warning("connection.refused", door=protocol, peer=address, reply=refusal, open=open_now.total())
        else:
            open_now[address] += 1
            self._quiet.clear()
        return refusal

    def leave(self, protocol: str, address: str) -> None:
        """A connection that was admitted has ended."""
        open_now = self._connections[protocol]
        open_now[address] -= 1
        if not open_now[address]:
            del open_now[address]
        self._settle()

    def commit(self, arrival: Arrival, lease: Lease) -> Awaitable[str]:
        """Hand `arrival` to the inbox; the result is the reply for the peer.

        The commit goes on when whoever awaits the result is cancelled (a peer that hangs up). It holds `lease` until it
        has ended.
        """
        task = asyncio.get_running_loop().create_task(self._commit(arrival))
        self._commits.add(task)

        def ended(task: asyncio.Task[str]) -> None:
            lease.release()
            self._commits.discard(task)
            self._settle()

        task.add_done_callback(ended)
        return asyncio.shield(task)

    async def until_quiet(self) -> None:
        """Wait until nobody is connected and no commit is under way."""
        await self._quiet.wait()

    async def _commit(self, arrival: Arrival) -> str:
        try:
            delivery_id = await self._receive(arrival)
        except Exception as error:  # noqa: BLE001 - whatever went wrong is ours, and the peer shall try again
            # The type alone: a database error's text quotes the mail.
            log.error("mail.not_committed", error=type(error).__name__, bytes=len(arrival.raw))  # noqa: TRY400
            return TROUBLE
        return f"250 2.0.0 {delivery_id}"

    def _settle(self) -> None:
        if not any(self._connections.values()) and not self._commits:
            self._quiet.set()
