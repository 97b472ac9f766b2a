"""Queues: nobody waits for somebody else's thousand films or slow pictures, and an upgrade loses nobody's place."""

from __future__ import annotations

import base64
import hashlib
import pickle
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from openhorse import accounts
from openhorse.accounts import Scope
from openhorse.cues import Commission
from openhorse.estimates import outlook
from openhorse.runs import FILMS, Widths, Worker
from openhorse.runs.queues import CALLBACKS, ELSEWHERE, HOUSEKEEPING, PICTURES
from openhorse.store.database import Database
from openhorse.store.pictures import blob_key
from openhorse.vocabulary import Callback, Mode, Order, Status, Video
from test_runs import FILM, ORDER, QUOTE, Shop, until

EARLIER = Path(__file__).parent / "earlier.sql"
"""A SQLite database as a release before fair queues left it when it was killed, written out by Python's `iterdump`."""

OURS = ("oh_keys", "oh_balances", "oh_tasks", "oh_events", "oh_ledger", "oh_pictures", "oh_idempotency", "oh_workers")
THEIRS = ("queues", "workflow_status", "workflow_input", "operation_outputs")
ADDRESS = "https://slow/1.png"


@pytest.fixture
def shop(tmp_path: Path, database_url: str) -> Iterator[Shop]:
    """A shop without a worker."""
    yield from open_shop(tmp_path, database_url)


def open_shop(folder: Path, url: str) -> Iterator[Shop]:
    """A shop over a database that may hold something already."""
    made = Shop(folder, url, datetime.now(UTC))
    yield made
    made.studio.gate.set()
    made.stop()
    made.queues.close()
    made.database.close()


def submit(shop: Shop, key: str, name: str, order: Order = ORDER) -> str:
    """Submit an order of this key, named by its prompt; its task's id."""
    order = replace(order, prompt=name)
    return shop.tasks.submit(key, f"task-{name}", order, QUOTE, lifetime=timedelta(days=1)).task.id


def new_key(shop: Shop) -> str:
    """Another customer."""
    with shop.database.transaction() as connection:
        return accounts.create_key(connection, label="b")[0].id


def made(shop: Shop) -> list[str]:
    """The prompts of the films that were begun, in that order."""
    return [order.prompt for order, _engine, _pictures in shop.studio.calls]


def runs_of(shop: Shop, queue: str) -> dict[str, str]:
    """The status of each run of a queue, by its id."""
    with shop.database.reading() as connection:
        query = sa.text("SELECT workflow_uuid, status FROM workflow_status WHERE name=:queue")
        return {row.workflow_uuid: row.status for row in connection.execute(query, {"queue": queue})}


def lines_of(shop: Shop) -> dict[str, set[str]]:
    """The films in line or in hand, by their queue."""
    found: dict[str, set[str]] = {}
    with shop.database.reading() as connection:
        query = sa.text("SELECT workflow_uuid, queue_name FROM workflow_status WHERE name=:films")
        for row in connection.execute(query, {"films": FILMS}):
            found.setdefault(row.queue_name, set()).add(row.workflow_uuid)
    return found


def test_forty_films_of_one_key_do_not_keep_another_waiting(shop: Shop) -> None:
    """Keys take turns, each in its own order; who comes later joins at the turn that is served, and not before it."""
    many, few, late = shop.key, new_key(shop), new_key(shop)
    make = shop.studio.make

    def watched(film: Commission, *details: Any, **more: Any) -> Video:
        if film.order.prompt == "a3":
            for number in range(2):
                submit(shop, late, f"c{number}")
        return make(film, *details, **more)

    shop.studio.make = watched  # type: ignore[method-assign]
    for number in range(40):
        submit(shop, many, f"a{number}")
    for number in range(3):
        submit(shop, few, f"b{number}")
    shop.start()
    until(lambda: "c1" in made(shop))
    assert made(shop)[:6] == ["a0", "b0", "a1", "b1", "a2", "b2"]
    assert made(shop)[6:11] == ["a3", "a4", "c0", "a5", "c1"]


