"""A service manager for tests: the socket that a daemon tells how it is."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

PATIENT = 60.0


class Manager:
    """What a daemon has told, datagram by datagram, in its order."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.told: list[str] = []
        self._end = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._end.bind("\0" + address[1:] if address.startswith("@") else address)

    def hear(self, seconds: float = PATIENT) -> str:
        """The next datagram; TimeoutError where none comes."""
        self._end.settimeout(seconds)
        self.told.append(self._end.recv(65536).decode())
        return self.told[-1]

    def wait_for(self, line: str) -> str:
        """Listen until a datagram has this line, or begins it; the datagram."""
        while True:
            told = self.hear()
            if any(one.startswith(line) for one in told.splitlines()):
                return told

    def hush(self) -> None:
        """Forget what was told so far."""
        self._end.setblocking(False)
        try:
            while True:
                self._end.recv(65536)
        except BlockingIOError:
            return

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end.close()


@contextmanager
def managed(address: str, monkeypatch: object, **environment: str) -> Iterator[Manager]:
    """A manager whose environment the next daemon gets."""
    with Manager(address) as manager:
        for name, value in ({"NOTIFY_SOCKET": address} | environment).items():
            monkeypatch.setenv(name, value)  # type: ignore[attr-defined]
        yield manager
