"""Our own words, under /openhorse/v1: everything an Order can say, everything a Task knows, both ways. No I/O."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal
from urllib.parse import quote

from annotated_types import Ge, Le, Len
from pydantic import BaseModel, Field, create_model

from openhorse.catalog import DEFAULT_SECONDS, LONGEST_SECONDS, MICROS, SHORTEST_SECONDS, Catalog, Offer
from openhorse.dialects import Answer, Call, Link, Report
from openhorse.dialects.fields import (
    Strict,
    WholeNumber,
    check_mentions,
    clean_prompt,
    read_object,
    validated,
    write_time,
)
from openhorse.dialects.refusals import error_of, http_status, retry_headers
from openhorse.errors import InvalidOrder, OpenHorseError, UpstreamError
from openhorse.vocabulary import (
    FIRST,
    FRAME_RATE,
    LAST,
    SAMPLE_RATE,
    Callback,
    Failure,
    Mode,
    Order,
    Quote,
    Ratio,
    Status,
    Task,
    Tier,
    Video,
    new_ulid,
)

name = "native"

callback_gaps = (0, 5)
"""At once, then 5 s later; the slow phase that all dialects have makes the Standard Webhooks schedule of it."""

media_faults_fail_the_task = False

TASK_ID_PREFIX = "task_"

DEFAULT_MODEL = "happyhorse-1.1"


class CallbackField(Strict):
    """Where to post the task's end."""

    url: str = Field(min_length=1, max_length=2048)


class TaskBody(Strict):
    """What POST /openhorse/v1/tasks takes. `image` makes image-to-video, `references` reference-to-video."""

    model: str = Field(
        DEFAULT_MODEL, min_length=1, description="happyhorse-1.1, happyhorse-1.0, or either with /<mode>."
    )
    prompt: str = ""
    image: str | None = Field(None, min_length=1, description="First frame: http(s), data: or upload: address.")
    references: Annotated[list[Annotated[str, Field(min_length=1)]], Len(0, 9)] = Field(default_factory=list)
    resolution: Literal["480p", "720p", "1080p"] = "720p"
    ratio: Literal[tuple(r.value for r in Ratio)] | None = Field(None, description="16:9 unless `image` is given.")  # type: ignore[valid-type]
    seconds: Annotated[WholeNumber, Ge(SHORTEST_SECONDS), Le(LONGEST_SECONDS)] = DEFAULT_SECONDS
    seed: Annotated[WholeNumber, Ge(0), Le(2**31 - 1)] | None = None
    engine: str | None = Field(None, min_length=1)
    watermark: bool = False
    enhance: bool | None = Field(None, description="Write the prompt anew first; the operator's choice if absent.")
    callback: CallbackField | None = None


@cache
def body_model(offer: Offer) -> type[BaseModel]:
    """`TaskBody` narrowed to one model's tiers and ratios."""
    fields: dict[str, Any] = {
        "resolution": (Literal[tuple(t.value for t in offer.tiers)], offer.default_tier.value),
    }
    if offer.ratios:
        fields["ratio"] = (Literal[tuple(r.value for r in offer.ratios)] | None, None)
    title = "Native" + "".join(part.capitalize() for part in offer.mode.value.split("-"))
    body: type[BaseModel] = create_model(title, __base__=TaskBody, **fields)
    return body


def new_task_id(now: datetime) -> str:
    """`task_` and a ULID."""
    return TASK_ID_PREFIX + new_ulid(now)


