"""EvoLink's unified task API: its create body in, an Order out; a Task in, its task object out. No I/O.

Sources: EvoLink's HappyHorse 1.0 image-to-video page; docs.evolink.ai (HappyHorse 1.0 and 1.1, get-task-detail,
error-codes, get-credits); the sources of its CLI (deeplearning-goethe/evolink-cli) and of its MCP server
(EvoLinkAI/evolink-mcp).
Choices where the sources leave room or contradict each other:
- unknown fields are ignored; a field that is null, and an empty `callback_url`, read as absent;
- `image_urls` of image-to-video may hold up to nine addresses, the first is used; `aspect_ratio` is ignored there;
- error codes are the newer strings (older pages show the HTTP status); names nobody documents are ours, and beside
  an unknown model's 404 `model_not_found` the message lists what exists;
- one request still in hand under the same Idempotency-Key is 409 `paid_outcome_unknown`, another body under it 409
  `idempotency_conflict`, as the CLI tells them apart;
- `credits_reserved` and `credits_used` count ten-thousandths of a credit, as in the page's example (607500 for 5 s at
  720p); the CLI reads the same numbers as whole credits. Only `/v1/credits` speaks of whole credits, as its page does;
- `credits_reserved` stays what was set aside, `credits_used` is there once the task has ended, 0 unless it completed;
- `estimated_time` is there until then: it covers the work, not the wait in line;
- a cancelled task has no `error`; an expired film stays `completed` with its link, which answers 410;
- callbacks are not signed: the vendor documents no signature.
What the vendor has no word for: engines, the watermark, and a seed of 0, which is left for the vendor to draw.
"""

from __future__ import annotations

import json
import secrets
import string
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le, Len
from pydantic import AfterValidator, BaseModel, Field, create_model

from openhorse import errors
from openhorse.catalog import DEFAULT_SECONDS, LONGEST_SECONDS, SHORTEST_SECONDS, Catalog, Offer
from openhorse.dialects import Answer, Call, Link, Report
from openhorse.dialects.fields import Tolerant, WholeNumber, check_mentions, clean_prompt, read_object, validated
from openhorse.dialects.refusals import error_of, http_status, retry_headers
from openhorse.errors import InvalidOrder, OpenHorseError, UpstreamError
from openhorse.vocabulary import FINAL, Callback, Failure, Mode, Order, Ratio, Status, Task, Tier

name = "evolink"

callback_gaps = (0, 1, 2, 4)
"""At once, then 1, 2 and 4 seconds after each failure (the HappyHorse pages)."""

media_faults_fail_the_task = False

TASK_ID_PREFIX = "task-unified-"

LONGEST_ADDRESS = 2048
"""Characters of a picture's or a callback's address."""

STATUS_WORDS = {
    Status.QUEUED: "pending",
    Status.RUNNING: "processing",
    Status.STORING: "processing",
    Status.SUCCEEDED: "completed",
    Status.EXPIRED: "completed",
    Status.FAILED: "failed",
    Status.CANCELLED: "cancelled",
}

_STATUSES = {
    "pending": Status.QUEUED,
    "processing": Status.RUNNING,
    "completed": Status.SUCCEEDED,
    "failed": Status.FAILED,
    "cancelled": Status.CANCELLED,
}

UNITS_PER_CREDIT = 10_000

_WORK_SECONDS = {Tier.P480: 2, Tier.P720: 4, Tier.P1080: 8}
"""Of work for a second of film: the slowest scene of docs/benchmarks.md, on two cores."""

ERROR_CODES: Mapping[type[OpenHorseError], str] = {
    errors.UnknownModel: "model_not_found",
    errors.PictureRefused: "image_processing_error",
    errors.InvalidOrder: "invalid_parameters",
    errors.ContentRefused: "content_policy_violation",
    errors.RequestTooLarge: "request_too_large",
    errors.RequestTimedOut: "request_timeout",
    errors.WrongContentType: "unsupported_content_type",
    errors.MalformedRequest: "invalid_request",
    errors.WrongKey: "invalid_api_key",
    errors.MissingKey: "missing_api_key",
    errors.NotPermitted: "permission_denied",
    errors.Gone: "resource_expired",
    errors.WrongMethod: "method_not_allowed",
    errors.NotFound: "not_found",
    errors.InsufficientBalance: "insufficient_quota",
    errors.IdempotencyMismatch: "idempotency_conflict",
    errors.IdempotencyInFlight: "paid_outcome_unknown",
    errors.RateLimited: "rate_limit_exceeded",
    errors.TooManyTasks: "rate_limit_exceeded",
    errors.StorageQuotaExceeded: "storage_quota_exceeded",
    errors.BusyError: "service_unavailable",
    errors.EngineUnavailable: "service_unavailable",
    errors.UpstreamError: "upstream_error",
    errors.StorageFailed: "service_unavailable",
    errors.Cancelled: "request_cancelled",
    errors.CallerError: "bad_request",
    errors.OpenHorseError: "internal_error",
}
"""`error.code` by kind of error; a kind without an entry takes its nearest ancestor's."""

