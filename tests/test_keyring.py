"""The key ring: made once, read by its owner only, refused with a cure when it is not sound."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from responders.keyring import KeyRingError, load_or_make

SECRET = "00112233445566778899aabbccddeeff"


def ring(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


def test_a_ring_is_made_once_and_private(tmp_path):
    path = tmp_path / "var" / "keys"
    before = os.umask(0)
    try:
        keys = load_or_make(path)
    finally:
        os.umask(before)
    assert len(keys) == 1
    assert len(keys[0].secret) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_or_make(path) == keys
    assert list(path.parent.iterdir()) == [path]


def test_two_rings_differ(tmp_path):
    assert load_or_make(tmp_path / "a") != load_or_make(tmp_path / "b")


def test_processes_that_start_together_agree(tmp_path):
    program = (
        "import sys; from pathlib import Path; from responders.keyring import load_or_make; sys.stdin.readline();"
        "print(load_or_make(Path(sys.argv[1]))[0].secret.hex())"
    )
    path = tmp_path / "keys"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(8)
    ]
    for process in started:
        process.stdin.write("go\n")
        process.stdin.flush()
    secrets = {process.communicate()[0].strip() for process in started}
    assert secrets == {load_or_make(path)[0].secret.hex()}
    assert list(tmp_path.iterdir()) == [path]


def test_the_second_of_two_makers_takes_the_first_one_s_ring(tmp_path, monkeypatch):
    path = tmp_path / "keys"
    first = load_or_make(path)
    real = Path.exists
    monkeypatch.setattr(Path, "exists", lambda self: self != path and real(self))
    assert load_or_make(path) == first
    assert list(tmp_path.iterdir()) == [path]


def test_a_rotated_ring_keeps_its_order(tmp_path):
    path = ring(tmp_path / "keys", f"# comment\n\nk2 {SECRET}\nk1 {SECRET[::-1]}\n")
    assert [key.id for key in load_or_make(path)] == ["k2", "k1"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_ring_that_others_can_touch_is_refused(tmp_path, mode):
    path = ring(tmp_path / "keys", f"k1 {SECRET}\n", mode)
    with pytest.raises(KeyRingError, match="can be read by others") as error:
        load_or_make(path)
    assert error.value.file == path
    assert error.value.cure == f"run: chmod 600 {path}"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "holds no key"),
        ("# only a comment\n", "holds no key"),
        ("k1\n", "line 1 is not"),
        (f"\nk1 {SECRET} more\n", "line 2 is not"),
        ("k1 nothexnothexnothexnothexnothexno\n", "line 1 holds no key"),
        ("k1 0011\n", "line 1 holds no key"),
        (f"Key-1 {SECRET}\n", "line 1 holds no key"),
        (f"k1 {SECRET}\nk1 {SECRET}\n", "line 2 names key k1 a second time"),
    ],
)
def test_a_broken_ring_is_refused_and_left_alone(tmp_path, text, wrong):
    path = ring(tmp_path / "keys", text)
    with pytest.raises(KeyRingError, match=wrong) as error:
        load_or_make(path)
    assert str(path) in str(error.value)
    assert error.value.cure in str(error.value)
    assert SECRET not in str(error.value)
    assert path.read_text() == text


def test_what_is_no_file_is_refused(tmp_path):
    with pytest.raises(KeyRingError, match="cannot be used"):
        load_or_make(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(KeyRingError, match="let acuse read and write its folder"):
        load_or_make(tmp_path / "file" / "keys")
