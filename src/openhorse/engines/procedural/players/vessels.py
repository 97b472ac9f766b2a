"""A part for what floats in, the player out: rowing boat, sailing boat, ship, junk, raft, canoe, submarine.

Knows no water: the ground point is the water line, and what lies below it is not drawn.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.coachwork import HEAD, TRIM, WINDOW
from openhorse.engines.procedural.players.dyes import DYES, Dye, drawn, dye
from openhorse.engines.procedural.players.hulls import Vessel, hull, sail_of
from openhorse.engines.procedural.players.mesh import (
    Array,
    Material,
    Mesh,
    ball,
    join,
    lathe,
    loft,
    plate,
    rotation,
    slab,
    smooth,
    tube,
)
from openhorse.engines.procedural.players.player import Casting, Foot, Look, Maker, Sprite
from openhorse.engines.procedural.players.puppet import Part, Puppet, placed, spot
from openhorse.engines.procedural.players.vapours import add_puffs, room

_WOOD = Material(linear(142, 92, 50), gloss=0.25)
_DECK = Material(linear(196, 154, 100), gloss=0.1)
_ROPE = Material(linear(210, 196, 166))


def rowing_boat(colour: Dye) -> Vessel:
    """Clinker-built, with two oars."""
    keys = [
        (-1.75, 0.02, 0.50, 0.42),
        (-1.2, -0.10, 0.46, 0.62),
        (0.0, -0.12, 0.44, 0.70),
        (1.1, -0.08, 0.50, 0.50),
        (1.75, 0.10, 0.62, 0.18),
        (1.98, 0.36, 0.70, 0.02),
    ]
    body = hull(keys, Material(colour, gloss=0.35), _WOOD, stripe=DYES["white"])
    benches = [
        slab((x, 0.30, 0), (0.13, 0.022, w), _DECK, 0.012) for x, w in ((-1.15, 0.55), (-0.05, 0.66), (0.95, 0.50))
    ]
    transom = slab((-1.72, 0.30, 0), (0.025, 0.22, 0.38), _WOOD, 0.02)
    floor = slab((0, 0.06, 0), (1.4, 0.02, 0.42), _DECK, 0.01)
    oars = []
    for side, sign in enumerate((1, -1)):
        shaft = tube([(0.0, 0.04, -0.45 * sign), (0.0, -0.10, 1.35 * sign)], 0.024, _DECK, 8)
        blade = slab((0, -0.12, 1.55 * sign), (0.075, 0.010, 0.24), _DECK, 0.008).turned(0, 0.08 * sign)
        oars.append(join(shaft, blade).on(1 + side))
    return Vessel(
        join(body, *benches, transom, floor, *oars), 0.75, 3.8, 1.4, 0.9, 0.035, "a rowing boat", True, (-0.05, 0.34)
    )


def sailing_boat(colour: Dye) -> Vessel:
    """A sloop with main and jib."""
    keys = [
        (-2.7, 0.14, 0.72, 0.62),
        (-1.6, -0.25, 0.66, 0.92),
        (0.2, -0.35, 0.68, 1.05),
        (1.9, -0.20, 0.80, 0.72),
        (2.9, 0.25, 0.96, 0.22),
        (3.2, 0.60, 1.02, 0.02),
    ]
    body = hull(keys, Material(DYES["white"], gloss=0.7), _DECK, 0.10, stripe=colour)
    cabin = [
        loft(
            [(-0.7, 0.78, 0.10, 0.45), (-0.5, 0.86, 0.20, 0.50), (0.8, 0.88, 0.18, 0.44), (1.3, 0.80, 0.05, 0.30)],
            Material(DYES["white"], gloss=0.6),
            28,
            4.0,
        ),
        *(
            slab((0.0 + k * 0.42, 0.90, 0.485 * s), (0.13, 0.055, 0.012), WINDOW, 0.03)
            for k in range(2)
            for s in (1, -1)
        ),
    ]
    mast = [
        tube([(0.55, 0.7, 0), (0.50, 7.0, 0)], (0.055, 0.035), _DECK, 10),
        tube([(0.5, 1.45, 0), (-2.35, 1.35, 0)], 0.04, _DECK, 8),
    ]
    main = sail_of(
        [(0.42, 1.55, 0.0), (-2.25, 1.48, 0.0), (0.30, 6.75, 0.0), (0.44, 6.8, 0.0)],
        0.42,
        linear(248, 244, 234),
        colour,
    )
    jib = sail_of(
        [(2.95, 1.2, 0.0), (0.75, 1.45, 0.0), (0.60, 5.9, 0.0), (0.70, 6.0, 0.0)], 0.32, linear(248, 244, 234)
    )
    stays = [
        tube([(3.1, 1.05, 0), (0.5, 6.95, 0)], 0.010, _ROPE, 5),
        tube([(-2.7, 0.75, 0), (0.5, 6.95, 0)], 0.010, _ROPE, 5),
    ]
    pennant = sail_of([(0.5, 7.0, 0), (-0.15, 7.05, 0), (-0.15, 7.18, 0), (0.5, 7.3, 0)], 0.02, colour).swaying(0.05)
    return Vessel(
        join(join(body, *cabin, *mast, *stays, pennant).on(0), join(main, jib).on(1)),
        7.3,
        6.0,
        2.1,
        2.2,
        0.05,
        "a sailing boat",
        seat=(-1.6, 0.75),
    )


def junk(colour: Dye) -> Vessel:
    """With battened sails."""
    keys = [
        (-4.2, 0.7, 2.1, 0.95),
        (-3.0, -0.1, 1.5, 1.35),
        (0.0, -0.35, 1.0, 1.5),
        (2.6, -0.1, 1.3, 1.25),
        (4.2, 0.7, 1.9, 0.8),
    ]
    body = hull(keys, Material(linear(96, 56, 34), gloss=0.3), _WOOD, 0.25, stripe=DYES["gold"] * 0.7)
    house = [
        slab((-2.4, 1.75, 0), (0.9, 0.5, 0.95), _WOOD, 0.06),
        slab((-2.4, 2.3, 0), (1.1, 0.06, 1.1), Material(linear(70, 44, 30)), 0.05),
        *(slab((-2.75 + k * 0.7, 1.8, 0.96 * s), (0.22, 0.2, 0.01), WINDOW, 0.01) for k in range(2) for s in (1, -1)),
    ]
    sails = []
    for x, low, high, wide in ((0.4, 1.5, 7.2, 1.75), (3.0, 1.7, 5.6, 1.1), (-3.3, 2.6, 5.2, 0.9)):
        sail = sail_of(
            [
                (x + wide, low, 0.05),
                (x - wide, low + 0.25, 0.05),
                (x - wide * 0.62, high, 0.05),
                (x + wide * 0.45, high + 0.25, 0.05),
            ],
            0.30,
            colour,
        )
        rib = np.arange(len(sail.points)) % 14 % 3 == 1
        sails += [
            sail.painted(rib, Material(colour * 0.55, soft=1.3)),
            tube([(x, 0.8, 0), (x, high + 0.5, 0)], (0.10, 0.06), _WOOD, 9),
        ]
    lantern = ball((-4.0, 2.5, 0), (0.13, 0.17, 0.13), Material(linear(255, 150, 60), glow=-2.5), 10)
    return Vessel(
        join(join(body, *house, lantern).on(0), join(*sails).on(1)),
        7.7,
        8.6,
        3.0,
        1.8,
        0.03,
        "a junk",
        seat=(-0.8, 1.0),
    )


def ship(colour: Dye) -> Vessel:
    """A white liner with funnels."""
    keys = [
        (-30, 0.8, 6.2, 3.6),
        (-26, -1.0, 5.6, 4.6),
        (-5, -1.5, 5.0, 5.0),
        (16, -1.2, 5.4, 4.6),
        (26, 0.2, 6.6, 2.4),
        (31.5, 4.0, 7.6, 0.15),
    ]
    body = hull(keys, Material(colour, gloss=0.5), Material(DYES["white"]), 0.3, stripe=DYES["white"])
    white = Material(DYES["white"], gloss=0.5)
    decks = []
    for k, (a, b, half) in enumerate(((-25, 17, 4.0), (-22, 14, 3.6), (-18, 11, 3.2), (-2, 9, 2.8))):
        y = 6.6 + k * 2.1
        decks += [
            slab(((a + b) / 2, y, 0), ((b - a) / 2, 1.0, half), white, 0.25),
            slab(((a + b) / 2, y + 1.03, 0), ((b - a) / 2 + 0.5, 0.07, half + 0.35), white, 0.05),
        ]
        decks += [
            slab((x, y, (half + 0.02) * s), (0.42, 0.36, 0.03), WINDOW, 0.02)
            for x in np.arange(a + 1.4, b - 1, 1.6)
            for s in (1, -1)
        ]
    funnels = [
        tube([(x, 12.0, 0), (x - 0.9, 17.6, 0)], (1.35, 1.2), Material(linear(200, 60, 40), gloss=0.5), 20)
        for x in (-3, -11)
    ]
    tops = [tube([(x - 0.82, 17.0, 0), (x - 0.95, 18.3, 0)], 1.24, TRIM, 20) for x in (-3, -11)]
    bridge = slab((9.1, 13.0, 0), (0.06, 0.5, 2.6), WINDOW, 0.03)
    masts = [tube([(20, 6, 0), (19.6, 17, 0)], 0.18, _DECK, 8), tube([(-24, 8, 0), (-24.4, 17, 0)], 0.15, _DECK, 8)]
    ports = [
        ball((x, 3.6, (4.95 if x < 12 else 4.6) * s), (0.24, 0.24, 0.12), WINDOW, 6)
        for x in np.arange(-24, 15, 2.0)
        for s in (1, -1)
    ]
    return Vessel(
        join(body, *decks, *funnels, *tops, bridge, *masts, *ports).on(0),
        18.5,
        62,
        9.5,
        5.0,
        0.006,
        "a ship",
        funnels=((-3.9, 18.2), (-11.9, 18.2)),
    )


def fishing_boat(colour: Dye) -> Vessel:
    """With a wheelhouse and a mast."""
    keys = [
        (-3.6, 0.1, 1.15, 1.0),
        (-2.2, -0.35, 0.95, 1.35),
        (0.3, -0.45, 1.0, 1.45),
        (2.4, -0.2, 1.45, 1.0),
        (3.7, 0.5, 1.95, 0.25),
        (4.0, 1.1, 2.05, 0.03),
    ]
    body = hull(keys, Material(colour, gloss=0.4), _DECK, 0.30, stripe=DYES["white"])
    house = [
        slab((-0.9, 1.75, 0), (0.85, 0.95, 0.78), Material(DYES["white"], gloss=0.4), 0.08),
        slab((-0.85, 2.75, 0), (1.05, 0.07, 0.95), Material(colour, gloss=0.4), 0.05),
        *(
            slab((-1.2 + k * 0.6, 2.15, 0.785 * s), (0.20, 0.22, 0.012), WINDOW, 0.02)
            for k in range(2)
            for s in (1, -1)
        ),
        slab((-0.045, 2.15, 0), (0.012, 0.24, 0.55), WINDOW, 0.01),
    ]
    mast = [
        tube([(1.2, 0.9, 0), (1.1, 4.6, 0)], (0.075, 0.05), _DECK, 8),
        tube([(1.15, 2.2, 0), (3.1, 4.0, 0)], 0.05, _DECK, 8),
        tube([(3.85, 2.0, 0), (1.1, 4.5, 0)], 0.012, _ROPE, 5),
        tube([(-3.5, 1.2, 0), (1.1, 4.5, 0)], 0.012, _ROPE, 5),
    ]
    rings = [
        lathe([(0.17, -0.05), (0.24, 0), (0.17, 0.05)], Material(linear(230, 90, 50)), 20)
        .turned(0, math.pi / 2)
        .moved(-0.7, 1.45, 0.82),
        ball((1.12, 4.7, 0), 0.08, HEAD, 8),
    ]
    return Vessel(
        join(body, *house, *mast, *rings).on(0), 4.7, 7.8, 2.8, 2.5, 0.035, "a fishing boat", funnels=((-1.4, 3.0),)
    )


def canoe(colour: Dye) -> Vessel:
    """Narrow, pointed at both ends."""
    keys = [
        (-2.4, 0.25, 0.62, 0.02),
        (-1.9, -0.02, 0.44, 0.26),
        (0.0, -0.10, 0.34, 0.42),
        (1.9, -0.02, 0.44, 0.26),
        (2.4, 0.25, 0.62, 0.02),
    ]
    body = hull(keys, Material(colour, gloss=0.4), _WOOD)
    benches = [slab((x, 0.24, 0), (0.10, 0.018, 0.32), _DECK, 0.01) for x in (-1.0, 0.9)]
    return Vessel(join(body, *benches).on(0), 0.65, 4.8, 0.85, 1.4, 0.03, "a canoe", seat=(-0.3, 0.26))


def raft(colour: Dye) -> Vessel:
    """Of bamboo stems."""
    stems = [
        tube(
            smooth([(-1.8, 0.06, z), (0.9, 0.06, z), (2.1, 0.30, z * 0.9)], 6),
            0.075,
            Material(linear(166, 160, 86), gloss=0.3),
            9,
        )
        for z in np.linspace(-0.52, 0.52, 8)
    ]
    ties = [tube([(x, 0.14, -0.6), (x, 0.14, 0.6)], 0.025, _ROPE, 6) for x in (-1.5, 0.0, 1.2)]
    return Vessel(join(*stems, *ties).on(0), 0.4, 4.0, 1.2, 0.7, 0.02, "a bamboo raft", seat=(0.0, 0.14))


def submarine(colour: Dye) -> Vessel:
    """A small yellow one."""
    body = loft(
        [
            (-3.4, 0.3, 0.1, 0.1),
            (-2.6, 0.3, 0.7, 0.7),
            (-1.0, 0.3, 1.15, 1.1),
            (1.4, 0.3, 1.15, 1.1),
            (2.8, 0.3, 0.75, 0.75),
            (3.3, 0.3, 0.2, 0.2),
        ],
        Material(colour, gloss=0.8),
        36,
        2.2,
    )
    tower = [
        loft(
            [(-0.5, 1.7, 0.5, 0.3), (0.0, 1.75, 0.6, 0.4), (0.7, 1.75, 0.55, 0.35), (1.0, 1.7, 0.4, 0.2)],
            Material(colour, gloss=0.8),
            24,
            3.0,
        ),
        tube([(0.2, 2.2, 0), (0.2, 3.0, 0), (0.5, 3.0, 0)], 0.06, TRIM, 8),
    ]
    ports = [ball((x, 0.55, 1.06 * s), (0.27, 0.27, 0.08), WINDOW, 12) for x in (-1.1, 0.0, 1.1) for s in (1, -1)]
    fins = [
        plate(
            [(-3.3, -0.7), (-2.6, -0.3), (-2.6, 1.1), (-3.3, 1.4)], 0.1, Material(linear(200, 60, 40), gloss=0.6), 0.03
        )
    ]
    return Vessel(join(body, *tower, *ports, *fins).on(0), 3.0, 6.8, 2.2, 1.6, 0.015, "a submarine")


_VESSELS: Mapping[str, tuple[Callable[[Dye], Vessel], tuple[str, ...]]] = {
    "boat": (rowing_boat, ("red", "teal", "blue", "white")),
    "rowing-boat": (rowing_boat, ("red", "teal", "blue")),
    "sailing-boat": (sailing_boat, ("red", "blue", "orange", "teal")),
    "sailboat": (sailing_boat, ("red", "blue")),
    "yacht": (sailing_boat, ("navy", "red")),
    "ship": (ship, ("navy", "black", "red")),
    "junk": (junk, ("red", "orange")),
    "fishing-boat": (fishing_boat, ("blue", "green", "red")),
    "canoe": (canoe, ("red", "green", "brown")),
    "raft": (raft, ("brown",)),
    "submarine": (submarine, ("yellow",)),
}
_VARIETIES = {
    "rowing": "rowing-boat",
    "sailing": "sailing-boat",
    "sail": "sailing-boat",
    "fishing": "fishing-boat",
    "junk": "junk",
    "bamboo": "raft",
}


def cast_vessel(casting: Casting) -> Puppet:
    """What floats, by kind and variety."""
    character = casting.character
    kind = _VARIETIES.get(character.variety, character.kind)
    maker, usual = _VESSELS[kind]
    chance = np.random.default_rng((casting.seed, 8))
    made = maker(dye(character.colour, drawn(chance, *usual)))
    stays = bool({"stand", "wait", "float", "anchor"} & set(character.actions)) or (
        kind in ("boat", "rowing-boat", "canoe", "raft") and not character.actions
    )
    speed = 0.0 if stays else made.speed
    part = Part(
        made.name,
        "lies" if stays else "sails",
        made.tall,
        made.long,
        "afloat",
        speed * 0.94,
        yaw=0.32,
        frontal=0.45,
        breeze=0.5,
        rate=casting.rate,
        start=casting.phase * 5,
    )
    wait = float(chance.random()) * 9

    def pose(t: float) -> Array:
        return _bones(made, speed, t + wait)

    mesh = _above_water(made.mesh)
    finish = _smoking(made, part, speed) if made.funnels else None
    seat = made.seat
    return Puppet(
        part,
        mesh,
        pose,
        finish,
        feet=lambda t: [Foot(made.long * s, 0.0, 0.03, made.wide * 0.5) for s in np.linspace(-0.38, 0.36, 7).tolist()],
        seat=(lambda t: (seat[0], seat[1] + 0.03 * math.sin((t + wait) * 1.1))) if seat else None,
    )


def _above_water(mesh: Mesh) -> Mesh:
    # cut off what is under water, with room for the boat to rock
    low = -0.10 if mesh.points[:, 1].max() < 12 else -0.6
    inside = (mesh.points[mesh.faces][:, :, 1] > low).any(axis=1)
    return replace(
        mesh,
        faces=np.ascontiguousarray(mesh.faces[inside]),
        points=np.column_stack([mesh.points[:, 0], np.maximum(mesh.points[:, 1], low), mesh.points[:, 2]]),
    )


def _bones(made: Vessel, speed: float, t: float) -> Array:
    roll = made.roll * (math.sin(t * 1.1) + 0.4 * math.sin(t * 1.9 + 1))
    pitch = made.roll * 0.5 * math.sin(t * 0.9 + 0.6)
    heave = 0.25 * made.roll * made.wide * math.sin(t * 1.1 + 0.8)
    heel = 0.10 if "sail" in made.name else 0.0
    base = placed(0, heave, 0, rotation(0, roll - heel) @ rotation(2, pitch))
    found = [base]
    if made.oars:
        for sign in (1, -1):
            beat = 2 * math.pi * t / 2.6
            busy = 1.0 if speed else 0.12
            sweep = rotation(1, sign * (0.55 * busy * math.cos(beat)) * 1.0) @ rotation(
                0, sign * (0.10 + 0.14 * busy * math.sin(beat))
            )
            pivot = placed(0.35, 0.50, 0.66 * sign, sweep)
            whole = np.zeros((3, 4))
            whole[:, :3] = base[:, :3] @ pivot[:, :3]
            whole[:, 3] = base[:, :3] @ pivot[:, 3] + base[:, 3]
            found.append(whole)
    else:
        luff = placed(0, 0, 0, rotation(1, 0.05 * math.sin(t * 0.8)), (0.5, 0, 0))
        whole = np.zeros((3, 4))
        whole[:, :3] = base[:, :3] @ luff[:, :3]
        whole[:, 3] = base[:, :3] @ luff[:, 3] + base[:, 3]
        found.append(whole)
        found.append(base)
    return np.array(found)


def _smoking(made: Vessel, part: Part, speed: float) -> Callable[[Sprite, Look, float], Sprite]:
    scale = made.tall / 18.5

    def smoke(sprite: Sprite, look: Look, t: float) -> Sprite:
        m, way = look.metre, -1 if look.facing >= 0 else 1
        reach = made.long * 0.62 * m
        sprite = room(sprite, -reach, -(made.tall * 1.65) * m, reach, 0)
        puffs = []
        for number, (fx, fy) in enumerate(made.funnels):
            x, y = spot(part, sprite, look, (fx, fy, 0))
            beat = 0.5
            first = math.floor(t / beat)
            for k in range(first - 14, first + 1):
                age = t - k * beat + 0.1 * number
                drift = ((k * 7919 + number) % 97) / 97 - 0.5
                back = (speed * 0.55 + 0.8 * scale) * age * way * (1 if look.facing else 0.3)
                puffs.append(
                    (
                        x + (back + drift * scale) * m,
                        y - (2.6 * scale * age**0.6) * m,
                        (0.8 + 0.95 * age**0.7) * scale * m,
                        0.42 * math.exp(-age / 2.6),
                    )
                )
        add_puffs(sprite, puffs[::-1], look.light, bright=0.6)
        return sprite

    return smoke


PARTS: Mapping[str, Maker] = dict.fromkeys(_VESSELS, cast_vessel)
"""Who plays what floats."""
