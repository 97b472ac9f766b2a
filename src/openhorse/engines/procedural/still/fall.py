"""A moment in, falling snow or rain as two soft masks out: what falls far away, and what falls before everything.

Every flake and drop has a distance, from which its size, speed and strength follow; drops are as long as they fall
while the shutter is open, and burst on the ground. Knows no picture: composite.py lays the masks over it.
"""

# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
# The kernels are compiled by Numba, which types their arguments itself.

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import ROW, F, I
from openhorse.engines.procedural.still.plate import Pixels

Kind = Literal["snow", "rain"]
Mask = NDArray[np.uint8]
"""height × width, 0 nothing … 255 nothing but what falls."""

_FAR_SHARE = 0.72


# A few hundred small discs and strokes: no loop here is worth vectorising.
@njit(**ROW)
def _flakes(mask, x, y, radius, strength):
    for i in range(x.shape[0]):
        r = radius[i]
        first_row, last_row = max(I(0), I(y[i] - r - F(1))), min(I(mask.shape[0] - 1), I(y[i] + r + F(1)))
        first, last = max(I(0), I(x[i] - r - F(1))), min(I(mask.shape[1] - 1), I(x[i] + r + F(1)))
        for row in range(first_row, last_row + 1):
            for column in range(first, last + 1):
                away = np.sqrt((F(column) - x[i]) ** 2 + (F(row) - y[i]) ** 2)
                # big flakes are near and out of focus: soft from the middle on
                cover = min(max((r + F(0.5) - away) / (F(0.6) * r + F(0.5)), F(0)), F(1)) * strength[i]
                mask[row, column] = max(mask[row, column], np.uint8(cover * F(255)))


@njit(**ROW)
def _strokes(mask, x, y, length, breadth, slant, strength):
    for i in range(x.shape[0]):
        half = breadth[i] * F(0.5)
        reach = I(half + F(1.5))
        for step in range(I(length[i])):
            row = I(y[i]) + step
            if row < 0 or row >= mask.shape[0]:
                continue
            along = F(step) / length[i]
            at = x[i] + slant * F(step)
            cover = strength[i] * min(F(1), min(along, F(1) - along) * F(4)) * F(255)
            middle = I(np.floor(at + F(0.5)))
            for column in range(max(I(0), middle - reach), min(I(mask.shape[1]), middle + reach + 1)):
                share = min(max(half + F(0.5) - abs(F(column) - at), F(0)), F(1)) / max(half, F(0.5)) * F(0.5)
                mask[row, column] = max(mask[row, column], np.uint8(cover * min(share * (half + F(0.5)), F(1))))


@njit(**ROW)
def _rings(mask, x, y, radius, strength):
    """Flat rings, seen from low above the ground they lie on."""
    for i in range(x.shape[0]):
        r = radius[i]
        for row in range(max(I(0), I(y[i] - r * F(0.35) - F(1))), min(I(mask.shape[0]), I(y[i] + r * F(0.35) + F(2)))):
            for column in range(max(I(0), I(x[i] - r - F(1))), min(I(mask.shape[1]), I(x[i] + r + F(2)))):
                away = np.sqrt((F(column) - x[i]) ** 2 + ((F(row) - y[i]) / F(0.35)) ** 2)
                cover = max(F(0), F(1) - abs(away - r) / F(1.2)) * strength[i]
                mask[row, column] = max(mask[row, column], np.uint8(cover * F(255)))


@dataclass(frozen=True, slots=True)
class Downpour:
    """What falls, how hard (0 a little … 1 … 2 a great deal), and how far the wind carries it, as a slope.

    `ground` is the part of the height below which drops burst on the ground; None where no ground is known.
    """

    kind: Kind
    force: float = 1.0
    wind: float = 0.1
    ground: float | None = None

    @property
    def count(self) -> int:
        """How many flakes or drops are in the air of one frame."""
        return round((2400 if self.kind == "snow" else 2200) * math.pow(3.2, self.force - 1))


