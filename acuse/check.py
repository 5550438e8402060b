"""`acuse check`: everything that can be wrong before the daemon runs, found without changing anything."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from acuse import tls
from acuse.config import ConfigError, Loaded, Outgoing
from acuse.config_file import load, missing_credentials, sections_of
from acuse.problems import Problem
from acuse.runtime import KEYRING, Current, Policy, database_problem, load_policy, load_templates
from responders.keyring import KeyRingError, load_or_make
from storage.looking import open_untouched


def load_checked(file: Path | None) -> Loaded:
    """`load`, and a look at all that the configuration names. ConfigError has every mistake of all of it."""
    return load_current(file).loaded


def load_current(file: Path | None) -> Current:
    """The configuration with its desks and templates, just as they were checked. ConfigError as with `load_checked`."""
    problems: list[Problem] = []
    try:
        loaded = load(file)
    except ConfigError as error:
        if error.sound is None:
            raise
        problems, loaded = error.problems, error.sound
    broken = sections_of(problems)
    policy, templates = Policy({}, {}), load_templates(loaded)
    if "desks" not in broken:
        policy, found = load_policy(loaded)
        problems += found
    if "templates" not in broken:
        problems += [
            Problem(template, "", f"the template fails with sample facts: {error}")
            for template, error in templates.check()
        ]
    problems += find_problems(loaded, broken)
    if problems:
        raise ConfigError(list(dict.fromkeys(problems)), loaded)
    return Current(loaded, policy, templates)


def find_problems(loaded: Loaded, broken: set[str]) -> list[Problem]:
    """Every mistake in credentials, certificates, database, key ring and folders; what depends on a `broken` section of
    the configuration is left out."""
    problems = missing_credentials(loaded)
    if "smtp" not in broken:
        problems += _raised_by(tls.server_context, loaded)
    if "outgoing" not in broken:
        problems += _raised_by(tls.check_authorities, loaded)
    if "database" not in broken:
        problems += _database_problems(loaded)
    if "service" not in broken:
        problems += _keyring_problems(loaded)
    if "outgoing" not in broken and loaded.config.outgoing.mode is Outgoing.MAILDIR:
        maildir = loaded.path(loaded.config.outgoing.maildir)
        problems += _folder_problems(loaded, "outgoing.maildir", maildir)
    return problems


def remarks(loaded: Loaded) -> list[str]:
    """What is no mistake, and yet good to know."""
    if loaded.config.outgoing.mode is Outgoing.HOLD:
        return ["outgoing.mode: hold: no message leaves until acuse outbox release lets it go, but alarms do"]
    return []


def _raised_by(step: Callable[[Loaded], object], loaded: Loaded) -> list[Problem]:
    try:
        step(loaded)
    except ConfigError as error:
        return error.problems
    return []


def _database_problems(loaded: Loaded) -> list[Problem]:
    database = open_untouched(loaded.database_url)
    if database is None:
        return _folder_problems(loaded, "database.url", loaded.sqlite_path.parent)
    try:
        problem = database_problem(database, loaded)
    finally:
        database.close()
    return [problem] if problem else []


def _keyring_problems(loaded: Loaded) -> list[Problem]:
    ring = loaded.path(loaded.config.service.state_directory) / KEYRING
    if not ring.exists():
        return _folder_problems(loaded, "service.state_directory", ring.parent)
    try:
        load_or_make(ring)
    except KeyRingError as error:
        return [Problem(str(error.file), "", f"{error.wrong}; {error.cure}")]
    return []


def _folder_problems(loaded: Loaded, key: str, folder: Path) -> list[Problem]:
    """Why files could not be made in a folder, which itself is made when it is not there."""
    nearest = folder
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    if not nearest.is_dir():
        return [Problem(loaded.file, key, f"{nearest} is no folder; name another, or move that file away")]
    if not os.access(nearest, os.W_OK | os.X_OK):
        return [Problem(loaded.file, key, f"{nearest} cannot be written to; give it to the user that acuse runs as")]
    return []
