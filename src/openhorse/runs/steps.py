"""A task's id comes in, one step of its way to a film goes out; each may be done again after a crash.

Knows no queue nor what makes a step durable, no vendor, no engine and no codec: the bench
brings them.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import sqlalchemy as sa

from openhorse import measures
from openhorse.care import Care
from openhorse.engines.remote import Sent
from openhorse.errors import Cancelled, DatabaseUnavailable, StorageFailed
from openhorse.logs import about
from openhorse.runs.making import Engines, Kit, Maker, Studio, Wish, source_of
from openhorse.runs.queues import Widths
from openhorse.runs.stills import Showing, still_keys
from openhorse.store import rows
from openhorse.store.blobs import Blobs
from openhorse.store.database import Database
from openhorse.store.pictures import ADDRESS, blob_key, bring_picture, use_picture
from openhorse.store.tables import callback_attempts, tasks
from openhorse.tasks import Tasks
from openhorse.traces import Attributes, span
from openhorse.tries import Tries
from openhorse.vocabulary import FINAL, Event, Glimpse, Order, Progress, Status, Task

if TYPE_CHECKING:
    from openhorse.callbacks import Delivery

PROGRESS_SECONDS = 0.25
"""The least time between two progress writes of one film, each of which reaches the disk."""

RENDERS = "renders"
"""The folder in the data folder where films lie from their last frame until they are in the store."""

_log = logging.getLogger(__name__)


class Line(Protocol):
    """Where runs stand in line; see runs.Queues."""

    def widen(self, widths: Widths) -> None:
        """Let so many runs go on at once."""

    def enqueue(self, connection: sa.Connection, tasks: Sequence[Task]) -> None:
        """Put tasks in line."""

    def enqueue_film(self, connection: sa.Connection, task_id: str) -> None:
        """Put a task in line whose pictures are there."""

    def enqueue_chore(self, name: str, number: int) -> None:
        """Put one round of a chore in line, once."""

    def enqueue_attempt(self, connection: sa.Connection, event: Event, number: int, delay_seconds: int) -> None:
        """Put one callback attempt in line."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What a worker works with.

    `fetch(address, order)` gives the vetted PNG of a picture, `address(key)` an https address at which anybody can
    fetch what lies in the store, None where there is none. `deliver(task, event, number)` makes one callback attempt.
    `data` is the folder that all workers share.
    `keep` is how long after its end a task without a film is remembered, None for ever. `widths` say how many runs
    go on at once.
    """

    database: Database
    blobs: Blobs
    tasks: Tasks
    queues: Line
    studio: Studio
    data: Path
    engines: Engines
    fetch: Callable[[str, Order], bytes]
    deliver: Callable[[Task, Event, int], Delivery]
    now: Callable[[], datetime]
    keep: timedelta | None = None
    widths: Widths = field(default_factory=Widths)
    care: Care = field(default_factory=Care)
    address: Callable[[str], str | None] = lambda _key: None


class Stopping(BaseException):
    """The worker stops. Not an Exception, so that neither the studio nor DBOS takes it for the film's outcome:
    the run stays as it is, and the next worker goes on with it."""


class Steps:
    """The steps at one bench. What they take and give is JSON, so that it can be recorded."""

    def __init__(self, bench: Bench) -> None:
        self.stopping = threading.Event()
        self._bench = bench
        self._folder = bench.data / RENDERS
        self._folder.mkdir(parents=True, exist_ok=True)
        tries = Tries(bench.database, bench.now)
        self._maker = Maker(Kit(bench.engines, bench.studio, bench.care, tries, bench.now))

    def fetch_ahead(self, task_id: str) -> list[str]:
        """Take the pictures of an order that waits into the store; their SHA-256, in order."""
        return self._take_all_in(_open(self._bench.tasks.any(task_id)))

    def fetch(self, task_id: str, fetched: Callable[[str], list[str] | None] = lambda _task_id: None) -> list[str]:
        """Begin the task; the SHA-256 of its pictures, in order. Those that were not `fetched` ahead are taken in."""
        task = _open(self._bench.tasks.start(task_id))
        ahead = fetched(task_id) if task.order.pictures else []
        return self._take_all_in(task) if ahead is None else ahead

    def render(self, task_id: str, pictures: Sequence[str]) -> dict[str, Any]:
        """Make the film in the shared folder; its facts."""
        task, blobs = self._bench.tasks.any(task_id), self._bench.blobs
        sent = tuple(Sent(blobs.read(key), self._bench.address(key)) for key in map(blob_key, pictures))
        path, progress = self._path(task_id), self._progress(task_id)
        with about(key=task.key_id), Showing(blobs, self._bench.tasks, task_id) as showing:
            unjudged: list[Glimpse] = []  # nobody sees anything of a film that is to be judged first
            show = unjudged.append if self._bench.care.moderators else showing.show
            video = self._maker.make(Wish(task, sent, path, film_key(task_id), progress, show))
            for glimpse in unjudged:
                showing.show(glimpse)
        _settle(self._path(task_id))
        facts: dict[str, Any] = json.loads(rows.video_text(video))
        return facts

    def store(self, task_id: str, pictures: Sequence[str], facts: dict[str, Any]) -> dict[str, Any]:
        """Put the film into the store; its facts. After a crash it may be there already and the file gone.

        Where the file died with its machine before that, the film is made again: same seed, same film.
        """
        path = self._path(task_id)
        if not path.exists() and self._bench.blobs.size(facts["blob"]) != facts["bytes"]:
            _log.warning("task %s: its film is not on this machine and not in the store; it is made again", task_id)
            facts = self.render(task_id, pictures)
        self._bench.tasks.storing(task_id)
        if path.exists():
            self._bench.blobs.put_file(facts["blob"], path)
        return facts

    def finish(self, task_id: str, facts: dict[str, Any]) -> None:
        """End the task with its film."""
        self._bench.tasks.finish(task_id, rows.read_video(json.dumps(facts)))
        self._remove(task_id)
        self._maker.release(task_id)

    def fail(self, task_id: str, failure: str | None) -> None:
        """End the task without a film, and leave nothing of it behind; None when it has been ended already."""
        self._remove(task_id)
        task = self._bench.tasks.any(task_id)
        if failure is not None:
            task = self._bench.tasks.fail(task_id, rows.read_failure(failure))
        self._maker.break_off(task_id)
        if task.status in (Status.FAILED, Status.CANCELLED):
            with suppress(StorageFailed):  # the task has ended; `openhorse gc` finds what is left
                self._bench.blobs.delete(*keys_of(task_id))

    def drain(self) -> None:
        """Free the seats of films elsewhere that nobody wants any more, as they end."""
        self._maker.drain()

    def post(self, event_id: int, number: int) -> dict[str, Any]:
        """Make one callback attempt; how it went."""
        event = self._bench.tasks.event(event_id)
        task = self._bench.tasks.any(event.task_id)
        dialect = task.order.dialect
        about: Attributes = {"openhorse.task": task.id, "openhorse.dialect": dialect, "openhorse.attempt": number}
        with span("callback", about, parent=task.traceparent, kind="CLIENT") as sent:
            delivery = self._bench.deliver(task, event, number)
            code = delivery.attempt.status
            sent.note({} if code is None else {"http.response.status_code": code}, failed=not delivery.delivered)
        return {
            "delivered": delivery.delivered,
            "retry_after_seconds": delivery.retry_after_seconds,
            "status": delivery.attempt.status,
            "milliseconds": delivery.attempt.milliseconds,
            "head": delivery.attempt.head,
            "error": delivery.attempt.error,
        }

    def record(self, event_id: int, number: int, outcome: dict[str, Any]) -> None:
        """Write the attempt down and put the next one in line, both or neither."""
        event = self._bench.tasks.event(event_id)
        again = outcome["retry_after_seconds"]
        this = (callback_attempts.c.event_id == event_id) & (callback_attempts.c.number == number)
        facts = {name: outcome[name] for name in ("delivered", "status", "milliseconds", "head", "error")}
        now = self._bench.now()
        facts["next_at"] = None if again is None else now + timedelta(seconds=again)
        with self._bench.database.transaction() as connection:
            if connection.scalar(sa.select(callback_attempts.c.number).where(this)) is not None:
                return
            connection.execute(
                sa.insert(callback_attempts).values(
                    event_id=event_id, number=number, task_id=event.task_id, at=now, **facts
                )
            )
            dialect = connection.scalar(sa.select(tasks.c.dialect).where(tasks.c.id == event.task_id))
            result = "delivered" if outcome["delivered"] else "given_up" if again is None else "failed"
            series = measures.Series("callback", str(dialect), "", result)
            measures.count(connection, [(series, outcome["milliseconds"] / 1000)])
            if again is not None:
                self._bench.queues.enqueue_attempt(connection, event, number + 1, again)

    def _take_all_in(self, task: Task) -> list[str]:
        return [self._take_in(task, address) for address in task.order.pictures]

    def _take_in(self, task: Task, address: str) -> str:
        self._progress(task.id)(0.0)
        bench, now = self._bench, self._bench.now()
        if not address.startswith(ADDRESS):
            png = bench.fetch(address, task.order)
            return bring_picture(bench.database, bench.blobs, task.key_id, png, now)
        sha256 = address.removeprefix(ADDRESS)
        with bench.database.transaction() as connection:
            use_picture(connection, task.key_id, sha256, now)
        return sha256

    def _progress(self, task_id: str) -> Progress:
        """Writes progress down a few times a second; raises when the task was cancelled or the worker stops."""
        due_at = 0.0

        def progress(value: float) -> None:
            nonlocal due_at
            if self.stopping.is_set():
                raise Stopping
            now = time.monotonic()
            if now >= due_at:
                due_at = now + PROGRESS_SECONDS
                # A film that is half drawn goes on without the database; whether it is still wanted is asked again.
                with suppress(DatabaseUnavailable):
                    self._bench.tasks.progress(task_id, value)

        return progress

    def _remove(self, task_id: str) -> None:
        """What lies in the folder of a task that has ended."""
        path = self._path(task_id)
        for one in (path, source_of(path)):
            one.unlink(missing_ok=True)

    def _path(self, task_id: str) -> Path:
        return self._folder / f"{task_id}.mp4"


def _open(task: Task) -> Task:
    if task.status in FINAL:
        raise Cancelled(f"the task is {task.status}")
    return task


def film_key(task_id: str) -> str:
    """Where a task's film lies in the store."""
    return f"films/{task_id}.mp4"


def keys_of(task_id: str) -> tuple[str, ...]:
    """Wherever something of a task's film may lie in the store."""
    return film_key(task_id), *still_keys(task_id)


def _settle(path: Path) -> None:
    """Make a finished film survive a power cut before its step is recorded as done."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
