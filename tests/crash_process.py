"""A process for test_crash to kill: a worker with a slow fake studio, or a customer who keeps submitting.

Every step that is begun is noted as a line `<step> <task id> <process id>` in the file `steps`.
"""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime, timedelta
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

from engines_here import EnginesHere
from forks import hurry
from openhorse.callbacks import Delivery
from openhorse.cues import Commission
from openhorse.outbound import Attempt
from openhorse.processes import LOST
from openhorse.promises import Idempotency
from openhorse.runs import Bench, Queues, Worker
from openhorse.store.blobs import Blobs
from openhorse.store.database import Database
from openhorse.studio import unseen
from openhorse.tasks import Tasks
from openhorse.vocabulary import (
    LAST,
    PREVIEWS,
    Callback,
    Event,
    Glimpse,
    Mode,
    Order,
    Progress,
    Quote,
    Show,
    Task,
    Tier,
    Video,
)

FILM = b"a film" * 1000
LOOKS = 10
GLIMPSES = [Glimpse(name, at, b"jpeg") for at, name in enumerate((*PREVIEWS, LAST))]
"""What a film looks like, shown at its first looks."""
"""How often a render looks whether it is still wanted; with LOOK_SECONDS its length."""
LOOK_SECONDS = 0.03
QUOTE = Quote(500, 100, 5, "v", "s")


def order(number: int) -> Order:
    """The order of the customer's task `number`."""
    return Order(
        "hiapi",
        "m",
        Mode.IMAGE,
        f"film {number}",
        Tier.P720,
        5,
        pictures=(f"https://pictures/{number}.png",),
        callback=Callback("https://customer/"),
    )


def once(number: int) -> Idempotency:
    """The idempotency key of the customer's task `number`."""
    return Idempotency(f"key {number}", f"hash {number}", "POST /v1/tasks")


def open_tasks(database: Database, queues: Queues) -> Tasks:
    """The door, as every process composes it."""
    return Tasks(
        database,
        now=lambda: datetime.now(UTC),
        on_submit=queues.enqueue,
        on_event=queues.enqueue_callback,
    )


def open_rooms(url: str) -> tuple[Database, Queues, Tasks]:
    """The rooms that a customer's process needs."""
    database = Database(url)
    database.migrate()
    queues = Queues(database, callback_gaps=lambda _dialect: (0, 0))
    return database, queues, open_tasks(database, queues)


class Notes:
    """Lines in a file, each written whole by one system call, so that a kill cannot tear them."""

    def __init__(self, folder: Path) -> None:
        self._handle = os.open(folder / "steps", os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def write(self, step: str, name: str) -> None:
        """Note that a step is begun."""
        os.write(self._handle, f"{step} {name} {os.getpid()}\n".encode())


class NotedBlobs(Blobs):
    """A store that notes which film is put into it."""

    def __init__(self, url: str, notes: Notes) -> None:
        super().__init__(url)
        self._notes = notes

    def put_file(self, key: str, path: Path) -> None:
        """See Blobs."""
        self._notes.write("store", Path(key).stem)
        super().put_file(key, path)


class SlowStudio:
    """Takes its time, and then writes a small file."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def make(self, film: Commission, progress: Progress, show: Show = unseen) -> Video:
        """See openhorse.studio."""
        assert film.pictures == (f"png of {film.order.pictures[0]}".encode(),)
        self._notes.write("render", Path(film.blob).stem)
        pause = threading.Event()
        for look in range(LOOKS):
            progress(look / LOOKS)
            if look < len(GLIMPSES):
                show(GLIMPSES[look])
            pause.wait(LOOK_SECONDS)
        film.path.write_bytes(FILM)
        return Video(film.blob, len(FILM), "x", 2, 2, 3, 1.0, False, None, None, film.engine, film.order.seed or 0, 0.5)


def work(told: Connection, folder: Path, url: str) -> None:
    """Be a worker until killed or taken for dead; it is `told` when it has begun."""
    hurry()
    database, queues, tasks = open_rooms(url)
    notes = Notes(folder)

    def fetch(address: str, _order: Order) -> bytes:
        notes.write("fetch", Path(address).stem)
        return f"png of {address}".encode()

    def deliver(_task: Task, event: Event, number: int) -> Delivery:
        notes.write("deliver", f"{event.id}-{number}")
        return Delivery(True, None, Attempt(200, 1, "", None))

    bench = Bench(
        database=database,
        blobs=NotedBlobs((folder / "blobs").as_uri(), notes),
        tasks=tasks,
        queues=queues,
        studio=SlowStudio(notes),
        data=folder,
        engines=EnginesHere(),
        fetch=fetch,
        deliver=deliver,
        now=lambda: datetime.now(UTC),
    )
    worker = Worker(bench)
    worker.start()
    told.send("up")
    worker.lost.wait()
    worker.stop()
    raise SystemExit(LOST)


def submit(told: Connection, url: str, key_id: str) -> None:
    """Submit until killed; the id of every task that was accepted is `told`."""
    _database, _queues, tasks = open_rooms(url)
    for number in count():
        made = tasks.submit(
            key_id, f"t{number}", order(number), QUOTE, lifetime=timedelta(days=1), idempotency=once(number)
        )
        told.send(made.task.id)
