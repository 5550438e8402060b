"""A program for other users' processes: what they call it with is done here, by the user who runs the tests.

Mail servers drop their rights before they run a command, and the users they become cannot always get at the
interpreter or the tree of a test. So the program at their end only carries arguments, input and exit code.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.daemon import ROOT

PROGRAM = """#!/bin/sh
# Carries an errand to the tests and its exit code back.
umask 022
job=$(mktemp -d {jobs}/XXXXXXXX) && chmod 755 "$job" || exit 75
cat > "$job/given"
for one in "$@"; do printf '%s\\n' "$one"; done > "$job/arguments"
id -un > "$job/user"
mv "$job/user" "$job/ready"
tries=0
while [ ! -e "$job.code" ] && [ $tries -lt 1200 ]; do sleep 0.05; tries=$((tries + 1)); done
exit "$(cat "$job.code" 2>/dev/null || echo 75)"
"""


@dataclass(frozen=True)
class Errand:
    """One run: by whom, with what, and how it ended."""

    user: str
    arguments: tuple[str, ...]
    given: bytes
    code: int
    said: str


class Errands:
    """Does in `folder`, which every user can look into, what `program` is called with, as `python -m acuse`."""

    def __init__(self, folder: Path) -> None:
        self.done: list[Errand] = []
        self._jobs = folder / "jobs"
        self._jobs.mkdir()
        self._jobs.chmod(0o1777)
        self.program = folder / "acuse"
        self.program.write_text(PROGRAM.format(jobs=self._jobs))
        self.program.chmod(0o755)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while not self._ending.wait(0.02):
            for ready in self._jobs.glob("*/ready"):
                if not (code := ready.parent.with_suffix(".code")).exists():
                    self._do(ready.parent, code)

    def _do(self, job: Path, code: Path) -> None:
        arguments = tuple((job / "arguments").read_text().splitlines())
        given = (job / "given").read_bytes()
        done = subprocess.run(
            [sys.executable, "-m", "acuse", *arguments],
            input=given,
            capture_output=True,
            cwd=job,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            timeout=60,
            check=False,
        )
        user = (job / "ready").read_text().strip()
        self.done.append(Errand(user, arguments, given, done.returncode, done.stderr.decode()))
        half = code.with_suffix(".half")
        half.write_text(str(done.returncode))
        half.chmod(0o644)
        half.rename(code)

    def close(self) -> None:
        """Take no more."""
        self._ending.set()
        self._thread.join(70)


@contextmanager
def errands(folder: Path) -> Iterator[Errands]:
    """Errands for the length of a block."""
    made = Errands(folder)
    try:
        yield made
    finally:
        made.close()
