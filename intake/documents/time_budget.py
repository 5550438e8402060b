"""A bound on the processor time of code that is not ours, inside a process that goes on."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_AGAIN_SECONDS = 0.05


class OutOfTimeError(BaseException):
    """The time is used up. No Exception, so that code which tries everything twice does not catch it."""


@contextmanager
def processor_seconds(seconds: float) -> Iterator[None]:
    """Raise OutOfTimeError inside once the process has used `seconds` of processor time.

    Only in the main thread, where signals arrive; in others nothing is bounded.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    armed = True

    def stop(_number: int, _frame: FrameType | None) -> None:
        if armed:
            raise OutOfTimeError

    before = signal.signal(signal.SIGVTALRM, stop)
    # Again and again, should something swallow it on its way.
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, _AGAIN_SECONDS)
    try:
        yield
    finally:
        armed = False
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
