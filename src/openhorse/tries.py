"""An engine is to make a task's film: a try is written down, and its end. Nobody is asked here.

Engines elsewhere have places with so many seats, and may cost so much: both are counted here, in the transaction that
begins a try, so that they hold for all workers together. A try that is open holds its seat.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from openhorse.dialects import Report
from openhorse.errors import SpendingCapReached
from openhorse.store.database import Database
from openhorse.store.tables import tasks, tries
from openhorse.vocabulary import FINAL, Failure, Status

ASKING = timedelta(minutes=10)
"""Longer than it takes to ask a place for a film."""

ENDED_AT_ONCE = 100
"""Tries of ended tasks that one look gives at most."""


class State(StrEnum):
    """Where a try is. ASKED: the request is on its way, or it was when its worker died. UNSURE: it ended so."""

    ASKED = "asked"
    GOING = "going"
    DRAINING = "draining"
    MADE = "made"
    FAILED = "failed"
    LOST = "lost"
    UNSURE = "unsure"
    STOPPED = "stopped"


OPEN = frozenset({State.ASKED, State.GOING, State.DRAINING})
"""In these it holds its seat."""


@dataclass(frozen=True, slots=True)
class Seats:
    """A place of an engine elsewhere: `seats` tries are open there at once, and `per_second` begin in a second.

    `micros` is what the film costs there.
    """

    label: str
    seats: int
    per_second: int | None
    micros: int


@dataclass(frozen=True, slots=True)
class Try:
    """One time that an engine was asked. `place` and `report` are of engines elsewhere; `micros` what it costs there.

    `enhanced` is what the prompt was made into, as whoever did it wrote it down.
    """

    task_id: str
    number: int
    engine: str
    state: State
    asked_at: datetime
    place: str | None = None
    report: Report | None = None
    enhanced: str | None = None
    failure: Failure | None = None
    micros: int = 0
    ended_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.ended_at is None


class Tries:
    """All tries of this installation. Safe to use from many threads and processes at once."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database, self._now = database, now

    def of(self, task_id: str) -> tuple[Try, ...]:
        """A task's tries, in order."""
        return self._found(tries.c.task_id == task_id)

    def again(self, this: Try) -> Try:
        """The try as it is now."""
        (found,) = self._found(tries.c.task_id == this.task_id, tries.c.number == this.number)
        return found

    def begin(self, task_id: str, engine: str, enhanced: str | None = None) -> Try:
        """An engine of this machine begins."""
        with self._database.transaction() as connection:
            return self._begin(connection, Try(task_id, 0, engine, State.GOING, self._now(), enhanced=enhanced))

    def take_seat(
        self,
        task_id: str,
        engine: str,
        places: Sequence[Seats],
        caps: tuple[int | None, int | None] = (None, None),
        enhanced: str | None = None,
    ) -> Try | None:
        """Begin at the place with the most room; None while all are taken.

        `caps` are micro-dollars that the engine may cost in a day and a month (UTC). Raises SpendingCapReached.
        """
        with self._database.transaction(alone=f"seats {engine}") as connection:
            now = self._now()
            taken = self._taken(connection, engine)
            free = [
                (taken.get(place.label, 0) / place.seats, index, place)
                for index, place in enumerate(places)
                if taken.get(place.label, 0) < place.seats and self._is_in_time(connection, engine, place, now)
            ]
            if not free:
                return None
            place = min(free)[2]
            self._check_caps(connection, engine, place.micros, caps)
            return self._begin(
                connection,
                Try(task_id, 0, engine, State.ASKED, now, place.label, enhanced=enhanced, micros=place.micros),
            )

    def hear(self, this: Try, report: Report) -> Try:
        """The place has said something of the film."""
        return self._change(this, state=State.GOING, report=report, micros=_charged(this, report))

    def drain(self, this: Try) -> Try:
        """Nobody wants the film any more, and it goes on there: its seat is taken until that ends."""
        return self._change(this, state=State.DRAINING)

    def end(self, this: Try, state: State, failure: Failure | None = None, *, charged: bool = False) -> Try:
        """It has ended. Unless it was `charged`, or may have been, it has cost nothing."""
        micros = this.micros if charged or state in (State.MADE, State.UNSURE) else 0
        return self._change(this, state=state, failure=failure, micros=micros, ended_at=self._now())

    def withdraw(self, this: Try) -> None:
        """It was not asked at all."""
        mine = (tries.c.task_id == this.task_id) & (tries.c.number == this.number)
        with self._database.transaction() as connection:
            connection.execute(sa.delete(tries).where(mine, tries.c.report.is_(None)))

    def needless(self) -> tuple[Try, ...]:
        """Open tries elsewhere that nobody wants: the draining ones, and whose task has ended."""
        over = tries.c.task_id.in_(sa.select(tasks.c.id).where(tasks.c.status.in_([s.value for s in FINAL])))
        # One that is asked at this moment is seen to by whoever asks.
        unasked = (tries.c.state != State.ASKED.value) | (tries.c.asked_at < self._now() - ASKING)
        nobodys = (tries.c.state == State.DRAINING.value) | (over & unasked)
        return self._found(tries.c.ended_at.is_(None), tries.c.place.is_not(None), nobodys)[:ENDED_AT_ONCE]

    def open_at(self, engine: str) -> int:
        """How many tries of an engine are open."""
        with self._database.reading() as connection:
            return sum(self._taken(connection, engine).values())

    def _found(self, *wanted: sa.ColumnElement[bool]) -> tuple[Try, ...]:
        query = sa.select(tries).where(*wanted).order_by(tries.c.task_id, tries.c.number)
        with self._database.reading() as connection:
            return tuple(_read(row) for row in connection.execute(query))

    def _begin(self, connection: sa.Connection, draft: Try) -> Try:
        last = sa.select(sa.func.max(tries.c.number)).where(tries.c.task_id == draft.task_id)
        this = replace(draft, number=(connection.scalar(last) or 0) + 1)
        connection.execute(sa.insert(tries).values(_written(this)))
        return this

    def _change(self, this: Try, **changed: Any) -> Try:
        """Write what has changed, unless the try has ended meanwhile: whoever ended it knew better."""
        then = replace(this, **changed)
        written = {name: value for name, value in _written(then).items() if name in changed}
        mine = (tries.c.task_id == this.task_id) & (tries.c.number == this.number) & tries.c.ended_at.is_(None)
        with self._database.transaction() as connection:
            connection.execute(sa.update(tries).where(mine).values(written))
        return then

    def _taken(self, connection: sa.Connection, engine: str) -> Mapping[str, int]:
        mine = (tries.c.engine == engine) & tries.c.ended_at.is_(None) & tries.c.place.is_not(None)
        counted = sa.select(tries.c.place, sa.func.count().label("number")).where(mine).group_by(tries.c.place)
        return {row.place: row.number for row in connection.execute(counted)}

    def _is_in_time(self, connection: sa.Connection, engine: str, place: Seats, now: datetime) -> bool:
        if place.per_second is None:
            return True
        lately = (tries.c.engine == engine) & (tries.c.place == place.label)
        lately &= tries.c.asked_at > now - timedelta(seconds=1)
        return (connection.scalar(sa.select(sa.func.count()).where(lately)) or 0) < place.per_second

    def _check_caps(
        self, connection: sa.Connection, engine: str, micros: int, caps: tuple[int | None, int | None]
    ) -> None:
        midnight = self._now().replace(hour=0, minute=0, second=0, microsecond=0)
        for cap, since, period in zip(caps, (midnight, midnight.replace(day=1)), ("day", "month"), strict=True):
            if cap is None:
                continue
            mine = (tries.c.engine == engine) & (tries.c.asked_at >= since)
            spent = int(connection.scalar(sa.select(sa.func.sum(tries.c.micros)).where(mine)) or 0)
            if spent + micros > cap:
                raise SpendingCapReached(f"What {engine} may cost in a {period} is spent.")


