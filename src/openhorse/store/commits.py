"""Writes of many threads come in, one transaction for all that wait goes out. Knows no table.

Of a commit that must survive a power cut the waiting for the disk is the dearest part, and it costs the same for one
write as for sixty; so does much of each statement. So things that are to be written in the same way are handed over
together. They are answered after the commit. Where one fails, nothing of them is written and each is tried by itself:
one that fails takes nothing of the others with it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from contextvars import Context
from typing import Any, TypeVar

import sqlalchemy as sa

T = TypeVar("T")
Q = TypeVar("Q")

Work = Callable[[sa.Connection, Sequence[Q]], Sequence[T]]
"""Writes some things of one kind, all or none, and gives something for each."""

MOST_TOGETHER = 64
"""Threads' writes in one transaction: others who write wait so long."""


class Commits:
    """Transactions shared by the threads of this process."""

    def __init__(
        self, transaction: Callable[[], AbstractContextManager[sa.Connection]], *, most: int = MOST_TOGETHER
    ) -> None:
        self._transaction = transaction
        self._most = most
        self._leading = threading.Lock()
        self._queueing = threading.Lock()
        self._waiting: list[_Write] = []

    def run(self, work: Work[Q, T], things: Sequence[Q]) -> list[T | Exception]:
        """What `work` gives for each of `things` once it is committed, or what it raises for that one.

        Raises what the database does when it takes nothing; then nothing was written.
        """
        write = _Write(work, things)
        with self._queueing:
            self._waiting.append(write)
        # Whoever comes first leads: it does the work of all who wait, and they find theirs done when it is their turn.
        with self._leading:
            while not write.done:  # more than go together may wait before it
                self._lead()
        if write.error is not None:
            raise write.error
        return write.values

    def _lead(self) -> None:
        with self._queueing:
            some, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
        try:
            with self._transaction() as connection:
                # What is logged on the way belongs to no single one of those who wait.
                Context().run(_write_all, connection, some)
        except BaseException as error:
            # Nothing was committed, so nobody's work was done, whatever became of it before.
            for write in some:
                write.error = error
            if not isinstance(error, Exception):
                raise
        finally:
            for write in some:
                write.done = True


class _Write:
    """What one thread wants to be written."""

    def __init__(self, work: Work[Any, Any], things: Sequence[Any]) -> None:
        self.work, self.things = work, things
        self.values: list[Any] = []
        self.error: BaseException | None = None
        self.done = False


def _write_all(connection: sa.Connection, some: Sequence[_Write]) -> None:
    alike: dict[Any, list[_Write]] = {}
    for write in some:
        alike.setdefault(write.work, []).append(write)
    for work, group in alike.items():
        values = iter(_write_some(connection, work, [thing for write in group for thing in write.things]))
        for write in group:
            write.values = [next(values) for _ in write.things]


def _write_some(connection: sa.Connection, work: Work[Any, Any], things: Sequence[Any]) -> Sequence[Any]:
    """What is given for each, or the error that each raised by itself."""
    connection.exec_driver_sql("SAVEPOINT some")
    try:
        return work(connection, things)
    except Exception as error:  # noqa: BLE001 - its thread raises it, or it shows again when each is done by itself
        # Where the database has given up the whole transaction, such as on a full disk, this fails and all do.
        connection.exec_driver_sql("ROLLBACK TO some")
        if len(things) == 1:
            return [error]
        return [value for thing in things for value in _write_some(connection, work, [thing])]
    finally:
        connection.exec_driver_sql("RELEASE some")
