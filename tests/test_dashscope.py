"""DashScope's dialect: the clients' own bodies, every refusal, both directions, the HTTP walls and the uploads."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import House
from openhorse import errors
from openhorse.catalog import load
from openhorse.dialects import Link, dashscope
from openhorse.errors import InvalidOrder, OpenHorseError, UpstreamError
from openhorse.server.dashscope_list import read_span
from openhorse.vocabulary import FINAL, Failure, Mode, Order, Quote, Ratio, Status, Task, Tier, Video
from test_server import film, png

CATALOG = load()
NOW = datetime(2026, 11, 21, 12, 0, 0, 123000, tzinfo=UTC)
CREATE = dashscope.CREATE_PATH
ASYNC = {"X-DashScope-Async": "enable"}
LINK = Link(lambda video: f"https://films.example/{video.blob}", "https://films.example")
T2V, I2V, R2V = (f"happyhorse-1.1-{mode}" for mode in ("t2v", "i2v", "r2v"))
URL = "https://a.example/1.png"


def order_in(model: str, given: Any, **parameters: Any) -> Order:
    """The order in a body of these parts."""
    return dashscope.read_order({"model": model, "input": given, "parameters": parameters}, CATALOG)


def test_the_sdks_own_body_is_read_as_it_stands() -> None:
    """What dashscope 2.0.2 sends for an image: deprecated fields it cannot leave out, and all parameters."""
    given = {
        "prompt": "hi",
        "extend_prompt": True,
        "function": "video-synthesis",
        "media": [{"type": "first_frame", "url": URL}],
    }
    order = order_in(I2V, given, duration=5, seed=7, watermark=False, resolution="720P")
    assert order == Order("dashscope", I2V, Mode.IMAGE, "hi", Tier.P720, 5, pictures=(URL,), seed=7, watermark=False)


def test_the_defaults_are_the_origins() -> None:
    """1080P, 5 seconds, 16:9, the watermark on; null is the same as absent, and parameters may be missing."""
    body = {"model": T2V, "input": {"prompt": "x", "media": None}, "parameters": None}
    order = dashscope.read_order(body, CATALOG)
    assert (order.tier, order.seconds, order.ratio) == (Tier.P1080, 5, Ratio.R16_9)
    assert (order.watermark, order.seed) == (True, None)
    first_frame = order_in(I2V, {"prompt": None, "img_url": URL}, seed=None, prompt_extend=True, negative_prompt="x")
    assert (first_frame.prompt, first_frame.ratio, first_frame.watermark) == ("", None, True)
    assert order_in(I2V, {"img_url": URL}, ratio="nonsense", duration=3.0).seconds == 3


@pytest.mark.parametrize(
    ("model", "field", "value"),
    [
        (I2V, "img_url", URL),
        (I2V, "first_frame_url", URL),
        (I2V, "image_url", URL),
        (R2V, "reference_urls", [URL]),
        (R2V, "ref_images_url", [URL]),
        (R2V, "reference_url", URL),
    ],
)
def test_older_fields_name_pictures_where_media_does_not(model: str, field: str, value: Any) -> None:
    """Wan's clients know nothing of `media`; where it is there, it decides."""
    assert order_in(model, {"prompt": "x", field: value}).pictures == (URL,)
    kind = "first_frame" if model == I2V else "reference_image"
    both = {"prompt": "x", field: value, "media": [{"type": kind, "url": "oss://other"}]}
    assert order_in(model, both).pictures == ("oss://other",)


def test_bare_base64_becomes_a_data_address() -> None:
    """@ai-sdk/alibaba sends a picture of the customer's memory that way."""
    coded = base64.b64encode(png()).decode()
    assert order_in(I2V, {"img_url": coded}).pictures == (f"data:image/png;base64,{coded}",)


