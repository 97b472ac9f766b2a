"""What hosted vendors charged, beside what our customers were charged for the same films."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from typer.testing import CliRunner

from databases import url_of
from openhorse.charges import Charge, charges
from openhorse.cli import app
from openhorse.dialects import Report
from openhorse.engines.added import write_words
from openhorse.engines.remote import Servers
from openhorse.engines.vendors import UpstreamTerms
from openhorse.errors import InvalidOrder
from openhorse.limits import Limits
from openhorse.store.tables import engines
from openhorse.tries import Seats, State, Tries
from openhorse.usage import Span
from openhorse.vocabulary import Status
from shops import Shop

SEAT = Seats("happyhorse-1.1-t2v", 100, None, 700_000)


def add_engines(shop: Shop) -> None:
    """A vendor and an inference server."""
    added = {
        "cloud": ("dashscope", UpstreamTerms("cloud", "dashscope")),
        "gpus": ("omni", Servers("gpus", ("http://a.example",), "wan")),
    }
    with shop.database.transaction() as connection:
        for name, (kind, words) in added.items():
            row = {"name": name, "kind": kind, "data": write_words(words), "created_at": shop.time}
            connection.execute(sa.insert(engines).values(row))


def tried(shop: Shop, task_id: str, state: State | None, engine: str = "cloud", charge: int | None = None) -> None:
    """The vendor was asked for a task's film, and that became of it; None while it goes on."""
    tries = Tries(shop.database, lambda: shop.time)
    this = tries.take_seat(task_id, engine, [SEAT])
    assert this is not None
    this = tries.hear(this, Report("v1", Status.RUNNING, charge_micros=charge))
    if state is not None:
        tries.end(this, state, charged=charge is not None)


def test_films_and_money_by_day_and_upstream(shop: Shop) -> None:
    """A film counts once, however often it was tried; what may have been made is told apart, and so is what goes on."""
    add_engines(shop)
    key = shop.key(Limits())
    first, second, third, fourth, fifth = (shop.order(key, 1_000_000) for _ in range(5))
    tried(shop, first, State.FAILED)
    tried(shop, first, State.MADE, charge=650_000)
    shop.make(first)
    tried(shop, second, State.UNSURE)
    tried(shop, third, State.STOPPED, charge=100_000)
    tried(shop, fourth, None)
    tried(shop, fourth, State.MADE, engine="gpus")
    Tries(shop.database, lambda: shop.time).begin(fifth, "procedural")
    shop.time += timedelta(days=1)
    tried(shop, fifth, State.MADE, engine="removed")
    shop.make(fifth)
    with shop.database.reading() as connection:
        days = charges(connection, Span(date(2026, 11, 21), date(2026, 11, 22)))
        month = charges(connection, Span(date(2026, 11, 3), date(2026, 11, 30)), by_month=True)
        none = charges(connection, Span(date(2026, 11, 23), date(2026, 11, 30)))
    cloud = {"asked": 5, "films": 1, "unsure": 1, "unfinished": 1, "charged": 750_000, "at_risk": 700_000}
    whole = {"asked": 1, "films": 1, "unsure": 0, "unfinished": 0, "charged": 700_000, "at_risk": 0, "expected": 0}
    assert days == [
        Charge(date(2026, 11, 21), "cloud", "dashscope", **cloud, expected=700_000, earned=1_000_000),
        Charge(date(2026, 11, 22), "removed", None, **whole, earned=1_000_000),
    ]
    assert [(line.day, line.engine, line.charged) for line in month] == [
        (date(2026, 11, 3), "cloud", 750_000),
        (date(2026, 11, 3), "removed", 700_000),
    ]
    assert none == []


def test_the_command_line_tells_it(tmp_path: Path) -> None:
    """As JSON, with exact dollars."""
    shop = Shop(url_of(tmp_path))
    shop.time = datetime.now(UTC)
    add_engines(shop)
    task_id = shop.order(shop.key(Limits()), 1_234_567)
    tried(shop, task_id, State.MADE, charge=1_000_001)
    shop.make(task_id)
    shop.database.close()
    environment = os.environ | {"OPENHORSE_DATA": str(tmp_path), "OPENHORSE_DATABASE_URL": url_of(tmp_path)}
    command = [sys.executable, "-m", "openhorse", "usage", "--upstream", "--by-month", "--json"]
    days = ["--from", f"{shop.time:%Y-%m-01}", "--to", f"{shop.time:%Y-%m-%d}"]
    done = subprocess.run([*command, *days], env=environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [
        {
            "day": f"{shop.time:%Y-%m-01}",
            "upstream": "cloud",
            "kind": "dashscope",
            "asked": 1,
            "films": 1,
            "unsure": 0,
            "unfinished": 0,
            "charged_usd": "1.000001",
            "at_risk_usd": "0.000000",
            "expected_usd": "0.000000",
            "earned_usd": "1.234567",
        }
    ]


def test_months_are_the_vendors(tmp_path: Path) -> None:
    """What has no meaning is refused, not left aside."""
    told = CliRunner().invoke(app, ["usage", "--by-month", "--data", str(tmp_path)])
    assert isinstance(told.exception, InvalidOrder)
