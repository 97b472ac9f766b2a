"""Uploads: places that a key may fill with a picture, as the vendors' upload flows have them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table and its indexes."""
    op.create_table(
        "oh_uploads",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("dialect", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("bytes", sa.BigInteger()),
        sa.Column("content_type", sa.String()),
        sa.Column("sha256", sa.String()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_oh_uploads"),
        sa.ForeignKeyConstraint(["key_id"], ["oh_keys.id"], name="fk_oh_uploads_key_id"),
    )
    op.create_index("ix_oh_uploads_expires_at", "oh_uploads", ["expires_at"])
    op.create_index("ix_oh_uploads_key_id_dialect_created_at", "oh_uploads", ["key_id", "dialect", "created_at"])
