"""The end of a real daemon is bounded, whatever its peers do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.daemon import mail, running
from tests.smtp_script import STALL, Script, serving


@pytest.mark.slow
def test_sigterm_ends_the_daemon_while_the_relay_hangs_and_the_next_start_sends(tmp_path: Path) -> None:  # I7
    count = 10
    with (
        serving(Script({"END": STALL})) as script,
        running(tmp_path, f'[outgoing]\nmode = "smtp"\nport = {script.port}\n') as daemon,
    ):
        for number in range(count):
            sender = f"ana{number}@cliente.example"
            daemon.send(mail(number, sender=sender), sender=sender)
        daemon.wait_for("a try", lambda: script.sessions)
        assert daemon.stop() == 0
        script.replies.clear()
        daemon.start()
        daemon.wait_for("every acknowledgement", lambda: len({to[0] for _, to, _ in script.mails}) == count)
        assert daemon.json("queue", "out") == {"out": []}
