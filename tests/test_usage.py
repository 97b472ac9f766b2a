"""Usage: what was ordered, by day, key and model, for its own key, for an administrator, and on the command line."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from conftest import House
from databases import url_of
from openhorse import accounts, usage
from openhorse.accounts import Scope
from openhorse.errors import InvalidOrder
from openhorse.limits import Limits
from openhorse.usage import Line, Span
from shops import DAY, FAILURE, NOON, ORDER, QUOTE, Shop

TODAY = Span(NOON.date(), NOON.date())


def test_days_keys_and_models(shop: Shop) -> None:
    """Each task stands in one line, by the day of its order, and its price where its task is."""
    key, other = shop.key(Limits()), shop.key(Limits())
    shop.time = datetime(2026, 11, 20, 23, 59, 59, 999_999, tzinfo=UTC)
    shop.order(other, 5)
    shop.time = datetime(2026, 11, 21, tzinfo=UTC)
    made, gone, failed, cancelled, _open = (shop.order(key, price) for price in (100, 20, 3, 4, 1000))
    shop.time += timedelta(days=1)
    shop.make(made)
    shop.make(gone)
    shop.tasks.expire(gone)
    shop.tasks.delete(made, key)
    shop.tasks.fail(failed, FAILURE)
    shop.tasks.cancel(cancelled, key)
    with shop.database.reading() as connection:
        lines = usage.usage(connection, TODAY)
        both = usage.usage(connection, Span(date(2026, 11, 1), date(2026, 11, 30)))
        mine = usage.usage(connection, TODAY, key)
        standing = usage.standing(connection, key, NOON)
    names = (date(2026, 11, 21), key, "a", ORDER.dialect, ORDER.model)
    assert lines == [Line(*names, tasks=5, films=2, failed=1, cancelled=1, unfinished=1, spent=120, held=1000)] == mine
    assert [(line.day.day, line.key_id, line.held) for line in both] == [(20, other, 5), (21, key, 1000)]
    assert (standing.day, standing.month, standing.available) == (1120, 1120, None)


@pytest.mark.parametrize(
    ("first", "last", "span"),
    [
        (None, None, (date(2026, 11, 1), date(2026, 11, 21))),
        ("2026-11-03", None, (date(2026, 11, 3), date(2026, 11, 21))),
        (None, "2026-02-05", (date(2026, 2, 1), date(2026, 2, 5))),
        ("2025-12-01", "2026-12-01", (date(2025, 12, 1), date(2026, 12, 1))),
    ],
)
def test_spans(first: str | None, last: str | None, span: tuple[date, date]) -> None:
    """This month until today, where nothing else is said; at most a leap year."""
    assert usage.read_span(first, last, NOON) == Span(*span)


@pytest.mark.parametrize(
    ("first", "last"), [("x", None), (None, "2026-13-01"), ("2026-11-22", None), ("2025-11-30", "2026-12-01")]
)
def test_spans_that_are_none(first: str | None, last: str | None) -> None:
    """No day, the wrong way round, or too long."""
    with pytest.raises(InvalidOrder):
        usage.read_span(first, last, NOON)


def asked(house: House, secret: str, query: str = "") -> Any:
    """The report."""
    return house.stranger.get(f"/openhorse/v1/usage{query}", headers={"Authorization": f"Bearer {secret}"}).json()


def test_a_key_sees_its_own_and_an_administrator_all(house: House) -> None:
    """Lines and totals, limits and what is left; somebody else's are refused by name and left out without."""
    rooms = house.rooms
    with rooms.database.transaction() as connection:
        allowed = Limits(day_micros=2_000_000, storage_bytes=5000, reads_per_minute=100)
        key, secret = accounts.create_key(connection, label="studio", limits=allowed, balance_micros=3_000_000)
        other, _ = accounts.create_key(connection, label="other")
        _, boss = accounts.create_key(connection, label="boss", scopes=[Scope.ADMIN])
        _, blind = accounts.create_key(connection, label="blind", scopes=[Scope.SUBMIT])
    for number, each in enumerate((key, other)):
        rooms.tasks.submit(each.id, f"t{number}", ORDER, QUOTE, lifetime=DAY)
    own = asked(house, secret)
    assert (own["from"], own["to"]) == ("2026-11-01", "2026-11-21")
    assert [line["key"] for line in own["data"]] == [key.id]
    assert own["total"]["held_usd"] == "0.500000"
    assert own["key"] == {
        "id": key.id,
        "label": "studio",
        "prefix": secret[:8],
        "scopes": ["read", "submit"],
        "balance_usd": "2.500000",
        "day": {"ordered_usd": "0.500000", "budget_usd": "2.000000"},
        "month": {"ordered_usd": "0.500000", "budget_usd": None},
        "storage": {"bytes": 0, "limit": 5000},
        "limits": {"reads_per_minute": 100, "writes_per_minute": None, "waiting": 1000, "unfinished": None},
    }
    assert {line["key"] for line in asked(house, boss)["data"]} == {key.id, other.id}
    assert [line["label"] for line in asked(house, boss, f"?key={other.id}")["data"]] == ["other"]
    assert asked(house, secret, f"?key={other.id}")["error"]["code"] == "not_permitted"
    assert asked(house, blind)["error"]["code"] == "not_permitted"
    assert asked(house, secret, "?from=tomorrow")["error"]["field"] == "from"
    assert asked(house, boss, "?to=2026-10-31")["data"] == []


def test_csv_for_a_spreadsheet(tmp_path: Path) -> None:
    """One row a line, dollars as they are; a label that would be a formula is made a text."""
    shop = Shop(url_of(tmp_path))
    shop.time = datetime.now(UTC)
    with shop.database.transaction() as connection:
        key, secret = accounts.create_key(connection, label='=HYPERLINK("x"), y')
    shop.make(shop.order(key.id, 1_234_567))
    shop.database.close()
    environment = os.environ | {"OPENHORSE_DATA": str(tmp_path), "OPENHORSE_DATABASE_URL": url_of(tmp_path)}
    command = [
        sys.executable,
        "-m",
        "openhorse",
        "usage",
        "--csv",
        "--key",
        secret[:8],
        "--to",
        f"{shop.time:%Y-%m-%d}",
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    (row,) = csv.DictReader(io.StringIO(done.stdout))
    assert (row["label"], row["films"], row["spent_usd"]) == ('\'=HYPERLINK("x"), y', "1", "1.234567")
    assert (row["key"], row["day"]) == (key.id, f"{shop.time:%Y-%m-%d}")
