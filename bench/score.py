"""How well mail is read, in one table: measure, reached, wanted, and whether that is enough.

    ACUSE_CASES=FOLDER ACUSE_CORPORA=FOLDER python -m bench.score [--show N] [--mutations N]

Measured are the project's own labelled mails, those of ACUSE_CASES, other projects' mails in ACUSE_CORPORA, and the
project's mails damaged in thousands of ways. What is not there is skipped, and the table says why. The exit code is
1 where a measure does not reach what is wanted.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import bounces, mutations, parsing, trimming
from bench.labelled import OWN, labelled_in, score

ALL = 1.0
SHARES = {
    "disposition": ALL,
    "desk": ALL,
    "thread_reference": ALL,
    "language": ALL,
    "text": 0.99,
    "value": 0.98,
    "missing": 0.95,
    "text in prose": 0.85,
    "value in prose": 0.90,
    "missing in prose": 2 / 3,
    "reply_text": 0.95,
    "attachments": ALL,
}
"""Of labelled mails: the share that must be right."""
NONE = ("false fields", "words lost", "no answer")
"""Of labelled mails: what must not be."""
TOLD = ("kind", "priority", "commands", "whole mails right")
"""Of labelled mails: what nothing is demanded of."""
TRIMMED = {
    "email_reply_trimmer": (("email_reply_trimmer",), 40),
    "discourse": (("discourse",), 14),
    "mail_parser_reply": (("mail_parser_reply",), 25),
    "talon": (("talon_eml", "talon_html"), 20),
}
"""Texts whose new part must be found, by suite."""
SLOWEST_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Measure:
    """A row of the table; `reached` says why where it was not measured. `enough` is None where nothing is judged."""

    name: str
    reached: str
    wanted: str = ""
    enough: bool | None = None


def at_least(name: str, reached: int, of: int, wanted: int) -> Measure:
    """A count that must reach `wanted`."""
    return Measure(name, f"{reached}/{of}", f"{wanted}/{of}", reached >= wanted)


def none(name: str, reached: int) -> Measure:
    """A count that must be zero."""
    return Measure(name, str(reached), "0", reached == 0)


def fast(name: str, seconds: float) -> Measure:
    """A time that must stay below the limit."""
    return Measure(name, f"{seconds:.2f} s", f"{SLOWEST_SECONDS:.0f} s", seconds <= SLOWEST_SECONDS)


def of_labels(group: str, script: Path, mails: list[Path], show: int) -> Iterator[Measure]:
    """The rows for labelled mails; prints what differs."""
    scored = score(script, mails, show)
    if scored.shown:
        print(f"-- {group}\n{scored.shown}")
    for name, total in scored.totals.items():
        if isinstance(total, int):
            yield none(f"{group}: {name}", total) if name in NONE else Measure(f"{group}: {name}", str(total))
            continue
        right, possible = int(total[0]), int(total[1])
        reached = f"{right}/{possible}" + (f"  {right / possible:.1%}" if possible else "")
        if name in SHARES:
            wanted = SHARES[name]
            enough = right >= wanted * possible
            yield Measure(f"{group}: {name}", reached, "all" if wanted == ALL else f"{wanted:.1%}", enough)
        elif name in TOLD:
            yield Measure(f"{group}: {name}", reached)


def of_trimming(folder: Path) -> Iterator[Measure]:
    """The rows for other projects' suites of replies."""
    rows = defaultdict(list)
    for row in trimming.measure(folder):
        rows[row.suite].append(not row.miss)
    for name, (suites, wanted) in TRIMMED.items():
        right = [one for suite in suites for one in rows[suite]]
        yield at_least(f"corpora: new text, {name}", sum(right), len(right), wanted)


def of_parsing(folder: Path) -> Iterator[Measure]:
    """The rows for header values and texts beside the better of two libraries, and for the pace."""
    rows = parsing.measure(folder)
    for row in rows:
        yield at_least(f"corpora: {row.corpus} {row.column}", row.acuse, row.items, max(row.stdlib, row.mail_parser))
    reached, items = sum(row.acuse for row in rows), sum(row.items for row in rows)
    libraries = max(sum(row.stdlib for row in rows), sum(row.mail_parser for row in rows))
    yield at_least("corpora: all these columns", reached, items, libraries + 1)
    pace = parsing.pace(folder, mutations.DESK)
    yield fast(f"corpora: slowest of {pace.mails} mails", pace.slowest_seconds)
    yield none("corpora: mails that raise", len(pace.raising))


def of_bounces(folder: Path) -> Iterator[Measure]:
    """The rows for delivery reports."""
    seen = bounces.measure(folder)
    yield at_least("corpora: delivery reports found", seen.found, seen.reports, seen.reports)
    yield at_least("corpora: their recipients", seen.named, seen.labelled, seen.labelled)
    yield none(f"corpora: reports among {seen.people} mails by people", len(seen.wrongly))


def of_mutations(number: int) -> Iterator[Measure]:
    """The rows for damaged mails."""
    seen = mutations.measure(number)
    for line in seen.broken[:10]:
        print(line)
    yield none(f"{seen.mails} damaged mails: that break the reading", len(seen.broken))
    yield fast(f"{seen.mails} damaged mails: slowest", seen.slowest_seconds)


def table(show: int, damaged: int) -> Iterator[Measure]:
    """All rows, in their order."""
    cases, corpora = (
        Path(os.environ[name]) if os.environ.get(name) else None for name in ("ACUSE_CASES", "ACUSE_CORPORA")
    )
    own = labelled_in(OWN)
    if cases is None:
        yield Measure("mails, cases", "skipped: ACUSE_CASES names no folder with a score.py")
    else:
        if own:
            yield from of_labels("mails", cases / "score.py", own, show)
        else:
            yield Measure("mails", "skipped: none of tests/mails has a label")
        yield from of_labels("cases", cases / "score.py", labelled_in(cases), show)
    if corpora is None:
        yield Measure("corpora", "skipped: ACUSE_CORPORA names no folder")
    else:
        yield from of_trimming(corpora)
        yield from of_parsing(corpora)
        yield from of_bounces(corpora)
    yield from of_mutations(damaged)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", type=int, default=0, help="print the differences of the first N mails of each folder")
    parser.add_argument("--mutations", type=int, default=mutations.MANY, help="how many damaged mails are read")
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    rows = list(table(given.show, given.mutations))
    print(f"{'measure':44}{'reached':>20}  {'wanted':10}")
    for row in rows:
        verdict = {True: "ok", False: "NOT", None: ""}[row.enough]
        print(f"{row.name:44}{row.reached:>20}  {row.wanted:10}{verdict}".rstrip())
    short = sum(row.enough is False for row in rows)
    print(f"{short} of {sum(row.enough is not None for row in rows)} measures fall short" if short else "all reached")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
