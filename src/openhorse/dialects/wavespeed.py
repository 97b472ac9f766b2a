"""WaveSpeed's v3 API: its create request in, an Order out; a Task in, its prediction object out. No I/O.

The model stands in the path, the callback's address in the query: `gather` puts them beside the flat body, and
`read_order` reads `{"model": "alibaba/…", "input": {…the body…}, "webhook": "https://…" or None}`.

Sources: WaveSpeed's HappyHorse 1.1 and 1.0 image-to-video pages; its pages on error codes, webhooks and their
verification, sync mode, base64 output, pricing, predictions and deletion; the wavespeed Python SDK 2.0.5, npm's
wavespeed 0.3.2 and @wavespeed/cli 0.2.2. Choices where they leave room or contradict each other:
- image-to-video needs no prompt (the page's two tables disagree); a prompt of more than 2,500 characters is refused;
- `seed` is -1, which draws one as leaving it out does, to 2147483647; `input` tells the seed that was drawn;
- unknown fields are ignored, and so is `aspect_ratio` beside a first frame; null is the same as leaving a field out;
- an unknown model is a 404, as is an unknown prediction: the SDKs show status and text of both;
- base64 output is bare base64, and refused together with a callback, both as the vendor's page says;
- `data.code` is 0 while nothing failed. 5004 says nothing but that a sync request has waited long enough: the SDKs
  take it for "still running", so an engine that exceeded its time is 5000;
- what moderation refuses is 1200, a failed task's `code` and, beside 400, a refusal's `error_code`;
- a cancelled task is `cancelled` (the SDKs know the word, the pages do not); an expired one keeps `completed` and its
  link, which answers 410;
- a picture that the customer uploaded stands in `input` as `upload:<sha256>`, which can be ordered with again;
- three repetitions of a callback, each four times as long after the one before, the last within 20 minutes.
  `webhook-id` is the prediction's id. A key without a signing secret gets them unsigned; asking for one makes it.
The vendor has no words for the engine and the watermark of an order.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal

from annotated_types import Len
from pydantic import AfterValidator, BaseModel, Field, create_model, model_validator

from openhorse.catalog import DEFAULT_SECONDS, LONGEST_SECONDS, SHORTEST_SECONDS, Catalog, Offer
from openhorse.dialects import Answer, Call, Link, Report
from openhorse.dialects.fields import Tolerant, check_mentions, read_object, short_prompt, validated, whole_number
from openhorse.dialects.refusals import error_of, http_status, retry_headers
from openhorse.errors import ContentRefused, InvalidOrder, OpenHorseError, UnknownModel, UpstreamError
from openhorse.vocabulary import Callback, Failure, Mode, Order, Ratio, Status, Task, Tier

name = "wavespeed"

callback_gaps = (0, 50, 200, 800)
"""Our own figures for the vendor's three repetitions with growing pauses within 20 minutes."""

media_faults_fail_the_task = False

PROMPT_LIMIT = 2500
"""Characters of a prompt; more are refused."""

DRAW_SEED = -1

SECRET_PREFIX = "whsec_"
"""Before every signing secret that is shown; what follows it is the key, as it stands."""

SYNC, BASE64 = "enable_sync_mode", "enable_base64_output"
"""The switches that every model takes; an order echoes those that are on."""

SYNC_TIMED_OUT = 5004

STATUS_WORDS = {
    Status.QUEUED: "created",
    Status.RUNNING: "processing",
    Status.STORING: "processing",
    Status.SUCCEEDED: "completed",
    Status.EXPIRED: "completed",
    Status.FAILED: "failed",
    Status.CANCELLED: "cancelled",
}

_STATUSES = {
    "created": Status.QUEUED,
    "processing": Status.RUNNING,
    "completed": Status.SUCCEEDED,
    "failed": Status.FAILED,
    "timeout": Status.FAILED,
    "cancelled": Status.CANCELLED,
    "deleted": Status.CANCELLED,
}
"""The documented words and those that only the SDKs know."""

_FAILURE_NUMBERS = {
    "content_refused": 1200,
    "invalid_order": 1401,
    "no_engine": 1401,
    "picture_refused": 1401,
    "address_refused": 1401,
    "unknown_model": 1401,
    "picture_unreachable": 1402,
    "upstream_error": 5003,
    "engine_unavailable": 5003,
    "spending_cap_reached": 5003,
    "storage_failed": 5003,
    "storage_full": 5003,
}
"""`data.code` by our failure's code; any other is 5000 where a retry may help, 1403 where it will not."""

