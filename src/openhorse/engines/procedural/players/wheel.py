"""A wheel's size and style in, its mesh out, standing upright about the z axis. Knows no vehicle."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.mesh import (
    Array,
    Material,
    Mesh,
    ball,
    disc,
    join,
    lathe,
    ring,
    rotation,
    slab,
    tube,
)
from openhorse.engines.procedural.players.puppet import placed

RUBBER = Material(linear(34, 34, 37), gloss=0.12)
CHROME = Material(linear(205, 208, 214), gloss=0.95, metal=0.85)
_DARK = Material(linear(22, 22, 26))
_WOOD = Material(linear(132, 84, 46), gloss=0.1)

Style = Literal["alloy", "steel", "wire", "wood", "bicycle"]


def wheel(radius: float, wide: float, style: Style = "alloy") -> Mesh:
    """A wheel with its tyre, `wide` across."""
    if style == "bicycle":
        return _light_wheel(radius)
    if style == "wood":
        return _wooden(radius, wide)
    half = wide / 2
    tyre = lathe(
        [
            (radius * 0.62, -half),
            (radius * 0.92, -half),
            (radius * 0.985, -half * 0.75),
            (radius, 0.0),
            (radius * 0.985, half * 0.75),
            (radius * 0.92, half),
            (radius * 0.62, half),
        ],
        RUBBER,
        36,
    ).turned(0, math.pi / 2)
    parts = [tyre]
    for sign in (1, -1):
        parts.append(disc(radius * 0.64, sign * half * 0.55, _DARK, 28))
        parts.append(ring(radius * 0.625, radius * 0.035, CHROME, 30).moved(0, 0, sign * half * 0.92))
        spokes = 10 if style == "wire" else 5
        for k in range(spokes if style != "steel" else 0):
            spoke = slab(
                (0, radius * 0.33, 0),
                (radius * (0.085 if style == "alloy" else 0.02), radius * 0.30, half * 0.12),
                CHROME,
                radius * 0.015,
            )
            parts.append(spoke.turned(2, k * 2 * math.pi / spokes).moved(0, 0, sign * half * 0.80))
        if style == "steel":
            parts.append(
                ball(
                    (0, 0, sign * half * 0.6),
                    (radius * 0.55, radius * 0.55, half * 0.32),
                    Material(linear(150, 152, 158), gloss=0.5, metal=0.4),
                    14,
                )
            )
            parts += [
                ball(
                    (radius * 0.36 * math.cos(a), radius * 0.36 * math.sin(a), sign * half * 0.85),
                    radius * 0.045,
                    _DARK,
                    6,
                )
                for a in np.arange(6) * math.pi / 3
            ]
        parts.append(ball((0, 0, sign * half * 0.85), (radius * 0.13, radius * 0.13, half * 0.2), CHROME, 10))
    return join(*parts)


def _light_wheel(radius: float) -> Mesh:
    parts = [
        ring(radius * 0.965, radius * 0.045, RUBBER, 40),
        ring(radius * 0.90, radius * 0.022, CHROME, 40),
        tube([(0, 0, -0.05), (0, 0, 0.05)], 0.022, CHROME, 10),
    ]
    for k in range(18):
        a, b = k * 2 * math.pi / 18, (k + (1.6 if k % 2 else -1.6)) * 2 * math.pi / 18
        z = 0.03 if k % 4 < 2 else -0.03
        parts.append(
            tube(
                [
                    (0.02 * math.cos(b), 0.02 * math.sin(b), z),
                    (radius * 0.9 * math.cos(a), radius * 0.9 * math.sin(a), 0),
                ],
                0.0022,
                CHROME,
                4,
            )
        )
    return join(*parts)


def _wooden(radius: float, wide: float) -> Mesh:
    parts = [
        ring(radius * 0.93, radius * 0.07, _WOOD, 36).scaled(1, 1, wide / (radius * 0.14)),
        ring(radius * 0.985, radius * 0.025, _DARK, 36).scaled(1, 1, wide / (radius * 0.06)),
        tube([(0, 0, -wide), (0, 0, wide)], radius * 0.12, _WOOD, 12),
    ]
    parts += [
        tube([(0, 0, 0), (radius * 0.9 * math.cos(a), radius * 0.9 * math.sin(a), 0)], radius * 0.045, _WOOD, 8)
        for a in np.arange(10) * math.pi / 5
    ]
    return join(*parts)


def rolled(x: float, y: float, z: float, turn: float) -> Array:
    """The bone of a wheel whose axle is at (x, y, z), turned forward by `turn` radians."""
    return placed(x, y, z, rotation(2, -turn))
