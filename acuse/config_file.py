"""Reading config.toml with every mistake in it named at once, and writing it with a comment for every key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from acuse.config import Config, ConfigError, Loaded, split_listen, unix_path
from acuse.config_mailbox import EXAMPLE, MailboxSection, mistakes
from acuse.config_places import place_problems
from acuse.config_values import Section
from acuse.problems import Problem, problems_of

DEFAULT_FILE = "config.toml"
EMBEDDED = "(embedded defaults)"
"""What stands for the file's name where there is none."""


def load(file: Path | None) -> Loaded:
    """Read `file`; without one, config.toml of this folder, else the embedded defaults. ConfigError names every
    mistake."""
    if file is None:
        if not _is_there(DEFAULT_FILE):
            return Loaded(Config(), EMBEDDED, Path.cwd())
        file = Path(DEFAULT_FILE)
    data = _parse(file)
    problems: list[Problem] = []
    try:
        config = Config.model_validate(data)
    except ValidationError as error:
        problems = problems_of(str(file), error, Config, data)
        config = _without_mistakes(data, error)
    loaded = Loaded(config, str(file), file.resolve().parent)
    problems += place_problems(loaded)
    problems += _value_problems(loaded, sections_of(problems))
    if problems:
        raise ConfigError(problems, loaded)
    return loaded


def _is_there(file: str) -> bool:
    try:
        return Path(file).exists()
    except OSError:
        # In a folder that we may not enter: reading it says so.
        return True


def _parse(file: Path) -> dict[str, Any]:
    try:
        raw = file.read_bytes()
    except FileNotFoundError:
        cure = "there is no such file; name it with --config FILE, or leave --config out for the defaults"
        raise ConfigError([Problem(str(file), "", cure)]) from None
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise ConfigError([Problem(str(file), "", f"cannot be read ({why}); check path, owner and mode")]) from None
    try:
        # Editors on Windows begin a file with a byte order mark, which TOML does not know.
        return tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problem = Problem(str(file), f"line {line}", "is not UTF-8; save the file in UTF-8")
    except (ValueError, RecursionError) as error:
        message, _, place = str(error).rpartition(" (at ")
        cure = f"is not valid TOML: {message or error}; correct it there"
        problem = Problem(str(file), place.rstrip(")") if message else "", cure)
    raise ConfigError([problem])


def _without_mistakes(data: dict[str, Any], error: ValidationError) -> Config:
    """What the file says where it is right, so that the rest can be looked at all the same."""
    rest = {name: dict(section) if isinstance(section, dict) else section for name, section in data.items()}
    entries: dict[str, set[int]] = {}
    for details in error.errors(include_url=False):
        section, *more = details["loc"]
        if more and isinstance(rest.get(str(section)), dict):
            rest[str(section)].pop(str(more[0]), None)
        elif more and isinstance(more[0], int) and isinstance(rest.get(str(section)), list):
            entries.setdefault(str(section), set()).add(more[0])
        else:
            rest.pop(str(section), None)
    for section, broken in entries.items():
        if section in rest:
            rest[section] = [entry for place, entry in enumerate(rest[section]) if place not in broken]
    return Config.model_validate(rest)


def sections_of(problems: Iterable[Problem]) -> set[str]:
    """The sections of config.toml that problems are in."""
    return {problem.key.partition(".")[0].partition("[")[0] for problem in problems}


def _value_problems(loaded: Loaded, broken: set[str]) -> list[Problem]:
    """Values that do not go together, in sections that have no other mistake."""
    config, found = loaded.config, []
    if config.outgoing.username and not config.outgoing.password_file:
        found.append(("outgoing.password_file", "a username needs its password; name a file that holds it"))
    if config.outgoing.username and config.outgoing.tls == "none":
        found.append(("outgoing.tls", 'would send the password in the clear; write "starttls" or "implicit"'))
    if not config.outgoing.host:
        found.append(("outgoing.host", "must not be empty; name the relay"))
    if config.smtp.tls_key and not config.smtp.tls_certificate:
        found.append(("smtp.tls_certificate", "a key needs its certificate; name it, or leave smtp.tls_key empty"))
    if config.smtp.max_message_bytes > config.smtp.max_open_data_bytes:
        found.append(("smtp.max_open_data_bytes", "must not be smaller than smtp.max_message_bytes"))
    if "smtp" not in broken and _same_address(config.smtp.listen, config.lmtp.listen):
        found.append(("lmtp.listen", "smtp.listen is at this address already; choose another port"))
    problems = [Problem(loaded.file, key, cure) for key, cure in found]
    known = config.desks.enabled if "desks" not in broken else [box.desk for box in config.mailboxes]
    # Of several mailboxes the sound ones are looked at all the same.
    return [one for one in problems if not sections_of([one]) & broken] + [
        Problem(loaded.file, key, cure) for key, cure in mistakes(config.mailboxes, known)
    ]


def _same_address(smtp: str, lmtp: str) -> bool:
    """Whether the two doors stand in each other's way."""
    if not smtp or not lmtp or unix_path(lmtp):
        return False
    (one, one_port), (other, other_port) = split_listen(smtp), split_listen(lmtp)
    if one_port != other_port or one_port == 0:
        return False
    same_family = (":" in one) == (":" in other)
    return one.lower() == other.lower() or (same_family and not {"0.0.0.0", "::"}.isdisjoint((one, other)))  # noqa: S104


def render(config: Config) -> str:
    """A configuration as TOML with a comment for every key; passwords in the database URL are masked."""
    lines = [
        "# acuse: every key with its default. Paths are relative to the folder of this file. Check it with: acuse check"
    ]
    for name, section in config:
        if isinstance(section, Section):
            lines += ["", f"# {type(section).__doc__}", f"[{name}]", *_keys(section)]
    for box in config.mailboxes:
        lines += ["", f"# {MailboxSection.__doc__}", "[[mailboxes]]", *_keys(box)]
    if not config.mailboxes:
        lines += ["", f"# {MailboxSection.__doc__} Take the # from these lines to have one.", "#[[mailboxes]]"]
        lines += [line if line.startswith("# ") else f"#{line}" for line in _keys(EXAMPLE)]
    return "\n".join(lines) + "\n"


def _keys(section: Section) -> list[str]:
    lines = []
    for key, value in section:
        field = type(section).model_fields[key]
        lines += [f"# {field.description}", f"{key} = {toml(_masked(value) if key == 'url' else value)}"]
    return lines


def _masked(url: str) -> str:
    from storage.database import parse_url  # noqa: PLC0415 - SQLAlchemy takes long to import

    parsed = parse_url(url)
    secret = [key for key in parsed.query if "password" in key.lower()]
    if not (parsed.password or secret):
        return url
    shown = parsed.set(drivername=parsed.get_backend_name()).update_query_dict(dict.fromkeys(secret, "***"))
    return shown.render_as_string(hide_password=True).replace("%2A%2A%2A", "***")


def toml(value: object) -> str:
    """A value of the configuration as TOML writes it."""
    match value:
        case bool():
            return str(value).lower()
        case int():
            return f"{value:_}" if value >= 10_000 else str(value)
        case tuple():
            return "[" + ", ".join(toml(one) for one in value) + "]"
        case _:
            return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
