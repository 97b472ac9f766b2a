"""What a million finished tasks cost those who order, ask and keep house, before and after: one table, one run.

`scripts/bench scale [--tasks 1000000] [--only sqlite,postgresql] [--postgres URL]`. The tasks are written by bulk SQL:
rows, events, ledger, idempotency keys of the last day, and DBOS's own records of their runs with four steps each, as
they lie there until a sweep removes them. Of ten tasks, two were refused or cancelled; a fifth of the films are kept,
the others have expired. Half of all tasks are one key's. Times are milliseconds for one call, the least of several, on
the rooms themselves without HTTP.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from openhorse import accounts, estimates
from openhorse import usage as usages
from openhorse.dialects import dialect_named
from openhorse.house import House
from openhorse.limits import Limits
from openhorse.promises import Idempotency
from openhorse.runs import FILMS
from openhorse.settings import Settings
from openhorse.store import rows
from openhorse.store.tables import tasks
from openhorse.vocabulary import Status, Video
from throughput import HIAPI, machine, postgres

KEYS = 50
LIMITS = Limits(waiting=1_000_000, day_micros=10**15, month_micros=10**15, storage_bytes=10**18)
ROUNDS = 5
DAYS = 90
LONG_AGO = "2020-01-01T00:00:00+00:00"
BATCHES = 20
FILM = Video(
    blob="films/x.mp4",
    bytes=2_000_000,
    sha256="0" * 64,
    width=1280,
    height=720,
    frame_count=120,
    seconds=5.0,
    has_sound=True,
    loudness=-16.0,
    peak=-1.0,
    engine="procedural",
    seed=7,
    render_seconds=9.0,
    notes=("measured",),
)


@dataclass
class Estate:
    """One installation, its keys, and tasks that wait in it."""

    house: House
    keys: list[str]
    waiting: list[str]
    count: int = 0


def main() -> None:
    options = _options()
    machine()
    for kind in options.only:
        _measure(kind, options)


def _measure(kind: str, options: argparse.Namespace) -> None:
    with ExitStack() as open_, tempfile.TemporaryDirectory(prefix="openhorse-bench-") as folder:
        url = (
            f"sqlite:///{folder}/openhorse.db" if kind == "sqlite" else open_.enter_context(postgres(options.postgres))
        )
        estate = open_.enter_context(_estate(Path(folder), url))
        before = {name: _cost(work) for name, work in _works(estate).items()}
        begin = time.monotonic()
        fill(estate, options.tasks)
        took = time.monotonic() - begin
        after = {name: _cost(work) for name, work in _works(estate).items()}
        print(f"\n{kind}: {options.tasks:,} tasks, {_size(estate) / 1e9:.2f} GB, written in {took:.0f} s\n")
        print("| ms for one call | empty | full | |\n|---|---|---|---|")
        for name, cost in before.items():
            print(f"| {name} | {cost:.2f} | {after[name]:.2f} | ×{after[name] / cost:.1f} |", flush=True)
        _forget(estate)


def _works(estate: Estate) -> dict[str, Callable[[], object]]:
    """What customers and housekeepers do, each as one call."""
    rooms, house = estate.house.rooms, estate.house
    big = estate.keys[0]
    day = usages.read_span(f"{rooms.now():%Y-%m-%d}", None, rooms.now())

    waiting = estate.waiting[0]
    task = rooms.tasks.any(waiting)

    def reading(work: Callable[[sa.Connection], object]) -> Callable[[], object]:
        def read() -> object:
            with rooms.database.reading() as connection:
                return work(connection)

        return read

    return {
        "submit": _submitting(estate),
        "replay of a submit": lambda: rooms.tasks.find_replay(big, Idempotency("n1", "x", "hiapi")),
        "get": lambda: rooms.tasks.get_all([(waiting, big)]),
        "place in line of a waiting task": lambda: estimates.outlook(rooms.database).prospect(task),
        "list, first page": lambda: rooms.tasks.page(big, dialect="hiapi"),
        "list, page 100": lambda: rooms.tasks.page(big, dialect="hiapi", page=100),
        "list, only running": lambda: rooms.tasks.page(big, statuses=[Status.RUNNING]),
        "list, only cancelled": lambda: rooms.tasks.page(big, statuses=[Status.CANCELLED]),
        "start, store and finish a film": lambda: _film(estate),
        "look for dead workers (every second)": lambda: _runs(house, status="PENDING"),
        "reconcile (every 30 s)": lambda: (rooms.tasks.unfinished(), _runs(house, name=FILMS, status="ENQUEUED")),
        "runs to forget (every minute)": lambda: _runs(house, completed_before=LONG_AGO, end_time=LONG_AGO, limit=500),
        "tasks to forget (every minute)": lambda: rooms.tasks.forget(rooms.now() - timedelta(days=1000)),
        "films to remove (every minute)": lambda: rooms.tasks.outlived(1),
        "usage of a key, today": reading(lambda connection: usages.usage(connection, day, estate.keys[1])),
        "usage of the key with half of all, today": reading(lambda connection: usages.usage(connection, day, big)),
        "standing of that key": reading(lambda connection: usages.standing(connection, big, rooms.now())),
        "/metrics, the queue": lambda: estimates.load_of(rooms.database, rooms.now()),
    }


def _submitting(estate: Estate) -> Callable[[], str]:
    rooms, key_id, words = estate.house.rooms, estate.keys[0], dialect_named("hiapi")
    order = words.read_order(HIAPI, rooms.catalog)
    quote = rooms.catalog.quote(order)

    def submit() -> str:
        estate.count += 1
        promise = Idempotency(f"n{estate.count}", "x", "hiapi")
        task_id = words.new_task_id(rooms.now())
        return rooms.tasks.submit(
            key_id, task_id, order, quote, lifetime=timedelta(days=1), idempotency=promise
        ).task.id

    return submit


def _film(estate: Estate) -> None:
    task_id = estate.waiting.pop()
    estate.house.rooms.tasks.start(task_id)
    estate.house.rooms.tasks.storing(task_id)
    estate.house.rooms.tasks.finish(task_id, FILM)


def _runs(house: House, **which: Any) -> Sequence[Any]:
    # What a worker asks by DBOS itself; here none is started, for it would make the films.
    return house.queues._client.list_workflows(load_input=False, load_output=False, **which)


@contextmanager
def _estate(folder: Path, url: str) -> Iterator[Estate]:
    """An installation with KEYS keys and a few tasks in line."""
    house = House(Settings(data=folder, database_url=url, queue_limit=1_000_000), "http://bench")
    with house.database.transaction() as connection:
        made = [
            accounts.create_key(connection, label=str(n), limits=LIMITS, balance_micros=10**15)[0].id
            for n in range(KEYS)
        ]
    estate = Estate(house, made, [])
    submit = _submitting(estate)
    estate.waiting = [submit() for _ in range(6 + 2 * ROUNDS)]
    try:
        yield estate
    finally:
        house.close()


def _cost(work: Callable[[], object]) -> float:
    """Milliseconds of a call, the least of ROUNDS, by the clock: what waits for a database server waits too."""
    work()
    least = float("inf")
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        work()
        least = min(least, time.perf_counter() - begin)
    return 1000 * least


def fill(estate: Estate, count: int) -> None:
    """Write `count` tasks that have ended, with all that a task leaves behind, spread over DAYS days until now."""
    database = estate.house.database
    now = round(estate.house.rooms.now().timestamp() * 1e6)
    template = estate.waiting[0]
    with database.reading() as connection:
        row = connection.execute(sa.select(tasks).where(tasks.c.id == template)).one()
    values = {
        "now": now,
        "step": DAYS * 86_400_000_000 // count,
        "count": count,
        "order": row.order,
        "quote": row.quote,
        "video": rows.video_text(FILM),
        "template": f"film-{template}",
        "day": count // DAYS,
    }
    portions = [(0, count // 2), *(_portion(count, n) for n in range(1, KEYS))]
    for key_id, (first, last) in zip(estate.keys, portions, strict=True):
        for begin in range(first, last, CHUNK):
            bounds = {"first": begin, "last": min(begin + CHUNK, last) - 1, "key": key_id}
            with database.transaction() as connection:
                for statement in _statements(connection, database.is_server):
                    wanted = {name for name in (values | bounds) if f":{name}" in statement}
                    connection.execute(sa.text(statement), {name: (values | bounds)[name] for name in wanted})
    if database.is_server:  # as its autovacuum does by and by
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _portion(count: int, n: int) -> tuple[int, int]:
    rest = count - count // 2
    return count // 2 + rest * (n - 1) // (KEYS - 1), count // 2 + rest * n // (KEYS - 1)


CHUNK = 50_000
_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT CAST(:first AS INTEGER) UNION ALL SELECT i + 1 FROM n WHERE i < :last)"
_ID = "'tk-old-' || CAST(10000000 + i AS TEXT)"
# Neighbours in time belong to different keys: 7919 is prime, so that each number comes once.
_RANK = "(CAST(i AS BIGINT) * 7919 % :count)"
_AT = f"(:now - {_RANK} * :step - 100000000)"
_STATUS = (
    f"CASE WHEN i % 10 = 0 THEN 'failed' WHEN i % 10 = 1 THEN 'cancelled' "
    f"WHEN {_RANK} < :count / 5 THEN 'succeeded' ELSE 'expired' END"
)
_IS_FILM = "i % 10 > 1"
_ENDS = (("queued", 0), ("running", 1_000_000), ("storing", 9_000_000))
_STEPS = ("fetch", "render", "store", "finish")


def _statements(connection: sa.Connection, is_server: bool) -> Iterator[str]:
    """What is inserted for the tasks :first to :last of one key."""
    yield f"""INSERT INTO oh_tasks (id, key_id, dialect, model, status, progress, "order", quote, lifetime_micros,
        created_at, started_at, finished_at, expires_at, video, hidden, film_bytes) {_NUMBERS}
        SELECT {_ID}, :key, 'hiapi', 'happyhorse-1.1/text-to-video', {_STATUS}, 1.0, :order, :quote, 86400000000,
        {_AT}, {_AT} + 1000000, {_AT} + 10000000, CASE WHEN {_IS_FILM} THEN :now + {_RANK} * 500000 END,
        CASE WHEN {_IS_FILM} THEN :video END, (1 = 0), CASE WHEN {_IS_FILM} THEN 2000000 END FROM n"""
    for status, later in _ENDS:
        yield f"""INSERT INTO oh_events (task_id, status, at) {_NUMBERS}
            SELECT {_ID}, '{status}', {_AT} + {later} FROM n"""
    yield f"""INSERT INTO oh_events (task_id, status, at) {_NUMBERS}
        SELECT {_ID}, CASE WHEN {_IS_FILM} THEN 'succeeded' ELSE 'failed' END, {_AT} + 10000000 FROM n"""
    yield f"""INSERT INTO oh_ledger (key_id, task_id, kind, micros, at) {_NUMBERS}
        SELECT :key, {_ID}, 'hold', 700000, {_AT} FROM n"""
    yield f"""INSERT INTO oh_ledger (key_id, task_id, kind, micros, at) {_NUMBERS}
        SELECT :key, {_ID}, CASE WHEN {_IS_FILM} THEN 'capture' ELSE 'release' END, 700000, {_AT} + 10000000 FROM n"""
    yield f"""INSERT INTO oh_idempotency (key_id, scope, key, body_sha256, task_id, expires_at) {_NUMBERS}
        SELECT :key, 'hiapi', 'old' || CAST(i AS TEXT), 'x', {_ID}, {_AT} + 86400000000 FROM n WHERE {_RANK} < :day"""
    schema = "dbos." if is_server else ""
    for table in ("workflow_status", "workflow_input"):
        yield _copied(connection, schema, table)
    steps = " UNION ALL ".join(f"SELECT {k} AS f, '{name}' AS s" for k, name in enumerate(_STEPS, 1))
    yield f"""INSERT INTO {schema}operation_outputs (workflow_uuid, function_id, function_name, output,
        started_at_epoch_ms, completed_at_epoch_ms, retention_timestamp) {_NUMBERS}
        SELECT 'film-' || {_ID}, f, s, '"{{}}"', {_AT} / 1000, {_AT} / 1000, {_AT} / 1000 FROM n, ({steps}) AS steps"""


def _copied(connection: sa.Connection, schema: str, table: str) -> str:
    """DBOS's row of a task in line, once for each task, as it is when its run has ended."""
    columns = [
        column["name"] for column in sa.inspect(connection).get_columns(table, schema=schema.rstrip(".") or None)
    ]
    ended = f"{_AT} / 1000 + 10000"
    other = {
        "workflow_uuid": f"'film-' || {_ID}",
        "status": "'SUCCESS'",
        "created_at": f"{_AT} / 1000",
        "updated_at": ended,
        "completed_at": ended,
        "started_at_epoch_ms": f"{_AT} / 1000 + 1000",
        "retention_timestamp": ended,
        "executor_id": "'a-worker-that-was'",
        "application_version": "'1'",
        "recovery_attempts": "1",
        "creator_xid": "NULL",
        "owner_xid": "NULL",
    }
    chosen = ", ".join(other.get(name, f"t.{name}") for name in columns)
    return f"""INSERT INTO {schema}{table} ({", ".join(columns)}) {_NUMBERS}
        SELECT {chosen} FROM n, {schema}{table} AS t WHERE t.workflow_uuid = :template"""


