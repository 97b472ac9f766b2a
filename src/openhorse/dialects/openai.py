"""OpenAI's videos: the gathered fields of a create request in, an Order out; a Task in, its video object out. No I/O.

What comes in is one object, whatever the content type: `gathered` makes it of a form's fields, in which every uploaded
file has been replaced by its address. Knows neither forms nor HTTP.

Sources: the openai Python SDK 3.52.0 (resources/videos.py, types/video*.py); OpenAI's API reference; for the older
JSON form of HiAPI that shares the path, HiAPI's HappyHorse 1.0 page.
Choices where the sources leave room:
- `model`: a family (happyhorse-1.1, the default, or happyhorse-1.0), whose mode the fields choose, or any id of any
  dialect in the catalog, whose mode the fields must fit; the asked id is shown. OpenAI's own models are 404
  model_not_found, as any unknown one;
- what is left out is OpenAI's default, 720x1280 and 4 seconds; with an id that only another vendor has, it is 16:9,
  5 seconds and that vendor's resolution, so that HiAPI's older form means here what it meant there;
- `size` is WIDTHxHEIGHT (`*` is read too) within a quarter of a tier's area and 3 % of a ratio, and means that tier
  and ratio: 1792x1024 is 1080p and 16:9. Also read: a tier or a ratio alone ("720p", "16:9");
- image-to-video follows its first frame: of `size` only the tier counts, and until there is a film, `size`
  shows the tier's 16:9;
- `seconds` is 3 to 15, text or a number;
- beside OpenAI's fields: `seed`, `resolution`, `aspect_ratio`, and `reference_images` (addresses or files; several
  `input_reference` mean the same). In JSON a picture is an address or `{"image_url": address}`;
- a picture by `file_id` is refused, and so is any unknown field;
- a cancelled task, which OpenAI has no word for, is `failed` with the code `cancelled`;
- what moderation refuses is `moderation_blocked`, as OpenAI's image generation has it, also in a failed video;
- there are no callbacks: OpenAI's are set per account, not per order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from functools import cache
from math import log
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import quote

from annotated_types import Ge, Le, Len
from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema, create_model

from openhorse import errors
from openhorse.catalog import DEFAULT_SECONDS, LONGEST_SECONDS, SHORTEST_SECONDS, Catalog, Offer
from openhorse.dialects import Answer, Call, Link, Report
from openhorse.dialects.fields import Strict, WholeNumber, check_mentions, clean_prompt, read_object, validated
from openhorse.dialects.refusals import MODERATION_BLOCKED, error_of, http_status, openai_code, our_code, retry_headers
from openhorse.errors import InvalidOrder, OpenHorseError, UnknownModel, UpstreamError, kind_of
from openhorse.vocabulary import (
    TIER_AREA,
    Failure,
    Mode,
    Order,
    Ratio,
    Status,
    Task,
    Tier,
    frame_size,
    new_ulid,
)

name = "openai"

callback_gaps = ()

media_faults_fail_the_task = False

TASK_ID_PREFIX = "video_"

DEFAULT_MODEL = "happyhorse-1.1"

OPENAI_SECONDS, OPENAI_RATIO = 4, Ratio.R9_16
"""What an absent `seconds` and `size` mean in OpenAI's reference: 720x1280 is the catalog's 720p in this ratio."""

AREA_TOLERANCE, RATIO_TOLERANCE = 1.25, 1.03
"""How far off a size may be. 1792x1024 has 0.885 of 1080p's area and 832x480 is 2.5 % off 16:9: both are in use."""

STATUS_WORDS = {
    Status.QUEUED: "queued",
    Status.RUNNING: "in_progress",
    Status.STORING: "in_progress",
    Status.SUCCEEDED: "completed",
    Status.EXPIRED: "completed",
    Status.FAILED: "failed",
    Status.CANCELLED: "failed",
}

_STATUSES = {
    "queued": Status.QUEUED,
    "in_progress": Status.RUNNING,
    "completed": Status.SUCCEEDED,
    "failed": Status.FAILED,
}

