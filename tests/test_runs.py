"""Runs: a task becomes a film or a failure, in every case once, and the customer hears of it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from dbos import DBOS, DBOSClient

from engines_here import EnginesHere
from openhorse import accounts, ledger, measures
from openhorse.callbacks import Delivery
from openhorse.cues import Commission
from openhorse.deliveries import Deliveries, State
from openhorse.errors import (
    BusyError,
    DatabaseFull,
    DatabaseUnavailable,
    EngineFailed,
    EngineTimedOut,
    FilmRejected,
    InvalidOrder,
    NotFound,
    PictureUnreachable,
)
from openhorse.leases import FileLeases, Leases
from openhorse.ledger import Balance
from openhorse.outbound import Attempt
from openhorse.runs import APPLICATION, Bench, Queues, Worker, film_run
from openhorse.runs.queues import CALLBACKS, FILMS
from openhorse.store.blobs import Blobs
from openhorse.store.database import Database
from openhorse.store.postgres import ServerLeases
from openhorse.store.tables import callback_attempts
from openhorse.studio import unseen
from openhorse.tasks import Tasks
from openhorse.vocabulary import FINAL, Callback, Event, Mode, Order, Progress, Quote, Show, Status, Task, Tier, Video

ORDER = Order("hiapi", "m", Mode.TEXT, "a lake", Tier.P720, 5, seed=7, callback=None)
QUOTE = Quote(500, 100, 5, "v", "s")
FILM = b"a film"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def until(condition: Callable[[], Any], seconds: float = 60) -> Any:
    """Wait for `condition` to hold; what it gave. Generous, for the machine may be busy."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.02)):
        found = condition()
        if found:
            return found
        pause.wait(0.02)
    raise AssertionError("it did not happen in time")


@dataclass
class FakeStudio:
    """Writes a small file; fails as told, once for each error; waits while the gate is closed."""

    failures: list[BaseException] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    calls: list[tuple[Order, str, tuple[bytes, ...]]] = field(default_factory=list)
    interruptions: list[str] = field(default_factory=list)
    sources: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate.set()

    def make(self, film: Commission, progress: Progress, show: Show = unseen) -> Video:
        """See openhorse.studio."""
        self.calls.append((film.order, film.engine, film.pictures))
        assert not film.path.exists()
        if film.source is not None:
            self.sources.append(film.source.read_bytes())
        try:
            progress(0.1)
            while not self.gate.wait(0.02):
                progress(0.1)
        except BaseException as interruption:
            self.interruptions.append(type(interruption).__name__)
            raise
        if self.failures:
            raise self.failures.pop(0)
        film.path.write_bytes(FILM)
        return Video(film.blob, len(FILM), "x", 2, 2, 3, 1.0, False, None, None, film.engine, film.order.seed or 0, 0.1)


