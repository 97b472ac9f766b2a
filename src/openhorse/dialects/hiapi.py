"""HiAPI's unified async task API: its create body in, an Order out; a Task in, its detail object out; and back. No I/O.

Sources: HiAPI's three HappyHorse 1.1 model pages; docs.hiapi.ai (create, detail, list); the hiapi Python SDK 0.2.1.
Choices where the sources leave room:
- an unknown model, and a route other than the default one, is a 400 INVALID_REQUEST that lists what exists;
- any unknown field is refused, inside `input` and beside it (the vendor documents it for `input`);
- `storage` persistent keeps a film for a hundred years, and costs nothing; the key's share of the store stands for the
  vendor's cap; `expireAt` tells how long;
- a film's thumbnail (the preview at half of it), first and last frame are outputs behind it, where they could be kept;
- outputs have no ids of their own here: a task has one, and `storages/promote` takes the task's id for it. Promoting is
  done when it is answered, so nothing is ever pending;
- what moderation refuses is INVALID_REQUEST, at create and in a failed task: HiAPI documents no code of its own for it;
- a cancelled task, which HiAPI has no word for, is `fail` with TASK_FAILED;
- an expired film keeps `success` and its link, which answers 410;
- as its customer: a seed is sent to happyhorse-1-0 only, the 1.1 models refuse it; a task without a status, as create
  answers it, is queued; the other envelope of refusals, shown in the vendor's blog, is read too.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal
from urllib.parse import quote

from annotated_types import Ge, Le, Len
from pydantic import BaseModel, Field, create_model

from openhorse.catalog import DEFAULT_SECONDS, LONGEST_SECONDS, SHORTEST_SECONDS, Catalog, Offer
from openhorse.dialects import Answer, Call, Link, Report
from openhorse.dialects.fields import (
    Strict,
    WholeNumber,
    check_mentions,
    clean_prompt,
    read_json,
    read_object,
    validated,
)
from openhorse.dialects.refusals import error_of, http_status, retry_headers
from openhorse.errors import (
    EngineUnavailable,
    Gone,
    IdempotencyMismatch,
    InsufficientBalance,
    InvalidOrder,
    NotFound,
    OpenHorseError,
    StorageQuotaExceeded,
    UpstreamError,
    kind_of,
)
from openhorse.vocabulary import FIRST, LAST, Callback, Failure, Mode, Order, Ratio, Status, Task, Tier, new_ulid

name = "hiapi"

callback_gaps = (0, 60, 300, 1200)
"""At once, then about 1, 5 and 20 minutes later (HiAPI's callback documentation)."""

media_faults_fail_the_task = False

TASK_ID_PREFIX = "tk-hiapi-"

STATUS_WORDS = {
    Status.QUEUED: "queued",
    Status.RUNNING: "handling",
    Status.STORING: "archiving",
    Status.SUCCEEDED: "success",
    Status.EXPIRED: "success",
    Status.FAILED: "fail",
    Status.CANCELLED: "fail",
}

ERROR_CODES = {
    400: "INVALID_REQUEST",
    401: "UNAUTHORIZED",
    402: "INSUFFICIENT_BALANCE",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    408: "INVALID_REQUEST",
    409: "IDEMPOTENCY_KEY_PROCESSING",
    410: "GONE",
    413: "INVALID_REQUEST",
    415: "INVALID_REQUEST",
    422: "IDEMPOTENCY_KEY_MISMATCH",
    429: "RATE_LIMITED",
    503: "STORAGE_UNAVAILABLE",
    507: "STORAGE_UNAVAILABLE",
}
"""`error_code` by HTTP status. The vendor names those of 400, 409, 422 and 503; the others are ours."""

MODEL_UNAVAILABLE = "MODEL_UNAVAILABLE"
"""Documented with 503 beside the platform's own trouble, and in a failed task."""

_STATUSES = {
    "queued": Status.QUEUED,
    "handling": Status.RUNNING,
    "archiving": Status.STORING,
    "success": Status.SUCCEEDED,
    "fail": Status.FAILED,
}

_TASK_ERROR_CODES = {
    "engine_timed_out": "TASK_TIMEOUT",
    "storage_failed": "STORAGE_UNAVAILABLE",
    "storage_full": "STORAGE_UNAVAILABLE",
    "engine_unavailable": MODEL_UNAVAILABLE,
    "spending_cap_reached": MODEL_UNAVAILABLE,
}
_CALLERS_FAULT = {
    "invalid_order",
    "content_refused",
    "no_engine",
    "picture_refused",
    "address_refused",
    "picture_unreachable",
    "unknown_model",
}

_FAILURES = {
    "INVALID_REQUEST": "invalid_order",
    "TASK_TIMEOUT": "engine_timed_out",
    "STORAGE_UNAVAILABLE": "storage_failed",
    MODEL_UNAVAILABLE: "engine_unavailable",
}
"""What a failed task's code means to us; anything else is the upstream's own trouble."""

PROMOTED_AT_ONCE = 50

_REJECTIONS: tuple[tuple[type[OpenHorseError], str], ...] = (
    (Gone, "already_deleted"),
    (NotFound, "not_owned"),
    (InsufficientBalance, "insufficient"),
    (StorageQuotaExceeded, "cap_exceeded"),
    (InvalidOrder, "not_promotable"),
)
"""docs.hiapi.ai/storage/promote; the first that fits."""

_TAKES_SEED = {"happyhorse-1-0"}

_PICTURE_FIELD = {Mode.IMAGE: "image_urls", Mode.REFERENCE: "reference_image"}


class CallbackField(Strict):
    """Where to post the task's end."""

    url: str = Field(min_length=1, max_length=2048)
    when: Literal["final"] = "final"


def new_task_id(now: datetime) -> str:
    """`tk-hiapi-` and a ULID, 35 characters in all."""
    return TASK_ID_PREFIX + new_ulid(now)


@cache
def body_model(offer: Offer) -> type[BaseModel]:
    """The create body of one model, its limits and defaults from the catalog."""
    fields: dict[str, Any] = {"prompt": (str, ...) if offer.prompt_required else (str, "")}
    if offer.mode in _PICTURE_FIELD:
        address = Annotated[str, Field(min_length=1)]
        fields[_PICTURE_FIELD[offer.mode]] = (Annotated[list[address], Len(*offer.pictures)], ...)
    fields["resolution"] = (Literal[tuple(t.value for t in offer.tiers)], offer.default_tier.value)
    if offer.ratios:
        fields["aspect_ratio"] = (Literal[tuple(r.value for r in offer.ratios)], offer.ratios[0].value)
    seconds = Annotated[WholeNumber, Ge(SHORTEST_SECONDS), Le(LONGEST_SECONDS)]
    fields["duration"] = (seconds, DEFAULT_SECONDS)
    if offer.seed is not None:
        fields["seed"] = (Annotated[WholeNumber, Ge(offer.seed[0]), Le(offer.seed[1])] | None, None)
    title = "Hiapi" + "".join(part.capitalize() for part in re.findall("[a-z0-9]+", offer.model.lower()))
    envelope: dict[str, Any] = {
        "model": (str, Field(examples=[offer.model])),
        "input": (create_model(title + "Input", __base__=Strict, **fields), ...),
        "callback": (CallbackField | None, None),
        "route": (str | None, None),
        "storage": (Literal["temp", "persistent"], "temp"),
    }
    body: type[BaseModel] = create_model(title, __base__=Strict, **envelope)
    return body


def read_order(body: Any, catalog: Catalog) -> Order:
    """The order in a create body. Raises MalformedRequest, UnknownModel or InvalidOrder."""
    whole = read_object(body)
    model = whole.get("model")
    if not isinstance(model, str) or not model:
        raise InvalidOrder("model is required and must be a string", field="model")
    offer_name, _, suffix = model.partition("@")
    offer = catalog.offer(name, offer_name)
    asked: Any = validated(body_model(offer), whole)
    route = asked.route or suffix
    if route not in ("", "default"):
        raise InvalidOrder(f"unknown route {route[:100]!r}; available: default", field="route")
    prompt = clean_prompt(asked.input.prompt)
    if offer.prompt_required and not prompt:
        raise InvalidOrder("input.prompt must not be empty", field="input.prompt")
    pictures = getattr(asked.input, _PICTURE_FIELD.get(offer.mode, ""), ())
    if offer.mode is Mode.REFERENCE:
        check_mentions(prompt, len(pictures), "input.prompt")
    ratio = getattr(asked.input, "aspect_ratio", None)
    return Order(
        dialect=name,
        model=offer.model,
        mode=offer.mode,
        prompt=prompt,
        tier=Tier(asked.input.resolution),
        seconds=asked.input.duration,
        ratio=Ratio(ratio) if ratio else None,
        pictures=tuple(pictures),
        seed=getattr(asked.input, "seed", None),
        callback=Callback(asked.callback.url) if asked.callback else None,
        echo={"storage": asked.storage} | ({"route": asked.route} if asked.route else {}),
    )


def write_created(task: Task) -> dict[str, Any]:
    """What create answers: the id and nothing else."""
    return {"taskId": task.id}


def write_task(task: Task, link: Link) -> dict[str, Any]:
    """The `data` object of a detail query; also, bare, the callback's body."""
    answer: dict[str, Any] = {
        "taskId": task.id,
        "model": task.order.model,
        "status": STATUS_WORDS[task.status],
        "created": int(task.created_at.timestamp()),
        "completed": int(task.finished_at.timestamp()) if task.finished_at else 0,
        **task.order.echo,
    }
    if task.video is not None and task.expires_at is not None:
        expires = int(task.expires_at.timestamp())
        made = {
            "video": link(task.video),
            "thumbnail": link.poster(task),
            "first_frame": link.frame(task, FIRST),
            "last_frame": link.frame(task, LAST),
        }
        answer["output"] = [{"url": url, "type": kind, "expireAt": expires} for kind, url in made.items() if url]
    if task.status is Status.CANCELLED:
        answer["error"] = {"code": "TASK_FAILED", "message": "cancelled"}
    elif task.failure is not None:
        answer["error"] = {"code": _task_error_code(task.failure.code), "message": task.failure.message}
    return answer


def _task_error_code(code: str) -> str:
    if code in _CALLERS_FAULT:
        return "INVALID_REQUEST"
    return _TASK_ERROR_CODES.get(code, "TASK_FAILED")


def envelope(data: Any) -> dict[str, Any]:
    """A successful answer around `data`."""
    return {"code": 200, "message": "success", "data": data}


def read_promotion(raw: bytes) -> tuple[str, ...]:
    """The ids in the body of POST /v1/storages/promote, each once. Raises MalformedRequest or InvalidOrder."""
    ids = read_json(raw)
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise InvalidOrder("the body must be an array of ids, which are strings")
    if not 0 < len(ids) <= PROMOTED_AT_ONCE:
        raise InvalidOrder(f"1 to {PROMOTED_AT_ONCE} ids can be promoted at once")
    return tuple(dict.fromkeys(ids))


def rejection(error: OpenHorseError) -> str:
    """Why an output is not promoted, in the vendor's words."""
    return next(reason for kind, reason in _REJECTIONS if isinstance(error, kind))


def write_promotion(rejected: Mapping[str, str], ids: Sequence[str]) -> dict[str, Any]:
    """The `data` object that tells which of `ids` are kept now, and why others are `rejected`."""
    return {
        "accepted": [one for one in ids if one not in rejected],
        "rejected": [{"id": one, "reason": rejected[one]} for one in ids if one in rejected],
    }


def write_error(error: OpenHorseError) -> Answer:
    """The envelope with `data: null` and `error_code`."""
    status = http_status(error)
    code = MODEL_UNAVAILABLE if isinstance(error, EngineUnavailable) else ERROR_CODES.get(status, "INTERNAL_ERROR")
    body = {"code": status, "message": error.message, "data": None, "error_code": code}
    return Answer(status, body, retry_headers(error))


def write_callback(task: Task, link: Link) -> bytes:
    """The bare task object, without envelope."""
    return json.dumps(write_task(task, link), ensure_ascii=False, separators=(",", ":")).encode()


def sign_callback(body: bytes, secret: str, now: datetime) -> dict[str, str]:
    """X-HiAPI-Timestamp, and X-HiAPI-Signature: lower-case hex HMAC-SHA256 of `timestamp.body`."""
    timestamp = str(int(now.timestamp()))
    signature = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"X-HiAPI-Timestamp": timestamp, "X-HiAPI-Signature": signature}


