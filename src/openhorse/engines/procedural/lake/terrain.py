# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
"""A seed, a frame's angles and its light in; an eroded, lit map of mountains around a lake out.

Knows no camera and no screen: relief.py looks at the map, flora.py plants trees on it.
The kernels are untyped for mypy because Numba's decorators are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import (
    C0,
    C05,
    C1,
    C2,
    INLINE,
    ROW,
    F,
    I,
    clamp01,
    exp,
    floor_int,
    gradient_noise,
    hash_unit,
    mix,
    smoothstep,
    sqrt,
)
from openhorse.engines.procedural.drawing.strips import STRIP, in_strips
from openhorse.engines.procedural.lake.valley import Valley

Map = NDArray[np.float32]

COLUMNS, LINES = 2304, 1792
"""Cells of the map across the view and along it; multiples of BLOCK."""
CELL = 0.0064
"""Side of a cell. One unit is about 800 m; the camera stands at (0, 0) and looks along +z."""
NEAR = 1.15
"""Distance of the map's first line: all before it is open water."""
BLOCK = 32
"""The summit grid holds the highest point of blocks of this many cells."""

_WATER_FLOOR = -0.02
_DROPLETS = 150_000


@dataclass(frozen=True, slots=True)
class Sunlight:
    """What lights the land: the unit vector to the sun (right, up, ahead) and three linear colours."""

    towards: NDArray[np.float32]
    direct: NDArray[np.float32]
    sky: NDArray[np.float32]
    bounce: NDArray[np.float32]


@njit(**ROW)
def fbm_row(out, px, py, octaves):
    """Octaves of gradient noise at (px, py) into `out`; spends `px` and `py`.

    A loop over octaves outside the loop over the row vectorises as well as the unrolled form and
    compiles in a fraction of its time, once for all kernels.
    """
    n = out.shape[0]
    amplitude = F(0.5)
    for i in range(n):
        out[i] = C0
    for _ in range(octaves):
        for i in range(n):
            x = px[i]
            y = py[i]
            out[i] += amplitude * gradient_noise(x, y)
            px[i] = F(1.6) * x + F(1.2) * y + F(13.1)
            py[i] = F(1.6) * y - F(1.2) * x + F(7.7)
        amplitude *= F(0.5)


@njit(**INLINE)
def _damped(x, y):
    """Value noise and its two derivatives."""
    ix = floor_int(x)
    iy = floor_int(y)
    u = x - F(ix)
    v = y - F(iy)
    ix1 = I(ix + I(1))
    iy1 = I(iy + I(1))
    a = hash_unit(ix, iy)
    b = hash_unit(ix1, iy)
    c = hash_unit(ix, iy1)
    d = hash_unit(ix1, iy1)
    su = u * u * u * (u * (u * F(6) - F(15)) + F(10))
    sv = v * v * v * (v * (v * F(6) - F(15)) + F(10))
    du = F(30) * u * u * (u * (u - C2) + C1)
    dv = F(30) * v * v * (v * (v - C2) + C1)
    k = a - b - c + d
    return a + (b - a) * su + (c - a) * sv + k * su * sv, du * (b - a + k * sv), dv * (c - a + k * su)


