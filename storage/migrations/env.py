"""Alembic's entry: the engine comes from `storage.database.upgrade`."""

from __future__ import annotations

from alembic import context

from storage.schema import metadata

with context.config.attributes["engine"].connect() as connection:
    # Batch mode: SQLite cannot alter a table in place, so Alembic copies it.
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
