"""The JSON of our own dialect as types: what a customer asks for and what a server answers. Nothing comes in.

Knows no HTTP. Servers may answer more than is named here; docs/client.md and a server's /docs have every field.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal, Protocol, TypedDict


class ImageLike(Protocol):
    """A Pillow image, which is told by its `save`; this package does not import Pillow to know one."""

    mode: str

    def save(self, fp: Any, format: str | None = None) -> None:
        """Write the picture into a file."""

    def convert(self, mode: str) -> Any:
        """The picture in another mode."""


Picture = str | os.PathLike[str] | bytes | BinaryIO | ImageLike
"""A path, an `http(s):`, `data:` or `upload:` address, the bytes of a picture file, an open one, or a Pillow image."""

State = Literal["queued", "running", "storing", "succeeded", "failed", "cancelled", "expired"]


class Wishes(TypedDict, total=False):
    """Everything an order can say beside its prompt; None is as if it were not said.

    `image` makes image-to-video, `references` (up to nine, named `[Image N]` in the prompt) reference-to-video.
    `resolution` 480p, 720p or 1080p; `ratio` like 16:9, not with `image`; `seconds` 3…15; `seed` 0…2147483647;
    `callback` an address; `enhance` whether the prompt may be written anew first, by the operator's choice if not said.
    """

    image: Picture | None
    references: Sequence[Picture] | None
    resolution: str | None
    ratio: str | None
    seconds: int | None
    seed: int | None
    model: str | None
    engine: str | None
    watermark: bool | None
    enhance: bool | None
    callback: str | Mapping[str, str] | None


class Price(TypedDict):
    """What a film costs: exact micro-dollars, and dollars as text."""

    micros: int
    usd: str
    usd_per_second: str
    seconds: int
    version: str
    source: str


class FilmFacts(TypedDict):
    """A film's link, good until the task's `expires_at`, and its measured facts."""

    url: str
    width: int
    height: int
    seconds: float
    frames: int
    frame_rate: str
    bytes: int
    sha256: str
    sound: dict[str, Any] | None
    engine: str
    seed: int
    notes: list[str]
    understood: dict[str, Any] | None
    render_seconds: float


class Preview(TypedDict):
    """A frame of a film, so many seconds after its beginning, as JPEG; there while the film is made."""

    seconds: float
    url: str


class Reason(TypedDict):
    """Why a task failed."""

    code: str
    message: str
    retry: bool


class _Queue(TypedDict, total=False):
    queue: dict[str, Any]


class Task(_Queue):
    """The native task object. `progress` is 0…1, times are ISO 8601 in UTC; `queue` is there while it has not ended."""

    id: str
    object: Literal["task"]
    status: State
    progress: float
    model: str
    mode: str
    dialect: str
    prompt: str
    actual_prompt: str | None
    resolution: str
    ratio: str | None
    seconds: int
    seed: int | None
    engine: str | None
    watermark: bool
    enhance: bool | None
    created_at: str
    started_at: str | None
    finished_at: str | None
    expires_at: str | None
    price: Price
    poster_url: str | None
    previews: list[Preview]
    first_frame_url: str | None
    last_frame_url: str | None
    film: FilmFacts | None
    error: Reason | None


class Page(TypedDict):
    """Some of a key's tasks, newest first; `total` counts all that were asked for."""

    object: Literal["list"]
    page: int
    size: int
    total: int
    data: list[Task]


class Quote(TypedDict):
    """A price, and an estimate of the seconds that the film takes where some were measured."""

    price: Price
    estimate: dict[str, Any] | None


class Upload(TypedDict):
    """A picture that was taken in: `id` (`upload:…`) or `url` stand for it in orders until `expires_at`."""

    id: str
    object: Literal["upload"]
    url: str
    width: int
    height: int
    expires_at: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a task, as `stream` tells it: its name and what the server said with it."""

    name: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StatusEvent(Event):
    """The task is in another state. `id` goes up, and is what to go on after."""

    id: str
    task: Task


@dataclass(frozen=True, slots=True)
class ProgressEvent(Event):
    """The task is so far: `progress` is 0…1."""

    progress: float


@dataclass(frozen=True, slots=True)
class PreviewEvent(Event):
    """A frame of the film can be seen: `seconds` into it, at `url`."""

    seconds: float
    url: str
