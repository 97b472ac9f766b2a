"""The words the rooms exchange: Order, Task, Quote, Picture, Clip, Video, Event. Nothing comes in.

Knows no vendor, no database, no codec and no HTTP; imports the standard library only.
The docstrings below are the project's glossary.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

FRAME_RATE = Fraction(24, 1)
"""Frames per second of every film (the origin's image-to-video page states 24)."""

SAMPLE_RATE = 48_000
"""Samples per second and channel of every film's sound."""


class Mode(StrEnum):
    """What a film is made from."""

    TEXT = "text-to-video"
    IMAGE = "image-to-video"
    REFERENCE = "reference-to-video"


class Tier(StrEnum):
    """A resolution tier: it fixes the picture's area, not its sides."""

    P480 = "480p"
    P720 = "720p"
    P1080 = "1080p"


TIER_AREA: Mapping[Tier, int] = {
    Tier.P480: 854 * 480,
    Tier.P720: 1280 * 720,
    Tier.P1080: 1920 * 1080,
}
"""Pixels in one frame of each tier."""


class Ratio(StrEnum):
    """Width to height of a film."""

    R16_9 = "16:9"
    R9_16 = "9:16"
    R1_1 = "1:1"
    R4_3 = "4:3"
    R3_4 = "3:4"
    R4_5 = "4:5"
    R5_4 = "5:4"
    R9_21 = "9:21"
    R21_9 = "21:9"

    @property
    def fraction(self) -> Fraction:
        """The ratio as a number, width over height."""
        width, height = self.value.split(":")
        return Fraction(int(width), int(height))


def frame_size(tier: Tier, ratio: Fraction) -> tuple[int, int]:
    """The even width and height whose area is the tier's and whose ratio is nearest.

    16:9 gives exactly 854×480, 1280×720 and 1920×1080; the others are within one even step of both.
    """
    if ratio < 1:
        height, width = frame_size(tier, 1 / ratio)
        return width, height
    width = 2 * round((TIER_AREA[tier] * ratio) ** 0.5 / 2)
    return width, 2 * round(width / ratio / 2)


@dataclass(frozen=True, slots=True)
class Callback:
    """Where the customer wants to be told of a task's end."""

    url: str


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked: complete, checked, in our own words whatever the dialect.

    `pictures` are addresses in the order given: `https://…`, `http://…`, or `blob:<sha256>` for
    one that is already in our store (an upload, or a `data:` picture taken in at submit).
    `ratio` is None for image-to-video, which follows its first frame.
    `seed` is 0…2147483647; None means that one is drawn when the order is submitted.
    `engine` is None for the catalog's choice. `enhance` says whether the prompt is to be written anew before a film is
    made of it, None for the operator's choice.
    `echo` holds words that a vendor hands back unread (HiAPI's `route` and `storage`).
    """

    dialect: str
    model: str
    mode: Mode
    prompt: str
    tier: Tier
    seconds: int
    ratio: Ratio | None = None
    pictures: tuple[str, ...] = ()
    seed: int | None = None
    engine: str | None = None
    watermark: bool = False
    callback: Callback | None = None
    echo: Mapping[str, str] = field(default_factory=dict)
    enhance: bool | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """A price, made of the very order that is rendered. Whole micro-US-dollars."""

    micros: int
    micros_per_second: int
    seconds: int
    price_version: str
    source: str


class Status(StrEnum):
    """Where a task is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    STORING = "storing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


MOVES: Mapping[Status, frozenset[Status]] = {
    Status.QUEUED: frozenset({Status.RUNNING, Status.FAILED, Status.CANCELLED}),
    Status.RUNNING: frozenset({Status.STORING, Status.FAILED, Status.CANCELLED}),
    Status.STORING: frozenset({Status.SUCCEEDED, Status.FAILED}),
    Status.SUCCEEDED: frozenset({Status.EXPIRED}),
    Status.FAILED: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.EXPIRED: frozenset(),
}
"""Every move a task may make; any other is refused."""

FINAL = frozenset({Status.SUCCEEDED, Status.FAILED, Status.CANCELLED, Status.EXPIRED})
"""The states in which nothing more is rendered or charged."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a task failed: a stable code (see errors), a sentence, and whether to try again."""

    code: str
    message: str
    retry: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """A vetted, upright picture: `pixels` is height × width × 4 (RGBA, 8 bit, C order)."""

    width: int
    height: int
    pixels: memoryview
    has_alpha: bool


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """What a model accepts as a picture. `longest_ratio` is long side over short, None for any."""

    formats: tuple[str, ...] = ("JPEG", "PNG", "WEBP")
    shortest_side: int = 300
    longest_ratio: float | None = 2.5
    bytes: int = 20_000_000


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a clip: the Y, U and V planes of 4:2:0, 8 bit, BT.709 limited range.

    Y is height × width, U and V half of each; every plane contiguous. The buffers may be
    reused by the engine for the next frame, so whoever keeps a frame copies it.
    """

    y: memoryview
    u: memoryview
    v: memoryview


@dataclass(frozen=True, slots=True)
class Clip:
    """Frames and sound in motion, not yet a file.

    `frames` yields exactly `frame_count` frames of `width` × `height`.
    `sound` is 2 × n float32 in −1…1 at 48 kHz, planar and C-contiguous, n / 48000 the clip's
    length; None only when the scene is silent. `notes` say in plain words what was made of
    the order (the scene chosen, a reference that was framed rather than cut out); `understood` is what its prompt was
    read to say, as JSON holds it, from engines that can tell.
    """

    width: int
    height: int
    frame_count: int
    frames: Iterable[Frame]
    sound: memoryview | None
    engine: str
    seed: int
    notes: tuple[str, ...] = ()
    frame_rate: Fraction = FRAME_RATE
    understood: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Video:
    """A finished file and its facts, as probed. `blob` is its key in the store.

    `loudness` is integrated LUFS and `peak` dBTP; both None when the film is silent. `understood` is the clip's.
    `prompt` is what the film was made from where that is not its order's, else None.
    """

    blob: str
    bytes: int
    sha256: str
    width: int
    height: int
    frame_count: int
    seconds: float
    has_sound: bool
    loudness: float | None
    peak: float | None
    engine: str
    seed: int
    render_seconds: float
    notes: tuple[str, ...] = ()
    understood: Mapping[str, Any] | None = None
    prompt: str | None = None


@dataclass(frozen=True, slots=True)
class Glimpse:
    """One frame of a film that is being made, as JPEG: a preview, small, or FIRST or LAST, as large as the film.

    `name` is FIRST, LAST or one of PREVIEWS; `seconds` is its time in the film.
    """

    name: str
    seconds: float
    jpeg: bytes


FIRST, LAST = "first", "last"
"""What a film's first and last frame are called among its glimpses and stills."""

PREVIEWS = ("0", "1", "2", "3")
"""What its previews are called, which are evenly spread from its first frame on."""


@dataclass(frozen=True, slots=True)
class Still:
    """A glimpse in the store: its name and its time in the film, how many bytes it has, and their key in the store."""

    name: str
    seconds: float
    bytes: int
    blob: str

    @property
    def is_preview(self) -> bool:
        """Whether it is small and there before the film is."""
        return self.name in PREVIEWS


@dataclass(frozen=True, slots=True)
class Task:
    """An order's life. `progress` is 0…1; times are aware UTC. `traceparent` is the span in which it was taken in.

    `stills`, in the order of the film, come while it is made and go with it; there may be none.
    """

    id: str
    key_id: str
    order: Order
    quote: Quote
    status: Status
    progress: float
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    expires_at: datetime | None = None
    video: Video | None = None
    failure: Failure | None = None
    traceparent: str | None = None
    stills: tuple[Still, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a task: it entered `status` at `at`. Ids grow."""

    id: int
    task_id: str
    status: Status
    at: datetime


Progress = Callable[[float], None]
"""Told how far a render is, 0…1; raises errors.Cancelled when the task was cancelled."""

Show = Callable[[Glimpse], None]
"""Told what a film that is being made looks like. Raises nothing and takes no time."""

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_ulid(now: datetime) -> str:
    """26 characters of Crockford base 32 that sort by `now` (milliseconds) and never repeat.

    Source: the ULID specification (48 bits of time, 80 bits of randomness).
    """
    number = (int(now.timestamp() * 1000) << 80) | int.from_bytes(os.urandom(10))
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))
