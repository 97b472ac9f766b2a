"""The database: durable settings, migrations, one writer at a time."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as st

from databases import KINDS, fresh_url
from openhorse.errors import DatabaseUnavailable, StorageFailed
from openhorse.limits import Limits, read_limits, stored_bytes
from openhorse.store import database as rooms
from openhorse.store import pictures as store_pictures
from openhorse.store.database import Database
from openhorse.store.outages import RETRY_AFTER_SECONDS
from openhorse.store.pictures import forget_pictures, record_picture, use_picture
from openhorse.store.postgres import ServerLeases
from openhorse.store.tables import Instant, keys, metadata, secrets, tasks

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database that nobody has migrated yet."""
    return fresh_url(request.param, tmp_path, migrated=False)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh database."""
    made = Database(database_url)
    made.migrate()
    yield made
    made.close()


def test_migrations_lead_to_the_tables(database: Database) -> None:
    """What the migrations make is what the code expects, so nobody can change one and forget the other."""
    with database.reading() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"version_table": rooms.VERSION_TABLE, "compare_type": True, "target_metadata": metadata},
        )
        assert compare_metadata(context, metadata) == []
        assert connection.exec_driver_sql(f"SELECT version_num FROM {rooms.VERSION_TABLE}").scalar() == rooms.SCHEMA


def test_partial_index_of_the_ledger_exists(database: Database) -> None:
    """Reflection does not compare the condition of an index, so it is looked at here."""
    with database.reading() as connection:
        if database.is_server:
            query = "SELECT indexdef FROM pg_indexes WHERE indexname='uq_oh_ledger_settled'"
        else:
            query = "SELECT sql FROM sqlite_master WHERE name='uq_oh_ledger_settled'"
        text = connection.exec_driver_sql(query).scalar()
    assert text is not None
    assert "UNIQUE" in text
    assert "WHERE" in text
    assert "'capture'" in text
    assert "'release'" in text


def test_limits_come_to_what_is_there(database_url: str) -> None:
    """A key of before may do what it could, and the films that are kept count by their size."""
    database = Database(database_url)
    with database.transaction() as connection:
        config = Config()
        config.set_main_option("script_location", "openhorse.store:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        text = "INSERT INTO oh_keys (id, label, secret_sha256, limit_waiting, created_at) VALUES ('k', 'a', 'x', 7, 0)"
        connection.exec_driver_sql(text)
        names = (
            'id, key_id, dialect, model, status, progress, "order", quote, lifetime_micros, created_at, hidden, video'
        )
        for status in ("succeeded", "expired", "failed"):
            video = "NULL" if status == "failed" else "'{\"bytes\":12345678901}'"
            values = f"'{status}', 'k', 'hiapi', 'm', '{status}', 1, '{{}}', '{{}}', 0, 0, false, {video}"
            connection.exec_driver_sql(f"INSERT INTO oh_tasks ({names}) VALUES ({values})")
        connection.exec_driver_sql("INSERT INTO oh_pictures (sha256, key_id, used_at) VALUES ('p', 'k', 0)")
    database.migrate()
    with database.reading() as connection:
        row = connection.execute(sa.select(keys)).one()
        assert (row.scopes, row.limit_waiting, row.secret_prefix) == ("read,submit", 7, None)
        assert read_limits(row) == Limits(waiting=7)
        sizes = connection.execute(sa.select(tasks.c.id, tasks.c.film_bytes).order_by(tasks.c.id)).all()
        assert sizes == [("expired", None), ("failed", None), ("succeeded", 12_345_678_901)]
        assert stored_bytes(connection, "k") == 12_345_678_901
    database.close()


def test_migrate_leaves_other_tables_alone(tmp_path: Path) -> None:
    """The durable runs keep their tables in the same file."""
    path = tmp_path / "openhorse.db"
    with sqlite3.connect(path) as theirs:
        theirs.execute("CREATE TABLE workflow_status (x)")
        theirs.execute("INSERT INTO workflow_status VALUES (7)")
    theirs.close()
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.migrate()
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT x FROM workflow_status").scalar() == 7
    database.close()


def test_a_newer_schema_is_refused(database: Database) -> None:
    """An old program must not write into a new database."""
    with database.transaction() as connection:
        connection.exec_driver_sql(f"UPDATE {rooms.VERSION_TABLE} SET version_num='9999'")
    with pytest.raises(StorageFailed, match="newer OpenHorse"):
        database.migrate()


def test_processes_that_start_together_migrate_once(database_url: str) -> None:
    """A server and its workers may all come up on an empty database at the same moment."""
    barrier, failures = threading.Barrier(6), list[Exception]()

    def start() -> None:
        database = Database(database_url)
        barrier.wait()
        try:
            database.migrate()
            database.secret("links")
        except Exception as error:  # noqa: BLE001 - any error at all is the failure that this test is about
            failures.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    database = Database(database_url)
    with database.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(secrets)) == 1
    database.close()


def test_what_is_answered_survives_a_power_cut(tmp_path: Path) -> None:
    """WAL, synchronous FULL, foreign keys, and a long wait for other writers, on every connection to SQLite."""
    database = Database(f"sqlite:///{tmp_path / 'openhorse.db'}")
    for door in (database.transaction, database.reading):
        with door() as connection:
            found = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            }
        assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}
    database.close()


def test_a_transaction_is_all_or_nothing(database: Database) -> None:
    """An error inside the block undoes what it has written."""
    with pytest.raises(RuntimeError), database.transaction() as connection:
        connection.execute(sa.insert(secrets).values(name="a", value=b"b"))
        raise RuntimeError
    with database.reading() as connection:
        assert connection.execute(sa.select(secrets)).all() == []


def test_what_a_transaction_has_read_cannot_change(database: Database) -> None:
    """Eight threads that read in order to change, add one and write lose no count."""
    with database.transaction() as connection:
        connection.execute(sa.insert(secrets).values(name="count", value=b"0"))
    mine = secrets.c.name == "count"

    def count() -> None:
        for _ in range(10):
            with database.transaction() as connection:
                value = connection.scalar(sa.select(secrets.c.value).where(mine).with_for_update())
                assert value is not None
                connection.execute(sa.update(secrets).where(mine).values(value=str(int(value) + 1).encode()))

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as connection:
        assert connection.scalar(sa.select(secrets.c.value).where(mine)) == b"80"


def test_reading_sees_one_moment(database: Database) -> None:
    """A write in between is not seen by the second query of one view, and does not wait for it."""
    counted = sa.select(sa.func.count()).select_from(secrets)
    with database.reading() as view:
        assert view.scalar(counted) == 0
        database.secret("links")
        assert view.scalar(counted) == 0
    with database.reading() as view:
        assert view.scalar(counted) == 1


def test_secrets_are_drawn_once(database: Database) -> None:
    """A link signed yesterday is still good today."""
    first = database.secret("links")
    assert len(first) == 32
    assert database.secret("links") == first
    assert database.secret("other") != first


@pytest.mark.parametrize("url", ["mysql://localhost/x", "sqlite://", "sqlite:///:memory:", "nonsense"])
def test_what_is_not_supported_is_refused(url: str) -> None:
    """No half-working third kind, no database that forgets: a clear refusal."""
    with pytest.raises(StorageFailed):
        Database(url)


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])))
def test_times_survive_exactly(time: datetime) -> None:
    """Times come back as the same instant, to the microsecond, in UTC."""
    column, dialect = Instant(), sa.create_engine("sqlite://").dialect
    back = column.process_result_value(column.process_bind_param(time, dialect), dialect)
    assert back == time
    assert back is not None
    assert back.utcoffset() == timedelta(0)


def test_naive_times_are_refused() -> None:
    """A time without a zone would be read as something else elsewhere."""
    with pytest.raises(ValueError, match="aware"):
        Instant().process_bind_param(datetime(2026, 1, 1), sa.create_engine("sqlite://").dialect)


def test_pictures_belong_to_who_brought_them_and_go_when_unused(database: Database) -> None:
    """A hash is no permission, and a picture stays as long as any of its owners uses it."""
    with database.transaction() as connection:
        for key in ("a", "b"):
            connection.execute(sa.insert(keys).values(id=key, label=key, secret_sha256=key, created_at=NOON))
        record_picture(connection, "a", "f00", 9, NOON)
        record_picture(connection, "b", "f00", 9, NOON + timedelta(days=2))
        record_picture(connection, "a", "ba4", 9, NOON)
        record_picture(connection, "a", "ba4", 9, NOON + timedelta(hours=1))
        assert use_picture(connection, "a", "ba4", NOON + timedelta(hours=1))
        assert not use_picture(connection, "b", "ba4", NOON)
        assert forget_pictures(connection, NOON + timedelta(hours=1)) == []
        assert forget_pictures(connection, NOON + timedelta(days=1)) == ["ba4"]
        assert use_picture(connection, "a", "f00", NOON)
        assert not use_picture(connection, "a", "ba4", NOON)


def test_few_pictures_are_forgotten_at_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their blobs go while others wait to bring theirs; what is left goes the next time."""
    monkeypatch.setattr(store_pictures, "FORGOTTEN_AT_ONCE", 2)
    with database.transaction() as connection:
        connection.execute(sa.insert(keys).values(id="a", label="a", secret_sha256="a", created_at=NOON))
        for sha256 in ("f1", "f2", "f3"):
            record_picture(connection, "a", sha256, 9, NOON)
        later = NOON + timedelta(days=1)
        assert forget_pictures(connection, later) == ["f1", "f2"]
        assert forget_pictures(connection, later) == ["f3"]
        assert forget_pictures(connection, later) == []


