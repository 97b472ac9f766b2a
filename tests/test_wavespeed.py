"""WaveSpeed's words: the page's own body, every refusal, what goes back, and both directions against each other."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhorse import errors
from openhorse.catalog import MICROS, load
from openhorse.dialects import Call, Link, wavespeed
from openhorse.errors import InvalidOrder, MalformedRequest, OpenHorseError, UnknownModel, UpstreamError
from openhorse.server.wavespeed_account import price_formula, write_models, write_price
from openhorse.vocabulary import FINAL, Callback, Failure, Mode, Order, Quote, Ratio, Status, Task, Tier, Video

CATALOG = load()
NOW = datetime(2026, 11, 21, 12, 0, 0, 7000, tzinfo=UTC)

TEXT, IMAGE, REFERENCE = (f"alibaba/happyhorse-1.1/{mode}" for mode in Mode)
OLD_IMAGE = "alibaba/happyhorse-1.0/image-to-video"
PICTURE = "https://pictures.example/a.png"


def read(model: str, body: Any, webhook: str | None = None) -> Order:
    """The order that a request means."""
    return wavespeed.read_order(wavespeed.gather(model, body, webhook), CATALOG)


def test_the_pages_own_body_gets_a_refusal_that_names_image() -> None:
    """The 1.1 image-to-video page's curl sends a resolution and a duration only, and its tables require image."""
    with pytest.raises(InvalidOrder) as caught:
        read(IMAGE, {"resolution": "720p", "duration": 5})
    assert (caught.value.field, caught.value.message) == ("image", "image is required")
    answer = wavespeed.write_error(caught.value)
    assert (answer.status, answer.body) == (400, {"code": 400, "message": "image is required", "data": None})


def test_the_pages_own_body_with_a_picture_is_read_as_it_stands() -> None:
    """No prompt is needed with a first frame, and the ratio is the picture's."""
    order = read(IMAGE, {"image": PICTURE, "resolution": "720p", "duration": 5})
    assert order == Order("wavespeed", IMAGE, Mode.IMAGE, "", Tier.P720, 5, pictures=(PICTURE,))


def test_defaults_are_the_documented_ones() -> None:
    """720p, 5 seconds, 16:9, a drawn seed, and neither switch."""
    for model, body in [(TEXT, {"prompt": "x"}), (REFERENCE, {"prompt": "x", "images": [PICTURE]})]:
        order = read(model, body)
        assert (order.tier, order.seconds, order.ratio, order.seed) == (Tier.P720, 5, Ratio.R16_9, None)
        assert (order.callback, order.echo) == (None, {})


def test_every_word_of_a_body_is_read() -> None:
    """The reference model with all its fields, a webhook and sync mode."""
    order = read(
        REFERENCE,
        {
            "prompt": " [Image 1] meets character2 ",
            "images": [PICTURE, "https://pictures.example/b.png"],
            "resolution": "480p",
            "aspect_ratio": "9:21",
            "duration": 15.0,
            "seed": 2**31 - 1,
            "enable_sync_mode": True,
        },
        "https://a.example/hook",
    )
    assert (order.prompt, len(order.pictures)) == ("[Image 1] meets character2", 2)
    assert (order.tier, order.ratio, order.seconds, order.seed) == (Tier.P480, Ratio.R9_21, 15, 2**31 - 1)
    assert (order.callback, order.echo) == (Callback("https://a.example/hook"), {"enable_sync_mode": "true"})


def test_what_the_vendor_tolerates_is_tolerated() -> None:
    """Unknown fields, a ratio beside a first frame, null for a field that is not given, and -1 for a drawn seed."""
    body = {"image": PICTURE, "aspect_ratio": "2:1", "prompt": None, "seed": -1, "negative_prompt": "x", "loras": [{}]}
    assert read(IMAGE, body) == read(IMAGE, {"image": PICTURE})
    assert read(TEXT, {"prompt": "character9 and [Image 3]"}).prompt == "character9 and [Image 3]"


