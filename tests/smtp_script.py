"""A real SMTP server (aiosmtpd's) that answers as a test tells it."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from aiosmtpd import smtp

DROP = "drop"
STALL = "stall"
WAIT = "wait"


class Script:
    """Replies by command ("MAIL", "DATA", "END", "RSET", "AUTH") or by recipient; DROP hangs up, STALL says
    nothing, WAIT takes a second and then goes on.

    `mails` are those taken (sender, recipients, bytes as sent); `sessions` counts connections; `logins` are name and
    password pairs that came.
    """

    def __init__(self, replies: dict[str, str] | None = None) -> None:
        self.replies = replies or {}
        self.mails: list[tuple[str, list[str], bytes]] = []
        self.logins: list[tuple[bytes, bytes]] = []
        self.sessions = 0
        self.port = 0

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        reply = await self._answer(server, "MAIL")
        if reply:
            return reply
        envelope.mail_from = address
        envelope.mail_options = options
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        reply = await self._answer(server, address)
        if reply:
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_RSET(self, server, session, envelope):  # noqa: N802
        return await self._answer(server, "RSET") or "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        reply = await self._answer(server, "END")
        if reply:
            return reply
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, envelope.original_content))
        return "250 2.6.0 queued as 1"

    def authenticate(self, server, session, envelope, mechanism, login):
        self.logins.append((login.login, login.password))
        return smtp.AuthResult(success="AUTH" not in self.replies, handled=False, message=self.replies.get("AUTH"))

    async def before_data(self, server) -> str | None:
        return await self._answer(server, "DATA")

    async def _answer(self, server, key: str) -> str | None:
        reply = self.replies.get(key)
        if reply == DROP:
            server.transport.close()
            await asyncio.sleep(60)
        if reply == STALL:
            await asyncio.sleep(60)
        if reply == WAIT:
            await asyncio.sleep(1)
            return None
        return reply


class _Server(smtp.SMTP):
    def connection_made(self, transport) -> None:
        if self._original_transport is None:
            self.event_handler.sessions += 1
        super().connection_made(transport)

    async def smtp_DATA(self, arg) -> None:  # noqa: N802
        reply = await self.event_handler.before_data(self)
        if reply:
            await self.push(reply)
        else:
            await super().smtp_DATA(arg)

    async def push(self, status) -> None:
        if isinstance(status, str) and status.startswith("220 ") and "GREETING" in self.event_handler.replies:
            status = self.event_handler.replies["GREETING"]
        await super().push(status)


@contextmanager
def serving(
    script: Script,
    *,
    starttls: ssl.SSLContext | None = None,
    implicit: ssl.SSLContext | None = None,
    utf8: bool = False,
    login_in_clear: bool = False,
) -> Iterator[Script]:
    ready = threading.Event()
    stop: list[object] = []

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        stop.append(lambda: loop.call_soon_threadsafe(ended.set))
        server = await loop.create_server(
            lambda: _Server(
                script,
                hostname="relay.example",
                tls_context=starttls,
                enable_SMTPUTF8=utf8,
                authenticator=script.authenticate,
                auth_require_tls=implicit is None and not login_in_clear,
                loop=loop,
            ),
            "127.0.0.1",
            0,
            ssl=implicit,
        )
        script.port = server.sockets[0].getsockname()[1]
        ready.set()
        await ended.wait()
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*others, return_exceptions=True)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(20)
        yield script
    finally:
        stop[0]()
        thread.join(20)
