"""Whatever happens to a mail on its way, it is read without an error, and the reading is one that a desk can use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.mutations import MUTATIONS, damaged, read_whole
from tests.readings import DESKS, MAILS

SOURCES = [path.read_bytes() for path in sorted(MAILS.rglob("*.eml"))]
if os.environ.get("ACUSE_CASES"):
    SOURCES += [path.read_bytes() for path in sorted(Path(os.environ["ACUSE_CASES"]).glob("*.eml"))]
GROUPS = 20


@pytest.mark.parametrize("group", range(GROUPS))
def test_damaged_mails_are_read(group: int) -> None:  # pain 1, 14
    desks = list(DESKS.values())
    for index, (done, raw) in enumerate(damaged(SOURCES, 500 // GROUPS, group)):
        assert read_whole(raw, desks[index % len(desks)]) == [], done


def test_damage_is_done_and_is_the_same_each_time() -> None:
    first, second = (list(damaged(SOURCES, 120, 7)) for _ in range(2))
    assert first == second
    assert {name for done, _ in first for name in done.split()[1].split("+")} == {one.__name__ for one in MUTATIONS}
    assert sum(raw not in SOURCES for _, raw in first) > 100
