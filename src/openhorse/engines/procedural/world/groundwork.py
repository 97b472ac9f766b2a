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
    U,
    clamp01,
    exp,
    floor_int,
    gradient_noise,
    mix,
    smoothstep,
)
from openhorse.engines.procedural.drawing.piles import UP, fetch_row, high, join_row, low, pack
from openhorse.engines.procedural.drawing.sampling import CELL, grid_row, mix_rows, spread_row
from openhorse.engines.procedural.drawing.strips import STRIP, in_strips
from openhorse.engines.procedural.world.camera import Camera
from openhorse.engines.procedural.world.hours import Daylight
from openhorse.engines.procedural.world.scenery import Floor, Pool
from openhorse.engines.procedural.world.seawork import draw_sea, fetch_planes

_SIDE = 512
"""Texels of a floor's texture each way; a power of two, so that it is repeated by masking."""
_LEVELS = 8
_TINT = 64
"""Texels of the tint each way."""


@njit(**ROW)
def _wrap_row(places, shares, u0, du, mask):
    # the texel before each pixel of a row, and how far behind it the pixel is; a joined row begins with a clear texel
    for x in range(places.shape[0]):
        u = u0 + du * F(I(x))
        iu = floor_int(u)
        shares[x] = u - F(iu)
        places[x] = U((iu & mask) + I(1))


@njit(**INLINE)
def _texture_row(numbers, first, side, u0, du, v, line, words, places, shares, left, right):
    # bilinear, repeated: two rows of the sheet that begins at `first` are joined, then read along the frame's row
    mask = I(side - 1)
    iv = floor_int(v)
    share = v - F(iv)
    above = np.uint64(first) + np.uint64(iv & mask) * np.uint64(side)
    below = np.uint64(first) + np.uint64((iv + I(1)) & mask) * np.uint64(side)
    join_row(words, numbers, above * np.uint64(4), below * np.uint64(4), I(side) * I(4), C1 - share, share)
    line[side + 1] = line[1]
    _wrap_row(places, shares, u0, du, mask)
    fetch_row(line, places, I(places.shape[0]), left, right)


@njit(**ROW)
def _ground_row(red, green, blue, left, right, shares, stains_left, stains_right, stain_shares, air, hidden):
    for x in range(red.shape[0]):
        f, h = shares[x] * UP, stain_shares[x] * UP
        e, g = UP - f, UP - h
        a, b, c, d = left[2 * x], right[2 * x], left[2 * x + 1], right[2 * x + 1]
        i, j, k, m = stains_left[2 * x], stains_right[2 * x], stains_left[2 * x + 1], stains_right[2 * x + 1]
        red[x] = mix((low(a) * e + low(b) * f) * (low(i) * g + low(j) * h), air[0], hidden)
        green[x] = mix((high(a) * e + high(b) * f) * (high(i) * g + high(j) * h), air[1], hidden)
        blue[x] = mix((low(c) * e + low(d) * f) * (low(k) * g + low(m) * h), air[2], hidden)


@njit(**STRIP)
def _floor(out, numbers, starts, c, air, first, last):
    # starts: where each size of the texture begins, then the tint
    # c: focal, centre, horizon, eye, x, z, texels a metre, tint texels a metre, 1 / clear
    width = out.shape[2]
    line = np.empty(_SIDE + 2, np.uint64)
    words = line.view(np.uint16)
    places = np.empty(width, np.uint32)
    shares, stain_shares = np.empty(width, np.float32), np.empty(width, np.float32)
    left, right = np.empty(width, np.uint64), np.empty(width, np.uint64)
    stains_left, stains_right = np.empty(width, np.uint64), np.empty(width, np.uint64)
    a, b = left.view(np.uint32), right.view(np.uint32)
    d, e = stains_left.view(np.uint32), stains_right.view(np.uint32)
    for y in range(first, last):
        below = max(F(y) + C05 - c[2], F(0.3))
        z = c[0] * c[3] / below
        across = z / c[0]
        deep = z / below  # metres ahead that this row spans
        level = I(0)
        texels = max(across * F(2), deep) * c[6] * F(0.6)
        while texels > F(1.5) and level < I(_LEVELS - 1):
            texels *= C05
            level += I(1)
        side = I(_SIDE) >> level
        per_metre = c[6] * F(side) / F(_SIDE)
        start = c[4] - (c[1] - C05) * across
        ahead = z + c[5]
        _texture_row(
            numbers, starts[level], side, start * per_metre, across * per_metre, ahead * per_metre,
            line, words, places, shares, left, right,
        )  # fmt: skip
        _texture_row(
            numbers, starts[_LEVELS], I(_TINT), start * c[7], across * c[7], ahead * c[7],
            line, words, places, stain_shares, stains_left, stains_right,
        )  # fmt: skip
        hidden = C1 - exp(C0 - z * c[8])
        _ground_row(out[0, y], out[1, y], out[2, y], a, b, shares, d, e, stain_shares, air, hidden)


