"""Our own routes under /openhorse/v1: tasks, quotes, uploads, catalog. Knows the paths, not the words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from openhorse.catalog import DEFAULT_SECONDS, LONGEST_SECONDS, SHORTEST_SECONDS, Catalog, Offer
from openhorse.dialects import NAMES, dialect_named, native
from openhorse.dialects.fields import HAN_PROMPT_LIMIT, PROMPT_LIMIT, read_json
from openhorse.errors import InvalidOrder
from openhorse.estimates import Outlooks, render_rate
from openhorse.pictures import ANY_PICTURE, UPLOAD
from openhorse.server import usage
from openhorse.server.callbacks import add_callbacks
from openhorse.server.gate import SUBMIT, admit
from openhorse.server.intake import Intake, Rooms
from openhorse.server.live import stream
from openhorse.server.openapi import one_of
from openhorse.server.orders import take_in
from openhorse.server.requests import Threads, json_response, read_body, read_json_body, whole_query
from openhorse.server.tries import add_tries
from openhorse.server.waiting import wait_until_ended
from openhorse.store.pictures import blob_key
from openhorse.vocabulary import FINAL, Mode, Status, Task

PREFIX = "/openhorse/v1"

LONGEST_PAGE = 100

LONGEST_WAIT = 60
"""Seconds that a customer may be held; proxies tend to give up after them."""

UPLOAD_LIFETIME = timedelta(days=7)


def routes(intake: Intake, threads: Threads) -> APIRouter:
    """All native routes."""
    router = APIRouter(prefix=PREFIX, tags=["OpenHorse"])
    _add_tasks(router, intake, threads)
    _add_quotes(router, intake, threads)
    _add_uploads(router, intake.rooms, threads)
    add_callbacks(router, intake.rooms, threads)
    add_tries(router, intake.rooms, threads)
    usage.add_routes(router, intake.rooms, threads)
    catalog = write_catalog(intake.rooms.catalog)

    @router.get("/catalog", summary="Models on offer")
    async def show_catalog() -> Response:
        """Every model of every dialect: what it takes, what it costs, where each figure is from; and the engines.

        `not_ready` tells of each engine that makes no films at present why that is.
        """
        standing = await threads.run(intake.rooms.roster.standing)
        not_ready = {one.name: one.why_not for one in standing if one.why_not is not None}
        return json_response(catalog | {"engines": [one.name for one in standing], "not_ready": not_ready})

    return router


def _add_tasks(router: APIRouter, intake: Intake, threads: Threads) -> None:
    rooms = intake.rooms
    words = dialect_named("native")
    limit = rooms.catalog.terms("native").max_body_bytes
    outlooks = Outlooks(rooms.database, rooms.now, rooms.roster)

    @router.post("/tasks", status_code=201, openapi_extra=one_of([native.TaskBody]), summary="Create a task")
    async def create(request: Request) -> Response:
        """201 with the task; 200 and `Idempotent-Replayed: true` when the `Idempotency-Key` was used before."""
        key = await admit(request, rooms, threads, SUBMIT)
        raw = await read_json_body(request, limit)
        task, replayed = await take_in(intake, threads, words, key, raw, request.headers.get("idempotency-key"))
        headers = {"Idempotent-Replayed": "true"} if replayed else {}
        return json_response(_written(rooms, task), 200 if replayed else 201, headers)

    @router.get("/tasks", summary="List tasks")
    async def listing(request: Request) -> Response:
        """Newest first, whatever the dialect; `page` from 1, `size` 1 to 100, `status` comma-separated, `mode` one.

        `after`, a task's id, goes on behind that task, however many were ordered since.
        """
        key = await admit(request, rooms, threads)
        page = whole_query(request, "page", 1, 1_000_000)
        size = whole_query(request, "size", 20, LONGEST_PAGE)
        query = request.query_params
        statuses, models = _statuses(query.get("status")), _models(rooms.catalog, query.get("mode"))
        last = await threads.run(rooms.tasks.get, query["after"], key.id) if query.get("after") else None
        found = await threads.run(
            rooms.tasks.page, key.id, page=page, size=size, statuses=statuses, models=models, after=last
        )
        tasks = [_written(rooms, task) for task in found.tasks]
        return json_response({"object": "list", "page": page, "size": size, "total": found.total, "data": tasks})

    @router.get("/tasks/{task_id}", summary="Ask for a task")
    async def detail(task_id: str, request: Request) -> Response:
        """Everything about the task; `film.url` is signed anew at each call.

        `wait`, 1 to 60, holds the answer for so many seconds, or until the task ends. While it waits or runs, `queue`
        says how many tasks are made before it, and in how many seconds its film may be expected, as measured here.
        """
        key = await admit(request, rooms, threads)
        task = await threads.together(rooms.tasks.get_all, (task_id, key.id))
        if "wait" in request.query_params:
            seconds = _wait(request.query_params["wait"])
            task = await wait_until_ended(rooms, threads, task, seconds, request.is_disconnected)
        body = _written(rooms, task)
        if task.status not in FINAL:
            expected = outlooks.prospect_at_once(task)
            if expected is None:
                expected = await threads.run(outlooks.prospect, task)
            eta = None if expected.seconds is None else round(expected.seconds, 1)
            body["queue"] = {"ahead": expected.ahead, "eta_seconds": eta}
        return json_response(body)

    @router.get("/tasks/{task_id}/events", summary="Follow a task")
    async def follow(task_id: str, request: Request) -> Response:
        """Server-Sent Events until the task has ended: `status` with the whole task, `preview` with the `seconds` and
        the `url` of a frame while the film is made, `progress` with its progress.

        `Last-Event-ID` (or `after`) goes on after that event.
        """
        key = await admit(request, rooms, threads)
        task = await threads.together(rooms.tasks.get_all, (task_id, key.id))
        seen = request.headers.get("last-event-id") or request.query_params.get("after", "")
        after = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 16 else 0
        return stream(rooms, threads, task, after, partial(_written, rooms))

    @router.post("/tasks/{task_id}/cancel", summary="Cancel a task")
    async def cancel(task_id: str, request: Request) -> Response:
        """The task, cancelled when it was queued or running; as it is when it could not be stopped any more."""
        key = await admit(request, rooms, threads, SUBMIT)
        return json_response(_written(rooms, await threads.run(rooms.tasks.cancel, task_id, key.id)))

    @router.delete("/tasks/{task_id}", status_code=204, summary="Delete a task")
    async def delete(task_id: str, request: Request) -> Response:
        """Forgets the task and its film, cancelling it first when it has not ended; the ledger keeps its cost."""
        key = await admit(request, rooms, threads, SUBMIT)
        await threads.run(rooms.tasks.delete, task_id, key.id)
        return Response(status_code=204)


def _add_quotes(router: APIRouter, intake: Intake, threads: Threads) -> None:
    rooms = intake.rooms
    words = dialect_named("native")
    limit = rooms.catalog.terms("native").max_body_bytes

    @router.post("/quotes", openapi_extra=one_of([native.TaskBody]), summary="Ask for the price")
    async def quote(request: Request) -> Response:
        """The price and an estimate of the time for a task's body; nothing is stored, no picture is fetched."""
        await admit(request, rooms, threads)
        body = read_json(await read_json_body(request, limit))
        order = await threads.run(intake.quote_order, words, body)
        rate = await threads.run(render_rate, rooms.database, order, rooms.roster.first(order) or "")
        estimate = None if rate is None else {"seconds": round(rate.rate * order.seconds, 1), "films": rate.films}
        return json_response({"price": native.write_quote(rooms.catalog.quote(order)), "estimate": estimate})


