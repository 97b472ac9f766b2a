"""A task's id comes in, a run stands in line: for its pictures, its film, its callbacks. Runs nothing itself.

Every line is fair between keys, whatever each has ordered. A run's turn is the number of runs that its key has in that
line, counted from the turn that is served at the moment: of a thousand films of one key and one of another's, that one
is the second to be made. DBOS serves the lowest turn first, among equals who came first, and runs without a turn before
all others: those of urgent keys, and those that an earlier version has put in line.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, EnqueueOptions

from openhorse.runs.records import Place, Records, index_records
from openhorse.store import rows
from openhorse.store.database import Database
from openhorse.store.pictures import ADDRESS
from openhorse.store.tables import URGENT, keys, tasks
from openhorse.vocabulary import FINAL, Event, Order, Status, Task

if TYPE_CHECKING:
    from dbos import QueueConflictResolution  # type: ignore[attr-defined]

APPLICATION = "openhorse"

FILMS, PICTURES, CALLBACKS, HOUSEKEEPING = "films", "pictures", "callbacks", "housekeeping"
"""What runs are, and the queues they wait in. A film waits for a free worker; its pictures are fetched before that, so
that a slow host holds up nobody's film; a callback attempt waits for nobody; a chore is done by one worker for all."""

ELSEWHERE = "films-elsewhere"
"""A second queue of films: those that an engine elsewhere is to make, which must not stand behind a machine's own."""

QUEUES = (FILMS, ELSEWHERE, PICTURES, CALLBACKS, HOUSEKEEPING)

POLLING_SECONDS, CHORES_POLLING_SECONDS = 0.1, 0.5
CHORES_AT_ONCE = 4

LAST_TURN = 2**31 - 1

ENDED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]


@dataclass(frozen=True, slots=True)
class Widths:
    """How many runs of a queue go on at once: in each worker, and `films_in_all` in all together (None: any number).

    `films_in_all` is for films that are made here, `elsewhere` for the others.
    """

    films: int = 1
    elsewhere: int = 32
    pictures: int = 8
    callbacks: int = 8
    films_in_all: int | None = None


class Queues:
    """The way in: puts runs in line, inside the caller's transaction."""

    def __init__(
        self,
        database: Database,
        *,
        callback_gaps: Callable[[str], Sequence[int]],
        is_elsewhere: Callable[[Order], bool] = lambda _order: False,
    ) -> None:
        """`callback_gaps(dialect)` are the seconds before attempt 1, 2, …; `is_elsewhere(order)` tells whether its film
        is made elsewhere. Makes DBOS's tables and the queues.
        """
        quieten()
        DBOS.migrate(database.url.render_as_string(hide_password=False))
        index_records(database)
        self._callback_gaps, self._is_elsewhere = callback_gaps, is_elsewhere
        self._client = DBOSClient(system_database_engine=database.engine, application_name=APPLICATION)
        schema = "dbos" if database.is_server else None
        self._turns, self._records = Turns(schema), Records(self._client, schema)
        self._register(Widths(), "never_update")

    def widen(self, widths: Widths) -> None:
        """Let so many runs go on at once, from now on and everywhere: all workers share this, the last word counts."""
        self._register(widths, "always_update")

    def enqueue(self, connection: sa.Connection, tasks: Sequence[Task]) -> None:
        """Put new tasks in line: Tasks' `on_submit`. A task that is in line already stays where it is."""
        lines: dict[str, list[tuple[str, str]]] = {}
        for task in tasks:
            queue = PICTURES if has_to_fetch(task.order) else self._queue_of(task.order)
            lines.setdefault(queue, []).append((task.id, task.key_id))
        for queue, some in lines.items():
            self._stand_in_line(connection, queue, some)

    def enqueue_film(self, connection: sa.Connection, task_id: str) -> None:
        """Put a task in line for its film, when its pictures are there; one that is in line already stays."""
        task = connection.execute(sa.select(tasks.c.key_id, tasks.c.order).where(tasks.c.id == task_id)).one()
        self._stand_in_line(connection, self._queue_of(rows.read_order(task.order)), [(task_id, task.key_id)])

    def enqueue_callback(self, connection: sa.Connection, event: Event, task: Task) -> None:
        """Put the first callback attempt in line when a task that asked for one ends: Tasks' `on_event`."""
        if task.order.callback is None or event.status not in FINAL - {Status.EXPIRED}:
            return
        gaps = self._callback_gaps(task.order.dialect)
        if gaps:
            self.enqueue_attempt(connection, event, 1, gaps[0])

    def enqueue_attempt(self, connection: sa.Connection, event: Event, number: int, delay_seconds: int) -> None:
        """Put one callback attempt in line; it holds no slot while it waits."""
        options: EnqueueOptions = {
            "workflow_name": CALLBACKS,
            "queue_name": CALLBACKS,
            "workflow_id": callback_run(event.id, number),
        }
        if delay_seconds > 0:
            options["delay_seconds"] = delay_seconds
        self._client.enqueue_in_transaction(connection, options, event.id, number)

    def hurry_attempt(self, event: Event, number: int) -> None:
        """Let a callback attempt go at once: one that waits for its time, or whose run was given up."""
        run = callback_run(event.id, number)
        found = self._client.list_workflows(workflow_ids=[run], load_input=False, load_output=False)
        if found and found[0].status in ENDED:
            self._client.resume_workflow(run, queue_name=CALLBACKS)
        else:
            self._client.set_workflow_delay(run, delay_seconds=0)

    def enqueue_chore(self, name: str, number: int) -> None:
        """Put round `number` of a chore in line: once, whoever asks, and not while another of it waits or goes on."""
        options: EnqueueOptions = {
            "workflow_name": HOUSEKEEPING,
            "queue_name": HOUSEKEEPING,
            "workflow_id": chore_run(name, number),
            "deduplication_id": name,
            "duplication_policy": "return-existing",
        }
        self._client.enqueue(options, name, number)

    def close(self) -> None:
        """Let go of the database."""
        self._client.destroy()

    def _queue_of(self, order: Order) -> str:
        return ELSEWHERE if self._is_elsewhere(order) else FILMS

    def _stand_in_line(self, connection: sa.Connection, queue: str, some: Sequence[tuple[str, str]]) -> None:
        """Put tasks, by their ids and keys, in line in this order."""
        name, run = (PICTURES, pictures_run) if queue == PICTURES else (FILMS, film_run)
        turns = self._turns.next(connection, queue, {key_id for _, key_id in some})
        places = []
        for task_id, key_id in some:
            turn = turns[key_id]
            places.append(Place(run(task_id), name, queue, key_id, turn, task_id))
            if turn is not None:
                turns[key_id] = min(turn + 1, LAST_TURN)
        self._records.line_up(connection, places)

    def _register(self, widths: Widths, on_conflict: QueueConflictResolution) -> None:
        # Settings are rows that all processes share and the last writer wins, so they are written here alone.
        films = widths.films if widths.films_in_all is None else min(widths.films, widths.films_in_all)
        queues: dict[str, dict[str, Any]] = {
            FILMS: {"worker_concurrency": films, "global_concurrency": widths.films_in_all},
            ELSEWHERE: {"worker_concurrency": widths.elsewhere},
            PICTURES: {"worker_concurrency": widths.pictures},
            CALLBACKS: {"worker_concurrency": widths.callbacks},
            HOUSEKEEPING: {"worker_concurrency": CHORES_AT_ONCE, "polling_interval_sec": CHORES_POLLING_SECONDS},
        }
        for name, settings in queues.items():
            self._client.register_queue(
                name, **{"polling_interval_sec": POLLING_SECONDS, "on_conflict": on_conflict} | settings
            )


