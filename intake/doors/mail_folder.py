"""Folders with a mail in each file: a Maildir, or one of *.eml files. They are read, and nothing in them is changed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path


class NoMailFolderError(Exception):
    """The folder is no Maildir, and has no *.eml files."""


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file and its `name`, which stays the same while the file's flags change and it moves from new to cur."""

    name: str
    path: Path


def mail_files(folder: Path) -> list[MailFile]:
    """The mails of a folder, by name. Its subfolders are folders of their own. NoMailFolderError; OSError where it
    cannot be read."""
    maildir = [folder / part for part in ("cur", "new") if (folder / part).is_dir()]
    if maildir:
        found = {one.name: one for part in maildir for one in _files(part) if not one.path.name.startswith(".")}
    else:
        found = {one.name: one for one in _files(folder) if one.path.suffix.lower() == ".eml"}
        if not found:
            raise NoMailFolderError
    return [found[name] for name in sorted(found)]


def where_now(folder: Path, file: MailFile) -> Path | None:
    """Where a file of a Maildir is by now: mail programs rename it when they set a flag. None where it is gone."""
    if file.path.parent == folder:
        return None
    return next((one.path for part in ("cur", "new") for one in _files(folder / part) if one.name == file.name), None)


def _files(folder: Path) -> Iterator[MailFile]:
    with os.scandir(folder) as entries:
        for entry in entries:
            path = Path(entry.path)
            # A link that leads nowhere is a mail that cannot be read, and is named so; a pipe would keep us waiting.
            if entry.is_file(follow_symlinks=False) or (entry.is_symlink() and (path.is_file() or not path.exists())):
                yield MailFile(_name(entry.name), path)


def _name(name: str) -> str:
    """A file's name without its flags; bytes that are no text are told apart by their hash."""
    base = name.partition(":2,")[0]
    try:
        base.encode()
    except UnicodeEncodeError:
        return sha256(os.fsencode(base)).hexdigest()
    return base
