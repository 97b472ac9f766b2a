"""A mode and a tier, or a task that waits, come in; how long that takes here goes out. Knows no engine: it reads what
happened.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from openhorse.store import rows
from openhorse.store.database import Database
from openhorse.store.tables import URGENT, keys, tasks, workers
from openhorse.vocabulary import Mode, Order, Status, Task, Tier, Video

_OPEN = (Status.QUEUED, Status.RUNNING, Status.STORING)

LOOK_BACK = 100
"""Finished tasks that are looked at; older ones say little about the machine as it is now."""

_AT_ONCE = -1
"""The turn of urgent keys' tasks."""

OUTLOOK_LIFE = timedelta(seconds=1)
"""How old the line may be by which a task is told its place."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`rate` is seconds of rendering per second of film, the median over `films` films."""

    rate: float
    films: int


@dataclass(frozen=True, slots=True)
class Prospect:
    """What an unended task may expect: `ahead` tasks are made before it, and its film is there in `seconds`.

    `seconds` is None when nothing was measured here yet, or when no worker runs.
    """

    ahead: int
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Load:
    """How busy this installation is: open tasks by status, the age in seconds of the oldest that waits, workers, and
    seconds of rendering per second of film by engine and tier, the medians of the latest films.
    """

    tasks: Mapping[Status, int]
    oldest: float
    workers: int
    rates: Mapping[tuple[str, Tier], float]