class Turns:
    """Says whose turn comes when. Reads DBOS's own table, for there alone is what waits."""

    def __init__(self, schema: str | None) -> None:
        """`schema` holds DBOS's tables, None where there are no schemas."""
        columns = ("queue_name", "status", "queue_partition_key", "priority")
        runs = sa.table("workflow_status", *(sa.column(name) for name in columns), schema=schema)
        # "IN" as DBOS's partial indexes are written: without it SQLite would not use them.
        waiting = (runs.c.queue_name == sa.bindparam("queue")) & (runs.c.status == "ENQUEUED")
        waiting &= sa.text("status IN ('ENQUEUED', 'PENDING')")
        served = sa.select(runs.c.priority).where(waiting, runs.c.priority > 0).order_by(runs.c.priority).limit(1)
        own = waiting & (runs.c.queue_partition_key == keys.c.id)
        last = sa.select(runs.c.priority).where(own).order_by(runs.c.priority.desc()).limit(1).correlate(keys)
        self._query = sa.select(
            keys.c.id, URGENT, served.scalar_subquery().label("served"), last.scalar_subquery().label("last")
        ).where(keys.c.id.in_(sa.bindparam("key_ids", expanding=True)))

    def next(self, connection: sa.Connection, queue: str, key_ids: Collection[str]) -> dict[str, int | None]:
        """The turn of these keys' next runs in this queue; None, before all turns, for those that are urgent."""
        found = connection.execute(self._query, {"queue": queue, "key_ids": list(key_ids)})
        return {
            row.id: None if row.urgent else min(max(row.served or 1, (row.last or 0) + 1), LAST_TURN) for row in found
        }


def has_to_fetch(order: Order) -> bool:
    """Whether some of an order's pictures are elsewhere."""
    return any(not address.startswith(ADDRESS) for address in order.pictures)


def film_run(task_id: str) -> str:
    """The id of the run that makes a task's film."""
    return f"film-{task_id}"


def pictures_run(task_id: str) -> str:
    """The id of the run that fetches a task's pictures."""
    return f"pictures-{task_id}"


def callback_run(event_id: int, number: int) -> str:
    """The id of the run that makes attempt `number` to tell of an event."""
    return f"callback-{event_id}-{number}"


def chore_run(name: str, number: int) -> str:
    """The id of the run that does round `number` of a chore."""
    return f"{name}-{number}"


def quieten() -> None:
    """Send DBOS's warnings through the program's own logging, and nothing below a warning."""
    logger = logging.getLogger("dbos")
    logger.setLevel(logging.WARNING)
    if not logger.handlers:
        # It installs a handler of its own where there is none.
        logger.addHandler(logging.NullHandler())
