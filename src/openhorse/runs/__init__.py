"""A task's id comes in, its durable run goes out: fetch, render, store, finish, each step done once for good.

The only room that imports dbos. Knows no vendor, no engine and no codec. A run lives through kill -9 of
every process; what DBOS leaves to its operators is done here: a lease for each worker, a janitor in each that
takes over from dead ones, and chores that one worker does for all: a reconciliation that lets no task be
forgotten, and the sweep. In what order runs are taken up is the queues' (queues.py).
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig, WorkflowStatus

from openhorse import limits
from openhorse.errors import Cancelled, DatabaseUnavailable, InternalError, OpenHorseError, StorageFailed
from openhorse.leases import FileLeases, Lease, Leases
from openhorse.logs import about
from openhorse.runs.making import Studio
from openhorse.runs.queues import (
    APPLICATION,
    CALLBACKS,
    ELSEWHERE,
    FILMS,
    HOUSEKEEPING,
    PICTURES,
    QUEUES,
    Queues,
    Widths,
    callback_run,
    chore_run,
    film_run,
    pictures_run,
    quieten,
)
from openhorse.runs.roll import Roll
from openhorse.runs.steps import Bench, Steps, Stopping, keys_of
from openhorse.runs.watch import Watch, watched
from openhorse.store import rows
from openhorse.store.outages import is_full
from openhorse.store.pictures import blob_key, forget_pictures, forget_uploads
from openhorse.store.postgres import ServerLeases
from openhorse.tasks import FORGOTTEN_AT_ONCE
from openhorse.vocabulary import Failure, Task, new_ulid

__all__ = ["APPLICATION", "ELSEWHERE", "FILMS", "QUEUES", "Bench", "Queues", "Studio", "Widths", "Worker", "film_run"]

VERSION = "1"
"""Of the steps below, not of the program: a run that began under it goes on under any program that keeps it."""

ATTEMPTS_BEFORE_POISON = 5
"""How often a run may take its worker down with it before it is given up."""

JANITOR_SECONDS, RECONCILE_SECONDS, SWEEP_SECONDS = 1.0, 30.0, 60.0

DRAIN_SECONDS = 5.0
"""How often it is looked whether films elsewhere have ended that nobody wants."""

DRAIN_LOOK_SECONDS = 0.1

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.2, 5.0
"""Between two tries while the database or the file store does not answer."""

STORE_PATIENCE_SECONDS = 600.0
"""How long a step is tried again while the file store is full or away; the film is made and must only be kept."""

RETURN_SECONDS = 10.0
"""After an outage of the database, how long nobody is taken for dead: longer than the longest pause."""

RUNS_KEPT = timedelta(days=3)
"""How long DBOS's record of a finished run is kept; the task itself stays."""

FORGETTING_BATCHES = 25
"""Of old tasks in one sweep, FORGOTTEN_AT_ONCE each, and of records of runs, RUNS_AT_ONCE each."""

RUNS_AT_ONCE = 500

ROUNDS_KEPT = 10
"""Rounds of a chore whose records are kept: there are thousands a day."""

PICTURES_KEPT = timedelta(days=7)
"""How long a picture is kept after its last use: longer than any task waits."""

_ACTIVE = frozenset({"ENQUEUED", "PENDING", "DELAYED"})
_OUR_FAULT = rows.failure_text(
    Failure(InternalError.code, "something went wrong on our side; nothing was charged", retry=True)
)

log = logging.getLogger(__name__)


@DBOS.workflow(name=FILMS, max_recovery_attempts=ATTEMPTS_BEFORE_POISON)
def _film(task_id: str) -> None:
    _here().make_film(task_id)


@DBOS.workflow(name=PICTURES, max_recovery_attempts=ATTEMPTS_BEFORE_POISON)
def _pictures(task_id: str) -> list[str] | None:
    return _here().fetch_pictures(task_id)


