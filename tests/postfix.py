"""A real Postfix for tests: an instance of its own in a scratch folder, on a free port of this machine."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import smtplib
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REQUIRED
from tests.daemon import free_port

START_SECONDS = 60

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
myhostname = mx.desk.example
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
local_recipient_maps =
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
smtp_host_lookup = native
default_destination_concurrency_limit = 10
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
transport_retry_time = 1s
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{uid}
"""

MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
virtual   unix  - n n - - virtual
lmtp      unix  - - n - - lmtp
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""


def postfix_or_skip() -> None:
    """Skips with a reason where no Postfix can be started; fails where mail servers are required."""
    missing = ""
    if os.geteuid() != 0:
        missing = "Postfix is started by root only"
    elif shutil.which("postfix", path=f"{os.environ.get('PATH', '')}:/usr/sbin") is None:
        missing = "Postfix is not installed"
    if missing and "dovecot" in REQUIRED:
        pytest.fail(f"ACUSE_REQUIRE demands the mail servers: {missing}")
    if missing:
        pytest.skip(missing)


class Postfix:
    """Takes mail at `port` from this machine for everybody. What belongs to `keeps`, some domains, lands in boxes;
    where other mail goes, `main`, `master` (lines) and `maps` (file name to lines) say. In all of them `{folder}` is
    the folder of the instance, where files of its own may lie that every user can read."""

    def __init__(
        self,
        *,
        keeps: tuple[str, ...] = (),
        main: str = "",
        master: str = "",
        maps: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self.folder = folder or scratch()
        self.etc = self.folder / "etc"
        self.port = free_port()
        nobody = pwd.getpwnam("nobody").pw_uid
        for name, owner in (("queue", 0), ("data", pwd.getpwnam("postfix").pw_uid), ("mail", nobody), ("etc", 0)):
            (self.folder / name).mkdir(mode=0o755)
            os.chown(self.folder / name, owner, -1)
        values = {"folder": self.folder, "port": self.port, "uid": nobody}
        domains = f"virtual_mailbox_domains = {', '.join(keeps)}\n" if keeps else ""
        self._write("main.cf", MAIN.format(**values) + domains + self._filled(main))
        self._write("master.cf", MASTER.format(**values) + self._filled(master))
        for name, text in (maps or {}).items():
            self._write(name, self._filled(text))
        self._process = subprocess.Popen(
            ["/usr/sbin/postfix", "-c", str(self.etc), "start-fg"],
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "stderr").open("ab"),
            start_new_session=True,
        )
        try:
            self._wait_ready()
        except BaseException:
            self.close()
            raise

    def _write(self, name: str, text: str) -> None:
        (self.etc / name).write_text(text)

    def _filled(self, text: str) -> str:
        return text.replace("{folder}", str(self.folder))

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                with smtplib.SMTP("127.0.0.1", self.port, timeout=10):
                    return
            except (OSError, smtplib.SMTPException):
                time.sleep(0.05)
        raise AssertionError(f"Postfix did not start: {self.log()}")

    def send(self, raw: bytes, sender: str, *recipients: str) -> None:
        """Hand over a mail, as a customer's mail server does. Raises what smtplib does where it is refused."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=60) as client:
            client.sendmail(sender, recipients, raw)

    def queue(self) -> list[dict[str, Any]]:
        """What waits, as postqueue tells it: `recipients` with `address` and `delay_reason`."""
        done = self._run("/usr/sbin/postqueue", "-c", str(self.etc), "-j")
        return [json.loads(line) for line in done.splitlines()]

    def flush(self) -> None:
        """Try now what waits."""
        self._run("/usr/sbin/postqueue", "-c", str(self.etc), "-f")

    def box(self, address: str) -> list[bytes]:
        """The mails that an address of the kept domains has got."""
        mails = [path.read_bytes() for path in sorted((self.folder / "mail" / "all" / "new").glob("*"))]
        return [raw for raw in mails if f"\nDelivered-To: {address}\n".encode() in raw]

    def log(self) -> str:
        """What Postfix has logged."""
        return "".join(
            (self.folder / name).read_text(errors="replace")
            for name in ("stderr", "maillog")
            if (self.folder / name).exists()
        )

    def wait_for(self, what: str, condition: Any, seconds: float = 60) -> Any:
        """Poll until a condition gives something true."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := condition():
                return found
            time.sleep(0.05)
        raise AssertionError(f"waited in vain for {what}: {self.log()[-4000:]}")

    def close(self) -> None:
        """End it, and take its folder away."""
        # The master is in a session of its own, and what started it in the foreground waits for it.
        pid = self.folder / "queue" / "pid" / "master.pid"
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self._process.poll() is None and pid.exists() and (text := pid.read_text().strip()):
                with suppress(ProcessLookupError):
                    os.kill(int(text), number)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(20)
                break
        else:
            self._process.kill()
            self._process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def _run(*command: str) -> str:
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


def scratch() -> Path:
    """A new folder that every user may look into: mail servers run their parts as users of their own."""
    folder = Path(tempfile.mkdtemp(prefix="acuse-mta-", dir="/tmp"))
    folder.chmod(0o755)
    return folder


@contextmanager
def postfix(**settings: Any) -> Iterator[Postfix]:
    """A Postfix for the length of a block."""
    postfix_or_skip()
    server = Postfix(**settings)
    try:
        yield server
    finally:
        server.close()