_KINDS = {code: kind for kind, code in ERROR_CODES.items()}

ERROR_TYPES = {
    401: "authentication_error",
    402: "insufficient_quota_error",
    403: "permission_error",
    404: "not_found_error",
    410: "not_found_error",
    413: "request_too_large_error",
    429: "rate_limit_error",
    500: "internal_server_error",
    502: "upstream_error",
    503: "service_unavailable_error",
    507: "service_unavailable_error",
}
"""`error.type` by HTTP status; any other is an invalid_request_error."""

TASK_ID = "task_id"
"""The field that an error names to say that no such task exists (NotFound), or none could (InvalidOrder)."""

_TASK_ID_CODES: Mapping[type[OpenHorseError], str] = {
    errors.NotFound: "task_not_found",
    errors.InvalidOrder: "invalid_task_id",
}

_FAILURE_CODES = {
    "invalid_order": "invalid_parameters",
    "unknown_model": "invalid_parameters",
    "no_engine": "invalid_parameters",
    "content_refused": "content_policy_violation",
    "picture_refused": "image_processing_error",
    "picture_unreachable": "image_processing_error",
    "address_refused": "image_processing_error",
    "request_too_large": "image_processing_error",
    "cancelled": "request_cancelled",
    "film_rejected": "generation_failed_no_content",
    "engine_failed": "service_error",
    "internal_error": "service_error",
    "moderation_unavailable": "service_error",
    "storage_failed": "service_error",
    "storage_full": "service_error",
    "engine_timed_out": "generation_timeout",
    "engine_unavailable": "service_unavailable",
    "spending_cap_reached": "service_unavailable",
    "busy": "resource_exhausted",
    "too_many_tasks": "quota_exceeded",
    "insufficient_balance": "quota_exceeded",
    "upstream_error": "service_unavailable",
    "not_found": "resource_not_found",
    "gone": "resource_not_found",
}
"""`error.code` of a failed task by our failure's; any other is unknown_error."""

_FAILURE_KINDS: Mapping[str, type[OpenHorseError]] = {
    "content_policy_violation": errors.ContentRefused,
    "invalid_parameters": errors.InvalidOrder,
    "image_processing_error": errors.PictureRefused,
    "image_dimension_mismatch": errors.PictureRefused,
    "request_cancelled": errors.Cancelled,
    "generation_failed_no_content": errors.FilmRejected,
    "service_error": errors.EngineFailed,
    "generation_timeout": errors.EngineTimedOut,
    "resource_exhausted": errors.BusyError,
    "quota_exceeded": errors.TooManyTasks,
    "service_unavailable": errors.UpstreamError,
    "resource_not_found": errors.NotFound,
}


def _address(text: str) -> str:
    if not text.lower().startswith(("https://", "http://")) or not text.isprintable():
        raise ValueError("must be an http:// or https:// URL")
    return text


Address = Annotated[str, Field(max_length=LONGEST_ADDRESS), AfterValidator(_address)]


def new_task_id(now: datetime) -> str:
    """`task-unified-`, the Unix second and eight of 0-9a-z, of which the first two count the milliseconds."""
    second, milliseconds = divmod(int(now.timestamp() * 1000), 1000)
    digits = string.digits + string.ascii_lowercase
    drawn = "".join(secrets.choice(digits) for _ in range(6))
    return f"{TASK_ID_PREFIX}{second}-{digits[milliseconds // 36]}{digits[milliseconds % 36]}{drawn}"


@cache
def body_model(offer: Offer) -> type[BaseModel]:
    """The create body of one model, its limits and defaults from the catalog."""
    fields: dict[str, Any] = {
        "model": (str, Field(examples=[offer.model])),
        "prompt": (str, ...) if offer.prompt_required else (str, ""),
    }
    if offer.pictures[1]:
        fields["image_urls"] = (Annotated[list[Address], Len(*offer.pictures)], ...)
    fields["quality"] = (Literal[tuple(t.value for t in offer.tiers)], offer.default_tier.value)
    if offer.default_ratio is not None:
        fields["aspect_ratio"] = (Literal[tuple(r.value for r in offer.ratios)], offer.default_ratio.value)
    fields["duration"] = (Annotated[WholeNumber, Ge(SHORTEST_SECONDS), Le(LONGEST_SECONDS)], DEFAULT_SECONDS)
    if offer.seed is not None:
        fields["seed"] = (Annotated[WholeNumber, Ge(offer.seed[0]), Le(offer.seed[1])] | None, None)
    fields["callback_url"] = (Annotated[str, Field(max_length=LONGEST_ADDRESS)], "")
    title = "Evolink" + "".join(part.capitalize() for part in offer.mode.value.split("-"))
    body: type[BaseModel] = create_model(title, __base__=Tolerant, **fields)
    return body


