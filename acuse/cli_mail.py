"""The command that shows one mail whole: its text, its HTML made harmless, its bytes, its attachments."""

# ruff: noqa: PLC0415 - a command imports what it needs itself, so that no other waits for it.
from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from acuse.cli_options import ConfigOption, JsonOption
from acuse.terminal import as_json, console, out, plain, print_rows, say

if TYPE_CHECKING:
    from storage.mails import StoredMail

mail_app = typer.Typer(no_args_is_help=True, help="Mails as they arrived, and as we wrote them.")


@mail_app.callback()
def _group() -> None:
    """Keep `show` a command of its own while it is the only one."""


@mail_app.command("show")
def mail_show(  # noqa: PLR0917 - typer passes them by name
    mail: Annotated[str, typer.Argument(help="Its id, as acuse ticket show has it, or its Message-ID.")],
    html: Annotated[bool, typer.Option("--html", help="The HTML, without anything that runs or is fetched.")] = False,
    raw: Annotated[bool, typer.Option("--raw", help="The bytes as they came.")] = False,
    part: Annotated[str | None, typer.Option(help="The bytes of the attachment in this part.")] = None,
    output: Annotated[Path | None, typer.Option(help="Write to this file instead of standard output.")] = None,
    config: ConfigOption = None,
    as_json_: JsonOption = False,
) -> None:
    """One mail whole: text, attachments, HTML or bytes."""
    if sum((html, raw, part is not None, as_json_)) > 1:
        raise typer.BadParameter("--html, --raw, --part and --json exclude each other")
    stored = _stored(mail, config)
    if raw:
        _write(stored.data, output)
    elif part is not None:
        _write(_attachment(stored.data, part), output)
    elif html:
        from acuse.mail_view import page_of
        from intake.parse import parse

        _write(page_of(parse(stored.data)).encode("utf-8", "replace"), output)
    else:
        _show(stored, output, as_json_=as_json_)


def _stored(mail: str, config: Path | None) -> StoredMail:
    from acuse.cli_look import database_of
    from acuse.config_file import load
    from storage.mails import stored_mail

    with database_of(load(config), must_exist=True) as database, database.read.connect() as connection:
        stored = stored_mail(connection, mail)
    if stored is None:
        say(f"There is no mail {mail}, or its bytes are kept no more.")
        raise typer.Exit(os.EX_DATAERR)
    return stored


def _attachment(data: bytes, part: str) -> bytes:
    from intake.parse import cut_files

    found = cut_files(data, [part])
    if part not in found:
        say(f"The mail has no part {part}.")
        raise typer.Exit(os.EX_DATAERR)
    return found[part]


def _show(stored: StoredMail, output: Path | None, *, as_json_: bool) -> None:
    from acuse.mail_view import view

    found = {"id": stored.id, "arrived_at": stored.arrived_at, "reference": stored.reference, **view(stored.data)}
    if as_json_:
        text = as_json(found) + "\n"
    else:
        text = "\n".join(plain(line) for line in _head(found)) + f"\n\n{plain(found['text'], keep=chr(10) + chr(9))}\n"
    if output is not None:
        _write(text.encode("utf-8", "replace"), output)
        return
    out(text.removesuffix("\n"))
    if not as_json_ and found["attachments"]:
        out("")
        print_rows(console(), found["attachments"], ("part", "filename", "content_type", "size"), "")


def _head(found: dict[str, Any]) -> list[str]:
    date = f"{found['date']:%Y-%m-%d %H:%M:%SZ}" if found["date"] else ""
    remarks = [*found["notes"], *([found["unreadable"]] if found["unreadable"] else [])]
    rows = {
        "From": ", ".join(found["from"]),
        "To": ", ".join(found["to"]),
        "Cc": ", ".join(found["cc"]),
        "Date": date,
        "Subject": found["subject"],
        "Message-ID": found["message_id"],
        "Ticket": found["reference"] or "",
        "Remarks": ", ".join(remarks),
    }
    return [f"{name + ':':12}{value}" for name, value in rows.items() if value]


def _write(data: bytes, output: Path | None) -> None:
    """To a file, or to standard output: a terminal gets no bytes that it could act upon."""
    if output is not None:
        try:
            # A new file is for its owner only: it is a customer's mail.
            with os.fdopen(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(data)
        except OSError as error:
            say(f"{output}: {error.strerror}")
            raise typer.Exit(os.EX_CANTCREAT) from None
    elif sys.stdout.isatty():
        out(plain(data.decode("utf-8", "replace"), keep="\n\t"))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
