"""Starts acuse with one function of it armed: the process ends, as by kill -9, right before or right after that
function.

    python tests/crash.py "before storage.inbox:receive" run --config ...
    python tests/crash.py "after storage.inbox:decided" run --config ...
    python tests/crash.py "after storage.imports:store 3" import --config ...     at its third call

Or with one promise broken, to see that the counting tests notice it:

    python tests/crash.py "sabotage answer_first" run --config ...
    python tests/crash.py "sabotage no_unique_key" run --config ...

The points are functions of the program itself, so that the program needs no points of its own. `docs/crash.md` lists
them.
"""

from __future__ import annotations

import asyncio
import functools
import importlib
import itertools
import os
import secrets
import sys
import time
from typing import Any


def answer_first() -> None:
    """250 before the commit: what a hurried door would do."""
    from acuse.receiving import Receiver
    from rules.model import Arrival

    async def receive(self: Receiver, arrival: Arrival) -> str:
        asyncio.get_running_loop().call_later(0.05, self._store, arrival)
        return "hurried"

    Receiver.receive = receive  # type: ignore[method-assign]


def no_unique_key() -> None:
    """Work without the key that makes the same mail the same work."""
    from storage import inbox

    row = inbox._work_row
    inbox._work_row = lambda *args: row(*args) | {"mail_key": secrets.token_hex(32)}


def writer_hangs() -> None:
    """The writer's thread never comes back from the first mail; and the end is not waited for as long as in life."""
    from acuse import ending
    from storage import inbox

    ending.LAST_SECONDS = 3.0
    inbox.receive = lambda *_: time.sleep(3600)


def tick_hangs() -> None:
    """The clock's thread never comes back from its fifth look; and the end waits less for it than in life."""
    from acuse import service
    from acuse.clockwork import Clockwork

    service.PATIENCE_SECONDS = 2.0
    looks, tick = iter(range(4)), Clockwork.tick
    Clockwork.tick = lambda self: tick(self) if next(looks, None) is not None else time.sleep(3600)  # type: ignore[method-assign]


SABOTAGES = {one.__name__: one for one in (answer_first, no_unique_key, writer_hangs, tick_hangs)}


def arm(point: str) -> None:
    when, _, target = point.partition(" ")
    if when == "sabotage":
        SABOTAGES[target]()
        return
    target, _, turn = target.partition(" ")
    turns = itertools.count(1)
    module_name, _, path = target.partition(":")
    owner: Any = importlib.import_module(module_name)
    *outer, name = path.split(".")
    for part in outer:
        owner = getattr(owner, part)
    function = getattr(owner, name)

    @functools.wraps(function)
    def armed(*args: Any, **kwargs: Any) -> Any:
        now = next(turns) == int(turn or 1)
        if when == "before" and now:
            os._exit(137)
        result = function(*args, **kwargs)
        if when == "after" and now:
            os._exit(137)
        return result

    assert when in ("before", "after"), point
    setattr(owner, name, armed)


if __name__ == "__main__":
    from acuse.cli import main

    arm(sys.argv[1])
    sys.exit(main(sys.argv[2:]))
