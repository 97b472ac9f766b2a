"""Colours and a moment in, patterns of light out: points that stream, solids of lines that turn, a kaleidoscope.

Knows no place.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.drawing.strokes import STROKE_COLUMNS, draw_strokes
from openhorse.engines.procedural.parts.flowing import Ink, Inks

_SOLIDS = (
    ([(-1, -1, -1), (1, -1, -1), (1, 1, -1), (-1, 1, -1), (-1, -1, 1), (1, -1, 1), (1, 1, 1), (-1, 1, 1)], 2.01),
    ([(1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1)], 1.5),
    ([(1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1)], 3.0),
)
"""The corners of a cube, an octahedron and a tetrahedron; those nearer to each other than the number are joined."""


def _dusk(out: Planes, inks: Inks) -> None:
    """A dark ground, lighter in its middle."""
    height, width = out.shape[1:]
    y, x = np.linspace(-1, 1, height, dtype=np.float32)[:, None], np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    glow = np.exp(-(x * x * 1.5 + y * y * 2.0))
    for channel in range(3):
        out[channel] = inks[0, channel] * np.float32(0.35) + inks[1, channel] * np.float32(0.16) * glow


@dataclass(frozen=True, slots=True)
class Particles:
    """Points of light that stream in curls; `places` is n × 4 of 0…1: where, how near, which colour."""

    inks: Inks
    places: NDArray[np.float32]

    def draw(self, out: Planes, x: float, t: float) -> None:
        """Fill `out` as it is at `t`, seen from `x` frame widths to the right."""
        _dusk(out, self.inks)
        height, width = out.shape[1:]
        u, v, near, tone = self.places.T
        pace = 0.02 + 0.06 * near * near
        u = (u + pace * t - x * (0.3 + near)) % 1.2 - 0.1
        v = v + 0.09 * np.sin(6.0 * u + 3 * v + 0.35 * t) + 0.05 * np.sin(13.0 * u - 0.5 * t + 7 * tone)
        size = (0.0012 + 0.0055 * near**3) * math.sqrt(width * height)
        shade = self.inks[1 + np.floor(tone * (len(self.inks) - 1)).astype(int)] * (0.5 + 1.6 * near[:, None])
        column, row = u * width, v * height
        trail = 12 * pace * size
        table = np.stack([column - trail, row, column, row, 0.4 * size, size, 1.2 * size, 0.35 + 0.5 * near], axis=1)
        draw_strokes(out, np.concatenate([table, shade], axis=1).astype(np.float32).reshape(-1, STROKE_COLUMNS))


@dataclass(frozen=True, slots=True)
class Solids:
    """Solids of glowing lines that turn in the dark; `places` is n × 4 of 0…1: where, how near, which."""

    inks: Inks
    places: NDArray[np.float32]

    def draw(self, out: Planes, x: float, t: float) -> None:
        """Fill `out` as it is at `t`, seen from `x` frame widths to the right."""
        _dusk(out, self.inks)
        height, width = out.shape[1:]
        rows = []
        for k in np.argsort(self.places[:, 2], kind="stable"):
            u, v, near, kind = (float(part) for part in self.places[k])
            corners, joined = _SOLIDS[int(kind * 3) % 3]
            size = (0.05 + 0.16 * near) * math.sqrt(width * height)
            middle = ((u - x * (0.3 + near)) * width, (v + 0.02 * math.sin(0.6 * t + 9 * u)) * height)
            flat = _turned(np.array(corners, np.float64), 0.35 * t * (1 - 2 * (k % 2)) + 6 * u, 0.27 * t + 5 * v)
            spots = flat[:, :2] * size * 0.6 / (1 + 0.16 * flat[:, 2:]) + middle
            ink = self.inks[1 + int(kind * 7 + k) % (len(self.inks) - 1)] * (0.6 + 1.4 * near)
            thick = (0.0012 + 0.0022 * near) * math.sqrt(width * height)
            pairs = [(a, b) for a in range(len(corners)) for b in range(a)]
            rows += [
                (*spots[a], *spots[b], thick, thick, 2.5 * thick, 0.35 + 0.6 * near, *ink)
                for a, b in pairs
                if np.linalg.norm(np.subtract(corners[a], corners[b])) < joined
            ]
        draw_strokes(out, np.array(rows, np.float32).reshape(-1, STROKE_COLUMNS))


def _turned(points: NDArray[np.float64], one: float, other: float) -> NDArray[np.float64]:
    c, s = math.cos(one), math.sin(one)
    points = points @ np.array(((c, 0, s), (0, 1, 0), (-s, 0, c)))
    c, s = math.cos(other), math.sin(other)
    turned: NDArray[np.float64] = points @ np.array(((1, 0, 0), (0, c, -s), (0, s, c)))
    return turned


@dataclass(frozen=True, slots=True)
class Kaleidoscope:
    """Ink in water, seen through a kaleidoscope that turns."""

    ink: Ink
    folds: int = 7

    def draw(self, out: Planes, x: float, t: float) -> None:
        """Fill `out` as it is at `t`, seen from `x` frame widths to the right."""
        height, width = out.shape[1:]
        side = min(height, width) // 2 * 2
        small = np.empty((3, side, side), np.float32)
        self.ink.draw(small, 0.0, 1.6 * t)
        v, u = np.mgrid[0:height, 0:width].astype(np.float32)
        u, v = (u - width / 2 + x * width) / side, (v - height / 2) / side
        far, way = np.hypot(u, v), np.arctan2(v, u) + np.float32(0.07 * t)
        wedge = np.float32(math.tau / self.folds)
        folded = np.abs(way % wedge - wedge / 2)
        rings = np.abs((far * 1.1 - 0.03 * t) % 1.0 - 0.5)
        map_x = (rings * np.cos(folded) * 1.5 + 0.1) * side
        map_y = (rings * np.sin(folded) * 1.5 + 0.2) * side
        for channel in range(3):
            cv2.remap(small[channel], map_x, map_y, cv2.INTER_LINEAR, dst=out[channel], borderMode=cv2.BORDER_REFLECT)
            out[channel] *= np.float32(1.15) - np.float32(0.5) * np.minimum(far, 1)
