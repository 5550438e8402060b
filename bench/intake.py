"""How fast mail comes in, side by side with stock aiosmtpd that throws the same mails away.

    python -m bench.intake [--mails N] [--connections C]

One run prints: receiving alone (committed before 250), the whole way to a committed ticket and outbox row, the time
from the final dot to 250, from 250 to the acknowledgement at the relay, and what each part of the way costs by
itself.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sqlite3
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from acuse.config import Config, Loaded
from acuse.messages import acknowledgement
from acuse.runtime import load_policy, load_templates
from bench.load import (
    ROOT,
    Sent,
    Sink,
    children_of,
    cpu_seconds,
    free_port,
    on_the_wire,
    send_all,
    serve,
    start_acuse,
    start_discard,
)
from intake.identity import mail_key
from intake.parse import parse
from intake.reading import read
from responders.compose import AutoSubmitted, compose
from rules.decide import decide
from rules.decision import Situation
from rules.model import Envelope, Kind, Mailbox

EVERYTHING = "receive,work,send,tick"
OPEN = "[limits]\naddress_per_10_minutes = 1000000\naddress_per_day = 1000000\ndesk_per_10_minutes = 1000000\n"


def mails(count: int, tag: str) -> list[tuple[str, str, bytes]]:
    """So many different questionnaires, as (Message-ID, envelope sender, wire bytes): the project's sample mails,
    renamed."""
    samples = [path.read_bytes() for path in sorted((ROOT / "tests" / "mails").glob("*.eml"))]
    samples = [raw for raw in samples if b"Auto-Submitted" not in raw and b"In-Reply-To" not in raw]
    made = []
    for number in range(count):
        name = f"{tag}.{number}@bench.example"
        raw = samples[number % len(samples)].replace(b"\r\n", b"\n")
        header, _, body = raw.partition(b"\n\n")
        lines = [line for line in header.split(b"\n") if not line.lower().startswith(b"message-id:")]
        raw = b"\n".join([*lines, b"Message-ID: <%b>" % name.encode(), b"", body])
        made.append((name, f"ana{number}@cliente.example", on_the_wire(raw)))
    return made


def percentiles(seconds: Sequence[float]) -> str:
    """Median, 99th of a hundred and worst, in milliseconds."""
    if not seconds:
        return "none"
    ordered = sorted(1000 * one for one in seconds)
    p99 = ordered[int(len(ordered) * 0.99)]
    return f"median {statistics.median(ordered):.1f} ms, p99 {p99:.1f} ms, worst {ordered[-1]:.1f} ms"


def end(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM and wait."""
    process.send_signal(signal.SIGTERM)
    process.wait(60)


async def reference(count: int, connections: int) -> Sent:
    """Stock aiosmtpd."""
    port = free_port()
    process = start_discard(port)
    await send_all(port, mails(200, "warm"), connections)
    before = cpu_seconds(process.pid)
    seen = await send_all(port, mails(count, "ref"), connections)
    seen.cpu_seconds = cpu_seconds(process.pid) - before
    end(process)
    return seen


async def receiving(folder: Path, count: int, connections: int) -> Sent:
    """The daemon in the role `receive`: every 250 after a commit, nothing else runs."""
    port = free_port()
    process = start_acuse(folder, port, OPEN, "receive")
    await send_all(port, mails(200, "warm"), connections)
    before = cpu_seconds(process.pid)
    seen = await send_all(port, mails(count, "in"), connections)
    seen.cpu_seconds = cpu_seconds(process.pid) - before
    end(process)
    stored = sqlite3.connect(folder / "var" / "acuse.db").execute("SELECT count(*) FROM delivery").fetchone()[0]
    assert stored == count + 200 - len(seen.refused), f"{stored} stored"
    return seen


async def whole(folder: Path, count: int, connections: int) -> tuple[Sent, Sink, float]:
    """The whole daemon with a relay; the seconds until every mail had its ticket and outbox row."""
    port, relay_port = free_port(), free_port()
    sink = Sink()
    server = await serve(sink, relay_port)
    config = OPEN + f'[outgoing]\nmode = "smtp"\nport = {relay_port}\n'
    process = start_acuse(folder, port, config, EVERYTHING)
    await send_all(port, mails(20, "warm"), 2)
    database = folder / "var" / "acuse.db"
    await _until(lambda: _decided(database) >= 20)
    readers = children_of(process.pid)
    before, before_readers = cpu_seconds(process.pid), sum(map(cpu_seconds, readers))
    start = time.perf_counter()
    seen = await send_all(port, mails(count, "all"), connections)
    await _until(lambda: _decided(database) >= 20 + count)
    seconds = time.perf_counter() - start
    await _until(lambda: len(sink.arrived) >= 20 + count)
    seen.cpu_seconds = cpu_seconds(process.pid) - before
    seen.readers_cpu_seconds = sum(map(cpu_seconds, readers)) - before_readers
    # Not in this loop: the relay that the daemon says goodbye to lives in it.
    await asyncio.to_thread(end, process)
    server.close()
    return seen, sink, seconds


async def _until(condition: Callable[[], bool], limit_seconds: float = 600) -> None:
    deadline = time.monotonic() + limit_seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("waited in vain")
        await asyncio.sleep(0.02)


def _decided(database: Path) -> int:
    connection = sqlite3.connect(database, timeout=30)
    try:
        count: int = connection.execute("SELECT count(*) FROM outbox").fetchone()[0]
    finally:
        connection.close()
    return count


