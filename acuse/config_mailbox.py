"""[[mailboxes]] in config.toml: where mail is fetched from, and what mistakes its tables can have together."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, Literal

from pydantic import Field, field_validator

from acuse.config_values import Port, Seconds, Section

_NAME = re.compile(r"[a-z0-9-]{1,32}")
FOLDER_CHARACTERS = 200
"""The key of a fetched mail holds its folder's name."""


class MailboxSection(Section):
    """A mailbox that mail is fetched from by IMAP. There may be several."""

    name: str = Field(
        description="Name of the mailbox in logs and alarms, and of its place in the database: a-z, 0-9 and -. "
        "Another mailbox needs another name.",
        examples=['"support"'],
    )
    host: str = Field(min_length=1, description="The IMAP server's name or address.", examples=['"imap.example.com"'])
    port: Port = Field(default=993, description="The server's port: 993 (implicit) or 143 (starttls).")
    tls: Literal["implicit", "starttls", "none"] = Field(
        default="implicit",
        description='"implicit", "starttls" (demanded, not tried), or "none", on this machine only; '
        "certificates are verified.",
    )
    ca_file: str = Field(default="", description='PEM file with the authorities to trust. "": those of the system.')
    username: str = Field(min_length=1, description="Login.", examples=['"support@example.com"'])
    password_file: str = Field(
        default="",
        description="File with the password, mode 0600; "
        "environment variables such as ${CREDENTIALS_DIRECTORY} are filled in.",
    )
    oauth: Literal["", "command", "microsoft", "google"] = Field(
        default="", description='Where access tokens come from: "command", "microsoft" or "google". "": a password.'
    )
    oauth_command: tuple[str, ...] = Field(
        default=(), description="Program and arguments that print an access token, run without a shell."
    )
    oauth_client_id: str = Field(default="", description="Id of the application that is registered with the provider.")
    oauth_tenant: str = Field(
        default="common", description="Microsoft's tenant: id, domain, or the whole URL of the authority."
    )
    oauth_client_secret_file: str = Field(
        default="",
        description="File with the application's secret, mode 0600. With Microsoft and without oauth_token_file the "
        "application logs in by itself.",
    )
    oauth_token_file: str = Field(
        default="",
        description="File that the refresh token is kept in, mode 0600: acuse mailbox authorize NAME writes it.",
    )
    desk: str = Field(
        default="", description='Desk of mails that name no desk\'s address. "": the first of desks.enabled.'
    )
    folders: tuple[str, ...] = Field(
        default=("INBOX",), description='Folders to read, for example ["INBOX", "Junk"].', min_length=1
    )
    start: str = Field(
        default="now",
        description='Which mails count that are there already: "now" (none), "all", or those since a day (UTC), for '
        'example "2026-11-01". They open tickets and are not answered.',
    )
    after: Literal["move", "flag", "leave"] = Field(
        default="move", description='What becomes of a mail that was taken: "move", "flag" (as read), or "leave".'
    )
    done_folder: str = Field(
        default="acuse", min_length=1, description='Folder for mails that were taken, with after = "move".'
    )
    poll_seconds: Seconds = Field(
        default=60, description="Seconds between two looks; a server that knows IDLE tells of new mail at once."
    )

    @field_validator("name")
    @classmethod
    def _plain(cls, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise ValueError('must be 1 to 32 of a-z, 0-9 and "-", for example "support"')
        return name

    @field_validator("folders")
    @classmethod
    def _some(cls, folders: tuple[str, ...]) -> tuple[str, ...]:
        if not all(0 < len(folder) <= FOLDER_CHARACTERS for folder in folders):
            raise ValueError(f"must name folders, each of 1 to {FOLDER_CHARACTERS} characters")
        if len({_same(folder) for folder in folders}) < len(folders):
            raise ValueError("names a folder twice; take one out")
        return tuple("INBOX" if _same(folder) == "INBOX" else folder for folder in folders)

    @field_validator("start", mode="before")
    @classmethod
    def _day(cls, start: Any) -> Any:  # noqa: ANN401
        if isinstance(start, date):
            start = start.isoformat()[:10]
        if isinstance(start, str) and start not in ("now", "all"):
            try:
                date.fromisoformat(start)
            except ValueError:
                raise ValueError('must be "now", "all", or a day such as "2026-11-01"') from None
        return start

    def since(self, first_seen_at: datetime) -> datetime | None:
        """From when on a mail counts that was there already; None: all of them do."""
        match self.start:
            case "now":
                return first_seen_at
            case "all":
                return None
            case day:
                return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)

    @property
    def by_application(self) -> bool:
        """Whether the application logs in by itself, with its secret and no person's consent."""
        return self.oauth == "microsoft" and not self.oauth_token_file


EXAMPLE = MailboxSection(
    name="support",
    host="imap.example.com",
    username="support@example.com",
    password_file="support.password",  # noqa: S106 - a path
)
"""What the shipped config.toml shows."""


def _same(folder: str) -> str:
    # RFC 3501 s5.1: INBOX alone has no case.
    return "INBOX" if folder.upper() == "INBOX" else folder


def mistakes(mailboxes: Sequence[MailboxSection], desks: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Values that do not go together, as (key, cure)."""
    read: dict[tuple[str, str, str], str] = {}
    for place, box in enumerate(mailboxes):
        key = f"mailboxes[{box.name}]"
        if any(other.name == box.name for other in mailboxes[:place]):
            yield f"{key}.name", "another mailbox has this name; choose a different one"
        for folder in box.folders:
            other = read.setdefault((box.host.lower(), box.username.lower(), folder), box.name)
            if other != box.name:
                yield f"{key}.folders", f"{folder} is read by mailbox {other} already; take it out of one of them"
        if box.after == "move" and _same(box.done_folder) in box.folders:
            yield f"{key}.done_folder", "must not be one of the folders that are read; name another"
        if box.desk and box.desk not in desks:
            yield f"{key}.desk", f"must be one of desks.enabled ({', '.join(desks)})"
        if box.tls == "none" and not _is_here(box.host):
            yield f"{key}.tls", 'would send the password in the clear; write "implicit" or "starttls"'
        for name, cure in _login_mistakes(box):
            yield f"{key}.{name}", cure


def _login_mistakes(box: MailboxSection) -> Iterator[tuple[str, str]]:
    if not box.oauth:
        if not box.password_file:
            yield "password_file", "a mailbox needs a password or oauth; name a file that holds it"
        return
    if box.password_file:
        yield "password_file", "a mailbox has a password or oauth, not both; leave one of them empty"
    if box.oauth == "command":
        if not any(box.oauth_command):
            yield "oauth_command", 'must not be empty with oauth = "command"; name the program'
        return
    if not box.oauth_client_id:
        yield "oauth_client_id", "must not be empty; register an application with the provider and write its id here"
    if box.oauth == "google" and not box.oauth_client_secret_file:
        yield "oauth_client_secret_file", "Google's applications have a secret; name a file that holds it"
    if box.oauth == "google" and not box.oauth_token_file:
        yield "oauth_token_file", "must not be empty; name the file that the refresh token is kept in"
    if box.by_application and not box.oauth_client_secret_file:
        yield "oauth_token_file", "must not be empty without oauth_client_secret_file; name the file for the token"


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
