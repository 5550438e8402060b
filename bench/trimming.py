"""How much of a reply's new text is found, measured on the trimming suites of other projects.

    ACUSE_CORPORA=FOLDER python -m bench.trimming [--show]

Reads `replies.json` in the folder: texts with the reply that their own suite expects, in full (`reply`) or by marks
(`must`, `must_not`, `starts`, `ends`). Texts are compared with white space folded and outer punctuation dropped.
The suites in `_QUOTATIONS` are about quotations alone: there signatures and footers count as the writer's text.
docs/trimming.md says why the remaining misses are misses.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from intake.text.body import views
from intake.text.quoting import Origin, Role, new_text, parted
from rules.model import Body

_QUOTATIONS = frozenset({"talon_eml", "talon_html"})
_TAILS = frozenset({Role.SIGNATURE, Role.FOOTER})
_OUTER = " \t\r\n.,;:*_\"'«»“”()[]<>|•·-–—"


@dataclass(frozen=True, slots=True)
class Row:
    """One text of a suite: what we read as new, and what its suite expects ("" where it matches)."""

    suite: str
    name: str
    reply: str
    miss: str


def measure(folder: Path) -> list[Row]:
    """A row for each text in `folder`/replies.json. Raises OSError where there is none."""
    items = json.loads((folder / "replies.json").read_text(encoding="utf-8"))
    return [_row(item) for item in items]


def reply_in(text: str, *, html: bool = False, tails: bool = False) -> str:
    """What is new in the text of a reply whose writer is not known, with its signature and footers (`tails`) or not."""
    parts = parted(views((Body(text, html, "1"),))[0], Origin.REPLY, "")
    return new_text([replace(part, role=Role.NEW) if tails and part.role in _TAILS else part for part in parts])


def _row(item: Mapping[str, object]) -> Row:
    suite = str(item["suite"])
    reply = reply_in(str(item["text"]), html=item["kind"] == "html", tails=suite in _QUOTATIONS)
    return Row(suite, str(item["name"]), reply, _miss(item, _folded(reply)))


def _miss(item: Mapping[str, object], got: str) -> str:
    wanted = item.get("reply")
    if wanted is not None and got != _folded(wanted):
        return f"expects {_folded(wanted)!r}"
    for key, holds in (("must", True), ("must_not", False)):
        marks = item.get(key)
        for mark in marks if isinstance(marks, list) else ():
            if (_folded(mark) in got) is not holds:
                return f"{key} {mark!r}"
    for key, test in (("starts", got.startswith), ("ends", got.endswith)):
        if item.get(key) and not test(_folded(item[key])):
            return f"{key} {item[key]!r}"
    return ""


def _folded(text: object) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", str(text)).replace("\xa0", " ")).strip(_OUTER)


def main() -> int:
    """Print one row a suite; with --show each miss too."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="store_true", help="print what was read and expected for each miss")
    arguments = parser.parse_args()
    folder = os.environ.get("ACUSE_CORPORA")
    if not folder:
        parser.error("ACUSE_CORPORA must name the folder with replies.json")
    rows = measure(Path(folder))
    every, right = Counter(row.suite for row in rows), Counter(row.suite for row in rows if not row.miss)
    for suite, number in every.items():
        print(f"{suite:<24}{right[suite]:>4} of {number:>3}")
    for row in rows:
        if row.miss:
            print(
                f"  {row.suite}/{row.name}: {row.miss}\n      reads {_folded(row.reply)!r}"
                if arguments.show
                else f"  {row.suite}/{row.name}"
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