def parts() -> list[tuple[str, float]]:
    """What each step costs by itself, in milliseconds a mail, in one process."""
    raws = [path.read_bytes().replace(b"\n", b"\r\n") for path in sorted((ROOT / "tests" / "mails").glob("*.eml"))]
    loaded = Loaded(Config(), "", Path.cwd())
    policy, _ = load_policy(loaded)
    templates, desk = load_templates(loaded), policy.known["bt-latam"]
    now, envelope = datetime(2026, 11, 3, tzinfo=UTC), Envelope("ana@cliente.example", ("mo.bud@bt.com",))
    messages = [parse(raw) for raw in raws]
    readings = [read(message, desk, envelope, now) for message in messages]
    situation = Situation(envelope, policy.own_addresses)
    number = "INC-2026-000001"
    facts = [
        acknowledgement(desk, one, kind=Kind.INCIDENT, reference=number, language="es", arrived_at=now)
        for one in readings
    ]
    texts = [templates.render("acknowledgement", desk.id, "es", one) for one in facts]
    to = Mailbox("ana@cliente.example")

    def composed(index: int) -> bytes:
        return compose(
            texts[index],
            sender=Mailbox("mo.bud@bt.com"),
            to=to,
            message_id="a@bt.com",
            date=now,
            auto_submitted=AutoSubmitted.REPLIED,
            x_loop="x",
        )

    return [
        ("mail_key", _timed(lambda i: mail_key(raws[i]), len(raws))),
        ("parse", _timed(lambda i: parse(raws[i]), len(raws))),
        ("read", _timed(lambda i: read(messages[i], desk, envelope, now), len(raws))),
        ("decide", _timed(lambda i: decide(readings[i], situation, desk, now), len(raws))),
        ("render", _timed(lambda i: templates.render("acknowledgement", desk.id, "es", facts[i]), len(raws))),
        ("compose", _timed(composed, len(raws))),
    ]


def _timed(function: Callable[[int], object], count: int, seconds: float = 0.5) -> float:
    done, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        for index in range(count):
            function(index)
        done += count
    return 1000 * (time.perf_counter() - start) / done


async def calm(folder: Path, count: int) -> tuple[list[float], list[float]]:
    """One mail after another, each sent when the last was acknowledged: dot to 250, and 250 to the relay."""
    port, relay_port = free_port(), free_port()
    sink = Sink()
    server = await serve(sink, relay_port)
    process = start_acuse(folder, port, OPEN + f'[outgoing]\nmode = "smtp"\nport = {relay_port}\n', EVERYTHING)
    dots, waits = [], []
    for name, sender, wire in mails(count, "calm"):
        seen = await send_all(port, [(name, sender, wire)], 1)
        await _until(lambda n=name: n in sink.arrived)  # type: ignore[misc]
        dots += seen.dot_to_answer
        waits.append(sink.arrived[name] - seen.answered_at[name])
    await asyncio.to_thread(end, process)
    server.close()
    return dots, waits


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--mails", type=int, default=2500)
    arguments.add_argument("--whole", type=int, default=500)
    arguments.add_argument("--connections", type=int, default=32)
    arguments.add_argument("--rounds", type=int, default=5)
    given = arguments.parse_args()
    size = statistics.mean(len(wire) for _, _, wire in mails(100, "size"))
    print(f"{os.cpu_count()} cores; {given.mails} mails of {size:.0f} bytes on {given.connections} connections")
    with tempfile.TemporaryDirectory() as scratch:
        ratios = []
        for number in range(given.rounds):
            stock = asyncio.run(reference(given.mails, given.connections))
            ours = asyncio.run(receiving(Path(scratch) / f"receive{number}", given.mails, given.connections))
            ratios.append(stock.seconds / ours.seconds)
            print(f"round {number + 1}, stock aiosmtpd:  {_rate(stock, given.mails)}")
            print(f"         acuse receiving: {_rate(ours, given.mails)}, ratio {ratios[-1]:.2f}")
        print(f"receiving alone against stock aiosmtpd: ratio {statistics.median(ratios):.2f} (median)")
        received = 1000 * ours.cpu_seconds / given.mails
        seen, _, seconds = asyncio.run(whole(Path(scratch) / "whole", given.whole, given.connections))
        print(f"the whole way under load: {given.whole / seconds:.1f} mails/s to committed ticket and outbox row")
        print(f"    meanwhile dot to 250: {percentiles(seen.dot_to_answer)}")
        daemon, readers = (1000 * one / given.whole for one in (seen.cpu_seconds, seen.readers_cpu_seconds))
        print(f"processor time a mail: receiving {received:.1f} ms; readers {readers:.1f} ms;")
        print(f"    deciding, rendering, writing and sending {daemon - received:.1f} ms")
        dots, waits = asyncio.run(calm(Path(scratch) / "calm", 60))
        print(f"one mail after another, dot to 250: {percentiles(dots)}")
        print(f"    250 to acknowledgement at the relay: {percentiles(waits)}")
    print("each part by itself, ms a mail: " + ", ".join(f"{name} {cost:.2f}" for name, cost in parts()))


def _rate(seen: Sent, count: int) -> str:
    cpu = f"{1000 * seen.cpu_seconds / count:.2f} ms of processor a mail"
    return f"{count / seen.seconds:6.0f} mails/s, {cpu}, dot to 250 {percentiles(seen.dot_to_answer)}"


if __name__ == "__main__":
    main()