@pytest.mark.parametrize(
    ("text", "tier", "ratio"),
    [
        ("480P", Tier.P480, Ratio.R16_9),
        ("720p", Tier.P720, Ratio.R16_9),
        ("1280*720", Tier.P720, Ratio.R16_9),
        ("720x1280", Tier.P720, Ratio.R9_16),
        ("832*480", Tier.P480, Ratio.R16_9),
        ("1088*832", Tier.P720, Ratio.R4_3),
        ("1440*1440", Tier.P1080, Ratio.R1_1),
        ("1440*1080", Tier.P1080, Ratio.R4_3),
        ("1248*1632", Tier.P1080, Ratio.R3_4),
        ("2560*1080", Tier.P1080, Ratio.R21_9),
    ],
)
def test_a_size_means_the_nearest_tier_and_ratio(text: str, tier: Tier, ratio: Ratio) -> None:
    """Under either name; a ratio said beside it goes before the size's own, and a first frame needs none."""
    for field in ("size", "resolution"):
        order = order_in(T2V, {"prompt": "x"}, **{field: text})
        assert (order.tier, order.ratio) == (tier, ratio)
        assert order_in(T2V, {"prompt": "x"}, ratio="5:4", **{field: text}).ratio is Ratio.R5_4
        assert order_in(I2V, {"img_url": URL}, **{field: text}).ratio is None
    both = order_in(T2V, {"prompt": "x"}, size="720*1280", resolution="1080P")
    assert (both.tier, both.ratio) == (Tier.P1080, Ratio.R9_16)


PROMPT = {"prompt": "x"}
FRAME = {"type": "first_frame", "url": URL}
REFERENCE = {"type": "reference_image", "url": URL}
REFUSED: list[tuple[Any, str, str]] = [
    ({}, "BadRequest.EmptyModel", 'Required parameter "model" missing from request.'),
    ({"model": None, "input": PROMPT}, "BadRequest.EmptyModel", 'parameter "model" missing'),
    ({"model": 5, "input": PROMPT}, "InvalidParameter", "model must be a string"),
    ({"model": "happyhorse-1.0-video-edit", "input": PROMPT}, "ModelNotFound", "Model can not be found."),
    ({"model": "wan", "input": PROMPT}, "ModelNotFound", "available: happyhorse-1."),
    ({"model": T2V}, "BadRequest.EmptyInput", "Required input parameter missing from request."),
    ({"model": T2V, "input": "x"}, "InvalidParameter", "input must be a JSON object"),
    ({"model": T2V, "input": {}}, "InvalidParameter", "Required parameter(input.prompt) missing or invalid"),
    ({"model": T2V, "input": {"prompt": " \x00"}}, "InvalidParameter", "Required parameter(input.prompt) missing"),
    ({"model": T2V, "input": {"prompt": 5}}, "InvalidParameter", "input.prompt should be a valid string"),
    ({"model": T2V, "input": PROMPT, "parameters": "x"}, "InvalidParameter", "parameters must be a JSON object"),
    ({"model": T2V, "input": {**PROMPT, "media": [FRAME]}}, "InvalidParameter", "takes no pictures"),
    ({"model": I2V, "input": PROMPT}, "InvalidParameter", "takes 1 of type first_frame"),
    (
        {"model": I2V, "input": {"media": [FRAME, FRAME]}},
        "InvalidParameter",
        "should hold 1 of type first_frame, not 2",
    ),
    ({"model": I2V, "input": {"media": [REFERENCE]}}, "InvalidParameter", "input.media.0.type should be 'first_frame'"),
    ({"model": I2V, "input": {"media": [{"type": "first_frame"}]}}, "InvalidParameter", "(input.media.0.url) missing"),
    ({"model": I2V, "input": {"media": FRAME}}, "InvalidParameter", "input.media should be a valid list"),
    ({"model": R2V, "input": {**PROMPT, "media": [REFERENCE] * 10}}, "InvalidParameter", "1 to 9 of type reference_im"),
    ({"model": R2V, "input": {"prompt": "[Image 2]", "media": [REFERENCE]}}, "InvalidParameter", "names [Image 2]"),
    ({"model": R2V, "input": {"prompt": "图9", "media": [REFERENCE]}}, "InvalidParameter", "names 图9"),
]
for parameters, message in [
    ({"duration": 2}, "Range of duration should be [3, 15]"),
    ({"duration": "5"}, "Range of duration should be [3, 15]"),
    ({"duration": True}, "Range of duration should be [3, 15]"),
    ({"seed": -1}, "Range of seed should be [0, 2147483647]"),
    ({"seed": 2**31}, "Range of seed should be [0, 2147483647]"),
    ({"resolution": "4K"}, "parameters.resolution should be 480P or 720P or 1080P"),
    ({"resolution": 720}, "parameters.resolution should be a valid string"),
    ({"size": "10*10"}, "parameters.size should be 480P or 720P or 1080P"),
    ({"size": "0*720"}, "or a size near one of them"),
    ({"size": "1920*500"}, "in a ratio of 16:9"),
    ({"ratio": "2:1"}, "parameters.ratio should be"),
    ({"watermark": "false"}, "parameters.watermark should be a valid boolean"),
]:
    REFUSED.append(({"model": T2V, "input": PROMPT, "parameters": parameters}, "InvalidParameter", message))


