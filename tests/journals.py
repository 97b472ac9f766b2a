"""A whole installation in one thread, for test_lives: virtual time, runs that go on step by step, and a death at
any dangerous moment. The rooms are the real ones; DBOS's journal and queue are played by a few lists.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engines_here import EnginesHere
from openhorse import runs
from openhorse.callbacks import Delivery
from openhorse.cues import Commission
from openhorse.deliveries import Deliveries
from openhorse.errors import EngineFailed
from openhorse.outbound import Attempt
from openhorse.runs import Bench, Queues, Worker
from openhorse.runs.records import Place
from openhorse.store.blobs import Blobs
from openhorse.store.database import Database
from openhorse.studio import unseen
from openhorse.tasks import Tasks
from openhorse.vocabulary import Event, Progress, Show, Task, Video

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
FILM = b"a film"
DOOMED = "a film that no engine can make"
"""The prompt of such a film."""

GAPS = (0, 60, 3600)
"""Seconds before callback attempt 1, 2 and 3."""


class Killed(BaseException):
    """The process is gone, in the middle of whatever it did."""


class Paused(BaseException):
    """The run has made as many steps as it was to make for now."""


@dataclass
class Fault:
    """What befalls the process at the `after`th dangerous moment from now; never while `after` is 0."""

    after: int = 0
    error: type[BaseException] = Killed

    def moment(self) -> None:
        """A moment at which a process may die, or lose its database."""
        if self.after:
            self.after -= 1
            if not self.after:
                raise self.error("now")


class Frail(Database):
    """A database whose commits may fail: before them nothing is written, after them nobody hears of it."""

    def __init__(self, url: str, fault: Fault) -> None:
        super().__init__(url)
        self.fault = fault
        self.commits = list[Callable[[], None]]()

    @contextmanager
    def transaction(self, alone: str | None = None) -> Iterator[sa.Connection]:
        """As Database's."""
        self.commits.clear()
        with super().transaction(alone) as connection:
            yield connection
            self.fault.moment()
        for commit in self.commits:
            commit()
        self.commits.clear()
        self.fault.moment()


@dataclass
class Run:
    """One durable run, with the results of the steps that it has made for good."""

    workflow_id: str
    name: str
    arguments: tuple[Any, ...]
    due: datetime
    status: str = "ENQUEUED"
    executor_id: str | None = None
    outcomes: list[Any] = field(default_factory=list)


class Journal:
    """Plays DBOS and its client: what is put in line in a transaction is there when that transaction is."""

    def __init__(self, database: Frail, now: Callable[[], datetime]) -> None:
        self.runs = dict[str, Run]()
        self._database, self._now = database, now
        self._current: Run | None = None
        self._replayed = self._budget = 0

    def enqueue_in_transaction(self, _connection: sa.Connection, options: Any, *arguments: Any) -> None:
        """Put a run in line at the commit, unless it is there already."""
        due = self._now() + timedelta(seconds=options.get("delay_seconds", 0))
        run = Run(options["workflow_id"], options["workflow_name"], arguments, due)
        self._database.commits.append(lambda: self.runs.setdefault(run.workflow_id, run) and None)

    def line_up(self, connection: sa.Connection, places: Sequence[Place]) -> None:
        """Put runs in line."""
        for place in places:
            options = {"workflow_id": place.run, "workflow_name": place.queue}
            self.enqueue_in_transaction(connection, options, place.task_id)

    def go_on(self, run: Run, steps: int, work: Callable[..., None], executor: str) -> None:
        """Let a run make up to `steps` new steps; those made for good are not made again."""
        self._current, self._replayed, self._budget = run, 0, steps
        run.status, run.executor_id = "PENDING", executor
        try:
            work(*run.arguments)
        except Paused:
            return
        run.status = "SUCCESS"

    def run_step(self, _options: Any, work: Callable[..., Any], *arguments: Any) -> Any:
        """As DBOS: what was recorded, or `work` done and recorded."""
        run = self._current
        assert run is not None
        self._replayed += 1
        if self._replayed <= len(run.outcomes):
            return run.outcomes[self._replayed - 1]
        if not self._budget:
            raise Paused
        self._budget -= 1
        outcome = work(*arguments)
        self._database.fault.moment()
        run.outcomes.append(outcome)
        return outcome

    def list_workflows(
        self, *, workflow_ids: Sequence[str] | None = None, name: str | None = None, status: Any = None, **more: Any
    ) -> list[Run]:
        """Those that are wanted."""
        if "completed_before" in more:
            return []  # finished runs that are old enough to be forgotten: none here
        found = self.runs.values() if workflow_ids is None else [self.runs[i] for i in workflow_ids if i in self.runs]
        return [run for run in found if name in (None, run.name) and status in (None, run.status)]

    def cancel_workflows(self, ids: Sequence[str]) -> None:
        """They are not begun any more."""
        for run in ids:
            self.runs[run].status = "CANCELLED"

    def resume_workflow(self, run: str, **_: Any) -> None:
        """Back in line; what was recorded stays."""
        self.runs[run].status = "ENQUEUED"

    def set_workflow_delay(self, run: str, *, delay_seconds: int) -> None:
        """Let a run wait so long and no longer."""
        self.runs[run].due = self._now() + timedelta(seconds=delay_seconds)