REFUSED = [
    (IMAGE, {"image": ""}, "image", "at least 1"),
    (IMAGE, {"image": None}, "image", "image is required"),
    (IMAGE, {"image": [PICTURE]}, "image", "valid string"),
    (TEXT, {}, "prompt", "prompt is required"),
    (TEXT, {"prompt": " \x00"}, "prompt", "must not be empty"),
    (TEXT, {"prompt": 5}, "prompt", "valid string"),
    (TEXT, {"prompt": "x" * 2501}, "prompt", "at most 2500 characters long, not 2501"),
    (IMAGE, {"image": PICTURE, "prompt": "x" * 2501}, "prompt", "at most 2500 characters long, not 2501"),
    (TEXT, {"prompt": "x", "resolution": "720P"}, "resolution", "'480p', '720p' or '1080p'"),
    (OLD_IMAGE, {"image": PICTURE, "resolution": "480p"}, "resolution", "'720p' or '1080p'"),
    (TEXT, {"prompt": "x", "aspect_ratio": "2:1"}, "aspect_ratio", "'9:21' or '21:9'"),
    (TEXT, {"prompt": "x", "duration": 2}, "duration", "greater than or equal to 3"),
    (TEXT, {"prompt": "x", "duration": 16}, "duration", "less than or equal to 15"),
    (TEXT, {"prompt": "x", "duration": 10**400}, "duration", "less than or equal to 15"),
    (TEXT, {"prompt": "x", "duration": "5"}, "duration", "valid integer"),
    (TEXT, {"prompt": "x", "duration": True}, "duration", "valid integer"),
    (TEXT, {"prompt": "x", "seed": -2}, "seed", "greater than or equal to -1"),
    (TEXT, {"prompt": "x", "seed": 2**31}, "seed", "less than or equal to 2147483647"),
    (TEXT, {"prompt": "x", "enable_sync_mode": "true"}, "enable_sync_mode", "valid boolean"),
    (REFERENCE, {"prompt": "x"}, "images", "images is required"),
    (REFERENCE, {"prompt": "x", "images": []}, "images", "at least 1 item"),
    (REFERENCE, {"prompt": "x", "images": [PICTURE] * 10}, "images", "at most 9 items"),
    (REFERENCE, {"prompt": "x", "images": PICTURE}, "images", "valid list"),
    (REFERENCE, {"prompt": "图3 walks", "images": [PICTURE]}, "prompt", "图3, but 1 reference picture came"),
]


@pytest.mark.parametrize(("model", "body", "field", "message"), REFUSED, ids=[row[3] for row in REFUSED])
def test_a_refusal_says_what_is_wrong_and_what_is_allowed(
    model: str, body: dict[str, Any], field: str, message: str
) -> None:
    """Each names its field, and is a 400 in the envelope."""
    with pytest.raises(InvalidOrder) as caught:
        read(model, body)
    assert (caught.value.field or "").split(".")[0] == field
    assert message in caught.value.message
    assert wavespeed.write_error(caught.value).status == 400


def test_base64_output_excludes_a_callback() -> None:
    """The vendor's page: such a request is a 400; each alone is fine."""
    body = {"prompt": "x", "enable_base64_output": True}
    assert read(TEXT, body).echo == {"enable_base64_output": "true"}
    with pytest.raises(InvalidOrder, match="webhook cannot be combined with enable_base64_output"):
        read(TEXT, body, "https://a.example/hook")


@pytest.mark.parametrize(
    "model", ["sora-2", "alibaba/happyhorse-1.0/video-edit", "alibaba/happyhorse-1.1/video-extend", "a\ud800b"]
)
def test_an_unknown_model_is_a_404_that_lists_what_exists(model: str) -> None:
    """Video-edit and video-extend among them."""
    with pytest.raises(UnknownModel, match=r"available: .*alibaba/happyhorse-1\.1/text-to-video") as caught:
        read(model, {"prompt": "x"})
    answer = wavespeed.write_error(caught.value)
    assert (answer.status, answer.body["code"]) == (404, 404)


@pytest.mark.parametrize("body", [None, [], "x", 5, True, [{}]])
def test_a_body_that_is_no_object_is_malformed(body: Any) -> None:
    """Whatever else JSON can be."""
    with pytest.raises(MalformedRequest, match="JSON object"):
        read(TEXT, body)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from(list(wavespeed.body_model(CATALOG.offer("wavespeed", REFERENCE)).model_fields))


