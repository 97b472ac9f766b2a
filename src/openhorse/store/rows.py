"""Orders, quotes, videos, failures and tasks go in and out of rows. Knows the columns, no rule.

Written out field by field: a renamed field must not change silently what old rows mean.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from openhorse.vocabulary import Callback, Event, Failure, Mode, Order, Quote, Ratio, Status, Still, Task, Tier, Video


def order_text(order: Order) -> str:
    """An order as JSON."""
    return _text(
        {
            "dialect": order.dialect,
            "model": order.model,
            "mode": order.mode.value,
            "prompt": order.prompt,
            "tier": order.tier.value,
            "seconds": order.seconds,
            "ratio": order.ratio.value if order.ratio else None,
            "pictures": list(order.pictures),
            "seed": order.seed,
            "engine": order.engine,
            "watermark": order.watermark,
            "callback": order.callback.url if order.callback else None,
            "echo": dict(order.echo),
            **({} if order.enhance is None else {"enhance": order.enhance}),
        }
    )


def read_order(text: str) -> Order:
    """The order that `order_text` wrote."""
    row = json.loads(text)
    return Order(
        dialect=row["dialect"],
        model=row["model"],
        mode=Mode(row["mode"]),
        prompt=row["prompt"],
        tier=Tier(row["tier"]),
        seconds=row["seconds"],
        ratio=Ratio(row["ratio"]) if row["ratio"] else None,
        pictures=tuple(row["pictures"]),
        seed=row["seed"],
        engine=row["engine"],
        watermark=row["watermark"],
        callback=Callback(row["callback"]) if row["callback"] is not None else None,
        echo=row["echo"],
        enhance=row.get("enhance"),  # said by few orders, and by none of the first release
    )


def quote_text(quote: Quote) -> str:
    """A quote as JSON."""
    return _text(
        {
            "micros": quote.micros,
            "micros_per_second": quote.micros_per_second,
            "seconds": quote.seconds,
            "price_version": quote.price_version,
            "source": quote.source,
        }
    )


def read_quote(text: str) -> Quote:
    """The quote that `quote_text` wrote."""
    row = json.loads(text)
    return Quote(
        micros=row["micros"],
        micros_per_second=row["micros_per_second"],
        seconds=row["seconds"],
        price_version=row["price_version"],
        source=row["source"],
    )


def video_text(video: Video) -> str:
    """A video's facts as JSON."""
    return _text(
        {
            "blob": video.blob,
            "bytes": video.bytes,
            "sha256": video.sha256,
            "width": video.width,
            "height": video.height,
            "frame_count": video.frame_count,
            "seconds": video.seconds,
            "has_sound": video.has_sound,
            "loudness": video.loudness,
            "peak": video.peak,
            "engine": video.engine,
            "seed": video.seed,
            "render_seconds": video.render_seconds,
            "notes": list(video.notes),
            "understood": video.understood,
            **({} if video.prompt is None else {"prompt": video.prompt}),
        }
    )


def read_video(text: str) -> Video:
    """The facts that `video_text` wrote."""
    row = json.loads(text)
    return Video(
        blob=row["blob"],
        bytes=row["bytes"],
        sha256=row["sha256"],
        width=row["width"],
        height=row["height"],
        frame_count=row["frame_count"],
        seconds=row["seconds"],
        has_sound=row["has_sound"],
        loudness=row["loudness"],
        peak=row["peak"],
        engine=row["engine"],
        seed=row["seed"],
        render_seconds=row["render_seconds"],
        notes=tuple(row["notes"]),
        understood=row.get("understood"),  # films of the first release tell nothing
        prompt=row.get("prompt"),
    )


def failure_text(failure: Failure) -> str:
    """A failure as JSON."""
    return _text({"code": failure.code, "message": failure.message, "retry": failure.retry})


def read_failure(text: str) -> Failure:
    """The failure that `failure_text` wrote."""
    row = json.loads(text)
    return Failure(code=row["code"], message=row["message"], retry=row["retry"])


def stills_text(stills: Sequence[Still]) -> str:
    """A film's stills as JSON."""
    return _text(
        [
            {"name": still.name, "seconds": still.seconds, "bytes": still.bytes, "blob": still.blob}
            for still in sorted(stills, key=lambda still: (still.seconds, still.name))
        ]
    )


def read_stills(text: str) -> tuple[Still, ...]:
    """The stills that `stills_text` wrote, in the order of the film."""
    return tuple(
        Still(name=row["name"], seconds=row["seconds"], bytes=row["bytes"], blob=row["blob"])
        for row in json.loads(text)
    )


def new_task(task: Task, lifetime: timedelta) -> dict[str, Any]:
    """A task that nothing has happened to yet, whose film is to be kept for so long, as a row of oh_tasks."""
    return {
        "id": task.id,
        "key_id": task.key_id,
        "dialect": task.order.dialect,
        "model": task.order.model,
        "status": task.status.value,
        "progress": task.progress,
        "order": order_text(task.order),
        "quote": quote_text(task.quote),
        "callback_url": task.order.callback.url if task.order.callback else None,
        "lifetime_micros": lifetime // timedelta(microseconds=1),
        "created_at": task.created_at,
        "hidden": False,
        "traceparent": task.traceparent,
    }


def read_task(row: sa.Row[Any]) -> Task:
    """The task in one row of oh_tasks."""
    return Task(
        id=row.id,
        key_id=row.key_id,
        order=read_order(row.order),
        quote=read_quote(row.quote),
        status=Status(row.status),
        progress=row.progress,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        expires_at=row.expires_at,
        video=read_video(row.video) if row.video else None,
        failure=read_failure(row.failure) if row.failure else None,
        traceparent=row.traceparent,
        stills=read_stills(row.stills) if row.stills else (),
    )


def read_event(row: sa.Row[Any]) -> Event:
    """The event in one row of oh_events."""
    return Event(row.id, row.task_id, Status(row.status), row.at)


def _text(row: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> str:
    # ASCII: JSON may carry half a surrogate pair in a prompt, and the database takes whole characters only.
    return json.dumps(row, separators=(",", ":"), allow_nan=False)
