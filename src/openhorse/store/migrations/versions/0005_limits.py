"""Limits: scopes, rates, budgets and quotas by key, rotated secrets, and what a key keeps in the store."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_COUNTS = ("limit_unfinished", "limit_reads_per_minute", "limit_writes_per_minute")
_SUMS = ("limit_day_micros", "limit_month_micros", "limit_storage_bytes")


def upgrade() -> None:
    """Widen keys, films and pictures; a key of before may do what it could."""
    _keys()
    _kept()
    op.create_table(
        "oh_spending",
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("micros", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["oh_keys.id"], name="fk_oh_spending_key_id"),
        sa.PrimaryKeyConstraint("key_id", "period", name="pk_oh_spending"),
    )
    op.create_index("ix_oh_ledger_key_id_at", "oh_ledger", ["key_id", "at"])


def _keys() -> None:
    op.add_column("oh_keys", sa.Column("secret_prefix", sa.String()))
    op.add_column("oh_keys", sa.Column("previous_sha256", sa.String()))
    op.add_column("oh_keys", sa.Column("previous_until", sa.BigInteger()))
    op.add_column("oh_keys", sa.Column("scopes", sa.String(), nullable=False, server_default="read,submit"))
    for name in _COUNTS:
        op.add_column("oh_keys", sa.Column(name, sa.Integer()))
    for name in _SUMS:
        op.add_column("oh_keys", sa.Column(name, sa.BigInteger()))
    op.create_index("ix_oh_keys_previous_sha256", "oh_keys", ["previous_sha256"])


def _kept() -> None:
    op.add_column("oh_tasks", sa.Column("film_bytes", sa.BigInteger()))
    on_server = op.get_bind().dialect.name == "postgresql"
    size = "CAST(CAST(video AS json)->>'bytes' AS bigint)" if on_server else "json_extract(video, '$.bytes')"
    op.execute(f"UPDATE oh_tasks SET film_bytes = {size} WHERE status = 'succeeded' AND video IS NOT NULL")
    # How large the pictures of before are is not on record: they count nothing until they are brought again.
    op.add_column("oh_pictures", sa.Column("bytes", sa.BigInteger(), nullable=False, server_default="0"))