@njit(**ROW)
def _fold_row(ridge, rolling, x, z, px, py, work, seed):
    """Ridged noise, and noise that is damped where it is steep: sharp crests over smooth feet."""
    n = ridge.shape[0]
    wx = work[0]
    wz = work[1]
    weight = work[2]
    gx = work[3]
    gz = work[4]
    for i in range(n):
        px[i] = (x[i] + seed) * F(0.8)
        py[i] = (z + seed * F(0.71)) * F(0.8)
    fbm_row(wx, px, py, 3)
    for i in range(n):
        px[i] = (x[i] + seed) * F(0.8) + F(9.2)
        py[i] = (z + seed * F(0.71)) * F(0.8) + F(4.1)
    fbm_row(wz, px, py, 3)
    for i in range(n):
        px[i] = (x[i] + seed) * F(0.78) + wx[i] * F(0.38) + F(40)
        py[i] = (z + seed * F(0.71)) * F(0.78) + wz[i] * F(0.38)
        ridge[i] = C0
        weight[i] = C1
    amplitude = F(0.5)
    for _ in range(8):
        for i in range(n):
            a = px[i]
            b = py[i]
            crest = C1 - abs(gradient_noise(a, b)) * F(1.9)
            crest = crest * crest * weight[i]
            weight[i] = clamp01(crest * F(1.8))
            ridge[i] += amplitude * crest
            px[i] = F(1.6) * a + F(1.2) * b + F(3.1)
            py[i] = F(1.6) * b - F(1.2) * a + F(1.7)
        amplitude *= F(0.5)
    for i in range(n):
        px[i] = (x[i] + seed) * F(1.1) + wx[i] * F(0.45)
        py[i] = (z + seed * F(0.71)) * F(1.1) + wz[i] * F(0.45)
        rolling[i] = C0
        gx[i] = C0
        gz[i] = C0
    amplitude = C1
    for _ in range(8):
        for i in range(n):
            a = px[i]
            b = py[i]
            value, da, db = _damped(a, b)
            gx[i] += da
            gz[i] += db
            rolling[i] += amplitude * value / (C1 + gx[i] * gx[i] + gz[i] * gz[i])
            px[i] = F(1.6) * a - F(1.2) * b
            py[i] = F(1.2) * a + F(1.6) * b
        amplitude *= F(0.5)


