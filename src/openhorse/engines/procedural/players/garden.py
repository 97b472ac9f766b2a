"""A part for a plant in, the player out: flowers that open, trees that grow, a leaf that falls. Knows no meadow."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.bearing import ease
from openhorse.engines.procedural.players.belongings import blossom
from openhorse.engines.procedural.players.dyes import Dye, dye
from openhorse.engines.procedural.players.mesh import (
    Array,
    Material,
    Mesh,
    ball,
    grid,
    join,
    plate,
    rotation,
    smooth,
    tube,
)
from openhorse.engines.procedural.players.player import Casting, Foot, Maker
from openhorse.engines.procedural.players.puppet import Puppet, placed
from openhorse.engines.procedural.players.staging import colour_of, part_of
from openhorse.engines.procedural.players.thing import Thing, puppet_of

_BARK = Material(linear(92, 66, 46))
_LEAF = linear(74, 128, 48)


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
    kind = casting.character.variety or casting.character.kind
    colour = colour_of(casting, *(("red",) if kind == "rose" else ("red", "pink", "yellow", "violet")))
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
    part = part_of("a flower", "blooms" if grows else "sways", tall + 0.12, 0.34, casting, breeze=0.6)

    def pose(t: float) -> Array:
        open_ = 1.0 if not grows else 0.12 + 0.88 * ease(t / 4.2)
        high = 1.0 if not grows else 0.45 + 0.55 * ease(t / 3.2)
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
    colour = colour_of(casting, "orange", "red", "gold")
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
    part = part_of("a leaf", "falls", 0.1, 0.12, casting, medium="air", speed=0.2, fixed=False)
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
            made, bones=lambda t: np.array([placed(turn=np.diag([0.10 + 0.90 * ease(t / 4.5)] * 3))]), does="grows"
        )
    return puppet_of(made, casting)


PARTS: Mapping[str, Maker] = {
    **dict.fromkeys(("flower", "flowers", "rose", "tulip", "sunflower"), cast_flower),
    "leaf": cast_leaf,
    **dict.fromkeys(("tree", "christmas-tree", "pine", "fir"), cast_tree),
}
"""Who plays what grows."""
