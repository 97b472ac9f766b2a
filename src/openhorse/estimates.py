"""A mode and a tier, or a task that waits, come in; how long that takes here goes out. Knows no engine: it reads what
happened.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa

from openhorse.store import rows
from openhorse.store.database import Database
from openhorse.store.tables import URGENT, keys, tasks, workers
from openhorse.vocabulary import Mode, Order, Status, Task, Tier, Video

_OPEN = (Status.QUEUED, Status.RUNNING, Status.STORING)

LOOK_BACK = 100
"""Finished tasks that are looked at; older ones say little about the machine as it is now."""

_AT_A_TIME = 500
"""Orders that are read by one query."""

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


def render_rate(database: Database, order: Order, engine: str) -> Rate | None:
    """The measured rate of the latest films of this order's mode and tier: of that engine where it made any, else of
    all; None when there was none yet."""
    with database.reading() as connection:
        return _rate_of(_finished(connection), order, engine)


class Engines(Protocol):
    """Which engines there are; see openhorse.roster."""

    def first(self, order: Order) -> str | None:
        """Who is asked first to make `order`; None where nobody can."""

    def elsewhere(self) -> Collection[str]:
        """The engines that are elsewhere."""


@dataclass(slots=True)
class Line:
    """Films that wait for the same hands: who waits, by key, time and id; in what `turns`, by how many of its own key
    are before it, time and id; what is `left` of each film in hand (0…1); how many seconds each of the latest `took`.
    """

    waiting: dict[str, list[tuple[datetime, str]]] = field(default_factory=dict)
    turns: list[tuple[int, datetime, str]] = field(default_factory=list)
    left: list[float] = field(default_factory=list)
    took: list[float] = field(default_factory=list)

    def join(self, key_id: str, at: datetime, task_id: str, *, is_urgent: bool) -> None:
        """Somebody waits who came after all others of its key."""
        own = self.waiting.setdefault(key_id, [])
        self.turns.append((_AT_ONCE if is_urgent else len(own), at, task_id))
        own.append((at, task_id))

    def ahead(self, task: Task, *, is_urgent: bool) -> int:
        """How many are made before a task that waits."""
        stand = (task.created_at, task.id)
        turn = _AT_ONCE if is_urgent else bisect_left(self.waiting.get(task.key_id, ()), stand)
        return bisect_left(self.turns, (turn, *stand))

    def wait(self, ahead: int, hands: int) -> float:
        """Seconds until a hand is free for one that has so many ahead; each film counts as the median of the latest."""
        busy = sum(self.left) if len(self.left) >= hands else 0.0
        return self.took[len(self.took) // 2] * (ahead + busy) / hands if self.took else 0.0


@dataclass(frozen=True, slots=True)
class Outlook:
    """All that a task's prospect depends on besides the task: the line of films made `here` and that of those made
    `elsewhere`, the `urgent` keys, whose films come first, the latest `films`, and how many workers there are."""

    here: Line
    elsewhere: Line
    urgent: frozenset[str]
    films: Sequence[_Film]
    hands: int

    def prospect(self, task: Task, engine: str | None = None, *, is_elsewhere: bool = False) -> Prospect:
        """Where a queued or running task stands whose film `engine` is asked for first: keys take turns, and those that
        join the line later may come in between. How many go on at once elsewhere is known there: as many as do now.
        """
        line = self.elsewhere if is_elsewhere else self.here
        hands = max(1, len(line.left)) if is_elsewhere else self.hands
        queued = task.status is Status.QUEUED
        ahead = line.ahead(task, is_urgent=task.key_id in self.urgent) if queued else 0
        rate = _rate_of(self.films, task.order, engine)
        if rate is None or not self.hands or (ahead and not line.took):
            return Prospect(ahead, None)
        wait = line.wait(ahead, hands) if queued and (ahead or not is_elsewhere) else 0.0
        return Prospect(ahead, wait + rate.rate * task.order.seconds * (1 - task.progress))


def outlook(
    database: Database, is_elsewhere: Mapping[str, bool] | None = None, engines: Collection[str] = ()
) -> Outlook:
    """As it is at this moment. `is_elsewhere` tells of tasks by their ids whether an engine elsewhere makes their
    films, `engines` are those; where nothing is said, all are made here.
    """
    lines = Line(), Line()
    far = is_elsewhere or {}
    queued = sa.select(tasks.c.key_id, tasks.c.created_at, tasks.c.id).where(tasks.c.status == Status.QUEUED.value)
    running = sa.select(tasks.c.id, tasks.c.progress).where(
        tasks.c.status.in_([Status.RUNNING.value, Status.STORING.value])
    )
    with database.reading() as connection:
        urgent = frozenset(connection.scalars(sa.select(keys.c.id).where(URGENT)))
        for key_id, at, task_id in connection.execute(queued.order_by(tasks.c.created_at, tasks.c.id)):
            lines[far.get(task_id, False)].join(key_id, at, task_id, is_urgent=key_id in urgent)
        for task_id, progress in connection.execute(running):
            lines[far.get(task_id, False)].left.append(1 - progress)
        films, hands = _finished(connection), _hands(connection)
    for film in films:
        lines[film.engine in engines].took.append(film.seconds)
    for line in lines:
        line.turns.sort()
        line.took.sort()
    return Outlook(*lines, urgent, films, hands)


class _Whereabouts:
    """Which of the open tasks' films are made elsewhere. Each order is read once, as long as its task is open."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._known: dict[str, bool] = {}

    def look(self, database: Database) -> tuple[Mapping[str, bool], Collection[str]]:
        """What `outlook` wants to know of them, and of the engines. Asks for nothing where all are here."""
        engines = frozenset(self._engines.elsewhere())
        if not engines:
            return {}, engines
        is_open = tasks.c.status.in_([one.value for one in _OPEN])
        with database.reading() as connection:
            ids = set(connection.scalars(sa.select(tasks.c.id).where(is_open)))
            self._known = {name: far for name, far in self._known.items() if name in ids}
            new = sorted(ids - self._known.keys())
            for first in range(0, len(new), _AT_A_TIME):
                some = tasks.c.id.in_(new[first : first + _AT_A_TIME])
                for row in connection.execute(sa.select(tasks.c.id, tasks.c.order).where(some)):
                    self._known[row.id] = self._engines.first(rows.read_order(row.order)) in engines
        return self._known, engines


