"""Where the air is full of something and a camera in; where each of its particles is seen out, at any moment.

Particles fill boxes that go along with the camera and wrap round, so that they pass it in depth and never run out.
Knows not what the particles are. Lengths are metres.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Shot
from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.score import Bed, Hit
from openhorse.engines.procedural.world.camera import Camera
from openhorse.engines.procedural.world.firelight import Fire
from openhorse.engines.procedural.world.hours import Daylight
from openhorse.engines.procedural.world.scenery import Flat, Lens, Scenery

Numbers = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Air:
    """What an effect is made for: the shot, the place, its lens and its light; `rate` is how fast time goes."""

    shot: Shot
    scenery: Scenery
    lens: Lens
    light: Daylight

    @property
    def rate(self) -> float:
        """0.5 in slow motion."""
        return 0.5 if self.shot.brief.slow_motion else 1.0

    @property
    def windy(self) -> float:
        """How hard the wind blows to the right, metres a second; to the left where it is negative."""
        side = 1.0 if (self.shot.seed // 5) % 2 else -1.0
        return side * (2.6 if "wind" in self.shot.brief.weather else 0.55)

    @property
    def shine(self) -> Numbers:
        """The light on something small and white in the air."""
        light = self.light
        return np.asarray(light.ambient * 1.25 + light.key * 0.35, np.float32)

    @property
    def share(self) -> float:
        """How many particles a frame of this shape takes, 1 for a wide one."""
        return math.sqrt(min(1.0, self.lens.width / self.lens.height / 1.78) + 1e-6)

    def random(self, what: str) -> np.random.Generator:
        """Random numbers for one effect, the same for the same seed and word."""
        return np.random.default_rng((self.shot.seed, 41, *what.encode()))


class Effect(Protocol):
    """One effect, or one depth of it."""

    z: float
    """How far ahead it is drawn among what stands there: inf for what is in the sky."""

    def draw(self, out: Planes, camera: Camera, t: float) -> None:
        """Draw it over `out` at `t` seconds of its own time."""


@dataclass(frozen=True, slots=True)
class Kit:
    """All that one word brings: effects to draw, flats that stand there, what is heard, when it flashes, fires."""

    effects: tuple[Effect, ...] = ()
    flats: tuple[Flat, ...] = ()
    beds: tuple[Bed, ...] = ()
    hits: tuple[Hit, ...] = ()
    flashes: tuple[float, ...] = ()
    fires: tuple[Fire, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """Particles on the screen: columns, rows, pixels in a metre, distance, and how much each is there (0…1)."""

    x: Numbers
    y: Numbers
    metre: Numbers
    z: Numbers
    here: Numbers


@dataclass(frozen=True, slots=True)
class Box:
    """The room between `near` and `far` ahead.

    `spots` are n × 3: each particle's place in it (across, up, ahead), all 0…1. Each wraps round in a width and between
    `low` and a height of its own, as much as the frame shows at its distance.
    """

    near: float
    far: float
    low: float
    tall: Numbers
    wide: Numbers
    spots: Numbers

    def seen(self, camera: Camera, moved: tuple[Numbers | float, Numbers | float, Numbers | float]) -> Seen:
        """Where its particles are after each has moved by so many metres to the right, up and ahead."""
        deep, tall = self.far - self.near, self.tall
        right = self.spots[:, 0] * self.wide + moved[0] - camera.x
        across = np.mod(right + self.wide / 2, self.wide) - self.wide / 2
        up = self.low + np.mod(self.spots[:, 1] * tall + moved[1], tall)
        part = np.mod(self.spots[:, 2] + (moved[2] - camera.z) / deep, 1)
        z = self.near + part * deep
        metre = camera.focal / z
        # it comes and goes at the box's two ends, where it wraps round
        here = np.clip(np.minimum(part, 1 - part) * 8, 0, 1)
        x, y = camera.centre + across * metre, camera.horizon + (camera.eye - up) * metre
        return Seen(*(np.asarray(one, np.float32) for one in (x, y, metre, z, here)))


def boxes(
    air: Air, what: str, depths: Sequence[tuple[float, float, int]], low: float = 0.0, high: float | None = None
) -> list[Box]:
    """A box for each (near, far, count); without `high` as high as the frame shows at its far end."""
    random, lens, made = air.random(what), air.lens, []
    for near, far, count in depths:
        spots = random.uniform(0, 1, (max(4, round(count * air.share)), 3)).astype(np.float32)
        # more of them far, where the frame is wider; and room to come nearer and to wrap round
        spots[:, 2] = spots[:, 2] ** 0.6
        z = near + (far - near) * np.minimum(spots[:, 2] + 0.2, 1)
        top = lens.eye + lens.horizon * z / lens.focal * 1.2 if high is None else np.full(len(z), high)
        wide = lens.reach(1.0) * z * 1.15 + 0.3
        tall = np.maximum(top - low, 0.5)
        made.append(Box(near, far, low, tall.astype(np.float32), wide.astype(np.float32), spots))
    return made


def blur(air: Air, z: Numbers, sharp: float) -> Numbers:
    """By how many pixels the lens blurs what is `z` away when it is sharp at `sharp`."""
    strength = 0.011 * math.sqrt(air.lens.width * air.lens.height)
    return np.asarray(np.minimum(strength * np.abs(1 / z - 1 / sharp) * 1.6, 14.0), np.float32)


def hashed(one: NDArray[np.int64], other: NDArray[np.int64], salt: int) -> Numbers:
    """0…1 from two arrays of whole numbers."""
    mixed = (one * 0x9E3779B1 + other * 0x85EBCA77 + salt * 0xC2B2AE3D) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 15)) * 0x2C1B3C6D) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 12)) * 0x297A2D39) & 0xFFFFFFFF
    return np.asarray((mixed ^ (mixed >> 15)) / 4294967296.0, np.float32)
