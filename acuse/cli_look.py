"""The commands that look into the database: status, ticket, queue, trace."""

# ruff: noqa: PLC0415 - a command imports what it needs itself, so that no other waits for it.
from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from acuse.cli_options import ConfigOption, JsonOption, LimitOption
from acuse.terminal import as_json, console, out, print_rows, say

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from acuse.config import Loaded
    from storage.database import Database

look_app = typer.Typer()
ticket_app = typer.Typer(no_args_is_help=True, help="Tickets.")

TICKET_COLUMNS = ("reference", "opened_at", "state", "requester", "acknowledgement", "kind", "priority", "desk")
_QUEUE_COLUMNS = {
    "in": ("id", "desk", "state", "arrived_at", "attempts", "error"),
    "out": ("id", "reference", "state", "due_at", "attempts", "recipients", "purpose"),
    "timers": ("id", "kind", "due_at", "attempts", "desk", "error"),
}


@look_app.command()
def status(config: ConfigOption = None, as_json_: JsonOption = False) -> None:
    """One screen: is every mail answered?"""
    from acuse import show
    from acuse.clock import Clock
    from acuse.config_file import load
    from acuse.runtime import load_policy

    loaded = load(config)
    policy, problems = load_policy(loaded)
    # A mistake in a desk file keeps nobody from seeing how things stand.
    for problem in problems:
        say(str(problem))
    now = Clock().now()
    with _reading(loaded) as connection:
        found = show.status(connection, policy, now, [box.name for box in loaded.config.mailboxes])
    if as_json_:
        out(as_json(found))
    else:
        show.print_status(console(), found, now)


@ticket_app.command("list")
def ticket_list(
    config: ConfigOption = None,
    desk: Annotated[str | None, typer.Option(help="Of this desk only.")] = None,
    state: Annotated[
        str | None, typer.Option(help="In this state only, or with this acknowledgement (not_reached).")
    ] = None,
    limit: LimitOption = 50,
    as_json_: JsonOption = False,
) -> None:
    """The newest tickets."""
    from acuse.config_file import load
    from storage import views

    with _reading(load(config)) as connection:
        rows = views.list_tickets(connection, desk, state, limit)
    if as_json_:
        _lines(rows)
    else:
        print_rows(console(), rows, TICKET_COLUMNS, "There are no such tickets." if desk or state else "No tickets.")


@ticket_app.command("show")
def ticket_show(reference: str, config: ConfigOption = None, as_json_: JsonOption = False) -> None:
    """One ticket: people, answers, history, mails."""
    from acuse import show
    from acuse.config_file import load
    from storage import views

    with _reading(load(config)) as connection:
        found = views.show_ticket(connection, reference)
    if found is None:
        say(f"There is no ticket {reference}.")
        raise typer.Exit(os.EX_DATAERR)
    if as_json_:
        out(as_json(found))
    else:
        show.print_ticket(console(), found)


@look_app.command()
def queue(
    which: Annotated[str, typer.Argument(help="in, out, timers, or all.")] = "all",
    config: ConfigOption = None,
    limit: LimitOption = 50,
    as_json_: JsonOption = False,
    retry: Annotated[bool, typer.Option("--retry", help="Try parked mail again.")] = False,
) -> None:
    """What waits: mail to decide, messages to send, timers."""
    from acuse import show
    from acuse.clock import Clock
    from acuse.config_file import load
    from storage import inbox, views

    if which not in (*_QUEUE_COLUMNS, "all"):
        raise typer.BadParameter("the queues are: in, out, timers, all")
    loaded = load(config)
    if retry:
        with database_of(loaded, must_exist=True) as database, database.write.begin() as connection:
            say(f"{inbox.retry_parked(connection, Clock().now())} parked mails wait again")
    with _reading(loaded) as connection:
        found: dict[str, list[dict[str, Any]]] = {
            "in": views.queue_in(connection, limit),
            "out": views.queue_out(connection, limit),
            "timers": views.queue_timers(connection, limit),
        }
    wanted = found if which == "all" else {which: found[which]}
    if as_json_:
        out(as_json(wanted))
        return
    wanted = {name: show.with_recipients(rows) if name == "out" else rows for name, rows in wanted.items()}
    for name, rows in wanted.items():
        if rows:
            out(f"{name}:")
        print_rows(console(), rows, _QUEUE_COLUMNS[name], f"{name}: nothing waits")


@look_app.command()
def trace(message_id: str, config: ConfigOption = None, as_json_: JsonOption = False) -> None:
    """Everything about one Message-ID, theirs or ours."""
    from acuse import show
    from acuse.config_file import load
    from storage import views

    with _reading(load(config)) as connection:
        found = views.trace(connection, message_id)
    if found is None:
        say(f"Nothing is known of {message_id}. (A mail that is not decided yet stands in acuse queue in.)")
        raise typer.Exit(os.EX_DATAERR)
    if as_json_:
        out(as_json(found))
    else:
        show.print_trace(console(), found)


def _lines(rows: Sequence[dict[str, Any]]) -> None:
    for row in rows:
        out(as_json(row))


@contextmanager
def database_of(loaded: Loaded, *, must_exist: bool = False) -> Iterator[Database]:
    """The database for the length of a block. ConfigError where it cannot be opened; with `must_exist`, also where it
    is not there yet or of another revision than ours."""
    from acuse.config import ConfigError
    from acuse.problems import Problem
    from acuse.runtime import database_problem
    from storage.database import open_database, parse_url, revision

    def wrong(cure: str) -> ConfigError:
        return ConfigError([Problem(loaded.file, "database.url", cure)])

    is_sqlite = parse_url(loaded.database_url).get_backend_name() == "sqlite"
    if must_exist and is_sqlite and not loaded.sqlite_path.exists():
        raise wrong(f"{loaded.sqlite_path} is not there yet; acuse run makes it")
    try:
        database = open_database(loaded.database_url)
    except OSError as error:
        raise wrong(f"the folder of {loaded.sqlite_path} cannot be made ({error.strerror}); name another") from None
    try:
        if must_exist and (problem := database_problem(database, loaded)):
            raise ConfigError([problem])
        if must_exist and revision(database) is None:
            raise wrong("the database has no tables yet; acuse run or acuse db upgrade makes them")
        yield database
    finally:
        database.close()


@contextmanager
def _reading(loaded: Loaded) -> Iterator[Connection]:
    """A snapshot of the database to read."""
    with database_of(loaded, must_exist=True) as database, database.read.connect() as connection:
        yield connection
