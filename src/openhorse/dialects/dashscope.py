"""DashScope's asynchronous video API: its create body in, an Order out; a Task in, its query's answer out. No I/O.

Sources: Alibaba's HappyHorse reference pages (text-, image-, reference-to-video), its pages on asynchronous tasks,
temporary file addresses and error codes; the dashscope Python SDK 2.0.2 and @ai-sdk/alibaba 1.0.61.
Choices where they leave room or contradict each other:
- unknown fields are ignored everywhere and null is the same as leaving a field out: the SDK sends both;
- a fault in the body is a 400 at create; a picture that cannot be had or used makes a FAILED task;
- an unknown model is a 404 ModelNotFound (the catalogue has a 400 for it, too);
- `media` decides about the pictures; where it is absent the older fields are read (`_OLDER_FIELDS`), also bare base64,
  as @ai-sdk/alibaba sends it. `media` with text-to-video is refused: a film without it is not what was asked;
- `resolution` and `size` take a tier (`720P`, either case) or a size (`1280*720`, `1280x720`), which means the nearest
  tier and ratio; `ratio` goes before a size's. With a first frame every ratio is ignored;
- times are Beijing's (UTC+8) in answers to queries and in the list's filters, epoch milliseconds in the list itself;
- a task that is unknown, another key's, or whose 24 hours are over is UNKNOWN;
- `request_id` of a task's create is derived from its id, so that the list can tell it again;
- moderation refuses at create what it can, else the task FAILED: DataInspectionFailed either way, with the catalogue's
  text about the output where it is the film that is refused;
- `prompt_extend`, which is Wan's and not HappyHorse's, is heeded where it is false: the prompt stays as it is. True,
  which clients send unasked, leaves that to the operator. What was written anew is `actual_prompt`, as with Wan;
- what the catalogue has no text for is told in our words; where it has one, that stands first and ours follows.
DashScope has no words for the engine and the callback of an order, and none for progress.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from functools import cache
from typing import Any, Literal
from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

from pydantic import BaseModel, Field, create_model

from openhorse.catalog import DEFAULT_SECONDS, LONGEST_SECONDS, SHORTEST_SECONDS, Catalog, Offer
from openhorse.dialects import Answer, Call, Link, Report
from openhorse.dialects.dashscope_refusals import NO_INPUT, NO_MODEL, failure_text, failure_word, read_failure, refusal
from openhorse.dialects.dashscope_refusals import read_error as read_error
from openhorse.dialects.dashscope_refusals import write_error as write_error
from openhorse.dialects.fields import Tolerant, check_mentions, clean_prompt, read_object, validated, whole_number
from openhorse.errors import InvalidOrder, NotFound, UpstreamError
from openhorse.vocabulary import TIER_AREA, Mode, Order, Ratio, Status, Task, Tier

name = "dashscope"

callback_gaps = ()
"""DashScope calls nobody back: its events go to a bus of Alibaba's."""

media_faults_fail_the_task = True

CREATE_PATH = "/api/v1/services/aigc/video-generation/video-synthesis"
TASKS_PATH = "/api/v1/tasks"

BEIJING = timezone(timedelta(hours=8))

UNKNOWN = "UNKNOWN"

STATUS_WORDS = {
    Status.QUEUED: "PENDING",
    Status.RUNNING: "RUNNING",
    Status.STORING: "RUNNING",
    Status.SUCCEEDED: "SUCCEEDED",
    Status.FAILED: "FAILED",
    Status.CANCELLED: "CANCELED",
    Status.EXPIRED: UNKNOWN,
}

_STATUSES = {
    "PENDING": Status.QUEUED,
    "RUNNING": Status.RUNNING,
    "SUCCEEDED": Status.SUCCEEDED,
    "FAILED": Status.FAILED,
    "CANCELED": Status.CANCELLED,
}

NO_KEY, BAD_KEY = "No API-key provided.", "Invalid API-key provided."
NOT_SYNCHRONOUS = "current user api does not support synchronous calls."
_MEDIA_TYPE = {Mode.IMAGE: "first_frame", Mode.REFERENCE: "reference_image"}

_OLDER_FIELDS = {
    Mode.IMAGE: ("img_url", "first_frame_url", "image_url"),
    Mode.REFERENCE: ("reference_urls", "ref_images_url", "reference_url"),
}
"""Fields of `input` by which Wan's clients name pictures: one address, or a list of them."""

_BASE64_BEGINNINGS = {"iVBORw0KGgo": "png", "/9j/": "jpeg", "UklGR": "webp"}

