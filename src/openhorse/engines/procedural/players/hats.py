"""What is on a head, as meshes in the head's own measures, its middle at the origin. Knows no faces."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.dyes import DYES, Dye
from openhorse.engines.procedural.players.head import replace_points, skull
from openhorse.engines.procedural.players.mesh import (
    Array,
    Material,
    Mesh,
    ball,
    grid,
    hose,
    join,
    lathe,
    ring,
    smooth,
    tube,
    turned_smooth,
)


def _fit(mesh: Mesh) -> Mesh:
    # a head is longer than wide, and a hat sits a little back
    return mesh.scaled(1.0, 1.0, 0.90).moved(-0.004, 0, 0)


def _band(radius: float, y: float, half: float, colour: Dye) -> Mesh:
    return lathe(
        [
            (radius - 0.004, y - half),
            (radius + 0.003, y - half),
            (radius + 0.003, y + half),
            (radius - 0.004, y + half),
        ],
        Material(colour),
        30,
    )


def _brimmed(colour: Dye, crown: list[tuple[float, float]], brim: float, droop: float, band: Dye) -> Mesh:
    cloth = Material(colour)
    top = turned_smooth(crown, cloth, 30)
    edge = lathe(
        [
            (0.10, 0.050),
            (brim * 0.6 + 0.04, 0.052 + droop * 0.2),
            (brim, 0.046 + droop),
            (brim + 0.002, 0.053 + droop),
            (brim * 0.6 + 0.04, 0.062 + droop * 0.2),
            (0.10, 0.062),
        ],
        cloth,
        36,
    )
    return _fit(join(top, edge, _band(0.110, 0.072, 0.012, band))).turned(2, 0.08)


def straw(colour: Dye) -> Mesh:
    """Wide, with a ribbon."""
    hat = _brimmed(colour, [(0.112, 0.055), (0.108, 0.10), (0.088, 0.148), (0.0, 0.158)], 0.215, -0.018, DYES["red"])
    rings = 0.88 + 0.12 * np.sign(np.sin((np.hypot(hat.points[:, 0], hat.points[:, 2]) + hat.points[:, 1]) * 420))
    return hat.coloured(hat.colours * rings[:, None])


def cone(colour: Dye) -> Mesh:
    """A conical hat of straw."""
    hat = lathe([(0.235, 0.028), (0.232, 0.036), (0.12, 0.115), (0.0, 0.185)], Material(linear(216, 182, 112)), 40)
    rings = 0.88 + 0.12 * np.sign(np.sin(hat.points[:, 1] * 300))
    return _fit(hat.coloured(hat.colours * rings[:, None]))


def fedora(colour: Dye) -> Mesh:
    """Of felt."""
    return _brimmed(
        colour,
        [(0.110, 0.055), (0.106, 0.12), (0.085, 0.165), (0.04, 0.158), (0.0, 0.152)],
        0.168,
        -0.006,
        linear(26, 22, 22),
    )


def hat(colour: Dye) -> Mesh:
    """Any hat with a brim."""
    return _brimmed(colour, [(0.110, 0.055), (0.106, 0.11), (0.088, 0.150), (0.0, 0.160)], 0.178, -0.012, colour * 0.4)


def top_hat(colour: Dye) -> Mesh:
    """Tall."""
    return _brimmed(
        colour, [(0.104, 0.055), (0.100, 0.15), (0.108, 0.252), (0.100, 0.258), (0.0, 0.258)], 0.160, 0.006, DYES["red"]
    )


def wizard(colour: Dye) -> Mesh:
    """Pointed and bent."""
    cloth = Material(colour)
    spots = smooth([(0, 0.05, 0), (-0.012, 0.17, 0), (-0.04, 0.29, 0), (-0.11, 0.37, 0)], 6)
    point = hose(spots, np.interp(np.linspace(0, 1, len(spots)), (0, 0.4, 1), (0.116, 0.070, 0.008)), cloth, 26)
    brim = lathe(
        [(0.09, 0.048), (0.15, 0.046), (0.225, 0.026), (0.226, 0.033), (0.15, 0.056), (0.09, 0.060)], cloth, 40
    )
    stars = [
        ball(
            (0.095 * math.cos(a) - 0.01, y, 0.095 * math.sin(a) * 0.95),
            0.010,
            Material(DYES["gold"], gloss=0.7, metal=0.6),
            6,
        )
        for a, y in ((0.5, 0.12), (-0.6, 0.15), (1.6, 0.14))
    ]
    return _fit(join(point, brim, _band(0.116, 0.068, 0.012, DYES["gold"]), *stars)).turned(2, 0.06)


def cap(colour: Dye) -> Mesh:
    """Flat, with a peak."""
    top = _skin(colour, 0.20, 0.30)
    peak = (
        lathe([(0.06, 0.040), (0.165, 0.030), (0.166, 0.037), (0.06, 0.055)], Material(colour * 0.85), 30)
        .scaled(1.0, 1, 0.62)
        .moved(0.028, 0.014, 0)
    )
    keep = peak.points[:, 0] > 0.0
    points = np.where(keep[:, None], peak.points, peak.points * (0.4, 1, 1))
    return join(top, replace_points(peak, lambda p: points))


def _skin(colour: Dye, thick: float, low: float, **more: float) -> Mesh:
    def shape(points: Array) -> Array:
        grow = thick * np.clip((points[:, 1] - low + 0.10) / 0.12, -1.2, 1)
        return np.asarray(skull(points) * (1 + grow[:, None]))

    return replace_points(ball((0, 0, 0), 1.0, Material(colour, **more), 26), shape)


def woollen(colour: Dye) -> Mesh:
    """Knitted, with a bobble."""
    cap_ = _skin(colour, 0.22, 0.28)
    angle = np.arctan2(cap_.points[:, 2], cap_.points[:, 0])
    cap_ = cap_.coloured(cap_.colours * (0.86 + 0.14 * np.cos(angle * 26))[:, None])
    turn = np.linspace(0, 2 * np.pi, 30)
    hem = tube(
        np.stack([np.cos(turn) * 0.104 - 0.004, 0.048 + 0.010 * np.cos(turn), np.sin(turn) * 0.096], 1),
        0.019,
        Material(colour * 0.6 + 0.3),
        10,
    )
    return join(cap_, hem, ball((-0.01, 0.175, 0), 0.036, Material(colour * 0.6 + 0.35), 10))


def ski(colour: Dye) -> Mesh:
    """A woollen hat and goggles."""
    turn = np.linspace(-1.25, 1.25, 18)
    path = np.stack([np.cos(turn) * 0.106, 0.006 + 0 * turn, np.sin(turn) * 0.098], 1)
    goggles = hose(path, np.full(18, 0.034), Material(linear(255, 150, 60), gloss=1.0, metal=0.5), 10, 0.4)
    strap = ring(0.104, 0.012, Material(linear(30, 30, 36)), 30).turned(0, math.pi / 2).moved(-0.006, 0.008, 0)
    return join(woollen(colour), goggles, strap.scaled(1, 1, 0.94))


def hood(colour: Dye) -> Mesh:
    """A hood that leaves the face free."""

    def shape(points: Array) -> Array:
        x, y, _ = points.T
        face = np.clip((x - 0.30) / 0.22, 0, 1) * np.clip((0.62 - y) / 0.2, 0, 1)
        return np.asarray(skull(points) * (1 + (0.20 - 0.42 * face)[:, None]) + np.array((-0.008, -0.006, 0.0)))

    return replace_points(ball((0, 0, 0), 1.0, Material(colour, gloss=0.2), 30), shape)


def visor(colour: Dye) -> Mesh:
    """An astronaut's helmet: white behind, gilt before."""
    shell = ball((-0.006, 0.0, 0), (0.165, 0.178, 0.165), Material(colour, gloss=0.35), 26)
    glass = ball((0.030, 0.004, 0), (0.150, 0.128, 0.140), Material(linear(210, 140, 50), gloss=1.0, metal=0.85), 24)
    rim = (
        ring(0.134, 0.016, Material(colour * 0.85, gloss=0.3), 34)
        .turned(1, math.pi / 2)
        .scaled(1, 0.97, 1.04)
        .moved(0.088, 0.004, 0)
    )
    lamps = [
        ball((0.06, 0.125, 0.105 * s), (0.026, 0.018, 0.018), Material(linear(255, 250, 235), glow=1.2), 8)
        for s in (1, -1)
    ]
    neck = lathe([(0.115, -0.175), (0.128, -0.160), (0.122, -0.130)], Material(DYES["grey"], gloss=0.5, metal=0.5), 28)
    return join(shell, glass, rim, neck, *lamps)


