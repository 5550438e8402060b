"""What `status`, `ticket`, `queue` and `trace` print: for people by rich, for programs as JSON."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection

from acuse.runtime import Policy
from storage import alarms, promise, views


def as_json(value: object) -> str:
    """JSON on one line; times as ISO 8601."""
    return json.dumps(
        value, ensure_ascii=False, default=lambda one: one.isoformat() if isinstance(one, datetime) else str(one)
    )


def status(connection: Connection, policy: Policy, now: datetime) -> dict[str, Any]:
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
        "alarms": alarms.open_alarms(connection),
    }


def print_status(console: Console, found: dict[str, Any], now: datetime) -> None:
    """`status` for people."""
    inbox, outbox = found["in"], found["out"]
    waiting, parked = inbox["mails"].get("waiting", 0), inbox["mails"].get("parked", 0)
    well = not (parked or found["promise_at_risk"] or found["alarms"])
    console.print(
        Text(
            "All mail is answered or in hand." if well else "Something needs you.",
            style="bold green" if well else "bold red",
        )
    )
    table = Table.grid(padding=(0, 3))
    table.add_row(
        "mail in",
        f"{inbox['deliveries']} received, {waiting} waiting{_age(inbox['oldest_undecided'], now)}, {parked} parked",
    )
    decided = {key: n for key, n in inbox["mails"].items() if key not in ("waiting", "parked")}
    table.add_row("decided", ", ".join(f"{n} {key}" for key, n in sorted(decided.items())) or "none")
    sent = outbox["messages"]
    table.add_row(
        "mail out",
        (", ".join(f"{n} {key}" for key, n in sorted(sent.items())) or "none") + _age(outbox["oldest_waiting"], now),
    )
    table.add_row(
        "promise", ", ".join(f"{desk}: {n} at risk" for desk, n in found["promise_at_risk"].items()) or "kept"
    )
    if found["customers_not_reached"]:
        table.add_row("call", "customers not reached by mail: " + ", ".join(found["customers_not_reached"]))
    for alarm in found["alarms"]:
        table.add_row("alarm", f"{alarm['key']}: {alarm['detail']}{_age(alarm['opened_at'], now)}")
    console.print(table)


def _age(since: datetime | None, now: datetime) -> str:
    return f" (for {_span(now - since)})" if since else ""


def _span(span: timedelta) -> str:
    seconds = max(int(span.total_seconds()), 0)
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def print_rows(console: Console, rows: list[dict[str, Any]], columns: tuple[str, ...], empty: str) -> None:
    """Rows as a table of chosen columns."""
    if not rows:
        console.print(empty)
        return
    table = Table(*columns)
    for row in rows:
        table.add_row(*(_cell(row.get(column)) for column in columns))
    console.print(table)


def _cell(value: object) -> Text:
    if value is None:
        return Text("")
    if isinstance(value, datetime):
        return Text(value.strftime("%Y-%m-%d %H:%M:%SZ"))
    if isinstance(value, list):
        return Text(
            ", ".join(
                f"{one['address']} {one['state']} {one['reply'] or ''}".strip() if isinstance(one, dict) else str(one)
                for one in value
            )
        )
    return Text(str(value))


def print_ticket(console: Console, found: dict[str, Any]) -> None:
    """One ticket for people."""
    console.print(
        Text(
            f"{found['reference']}  {found['kind']}  {found['state']}  acknowledgement: {found['acknowledgement']}",
            style="bold",
        )
    )
    console.print(
        f"desk {found['desk']}, opened {found['opened_at']:%Y-%m-%d %H:%M:%SZ}, language {found['language']}, priority {found['priority'] or 'not set'}"
    )
    print_rows(console, found["people"], ("role", "name", "address"), "no people")
    answers = [
        {"question": key, "answer": one["text"], "value": one["value"], "where": one["where"]}
        for key, one in found["answers"].items()
    ]
    print_rows(console, answers, ("question", "answer", "value", "where"), "no answers")
    print_rows(console, found["events"], ("seq", "at", "name", "rule"), "no events")
    print_rows(console, found["mails"], ("id", "arrived_at", "disposition", "message_id"), "no mails")
    print_rows(console, found["messages"], ("id", "purpose", "state", "attempts", "recipients"), "no messages")


def print_trace(console: Console, found: dict[str, Any]) -> None:
    """The way of one message for people."""
    if not any(found[part] for part in ("deliveries", "decisions", "messages", "tickets")):
        console.print(f"Nothing is known of {found['message_id']}.")
        return
    print_rows(
        console, found["deliveries"], ("id", "arrived_at", "door", "mail_from", "rcpt_tos", "size_bytes"), "no delivery"
    )
    for decision in found["decisions"]:
        console.print(
            f"{decision['desk']}: {decision['disposition'] or decision['state']} {decision['reference'] or ''}"
        )
        print_rows(
            console, decision["reasons"] or [], ("rule", "outcome", "detail"), decision["error"] or "not decided yet"
        )
    print_rows(
        console,
        found["messages"],
        ("id", "purpose", "state", "attempts", "created_at", "ended_at", "recipients"),
        "no message of ours",
    )
    console.print("tickets: " + (", ".join(found["tickets"]) or "none"))
