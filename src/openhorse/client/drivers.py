"""A call's steps come in and are carried out over HTTP, plainly or with async; the call's result goes out.

Knows no call's meaning: `Client` and `AsyncClient` differ in their colour and in nothing else.
"""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from inspect import isawaitable
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar

import anyio
import httpx2

from openhorse.client import calls
from openhorse.client.acts import Act, Answer, Ask, Next, Open, Pause, Steps, Tell
from openhorse.client.asking import Site
from openhorse.client.words import Event
from openhorse.errors import CallerError, ServerUnreachable

P = ParamSpec("P")
T = TypeVar("T")

DEFAULT_URL = "http://127.0.0.1:8000"
"""Where `openhorse serve` listens unless told otherwise."""

CONNECT_SECONDS = 10.0


def site_of(base_url: str | None, api_key: str | None, seconds: float, retries: int) -> Site:
    """The server that is meant: as given, else as the environment says, else this machine's. Raises CallerError."""
    url = base_url or os.environ.get("OPENHORSE_BASE_URL") or DEFAULT_URL
    if not url.startswith(("http://", "https://")):
        raise CallerError(f"{url!r} is no address of a server: it begins with http:// or https://", field="base_url")
    return Site(url.rstrip("/"), api_key or os.environ.get("OPENHORSE_API_KEY"), seconds, retries)


class _Walk(Generic[T]):
    """Steps under way: `act` is what is to be done next, None at the end; then `result` is there."""

    result: T

    def __init__(self, steps: Steps[T]) -> None:
        self._steps = steps
        self.act: Act | None = None
        self.go_on(None)

    def go_on(self, came: Any) -> None:
        """Go on with what came of the act."""
        self._move(lambda: self._steps.send(came))

    def fail(self, error: ServerUnreachable) -> None:
        """Go on with nothing having come of it."""
        self._move(lambda: self._steps.throw(error))

    def close(self) -> None:
        """Let go of what the steps hold."""
        self._steps.close()

    def _move(self, move: Callable[[], Act]) -> None:
        try:
            self.act = move()
        except StopIteration as end:
            self.act, self.result = None, end.value


def _plainly(call: Callable[Concatenate[Site, P], Steps[T]]) -> Callable[Concatenate[Client, P], T]:
    @wraps(call)
    def method(self: Client, /, *args: P.args, **kwargs: P.kwargs) -> T:
        walk = _Walk(call(self.site, *args, **kwargs))
        for _ in self._played(walk):
            pass
        return walk.result

    return method


def _async(
    call: Callable[Concatenate[Site, P], Steps[T]],
) -> Callable[Concatenate[AsyncClient, P], Coroutine[Any, Any, T]]:
    @wraps(call)
    async def method(self: AsyncClient, /, *args: P.args, **kwargs: P.kwargs) -> T:
        walk = _Walk(call(self.site, *args, **kwargs))
        async for _ in self._played(walk):
            pass
        return walk.result

    return method


