"""A colour in, what flies without a propeller out: balloon, airship, rocket, saucer, spaceship, kite. Knows no sky."""

from __future__ import annotations

import math

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.aerofoils import Craft, fin, wing
from openhorse.engines.procedural.players.coachwork import GLASS, TRIM, WINDOW
from openhorse.engines.procedural.players.dyes import DYES, Dye
from openhorse.engines.procedural.players.mesh import (
    Material,
    ball,
    grid,
    join,
    lathe,
    loft,
    plate,
    slab,
    smooth,
    tube,
    turned_smooth,
)
from openhorse.engines.procedural.players.wheel import CHROME

_WHITE = Material(linear(238, 238, 236), gloss=0.7)
_WICKER = Material(linear(150, 104, 56))


def hot_air(colour: Dye) -> Craft:
    """A balloon with its basket; a burner that flares now and then."""
    profile = [(0.75, 3.2), (1.6, 4.6), (3.3, 7.2), (4.4, 10.2), (4.3, 12.8), (3.1, 15.0), (1.2, 16.1), (0.0, 16.3)]
    envelope = turned_smooth(profile, Material(colour, gloss=0.12, soft=1.35), 64, 6)
    angle = np.arctan2(envelope.points[:, 2], envelope.points[:, 0])
    gore = np.floor((angle + np.pi) / (2 * np.pi) * 16 + 1e-6) % 4
    y = envelope.points[:, 1]
    second, third = colour * 0.25 + DYES["yellow"] * 0.85, DYES["cream"]
    colours = np.where((gore == 1)[:, None] | (gore == 3)[:, None], third, colour)
    band = (y > 9.0) & (y < 11.2)
    colours = np.where(band[:, None] & ((gore % 2) == 0)[:, None], second, colours)
    bulge = 1 - 0.10 * np.abs(((angle + np.pi) / (2 * np.pi) * 16) % 1 - 0.5)
    envelope = envelope.coloured(colours * bulge[:, None])
    basket = [
        slab((0, 0.55, 0), (0.62, 0.52, 0.62), _WICKER, 0.12),
        *(tube([(0.6 * a, 1.05, 0.6 * b), (0.7 * a, 3.3, 0.7 * b)], 0.025, TRIM, 6) for a in (1, -1) for b in (1, -1)),
        slab((0, 1.08, 0), (0.66, 0.05, 0.66), Material(linear(96, 58, 30)), 0.05),
    ]
    weave = basket[0]
    basket[0] = weave.coloured(weave.colours * (0.85 + 0.15 * np.sign(np.sin(weave.points[:, 1] * 50)))[:, None])
    burner = [
        tube([(-0.25, 2.4, 0), (0.25, 2.4, 0)], 0.05, CHROME, 8),
        *(tube([(x, 2.35, 0), (x, 2.62, 0)], 0.09, CHROME, 10) for x in (-0.15, 0.15)),
    ]
    crew = [
        ball((0.18, 1.52, 0.1), (0.13, 0.16, 0.13), Material(linear(226, 172, 134), soft=0.8), 10),
        tube([(0.18, 1.0, 0.1), (0.18, 1.36, 0.1)], (0.2, 0.13), Material(linear(60, 90, 150)), 10),
        ball((-0.22, 1.46, -0.08), (0.13, 0.16, 0.13), Material(linear(150, 98, 66), soft=0.8), 10),
        tube([(-0.22, 0.98, -0.08), (-0.22, 1.30, -0.08)], (0.2, 0.13), Material(linear(210, 90, 60)), 10),
        ball((0.175, 1.60, 0.1), (0.15, 0.11, 0.15), Material(linear(70, 40, 24)), 10),
    ]
    return Craft(
        join(envelope, *basket, *burner, *crew).on(0),
        "a hot-air balloon",
        16.4,
        8.9,
        0.9,
        hover=(0.25, 0.012, 0.02),
        yaw=0.7,
        flame=(0.0, 2.65, 0.28, 1.5),
        does="floats",
    )


def airship(colour: Dye) -> Craft:
    """A silver cigar with a gondola."""
    keys = smooth(
        [
            (-20, 0, 0.3, 0.3),
            (-16, 0, 2.4, 2.4),
            (-8, 0, 4.2, 4.2),
            (4, 0, 4.6, 4.6),
            (14, 0, 3.4, 3.4),
            (19, 0, 1.2, 1.2),
            (20, 0, 0.1, 0.1),
        ],
        6,
    )
    body = loft([tuple(k) for k in keys.tolist()], Material(colour, gloss=0.6, metal=0.25), 40, 2.0)
    angle = np.arctan2(body.points[:, 1], body.points[:, 2])
    body = body.coloured(body.colours * (0.93 + 0.07 * np.cos(angle * 16))[:, None])
    fins = [
        fin(4.0, 2.6, 1.2, 3.2, -15.5, 1.4, Material(DYES["red"], gloss=0.5)).turned(0, a)
        for a in (0, math.pi / 2, math.pi, -math.pi / 2)
    ]
    cabin = loft(
        [(-3, -4.9, 0.4, 0.5), (-2.6, -4.9, 0.7, 0.8), (3, -4.9, 0.7, 0.8), (4, -4.8, 0.45, 0.5)], _WHITE, 28, 4.0
    )
    windows = [
        slab((x, -4.8, 0.82 * s), (0.28, 0.22, 0.02), WINDOW, 0.02) for x in np.arange(-2.2, 3.0, 0.8) for s in (1, -1)
    ]
    return Craft(
        join(body, *fins, cabin, *windows).moved(0, 5.6, 0).on(0),
        "an airship",
        10.2,
        40,
        6.0,
        hover=(0.3, 0.01, 0.01),
        yaw=0.4,
    )


