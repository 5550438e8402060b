"""The command line. Exit codes are those of sysexits.h; usage errors are 64, a wrong configuration 78."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from acuse import __version__
from acuse.clock import Clock
from acuse.config import ConfigError, Loaded, load, render

app = typer.Typer(
    name="acuse",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    help="A mailbox becomes a service desk: mail in, tickets and acknowledgements out.",
)
config_app = typer.Typer(no_args_is_help=True, help="The configuration.")
ticket_app = typer.Typer(no_args_is_help=True, help="Tickets.")
db_app = typer.Typer(no_args_is_help=True, help="The database.")
app.add_typer(config_app, name="config")
app.add_typer(ticket_app, name="ticket")
app.add_typer(db_app, name="db")

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="config.toml; without it ./config.toml, else the defaults.", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
LimitOption = Annotated[int, typer.Option(help="At most so many rows.", min=1)]


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201


def _out(text: str) -> None:
    print(text)  # noqa: T201


@app.command()
def run(
    config: ConfigOption = None,
    roles: Annotated[str, typer.Option(help="What this process does, by commas.")] = "receive,work,send,tick",
) -> None:
    """Run the daemon in the foreground until SIGTERM."""
    from acuse import logs, service

    wanted = frozenset(filter(None, (role.strip() for role in roles.split(","))))
    if not wanted or not wanted <= set(service.ROLES):
        raise typer.BadParameter(f"the roles are: {', '.join(service.ROLES)}")
    loaded = load(config)
    logs.configure(loaded.config.log)
    service.run(loaded, wanted)


@app.command()
def check(config: ConfigOption = None) -> None:
    """Check configuration, desks, templates and database; exit 0 or 78."""
    from acuse.check import check as find_problems

    loaded = load(config)
    if problems := find_problems(loaded):
        raise ConfigError(problems)
    _out(f"{loaded.file}: no mistakes found")


@config_app.command("show")
def config_show(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Print the configuration as it is in force, every key with its comment; secrets are masked."""
    from acuse.show import as_json as to_json

    loaded = load(config)
    shown = render(loaded.config)
    if as_json:
        import tomllib

        shown = to_json(tomllib.loads(shown))
    _out(shown.rstrip("\n"))


