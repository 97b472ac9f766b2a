"""A database URL comes in, one door to transactions comes out. Knows no table's meaning.

SQLite in WAL mode with synchronous=FULL: what has been answered survives a power cut. Every
transaction takes the write lock at its beginning, so that what it has read cannot change under it.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from openhorse.errors import StorageFailed
from openhorse.store import tables

SCHEMA = "0002"
"""The newest migration; a test compares it with migrations/versions."""

VERSION_TABLE = "oh_schema"

LOCK_WAIT_MILLISECONDS = 30_000
"""How long a writer waits for another; beyond that the disk is in trouble and the error is shown."""


class Database:
    """One SQLite file, shared by all processes of this installation.

    Raises StorageFailed for any other kind of URL.
    """

    def __init__(self, url: str) -> None:
        self.url = _checked(url)
        self.engine = sa.create_engine(self.url, pool_size=8, max_overflow=24)
        sa.event.listen(self.engine, "connect", _configure)

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """All or nothing, one writer at a time; commits when the block ends without an error."""
        with self.engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One consistent view for several queries; waits for nobody and changes nothing."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            yield connection

    def migrate(self) -> None:
        """Bring our tables up to date, whichever process comes first.

        Raises StorageFailed when a newer OpenHorse has written the database.
        """
        with self.transaction() as connection:
            found = _revision(connection)
            if found == SCHEMA:
                return
            if found is not None and found not in _revisions():
                raise StorageFailed(
                    f"the database was written by a newer OpenHorse (schema {found}, this one knows {SCHEMA}); "
                    "install that version or restore an older copy"
                )
            _upgrade(connection)

    def secret(self, name: str) -> bytes:
        """The 32 random bytes that this installation keeps under `name`, drawn at the first call."""
        table = tables.secrets
        with self.transaction() as connection:
            value = connection.scalar(sa.select(table.c.value).where(table.c.name == name))
            if value is None:
                value = os.urandom(32)
                connection.execute(sa.insert(table).values(name=name, value=value))
            return bytes(value)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _checked(url: str) -> sa.URL:
    """The URL of a SQLite file whose folder exists."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        raise StorageFailed(
            f"{parsed.get_backend_name()} databases are not supported yet; use sqlite:///path/to/openhorse.db"
        )
    if not parsed.database or parsed.database == ":memory:":
        raise StorageFailed("the database must be a file, so that tasks survive and workers can share it")
    Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    return parsed


def _configure(connection: Any, _record: Any) -> None:
    """Prepare one SQLite connection; the driver then begins writes outside `transaction` immediately as well."""
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


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    found = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalar()
    return None if found is None else str(found)


def _revisions() -> set[str]:
    folder = Path(__file__).parent / "migrations" / "versions"
    return {path.name.partition("_")[0] for path in folder.glob("[0-9]*.py")}


def _upgrade(connection: sa.Connection) -> None:
    # Imported here: it takes a fifth of a second, and a database that is up to date needs none of it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "openhorse.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