class Groundwork:
    """One floor ready to be drawn."""

    def __init__(self, floor: Floor, light: Daylight) -> None:
        self.floor, self._light = floor, light
        sheet = cv2.resize(floor.texture, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
        sides = [_SIDE >> k for k in range(_LEVELS)]
        sheets = [cv2.resize(sheet, (side, side), interpolation=cv2.INTER_AREA) for side in sides]
        plain = np.ones((_TINT, _TINT, 3), np.float32)
        sheets.append(plain if floor.tint is None else cv2.resize(floor.tint, (_TINT, _TINT)))
        self._sheets = np.concatenate([pack(np.dstack([one, one[..., :1]])).ravel() for one in sheets])
        self._starts = np.cumsum([0, *(side * side for side in sides)])

    def draw(self, out: Planes, camera: Camera, far: float = 0.0) -> None:
        """Fill `out` below the horizon, or from `far` metres ahead on where that is above 0."""
        first = max(0, int(np.ceil(camera.row(0.0, far) if far else camera.horizon)))
        if first >= out.shape[1]:
            return
        numbers = (
            *(camera.focal, camera.centre, camera.horizon, camera.eye, camera.x, camera.z),
            *(_SIDE / self.floor.tile, _TINT / self.floor.patch, 1 / self._light.clear),
        )
        in_strips(
            _floor, first, out.shape[1],
            out, self._sheets.view(np.uint16), self._starts, np.array(numbers, np.float32), self._light.air,
        )  # fmt: skip


@njit(**STRIP)
def _moisten(out, seen, top, wet, first, last):
    # seen: on a grid of one cell for CELL pixels, with a border of one cell, from row `top` on
    line = np.empty(seen.shape[2], np.float32)
    fine = np.empty((seen.shape[2] - 2) * CELL, np.float32)
    for y in range(first, last):
        row, share = grid_row(I(y) - I(top))
        for c in range(3):
            mix_rows(line, seen[c, row], seen[c, row + 1], share)
            spread_row(line, fine)
            mix_rows(out[c, y], out[c, y], fine, wet)


def moisten(out: Planes, seen: Planes, top: int, wet: float) -> None:
    """Let the ground from row `top` on mirror `seen`, a quarter as large each way, in the part `wet` (0…1).

    Rough ground smears it downwards.
    """
    smear = max(1, out.shape[1] // 160) | 1
    soft = [cv2.blur(np.ascontiguousarray(plane), (1, smear)) for plane in seen]
    bordered = np.stack([cv2.copyMakeBorder(plane, 1, 1, 1, 1, cv2.BORDER_REPLICATE) for plane in soft])
    in_strips(_moisten, top, out.shape[1], out, bordered, top, F(wet))


@njit(**ROW)
def _swell_row(out, left, across, wz, t):
    for x in range(out.shape[0]):
        wx = left + F(I(x)) * across
        out[x] = gradient_noise(wx * F(0.35) + t * F(0.25), wz * F(0.9) - t * C05)


@njit(**ROW)
def _wave_row(out, left, across, v, often, gone, strong):
    if strong < F(0.004):
        out[:] = C0
        return
    for x in range(out.shape[0]):
        wx = left + F(I(x)) * across
        out[x] = gradient_noise(wx * often + gone, v) * strong


@njit(**ROW)
def _shore_row(cover, left, across, z, t, near, wind, swell, soft):
    for x in range(cover.shape[0]):
        wx = left + F(I(x)) * across
        shore = near + wind * gradient_noise(wx * F(0.12), F(3.7))
        shore += swell * (C05 + C05 * gradient_noise(wx * F(0.2), t * F(0.4)))
        cover[x] = smoothstep(C0, soft, z - shore)


@njit(**ROW)
def _glint_row(swell, chop, fine, shine, places, y, swing, size, rows, columns):
    """How each place is tilted (in `swell`'s room), how it glints, and which pixel of the mirror it shows."""
    for x in range(swell.shape[0]):
        a, b = chop[x], fine[x]
        tilt = swell[x] * C05 + a * F(0.6) + b * F(0.35)
        glint = max(b * F(1.3) + a * F(0.7) + tilt * F(0.2) - F(0.12), C0)
        shine[x] = glint * glint
        swell[x] = tilt
        sx = I((F(I(x)) + (tilt * F(0.25) + a * F(0.2)) * swing) * size)
        sy = I((y + (tilt - F(0.15)) * swing) * size)
        sx = min(max(sx, I(0)), columns - I(1))
        sy = min(max(sy, I(0)), rows - I(1))
        places[x] = U(sy * columns + sx)


@njit(**ROW)
def _water_row(red, green, blue, tilt, shine, cover, seen_r, seen_g, seen_b, k, fresnel, lit, sun, focal, hidden):
    # k: deep, air, glitter: three each
    for x in range(red.shape[0]):
        m = clamp01(fresnel * (C1 + tilt[x] * C05))
        off = (F(I(x)) - sun) / focal
        glow = shine[x] * lit / (C1 + off * off * F(60))
        a = cover[x]
        r = mix(k[0], seen_r[x], m) + k[6] * glow
        g = mix(k[1], seen_g[x], m) + k[7] * glow
        b = mix(k[2], seen_b[x], m) + k[8] * glow
        red[x] = mix(red[x], mix(r, k[3], hidden), a)
        green[x] = mix(green[x], mix(g, k[4], hidden), a)
        blue[x] = mix(blue[x], mix(b, k[5], hidden), a)


@njit(**STRIP)
def _pool(out, mirror, c, colours, first, last):
    # c: focal, centre, horizon, eye, x, z, near, far, chop, flow, t, wind, clear, sun's column, glitter, swell, and how
    # large the mirror is; colours: deep, air, glitter; `mirror` is upside down already
    width = out.shape[2]
    rows, columns = I(mirror.shape[1]), I(mirror.shape[2])
    b = np.empty((8, width), np.float32)
    places = np.empty(width, np.uint32)
    plain = mirror.reshape(-1)
    layer = np.uint64(rows * columns)
    near, t = c[6], c[10]
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
        left, wz = (C05 - c[1]) * across + c[4] - c[9] * t, z + c[5]
        _swell_row(b[0], left, across, wz, t)
        _wave_row(b[1], left, across, wz * F(3.2) - t * F(1.1), F(1.3), t * F(0.5), slow)
        _wave_row(b[2], left, across, wz * F(9.5) - t * F(1.7), F(4.5), t * F(-0.9), fast)
        b[4, :] = C1
        # beyond where its shore ever is there is nothing but water
        if near > C0 and z < near + abs(c[11]) * F(0.75) + abs(c[15]) + max(F(0.02) * near, deep):
            _shore_row(b[4], left, across, z, t, near, c[11], c[15], max(F(0.02) * near, deep))
        swing = c[8] * c[0] * (F(0.010) + F(0.05) * min(steep, F(0.3)))
        _glint_row(b[0], b[1], b[2], b[3], places, F(y), swing, c[16], rows, columns)
        fetch_planes(plain, places, layer, b[5], b[6], b[7])
        fresnel = F(0.10) + F(0.82) * exp(C0 - steep * F(5.5))
        lit = c[14] * exp(C0 - steep * F(2.0)) * F(14) * c[8]
        _water_row(
            out[0, y], out[1, y], out[2, y], b[0], b[3], b[4], b[5], b[6], b[7],
            colours, fresnel, lit, c[13], c[0], hidden,
        )  # fmt: skip


def draw_pool(out: Planes, mirror: Planes, pool: Pool, camera: Camera, light: Daylight, t: float) -> None:
    """Fill the rows of `out` that show the pool, at `t`.

    `mirror` shows what stands beyond it upside down, where it is mirrored: all of the frame, or that at half the size.
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
    # calm water has fewer facets that face the sun
    glitter = light.key / max(1e-3, float(light.key.max())) * 1.6 * shines * min(1.0, (3.6 * pool.chop) ** 2)
    numbers = (
        *(camera.focal, camera.centre, camera.horizon, camera.eye, camera.x, camera.z, pool.near - camera.z, pool.far),
        *(pool.chop, pool.flow, t, pool.wind, light.clear, sun, 1.0, pool.swell, mirror.shape[2] / out.shape[2]),
    )
    colours = np.concatenate([pool.deep, light.air, glitter]).astype(np.float32)
    in_strips(_pool, first, last, out, mirror, np.array(numbers, np.float32), colours)
