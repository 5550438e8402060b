"""How SQLite goes about the statements of a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, event

from storage.database import Database


def plans(database: Database, function: Callable[[Connection], Any]) -> str:
    """The query plans of all statements that `function` executes, a step a line."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        seen.append((statement, parameters))

    with database.write.begin() as connection:
        event.listen(database.write, "before_cursor_execute", note)
        function(connection)
        event.remove(database.write, "before_cursor_execute", note)
        steps = []
        for statement, parameters in seen:
            steps += [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    return "\n".join(steps)
