"""WaveSpeed's HTTP walls: predictions, sync mode, base64, lists, deletion, account, models, uploads, refusals."""

from __future__ import annotations

import base64
import io
import json
import socket
import threading
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from PIL import Image

from conftest import OTHER_SECRET, SIGNING_SECRET, House
from openhorse import accounts
from openhorse.vocabulary import Failure, Status
from test_server import film, png

TEXT, IMAGE, REFERENCE = (f"alibaba/happyhorse-1.1/{mode}-to-video" for mode in ("text", "image", "reference"))
LAKE = {"prompt": "a lake"}


def posted(house: House, path: str, body: Any) -> httpx2.Response:
    """What the first customer is answered; lone surrogates travel as escapes, as other clients send them."""
    return house.client.post(path, content=json.dumps(body), headers={"Content-Type": "application/json"})


def create(house: House, body: dict[str, Any] | None = None, model: str = TEXT, query: str = "") -> dict[str, Any]:
    """The prediction that a request of the first customer's made."""
    answer = house.client.post(f"/api/v3/{model}{query}", json=body or LAKE)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    assert (told["code"], told["message"]) == (200, "success")
    data: dict[str, Any] = told["data"]
    return data


def result(house: House, prediction_id: str) -> dict[str, Any]:
    """The prediction now."""
    data: dict[str, Any] = house.client.get(f"/api/v3/predictions/{prediction_id}/result").json()["data"]
    return data


@pytest.mark.parametrize("prefix", ["", "/wavespeed"])
def test_a_prediction_is_made_and_asked_for_under_every_path(house: House, prefix: str) -> None:
    """Create, both result paths and v2's; the film's link opens, and `urls.get` is one of those paths."""
    made = house.client.post(f"{prefix}/api/v3/{TEXT}", json=LAKE).json()["data"]
    assert (made["status"], made["outputs"], made["error"]) == ("created", [], "")
    assert house.enqueued == [made["id"]]
    film(house, made["id"])
    paths = ("/api/v3/predictions/{}", "/api/v3/predictions/{}/result", "/api/v2/predictions/{}/result")
    answers = [house.client.get(prefix + path.format(made["id"])).json() for path in paths]
    assert answers[0] == answers[1] == answers[2]
    assert house.client.get(made["urls"]["get"]).json() == answers[0]
    data = answers[0]["data"]
    assert (data["status"], data["has_nsfw_contents"]) == ("completed", [False])
    assert house.stranger.get(data["outputs"][0]).content == b"0123456789"


def test_refusals_wear_the_envelope(house: House) -> None:
    """Keys, content type, JSON, unknown model, id and path, a body too large, and every wrong field."""
    path = f"/api/v3/{IMAGE}"
    refused = [
        (house.stranger.post(path, json={}), 401, "an API key is required"),
        (httpx2.post(f"{house.url}{path}", json={}, headers={"Authorization": "Bearer x"}), 401, "not valid"),
        (house.client.post(path, content=b"x=1"), 415, "application/json"),
        (house.client.post(path, content=b"{", headers={"Content-Type": "application/json"}), 400, "not valid JSON"),
        (house.client.post(path, json=[]), 400, "JSON object"),
        (house.client.post(path, json={"resolution": "720p", "duration": 5}), 400, "image is required"),
        (house.client.post("/api/v3/alibaba/happyhorse-1.0/video-edit", json=LAKE), 404, "unknown model"),
        (house.client.post("/api/v3/alibaba/happyhorse-1.1/video-extend", json=LAKE), 404, "available: alibaba/"),
        (house.client.get("/api/v3/predictions/0123456789abcdef/result"), 404, "no task"),
        (house.client.get("/api/v3/nothing"), 405, "not allowed"),
        (house.client.get("/api/v2/nothing"), 404, "nothing at /api/v2/nothing"),
        (house.client.post(path, json={"image": "ftp://a.example/x.png"}), 400, "address"),
        (house.client.post(path, json={"image": "http://10.0.0.1/x.png"}), 400, "address"),
        (house.client.post(path, json={"image": "data:image/png;base64,AAAA"}), 400, "picture"),
        (house.client.post(f"{path}?webhook=ftp://a.example", json={"image": f"{house.url}/a.png"}), 400, "address"),
        (posted(house, path, {"image": "\ud800"}), 400, "image should be a valid string"),
    ]
    for answer, status, message in refused:
        told = answer.json()
        assert (answer.status_code, told["code"], told["data"]) == (status, status, None), answer.text
        assert message in told["message"]
    assert house.enqueued == []


