"""Tasks of keys with limits over one database, without a server: what the tests of limits and of usage share."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import sqlalchemy as sa

from openhorse import accounts, limits
from openhorse.limits import Limits
from openhorse.store.database import Database
from openhorse.store.tables import spending
from openhorse.tasks import Tasks
from openhorse.vocabulary import Failure, Mode, Order, Quote, Ratio, Tier, Video

ORDER = Order("hiapi", "happyhorse-1.1/text-to-video", Mode.TEXT, "a lake", Tier.P720, 5, ratio=Ratio.R16_9, seed=7)
QUOTE = Quote(500_000, 100_000, 5, "2026-11", "a page")
VIDEO = Video("films/t.mp4", 900, "ab", 1280, 720, 120, 5.0, True, -16.0, -1.2, "procedural", 7, 2.5, ("lake",))
FAILURE = Failure("engine_failed", "it broke", retry=True)
DAY = timedelta(days=1)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Shop:
    """Tasks over one database, and a clock that the test moves."""

    def __init__(self, url: str, queue_limit: int = limits.LONGEST_LINE) -> None:
        self.database = Database(url)
        self.database.migrate()
        self.time = NOON
        self.tasks = self.server(queue_limit)

    def server(self, queue_limit: int = limits.LONGEST_LINE) -> Tasks:
        """Another process over the same database."""
        return Tasks(
            self.database,
            now=lambda: self.time,
            on_submit=lambda *_: None,
            on_event=lambda *_: None,
            queue_limit=queue_limit,
        )

    def key(self, allowed: Limits, balance: int | None = None) -> str:
        """A new key."""
        with self.database.transaction() as connection:
            return accounts.create_key(connection, label="a", limits=allowed, balance_micros=balance)[0].id

    def order(self, key: str, micros: int = QUOTE.micros, tasks: Tasks | None = None) -> str:
        """Order a film at this price; its task."""
        quote = replace(QUOTE, micros=micros)
        return (tasks or self.tasks).submit(key, f"t-{uuid4()}", ORDER, quote, lifetime=DAY).task.id

    def make(self, task_id: str) -> None:
        """Take a task to its film."""
        self.tasks.start(task_id)
        self.tasks.storing(task_id)
        self.tasks.finish(task_id, VIDEO)

    def spending(self, key: str) -> dict[str, int]:
        """What is counted of the key's budgets."""
        with self.database.reading() as connection:
            return {
                row.period: row.micros
                for row in connection.execute(sa.select(spending).where(spending.c.key_id == key))
            }