def _add_uploads(router: APIRouter, rooms: Rooms, threads: Threads) -> None:
    body = {"content": {"image/*": {"schema": {"type": "string", "format": "binary"}}}, "required": True}

    @router.post("/uploads", status_code=201, openapi_extra={"requestBody": body}, summary="Upload a picture")
    async def upload(request: Request) -> Response:
        """The raw bytes of a JPEG, PNG, WEBP or BMP as the body; `id` and `url` can be used in orders for 7 days."""
        key = await admit(request, rooms, threads, SUBMIT)
        data = await read_body(request, ANY_PICTURE.bytes)
        vetted = await threads.run(rooms.pictures.keep, key.id, data, ANY_PICTURE)
        blob, expires = blob_key(vetted.sha256), rooms.now() + UPLOAD_LIFETIME
        answer = {
            "id": UPLOAD + vetted.sha256,
            "object": "upload",
            "url": f"{rooms.public_url}/files/{blob}?{rooms.links.sign(blob, expires)}",
            "width": vetted.width,
            "height": vetted.height,
            "expires_at": expires.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
        return json_response(answer, 201)


def _written(rooms: Rooms, task: Task) -> dict[str, Any]:
    return native.write_task(task, rooms.link(task))


def _wait(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= LONGEST_WAIT:
        return int(text)
    raise InvalidOrder(f"wait must be a whole number of seconds from 1 to {LONGEST_WAIT}", field="wait")


def _statuses(text: str | None) -> Sequence[Status] | None:
    if not text:
        return None
    try:
        return [Status(word) for word in text.split(",")]
    except ValueError:
        raise InvalidOrder(f"status must be any of {', '.join(Status)}", field="status") from None


def _models(catalog: Catalog, text: str | None) -> Sequence[str] | None:
    """What the models of a mode are called, in all dialects."""
    if not text:
        return None
    try:
        mode = Mode(text)
    except ValueError:
        raise InvalidOrder(f"mode must be one of {', '.join(Mode)}", field="mode") from None
    return sorted({offer.model for offer in catalog.offers if offer.mode is mode})


def write_catalog(catalog: Catalog) -> dict[str, Any]:
    """The catalog for people and programs, but for the engines."""
    dialects = {dialect: [_write_offer(offer) for offer in catalog.of(dialect)] for dialect in NAMES}
    return {
        "version": catalog.version,
        "seconds": {"shortest": SHORTEST_SECONDS, "longest": LONGEST_SECONDS, "default": DEFAULT_SECONDS},
        "prompt_characters": {"han": HAN_PROMPT_LIMIT, "other": PROMPT_LIMIT},
        "dialects": dialects,
    }


def _write_offer(offer: Offer) -> dict[str, Any]:
    limits = offer.picture_limits
    pictures = {
        "count": list(offer.pictures),
        "formats": list(limits.formats),
        "shortest_side": limits.shortest_side,
        "longest_ratio": limits.longest_ratio,
        "bytes": limits.bytes,
    }
    return {
        "model": offer.model,
        "mode": offer.mode.value,
        "prompt": "required" if offer.prompt_required else "optional",
        "resolutions": [tier.value for tier in offer.tiers],
        "default_resolution": offer.default_tier.value,
        "ratios": [ratio.value for ratio in offer.ratios],
        "pictures": pictures if offer.pictures[1] else None,
        "seed": list(offer.seed) if offer.seed else None,
        "usd_per_second": {tier.value: f"{float(price):.6f}" for tier, price in offer.price.per_second.items()},
        "price_source": offer.price.source,
        "source": offer.source,
    }