@given(
    model=st.sampled_from([TEXT, IMAGE, REFERENCE]),
    body=st.dictionaries(fields | st.text(max_size=5), json_values | st.just([PICTURE]), max_size=8),
    webhook=st.none() | st.text(max_size=9),
)
def test_no_body_whatever_raises_anything_but_our_errors(model: str, body: dict[str, Any], webhook: str | None) -> None:
    """A wall either gives a valid order or a refusal that can be written."""
    try:
        order = read(model, body, webhook)
    except OpenHorseError as error:
        answer = wavespeed.write_error(error)
        assert 400 <= answer.status < 500
        json.dumps(answer.body)
    else:
        assert 3 <= order.seconds <= 15


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """Any order that this vendor's catalog allows; prompts as they are kept: trimmed, without control characters."""
    offer = draw(st.sampled_from(CATALOG.of("wavespeed")))
    count = draw(st.integers(*offer.pictures))
    words = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=40).map(str.strip)
    base64 = draw(st.booleans())
    return Order(
        dialect="wavespeed",
        model=offer.model,
        mode=offer.mode,
        prompt=draw(words.map(lambda text: f"a {text}".strip()) if offer.prompt_required else words),
        tier=draw(st.sampled_from(offer.tiers)),
        seconds=draw(st.integers(3, 15)),
        ratio=draw(st.sampled_from(offer.ratios)) if offer.ratios else None,
        pictures=tuple(f"https://pictures.example/{number}.png" for number in range(count)),
        seed=draw(st.none() | st.integers(0, 2**31 - 1)),
        callback=None if base64 else draw(st.none() | st.just(Callback("https://a.example/hook?x=1&y=%20"))),
        echo={wavespeed.BASE64: "true"} if base64 else draw(st.sampled_from([{}, {wavespeed.SYNC: "true"}])),
    )


def arrived(call: Call) -> dict[str, Any]:
    """What the routes gather of a call."""
    assert (call.method, call.path[:8]) == ("POST", "/api/v3/")
    return wavespeed.gather(call.path[8:], json.loads(json.dumps(call.body)), call.query.get("webhook"))


@given(orders())
def test_what_we_order_as_a_customer_we_read_as_the_vendor(order: Order) -> None:
    """All of an order but its engine and watermark."""
    try:
        assert wavespeed.read_order(arrived(wavespeed.write_order(order)), CATALOG) == order
    except InvalidOrder as error:
        assert "reference picture" in error.message  # a drawn prompt named a picture by chance


def task(status: Status = Status.QUEUED, **changes: Any) -> Task:
    """A task in some state, with the facts that belong to it."""
    order = Order("wavespeed", TEXT, Mode.TEXT, "a lake", Tier.P720, 5, Ratio.R16_9, seed=7)
    quote = Quote(700_000, 140_000, 5, "2026-11-21", "list price")
    facts: dict[str, Any] = {}
    if status in FINAL:
        facts |= {"started_at": NOW + timedelta(seconds=10), "finished_at": NOW + timedelta(seconds=30)}
    if status in (Status.SUCCEEDED, Status.EXPIRED):
        facts["expires_at"] = NOW + timedelta(days=7)
        facts["video"] = Video(
            "films/a.mp4", 9, "0" * 64, 1280, 720, 120, 5.0, True, -16.0, -1.4, "procedural", 7, 3.25
        )
    if status is Status.FAILED:
        facts["failure"] = Failure("engine_failed", "the engine crashed", True)
    return replace(Task(wavespeed.new_task_id(NOW), "key_1", order, quote, status, 0.5, NOW, **facts), **changes)


LINK = Link(lambda video: f"https://films.example/{video.blob}", "https://films.example")

WORDS: Mapping[Status, tuple[str, str, int]] = {
    Status.QUEUED: ("created", "", 0),
    Status.RUNNING: ("processing", "", 0),
    Status.STORING: ("processing", "", 0),
    Status.SUCCEEDED: ("completed", "", 0),
    Status.EXPIRED: ("completed", "", 0),
    Status.FAILED: ("failed", "the engine crashed", 5000),
    Status.CANCELLED: ("cancelled", "cancelled", 1405),
}


