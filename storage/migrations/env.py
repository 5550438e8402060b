"""Alembic's entry: the engine comes from `storage.database.upgrade`."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, TypeDecorator, text

from storage.schema import metadata

_LOCK = 7_239_114_203
"""Any number, as long as nobody else locks on it."""


def _plain(kind: str, item: Any, _context: Any) -> str | Literal[False]:  # noqa: ANN401
    """A revision is history: it names the database's types, not ours, which may change."""
    return f"sa.{item.impl!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


def _migrate(connection: Connection) -> None:
    """All of it in one transaction, one process at a time: whoever came second finds nothing to do."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    context.configure(
        connection=connection,
        target_metadata=metadata,
        # SQLite cannot alter a table in place, so Alembic copies it.
        render_as_batch=True,
        render_item=_plain,
    )
    context.run_migrations()
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise RuntimeError("the migration left a row that refers to nothing")


with context.config.attributes["engine"].connect() as connection:
    driver = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        # Copying a table drops the old one, and with the keys enforced that deletes its rows first. This has an effect
        # outside of a transaction only.
        driver.execute("PRAGMA foreign_keys=OFF")
    try:
        with connection.begin():
            _migrate(connection)
    finally:
        if connection.dialect.name == "sqlite":
            driver.execute("PRAGMA foreign_keys=ON")
