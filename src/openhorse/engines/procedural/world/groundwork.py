"""A floor or a pool, a camera and a moment in; the level ground and the water on it drawn into a frame.

Knows no place. Water mirrors what a second picture, drawn upside down, shows of what stands beyond it.
"""

# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
# The kernels are compiled by Numba, which types their arguments itself.

from __future__ import annotations

import cv2
import numpy as np
from numba import njit

from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.drawing.noise import (
    C0,
    C05,
    C1,
    INLINE,
    ROW,
    F,
    I,
    clamp01,
    exp,
    floor_int,
    gradient_noise,
    mix,
    smoothstep,
)
from openhorse.engines.procedural.drawing.strips import STRIP, in_strips
from openhorse.engines.procedural.world.camera import Camera
from openhorse.engines.procedural.world.hours import Daylight
from openhorse.engines.procedural.world.scenery import Floor, Pool
from openhorse.engines.procedural.world.seawork import draw_sea

_SIDE = 512
"""Texels of a floor's texture each way; a power of two, so that it is repeated by masking."""
_LEVELS = 8


@njit(**ROW)
def _places_row(one, other, shares, u0, du, mask):
    # the texels on either side of each pixel of a row, and how far it is from the first to the other
    for x in range(one.shape[0]):
        u = u0 + du * F(I(x))
        iu = floor_int(u)
        shares[x] = u - F(iu)
        one[x] = iu & mask
        other[x] = (iu + I(1)) & mask


@njit(**ROW)
def _fetch_row(sheet, first, second, one, other, p00, p01, p10, p11):
    for x in range(one.shape[0]):
        a, b = one[x], other[x]
        p00[x] = sheet[first + a]
        p01[x] = sheet[first + b]
        p10[x] = sheet[second + a]
        p11[x] = sheet[second + b]


@njit(**ROW)
def _weigh_row(out, shares, below, p00, p01, p10, p11):
    for x in range(out.shape[0]):
        u = shares[x]
        top = p00[x] + (p01[x] - p00[x]) * u
        foot = p10[x] + (p11[x] - p10[x]) * u
        out[x] = top + (foot - top) * below


@njit(**INLINE)
def _texture_row(out, sheet, side, u0, du, v, places, quads):
    # bilinear, repeated; `sheet` is 3 × side × side as one row per channel, `out` three rows
    mask = I(side - 1)
    iv = floor_int(v)
    first, second = I(iv & mask) * I(side), I((iv + I(1)) & mask) * I(side)
    _places_row(places[0], places[1], quads[4], u0, du, mask)
    for k in range(3):
        _fetch_row(sheet[k], first, second, places[0], places[1], quads[0], quads[1], quads[2], quads[3])
        _weigh_row(out[k], quads[4], v - F(iv), quads[0], quads[1], quads[2], quads[3])


@njit(**ROW)
def _tint_row(red, green, blue, stains, air, hidden):
    for x in range(red.shape[0]):
        red[x] = mix(red[x] * stains[0, x], air[0], hidden)
        green[x] = mix(green[x] * stains[1, x], air[1], hidden)
        blue[x] = mix(blue[x] * stains[2, x], air[2], hidden)


@njit(**STRIP)
def _floor(out, levels, sides, tint, c, air, first, last):
    # c: focal, centre, horizon, eye, x, z, texels a metre, tint texels a metre, 1 / clear
    width = out.shape[2]
    stains = np.empty((3, width), np.float32)
    ground = np.empty((3, width), np.float32)
    places = np.empty((2, width), np.int32)
    quads = np.empty((5, width), np.float32)
    for y in range(first, last):
        below = max(F(y) + C05 - c[2], F(0.3))
        z = c[0] * c[3] / below
        across = z / c[0]
        deep = z / below  # metres ahead that this row spans
        level = I(0)
        texels = max(across * F(2), deep) * c[6] * F(0.6)
        while texels > F(1.5) and level < I(levels.shape[0] - 1):
            texels *= C05
            level += I(1)
        per_metre = c[6] * F(sides[level]) / F(sides[0])
        left = c[4] - (c[1] - C05) * across
        ahead = z + c[5]
        _texture_row(
            ground, levels[level], sides[level], left * per_metre, across * per_metre, ahead * per_metre, places, quads
        )
        _texture_row(stains, tint, I(64), left * c[7], across * c[7], ahead * c[7], places, quads)
        hidden = C1 - exp(C0 - z * c[8])
        for k in range(3):
            out[k, y] = ground[k]
        _tint_row(out[0, y], out[1, y], out[2, y], stains, air, hidden)


