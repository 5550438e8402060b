"""The SMTP door (RFC 5321): every mail it answers with 250 has been committed by `receive`."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from weakref import WeakSet

from intake.door import Door, ListenerLimits
from intake.session import Session
from intake.smtp_hooks import Hooks
from rules.model import Arrival

__all__ = ["Listener", "ListenerLimits"]

_CLOSING_SECONDS = 1.0


class Listener:
    """Listens in the running event loop.

    `receive` returns the delivery id after the commit; whatever it raises, the peer is told 451 and tries again.
    `resolve` gives the desk id of a recipient address ("postmaster" without a domain too), None for an unknown one.
    `clock` gives the present as an aware UTC time. With a `tls_context` STARTTLS is offered, TLS 1.2 or newer.
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
        self._door = Door(receive, resolve, limits, hostname=hostname, clock=clock, tls_context=tls_context)
        self._hooks = Hooks(self._door)
        self._sessions: WeakSet[Session] = WeakSet()
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> None:
        """Bind and listen; port 0 takes a free one. Raises OSError, e.g. where the port is taken."""
        # aiosmtpd logs every command line, addresses and all.
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        self._server = await asyncio.get_running_loop().create_server(self._session, host, port, backlog=1024)

    @property
    def port(self) -> int:
        """The port listened on. Raises RuntimeError before `start`."""
        if self._server is None:
            raise RuntimeError("the listener has not been started")
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self, grace_seconds: float) -> None:
        """Turn new sessions away with 421, let mails under way finish for `grace_seconds`, then close everything.

        A commit that lasts longer still goes on; its peer has had no 250 and will send the mail again.
        """
        if self._server is None:
            return
        self._door.draining = True
        for session in list(self._sessions):
            session.drain()
        try:
            await asyncio.wait_for(self._door.until_quiet(), grace_seconds)
        except TimeoutError:
            for session in list(self._sessions):
                session.cut()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._door.until_quiet(), _CLOSING_SECONDS)
        self._server.close()
        await self._server.wait_closed()
        self._server = None

    def _session(self) -> Session:
        session = Session(self._door, self._hooks)
        self._sessions.add(session)
        return session