_SIZE = re.compile(r"(\d{1,5})[*xX×](\d{1,5})")
_AREA_TOLERANCE, _RATIO_TOLERANCE = 1.35, 1.06
"""How far, as a factor, a size may be from its tier's area (1440×1080 is 1080P) and its ratio."""


class Medium(Tolerant):
    """A picture and what it is for."""

    type: str
    url: str = Field(min_length=1, description="http(s)://, oss:// or data: address.")


def new_task_id(now: datetime) -> str:
    """A lower-case UUID that sorts by `now` (version 7 of RFC 9562: 48 bits of milliseconds, the rest drawn)."""
    number = int(now.timestamp() * 1000) << 80 | secrets.randbits(80)
    number = number & ~(0xF << 76) & ~(0b11 << 62) | 7 << 76 | 0b10 << 62
    return str(UUID(int=number))


@cache
def body_model(offer: Offer) -> type[BaseModel]:
    """The create body of one model, its limits and defaults from the catalog."""
    title = "Dashscope" + "".join(part.capitalize() for part in offer.mode.value.split("-"))
    tiers = ", ".join(map(_tier_word, offer.tiers))
    size = Field(None, description=f"{tiers}, or a size near one of them such as 1280*720.")
    fields: dict[str, Any] = {
        "resolution": (str, size),
        "size": (str, Field(None, description="The older name of `resolution`.")),
        "duration": (whole_number(SHORTEST_SECONDS, LONGEST_SECONDS), DEFAULT_SECONDS),
        "watermark": (bool, True),
    }
    if offer.ratios:
        fields["ratio"] = (Literal[tuple(r.value for r in offer.ratios)], Field(None, description="16:9 by default."))
    if offer.seed is not None:
        fields["seed"] = (whole_number(*offer.seed), None)
    given: dict[str, Any] = {
        "prompt": (str, ...) if offer.prompt_required else (str, ""),
        "media": (list[Medium], Field(default_factory=list)),
    }
    given |= dict.fromkeys(_OLDER_FIELDS.get(offer.mode, ()), (str | list[str], None))
    parameters = create_model(title + "Parameters", __base__=Tolerant, **fields)
    envelope: dict[str, Any] = {
        "model": (Literal[offer.model], ...),
        "input": (create_model(title + "Input", __base__=Tolerant, **given), ...),
        "parameters": (parameters, Field(default_factory=parameters)),
    }
    body: type[BaseModel] = create_model(title, __base__=Tolerant, **envelope)
    return body


def read_order(body: Any, catalog: Catalog) -> Order:
    """The order in a create body. Raises MalformedRequest, UnknownModel or InvalidOrder."""
    whole = read_object(body)
    model = whole.get("model")
    if model is None or model == "":
        raise InvalidOrder(NO_MODEL, field="model")
    if not isinstance(model, str):
        raise InvalidOrder("model must be a string", field="model")
    offer = catalog.offer(name, model)
    asked = _asked(offer, whole)
    prompt = clean_prompt(asked.input.prompt)
    if offer.prompt_required and not prompt:
        raise _missing("input.prompt")
    pictures = _pictures(offer, asked.input)
    if offer.mode is Mode.REFERENCE:
        check_mentions(prompt, len(pictures), "input.prompt")
    tier, ratio = _tier_and_ratio(offer, asked.parameters)
    return Order(
        dialect=name,
        model=offer.model,
        mode=offer.mode,
        prompt=prompt,
        tier=tier,
        seconds=asked.parameters.duration,
        ratio=ratio,
        pictures=pictures,
        seed=getattr(asked.parameters, "seed", None),
        watermark=asked.parameters.watermark,
        enhance=False if (whole.get("parameters") or {}).get("prompt_extend") is False else None,
    )


def _asked(offer: Offer, whole: dict[str, Any]) -> Any:
    """The body as the offer's model; refusals in the catalogue's forms of words where it has some."""
    given = whole.get("input")
    if given is None:
        raise InvalidOrder(NO_INPUT, field="input")
    parts = {"input": given, "parameters": whole.get("parameters") or {}}
    for field, part in parts.items():
        if not isinstance(part, dict):
            raise InvalidOrder(f"{field} must be a JSON object", field=field)
    present = {field: {key: value for key, value in part.items() if value is not None} for field, part in parts.items()}
    try:
        return validated(body_model(offer), {"model": offer.model, **present})
    except InvalidOrder as error:
        raise _in_their_words(error, offer) from None


