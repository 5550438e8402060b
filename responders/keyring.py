"""The key ring: one small file with the keys that sign our Message-IDs and addresses (`rules.tokens`).

One key a line, `id secret` with the secret in hex; the first signs, all verify. To rotate, an operator adds a line at
the top; the old lines stay for as long as old threads should be recognised.
"""

from __future__ import annotations

import os
import secrets
import stat
import tempfile
from pathlib import Path

from rules.tokens import Key

_HEADER = """\
# Key ring of acuse, one "id secret" a line. The first key signs our Message-IDs, all of them recognise replies.
# Without this file replies to earlier mails are no longer recognised by their ids: include it in backups.
"""
_FILE_BYTES = 64 * 1024


class KeyRingError(Exception):
    """A key ring that must not be used: `file`, what is wrong with it, and the cure in words."""

    def __init__(self, file: Path, wrong: str, cure: str) -> None:
        super().__init__(f"{file}: {wrong}; {cure}")
        self.file = file
        self.wrong = wrong
        self.cure = cure


def load_or_make(path: Path) -> tuple[Key, ...]:
    """The keys of the ring at `path`, the signing key first; makes a ring of one key with mode 0600 where there is
    none.

    Processes that start at the same time get the same ring. Raises KeyRingError for a ring that others can read, that
    is broken, or that can be neither read nor made.
    """
    try:
        if not path.exists():
            _make(path)
        text = _read_private(path)
    except OSError as error:
        raise KeyRingError(path, f"cannot be used ({error.strerror})", "let acuse read and write its folder") from error
    return _parse(path, text)


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{_HEADER}k1 {secrets.token_hex(32)}\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link appears whole or not at all and never replaces: whoever comes second takes the first one's ring.
            os.link(name, path)
        except FileExistsError:
            return
    finally:
        Path(name).unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read_private(path: Path) -> str:
    with path.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        if not stat.S_ISREG(mode):
            raise KeyRingError(path, "is not a regular file", "name a file in a folder of acuse's own")
        if mode & 0o077:
            raise KeyRingError(path, f"can be read by others (mode {mode & 0o777:04o})", f"run: chmod 600 {path}")
        return file.read(_FILE_BYTES).decode("ascii", "replace")


def _parse(path: Path, text: str) -> tuple[Key, ...]:
    cure = "restore it from a backup, or delete it: a new one is made, and replies to earlier mails lose their proof"
    keys: dict[str, Key] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if len(words) != 2:
            raise KeyRingError(path, f"line {number} is not `id secret`", cure)
        try:
            key = Key(words[0], bytes.fromhex(words[1]))
        except ValueError as error:
            raise KeyRingError(path, f"line {number} holds no key ({_without(words[1], error)})", cure) from None
        if key.id in keys:
            raise KeyRingError(path, f"line {number} names key {key.id} a second time", "give each key its own id")
        keys[key.id] = key
    if not keys:
        raise KeyRingError(path, "holds no key", cure)
    return tuple(keys.values())


def _without(secret: str, error: ValueError) -> str:
    """The error's text, which must not carry the secret into a log."""
    return str(error).replace(secret, "...")
