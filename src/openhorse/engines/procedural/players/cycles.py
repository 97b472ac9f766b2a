"""A colour in, a cycle, a cart or a tractor out: its body and where its wheels are. Knows no motion and no rider."""

from __future__ import annotations

import math

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.cars import Axle, Vehicle, four, lacquer
from openhorse.engines.procedural.players.coachwork import GLASS, HEAD, TAIL, TRIM, band, lamps
from openhorse.engines.procedural.players.dyes import Dye
from openhorse.engines.procedural.players.mesh import Material, ball, join, lathe, slab, smooth, tube
from openhorse.engines.procedural.players.wheel import CHROME


def tractor(colour: Dye) -> Vehicle:
    """Big wheels behind, small ones before."""
    paint = lacquer(colour)
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
    guard = smooth([(-1.60, 1.0, 0.0), (-1.35, 1.50, 0.0), (-0.75, 1.68, 0.0), (-0.15, 1.45, 0.0)], 6)
    parts += [band(guard + np.array((0, 0, 0.78 * sign)), 0.04, 0.22, paint) for sign in (1, -1)]
    axles = (
        *(Axle(1.25, 0.42, 0.62 * s, 0.42, 0.24, "steel") for s in (1, -1)),
        *(Axle(-0.75, 0.80, 0.78 * s, 0.80, 0.42, "steel") for s in (1, -1)),
    )
    return Vehicle(join(*parts), axles, 2.4, 3.6, 2.0, 2.6, 0.02, (-0.6, 1.45))


def motorcycle(colour: Dye) -> Vehicle:
    """With a round lamp and two exhausts."""
    paint = lacquer(colour)
    tank = ball((0.12, 0.86, 0), (0.30, 0.15, 0.135), paint, 18)
    seat = band(
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
        band(smooth([(-1.02, 0.56, 0), (-0.80, 0.70, 0), (-0.50, 0.68, 0)], 6), 0.018, 0.10, paint),
        band(smooth([(0.48, 0.62, 0), (0.74, 0.70, 0), (1.00, 0.58, 0)], 6), 0.018, 0.085, paint),
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
    paint = lacquer(colour)
    rear = ball((-0.48, 0.52, 0), (0.46, 0.25, 0.19), paint, 20)
    shield = band(smooth([(0.10, 0.28, 0), (0.34, 0.34, 0), (0.46, 0.70, 0), (0.42, 0.98, 0)], 6), 0.03, 0.20, paint)
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
        band(
            smooth([(-0.36, 0.935, 0), (-0.25, 0.93, 0), (-0.10, 0.915, 0)], 5),
            0.028,
            0.055,
            Material(linear(84, 48, 28), gloss=0.3),
        ),
        ball((-0.33, 0.935, 0), (0.08, 0.03, 0.10), Material(linear(84, 48, 28), gloss=0.3), 10),
    ]
    guards = [
        band(
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
        four(0.7, -0.7, 0.5, 0.66, 0.07, "wood"),
        1.6,
        3.2,
        1.4,
        1.4,
        0.02,
    )
