# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
"""A Terrain and a camera's place in; the land as seen, its depth, and land under sky and mist out.

Knows no hour of day: colours come with the terrain and the air. The kernels are untyped for mypy
because Numba's decorators are.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

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
    mix,
    smoothstep,
    sqrt,
)
from openhorse.engines.procedural.drawing.strips import STRIP, in_strips
from openhorse.engines.procedural.lake.heights import CELL, COLUMNS, LINES, NEAR, fbm_row
from openhorse.engines.procedural.lake.terrain import BLOCK, Terrain

FAR = 1e6
"""The depth of what is not land."""
_SUPERSAMPLING = 2
"""Columns marched for each column of the frame: steep silhouettes are smoothed sideways."""


@dataclass(frozen=True, slots=True)
class Camera:
    """Where the camera is and how it looks: focal, centre and horizon in pixels, place in units, yaw in radians."""

    focal: float
    centre_x: float
    horizon_y: float
    x: float
    height: float
    z: float
    yaw: float

    def flat(self) -> NDArray[np.float32]:
        """As the kernels read it: focal, centre, horizon, x, height, z, cos yaw, sin yaw."""
        return np.array(
            (
                self.focal,
                self.centre_x,
                self.horizon_y,
                self.x,
                self.height,
                self.z,
                np.cos(self.yaw),
                np.sin(self.yaw),
            ),
            np.float32,
        )


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
def _march_ray(height, summit, colour, out, depth, shore, cover, lens, x):
    """March one ray from near to far over the map, covering a column of the frame from the bottom up.

    Adds this ray's share to `out` (4 × rows); `cover` is scratch: what this ray alone has covered.
    """
    per_cell = F(1 / CELL)
    focal = lens[0]
    horizon = lens[2]
    level = lens[4]
    for y in range(cover.shape[0]):
        cover[y] = C0
    tangent = (x - lens[1]) / focal
    dx = tangent * lens[6] + lens[7]
    dz = lens[6] - tangent * lens[7]
    z = F(NEAR + 2 * CELL) - lens[5]
    z_end = F(NEAR + (LINES - 3) * CELL) - lens[5]
    z_seen = z
    step = F(CELL)
    top = F(cover.shape[0])
    r0 = g0 = b0 = C0
    fresh = True
    ashore = False
    seen = False
    while z < z_end and top > C0:
        mx = (lens[3] + dx * z) * per_cell + F(COLUMNS // 2)
        my = (lens[5] + dz * z - F(NEAR)) * per_cell
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
                    mx = (lens[3] + dx * middle) * per_cell + F(COLUMNS // 2)
                    my = (lens[5] + dz * middle - F(NEAR)) * per_cell
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
            shore[0] = max(shore[0], bottom)
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
def _march(height, summit, colour, out, depth, shore, lens, first, last):
    """March the rays of each column; out is 4 × columns × rows."""
    horizon = lens[2]
    for column in range(first, last):
        for y in range(out.shape[2]):
            for plane in range(4):
                out[plane, column, y] = C0
            depth[column, y] = F(FAR)
        shore[column] = horizon
        scratch = np.empty(out.shape[2], np.float32)
        for part in range(_SUPERSAMPLING):
            aside = (F(part) + C05) / F(_SUPERSAMPLING) - C05
            _march_ray(
                height,
                summit,
                colour,
                out[:, column],
                depth[column],
                shore[column : column + 1],
                scratch,
                lens,
                F(column) + aside,
            )


@njit(**ROW)
def _air_row(out, sky, land, depth, y, lens, air, banks, t):
    # air: density, fog×3, glow×3, sun×3; banks: distance, centre, half height, grain, stretch, drift, strength, soft
    n = depth.shape[0]
    work = np.empty((8, n), np.float32)
    across = work[0]
    glow = work[1]
    red = work[2]
    green = work[3]
    blue = work[4]
    noise = work[5]
    px = work[6]
    py = work[7]
    land_r = land[0, y]
    land_g = land[1, y]
    land_b = land[2, y]
    cover = land[3, y]
    sky_r = sky[0, y]
    sky_g = sky[1, y]
    sky_b = sky[2, y]
    climb = (lens[2] - F(y)) / lens[0]
    for x in range(n):
        tangent = (F(I(x)) - lens[1]) / lens[0]
        across[x] = tangent * lens[6] + lens[7]
        ahead = lens[6] - tangent * lens[7]
        per_length = C1 / sqrt(tangent * tangent + climb * climb + C1)
        toward = max((across[x] * air[7] + max(climb, C0) * air[8] + ahead * air[9]) * per_length, C0)
        k = toward / (F(6.0) * (C1 - toward) + C1)
        glow[x] = k * k
        z = min(depth[x], F(40))
        high = max(lens[4] + climb * z, C0)
        a = cover[x]
        fog = (C1 - exp(C0 - z * air[0] * (F(0.30) + F(0.70) * exp(C0 - high * F(1.3))))) * a
        red[x] = mix(sky_r[x] * (C1 - a) + land_r[x], air[1] + air[4] * glow[x], fog)
        green[x] = mix(sky_g[x] * (C1 - a) + land_g[x], air[2] + air[5] * glow[x], fog)
        blue[x] = mix(sky_b[x] * (C1 - a) + land_b[x], air[3] + air[6] * glow[x], fog)
    for bank in range(banks.shape[0]):
        distance = banks[bank, 0] - lens[5]
        if distance < F(0.25):
            continue
        high = lens[4] + climb * distance
        from_centre = (high - banks[bank, 1]) / banks[bank, 2]
        # torn upper edge: the noise moves the bank's surface up and down as well as thinning it
        if from_centre > F(1.6) or from_centre < F(-1.5):
            continue
        for x in range(n):
            px[x] = (across[x] * distance + lens[3]) * banks[bank, 3] + t * banks[bank, 5] + banks[bank, 0] * F(17)
            py[x] = high * banks[bank, 4] - t * banks[bank, 5] * F(0.35) + banks[bank, 0] * F(5)
        fbm_row(noise, px, py, 4)
        lift = max(from_centre, C0)
        sink = min(from_centre, C0)
        base = exp(C0 - sink * sink * F(2.2))
        near = clamp01((distance - F(0.25)) * F(2.5))
        for x in range(n):
            body = clamp01(F(0.68) + noise[x] * F(1.9) - lift * lift * F(0.85) + lift * noise[x] * F(0.9))
            beyond = smoothstep(distance - banks[bank, 7], distance + banks[bank, 7], depth[x])
            m = body * base * banks[bank, 6] * near * beyond
            shine = F(1.10) + F(0.25) * noise[x]
            red[x] = mix(red[x], (air[1] + air[4] * glow[x]) * shine, m)
            green[x] = mix(green[x], (air[2] + air[5] * glow[x]) * shine, m)
            blue[x] = mix(blue[x], (air[3] + air[6] * glow[x]) * shine, m)
    for x in range(n):
        out[0, y, x] = red[x]
        out[1, y, x] = green[x]
        out[2, y, x] = blue[x]


@njit(**STRIP)
def _breathe(out, sky, land, depth, lens, air, banks, t, first, last):
    for y in range(first, last):
        _air_row(out, sky, land, depth[y], I(y), lens, air, banks, t)


class Relief:
    """Looks at one terrain in frames of one size; its buffers are reused from frame to frame.

    `land` is 4 × rows × width (premultiplied linear colour and coverage), `depth` rows × width in
    units ahead of the camera, `shore` the row where land meets water in each column.
    """

    def __init__(self, terrain: Terrain, width: int, rows: int) -> None:
        self._terrain = terrain
        self._columns = np.zeros((4, width, rows), np.float32)
        self._deep = np.zeros((width, rows), np.float32)
        self.land: NDArray[np.float32] = np.zeros((4, rows, width), np.float32)
        self.depth: NDArray[np.float32] = np.zeros((rows, width), np.float32)
        self.shore: NDArray[np.float32] = np.zeros(width, np.float32)

    def look(self, camera: Camera) -> None:
        """Fill `land`, `depth` and `shore` as `camera` sees them."""
        land = self._terrain
        marched = self._columns, self._deep, self.shore
        in_strips(_march, 0, len(self.shore), land.height, land.summit, land.colour, *marched, camera.flat())
        for plane, columns in zip(self.land, self._columns, strict=True):
            cv2.transpose(columns, dst=plane)
        cv2.transpose(self._deep, dst=self.depth)

    def breathe(self, out: Planes, sky: Planes, camera: Camera, air: Air, t: float) -> None:
        """Lay the land under `sky` into the first rows of `out`, through haze and drifting banks of mist."""
        rows = self.land.shape[1]
        in_strips(_breathe, 0, rows, out, sky, self.land, self.depth, camera.flat(), air.flat(), air.banks, F(t))


@dataclass(frozen=True, slots=True)
class Air:
    """Haze (density per unit), its colour and its glow towards the sun, and banks of mist.

    `banks` is n × 8, far to near: distance, centre and half height above the water, grain (noise per
    unit across), stretch (noise per unit up), drift per second, strength 0…1, softness in depth.
    """

    density: float
    fog: NDArray[np.float32]
    glow: NDArray[np.float32]
    sun: NDArray[np.float32]
    banks: NDArray[np.float32]

    def flat(self) -> NDArray[np.float32]:
        """As the kernel reads it, without the banks."""
        return np.concatenate([(self.density,), self.fog, self.glow, self.sun]).astype(np.float32)
