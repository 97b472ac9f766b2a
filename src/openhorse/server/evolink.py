"""EvoLink's routes on api.evolink.ai: create, tasks, credits, models. Knows the paths and headers, not the words.

Prices are in `evolink_prices`, files in `evolink_files`. Choices where the sources leave room:
- a `page_size` over 50 reads as 50; `processing` finds the tasks in line too (the CLI's source);
- the batch leaves out ids that this key has no task of (the CLI's source), and answers the rest in the order asked;
- `remaining_credits` of a key without a limit is a billion, since the field must hold a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Sequence
from typing import Annotated, Any

from annotated_types import Len
from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from openhorse import ledger
from openhorse.dialects import Answer, dialect_named, evolink
from openhorse.dialects.evolink import TASK_ID, TASK_ID_PREFIX
from openhorse.dialects.fields import Tolerant, read_json, read_object, validated
from openhorse.errors import InvalidOrder, NotFound, OpenHorseError
from openhorse.server import evolink_files, evolink_prices
from openhorse.server.gate import SUBMIT, admit
from openhorse.server.intake import Intake, Rooms
from openhorse.server.openapi import one_of
from openhorse.server.orders import take_in
from openhorse.server.requests import (
    Threads,
    answer_response,
    json_response,
    read_json_body,
    whole_query,
)
from openhorse.vocabulary import Status, Task

LONGEST_PAGE = MOST_IDS = 50

UNLIMITED_CREDITS = 1_000_000_000

_IDEMPOTENCY_KEY = re.compile(r"[A-Za-z0-9._-]{16,96}")

_STATUSES: dict[str, Sequence[Status]] = {
    "pending": (Status.QUEUED,),
    "processing": (Status.QUEUED, Status.RUNNING, Status.STORING),
    "completed": (Status.SUCCEEDED, Status.EXPIRED),
    "failed": (Status.FAILED,),
    "cancelled": (Status.CANCELLED,),
}

_TYPES = ("text", "image", "video", "audio")


class BatchBody(Tolerant):
    """Several tasks at once."""

    task_ids: Annotated[list[str], Len(1, MOST_IDS)]


def routes(intake: Intake, threads: Threads) -> APIRouter:
    """All of them, to be mounted under /evolink."""
    rooms = intake.rooms
    router = APIRouter(tags=["EvoLink"])
    _add_create(router, intake, threads)
    _add_tasks(router, rooms, threads)
    _add_account(router, rooms, threads)
    evolink_prices.add_routes(router, rooms, threads)
    evolink_files.add_token_route(router, rooms, threads)
    files = APIRouter(tags=["EvoLink"], route_class=_worded(evolink_files.write_error))
    evolink_files.add_routes(files, rooms, threads)
    router.include_router(files)
    return router


def _worded(write_error: Callable[[OpenHorseError], Answer]) -> type[APIRoute]:
    """Routes whose refusals are in other words than the dialect's."""

    class WordedRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            answer = super().get_route_handler()

            async def worded(request: Request) -> Response:
                try:
                    return await answer(request)
                except OpenHorseError as error:
                    return answer_response(write_error(error))

            return worded

    return WordedRoute


def _add_create(router: APIRouter, intake: Intake, threads: Threads) -> None:
    rooms = intake.rooms
    words = dialect_named("evolink")
    limit = rooms.catalog.terms("evolink").max_body_bytes
    bodies = [evolink.body_model(offer) for offer in rooms.catalog.of("evolink")]

    @router.post("/v1/videos/generations", openapi_extra=one_of(bodies), summary="Create a task")
    async def create(request: Request) -> Response:
        """Answers the task at once; `Idempotency-Key` (16 to 96 of A-Z a-z 0-9 . _ -) makes a retry safe."""
        key = await admit(request, rooms, threads, SUBMIT)
        once = request.headers.get("idempotency-key")
        if once is not None and _IDEMPOTENCY_KEY.fullmatch(once) is None:
            raise InvalidOrder("Idempotency-Key must be 16 to 96 of A-Z a-z 0-9 . _ -", field="Idempotency-Key")
        raw = await read_json_body(request, limit)
        task, replayed = await take_in(intake, threads, words, key, raw, once)
        return json_response(_written(rooms, task), headers={"idempotency-replayed": "true"} if replayed else {})


