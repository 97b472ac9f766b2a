"""Tasks: one door, one winner, one end, and money that follows."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from openhorse import accounts, ledger
from openhorse.errors import (
    BusyError,
    Cancelled,
    IdempotencyMismatch,
    InsufficientBalance,
    InternalError,
    NotFound,
    OpenHorseError,
    TooManyTasks,
)
from openhorse.ledger import Balance
from openhorse.limits import Limits
from openhorse.promises import Idempotency
from openhorse.store import rows
from openhorse.store.database import Database
from openhorse.store.tables import events, idempotency
from openhorse.store.tables import tasks as task_rows
from openhorse.tasks import Tasks
from openhorse.vocabulary import (
    FINAL,
    MOVES,
    Callback,
    Event,
    Failure,
    Mode,
    Order,
    Quote,
    Ratio,
    Status,
    Task,
    Tier,
    Video,
)

DAY = timedelta(days=1)
ORDER = Order("hiapi", "happyhorse-1.1/text-to-video", Mode.TEXT, "a lake", Tier.P720, 5, ratio=Ratio.R16_9, seed=7)
QUOTE = Quote(500_000, 100_000, 5, "2026-11", "a page")
VIDEO = Video("films/t.mp4", 9, "ab", 1280, 720, 120, 5.0, True, -16.0, -1.2, "procedural", 7, 2.5, ("lake",))
FAILURE = Failure("engine_failed", "it broke", retry=True)


@dataclass
class Room:
    """Tasks over a fresh database, a clock that the test moves, and what the hooks were told."""

    database: Database
    time: datetime
    enqueued: list[str]
    told: list[tuple[Event, Task]]
    key: str = ""
    other: str = ""

    def __post_init__(self) -> None:
        self.tasks = self.build(1000)

    def build(self, waiting: int) -> Tasks:
        """Tasks with another limit over the same database."""
        return Tasks(
            self.database,
            now=lambda: self.time,
            on_submit=lambda _connection, some: self.enqueued.extend(task.id for task in some),
            on_event=lambda _connection, event, task: self.told.append((event, task)),
            defaults=Limits(waiting=waiting),
        )

    def submit(self, task_id: str = "t", once: Idempotency | None = None, key: str | None = None) -> Task:
        """Submit the usual order."""
        return self.tasks.submit(key or self.key, task_id, ORDER, QUOTE, lifetime=DAY, idempotency=once).task

    def succeed(self, task_id: str = "t") -> Task:
        """Take a queued task all the way."""
        self.tasks.start(task_id)
        self.tasks.storing(task_id)
        return self.tasks.finish(task_id, VIDEO)

    def bring_to(self, status: Status) -> None:
        """Submit task t and take it to `status`."""
        self.submit()
        if status is Status.CANCELLED:
            self.tasks.cancel("t", self.key)
        if status is Status.FAILED:
            self.tasks.fail("t", FAILURE)
        if status in (Status.RUNNING, Status.STORING, Status.SUCCEEDED, Status.EXPIRED):
            self.tasks.start("t")
        if status in (Status.STORING, Status.SUCCEEDED, Status.EXPIRED):
            self.tasks.storing("t")
        if status in (Status.SUCCEEDED, Status.EXPIRED):
            self.tasks.finish("t", VIDEO)
        if status is Status.EXPIRED:
            self.tasks.expire("t")

    def balance(self) -> Balance:
        """The first key's."""
        with self.database.reading() as connection:
            return ledger.balance(connection, self.key)

    def count(self, table: sa.Table) -> int:
        """How many rows a table has."""
        with self.database.reading() as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


@pytest.fixture
def room(database_url: str) -> Iterator[Room]:
    """Two keys with ten dollars each, and no task."""
    database = Database(database_url)
    database.migrate()
    made = Room(database, datetime(2026, 11, 21, 12, tzinfo=UTC), [], [])
    with database.transaction() as connection:
        made.key = accounts.create_key(connection, label="a", balance_micros=10_000_000)[0].id
        made.other = accounts.create_key(connection, label="b", balance_micros=10_000_000)[0].id
    yield made
    database.close()


