"""The doors for SMTP (RFC 5321) and LMTP (RFC 2033): every mail answered with 250 has been committed by `receive`."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from functools import partial
from pathlib import Path
from weakref import WeakSet

from intake.doors.door import LMTP, SMTP, Door, ListenerLimits
from intake.doors.session import Session
from intake.doors.smtp_hooks import Hooks
from intake.doors.unix_socket import bind_unix, remove_unix

_CLOSING_SECONDS = 1.0


class Listener:
    """Listens in the running event loop, at one address for each `start`, and lets everybody in by the one `door`."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._hooks = Hooks(self._door)
        self._sessions: WeakSet[Session] = WeakSet()
        self._servers: list[asyncio.Server] = []
        self._files: dict[Path, int] = {}
        # aiosmtpd logs every command line, addresses and all.
        logging.getLogger("mail.log").setLevel(logging.ERROR)

    async def start(self, host: str, port: int, protocol: str = SMTP) -> int:
        """Bind and listen; the port, which is a free one for 0. Raises OSError, e.g. where the port is taken."""
        server = await asyncio.get_running_loop().create_server(
            partial(self._session, protocol), host, port, backlog=1024
        )
        self._servers.append(server)
        found: int = server.sockets[0].getsockname()[1]
        return found

    async def start_unix(self, path: Path, mode: int, protocol: str = LMTP) -> None:
        """Listen on a unix socket whose file has the permissions `mode`. The file that a dead daemon left behind is
        replaced; OSError where somebody listens there, or where it is no socket."""
        bound = bind_unix(path, mode)
        self._files[path] = path.stat().st_ino
        self._servers.append(
            await asyncio.get_running_loop().create_unix_server(
                partial(self._session, protocol), sock=bound, backlog=1024
            )
        )

    def renew(self, limits: ListenerLimits) -> None:
        """Other limits, from now on. Sessions that are open keep their idle time and the size that they announced."""
        self._door.limits = limits
        self._door.budget.resize(limits.open_data_bytes)

    async def stop(self, grace_seconds: float) -> None:
        """Turn new sessions away with 421, let mails under way finish for `grace_seconds`, then close everything.

        A commit that lasts longer still goes on; its peer has had no 250 and will send the mail again.
        """
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
        for server in self._servers:
            server.close()
            await server.wait_closed()
        for path, inode in self._files.items():
            remove_unix(path, inode)
        self._servers.clear()
        self._files.clear()

    def _session(self, protocol: str) -> Session:
        session = Session(self._door, self._hooks, protocol)
        self._sessions.add(session)
        return session