_REFUSALS: Mapping[type[OpenHorseError], tuple[int, str, str]] = {
    UnknownModel: (404, "invalid_request_error", "model_not_found"),
    errors.MissingKey: (401, "invalid_request_error", "invalid_api_key"),
    errors.WrongKey: (401, "invalid_request_error", "invalid_api_key"),
    errors.InsufficientBalance: (429, "insufficient_quota", "insufficient_quota"),
    errors.BudgetExceeded: (429, "insufficient_quota", "insufficient_quota"),
    errors.TooManyTasks: (429, "requests", "rate_limit_exceeded"),
    errors.QueueFull: (429, "requests", "rate_limit_exceeded"),
    errors.RateLimited: (429, "requests", "rate_limit_exceeded"),
    InvalidOrder: (400, "invalid_request_error", "invalid_value"),
    errors.ContentRefused: (400, "invalid_request_error", MODERATION_BLOCKED),
}
"""HTTP status, `type` and `code` where OpenAI has its own; for any other error `code` is ours."""

_PICTURE_FIELD = re.compile(r"(input_reference|reference_images)(?:\[\d{0,3}\])?(?:\[image_url\])?")
_SIZE = re.compile(r"([0-9]{2,5})[xX*×]([0-9]{2,5})")
_TEXT_NUMBER = re.compile(r"-?[0-9]{1,12}")

T = TypeVar("T")


def _number(value: Any) -> Any:
    """A form has only texts, and OpenAI's own `seconds` is one: "8" is 8."""
    return int(value) if isinstance(value, str) and _TEXT_NUMBER.fullmatch(value) else value


def _addresses(value: Any) -> Any:
    """One picture or several, each an address or `{"image_url": address}`, as a list of addresses."""
    if value is None:
        return []
    return [_address(part) for part in value] if isinstance(value, list) else [_address(value)]


def _address(value: Any) -> str:
    if isinstance(value, dict):
        if "file_id" in value:
            raise ValueError("must be a file or an image_url: files by file_id are not offered")
        value = value.get("image_url") if set(value) == {"image_url"} else None
    if not isinstance(value, str) or not value:
        raise ValueError('must be a file, an address or {"image_url": address}')
    return value


_PICTURE_SCHEMA = {
    "anyOf": [
        {"type": "string", "minLength": 1, "description": "https:, data: or upload: address."},
        {"type": "object", "properties": {"image_url": {"type": "string"}}, "required": ["image_url"]},
    ]
}
_PICTURES_SCHEMA = {"type": "array", "items": _PICTURE_SCHEMA, "maxItems": 9}

_TEXT_OR_NUMBER = WithJsonSchema({"anyOf": [{"type": "string", "pattern": "^[0-9]+$"}, {"type": "integer"}]})

Whole = Annotated[WholeNumber, BeforeValidator(_number)]
Pictures = Annotated[list[str], Len(0, 9), BeforeValidator(_addresses)]


class VideoBody(Strict):
    """What POST /v1/videos takes. One `input_reference` makes image-to-video, `reference_images` reference-to-video."""

    model: str | None = Field(
        None, description="happyhorse-1.1 (default), happyhorse-1.0, or an id of GET /v1/models.", min_length=1
    )
    prompt: str = Field("", max_length=32_000)
    seconds: Annotated[Whole, Ge(SHORTEST_SECONDS), Le(LONGEST_SECONDS), _TEXT_OR_NUMBER] | None = Field(
        None, description="3 to 15; 4 if absent."
    )
    size: str | None = Field(None, description="WIDTHxHEIGHT, for example 1280x720.", examples=["1280x720"])
    input_reference: Annotated[Pictures, WithJsonSchema({"anyOf": [_PICTURE_SCHEMA, _PICTURES_SCHEMA]})] = Field(
        default_factory=list, description="The first frame."
    )
    reference_images: Annotated[Pictures, WithJsonSchema(_PICTURES_SCHEMA)] = Field(default_factory=list)
    seed: Annotated[Whole, Ge(0), Le(2**31 - 1), _TEXT_OR_NUMBER] | None = None
    resolution: Literal["480p", "720p", "1080p"] | None = None
    aspect_ratio: Literal[tuple(r.value for r in Ratio)] | None = None  # type: ignore[valid-type]


@cache
def body_model(offer: Offer) -> type[BaseModel]:
    """`VideoBody` narrowed to one model's tiers and ratios."""
    fields: dict[str, Any] = {"resolution": (Literal[tuple(t.value for t in offer.tiers)] | None, None)}
    if offer.ratios:
        fields["aspect_ratio"] = (Literal[tuple(r.value for r in offer.ratios)] | None, None)
    title = "OpenAI" + "".join(part.capitalize() for part in offer.mode.value.split("-"))
    body: type[BaseModel] = create_model(title, __base__=VideoBody, **fields)
    return body


