"""What a place is made of: flats that stand at their distances, a floor, water, what grows in numbers, a sky, sounds.

Painters make it, the multiplane camera films it. Knows no pixels of a frame and no player. Lengths are metres: x to the
right of the camera's first place, y above the ground, z ahead of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Shot
from openhorse.engines.procedural.drawing.paint import Layer
from openhorse.engines.procedural.score import Bed, Hit, HitKind, Mood, Space, Surface
from openhorse.engines.procedural.world.hours import Daylight

if TYPE_CHECKING:
    from openhorse.engines.procedural.world.camera import Camera

Living = Callable[[NDArray[np.float32], "Camera", float], None]
"""Draws over a frame (3 × height × width, linear) what a place has of its own that moves, at a moment of the film."""


class Passage(Protocol):
    """A street in perspective: two walls and level ground between them, seen along it, which draw themselves.

    Players come and go along it, between its walls, no farther aside than `half` and no farther ahead than `end`.
    """

    half: float
    end: float

    def walls(self, out: NDArray[np.float32], mirror: NDArray[np.float32], camera: Camera, t: float) -> None:
        """Draw all above the ground over `out`, and what level ground mirrors of it into `mirror`, half as large.

        What is in `out` already is in the sky.
        """

    def ground(self, out: NDArray[np.float32], mirror: NDArray[np.float32], camera: Camera, t: float) -> None:
        """Draw the ground, in which `mirror` is seen; it now holds the images of the players too."""


Lamp = Literal["steady", "flicker", "pulse", "blink", "fire"]
Colour = NDArray[np.float32]
Texture = NDArray[np.float32]
"""height × width × 3, linear, and seamless: its left goes on at its right, its top at its foot."""


@dataclass(frozen=True, slots=True)
class Lens:
    """The camera at the start: the frame in pixels, its focal length and its horizon's row in pixels, its eye's height.

    The camera looks level; a horizon above or below the middle is what a shifted lens gives.
    """

    width: int
    height: int
    focal: float
    horizon: float
    eye: float

    def metre(self, z: float) -> float:
        """Pixels in a metre that is `z` ahead."""
        return float(self.focal / z)

    def row(self, z: float, y: float = 0.0) -> float:
        """The row of a point `y` above the ground, `z` ahead."""
        return self.horizon + (self.eye - y) * self.focal / z

    def reach(self, z: float) -> float:
        """How wide the frame is, in metres, `z` ahead."""
        return float(self.width * z / self.focal)

    @property
    def nearest(self) -> float:
        """How far ahead the ground is that the frame's lower edge shows."""
        return self.eye * self.focal / max(1.0, self.height - self.horizon)


@dataclass(frozen=True, slots=True)
class Flat:
    """A painted piece of scenery that stands facing the camera.

    `layer` is its picture (premultiplied linear light), `metre` how many of its pixels are one metre. Its foot's middle
    stands at `x`, `y`, `z`. It is repeated every `period` metres to both sides; 0 for one piece. `sway` is how far its
    top swings in a gust; `drift` how fast it goes to the right by itself, metres a second. A `glow` is added to what is
    behind it instead of hiding it, as light is. A `lamp` tells how a shining one burns. `haze` multiplies the air
    before it: 0 for what is painted with its air. With `pour` streaks fall down over it at so many metres a second.
    Water does not show what stands on its near bank, if that is not `mirrored`. What `gathers` comes bit by bit, such a
    part of what is lacking each second, as snow does.
    """

    layer: Layer
    metre: float
    x: float
    z: float
    y: float = 0.0
    period: float = 0.0
    sway: float = 0.0
    drift: float = 0.0
    glow: bool = False
    lamp: Lamp = "steady"
    haze: float = 1.0
    pour: float = 0.0
    mirrored: bool = True
    gathers: float = 0.0

    @property
    def wide(self) -> float:
        """Its width in metres."""
        return float(self.layer.shape[1] / self.metre)

    @property
    def tall(self) -> float:
        """Its height in metres."""
        return float(self.layer.shape[0] / self.metre)


@dataclass(frozen=True, slots=True)
class Growth:
    """Small things that stand in numbers: grass tufts, flowers, stones. `pictures` are kinds × height × width × 4.

    `places` is n × 4: x, z, height in metres and kind. They are repeated every `period` metres to both sides.
    """

    pictures: NDArray[np.float32]
    places: NDArray[np.float32]
    period: float
    sway: float = 0.0


