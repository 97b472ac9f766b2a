"""A task that was just accepted comes in, the same task when it has ended goes out, for requests that wait.

Knows no vendor: whoever calls says when nobody listens any more.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio

from openhorse.server.intake import Rooms
from openhorse.server.requests import Threads
from openhorse.vocabulary import FINAL, Task

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.1, 1.0
"""Between two looks into the database; each pause is half as long again as the one before."""


async def wait_until_ended(
    rooms: Rooms, threads: Threads, task: Task, seconds: float, is_gone: Callable[[], Awaitable[bool]]
) -> Task:
    """`task` when it has ended, or as it is after `seconds`, when its customer is gone or the server stops.

    Holds no thread while it waits. Raises NotFound when the task is deleted meanwhile.
    """
    deadline = anyio.current_time() + seconds
    pause = FIRST_PAUSE_SECONDS
    while task.status not in FINAL and (left := deadline - anyio.current_time()) > 0:
        if rooms.stopping.is_set() or await is_gone():
            break
        await anyio.sleep(min(pause, left))
        pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)
        task = await threads.together(rooms.tasks.get_all, (task.id, task.key_id))
    return task
