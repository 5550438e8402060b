"""config.toml: what may stand in it, with defaults and units, and how it is read.

The descriptions here are the comments of the shipped config.toml and of `acuse config show`.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from acuse.problems import Problem, problems_of
from storage.database import parse_url

MIB = 1 << 20


class Outgoing(StrEnum):
    """Where outgoing mail goes."""

    MAILDIR = "maildir"
    SMTP = "smtp"


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


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


_Positive = Annotated[int, Field(gt=0, strict=True)]
_Port = Annotated[int, Field(gt=0, lt=65536, strict=True)]


class Service(_Section):
    """The daemon itself."""

    state_directory: str = Field(
        default="var",
        description="Folder for what the daemon keeps beside the database: the key ring of its Message-IDs.",
    )
    hostname: str = Field(
        default="",
        description='Name in greetings and EHLO, for example "desk.example.com". "": the name of this machine.',
    )


class DatabaseSection(_Section):
    """The database."""

    url: str = Field(
        default="sqlite:///var/acuse.db",
        description="sqlite:///FILE (local disk, one daemon) or postgresql://USER:PASSWORD@HOST/NAME (several daemons).",
    )

    @field_validator("url")
    @classmethod
    def _known(cls, url: str) -> str:
        parse_url(url)
        return url


class Desks(_Section):
    """Which service desks this daemon serves."""

    enabled: tuple[str, ...] = Field(
        default=("bt-latam",),
        min_length=1,
        description="Ids of the desks that get their mail here: names of desk files without .toml.",
    )
    directories: tuple[str, ...] = Field(
        default=(),
        description="Folders with your own desk files. A file here wins over a built-in one of the same name.",
    )


class TemplatesSection(_Section):
    """The texts of outgoing mail."""

    directories: tuple[str, ...] = Field(
        default=(),
        description="Folders with your own templates (LANGUAGE/NAME or DESK/LANGUAGE/NAME). They win over the built-in ones.",
    )


class Smtp(_Section):
    """The SMTP door."""

    listen: str = Field(default="127.0.0.1:2525", description='HOST:PORT to listen on. "": no SMTP door.')
    tls_certificate: str = Field(
        default="", description='PEM file with the certificate chain. Set it to offer STARTTLS. "": no TLS.'
    )
    tls_key: str = Field(default="", description='PEM file with the private key. "": it stands in tls_certificate.')
    max_message_bytes: _Positive = Field(
        default=25 * MIB, description="Largest message, in bytes; a larger one gets 552."
    )
    max_open_data_bytes: _Positive = Field(
        default=256 * MIB,
        description="Bytes of all messages that are being received at one time; beyond it 452 4.3.1 asks the peer to try later.",
    )
    max_line_bytes: _Positive = Field(
        default=MIB, description="Longest line in a message, in bytes. Real mail has lines far over RFC 5321's 1,000."
    )
    max_connections: _Positive = Field(default=200, description="Connections at one time; beyond it 421.")
    max_connections_per_address: _Positive = Field(
        default=50, description="Connections at one time from one address; beyond it 421."
    )
    max_recipients: _Positive = Field(default=100, description="Recipients of one message; beyond it 452 4.5.3.")
    max_commands: _Positive = Field(default=2000, description="Commands in one session; beyond it 421.")
    idle_seconds: _Positive = Field(
        default=300, description="Seconds of silence after which a session is closed (RFC 5321 s4.5.3.2.7: 5 minutes)."
    )
    session_seconds: _Positive = Field(default=3600, description="Longest session, in seconds.")

    @field_validator("listen")
    @classmethod
    def _host_and_port(cls, listen: str) -> str:
        if listen:
            split_listen(listen)
        return listen


class ReadingSection(_Section):
    """Reading mail, in processes of their own that can be killed."""

    processes: _Positive = Field(default=2, description="How many reader processes run.")
    time_limit_seconds: _Positive = Field(
        default=5,
        description="Seconds one mail may take; then its reader is replaced and the ticket opens with the raw mail.",
    )
    memory_limit_bytes: _Positive = Field(
        default=1024 * MIB, description="Address space of one reader process, in bytes."
    )


class LimitsSection(_Section):
    """How many automatic messages may leave before acuse falls silent; tickets open all the same."""

    address_per_10_minutes: _Positive = Field(default=3, description="Automatic messages to one address in 10 minutes.")
    address_per_day: _Positive = Field(default=20, description="Automatic messages to one address in a day.")
    desk_per_10_minutes: _Positive = Field(
        default=300,
        description="Automatic messages of one desk in 10 minutes; beyond it numbers leave in summaries, every 5 minutes.",
    )


class OutgoingSection(_Section):
    """Outgoing mail."""

    mode: Outgoing = Field(
        default=Outgoing.MAILDIR, description='"maildir": into a folder, for trying out. "smtp": to the relay below.'
    )
    maildir: str = Field(default="var/outgoing", description='The Maildir of mode "maildir".')
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
        description="File with the password, mode 0600; environment variables such as ${CREDENTIALS_DIRECTORY} are filled in.",
    )
    null_reverse_path: bool = Field(
        default=True,
        description="Acknowledgements leave with the null envelope sender (RFC 3834 s3.3). false: with a bounce address, for relays that refuse it.",
    )
    give_up_hours: _Positive = Field(
        default=120, description="Hours after which a message that the relay never took is given up."
    )
    senders: _Positive = Field(default=2, description="Messages handed to the relay at one time.")


class Operator(_Section):
    """The person who looks after the daemon."""

    address: str = Field(
        default="", description='Gets alarms by mail. "": alarms stand in the log and in `acuse status` only.'
    )


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
    reading: ReadingSection = ReadingSection()
    limits: LimitsSection = LimitsSection()
    outgoing: OutgoingSection = OutgoingSection()
    operator: Operator = Operator()
    log: Log = Log()


@dataclass(frozen=True)
class Loaded:
    """A configuration and where it came from. Relative paths in it start at `folder`."""

    config: Config
    file: str
    folder: Path

    def path(self, text: str) -> Path:
        """A path of the configuration as a whole one, environment variables filled in."""
        return self.folder / Path(os.path.expandvars(text)).expanduser()

    @property
    def database_url(self) -> str:
        """The URL with a relative SQLite file made whole."""
        url = parse_url(self.config.database.url)
        if url.get_backend_name() == "sqlite":
            url = url.set(database=str(self.path(url.database or "")))
        return url.render_as_string(hide_password=False)


class ConfigError(Exception):
    """The configuration cannot be used; `problems` are all of its mistakes."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