def read_order(body: Any, catalog: Catalog) -> Order:
    """The order in a create body. Raises MalformedRequest, UnknownModel or InvalidOrder."""
    whole = {field: value for field, value in read_object(body).items() if value is not None}
    model = whole.get("model")
    if not isinstance(model, str) or not model:
        raise InvalidOrder("model is required and must be a string", field="model")
    offer = catalog.offer(name, model)
    asked: Any = validated(body_model(offer), whole)
    prompt = clean_prompt(asked.prompt)
    if offer.prompt_required and not prompt:
        raise InvalidOrder("prompt must not be empty", field="prompt")
    pictures = tuple(getattr(asked, "image_urls", ()))
    if offer.mode is Mode.REFERENCE:
        check_mentions(prompt, len(pictures))
    ratio = getattr(asked, "aspect_ratio", None)
    return Order(
        dialect=name,
        model=offer.model,
        mode=offer.mode,
        prompt=prompt,
        tier=Tier(asked.quality),
        seconds=asked.duration,
        ratio=Ratio(ratio) if ratio else None,
        pictures=pictures[:1] if offer.mode is Mode.IMAGE else pictures,
        seed=getattr(asked, "seed", None),
        callback=Callback(asked.callback_url) if asked.callback_url else None,
    )


def units(micros: int) -> int:
    """Micro-dollars as ten-thousandths of a credit: 68 credits are a dollar.

    A whole number of them survives the way through whole micro-dollars, each of which is 0.68 of one.
    """
    return (micros * 68 + 50) // 100


def credits_of(micros: int) -> float:
    """Micro-dollars as credits, to four decimals, as /v1/credits speaks of them."""
    return units(micros) / UNITS_PER_CREDIT


def write_task(task: Task, link: Link) -> dict[str, Any]:
    """The task object, its keys in alphabetical order as in the documents: create, query and callback alike."""
    answer: dict[str, Any] = {"created": int(task.created_at.timestamp())}
    if task.status is Status.FAILED and task.failure is not None:
        code = _FAILURE_CODES.get(task.failure.code, "unknown_error")
        answer["error"] = {"code": code, "message": task.failure.message}
    answer |= {
        "id": task.id,
        "model": task.order.model,
        "object": "video.generation.task",
        "progress": _percent(task),
    }
    if task.video is not None:
        answer["results"] = [link(task.video)]
    return answer | {
        "status": STATUS_WORDS[task.status],
        "task_info": _write_info(task),
        "type": "video",
        "usage": _write_usage(task),
    }


def _percent(task: Task) -> int:
    """100 is kept for a film that is there."""
    return 100 if STATUS_WORDS[task.status] == "completed" else min(99, int(task.progress * 100))


def _write_info(task: Task) -> dict[str, Any]:
    info: dict[str, Any] = {"can_cancel": task.status in (Status.QUEUED, Status.RUNNING)}
    if task.status not in FINAL:
        info["estimated_time"] = _WORK_SECONDS[task.order.tier] * task.order.seconds
    return info | {"video_duration": task.order.seconds}


def _write_usage(task: Task) -> dict[str, Any]:
    usage: dict[str, Any] = {"billing_rule": "per_second", "credits_reserved": units(task.quote.micros)}
    if task.status in FINAL:
        usage["credits_used"] = _used(task)
    return usage | {"user_group": "default"}


def _used(task: Task) -> int:
    return units(task.quote.micros) if STATUS_WORDS[task.status] == "completed" else 0


def write_listed(task: Task) -> dict[str, Any]:
    """The task as the list shows it: no results, only whether there are any."""
    return {
        "created_at": int(task.created_at.timestamp()),
        "credits_used": _used(task),
        "has_error": task.status is Status.FAILED,
        "has_results": task.video is not None,
        "id": task.id,
        "model": task.order.model,
        "object": "video.generation.task",
        "progress": _percent(task),
        "status": STATUS_WORDS[task.status],
        "type": "video",
    }


