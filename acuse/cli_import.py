"""The command `acuse import`."""

# ruff: noqa: PLC0415 - a command imports what it needs itself, so that no other waits for it.
from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from acuse.cli_options import ConfigOption, JsonOption
from acuse.terminal import as_json, out, say

if TYPE_CHECKING:
    from acuse.import_sources import Source
    from acuse.importing import Report

import_app = typer.Typer()

_NAMED = 20
"""So many skipped mails are named on a terminal; --json names all."""


@import_app.command("import")
def import_(
    source: Annotated[Path, typer.Argument(help="An mbox file, a Maildir, or a folder of *.eml files.")],
    config: ConfigOption = None,
    respond: Annotated[
        bool,
        typer.Option(
            "--respond",
            help="Answer the senders; else nobody is written to. What an earlier call took stays unanswered.",
        ),
    ] = False,
    desk: Annotated[str | None, typer.Option(help="The desk of mails whose fields name none.")] = None,
    as_json_: JsonOption = False,
) -> None:
    """Take a backlog of mail; called again, it goes on where it was interrupted. Exit 65 when mails were skipped."""
    from acuse import logs
    from acuse.clock import Clock
    from acuse.config_file import load
    from acuse.import_sources import NoMailError, open_source
    from acuse.importing import Importer
    from acuse.problems import nearest
    from acuse.runtime import start

    loaded = load(config)
    logs.configure(loaded.config.log)
    try:
        found = open_source(source, loaded.config.smtp.max_message_bytes)
        runtime = start(loaded, Clock())
        try:
            if desk is not None and desk not in runtime.policy.served:
                raise typer.BadParameter(f"no desk {desk} is served; {nearest(desk, sorted(runtime.policy.served))}")
            with _shown(found) as progress:
                report = Importer(runtime, found, desk=desk, respond=respond, progress=progress).run()
        finally:
            runtime.close()
    except NoMailError as error:
        say(f"acuse import: {error}")
        raise typer.Exit(os.EX_NOINPUT) from None
    except OSError as error:
        if error.filename is None or not Path(str(error.filename)).is_relative_to(source):
            raise
        say(f"acuse import: {error.filename} cannot be read ({error.strerror})")
        raise typer.Exit(os.EX_NOINPUT) from None
    _tell(report, as_json_)
    if report.skipped:
        raise typer.Exit(os.EX_DATAERR)


def _tell(report: Report, as_json_: bool) -> None:
    skipped = [{"where": one.where, "why": one.why} for one in report.skipped]
    if as_json_:
        out(
            as_json(
                {
                    "source": report.source,
                    "imported": report.imported,
                    "already_there": report.already_there,
                    "skipped": skipped,
                }
            )
        )
        return
    for one in report.skipped[:_NAMED]:
        say(f"skipped: {one.where}: {one.why}")
    if len(skipped) > _NAMED:
        say(f"skipped: {len(skipped) - _NAMED} more; --json names them all")
    out(f"{report.imported} imported, {report.already_there} already there, {len(skipped)} skipped")


@contextmanager
def _shown(source: Source) -> Iterator[Callable[[int], None]]:
    """A progress bar on a terminal, else nothing."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    amount = DownloadColumn() if source.unit == "bytes" else MofNCompleteColumn()
    with Progress(BarColumn(), amount, TimeRemainingColumn(), console=Console(stderr=True)) as progress:
        task = progress.add_task("import", total=source.total)
        yield lambda done: progress.update(task, completed=done)
