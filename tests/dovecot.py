"""A real Dovecot 2.3 on free ports, from a folder of its own: IMAP, IMAP over TLS, and LMTP."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import pytest
from imapclient import IMAPClient

from tests import certificates
from tests.conftest import REQUIRED
from tests.daemon import free_port

USER = "desk"
PASSWORD = "sesame"
_CONFIG = """\
protocols = imap lmtp
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
instance_name = {name}
log_path = {folder}/dovecot.log
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
first_valid_gid = 1
mail_home = {folder}/mail/%u
mail_location = {storage}:~/mail
ssl = {ssl}
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_max_userip_connections = 100
passdb {{
  driver = passwd-file
  args = scheme=plain username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
}}
service stats {{
  chroot =
}}
{extra}
"""


def dovecot_or_skip() -> str:
    """The program; skips with a reason where there is none, fails where one is required."""
    program = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        if "dovecot" in REQUIRED:
            pytest.fail("ACUSE_REQUIRE demands Dovecot, and it is not installed")
        pytest.skip("Dovecot is not installed (Debian: dovecot-imapd dovecot-lmtpd)")
    return program


class Dovecot:
    """A server with `users`, whose password is `password` for all. `extra` is more of its configuration."""

    def __init__(
        self,
        users: Sequence[str] = (USER,),
        *,
        storage: str = "maildir",
        prefix: str = "",
        separator: str = "/",
        extra: str = "",
    ) -> None:
        program = dovecot_or_skip()
        # Not below pytest's folders: other users, of whom the mail is when we are root, do not get through these.
        self.folder = folder = Path(tempfile.mkdtemp(prefix="acuse-dovecot-"))
        self.users = tuple(users)
        self.user, self.password = self.users[0], PASSWORD
        self.port, self.tls_port, self.lmtp_port = free_port(), free_port(), free_port()
        # As root Dovecot wants another user for the mail; else all of it is ours.
        name = "nobody" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        group = grp.getgrgid(pwd.getpwnam(name).pw_gid).gr_name
        for part in ("run", "state", "mail"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        self.certificate, key = certificates.make(folder)
        if os.getuid() == 0:
            shutil.chown(folder / "mail", name, group)
            folder.chmod(0o711)
        (folder / "users").write_text("".join(f"{one}:{{PLAIN}}{PASSWORD}\n" for one in self.users))
        (folder / "users").chmod(0o644)
        self._file = folder / "dovecot.conf"
        self._file.write_text(
            _CONFIG.format(
                folder=folder,
                name=f"acuse-{self.port}",
                user=name,
                group=group,
                storage=storage,
                ssl="yes",
                certificate=self.certificate,
                key=key,
                port=self.port,
                tls_port=self.tls_port,
                lmtp_port=self.lmtp_port,
                prefix=prefix,
                separator=separator,
                extra=extra,
            )
        )
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start, and wait until it answers."""
        output = (self.folder / "output").open("ab")
        self._process = subprocess.Popen(
            [self._program, "-F", "-c", str(self._file)], stdout=output, stderr=output, start_new_session=True
        )
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 2) as probe:
                probe.settimeout(10)
                if probe.recv(100).startswith(b"* OK"):
                    return
            time.sleep(0.05)
        raise AssertionError(f"Dovecot does not answer: {self.log()}")

    def stop(self) -> None:
        """End it, sessions and all; `start` begins again with the same mail."""
        if self._process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(10)
        # Sessions outlive their master.
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)

    def close(self) -> None:
        """End it for good."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self) -> str:
        """What it said."""
        files = [self.folder / "output", self.folder / "dovecot.log"]
        return "\n".join(file.read_text(errors="replace")[-3000:] for file in files if file.exists())

    @contextmanager
    def client(self, user: str = "") -> Iterator[IMAPClient]:
        """A session of a person's mail program."""
        with IMAPClient("127.0.0.1", self.port, ssl=False, timeout=30) as client:
            client.login(user or self.user, PASSWORD)
            yield client

    def add(
        self,
        raw: bytes,
        user: str = "",
        *,
        folder: str = "INBOX",
        flags: Sequence[bytes] = (),
        at: datetime | None = None,
    ) -> None:
        """Put a mail into a folder, which is made where there is none."""
        self.add_all([raw], user, folder=folder, flags=flags, at=at)

    def add_all(
        self,
        raws: Sequence[bytes],
        user: str = "",
        *,
        folder: str = "INBOX",
        flags: Sequence[bytes] = (),
        at: datetime | None = None,
    ) -> None:
        """Put many mails into a folder in one session."""
        with self.client(user) as client:
            if folder != "INBOX" and not client.folder_exists(folder):
                client.create_folder(folder)
            for raw in raws:
                client.append(folder, raw, flags, at)

    def deliver(self, raw: bytes, sender: str = "ana.ruiz@cliente.example", user: str = "") -> None:
        """Hand a mail over by LMTP, as a mail server does."""
        with smtplib.LMTP("127.0.0.1", self.lmtp_port) as client:
            client.sendmail(sender, [user or self.user], raw)

    def mails(self, folder: str = "INBOX", user: str = "") -> dict[int, bytes]:
        """The mails in a folder by their UIDs; nothing where there is no such folder."""
        with self.client(user) as client:
            if folder != "INBOX" and not client.folder_exists(folder):
                return {}
            client.select_folder(folder, readonly=True)
            uids = client.search()
            return {uid: part[b"BODY[]"] for uid, part in client.fetch(uids, ["BODY.PEEK[]"]).items()}

    def state(self, user: str = "") -> dict[str, tuple[int, dict[int, tuple[bytes, ...]]]]:
        """All that a session can change: of each folder its UIDVALIDITY, and the flags of each mail."""
        found = {}
        with self.client(user) as client:
            for _, _, name in client.list_folders():
                about = client.select_folder(name, readonly=True)
                flags = client.get_flags(client.search())
                kept = {uid: tuple(sorted(set(one) - {b"\\Recent"})) for uid, one in flags.items()}
                found[name] = (about[b"UIDVALIDITY"], kept)
        return found
