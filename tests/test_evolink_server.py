"""EvoLink's HTTP walls: every route, the refusals in the vendor's shape, files and their upload tokens."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from conftest import House
from openhorse import accounts
from openhorse.outbound import Outbound
from openhorse.vocabulary import Failure
from serving import customers_server
from test_server import film, png

TEXT = {"model": "happyhorse-1.1-text-to-video", "prompt": "a lake"}
IMAGE = "happyhorse-1.0-image-to-video"
KEY = "run_0123456789abcdef"
ROOTS = pytest.mark.parametrize("root", ["", "/evolink"])


def create(house: House, root: str = "/evolink", **changes: Any) -> dict[str, Any]:
    """A new task of the first customer."""
    answer = house.client.post(f"{root}/v1/videos/generations", json=TEXT | changes)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def allow_nothing(house: House) -> None:
    """As a server of the internet is set up: no network but the public one."""
    object.__setattr__(house.rooms, "outbound", Outbound())


def code_of(answer: httpx2.Response) -> tuple[int, str]:
    """A refusal's status and `error.code`; it is in the vendor's shape and has its number."""
    error = answer.json()["error"]
    assert error["message"]
    assert error["type"].endswith("_error")
    assert answer.headers["x-request-id"]
    return answer.status_code, error["code"]


@ROOTS
def test_create_and_query_answer_the_same_task_object(house: House, root: str) -> None:
    """At the root and below the prefix; each answer has a number of its own."""
    made = house.client.post(f"{root}/v1/videos/generations", json=TEXT)
    asked = house.client.get(f"{root}/v1/tasks/{made.json()['id']}")
    assert made.content == asked.content
    assert made.json()["status"] == "pending"
    assert made.headers["x-request-id"] != asked.headers["x-request-id"]
    assert house.enqueued == [made.json()["id"]]


def test_progress_is_live_and_the_film_lives_a_day(house: House) -> None:
    """What the worker reports is what the query says; the link answers 410 after 24 hours, the task stays completed."""
    task_id = create(house)["id"]
    house.rooms.tasks.start(task_id)
    for done, percent in ((0.013, 1), (0.5, 50), (0.9999, 99)):
        house.rooms.tasks.progress(task_id, done)
        body = house.client.get(f"/v1/tasks/{task_id}").json()
        assert (body["status"], body["progress"], body["task_info"]["can_cancel"]) == ("processing", percent, True)
    film(house, task_id)
    done = house.client.get(f"/v1/tasks/{task_id}").json()
    assert (done["status"], done["progress"]) == ("completed", 100)
    (link,) = done["results"]
    assert house.stranger.get(link).content == b"0123456789"
    house.clock.advance(hours=23, minutes=59)
    assert house.stranger.get(link).status_code == 200
    house.clock.advance(minutes=2)
    assert house.stranger.get(link).status_code == 410
    assert house.client.get(f"/v1/tasks/{task_id}").json()["status"] == "completed"


def test_a_task_of_another_dialect_is_answered_in_evolinks_shape(house: House) -> None:
    """Its owner's team can move; nobody else sees it."""
    native = house.client.post("/openhorse/v1/tasks", json={"prompt": "x"}).json()["id"]
    hiapi = {"model": "happyhorse-1.1/text-to-video", "input": {"prompt": "x"}}
    for task_id in (native, house.client.post("/v1/tasks", json=hiapi).json()["data"]["taskId"]):
        body = house.client.get(f"/evolink/v1/tasks/{task_id}").json()
        assert (body["id"], body["object"], body["status"]) == (task_id, "video.generation.task", "pending")
        assert code_of(house.other.get(f"/evolink/v1/tasks/{task_id}")) == (400, "invalid_task_id")


