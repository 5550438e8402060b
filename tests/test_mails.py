"""Every labelled mail of `tests/mails` reads as a careful agent would write it down: the label beside it, in the format
of `acuse explain --json`.

Texts are compared with white space folded and outer punctuation dropped; an answer in a mail without any form, whose
name says "prose", is right when it shares most of its words with the label's. What is known to be read otherwise stands
in the label's `not_yet`, each with its reason, and has to be struck out there on the day that it is read right.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from acuse.config import Config, Loaded
from acuse.explain import Explainer
from acuse.runtime import load_policy, load_templates
from tests.readings import MAILS

LABELLED = [path for path in sorted(MAILS.rglob("*.eml")) if path.with_suffix(".json").exists()]
OUTER = " \t\r\n.,;:*_\"'«»“”()[]<>|•·-–—"
EVERYWHERE = ("desk", "disposition", "language", "thread_reference")


@pytest.fixture(scope="module")
def explainer() -> Explainer:
    loaded = Loaded(Config(), "", Path.cwd())
    return Explainer(load_policy(loaded)[0], load_templates(loaded), 10, 1 << 28, datetime(2026, 11, 9, 12, tzinfo=UTC))


@pytest.mark.parametrize("path", LABELLED, ids=[path.stem for path in LABELLED])
def test_a_mail_reads_as_its_label_says(path: Path, explainer: Explainer) -> None:
    label = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    got = explainer.explain(str(path), None).found
    found = dict(differences(json.loads(json.dumps(got)), label, prose="prose" in path.name))
    known = label.get("not_yet", {})
    assert {name: why for name, why in found.items() if name not in known} == {}
    assert [name for name in known if name not in found] == [], "is read right now"


def differences(got: dict[str, Any], label: dict[str, Any], *, prose: bool) -> Iterator[tuple[str, str]]:
    """What differs, by name, with what was read and what the label says."""
    opens = label["disposition"] == "ticket"
    for name in (*EVERYWHERE, *(("kind", "priority") if opens else ())):
        if got[name] != label[name]:
            yield name, f"{got[name]!r}, label {label[name]!r}"
    if opens and set(got["missing"]) != set(label["missing"]):
        yield "missing", f"{sorted(got['missing'])}, label {sorted(label['missing'])}"
    if label["disposition"] in ("ticket", "update"):
        yield from _answers(got["fields"], label["fields"], prose=prose)
    if label["reply_text"] is not None and folded(got["reply_text"]) != folded(label["reply_text"]):
        yield "reply_text", f"{got['reply_text']!r}, label {label['reply_text']!r}"
    if [list(one) for one in got["commands"]] != label["commands"]:
        yield "commands", f"{got['commands']}, label {label['commands']}"
    files, wanted = ([(a["filename"], a["content_type"]) for a in one["attachments"]] for one in (got, label))
    if sorted(files) != sorted(wanted):
        yield "attachments", f"{files}, label {wanted}"


def _answers(fields: dict[str, Any], label: dict[str, Any], *, prose: bool) -> Iterator[tuple[str, str]]:
    for key in fields.keys() - label.keys():
        yield f"{key}: false", f"{fields[key]['text']!r}"
    for key, wanted in label.items():
        mine = fields.get(key) or {"text": "", "value": None}
        if not same_text(mine["text"], wanted["text"], prose=prose):
            yield f"{key}: text", f"{mine['text']!r}, label {wanted['text']!r}"
        if wanted["value"] is not None and canonical(mine["value"]) != canonical(wanted["value"]):
            yield f"{key}: value", f"{mine['value']!r}, label {wanted['value']!r}"


def folded(text: object) -> str:
    return " ".join(unicodedata.normalize("NFC", str(text or "")).split()).strip(OUTER)


def same_text(mine: str, wanted: str, *, prose: bool) -> bool:
    if not prose:
        return folded(mine) == folded(wanted)
    one, two = (Counter(re.findall(r"\w+", folded(text).casefold())) for text in (mine, wanted))
    return sum((one & two).values()) >= 0.6 * max(sum(one.values()), sum(two.values()))


def canonical(value: Any) -> Any:
    """A value in which neither order nor case counts."""
    if isinstance(value, list):
        return sorted(repr(canonical(one)) for one in value)
    if isinstance(value, dict):
        return sorted((key, folded(one).casefold()) for key, one in value.items() if one)
    return folded(value).casefold() if isinstance(value, str) else value


LABEL = {
    "desk": "a",
    "disposition": "ticket",
    "language": "es",
    "thread_reference": None,
    "kind": None,
    "priority": None,
    "missing": ["b"],
    "reply_text": None,
    "commands": [],
    "attachments": [],
    "fields": {"problem": {"text": "Sin enlace.", "value": None}, "raining": {"text": "No", "value": False}},
}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"desk": "c"}, ["desk"]),
        ({"missing": []}, ["missing"]),
        ({"fields": {}}, ["problem: text", "raining: text", "raining: value"]),
        ({"fields": LABEL["fields"] | {"more": {"text": "x", "value": None}}}, ["more: false"]),
        ({"fields": LABEL["fields"] | {"raining": {"text": "no", "value": None}}}, ["raining: text", "raining: value"]),
        ({"attachments": [{"filename": "a", "content_type": "b", "size": 1}]}, ["attachments"]),
    ],
)
def test_every_difference_is_seen(change: dict[str, Any], found: list[str]) -> None:
    assert [name for name, _ in differences(LABEL | change, LABEL, prose=False)] == found
