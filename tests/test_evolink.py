"""EvoLink's words: its documents' own bodies, every refusal, and round trips of orders, tasks and errors."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhorse import errors
from openhorse.catalog import Offer, load
from openhorse.dialects import Link, evolink
from openhorse.dialects.fields import clean_prompt
from openhorse.errors import InvalidOrder, MalformedRequest, NotFound, OpenHorseError, UnknownModel, UpstreamError
from openhorse.vocabulary import FINAL, Callback, Failure, Mode, Order, Quote, Ratio, Status, Task, Tier, Video

CATALOG = load()
OFFERS = CATALOG.of("evolink")
NOW = datetime.fromtimestamp(1761313744, UTC)
TEXT, IMAGE, REFERENCE = (f"happyhorse-1.1-{mode}" for mode in Mode)
CAT = "https://cdn.example.com/cat.png"
KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, OpenHorseError)]

LINK = Link(lambda video: f"https://films.example/{video.blob}", "https://films.example")


def test_the_page_of_image_to_video_is_read_as_it_stands() -> None:
    """The example values of the vendor's HappyHorse 1.0 image-to-video page, all of them."""
    body = {
        "model": "happyhorse-1.0-image-to-video",
        "image_urls": [CAT],
        "prompt": "Make the cat in the picture run on the grass",
        "quality": "720p",
        "duration": 5,
        "seed": 42,
        "callback_url": "https://your-domain.com/webhooks/video-task-completed",
    }
    assert evolink.read_order(body, CATALOG) == Order(
        dialect="evolink",
        model="happyhorse-1.0-image-to-video",
        mode=Mode.IMAGE,
        prompt="Make the cat in the picture run on the grass",
        tier=Tier.P720,
        seconds=5,
        pictures=(CAT,),
        seed=42,
        callback=Callback("https://your-domain.com/webhooks/video-task-completed"),
    )


def test_the_page_of_reference_to_video_is_read_as_it_stands() -> None:
    """Three pictures, named character1 to character3 in the prompt."""
    addresses = [f"https://cdn.example.com/{name}.jpg" for name in ("girl", "folding-fan", "earrings")]
    body = {
        "model": "happyhorse-1.0-reference-to-video",
        "prompt": "A woman in a red qipao character1 opens a fan character2, earrings character3 swaying",
        "image_urls": addresses,
        "quality": "1080p",
        "aspect_ratio": "9:16",
        "duration": 5,
    }
    order = evolink.read_order(body, CATALOG)
    assert (order.mode, order.tier, order.ratio) == (Mode.REFERENCE, Tier.P1080, Ratio.R9_16)
    assert order.pictures == tuple(addresses)


@pytest.mark.parametrize("offer", OFFERS, ids=[offer.model for offer in OFFERS])
def test_defaults_are_the_documented_ones(offer: Offer) -> None:
    """720p, 5 seconds, 16:9, no seed, no callback; no prompt needed with a first frame."""
    body: dict[str, Any] = {"model": offer.model}
    if offer.mode is not Mode.IMAGE:
        body["prompt"] = "x"
    if offer.mode is not Mode.TEXT:
        body["image_urls"] = [CAT]
    order = evolink.read_order(body, CATALOG)
    assert (order.tier, order.seconds, order.seed, order.callback) == (Tier.P720, 5, None, None)
    assert order.ratio == (None if offer.mode is Mode.IMAGE else Ratio.R16_9)


