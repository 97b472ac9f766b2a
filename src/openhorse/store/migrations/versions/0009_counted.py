"""Counted: how much of the store a key's films fill, and one index of the ledger for all its sums."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Count what is kept; sum a key's entries, and those of a stretch of time, within one index instead of two."""
    op.create_table(
        "oh_stored",
        sa.Column("key_id", sa.String(), sa.ForeignKey("oh_keys.id", name="fk_oh_stored_key_id"), nullable=False),
        sa.Column("film_bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name="pk_oh_stored"),
    )
    op.execute(
        "INSERT INTO oh_stored (key_id, film_bytes) SELECT key_id, SUM(film_bytes) FROM oh_tasks "
        "WHERE status = 'succeeded' AND NOT hidden AND film_bytes IS NOT NULL GROUP BY key_id"
    )
    op.drop_index("ix_oh_ledger_key_id_kind_micros", "oh_ledger")
    op.drop_index("ix_oh_ledger_key_id_at", "oh_ledger")
    op.create_index("ix_oh_ledger_key_id_kind_at_micros", "oh_ledger", ["key_id", "kind", "at", "micros"])
