"""A million tasks: SQLite looks for what is asked at every turn in indexes, and sorts nothing that could be large."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from openhorse import accounts, estimates, limits, promises, usage
from openhorse.limits import Limits
from openhorse.promises import Idempotency, Kept
from openhorse.runs import Queues
from openhorse.store import tables
from openhorse.store.database import Database
from openhorse.tasks import Tasks
from openhorse.vocabulary import Status
from shops import DAY, ORDER, QUOTE, VIDEO

NOW = datetime(2026, 11, 21, tzinfo=UTC)
KEPT = [Kept("k", Idempotency(name, "x", "s"), "t", NOW) for name in "ab"]
LARGE = ("oh_tasks", "oh_events", "oh_ledger", "oh_idempotency", "oh_pictures", "workflow_status")


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, Tasks, Queues]]:
    """An empty SQLite database; without statistics, plans do not depend on what is in it."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('plans') / 'openhorse.db'}")
    database.migrate()
    queues = Queues(database, callback_gaps=lambda _: ())
    yield database, Tasks(database, now=lambda: NOW, on_submit=lambda *_: None, on_event=lambda *_: None), queues
    queues.close()
    database.close()


def plans(database: Database, ask: Callable[[], Any]) -> list[str]:
    """How SQLite goes about each query of `ask`, a line for each table."""
    found: list[str] = []

    def explain(connection: sa.Connection, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement.startswith(("SELECT", "DELETE", "UPDATE")):
            driver: Any = connection.connection.driver_connection
            found.extend(row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", values))

    sa.event.listen(database.engine, "before_cursor_execute", explain)
    try:
        ask()
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", explain)
    return found


def asked(database: Database, tasks: Tasks, queues: Queues) -> dict[str, Callable[[], Any]]:
    """What is asked again and again."""
    client = queues._client
    now = NOW.isoformat()

    def read(ask: Callable[[sa.Connection], object]) -> Callable[[], Any]:
        def reading() -> object:
            with database.reading() as connection:
                return ask(connection)

        return reading

    return {
        "poll": lambda: tasks.get_all([("t", "k"), ("u", "k")]),
        "list": lambda: tasks.page("k", dialect="hiapi"),
        "list of a status": lambda: tasks.page("k", statuses=[Status.CANCELLED]),
        "films to remove": lambda: tasks.outlived(),
        "tasks to forget": lambda: tasks.forget(NOW),
        "idempotency keys to forget": tasks.forget_idempotency,
        "line": lambda: estimates.outlook(database),
        "metrics": lambda: estimates.load_of(database, NOW),
        "storage": read(lambda connection: limits.stored_bytes(connection, "k")),
        "promises of many orders": read(lambda connection: promises.find_all_promised(connection, KEPT)),
        "standing": read(lambda connection: usage.standing(connection, "k", NOW)),
        "runs in hand": lambda: client.list_workflows(status="PENDING"),
        "runs in line": lambda: client.list_workflows(name="films", status="ENQUEUED"),
        "runs to forget": lambda: client.list_workflows(completed_before=now, end_time=now, limit=500),
    }


def test_nothing_is_searched_from_end_to_end(rooms: tuple[Database, Tasks, Queues]) -> None:
    """No large table is scanned or sorted, whatever is asked."""
    database, tasks, queues = rooms
    for name, ask in asked(database, tasks, queues).items():
        steps = plans(database, ask)
        assert any(step.startswith("SEARCH") for step in steps), name
        for step in steps:
            assert not (step.startswith("SCAN") and any(table in step for table in LARGE)), (name, step)
            assert "TEMP B-TREE" not in step, (name, step)


def test_a_search_without_an_index_would_be_seen(rooms: tuple[Database, Tasks, Queues]) -> None:
    """The judge is judged: by a column that has no index, the plan is a scan."""
    database, _, _ = rooms

    def ask() -> None:
        with database.reading() as connection:
            connection.execute(sa.text("SELECT id FROM oh_tasks WHERE lifetime_micros = 7 ORDER BY quote")).all()

    assert plans(database, ask) == ["SCAN oh_tasks", "USE TEMP B-TREE FOR ORDER BY"]


def test_an_order_takes_the_same_work_however_many_tasks_have_ended(tmp_path: Path) -> None:
    """A key with every limit and thousands of ended tasks orders, ends and is told its standing as in the beginning."""
    database = Database(f"sqlite:///{tmp_path / 'openhorse.db'}")
    database.migrate()
    queues = Queues(database, callback_gaps=lambda _: ())
    tasks = Tasks(database, now=lambda: NOW, on_submit=queues.enqueue, on_event=lambda *_: None)
    everything = Limits(waiting=10**6, unfinished=10**6, day_micros=10**15, month_micros=10**15, storage_bytes=10**15)
    with database.transaction() as connection:
        key = accounts.create_key(connection, label="a", limits=everything, balance_micros=10**15)[0].id
    names = count()

    def submit() -> str:
        name, quote = f"t{next(names)}", replace(QUOTE, micros=1)
        return tasks.submit(key, name, ORDER, quote, lifetime=DAY, idempotency=Idempotency(name, "x", "s")).task.id

    def film() -> None:
        for step in (tasks.start, tasks.storing, lambda task: tasks.finish(task, VIDEO), tasks.expire):
            step(waiting[-1])
        waiting.pop()

    def stand() -> None:
        with database.reading() as connection:
            usage.standing(connection, key, NOW)

    waiting = [submit() for _ in range(3)]
    asked = {"submit": submit, "film": film, "standing": stand}
    before = {name: work_of(database, ask) for name, ask in asked.items()}
    fill(database, waiting[0], 3000)
    for name, ask in asked.items():
        assert before[name] > 0
        assert work_of(database, ask) < 1.3 * before[name], name
    queues.close()
    database.close()


def work_of(database: Database, ask: Callable[[], Any]) -> int:
    """Instructions of SQLite's machine that `ask` takes, in tens."""
    steps = count()

    def watch(driver: Any, *_: Any) -> None:
        driver.set_progress_handler(lambda: next(steps) < 0, 10)

    database.engine.dispose()  # so that every connection is a new one, which is watched
    sa.event.listen(database.engine, "connect", watch)
    try:
        ask()
    finally:
        sa.event.remove(database.engine, "connect", watch)
        database.engine.dispose()
    return next(steps)


def fill(database: Database, template: str, number: int) -> None:
    """So many tasks more, like this one, whose films were made and are kept."""
    with database.transaction() as connection:
        task = connection.execute(sa.select(tables.tasks).where(tables.tasks.c.id == template)).one()._asdict()
        ids = [f"old{number}" for number in range(number)]
        ended = task | {"status": "succeeded", "film_bytes": 1, "expires_at": NOW + DAY, "finished_at": NOW}
        connection.execute(sa.insert(tables.tasks), [ended | {"id": name} for name in ids])
        for kind in ("hold", "capture"):
            entry = {"key_id": task["key_id"], "kind": kind, "micros": 1, "at": NOW}
            connection.execute(sa.insert(tables.ledger), [entry | {"task_id": name} for name in ids])
        connection.execute(sa.insert(tables.events), [{"task_id": i, "status": "queued", "at": NOW} for i in ids])
