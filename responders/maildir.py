"""A relay that needs no network: each mail becomes a file of a Maildir, to be read with any mail program."""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from responders.relay import Outcome, OutgoingMail, RecipientResult, result, transient


class MaildirRelay:
    """Delivers into `path`, which is made if need be (OSError where it cannot be).

    As at any final delivery the envelope goes on top: Return-Path (RFC 5321 s4.4), and one X-Envelope-To a recipient
    (Delivered-To would make Postfix see a loop when such a mail is sent on). Below follow the mail's own bytes,
    unchanged. The file is named after the Message-ID, so a second try of the same mail replaces the first; it is on
    disk, name and all, before it counts as sent.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        for folder in (path, path / "tmp", path / "new", path / "cur"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def send(self, mail: OutgoingMail) -> tuple[RecipientResult, ...]:
        """See `Relay.send`: sent for all recipients, or transient for all where the disk will not."""
        name = sha256(mail.message_id.encode("utf-8", "surrogateescape")).hexdigest()[:40]
        try:
            self._write(name, _envelope(mail) + mail.raw)
        except OSError as error:
            return transient(mail, f"Maildir: {error.strerror or type(error).__name__}")
        return tuple(result(address, Outcome.SENT, 250, f"2.0.0 {name}") for address in mail.rcpt_tos)

    def close(self) -> None:
        """Nothing is held open."""

    def _write(self, name: str, content: bytes) -> None:
        draft = self._path / "tmp" / name
        try:
            with open(draft, "wb", opener=_private) as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path / "new" / name)
        except OSError:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            raise
        folder = os.open(self._path / "new", os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def _envelope(mail: OutgoingMail) -> bytes:
    fields = [f"Return-Path: <{mail.mail_from}>", *(f"X-Envelope-To: {address}" for address in mail.rcpt_tos)]
    return "".join(f"{' '.join(field.split())}\r\n" for field in fields).encode("utf-8", "replace")