def test_the_life_of_a_film(room: Room) -> None:
    """Every move leaves its time, its event and its money behind."""
    submitted = room.submit()
    assert (submitted.status, submitted.progress, submitted.order) == (Status.QUEUED, 0.0, ORDER)
    assert room.tasks.get("t", room.key) == submitted
    assert room.enqueued == ["t"]
    assert room.balance() == Balance(held=500_000, spent=0, available=9_500_000)
    room.time += timedelta(seconds=1)
    assert room.tasks.start("t").started_at == room.time
    room.tasks.progress("t", 0.5)
    assert room.tasks.any("t").progress == 0.5
    room.time += timedelta(seconds=1)
    assert room.tasks.storing("t").progress == 1.0
    done = room.tasks.finish("t", VIDEO)
    assert (done.status, done.video, done.finished_at, done.expires_at) == (
        Status.SUCCEEDED,
        VIDEO,
        room.time,
        room.time + DAY,
    )
    assert room.balance() == Balance(held=0, spent=500_000, available=9_500_000)
    assert [(event.status, task.status) for event, task in room.told] == [
        (status, status) for status in (Status.QUEUED, Status.RUNNING, Status.STORING, Status.SUCCEEDED)
    ]
    assert room.tasks.events("t", room.key) == tuple(event for event, _task in room.told)
    second = room.told[1][0]
    assert [event.id for event in room.tasks.events("t", room.key, after=second.id)] == [second.id + 1, second.id + 2]
    assert room.tasks.event(second.id) == second


def test_the_seed_is_drawn_at_submit(room: Room) -> None:
    """The order that is stored is the order that is rendered, however often."""
    seeds = set()
    for number in range(5):
        order = replace(ORDER, seed=None)
        submission = room.tasks.submit(room.key, f"t{number}", order, QUOTE, lifetime=DAY)
        assert submission.task.order.seed == room.tasks.any(f"t{number}").order.seed
        assert submission.task.order.seed is not None
        assert 0 <= submission.task.order.seed <= 2**31 - 1
        seeds.add(submission.task.order.seed)
    assert len(seeds) == 5


def test_one_transaction(room: Room) -> None:
    """When putting the run in line fails, there is no task, no hold, no event, no idempotency row."""

    def broken(_connection: sa.Connection, _new: Sequence[Task]) -> None:
        raise RuntimeError

    tasks = Tasks(room.database, now=lambda: room.time, on_submit=broken, on_event=lambda *_: None)
    with pytest.raises(RuntimeError):
        tasks.submit(room.key, "t", ORDER, QUOTE, lifetime=DAY, idempotency=Idempotency("k", "h", "s"))
    assert [room.count(table) for table in (task_rows, events, idempotency)] == [0, 0, 0]
    assert room.balance() == Balance(held=0, spent=0, available=10_000_000)


def test_who_cannot_pay_gets_no_task(room: Room) -> None:
    """Refused before anything is written."""
    with pytest.raises(InsufficientBalance):
        room.tasks.submit(room.key, "t", ORDER, replace(QUOTE, micros=10_000_001), lifetime=DAY)
    assert room.count(task_rows) == 0
    assert room.enqueued == []


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("verb", ["start", "storing", "finish", "fail", "cancel", "expire"])
def test_every_verb_in_every_state(room: Room, verb: str, status: Status) -> None:
    """A verb moves along MOVES, or leaves the task, or refuses; and the ledger always balances."""
    room.bring_to(status)
    goal = {
        "start": Status.RUNNING,
        "storing": Status.STORING,
        "finish": Status.SUCCEEDED,
        "fail": Status.FAILED,
        "cancel": Status.CANCELLED,
        "expire": Status.EXPIRED,
    }[verb]
    arguments = {"finish": (VIDEO,), "fail": (FAILURE,), "cancel": (room.key,)}.get(verb, ())
    try:
        after = getattr(room.tasks, verb)("t", *arguments)
    except Cancelled:
        assert status is Status.CANCELLED
        assert verb in ("start", "storing")
    except InternalError:
        assert goal not in MOVES[status]
        assert status not in FINAL
    else:
        assert after.status == (goal if goal in MOVES[status] else status)
    found = room.tasks.any("t")
    assert found.status == status or found.status in MOVES[status]
    spent = 500_000 if found.status in (Status.SUCCEEDED, Status.EXPIRED) else 0
    held = 0 if found.status in FINAL else 500_000
    assert room.balance() == Balance(held=held, spent=spent, available=10_000_000 - spent - held)


