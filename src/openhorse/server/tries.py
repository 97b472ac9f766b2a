"""Our own route for tries: which engines were asked for a task's film, and how that went. Knows the path only."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from openhorse.dialects.fields import write_time
from openhorse.server.gate import admit
from openhorse.server.intake import Rooms
from openhorse.server.requests import Threads, json_response
from openhorse.tries import Tries, Try


def add_tries(router: APIRouter, rooms: Rooms, threads: Threads) -> None:
    """Add it to the native router."""
    tries = Tries(rooms.database, rooms.now)

    @router.get("/tasks/{task_id}/tries", summary="Ask who made a task's film")
    async def listing(task_id: str, request: Request) -> Response:
        """Each engine that was asked, in order: how that went, and when."""
        key = await admit(request, rooms, threads)

        def found() -> tuple[Try, ...]:
            return tries.of(rooms.tasks.get(task_id, key.id).id)

        return json_response({"object": "list", "data": [write_try(one) for one in await threads.run(found)]})


def write_try(this: Try) -> dict[str, Any]:
    """A try as its customer may see it: neither which of the operator's servers it was nor what that has cost him."""
    failure = this.failure
    return {
        "object": "try",
        "number": this.number,
        "engine": this.engine,
        "state": this.state.value,
        "asked_at": write_time(this.asked_at),
        "ended_at": write_time(this.ended_at),
        "error": None if failure is None else {"code": failure.code, "message": failure.message},
    }
