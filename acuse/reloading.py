"""SIGHUP: configuration, desks and templates are read again; what is wrong is named, and the old stays in force."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import structlog
from pydantic import BaseModel

from acuse.check import load_current
from acuse.config import Config, ConfigError, Loaded, LogLevel
from acuse.config_file import EMBEDDED
from acuse.doors import Doors
from acuse.logs import set_level
from acuse.notify import Notifier
from acuse.runtime import Current, Policy, Runtime
from acuse.shifts import Shift, Shifts

log = structlog.get_logger()

LIVE = frozenset(
    {
        "desks",
        "templates",
        "limits",
        "operator",
        "smtp.tls_certificate",
        "smtp.tls_key",
        "smtp.max_message_bytes",
        "smtp.max_open_data_bytes",
        "smtp.max_line_bytes",
        "smtp.max_connections",
        "smtp.max_connections_per_address",
        "smtp.max_recipients",
        "smtp.max_commands",
        "smtp.idle_seconds",
        "smtp.session_seconds",
        "reading.time_limit_seconds",
        "reading.memory_limit_bytes",
        "outgoing.null_reverse_path",
        "outgoing.give_up_hours",
        "outgoing.max_attachment_bytes",
        "log.level",
    }
)
"""The sections and keys that change while the daemon runs. A key that is not named here needs a restart."""


@dataclass(frozen=True)
class Renewal:
    """What a reload brings. `changed` and `waiting` are the keys that differ: in force now, and not before a restart;
    `desks` are those that are served by another text than before, or no longer."""

    current: Current
    changed: tuple[str, ...]
    waiting: tuple[str, ...]
    desks: tuple[str, ...]


def read_again(running: Current) -> Renewal:
    """The configuration that the daemon was started with, as it is now. ConfigError with every mistake.

    Keys that need a restart keep their running values, so that nobody works by half of a change.
    """
    file = None if running.loaded.file == EMBEDDED else Path(running.loaded.file)
    found = load_current(file)
    old, new = running.loaded.config, found.loaded.config
    differing = list(_differing(old, new))
    waiting = {key for key in differing if not _is_live(key, old, new)}
    config = _without(old, new, waiting)
    return Renewal(
        replace(found, loaded=Loaded(config, found.loaded.file, found.loaded.folder)),
        tuple(key for key in differing if key not in waiting),
        tuple(key for key in differing if key in waiting),
        tuple(sorted(_other_desks(running.policy, found.policy))),
    )


def _differing(old: Config, new: Config) -> Iterator[str]:
    """The keys with another value, "section.key"; of what is no table of single keys, the section."""
    for section, before in old:
        after = getattr(new, section)
        if isinstance(before, BaseModel):
            yield from (f"{section}.{key}" for key, value in before if getattr(after, key) != value)
        elif before != after:
            yield section


def _is_live(key: str, old: Config, new: Config) -> bool:
    if key.startswith("smtp.tls_") and not (old.smtp.tls_certificate and new.smtp.tls_certificate):
        # STARTTLS is offered from the start or not at all.
        return False
    return key in LIVE or key.partition(".")[0] in LIVE


def _without(old: Config, new: Config, waiting: set[str]) -> Config:
    """`new` with the old values of the keys in `waiting`."""
    sections = {}
    for section, before in old:
        after = getattr(new, section)
        if isinstance(before, BaseModel):
            kept = {key: value for key, value in before if f"{section}.{key}" in waiting}
            sections[section] = after.model_copy(update=kept)
        else:
            sections[section] = before if section in waiting else after
    return new.model_copy(update=sections)


def _other_desks(old: Policy, new: Policy) -> Iterator[str]:
    for desk_id in old.served.keys() | new.served.keys():
        before, after = old.served.get(desk_id), new.served.get(desk_id)
        if before is None or after is None or before.digest != after.digest:
            yield desk_id


class Reloader:
    """Does reloads, one after the other, while the daemon goes on with its work."""

    def __init__(
        self, runtime: Runtime, shifts: Shifts, processes: int, doors: Doors | None, notifier: Notifier
    ) -> None:
        self._runtime = runtime
        self._shifts = shifts
        self._processes = processes
        self._doors = doors
        self._notifier = notifier

    async def serve(self, asked: asyncio.Event) -> None:
        """Reload whenever `asked` is set."""
        while True:
            await asked.wait()
            asked.clear()
            self._notifier.reloading()
            self._notifier.ready(await self._reload())

    async def _reload(self) -> str:
        """One reload; a line for the service manager. What goes wrong leaves everything as it was."""
        try:
            renewal, fresh = await self._renew()
        except ConfigError as error:
            for problem in error.problems:
                log.error("config.problem", file=problem.file, key=problem.key, cure=problem.cure)  # noqa: TRY400
            log.error("config.kept", problems=len(error.problems))  # noqa: TRY400
            return f"the new configuration has mistakes ({len(error.problems)}); the old one stays in force"
        except Exception:
            log.exception("config.kept", problems=1)
            return "the new configuration cannot be used; the old one stays in force"
        before, level = self._runtime.loaded.config.log.level, renewal.current.loaded.config.log.level
        self._runtime.current = renewal.current
        self._shifts.relieve(fresh)
        # A level that is raised does not hide its own change, and one that is lowered shows it.
        set_level(min(before, level, key=list(LogLevel).index))
        for key in renewal.waiting:
            log.warning("config.needs_restart", key=key)
        log.info(
            "config.reloaded", config=renewal.current.loaded.file, changed=renewal.changed, changed_desks=renewal.desks
        )
        set_level(level)
        return status_line(self._runtime)

    async def _renew(self) -> tuple[Renewal, Shift]:
        """Everything that can fail."""
        renewal, fresh = await asyncio.to_thread(self._prepare)
        try:
            if self._doors:
                self._doors.renew(renewal.current.loaded)
        except BaseException:
            await asyncio.to_thread(fresh.readers.close)
            raise
        return renewal, fresh

    def _prepare(self) -> tuple[Renewal, Shift]:
        renewal = read_again(self._runtime.current)
        fresh = Shift(replace(self._runtime, current=renewal.current), self._processes)
        try:
            fresh.readers.wait_ready()
        except BaseException:
            fresh.readers.close()
            raise
        return renewal, fresh


def status_line(runtime: Runtime) -> str:
    """What the daemon does, for the service manager's status."""
    return f"desks served: {', '.join(runtime.policy.served)}"
