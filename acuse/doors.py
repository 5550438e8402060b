"""The doors that mail comes in by while the daemon runs: SMTP and LMTP, at the addresses of the configuration."""

from __future__ import annotations

import errno
import os
import socket
import ssl
from dataclasses import dataclass

from acuse.config import ConfigError, Loaded, split_listen, unix_path
from acuse.problems import Problem
from acuse.receiving import Receiver
from acuse.runtime import Runtime
from acuse.tls import load_certificate, server_context
from intake.doors.door import LMTP, SMTP, Door, ListenerLimits
from intake.doors.listener import Listener


@dataclass(frozen=True)
class Doors:
    """What listens, and where, "" for a door that is closed: "127.0.0.1:2525", "unix:/run/acuse/lmtp"."""

    listener: Listener
    tls_context: ssl.SSLContext | None
    smtp: str = ""
    lmtp: str = ""

    def renew(self, loaded: Loaded) -> None:
        """Take certificate and limits from a configuration that was read again. ConfigError where the certificate does
        not load; then nothing has changed."""
        if self.tls_context is not None:
            load_certificate(self.tls_context, loaded)
        self.listener.renew(_limits(loaded))


async def open_doors(runtime: Runtime, receiver: Receiver) -> Doors:
    """Listen. ConfigError names the key of an address that cannot be listened on."""
    tls_context = server_context(runtime.loaded)
    door = Door(
        receiver.receive,
        lambda address: runtime.policy.resolve(address),  # noqa: PLW0108 - the desks of that moment, not of now
        _limits(runtime.loaded),
        hostname=runtime.hostname,
        clock=runtime.clock.now,
        tls_context=tls_context,
    )
    listener = Listener(door)
    return Doors(
        listener,
        tls_context,
        await _open(runtime, listener, "smtp.listen", runtime.loaded.config.smtp.listen, SMTP),
        await _open(runtime, listener, "lmtp.listen", runtime.loaded.config.lmtp.listen, LMTP),
    )


def _limits(loaded: Loaded) -> ListenerLimits:
    smtp = loaded.config.smtp
    return ListenerLimits(
        message_bytes=smtp.max_message_bytes,
        open_data_bytes=smtp.max_open_data_bytes,
        line_bytes=smtp.max_line_bytes,
        recipients=smtp.max_recipients,
        connections=smtp.max_connections,
        connections_per_address=smtp.max_connections_per_address,
        commands=smtp.max_commands,
        idle_seconds=smtp.idle_seconds,
        session_seconds=smtp.session_seconds,
    )


async def _open(runtime: Runtime, listener: Listener, key: str, listen: str, protocol: str) -> str:
    if not listen:
        return ""
    path = unix_path(listen)
    try:
        if path is None:
            host, port = split_listen(listen)
            return f"{host}:{await listener.start(host, port, protocol)}"
        file = runtime.loaded.path(path)
        await listener.start_unix(file, int(runtime.loaded.config.lmtp.socket_mode, 8), protocol)
    except (OSError, UnicodeError) as error:
        cure = f"cannot listen on {listen}: {_why(error)}; {_cure(error, path)}"
        raise ConfigError([Problem(runtime.loaded.file, key, cure)]) from None
    return f"unix:{file}"


def _cure(error: OSError | UnicodeError, path: str | None) -> str:
    match error:
        case FileNotFoundError():
            return "make its folder for acuse's user, or choose another"
        case PermissionError():
            right = "let acuse's user write there" if path else "a port below 1024 needs CAP_NET_BIND_SERVICE: give it"
            return f"{right}, or choose another"
        case socket.gaierror() | UnicodeError():
            return "name an address of this machine"
        case OSError(errno=errno.EADDRNOTAVAIL):
            return "this machine has no such address; name one that it has"
    return f"free the {'file' if path else 'port'} or choose another"


def _why(error: OSError | UnicodeError) -> str:
    # asyncio puts a sentence of its own in place of the system's word; a name that resolves to nothing has no number.
    if isinstance(error, OSError) and error.errno and error.errno > 0:
        return os.strerror(error.errno)
    return str(getattr(error, "strerror", None) or error)
