"""`acuse check`: everything that can be wrong before the daemon runs, found without changing anything."""

from __future__ import annotations

import os
from pathlib import Path

from acuse import tls
from acuse.config import ConfigError, Loaded, Outgoing, unix_path
from acuse.config_file import load, sections_of
from acuse.config_places import missing_credentials, told
from acuse.problems import Problem
from acuse.runtime import KEYRING, Current, Policy, database_problem, load_policy, load_templates
from responders.keyring import KeyRingError, load_or_make
from storage.database import parse_url
from storage.looking import open_untouched

RUN = Path("/run")
SOCKET_PATH_BYTES = 107
"""How long the path of a unix socket may be (unix(7))."""


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
        problems += _certificate_problems(loaded)
    problems += tls.authority_problems(loaded, broken)
    if "database" not in broken:
        with told(problems, loaded.file, "database.url"):
            problems += _database_problems(loaded)
    if "service" not in broken:
        with told(problems, loaded.file, "service.state_directory"):
            problems += _keyring_problems(loaded)
    if "outgoing" not in broken and loaded.config.outgoing.mode is Outgoing.MAILDIR:
        with told(problems, loaded.file, "outgoing.maildir"):
            problems += _folder_problems(loaded, "outgoing.maildir", loaded.path(loaded.config.outgoing.maildir))
    if "lmtp" not in broken and (path := unix_path(loaded.config.lmtp.listen)):
        with told(problems, loaded.file, "lmtp.listen"):
            problems += _socket_problems(loaded, loaded.path(path))
    if "mailboxes" not in broken:
        for box in loaded.config.mailboxes:
            if box.oauth_token_file:
                key = f"mailboxes[{box.name}].oauth_token_file"
                problems += _folder_problems(loaded, key, loaded.path(box.oauth_token_file).parent)
    return problems


def remarks(loaded: Loaded) -> list[str]:
    """What is no mistake, and yet good to know."""
    found = []
    if loaded.config.outgoing.mode is Outgoing.HOLD:
        found.append("outgoing.mode: hold: no message leaves until acuse outbox release lets it go, but alarms do")
    path = unix_path(loaded.config.lmtp.listen)
    folder = loaded.path(path).parent if path else RUN
    if RUN in folder.parents and not folder.exists():
        found.append(f"lmtp.listen: {folder} is not there now; the unit's RuntimeDirectory makes it for the daemon")
    return found


def _certificate_problems(loaded: Loaded) -> list[Problem]:
    try:
        tls.server_context(loaded)
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


def _socket_problems(loaded: Loaded, file: Path) -> list[Problem]:
    """Why a unix socket could not be put there."""
    folder, key = file.parent, "lmtp.listen"
    if len(os.fsencode(file)) > SOCKET_PATH_BYTES:
        return [Problem(loaded.file, key, f"{file} is longer than {SOCKET_PATH_BYTES} bytes; name a shorter path")]
    if not folder.exists():
        # What a service manager makes in /run is there from the start to the end of the daemon only.
        cure = f"there is no folder {folder}; make it for acuse's user, or name another"
        made = RUN in folder.parents or folder in _made_by_us(loaded)
        return [] if made else [Problem(loaded.file, key, cure)]
    if file.exists() and not file.is_socket():
        return [Problem(loaded.file, key, f"{file} is no socket; name another file, or move that one away")]
    return _folder_problems(loaded, key, folder)


def _made_by_us(loaded: Loaded) -> set[Path]:
    """Folders that are there before the doors open."""
    folders = [loaded.path(loaded.config.service.state_directory)]
    if parse_url(loaded.database_url).get_backend_name() == "sqlite":
        folders.append(loaded.sqlite_path.parent)
    return {above for one in folders for above in (one, *one.parents)}


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