@app.command()
def status(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """One screen: is every mail answered?"""
    from acuse import show
    from acuse.runtime import load_policy

    loaded = load(config)
    policy, problems = load_policy(loaded)
    if problems:
        raise ConfigError(problems)
    now = Clock().now()
    with _reading(loaded) as connection:
        found = show.status(connection, policy, now)
    if as_json:
        _out(show.as_json(found))
    else:
        show.print_status(Console(), found, now)


@app.command()
def ingest(
    config: ConfigOption = None,
    sender: Annotated[str | None, typer.Option(help='Envelope sender; "" is the null reverse-path.')] = None,
    recipient: Annotated[list[str] | None, typer.Option(help="Envelope recipient; may be given several times.")] = None,
) -> None:
    """Take one mail from standard input; exit 0 after it is committed."""
    from acuse.ingest import EX_TEMPFAIL, RefusedError
    from acuse.ingest import ingest as store
    from acuse.runtime import start

    try:
        raw = sys.stdin.buffer.read()
        clock = Clock()
        runtime = start(load(config), clock)
        try:
            store(runtime, raw, sender, recipient or [], clock.now())
        finally:
            runtime.close()
    except RefusedError as error:
        _say(f"acuse ingest: {error}")
        raise typer.Exit(error.code) from None
    except Exception as error:  # noqa: BLE001 - under a mail pipe anything but 75 would bounce the customer's mail
        _say(f"acuse ingest: not stored, try again: {type(error).__name__}: {error}")
        raise typer.Exit(EX_TEMPFAIL) from None


@app.command()
def explain(
    files: Annotated[list[str], typer.Argument(help="Mails, one to a file.")],
    config: ConfigOption = None,
    desk: Annotated[str | None, typer.Option(help="Read them as mail to this desk.")] = None,
    as_json: JsonOption = False,
) -> None:
    """What would be decided about mails and why, changing nothing."""
    from acuse import show
    from acuse.explain import explain as look
    from acuse.explain import show as print_found
    from acuse.runtime import load_policy, load_templates

    loaded = load(config)
    policy, problems = load_policy(loaded)
    if problems:
        raise ConfigError(problems)
    if desk and desk not in policy.known:
        raise typer.BadParameter(f"there is no desk {desk}; known are {', '.join(sorted(policy.known))}")
    templates, console, now = load_templates(loaded), Console(), Clock().now()
    unread = False
    for file in files:
        try:
            found, rendered = look(policy, templates, file, desk, now)
        except OSError as error:
            _say(f"{file}: {error.strerror or error}")
            unread = True
            continue
        if as_json:
            _out(show.as_json(found))
        else:
            print_found(console, found, rendered)
    if unread:
        raise typer.Exit(os.EX_NOINPUT)


@ticket_app.command("list")
def ticket_list(
    config: ConfigOption = None,
    desk: Annotated[str | None, typer.Option(help="Of this desk only.")] = None,
    state: Annotated[
        str | None, typer.Option(help="In this state only, or with this acknowledgement (not_reached).")
    ] = None,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
) -> None:
    """The newest tickets."""
    from acuse import show
    from storage import views

    with _reading(load(config)) as connection:
        rows = views.list_tickets(connection, desk, state, limit)
    columns = ("reference", "desk", "kind", "state", "acknowledgement", "priority", "requester", "opened_at")
    _rows(rows, columns, "There are no tickets.", as_json, show)


@ticket_app.command("show")
def ticket_show(reference: str, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """One ticket: people, answers, history, mails."""
    from acuse import show
    from storage import views

    with _reading(load(config)) as connection:
        found = views.show_ticket(connection, reference)
    if found is None:
        _say(f"There is no ticket {reference}.")
        raise typer.Exit(os.EX_DATAERR)
    if as_json:
        _out(show.as_json(found))
    else:
        show.print_ticket(Console(), found)


@app.command()
def queue(
    which: Annotated[str, typer.Argument(help="in, out, timers, or all.")] = "all",
    config: ConfigOption = None,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
    retry: Annotated[bool, typer.Option("--retry", help="Try parked mail again.")] = False,
) -> None:
    """What waits: mail to decide, messages to send, timers."""
    from acuse import show
    from storage import inbox, views

    if which not in ("in", "out", "timers", "all"):
        raise typer.BadParameter("the queues are: in, out, timers, all")
    loaded = load(config)
    if retry:
        with _database(loaded) as database, database.write.begin() as connection:
            _say(f"{inbox.retry_parked(connection, Clock().now())} parked mails wait again")
    with _reading(loaded) as connection:
        found: dict[str, list[dict[str, Any]]] = {
            "in": views.queue_in(connection, limit),
            "out": views.queue_out(connection),
            "timers": views.queue_timers(connection, limit),
        }
    wanted = found if which == "all" else {which: found[which]}
    if as_json:
        _out(show.as_json(wanted))
        return
    columns = {
        "in": ("id", "desk", "state", "arrived_at", "attempts", "error"),
        "out": ("id", "purpose", "reference", "attempts", "due_at", "recipients"),
        "timers": ("id", "kind", "desk", "due_at", "attempts", "error"),
    }
    for name, rows in wanted.items():
        show.print_rows(Console(), rows, columns[name], f"{name}: nothing waits")


@app.command()
def trace(message_id: str, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Everything about one Message-ID, theirs or ours."""
    from acuse import show
    from storage import views

    with _reading(load(config)) as connection:
        found = views.trace(connection, message_id)
    if as_json:
        _out(show.as_json(found))
    else:
        show.print_trace(Console(), found)


@db_app.command("upgrade")
def db_upgrade(config: ConfigOption = None) -> None:
    """Bring the database to the revision that this acuse needs."""
    from storage.database import HEAD, revision, upgrade

    with _database(load(config)) as database:
        before = revision(database)
        upgrade(database)
    _out(f"database: {before or 'empty'} -> {HEAD}")


@contextmanager
def _database(loaded: Loaded) -> Iterator[Any]:
    from storage.database import open_database

    database = open_database(loaded.database_url)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def _reading(loaded: Loaded) -> Iterator[Connection]:
    """A snapshot of the database to read; ConfigError where there is none, or not the revision we know."""
    from acuse.problems import Problem
    from acuse.runtime import database_problem
    from storage.database import revision

    with _database(loaded) as database:
        if database.is_sqlite and not database.path.exists():
            raise ConfigError(
                [Problem(loaded.file, "database.url", f"{database.path} is not there yet; acuse run makes it")]
            )
        problem = database_problem(database, loaded)
        if problem is None and revision(database) is None:
            problem = Problem(
                loaded.file, "database.url", "the database has no tables yet; acuse run or acuse db upgrade makes them"
            )
        if problem:
            raise ConfigError([problem])
        with database.read.connect() as connection:
            yield connection


def _rows(rows: list[dict[str, Any]], columns: tuple[str, ...], empty: str, as_json: bool, show: Any) -> None:  # noqa: ANN401
    if as_json:
        for row in rows:
            _out(show.as_json(row))
    else:
        show.print_rows(Console(), rows, columns, empty)


def _version(wanted: bool) -> None:
    if wanted:
        _out(f"acuse {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def main(arguments: list[str] | None = None) -> int:
    """The entry point: run a command; its exit code. A person never sees a traceback."""
    given = sys.argv[1:] if arguments is None else arguments
    piped = "ingest" in given[:1]
    try:
        result = typer.main.get_command(app).main(args=given, prog_name="acuse", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except typer.Exit as stop:
        return stop.exit_code
    except typer.TyperException as error:
        # All that the framework itself finds wrong with a command line.
        if str(error):
            _say(f"acuse: {str(error).rstrip('.')}; see acuse --help")
        return os.EX_TEMPFAIL if piped else os.EX_USAGE
    except ConfigError as error:
        for problem in error.problems:
            _say(str(problem))
        return os.EX_CONFIG
    except DBAPIError as error:
        _say(f"the database: {str(error.orig or error).strip().splitlines()[0]}")
        return os.EX_TEMPFAIL
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