@dataclass
class Shop:
    """All rooms around a worker, which a test starts when it wants one."""

    folder: Path
    url: str
    time: datetime
    deliveries: list[tuple[Status, int]] = field(default_factory=list)
    answers: list[int | None] = field(default_factory=list)
    gaps: tuple[int, ...] = (0, 0, 0)
    fetched: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1000)))

    def __post_init__(self) -> None:
        self.database = Database(self.url)
        self.database.migrate()
        self.queues = Queues(self.database, callback_gaps=lambda _dialect: self.gaps)
        self.tasks = Tasks(
            self.database,
            now=lambda: self.time,
            on_submit=self.queues.enqueue,
            on_event=self.queues.enqueue_callback,
        )
        self.blobs = Blobs((self.folder / "blobs").as_uri())
        self.studio = FakeStudio()
        self.bench = Bench(
            database=self.database,
            blobs=self.blobs,
            tasks=self.tasks,
            queues=self.queues,
            studio=self.studio,
            data=self.folder,
            engines=EnginesHere(),
            fetch=self.fetch,
            deliver=self.deliver,
            now=lambda: self.time,
        )
        self.worker: Worker | None = None
        with self.database.transaction() as connection:
            self.key = accounts.create_key(connection, label="a", balance_micros=100_000)[0].id

    def fetch(self, address: str, _order: Order) -> bytes:
        """The picture at `address`, unless it is out of reach."""
        self.fetched.append(address)
        if "unreachable" in address:
            raise PictureUnreachable("the picture could not be fetched")
        return f"png of {address}".encode()

    def deliver(self, _task: Task, event: Event, number: int) -> Delivery:
        """Answer with the next status in `answers`, 200 when there is none left."""
        self.deliveries.append((event.status, number))
        status = self.answers.pop(0) if self.answers else 200
        again = self.gaps[number] if status != 200 and number < len(self.gaps) else None
        return Delivery(status == 200, again, Attempt(status, 5, "head", None if status else "refused"))

    def start(self) -> Worker:
        """Start a worker."""
        self.worker = Worker(self.bench)
        self.worker.start()
        return self.worker

    def stop(self) -> None:
        """Stop the worker, if there is one."""
        if self.worker is not None:
            self.worker.stop()
            self.worker = None

    def submit(self, order: Order = ORDER, lifetime: timedelta = timedelta(days=1)) -> str:
        """Submit an order; its task's id."""
        task_id = f"t{next(self.numbers)}"
        return self.tasks.submit(self.key, task_id, order, QUOTE, lifetime=lifetime).task.id

    def ended(self, task_id: str) -> Task:
        """The task once it has ended."""
        found: Task = until(lambda: (task := self.tasks.any(task_id)).status in FINAL and task)
        return found

    def balance(self) -> Balance:
        """The key's."""
        with self.database.reading() as connection:
            return ledger.balance(connection, self.key)

    def attempts(self) -> list[tuple[int, bool, int | None]]:
        """The recorded callback attempts."""
        row = callback_attempts.c
        with self.database.reading() as connection:
            found = connection.execute(sa.select(row.number, row.delivered, row.status).order_by(row.at, row.number))
            return [tuple(attempt) for attempt in found]

    def leases(self) -> Leases:
        """Those of its workers."""
        return ServerLeases(self.database.engine) if self.database.is_server else FileLeases(self.folder / "leases")

    def run_status(self, task_id: str) -> str | None:
        """What DBOS says of a task's run, without a worker."""
        with self.database.reading() as connection:
            query = sa.text("SELECT status FROM workflow_status WHERE workflow_uuid=:id")
            found = connection.execute(query, {"id": film_run(task_id)}).scalar()
            return None if found is None else str(found)

    def set_run(self, task_id: str, **columns: str) -> None:
        """Change DBOS's row of a run behind its back, as a bug or a crash might."""
        sets = ", ".join(f"{name}=:{name}" for name in columns)
        with self.database.transaction() as connection:
            query = sa.text(f"UPDATE workflow_status SET {sets} WHERE workflow_uuid=:id")
            connection.execute(query, columns | {"id": film_run(task_id)})


@pytest.fixture
def shop(tmp_path: Path, database_url: str) -> Iterator[Shop]:
    """A shop without a worker."""
    made = Shop(tmp_path, database_url, datetime.now(UTC))
    yield made
    made.studio.gate.set()
    made.stop()
    made.queues.close()
    made.database.close()


def test_a_task_becomes_a_film(shop: Shop) -> None:
    """Pictures are fetched once and vetted bytes handed on; the film is in the store, and paid."""
    shop.blobs.put_bytes("inputs/abc.png", b"uploaded")
    order = replace(ORDER, mode=Mode.REFERENCE, pictures=("https://x/1.png", "blob:abc", "https://x/1.png"))
    task_id = shop.submit(order)
    shop.start()
    task = shop.ended(task_id)
    assert task.status is Status.SUCCEEDED
    assert task.video is not None
    assert (task.progress, task.video.blob, task.video.seed) == (1.0, f"films/{task_id}.mp4", 7)
    assert shop.blobs.read(task.video.blob) == FILM
    assert shop.studio.calls == [
        (order, "procedural", (b"png of https://x/1.png", b"uploaded", b"png of https://x/1.png"))
    ]
    assert shop.balance() == Balance(held=0, spent=500, available=99_500)
    until(lambda: not list((shop.folder / "renders").iterdir()))