def write_error(error: OpenHorseError) -> Answer:
    """`{"error": {code, message, type}}`, and `param` when a field is to blame."""
    status = _status(error)
    body = {"code": _code(error), "message": error.message}
    body["type"] = ERROR_TYPES.get(status, "invalid_request_error")
    if error.field is not None:
        body["param"] = error.field
    return Answer(status, {"error": body}, retry_headers(error))


def _status(error: OpenHorseError) -> int:
    if isinstance(error, errors.UnknownModel):
        return 404
    return 409 if isinstance(error, errors.IdempotencyMismatch) else http_status(error)


def _code(error: OpenHorseError) -> str:
    if error.field == TASK_ID and type(error) in _TASK_ID_CODES:
        return _TASK_ID_CODES[type(error)]
    return next(ERROR_CODES[kind] for kind in type(error).__mro__ if kind in ERROR_CODES)


def write_callback(task: Task, link: Link) -> bytes:
    """The task object, byte for byte as the query answers it."""
    text = json.dumps(write_task(task, link), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def sign_callback(body: bytes, secret: str, now: datetime) -> dict[str, str]:
    """Nothing: EvoLink does not sign."""
    return {}


def write_order(order: Order) -> Call:
    """The create request, below https://api.evolink.ai."""
    body: dict[str, Any] = {"model": order.model}
    if order.prompt:
        body["prompt"] = order.prompt
    if order.pictures:
        body["image_urls"] = list(order.pictures)
    body |= {"quality": order.tier.value, "duration": order.seconds}
    if order.ratio is not None:
        body["aspect_ratio"] = order.ratio.value
    if order.seed:
        body["seed"] = order.seed
    if order.callback is not None:
        body["callback_url"] = order.callback.url
    return Call("POST", "/v1/videos/generations", body)


def write_query(task_id: str) -> Call:
    """The request for a task."""
    return Call("GET", f"/v1/tasks/{task_id}")


def read_task(body: Any) -> Report:
    """What a task object says. Raises UpstreamError when it is none, or completed without a film."""
    if not isinstance(body, dict) or not isinstance(body.get("id"), str):
        raise UpstreamError("EvoLink answered without a task")
    word = body.get("status")
    status = _STATUSES.get(word) if isinstance(word, str) else None
    if status is None:
        raise UpstreamError(f"EvoLink answered with the unknown status {str(word)[:50]!r}")
    film = _film(body) if status is Status.SUCCEEDED else None
    if status is Status.SUCCEEDED and film is None:
        raise UpstreamError("EvoLink says that the film is completed, and not where it is")
    failure = _read_failure(body.get("error")) if status is Status.FAILED else None
    charge = _read_charge(body.get("usage"))
    return Report(body["id"], status, _read_progress(body.get("progress")), film, failure, charge)


def _read_charge(usage: Any) -> int | None:
    """Micro-dollars of `credits_used`, a whole number of ten-thousandths of a credit; None where it is not told."""
    used = usage.get("credits_used") if isinstance(usage, dict) else None
    return None if isinstance(used, bool) or not isinstance(used, int) or used < 0 else (used * 100 + 34) // 68


def _film(body: Mapping[str, Any]) -> str | None:
    """`results`, or the `result_data` of newer pages."""
    results, details = body.get("results"), body.get("result_data")
    found = list(results) if isinstance(results, list) else []
    found += [item.get("video_url") for item in details if isinstance(item, dict)] if isinstance(details, list) else []
    return next((address for address in found if isinstance(address, str) and address), None)


def _read_progress(percent: Any) -> float | None:
    if isinstance(percent, bool) or not isinstance(percent, (int, float)):
        return None
    return min(100, max(0, percent)) / 100


def _read_failure(error: Any) -> Failure:
    told = error if isinstance(error, dict) else {}
    code, message = told.get("code"), told.get("message")
    kind = _FAILURE_KINDS.get(code, OpenHorseError) if isinstance(code, str) else OpenHorseError
    return Failure(kind.code, message if isinstance(message, str) else "EvoLink gave no reason", kind.retry)


def read_error(status: int, body: Any, headers: Mapping[str, str]) -> OpenHorseError:
    """Our error for a refusal of api.evolink.ai, or of files-api.evolink.ai with its `msg`."""
    told = body.get("error", body) if isinstance(body, dict) else {}
    told = told if isinstance(told, dict) else {"message": told}
    text = told.get("message", told.get("msg", body if isinstance(body, str) else ""))
    message = text if isinstance(text, str) else json.dumps(text)
    error = error_of(status, message, headers)
    code, param = told.get("code"), told.get("param")
    kind = _KINDS.get(code) if isinstance(code, str) else None
    if kind is None or status in (401, 402, 403) or status >= 500:
        return error
    return kind(error.message, field=param if isinstance(param, str) else None, retry_after=error.retry_after)
