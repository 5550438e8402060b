"""Labelled mails, counted by the script that defines the figures: `score.py` in the folder that ACUSE_CASES names.

It is called, never written again; it compares what `acuse explain --json` prints with the JSON beside each mail.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.load import ROOT

OWN = ROOT / "tests" / "mails"
_EXPLAIN = (str(Path(sys.executable).with_name("acuse")), "explain", "--json")


@dataclass(frozen=True, slots=True)
class Scored:
    """The script's totals: by name [right, possible, share] or a count; and the differences that it prints."""

    totals: dict[str, list[float] | int]
    shown: str


def labelled_in(folder: Path) -> list[Path]:
    """The mails of a folder and its subfolders that have a label beside them."""
    return [path for path in sorted(folder.rglob("*.eml")) if path.with_suffix(".json").exists()]


def score(script: Path, mails: list[Path], show: int = 0) -> Scored:
    """The totals for `mails`, with the differences of the first `show` mails that have any.

    Raises RuntimeError where the script or the reader fails.
    """
    with tempfile.TemporaryDirectory() as scratch:
        for path in mails:
            for one in (path, path.with_suffix(".json")):
                (Path(scratch) / one.name).symlink_to(one.resolve())
        arguments = ["--cases", scratch, "--json", "--show", str(show), "--", *_EXPLAIN]
        run = subprocess.run([sys.executable, str(script), *arguments], capture_output=True, text=True, check=False)
    lines = run.stdout.splitlines()
    if not lines or run.returncode:
        raise RuntimeError(f"{script}: exit code {run.returncode}: {run.stderr.strip()[-300:]}")
    return Scored(json.loads(lines[-1]), "\n".join(lines[:-1]))
