"""Watching: the trace that an order belongs to, and how long steps and callbacks took."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Widen tasks; count measures."""
    op.add_column("oh_tasks", sa.Column("traceparent", sa.String()))
    op.create_table(
        "oh_measures",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("le", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", "engine", "result", "le", name="pk_oh_measures"),
    )
