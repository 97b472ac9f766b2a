"""The HTTP walls: refusals in each dialect's shape, files and their links, uploads, quotes, catalog."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta

import pytest
from PIL import Image

from conftest import House
from openhorse.vocabulary import Status, Video

TEXT = {"model": "happyhorse-1.1/text-to-video", "input": {"prompt": "a lake"}}


def png(width: int = 400, height: int = 400) -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), (90, 140, 200)).save(out, "PNG")
    return out.getvalue()


def film(house: House, task_id: str, content: bytes = b"0123456789") -> None:
    """Bring a task to its end as a run would."""
    key = f"films/{task_id}.mp4"
    house.rooms.blobs.put_bytes(key, content)
    video = Video(
        key, len(content), "0" * 64, 1280, 720, 120, 5.0, True, -16.0, -1.5, "procedural", 7, 2.5, ("a lake",)
    )
    house.rooms.tasks.start(task_id)
    house.rooms.tasks.storing(task_id)
    house.rooms.tasks.finish(task_id, video)


def test_health_answers_without_a_key(house: House) -> None:
    """A load balancer has no key."""
    answer = house.stranger.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


def test_documentation_works_without_the_internet(house: House) -> None:
    """The documentation page loads its scripts from this server, and they are there."""
    page = house.stranger.get("/docs").text
    files = re.findall(r'(?:src|href)="(?!data:)([^"]+)"', page)
    kinds = [house.stranger.get(f"/{name}").headers["Content-Type"].partition(";")[0] for name in files]
    assert kinds == ["text/css", "text/javascript", "text/javascript"]
    paths = house.stranger.get("/openapi.json").json()["paths"]
    assert {"/hiapi/v1/tasks", "/hiapi/v1/tasks/{task_id}", "/openhorse/v1/tasks", "/files/{key}"} <= set(paths)
    body = paths["/hiapi/v1/tasks"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert [part["title"] for part in body["oneOf"]] == [
        "HiapiHappyhorse10",
        "HiapiHappyhorse11TextToVideo",
        "HiapiHappyhorse11ImageToVideo",
        "HiapiHappyhorse11ReferenceToVideo",
    ]
    assert "$ref" not in json.dumps(body)


@pytest.mark.parametrize("prefix", ["", "/hiapi"])
def test_hiapi_refusals_wear_the_envelope(house: House, prefix: str) -> None:
    """Unknown path, wrong method, wrong content type, malformed JSON, no key and a wrong key."""
    path = f"{prefix}/v1/tasks"
    refused = {
        401: house.stranger.post(path, json=TEXT),
        404: house.client.get(f"{path}/tk-hiapi-nobody"),
        405: house.client.put(path, json=TEXT),
        415: house.client.post(path, content=json.dumps(TEXT), headers={"Content-Type": "text/plain"}),
        400: house.client.post(path, content=b'{"model":', headers={"Content-Type": "application/json"}),
    }
    for status, answer in refused.items():
        body = answer.json()
        assert answer.status_code == body["code"] == status
        assert body["data"] is None
        assert body["message"]
        assert body["error_code"].isupper()
    wrong_key = house.stranger.post(path, json=TEXT, headers={"Authorization": "Bearer sk-wrong"})
    assert wrong_key.json()["code"] == 401
    assert "line 1 column 10" in refused[400].json()["message"]
    assert "POST" in refused[405].headers["allow"]


def test_native_refusals_name_the_field(house: House) -> None:
    """The native error tells code, message, field and whether to retry."""
    answer = house.client.post("/openhorse/v1/tasks", json={"prompt": "x", "seconds": 2})
    assert answer.status_code == 400
    assert answer.json()["error"] == {
        "code": "invalid_order",
        "message": "seconds should be greater than or equal to 3",
        "field": "seconds",
        "retry": False,
    }
    assert house.client.get("/nothing/here").json()["error"]["code"] == "not_found"


def test_a_body_over_the_limit_is_refused_while_it_arrives(house: House) -> None:
    """33 MiB are too many, whatever Content-Length claims."""
    body = b'{"model":"' + b"x" * (33 << 20) + b'"}'
    answer = house.client.post("/v1/tasks", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error_code"]) == (413, "INVALID_REQUEST")


def test_another_customers_task_does_not_exist(house: House) -> None:
    """404, the same as for an id that nobody has."""
    task_id = house.client.post("/v1/tasks", json=TEXT).json()["data"]["taskId"]
    assert house.client.get(f"/v1/tasks/{task_id}").status_code == 200
    assert house.other.get(f"/v1/tasks/{task_id}").status_code == 404
    assert house.other.get(f"/openhorse/v1/tasks/{task_id}").status_code == 404
    assert house.other.get("/v1/tasks").json()["data"]["total"] == 0


def test_a_film_is_ranged_and_gone_after_its_time(house: House) -> None:
    """GET, HEAD, ranges, a forged signature, and 410 with a clear body once the film has expired."""
    task_id = house.client.post("/v1/tasks", json=TEXT).json()["data"]["taskId"]
    film(house, task_id)
    output = house.client.get(f"/v1/tasks/{task_id}").json()["data"]["output"][0]
    url = output["url"]
    assert output["expireAt"] == int((house.clock() + timedelta(days=7)).timestamp())
    whole = house.stranger.get(url)
    assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, b"0123456789", "video/mp4")
    assert f"{task_id}.mp4" in whole.headers["content-disposition"]
    head = house.stranger.head(url)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "10")
    for header, status, content in [
        ("bytes=2-4", 206, b"234"),
        ("bytes=7-", 206, b"789"),
        ("bytes=-3", 206, b"789"),
        ("bytes=4-99", 206, b"456789"),
        ("bytes=10-", 416, b""),
        ("bytes=0-1,3-4", 200, b"0123456789"),
        ("lines=1-2", 200, b"0123456789"),
    ]:
        part = house.stranger.get(url, headers={"Range": header})
        assert (part.status_code, part.content) == (status, content), header
    assert house.stranger.get(url, headers={"Range": "bytes=2-4"}).headers["content-range"] == "bytes 2-4/10"
    assert house.stranger.get(url.replace("e=", "e=9")).status_code == 404
    house.clock.advance(days=8)
    gone = house.stranger.get(url)
    assert (gone.status_code, gone.json()["error"]["code"]) == (410, "gone")


def test_an_upload_can_be_ordered_by_its_owner_only(house: House) -> None:
    """By id and by link; never fetched over the network, never another customer's."""
    upload = house.client.post("/openhorse/v1/uploads", content=png()).json()
    assert upload["id"].startswith("upload:")
    assert house.stranger.get(upload["url"]).headers["content-type"] == "image/png"
    for address in (upload["id"], upload["url"]):
        made = house.client.post("/openhorse/v1/tasks", json={"image": address})
        assert made.status_code == 201, made.text
        assert house.rooms.tasks.any(made.json()["id"]).order.pictures == (
            "blob:" + upload["id"].removeprefix("upload:"),
        )
        refused = house.other.post("/openhorse/v1/tasks", json={"image": address})
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "address_refused")
    forged = house.client.post("/openhorse/v1/tasks", json={"image": f"{house.url}/files/inputs/x.png?e=1&s=2"})
    assert forged.json()["error"]["code"] == "address_refused"


