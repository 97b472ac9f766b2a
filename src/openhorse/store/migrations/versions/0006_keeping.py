"""Keeping: a signing secret before the last rotation, and which tasks still have their order, by age."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Widen keys; find old tasks."""
    op.add_column("oh_keys", sa.Column("former_signing_secret", sa.String()))
    op.add_column("oh_keys", sa.Column("former_signing_until", sa.BigInteger()))
    remembered = sa.text("\"order\" != ''")
    op.create_index(
        "ix_oh_tasks_remembered",
        "oh_tasks",
        ["finished_at"],
        sqlite_where=remembered,
        postgresql_where=remembered,
    )
