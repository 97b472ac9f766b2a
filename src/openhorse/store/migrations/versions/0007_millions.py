"""Millions of tasks: what is asked at every turn is found, counted and summed in indexes alone."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Widen two indexes, and find the line; a film that was deleted is from now on one whose time is over."""
    op.drop_index("ix_oh_tasks_key_id_created_at_id", "oh_tasks")
    op.drop_index("ix_oh_tasks_key_id_status", "oh_tasks")
    op.create_index("ix_oh_tasks_listed", "oh_tasks", ["key_id", "created_at", "id", "hidden", "dialect"])
    op.create_index("ix_oh_tasks_of_key", "oh_tasks", ["key_id", "status", "created_at", "id", "hidden", "film_bytes"])
    op.create_index("ix_oh_tasks_in_line", "oh_tasks", ["status", "created_at", "id"])
    op.create_index("ix_oh_pictures_key_id_bytes", "oh_pictures", ["key_id", "bytes"])
    op.execute("UPDATE oh_tasks SET expires_at = 0 WHERE status = 'succeeded' AND hidden")
