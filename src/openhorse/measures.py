"""How long steps of runs and callback attempts took comes in, histograms of all processes together go out.

They are counted in the database, which all servers and workers share: one row a bucket, so that counting is cheap,
nothing is lost when a process ends, and whichever server is asked says the same. Knows no step and no vendor by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from openhorse.store.database import Database, upsert
from openhorse.store.tables import measures

Kind = Literal["step", "callback"]

BUCKETS = ("0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "30", "60", "120", "300", "600", "1800", "+Inf")
"""Upper bounds in seconds, as Prometheus writes them. Rows with bounds of other versions stay right: they are summed in
order."""


@dataclass(frozen=True, slots=True)
class Series:
    """What is measured: a step by its name and engine, or the callbacks of a dialect; and how it ended."""

    kind: Kind
    name: str
    engine: str
    result: str


@dataclass(frozen=True, slots=True)
class Histogram:
    """`buckets` are upper bounds and how many were at most that long; the last is "+Inf". `seconds` are of them all."""

    buckets: tuple[tuple[str, int], ...]
    seconds: float


def count(connection: sa.Connection, seen: Iterable[tuple[Series, float]]) -> None:
    """Add what took so many seconds, in the caller's transaction."""
    rows = [
        {
            "kind": series.kind,
            "name": series.name,
            "engine": series.engine,
            "result": series.result,
            "le": next(bound for bound in BUCKETS if seconds <= float(bound)),
            "number": 1,
            "seconds": seconds,
        }
        for series, seconds in seen
    ]
    # In one order everywhere, so that two who count the same rows do not wait for each other.
    for row in sorted(rows, key=lambda row: [str(row[column.name]) for column in measures.primary_key]):
        added = {"number": measures.c.number + 1, "seconds": measures.c.seconds + row["seconds"]}
        upsert(connection, measures, row, added)


def histograms(database: Database) -> Mapping[Series, Histogram]:
    """All that was ever measured here."""
    with database.reading() as connection:
        rows = connection.execute(sa.select(measures)).all()
    found: dict[Series, list[tuple[float, int, float]]] = {}
    for row in rows:
        series = Series(row.kind, row.name, row.engine, row.result)
        found.setdefault(series, []).append((float(row.le), row.number, row.seconds))
    return {series: _histogram(some) for series, some in sorted(found.items(), key=lambda item: str(item[0]))}


def _histogram(some: list[tuple[float, int, float]]) -> Histogram:
    bounds = [(bound, sum(number for le, number, _ in some if le <= float(bound))) for bound in BUCKETS]
    return Histogram(tuple(bounds), sum(seconds for _, _, seconds in some))
