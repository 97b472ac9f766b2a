"""A part for what flies by craft in, the player out: planes, helicopter, balloon, airship, rocket, saucer, drone.

Knows no sky. The ground point of what flies is right under it, at the height of its lowest part.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.coachwork import GLASS, TAIL, TRIM, WINDOW
from openhorse.engines.procedural.players.dyes import DYES, Dye, drawn, dye
from openhorse.engines.procedural.players.mesh import (
    Array,
    Material,
    Mesh,
    ball,
    grid,
    join,
    lathe,
    loft,
    plate,
    rotation,
    slab,
    smooth,
    tube,
    turned_smooth,
)
from openhorse.engines.procedural.players.player import Casting, Foot, Look, Maker, Medium, Sprite
from openhorse.engines.procedural.players.puppet import Part, Puppet, placed, spot
from openhorse.engines.procedural.players.vapours import add_flame, add_halo, add_puffs, room
from openhorse.engines.procedural.players.wheel import CHROME

_WHITE = Material(linear(238, 238, 236), gloss=0.7)
_WICKER = Material(linear(150, 104, 56))


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


def _wing(
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


def _fin(root: float, tip: float, back: float, high: float, x: float, y: float, material: Material) -> Mesh:
    return _wing(root, tip, back, high, x, 0, 0, material, 1, 0.07).turned(0, -math.pi / 2).moved(0, y, 0)


def airliner(colour: Dye) -> Craft:
    """A jet with two engines."""
    keys = smooth(
        [
            (-17, 0.9, 0.15, 0.15),
            (-15, 0.75, 0.75, 0.6),
            (-10, 0.25, 1.7, 1.55),
            (-4, 0, 1.95, 1.9),
            (11, 0, 1.95, 1.9),
            (14.5, -0.15, 1.65, 1.6),
            (16.6, -0.45, 0.95, 0.95),
            (17.4, -0.6, 0.1, 0.1),
        ],
        5,
    )
    body = loft([tuple(k) for k in keys.tolist()], _WHITE, 40, 2.1)
    stripe = body.painted(lambda p: (p[:, 1] < -0.75) & (p[:, 0] < 14), Material(colour, gloss=0.8))
    windows = [
        ball((x, 0.45, 1.83 * s), (0.17, 0.23, 0.12), WINDOW, 6) for x in np.arange(-9.5, 12.5, 0.95) for s in (1, -1)
    ]
    cockpit = ball((15.35, 0.55, 0), (0.85, 0.42, 1.05), GLASS, 14)
    wings = [
        _wing(6.2, 1.7, 6.0, 15.5, 0.6, -1.1, 1.5, Material(linear(206, 210, 216), gloss=0.7), s, 0.10) for s in (1, -1)
    ]
    tail = [
        _wing(2.9, 1.2, 2.2, 5.2, -14.3, 0.9, 0.4, Material(linear(206, 210, 216), gloss=0.7), s) for s in (1, -1)
    ] + [_fin(4.6, 2.0, 3.6, 5.6, -13.0, 1.1, Material(colour, gloss=0.8))]
    engines = []
    for s in (1, -1):
        nacelle = turned_smooth(
            [(0.55, -2.2), (0.92, -0.6), (1.02, 0.7), (0.93, 1.35), (0.80, 1.38), (0.72, 1.0)], _WHITE, 24
        ).turned(2, -math.pi / 2)
        engines.append(join(nacelle, ball((1.0, 0, 0), (0.3, 0.72, 0.72), TRIM, 14)).moved(1.4, -2.25, 5.0 * s))
    lights = [
        ball((-5.6, 0.4, 15.4), 0.22, Material(linear(40, 220, 90), glow=-6.0), 6),
        ball((-5.6, 0.4, -15.4), 0.22, Material(linear(255, 40, 30), glow=-6.0), 6),
    ]
    return Craft(
        join(stripe, *windows, cockpit, *wings, *tail, *engines, *lights).moved(0, 3.3, 0).on(0),
        "a plane",
        10.2,
        34.5,
        60.0,
        hover=(0.25, 0.012, 0.03),
    )


def propeller(colour: Dye) -> Craft:
    """A small biplane."""
    paint, cream = Material(colour, gloss=0.8), Material(DYES["cream"], gloss=0.4, soft=0.4)
    keys = smooth(
        [
            (-3.0, 0.25, 0.08, 0.06),
            (-2.0, 0.18, 0.28, 0.22),
            (-0.6, 0.08, 0.48, 0.40),
            (0.8, 0.0, 0.55, 0.48),
            (1.7, 0.0, 0.52, 0.50),
            (2.05, 0.0, 0.35, 0.35),
        ],
        5,
    )
    body = loft([tuple(k) for k in keys.tolist()], paint, 26, 2.4)
    wings = [
        _wing(1.25, 1.05, 0.1, 4.1, x, y, 0.12, cream, s, 0.10)
        for s in (1, -1)
        for x, y in ((0.75, -0.35), (1.0, 1.15))
    ]
    struts = [
        tube([(x, -0.30, z * s), (x + 0.2, 1.2, z * s)], 0.03, Material(linear(120, 80, 44)), 6)
        for x in (0.45, 1.05)
        for z in (0.55, 2.9)
        for s in (1, -1)
    ]
    tail = [_wing(0.85, 0.5, 0.25, 1.2, -2.65, 0.30, 0.0, cream, s) for s in (1, -1)] + [
        _fin(0.9, 0.5, 0.4, 0.95, -2.7, 0.30, paint)
    ]
    gear = [tube([(0.9, -0.4, 0.25 * s), (1.1, -1.05, 0.62 * s)], 0.04, TRIM, 7) for s in (1, -1)] + [
        lathe([(0.18, -0.06), (0.30, -0.05), (0.30, 0.05), (0.18, 0.06), (0.001, 0.06)], TRIM, 20)
        .turned(0, math.pi / 2)
        .moved(1.1, -1.08, 0.66 * s)
        for s in (1, -1)
    ]
    pilot = [
        ball((-0.35, 0.62, 0), (0.15, 0.17, 0.14), Material(linear(120, 72, 40)), 12),
        ball((-0.22, 0.62, 0), (0.07, 0.06, 0.12), GLASS, 8),
        slab((0.05, 0.62, 0), (0.015, 0.16, 0.26), GLASS, 0.01),
        tube(
            smooth([(-0.4, 0.5, 0), (-0.9, 0.55, 0.05), (-1.35, 0.50, 0)], 6),
            (0.06,) + (0.05,) * 12,
            Material(linear(200, 40, 40)),
            8,
        ).swaying(0.1),
    ]
    cowl = [
        lathe([(0.30, 0), (0.55, 0.02), (0.56, 0.35), (0.50, 0.5)], CHROME, 26)
        .turned(2, -math.pi / 2)
        .moved(1.65, 0, 0),
        ball((2.25, 0, 0), (0.22, 0.14, 0.14), paint, 12),
    ]
    blades = [
        plate(
            [(-0.09, 0.1), (0.09, 0.1), (0.10, 0.7), (0.04, 1.0), (-0.06, 0.95)],
            0.04,
            Material(linear(110, 70, 38), gloss=0.5),
        )
        .turned(1, math.pi / 2 + 0.3)
        .turned(0, a)
        for a in (0, math.pi)
    ]
    return Craft(
        join(join(body, *wings, *struts, *tail, *gear, *pilot, *cowl).on(0).moved(0, 1.4, 0), join(*blades).on(1)),
        "a small plane",
        3.2,
        5.5,
        22.0,
        ((2.28, 1.4, 0, 0, 7.3),),
        (0.12, 0.03, 0.05),
    )


def helicopter(colour: Dye) -> Craft:
    """With a glass nose."""
    paint = Material(colour, gloss=0.85)
    keys = smooth(
        [
            (-2.1, 0.35, 0.30, 0.28),
            (-1.2, 0.15, 0.75, 0.70),
            (0.0, 0.0, 0.98, 0.85),
            (1.2, -0.05, 0.92, 0.80),
            (2.1, -0.22, 0.55, 0.5),
            (2.45, -0.32, 0.12, 0.12),
        ],
        6,
    )
    cabin = loft([tuple(k) for k in keys.tolist()], paint, 40, 2.3)
    cabin = cabin.painted(lambda p: (p[:, 0] > 0.95) & (p[:, 1] > -0.42) & (np.abs(p[:, 2]) > 0.05), GLASS).painted(
        lambda p: (p[:, 0] > -0.75) & (p[:, 0] < 0.75) & (p[:, 1] > 0.05) & (p[:, 1] < 0.62), GLASS
    )
    boom = tube(smooth([(-1.8, 0.42, 0), (-4.9, 0.75, 0)], 6), np.linspace(0.30, 0.11, 7).tolist(), paint, 14)
    tail = [
        _fin(0.8, 0.45, 0.6, 1.1, -4.8, 0.6, paint),
        _wing(0.5, 0.4, 0.1, 0.9, -4.2, 0.66, 0, paint, 1),
        _wing(0.5, 0.4, 0.1, 0.9, -4.2, 0.66, 0, paint, -1),
    ]
    mast = [
        tube([(-0.2, 0.85, 0), (-0.2, 1.42, 0)], 0.10, TRIM, 10),
        slab((-0.5, 0.98, 0), (0.7, 0.16, 0.35), paint, 0.12),
    ]
    skids = [
        tube(smooth([(-1.3, -1.42, 0.85 * s), (1.2, -1.42, 0.85 * s), (1.65, -1.25, 0.85 * s)], 5), 0.05, TRIM, 8)
        for s in (1, -1)
    ] + [tube([(x, -0.8, 0.5 * s), (x, -1.40, 0.85 * s)], 0.04, TRIM, 7) for x in (-0.8, 0.8) for s in (1, -1)]
    rotor = join(
        *(slab((0, 0, 2.2), (0.10, 0.012, 2.2), TRIM, 0.01).turned(1, a) for a in np.arange(4) * math.pi / 2),
        ball((0, 0, 0), (0.18, 0.1, 0.18), TRIM, 8),
    )
    small = join(
        *(slab((0, 0.35, 0), (0.06, 0.35, 0.01), TRIM, 0.01).turned(2, a) for a in np.arange(3) * math.pi * 2 / 3)
    )
    beacon = ball((-4.95, 1.7, 0), 0.08, TAIL, 6)
    return Craft(
        join(join(cabin, boom, *tail, *mast, *skids, beacon).on(0).moved(0, 1.5, 0), rotor.on(1), small.on(2)),
        "a helicopter",
        3.1,
        7.5,
        14.0,
        ((-0.2, 2.95, 0, 1, 3.7), (-4.95, 2.4, 0.18, 2, 5.3)),
        (0.15, 0.02, 0.03),
    )


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
        _fin(4.0, 2.6, 1.2, 3.2, -15.5, 1.4, Material(DYES["red"], gloss=0.5)).turned(0, a)
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
    wings = [_wing(3.2, 0.9, 2.4, 3.4, -1.6, -0.05, -0.55, hullp, s, 0.09) for s in (1, -1)] + [
        _wing(1.5, 0.5, 1.2, 1.5, -3.2, 0.5, 1.1, Material(colour, gloss=0.8), s, 0.1) for s in (1, -1)
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


def drone(colour: Dye) -> Craft:
    """With four rotors and a camera."""
    body = [
        slab((0, 0, 0), (0.13, 0.045, 0.09), Material(colour, gloss=0.6), 0.04),
        ball((0.10, -0.06, 0), 0.045, TRIM, 10),
        ball((0.14, -0.065, 0), (0.015, 0.025, 0.025), GLASS, 8),
        ball((0.135, 0.0, 0.06), 0.012, Material(linear(60, 255, 120), glow=3.0), 6),
        ball((-0.135, 0.0, 0.06), 0.012, Material(linear(255, 40, 40), glow=3.0), 6),
    ]
    spots = [(0.20 * a, 0.03, 0.20 * b) for a in (1, -1) for b in (1, -1)]
    arms = [
        tube([(0.06 * np.sign(x), 0, 0.04 * np.sign(z)), (x, 0.01, z)], 0.016, Material(colour * 0.7, gloss=0.5), 8)
        for x, _, z in spots
    ] + [tube([(x, -0.01, z), (x, 0.045, z)], 0.022, TRIM, 8) for x, _, z in spots]
    legs = [
        tube([(0.06 * a, -0.03, 0.07 * b), (0.09 * a, -0.12, 0.11 * b)], 0.009, TRIM, 6)
        for a in (1, -1)
        for b in (1, -1)
    ]
    props = [
        join(*(slab((0.065, 0, 0), (0.065, 0.003, 0.011), TRIM, 0.002).turned(1, a) for a in (0, math.pi))).on(1 + k)
        for k in range(4)
    ]
    return Craft(
        join(join(*body, *arms, *legs).on(0).moved(0, 0.13, 0), *props),
        "a drone",
        0.2,
        0.55,
        2.2,
        tuple((x, y + 0.15, z, 1, 6.1 + 0.7 * k) for k, (x, y, z) in enumerate(spots)),
        (0.02, 0.05, 0.05),
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
        for s in (1, -1):
            bows.append(
                ball(
                    (path[k, 0] + 0.06 * s, path[k, 1], 0),
                    (0.07, 0.035, 0.012),
                    Material((colour, DYES["yellow"], DYES["teal"])[(k // 5) % 3], soft=1.2),
                    7,
                ).swaying(float(0.5 * sway[k]))
            )
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


_CRAFT: Mapping[str, tuple[Callable[[Dye], Craft], tuple[str, ...]]] = {
    "plane": (airliner, ("blue", "red", "teal")),
    "airliner": (airliner, ("blue",)),
    "biplane": (propeller, ("red", "yellow", "blue")),
    "propeller-plane": (propeller, ("red", "yellow")),
    "helicopter": (helicopter, ("red", "blue", "yellow")),
    "hot-air-balloon": (hot_air, ("red", "blue", "orange", "purple", "teal")),
    "airship": (airship, ("silver",)),
    "rocket": (rocket, ("red", "orange", "blue")),
    "ufo": (saucer, ("silver",)),
    "spaceship": (spaceship, ("orange", "blue", "red")),
    "spacecraft": (spaceship, ("orange", "blue")),
    "drone": (drone, ("white", "black")),
    "paper-plane": (paper_plane, ("white",)),
    "kite": (kite, ("red", "blue", "magenta")),
}
_VARIETIES = {"propeller": "biplane", "small": "biplane", "biplane": "biplane", "vintage": "biplane"}


def cast_craft(casting: Casting) -> Puppet:
    """What flies by craft, by kind and variety."""
    character = casting.character
    kind = _VARIETIES.get(character.variety, character.kind) if character.kind == "plane" else character.kind
    maker, usual = _CRAFT[kind]
    chance = np.random.default_rng((casting.seed, 9))
    made = maker(dye(character.colour, drawn(chance, *usual)))
    stays = bool({"stand", "hover", "wait", "float"} & set(character.actions)) and kind not in ("hot-air-balloon",)
    speed = 0.0 if stays else made.speed
    part = Part(
        made.name,
        made.does,
        made.tall,
        made.long,
        made.medium,
        speed * math.cos(made.yaw),
        yaw=made.yaw,
        frontal=0.40,
        breeze=0.6,
        rate=casting.rate,
        start=casting.phase * 6,
    )
    wait = float(chance.random()) * 7

    def pose(t: float) -> Array:
        return _bones(made, t + wait)

    finish = None if made.flame is None else (_launch if kind == "rocket" else _burner)(made, part)
    half = made.long * 0.3
    return Puppet(
        part, made.mesh, pose, finish, feet=lambda t: [Foot(x, 0.0, 1.0, half * 0.6) for x in (-half, 0.0, half)]
    )


def _bones(made: Craft, t: float) -> Array:
    up, nod, roll = made.hover
    base = placed(
        0,
        up * math.sin(t * 1.3) + 0.4 * up * math.sin(t * 2.3 + 1),
        0,
        rotation(2, nod * math.sin(t * 0.9)) @ rotation(0, roll * math.sin(t * 0.7 + 0.5)),
        (0, made.tall * 0.5, 0),
    )
    found = [base]
    for x, y, z, axis, rate in made.rotors:
        spin = placed(x, y, z, rotation(axis, 2 * math.pi * rate * t))
        whole = np.zeros((3, 4))
        whole[:, :3] = base[:, :3] @ spin[:, :3]
        whole[:, 3] = base[:, :3] @ spin[:, 3] + base[:, 3]
        found.append(whole)
    return np.array(found)


def _burner(made: Craft, part: Part) -> Callable[[Sprite, Look, float], Sprite]:
    assert made.flame is not None
    x, y, half, tall = made.flame

    def burn(sprite: Sprite, look: Look, t: float) -> Sprite:
        beat = (t / 3.7) % 1.0
        heat = min(1.0, beat * 14) * max(0.0, min(1.0, (0.42 - beat) * 10))
        if heat <= 0.02:
            return sprite
        px, py = spot(part, sprite, look, (x, y, 0))
        add_flame(sprite, px, py, half * look.metre, tall * look.metre * (0.7 + 0.3 * heat), t * 1.6, heat, 0.55)
        add_halo(sprite, px, py - 2.2 * look.metre, 2.4 * look.metre, (0.55 * heat, 0.26 * heat, 0.08 * heat))
        return sprite

    return burn


def _launch(made: Craft, part: Part) -> Callable[[Sprite, Look, float], Sprite]:
    assert made.flame is not None

    def launch(sprite: Sprite, look: Look, t: float) -> Sprite:
        m = look.metre
        sprite = room(sprite, -3.6 * m, -10 * m, 3.6 * m, 8.5 * m)
        px, py = spot(part, sprite, look, (0, 0.25, 0))
        puffs = []
        first = math.floor(t / 0.09)
        for k in range(first - 24, first + 1):
            age = t - k * 0.09
            side = ((k * 7919) % 97) / 97 - 0.5
            puffs.append(
                (
                    px + side * (0.5 + 1.5 * age) * m,
                    py + (1.8 + 3.2 * age) * m,
                    (0.45 + 0.75 * age) * m,
                    0.75 * math.exp(-age / 1.3) * min(1.0, age * 4),
                )
            )
        add_puffs(sprite, puffs[::-1], look.light)
        flipped = Sprite(sprite.planes[:, ::-1], sprite.x, sprite.planes.shape[1] - sprite.y)
        low = sprite.planes.shape[1] - py
        add_flame(flipped, px, low, 0.62 * m, 5.2 * m, t * 2.2, 1.3, 0.6)
        add_halo(sprite, px, py + 1.2 * m, 2.2 * m, (1.1, 0.55, 0.18))
        return sprite

    return launch


PARTS: Mapping[str, Maker] = dict.fromkeys(_CRAFT, cast_craft)
"""Who plays what flies."""
