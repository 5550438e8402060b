"""An IMAP server that does as it is told: well, unless a test gives it something bad to do."""

from __future__ import annotations

import base64
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

CAPABILITIES = "IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 IDLE MOVE UIDPLUS NAMESPACE"


class GoneError(Exception):
    """The connection is to end without another word."""


@dataclass
class Mail:
    raw: bytes
    at: datetime
    flags: set[str] = field(default_factory=set)


@dataclass
class Folder:
    uidvalidity: int = 1
    mails: dict[int, Mail] = field(default_factory=dict)
    next_uid: int = 1

    def add(self, raw: bytes, *, uid: int = 0, at: datetime | None = None) -> int:
        uid = uid or self.next_uid
        self.mails[uid] = Mail(raw, at or datetime.now(UTC))
        self.next_uid = max(self.next_uid, uid + 1)
        return uid


@dataclass
class Fault:
    """What is done instead of an answer, `times` times, when a command matches. `act` gets connection, tag and line; it
    answers as it likes and gives True, or gives False and the command is answered as ever."""

    pattern: re.Pattern[str]
    act: Callable[[Connection, str, str], bool]
    times: int

    def takes(self, line: str) -> bool:
        return self.times > 0 and bool(self.pattern.search(line))


class ImapScript:
    """The server. `folders` may be changed at any time, `faults` given by `on`; `said` is every command without its
    tag, `accounts` password or valid token by login."""

    def __init__(self, *, capabilities: str = CAPABILITIES, context: ssl.SSLContext | None = None) -> None:
        self.capabilities = capabilities
        self.context = context
        self.folders: dict[str, Folder] = {"INBOX": Folder()}
        self.accounts: dict[str, str] = {"desk": "sesame"}
        self.prefix = ""
        self.read_only: set[str] = set()
        self.keywords = True
        self.dribble = 0
        self.said: list[str] = []
        self.logins = 0
        self.faults: list[Fault] = []
        self.lock = threading.RLock()
        self.open: list[Connection] = []
        self._closing = False
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def inbox(self) -> Folder:
        return self.folders["INBOX"]

    def on(self, pattern: str, act: Callable[[Connection, str, str], bool], times: int = 1_000_000) -> Fault:
        fault = Fault(re.compile(pattern, re.IGNORECASE), act, times)
        self.faults.append(fault)
        return fault

    def count(self, pattern: str) -> int:
        return sum(bool(re.search(pattern, line, re.IGNORECASE)) for line in self.said)

    def news(self) -> None:
        """Tell those in IDLE."""
        for connection in list(self.open):
            if connection.idle_tag and connection.folder:
                with suppress(OSError):
                    connection.send(f"* {len(connection.folder.mails)} EXISTS\r\n")

    def cut(self) -> None:
        """End every connection."""
        for connection in list(self.open):
            connection.cut()

    def close(self) -> None:
        self._closing = True
        self._socket.close()
        self.cut()

    def _accept(self) -> None:
        while not self._closing:
            try:
                connected, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=Connection(self, connected).serve, daemon=True).start()


