"""What nobody sends by accident: heads, bodies and paths that try to crash the server, hold it or make it say more."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import httpx2
import pytest

from conftest import SECRET, House, running_house
from openhorse.processes import config_of
from openhorse.server import shield
from openhorse.server.app import create_app
from openhorse.server.wire import HEAD_BYTES, MOST_HEADERS, Wire
from openhorse.settings import Settings
from test_gate import CREATE

KEY = f"Authorization: Bearer {SECRET}\r\n".encode()
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One server for all of them; it must answer after each."""
    with running_house(tmp_path_factory.mktemp("house")) as running:
        yield running


@pytest.fixture(autouse=True)
def still_answers(house: House) -> Iterator[None]:
    """Whatever was sent, the next request is answered."""
    yield
    assert house.stranger.get("/health").status_code == 200


def connected(house: House) -> socket.socket:
    """A bare connection to the server."""
    host, port = house.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=30)


def said(line: socket.socket) -> bytes:
    """Everything that the server says until it closes."""
    heard = b""
    try:
        while part := line.recv(65536):
            heard += part
    except ConnectionResetError:  # it closed while we were still talking
        pass
    return heard


def answer(house: House, request: bytes) -> bytes:
    """What the server says to a request that asks it to close."""
    with connected(house) as line:
        with suppress(BrokenPipeError, ConnectionResetError):
            line.sendall(request)
        return said(line)