def test_what_the_vendor_tolerates_is_tolerated() -> None:
    """Unknown fields, nulls, an empty callback_url, 5.0, a second first frame, a ratio beside a first frame."""
    plain = {"model": IMAGE, "image_urls": [CAT]}
    expected = evolink.read_order(plain, CATALOG)
    for extra in (
        {"resolution": "4k", "watermark": "yes", "model_params": {}},
        {"prompt": None, "seed": None, "quality": None, "duration": None, "callback_url": None},
        {"callback_url": ""},
        {"duration": 5.0},
        {"image_urls": [CAT, "https://cdn.example.com/dog.png"]},
        {"aspect_ratio": "2:1"},
    ):
        assert evolink.read_order(plain | extra, CATALOG) == expected, extra
    text = evolink.read_order({"model": TEXT, "prompt": "character7 in [Image 3]", "image_urls": "x"}, CATALOG)
    assert (text.mode, text.pictures) == (Mode.TEXT, ())


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"prompt": "x"}, "model", "model is required"),
    ({"model": 5, "prompt": "x"}, "model", "model is required and must be a string"),
    ({"model": TEXT}, "prompt", "prompt is required"),
    ({"model": TEXT, "prompt": None}, "prompt", "prompt is required"),
    ({"model": TEXT, "prompt": 5}, "prompt", "valid string"),
    ({"model": TEXT, "prompt": " \x00 "}, "prompt", "prompt must not be empty"),
    ({"model": TEXT, "prompt": "x", "quality": "480p"}, "quality", "'720p' or '1080p'"),
    ({"model": TEXT, "prompt": "x", "quality": "720P"}, "quality", "'720p' or '1080p'"),
    ({"model": TEXT, "prompt": "x", "duration": 2}, "duration", "greater than or equal to 3"),
    ({"model": TEXT, "prompt": "x", "duration": 16}, "duration", "less than or equal to 15"),
    ({"model": TEXT, "prompt": "x", "duration": "5"}, "duration", "valid integer"),
    ({"model": TEXT, "prompt": "x", "duration": True}, "duration", "valid integer"),
    ({"model": TEXT, "prompt": "x", "duration": 10**400}, "duration", "less than or equal to 15"),
    ({"model": TEXT, "prompt": "x", "seed": 0}, "seed", "greater than or equal to 1"),
    ({"model": TEXT, "prompt": "x", "seed": 2**31}, "seed", "less than or equal to 2147483647"),
    ({"model": TEXT, "prompt": "x", "aspect_ratio": "2:1"}, "aspect_ratio", "'21:9'"),
    (
        {"model": "happyhorse-1.0-text-to-video", "prompt": "x", "aspect_ratio": "4:5"},
        "aspect_ratio",
        "'16:9', '9:16', '1:1', '4:3' or '3:4'",
    ),
    ({"model": TEXT, "prompt": "x", "callback_url": 5}, "callback_url", "valid string"),
    ({"model": TEXT, "prompt": "x", "callback_url": "https://a.example/" + "x" * 2048}, "callback_url", "2048"),
    ({"model": IMAGE}, "image_urls", "image_urls is required"),
    ({"model": IMAGE, "image_urls": []}, "image_urls", "at least 1 item"),
    ({"model": IMAGE, "image_urls": [CAT] * 10}, "image_urls", "at most 9 items"),
    ({"model": IMAGE, "image_urls": CAT}, "image_urls", "valid list"),
    ({"model": IMAGE, "image_urls": [5]}, "image_urls.0", "valid string"),
    ({"model": IMAGE, "image_urls": ["data:image/png;base64,AAAA"]}, "image_urls.0", "http:// or https://"),
    ({"model": IMAGE, "image_urls": ["https://a.example/\ud800"]}, "image_urls.0", "unicode string"),
    ({"model": IMAGE, "image_urls": ["https://a.example/\n"]}, "image_urls.0", "http:// or https://"),
    ({"model": IMAGE, "image_urls": ["https://a.example/" + "x" * 2048]}, "image_urls.0", "2048"),
    ({"model": REFERENCE, "prompt": "", "image_urls": [CAT]}, "prompt", "must not be empty"),
    ({"model": REFERENCE, "prompt": "character2 runs", "image_urls": [CAT]}, "prompt", "names character2"),
    ({"model": REFERENCE, "prompt": "[Image 0] runs", "image_urls": [CAT]}, "prompt", "names [Image 0]"),
]


@pytest.mark.parametrize(("body", "field", "message"), REFUSED, ids=[f"{f}: {m}" for _b, f, m in REFUSED])
def test_a_refusal_says_what_is_wrong_and_what_is_allowed(body: dict[str, Any], field: str, message: str) -> None:
    """400 invalid_parameters, with the field as `param`."""
    with pytest.raises(InvalidOrder) as caught:
        evolink.read_order(body, CATALOG)
    assert message in caught.value.message
    answer = evolink.write_error(caught.value)
    assert answer.status == 400
    assert answer.body["error"] | {"message": ""} == {
        "code": "invalid_parameters",
        "message": "",
        "type": "invalid_request_error",
        "param": field,
    }


@pytest.mark.parametrize("model", ["happyhorse-1.0-video-edit", "happyhorse-1.1", "sora-2", "\ud800"])
def test_an_unknown_model_is_not_found_and_lists_what_is(model: str) -> None:
    """404 model_not_found."""
    with pytest.raises(UnknownModel) as caught:
        evolink.read_order({"model": model, "prompt": "x", "video_urls": [CAT]}, CATALOG)
    answer = evolink.write_error(caught.value)
    assert (answer.status, answer.body["error"]["code"]) == (404, "model_not_found")
    assert answer.body["error"]["type"] == "not_found_error"
    assert all(offer.model in answer.body["error"]["message"] for offer in OFFERS)


