"""The dialects' pure functions: the vendors' own bodies, every refusal, and what goes back."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhorse import errors
from openhorse.catalog import load
from openhorse.dialects import NAMES, Call, Dialect, Link, dialect_named, hiapi, native
from openhorse.dialects.fields import HAN_PROMPT_LIMIT, PROMPT_LIMIT, clean_prompt, read_json
from openhorse.dialects.refusals import http_status
from openhorse.errors import InvalidOrder, MalformedRequest, OpenHorseError, UnknownModel, UpstreamError
from openhorse.vocabulary import FINAL, Callback, Failure, Mode, Order, Quote, Ratio, Status, Task, Tier, Video

CATALOG = load()
NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)

EXAMPLE_BODIES: list[tuple[dict[str, Any], Order]] = []


def example(model: str, mode: Mode, given: dict[str, Any], **expected: Any) -> None:
    """Note one example body of a vendor's page and the order that it means."""
    body = {"model": model, "input": given}
    usual = {"ratio": None if mode is Mode.IMAGE else Ratio.R16_9, "echo": {"storage": "temp"}}
    EXAMPLE_BODIES.append((body, Order("hiapi", model, mode, given["prompt"], **{**usual, **expected})))


TEXT, IMAGE, REFERENCE = (f"happyhorse-1.1/{mode}" for mode in Mode)
EXAMPLES = "https://static.hiapi.ai/example/"

example(
    TEXT,
    Mode.TEXT,
    {
        "prompt": "A snow mountain lake in morning mist, slow camera push-in, calm and vast, warm cinematic light",
        "aspect_ratio": "16:9",
        "resolution": "1080p",
        "duration": 5,
    },
    tier=Tier.P1080,
    seconds=5,
)
example(
    TEXT,
    Mode.TEXT,
    {
        "prompt": "A neon street at night after rain, reflections on the ground, cyberpunk mood, slow pan",
        "aspect_ratio": "9:16",
        "resolution": "720p",
        "duration": 5,
    },
    tier=Tier.P720,
    seconds=5,
    ratio=Ratio.R9_16,
)
example(
    TEXT,
    Mode.TEXT,
    {
        "prompt": "A golden retriever running on a beach, slow motion, gentle waves, warm sunset tones",
        "aspect_ratio": "16:9",
        "resolution": "1080p",
        "duration": 8,
    },
    tier=Tier.P1080,
    seconds=8,
)
for name, prompt, tier, seconds in [
    ("first-frame", "Use the uploaded image as first frame, slow camera push-in with gentle wind", Tier.P1080, 5),
    ("portrait", "Make the subject turn naturally, soft background blur, gentle lighting", Tier.P720, 5),
    ("landscape", "Add drifting clouds and shifting light to the static landscape, cinematic", Tier.P1080, 8),
]:
    example(
        IMAGE,
        Mode.IMAGE,
        {
            "image_urls": [f"{EXAMPLES}{name}.jpg"],
            "prompt": prompt,
            "resolution": tier.value,
            "duration": seconds,
        },
        tier=tier,
        seconds=seconds,
        pictures=(f"{EXAMPLES}{name}.jpg",),
    )
for names, prompt, tier, ratio, seconds in [
    (
        ("ref-1", "ref-2"),
        "The character in [Image 1] walking through a scene styled like [Image 2], cinematic camera",
        Tier.P1080,
        Ratio.R16_9,
        5,
    ),
    (
        ("char", "mood"),
        "Keep the subject design from [Image 1], moving through the mood of [Image 2]",
        Tier.P720,
        Ratio.R9_16,
        5,
    ),
    (
        ("subject", "style"),
        "Blend the subject of [Image 1] with the style of [Image 2] into a coherent clip",
        Tier.P1080,
        Ratio.R16_9,
        8,
    ),
]:
    example(
        REFERENCE,
        Mode.REFERENCE,
        {
            "prompt": prompt,
            "reference_image": [f"{EXAMPLES}{name}.jpg" for name in names],
            "resolution": tier.value,
            "aspect_ratio": ratio.value,
            "duration": seconds,
        },
        tier=tier,
        seconds=seconds,
        ratio=ratio,
        pictures=tuple(f"{EXAMPLES}{name}.jpg" for name in names),
    )


