"""A pattern's numbers and places in a rest pose in, how much of its colour there is out: stripes, spots, patches, nets.

Knows no rig and no light; creature.py applies it.
"""

# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
# Most of this module is compiled by Numba, which types the kernels' arguments itself.

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numba import njit
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import (
    C05,
    C1,
    ROW,
    F,
    I,
    U,
    floor_int,
    hash_uint,
    mix,
    smoothstep,
    sqrt,
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """Marks of a second colour on the hairy parts of a rig, fixed in its rest pose.

    `across` is how many marks there are per metre, `limit` where a mark ends (0…1: more is less of it), `soft` how
    blurred its edge is, `warp` how unsteady. Below `low` (metres above the ground of the rest pose) there are none, and
    all of them from 0.1 m above it; below `belly` stripes run around the legs instead of around the trunk. What has
    much shorter hair than `hair` (metres) has none: a cat's face.
    """

    kind: Literal["stripes", "dots", "patches", "net", "rosettes"]
    colour: NDArray[np.float32]
    across: float
    limit: float
    soft: float = 0.08
    warp: float = 0.3
    low: float = -9.0
    belly: float = -9.0
    hair: float = 0.001

    def numbers(self) -> NDArray[np.float32]:
        """As the kernel reads it."""
        kind = _MARKS.index(self.kind) + 1
        shape = (self.across, self.limit, self.soft, self.warp, self.low, self.belly, self.hair)
        return np.array((kind, *self.colour, *shape), np.float32)


_MARKS = ("stripes", "dots", "patches", "net", "rosettes")
UNMARKED = np.zeros(11, np.float32)
"""The numbers of no pattern."""


@njit(**ROW)
def scatter_cells(nearest, second, x, y, ox, oy):
    """How near the points of one neighbouring cell (ox, oy) are: the nearest so far, and the one after it."""
    for i in range(x.shape[0]):
        jx = I(floor_int(x[i]) + ox)
        jy = I(floor_int(y[i]) + oy)
        h = hash_uint(jx, jy)
        dx = F(jx) + F(I(U(h & U(0xFFFF)))) * F(0.8 / 65535) + F(0.1) - x[i]
        dy = F(jy) + F(I(U(h >> U(16)))) * F(0.8 / 65535) + F(0.1) - y[i]
        d = sqrt(dx * dx + dy * dy)
        second[i] = min(second[i], max(nearest[i], d))
        nearest[i] = min(nearest[i], d)


@njit(**ROW)
def mark_pattern(mask, u, v, noise, nearest, second, fur, pattern):
    """How much of the pattern's colour there is (0…1), to `mask`."""
    kind, limit, soft = I(pattern[0]), pattern[5], pattern[6]
    for i in range(u.shape[0]):
        wobble = noise[i] * pattern[7]
        if kind == 1:
            leg = smoothstep(pattern[9] + F(0.08), pattern[9] - F(0.08), v[i])
            turn = mix(u[i], v[i] * F(1.3), leg) * pattern[4] + wobble
            value = F(2) * abs(turn - F(floor_int(turn)) - C05)
        elif kind == 2:
            value = C1 - nearest[i] + wobble
        elif kind == 3:
            value = C05 + noise[i] * F(0.9)
        elif kind == 4:
            value = second[i] - nearest[i] + wobble * F(0.2)
        else:
            value = C1 - abs(nearest[i] - F(0.36)) * F(2.5) + wobble
        there = smoothstep(pattern[8], pattern[8] + F(0.1), v[i]) * smoothstep(pattern[10] * C05, pattern[10], fur[i])
        mask[i] = smoothstep(limit - soft, limit + soft, value) * there


@njit(**ROW)
def tint_pattern(red, green, blue, mask, pattern):
    """Mix the pattern's colour in, by `mask`."""
    for i in range(red.shape[0]):
        red[i] = mix(red[i], pattern[1], mask[i])
        green[i] = mix(green[i], pattern[2], mask[i])
        blue[i] = mix(blue[i], pattern[3], mask[i])
