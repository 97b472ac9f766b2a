"""Holds, captures and releases come in, balances come out; whole micro-US-dollars, in the caller's transaction.

Knows no price and no task's state. Entries are only ever added. The database itself refuses a second
entry of one kind for a task, and a capture beside a release. A budget counts an order for the day and the month
in which it was taken in, whenever its film is ready; what is released is given back to that day and month.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from openhorse.errors import BudgetExceeded, InsufficientBalance, InternalError
from openhorse.store.database import upsert, wait_alone
from openhorse.store.tables import Instant, balances, ledger, spending

MICROS = 1_000_000
"""Of a US-dollar."""

UNBOUNDED = 2**63 - 1

SKEW = timedelta(days=1)
"""By how much the clock of who gives back may differ from that of who took the order."""


@dataclass(frozen=True, slots=True)
class Balance:
    """A key's money in micros: `held` for tasks in hand, `spent` on films; `available` is None when unlimited."""

    held: int
    spent: int
    available: int | None


@dataclass(frozen=True, slots=True)
class Budget:
    """What a key's orders of one day and of one month (UTC) may cost together, in micros; None is without limit."""

    day: int | None = None
    month: int | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """Micros that are set aside for a task, ordered at that moment under that budget."""

    key_id: str
    task_id: str
    micros: int
    budget: Budget
    at: datetime


def credit(connection: sa.Connection, key_id: str, micros: int) -> None:
    """Give a key money to spend. The first credit, be it 0, makes an unlimited key a limited one."""
    _write(connection, [_Entry("credit", key_id, None, micros, None)])
    more = {"available_micros": balances.c.available_micros + micros}
    upsert(connection, balances, {"key_id": key_id, "available_micros": micros}, more)


def hold(
    connection: sa.Connection,
    key_id: str,
    task_id: str,
    micros: int,
    *,
    budget: Budget | None = None,
    at: datetime | None = None,
) -> None:
    """Set the price of a task aside; `at` is the moment of its order, now when None. Raises as `hold_all` does."""
    hold_all(connection, [Hold(key_id, task_id, micros, budget or Budget(), at or datetime.now(UTC))])


def hold_all(connection: sa.Connection, holds: Sequence[Hold]) -> None:
    """Set the prices of some tasks aside.

    Raises BudgetExceeded and InsufficientBalance when they cannot all be, and then the transaction must be given up.
    """
    counted, limited = _known(connection, holds)
    _count_in(connection, holds, counted)
    taken = Counter[str]()
    for one in holds:
        if one.key_id in limited:
            taken[one.key_id] += one.micros
    changes = [{"of_key": key_id, "more": -micros, "least": micros} for key_id, micros in sorted(taken.items())]
    if changes and connection.execute(_TAKE, changes).rowcount != len(changes):
        raise InsufficientBalance("the balance does not cover the price of this task")
    _write(connection, [_Entry("hold", one.key_id, one.task_id, one.micros, one.at) for one in holds])


def capture(connection: sa.Connection, key_id: str, task_id: str, micros: int, at: datetime | None = None) -> None:
    """Spend what was held for a task, now or `at`. Raises InternalError when anything else was held."""
    _held_at(connection, key_id, task_id, micros)
    _write(connection, [_Entry("capture", key_id, task_id, micros, at)])


def release(connection: sa.Connection, key_id: str, task_id: str, micros: int, at: datetime | None = None) -> None:
    """Give back what was held for a task, now or `at`. Raises InternalError when anything else was held."""
    held_at = _held_at(connection, key_id, task_id, micros)
    wait_alone(connection, _opening(key_id))
    _write(connection, [_Entry("release", key_id, task_id, micros, at)])
    _count(connection, key_id, _periods(held_at), -micros)
    connection.execute(_CHANGE, {"of_key": key_id, "more": micros})


def ordered(connection: sa.Connection, key_id: str, at: datetime) -> Budget:
    """What this key's orders of that day and of that month cost, those in hand among them, in micros."""
    periods = _periods(at)
    counted = {row.period: row.micros for row in connection.execute(_COUNTED, {"key_id": key_id, "periods": periods})}
    month, day = (
        counted[period] if period in counted else _ordered_in(connection, key_id, period) for period in periods
    )
    return Budget(day, month)


