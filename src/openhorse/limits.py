"""A key's row comes in, what that key may use goes out, and a refusal where it is used up.

Knows no HTTP, no price and no key's secret. What a limit counts is counted in the database, in the caller's
transaction, so that all servers over one database share it. Only the rates are kept by each server for itself.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import sqlalchemy as sa

from openhorse.errors import QueueFull, StorageQuotaExceeded, TooManyTasks
from openhorse.store.database import upsert, wait_alone
from openhorse.store.tables import keys, pictures, stored, tasks
from openhorse.vocabulary import FINAL, Status

RETRY_AFTER_SECONDS = 30
"""When to try again after TooManyTasks: about the time of one film."""

MOST_WAITING = 1000
"""Waiting tasks of a key that says nothing else."""

CROWD = 100
"""A key with more room than this need not wait for its own other orders that are taken in at this moment."""

LONGEST_LINE = 10_000
"""Waiting tasks of all keys together, where the operator says nothing else."""

AHEAD = 50
"""Orders that a server lets in on one count of the whole line."""

_COLUMN = "limit_"
_BEGUN = [status.value for status in Status if status not in FINAL | {Status.QUEUED}]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a key may use; None is without limit, or where nothing is said of a key, the installation's limit.

    `waiting` tasks are in line, `unfinished` ones in line or in the making. `day_micros` and `month_micros` bound what
    the orders of a day and a month (UTC) cost. `storage_bytes` is for uploaded pictures and kept films.
    """

    reads_per_minute: int | None = None
    writes_per_minute: int | None = None
    waiting: int | None = None
    unfinished: int | None = None
    day_micros: int | None = None
    month_micros: int | None = None
    storage_bytes: int | None = None

    def over(self, defaults: Limits) -> Limits:
        """These, and `defaults` where these say nothing."""
        silent = {name: value for name, value in limit_values(defaults).items() if getattr(self, name) is None}
        return replace(self, **silent)


NAMES = tuple(field.name for field in fields(Limits))

HOUSE = Limits(waiting=MOST_WAITING)
"""What holds for a key that says nothing, where the operator says nothing either."""


def limit_values(limits: Limits) -> dict[str, int | None]:
    """Each limit by its name."""
    return {name: getattr(limits, name) for name in NAMES}


def limit_columns(limits: Limits) -> dict[str, int | None]:
    """Each limit by its column in the table of keys."""
    return {_COLUMN + name: value for name, value in limit_values(limits).items()}


def limit_of(limits: Limits, defaults: Limits, name: str) -> int | None:
    """One limit of `limits.over(defaults)`, for whoever needs no other."""
    own: int | None = getattr(limits, name)
    return getattr(defaults, name) if own is None else own


def read_limits(row: Any) -> Limits:
    """The limits in a row of the table of keys."""
    return Limits(**{name: getattr(row, _COLUMN + name) for name in NAMES})


def limits_of(connection: sa.Connection, key_id: str, defaults: Limits) -> Limits:
    """What holds for this key, and goes on to until the transaction ends: who changes it waits so long."""
    return read_limits(connection.execute(_LIMITS, {"key_id": key_id}).one()).over(defaults)


def allow(connection: sa.Connection, new: Mapping[str, int], defaults: Limits, line: Line) -> Mapping[str, Limits]:
    """What holds for the keys that have so many `new` tasks each, which are written already, when there is room.

    It goes on to hold until the transaction ends: who changes it waits so long. Raises QueueFull, TooManyTasks and
    StorageQuotaExceeded.
    """
    found = _load_of(connection, new, defaults)
    line.check(connection, sum(new.values()))
    for key_id, load in found.items():
        if load.is_near():
            wait_alone(connection, f"orders of {key_id}")
            load = _load_of(connection, {key_id: new[key_id]}, defaults)[key_id]
        load.check(new[key_id])
        check_storage(connection, key_id, load.limits)
    return {key_id: load.limits for key_id, load in found.items()}


@dataclass(frozen=True, slots=True)
class _Load:
    """How many tasks a key has in line and in the making, besides the new ones, and how many it may."""

    limits: Limits
    waiting: int
    unfinished: int

    def is_near(self) -> bool:
        """Whether its other orders of this moment could matter."""
        pairs = ((self.waiting, self.limits.waiting), (self.unfinished, self.limits.unfinished))
        return any(limit is not None and count + CROWD >= limit for count, limit in pairs)

    def check(self, new: int) -> None:
        """Raises TooManyTasks when there is no room for so many more."""
        for count, limit, doing in (
            (self.waiting, self.limits.waiting, "waiting"),
            (self.unfinished, self.limits.unfinished, "not finished"),
        ):
            if limit is not None and count + new > limit:
                message = f"{count} tasks of this key are {doing} already; the limit is {limit}"
                raise TooManyTasks(message, retry_after=RETRY_AFTER_SECONDS)