_CANCELLED = 1405

_FAILURES = {
    1200: ("content_refused", False),
    1400: ("invalid_order", False),
    1401: ("invalid_order", False),
    1402: ("picture_unreachable", True),
    1403: ("engine_failed", False),
    1405: ("engine_failed", False),
    5000: ("internal_error", True),
    5003: ("upstream_error", True),
    5004: ("engine_timed_out", True),
}
"""Our failure's code, and whether to try again, by `data.code` (WaveSpeed's page on error codes)."""

_PICTURE_FIELD = {Mode.IMAGE: "image", Mode.REFERENCE: "images"}

_OURS, _UPLOADED = "blob:", "upload:"
"""How an order names a picture that we hold, and how its customer may name it."""

_ADDRESSES = ("http://", "https://", "data:")


class WithoutNulls(Tolerant):
    """A tolerant object in which null is the same as leaving the field out."""

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {field: given for field, given in value.items() if given is not None}


def _printable(text: str) -> str:
    return "".join(filter(str.isprintable, text))


Line = Annotated[str, AfterValidator(_printable)]
"""Text without what no database and no header takes: control characters and lone surrogates."""


def new_task_id(now: datetime) -> str:
    """32 hexadecimal digits: 12 of the time in milliseconds, 20 drawn."""
    return f"{int(now.timestamp() * 1000):012x}{secrets.token_hex(10)}"


def gather(model: str, body: Any, webhook: str | None) -> dict[str, Any]:
    """What `read_order` reads, of the path's end, the parsed body and the query's `webhook`."""
    return {"model": model, "input": body, "webhook": webhook}


@cache
def priced_model(offer: Offer) -> type[BaseModel]:
    """The fields of the create body that its price depends on."""
    tiers = tuple(tier.value for tier in offer.tiers)
    fields: dict[str, Any] = {
        "resolution": (Literal[tiers], Field(offer.default_tier.value, description="Output video resolution.")),
        "duration": (
            whole_number(SHORTEST_SECONDS, LONGEST_SECONDS),
            Field(DEFAULT_SECONDS, description="Length of the video in whole seconds."),
        ),
    }
    model: type[BaseModel] = create_model("WavespeedPriced" + _title(offer), __base__=WithoutNulls, **fields)
    return model


@cache
def body_model(offer: Offer) -> type[BaseModel]:
    """The create body of one model, its limits and defaults from the catalog, in the order of the vendor's table."""
    fields: dict[str, Any] = {"prompt": (str, _prompt_field(offer))}
    if offer.mode in _PICTURE_FIELD:
        fields[_PICTURE_FIELD[offer.mode]] = _picture_field(offer)
    priced = priced_model(offer).model_fields
    fields["resolution"] = (priced["resolution"].annotation, priced["resolution"])
    if offer.ratios:
        ratios = tuple(ratio.value for ratio in offer.ratios)
        fields["aspect_ratio"] = (Literal[ratios], Field(offer.ratios[0].value, description="Width to height."))
    fields["duration"] = (priced["duration"].annotation, priced["duration"])
    if offer.seed is not None:
        seed = Field(DRAW_SEED, description="The same seed makes the same film; -1 draws one.")
        fields["seed"] = (whole_number(*offer.seed), seed)
    fields[SYNC] = (bool, Field(False, description="Answer only when the video is there."))
    fields[BASE64] = (bool, Field(False, description="Give the video's bytes as base64 instead of a link."))
    model: type[BaseModel] = create_model("Wavespeed" + _title(offer), __base__=WithoutNulls, **fields)
    return model


def _title(offer: Offer) -> str:
    return "".join(part.capitalize() for part in offer.mode.value.split("-"))


def _prompt_field(offer: Offer) -> Any:
    limit: Any = {"maxLength": PROMPT_LIMIT}
    if offer.prompt_required:
        return Field(description="What the video shows.", json_schema_extra=limit)
    return Field("", description="How the picture should move.", json_schema_extra=limit)


def _picture_field(offer: Offer) -> tuple[Any, Any]:
    limits = offer.picture_limits
    text = f"{', '.join(limits.formats)}, at least {limits.shortest_side} pixels, up to {limits.bytes // 10**6} MB."
    address = Annotated[str, Len(1)]
    if offer.mode is Mode.IMAGE:
        return address, Field(description=f"Address of the first frame: {text}")
    return Annotated[list[address], Len(*offer.pictures)], Field(description=f"Addresses of the references: {text}")