def load_of(database: Database, now: datetime) -> Load:
    """The load at this moment, `now`."""
    of_status = sa.select(tasks.c.status, sa.func.count(), sa.func.min(tasks.c.created_at)).group_by(tasks.c.status)
    with database.reading() as connection:
        rows_of = connection.execute(of_status.where(tasks.c.status.in_([one.value for one in _OPEN]))).all()
        found = {Status(status): (count, first) for status, count, first in rows_of}
        hands = _hands(connection)
        finished = _finished(connection)
    rates: dict[tuple[str, Tier], list[float]] = {}
    for film in finished:
        rates.setdefault((film.engine, film.tier), []).append(film.rate)
    oldest = found[Status.QUEUED][1] if Status.QUEUED in found else now
    return Load(
        {status: found.get(status, (0, now))[0] for status in _OPEN},
        max(0.0, (now - oldest).total_seconds()),
        hands,
        {name: sorted(some)[len(some) // 2] for name, some in rates.items()},
    )


def render_rate(database: Database, mode: Mode, tier: Tier) -> Rate | None:
    """The measured rate of the latest films of this mode and tier, None when there was none yet."""
    with database.reading() as connection:
        return _rate(_finished(connection), mode, tier)


@dataclass(frozen=True, slots=True)
class Outlook:
    """All that a task's prospect depends on besides the task: who waits, by key, time and id; in what `turns`, by how
    many of its own key are before it, time and id; the `urgent` keys, whose films come first; what is `left` of each
    film in hand (0…1), how many seconds a film `typically` took of late (None: there was none), at what `rates` films
    of a mode and tier were made, and how many workers there are."""

    waiting: Mapping[str, Sequence[tuple[datetime, str]]]
    turns: Sequence[tuple[int, datetime, str]]
    urgent: frozenset[str]
    left: Sequence[float]
    typically: float | None
    rates: Mapping[tuple[Mode, Tier], Rate]
    hands: int

    def prospect(self, task: Task) -> Prospect:
        """Where a queued or running task stands: keys take turns, and others' films count as the median of the latest
        ones here. Keys that join the line later may come in between.
        """
        queued = task.status is Status.QUEUED
        ahead = self._ahead(task) if queued else 0
        rate = self.rates.get((task.order.mode, task.order.tier))
        if rate is None or self.typically is None or not self.hands:
            return Prospect(ahead, None)
        busy = queued and len(self.left) >= self.hands
        wait = self.typically * (ahead + (sum(self.left) if busy else 0.0)) / self.hands
        return Prospect(ahead, wait + rate.rate * task.order.seconds * (1 - task.progress))

    def _ahead(self, task: Task) -> int:
        stand = (task.created_at, task.id)
        turn = _AT_ONCE if task.key_id in self.urgent else bisect_left(self.waiting.get(task.key_id, ()), stand)
        return bisect_left(self.turns, (turn, *stand))


def outlook(database: Database) -> Outlook:
    """As it is at this moment."""
    queued = sa.select(tasks.c.key_id, tasks.c.created_at, tasks.c.id).where(tasks.c.status == Status.QUEUED.value)
    waiting, turns = dict[str, list[tuple[datetime, str]]](), list[tuple[int, datetime, str]]()
    running = sa.select(tasks.c.progress).where(tasks.c.status.in_([Status.RUNNING.value, Status.STORING.value]))
    with database.reading() as connection:
        urgent = frozenset(connection.scalars(sa.select(keys.c.id).where(URGENT)))
        for key_id, at, task_id in connection.execute(queued.order_by(tasks.c.created_at, tasks.c.id)):
            own = waiting.setdefault(key_id, [])
            turns.append((_AT_ONCE if key_id in urgent else len(own), at, task_id))
            own.append((at, task_id))
        left = [1 - progress for progress in connection.scalars(running)]
        films, hands = _finished(connection), _hands(connection)
    took = sorted(film.seconds for film in films)
    rates = {(film.mode, film.tier): _rate(films, film.mode, film.tier) for film in films}
    return Outlook(
        waiting,
        sorted(turns),
        urgent,
        left,
        took[len(took) // 2] if took else None,
        {name: rate for name, rate in rates.items() if rate is not None},
        hands,
    )


class Outlooks:
    """One outlook for all who ask within a second: it costs as much as hundreds of their questions."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database, self._now = database, now
        self._lock = threading.Lock()
        self._seen: tuple[datetime, Outlook] | None = None

    def prospect(self, task: Task) -> Prospect:
        """Where a task stands, by an outlook that is less than OUTLOOK_LIFE old. Waits for the database."""
        with self._lock:
            seen = self._fresh()
            if seen is None:
                now = self._now()
                seen = outlook(self._database)
                self._seen = now, seen
        return seen.prospect(task)

    def prospect_at_once(self, task: Task) -> Prospect | None:
        """The same without waiting for anybody; None where there is no outlook as new as that."""
        seen = self._fresh()
        return None if seen is None else seen.prospect(task)

    def _fresh(self) -> Outlook | None:
        if self._seen is None or not timedelta(0) <= self._now() - self._seen[0] < OUTLOOK_LIFE:
            return None
        return self._seen[1]


def _hands(connection: sa.Connection) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(workers)) or 0


@dataclass(frozen=True, slots=True)
class _Film:
    """What was ordered, what made it, in how many seconds, and how many that are for one of its own."""

    mode: Mode
    tier: Tier
    engine: str
    seconds: float
    rate: float


def _finished(connection: sa.Connection) -> list[_Film]:
    """The latest films, newest first."""
    latest = sa.select(tasks.c.order, tasks.c.video).where(tasks.c.status == Status.SUCCEEDED.value)
    found = connection.execute(latest.order_by(tasks.c.created_at.desc()).limit(LOOK_BACK))
    return [_film(rows.read_order(row.order), rows.read_video(row.video)) for row in found if row.video]


def _film(order: Order, video: Video) -> _Film:
    took = video.render_seconds
    return _Film(order.mode, order.tier, video.engine, took, took / order.seconds)


def _rate(finished: Sequence[_Film], mode: Mode, tier: Tier) -> Rate | None:
    rates = sorted(film.rate for film in finished if (film.mode, film.tier) == (mode, tier))
    return Rate(rates[len(rates) // 2], len(rates)) if rates else None
