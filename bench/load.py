"""Load for measuring: many SMTP senders in one process, and peers to measure against."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.smtp import SMTP

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Sent:
    """What one run of the senders saw: seconds in all, from each final dot to its answer, and when each was
    answered."""

    seconds: float = 0.0
    dot_to_answer: list[float] = field(default_factory=list)
    answered_at: dict[str, float] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    cpu_seconds: float = 0.0
    readers_cpu_seconds: float = 0.0


def on_the_wire(raw: bytes) -> bytes:
    """A mail as the DATA phase carries it: line ends of text files become CRLF, dots are doubled, and the final dot."""
    if b"\r\n" not in raw:
        raw = raw.replace(b"\n", b"\r\n")
    if not raw.endswith(b"\r\n"):
        raw += b"\r\n"
    if raw.startswith(b"."):
        raw = b"." + raw
    return raw.replace(b"\r\n.", b"\r\n..") + b".\r\n"


async def send_all(
    port: int, mails: Sequence[tuple[str, str, bytes]], connections: int, *, to: str = "mo.bud@bt.com"
) -> Sent:
    """Send (name, envelope sender, wire bytes) over so many connections at once, one mail after the other on each."""
    seen = Sent()
    todo = list(reversed(mails))
    start = time.perf_counter()
    await asyncio.gather(*(_sender(port, todo, seen, to) for _ in range(connections)))
    seen.seconds = time.perf_counter() - start
    return seen


async def _sender(port: int, todo: list[tuple[str, str, bytes]], seen: Sent, to: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    # Without it every mail seems to take 45 ms: the kernel waits for more to send.
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    await _reply(reader)
    await _say(reader, writer, b"EHLO bench.example")
    while todo:
        name, sender, wire = todo.pop()
        await _say(reader, writer, b"MAIL FROM:<%b>" % sender.encode())
        await _say(reader, writer, b"RCPT TO:<%b>" % to.encode())
        await _say(reader, writer, b"DATA")
        writer.write(wire)
        dot = time.perf_counter()
        answer = await _reply(reader)
        if answer.startswith(b"250"):
            seen.dot_to_answer.append(time.perf_counter() - dot)
            seen.answered_at[name] = time.time()
        else:
            seen.refused.append(f"{name}: {answer.decode(errors='replace').strip()}")
    writer.write(b"QUIT\r\n")
    writer.close()


async def _say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: bytes) -> bytes:
    writer.write(line + b"\r\n")
    return await _reply(reader)


async def _reply(reader: asyncio.StreamReader) -> bytes:
    while True:
        line = await reader.readline()
        if line[3:4] != b"-":
            return line


class Discard:
    """Stock aiosmtpd that throws mail away: the physical reference."""

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802, ARG002
        """aiosmtpd's hook."""
        return "250 2.0.0 OK"


class Sink:
    """A relay that writes down when each acknowledgement came, by the Message-ID it answers."""

    def __init__(self) -> None:
        self.arrived: dict[str, float] = {}

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802, ARG002
        """aiosmtpd's hook."""
        content: bytes = envelope.content  # type: ignore[attr-defined]
        start = content.find(b"\r\nIn-Reply-To: <") + 16
        self.arrived[content[start : content.find(b">", start)].decode()] = time.time()
        return "250 2.0.0 OK"


async def serve(handler: object, port: int) -> asyncio.Server:
    """Stock aiosmtpd with a handler, in the running loop."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(
        lambda: SMTP(handler, hostname="bench.example", loop=loop, data_size_limit=1 << 26), "127.0.0.1", port
    )


def start_discard(port: int) -> subprocess.Popen[bytes]:
    """The reference in a process of its own, so that it has a core as the daemon has."""
    process = subprocess.Popen([sys.executable, "-m", "bench.load", str(port)], cwd=ROOT, env=os.environ)
    wait_for_port(port)
    return process


def cpu_seconds(pid: int) -> float:
    """Processor time of a process so far, of user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children_of(pid: int) -> list[int]:
    """The processes that a process has started."""
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(one) for path in listed for one in path.read_text(encoding="ascii").split()]


def wait_for_port(port: int, seconds: float = 60) -> None:
    """Until somebody listens."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"nobody listens on {port}")


def free_port() -> int:
    """A port that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start_acuse(folder: Path, port: int, config: str, roles: str) -> subprocess.Popen[bytes]:
    """A daemon of its own in a folder, listening on `port`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(f'[smtp]\nlisten = "127.0.0.1:{port}"\n{config}')
    log_file = folder / "log"
    with log_file.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "acuse", "run", "--config", str(folder / "config.toml"), "--roles", roles],
            cwd=ROOT,
            stderr=log,
            stdout=log,
        )
    deadline = time.monotonic() + 60
    while b"acuse.started" not in log_file.read_bytes():
        if time.monotonic() > deadline or process.poll() is not None:
            raise TimeoutError(f"acuse did not start: {log_file.read_text()}")
        time.sleep(0.02)
    return process


async def _discard(port: int) -> None:
    await (await serve(Discard(), port)).serve_forever()


if __name__ == "__main__":
    asyncio.run(_discard(int(sys.argv[1])))
