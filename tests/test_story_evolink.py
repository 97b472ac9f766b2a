"""EvoLink by raw HTTP, from its documents, against a real `openhorse serve`: no client of theirs can be re-pointed."""

from __future__ import annotations

import base64
import ipaddress
import json
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa

from databases import url_of
from openhorse.callbacks import SLOW_GAPS
from openhorse.store.database import Database
from openhorse.store.tables import callback_attempts
from serving import SECRET, Customer, Served, customers_server, facts, wait_for

PLAIN = {"codec": "h264", "rate": 24, "frames": 72, "sound": ("aac", 48000, 2), "moov_first": True}

FINAL = {"completed", "failed", "cancelled"}


@pytest.fixture(scope="module")
def customer() -> Iterator[Customer]:
    """A web server of the customer's on this machine."""
    with customers_server() as known:
        yield known


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server keeps everything."""
    return tmp_path_factory.mktemp("evolink")


@pytest.fixture(scope="module")
def client(data: Path) -> Iterator[httpx2.Client]:
    """Speaks to one server for this module, which may open addresses of this machine."""
    yield from _serving(Served(data))


@pytest.fixture(scope="module")
def closed_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the other server keeps everything."""
    return tmp_path_factory.mktemp("closed")


@pytest.fixture(scope="module")
def closed(closed_data: Path) -> Iterator[httpx2.Client]:
    """Speaks to a server with an empty allow list, as it comes."""
    yield from _serving(Served(closed_data, allow=""))


def _serving(server: Served) -> Iterator[httpx2.Client]:
    headers = {"Authorization": f"Bearer {SECRET}"}
    with server, httpx2.Client(base_url=server.url, headers=headers, trust_env=False, timeout=60) as client:
        yield client


def create(client: httpx2.Client, **body: Any) -> dict[str, Any]:
    """A new task, at the root as the vendor has it."""
    answer = client.post("/v1/videos/generations", json={"quality": "720p", "duration": 3, **body})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def ended(client: httpx2.Client, task_id: str) -> httpx2.Response:
    """The query's answer once the task has ended."""

    def answer() -> httpx2.Response | None:
        found = client.get(f"/v1/tasks/{task_id}")
        return found if found.json()["status"] in FINAL else None

    return wait_for(answer)  # type: ignore[no-any-return]


def cancel(client: httpx2.Client, task_id: str) -> None:
    """EvoLink documents no way, so this is ours."""
    assert client.post(f"/openhorse/v1/tasks/{task_id}/cancel").json()["status"] == "cancelled"


def told(customer: Customer, task_id: str) -> list[bytes]:
    """The callbacks that came about a task, oldest first."""
    return [body for body, _headers in customer.callbacks if json.loads(body)["id"] == task_id]


def attempts(data: Path, task_id: str, number: int) -> list[sa.Row[Any]]:
    """The record of a task's callback attempts, once there are `number` of them."""
    database = Database(url_of(data))
    mine = callback_attempts.c.task_id == task_id
    query = sa.select(callback_attempts).where(mine).order_by(callback_attempts.c.number)

    def recorded() -> list[sa.Row[Any]]:
        with database.reading() as connection:
            found = list(connection.execute(query))
        return found if len(found) >= number else []

    try:
        return wait_for(recorded)  # type: ignore[no-any-return]
    finally:
        database.close()


def test_text_to_video_is_watched_and_calls_back(client: httpx2.Client, customer: Customer) -> None:
    """pending, processing with live progress, completed; the callback's body is the query's, byte for byte."""
    made = create(
        client,
        model="happyhorse-1.1-text-to-video",
        prompt="A dog runs along the beach",
        aspect_ratio="16:9",
        seed=42,
        callback_url=f"{customer.url}/hook",
    )
    assert (made["status"], made["progress"], made["object"]) == ("pending", 0, "video.generation.task")
    seen: list[int] = []
    while (asked := client.get(f"/v1/tasks/{made['id']}")).json()["status"] not in FINAL:
        seen.append(asked.json()["progress"])
        time.sleep(0.05)
    assert seen == sorted(seen)
    assert {percent for percent in seen if 1 <= percent <= 99}
    done = asked.json()
    assert (done["status"], done["progress"]) == ("completed", 100)
    assert done["usage"]["credits_used"] == done["usage"]["credits_reserved"] == made["usage"]["credits_reserved"] > 0
    assert facts(done["results"][0]) == {"size": (1280, 720), **PLAIN}
    wait_for(lambda: told(customer, made["id"]))
    assert told(customer, made["id"]) == [client.get(f"/v1/tasks/{made['id']}").content]
    headers = {name.lower() for _body, given in customer.callbacks for name in given}
    assert not {name for name in headers if "signature" in name}


def test_image_to_video_follows_the_first_of_its_pictures(client: httpx2.Client, customer: Customer) -> None:
    """The ratio is the first frame's, whatever aspect_ratio says; the second address is never opened."""
    made = create(
        client,
        model="happyhorse-1.0-image-to-video",
        image_urls=[f"{customer.url}/landscape.png", f"{customer.url}/missing.png"],
        aspect_ratio="9:16",
    )
    done = ended(client, made["id"]).json()
    assert done["status"] == "completed", done
    assert facts(done["results"][0]) == {"size": (1214, 758), **PLAIN}


def test_reference_to_video_names_its_characters(client: httpx2.Client, customer: Customer) -> None:
    """Two pictures by address, in a vertical film."""
    made = create(
        client,
        model="happyhorse-1.1-reference-to-video",
        prompt="character1 walks through character2",
        image_urls=[f"{customer.url}/mascot.png", f"{customer.url}/landscape.png"],
        aspect_ratio="9:16",
    )
    done = ended(client, made["id"]).json()
    assert done["status"] == "completed", done
    assert facts(done["results"][0]) == {"size": (720, 1280), **PLAIN}


