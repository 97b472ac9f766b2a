"""A mode and a tier come in, how long such films have taken here goes out. Knows no engine: it reads what happened."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from openhorse.store import rows
from openhorse.store.database import Database
from openhorse.store.tables import tasks
from openhorse.vocabulary import Mode, Status, Tier

LOOK_BACK = 100
"""Finished tasks that are looked at; older ones say little about the machine as it is now."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`rate` is seconds of rendering per second of film, the median over `films` films."""

    rate: float
    films: int


def render_rate(database: Database, mode: Mode, tier: Tier) -> Rate | None:
    """The measured rate of the latest films of this mode and tier, None when there was none yet."""
    latest = sa.select(tasks).where(tasks.c.status == Status.SUCCEEDED.value)
    latest = latest.order_by(tasks.c.created_at.desc()).limit(LOOK_BACK)
    with database.reading() as connection:
        finished = [rows.read_task(row) for row in connection.execute(latest)]
    rates = sorted(
        task.video.render_seconds / task.order.seconds
        for task in finished
        if task.video is not None and (task.order.mode, task.order.tier) == (mode, tier)
    )
    return Rate(rates[len(rates) // 2], len(rates)) if rates else None
