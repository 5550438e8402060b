"""One IMAP session (RFC 3501): opened and logged in, then asked for folders and mails. Whatever it raises but
`SoftError` means that the session is over."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, IMAPClientReadOnlyError

from intake.doors.imap_login import Account, log_in, why
from intake.doors.imap_wire import Bounds, Client

KEYWORD = b"$acuse"
LEAST_BYTES_PER_SECOND = 20_000
"""A mail that comes slower than this is given up."""
MAX_UID = 2**32 - 1
"""RFC 3501 s2.3.1.1."""
_SPARE_BYTES = 64 << 10
_CHUNK = 200
"""UIDs in one command: some servers refuse lines over 8,000 bytes."""


class SoftError(Exception):
    """The server said no to one thing; the session goes on."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A folder that is open. `uid_next` is 0 where the server does not tell, `exists` the number of its mails;
    `keywords`: it keeps flags of ours."""

    uidvalidity: int
    uid_next: int
    exists: int
    read_only: bool
    keywords: bool


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail as it came: its UID, bytes, INTERNALDATE, and its size on the server where the bytes are only the first
    of it, else 0."""

    uid: int
    raw: bytes
    arrived_at: datetime | None
    cut_from_bytes: int


class Session:
    """A session that is logged in; for one thread, but for `cut`."""

    def __init__(self, account: Account, bounds: Bounds) -> None:
        context = account.context if account.tls == "implicit" else None
        self._client = Client(account.host, account.port, bounds, context=context)
        self._bounds = bounds
        self._folders: dict[str, str] = {}
        self._exists_told = 0
        try:
            if account.tls == "starttls":
                self._client.starttls(account.context)
            log_in(self._client, account)
            self.capabilities = frozenset(self._client.capabilities())
        except BaseException:
            self.cut()
            self._shut()
            raise

    @property
    def tls(self) -> str:
        """The protocol in use, "" without TLS."""
        sock = self._client.wire.sock
        return (sock.version() or "") if isinstance(sock, ssl.SSLSocket) else ""

    def cut(self) -> None:
        """End it from another thread."""
        self._client.cut()

    def close(self) -> None:
        """Log out, if there is somebody to hear it."""
        with suppress(OSError, IMAPClientError):
            self._client.logout()
        self._shut()

    def _shut(self) -> None:
        with suppress(OSError, IMAPClientError):
            self._client.shutdown()

    def named(self, folder: str) -> str | None:
        """A folder's name on the server, where personal folders may stand below a prefix such as "INBOX."; None where
        there is no such folder."""
        if folder.upper() == "INBOX":
            return "INBOX"
        if folder not in self._folders:
            for name in dict.fromkeys((folder, self._prefix() + folder)):
                if any(found[2] == name for found in self._client.list_folders("", name)):
                    self._folders[folder] = name
                    break
        return self._folders.get(folder)

    def make(self, folder: str) -> str:
        """A folder's name on the server; it is made where there is none."""
        if name := self.named(folder):
            return name
        name = self._prefix() + folder.removeprefix(self._prefix())
        self._client.create_folder(name)
        with suppress(IMAPClientError):
            self._client.subscribe_folder(name)
        self._folders[folder] = name
        return name

    def _prefix(self) -> str:
        if b"NAMESPACE" not in self.capabilities:
            return ""
        personal = self._client.namespace().personal
        return str(personal[0][0]) if personal else ""

    def open(self, folder: str, *, to_write: bool) -> Opened:
        """SELECT, or EXAMINE where nothing is to be changed or the server allows no change. SoftError where there is
        no such folder, or its UIDs are worth nothing."""
        name = self.named(folder)
        if name is None:
            raise SoftError(f"there is no folder {folder}")
        read_only = not to_write
        self._folders.pop(folder, None)
        with _Soft():
            try:
                found = self._client.select_folder(name, readonly=read_only)
            except IMAPClientReadOnlyError:
                # Opened like this the client lets further commands pass.
                read_only = True
                found = self._client.select_folder(name, readonly=True)
        self._folders[folder] = name
        self._exists_told = self._client.wire.exists_told
        uidvalidity, uid_next = found.get(b"UIDVALIDITY"), int(found.get(b"UIDNEXT", 0))
        if uidvalidity is None or uidvalidity >> 63:
            raise SoftError(f"the server gives no usable UIDVALIDITY for {folder}")
        kept = found.get(b"PERMANENTFLAGS", ())
        return Opened(
            uidvalidity=int(uidvalidity),
            uid_next=uid_next if uid_next <= MAX_UID else 0,
            exists=int(found.get(b"EXISTS", 0)),
            read_only=read_only,
            keywords=b"\\*" in b" ".join(kept) or KEYWORD in b" ".join(kept).lower(),
        )

    def uids(self, first: int = 1, last: int | None = None, since: datetime | None = None) -> list[int]:
        """The UIDs from `first` on; with `since` only of mails that may be as young as that. It may have others, too:
        what `UID SEARCH` makes of `*` and of zones is the server's affair. Numbers that are no UIDs are left out."""
        criteria: list[object] = ["UID", f"{min(first, MAX_UID)}:{last or '*'}"]
        if since is not None:
            # The server compares dates without zones (RFC 3501 s6.4.4).
            criteria += ["SINCE", (since - timedelta(days=1)).date()]
        return [uid for uid in self._client.search(criteria) if 0 < uid <= MAX_UID]

    def arrivals(self, uids: Sequence[int]) -> dict[int, datetime | None]:
        """The INTERNALDATE of mails, for those that are still there."""
        found: dict[int, datetime | None] = {}
        for start in range(0, len(uids), _CHUNK):
            chunk = uids[start : start + _CHUNK]
            parts = self._client.fetch(chunk, ["INTERNALDATE"])
            found |= {uid: _aware(part.get(b"INTERNALDATE")) for uid, part in parts.items()}
        return found

    def mail(self, uid: int, limit_bytes: int, *, piecewise: bool = False) -> Fetched | None:
        """One mail, without marking it as read; None where it is gone. Of one over `limit_bytes` only its first bytes.

        SoftError where the server gives nothing for it. `piecewise` asks for no more than the limit, whatever size the
        server names: for one that named a wrong one before.
        """
        about = self._client.fetch(uid, ["RFC822.SIZE", "INTERNALDATE"]).get(uid)
        if about is None:
            self._must_be_gone(uid)
            return None
        size = about.get(b"RFC822.SIZE")
        size = size if isinstance(size, int) else limit_bytes + 1
        piecewise = piecewise or size > limit_bytes
        # A server may name too small a size for a mail; twice the limit is taken before it is asked for pieces.
        self._client.wire.allow(min(size, limit_bytes) / LEAST_BYTES_PER_SECOND, 2 * limit_bytes + _SPARE_BYTES)
        # One byte more tells a mail of just the limit from a longer one.
        parts = self._client.fetch(uid, [f"BODY.PEEK[]<0.{limit_bytes + 1}>" if piecewise else "BODY.PEEK[]"]).get(uid)
        if parts is None:
            self._must_be_gone(uid)
            return None
        raw = next((value for key, value in parts.items() if key.startswith(b"BODY[]")), None)
        if not isinstance(raw, bytes) or not raw:
            raise SoftError("the server gives no text for it")
        cut_from = max(size, len(raw)) if len(raw) > limit_bytes else 0
        return Fetched(uid, raw[:limit_bytes], _aware(about.get(b"INTERNALDATE")), cut_from)

    def _must_be_gone(self, uid: int) -> None:
        # An answer about nothing is no proof: a server that garbles its answers would lose us mail.
        if uid in self.uids(uid, uid):
            raise SoftError("the server gives nothing for it")

    def can_move(self) -> bool:
        """Whether a mail can be moved without touching others: MOVE (RFC 6851) or UIDPLUS (RFC 4315)."""
        return bool(self.capabilities & {b"MOVE", b"UIDPLUS"})

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move mails of the open folder; those that are gone are left out. SoftError where the server refuses."""
        for chunk in _chunks(uids):
            with _Soft():
                name = self.make(folder)
                # Somebody may have taken it away when this fails; then it is looked for again.
                self._folders.pop(folder, None)
                if b"MOVE" in self.capabilities:
                    self._client.move(chunk, name)
                    self._folders[folder] = name
                    continue
                # A crash between these comes back here: what is marked already was copied before.
                flags = self._client.get_flags(chunk)
                if uncopied := [uid for uid in chunk if uid in flags and b"\\Deleted" not in flags[uid]]:
                    self._client.copy(uncopied, name)
                    self._client.add_flags(uncopied, [b"\\Deleted"], silent=True)
                self._client.uid_expunge(chunk)
                self._folders[folder] = name

    def flag(self, uids: Sequence[int], *, keywords: bool) -> None:
        """Mark mails of the open folder as read and, where the server keeps it, with our keyword."""
        flags = [b"\\Seen", KEYWORD] if keywords else [b"\\Seen"]
        for chunk in _chunks(uids):
            with _Soft():
                self._client.add_flags(chunk, flags, silent=True)

    def idle(self, seconds: float, slice_seconds: float, stop: threading.Event) -> None:
        """Wait in the open folder until the server tells of new mail, `seconds` have passed, or `stop` is set. Not at
        all where it has told since the folder was opened, in the reply to something else: it does not tell twice."""
        wire = self._client.wire
        if wire.exists_told > self._exists_told:
            return
        if b"IDLE" not in self.capabilities:
            stop.wait(seconds)
            return
        tag = wire.begin_idle()
        waited = 0.0
        while waited < seconds and not stop.is_set() and wire.exists_told == self._exists_told:
            if wire.heard(min(slice_seconds, seconds - waited)):
                break
            waited += slice_seconds
        wire.end_idle(tag)


class _Soft:
    """Makes a SoftError of a refusal, and leaves alone what ends the session."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, IMAPClientError) and not isinstance(error, IMAPClientAbortError):
            raise SoftError(why(error)) from error


def _chunks(uids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (uids[start : start + _CHUNK] for start in range(0, len(uids), _CHUNK))


def _aware(value: object) -> datetime | None:
    return value if isinstance(value, datetime) and value.tzinfo else None