def read_order(body: Any, catalog: Catalog) -> Order:
    """The order in a body. Raises MalformedRequest, UnknownModel or InvalidOrder."""
    first: TaskBody = validated(TaskBody, read_object(body))
    mode = _mode(first)
    family, _, named_mode = first.model.partition("/")
    offer = catalog.offer(name, f"{family}/{named_mode or mode.value}")
    if offer.mode is not mode:
        raise InvalidOrder(
            f"model {offer.model} needs {_NEEDS[offer.mode]}, and the body asks for {mode.value}", field="model"
        )
    asked: Any = validated(body_model(offer), body)
    if asked.ratio is not None and not offer.ratios:
        raise InvalidOrder("ratio: image-to-video follows the ratio of its first frame; leave it out", field="ratio")
    prompt = clean_prompt(asked.prompt)
    if offer.prompt_required and not prompt:
        raise InvalidOrder("prompt must not be empty", field="prompt")
    if mode is Mode.REFERENCE:
        check_mentions(prompt, len(asked.references))
    ratio = Ratio(asked.ratio) if asked.ratio else offer.default_ratio
    return Order(
        dialect=name,
        model=offer.model,
        mode=mode,
        prompt=prompt,
        tier=Tier(asked.resolution),
        seconds=asked.seconds,
        ratio=ratio,
        pictures=(asked.image,) if asked.image else tuple(asked.references),
        seed=asked.seed,
        engine=asked.engine,
        watermark=asked.watermark,
        callback=Callback(asked.callback.url) if asked.callback else None,
        enhance=asked.enhance,
    )


_NEEDS = {
    Mode.TEXT: "neither image nor references",
    Mode.IMAGE: "an image",
    Mode.REFERENCE: "1 to 9 references",
}


def _mode(body: TaskBody) -> Mode:
    if body.image is not None and body.references:
        raise InvalidOrder("image and references exclude each other: give one of them", field="references")
    if body.image is not None:
        return Mode.IMAGE
    return Mode.REFERENCE if body.references else Mode.TEXT


def write_task(task: Task, link: Link) -> dict[str, Any]:
    """The whole task: what was asked, what it costs, where it is, what can be seen of the film so far, and the film."""
    order = task.order
    return {
        "id": task.id,
        "object": "task",
        "status": task.status.value,
        "progress": round(task.progress, 3),
        "model": order.model,
        "mode": order.mode.value,
        "dialect": order.dialect,
        "prompt": order.prompt,
        "actual_prompt": task.video.prompt if task.video else None,
        "resolution": order.tier.value,
        "ratio": order.ratio.value if order.ratio else None,
        "seconds": order.seconds,
        "seed": order.seed,
        "engine": order.engine,
        "watermark": order.watermark,
        "enhance": order.enhance,
        "created_at": write_time(task.created_at),
        "started_at": write_time(task.started_at),
        "finished_at": write_time(task.finished_at),
        "expires_at": write_time(task.expires_at),
        "price": write_quote(task.quote),
        "poster_url": link.poster(task),
        "previews": [{"seconds": still.seconds, "url": url} for still, url in link.previews(task)],
        "first_frame_url": link.frame(task, FIRST),
        "last_frame_url": link.frame(task, LAST),
        "film": write_film(task.video, link) if task.video else None,
        "error": _write_failure(task.failure) if task.failure else None,
    }


def _write_failure(failure: Failure) -> dict[str, Any]:
    return {"code": failure.code, "message": failure.message, "retry": failure.retry}


def write_quote(quote: Quote) -> dict[str, Any]:
    """A price: exact micro-dollars, and dollars as text for people."""
    return {
        "micros": quote.micros,
        "usd": f"{quote.micros / MICROS:.6f}",
        "usd_per_second": f"{quote.micros_per_second / MICROS:.6f}",
        "seconds": quote.seconds,
        "version": quote.price_version,
        "source": quote.source,
    }


def write_film(video: Video, link: Link) -> dict[str, Any]:
    """The film's link and measured facts."""
    sound = {
        "codec": "aac",
        "sample_rate": SAMPLE_RATE,
        "channels": 2,
        "lufs": video.loudness and round(video.loudness, 2),
        "peak_dbtp": video.peak and round(video.peak, 2),
    }
    return {
        "url": link(video),
        "width": video.width,
        "height": video.height,
        "seconds": video.seconds,
        "frames": video.frame_count,
        "frame_rate": f"{FRAME_RATE.numerator}/{FRAME_RATE.denominator}",
        "bytes": video.bytes,
        "sha256": video.sha256,
        "sound": sound if video.has_sound else None,
        "engine": video.engine,
        "seed": video.seed,
        "notes": list(video.notes),
        "understood": video.understood,
        "render_seconds": round(video.render_seconds, 3),
    }


