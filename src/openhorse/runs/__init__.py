"""A task's id comes in, its durable run goes out: fetch, render, store, finish, each step done once for good.

The only room that imports dbos. Knows no vendor, no engine and no codec. A run lives through kill -9 of
every process; what DBOS leaves to its operators is done here: a lease for each worker, a janitor that
takes over from dead ones, a reconciliation that lets no task be forgotten.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions, WorkflowStatus

from openhorse.errors import Cancelled, DatabaseUnavailable, InternalError, OpenHorseError, StorageFailed
from openhorse.leases import FileLeases, Lease, Leases
from openhorse.logs import about
from openhorse.runs.roll import Roll
from openhorse.runs.steps import Bench, Steps, Stopping, Studio, film_key
from openhorse.store import rows
from openhorse.store.database import Database
from openhorse.store.pictures import blob_key, forget_pictures, forget_uploads
from openhorse.store.postgres import ServerLeases
from openhorse.tasks import FORGOTTEN_AT_ONCE
from openhorse.vocabulary import FINAL, Event, Failure, Status, Task, new_ulid

__all__ = ["Bench", "Queues", "Studio", "Worker", "film_run"]

APPLICATION = "openhorse"

VERSION = "1"
"""Of the steps below, not of the program: a run that began under it goes on under any program that keeps it."""

FILMS, CALLBACKS = "films", "callbacks"
"""The queues, and the runs in them: a film waits for a free worker, a callback attempt for nobody."""

POLLING_SECONDS = 0.1
CALLBACKS_AT_ONCE = 8

ATTEMPTS_BEFORE_POISON = 5
"""How often a run may take its worker down with it before it is given up."""

JANITOR_SECONDS, RECONCILE_SECONDS, SWEEP_SECONDS = 1.0, 30.0, 60.0

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.2, 5.0
"""Between two tries while the database or the file store does not answer."""

STORE_PATIENCE_SECONDS = 600.0
"""How long a step is tried again while the file store is full or away; the film is made and must only be kept."""

RETURN_SECONDS = 10.0
"""After an outage of the database, how long nobody is taken for dead: longer than the longest pause."""

RUNS_KEPT = timedelta(days=3)
"""How long DBOS's record of a finished run is kept; the task itself stays."""

FORGETTING_BATCHES = 25
"""Of old tasks in one sweep, FORGOTTEN_AT_ONCE each."""

PICTURES_KEPT = timedelta(days=7)
"""How long a picture is kept after its last use: longer than any task waits."""

_ACTIVE = frozenset({"ENQUEUED", "PENDING", "DELAYED"})
_ENDED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_OUR_FAULT = rows.failure_text(
    Failure(InternalError.code, "something went wrong on our side; nothing was charged", retry=True)
)

log = logging.getLogger(__name__)


class Queues:
    """The way in: puts films and callbacks in line, inside the caller's transaction. Runs nothing itself."""

    def __init__(self, database: Database, *, callback_gaps: Callable[[str], Sequence[int]]) -> None:
        """`callback_gaps(dialect)` are the seconds before attempt 1, 2, … Makes DBOS's tables and the queues."""
        _quieten()
        DBOS.migrate(database.url.render_as_string(hide_password=False))
        self._callback_gaps = callback_gaps
        self._client = DBOSClient(system_database_engine=database.engine, application_name=APPLICATION)
        # Settings are rows that all processes share and the last writer wins, so they are written here alone.
        self._client.register_queue(FILMS, worker_concurrency=1, polling_interval_sec=POLLING_SECONDS)
        self._client.register_queue(
            CALLBACKS, worker_concurrency=CALLBACKS_AT_ONCE, polling_interval_sec=POLLING_SECONDS
        )

    def enqueue(self, connection: sa.Connection, task_id: str) -> None:
        """Put a task's film in line: Tasks' `on_submit`. A film that is in line already stays where it is."""
        options: EnqueueOptions = {"workflow_name": FILMS, "queue_name": FILMS, "workflow_id": film_run(task_id)}
        self._client.enqueue_in_transaction(connection, options, task_id)

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
        if found and found[0].status in _ENDED:
            self._client.resume_workflow(run, queue_name=CALLBACKS)
        else:
            self._client.set_workflow_delay(run, delay_seconds=0)

    def close(self) -> None:
        """Let go of the database."""
        self._client.destroy()