@pytest.mark.parametrize("status", list(Status))
def test_the_prediction_object_is_the_documented_one(status: Status) -> None:
    """Every field of the page's response table, in every status."""
    made = task(status)
    there = status in (Status.SUCCEEDED, Status.EXPIRED)
    word, error, code = WORDS[status]
    assert wavespeed.write_task(made, LINK) == {
        "id": made.id,
        "model": TEXT,
        "input": {"prompt": "a lake", "resolution": "720p", "aspect_ratio": "16:9", "duration": 5, "seed": 7},
        "outputs": ["https://films.example/films/a.mp4"] if there else [],
        "urls": {"get": f"https://films.example/api/v3/predictions/{made.id}/result"},
        "has_nsfw_contents": [False] if there else [],
        "status": word,
        "created_at": "2026-11-21T12:00:00.007Z",
        "error": error,
        "code": code,
        "executionTime": 20_000 if status in FINAL else 0,
        "timings": {"inference": 3250 if there else 0},
    }


def test_an_uploaded_picture_is_named_so_that_it_can_be_ordered_again() -> None:
    """Our inner name for it stays inside; a first frame stands in image, references in images."""
    order = Order("wavespeed", IMAGE, Mode.IMAGE, "", Tier.P720, 5, pictures=("blob:abc",))
    assert wavespeed.write_input(order) == {"image": "upload:abc", "resolution": "720p", "duration": 5}
    order = Order("wavespeed", REFERENCE, Mode.REFERENCE, "x", Tier.P720, 5, Ratio.R1_1, pictures=("blob:a", PICTURE))
    assert wavespeed.write_input(order)["images"] == ["upload:a", PICTURE]


def test_failure_numbers_tell_whether_a_retry_helps() -> None:
    """1xxx is for the customer to correct, 5xxx for later; 5004 is never a failure, since the SDKs read on then."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, OpenHorseError)]
    for kind in kinds:
        failed = task(Status.FAILED, failure=Failure(kind.code, "why", kind.retry))
        number = wavespeed.write_task(failed, LINK)["code"]
        assert number in (1200, 1401, 1402, 1403, 5000, 5003)
        assert kind.code == "picture_unreachable" or (number >= 5000) == kind.retry
    unreachable = task(Status.FAILED, failure=Failure("picture_unreachable", "why", True))
    assert wavespeed.write_task(unreachable, LINK)["code"] == 1402


@given(
    status=st.sampled_from(Status),
    kind=st.sampled_from(
        [errors.PictureRefused, errors.PictureUnreachable, errors.EngineFailed, errors.EngineTimedOut]
    ),
    message=st.text(min_size=1),
)
def test_what_we_answer_as_the_vendor_we_read_as_a_customer(
    status: Status, kind: type[OpenHorseError], message: str
) -> None:
    """Id, status, film, and a failure with its words and whether to retry; a cancel is one too."""
    made = task(status)
    if status is Status.FAILED:
        made = replace(made, failure=Failure(kind.code, message, kind.retry))
    body = json.loads(json.dumps(wavespeed.envelope(wavespeed.write_task(made, LINK))))
    report = wavespeed.read_task(body)
    assert report == wavespeed.read_task(body["data"])
    same = {Status.STORING: Status.RUNNING, Status.EXPIRED: Status.SUCCEEDED}
    assert (report.id, report.status) == (made.id, same.get(status, status))
    assert report.film == ("https://films.example/films/a.mp4" if made.video else None)
    assert (report.failure is not None) == (status in (Status.FAILED, Status.CANCELLED))
    if status is Status.FAILED:
        assert report.failure is not None
        assert (report.failure.message, report.failure.retry) == (message, kind.retry)


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "ok",
        {},
        {"data": None},
        {"data": {"id": "a"}},
        {"data": {"id": "", "status": "created"}},
        {"data": {"id": "a", "status": "sleeping"}},
        {"data": {"id": "a", "status": ["created"]}},
        {"data": {"id": "a", "status": "completed"}},
        {"data": {"id": "a", "status": "completed", "outputs": []}},
        {"data": {"id": "a", "status": "completed", "outputs": ["AAAA"]}},
        {"data": {"id": "a", "status": "completed", "outputs": [{"url": 5}]}},
    ],
)
def test_an_answer_without_a_prediction_is_the_upstreams_fault(body: Any) -> None:
    """Nobody waits for ever for what cannot be read."""
    with pytest.raises(UpstreamError):
        wavespeed.read_task(body)


@given(json_values)
def test_no_answer_whatever_breaks_the_reader(body: Any) -> None:
    """A report, or the upstream's fault."""
    for answer in (body, {"data": {"id": "a", "status": "failed", "code": body, "error": body}}):
        try:
            wavespeed.read_task(answer)
        except UpstreamError as error:
            assert "prediction" in error.message


