"""Measures of a road vehicle in, its mesh and axles out: body, cabin, glass, lamps. Knows no motion."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.paint import lettering
from openhorse.engines.procedural.players.dyes import Dye
from openhorse.engines.procedural.players.mesh import (
    Array,
    Material,
    Mesh,
    ball,
    grid,
    lathe,
    loft,
    refined,
    ring,
    slab,
    smooth,
    tube,
)
from openhorse.engines.procedural.players.wheel import CHROME

GLASS = Material(linear(26, 34, 42), gloss=1.0)
TRIM = Material(linear(24, 24, 28), gloss=0.3)
HEAD = Material(linear(255, 244, 216), gloss=0.8, glow=-4.0)
TAIL = Material(linear(214, 22, 18), gloss=0.7, glow=-3.0)
AMBER = Material(linear(255, 150, 30), gloss=0.7, glow=-1.0)
WINDOW = Material(linear(255, 206, 130), gloss=0.9, glow=-1.1)
"""A window lit from within when it is dark."""

Section = tuple[float, float, float, float]


@cache
def _sections(keys: tuple[Section, ...]) -> Array:
    return smooth(keys, 8)


@dataclass(frozen=True, slots=True)
class Shell:
    """A lofted body: smooth sections (x, y, half height, half width) and how square they are."""

    keys: tuple[Section, ...]
    square: float = 4.0

    def sections(self) -> Array:
        """The sections, finely."""
        return _sections(self.keys)

    def mesh(self, material: Material, sides: int = 44) -> Mesh:
        """Its surface."""
        return loft([tuple(row) for row in self.sections().tolist()], material, sides, self.square)

    def side(self, x: float, y: float) -> float:
        """How far out its side is at a place."""
        rows = _sections(self.keys)
        middle, high, wide = (float(np.interp(x, rows[:, 0], rows[:, k])) for k in (1, 2, 3))
        part = min(1.0, abs(y - middle) / max(high, 1e-6))
        return float(wide * (1 - part**self.square) ** (1 / self.square))

    def seam(self, x0: float, y0: float, x1: float, y1: float, thick: float = 0.006) -> list[Mesh]:
        """A dark line along both its sides."""
        spots = [(x0 + (x1 - x0) * s, y0 + (y1 - y0) * s) for s in np.linspace(0, 1, 7)]
        return [tube([(x, y, self.side(x, y) * sign) for x, y in spots], thick, TRIM, 5) for sign in (1, -1)]


def glazed(
    cabin: Mesh, low: float, high: float, pillars: Sequence[tuple[float, float, float]], glass: Material = GLASS
) -> Mesh:
    """A cabin with glass between two heights; pillars are (x at the foot, x at the top, half width)."""

    def pane(points: Array) -> NDArray[np.bool_]:
        x, y = points[:, 0], points[:, 1]
        s = np.clip((y - low) / (high - low), 0, 1)
        found = (y > low) & (y < high)
        for foot, top, half in pillars:
            found &= np.abs(x - (foot + (top - foot) * s)) > half
        return np.asarray(found)

    cabin = refined(cabin, pane)
    return cabin.tinted(pane(cabin.points), glass)


def arches(shell: Shell, axles: Sequence[float], radius: float) -> list[Mesh]:
    """Dark hollows round the wheels, laid on the body's sides."""
    parts = []
    for x in axles:
        for sign in (1, -1):
            hollow = [
                lathe(
                    [(radius * 1.2 * k / 6 + 1e-4, 0.0) for k in range(7)][::sign], Material(linear(14, 14, 16)), 32
                ).turned(0, math.pi / 2)
            ]
            for part in (*hollow, ring(radius * 1.20, 0.018, TRIM, 32)):
                moved = part.moved(x, radius * 1.02, 0)
                middle = shell.keys[len(shell.keys) // 2]
                low, high = middle[1] - middle[2] * 0.9, middle[1] + middle[2] * 0.9
                out = [shell.side(px, min(max(py, low), high)) for px, py in moved.points[:, :2].tolist()]
                high_enough = np.maximum(moved.points[:, 1], low)  # nothing shows below the sill
                points = np.column_stack(
                    [moved.points[:, 0], high_enough, moved.points[:, 2] + (np.array(out) + 0.004) * sign]
                )
                parts.append(replace(moved, points=points))
    return parts


def lamps(x: float, y: float, z: float, size: Sequence[float], material: Material) -> list[Mesh]:
    """A pair of lamps at the front or the back."""
    return [ball((x, y, z * sign), size, material, 12) for sign in (1, -1)]


def mirrors(x: float, y: float, z: float, paint: Material) -> list[Mesh]:
    """Outside mirrors."""
    return [ball((x, y, z * sign), (0.07, 0.065, 0.09), paint, 10) for sign in (1, -1)]


def words(text: str, height: float, colour: Dye, glow: float = 0.0) -> Mesh:
    """Letters as small plates, `height` tall, facing +z about the origin."""
    mask = lettering(text, 24)
    rows, columns = mask.shape
    step = height / rows
    y, x = np.nonzero(mask > 110)
    material = Material(colour, glow=glow)
    quad = grid(
        np.array([[(-0.5, -0.5, 0), (-0.5, 0.5, 0)], [(0.5, -0.5, 0), (0.5, 0.5, 0)]], np.float64) * step * 1.04,
        material,
    )
    count = len(x)
    place = np.stack([(x - columns / 2) * step, (rows / 2 - y) * step, np.zeros(count)], axis=1)
    points = (quad.points[None] + place[:, None]).reshape(-1, 3)
    faces = (quad.faces[None] + (np.arange(count) * len(quad.points))[:, None, None]).reshape(-1, 3)
    many = len(points)
    return Mesh(
        points,
        np.tile((0.0, 0.0, 1.0), (many, 1)),
        np.tile(np.asarray(colour, np.float64), (many, 1)),
        np.tile(quad.matter[:1], (many, 1)),
        faces.astype(np.int32),
        np.zeros((many, 2), np.int32),
        np.zeros(many),
        np.zeros(many),
    )


def both_sides(label: Mesh, x: float, y: float, z: float) -> list[Mesh]:
    """A label on both sides of a vehicle."""
    return [label.moved(x, y, z), label.turned(1, math.pi).moved(x, y, -z)]


def bumper(x: float, y: float, half: float, thick: float = 0.055, material: Material = CHROME) -> Mesh:
    """A bar across."""
    sign = 1 if x > 0 else -1
    return tube(
        smooth(
            [
                (x - 0.18 * sign, y, -half),
                (x, y, -half * 0.8),
                (x + 0.02 * sign, y, 0),
                (x, y, half * 0.8),
                (x - 0.18 * sign, y, half),
            ],
            5,
        ),
        thick,
        material,
        10,
    )


def box_windows(
    length: Sequence[float], y: float, half_height: float, z: float, half: float, material: Material = WINDOW
) -> list[Mesh]:
    """A row of panes along both sides, at the given places."""
    return [slab((x, y, z * sign), (half, half_height, 0.012), material, 0.008) for x in length for sign in (1, -1)]


def band(path: Array, high: float, wide: float, material: Material) -> Mesh:
    """A mudguard: a band that follows a path in the plane of a wheel."""
    way = np.gradient(path, axis=0)
    out = np.stack([-way[:, 1], way[:, 0], 0 * way[:, 0]], axis=1)
    out /= np.sqrt((out**2).sum(axis=1, keepdims=True))
    turn = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    points = (
        path[:, None]
        + out[:, None] * (np.sin(turn) * high)[None, :, None]
        + np.array((0, 0, 1.0)) * (np.cos(turn) * wide)[None, :, None]
    )
    return grid(points, material, closed=True)
