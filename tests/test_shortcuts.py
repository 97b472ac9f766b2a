"""Plain routes are answered without the framework, and as it would; questions that come together are asked together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from fastapi import APIRouter, FastAPI, Query
from starlette.requests import Request
from starlette.responses import Response

from conftest import House
from openhorse.errors import NotFound
from openhorse.server.app import VENDORS
from openhorse.server.intake import Intake
from openhorse.server.requests import Threads
from openhorse.server.shortcuts import Shortcuts


async def answered(app: Shortcuts | FastAPI, method: str, path: str) -> tuple[int, bytes]:
    """Status and body of one answer, straight from the application."""
    sent: list[dict[str, object]] = []

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "method": method, "path": path, "query_string": b"n=3", "headers": [], "root_path": ""}
    await app(scope, receive, send)  # type: ignore[arg-type]
    return int(str(sent[0]["status"])), bytes(sent[1]["body"])  # type: ignore[call-overload]


def test_only_plain_routes_are_shortened() -> None:
    """What has a query parameter, or may be meant by a longer route before it, goes the framework's way."""
    router, app = APIRouter(), FastAPI()

    @router.get("/a/{name}")
    async def plain(name: str, request: Request) -> Response:
        return Response(f"plain {name} {request.url.query}")

    @router.post("/b/{name}/c")
    async def with_query(name: str, request: Request, n: int = Query()) -> Response:
        return Response(f"query {name} {n + 1}")

    @router.put("/d/{rest:path}")
    async def long(rest: str, request: Request) -> Response:
        return Response(f"long {rest}")

    @router.put("/d/{name}")
    async def shadowed(name: str, request: Request) -> Response:
        return Response(f"shadowed {name}")

    app.include_router(router, prefix="/p")
    framework = app.router.middleware_stack
    shortcuts = app.router.middleware_stack = Shortcuts(framework)
    shortcuts.add(router, "/p")
    assert {(method, way.endpoint.__name__) for (method, _), ways in shortcuts.ways.items() for way in ways} == {
        ("GET", "plain")
    }
    for method, path, expected in (
        ("GET", "/p/a/x", b"plain x n=3"),
        ("POST", "/p/b/x/c", b"query x 4"),
        ("PUT", "/p/d/x", b"long x"),
    ):
        assert asyncio.run(answered(app, method, path)) == (200, expected)
        app.router.middleware_stack = framework
        assert asyncio.run(answered(app, method, path)) == (200, expected), "the framework answers alike"
        app.router.middleware_stack = shortcuts
    assert asyncio.run(answered(app, "DELETE", "/p/a/x"))[0] == 405


@pytest.mark.parametrize(
    "path",
    [
        "/hiapi/v1/tasks/{id}",
        "/openai/v1/videos/{id}",
        "/openhorse/v1/tasks/{id}",
        "/evolink/v1/tasks/{id}",
        "/dashscope/api/v1/tasks/{id}",
    ],
)
def test_polls_are_shortened(house: House, path: str) -> None:
    """What customers ask most goes past the framework: a route that stops being plain would not, unnoticed."""
    intake, threads = Intake(house.rooms), Threads()
    shortcuts = Shortcuts(FastAPI())
    from openhorse.server import native

    shortcuts.add(native.routes(intake, threads))
    for name, vendor in VENDORS.items():
        shortcuts.add(vendor.routes(intake, threads), f"/{name}")
    ways = shortcuts.ways["GET", path.count("/")]
    assert any(way.path.match(path.replace("{id}", "tk-1")) for way in ways)
    assert any(way.path.match("/hiapi/v1/tasks") for way in shortcuts.ways["POST", 3])


def test_questions_are_asked_together_and_answered_one_by_one() -> None:
    """Those that come while one is asked go in the next look; each gets its own answer or its own error."""
    threads, looks = Threads(), list[Sequence[int]]()

    def double(numbers: Sequence[int]) -> list[int | NotFound]:
        looks.append(list(numbers))
        return [NotFound(str(number)) if number % 5 == 4 else number * 2 for number in numbers]

    async def ask_all() -> list[int | BaseException]:
        asked = (threads.together(double, number) for number in range(40))
        return await asyncio.gather(*asked, return_exceptions=True)

    for _ in range(2):  # another event loop, as each request of a test has its own
        looks.clear()
        answers = asyncio.run(ask_all())
        assert [a for a in answers if isinstance(a, int)] == [n * 2 for n in range(40) if n % 5 != 4]
        assert [a.message for a in answers if isinstance(a, NotFound)] == [str(n) for n in range(40) if n % 5 == 4]
        assert sorted(number for look in looks for number in look) == list(range(40))
        assert len(looks) < 4


def test_one_broken_look_is_told_to_all_and_the_next_goes_on() -> None:
    """A database that does not answer fails those who asked then, and nobody after."""
    threads, broken = Threads(), [True]

    def look(numbers: Sequence[int]) -> Sequence[int]:
        if broken.pop() if broken else False:
            raise NotFound("broken")
        return numbers

    async def ask_all() -> list[int | BaseException]:
        first = await asyncio.gather(*(threads.together(look, n) for n in range(3)), return_exceptions=True)
        return [*first, await threads.together(look, 9)]

    answers = asyncio.run(ask_all())
    assert [type(answer) for answer in answers] == [NotFound, NotFound, NotFound, int]
