"""The commands that let held messages go, or take them back: outbox list, release, withdraw."""

# ruff: noqa: PLC0415 - a command imports what it needs itself, so that no other waits for it.
from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from acuse.cli_options import ConfigOption, JsonOption, LimitOption
from acuse.terminal import as_json, console, out, print_rows, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

outbox_app = typer.Typer(no_args_is_help=True, help='Messages that wait for release (outgoing.mode = "hold").')

_COLUMNS = ("id", "reference", "purpose", "created_at", "recipients", "desk")
_BATCH = 200
"""Messages of one transaction: the daemon wants to write as well."""

IdsArgument = Annotated[
    list[int] | None, typer.Argument(help="Ids of messages, as acuse outbox list shows them.", min=1, max=2**63 - 1)
]
AllOption = Annotated[bool, typer.Option("--all", help="All that are held.")]
DeskOption = Annotated[str | None, typer.Option(help="Of this desk only.")]


@outbox_app.command("list")
def outbox_list(
    config: ConfigOption = None, desk: DeskOption = None, limit: LimitOption = 50, as_json_: JsonOption = False
) -> None:
    """The messages that are held, the oldest first."""
    from acuse import show
    from acuse.cli_look import database_of
    from acuse.config_file import load
    from storage import views

    with database_of(load(config), must_exist=True) as database, database.read.connect() as connection:
        rows = views.held_messages(connection, desk, limit)
    if as_json_:
        for row in rows:
            out(as_json(row))
    else:
        print_rows(console(), show.with_recipients(rows), _COLUMNS, "No message is held.")


@outbox_app.command("release")
def outbox_release(
    ids: IdsArgument = None,
    every: AllOption = False,
    desk: DeskOption = None,
    config: ConfigOption = None,
    as_json_: JsonOption = False,
) -> None:
    """Let held messages leave, by the relay of outgoing.host."""
    from storage.outbox_hold import release

    _each(config, ids or [], release, "released", every=every, desk=desk, as_json_=as_json_)


@outbox_app.command("withdraw")
def outbox_withdraw(
    ids: IdsArgument = None,
    every: AllOption = False,
    desk: DeskOption = None,
    config: ConfigOption = None,
    as_json_: JsonOption = False,
) -> None:
    """Take held messages back for good: they never leave."""
    from storage.outbox_hold import withdraw

    _each(config, ids or [], withdraw, "withdrawn", every=every, desk=desk, as_json_=as_json_)


def _each(
    config: Path | None,
    ids: list[int],
    step: Callable[[Connection, Sequence[int], datetime], list[int]],
    word: str,
    *,
    every: bool,
    desk: str | None,
    as_json_: bool,
) -> None:
    """Take a step with the messages named, or with all; say how many there were. Exit 65 where one is not held."""
    from acuse.cli_look import database_of
    from acuse.clock import Clock
    from acuse.config_file import load
    from storage.outbox_hold import held

    if every == bool(ids):
        raise typer.BadParameter("name messages, or --all")
    if desk and not every:
        raise typer.BadParameter("--desk goes with --all")
    done: list[int] = []
    with database_of(load(config), must_exist=True) as database:
        after = 0
        while True:
            with database.write.begin() as connection:
                batch = held(connection, desk, after, _BATCH) if every else ids[after : after + _BATCH]
                if not batch:
                    break
                done += step(connection, batch, Clock().now())
            after = batch[-1] if every else after + len(batch)
    not_held = sorted(set(ids) - set(done))
    if as_json_:
        out(as_json({word: done, "not_held": not_held}))
    else:
        out(f"{len(done)} {'message' if len(done) == 1 else 'messages'} {word}")
    if not_held:
        say(f"not held: {', '.join(map(str, not_held))}; see acuse outbox list")
        raise typer.Exit(os.EX_DATAERR)