def test_films_made_elsewhere_do_not_stand_behind_those_made_here(shop: Shop) -> None:
    """They wait in a line of their own, also those whose pictures are fetched first; each worker sees to many."""
    shop.queues._is_elsewhere = lambda order: order.engine == "far"
    far = replace(ORDER, engine="far")
    shop.studio.gate.clear()
    shop.bench = replace(shop.bench, widths=Widths(films=1, elsewhere=3))
    here = [submit(shop, shop.key, f"a{number}") for number in range(2)]
    there = [submit(shop, shop.key, f"b{number}", far) for number in range(3)]
    there.append(submit(shop, shop.key, "b3", replace(far, mode=Mode.IMAGE, pictures=(ADDRESS,))))
    shop.start()
    until(lambda: len(made(shop)) == 4)
    until(lambda: len(lines_of(shop).get(ELSEWHERE, ())) == 4)
    assert sorted(name[0] for name in made(shop)) == ["a", "b", "b", "b"]
    assert lines_of(shop)[FILMS] == {f"film-{task}" for task in here}
    assert lines_of(shop)[ELSEWHERE] == {f"film-{task}" for task in there}
    shop.studio.gate.set()
    assert {shop.ended(task).status for task in here + there} == {Status.SUCCEEDED}


def test_a_film_made_elsewhere_that_nobody_runs_goes_back_into_its_line(shop: Shop) -> None:
    """When DBOS believes that a worker runs it, which does not."""
    shop.queues._is_elsewhere = lambda _order: True
    task = submit(shop, shop.key, "far")
    worker = shop.worker = Worker(shop.bench, [CALLBACKS])
    worker.start()
    with shop.database.transaction() as connection:
        query = sa.text("UPDATE workflow_status SET status='PENDING', executor_id=:name")
        connection.execute(query, {"name": worker.name})
    worker.free_stranded()
    worker.free_stranded()
    assert (shop.run_status(task), lines_of(shop)) == ("ENQUEUED", {ELSEWHERE: {f"film-{task}"}})
    shop.stop()
    shop.start()
    assert shop.ended(task).status is Status.SUCCEEDED


def test_urgent_films_are_next(shop: Shop) -> None:
    """Whoever else waits, and among each other in their order; where they stand is told so."""
    with shop.database.transaction() as connection:
        urgent = accounts.create_key(connection, label="u", scopes=[*accounts.CUSTOMER, Scope.URGENT])[0].id
    for number in range(3):
        submit(shop, shop.key, f"a{number}")
    for number in range(2):
        submit(shop, urgent, f"u{number}")
    ahead = {name: shop.tasks.any(f"task-{name}") for name in ("a0", "a2", "u0", "u1")}
    told = outlook(shop.database)
    assert [told.prospect(task).ahead for task in ahead.values()] == [2, 4, 0, 1]
    shop.start()
    until(lambda: len(made(shop)) == 5)
    assert made(shop) == ["u0", "u1", "a0", "a1", "a2"]


def test_a_slow_picture_holds_up_nobody_else(shop: Shop) -> None:
    """Its task is queued until it is there; then it is made from the bytes that were fetched, once."""
    here, quick = threading.Event(), shop.bench.fetch

    def fetch(address: str, order: Order) -> bytes:
        assert "slow" not in address or here.wait(60)
        return quick(address, order)

    shop.bench = replace(shop.bench, fetch=fetch)
    slow = submit(shop, shop.key, "slow", replace(ORDER, mode=Mode.IMAGE, pictures=(ADDRESS,)))
    text = submit(shop, shop.key, "text")
    shop.start()
    assert shop.ended(text).status is Status.SUCCEEDED
    assert shop.tasks.any(slow).status is Status.QUEUED
    here.set()
    assert shop.ended(slow).status is Status.SUCCEEDED
    assert shop.studio.calls[-1][2] == (f"png of {ADDRESS}".encode(),)
    assert shop.fetched == [ADDRESS]


def test_a_task_is_cancelled_while_its_pictures_are_fetched(shop: Shop) -> None:
    """At once, and no film of it stands in line when they are there; a worker that stops meanwhile loses nothing."""
    asked, here = threading.Event(), threading.Event()

    def fetch(address: str, _order: Order) -> bytes:
        asked.set()
        assert here.wait(60)
        return address.encode()

    shop.bench = replace(shop.bench, fetch=fetch)
    order = replace(ORDER, mode=Mode.REFERENCE, pictures=(ADDRESS, "https://slow/2.png"))
    gone, stays = submit(shop, shop.key, "gone", order), submit(shop, shop.key, "stays", order)
    first = shop.start()
    assert asked.wait(60)
    assert shop.tasks.cancel(gone, shop.key).status is Status.CANCELLED
    first._steps.stopping.set()
    here.set()
    shop.stop()
    assert runs_of(shop, PICTURES)[f"pictures-{stays}"] in ("PENDING", "ENQUEUED")
    shop.start()
    assert shop.ended(stays).status is Status.SUCCEEDED
    until(lambda: set(runs_of(shop, PICTURES).values()) == {"SUCCESS"})
    assert list(runs_of(shop, FILMS)) == [f"film-{stays}"]
    assert made(shop) == ["stays"]


