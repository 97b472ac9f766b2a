"""One OpenHorse behind another, through each dialect: the first is the second's customer, in the vendor's words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx2
import pytest

from conftest import SECRET, House, running_house
from openhorse.dialects import NAMES, Call, Dialect, Report, dialect_named
from openhorse.errors import InvalidOrder, OpenHorseError, UpstreamError
from openhorse.store.pictures import ADDRESS, blob_key
from openhorse.vocabulary import Failure, Mode, Order, Status
from test_server import film, png

BODIES: dict[Mode, dict[str, Any]] = {
    Mode.TEXT: {"prompt": "a lake at dawn", "ratio": "9:16", "seconds": 7, "seed": 11},
    Mode.IMAGE: {"prompt": "drifting clouds", "resolution": "1080p"},
    Mode.REFERENCE: {"prompt": "[Image 1] walks past [Image 2]", "ratio": "1:1"},
}


@pytest.fixture
def behind(tmp_path: Path) -> Iterator[House]:
    """The second server."""
    with running_house(tmp_path / "behind") as running:
        yield running


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path) -> None:
    (tmp_path / "behind").mkdir()


def accepted(front: House, mode: Mode) -> Order:
    """An order that the first server has taken from a customer of its own."""
    body = dict(BODIES[mode])
    if mode is Mode.IMAGE:
        body["image"] = uploaded(front, 640, 400)
    if mode is Mode.REFERENCE:
        body["references"] = [uploaded(front, 500, 500), uploaded(front, 600, 450)]
    made = front.client.post("/openhorse/v1/tasks", json=body)
    assert made.status_code == 201, made.text
    return front.rooms.tasks.any(made.json()["id"]).order


def uploaded(front: House, width: int, height: int) -> str:
    """The id of a picture that the customer has uploaded."""
    return str(front.client.post("/openhorse/v1/uploads", content=png(width, height)).json()["id"])


def passed_on(front: House, order: Order, dialect: str) -> Order:
    """The same order in another vendor's catalog, its pictures under addresses that the vendor can open."""
    catalog = front.rooms.catalog
    family = catalog.offer(order.dialect, order.model).family
    offer = catalog.made_by(dialect, family, order.mode)
    pictures = tuple(link_to(front, picture.removeprefix(ADDRESS)) for picture in order.pictures)
    return replace(order, dialect=dialect, model=offer.model, pictures=pictures, echo={})


def link_to(front: House, sha256: str) -> str:
    """A signed link to a picture in the first server's store."""
    key = blob_key(sha256)
    signed = front.rooms.links.sign(key, front.clock().replace(year=2027))
    return f"{front.url}/files/{key}?{signed}"


def base_of(dialect: str) -> str:
    """What stands before the vendor's own paths: native's own begin with /openhorse already."""
    return "" if dialect == "native" else f"/{dialect}"


def send(behind: House, dialect: str, call: Call) -> httpx2.Response:
    """Make the call below the second server's prefix of the dialect."""
    url = base_of(dialect) + call.path
    extra: dict[str, Any] = {"params": dict(call.query), "headers": dict(call.headers)}
    if call.form is None:
        return behind.client.request(
            call.method, url, params=dict(call.query), headers=dict(call.headers), json=call.body
        )
    files = [(name, ("picture.png", httpx2.get(address).content, "image/png")) for name, address in call.files.items()]
    parts = [*((name, (None, text)) for name, text in call.form.items()), *files]
    return behind.client.request(call.method, url, files=parts, **extra)


def asked(behind: House, words: Dialect, task_id: str) -> Report:
    """What the second server says of the task now."""
    answer = send(behind, words.name, words.write_query(task_id))
    assert answer.status_code == 200, answer.text
    return words.read_task(answer.json())


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("dialect", NAMES)
def test_an_order_passes_through_and_its_film_comes_back(house: House, behind: House, dialect: str, mode: Mode) -> None:
    """What the second server renders is what the first was asked for, and the film's bytes come back whole."""
    words = dialect_named(dialect)
    order = accepted(house, mode)
    answer = send(behind, dialect, words.write_order(passed_on(house, order, dialect)))
    assert answer.is_success, answer.text
    created = words.read_task(answer.json())
    taken = behind.rooms.tasks.any(created.id).order
    asked_for = (order.mode, order.prompt, order.tier, order.seconds, order.ratio, len(order.pictures))
    assert (taken.mode, taken.prompt, taken.tier, taken.seconds, taken.ratio, len(taken.pictures)) == asked_for
    assert taken.watermark is False
    assert asked(behind, words, created.id).status is Status.QUEUED
    behind.rooms.tasks.start(created.id)
    assert asked(behind, words, created.id).status in (Status.RUNNING, Status.QUEUED)
    film(behind, created.id, b"a whole film")
    done = asked(behind, words, created.id)
    assert (done.status, done.failure) == (Status.SUCCEEDED, None)
    assert done.film is not None
    address = base_of(dialect) + done.film if done.film.startswith("/") else done.film
    assert behind.client.get(urljoin(behind.url, address)).content == b"a whole film"


@pytest.mark.parametrize("dialect", NAMES)
def test_a_failure_behind_is_told_in_front(house: House, behind: House, dialect: str) -> None:
    """The reason comes back in words, whatever the vendor's code for it."""
    words = dialect_named(dialect)
    call = words.write_order(passed_on(house, accepted(house, Mode.TEXT), dialect))
    created = words.read_task(send(behind, dialect, call).json())
    behind.rooms.tasks.start(created.id)
    behind.rooms.tasks.fail(created.id, Failure("engine_failed", "the engine broke down", retry=True))
    told = asked(behind, words, created.id)
    assert told.status is Status.FAILED
    assert told.failure is not None
    assert "the engine broke down" in told.failure.message


@pytest.mark.parametrize("dialect", NAMES)
def test_a_refusal_behind_is_understood_in_front(house: House, behind: House, dialect: str) -> None:
    """A bad order is the order's fault; a wrong key there is ours, not our customer's; a crash page is the vendor's."""
    words = dialect_named(dialect)
    order = passed_on(house, accepted(house, Mode.TEXT), dialect)
    refused = send(behind, dialect, words.write_order(replace(order, seconds=99)))
    assert isinstance(error_in(words, refused), InvalidOrder)
    behind.client.headers["Authorization"] = f"Bearer {SECRET}-not"
    assert isinstance(error_in(words, send(behind, dialect, words.write_order(order))), UpstreamError)
    assert isinstance(words.read_error(502, "<html>Bad gateway</html>", {}), UpstreamError)


def error_in(words: Dialect, answer: httpx2.Response) -> OpenHorseError:
    """The error that a refusal means."""
    assert answer.status_code >= 400
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return words.read_error(answer.status_code, json.loads(answer.content), headers)