def test_unknown_ids_are_told_apart_by_their_form(house: House) -> None:
    """404 with the vendor's prefix, 400 without it; another customer's task is unknown."""
    assert code_of(house.client.get("/evolink/v1/tasks/task-unified-1-abcdefgh")) == (404, "task_not_found")
    answer = house.client.get("/evolink/v1/tasks/abc%00d")
    assert code_of(answer) == (400, "invalid_task_id")
    assert answer.json()["error"]["param"] == "task_id"
    assert code_of(house.other.get(f"/v1/tasks/{create(house)['id']}")) == (404, "task_not_found")


@ROOTS
def test_refusals_wear_the_vendors_shape(house: House, root: str) -> None:
    """No key, a wrong key, an unknown model, malformed JSON, another content type."""
    path = f"{root}/v1/videos/generations"
    assert code_of(house.stranger.post(path, json=TEXT)) == (401, "missing_api_key")
    wrong = house.stranger.post(path, json=TEXT, headers={"Authorization": "Bearer sk-wrong"})
    assert code_of(wrong) == (401, "invalid_api_key")
    assert wrong.json()["error"]["type"] == "authentication_error"
    edit = {"model": "happyhorse-1.0-video-edit", "prompt": "x", "video_urls": ["https://a.example/1.mp4"]}
    assert code_of(house.client.post(path, json=edit)) == (404, "model_not_found")
    as_json = {"Content-Type": "application/json"}
    assert code_of(house.client.post(path, content=b'{"a":', headers=as_json)) == (400, "invalid_request")
    assert code_of(house.client.post(path, content=b"x")) == (415, "unsupported_content_type")
    too_large = house.client.post(path, content=b'"' + b"x" * (33 << 20) + b'"', headers=as_json)
    assert code_of(too_large) == (413, "request_too_large")
    assert too_large.json()["error"]["type"] == "request_too_large_error"


def test_unknown_paths_and_methods_wear_it_too(house: House) -> None:
    """What the framework refuses."""
    for answer, status in ((house.client.get("/evolink/v1/nothing"), 404), (house.client.put("/v1/credits"), 405)):
        assert (answer.status_code, set(answer.json()["error"])) == (status, {"code", "message", "type"})


def test_a_balance_that_does_not_suffice_is_402(house: House) -> None:
    """insufficient_quota, and no task."""
    with house.rooms.database.transaction() as connection:
        _key, secret = accounts.create_key(connection, label="poor", balance_micros=1000)
    headers = {"Authorization": f"Bearer {secret}"}
    answer = house.stranger.post("/v1/videos/generations", json=TEXT, headers=headers)
    assert code_of(answer) == (402, "insufficient_quota")
    assert answer.json()["error"]["type"] == "insufficient_quota_error"
    balance = house.stranger.get("/v1/credits", headers=headers).json()["data"]
    assert balance["token"] == {"remaining_credits": 0.068, "unlimited_credits": False, "used_credits": 0.0}


def test_an_idempotency_key_replays_and_conflicts(house: House) -> None:
    """The same task with the replay header; another body under the key is a 409; a short or strange key a 400."""
    headers = {"Idempotency-Key": KEY}
    first = house.client.post("/v1/videos/generations", json=TEXT, headers=headers)
    again = house.client.post("/v1/videos/generations", json=TEXT, headers=headers)
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json()["id"] == first.json()["id"]
    other = house.client.post("/v1/videos/generations", json=TEXT | {"prompt": "y"}, headers=headers)
    assert code_of(other) == (409, "idempotency_conflict")
    assert len(house.enqueued) == 1
    for key in ("x" * 15, "x" * 97, KEY + "!", KEY + "é", ""):
        refused = house.client.post("/v1/videos/generations", json=TEXT, headers={"Idempotency-Key": key.encode()})
        assert code_of(refused) == (400, "invalid_parameters")
        assert refused.json()["error"]["param"] == "Idempotency-Key"


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/hook",
        "https://10.0.0.1/hook",
        "https://172.16.0.1/",
        "https://192.168.1.1/",
        "https://[::1]/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://localhost/",
        "http://hooks.example/",
        "https://hooks.example:8443/",
        "https://user:word@hooks.example/",
        "ftp://hooks.example/",
        "hooks.example",
        "https://hooks.example/" + "x" * 2048,
    ],
)
def test_a_callback_that_cannot_be_is_refused_at_create(house: House, url: str) -> None:
    """Not HTTPS, private, or too long: 400, and no task."""
    allow_nothing(house)
    answer = house.client.post("/v1/videos/generations", json=TEXT | {"callback_url": url})
    assert code_of(answer) == (400, "invalid_parameters")
    assert house.enqueued == []
    assert create(house, callback_url="https://hooks.example/")["status"] == "pending"