@pytest.mark.parametrize(("body", "code", "message"), REFUSED, ids=[message for _body, _code, message in REFUSED])
def test_a_refusal_says_what_is_wrong_in_the_catalogues_code(body: Any, code: str, message: str) -> None:
    """`{code, message, request_id}` with a 400, or a 404 for a model that is not there."""
    with pytest.raises(InvalidOrder) as caught:
        dashscope.read_order(body, CATALOG)
    answer = dashscope.write_error(caught.value)
    assert (answer.status, answer.body["code"]) == (404 if code == "ModelNotFound" else 400, code)
    assert message in answer.body["message"]
    assert list(answer.body) == ["code", "message", "request_id"]


said = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["720P", "1280*720", URL, "a\ud800\x00"]),
    lambda inner: st.lists(inner, max_size=3) | st.fixed_dictionaries({"type": inner, "url": inner}),
    max_leaves=4,
)
fields = [
    "prompt",
    "media",
    "img_url",
    "reference_urls",
    "resolution",
    "size",
    "ratio",
    "duration",
    "seed",
    "watermark",
]
part = st.dictionaries(st.sampled_from(fields), said, max_size=5) | said


@given(st.sampled_from([T2V, I2V, R2V]) | said, part, part)
def test_no_body_whatever_raises_anything_but_our_errors(model: Any, given: Any, parameters: Any) -> None:
    """Any values in any fields: an order within the limits, or a refusal that can be written."""
    try:
        order = dashscope.read_order({"model": model, "input": given, "parameters": parameters}, CATALOG)
    except InvalidOrder as error:
        assert dashscope.write_error(error).status in (400, 404)
    else:
        assert 3 <= order.seconds <= 15


def test_480p_is_offered_by_1_1_only() -> None:
    """As a tier and as a size near it."""
    for parameters in ({"resolution": "480P"}, {"size": "832*480"}):
        assert order_in(T2V, PROMPT, **parameters).tier is Tier.P480
        with pytest.raises(InvalidOrder, match="720P or 1080P"):
            order_in("happyhorse-1.0-t2v", PROMPT, **parameters)


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """Any order that DashScope's words can say."""
    offer = draw(st.sampled_from(CATALOG.of("dashscope")))
    letters = st.text("lake 山 [Image 1]", max_size=30).map(str.strip)
    return Order(
        dialect="dashscope",
        model=offer.model,
        mode=offer.mode,
        prompt=draw(letters) or ("a lake" if offer.prompt_required else ""),
        tier=draw(st.sampled_from(offer.tiers)),
        seconds=draw(st.integers(3, 15)),
        ratio=draw(st.sampled_from(offer.ratios)) if offer.ratios else None,
        pictures=tuple(
            f"{draw(st.sampled_from(['https://a.example/', 'oss://dashscope-instant/']))}{number}"
            for number in range(draw(st.integers(*offer.pictures)))
        ),
        seed=draw(st.none() | st.integers(0, 2**31 - 1)),
        watermark=draw(st.booleans()),
    )


@given(orders())
def test_what_we_write_as_a_customer_we_read_as_the_vendor(order: Order) -> None:
    """Nothing is lost of an order; its headers are what the vendor demands."""
    call = dashscope.write_order(order)
    assert dashscope.read_order(json.loads(json.dumps(call.body)), CATALOG) == order
    assert (call.method, call.path, call.headers["X-DashScope-Async"]) == ("POST", CREATE, "enable")
    uploaded = any(picture.startswith("oss://") for picture in order.pictures)
    assert ("X-DashScope-OssResourceResolve" in call.headers) == uploaded


def task(status: Status, order: Order | None = None, **changes: Any) -> Task:
    """A task in some state, with the facts that belong to it."""
    order = order or Order("dashscope", T2V, Mode.TEXT, "a lake", Tier.P720, 5, Ratio.R16_9, seed=7)
    facts: dict[str, Any] = {"started_at": NOW + timedelta(seconds=1)} if status is not Status.QUEUED else {}
    if status in FINAL:
        facts["finished_at"] = NOW + timedelta(seconds=80)
    if status in (Status.SUCCEEDED, Status.EXPIRED):
        facts["video"] = Video("films/a.mp4", 9, "0" * 64, 1280, 720, 120, 5.0, True, -16.0, -1.4, "procedural", 7, 3.0)
    if status is Status.FAILED:
        facts["failure"] = Failure("picture_refused", "The picture is larger than 20,000,000 bytes.", False)
    quote = Quote(700_000, 140_000, 5, "2026-11-21", "list price")
    return replace(Task(dashscope.new_task_id(NOW), "key_1", order, quote, status, 0.5, NOW, **facts), **changes)


