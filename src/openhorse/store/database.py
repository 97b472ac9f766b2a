"""A database URL comes in, one door to transactions comes out. Knows no table's meaning.

SQLite and PostgreSQL differ in how a transaction begins, and nowhere else: see sqlite.py and postgres.py.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, ParamSpec, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from openhorse.errors import StorageFailed
from openhorse.store import tables
from openhorse.store.commits import Commits, Work
from openhorse.store.outages import answering
from openhorse.store.postgres import Postgres, lock_number
from openhorse.store.sqlite import Sqlite

SCHEMA = "0011"
"""The newest migration; a test compares it with migrations/versions."""

VERSION_TABLE = "oh_schema"

P = ParamSpec("P")
T = TypeVar("T")
Q = TypeVar("Q")


class Backend(Protocol):
    """What SQLite and PostgreSQL do differently."""

    def connect(self, url: sa.URL) -> sa.Engine:
        """An engine over what is at `url`."""

    def begin(self, connection: sa.Connection, alone: str | None) -> None:
        """Begin to write; with `alone`, when nobody else is in a transaction of that name."""

    def begin_reading(self, connection: sa.Connection) -> None:
        """Begin to read from one state."""


class Database:
    """One database, shared by all processes of this installation.

    Raises StorageFailed for a URL that is neither a SQLite file's nor a PostgreSQL database's.
    """

    def __init__(self, url: str) -> None:
        self.url, self._backend = _understood(url)
        self.engine = self._backend.connect(self.url)
        self._commits = Commits(self.transaction)

    @property
    def is_server(self) -> bool:
        """Whether processes on many machines can share it."""
        return isinstance(self._backend, Postgres)

    @contextmanager
    def transaction(self, alone: str | None = None) -> Iterator[sa.Connection]:
        """All or nothing; commits when the block ends without an error.

        On SQLite there is one writer at a time. On PostgreSQL, rows that are read in order to be changed must be
        locked, and where there is no row yet, `alone` names what only one transaction at a time may do.
        Raises DatabaseUnavailable when the database does not answer; then nothing was written, unless the
        connection broke in the very moment of the commit.
        """
        with answering(), self.engine.begin() as connection:
            self._backend.begin(connection, alone)
            yield connection

    def commit(self, work: Work[Q, T], things: Sequence[Q]) -> list[T | Exception]:
        """What `work` gives for each of `things` once it is committed, or what went wrong with that one.

        On SQLite all who write at the same time share one transaction, and `work` is handed what all of them write.
        A database server commits for many by itself, and there one who waited for another's row would make all who
        share with him wait: each is written by itself.
        """
        if self.is_server:
            return [self._told(self._commit_one, work, thing) for thing in things]
        with answering():
            values = self._commits.run(work, things)
        return [self._told(_raised, value) if isinstance(value, Exception) else value for value in values]

    def _commit_one(self, work: Work[Q, T], thing: Q) -> T:
        with self.transaction() as connection:
            (made,) = work(connection, [thing])
            return made

    def _told(self, do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | Exception:
        """What `do` gives, or what it raises, in our own words."""
        try:
            with answering():
                return do(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - whoever asked is told
            return error

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One consistent view for several queries; waits for nobody and changes nothing."""
        with answering(), self.engine.connect() as connection:
            self._backend.begin_reading(connection)
            yield connection

    def migrate(self) -> None:
        """Bring our tables up to date, whichever process comes first.

        Raises StorageFailed when a newer OpenHorse has written the database.
        """
        with self.transaction(alone="migration") as connection:
            found = _revision(connection)
            if found == SCHEMA:
                return
            if found is not None and found not in _revisions():
                raise StorageFailed(
                    f"the database was written by a newer OpenHorse (schema {found}, this one knows {SCHEMA}); "
                    "install that version or restore an older copy"
                )
            _upgrade(connection)

    def schema(self) -> str:
        """The migration that the database is at. Raises StorageFailed when it has no tables of ours."""
        with self.reading() as connection:
            found = _revision(connection)
        if found is None:
            shown = self.url.render_as_string(hide_password=True)
            raise StorageFailed(f"there is no OpenHorse in {shown}: see OPENHORSE_DATA and OPENHORSE_DATABASE_URL")
        return found

    def secret(self, name: str) -> bytes:
        """The 32 random bytes that this installation keeps under `name`, drawn at the first call."""
        table = tables.secrets
        with self.transaction(alone=f"secret {name}") as connection:
            value = connection.scalar(sa.select(table.c.value).where(table.c.name == name))
            if value is None:
                value = os.urandom(32)
                connection.execute(sa.insert(table).values(name=name, value=value))
            return bytes(value)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _raised(error: Exception) -> NoReturn:
    raise error


def upsert(
    connection: sa.Connection, table: sa.Table, row: Mapping[str, Any], update: Mapping[str, Any] | None = None
) -> None:
    """Insert `row`; where its primary key is there already, write `update` into that row, or leave it as it is."""
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table).values(**row)
    names = [column.name for column in table.primary_key]
    if update is None:
        connection.execute(insert.on_conflict_do_nothing(index_elements=names))
    else:
        connection.execute(insert.on_conflict_do_update(index_elements=names, set_=dict(update)))


def wait_alone(connection: sa.Connection, name: str) -> None:
    """Go on when no other transaction holds `name`; it is ours until this one ends. A writer of SQLite is alone anyway.

    What is read after it is what the others have left.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(lock_number(name))))


def _understood(url: str) -> tuple[sa.URL, Backend]:
    """The URL with the driver that we use, and how to talk to it."""
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise StorageFailed("the database URL cannot be read; use sqlite:///path or postgresql://host/name") from None
    match parsed.get_backend_name():
        case "sqlite":
            return parsed, Sqlite()
        case "postgresql" | "postgres":
            return parsed.set(drivername="postgresql+psycopg"), Postgres()
        case other:
            raise StorageFailed(
                f"{other} databases are not supported; use sqlite:///path/to/openhorse.db or postgresql://host/name"
            )


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
