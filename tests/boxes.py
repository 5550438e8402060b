"""A mailbox of a test: its lines of config.toml, and a poller at work in this process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from acuse.clock import Clock
from acuse.mailbox_thread import SessionTimes
from acuse.polling import Polling
from intake.doors.imap_plan import PollTimes
from intake.doors.imap_wire import Bounds
from tests.office import Office, office

QUICK = PollTimes(
    poll_seconds=0.2,
    pause_seconds=0.05,
    idle_seconds=60,
    slice_seconds=0.05,
    compare_seconds=3600,
    aside_seconds=0.3,
    bounds=Bounds(connect_seconds=2, read_seconds=1, reply_seconds=5, done_seconds=1),
)
SHORT = SessionTimes(
    lease=5, renew=1, look=0.1, pause=0.05, longest_pause=0.3, refused_pause=0.1, longest_refused_pause=0.3
)


def section(folder: Path, port: int, *, name: str = "support", username: str = "desk", **keys: Any) -> dict[str, Any]:
    """A table of [[mailboxes]] for a server on this machine: without TLS, with the password of tests/dovecot.py, and
    with all of its mail wanted."""
    secret = folder / "mailbox.password"
    secret.parent.mkdir(parents=True, exist_ok=True)
    if not secret.exists():
        secret.write_text("sesame\n")
        secret.chmod(0o600)
    login = {} if "oauth" in keys else {"password_file": str(secret)}
    here = {"host": "127.0.0.1", "port": port, "tls": "none", "start": "all"}
    return {"name": name, "username": username, **here, **login, **keys}


def toml(box: dict[str, Any]) -> str:
    """The table as text."""
    lines = []
    for key, value in box.items():
        if isinstance(value, list | tuple):
            shown = "[" + ", ".join(f'"{one}"' for one in value) + "]"
        else:
            shown = f'"{value}"' if isinstance(value, str) else str(value)
        lines.append(f"{key} = {shown}")
    return "[[mailboxes]]\n" + "\n".join(lines) + "\n"


@contextmanager
def fetching(
    folder: Path,
    database_url: str,
    *boxes: dict[str, Any],
    times: SessionTimes = SHORT,
    poll_times: PollTimes = QUICK,
    **sections: Any,
) -> Iterator[Office]:
    """An office whose mailboxes are read, from the start of the block to its end."""
    with office(folder, database_url, Clock(), mailboxes=boxes, **sections) as desk:
        polling = Polling(desk.runtime, times=times, poll_times=poll_times)
        polling.start()
        try:
            yield desk
        finally:
            polling.close(5)


def wait_for(what: str, condition: Callable[[], Any], seconds: float = 20) -> Any:
    """Poll until a condition gives something true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited in vain for {what}")
