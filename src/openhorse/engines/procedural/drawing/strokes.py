"""Soft tapered strokes in, drawn over a picture: drops, birds, rain, stars, shadows. Knows no scene."""

# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
# The kernel is compiled by Numba, which types its arguments itself.

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.drawing.noise import C1, ROW, F, clamp01, mix, smoothstep, sqrt

STROKE_COLUMNS = 11
"""x, y of both ends, both radii, softness (pixels), opacity, and a linear colour."""


@njit(**ROW)
def _strokes(light, strokes):
    height = light.shape[1]
    width = light.shape[2]
    for k in range(strokes.shape[0]):
        ax, ay, bx, by = strokes[k, 0], strokes[k, 1], strokes[k, 2], strokes[k, 3]
        ra, rb, soft, opacity = strokes[k, 4], strokes[k, 5], max(strokes[k, 6], F(0.5)), strokes[k, 7]
        reach = max(ra, rb) + soft + C1
        x0 = max(0, int(min(ax, bx) - reach))
        x1 = min(width, int(max(ax, bx) + reach) + 1)
        y0 = max(0, int(min(ay, by) - reach))
        y1 = min(height, int(max(ay, by) + reach) + 1)
        dx, dy = bx - ax, by - ay
        per = C1 / (dx * dx + dy * dy + F(1e-6))
        for y in range(y0, y1):
            for x in range(x0, x1):
                qx = F(x) - ax
                qy = F(y) - ay
                h = clamp01((qx * dx + qy * dy) * per)
                qx -= dx * h
                qy -= dy * h
                d = sqrt(qx * qx + qy * qy) - (ra + (rb - ra) * h)
                a = smoothstep(soft, -soft, d) * opacity
                light[0, y, x] = mix(light[0, y, x], strokes[k, 8], a)
                light[1, y, x] = mix(light[1, y, x], strokes[k, 9], a)
                light[2, y, x] = mix(light[2, y, x], strokes[k, 10], a)


def draw_strokes(light: Planes, strokes: NDArray[np.float32]) -> None:
    """Lay soft tapered strokes (n × STROKE_COLUMNS) over `light`, in order: drops, birds, rain, stars, shadows."""
    if len(strokes):
        _strokes(light, np.ascontiguousarray(strokes, np.float32))