@pytest.mark.parametrize(("body", "order"), EXAMPLE_BODIES, ids=[order.prompt[:30] for _body, order in EXAMPLE_BODIES])
def test_the_vendors_example_bodies_are_read_as_they_stand(body: dict[str, Any], order: Order) -> None:
    """All nine examples of HiAPI's three HappyHorse 1.1 pages mean exactly what they say."""
    assert hiapi.read_order(body, CATALOG) == order


def test_hiapis_defaults_are_the_documented_ones() -> None:
    """1080p, 5 seconds, 16:9, and no prompt needed with a first frame."""
    order = hiapi.read_order({"model": IMAGE, "input": {"image_urls": ["https://a.example/x.png"]}}, CATALOG)
    assert (order.tier, order.seconds, order.prompt, order.ratio) == (Tier.P1080, 5, "", None)
    order = hiapi.read_order({"model": TEXT, "input": {"prompt": "x"}}, CATALOG)
    assert (order.tier, order.seconds, order.ratio, order.seed) == (Tier.P1080, 5, Ratio.R16_9, None)


REFUSED = [
    ({"input": {"prompt": "x"}}, "model is required"),
    ({"model": 5, "input": {}}, "model is required and must be a string"),
    ({"model": TEXT}, "input is required"),
    ({"model": TEXT, "input": "x"}, "input should be a JSON object"),
    ({"model": TEXT, "input": {}}, "input.prompt is required"),
    ({"model": TEXT, "input": {"prompt": "  \x00 "}}, "input.prompt must not be empty"),
    ({"model": TEXT, "input": {"prompt": None}}, "input.prompt should be a valid string"),
    ({"model": TEXT, "input": {"prompt": "x", "seed": 1}}, "additional properties 'seed' not allowed in input"),
    ({"model": TEXT, "input": {"prompt": "x", "audio": True}}, "additional properties 'audio' not allowed in input"),
    ({"model": TEXT, "input": {"prompt": "x", "callback": {}}}, "'callback' not allowed in input"),
    ({"model": TEXT, "input": {"prompt": "x"}, "watermark": 1}, "additional properties 'watermark' not allowed"),
    ({"model": TEXT, "input": {"prompt": "x", "duration": 2}}, "input.duration should be greater than or equal to 3"),
    ({"model": TEXT, "input": {"prompt": "x", "duration": 16}}, "input.duration should be less than or equal to 15"),
    ({"model": TEXT, "input": {"prompt": "x", "duration": "5"}}, "input.duration should be a valid integer"),
    ({"model": TEXT, "input": {"prompt": "x", "duration": 5.5}}, "input.duration should be a valid integer"),
    ({"model": TEXT, "input": {"prompt": "x", "duration": True}}, "input.duration should be a valid integer"),
    ({"model": TEXT, "input": {"prompt": "x", "resolution": "4k"}}, "'720p' or '1080p'"),
    ({"model": TEXT, "input": {"prompt": "x", "aspect_ratio": "2:1"}}, "'9:21' or '21:9'"),
    ({"model": IMAGE, "input": {}}, "input.image_urls is required"),
    ({"model": IMAGE, "input": {"image_urls": []}}, "at least 1 item"),
    ({"model": IMAGE, "input": {"image_urls": ["https://a/1", "https://a/2"]}}, "at most 1 item"),
    ({"model": IMAGE, "input": {"image_urls": ["https://a/1"], "aspect_ratio": "1:1"}}, "'aspect_ratio' not allowed"),
    ({"model": REFERENCE, "input": {"prompt": "x", "reference_image": ["https://a/1"] * 10}}, "at most 9 items"),
    ({"model": REFERENCE, "input": {"prompt": "x", "reference_image": "https://a/1"}}, "should be a valid list"),
    ({"model": REFERENCE, "input": {"prompt": "", "reference_image": ["https://a/1"]}}, "must not be empty"),
    ({"model": TEXT, "input": {"prompt": "x"}, "callback": {}}, "callback.url is required"),
    ({"model": TEXT, "input": {"prompt": "x"}, "callback": {"url": "https://a", "when": "start"}}, "'final'"),
    ({"model": TEXT, "input": {"prompt": "x"}, "storage": "forever"}, "'temp' or 'persistent'"),
    ({"model": TEXT, "input": {"prompt": "x"}, "route": "pro"}, "unknown route 'pro'; available: default"),
    ({"model": f"{TEXT}@pro", "input": {"prompt": "x"}}, "unknown route 'pro'; available: default"),
]