def test_a_private_picture_is_refused_at_create(house: House) -> None:
    """The same rules for pictures, by http too."""
    allow_nothing(house)
    for url in ("http://10.0.0.1/a.png", "https://[fe80::1]/a.png", "http://a.example:8080/a.png"):
        answer = house.client.post("/v1/videos/generations", json={"model": IMAGE, "image_urls": [url]})
        assert code_of(answer) == (400, "invalid_parameters")
    made = create(house, model=IMAGE, image_urls=["http://a.example/a.png", "http://a.example/b.png"])
    assert house.rooms.tasks.any(made["id"]).order.pictures == ("http://a.example/a.png",)


def test_the_list_pages_and_filters(house: House) -> None:
    """Newest first, no results, five statuses of which processing includes pending, by type and by model."""
    ids = []
    for changes in ({}, {"model": "happyhorse-1.0-text-to-video"}, {}, {}):
        ids.append(create(house, **changes)["id"])
        house.clock.advance(seconds=1)
    film(house, ids[0])
    house.rooms.tasks.start(ids[1])
    house.rooms.tasks.cancel(ids[2], house.rooms.tasks.any(ids[2]).key_id)

    def listed(**query: Any) -> list[str]:
        body = house.client.get("/evolink/v1/tasks", params=query).json()
        assert body["total"] >= len(body["data"])
        return [task["id"] for task in body["data"]]

    body = house.client.get("/v1/tasks", params={"page": 2, "page_size": 3}).json()
    assert {part: body[part] for part in ("total", "page", "page_size")} == {"total": 4, "page": 2, "page_size": 3}
    (oldest,) = body["data"]
    assert list(oldest) == sorted(oldest)
    assert (oldest["id"], oldest["has_results"], oldest["status"]) == (ids[0], True, "completed")
    assert oldest["credits_used"] == house.client.get(f"/v1/tasks/{ids[0]}").json()["usage"]["credits_used"] > 0
    assert isinstance(oldest["created_at"], int)
    assert listed() == ids[::-1]
    assert listed(status="pending") == [ids[3]]
    assert listed(status="processing") == [ids[3], ids[1]]
    assert listed(status="completed") == [ids[0]]
    assert listed(status="cancelled") == [ids[2]]
    assert listed(status="failed") == []
    assert listed(model="happyhorse-1.0-text-to-video") == [ids[1]]
    assert listed(type="video") == ids[::-1]
    assert listed(type="image") == listed(model="a\x00b") == []
    assert house.client.get("/evolink/v1/tasks", params={"page_size": 500}).json()["page_size"] == 50
    for query in ({"status": "maybe"}, {"type": "smell"}):
        assert code_of(house.client.get("/evolink/v1/tasks", params=query)) == (400, "invalid_parameters")
    assert house.other.get("/evolink/v1/tasks").json()["total"] == 0


def test_the_batch_answers_what_there_is(house: House) -> None:
    """In the order asked, once each, with results; unknown and other people's ids are left out; 1 to 50 ids."""
    first, second = create(house)["id"], create(house)["id"]
    film(house, first)
    asked = [second, "task-unified-1-abcdefgh", first, "x\ny", second]
    data = house.client.post("/v1/tasks/batch", json={"task_ids": asked}).json()["data"]
    assert [task["id"] for task in data] == [second, first]
    assert data[1] == house.client.get(f"/v1/tasks/{first}").json()
    assert house.other.post("/v1/tasks/batch", json={"task_ids": asked}).json() == {"data": []}
    for wrong in ({}, {"task_ids": []}, {"task_ids": "x"}, {"task_ids": [5]}, {"task_ids": ["x"] * 51}):
        assert code_of(house.client.post("/v1/tasks/batch", json=wrong)) == (400, "invalid_parameters")


