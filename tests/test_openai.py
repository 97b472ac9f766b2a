"""OpenAI's videos: its words both ways, and the HTTP walls of /v1/videos and /v1/models."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import House
from openhorse import errors
from openhorse.dialects import openai
from openhorse.errors import InvalidOrder, MalformedRequest, UnknownModel, UpstreamError
from openhorse.server.forms import MULTIPART, URLENCODED, read_form
from openhorse.vocabulary import Failure, Mode, Order, Ratio, Status, Tier, frame_size
from test_dialects import CATALOG, NOW, link, orders, task
from test_server import film, png

PICTURE = "https://pictures.example/1.png"
OTHER = "https://pictures.example/2.png"


def read(**fields: Any) -> Order:
    """The order in a body that has a prompt."""
    return openai.read_order({"prompt": "a lake", **fields}, CATALOG)


def test_what_openai_leaves_out_is_openais_default() -> None:
    """HappyHorse 1.1, 720x1280, 4 seconds; the asked model is shown."""
    order = read()
    assert (order.model, order.mode) == ("happyhorse-1.1/text-to-video", Mode.TEXT)
    assert (order.tier, order.ratio, order.seconds) == (Tier.P720, Ratio.R9_16, 4)
    assert (order.seed, order.pictures, order.callback) == (None, (), None)
    assert order.echo == {"model": "happyhorse-1.1"}
    assert replace(read(model="happyhorse-1.1/text-to-video"), echo=order.echo) == order


def test_hiapis_older_form_means_what_it_meant_there() -> None:
    """JSON with a tier and a ratio in `size`; 1080p, 16:9 and 5 seconds where nothing is said."""
    body = {"model": "happyhorse-1-0", "prompt": "x", "seconds": "8", "resolution": "720p", "size": "9:16"}
    order = openai.read_order(body, CATALOG)
    assert (order.model, order.echo) == ("happyhorse-1.0/text-to-video", {"model": "happyhorse-1-0"})
    assert (order.tier, order.ratio, order.seconds) == (Tier.P720, Ratio.R9_16, 8)
    order = openai.read_order({"model": "happyhorse-1-0", "prompt": "x"}, CATALOG)
    assert (order.tier, order.ratio, order.seconds) == (Tier.P1080, Ratio.R16_9, 5)


@pytest.mark.parametrize(
    ("fields", "mode", "pictures"),
    [
        ({}, Mode.TEXT, ()),
        ({"input_reference": PICTURE}, Mode.IMAGE, (PICTURE,)),
        ({"input_reference": {"image_url": PICTURE}}, Mode.IMAGE, (PICTURE,)),
        ({"input_reference": [PICTURE]}, Mode.IMAGE, (PICTURE,)),
        ({"input_reference": None}, Mode.TEXT, ()),
        ({"input_reference": [PICTURE, {"image_url": OTHER}]}, Mode.REFERENCE, (PICTURE, OTHER)),
        ({"reference_images": [PICTURE]}, Mode.REFERENCE, (PICTURE,)),
        ({"reference_images": PICTURE}, Mode.REFERENCE, (PICTURE,)),
        ({"model": "happyhorse-1.0", "input_reference": PICTURE}, Mode.IMAGE, (PICTURE,)),
        ({"model": "happyhorse-1.1-r2v", "input_reference": PICTURE}, Mode.REFERENCE, (PICTURE,)),
        ({"model": "alibaba/happyhorse-1.0/image-to-video", "input_reference": PICTURE}, Mode.IMAGE, (PICTURE,)),
    ],
)
def test_the_fields_choose_the_mode(fields: dict[str, Any], mode: Mode, pictures: tuple[str, ...]) -> None:
    """One first frame, several references, or neither; a model of a named mode takes what fits it."""
    order = read(**fields)
    assert (order.mode, order.pictures) == (mode, pictures)
    family = "happyhorse-1.0" if "1.0" in str(fields.get("model")) else "happyhorse-1.1"
    assert order.model == f"{family}/{mode}"
    assert (order.ratio is None) == (mode is Mode.IMAGE)


def test_every_listed_model_can_be_ordered() -> None:
    """All ids of the catalog, each with pictures that fit it, and each is shown as it was asked for."""
    names = openai.model_names(CATALOG)
    assert names[:2] == ("happyhorse-1.1", "happyhorse-1.0")
    assert len(set(names)) == len(names)
    assert set(names[2:]) == {offer.model for offer in CATALOG.offers}
    for offer in CATALOG.offers:
        fields = {} if offer.mode is Mode.TEXT else {"input_reference": PICTURE}
        order = read(model=offer.model, **fields)
        assert (order.model, order.echo) == (f"{offer.family}/{offer.mode}", {"model": offer.model})


@pytest.mark.parametrize(
    ("size", "tier", "ratio"),
    [
        ("720x1280", Tier.P720, Ratio.R9_16),
        ("1280x720", Tier.P720, Ratio.R16_9),
        ("1024x1792", Tier.P1080, Ratio.R9_16),
        ("1792x1024", Tier.P1080, Ratio.R16_9),
        ("1920x1080", Tier.P1080, Ratio.R16_9),
        ("1920*1080", Tier.P1080, Ratio.R16_9),
        ("832x480", Tier.P480, Ratio.R16_9),
        ("624x624", Tier.P480, Ratio.R1_1),
        ("1024x1024", Tier.P720, Ratio.R1_1),
        ("1088x832", Tier.P720, Ratio.R4_3),
        ("1248x1632", Tier.P1080, Ratio.R3_4),
        ("1080P", Tier.P1080, Ratio.R9_16),
        ("21:9", Tier.P720, Ratio.R21_9),
    ],
)
def test_sizes_mean_the_nearest_tier_and_ratio(size: str, tier: Tier, ratio: Ratio) -> None:
    """OpenAI's four, those of other clients' tables, and a tier or a ratio alone."""
    order = read(size=size)
    assert (order.tier, order.ratio) == (tier, ratio)


@pytest.mark.parametrize("tier", list(Tier))
@pytest.mark.parametrize("ratio", list(Ratio))
def test_our_own_frame_sizes_mean_themselves(tier: Tier, ratio: Ratio) -> None:
    """All 27."""
    order = read(size="{}x{}".format(*frame_size(tier, ratio.fraction)))
    assert (order.tier, order.ratio) == (tier, ratio)


def test_a_first_frame_needs_only_the_tier_of_a_size() -> None:
    """The film's ratio is the picture's, so any is fine there."""
    order = read(size="1214x758", input_reference=PICTURE)
    assert (order.tier, order.ratio) == (Tier.P720, None)


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"prompt": ""}, "prompt", "prompt is required"),
        ({"prompt": None}, "prompt", "valid string"),
        ({"prompt": "x" * 32_001}, "prompt", "at most 32000"),
        ({"seconds": "2"}, "seconds", "greater than or equal to 3"),
        ({"seconds": "16"}, "seconds", "less than or equal to 15"),
        ({"seconds": "five"}, "seconds", "valid integer"),
        ({"seconds": "5.5"}, "seconds", "valid integer"),
        ({"seconds": True}, "seconds", "valid integer"),
        ({"seed": "-1"}, "seed", "greater than or equal to 0"),
        ({"seed": 2**31}, "seed", "less than or equal"),
        ({"size": "big"}, "size", "like 1280x720"),
        ({"size": "0000x720"}, "size", "like 1280x720"),
        ({"size": "320x180"}, "size", "854x480, 1280x720, 1920x1080"),
        ({"size": "3840x2160"}, "size", "not near the area of any tier"),
        ({"size": "1400x660"}, "size", "16:9, 9:16"),
        ({"size": "854x480", "model": "happyhorse-1.0"}, "size", "720p, 1080p, not in 480p"),
        ({"size": "1280x720", "resolution": "1080p"}, "resolution", "size means 720p"),
        ({"size": "1280x720", "aspect_ratio": "9:16"}, "aspect_ratio", "size means 16:9"),
        ({"resolution": "4k"}, "resolution", "'720p' or '1080p'"),
        ({"resolution": "480p", "model": "happyhorse-1.0"}, "resolution", "'720p' or '1080p'"),
        ({"aspect_ratio": "1:1", "input_reference": PICTURE}, "aspect_ratio", "first frame"),
        ({"input_reference": {"file_id": "file-1"}}, "input_reference", "file_id are not offered"),
        ({"input_reference": {"image_url": PICTURE, "more": 1}}, "input_reference", "must be a file, an address"),
        ({"input_reference": 5}, "input_reference", "must be a file, an address"),
        ({"input_reference": [PICTURE] * 10}, "input_reference", "at most 9"),
        ({"input_reference": PICTURE, "reference_images": [OTHER]}, "reference_images", "exclude each other"),
        ({"model": "happyhorse-1.1-t2v", "input_reference": PICTURE}, "model", "needs neither"),
        ({"model": "happyhorse-1.1-i2v"}, "model", "needs one input_reference"),
        ({"model": "happyhorse-1.1-i2v", "reference_images": [PICTURE]}, "model", "needs one input_reference"),
        ({"model": "happyhorse-1.1-r2v"}, "model", "needs 1 to 9 reference_images"),
        ({"model": ""}, "model", "at least 1 character"),
        ({"prompt": "[Image 2] runs", "reference_images": [PICTURE]}, "prompt", "but 1 reference picture came"),
        ({"n": 1}, "n", "'n' not allowed"),
    ],
)
def test_refusals_name_their_field_and_what_is_allowed(fields: dict[str, Any], field: str, message: str) -> None:
    """In OpenAI's shape: a 400 with `param`."""
    with pytest.raises(InvalidOrder) as caught:
        read(**fields)
    assert message in caught.value.message
    answer = openai.write_error(caught.value)
    assert answer.status == 400
    assert answer.body["error"] == {
        "message": caught.value.message,
        "type": "invalid_request_error",
        "param": field,
        "code": "invalid_value",
    }


