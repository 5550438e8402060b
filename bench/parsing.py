"""Parsing measured on other projects' test mails: how often the header values and the text are what those projects'
own suites expect, beside the standard library and mail-parser read by the same comparison.

    ACUSE_CORPORA=... python -m bench.parsing [--show SET.COLUMN]

The folder holds `mails.json` (labels by "SET/FILE") and `mails/SET/*.eml`. Also: the slowest of all mails, parsed and
read, and how many mails raise.
"""

from __future__ import annotations

import argparse
import html
import json
import logging
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import mailparser

from intake.mime.headers import scan_header
from intake.mime.mailboxes import author
from intake.parse import parse
from intake.reading import read
from intake.text.body import shown, views
from rules.model import Envelope, Message
from rules.policy import Desk

COLUMNS = {
    "zammad": ("subject", "from_email", "from_name", "body"),
    "imap_tools": ("subject", "from_email", "text"),
    "stalwart": ("subject", "from_email", "text"),
}
LIMIT_SECONDS = 2.0
_EMPTY = "no visible content"
_TAGS = re.compile(
    r"<(?:style|script|title)\b.{0,100000}?</(?:style|script|title)>|<[^<>]{0,5000}>", re.DOTALL | re.IGNORECASE
)
_BASE64 = re.compile(r"[A-Za-z0-9+/=]{500,}")
_WORDLESS = re.compile(r"[^\w\ufffd]+|_+")


@dataclass(frozen=True)
class Row:
    """One figure: how many of `items` each reader got right."""

    corpus: str
    column: str
    items: int
    acuse: int
    stdlib: int
    mail_parser: int
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class Seen:
    """What one reader makes of a mail; `texts` are the renderings of its text, any of which may match."""

    subject: str
    from_email: str
    from_name: str
    texts: tuple[str, ...]


def measure(folder: Path) -> list[Row]:
    """The figures for the corpora in `folder`. An item is a value that the label gives; empty ones are no item."""
    labels = json.loads((folder / "mails.json").read_text(encoding="utf-8"))
    readers = (_by_acuse, _by_stdlib, _by_mail_parser)
    rows = []
    for corpus, columns in COLUMNS.items():
        names = [name for name in labels if name.startswith(f"{corpus}/")]
        raws = {name: (folder / "mails" / name).read_bytes() for name in names}
        seen = [{name: _calm(reader, raw) for name, raw in raws.items()} for reader in readers]
        for column in columns:
            items = [name for name in names if _is_item(labels[name].get(column) or "")]
            right = [[n for n in items if _right(by_name[n], column, labels[n][column])] for by_name in seen]
            wrong = tuple(name for name in items if name not in right[0])
            acuse, stdlib, mail_parser = map(len, right)
            rows.append(Row(corpus, column, len(items), acuse, stdlib, mail_parser, wrong))
    return rows


def _is_item(label: str) -> bool:
    """A label that says something; the base64 of an attached file, which one suite expects, is no text."""
    return label.strip() not in ("", _EMPTY) and not _BASE64.fullmatch("".join(label.split()))


def _calm(reader: Callable[[bytes], Seen], raw: bytes) -> Seen:
    try:
        return reader(raw)
    except Exception:  # noqa: BLE001 - a reader that raises has read nothing
        return Seen("", "", "", ())


def _right(seen: Seen, column: str, label: str) -> bool:
    if column in ("body", "text"):
        wanted = _words(label)
        return any(_same_text(_words(text), wanted) for text in seen.texts)
    return _equal(_folded(getattr(seen, column)), _folded(label))


def _same_text(mine: str, wanted: str) -> bool:
    """Equal but for white space, marks and tags; or the label's text is part of it, or it is most of the label's (some
    suites cut quotations, others add the text of attached messages)."""
    part = bool(wanted) and wanted in mine
    return part or (2 * len(mine) > len(wanted) and mine in wanted) or _equal(mine, wanted)


def _equal(mine: str, label: str) -> bool:
    """A label's U+FFFD says that its project could not tell the character: any will do."""
    if "\ufffd" not in label or len(mine) != len(label):
        return mine == label
    return all(a == b or b == "\ufffd" for a, b in zip(mine, label, strict=True))


def _words(text: str) -> str:
    return _WORDLESS.sub("", html.unescape(_TAGS.sub(" ", text))).casefold()


def _folded(value: str) -> str:
    return " ".join(value.split()).strip('" ').casefold()


def _by_acuse(raw: bytes) -> Seen:
    message = parse(raw)
    named = [one for one in map(author, scan_header(raw).all("from")) if one]
    writer = message.sender or next((one for one in named if "@" in one.address), named[0] if named else None)
    texts = tuple(_texts(message))
    return Seen(message.subject, writer.address if writer else "", writer.name if writer else "", texts)


