"""A request's order comes in, the task that it led to goes out: taken in together with those of the same moment.

Knows no vendor and no path.
"""

from __future__ import annotations

from typing import Any

from openhorse.accounts import Key
from openhorse.dialects import Dialect
from openhorse.server.intake import Asked, Intake
from openhorse.server.requests import Threads
from openhorse.vocabulary import Task


async def take_in(
    intake: Intake,
    threads: Threads,
    dialect: Dialect,
    key: Key,
    raw: bytes,
    idempotency_key: str | None = None,
    *,
    body: Any = None,
) -> tuple[Task, bool]:
    """What `intake.accept` gives or raises.

    On SQLite all orders that come while others are written are written next, by one way to a thread and one commit.
    A database server writes them side by side.
    """
    if not intake.rooms.database.is_server:
        made = await threads.together(intake.accept_all, Asked(dialect, key, raw, idempotency_key, body))
        if made is not None:
            return made
    return await threads.run(intake.accept, dialect, key, raw, idempotency_key, body=body)
