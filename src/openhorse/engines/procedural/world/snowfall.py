"""A shot in which it snows in; how its snow gathers on the ground and on what stands there out, as its seconds pass.

Knows no flake. Light snow lies as it lay; heavy snow has closed over the ground within seconds. Streets that draw
themselves gather none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Season, Shot
from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.parts.grain import grain, layer_of, smooth
from openhorse.engines.procedural.parts.seasons import snow_light
from openhorse.engines.procedural.world.camera import Camera
from openhorse.engines.procedural.world.groundwork import Groundwork
from openhorse.engines.procedural.world.hours import Daylight
from openhorse.engines.procedural.world.scenery import Flat, Floor, Scenery

_WHITE = np.array((0.86, 0.90, 0.97), np.float32)
_THIN = np.array((0.46, 0.44, 0.40), np.float32)
"""What is left of the light of snow where the ground shows through it."""
_STEPS = 8
"""How often a second the ground is worked out anew."""
_FARTHEST = 150.0
"""Metres beyond which nobody sees it gather."""


@dataclass(frozen=True, slots=True)
class Snowfall:
    """How much of the ground snow has closed over at the start (0…1), and after how many seconds most of the rest."""

    first: float
    seconds: float

    @classmethod
    def of(cls, shot: Shot, scenery: Scenery) -> Snowfall | None:
        """That of a shot; None where none falls, or too little to see it gather."""
        weather = shot.brief.weather
        outdoors = scenery.medium == "air" and not scenery.wall and scenery.passage is None
        if "snow" not in weather or "light" in weather or not outdoors:
            return None
        lain = shot.brief.season is Season.WINTER
        seconds = (4.0 if "heavy" in weather else 12.0) / (0.5 if shot.brief.slow_motion else 1.0)
        return cls(0.74 if lain else 0.56, seconds)

    def gathered(self, t: float) -> float:
        """How much of what it will cover it has covered by `t`, 0…1."""
        return 1 - math.exp(-t / self.seconds)

    def flats(self, flats: Sequence[Flat], light: Daylight, seed: int) -> tuple[Flat, ...]:
        """The snow that comes to lie on flats, each right before the flat on which it lies."""
        tone = (_WHITE * snow_light(light)).astype(np.float32)
        return tuple(
            replace(flat, layer=_cap(flat, tone, (seed, 67, k)), z=flat.z - 2e-4, gathers=1 / self.seconds)
            for k, flat in enumerate(flats)
            if _takes_snow(flat)
        )


def _takes_snow(flat: Flat) -> bool:
    """Whether it stands near enough, and is neither light, mist, water nor the ground itself."""
    lies = flat.sway == 0 and flat.y < 0.05 and flat.tall < 0.3
    solid = float(flat.layer[..., 3].max()) > 0.9
    return not flat.glow and not flat.pour and not flat.drift and flat.z < _FARTHEST and not lies and solid


def _cap(flat: Flat, tone: NDArray[np.float32], seed: tuple[int, ...]) -> NDArray[np.float32]:
    """Snow on what faces up: the upper edges of the picture, and what is lit from above in a crown."""
    layer, metre = flat.layer, flat.metre
    cover = np.ascontiguousarray(layer[..., 3])
    height, width = cover.shape
    thick = float(np.clip(0.10 * metre, 1.0, 0.2 * height + 1))
    below = cv2.warpAffine(cover, np.array(((1, 0, 0), (0, 1, thick))), (width, height))
    upper = np.clip(cover - below, 0, 1)
    if flat.sway:
        # leaves and needles are painted brighter where they face the sky
        bright = layer[..., :3].mean(2)
        soft = float(np.clip(0.12 * metre, 1.0, 12.0))
        mean = cv2.GaussianBlur(bright, (0, 0), soft) + 1e-4
        upper = np.maximum(upper, 0.8 * smooth(0.9, 1.5, bright / mean) * cover)
    spots = max(2.0, flat.wide / 0.35), max(2.0, flat.tall / 0.35)
    uneven = grain((width, height), spots, np.random.default_rng(seed), 2)
    return layer_of(tone, (upper * np.clip(0.72 + 0.4 * uneven, 0, 1)).astype(np.float32))


class SnowyGround:
    """A floor on which snow gathers: where it lies thin the ground shows through, in patches that close."""

    def __init__(self, floor: Floor, light: Daylight, fall: Snowfall, seed: int) -> None:
        self.floor, self._light, self._fall = floor, light, fall
        height, width = floor.texture.shape[:2]
        field = grain((width, height), (7, 7), np.random.default_rng((seed, 71)), 5)
        order = np.argsort(np.argsort(field, axis=None, kind="stable"), kind="stable")
        # each place's rank: so much of the ground is covered before it
        self._rank = (order.reshape(field.shape) / field.size).astype(np.float32)
        self._step, self._ground = 0, self._covered(0)

    def gather(self, t: float) -> None:
        """Let as much snow lie on it as does at `t` seconds."""
        step = math.floor(t * _STEPS)
        if step != self._step:
            self._step, self._ground = step, self._covered(step)

    def draw(self, out: Planes, camera: Camera, far: float = 0.0) -> None:
        """Fill `out` below the horizon, or from `far` metres ahead on."""
        self._ground.draw(out, camera, far)

    def _covered(self, step: int) -> Groundwork:
        first = self._fall.first
        level = first + (1.06 - first) * self._fall.gathered(step / _STEPS)
        share = smooth(-0.10, 0.06, level - self._rank)[..., None]
        texture = self.floor.texture * (_THIN + (1 - _THIN) * share)
        return Groundwork(replace(self.floor, texture=texture.astype(np.float32)), self._light)