def _texts(message: Message) -> Iterator[str]:
    """The plain text, the HTML, both as they are displayed; each also with the messages attached."""
    attached = [parse(raw) for raw in message.forwarded]
    for mails in ([message], [message, *attached]):
        for html_ in (False, True):
            yield "\n".join(body.text for one in mails for body in one.bodies if body.html is html_)
        yield "\n".join(shown(views(one.bodies)[0]) for one in mails)


def _by_stdlib(raw: bytes) -> Seen:
    message = message_from_bytes(raw, policy=policy.default)
    address = message["from"].addresses[0] if message["from"] and message["from"].addresses else None
    bodies = [message.get_body((kind,)) for kind in ("plain", "html")]
    return Seen(
        str(message["subject"] or ""),
        address.addr_spec if address else "",
        address.display_name if address else "",
        tuple(body.get_content() for body in bodies if body),
    )


def _by_mail_parser(raw: bytes) -> Seen:
    mail = mailparser.parse_from_bytes(raw)
    name, address = mail.from_[0] if mail.from_ else ("", "")
    return Seen(str(mail.subject or ""), address, name, ("\n".join(mail.text_plain), "\n".join(mail.text_html)))


@dataclass(frozen=True)
class Pace:
    """Every mail parsed and read for one desk: how many, the slowest, and those that raise."""

    mails: int
    slowest_seconds: float
    slowest: str
    raising: tuple[str, ...]


def pace(folder: Path, desk: Desk) -> Pace:
    """Parse and read every mail of the corpora."""
    now = datetime(2026, 11, 3, 15, tzinfo=UTC)
    slowest, name, raising, mails = 0.0, "", [], 0
    for path in sorted((folder / "mails").glob("*/*.eml")):
        mails += 1
        raw = path.read_bytes()
        begun = time.perf_counter()
        try:
            _read(parse(raw), desk, now)
        except Exception as error:  # noqa: BLE001 - this is what is counted
            raising.append(f"{path.parent.name}/{path.name}: {type(error).__name__}: {error}")
        taken = time.perf_counter() - begun
        if taken > slowest:
            slowest, name = taken, f"{path.parent.name}/{path.name}"
    return Pace(mails, slowest, name, tuple(raising))


def _read(message: Message, desk: Desk, now: datetime) -> None:
    read(message, desk, Envelope("sender@corpus.example", (desk.addresses[0],)), now)


def _desk() -> Desk:
    from tests.readings import DESKS  # noqa: PLC0415 - loads every desk

    return DESKS["bt-latam"]


def _lines(rows: list[Row]) -> Iterator[str]:
    yield f"{'corpus':12}{'column':12}{'items':>7}{'acuse':>7}{'stdlib':>8}{'mail-parser':>13}"
    for row in rows:
        yield f"{row.corpus:12}{row.column:12}{row.items:7}{row.acuse:7}{row.stdlib:8}{row.mail_parser:13}"
    sums = [sum(getattr(row, name) for row in rows) for name in ("items", "acuse", "stdlib", "mail_parser")]
    yield f"{'sum':24}{sums[0]:7}{sums[1]:7}{sums[2]:8}{sums[3]:13}"


def main(arguments: list[str] | None = None) -> int:
    """Print the figures; exit code 1 where a library is better in a column, a mail raises or one is too slow."""
    logging.disable(logging.CRITICAL)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", metavar="SET.COLUMN", default="", help="name the mails that acuse reads otherwise")
    options: Any = parser.parse_args(arguments)
    folder = os.environ.get("ACUSE_CORPORA")
    if not folder:
        print("skipped: ACUSE_CORPORA names no folder")
        return 0
    rows = measure(Path(folder))
    print("\n".join(_lines(rows)))
    for row in rows:
        if options.show == f"{row.corpus}.{row.column}":
            print("\n".join(f"not as labelled: {name}" for name in row.wrong))
    found = pace(Path(folder), _desk())
    print(f"{found.mails} mails; slowest {found.slowest_seconds:.2f} s ({found.slowest}), limit {LIMIT_SECONDS} s")
    print(f"{len(found.raising)} raise")
    print("".join(f"  {line}\n" for line in found.raising[:20]), end="")
    behind = [row for row in rows if row.acuse < max(row.stdlib, row.mail_parser)]
    return 1 if behind or found.raising or found.slowest_seconds > LIMIT_SECONDS else 0


if __name__ == "__main__":
    sys.exit(main())
