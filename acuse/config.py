"""config.toml: what may stand in it, with defaults and units. `acuse.config_file` reads it.

The descriptions here are the comments of the shipped config.toml and of `acuse config show`.
"""

# ruff: noqa: PLC0415 - SQLAlchemy takes long to import, and who only reads the configuration does without.
from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from acuse.config_mailbox import MailboxSection
from acuse.config_values import Bytes as _Bytes
from acuse.config_values import Count as _Count
from acuse.config_values import Few as _Few
from acuse.config_values import FilePath as _Path
from acuse.config_values import Hours as _Hours
from acuse.config_values import Port as _Port
from acuse.config_values import Room as _Room
from acuse.config_values import Seconds as _Seconds
from acuse.config_values import Section as _Section
from acuse.config_values import Switch as _Switch
from acuse.problems import Problem

MIB = 1 << 20


class Outgoing(StrEnum):
    """Where outgoing mail goes."""

    MAILDIR = "maildir"
    SMTP = "smtp"
    HOLD = "hold"


class LogFormat(StrEnum):
    """How a log line looks."""

    AUTO = "auto"
    JSON = "json"
    TEXT = "text"


class LogLevel(StrEnum):
    """From which weight on an event is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


_HOSTNAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_ADDRESS = re.compile(r"[^\s<>@,;]+@[^\s<>@,;]+")


class Service(_Section):
    """The daemon itself."""

    state_directory: _Path = Field(
        default="var",
        description="Folder for what the daemon keeps beside the database: the key ring of its Message-IDs. "
        "Several daemons on one database need the same ring in theirs.",
    )
    hostname: str = Field(
        default="",
        description='Name in greetings and EHLO, for example "desk.example.com". "": the name of this machine.',
    )

    @field_validator("hostname")
    @classmethod
    def _host(cls, hostname: str) -> str:
        if hostname and not _HOSTNAME.fullmatch(hostname):
            raise ValueError('must be a host name, for example "desk.example.com"')
        return hostname


class DatabaseSection(_Section):
    """The database."""

    url: str = Field(
        default="sqlite:///var/acuse.db",
        description="sqlite:///FILE (local disk, one daemon) or postgresql://USER:PASSWORD@HOST/NAME "
        "(several daemons).",
    )

    @field_validator("url")
    @classmethod
    def _known(cls, url: str) -> str:
        from storage.database import parse_url

        parse_url(url)
        return url


def _desks_by_default() -> tuple[str, ...]:
    data = tomllib.loads((Path(__file__).parent / "defaults.toml").read_text(encoding="utf-8"))
    return tuple(data["desks"]["enabled"])


class Desks(_Section):
    """Which service desks this daemon serves."""

    enabled: tuple[str, ...] = Field(
        default_factory=_desks_by_default,
        description="Ids of the desks that get their mail here: names of desk files without .toml.",
    )
    directories: tuple[str, ...] = Field(
        default=(),
        description="Folders with your own desk files. A file here wins over a built-in one of the same name.",
    )

    @field_validator("enabled")
    @classmethod
    def _some(cls, enabled: tuple[str, ...]) -> tuple[str, ...]:
        if not enabled:
            raise ValueError("must not be empty; name the desks to serve")
        return enabled


class TemplatesSection(_Section):
    """The texts of outgoing mail."""

    directories: tuple[str, ...] = Field(
        default=(),
        description="Folders with your own templates (LANGUAGE/NAME or DESK/LANGUAGE/NAME). "
        "They win over the built-in ones.",
    )


class Smtp(_Section):
    """The SMTP door."""

    listen: str = Field(default="127.0.0.1:2525", description='HOST:PORT to listen on. "": no SMTP door.')
    tls_certificate: str = Field(
        default="", description='PEM file with the certificate chain. Set it to offer STARTTLS. "": no TLS.'
    )
    tls_key: str = Field(default="", description='PEM file with the private key. "": it stands in tls_certificate.')
    max_message_bytes: _Bytes = Field(default=25 * MIB, description="Largest message, in bytes; a larger one gets 552.")
    max_open_data_bytes: _Bytes = Field(
        default=256 * MIB,
        description="Bytes of all messages that are being received at one time; "
        "beyond it 452 4.3.1 asks the peer to try later.",
    )
    max_line_bytes: _Bytes = Field(
        default=MIB, description="Longest line in a message, in bytes. Real mail has lines far over RFC 5321's 1,000."
    )
    max_connections: _Count = Field(default=200, description="Connections at one time; beyond it 421.")
    max_connections_per_address: _Count = Field(
        default=50, description="Connections at one time from one address; beyond it 421."
    )
    max_recipients: _Count = Field(default=100, description="Recipients of one message; beyond it 452 4.5.3.")
    max_commands: _Count = Field(default=2000, description="Commands in one session; beyond it 421.")
    idle_seconds: _Seconds = Field(
        default=300, description="Seconds of silence after which a session is closed (RFC 5321 s4.5.3.2.7: 5 minutes)."
    )
    session_seconds: _Seconds = Field(default=3600, description="Longest session, in seconds.")

    @field_validator("listen")
    @classmethod
    def _host_and_port(cls, listen: str) -> str:
        if listen:
            split_listen(listen)
        return listen


class Lmtp(_Section):
    """The LMTP door, for a mail server at our side. Limits and certificate are those of [smtp], connections its own."""

    listen: str = Field(
        default="",
        description='HOST:PORT, or unix:FILE for a unix socket. "": no LMTP door. '
        "Whoever can reach it can hand over mail: an address of another machine's network needs a firewall.",
    )
    socket_mode: str = Field(
        default="0660",
        description="Permissions of the unix socket's file: the mail server must be able to write to it.",
    )

    @field_validator("listen")
    @classmethod
    def _host_and_port_or_file(cls, listen: str) -> str:
        if listen and unix_path(listen) is None:
            _, port = split_listen(listen)
            if port == 25:
                raise ValueError("must not be port 25, where everybody expects SMTP (RFC 2033); choose another")
        return listen

    @field_validator("socket_mode")
    @classmethod
    def _octal(cls, mode: str) -> str:
        if not re.fullmatch("0?[0-7]{3}", mode):
            raise ValueError('must be permissions in octal, for example "0660"')
        return mode


class ReadingSection(_Section):
    """Reading mail, in processes of their own that can be killed."""

    processes: _Few = Field(default=2, description="How many reader processes run.")
    time_limit_seconds: _Seconds = Field(
        default=5,
        description="Seconds one mail may take; then its reader is replaced and the ticket opens with the raw mail.",
    )
    memory_limit_bytes: int = Field(
        default=1024 * MIB,
        ge=256 * MIB,
        le=1 << 40,
        strict=True,
        description="Address space of one reader process, in bytes.",
    )


class LimitsSection(_Section):
    """How many automatic messages may leave before acuse falls silent; tickets open all the same."""

    address_per_10_minutes: _Count = Field(default=3, description="Automatic messages to one address in 10 minutes.")
    address_per_day: _Count = Field(default=20, description="Automatic messages to one address in a day.")
    desk_per_10_minutes: _Count = Field(
        default=300,
        description="Automatic messages of one desk in 10 minutes; "
        "beyond it numbers leave in summaries, every 5 minutes.",
    )
    agent_per_10_minutes: _Count = Field(
        default=60,
        description="Mails to one agent in 10 minutes; beyond it a digest every 5 minutes lists what happened.",
    )


class OutgoingSection(_Section):
    """Outgoing mail."""

    mode: Outgoing = Field(
        default=Outgoing.MAILDIR,
        description='"maildir": into a folder, for trying out. "smtp": to the relay below. '
        '"hold": nothing leaves until acuse outbox release lets it go to that relay.',
    )
    maildir: _Path = Field(default="var/outgoing", description='The Maildir of mode "maildir".')
    host: str = Field(default="127.0.0.1", description="The relay's name or address.")
    port: _Port = Field(default=25, description="The relay's port: 25, 587 (starttls) or 465 (implicit).")
    tls: Literal["none", "starttls", "implicit"] = Field(
        default="none",
        description='"none", "starttls" (demanded, not tried) or "implicit"; certificates are verified.',
    )
    ca_file: str = Field(default="", description='PEM file with the authorities to trust. "": those of the system.')
    username: str = Field(default="", description='Login at the relay. "": none.')
    password_file: str = Field(
        default="",
        description="File with the password, mode 0600; "
        "environment variables such as ${CREDENTIALS_DIRECTORY} are filled in.",
    )
    null_reverse_path: _Switch = Field(
        default=True,
        description="Automatic messages leave with the null envelope sender (RFC 3834 s3.3): they can make no mail, "
        "and nobody hears of one that the relay took and could not deliver. false: with the desk's address (where it "
        "has plus_addresses, one for each message), so that such a report comes back and agents are told; also for "
        "relays that refuse the null sender. What agents write always leaves so.",
    )
    give_up_hours: _Hours = Field(
        default=120, description="Hours after which a message that the relay never took is given up."
    )
    senders: _Few = Field(default=2, description="Messages handed to the relay at one time.")
    max_attachment_bytes: _Room = Field(
        default=10 * MIB,
        description="Attachments that one message passes on, in bytes together; more are named with their size only. "
        "Encoded they are a third larger: stay below the relay's limit. 0: none.",
    )


class Operator(_Section):
    """The person who looks after the daemon."""

    address: str = Field(
        default="", description='Gets alarms by mail. "": alarms stand in the log and in `acuse status` only.'
    )

    @field_validator("address")
    @classmethod
    def _one_address(cls, address: str) -> str:
        if address and not _ADDRESS.fullmatch(address):
            raise ValueError('must be one mail address, for example "ops@example.com"')
        return address


class Log(_Section):
    """The log, on standard error: one event a line, ids and no bodies."""

    level: LogLevel = Field(default=LogLevel.INFO, description='"debug", "info", "warning" or "error".')
    format: LogFormat = Field(
        default=LogFormat.AUTO, description='"json", "text", or "auto": text on a terminal, else json.'
    )


class Config(_Section):
    """Everything in config.toml."""

    service: Service = Service()
    database: DatabaseSection = DatabaseSection()
    desks: Desks = Desks()
    templates: TemplatesSection = TemplatesSection()
    smtp: Smtp = Smtp()
    lmtp: Lmtp = Lmtp()
    reading: ReadingSection = ReadingSection()
    limits: LimitsSection = LimitsSection()
    outgoing: OutgoingSection = OutgoingSection()
    operator: Operator = Operator()
    log: Log = Log()
    mailboxes: tuple[MailboxSection, ...] = ()


@dataclass(frozen=True)
class Loaded:
    """A configuration and where it came from. Relative paths in it start at `folder`."""

    config: Config
    file: str
    folder: Path

    def path(self, text: str) -> Path:
        """A path of the configuration as a whole one, environment variables filled in."""
        # The one of pathlib raises where a user has no home.
        return self.folder / os.path.expanduser(os.path.expandvars(text))  # noqa: PTH111

    @property
    def database_url(self) -> str:
        """The URL with a relative SQLite file made whole."""
        from storage.database import parse_url

        url = parse_url(self.config.database.url)
        if url.get_backend_name() == "sqlite":
            url = url.set(database=str(self.sqlite_path))
        return url.render_as_string(hide_password=False)

    @property
    def sqlite_path(self) -> Path:
        """The file of a SQLite database."""
        from storage.database import parse_url

        return self.path(parse_url(self.config.database.url).database or "")


class ConfigError(Exception):
    """The configuration cannot be used; `problems` are all of its mistakes, and `sound` is what it says without them:
    defaults in place of broken keys, None where nothing of it can be read."""

    def __init__(self, problems: list[Problem], sound: Loaded | None = None) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
        self.sound = sound


def unix_path(listen: str) -> str | None:
    """The file of "unix:FILE"; None for any other address."""
    path = listen.removeprefix("unix:")
    return path if path and path != listen else None


def split_listen(listen: str) -> tuple[str, int]:
    """("127.0.0.1", 2525) of "127.0.0.1:2525"; "[::1]:2525" names an IPv6 address."""
    host, _, port = listen.rpartition(":")
    if not host or not (port.isascii() and port.isdigit()) or not 0 <= int(port) < 65536:
        raise ValueError('must be HOST:PORT, for example "127.0.0.1:2525"')
    return host.strip("[]"), int(port)
