"""Soft tapered strokes in, drawn over a picture: drops, birds, rain, stars, shadows. Knows no scene."""

# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
# The kernel is compiled by Numba, which types its arguments itself.

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.drawing.noise import C0, C05, C1, C2, C3, F, I, clamp01, floor_int, mix, sqrt
from openhorse.engines.procedural.drawing.strips import STRIP, in_strips

_IN_STRIPS = 100
"""Strokes from which on they are drawn by several threads."""
STROKE_COLUMNS = 11
"""x, y of both ends, both radii, softness (pixels), opacity, and a linear colour."""


@njit(**STRIP)
def _strokes(light, strokes, first, last):
    width = light.shape[2]
    for k in range(strokes.shape[0]):
        ax, ay, bx, by = strokes[k, 0], strokes[k, 1], strokes[k, 2], strokes[k, 3]
        ra, rb, soft, opacity = strokes[k, 4], strokes[k, 5], max(strokes[k, 6], F(0.5)), strokes[k, 7]
        reach = max(ra, rb) + soft
        y0 = max(I(first), floor_int(min(ay, by) - reach))
        y1 = min(I(last), floor_int(max(ay, by) + reach) + I(1))
        x0 = max(I(0), floor_int(min(ax, bx) - reach))
        x1 = min(I(width), floor_int(max(ax, bx) + reach) + I(1))
        if y0 >= y1 or x0 >= x1 or opacity == C0:
            continue
        dx, dy = bx - ax, by - ay
        per = C1 / (dx * dx + dy * dy + F(1e-6))
        per_soft, reach2 = C05 / soft, reach * reach
        red, green, blue = strokes[k, 8], strokes[k, 9], strokes[k, 10]
        for y in range(y0, y1):
            py = F(y) - ay
            for x in range(x0, x1):
                qx, qy = F(I(x)) - ax, py
                h = clamp01((qx * dx + qy * dy) * per)
                qx -= dx * h
                qy -= dy * h
                far2 = qx * qx + qy * qy
                if far2 >= reach2:
                    continue
                t = clamp01((soft - sqrt(far2) + (ra + (rb - ra) * h)) * per_soft)
                a = t * t * (C3 - C2 * t) * opacity
                light[0, y, x] = mix(light[0, y, x], red, a)
                light[1, y, x] = mix(light[1, y, x], green, a)
                light[2, y, x] = mix(light[2, y, x], blue, a)


def draw_strokes(light: Planes, strokes: NDArray[np.float32]) -> None:
    """Lay soft tapered strokes (n × STROKE_COLUMNS) over `light`, in order: drops, birds, rain, stars, shadows."""
    table = np.ascontiguousarray(strokes, np.float32)
    if not len(table):
        return
    height, width = light.shape[1:]
    reach = table[:, 4:6].max(axis=1) + np.maximum(table[:, 6], 0.5) + 1
    low, high = table[:, (0, 2)].min(axis=1) - reach, table[:, (0, 2)].max(axis=1) + reach
    top, foot = table[:, (1, 3)].min(axis=1) - reach, table[:, (1, 3)].max(axis=1) + reach
    # NaN compares false: such a stroke is left out
    table = table[(low < width) & (high > 0) & (top < height) & (foot > 0)]
    if len(table) < _IN_STRIPS:
        _strokes(light, table, 0, height)
    else:
        in_strips(_strokes, 0, height, light, table)