def get(target: bytes, *headers: bytes) -> bytes:
    """A GET that ends its connection."""
    return b"".join((b"GET ", target, b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n", *headers, b"\r\n"))


@pytest.mark.parametrize(
    "request_bytes",
    [
        get(b"/health", *(b"X-%d: a\r\n" % number for number in range(10_000))),
        get(b"/health", b"X-Long: " + b"a" * 3_000_000 + b"\r\n"),
        get(b"/health?" + b"a" * 3_000_000),
        get(b"/health", b"X" * 3_000_000 + b": a\r\n"),
    ],
    ids=["10,000 headers", "a header of 3 MB", "an address of 3 MB", "a name of 3 MB"],
)
def test_huge_heads_are_refused(house: House, request_bytes: bytes) -> None:
    """431 or, where the client still talks, a closed connection; never taken in."""
    heard = answer(house, request_bytes)
    assert heard == b"" or heard.startswith((b"HTTP/1.1 431 ", b"HTTP/1.1 400 "))


def test_large_heads_within_the_limits_are_taken(house: House) -> None:
    """As many headers as may be, and nearly as many bytes, in pieces; the next request counts anew."""
    many = get(b"/health", *(b"X-%d: a\r\n" % number for number in range(MOST_HEADERS - 2)))
    assert answer(house, many).startswith(b"HTTP/1.1 200 ")
    long = get(b"/health", b"X-Long: " + b"a" * (HEAD_BYTES - 1000) + b"\r\n")
    with connected(house) as line:
        line.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nX: " + b"b" * 40_000 + b"\r\n\r\n")
        line.recv(1000)
        for start in range(0, len(long), 8000):
            line.sendall(long[start : start + 8000])
        assert said(line).startswith(b"HTTP/1.1 200 ")


def test_heads_that_do_not_end_are_given_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection without a request, one that stops within its head, and one that drips after an answer."""
    monkeypatch.setattr(Wire, "head_seconds", 0.3)
    with connected(house) as silent, connected(house) as slow, connected(house) as dripping:
        slow.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nX-Mo")
        dripping.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert dripping.recv(1000).startswith(b"HTTP/1.1 200 ")
        dripping.sendall(b"\r\n")
        assert said(silent) == b""
        assert said(slow).startswith(b"HTTP/1.1 408 ")
        assert said(dripping) == b""


@pytest.mark.parametrize("dialect", CREATE)
def test_bodies_that_do_not_come_are_given_up(house: House, dialect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """408 in the dialect's shape, the connection is closed, and nothing was taken in."""
    monkeypatch.setattr(shield, "BODY_SECONDS", 0.3)
    path, _, headers = CREATE[dialect]
    more = b"".join(f"{name}: {value}\r\n".encode() for name, value in (headers | JSON).items())
    before = len(house.enqueued)
    with connected(house) as line:
        line.sendall(
            b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 999\r\n" % path.encode() + KEY + more + b'\r\n{"p'
        )
        head, _, body = said(line).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in head.lower()
    assert b"did not arrive in time" in body
    assert json.loads(body)
    assert len(house.enqueued) == before


def nested(dialect: str, text: str) -> list[bytes]:
    """The dialect's own body with `text` in place of its prompt, and as a field and a whole of its own."""
    _, body, _ = CREATE[dialect]
    whole = json.dumps(body)
    return [whole.replace('"a lake"', text).encode(), f'{whole[:-1]}, "x": {text}}}'.encode(), text.encode()]


HOSTILE_VALUES = {
    "deep lists": "[" * 200_000 + "]" * 200_000,
    "deep objects": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "just readable": "[" * 900 + "]" * 900,
    "a long number": "9" * 100_000,
    "a huge exponent": "1e999999",
    "NaN": "NaN",
    "NUL": '"\\u0000"',
    "half a character": '"\\ud800"',
    "null": "null",
    "not closed": '"',
    "not UTF-8": "\udcff",
}


@pytest.mark.parametrize("name", HOSTILE_VALUES)
@pytest.mark.parametrize("dialect", CREATE)
def test_hostile_json_is_the_callers_fault(house: House, dialect: str, name: str) -> None:
    """Never a 5xx, always JSON, never as a page."""
    path, _, headers = CREATE[dialect]
    text = HOSTILE_VALUES[name]
    for body in nested(dialect, text) if name != "not UTF-8" else [b'{"prompt": "\xff"}']:
        found = house.client.post(path, content=body, headers=headers | JSON)
        assert found.status_code < 500, found.text[:200]
        assert found.json()
        assert found.headers["Content-Type"] == "application/json"
        assert found.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("dialect", CREATE)
def test_bodies_of_64_megabytes_are_refused(house: House, dialect: str) -> None:
    """413 or a closed connection before all of it was read."""
    path, _, headers = CREATE[dialect]
    megabyte = b'"' + b"a" * 1_000_000
    try:
        found = house.client.post(path, content=(megabyte for _ in range(64)), headers=headers | JSON)
    except httpx2.TransportError:
        return
    assert found.status_code == 413


PATHS = [
    b"/files/..%2f..%2fetc%2fpasswd",
    b"/files/%2e%2e/%2e%2e/openhorse.db",
    b"/files//etc/passwd",
    b"/files/films/%00.mp4",
    b"/uploads/..%2f..%2fopenhorse.db",
    b"/static-offline-docs/..%2f..%2fcore.py",
    b"/static-offline-docs/%00",
    b"/static-offline-docs/" + b"a" * 5000,
    b"/%ff%fe",
    b"//hiapi/v1/tasks",
    b"/openhorse/v1/tasks/" + b"%0d%0aSet-Cookie:%20a=b",
    b"/v1/tasks/%3Cscript%3Ealert(1)%3C/script%3E",
    b"/api/v1/tasks/..%5c..%5c",
    b"/openhorse/v1/tasks?page=%ff&status=%00",
    b"/health/",
]


@pytest.mark.parametrize("path", PATHS)
def test_paths_open_nothing_and_split_no_answer(house: House, path: bytes) -> None:
    """A refusal (DashScope knows none for an id), as JSON, with no header of the caller's and nowhere to go."""
    head, _, body = answer(house, get(path, KEY)).partition(b"\r\n\r\n")
    assert head.startswith((b"HTTP/1.1 4", b"HTTP/1.1 200 OK")) and (b" 200 " not in head or b"UNKNOWN" in body)
    assert b"content-type: application/json" in head.lower()
    assert b"x-content-type-options: nosniff" in head.lower()
    assert b"set-cookie" not in head.lower()
    assert b"location" not in head.lower()
    assert json.loads(body)


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"CONNECT internal:443 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http://internal HTTP/1.1\r\nHost: x\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET /health HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
        b"POST /v1/tasks HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /v1/tasks HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        b"POST /v1/tasks HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        get(b"/v1/tasks", b"Authorization: Bearer \xff\xfe\r\n"),
    ],
)
def test_odd_requests_are_refused(house: House, request_bytes: bytes) -> None:
    """What could mean one thing to a proxy and another to us gets a 4xx."""
    assert answer(house, request_bytes).startswith(b"HTTP/1.1 4")


