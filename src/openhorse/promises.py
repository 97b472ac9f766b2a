"""A customer's promise that two requests are one comes in, the task that the first one made goes out.

In the caller's transaction. Knows no order and no task but by its id.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from openhorse.errors import IdempotencyMismatch, InternalError
from openhorse.store.database import Database
from openhorse.store.tables import Instant, idempotency

REPLAY_WINDOW = timedelta(hours=24)
"""How long an idempotency key is remembered (HiAPI documents about 24 h)."""

FORGOTTEN_AT_ONCE = 1000
"""Promises that are forgotten in one transaction: nobody writes meanwhile where the database is a file."""


@dataclass(frozen=True, slots=True)
class Idempotency:
    """A customer's promise that two requests are one: same `key`, same body. `scope` names the route."""

    key: str
    body_sha256: str
    scope: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A key's promise and the task that it led to, at that moment."""

    key_id: str
    promise: Idempotency
    task_id: str
    at: datetime


class TwinError(InternalError):
    """Another request with the same idempotency key was taken in while this one was."""


def find_promised(connection: sa.Connection, key_id: str, promise: Idempotency, now: datetime) -> str | None:
    """The id of the task that was made for this promise, None when there was none. Raises IdempotencyMismatch."""
    asked = {"key_id": key_id, "scope": promise.scope, "key": promise.key, "now": now}
    row = connection.execute(_PROMISED, asked).one_or_none()
    return None if row is None else _checked(row, promise)


def find_all_promised(connection: sa.Connection, asked: Sequence[Kept]) -> list[str | None]:
    """For each of these what `find_promised` gives, by one look, on SQLite; the tasks that they name do not matter."""
    named = [(one.key_id, one.promise.scope, one.promise.key) for one in asked]
    found = {
        (row.key_id, row.scope, row.key): row for row in connection.execute(_ALL_PROMISED, {"named": json.dumps(named)})
    }
    return [
        _checked(row, one.promise) if row is not None and row.expires_at > one.at else None
        for one, row in zip(asked, map(found.get, named), strict=True)
    ]


def remember(connection: sa.Connection, kept: Sequence[Kept]) -> None:
    """Note which tasks these promises have led to; waits for twins that are being taken in. Raises TwinError."""
    new = [
        {
            "key_id": one.key_id,
            "scope": one.promise.scope,
            "key": one.promise.key,
            "body_sha256": one.promise.body_sha256,
            "task_id": one.task_id,
            "expires_at": one.at + REPLAY_WINDOW,
            "now": one.at,
        }
        for one in kept
    ]
    if new and connection.execute(_NEW[connection.dialect.name], new).rowcount != len(new):
        raise TwinError("another request with this idempotency key was taken in at the same moment")


def forget_promises(database: Database, now: datetime) -> int:
    """Drop the promises whose time is over, in small transactions, between which others write; how many there were."""
    name = (idempotency.c.key_id, idempotency.c.scope, idempotency.c.key)
    over = sa.select(*name).where(idempotency.c.expires_at <= now).order_by(idempotency.c.expires_at)
    some = sa.delete(idempotency).where(sa.tuple_(*name).in_(over.limit(FORGOTTEN_AT_ONCE)))
    gone = 0
    while True:
        with database.transaction() as connection:
            dropped = connection.execute(some).rowcount
        gone += dropped
        if dropped < FORGOTTEN_AT_ONCE:
            return gone


def _checked(row: sa.Row[Any], promise: Idempotency) -> str:
    if row.body_sha256 != promise.body_sha256:
        raise IdempotencyMismatch("this idempotency key was used with another request body")
    task_id: str = row.task_id
    return task_id


def _new(insert: Any) -> Any:
    """A row, in the place of one whose time is over; none is written where one still holds."""
    fresh = {name: insert.excluded[name] for name in ("body_sha256", "task_id", "expires_at")}
    over = idempotency.c.expires_at <= sa.bindparam("now", type_=Instant)
    upsert = insert.on_conflict_do_update(index_elements=list(idempotency.primary_key), set_=fresh, where=over)
    return upsert.execution_options(preserve_rowcount=True)


# Made once: every order asks these, and to build them takes longer than to answer them.
_NEW = {"sqlite": _new(sqlite.insert(idempotency)), "postgresql": _new(postgresql.insert(idempotency))}
_PROMISED = sa.select(idempotency).where(
    idempotency.c.key_id == sa.bindparam("key_id"),
    idempotency.c.scope == sa.bindparam("scope"),
    idempotency.c.key == sa.bindparam("key"),
    idempotency.c.expires_at > sa.bindparam("now"),
)
# SQLite would look through the whole table for a list of triples; only there many are asked for at once.
_ALL_PROMISED = sa.text(
    "SELECT i.key_id, i.scope, i.key, i.body_sha256, i.task_id, i.expires_at "
    "FROM json_each(:named) AS n CROSS JOIN oh_idempotency AS i WHERE i.key_id = json_extract(n.value, '$[0]') "
    "AND i.scope = json_extract(n.value, '$[1]') AND i.key = json_extract(n.value, '$[2]')"
).columns(*idempotency.c)
