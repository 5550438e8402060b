"""`acuse explain`: what would be decided about a mail and why, changing nothing."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from acuse import responding
from acuse.enclosures import fitting
from acuse.ingest import without_from_line
from acuse.runtime import Policy
from intake.identity import envelope_of
from intake.marking import MarkedLine, marked
from intake.parse import header_message, parse
from intake.reading import read
from intake.text.quoting import Part
from intake.text.views import best_view, origin_of_message
from responders.templates import Rendered, Templates
from rules.addresses import POSTMASTER
from rules.decide import decide, kind_of
from rules.decision import Decision, Situation
from rules.model import Disposition, Envelope, Message, Reading
from rules.numbering import format_reference
from rules.policy import Desk
from rules.questionnaire import missing


class _SlowError(Exception):
    """A mail takes longer to read than the configuration allows."""


@dataclass(frozen=True)
class Explained:
    """What is known of one mail: `found` is the object of `acuse explain --json`, `rendered` the mails that would
    leave, `lines` the mail as it was read."""

    found: dict[str, Any]
    rendered: Sequence[Rendered] = ()
    lines: Sequence[MarkedLine] = ()


@dataclass(frozen=True)
class Explainer:
    """Explains mails; `now` is for those without a usable Date, `attachment_bytes` what one message passes on. The
    mail's lines are worked out where `shows_lines` asks for them. Works in the main thread only."""

    policy: Policy
    templates: Templates
    limit_seconds: int
    limit_bytes: int
    now: datetime
    attachment_bytes: int = 0
    shows_lines: bool = False

    def explain(self, file: str, desk_id: str | None) -> Explained:
        """One file. `desk_id` reads it as mail to that desk. OSError or ValueError, with the reason, for a file that
        cannot be read."""
        with Path(file).open("rb") as stream:
            raw = stream.read(self.limit_bytes + 1)
        if len(raw) > self.limit_bytes:
            raise ValueError(f"has more than the {self.limit_bytes} bytes of smtp.max_message_bytes")
        raw, _ = without_from_line(raw)
        envelope = envelope_of(raw)
        addressed = self._desks(envelope, desk_id)
        if not addressed:
            return Explained({**_nothing(file), "notes": ["no_desk_addressed"]})
        desk = addressed[0]
        message, reading, parts = self._read(raw, desk, envelope)
        at = message.date or self.now
        decision = decide(reading, Situation(envelope, self.policy.own_addresses, tickets_known=False), desk, at)
        rendered = self._responses(desk, reading, decision, at)
        found = _nothing(file) | _decided(desk, reading, decision, rendered)
        if desk.id not in self.policy.served:
            found["notes"] = [*found["notes"], "desk_not_enabled"]
        return Explained({**found, "also": [one.id for one in addressed[1:]]}, rendered, marked(parts, reading.answers))

    def _desks(self, envelope: Envelope, desk_id: str | None) -> list[Desk]:
        if desk_id:
            return [self.policy.known[desk_id]]
        everywhere = Policy(self.policy.known, self.policy.known)
        ids = dict.fromkeys(
            found for one in envelope.rcpt_tos if (found := everywhere.resolve(one)) and found != POSTMASTER
        )
        return [self.policy.known[one] for one in ids]

    def _read(self, raw: bytes, desk: Desk, envelope: Envelope) -> tuple[Message, Reading, Sequence[Part]]:
        """As the daemon reads it: by its header alone where the mail is too much for a reader."""
        try:
            with _time_limit(self.limit_seconds):
                message = parse(raw)
                lines = _lines(message, desk) if self.shows_lines else ()
                return message, read(message, desk, envelope, message.date or self.now), lines
        except _SlowError:
            why = f"took longer than {self.limit_seconds} s"
        except MemoryError:
            why = "needed too much memory"
        except Exception as error:  # noqa: BLE001 - whatever a mail does, the next file's turn comes
            why = f"reading failed: {type(error).__name__}"
        message = header_message(raw, why)
        return message, read(message, desk, envelope, message.date or self.now), ()

    def _responses(self, desk: Desk, reading: Reading, decision: Decision, at: datetime) -> list[Rendered]:
        if not decision.kind:
            return []
        # No number is drawn for a look; a zero stands in for it.
        reference = format_reference(kind_of(reading, desk).pattern, at.year, 0)
        # Their bytes are not looked at: nothing leaves.
        files = {one.part: b"" for one in fitting(reading.attachments, self.attachment_bytes)}
        about, acknowledgement = responding.occasion(
            self.templates, desk, reading, decision, arrived_at=at, opened=(0, reference), files=files
        )
        return [responding.texts(self.templates, about, one, acknowledgement) for one in decision.responses]


def _lines(message: Message, desk: Desk) -> Sequence[Part]:
    return best_view(message, desk, origin_of_message(message)).parts


@contextmanager
def _time_limit(seconds: int) -> Iterator[None]:
    def stop(_number: int, _frame: object) -> None:
        raise _SlowError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _nothing(file: str) -> dict[str, Any]:
    """Every key of the contract, for a mail of which nothing is known."""
    return {
        "file": file,
        "desk": None,
        "disposition": None,
        "kind": None,
        "language": None,
        "sender": {"address": None, "name": None, "role": None, "authenticity": None},
        "fields": {},
        "missing": [],
        "priority": None,
        "thread_reference": None,
        "reply_text": None,
        "commands": [],
        "attachments": [],
        "reasons": [],
        "responses": [],
        "notes": [],
        "also": [],
    }


def _decided(desk: Desk, reading: Reading, decision: Decision, rendered: list[Rendered]) -> dict[str, Any]:
    opens = decision.disposition is Disposition.TICKET
    updates = decision.disposition is Disposition.UPDATE
    sender = reading.sender
    return {
        "desk": desk.id,
        "disposition": decision.disposition.value,
        "kind": decision.kind.value if decision.kind else None,
        "language": reading.language,
        "sender": {
            "address": sender.address if sender else None,
            "name": sender.name if sender else None,
            "role": None,
            "authenticity": None,
        },
        "fields": {key: asdict(answer) for key, answer in reading.answers.items()} if opens or updates else {},
        "missing": list(missing(desk.questions, reading.answers, decision.kind)) if opens and decision.kind else [],
        "priority": reading.priority if opens else None,
        "thread_reference": reading.thread_reference,
        "reply_text": reading.reply_text if updates else None,
        "commands": list(reading.commands),
        "attachments": [
            {"filename": a.filename, "content_type": a.content_type, "size": a.size} for a in reading.attachments
        ],
        "reasons": [asdict(reason) for reason in decision.reasons],
        "responses": [
            {"to": response.to.address, "template": response.template, "subject": text.subject}
            for response, text in zip(decision.responses, rendered, strict=True)
        ],
        "notes": [*reading.notes, *(["unreadable"] if reading.unreadable else [])],
    }