def _in_their_words(error: InvalidOrder, offer: Offer) -> InvalidOrder:
    ranges = {"parameters.duration": (SHORTEST_SECONDS, LONGEST_SECONDS), "parameters.seed": offer.seed}
    field = error.field or ""
    allowed = ranges.get(field)
    if allowed is not None:
        low, high = allowed
        last = field.rpartition(".")[2]
        return InvalidOrder(f"Range of {last} should be [{low}, {high}], and it is a whole number", field=field)
    return _missing(field) if error.message.endswith(" is required") else error


def _missing(field: str, wanted: str = "") -> InvalidOrder:
    text = f"Required parameter({field}) missing or invalid, please check the request parameters."
    return InvalidOrder(f"{text} {wanted}".strip(), field=field)


def _pictures(offer: Offer, given: Any) -> tuple[str, ...]:
    """The addresses in `media`, else those in the older fields."""
    if offer.mode is Mode.TEXT:
        if given.media:
            raise InvalidOrder(f"input.media: {offer.model} takes no pictures; leave it out", field="input.media")
        return ()
    kind = _MEDIA_TYPE[offer.mode]
    for index, medium in enumerate(given.media):
        if medium.type != kind:
            where = f"input.media.{index}.type"
            raise InvalidOrder(f"{where} should be {kind!r} for {offer.model}, not {medium.type[:100]!r}", field=where)
    found = tuple(medium.url for medium in given.media) or tuple(_older(offer.mode, given))
    low, high = offer.pictures
    count = f"{low}" if low == high else f"{low} to {high}"
    if not found:
        raise _missing("input.media", f"{offer.model} takes {count} of type {kind}.")
    if not low <= len(found) <= high:
        raise InvalidOrder(f"input.media should hold {count} of type {kind}, not {len(found)}", field="input.media")
    return found


def _older(mode: Mode, given: Any) -> Iterable[str]:
    """The addresses in the first of the older fields that has some."""
    for older in _OLDER_FIELDS[mode]:
        said = getattr(given, older)
        if said:
            return map(_addressed, [said] if isinstance(said, str) else said)
    return ()


def _addressed(text: str) -> str:
    """A picture's address; bare base64 becomes a `data:` address."""
    for beginning, kind in _BASE64_BEGINNINGS.items():
        if text.startswith(beginning):
            return f"data:image/{kind};base64,{text}"
    return text


def _tier_and_ratio(offer: Offer, parameters: Any) -> tuple[Tier, Ratio | None]:
    tier, ratio = offer.default_tier, offer.default_ratio
    for field in ("size", "resolution"):
        said = getattr(parameters, field)
        if said is not None:
            tier, shape = _read_size(said, f"parameters.{field}", offer)
            ratio = shape or ratio
    if not offer.ratios:
        return tier, None
    return tier, Ratio(parameters.ratio) if parameters.ratio else ratio


def _read_size(text: str, field: str, offer: Offer) -> tuple[Tier, Ratio | None]:
    """The tier that `720P` names, or the nearest tier and ratio of `1280*720`; None for no ratio of ours."""
    for tier in offer.tiers:
        if text.lower() == tier.value:
            return tier, None
    size = _SIZE.fullmatch(text)
    width, height = (int(side) for side in size.groups()) if size else (0, 0)
    if width and height:
        tier = min(Tier, key=lambda known: _factor(width * height, TIER_AREA[known]))
        near = _factor(width * height, TIER_AREA[tier]) <= _AREA_TOLERANCE and tier in offer.tiers
        shapes = [known for known in offer.ratios if _factor(width / height, known.fraction) <= _RATIO_TOLERANCE]
        if near and (shapes or not offer.ratios):
            return tier, min(shapes, key=lambda known: _factor(width / height, known.fraction), default=None)
    ratios = f" in a ratio of {', '.join(offer.ratios)}" if offer.ratios else ""
    tiers = " or ".join(map(_tier_word, offer.tiers))
    message = f"{field} should be {tiers}, or a size near one of them{ratios}, such as 1280*720, not {text[:50]!r}"
    raise InvalidOrder(message, field=field)


def _factor(one: float, other: float | Fraction) -> float:
    """How many times the smaller number the larger one is."""
    return float(max(one / other, other / one))


def _tier_word(tier: Tier) -> str:
    return tier.value.upper()


def request_id_of(task_id: str) -> str:
    """The id of the request that made a task."""
    return str(uuid5(NAMESPACE_OID, task_id))


def write_created(task: Task) -> dict[str, Any]:
    """What create answers: PENDING, also for a task whose picture has failed it already."""
    return {"output": {"task_status": "PENDING", "task_id": task.id}, "request_id": request_id_of(task.id)}


