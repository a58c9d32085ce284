"""Alembic's way in: migrates through the connection that the store holds open."""

from __future__ import annotations

from alembic import context

from stocktake.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=False)
context.run_migrations()