def new_task_id(now: datetime) -> str:
    """`video_` and a ULID in lower case."""
    return TASK_ID_PREFIX + new_ulid(now).lower()


def model_names(catalog: Catalog) -> tuple[str, ...]:
    """Every id that `model` takes: the families first, then what each dialect calls its models."""
    mine = {(offer.family, offer.mode) for offer in catalog.of(name)}
    ids = [offer.model for offer in catalog.offers if (offer.family, offer.mode) in mine]
    return tuple(dict.fromkeys([*_families(catalog), *ids]))


def _families(catalog: Catalog) -> tuple[str, ...]:
    return tuple(dict.fromkeys(offer.family for offer in catalog.of(name)))


def is_picture(field: str) -> bool:
    """Whether a form's field of this name may be a file."""
    return _PICTURE_FIELD.fullmatch(field) is not None


def gathered(fields: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """A form's fields as the object that `read_order` takes; of a file, its address. Raises InvalidOrder.

    Pictures are lists: `reference_images[]`, `reference_images[0]` and several of one name all add to theirs.
    """
    body: dict[str, Any] = {}
    for field, text in fields:
        picture = _PICTURE_FIELD.fullmatch(field)
        if picture:
            body.setdefault(picture[1], []).append(text)
        elif field in body:
            raise InvalidOrder(f"{field[:100]} is given more than once", field=field)
        else:
            body[field] = text
    return body


def read_order(body: Any, catalog: Catalog) -> Order:
    """The order in a gathered body. Raises MalformedRequest, UnknownModel or InvalidOrder."""
    first = validated(VideoBody, read_object(body))
    model = first.model or DEFAULT_MODEL
    named = _named(model, catalog)
    mode = _mode(first, named)
    offer = catalog.made_by(name, named.family if named else model, mode)
    asked: Any = validated(body_model(offer), body)
    if asked.aspect_ratio is not None and not offer.ratios:
        raise InvalidOrder(
            "aspect_ratio: image-to-video follows the ratio of its first frame; leave it out", field="aspect_ratio"
        )
    prompt = clean_prompt(asked.prompt)
    if offer.prompt_required and not prompt:
        raise InvalidOrder("prompt is required and must not be empty", field="prompt")
    pictures = tuple(asked.input_reference or asked.reference_images)
    if mode is Mode.REFERENCE:
        check_mentions(prompt, len(pictures))
    tier, ratio = _read_size(asked.size, offer) if asked.size is not None else (None, None)
    tier = _agreed("resolution", tier, Tier(asked.resolution) if asked.resolution else None)
    ratio = _agreed("aspect_ratio", ratio, Ratio(asked.aspect_ratio) if asked.aspect_ratio else None)
    usual_tier, usual_seconds, usual_ratio = _defaults(offer, named)
    return Order(
        dialect=name,
        model=offer.model,
        mode=mode,
        prompt=prompt,
        tier=tier or usual_tier,
        seconds=asked.seconds or usual_seconds,
        ratio=ratio or usual_ratio,
        pictures=pictures,
        seed=asked.seed,
        echo={"model": model},
    )


def _named(model: str, catalog: Catalog) -> Offer | None:
    """The offer of that very name, this dialect's own before another's; None for a family."""
    if model not in model_names(catalog):
        raise UnknownModel(
            f"the model {model[:200]!r} does not exist; available: {', '.join(_families(catalog))}, "
            "or any other id of GET /v1/models",
            field="model",
        )
    own = (offer for offer in (*catalog.of(name), *catalog.offers) if offer.model == model)
    return next(own, None)


def _defaults(offer: Offer, named: Offer | None) -> tuple[Tier, int, Ratio | None]:
    """What is left out means what it means to whom the model's name belongs, as far as `offer` has it."""
    if named is None or named.dialect == name:
        tier, seconds, ratio = offer.default_tier, OPENAI_SECONDS, OPENAI_RATIO
    else:
        tier, seconds, ratio = named.default_tier, DEFAULT_SECONDS, Ratio.R16_9
    return (
        tier if tier in offer.tiers else offer.default_tier,
        seconds,
        ratio if ratio in offer.ratios else offer.default_ratio,
    )


def _mode(body: VideoBody, named: Offer | None) -> Mode:
    """What the fields ask for, or what the model is named for when they fit it."""
    first_frames, references = len(body.input_reference), len(body.reference_images)
    if first_frames and references:
        raise InvalidOrder(
            "input_reference and reference_images exclude each other: give one of them", field="reference_images"
        )
    if named is None:
        if references or first_frames > 1:
            return Mode.REFERENCE
        return Mode.IMAGE if first_frames else Mode.TEXT
    fits = {
        Mode.TEXT: not first_frames and not references,
        Mode.IMAGE: first_frames == 1,
        Mode.REFERENCE: bool(first_frames or references),
    }
    if not fits[named.mode]:
        raise InvalidOrder(f"model {named.model} needs {_NEEDS[named.mode]}", field="model")
    return named.mode


_NEEDS = {
    Mode.TEXT: "neither input_reference nor reference_images",
    Mode.IMAGE: "one input_reference",
    Mode.REFERENCE: "1 to 9 reference_images",
}


def _read_size(text: str, offer: Offer) -> tuple[Tier | None, Ratio | None]:
    """The tier and ratio that `size` means for a model; None for what it does not say."""
    if text.lower() in TIER_AREA:
        return _offered(Tier(text.lower()), offer), None
    if text in list(Ratio):
        return None, _offered_ratio(Ratio(text).fraction, offer)
    match = _SIZE.fullmatch(text)
    width, height = (int(side) for side in match.groups()) if match else (0, 0)
    if not width or not height:
        raise InvalidOrder(f"size must be like 1280x720, not {text[:50]!r}", field="size")
    tier = min(Tier, key=lambda tier: _distance(width * height, TIER_AREA[tier]))
    if _distance(width * height, TIER_AREA[tier]) > log(AREA_TOLERANCE):
        raise InvalidOrder(
            f"size {width}x{height} is not near the area of any tier: at 16:9 they are "
            + ", ".join("{}x{}".format(*frame_size(tier, Ratio.R16_9.fraction)) for tier in offer.tiers),
            field="size",
        )
    return _offered(tier, offer), _offered_ratio(Fraction(width, height), offer)


def _offered(tier: Tier, offer: Offer) -> Tier:
    if tier not in offer.tiers:
        raise InvalidOrder(f"size: {offer.model} is offered in {', '.join(offer.tiers)}, not in {tier}", field="size")
    return tier


def _offered_ratio(asked: Fraction, offer: Offer) -> Ratio | None:
    """The nearest of the model's ratios; None where the film follows its first frame."""
    if not offer.ratios:
        return None
    ratio = min(offer.ratios, key=lambda ratio: _distance(asked, ratio.fraction))
    if _distance(asked, ratio.fraction) > log(RATIO_TOLERANCE):
        raise InvalidOrder(f"size: its ratio must be near one of {', '.join(offer.ratios)}", field="size")
    return ratio


def _distance(a: Fraction | int, b: Fraction | int) -> float:
    return abs(log(a / b))


def _agreed(field: str, in_size: T | None, alone: T | None) -> T | None:
    if in_size is not None and alone is not None and in_size != alone:
        raise InvalidOrder(f"{field} is {alone}, but size means {in_size}: give one of them", field=field)
    return alone or in_size


def write_task(task: Task, link: Link) -> dict[str, Any]:
    """The video object. `link` is not used: the film is fetched from the video's own /content."""
    order = task.order
    return {
        "id": task.id,
        "object": "video",
        "created_at": _seconds(task.created_at),
        "completed_at": _seconds(task.finished_at),
        "expires_at": _seconds(task.expires_at),
        "status": STATUS_WORDS[task.status],
        "progress": _percent(task),
        "model": order.echo.get("model", order.model) if order.dialect == name else order.model,
        "prompt": order.prompt,
        "seconds": str(order.seconds),
        "size": "{}x{}".format(*_frame_size(task)),
        "remixed_from_video_id": None,
        "error": _write_failure(task),
    }


def _percent(task: Task) -> int:
    """100 only for a film that is there."""
    if STATUS_WORDS[task.status] == "completed":
        return 100
    return min(99, int(task.progress * 100))


def _frame_size(task: Task) -> tuple[int, int]:
    if task.video is not None:
        return task.video.width, task.video.height
    return frame_size(task.order.tier, (task.order.ratio or Ratio.R16_9).fraction)


def _write_failure(task: Task) -> dict[str, Any] | None:
    if task.status is Status.CANCELLED:
        return {"code": "cancelled", "message": "cancelled"}
    return {"code": openai_code(task.failure.code), "message": task.failure.message} if task.failure else None


def write_deleted(task_id: str) -> dict[str, Any]:
    """What a deletion answers."""
    return {"id": task_id, "object": "video.deleted", "deleted": True}


def write_list(videos: Sequence[Mapping[str, Any]], *, has_more: bool) -> dict[str, Any]:
    """A page of video objects with its cursors."""
    return {
        "object": "list",
        "data": list(videos),
        "first_id": videos[0]["id"] if videos else None,
        "last_id": videos[-1]["id"] if videos else None,
        "has_more": has_more,
    }


def write_model(model: str) -> dict[str, Any]:
    """A model as GET /v1/models lists it; when it came to be is not known to the catalog, so `created` is 0."""
    return {"id": model, "object": "model", "created": 0, "owned_by": "openhorse"}


def write_error(error: OpenHorseError) -> Answer:
    """`{"error": {message, type, param, code}}`; an empty balance tells OpenAI's clients not to try again."""
    usual = http_status(error)
    ours = (usual, "invalid_request_error" if usual < 500 else "server_error", error.code)
    status, kind, code = _REFUSALS.get(type(error), ours)
    headers = retry_headers(error) | ({"x-should-retry": "false"} if kind == "insufficient_quota" else {})
    body = {"message": error.message, "type": kind, "param": error.field, "code": code}
    return Answer(status, {"error": body}, headers)


def write_order(order: Order) -> Call:
    """POST /v1/videos as a form: a first frame as `input_reference`, references as `reference_images[n]`.

    There is no word for a watermark, an engine and a callback.
    """
    width, height = frame_size(order.tier, (order.ratio or Ratio.R16_9).fraction)
    form = {
        "model": order.model,
        "prompt": order.prompt,
        "seconds": str(order.seconds),
        "size": f"{width}x{height}",
        **({} if order.seed is None else {"seed": str(order.seed)}),
    }
    if order.mode is Mode.IMAGE:
        files = {"input_reference": order.pictures[0]}
    else:
        files = {f"reference_images[{index}]": address for index, address in enumerate(order.pictures)}
    return Call("POST", "/v1/videos", form=form, files=files)


def write_query(task_id: str) -> Call:
    """GET /v1/videos/{id}."""
    return Call("GET", f"/v1/videos/{quote(task_id, safe='')}")


def read_task(body: Any) -> Report:
    """What a video object says; its film is at /v1/videos/{id}/content. Raises UpstreamError."""
    video = body if isinstance(body, dict) else {}
    task_id, status = video.get("id"), _STATUSES.get(str(video.get("status")))
    if not isinstance(task_id, str) or not task_id or status is None:
        raise UpstreamError("the upstream answered something that is no video object")
    progress = video.get("progress")
    return Report(
        id=task_id,
        status=status,
        progress=min(max(progress, 0), 100) / 100 if isinstance(progress, int | float) else None,
        film=f"{write_query(task_id).path}/content" if status is Status.SUCCEEDED else None,
        failure=_read_failure(video.get("error")) if status is Status.FAILED else None,
    )


def _read_failure(error: Any) -> Failure:
    told = error if isinstance(error, dict) else {}
    code, message = str(told.get("code") or ""), str(told.get("message") or "")
    kind = kind_of(our_code(code)) or UpstreamError
    return Failure(kind.code, message[:500] or code[:500] or "the upstream gave no reason", kind.retry)


def read_error(status: int, body: Any, headers: Mapping[str, str]) -> OpenHorseError:
    """Our error for a refusal; a quota that is used up there is not our customer's."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return error_of(status, body if isinstance(body, str) else "", headers)
    code, field = our_code(str(error.get("code") or "")), error.get("param")
    message = str(error.get("message") or code)
    if code == "insufficient_quota":
        return UpstreamError(message[:500])
    if code == "model_not_found":
        return UnknownModel(message[:500], field="model")
    return error_of(status, message, headers, code=code, field=field if isinstance(field, str) else None)


def write_callback(task: Task, link: Link) -> bytes:
    """The video object. Nobody asks for it: an order in this dialect has no callback."""
    return json.dumps(write_task(task, link), ensure_ascii=False, separators=(",", ":")).encode()


def sign_callback(body: bytes, secret: str, now: datetime) -> dict[str, str]:
    """No headers: there is no callback to sign."""
    return {}


def _seconds(moment: datetime | None) -> int | None:
    return int(moment.timestamp()) if moment else None
