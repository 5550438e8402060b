"""On other projects' test mails no library reads better (needs ACUSE_CORPORA)."""

import os
from pathlib import Path

import pytest

from bench.parsing import _equal, _is_item, _same_text, measure

FOLDER = os.environ.get("ACUSE_CORPORA", "")


@pytest.mark.skipif(not FOLDER, reason="ACUSE_CORPORA names no folder")
def test_no_library_is_better_in_any_column() -> None:
    rows = measure(Path(FOLDER))
    assert [row for row in rows if row.acuse < max(row.stdlib, row.mail_parser)] == []
    assert sum(row.acuse for row in rows) > max(sum(row.stdlib for row in rows), sum(row.mail_parser for row in rows))


def test_how_texts_are_compared() -> None:
    assert _same_text("uno dos tres", "dos")
    assert _same_text("uno dos", "uno dos tres")
    assert not _same_text("uno", "uno dos tres")
    assert not _same_text("", "uno")
    assert _equal("ñandú", "�andú")
    assert not _equal("nandu", "�andú")
    assert not _is_item("no visible content\n")
    assert not _is_item("UmVj" * 200)
