"""A real `openhorse serve` has films made by another through each dialect, and is killed in the middle of it."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from databases import url_of
from openhorse.charges import charges
from openhorse.dialects import NAMES
from openhorse.engines.added import write_words
from openhorse.engines.vendors import UpstreamTerms
from openhorse.store.database import Database
from openhorse.store.engines import Added, write_engine
from openhorse.store.tables import tasks
from openhorse.tries import State, Tries
from openhorse.usage import Span
from serving import SECRET, Served, facts, wait_for

KEY = "THEIR_KEY"


def add_upstreams(database: Database, url: str) -> None:
    """The other server as six vendors."""
    for dialect in NAMES:
        base = url if dialect == "native" else f"{url}/{dialect}"
        text = write_words(UpstreamTerms(f"by-{dialect}", dialect, base, KEY))
        with database.transaction() as connection:
            write_engine(connection, Added(f"by-{dialect}", dialect, text), datetime.now(UTC))


def call(url: str, body: Any = None) -> Any:
    """Ask a server in our own words."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {SECRET}", "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url, data, headers)) as answer:
        return json.load(answer)


PRICES = {name: 420_000 if name in ("hiapi", "evolink") else 210_000 for name in NAMES}
"""Of 3 seconds, as small as the vendor makes them."""


def order(front: Served, dialect: str) -> str:
    """A customer's film, which that vendor is to make."""
    tier = "480p" if PRICES[dialect] == 210_000 else "720p"
    body = {"prompt": "a lake", "seconds": 3, "resolution": tier, "ratio": "1:1", "seed": 5, "engine": f"by-{dialect}"}
    return str(call(f"{front.url}/openhorse/v1/tasks", body)["id"])


def made(front: Served, task_id: str) -> Any:
    """The task, once it has ended."""
    task = call(f"{front.url}/openhorse/v1/tasks/{task_id}?wait=20")
    return task if task["status"] in ("succeeded", "failed") else None


def test_films_that_others_make_survive_a_killed_server(tmp_path: Path) -> None:
    """The conversation goes on where it was: nothing is ordered twice, and each charge stands beside ours."""
    front_data, behind_data = tmp_path / "front", tmp_path / "behind"
    front_data.mkdir()
    behind_data.mkdir()
    database = Database(url_of(front_data))
    database.migrate()
    with Served(behind_data, engine="slow") as behind:
        add_upstreams(database, behind.url)
        tries = Tries(database, lambda: datetime.now(UTC))
        with Served(front_data, **{KEY: SECRET}) as front:
            ids = [order(front, dialect) for dialect in NAMES]
            going = wait_for(lambda: _all_going(tries, ids))
            front.kill()
            front.start()
            done = [wait_for(partial(made, front, task_id)) for task_id in ids]
            assert [task["error"] for task in done] == [None] * len(NAMES)
            film = facts(done[0]["film"]["url"])
    assert [(task["status"], task["film"]["engine"]) for task in done] == [("succeeded", f"by-{one}") for one in NAMES]
    assert (film["size"], film["frames"], film["sound"]) == ((640, 640), 72, ("aac", 48000, 2))
    assert [any("seed" in note for note in task["film"]["notes"]) for task in done] == [one == "hiapi" for one in NAMES]
    ended = [tries.of(task_id) for task_id in ids]
    assert [[one.state for one in each] for each in ended] == [[State.MADE]] * len(NAMES)
    assert [each[0].report.id for each in ended if each[0].report] == going
    vendor = Database(url_of(behind_data))
    with vendor.reading() as connection:
        ordered = {row.id: row.dialect for row in connection.execute(sa.select(tasks))}
    assert ordered == dict(zip(going, NAMES, strict=True))
    today = datetime.now(UTC).date()
    with database.reading() as connection:
        told = charges(connection, Span(today.replace(day=1), today), by_month=True)
    assert [(line.kind, line.films, line.charged > 0, line.earned) for line in told] == [
        (dialect, 1, True, PRICES[dialect]) for dialect in sorted(NAMES)
    ]
    vendor.close()
    database.close()


def _all_going(tries: Tries, ids: Sequence[str]) -> list[str] | None:
    """What the vendor calls each film, once it has told all of them."""
    reports = [one.report for task_id in ids for one in tries.of(task_id)]
    return [report.id for report in reports if report] if len(reports) == len(ids) and all(reports) else None
