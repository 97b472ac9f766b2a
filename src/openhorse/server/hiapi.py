"""HiAPI's routes: POST /v1/tasks, GET /v1/tasks/{id}, GET /v1/tasks. Knows the paths and headers, not the words."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from openhorse.dialects import dialect_named, hiapi
from openhorse.server.gate import SUBMIT, admit
from openhorse.server.intake import Intake
from openhorse.server.openapi import one_of
from openhorse.server.requests import Threads, json_response, read_json_body, whole_query

LONGEST_PAGE = 100


def routes(intake: Intake, threads: Threads) -> APIRouter:
    """The three routes, to be mounted at the root and under /hiapi."""
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
        task, replayed = await threads.run(intake.accept, words, key, raw, request.headers.get("idempotency-key"))
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

    return router
