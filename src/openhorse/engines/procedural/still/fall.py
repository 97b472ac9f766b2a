"""A moment in, falling snow or rain as two soft masks out: what falls far away, and what falls before everything.

Knows no picture: composite.py lays the masks over it.
"""

# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
# The kernels are compiled by Numba, which types their arguments itself.

from __future__ import annotations

from typing import Literal

import numpy as np
from numba import njit
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import ROW, F, I

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
def _strokes(mask, x, y, length, slant, strength):
    for i in range(x.shape[0]):
        for step in range(I(length[i])):
            row = I(y[i]) + step
            if row < 0 or row >= mask.shape[0]:
                continue
            along = F(step) / length[i]
            at = x[i] + slant * F(step)
            column = I(np.floor(at))
            share = at - F(column)
            cover = strength[i] * min(F(1), min(along, F(1) - along) * F(4)) * F(255)
            if 0 <= column < mask.shape[1] - 1:
                mask[row, column] = max(mask[row, column], np.uint8(cover * (F(1) - share)))
                mask[row, column + 1] = max(mask[row, column + 1], np.uint8(cover * share))


class Fall:
    """Snow or rain in a frame of one size: every flake and drop has a distance; size, speed and strength follow."""

    def __init__(self, kind: Kind, width: int, height: int, seed: int) -> None:
        """`seed` places what falls."""
        self.kind, self.width, self.height = kind, width, height
        self._unit = (width * height / 921600) ** 0.5
        random = np.random.default_rng(seed + 17)
        count = 2200 if kind == "snow" else 900
        # as many at every depth of a view that widens with distance: few are near
        distance = 1 + 5 * random.uniform(0, 1, count) ** 0.45
        self._distance = np.sort(distance).astype(np.float32)[::-1].copy()
        self._x = random.uniform(0, 1, count).astype(np.float32)
        self._y = random.uniform(0, 1, count).astype(np.float32)
        self._phase = random.uniform(0, 6.283, count).astype(np.float32)
        self._rate = random.uniform(0.25, 0.6, count).astype(np.float32)
        self._strength = random.uniform(0.55, 1, count).astype(np.float32)
        self._is_far = np.arange(count) < round(count * _FAR_SHARE)
        self.far: Mask = np.zeros((height, width), np.uint8)
        self.near: Mask = np.zeros((height, width), np.uint8)

    def at(self, t: float) -> tuple[Mask, Mask]:
        """What falls at `t` seconds, far and near; it begins thin at nought. Both are reused by the next call."""
        begun = min(1.0, t / 1.5)
        # the first to fall are few, and none of them fades in
        falling = self._strength <= 0.55 + 0.45 * begun if t > 0 else np.zeros(len(self._x), bool)
        for mask, which in ((self.far, self._is_far & falling), (self.near, ~self._is_far & falling)):
            mask[:] = 0
            if self.kind == "snow":
                self._snow(mask, which, t, begun)
            else:
                self._rain(mask, which, t, begun)
        return self.far, self.near

    def _snow(self, mask: Mask, which: NDArray[np.bool_], t: float, begun: float) -> None:
        away = self._distance[which]
        radius = np.float32(7.5 * self._unit) / away
        margin = np.float32(16 * self._unit)
        fall = np.float32(0.62 * t) / away
        y = (self._y[which] + fall) % 1 * (self.height + 2 * margin) - margin
        swing = np.sin(self._phase[which] + np.float32(6.283 * t) * self._rate[which])
        drift = np.float32(0.16 * t) / away
        x = (self._x[which] + drift) % 1 * (self.width + 2 * margin) - margin + swing * radius * np.float32(3.5)
        # one that is out of focus covers less
        cover = self._strength[which] * np.clip(1.15 - radius / np.float32(9 * self._unit), 0.3, 0.95)
        _flakes(mask, x, y, np.maximum(radius, np.float32(0.6)), (cover * np.float32(begun)).astype(np.float32))

    def _rain(self, mask: Mask, which: NDArray[np.bool_], t: float, begun: float) -> None:
        away = self._distance[which]
        length = np.float32(110 * self._unit) / away + np.float32(8 * self._unit)
        fall = np.float32(3.6 * t) / away ** np.float32(0.6)
        longest = np.float32(130 * self._unit)
        y = (self._y[which] + fall) % 1 * (self.height + longest) - longest
        # a drop that comes again comes elsewhere
        turn = np.floor(self._y[which] + fall)
        x = (self._x[which] + turn * np.float32(0.377)) % 1 * np.float32(self.width * 1.1) + y * np.float32(-0.09)
        cover = self._strength[which] * np.clip(np.float32(1.1) / away + np.float32(0.2), 0, 0.6)
        _strokes(mask, x, y, length, F(-0.09), (cover * np.float32(begun)).astype(np.float32))
