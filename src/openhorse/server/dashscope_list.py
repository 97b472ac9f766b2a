"""DashScope's list of tasks: filters in, entries out. It counts time otherwise than the query of one task does:
in epoch milliseconds, while its filters are texts in Beijing's time.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from openhorse.dialects import dashscope
from openhorse.errors import InvalidOrder, NotFound
from openhorse.lists import Page
from openhorse.server.dashscope_requests import key_of, route
from openhorse.server.intake import Rooms
from openhorse.server.requests import Threads, json_response, whole_query
from openhorse.vocabulary import Status, Task

LONGEST_PAGE = 100

LONGEST_SPAN = timedelta(hours=24)
"""Between the two times of a filter."""

REGION = "local"

_TIME = re.compile(r"\d{14}", re.ASCII)

_PARAMETERS = {
    "page_no": {"type": "integer", "minimum": 1, "default": 1},
    "page_size": {"type": "integer", "minimum": 1, "maximum": LONGEST_PAGE, "default": 10},
    "task_id": {"type": "string"},
    "start_time": {"type": "string", "pattern": r"^\d{14}$"},
    "end_time": {"type": "string", "pattern": r"^\d{14}$"},
    "model_name": {"type": "string"},
    "status": {"type": "string", "enum": list(dict.fromkeys(dashscope.STATUS_WORDS.values()))},
}
_DESCRIBED = {"parameters": [{"name": name, "in": "query", "schema": schema} for name, schema in _PARAMETERS.items()]}


def add_routes(router: APIRouter, rooms: Rooms, threads: Threads) -> None:
    """GET /api/v1/tasks."""

    @route(router, "GET", dashscope.TASKS_PATH, openapi_extra=_DESCRIBED, summary="List tasks")
    async def listing(request: Request) -> Response:
        """Newest first, those made in the last day unless `start_time` or `end_time` (YYYYMMDDhhmmss, UTC+8) say more.

        `task_id` picks out one task, whatever else is asked; `region` and `api_key_id` are ignored, as there is one.
        """
        key = await key_of(request, rooms, threads)
        number = whole_query(request, "page_no", 1, 1_000_000)
        size = whole_query(request, "page_size", 10, LONGEST_PAGE)
        page = await threads.run(_found, rooms, key.id, request.query_params, number, size)
        answer = {
            "total": page.total,
            "data": [_entry(task) for task in page.tasks],
            "total_page": -(-page.total // size),
            "page_no": number,
            "page_size": size,
        }
        return json_response(answer | dashscope.answered({}))


def _found(rooms: Rooms, key_id: str, query: QueryParams, number: int, size: int) -> Page:
    if query.get("task_id"):
        try:
            return Page((rooms.tasks.get(query["task_id"], key_id),), 1)
        except NotFound:
            return Page((), 0)
    since, until = read_span(query.get("start_time"), query.get("end_time"), rooms.now())
    return rooms.tasks.page(
        key_id,
        dialect="dashscope",
        page=number,
        size=size,
        statuses=_statuses(query.get("status")),
        model=query.get("model_name") or None,
        since=since,
        until=until,
    )


def read_span(start: str | None, end: str | None, now: datetime) -> tuple[datetime, datetime]:
    """The two times of a filter; a missing side is a day from the other, and both missing mean the last day.

    Raises InvalidOrder for another form than YYYYMMDDhhmmss, and for a span over a day.
    """
    since, until = _read_time("start_time", start), _read_time("end_time", end)
    try:
        if since is None:
            until = until or now
            since = until - LONGEST_SPAN
        elif until is None:
            until = since + LONGEST_SPAN
    except OverflowError:
        raise InvalidOrder("start_time and end_time must lie within the calendar", field="start_time") from None
    if not timedelta(0) <= until - since <= LONGEST_SPAN:
        raise InvalidOrder("end_time must be 0 to 24 hours after start_time", field="end_time")
    return since, until


def _read_time(field: str, text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        if _TIME.fullmatch(text):
            return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=dashscope.BEIJING)
    except ValueError:
        pass  # fourteen digits that are no time, refused like any other text
    raise InvalidOrder(f"{field} must have the form YYYYMMDDhhmmss, in Beijing's time", field=field)


def _statuses(word: str | None) -> list[Status] | None:
    if not word:
        return None
    found = [status for status, known in dashscope.STATUS_WORDS.items() if known == word.upper()]
    if not found:
        known = ", ".join(dict.fromkeys(dashscope.STATUS_WORDS.values()))
        raise InvalidOrder(f"status must be one of {known}", field="status")
    return found


def _entry(task: Task) -> dict[str, Any]:
    """A task as the list shows it; what has not happened yet is left out."""
    moments = {"gmt_create": task.created_at, "start_time": task.started_at, "end_time": task.finished_at}
    return {
        "api_key_id": task.key_id,
        "caller_parent_id": task.key_id,
        "caller_uid": task.key_id,
        **{field: int(moment.timestamp() * 1000) for field, moment in moments.items() if moment is not None},
        "model_name": task.order.model,
        "region": REGION,
        "request_id": dashscope.request_id_of(task.id),
        "status": dashscope.STATUS_WORDS[task.status],
        "task_id": task.id,
        "user_api_unique_key": f"apikey:v1:aigc:video-generation:video-synthesis:{task.order.model}",
    }
