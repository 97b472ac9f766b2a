"""A network that breaks between us and PostgreSQL, and between us and a receiver: nothing is lost or doubled."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from threading import Thread

import pytest
import sqlalchemy as sa

from crash_process import QUOTE, once, open_rooms, order, work
from databases import Postgres, running_postgres
from faults import HEALTHY, REFUSED, SILENT, Fault, Proxy, faulty
from journals import GAPS, Home
from openhorse import accounts, callbacks, outbound, runs, store
from openhorse.callbacks import Delivery
from openhorse.deliveries import State
from openhorse.dialects import Link, dialect_named
from openhorse.errors import DatabaseUnavailable
from openhorse.outbound import Outbound
from openhorse.processes import LOST
from openhorse.store.database import Database
from openhorse.store.tables import callback_attempts, tasks
from openhorse.store.tables import ledger as entries
from openhorse.tasks import Tasks
from openhorse.vocabulary import Callback, Event, Status, Task
from serving import Customer, customers_server
from shops import ORDER
from test_crash import count, process, read_steps, until

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A server of this module's own: connections to it are cut while others would use it."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def line(postgres: Postgres) -> Iterator[Proxy]:
    """The network before it."""
    with faulty(postgres.folder / ".s.PGSQL.5432") as proxy:
        yield proxy


@pytest.fixture
def far(postgres: Postgres, line: Proxy) -> str:
    """The URL of a database behind that network."""
    name = f"far{line.port}"
    engine = sa.create_engine(postgres.url.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET search_path TO public, dbos")
    engine.dispose()
    return f"postgresql://openhorse@127.0.0.1:{line.port}/{name}"


@contextmanager
def opened(url: str) -> Iterator[tuple[Database, Tasks]]:
    """The rooms of a customer's process, closed at the end."""
    database, queues, rooms = open_rooms(url)
    try:
        yield database, rooms
    finally:
        queues.close()
        database.close()


def new_key(database: Database) -> str:
    """A customer with money."""
    with database.transaction() as connection:
        return accounts.create_key(connection, label="a", balance_micros=1_000_000)[0].id


def paid(database: Database) -> Counter[str]:
    """How many entries of each kind there are in the ledger."""
    with database.reading() as connection:
        return Counter(connection.scalars(sa.select(entries.c.kind)))


def submit(rooms: Tasks, key: str, number: int, attempt: int) -> str:
    """Order film `number`; the id of its task."""
    made = rooms.submit(key, f"t{number}-{attempt}", order(number), QUOTE, lifetime=DAY, idempotency=once(number))
    return made.task.id


BREAKS = [
    REFUSED,
    *(Fault(up_bytes=number) for number in (0, 150, 700, 1200, 2000, 2600, 3300, 4000, 5000)),
    *(Fault(down_bytes=number) for number in (0, 40, 150, 400, 800, 1200, 1600, 2000)),
]
"""Somewhere in a submit: before it, in the middle of a statement, in the commit, and before its answer."""


def test_an_order_whose_connection_breaks_is_one_order(far: str, line: Proxy) -> None:
    """Wherever it breaks, the customer who orders again has one task, and one hold; what was answered is there."""
    with opened(far) as (database, rooms):
        key = new_key(database)
        broken = 0
        for number, fault in enumerate(BREAKS):
            answered = None
            with line.failing(fault), suppress(DatabaseUnavailable):
                answered = submit(rooms, key, number, 1)
            broken += answered is None
            again = submit(rooms, key, number, 2)
            assert answered in (None, again)
            assert submit(rooms, key, number, 3) == again
        line.set(Fault(delay_seconds=0.01))
        submit(rooms, key, len(BREAKS), 1)
        line.set(HEALTHY)
        assert broken > len(BREAKS) // 2
        assert count(database, tasks) == len(BREAKS) + 1
        assert paid(database) == {"credit": 1, "hold": len(BREAKS) + 1}
        with database.reading() as connection:
            lined_up = connection.exec_driver_sql(
                "SELECT count(*) FROM workflow_status WHERE status='ENQUEUED'"
            ).scalar()
        assert lined_up == len(BREAKS) + 1


def test_an_order_that_hears_nothing_is_one_order(far: str, line: Proxy) -> None:
    """Half-open: the one who waits and the one who orders again meanwhile get the same task when the line is back."""
    with opened(far) as (database, rooms):
        key = new_key(database)
        answers = list[str]()
        line.set(SILENT)
        waiting = [Thread(target=lambda n=n: answers.append(submit(rooms, key, 1, n))) for n in (1, 2)]
        for thread in waiting:
            thread.start()
        waiting[0].join(0.3)
        assert answers == []
        line.set(HEALTHY)
        for thread in waiting:
            thread.join()
        assert len(answers) == 2
        assert len(set(answers)) == 1
        assert paid(database) == {"credit": 1, "hold": 1}


def test_films_are_made_over_a_line_that_breaks(far: str, line: Proxy, tmp_path: Path) -> None:
    """All connections of two workers are reset, leases among them, three times in the middle of films."""
    with opened(far) as (database, rooms):
        key = new_key(database)
        ids = [submit(rooms, key, number, 1) for number in range(5)]
        with process(work, tmp_path, far), process(work, tmp_path, far):
            for number in range(3):
                until(lambda seen=number + 1: len([s for s in read_steps(tmp_path) if s[0] == "render"]) >= seen)
                with line.failing(REFUSED):
                    time.sleep(0.3)
            until(lambda: not rooms.unfinished())
            until(lambda: count(database, callback_attempts) == len(ids))
        assert line.broken > 0
        assert [rooms.any(task_id).status for task_id in ids] == [Status.SUCCEEDED] * len(ids)
        assert paid(database) == {"credit": 1, "hold": len(ids), "capture": len(ids)}


