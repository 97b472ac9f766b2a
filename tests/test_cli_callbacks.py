"""`openhorse callbacks`: shown, asked for again, and an address tried out, over a real data folder."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from openhorse.cli import app
from openhorse.errors import InvalidOrder, NotFound
from openhorse.house import House
from openhorse.settings import Settings
from openhorse.vocabulary import Callback, Mode, Order, Quote, Tier
from serving import customers_server


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with one cancelled task that asked to be told, and no worker yet."""
    monkeypatch.setenv("OPENHORSE_DATA", str(tmp_path))
    monkeypatch.setenv("OPENHORSE_API_KEY", "sk-test-secret-of-the-first-customer")
    monkeypatch.setenv("OPENHORSE_OUTBOUND_ALLOW", "127.0.0.0/8")
    house = House(Settings(), public_url="")
    house.first_key()
    key = house.rooms.authenticate("sk-test-secret-of-the-first-customer").id
    order = Order(
        "native", "happyhorse-1.1/text-to-video", Mode.TEXT, "x", Tier.P720, 5, callback=Callback("https://h")
    )
    house.rooms.tasks.submit(key, "task_1", order, Quote(1, 1, 5, "v", "s"), lifetime=timedelta(days=1))
    house.rooms.tasks.cancel("task_1", key)
    house.close()
    return tmp_path


def run(*words: str) -> str:
    """What the command prints."""
    done = CliRunner().invoke(app, ["callbacks", *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_callbacks_are_listed_and_asked_for_again(data: Path) -> None:
    """With how often and with what answer; a state or a task that there is not is refused."""
    assert run("list").split() == ["task_1", "waiting", "not", "tried", "yet", "https://h"]
    assert '"task": "task_1"' in run("list", "--json")
    assert run("list", "--state", "given_up") == ""
    assert run("redeliver", "task_1") == "task_1: attempt 1 is in line (waiting so far)\n"
    with pytest.raises(InvalidOrder):
        run("list", "--state", "lost")
    with pytest.raises(NotFound):
        run("redeliver", "task_2")


def test_an_address_is_tried_out(data: Path) -> None:
    """With the words of a dialect; the exit code says whether it would have been a delivery."""
    with customers_server() as customer:
        assert run("test", f"{customer.url}/hook", "--dialect", "hiapi").startswith("200 ")
        ((body, headers),) = customer.callbacks
        assert (b'"taskId"' in body, "webhook-id" in {name.lower() for name in headers}) == (True, True)
    refused = CliRunner().invoke(app, ["callbacks", "test", "http://127.0.0.1:9/"], catch_exceptions=False)
    assert refused.exit_code == 1
    with pytest.raises(InvalidOrder, match="has no callbacks"):
        run("test", "https://h", "--dialect", "openai")