def helmet(colour: Dye) -> Mesh:
    """A knight's, with a slit and a plume."""
    steel = Material(colour, gloss=0.95, metal=0.85)
    dome = turned_smooth([(0.112, -0.165), (0.128, -0.06), (0.126, 0.05), (0.098, 0.13), (0.0, 0.170)], steel, 30)
    slit = hose(
        np.stack([np.cos(t := np.linspace(-0.95, 0.95, 16)) * 0.129, 0.012 + 0 * t, np.sin(t) * 0.124], 1),
        np.full(16, 0.011),
        Material(linear(10, 10, 14)),
        8,
        0.5,
    )
    ridge = tube(
        [(0.135, -0.15, 0), (0.140, -0.02, 0), (0.115, 0.10, 0), (0.02, 0.175, 0), (-0.09, 0.13, 0)],
        0.008,
        Material(DYES["gold"], gloss=0.9, metal=0.8),
        8,
    )
    spots = smooth([(0.02, 0.17, 0), (-0.06, 0.26, 0), (-0.18, 0.22, 0), (-0.24, 0.08, 0)], 6)
    plume = hose(
        spots, np.interp(np.linspace(0, 1, len(spots)), (0, 0.3, 1), (0.018, 0.042, 0.008)), Material(DYES["red"]), 10
    )
    s = np.repeat(np.linspace(0, 1, len(spots)), 10)
    return join(dome, slit, ridge, plume.swaying(0.12 * s))


