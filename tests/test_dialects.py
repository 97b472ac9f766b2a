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
from openhorse.dialects import NAMES, Dialect, dialect_named, hiapi, native
from openhorse.dialects.fields import HAN_PROMPT_LIMIT, PROMPT_LIMIT, clean_prompt, read_json
from openhorse.dialects.refusals import http_status
from openhorse.errors import InvalidOrder, MalformedRequest, OpenHorseError, UnknownModel
from openhorse.vocabulary import FINAL, Failure, Mode, Order, Quote, Ratio, Status, Task, Tier, Video

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


@pytest.mark.parametrize("dialect", [dialect_named(name) for name in NAMES], ids=NAMES)
def test_unknown_models_are_listed(dialect: Dialect) -> None:
    """The refusal lists what exists."""
    with pytest.raises(UnknownModel, match=r"available: happyhorse-1\.1/text-to-video"):
        dialect.read_order(
            {"model": "sora-2", "input": {"prompt": "x"}, "prompt": "x"}
            if dialect.name == "hiapi"
            else {"model": "sora-2", "prompt": "x"},
            CATALOG,
        )


@pytest.mark.parametrize("dialect", [dialect_named(name) for name in NAMES], ids=NAMES)
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
names_of_fields = st.sampled_from(
    ["model", "input", "prompt", "callback", "route", "storage", "duration", "image_urls", "references", "seconds"]
)


@pytest.mark.parametrize("dialect", [dialect_named(name) for name in NAMES], ids=NAMES)
@given(body=st.dictionaries(names_of_fields | st.text(max_size=5), json_values | st.just(TEXT), max_size=6))
def test_no_body_whatever_raises_anything_but_our_errors(dialect: Dialect, body: dict[str, Any]) -> None:
    """A wall either gives a valid order or one of our errors, and the error can be written."""
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


def link(video: Video) -> str:
    """A stand-in for a signed address."""
    return f"https://films.example/{video.blob}"


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
            assert answer.headers == {"Retry-After": "5"}
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
            "callback": {"url": "https://a.example/hook"},
        },
        CATALOG,
    )
    assert (order.model, order.mode) == ("happyhorse-1.0/reference-to-video", Mode.REFERENCE)
    assert (order.tier, order.ratio, order.seconds, order.seed) == (Tier.P1080, Ratio.R21_9, 15, 2**31 - 1)
    assert (order.engine, order.watermark) == ("procedural", True)
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


def test_the_native_callback_verifies_as_a_standard_webhook() -> None:
    """Base64 HMAC over `id.timestamp.body`, with a whsec_ secret decoded and any other taken as it is."""
    body = native.write_callback(task(Status.SUCCEEDED, "native"), link)
    for secret, key in [("whsec_c2VjcmV0IGtleQ==", b"secret key"), ("plain", b"plain")]:
        headers = native.sign_callback(body, secret, NOW)
        signed = f"tk-hiapi-X.{int(NOW.timestamp())}.".encode() + body
        expected = hmac.new(key, signed, hashlib.sha256).digest()
        import base64

        assert headers["webhook-signature"] == "v1," + base64.b64encode(expected).decode()
