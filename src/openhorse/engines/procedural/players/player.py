"""What every player offers a scene: its size, its speed, its picture at a moment, and where and when it touches down.

Knows no place, no camera and no other player. Lengths are metres, times seconds of the film.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Character
from openhorse.engines.procedural.players.creature import Light
from openhorse.engines.procedural.score import HitKind

Medium = Literal["ground", "air", "water", "afloat"]
"""What a player moves on or in: on the ground, through the air, under water, or on the water's surface."""


Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Aim:
    """What one looks at and reaches for: metres right, up and towards us from one's own ground point.

    One hand reaches for one point, both for two. `share` is how far one has turned to it, 0…1.
    """

    gaze: Point | None = None
    hands: tuple[Point, ...] = ()
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Look:
    """How a player is seen: pixels per metre, the light on it, and which way it faces.

    `facing` is 1 to the right, −1 to the left, 0 towards the camera. `pitch` is how far the camera looks down, radians.
    `turn` is how far one that faces a side is turned towards us from there, 0…1, and below 0 away from us; `aim` is
    what it looks at and reaches for. `window` is what the frame shows, in pixels from the ground point: left, top,
    right and bottom, rows downwards. A player may leave out what lies beyond it.
    """

    metre: float
    light: Light
    facing: int = 1
    pitch: float = 0.09
    turn: float = 0.0
    aim: Aim | None = None
    window: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Sprite:
    """A player's picture: 4 × height × width, premultiplied linear red, green, blue and coverage.

    `x`, `y` is the pixel of its ground point: the point of the ground under its middle. Reused by its next picture.
    """

    planes: NDArray[np.float32]
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Touch:
    """Something that is heard, and may be seen on the ground: when, and where ahead of the ground point (metres).

    `level` is 0…1. A `soft` one leaves neither dust nor splash.
    """

    at: float
    kind: HitKind
    level: float
    ahead: float = 0.0
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Foot:
    """What rests on or hovers over the ground: metres ahead of the ground point, towards us, and above the ground.

    `half` is half its width: how wide its contact shadow is.
    """

    ahead: float
    near: float
    above: float
    half: float


class Player(Protocol):
    """One that acts; a picture at any moment is a function of the moment alone.

    It does the same for the whole shot, unless it has a `timeline` (see timeline.py) of several acts.
    """

    name: str
    """What it is, for the customer: "a red fox"."""
    does: str
    """What it does, for the customer: "runs"."""
    tall: float
    """From the ground point to its top."""
    long: float
    """From end to end, as seen from the side."""
    medium: Medium
    speed: float
    """Metres a second along the way that it faces; 0 for one that stays."""

    def draw(self, look: Look, t: float) -> Sprite:
        """Its picture at `t`."""

    def touches(self, start: float, end: float) -> Sequence[Touch]:
        """What is heard of it between two moments, in order."""

    def feet(self, t: float) -> Sequence[Foot]:
        """What keeps the light from the ground below it at `t`."""

    def saddle(self, t: float) -> tuple[float, float] | None:
        """Where a rider sits at `t`, ahead of and above the ground point; None on what nobody rides."""


@dataclass(frozen=True, slots=True)
class Casting:
    """A part to fill: who, how fast time goes (0.5 in slow motion), where in its cycle it starts (0…1), and the seed.

    `riding` tells that somebody sits on another: it then poses for the saddle and its ground point is its seat.
    The shot lasts `seconds`, and there are `room` metres to go, to the right (`heading` 1) or to the left (−1).
    """

    character: Character
    rate: float = 1.0
    phase: float = 0.0
    seed: int = 0
    riding: bool = False
    seconds: float = 5.0
    room: float = math.inf
    heading: int = 1


Maker = Callable[[Casting], Player]