def test_a_film_whose_run_was_lost_after_its_pictures_is_made(shop: Shop) -> None:
    """The reconciliation finds pictures without a film in line; given-up pictures fail their task."""
    order = replace(ORDER, mode=Mode.IMAGE, pictures=(ADDRESS,))
    lost, given_up = submit(shop, shop.key, "lost", order), submit(shop, shop.key, "given up", order)
    with shop.database.transaction() as connection:
        query = sa.text("UPDATE workflow_status SET status=:status WHERE workflow_uuid=:run")
        for task_id, status in ((lost, "SUCCESS"), (given_up, "MAX_RECOVERY_ATTEMPTS_EXCEEDED")):
            connection.execute(query, {"status": status, "run": f"pictures-{task_id}"})
    shop.start()
    failure = shop.ended(given_up).failure
    assert failure is not None
    assert failure.code == "internal_error"
    assert shop.ended(lost).status is Status.SUCCEEDED


def test_a_worker_takes_from_the_queues_that_it_was_given(shop: Shop) -> None:
    """One for callbacks delivers, and leaves films, pictures and chores to others; a chore is put in line once.

    Its round is forgotten some rounds later.
    """
    film = submit(shop, shop.key, "film")
    told = submit(shop, shop.key, "told", replace(ORDER, callback=Callback("https://x")))
    picture = submit(shop, shop.key, "picture", replace(ORDER, mode=Mode.IMAGE, pictures=(ADDRESS,)))
    shop.tasks.cancel(told, shop.key)
    for number in (1, 1, 2):
        shop.queues.enqueue_chore("sweep", number)
    shop.bench = replace(shop.bench, widths=Widths(films=3, films_in_all=2, callbacks=5))
    shop.worker = Worker(shop.bench, [CALLBACKS])
    shop.worker.start()
    until(lambda: len(shop.attempts()) == 1)
    assert (shop.run_status(film), runs_of(shop, PICTURES)[f"pictures-{picture}"]) == ("ENQUEUED", "ENQUEUED")
    assert runs_of(shop, HOUSEKEEPING) == {"sweep-1": "ENQUEUED"}
    with shop.database.reading() as connection:
        query = sa.text("SELECT worker_concurrency, concurrency FROM queues WHERE name=:name")
        widths = [tuple(connection.execute(query, {"name": name}).one()) for name in (FILMS, CALLBACKS)]
    assert widths == [(2, 2), (5, None)]
    shop.stop()
    shop.start()
    for task_id in (film, picture):
        assert shop.ended(task_id).status is Status.SUCCEEDED
    until(lambda: runs_of(shop, HOUSEKEEPING)["sweep-1"] == "SUCCESS")
    until(lambda: shop.queues.enqueue_chore("sweep", 11) or "sweep-1" not in runs_of(shop, HOUSEKEEPING))


def test_a_worker_that_drains_finishes_its_film_and_takes_no_other(shop: Shop) -> None:
    """Until its time is over, or somebody is in a hurry; what it leaves is made by the next one."""
    first, second = submit(shop, shop.key, "first"), submit(shop, shop.key, "second")
    shop.studio.gate.clear()
    worker = shop.start()
    until(lambda: shop.studio.calls)
    worker.drain(60, lambda: True)
    worker.drain(0.1, lambda: False)
    assert shop.tasks.any(first).status is Status.RUNNING
    threading.Timer(0.5, shop.studio.gate.set).start()
    worker.drain(60, lambda: False)
    assert shop.tasks.any(first).status is Status.SUCCEEDED
    shop.stop()
    assert (made(shop), shop.run_status(second)) == (["first"], "ENQUEUED")
    shop.start()
    assert shop.ended(second).status is Status.SUCCEEDED


