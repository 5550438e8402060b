"""Starts acuse with one function of it armed: the process ends, as by kill -9, right before or right after that function.

    python tests/crash.py "before storage.inbox:receive" run --config ...
    python tests/crash.py "after storage.writer:Writer._write" run --config ...

The points are functions of the program itself, so that the program needs no points of its own. `docs/crash.md` lists them.
"""

from __future__ import annotations

import functools
import importlib
import os
import sys
from typing import Any


def arm(point: str) -> None:
    when, _, target = point.partition(" ")
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