def test_a_worker_that_is_cut_off_is_followed_and_fenced(
    far: str, line: Proxy, postgres: Postgres, tmp_path: Path
) -> None:
    """Half-open: its lease stands, its silence tells; when it hears again it stops, and has changed nothing."""
    near = far.replace(f"127.0.0.1:{line.port}", "") + f"?host={postgres.folder}"
    with opened(near) as (database, rooms):
        key = new_key(database)
        ids = [submit(rooms, key, number, 1) for number in range(3)]
        with process(work, tmp_path, far) as (lonely, _):
            until(lambda: any(step == "render" for step, _name, _pid in read_steps(tmp_path)))
            line.set(SILENT)
            with process(work, tmp_path, near):
                until(lambda: not rooms.unfinished())
                line.set(HEALTHY)
                lonely.join(60)
                assert lonely.exitcode == LOST
                until(lambda: count(database, callback_attempts) == len(ids))
        assert [rooms.any(task_id).status for task_id in ids] == [Status.SUCCEEDED] * len(ids)
        assert paid(database) == {"credit": 1, "hold": 3, "capture": 3}


def test_what_a_silent_one_has_locked_is_free_again(far: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is frozen or cut off in the middle of a transaction keeps nobody else from that task for long."""
    with opened(far) as (database, rooms):
        key = new_key(database)
        task_id = submit(rooms, key, 1, 1)
        monkeypatch.setattr(store.postgres, "SILENT_MILLISECONDS", 200)
        frozen = Database(far)
        with pytest.raises(DatabaseUnavailable), frozen.transaction() as silent:
            silent.execute(sa.select(tasks).with_for_update())
            assert rooms.cancel(task_id, key).status is Status.CANCELLED
            silent.execute(sa.update(tasks).values(status="succeeded"))
        assert rooms.any(task_id).status is Status.CANCELLED
        frozen.close()


def test_no_answer_is_not_waited_for_for_ever(far: str, line: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half-open, while a host answers keepalives: whoever asks hears that nobody answers, and later asks again."""
    monkeypatch.setitem(store.postgres._ALIVE, "connect_timeout", 2)
    with opened(far) as (database, rooms):
        lease = store.postgres.ServerLeases(database.engine).take("mine")
        assert lease is not None
        task_id = submit(rooms, new_key(database), 1, 1)
        monkeypatch.setattr(store.postgres, "ANSWER_SECONDS", 0.3)
        with line.failing(SILENT):
            assert not lease.held()
            with pytest.raises(DatabaseUnavailable):
                rooms.unfinished()
        monkeypatch.undo()
        assert [task.id for task in rooms.unfinished()] == [task_id]
        lease.release()


class Calling(Home):
    """A home whose callbacks go over a real network."""

    def deliver(self, task: Task, event: Event, number: int) -> Delivery:
        """As the house does, but the gaps are those of the journal."""
        words = dialect_named(task.order.dialect)
        made = callbacks.attempt(
            task,
            event,
            number,
            signing_secrets=("a secret",),
            outbound=Outbound([ip_network("127.0.0.0/8")]),
            words=words,
            link=Link(lambda _video: "https://a.example/film", "https://a.example"),
            now=self.time,
        )
        again = None if made.delivered or number >= len(GAPS) else GAPS[number]
        return replace(made, retry_after_seconds=again)


BROKEN_LINES = {
    "refused": REFUSED,
    "cut in the request": Fault(up_bytes=60),
    "cut in the answer": Fault(down_bytes=5),
    "half-open": SILENT,
}


@pytest.mark.parametrize("broken", BROKEN_LINES)
def test_a_receiver_behind_a_line_that_breaks(broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each attempt is on record with what was wrong, tried again and given up; the film stays made and is paid once."""
    monkeypatch.setattr(outbound, "CALLBACK_SECONDS", 0.3)
    Database(f"sqlite:///{tmp_path / 'openhorse.db'}").migrate()
    home = Calling(tmp_path)
    monkeypatch.setattr(runs, "DBOS", home.journal)
    with customers_server() as receiver, faulty(("127.0.0.1", int(receiver.url.rpartition(":")[2]))) as line:
        asked = replace(ORDER, callback=Callback(f"http://127.0.0.1:{line.port}/hook"))
        home.tasks.submit(new_key(home.database), "t1", asked, QUOTE, lifetime=DAY)
        with line.failing(BROKEN_LINES[broken]):
            for gap in (0, *GAPS):
                home.time += timedelta(seconds=gap)
                for run in home.due():
                    home.go_on(run, 9)
        told = home.deliveries.of_task("t1")
        assert [(one.status, one.delivered) for one in told.tries] == [(None, False)] * len(GAPS)
        assert all(one.error for one in told.tries)
        assert told.state is State.GIVEN_UP
        assert home.tasks.any("t1").status is Status.SUCCEEDED
        home.deliveries.redeliver("t1")
        for run in home.due():
            home.go_on(run, 9)
        told = home.deliveries.of_task("t1")
    assert told.state is State.DELIVERED
    assert told.tries[-1].error is None
    assert len(ids_of(receiver)) == 1
    assert paid(home.database) == {"credit": 1, "hold": 1, "capture": 1}
    home.database.close()


def ids_of(receiver: Customer) -> set[str]:
    """The ids under which the receiver was told of something."""
    return {{name.lower(): value for name, value in headers.items()}["webhook-id"] for _, headers in receiver.callbacks}
