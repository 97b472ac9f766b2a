"""The first tables: keys, tasks, events, ledger, idempotency, callback attempts, pictures, secrets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_GROWING = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make them, those first that others point to."""
    _accounts()
    _tasks()
    _ledger()
    _around_tasks()
    op.create_table(
        "oh_secrets",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_oh_secrets"),
    )


def _accounts() -> None:
    op.create_table(
        "oh_keys",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("secret_sha256", sa.String(), nullable=False),
        sa.Column("signing_secret", sa.String()),
        sa.Column("limit_waiting", sa.Integer()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_oh_keys"),
        sa.UniqueConstraint("secret_sha256", name="uq_oh_keys_secret_sha256"),
    )
    op.create_table(
        "oh_balances",
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("available_micros", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["oh_keys.id"], name="fk_oh_balances_key_id"),
        sa.PrimaryKeyConstraint("key_id", name="pk_oh_balances"),
    )


def _tasks() -> None:
    op.create_table(
        "oh_tasks",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("dialect", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("progress", sa.Float(), nullable=False),
        sa.Column("order", sa.Text(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("callback_url", sa.Text()),
        sa.Column("lifetime_micros", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger()),
        sa.Column("finished_at", sa.BigInteger()),
        sa.Column("expires_at", sa.BigInteger()),
        sa.Column("video", sa.Text()),
        sa.Column("failure", sa.Text()),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["oh_keys.id"], name="fk_oh_tasks_key_id"),
        sa.PrimaryKeyConstraint("id", name="pk_oh_tasks"),
    )
    op.create_index("ix_oh_tasks_key_id_created_at_id", "oh_tasks", ["key_id", "created_at", "id"])
    op.create_index("ix_oh_tasks_key_id_status", "oh_tasks", ["key_id", "status"])
    op.create_index("ix_oh_tasks_status_expires_at", "oh_tasks", ["status", "expires_at"])
    op.create_table(
        "oh_events",
        sa.Column("id", _GROWING, nullable=False),
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["oh_tasks.id"], name="fk_oh_events_task_id"),
        sa.PrimaryKeyConstraint("id", name="pk_oh_events"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_oh_events_task_id_id", "oh_events", ["task_id", "id"])


def _ledger() -> None:
    op.create_table(
        "oh_ledger",
        sa.Column("id", _GROWING, nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("task_id", sa.String()),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("micros", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["oh_keys.id"], name="fk_oh_ledger_key_id"),
        sa.ForeignKeyConstraint(["task_id"], ["oh_tasks.id"], name="fk_oh_ledger_task_id"),
        sa.PrimaryKeyConstraint("id", name="pk_oh_ledger"),
        sa.UniqueConstraint("task_id", "kind", name="uq_oh_ledger_task_id_kind"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_oh_ledger_key_id_kind_micros", "oh_ledger", ["key_id", "kind", "micros"])
    settled = sa.text("kind IN ('capture', 'release')")
    op.create_index(
        "uq_oh_ledger_settled",
        "oh_ledger",
        ["task_id"],
        unique=True,
        sqlite_where=settled,
        postgresql_where=settled,
    )


def _around_tasks() -> None:
    op.create_table(
        "oh_idempotency",
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("body_sha256", sa.String(), nullable=False),
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["oh_keys.id"], name="fk_oh_idempotency_key_id"),
        sa.ForeignKeyConstraint(["task_id"], ["oh_tasks.id"], name="fk_oh_idempotency_task_id"),
        sa.PrimaryKeyConstraint("key_id", "scope", "key", name="pk_oh_idempotency"),
    )
    op.create_index("ix_oh_idempotency_expires_at", "oh_idempotency", ["expires_at"])
    op.create_table(
        "oh_callback_attempts",
        sa.Column("event_id", _GROWING, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("delivered", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["oh_events.id"], name="fk_oh_callback_attempts_event_id"),
        sa.ForeignKeyConstraint(["task_id"], ["oh_tasks.id"], name="fk_oh_callback_attempts_task_id"),
        sa.PrimaryKeyConstraint("event_id", "number", name="pk_oh_callback_attempts"),
    )
    op.create_index("ix_oh_callback_attempts_task_id", "oh_callback_attempts", ["task_id"])
    op.create_table(
        "oh_pictures",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["oh_keys.id"], name="fk_oh_pictures_key_id"),
        sa.PrimaryKeyConstraint("sha256", "key_id", name="pk_oh_pictures"),
    )
    op.create_index("ix_oh_pictures_used_at", "oh_pictures", ["used_at"])