@pytest.mark.parametrize(("body", "message"), REFUSED, ids=[message for _body, message in REFUSED])
def test_hiapi_says_what_is_wrong_and_what_is_allowed(body: dict[str, Any], message: str) -> None:
    """Each refusal names the field and the allowed values, and is a 400 INVALID_REQUEST."""
    with pytest.raises(InvalidOrder) as caught:
        hiapi.read_order(body, CATALOG)
    assert message in caught.value.message
    answer = hiapi.write_error(caught.value)
    assert (answer.status, answer.body["error_code"], answer.body["data"]) == (400, "INVALID_REQUEST", None)


def test_a_whole_float_is_an_integer_and_the_default_route_is_a_route() -> None:
    """JSON has one kind of number; `default`, empty and absent routes are the same, and only a given one is echoed."""
    body = {"model": f"{TEXT}@default", "input": {"prompt": "x", "duration": 5.0}, "route": "default"}
    order = hiapi.read_order(body, CATALOG)
    assert (order.model, order.seconds, order.echo) == (TEXT, 5, {"storage": "temp", "route": "default"})
    assert "route" not in hiapi.read_order({**body, "route": ""}, CATALOG).echo


every_dialect = pytest.mark.parametrize("dialect", [dialect_named(name) for name in NAMES], ids=NAMES)

INSIDE = {"hiapi", "wavespeed", "dashscope"}
"""Whose bodies have the prompt inside `input`."""


@every_dialect
def test_unknown_models_are_told_what_exists(dialect: Dialect) -> None:
    """The refusal names the model and lists others."""
    given = {"prompt": "x"}
    body = {"model": "sora-2", "input": given} if dialect.name in INSIDE else {"model": "sora-2", **given}
    with pytest.raises(UnknownModel, match=r"sora-2.* available: .*happyhorse-1\.1") as caught:
        dialect.read_order(body, CATALOG)
    assert "sora-2" in json.dumps(dialect.write_error(caught.value).body)


@every_dialect
@pytest.mark.parametrize("body", [None, [], "x", 5, True, [{}]])
def test_anything_but_an_object_is_malformed(dialect: Dialect, body: Any) -> None:
    """A body that is JSON but no object."""
    with pytest.raises(MalformedRequest, match="JSON object"):
        dialect.read_order(body, CATALOG)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
fields_inside = st.sampled_from(
    ["prompt", "duration", "image_urls", "references", "seconds", "image", "images", "size", "resolution", "media"]
)
fields_beside = st.sampled_from(
    ["model", "input", "parameters", "callback", "callback_url", "webhook", "route", "storage", "quality", "seed"]
)
openais_fields = st.sampled_from(["input_reference", "reference_images", "aspect_ratio", "watermark"])
names_of_fields = fields_inside | fields_beside | openais_fields
hostile_values = json_values | st.sampled_from(
    [
        TEXT,
        "x",
        10**400,
        -1,
        5.0,
        "1280x720",
        "0x0",
        "99999x1",
        "\ud800",
        "\x00",
        "upload:\ud800",
        ["https://a.example"],
    ]
)


@every_dialect
@given(data=st.data())
def test_no_body_whatever_raises_anything_but_our_errors(dialect: Dialect, data: st.DataObject) -> None:
    """A wall either gives a valid order or one of our errors, and the error can be written."""
    fields = st.dictionaries(names_of_fields | st.text(max_size=5), hostile_values, max_size=5)
    body = data.draw(fields)
    if data.draw(st.booleans()):
        body["model"] = data.draw(st.sampled_from([offer.model for offer in CATALOG.of(dialect.name)]))
    if dialect.name in INSIDE and data.draw(st.booleans()):
        body["input"] = data.draw(fields)
    try:
        order = dialect.read_order(body, CATALOG)
    except OpenHorseError as error:
        answer = dialect.write_error(error)
        assert 400 <= answer.status < 500
        json.dumps(answer.body)
    else:
        assert 3 <= order.seconds <= 15


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_raw_bytes_are_json_or_malformed(raw: bytes) -> None:
    """Whatever arrives is read or refused."""
    try:
        read_json(raw)
    except MalformedRequest as error:
        assert "not valid JSON" in error.message


