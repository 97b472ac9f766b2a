"""A part for what flies by craft in, the player out: planes, helicopter, balloon, airship, rocket, saucer, drone.

Knows no sky. The ground point of what flies is right under it, at the height of its lowest part.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.aerofoils import Craft, fin, wing
from openhorse.engines.procedural.players.coachwork import GLASS, TAIL, TRIM, WINDOW
from openhorse.engines.procedural.players.dyes import DYES, Dye, drawn, dye
from openhorse.engines.procedural.players.mesh import (
    Array,
    Material,
    ball,
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
from openhorse.engines.procedural.players.player import Casting, Foot, Look, Maker, Sprite
from openhorse.engines.procedural.players.puppet import Part, Puppet, placed, spot
from openhorse.engines.procedural.players.skycraft import airship, hot_air, kite, paper_plane, rocket, saucer, spaceship
from openhorse.engines.procedural.players.vapours import add_flame, add_halo, add_puffs, room
from openhorse.engines.procedural.players.wheel import CHROME

_WHITE = Material(linear(238, 238, 236), gloss=0.7)
_WICKER = Material(linear(150, 104, 56))


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
        wing(6.2, 1.7, 6.0, 15.5, 0.6, -1.1, 1.5, Material(linear(206, 210, 216), gloss=0.7), s, 0.10) for s in (1, -1)
    ]
    tail = [
        wing(2.9, 1.2, 2.2, 5.2, -14.3, 0.9, 0.4, Material(linear(206, 210, 216), gloss=0.7), s) for s in (1, -1)
    ] + [fin(4.6, 2.0, 3.6, 5.6, -13.0, 1.1, Material(colour, gloss=0.8))]
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
        wing(1.25, 1.05, 0.1, 4.1, x, y, 0.12, cream, s, 0.10) for s in (1, -1) for x, y in ((0.75, -0.35), (1.0, 1.15))
    ]
    struts = [
        tube([(x, -0.30, z * s), (x + 0.2, 1.2, z * s)], 0.03, Material(linear(120, 80, 44)), 6)
        for x in (0.45, 1.05)
        for z in (0.55, 2.9)
        for s in (1, -1)
    ]
    tail = [wing(0.85, 0.5, 0.25, 1.2, -2.65, 0.30, 0.0, cream, s) for s in (1, -1)] + [
        fin(0.9, 0.5, 0.4, 0.95, -2.7, 0.30, paint)
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
        fin(0.8, 0.45, 0.6, 1.1, -4.8, 0.6, paint),
        wing(0.5, 0.4, 0.1, 0.9, -4.2, 0.66, 0, paint, 1),
        wing(0.5, 0.4, 0.1, 0.9, -4.2, 0.66, 0, paint, -1),
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
