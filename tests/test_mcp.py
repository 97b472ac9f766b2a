"""`openhorse mcp`, spoken to by the protocol's own SDK: films by a server, films in its own process."""

from __future__ import annotations

import os
import sys
import threading
from base64 import b64decode
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters
from typer.testing import CliRunner

from conftest import SECRET, House, running_house
from openhorse.cli import app
from openhorse.cli.mcp import MISSING
from openhorse.errors import CallerError
from openhorse.vocabulary import FIRST, LAST, PREVIEWS
from serving import PLAIN_ENGINE
from test_previews import finish, jpeg, show

FILM = b"0123456789"

HALFWAY = threading.Event()
"""Set once somebody has heard that a film is half made."""


def spoken(folder: Path, talk: Callable[[Client], Awaitable[None]], **environment: str) -> None:
    """Start `openhorse mcp` and `talk` to it."""
    path = os.pathsep.join(filter(None, [str(PLAIN_ENGINE), os.environ.get("PYTHONPATH")]))
    cache = {name: value for name, value in os.environ.items() if name.startswith("OPENHORSE_CACHE")}
    command = StdioServerParameters(
        command=sys.executable,
        args=["-m", "openhorse", "mcp", "--folder", str(folder)],
        env={"PYTHONPATH": path, **cache, **environment},
    )

    async def talked() -> None:
        async with Client(command, read_timeout_seconds=100) as client:
            await talk(client)

    anyio.run(talked)


async def called(client: Client, name: str, **arguments: Any) -> dict[str, Any]:
    """What a tool answers."""
    result = await client.call_tool(name, arguments)
    assert not result.is_error, result.content
    assert result.structured_content is not None
    return dict(result.structured_content)


async def refused(client: Client, name: str, **arguments: Any) -> str:
    """Why a tool fails."""
    result = await client.call_tool(name, arguments)
    assert result.is_error
    return str(result.content[0].text)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A server, and somebody who makes what is ordered, but for what is about nothing."""
    over = threading.Event()
    with running_house(tmp_path) as running:

        def work() -> None:
            while not over.wait(0.05):
                for task in running.rooms.tasks.unfinished():
                    if task.order.prompt != "nothing":
                        make(running, task.id)

        worker = threading.Thread(target=work)
        worker.start()
        yield running
        over.set()
        worker.join()


def make(house: House, task_id: str) -> None:
    """As a worker would, and be asked half way how far it is."""
    house.rooms.tasks.start(task_id)
    show(house, task_id, (*PREVIEWS, FIRST, LAST))
    house.rooms.tasks.progress(task_id, 0.5)
    assert HALFWAY.wait(30)
    finish(house, task_id, FILM)


def test_an_agent_makes_films_by_a_server(house: House, tmp_path: Path) -> None:
    """Typed tools, progress, the film saved and as a resource, its poster, lists, a cancel, errors that can be read."""
    folder = tmp_path / "films"
    folder.mkdir()
    shares: list[float] = []

    async def heard(share: float, _total: float | None, _message: str | None) -> None:
        shares.append(share)
        if share == 0.5:
            HALFWAY.set()

    async def talk(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {"make", "get", "list", "cancel", "estimate"}
        assert tools["make"].input_schema["properties"]["seconds"]["maximum"] == 15
        assert tools["make"].input_schema["required"] == ["prompt"]
        assert all(tool.output_schema for tool in tools.values())
        assert (await called(client, "estimate", seconds=5))["price_usd"] == "0.700000"
        result = await client.call_tool("make", {"prompt": "a lake", "seconds": 3}, progress_callback=heard)
        film = result.structured_content
        assert film is not None
        assert (film["status"], film["progress"], film["error"]) == ("succeeded", 1.0, None)
        assert Path(film["path"]).parent == folder
        assert Path(film["path"]).read_bytes() == FILM
        assert shares == sorted(shares)
        for kind, data in (("film.mp4", FILM), ("poster.jpg", jpeg(640, 360))):
            read = await client.read_resource(f"openhorse://films/{film['id']}/{kind}")
            assert b64decode(read.contents[0].blob) == data
        house.clock.advance(seconds=1)
        later = await called(client, "make", prompt="a pond", wait=False)
        while (later := await called(client, "get", id=later["id"]))["status"] != "succeeded":
            assert later["path"] is None
            await anyio.sleep(0.3)
        assert Path(later["path"]).read_bytes() == FILM
        assert (await called(client, "get", id=later["id"]))["path"] == later["path"] != film["path"]
        house.clock.advance(seconds=1)
        waiting = await called(client, "make", prompt="nothing", wait=False)
        assert (waiting["status"], waiting["resource"]) == ("queued", None)
        listed = (await called(client, "list"))["films"]
        assert [one["id"] for one in listed] == [waiting["id"], later["id"], film["id"]]
        assert (await called(client, "cancel", id=waiting["id"]))["status"] == "cancelled"
        assert (await called(client, "get", id=waiting["id"]))["status"] == "cancelled"
        assert "not_found" in await refused(client, "get", id="task_none")
        assert "less than or equal to 15" in await refused(client, "make", prompt="a lake", seconds=16)
        assert "happyhorse" in await refused(client, "make", prompt="a lake", model="no such model")

    spoken(folder, talk, OPENHORSE_BASE_URL=house.url, OPENHORSE_API_KEY=SECRET)


def test_without_a_server_films_are_made_by_itself(tmp_path: Path) -> None:
    """One after the other; a film that is made is stopped when it is cancelled, one that cannot be is refused."""

    async def talk(client: Client) -> None:
        slow = await called(client, "make", prompt="a lake", resolution="480p", seconds=15, engine="slow", wait=False)
        assert slow["status"] in ("queued", "running")
        assert (await called(client, "cancel", id=slow["id"]))["status"] == "cancelled"
        film = await called(client, "make", prompt="a lake", resolution="480p", seconds=3, seed=7)
        assert (film["status"], film["seed"], film["url"]) == ("succeeded", 7, None)
        assert film["path"] == str(tmp_path / "openhorse-7.mp4")
        read = await client.read_resource(film["resource"])
        assert b64decode(read.contents[0].blob) == Path(film["path"]).read_bytes()
        assert [one["id"] for one in (await called(client, "list", status="succeeded"))["films"]] == [film["id"]]
        assert "invalid_order" in await refused(client, "make", prompt="")
        assert (await called(client, "estimate", mode="image-to-video"))["render_seconds"] is None

    spoken(tmp_path, talk, OPENHORSE_ENGINE="plain")


def test_a_missing_extra_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a sentence that can be copied."""
    monkeypatch.setitem(sys.modules, "mcp.server.mcpserver", None)
    monkeypatch.delitem(sys.modules, "openhorse.cli.agents", raising=False)
    with pytest.raises(CallerError, match=r"openhorse\[mcp\]") as told:
        CliRunner().invoke(app, ["mcp"], catch_exceptions=False)
    assert told.value.message == MISSING
