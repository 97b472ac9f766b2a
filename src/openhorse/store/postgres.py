"""A PostgreSQL URL in, an engine for it out, and leases as locks of that server. Knows no table.

Transactions read what is committed; whoever reads a row in order to change it locks it (`FOR UPDATE`).
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.abc import RV, PQGen
from psycopg.pq import TransactionStatus

from openhorse.store.outages import answering

LOCK_WAIT_MILLISECONDS = 30_000
"""How long a writer waits for a row; beyond that somebody holds it who should not, and the error is shown."""

SILENT_MILLISECONDS = 30_000
"""How long the server waits inside a transaction for whoever began it. The host of a frozen process answers keepalives,
and so does a half-open proxy: what such a one has locked would be locked for all others too."""

LOOK_SECONDS = 0.1
"""How often Ctrl-C is looked for meanwhile; psycopg's own."""

ANSWER_SECONDS = 300.0
"""How long we wait for an answer: far longer than any statement of ours takes. Behind a half-open proxy, whose host
answers keepalives, none would ever come."""

# A host that vanishes without a word must not keep its locks and leases, nor keep us waiting: each end notices within
# about ten seconds, by keepalives where it waits, and by the user timeout where it has sent something.
_ALIVE = {
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "connect_timeout": 10,
}
_SERVER_SIDE = {
    "tcp_keepalives_idle": 5,
    "tcp_keepalives_interval": 2,
    "tcp_keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


class _Connection(psycopg.Connection[Any]):
    """One that is closed when no answer comes: libpq itself would wait for ever."""

    def wait(self, gen: PQGen[RV], interval: float = LOOK_SECONDS, timeout: float | None = None) -> RV:
        """See psycopg. Raises OperationalError."""
        try:
            return super().wait(gen, interval, ANSWER_SECONDS if timeout is None else timeout)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()
            raise


def _engine(url: sa.URL, settings: Mapping[str, int], **more: Any) -> sa.Engine:
    """An engine whose server has these settings for us, and where nobody waits for one who is gone."""
    options = " ".join(f"-c {name}={value}" for name, value in {**_SERVER_SIDE, **settings}.items())
    engine = sa.create_engine(url, connect_args=_ALIVE | {"application_name": "openhorse", "options": options}, **more)

    @sa.event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, _arguments: list[Any], named: dict[str, Any]) -> _Connection:
        return _Connection.connect(**named)

    return engine


class Postgres:
    """How a PostgreSQL database is opened and how its transactions begin."""

    def connect(self, url: sa.URL) -> sa.Engine:
        """An engine with a pool of connections; one that the server has dropped is replaced unnoticed."""
        waits = {"lock_timeout": LOCK_WAIT_MILLISECONDS, "idle_in_transaction_session_timeout": SILENT_MILLISECONDS}
        return _engine(url, waits, pool_size=8, max_overflow=24, pool_pre_ping=True, hide_parameters=True)

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
        self._engine = _engine(engine.url, {}, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")

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