@pytest.mark.parametrize("model", ["sora-2", "sora-2-pro", "happyhorse-1.0-video-edit", "happyhorse-1.1-video-extend"])
def test_other_models_are_not_found(model: str) -> None:
    """404 model_not_found that says what exists, also for what HappyHorse is offered for elsewhere."""
    with pytest.raises(UnknownModel) as caught:
        read(model=model)
    assert "available: happyhorse-1.1, happyhorse-1.0" in caught.value.message
    answer = openai.write_error(caught.value)
    assert (answer.status, answer.body["error"]["code"]) == (404, "model_not_found")


def test_names_of_pictures_are_words_where_no_reference_is() -> None:
    """`[Image 2]` in text-to-video is part of the prompt."""
    assert read(prompt="[Image 2] runs").mode is Mode.TEXT


@pytest.mark.parametrize(
    ("error", "status", "kind", "code"),
    [
        (errors.WrongKey("m"), 401, "invalid_request_error", "invalid_api_key"),
        (errors.InsufficientBalance("m"), 429, "insufficient_quota", "insufficient_quota"),
        (errors.TooManyTasks("m"), 429, "requests", "rate_limit_exceeded"),
        (errors.PictureRefused("m"), 400, "invalid_request_error", "picture_refused"),
        (errors.NotFound("m"), 404, "invalid_request_error", "not_found"),
        (errors.InternalError("m"), 500, "server_error", "internal_error"),
    ],
)
def test_errors_have_openais_types_and_codes(error: errors.OpenHorseError, status: int, kind: str, code: str) -> None:
    """OpenAI's own word where it has one; its clients are told not to retry an empty balance."""
    answer = openai.write_error(error)
    assert (answer.status, answer.body["error"]["type"], answer.body["error"]["code"]) == (status, kind, code)
    assert (answer.headers.get("x-should-retry") == "false") == (kind == "insufficient_quota")


