"""The command line. Exit codes are those of sysexits.h: 64 for a wrong command line, 78 for a wrong configuration, 70
for a mistake of ours."""

# ruff: noqa: PLC0415 - a command imports what it needs itself, so that no other waits for it.
from __future__ import annotations

import os
import sys
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from acuse import __version__
from acuse.cli_import import import_app
from acuse.cli_look import look_app, ticket_app
from acuse.cli_mail import mail_app
from acuse.cli_mailbox import mailbox_app
from acuse.cli_options import ConfigOption, JsonOption
from acuse.cli_outbox import outbox_app
from acuse.terminal import as_json, out, say

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

app = typer.Typer(
    name="acuse",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    help="A mailbox becomes a service desk: mail in, tickets and acknowledgements out.",
)
config_app = typer.Typer(no_args_is_help=True, help="The configuration.")
db_app = typer.Typer(no_args_is_help=True, help="The database.")
DEBUG = "ACUSE_DEBUG"
"""The environment variable that adds a traceback to a mistake of ours."""


@app.command()
def run(
    config: ConfigOption = None,
    roles: Annotated[str, typer.Option(help="What this process does, by commas.")] = "receive,poll,work,send,tick",
) -> None:
    """Run the daemon in the foreground until SIGTERM."""
    from acuse import logs, service
    from acuse.check import load_checked

    wanted = frozenset(filter(None, (role.strip() for role in roles.split(","))))
    if not wanted or not wanted <= set(service.ROLES):
        raise typer.BadParameter(f"the roles are: {', '.join(service.ROLES)}")
    loaded = load_checked(config)
    logs.configure(loaded.config.log)
    service.run(loaded, wanted)


@app.command()
def check(
    config: ConfigOption = None,
    online: Annotated[
        bool, typer.Option("--online", help="Ask the relay and the mailboxes, too; nothing is sent or changed.")
    ] = False,
) -> None:
    """Check configuration, desks, templates and database; exit 0 or 78."""
    from acuse.check import load_checked, remarks

    loaded = load_checked(config)
    if online:
        from acuse.check_online import ask
        from acuse.clock import Clock
        from acuse.config import ConfigError

        answers = ask(loaded, Clock().now())
        for line in answers.fine:
            out(line)
        if answers.problems:
            raise ConfigError(answers.problems)
    out(f"{loaded.file}: no mistakes found")
    for remark in remarks(loaded):
        out(f"{loaded.file}: {remark}")


@config_app.command("show")
def config_show(config: ConfigOption = None, as_json_: JsonOption = False) -> None:
    """Print the configuration as it is in force, every key with its comment; secrets are masked."""
    import tomllib

    from acuse.config_file import load, render

    shown = render(load(config).config)
    out(as_json(tomllib.loads(shown)) if as_json_ else shown.rstrip("\n"))


@app.command()
def ingest(
    config: ConfigOption = None,
    sender: Annotated[str | None, typer.Option(help='Envelope sender; "" is the null reverse-path.')] = None,
    recipient: Annotated[list[str] | None, typer.Option(help="Envelope recipient; may be given several times.")] = None,
) -> None:
    """Take one mail from standard input; exit 0 after it is committed, 75 when it may be tried again."""
    from acuse import logs
    from acuse.clock import Clock
    from acuse.config_file import load
    from acuse.ingest import RefusedError, read_mail
    from acuse.ingest import ingest as store
    from acuse.runtime import start

    loaded, clock = load(config), Clock()
    logs.configure(loaded.config.log)
    try:
        raw = read_mail(sys.stdin.buffer, loaded.config.smtp.max_message_bytes)
        runtime = start(loaded, clock)
        try:
            unknown = store(runtime, raw, sender, recipient or [], clock.now())
        finally:
            runtime.close()
    except RefusedError as error:
        say(f"acuse ingest: {error}")
        raise typer.Exit(error.code) from None
    if unknown:
        say(f"acuse ingest: stored, though no desk has the address {', '.join(unknown)}")


@app.command()
def explain(
    files: Annotated[list[str], typer.Argument(help="Mails, one to a file.")],
    config: ConfigOption = None,
    desk: Annotated[str | None, typer.Option(help="Read them as mail to this desk.")] = None,
    as_json_: JsonOption = False,
) -> None:
    """What would be decided about mails and why, changing nothing."""
    from acuse.clock import Clock
    from acuse.config import ConfigError
    from acuse.config_file import load
    from acuse.explain import Explainer
    from acuse.problems import nearest
    from acuse.runtime import load_policy, load_templates
    from acuse.show_explained import print_explained
    from acuse.terminal import console

    loaded = load(config)
    policy, problems = load_policy(loaded)
    if problems:
        raise ConfigError(problems)
    if desk is not None and desk not in policy.known:
        raise typer.BadParameter(f"there is no desk {desk}; {nearest(desk, sorted(policy.known))}")
    limits = loaded.config.reading.time_limit_seconds, loaded.config.smtp.max_message_bytes
    room = loaded.config.outgoing.max_attachment_bytes
    explainer = Explainer(policy, load_templates(loaded), *limits, Clock().now(), room, not as_json_)
    unread = False
    for file in files:
        try:
            explained = explainer.explain(file, desk)
        except (OSError, ValueError) as error:
            say(f"{file}: {(error.strerror if isinstance(error, OSError) else None) or error}")
            unread = True
            continue
        if as_json_:
            out(as_json(explained.found))
        else:
            print_explained(console(), explained)
    if unread:
        raise typer.Exit(os.EX_NOINPUT)


