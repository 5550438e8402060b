"""Starts acuse with one function of it armed: the process ends, as by kill -9, right before or right after that
function.

    python tests/crash.py "before storage.inbox:receive" run --config ...
    python tests/crash.py "after storage.inbox:decided" run --config ...

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
import os
import secrets
import sys
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


def arm(point: str) -> None:
    when, _, target = point.partition(" ")
    if when == "sabotage":
        {"answer_first": answer_first, "no_unique_key": no_unique_key}[target]()
        return
    module_name, _, path = target.partition(":")
    owner: Any = importlib.import_module(module_name)
    *outer, name = path.split(".")
    for part in outer:
        owner = getattr(owner, part)
    function = getattr(owner, name)

    @functools.wraps(function)
    def armed(*args: Any, **kwargs: Any) -> Any:
        if when == "before":
            os._exit(137)
        result = function(*args, **kwargs)
        if when == "after":
            os._exit(137)
        return result

    assert when in ("before", "after"), point
    setattr(owner, name, armed)


if __name__ == "__main__":
    from acuse.cli import main

    arm(sys.argv[1])
    sys.exit(main(sys.argv[2:]))