DEFAULT_FILE = "config.toml"


def load(file: Path | None) -> Loaded:
    """Read `file`; without one, config.toml of this folder, else the embedded defaults. ConfigError names every mistake."""
    if file is None:
        if not Path(DEFAULT_FILE).exists():
            return Loaded(Config(), "(embedded defaults)", Path.cwd())
        file = Path(DEFAULT_FILE)
    try:
        data: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(
            [
                Problem(
                    str(file),
                    "",
                    "there is no such file; name it with --config FILE, or leave --config out for the defaults",
                )
            ]
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([Problem(str(file), "", f"cannot be read: {error}")]) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([Problem(str(file), "", f"is not valid TOML: {error}")]) from None
    try:
        config = Config.model_validate(data)
    except ValidationError as error:
        raise ConfigError(problems_of(str(file), error, Config, data)) from None
    loaded = Loaded(config, str(file), file.resolve().parent)
    if problems := _file_problems(loaded):
        raise ConfigError(problems)
    return loaded


def _file_problems(loaded: Loaded) -> list[Problem]:
    """Mistakes that show only when the configuration's values are looked at together."""
    config, found = loaded.config, []
    for key, value in (
        ("smtp.tls_certificate", config.smtp.tls_certificate),
        ("smtp.tls_key", config.smtp.tls_key),
        ("outgoing.ca_file", config.outgoing.ca_file),
        ("outgoing.password_file", config.outgoing.password_file),
    ):
        if value and not loaded.path(value).is_file():
            found.append(
                Problem(loaded.file, key, f"{loaded.path(value)} is no file; correct the path or leave the key empty")
            )
    for key, folders in (
        ("desks.directories", config.desks.directories),
        ("templates.directories", config.templates.directories),
    ):
        found += [
            Problem(loaded.file, key, f"{loaded.path(folder)} is no folder; make it or take it out")
            for folder in folders
            if not loaded.path(folder).is_dir()
        ]
    password = config.outgoing.password_file
    if password and loaded.path(password).is_file() and loaded.path(password).stat().st_mode & 0o077:
        found.append(
            Problem(loaded.file, "outgoing.password_file", f"others may read it; run chmod 600 {loaded.path(password)}")
        )
    if config.outgoing.username and not password:
        found.append(
            Problem(loaded.file, "outgoing.password_file", "a username needs its password; name a file that holds it")
        )
    if config.smtp.max_message_bytes > config.smtp.max_open_data_bytes:
        found.append(
            Problem(loaded.file, "smtp.max_open_data_bytes", "must not be smaller than smtp.max_message_bytes")
        )
    if config.operator.address and config.operator.address.count("@") != 1:
        found.append(
            Problem(loaded.file, "operator.address", 'must be one mail address, for example "ops@example.com"')
        )
    return found


def split_listen(listen: str) -> tuple[str, int]:
    """("127.0.0.1", 2525) of "127.0.0.1:2525"; "[::1]:2525" names an IPv6 address."""
    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit() or not 0 <= int(port) < 65536:
        raise ValueError('must be HOST:PORT, for example "127.0.0.1:2525"')
    return host.strip("[]"), int(port)


def render(config: Config) -> str:
    """A configuration as TOML with a comment for every key; passwords in the database URL are masked."""
    lines = [
        "# acuse: every key with its default. Paths are relative to the folder of this file. Check it with: acuse check"
    ]
    for name, section in config:
        lines += ["", f"# {type(section).__doc__}", f"[{name}]"]
        for key, value in section:
            field = type(section).model_fields[key]
            lines += [f"# {field.description}", f"{key} = {_toml(_masked(value) if key == 'url' else value)}"]
    return "\n".join(lines) + "\n"


def _masked(url: str) -> str:
    parsed = parse_url(url)
    return parsed.render_as_string(hide_password=True) if parsed.password else url


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int():
            return f"{value:_}" if value >= 10_000 else str(value)
        case tuple():
            return "[" + ", ".join(_toml(one) for one in value) + "]"
        case _:
            return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