def test_words_that_only_the_sdks_know_are_read() -> None:
    """A time-out may be tried again, a deleted prediction is a cancelled one."""
    late = wavespeed.read_task({"data": {"id": "a", "status": "timeout"}})
    assert (late.status, late.failure) == (Status.FAILED, Failure("engine_timed_out", "timeout", True))
    assert wavespeed.read_task({"data": {"id": "a", "status": "deleted"}}).status is Status.CANCELLED


def test_every_refusal_comes_back_with_its_blame_and_its_words() -> None:
    """An order's fault stays one; a wrong key or empty balance of ours there is the upstream's; waits stay told."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, OpenHorseError)]
    ours_there = {"missing_key", "wrong_key", "not_permitted", "insufficient_balance", "wrong_method"}
    ours_there |= {"wrong_content_type", "request_timed_out", "budget_exceeded"}
    for kind in kinds:
        answer = wavespeed.write_error(kind("what happened", retry_after=5))
        headers = {name.lower(): value for name, value in answer.headers.items()}
        error = wavespeed.read_error(answer.status, json.loads(json.dumps(answer.body)), headers)
        if kind.blame != "caller" or kind.code in ours_there:
            assert isinstance(error, UpstreamError) or (error.retry and kind.retry)
        else:
            assert (error.blame, error.retry) == ("caller", kind.retry or answer.status == 409)
        assert (error.message, error.retry_after) == ("what happened", 5)
    assert wavespeed.read_error(400, {"error": "a gateway's word"}, {}).message == "a gateway's word"
    assert wavespeed.read_error(502, "<html>", {}).message == "<html>"
    assert "502" in wavespeed.read_error(502, {"message": 5}, {}).message


def documented_check(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """The steps of WaveSpeed's page on verifying webhooks, written from the page and not from our code."""
    if abs(now.timestamp() - int(headers["webhook-timestamp"])) > 300:
        return False
    version, _, signature = headers["webhook-signature"].partition(",")
    key = secret[len("whsec_") :] if secret.startswith("whsec_") else secret
    content = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    return version == "v3" and hmac.new(key.encode(), content, hashlib.sha256).hexdigest() == signature


def test_the_callback_is_the_bare_prediction_signed_as_documented() -> None:
    """The secret's text after whsec_ is the key, also where it looks like base64; id and signature stay the same."""
    made = task(Status.SUCCEEDED)
    body = wavespeed.write_callback(made, LINK)
    assert json.loads(body) == wavespeed.write_task(made, LINK)
    for secret in ("whsec_c2VjcmV0IGtleQ==", "a secret of the operator's"):
        headers = wavespeed.sign_callback(body, secret, NOW)
        assert headers["webhook-id"] == made.id
        assert documented_check(secret, headers, body, NOW)
        assert not documented_check(secret + "x", headers, body, NOW)
        assert not documented_check(secret, headers, body + b" ", NOW)
        assert not documented_check(secret, headers, body, NOW + timedelta(seconds=301))
    odd = replace(made, order=replace(made.order, mode=Mode.IMAGE, pictures=("https://a.example/\ud800",)))
    json.loads(wavespeed.write_callback(odd, LINK))


def test_callbacks_are_repeated_three_times_within_twenty_minutes() -> None:
    """At once, then after growing pauses."""
    pauses = wavespeed.callback_gaps[1:]
    assert (wavespeed.callback_gaps[0], len(pauses)) == (0, 3)
    assert len({later / earlier for earlier, later in pairwise(pauses)}) == 1
    assert sum(pauses) < 20 * 60


def test_a_sync_request_that_waited_in_vain_is_told_apart_from_a_failure() -> None:
    """5004, the status and the words that both SDKs look for, and where to ask on."""
    still = wavespeed.write_still_running(task(Status.QUEUED), LINK, 300.0)
    assert (still["code"], still["status"], still["outputs"]) == (5004, "processing", [])
    assert still["error"].startswith("Sync mode timed out after 300 seconds")
    assert still["urls"]["get"] in still["error"]


