"""Opening a database to look at it without leaving a trace: no file is made, no journal switched, no folder created."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import create_engine

from storage.database import Database, open_database, parse_url


def open_untouched(url: str) -> Database | None:
    """The database at `url` for reading only; None for a SQLite database that is not there yet.

    On SQLite both engines are the same, and nothing can be written through either.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() != "sqlite":
        return open_database(parsed)
    file = Path(parsed.database or "").absolute()
    if not file.exists():
        return None
    # Where no log lies beside it nobody has the database open, and the file itself is all; without this word SQLite
    # would make a log to read by, and could not take it away again.
    options = "mode=ro" if Path(f"{file}-wal").exists() else "mode=ro&immutable=1"
    engine = create_engine(parsed, creator=lambda: sqlite3.connect(f"{file.as_uri()}?{options}", uri=True, timeout=30))
    return Database(parsed, engine, engine)
