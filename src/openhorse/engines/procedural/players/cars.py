"""A colour in, a road vehicle on four wheels out: its body and where its wheels are. Knows no motion."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.coachwork import (
    AMBER,
    GLASS,
    HEAD,
    TAIL,
    TRIM,
    Shell,
    arches,
    band,
    both_sides,
    box_windows,
    bumper,
    glazed,
    lamps,
    mirrors,
    words,
)
from openhorse.engines.procedural.players.dyes import DYES, Dye
from openhorse.engines.procedural.players.mesh import Material, Mesh, ball, join, lathe, slab, smooth, tube
from openhorse.engines.procedural.players.wheel import CHROME, Style


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


def lacquer(colour: Dye) -> Material:
    """What coachwork is painted with."""
    return Material(colour, gloss=0.9)


def four(
    front: float, back: float, radius: float, track: float, wide: float = 0.21, style: Style = "alloy"
) -> tuple[Axle, ...]:
    """Two pairs of wheels, at the front and at the back."""
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
        roof.mesh(lacquer(colour), 60), 0.91, 1.345, ((-1.52, -0.92, 0.075), (-0.15, -0.15, 0.04), (0.97, 0.33, 0.045))
    )
    parts = [
        shell.mesh(lacquer(colour)),
        cabin,
        *arches(shell, (1.33, -1.30), 0.33),
        *_seams(shell, (0.82, -0.15, -1.02), 0.36, 0.84),
        bumper(2.15, 0.40, 0.66, 0.06, lacquer(colour * 0.9)),
        bumper(-2.14, 0.42, 0.66, 0.06, lacquer(colour * 0.9)),
        *lamps(2.05, 0.585, 0.56, (0.10, 0.075, 0.16), HEAD),
        *lamps(-2.10, 0.68, 0.60, (0.05, 0.075, 0.15), TAIL),
        slab((2.17, 0.50, 0), (0.02, 0.055, 0.34), TRIM, 0.01),
        slab((-2.17, 0.60, 0), (0.012, 0.055, 0.24), Material(DYES["white"]), 0.005),
        *mirrors(0.72, 0.98, 0.90, lacquer(colour)),
        *_sills(0.30, 0.86),
        *lamps(2.06, 0.44, 0.60, (0.06, 0.03, 0.06), AMBER),
    ]
    return Vehicle(join(*parts), four(1.33, -1.30, 0.33, 0.80), 1.45, 4.36, 1.8)


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
    cabin = glazed(roof.mesh(lacquer(colour), 60), 0.775, 1.105, ((-1.05, -0.72, 0.09), (0.86, 0.20, 0.04)))
    wing = [
        slab((-1.98, 0.98, 0), (0.17, 0.014, 0.80), lacquer(colour * 0.8), 0.012),
        *(slab((-1.95, 0.88, 0.5 * s), (0.07, 0.10, 0.018), TRIM, 0.008) for s in (1, -1)),
    ]
    intake = [
        slab((-0.72, 0.50, (shell.side(-0.72, 0.5) + 0.004) * s), (0.20, 0.09, 0.012), TRIM, 0.01) for s in (1, -1)
    ]
    parts = [
        shell.mesh(lacquer(colour)),
        cabin,
        *wing,
        *intake,
        *arches(shell, (1.36, -1.28), 0.345),
        *_seams(shell, (0.72, -0.40), 0.30, 0.70),
        *lamps(1.98, 0.47, 0.62, (0.14, 0.045, 0.13), HEAD),
        *lamps(-2.09, 0.66, 0.55, (0.04, 0.035, 0.26), TAIL),
        slab((2.20, 0.30, 0), (0.03, 0.05, 0.5), TRIM, 0.015),
        *mirrors(0.55, 0.80, 0.86, lacquer(colour)),
        *_sills(0.25, 0.88),
        slab((-2.10, 0.36, 0), (0.06, 0.07, 0.55), TRIM, 0.02),
        *(tube([(-2.05, 0.36, 0.32 * s), (-2.20, 0.36, 0.32 * s)], 0.05, CHROME, 10) for s in (1, -1)),
    ]
    return Vehicle(join(*parts), four(1.36, -1.28, 0.345, 0.83, 0.26), 1.16, 4.4, 1.9, 16.0, 0.003)


def vintage(colour: Dye) -> Vehicle:
    """From the thirties: fenders, running boards, round lamps."""
    paint, cream = lacquer(colour), lacquer(colour * 0.25)
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
        fenders += [band(arc + np.array((0, 0, 0.70 * sign)), 0.055, 0.15, paint) for sign in (1, -1)]
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
    return Vehicle(join(*parts), four(1.36, -1.22, 0.37, 0.66, 0.15, "wire"), 1.76, 3.9, 1.7, 7.0, 0.012)


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
        roof.mesh(lacquer(colour), 60),
        1.17,
        1.64,
        ((-2.05, -1.95, 0.10), (-1.15, -1.15, 0.05), (-0.1, -0.1, 0.05), (0.90, 0.45, 0.05)),
    )
    rack = [tube([(-1.7, 1.80, 0.56 * s), (0.1, 1.80, 0.56 * s)], 0.02, TRIM, 8) for s in (1, -1)]
    parts = [
        shell.mesh(lacquer(colour)),
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
    return Vehicle(join(*parts), four(1.38, -1.36, 0.39, 0.80, 0.25), 1.82, 4.4, 1.9)


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
    return added(base, [*sign, label.moved(-0.045, 1.505, 0), *checks], 1.58)


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
    body = body.painted(doors, lacquer(DYES["white"]))
    bar = [
        slab((-0.15, 1.475, 0.26), (0.10, 0.05, 0.20), Material(linear(230, 20, 24), gloss=0.8, glow=1.8), 0.03),
        slab((-0.15, 1.475, -0.26), (0.10, 0.05, 0.20), Material(linear(24, 60, 240), gloss=0.8, glow=2.2), 0.03),
    ]
    label = words("POLICE", 0.16, linear(28, 36, 80))
    return added(
        Vehicle(body, base.axles, base.tall, base.long, base.wide, 12.0),
        [*bar, *both_sides(label, -0.10, 0.62, 0.905)],
        1.54,
    )


def added(base: Vehicle, more: Sequence[Mesh], tall: float) -> Vehicle:
    """A vehicle with more on it."""
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
    body = shell.mesh(lacquer(colour), 72)
    y = body.points[:, 1]
    body = body.painted((y > 2.45), lacquer(DYES["white"]))
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
    return Vehicle(join(*parts), four(3.05, -2.9, 0.48, 1.13, 0.28, "steel"), 2.8, 10.1, 2.5, 9.0, 0.008, yaw=0.34)


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
        cab.mesh(lacquer(colour), 60), 1.62, 2.26, ((1.60, 1.60, 0.18), (2.28, 2.28, 0.05), (3.12, 2.92, 0.06))
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
    axles = (*four(2.3, -1.9, 0.46, 1.06, 0.28, "steel"), *four(-2.85, -2.85, 0.46, 1.06, 0.28, "steel")[:2])
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
    body = shell.mesh(lacquer(colour), 72)
    body = body.painted(body.points[:, 1] > 1.10, lacquer(DYES["cream"]))
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
        bumper(2.20, 0.44, 0.74, 0.06, lacquer(DYES["cream"])),
        bumper(-2.12, 0.46, 0.74, 0.06, lacquer(DYES["cream"])),
        *lamps(2.10, 0.86, 0.54, (0.08, 0.11, 0.11), HEAD),
        *lamps(-2.08, 0.80, 0.66, (0.04, 0.09, 0.06), TAIL),
        *mirrors(1.72, 1.30, 0.98, CHROME),
        lathe([(0.001, 0), (0.20, 0), (0.20, 0.015), (0.001, 0.02)], CHROME, 28)
        .turned(2, -math.pi / 2)
        .moved(2.145, 1.06, 0),
    ]
    return Vehicle(join(*parts), four(1.25, -1.22, 0.34, 0.81, 0.18, "steel"), 1.87, 4.3, 1.75, 7.5, 0.010)
