"""WaveSpeed's predictions: create, query, list, delete; the other routes are in its two sibling modules.

Knows the paths, the query and the waiting of sync mode, not the words of an order or a task.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import anyio
from annotated_types import Len
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from openhorse.dialects import Link, dialect_named, wavespeed
from openhorse.dialects.fields import read_json, validated, whole_number
from openhorse.errors import InvalidOrder, NotFound
from openhorse.server import wavespeed_account, wavespeed_media
from openhorse.server.gate import SUBMIT, admit
from openhorse.server.intake import Intake, Rooms
from openhorse.server.openapi import one_of
from openhorse.server.orders import take_in
from openhorse.server.requests import Threads, json_response, read_json_body
from openhorse.server.waiting import wait_until_ended
from openhorse.vocabulary import FINAL, Status, Task, Video

LONGEST_PAGE = 100

STATUSES = {
    word: tuple(status for status in Status if wavespeed.STATUS_WORDS[status] == word)
    for word in wavespeed.STATUS_WORDS.values()
} | {"pending": (Status.QUEUED,)}
"""What a list can be filtered by: the words of the predictions, and the one that the CLI's help has for created."""


class ListBody(wavespeed.WithoutNulls):
    """Which predictions to list; times are ISO 8601, taken as UTC without an offset."""

    page: whole_number(1, 1_000_000) = 1  # type: ignore[valid-type]  # a type that is made
    page_size: whole_number(1, LONGEST_PAGE) = LONGEST_PAGE  # type: ignore[valid-type]
    status: Literal["", *tuple(STATUSES)] = ""  # type: ignore[valid-type]
    model: wavespeed.Line = ""
    created_after: str | None = None
    created_before: str | None = None
    include_inputs: bool = False


class DeleteBody(wavespeed.WithoutNulls):
    """The ids of the predictions to delete."""

    ids: Annotated[list[wavespeed.Line], Len(1, LONGEST_PAGE)]


def routes(intake: Intake, threads: Threads) -> APIRouter:
    """All routes, to be mounted under /wavespeed."""
    router = APIRouter(tags=["WaveSpeed"])
    _add_history(router, intake.rooms, threads)
    wavespeed_account.add_routes(router, intake.rooms, threads)
    wavespeed_media.add_routes(router, intake.rooms, threads)
    _add_predictions(router, intake, threads)  # last: its path takes every POST that is left
    return router


def _add_predictions(router: APIRouter, intake: Intake, threads: Threads) -> None:
    rooms = intake.rooms
    words = dialect_named("wavespeed")
    limit = rooms.catalog.terms("wavespeed").max_body_bytes
    bodies = [wavespeed.body_model(offer) for offer in rooms.catalog.of("wavespeed")]

    @router.get("/api/v3/predictions/{prediction_id}", summary="Ask for a prediction")
    @router.get("/api/v3/predictions/{prediction_id}/result", summary="Ask for a prediction's result")
    @router.get("/api/v2/predictions/{prediction_id}/result", summary="Ask for a prediction's result, as v2 had it")
    async def result(prediction_id: str, request: Request) -> Response:
        """Its status and, at the end, its outputs: a link, or base64 when that was ordered."""
        key = await admit(request, rooms, threads)
        task = await threads.together(rooms.tasks.get_all, (prediction_id, key.id))
        return json_response(wavespeed.envelope(await threads.run(_written, rooms, task)))

    @router.post("/api/v3/{model:path}", openapi_extra=one_of(bodies), summary="Create a prediction")
    async def create(model: str, request: Request, webhook: str | None = None) -> Response:
        """Answers the prediction's id at once; with `enable_sync_mode`, the prediction when it has ended."""
        key = await admit(request, rooms, threads, SUBMIT)
        raw = await read_json_body(request, limit)
        order = wavespeed.gather(model.strip("/"), read_json(raw), webhook or None)
        task, _ = await take_in(intake, threads, words, key, raw, body=order)
        if wavespeed.SYNC in task.order.echo:
            started = anyio.current_time()
            task = await wait_until_ended(rooms, threads, task, rooms.sync_seconds, request.is_disconnected)
            if task.status not in FINAL:
                waited = round(anyio.current_time() - started, 1)  # less than the limit when the server stops
                still = wavespeed.write_still_running(task, rooms.link(task), waited)
                return json_response(wavespeed.envelope(still))
        return json_response(wavespeed.envelope(await threads.run(_written, rooms, task)))


def _add_history(router: APIRouter, rooms: Rooms, threads: Threads) -> None:
    limit = rooms.catalog.terms("wavespeed").max_body_bytes

    @router.post("/api/v3/predictions", openapi_extra=one_of([ListBody]), summary="List predictions")
    async def listing(request: Request) -> Response:
        """Newest first, always with links; `include_inputs` adds what was asked."""
        key = await admit(request, rooms, threads)
        asked = validated(ListBody, read_json(await read_json_body(request, limit)))
        found = await threads.run(
            rooms.tasks.page,
            key.id,
            dialect="wavespeed",
            page=asked.page,
            size=asked.page_size,
            statuses=STATUSES.get(asked.status),
            model=asked.model or None,
            since=_moment(asked.created_after, "created_after"),
            until=_moment(asked.created_before, "created_before"),
        )
        items = [wavespeed.write_task(task, rooms.link(task)) for task in found.tasks]
        if not asked.include_inputs:
            items = [{name: value for name, value in item.items() if name != "input"} for item in items]
        return json_response(wavespeed.envelope({"page": asked.page, "items": items}))

    @router.post("/api/v3/predictions/delete", openapi_extra=one_of([DeleteBody]), summary="Delete predictions")
    async def delete(request: Request) -> Response:
        """Forgets predictions and their videos, cancelling those that have not ended; unknown ids are not counted."""
        key = await admit(request, rooms, threads, SUBMIT)
        asked = validated(DeleteBody, read_json(await read_json_body(request, limit)))
        deleted = [await threads.run(_deleted, rooms, key.id, prediction_id) for prediction_id in asked.ids]
        return json_response(wavespeed.envelope({"deleted_count": sum(deleted)}))


def _deleted(rooms: Rooms, key_id: str, task_id: str) -> bool:
    try:
        rooms.tasks.delete(task_id, key_id)
    except NotFound:
        return False
    return True


def _written(rooms: Rooms, task: Task) -> dict[str, Any]:
    """The task with its film's link, or with the film itself when that was ordered and is still there."""
    link = rooms.link(task)
    if wavespeed.BASE64 in task.order.echo and task.status is Status.SUCCEEDED:
        link = Link(lambda video: _content(rooms, video), link.root)
    return wavespeed.write_task(task, link)


def _content(rooms: Rooms, video: Video) -> str:
    return base64.b64encode(rooms.blobs.read(video.blob)).decode()


def _moment(text: str | None, field: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidOrder(f"{field} should be a time like 2026-11-21T12:00:00Z", field=field) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