@pytest.mark.parametrize("raw", [b"[" * 100_000, b"1" * 10_000, b"NaN", b"-Infinity", b"\xff\xfe", b"", b'{"a":1}}'])
def test_hostile_json_is_malformed(raw: bytes) -> None:
    """Deep nesting, endless numbers, what only Python reads, wrong encodings."""
    with pytest.raises(MalformedRequest):
        read_json(raw)


def test_long_prompts_are_cut_like_the_origins() -> None:
    """5,000 code points, 2,500 when a Han character occurs; emoji count once; control characters go."""
    assert len(clean_prompt("a" * 100_000)) == PROMPT_LIMIT
    assert len(clean_prompt("海" + "a" * 100_000)) == HAN_PROMPT_LIMIT
    assert len(clean_prompt("🐎" * 6000)) == PROMPT_LIMIT
    assert clean_prompt("a\x00b\x07c\ud800\n\td") == "abc\n\td"
    assert clean_prompt("بحيرة جبلية") == "بحيرة جبلية"


def task(status: Status = Status.QUEUED, dialect: str = "hiapi", **changes: Any) -> Task:
    """A task in some state, with the facts that belong to it."""
    order = Order(
        dialect, TEXT, Mode.TEXT, "x", Tier.P720, 5, Ratio.R16_9, seed=7, echo={"storage": "temp", "route": "default"}
    )
    quote = Quote(700_000, 140_000, 5, "2026-11-21", "list price")
    facts: dict[str, Any] = {"finished_at": NOW + timedelta(seconds=30)} if status in FINAL else {}
    if status in (Status.SUCCEEDED, Status.EXPIRED):
        facts["expires_at"] = NOW + timedelta(days=7)
        facts["video"] = Video("films/a.mp4", 9, "0" * 64, 1280, 720, 120, 5.0, True, -16.0, -1.4, "procedural", 7, 3.0)
    if status is Status.FAILED:
        facts["failure"] = Failure("engine_failed", "the engine crashed", True)
    return replace(Task("tk-hiapi-X", "key_1", order, quote, status, 0.5, NOW, **facts), **changes)


link = Link(lambda video: f"https://films.example/{video.blob}", "https://here.example")
"""A stand-in for signed addresses."""


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (Status.QUEUED, "queued"),
        (Status.RUNNING, "handling"),
        (Status.STORING, "archiving"),
        (Status.SUCCEEDED, "success"),
        (Status.FAILED, "fail"),
        (Status.CANCELLED, "fail"),
        (Status.EXPIRED, "success"),
    ],
)
def test_hiapis_status_words(status: Status, word: str) -> None:
    """`completed` is 0 until the end; output only on success, error only on fail; route and storage echoed."""
    answer = hiapi.write_task(task(status), link)
    assert answer["status"] == word
    assert answer["completed"] == (int(NOW.timestamp()) + 30 if status in FINAL else 0)
    assert (answer["storage"], answer["route"]) == ("temp", "default")
    assert ("output" in answer) == (word == "success")
    assert ("error" in answer) == (word == "fail")


def test_hiapis_output_and_error_objects() -> None:
    """The exact objects of the vendor's detail page."""
    done = hiapi.write_task(task(Status.SUCCEEDED), link)
    expires = int((NOW + timedelta(days=7)).timestamp())
    assert done["output"] == [{"url": "https://films.example/films/a.mp4", "type": "video", "expireAt": expires}]
    failed = hiapi.write_task(task(Status.FAILED), link)
    assert failed["error"] == {"code": "TASK_FAILED", "message": "the engine crashed"}
    for code, word in [
        ("picture_refused", "INVALID_REQUEST"),
        ("picture_unreachable", "INVALID_REQUEST"),
        ("address_refused", "INVALID_REQUEST"),
        ("engine_timed_out", "TASK_TIMEOUT"),
        ("storage_failed", "STORAGE_UNAVAILABLE"),
        ("internal_error", "TASK_FAILED"),
    ]:
        answer = hiapi.write_task(task(Status.FAILED, failure=Failure(code, "m", False)), link)
        assert answer["error"]["code"] == word


