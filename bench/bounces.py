"""How many delivery reports are found, and how many people's mails are taken for one.

    ACUSE_CORPORA=FOLDER python -m bench.bounces

The reports are the mails of the set `flufl` that their label calls bounces. People's mails are all those of the other
sets that neither a label nor the header says a machine wrote; the header is read here by the standard library, and by
five signs only: a report's content type, Auto-Submitted, a null Return-Path, a mail system's From and a responder's
Precedence.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message as Mail
from email.utils import parseaddr
from pathlib import Path

from intake.parse import parse
from rules.model import ReadingClass

_SYSTEMS = ("mailer-daemon", "postmaster", "mdaemon")


@dataclass(frozen=True, slots=True)
class Found:
    """Reports found of `reports`; of those with labelled recipients, how many name them; people's mails, and which of
    them were taken for a report. `misses` are words for each that is not right."""

    reports: int
    found: int
    labelled: int
    named: int
    people: int
    wrongly: tuple[str, ...]
    misses: tuple[str, ...]


def measure(folder: Path) -> Found:
    """The figures for the corpora in `folder`. Raises OSError where there are none."""
    labels = json.loads((folder / "mails.json").read_text(encoding="utf-8"))
    found = labelled = named = people = 0
    misses, wrongly = [], []
    reports = [name for name, label in labels.items() if name.startswith("flufl/") and label.get("is_bounce")]
    for name in reports:
        message = parse((folder / "mails" / name).read_bytes())
        is_found = message.klass is ReadingClass.DELIVERY_STATUS
        found += is_found
        wanted = {one.lower() for one in labels[name].get("recipients") or ()}
        # A label names an address as it was written to or as delivery ended, whichever its detector saw.
        spoken = {one.lower() for report in message.reports for one in (report.recipient, report.original)}
        labelled += bool(wanted)
        named += bool(wanted) and wanted <= spoken
        if not is_found or not wanted <= spoken:
            misses.append(f"{name}: {message.klass.value}, names {sorted(spoken)}, label {sorted(wanted)}")
    for name, raw in _by_people(folder, labels):
        people += 1
        if parse(raw).klass is ReadingClass.DELIVERY_STATUS:
            wrongly.append(name)
    return Found(len(reports), found, labelled, named, people, tuple(wrongly), tuple(misses))


def _by_people(folder: Path, labels: Mapping[str, Mapping[str, object]]) -> Iterator[tuple[str, bytes]]:
    for path in sorted((folder / "mails").glob("*/*.eml")):
        name = f"{path.parent.name}/{path.name}"
        label = labels.get(name, {})
        if path.parent.name == "flufl" or label.get("is_bounce") or label.get("is_auto"):
            continue
        raw = path.read_bytes()
        if not _by_a_machine(message_from_bytes(raw)):
            yield name, raw


def _by_a_machine(mail: Mail) -> bool:
    def field(name: str) -> str:
        return str(mail.get(name, "")).strip().lower()

    sender = parseaddr(field("from"))[1] or field("from")
    return (
        "report-type" in field("content-type")
        or field("content-type").startswith(("multipart/report", "message/delivery-status"))
        or field("auto-submitted") not in ("", "no")
        or field("return-path") == "<>"
        or sender.startswith(_SYSTEMS)
        or field("precedence") in ("junk", "auto_reply")
    )


def main() -> int:
    """Print the figures and what is not right; exit code 1 where anything is not."""
    folder = os.environ.get("ACUSE_CORPORA")
    if not folder:
        print("skipped: ACUSE_CORPORA names no folder")
        return 0
    seen = measure(Path(folder))
    print(f"found {seen.found}/{seen.reports}, recipients as labelled {seen.named}/{seen.labelled}")
    print(f"taken for a report: {len(seen.wrongly)} of {seen.people} mails by people")
    for line in (*seen.misses, *seen.wrongly):
        print("   ", line)
    return 1 if seen.misses or seen.wrongly else 0


if __name__ == "__main__":
    sys.exit(main())
