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
def _texture_row(red, green, blue, sheet, side, u0, du, v):
    # bilinear, repeated; `sheet` is 3 × side × side as one row per channel
    mask = I(side - 1)
    iv = floor_int(v)
    fv = v - F(iv)
    r0, r1 = I(iv & mask) * I(side), I((iv + I(1)) & mask) * I(side)
    for x in range(red.shape[0]):
        u = u0 + du * F(I(x))
        iu = floor_int(u)
        fu = u - F(iu)
        c0, c1 = I(iu & mask), I((iu + I(1)) & mask)
        w11 = fu * fv
        w01, w10 = fu - w11, fv - w11
        w00 = C1 - fu - w10
        red[x] = sheet[0, r0 + c0] * w00 + sheet[0, r0 + c1] * w01 + sheet[0, r1 + c0] * w10 + sheet[0, r1 + c1] * w11
        green[x] = sheet[1, r0 + c0] * w00 + sheet[1, r0 + c1] * w01 + sheet[1, r1 + c0] * w10 + sheet[1, r1 + c1] * w11
        blue[x] = sheet[2, r0 + c0] * w00 + sheet[2, r0 + c1] * w01 + sheet[2, r1 + c0] * w10 + sheet[2, r1 + c1] * w11


@njit(**STRIP)
def _floor(out, levels, sides, tint, c, air, first, last):
    # c: focal, centre, horizon, eye, x, z, texels a metre, tint texels a metre, 1 / clear
    width = out.shape[2]
    stains = np.empty((3, width), np.float32)
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
        red, green, blue = out[0, y], out[1, y], out[2, y]
        _texture_row(
            red, green, blue, levels[level], sides[level], left * per_metre, across * per_metre, (z + c[5]) * per_metre
        )
        _texture_row(
            stains[0], stains[1], stains[2], tint, I(64), left * c[7], across * c[7], (z + c[5]) * c[7]
        )  # fmt: skip
        hidden = C1 - exp(C0 - z * c[8])
        for x in range(width):
            red[x] = mix(red[x] * stains[0, x], air[0], hidden)
            green[x] = mix(green[x] * stains[1, x], air[1], hidden)
            blue[x] = mix(blue[x] * stains[2, x], air[2], hidden)


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