class Fall:
    """Snow or rain in a frame of one size."""

    def __init__(self, what: Downpour, width: int, height: int, seed: int) -> None:
        """`seed` places what falls."""
        self.what, self.width, self.height = what, width, height
        self._unit = (width * height / 921600) ** 0.5
        random = np.random.default_rng(seed + 17)
        count = what.count
        # as many at every depth of a view that widens with distance: few are near
        distance = 1 + 5 * random.uniform(0, 1, count) ** (0.62 if what.force > 1 else 0.45)
        self._distance = np.sort(distance).astype(np.float32)[::-1].copy()
        self._x = random.uniform(0, 1, count).astype(np.float32)
        self._y = random.uniform(0, 1, count).astype(np.float32)
        self._phase = random.uniform(0, 6.283, count).astype(np.float32)
        self._rate = random.uniform(0.25, 0.6, count).astype(np.float32)
        self._strength = random.uniform(0.55, 1, count).astype(np.float32)
        self._is_far = np.arange(count) < round(count * _FAR_SHARE)
        self._bursts = random.uniform(0, 1, (4, count // 6)).astype(np.float32)
        self.far: Mask = np.zeros((height, width), np.uint8)
        self.near: Mask = np.zeros((height, width), np.uint8)

    def at(self, t: float) -> tuple[Mask, Mask]:
        """What falls at `t` seconds, far and near; it begins thin at nought. Both are reused by the next call."""
        begun = min(1.0, t / 1.5)
        # the first to fall are few, and none of them fades in
        falling = self._strength <= 0.55 + 0.45 * begun if t > 0 else np.zeros(len(self._x), bool)
        for mask, which in ((self.far, self._is_far & falling), (self.near, ~self._is_far & falling)):
            mask[:] = 0
            if self.what.kind == "snow":
                self._snow(mask, which, t, begun)
            else:
                self._rain(mask, which, t, begun)
        if self.what.kind == "rain" and self.what.ground is not None:
            self._burst(self.far, self.what.ground, t, begun)
        return self.far, self.near

    def _snow(self, mask: Mask, which: NDArray[np.bool_], t: float, begun: float) -> None:
        away = self._distance[which]
        radius = np.float32((7.0 + 1.6 * self.what.force) * self._unit) / away
        margin = np.float32(16 * self._unit)
        fall = np.float32((0.5 + 0.16 * self.what.force) * t) / away
        y = (self._y[which] + fall) % 1 * (self.height + 2 * margin) - margin
        swing = np.sin(self._phase[which] + np.float32(6.283 * t) * self._rate[which])
        # a storm drives it along, and gusts do not let go evenly
        gust = t + 0.35 * math.sin(1.1 * t) if self.what.force > 1 else t
        drift = np.float32((0.06 + self.what.wind) * self.what.force * gust) / away
        x = (self._x[which] + drift) % 1 * (self.width + 2 * margin) - margin + swing * radius * np.float32(3.5)
        # one that is out of focus covers less
        cover = self._strength[which] * np.clip(1.15 - radius / np.float32(9 * self._unit), 0.3, 0.95)
        _flakes(mask, x, y, np.maximum(radius, np.float32(0.6)), (cover * np.float32(begun)).astype(np.float32))

    def _rain(self, mask: Mask, which: NDArray[np.bool_], t: float, begun: float) -> None:
        away, slant = self._distance[which], -self.what.wind
        speed = np.float32(3.6) / away ** np.float32(0.6)
        # the shutter is open for half of a frame; a hard shower has larger, faster drops
        length = speed * np.float32(self.height * 0.5 / 24 * (0.8 + 0.35 * self.what.force)) + np.float32(
            6 * self._unit
        )
        fall = speed * np.float32(t)
        longest = np.float32(self.height * 0.14)
        y = (self._y[which] + fall) % 1 * (self.height + longest) - longest
        # a drop that comes again comes elsewhere
        turn = np.floor(self._y[which] + fall)
        wide = self.width + abs(slant) * self.height
        x = (self._x[which] + turn * np.float32(0.377)) % 1 * np.float32(wide) + y * np.float32(slant)
        breadth = np.maximum(np.float32(2.6 * self._unit) / away, np.float32(0.9))
        cover = self._strength[which] * np.clip(np.float32(0.85) / away + np.float32(0.16), 0, 0.62)
        _strokes(mask, x, y, length, breadth, F(slant), (cover * np.float32(begun)).astype(np.float32))

    def _burst(self, mask: Mask, ground: float, t: float, begun: float) -> None:
        """Drops that burst on the ground: rings that widen for a fifth of a second, larger the nearer they are."""
        beat = self._bursts[2] + np.float32(t * 1.6)
        turn, age = np.floor(beat), (beat % 1) * np.float32(3)
        alive = (age < 1) & (self._bursts[3] < begun)
        down = (self._bursts[1] + turn * np.float32(0.618)) % 1
        near = np.sqrt(down[alive])
        y = (ground + (1 - ground) * near) * self.height
        x = (self._bursts[0] + turn * np.float32(0.755))[alive] % 1 * self.width
        radius = (np.float32(0.6) + age[alive] * np.float32(6.5) * (np.float32(0.25) + near)) * np.float32(self._unit)
        cover = (1 - age[alive]) * np.float32(0.5)
        _rings(mask, *(values.astype(np.float32) for values in (x, y, radius, cover)))


def downpour_of(kind: Kind, weather: frozenset[str], ground: float | None) -> Downpour:
    """How it falls in a weather, whose words besides rain and snow are light, heavy and wind."""
    force = 2.0 if "heavy" in weather else 0.0 if "light" in weather else 1.0
    wind = 0.09 + 0.06 * force + (0.1 if "wind" in weather else 0.0)
    return Downpour(kind, force, wind, ground)


def light_of_fall(rgb: Pixels, grid: tuple[int, int]) -> NDArray[np.float32]:
    """The colour of flakes and drops before a picture, 3 × rows × columns on `grid`: white by day; by night they
    catch the light of the lamps that they pass."""
    small = cv2.resize(rgb, grid, interpolation=cv2.INTER_AREA).astype(np.float32)
    bright = np.percentile(small.reshape(-1, 3), 82, axis=0)
    base = min(240.0, max(84.0, 0.75 * float(bright @ (0.3, 0.6, 0.1)) + 70))
    around = cv2.GaussianBlur(small, (0, 0), max(grid) * 0.035)
    colour = np.array((0.985, 0.99, 1.02), np.float32) * np.float32(base) * np.float32(0.86)
    lit = np.minimum(colour + around * np.float32(0.75 if base < 150 else 0.2), 246)
    return np.ascontiguousarray(lit.transpose(2, 0, 1), np.float32)