class Turns:
    """Everybody's turn is now: a journal has no order."""

    def next(self, _connection: sa.Connection, _queue: str, key_ids: Collection[str]) -> dict[str, int | None]:
        """Always the first."""
        return dict.fromkeys(key_ids, 1)


class Line(Queues):
    """The real queues over a journal."""

    def __init__(self, journal: Journal) -> None:
        self._callback_gaps = lambda _dialect: GAPS
        self._is_elsewhere = lambda _order: False
        self._client: Any = journal
        self._turns: Any = Turns()
        self._records: Any = journal


class Home:
    """The rooms, a worker that makes a step when it is told to, a studio, and a customer's receiver."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.time, self.fault = folder, NOON, Fault()
        self.database = Frail(f"sqlite:///{folder / 'openhorse.db'}", self.fault)
        self.journal = Journal(self.database, self.now)
        self.line = Line(self.journal)
        self.tasks = Tasks(
            self.database, now=self.now, on_submit=self.line.enqueue, on_event=self.line.enqueue_callback
        )
        self.deliveries = Deliveries(self.database, self.line)
        self.blobs = Blobs((folder / "blobs").as_uri())
        self.troubles = list[Callable[[Task], None]]()
        """What happens in the middle of the next films."""
        self.answers = list[int | None]()
        """Of the receiver to the next callbacks; 200 when there is none left."""
        self.heard = list[tuple[int, int]]()
        """Events of which the receiver was told, and the number of the attempt."""
        self.worker = self.new_worker()

    def now(self) -> datetime:
        """The time, which only the test moves."""
        return self.time

    def new_worker(self) -> Worker:
        """Another process: nothing is left but database, store, folder and journal."""
        return Worker(
            Bench(
                database=self.database,
                blobs=self.blobs,
                tasks=self.tasks,
                queues=self.line,
                studio=self,
                data=self.folder,
                engines=EnginesHere(("plain",)),
                fetch=lambda address, _order: address.encode(),
                deliver=self.deliver,
                now=self.now,
            )
        )

    def go_on(self, run: Run, steps: int) -> None:
        """Let the worker go on with a run."""
        work = self.worker.make_film if run.name == runs.FILMS else self.worker.call_back
        self.journal.go_on(run, steps, work, self.worker.name)

    def due(self) -> list[Run]:
        """Runs that a worker may go on with."""
        return [r for r in self.journal.runs.values() if r.status in ("ENQUEUED", "PENDING") and r.due <= self.time]

    def make(self, film: Commission, progress: Progress, show: Show = unseen) -> Video:
        """The studio: a small file, unless something happens."""
        progress(0.1)
        if film.order.prompt == DOOMED:
            raise EngineFailed(DOOMED)
        if self.troubles:
            self.troubles.pop(0)(self.tasks.any(film.path.stem))
        self.fault.moment()
        film.path.write_bytes(FILM)
        return Video(film.blob, len(FILM), "x", 2, 2, 3, 1.0, False, None, None, film.engine, film.order.seed or 0, 0.1)

    def deliver(self, task: Task, event: Event, number: int) -> Delivery:
        """The receiver."""
        self.heard.append((event.id, number))
        status = self.answers.pop(0) if self.answers else 200
        again = GAPS[number] if status != 200 and number < len(GAPS) else None
        return Delivery(status == 200, again, Attempt(status, 5, "", None if status else "refused"))
