"""Durable orders and polls a second, with p50 and p99, of a real server with keys and limits on: one table.

`scripts/bench throughput [--only sqlite,postgresql,peer,floor] [--orders 6000] [--polls 30000] [--at-once 32]
[--postgres URL] [--litellm VENV]`. Customers and server share the machine's cores; "ceiling" is what one server process
could do with a core of its own: 1 / its processor time for a request. SQLite writes with synchronous=FULL, PostgreSQL
with fsync and synchronous_commit on; each order carries an Idempotency-Key and holds money of a limited balance and a
day's budget. Next to it the peer, LiteLLM's proxy in front of the same server on the same requests, and as floors
Starlette and FastAPI that answer a constant. Polls are of tasks in line.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import crowd
from crowd import Outcome, Request
from openhorse import accounts
from openhorse.limits import Limits
from openhorse.store.database import Database

TESTS = Path(__file__).parents[1] / "tests"
KEYS = 16
LIMITS = Limits(
    reads_per_minute=10_000_000,
    writes_per_minute=10_000_000,
    waiting=1_000_000,
    unfinished=2_000_000,
    day_micros=10**15,
)
PROMPT = "A snow mountain lake in morning mist, a wooden boat drifts slowly, birds fly over the water"
HIAPI = {"model": "happyhorse-1.1/text-to-video", "input": {"prompt": PROMPT, "duration": 5, "resolution": "720p"}}
OPENAI = {"model": "happyhorse-1.1", "prompt": PROMPT, "seconds": "5", "size": "1280x720"}
PEER_KEY = "sk-peer"
PATIENCE_SECONDS = 300
WARM, DISTINCT = 200, 1000
"""Requests that are not counted, and different tasks that are asked for."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers on `port`, in the process `pid`; `secrets` open its keys."""

    port: int
    pid: int
    secrets: tuple[str, ...] = ()


def main() -> None:
    options = _options()
    machine()
    print("| served | request | a second | p50 ms | p99 ms | server µs | ceiling | client µs |")
    print("|---|---|---|---|---|---|---|---|")
    if "floor" in options.only:
        _measure_floors(options)
    for kind in ("sqlite", "postgresql"):
        if kind in options.only:
            _measure_kind(kind, options)


def _measure_kind(kind: str, options: argparse.Namespace) -> None:
    with ExitStack() as open_, tempfile.TemporaryDirectory(prefix="openhorse-bench-") as folder:
        url = (
            f"sqlite:///{folder}/openhorse.db" if kind == "sqlite" else open_.enter_context(postgres(options.postgres))
        )
        server = open_.enter_context(openhorse(Path(folder), url))
        ask_hiapi(kind, server, options)
        ask_openai(kind, server, options)
        if "peer" in options.only and kind == "sqlite":
            _measure_peer(server, options)


def ask_hiapi(name: str, server: Server, options: argparse.Namespace) -> None:
    """The seed dialect's two requests, and our own poll."""
    body = json.dumps(HIAPI).encode()
    auths = [_auth(server, n) for n in range(options.orders)]
    orders = [Request("POST", "/v1/tasks", (*auth, ("Idempotency-Key", f"{n}")), body) for n, auth in enumerate(auths)]
    _ask(server, orders[:WARM], options)  # what is prepared at the first requests is not what is measured
    made = _ask(server, orders[WARM:], options, keep=True)
    _print(name, "POST /v1/tasks", made)
    ids = {n: json.loads(body)["data"]["taskId"] for n, body in made.bodies.items()}
    for path in ("/v1/tasks/", "/openhorse/v1/tasks/"):
        polls = [Request("GET", path + task, auths[WARM + n]) for n, task in list(ids.items())[:DISTINCT]]
        _ask(server, polls[:WARM], options)
        _print(name, f"GET {path}{{id}}", _ask(server, _many(polls, options.polls), options))


def _measure_peer(server: Server, options: argparse.Namespace) -> None:
    """LiteLLM's proxy before this server; its own database of keys and spending would come on top, and is left out."""
    program = options.litellm / "bin" / "litellm"
    if not program.exists():
        print(f"LiteLLM was left out: there is no {program}; make it with litellm[proxy] from the registry.")
        return
    model = {
        "model_name": OPENAI["model"],
        "litellm_params": {
            "model": f"openai/{OPENAI['model']}",
            "api_base": f"http://127.0.0.1:{server.port}/v1",
            "api_key": server.secrets[0],
        },
    }
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.yaml"  # which JSON is as well
        config.write_text(json.dumps({"model_list": [model], "general_settings": {"master_key": PEER_KEY}}))
        command = [str(program), "--config", str(config), "--port", "{port}", "--host", "127.0.0.1"]
        with running(command, "/health/liveliness", {"PYTHONPATH": "", "LITELLM_LOG": "ERROR"}) as peer:
            name = f"LiteLLM {_version_in(options.litellm)} before it"
            ask_openai(name, Server(peer.port, peer.pid, (PEER_KEY,)), options)


def _version_in(environment: Path) -> str:
    found = next(environment.glob("lib/python*/site-packages/litellm-*.dist-info"), None)
    return found.name.removeprefix("litellm-").removesuffix(".dist-info") if found else "?"


