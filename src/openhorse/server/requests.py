"""What every route needs of a raw request, and how its answer is written. Knows no vendor."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import Response

from openhorse.dialects import Answer
from openhorse.errors import MalformedRequest, RequestTooLarge, WrongContentType

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 16
"""At most so many requests are in the database at once; the rest wait their turn in order."""


class Threads:
    """The bounded pool through which the async server reaches the rooms that block."""

    def __init__(self) -> None:
        self._limiter: CapacityLimiter | None = None

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of `function`, worked out in a thread."""
        if self._limiter is None:  # a limiter belongs to the running event loop
            self._limiter = CapacityLimiter(THREADS)
        return await to_thread.run_sync(partial(function, *args, **kwargs), limiter=self._limiter)


def bearer(request: Request) -> str | None:
    """The secret in `Authorization: Bearer …`, None when there is none."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    return secret.strip() or None if scheme.lower() == "bearer" else None


async def read_body(request: Request, limit: int) -> bytes:
    """The raw body. Raises RequestTooLarge beyond `limit` bytes, whatever the headers claim."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise RequestTooLarge(f"the body is larger than {limit} bytes")
        parts.append(part)
    return b"".join(parts)


async def read_json_body(request: Request, limit: int) -> bytes:
    """`read_body`, for routes that take JSON only. Raises WrongContentType."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise WrongContentType(f"the content type must be application/json, not {kind[:100] or 'absent'}")
    body = await read_body(request, limit)
    if not body:
        raise MalformedRequest("the body is empty; a JSON object is expected")
    return body


def json_response(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """`body` as JSON. A lone surrogate that a caller sent us is written as a question mark."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text.encode("utf-8", "replace"), status, dict(headers or {}), media_type="application/json")


def answer_response(answer: Answer) -> Response:
    """A dialect's answer over HTTP."""
    return json_response(answer.body, answer.status, answer.headers)


def whole_query(request: Request, name: str, default: int, highest: int) -> int:
    """A query parameter from 1 to `highest`; anything else reads as `default` (as HiAPI documents it)."""
    text = request.query_params.get(name, "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    return number if 1 <= number <= highest else default