@pytest.mark.parametrize(
    ("status", "word", "progress"),
    [
        (Status.QUEUED, "queued", 0),
        (Status.RUNNING, "in_progress", 50),
        (Status.STORING, "in_progress", 99),
        (Status.SUCCEEDED, "completed", 100),
        (Status.EXPIRED, "completed", 100),
        (Status.FAILED, "failed", 50),
        (Status.CANCELLED, "failed", 50),
    ],
)
def test_the_video_object(status: Status, word: str, progress: int) -> None:
    """Every field of OpenAI's, in every status; 100 % only once there is a film."""
    percent = {Status.QUEUED: 0.0, Status.STORING: 1.0}.get(status, 0.5)
    made = task(status, "openai", id="video_x", progress=percent)
    made = replace(made, order=replace(made.order, echo={"model": "happyhorse-1.1"}))
    video = openai.write_task(made, link)
    ends = status not in (Status.QUEUED, Status.RUNNING, Status.STORING)
    assert video == {
        "id": "video_x",
        "object": "video",
        "created_at": int(NOW.timestamp()),
        "completed_at": int(NOW.timestamp()) + 30 if ends else None,
        "expires_at": int(NOW.timestamp()) + 7 * 86400 if word == "completed" else None,
        "status": word,
        "progress": progress,
        "model": "happyhorse-1.1",
        "prompt": "x",
        "seconds": "5",
        "size": "1280x720",
        "remixed_from_video_id": None,
        "error": video["error"],
    }
    assert (video["error"] is None) == (word != "failed")
    report = openai.read_task(json.loads(json.dumps(video)))
    assert (report.id, report.progress) == ("video_x", progress / 100)
    read_as = {Status.STORING: Status.RUNNING, Status.EXPIRED: Status.SUCCEEDED, Status.CANCELLED: Status.FAILED}
    assert report.status is read_as.get(status, status)
    assert report.film == ("/v1/videos/video_x/content" if word == "completed" else None)
    if status is Status.FAILED:
        assert report.failure == Failure("engine_failed", "the engine crashed", True)
    else:
        assert (report.failure is None) == (word != "failed")


