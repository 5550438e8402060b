"""Unix sockets as files: put there with their permissions, replaced after a dead daemon, taken away at the end."""

from __future__ import annotations

import errno
import os
import socket
import stat
from contextlib import suppress
from pathlib import Path


def bind_unix(path: Path, mode: int) -> socket.socket:
    """A bound socket with a file of the permissions `mode`; whoever calls listens on it.

    A file at which nobody listens any more is replaced. OSError where somebody does (EADDRINUSE), where the file is no
    socket (ENOTSOCK), and where it cannot be made.
    """
    _clear(path)
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        bound.bind(str(path))
        # Before it listens: nobody can connect meanwhile, whatever the umask has made of the file.
        path.chmod(mode)
    except BaseException:
        bound.close()
        raise
    return bound


def remove_unix(path: Path, inode: int) -> None:
    """Take a socket's file away, unless it is another's by now."""
    with suppress(OSError):
        if path.stat().st_ino == inode:
            path.unlink()


def _clear(path: Path) -> None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(found.st_mode):
        raise OSError(errno.ENOTSOCK, os.strerror(errno.ENOTSOCK), str(path))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        # A listener whose queue is full makes a blocking peer wait.
        probe.setblocking(False)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
            return
        except FileNotFoundError:
            return
        except BlockingIOError:
            pass
    raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE), str(path))
