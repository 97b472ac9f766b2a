"""What every route needs of a raw request, and how its answer is written. Knows no vendor."""

from __future__ import annotations

import json
from asyncio import Future, Task, get_running_loop
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import Context
from functools import partial
from typing import Any, ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import Response

from openhorse.dialects import Answer
from openhorse.errors import MalformedRequest, RequestTooLarge, WrongContentType

P = ParamSpec("P")
T = TypeVar("T")
Q = TypeVar("Q")

Together = Callable[[Sequence[Q]], Sequence[T | Exception]]
"""Answers many questions at once, each with its answer or with what is wrong with it."""

THREADS = 16
"""At most so many requests are in the database at once; the rest wait their turn in order."""


class Threads:
    """The bounded pool through which the async server reaches the rooms that block."""

    def __init__(self) -> None:
        self._limiter: CapacityLimiter | None = None
        self._gatherings: dict[Together[Any, Any], _Gathering] = {}

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of `function`, worked out in a thread."""
        if self._limiter is None:  # a limiter belongs to the running event loop
            self._limiter = CapacityLimiter(THREADS)
        return await to_thread.run_sync(partial(function, *args, **kwargs), limiter=self._limiter)

    async def together(self, function: Together[Q, T], question: Q) -> T:
        """What `function` answers to `question`, asked together with what other requests ask it at this moment.

        One way to a thread and one look into the database serve all who have come while the last look was taken; so
        each sees what was true after it had asked.
        """
        gathering = self._gatherings.get(function)
        if gathering is None:
            gathering = self._gatherings[function] = _Gathering(lambda questions: self.run(function, questions))
        answer: T = await gathering.ask(question)
        return answer


class _Gathering:
    """Questions of one kind; at most one look is taken at a time."""

    def __init__(self, answer: Callable[[Sequence[Any]], Awaitable[Sequence[Any]]]) -> None:
        self._answer = answer
        self._waiting: list[tuple[Any, Future[Any]]] = []
        self._task: Task[None] | None = None

    def ask(self, question: Any) -> Future[Any]:
        """Its answer, when it is there."""
        loop = get_running_loop()
        future = loop.create_future()
        self._waiting.append((question, future))
        if self._task is None:
            # Nobody's context: what is logged on the way belongs to no single request.
            self._task = loop.create_task(self._answer_all(), context=Context())
        return future

    async def _answer_all(self) -> None:
        try:
            while self._waiting:
                asked, self._waiting = self._waiting, []
                await self._answer_some(asked)
        finally:
            self._task = None

    async def _answer_some(self, asked: Sequence[tuple[Any, Future[Any]]]) -> None:
        try:
            answers = await self._answer([question for question, _ in asked])
        except Exception as error:  # noqa: BLE001 - each of those who wait is told
            answers = [error] * len(asked)
        for (_, future), answer in zip(asked, answers, strict=True):
            if future.done():  # its request was given up
                continue
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)


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
