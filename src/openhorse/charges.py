"""A stretch of time comes in, what hosted vendors made in it goes out: films, what they cost there, and here.

Read from tries, which are written as each film is ordered there; nothing is counted beside them. A day is UTC's, and a
try counts for the day on which its vendor was asked, as it does for the operator's caps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from openhorse.engines.added import SERVERS
from openhorse.store.tables import engines, ledger, tries
from openhorse.tries import OPEN, State
from openhorse.usage import Span


@dataclass(frozen=True, slots=True)
class Charge:
    """What one upstream was asked for on one day, or from the day on in that month of the span.

    So many were `asked`, of which `films` came, `unsure` may have been made without our hearing of it, `unfinished` go
    on; the rest failed or was stopped. Micros `charged` there, as the vendor told or by its list price, `at_risk` for
    the unsure ones, `expected` for the unfinished, and `earned`: what our customers were charged for the films.
    """

    day: date
    engine: str
    kind: str | None
    asked: int
    films: int
    unsure: int
    unfinished: int
    charged: int
    at_risk: int
    expected: int
    earned: int


@dataclass(frozen=True, slots=True)
class _Part:
    state: State
    tries: int
    micros: int
    earned: int


def charges(connection: sa.Connection, span: Span, *, by_month: bool = False) -> Sequence[Charge]:
    """By day and upstream, oldest first. `kind` is None for an upstream that was removed since."""
    found: dict[tuple[date, str, str | None], list[_Part]] = {}
    for day, engine, kind, *part in connection.execute(_query(span)):
        at = date(1970, 1, 1) + timedelta(days=day)
        at = max(at.replace(day=1), span.first) if by_month else at
        state, count, micros, earned = part
        found.setdefault((at, engine, kind), []).append(_Part(State(state), int(count), int(micros), int(earned)))
    return [_charge(name, found[name]) for name in sorted(found, key=lambda name: name[:2])]


def _query(span: Span) -> sa.Select[Any]:
    begin = datetime.combine(span.first, time(), UTC)
    end = datetime.combine(span.last, time(), UTC) + timedelta(days=1)
    day = (sa.type_coerce(tries.c.asked_at, sa.BigInteger) // 86_400_000_000).label("day")
    captured = (ledger.c.task_id == tries.c.task_id) & (ledger.c.kind == "capture")
    earned = sa.case((tries.c.state == State.MADE.value, sa.func.coalesce(ledger.c.micros, 0)), else_=0)
    names = (day, tries.c.engine, engines.c.kind, tries.c.state)
    return (
        sa.select(*names, sa.func.count(), sa.func.sum(tries.c.micros), sa.func.sum(earned))
        .select_from(tries.outerjoin(engines, engines.c.name == tries.c.engine).outerjoin(ledger, captured))
        .where(tries.c.asked_at >= begin, tries.c.asked_at < end, tries.c.place.is_not(None))
        .where(engines.c.kind.is_(None) | engines.c.kind.not_in(list(SERVERS)))
        .group_by(*names)
    )


def _charge(name: tuple[date, str, str | None], parts: Sequence[_Part]) -> Charge:
    def of(*states: State) -> Sequence[_Part]:
        return [part for part in parts if part.state in states]

    ended = of(*(frozenset(State) - OPEN - {State.UNSURE}))
    return Charge(
        *name,
        asked=sum(part.tries for part in parts),
        films=sum(part.tries for part in of(State.MADE)),
        unsure=sum(part.tries for part in of(State.UNSURE)),
        unfinished=sum(part.tries for part in of(*OPEN)),
        charged=sum(part.micros for part in ended),
        at_risk=sum(part.micros for part in of(State.UNSURE)),
        expected=sum(part.micros for part in of(*OPEN)),
        earned=sum(part.earned for part in parts),
    )