def test_an_upload_is_checked_against_the_model_that_uses_it(house: House) -> None:
    """A picture that is too flat for a first frame is refused when it is ordered with, not when it is uploaded."""
    flat = house.client.post("/openhorse/v1/uploads", content=png(1200, 300)).json()
    refused = house.client.post("/openhorse/v1/tasks", json={"image": flat["id"]})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "picture_refused")
    assert house.client.post("/openhorse/v1/uploads", content=b"GIF89a").status_code == 400


def test_a_quote_stores_nothing_and_learns_from_films(house: House) -> None:
    """The price at once; the time once a film of that kind was made."""
    body = {"prompt": "a lake", "resolution": "1080p", "seconds": 10}
    quote = house.client.post("/openhorse/v1/quotes", json=body).json()
    assert quote["price"]["usd"] == "1.890000"
    assert "WaveSpeed" in quote["price"]["source"]
    assert quote["estimate"] is None
    assert house.enqueued == []
    made = house.client.post("/openhorse/v1/tasks", json=body).json()
    film(house, made["id"])
    again = house.client.post("/openhorse/v1/quotes", json=body).json()
    assert again["estimate"] == {"seconds": 2.5, "films": 1}


def test_the_catalog_names_every_source(house: House) -> None:
    """Models, limits and prices, each with where it is from; 1080p costs more than 720p."""
    catalog = house.stranger.get("/openhorse/v1/catalog").json()
    offers = [offer for dialect in catalog["dialects"].values() for offer in dialect]
    assert len(offers) == 34
    for offer in offers:
        assert offer["source"]
        assert offer["price_source"]
        assert float(offer["usd_per_second"]["1080p"]) > float(offer["usd_per_second"]["720p"])


def test_native_tasks_are_listed_filtered_and_deleted(house: House) -> None:
    """Pages, a status filter, a bad filter, and a deleted task that is gone from everywhere but the ledger."""
    ids = []
    for number in range(3):
        ids.append(house.client.post("/openhorse/v1/tasks", json={"prompt": f"lake {number}"}).json()["id"])
        house.clock.advance(seconds=1)
    film(house, ids[0])
    listed = house.client.get("/openhorse/v1/tasks", params={"size": 2}).json()
    assert (listed["total"], [task["id"] for task in listed["data"]]) == (3, [ids[2], ids[1]])
    done = house.client.get("/openhorse/v1/tasks", params={"status": Status.SUCCEEDED.value}).json()
    assert [task["id"] for task in done["data"]] == [ids[0]]
    assert done["data"][0]["film"]["notes"] == ["a lake"]
    assert house.client.get("/openhorse/v1/tasks", params={"status": "maybe"}).status_code == 400
    behind = house.client.get("/openhorse/v1/tasks", params={"after": ids[2], "size": 1}).json()
    assert [task["id"] for task in behind["data"]] == [ids[1]]
    for after, mode, status in (("task_none", "", 404), ("", "audio", 400)):
        assert house.client.get("/openhorse/v1/tasks", params={"after": after, "mode": mode}).status_code == status
    assert house.client.delete(f"/openhorse/v1/tasks/{ids[0]}").status_code == 204
    assert house.client.get(f"/openhorse/v1/tasks/{ids[0]}").status_code == 404


def test_tasks_are_listed_by_mode_whatever_the_dialect(house: House) -> None:
    """Each mode's tasks, of dialects that call their models by other names."""
    picture = "https://127.0.0.1/a.png"
    text = {"model": "happyhorse-1.1-text-to-video", "prompt": "a lake"}
    video = house.client.post("/evolink/v1/videos/generations", json=text).json()["id"]
    image = house.client.post("/openhorse/v1/tasks", json={"image": picture}).json()["id"]
    for mode, ids in (("text-to-video", [video]), ("image-to-video", [image]), ("reference-to-video", [])):
        listed = house.client.get("/openhorse/v1/tasks", params={"mode": mode}).json()
        assert ([task["id"] for task in listed["data"]], listed["total"]) == (ids, len(ids))
