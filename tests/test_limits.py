"""What keys may use: exact when many order at once, on SQLite and PostgreSQL, and given back when nothing is made."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from databases import fresh_url
from openhorse import accounts, ledger, limits
from openhorse.errors import (
    BudgetExceeded,
    InsufficientBalance,
    OpenHorseError,
    QueueFull,
    StorageQuotaExceeded,
    TooManyTasks,
)
from openhorse.limits import AHEAD, CROWD, Limits
from openhorse.pictures import ANY_PICTURE, Pictures
from openhorse.store.blobs import Blobs
from openhorse.store.tables import stored
from openhorse.store.tables import tasks as task_rows
from openhorse.vocabulary import Status
from serving import landscape
from shops import FAILURE, QUOTE, VIDEO, Shop


def at_once(number: int, do: Callable[[int], None]) -> list[OpenHorseError]:
    """Call `do` in so many threads at the same moment; what they were refused with."""
    barrier, refused = threading.Barrier(number), list[OpenHorseError]()

    def run(which: int) -> None:
        barrier.wait()
        try:
            do(which)
        except OpenHorseError as error:
            refused.append(error)

    threads = [threading.Thread(target=run, args=(which,)) for which in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


@pytest.mark.parametrize(
    ("allowed", "error"),
    [
        (Limits(waiting=4), TooManyTasks),
        (Limits(unfinished=4), TooManyTasks),
        (Limits(day_micros=4 * QUOTE.micros), BudgetExceeded),
        (Limits(month_micros=4 * QUOTE.micros + 1), BudgetExceeded),
    ],
    ids=["waiting", "unfinished", "day", "month"],
)
def test_orders_that_arrive_at_once_count_each_other(shop: Shop, allowed: Limits, error: type[OpenHorseError]) -> None:
    """Where one of four is there already, exactly three of a dozen are taken in."""
    key = shop.key(allowed)
    shop.order(key)
    refused = at_once(12, lambda _: shop.order(key) and None)
    assert [type(each) for each in refused] == [error] * 9
    assert shop.tasks.page(key).total == 4


def test_a_budget_waits_for_what_is_being_given_back(shop: Shop) -> None:
    """A first order under a budget, while an earlier one's price is on its way back, does not count that price."""
    key = shop.key(Limits())
    earlier = shop.order(key)
    with shop.database.transaction() as connection:
        accounts.set_limits(connection, key, Limits(day_micros=10**9))
    with shop.database.transaction() as connection:
        ledger.release(connection, key, earlier, QUOTE.micros, shop.time)
        first = threading.Thread(target=shop.order, args=(key, 7))
        first.start()
        first.join(0.3)
    first.join()
    assert shop.spending(key) == {"2026-11-21": 7}


