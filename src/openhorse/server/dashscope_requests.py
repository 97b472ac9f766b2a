"""What every DashScope route needs: both forms of its path, and its request's key, missed in the vendor's own words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from openhorse.accounts import Key, Scope
from openhorse.dialects import dashscope
from openhorse.errors import MissingKey, WrongKey
from openhorse.server.gate import READ, admit
from openhorse.server.intake import Rooms
from openhorse.server.requests import Threads

Handler = Callable[..., Awaitable[Response]]


def route(router: APIRouter, method: str, path: str, **described: Any) -> Callable[[Handler], Handler]:
    """Puts a handler at `path`, and unseen by the documentation at `path/`: the SDK's asynchronous half asks there."""

    def put(handler: Handler) -> Handler:
        router.add_api_route(path, handler, methods=[method], **described)
        router.add_api_route(f"{path}/", handler, methods=[method], include_in_schema=False)
        return handler

    return put


async def key_of(request: Request, rooms: Rooms, threads: Threads, does: Scope = READ) -> Key:
    """The key of a request that `does` something, as `admit`: with the texts that clients match on."""
    try:
        return await admit(request, rooms, threads, does)
    except MissingKey:
        raise MissingKey(dashscope.NO_KEY) from None
    except WrongKey:
        raise WrongKey(dashscope.BAD_KEY) from None