def _add_tasks(router: APIRouter, rooms: Rooms, threads: Threads) -> None:
    limit = rooms.catalog.terms("evolink").max_body_bytes

    @router.get("/v1/tasks/{task_id}", summary="Ask for a task")
    async def detail(task_id: str, request: Request) -> Response:
        """Its status, live progress and, at the end, the film's link."""
        key = await admit(request, rooms, threads)
        try:
            task = await threads.together(rooms.tasks.get_all, (task_id, key.id))
        except NotFound:
            raise _unknown(task_id) from None
        return json_response(_written(rooms, task))

    @router.get("/v1/tasks", summary="List tasks")
    async def listing(request: Request) -> Response:
        """Newest first; `page` from 1, `page_size` 1 to 50, and the filters `status`, `type` and `model`."""
        key = await admit(request, rooms, threads)
        page = whole_query(request, "page", 1, 1_000_000)
        size = min(LONGEST_PAGE, whole_query(request, "page_size", 20, 1_000_000))
        statuses = _statuses(_choice(request, "status", _STATUSES))
        if _choice(request, "type", _TYPES) not in (None, "video"):
            statuses = ()  # nothing but videos is made here
        model = request.query_params.get("model") or None
        if model is not None and not model.isprintable():
            statuses = ()
        found = await threads.run(
            rooms.tasks.page, key.id, dialect="evolink", page=page, size=size, statuses=statuses, model=model
        )
        tasks = [evolink.write_listed(task) for task in found.tasks]
        return json_response({"data": tasks, "total": found.total, "page": page, "page_size": size})

    @router.post("/v1/tasks/batch", openapi_extra=one_of([BatchBody]), summary="Ask for several tasks")
    async def batch(request: Request) -> Response:
        """Up to 50 tasks with their results; ids that this key has no task of are left out."""
        key = await admit(request, rooms, threads)
        asked = validated(BatchBody, read_object(read_json(await read_json_body(request, limit))))
        found = await threads.run(_found, rooms, asked.task_ids, key.id)
        return json_response({"data": [_written(rooms, task) for task in found]})


def _add_account(router: APIRouter, rooms: Rooms, threads: Threads) -> None:
    @router.get("/v1/credits", summary="Ask for the balance")
    async def show_credits(request: Request) -> Response:
        """Credits left and used; `unlimited_credits` where the key has no limit."""
        key = await admit(request, rooms, threads)
        return json_response(await threads.run(_write_credits, rooms, key.id))

    @router.get("/v1/models", summary="List models")
    async def list_models(request: Request) -> Response:
        """The ids to create with."""
        await admit(request, rooms, threads)
        offers = rooms.catalog.of("evolink")
        models = [{"id": offer.model, "object": "model", "owned_by": "openhorse"} for offer in offers]
        return json_response({"object": "list", "data": models})


def _written(rooms: Rooms, task: Task) -> dict[str, Any]:
    return evolink.write_task(task, rooms.link(task))


def _unknown(task_id: str) -> OpenHorseError:
    """How it is said that a key has no such task, whichever dialect made it."""
    shown = repr(task_id[:100])
    if task_id.startswith(TASK_ID_PREFIX):
        return NotFound(f"no task {shown} with this key", field=TASK_ID)
    return InvalidOrder(f"{shown} is no task's id: ids begin with {TASK_ID_PREFIX}", field=TASK_ID)


def _found(rooms: Rooms, task_ids: Sequence[str], key_id: str) -> list[Task]:
    found = rooms.tasks.get_all([(task_id, key_id) for task_id in dict.fromkeys(task_ids)])
    return [task for task in found if isinstance(task, Task)]


def _choice(request: Request, name: str, known: Sequence[str] | dict[str, Any]) -> str | None:
    text = request.query_params.get(name) or None
    if text is not None and text not in known:
        raise InvalidOrder(f"{name} must be one of {', '.join(known)}", field=name)
    return text


def _statuses(word: str | None) -> Sequence[Status] | None:
    return None if word is None else _STATUSES[word]


def _write_credits(rooms: Rooms, key_id: str) -> dict[str, Any]:
    with rooms.database.reading() as connection:
        balance = ledger.balance(connection, key_id)
    unlimited = balance.available is None
    left = UNLIMITED_CREDITS if balance.available is None else evolink.credits_of(balance.available)
    used = evolink.credits_of(balance.spent)
    token = {"remaining_credits": left, "unlimited_credits": unlimited, "used_credits": used}
    user = {"remaining_credits": left, "used_credits": used}
    return {"data": {"token": token, "user": user}, "message": "", "success": True}