@db_app.command("upgrade")
def db_upgrade(config: ConfigOption = None) -> None:
    """Bring the database to the revision that this acuse needs."""
    from acuse.cli_look import database_of
    from acuse.config import ConfigError
    from acuse.config_file import load
    from acuse.problems import Problem
    from storage.database import HEAD, revision, upgrade

    loaded = load(config)
    with database_of(loaded) as database:
        before = revision(database)
        if before is not None and before > HEAD:
            cure = (
                f"the database is at revision {before}, this acuse knows {HEAD}: install the newer acuse that made it"
            )
            raise ConfigError([Problem(loaded.file, "database.url", cure)])
        upgrade(database)
    out(f"database: {before or 'empty'} -> {HEAD}" if before != HEAD else f"database: at {HEAD} already")


# In the order in which help lists them.
app.add_typer(config_app, name="config")
app.add_typer(import_app)
app.add_typer(look_app)
app.add_typer(ticket_app, name="ticket")
app.add_typer(mail_app, name="mail")
app.add_typer(mailbox_app, name="mailbox")
app.add_typer(outbox_app, name="outbox")
app.add_typer(db_app, name="db")


def _version(wanted: bool) -> None:
    if wanted:
        out(f"acuse {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def main(arguments: list[str] | None = None) -> int:
    """The entry point: run a command; its exit code. A person never sees a traceback.

    Under a mail pipe everything but a plain refusal is 75, because the MTA bounces the customer's mail for any other.
    """
    given = sys.argv[1:] if arguments is None else arguments
    # A file name need not be text, and a terminal need not know UTF-8.
    with suppress(AttributeError, ValueError):
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    code = _run(given)
    if "ingest" in given and code not in (0, os.EX_DATAERR, os.EX_NOINPUT, os.EX_NOUSER):
        return os.EX_TEMPFAIL
    return code


def _run(given: list[str]) -> int:
    try:
        result = typer.main.get_command(app).main(args=given, prog_name="acuse", standalone_mode=False)
        sys.stdout.flush()
    except typer.Exit as stop:
        return stop.exit_code
    except typer.TyperException as error:
        # All that the framework itself finds wrong with a command line.
        named = isinstance(error, typer.BadParameter) and error.param
        if text := error.format_message() if named else str(error):
            say(f"acuse: {text.rstrip('.')}; see acuse --help")
        return os.EX_USAGE
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except (BrokenPipeError, SystemExit):
        # The framework makes an exit of a broken pipe, and of nothing else.
        _leave_the_pipe()
        return 0
    except Exception as error:  # noqa: BLE001 - nobody should meet a traceback, whatever happened
        return _failed(error)
    return result if isinstance(result, int) else 0


def _failed(error: Exception) -> int:
    """Say what went wrong; the exit code for it."""
    from sqlalchemy.exc import DBAPIError

    from acuse.config import ConfigError

    match error:
        case ConfigError():
            for problem in error.problems:
                say(str(problem))
            return os.EX_CONFIG
        case DBAPIError():
            lines = str(_first(error).orig or error).strip().splitlines()
            say(f"acuse: the database: {lines[0] if lines else type(error).__name__}")
            code = os.EX_TEMPFAIL
        case OSError():
            say(f"acuse: {f'{error.filename}: ' if error.filename else ''}{error.strerror or error}")
            code = os.EX_IOERR
        case _:
            say(f"acuse: a mistake in acuse itself: {type(error).__name__}: {error} ({DEBUG}=1 shows where)")
            code = os.EX_SOFTWARE
    if os.environ.get(DEBUG):
        traceback.print_exception(error)
    return code


def _first(error: DBAPIError) -> DBAPIError:
    """The error that began it: what follows a full disk, say, are complaints about a transaction that is gone."""
    from sqlalchemy.exc import DBAPIError

    first, before = error, error.__context__
    while before is not None:
        first, before = before if isinstance(before, DBAPIError) else first, before.__context__
    return first


def _leave_the_pipe() -> None:
    """Whoever read our output has gone: what is left of it goes nowhere, also when the interpreter ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