def rocket(colour: Dye) -> Craft:
    """Of the kind that children draw, standing on its fire."""
    body = turned_smooth([(0.62, 0.9), (0.95, 2.2), (1.05, 4.2), (0.92, 6.4), (0.55, 8.2), (0.0, 9.6)], _WHITE, 36, 6)
    body = body.painted(lambda p: p[:, 1] > 7.3, Material(colour, gloss=0.8)).painted(
        lambda p: (p[:, 1] > 2.0) & (p[:, 1] < 2.45), Material(colour, gloss=0.8)
    )
    window = [
        ball((0.86, 5.6, 0), (0.22, 0.44, 0.44), GLASS, 16),
        *(
            ball((0.93 + 0.03 * math.cos(a), 5.6 + 0.48 * math.sin(a), 0.48 * math.cos(a)), 0.09, CHROME, 8)
            for a in np.arange(12) * math.pi / 6
        ),
    ]
    fins = [
        plate(
            [(0.75, 2.9), (0.70, 1.0), (1.55, 0.05), (1.85, 0.10), (1.80, 1.0), (1.45, 2.1)][::-1],
            0.16,
            Material(colour, gloss=0.8),
            0.05,
        ).turned(1, a)
        for a in np.arange(4) * math.pi / 2 + 0.5
    ]
    nozzle = lathe([(0.62, 0.25), (0.45, 0.9)], Material(linear(80, 82, 88), gloss=0.7, metal=0.6), 28)
    return Craft(
        join(body, *window, *fins, nozzle).on(0),
        "a rocket",
        9.7,
        3.6,
        0.0,
        hover=(0.03, 0.004, 0.004),
        yaw=0.75,
        flame=(0.0, 0.25, 0.55, 4.5),
        does="rises",
    )


def saucer(colour: Dye) -> Craft:
    """A flying saucer with lights that go round."""
    metal = Material(colour, gloss=0.95, metal=0.75)
    disc_ = turned_smooth(
        [(0.5, -0.55), (1.6, -0.45), (3.2, -0.05), (3.45, 0.05), (3.2, 0.18), (1.9, 0.62), (1.35, 0.78)], metal, 56, 6
    )
    dome = turned_smooth(
        [(1.35, 0.72), (1.22, 1.25), (0.7, 1.75), (0.0, 1.9)],
        Material(linear(70, 200, 190), gloss=1.0, glow=0.55),
        36,
        5,
    )
    lights = [
        ball((2.75 * math.cos(a), 0.26, 2.75 * math.sin(a)), (0.20, 0.13, 0.20), Material(linear(*c), glow=3.0), 8)
        for k, a in enumerate(np.arange(12) * math.pi / 6)
        for c in [((255, 200, 90), (90, 220, 255), (255, 110, 180))[k % 3]]
    ]
    ring_ = [
        lathe([(1.36, 0.70), (1.46, 0.76), (1.40, 0.86)], CHROME, 40),
        lathe([(0.9, -0.62), (0.5, -0.70), (0.0, -0.70)], Material(linear(160, 255, 230), glow=2.2), 28),
    ]
    return Craft(
        join(join(disc_, dome, *ring_).on(0).moved(0, 0.75, 0), join(*lights).on(1)),
        "a flying saucer",
        2.7,
        6.9,
        5.0,
        ((0, 0.75, 0, 1, 0.35),),
        (0.22, 0.06, 0.08),
        0.5,
        does="hovers",
    )