def test_a_finished_task_is_the_references_own_example() -> None:
    """Key by key in the documented order; local times of Beijing; usage in whole numbers."""
    done = task(Status.SUCCEEDED)
    answer = dashscope.answered(dashscope.write_task(done, LINK))
    assert list(answer) == ["request_id", "output", "usage"]
    assert list(answer["output"].items()) == [
        ("task_id", done.id),
        ("task_status", "SUCCEEDED"),
        ("submit_time", "2026-11-21 20:00:00.123"),
        ("scheduled_time", "2026-11-21 20:00:01.123"),
        ("end_time", "2026-11-21 20:01:20.123"),
        ("orig_prompt", "a lake"),
        ("video_url", "https://films.example/films/a.mp4"),
    ]
    assert list(answer["usage"].items()) == [
        ("duration", 5),
        ("input_video_duration", 0),
        ("output_video_duration", 5),
        ("video_count", 1),
        ("SR", 720),
        ("ratio", "16:9"),
    ]
    frame = replace(done.order, model=I2V, mode=Mode.IMAGE, ratio=None)
    assert "ratio" not in dashscope.write_task(replace(done, order=frame), LINK)["usage"]


def test_a_prompt_that_was_written_anew_is_told_beside_the_original() -> None:
    """As `actual_prompt`, where Wan has it; `prompt_extend` forbids it, and its true, sent unasked, says nothing."""
    done = task(Status.SUCCEEDED)
    assert done.video is not None
    output = dashscope.write_task(replace(done, video=replace(done.video, prompt="A calm lake at dawn.")), LINK)[
        "output"
    ]
    assert list(output)[-3:] == ["orig_prompt", "actual_prompt", "video_url"]
    assert (output["orig_prompt"], output["actual_prompt"]) == ("a lake", "A calm lake at dawn.")
    body = {"model": T2V, "input": {"prompt": "a lake"}}
    for said, meant in [(False, False), (True, None), ("false", None), (None, None)]:
        order = dashscope.read_order({**body, "parameters": {"prompt_extend": said}}, CATALOG)
        assert order.enhance is meant
    assert dashscope.read_order(body, CATALOG).enhance is None


@pytest.mark.parametrize("status", list(Status))
def test_a_task_is_read_as_it_was_written(status: Status) -> None:
    """Id, state, film and failure; an expired one is UNKNOWN, of which nothing can be said."""
    written = task(status)
    body = dashscope.answered(dashscope.write_task(written, LINK))
    assert body["output"]["task_status"] == dashscope.STATUS_WORDS[status]
    assert ("usage" in body) == (status is Status.SUCCEEDED)
    if status is Status.EXPIRED:
        with pytest.raises(errors.NotFound):
            dashscope.read_task(body)
        return
    report = dashscope.read_task(body)
    assert report.id == written.id
    assert report.status is (Status.RUNNING if status is Status.STORING else status)
    assert report.film == ("https://films.example/films/a.mp4" if status is Status.SUCCEEDED else None)
    assert report.failure == written.failure
    assert dashscope.read_task(dashscope.write_created(written)).status is Status.QUEUED


@pytest.mark.parametrize(
    ("code", "message", "word"),
    [
        ("picture_refused", "The picture must be JPEG, PNG or WEBP.", "InvalidFile.Format"),
        ("picture_refused", "The picture is larger than 20,000,000 bytes.", "InvalidFile.Size"),
        ("request_too_large", "The picture is larger than 20,000,000 bytes.", "InvalidFile.Size"),
        ("address_refused", "This server does not open that address.", "InvalidURL"),
        ("picture_unreachable", "The picture could not be fetched from its address.", "InvalidURL.ConnectionRefused"),
        ("engine_failed", "m", "InternalError.Algo"),
        ("engine_timed_out", "m", "InternalError.Timeout"),
        ("upstream_error", "m", "ModelServingError"),
        ("internal_error", "m", "InternalError"),
        ("something_new", "m", "InternalError"),
    ],
)
def test_a_failure_has_the_catalogues_code(code: str, message: str, word: str) -> None:
    """And comes back as ours, with its sentence."""
    written = task(Status.FAILED, failure=Failure(code, message, False))
    output = dashscope.write_task(written, LINK)["output"]
    assert (output["code"], output["message"]) == (word, message)
    told = dashscope.read_task({"output": output}).failure
    expected = {"request_too_large": "picture_refused", "something_new": "internal_error"}.get(code, code)
    assert told is not None
    assert (told.code, told.message) == (expected, message)


KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, OpenHorseError)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_comes_back_with_its_blame_and_its_message(kind: type[OpenHorseError]) -> None:
    """What was the caller's fault stays so, but for keys and money, which are ours there; a retry stays a retry."""
    answer = dashscope.write_error(kind("what happened", retry_after=5))
    told = dashscope.read_error(answer.status, answer.body, {"retry-after": "5"})
    assert "what happened" in told.message
    assert told.retry_after == 5
    ours = issubclass(kind, errors.MissingKey | errors.WrongKey | errors.NotPermitted | errors.InsufficientBalance)
    if ours or kind.blame != "caller" or kind in (errors.WrongMethod, errors.RequestTimedOut):
        assert told.blame == "upstream"
        return
    assert (told.blame, told.retry) == (kind.blame, kind.retry)


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner)))
def test_whatever_an_upstream_says_is_understood_or_an_upstream_error(body: Any) -> None:
    """No answer of a stranger's raises anything but our errors."""
    for told in (body, {"output": body}, {"output": {"task_id": "x", "task_status": body}}):
        with pytest.raises(UpstreamError):
            dashscope.read_task(told)
    failed = {"output": {"task_id": "x", "task_status": "FAILED", "code": body, "message": body}}
    assert dashscope.read_task(failed).status is Status.FAILED
    for status in (400, 429, 500):
        assert dashscope.read_error(status, {"code": body, "message": body}, {}).message


def test_ids_are_lower_case_uuids_that_sort_by_time() -> None:
    """And the id of the request that made a task is always the same."""
    ids = [dashscope.new_task_id(NOW + timedelta(milliseconds=number)) for number in range(100)]
    assert ids == sorted(set(ids))
    assert all(str(UUID(one)) == one and UUID(one).version == 7 for one in ids)
    assert dashscope.request_id_of(ids[0]) == dashscope.request_id_of(ids[0]) != dashscope.request_id_of(ids[1])


def create(house: House, body: dict[str, Any] | None = None, prefix: str = "") -> str:
    """The id of a new task of the first customer's."""
    body = body or {"model": T2V, "input": PROMPT, "parameters": {}}
    answer = house.client.post(prefix + CREATE, json=body, headers=ASYNC)
    assert answer.status_code == 200, answer.text
    assert list(answer.json()) == ["output", "request_id"]
    assert list(answer.json()["output"]) == ["task_status", "task_id"]
    return str(answer.json()["output"]["task_id"])


def output_of(house: House, task_id: str) -> dict[str, Any]:
    """What the query says of a task."""
    answer = house.client.get(f"/api/v1/tasks/{task_id}")
    assert answer.status_code == 200, answer.text
    output: dict[str, Any] = answer.json()["output"]
    return output


@pytest.mark.parametrize("prefix", ["", "/dashscope", "/wan", "/proxy/wan"])
def test_a_task_lives_under_every_prefix_and_with_a_slash_at_the_end(house: House, prefix: str) -> None:
    """Create, query, list, cancel, as the SDK's two halves, ComfyUI's nodes and a gateway's customers ask."""
    task_id = create(house, prefix=prefix)
    for slash in ("", "/"):
        assert house.client.get(f"{prefix}/api/v1/tasks/{task_id}{slash}").json()["output"]["task_status"] == "PENDING"
        assert house.client.get(f"{prefix}/api/v1/tasks{slash}").json()["total"] == 1
    aio_body = {"model": "", "parameters": {}, "input": ""}
    cancelled = house.client.post(f"{prefix}/api/v1/tasks/{task_id}/cancel/", json=aio_body)
    assert (cancelled.status_code, list(cancelled.json())) == (200, ["request_id"])
    assert output_of(house, task_id)["task_status"] == "CANCELED"


