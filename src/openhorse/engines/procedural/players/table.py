"""A part for a thing seen close in, the player out: cup, teapot, candle, cake, book, clock, bottle, fruit, gift.

Knows no table. Sizes are those of life, so that a cup is 0.1 m high: whoever places it chooses how near it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.coachwork import words
from openhorse.engines.procedural.players.dyes import DYES, Dye, drawn, dye
from openhorse.engines.procedural.players.mesh import (
    Array,
    Material,
    Mesh,
    ball,
    disc,
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
from openhorse.engines.procedural.players.player import Casting, Foot, Look, Maker, Sprite
from openhorse.engines.procedural.players.props import phone
from openhorse.engines.procedural.players.puppet import Part, Puppet, placed, spot
from openhorse.engines.procedural.players.vapours import add_flame, add_halo, add_steam, room
from openhorse.engines.procedural.players.wheel import CHROME

Bones = Callable[[float], Array]
_WOOD = Material(linear(132, 86, 48), gloss=0.2)
_GILT = Material(linear(222, 172, 70), gloss=0.95, metal=0.8)
_DARK = Material(linear(30, 28, 30), gloss=0.3)


@dataclass(frozen=True, slots=True)
class Thing:
    """A mesh, its bones in time (None where nothing moves), and what burns or steams: places (x, y, z) and a size.

    `flames` and `steam` are (x, y, z, half width, height) in metres.
    """

    mesh: Mesh
    name: str
    tall: float
    long: float
    does: str = "stands"
    bones: Bones | None = None
    flames: tuple[tuple[float, float, float, float, float], ...] = ()
    steam: tuple[tuple[float, float, float, float, float], ...] = ()
    yaw: float = 0.5
    lick: float = 0.3
    halo: float = 6.0
    lift: float = 0.10


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


def book(colour: Dye) -> Thing:
    """Open, a page turning now and then."""
    cover, paper = Material(colour, gloss=0.25), Material(linear(242, 234, 214), soft=0.2)
    parts = [slab((0.1 * s, 0.003, 0), (0.1, 0.003, 0.135), cover, 0.003) for s in (1, -1)]

    def leaf(sign: int, high: float) -> Mesh:
        rows = [
            [
                (
                    sign * u * 0.192,
                    0.006 + high * math.sin(min(1.0, u * 1.15) * math.pi * 0.62) ** 0.8 * (1 - 0.75 * max(0, u - 0.35)),
                    w,
                )
                for w in (-0.128, -0.064, 0.0, 0.064, 0.128)
            ]
            for u in np.linspace(0, 1, 14)
        ]
        return grid(np.array(rows)[:, ::-sign] if sign > 0 else np.array(rows), paper)

    for sign in (1, -1):
        block = leaf(sign, 0.026)
        u = np.abs(block.points[:, 0]) / 0.192
        parts.append(block)
        for k in range(13):
            z = -0.100 + k * 0.0158
            long = 0.84 if (k * 7 + sign) % 5 else 0.5
            line = [(sign * (0.14 + (long - 0.14) * s) * 0.192, 0.0, z) for s in np.linspace(0, 1, 9)]
            line = [
                (x, float(np.interp(abs(x) / 0.192, u[::5], block.points[::5, 1])) + 0.0006, z_) for x, _, z_ in line
            ]
            parts.append(tube(line, 0.0016, Material(linear(92, 84, 76)), 4))
        for k in range(5):
            edge = leaf(sign, 0.026 - 0.004 * k)
            parts.append(edge.scaled(1.0 - 0.003 * k, 1.0, 1.0).moved(0, -0.0022 * k, 0))
    page = leaf(1, 0.020).moved(0, 0.004, 0)

    def bones(t: float) -> Array:
        beat = (t / 4.2) % 1.0
        turn = min(max((beat - 0.55) / 0.28, 0.0), 1.0)
        turn = turn * turn * (3 - 2 * turn)
        return np.array([placed(), placed(turn=rotation(2, turn * math.pi * 0.985), about=(0, 0.010, 0))])

    return Thing(join(join(*parts).on(0), page.on(1)), "a book", 0.12, 0.42, "lies open", bones, yaw=0.35, lift=0.55)


def clock(colour: Dye) -> Thing:
    """A round clock on feet, its hands running and its pendulum swinging."""
    frame = Material(colour, gloss=0.6)
    face = disc(0.105, 0.020, Material(linear(246, 240, 224), gloss=0.2), 56)
    parts = [
        ring(0.115, 0.016, frame, 56).scaled(1, 1, 1.3),
        disc(0.112, -0.02, frame, 40),
        face,
        ring(0.108, 0.004, _GILT, 48).moved(0, 0, 0.018),
    ]
    for k in range(60):
        a, big = k * math.pi / 30, k % 5 == 0
        parts.append(
            slab(
                (0, 0.095 if not big else 0.092, 0.0215),
                (0.0010 if not big else 0.0026, 0.0035 if not big else 0.0075, 0.0006),
                _DARK,
            ).turned(2, -a)
        )
    for number in (12, 3, 6, 9):
        a = number * math.pi / 6
        parts.append(
            words(str(number), 0.020, linear(40, 34, 30)).moved(0.070 * math.sin(a), 0.070 * math.cos(a), 0.0215)
        )
    bells = [ball((0.062 * s, 0.135, 0), (0.038, 0.030, 0.038), _GILT, 16) for s in (1, -1)] + [
        tube([(0, 0.118, 0), (0, 0.160, 0)], 0.005, CHROME, 8),
        ball((0, 0.163, 0), (0.012, 0.008, 0.008), CHROME, 8),
    ]
    feet = [tube([(0.07 * s, -0.095, 0), (0.095 * s, -0.138, 0)], (0.008, 0.006), CHROME, 8) for s in (1, -1)]
    hour = plate(
        [(-0.0034, -0.012), (0.0034, -0.012), (0.0040, 0.040), (0.0, 0.056), (-0.0040, 0.040)], 0.0016, _DARK
    ).moved(0, 0, 0.0245)
    minute = plate(
        [(-0.0026, -0.016), (0.0026, -0.016), (0.0028, 0.065), (0.0, 0.084), (-0.0028, 0.065)], 0.0016, _DARK
    ).moved(0, 0, 0.0270)
    second = join(
        plate(
            [(-0.0008, -0.024), (0.0008, -0.024), (0.0005, 0.088), (-0.0005, 0.088)],
            0.001,
            Material(linear(200, 40, 36)),
        ).moved(0, 0, 0.0290),
        ball((0, 0, 0.029), 0.0045, _GILT, 8),
    )

    def bones(t: float) -> Array:
        tick = math.floor(t * 2) / 2 + 0.5 * min(1.0, (t * 2 % 1) * 6)
        start = 10 * 3600 + 9 * 60
        now = start + tick
        return np.array(
            [
                placed(0, 0.14, 0),
                *(placed(0, 0.14, 0, rotation(2, -2 * math.pi * now / period)) for period in (43200, 3600, 60)),
            ]
        )

    return Thing(
        join(join(*parts, *bells, *feet).on(0), hour.on(1), minute.on(2), second.on(3)),
        "a clock",
        0.31,
        0.26,
        "ticks",
        bones,
        yaw=0.35,
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


def gift(colour: Dye) -> Thing:
    """A box with a bow; its lid lifts and shows a light."""
    paper, ribbon = Material(colour, gloss=0.3), Material(DYES["gold"] if colour[0] > 0.3 else DYES["red"], gloss=0.5)
    box = [
        slab((0, 0.085, 0), (0.110, 0.085, 0.110), paper, 0.006),
        slab((0, 0.085, 0), (0.112, 0.085, 0.016), ribbon, 0.002),
        slab((0, 0.085, 0), (0.016, 0.085, 0.112), ribbon, 0.002),
    ]
    inside = slab((0, 0.172, 0), (0.100, 0.002, 0.100), Material(linear(255, 214, 120), glow=3.0), 0.001)
    lid = [
        slab((0, 0.190, 0), (0.117, 0.020, 0.117), paper, 0.006),
        slab((0, 0.191, 0), (0.119, 0.0205, 0.017), ribbon, 0.002),
        slab((0, 0.191, 0), (0.017, 0.0205, 0.119), ribbon, 0.002),
        ball((0, 0.216, 0), (0.016, 0.013, 0.016), ribbon, 10),
    ]
    for a in (0.5, 2.64, 3.64, 5.78):
        loop = smooth(
            [(0, 0.214, 0), (0.045, 0.250, 0.012), (0.070, 0.232, 0), (0.045, 0.214, -0.006), (0, 0.214, 0)], 6
        )
        lid.append(_ribbon(loop, 0.014, ribbon).turned(1, a))

    def bones(t: float) -> Array:
        beat = (t / 5.0) % 1.0
        up = math.sin(math.pi * min(max((beat - 0.35) / 0.5, 0.0), 1.0)) ** 0.7
        shake = 0.02 * math.sin(t * 31) * max(0.0, 1 - abs(beat - 0.28) / 0.08)
        return np.array(
            [
                placed(turn=rotation(2, shake)),
                placed(0, 0.06 * up, 0, rotation(2, shake + 0.55 * up), (-0.117, 0.175, 0)),
            ]
        )

    return Thing(join(join(*box, inside).on(0), join(*lid).on(1)), "a gift", 0.27, 0.24, "opens", bones, yaw=0.62)


def _ribbon(path: Array, half: float, material: Material) -> Mesh:
    rows = [[(x, y, z + half * w) for w in (1, 0, -1)] for x, y, z in path]
    return grid(np.array(rows), material)


def guitar(colour: Dye) -> Thing:
    """Leaning as on a stand."""
    from openhorse.engines.procedural.players.props import guitar as held

    return Thing(held(colour).moved(0, 0.20, 0).turned(0, -0.18).turned(2, 0.10), "a guitar", 1.02, 0.42, yaw=0.3)


def piano(colour: Dye) -> Thing:
    """A grand, its lid up."""
    black = Material(colour, gloss=0.95)
    outline = smooth(
        [
            (-0.75, 0.78),
            (-0.75, -0.70),
            (-0.15, -0.70),
            (0.45, -0.58),
            (0.95, -0.15),
            (1.20, 0.30),
            (1.15, 0.66),
            (0.85, 0.78),
            (-0.75, 0.78),
        ],
        5,
    )[:-1]
    case = plate(outline[::-1] * (1, 1), 0.30, black, 0.02).turned(0, math.pi / 2).moved(0, 0.82, 0)
    gold = plate(outline[::-1] * 0.93, 0.01, _GILT).turned(0, math.pi / 2).moved(0, 0.975, 0)
    lid = (
        plate(outline[::-1], 0.03, black, 0.01)
        .turned(0, math.pi / 2)
        .moved(0, 0, 0.78)
        .turned(0, 0.75)
        .moved(0, 0.99, -0.78)
    )
    keys = [
        slab((-0.84, 0.80, -0.66 + k * 0.0260), (0.075, 0.012, 0.0122), Material(DYES["white"], gloss=0.6))
        for k in range(52)
    ]
    sharps = [
        slab((-0.81, 0.818, -0.647 + k * 0.0260), (0.045, 0.010, 0.0065), _DARK)
        for k in range(51)
        if k % 7 not in (1, 4)
    ]
    legs = [
        tube([(x, 0.68, z), (x, 0.06, z)], (0.055, 0.035), black, 14)
        for x, z in ((-0.6, 0.6), (-0.6, -0.58), (0.85, 0.30))
    ]
    bench = [
        slab((-1.35, 0.47, 0), (0.18, 0.045, 0.36), Material(linear(60, 20, 22), gloss=0.3), 0.03),
        *(
            tube([(-1.35 + 0.14 * a, 0.43, 0.30 * b), (-1.35 + 0.15 * a, 0.02, 0.32 * b)], 0.018, black, 8)
            for a in (1, -1)
            for b in (1, -1)
        ),
    ]
    return Thing(
        join(
            case,
            gold,
            lid,
            *keys,
            *sharps,
            slab((-0.84, 0.765, 0), (0.10, 0.03, 0.72), black, 0.01),
            *legs,
            *bench,
            tube([(-0.2, 0.96, 0.2), (-0.1, 1.55, -0.1)], 0.012, black, 7),
        ),
        "a piano",
        1.75,
        2.8,
        yaw=0.9,
    )


def crystal(colour: Dye) -> Thing:
    """A cluster that glows from within."""
    parts = []
    for x, z, long, wide, lean, round_ in (
        (0, 0, 0.24, 0.042, 0.0, 0.0),
        (0.055, 0.02, 0.17, 0.032, 0.35, 0.2),
        (-0.05, 0.02, 0.19, 0.034, 0.30, 2.9),
        (0.02, -0.05, 0.15, 0.030, 0.40, 1.7),
        (0.015, 0.055, 0.13, 0.030, 0.42, 4.6),
        (-0.04, -0.04, 0.11, 0.026, 0.55, 2.4),
    ):
        prism = lathe(
            [(wide * 0.8, 0), (wide, long * 0.75), (0.0, long)], Material(colour, gloss=1.0, soft=0.5, glow=0.10), 6
        )
        flat = _faceted(prism)
        up = np.clip(flat.points[:, 1:2] / long, 0, 1)
        flat = flat.coloured(flat.colours * (0.35 + 1.2 * up))
        parts.append(flat.turned(2, -lean).turned(1, round_).moved(x, 0, z))
    rock = ball((0, 0.0, 0), (0.12, 0.035, 0.11), Material(linear(70, 66, 74)), 8)
    return Thing(join(*parts, _faceted(rock)), "a crystal", 0.25, 0.24, "glows", halo=0.0)


def _faceted(mesh: Mesh) -> Mesh:
    # every face with a normal of its own
    at = mesh.faces.reshape(-1)
    points = mesh.points[at]
    corners = points.reshape(-1, 3, 3)
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal /= np.maximum(np.sqrt((normal**2).sum(axis=1, keepdims=True)), 1e-12)
    mean = mesh.normals[at].reshape(-1, 3, 3).mean(axis=1)
    normal *= np.where((normal * mean).sum(axis=1, keepdims=True) < 0, -1, 1)
    faces = np.arange(len(at)).reshape(-1, 3).astype(np.int32)
    return Mesh(
        points,
        np.repeat(normal, 3, axis=0),
        mesh.colours[at],
        mesh.matter[at],
        faces,
        mesh.bones[at],
        mesh.share[at],
        mesh.sway[at],
    )


def phone_thing(colour: Dye) -> Thing:
    """Upright, its screen lit."""
    return Thing(
        phone(colour).moved(0, 0.025, 0).turned(1, math.pi / 2).turned(0, 0.0).turned(1, math.pi),
        "a phone",
        0.155,
        0.08,
        yaw=0.4,
    )


def vase(colour: Dye) -> Thing:
    """With flowers that sway."""
    body = turned_smooth(
        [(0.035, 0.0), (0.055, 0.03), (0.068, 0.085), (0.050, 0.150), (0.028, 0.185), (0.036, 0.205), (0.032, 0.206)],
        Material(colour, gloss=0.85),
        44,
        6,
    )
    parts = [body]
    for k in range(9):
        a, out = k * 2.39996, 0.05 + 0.10 * math.sqrt((k + 0.5) / 9)
        x, z, y = out * math.cos(a), out * math.sin(a), 0.44 - 0.9 * out + 0.03 * (k % 3)
        path = smooth([(0.0, 0.17, 0.0), (x * 0.35, 0.30, z * 0.35), (x, y, z)], 6)
        stem = tube(path, 0.0034, Material(linear(70, 124, 56)), 6)
        parts.append(stem.swaying(0.03 * np.clip((stem.points[:, 1] - 0.17) / 0.25, 0, 1)))
        shade = (DYES["pink"], linear(250, 214, 90), linear(246, 240, 232), linear(214, 80, 96))[k % 4]
        parts.append(
            blossom(shade, 0.040)
            .turned(2, -0.7 * math.cos(a))
            .turned(0, 0.7 * math.sin(a))
            .moved(x, y, z)
            .swaying(0.03)
        )
    return Thing(join(*parts), "a vase of flowers", 0.5, 0.34, yaw=0.5)


def blossom(colour: Dye, size: float, petals: int = 9) -> Mesh:
    """An open flower that looks up."""
    parts = []
    for layer, (count, out, lift) in enumerate(((petals, 1.0, 0.16), (petals - 2, 0.74, 0.42))):
        for k in range(count):
            rows = [
                [
                    (
                        size * out * u,
                        size * (lift * u + 0.16 * u * u * (1 - layer * 0.3)),
                        size * 0.30 * w * math.sin(math.pi * (0.12 + 0.86 * u)) ** 0.7,
                    )
                    for w in (1, 0.4, -0.4, -1)
                ]
                for u in np.linspace(0.04, 1, 7)
            ]
            petal = grid(np.array(rows), Material(colour, soft=1.25))
            inner = np.clip(1 - np.hypot(petal.points[:, 0], petal.points[:, 2]) / (size * 0.6), 0, 1)[:, None]
            parts.append(
                petal.coloured(petal.colours * (1 - 0.35 * inner)).turned(1, 2 * math.pi * k / count + layer * 0.3)
            )
    parts.append(ball((0, size * 0.10, 0), (size * 0.20, size * 0.12, size * 0.20), Material(linear(224, 158, 40)), 10))
    return join(*parts)


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


def puppet_of(made: Thing, casting: Casting) -> Puppet:
    """The player of a thing."""
    sways = bool((made.mesh.sway > 0).any())
    part = Part(
        made.name,
        made.does,
        made.tall,
        made.long,
        "ground",
        0.0,
        yaw=made.yaw,
        fixed=True,
        lift=made.lift,
        still=made.bones is None and not sways,
        breeze=0.5,
        rate=casting.rate,
        start=casting.phase * 5 + (casting.seed % 13) * 0.71,
    )
    rest = np.array([placed()])
    bones = made.bones
    finish = _burning(made, part) if made.flames or made.steam else None
    return Puppet(part, made.mesh, (lambda t: rest) if bones is None else bones, finish, feet=lambda t: _below(made))


def _below(made: Thing) -> Sequence[Foot]:
    half = made.long * 0.34
    return [Foot(0.0, 0.0, 0.0, half), Foot(0.0, 0.0, made.tall * 0.2, half * 1.2)]


def _burning(made: Thing, part: Part) -> Callable[[Sprite, Look, float], Sprite]:
    def burn(sprite: Sprite, look: Look, t: float) -> Sprite:
        m = look.metre
        wide = max(
            [max(f[3] * 3, f[4] * made.halo * 0.66) + abs(f[0]) for f in made.flames]
            + [s[3] * 3 + abs(s[0]) for s in made.steam]
        )
        top = max(
            [f[1] + f[4] * max(1.3, 0.45 + made.halo * 0.66) for f in made.flames]
            + [s[1] + s[4] * 1.05 for s in made.steam]
        )
        sprite = room(sprite, -wide * m, -(top + 0.01) * m, wide * m, 0.3 * wide * m)
        for k, (x, y, z, half, tall) in enumerate(made.flames):
            px, py = spot(part, sprite, look, (x, y, z))
            flicker = 1 + 0.07 * math.sin(t * 11 + k * 2.1) + 0.05 * math.sin(t * 17.3 + k)
            add_flame(
                sprite,
                px,
                py + 0.1 * half * m,
                half * m,
                tall * m * flicker,
                t * 0.9 + k * 1.7,
                1.0,
                made.lick,
                5 + k % 3,
            )
            if made.halo:
                add_halo(
                    sprite,
                    px,
                    py - tall * 0.45 * m,
                    tall * made.halo * 0.30 * m,
                    (0.50 * flicker, 0.25 * flicker, 0.075 * flicker),
                )
        for x, y, z, half, tall in made.steam:
            px, py = spot(part, sprite, look, (x, y, z))
            add_steam(sprite, px, py, half * m, tall * m, t, look.light)
        return sprite

    return burn


PARTS: Mapping[str, Maker] = dict.fromkeys(_THINGS, cast_thing)
"""Who plays which thing on a table."""
