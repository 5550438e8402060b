"""The one clock. Rules and storage get times as arguments; only what runs the daemon asks here."""

from __future__ import annotations

from datetime import UTC, datetime


class Clock:
    """The time of the machine, in UTC."""

    def now(self) -> datetime:
        """The time, aware."""
        return datetime.now(UTC)
