"""A database with DBOS's tables comes in, made fit for a million records of runs; runs in line come in by the dozen.

DBOS's own indexes for runs in line and in hand are partial, and its lists name the status in a parameter: SQLite, and
PostgreSQL's generic plans, then look through every record that there is. Each worker asks once a second.

DBOS puts one run in line at a time, which was two fifths of what an order cost. So it does that with the first run of
a queue; what it has written is read, and others are written like it, many at once. Knows two of DBOS's tables.
"""

from __future__ import annotations

import base64
import pickle
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from dbos import DBOSClient, EnqueueOptions

from openhorse.store.database import Database

TABLE, INPUTS, INDEX = "workflow_status", "workflow_input", "ix_oh_runs_status"

_TIMES = frozenset({"created_at", "updated_at", "retention_timestamp"})
"""Columns that the database fills in by itself."""


@dataclass(frozen=True, slots=True)
class Place:
    """A run's place in line, by its turn (None: before all turns), with the id of its task for its one argument.

    `name` is which workflow it is.
    """

    run: str
    name: str
    queue: str
    key_id: str
    turn: int | None
    task_id: str


class Records:
    """Writes runs that stand in line. Safe to use from many threads."""

    def __init__(self, client: DBOSClient, schema: str | None) -> None:
        """`schema` holds DBOS's tables, None where there are no schemas."""
        self._client = client
        self._tables = [f"{schema}.{name}" if schema else name for name in (TABLE, INPUTS)]
        self._like: dict[str, _Like] = {}

    def line_up(self, connection: sa.Connection, places: Sequence[Place]) -> None:
        """Put runs in line, of one queue; those that are in line already stay where they are."""
        like = self._like.get(places[0].queue)
        if like is not None:
            like.write(connection, places)
            return
        for place in places:
            was_there = self._find(connection, place)
            self._client.enqueue_in_transaction(connection, _options(place), place.task_id)
            if was_there is None:
                self._learn(connection, place)

    def _find(self, connection: sa.Connection, place: Place) -> list[dict[str, Any]] | None:
        """What is written of a run."""
        texts = [sa.text(f"SELECT * FROM {table} WHERE workflow_uuid = :run") for table in self._tables]
        found = [connection.execute(text, {"run": place.run}).mappings().one_or_none() for text in texts]
        return None if found[0] is None else [dict(row or {}) for row in found]

    def _learn(self, connection: sa.Connection, place: Place) -> None:
        run, given = self._find(connection, place) or ({}, {})
        varies = _varying(place)
        # Where another version of DBOS writes them otherwise, it goes on to do so by itself.
        if all(run.get(name) == value for name, value in varies.items()) and given.get("inputs") == _inputs(place):
            same = {name: value for name, value in run.items() if value is not None and name not in _TIMES}
            self._like[place.queue] = _Like(self._tables, same, [*varies, "creator_xid"])


class _Like:
    """How runs of a queue are written: all like the first but for some columns."""

    def __init__(self, tables: Sequence[str], same: Mapping[str, Any], varying: Iterable[str]) -> None:
        self._same = {name: value for name, value in same.items() if name not in set(varying)}
        self._run = _inserting(tables[0], [*self._same, *varying])
        self._inputs = _inserting(tables[1], ["workflow_uuid", "inputs"])

    def write(self, connection: sa.Connection, places: Sequence[Place]) -> None:
        """Put runs in line."""
        runs = [{**self._same, **_varying(place), "creator_xid": str(uuid4())} for place in places]
        connection.execute(self._run, runs)
        connection.execute(self._inputs, [{"workflow_uuid": one.run, "inputs": _inputs(one)} for one in places])


def index_records(database: Database) -> None:
    """Find runs by their status; at once where that was done before."""
    schema = "dbos" if database.is_server else None
    with database.reading() as connection:
        if any(index["name"] == INDEX for index in sa.inspect(connection).get_indexes(TABLE, schema=schema)):
            return
    table = f"dbos.{TABLE}" if schema else TABLE
    with database.transaction(alone="index of runs") as connection:
        connection.exec_driver_sql(f"CREATE INDEX IF NOT EXISTS {INDEX} ON {table} (status, created_at)")


def _options(place: Place) -> EnqueueOptions:
    options: EnqueueOptions = {
        "workflow_name": place.name,
        "queue_name": place.queue,
        "workflow_id": place.run,
        # These queues have no partitions: it is the mark by which a key's runs in line are found.
        "queue_partition_key": place.key_id,
    }
    if place.turn is not None:
        options["priority"] = place.turn
    return options


def _varying(place: Place) -> dict[str, Any]:
    return {
        "workflow_uuid": place.run,
        "queue_partition_key": place.key_id,
        # DBOS serves runs without a turn before all others.
        "priority": place.turn or 0,
    }


def _inputs(place: Place) -> str:
    """The run's argument as DBOS keeps it."""
    return base64.b64encode(pickle.dumps({"args": (place.task_id,), "kwargs": {}})).decode()


def _inserting(table: str, names: Sequence[str]) -> sa.TextClause:
    columns, values = ", ".join(names), ", ".join(f":{name}" for name in names)
    return sa.text(f"INSERT INTO {table} ({columns}) VALUES ({values}) ON CONFLICT (workflow_uuid) DO NOTHING")