@pytest.mark.parametrize("picture", ["/missing.png", "/empty.png"])
def test_a_bad_picture_fails_the_task(client: httpx2.Client, customer: Customer, picture: str) -> None:
    """image_processing_error, nothing used; the callback says the same as the query."""
    made = create(
        client,
        model="happyhorse-1.0-image-to-video",
        image_urls=[customer.url + picture],
        callback_url=f"{customer.url}/hook",
    )
    answer = ended(client, made["id"])
    assert (answer.json()["status"], answer.json()["error"]["code"]) == ("failed", "image_processing_error")
    assert answer.json()["usage"]["credits_used"] == 0
    wait_for(lambda: told(customer, made["id"]))
    assert told(customer, made["id"]) == [answer.content]


def test_a_refused_callback_comes_again_after_1_2_and_4_seconds(
    client: httpx2.Client, customer: Customer, data: Path
) -> None:
    """A cancelled task tells of its end; four attempts with one body, timed as documented, then a long pause."""
    customer.answers[:] = [500, 404, 302, 503]
    made = create(
        client, model="happyhorse-1.1-text-to-video", prompt="a dog on a beach", callback_url=f"{customer.url}/hook"
    )
    cancel(client, made["id"])
    asked = client.get(f"/v1/tasks/{made['id']}")
    assert (asked.json()["status"], "error" in asked.json()) == ("cancelled", False)
    assert asked.json()["usage"]["credits_used"] == 0
    recorded = attempts(data, made["id"], 4)
    assert [(row.number, row.status, row.delivered) for row in recorded] == [
        (1, 500, False),
        (2, 404, False),
        (3, 302, False),
        (4, 503, False),
    ]
    for before, after, gap in zip(recorded, recorded[1:], (1, 2, 4), strict=False):
        waited = after.at - before.at
        assert timedelta(seconds=gap) <= waited < timedelta(seconds=gap + 6), (gap, waited)
    assert recorded[3].next_at - recorded[3].at == timedelta(seconds=SLOW_GAPS[0])
    assert told(customer, made["id"]) == [asked.content] * 4


def test_a_callback_that_is_taken_is_not_repeated(client: httpx2.Client, customer: Customer, data: Path) -> None:
    """Any 2xx is a success, here at the second attempt."""
    customer.answers[:] = [500, 204]
    made = create(
        client, model="happyhorse-1.1-text-to-video", prompt="a dog on a beach", callback_url=f"{customer.url}/hook"
    )
    cancel(client, made["id"])
    recorded = attempts(data, made["id"], 2)
    assert [(row.delivered, row.next_at is None) for row in recorded] == [(False, False), (True, True)]
    assert len(told(customer, made["id"])) == 2


def test_credits_and_lists_agree_with_what_was_made(client: httpx2.Client) -> None:
    """What the completed tasks used is what the account has used."""
    items = client.get("/v1/tasks", params={"page": 1, "page_size": 50, "type": "video"}).json()["data"]
    used = sum(item["credits_used"] for item in items)
    assert used > 0
    assert client.get("/v1/credits").json()["data"]["user"]["used_credits"] == pytest.approx(used / 10_000, abs=0.001)
    ids = [item["id"] for item in items if item["status"] == "completed"]
    batch = client.post("/v1/tasks/batch", json={"task_ids": ids}).json()["data"]
    assert [task["id"] for task in batch] == ids
    assert all(task["results"] for task in batch)


def test_an_upload_is_animated_with_an_empty_allow_list(closed: httpx2.Client, customer: Customer) -> None:
    """The vendor's own flow, an upload token and then the link, where no address of this machine may be opened."""
    token = closed.post("/v1/files/upload-token").json()["upload_token"]
    uploaded = closed.post(
        "/api/v1/files/upload/base64",
        json={"base64_data": base64.b64encode(customer.pictures["/landscape.png"]).decode()},
        headers={"Authorization": f"Bearer {token}"},
    ).json()
    link = uploaded["data"]["file_url"]
    done = ended(closed, create(closed, model="happyhorse-1.0-image-to-video", image_urls=[link])["id"]).json()
    assert done["status"] == "completed", done
    assert facts(done["results"][0]) == {"size": (1214, 758), **PLAIN}
    for kind, address in (("image_urls", [f"{customer.url}/landscape.png"]), ("callback_url", f"{customer.url}/hook")):
        body = {"model": "happyhorse-1.0-image-to-video", "image_urls": [link], "duration": 3, kind: address}
        assert closed.post("/v1/videos/generations", json=body).status_code == 400


def private_name() -> str:
    """A name that this machine resolves to a private address and whose text does not tell."""
    for name in (socket.gethostname(), socket.getfqdn(), "ip6-localhost", "ip6-loopback"):
        try:
            found = {str(answer[4][0]).partition("%")[0] for answer in socket.getaddrinfo(name, 443)}
        except OSError:
            continue
        tells = name.rpartition(".")[2] == "localhost"
        if not tells and not any(ipaddress.ip_address(address).is_global for address in found):
            return name
    pytest.skip("no name on this machine resolves to a private address")


def test_a_name_that_resolves_privately_is_a_recorded_failure(closed: httpx2.Client, closed_data: Path) -> None:
    """Its text is fine at create; each attempt finds out and is written down, and nothing is ever sent."""
    address = f"https://{private_name()}/hook"
    made = create(closed, model="happyhorse-1.1-text-to-video", prompt="a dog on a beach", callback_url=address)
    cancel(closed, made["id"])
    recorded = attempts(closed_data, made["id"], 2)
    assert {(row.status, row.delivered, row.error) for row in recorded} == {
        (None, False, "This server does not open that address.")
    }
