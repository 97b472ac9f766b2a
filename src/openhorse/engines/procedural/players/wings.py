"""Chords and spans in, wings and fins out, and what a craft is made of. Knows no craft."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from openhorse.engines.procedural.players.mesh import Material, Mesh, grid
from openhorse.engines.procedural.players.player import Medium


@dataclass(frozen=True, slots=True)
class Craft:
    """A body on bone 0, rotors on the bones after it: (x, y, z, axis, turns a second). `hover` is how it sways."""

    mesh: Mesh
    name: str
    tall: float
    long: float
    speed: float
    rotors: tuple[tuple[float, float, float, int, float], ...] = ()
    hover: tuple[float, float, float] = (0.1, 0.02, 0.02)
    yaw: float = 0.45
    flame: tuple[float, float, float, float] | None = None
    does: str = "flies"
    medium: Medium = "air"


def wing(
    root: float,
    tip: float,
    back: float,
    span: float,
    x: float,
    y: float,
    rise: float,
    material: Material,
    sign: int,
    thick: float = 0.09,
) -> Mesh:
    """Half a wing: its chords at root and tip, how far its tip lies back, along z."""
    rows = []
    turn = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    for s in np.linspace(0, 1, 8):
        chord = root + (tip - root) * s
        profile_x = 0.5 * np.cos(turn) * chord
        profile_y = 0.5 * np.sin(turn) * chord * thick * (1 + 0.5 * np.cos(turn)) * (1 - 0.3 * s)
        rows.append(
            np.stack([x - back * s + profile_x, y + rise * s + profile_y, np.full(20, span * s * sign)], axis=1)
        )
    rows.append(rows[-1] * 0.02 + rows[-1].mean(axis=0) * 0.98)
    return grid(np.array(rows)[:, ::-sign], material, closed=True)


def fin(root: float, tip: float, back: float, high: float, x: float, y: float, material: Material) -> Mesh:
    """An upright tail fin."""
    return wing(root, tip, back, high, x, 0, 0, material, 1, 0.07).turned(0, -math.pi / 2).moved(0, y, 0)
