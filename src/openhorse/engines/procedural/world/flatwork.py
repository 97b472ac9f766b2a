"""A flat, a camera and a moment in; where each of its copies lies in the frame, swaying and in haze, out.

Knows no place.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.drawing.piles import STREAK_ROWS, Laid, Pile
from openhorse.engines.procedural.parts.grain import grain
from openhorse.engines.procedural.world.camera import Camera
from openhorse.engines.procedural.world.firelight import flicker
from openhorse.engines.procedural.world.hours import Daylight
from openhorse.engines.procedural.world.scenery import Flat

_SMALLEST = 2
_NEAREST = 0.3
"""Metres before the lens within which nothing is seen, but by an eye that is close to the ground."""


class Flatwork:
    """One flat ready to be drawn, in the sizes in which it may be seen."""

    def __init__(self, flat: Flat, light: Daylight, seed: int, pile: Pile | None = None) -> None:
        """Its sheets are kept in `pile`, from which one call can draw those of many."""
        self.flat, self._seed = flat, seed
        self.pile = Pile() if pile is None else pile
        hidden = light.haze(flat.z * flat.haze)
        layer = flat.layer
        if hidden > 0.01:
            veil = np.diag((1 - hidden,) * 3 + (1.0,))
            if not flat.glow:
                veil[:3, 3] = light.air * np.float32(hidden)
            layer = cv2.transform(np.ascontiguousarray(layer, np.float32), veil)
        # copies that join without a gap lie over one another a little: their soft edges would be seen through
        self._joint = 2 if 0 < flat.period < flat.wide + 0.5 / flat.metre else 0
        self._streaks = _streaks(layer.shape[1] + self._joint, seed) if flat.pour else None
        self._levels = [self._keep(layer)]

    def draw(self, out: Planes, camera: Camera, t: float, wind: float = 1.0, mirrored: float = 0.0) -> None:
        """Draw it alone: see `seen`."""
        self.pile.draw(out, self.seen(camera, out.shape[2], t, wind, mirrored))

    def seen(self, camera: Camera, width: int, t: float, wind: float = 1.0, mirrored: float = 0.0) -> list[Laid]:
        """Where it lies in a frame of `width` at `t`; `wind` is the gust's force.

        `mirrored` (0…1) gives its image in level water instead.
        """
        flat = self.flat
        if flat.z - camera.z < min(_NEAREST, 2 * camera.eye):
            return []
        metre = camera.metre(flat.z)
        level, scale = self._level(metre / flat.metre)
        sheet = self._levels[level]
        step = flat.metre / 2**level
        sway = 0.0 if flat.sway == 0 else flat.sway * wind * step * (0.75 + 0.25 * math.sin(1.7 * t + self._seed % 7))
        gain, hides, turned = _burning(flat.lamp, t, self._seed), 0.0 if flat.glow else 1.0, 1.0
        if flat.gathers:
            gain = hides = 1 - math.exp(-flat.gathers * t)
        top = camera.row(flat.y, flat.z) - self.pile.size(sheet)[0] * scale
        if mirrored:
            # as far below its own ground's level as it stands above it
            top, turned = camera.row(-flat.y, flat.z), -1.0
            gain, hides = gain * mirrored, hides * mirrored
        seconds = flat.tall / flat.pour if flat.pour else 0.0
        unit = 1.6 / max(24.0, metre)
        first = flat.x + flat.drift * t - flat.wide / 2
        return [
            Laid(sheet, camera.column(x, flat.z), top, scale, turned, sway, unit, t, gain, hides, seconds)
            for x in self._repeated(first, camera, width)
        ]

    def _repeated(self, first: float, camera: Camera, width: int) -> list[float]:
        """The left ends of all its copies in the frame."""
        flat = self.flat
        if flat.period <= 0:
            return [first]
        metre = camera.metre(flat.z)
        left, right = camera.x - camera.centre / metre, camera.x + (width - camera.centre) / metre
        start = math.ceil((left - flat.wide - 2 * flat.sway - first) / flat.period)
        end = math.floor((right + 2 * flat.sway - first) / flat.period)
        return [first + k * flat.period for k in range(start, end + 1)]

    def _keep(self, layer: NDArray[np.float32]) -> int:
        """Add one of its sizes to the pile, with some of its beginning at its end if copies join."""
        if self._joint:
            layer = np.concatenate([layer, layer[:, : self._joint]], axis=1)
        streaks = self._streaks
        if streaks is not None and streaks.shape[1] != layer.shape[1]:
            streaks = cv2.resize(streaks, (layer.shape[1], STREAK_ROWS))
        return self.pile.add(layer, streaks)

    def _level(self, scale: float) -> tuple[int, float]:
        """The size to draw from, and how much it is then enlarged: 0.7 to 1.4 unless it is near."""
        level = 0
        while scale < 0.7:
            tall, wide = self.pile.size(self._levels[level])
            wide -= self._joint
            if min(tall, wide) < 2 * _SMALLEST:
                break
            if level + 1 == len(self._levels):
                above = self.pile.layer(self._levels[level])[:, :wide]
                small = cv2.resize(above, (max(1, wide // 2), max(1, tall // 2)), interpolation=cv2.INTER_AREA)
                self._levels.append(self._keep(small))
            level, scale = level + 1, scale * 2
        return level, scale


def _streaks(width: int, seed: int) -> NDArray[np.float32]:
    """What falls in falling water, by its time of fall: 0…1, seamless downwards."""
    random = np.random.default_rng((seed, 5))
    fine = grain((width, STREAK_ROWS), (width / 4, 26), random, 2)
    broad = grain((width, STREAK_ROWS), (width / 22, 12), random, 2)
    return np.clip(0.56 + 0.42 * fine + 0.45 * broad, 0, 1).astype(np.float32)


def _burning(lamp: str, t: float, seed: int) -> float:
    """How bright a lamp is at `t`, 1 in the mean."""
    phase = seed * 2.399
    if lamp == "fire":
        return flicker(t)
    if lamp == "flicker":
        return 1 + 0.18 * math.sin(11.3 * t + phase) + 0.12 * math.sin(17.9 * t + 2 * phase)
    if lamp == "pulse":
        return 0.85 + 0.3 * math.sin(math.tau * t / 3.1 + phase)
    if lamp == "blink":
        return 1.6 if (t / 1.3 + phase) % 1 < 0.45 else 0.1
    return 1.0