class Groundwork:
    """One floor ready to be drawn."""

    def __init__(self, floor: Floor, light: Daylight) -> None:
        self.floor, self._light = floor, light
        sheet = cv2.resize(floor.texture, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
        self._sheets = np.zeros((_LEVELS, 3, _SIDE * _SIDE), np.float32)
        self._sides = np.array([_SIDE >> k for k in range(_LEVELS)], np.int32)
        for level, side in enumerate(self._sides):
            small = cv2.resize(sheet, (int(side), int(side)), interpolation=cv2.INTER_AREA)
            self._sheets[level, :, : side * side] = small.transpose(2, 0, 1).reshape(3, -1)
        tint = np.ones((64, 64, 3), np.float32) if floor.tint is None else cv2.resize(floor.tint, (64, 64))
        self._tint = np.ascontiguousarray(tint.transpose(2, 0, 1).reshape(3, -1), np.float32)

    def draw(self, out: Planes, camera: Camera, far: float = 0.0) -> None:
        """Fill `out` below the horizon, or from `far` metres ahead on where that is above 0."""
        first = max(0, int(np.ceil(camera.row(0.0, far) if far else camera.horizon)))
        if first >= out.shape[1]:
            return
        numbers = (
            *(camera.focal, camera.centre, camera.horizon, camera.eye, camera.x, camera.z),
            *(_SIDE / self.floor.tile, 64 / self.floor.patch, 1 / self._light.clear),
        )
        in_strips(
            _floor, first, out.shape[1],
            out, self._sheets, self._sides, self._tint, np.array(numbers, np.float32), self._light.air,
        )  # fmt: skip


@njit(**STRIP)
def _pool(out, mirror, c, colours, first, last):
    # c: focal, centre, horizon, eye, x, z, near, far, chop, flow, t, wind, clear, sun's column, glitter, swell
    # colours: deep, air, glitter; `mirror` is half as large as `out`, upside down already
    width = out.shape[2]
    rows, columns = I(mirror.shape[1]), I(mirror.shape[2])
    dx = np.empty(width, np.float32)
    dy = np.empty(width, np.float32)
    shine = np.empty(width, np.float32)
    cover = np.empty(width, np.float32)
    t = c[10]
    for y in range(first, last):
        below = max(F(y) + C05 - c[2], F(0.4))
        z = c[0] * c[3] / below
        across = z / c[0]
        deep = z / below
        steep = below / c[0]
        # waves finer than a row are not seen
        slow = C1 / (C1 + deep * deep * F(0.6))
        fast = C1 / (C1 + deep * deep * F(9))
        hidden = C1 - exp(C0 - z / c[12])
        near = c[6]
        for x in range(width):
            wx = (F(I(x)) + C05 - c[1]) * across + c[4] - c[9] * t
            wz = z + c[5]
            swell = gradient_noise(wx * F(0.35) + t * F(0.25), wz * F(0.9) - t * F(0.5))
            chop = gradient_noise(wx * F(1.3) + t * F(0.5), wz * F(3.2) - t * F(1.1)) * slow
            fine = gradient_noise(wx * F(4.5) - t * F(0.9), wz * F(9.5) - t * F(1.7)) * fast
            tilt = swell * F(0.5) + chop * F(0.6) + fine * F(0.35)
            dx[x] = tilt * F(0.25) + chop * F(0.2)
            dy[x] = tilt
            glint = max(fine * F(1.3) + chop * F(0.7) + tilt * F(0.2) - F(0.12), C0)
            shine[x] = glint * glint
            shore = (
                near
                + c[11] * gradient_noise(wx * F(0.12), F(3.7))
                + c[15] * (C05 + C05 * gradient_noise(wx * F(0.2), t * F(0.4)))
            )
            cover[x] = smoothstep(C0, max(F(0.02) * near, deep), z - shore) if near > C0 else C1
        swing = c[8] * c[0] * (F(0.010) + F(0.05) * min(steep, F(0.3)))
        fresnel = F(0.10) + F(0.82) * exp(C0 - steep * F(5.5))
        lit = c[14] * exp(C0 - steep * F(2.0))
        for x in range(width):
            sx = I((F(I(x)) + dx[x] * swing) * C05)
            sy = I((F(y) + (dy[x] - F(0.15)) * swing) * C05)
            sx = min(max(sx, I(0)), columns - I(1))
            sy = min(max(sy, I(0)), rows - I(1))
            m = clamp01(fresnel * (C1 + dy[x] * F(0.5)))
            off = (F(I(x)) - c[13]) / c[0]
            glow = shine[x] * lit * F(14) / (C1 + off * off * F(60)) * c[8]
            a = cover[x]
            r = mix(colours[0], mirror[0, sy, sx], m) + colours[6] * glow
            g = mix(colours[1], mirror[1, sy, sx], m) + colours[7] * glow
            b = mix(colours[2], mirror[2, sy, sx], m) + colours[8] * glow
            out[0, y, x] = mix(out[0, y, x], mix(r, colours[3], hidden), a)
            out[1, y, x] = mix(out[1, y, x], mix(g, colours[4], hidden), a)
            out[2, y, x] = mix(out[2, y, x], mix(b, colours[5], hidden), a)


def draw_pool(out: Planes, mirror: Planes, pool: Pool, camera: Camera, light: Daylight, t: float) -> None:
    """Fill the rows of `out` that show the pool, at `t`.

    `mirror` (3 × half the height × half the width) shows what stands beyond it upside down, where it is mirrored.
    """
    if pool.heave:
        draw_sea(out, mirror, pool, camera, light, t)
        return
    first = max(0, int(np.ceil(camera.row(0.0, min(pool.far, 1e6) + camera.z))), int(np.ceil(camera.horizon)))
    last = out.shape[1]
    if pool.near > 0:
        nearest = max(0.2, pool.near - pool.wind * 0.8 - camera.z)
        last = min(last, int(camera.horizon + camera.eye * camera.focal / nearest) + 2)
    if first >= last:
        return
    right, up, ahead = (float(part) for part in light.towards)
    sun = camera.centre + camera.focal * right / max(ahead, 0.2)
    shines = 0.0 if light.cover > 0.3 else float(light.key.max()) * max(0.15, 1 - up)
    glitter = light.key / max(1e-3, float(light.key.max())) * 1.6 * shines
    numbers = (
        *(camera.focal, camera.centre, camera.horizon, camera.eye, camera.x, camera.z, pool.near - camera.z, pool.far),
        *(pool.chop, pool.flow, t, pool.wind, light.clear, sun, 1.0, pool.swell),
    )
    colours = np.concatenate([pool.deep, light.air, glitter]).astype(np.float32)
    in_strips(_pool, first, last, out, mirror, np.array(numbers, np.float32), colours)
