"""What no engine here can make, on the wire: refused when it is placed, in each dialect's shape, with the reason."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from conftest import House
from openhorse import roster
from openhorse.engines.added import write_words
from openhorse.engines.remote import Servers
from openhorse.store.engines import Added, write_engine
from test_full import NATIVE
from test_homes import BODIES

WHY = "no engine here can make it: away: its key is not here: the variable AWAY_KEY is not set; short: no server"


@pytest.fixture(autouse=True)
def _elsewhere(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server whose engines are elsewhere and were added while it ran: one without its key, one for references."""
    monkeypatch.delenv("AWAY_KEY", raising=False)
    monkeypatch.setattr(roster, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(house.rooms.roster, "_default", ("away", "short"))
    rows = {
        "away": Added("away", "omni", write_words(Servers("away", ("http://127.0.0.1:9",), "k6", "AWAY_KEY"))),
        "short": Added("short", "omni", write_words(Servers("short", ("http://127.0.0.1:9#ref2va",), "h3"))),
    }
    with house.rooms.database.transaction() as connection:
        for row in rows.values():
            write_engine(connection, row, datetime(2026, 11, 22, tzinfo=UTC))


@pytest.mark.parametrize("dialect", [*BODIES, "native"])
def test_what_no_engine_can_make_is_refused_at_once(house: House, dialect: str) -> None:
    """400 in the vendor's own shape, with each engine's reason; nothing is taken in."""
    path, body, headers = (BODIES | {"native": NATIVE})[dialect]
    refused = house.client.post(path, json=body, headers=headers)
    assert refused.status_code == 400, refused.text
    assert WHY in refused.text
    assert house.enqueued == []


def test_a_quote_is_refused_likewise_and_a_ready_engine_makes_it(house: House) -> None:
    """One price for all engines, asked for where there is one that can."""
    refused = house.client.post("/openhorse/v1/quotes", json={"prompt": "a lake"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "no_engine")
    named = house.client.post("/openhorse/v1/quotes", json={"prompt": "a lake", "engine": "short"})
    assert named.json()["error"]["field"] == "engine"
    assert "away" not in named.text
    assert house.client.post("/openhorse/v1/quotes", json={"prompt": "x", "engine": "procedural"}).status_code == 200


def test_the_catalog_tells_which_engines_are_not_ready(house: House) -> None:
    """By name, with the reason; where they are is nobody's business."""
    answer = house.stranger.get("/openhorse/v1/catalog")
    catalog = answer.json()
    assert {"away", "procedural", "short"} <= set(catalog["engines"])
    assert "AWAY_KEY" in catalog["not_ready"]["away"]
    assert "openhorse models accept h3" in catalog["not_ready"]["short"]
    assert "procedural" not in catalog["not_ready"]
    assert "127.0.0.1:9" not in answer.text