def _charged(this: Try, report: Report) -> int:
    return this.micros if report.charge_micros is None else report.charge_micros


def _written(this: Try) -> dict[str, Any]:
    return {
        "task_id": this.task_id,
        "number": this.number,
        "engine": this.engine,
        "place": this.place,
        "state": this.state.value,
        "report": None if this.report is None else json.dumps(asdict(this.report)),
        "enhanced": this.enhanced,
        "failure": None if this.failure is None else json.dumps(asdict(this.failure)),
        "micros": this.micros,
        "asked_at": this.asked_at,
        "ended_at": this.ended_at,
    }


def _read(row: sa.Row[Any]) -> Try:
    return Try(
        task_id=row.task_id,
        number=row.number,
        engine=row.engine,
        state=State(row.state),
        asked_at=row.asked_at,
        place=row.place,
        report=None if row.report is None else _report(json.loads(row.report)),
        enhanced=row.enhanced,
        failure=None if row.failure is None else Failure(**json.loads(row.failure)),
        micros=row.micros,
        ended_at=row.ended_at,
    )


def _report(row: dict[str, Any]) -> Report:
    failure = row["failure"]
    return Report(
        row["id"],
        Status(row["status"]),
        row["progress"],
        row["film"],
        None if failure is None else Failure(**failure),
        row["charge_micros"],
    )