def test_hiapis_callback_is_the_bare_task_signed_in_hex() -> None:
    """No envelope; HMAC-SHA256 over `timestamp.body`, lower-case hex."""
    body = hiapi.write_callback(task(Status.SUCCEEDED), link)
    assert json.loads(body) == hiapi.write_task(task(Status.SUCCEEDED), link)
    headers = hiapi.sign_callback(body, "secret", NOW)
    stamp = str(int(NOW.timestamp()))
    assert headers["X-HiAPI-Timestamp"] == stamp
    signed = hmac.new(b"secret", stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert headers["X-HiAPI-Signature"] == signed


def test_task_ids_tell_their_dialect_and_sort_by_time() -> None:
    """HiAPI's ids are 35 characters long; later ids are greater; no two are the same."""
    ids = [hiapi.new_task_id(NOW + timedelta(milliseconds=n)) for n in range(100)]
    assert ids == sorted(set(ids))
    assert all(len(name) == 35 and name.startswith("tk-hiapi-") for name in ids)
    assert native.new_task_id(NOW).startswith("task_")


def test_every_error_has_a_status_and_can_be_written() -> None:
    """No error of ours reaches a customer as anything but its dialect's shape."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, OpenHorseError)]
    for kind in kinds:
        error = kind("what happened", retry_after=5)
        assert http_status(error) >= 500 if kind.blame == "us" else http_status(error) >= 400
        for name in NAMES:
            answer = dialect_named(name).write_error(error)
            assert answer.headers["Retry-After"] == "5"
            assert "what happened" in json.dumps(answer.body)


def test_native_bodies_say_everything() -> None:
    """Every field of an order, and what each mode needs."""
    order = native.read_order(
        {
            "model": "happyhorse-1.0",
            "prompt": "[Image 1] walks",
            "references": ["https://a.example/1.png"],
            "resolution": "1080p",
            "ratio": "21:9",
            "seconds": 15,
            "seed": 2**31 - 1,
            "engine": "procedural",
            "watermark": True,
            "enhance": False,
            "callback": {"url": "https://a.example/hook"},
        },
        CATALOG,
    )
    assert (order.model, order.mode) == ("happyhorse-1.0/reference-to-video", Mode.REFERENCE)
    assert (order.tier, order.ratio, order.seconds, order.seed) == (Tier.P1080, Ratio.R21_9, 15, 2**31 - 1)
    assert (order.engine, order.watermark, order.enhance) == ("procedural", True, False)
    assert order.callback is not None
    assert native.read_order({"image": "https://a.example/1.png"}, CATALOG).mode is Mode.IMAGE
    assert native.read_order({"prompt": "x"}, CATALOG).ratio is Ratio.R16_9


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "prompt"),
        ({"prompt": "x", "seed": -1}, "seed"),
        ({"prompt": "x", "seed": 2**31}, "seed"),
        ({"prompt": "x", "watermark": "yes"}, "watermark"),
        ({"image": "https://a/1", "references": ["https://a/2"]}, "references"),
        ({"image": "https://a/1", "ratio": "1:1"}, "ratio"),
        ({"prompt": "x", "model": "happyhorse-1.1/image-to-video"}, "model"),
        ({"prompt": "x", "references": ["https://a/2"] * 10}, "references"),
        ({"prompt": "x", "callback": "https://a"}, "callback"),
        ({"prompt": "x", "colour": 1}, "colour"),
    ],
)
def test_native_refusals_name_their_field(body: dict[str, Any], field: str) -> None:
    """The field that is wrong is told apart from the message."""
    with pytest.raises(InvalidOrder) as caught:
        native.read_order(body, CATALOG)
    assert caught.value.field == field


addresses = st.integers(0, 99).map(lambda number: f"https://pictures.example/{number}.png")


@st.composite
def orders(draw: st.DrawFn, dialect: str) -> Order:
    """Any order that a customer of `dialect` can have made."""
    offer = draw(st.sampled_from(CATALOG.of(dialect)))
    pictures = draw(st.lists(addresses, min_size=offer.pictures[0], max_size=offer.pictures[1]))
    prompt = draw(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)).strip()
    return Order(
        dialect=dialect,
        model=offer.model,
        mode=offer.mode,
        prompt=prompt or ("x" if offer.prompt_required else ""),
        tier=draw(st.sampled_from(offer.tiers)),
        seconds=draw(st.integers(3, 15)),
        ratio=draw(st.sampled_from(offer.ratios)) if offer.ratios else None,
        pictures=tuple(pictures),
        seed=draw(st.none() | st.integers(max(offer.seed[0], 0), offer.seed[1])) if offer.seed else None,
        callback=draw(st.none() | st.just(Callback("https://customer.example/hook"))),
    )


@given(order=orders("hiapi"), storage=st.sampled_from(["temp", "persistent"]), routed=st.booleans())
def test_what_we_order_of_hiapi_we_read_as_hiapi(order: Order, storage: str, routed: bool) -> None:
    """Nothing is lost on the way through the body, also no word that is only echoed."""
    echo = {"storage": storage} | ({"route": "default"} if routed else {})
    order = replace(order, echo=echo)
    call = hiapi.write_order(order)
    assert (call.method, call.path, call.form) == ("POST", "/v1/tasks", None)
    assert hiapi.read_order(json.loads(json.dumps(call.body)), CATALOG) == order


@given(
    order=orders("native"),
    watermark=st.booleans(),
    engine=st.none() | st.just("procedural"),
    enhance=st.none() | st.booleans(),
)
def test_what_we_order_of_another_openhorse_we_read_as_one(
    order: Order, watermark: bool, engine: str | None, enhance: bool | None
) -> None:
    """Our own words say everything, the engine, the watermark and what may become of the prompt too."""
    order = replace(order, watermark=watermark, engine=engine, enhance=enhance)
    call = native.write_order(order)
    assert (call.method, call.path, call.form) == ("POST", "/openhorse/v1/tasks", None)
    assert native.read_order(json.loads(json.dumps(call.body)), CATALOG) == order


def test_a_seed_is_sent_only_to_the_hiapi_model_that_takes_it() -> None:
    """Every stored order has a seed, and HiAPI's 1.1 models refuse the field."""
    for offer in CATALOG.of("hiapi"):
        pictures = ("https://a.example/1.png",) * offer.pictures[0]
        order = Order("hiapi", offer.model, offer.mode, "x", Tier.P720, 5, offer.default_ratio, pictures, seed=7)
        assert ("seed" in hiapi.write_order(order).body["input"]) == (offer.seed is not None)


READ_STATUSES = {
    "hiapi": {Status.CANCELLED: Status.FAILED, Status.EXPIRED: Status.SUCCEEDED},
    "native": {Status.EXPIRED: Status.SUCCEEDED},
}
"""Where a vendor's word for a status is another status's too."""


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("dialect", [hiapi, native], ids=["hiapi", "native"])
def test_a_task_that_we_write_we_read(dialect: Any, status: Status) -> None:
    """Id, status, film and failure, of the answer to a query and of a callback."""
    made = task(status, dialect.name)
    written = dialect.write_task(made, link)
    bodies = [written, json.loads(dialect.write_callback(made, link))]
    if dialect is hiapi:
        bodies.append(hiapi.envelope(written))
    for body in bodies:
        report = dialect.read_task(body)
        assert (report.id, report.status) == (made.id, READ_STATUSES[dialect.name].get(status, status))
        assert report.film == (link(made.video) if made.video else None)
        if status is Status.FAILED:
            assert report.failure is not None
            assert (report.failure.message, report.failure.retry) == ("the engine crashed", True)
        else:
            assert (report.failure is not None) == (report.status is Status.FAILED)
    assert dialect.write_query(made.id) == Call("GET", f"{dialect.write_order(made.order).path}/{made.id}")


def test_failures_keep_their_sense() -> None:
    """The caller's fault stays the caller's; native keeps the very code."""
    for code, retry in [("picture_refused", False), ("engine_timed_out", True), ("storage_failed", True)]:
        failed = task(Status.FAILED, failure=Failure(code, "why", retry))
        told = hiapi.read_task(hiapi.write_task(failed, link)).failure
        assert told is not None
        assert (told.message, told.retry) == ("why", retry)
        assert native.read_task(native.write_task(failed, link)).failure == failed.failure


def test_hiapis_create_tells_only_an_id() -> None:
    """And that is a queued task."""
    report = hiapi.read_task(hiapi.envelope(hiapi.write_created(task())))
    assert (report.id, report.status, report.film) == ("tk-hiapi-X", Status.QUEUED, None)


@every_dialect
@given(body=json_values | st.dictionaries(st.sampled_from(["id", "taskId", "status", "data", "output"]), json_values))
def test_an_answer_that_says_nothing_is_the_upstreams_fault(dialect: Dialect, body: Any) -> None:
    """Whatever somebody else's server answers with a 200, it is a report or an UpstreamError."""
    try:
        report = dialect.read_task(body)
    except UpstreamError as error:
        assert error.message
    else:
        assert report.id
        assert report.status is not Status.EXPIRED


OUR_KEY, OUR_CALL = {401, 402, 403}, {405, 408, 415}
"""Statuses by which a vendor refuses us, or the way we called it, rather than the order."""


def kinds_of_error() -> list[type[OpenHorseError]]:
    """Every error there is."""
    return [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, OpenHorseError)]


