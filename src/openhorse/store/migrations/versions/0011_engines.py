"""Engines elsewhere, licences that were accepted, and each time that an engine was asked for a film."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the three tables; films of before have no tries."""
    op.create_table(
        "oh_engines",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_oh_engines"),
    )
    op.create_table(
        "oh_acceptances",
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("licence", name="pk_oh_acceptances"),
    )
    op.create_table(
        "oh_tries",
        sa.Column("task_id", sa.String(), sa.ForeignKey("oh_tasks.id", name="fk_oh_tries_task_id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("place", sa.String()),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("report", sa.Text()),
        sa.Column("enhanced", sa.Text()),
        sa.Column("failure", sa.Text()),
        sa.Column("micros", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("task_id", "number", name="pk_oh_tries"),
    )
    op.create_index("ix_oh_tries_engine_asked_at_micros", "oh_tries", ["engine", "asked_at", "micros"])
    op.create_index(
        "ix_oh_tries_open",
        "oh_tries",
        ["engine", "place"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
