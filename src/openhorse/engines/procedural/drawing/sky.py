# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call,no-any-return"
# Kernels are untyped: Numba's decorators are, and it infers their types itself.
"""A camera's view of the sky in, linear light out: gradient, sun glow and self-shadowed drifting clouds.

Knows no land and no water; scenes lay theirs over it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.finish import Planes
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
    mix,
    smoothstep,
    sqrt,
)
from openhorse.engines.procedural.drawing.strips import STRIP, in_strips


@dataclass(frozen=True, slots=True)
class Palette:
    """Six linear colours: sky at zenith, middle and horizon, the sun's light, clouds in light and in shade."""

    zenith: NDArray[np.float32]
    middle: NDArray[np.float32]
    horizon: NDArray[np.float32]
    sun: NDArray[np.float32]
    cloud_light: NDArray[np.float32]
    cloud_shade: NDArray[np.float32]

    def flat(self) -> NDArray[np.float32]:
        """All six as 18 numbers, as the kernel reads them."""
        return np.concatenate(
            [self.zenith, self.middle, self.horizon, self.sun, self.cloud_light, self.cloud_shade]
        ).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Clouds:
    """Cover (−0.4 clear … 0.4 overcast), edge softness, size, stretch along the view, drift per second, seed."""

    cover: float = 0.06
    softness: float = 0.36
    scale: float = 0.62
    stretch: float = 1.7
    drift: float = 0.035
    seed: float = 11.3


@dataclass(frozen=True, slots=True)
class View:
    """A level camera: focal length, principal column and horizon row in pixels, heading in radians."""

    focal: float
    centre_x: float
    horizon_y: float
    yaw: float = 0.0


@njit(**ROW)
def _sky_row(red, green, blue, y, palette, view, sun, clouds, t):
    # view: focal, centre, horizon, cos yaw, sin yaw; clouds: cover, softness, scale, stretch, drift, seed
    focal, centre, cos_yaw, sin_yaw = view[0], view[1], view[3], view[4]
    cover, softness, scale, stretch, drift, seed = clouds[0], clouds[1], clouds[2], clouds[3], clouds[4], clouds[5]
    sx, sy, sz = sun[0], sun[1], sun[2]
    elevation = (view[2] - F(y)) / focal
    for x in range(red.shape[0]):
        across = (F(I(x)) - centre) / focal
        per_length = C1 / sqrt(across * across + elevation * elevation + C1)
        dx = across * cos_yaw + sin_yaw
        dz = cos_yaw - across * sin_yaw
        up = max(elevation * per_length, C0)
        toward_sun = max((dx * sx + elevation * sy + dz * sz) * per_length, C0)
        k = clamp01(up * F(1.9))
        low = smoothstep(F(0), F(0.35), k)
        high = smoothstep(F(0.2), F(1), k)
        r = mix(mix(palette[6], palette[3], low), palette[0], high)
        g = mix(mix(palette[7], palette[4], low), palette[1], high)
        b = mix(mix(palette[8], palette[5], low), palette[2], high)
        halo = toward_sun / (F(120.0) * (C1 - toward_sun) + C1)
        wide = toward_sun / (F(9.0) * (C1 - toward_sun) + C1)
        core = toward_sun / (F(2500.0) * (C1 - toward_sun) + C1)
        glow = halo * F(0.55) + wide * wide * F(0.40) + core * F(5.0)
        r += palette[9] * glow
        g += palette[10] * glow
        b += palette[11] * glow
        # clouds lie on a plane overhead
        e = up + F(0.06)
        px = dx * per_length / e * scale + t * drift + seed
        pz = dz * per_length / e * scale * stretch + seed * F(0.37)
        warp = fbm2(px * F(0.7) + F(5.2), pz * F(0.7) + F(1.3))
        qx = px + warp * F(0.9)
        qz = pz + warp * F(0.9) + t * drift * F(0.15)
        thick = fbm5(qx, qz) + warp * F(0.3)
        density = smoothstep(C0 - cover, softness - cover, thick)
        sunward = fbm3(qx + sx * F(0.18), qz + sz * F(0.18)) + warp * F(0.3)
        lit = clamp01(C05 + (thick - sunward) * F(2.2) - density * F(0.22) + wide * F(0.6))
        fade = smoothstep(F(0.0), F(0.13), up)
        a = density * fade * F(0.93)
        silver = halo * F(1.2) * (C1 - density * F(0.6))
        red[x] = mix(r, mix(palette[15], palette[12], lit) + palette[9] * silver, a)
        green[x] = mix(g, mix(palette[16], palette[13], lit) + palette[10] * silver, a)
        blue[x] = mix(b, mix(palette[17], palette[14], lit) + palette[11] * silver, a)


@njit(**STRIP)
def _sky(out, palette, view, sun, clouds, t, first, last):
    for y in range(first, last):
        _sky_row(out[0, y], out[1, y], out[2, y], y, palette, view, sun, clouds, t)


_BY = 3
"""How many pixels of the frame, each way, take one sample of the sky."""


@njit(**ROW)
def _enlarge_row(one, other, share, line, fine):
    columns = I(one.shape[0])
    for i in range(columns):
        line[i + 1] = one[i] + (other[i] - one[i]) * share
    line[0], line[columns + 1] = line[1], line[columns]
    for i in range(columns):
        a, b, c = line[i], line[i + 1], line[i + 2]
        fine[_BY * i] = b + (a - b) * F(1 / 3)
        fine[_BY * i + 1] = b
        fine[_BY * i + 2] = b + (c - b) * F(1 / 3)


@njit(**STRIP)
def _enlarge(out, small, rows, first, last):
    width, columns = out.shape[2], small.shape[2]
    line, fine = np.empty(columns + 2, np.float32), np.empty(columns * _BY, np.float32)
    for y in range(first, last):
        at = max((F(y) + C05) * F(1 / _BY) - C05, C0)
        row = I(at)
        for c in range(3):
            _enlarge_row(small[c, row], small[c, min(row + I(1), rows - I(1))], at - F(row), line, fine)
            out[c, y] = fine[:width]


class Sky:
    """Draws the sky of one scene at a third of the resolution and enlarges it: it is smooth everywhere."""

    def __init__(self, width: int, height: int, palette: Palette, clouds: Clouds, sun: NDArray[np.float32]) -> None:
        """`sun` is the unit vector towards it: right, up, ahead."""
        self.width, self.height = width, height
        self.sun = sun.astype(np.float32)
        self._palette = palette.flat()
        self._clouds = np.array(
            (clouds.cover, clouds.softness, clouds.scale, clouds.stretch, clouds.drift, clouds.seed), np.float32
        )
        self._small = np.zeros((3, height // _BY + 2, -(-width // _BY)), np.float32)

    def draw(self, out: Planes, view: View, t: float) -> int:
        """Fill `out` (3 × height × width) from the top to just below the horizon at `t` seconds.

        Returns the first row that was not filled.
        """
        rows = min(self._small.shape[1], max(1, int(view.horizon_y) // _BY + 2))
        numbers = np.array(
            # a pixel's middle is no corner
            (
                view.focal / _BY,
                (view.centre_x + 0.5) / _BY - 0.5,
                (view.horizon_y + 0.5) / _BY - 0.5,
                np.cos(view.yaw),
                np.sin(view.yaw),
            ),
            np.float32,
        )
        in_strips(_sky, 0, rows, self._small, self._palette, numbers, self.sun, self._clouds, F(t))
        bottom = min(self.height, rows * _BY)
        in_strips(_enlarge, 0, bottom, out, self._small, I(rows))
        return bottom
