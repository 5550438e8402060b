"""How the daemon is asked to end or to read its configuration again, and that the end comes whatever hangs."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable

import structlog

log = structlog.get_logger()

STDERR = 2
LAST_SECONDS = 75.0
"""So long after the first signal the end is forced: longer than all that the orderly end waits for together. Nothing
that was promised depends on an orderly end."""


def heed_signals(stop: asyncio.Event, reload: asyncio.Event) -> None:
    """In the running loop: SIGTERM or SIGINT sets `stop`, and a second one ends the process; SIGHUP sets `reload`."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _stop, stop, number)
    loop.add_signal_handler(signal.SIGHUP, _reload, reload, os.isatty(STDERR))


def ended_within(step: Callable[[], None], seconds: float) -> bool:
    """Run a step that may hang; whether it ended in time. Else it goes on in a thread that dies with the process."""
    thread = threading.Thread(target=step, name="end", daemon=True)
    thread.start()
    thread.join(seconds)
    return not thread.is_alive()


def _reload(reload: asyncio.Event, had_terminal: bool) -> None:
    if had_terminal and not os.isatty(STDERR):
        # Somebody closed the window that the daemon was tried out in: it shall not go on unseen.
        os._exit(128 + signal.SIGHUP)
    reload.set()


def _stop(stop: asyncio.Event, number: int) -> None:
    if stop.is_set():
        log.warning("acuse.stopped_at_once")
        os._exit(128 + number)
    stop.set()
    last = threading.Timer(LAST_SECONDS, _force)
    last.daemon = True
    last.start()


def _force() -> None:
    log.error("acuse.end_forced")
    os._exit(os.EX_SOFTWARE)
