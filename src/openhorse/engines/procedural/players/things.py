"""A part for a thing out of doors, the player out: lantern, balloon, campfire, ball, snowman, tree, flower, sign.

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
from openhorse.engines.procedural.players.dyes import DYES, Dye, drawn, dye
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
    ring,
    rotation,
    slab,
    smooth,
    tube,
    turned_smooth,
)
from openhorse.engines.procedural.players.player import Casting, Foot, Look, Maker, Sprite, Touch
from openhorse.engines.procedural.players.puppet import Part, Puppet, placed, regular, spot
from openhorse.engines.procedural.players.table import Thing, blossom, puppet_of
from openhorse.engines.procedural.players.vapours import add_flame, add_halo, add_puffs, room

_WOOD = Material(linear(112, 74, 44), gloss=0.1)
_BARK = Material(linear(92, 66, 46))
_LEAF = linear(74, 128, 48)


def _part(name: str, does: str, tall: float, long: float, casting: Casting, **more: object) -> Part:
    base = Part(
        name,
        does,
        tall,
        long,
        fixed=True,
        yaw=0.35,
        rate=casting.rate,
        start=casting.phase * 5 + (casting.seed % 17) * 0.61,
    )
    return replace(base, **more)  # type: ignore[arg-type]


def _colour(casting: Casting, *usual: str) -> Dye:
    chance = np.random.default_rng((casting.seed, 12))
    return dye(casting.character.colour, drawn(chance, *usual))


def _still(t: float) -> Array:
    return np.array([placed()])


def cast_lantern(casting: Casting) -> Puppet:
    """A paper lantern: standing, hanging, or a sky lantern where it flies."""
    character = casting.character
    flying = (
        character.kind == "sky-lantern"
        or character.variety == "sky"
        or {"fly", "float", "rise"} & set(character.actions)
    )
    return _sky_lantern(casting) if flying else _standing_lantern(casting)


def _sky_lantern(casting: Casting) -> Puppet:
    paper = Material(
        _colour(casting, "orange", "orange", "gold") * 0.8 + linear(255, 190, 110) * 0.2, soft=1.2, glow=1.0
    )
    body = turned_smooth(
        [(0.24, 0.0), (0.31, 0.18), (0.36, 0.45), (0.33, 0.68), (0.18, 0.80), (0.0, 0.83)], paper, 36, 6
    )
    y = body.points[:, 1]
    hot = 0.35 + 1.5 * np.exp(-(((y - 0.05) / 0.38) ** 2))
    body = body.coloured(body.colours * hot[:, None])
    mesh = join(
        body,
        ring(0.24, 0.008, _WOOD, 28).turned(0, math.pi / 2),
        ball((0, 0.03, 0), (0.05, 0.03, 0.05), Material(linear(255, 220, 120), glow=4.0), 8),
    )
    part = _part("a sky lantern", "floats", 0.85, 0.72, casting, medium="air", speed=0.12, still=False, fixed=True)
    glow = _glowing(part, (0, 0.35, 0), 0.75, (0.42, 0.19, 0.05))
    return Puppet(
        part,
        mesh,
        lambda t: np.array(
            [
                placed(
                    0.03 * math.sin(t * 0.8),
                    0.05 * math.sin(t * 0.9),
                    0,
                    rotation(2, 0.07 * math.sin(t * 1.1)) @ rotation(1, t * 0.2),
                )
            ]
        ),
        glow,
    )


def _glowing(
    part: Part, at: tuple[float, float, float], radius: float, colour: tuple[float, float, float]
) -> Callable[[Sprite, Look, float], Sprite]:
    def glow(sprite: Sprite, look: Look, t: float) -> Sprite:
        m = look.metre
        reach = radius * 2.2 * m
        sprite = room(sprite, at[0] * m - reach, -(at[1] * m + reach), at[0] * m + reach, reach - at[1] * m)
        x, y = spot(part, sprite, look, at)
        flicker = 1 + 0.05 * math.sin(t * 7.1) + 0.04 * math.sin(t * 11.7 + 1)
        add_halo(sprite, x, y, radius * m, [c * flicker for c in colour])
        return sprite

    return glow


def _standing_lantern(casting: Casting) -> Puppet:
    colour = _colour(casting, "red", "red", "orange")
    if casting.character.variety in ("storm", "oil", "camping"):
        return _storm_lantern(casting)
    globe = props.lantern(colour)
    keep = globe.points[:, 1] < 0.20  # without its stick
    faces = globe.faces[
        keep[globe.faces].all(axis=1) & (np.abs(globe.points[globe.faces][:, :, 0].mean(axis=1) - 0.28) < 0.16)
    ]
    one = replace(globe, faces=np.ascontiguousarray(faces)).moved(-0.28, -0.07, 0).scaled(1.5)
    post = [
        tube([(0, 0, 0), (0, 1.28, 0)], (0.030, 0.022), _WOOD, 10),
        tube(smooth([(0, 1.26, 0), (0.12, 1.38, 0), (0.28, 1.36, 0)], 5), 0.018, _WOOD, 8),
        tube([(0.28, 1.36, 0), (0.28, 1.18, 0)], 0.005, Material(linear(30, 26, 24)), 5),
        slab((0, 0.02, 0), (0.11, 0.02, 0.11), _WOOD, 0.01),
    ]
    hung = one.moved(0.28, 1.33, 0).on(1)
    part = _part("a lantern", "glows", 1.42, 0.7, casting)

    def pose(t: float) -> Array:
        return np.array(
            [
                placed(),
                placed(
                    turn=rotation(2, 0.06 * math.sin(t * 1.5)) @ rotation(0, 0.05 * math.sin(t * 1.9)),
                    about=(0.28, 1.36, 0),
                ),
            ]
        )

    return Puppet(
        part,
        join(*post, hung),
        pose,
        _glowing(part, (0.28, 0.99, 0), 0.55, (0.55, 0.20, 0.07)),
        feet=lambda t: [Foot(0, 0, 0, 0.12)],
    )


def _storm_lantern(casting: Casting) -> Puppet:
    iron = Material(_colour(casting, "black", "green", "red"), gloss=0.6, metal=0.3)
    glass = [
        tube(
            smooth(
                [
                    (0.075 * math.cos(a), 0.09, 0.075 * math.sin(a)),
                    (0.098 * math.cos(a), 0.17, 0.098 * math.sin(a)),
                    (0.070 * math.cos(a), 0.27, 0.070 * math.sin(a)),
                ],
                5,
            ),
            0.005,
            iron,
            6,
        )
        for a in np.arange(6) * math.pi / 3
    ]
    mesh = join(
        lathe([(0.12, 0), (0.12, 0.055), (0.08, 0.09)], iron, 30),
        lathe([(0.075, 0.27), (0.09, 0.30), (0.045, 0.35), (0.05, 0.37), (0.0, 0.38)], iron, 30),
        *glass,
        tube(
            smooth([(-0.10, 0.30, 0), (-0.09, 0.45, 0), (0, 0.50, 0), (0.09, 0.45, 0), (0.10, 0.30, 0)], 6),
            0.006,
            iron,
            7,
        ),
        ball((0, 0.09, 0), (0.02, 0.02, 0.02), Material(linear(40, 30, 24)), 8),
    )
    made = Thing(mesh, "a lantern", 0.52, 0.25, "glows", flames=((0, 0.105, 0, 0.022, 0.115),), halo=6.0)
    return puppet_of(made, casting)


def cast_balloon(casting: Casting) -> Puppet:
    """A balloon, or a bunch, that strains at its string."""
    colour = _colour(casting, "red", "blue", "yellow", "pink")
    bunch = casting.character.kind == "balloons" or casting.character.variety in ("party", "bunch")
    mesh = props.balloons(colour) if bunch else props.balloon(colour)
    part = _part(
        "balloons" if bunch else "a balloon",
        "floats",
        1.7 if bunch else 1.33,
        0.8 if bunch else 0.3,
        casting,
        medium="air",
        speed=0.15,
        breeze=0.5,
        still=False,
    )
    return Puppet(
        part,
        mesh,
        lambda t: np.array(
            [placed(0.04 * math.sin(t * 0.9), 0.05 * math.sin(t * 1.2), 0, rotation(2, 0.08 * math.sin(t * 1.0)))]
        ),
    )


def cast_fire(casting: Casting) -> Puppet:
    """A campfire: logs, stones, flames, sparks and smoke."""
    logs = []
    for k in range(6):
        a = k * math.pi / 3 + 0.2
        logs.append(
            tube(
                [(0.42 * math.cos(a), 0.05, 0.42 * math.sin(a)), (-0.04 * math.cos(a), 0.34, -0.04 * math.sin(a))],
                (0.062, 0.05),
                _BARK,
                10,
            )
        )
        logs.append(
            ball(
                (0.42 * math.cos(a) * 1.05, 0.045, 0.42 * math.sin(a) * 1.05),
                (0.03, 0.052, 0.052),
                Material(linear(176, 132, 84)),
                8,
            ).turned(1, 0)
        )
    logs = [
        log.coloured(
            log.colours * (1 - 0.85 * np.clip(log.points[:, 1:2] / 0.25, 0, 1))
            + np.clip(0.12 - np.abs(log.points[:, 1:2] - 0.16), 0, 1) * np.array((2.6, 0.7, 0.12))
        )
        for log in logs
    ]
    rng = np.random.default_rng(3)
    stones = [
        ball(
            (0.60 * math.cos(a), 0.05, 0.60 * math.sin(a)),
            (0.09 + 0.03 * rng.random(), 0.075, 0.10),
            Material(linear(104, 100, 98) * (0.8 + 0.4 * rng.random())),
            9,
        )
        for a in np.linspace(0, 2 * np.pi, 15, endpoint=False)
    ]
    embers = ball((0, 0.05, 0), (0.30, 0.05, 0.30), Material(linear(255, 90, 24), glow=1.5), 12)
    part = _part("a campfire", "burns", 1.25, 1.35, casting, lift=0.08)

    def burn(sprite: Sprite, look: Look, t: float) -> Sprite:
        m = look.metre
        sprite = room(sprite, -1.9 * m, -2.7 * m, 1.9 * m, 0.9 * m)
        x, y = spot(part, sprite, look, (0, 0.10, 0))
        flicker = 1 + 0.10 * math.sin(t * 9.1) + 0.07 * math.sin(t * 14.3 + 1) + 0.05 * math.sin(t * 23.1)
        add_halo(sprite, x, y - 0.35 * m, 0.84 * m, (0.50 * flicker, 0.20 * flicker, 0.05 * flicker))
        puffs = []
        first = math.floor(t / 0.22)
        for k in range(first - 16, first + 1):
            age = t - k * 0.22
            side = ((k * 7919) % 97) / 97 - 0.5
            puffs.append(
                (
                    x + (0.3 * side + 0.16 * age * math.sin(k)) * m,
                    y - (0.85 + 0.62 * age) * m,
                    (0.12 + 0.16 * age) * m,
                    0.13 * math.exp(-age / 1.6) * min(1.0, age * 2),
                )
            )
        add_puffs(sprite, puffs[::-1], look.light, bright=0.5)
        add_flame(sprite, x - 0.13 * m, y, 0.20 * m, 0.62 * m, t * 1.15 + 3, 0.42, 1.0, 5)
        add_flame(sprite, x + 0.15 * m, y, 0.19 * m, 0.56 * m, t * 1.2 + 7, 0.42, 1.0, 6)
        add_flame(sprite, x, y + 0.02 * m, 0.29 * m, 1.02 * m, t * 1.05, 0.62, 1.0, 7)
        _sparks(sprite, x, y - 0.3 * m, m, t)
        return sprite

    return Puppet(
        replace(part, still=True), join(*logs, *stones, embers), _still, burn, feet=lambda t: [Foot(0, 0, 0, 0.62)]
    )


def _sparks(sprite: Sprite, x: float, y: float, m: float, t: float) -> None:
    first = math.floor(t / 0.07)
    _, height, width = sprite.planes.shape
    for k in range(first - 24, first + 1):
        age = t - k * 0.07
        life = 0.8 + ((k * 31) % 17) / 17
        if not 0 < age < life:
            continue
        side = ((k * 7919) % 97) / 97 - 0.5
        px = x + (0.45 * side + 0.10 * math.sin(5 * age + k)) * m * (0.5 + age)
        py = y - (0.2 + 1.25 * age) * m
        glow = 3.2 * (1 - age / life)
        radius = max(0.7, 0.007 * m)
        a, b, c, d = (
            int(px - 2 * radius - 1),
            int(py - 2 * radius - 1),
            int(px + 2 * radius + 2),
            int(py + 2 * radius + 2),
        )
        if a < 0 or b < 0 or c > width or d > height:
            continue
        u, v = np.meshgrid(np.arange(a, c) + 0.5 - px, np.arange(b, d) + 0.5 - py)
        dot = np.exp(-(u * u + v * v) / (radius * radius))
        for channel, part in enumerate((1.0, 0.45, 0.12)):
            sprite.planes[channel, b:d, a:c] += (dot * glow * part).astype(np.float32)


_BOUNCE = 0.95


def cast_ball(casting: Casting) -> Puppet:
    """A ball that bounces, or rolls."""
    colour = _colour(casting, "red", "orange", "blue")
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
    part = _part(
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


def tree(colour: Dye) -> Thing:
    """Broad-leaved, swaying."""
    trunk = [
        tube(
            smooth([(0, 0, 0), (0.06, 1.1, 0.02), (-0.05, 2.1, 0), (0.02, 3.0, 0)], 6),
            np.linspace(0.26, 0.10, 19).tolist(),
            _BARK,
            12,
        )
    ]
    trunk += [
        tube(
            smooth(
                [
                    (0, 1.6 + 0.3 * k, 0),
                    (0.5 * math.cos(a), 2.2 + 0.3 * k, 0.5 * math.sin(a)),
                    (1.1 * math.cos(a), 2.7 + 0.25 * k, 1.1 * math.sin(a)),
                ],
                5,
            ),
            np.linspace(0.10, 0.04, 11).tolist(),
            _BARK,
            8,
        )
        for k, a in enumerate((0.3, 2.2, 4.1, 5.4))
    ]
    trunk += [
        tube(
            smooth(
                [
                    (0, 0.25, 0),
                    (0.3 * math.cos(a), 0.05, 0.3 * math.sin(a)),
                    (0.5 * math.cos(a), -0.02, 0.5 * math.sin(a)),
                ],
                4,
            ),
            np.linspace(0.13, 0.03, 9).tolist(),
            _BARK,
            8,
        )
        for a in (0.5, 2.4, 4.4)
    ]
    return Thing(
        join(*trunk, _crown(colour, (0, 3.5, 0), (1.75, 1.35, 1.6), 900, 5)),
        "a tree",
        4.9,
        3.5,
        "sways",
        yaw=0.3,
        lift=0.0,
    )


def _crown(colour: Dye, middle: Sequence[float], half: Sequence[float], count: int, seed: int) -> Mesh:
    """Leaves in clumps on an ellipsoid, lighter above."""
    rng = np.random.default_rng(seed)
    clumps = []
    for k in range(26):
        up = 1 - 1.7 * (k + 0.5) / 26
        a, wide = k * 2.39996, math.sqrt(max(0.0, 1 - up * up))
        clumps.append((0.72 * wide * math.cos(a), 0.72 * up, 0.72 * wide * math.sin(a)))
    centres = np.array([*clumps, (0, 0, 0)])
    at = rng.integers(0, len(centres), count)
    way = rng.normal(size=(count, 3))
    way /= np.sqrt((way**2).sum(axis=1, keepdims=True))
    spots = (centres[at] + way * 0.34 * rng.random((count, 1)) ** 0.3) * half + middle
    size = 0.15 + 0.08 * rng.random(count)
    side = np.cross(way, rng.normal(size=(count, 3)))
    side /= np.sqrt((side**2).sum(axis=1, keepdims=True))
    tip = np.cross(way, side)
    quad = [
        spots - side * size[:, None] * 0.55,
        spots + tip * size[:, None],
        spots + side * size[:, None] * 0.55,
        spots - tip * size[:, None],
    ]
    points = np.stack(quad, axis=1).reshape(-1, 3)
    out = (spots - middle) / np.array(half)
    normals = out * 0.9 + way * 0.7
    normals /= np.sqrt((normals**2).sum(axis=1, keepdims=True))
    shade = (0.72 + 0.35 * np.clip(out[:, 1] + 0.4, 0, 1) + 0.22 * rng.normal(size=count).clip(-1, 1))[:, None]
    colours = np.repeat(np.asarray(colour) * shade * np.array((1.0, 1.0, 0.9)), 4, axis=0)
    base = np.arange(count)[:, None] * 4
    faces = np.concatenate([base + np.array((0, 1, 2)), base + np.array((0, 2, 3))]).astype(np.int32)
    body = [
        ball(tuple(np.array(c) * half * 0.86 + middle), np.array(half) * 0.30, Material(colour * 0.42), 8)
        for c in centres
    ]
    many = count * 4
    leaves = Mesh(
        points,
        np.repeat(normals, 4, axis=0),
        colours,
        np.tile((0.05, 1.3, 0.0, 0.0), (many, 1)),
        faces,
        np.zeros((many, 2), np.int32),
        np.zeros(many),
        np.full(many, 0.06),
    )
    return join(*body, leaves)


def conifer(colour: Dye) -> Thing:
    """A fir; with lights where it is for Christmas."""
    parts = [tube([(0, 0, 0), (0, 3.6, 0)], (0.13, 0.03), _BARK, 10)]
    rng = np.random.default_rng(6)
    for k in range(9):
        y, r = 0.55 + k * 0.36, 1.15 * (1 - k / 9.4)
        turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        jag = 1 + 0.16 * np.sign(np.sin(turn * (13 - k // 2) + k)) + 0.06 * rng.random(40)
        rows = [
            np.stack(
                [
                    np.cos(turn) * r * s * (jag if s > 0.5 else 1),
                    y + 0.52 * (1 - s) - 0.10 * s * s + 0 * turn,
                    -np.sin(turn) * r * s * (jag if s > 0.5 else 1),
                ],
                axis=1,
            )
            for s in (0.03, 0.35, 0.7, 1.0)
        ]
        tier = grid(np.array(rows)[::-1], Material(colour, soft=1.1), closed=True)
        out = np.hypot(tier.points[:, 0], tier.points[:, 2])[:, None] / max(r, 0.1)
        parts.append(tier.coloured(tier.colours * (0.45 + 0.75 * np.clip(out, 0, 1))).swaying(0.02))
    return Thing(join(*parts), "a fir", 3.9, 2.4, "sways", yaw=0.2, lift=0.0)


def christmas(colour: Dye) -> Thing:
    """A fir with baubles, lights and a star."""
    base = conifer(colour)
    parts = [base.mesh]
    for k in range(70):
        s = (k + 0.5) / 70
        y, r, a = 0.5 + 3.0 * s, 1.12 * (1 - s * 0.93), k * 2.39996
        shade = ((255, 210, 110), (255, 80, 60), (110, 190, 255), (255, 230, 170))[k % 4]
        glow = 3.2 if k % 2 else 0.0
        material = (
            Material(linear(*shade), gloss=0.9, glow=glow)
            if glow
            else Material(linear(*((200, 36, 40), (214, 168, 60))[k // 2 % 2]), gloss=0.95, metal=0.5)
        )
        parts.append(ball((r * math.cos(a), y, r * math.sin(a)), 0.030 if glow else 0.062, material, 9))
    star = [
        (
            0.22 * (1 if j % 2 == 0 else 0.42) * math.sin(j * math.pi / 5),
            0.22 * (1 if j % 2 == 0 else 0.42) * math.cos(j * math.pi / 5),
        )
        for j in range(10)
    ][::-1]
    parts.append(plate(star, 0.06, Material(linear(255, 214, 110), glow=2.2), 0.02).moved(0, 4.05, 0))
    return Thing(join(*parts), "a Christmas tree", 4.3, 2.4, "glitters", yaw=0.2, lift=0.0)


def cast_flower(casting: Casting) -> Puppet:
    """A flower that sways; it grows and opens where it is to grow or bloom."""
    colour = _colour(casting, "red", "pink", "yellow", "violet")
    kind = casting.character.variety or casting.character.kind
    if kind == "sunflower":
        head = _sunflower()
    elif kind == "tulip":
        head = _tulip(colour)
    elif kind == "rose":
        head = _rose(colour)
    else:
        head = blossom(colour, 0.10, 12)
    tall = 0.46
    head = head.scaled(1.35)
    stem = tube(
        smooth([(0, 0, 0), (0.02, 0.18, 0), (-0.01, 0.34, 0), (0, tall, 0)], 6),
        np.linspace(0.011, 0.008, 19).tolist(),
        Material(_LEAF, soft=0.3),
        9,
    )
    leaves = [_blade(sign, y) for sign, y in ((1, 0.08), (-1, 0.14), (1, 0.20))]
    grows = bool({"grow", "bloom", "open", "blossom"} & set(casting.character.actions))
    y = stem.points[:, 1]
    mesh = join(
        stem.on(0).swaying(0.035 * np.clip(y / tall, 0, 1) ** 1.5),
        *(leaf.on(0).swaying(0.03) for leaf in leaves),
        head.turned(0, 0.75).moved(0, tall, 0.02).on(1).swaying(0.035),
    )
    part = _part("a flower", "blooms" if grows else "sways", tall + 0.12, 0.34, casting, breeze=0.6)

    def pose(t: float) -> Array:
        open_ = 1.0 if not grows else 0.12 + 0.88 * _ease(t / 4.2)
        high = 1.0 if not grows else 0.45 + 0.55 * _ease(t / 3.2)
        lean = rotation(2, 0.035 * math.sin(t * 1.7))
        body = placed(turn=lean @ np.diag((0.4 + 0.6 * high, high, 0.4 + 0.6 * high)))
        bloom = placed(
            0,
            tall * (high - 1),
            0,
            np.diag((0.35 + 0.65 * open_, 0.6 + 0.4 * open_, 0.35 + 0.65 * open_)),
            (0, tall, 0.02),
        )
        return np.array([body, bloom])

    return Puppet(part, mesh, pose, feet=lambda t: [Foot(0, 0, 0, 0.05)])


def _ease(x: float) -> float:
    x = min(max(x, 0.0), 1.0)
    return x * x * (3 - 2 * x)


def _blade(sign: int, y: float) -> Mesh:
    rows = [
        [
            (sign * 0.15 * u, y + 0.10 * math.sin(u * 2.2), 0.032 * w * math.sin(math.pi * (0.04 + 0.94 * u)) ** 0.8)
            for w in (1, 0, -1)
        ]
        for u in np.linspace(0, 1, 9)
    ]
    return grid(np.array(rows)[:, ::sign], Material(_LEAF * 1.1, soft=1.2))


def _sunflower() -> Mesh:
    parts = []
    for layer in range(2):
        for k in range(20):
            rows = [
                [
                    (
                        0.05 + 0.075 * u,
                        0.012 * u + 0.02 * layer,
                        0.016 * w * math.sin(math.pi * (0.1 + 0.86 * u)) ** 0.7,
                    )
                    for w in (1, 0, -1)
                ]
                for u in np.linspace(0, 1, 6)
            ]
            parts.append(
                grid(np.array(rows), Material(linear(248, 186 - 14 * layer, 30), soft=1.25)).turned(
                    1, 2 * math.pi * (k + 0.5 * layer) / 20
                )
            )
    seeds = ball((0, 0.018, 0), (0.062, 0.022, 0.062), Material(linear(66, 40, 20)), 18)
    out = np.hypot(seeds.points[:, 0], seeds.points[:, 2])
    seeds = seeds.coloured(
        seeds.colours
        * (
            0.7
            + 0.6
            * np.sign(np.sin(out * 900))
            * np.sign(np.sin(np.arctan2(seeds.points[:, 2], seeds.points[:, 0]) * 17))
        )[:, None]
        + np.clip(out - 0.045, 0, 1)[:, None] * np.array((6.0, 3.0, 0.5))
    )
    return join(*parts, seeds).scaled(1.15)


def _tulip(colour: Dye) -> Mesh:
    parts = []
    for k in range(6):
        rows = [
            [
                (
                    0.048 * math.sin(min(1.0, u * 1.25) * math.pi * 0.62) * (1.06 if k % 2 else 0.95),
                    0.125 * u,
                    0.042 * w * math.sin(math.pi * (0.10 + 0.80 * u)) ** 0.6,
                )
                for w in (1, 0.5, 0, -0.5, -1)
            ]
            for u in np.linspace(0, 1, 9)
        ]
        parts.append(
            grid(np.array(rows), Material(colour * (0.9 + 0.1 * (k % 2)), soft=1.3)).turned(1, k * math.pi / 3)
        )
    return join(*parts).turned(0, -0.55)


def _rose(colour: Dye) -> Mesh:
    parts = [ball((0, 0.055, 0), (0.020, 0.034, 0.020), Material(colour * 0.45), 10)]
    for layer in range(6):
        count, r, high = 3 + layer // 2 * 2, 0.016 + 0.0125 * layer, 0.094 - 0.0075 * layer
        for k in range(count):
            spread = 1.25 * math.pi / count + 0.25
            rows = []
            for u in np.linspace(0, 1, 8):
                out = r * (0.45 + 0.75 * u**0.6) + 0.020 * (layer / 5) * max(0.0, u - 0.6)
                y = 0.012 + high * u - 0.030 * (layer / 5) * max(0.0, u - 0.72)
                edge = math.sin(math.pi * min(0.97, 0.22 + 0.62 * u)) ** 0.5
                rows.append(
                    [
                        (out * math.cos(w * spread * edge), y - 0.010 * w * w * u, out * math.sin(w * spread * edge))
                        for w in (1, 0.6, 0.2, -0.2, -0.6, -1)
                    ]
                )
            petal = grid(np.array(rows), Material(colour * (0.60 + 0.085 * layer), soft=1.15))
            rise = np.repeat(np.linspace(0, 1, 8), 6)[:, None]
            parts.append(
                petal.coloured(petal.colours * (0.55 + 0.55 * rise)).turned(1, 2 * math.pi * k / count + layer * 0.9)
            )
    return join(*parts).scaled(1.15)


def cast_leaf(casting: Casting) -> Puppet:
    """A leaf that falls and turns."""
    colour = _colour(casting, "orange", "red", "gold")
    rows = [
        [
            (0.09 * u - 0.045, 0.012 * math.sin(u * 3), 0.030 * w * math.sin(math.pi * (0.04 + 0.95 * u) ** 0.8) ** 0.9)
            for w in (1, 0.5, 0, -0.5, -1)
        ]
        for u in np.linspace(0, 1, 16)
    ]
    blade = grid(np.array(rows), Material(colour, soft=1.35))
    blade = blade.coloured(blade.colours * (0.75 + 0.35 * np.abs(np.tile((1, 0.5, 0, -0.5, -1), 16)))[:, None])
    vein = tube([(-0.075, -0.002, 0), (-0.03, 0.004, 0), (0.0, 0.0125, 0)], 0.0012, Material(colour * 0.5), 5)
    part = _part("a leaf", "falls", 0.1, 0.12, casting, medium="air", speed=0.2, fixed=False)
    return Puppet(
        part,
        join(blade, vein),
        lambda t: np.array(
            [
                placed(
                    0.05 * math.sin(t * 1.9),
                    0.06 + 0.02 * math.sin(t * 2.7),
                    0,
                    rotation(1, t * 0.9)
                    @ rotation(2, 0.6 * math.sin(t * 1.9))
                    @ rotation(0, 0.8 + 0.5 * math.sin(t * 1.3)),
                )
            ]
        ),
    )


def cast_globe(casting: Casting) -> Puppet:
    """A planet or a moon that turns, perhaps with rings."""
    kind = casting.character.kind
    colour = _colour(casting, *(("grey",) if kind == "moon" else ("orange", "blue", "violet", "teal")))
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
    part = _part(f"a {kind}", "turns", 2.0, 4.2 if len(parts) > 1 else 2.0, casting, medium="air")
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
        colour = _colour(casting, "magenta", "cyan", "orange")
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
        part = _part("a neon sign", "glows", 2.16, 2 * half + 0.3, casting)
        return Puppet(
            replace(part, still=True),
            mesh,
            _still,
            _glowing(part, (0, 1.9, 0), half * 0.9, (0.30 * float(glow[0]), 0.30 * float(glow[1]), 0.30 * float(glow[2]))),
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
    part = _part("a sign", "stands", 1.48, 2 * half + 0.2, casting)
    return Puppet(replace(part, still=True), mesh, _still, feet=lambda t: [Foot(0, 0, 0, 0.07)])


def umbrella(colour: Dye) -> Thing:
    """Open, standing by itself."""
    return Thing(props.umbrella(colour).turned(2, 0.10).moved(0, 0.17, 0), "an umbrella", 1.22, 1.2, yaw=0.3, lift=0.0)


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
    return puppet_of(maker(_colour(casting, *usual)), casting)


def cast_tree(casting: Casting) -> Puppet:
    """A tree; it grows where it is to grow."""
    kind, variety = casting.character.kind, casting.character.variety
    if kind == "christmas-tree" or variety == "christmas":
        made = christmas(linear(38, 88, 48))
    elif variety in ("pine", "fir", "conifer", "spruce") or kind in ("pine", "fir"):
        made = conifer(linear(44, 92, 56))
    else:
        shades = {"cherry": linear(244, 178, 196), "maple": linear(206, 70, 34), "autumn": linear(214, 120, 36)}
        made = tree(dye(casting.character.colour, shades.get(variety, _LEAF)))
    if {"grow", "sprout"} & set(casting.character.actions):
        made = replace(
            made, bones=lambda t: np.array([placed(turn=np.diag([0.10 + 0.90 * _ease(t / 4.5)] * 3))]), does="grows"
        )
    return puppet_of(made, casting)


PARTS: Mapping[str, Maker] = {
    **dict.fromkeys(("lantern", "sky-lantern"), cast_lantern),
    **dict.fromkeys(("balloon", "balloons"), cast_balloon),
    **dict.fromkeys(("campfire", "bonfire", "fire"), cast_fire),
    "ball": cast_ball,
    **dict.fromkeys(("flower", "flowers", "rose", "tulip", "sunflower"), cast_flower),
    "leaf": cast_leaf,
    **dict.fromkeys(("planet", "moon", "earth", "saturn"), cast_globe),
    **dict.fromkeys(("sign", "neon-sign"), cast_sign),
    **dict.fromkeys(_STANDING, cast_standing),
    **dict.fromkeys(("tree", "christmas-tree", "pine", "fir"), cast_tree),
}
"""Who plays which thing."""