def test_credits_count_what_was_spent(house: House) -> None:
    """A key without a limit says so; a film's price is used once it is made."""
    before = house.client.get("/evolink/v1/credits").json()
    assert (before["success"], before["data"]["token"]["unlimited_credits"]) == (True, True)
    assert before["data"]["user"]["used_credits"] == 0
    made = create(house)
    film(house, made["id"])
    after = house.client.get("/evolink/v1/credits").json()["data"]
    assert after["user"]["used_credits"] == made["usage"]["credits_reserved"] / 10_000


def test_models_and_catalog_name_the_six(house: House) -> None:
    """The list needs a key, the catalog does not."""
    models = {offer.model for offer in house.rooms.catalog.of("evolink")}
    listed = house.client.get("/evolink/v1/models").json()
    assert (listed["object"], {model["id"] for model in listed["data"]}) == ("list", models)
    assert code_of(house.stranger.get("/evolink/v1/models"))[0] == 401
    for path in ("models", "health", "pricing-rules"):
        shown = house.stranger.get(f"/v1/catalog/{path}").json()["models"]
        assert {model["model_id"] for model in shown} == models


@pytest.mark.parametrize("quality", ["720p", "1080p"])
@pytest.mark.parametrize("model", ["happyhorse-1.0-text-to-video", "happyhorse-1.1-text-to-video"])
def test_rule_estimate_and_charge_agree(house: House, model: str, quality: str) -> None:
    """The rule's rate times the seconds is the estimate, and what the task reserves."""
    body = house.stranger.get(f"/v1/catalog/models/{model}/pricing-rules").json()
    assert (body["meta"]["schema_version"], body["meta"]["exchange_rate_version"][-3:]) == ("2", "6.8")
    rule = body["model"]
    (component,) = rule["components"]
    tiers = {tier["when"]["args"][1]["value"]: tier["rate"] for tier in component["tiers"]}
    rate = tiers.get(quality, component["rate"])
    assert (quality in tiers) == (quality != "720p")
    assert Decimal(rate["uc"]) == Decimal(rate["credits"]) * 10_000 == Decimal(rate["cny"]) * 100_000
    assert abs(Decimal(rate["usd"]) * 680_000 - Decimal(rate["uc"])) < Decimal("0.01")
    parameters = {"quality": quality, "duration_seconds": 10}
    asked = {"model_id": model, "operation": "text_to_video", "parameters": parameters, "expected_usage": {}}
    estimate = house.client.post("/v1/agent-estimates", json=asked).json()
    assert estimate["policy_checksum"] == rule["policy_checksum"]
    assert estimate["components"][0]["sku_id"] in {component["sku_id"], *(t["sku_id"] for t in component["tiers"])}
    assert estimate["components"][0]["subtotal_amounts"] == estimate["amounts"]
    assert abs(Decimal(estimate["amounts"]["uc"]) - Decimal(rate["uc"]) * 10) <= Decimal("0.5")
    reserved = create(house, model=model, quality=quality, duration=10)["usage"]["credits_reserved"]
    assert estimate["amounts"]["uc"] == str(reserved)


def test_an_estimate_refuses_what_no_film_has(house: House) -> None:
    """Unknown models and parameters out of range; numbers may come as texts; nothing is stored."""
    asked = {"model_id": IMAGE, "parameters": {"duration_seconds": "7"}}
    assert house.client.post("/v1/agent-estimates", json=asked).json()["components"][0]["quantity"] == "7"
    for changes, status in (
        ({"model_id": "sora"}, 404),
        ({"model_id": 5}, 400),
        ({"operation": "text_to_video"}, 400),
        ({"parameters": {"duration_seconds": 99}}, 400),
        ({"parameters": {"quality": "4k"}}, 400),
        ({"parameters": []}, 400),
    ):
        assert code_of(house.client.post("/v1/agent-estimates", json=asked | changes))[0] == status
    assert code_of(house.client.get("/v1/catalog/models/sora/pricing-rules")) == (404, "model_not_found")
    assert house.enqueued == []


