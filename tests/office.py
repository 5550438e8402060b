"""A desk at work without a daemon: mails in, decisions, the clock and the relay, each step when a test says so."""

from __future__ import annotations

import email
import email.policy
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from sqlalchemy import select
from structlog.testing import capture_logs

from acuse.clockwork import Clockwork
from acuse.config import Config, Loaded
from acuse.pipeline import Pipeline
from acuse.readers import Cut, Job
from acuse.receiving import Receiver
from acuse.runtime import Policy, Runtime, start
from acuse.sending import CLAIM_LEASE, hand_over, make_relay
from intake.identity import mail_key, own_id
from intake.parse import cut_files, parse
from intake.reading import read
from rules.model import Arrival, Envelope, Peer, Reading
from rules.policy import Desk
from storage import alarms, inbox, outbox
from storage.inbox import Work
from storage.schema import outbox as outbox_table
from storage.schema import outbox_bytes, outbox_recipient, ticket, ticket_event, work
from storage.views import show_ticket
from tests.readings import DESKS

EVA = "eva@desk.example"
RED = replace(DESKS["bt-latam"], id="red", addresses=("red@desk.example",))
STAFFED = replace(RED, agents=(EVA,))
"""RED with an agent, who is told of everything."""
BLUE = replace(DESKS["bt-latam-ssr"], id="blue", addresses=("blue@desk.example",), promise=None)
WORK_LEASE = timedelta(minutes=2)
OPERATOR = "ops@desk.example"
ANA = "ana@cliente.example"
FORM = "Nombre del cliente: Banco del Sur\nSitio del cliente: Sucursal 9\nDescripción del problema: enlace caído\n"


def mail(
    subject: str = "Enlace caido", body: str = FORM, *, sender: str = ANA, to: str = "red@desk.example", **fields: str
) -> bytes:
    """A mail; further header fields by name, with _ for -."""
    name = hashlib.sha256(f"{subject} {sender} {body}".encode()).hexdigest()[:16]
    given = {"message_id": f"<{name}@cliente.example>"} | {key.lower(): value for key, value in fields.items()}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in given.items())
    return (
        f"From: Ana Ruiz <{sender}>\r\nTo: {to}\r\nSubject: {subject}\r\n"
        f"Date: Tue, 03 Nov 2026 10:20:00 -0500\r\n{lines}"
        f"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}"
    ).encode()


@dataclass
class ReadingHere:
    """Reads in this process what `Readers` read in others."""

    runtime: Runtime

    def read(self, job: Job) -> Reading:
        with self.runtime.database.read.connect() as connection:
            raw = inbox.raw_bytes(connection, job.raw_sha256)
        return read(parse(raw), self.runtime.policy.known[job.desk], job.envelope, job.arrived_at)

    def cut(self, wanted: Cut) -> dict[str, bytes]:
        with self.runtime.database.read.connect() as connection:
            return cut_files(inbox.raw_bytes(connection, wanted.raw_sha256), wanted.parts)


@dataclass
class Office:
    """What a test holds: the runtime, and the daemon's steps as methods."""

    runtime: Runtime
    clock: Any
    relay: Any
    pipeline: Any
    clockwork: Clockwork
    receiver: Receiver
    log: Any

    def put(self, raw: bytes, *to: str, sender: str = ANA, door: str = "smtp") -> str:
        envelope = Envelope(sender, to or ("red@desk.example",))
        desks = tuple(dict.fromkeys(filter(None, (self.runtime.policy.resolve(one) for one in envelope.rcpt_tos))))
        peer, now = Peer("192.0.2.7", "mx.cliente.example"), self.clock.now()
        arrival = Arrival(envelope, raw, door, peer, now, desks, mail_key(raw), message_id=own_id(raw))
        return self.receiver.receive_now(arrival)

    def claim(self, limit: int = 100) -> list[Work]:
        now, owner = self.clock.now(), self.runtime.owner
        return self.runtime.writer.call(lambda connection: inbox.claim(connection, owner, now, WORK_LEASE, limit))

    def decide(self) -> None:
        """Decide what waits."""
        for one in self.claim():
            self.pipeline.handle(one)

    def take(self, raw: bytes, *to: str, **more: Any) -> dict[str, Any]:
        """A mail in and decided: its row of work."""
        self.put(raw, *to, **more)
        self.decide()
        return self.works()[-1]

    def tick(self) -> None:
        """Fire what is due, and what that makes due."""
        while self.clockwork.tick():
            pass

    def send(self) -> None:
        """Hand over what waits."""
        owner = self.runtime.owner
        while claimed := self.runtime.writer.call(
            lambda connection: outbox.claim(connection, owner, self.clock.now(), CLAIM_LEASE, 100)
        ):
            for one in claimed:
                hand_over(self.runtime, self.relay, one)

    def rows(self, statement: Any) -> list[dict[str, Any]]:
        with self.runtime.database.read.connect() as connection:
            return [dict(row) for row in connection.execute(statement).mappings()]

    def works(self) -> list[dict[str, Any]]:
        return self.rows(select(work).order_by(work.c.id))

    def tickets(self) -> list[dict[str, Any]]:
        return self.rows(select(ticket).order_by(ticket.c.id))

    def ticket(self, reference: str) -> dict[str, Any]:
        with self.runtime.database.read.connect() as connection:
            found = show_ticket(connection, reference)
        assert found
        return found

    def events(self) -> list[str]:
        return [row["name"] for row in self.rows(select(ticket_event.c.name).order_by(ticket_event.c.id))]

    def queued(self, *purposes: str) -> list[tuple[str, str, EmailMessage]]:
        """What was put into the outbox, in its order: purpose, recipient, message."""
        statement = (
            select(outbox_table.c.purpose, outbox_recipient.c.address, outbox_bytes.c.data)
            .join(outbox_recipient, outbox_recipient.c.outbox_id == outbox_table.c.id)
            .join(outbox_bytes, outbox_bytes.c.outbox_id == outbox_table.c.id)
            .order_by(outbox_table.c.id)
        )
        return [
            (row["purpose"], row["address"], email.message_from_bytes(row["data"], policy=email.policy.default))
            for row in self.rows(statement)
            if not purposes or row["purpose"] in purposes
        ]

    def alarms(self) -> list[str]:
        """The keys of the open alarms."""
        with self.runtime.database.read.connect() as connection:
            return [row["key"] for row in alarms.open_alarms(connection)]

    def last_acknowledgement(self) -> str:
        """The Message-ID, in brackets, of the last acknowledgement."""
        return str(self.queued("acknowledgement")[-1][2]["Message-ID"])


def text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body
    return str(body.get_content())


@contextmanager
def office(
    folder: Path,
    database_url: str,
    clock: Any,
    *,
    desks: tuple[Desk, ...] = (RED, BLUE),
    make_readers: Any = ReadingHere,
    **sections: Any,
) -> Iterator[Office]:
    """An office on an empty database; `sections` are those of config.toml."""
    sections = {"operator": {"address": OPERATOR}, "outgoing": {"maildir": "out"}} | sections
    config = Config.model_validate(
        {"database": {"url": database_url}, "service": {"hostname": "desk.example"}} | sections
    )
    served = {desk.id: desk for desk in desks}
    runtime = start(Loaded(config, "config.toml", folder), clock, desks=Policy(served, served))
    relay = make_relay(runtime)
    try:
        with capture_logs() as log:
            pipeline = Pipeline(runtime, make_readers(runtime))
            yield Office(runtime, clock, relay, pipeline, Clockwork(runtime), Receiver(runtime), log)
    finally:
        relay.close()
        runtime.close()