def film_run(task_id: str) -> str:
    """The id of the run that makes a task's film."""
    return f"film-{task_id}"


def callback_run(event_id: int, number: int) -> str:
    """The id of the run that makes attempt `number` to tell of an event."""
    return f"callback-{event_id}-{number}"


@DBOS.workflow(name=FILMS, max_recovery_attempts=ATTEMPTS_BEFORE_POISON)
def _film(task_id: str) -> None:
    _here().make_film(task_id)


@DBOS.workflow(name=CALLBACKS, max_recovery_attempts=ATTEMPTS_BEFORE_POISON)
def _callback(event_id: int, number: int) -> None:
    _here().call_back(event_id, number)


_worker: Worker | None = None
"""DBOS runs plain functions and there is one DBOS in a process, so there is one worker in it too."""


def _here() -> Worker:
    if _worker is None:
        raise InternalError("no worker runs in this process")
    return _worker


class Worker:
    """Makes films and delivers callbacks in this process until it is stopped; one at a time in a process."""

    def __init__(self, bench: Bench) -> None:
        # Unique for ever: DBOS gives a dead worker's runs back by this name, which so is never a living one's.
        self.name = f"{socket.gethostname()}-{os.getpid()}-{new_ulid(bench.now())[-8:]}"
        self._bench = bench
        self._steps = Steps(bench)
        self._leases: Leases = _leases(bench)
        self._lease: Lease | None = None
        self._patient_until = 0.0
        self._roll = Roll(bench.database, self.name)
        self.lost = threading.Event()
        """Set when others have taken this worker for dead: it must be stopped, and a new one started."""
        self._in_hand: set[str] = set()
        self._stranded: set[str] = set()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Take the lease, start DBOS and the housekeeping. Returns at once."""
        global _worker
        if _worker is not None:
            raise InternalError("a worker runs in this process already")
        self._lease = self._leases.take(self.name)
        if self._lease is None:
            raise InternalError(f"another process holds the lease {self.name}")
        _worker = self
        _quieten()
        DBOS(config=self._config())
        DBOS.launch()
        self._roll.enter(self._bench.now())
        self._repeat("janitor", JANITOR_SECONDS, self.take_over)
        self._repeat("reconcile", RECONCILE_SECONDS, self.reconcile)
        self._repeat("sweep", SWEEP_SECONDS, self.sweep)

    def stop(self, patience_seconds: float = 10.0) -> None:
        """Stop; a film in hand is dropped and made again by whichever worker comes next."""
        global _worker
        self._steps.stopping.set()
        deadline = time.monotonic() + patience_seconds
        while self._in_hand and time.monotonic() < deadline:
            time.sleep(0.02)
        for thread in self._threads:
            thread.join(patience_seconds)
        DBOS.destroy()
        with suppress(DatabaseUnavailable):
            self._roll.strike(self.name)
        if self._lease is not None:
            self._lease.release()
        _worker = None

    def make_film(self, task_id: str) -> None:
        """The run of one task. Every step is recorded when it is done and is not repeated after a crash."""
        with self._held(film_run(task_id)), about(task=task_id):
            try:
                pictures = self._step("fetch", self._steps.fetch, task_id)
                facts = self._step("render", self._steps.render, task_id, pictures)
                # Runs that were stored by an earlier version have recorded nothing here.
                facts = self._step("store", self._steps.store, task_id, pictures, facts) or facts
                self._step("finish", self._steps.finish, task_id, facts)
            except _EndedError as ended:
                self._step("fail", self._steps.fail, task_id, ended.failure)

    def call_back(self, event_id: int, number: int) -> None:
        """The run of one callback attempt; the next attempt, if there is one, is a run of its own."""
        with self._held(callback_run(event_id, number)), about(event=str(event_id)):
            outcome = DBOS.run_step({"name": "post"}, self._patiently, self._steps.post, event_id, number)
            DBOS.run_step({"name": "record"}, self._patiently, self._steps.record, event_id, number, outcome)

    def take_over(self) -> None:
        """Put the runs of dead workers back in line: of those whose lease can be taken, and of silent ones."""
        if not self._alive() or time.monotonic() < self._patient_until:
            return
        silent = self._roll.silent()
        pending = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
        for name in sorted(({run.executor_id for run in pending if run.executor_id} | silent) - {self.name}):
            lease = self._leases.take(name)
            if lease is None and name not in silent:
                continue
            try:
                log.warning("worker %s is %s; its runs go back in line", name, "silent" if lease is None else "dead")
                # Off the list first: should it wake, it must find that it is no longer counted on.
                self._roll.strike(name)
                # Private since DBOS 3.0, the price of doing without its paid conductor; test_crash watches over it.
                DBOS._recover_pending_workflows([name])
            finally:
                if lease is not None:
                    lease.release()

    def _alive(self) -> bool:
        """Give a sign of life, and see to the lease; False when others have taken over what this worker had in hand."""
        if self._lease is not None and not self._lease.held():
            # The database server was restarted and nobody's lease is left. The others may take theirs again first.
            self._lease.release()
            self._lease = self._leases.take(self.name)
            self._patient_until = time.monotonic() + RETURN_SECONDS
        if self._lease is not None and self._roll.beat():
            return True
        log.error("worker %s was taken for dead; it stops", self.name)
        self._steps.stopping.set()
        self.lost.set()
        return False

    def reconcile(self) -> None:
        """Let no task be forgotten: every open task has a run in line or in hand, and no ended one has one in line."""
        waiting = DBOS.list_workflows(name=FILMS, status="ENQUEUED", load_input=False, load_output=False)
        tasks = self._bench.tasks.unfinished()
        runs = _runs_of(tasks)
        for task in tasks:
            self._reconcile_one(task, runs.get(film_run(task.id)))
        # These stood in line before `tasks` was read, so those without an open task have been cancelled.
        needless = {run.workflow_id for run in waiting} - {film_run(task.id) for task in tasks}
        if needless:
            DBOS.cancel_workflows(sorted(needless))
        self._free_stranded(runs.values())

    def sweep(self) -> None:
        """Remove what has outlived its purpose: films, uploads, pictures, idempotency keys, records of runs."""
        bench = self._bench
        for task in bench.tasks.outlived():
            # The blob first: a film that nobody can ask for any more must not be left behind if we die here.
            bench.blobs.delete(task.video.blob if task.video else film_key(task.id))
            bench.tasks.expire(task.id)
        bench.tasks.forget_idempotency()
        with bench.database.transaction() as connection:
            forget_uploads(connection, bench.now())
            for sha256 in forget_pictures(connection, bench.now() - PICTURES_KEPT):
                bench.blobs.delete(blob_key(sha256))
        self._forget_tasks()
        before = (bench.now() - min(RUNS_KEPT, bench.keep or RUNS_KEPT)).isoformat()
        old = DBOS.list_workflows(
            status=_ENDED, completed_before=before, limit=500, load_input=False, load_output=False
        )
        if old:
            DBOS.delete_workflows([run.workflow_id for run in old])

    def _forget_tasks(self) -> None:
        """In small batches, between which others write; when there are very many, the next sweep goes on."""
        keep, tasks = self._bench.keep, self._bench.tasks
        if keep is None:
            return
        for _ in range(FORGETTING_BATCHES):
            if self._steps.stopping.is_set() or tasks.forget(self._bench.now() - keep) < FORGOTTEN_AT_ONCE:
                return

    def _config(self) -> DBOSConfig:
        return {
            "name": APPLICATION,
            "system_database_engine": self._bench.database.engine,
            "application_version": VERSION,
            "executor_id": self.name,
            "log_level": "WARNING",
            "run_migrations": False,
            "use_listen_notify": False,
        }

    def _repeat(self, name: str, seconds: float, work: Callable[[], None]) -> None:
        """Do `work` now and then every so often in a thread of its own, until the worker stops."""
        stopping = self._steps.stopping

        def loop() -> None:
            while not stopping.is_set():
                try:
                    work()
                except (DatabaseUnavailable, sa.exc.OperationalError):
                    log.warning("%s waits for the database", name)
                except Exception:
                    log.exception("%s failed and will be tried again", name)
                stopping.wait(seconds)

        thread = threading.Thread(target=loop, name=f"openhorse-{name}", daemon=True)
        self._threads.append(thread)
        thread.start()

    @contextmanager
    def _held(self, run: str) -> Iterator[None]:
        self._in_hand.add(run)
        try:
            yield
        finally:
            self._in_hand.discard(run)

    def _step(self, name: str, work: Callable[..., Any], *arguments: Any) -> Any:
        """Do and record one step of a film; after a crash, what was recorded is given back instead.

        A failure is recorded as the step's result, and _EndedError raised from that record, so that a
        resumed run goes the same way. What nobody foresaw ends the task as our fault.
        """

        def recorded() -> dict[str, Any]:
            try:
                return {"done": self._patiently(work, *arguments)}
            except Cancelled:
                return {"failure": None}
            except OpenHorseError as error:
                return {"failure": rows.failure_text(Failure(error.code, error.message, error.retry))}
            except Exception:
                log.exception("step %s of %s failed", name, arguments[0])
                return {"failure": _OUR_FAULT}

        outcome = DBOS.run_step({"name": name}, recorded)
        if "failure" in outcome:
            raise _EndedError(outcome["failure"])
        return outcome["done"]

    def _patiently(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Do `work` again while the database does not answer, for a time while the file store is full or away.

        That is nobody's film's fault. Raises StorageFailed when the store's time is over.
        """
        pause = FIRST_PAUSE_SECONDS
        until = time.monotonic() + STORE_PATIENCE_SECONDS
        while True:
            try:
                return work(*arguments)
            except StorageFailed as error:
                if not isinstance(error, DatabaseUnavailable) and time.monotonic() >= until:
                    raise
                log.warning("%s; trying again in %.1f s", error, pause)
            if self._steps.stopping.wait(pause):
                raise Stopping
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _reconcile_one(self, task: Task, run: WorkflowStatus | None) -> None:
        if run is None:
            log.warning("task %s had no run; it goes back in line", task.id)
            with self._bench.database.transaction() as connection:
                self._bench.queues.enqueue(connection, task.id)
        elif run.status not in _ACTIVE:
            # No code of ours runs when DBOS gives a run up, so it is here that the customer hears of it.
            log.error("task %s: its run ended as %s", task.id, run.status)
            self._steps.fail(task.id, _OUR_FAULT)

    def _free_stranded(self, runs: Collection[WorkflowStatus]) -> None:
        """Put back in line what DBOS believes this worker runs, while it does not, twice in a row."""
        ours = {run.workflow_id for run in runs if run.status == "PENDING" and run.executor_id == self.name}
        idle = ours - self._in_hand
        for run in sorted(idle & self._stranded):
            log.warning("run %s was stranded; it goes back in line", run)
            DBOS.resume_workflow(run, queue_name=FILMS)
        self._stranded = idle


def _leases(bench: Bench) -> Leases:
    """Locked files beside a database file; a database server keeps them itself, for workers on any machine."""
    return ServerLeases(bench.database.engine) if bench.database.is_server else FileLeases(bench.data / "leases")


class _EndedError(Exception):
    """A step has ended the run; `failure` is None when the task was cancelled."""

    def __init__(self, failure: str | None) -> None:
        super().__init__(failure)
        self.failure = failure


def _runs_of(tasks: Sequence[Task]) -> dict[str, WorkflowStatus]:
    found: dict[str, WorkflowStatus] = {}
    for first in range(0, len(tasks), 500):
        ids = [film_run(task.id) for task in tasks[first : first + 500]]
        for run in DBOS.list_workflows(workflow_ids=ids, load_input=False, load_output=False):
            found[run.workflow_id] = run
    return found


def _quieten() -> None:
    """Send DBOS's warnings through the program's own logging, and nothing below a warning."""
    logger = logging.getLogger("dbos")
    logger.setLevel(logging.WARNING)
    if not logger.handlers:
        # It installs a handler of its own where there is none.
        logger.addHandler(logging.NullHandler())
