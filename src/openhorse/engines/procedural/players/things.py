"""A part for a thing out of doors in, the player out: ball, snowman, ghost, planet, sign, statue, toy.

Knows no place. What hangs in the air has its ground point below its lowest part.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players import props
from openhorse.engines.procedural.players.coachwork import words
from openhorse.engines.procedural.players.dyes import DYES, Dye
from openhorse.engines.procedural.players.head import replace_points
from openhorse.engines.procedural.players.mesh import (
    Array,
    Material,
    Mesh,
    ball,
    grid,
    join,
    lathe,
    plate,
    rotation,
    slab,
    smooth,
    tube,
)
from openhorse.engines.procedural.players.player import Casting, Foot, Maker, Touch
from openhorse.engines.procedural.players.puppet import Puppet, placed, regular
from openhorse.engines.procedural.players.staging import colour_of, glowing, part_of, unmoving
from openhorse.engines.procedural.players.thing import Thing, puppet_of

_WOOD = Material(linear(112, 74, 44), gloss=0.1)
_BARK = Material(linear(92, 66, 46))
_LEAF = linear(74, 128, 48)
_BOUNCE = 0.95


def cast_ball(casting: Casting) -> Puppet:
    """A ball that bounces, or rolls."""
    colour = colour_of(casting, "red", "orange", "blue")
    variety = casting.character.variety
    radius = 0.12
    sphere = ball((0, 0, 0), radius, Material(colour, gloss=0.5), 28)
    angle = np.arctan2(sphere.points[:, 2], sphere.points[:, 0])
    if variety in ("football", "soccer"):
        sphere = ball((0, 0, 0), radius, Material(DYES["white"], gloss=0.4), 36)
        corners = _icosahedron()
        near = (sphere.points / radius @ corners.T).max(axis=1)
        sphere = sphere.painted(near > 0.945, Material(linear(26, 26, 30), gloss=0.4))
    elif variety == "basketball":
        sphere = ball((0, 0, 0), radius, Material(linear(214, 104, 36), gloss=0.15), 40)
        p = sphere.points / radius
        sphere = sphere.painted(
            (np.abs(p[:, 1]) < 0.02)
            | (np.abs(p[:, 2]) < 0.02)
            | (np.abs(np.abs(p[:, 0]) - 0.55 - 0.25 * p[:, 2] ** 2) < 0.02),
            Material(linear(34, 24, 20)),
        )
    else:
        stripe = np.floor((angle + np.pi) / (2 * np.pi) * 6 + 1e-6) % 3
        sphere = sphere.coloured(
            np.where(
                (stripe == 1)[:, None], DYES["white"], np.where((stripe == 2)[:, None], DYES["yellow"], sphere.colours)
            )
        )
    rolls = "roll" in casting.character.actions
    stays = "stand" in casting.character.actions
    speed = 0.0 if stays else 1.3 if rolls else 0.9
    part = part_of(
        "a ball",
        "rolls" if rolls else "lies" if stays else "bounces",
        0.24 if rolls or stays else 0.9,
        0.24,
        casting,
        speed=speed,
        fixed=False,
        still=stays,
    )

    def pose(t: float) -> Array:
        spin = rotation(2, -speed * t / radius * (1.0 if rolls else 0.5)) @ rotation(0, 0.5)
        if rolls or stays:
            return np.array([placed(0, radius, 0, spin)])
        beat = (t / _BOUNCE) % 1.0
        high = 0.68 * 4 * beat * (1 - beat)
        flat = 1 - 0.20 * max(0.0, 1 - min(beat, 1 - beat) / 0.06)
        return np.array([placed(0, radius * flat + high, 0, np.diag((2 - flat, flat, 2 - flat)) @ spin)])

    def bounces(start: float, end: float) -> Sequence[Touch]:
        first = -part.start / part.rate
        return (
            []
            if rolls or stays
            else [Touch(at, "bounce", 0.7) for at in regular(first, _BOUNCE / part.rate, start, end)]
        )

    return Puppet(
        part,
        sphere,
        pose,
        touches=bounces,
        feet=lambda t: [Foot(0, 0, max(0.0, float(pose(t * part.rate + part.start)[0, 1, 3]) - radius), radius * 0.7)],
    )


def _icosahedron() -> Array:
    g = (1 + math.sqrt(5)) / 2
    pairs = [(a, b * g) for a in (1, -1) for b in (1, -1)]
    spots = [place for a, b in pairs for place in ((0, a, b), (a, b, 0), (b, 0, a))]
    return np.array(spots) / math.sqrt(1 + g * g)


def snowman(colour: Dye) -> Thing:
    """Three balls, a carrot, a scarf and a hat."""
    snow = Material(linear(240, 244, 250), soft=0.6)
    coal = Material(linear(24, 24, 28), gloss=0.4)
    rng = np.random.default_rng(2)

    def lump(y: float, r: float) -> Mesh:
        one = ball((0, y, 0), (r, r * 0.94, r), snow, 26)
        return replace_points(
            one,
            lambda p: p * (1 + 0.012 * np.sin(p[:, :1] * 31 / r + p[:, 1:2] * 17) + 0.008 * rng.random((len(p), 1))),
        )

    parts = [lump(0.40, 0.46), lump(1.02, 0.34), lump(1.50, 0.25)]
    parts += [ball((0.33 + 0.0 * k, 0.86 + 0.15 * k, 0), 0.030, coal, 8).moved(0.005 * k, 0, 0) for k in range(3)]
    parts += [ball((0.222, 1.565, 0.085 * s), 0.027, coal, 10) for s in (1, -1)]
    parts += [
        ball((0.235 - 0.10 * (a * a), 1.42 + 0.05 * a * a, 0.13 * a), 0.015, coal, 7)
        for a in (-0.9, -0.45, 0.0, 0.45, 0.9)
    ]
    parts.append(tube([(0.22, 1.50, 0), (0.50, 1.48, 0)], (0.038, 0.006), Material(linear(236, 120, 30)), 12))
    for s in (1, -1):
        parts.append(
            tube(smooth([(0, 1.10, 0.28 * s), (0.05, 1.28, 0.55 * s), (0.06, 1.42, 0.74 * s)], 5), 0.018, _BARK, 7)
        )
        parts += [tube([(0.055, 1.36, 0.66 * s), (0.10 + 0.04 * k, 1.46, 0.74 * s)], 0.010, _BARK, 6) for k in (-1, 1)]
    turn = np.linspace(0, 2 * np.pi, 26)
    parts.append(
        tube(np.stack([np.cos(turn) * 0.205, 1.275 + 0 * turn, np.sin(turn) * 0.205], 1), 0.055, Material(colour), 10)
    )
    rows = [[(0.20 + 0.03 * s, 1.27 - 0.42 * s, 0.10 + 0.05 * w) for w in (-1, 0, 1)] for s in np.linspace(0, 1, 9)]
    tail = grid(np.array(rows), Material(colour * 0.9))
    parts.append(tail.swaying(0.16 * np.repeat(np.linspace(0, 1, 9), 3) ** 1.4))
    hat = [
        lathe([(0.30, 1.66), (0.30, 1.685), (0.19, 1.69)], coal, 32),
        lathe([(0.19, 1.68), (0.185, 1.96), (0.0, 1.97)], coal, 32),
        lathe([(0.192, 1.70), (0.194, 1.755)], Material(colour), 32),
    ]
    return Thing(join(*parts, *hat).turned(1, -math.pi / 2), "a snowman", 1.98, 1.3, yaw=0.5, lift=0.0)


def ghost(colour: Dye) -> Thing:
    """A friendly sheet that hovers."""
    turn = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    rows = []
    for s in np.linspace(0, 1, 22):
        r = (
            0.32 * math.sin(min(1.0, (1 - s) * 2.2 + 0.0) * math.pi / 2) ** 0.55 * (1 + 0.28 * s**0)
            if s > 0.5
            else 0.34 + 0.16 * (0.5 - s)
        )
        y = 0.18 + 1.12 * s
        fold = 0.045 * (1 - s) ** 1.5 * np.sin(turn * 7)
        hem = 0.07 * (1 - s) ** 6 * np.sin(turn * 7 + 1.3)
        rows.append(np.stack([np.cos(turn) * (r + fold), y + hem, -np.sin(turn) * (r + fold)], axis=1))
    sheet = grid(
        np.array(rows), Material(colour * 0.15 + linear(236, 240, 250) * 0.85, soft=1.3, glow=0.10), closed=True
    )
    high = sheet.points[:, 1]
    face = [
        ball((0.09 * s, 1.02, 0.335), (0.034, 0.060, 0.02), Material(linear(20, 20, 30), gloss=0.6), 10)
        for s in (1, -1)
    ] + [ball((0, 0.89, 0.36), (0.032, 0.042, 0.015), Material(linear(40, 24, 40)), 10)]
    cheeks = [
        ball((0.155 * s, 0.94, 0.325), (0.032, 0.02, 0.012), Material(linear(244, 170, 180), soft=1.0), 8)
        for s in (1, -1)
    ]
    arms = [
        tube(
            smooth([(0.30 * s, 0.86, 0.06), (0.46 * s, 0.90, 0.14), (0.55 * s, 1.02, 0.18)], 5),
            np.linspace(0.085, 0.045, 11).tolist(),
            Material(linear(236, 240, 250), soft=1.3, glow=0.10),
            10,
        )
        for s in (1, -1)
    ]

    def bones(t: float) -> Array:
        return np.array(
            [
                placed(
                    0.05 * math.sin(t * 0.7), 0.10 + 0.07 * math.sin(t * 1.4), 0, rotation(2, 0.06 * math.sin(t * 1.1))
                )
            ]
        )

    return Thing(
        join(sheet.swaying(0.12 * np.clip(1.0 - high, 0, 1)), *face, *cheeks, *arms),
        "a ghost",
        1.45,
        0.9,
        "hovers",
        bones,
        yaw=0.35,
        lift=0.0,
    )


def cast_globe(casting: Casting) -> Puppet:
    """A planet or a moon that turns, perhaps with rings."""
    kind = casting.character.kind
    colour = colour_of(casting, *(("grey",) if kind == "moon" else ("orange", "blue", "violet", "teal")))
    body = ball((0, 0, 0), 1.0, Material(colour, soft=0.1), 70)
    p = body.points
    relief = _relief(p, 3)
    if kind == "moon":
        shade = np.clip(0.75 + 0.55 * relief + 0.3 * _relief(p * 3.1, 5), 0.25, 1.3)[:, None]
        body = body.coloured(linear(214, 210, 200) * shade)
    elif kind == "earth" or casting.character.variety == "earth":
        land = np.clip(relief * 9, 0, 1)[:, None]
        cloud = np.clip(_relief(p * (1.2, 2.2, 1.2), 8) * 4 - 0.4, 0, 1)[:, None] * 0.85
        pole = np.clip((np.abs(p[:, 1:2]) - 0.84) * 14, 0, 1)
        ground = linear(20, 66, 140) * (1 - land) + (linear(66, 112, 52) * (0.7 + relief[:, None]) + 0.03) * land
        body = body.coloured((ground * (1 - pole) + 0.85 * pole) * (1 - cloud) + 0.85 * cloud)
    else:
        band = np.sin(p[:, 1] * 11 + relief * 3.5) * 0.5 + 0.5 * np.sin(p[:, 1] * 23 + relief * 5)
        body = body.coloured(np.asarray(colour) * (1 + 0.34 * band[:, None]) + 0.05 * np.clip(band, 0, 1)[:, None])
    parts = [body.on(0)]
    if (
        kind == "saturn"
        or casting.character.variety in ("ringed", "rings", "saturn")
        or (kind == "planet" and casting.seed % 2 == 0)
    ):
        turn = np.linspace(0, 2 * np.pi, 120, endpoint=False)
        for a, b, part_ in ((1.35, 1.62, 0.7), (1.66, 1.95, 1.0), (1.99, 2.12, 0.55)):
            rows = [np.stack([np.cos(turn) * r, 0 * turn, -np.sin(turn) * r], 1) for r in np.linspace(a, b, 5)]
            hoop = grid(np.array(rows), Material(linear(222, 200, 166) * part_, soft=1.4), closed=True)
            stripes = 0.85 + 0.15 * np.sin(np.hypot(hoop.points[:, 0], hoop.points[:, 2]) * 90)
            parts.append(hoop.coloured(hoop.colours * stripes[:, None]).turned(0, 0.30).turned(2, 0.28).on(1))
    part = part_of(f"a {kind}", "turns", 2.0, 4.2 if len(parts) > 1 else 2.0, casting, medium="air")
    return Puppet(
        part,
        join(*parts),
        lambda t: np.array([placed(0, 1.0, 0, rotation(2, 0.28) @ rotation(1, t * 0.16)), placed(0, 1.0, 0)]),
    )


def _relief(p: Array, seed: int) -> Array:
    # soft hills on a sphere, about −0.5…0.5
    rng = np.random.default_rng(seed)
    total = np.zeros(len(p))
    for scale, part in ((1.7, 0.5), (3.6, 0.28), (7.5, 0.16), (15.0, 0.08)):
        for _ in range(4):
            way = rng.normal(size=3)
            total += (
                part
                * 0.5
                * np.sin(p @ way * scale + rng.random() * 6.28 + 1.3 * np.sin(p @ rng.normal(size=3) * scale * 0.7))
            )
    return total


def cast_sign(casting: Casting) -> Puppet:
    """Words on a wooden board, or in neon."""
    character = casting.character
    text = (
        next((thing for thing in character.things if thing not in ("neon", "wood", "wooden")), "")
        or (character.variety if character.variety not in ("neon", "wooden", "wood") else "")
        or "OPEN"
    )
    text = text[:24]
    letters = words(text, 0.20, linear(44, 26, 16))
    half = max(0.34, float(letters.points[:, 0].max()) + 0.06)
    if character.variety == "neon" or "neon" in character.things or character.kind == "neon-sign":
        colour = colour_of(casting, "magenta", "cyan", "orange")
        glow = np.asarray(colour) * 1.2 + 0.06
        frame = smooth(
            [
                (-half, -0.17, 0),
                (half, -0.17, 0),
                (half + 0.08, 0, 0),
                (half, 0.17, 0),
                (-half, 0.17, 0),
                (-half - 0.08, 0, 0),
                (-half, -0.17, 0),
            ],
            6,
        )
        mesh = join(
            slab((0, 0, -0.05), (half + 0.14, 0.25, 0.02), Material(linear(22, 20, 28), gloss=0.5), 0.02),
            words(text, 0.20, glow, 3.6),
            tube(frame, 0.010, Material(linear(90, 220, 255), glow=3.2), 8),
        )
        mesh = mesh.moved(0, 1.9, 0)
        mesh = join(
            mesh,
            *(
                tube([(x, 0, -0.05), (x, 1.68, -0.05)], 0.03, Material(linear(30, 30, 36), gloss=0.5), 8)
                for x in (-half * 0.7, half * 0.7)
            ),
        )
        part = part_of("a neon sign", "glows", 2.16, 2 * half + 0.3, casting)
        return Puppet(
            replace(part, still=True),
            mesh,
            unmoving,
            glowing(
                part, (0, 1.9, 0), half * 0.9, (0.30 * float(glow[0]), 0.30 * float(glow[1]), 0.30 * float(glow[2]))
            ),
            feet=lambda t: [Foot(s * half * 0.7, 0, 0, 0.06) for s in (-1, 1)],
        )
    wood = Material(linear(150, 104, 62), gloss=0.08)
    planks = [
        slab(
            (0, 1.05 + 0.155 * k, 0),
            (half + 0.10 - 0.02 * (k % 2), 0.074, 0.022),
            Material(linear(150, 104, 62) * (0.9 + 0.12 * k), gloss=0.08),
            0.008,
        )
        for k in range(3)
    ]
    grain = [
        replace(m, colours=m.colours * (0.92 + 0.08 * np.sin(m.points[:, 1:2] * 260 + np.sin(m.points[:, :1] * 9) * 2)))
        for m in planks
    ]
    mesh = join(*grain, tube([(0, 0, -0.05), (0, 1.45, -0.05)], 0.045, wood, 10), letters.moved(0, 1.20, 0.0245))
    part = part_of("a sign", "stands", 1.48, 2 * half + 0.2, casting)
    return Puppet(replace(part, still=True), mesh, unmoving, feet=lambda t: [Foot(0, 0, 0, 0.07)])


def umbrella(colour: Dye) -> Thing:
    """Open, standing by itself."""
    return Thing(
        props.umbrella(colour).turned(2, -props.UMBRELLA_TILT).moved(0, 0.17, 0),
        "an umbrella",
        1.22,
        1.2,
        yaw=0.3,
        lift=0.0,
    )


def bear(colour: Dye) -> Thing:
    """A teddy bear, sitting."""
    fur, pale = Material(colour, soft=0.5), Material(colour * 0.5 + linear(240, 214, 170) * 0.5, soft=0.5)
    dark = Material(linear(26, 18, 16), gloss=0.8)
    parts = [
        ball((0, 0.15, 0), (0.115, 0.14, 0.105), fur, 20),
        ball((0, 0.145, 0.045), (0.078, 0.10, 0.070), pale, 16),
        ball((0, 0.345, 0.01), (0.108, 0.098, 0.098), fur, 20),
        ball((0, 0.318, 0.092), (0.048, 0.038, 0.036), pale, 14),
        ball((0, 0.334, 0.128), (0.017, 0.012, 0.010), dark, 8),
    ]
    for s in (1, -1):
        parts += [
            ball((0.082 * s, 0.425, 0.0), (0.040, 0.040, 0.024), fur, 12),
            ball((0.082 * s, 0.425, 0.014), (0.025, 0.025, 0.016), pale, 10),
            ball((0.040 * s, 0.366, 0.096), 0.0125, dark, 10),
        ]
        parts += [
            tube([(0.10 * s, 0.225, 0.02), (0.165 * s, 0.125, 0.06)], (0.042, 0.045), fur, 12),
            tube([(0.070 * s, 0.055, 0.04), (0.105 * s, 0.050, 0.17)], (0.056, 0.052), fur, 12),
            ball((0.110 * s, 0.052, 0.216), (0.038, 0.040, 0.012), pale, 10),
        ]
    parts += [
        ball((0.028 * s, 0.252, 0.108), (0.030, 0.020, 0.012), Material(DYES["red"], gloss=0.3), 8) for s in (1, -1)
    ]
    return Thing(join(*parts), "a teddy bear", 0.47, 0.36, yaw=0.4)


def statue(colour: Dye) -> Thing:
    """A winged figure of stone on its base."""
    stone = Material(colour * 0.3 + linear(180, 176, 168) * 0.7, gloss=0.08)
    parts = [
        slab((0, 0.30, 0), (0.42, 0.30, 0.42), stone, 0.03),
        slab((0, 0.64, 0), (0.48, 0.05, 0.48), stone, 0.02),
        slab((0, 0.05, 0), (0.52, 0.05, 0.52), stone, 0.02),
    ]
    turn = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    rows = [
        np.stack(
            [np.cos(turn) * (r + f * np.sin(turn * 9)), y + 0 * turn, -np.sin(turn) * (r * 0.8 + f * np.sin(turn * 9))],
            1,
        )
        for r, y, f in (
            (0.32, 0.69, 0.03),
            (0.24, 1.05, 0.022),
            (0.17, 1.45, 0.012),
            (0.13, 1.72, 0.004),
            (0.17, 2.02, 0.0),
            (0.16, 2.16, 0.0),
            (0.06, 2.25, 0.0),
        )
    ]
    parts += [
        grid(np.array(rows), stone, closed=True),
        ball((0, 2.42, 0.02), (0.10, 0.135, 0.115), stone, 18),
        ball((0, 2.47, -0.03), (0.115, 0.11, 0.12), stone, 14),
        tube([(0, 2.2, 0), (0, 2.35, 0)], 0.055, stone, 10),
    ]
    for s in (1, -1):
        parts.append(
            tube(
                smooth([(0.17 * s, 2.12, 0), (0.25 * s, 1.85, 0.10), (0.08 * s, 1.72, 0.25)], 6),
                np.linspace(0.062, 0.04, 13).tolist(),
                stone,
                10,
            )
        )
        for k in range(7):
            parts.append(
                plate(
                    [(0, 0), (0.09, -0.1), (0.07, -0.85 + 0.07 * k), (0.0, -0.95 + 0.08 * k), (-0.03, -0.5)][::-1],
                    0.03,
                    stone,
                    0.01,
                )
                .turned(2, s * (0.15 + 0.17 * k))
                .moved(0.12 * s, 2.15, -0.14 - 0.012 * k)
            )
    return Thing(join(*parts), "a statue", 2.6, 1.3, yaw=0.4, lift=0.0)


_STANDING: Mapping[str, tuple[Callable[[Dye], Thing], tuple[str, ...]]] = {
    "snowman": (snowman, ("red", "green", "blue")),
    "ghost": (ghost, ("white",)),
    "umbrella": (umbrella, ("red", "yellow", "teal")),
    "toy": (bear, ("brown",)),
    "teddy-bear": (bear, ("brown",)),
    "statue": (statue, ("grey",)),
}


def cast_standing(casting: Casting) -> Puppet:
    """Something that just stands, or hovers, where it is."""
    maker, usual = _STANDING[casting.character.kind]
    return puppet_of(maker(colour_of(casting, *usual)), casting)


PARTS: Mapping[str, Maker] = {
    "ball": cast_ball,
    **dict.fromkeys(("planet", "moon", "earth", "saturn"), cast_globe),
    **dict.fromkeys(("sign", "neon-sign"), cast_sign),
    **dict.fromkeys(_STANDING, cast_standing),
}
"""Who plays which thing."""