@every_dialect
@pytest.mark.parametrize("kind", kinds_of_error(), ids=lambda kind: kind.__name__)
def test_a_refusal_that_we_write_we_read(dialect: Dialect, kind: type[OpenHorseError]) -> None:
    """The message stays whole; who is to blame stays, but a key or balance of ours there is no customer's fault."""
    answer = dialect.write_error(kind("what happened", retry_after=5))
    headers = {name.lower(): value for name, value in answer.headers.items()}
    read = dialect.read_error(answer.status, json.loads(json.dumps(answer.body)), headers)
    assert "what happened" in read.message
    usual = http_status(kind("what happened"))
    if usual in OUR_KEY:
        assert isinstance(read, UpstreamError)
    elif kind.blame == "caller" and usual not in OUR_CALL:
        assert (read.blame, read.retry) == ("caller", kind.retry)
        assert not read.retry or read.retry_after == 5
    elif usual not in OUR_CALL:
        assert read.retry


@every_dialect
@given(status=st.integers(400, 599), body=json_values, wait=st.text(max_size=5))
def test_any_refusal_is_one_of_our_errors(dialect: Dialect, status: int, body: Any, wait: str) -> None:
    """Pages of a proxy, empty bodies, wrong types: an error with a message, and 401 to 403 never the customer's."""
    for told in (
        body,
        {"error": body},
        {"message": body, "code": body, "error_code": body},
        "<html>Bad gateway</html>",
    ):
        read = dialect.read_error(status, told, {"retry-after": wait})
        assert isinstance(read, OpenHorseError)
        assert isinstance(read.message, str)
        assert read.message
        if status in (401, 402, 403):
            assert isinstance(read, UpstreamError)


def test_hiapis_other_envelope_is_read_too() -> None:
    """As the vendor's blog shows what its gateway answers."""
    told = {"error": {"type": "hiapi_error", "code": "rate_limit_exceeded", "message": "slow down", "request_id": "r"}}
    read = hiapi.read_error(429, told, {"retry-after": "7"})
    assert isinstance(read, errors.TooManyTasks)
    assert (read.message, read.retry_after) == ("slow down", 7)


@pytest.mark.parametrize("kind", [errors.PictureRefused, errors.UnknownModel, errors.Gone, errors.IdempotencyMismatch])
def test_another_openhorse_tells_the_very_error(kind: type[OpenHorseError]) -> None:
    """Our own words name the error and the field."""
    answer = native.write_error(kind("what happened", field="image"))
    read = native.read_error(answer.status, answer.body, {})
    assert (type(read), read.message, read.field) == (kind, "what happened", "image")
