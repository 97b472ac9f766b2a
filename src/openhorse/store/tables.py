"""The tables, as SQLAlchemy Core sees them. Knows no rule about what a row means.

All of ours begin with `oh_`; the durable runs keep theirs in the same database under their own names.
Times are whole microseconds since 1970 UTC, money is whole micro-US-dollars, values are JSON texts.
A change here goes with a new file in migrations/versions; a test compares the two.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware time, stored exactly as whole microseconds since 1970 UTC, so that it sorts and compares."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:
        """Refuses a naive time: it would silently mean the machine's own zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("times are aware UTC; a naive one was given")
        return (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        """Gives UTC back."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


GROWING = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""SQLite numbers only INTEGER keys by itself."""

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

keys = sa.Table(
    "oh_keys",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("label", sa.String, nullable=False),
    sa.Column("secret_sha256", sa.String, nullable=False, unique=True),
    sa.Column("signing_secret", sa.String),
    sa.Column("limit_waiting", sa.Integer),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("revoked_at", Instant),
    sa.Column("secret_prefix", sa.String),
    sa.Column("previous_sha256", sa.String, index=True),
    sa.Column("previous_until", Instant),
    sa.Column("scopes", sa.String, nullable=False, server_default="read,submit"),
    sa.Column("limit_unfinished", sa.Integer),
    sa.Column("limit_reads_per_minute", sa.Integer),
    sa.Column("limit_writes_per_minute", sa.Integer),
    sa.Column("limit_day_micros", sa.BigInteger),
    sa.Column("limit_month_micros", sa.BigInteger),
    sa.Column("limit_storage_bytes", sa.BigInteger),
    sa.Column("former_signing_secret", sa.String),
    sa.Column("former_signing_until", Instant),
)
"""`previous_sha256` is the secret before the last rotation, good until `previous_until` (None: for good).

`former_signing_secret` signs callbacks beside `signing_secret` until `former_signing_until`."""

URGENT = keys.c.scopes.contains("urgent").label("urgent")
"""Whether a key's films are made before all others'."""

balances = sa.Table(
    "oh_balances",
    metadata,
    sa.Column("key_id", sa.ForeignKey("oh_keys.id"), primary_key=True),
    sa.Column("available_micros", sa.BigInteger, nullable=False),
)
"""One row for each key that has a credit; a key without a row is unlimited and shares no row to wait for."""

tasks = sa.Table(
    "oh_tasks",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("key_id", sa.ForeignKey("oh_keys.id"), nullable=False),
    sa.Column("dialect", sa.String, nullable=False),
    sa.Column("model", sa.String, nullable=False),
    sa.Column("status", sa.String, nullable=False),
    sa.Column("progress", sa.Float, nullable=False),
    sa.Column("order", sa.Text, nullable=False),
    sa.Column("quote", sa.Text, nullable=False),
    sa.Column("callback_url", sa.Text),
    sa.Column("lifetime_micros", sa.BigInteger, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("started_at", Instant),
    sa.Column("finished_at", Instant),
    sa.Column("expires_at", Instant),
    sa.Column("video", sa.Text),
    sa.Column("failure", sa.Text),
    sa.Column("hidden", sa.Boolean, nullable=False),
    sa.Column("film_bytes", sa.BigInteger),
    sa.Column("traceparent", sa.String),
    sa.Column("stills", sa.Text),
    # As wide as what is counted, so that to count a key's tasks need not touch their rows.
    sa.Index("ix_oh_tasks_listed", "key_id", "created_at", "id", "hidden", "dialect"),
    sa.Index("ix_oh_tasks_of_key", "key_id", "status", "created_at", "id", "hidden", "film_bytes"),
    sa.Index("ix_oh_tasks_in_line", "status", "created_at", "id"),
    sa.Index(None, "status", "expires_at"),
)
sa.Index(
    "ix_oh_tasks_told",
    tasks.c.created_at,
    tasks.c.id,
    sqlite_where=tasks.c.callback_url.is_not(None),
    postgresql_where=tasks.c.callback_url.is_not(None),
)

REMEMBERED = tasks.c.order != sa.literal_column("''")
"""Of a task that was forgotten, the row stays for the accounts, without its order."""

sa.Index("ix_oh_tasks_remembered", tasks.c.finished_at, sqlite_where=REMEMBERED, postgresql_where=REMEMBERED)

events = sa.Table(
    "oh_events",
    metadata,
    sa.Column("id", GROWING, primary_key=True),
    sa.Column("task_id", sa.ForeignKey("oh_tasks.id"), nullable=False),
    sa.Column("status", sa.String, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Index(None, "task_id", "id"),
    sqlite_autoincrement=True,
)

ledger = sa.Table(
    "oh_ledger",
    metadata,
    sa.Column("id", GROWING, primary_key=True),
    sa.Column("key_id", sa.ForeignKey("oh_keys.id"), nullable=False),
    sa.Column("task_id", sa.ForeignKey("oh_tasks.id")),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("micros", sa.BigInteger, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.UniqueConstraint("task_id", "kind"),
    # As wide as what is summed, so that to sum what a key ordered in a month need not touch the rows.
    sa.Index(None, "key_id", "kind", "at", "micros"),
    sqlite_autoincrement=True,
)
sa.Index(
    "uq_oh_ledger_settled",
    ledger.c.task_id,
    unique=True,
    sqlite_where=ledger.c.kind.in_(["capture", "release"]),
    postgresql_where=ledger.c.kind.in_(["capture", "release"]),
)

spending = sa.Table(
    "oh_spending",
    metadata,
    sa.Column("key_id", sa.ForeignKey("oh_keys.id"), primary_key=True),
    sa.Column("period", sa.String, primary_key=True),
    sa.Column("micros", sa.BigInteger, nullable=False),
)
"""What a key with a budget has held or spent of it, by the day ("2026-11-21", UTC) or month ("2026-11") of the order.
A key without a budget has no rows to wait for."""

stored = sa.Table(
    "oh_stored",
    metadata,
    sa.Column("key_id", sa.ForeignKey("oh_keys.id"), primary_key=True),
    sa.Column("film_bytes", sa.BigInteger, nullable=False),
)
"""How much of the store a key's films fill that are there and not deleted: written when a film is ready or goes, read
at each order of a key with a quota."""

idempotency = sa.Table(
    "oh_idempotency",
    metadata,
    sa.Column("key_id", sa.ForeignKey("oh_keys.id"), primary_key=True),
    sa.Column("scope", sa.String, primary_key=True),
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("body_sha256", sa.String, nullable=False),
    sa.Column("task_id", sa.ForeignKey("oh_tasks.id"), nullable=False),
    sa.Column("expires_at", Instant, nullable=False, index=True),
)

callback_attempts = sa.Table(
    "oh_callback_attempts",
    metadata,
    sa.Column("event_id", sa.ForeignKey("oh_events.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("task_id", sa.ForeignKey("oh_tasks.id"), nullable=False, index=True),
    sa.Column("delivered", sa.Boolean, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("milliseconds", sa.Integer, nullable=False),
    sa.Column("head", sa.Text, nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("at", Instant, nullable=False),
    sa.Column("next_at", Instant),
)

pictures = sa.Table(
    "oh_pictures",
    metadata,
    sa.Column("sha256", sa.String, primary_key=True),
    sa.Column("key_id", sa.ForeignKey("oh_keys.id"), primary_key=True),
    sa.Column("used_at", Instant, nullable=False, index=True),
    sa.Column("bytes", sa.BigInteger, nullable=False, server_default="0"),
    sa.Index(None, "key_id", "bytes"),
)
"""Whose picture lies in the blob `inputs/<sha256>.png`, and when that key last used it."""

uploads = sa.Table(
    "oh_uploads",
    metadata,
    sa.Column("address", sa.String, primary_key=True),
    sa.Column("key_id", sa.ForeignKey("oh_keys.id"), nullable=False),
    sa.Column("dialect", sa.String, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("bytes", sa.BigInteger),
    sa.Column("content_type", sa.String),
    sa.Column("sha256", sa.String),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False, index=True),
    sa.Index(None, "key_id", "dialect", "created_at"),
)
"""A place that a key may fill with one picture; `sha256` names it among the pictures once it is there."""

workers = sa.Table(
    "oh_workers",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("beats", sa.BigInteger, nullable=False),
    sa.Column("started_at", Instant, nullable=False),
)
"""Who makes films at present; `beats` goes up as long as a worker lives and is not frozen."""

engines = sa.Table(
    "oh_engines",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("data", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
)
"""Engines elsewhere that the operator has added: inference servers and vendors, as JSON. Their keys are not in here."""

acceptances = sa.Table(
    "oh_acceptances",
    metadata,
    sa.Column("licence", sa.String, primary_key=True),
    sa.Column("at", Instant, nullable=False),
)
"""Licences with conditions that the operator has acknowledged."""

tries = sa.Table(
    "oh_tries",
    metadata,
    sa.Column("task_id", sa.ForeignKey("oh_tasks.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("engine", sa.String, nullable=False),
    sa.Column("place", sa.String),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("report", sa.Text),
    sa.Column("enhanced", sa.Text),
    sa.Column("failure", sa.Text),
    sa.Column("micros", sa.BigInteger, nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Index(None, "engine", "asked_at", "micros"),
)
sa.Index(
    "ix_oh_tries_open",
    tries.c.engine,
    tries.c.place,
    sqlite_where=tries.c.ended_at.is_(None),
    postgresql_where=tries.c.ended_at.is_(None),
)
"""Each time that an engine was asked for a task's film. One that is elsewhere has a place there, whose seat it holds
until it has `ended_at`; `report` is what was last heard of it, `micros` what it costs there, `enhanced` the prompt that
it was given where that is not the order's."""

measures = sa.Table(
    "oh_measures",
    metadata,
    sa.Column("kind", sa.String, primary_key=True),
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("engine", sa.String, primary_key=True),
    sa.Column("result", sa.String, primary_key=True),
    sa.Column("le", sa.String, primary_key=True),
    sa.Column("number", sa.BigInteger, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
)
"""How often something took at most `le` seconds and more than the bound before that, and how long all of those took."""

secrets = sa.Table(
    "oh_secrets",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("value", sa.LargeBinary, nullable=False),
)
"""What this installation keeps to itself, such as the secret that signs links."""