def ask_openai(name: str, server: Server, options: argparse.Namespace) -> None:
    """The dialect that the peer speaks."""
    body = json.dumps(OPENAI).encode()
    orders = [Request("POST", "/v1/videos", _auth(server, 0), body) for _ in range(options.peer_orders)]
    _ask(server, orders[:WARM], options)
    made = _ask(server, orders[WARM:], options, keep=True)
    _print(name, "POST /v1/videos", made)
    ids = [json.loads(body)["id"] for body in made.bodies.values()]
    polls = [Request("GET", f"/v1/videos/{task}", _auth(server, 0)) for task in ids]
    _ask(server, polls[:WARM], options)
    _print(name, "GET /v1/videos/{id}", _ask(server, _many(polls, options.peer_polls), options))


@contextmanager
def openhorse(folder: Path, url: str) -> Iterator[Server]:
    """`openhorse serve --no-workers` over that database, with KEYS keys that have limits and a balance."""
    database = Database(url)
    database.migrate()
    with database.transaction() as connection:
        made = [
            accounts.create_key(connection, label=str(n), limits=LIMITS, balance_micros=10**15)[1] for n in range(KEYS)
        ]
    database.close()
    settings = {"OPENHORSE_DATA": str(folder), "OPENHORSE_DATABASE_URL": url, "OPENHORSE_QUEUE_LIMIT": "1000000"}
    command = [sys.executable, "-m", "openhorse", "serve", "--no-workers", "--port", "{port}"]
    with running(command, "/ready", settings) as server:
        yield Server(server.port, server.pid, tuple(made))


@contextmanager
def running(command: Sequence[str], path: str, settings: Mapping[str, str]) -> Iterator[Server]:
    """A server process, from when it answers 200 at `path`; `{port}` in the command is where it listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([part.format(port=port) for part in command], env=os.environ | settings, stdout=2)
    try:
        _wait_for(process, f"http://127.0.0.1:{port}{path}")
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


@contextmanager
def postgres(url: str | None) -> Iterator[str]:
    """The URL of an empty PostgreSQL database: the one that was given, or that of a server started for this alone."""
    if url is not None:
        yield url
        return
    sys.path.append(str(TESTS))
    from databases import Postgres

    server = Postgres()
    try:
        server.start()
        yield server.url
    finally:
        server.remove()


def _measure_floors(options: argparse.Namespace) -> None:
    for app in ("starlette_app", "fastapi_app"):
        command = [sys.executable, "-m", "uvicorn", f"floors:{app}", "--port", "{port}", "--log-level", "error"]
        with running(command, "/v1/tasks/x", {"PYTHONPATH": str(Path(__file__).parent)}) as server:
            name = f"{app.partition('_')[0]}, constant"
            orders = [Request("POST", "/v1/tasks", (), json.dumps(HIAPI).encode())] * options.polls
            polls = [Request("GET", "/v1/tasks/x")] * options.polls
            for requests in (orders, polls):
                _ask(server, requests[:WARM], options)
                _print(name, requests[0].method, _ask(server, requests, options))


def _ask(server: Server, requests: Sequence[Request], options: argparse.Namespace, *, keep: bool = False) -> Outcome:
    outcome = crowd.ask(server.port, requests, at_once=options.at_once, server=server.pid, keep=keep)
    refused = {status: count for status, count in outcome.statuses.items() if status not in (200, 201)}
    if refused:
        raise SystemExit(f"{requests[0].method} {requests[0].path} was refused: {refused}")
    return outcome


def _print(name: str, request: str, outcome: Outcome) -> None:
    server = outcome.share(outcome.server_cpu)
    p50, p99 = 1e3 * outcome.quantile(0.5), 1e3 * outcome.quantile(0.99)
    cells = f"{outcome.rate:,.0f} | {p50:.1f} | {p99:.1f} | {server:.0f} | {1e6 / max(server, 1e-9):,.0f}"
    print(f"| {name} | {request} | {cells} | {outcome.share(outcome.client_cpu):.0f} |", flush=True)


def _many(requests: Sequence[Request], count: int) -> list[Request]:
    return [requests[n % len(requests)] for n in range(count)]


def _auth(server: Server, n: int) -> tuple[tuple[str, str], ...]:
    return (("Authorization", f"Bearer {server.secrets[n % len(server.secrets)]}"),)


def _wait_for(process: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"no server at {url}")


def machine() -> None:
    """Say what the figures to come were measured on."""
    print(f"Machine: {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before; {_versions()}.")
    print(f"Measured {datetime.now(UTC):%Y-%m-%d}.\n")


def _versions() -> str:
    names = ("openhorse", "uvicorn", "starlette", "fastapi", "sqlalchemy", "dbos")
    parts = [f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}"]
    return ", ".join(parts + [f"{name} {version(name)}" for name in names])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", type=lambda text: text.split(","), default=["floor", "sqlite", "postgresql", "peer"])
    parser.add_argument("--orders", type=int, default=6000)
    parser.add_argument("--polls", type=int, default=30_000)
    parser.add_argument("--peer-orders", type=int, default=1200)
    parser.add_argument("--peer-polls", type=int, default=4000)
    parser.add_argument("--at-once", type=int, default=32)
    parser.add_argument("--postgres", help="URL of an empty database; without it a server is started")
    parser.add_argument("--litellm", type=Path, default=Path("litellm"), help="virtual environment with litellm[proxy]")
    return parser.parse_args()


if __name__ == "__main__":
    main()
