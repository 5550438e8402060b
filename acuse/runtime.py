"""What every part of a running acuse shares: configuration, desks, database, templates, keys and the clock."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property

from acuse.clock import Clock
from acuse.config import ConfigError, Loaded
from acuse.desk_files import load_desk_files
from acuse.problems import Problem
from responders.keyring import KeyRingError, load_or_make
from responders.templates import Templates
from rules.addresses import POSTMASTER, desk_of, split_plus
from rules.decision import Limits
from rules.policy import Desk
from rules.tokens import Key
from storage.database import HEAD, Database, open_database, revision, upgrade
from storage.writer import Writer

KEYRING = "keyring"


@dataclass(frozen=True)
class Policy:
    """The desks of one reading of the files: `served` get their mail here, `known` are all that have a file."""

    served: dict[str, Desk]
    known: dict[str, Desk]

    def resolve(self, address: str) -> str | None:
        """The served desk, or postmaster, that a recipient address belongs to; None for any other address."""
        return desk_of(address, ((desk.id, desk.addresses) for desk in self.served.values()))

    @cached_property
    def own_addresses(self) -> frozenset[str]:
        """Every address of ours, in lower case: mail from one of them is a loop."""
        return frozenset(split_plus(address)[0] for desk in self.known.values() for address in desk.addresses)

    @cached_property
    def promises(self) -> dict[str, timedelta]:
        """How long after its arrival a mail of each served desk must have been acknowledged."""
        return {desk.id: desk.promise for desk in self.served.values() if desk.promise}


@dataclass(frozen=True)
class Current:
    """All that a reload renews, as one value, so that nobody sees half of it."""

    loaded: Loaded
    policy: Policy
    templates: Templates


@dataclass(eq=False)
class Runtime:
    """One start of acuse. `owner` marks the rows that this process has claimed.

    Only `current` ever changes, as a whole. Who needs more than one look at it takes a `snapshot` first.
    """

    current: Current
    database: Database
    writer: Writer
    keys: tuple[Key, ...]
    clock: Clock
    owner: str

    def snapshot(self) -> Runtime:
        """The same runtime with the configuration, desks and templates of now, whatever is reloaded later."""
        return replace(self)

    @property
    def loaded(self) -> Loaded:
        """The configuration in force."""
        return self.current.loaded

    @property
    def policy(self) -> Policy:
        """The desks in force."""
        return self.current.policy

    @property
    def templates(self) -> Templates:
        """The templates in force."""
        return self.current.templates

    @property
    def limits(self) -> Limits:
        """How many automatic messages may leave."""
        section = self.loaded.config.limits
        return Limits(
            section.address_per_10_minutes,
            section.address_per_day,
            section.desk_per_10_minutes,
            section.agent_per_10_minutes,
        )

    @property
    def hostname(self) -> str:
        """Our name in greetings."""
        return self.loaded.config.service.hostname or socket.gethostname() or "localhost"

    def close(self) -> None:
        """Write what is queued and close the database."""
        self.writer.close()
        self.database.close()


def load_policy(loaded: Loaded) -> tuple[Policy, list[Problem]]:
    """The desks, and every mistake in their files and in the list of enabled ones."""
    directories = [loaded.path(folder) for folder in loaded.config.desks.directories]
    files = load_desk_files(directories)
    problems = list(files.problems)
    known = dict(files.desks)
    broken = {problem.file for problem in problems}
    for desk_id in loaded.config.desks.enabled:
        if desk_id not in known and not any(file.endswith(f"{desk_id}.toml") for file in broken):
            cure = f"there is no desk file {desk_id}.toml; known are {', '.join(sorted(known)) or 'none'}"
            problems.append(Problem(loaded.file, "desks.enabled", cure))
    served = {desk_id: known[desk_id] for desk_id in loaded.config.desks.enabled if desk_id in known}
    return Policy(served, known), problems


def load_templates(loaded: Loaded) -> Templates:
    """The templates, the operator's before the built-in ones."""
    return Templates([loaded.path(folder) for folder in loaded.config.templates.directories])


def database_problem(database: Database, loaded: Loaded) -> Problem | None:
    """Why this code cannot work with the database as it is."""
    try:
        found = revision(database)
    except Exception as error:  # noqa: BLE001 - a driver's own errors are many; the operator needs one line
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        return Problem(loaded.file, "database.url", f"the database does not answer: {first}")
    if found is not None and found != HEAD:
        cure = "run acuse db upgrade" if found < HEAD else "it was made by a newer acuse; install that one"
        return Problem(
            loaded.file, "database.url", f"the database is at revision {found}, this acuse needs {HEAD}: {cure}"
        )
    return None


def start(loaded: Loaded, clock: Clock, *, desks: Policy | None = None) -> Runtime:
    """Open everything. ConfigError names every mistake; a database without tables gets them."""
    policy, problems = (desks, []) if desks else load_policy(loaded)
    database = open_database(loaded.database_url)
    if problem := database_problem(database, loaded):
        problems.append(problem)
    keys: tuple[Key, ...] = ()
    ring = loaded.path(loaded.config.service.state_directory) / KEYRING
    try:
        keys = load_or_make(ring)
    except KeyRingError as error:
        problems.append(Problem(str(error.file), "", f"{error.wrong}; {error.cure}"))
    if problems:
        raise ConfigError(problems)
    if revision(database) is None:
        upgrade(database)
    # Containers may share both name and number. The name comes last: a long one must not cut off what tells them apart.
    owner = f"{os.getpid()}-{secrets.token_hex(4)}@{socket.gethostname()}"[:64]
    current = Current(loaded, policy, load_templates(loaded))
    return Runtime(current, database, Writer(database.write), keys, clock, owner)


def is_desk(desk_id: str) -> bool:
    """Whether work is for a desk at all; postmaster's is for the operator."""
    return desk_id != POSTMASTER