def test_a_film_is_linked_for_a_day_and_then_unknown(house: House) -> None:
    """SUCCEEDED with a link that works; UNKNOWN, still with a 200, once 24 hours are over; a failed one likewise."""
    done, failed = create(house), create(house)
    assert list(output_of(house, done)) == ["task_id", "task_status", "submit_time"]
    film(house, done)
    house.rooms.tasks.fail(failed, Failure("engine_failed", "it broke", True))
    assert output_of(house, failed)["code"] == "InternalError.Algo"
    assert house.stranger.get(output_of(house, done)["video_url"]).content == b"0123456789"
    house.clock.advance(hours=24)
    for task_id in (done, failed):
        assert output_of(house, task_id) == {"task_id": task_id, "task_status": "UNKNOWN"}


def test_unknown_and_foreign_tasks_are_the_same(house: House) -> None:
    """200 UNKNOWN, and a refusal to cancel; but another dialect's task of one's own is told in these words."""
    task_id = create(house)
    for client, asked in ((house.other, task_id), (house.client, "nobody"), (house.client, "%00%ff")):
        answer = client.get(f"/api/v1/tasks/{asked}")
        assert (answer.status_code, answer.json()["output"]["task_status"]) == (200, "UNKNOWN")
        refused = client.post(f"/api/v1/tasks/{asked}/cancel")
        assert (refused.status_code, refused.json()["code"]) == (400, "UnsupportedOperation")
    native = house.client.post("/openhorse/v1/tasks", json={"prompt": "x"}).json()["id"]
    assert output_of(house, native)["task_status"] == "PENDING"


def test_only_a_pending_task_can_be_cancelled(house: House) -> None:
    """400 UnsupportedOperation once it runs, and for one that was cancelled before."""
    running, cancelled = create(house), create(house)
    house.rooms.tasks.start(running)
    assert house.client.post(f"/api/v1/tasks/{cancelled}/cancel").status_code == 200
    for task_id, word in ((running, "RUNNING"), (cancelled, "CANCELED")):
        answer = house.client.post(f"/api/v1/tasks/{task_id}/cancel")
        assert (answer.status_code, answer.json()["code"]) == (400, "UnsupportedOperation")
        assert f"it is {word}" in answer.json()["message"]
    assert output_of(house, running)["task_status"] == "RUNNING"


def test_refusals_wear_the_vendors_shape(house: House) -> None:
    """Key, header, model, path, method, body: code and text are those that clients match on."""
    body = {"model": T2V, "input": PROMPT}
    house.stranger.headers.pop("Authorization", None)
    refused = [
        (house.stranger.post(CREATE, json=body, headers=ASYNC), 401, "InvalidApiKey", "No API-key provided."),
        (
            house.stranger.get("/api/v1/tasks", headers={"Authorization": "Bearer sk-no"}),
            401,
            "InvalidApiKey",
            "Invalid API-key provided.",
        ),
        (
            house.client.post(CREATE, json=body),
            403,
            "AccessDenied",
            "current user api does not support synchronous calls.",
        ),
        (
            house.client.post(CREATE, json={**body, "model": "happyhorse-1.1-video-edit"}, headers=ASYNC),
            404,
            "ModelNotFound",
            "Model can not be found.",
        ),
        (house.client.get("/api/v1/nothing"), 404, "NotFound", "Request path not found."),
        (house.client.put(CREATE, json=body), 405, "MethodNotAllowed", "PUT is not allowed"),
        (
            house.client.post(CREATE, content=b"{", headers={**ASYNC, "Content-Type": "application/json"}),
            400,
            "BadRequest.IllegalInput",
            "The input parameter requires json format.",
        ),
    ]
    for answer, status, code, message in refused:
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.json()["message"].startswith(message)
        UUID(answer.json()["request_id"])
    assert refused[0][0].json()["message"] == "No API-key provided."


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("data:image/png;base64," + base64.b64encode(png(200, 200)).decode(), "InvalidFile.Resolution"),
        ("data:image/png;base64," + base64.b64encode(png(1200, 400)).decode(), "InvalidFile.AspectRatio"),
        ("data:image/png;base64,AAAA", "InvalidFile.Format"),
        ("data:image/png;base64," + "A" * 27_000_000, "InvalidFile.Size"),
        ("http://10.0.0.1/a.png", "InvalidURL"),
        ("oss://dashscope-instant/nobody/a.png", "InvalidURL"),
        ("a.png\x00", "InvalidURL"),
    ],
)
def test_a_bad_picture_makes_a_failed_task(house: House, address: str, code: str) -> None:
    """The id at once with a 200; the query says FAILED, with a 200 too; nothing is rendered or charged."""
    body = {"model": I2V, "input": {"media": [{"type": "first_frame", "url": address}]}}
    answer = house.client.post(CREATE, content=json.dumps(body), headers={**ASYNC, "Content-Type": "application/json"})
    assert answer.json()["output"]["task_status"] == "PENDING"
    output = output_of(house, answer.json()["output"]["task_id"])
    assert (output["task_status"], output["code"]) == ("FAILED", code)
    assert output["message"]
    assert house.enqueued == []