@pytest.mark.parametrize("webhook", ["%00", "http://[::1", "https://a.example:99999/", "x", "https://10.0.0.1/", "%ff"])
def test_a_webhook_that_cannot_be_called_is_refused_at_create(house: House, webhook: str) -> None:
    """400, and nothing is made; an empty one is none."""
    refused = house.client.post(f"/api/v3/{TEXT}?webhook={webhook}", json=LAKE)
    assert (refused.status_code, refused.json()["code"], house.enqueued) == (400, 400, [])
    made = create(house, query="?webhook=")
    assert house.rooms.tasks.any(made["id"]).order.callback is None


@pytest.mark.parametrize(("model", "status"), [("", 400), ("/", 400), ("%00", 404), ("%ff%fe", 404), (f"{TEXT}/", 200)])
def test_whatever_stands_in_the_path_is_a_model(house: House, model: str, status: int) -> None:
    """Known, unknown or none; a slash at the end does not matter."""
    assert house.client.post(f"/wavespeed/api/v3/{model}", json=LAKE).status_code == status


def test_another_customers_prediction_does_not_exist(house: House) -> None:
    """Neither to ask for nor to delete nor in a list."""
    prediction_id = create(house)["id"]
    assert house.other.get(f"/api/v3/predictions/{prediction_id}/result").status_code == 404
    deleted = house.other.post("/api/v3/predictions/delete", json={"ids": [prediction_id]})
    assert deleted.json()["data"] == {"deleted_count": 0}
    assert house.other.post("/api/v3/predictions", json={}).json()["data"]["items"] == []


def test_a_task_of_another_dialect_is_answered_in_this_shape(house: House) -> None:
    """So that a team can move: the native id works on the prefix, with its own model's name."""
    task = house.client.post("/openhorse/v1/tasks", json=LAKE).json()
    told = house.client.get(f"/wavespeed/api/v3/predictions/{task['id']}/result").json()["data"]
    assert (told["id"], told["model"], told["status"]) == (task["id"], "happyhorse-1.1/text-to-video", "created")
    made = house.client.post("/v1/tasks", json={"model": "happyhorse-1.1/text-to-video", "input": LAKE}).json()
    assert house.client.get(f"/wavespeed/api/v3/predictions/{made['data']['taskId']}").status_code == 200
    assert house.client.post("/api/v3/predictions", json={}).json()["data"]["items"] == []


def test_a_picture_may_be_a_bmp_and_weighs_up_to_ten_megabytes(house: House) -> None:
    """BMP is taken, 11 MB and a ratio over 2.5 are not."""

    def inline(width: int, height: int, kind: str) -> str:
        out = io.BytesIO()
        Image.new("RGB", (width, height), (90, 140, 200)).save(out, kind)
        return f"data:image/{kind.lower()};base64,{base64.b64encode(out.getvalue()).decode()}"

    assert create(house, {"image": inline(400, 400, "BMP")}, IMAGE)["input"]["image"].startswith("upload:")
    for picture, status in [
        (inline(2000, 1900, "BMP"), 413),
        (inline(1200, 400, "PNG"), 400),
        (inline(299, 400, "PNG"), 400),
        (inline(400, 400, "GIF"), 400),
    ]:
        assert house.client.post(f"/api/v3/{IMAGE}", json={"image": picture}).status_code == status


def finish_later(house: House, count: int = 1) -> threading.Thread:
    """Brings the prediction that is about to be made to its end, a moment later."""

    def finish() -> None:
        while len(house.enqueued) < count:
            time.sleep(0.02)
        time.sleep(0.2)
        film(house, house.enqueued[count - 1])

    thread = threading.Thread(target=finish)
    thread.start()
    return thread


