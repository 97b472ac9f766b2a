"""Callbacks: when the next attempt is due, so that one that was given up can be told; all keys' newest tasks first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column and the index; of what was tried before, no next attempt is known."""
    op.add_column("oh_callback_attempts", sa.Column("next_at", sa.BigInteger()))
    wanted = sa.text("callback_url IS NOT NULL")
    op.create_index(
        "ix_oh_tasks_told",
        "oh_tasks",
        ["created_at", "id"],
        sqlite_where=wanted,
        postgresql_where=wanted,
    )