class Client:
    """An OpenHorse server, spoken to plainly; may be used by several threads at once, and as a context manager.

    `base_url` and `api_key` come from OPENHORSE_BASE_URL and OPENHORSE_API_KEY when not given. `timeout` is how many
    seconds an answer may be silent. What can be asked again without harm is, up to `retries` times, in growing pauses:
    lost connections, 429 and 5xx. `http` is an httpx2.Client of your own, for proxies, certificates and the like.
    """

    def __init__(
        self,
        base_url: str | None = None,
        api_key: str | None = None,
        *,
        timeout: float = 60.0,
        retries: int = 5,
        http: httpx2.Client | None = None,
    ) -> None:
        self.site = site_of(base_url, api_key, timeout, retries)
        self._http = http or httpx2.Client()

    make = _plainly(calls.make)
    submit = _plainly(calls.submit)
    get = _plainly(calls.get)
    wait = _plainly(calls.wait)
    cancel = _plainly(calls.cancel)
    delete = _plainly(calls.delete)
    list = _plainly(calls.listing)
    save = _plainly(calls.save)
    read = _plainly(calls.read)
    poster = _plainly(calls.poster)
    quote = _plainly(calls.quote)
    upload = _plainly(calls.upload)
    usage = _plainly(calls.usage)
    callbacks = _plainly(calls.callbacks)
    callback = _plainly(calls.callback)
    redeliver = _plainly(calls.redeliver)
    try_callback = _plainly(calls.try_callback)
    tries = _plainly(calls.tries)
    catalog = _plainly(calls.catalog)

    def stream(self, task: calls.Named, *, after: str = "") -> Iterator[Event]:
        """What happens to a task, as it happens, until it has ended: status, progress, preview or plain events.

        A connection that dies is taken up after the last event that was heard; `after` is the id of one to begin after.
        """
        return self._played(_Walk(calls.stream(self.site, task, after=after)))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *details: object) -> None:
        self.close()

    def _played(self, walk: _Walk[Any]) -> Iterator[Any]:
        """Carry the steps out, and hand on what is told to nobody in particular."""
        wire = _Wire(self._http, self.site)
        try:
            while (act := walk.act) is not None:
                if isinstance(act, Tell) and act.listener is None:
                    yield act.what
                    walk.go_on(None)
                    continue
                try:
                    came = wire.do(act)
                except ServerUnreachable as fault:
                    walk.fail(fault)
                else:
                    walk.go_on(came)
        finally:
            walk.close()
            wire.close()


class AsyncClient:
    """The same as `Client` for async programs (asyncio, trio): await its methods, use `async for` with `stream`."""

    def __init__(
        self,
        base_url: str | None = None,
        api_key: str | None = None,
        *,
        timeout: float = 60.0,
        retries: int = 5,
        http: httpx2.AsyncClient | None = None,
    ) -> None:
        self.site = site_of(base_url, api_key, timeout, retries)
        self._http = http or httpx2.AsyncClient()

    make = _async(calls.make)
    submit = _async(calls.submit)
    get = _async(calls.get)
    wait = _async(calls.wait)
    cancel = _async(calls.cancel)
    delete = _async(calls.delete)
    list = _async(calls.listing)
    save = _async(calls.save)
    read = _async(calls.read)
    poster = _async(calls.poster)
    quote = _async(calls.quote)
    upload = _async(calls.upload)
    usage = _async(calls.usage)
    callbacks = _async(calls.callbacks)
    callback = _async(calls.callback)
    redeliver = _async(calls.redeliver)
    try_callback = _async(calls.try_callback)
    tries = _async(calls.tries)
    catalog = _async(calls.catalog)

    def stream(self, task: calls.Named, *, after: str = "") -> AsyncIterator[Event]:
        """See Client.stream."""
        return self._played(_Walk(calls.stream(self.site, task, after=after)))

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *details: object) -> None:
        await self.close()

    async def _played(self, walk: _Walk[Any]) -> AsyncIterator[Any]:
        """See Client."""
        wire = _AsyncWire(self._http, self.site)
        try:
            while (act := walk.act) is not None:
                if isinstance(act, Tell) and act.listener is None:
                    yield act.what
                    walk.go_on(None)
                    continue
                try:
                    came = await wire.do(act)
                except ServerUnreachable as fault:
                    walk.fail(fault)
                else:
                    walk.go_on(came)
        finally:
            walk.close()
            await wire.close()


