"""Tasks that asked to be told of their end come in, what became of each callback goes out, or one attempt more.

Knows no HTTP and no vendor's words; how an attempt gets in line is passed in by whoever composes the program.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import sqlalchemy as sa

from openhorse.errors import BusyError, InvalidOrder, NotFound
from openhorse.store.database import Database
from openhorse.store.tables import callback_attempts as attempts
from openhorse.store.tables import events, tasks
from openhorse.tasks import NUL
from openhorse.vocabulary import FINAL, Event, Status

_TOLD = [status.value for status in FINAL - {Status.EXPIRED}]
"""The ends of which a customer is told."""


class State(StrEnum):
    """What became of a callback: one more attempt is in line, it was answered with 2xx, or nothing more is tried."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


def read_state(text: str | None) -> State | None:
    """The state that is named; None for none. Raises InvalidOrder."""
    try:
        return State(text) if text else None
    except ValueError:
        raise InvalidOrder(f"state must be one of {', '.join(State)}", field="state") from None


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt as it was recorded. `head` is the beginning of the answer, `error` why there was none.

    `next_at` is when the next one is due, None after a delivery and after the last.
    """

    number: int
    at: datetime
    delivered: bool
    status: int | None
    milliseconds: int
    head: str
    error: str | None
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """The callback of one task: where to, of which end, and every attempt, the first one first."""

    task_id: str
    key_id: str
    dialect: str
    url: str
    event: Event
    tries: tuple[Try, ...]

    @property
    def state(self) -> State:
        """By the attempts so far: one that was delivered is enough."""
        if any(one.delivered for one in self.tries):
            return State.DELIVERED
        return State.GIVEN_UP if self.tries and self.tries[-1].next_at is None else State.WAITING


class Line(Protocol):
    """Where attempts stand in line; see runs.Queues."""

    def enqueue_attempt(self, connection: sa.Connection, event: Event, number: int, delay_seconds: int) -> None:
        """Put an attempt in line, in the caller's transaction; one that is there already stays."""

    def hurry_attempt(self, event: Event, number: int) -> None:
        """Let an attempt that waits for its time, or whose run was given up, go at once."""


class Deliveries:
    """All callbacks of this installation. Safe to use from many threads and processes at once."""

    def __init__(self, database: Database, line: Line) -> None:
        self._database, self._line = database, line

    def page(
        self, key_id: str | None = None, *, state: State | None = None, page: int = 1, size: int = 20
    ) -> tuple[Told, ...]:
        """Callbacks of one key, or of all, those of the newest tasks first, `size` at a time; pages count from 1."""
        wanted = _ended() if key_id is None else _ended() & (tasks.c.key_id == key_id) & tasks.c.hidden.is_(False)
        if state is not None:
            wanted &= _in_state(state)
        newest = sa.select(events, *_TASK).join(tasks, tasks.c.id == events.c.task_id).where(wanted)
        newest = newest.order_by(tasks.c.created_at.desc(), tasks.c.id.desc()).limit(size).offset((page - 1) * size)
        with self._database.reading() as connection:
            return _read(connection, connection.execute(newest).all())

    def of_task(self, task_id: str, key_id: str | None = None) -> Told:
        """The callback of one task, of this key unless it is None. Raises NotFound; BusyError before the task's end,
        InvalidOrder when it asked for no callback.
        """
        with self._database.reading() as connection:
            return self._of_task(connection, task_id, key_id)

    def redeliver(self, task_id: str, key_id: str | None = None) -> Told:
        """Make one more attempt now: the one that waits for its time, or, after the last, another.

        Should it fail, the schedule goes on where it was. Raises as `of_task` does.
        """
        with self._database.transaction() as connection:
            told = self._of_task(connection, task_id, key_id)
            number = told.tries[-1].number + 1 if told.tries else 1
            self._line.enqueue_attempt(connection, told.event, number, 0)
        self._line.hurry_attempt(told.event, number)
        return told

    def _of_task(self, connection: sa.Connection, task_id: str, key_id: str | None) -> Told:
        mine = tasks.c.id == task_id
        if key_id is not None:
            mine &= (tasks.c.key_id == key_id) & tasks.c.hidden.is_(False)
        row = None if NUL in task_id else connection.execute(sa.select(*_TASK).where(mine)).one_or_none()
        if row is None:
            raise NotFound(f"no task {task_id!r}")
        if row.callback_url is None:
            raise InvalidOrder(f"task {task_id} asked for no callback")
        end = sa.select(events, *_TASK).join(tasks, tasks.c.id == events.c.task_id).where(mine & _ended())
        found = _read(connection, connection.execute(end).all())
        if not found:
            raise BusyError(f"task {task_id} has not ended yet; its customer is told when it has", retry_after=5)
        return found[0]


_TASK = (tasks.c.key_id, tasks.c.dialect, tasks.c.callback_url)


def _ended() -> sa.ColumnElement[bool]:
    return tasks.c.callback_url.is_not(None) & events.c.status.in_(_TOLD)


def _in_state(state: State) -> sa.ColumnElement[bool]:
    mine = attempts.c.event_id == events.c.id
    delivered = sa.exists().where(mine & attempts.c.delivered)
    later = attempts.alias()
    is_last = ~sa.exists().where((later.c.event_id == attempts.c.event_id) & (later.c.number > attempts.c.number))
    over = sa.exists().where(mine & attempts.c.next_at.is_(None) & is_last)
    match state:
        case State.DELIVERED:
            return delivered
        case State.GIVEN_UP:
            return ~delivered & over
        case State.WAITING:
            return ~delivered & ~over


def _read(connection: sa.Connection, rows: Sequence[sa.Row[tuple[object, ...]]]) -> tuple[Told, ...]:
    made: dict[int, list[Try]] = {row.id: [] for row in rows}
    query = sa.select(attempts).where(attempts.c.event_id.in_(list(made))).order_by(attempts.c.number)
    for one in connection.execute(query):
        answer = (one.status, one.milliseconds, one.head, one.error)
        made[one.event_id].append(Try(one.number, one.at, one.delivered, *answer, one.next_at))
    return tuple(
        Told(
            row.task_id,
            row.key_id,
            row.dialect,
            row.callback_url,
            Event(row.id, row.task_id, Status(row.status), row.at),
            tuple(made[row.id]),
        )
        for row in rows
    )