def spaceship(colour: Dye) -> Craft:
    """Sleek, with glowing engines."""
    hullp = Material(linear(196, 200, 208), gloss=0.75, metal=0.3)
    keys = smooth(
        [
            (-4.4, 0.1, 0.55, 0.8),
            (-3.0, 0.15, 0.9, 1.15),
            (0.0, 0.1, 0.85, 1.05),
            (2.6, -0.05, 0.55, 0.65),
            (4.6, -0.22, 0.20, 0.22),
            (5.2, -0.26, 0.04, 0.04),
        ],
        6,
    )
    body = loft([tuple(k) for k in keys.tolist()], hullp, 40, 2.6).painted(
        lambda p: np.abs(p[:, 1] - 0.05) < 0.10, Material(colour, gloss=0.8)
    )
    canopy = ball((1.35, 0.66, 0), (1.15, 0.40, 0.48), GLASS, 20)
    wings = [wing(3.2, 0.9, 2.4, 3.4, -1.6, -0.05, -0.55, hullp, s, 0.09) for s in (1, -1)] + [
        wing(1.5, 0.5, 1.2, 1.5, -3.2, 0.5, 1.1, Material(colour, gloss=0.8), s, 0.1) for s in (1, -1)
    ]
    engines = [
        tube(
            [(-2.8, 0.05, 1.45 * s), (-4.9, 0.05, 1.45 * s)],
            (0.46, 0.52),
            Material(linear(90, 94, 102), gloss=0.6, metal=0.5),
            18,
        )
        for s in (1, -1)
    ] + [
        ball((-5.35, 0.05, 1.45 * s), (0.18, 0.42, 0.42), Material(linear(90, 190, 255), glow=5.0), 14) for s in (1, -1)
    ]
    guns = [tube([(-2.6, -0.55, 3.35 * s), (0.4, -0.55, 3.35 * s)], 0.09, TRIM, 8) for s in (1, -1)]
    return Craft(
        join(body, canopy, *wings, *engines, *guns).moved(0, 1.0, 0).on(0),
        "a spaceship",
        2.8,
        10.5,
        30.0,
        hover=(0.12, 0.02, 0.05),
        yaw=0.5,
    )


def paper_plane(colour: Dye) -> Craft:
    """Folded from a sheet."""
    paper = Material(colour * 0.2 + DYES["white"] * 0.8, soft=1.3)
    flat = [[(0.15, 0, 0), (0.15, 0.0, 0)], [(-0.13, 0.0, 0.0), (-0.13, 0.022, 0.085)]]
    left = grid(np.array(flat), paper)
    right = grid(np.array(flat)[:, ::-1] * (1, 1, -1), paper)
    keel = [
        grid(
            np.array([[(0.15, 0, 0.001 * s), (0.15, 0, 0.001 * s)], [(-0.13, 0.0, 0.004 * s), (-0.12, -0.045, 0.0)]]),
            paper,
        )
        for s in (1, -1)
    ]
    return Craft(
        join(left, right, *keel).moved(0, 0.05, 0).on(0),
        "a paper plane",
        0.08,
        0.28,
        1.6,
        hover=(0.03, 0.12, 0.10),
        yaw=0.5,
    )


def kite(colour: Dye) -> Craft:
    """A diamond with a tail of bows."""
    rows = [
        [
            (
                0.55 * (1 - abs(v)) * u if v < 0 else 0.55 * (1 - v / 0.65) * u,
                0.75 * v if v < 0 else 0.72 * v,
                0.05 * math.cos(u * 1.4),
            )
            for u in np.linspace(-1, 1, 13)
        ]
        for v in np.linspace(-1, 0.65, 15)
    ]
    sail = grid(np.array(rows)[:, ::-1], Material(colour, soft=1.45))
    x, y = sail.points[:, 0], sail.points[:, 1]
    quarter = (np.sign(x + 1e-6) * np.sign(y + 0.02)) > 0
    sail = sail.coloured(np.where(quarter[:, None], colour, DYES["yellow"]))
    spars = [
        tube([(0, -0.75, 0.045), (0, 0.47, 0.045)], 0.010, TRIM, 6),
        tube(smooth([(-0.53, 0, 0.02), (0, 0.0, 0.055), (0.53, 0, 0.02)], 5), 0.010, TRIM, 6),
    ]
    path = smooth([(0, -0.75, 0), (-0.12, -1.1, 0), (0.05, -1.5, 0), (-0.1, -1.95, 0), (-0.02, -2.4, 0)], 6)
    sway = np.clip((-0.7 - path[:, 1]) / 1.7, 0, 1)
    tail = tube(path, 0.007, TRIM, 5)
    tail = tail.swaying(0.5 * np.clip((-0.7 - tail.points[:, 1]) / 1.7, 0, 1))
    bows = []
    for k in range(5, len(path), 5):
        cloth = Material((colour, DYES["yellow"], DYES["teal"])[(k // 5) % 3], soft=1.2)
        for s in (1, -1):
            bow = ball((path[k, 0] + 0.06 * s, path[k, 1], 0), (0.07, 0.035, 0.012), cloth, 7)
            bows.append(bow.swaying(float(0.5 * sway[k])))
    string = tube(
        smooth([(0, 0.0, 0.1), (-0.7, -1.6, 0.3), (-1.9, -3.2, 0.6)], 8), 0.004, Material(linear(230, 230, 225)), 4
    )
    return Craft(
        join(join(sail, *spars, tail, *bows).turned(2, 0.35).turned(0, -0.25), string).moved(0, 2.6, 0).on(0),
        "a kite",
        3.2,
        1.5,
        0.0,
        hover=(0.22, 0.10, 0.10),
        yaw=1.25,
    )
