"""A part for a road vehicle in, the player out: cars, buses, trucks, motorcycles, bicycles, tractors.

Knows no road. Wheels turn as far as the vehicle goes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from openhorse.engines.procedural.brief import Character
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.coachwork import (
    AMBER,
    GLASS,
    HEAD,
    TAIL,
    TRIM,
    WINDOW,
    Shell,
    arches,
    both_sides,
    box_windows,
    bumper,
    glazed,
    lamps,
    mirrors,
    words,
)
from openhorse.engines.procedural.players.dyes import DYES, Dye, drawn, dye
from openhorse.engines.procedural.players.mesh import Array, Material, Mesh, ball, join, lathe, loft, slab, smooth, tube
from openhorse.engines.procedural.players.player import Casting, Foot, Maker
from openhorse.engines.procedural.players.puppet import Part, Puppet, placed
from openhorse.engines.procedural.players.wheel import CHROME, Style, rolled, wheel

_MOVING = {"drive", "run", "walk", "ride", "race", "go", "move", "roll", "turn", "fly", "pass"}


@dataclass(frozen=True, slots=True)
class Axle:
    """Where a wheel's middle is, and which wheel."""

    x: float
    y: float
    z: float
    radius: float
    wide: float = 0.2
    style: Style = "alloy"


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A body on bone 0 and wheels on the bones after it. `seat` is where a rider sits, `soft` how much it rocks."""

    body: Mesh
    axles: tuple[Axle, ...]
    tall: float
    long: float
    wide: float
    speed: float = 9.0
    rock: float = 0.006
    seat: tuple[float, float] | None = None
    yaw: float = 0.40
    extra: tuple[Mesh, ...] = field(default=())


def _paint(colour: Dye) -> Material:
    return Material(colour, gloss=0.9)


def _four(
    front: float, back: float, radius: float, track: float, wide: float = 0.21, style: Style = "alloy"
) -> tuple[Axle, ...]:
    return tuple(Axle(x, radius, track * sign, radius, wide, style) for x in (front, back) for sign in (1, -1))


def _seams(shell: Shell, doors: Sequence[float], low: float, high: float) -> list[Mesh]:
    parts = [line for x in doors for line in shell.seam(x, low, x, high)]
    for x in doors[:-1]:
        for sign in (1, -1):
            y = low + (high - low) * 0.80
            parts.append(slab((x - 0.14, y, shell.side(x - 0.14, y) * sign), (0.075, 0.012, 0.014), CHROME, 0.008))
    return parts


def saloon(colour: Dye) -> Vehicle:
    """A family car."""
    shell = Shell(
        (
            (-2.16, 0.60, 0.10, 0.58),
            (-2.10, 0.60, 0.24, 0.76),
            (-1.70, 0.61, 0.31, 0.86),
            (-0.6, 0.59, 0.33, 0.89),
            (0.6, 0.58, 0.32, 0.89),
            (1.3, 0.56, 0.29, 0.87),
            (1.95, 0.52, 0.22, 0.80),
            (2.14, 0.49, 0.14, 0.66),
            (2.18, 0.48, 0.06, 0.5),
        ),
        3.4,
    )
    roof = Shell(
        (
            (-1.72, 0.86, 0.03, 0.70),
            (-1.40, 0.98, 0.16, 0.70),
            (-0.95, 1.08, 0.28, 0.68),
            (-0.35, 1.11, 0.32, 0.67),
            (0.20, 1.10, 0.30, 0.67),
            (0.68, 1.00, 0.19, 0.69),
            (1.12, 0.86, 0.03, 0.74),
        ),
        3.0,
    )
    cabin = glazed(
        roof.mesh(_paint(colour), 60), 0.91, 1.345, ((-1.52, -0.92, 0.075), (-0.15, -0.15, 0.04), (0.97, 0.33, 0.045))
    )
    parts = [
        shell.mesh(_paint(colour)),
        cabin,
        *arches(shell, (1.33, -1.30), 0.33),
        *_seams(shell, (0.82, -0.15, -1.02), 0.36, 0.84),
        bumper(2.15, 0.40, 0.66, 0.06, _paint(colour * 0.9)),
        bumper(-2.14, 0.42, 0.66, 0.06, _paint(colour * 0.9)),
        *lamps(2.05, 0.585, 0.56, (0.10, 0.075, 0.16), HEAD),
        *lamps(-2.10, 0.68, 0.60, (0.05, 0.075, 0.15), TAIL),
        slab((2.17, 0.50, 0), (0.02, 0.055, 0.34), TRIM, 0.01),
        slab((-2.17, 0.60, 0), (0.012, 0.055, 0.24), Material(DYES["white"]), 0.005),
        *mirrors(0.72, 0.98, 0.90, _paint(colour)),
        *_sills(0.30, 0.86),
        *lamps(2.06, 0.44, 0.60, (0.06, 0.03, 0.06), AMBER),
    ]
    return Vehicle(join(*parts), _four(1.33, -1.30, 0.33, 0.80), 1.45, 4.36, 1.8)


def _sills(y: float, z: float, half: float = 0.95) -> list[Mesh]:
    return [slab((0.0, y, z * sign), (half, 0.045, 0.02), TRIM, 0.01) for sign in (1, -1)]


def sports(colour: Dye) -> Vehicle:
    """Low and wide, with a wing."""
    shell = Shell(
        (
            (-2.12, 0.58, 0.12, 0.62),
            (-2.05, 0.58, 0.24, 0.84),
            (-1.5, 0.56, 0.31, 0.94),
            (-0.6, 0.50, 0.28, 0.92),
            (0.5, 0.47, 0.25, 0.90),
            (1.3, 0.47, 0.24, 0.93),
            (1.9, 0.41, 0.16, 0.86),
            (2.16, 0.36, 0.09, 0.70),
            (2.22, 0.34, 0.04, 0.55),
        ),
        3.0,
    )
    roof = Shell(
        (
            (-1.85, 0.80, 0.02, 0.60),
            (-1.3, 0.86, 0.10, 0.62),
            (-0.7, 0.92, 0.19, 0.62),
            (-0.1, 0.94, 0.21, 0.61),
            (0.45, 0.86, 0.13, 0.63),
            (0.95, 0.72, 0.02, 0.68),
        ),
        2.8,
    )
    cabin = glazed(roof.mesh(_paint(colour), 60), 0.775, 1.105, ((-1.05, -0.72, 0.09), (0.86, 0.20, 0.04)))
    wing = [
        slab((-1.98, 0.98, 0), (0.17, 0.014, 0.80), _paint(colour * 0.8), 0.012),
        *(slab((-1.95, 0.88, 0.5 * s), (0.07, 0.10, 0.018), TRIM, 0.008) for s in (1, -1)),
    ]
    intake = [
        slab((-0.72, 0.50, (shell.side(-0.72, 0.5) + 0.004) * s), (0.20, 0.09, 0.012), TRIM, 0.01) for s in (1, -1)
    ]
    parts = [
        shell.mesh(_paint(colour)),
        cabin,
        *wing,
        *intake,
        *arches(shell, (1.36, -1.28), 0.345),
        *_seams(shell, (0.72, -0.40), 0.30, 0.70),
        *lamps(1.98, 0.47, 0.62, (0.14, 0.045, 0.13), HEAD),
        *lamps(-2.09, 0.66, 0.55, (0.04, 0.035, 0.26), TAIL),
        slab((2.20, 0.30, 0), (0.03, 0.05, 0.5), TRIM, 0.015),
        *mirrors(0.55, 0.80, 0.86, _paint(colour)),
        *_sills(0.25, 0.88),
        slab((-2.10, 0.36, 0), (0.06, 0.07, 0.55), TRIM, 0.02),
        *(tube([(-2.05, 0.36, 0.32 * s), (-2.20, 0.36, 0.32 * s)], 0.05, CHROME, 10) for s in (1, -1)),
    ]
    return Vehicle(join(*parts), _four(1.36, -1.28, 0.345, 0.83, 0.26), 1.16, 4.4, 1.9, 16.0, 0.003)


def vintage(colour: Dye) -> Vehicle:
    """From the thirties: fenders, running boards, round lamps."""
    paint, cream = _paint(colour), _paint(colour * 0.25)
    hood = Shell(
        ((0.35, 0.92, 0.34, 0.52), (0.8, 0.90, 0.33, 0.46), (1.5, 0.88, 0.31, 0.36), (1.72, 0.86, 0.29, 0.31)), 3.0
    )
    tub = Shell(
        (
            (-1.62, 0.85, 0.10, 0.48),
            (-1.52, 0.86, 0.34, 0.60),
            (-0.9, 0.86, 0.40, 0.68),
            (0.0, 0.86, 0.40, 0.68),
            (0.45, 0.88, 0.38, 0.60),
        ),
        4.0,
    )
    roof = Shell(
        (
            (-1.50, 1.24, 0.10, 0.52),
            (-1.38, 1.40, 0.24, 0.58),
            (-0.7, 1.46, 0.29, 0.62),
            (0.05, 1.46, 0.28, 0.61),
            (0.32, 1.42, 0.24, 0.57),
            (0.40, 1.38, 0.16, 0.52),
        ),
        3.6,
    )
    cabin = glazed(roof.mesh(cream, 60), 1.24, 1.62, ((-1.45, -1.30, 0.14), (-0.5, -0.5, 0.045), (0.30, 0.22, 0.05)))
    fenders = []
    for x in (1.36, -1.22):
        arc = smooth(
            [(x - 0.60, 0.42, 0), (x - 0.42, 0.70, 0), (x, 0.84, 0), (x + 0.40, 0.70, 0), (x + 0.56, 0.46, 0)], 6
        )
        for sign in (1, -1):
            fenders.append(_flat_tube(arc + np.array((0, 0, 0.70 * sign)), 0.055, 0.15, paint))
    boards = [slab((0.06, 0.40, 0.72 * s), (0.72, 0.025, 0.13), Material(linear(40, 30, 24)), 0.015) for s in (1, -1)]
    grille = [
        slab((1.75, 0.86, 0), (0.03, 0.27, 0.25), CHROME, 0.03),
        *(slab((1.785, 0.86, k * 0.045), (0.006, 0.23, 0.008), TRIM) for k in range(-4, 5)),
    ]
    lights = [ball((1.66, 0.98, 0.46 * s), (0.13, 0.125, 0.125), CHROME, 14) for s in (1, -1)]
    lights += [ball((1.745, 0.98, 0.46 * s), (0.06, 0.105, 0.105), HEAD, 12) for s in (1, -1)]
    parts = [
        hood.mesh(paint),
        tub.mesh(paint),
        cabin,
        *fenders,
        *boards,
        *grille,
        *lights,
        bumper(1.98, 0.48, 0.66, 0.04),
        bumper(-1.88, 0.50, 0.62, 0.04),
        *_seams(tub, (0.25, -0.5, -1.1), 0.55, 1.18),
        *lamps(-1.68, 0.80, 0.52, (0.05, 0.05, 0.05), TAIL),
        lathe([(0.20, -0.07), (0.27, -0.06), (0.27, 0.06), (0.20, 0.07)], TRIM, 28)
        .turned(2, 1.35)
        .moved(-1.70, 0.95, 0),
    ]
    return Vehicle(join(*parts), _four(1.36, -1.22, 0.37, 0.66, 0.15, "wire"), 1.76, 3.9, 1.7, 7.0, 0.012)


def _flat_tube(path: Array, high: float, wide: float, material: Material) -> Mesh:
    # a mudguard: a band that follows the wheel
    from openhorse.engines.procedural.players.mesh import grid

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


def suv(colour: Dye) -> Vehicle:
    """Tall, with a roof rack."""
    shell = Shell(
        (
            (-2.20, 0.80, 0.12, 0.70),
            (-2.14, 0.78, 0.34, 0.84),
            (-1.5, 0.76, 0.38, 0.92),
            (0.6, 0.75, 0.38, 0.92),
            (1.5, 0.74, 0.36, 0.90),
            (2.10, 0.70, 0.29, 0.84),
            (2.20, 0.66, 0.18, 0.72),
        ),
        4.2,
    )
    roof = Shell(
        (
            (-2.10, 1.16, 0.06, 0.72),
            (-2.02, 1.34, 0.28, 0.72),
            (-1.2, 1.40, 0.35, 0.73),
            (0.1, 1.40, 0.34, 0.72),
            (0.62, 1.30, 0.24, 0.72),
            (1.02, 1.12, 0.05, 0.76),
        ),
        3.6,
    )
    cabin = glazed(
        roof.mesh(_paint(colour), 60),
        1.17,
        1.64,
        ((-2.05, -1.95, 0.10), (-1.15, -1.15, 0.05), (-0.1, -0.1, 0.05), (0.90, 0.45, 0.05)),
    )
    rack = [tube([(-1.7, 1.80, 0.56 * s), (0.1, 1.80, 0.56 * s)], 0.02, TRIM, 8) for s in (1, -1)]
    parts = [
        shell.mesh(_paint(colour)),
        cabin,
        *rack,
        *arches(shell, (1.38, -1.36), 0.39),
        *_seams(shell, (0.85, -0.12, -1.12), 0.46, 1.08),
        bumper(2.17, 0.46, 0.78, 0.09, TRIM),
        bumper(-2.17, 0.46, 0.78, 0.09, TRIM),
        *lamps(2.12, 0.86, 0.66, (0.06, 0.085, 0.14), HEAD),
        *lamps(-2.15, 0.98, 0.74, (0.04, 0.15, 0.06), TAIL),
        slab((2.19, 0.80, 0), (0.03, 0.10, 0.42), TRIM, 0.02),
        *mirrors(0.80, 1.22, 0.98, TRIM),
        *_sills(0.40, 0.89, 0.92),
    ]
    return Vehicle(join(*parts), _four(1.38, -1.36, 0.39, 0.80, 0.25), 1.82, 4.4, 1.9)


def taxi(colour: Dye) -> Vehicle:
    """A saloon in yellow with a sign on its roof."""
    base = saloon(colour)
    sign = [slab((-0.15, 1.50, 0), (0.10, 0.075, 0.28), Material(linear(255, 236, 170), glow=-1.6), 0.03)]
    label = words("TAXI", 0.10, linear(30, 26, 20)).turned(1, math.pi / 2)
    checks = [
        slab((-1.35 + k * 0.14, 0.70 + 0.05 * (k % 2), 0.893 * s), (0.07, 0.025, 0.008), TRIM)
        for k in range(16)
        for s in (1, -1)
    ]
    return _with(base, [*sign, label.moved(-0.045, 1.505, 0), *checks], 1.58)


def police(colour: Dye) -> Vehicle:
    """A saloon in black and white with a light bar."""
    base = saloon(linear(28, 30, 38))
    body = base.body
    x, y = body.points[:, 0], body.points[:, 1]
    doors = (
        (x > -1.02)
        & (x < 0.82)
        & (y > 0.33)
        & (y < 0.88)
        & (body.matter[:, 0] > 0.85)
        & (np.abs(body.points[:, 2]) > 0.6)
    )
    body = body.painted(doors, _paint(DYES["white"]))
    bar = [
        slab((-0.15, 1.475, 0.26), (0.10, 0.05, 0.20), Material(linear(230, 20, 24), gloss=0.8, glow=1.8), 0.03),
        slab((-0.15, 1.475, -0.26), (0.10, 0.05, 0.20), Material(linear(24, 60, 240), gloss=0.8, glow=2.2), 0.03),
    ]
    label = words("POLICE", 0.16, linear(28, 36, 80))
    return _with(
        Vehicle(body, base.axles, base.tall, base.long, base.wide, 12.0),
        [*bar, *both_sides(label, -0.10, 0.62, 0.905)],
        1.54,
    )


def _with(base: Vehicle, more: Sequence[Mesh], tall: float) -> Vehicle:
    return Vehicle(
        join(base.body, *more), base.axles, tall, base.long, base.wide, base.speed, base.rock, base.seat, base.yaw
    )


def bus(colour: Dye) -> Vehicle:
    """A city bus."""
    shell = Shell(
        (
            (-5.0, 1.55, 1.0, 1.10),
            (-4.9, 1.55, 1.18, 1.20),
            (-4.6, 1.55, 1.22, 1.24),
            (4.6, 1.55, 1.22, 1.24),
            (4.95, 1.53, 1.17, 1.18),
            (5.02, 1.50, 1.0, 1.08),
        ),
        8.0,
    )
    body = shell.mesh(_paint(colour), 72)
    y = body.points[:, 1]
    body = body.painted((y > 2.45), _paint(DYES["white"]))
    panes = box_windows([-3.95 + k * 1.18 for k in range(7)], 1.98, 0.42, 1.238, 0.53)
    front = [
        slab((5.0, 1.85, 0), (0.035, 0.58, 1.02), GLASS, 0.03),
        slab((-5.0, 2.0, 0), (0.03, 0.36, 0.9), GLASS, 0.03),
    ]
    sign = [
        slab((5.0, 2.56, 0), (0.045, 0.10, 0.62), TRIM, 0.01),
        words("128", 0.15, linear(255, 170, 40), 1.6).turned(1, math.pi / 2).moved(5.05, 2.56, 0),
    ]
    door = [slab((3.75 + 0.42 * k, 1.50, 1.242), (0.20, 1.0, 0.014), GLASS, 0.02) for k in range(2)]
    stripe = [slab((0.0, 1.12, 1.243 * s), (4.55, 0.055, 0.006), Material(DYES["white"], gloss=0.8)) for s in (1, -1)]
    parts = [
        body,
        *panes,
        *front,
        *sign,
        *door,
        *stripe,
        *arches(shell, (3.05, -2.9), 0.48),
        *lamps(4.98, 0.72, 0.88, (0.06, 0.11, 0.16), HEAD),
        *lamps(-4.98, 0.85, 0.98, (0.05, 0.16, 0.08), TAIL),
        bumper(5.0, 0.46, 1.12, 0.08, TRIM),
        bumper(-5.0, 0.46, 1.12, 0.08, TRIM),
        *mirrors(5.10, 2.2, 1.28, TRIM),
    ]
    return Vehicle(join(*parts), _four(3.05, -2.9, 0.48, 1.13, 0.28, "steel"), 2.8, 10.1, 2.5, 9.0, 0.008, yaw=0.34)


def truck(colour: Dye) -> Vehicle:
    """A lorry with a box."""
    cab = Shell(
        (
            (1.55, 1.45, 0.95, 1.10),
            (1.65, 1.48, 1.05, 1.16),
            (2.4, 1.48, 1.05, 1.17),
            (3.05, 1.42, 0.98, 1.14),
            (3.22, 1.25, 0.78, 1.08),
            (3.26, 1.1, 0.55, 1.0),
        ),
        6.0,
    )
    body = glazed(
        cab.mesh(_paint(colour), 60), 1.62, 2.26, ((1.60, 1.60, 0.18), (2.28, 2.28, 0.05), (3.12, 2.92, 0.06))
    )
    box = slab((-1.15, 1.98, 0), (2.60, 1.12, 1.18), Material(linear(232, 232, 228), gloss=0.3), 0.05)
    frame = slab((-0.2, 0.66, 0), (3.2, 0.12, 0.5), TRIM, 0.03)
    ribs = [
        slab((-3.5 + k * 0.52, 1.98, 1.185 * s), (0.02, 1.06, 0.006), Material(linear(205, 205, 203)))
        for k in range(10)
        for s in (1, -1)
    ]
    parts = [
        body,
        box,
        frame,
        *ribs,
        *arches(cab, (2.3,), 0.46),
        *lamps(3.22, 0.88, 0.86, (0.06, 0.10, 0.15), HEAD),
        *lamps(-3.74, 0.78, 0.9, (0.05, 0.08, 0.14), TAIL),
        bumper(3.25, 0.55, 1.06, 0.11, CHROME),
        slab((3.26, 1.15, 0), (0.03, 0.26, 0.62), TRIM, 0.02),
        *mirrors(3.1, 1.9, 1.32, TRIM),
        tube([(1.45, 0.8, -1.0), (1.45, 2.9, -1.0)], 0.075, CHROME, 10),
    ]
    axles = (*_four(2.3, -1.9, 0.46, 1.06, 0.28, "steel"), *_four(-2.85, -2.85, 0.46, 1.06, 0.28, "steel")[:2])
    return Vehicle(join(*parts), axles, 3.12, 7.1, 2.4, 9.0, 0.009, yaw=0.36)


def van(colour: Dye) -> Vehicle:
    """A camper van of the sixties, in two colours."""
    shell = Shell(
        (
            (-2.10, 1.0, 0.50, 0.72),
            (-2.02, 1.02, 0.74, 0.82),
            (-1.5, 1.04, 0.80, 0.86),
            (1.4, 1.04, 0.80, 0.86),
            (1.95, 0.98, 0.72, 0.80),
            (2.14, 0.86, 0.52, 0.70),
            (2.18, 0.80, 0.36, 0.6),
        ),
        4.6,
    )
    body = shell.mesh(_paint(colour), 72)
    body = body.painted(body.points[:, 1] > 1.10, _paint(DYES["cream"]))
    body = glazed(
        body,
        1.24,
        1.66,
        ((-2.05, -2.0, 0.16), (-1.15, -1.15, 0.06), (-0.25, -0.25, 0.06), (0.65, 0.65, 0.06), (1.50, 1.42, 0.06)),
    )
    parts = [
        body,
        *arches(shell, (1.25, -1.22), 0.34),
        *_seams(shell, (1.5, 0.65, -0.3), 0.45, 1.1),
        bumper(2.20, 0.44, 0.74, 0.06, _paint(DYES["cream"])),
        bumper(-2.12, 0.46, 0.74, 0.06, _paint(DYES["cream"])),
        *lamps(2.10, 0.86, 0.54, (0.08, 0.11, 0.11), HEAD),
        *lamps(-2.08, 0.80, 0.66, (0.04, 0.09, 0.06), TAIL),
        *mirrors(1.72, 1.30, 0.98, CHROME),
        lathe([(0.001, 0), (0.20, 0), (0.20, 0.015), (0.001, 0.02)], CHROME, 28)
        .turned(2, -math.pi / 2)
        .moved(2.145, 1.06, 0),
    ]
    return Vehicle(join(*parts), _four(1.25, -1.22, 0.34, 0.81, 0.18, "steel"), 1.87, 4.3, 1.75, 7.5, 0.010)


def tractor(colour: Dye) -> Vehicle:
    """Big wheels behind, small ones before."""
    paint = _paint(colour)
    parts = [
        slab((0.95, 1.05, 0), (0.78, 0.30, 0.30), paint, 0.12),
        slab((1.72, 1.02, 0), (0.03, 0.24, 0.24), TRIM, 0.02),
        slab((0.2, 0.72, 0), (1.3, 0.14, 0.22), TRIM, 0.04),
        slab((-0.60, 2.32, 0), (0.72, 0.05, 0.66), paint, 0.04),
        slab((-0.60, 1.20, 0), (0.55, 0.16, 0.42), paint, 0.05),
        slab((-0.65, 1.42, 0), (0.22, 0.06, 0.24), TRIM, 0.03),
        *(tube([(x, 1.2, 0.60 * s), (x * 0.93, 2.3, 0.60 * s)], 0.035, TRIM, 8) for x in (0.06, -1.2) for s in (1, -1)),
        tube([(1.2, 1.3, 0.1), (1.2, 2.1, 0.1)], (0.05, 0.045), TRIM, 10),
        *lamps(1.73, 1.12, 0.24, (0.05, 0.07, 0.07), HEAD),
        *lamps(-1.28, 1.35, 0.6, (0.03, 0.05, 0.07), TAIL),
        slab((-0.02, 1.82, 0), (0.012, 0.44, 0.56), GLASS, 0.005),
    ]
    for sign in (1, -1):
        parts.append(
            _flat_tube(
                smooth(
                    [
                        (-1.60, 1.0, 0.78 * sign),
                        (-1.35, 1.50, 0.78 * sign),
                        (-0.75, 1.68, 0.78 * sign),
                        (-0.15, 1.45, 0.78 * sign),
                    ],
                    6,
                ),
                0.04,
                0.22,
                paint,
            )
        )
    axles = (
        *(Axle(1.25, 0.42, 0.62 * s, 0.42, 0.24, "steel") for s in (1, -1)),
        *(Axle(-0.75, 0.80, 0.78 * s, 0.80, 0.42, "steel") for s in (1, -1)),
    )
    return Vehicle(join(*parts), axles, 2.4, 3.6, 2.0, 2.6, 0.02, (-0.6, 1.45))


def motorcycle(colour: Dye) -> Vehicle:
    """With a round lamp and two exhausts."""
    paint = _paint(colour)
    tank = ball((0.12, 0.86, 0), (0.30, 0.15, 0.135), paint, 18)
    seat = _flat_tube(
        smooth([(-0.12, 0.84, 0), (-0.35, 0.80, 0), (-0.62, 0.86, 0)], 5), 0.055, 0.13, Material(linear(46, 30, 24))
    )
    engine = [
        slab((0.05, 0.50, 0), (0.20, 0.16, 0.15), Material(linear(150, 152, 156), gloss=0.7, metal=0.6), 0.05),
        *(slab((0.08, 0.62 + k * 0.028, 0), (0.13, 0.008, 0.16), CHROME) for k in range(5)),
    ]
    forks = [tube([(0.74, 0.32, 0.085 * s), (0.48, 0.98, 0.085 * s)], 0.026, CHROME, 10) for s in (1, -1)]
    bars = tube(
        smooth([(0.30, 1.10, -0.36), (0.45, 1.06, -0.15), (0.47, 1.02, 0), (0.45, 1.06, 0.15), (0.30, 1.10, 0.36)], 5),
        0.016,
        CHROME,
        8,
    )
    grips = [tube([(0.36, 1.085, 0.28 * s), (0.27, 1.10, 0.40 * s)], 0.022, TRIM, 8) for s in (1, -1)]
    pipes = [
        tube(
            smooth(
                [(0.22, 0.45, 0.12 * s), (0.20, 0.30, 0.16 * s), (-0.2, 0.27, 0.17 * s), (-0.85, 0.34, 0.18 * s)], 6
            ),
            0.042,
            CHROME,
            10,
        )
        for s in (1, -1)
    ]
    frame = [
        tube(
            [(0.46, 0.92, 0), (0.30, 0.55, 0), (0.0, 0.34, 0), (-0.40, 0.40, 0), (-0.30, 0.78, 0), (0.40, 0.80, 0)],
            0.026,
            TRIM,
            8,
        ),
        *(tube([(-0.35, 0.42, 0.11 * s), (-0.74, 0.33, 0.11 * s)], 0.024, TRIM, 8) for s in (1, -1)),
    ]
    guards = [
        _flat_tube(smooth([(-1.02, 0.56, 0), (-0.80, 0.70, 0), (-0.50, 0.68, 0)], 6), 0.018, 0.10, paint),
        _flat_tube(smooth([(0.48, 0.62, 0), (0.74, 0.70, 0), (1.00, 0.58, 0)], 6), 0.018, 0.085, paint),
    ]
    lamp = [
        ball((0.56, 0.95, 0), (0.09, 0.10, 0.10), CHROME, 12),
        ball((0.62, 0.95, 0), (0.05, 0.085, 0.085), HEAD, 12),
        ball((-0.92, 0.72, 0), (0.04, 0.045, 0.07), TAIL, 8),
    ]
    axles = (Axle(0.75, 0.325, 0, 0.325, 0.12, "wire"), Axle(-0.74, 0.325, 0, 0.325, 0.16, "wire"))
    return Vehicle(
        join(tank, seat, *engine, *forks, bars, *grips, *pipes, *frame, *guards, *lamp),
        axles,
        1.15,
        2.15,
        0.7,
        10.0,
        0.006,
        (-0.28, 0.90),
    )


def scooter(colour: Dye) -> Vehicle:
    """A motor scooter with a leg shield."""
    paint = _paint(colour)
    rear = ball((-0.48, 0.52, 0), (0.46, 0.25, 0.19), paint, 20)
    shield = _flat_tube(
        smooth([(0.10, 0.28, 0), (0.34, 0.34, 0), (0.46, 0.70, 0), (0.42, 0.98, 0)], 6), 0.03, 0.20, paint
    )
    deck = slab((0.05, 0.26, 0), (0.36, 0.025, 0.17), paint, 0.02)
    seat = ball((-0.42, 0.78, 0), (0.34, 0.07, 0.13), Material(linear(60, 38, 28), gloss=0.2), 14)
    front = ball((0.62, 0.44, 0), (0.24, 0.17, 0.13), paint, 14)
    stem = tube([(0.60, 0.30, 0), (0.42, 1.0, 0)], 0.035, paint, 10)
    bars = tube(
        smooth([(0.26, 1.06, -0.30), (0.40, 1.04, -0.1), (0.42, 1.04, 0.1), (0.26, 1.06, 0.30)], 5), 0.022, CHROME, 8
    )
    lamp = [ball((0.47, 1.02, 0), (0.07, 0.085, 0.085), HEAD, 12), ball((-0.93, 0.56, 0), (0.03, 0.05, 0.06), TAIL, 8)]
    axles = (Axle(0.64, 0.23, 0, 0.23, 0.10, "steel"), Axle(-0.52, 0.23, 0, 0.23, 0.12, "steel"))
    return Vehicle(
        join(rear, shield, deck, seat, front, stem, bars, *lamp), axles, 1.12, 1.75, 0.6, 7.0, 0.006, (-0.36, 0.82)
    )


def bicycle(colour: Dye) -> Vehicle:
    """With a basket on its bars; the cranks are on the bone after the wheels."""
    paint = Material(colour, gloss=0.8)
    a, b, c, d, e = (0.53, 0.345, 0), (-0.52, 0.345, 0), (-0.07, 0.29, 0), (-0.22, 0.78, 0), (0.38, 0.86, 0)
    tubes = [
        tube([c, d], 0.017, paint, 9),
        tube([d, e], 0.017, paint, 9),
        tube([c, (0.40, 0.78, 0)], 0.018, paint, 9),
        tube([(-0.25, 0.90, 0), d], 0.014, CHROME, 8),
    ]
    tubes += [tube([(*b[:2], 0.05 * s), (c[0], c[1], 0.03 * s)], 0.010, paint, 7) for s in (1, -1)] + [
        tube([(*b[:2], 0.05 * s), (d[0], d[1] - 0.04, 0.02 * s)], 0.009, paint, 7) for s in (1, -1)
    ]
    tubes += [
        tube(smooth([(*a[:2], 0.045 * s), (0.47, 0.55, 0.045 * s), (0.415, 0.74, 0.0)], 4), 0.012, paint, 8)
        for s in (1, -1)
    ]
    tubes.append(tube([(0.415, 0.74, 0), (0.36, 0.94, 0), (0.37, 1.02, 0)], 0.016, CHROME, 8))
    bars = tube(
        smooth([(0.20, 1.03, -0.28), (0.36, 1.06, -0.18), (0.40, 1.03, 0), (0.36, 1.06, 0.18), (0.20, 1.03, 0.28)], 6),
        0.012,
        CHROME,
        8,
    )
    grips = [tube([(0.27, 1.045, 0.235 * s), (0.18, 1.03, 0.29 * s)], 0.018, TRIM, 8) for s in (1, -1)]
    saddle = [
        _flat_tube(
            smooth([(-0.36, 0.935, 0), (-0.25, 0.93, 0), (-0.10, 0.915, 0)], 5),
            0.028,
            0.055,
            Material(linear(84, 48, 28), gloss=0.3),
        ),
        ball((-0.33, 0.935, 0), (0.08, 0.03, 0.10), Material(linear(84, 48, 28), gloss=0.3), 10),
    ]
    guards = [
        _flat_tube(
            np.array([(x + 0.385 * math.cos(t), 0.345 + 0.385 * math.sin(t), 0) for t in np.linspace(*span, 12)]),
            0.006,
            0.03,
            paint,
        )
        for x, span in ((-0.52, (3.0, 0.7)), (0.53, (2.4, 0.4)))
    ]
    chain = [
        lathe([(0.085, -0.004), (0.09, 0.0), (0.085, 0.004)], CHROME, 20)
        .turned(0, math.pi / 2)
        .moved(c[0], c[1], 0.04),
        tube([(c[0], c[1] + 0.08, 0.04), (b[0], b[1] + 0.035, 0.04)], 0.005, TRIM, 5),
        tube([(c[0], c[1] - 0.08, 0.04), (b[0], b[1] - 0.035, 0.04)], 0.005, TRIM, 5),
    ]
    wicker = (
        lathe([(0.001, 0), (0.10, 0), (0.13, 0.17), (0.135, 0.18), (0.12, 0.175)], Material(linear(170, 122, 66)), 22)
        .scaled(1, 1, 1.25)
        .moved(0.56, 0.86, 0)
    )
    lamp = [ball((0.47, 0.80, 0), (0.04, 0.04, 0.04), HEAD, 8), ball((-0.90, 0.52, 0), (0.025, 0.03, 0.03), TAIL, 6)]
    cranks = [tube([(0, 0, 0.05 * s), (0.165 * s, 0, 0.075 * s)], 0.012, CHROME, 8) for s in (1, -1)] + [
        slab((0.165 * s, 0, 0.125 * s), (0.05, 0.012, 0.045), TRIM, 0.006) for s in (1, -1)
    ]
    axles = (
        Axle(a[0], a[1], 0, 0.345, 0.04, "bicycle"),
        Axle(b[0], b[1], 0, 0.345, 0.04, "bicycle"),
        Axle(c[0], c[1], 0, 0.345, 0.0),
    )
    return Vehicle(
        join(*tubes, bars, *grips, *saddle, *guards, *chain, wicker, *lamp),
        axles,
        1.08,
        1.8,
        0.56,
        3.6,
        0.003,
        (-0.24, 0.945),
        0.30,
        (join(*cranks),),
    )


def cart(colour: Dye) -> Vehicle:
    """A wooden cart."""
    wood = Material(linear(140, 94, 54))
    planks = [
        slab((0, 0.92 + k * 0.14, 0.55 * s), (1.1, 0.06, 0.02), wood, 0.008) for k in range(3) for s in (1, -1)
    ] + [slab((1.1 * e, 1.06, 0), (0.02, 0.20, 0.55), wood, 0.008) for e in (1, -1)]
    hay = ball((0, 1.30, 0), (1.0, 0.32, 0.5), Material(linear(214, 176, 90)), 18)
    return Vehicle(
        join(
            slab((0, 0.82, 0), (1.1, 0.04, 0.55), wood, 0.01),
            *planks,
            hay,
            *(tube([(1.0, 0.8, 0.35 * s), (2.1, 0.7, 0.3 * s)], 0.035, wood, 8) for s in (1, -1)),
        ),
        _four(0.7, -0.7, 0.5, 0.66, 0.07, "wood"),
        1.6,
        3.2,
        1.4,
        1.4,
        0.02,
    )


_VEHICLES: Mapping[str, tuple[Callable[[Dye], Vehicle], tuple[str, ...]]] = {
    "car": (saloon, ("red", "blue", "teal", "white", "silver", "orange")),
    "sports-car": (sports, ("red", "yellow", "blue")),
    "vintage-car": (vintage, ("red", "teal", "navy", "green")),
    "taxi": (taxi, ("yellow",)),
    "police-car": (police, ("navy",)),
    "suv": (suv, ("green", "white", "orange", "navy")),
    "jeep": (suv, ("green",)),
    "bus": (bus, ("red", "blue", "green")),
    "truck": (truck, ("red", "blue", "orange")),
    "van": (van, ("teal", "orange", "red")),
    "camper": (van, ("teal", "orange")),
    "tractor": (tractor, ("green", "red")),
    "motorcycle": (motorcycle, ("red", "black", "teal")),
    "scooter": (scooter, ("teal", "red", "cream")),
    "bicycle": (bicycle, ("teal", "red", "black")),
    "cart": (cart, ("brown",)),
}
_VARIETIES = {
    "sports": "sports-car",
    "race": "sports-car",
    "racing": "sports-car",
    "vintage": "vintage-car",
    "classic": "vintage-car",
    "old": "vintage-car",
    "police": "police-car",
    "taxi": "taxi",
    "suv": "suv",
}


def cast_vehicle(casting: Casting) -> Puppet:
    """A road vehicle by kind and variety."""
    character = casting.character
    kind = _VARIETIES.get(character.variety, character.kind) if character.kind == "car" else character.kind
    maker, usual = _VEHICLES[kind]
    chance = np.random.default_rng((casting.seed, 3))
    made = maker(dye(character.colour, drawn(chance, *usual)))
    stays = (
        "stand" in character.actions
        or "wait" in character.actions
        or "park" in character.actions
        or (kind == "bicycle" and not character.actions)
    )
    speed = 0.0 if stays else made.speed
    part = Part(
        _name(character),
        "stands" if stays else "drives",
        made.tall,
        made.long,
        "ground",
        speed * math.cos(made.yaw),
        yaw=made.yaw,
        frontal=0.42,
        still=stays,
        rate=casting.rate,
        start=casting.phase,
    )

    def pose(t: float) -> Array:
        return _bones(made, speed, t)

    return Puppet(
        part,
        _assembled(made),
        pose,
        feet=lambda t: _shadows(made),
        seat=(lambda t: made.seat or (0.0, 0.0)) if made.seat else None,
    )


def _assembled(made: Vehicle) -> Mesh:
    parts = [made.body.on(0)]
    for k, axle in enumerate(made.axles):
        if axle.wide > 0:
            parts.append(wheel(axle.radius, axle.wide, axle.style).on(1 + k))
        else:
            parts.append(made.extra[0].on(1 + k))
    return join(*parts)


def _bones(made: Vehicle, speed: float, t: float) -> Array:
    going = min(1.0, speed)
    bob = made.rock * going * (math.sin(t * 13.0) + 0.6 * math.sin(t * 7.3 + 1))
    nod = 0.25 * made.rock * going * math.sin(t * 5.1) / max(made.long * 0.25, 0.3)
    from openhorse.engines.procedural.players.mesh import rotation

    found = [placed(0, bob, 0, rotation(2, nod), (0, made.axles[0].radius, 0))]
    for axle in made.axles:
        turn = speed * t / axle.radius
        if axle.wide == 0:  # cranks
            turn = 2 * math.pi * t / 1.15
        found.append(rolled(axle.x, axle.y, axle.z, turn))
    return np.array(found)


def _shadows(made: Vehicle) -> list[Foot]:
    feet = [Foot(axle.x, axle.z, 0.0, max(axle.wide, 0.05) * 0.8) for axle in made.axles if axle.wide > 0]
    feet += [Foot(made.long * s, 0.0, 0.16, made.wide * 0.42) for s in (-0.32, -0.1, 0.1, 0.32)]
    return feet


def _name(character: Character) -> str:
    words_ = [w for w in (character.colour, character.variety or None, character.kind.replace("-", " ")) if w]
    phrase = " ".join(words_)
    return f"{'an' if phrase[0] in 'aeiou' else 'a'} {phrase}"


PARTS: Mapping[str, Maker] = dict.fromkeys(_VEHICLES, cast_vehicle)
"""Who plays which vehicle."""
__all__ = ["PARTS", "WINDOW", "cast_vehicle", "loft"]
