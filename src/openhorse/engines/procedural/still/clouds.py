"""A moment and a horizon in, drawn clouds out: how dense they are and how much light they catch, on a coarse grid.

Knows no picture: composite.py lays them over its sky.
"""

# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
# The kernels are compiled by Numba, which types their arguments itself.

from __future__ import annotations

import numpy as np
from numba import njit

from openhorse.engines.procedural.drawing.noise import (
    C0,
    C05,
    C1,
    ROW,
    F,
    I,
    clamp01,
    fbm2,
    fbm3,
    fbm5,
    smoothstep,
)
from openhorse.engines.procedural.drawing.sampling import CELL
from openhorse.engines.procedural.drawing.strips import STRIP, in_strips
from openhorse.engines.procedural.still.plate import Field

ROW_STEP = 2
"""Pixels of the frame to one row of clouds: towards the horizon they are pressed flat, and need more rows."""


@njit(**ROW)
def _cloud_row(density, light, y, horizon, width, aspect, t, seed, cover):
    elevation = max((horizon - y), F(0.004))
    near = C1 / (elevation + F(0.17))
    fade = smoothstep(C0, F(0.10), elevation)
    for x in range(density.shape[0]):
        px = ((F(I(x)) - C05) * F(CELL) / width - C05) * aspect * near * F(0.85) + t * F(0.05) + seed
        pz = near * F(1.25) + seed * F(0.3) + t * F(0.02)
        bend = fbm2(px * F(0.8) + F(5.0), pz * F(0.8))
        thick = fbm5(px * F(1.5) + bend * F(0.9), pz * F(1.5) + bend * F(0.9)) + bend * F(0.35)
        sunward = fbm3(px * F(1.5) + bend * F(0.9) + F(0.16), pz * F(1.5) + bend * F(0.9) - F(0.20)) + bend * F(0.35)
        density[x] = smoothstep(C0 - cover, F(0.42) - cover, thick) * fade
        light[x] = clamp01(F(0.62) + (thick - sunward) * F(1.7) - thick * F(0.25))


@njit(**STRIP)
def _clouds(density, light, c, first, last):
    # c: horizon, width, height, t, seed, cover
    for row in range(first, last):
        y = (F(I(row)) + C05) * F(ROW_STEP) / c[2]
        _cloud_row(density[row], light[row], y, c[0], c[1], c[1] / c[2], c[3], c[4], c[5])


class Clouds:
    """The clouds over one frame; their grids are reused from moment to moment."""

    def __init__(self, width: int, height: int, seed: int) -> None:
        """`seed` places them."""
        self.width, self.height = width, height
        self._seed = (seed % 997) * 0.37 + 3.0
        shape = -(-height // ROW_STEP), -(-width // CELL) + 2
        self.density: Field = np.zeros(shape, np.float32)
        self.light: Field = np.zeros(shape, np.float32)

    def draw(self, t: float, horizon: float, cover: float) -> int:
        """Clouds at `t` seconds above `horizon` (a part of the height); the frame's first row that has none."""
        rows = int(np.clip(np.ceil((horizon + 0.02) * self.density.shape[0]), 1, self.density.shape[0]))
        numbers = np.array((horizon, self.width, self.height, t, self._seed, cover), np.float32)
        in_strips(_clouds, 0, rows, self.density, self.light, numbers)
        return min(self.height, rows * ROW_STEP - 1)