@njit(**ROW)
def _height_row(out, line, seed, coast, summits):
    # coast: where the land begins and how much of a headland it is, by column; summits: x, z, width, depth, rise
    n = out.shape[0]
    work = np.empty((11, n), np.float32)
    x = work[5]
    ridge = work[6]
    rolling = work[7]
    mass = work[8]
    z = F(NEAR) + F(line) * F(CELL)
    for i in range(n):
        x[i] = (F(I(i)) - F(COLUMNS // 2)) * F(CELL)
        mass[i] = C0
    _fold_row(ridge, rolling, x, z, work[9], work[10], work[:5], seed)
    for s in range(summits.shape[0]):
        for i in range(n):
            dx = (x[i] - summits[s, 0]) / summits[s, 2]
            dz = (z - summits[s, 1]) / summits[s, 3]
            mass[i] += summits[s, 4] * exp(C0 - dx * dx - dz * dz)
    for i in range(n):
        inland = z - coast[0, i]
        rise = smoothstep(F(0.0), F(3.0), inland + F(0.15) * abs(x[i]))
        wall = smoothstep(F(1.0), F(4.2), abs(x[i]) - F(0.18) * (z - F(2))) * F(0.16)
        bulk = min(mass[i], F(1.5))
        folds = mix(rolling[i] * F(0.9), ridge[i] * F(1.35), F(0.5) + F(0.25) * clamp01(bulk)) - F(0.27)
        height = (folds * (F(0.50) + F(0.42) * bulk) + F(0.72) * bulk + wall + F(0.05)) * rise
        # banks: low hummocks just behind the water's edge, and a hill on each headland
        bank = F(0.014) * smoothstep(F(0.0), F(0.12), inland) + F(0.035) * clamp01(inland * F(0.7))
        bank += F(0.055) * coast[1, i] * smoothstep(F(0.05), F(0.7), inland) * exp(C0 - inland * F(0.5))
        height += bank * (F(0.55) + rolling[i] * F(0.9))
        out[i] = max(height, F(0.004) * clamp01(inland * F(30))) if inland > C0 else F(_WATER_FLOOR)


@njit(**STRIP)
def _heights(out, seed, coast, summits, first, last):
    for line in range(first, last):
        _height_row(out[line], I(line), seed, coast, summits)


@njit(cache=True, error_model="numpy")
def _erode(height, droplets, seed, half_width):
    """Let drops of rain run down, one after the other: they carve on steep ground and drop their load on flat.

    Serial and without fast maths, so that the same map always comes out of the same seed.
    """
    lines, columns = height.shape
    middle = columns * 0.5
    for drop in range(droplets):
        tries = np.int32(0)
        x = 0.0
        y = 0.0
        while tries < 8:  # start on land that can be seen
            x = hash_unit(I(drop * 8 + tries), I(seed)) * (columns - 4.0) + 1.0
            y = hash_unit(I(drop * 8 + tries), I(seed + 7919)) * (lines - 4.0) + 1.0
            tries += np.int32(1)
            reach = half_width * (NEAR / CELL + y) + 40.0
            if height[int(y), int(x)] > 0.05 and abs(x - middle) < reach:
                break
        dx = 0.0
        dy = 0.0
        speed = 1.0
        water = 1.0
        load = 0.0
        for _ in range(52):
            ix = int(x)
            iy = int(y)
            u = x - ix
            v = y - iy
            a = height[iy, ix]
            b = height[iy, ix + 1]
            c = height[iy + 1, ix]
            d = height[iy + 1, ix + 1]
            gx = (b - a) * (1 - v) + (d - c) * v
            gy = (c - a) * (1 - u) + (d - b) * u
            before = a * (1 - u) * (1 - v) + b * u * (1 - v) + c * (1 - u) * v + d * u * v
            if before <= 0.0:
                break
            dx = dx * 0.15 - gx * 0.85
            dy = dy * 0.15 - gy * 0.85
            length = np.sqrt(dx * dx + dy * dy) + 1e-9
            dx /= length
            dy /= length
            x += dx
            y += dy
            if x < 1 or y < 1 or x >= columns - 2 or y >= lines - 2:
                break
            jx = int(x)
            jy = int(y)
            p = x - jx
            q = y - jy
            after = (height[jy, jx] * (1 - p) + height[jy, jx + 1] * p) * (1 - q)
            after += (height[jy + 1, jx] * (1 - p) + height[jy + 1, jx + 1] * p) * q
            fall = after - before
            capacity = max(-fall, CELL * 0.01) * speed * water * 2.0
            if fall > 0 or load > capacity:
                change = min(fall, load) if fall > 0 else (load - capacity) * 0.25
                load -= change
            else:
                change = -min((capacity - load) * 0.25, -fall)
                load -= change
            height[iy, ix] += change * (1 - u) * (1 - v)
            height[iy, ix + 1] += change * u * (1 - v)
            height[iy + 1, ix] += change * (1 - u) * v
            height[iy + 1, ix + 1] += change * u * v
            speed = np.sqrt(max(speed * speed - fall / CELL * 0.35, 0.05))
            water *= 0.975


@njit(**STRIP)
def _shadow(height, out, dx, dz, climb, cell, first, last):
    """How much of the sun each cell sees, 0…1, soft with the distance of what hides it."""
    lines, columns = height.shape
    for line in range(first, last):
        for column in range(columns):
            seen = C1
            level = height[line, column] + F(0.004)
            step = F(1.2)
            for _ in range(40):
                fx = F(column) + dx * step
                fy = F(line) + dz * step
                if fx < C0 or fy < C0 or fx >= F(columns - 1) or fy >= F(lines - 1):
                    break
                above = level + climb * step * cell - height[I(fy), I(fx)]
                seen = min(seen, C05 + above * F(1.1) / (step * cell + F(0.02)))
                if seen <= C0:
                    break
                step *= F(1.16)
            out[line, column] = clamp01(seen * C2)


@njit(**ROW)
def _material_row(red, green, blue, snow, nx, ny, nz, level, broad, fine, line, snow_line, tree_line, dusting):
    for i in range(red.shape[0]):
        alt = level[i]
        band = gradient_noise(alt * F(120) + broad[i] * F(4), F(I(i)) * F(0.012))
        rock = F(0.105) + F(0.075) * fine[i] + F(0.035) * band
        r = rock * F(1.14)
        g = rock * F(1.0)
        b = rock * F(0.92)
        wood = smoothstep(F(0.0), F(0.10), tree_line + broad[i] * F(0.3) - alt) * smoothstep(F(0.30), F(0.48), ny[i])
        tuft = F(0.5) + fine[i] * F(0.9)
        r = mix(r, F(0.020) * tuft + F(0.007), wood)
        g = mix(g, F(0.030) * tuft + F(0.009), wood)
        b = mix(b, F(0.019) * tuft + F(0.008), wood)
        # the beach: pale stones at the very edge of the water
        stones = smoothstep(F(0.007), F(0.002), alt)
        stone = F(0.070) + F(0.045) * fine[i]
        r = mix(r, stone * F(1.08), stones)
        g = mix(g, stone, stones)
        b = mix(b, stone * F(0.92), stones)
        lying = smoothstep(F(-0.10), F(0.13), alt - snow_line + broad[i] * F(0.32) + fine[i] * F(0.12))
        lying = max(lying, dusting * smoothstep(F(-0.25), F(0.35), fine[i] + broad[i] * F(0.5) + dusting * F(0.35)))
        flat = smoothstep(F(0.46), F(0.66), ny[i] + fine[i] * F(0.24) + broad[i] * F(0.12))
        cover = lying * flat
        snow[i] = cover
        red[i] = mix(r, F(0.84), cover)
        green[i] = mix(g, F(0.87), cover)
        blue[i] = mix(b, F(0.93), cover)


@njit(**ROW)
def _shade_row(before, here, after, sun_seen, open_sky, out, line, seed, light, lines):
    # light: sun×3, direct×3, sky×3, bounce×3; lines: snow line, tree line, dusting
    n = here.shape[0]
    work = np.empty((11, n), np.float32)
    nx = work[0]
    ny = work[1]
    nz = work[2]
    broad = work[3]
    fine = work[4]
    red = work[5]
    green = work[6]
    blue = work[7]
    snow = work[8]
    px = work[9]
    py = work[10]
    y = F(line)
    for i in range(n):
        px[i] = F(I(i)) * F(0.045) + seed
        py[i] = y * F(0.045)
    fbm_row(broad, px, py, 4)
    for i in range(n):
        px[i] = F(I(i)) * F(0.29)
        py[i] = y * F(0.29) + seed
    fbm_row(fine, px, py, 3)
    per_two_cells = F(0.5 / CELL)
    nx[0] = nz[0] = nx[n - 1] = nz[n - 1] = C0
    for i in range(1, n - 1):
        nx[i] = (here[i + 1] - here[i - 1]) * per_two_cells
        nz[i] = (after[i] - before[i]) * per_two_cells
    for i in range(n):
        x = F(I(i))
        coarse = gradient_noise(x * F(0.31), y * F(0.31) + F(17))
        small = gradient_noise(x * F(0.63) + F(70), y * F(0.63))
        gx = nx[i] + (coarse + small * F(0.6)) * F(0.30)
        gz = nz[i] + (small - coarse * F(0.6)) * F(0.30)
        per_length = C1 / sqrt(gx * gx + gz * gz + C1)
        nx[i] = C0 - gx * per_length
        ny[i] = per_length
        nz[i] = C0 - gz * per_length
    _material_row(red, green, blue, snow, nx, ny, nz, here, broad, fine, I(line), lines[0], lines[1], lines[2])
    for i in range(n):
        facing = nx[i] * light[0] + ny[i] * light[1] + nz[i] * light[2]
        # snow lets light through: its terminator is soft
        wrap = F(0.10) * snow[i]
        direct = max((facing + wrap) / (C1 + wrap), C0) * sun_seen[i]
        sky = (F(0.55) + F(0.45) * ny[i]) * open_sky[i]
        bounce = max((C0 - nx[i] * light[0] - nz[i] * light[2]) * C05 + F(0.2), C0)
        red[i] *= direct * light[3] + sky * light[6] + bounce * light[9]
        green[i] *= direct * light[4] + sky * light[7] + bounce * light[10]
        blue[i] *= direct * light[5] + sky * light[8] + bounce * light[11]
    for i in range(n):
        out[i, 0] = red[i]
        out[i, 1] = green[i]
        out[i, 2] = blue[i]


@njit(**STRIP)
def _shade(height, sun_seen, open_sky, out, seed, light, lines, first, last):
    for line in range(first, last):
        _shade_row(
            height[line - 1],
            height[line],
            height[line + 1],
            sun_seen[line],
            open_sky[line],
            out[line],
            I(line),
            seed,
            light,
            lines,
        )


class Terrain:
    """A lake's mountains: `height`, `colour` (linear, lit), `sunlit` and `summit` maps, lines × columns.

    Line 0 lies NEAR units ahead of the camera's start, column COLUMNS/2 straight ahead; heights are in
    units above the water, negative under it. `summit` is the highest point in and around each block.
    """

    def __init__(self, valley: Valley, light: Sunlight) -> None:
        self.valley = valley
        self.height = self._raised(np.random.default_rng((valley.seed, 1)))
        sun_seen = self._sun_seen(light.towards)
        self.sunlit = sun_seen
        self.colour: Map = np.zeros((LINES, COLUMNS, 3), np.float32)
        in_strips(
            _shade,
            1,
            LINES - 1,
            self.height,
            sun_seen,
            self._open_sky(),
            self.colour,
            F(valley.seed % 89 * 1.37),
            np.concatenate([light.towards, light.direct, light.sky, light.bounce]).astype(np.float32),
            np.array((valley.snow_line, valley.tree_line, valley.dusting), np.float32),
        )

    @cached_property
    def summit(self) -> Map:
        """The highest point of each block and its eight neighbours: what a ray may skip."""
        blocks = self.height.reshape(LINES // BLOCK, BLOCK, COLUMNS // BLOCK, BLOCK).max(axis=(1, 3))
        return np.ascontiguousarray(cv2.dilate(blocks, np.ones((3, 3), np.uint8)), np.float32)

    def _raised(self, rng: np.random.Generator) -> Map:
        height: Map = np.zeros((LINES, COLUMNS), np.float32)
        across = (np.arange(COLUMNS) - COLUMNS / 2) * CELL
        seed = F(rng.uniform(2, 400))
        in_strips(_heights, 0, LINES, height, seed, self.valley.coast(rng, across), self.valley.summits(rng))
        _erode(height, _DROPLETS, self.valley.seed % 100_003, self.valley.half_width * 1.1)
        height = cv2.GaussianBlur(height, (0, 0), 0.55)
        land = height > 0
        height[land] *= self.valley.summit / self._steepest(height)
        return height

    def _steepest(self, height: Map) -> float:
        """The greatest height over distance in the view, without counting a lone needle."""
        smooth = cv2.resize(height, (COLUMNS // 8, LINES // 8), interpolation=cv2.INTER_AREA)
        ahead = (NEAR + CELL * 8 * np.arange(LINES // 8, dtype=np.float32))[:, None]
        across = (CELL * 8 * (np.arange(COLUMNS // 8, dtype=np.float32) - COLUMNS / 16))[None, :]
        seen = np.abs(across) < ahead * self.valley.half_width
        return float((smooth / ahead)[seen].max())

    def _sun_seen(self, sun: NDArray[np.float32]) -> Map:
        half = cv2.resize(self.height, (COLUMNS // 2, LINES // 2), interpolation=cv2.INTER_AREA)
        seen = np.zeros_like(half)
        level = float(np.hypot(sun[0], sun[2]))
        slope = F(sun[0] / level), F(sun[2] / level), F(sun[1] / level)
        in_strips(_shadow, 0, half.shape[0], half, seen, *slope, F(CELL * 2))
        seen = cv2.GaussianBlur(seen, (0, 0), 0.8)
        return np.asarray(cv2.resize(seen, (COLUMNS, LINES), interpolation=cv2.INTER_LINEAR), np.float32)

    def _open_sky(self) -> Map:
        """How open each cell lies compared with its surroundings, near and wide: hollows are darker."""
        small = cv2.resize(self.height, (COLUMNS // 4, LINES // 4), interpolation=cv2.INTER_AREA)
        near, wide = (
            cv2.resize(cv2.GaussianBlur(small, (0, 0), sigma), (COLUMNS, LINES), interpolation=cv2.INTER_LINEAR)
            for sigma in (1.1, 5.0)
        )
        openness = 1 + (self.height - near) * 11 + (self.height - wide) * 4.5
        return np.asarray(np.clip(openness, 0.25, 1.3), np.float32)
