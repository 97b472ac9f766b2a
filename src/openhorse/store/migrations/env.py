"""The connection of Database.migrate comes in, the pending migrations run on it. Knows our own tables only."""

from __future__ import annotations

from typing import Any

from alembic import context

from openhorse.store.database import VERSION_TABLE
from openhorse.store.tables import metadata


def _ours(name: str | None, kind: str, _parents: Any) -> bool:
    """The durable runs keep their own tables in this database; those are none of our business."""
    return kind != "table" or (name or "").startswith("oh_")


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    include_name=_ours,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
