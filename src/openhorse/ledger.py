"""Holds, captures and releases come in, balances come out; whole micro-US-dollars, in the caller's transaction.

Knows no price and no task's state. Entries are only ever added. The database itself refuses a second
entry of one kind for a task, and a capture beside a release. A budget counts an order for the day and the month
in which it was taken in, whenever its film is ready; what is released is given back to that day and month.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa

from openhorse.errors import BudgetExceeded, InsufficientBalance, InternalError
from openhorse.store.database import upsert, wait_alone
from openhorse.store.tables import Instant, balances, ledger, spending

MICROS = 1_000_000
"""Of a US-dollar."""

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


def credit(connection: sa.Connection, key_id: str, micros: int) -> None:
    """Give a key money to spend. The first credit, be it 0, makes an unlimited key a limited one."""
    _write(connection, "credit", key_id, None, micros)
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
    """Set the price of a task aside; `at` is the moment of its order, now when None.

    Raises BudgetExceeded and InsufficientBalance, and then the transaction must be given up.
    """
    at = at or datetime.now(UTC)
    _count_in(connection, key_id, micros, budget or Budget(), at)
    if not _change(connection, key_id, -micros, at_least=micros) and _is_limited(connection, key_id):
        raise InsufficientBalance("the balance does not cover the price of this task")
    _write(connection, "hold", key_id, task_id, micros, at)


def capture(connection: sa.Connection, key_id: str, task_id: str, micros: int, at: datetime | None = None) -> None:
    """Spend what was held for a task, now or `at`. Raises InternalError when anything else was held."""
    _held_at(connection, key_id, task_id, micros)
    _write(connection, "capture", key_id, task_id, micros, at)


def release(connection: sa.Connection, key_id: str, task_id: str, micros: int, at: datetime | None = None) -> None:
    """Give back what was held for a task, now or `at`. Raises InternalError when anything else was held."""
    held_at = _held_at(connection, key_id, task_id, micros)
    wait_alone(connection, _opening(key_id))
    _write(connection, "release", key_id, task_id, micros, at)
    _count(connection, key_id, _periods(held_at), -micros)
    _change(connection, key_id, micros)


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


def _write(
    connection: sa.Connection, kind: str, key_id: str, task_id: str | None, micros: int, at: datetime | None = None
) -> None:
    if micros < 0:
        raise InternalError(f"a {kind} of {micros} micros")
    at = at or datetime.now(UTC)
    connection.execute(_ENTRY, {"kind": kind, "key_id": key_id, "task_id": task_id, "micros": micros, "at": at})


def _change(connection: sa.Connection, key_id: str, micros: int, at_least: int | None = None) -> bool:
    """Add to a limited key's balance if it has `at_least` that much; False when nothing was changed."""
    if at_least is None:
        return connection.execute(_CHANGE, {"of_key": key_id, "more": micros}).rowcount > 0
    return connection.execute(_TAKE, {"of_key": key_id, "more": micros, "least": at_least}).rowcount > 0


def _is_limited(connection: sa.Connection, key_id: str) -> bool:
    return connection.scalar(sa.select(balances.c.key_id).where(balances.c.key_id == key_id)) is not None


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


def _count_in(connection: sa.Connection, key_id: str, micros: int, budget: Budget, at: datetime) -> None:
    """Count an order in the periods that are or were counted; their rows are ours until the end. Raises BudgetExceeded.

    A budget that was lifted leaves its count, which must be right should there be one again.
    """
    month, day = _periods(at)
    most = {period: limit for period, limit in ((month, budget.month), (day, budget.day)) if limit is not None}
    if most:
        counted = connection.scalars(_COUNTED, {"key_id": key_id, "periods": list(most)})
        _open(connection, key_id, set(most) - set(counted))
    # Always in the order of their names, a month before its days: who holds one row never waits for an earlier one.
    for period in (month, day):
        more = {"of_key": key_id, "of_period": period, "more": micros}
        if period not in most:
            connection.execute(_COUNT, more)
        elif not connection.execute(_COUNT_WITHIN, more | {"most": most[period]}).rowcount:
            raise _exceeded(connection, key_id, period, most[period], micros)


def _exceeded(connection: sa.Connection, key_id: str, period: str, most: int, micros: int) -> BudgetExceeded:
    mine = (spending.c.key_id == key_id) & (spending.c.period == period)
    ordered = connection.scalar(sa.select(spending.c.micros).where(mine)) or 0
    return BudgetExceeded(
        f"this key's budget for {period} (UTC) is ${most / MICROS:.6f}, of which "
        f"${ordered / MICROS:.6f} are ordered; the price of ${micros / MICROS:.6f} does not fit in"
    )


def _open(connection: sa.Connection, key_id: str, periods: set[str]) -> None:
    """Begin to count periods that have no row yet, with what was ordered in them before there was a budget."""
    if not periods:
        return
    # Alone, and before any row is locked: nothing may be given back between the sum and the row.
    wait_alone(connection, _opening(key_id))
    for period in sorted(periods):
        row = {"key_id": key_id, "period": period, "micros": _ordered_in(connection, key_id, period)}
        upsert(connection, spending, row)


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