@dataclass(frozen=True, slots=True)
class Floor:
    """The level ground: a seamless texture lit as it lies there, `tile` metres wide, from `near` to `far` ahead.

    `tint` is another, of broad patches `patch` metres wide, by which it is multiplied. `wet` (0…1) is how much it
    mirrors what stands on it.
    """

    texture: Texture
    tile: float
    tint: Texture | None = None
    patch: float = 60.0
    wet: float = 0.0
    step: HitKind = "step-grass"


@dataclass(frozen=True, slots=True)
class Pool:
    """Level water from `near` to `far` ahead, over all of the frame's width: a lake, a river across, the sea.

    `deep` is its own colour, `chop` its waves (0.3 a pond … 2 a rough sea), `flow` how fast it goes to the right
    (metres a second). Its near shore winds by `wind` metres and comes and goes by `swell`. With `near` 0 it reaches to
    the frame's lower edge. With a `heave` it is a sea whose waves are about so many metres high: light shines through
    their tops in the colour `thin`, and `foam` (0 none … 1 a storm's) tells how many of them break.
    """

    near: float
    far: float
    deep: Colour
    chop: float = 0.6
    flow: float = 0.0
    wind: float = 0.0
    swell: float = 0.0
    heave: float = 0.0
    thin: Colour | None = None
    foam: float = 0.3


@dataclass(frozen=True, slots=True)
class Scenery:
    """A place ready to be filmed.

    `says` is what it is, for the customer: "a bamboo forest"; its own `light` takes the place of the hour's.
    Without a `sky` the `backdrop` (3 × height × width, linear, the frame's size) is behind everything, or black.
    A camera that finds nobody goes about what is `vista` metres ahead. With `mist` False a misty place brings its own.
    `living` draws over that, behind all that stands there; `ground` over the floor and the water, before all that
    stands on them. A `passage` draws itself instead of sky, floor and wet ground. `stage` is how far ahead players may
    act (nearest, farthest), and `aside` how far to each side where it is bounded. `medium` is what players are in;
    small things stand on a `table` of that height, where there is one. Rain and snow fall only beyond a room's wall
    with the windows, `wall` metres ahead. `beds`, `hits`, `space`, `surface` and `mood` are what it sounds like.
    """

    says: str
    flats: tuple[Flat, ...] = ()
    floor: Floor | None = None
    pool: Pool | None = None
    growths: tuple[Growth, ...] = ()
    sky: bool = True
    backdrop: NDArray[np.float32] | None = None
    light: Daylight | None = None
    living: Living | None = None
    ground: Living | None = None
    passage: Passage | None = None
    stage: tuple[float, float] = (4.0, 12.0)
    vista: float = 8.0
    mist: bool = True
    aside: float = math.inf
    medium: Literal["air", "water", "space"] = "air"
    table: float | None = None
    wall: float = 0.0
    beds: tuple[Bed, ...] = ()
    hits: tuple[Hit, ...] = ()
    space: Space | None = None
    surface: Surface | None = None
    mood: Mood | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """What a painter is asked for: the shot, the light of its hour, and the lens through which the place is seen.

    `approach` is how much larger than at the start what stands near may be seen at the end (1 and more): paint near
    things that much finer. `lead` is how far ahead the leading player is likely to act, if anybody does; `afloat` the
    same where it floats on water.
    """

    shot: Shot
    light: Daylight
    lens: Lens
    approach: float = 1.2
    afloat: float | None = None
    lead: float | None = None

    def shore(self, usual: float) -> float:
        """How far ahead water begins: nearer than usual where somebody small floats on it."""
        return usual if self.afloat is None else min(usual, max(1.15 * self.lens.nearest, 0.72 * self.afloat))

    def random(self, what: str) -> np.random.Generator:
        """Random numbers for one thing: the same for the same seed and word, whatever else is painted."""
        return np.random.default_rng((self.shot.seed, *what.encode()))

    def fine(self, z: float) -> float:
        """How many pixels a metre of a flat at `z` should have: as many as it is seen with, at most."""
        return self.lens.metre(z) * (1 + (self.approach - 1) / max(1.0, z / 8))