def test_a_resumed_run_starts_again(room: Room) -> None:
    """After a crash `start` and `storing` are called once more; nothing is written twice."""
    room.bring_to(Status.RUNNING)
    started = room.tasks.any("t").started_at
    room.time += timedelta(minutes=1)
    assert room.tasks.start("t").started_at == started
    room.tasks.storing("t")
    assert room.tasks.start("t").status is Status.STORING
    assert len(room.told) == 3


def test_progress_never_goes_back_and_hears_of_the_end(room: Room) -> None:
    """A render that begins again after a crash does not take the bar back; a cancelled one is told."""
    room.bring_to(Status.RUNNING)
    room.tasks.progress("t", 0.6)
    room.tasks.progress("t", 0.1)
    assert room.tasks.any("t").progress == 0.6
    room.tasks.cancel("t", room.key)
    with pytest.raises(Cancelled):
        room.tasks.progress("t", 0.7)
    assert room.tasks.any("t").progress == 0.6


@pytest.mark.parametrize("rounds", range(5))
def test_cancel_and_finish_have_one_winner(room: Room, rounds: int) -> None:
    """However they meet, the task ends once and the money goes one way."""
    room.bring_to(Status.RUNNING)
    barrier, outcomes = threading.Barrier(2), list[str]()

    def finish() -> None:
        barrier.wait()
        try:
            room.tasks.storing("t")
            room.tasks.finish("t", VIDEO)
        except Cancelled:
            outcomes.append("cancelled")

    def cancel() -> None:
        barrier.wait()
        room.tasks.cancel("t", room.key)

    threads = [threading.Thread(target=work) for work in (finish, cancel)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    status = room.tasks.any("t").status
    assert status is (Status.CANCELLED if outcomes else Status.SUCCEEDED)
    assert sum(event.status in FINAL for event, _task in room.told) == 1
    assert room.balance().spent == (0 if outcomes else 500_000)
    assert room.balance().held == 0


def test_others_tasks_do_not_exist(room: Room) -> None:
    """A stranger's key learns nothing and changes nothing."""
    room.submit()
    for verb in (room.tasks.get, room.tasks.cancel, room.tasks.delete, room.tasks.events):
        with pytest.raises(NotFound):
            verb("t", room.other)
    for verb in (room.tasks.get, room.tasks.cancel):
        with pytest.raises(NotFound):
            verb("unknown", room.key)
    with pytest.raises(NotFound):
        room.tasks.any("unknown")
    assert room.tasks.any("t").status is Status.QUEUED


def test_the_same_request_twice_is_one_task(room: Room) -> None:
    """The replay gives the first task back and writes nothing."""
    once = Idempotency("k", "hash", "POST /v1/tasks")
    assert room.tasks.find_replay(room.key, once) is None
    first = room.tasks.submit(room.key, "t1", ORDER, QUOTE, lifetime=DAY, idempotency=once)
    second = room.tasks.submit(room.key, "t2", ORDER, QUOTE, lifetime=DAY, idempotency=once)
    assert (first.replayed, second.replayed) == (False, True)
    assert second.task == first.task == room.tasks.find_replay(room.key, once)
    assert room.enqueued == ["t1"]
    assert room.balance().held == 500_000


def test_the_same_key_with_another_body_is_refused(room: Room) -> None:
    """Else a customer would take one film for another."""
    room.submit("t1", Idempotency("k", "hash", "s"))
    other = Idempotency("k", "other", "s")
    with pytest.raises(IdempotencyMismatch):
        room.submit("t2", other)
    with pytest.raises(IdempotencyMismatch):
        room.tasks.find_replay(room.key, other)


def test_idempotency_keys_of_others_and_other_routes_are_others(room: Room) -> None:
    """The key is the customer's own, within one route."""
    room.submit("t1", Idempotency("k", "hash", "s"))
    assert room.submit("t2", Idempotency("k", "else", "other")).id == "t2"
    assert room.submit("t3", Idempotency("k", "else", "s"), key=room.other).id == "t3"


def test_idempotency_keys_are_forgotten_after_a_day(room: Room) -> None:
    """After 24 hours the same key makes a new task; not a second earlier."""
    once = Idempotency("k", "hash", "s")
    room.submit("t1", once)
    room.time += DAY - timedelta(seconds=1)
    assert room.submit("t2", once).id == "t1"
    assert room.tasks.forget_idempotency() == 0
    room.time += timedelta(seconds=1)
    assert room.tasks.find_replay(room.key, once) is None
    assert room.submit("t3", Idempotency("k", "another body", "s")).id == "t3"
    room.time += DAY
    assert room.tasks.forget_idempotency() == 1
    assert room.count(idempotency) == 0


def test_twins_make_one_task(room: Room) -> None:
    """Eight requests at the same moment with one idempotency key: one task, eight equal answers."""
    once, barrier = Idempotency("k", "hash", "s"), threading.Barrier(8)
    answers = list[tuple[str, bool]]()

    def send(number: int) -> None:
        barrier.wait()
        made = room.tasks.submit(room.key, f"t{number}", ORDER, QUOTE, lifetime=DAY, idempotency=once)
        answers.append((made.task.id, made.replayed))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert len({task_id for task_id, _replayed in answers}) == 1
    assert [replayed for _task_id, replayed in answers].count(False) == 1
    assert room.count(task_rows) == 1


def test_twins_are_replays_also_where_the_balance_covers_one(room: Room) -> None:
    """What the first of them used up, money or the last place in line, is no reason to refuse the others."""
    with room.database.transaction() as connection:
        key = accounts.create_key(connection, label="c", limits=Limits(waiting=1), balance_micros=QUOTE.micros)[0].id
    once, barrier = Idempotency("k", "hash", "s"), threading.Barrier(6)
    answers = list[str]()

    def send(number: int) -> None:
        barrier.wait()
        made = room.tasks.submit(key, f"t{number}", ORDER, QUOTE, lifetime=DAY, idempotency=once)
        answers.append(made.task.id)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 6
    assert len(set(answers)) == 1


def test_a_task_id_is_used_once(room: Room) -> None:
    """A collision is our mistake and must not hand out somebody else's task."""
    room.submit("t")
    with pytest.raises(sa.exc.IntegrityError):
        room.submit("t", Idempotency("k", "h", "s"))


def test_so_many_may_wait_and_no_more(room: Room) -> None:
    """Queued tasks count, for each key by itself; running and ended ones do not, and replays always work."""
    room.tasks = room.build(2)
    once = Idempotency("k", "hash", "s")
    room.submit("t1", once)
    room.submit("t2")
    with pytest.raises(TooManyTasks) as refused:
        room.submit("t3")
    assert refused.value.retry_after
    assert room.submit("t9", once).id == "t1"
    room.submit("o1", key=room.other)
    room.tasks.start("t1")
    room.submit("t3")
    with pytest.raises(TooManyTasks):
        room.submit("t4")
    room.tasks.cancel("t2", room.key)
    room.submit("t4")


def test_a_key_may_have_its_own_limit(room: Room) -> None:
    """Set by the operator, above or below the house's."""
    with room.database.transaction() as connection:
        key = accounts.create_key(connection, label="c", limits=Limits(waiting=1))[0].id
    room.submit("t1", key=key)
    with pytest.raises(TooManyTasks):
        room.submit("t2", key=key)


def test_pages(room: Room) -> None:
    """Newest first, this key's only, filtered, and counted in full."""
    for number in range(5):
        room.time += timedelta(seconds=1)
        room.submit(f"t{number}")
    room.submit("o", key=room.other)
    room.tasks.start("t1")
    room.tasks.delete("t3", room.key)
    page = room.tasks.page(room.key, page=1, size=3)
    assert ([task.id for task in page.tasks], page.total) == (["t4", "t2", "t1"], 4)
    assert [task.id for task in room.tasks.page(room.key, page=2, size=3).tasks] == ["t0"]
    assert room.tasks.page(room.key, page=3, size=3).tasks == ()
    assert room.tasks.page(room.key, dialect="native", page=1, size=3).total == 0
    running = room.tasks.page(room.key, dialect="hiapi", page=1, size=3, statuses={Status.RUNNING})
    assert [task.id for task in running.tasks] == ["t1"]


def test_pages_by_model_and_time(room: Room) -> None:
    """Both ends of a span are inclusive, oldest first on demand, and another model's tasks are left out."""
    start = room.time
    for number in range(4):
        room.time = start + timedelta(seconds=number)
        room.submit(f"t{number}")
    span = {"since": start + timedelta(seconds=1), "until": start + timedelta(seconds=2)}
    assert [task.id for task in room.tasks.page(room.key, **span).tasks] == ["t2", "t1"]
    assert [task.id for task in room.tasks.page(room.key, oldest_first=True, size=2).tasks] == ["t0", "t1"]
    assert room.tasks.page(room.key, model=ORDER.model).total == 4
    assert room.tasks.page(room.key, model="another").total == 0


def test_only_queued_work_is_cancelled_when_that_is_asked(room: Room) -> None:
    """A running task comes back as it is; a queued one is cancelled and its money given back."""
    room.submit("waits")
    room.submit("runs")
    room.tasks.start("runs")
    assert room.tasks.cancel("runs", room.key, only_queued=True).status is Status.RUNNING
    assert room.tasks.cancel("waits", room.key, only_queued=True).status is Status.CANCELLED
    assert room.balance().held == QUOTE.micros


def test_a_task_may_have_failed_from_the_start(room: Room) -> None:
    """It is told and released like any failure, in one go, and nobody is asked to render it."""
    submitted = room.tasks.submit(room.key, "t", ORDER, QUOTE, lifetime=DAY, failure=FAILURE)
    assert (submitted.task.status, submitted.task.failure) == (Status.FAILED, FAILURE)
    assert room.tasks.get("t", room.key) == submitted.task
    assert [event.status for event, _ in room.told] == [Status.QUEUED, Status.FAILED]
    assert (room.enqueued, room.balance().held, room.balance().spent) == ([], 0, 0)


@pytest.mark.parametrize("status", [Status.QUEUED, Status.RUNNING, Status.SUCCEEDED, Status.FAILED])
def test_a_deleted_task_is_gone_but_paid(room: Room, status: Status) -> None:
    """It is cancelled where it still can be, hidden everywhere, and its film is handed to housekeeping."""
    room.bring_to(status)
    room.tasks.delete("t", room.key)
    with pytest.raises(NotFound):
        room.tasks.get("t", room.key)
    with pytest.raises(NotFound):
        room.tasks.delete("t", room.key)
    assert room.tasks.page(room.key, page=1, size=10).total == 0
    after = room.tasks.any("t").status
    assert after is (status if status in FINAL else Status.CANCELLED)
    assert [task.id for task in room.tasks.outlived()] == (["t"] if status is Status.SUCCEEDED else [])
    assert room.balance().spent == (500_000 if status is Status.SUCCEEDED else 0)
    assert room.balance().held == 0


def test_a_film_on_its_way_to_the_store_cannot_be_deleted(room: Room) -> None:
    """The same request works a moment later."""
    room.bring_to(Status.STORING)
    with pytest.raises(BusyError) as refused:
        room.tasks.delete("t", room.key)
    assert refused.value.retry_after == 1
    assert room.tasks.get("t", room.key).status is Status.STORING


def test_films_outlive_their_time(room: Room) -> None:
    """A film is handed to housekeeping when its lifetime is over, counted from its end, and expires once."""
    room.submit()
    room.time += timedelta(hours=5)
    room.succeed()
    room.time += DAY - timedelta(microseconds=1)
    assert room.tasks.outlived() == ()
    room.time += timedelta(microseconds=1)
    assert [task.id for task in room.tasks.outlived()] == ["t"]
    assert room.tasks.expire("t").status is Status.EXPIRED
    assert room.tasks.outlived() == ()
    assert room.balance().spent == 500_000


def test_unfinished_tasks_are_found(room: Room) -> None:
    """Reconciliation looks at every task that has not ended, oldest first."""
    for number, status in enumerate([Status.QUEUED, Status.RUNNING, Status.STORING]):
        room.time += timedelta(seconds=1)
        room.submit(f"t{number}")
        if status is not Status.QUEUED:
            room.tasks.start(f"t{number}")
        if status is Status.STORING:
            room.tasks.storing(f"t{number}")
    room.submit("done")
    room.succeed("done")
    assert [task.id for task in room.tasks.unfinished()] == ["t0", "t1", "t2"]


def test_an_event_and_its_hook_are_one(room: Room) -> None:
    """When telling of the end fails, the task has not ended, and no money has moved."""

    def broken(_connection: sa.Connection, event: Event, _task: Task) -> None:
        if event.status in FINAL:
            raise RuntimeError

    room.bring_to(Status.STORING)
    tasks = Tasks(room.database, now=lambda: room.time, on_submit=lambda *_: None, on_event=broken)
    with pytest.raises(RuntimeError):
        tasks.finish("t", VIDEO)
    assert room.tasks.any("t").status is Status.STORING
    assert room.balance().held == 500_000


Text = st.text(st.characters(), max_size=40)
Finite = st.floats(allow_nan=False, allow_infinity=False)
Orders = st.builds(
    Order,
    dialect=Text,
    model=Text,
    mode=st.sampled_from(Mode),
    prompt=Text,
    tier=st.sampled_from(Tier),
    seconds=st.integers(3, 15),
    ratio=st.none() | st.sampled_from(Ratio),
    pictures=st.lists(Text, max_size=9).map(tuple),
    seed=st.none() | st.integers(0, 2**31 - 1),
    engine=st.none() | Text,
    watermark=st.booleans(),
    callback=st.none() | st.builds(Callback, Text),
    echo=st.dictionaries(Text, Text, max_size=3),
    enhance=st.none() | st.booleans(),
)
Quotes = st.builds(
    Quote,
    micros=st.integers(0, 10**12),
    micros_per_second=st.integers(0, 10**9),
    seconds=st.integers(3, 15),
    price_version=Text,
    source=Text,
)
Videos = st.builds(
    Video,
    blob=Text,
    bytes=st.integers(0, 2**40),
    sha256=Text,
    width=st.integers(2, 4096),
    height=st.integers(2, 4096),
    frame_count=st.integers(1, 400),
    seconds=Finite,
    has_sound=st.booleans(),
    loudness=st.none() | Finite,
    peak=st.none() | Finite,
    engine=Text,
    seed=st.integers(0, 2**31 - 1),
    render_seconds=Finite,
    notes=st.lists(Text, max_size=3).map(tuple),
    prompt=st.none() | Text,
)


@given(Orders, Quotes, Videos, st.builds(Failure, code=Text, message=Text, retry=st.booleans()))
@settings(deadline=None)
def test_rows_give_back_what_was_put_in(order: Order, quote: Quote, video: Video, failure: Failure) -> None:
    """Every field of every word survives the database, lone surrogates included."""
    assert rows.read_order(rows.order_text(order)) == order
    assert rows.read_quote(rows.quote_text(quote)) == quote
    assert rows.read_video(rows.video_text(video)) == video
    assert rows.read_failure(rows.failure_text(failure)) == failure
    assert rows.order_text(order).isascii()


@given(st.lists(st.sampled_from(["start", "storing", "finish", "fail", "cancel", "expire", "progress", "delete"])))
@settings(max_examples=30, deadline=None)
def test_any_sequence_of_verbs_ends_at_most_once(tmp_path_factory: pytest.TempPathFactory, verbs: list[str]) -> None:
    """Whatever is called in whatever order, states follow MOVES, and holds = captures + releases at the end."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('sequence') / 'openhorse.db'}")
    database.migrate()
    room = Room(database, datetime(2026, 11, 21, 12, tzinfo=UTC), [], [])
    with database.transaction() as connection:
        room.key = accounts.create_key(connection, label="a", balance_micros=10_000_000)[0].id
    room.submit()
    more = {"finish": (VIDEO,), "fail": (FAILURE,), "cancel": (room.key,), "delete": (room.key,), "progress": (0.5,)}
    for verb in verbs:
        try:
            getattr(room.tasks, verb)("t", *more.get(verb, ()))
        except OpenHorseError as refusal:
            assert isinstance(refusal, Cancelled | InternalError | NotFound | BusyError)
    path = [event.status for event, _task in room.told]
    assert path[0] is Status.QUEUED
    assert all(after in MOVES[before] for before, after in pairwise(path))
    assert sum(status in FINAL - {Status.EXPIRED} for status in path) <= 1
    balance = room.balance()
    assert balance.held == (0 if path[-1] in FINAL else 500_000)
    assert balance.available == 10_000_000 - balance.held - balance.spent
    database.close()
