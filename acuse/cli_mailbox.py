"""The commands about mailboxes."""

# ruff: noqa: PLC0415 - a command imports what it needs itself, so that no other waits for it.
from __future__ import annotations

import os
from typing import Annotated

import typer

from acuse.cli_options import ConfigOption
from acuse.terminal import out, say

mailbox_app = typer.Typer(no_args_is_help=True, help="Mailboxes.")
_GOOGLE = (
    "Google gives refresh tokens to a browser on the machine that asks: get one for the scope https://mail.google.com/ "
    "with any OAuth client and your application's id and secret, and write it into {file} (mode 0600). The running "
    "daemon takes it at its next try."
)


@mailbox_app.command("authorize")
def authorize(
    name: Annotated[str, typer.Argument(help="The mailbox, as in config.toml.")], config: ConfigOption = None
) -> None:
    """Consent to a Microsoft mailbox in a browser anywhere; the refresh token is kept in oauth_token_file."""
    from acuse.config_file import load
    from acuse.mailboxes import application_of
    from acuse.problems import nearest
    from intake.doors.imap_login import LoginRefusedError
    from intake.doors.oauth import authorize_microsoft

    loaded = load(config)
    box = next((one for one in loaded.config.mailboxes if one.name == name), None)
    if box is None:
        known = nearest(name, [one.name for one in loaded.config.mailboxes])
        raise typer.BadParameter(f"there is no mailbox {name}; {known}")
    if box.oauth == "google":
        say(_GOOGLE.format(file=loaded.path(box.oauth_token_file)))
        raise typer.Exit(os.EX_USAGE)
    if box.oauth != "microsoft" or box.by_application:
        say(f"mailbox {name} needs nobody's consent: it has no oauth_token_file of Microsoft's")
        raise typer.Exit(os.EX_USAGE)
    token_file = loaded.path(box.oauth_token_file)
    try:
        authorize_microsoft(application_of(loaded, box), box.oauth_tenant, token_file, out)
    except LoginRefusedError as error:
        say(f"acuse mailbox authorize: {error}")
        raise typer.Exit(os.EX_NOPERM) from None
    out(f"{token_file}: written; acuse check --online shows whether the mailbox lets us in")