def recall(kind: str, folder: Path, url: str) -> None:
    """Bring the recorded database of an earlier release to `url`: its file, or its rows into tables of today."""
    with closing(sqlite3.connect(folder / "openhorse.db")) as file:
        file.executescript(EARLIER.read_text())
        if kind == "sqlite":
            return
        file.row_factory = sqlite3.Row
        database, tables = Database(url), sa.MetaData()
        database.migrate()
        with database.transaction() as connection:
            for schema, wanted in ((None, OURS), ("dbos", THEIRS)):
                tables.reflect(connection, schema=schema, only=wanted)
            connection.execute(sa.delete(tables.tables["dbos.queues"]))
            for table in (tables.tables[name] for name in (*OURS, *(f"dbos.{name}" for name in THEIRS))):
                for row in file.execute(f'SELECT * FROM "{table.name}"'):
                    connection.execute(sa.insert(table).values(_typed(table, dict(row))))
            for name in ("oh_ledger", "oh_events"):
                connection.exec_driver_sql(f"SELECT setval('{name}_id_seq', 1000)")
        database.close()


def _typed(table: sa.Table, row: dict[str, Any]) -> dict[str, Any]:
    flags = {column.name for column in table.columns if isinstance(column.type, sa.Boolean)}
    return {name: bool(value) if name in flags and value is not None else value for name, value in row.items()}


@pytest.fixture
def upgraded(request: pytest.FixtureRequest, tmp_path: Path, database_url: str) -> Iterator[Shop]:
    """A shop over what an earlier release left, without a worker."""
    recall(request.node.callspec.params["database_url"], tmp_path, database_url)
    yield from open_shop(tmp_path, database_url)


def test_what_an_earlier_release_left_is_finished(upgraded: Shop) -> None:
    """It was killed with a film in hand, two in line, one cancelled and a callback under way; nobody's place is lost.

    The film in hand goes on after the step that was done: its picture is not fetched again. Who orders now comes after
    those who had ordered then.
    """
    first, third = (f"png of https://pictures/{number}.png".encode() for number in (1, 3))
    upgraded.blobs.put_bytes(blob_key(hashlib.sha256(first).hexdigest()), first)
    submit(upgraded, upgraded.key, "new")
    upgraded.start()
    for task_id in ("mid", "line-text", "line-picture", "task-new"):
        assert upgraded.ended(task_id).status is Status.SUCCEEDED, task_id
    assert [name for name in made(upgraded) if name != "film 1"] == ["film 2", "film 3", "new"]
    held = {order.prompt: pictures for order, _engine, pictures in upgraded.studio.calls}
    assert held == {"film 1": (first,), "film 2": (), "film 3": (third,), "new": ()}
    assert len(made(upgraded)) == 4
    assert upgraded.fetched == ["https://pictures/3.png"]
    assert upgraded.blobs.read("films/mid.mp4") == FILM
    assert upgraded.tasks.any("told").status is Status.CANCELLED
    until(lambda: len(upgraded.attempts()) == 4)


def test_runs_stand_in_line_as_dbos_puts_them_there(shop: Shop) -> None:
    """What DBOS writes of the first run we write of others: its argument, and all else that is not the run's own."""
    urgent = new_key(shop)
    for number in range(3):
        submit(shop, (shop.key, urgent)[number % 2], f"a{number}")

    def written(table: str) -> list[dict[str, Any]]:
        with shop.database.reading() as connection:
            found = connection.execute(sa.text(f"SELECT * FROM {table} ORDER BY workflow_uuid"))
            return [dict(row) for row in found.mappings()]

    own = {"workflow_uuid", "queue_partition_key", "priority", "creator_xid"}
    times = {"created_at", "updated_at"}
    first, *others = written("workflow_status")
    assert first["priority"] == 1
    assert len(others) == 2
    for one in others:
        assert {name for name in first if first[name] != one[name]} <= own | times
        assert all(one[name] for name in own | times)
    by_dbos, *by_us = (pickle.loads(base64.b64decode(row["inputs"])) for row in written("workflow_input"))
    assert by_dbos == {"args": ("task-a0",), "kwargs": {}}
    assert by_us == [{"args": (f"task-a{number}",), "kwargs": {}} for number in (1, 2)]
    before = written("workflow_status")
    with shop.database.transaction() as connection:
        shop.queues.enqueue(connection, shop.tasks.unfinished())
    assert written("workflow_status") == before
    # Else DBOS writes otherwise than it did, and every order takes the long way.
    assert FILMS in shop.queues._records._like
