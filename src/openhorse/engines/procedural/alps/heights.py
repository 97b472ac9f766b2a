# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call,no-any-return"
"""A valley in; the bare heights of its mountains, folded and carved by rain, out: the same bits on every processor.

Knows no light and no trees. A drop of rain goes another way after the smallest rounding, and so do all that come
after it: here no processor may fuse, reorder or approximate what another computes step by step. Hence kernels without
fast maths, and `_exact` twins of the noise that others share.
The kernels are untyped for mypy because Numba's decorators are.
"""

from __future__ import annotations

from types import FunctionType
from typing import Any

import numpy as np
from numba import njit
from numba.core.registry import CPUDispatcher
from numpy.typing import NDArray

from openhorse.engines.procedural.alps.valley import Valley
from openhorse.engines.procedural.drawing import noise
from openhorse.engines.procedural.drawing.noise import C0, C1, C2, INLINE, ROW, F, I, gradient_noise
from openhorse.engines.procedural.drawing.strips import STRIP, in_strips

COLUMNS, LINES = 2304, 1792
"""Cells of the map across the view and along it; multiples of BLOCK."""
CELL = 0.0064
"""Side of a cell. One unit is about 800 m; the camera stands at (0, 0) and looks along +z."""
NEAR = 1.15
"""Distance of the map's first line: all before it is open water."""

_WATER_FLOOR = -0.02
_DROPLETS = 150_000

_INLINE, _ROW, _STRIP = ({**options, "fastmath": False} for options in (INLINE, ROW, STRIP))


def _exact(helper: Any) -> Any:
    """A twin of a kernel, and of all that it calls, without fast maths."""
    kernel = helper.py_func
    scope = dict(kernel.__globals__)
    for name in kernel.__code__.co_names:
        if isinstance(scope.get(name), CPUDispatcher):
            scope[name] = _exact(scope[name])
    # never cached by itself: it would be taken for its fast twin
    return njit(**_INLINE)(FunctionType(kernel.__code__, scope, kernel.__name__))


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


_clamp01, _exp, _floor_int, _gradient_noise, _hash_unit, _mix, _smoothstep, _fbm_row = (
    _exact(helper)
    for helper in (
        noise.clamp01,
        noise.exp,
        noise.floor_int,
        noise.gradient_noise,
        noise.hash_unit,
        noise.mix,
        noise.smoothstep,
        fbm_row,
    )
)


@njit(**_INLINE)
def _damped(x, y):
    """Value noise and its two derivatives."""
    ix = _floor_int(x)
    iy = _floor_int(y)
    u = x - F(ix)
    v = y - F(iy)
    ix1 = I(ix + I(1))
    iy1 = I(iy + I(1))
    a = _hash_unit(ix, iy)
    b = _hash_unit(ix1, iy)
    c = _hash_unit(ix, iy1)
    d = _hash_unit(ix1, iy1)
    su = u * u * u * (u * (u * F(6) - F(15)) + F(10))
    sv = v * v * v * (v * (v * F(6) - F(15)) + F(10))
    du = F(30) * u * u * (u * (u - C2) + C1)
    dv = F(30) * v * v * (v * (v - C2) + C1)
    k = a - b - c + d
    return a + (b - a) * su + (c - a) * sv + k * su * sv, du * (b - a + k * sv), dv * (c - a + k * su)


@njit(**_ROW)
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
    _fbm_row(wx, px, py, 3)
    for i in range(n):
        px[i] = (x[i] + seed) * F(0.8) + F(9.2)
        py[i] = (z + seed * F(0.71)) * F(0.8) + F(4.1)
    _fbm_row(wz, px, py, 3)
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
            crest = C1 - abs(_gradient_noise(a, b)) * F(1.9)
            crest = crest * crest * weight[i]
            weight[i] = _clamp01(crest * F(1.8))
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


@njit(**_ROW)
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
            mass[i] += summits[s, 4] * _exp(C0 - dx * dx - dz * dz)
    for i in range(n):
        inland = z - coast[0, i]
        rise = _smoothstep(F(0.0), F(3.0), inland + F(0.15) * abs(x[i]))
        wall = _smoothstep(F(1.0), F(4.2), abs(x[i]) - F(0.18) * (z - F(2))) * F(0.16)
        bulk = min(mass[i], F(1.5))
        folds = _mix(rolling[i] * F(0.9), ridge[i] * F(1.35), F(0.5) + F(0.25) * _clamp01(bulk)) - F(0.27)
        height = (folds * (F(0.50) + F(0.42) * bulk) + F(0.72) * bulk + wall + F(0.05)) * rise
        # banks: low hummocks just behind the water's edge, and a hill on each headland
        bank = F(0.014) * _smoothstep(F(0.0), F(0.12), inland) + F(0.035) * _clamp01(inland * F(0.7))
        bank += F(0.055) * coast[1, i] * _smoothstep(F(0.05), F(0.7), inland) * _exp(C0 - inland * F(0.5))
        height += bank * (F(0.55) + rolling[i] * F(0.9))
        out[i] = max(height, F(0.004) * _clamp01(inland * F(30))) if inland > C0 else F(_WATER_FLOOR)


@njit(**_STRIP)
def _heights(out, seed, coast, summits, first, last):
    for line in range(first, last):
        _height_row(out[line], I(line), seed, coast, summits)


@njit(cache=True, error_model="numpy", nogil=True)
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
            x = _hash_unit(I(drop * 8 + tries), I(seed)) * (columns - 4.0) + 1.0
            y = _hash_unit(I(drop * 8 + tries), I(seed + 7919)) * (lines - 4.0) + 1.0
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


def raised(valley: Valley, rng: np.random.Generator) -> NDArray[np.float32]:
    """LINES × COLUMNS heights in units above the water, negative under it."""
    height = np.zeros((LINES, COLUMNS), np.float32)
    across = (np.arange(COLUMNS) - COLUMNS / 2) * CELL
    seed = F(rng.uniform(2, 400))
    in_strips(_heights, 0, LINES, height, seed, valley.coast(rng, across), valley.summits(rng))
    _erode(height, _DROPLETS, valley.seed % 100_003, valley.half_width * 1.1)
    return height
