"""DashScope's routes: create, query, cancel; the list and the uploads are beside this. Knows paths, not words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from openhorse.dialects import Answer, dashscope, dialect_named
from openhorse.errors import NotFound, NotPermitted
from openhorse.server import dashscope_list, dashscope_uploads
from openhorse.server.dashscope_requests import key_of, route
from openhorse.server.gate import SUBMIT
from openhorse.server.intake import Intake, Rooms
from openhorse.server.openapi import one_of
from openhorse.server.orders import take_in
from openhorse.server.requests import Threads, answer_response, json_response, read_json_body
from openhorse.vocabulary import Status, Task

_ASYNC_HEADER = "X-DashScope-Async"
_ASYNC = {
    "parameters": [
        {"name": _ASYNC_HEADER, "in": "header", "required": True, "schema": {"type": "string", "enum": ["enable"]}}
    ]
}


def routes(intake: Intake, threads: Threads) -> APIRouter:
    """All routes, to be mounted under /dashscope."""
    rooms = intake.rooms
    words = dialect_named("dashscope")
    limit = rooms.catalog.terms("dashscope").max_body_bytes
    router = APIRouter(tags=["DashScope"])
    bodies = [dashscope.body_model(offer) for offer in rooms.catalog.of("dashscope")]

    @route(router, "POST", dashscope.CREATE_PATH, openapi_extra=one_of(bodies) | _ASYNC, summary="Create a task")
    async def create(request: Request) -> Response:
        """Answers the task's id at once; the header `X-DashScope-Async: enable` is required."""
        key = await key_of(request, rooms, threads, SUBMIT)
        if request.headers.get(_ASYNC_HEADER, "").strip().lower() != "enable":
            raise NotPermitted(dashscope.NOT_SYNCHRONOUS)  # to the letter: clients match on it
        raw = await read_json_body(request, limit)
        task, _ = await take_in(intake, threads, words, key, raw)
        return json_response(dashscope.write_created(task))

    dashscope_list.add_routes(router, rooms, threads)
    dashscope_uploads.add_routes(router, rooms, threads)

    @route(router, "GET", dashscope.TASKS_PATH + "/{task_id}", summary="Ask for a task")
    async def query(task_id: str, request: Request) -> Response:
        """Its status and, at the end, the film's link; a task that is not there, or not any more, is UNKNOWN."""
        key = await key_of(request, rooms, threads)
        try:
            task = await threads.together(rooms.tasks.get_all, (task_id, key.id))
        except NotFound:
            return json_response(dashscope.answered(dashscope.write_unknown(task_id)))
        return json_response(dashscope.answered(_written(rooms, task)))

    @route(router, "POST", dashscope.TASKS_PATH + "/{task_id}/cancel", summary="Cancel a task")
    async def cancel(task_id: str, request: Request) -> Response:
        """Only a PENDING task can be cancelled. A body is not read."""
        key = await key_of(request, rooms, threads, SUBMIT)
        return answer_response(await threads.run(_cancelled, rooms, task_id, key.id))

    return router


def _written(rooms: Rooms, task: Task) -> dict[str, Any]:
    kept = timedelta(hours=rooms.catalog.terms("dashscope").retention_hours)
    if _is_over(task, kept, rooms.now()):
        return dashscope.write_unknown(task.id)
    return dashscope.write_task(task, rooms.link(task))


def _is_over(task: Task, kept: timedelta, now: datetime) -> bool:
    """Whether a task's time to be asked for is over: with its film's, else `kept` after its end."""
    end = task.expires_at or (task.finished_at and task.finished_at + kept)
    return end is not None and end <= now


def _cancelled(rooms: Rooms, task_id: str, key_id: str) -> Answer:
    try:
        status = rooms.tasks.get(task_id, key_id).status
        if status is Status.QUEUED:
            status = rooms.tasks.cancel(task_id, key_id, only_queued=True).status
            if status is Status.CANCELLED:
                return Answer(200, dashscope.answered({}))
    except NotFound:
        return dashscope.write_uncancelled(None)
    return dashscope.write_uncancelled(status)
