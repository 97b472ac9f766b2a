"""A task comes in, a stream of what happens to it goes out (Server-Sent Events), until it ends.

Knows no vendor. Holds no thread between two looks into the database.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import anyio
from starlette.responses import StreamingResponse

from openhorse.errors import NotFound
from openhorse.server.intake import Rooms
from openhorse.server.requests import Threads
from openhorse.vocabulary import FINAL, Event, Task

PAUSE_SECONDS = 0.5
"""Between two looks: as often as a render writes its progress down, about."""

SILENCE_SECONDS = 15.0
"""After so long without news a comment is sent, so that no proxy takes the connection for dead."""

RETRY_MILLISECONDS = 2000
"""When a browser whose connection broke comes back."""

Write = Callable[[Task], dict[str, Any]]
"""Our own words for a task, among them its `previews`."""

Preview = dict[str, Any]


def stream(rooms: Rooms, threads: Threads, task: Task, after: int, write: Write) -> StreamingResponse:
    """`task`, told now and at every change: `event: status` with the whole task and the event's id, `event: preview`
    with one preview, `event: progress` with its progress alone. Ends after the task's end, or when the server stops;
    `after` is the last event that the customer has seen (Last-Event-ID), 0 for none.
    """
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_told(rooms, threads, task, after, write), media_type="text/event-stream", headers=headers)


async def _told(rooms: Rooms, threads: Threads, task: Task, after: int, write: Write) -> AsyncIterator[str]:
    yield f"retry: {RETRY_MILLISECONDS}\n\n"
    progress, seen, spoken = task.progress, list[Preview](), anyio.current_time()
    while not rooms.stopping.is_set():
        try:
            task, news = await _looked(rooms, threads, task, after)
        except NotFound:  # deleted meanwhile
            return
        text, body = "", write(task)
        before, seen = seen, body["previews"]
        if news:
            after = news[-1].id
            text = _event("status", body, after)
        elif task.status not in FINAL:
            new = [preview for preview in seen if preview not in before]
            text = "".join(_event("preview", {"id": task.id, **preview}) for preview in new)
            if task.progress != progress:
                text += _event("progress", {"id": task.id, "progress": round(task.progress, 3)})
        if not text and anyio.current_time() - spoken > SILENCE_SECONDS:
            text = ": still here\n\n"
        if text:
            progress, spoken = task.progress, anyio.current_time()
            yield text
        if task.status in FINAL and not news:
            return
        await anyio.sleep(PAUSE_SECONDS)


async def _looked(rooms: Rooms, threads: Threads, task: Task, after: int) -> tuple[Task, tuple[Event, ...]]:
    """The task, and what has happened to it since, as of one moment."""
    while True:
        task = await threads.together(rooms.tasks.get_all, (task.id, task.key_id))
        news = await threads.run(rooms.tasks.events, task.id, task.key_id, after=after)
        # Each move has its event: another status than the last one's means that it was moved between the two looks.
        if not news or news[-1].status is task.status:
            return task, news


def _event(name: str, body: dict[str, Any], number: int | None = None) -> str:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    identified = "" if number is None else f"id: {number}\n"
    return f"{identified}event: {name}\ndata: {text}\n\n"
