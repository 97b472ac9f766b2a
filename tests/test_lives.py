"""Tasks, money and callbacks through any sequence of orders, steps, wishes and deaths: the promise holds after each."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import count, pairwise
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from journals import DOOMED, Fault, Home, Killed
from openhorse import accounts, ledger, runs
from openhorse.deliveries import State
from openhorse.errors import (
    BudgetExceeded,
    BusyError,
    DatabaseUnavailable,
    EngineFailed,
    FilmRejected,
    IdempotencyMismatch,
    InsufficientBalance,
    InvalidOrder,
    TooManyTasks,
)
from openhorse.limits import Limits
from openhorse.promises import REPLAY_WINDOW, Idempotency
from openhorse.store.database import Database
from openhorse.store.tables import callback_attempts, events, spending, tasks
from openhorse.store.tables import ledger as entries
from openhorse.tasks import Submission
from openhorse.vocabulary import FINAL, MOVES, Callback, Status, Task
from shops import FAILURE, ORDER, QUOTE

CREDIT, BUDGET, WAITING = 1_200, 1_400, 2
STILLBORN = "stillborn"
"""The fate of a task that has failed from the start, as some vendors report a bad picture."""
KEYS = {
    "credited": (Limits(), CREDIT),
    "budgeted": (Limits(day_micros=BUDGET, month_micros=4 * BUDGET), None),
    "crowded": (Limits(waiting=WAITING), None),
}
TABLES = (tasks, events, entries, spending, callback_attempts)
ENDS = FINAL - {Status.EXPIRED}
MONEY = {
    Status.SUCCEEDED: {"hold", "capture"},
    Status.EXPIRED: {"hold", "capture"},
    Status.FAILED: {"hold", "release"},
    Status.CANCELLED: {"hold", "release"},
}

faults = st.one_of(st.none(), st.builds(Fault, st.integers(1, 6), st.sampled_from((Killed, DatabaseUnavailable))))
owners = st.sampled_from(sorted(KEYS))
LIFETIME = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is ordered: at which price, whether to be called back, under which idempotency key, to become what."""

    micros: int
    called: bool
    promise: str | None
    fate: str

    @property
    def body(self) -> str:
        """What the request says; the same promise must go with the same body."""
        return f"{self.micros} {self.fate}"


ORDERS = st.builds(
    Wish,
    st.sampled_from((500, 700, 0)),
    st.booleans(),
    st.sampled_from((None, None, "one", "two")),
    st.sampled_from(("film", "film", "film", DOOMED, STILLBORN)),
)


def read(connection: sa.Connection, table: sa.Table) -> list[sa.Row[Any]]:
    """A whole table, in the order of its ids."""
    return list(connection.execute(sa.select(table).order_by(*table.primary_key)))