def test_sync_mode_holds_the_request_until_the_film_is_there(house: House) -> None:
    """The answer is the completed prediction, with the link or, when asked for, with the film itself."""
    finishing = finish_later(house)
    made = create(house, LAKE | {"enable_sync_mode": True})
    finishing.join()
    assert (made["status"], made["code"]) == ("completed", 0)
    assert house.stranger.get(made["outputs"][0]).content == b"0123456789"
    assert result(house, made["id"]) == made
    finishing = finish_later(house, 2)
    made = create(house, LAKE | {"enable_sync_mode": True, "enable_base64_output": True})
    finishing.join()
    assert base64.b64decode(made["outputs"][0], validate=True) == b"0123456789"


def test_sync_mode_tells_a_failure_and_a_deletion(house: House) -> None:
    """A failed prediction is an answer of 200; one that was deleted meanwhile is a 404."""

    def end(failing: bool) -> None:
        while not house.enqueued:
            time.sleep(0.02)
        if failing:
            house.rooms.tasks.fail(house.enqueued[0], Failure("picture_unreachable", "no such host", True))
        else:
            house.rooms.tasks.delete(house.enqueued[0], house.rooms.authenticate(_secret(house)).id)

    for failing in (True, False):
        house.enqueued.clear()
        ending = threading.Thread(target=end, args=(failing,))
        ending.start()
        answer = house.client.post(f"/api/v3/{TEXT}", json=LAKE | {"enable_sync_mode": True})
        ending.join()
        if failing:
            data = answer.json()["data"]
            assert (answer.status_code, data["status"], data["code"]) == (200, "failed", 1402)
            assert data["error"] == "no such host"
        else:
            assert answer.status_code == 404


def _secret(house: House) -> str:
    return house.client.headers["authorization"].removeprefix("Bearer ")


def test_sync_mode_gives_up_after_its_time(impatient: House) -> None:
    """5004 with the id; the prediction goes on."""
    started = time.monotonic()
    made = create(impatient, LAKE | {"enable_sync_mode": True})
    assert 0.5 <= time.monotonic() - started < 5
    assert (made["code"], made["status"], made["outputs"]) == (5004, "processing", [])
    assert "Sync mode timed out" in made["error"]
    assert result(impatient, made["id"])["status"] == "created"


@pytest.fixture
def impatient(house: House) -> House:
    """The same server, which holds a request for half a second."""
    object.__setattr__(house.rooms, "sync_seconds", 0.5)  # frozen, and the running server holds it already
    return house


def test_a_customer_who_hangs_up_is_waited_for_no_longer(house: House) -> None:
    """The server stops asking the database; the prediction stays."""
    asked: list[str] = []
    get_all = house.rooms.tasks.get_all

    def counted(wanted: Sequence[tuple[str, str]]) -> Any:
        asked.extend(task_id for task_id, _key_id in wanted)
        return get_all(wanted)

    house.rooms.tasks.get_all = counted  # type: ignore[method-assign]
    body = json.dumps(LAKE | {"enable_sync_mode": True}).encode()
    head = f"POST /api/v3/{TEXT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {_secret(house)}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", int(house.url.rpartition(":")[2]))) as line:
        line.sendall(head.encode() + body)
        deadline = time.monotonic() + 10
        while len(asked) < 3:
            assert time.monotonic() < deadline
            time.sleep(0.02)
    time.sleep(1.5)  # longer than the longest pause between two looks
    before = len(asked)
    time.sleep(1.5)
    assert len(asked) == before
    assert result(house, house.enqueued[0])["status"] == "created"


def test_a_server_that_stops_holds_nobody_any_longer(house: House) -> None:
    """The answer is the one of a time-out, with the id by which the prediction, which goes on, can be asked for."""
    threading.Timer(0.5, house.rooms.stopping.set).start()
    held = house.client.post(f"/api/v3/{TEXT}", json=LAKE | {"enable_sync_mode": True}).json()["data"]
    assert (held["status"], held["code"]) == ("processing", 5004)
    assert "timed out" in held["error"]
    assert held["id"] == house.enqueued[0]