def upload(house: House, **changes: Any) -> dict[str, Any]:
    """A picture of the first customer's, by base64."""
    body = {"base64_data": base64.b64encode(png()).decode()} | changes
    answer = house.client.post("/evolink/api/v1/files/upload/base64", json=body)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["success"], answer.json()["code"]) == (True, 200)
    return dict(answer.json()["data"])


def test_a_base64_upload_can_be_ordered_with(house: House) -> None:
    """Bare and as data: URL; its link works as a first frame without any allowed network, for its owner only."""
    allow_nothing(house)
    bare = upload(house, file_name="avatar.png", upload_path="avatars")
    assert (bare["file_name"], bare["original_name"], bare["upload_path"]) == ("avatar.png", "avatar.png", "avatars")
    assert (bare["mime_type"], bare["file_size"]) == ("image/png", len(png()))
    assert bare["expires_at"] == (house.clock() + timedelta(hours=72)).isoformat(timespec="seconds")
    data = upload(house, base64_data="data:image/png;base64," + base64.b64encode(png(500)).decode())
    assert data["file_name"] == f"{data['file_id']}.png"
    for file in (bare, data):
        assert house.stranger.get(file["file_url"]).headers["content-type"] == "image/png"
        made = create(house, model=IMAGE, image_urls=[file["file_url"]])
        assert house.rooms.tasks.any(made["id"]).order.pictures[0].startswith("blob:")
        stolen = {"model": IMAGE, "image_urls": [file["download_url"]]}
        assert code_of(house.other.post("/v1/videos/generations", json=stolen)) == (400, "invalid_parameters")


@pytest.mark.parametrize(("path", "name"), [("upload_path", "file_name"), ("uploadPath", "fileName")])
def test_a_form_upload_takes_both_spellings(house: House, path: str, name: str) -> None:
    """multipart/form-data at the root; the name of the part is the original one."""
    answer = house.client.post(
        "/api/v1/files/upload/stream",
        files={"file": ("me and\x07 you.png", png(), "image/png")},
        data={path: "photos", name: "photo.png"},
    )
    data = answer.json()["data"]
    assert (data["upload_path"], data["file_name"]) == ("photos", "photo.png")
    assert data["original_name"].startswith("me and")
    assert create(house, model=IMAGE, image_urls=[data["file_url"]])["status"] == "pending"


def files_refusal(answer: httpx2.Response) -> tuple[int, str]:
    """A refusal of the files service, which says everything twice."""
    body = answer.json()
    assert (body["success"], body["code"], body["msg"]) == (False, answer.status_code, body["error"]["message"])
    return code_of(answer)


