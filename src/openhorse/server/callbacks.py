"""Our own routes for callbacks: what became of each, every attempt, and one more on demand. Knows the paths only."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from openhorse import callbacks
from openhorse.accounts import Key
from openhorse.deliveries import Told, Try, read_state
from openhorse.dialects.fields import read_json, validated, write_time
from openhorse.dialects.native import CallbackField
from openhorse.server.gate import SUBMIT, admit
from openhorse.server.intake import Rooms
from openhorse.server.openapi import one_of
from openhorse.server.requests import Threads, json_response, read_json_body, whole_query

LONGEST_PAGE = 100

LONGEST_BODY = 10_000
"""Bytes of an order to try an address out."""


class TrialBody(CallbackField):
    """What POST /openhorse/v1/callbacks/test takes: an address, and whose words are posted to it."""

    dialect: str = "native"


def add_callbacks(router: APIRouter, rooms: Rooms, threads: Threads) -> None:
    """Add them to the native router."""

    @router.get("/callbacks", summary="List callbacks")
    async def listing(request: Request) -> Response:
        """Those of the newest tasks first; `page` from 1, `size` 1 to 100, `state` waiting, delivered or given_up."""
        key = await admit(request, rooms, threads)
        page, size = whole_query(request, "page", 1, 1_000_000), whole_query(request, "size", 20, LONGEST_PAGE)
        state = read_state(request.query_params.get("state"))
        found = await threads.run(rooms.deliveries.page, key.id, state=state, page=page, size=size)
        return json_response(
            {"object": "list", "page": page, "size": size, "data": [write_told(told) for told in found]}
        )

    @router.post("/callbacks/test", openapi_extra=one_of([TrialBody]), summary="Try an address out")
    async def trial(request: Request) -> Response:
        """Posts the callback of a task that there never was, once, signed as this key's are; tells the answer."""
        key = await admit(request, rooms, threads, SUBMIT)
        asked: TrialBody = validated(TrialBody, read_json(await read_json_body(request, LONGEST_BODY)))
        return json_response(await threads.run(_tried, rooms, key, asked))

    @router.get("/tasks/{task_id}/callback", summary="Ask for a task's callback")
    async def detail(task_id: str, request: Request) -> Response:
        """Where to, whether it arrived, and every attempt with what the receiver answered."""
        key = await admit(request, rooms, threads)
        return json_response(write_told(await threads.run(rooms.deliveries.of_task, task_id, key.id)))

    @router.post("/tasks/{task_id}/callback/redeliver", status_code=202, summary="Call back once more")
    async def redeliver(task_id: str, request: Request) -> Response:
        """202 with the callback as it was: the attempt is made in a moment, and listed when it has been made."""
        key = await admit(request, rooms, threads, SUBMIT)
        return json_response(write_told(await threads.run(rooms.deliveries.redeliver, task_id, key.id)), 202)


def _tried(rooms: Rooms, key: Key, asked: TrialBody) -> dict[str, Any]:
    rooms.outbound.check_address(asked.url, purpose="callback")
    now = rooms.now()
    secrets = key.signing_secrets(now)
    made = callbacks.try_address(
        asked.dialect, asked.url, signing_secrets=secrets, outbound=rooms.outbound, link=rooms.link, now=now
    )
    answer = made.attempt
    one = Try(1, now, made.delivered, answer.status, answer.milliseconds, answer.head, answer.error, None)
    return {
        "object": "callback.test",
        "url": asked.url,
        "dialect": asked.dialect,
        "signed": bool(secrets),
    } | _write_try(one)


def write_told(told: Told) -> dict[str, Any]:
    """A callback for people and programs."""
    return {
        "object": "callback",
        "task": told.task_id,
        "dialect": told.dialect,
        "url": told.url,
        "event": {"id": told.event.id, "status": told.event.status.value, "at": write_time(told.event.at)},
        "state": told.state.value,
        "next_at": write_time(told.tries[-1].next_at) if told.tries else None,
        "attempts": [_write_try(one) for one in told.tries],
    }


def _write_try(one: Try) -> dict[str, Any]:
    return {
        "number": one.number,
        "at": write_time(one.at),
        "delivered": one.delivered,
        "status": one.status,
        "milliseconds": one.milliseconds,
        "answer": one.head,
        "error": one.error,
    }
