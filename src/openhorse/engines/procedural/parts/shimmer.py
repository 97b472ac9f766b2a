"""A level plane of moving light in, drawn over a frame: the sun's net on a sea's floor, the surface seen from below.

Knows no place.
"""

# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
# The kernel is compiled by Numba, which types its arguments itself.

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.drawing.noise import C0, C05, C1, ROW, F, I, exp, floor_int
from openhorse.engines.procedural.drawing.strips import STRIP, in_strips

if TYPE_CHECKING:
    from openhorse.engines.procedural.world.camera import Camera

_SIDE = 256


@njit(**ROW)
def _net_row(found, sheet, u0, du, v):
    iv = floor_int(v)
    fv = v - F(iv)
    r0, r1 = I(iv & I(_SIDE - 1)) * I(_SIDE), I((iv + I(1)) & I(_SIDE - 1)) * I(_SIDE)
    for x in range(found.shape[0]):
        u = u0 + du * F(I(x))
        iu = floor_int(u)
        fu = u - F(iu)
        c0, c1 = I(iu & I(_SIDE - 1)), I((iu + I(1)) & I(_SIDE - 1))
        a = sheet[r0 + c0] + (sheet[r0 + c1] - sheet[r0 + c0]) * fu
        b = sheet[r1 + c0] + (sheet[r1 + c1] - sheet[r1 + c0]) * fu
        found[x] = a + (b - a) * fv


@njit(**STRIP)
def _shimmer(out, sheet, c, colour, first, last):
    # c: focal, centre, horizon, height of the eye over the plane, x, z, t, texels a metre, 1 / clear, gain, added
    width = out.shape[2]
    one = np.empty(width, np.float32)
    other = np.empty(width, np.float32)
    for y in range(first, last):
        below = F(y) + C05 - c[2]
        if below * c[3] <= C0:
            continue
        z = c[0] * c[3] / below
        across = z / c[0]
        left = c[4] - (c[1] - C05) * across
        ahead = z + c[5]
        t = c[6]
        blurred = C1 / (C1 + (across * c[7] * F(0.6)) ** 2 + (abs(z / below) * c[7] * F(0.25)) ** 2)
        near = exp(C0 - z * c[8]) * c[9] * blurred
        if near < F(0.003):
            continue
        _net_row(one, sheet, (left + t * F(0.21)) * c[7], across * c[7], (ahead + t * F(0.13)) * c[7])
        k = c[7] * F(0.83)
        _net_row(other, sheet, (left - t * F(0.17)) * k + F(91), across * k, (ahead + t * F(0.27)) * k + F(37))
        for x in range(width):
            net = min(one[x], other[x])
            net = (net * net * F(2.6) - F(0.18)) * near
            for channel in range(3):
                old = out[channel, y, x]
                out[channel, y, x] = max(old + (colour[channel] * c[10] + old * (C1 - c[10])) * net, C0)


def net(random: np.random.Generator) -> NDArray[np.float32]:
    """A seamless sheet of cells with bright borders, 0…1; two of them, moved against each other, are caustics."""
    spots = random.uniform(0, _SIDE, (34, 2))
    y, x = np.mgrid[0:_SIDE, 0:_SIDE].astype(np.float32)
    nearest = np.full((_SIDE, _SIDE), np.inf, np.float32)
    for sx, sy in spots:
        dx, dy = np.abs(x - sx), np.abs(y - sy)
        far = np.hypot(np.minimum(dx, _SIDE - dx), np.minimum(dy, _SIDE - dy))
        nearest = np.minimum(nearest, far)
    return np.ascontiguousarray((nearest / nearest.max()).ravel(), np.float32)


@dataclass(frozen=True, slots=True)
class Shimmer:
    """Light on a level plane `height` metres above the ground, below the eye or above it.

    Its cells are about a sixth of `tile` metres wide; after `clear` metres it is seen no more. `gain` is its strength;
    `added` (0…1) how much it is light of its own `colour` and not what it falls on.
    """

    sheet: NDArray[np.float32]
    height: float
    tile: float
    clear: float
    gain: float
    added: float
    colour: NDArray[np.float32]

    def draw(self, out: Planes, camera: Camera, t: float) -> None:
        """Draw it over `out`."""
        over = camera.eye - self.height
        level = min(max(round(camera.horizon), 0), out.shape[1])
        first, last = (level, out.shape[1]) if over > 0 else (0, level)
        if first >= last:
            return
        numbers = (
            *(camera.focal, camera.centre, camera.horizon, over, camera.x, camera.z, t),
            *(_SIDE / self.tile, 1 / self.clear, self.gain, self.added),
        )
        in_strips(_shimmer, first, last, out, self.sheet, np.array(numbers, np.float32), self.colour)
