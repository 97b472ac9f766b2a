"""Requests come in and answers go out: bodies must arrive in time, and browsers are told what they may do with answers.

Knows no vendor and no path: a page is what says that it is HTML.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping, Sequence

import anyio
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from openhorse.errors import RequestTimedOut

BODY_SECONDS = 30.0
"""What any body may take, however small."""

SLOWEST_RATE = 16_384
"""Bytes a second: each that has come buys its share of a second more, so that large pictures may come by slow lines."""

PLAIN = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""Of every answer. Films and pictures may be shown on any page: who has their signed link has leave to see them."""

PAGES = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; "
    "style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
}
"""Of HTML, which is the playground and the documentation: scripts are files of ours, none is within a page."""

DATA = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox"}
"""Of everything else: nothing in it may run, should a browser ever take it for a page."""

EXPOSED = (
    "Idempotent-Replayed",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
    "X-Request-ID",
)
"""Headers of our answers that a page of an allowed origin may read, besides those that any may."""


def shield(app: FastAPI, origins: Sequence[str], *, films_elsewhere: bool = False) -> None:
    """Put all of `app` behind the shield, and let pages of these origins ask it; "*" is any page.

    `films_elsewhere` lets our own pages show films and pictures that a bucket gives out. Also the framework's own
    answer to a failure, which it makes outside of all middleware.
    """
    within = app.build_middleware_stack

    def shielded() -> ASGIApp:
        inner = within()
        if origins:
            inner = CORSMiddleware(
                inner,
                allow_origins=origins,
                allow_methods=["GET", "HEAD", "POST", "PUT", "DELETE"],
                allow_headers=["*"],
                expose_headers=EXPOSED,
            )
        return Shield(inner, _ELSEWHERE if films_elsewhere else _PAGE)

    app.build_middleware_stack = shielded  # type: ignore[method-assign]


class Shield:
    """ASGI middleware, the outermost."""

    def __init__(self, app: ASGIApp, page: Sequence[tuple[bytes, bytes]]) -> None:
        """`page` is what HTML wears."""
        self._app = app
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; whoever reads its body is told RequestTimedOut when it does not come in time."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(receive)

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _dressed(message["headers"], self._page, late=body.late)
            await send(message)

        await self._app(scope, body.receive, tell)


class _Body:
    """A request's body on its way to us."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._deadline = time.monotonic() + BODY_SECONDS
        self._whole = False
        self.late = False

    async def receive(self) -> Message:
        """The next part. Raises RequestTimedOut."""
        if self._whole:
            return await self._receive()
        with anyio.move_on_after(self._deadline - time.monotonic()) as patience:
            message = await self._receive()
        if patience.cancelled_caught:
            self.late = True
            raise RequestTimedOut("the body did not arrive in time")
        self._deadline += len(message.get("body", b"")) / SLOWEST_RATE
        self._whole = not message.get("more_body", False)
        return message


def _written(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


_PAGE, _DATA = _written(PLAIN | PAGES), _written(PLAIN | DATA)
_ELSEWHERE = [(name, re.sub(rb"(img|media)-src", rb"\1-src https: http:", value)) for name, value in _PAGE]
_OURS = frozenset(name for name, _ in (*_PAGE, *_DATA))


def _dressed(
    headers: Iterable[tuple[bytes, bytes]], page: Sequence[tuple[bytes, bytes]], *, late: bool
) -> list[tuple[bytes, bytes]]:
    others = [header for header in headers if header[0] not in _OURS]
    html = any(name == b"content-type" and value.startswith(b"text/html") for name, value in others)
    others += page if html else _DATA
    if late:  # the rest of the body would be taken for the next request
        others = [header for header in others if header[0] != b"connection"]
        others.append((b"connection", b"close"))
    return others
