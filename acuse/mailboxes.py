"""The mailboxes of the configuration as values that the IMAP door takes."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from acuse.config import Loaded
from acuse.config_mailbox import MailboxSection
from intake.doors import oauth
from intake.doors.imap_login import Account, LoginRefusedError
from intake.doors.imap_mail import Addressee
from intake.doors.imap_plan import Plan, PollTimes
from intake.doors.oauth import Application, Tokens


def account_of(loaded: Loaded, box: MailboxSection) -> Account:
    """Where a mailbox is and how to get in. Secrets are read when they are used, so that a new one needs no restart."""
    context = ssl.create_default_context(cafile=loaded.path(box.ca_file) if box.ca_file else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return Account(
        name=box.name,
        host=box.host,
        port=box.port,
        tls=box.tls,
        context=context,
        username=box.username,
        password=None if box.oauth else secret(loaded.path(box.password_file)),
        token=tokens_of(loaded, box),
    )


def tokens_of(loaded: Loaded, box: MailboxSection) -> Tokens | None:
    """Where the access tokens of a mailbox come from; None where it has a password."""
    token_file = loaded.path(box.oauth_token_file) if box.oauth_token_file else None
    match box.oauth:
        case "command":
            return oauth.from_command(box.oauth_command)
        case "microsoft":
            return oauth.from_microsoft(application_of(loaded, box), box.oauth_tenant, token_file)
        case "google" if token_file:
            return oauth.from_google(application_of(loaded, box), token_file)
    return None


def application_of(loaded: Loaded, box: MailboxSection) -> Application:
    """What is registered with the provider for a mailbox."""
    file = box.oauth_client_secret_file
    return Application(box.oauth_client_id, secret(loaded.path(file)) if file else lambda: "")


def secret(file: Path) -> Callable[[], str]:
    """What stands in a file, when asked."""

    def read() -> str:
        try:
            return file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = (error.strerror if isinstance(error, OSError) else None) or str(error)
            raise LoginRefusedError(f"{file} cannot be read: {why}") from None

    return read


def plan_of(box: MailboxSection, first_seen_at: datetime, addressee: Addressee, limit_bytes: Callable[[], int]) -> Plan:
    """What a mailbox is read for."""
    # The server's times are whole seconds: what comes in the second that we come in is not from before us.
    came_at = first_seen_at.replace(microsecond=0)
    return Plan(
        folders=box.folders,
        since=box.since(came_at),
        first_seen_at=came_at,
        after=box.after,
        done_folder=box.done_folder,
        limit_bytes=limit_bytes,
        addressee=addressee,
    )


def times_of(box: MailboxSection) -> PollTimes:
    """How often a mailbox is looked at."""
    return PollTimes(poll_seconds=box.poll_seconds)
