"""A key and what it wants to see come in, a page of its tasks goes out. Knows no vendor's words; changes nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, Unpack

import sqlalchemy as sa

from openhorse.store import rows
from openhorse.store.tables import tasks
from openhorse.vocabulary import Status, Task

MOST_COUNTED = 10_000
"""Up to where a page tells how many tasks there are in all: to count a million takes longer than to show ten."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a key's tasks, newest first, and how many there are in all; of more than MOST_COUNTED, that many."""

    tasks: tuple[Task, ...]
    total: int


class Wanted(TypedDict, total=False):
    """Which tasks, newest first unless `oldest_first`, `size` at a time (10 where nothing is said); pages count from 1.

    `since` and `until` bound the time of creation, both inclusive. With `after`, only those that follow that task.
    None is as if nothing were said.
    """

    dialect: str | None
    page: int
    size: int
    statuses: Collection[Status] | None
    model: str | None
    models: Collection[str] | None
    since: datetime | None
    until: datetime | None
    after: Task | None
    oldest_first: bool


def page_of(connection: sa.Connection, key_id: str, **wanted: Unpack[Wanted]) -> Page:
    """This key's tasks that are wanted."""
    if "\0" in (wanted.get("model") or ""):  # which PostgreSQL will not even compare with
        return Page((), 0)
    which = _which(key_id, wanted)
    number, size = wanted.get("page", 1), wanted.get("size", 10)
    order: tuple[sa.ColumnElement[object], ...] = (tasks.c.created_at.desc(), tasks.c.id.desc())
    if wanted.get("oldest_first"):
        order = (tasks.c.created_at, tasks.c.id)
    counted = sa.select(tasks.c.id).where(which).limit(MOST_COUNTED).subquery()
    total = connection.scalar(sa.select(sa.func.count()).select_from(counted)) or 0
    ordered = sa.select(tasks).where(which).order_by(*order)
    found = connection.execute(ordered.limit(size).offset((number - 1) * size))
    return Page(tuple(rows.read_task(row) for row in found), total)


def _which(key_id: str, wanted: Wanted) -> sa.ColumnElement[bool]:
    which = (tasks.c.key_id == key_id) & tasks.c.hidden.is_(False)
    if (dialect := wanted.get("dialect")) is not None:
        which &= tasks.c.dialect == dialect
    if (statuses := wanted.get("statuses")) is not None:
        which &= tasks.c.status.in_([status.value for status in statuses])
    if (model := wanted.get("model")) is not None:
        which &= tasks.c.model == model
    if (models := wanted.get("models")) is not None:
        which &= tasks.c.model.in_(models)
    if (since := wanted.get("since")) is not None:
        which &= tasks.c.created_at >= since
    if (until := wanted.get("until")) is not None:
        which &= tasks.c.created_at <= until
    if (after := wanted.get("after")) is not None:
        which &= _behind(after, oldest_first=wanted.get("oldest_first", False))
    return which


def _behind(last: Task, *, oldest_first: bool) -> sa.ColumnElement[bool]:
    at, beside = tasks.c.created_at, tasks.c.created_at == last.created_at
    if oldest_first:
        return (at > last.created_at) | (beside & (tasks.c.id > last.id))
    return (at < last.created_at) | (beside & (tasks.c.id < last.id))