def test_ids_are_32_hexadecimal_digits_that_sort_by_time() -> None:
    """As the vendor's look, and the CLI's own SDK finds ids of these letters only in an error's text."""
    ids = [wavespeed.new_task_id(NOW + timedelta(milliseconds=n)) for n in range(100)]
    assert ids == sorted(set(ids))
    assert all(re.fullmatch("[0-9a-f]{32}", name) for name in ids)


@pytest.mark.parametrize(
    ("model", "inputs", "dollars"),
    [
        (IMAGE, {}, 0.7),
        (IMAGE, {"resolution": "1080p"}, 0.945),
        (IMAGE, {"resolution": "720p", "duration": 10}, 1.4),
        (IMAGE, {"resolution": "1080p", "duration": 10}, 1.89),
        (OLD_IMAGE, {"resolution": "1080p", "duration": 5}, 1.4),
        (TEXT, {"prompt": 5, "duration": 3, "resolution": "480p"}, 0.21),
    ],
)
def test_prices_are_those_of_the_page(model: str, inputs: dict[str, Any], dollars: float) -> None:
    """The page's four examples among them; fields that cost nothing are not looked at."""
    told = write_price(model, inputs, CATALOG)
    assert (told["unit_price"], told["price"], told["discounted_price"], told["currency"]) == (*[dollars] * 3, "USD")


@pytest.mark.parametrize("inputs", [{"resolution": "4k"}, {"duration": 2}, {"duration": "5"}])
def test_a_price_is_asked_in_the_models_own_words(inputs: dict[str, Any]) -> None:
    """What the model would refuse has no price, and the refusal says which input it is."""
    with pytest.raises(InvalidOrder, match=r"inputs\.(resolution|duration)"):
        write_price(IMAGE, inputs, CATALOG)


def test_the_formula_gives_the_quotes_price() -> None:
    """For every tier and length of every model; evaluated here by its two parts, per second and rounding."""
    for offer in CATALOG.of("wavespeed"):
        match = re.fullmatch(
            r"\$round\(\$lookup\((\{.*\}), resolution \? resolution : \"(\w+)\"\) "
            r"\* \(duration \? duration : 5\)\) / 1000000",
            price_formula(offer),
        )
        assert match, price_formula(offer)
        per_second = json.loads(match[1])
        assert match[2] == "720p"
        for tier in offer.tiers:
            for seconds in range(3, 16):
                quote = CATALOG.quote(Order("wavespeed", offer.model, offer.mode, "", tier, seconds))
                assert round(per_second[tier.value] * seconds) / MICROS == quote.micros / MICROS


def test_models_tell_their_schemas() -> None:
    """Types, bounds, defaults and order, as the CLI prints them; the first fields stand as in the page's table."""
    models = {model["model_id"]: model for model in write_models(CATALOG)}
    assert set(models) == {f"alibaba/happyhorse-1.{n}/{mode}" for n in (0, 1) for mode in Mode}
    assert (models[IMAGE]["type"], models[IMAGE]["base_price"]) == ("image-to-video", 0.7)
    schema = models[IMAGE]["api_schema"]["api_schemas"][0]["request_schema"]
    assert schema["x-order-properties"][:5] == ["prompt", "image", "resolution", "duration", "seed"]
    assert schema["required"] == ["image"]
    properties = schema["properties"]
    assert properties["resolution"]["enum"] == ["480p", "720p", "1080p"]
    assert [properties["duration"][key] for key in ("type", "minimum", "maximum", "default")] == ["integer", 3, 15, 5]
    assert [properties["seed"][key] for key in ("minimum", "maximum")] == [-1, 2**31 - 1]
    assert properties["prompt"]["maxLength"] == 2500
    images = models[REFERENCE]["api_schema"]["api_schemas"][0]["request_schema"]["properties"]["images"]
    assert (images["type"], images["items"]["type"], images["minItems"], images["maxItems"]) == (
        "array",
        "string",
        1,
        9,
    )
    assert "aspect_ratio" in models[TEXT]["api_schema"]["api_schemas"][0]["request_schema"]["properties"]