@DBOS.workflow(name=CALLBACKS, max_recovery_attempts=ATTEMPTS_BEFORE_POISON)
def _callback(event_id: int, number: int) -> None:
    _here().call_back(event_id, number)


@DBOS.workflow(name=HOUSEKEEPING, max_recovery_attempts=ATTEMPTS_BEFORE_POISON)
def _housekeeping(chore: str, number: int) -> None:
    _here().keep_house(chore, number)


_worker: Worker | None = None
"""DBOS runs plain functions and there is one DBOS in a process, so there is one worker in it too."""


def _here() -> Worker:
    if _worker is None:
        raise InternalError("no worker runs in this process")
    return _worker


class Worker:
    """Goes on with the runs of some queues in this process until it is stopped; one worker at a time in a process."""

    def __init__(self, bench: Bench, queues: Sequence[str] = QUEUES) -> None:
        """It takes runs from `queues` only."""
        # Unique for ever: DBOS gives a dead worker's runs back by this name, which so is never a living one's.
        self.name = f"{socket.gethostname()}-{os.getpid()}-{new_ulid(bench.now())[-8:]}"
        self._bench, self._queues = bench, tuple(queues)
        self._steps = Steps(bench)
        self._dbos: DBOS | None = None
        self._leases: Leases = _leases(bench)
        self._lease: Lease | None = None
        self._patient_until = 0.0
        self._roll = Roll(bench.database, self.name)
        self.lost = threading.Event()
        """Set when others have taken this worker for dead: it must be stopped, and a new one started."""
        self._chores: dict[str, tuple[float, Callable[[], None]]] = {
            "reconcile": (RECONCILE_SECONDS, self.reconcile),
            "sweep": (SWEEP_SECONDS, self.sweep),
        }
        """What one worker does for all, and how often, in seconds."""
        self._in_hand: set[str] = set()
        self._stranded: set[str] = set()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Take the lease, start DBOS and what is done now and then. Returns at once."""
        global _worker
        if _worker is not None:
            raise InternalError("a worker runs in this process already")
        self._lease = self._leases.take(self.name)
        if self._lease is None:
            raise InternalError(f"another process holds the lease {self.name}")
        _worker = self
        quieten()
        self._bench.queues.widen(self._bench.widths)
        with self._bench.database.transaction(alone="recount") as connection:
            limits.recount_films(connection)
        self._dbos = DBOS(config=self._config())
        DBOS.listen_queues(self._queues)
        DBOS.launch()
        self._roll.enter(self._bench.now())
        self._repeat("janitor", JANITOR_SECONDS, self.take_over)
        self._repeat("stranded", RECONCILE_SECONDS, self.free_stranded)
        self._repeat("drain", DRAIN_SECONDS, self._steps.drain)
        if HOUSEKEEPING in self._queues:
            for chore, (seconds, _work) in self._chores.items():
                self._repeat(chore, seconds, partial(self._call_for, chore, seconds))

    def drain(self, seconds: float, in_a_hurry: Callable[[], bool]) -> None:
        """Take up no run any more, and return when those in hand have ended, the time is over, or there is a hurry."""
        if self._dbos is None or self.lost.is_set():
            return
        self._take_no_more()
        deadline = time.monotonic() + seconds
        while self._in_hand and time.monotonic() < deadline and not (self.lost.is_set() or in_a_hurry()):
            time.sleep(DRAIN_LOOK_SECONDS)

    def stop(self, patience_seconds: float = 10.0) -> None:
        """Stop; a film in hand is dropped and made again by whichever worker comes next."""
        global _worker
        self._steps.stopping.set()
        self._take_no_more()
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

    def _take_no_more(self) -> None:
        for event in [] if self._dbos is None else self._dbos.background_thread_stop_events:
            event.set()

    def make_film(self, task_id: str) -> None:
        """The run of one task. Every step is recorded when it is done and is not repeated after a crash."""
        with self._held(film_run(task_id)), about(task=task_id), watched(self._bench, task_id) as watch:
            step = partial(self._step, watch)
            try:
                pictures = step("fetch", self._steps.fetch, task_id, self._fetched)
                facts = step("render", self._steps.render, task_id, pictures)
                # Runs that were stored by an earlier version have recorded nothing here.
                facts = step("store", self._steps.store, task_id, pictures, facts) or facts
                step("finish", self._steps.finish, task_id, facts)
            except _EndedError as ended:
                step("fail", self._steps.fail, task_id, ended.failure)

    def fetch_pictures(self, task_id: str) -> list[str] | None:
        """The run before a film whose pictures are elsewhere: fetches them, and then the film stands in line."""
        with self._held(pictures_run(task_id)), about(task=task_id), watched(self._bench, task_id) as watch:
            step = partial(self._step, watch)
            try:
                pictures: list[str] = step("fetch", self._steps.fetch_ahead, task_id)
                step("line up", self._line_up, task_id)
            except _EndedError as ended:
                step("fail", self._steps.fail, task_id, ended.failure)
                return None
        return pictures

    def call_back(self, event_id: int, number: int) -> None:
        """The run of one callback attempt; the next attempt, if there is one, is a run of its own."""
        with self._held(callback_run(event_id, number)), about(event=str(event_id)):
            outcome = DBOS.run_step({"name": "post"}, self._patiently, self._steps.post, event_id, number)
            DBOS.run_step({"name": "record"}, self._patiently, self._steps.record, event_id, number, outcome)

    def keep_house(self, chore: str, number: int) -> None:
        """The run of one round of a chore. One that fails is done again in the next round, by whoever is asked."""
        past = [chore_run(chore, number - ago) for ago in range(ROUNDS_KEPT, 2 * ROUNDS_KEPT)]

        def done() -> None:
            try:
                self._chores[chore][1]()
                DBOS.delete_workflows(past)
            except DatabaseUnavailable:
                log.warning("%s waits for the database", chore)
            except Exception:
                log.exception("%s failed and will be tried again", chore)

        with self._held(chore_run(chore, number)):
            # A step, for what DBOS is asked within one it does not record.
            DBOS.run_step({"name": chore}, done)

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
        films = _runs_of(tasks, film_run)
        pictures = _runs_of([task for task in tasks if task.id not in films], pictures_run)
        for task in tasks:
            self._reconcile_one(task, films.get(task.id), pictures.get(task.id))
        # These stood in line before `tasks` was read, so those without an open task have been cancelled.
        needless = {run.workflow_id for run in waiting} - {film_run(task.id) for task in tasks}
        if needless:
            DBOS.cancel_workflows(sorted(needless))

    def sweep(self) -> None:
        """Remove what has outlived its purpose: films, uploads, pictures, idempotency keys, records of runs."""
        bench = self._bench
        for task in bench.tasks.outlived():
            if self._steps.stopping.is_set():
                return
            # The blobs first: a film that nobody can ask for any more must not be left behind if we die here.
            bench.blobs.delete(*keys_of(task.id))
            bench.tasks.expire(task.id)
        bench.tasks.forget_idempotency()
        with bench.database.transaction() as connection:
            forget_uploads(connection, bench.now())
            bench.blobs.delete(*map(blob_key, forget_pictures(connection, bench.now() - PICTURES_KEPT)))
        self._forget_tasks()
        self._forget_runs(bench.now() - min(RUNS_KEPT, bench.keep or RUNS_KEPT))

    def _forget_runs(self, before: datetime) -> None:
        """Likewise DBOS's records of runs that ended before then."""
        for _ in range(FORGETTING_BATCHES):
            # Only what has ended has a time of completion, and it began before; the index is that of the beginnings.
            at = before.isoformat()
            old = DBOS.list_workflows(
                completed_before=at, end_time=at, limit=RUNS_AT_ONCE, load_input=False, load_output=False
            )
            if old:
                DBOS.delete_workflows([run.workflow_id for run in old])
            if self._steps.stopping.is_set() or len(old) < RUNS_AT_ONCE:
                return

    def free_stranded(self) -> None:
        """Put back in line what DBOS believes this worker runs, while it does not, twice in a row."""
        pending = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
        idle = {run.workflow_id: run.queue_name or run.name for run in pending if run.executor_id == self.name}
        idle = {run: queue for run, queue in idle.items() if run not in self._in_hand}
        for run in sorted(idle.keys() & self._stranded):
            log.warning("run %s was stranded; it goes back in line", run)
            DBOS.resume_workflow(run, queue_name=idle[run])
        self._stranded = set(idle)

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

    def _step(self, watch: Watch, name: str, work: Callable[..., Any], *arguments: Any) -> Any:
        """Do and record one step of a film; after a crash, what was recorded is given back instead.

        A failure is recorded as the step's result, and _EndedError raised from that record, so that a
        resumed run goes the same way. What nobody foresaw ends the task as our fault.
        """

        def recorded() -> dict[str, Any]:
            try:
                with watch.step(name):
                    return {"done": self._patiently(work, *arguments)}
            except Cancelled:
                return {"failure": None}
            except OpenHorseError as error:
                return {"failure": rows.failure_text(Failure(error.code, error.message, error.retry))}
            except Exception:
                log.exception("step %s of %s failed", name, arguments[0])
                return {"failure": _OUR_FAULT}

        try:
            outcome = DBOS.run_step({"name": name}, recorded)
        except sa.exc.OperationalError as error:
            if not is_full(error):
                raise
            # Neither the step nor the run's end can be recorded: the run stays as it is, freed when there is room.
            log.error("run %s stands still: the database is full", arguments[0])
            raise Stopping from error
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

    def _reconcile_one(self, task: Task, film: WorkflowStatus | None, pictures: WorkflowStatus | None) -> None:
        run = film or pictures
        if run is None:
            log.warning("task %s had no run; it goes back in line", task.id)
            with self._bench.database.transaction() as connection:
                self._bench.queues.enqueue(connection, [task])
        elif run is pictures and run.status == "SUCCESS":
            # Its film was put in line since we looked, or its run is lost: then it stands there now.
            self._line_up(task.id)
        elif run.status not in _ACTIVE:
            # No code of ours runs when DBOS gives a run up, so it is here that the customer hears of it.
            log.error("task %s: its run ended as %s", task.id, run.status)
            self._steps.fail(task.id, _OUR_FAULT)

    def _line_up(self, task_id: str) -> None:
        with self._bench.database.transaction() as connection:
            self._bench.queues.enqueue_film(connection, task_id)

    def _fetched(self, task_id: str) -> list[str] | None:
        """The pictures that the run before this film has fetched; None when there was none, as in earlier versions."""
        found = DBOS.list_workflows(workflow_ids=[pictures_run(task_id)], status="SUCCESS", load_input=False)
        return found[0].output if found else None

    def _call_for(self, chore: str, seconds: float) -> None:
        """Have a round of a chore done. All workers ask, by the clock, so that they ask for the same one."""
        self._bench.queues.enqueue_chore(chore, int(time.time() // seconds))


def _leases(bench: Bench) -> Leases:
    """Locked files beside a database file; a database server keeps them itself, for workers on any machine."""
    return ServerLeases(bench.database.engine) if bench.database.is_server else FileLeases(bench.data / "leases")


class _EndedError(Exception):
    """A step has ended the run; `failure` is None when the task was cancelled."""

    def __init__(self, failure: str | None) -> None:
        super().__init__(failure)
        self.failure = failure


def _runs_of(tasks: Sequence[Task], run_of: Callable[[str], str]) -> dict[str, WorkflowStatus]:
    """The runs of tasks that are known, by the task's id."""
    found: dict[str, WorkflowStatus] = {}
    for first in range(0, len(tasks), 500):
        names = {run_of(task.id): task.id for task in tasks[first : first + 500]}
        for run in DBOS.list_workflows(workflow_ids=list(names), load_input=False, load_output=False):
            found[names[run.workflow_id]] = run
    return found
