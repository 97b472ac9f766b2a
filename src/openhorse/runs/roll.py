"""Workers' signs of life come in, the names of those that give none any more go out. Knows no run and no lease.

A lease shows that a process has died. It does not show that one is frozen, or cut off with its connection
open; for that each worker counts up a number, and whoever sees a number stand still for SILENCE_SECONDS of
its own clock takes that worker for lost. No two clocks are compared.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime

import sqlalchemy as sa

from openhorse.store.database import Database
from openhorse.store.tables import workers

SILENCE_SECONDS = 15.0
"""How long a worker may be silent: many times the pause between two signs, for machines are busy at times."""


def beats(database: Database) -> Mapping[str, int]:
    """How often each listed worker has given a sign of life, by its name."""
    with database.reading() as connection:
        return {row.name: row.beats for row in connection.execute(sa.select(workers))}


class Roll:
    """The list of all workers, as one of them sees it."""

    def __init__(self, database: Database, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        """`name` is this worker's own; `clock` counts seconds and never goes back."""
        self._database, self._name, self._clock = database, name, clock
        self._heard: dict[str, tuple[int, float]] = {}

    def enter(self, now: datetime) -> None:
        """Begin to be listed."""
        with self._database.transaction() as connection:
            connection.execute(sa.insert(workers).values(name=self._name, beats=0, started_at=now))

    def beat(self) -> bool:
        """Give a sign of life; False when somebody has struck this worker off, who has then taken its runs over."""
        mine = sa.update(workers).where(workers.c.name == self._name).values(beats=workers.c.beats + 1)
        with self._database.transaction() as connection:
            return connection.execute(mine).rowcount > 0

    def silent(self) -> set[str]:
        """The names of listed workers, other than this one, that have been silent for too long."""
        listed = beats(self._database)
        now = self._clock()
        heard = {name: self._heard.get(name, (-1, now)) for name in listed if name != self._name}
        self._heard = {name: seen if seen[0] == listed[name] else (listed[name], now) for name, seen in heard.items()}
        return {name for name, (_, at) in self._heard.items() if now - at > SILENCE_SECONDS}

    def strike(self, name: str) -> None:
        """Take a worker off the list: this one as it leaves, or one that is lost."""
        with self._database.transaction() as connection:
            connection.execute(sa.delete(workers).where(workers.c.name == name))
