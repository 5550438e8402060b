"""What `status`, `ticket show` and `trace` show to people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection

from acuse.runtime import Policy
from acuse.terminal import plain, print_rows
from storage import accounts, alarms, promise, views


def status(connection: Connection, policy: Policy, now: datetime, mailboxes: Sequence[str] = ()) -> dict[str, Any]:
    """One screen: is every mail answered?"""
    late = {
        desk.id: promise.overdue(connection, desk.id, now - desk.promise / 2)
        for desk in policy.served.values()
        if desk.promise
    }
    return {
        "in": views.inbox_counts(connection),
        "out": views.outbox_counts(connection),
        "promise_at_risk": {desk: count for desk, count in late.items() if count},
        "customers_not_reached": views.not_reached(connection),
        "next_timer": views.next_timer(connection),
        "mailboxes": accounts.overview(connection, mailboxes),
        "alarms": alarms.open_alarms(connection),
    }


def print_status(console: Console, found: dict[str, Any], now: datetime) -> None:
    """`status` for people."""
    inbox, outbox = found["in"], found["out"]
    waiting, parked = inbox["mails"]["waiting"], inbox["mails"]["parked"]
    well = not (parked or found["promise_at_risk"] or found["alarms"])
    console.print(
        Text(
            "All mail is answered or in hand." if well else "Something needs you.",
            style="bold green" if well else "bold red",
        )
    )
    held = outbox["messages"].get("held", 0)
    decided = {key: n for key, n in inbox["mails"].items() if key not in ("waiting", "parked")}
    lines = [
        (
            "mail in",
            f"{inbox['deliveries']} received, {waiting} waiting{_age(inbox['oldest_undecided'], now)}, {parked} parked",
        ),
        ("decided", _counts(decided)),
        ("mail out", _counts(outbox["messages"]) + _age(outbox["oldest_waiting"], now)),
        *([("held", f"{held} messages wait for release; see acuse outbox list")] if held else []),
        ("promise", ", ".join(f"{desk}: {n} at risk" for desk, n in found["promise_at_risk"].items()) or "kept"),
    ]
    if found["customers_not_reached"]:
        lines.append(("call", "customers not reached by mail: " + ", ".join(found["customers_not_reached"])))
    lines += [("mailbox", f"{box['name']}: {_standing(box, now)}") for box in found["mailboxes"]]
    lines += [
        ("alarm", f"{alarm['key']}: {alarm['detail']}{_age(alarm['opened_at'], now)}") for alarm in found["alarms"]
    ]
    table = Table.grid(padding=(0, 3))
    for name, text in lines:
        table.add_row(name, Text(plain(text), overflow="fold"))
    console.print(table)


def _standing(box: dict[str, Any], now: datetime) -> str:
    if box["failing_since"]:
        return f"failing{_age(box['failing_since'], now)}: {box['error']}"
    return f"well, looked at {_span(now - box['last_ok_at'])} ago" if box["last_ok_at"] else "not read yet"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{n} {key}" for key, n in sorted(counts.items())) or "none"


def _age(since: datetime | None, now: datetime) -> str:
    return f" (for {_span(now - since)})" if since else ""


def _span(span: timedelta) -> str:
    seconds = max(int(span.total_seconds()), 0)
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def print_ticket(console: Console, found: dict[str, Any]) -> None:
    """One ticket for people."""
    head = f"{found['reference']}  {found['kind']}  {found['state']}  acknowledgement: {found['acknowledgement']}"
    console.print(Text(plain(head), style="bold"))
    console.print(
        f"desk {found['desk']}, opened {found['opened_at']:%Y-%m-%d %H:%M:%SZ}, language {found['language']}, "
        f"priority {found['priority'] or 'not set'}"
    )
    if not found["history_agrees"]:
        console.print(Text("The state is not what the events make of it.", style="bold red"))
    answers = [
        {"question": key, "answer": one["text"], "where": one["where"], "value": one["value"]}
        for key, one in found["answers"].items()
    ]
    for title, rows, columns in (
        ("people", found["people"], ("role", "address", "name")),
        ("links", found["links"], ("from", "kind", "reference", "state", "desk")),
        ("answers", answers, ("question", "answer", "where", "value")),
        ("events", found["events"], ("seq", "at", "name", "rule")),
        ("mails", found["mails"], ("id", "arrived_at", "disposition", "message_id")),
        ("messages", with_recipients(found["messages"]), ("id", "purpose", "state", "attempts", "recipients")),
    ):
        console.print()
        print_rows(console, rows, columns, f"no {title}")


def print_trace(console: Console, found: dict[str, Any]) -> None:
    """The way of one message for people."""
    if found["deliveries"]:
        arrived = ("id", "arrived_at", "door", "mail_from", "rcpt_tos", "size_bytes")
        print_rows(console, found["deliveries"], arrived, "")
    for decision in found["decisions"]:
        verdict = f"{decision['desk']}: {decision['disposition'] or decision['state']} {decision['reference'] or ''}"
        console.print()
        console.print(Text(plain(verdict.strip()), style="bold"))
        waits = plain(decision["error"] or "not decided yet")
        print_rows(console, decision["reasons"] or [], ("outcome", "rule", "detail"), waits)
    if found["messages"]:
        left = ("id", "purpose", "state", "attempts", "created_at", "ended_at", "recipients")
        print_rows(console, with_recipients(found["messages"]), left, "")
    if found["reports"]:
        console.print(Text("reports", style="bold"))
        print_rows(console, found["reports"], ("id", "arrived_at", "disposition", "message_id"), "")
    console.print(f"tickets: {plain(', '.join(found['tickets'])) or 'none'}")


def with_recipients(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Messages with what became of each recipient in words."""
    return [
        {
            **one,
            "recipients": [
                f"{r['address']} {r['state']} {r['reply'] or r['enhanced'] or ''}".strip() for r in one["recipients"]
            ],
        }
        for one in messages
    ]
