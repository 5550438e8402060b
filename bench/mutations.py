"""Thousands of damaged mails read: none may break the reading, and none may take longer than its limit.

    python -m bench.mutations [--mails N] [--seed S]

The project's own mails are damaged (and those of ACUSE_CASES, where it names a folder) by `tests.mutations`.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench.labelled import OWN
from tests.mutations import damaged, read_whole
from tests.readings import DESKS

MANY = 10_000
SLOWEST_SECONDS = 2.0
DESK = DESKS["bt-latam"]


@dataclass(frozen=True, slots=True)
class Damage:
    """How many mails were read, how many seconds of the processor the slowest took, and what broke, in words."""

    mails: int
    slowest_seconds: float
    slowest: str
    broken: tuple[str, ...]


def sources() -> list[bytes]:
    """The mails to damage."""
    folders = [OWN, *(Path(one) for one in (os.environ.get("ACUSE_CASES"),) if one)]
    return [path.read_bytes() for folder in folders for path in sorted(folder.rglob("*.eml"))]


def measure(number: int = MANY, seed: int = 1) -> Damage:
    """Read so many damaged mails, each for one desk in turn."""
    desks = list(DESKS.values())
    slowest, name, broken = 0.0, "", []
    for index, (done, raw) in enumerate(damaged(sources(), number, seed)):
        begun = time.process_time()
        try:
            wrong = read_whole(raw, desks[index % len(desks)])
        except Exception as error:  # noqa: BLE001 - this is what is counted
            wrong = [f"{type(error).__name__}: {error}"]
        taken = time.process_time() - begun
        broken += [f"{done}: {one[:300]}" for one in wrong]
        if taken > slowest:
            slowest, name = taken, done
    return Damage(number, slowest, name, tuple(broken))


def main() -> int:
    """Print the figures; exit code 1 where something broke or was too slow."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=MANY)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    seen = measure(given.mails, given.seed)
    print("\n".join(seen.broken))
    print(
        f"{seen.mails} damaged mails; slowest {seen.slowest_seconds:.2f} s ({seen.slowest}); {len(seen.broken)} faults"
    )
    return 1 if seen.broken or seen.slowest_seconds > SLOWEST_SECONDS else 0


if __name__ == "__main__":
    sys.exit(main())