def kabuto(colour: Dye) -> Mesh:
    """A samurai's, with golden horns."""
    bowl = turned_smooth([(0.118, 0.03), (0.116, 0.09), (0.085, 0.145), (0.0, 0.165)], Material(colour, gloss=0.7), 30)
    neck = lathe([(0.185, -0.075), (0.150, 0.0), (0.112, 0.055)], Material(colour * 0.7 + 0.02, gloss=0.5), 30)

    def back(points: Array) -> Array:
        x = points[:, 0]
        return np.column_stack(
            [np.where(x > 0.055, 0.055 + (x - 0.055) * 0.25, x), points[:, 1] + np.clip(x, 0, 1) * 0.55, points[:, 2]]
        )

    gold = Material(DYES["gold"], gloss=0.9, metal=0.8)
    horns = []
    for s in (1, -1):
        spots = smooth([(0.115, 0.085, 0.012 * s), (0.135, 0.15, 0.065 * s), (0.125, 0.245, 0.115 * s)], 6)
        horns.append(hose(spots, np.linspace(0.016, 0.004, len(spots)), gold, 8, 0.5))
    return join(_fit(bowl), replace_points(neck, back), *horns, ball((0.122, 0.075, 0), 0.022, gold, 10))


def crown(colour: Dye) -> Mesh:
    """Of gold, with stones."""
    gold = Material(colour, gloss=0.95, metal=0.85)
    turn = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    spike = np.abs((turn * 6 / (2 * np.pi)) % 1 - 0.5) * 2
    rows = [
        np.stack([np.cos(turn) * r, 0.078 + h * (0.035 + 0.065 * spike), -np.sin(turn) * r * 0.93], 1)
        for h, r in ((0, 0.094), (0.3, 0.096), (0.7, 0.100), (1, 0.105))
    ]
    stones = [
        ball(
            (math.cos(k * math.pi / 3) * 0.103, 0.100, -math.sin(k * math.pi / 3) * 0.096),
            0.011,
            Material(DYES["red"] if k % 2 else DYES["blue"], gloss=1.0),
            8,
        )
        for k in range(6)
    ]
    beads = [
        ball((math.cos(k * math.pi / 3) * 0.105, 0.182, -math.sin(k * math.pi / 3) * 0.098), 0.009, gold, 8)
        for k in range(6)
    ]
    return join(grid(np.array(rows), gold, closed=True), *stones, *beads).moved(-0.008, 0, 0).turned(2, 0.08)


def chef(colour: Dye) -> Mesh:
    """Tall and puffed."""
    cloth = Material(colour, soft=0.2)
    turn = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    rows = []
    for s, (r, y) in zip(
        np.linspace(0, 1, 12),
        smooth([(0.104, 0.055), (0.104, 0.14), (0.140, 0.20), (0.128, 0.26), (0.0, 0.27)], 3)[::1][:12],
        strict=False,
    ):
        puff = 1 + 0.05 * np.sin(turn * 11) * np.clip(s * 2 - 0.5, 0, 1)
        rows.append(
            np.stack([np.cos(turn) * max(r, 1e-3) * puff, np.full(48, y), -np.sin(turn) * max(r, 1e-3) * puff], 1)
        )
    rows.append(rows[-1] * (0.01, 1, 0.01))
    return _fit(grid(np.array(rows), cloth, closed=True)).turned(2, 0.06)


def bike(colour: Dye) -> Mesh:
    """A cyclist's helmet."""
    shell = _skin(colour, 0.24, 0.34, gloss=0.7)
    vents = np.abs(np.sin(shell.points[:, 2] * 55)) < 0.35
    high = shell.points[:, 1] > 0.075
    return shell.coloured(np.where((vents & high)[:, None], np.array((0.02, 0.02, 0.025)), shell.colours))


def glasses() -> Mesh:
    """Round, thin."""
    wire = Material(linear(50, 36, 26), gloss=0.6)
    rims = [
        ring(0.025, 0.0024, wire, 22).turned(1, math.pi / 2 - 0.28 * s).moved(0.106, 0.000, 0.037 * s) for s in (1, -1)
    ]
    bridge = tube([(0.111, 0.004, -0.012), (0.113, 0.006, 0), (0.111, 0.004, 0.012)], 0.0024, wire, 6)
    bows = [tube([(0.096, 0.004, 0.060 * s), (0.0, 0.008, 0.090 * s)], 0.0022, wire, 6) for s in (1, -1)]
    return join(*rims, bridge, *bows)


HATS: Mapping[str, Callable[[Dye], Mesh]] = {
    "straw": straw,
    "straw-hat": straw,
    "cone": cone,
    "fedora": fedora,
    "hat": hat,
    "top-hat": top_hat,
    "wizard": wizard,
    "cap": cap,
    "woollen": woollen,
    "beanie": woollen,
    "ski": ski,
    "hood": hood,
    "visor": visor,
    "helmet": helmet,
    "kabuto": kabuto,
    "crown": crown,
    "chef": chef,
    "bike": bike,
}
"""What can be worn on a head, by name."""
COVERS = frozenset({"visor", "helmet"})
"""What hides the whole head."""
