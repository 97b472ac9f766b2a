# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
"""A Terrain, a camera's place and two distances in; the land between them as seen, with its depth and in haze, out.

Knows no hour of day: colours come with the terrain and the air. The kernels are untyped for mypy
because Numba's decorators are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from openhorse.engines.procedural.alps.heights import CELL, COLUMNS, LINES, NEAR
from openhorse.engines.procedural.alps.terrain import BLOCK, Terrain
from openhorse.engines.procedural.drawing.noise import (
    C0,
    C05,
    C1,
    INLINE,
    ROW,
    F,
    I,
    U,
)
from openhorse.engines.procedural.drawing.strips import STRIP, in_strips

FAR = 1e6
"""The depth of what is not land."""
_SUPERSAMPLING = 2
"""Columns marched for each column of the frame: steep silhouettes are smoothed sideways."""


@dataclass(frozen=True, slots=True)
class Camera:
    """How the camera looks straight ahead: focal, centre and horizon in pixels; its height above water in units."""

    focal: float
    centre_x: float
    horizon_y: float
    height: float

    def flat(self, reach: tuple[float, float]) -> NDArray[np.float32]:
        """As the kernels read it: focal, centre, horizon, height, and the distances between which they look."""
        return np.array((self.focal, self.centre_x, self.horizon_y, self.height, *reach), np.float32)


@njit(**INLINE)
def _paint(out, cover, depth, top, bottom, r0, g0, b0, r1, g1, b1, z):
    """Cover a column from row `top` (second colour) to `bottom` (first colour), edges in part."""
    last = I(cover.shape[0] - 1)
    y0 = I(max(top, C0))
    y1 = min(I(max(bottom, C0)), last)
    per_length = C1 / max(bottom - top, F(1e-6))
    for y in range(y0, y1 + 1):
        upper = max(top, F(y))
        lower = min(bottom, F(y) + C1)
        part = min(lower - upper, C1 - cover[y])
        if part > C0:
            k = (bottom - (upper + lower) * C05) * per_length
            share = part * F(1 / _SUPERSAMPLING)
            out[0, y] += share * (r0 + (r1 - r0) * k)
            out[1, y] += share * (g0 + (g1 - g0) * k)
            out[2, y] += share * (b0 + (b1 - b0) * k)
            out[3, y] += share
            cover[y] += part
            if part > F(0.3) or depth[y] > F(1e5):
                depth[y] = min(depth[y], z)


@njit(**INLINE)
def _ground(height, column, line):
    ix = U(column)
    iy = U(line)
    u = column - F(I(ix))
    v = line - F(I(iy))
    a = height[iy, ix] * (C1 - u) + height[iy, ix + 1] * u
    b = height[iy + 1, ix] * (C1 - u) + height[iy + 1, ix + 1] * u
    return a * (C1 - v) + b * v


@njit(**INLINE)
def _tint(colour, column, line, plane):
    ix = U(column)
    iy = U(line)
    u = column - F(I(ix))
    v = line - F(I(iy))
    a = colour[iy, ix, plane] * (C1 - u) + colour[iy, ix + 1, plane] * u
    b = colour[iy + 1, ix, plane] * (C1 - u) + colour[iy + 1, ix + 1, plane] * u
    return a * (C1 - v) + b * v


@njit(**ROW)
def _march_ray(height, summit, colour, out, depth, cover, lens, x):
    """March one ray from near to far over the map, covering a column of the frame from the bottom up.

    Adds this ray's share to `out` (4 × rows); `cover` is scratch: what this ray alone has covered.
    """
    per_cell = F(1 / CELL)
    focal = lens[0]
    horizon = lens[2]
    level = lens[3]
    for y in range(cover.shape[0]):
        cover[y] = C0
    dx = (x - lens[1]) / focal
    z = max(F(NEAR + 2 * CELL), lens[4])
    z_end = min(F(NEAR + (LINES - 3) * CELL), lens[5])
    z_seen = z
    step = F(CELL)
    top = F(cover.shape[0])
    r0 = g0 = b0 = C0
    fresh = True
    ashore = False
    seen = False
    while z < z_end and top > C0:
        mx = dx * z * per_cell + F(COLUMNS // 2)
        my = (z - F(NEAR)) * per_cell
        if mx < C1 or mx >= F(COLUMNS - 2) or my < C1 or my >= F(LINES - 2):
            z += F(0.05)
            fresh = True
            continue
        sight = level + (horizon - top) * z / focal
        block = summit[U(my) // U(BLOCK), U(mx) // U(BLOCK)]
        if block <= max(sight, C0):
            z += F(CELL * (BLOCK - 3))
            fresh = True
            seen = False
            continue
        ground = _ground(height, mx, my)
        if ground <= max(sight, C0):
            if seen:
                # the crest lies between the last two steps: close in on it, or ridges would show the steps
                near = z_seen
                far = z
                for _ in range(3):
                    middle = (near + far) * C05
                    mx = dx * middle * per_cell + F(COLUMNS // 2)
                    my = (middle - F(NEAR)) * per_cell
                    row = horizon - (_ground(height, mx, my) - level) * focal / middle
                    if row < top:
                        _paint(out, cover, depth, row, top, r0, g0, b0, r0, g0, b0, middle)
                        top = row
                        near = middle
                    else:
                        far = middle
                seen = False
            # steeper than 3 the land never is: what lies deep under the line of sight stays hidden
            z += min(max((max(sight, C0) - ground) * F(0.33), F(CELL * 0.8)), F(CELL * 24))
            fresh = ground <= C0
            step = F(CELL * 1.2)
            continue
        row = horizon - (ground - level) * focal / z
        r = _tint(colour, mx, my, 0)
        g = _tint(colour, mx, my, 1)
        b = _tint(colour, mx, my, 2)
        bottom = top
        if not ashore:
            ashore = True
            bottom = min(top, horizon + level * focal / z)
            fresh = True
        if fresh or not seen:
            r0 = r
            g0 = g
            b0 = b
            fresh = False
        if row < bottom:
            _paint(out, cover, depth, row, bottom, r0, g0, b0, r, g, b, z)
            top = row
        # about a row of the frame for each step: long on gentle slopes, a cell on cliffs
        if bottom - row < F(0.7):
            step *= F(1.3)
        elif bottom - row > F(1.4):
            step *= F(0.6)
        step = min(max(step, F(CELL * 0.9)), z * F(0.006))
        r0 = r
        g0 = g
        b0 = b
        z_seen = z
        seen = True
        z += step


@njit(**STRIP)
def _march(height, summit, colour, out, depth, lens, first, last):
    """March the rays of each column; out is 4 × columns × rows."""
    for column in range(first, last):
        for y in range(out.shape[2]):
            for plane in range(4):
                out[plane, column, y] = C0
            depth[column, y] = F(FAR)
        scratch = np.empty(out.shape[2], np.float32)
        for part in range(_SUPERSAMPLING):
            aside = (F(part) + C05) / F(_SUPERSAMPLING) - C05
            _march_ray(
                height,
                summit,
                colour,
                out[:, column],
                depth[column],
                scratch,
                lens,
                F(column) + aside,
            )


@dataclass(frozen=True, slots=True)
class Prospect:
    """What is seen of some land: 4 × rows × columns (premultiplied linear, coverage), and how far ahead it is."""

    land: NDArray[np.float32]
    depth: NDArray[np.float32]


def prospect(terrain: Terrain, camera: Camera, size: tuple[int, int], reach: tuple[float, float]) -> Prospect:
    """The land between two distances (units ahead) as `camera` sees it, in so many columns and rows."""
    width, rows = size
    columns = np.zeros((4, width, rows), np.float32)
    deep = np.zeros((width, rows), np.float32)
    in_strips(_march, 0, width, terrain.height, terrain.summit, terrain.colour, columns, deep, camera.flat(reach))
    return Prospect(np.ascontiguousarray(columns.transpose(0, 2, 1)), np.ascontiguousarray(deep.T))


@dataclass(frozen=True, slots=True)
class Air:
    """Haze (density per unit), its colour, its glow towards the sun, and the unit vector there."""

    density: float
    fog: NDArray[np.float32]
    glow: NDArray[np.float32]
    sun: NDArray[np.float32]


def breathe(seen: Prospect, camera: Camera, air: Air) -> None:
    """Put the air before the land, thickest far away, low down and towards the sun."""
    rows, columns = seen.depth.shape
    climb = ((camera.horizon_y - np.arange(rows, dtype=np.float32)) / np.float32(camera.focal))[:, None]
    across = ((np.arange(columns, dtype=np.float32) - camera.centre_x) / np.float32(camera.focal))[None, :]
    right, up, ahead = (float(part) for part in air.sun)
    towards = (across * right + np.maximum(climb, 0) * up + ahead) / np.sqrt(across**2 + climb**2 + 1)
    towards = np.clip(towards, 0, 1)
    glow = (towards / (6 * (1 - towards) + 1)) ** 2
    z = np.minimum(seen.depth, 40)
    high = np.maximum(camera.height + climb * z, 0)
    veil = 1 - np.exp(-z * np.float32(air.density) * (0.30 + 0.70 * np.exp(-1.3 * high)))
    lit = seen.land[3] * veil
    for channel in range(3):
        seen.land[channel] *= 1 - veil
        seen.land[channel] += lit * (air.fog[channel] + air.glow[channel] * glow)