def test_a_video_of_another_dialect_is_shown_in_this_shape() -> None:
    """Its model as its own dialect calls it; the first frame's true size once there is a film."""
    made = task(Status.SUCCEEDED, "hiapi")
    assert openai.write_task(made, link)["model"] == "happyhorse-1.1/text-to-video"
    assert made.video is not None
    portrait = replace(made, video=replace(made.video, width=758, height=1214))
    assert openai.write_task(portrait, link)["size"] == "758x1214"


@given(order=orders("openai"))
def test_what_we_order_of_openai_we_read_as_openai(order: Order) -> None:
    """All but the callback, for which there is no word; the echoed model is the one that was asked for."""
    call = openai.write_order(order)
    assert (call.method, call.path, call.body) == ("POST", "/v1/videos", None)
    assert call.form is not None
    body = openai.gathered([*call.form.items(), *call.files.items()])
    assert openai.read_order(body, CATALOG) == replace(order, callback=None, echo={"model": order.model})


def test_a_form_may_say_pictures_in_several_ways() -> None:
    """Repeated, with brackets, with an index; any other field only once."""
    names = ["input_reference", "input_reference[]", "input_reference[7]", "input_reference[image_url]"]
    body = openai.gathered([(name, name) for name in names] + [("reference_images[0]", "r"), ("prompt", "x")])
    assert body == {"input_reference": names, "reference_images": ["r"], "prompt": "x"}
    with pytest.raises(InvalidOrder, match="more than once"):
        openai.gathered([("prompt", "x"), ("prompt", "y")])


def test_a_quota_that_is_used_up_there_is_not_our_customers() -> None:
    """429 insufficient_quota is our account's trouble, 429 rate_limit_exceeded passes."""
    told = {"error": {"message": "pay", "code": "insufficient_quota"}}
    assert isinstance(openai.read_error(429, told, {}), UpstreamError)
    told = {"error": {"message": "slow", "code": "rate_limit_exceeded"}}
    assert isinstance(openai.read_error(429, told, {"retry-after": "3"}), errors.TooManyTasks)
    told = {"error": {"message": "no", "code": "picture_refused", "param": "input_reference"}}
    refused = openai.read_error(400, told, {})
    assert (type(refused), refused.field) == (errors.PictureRefused, "input_reference")


BOUNDARY = f"{MULTIPART}; boundary=b"


def form(*parts: str, end: str = "--b--\r\n") -> bytes:
    """A multipart body of raw parts."""
    return "".join(f"--b\r\nContent-Disposition: form-data; {part}\r\n" for part in parts).encode() + end.encode()


def test_forms_are_read_in_order() -> None:
    """Texts and files, names and values in UTF-8, and URL-encoded ones."""
    raw = form('name="prompt"\r\n\r\n湖', 'name="f"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n\x00\r\n--')
    fields = read_form(raw, BOUNDARY)
    assert [(field.name, field.value, field.filename) for field in fields] == [
        ("prompt", "湖".encode(), None),
        ("f", b"\x00\r\n--", "a.png"),
    ]
    (field,) = read_form(b"prompt=a+%E6%B9%96", f"{URLENCODED}; charset=utf-8")
    assert (field.name, field.text) == ("prompt", "a 湖")


