"""A part for a thing seen close in, the player out: cup, teapot, candle, cake, book, clock, bottle, fruit, gift.

Knows no table. Sizes are those of life, so that a cup is 0.1 m high: whoever places it chooses how near it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.belongings import book, clock, crystal, gift, guitar, phone_thing, piano, vase
from openhorse.engines.procedural.players.dyes import DYES, Dye, drawn, dye
from openhorse.engines.procedural.players.mesh import (
    Material,
    Mesh,
    ball,
    grid,
    join,
    lathe,
    ring,
    smooth,
    tube,
    turned_smooth,
)
from openhorse.engines.procedural.players.player import Casting, Maker
from openhorse.engines.procedural.players.puppet import Puppet
from openhorse.engines.procedural.players.thing import Thing, puppet_of
from openhorse.engines.procedural.players.wheel import CHROME

_WOOD = Material(linear(132, 86, 48), gloss=0.2)
_GILT = Material(linear(222, 172, 70), gloss=0.95, metal=0.8)
_DARK = Material(linear(30, 28, 30), gloss=0.3)


def cup(colour: Dye) -> Thing:
    """Of coffee, on its saucer, with a spoon."""
    china = Material(colour, gloss=0.85)
    outer = smooth([(0.024, 0.008), (0.026, 0.012), (0.036, 0.030), (0.043, 0.055), (0.046, 0.078)], 6).tolist()
    body = lathe(
        [(r, y) for r, y in outer] + [(0.0462, 0.0800), (0.0445, 0.0802), (0.0430, 0.0770), (0.0415, 0.062)], china, 48
    )
    body = body.painted(
        lambda p: (p[:, 1] > 0.0672) & (p[:, 1] < 0.0712) & (np.hypot(p[:, 0], p[:, 2]) > 0.0440), _GILT
    )
    coffee = lathe(
        [(0.0426, 0.0708), (0.036, 0.0704), (0.018, 0.0703), (0.0, 0.0703)],
        Material(linear(62, 32, 14), gloss=0.75),
        40,
    )
    spots = coffee.points
    swirl = np.clip(np.sin(np.arctan2(spots[:, 2], spots[:, 0]) * 2 + np.hypot(spots[:, 0], spots[:, 2]) * 190), 0, 1)[
        :, None
    ]
    coffee = coffee.coloured(coffee.colours * (1 - 0.8 * swirl) + linear(206, 150, 96) * 0.8 * swirl)
    handle = tube(
        smooth([(-0.042, 0.066, 0), (-0.060, 0.068, 0), (-0.072, 0.052, 0), (-0.062, 0.034, 0), (-0.037, 0.030, 0)], 6),
        0.0052,
        china,
        12,
    )
    saucer = lathe(
        [
            (0.001, 0.0),
            (0.036, 0.0),
            (0.050, 0.004),
            (0.0735, 0.013),
            (0.0755, 0.0155),
            (0.0735, 0.0157),
            (0.0715, 0.0150),
            (0.066, 0.0132),
            (0.048, 0.0075),
            (0.001, 0.007),
        ],
        china,
        56,
    )
    saucer = saucer.painted(lambda p: (np.hypot(p[:, 0], p[:, 2]) > 0.0740) & (p[:, 1] > 0.0154), _GILT)
    spoon = [
        tube(smooth([(0.030, 0.0165, 0.058), (-0.020, 0.0185, 0.064), (-0.062, 0.022, 0.060)], 6), 0.0019, CHROME, 8),
        ball((0.038, 0.0160, 0.055), (0.013, 0.0028, 0.009), CHROME, 12),
    ]
    return Thing(
        join(body, coffee, handle, saucer, *spoon),
        "a cup of coffee",
        0.085,
        0.155,
        "steams",
        steam=((0.0, 0.074, 0.0, 0.034, 0.19),),
        yaw=2.75,
        lift=0.30,
    )


def mug(colour: Dye) -> Thing:
    """A big plain one."""
    clay = Material(colour, gloss=0.55)
    body = lathe(
        [
            (0.036, 0.0),
            (0.040, 0.003),
            (0.0415, 0.02),
            (0.0415, 0.095),
            (0.0405, 0.0975),
            (0.0385, 0.0965),
            (0.0378, 0.08),
        ],
        clay,
        48,
    )
    tea = lathe([(0.0380, 0.086), (0.0, 0.086)], Material(linear(128, 58, 18), gloss=0.8), 36)
    handle = tube(
        smooth([(-0.040, 0.080, 0), (-0.066, 0.078, 0), (-0.073, 0.050, 0), (-0.062, 0.024, 0), (-0.040, 0.022, 0)], 6),
        0.0064,
        clay,
        12,
    )
    return Thing(
        join(body, tea, handle),
        "a mug",
        0.1,
        0.115,
        "steams",
        steam=((0.0, 0.088, 0.0, 0.032, 0.19),),
        yaw=2.75,
        lift=0.26,
    )


def teapot(colour: Dye) -> Thing:
    """Round, with spout and lid."""
    clay = Material(colour, gloss=0.75)
    body = turned_smooth(
        [(0.045, 0.0), (0.070, 0.018), (0.085, 0.055), (0.074, 0.095), (0.040, 0.116), (0.036, 0.118)], clay, 48, 6
    )
    lid = [
        turned_smooth([(0.044, 0.112), (0.040, 0.122), (0.020, 0.132), (0.0, 0.134)], clay, 36),
        ball((0, 0.140, 0), (0.010, 0.009, 0.010), _GILT, 12),
    ]
    path = smooth([(0.070, 0.040, 0), (0.105, 0.060, 0), (0.122, 0.098, 0), (0.142, 0.120, 0)], 6)
    spout = tube(path, np.linspace(0.022, 0.0085, len(path)).tolist(), clay, 16)
    handle = tube(
        smooth([(-0.066, 0.095, 0), (-0.105, 0.105, 0), (-0.128, 0.070, 0), (-0.108, 0.035, 0), (-0.074, 0.032, 0)], 6),
        0.0075,
        clay,
        12,
    )
    body = body.painted(lambda p: (p[:, 1] > 0.051) & (p[:, 1] < 0.058), _GILT)
    return Thing(
        join(body, *lid, spout, handle),
        "a teapot",
        0.15,
        0.27,
        "steams",
        steam=((0.146, 0.124, 0.0, 0.016, 0.14),),
        yaw=0.4,
    )


def candle(colour: Dye) -> Thing:
    """On a brass holder, its wax running."""
    wax = Material(colour * 0.35 + linear(250, 236, 206) * 0.65, gloss=0.25, soft=1.0)
    body = lathe(
        [(0.0225, 0.018), (0.0225, 0.150), (0.0215, 0.158), (0.0185, 0.160), (0.0130, 0.1535), (0.0, 0.1525)], wax, 36
    )
    high = np.clip((body.points[:, 1] - 0.085) / 0.07, 0, 1)[:, None]
    body = body.coloured(body.colours * (1 + high * np.array((0.9, 0.42, 0.05))))
    drips = [
        tube(
            smooth(
                [
                    (0.0215 * math.cos(a), 0.156, 0.0215 * math.sin(a)),
                    (0.0235 * math.cos(a), 0.150, 0.0235 * math.sin(a)),
                    (0.0242 * math.cos(a), 0.150 - long, 0.0242 * math.sin(a)),
                ],
                6,
            ),
            np.linspace(0.0028, 0.0045, 13).tolist(),
            wax,
            8,
        )
        for a, long in ((0.4, 0.038), (1.5, 0.066), (2.9, 0.030), (4.2, 0.052), (5.3, 0.024))
    ]
    wick = tube(smooth([(0, 0.151, 0), (0.0005, 0.160, 0), (0.003, 0.167, 0)], 4), 0.0014, _DARK, 6)
    holder = lathe(
        [
            (0.055, 0.002),
            (0.060, 0.006),
            (0.058, 0.010),
            (0.044, 0.006),
            (0.028, 0.006),
            (0.026, 0.012),
            (0.027, 0.028),
            (0.0225, 0.030),
        ],
        _GILT,
        48,
    )
    loop = ring(0.017, 0.0032, _GILT, 24).moved(-0.073, 0.010, 0).turned(0, 0.0)
    return Thing(
        join(body, *drips, wick, holder, loop),
        "a candle",
        0.20,
        0.13,
        "burns",
        flames=((0.001, 0.160, 0.0, 0.0085, 0.046),),
    )


def cake(colour: Dye) -> Thing:
    """Two tiers with icing, berries and lit candles."""
    icing, sponge = (
        Material(colour * 0.55 + DYES["white"] * 0.45, gloss=0.35, soft=0.4),
        Material(DYES["white"], gloss=0.3, soft=0.4),
    )
    stand = [
        lathe(
            [(0.06, 0.0), (0.055, 0.008), (0.014, 0.018), (0.014, 0.045), (0.150, 0.055), (0.155, 0.060), (0.0, 0.060)],
            Material(linear(235, 235, 238), gloss=0.8),
            48,
        )
    ]
    tiers = [
        turned_smooth([(0.128, 0.060), (0.130, 0.066), (0.130, 0.125), (0.122, 0.135), (0.0, 0.136)], sponge, 56, 4),
        turned_smooth([(0.083, 0.136), (0.085, 0.142), (0.085, 0.192), (0.078, 0.200), (0.0, 0.201)], icing, 48, 4),
    ]
    drops = []
    for radius, y, count in ((0.130, 0.130, 22), (0.085, 0.196, 16)):
        turn = np.linspace(0, 2 * np.pi, 73)
        drops.append(
            tube(
                np.stack([np.cos(turn) * radius * 0.985, y + 0 * turn, np.sin(turn) * radius * 0.985], 1),
                0.008,
                icing if y < 0.15 else sponge,
                8,
            )
        )
        drops += [
            ball(
                (radius * math.cos(a), y - 0.012 - 0.010 * (k % 3), radius * math.sin(a)),
                (0.009, 0.018, 0.009),
                icing if y < 0.15 else sponge,
                8,
            )
            for k, a in enumerate(np.linspace(0, 2 * np.pi, count, endpoint=False))
        ]
    berries = [
        ball((0.106 * math.cos(a), 0.142, 0.106 * math.sin(a)), 0.0125, Material(linear(196, 24, 40), gloss=0.7), 10)
        for a in np.arange(10) * math.pi / 5
    ]
    sticks, flames = [], []
    for k in range(5):
        a = k * 2 * math.pi / 5 + 0.3
        x, z = 0.048 * math.cos(a), 0.048 * math.sin(a)
        one = tube([(x, 0.198, z), (x, 0.250, z)], 0.0042, Material(DYES["white"], soft=0.8), 10)
        stripe = (np.sin(one.points[:, 1] * 420 + np.arctan2(one.points[:, 2] - z, one.points[:, 0] - x) * 2) > 0.2)[
            :, None
        ]
        sticks.append(
            one.coloured(
                np.where(
                    stripe, (DYES["red"], DYES["blue"], DYES["yellow"], DYES["green"], DYES["pink"])[k], one.colours
                )
            )
        )
        flames.append((x, 0.254, z, 0.0052, 0.027))
    return Thing(
        join(*stand, *tiers, *drops, *berries, *sticks),
        "a birthday cake",
        0.29,
        0.31,
        "burns",
        flames=tuple(flames),
        halo=3.0,
    )


def bottle(colour: Dye) -> Thing:
    """Of glass, with a label and a cork."""
    glass = Material(colour * 0.5, gloss=1.0, soft=0.4)
    body = turned_smooth(
        [
            (0.034, 0.0),
            (0.037, 0.006),
            (0.0375, 0.09),
            (0.0375, 0.185),
            (0.030, 0.215),
            (0.0145, 0.240),
            (0.0135, 0.285),
        ],
        glass,
        40,
        5,
    )
    label = lathe(
        [(0.0380, 0.070), (0.0382, 0.072), (0.0382, 0.150), (0.0380, 0.152)], Material(linear(240, 230, 206)), 40
    )
    label = label.painted(lambda p: (p[:, 1] > 0.100) & (p[:, 1] < 0.1), _GILT)
    cork = [
        lathe([(0.0155, 0.280), (0.0155, 0.292), (0.0, 0.292)], glass, 28),
        tube([(0, 0.285, 0), (0, 0.308, 0)], 0.0105, Material(linear(190, 142, 92)), 14),
    ]
    band = [lathe([(0.0384, y), (0.0386, y + 0.002), (0.0384, y + 0.004)], _GILT, 40) for y in (0.082, 0.138)]
    return Thing(join(body, label, *cork, *band), "a bottle", 0.31, 0.08)


def fruit(colour: Dye) -> Thing:
    """A bowl of apples, oranges, grapes and a banana."""
    bowl = lathe(
        [
            (0.045, 0.0),
            (0.050, 0.004),
            (0.085, 0.030),
            (0.135, 0.075),
            (0.138, 0.079),
            (0.133, 0.078),
            (0.08, 0.036),
            (0.0, 0.020),
        ],
        Material(linear(70, 110, 150), gloss=0.7),
        56,
    )
    parts = [bowl]
    for k, (x, y, z, size, shade) in enumerate(
        [
            (-0.055, 0.085, 0.045, 0.042, (190, 30, 34)),
            (0.040, 0.088, 0.055, 0.042, (240, 140, 26)),
            (0.0, 0.085, -0.045, 0.043, (120, 160, 40)),
            (-0.005, 0.135, 0.015, 0.042, (206, 40, 40)),
            (0.075, 0.080, -0.02, 0.040, (240, 150, 30)),
            (-0.08, 0.08, -0.03, 0.04, (226, 180, 50)),
        ]
    ):
        parts.append(
            _apple(linear(*shade), k in (1, 4)).scaled(size / 0.042).turned(1, k * 1.3).turned(0, 0.3).moved(x, y, z)
        )
    path = smooth([(-0.10, 0.125, 0.07), (-0.04, 0.100, 0.115), (0.04, 0.098, 0.118), (0.105, 0.128, 0.08)], 6)
    parts.append(
        tube(
            path,
            (np.sin(np.linspace(0.16, math.pi - 0.12, len(path))) ** 0.5 * 0.0165).tolist(),
            Material(linear(244, 204, 60), gloss=0.3),
            14,
        )
    )
    for k in range(20):
        a, level = k * 2.39996, k // 7
        parts.append(
            ball(
                (0.085 + 0.022 * math.cos(a), 0.115 + 0.016 * level, 0.03 + 0.022 * math.sin(a)),
                0.0115,
                Material(linear(84, 34, 96), gloss=0.7, soft=0.5),
                10,
            )
        )
    return Thing(join(*parts), "a bowl of fruit", 0.19, 0.28, lift=0.20)


def _apple(colour: Dye, orange: bool = False) -> Mesh:
    if orange:
        return ball((0, 0, 0), (0.042, 0.040, 0.042), Material(colour, gloss=0.35), 18)
    body = turned_smooth(
        [
            (0.004, -0.034),
            (0.018, -0.038),
            (0.036, -0.020),
            (0.043, 0.008),
            (0.034, 0.033),
            (0.016, 0.036),
            (0.003, 0.026),
        ],
        Material(colour, gloss=0.65),
        30,
        5,
    )
    angle = np.arctan2(body.points[:, 2], body.points[:, 0])
    blush = np.clip(np.sin(angle * 1.0 + 0.6) * 0.5 + 0.3 + 0.2 * np.sin(angle * 23), 0, 1)[:, None]
    body = body.coloured(body.colours * (1 - 0.45 * blush) + linear(236, 170, 50) * 0.30 * blush)
    stem = tube(smooth([(0, 0.026, 0), (0.002, 0.042, 0), (0.007, 0.052, 0)], 4), 0.0020, _WOOD, 7)
    leaf = grid(
        np.array(
            [
                [
                    (0.002 + 0.030 * u, 0.042 + 0.014 * math.sin(u * 2.4), 0.011 * w * math.sin(u * math.pi))
                    for w in (1, 0, -1)
                ]
                for u in np.linspace(0.02, 1, 8)
            ]
        ),
        Material(linear(80, 140, 50), soft=1.2),
    )
    return join(body, stem, leaf)


def apple(colour: Dye) -> Thing:
    """One, with its leaf."""
    return Thing(_apple(colour).moved(0, 0.039, 0), "an apple", 0.092, 0.086)


def noodles(colour: Dye) -> Thing:
    """A bowl of noodle soup with chopsticks."""
    bowl = lathe(
        [
            (0.045, 0.0),
            (0.047, 0.010),
            (0.060, 0.016),
            (0.098, 0.052),
            (0.110, 0.078),
            (0.1105, 0.081),
            (0.106, 0.080),
            (0.094, 0.055),
        ],
        Material(colour, gloss=0.8),
        56,
    )
    soup = lathe([(0.102, 0.068), (0.0, 0.068)], Material(linear(196, 120, 50), gloss=0.7), 40)
    parts = [bowl, soup]
    rng = np.random.default_rng(4)
    for _ in range(26):
        a, r = rng.random() * 6.28, 0.02 + 0.06 * rng.random()
        path = [
            (
                r * math.cos(a + s) * (1 + 0.2 * math.sin(3 * s)) - 0.012,
                0.072 + 0.006 * math.sin(2 * s + a),
                r * math.sin(a + s),
            )
            for s in np.linspace(0, 3.2, 12)
        ]
        parts.append(tube(path, 0.0024, Material(linear(240, 208, 132), gloss=0.4), 6))
    egg = [
        ball((0.035, 0.080, 0.040), (0.024, 0.010, 0.020), Material(DYES["white"], gloss=0.4), 12),
        ball((0.035, 0.087, 0.040), (0.011, 0.005, 0.010), Material(linear(244, 150, 40), gloss=0.6), 10),
    ]
    leeks = [
        lathe([(0.004, 0), (0.007, 0.002), (0.004, 0.004)], Material(linear(96, 170, 70)), 12).moved(
            0.05 * math.cos(a) - 0.02, 0.080, 0.05 * math.sin(a) - 0.01
        )
        for a in np.arange(9) * 0.7
    ]
    sticks = [
        tube(
            [(-0.16, 0.100, 0.02 + 0.022 * k), (0.12, 0.086, -0.02 + 0.008 * k)],
            (0.0038, 0.0024),
            Material(linear(126, 44, 34), gloss=0.5),
            8,
        )
        for k in (0, 1)
    ]
    return Thing(
        join(*parts, *egg, *leeks, *sticks),
        "a bowl of noodles",
        0.12,
        0.26,
        "steams",
        steam=((0.0, 0.075, 0.0, 0.085, 0.24),),
        yaw=0.3,
        lift=0.42,
    )


_THINGS: Mapping[str, tuple[Callable[[Dye], Thing], tuple[str, ...]]] = {
    "cup": (cup, ("white", "cream", "teal")),
    "coffee": (cup, ("white", "cream")),
    "tea": (cup, ("white", "teal")),
    "mug": (mug, ("red", "teal", "blue", "cream")),
    "teapot": (teapot, ("teal", "brown", "white")),
    "candle": (candle, ("cream",)),
    "cake": (cake, ("pink", "brown", "red")),
    "book": (book, ("red", "teal", "navy")),
    "clock": (clock, ("red", "teal", "gold")),
    "bottle": (bottle, ("green", "brown", "blue")),
    "fruit": (fruit, ("blue",)),
    "apple": (apple, ("red",)),
    "gift": (gift, ("red", "blue", "green")),
    "box": (gift, ("brown", "red")),
    "guitar": (guitar, ("orange",)),
    "piano": (piano, ("black",)),
    "crystal": (crystal, ("violet", "cyan", "teal")),
    "phone": (phone_thing, ("black",)),
    "vase": (vase, ("blue", "teal", "white")),
    "noodles": (noodles, ("navy", "red", "white")),
    "bowl": (noodles, ("navy", "white")),
}


def cast_thing(casting: Casting) -> Puppet:
    """Something that stands on a table."""
    character = casting.character
    maker, usual = _THINGS[character.kind]
    chance = np.random.default_rng((casting.seed, 11))
    colour = dye(character.colour, drawn(chance, *usual))
    if character.kind == "guitar" and character.colour is None:
        colour = linear(206, 122, 50)
    return puppet_of(maker(colour), casting)


PARTS: Mapping[str, Maker] = dict.fromkeys(_THINGS, cast_thing)
"""Who plays which thing on a table."""