def balance(connection: sa.Connection, key_id: str) -> Balance:
    """What a key has held, spent and left."""
    summed = sa.select(ledger.c.kind, sa.func.sum(ledger.c.micros)).where(ledger.c.key_id == key_id)
    total = {kind: int(micros) for kind, micros in connection.execute(summed.group_by(ledger.c.kind))}
    spent = total.get("capture", 0)
    held = total.get("hold", 0) - spent - total.get("release", 0)
    return Balance(held, spent, available(connection, key_id))


def available(connection: sa.Connection, key_id: str) -> int | None:
    """What a key has left, None when it is unlimited; one row is read, however much it has ordered."""
    return connection.scalar(sa.select(balances.c.available_micros).where(balances.c.key_id == key_id))


def micros_of(dollars: Decimal | None) -> int | None:
    """Dollars as whole micros; None stays None."""
    return None if dollars is None else round(dollars * MICROS)


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: str
    key_id: str
    task_id: str | None
    micros: int
    at: datetime | None


def _write(connection: sa.Connection, entries: Sequence[_Entry]) -> None:
    for one in entries:
        if one.micros < 0:
            raise InternalError(f"a {one.kind} of {one.micros} micros")
    connection.execute(
        _ENTRY,
        [
            {
                "kind": one.kind,
                "key_id": one.key_id,
                "task_id": one.task_id,
                "micros": one.micros,
                "at": one.at or datetime.now(UTC),
            }
            for one in entries
        ],
    )


def _held_at(connection: sa.Connection, key_id: str, task_id: str, micros: int) -> datetime:
    """When this very sum was held for this task."""
    mine = (ledger.c.task_id == task_id) & (ledger.c.key_id == key_id) & (ledger.c.kind == "hold")
    held = connection.execute(sa.select(ledger.c.micros, ledger.c.at).where(mine)).one_or_none()
    if held is None or held.micros != micros:
        was = None if held is None else held.micros
        raise InternalError(f"task {task_id}: {micros} micros to settle, but {was} were held")
    at: datetime = held.at
    return at


def _ordered() -> sa.Select[tuple[int]]:
    """The sum of a stretch's holds less those of them that were released: few of many, and not long before the hold."""
    key_id: sa.BindParameter[str] = sa.bindparam("key_id")
    begin, end, early = (sa.bindparam(name, type_=Instant) for name in ("begin", "end", "early"))
    holds, released = sa.alias(ledger), sa.alias(ledger)
    within = (holds.c.kind == "hold") & (holds.c.at >= begin) & (holds.c.at < end)
    held = sa.select(sa.func.coalesce(sa.func.sum(holds.c.micros), 0)).where(holds.c.key_id == key_id, within)
    settled = (released.c.key_id == key_id) & (released.c.kind == "release") & (released.c.at >= early)
    back = sa.select(sa.func.coalesce(sa.func.sum(released.c.micros), 0)).where(settled, within)
    joined = released.join(holds, holds.c.task_id == released.c.task_id)
    return sa.select(held.scalar_subquery() - back.select_from(joined).scalar_subquery())


# Made once: every order writes these, and to build them takes longer than to do them.
_ENTRY = sa.insert(ledger)
_CHANGE = (
    sa.update(balances)
    .where(balances.c.key_id == sa.bindparam("of_key"))
    .values(available_micros=balances.c.available_micros + sa.bindparam("more"))
)
_TAKE = _CHANGE.where(balances.c.available_micros >= sa.bindparam("least"))
_COUNTED = sa.select(spending.c.period, spending.c.micros).where(
    spending.c.key_id == sa.bindparam("key_id"), spending.c.period.in_(sa.bindparam("periods", expanding=True))
)
_COUNT = (
    sa.update(spending)
    .where(spending.c.key_id == sa.bindparam("of_key"), spending.c.period == sa.bindparam("of_period"))
    .values(micros=spending.c.micros + sa.bindparam("more"))
)
_ORDERED = _ordered()
_COUNT_WITHIN = _COUNT.where(spending.c.micros + sa.bindparam("more") <= sa.bindparam("most"))


# What a key has no row of, it does not count: the periods without a budget, and the balance of an unlimited key.
_KNOWN = (
    sa.select(spending.c.key_id, spending.c.period)
    .where(
        spending.c.key_id.in_(sa.bindparam("key_ids", expanding=True)),
        spending.c.period.in_(sa.bindparam("periods", expanding=True)),
    )
    .union_all(
        sa.select(balances.c.key_id, sa.null()).where(balances.c.key_id.in_(sa.bindparam("key_ids", expanding=True)))
    )
)