@pytest.mark.parametrize(
    ("raw", "kind", "message"),
    [
        (form('name="x"\r\n\r\ny'), MULTIPART, "names no boundary"),
        (form('name="x"\r\n\r\ny', end=""), BOUNDARY, "ends before its last boundary"),
        (form('name="x"\r\n\r\ny')[:-20], BOUNDARY, "ends before its last boundary"),
        (form('filename="x"\r\n\r\ny'), BOUNDARY, "has no name"),
        (form(*['name="x"\r\n\r\ny'] * 101), BOUNDARY, "more than 100 fields"),
        (b"not a form", BOUNDARY, "not a valid form"),
        (b"x=%ff", URLENCODED, "not a valid form"),
        (b"\xff=1", URLENCODED, "not a valid form"),
        (b"&".join([b"x=1"] * 200), URLENCODED, "not a valid form"),
    ],
)
def test_a_broken_form_is_malformed(raw: bytes, kind: str, message: str) -> None:
    """Above all one that was cut off: its last picture would be missing."""
    with pytest.raises(MalformedRequest, match=message):
        read_form(raw, kind)


@given(raw=st.binary(max_size=120), kind=st.sampled_from([BOUNDARY, URLENCODED]), framed=st.booleans())
def test_any_bytes_are_a_form_or_malformed(raw: bytes, kind: str, framed: bool) -> None:
    """Nothing else is raised."""
    body = b"--b\r\nContent-Disposition: form-data; " + raw + b"\r\n--b--\r\n" if framed else raw
    try:
        for field in read_form(body, kind):
            assert field.text.encode() == field.value
    except MalformedRequest as error:
        assert "form" in error.message


@pytest.fixture(params=["", "/openai"])
def videos(request: pytest.FixtureRequest) -> str:
    """Where the videos are: at the root and under the dialect's prefix."""
    return f"{request.param}/v1/videos"


def test_json_and_both_kinds_of_form_make_a_video(house: House, videos: str) -> None:
    """The same fields, the same video, and when to ask again."""
    fields = {"prompt": "a lake", "seconds": "8", "size": "1280x720", "model": "happyhorse-1.0", "seed": "7"}
    for answer in (
        house.client.post(videos, json=fields),
        house.client.post(videos, data=fields),
        house.client.post(videos, files={name: (None, text) for name, text in fields.items()}),
    ):
        assert answer.status_code == 200, answer.text
        assert answer.headers["openai-poll-after-ms"].isdigit()
        video = answer.json()
        assert video["id"].startswith("video_")
        assert (video["status"], video["seconds"], video["size"]) == ("queued", "8", "1280x720")
        assert (video["model"], video["prompt"]) == ("happyhorse-1.0", "a lake")
        order = house.rooms.tasks.any(video["id"]).order
        assert (order.dialect, order.model, order.seed) == ("openai", "happyhorse-1.0/text-to-video", 7)
        assert house.client.get(f"{videos}/{video['id']}").json() == video
    assert len(house.enqueued) == 3


def test_files_become_pictures_of_the_order(house: House, videos: str) -> None:
    """One is the first frame, several are references; one that was not chosen is none."""
    frame, other = ("a.png", png(640, 400), "image/png"), ("b.png", png(500, 500), "image/png")
    sent: list[tuple[list[tuple[str, Any]], Mode, int]] = [
        ([("input_reference", frame)], Mode.IMAGE, 1),
        ([("input_reference", frame), ("input_reference", other)], Mode.REFERENCE, 2),
        ([("input_reference[]", frame), ("input_reference[]", other)], Mode.REFERENCE, 2),
        ([("reference_images[0]", other)], Mode.REFERENCE, 1),
    ]
    for files, mode, pictures in sent:
        made = house.client.post(videos, data={"prompt": "a lake"}, files=files)
        assert made.status_code == 200, made.text
        order = house.rooms.tasks.any(made.json()["id"]).order
        assert (order.mode, len(order.pictures)) == (mode, pictures)
        assert all(picture.startswith("blob:") for picture in order.pictures)
    unchosen = form('name="prompt"\r\n\r\na lake', 'name="input_reference"; filename=""\r\n\r\n')
    made = house.client.post(videos, content=unchosen, headers={"Content-Type": BOUNDARY})
    assert house.rooms.tasks.any(made.json()["id"]).order.mode is Mode.TEXT