def test_uploads_that_cannot_be_are_refused(house: House) -> None:
    """No key, no picture, a GIF, broken base64, no file, two files, too much, names of the wrong type."""
    post = house.client.post
    base, stream = "/api/v1/files/upload/base64", "/api/v1/files/upload/stream"
    assert files_refusal(house.stranger.post(base, json={"base64_data": "x"})) == (401, "missing_api_key")
    gif = base64.b64encode(b"GIF89a" + b"\x00" * 40).decode()
    for text in (gif, "data:image/gif;base64," + gif, "%%%", "é", "AAAA"):
        assert files_refusal(post(base, json={"base64_data": text})) == (400, "image_processing_error")
    for body in ({}, {"base64_data": 5}, {"base64_data": "AAAA", "file_name": 5}):
        assert files_refusal(post(base, json=body)) == (400, "invalid_parameters")
    assert files_refusal(post(stream, data={"file": "x"}))[0] == 415
    assert files_refusal(post(stream, files={"other": png()})) == (400, "invalid_parameters")
    two = [("file", ("a.png", png())), ("file", ("b.png", png()))]
    assert files_refusal(post(stream, files=two)) == (400, "invalid_request")
    assert files_refusal(post(stream, files={"file": b"x" * (11 << 20)})) == (413, "request_too_large")
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x"):
        broken = post(stream, content=b"--x\r\nnonsense", headers={"Content-Type": kind})
        assert files_refusal(broken)[0] == 400
    assert house.client.get("/api/v1/files/list").json()["data"]["total"] == 0


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1/a.png", "https://10.0.0.1/a.png", "https://localhost/", "ftp://a.example/", "a.example", ""],
)
def test_an_upload_by_address_goes_through_the_guard(house: House, url: str) -> None:
    """Private and malformed addresses are refused by their text."""
    allow_nothing(house)
    answer = house.client.post("/api/v1/files/upload/url", json={"file_url": url})
    assert files_refusal(answer) == (400, "invalid_parameters")
    assert answer.json()["error"]["param"] == "file_url"


def test_an_upload_by_address_is_fetched(house: House) -> None:
    """From an allowed address; one that gives nothing, and one of this very server, are 400."""
    with customers_server() as customer:
        good = house.client.post("/api/v1/files/upload/url", json={"file_url": f"{customer.url}/landscape.png"})
        assert good.json()["data"]["mime_type"] == "image/png"
        for url in (f"{customer.url}/missing.png", good.json()["data"]["file_url"]):
            refused = house.client.post("/api/v1/files/upload/url", json={"file_url": url})
            assert files_refusal(refused) == (400, "invalid_parameters")
        empty = house.client.post("/api/v1/files/upload/url", json={"file_url": f"{customer.url}/empty.png"})
        assert files_refusal(empty) == (400, "image_processing_error")


def test_files_are_listed_counted_deleted_and_expire(house: House) -> None:
    """Newest first by pages; a deleted or outlived file is neither listed, nor fetched, nor ordered with."""
    files = []
    for number in range(3):
        files.append(upload(house, file_name=f"{number}.png"))
        house.clock.advance(seconds=1)
    listed = house.client.get("/evolink/api/v1/files/list", params={"page": 1, "pageSize": 2}).json()["data"]
    assert (listed["total"], [file["file_name"] for file in listed["files"]]) == (3, ["2.png", "1.png"])
    quota = house.client.get("/api/v1/files/quota").json()["data"]
    assert quota["used_files"] == 3
    assert (quota["max_files"], quota["remain_files"]) == (2000, 1997)
    assert house.other.get("/api/v1/files/quota").json()["data"]["used_files"] == 0
    path = f"/api/v1/files/{files[0]['file_id']}"
    assert files_refusal(house.other.delete(path)) == (404, "not_found")
    assert house.client.delete(path).json()["success"] is True
    assert files_refusal(house.client.delete(path)) == (404, "not_found")
    gone = {"model": IMAGE, "image_urls": [files[0]["file_url"]]}
    assert code_of(house.client.post("/v1/videos/generations", json=gone)) == (400, "invalid_parameters")
    house.clock.advance(hours=72)
    assert house.stranger.get(files[1]["file_url"]).status_code == 410
    assert house.client.get("/api/v1/files/list").json()["data"] == {
        "total": 0,
        "page": 1,
        "page_size": 20,
        "files": [],
    }