def test_the_list_filters_and_counts(house: House) -> None:
    """By state, model, time and id; epoch milliseconds; another key and another dialect see nothing of it."""
    first = create(house)
    house.clock.advance(seconds=1)
    second = create(house, {"model": "happyhorse-1.0-t2v", "input": PROMPT})
    film(house, second)
    house.client.post("/openhorse/v1/tasks", json={"prompt": "x"})

    def ids(**query: Any) -> list[str]:
        return [entry["task_id"] for entry in house.client.get("/api/v1/tasks", params=query).json()["data"]]

    page = house.client.get("/api/v1/tasks", params={"page_no": 1, "page_size": 1}).json()
    assert list(page) == ["total", "data", "total_page", "page_no", "page_size", "request_id"]
    assert (page["total"], page["total_page"], page["page_size"]) == (2, 2, 1)
    millis = int(house.clock().timestamp() * 1000)
    assert page["data"][0] == {
        **dict.fromkeys(("api_key_id", "caller_parent_id", "caller_uid"), house.rooms.tasks.any(second).key_id),
        **dict.fromkeys(("gmt_create", "start_time", "end_time"), millis),
        "model_name": "happyhorse-1.0-t2v",
        "region": "local",
        "request_id": dashscope.request_id_of(second),
        "status": "SUCCEEDED",
        "task_id": second,
        "user_api_unique_key": "apikey:v1:aigc:video-generation:video-synthesis:happyhorse-1.0-t2v",
    }
    assert ids() == [second, first]
    assert ids(status="PENDING") == ids(model_name=T2V) == ids(task_id=first) == [first]
    assert ids(task_id="nobody") == ids(model_name="nobody") == ids(status="FAILED") == []
    assert ids(end_time="20261121200000") == [first]
    assert ids(start_time="20261121200001", end_time="20261122200000") == [second]
    assert house.other.get("/api/v1/tasks").json()["data"] == []
    house.clock.advance(days=1, seconds=1)
    assert ids() == []
    assert ids(start_time="20261121120000") == [second, first]
    wrong = {
        "start_time": ["2026", "99999999999999", "99991231235959"],
        "end_time": ["00010101000000"],
        "status": ["x"],
    }
    for name, values in wrong.items():
        for value in values:
            answer = house.client.get("/api/v1/tasks", params={name: value})
            assert (answer.status_code, answer.json()["code"]) == (400, "InvalidParameter"), value


def test_a_span_is_at_most_a_day() -> None:
    """A missing side is a day from the other; longer or backward ones are refused."""
    noon = datetime(2026, 11, 21, 12, 0, tzinfo=dashscope.BEIJING)
    day = timedelta(days=1)
    assert read_span("20261121120000", None, NOW) == (noon, noon + day)
    assert read_span(None, "20261121120000", NOW) == (noon - day, noon)
    assert read_span(None, None, NOW) == (NOW - day, NOW)
    for start, end in (("20261121120000", "20261122120001"), ("20261121120000", "20261121115959")):
        with pytest.raises(InvalidOrder, match="0 to 24 hours"):
            read_span(start, end, NOW)


def policy_of(house: House, model: str = I2V) -> dict[str, Any]:
    """A new upload policy of the first customer's."""
    answer = house.client.get("/api/v1/uploads", params={"action": "getPolicy", "model": model})
    assert (answer.status_code, list(answer.json())) == (200, ["request_id", "data"])
    data: dict[str, Any] = answer.json()["data"]
    return data


def posted(house: House, leave: dict[str, Any], content: bytes, name: str = "a.png", **changes: str) -> Any:
    """The answer to the form that the SDK sends, without any key; `changes` replace its fields."""
    form = {
        "OSSAccessKeyId": leave["oss_access_key_id"],
        "Signature": leave["signature"],
        "policy": leave["policy"],
        "key": f"{leave['upload_dir']}/{name}",
        "x-oss-object-acl": leave["x_oss_object_acl"],
        "x-oss-forbid-overwrite": leave["x_oss_forbid_overwrite"],
        "success_action_status": "200",
        "x-oss-content-type": "image/png",
    }
    return house.stranger.post(leave["upload_host"], data={**form, **changes}, files={"file": (name, content)})