def test_the_line_is_for_all_keys_and_servers(shop: Shop) -> None:
    """Near its end it is counted for each order, whoever takes it in; who starts makes room."""
    servers = [shop.server(queue_limit=4) for _ in range(3)]
    keys = [shop.key(Limits()) for _ in range(3)]
    refused = at_once(12, lambda which: shop.order(keys[which % 3], tasks=servers[which // 4]) and None)
    assert [type(each) for each in refused] == [QueueFull] * 8
    waiting = shop.tasks.unfinished()
    assert len(waiting) == 4
    shop.tasks.start(waiting[0].id)
    shop.order(keys[0], tasks=servers[0])
    with pytest.raises(QueueFull):
        shop.order(keys[0], tasks=servers[1])


def test_far_from_its_end_the_line_is_counted_seldom(tmp_path: Path) -> None:
    """A server lets some in on one count, never more than there was room for, and none near the end."""
    shop = Shop(fresh_url("sqlite", tmp_path))
    key, line = shop.key(Limits()), limits.Line(CROWD + 40)
    counted = Counter[str]()
    sa.event.listen(shop.database.engine, "before_cursor_execute", lambda *words: counted.update([words[2][:12]]))
    with shop.database.transaction() as connection:
        for _ in range(10):  # room for 40 more: a tenth of it is given on one count, and one for who is counted for
            line.check(connection)
        assert counted["SELECT count"] == 2
    assert AHEAD < CROWD
    for _ in range(CROWD + 40):
        shop.order(key)
    with shop.database.transaction() as connection, suppress(QueueFull):
        for _ in range(10):
            line.check(connection)
    with shop.database.transaction() as connection, pytest.raises(QueueFull):
        limits.Line(CROWD).check(connection)
    shop.database.close()


def test_a_budget_counts_by_the_day_of_the_order(shop: Shop) -> None:
    """Midnight UTC opens a new day; what is given back later goes to the day and the month that it was ordered in."""
    shop.time = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    key = shop.key(Limits(day_micros=600_000, month_micros=900_000))
    late = shop.order(key, 500_000)
    with pytest.raises(BudgetExceeded, match=r"2026-11-30 \(UTC\) is \$0.600000, of which \$0.500000"):
        shop.order(key, 200_000)
    shop.time += timedelta(hours=1)
    shop.order(key, 600_000)
    shop.tasks.fail(late, FAILURE)
    assert shop.spending(key) == {"2026-11": 0, "2026-11-30": 0, "2026-12": 600_000, "2026-12-01": 600_000}
    with pytest.raises(BudgetExceeded):
        shop.order(key, 1)
    shop.time += timedelta(days=1)
    with pytest.raises(BudgetExceeded, match="2026-12 "):
        shop.order(key, 300_001)
    shop.order(key, 300_000)


def test_a_budget_begins_with_what_was_ordered_before_it(shop: Shop) -> None:
    """Set in the middle of a month, it counts the month's films and those in hand, not those that failed."""
    key = shop.key(Limits())
    made, failed = shop.order(key, 100), shop.order(key, 1000)
    shop.order(key, 10)
    shop.make(made)
    shop.tasks.fail(failed, FAILURE)
    assert shop.spending(key) == {}
    with shop.database.transaction() as connection:
        accounts.set_limits(connection, key, Limits(month_micros=111))
    with pytest.raises(BudgetExceeded):
        shop.order(key, 2)
    shop.order(key, 1)
    assert shop.spending(key) == {"2026-11": 111}


def test_a_budget_that_comes_back_counts_what_was_ordered_meanwhile(shop: Shop) -> None:
    """Lifted and set again within the month, it knows the orders between, and what of them was given back."""
    key = shop.key(Limits(month_micros=1000))
    shop.order(key, 100)
    for limit in (None, 1000):
        with shop.database.transaction() as connection:
            accounts.set_limits(connection, key, Limits(month_micros=limit))
        failed = shop.order(key, 300)
        shop.order(key, 200)
        shop.tasks.fail(failed, FAILURE)
    assert shop.spending(key) == {"2026-11": 500}
    with pytest.raises(BudgetExceeded):
        shop.order(key, 501)


def test_an_order_that_is_refused_uses_nothing_up(shop: Shop) -> None:
    """Neither a budget where the balance does not reach, nor a balance where the budget does not."""
    key = shop.key(Limits(day_micros=100), balance=50)
    with pytest.raises(InsufficientBalance):
        shop.order(key, 60)
    with pytest.raises(BudgetExceeded):
        shop.order(key, 101)
    shop.order(key, 50)
    assert shop.spending(key) == {"2026-11-21": 50}


def test_giving_back_while_others_order(shop: Shop) -> None:
    """A budget that is set while many order, cancel and fail: what is counted is what is held."""
    key = shop.key(Limits(unfinished=100))
    budget = 4 * QUOTE.micros

    def work(which: int) -> None:
        for turn in range(6):
            if which == turn == 0:
                with shop.database.transaction() as connection:
                    accounts.set_limits(connection, key, Limits(day_micros=budget))
            with suppress(BudgetExceeded):
                task = shop.order(key)
                end = (which + turn) % 3
                if end == 0:
                    shop.tasks.cancel(task, key)
                elif end == 1:
                    shop.tasks.fail(task, FAILURE)

    assert at_once(6, work) == []
    with shop.database.transaction() as connection:
        accounts.set_limits(connection, key, Limits(day_micros=10**9))
    shop.order(key)
    with shop.database.reading() as connection:
        held = ledger.balance(connection, key).held
    assert shop.spending(key) == {"2026-11-21": held}


@pytest.fixture(scope="module")
def one_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One for all examples, each with a key of its own."""
    made = Shop(fresh_url("sqlite", tmp_path_factory.mktemp("shop")))
    yield made
    made.database.close()


Steps = st.lists(
    st.one_of(
        st.tuples(st.just("order"), st.integers(0, 60)),
        st.tuples(st.sampled_from(["make", "fail", "cancel"]), st.integers(0, 5)),
        st.tuples(st.just("wait"), st.integers(1, 20)),
    ),
    max_size=14,
)


@given(day=st.integers(0, 100), month=st.integers(0, 200), steps=Steps)
@settings(max_examples=40, deadline=None)
def test_no_order_of_events_passes_a_budget(one_shop: Shop, day: int, month: int, steps: list[tuple[str, int]]) -> None:
    """Whatever is ordered, made, failed and cancelled when, an order is taken in exactly if it fits in both periods."""
    shop, numbers = one_shop, count()
    shop.time = datetime(2026, 11, 30, 12, tzinfo=UTC)
    key = shop.key(Limits(day_micros=day, month_micros=month))
    in_hand: list[str] = []
    counted: dict[str, tuple[datetime, int]] = {}

    def ordered(pattern: str) -> int:
        now = shop.time.strftime(pattern)
        return sum(micros for at, micros in counted.values() if at.strftime(pattern) == now)

    for what, number in steps:
        if what == "wait":
            shop.time += timedelta(hours=number)
        elif what == "order":
            fits = ordered("%Y-%m-%d") + number <= day and ordered("%Y-%m") + number <= month
            try:
                task = shop.order(key, number)
            except BudgetExceeded:
                assert not fits
            else:
                assert fits
                in_hand.append(task)
                counted[task] = (shop.time, number)
        elif in_hand:
            task = in_hand.pop(number % len(in_hand))
            if what == "make":
                shop.make(task)
            elif what == "fail":
                shop.tasks.fail(task, FAILURE)
            else:
                shop.tasks.cancel(task, key)
            if what != "make":
                del counted[task]
        next(numbers)
    with shop.database.reading() as connection:
        now = ledger.ordered(connection, key, shop.time)
    assert (now.day, now.month) == (ordered("%Y-%m-%d"), ordered("%Y-%m"))


def test_what_a_key_keeps_is_counted(shop: Shop, tmp_path: Path) -> None:
    """Pictures once each and films until they are deleted or expired; only what fits is taken in, also at once."""
    pictures = Pictures(shop.database, Blobs((tmp_path / "blobs").as_uri()), lambda: shop.time)
    first, *others = (landscape(400 + 4 * number, 400) for number in range(7))
    size = len(pictures.keep(shop.key(Limits()), first, ANY_PICTURE).png)
    key = shop.key(Limits(storage_bytes=size + 1000))

    def stored() -> int:
        with shop.database.reading() as connection:
            return limits.stored_bytes(connection, key)

    for _ in range(2):
        pictures.keep(key, first, ANY_PICTURE)
    assert stored() == size
    with pytest.raises(StorageQuotaExceeded):
        pictures.keep(key, others[0], ANY_PICTURE)
    task = shop.order(key)
    shop.make(task)
    assert stored() == size + VIDEO.bytes
    films = [shop.order(key), shop.order(key)]
    for each in films:
        shop.make(each)  # accepted, so it is made and kept, though it does not fit
    with pytest.raises(StorageQuotaExceeded):
        shop.order(key)
    shop.tasks.delete(task, key)
    for each in films:
        shop.tasks.expire(each)
    assert stored() == size
    shop.order(key)
    two = shop.key(Limits(storage_bytes=2 * size + 2000))
    refused = at_once(6, lambda which: pictures.keep(two, others[which], ANY_PICTURE) and None)
    assert [type(each) for each in refused] == [StorageQuotaExceeded] * 4


def test_what_older_workers_did_not_count_is_counted(shop: Shop) -> None:
    """Films that they made while a newer release had begun to count; with its next worker the sum is right again."""
    key, other, idle = (shop.key(Limits()) for _ in range(3))
    for name, keep in ((key, True), (key, False), (other, True)):
        task = shop.order(name)
        shop.make(task)
        if not keep:
            shop.tasks.delete(task, name)
    with shop.database.transaction() as connection:
        connection.execute(sa.update(stored).where(stored.c.key_id == key).values(film_bytes=-5))
        connection.execute(sa.delete(stored).where(stored.c.key_id == other))
        limits.recount_films(connection)
        found = [limits.stored_bytes(connection, name) for name in (key, other, idle)]
    assert found == [VIDEO.bytes, VIDEO.bytes, 0]


def test_the_house_speaks_where_the_key_is_silent() -> None:
    """Also where the key says nothing at all is allowed."""
    mine = Limits(waiting=0, day_micros=5).over(Limits(waiting=9, unfinished=7))
    assert mine == Limits(waiting=0, day_micros=5, unfinished=7)


def test_only_open_tasks_count(shop: Shop) -> None:
    """Whatever a task has become, `unfinished` counts it while it is in hand and no longer."""
    key = shop.key(Limits(unfinished=1))
    task = shop.order(key)
    for status in Status:
        with shop.database.transaction() as connection:
            connection.execute(sa.update(task_rows).where(task_rows.c.id == task).values(status=status.value))
        if status in (Status.QUEUED, Status.RUNNING, Status.STORING):
            with pytest.raises(TooManyTasks):
                shop.order(key)
        else:
            shop.tasks.cancel(shop.order(key), key)