def _known(connection: sa.Connection, holds: Sequence[Hold]) -> tuple[set[tuple[str, str]], set[str]]:
    """Which periods of which keys are counted, and which keys have a balance."""
    periods = {period for one in holds for period in _periods(one.at)}
    asked = {"key_ids": list({one.key_id for one in holds}), "periods": list(periods)}
    found = connection.execute(_KNOWN, asked).all()
    return {(key_id, period) for key_id, period in found if period}, {key_id for key_id, period in found if not period}


def _count_in(connection: sa.Connection, holds: Sequence[Hold], counted: set[tuple[str, str]]) -> None:
    """Count orders in the periods that are or were counted; their rows are ours until the end. Raises BudgetExceeded.

    A budget that was lifted leaves its count, which must be right should there be one again.
    """
    most: dict[tuple[str, str], int | None] = {}
    more = Counter[tuple[str, str]]()
    for one in holds:
        for period, limit in zip(_periods(one.at), (one.budget.month, one.budget.day), strict=True):
            most[one.key_id, period] = limit
            more[one.key_id, period] += one.micros
    _open(connection, sorted(place for place, limit in most.items() if limit is not None and place not in counted))
    # Always in the order of their names, a month before its days: who holds one row never waits for an earlier one.
    rows = [
        {"of_key": place[0], "of_period": place[1], "more": more[place], "most": UNBOUNDED if limit is None else limit}
        for place, limit in sorted(most.items())
        if limit is not None or place in counted
    ]
    if len(holds) > 1 and rows:
        if connection.execute(_COUNT_WITHIN, rows).rowcount != len(rows):
            raise BudgetExceeded("a budget does not cover all of these")
        return
    for row in rows:
        if not connection.execute(_COUNT_WITHIN, row).rowcount:
            raise _exceeded(connection, row)


def _exceeded(connection: sa.Connection, row: Mapping[str, Any]) -> BudgetExceeded:
    mine = (spending.c.key_id == row["of_key"]) & (spending.c.period == row["of_period"])
    ordered = connection.scalar(sa.select(spending.c.micros).where(mine)) or 0
    return BudgetExceeded(
        f"this key's budget for {row['of_period']} (UTC) is ${row['most'] / MICROS:.6f}, of which "
        f"${ordered / MICROS:.6f} are ordered; the price of ${row['more'] / MICROS:.6f} does not fit in"
    )


def _open(connection: sa.Connection, places: Sequence[tuple[str, str]]) -> None:
    """Begin to count keys' periods that have no row yet, with what was ordered in them before there was a budget."""
    for key_id, period in places:
        # Alone, and before any row is locked: nothing may be given back between the sum and the row.
        wait_alone(connection, _opening(key_id))
        upsert(
            connection,
            spending,
            {"key_id": key_id, "period": period, "micros": _ordered_in(connection, key_id, period)},
        )


def _opening(key_id: str) -> str:
    return f"spending of {key_id}"


def _ordered_in(connection: sa.Connection, key_id: str, period: str) -> int:
    """What was held in a day or a month and not released."""
    begin, end = _bounds(period)
    return int(connection.scalar(_ORDERED, {"key_id": key_id, "begin": begin, "end": end, "early": begin - SKEW}) or 0)


def _count(connection: sa.Connection, key_id: str, periods: tuple[str, ...], micros: int) -> None:
    """Add to the periods that are counted; where a key has no budget there is none."""
    for period in periods:
        connection.execute(_COUNT, {"of_key": key_id, "of_period": period, "more": micros})


def _periods(at: datetime) -> tuple[str, str]:
    """The month and the day of a moment, in UTC, in which order their names sort."""
    day = at.astimezone(UTC).date().isoformat()
    return day[:7], day


def _bounds(period: str) -> tuple[datetime, datetime]:
    """When a day or a month begins, and when the next one does."""
    if len(period) > len("2026-11"):
        begin = datetime.fromisoformat(period).replace(tzinfo=UTC)
        return begin, begin + timedelta(days=1)
    begin = datetime.fromisoformat(f"{period}-01").replace(tzinfo=UTC)
    return begin, (begin + timedelta(days=32)).replace(day=1)
