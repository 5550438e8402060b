"""What `acuse import` reads: an mbox file, a Maildir, or a folder of *.eml files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from acuse.ingest import without_from_line
from intake.doors.mail_folder import MailFile, NoMailFolderError, mail_files, where_now
from intake.doors.mbox import NotMboxError, Piece, fingerprint, read_mbox
from storage.imports import Imported

NULL_SENDERS = frozenset({"MAILER-DAEMON", "<>"})
"""What From_ lines say for the null reverse-path."""


class NoMailError(Exception):
    """The source holds no mail in any form that is known; the text says what is wrong with it."""


class UnusableError(Exception):
    """One mail of a source cannot be imported; the text says why."""


@dataclass(frozen=True, slots=True)
class RawMail:
    """A mail as its source has it: the bytes, when it came in as far as the place tells, and whether the place says
    that its reverse-path is null."""

    raw: bytes
    at: datetime | None
    null_sender: bool = False


@dataclass(frozen=True)
class MboxMail:
    """A mail of an mbox file: `key` is the offset of its From_ line, and what comes behind it begins at `end`."""

    file: Path
    piece: Piece
    most_bytes: int

    @property
    def key(self) -> str:
        """Its place in the source."""
        return str(self.piece.offset)

    @property
    def where(self) -> str:
        """Its place for people."""
        return f"{self.file}, offset {self.piece.offset}"

    @property
    def size_bytes(self) -> int:
        """What it takes of the memory until it is stored."""
        return len(self.piece.raw or b"")

    @property
    def done(self) -> int:
        """How far the source is read with this mail, in bytes."""
        return self.piece.end

    def is_the_same(self, before: Imported) -> bool:
        """Whether it was imported from this place before."""
        raw = self.piece.raw
        return raw is not None and before.size_bytes == len(raw) and before.sha256 == sha256(raw).hexdigest()

    def load(self) -> RawMail:
        """The mail. UnusableError."""
        if self.piece.raw is None:
            raise UnusableError(_too_big(self.piece.size_bytes, self.most_bytes))
        # Where an mbox was once taken for a mail, there are two such lines.
        raw, _ = without_from_line(self.piece.raw)
        return RawMail(raw, self.piece.at, self.piece.sender in NULL_SENDERS)


class MboxSource:
    """An mbox file. Its position is the offset up to which every mail has been imported."""

    unit = "bytes"

    def __init__(self, path: Path, most_bytes: int) -> None:
        self.path = path
        self._most_bytes = most_bytes
        self.total = path.stat().st_size
        self.start = self.passed = 0
        """Where reading begins, and how many mails lie before that."""

    def go_to(self, position: str) -> None:
        """Begin where an earlier import had come, if the file is still the same up to there and a mail begins there:
        else the last mail had not been written to its end."""
        if not position:
            return
        told = json.loads(position)
        with self.path.open("rb") as file, suppress(NotMboxError):
            if told["offset"] <= self.total and fingerprint(file, told["offset"]) == told["fingerprint"]:
                next(read_mbox(file, self._most_bytes, told["offset"]), None)
                self.start, self.passed = told["offset"], told["mails"]

    def position(self, last: MboxMail, mails: int) -> str:
        """What to remember once all mails up to `last`, `mails` in number, are imported."""
        with self.path.open("rb") as file:
            mark = fingerprint(file, last.piece.end)
        return json.dumps({"offset": last.piece.end, "fingerprint": mark, "mails": mails})

    def mails(self) -> Iterator[MboxMail]:
        """The mails from there on."""
        with self.path.open("rb") as file:
            yield from (MboxMail(self.path, piece, self._most_bytes) for piece in self._pieces(file))

    def _pieces(self, file: BinaryIO) -> Iterator[Piece]:
        try:
            yield from read_mbox(file, self._most_bytes, self.start)
        except NotMboxError:
            why = f'{self.path} is no mbox: it does not begin with a line "From ..."; take one mail by acuse ingest'
            raise NoMailError(why) from None


@dataclass(frozen=True)
class FolderMail:
    """A mail of a folder: `key` is its name. `done` counts the mails up to this one."""

    folder: Path
    file: MailFile
    done: int
    most_bytes: int

    @property
    def key(self) -> str:
        """Its place in the source."""
        return self.file.name

    @property
    def where(self) -> str:
        """Its place for people."""
        return str(self.file.path)

    @property
    def size_bytes(self) -> int:
        """What it takes of the memory until it is stored."""
        try:
            return self.file.path.stat().st_size
        except OSError:
            return 0

    def is_the_same(self, before: Imported) -> bool:
        """Whether it was imported from this place before."""
        if self.file.path.parent != self.folder:
            # In a Maildir a name is given once, and its file is never written again.
            return before.size_bytes == self.size_bytes
        try:
            return before.sha256 == sha256(self.load().raw).hexdigest()
        except UnusableError:
            return False

    def load(self) -> RawMail:
        """The mail. UnusableError."""
        try:
            try:
                return self._read(self.file.path)
            except FileNotFoundError:
                moved = where_now(self.folder, self.file)
                if moved is None:
                    raise
                return self._read(moved)
        except OSError as error:
            raise UnusableError(f"cannot be read: {error.strerror or error}") from None

    def _read(self, path: Path) -> RawMail:
        with path.open("rb") as file:
            at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            raw = file.read(self.most_bytes + 1)
        if len(raw) > self.most_bytes:
            raise UnusableError(_too_big(path.stat().st_size, self.most_bytes))
        raw, sender = without_from_line(raw)
        return RawMail(raw, at, sender in NULL_SENDERS)


class FolderSource:
    """A Maildir or a folder of *.eml files. What was imported is known by name, so it needs no position."""

    unit = "mails"
    start = passed = 0

    def __init__(self, path: Path, most_bytes: int) -> None:
        self.path = path
        self._most_bytes = most_bytes
        try:
            self._files = mail_files(path)
        except NoMailFolderError:
            raise NoMailError(f"{path} holds no mail: neither cur/ or new/ of a Maildir, nor *.eml files") from None
        self.total = len(self._files)

    def mails(self) -> Iterator[FolderMail]:
        """The mails by name."""
        for number, file in enumerate(self._files, 1):
            yield FolderMail(self.path, file, number, self._most_bytes)


Source = MboxSource | FolderSource
SourceMail = MboxMail | FolderMail


def open_source(path: Path, most_bytes: int) -> Source:
    """What a path holds. NoMailError; OSError where it cannot be read."""
    if path.is_dir():
        return FolderSource(path, most_bytes)
    if not path.exists():
        raise NoMailError(f"{path} is not there")
    if not path.is_file():
        raise NoMailError(f"{path} is neither a file nor a folder")
    return MboxSource(path, most_bytes)


def _too_big(size_bytes: int, most_bytes: int) -> str:
    return f"has {size_bytes} bytes, more than the {most_bytes} of smtp.max_message_bytes"