def write_task(task: Task, link: Link) -> dict[str, Any]:
    """`output`, and `usage` at a film's end: what stands beside `request_id` in a query's answer."""
    if task.status is Status.EXPIRED:
        return write_unknown(task.id)
    output: dict[str, Any] = {"task_id": task.id, "task_status": STATUS_WORDS[task.status]}
    moments = {"submit_time": task.created_at, "scheduled_time": task.started_at, "end_time": task.finished_at}
    output |= {field: _local(moment) for field, moment in moments.items() if moment is not None}
    if task.failure is not None:
        output |= {"code": failure_word(task.failure), "message": failure_text(task.failure)}
    if task.video is None:
        return {"output": output}
    output["orig_prompt"] = task.order.prompt
    if task.video.prompt is not None:
        output["actual_prompt"] = task.video.prompt
    output["video_url"] = link(task.video)
    return {"output": output, "usage": _usage(task.order)}


def _usage(order: Order) -> dict[str, Any]:
    usage: dict[str, Any] = {
        "duration": order.seconds,
        "input_video_duration": 0,
        "output_video_duration": order.seconds,
        "video_count": 1,
        "SR": int(order.tier.value.removesuffix("p")),
    }
    return usage | ({"ratio": order.ratio.value} if order.ratio else {})


def write_unknown(task_id: str) -> dict[str, Any]:
    """What a query says of a task that is not there, or not any more."""
    return {"output": {"task_id": task_id, "task_status": UNKNOWN}}


def answered(body: dict[str, Any]) -> dict[str, Any]:
    """An answer to a query, with a request's id before it."""
    return {"request_id": str(uuid4()), **body}


def write_uncancelled(status: Status | None) -> Answer:
    """The refusal to cancel a task in `status`, None for one that does not exist."""
    state = "there is no such task" if status is None else f"it is {STATUS_WORDS[status]}"
    return refusal(400, "UnsupportedOperation", f"Could not cancel the task: only a PENDING one can be, and {state}.")


def write_order(order: Order) -> Call:
    """The create request; `media` names the pictures, and the watermark is always said, since theirs is on."""
    given: dict[str, Any] = {"prompt": order.prompt} if order.prompt else {}
    if order.pictures:
        given["media"] = [{"type": _MEDIA_TYPE[order.mode], "url": address} for address in order.pictures]
    parameters = {
        "resolution": _tier_word(order.tier),
        "ratio": order.ratio and order.ratio.value,
        "duration": order.seconds,
        "watermark": order.watermark,
        "seed": order.seed,
    }
    said = {field: value for field, value in parameters.items() if value is not None}
    headers = {"X-DashScope-Async": "enable"}
    if any(address.startswith("oss://") for address in order.pictures):
        headers["X-DashScope-OssResourceResolve"] = "enable"
    return Call("POST", CREATE_PATH, {"model": order.model, "input": given, "parameters": said}, headers=headers)


def write_query(task_id: str) -> Call:
    """GET of the task."""
    return Call("GET", f"{TASKS_PATH}/{task_id}")


def read_task(body: Any) -> Report:
    """What an answer to create or query says. Raises UpstreamError, NotFound for a task that it knows no more."""
    output = body.get("output") if isinstance(body, dict) else None
    if not isinstance(output, dict) or not isinstance(output.get("task_id"), str):
        raise UpstreamError("the upstream's answer names no task")
    word = output.get("task_status")
    if word == UNKNOWN:
        raise NotFound("the upstream knows no such task")
    status = _STATUSES.get(word) if isinstance(word, str) else None
    if status is None:
        raise UpstreamError(f"the upstream says that its task is {str(word)[:50]}")
    film = output.get("video_url")
    return Report(
        id=output["task_id"],
        status=status,
        film=film if isinstance(film, str) and film else None,
        failure=read_failure(output) if status is Status.FAILED else None,
    )


def write_callback(task: Task, link: Link) -> bytes:
    """The query's answer; nobody is called back with it."""
    return json.dumps(write_task(task, link), ensure_ascii=False, separators=(",", ":")).encode()


def sign_callback(body: bytes, secret: str, now: datetime) -> dict[str, str]:
    """No headers: DashScope signs nothing."""
    return {}


def _local(moment: datetime) -> str:
    """`YYYY-MM-DD hh:mm:ss.mmm` in Beijing."""
    return moment.astimezone(BEIJING).replace(tzinfo=None).isoformat(" ", "milliseconds")