def _size(estate: Estate) -> float:
    """Bytes of the database."""
    database = estate.house.database
    with database.reading() as connection:
        if database.is_server:
            return float(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())
        pages, page = (connection.exec_driver_sql(f"PRAGMA page_{what}").scalar_one() for what in ("count", "size"))
        return float(pages * page)


def _forget(estate: Estate) -> None:
    """How fast what is old is deleted, in the batches in which a sweep does it."""
    rooms, client = estate.house.rooms, estate.house.queues._client
    old = rooms.now() - timedelta(days=10)

    def runs() -> int:
        some = _runs(estate.house, completed_before=old.isoformat(), end_time=old.isoformat(), limit=500)
        client.delete_workflows([run.workflow_id for run in some])
        return len(some)

    def expire() -> int:
        found = rooms.tasks.outlived(100)
        for task in found:
            rooms.tasks.expire(task.id)
        return len(found)

    with rooms.database.transaction() as connection:  # a thousand films, and the keys of the day, are over
        late = sa.select(tasks.c.id).where(tasks.c.status == "succeeded").limit(1000)
        connection.execute(sa.update(tasks).where(tasks.c.id.in_(late)).values(expires_at=old))
        connection.execute(sa.text("UPDATE oh_idempotency SET expires_at = 0"))
    print("\n| deleted by age | a second | ms a batch |\n|---|---|---|")
    for name, work in {
        "tasks forgotten": lambda: rooms.tasks.forget(old),
        "runs of DBOS": runs,
        "films expired (rows alone)": expire,
        "idempotency keys": rooms.tasks.forget_idempotency,
    }.items():
        begin, gone, batches = time.perf_counter(), 0, 0
        while batches < BATCHES and (some := work()):
            gone, batches = gone + some, batches + 1
        took = time.perf_counter() - begin
        print(f"| {name} | {gone / took:,.0f} | {1000 * took / max(batches, 1):.1f} |", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tasks", type=int, default=1_000_000)
    parser.add_argument("--only", type=lambda text: text.split(","), default=["sqlite", "postgresql"])
    parser.add_argument("--postgres", help="URL of an empty database; without it a server is started")
    return parser.parse_args()


if __name__ == "__main__":
    main()