def test_an_upload_is_ordered_with_by_its_owner(house: House) -> None:
    """One policy, two files, each under its own oss:// address, for 48 hours; another key's order fails."""
    policy = policy_of(house)
    assert (policy["expire_in_seconds"], policy["max_file_size_mb"]) == (300, 20)
    for name in ("a.png", "ein Bild 图.png"):
        assert posted(house, policy, png(500, 500), name).status_code == 200
        address = f"oss://{policy['upload_dir']}/{name}"
        body = {"model": I2V, "input": {"media": [{"type": "first_frame", "url": address}]}}
        mine = house.client.post(CREATE, json=body, headers=ASYNC).json()["output"]["task_id"]
        assert house.rooms.tasks.any(mine).order.pictures[0].startswith("blob:")
        theirs = house.other.post(CREATE, json=body, headers=ASYNC).json()["output"]["task_id"]
        assert house.rooms.tasks.any(theirs).status is Status.FAILED
    assert posted(house, policy, png(), "c.png", success_action_status="204").status_code == 204
    house.clock.advance(hours=48)
    late = house.client.post(CREATE, json=body, headers=ASYNC).json()["output"]["task_id"]
    assert output_of(house, late)["code"] == "InvalidURL"


def test_a_policy_is_bound_to_its_key_folder_size_and_time(house: House) -> None:
    """403 for anything it does not allow, 413 beyond its size, 400 for what is no picture or is there already."""
    policy, content = policy_of(house), png(500, 500)
    other = house.rooms.tasks.any(create(house)).key_id + "x"
    wider = base64.b64encode(
        json.dumps({"conditions": [["content-length-range", 0, 10**9], ["starts-with", "$key", ""]]}).encode()
    ).decode()
    forged: list[dict[str, str]] = [
        {"OSSAccessKeyId": other},
        {"policy": wider},
        {"policy": policy["policy"] + "\n"},
        {"Signature": policy["signature"][:-2]},
        {"Signature": "e=&s="},
        {"key": "dashscope-instant/elsewhere/a.png"},
        {"key": policy["upload_dir"] + "/"},
        {"key": policy["upload_dir"] + "/a\x00.png"},
        {"key": policy["upload_dir"] + "/" + "a" * 1023},
    ]
    for changes in forged:
        answer = posted(house, policy, content, **changes)
        assert (answer.status_code, answer.json()["code"]) == (403, "AccessDenied"), changes
    assert posted(house, policy, b"x" * 20_000_001).json()["code"] == "BadRequest.TooLarge"
    assert posted(house, policy, b"x" * 20_200_000).status_code == 413
    assert posted(house, policy, b"%PDF-1.7").json()["code"] == "InvalidFile.Format"
    assert posted(house, policy, content).status_code == 200
    again = posted(house, policy, content)
    assert (again.status_code, again.json()["code"]) == (400, "InvalidParameter")
    house.clock.advance(minutes=5)
    late = posted(house, policy, content, "late.png")
    assert (late.status_code, "expired" in late.json()["message"]) == (403, True)


def test_an_upload_that_is_no_form_is_refused(house: House) -> None:
    """Every missing part is named; a body of another kind, and a cut one, are refused."""
    host = policy_of(house)["upload_host"]
    form = {"OSSAccessKeyId": "a", "Signature": "b", "policy": "c", "key": "d"}
    for name in form:
        fields = {key: value for key, value in form.items() if key != name}
        refused = house.stranger.post(host, data=fields, files={"file": b"x"})
        assert (refused.status_code, name in refused.json()["message"]) == (400, True)
    assert "file is required" in house.stranger.post(host, data=form).json()["message"]
    multipart = {"Content-Type": "multipart/form-data; boundary=b"}
    for headers, content in (({}, b"x"), (multipart, b"--b\r\nContent-Disposition: form-data; name=key\r\n\r\nx")):
        refused = house.stranger.post(host, content=content, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (400, "InvalidParameter")
    for query in (
        {},
        {"action": "getPolicy"},
        {"action": "other", "model": I2V},
        {"action": "getPolicy", "model": "x"},
    ):
        assert house.client.get("/api/v1/uploads", params=query).status_code in (400, 404)