class Line:
    """Everybody's waiting tasks together, of which there may be `longest`. Safe to use from many threads.

    To count for each order would cost more the more wait, and one row for all would make all wait for each other. So
    far from the end a process lets some in on one count; near it, orders are taken in one by one and counted.
    Another server may let in AHEAD that it had counted room for before.
    """

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._lock = threading.Lock()
        self._ahead = 0

    def check(self, connection: sa.Connection, new: int = 1) -> None:
        """Let the newest tasks in, so many. Raises QueueFull."""
        with self._lock:
            self._ahead -= new
            if self._ahead >= 0:
                return
        waiting = self._count(connection, new)
        if waiting + CROWD >= self._longest:
            wait_alone(connection, "line")
            waiting = self._count(connection, new)
        if waiting + new > self._longest:
            raise QueueFull(
                f"{waiting} tasks are waiting on this server already; it takes no more at the moment",
                retry_after=RETRY_AFTER_SECONDS,
            )
        with self._lock:
            self._ahead = max(0, min((self._longest - waiting - CROWD) // 10, AHEAD))

    def _count(self, connection: sa.Connection, new: int) -> int:
        """How many are in line, but for the orders that are being taken in."""
        queued = sa.select(tasks.c.id).where(tasks.c.status == Status.QUEUED.value).limit(self._longest + new)
        counted = connection.scalar(sa.select(sa.func.count()).select_from(queued.subquery())) or 0
        return max(0, counted - new)


def stored_bytes(connection: sa.Connection, key_id: str) -> int:
    """How much of the store this key fills: pictures that it brought, and films that it has not deleted."""
    return int(connection.scalar(_STORED, {"key_id": key_id}) or 0)


def count_film(connection: sa.Connection, key_id: str, size: int) -> None:
    """A film of so many bytes lies in the store, and counts for this key."""
    more = {"film_bytes": stored.c.film_bytes + size}
    upsert(connection, stored, {"key_id": key_id, "film_bytes": size}, more)


def uncount_film(connection: sa.Connection, key_id: str, task_id: str) -> None:
    """This task's film goes, or is deleted; one that was deleted before counts no more."""
    connection.execute(_UNCOUNT, {"of_key": key_id, "of_task": task_id})


def recount_films(connection: sa.Connection) -> None:
    """Add up what every key keeps: older workers, as long as they work beside newer ones, do not count their films."""
    for key_id in connection.scalars(_UNCOUNTED).all():
        upsert(connection, stored, {"key_id": key_id, "film_bytes": 0})
    # Who counts a film waits now, or has been waited for: what we add up is what has been counted by the others.
    connection.execute(sa.select(stored.c.key_id).order_by(stored.c.key_id).with_for_update()).all()
    connection.execute(_RECOUNT)


def check_storage(connection: sa.Connection, key_id: str, limits: Limits, more: int = 0) -> None:
    """Raises StorageQuotaExceeded when this key cannot keep `more` bytes, or, with 0, anything at all."""
    if limits.storage_bytes is None:
        return
    wait_alone(connection, f"storage of {key_id}")
    used = stored_bytes(connection, key_id)
    if used + max(more, 1) > limits.storage_bytes:
        raise StorageQuotaExceeded(
            f"pictures and films of this key fill {used} of {limits.storage_bytes} bytes; "
            "delete films, or wait until some expire"
        )


def _load_of(connection: sa.Connection, new: Mapping[str, int], defaults: Limits) -> dict[str, _Load]:
    found = connection.execute(_LOAD, {"key_ids": list(new)})
    return {
        row.id: _Load(read_limits(row).over(defaults), row.waiting - new[row.id], row.waiting + row.begun - new[row.id])
        for row in found
    }


def _open(statuses: Collection[str], name: str) -> sa.Label[int]:
    """How many tasks of a key have one of these statuses."""
    mine = (tasks.c.key_id == keys.c.id) & tasks.c.status.in_(statuses)
    return sa.select(sa.func.count()).where(mine).correlate(keys).scalar_subquery().label(name)


# Made once: every order asks these, and to build them takes longer than to answer them.
_LIMITS = (
    sa.select(*(keys.c[_COLUMN + name] for name in NAMES))
    .where(keys.c.id == sa.bindparam("key_id"))
    .with_for_update(read=True)
)
_STORED = sa.select(
    sa.select(sa.func.coalesce(sa.func.sum(stored.c.film_bytes), 0))
    .where(stored.c.key_id == sa.bindparam("key_id"))
    .scalar_subquery()
    + sa.select(sa.func.coalesce(sa.func.sum(pictures.c.bytes), 0))
    .where(pictures.c.key_id == sa.bindparam("key_id"))
    .scalar_subquery()
)
_UNCOUNT = (
    sa.update(stored)
    .where(stored.c.key_id == sa.bindparam("of_key"))
    .values(
        film_bytes=stored.c.film_bytes
        - sa.select(sa.func.coalesce(sa.func.sum(tasks.c.film_bytes), 0))
        .where(tasks.c.id == sa.bindparam("of_task"), tasks.c.hidden.is_(False))
        .scalar_subquery()
    )
)
_KEPT = (
    sa.select(sa.func.coalesce(sa.func.sum(tasks.c.film_bytes), 0))
    .where(tasks.c.key_id == stored.c.key_id, tasks.c.status == Status.SUCCEEDED.value, tasks.c.hidden.is_(False))
    .scalar_subquery()
)
_RECOUNT = sa.update(stored).where(stored.c.film_bytes != _KEPT).values(film_bytes=_KEPT)
_UNCOUNTED = sa.select(keys.c.id).where(~sa.exists().where(stored.c.key_id == keys.c.id)).order_by(keys.c.id)
_LOAD = (
    sa.select(
        keys.c.id,
        *(keys.c[_COLUMN + name] for name in NAMES),
        _open([Status.QUEUED.value], "waiting"),
        _open(_BEGUN, "begun"),
    )
    .where(keys.c.id.in_(sa.bindparam("key_ids", expanding=True)))
    .order_by(keys.c.id)
    .with_for_update(read=True, of=keys)
)