class Lives(RuleBasedStateMachine):
    """One installation. What its customers were told is kept beside it, and compared."""

    def __init__(self, empty: Path) -> None:
        super().__init__()
        self.folder = Path(mkdtemp(dir=empty.parent))
        shutil.copy(empty, self.folder / "openhorse.db")
        self.home = Home(self.folder)
        self.numbers = count()
        self.keys, self.credits = dict[str, str](), Counter[str]()
        with self.home.database.transaction() as connection:
            for name, (allowed, micros) in KEYS.items():
                self.keys[name] = accounts.create_key(connection, label=name, limits=allowed, balance_micros=micros)[
                    0
                ].id
                self.credits[name] = micros or 0
        self.asked = dict[str, tuple[str, Wish]]()
        """By the id that a task would get: whose order it is, and what was ordered."""
        self.accepted = set[str]()
        self.seen: dict[sa.Table, list[sa.Row[Any]]] = {table: [] for table in TABLES}
        self.hurried = set[tuple[int, int]]()
        """Callback attempts that a customer has asked for: event and number."""
        self.refused = set[type[Exception]]()
        self.days, self.queued = Counter[str](), Counter[str]()
        """What the key with a budget has ordered for on each day; how many tasks each key has in line."""

    def under(self, fault: Fault | None, work: Callable[[], Any]) -> Any:
        """Do something during which the process may die; what came of it, None when nobody heard."""
        if fault is not None:
            self.home.fault.after, self.home.fault.error = fault.after, fault.error
        try:
            return work()
        except Killed:
            self.home.worker = self.home.new_worker()
            return None
        except DatabaseUnavailable:
            return None
        finally:
            self.home.fault.after = 0

    def known(self, draw: st.DataObject) -> Task | None:
        """Any task that was accepted and not deleted."""
        ids = sorted(self.accepted)
        return self.home.tasks.any(draw.draw(st.sampled_from(ids))) if ids else None

    @initialize(whats=st.lists(ORDERS, min_size=3 * len(KEYS), max_size=3 * len(KEYS)))
    def open_with(self, whats: list[Wish]) -> None:
        """Every customer has ordered before anything happens, most of them once more often than they may."""
        self.the_promise_holds()
        for number, what in enumerate(whats):
            self.submit(sorted(KEYS)[number % len(KEYS)], what, None)
            self.the_promise_holds()

    @rule(name=owners, what=ORDERS, fault=faults)
    def submit(self, name: str, what: Wish, fault: Fault | None) -> None:
        """A customer orders; a refusal has its reason, and an order that is repeated gives the same task."""
        task_id = f"t{next(self.numbers)}"
        self.asked[task_id] = (name, what)
        before = self.home.time
        earlier = self.promised(name, what.promise) if what.promise else None
        try:
            made = self.under(fault, lambda: self.order(name, task_id, what))
        except (InsufficientBalance, TooManyTasks, IdempotencyMismatch) as refusal:
            assert not self.is_there(task_id)
            assert self.is_just(refusal, name, what, earlier)
            self.refused.add(type(refusal))
            return
        if made is None:
            return
        self.accepted.add(made.task.id)
        assert made.replayed == (earlier is not None)
        assert made.task.id == (earlier or task_id)
        assert self.asked[made.task.id][1].body == what.body
        assert (made.task.key_id, made.task.quote.micros) == (self.keys[name], what.micros)
        assert made.replayed or made.task.created_at == before

    @rule(draw=st.data(), fault=faults)
    def repeat(self, draw: st.DataObject, fault: Fault | None) -> None:
        """A customer orders again what was ordered under a key, having heard the answer or not."""
        known = [self.asked[row.id] for row in self.seen[tasks] if self.asked[row.id][1].promise]
        if known:
            self.submit(*draw.draw(st.sampled_from(known)), fault)

    def order(self, name: str, task_id: str, what: Wish) -> Submission:
        """As a dialect does."""
        prompt = DOOMED if what.fate == DOOMED else ORDER.prompt
        return self.home.tasks.submit(
            self.keys[name],
            task_id,
            replace(ORDER, prompt=prompt, callback=Callback("https://a.example/") if what.called else None),
            replace(QUOTE, micros=what.micros),
            lifetime=LIFETIME,
            idempotency=Idempotency(what.promise, what.body, "hiapi") if what.promise else None,
            failure=FAILURE if what.fate == STILLBORN else None,
        )

    def is_just(self, refusal: Exception, name: str, what: Wish, earlier: str | None) -> bool:
        """Whether there was this reason to refuse an order."""
        match refusal:
            case IdempotencyMismatch():
                return earlier is not None and self.asked[earlier][1].body != what.body
            case BudgetExceeded():
                today = self.home.time.date().isoformat()
                month = sum(micros for day, micros in self.days.items() if day[:7] == today[:7])
                return self.days[today] + what.micros > BUDGET or month + what.micros > 4 * BUDGET
            case TooManyTasks():
                return self.queued[name] >= WAITING
        return (self.balances[name].available or 0) < what.micros

    @rule(draw=st.data(), steps=st.integers(1, 5), fault=faults)
    def work(self, draw: st.DataObject, steps: int, fault: Fault | None) -> None:
        """A worker goes on with a film or a callback, some steps far."""
        due = self.home.due()
        if due:
            run = due[draw.draw(st.integers(0, len(due) - 1))]
            self.under(fault, lambda: self.home.go_on(run, steps))

    @rule()
    def work_through(self) -> None:
        """Everything that can be done now is done; a film that dies is left for the next time."""
        for run in self.home.due():
            self.under(None, partial(self.home.go_on, run, 9))

    @rule(trouble=st.sampled_from(("cancel", "delete", "break", "reject", "die")))
    def trouble(self, trouble: str) -> None:
        """Something will happen in the middle of the next film."""
        # Twice, for an engine that breaks gets a second chance.
        self.home.troubles += [lambda task: self.befall(trouble, task)] * (2 if trouble == "break" else 1)

    def befall(self, trouble: str, task: Task) -> None:
        """It happens."""
        match trouble:
            case "cancel" if not self.hidden(task.id):
                self.home.tasks.cancel(task.id, task.key_id)
            case "delete" if not self.hidden(task.id):
                self.home.tasks.delete(task.id, task.key_id)
            case "break":
                raise EngineFailed("it broke")
            case "reject":
                raise FilmRejected("not a film")
            case "die":
                raise Killed

    @rule(answers=st.lists(st.sampled_from((200, 500, None, 500, None)), max_size=5))
    def answer(self, answers: list[int | None]) -> None:
        """The receiver changes its mind."""
        self.home.answers = answers

    @rule(draw=st.data(), only_queued=st.booleans(), fault=faults)
    def cancel(self, draw: st.DataObject, only_queued: bool, fault: Fault | None) -> None:
        """A customer wants it no more; a film that is being stored, or has been, stays."""
        task = self.known(draw)
        if task is None or self.hidden(task.id):
            return
        after = self.under(fault, lambda: self.home.tasks.cancel(task.id, task.key_id, only_queued=only_queued))
        if after is not None:
            stoppable = {Status.QUEUED} if only_queued else {Status.QUEUED, Status.RUNNING}
            assert after.status is (Status.CANCELLED if task.status in stoppable else task.status)

    @rule(draw=st.data(), fault=faults)
    def delete(self, draw: st.DataObject, fault: Fault | None) -> None:
        """A customer wants it forgotten."""
        task = self.known(draw)
        if task is not None and not self.hidden(task.id) and task.status is not Status.STORING:
            self.under(fault, lambda: self.home.tasks.delete(task.id, task.key_id))

    @rule(draw=st.data(), fault=faults)
    def redeliver(self, draw: st.DataObject, fault: Fault | None) -> None:
        """A customer has missed a callback."""
        task = self.known(draw)
        if task is None:
            return
        if task.order.callback is None or task.status not in FINAL:
            with pytest.raises(InvalidOrder if task.order.callback is None else BusyError):
                self.home.deliveries.redeliver(task.id)
            return
        end = next(row.id for row in self.seen[events] if row.task_id == task.id and row.status in ENDS)
        self.hurried.add((end, sum(row.event_id == end for row in self.seen[callback_attempts]) + 1))
        told = self.under(fault, lambda: self.home.deliveries.redeliver(task.id))
        if told is not None:
            run = self.home.journal.runs[runs.callback_run(told.event.id, len(told.tries) + 1)]
            assert run.status in ("ENQUEUED", "PENDING")
            assert run.due <= self.home.time

    @rule()
    def look(self) -> None:
        """Everybody asks for everything: nothing is written, and what is said of callbacks is what is on record."""
        for key in self.keys.values():
            for task in self.home.tasks.page(key, size=100).tasks:
                assert self.home.tasks.events(task.id, key)[-1].status is self.home.tasks.get(task.id, key).status
        ends = {row.task_id: row.id for row in self.seen[events] if row.status in ENDS}
        shown = self.home.deliveries.page(size=100)
        assert all(told.event.id == ends[told.task_id] for told in shown)
        assert {told.task_id for told in shown} == {i for i in ends if self.asked[i][1].called}
        for state in State:
            of_state = self.home.deliveries.page(state=state, size=100)
            assert [told for told in shown if self.state_of(told.event.id) is state] == list(of_state)
            assert all(told.state is state for told in of_state)
        with self.home.database.reading() as connection:
            assert {table: read(connection, table) for table in TABLES} == self.seen

    def state_of(self, event: int) -> State:
        """What became of a callback, by what is on record."""
        made = [row for row in self.seen[callback_attempts] if row.event_id == event]
        if any(row.delivered for row in made):
            return State.DELIVERED
        return State.GIVEN_UP if made and max(made, key=lambda row: row.number).next_at is None else State.WAITING

    @rule(fault=faults)
    def keep_house(self, fault: Fault | None) -> None:
        """The worker's own chores; unless they were disturbed, what is over is gone."""
        self.under(fault, self.home.worker.reconcile)
        self.under(fault, self.home.worker.sweep)
        if fault is None:
            self.the_promise_holds()
            with_film = [row for row in self.seen[tasks] if row.status == Status.SUCCEEDED]
            assert not any(row.hidden or row.expires_at <= self.home.time for row in with_film)

    @rule(fault=faults)
    def let_a_day_go_by(self, fault: Fault | None) -> None:
        """Everything is done, and what was done before has had its time."""
        self.work_through()
        self.home.time += timedelta(hours=25)
        self.keep_house(fault)

    @rule(minutes=st.sampled_from((1, 60, 60 * 25)))
    def wait(self, minutes: int) -> None:
        """Time goes by."""
        self.home.time += timedelta(minutes=minutes)

    @rule(micros=st.sampled_from((0, 900)))
    def pay(self, micros: int) -> None:
        """A customer pays."""
        with self.home.database.transaction() as connection:
            ledger.credit(connection, self.keys["credited"], micros)
        self.credits["credited"] += micros

    @invariant()
    def the_promise_holds(self) -> None:
        """After every step, on one view of all tables."""
        with self.home.database.reading() as connection:
            self.seen = {table: read(connection, table) for table in TABLES}
            self.balances = {name: ledger.balance(connection, key) for name, key in self.keys.items()}
        self.tasks_are_whole()
        self.money_adds_up()
        self.callbacks_are_one_chain()
        self.promises_are_kept()

    def tasks_are_whole(self) -> None:
        """What was answered is there; each task went only where it may, and is charged only as it was quoted."""
        rows, told, paid = self.seen[tasks], self.seen[events], self.seen[entries]
        assert self.accepted <= {row.id for row in rows}
        for row in rows:
            name, what = self.asked[row.id]
            way = [Status(event.status) for event in told if event.task_id == row.id]
            assert way[0] is Status.QUEUED
            assert all(to in MOVES[since] for since, to in pairwise(way))
            assert way[-1] == row.status
            assert not row.hidden or way[-1] in FINAL
            mine = [entry for entry in paid if entry.task_id == row.id]
            assert sorted(entry.kind for entry in mine) == sorted(MONEY.get(way[-1], {"hold"}))
            assert all((entry.micros, entry.key_id) == (what.micros, self.keys[name]) for entry in mine)
            if what.fate == STILLBORN:
                assert way == [Status.QUEUED, Status.FAILED]
                continue
            assert what.fate != DOOMED or Status.SUCCEEDED not in way
            run = self.home.journal.runs[runs.film_run(row.id)]
            assert way[-1] in FINAL or run.status in ("ENQUEUED", "PENDING")
            if Status.SUCCEEDED in way:
                # A film that is deleted has no time left from that moment.
                whole = row.finished_at + LIFETIME
                assert row.expires_at <= whole if row.hidden else row.expires_at == whole
            if way[-1] is Status.EXPIRED:
                assert row.hidden or row.expires_at <= self.home.time
                assert self.home.blobs.size(f"films/{row.id}.mp4") is None
            # Of a film that has outlived its time the file goes first, then its task is told.
            if way[-1] is Status.SUCCEEDED and not row.hidden and row.expires_at > self.home.time:
                assert self.home.blobs.size(f"films/{row.id}.mp4")

    def money_adds_up(self) -> None:
        """Each balance is what was credited less what is held and spent, and each budget what is counted of it."""
        rows, paid = self.seen[tasks], self.seen[entries]
        for name, key in self.keys.items():
            status = {row.id: Status(row.status) for row in rows if row.key_id == key}
            price = {task_id: self.asked[task_id][1].micros for task_id in status}
            spent = sum(price[i] for i, now in status.items() if now in (Status.SUCCEEDED, Status.EXPIRED))
            held = sum(price[i] for i, now in status.items() if now not in FINAL)
            available = self.credits[name] - spent - held if name == "credited" else None
            assert self.balances[name] == ledger.Balance(held, spent, available)
            assert available is None or available >= 0
            self.queued[name] = Counter(status.values())[Status.QUEUED]
            assert name != "crowded" or self.queued[name] <= WAITING
        days = Counter[str]()
        for entry in paid:
            if entry.key_id == self.keys["budgeted"] and entry.kind != "credit":
                sign = {"hold": 1, "release": -1, "capture": 0}[entry.kind]
                days[self.held_on(paid, entry.task_id)] += sign * entry.micros
        months = Counter[str]()
        for day, micros in days.items():
            months[day[:7]] += micros
        self.days = days
        counted = {row.period: row.micros for row in self.seen[spending]}
        assert counted == {period: (days | months)[period] for period in counted}
        assert set(days) <= set(counted)
        assert all(0 <= micros <= BUDGET for micros in days.values())
        assert all(micros <= 4 * BUDGET for micros in months.values())

    def callbacks_are_one_chain(self) -> None:
        """One end, one chain: attempts without a gap, the next one in line, and nobody is told of anything else."""
        told = {row.id: row for row in self.seen[events]}
        called = {row.id for row in self.seen[tasks] if row.callback_url is not None}
        ends = {i for i, event in told.items() if event.task_id in called and event.status in ENDS}
        made = self.seen[callback_attempts]
        assert {event for event, _ in self.home.heard} <= ends
        assert {(one.event_id, one.number) for one in made} <= set(self.home.heard)
        assert {one.event_id for one in made} <= ends
        for event in ends:
            mine = sorted((one for one in made if one.event_id == event), key=lambda one: one.number)
            assert [one.number for one in mine] == list(range(1, len(mine) + 1))
            awaited = not mine or mine[-1].next_at is not None
            following = self.home.journal.runs.get(runs.callback_run(event, len(mine) + 1))
            assert not awaited or (following is not None and following.status != "SUCCESS")
            if mine and awaited and (event, len(mine) + 1) not in self.hurried:
                assert following.due == mine[-1].next_at

    def promises_are_kept(self) -> None:
        """Within a day there is one task for one idempotency key, whoever died meanwhile."""
        rows = sorted(self.seen[tasks], key=lambda row: row.created_at)
        for name in KEYS:
            for promise in ("one", "two"):
                mine = [row for row in rows if self.asked[row.id][0] == name and self.promise_of(row.id) == promise]
                assert all(b.created_at - a.created_at >= REPLAY_WINDOW for a, b in pairwise(mine))

    def teardown(self) -> None:
        """In the end everything ends: no task, no money and no callback is left in the air, and no file."""
        self.home.answers.clear()
        self.home.troubles.clear()
        while any(run.status in ("ENQUEUED", "PENDING") for run in self.home.journal.runs.values()):
            self.home.worker.reconcile()
            for run in self.home.due():
                self.home.go_on(run, 9)
            self.home.time += timedelta(hours=1)
        self.home.worker.sweep()
        self.check_the_end()
        self.home.database.close()
        shutil.rmtree(self.folder)

    def check_the_end(self) -> None:
        """Nothing is left in the air."""
        self.the_promise_holds()
        rows = self.seen[tasks]
        assert all(row.status in FINAL for row in rows)
        paid = Counter[str]()
        for entry in self.seen[entries]:
            paid[entry.kind] += entry.micros
        assert paid["hold"] == paid["capture"] + paid["release"]
        films = {path.stem for path in (self.folder / "blobs" / "films").glob("*")}
        assert films == {row.id for row in rows if row.status == Status.SUCCEEDED}
        assert not list((self.folder / "renders").iterdir())
        called = {row.id for row in rows if row.callback_url is not None}
        ends = {row.id for row in self.seen[events] if row.task_id in called and row.status in ENDS}
        assert len(ends) == len(called)
        settled = {row.event_id for row in self.seen[callback_attempts] if row.delivered or row.next_at is None}
        assert settled == ends

    def is_there(self, task_id: str) -> bool:
        """Whether anything was written of a task."""
        with self.home.database.reading() as connection:
            return any(row.id == task_id for row in read(connection, tasks))

    def hidden(self, task_id: str) -> bool:
        """Whether its customer has deleted it."""
        query = sa.select(tasks.c.hidden).where(tasks.c.id == task_id)
        with self.home.database.reading() as connection:
            return bool(connection.scalar(query))

    def promise_of(self, task_id: str) -> str | None:
        """The idempotency key with which a task was ordered."""
        return self.asked[task_id][1].promise

    def promised(self, name: str, promise: str) -> str | None:
        """The task that this promise has led to within a day."""
        since = self.home.time - REPLAY_WINDOW
        mine = [row for row in self.seen[tasks] if self.asked[row.id][0] == name and row.created_at > since]
        return next((row.id for row in mine if self.promise_of(row.id) == promise), None)

    @staticmethod
    def held_on(paid: list[sa.Row[Any]], task_id: str) -> str:
        """The day on which a task was ordered."""
        held = next(entry for entry in paid if entry.task_id == task_id and entry.kind == "hold")
        day: str = held.at.date().isoformat()
        return day


def test_any_life_keeps_the_promise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Orders, steps, wishes, chores and deaths in any order: nothing is lost, charged twice or told twice over."""
    empty = tmp_path / "empty.db"
    database = Database(f"sqlite:///{empty}")
    database.migrate()
    database.close()
    monkeypatch.setattr(runs, "FIRST_PAUSE_SECONDS", 0.0)

    refused = set[type[Exception]]()

    def life() -> Lives:
        lives = Lives(empty)
        lives.refused = refused
        monkeypatch.setattr(runs, "DBOS", lives.home.journal)
        return lives

    run_state_machine_as_test(
        life,
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            database=None,
            phases=[Phase.generate],
        ),
    )
    # That much at least has happened: what is never refused proves nothing of refusals.
    assert refused == {BudgetExceeded, InsufficientBalance, TooManyTasks, IdempotencyMismatch}
