"""kill -9 at any moment: every accepted task ends exactly once, finished steps are not repeated, the money is right."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crash_process import FILM, GLIMPSES, QUOTE, once, open_rooms, order, submit, work
from databases import running_postgres
from forks import FORKS, forked
from openhorse import accounts, ledger
from openhorse.errors import DatabaseUnavailable
from openhorse.ledger import Balance
from openhorse.limits import Limits
from openhorse.processes import LOST
from openhorse.runs.queues import pictures_run
from openhorse.store.blobs import Blobs
from openhorse.store.database import Database
from openhorse.store.tables import callback_attempts, events, idempotency
from openhorse.store.tables import ledger as entries
from openhorse.store.tables import tasks as task_rows
from openhorse.vocabulary import FINAL, Status

TASKS, KILLS = 8, 4
PATIENCE_SECONDS = 120


def until(condition: Callable[[], Any]) -> Any:
    """Wait for `condition` to hold; what it gave."""
    deadline, pause = time.monotonic() + PATIENCE_SECONDS, threading.Event()
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        pause.wait(0.02)
    raise AssertionError("it did not happen in time")


@contextmanager
def process(work: Callable[..., None], *arguments: object) -> Iterator[tuple[BaseProcess, Connection]]:
    """A process that is killed with -9 when the block ends, and what it tells."""
    heard, told = FORKS.Pipe(duplex=False)
    with heard, forked(work, told, *arguments) as started:
        told.close()  # its own end is the only one, so that we hear of its death
        yield started, heard


def read_steps(folder: Path) -> list[tuple[str, str, int]]:
    """What the workers have noted: step, name, process id, in the order in which the steps were begun."""
    path = folder / "steps"
    lines = path.read_text().splitlines() if path.exists() else []
    return [(step, name, int(process_id)) for step, name, process_id in (line.split() for line in lines)]


def kinds(database: Database) -> dict[str, tuple[int, int]]:
    """How many ledger entries of each kind there are, and their sum."""
    query = sa.select(entries.c.kind, sa.func.count(), sa.func.sum(entries.c.micros)).group_by(entries.c.kind)
    with database.reading() as connection:
        return {kind: (number, micros) for kind, number, micros in connection.execute(query)}


def count(database: Database, table: sa.Table) -> int:
    """How many rows a table has."""
    with database.reading() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_four_kills_while_eight_tasks_are_in_hand(tmp_path: Path, database_url: str) -> None:
    """8/8 succeed, replays give the same ids, the ledger balances, and at most one render is repeated for each kill."""
    chance = random.Random(20261121)
    database, queues, tasks = open_rooms(database_url)
    with database.transaction() as connection:
        key = accounts.create_key(connection, label="a", balance_micros=1_000_000)[0].id

    def submit_all(round_name: str) -> list[str]:
        return [
            tasks.submit(
                key, f"{round_name}{number}", order(number), QUOTE, lifetime=timedelta(days=1), idempotency=once(number)
            ).task.id
            for number in range(TASKS)
        ]

    ids = submit_all("t")
    assert ids == [f"t{number}" for number in range(TASKS)]
    for kill in range(KILLS):
        with process(work, tmp_path, database_url) as (worker, _):
            until(
                lambda own=worker.pid: any(step == "render" and pid == own for step, _name, pid in read_steps(tmp_path))
            )
            # The moment of the kill: anywhere in a film, its storing, its end, or the beginning of the next.
            threading.Event().wait(chance.uniform(0, 0.8))
        assert submit_all(f"again{kill}") == ids
    in_hand = len(tasks.unfinished())
    with process(work, tmp_path, database_url):
        until(lambda: not tasks.unfinished())
        until(lambda: count(database, callback_attempts) == TASKS)

    assert in_hand > 0
    assert [tasks.any(task_id).status for task_id in ids] == [Status.SUCCEEDED] * TASKS
    assert submit_all("last") == ids
    assert count(database, task_rows) == TASKS
    ends = Counter(event.task_id for task_id in ids for event in tasks.events(task_id, key) if event.status in FINAL)
    assert ends == dict.fromkeys(ids, 1)

    blobs = Blobs((tmp_path / "blobs").as_uri())
    assert all(blobs.read(f"films/{task_id}.mp4") == FILM for task_id in ids)
    for task_id in ids:
        stills = tasks.any(task_id).stills
        assert [(one.name, one.seconds, blobs.read(one.blob)) for one in stills] == [
            (one.name, one.seconds, one.jpeg) for one in GLIMPSES
        ]

    price = QUOTE.micros
    assert kinds(database) == {
        "credit": (1, 1_000_000),
        "hold": (TASKS, TASKS * price),
        "capture": (TASKS, TASKS * price),
    }
    with database.reading() as connection:
        expected = Balance(held=0, spent=TASKS * price, available=1_000_000 - TASKS * price)
        assert ledger.balance(connection, key) == expected

    done = Counter(step for step, _name, _pid in read_steps(tmp_path))
    assert TASKS <= done["render"] <= TASKS + KILLS
    assert sum(done.values()) <= 4 * TASKS + 2 * KILLS  # a kill may catch a film and a callback
    for number, task_id in enumerate(ids):
        own = [step for step, name, _pid in read_steps(tmp_path) if name in (task_id, str(number))]
        assert own == sorted(own, key=["fetch", "render", "store"].index), "a finished step was repeated"
    queues.close()
    database.close()


def test_a_second_worker_follows_a_dead_one(tmp_path: Path, database_url: str) -> None:
    """With two workers, the runs of the killed one go on in the other, without any restart."""
    database, queues, tasks = open_rooms(database_url)
    with database.transaction() as connection:
        key = accounts.create_key(connection, label="a")[0].id
    ids = [f"t{number}" for number in range(TASKS)]
    with (
        process(work, tmp_path, database_url) as (first, from_first),
        process(work, tmp_path, database_url) as (second, from_second),
    ):
        for heard in (from_first, from_second):
            assert heard.recv() == "up"
        for number, task_id in enumerate(ids):
            tasks.submit(key, task_id, order(number), QUOTE, lifetime=timedelta(days=1))
        until(lambda: {first.pid, second.pid} <= {pid for _step, _name, pid in read_steps(tmp_path)})
        first.kill()
        first.join()
        last_of_first = len([pid for _step, _name, pid in read_steps(tmp_path) if pid == first.pid])
        until(lambda: not tasks.unfinished())
    assert [tasks.any(task_id).status for task_id in ids] == [Status.SUCCEEDED] * TASKS
    steps = read_steps(tmp_path)
    assert len([pid for _step, _name, pid in steps if pid == first.pid]) == last_of_first
    done = Counter(step for step, _name, _pid in steps)
    assert TASKS <= done["render"] <= TASKS + 1
    queues.close()
    database.close()


def test_a_server_killed_while_it_submits(tmp_path: Path, database_url: str) -> None:
    """What was answered is there, and whatever is there is whole: task, hold, event, idempotency key and run."""
    database, queues, tasks = open_rooms(database_url)
    with database.transaction() as connection:
        key = accounts.create_key(connection, label="a", limits=Limits(waiting=100_000))[0].id
    answered = list[str]()
    with process(submit, database_url, key) as (server, heard):
        answered += [heard.recv() for _ in range(30)]
        server.kill()
        with suppress(EOFError):
            while True:
                answered.append(heard.recv())
    there = [f"t{number}" for number in range(count(database, task_rows))]
    assert answered == there[: len(answered)]
    assert len(there) <= len(answered) + 1
    assert [count(database, table) for table in (events, idempotency)] == [len(there)] * 2
    assert kinds(database) == {"hold": (len(there), len(there) * QUOTE.micros)}
    with database.reading() as connection:
        query = "SELECT workflow_uuid FROM workflow_status WHERE status='ENQUEUED'"
        assert set(connection.exec_driver_sql(query).scalars()) == {pictures_run(task_id) for task_id in there}
        if not database.is_server:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    for number, task_id in enumerate(there):
        found = tasks.find_replay(key, once(number))
        assert found is not None
        assert found.id == task_id
    queues.close()
    database.close()


def freeze(pid: int, database: Database) -> None:
    """Stop a process where it stands, but not in the middle of a write to a file: all others would wait for it."""
    while True:
        os.kill(pid, signal.SIGSTOP)
        if database.is_server:
            return
        with closing(sqlite3.connect(database.url.database or "", timeout=0.5)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                os.kill(pid, signal.SIGCONT)
                continue
            return


def test_a_frozen_worker_is_followed_and_fenced(tmp_path: Path, database_url: str) -> None:
    """Its films are made elsewhere while it is frozen; when it wakes it notices, stops, and changes nothing."""
    database, queues, tasks = open_rooms(database_url)
    with database.transaction() as connection:
        key = accounts.create_key(connection, label="a", balance_micros=1_000_000)[0].id
    ids = [f"t{number}" for number in range(3)]
    with process(work, tmp_path, database_url) as (frozen, _):
        for number, task_id in enumerate(ids):
            tasks.submit(key, task_id, order(number), QUOTE, lifetime=timedelta(days=1))
        until(lambda: any(step == "render" for step, _name, _pid in read_steps(tmp_path)))
        assert frozen.pid is not None
        freeze(frozen.pid, database)
        with process(work, tmp_path, database_url):
            until(lambda: not tasks.unfinished())
            os.kill(frozen.pid, signal.SIGCONT)
            frozen.join(PATIENCE_SECONDS)
            assert frozen.exitcode == LOST
            until(lambda: count(database, callback_attempts) == len(ids))
    assert [tasks.any(task_id).status for task_id in ids] == [Status.SUCCEEDED] * len(ids)
    price = QUOTE.micros
    assert kinds(database) == {"credit": (1, 1_000_000), "hold": (3, 3 * price), "capture": (3, 3 * price)}
    ends = Counter(event.task_id for task_id in ids for event in tasks.events(task_id, key) if event.status in FINAL)
    assert ends == dict.fromkeys(ids, 1)
    queues.close()
    database.close()


def test_a_database_server_that_dies_in_the_middle(tmp_path: Path) -> None:
    """`pg_ctl stop -m immediate`, twice, while films are made: every task still succeeds once, and is paid once."""
    with running_postgres() as server:
        database, queues, tasks = open_rooms(server.url)
        with database.transaction() as connection:
            key = accounts.create_key(connection, label="a", balance_micros=1_000_000)[0].id
        ids = [f"t{number}" for number in range(4)]
        for number, task_id in enumerate(ids):
            tasks.submit(key, task_id, order(number), QUOTE, lifetime=timedelta(days=1))
        with process(work, tmp_path, server.url), process(work, tmp_path, server.url):
            for kill in range(2):
                until(lambda seen=2 * kill + 1: len([s for s in read_steps(tmp_path) if s[0] == "render"]) >= seen)
                server.stop("immediate")
                with pytest.raises(DatabaseUnavailable):
                    tasks.submit(key, "lost", order(9), QUOTE, lifetime=timedelta(days=1))
                server.start()
            until(lambda: not tasks.unfinished())
            until(lambda: count(database, callback_attempts) == len(ids))
        assert [tasks.any(task_id).status for task_id in ids] == [Status.SUCCEEDED] * len(ids)
        price, number = QUOTE.micros, len(ids)
        assert kinds(database) == {
            "credit": (1, 1_000_000),
            "hold": (number, number * price),
            "capture": (number, number * price),
        }
        queues.close()
        database.close()
