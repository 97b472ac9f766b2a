"""A PostgreSQL URL in, an engine for it out, and leases as locks of that server. Knows no table.

Transactions read what is committed; whoever reads a row in order to change it locks it (`FOR UPDATE`).
"""

from __future__ import annotations

import hashlib
import threading
from contextlib import ExitStack, suppress

import sqlalchemy as sa

from openhorse.store.outages import answering

LOCK_WAIT_MILLISECONDS = 30_000
"""How long a writer waits for a row; beyond that somebody holds it who should not, and the error is shown."""

SILENT_MILLISECONDS = 30_000
"""How long the server waits inside a transaction for whoever began it. The host of a frozen process answers keepalives,
and so does a half-open proxy: what such a one has locked would be locked for all others too."""

# A host that vanishes without a word must not keep its locks and leases: it is noticed within about ten seconds.
_ALIVE = {
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "connect_timeout": 10,
}
_SERVER_SIDE = "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"


class Postgres:
    """How a PostgreSQL database is opened and how its transactions begin."""

    def connect(self, url: sa.URL) -> sa.Engine:
        """An engine with a pool of connections; one that the server has dropped is replaced unnoticed."""
        waits = {"lock_timeout": LOCK_WAIT_MILLISECONDS, "idle_in_transaction_session_timeout": SILENT_MILLISECONDS}
        options = " ".join([_SERVER_SIDE, *(f"-c {name}={value}" for name, value in waits.items())])
        arguments = _ALIVE | {"application_name": "openhorse", "options": options}
        return sa.create_engine(
            url, pool_size=8, max_overflow=24, pool_pre_ping=True, connect_args=arguments, hide_parameters=True
        )

    def begin(self, connection: sa.Connection, alone: str | None) -> None:
        """Begin to write; with `alone`, wait until nobody else is in a transaction of that name."""
        if alone is not None:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(lock_number(alone))))

    def begin_reading(self, connection: sa.Connection) -> None:
        """Begin to read from one state of the database."""
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


def lock_number(name: str) -> int:
    """The number by which the server knows a lock of this name: 63 bits of its hash."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8, person=b"openhorse").digest()) >> 1


class ServerLeases:
    """Leases as advisory locks of the database server: they reach over machines and go with the connection."""

    def __init__(self, engine: sa.Engine) -> None:
        # Each lease is a connection of its own: given back to a pool, it would take its lock along.
        self._engine = sa.create_engine(
            engine.url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT", connect_args=dict(_ALIVE)
        )

    def take(self, name: str) -> ServerLease | None:
        """The lease of `name`, or None while a living connection holds it. Raises DatabaseUnavailable."""
        with answering(), ExitStack() as unless_taken:
            connection = unless_taken.enter_context(self._engine.connect())
            if not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(_lease_number(name)))):
                return None
            unless_taken.pop_all()
        return ServerLease(connection)


def _lease_number(name: str) -> int:
    return lock_number(f"lease {name}")


class ServerLease:
    """One connection that holds one lock."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._one_at_a_time = threading.Lock()

    def held(self) -> bool:
        """Whether the server still knows of it: a server that restarts forgets."""
        with self._one_at_a_time:
            try:
                self._connection.execute(sa.select(sa.literal(1)))
            except sa.exc.SQLAlchemyError:
                return False
            return True

    def release(self) -> None:
        """Close the connection, and the lock is free."""
        with self._one_at_a_time, suppress(sa.exc.SQLAlchemyError):
            self._connection.invalidate()
            self._connection.close()
