"""A request comes in, the key that may make it goes out: known, allowed to do this, and not too fast.

Knows the headers that tell what is left of a minute, but no path; the routes say what each of them does. The headers
are those of the IETF's draft (RateLimit, RateLimit-Policy) and those that are older and wide-spread: X-RateLimit-*,
which OpenAI's clients know with `-requests` at the end and with times like "1s".
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from openhorse import accounts
from openhorse.accounts import Key
from openhorse.errors import NotPermitted, RateLimited
from openhorse.limits import limit_of
from openhorse.server.intake import Rooms
from openhorse.server.rates import MINUTE, READS, WRITES, Allowance
from openhorse.server.requests import Threads, bearer

_COUNTED = "openhorse.allowance"
"""Where the scope keeps what is left to the key, for the headers of whatever is answered."""

_DOES = {READS: "only ask", WRITES: "change something"}

READ, SUBMIT, ADMIN = accounts.Scope.READ, accounts.Scope.SUBMIT, accounts.Scope.ADMIN


async def admit(request: Request, rooms: Rooms, threads: Threads, *does: accounts.Scope) -> Key:
    """The key of this request, for which it needs one of the scopes; READ when none is named.

    Raises MissingKey, WrongKey, NotPermitted or RateLimited.
    """
    key = await threads.together(rooms.authenticate_all, bearer(request))
    needed = does or (READ,)
    if key.scopes.isdisjoint(needed):
        raise NotPermitted(f"this key may not do that: it lacks the scope {needed[0].value!r}")
    count(request, rooms, key, WRITES if SUBMIT in needed else READS)
    return key


def count(request: Request, rooms: Rooms, key: Key, kind: str) -> None:
    """Count a request of this kind. Raises RateLimited."""
    limit = limit_of(key.limits, rooms.defaults, "writes_per_minute" if kind == WRITES else "reads_per_minute")
    if limit is None:
        return
    allowance = rooms.rates.take(key.id, kind, limit)
    request.scope[_COUNTED].append(allowance)
    if allowance.wait is not None:
        raise RateLimited(f"more than {limit} requests a minute that {_DOES[kind]}", retry_after=allowance.wait)


class Gate:
    """ASGI middleware that tells with every answer what is left to its key."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and its answer with the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        counted: list[Allowance] = []

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start" and counted:
                told = _headers(counted[-1], scope["path"].startswith("/openai/"))
                written = [(name.lower().encode(), value.encode()) for name, value in told.items()]
                message["headers"] = [*message["headers"], *written]
            await send(message)

        scope[_COUNTED] = counted
        await self._app(scope, receive, tell)


def _headers(allowance: Allowance, of_openai: bool) -> dict[str, str]:
    kind, limit, left, reset = allowance.kind, allowance.limit, allowance.left, allowance.reset
    draft = {
        "RateLimit-Policy": f'"{kind}";q={limit};w={MINUTE:.0f}',
        "RateLimit": f'"{kind}";r={left};t={reset}',
    }
    numbers = {"Limit": str(limit), "Remaining": str(left), "Reset": str(reset)}
    if not of_openai:
        return draft | {f"X-RateLimit-{name}": value for name, value in numbers.items()}
    numbers["Reset"] += "s"
    return draft | {f"x-ratelimit-{name.lower()}-requests": value for name, value in numbers.items()}