def read_order(body: Any, catalog: Catalog) -> Order:
    """The order in what `gather` made. Raises MalformedRequest, UnknownModel or InvalidOrder."""
    whole = read_object(body)
    model = whole.get("model")
    if not isinstance(model, str) or not model:
        raise InvalidOrder("model is required and must be a string", field="model")
    offer = catalog.offer(name, model)
    asked: Any = validated(body_model(offer), read_object(whole.get("input")))
    prompt = short_prompt(asked.prompt, PROMPT_LIMIT)
    if offer.prompt_required and not prompt:
        raise InvalidOrder("prompt must not be empty", field="prompt")
    pictures = _pictures(asked, offer.mode)
    if offer.mode is Mode.REFERENCE:
        check_mentions(prompt, len(pictures))
    ratio = getattr(asked, "aspect_ratio", None)
    seed = getattr(asked, "seed", DRAW_SEED)
    return Order(
        dialect=name,
        model=offer.model,
        mode=offer.mode,
        prompt=prompt,
        tier=Tier(asked.resolution),
        seconds=asked.duration,
        ratio=Ratio(ratio) if ratio else None,
        pictures=pictures,
        seed=None if seed == DRAW_SEED else seed,
        callback=_callback(whole.get("webhook"), getattr(asked, BASE64)),
        echo={switch: "true" for switch in (SYNC, BASE64) if getattr(asked, switch)},
    )


def _pictures(asked: Any, mode: Mode) -> tuple[str, ...]:
    if mode is Mode.TEXT:
        return ()
    given = getattr(asked, _PICTURE_FIELD[mode])
    return (given,) if mode is Mode.IMAGE else tuple(given)


def _callback(webhook: Any, base64: bool) -> Callback | None:
    if webhook is None:
        return None
    if not isinstance(webhook, str):
        raise InvalidOrder("webhook must be a string", field="webhook")
    if base64:
        raise InvalidOrder(f"webhook cannot be combined with {BASE64}: leave one of them out", field="webhook")
    return Callback(webhook)


def read_priced(model: str, inputs: Any, catalog: Catalog) -> Order:
    """An order that costs what one with these inputs will; what no price depends on may be missing or wrong.

    Raises UnknownModel, MalformedRequest or InvalidOrder.
    """
    offer = catalog.offer(name, model)
    asked: Any = validated(priced_model(offer), read_object(inputs), inside="inputs")
    return Order(name, offer.model, offer.mode, "", Tier(asked.resolution), asked.duration, offer.default_ratio)


def write_task(task: Task, link: Link) -> dict[str, Any]:
    """The `data` object of create and query; also, bare, the callback's body."""
    outputs = [link(task.video)] if task.video is not None else []
    return {
        "id": task.id,
        "model": task.order.model,
        "input": write_input(task.order),
        "outputs": outputs,
        "urls": {"get": f"{link.root}{_query_path(task.id)}"},
        "has_nsfw_contents": [False] * len(outputs),
        "status": STATUS_WORDS[task.status],
        "created_at": task.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "error": _error_text(task),
        "code": _error_number(task),
        "executionTime": _execution_milliseconds(task),
        "timings": {"inference": round(task.video.render_seconds * 1000) if task.video is not None else 0},
    }


def write_input(order: Order) -> dict[str, Any]:
    """What was asked, in this vendor's fields whatever the order's dialect."""
    fields: dict[str, Any] = {"prompt": order.prompt} if order.prompt else {}
    pictures = [_shown(address) for address in order.pictures]
    if order.mode is Mode.IMAGE and pictures:
        fields["image"] = pictures[0]
    elif pictures:
        fields["images"] = pictures
    fields["resolution"] = order.tier.value
    if order.ratio is not None:
        fields["aspect_ratio"] = order.ratio.value
    fields["duration"] = order.seconds
    if order.seed is not None:
        fields["seed"] = order.seed
    return fields | {switch: True for switch in (SYNC, BASE64) if switch in order.echo}


def _shown(address: str) -> str:
    return _UPLOADED + address.removeprefix(_OURS) if address.startswith(_OURS) else address


def _query_path(task_id: str) -> str:
    return f"/api/v3/predictions/{task_id}/result"


def _error_text(task: Task) -> str:
    if task.status is Status.CANCELLED:
        return "cancelled"
    return task.failure.message if task.failure is not None else ""


