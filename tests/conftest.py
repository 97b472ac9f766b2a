"""A whole server over real rooms, without a worker: tasks are moved by the test itself."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import httpx2
import pytest
import sqlalchemy as sa
import uvicorn

from databases import KINDS, fresh_url, url_of
from openhorse import accounts
from openhorse.catalog import load
from openhorse.deliveries import Deliveries
from openhorse.limits import LONGEST_LINE
from openhorse.outbound import Outbound
from openhorse.pictures import Pictures
from openhorse.processes import config_of
from openhorse.roster import Roster, obstacle_in
from openhorse.server.intake import Rooms
from openhorse.settings import Settings
from openhorse.store.blobs import Blobs, Links
from openhorse.store.database import Database
from openhorse.tasks import Tasks
from openhorse.uploads import Uploads
from openhorse.vocabulary import Event
from shops import Shop

SECRET = "sk-test-secret-of-the-first-customer"
OTHER_SECRET = "sk-test-secret-of-somebody-else"
SIGNING_SECRET = "a signing secret of the customer"


LONGEST = (
    "diffusion", "objects", "vectors", "runs", "tasks", "cli", "camera", "lives", "crash", "outages",
    "story_hiapi", "story_upstreams", "stopping", "chaos", "story_wavespeed", "story_evolink", "vanishing", "following",
    "hostile", "commits", "full", "queues", "players_beasts", "world",
)  # fmt: skip
"""Files that take long: they come first, so that no process works on one of them when the others have nothing left."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, all others in their order."""
    ranks = {f"test_{name}": rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.path.stem, len(ranks)))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where every program is installed (CI sets OPENHORSE_NO_SKIPS), a skipped test is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("OPENHORSE_NO_SKIPS") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database in which nothing is yet: the test runs on SQLite and on PostgreSQL."""
    return fresh_url(request.param, tmp_path)


class Clock:
    """The time, which only the test moves."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """What time it is."""
        return self.time

    def advance(self, **parts: float) -> None:
        """Let `timedelta(**parts)` pass."""
        self.time += timedelta(**parts)


@dataclass
class Line:
    """Stands for the queue of callback attempts: notes who is put in line."""

    numbers: list[int] = field(default_factory=list)

    def enqueue_attempt(self, connection: sa.Connection, event: Event, number: int, delay_seconds: int) -> None:
        """Note it."""
        self.numbers.append(number)

    def hurry_attempt(self, event: Event, number: int) -> None:
        """Nothing waits here."""


@dataclass
class House:
    """A running server, the rooms behind it, and HTTP clients for two customers and a stranger."""

    url: str
    rooms: Rooms
    clock: Clock
    client: httpx2.Client
    other: httpx2.Client
    stranger: httpx2.Client
    enqueued: list[str]


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def build_rooms(
    folder: Path,
    url: str,
    clock: Clock,
    enqueued: list[str],
    database_url: str | None = None,
    queue_limit: int = LONGEST_LINE,
) -> Rooms:
    """Real rooms in `folder`; what would be rendered is only noted."""
    database = Database(database_url or url_of(folder))
    database.migrate()
    blobs = Blobs((folder / "blobs").as_uri())
    pictures, outbound = Pictures(database, blobs, clock), Outbound([ip_network("127.0.0.0/8")])
    tasks = Tasks(
        database,
        now=clock,
        on_submit=lambda _connection, some: enqueued.extend(task.id for task in some),
        on_event=lambda _connection, _event, _task: None,
        queue_limit=queue_limit,
    )
    with database.transaction() as connection:
        accounts.create_key(connection, label="first", secret=SECRET, signing_secret=SIGNING_SECRET)
        accounts.create_key(connection, label="other", secret=OTHER_SECRET)
    return Rooms(
        catalog=load(),
        roster=Roster(database, load(), outbound, ["procedural"], obstacle_in(folder / "models")),
        database=database,
        blobs=blobs,
        links=Links(database.secret("links")),
        tasks=tasks,
        deliveries=Deliveries(database, Line()),
        pictures=pictures,
        uploads=Uploads(database, pictures, clock),
        outbound=outbound,
        public_url=url,
        now=clock,
    )


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    """Tasks over a fresh database, on SQLite and on PostgreSQL."""
    made = Shop(database_url)
    yield made
    made.database.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A server on a free port of this machine."""
    with running_house(tmp_path) as running:
        yield running


@contextmanager
def running_house(folder: Path, database_url: str | None = None, queue_limit: int = LONGEST_LINE) -> Iterator[House]:
    """A server on a free port of this machine, its data in `folder`, and in a database that may be given."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    clock, enqueued = Clock(), list[str]()
    rooms = build_rooms(folder, url, clock, enqueued, database_url, queue_limit)
    server = uvicorn.Server(config_of(Settings(), rooms, "127.0.0.1", port))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    clients = [_client(url, secret) for secret in (SECRET, OTHER_SECRET, None)]
    _wait_until_up(clients[2])
    try:
        yield House(url, rooms, clock, *clients, enqueued)
    finally:
        for client in clients:
            client.close()
        server.should_exit = True
        thread.join()
        rooms.database.close()


def _client(url: str, secret: str | None) -> httpx2.Client:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    return httpx2.Client(base_url=url, headers=headers, trust_env=False, timeout=60)


def _wait_until_up(client: httpx2.Client) -> None:
    for attempt in range(200):
        try:
            client.get("/health").raise_for_status()
            return
        except httpx2.TransportError:
            if attempt == 199:
                raise
            threading.Event().wait(0.05)