def test_pictures_by_address_are_checked(house: House, videos: str) -> None:
    """A data: address in JSON is taken in; one that this server will not open is refused."""
    import base64

    inline = "data:image/png;base64," + base64.b64encode(png()).decode()
    for reference in (inline, {"image_url": inline}):
        made = house.client.post(videos, json={"prompt": "x", "input_reference": reference})
        assert made.status_code == 200, made.text
    refused = house.client.post(videos, json={"prompt": "x", "input_reference": "http://10.0.0.1/x.png"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "address_refused")
    for address in (r"upload:\ud800", r"oss://\ud800", r"https://\ud800/x", r"\ud800", r"upload:\u0000"):
        body = f'{{"prompt":"x","input_reference":"{address}"}}'
        refused = house.client.post(videos, content=body, headers={"Content-Type": "application/json"})
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "address_refused"), address


def test_refusals_wear_openais_shape(house: House, videos: str) -> None:
    """Keys, content types, bodies, pictures, models, paths and methods."""
    flat = {"input_reference": ("a.png", png(200, 200), "image/png")}
    json_type = {"Content-Type": "application/json"}
    refused: list[tuple[int, str, httpx2.Response]] = [
        (401, "invalid_api_key", house.stranger.post(videos, json={"prompt": "x"})),
        (401, "invalid_api_key", house.stranger.get(f"{videos}/video_x/content")),
        (415, "wrong_content_type", house.client.post(videos, content=b"x", headers={"Content-Type": "text/plain"})),
        (415, "wrong_content_type", house.client.post(videos, content=b"x")),
        (400, "malformed_request", house.client.post(videos, content=b"{", headers=json_type)),
        (400, "malformed_request", house.client.post(videos, content=b"", headers=json_type)),
        (400, "malformed_request", house.client.post(videos, json=["x"])),
        (400, "malformed_request", house.client.post(videos, content=b"--b", headers={"Content-Type": BOUNDARY})),
        (400, "invalid_value", house.client.post(videos, data={"prompt": "x", "colour": "red"})),
        (400, "invalid_value", house.client.post(videos, files={"prompt": ("a.txt", b"x")})),
        (400, "picture_refused", house.client.post(videos, data={"prompt": "x"}, files=flat)),
        (404, "model_not_found", house.client.post(videos, data={"prompt": "x", "model": "sora-2"})),
        (404, "not_found", house.client.get(f"{videos}/video_x")),
        (404, "not_found", house.client.get(f"{videos}/a/b/c")),
        (404, "not_found", house.client.delete(f"{videos}/video_x")),
        (405, "wrong_method", house.client.put(videos)),
        (400, "invalid_value", house.client.post(f"{videos}/video_x/remix", json={"prompt": "x"})),
        (400, "invalid_value", house.client.post(f"{videos}/edits", data={"prompt": "x"})),
        (400, "invalid_value", house.client.post(f"{videos}/extensions", data={"prompt": "x"})),
        (400, "invalid_value", house.client.post(f"{videos}/characters", data={"name": "x"})),
        (400, "invalid_value", house.client.get(f"{videos}/characters/char_1")),
        (400, "invalid_value", house.client.get(videos, params={"limit": "101"})),
        (400, "invalid_value", house.client.get(videos, params={"limit": "many"})),
        (400, "invalid_value", house.client.get(videos, params={"order": "up"})),
        (404, "not_found", house.client.get(videos, params={"after": "video_x"})),
    ]
    for status, code, answer in refused:
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (status, code), answer.text
        assert set(error) == {"message", "type", "param", "code"}
        assert error["message"]
    assert refused[10][2].json()["error"]["param"] == "input_reference"
    assert house.enqueued == []


def test_the_film_is_served_whole_and_in_ranges(house: House, videos: str) -> None:
    """404 before it is there, 410 after its time; never to another customer; nothing but the film."""
    video_id = house.client.post(videos, json={"prompt": "x"}).json()["id"]
    content = f"{videos}/{video_id}/content"
    early = house.client.get(content)
    assert early.status_code == 404
    assert "not ready yet, it is queued" in early.json()["error"]["message"]
    film(house, video_id)
    done = house.client.get(f"{videos}/{video_id}")
    assert (done.json()["status"], done.json()["progress"]) == ("completed", 100)
    assert "openai-poll-after-ms" not in done.headers
    whole = house.client.get(content, headers={"Accept": "application/binary"})
    assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, b"0123456789", "video/mp4")
    part = house.client.get(content, params={"variant": "video"}, headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.content, part.headers["content-range"]) == (206, b"234", "bytes 2-4/10")
    assert house.client.head(content).headers["content-length"] == "10"
    assert house.other.get(content).status_code == 404
    refused = house.client.get(content, params={"variant": "poster"})
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "variant")
    house.clock.advance(days=8)
    gone = house.client.get(content)
    assert (gone.status_code, gone.json()["error"]["code"]) == (410, "gone")