def test_base64_is_for_results_and_links_are_for_lists(house: House) -> None:
    """A film that has gone from the store answers with its link again, which says so."""
    made = create(house, LAKE | {"enable_base64_output": True})
    film(house, made["id"])
    assert base64.b64decode(result(house, made["id"])["outputs"][0], validate=True) == b"0123456789"
    (item,) = house.client.post("/api/v3/predictions", json={"page": 1, "page_size": 20}).json()["data"]["items"]
    assert house.stranger.get(item["outputs"][0]).content == b"0123456789"
    house.rooms.blobs.delete(f"films/{made['id']}.mp4")
    house.rooms.tasks.expire(made["id"])
    house.clock.advance(days=8)
    expired = result(house, made["id"])
    assert expired["status"] == "completed"
    assert house.stranger.get(expired["outputs"][0]).status_code == 410
    refused = house.client.post(f"/api/v3/{TEXT}?webhook={house.url}/hook", json=LAKE | {"enable_base64_output": True})
    assert (refused.status_code, "enable_base64_output" in refused.json()["message"]) == (400, True)


def test_lists_are_filtered_and_paged(house: House) -> None:
    """By status, model and time, newest first; inputs only when asked for."""
    made = []
    for number in range(4):
        body = {"image": "https://a.example/a.png"} if number == 3 else LAKE | {"seed": number}
        made.append(create(house, body, IMAGE if number == 3 else TEXT)["id"])
        house.clock.advance(minutes=1)
    film(house, made[0])
    house.rooms.tasks.start(made[1])
    house.rooms.tasks.cancel(made[2], house.rooms.authenticate(_secret(house)).id)

    def listed(**asked: Any) -> list[str]:
        answer = posted(house, "/api/v3/predictions", asked)
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["data"]["items"]]

    assert listed() == listed(page=None, status="", model="") == made[::-1]
    assert listed(page=2, page_size=3) == [made[0]]
    for status, number in [("completed", 0), ("processing", 1), ("cancelled", 2), ("created", 3), ("pending", 3)]:
        assert listed(status=status) == [made[number]]
    assert listed(status="failed") == []
    assert listed(model=IMAGE) == [made[3]]
    assert listed(model="sora") == listed(model="sora\ud800\x00") == []
    start = house.clock() - timedelta(minutes=4)
    stamp = (start + timedelta(seconds=90)).isoformat().replace("+00:00", "Z")
    assert listed(created_after=stamp) == [made[3], made[2]]
    assert listed(created_before=stamp) == [made[1], made[0]]
    assert listed(created_after="2026-11-21", created_before="2026-11-22T00:00:00+02:00") == made[::-1]
    assert "input" not in house.client.post("/api/v3/predictions", json={}).json()["data"]["items"][0]
    shown = house.client.post("/api/v3/predictions", json={"include_inputs": True, "page_size": 1}).json()["data"]
    assert (shown["page"], shown["items"][0]["input"]["image"]) == (1, "https://a.example/a.png")
    for wrong in (
        {"page": 0},
        {"page_size": 101},
        {"page": "1"},
        {"status": "sleeping"},
        {"status": ["failed"]},
        {"created_after": "yesterday"},
        {"created_after": "0001-01-01T00:00:00+23:59x"},
        {"created_before": 5},
    ):
        refused = house.client.post("/api/v3/predictions", json=wrong)
        assert (refused.status_code, next(iter(wrong)) in refused.json()["message"]) == (400, True), refused.text
    assert house.client.post("/api/v3/predictions", json={"created_after": "0001-01-01T00:00:00+23:59"}).is_success


def test_deletion_counts_what_was_there(house: House) -> None:
    """Unknown ids are not counted, a running one is cancelled first, the money comes back, the film goes."""
    made = [create(house)["id"] for _ in range(2)]
    ids = [*made, made[0], "unknown", "\ud800\x00"]
    answer = posted(house, "/api/v3/predictions/delete", {"ids": ids})
    assert (answer.status_code, answer.json()["data"]) == (200, {"deleted_count": 2}), answer.text
    assert all(house.client.get(f"/api/v3/predictions/{name}").status_code == 404 for name in made)
    assert house.rooms.tasks.any(made[0]).status is Status.CANCELLED
    storing = create(house)["id"]
    house.rooms.tasks.start(storing)
    house.rooms.tasks.storing(storing)
    busy = house.client.post("/api/v3/predictions/delete", json={"ids": [storing]})
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "1")
    for wrong in ({}, {"ids": []}, {"ids": "x"}, {"ids": [5]}, {"ids": ["x"] * 101}):
        assert house.client.post("/api/v3/predictions/delete", json=wrong).status_code == 400


