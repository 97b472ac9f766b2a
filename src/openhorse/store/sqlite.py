"""A SQLite file's URL in, an engine that keeps what it has committed out. Knows no table.

WAL mode with synchronous=FULL: what has been answered survives a power cut. Every transaction takes the
write lock at its beginning, so that what it has read cannot change under it.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from openhorse.errors import StorageFailed

LOCK_WAIT_MILLISECONDS = 30_000
"""How long a writer waits for another; beyond that the disk is in trouble and the error is shown."""


class Sqlite:
    """How a SQLite file is opened and how its transactions begin."""

    def connect(self, url: sa.URL) -> sa.Engine:
        """An engine over the file, whose folder is made. Raises StorageFailed for a database without a file."""
        if not url.database or url.database == ":memory:":
            raise StorageFailed("the database must be a file, so that tasks survive and workers can share it")
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(url, pool_size=8, max_overflow=24, hide_parameters=True)
        sa.event.listen(engine, "connect", _configure)
        return engine

    def begin(self, connection: sa.Connection, _alone: str | None) -> None:
        """Begin to write: every writer is alone anyway."""
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def begin_reading(self, connection: sa.Connection) -> None:
        """Begin to read from one state of the file."""
        connection.exec_driver_sql("BEGIN")


def _configure(connection: Any, _record: Any) -> None:
    """Prepare one connection; the driver then begins writes outside `begin` immediately as well."""
    connection.isolation_level = "IMMEDIATE"
    connection.execute(f"PRAGMA busy_timeout={LOCK_WAIT_MILLISECONDS}")
    _use_wal(connection)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    if sqlite3.sqlite_version_info < (3, 42):
        # DBOS asks for milliseconds by Python's version, not by SQLite's: Debian 12's SQLite 3.40 under Python 3.12
        # and later would answer NULL.
        connection.create_function("unixepoch", 1, _unixepoch)


def _unixepoch(modifier: str) -> float:
    """SQLite 3.42's `unixepoch('subsec')`: seconds since 1970, with their fraction."""
    if modifier != "subsec":
        raise ValueError("only 'subsec' is understood here")
    return time.time()


def _use_wal(connection: Any) -> None:
    """Switch the file to WAL, which is for ever; whoever finds it switched need not ask again.

    The switch does not wait for the busy timeout, so processes that open a new file together take turns here.
    """
    deadline = time.monotonic() + LOCK_WAIT_MILLISECONDS / 1000
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
