"""Alembic's way in: runs the steps in the transaction that the caller has begun."""

from __future__ import annotations

from alembic import context

from weatherglass.state.migrations import VERSION_TABLE
from weatherglass.state.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
context.run_migrations()
