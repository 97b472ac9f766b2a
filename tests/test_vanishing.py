"""A host that vanishes without a word, with everything that it had in hand and all that it had locked."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from crash_process import QUOTE, open_rooms, order, work
from databases import Postgres
from forks import hurry
from hosts import Host, move_to, other_host
from openhorse import accounts
from openhorse.errors import DatabaseUnavailable
from openhorse.processes import LOST
from openhorse.store.database import Database
from openhorse.store.tables import callback_attempts
from openhorse.vocabulary import Status
from test_crash import count, kinds, process, read_steps, until


@pytest.fixture
def host() -> Iterator[Host]:
    """Another host."""
    with other_host() as made:
        yield made


@pytest.fixture
def postgres(host: Host) -> Iterator[Postgres]:
    """A server here, which that host can reach."""
    server = Postgres()
    try:
        server.start(listen=host.ours)
        yield server
    finally:
        server.remove()


def work_there(told: Connection, host: str, folder: Path, url: str) -> None:
    """Be a worker on another host."""
    move_to(host)
    work(told, folder, url)


def ask_there(told: Connection, host: str, url: str) -> None:
    """Be a server on another host: ask the database, and tell when it does not answer."""
    move_to(host)
    hurry()
    database = Database(url)
    with suppress(DatabaseUnavailable):
        while True:
            with database.reading():
                pass
            told.send("it answers")
            time.sleep(0.1)
    told.send("it does not answer")


def sessions(database: Database, host: Host) -> int:
    """How many connections from that host the database's server believes in."""
    query = f"SELECT count(*) FROM pg_stat_activity WHERE client_addr = '{host.address}'"
    with database.reading() as connection:
        return int(connection.exec_driver_sql(query).scalar() or 0)


def drained(heard: Connection) -> list[str]:
    """What has been told until now; whoever has nothing more to say has ended."""
    told = list[str]()
    with suppress(EOFError):
        while heard.poll():
            told.append(heard.recv())
    return told


def test_a_host_that_vanishes_is_followed(host: Host, postgres: Postgres, tmp_path: Path) -> None:
    """Its films are made elsewhere, its leases are free, and whoever asked from there hears that nobody answers."""
    database, queues, tasks = open_rooms(postgres.url)
    far = f"postgresql://openhorse@{host.ours}/postgres"
    with database.transaction() as connection:
        key = accounts.create_key(connection, label="a", balance_micros=1_000_000)[0].id
    ids = [f"t{number}" for number in range(3)]
    with process(work_there, host.name, tmp_path, far) as (lonely, _), process(ask_there, host.name, far) as (_, heard):
        for number, task_id in enumerate(ids):
            tasks.submit(key, task_id, order(number), QUOTE, lifetime=timedelta(days=1))
        until(lambda: any(step == "render" for step, _name, _pid in read_steps(tmp_path)))
        until(lambda: drained(heard))
        assert sessions(database, host) > 2
        host.vanish()
        with process(work, tmp_path, postgres.url):
            until(lambda: not tasks.unfinished())
            until(lambda: sessions(database, host) == 0)
            until(lambda: "it does not answer" in drained(heard))
            host.come_back()
            lonely.join(60)
            assert lonely.exitcode == LOST
            until(lambda: count(database, callback_attempts) == len(ids))
    assert [tasks.any(task_id).status for task_id in ids] == [Status.SUCCEEDED] * len(ids)
    price = QUOTE.micros
    assert kinds(database) == {"credit": (1, 1_000_000), "hold": (3, 3 * price), "capture": (3, 3 * price)}
    queues.close()
    database.close()