def write_order(order: Order) -> Call:
    """POST /v1/tasks. There is no word for a watermark and an engine, and none for a seed but for one model."""
    given: dict[str, Any] = {"prompt": order.prompt, "resolution": order.tier.value, "duration": order.seconds}
    if order.ratio is not None:
        given["aspect_ratio"] = order.ratio.value
    if order.pictures:
        given[_PICTURE_FIELD[order.mode]] = list(order.pictures)
    if order.seed is not None and order.model in _TAKES_SEED:
        given["seed"] = order.seed
    body: dict[str, Any] = {"model": order.model, "input": given}
    if order.callback is not None:
        body["callback"] = {"url": order.callback.url, "when": "final"}
    return Call("POST", "/v1/tasks", {**body, **order.echo})


def write_query(task_id: str) -> Call:
    """GET /v1/tasks/{taskId}."""
    return Call("GET", f"/v1/tasks/{quote(task_id, safe='')}")


def read_task(body: Any) -> Report:
    """What create or detail answered, or a callback told, says. Raises UpstreamError."""
    whole = body if isinstance(body, dict) else {}
    data = whole.get("data", whole)
    task = data if isinstance(data, dict) else {}
    task_id, word = task.get("taskId"), task.get("status", "queued")
    status = _STATUSES.get(word) if isinstance(word, str) else None
    if not isinstance(task_id, str) or not task_id or status is None:
        raise UpstreamError("the upstream answered something that is no task")
    return Report(
        id=task_id,
        status=status,
        film=_read_film(task.get("output")) if status is Status.SUCCEEDED else None,
        failure=_read_failure(task.get("error")) if status is Status.FAILED else None,
    )


def _read_film(output: Any) -> str:
    for part in output if isinstance(output, list) else ():
        if isinstance(part, dict) and part.get("type", "video") == "video" and isinstance(part.get("url"), str):
            return str(part["url"])
    raise UpstreamError("the upstream says that the task succeeded, and names no film")


def _read_failure(error: Any) -> Failure:
    told = error if isinstance(error, dict) else {}
    code, message = str(told.get("code") or ""), str(told.get("message") or "")
    kind = kind_of(_FAILURES.get(code, "")) or UpstreamError
    return Failure(kind.code, message[:500] or code[:500] or "the upstream gave no reason", kind.retry)


def read_error(status: int, body: Any, headers: Mapping[str, str]) -> OpenHorseError:
    """Our error for a refusal in either of the vendor's two envelopes, or in none."""
    whole = body if isinstance(body, dict) else {"message": body}
    told = whole["error"] if isinstance(whole.get("error"), dict) else whole
    message = told.get("message")
    text = message if isinstance(message, str) else ""
    if status == 422 and whole.get("error_code") == ERROR_CODES[422]:
        return IdempotencyMismatch(text[:500])
    return error_of(status, text, headers)