def write_error(error: OpenHorseError) -> Answer:
    """`{"error": {code, message, field, retry}}`."""
    body = {"error": {"code": error.code, "message": error.message, "field": error.field, "retry": error.retry}}
    return Answer(http_status(error), body, retry_headers(error))


def write_order(order: Order) -> Call:
    """POST /openhorse/v1/tasks with everything that the order says but its echo, which is another vendor's."""
    body: dict[str, Any] = {
        "model": order.model,
        "prompt": order.prompt,
        "resolution": order.tier.value,
        "seconds": order.seconds,
        "seed": order.seed,
        "watermark": order.watermark,
    }
    if order.mode is Mode.IMAGE:
        body["image"] = order.pictures[0]
    else:
        body |= {"references": list(order.pictures), "ratio": order.ratio.value if order.ratio else None}
    if order.engine is not None:
        body["engine"] = order.engine
    if order.enhance is not None:
        body["enhance"] = order.enhance
    if order.callback is not None:
        body["callback"] = {"url": order.callback.url}
    return Call("POST", "/openhorse/v1/tasks", body)


def write_query(task_id: str) -> Call:
    """GET /openhorse/v1/tasks/{id}."""
    return Call("GET", f"/openhorse/v1/tasks/{quote(task_id, safe='')}")


def read_task(body: Any) -> Report:
    """What a task object says. Raises UpstreamError."""
    task = body if isinstance(body, dict) else {}
    task_id, word, film, progress = (task.get(name) for name in ("id", "status", "film", "progress"))
    if not isinstance(task_id, str) or not task_id or word not in list(Status):
        raise UpstreamError("the upstream answered something that is no task")
    status = Status.SUCCEEDED if word == Status.EXPIRED else Status(word)
    address = film.get("url") if isinstance(film, dict) else None
    if status is Status.SUCCEEDED and not isinstance(address, str):
        raise UpstreamError("the upstream says that the task succeeded, and names no film")
    return Report(
        id=task_id,
        status=status,
        progress=min(max(progress, 0), 1) if isinstance(progress, int | float) else None,
        film=address if status is Status.SUCCEEDED else None,
        failure=_read_failure(task.get("error")) if status is Status.FAILED else None,
        charge_micros=_read_charge(task.get("price")) if status is Status.SUCCEEDED else None,
    )


def _read_charge(price: Any) -> int | None:
    micros = price.get("micros") if isinstance(price, dict) else None
    return micros if isinstance(micros, int) and not isinstance(micros, bool) and micros >= 0 else None


def _read_failure(error: Any) -> Failure:
    told = error if isinstance(error, dict) else {}
    code, message = str(told.get("code") or UpstreamError.code), str(told.get("message") or "")
    return Failure(code[:100], message[:500] or "the upstream gave no reason", told.get("retry", True) is True)


def read_error(status: int, body: Any, headers: Mapping[str, str]) -> OpenHorseError:
    """The very error that another OpenHorse wrote, but where it is that server's own, or our key's, trouble."""
    error = body.get("error") if isinstance(body, dict) else None
    told = error if isinstance(error, dict) else {"message": body}
    message, field = told.get("message"), told.get("field")
    return error_of(
        status,
        message if isinstance(message, str) else "",
        headers,
        code=str(told.get("code")),
        field=field if isinstance(field, str) else None,
    )


def write_callback(task: Task, link: Link) -> bytes:
    """The task object, as GET answers it."""
    return json.dumps(write_task(task, link), ensure_ascii=False, separators=(",", ":")).encode()


def sign_callback(body: bytes, secret: str, now: datetime) -> dict[str, str]:
    """Nothing of its own: every callback carries the headers of Standard Webhooks."""
    return {}