def test_balance_and_both_price_paths(house: House) -> None:
    """An unlimited key is told a million, a limited one its rest; an empty one gets a 402 that says so."""
    assert house.client.get("/api/v3/balance").json()["data"] == {"balance": 1_000_000.0}
    with house.rooms.database.transaction() as connection:
        accounts.create_key(connection, label="poor", secret="sk-poor", balance_micros=1_000_000)
    poor = httpx2.Client(base_url=house.url, headers={"Authorization": "Bearer sk-poor"})
    with poor:
        assert poor.post(f"/api/v3/{TEXT}", json=LAKE).status_code == 200
        assert poor.get("/api/v3/balance").json()["data"] == {"balance": 0.3}
        refused = poor.post(f"/api/v3/{TEXT}", json=LAKE)
        assert (refused.status_code, "balance" in refused.json()["message"]) == (402, True)
    for path in ("/api/v3/model/pricing", "/api/v3/model/price"):
        asked = {"model_id": IMAGE, "inputs": {"duration": 10, "resolution": "1080p"}}
        assert house.client.post(path, json=asked).json()["data"]["unit_price"] == 1.89
        assert house.client.post(path, json={"model_id": TEXT}).json()["data"]["price"] == 0.7
        assert house.client.post(path, json={"model_id": "sora"}).status_code == 404
        for wrong in (
            {},
            {"model_id": 5},
            {"model_id": TEXT, "inputs": [1]},
            {"model_id": TEXT, "inputs": {"duration": 99}},
        ):
            assert house.client.post(path, json=wrong).status_code == 400


def test_the_webhook_secret_is_made_once_and_shown_with_its_prefix(house: House) -> None:
    """A secret that an operator set is shown with the prefix; a key without one gets one that stays."""
    assert house.client.get("/api/v3/webhook/secret").json()["data"] == {"secret": f"whsec_{SIGNING_SECRET}"}
    assert house.rooms.authenticate(OTHER_SECRET).signing_secret is None
    first = house.other.get("/api/v3/webhook/secret").json()["data"]["secret"]
    assert first.startswith("whsec_")
    assert len(base64.b64decode(first.removeprefix("whsec_"), validate=True)) == 32
    assert house.other.get("/api/v3/webhook/secret").json()["data"]["secret"] == first
    assert house.rooms.authenticate(OTHER_SECRET).signing_secret == first


def test_models_need_a_key(house: House) -> None:
    """One array, as the CLI reads it."""
    assert house.stranger.get("/api/v3/models").status_code == 401
    models = house.client.get("/api/v3/models").json()["data"]
    assert len(models) == 6
    assert models[0]["api_schema"]["api_schemas"][0]["api_path"] == f"/api/v3/{models[0]['model_id']}"


def test_an_upload_is_put_without_a_key_and_ordered_by_its_owner(house: House) -> None:
    """The ticket says where, the link works in an order of the same key and is never fetched."""
    data = png()
    asked = {"filename": "a\x00\n.png", "size": len(data), "content_type": "image/png"}
    ticket = posted(house, "/api/v3/media/uploads", asked).json()["data"]
    upload = ticket["upload"]
    assert house.rooms.uploads.find(upload["url"].partition("/uploads/")[2].partition("?")[0]).name == "a.png"
    assert (upload["method"], upload["headers"]) == ("PUT", {"Content-Type": "image/png"})
    early = house.client.post(f"/api/v3/{IMAGE}", json={"image": ticket["download_url"]})
    assert (early.status_code, "nothing was uploaded" in early.json()["message"]) == (400, True)
    assert house.stranger.put(upload["url"], content=data, headers=upload["headers"]).is_success
    assert house.stranger.get(ticket["download_url"]).status_code == 200
    made = create(house, {"image": ticket["download_url"]}, IMAGE)
    sha256 = made["input"]["image"].removeprefix("upload:")
    assert house.rooms.tasks.any(made["id"]).order.pictures == (f"blob:{sha256}",)
    again = create(house, made["input"], IMAGE)
    assert again["input"] == made["input"]
    assert house.other.post(f"/api/v3/{IMAGE}", json={"image": ticket["download_url"]}).status_code == 400
    house.clock.advance(days=7, seconds=1)
    assert house.client.post(f"/api/v3/{IMAGE}", json={"image": ticket["download_url"]}).status_code == 400