def test_the_order_names_its_engine(shop: Shop) -> None:
    """The house's engine is for orders that name none."""
    task_id = shop.submit(replace(ORDER, engine="other"))
    shop.start()
    assert shop.ended(task_id).video
    assert [engine for _order, engine, _pictures in shop.studio.calls] == ["other"]


def test_films_are_made_one_after_the_other_in_order(shop: Shop) -> None:
    """First come, first served."""
    ids = [shop.submit(replace(ORDER, prompt=str(number))) for number in range(4)]
    shop.start()
    for task_id in ids:
        assert shop.ended(task_id).status is Status.SUCCEEDED
    assert [order.prompt for order, _engine, _pictures in shop.studio.calls] == ["0", "1", "2", "3"]


@pytest.mark.parametrize(
    ("failures", "code", "renders"),
    [
        ([EngineFailed("crashed")], None, 2),
        ([EngineFailed("crashed"), EngineFailed("crashed again")], "engine_failed", 2),
        ([EngineTimedOut("too slow")], "engine_timed_out", 1),
        ([FilmRejected("black")], "film_rejected", 1),
        ([RuntimeError("a bug")], "internal_error", 1),
    ],
)
def test_engines_may_fail(shop: Shop, failures: list[BaseException], code: str | None, renders: int) -> None:
    """A crash gets a second chance with the same seed; everything else fails the task and costs nothing."""
    shop.studio.failures = list(failures)
    first, second = shop.submit(replace(ORDER, seed=None)), shop.submit()
    shop.start()
    task = shop.ended(first)
    assert (task.failure.code if task.failure else None) == code
    assert shop.ended(second).status is Status.SUCCEEDED
    mine = [order.seed for order, _engine, _pictures in shop.studio.calls[:renders]]
    assert mine == [task.order.seed] * renders
    assert len(shop.studio.calls) == renders + 1
    assert shop.balance() == Balance(held=0, spent=500 if code else 1000, available=99_500 if code else 99_000)