@pytest.mark.parametrize("body", [None, [], "x", 5, True, [{}]])
def test_anything_but_an_object_is_malformed(body: Any) -> None:
    """A body that is JSON, but no object."""
    with pytest.raises(MalformedRequest):
        evolink.read_order(body, CATALOG)


def test_prompts_are_cut_by_code_points() -> None:
    """2,500 where a Han character occurs, 5,000 elsewhere."""
    for prompt, length in (("é" * 6000, 5000), ("🐎" * 6000, 5000), ("马" + "a" * 6000, 2500)):
        assert len(evolink.read_order({"model": TEXT, "prompt": prompt}, CATALOG).prompt) == length


prompts = st.text(max_size=60).map(clean_prompt).filter(lambda text: not re.search(r"(?i)image|character|图", text))
addresses = st.from_regex(r"https?://[a-z]{1,20}\.example/[a-zA-Z0-9._/-]{0,60}", fullmatch=True)


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """Any order that EvoLink has words for."""
    offer = draw(st.sampled_from(OFFERS))
    least, most = offer.pictures
    return Order(
        dialect="evolink",
        model=offer.model,
        mode=offer.mode,
        prompt=draw(prompts.filter(bool) if offer.prompt_required else prompts),
        tier=draw(st.sampled_from(offer.tiers)),
        seconds=draw(st.integers(3, 15)),
        ratio=draw(st.sampled_from(offer.ratios)) if offer.ratios else None,
        pictures=tuple(draw(st.lists(addresses, min_size=least, max_size=1 if offer.mode is Mode.IMAGE else most))),
        seed=draw(st.none() | st.integers(1, 2**31 - 1)),
        callback=draw(st.none() | addresses.map(Callback)),
    )


@given(orders())
def test_an_order_written_for_evolink_is_read_back(order: Order) -> None:
    """What we ask of EvoLink, we understand as EvoLink."""
    call = evolink.write_order(order)
    assert (call.method, call.path, call.form) == ("POST", "/v1/videos/generations", None)
    assert evolink.read_order(json.loads(json.dumps(call.body)), CATALOG) == order


def test_a_seed_of_zero_is_left_to_the_vendor() -> None:
    """EvoLink's seeds begin at 1."""
    order = Order("evolink", TEXT, Mode.TEXT, "x", Tier.P720, 5, Ratio.R16_9, seed=0)
    assert "seed" not in evolink.write_order(order).body


def task(status: Status = Status.QUEUED, **changes: Any) -> Task:
    """A task of the page's example in some state, with the facts that belong to it."""
    order = Order("evolink", "happyhorse-1.0-image-to-video", Mode.IMAGE, "x", Tier.P720, 5, pictures=(CAT,), seed=7)
    quote = Quote(893_382, 178_676, 5, "2026-11-21", "12.15 credits a second")
    facts: dict[str, Any] = {"finished_at": NOW + timedelta(seconds=30)} if status in FINAL else {}
    if status in (Status.SUCCEEDED, Status.EXPIRED):
        facts["expires_at"] = NOW + timedelta(days=1)
        facts["video"] = Video("films/a.mp4", 9, "0" * 64, 1280, 720, 120, 5.0, True, -16.0, -1.4, "procedural", 7, 3.0)
    if status is Status.FAILED:
        facts["failure"] = Failure("picture_unreachable", "The picture could not be fetched.", True)
    made = Task("task-unified-1761313744-h1i2vcd9", "key_1", order, quote, status, 0.0, NOW, **facts)
    return replace(made, **changes)


def test_a_new_task_is_the_pages_example_to_the_letter() -> None:
    """Every key in the page's order, and 607500 for 5 s at 12.15 credits a second; the estimate is our own."""
    written = json.dumps(evolink.write_task(task(), LINK), indent=2)
    assert written == (
        """{
  "created": 1761313744,
  "id": "task-unified-1761313744-h1i2vcd9",
  "model": "happyhorse-1.0-image-to-video",
  "object": "video.generation.task",
  "progress": 0,
  "status": "pending",
  "task_info": {
    "can_cancel": true,
    "estimated_time": 20,
    "video_duration": 5
  },
  "type": "video",
  "usage": {
    "billing_rule": "per_second",
    "credits_reserved": 607500,
    "user_group": "default"
  }
}"""
    )