def test_milliseconds_are_known_whatever_the_sqlite(tmp_path: Path) -> None:
    """DBOS relies on unixepoch('subsec') from Python 3.12 on, which SQLite has from 3.42 on only."""
    database = Database(f"sqlite:///{tmp_path / 'openhorse.db'}")
    before = time.time()
    with database.reading() as connection:
        now = connection.exec_driver_sql("SELECT unixepoch('subsec')").scalar()
    assert isinstance(now, float)
    assert before - 1 < now < time.time() + 1
    database.close()


def test_a_lease_goes_with_its_holder(tmp_path: Path) -> None:
    """Two engines are two hosts to the server: one lease each name, free when its connection breaks."""
    url = fresh_url("postgresql", tmp_path)
    here, there = Database(url), Database(url)
    mine, theirs = ServerLeases(here.engine), ServerLeases(there.engine)
    lease = mine.take("worker-1")
    assert lease is not None
    assert lease.held()
    assert theirs.take("worker-1") is None
    other = theirs.take("worker-2")
    assert other is not None
    with there.engine.connect() as connection:
        held = "SELECT pid FROM pg_locks WHERE locktype='advisory' AND pid<>%s LIMIT 1"
        own = other._connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        connection.exec_driver_sql(f"SELECT pg_terminate_backend(({held}))", (own,))
    assert not lease.held()
    lease.release()
    again = theirs.take("worker-1")
    assert again is not None
    for one in (again, other):
        one.release()
    for database in (here, there):
        database.close()


def test_a_database_that_does_not_answer_is_said_so(tmp_path: Path) -> None:
    """In our own words, with the time to come back; not as a bug of ours."""
    nowhere = Database(f"postgresql://openhorse@/x?host={tmp_path}")
    for door in (nowhere.transaction, nowhere.reading):
        with pytest.raises(DatabaseUnavailable) as refusal, door():
            pass
        assert refusal.value.retry_after == RETRY_AFTER_SECONDS
    nowhere.close()
