"""When to try again."""

from __future__ import annotations

from datetime import datetime, timedelta

_FIRST = timedelta(seconds=30)
_LONGEST = timedelta(hours=1)


def next_try(attempt: int, now: datetime, jitter: float) -> datetime:
    """The time of the next try after `attempt` (1 or more) tries have failed.

    The wait lies between 30 and 60 s after the first try, doubles with each, and ends between 30 and 60 min; `jitter`
    in [0, 1) says where between, so that what failed together does not come back together. Raises ValueError for other
    arguments and for a `now` without zone.
    """
    if attempt < 1 or not 0 <= jitter < 1:
        raise ValueError(f"attempt {attempt} or jitter {jitter} out of range")
    if now.tzinfo is None:
        raise ValueError("a time without zone")
    # 1 << 7 is past the longest already; a big attempt must not make a number that timedelta cannot hold.
    least = min(_FIRST * (1 << min(attempt - 1, 7)), _LONGEST / 2)
    return now + least * (1 + jitter)