def test_a_finished_task_has_results_between_progress_and_status() -> None:
    """As on the get-task-detail page."""
    written = evolink.write_task(task(Status.SUCCEEDED, progress=1.0), LINK)
    assert list(written) == [
        "created",
        "id",
        "model",
        "object",
        "progress",
        "results",
        "status",
        "task_info",
        "type",
        "usage",
    ]
    assert written["results"] == ["https://films.example/films/a.mp4"]
    assert written["task_info"] == {"can_cancel": False, "video_duration": 5}
    assert written["usage"]["credits_used"] == 607500


@pytest.mark.parametrize(
    ("status", "progress", "word", "percent", "can_cancel", "used"),
    [
        (Status.QUEUED, 0.0, "pending", 0, True, None),
        (Status.RUNNING, 0.4279, "processing", 42, True, None),
        (Status.RUNNING, 0.999, "processing", 99, True, None),
        (Status.STORING, 1.0, "processing", 99, False, None),
        (Status.SUCCEEDED, 1.0, "completed", 100, False, 607500),
        (Status.EXPIRED, 1.0, "completed", 100, False, 607500),
        (Status.FAILED, 0.5, "failed", 50, False, 0),
        (Status.CANCELLED, 0.25, "cancelled", 25, False, 0),
    ],
)
def test_each_status_has_its_word_and_numbers(
    status: Status, progress: float, word: str, percent: int, can_cancel: bool, used: int | None
) -> None:
    """Progress is 100 only with a film; a task can be cancelled until it is stored; only a film costs."""
    written = evolink.write_task(task(status, progress=progress), LINK)
    assert (written["status"], written["progress"]) == (word, percent)
    assert written["task_info"]["can_cancel"] is can_cancel
    assert ("estimated_time" in written["task_info"]) == (status not in FINAL)
    assert written["usage"].get("credits_used") == used
    assert ("results" in written) == (word == "completed")
    assert ("error" in written) == (word == "failed")
    listed = evolink.write_listed(task(status, progress=progress))
    assert listed["has_results"] == (word == "completed")
    assert listed["has_error"] == (word == "failed")
    assert (listed["credits_used"], "results" in listed) == (used or 0, False)


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("picture_refused", "image_processing_error"),
        ("picture_unreachable", "image_processing_error"),
        ("address_refused", "image_processing_error"),
        ("engine_timed_out", "generation_timeout"),
        ("film_rejected", "generation_failed_no_content"),
        ("engine_failed", "service_error"),
        ("what nobody knows", "unknown_error"),
    ],
)
def test_failures_have_the_vendors_codes(code: str, word: str) -> None:
    """Those of the error-codes page."""
    written = evolink.write_task(task(Status.FAILED, failure=Failure(code, "why", False)), LINK)
    assert written["error"] == {"code": word, "message": "why"}


@given(
    st.sampled_from(Status),
    st.floats(0, 1),
    st.sampled_from(KINDS),
    st.text(max_size=80),
)
def test_a_task_that_we_wrote_is_read_back(
    status: Status, progress: float, kind: type[OpenHorseError], why: str
) -> None:
    """Id, status, film and failure survive; the failure keeps its message and the vendor's word for its code."""
    failure = Failure(kind.code, why, kind.retry) if status is Status.FAILED else None
    written = json.loads(evolink.write_callback(task(status, progress=progress, failure=failure), LINK))
    report = evolink.read_task(written)
    seen = {Status.STORING: Status.RUNNING, Status.EXPIRED: Status.SUCCEEDED}.get(status, status)
    assert (report.id, report.status) == ("task-unified-1761313744-h1i2vcd9", seen)
    assert report.film == ("https://films.example/films/a.mp4" if seen is Status.SUCCEEDED else None)
    assert report.progress is not None
    assert abs(report.progress - (1 if seen is Status.SUCCEEDED else progress)) <= 0.0101
    assert (report.failure is None) == (failure is None)
    if report.failure is not None:
        assert report.failure.message == why.encode("utf-8", "replace").decode()
        again = evolink.write_task(task(Status.FAILED, failure=report.failure), LINK)
        assert again["error"]["code"] == written["error"]["code"]


def test_newer_pages_results_are_read_too() -> None:
    """`result_data` beside or instead of `results`."""
    body = {"id": "a", "status": "completed", "result_data": [{"title": "x"}, {"video_url": "https://a.example/1.mp4"}]}
    assert evolink.read_task(body).film == "https://a.example/1.mp4"


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "x",
        {},
        {"id": 5, "status": "pending"},
        {"id": "a"},
        {"id": "a", "status": []},
        {"id": "a", "status": "paused"},
        {"id": "a", "status": "completed"},
        {"id": "a", "status": "completed", "results": [5], "result_data": [5]},
    ],
)
def test_an_answer_that_says_nothing_is_the_upstreams_fault(body: Any) -> None:
    """No task, no known status, or a film that is nowhere."""
    with pytest.raises(UpstreamError):
        evolink.read_task(body)


