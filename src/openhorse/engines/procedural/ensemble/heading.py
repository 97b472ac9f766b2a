"""A vehicle's cut-out in, the way it drives out: −1 left, 1 right.

Knows no prompt. By its lamps (red ones are behind), by which wheel stands free (a cycle's front wheel), then by where
its upper part leans; a picture is never mirrored, for it may carry words.
"""

from __future__ import annotations

import cv2
import numpy as np

from openhorse.engines.procedural.ensemble.palette import to_lab
from openhorse.engines.procedural.ensemble.silhouette import Build, Mask, Wheel
from openhorse.engines.procedural.still.plate import Field, Pixels

_ROWS = 160


def heading(rgb: Pixels, alpha: Field, build: Build) -> int:
    """Where a vehicle's front is; what the outline was read as when nothing tells."""
    scale = _ROWS / alpha.shape[0]
    size = max(16, round(alpha.shape[1] * scale)), _ROWS
    small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    solid = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA) > 0.5, bool)
    if len(build.wheels) == 2:
        free = _free_wheel(solid, build.wheels)
        if free:
            return free
    return _by_lamps(small, solid) or build.facing or 1


def _free_wheel(solid: Mask, wheels: tuple[Wheel, ...]) -> int:
    """The side of the wheel with little above it, when the other lies under seat and luggage; else 0."""
    covered = []
    for wheel in wheels:
        x, y, radius = (value * _ROWS for value in (wheel.x, wheel.y, wheel.radius))
        rows = slice(max(0, round(y - 1.4 * radius)), max(1, round(y - 1.06 * radius)))
        columns = slice(max(0, round(x - 0.8 * radius)), round(x + 0.8 * radius))
        part = solid[rows, columns]
        covered.append(float(part.mean()) if part.size else 0.0)
    if min(covered) > 0.6 or abs(covered[0] - covered[1]) < 0.12:
        return 0
    return -1 if covered[0] < covered[1] else 1


def _by_lamps(rgb: Pixels, solid: Mask) -> int:
    """The side away from what is redder than the body at one end; 0 when neither end is."""
    lab = to_lab(rgb)
    columns = np.flatnonzero(solid.any(0))
    first, last = int(columns[0]), int(columns[-1]) + 1
    end = max(3, (last - first) // 16)
    usual = float(np.median(lab[..., 1][solid]))
    red = []
    for part in (np.s_[:, first : first + end], np.s_[:, last - end : last]):
        values = lab[part][..., 1][solid[part]]
        red.append(float((values > max(30.0, usual + 22)).mean()) if values.size else 0.0)
    if abs(red[0] - red[1]) < 0.06:
        return 0
    return 1 if red[0] > red[1] else -1
