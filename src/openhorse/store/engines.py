"""Engines elsewhere go in and out of their table as the operator has described them. Knows no kind of engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from openhorse.store.tables import engines, tries


@dataclass(frozen=True, slots=True)
class Added:
    """An engine elsewhere: its name, of what kind it is, and the rest as JSON."""

    name: str
    kind: str
    text: str


def read_engines(connection: sa.Connection) -> Sequence[Added]:
    """All engines that were added, by name."""
    found = connection.execute(sa.select(engines.c.name, engines.c.kind, engines.c.data).order_by(engines.c.name))
    return [Added(row.name, row.kind, row.data) for row in found]


def write_engine(connection: sa.Connection, added: Added, now: datetime) -> None:
    """Add an engine, or describe it anew."""
    remove_engine(connection, added.name)
    row = {"name": added.name, "kind": added.kind, "data": added.text, "created_at": now}
    connection.execute(sa.insert(engines).values(row))


def open_tries(connection: sa.Connection, name: str) -> int:
    """How many films are being made by an engine elsewhere, as far as is known."""
    mine = (tries.c.engine == name) & tries.c.ended_at.is_(None)
    return connection.scalar(sa.select(sa.func.count()).select_from(tries).where(mine)) or 0


def remove_engine(connection: sa.Connection, name: str) -> bool:
    """Forget an engine; whether there was one."""
    return connection.execute(sa.delete(engines).where(engines.c.name == name)).rowcount > 0