@pytest.mark.parametrize("address", ["https://a.example/\r\nX: y", "https://a.example/\tb", "https://a.example\\@b/"])
def test_callback_addresses_carry_no_headers(house: House, address: str) -> None:
    """A line's end or a backslash in one is refused when it is ordered."""
    found = house.client.post("/openhorse/v1/tasks", json={"prompt": "a lake", "callback": {"url": address}})
    assert found.status_code == 400


def test_script_in_a_prompt_is_never_a_page(house: House) -> None:
    """It comes back as JSON that no browser sniffs, runs or frames."""
    made = house.client.post("/openhorse/v1/tasks", json={"prompt": "<script>alert(1)</script>"})
    found = house.client.get(f"/openhorse/v1/tasks/{made.json()['id']}")
    assert found.headers["Content-Type"] == "application/json"
    assert "sandbox" in found.headers["Content-Security-Policy"]
    assert found.headers["X-Content-Type-Options"] == "nosniff"


def test_the_documentation_may_run_its_own_scripts_only(house: House) -> None:
    """Everything the page loads lies here, nothing else may run, and nobody may frame it."""
    page = house.stranger.get("/docs")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self';" in policy
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "//" not in page.text  # every address is one of this server's
    assert re.findall(r"<script[^>]*>(.*?)</script>", page.text, re.DOTALL) == ["", ""]


def test_a_failure_of_ours_is_dressed_too(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The framework answers a failure outside of all middleware, yet behind the shield."""

    def fails(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(type(house.rooms.tasks), "page", fails)
    found = house.client.get("/openhorse/v1/tasks")
    assert found.status_code == 500
    assert found.headers["X-Content-Type-Options"] == "nosniff"
    assert "ZeroDivision" not in found.text


def test_no_other_page_may_ask_unless_it_is_named(house: House) -> None:
    """Without the setting no answer allows an origin."""
    asked = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
    assert "Access-Control-Allow-Origin" not in house.client.get("/openhorse/v1/tasks", headers=asked).headers
    assert house.client.options("/openhorse/v1/tasks", headers=asked).status_code == 405


def test_a_named_page_may_ask(house: House) -> None:
    """The origin that the setting names is allowed, also at a refusal, and no other."""
    app = create_app(replace(house.rooms, cors_origins=("https://app.example",)))

    async def allowed(origin: str) -> list[str | None]:
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=house.url) as client:
            asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
            found = [await client.options("/v1/tasks", headers=asked), await client.get("/v1/tasks", headers=asked)]
        return [answer.headers.get("Access-Control-Allow-Origin") for answer in found]

    assert asyncio.run(allowed("https://app.example")) == ["https://app.example"] * 2
    assert asyncio.run(allowed("https://evil.example")) == [None, None]


def test_origins_and_proxies_are_read_from_settings(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Comma-separated; an origin has no path, and no proxy is trusted by itself."""
    monkeypatch.setenv("OPENHORSE_CORS_ORIGINS", "https://app.example, http://[::1]:3000")
    monkeypatch.setenv("OPENHORSE_TRUSTED_PROXIES", "10.0.0.0/8")
    settings = Settings()
    assert settings.cors_origins == ("https://app.example", "http://[::1]:3000")
    assert settings.trusted_proxies == (ip_network("10.0.0.0/8"),)
    config = config_of(settings, house.rooms, "127.0.0.1", 1)
    assert config.proxy_headers and config.forwarded_allow_ips == ["10.0.0.0/8"]
    monkeypatch.setenv("OPENHORSE_TRUSTED_PROXIES", "")
    assert not config_of(Settings(), house.rooms, "127.0.0.1", 1).proxy_headers
    monkeypatch.setenv("OPENHORSE_CORS_ORIGINS", "https://app.example/page")
    with pytest.raises(ValueError, match="no origin"):
        Settings()