def test_tickets_are_refused_clearly(house: House) -> None:
    """A missing name, sizes that cannot be, a content type that no header takes."""
    for wrong, field in [
        ({"size": 5}, "filename"),
        ({"filename": "", "size": 5}, "filename"),
        ({"filename": "\ud800", "size": 5}, "filename"),
        ({"filename": "a.png"}, "size"),
        ({"filename": "a.png", "size": -1}, "size"),
        ({"filename": "a.png", "size": 20_000_001}, "size"),
        ({"filename": "a.png", "size": 5, "content_type": "image/png\r\nx: y"}, "content_type"),
    ]:
        refused = posted(house, "/api/v3/media/uploads", wrong)
        assert (refused.status_code, field in refused.json()["message"]) == (400, True), refused.text


@pytest.mark.parametrize("path", ["/api/v3/media/upload/binary", "/api/v2/media/upload/binary"])
def test_a_form_uploads_in_one_go(house: House, path: str) -> None:
    """As clients before the tickets did; what comes back can be ordered with."""
    data = png()
    answer = house.client.post(path, files={"file": ("b.png", data, "image/png")}, data={"note": "x"})
    assert answer.status_code == 200, answer.text
    told = answer.json()["data"]
    assert (told["type"], told["filename"], told["size"]) == ("image", "b.png", len(data))
    assert create(house, {"prompt": "x", "images": [told["download_url"]] * 2}, REFERENCE)["status"] == "created"


def test_forms_are_refused_clearly(house: House) -> None:
    """No form, no file, no picture, two files, a form that breaks off, and one that is too large."""
    path = "/api/v3/media/upload/binary"
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    no_boundary = {"Content-Type": "multipart/form-data"}
    for answer, status in [
        (house.client.post(path, json={}), 415),
        (house.client.post(path, files={"other": ("a.png", png())}), 400),
        (house.client.post(path, files={"file": (None, "text")}), 400),
        (house.client.post(path, files={"file": ("a.png", b"")}), 400),
        (house.client.post(path, files={"file": ("a.mp4", b"\x00\x00\x00\x18ftypmp42")}), 400),
        (house.client.post(path, files=[("file", ("a.png", png())), ("file", ("b.png", png()))]), 400),
        (house.client.post(path, content=b"--x\r\nbroken", headers=broken), 400),
        (house.client.post(path, content=b"--x\r\n", headers=no_boundary), 400),
        (house.client.post(path, content=b"", headers=broken), 400),
        (house.client.post(path, files={"file": ("a.png", b"x" * 20_100_000)}), 413),
        (house.stranger.post(path, files={"file": ("a.png", png())}), 401),
    ]:
        assert (answer.status_code, answer.json()["code"]) == (status, status), answer.text
    assert house.rooms.uploads.page(house.rooms.authenticate(_secret(house)).id, "wavespeed")[1] == 0


def test_the_documentation_shows_every_route(house: House) -> None:
    """Paths, the three bodies of create, the query's webhook and the form."""
    paths = house.stranger.get("/openapi.json").json()["paths"]
    mine = {path.removeprefix("/wavespeed") for path in paths if path.startswith("/wavespeed/")}
    assert mine == {
        "/api/v3/{model}",
        "/api/v3/predictions",
        "/api/v3/predictions/delete",
        "/api/v3/predictions/{prediction_id}",
        "/api/v3/predictions/{prediction_id}/result",
        "/api/v2/predictions/{prediction_id}/result",
        "/api/v3/models",
        "/api/v3/model/pricing",
        "/api/v3/model/price",
        "/api/v3/balance",
        "/api/v3/webhook/secret",
        "/api/v3/media/uploads",
        "/api/v3/media/upload/binary",
        "/api/v2/media/upload/binary",
    }
    create_route = paths["/wavespeed/api/v3/{model}"]["post"]
    assert [parameter["name"] for parameter in create_route["parameters"]] == ["model", "webhook"]
    form = paths["/wavespeed/api/v3/media/upload/binary"]["post"]["requestBody"]["content"]
    assert list(form) == ["multipart/form-data"]
