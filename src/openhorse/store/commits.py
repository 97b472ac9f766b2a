"""Writes of many threads come in, one transaction for all that wait goes out. Knows no table.

Of a commit that must survive a power cut the waiting for the disk is the dearest part, and it costs the same for one
write as for sixteen. Each is answered after the commit, and one that fails takes nothing of the others with it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from contextvars import copy_context
from typing import Any, TypeVar

import sqlalchemy as sa

T = TypeVar("T")

MOST_TOGETHER = 64
"""Writes in one transaction: others who write wait so long."""


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

    def run(self, work: Callable[[sa.Connection], T]) -> T:
        """What `work` gives once it is committed. Raises what it raises, and then nothing of it was written."""
        write = _Write(work)
        with self._queueing:
            self._waiting.append(write)
        # Whoever comes first leads: it does the work of all who wait, and they find theirs done when it is their turn.
        with self._leading:
            while not write.done:  # more than go together may wait before it
                self._lead()
        if write.error is not None:
            raise write.error
        value: T = write.value
        return value

    def _lead(self) -> None:
        with self._queueing:
            some, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
        try:
            with self._transaction() as connection:
                _write_all(connection, some)
        except BaseException as error:
            # Nothing was committed, so nobody's work was done, whatever became of it before.
            for write in some:
                write.error = write.error or error
            if not isinstance(error, Exception):
                raise
        finally:
            for write in some:
                write.done = True


class _Write:
    """One thread's work; it sees that thread's context wherever it is done."""

    def __init__(self, work: Callable[[sa.Connection], Any]) -> None:
        self.work = work
        self.context = copy_context()
        self.value: Any = None
        self.error: BaseException | None = None
        self.done = False


def _write_all(connection: sa.Connection, some: Sequence[_Write]) -> None:
    if len(some) == 1:
        some[0].value = some[0].context.run(some[0].work, connection)
        return
    for write in some:
        connection.exec_driver_sql("SAVEPOINT one")
        try:
            write.value = write.context.run(write.work, connection)
        except Exception as error:  # noqa: BLE001 - its thread raises it
            write.error = error
            # Where the database has given up the whole transaction, such as on a full disk, this fails and all do.
            connection.exec_driver_sql("ROLLBACK TO one")
        connection.exec_driver_sql("RELEASE one")