def test_the_quota_of_files_is_kept(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond it, uploads are refused until one is deleted."""
    monkeypatch.setattr("openhorse.server.evolink_files.MOST_FILES", 1)
    first = upload(house)
    body = {"base64_data": base64.b64encode(png()).decode()}
    assert files_refusal(house.client.post("/api/v1/files/upload/base64", json=body)) == (403, "permission_denied")
    house.client.delete(f"/api/v1/files/{first['file_id']}")
    upload(house)


def test_an_upload_token_opens_the_files_and_nothing_else(house: House) -> None:
    """Ten minutes, for its key's files; forged, outlived and revoked ones open nothing."""
    told = house.client.post("/v1/files/upload-token").json()
    token = told["upload_token"]
    assert token.startswith("evup_")
    assert told["expires_at"] == int((house.clock() + timedelta(minutes=10)).timestamp())

    def with_token(method: str, path: str, token: str = token, **more: Any) -> httpx2.Response:
        return house.stranger.request(method, path, headers={"Authorization": f"Bearer {token}"}, **more)

    made = with_token("POST", "/api/v1/files/upload/stream", files={"file": ("a.png", png(), "image/png")})
    assert made.status_code == 200
    assert house.client.get("/api/v1/files/quota").json()["data"]["used_files"] == 1
    assert with_token("GET", "/api/v1/files/list").json()["data"]["total"] == 1
    for method, path in (("GET", "/v1/credits"), ("GET", "/evolink/v1/tasks"), ("POST", "/v1/files/upload-token")):
        assert code_of(with_token(method, path)) == (401, "invalid_api_key")
    assert code_of(with_token("POST", "/v1/videos/generations", json=TEXT)) == (401, "invalid_api_key")
    key_id, _, signed = token.removeprefix("evup_").partition(".")
    for forged in ("evup_", "evup_x", token[:-1], token + "x", f"evup_{key_id}x.{signed}", token.replace("e=", "e=9")):
        assert files_refusal(with_token("GET", "/api/v1/files/list", forged)) == (401, "invalid_api_key"), forged
    house.clock.advance(minutes=10)
    assert files_refusal(with_token("GET", "/api/v1/files/list")) == (401, "invalid_api_key")
    fresh = house.client.post("/evolink/v1/files/upload-token").json()["upload_token"]
    with house.rooms.database.transaction() as connection:
        accounts.revoke_key(connection, key_id)
    assert files_refusal(with_token("GET", "/api/v1/files/list", fresh)) == (401, "invalid_api_key")


HOSTILE = [
    b'{"model":"happyhorse-1.1-text-to-video","prompt":"\\ud800\\u0000"}',
    b'{"model":"\\ud800","prompt":"x"}',
    b'{"model":"happyhorse-1.0-image-to-video","image_urls":["https://\\ud800.example/"]}',
    b'{"model":"happyhorse-1.1-text-to-video","prompt":"x","callback_url":"https://\\ud800\\u0000/"}',
    b'{"model":"happyhorse-1.1-text-to-video","prompt":"x","duration":1e999}',
    b'{"task_ids":["\\ud800","\\u0000"]}',
    b'{"model_id":"\\u0000","parameters":{"quality":{"a":[]}}}',
    b'{"base64_data":"\\ud800","file_name":"\\u0000","file_url":"http://\\ud800"}',
    b"[" * 100_000,
    b"9" * 10_000,
]


@pytest.mark.parametrize("raw", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_that_is_sent_is_our_fault(house: House, raw: bytes) -> None:
    """Lone surrogates, NULs, endless numbers and deep nesting never end in a 5xx."""
    for path in (
        "/v1/videos/generations",
        "/v1/tasks/batch",
        "/v1/agent-estimates",
        "/api/v1/files/upload/base64",
        "/api/v1/files/upload/url",
    ):
        answer = house.client.post(f"/evolink{path}", content=raw, headers={"Content-Type": "application/json"})
        assert answer.status_code < 500, (path, answer.text)
        json.loads(answer.content)


def test_a_failed_task_costs_nothing_and_says_why(house: House) -> None:
    """`error` with the vendor's code, and credits_used 0."""
    task_id = create(house)["id"]
    house.rooms.tasks.start(task_id)
    house.rooms.tasks.fail(task_id, Failure("picture_unreachable", "The picture could not be fetched.", True))
    body = house.client.get(f"/v1/tasks/{task_id}").json()
    assert body["error"] == {"code": "image_processing_error", "message": "The picture could not be fetched."}
    assert (body["status"], body["usage"]["credits_used"]) == ("failed", 0)
