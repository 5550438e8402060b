"""The service manager's watchdog is petted only while the daemon is well; else the manager starts it anew."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import structlog

from acuse.notify import Notifier
from storage.writer import Writer

log = structlog.get_logger()


async def watch(notifier: Notifier, writer: Writer, ticked_at: Callable[[], float | None]) -> None:
    """Say "well" twice in each of the manager's periods, for as long as the writer's thread takes work and ends it, and
    the clock's thread has been round in the last period. That this runs at all shows that the event loop does.

    `ticked_at` gives when that was, by the monotonic clock; None where this process has no such thread. A database that
    is away is no reason: a new start would not bring it back, and the threads do their work by saying so.
    """
    period = notifier.watchdog_seconds
    if not period:
        return
    probe: asyncio.Future[None] | None = None
    while True:
        began = time.monotonic()
        if probe is None:
            probe = asyncio.wrap_future(writer.submit(lambda _: None))
        await asyncio.wait({probe}, timeout=period / 2)
        late = ""
        if probe.done():
            probe.exception()
            probe = None
        else:
            late = "writer"
        ticked = ticked_at()
        if ticked is not None and time.monotonic() - ticked > period:
            late = late or "clock"
        if late:
            log.error("watchdog.not_well", late=late)
        else:
            notifier.well()
        await asyncio.sleep(max(0.0, began + period / 2 - time.monotonic()))
