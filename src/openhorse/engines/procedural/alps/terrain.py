# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
"""A valley and its light in; a lit map of the mountains around a lake out.

Knows no camera and no screen: relief.py looks at the map, flora.py plants trees on it.
The kernels are untyped for mypy because Numba's decorators are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from openhorse.engines.procedural.alps.heights import CELL, COLUMNS, LINES, NEAR, fbm_row, raised
from openhorse.engines.procedural.alps.valley import Valley
from openhorse.engines.procedural.drawing.noise import (
    C0,
    C05,
    C1,
    C2,
    ROW,
    F,
    I,
    clamp01,
    gradient_noise,
    mix,
    smoothstep,
    sqrt,
)
from openhorse.engines.procedural.drawing.strips import STRIP, in_strips

Map = NDArray[np.float32]

BLOCK = 32
"""The summit grid holds the highest point of blocks of this many cells."""


@dataclass(frozen=True, slots=True)
class Sunlight:
    """What lights the land: the unit vector to the sun (right, up, ahead) and three linear colours."""

    towards: NDArray[np.float32]
    direct: NDArray[np.float32]
    sky: NDArray[np.float32]
    bounce: NDArray[np.float32]


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
        self.height = _raised(replace(valley, snow_line=0.0, tree_line=0.0, dusting=0.0))
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


@lru_cache(maxsize=2)
def _raised(valley: Valley) -> Map:
    """A valley's heights; a film's shots of one place share them."""
    height: Map = raised(valley, np.random.default_rng((valley.seed, 1)))
    height[:] = cv2.GaussianBlur(height, (0, 0), 0.55)
    height[height > 0] *= valley.summit / _steepest(height, valley.half_width)
    height.flags.writeable = False
    return height


def _steepest(height: Map, half_width: float) -> float:
    """The greatest height over distance in the view, without counting a lone needle."""
    smooth = cv2.resize(height, (COLUMNS // 8, LINES // 8), interpolation=cv2.INTER_AREA)
    ahead = (NEAR + CELL * 8 * np.arange(LINES // 8, dtype=np.float32))[:, None]
    across = (CELL * 8 * (np.arange(COLUMNS // 8, dtype=np.float32) - COLUMNS / 16))[None, :]
    seen = np.abs(across) < ahead * half_width
    return float((smooth / ahead)[seen].max())
