"""SQLAlchemy's errors of a database that does not answer or is full come in, ours go out. Knows no query."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from openhorse.errors import DatabaseFull, DatabaseUnavailable, InvalidOrder

RETRY_AFTER_SECONDS = 5
"""When to try again after DatabaseUnavailable: a database server restarts in about that time."""

FULL_RETRY_AFTER_SECONDS = 60
"""When to try again after DatabaseFull: somebody must make room first."""

_log = logging.getLogger(__name__)


@contextmanager
def answering() -> Iterator[None]:
    """Say in our own words that the database does not answer: it is down, full, or somebody holds a lock for ever.

    Raises DatabaseUnavailable, DatabaseFull; InvalidOrder for a value that the database cannot hold.
    """
    try:
        yield
    except (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError) as error:
        if is_full(error):
            _log.error("the database is full: %s", str(error).partition("\n")[0])
            raise DatabaseFull("the database is full", retry_after=FULL_RETRY_AFTER_SECONDS) from error
        _log.warning("the database does not answer: %s", str(error).partition("\n")[0])
        raise DatabaseUnavailable("the database does not answer", retry_after=RETRY_AFTER_SECONDS) from error
    except sa.exc.InternalError as error:
        if not error.connection_invalidated:
            raise
        # We were frozen or cut off in the middle of a transaction for longer than the server waits.
        _log.warning("the database has ended a transaction: %s", str(error).partition("\n")[0])
        raise DatabaseUnavailable("the database does not answer", retry_after=RETRY_AFTER_SECONDS) from error
    except sa.exc.DataError as error:
        # SQLite takes what PostgreSQL refuses to know: a text with a NUL in it, a number beyond 64 bits.
        raise InvalidOrder("a text holds a NUL character, or a number is beyond 64 bits") from error


def is_full(error: sa.exc.SQLAlchemyError) -> bool:
    """Whether the disk, or the size that the database may have, is used up."""
    told = getattr(error, "orig", None)
    # 53100 is PostgreSQL's disk_full.
    return getattr(told, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL or getattr(told, "sqlstate", None) == "53100"
