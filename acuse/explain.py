"""`acuse explain`: what would be decided about a mail and why, changing nothing."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from acuse import messages
from acuse.runtime import Policy
from intake.identity import envelope_of
from intake.parse import parse
from intake.reading import read
from responders.templates import Rendered, Templates
from rules.addresses import POSTMASTER
from rules.decide import decide, kind_of
from rules.decision import Decision, Situation
from rules.model import Disposition, Envelope, Reading
from rules.numbering import format_reference
from rules.policy import Desk
from rules.questionnaire import missing


def explain(
    policy: Policy, templates: Templates, file: str, desk_id: str | None, now: datetime
) -> tuple[dict[str, Any], list[Rendered]]:
    """The object of `acuse explain --json` for one file, and the mails that would leave. OSError for a file that cannot be read."""
    raw = Path(file).read_bytes()
    envelope = envelope_of(raw)
    addressed = _desks(policy, envelope, desk_id)
    desk = addressed[0] if addressed else None
    if desk is None:
        return {"file": file, "desk": None, "disposition": None, "notes": ["no_desk_addressed"], "reasons": []}, []
    message = parse(raw)
    reading = read(message, desk, envelope, message.date or now)
    decision = decide(reading, Situation(envelope, policy.own_addresses, tickets_known=False), desk, now)
    rendered = _responses(templates, desk, reading, decision, message.date or now)
    return _object(file, policy, desk, reading, decision, rendered, addressed[1:]), rendered


def _desks(policy: Policy, envelope: Envelope, desk_id: str | None) -> list[Desk]:
    if desk_id:
        return [policy.known[desk_id]]
    everywhere = Policy(policy.known, policy.known)
    ids = dict.fromkeys(
        found for one in envelope.rcpt_tos if (found := everywhere.resolve(one)) and found != POSTMASTER
    )
    return [policy.known[one] for one in ids]


def _responses(templates: Templates, desk: Desk, reading: Reading, decision: Decision, now: datetime) -> list[Rendered]:
    if not decision.kind:
        return []
    # No number is drawn for a look; the first of the year stands in for it.
    reference = format_reference(kind_of(reading, desk).pattern, now.year, 0)
    facts = messages.acknowledgement(desk, reading, decision.kind, reference, decision.language, now)
    return [templates.render(response.template, desk.id, response.language, facts) for response in decision.responses]


def _object(
    file: str,
    policy: Policy,
    desk: Desk,
    reading: Reading,
    decision: Decision,
    rendered: list[Rendered],
    also: list[Desk],
) -> dict[str, Any]:
    notes = list(reading.notes)
    if reading.unreadable:
        notes.append("unreadable")
    if desk.id not in policy.served:
        notes.append("desk_not_enabled")
    opens = decision.disposition is Disposition.TICKET
    speaks = decision.disposition in (Disposition.TICKET, Disposition.UPDATE)
    sender = reading.sender
    return {
        "file": file,
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
        "fields": {key: asdict(answer) for key, answer in reading.answers.items()} if speaks else {},
        "missing": list(missing(desk.questions, reading.answers, decision.kind)) if opens and decision.kind else [],
        "priority": reading.priority if opens else None,
        "thread_reference": reading.thread_reference,
        "reply_text": reading.reply_text if decision.disposition is Disposition.UPDATE else None,
        "commands": [],
        "attachments": [
            {"filename": a.filename, "content_type": a.content_type, "size": a.size} for a in reading.attachments
        ],
        "reasons": [asdict(reason) for reason in decision.reasons],
        "responses": [
            {"to": response.to.address, "template": response.template, "subject": text.subject}
            for response, text in zip(decision.responses, rendered, strict=True)
        ],
        "notes": notes,
        "also": [one.id for one in also],
    }


def show(console: Console, found: dict[str, Any], rendered: list[Rendered]) -> None:
    """The same for people."""
    head = f"[bold]{found['disposition'] or 'no desk is addressed'}[/bold]"
    if found["desk"] is None:
        console.print(
            Panel(
                f"{head}\nTo, Cc or Delivered-To name none of the desks; --desk ID reads it as if they did.",
                title=found["file"],
            )
        )
        return
    parts = [
        head,
        found["desk"],
        found["kind"] or "",
        found["language"],
        found["sender"]["address"] or "no usable sender",
    ]
    console.print(Panel("  ".join(part for part in parts if part), title=found["file"], title_align="left"))
    if found["fields"]:
        table = Table("question", "answer", "value", "where", title="What was understood", title_justify="left")
        for key, one in found["fields"].items():
            table.add_row(key, one["text"], "" if one["value"] is None else str(one["value"]), one["where"])
        console.print(table)
    if found["missing"]:
        console.print("Missing: " + ", ".join(found["missing"]))
    table = Table("rule", "", "reason", title="Rules", title_justify="left")
    for reason in found["reasons"]:
        table.add_row(reason["rule"], "[bold]hit[/bold]" if reason["outcome"] == "hit" else "miss", reason["detail"])
    console.print(table)
    for response, text in zip(found["responses"], rendered, strict=True):
        console.print(Panel(text.text.strip(), title=f"to {response['to']}: {text.subject}", title_align="left"))
    if found["notes"]:
        console.print("Notes: " + ", ".join(found["notes"]))