class Connection:
    """One session."""

    def __init__(self, server: ImapScript, connected: socket.socket) -> None:
        self.server, self.socket = server, connected
        self.folder: Folder | None = None
        self.idle_tag = ""
        self._file = None

    def serve(self) -> None:
        self.server.open.append(self)
        try:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.server.context:
                self.socket = self.server.context.wrap_socket(self.socket, server_side=True)
            self._file = self.socket.makefile("rb")
            self.send(f"* OK [CAPABILITY {self.server.capabilities}] ready\r\n")
            while line := self._file.readline():
                self._answer(line.decode().rstrip("\r\n"))
        except (OSError, GoneError, ValueError):
            pass
        finally:
            self.server.open.remove(self)
            self.cut()

    def cut(self) -> None:
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        with suppress(OSError):
            self.socket.close()

    def send(self, data: str | bytes) -> None:
        raw = data.encode() if isinstance(data, str) else data
        step = self.server.dribble
        if not step:
            self.socket.sendall(raw)
            return
        for start in range(0, len(raw), step):
            self.socket.sendall(raw[start : start + step])
            time.sleep(0.001)

    def _answer(self, line: str) -> None:
        server = self.server
        if self.idle_tag and line.upper() == "DONE":
            tag, self.idle_tag = self.idle_tag, ""
            line = f"{tag} DONE"
        tag, _, command = line.partition(" ")
        server.said.append(command)
        for fault in server.faults:
            if fault.takes(command):
                fault.times -= 1
                if fault.act(self, tag, command):
                    return
        words = command.upper().split(" ")
        name = "_uid_" + words[1].lower() if words[0] == "UID" else "_" + words[0].lower()
        with server.lock:
            getattr(self, name, self._unknown)(tag, command)

    def _unknown(self, tag: str, command: str) -> None:
        self.send(f"{tag} BAD what is {command[:20]}\r\n")

    def _capability(self, tag: str, _command: str) -> None:
        self.send(f"* CAPABILITY {self.server.capabilities}\r\n{tag} OK done\r\n")

    def _noop(self, tag: str, _command: str) -> None:
        self.send(f"{tag} OK done\r\n")

    _done = _subscribe = _noop

    def _logout(self, tag: str, _command: str) -> None:
        self.send(f"* BYE bye\r\n{tag} OK done\r\n")
        raise GoneError

    def _let_in(self, tag: str, name: str, secret: str) -> None:
        self.server.logins += 1
        if self.server.accounts.get(name) == secret:
            self.send(f"{tag} OK [CAPABILITY {self.server.capabilities}] in\r\n")
        else:
            self.send(f"{tag} NO [AUTHENTICATIONFAILED] Authentication failed.\r\n")

    def _login(self, tag: str, command: str) -> None:
        name, secret = [word.strip('"') for word in command.split(" ", 2)[1:]]
        self._let_in(tag, name, secret)

    def _authenticate(self, tag: str, command: str) -> None:
        self.send("+ \r\n")
        given = base64.b64decode(self._file.readline()).decode()
        if command.upper().endswith("PLAIN"):
            self._let_in(tag, *given.split("\0")[1:])
            return
        user, token = re.fullmatch("user=(.*)\1auth=Bearer (.*)\1\1", given).groups()
        if self.server.accounts.get(user) != token:
            # The reason comes as a challenge, and wants an empty answer.
            self.send("+ " + base64.b64encode(b'{"status":"400"}').decode() + "\r\n")
            answer = self._file.readline().strip()
            if answer:
                self.send(f"{tag} BAD that was no empty answer\r\n")
                return
        self._let_in(tag, user, token)

    def _namespace(self, tag: str, _command: str) -> None:
        self.send(f'* NAMESPACE (("{self.server.prefix}" "."))  NIL NIL\r\n{tag} OK done\r\n'.replace("  ", " "))

    def _list(self, tag: str, command: str) -> None:
        pattern = command.split(" ", 2)[2].strip('"')
        for name in self.server.folders:
            if pattern in ("*", name):
                self.send(f'* LIST () "." "{name}"\r\n')
        self.send(f"{tag} OK done\r\n")

    def _create(self, tag: str, command: str) -> None:
        self.server.folders.setdefault(command.partition(" ")[2].strip('"'), Folder())
        self.send(f"{tag} OK done\r\n")

    def _select(self, tag: str, command: str) -> None:
        verb, _, rest = command.partition(" ")
        name = rest.strip('"')
        self.folder = self.server.folders.get(name)
        if self.folder is None:
            self.send(f"{tag} NO no such folder\r\n")
            return
        writable = verb.upper() == "SELECT" and name not in self.server.read_only
        flags = "\\Seen \\Deleted" + (" \\*" if self.server.keywords else "")
        self.send(
            f"* {len(self.folder.mails)} EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen \\Deleted)\r\n"
            f"* OK [PERMANENTFLAGS ({flags})] limited\r\n* OK [UIDVALIDITY {self.folder.uidvalidity}] valid\r\n"
            f"* OK [UIDNEXT {self.folder.next_uid}] next\r\n"
            f"{tag} OK [READ-{'WRITE' if writable else 'ONLY'}] open\r\n"
        )

    _examine = _select

    def _idle(self, tag: str, _command: str) -> None:
        self.idle_tag = tag
        self.send("+ idling\r\n")

    def uids(self, text: str) -> list[int]:
        """The UIDs of a sequence set, `*` as servers take it."""
        assert self.folder is not None
        there = sorted(self.folder.mails)
        highest = there[-1] if there else 0
        found: set[int] = set()
        for part in text.split(","):
            first, _, last = part.partition(":")
            ends = [highest if end == "*" else int(end) for end in (first, last or first)]
            found.update(uid for uid in there if min(ends) <= uid <= max(ends))
        return sorted(found)

    def _uid_search(self, tag: str, command: str) -> None:
        words = command.split()
        found = self.uids(words[words.index("UID", 1) + 1])
        if "SINCE" in words:
            day = datetime.strptime(words[words.index("SINCE") + 1], "%d-%b-%Y").date()  # noqa: DTZ007
            found = [uid for uid in found if self.folder.mails[uid].at.date() >= day]
        self.send("* SEARCH" + "".join(f" {uid}" for uid in found) + f"\r\n{tag} OK done\r\n")

    def _uid_fetch(self, tag: str, command: str) -> None:
        for uid in self.uids(command.split()[2]):
            self.fetched(uid, command)
        self.send(f"{tag} OK done\r\n")

    def fetched(self, uid: int, command: str) -> None:
        """Send what is asked for of a mail."""
        mail = self.folder.mails[uid]
        seq = sorted(self.folder.mails).index(uid) + 1
        parts = [f"UID {uid}".encode()]
        wanted = command.upper()
        if "RFC822.SIZE" in wanted:
            parts.append(f"RFC822.SIZE {len(mail.raw)}".encode())
        if "INTERNALDATE" in wanted:
            parts.append(f'INTERNALDATE "{mail.at:%d-%b-%Y %H:%M:%S +0000}"'.encode())
        if "FLAGS" in wanted:
            parts.append(f"FLAGS ({' '.join(sorted(mail.flags))})".encode())
        if piece := re.search(r"BODY\.PEEK\[\](?:<0\.(\d+)>)?", wanted):
            raw = mail.raw[: int(piece[1])] if piece[1] else mail.raw
            parts.append(f"BODY[]{'<0>' if piece[1] else ''} {{{len(raw)}}}\r\n".encode() + raw)
        self.send(f"* {seq} FETCH (".encode() + b" ".join(parts) + b")\r\n")

    def _uid_move(self, tag: str, command: str) -> None:
        self._uid_copy("", command)
        for uid in self.uids(command.split()[2]):
            del self.folder.mails[uid]
        self.send(f"{tag} OK done\r\n")

    def _uid_copy(self, tag: str, command: str) -> None:
        to = self.server.folders[command.split()[3].strip('"')]
        for uid in self.uids(command.split()[2]):
            mail = self.folder.mails[uid]
            to.mails[to.add(mail.raw)].flags |= mail.flags
        if tag:
            self.send(f"{tag} OK done\r\n")

    def _uid_store(self, tag: str, command: str) -> None:
        for uid in self.uids(command.split()[2]):
            self.folder.mails[uid].flags.update(re.search(r"\((.*)\)", command)[1].split())
        self.send(f"{tag} OK done\r\n")

    def _uid_expunge(self, tag: str, command: str) -> None:
        for uid in self.uids(command.split()[2]):
            if "\\Deleted" in self.folder.mails[uid].flags:
                del self.folder.mails[uid]
        self.send(f"{tag} OK done\r\n")


def vanish(_connection: Connection, _tag: str, _line: str) -> bool:
    """End the connection in place of an answer."""
    raise GoneError


def freeze(_connection: Connection, _tag: str, _line: str) -> bool:
    """Never answer, and leave the connection open."""
    return True


def saying(*lines: str) -> Callable[[Connection, str, str], bool]:
    """Answer with lines, in which {tag} stands for the tag."""

    def act(connection: Connection, tag: str, _line: str) -> bool:
        connection.send("".join(line.replace("{tag}", tag) + "\r\n" for line in lines))
        return True

    return act