def _error_number(task: Task) -> int:
    if task.status is Status.CANCELLED:
        return _CANCELLED
    if task.failure is None:
        return 0
    return _FAILURE_NUMBERS.get(task.failure.code, 5000 if task.failure.retry else 1403)


def _execution_milliseconds(task: Task) -> int:
    if task.finished_at is None:
        return 0
    return round((task.finished_at - (task.started_at or task.created_at)).total_seconds() * 1000)


def write_still_running(task: Task, link: Link, seconds: float) -> dict[str, Any]:
    """What a sync request answers when its film is not there after `seconds`: the SDKs know code and words."""
    data = write_task(task, link)
    text = f"Sync mode timed out after {seconds:g} seconds; the task goes on, ask for it at {data['urls']['get']}"
    return data | {"status": "processing", "code": SYNC_TIMED_OUT, "error": text}


def envelope(data: Any) -> dict[str, Any]:
    """A successful answer around `data`."""
    return {"code": 200, "message": "success", "data": data}


def write_error(error: OpenHorseError) -> Answer:
    """The envelope with the HTTP status as its code and `data: null`."""
    status = 404 if isinstance(error, UnknownModel) else http_status(error)
    body: dict[str, Any] = {"code": status, "message": error.message, "data": None}
    if isinstance(error, ContentRefused):
        body["error_code"] = _FAILURE_NUMBERS[error.code]
    return Answer(status, body, retry_headers(error))


def write_callback(task: Task, link: Link) -> bytes:
    """The bare prediction object, without envelope."""
    text = json.dumps(write_task(task, link), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def sign_callback(body: bytes, secret: str, now: datetime) -> dict[str, str]:
    """`v3,` and the hex HMAC-SHA256 of `id.timestamp.body`; the key is the secret's text after `whsec_` as it is."""
    message_id = str(json.loads(body)["id"])
    timestamp = str(int(now.timestamp()))
    key = secret.removeprefix(SECRET_PREFIX).encode()
    signature = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"webhook-id": message_id, "webhook-timestamp": timestamp, "webhook-signature": f"v3,{signature}"}


def write_order(order: Order) -> Call:
    """The create request. What has no word here, the engine and the watermark, is left out."""
    query = {"webhook": order.callback.url} if order.callback else {}
    return Call("POST", f"/api/v3/{order.model}", body=write_input(order), query=query)


def write_query(task_id: str) -> Call:
    """The request for a prediction."""
    return Call("GET", _query_path(task_id))


def read_task(body: Any) -> Report:
    """What the prediction in an enveloped or a callback's bare body says. Raises UpstreamError when there is none."""
    data = body.get("data", body) if isinstance(body, dict) else None
    data = data if isinstance(data, dict) else {}
    task_id, word = data.get("id"), data.get("status")
    if not isinstance(task_id, str) or not task_id or not isinstance(word, str) or word not in _STATUSES:
        raise UpstreamError("the upstream's answer holds no prediction with an id and a known status")
    status = _STATUSES[word]
    if status is Status.SUCCEEDED:
        return Report(task_id, status, film=_read_film(data.get("outputs")))
    failed = status in (Status.FAILED, Status.CANCELLED)
    return Report(task_id, status, failure=_read_failure(data, word) if failed else None)


def _read_film(outputs: Any) -> str:
    first = outputs[0] if isinstance(outputs, list) and outputs else None
    if not isinstance(first, str) or not first.startswith(_ADDRESSES):
        raise UpstreamError("the upstream's prediction is completed, but holds no address of a film")
    return first


def _read_failure(data: Mapping[str, Any], word: str) -> Failure:
    number = 5004 if word == "timeout" else data.get("code")
    code, retry = _FAILURES.get(number if isinstance(number, int) else 0, ("engine_failed", False))
    message = data.get("error")
    return Failure(code, message if isinstance(message, str) and message else word, retry)


def read_error(status: int, body: Any, headers: Mapping[str, str]) -> OpenHorseError:
    """Our error for a refusal; its text is in `message`, or in `error` where a gateway answered."""
    body = body if isinstance(body, dict) else {"message": body}
    told = (body.get("message"), body.get("error"))
    message = next((text for text in told if isinstance(text, str) and text), "")
    refused = body.get("error_code") == _FAILURE_NUMBERS[ContentRefused.code]
    return error_of(status, message, headers, code=ContentRefused.code if refused else "")