@pytest.mark.parametrize("error", [None, "x", {}, {"code": 5, "message": 5}, {"code": "new_code", "message": "m"}])
def test_a_failure_without_its_reason_is_still_one(error: Any) -> None:
    """Whatever `error` holds."""
    report = evolink.read_task({"id": "a", "status": "failed", "progress": "x", "error": error})
    assert report.failure is not None
    assert report.failure.message
    assert report.progress is None


TURNED = {401, 402, 403}
"""Whose key or money it is changes between us and the vendor."""


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_error_that_we_wrote_is_read_back(kind: type[OpenHorseError]) -> None:
    """Blame, retry sense, message, waiting time: but what is a vendor's own fault is the upstream's to us."""
    written = evolink.write_error(kind("what happened and why", retry_after=7))
    headers = {name.lower(): value for name, value in written.headers.items()}
    read = evolink.read_error(written.status, json.loads(json.dumps(written.body)), headers)
    assert read.message == "what happened and why"
    assert read.retry_after == 7
    if written.status in TURNED:
        assert isinstance(read, UpstreamError)
    elif kind.blame == "caller":
        assert (type(read).blame, type(read).retry) == ("caller", kind.retry)
    else:
        assert type(read).retry
        assert type(read).blame == ("upstream" if written.status != 503 else "caller")


@pytest.mark.parametrize(
    ("status", "body", "kind", "message"),
    [
        (
            400,
            {
                "error": {
                    "code": "invalid_task_id",
                    "message": "no such form",
                    "type": "invalid_request_error",
                    "param": "task_id",
                }
            },
            InvalidOrder,
            "no such form",
        ),
        (404, {"error": {"code": "task_not_found", "message": "gone"}}, NotFound, "gone"),
        (404, {"error": {"code": 404, "message": "old form"}}, NotFound, "old form"),
        (409, {"error": {"code": "idempotency_conflict", "message": "m"}}, errors.IdempotencyMismatch, "m"),
        (402, {"error": {"code": "insufficient_user_quota", "message": "poor"}}, UpstreamError, "poor"),
        (429, {"error": {"code": "x", "message": "slow"}}, errors.TooManyTasks, "slow"),
        (400, {"success": False, "code": 400, "msg": "no image"}, InvalidOrder, "no image"),
        (502, "<html>bad gateway</html>", UpstreamError, "bad gateway"),
        (500, {"error": "in words"}, UpstreamError, "in words"),
        (418, None, UpstreamError, "418"),
        (400, {"error": {"message": {"deep": 1}, "code": [], "param": 5}}, InvalidOrder, "deep"),
    ],
)
def test_the_vendors_refusals_are_understood(status: int, body: Any, kind: type[OpenHorseError], message: str) -> None:
    """Newer and older forms, the files service's, and what is no JSON at all."""
    error = evolink.read_error(status, body, {})
    assert type(error) is kind
    assert message in error.message


def test_task_ids_have_the_vendors_form_and_sort_by_time() -> None:
    """`task-unified-`, the Unix second, eight of 0-9a-z; later ids are greater to the millisecond."""
    ids = [evolink.new_task_id(NOW + timedelta(milliseconds=7 * n)) for n in range(300)]
    assert ids == sorted(set(ids))
    assert all(re.fullmatch(r"task-unified-\d{10}-[0-9a-z]{8}", name) for name in ids)
    assert ids[0].startswith("task-unified-1761313744-")


def test_callbacks_are_unsigned_and_tried_four_times() -> None:
    """At once, then after 1, 2 and 4 seconds."""
    assert evolink.callback_gaps == (0, 1, 2, 4)
    assert evolink.sign_callback(b"{}", "secret", NOW) == {}
    written = evolink.write_callback(task(Status.FAILED, failure=Failure("x", "\ud800 é", False)), LINK)
    assert json.loads(written)["error"]["message"] == "? é"


def test_credits_are_exact() -> None:
    """Every price in whole ten-thousandths of a credit survives its way through whole micro-dollars."""
    for per_second in (121_500, 216_000, 76_160, 1, 679_999):
        for seconds in range(3, 16):
            micros = round(per_second * seconds * 1_000_000 / 680_000)
            assert evolink.units(micros) == per_second * seconds
    assert evolink.credits_of(1_000_000) == 68.0
