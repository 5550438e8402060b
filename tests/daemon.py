"""A real acuse process for tests: started, spoken to over SMTP, stopped or killed."""

from __future__ import annotations

import json
import os
import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import text

from storage.database import open_database

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60


class Daemon:
    """`acuse run` in a folder of its own. `crash_at` is what tests/crash.py takes, `roles` what --roles does."""

    def __init__(
        self, folder: Path, config: str = "", *, crash_at: str = "", database_url: str = "", roles: str = ""
    ) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.config = folder / "config.toml"
        database = f'[database]\nurl = "{database_url}"\n' if database_url else ""
        if not self.config.exists():
            smtp = "" if "[smtp]" in config else '[smtp]\nlisten = "127.0.0.1:0"\n'
            self.config.write_text(database + smtp + config)
        self.crash_at = crash_at
        self.roles = roles
        self.log = folder / "log"
        self.process: subprocess.Popen[bytes] | None = None
        self.port = 0

    def start(self, *, with_config: bool = True) -> Daemon:
        """Start and wait until it listens."""
        options = ["--config", str(self.config)] if with_config else []
        options += ["--roles", self.roles] if self.roles else []
        program = [str(ROOT / "tests" / "crash.py"), self.crash_at] if self.crash_at else ["-m", "acuse"]
        offset = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *program, "run", *options],
                stderr=log,
                stdout=log,
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            for event in self.events(offset):
                if event.get("event") == "acuse.started":
                    self.port = int(str(event["smtp"]).rpartition(":")[2] or 0)
                    return self
            if self.process.poll() is not None:
                raise AssertionError(f"acuse ended with {self.process.returncode}: {self.log.read_text()[-3000:]}")
            time.sleep(0.02)
        raise AssertionError(f"acuse did not start: {self.log.read_text()[-3000:]}")

    def events(self, offset: int = 0) -> list[dict[str, Any]]:
        """The log so far."""
        lines = self.log.read_bytes()[offset:].decode().splitlines() if self.log.exists() else []
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    def stop(self) -> int:
        """SIGTERM, as an admin's tools do; the exit code."""
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)

    def kill(self) -> None:
        """kill -9, readers and all."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(20)

    def wait_dead(self, seconds: float = 40) -> int:
        assert self.process
        return self.process.wait(seconds)

    def send(self, raw: bytes, sender: str = "ana.ruiz@cliente.example", to: str = "mo.bud@bt.com") -> bytes:
        """One mail over SMTP; what the daemon said to its final dot."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=30) as client:
            client.ehlo()
            client.mail(sender)
            code, reply = client.rcpt(to)
            if code != 250:
                raise smtplib.SMTPRecipientsRefused({to: (code, reply)})
            code, reply = client.data(raw)
            if code != 250:
                raise smtplib.SMTPDataError(code, reply)
            return reply

    def acuse(self, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """A command line beside the daemon."""
        return subprocess.run(
            [sys.executable, "-m", "acuse", *arguments, "--config", str(self.config)],
            input=given,
            capture_output=True,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            timeout=60,
            check=False,
        )

    def json(self, *arguments: str) -> Any:
        """What a reading command prints with --json."""
        done = self.acuse(*arguments, "--json")
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)

    def outgoing(self) -> list[bytes]:
        """The mails in the outgoing Maildir."""
        return [path.read_bytes() for path in sorted((self.folder / "var" / "outgoing" / "new").glob("*"))]

    def wait_for(self, what: str, condition: Any, seconds: float = 30) -> Any:
        """Poll until a condition gives something true."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := condition():
                return found
            time.sleep(0.05)
        raise AssertionError(f"waited in vain for {what}: {self.log.read_text()[-3000:]}")


def count(folder: Path, query: str) -> list[tuple[object, ...]]:
    """Rows of the daemon's own SQLite file."""
    database = open_database(f"sqlite:///{folder}/var/acuse.db")
    with database.read.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(query))]
    database.close()
    return found


@contextmanager
def running(folder: Path, config: str = "", **more: Any) -> Iterator[Daemon]:
    """A daemon for the length of a block; killed at its end when it still lives."""
    daemon = Daemon(folder, config, **more).start()
    try:
        yield daemon
    finally:
        daemon.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def mail(number: int = 1, *, sender: str = "ana.ruiz@cliente.example", extra: str = "", body: str = "") -> bytes:
    """A questionnaire of ours, one of many."""
    return (
        f"From: Ana Ruiz <{sender}>\r\nTo: mo.bud@bt.com\r\nSubject: Enlace caido {number}\r\n"
        f"Message-ID: <m{number}@cliente.example>\r\nDate: Tue, 03 Nov 2026 10:20:00 -0500\r\n{extra}"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        + (
            body
            or f"Nombre del cliente: Banco del Sur\r\nSitio del cliente: Sucursal {number}\r\n"
            "Descripción del problema: enlace caído\r\n"
        )
    ).encode()