def test_a_bug_is_logged_and_not_shown(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    """The customer reads a plain sentence, the operator the traceback."""
    shop.studio.failures = [RuntimeError("secret detail")]
    task_id = shop.submit()
    shop.start()
    failure = shop.ended(task_id).failure
    assert failure is not None
    assert failure.retry
    assert "secret detail" not in failure.message
    assert "secret detail" in caplog.text


def test_an_unreachable_picture_fails_the_task(shop: Shop) -> None:
    """With the code and the words of the refusal, before anything is rendered."""
    task_id = shop.submit(replace(ORDER, mode=Mode.IMAGE, pictures=("https://unreachable/1.png",)))
    shop.start()
    failure = shop.ended(task_id).failure
    assert failure is not None
    assert (failure.code, failure.message) == ("picture_unreachable", "the picture could not be fetched")
    assert shop.studio.calls == []
    assert shop.balance().available == 100_000


def test_cancel_reaches_the_render(shop: Shop) -> None:
    """The studio is stopped through its progress, nothing is left of the film, and the next one is made."""
    shop.studio.gate.clear()
    first, second = shop.submit(), shop.submit()
    shop.start()
    until(lambda: shop.studio.calls)
    assert shop.tasks.cancel(first, shop.key).status is Status.CANCELLED
    until(lambda: len(shop.studio.calls) == 2)
    shop.studio.gate.set()
    assert shop.ended(second).status is Status.SUCCEEDED
    assert shop.tasks.any(first).status is Status.CANCELLED
    assert shop.studio.interruptions == ["Cancelled"]
    assert shop.blobs.size(f"films/{first}.mp4") is None
    assert shop.balance() == Balance(held=0, spent=500, available=99_500)


def test_submit_and_run_are_one(shop: Shop) -> None:
    """A task has its run in line in the moment in which it is there, and neither when the transaction fails."""
    task_id = shop.submit()
    assert shop.run_status(task_id) == "ENQUEUED"
    with pytest.raises(sa.exc.IntegrityError):
        shop.tasks.submit(shop.key, task_id, ORDER, QUOTE, lifetime=timedelta(days=1))
    shop.tasks._on_event = lambda *_: 1 / 0  # type: ignore[assignment,return-value]
    with pytest.raises(ZeroDivisionError):
        shop.submit()
    assert shop.run_status("t1") is None
    with pytest.raises(NotFound):
        shop.tasks.any("t1")


def test_callbacks_are_tried_until_delivered(shop: Shop) -> None:
    """Each attempt is a run of its own, and is written down."""
    shop.answers = [500, None]
    shop.submit(replace(ORDER, callback=Callback("https://x")))
    shop.start()
    until(lambda: len(shop.attempts()) == 3)
    assert shop.attempts() == [(1, False, 500), (2, False, None), (3, True, 200)]
    assert shop.deliveries == [(Status.SUCCEEDED, number) for number in (1, 2, 3)]


def test_steps_and_callbacks_are_measured(shop: Shop) -> None:
    """By step, engine and result, and by dialect and result; what is in hand when the worker stops is not counted."""
    shop.answers = [500, None, 500]
    made = shop.submit(replace(ORDER, callback=Callback("https://x")))
    failing = shop.submit(replace(ORDER, engine="other", mode=Mode.IMAGE, pictures=("https://unreachable/1.png",)))
    shop.start()
    for task_id in (made, failing):  # in whichever order: pictures stand in a line of their own
        shop.ended(task_id)
    shop.studio.gate.clear()
    shop.submit()
    until(lambda: len(shop.studio.calls) == 2 and len(shop.attempts()) == 3)
    shop.stop()
    counted = {
        (one.kind, one.name, one.engine, one.result): [number for le, number in found.buckets if le in ("5", "+Inf")]
        for one, found in measures.histograms(shop.database).items()
    }
    done = {("step", name, "procedural", "done"): [1, 1] for name in ("render", "store", "finish")}
    done |= {("step", "fetch", "procedural", "done"): [2, 2], ("step", "fail", "other", "done"): [1, 1]}
    done[("step", "fetch", "other", "failed")] = [1, 1]
    told = {("callback", "hiapi", "", "failed"): [2, 2], ("callback", "hiapi", "", "given_up"): [1, 1]}
    assert counted == done | told


def test_no_film_fails_for_being_measured(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that takes no more at the end of a run costs the measures only."""

    def full(*_: object) -> None:
        raise DatabaseFull("the disk is full")

    monkeypatch.setattr(measures, "count", full)
    task_id = shop.submit()
    shop.start()
    assert shop.ended(task_id).status is Status.SUCCEEDED
    assert until(lambda: (status := shop.run_status(task_id)) != "PENDING" and status) == "SUCCESS"


def test_callbacks_are_given_up(shop: Shop) -> None:
    """After the last attempt nothing more is in line."""
    shop.answers = [500] * 9
    shop.submit(replace(ORDER, callback=Callback("https://x")))
    other = shop.submit()
    shop.start()
    until(lambda: len(shop.attempts()) == 3)
    shop.ended(other)
    left = DBOS.list_workflows(
        name=[FILMS, CALLBACKS], status=["ENQUEUED", "DELAYED"], load_input=False, load_output=False
    )
    assert [run.workflow_id for run in left] == []
    assert [number for _status, number in shop.deliveries] == [1, 2, 3]


def _notices(shop: Shop) -> Deliveries:
    return Deliveries(shop.database, shop.queues)


def test_what_became_of_callbacks_is_listed(shop: Shop) -> None:
    """By key and by state, with every attempt; a task that asked for none has no callback."""
    shop.gaps = (0, 0, 3600)
    shop.answers = [200, 500, None]
    call = replace(ORDER, callback=Callback("https://x"))
    delivered, waiting, silent = shop.submit(call), shop.submit(call), shop.submit()
    notices = _notices(shop)
    shop.tasks.cancel(delivered, shop.key)
    shop.tasks.cancel(silent, shop.key)
    shop.start()
    until(lambda: len(shop.attempts()) == 1)
    shop.tasks.cancel(waiting, shop.key)
    until(lambda: len(shop.attempts()) == 3)
    told = notices.of_task(waiting, shop.key)
    assert (told.state, [one.status for one in told.tries]) == (State.WAITING, [500, None])
    assert told.tries[-1].next_at == told.tries[-1].at + timedelta(hours=1)
    assert notices.of_task(delivered).state is State.DELIVERED
    assert [one.task_id for one in notices.page(state=State.DELIVERED)] == [delivered]
    assert [one.task_id for one in notices.page(shop.key, state=State.WAITING)] == [waiting]
    assert [one.task_id for one in notices.page(size=1, page=2)] == [delivered]
    assert notices.page(state=State.GIVEN_UP) == notices.page("another key") == ()
    with pytest.raises(NotFound):
        notices.of_task(delivered, "another key")
    with pytest.raises(InvalidOrder, match="no callback"):
        notices.of_task(silent)


def test_a_callback_is_made_again_on_demand(shop: Shop) -> None:
    """At once: the attempt that waits for its time, and after the last one another; then the schedule goes on."""
    shop.gaps = (0, 3600)
    shop.answers = [500, 503, 200]
    task_id = shop.submit(replace(ORDER, callback=Callback("https://x")))
    with pytest.raises(BusyError):
        _notices(shop).redeliver(task_id)
    shop.tasks.cancel(task_id, shop.key)
    shop.start()
    until(lambda: len(shop.attempts()) == 1)
    assert _notices(shop).of_task(task_id).state is State.WAITING
    _notices(shop).redeliver(task_id)
    _notices(shop).redeliver(task_id)
    until(lambda: len(shop.attempts()) == 2)
    assert _notices(shop).of_task(task_id).state is State.GIVEN_UP
    assert [one.task_id for one in _notices(shop).page(state=State.GIVEN_UP)] == [task_id]
    _notices(shop).redeliver(task_id)
    until(lambda: len(shop.attempts()) == 3)
    assert shop.attempts() == [(1, False, 500), (2, False, 503), (3, True, 200)]
    assert _notices(shop).of_task(task_id).state is State.DELIVERED
    assert _notices(shop).page(state=State.GIVEN_UP) == ()
    shop.answers = [500]
    _notices(shop).redeliver(task_id)
    until(lambda: len(shop.attempts()) == 4)
    assert _notices(shop).of_task(task_id).state is State.DELIVERED


def test_every_end_is_told_once(shop: Shop) -> None:
    """Success, failure and cancel are told; a customer who gave no address hears nothing, and expiry is no end."""
    call = replace(ORDER, callback=Callback("https://x"))
    cancelled, succeeded, failed, silent = shop.submit(call), shop.submit(call), shop.submit(call), shop.submit()
    shop.tasks.cancel(cancelled, shop.key)
    shop.studio.failures = [EngineTimedOut("slow")]
    worker = shop.start()
    for task_id in (succeeded, failed, silent):
        shop.ended(task_id)
    until(lambda: len(shop.attempts()) == 3)
    shop.time += timedelta(days=2)
    worker.sweep()
    assert shop.tasks.any(silent).status is Status.EXPIRED
    assert sorted(status for status, _number in shop.deliveries) == ["cancelled", "failed", "succeeded"]


def test_a_lost_run_is_put_back_in_line(shop: Shop) -> None:
    """A task whose run has vanished is found at the start, and becomes a film."""
    task_id = shop.submit()
    client = DBOSClient(system_database_engine=shop.database.engine, application_name=APPLICATION)
    client.delete_workflows([film_run(task_id)])
    client.destroy()
    assert shop.run_status(task_id) is None
    shop.start()
    assert shop.ended(task_id).status is Status.SUCCEEDED


@pytest.mark.parametrize("status", ["ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED", "SUCCESS"])
def test_a_run_that_was_given_up_fails_its_task(shop: Shop, status: str) -> None:
    """A film that kills its worker each time ends as our failure: released, told, and for good."""
    task_id = shop.submit(replace(ORDER, callback=Callback("https://x")))
    shop.set_run(task_id, status=status)
    shop.start()
    failure = shop.ended(task_id).failure
    assert failure is not None
    assert (failure.code, failure.retry) == ("internal_error", True)
    assert shop.balance() == Balance(held=0, spent=0, available=100_000)
    until(lambda: shop.attempts())
    assert shop.deliveries == [(Status.FAILED, 1)]


def test_cancelled_tasks_leave_the_line(shop: Shop) -> None:
    """So that a thousand cancelled tasks do not stand before the next one."""
    shop.studio.gate.clear()
    shop.submit()
    worker = shop.start()
    until(lambda: shop.studio.calls)
    gone, stays = shop.submit(), shop.submit()
    shop.tasks.cancel(gone, shop.key)
    worker.reconcile()
    assert (shop.run_status(gone), shop.run_status(stays)) == ("CANCELLED", "ENQUEUED")
    worker.reconcile()
    assert shop.tasks.any(gone).status is Status.CANCELLED


def test_what_has_outlived_its_purpose_is_swept_away(shop: Shop) -> None:
    """Films after their lifetime or their deletion, pictures after their last use, records of old runs."""
    short = shop.submit(replace(ORDER, pictures=("https://x/1.png",)), lifetime=timedelta(hours=1))
    long, deleted = shop.submit(lifetime=timedelta(days=30)), shop.submit(lifetime=timedelta(days=30))
    worker = shop.start()
    for task_id in (short, long, deleted):
        shop.ended(task_id)
    until(lambda: shop.run_status(deleted) == "SUCCESS")
    shop.tasks.delete(deleted, shop.key)
    pictures = list((shop.folder / "blobs" / "inputs").iterdir())
    assert len(pictures) == 1
    worker.sweep()
    assert shop.tasks.any(short).status is Status.SUCCEEDED
    assert shop.tasks.any(deleted).status is Status.EXPIRED
    shop.time += timedelta(hours=2)
    worker.sweep()
    assert [shop.tasks.any(task_id).status for task_id in (short, long)] == [Status.EXPIRED, Status.SUCCEEDED]
    assert [shop.blobs.size(f"films/{task_id}.mp4") for task_id in (short, long, deleted)] == [None, len(FILM), None]
    assert pictures[0].exists()
    assert shop.run_status(long) == "SUCCESS"
    shop.time += timedelta(days=8)
    worker.sweep()
    assert not pictures[0].exists()
    assert shop.run_status(long) is None
    assert shop.tasks.get(long, shop.key).status is Status.SUCCEEDED


def test_housekeeping_survives_its_own_failures(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    """What fails once is logged and tried again; the worker works on."""
    worker = Worker(shop.bench)
    calls = list[int]()

    def fail_once() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("for once")

    worker._repeat("trial", 0.01, fail_once)
    until(lambda: len(calls) > 2)
    worker._steps.stopping.set()
    assert "for once" in caplog.text


def test_dbos_is_quiet(shop: Shop, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    """Nothing on the terminal, and in the log nothing below a warning, least of all that SQLite is for development."""
    with caplog.at_level(logging.INFO):
        shop.start()
        shop.ended(shop.submit())
        shop.stop()
    assert capfd.readouterr() == ("", "")
    assert [record.message for record in caplog.records if record.name.startswith("dbos")] == []


def test_steps_wait_for_a_database_that_does_not_answer(shop: Shop) -> None:
    """An outage in the middle of a step is nobody's film's fault: the step is done again until it is done."""
    finish, failures = shop.tasks.finish, [DatabaseUnavailable("down")] * 3

    def unlucky(task_id: str, video: Video) -> Task:
        if failures:
            raise failures.pop()
        return finish(task_id, video)

    shop.tasks.finish = unlucky  # type: ignore[method-assign]
    shop.start()
    task = shop.ended(shop.submit())
    assert (task.status, failures) == (Status.SUCCEEDED, [])
