"""HiAPI's routes: POST /v1/tasks, GET /v1/tasks/{id}, GET /v1/tasks, POST /v1/storages/promote.

Knows the paths and headers, not the words.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from openhorse import ledger
from openhorse.catalog import PERSISTENT
from openhorse.dialects import dialect_named, hiapi
from openhorse.errors import CallerError, InsufficientBalance
from openhorse.server.gate import SUBMIT, admit
from openhorse.server.intake import Intake, Rooms
from openhorse.server.openapi import one_of
from openhorse.server.orders import take_in
from openhorse.server.requests import Threads, json_response, read_json_body, whole_query

LONGEST_PAGE = 100


def routes(intake: Intake, threads: Threads) -> APIRouter:
    """The four routes, to be mounted at the root and under /hiapi."""
    rooms = intake.rooms
    words = dialect_named("hiapi")
    limit = rooms.catalog.terms("hiapi").max_body_bytes
    router = APIRouter(tags=["HiAPI"])
    bodies = [hiapi.body_model(offer) for offer in rooms.catalog.of("hiapi")]

    @router.post("/v1/tasks", openapi_extra=one_of(bodies), summary="Create a task")
    async def create(request: Request) -> Response:
        """Answers the task's id at once; `Idempotency-Key` makes a retry safe."""
        key = await admit(request, rooms, threads, SUBMIT)
        raw = await read_json_body(request, limit)
        task, replayed = await take_in(intake, threads, words, key, raw, request.headers.get("idempotency-key"))
        headers = {"Idempotent-Replay": "true"} if replayed else {}
        return json_response(hiapi.envelope(hiapi.write_created(task)), headers=headers)

    @router.get("/v1/tasks/{task_id}", summary="Ask for a task")
    async def detail(task_id: str, request: Request) -> Response:
        """Its status and, at the end, the film's link."""
        key = await admit(request, rooms, threads)
        task = await threads.together(rooms.tasks.get_all, (task_id, key.id))
        return json_response(hiapi.envelope(hiapi.write_task(task, rooms.link(task))))

    @router.get("/v1/tasks", summary="List tasks")
    async def listing(request: Request) -> Response:
        """Newest first; `page` from 1, `size` 1 to 100, anything else reads as the default."""
        key = await admit(request, rooms, threads)
        page = whole_query(request, "page", 1, 1_000_000)
        size = whole_query(request, "size", 10, LONGEST_PAGE)
        found = await threads.run(rooms.tasks.page, key.id, dialect="hiapi", page=page, size=size)
        tasks = [hiapi.write_task(task, rooms.link(task)) for task in found.tasks]
        return json_response(hiapi.envelope({"page": page, "size": size, "total": found.total, "tasks": tasks}))

    @router.post("/v1/storages/promote", openapi_extra=_IDS, summary="Keep films")
    async def promote(request: Request) -> Response:
        """An array of up to 50 task ids; films of those that are accepted are kept for good."""
        key = await admit(request, rooms, threads, SUBMIT)
        ids = hiapi.read_promotion(await read_json_body(request, limit))
        return json_response(hiapi.envelope(await threads.run(_promote, rooms, key.id, ids)))

    return router


_IDS = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "array",
                    "items": {"type": "string"},
                    "minItems": 1,
                    "maxItems": hiapi.PROMOTED_AT_ONCE,
                }
            }
        },
    }
}


def _promote(rooms: Rooms, key_id: str, ids: Sequence[str]) -> dict[str, Any]:
    """Keep the films of these tasks where that can be; none of them when the key's balance is used up."""
    lifetime = timedelta(hours=rooms.catalog.terms("hiapi").persistent_hours or 0)
    with rooms.database.reading() as connection:
        available = ledger.balance(connection, key_id).available
    rejected = {}
    for one in ids:
        try:
            if available is not None and available <= 0:
                raise InsufficientBalance("the balance is used up")
            rooms.tasks.keep(one, key_id, lifetime, {"storage": PERSISTENT})
        except CallerError as error:
            rejected[one] = hiapi.rejection(error)
    return hiapi.write_promotion(rejected, ids)
