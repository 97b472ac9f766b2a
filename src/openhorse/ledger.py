"""Holds, captures and releases come in, balances come out; whole micro-US-dollars, in the caller's transaction.

Knows no price and no task's state. Entries are only ever added. The database itself refuses a second
entry of one kind for a task, and a capture beside a release.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from openhorse.errors import InsufficientBalance, InternalError
from openhorse.store.database import upsert
from openhorse.store.tables import balances, ledger


@dataclass(frozen=True, slots=True)
class Balance:
    """A key's money in micros: `held` for tasks in hand, `spent` on films; `available` is None when unlimited."""

    held: int
    spent: int
    available: int | None


def credit(connection: sa.Connection, key_id: str, micros: int) -> None:
    """Give a key money to spend. The first credit, be it 0, makes an unlimited key a limited one."""
    _write(connection, "credit", key_id, None, micros)
    more = {"available_micros": balances.c.available_micros + micros}
    upsert(connection, balances, {"key_id": key_id, "available_micros": micros}, more)


def hold(connection: sa.Connection, key_id: str, task_id: str, micros: int) -> None:
    """Set the price of a task aside. Raises InsufficientBalance, and then nothing is written."""
    if not _change(connection, key_id, -micros, at_least=micros) and _is_limited(connection, key_id):
        raise InsufficientBalance("the balance does not cover the price of this task")
    _write(connection, "hold", key_id, task_id, micros)


def capture(connection: sa.Connection, key_id: str, task_id: str, micros: int) -> None:
    """Spend what was held for a task. Raises InternalError when anything else was held."""
    _check_held(connection, key_id, task_id, micros)
    _write(connection, "capture", key_id, task_id, micros)


def release(connection: sa.Connection, key_id: str, task_id: str, micros: int) -> None:
    """Give back what was held for a task. Raises InternalError when anything else was held."""
    _check_held(connection, key_id, task_id, micros)
    _write(connection, "release", key_id, task_id, micros)
    _change(connection, key_id, micros)


def balance(connection: sa.Connection, key_id: str) -> Balance:
    """What a key has held, spent and left."""
    summed = sa.select(ledger.c.kind, sa.func.sum(ledger.c.micros)).where(ledger.c.key_id == key_id)
    total = {kind: int(micros) for kind, micros in connection.execute(summed.group_by(ledger.c.kind))}
    spent = total.get("capture", 0)
    held = total.get("hold", 0) - spent - total.get("release", 0)
    available = connection.scalar(sa.select(balances.c.available_micros).where(balances.c.key_id == key_id))
    return Balance(held, spent, available)


def _write(connection: sa.Connection, kind: str, key_id: str, task_id: str | None, micros: int) -> None:
    if micros < 0:
        raise InternalError(f"a {kind} of {micros} micros")
    connection.execute(
        sa.insert(ledger).values(kind=kind, key_id=key_id, task_id=task_id, micros=micros, at=datetime.now(UTC))
    )


def _change(connection: sa.Connection, key_id: str, micros: int, at_least: int | None = None) -> bool:
    """Add to a limited key's balance if it has `at_least` that much; False when nothing was changed."""
    row = sa.update(balances).where(balances.c.key_id == key_id)
    if at_least is not None:
        row = row.where(balances.c.available_micros >= at_least)
    return connection.execute(row.values(available_micros=balances.c.available_micros + micros)).rowcount > 0


def _is_limited(connection: sa.Connection, key_id: str) -> bool:
    return connection.scalar(sa.select(balances.c.key_id).where(balances.c.key_id == key_id)) is not None


def _check_held(connection: sa.Connection, key_id: str, task_id: str, micros: int) -> None:
    held = connection.scalar(
        sa.select(ledger.c.micros).where(
            ledger.c.task_id == task_id, ledger.c.key_id == key_id, ledger.c.kind == "hold"
        )
    )
    if held != micros:
        raise InternalError(f"task {task_id}: {micros} micros to settle, but {held} were held")
