"""A stretch of time comes in, what was ordered in it goes out: films and money by day, key, dialect and model.

Read from tasks and ledger, which are written together; nothing is counted beside them. A day is UTC's, and an order
counts for the day on which it was taken in, as it does for budgets, whenever its film is ready.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import sqlalchemy as sa

from openhorse.errors import InvalidOrder
from openhorse.ledger import available, ordered
from openhorse.limits import stored_bytes
from openhorse.store.tables import keys, ledger, tasks
from openhorse.vocabulary import FINAL, Status

LONGEST_DAYS = 366
"""Days that one report may cover."""

_MADE = frozenset({Status.SUCCEEDED, Status.EXPIRED})


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days, both inclusive."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Line:
    """What one key ordered of one model on one day: `tasks` in all, of which so many are `films`, `failed`,
    `cancelled` or `unfinished`; micros `spent` on films and `held` for those that are not finished."""

    day: date
    key_id: str
    label: str
    dialect: str
    model: str
    tasks: int
    films: int
    failed: int
    cancelled: int
    unfinished: int
    spent: int
    held: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a key has filled what fills up: micros ordered `day` and `month`, `available` (None: unlimited), and
    bytes `stored`."""

    day: int
    month: int
    available: int | None
    stored: int


def read_span(first: str | None, last: str | None, now: datetime) -> Span:
    """The days from `first` to `last`, like 2026-11-21; this month until today where nothing is said.

    Raises InvalidOrder for what is no day, for days in the wrong order, and for more than LONGEST_DAYS.
    """
    today = now.astimezone(UTC).date()
    end = _day(last, "to") if last else today
    begin = _day(first, "from") if first else end.replace(day=1)
    if not 0 <= (end - begin).days < LONGEST_DAYS:
        raise InvalidOrder(f"from must not be later than to, nor {LONGEST_DAYS} days before it", field="from")
    return Span(begin, end)


def usage(connection: sa.Connection, span: Span, key_id: str | None = None) -> Sequence[Line]:
    """What was ordered, by one key or by all, oldest day first."""
    begin = datetime.combine(span.first, time(), UTC)
    end = datetime.combine(span.last, time(), UTC) + timedelta(days=1)
    day = (sa.type_coerce(tasks.c.created_at, sa.BigInteger) // 86_400_000_000).label("day")
    which = (tasks.c.created_at >= begin) & (tasks.c.created_at < end)
    if key_id is not None:
        which &= tasks.c.key_id == key_id
    held = (ledger.c.task_id == tasks.c.id) & (ledger.c.kind == "hold")
    names = (day, tasks.c.key_id, keys.c.label, tasks.c.dialect, tasks.c.model)
    query = (
        sa.select(*names, tasks.c.status, sa.func.count().label("tasks"), sa.func.sum(ledger.c.micros).label("micros"))
        .select_from(tasks.join(ledger, held).join(keys, keys.c.id == tasks.c.key_id))
        .where(which)
        .group_by(*names, tasks.c.status)
    )
    found: dict[tuple[int, str, str, str, str], list[tuple[Status, int, int]]] = {}
    for *name, status, count, micros in connection.execute(query):
        found.setdefault(tuple(name), []).append((Status(status), int(count), int(micros)))
    return [_line(name, found[name]) for name in sorted(found)]


def standing(connection: sa.Connection, key_id: str, now: datetime) -> Standing:
    """Where a key stands at this moment."""
    money = ordered(connection, key_id, now)
    return Standing(money.day or 0, money.month or 0, available(connection, key_id), stored_bytes(connection, key_id))


def _line(name: tuple[int, str, str, str, str], parts: Sequence[tuple[Status, int, int]]) -> Line:
    day, key_id, label, dialect, model = name

    def counted(*statuses: Status) -> int:
        return sum(count for status, count, _ in parts if status in statuses)

    return Line(
        day=date(1970, 1, 1) + timedelta(days=day),
        key_id=key_id,
        label=label,
        dialect=dialect,
        model=model,
        tasks=counted(*Status),
        films=counted(*_MADE),
        failed=counted(Status.FAILED),
        cancelled=counted(Status.CANCELLED),
        unfinished=counted(*(frozenset(Status) - FINAL)),
        spent=sum(micros for status, _, micros in parts if status in _MADE),
        held=sum(micros for status, _, micros in parts if status not in FINAL),
    )


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidOrder(f"{field} must be a day like 2026-11-21, not {text[:50]!r}", field=field) from None
