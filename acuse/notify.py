"""Telling the service manager how things are: the protocol of sd_notify(3), a datagram of KEY=VALUE lines.

Without `NOTIFY_SOCKET` in the environment nobody listens, and everything here does nothing.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping

import structlog

log = structlog.get_logger()


class Notifier:
    """One end of the service manager's socket. Nothing is raised: a manager that is away must not stop the mail."""

    def __init__(self, address: str = "", watchdog_seconds: float = 0) -> None:
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self.watchdog_seconds = watchdog_seconds
        """Within this time the manager wants to hear that all is well; 0 where it does not ask."""

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Notifier:
        """What `environment` says: NOTIFY_SOCKET ("@" begins an abstract name), WATCHDOG_USEC, and WATCHDOG_PID, which
        names whom the watchdog is for."""
        meant = environment.get("WATCHDOG_PID", "") in ("", str(os.getpid()))
        span = environment.get("WATCHDOG_USEC", "") if meant else ""
        microseconds = int(span) if span.isascii() and span.isdigit() else 0
        return cls(environment.get("NOTIFY_SOCKET", ""), microseconds / 1_000_000)

    def ready(self, status: str) -> None:
        """The start, or a reload, is done."""
        self._tell(f"READY=1\nSTATUS={status}")

    def reloading(self) -> None:
        """A reload has begun; `ready` ends it."""
        self._tell(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self, status: str) -> None:
        """The end has begun."""
        self._tell(f"STOPPING=1\nSTATUS={status}")

    def well(self) -> None:
        """Pet the watchdog."""
        self._tell("WATCHDOG=1")

    def _tell(self, lines: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as end:
                # A manager that does not read must not hold up the event loop.
                end.setblocking(False)
                end.connect(self._address)
                end.send(lines.encode())
        except OSError as error:
            log.warning("notify.failed", error=type(error).__name__)
