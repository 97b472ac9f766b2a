"""A request comes in; where its route wants nothing of the framework but the path, its answer goes out at once.

Everything else goes the framework's way, and so does the documentation. FastAPI looks at every route twice and prepares
for dependencies and bodies that these routes have not: that costs several times what a look at a task does.
Knows no path.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.convertors import Convertor, StringConvertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path
from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Way:
    """A route that can be taken without the framework; `request` is what its function calls the request."""

    route: APIRoute
    path: re.Pattern[str]
    request: str
    endpoint: Callable[..., Awaitable[Response]]


class Shortcuts:
    """ASGI application in front of the framework's router, within its handling of errors."""

    def __init__(self, router: ASGIApp) -> None:
        self._router = router
        self.ways: dict[tuple[str, int], list[Way]] = {}
        """By method and number of slashes."""

    def add(self, router: APIRouter, prefix: str = "") -> None:
        """Go straight to this router's plain routes, which lie below `prefix`.

        A route that takes more of the path than one part, or that is not plain, may be meant by paths of those after
        it: for its methods the framework sees to these.
        """
        closed: set[str] = set()
        for route in router.routes:
            methods: set[str] = set(getattr(route, "methods", None) or ()) or {"GET", "POST", "PUT", "DELETE"}
            way = _way(route, prefix)
            if way is None:
                closed |= methods
                continue
            for method in methods - closed:
                self.ways.setdefault((method, (prefix + way.route.path).count("/")), []).append(way)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http":
            path = scope["path"]
            for way in self.ways.get((scope["method"], path.count("/")), ()):
                match = way.path.match(path)
                if match is not None:
                    scope["route"], scope["path_params"] = way.route, match.groupdict()
                    request = Request(scope, receive, send)
                    response = await way.endpoint(**{way.request: request}, **scope["path_params"])
                    await response(scope, receive, send)
                    return
        await self._router(scope, receive, send)


def _way(route: object, prefix: str) -> Way | None:
    if type(route) is not APIRoute:  # another class may do more than to call the function
        return None
    wants = route.dependant
    more = (wants.query_params, wants.header_params, wants.cookie_params, wants.body_params, wants.dependencies)
    path, _, parts = compile_path(prefix + route.path)
    if any(more) or wants.request_param_name is None or not _are_plain(parts):
        return None
    if {field.name for field in wants.path_params} != set(parts):
        return None
    return Way(route, path, wants.request_param_name, route.endpoint)


def _are_plain(parts: Mapping[str, Convertor[Any]]) -> bool:
    return all(type(part) is StringConvertor for part in parts.values())
