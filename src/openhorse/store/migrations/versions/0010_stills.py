"""Stills: what a film looks like, while it is made and after."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Widen tasks; films of before have no stills."""
    op.add_column("oh_tasks", sa.Column("stills", sa.Text()))
