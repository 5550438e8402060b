"""The files and folders that a configuration names, looked at from outside: are they there, and are they as they must
be?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from acuse.config import Config, Loaded
from acuse.problems import Problem

CREDENTIALS = "CREDENTIALS_DIRECTORY"
"""The environment variable by which systemd names the folder of a service's credentials."""


@contextmanager
def told(found: list[Problem], file: str, key: str) -> Iterator[None]:
    """Make a problem of `key` in `file` of a path that cannot even be looked at."""
    try:
        yield
    except OSError as error:
        cure = (
            f"{error.filename} cannot be looked at ({error.strerror}); correct the path, or let acuse's user in there"
        )
        found.append(Problem(file, key, cure))


def place_problems(loaded: Loaded) -> list[Problem]:
    """Files and folders that are not there or not as they must be."""
    config, found = loaded.config, list[Problem]()
    # What systemd gives to the daemon alone the commands beside it do without; see `missing_credentials`.
    secrets = [(key, value) for key, value in _secrets(config) if not _is_kept_from_us(value)]
    others = [
        ("smtp.tls_certificate", config.smtp.tls_certificate),
        ("smtp.tls_key", config.smtp.tls_key),
        ("outgoing.ca_file", config.outgoing.ca_file),
    ]
    others += [(f"mailboxes[{box.name}].ca_file", box.ca_file) for box in config.mailboxes]
    for key, value in [*others, *secrets]:
        if value:
            with told(found, loaded.file, key):
                found += _file_problems(loaded, key, value, secret=(key, value) in secrets)
    for key, folders in (
        ("desks.directories", config.desks.directories),
        ("templates.directories", config.templates.directories),
    ):
        for folder in folders:
            with told(found, loaded.file, key):
                found += _folder_problems(loaded, key, loaded.path(folder))
    for box in config.mailboxes:
        if box.oauth_token_file:
            key = f"mailboxes[{box.name}].oauth_token_file"
            with told(found, loaded.file, key):
                found += _token_problems(loaded, key, loaded.path(box.oauth_token_file))
    return found


def missing_credentials(loaded: Loaded) -> list[Problem]:
    """Secrets that the configuration takes from systemd's credentials, where this process was given none."""
    cure = f"there is no ${CREDENTIALS} here; systemd sets it for the daemon, and a command by hand may be given it"
    return [Problem(loaded.file, key, cure) for key, value in _secrets(loaded.config) if _is_kept_from_us(value)]


def _secrets(config: Config) -> list[tuple[str, str]]:
    found = [("outgoing.password_file", config.outgoing.password_file)]
    for box in config.mailboxes:
        found.append((f"mailboxes[{box.name}].password_file", box.password_file))
        found.append((f"mailboxes[{box.name}].oauth_client_secret_file", box.oauth_client_secret_file))
    return found


def _is_kept_from_us(path: str) -> bool:
    return CREDENTIALS in path and CREDENTIALS not in os.environ


def _file_problems(loaded: Loaded, key: str, value: str, *, secret: bool) -> list[Problem]:
    file = loaded.path(value)
    if not file.is_file():
        unset = "; the environment variable in it is not set" if "$" in str(file) else ""
        cure = f"{file} is no file{unset}; correct the path or leave the key empty"
        return [Problem(loaded.file, key, cure)]
    return _secret_problems(loaded, key, file) if secret else []


def _folder_problems(loaded: Loaded, key: str, folder: Path) -> list[Problem]:
    if not folder.is_dir():
        return [Problem(loaded.file, key, f"{folder} is no folder; make it or take it out")]
    if not os.access(folder, os.R_OK | os.X_OK):
        # Templates in there would be passed over without a word.
        return [Problem(loaded.file, key, f"{folder} cannot be read; let acuse's user in there, or take it out")]
    return []


def _secret_problems(loaded: Loaded, key: str, file: Path) -> list[Problem]:
    if problems := _open_to_others(loaded, key, file):
        return problems
    try:
        if file.read_text(encoding="utf-8").strip():
            return []
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        return [Problem(loaded.file, key, f"{file} cannot be read ({why}); it must hold the secret and be ours")]
    return [Problem(loaded.file, key, f"{file} is empty; write the secret into it")]


def _token_problems(loaded: Loaded, key: str, file: Path) -> list[Problem]:
    """The file itself is made by `acuse mailbox authorize`."""
    if not file.parent.is_dir():
        return [Problem(loaded.file, key, f"{file.parent} is no folder; make it for acuse's user, or name another")]
    return _open_to_others(loaded, key, file) if file.exists() else []


def _open_to_others(loaded: Loaded, key: str, file: Path) -> list[Problem]:
    # systemd guards a credential with an access list, which shows as a readable group.
    theirs = os.environ.get(CREDENTIALS)
    if file.stat().st_mode & 0o077 and not (theirs and file.is_relative_to(theirs)):
        return [Problem(loaded.file, key, f"others may read it; run chmod 600 {file}")]
    return []