def test_a_video_without_a_film_says_why(house: House, videos: str) -> None:
    """A failed one and a cancelled one."""
    failed, cancelled = (house.client.post(videos, json={"prompt": "x"}).json()["id"] for _ in range(2))
    house.rooms.tasks.fail(failed, Failure("engine_failed", "the engine crashed", True))
    house.client.post(f"/openhorse/v1/tasks/{cancelled}/cancel")
    for video_id, code, why in [(failed, "engine_failed", "crashed"), (cancelled, "cancelled", "cancelled")]:
        video = house.client.get(f"{videos}/{video_id}").json()
        assert (video["status"], video["error"]["code"]) == ("failed", code)
        answer = house.client.get(f"{videos}/{video_id}/content")
        assert answer.status_code == 404
        assert why in answer.json()["error"]["message"]


def test_the_list_is_paged_by_cursor(house: House, videos: str) -> None:
    """Newest first or oldest first, each video once, also those of one moment; nobody else's, no other dialect's."""
    house.client.post("/openhorse/v1/tasks", json={"prompt": "x"})
    house.other.post(videos, json={"prompt": "x"})
    assert house.client.get(videos).json() == {
        "object": "list",
        "data": [],
        "first_id": None,
        "last_id": None,
        "has_more": False,
    }
    made = []
    for number in range(5):
        made.append(house.client.post(videos, json={"prompt": "x"}).json()["id"])
        house.clock.advance(seconds=number % 2)
    everything = house.client.get(videos).json()
    newest = [video["id"] for video in everything["data"]]
    assert sorted(newest) == sorted(made)
    assert (everything["has_more"], everything["first_id"], everything["last_id"]) == (False, newest[0], newest[-1])
    for order, expected in (("desc", newest), ("asc", newest[::-1])):
        seen: list[str] = []
        more = True
        while more:
            cursor = {"after": seen[-1]} if seen else {}
            page = house.client.get(videos, params={"limit": 2, "order": order, **cursor}).json()
            seen += [video["id"] for video in page["data"]]
            more = page["has_more"]
            assert len(seen) <= 5
        assert seen == expected
    assert house.client.get(videos, params={"limit": 0}).json()["data"] == []


def test_a_deleted_video_is_gone(house: House, videos: str) -> None:
    """Also one that is still queued, which is cancelled; deleting twice is a 404."""
    video_id = house.client.post(videos, json={"prompt": "x"}).json()["id"]
    deleted = house.client.delete(f"{videos}/{video_id}").json()
    assert deleted == {"id": video_id, "object": "video.deleted", "deleted": True}
    assert house.client.get(f"{videos}/{video_id}").status_code == 404
    assert house.client.delete(f"{videos}/{video_id}").status_code == 404
    assert house.client.get(videos).json()["data"] == []
    assert house.rooms.tasks.any(video_id).status is Status.CANCELLED


def test_models_are_those_that_can_be_ordered(house: House) -> None:
    """The list and each of its ids, slashes and all; a stranger learns nothing."""
    models = house.client.get("/v1/models").json()
    assert models["object"] == "list"
    assert [model["id"] for model in models["data"]] == list(openai.model_names(CATALOG))
    for model in models["data"]:
        assert house.client.get(f"/openai/v1/models/{model['id']}").json() == model
    assert house.client.get("/v1/models/happyhorse-1.1%2Ftext-to-video").json()["id"] == "happyhorse-1.1/text-to-video"
    missing = house.client.get("/v1/models/sora-2")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "model_not_found")
    assert house.stranger.get("/v1/models").status_code == 401


def test_hiapis_older_form_goes_through_the_same_door(house: House) -> None:
    """POST /v1/videos in JSON answers an id; the film can be asked for in either vendor's way."""
    body = {"model": "happyhorse-1-0", "prompt": "a lake", "seconds": "5", "resolution": "1080p", "size": "16:9"}
    video = house.client.post("/v1/videos", json=body).json()
    assert (video["model"], video["size"], video["seconds"]) == ("happyhorse-1-0", "1920x1080", "5")
    film(house, video["id"])
    detail = house.client.get(f"/v1/tasks/{video['id']}").json()["data"]
    assert (detail["taskId"], detail["status"]) == (video["id"], "success")
    assert house.stranger.get(detail["output"][0]["url"]).content == b"0123456789"