class Outlooks:
    """One outlook for all who ask within a second: it costs as much as hundreds of their questions."""

    def __init__(self, database: Database, now: Callable[[], datetime], engines: Engines) -> None:
        self._database, self._now, self._engines = database, now, engines
        self._whereabouts = _Whereabouts(engines)
        self._lock = threading.Lock()
        self._seen: tuple[datetime, Outlook] | None = None

    def prospect(self, task: Task) -> Prospect:
        """Where a task stands, by an outlook that is less than OUTLOOK_LIFE old. Waits for the database."""
        with self._lock:
            seen = self._fresh()
            if seen is None:
                now = self._now()
                seen = outlook(self._database, *self._whereabouts.look(self._database))
                self._seen = now, seen
        return self._of(seen, task)

    def prospect_at_once(self, task: Task) -> Prospect | None:
        """The same without waiting for anybody; None where there is no outlook as new as that."""
        seen = self._fresh()
        return None if seen is None else self._of(seen, task)

    def _of(self, seen: Outlook, task: Task) -> Prospect:
        engine = self._engines.first(task.order)
        return seen.prospect(task, engine, is_elsewhere=engine in self._engines.elsewhere())

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


def _rate_of(finished: Sequence[_Film], order: Order, engine: str | None) -> Rate | None:
    """Of films of its mode and tier: by `engine` where it made any, else by whichever did."""
    alike = [film for film in finished if (film.mode, film.tier) == (order.mode, order.tier)]
    rates = sorted(film.rate for film in alike if film.engine == engine) or sorted(film.rate for film in alike)
    return Rate(rates[len(rates) // 2], len(rates)) if rates else None
