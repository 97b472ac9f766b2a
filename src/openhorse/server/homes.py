"""A path at the server's root comes in, the same path below its dialect's own prefix goes out.

Every dialect lives under one prefix, where nothing is guessed. The vendors' own paths at the root are other names for
those: which dialect a shared one means is decided here, by path, query and the form of the id, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qsl, quote

from starlette.types import ASGIApp, Receive, Scope, Send

ASKED_PATH = "openhorse.asked_path"
"""Where the scope keeps the path as the customer wrote it."""

_OTHER_NAMES = (("/proxy/wan/", "/dashscope/"), ("/wan/", "/dashscope/"))
"""Prefixes under which clients expect DashScope: ComfyUI's partner nodes and a pass-through gateway."""

_ROOT_PATHS = (
    ("/api/v1/files/", "/evolink"),
    ("/api/v1/", "/dashscope"),
    ("/api/v2/", "/wavespeed"),
    ("/api/v3/", "/wavespeed"),
    ("/v1/videos/generations", "/evolink"),
    ("/v1/videos", "/openai"),
    ("/v1/models", "/openai"),
    ("/v1/tasks/batch", "/evolink"),
    ("/v1/tasks/task-unified-", "/evolink"),
    ("/v1/credits", "/evolink"),
    ("/v1/catalog/", "/evolink"),
    ("/v1/files/", "/evolink"),
    ("/v1/agent-estimates", "/evolink"),
    ("/v1/", "/hiapi"),
)
"""By the path's beginning, the first that fits. `GET /v1/models` has the same shape in both dialects that know it."""

_EVOLINK_QUERY = frozenset({"page_size", "status", "type", "model"})
"""What only EvoLink's list of tasks is asked with; HiAPI's knows page and size."""


def home_of(method: str, path: str, query: str = "") -> str:
    """The path below the prefix of the dialect that it belongs to; a path that belongs to none stays as it is."""
    for other, prefix in _OTHER_NAMES:
        if path.startswith(other):
            return prefix + path.removeprefix(other)
    if (
        method == "GET"
        and path.rstrip("/") == "/v1/tasks"
        and _EVOLINK_QUERY & _names(parse_qsl(query, keep_blank_values=True))
    ):
        return "/evolink" + path
    for beginning, prefix in _ROOT_PATHS:
        if path.startswith(beginning):
            return prefix + path
    return path


def _names(pairs: Iterable[tuple[str, str]]) -> set[str]:
    return {name for name, _ in pairs}


class Homes:
    """ASGI middleware that brings every request to its dialect's prefix."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on under its path at home."""
        if scope["type"] == "http":
            path = scope["path"]
            home = home_of(scope["method"], path, scope["query_string"].decode("latin-1"))
            scope = {
                **scope,
                "path": home,
                "raw_path": scope["raw_path"] if home is path else quote(home).encode(),
                ASKED_PATH: path,
            }
        await self._app(scope, receive, send)