class _Wire:
    """Does one act after the other, and holds the answer that is being read."""

    def __init__(self, http: httpx2.Client, site: Site) -> None:
        self._http, self._site = http, site
        self._open: httpx2.Response | None = None
        self._pieces: Iterator[Any] = iter(())

    def do(self, act: Act) -> Any:
        """What comes of it. Raises ServerUnreachable."""
        match act:
            case Ask() | Open():
                with _faults(self._site):
                    return self._send(act)
            case Next():
                with _faults(self._site):
                    return next(self._pieces, None)
            case Pause():
                time.sleep(act.seconds)
            case Tell():
                assert act.listener is not None
                act.listener(act.what)
        return None

    def _send(self, act: Ask | Open) -> Answer:
        self.close()
        ask = act.ask if isinstance(act, Open) else act
        answer = self._open = self._http.send(_request(self._http, self._site, ask), **_manner(ask))
        if isinstance(act, Ask) or answer.status_code >= 400:
            return _answer(answer, answer.read())
        source = httpx2.EventSource(answer) if act.pieces == "events" else answer.iter_bytes()
        self._pieces = iter(source)
        return _answer(answer, b"")

    def close(self) -> None:
        """Let go of the answer that is being read."""
        if self._open is not None:
            self._open.close()
        self._open = None


class _AsyncWire:
    """See _Wire."""

    def __init__(self, http: httpx2.AsyncClient, site: Site) -> None:
        self._http, self._site = http, site
        self._open: httpx2.Response | None = None
        self._pieces: AsyncIterator[Any] | None = None

    async def do(self, act: Act) -> Any:
        """What comes of it. Raises ServerUnreachable."""
        match act:
            case Ask() | Open():
                with _faults(self._site):
                    return await self._send(act)
            case Next():
                assert self._pieces is not None
                with _faults(self._site):
                    return await anext(self._pieces, None)
            case Pause():
                await anyio.sleep(act.seconds)
            case Tell():
                assert act.listener is not None
                heard = act.listener(act.what)
                if isawaitable(heard):
                    await heard
        return None

    async def _send(self, act: Ask | Open) -> Answer:
        await self.close()
        ask = act.ask if isinstance(act, Open) else act
        answer = self._open = await self._http.send(_request(self._http, self._site, ask), **_manner(ask))
        if isinstance(act, Ask) or answer.status_code >= 400:
            return _answer(answer, await answer.aread())
        source = httpx2.EventSource(answer) if act.pieces == "events" else answer.aiter_bytes()
        self._pieces = aiter(source)
        return _answer(answer, b"")

    async def close(self) -> None:
        """See _Wire."""
        if self._open is not None:
            await self._open.aclose()
        self._open = None


def _request(http: httpx2.Client | httpx2.AsyncClient, site: Site, ask: Ask) -> httpx2.Request:
    """The request as it is sent; the key only where it is wanted."""
    whole = ask.address.startswith(("http://", "https://"))
    headers = {"User-Agent": f"openhorse-python/{_version()}"} | dict(ask.headers)
    if ask.with_key and not whole:
        headers["Authorization"] = f"Bearer {site.key}"
    return http.build_request(
        ask.method,
        ask.address if whole else site.url + ask.address,
        params=dict(ask.query) or None,
        json=ask.json,
        content=ask.content,
        headers=headers,
        timeout=httpx2.Timeout(ask.seconds or site.seconds, connect=CONNECT_SECONDS),
    )


def _manner(ask: Ask) -> dict[str, Any]:
    """How it is sent. Only what bears no key may be sent on to another address."""
    return {"stream": True, "follow_redirects": not ask.with_key}


def _answer(response: httpx2.Response, body: bytes) -> Answer:
    return Answer(response.status_code, {name.lower(): value for name, value in response.headers.items()}, body)


@contextmanager
def _faults(site: Site) -> Iterator[None]:
    """What the HTTP library says of a connection, in our own words."""
    try:
        yield
    except httpx2.RequestError as fault:
        raise ServerUnreachable(f"no answer from {site.url}: {str(fault) or type(fault).__name__}") from fault
    except httpx2.InvalidURL as fault:
        raise CallerError(f"{site.url} is no address: {fault}", field="base_url") from None


@cache
def _version() -> str:
    from openhorse import __version__

    return __version__
