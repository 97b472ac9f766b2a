"""Where a shoulder is and an angle in, a pair of leathern wings out: a dragon's. Knows no body."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.players.membranes import Band, Sheet

Array = NDArray[np.floating]

_EDGE = (
    (0.07, 0.12),
    (0.10, 0.30),
    (0.05, 0.50),
    (-0.08, 0.74),
    (-0.22, 0.56),
    (-0.30, 0.55),
    (-0.34, 0.38),
    (-0.42, 0.36),
    (-0.40, 0.20),
    (-0.44, 0.10),
)
"""The wing's edge from the shoulder around: metres of the model ahead of and out from it, scalloped between fingers."""


def leathern(root: tuple[float, float, float], angle: float, spread: float, colour: Array) -> tuple[Sheet, ...]:
    """Both wings, raised by `angle` (radians) and opened by `spread` (0…1): the far one, then the near one."""
    x, y, _ = root
    found = []
    pale = np.minimum(colour * 1.7 + 0.02, 0.9)
    for side in (-1, 1):
        tips = []
        for ahead, out in _EDGE:
            bend = angle - 0.5 * max(0.0, out - 0.3)
            up, away = 1.6 * out * spread * math.sin(bend), 1.6 * out * spread * math.cos(bend)
            tips.append((x + 1.5 * ahead - 0.25 * (1 - spread), y + up, side * (0.06 + away)))
        roots = [(x + 0.02 - 0.26 * k / (len(_EDGE) - 1), y, side * 0.06) for k in range(len(_EDGE))]
        bands = (Band(1.0, colour, 0.96), Band(0.9, pale, 0.5), Band(0.35, colour, 0.6))
        found.append(Sheet(np.array(roots), np.array(tips), bands, colour * 0.4, 0.30, near=side > 0))
    return tuple(found)
