"""What people hold, as meshes with their origin in the hand. Knows no people and no moves."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.dyes import DYES, Dye
from openhorse.engines.procedural.players.mesh import (
    Material,
    Mesh,
    ball,
    grid,
    join,
    lathe,
    plate,
    ring,
    slab,
    smooth,
    tube,
    turned_smooth,
)

_WOOD = Material(linear(112, 72, 40), gloss=0.15)
_STEEL = Material(linear(190, 194, 200), gloss=0.9, metal=0.85)
_GILT = Material(linear(222, 172, 70), gloss=0.9, metal=0.8)
_DARK = Material(linear(34, 32, 36), gloss=0.3)
_PAPER = Material(linear(240, 234, 220))


UMBRELLA_TILT = 0.30


def umbrella(colour: Dye) -> Mesh:
    """Open, of eight gores, its crook in the hand: it leans back over the shoulder and leaves the face free."""
    rows = []
    ribs, fine = 8, 6
    turn = np.linspace(0, 2 * np.pi, ribs * fine, endpoint=False)
    near = np.abs((turn * ribs / (2 * np.pi)) % 1 - 0.5) * 2  # 1 at a rib
    for s in np.linspace(0.01, 1, 12):
        out = 0.60 * math.sin(s * 1.25) / math.sin(1.25) * (1 - 0.055 * s * (1 - near**2))
        y = 0.96 - 0.30 * s**2.1 + 0.035 * s * (1 - near**2)
        rows.append(np.stack([out * np.cos(turn), y + 0 * turn, -out * np.sin(turn)], axis=1))
    canopy = grid(np.array(rows)[::-1], Material(colour, gloss=0.28, soft=1.3), closed=True)
    gore = np.tile(np.floor(np.arange(ribs * fine) / fine) % 2, 12)[:, None]
    canopy = canopy.coloured(canopy.colours * (1 - 0.10 * gore))
    stick = tube([(0, -0.06, 0), (0, 0.96, 0)], 0.008, _STEEL, 8)
    tip = tube([(0, 0.95, 0), (0, 1.03, 0)], (0.010, 0.005), _DARK, 8)
    crook = tube(smooth([(0, -0.02, 0), (0, -0.12, 0), (0.03, -0.16, 0), (0.06, -0.13, 0)], 5), 0.014, _WOOD, 8)
    return join(canopy, stick, tip, crook).turned(2, UMBRELLA_TILT)


def parasol(colour: Dye) -> Mesh:
    """Of oiled paper."""
    return umbrella(colour).scaled(0.9, 0.92, 0.9)


def lantern(colour: Dye) -> Mesh:
    """A paper lantern on a short stick, lit from within."""
    glow = Material(colour * 0.9 + linear(255, 170, 80) * 0.25, soft=1.0, glow=1.7)
    body = turned_smooth([(0.05, -0.34), (0.105, -0.30), (0.125, -0.22), (0.105, -0.14), (0.05, -0.10)], glow, 24)
    y = body.points[:, 1]
    ribs = 0.80 + 0.20 * np.cos((y + 0.34) * 160)
    hot = 0.75 + 0.55 * np.exp(-(((y + 0.23) / 0.07) ** 2))
    body = body.coloured(body.colours * (ribs * hot)[:, None])
    caps = [lathe([(0.056, -0.012), (0.056, 0.012)], _GILT, 20).moved(0, k, 0) for k in (-0.345, -0.095)]
    tassel = tube([(0, -0.36, 0), (0, -0.47, 0)], (0.008, 0.016), Material(linear(200, 40, 40)), 8).swaying(0.05)
    stick = tube([(-0.05, -0.01, 0), (0.30, 0.05, 0)], 0.009, _WOOD, 8)
    cord = tube([(0.28, 0.045, 0), (0.28, -0.02, 0)], 0.003, _DARK, 6)
    hung = join(body, *caps, tassel).moved(0.28, 0.07, 0)
    return join(stick, cord, hung)


def balloon(colour: Dye) -> Mesh:
    """One on a string."""
    skin = Material(colour, gloss=0.85, soft=1.25)
    body = turned_smooth(
        [(0.012, 0), (0.05, 0.03), (0.125, 0.15), (0.138, 0.24), (0.105, 0.33), (0.04, 0.37), (0, 0.375)], skin, 26
    )
    knot = lathe([(0.022, -0.02), (0.008, 0.004)], skin, 10)
    string = tube(
        smooth([(0, -0.95, 0), (0.03, -0.6, 0.0), (-0.02, -0.3, 0), (0, 0, 0)], 6),
        0.0022,
        Material(linear(220, 220, 220)),
        5,
    )
    y = string.points[:, 1]
    return join(join(body, knot).swaying(0.22), string.swaying(0.22 * np.clip((y + 0.95) / 0.95, 0, 1))).moved(
        0, 0.95, 0
    )


def balloons(colour: Dye) -> Mesh:
    """A bunch."""
    dyes = [colour, DYES["yellow"], DYES["blue"], DYES["pink"], DYES["green"], DYES["orange"], DYES["purple"]]
    spots = [
        (0, 0.10, 0),
        (0.17, -0.03, 0.10),
        (-0.18, -0.02, 0.08),
        (0.05, -0.02, -0.20),
        (-0.10, 0.20, -0.12),
        (0.13, 0.22, -0.04),
        (-0.02, 0.24, 0.15),
    ]
    parts = []
    for dye, (x, y, z) in zip(dyes, spots, strict=True):
        one = balloon(dye)
        high = np.clip(one.points[:, 1:2] / 0.95, 0, 1)
        parts.append(
            Mesh(
                one.points + np.array((x, y, z)) * high,
                one.normals,
                one.colours,
                one.matter,
                one.faces,
                one.bones,
                one.share,
                one.sway,
            )
        )
    return join(*parts)


def book(colour: Dye) -> Mesh:
    """Open, its pages up."""
    parts = []
    for sign in (1, -1):
        cover = slab((0, 0, 0.075 * sign), (0.105, 0.004, 0.075), Material(colour, gloss=0.2), 0.003)
        rows = [
            [
                (0.098 * a, 0.010 + 0.020 * math.sin(min(1.0, b * 1.2) * math.pi) ** 0.7, 0.142 * b * sign)
                for b in np.linspace(0, 1, 8)
            ]
            for a in (-1, -0.5, 0, 0.5, 1)
        ]
        page = grid(np.array(rows)[:, ::sign], _PAPER)
        lines = 1 - 0.32 * ((np.abs(page.points[:, 0]) < 0.08) & (np.floor(page.points[:, 2] * 55) % 2 == 0))
        parts += [cover.turned(0, 0.16 * sign), page.coloured(page.colours * lines[:, None]).turned(0, 0.10 * sign)]
    return join(*parts).turned(1, 0.0).moved(0.05, 0.03, -0.075)


def phone(colour: Dye) -> Mesh:
    """With its screen lit."""
    case = slab((0, 0.05, 0), (0.006, 0.075, 0.037), Material(colour, gloss=0.7), 0.005)
    screen = slab((-0.0065, 0.05, 0), (0.001, 0.068, 0.033), Material(linear(150, 200, 255), glow=1.1))
    return join(case, screen)


def cup(colour: Dye) -> Mesh:
    """A mug with its handle."""
    clay = Material(colour, gloss=0.6)
    body = lathe(
        [
            (0.001, -0.045),
            (0.034, -0.045),
            (0.040, -0.035),
            (0.042, 0.05),
            (0.0385, 0.052),
            (0.037, 0.04),
            (0.035, 0.036),
        ],
        clay,
        22,
    )
    tea = lathe([(0.036, 0.037), (0.0, 0.037)], Material(linear(70, 40, 22), gloss=0.7), 18)
    handle = tube(
        smooth([(-0.038, 0.03, 0), (-0.072, 0.022, 0), (-0.070, -0.018, 0), (-0.038, -0.026, 0)], 5), 0.007, clay, 8
    )
    return join(body, tea, handle).moved(0.03, 0.02, 0)


def bag(colour: Dye) -> Mesh:
    """Hanging from its handles."""
    leather = Material(colour, gloss=0.35)
    body = slab((0, -0.34, 0), (0.15, 0.11, 0.055), leather, 0.045)
    arcs = [
        tube(
            smooth([(-0.09, -0.24, z), (-0.05, -0.05, z), (0, 0.0, z * 0.4), (0.05, -0.05, z), (0.09, -0.24, z)], 5),
            0.008,
            leather,
            7,
        )
        for z in (0.03, -0.03)
    ]
    clasp = slab((0, -0.27, 0.055), (0.022, 0.018, 0.006), _GILT, 0.004)
    return join(body, *arcs, clasp)


def basket(colour: Dye) -> Mesh:
    """Wicker, with fruit and flowers."""
    wicker = Material(linear(170, 122, 66))
    body = lathe([(0.001, -0.32), (0.11, -0.32), (0.15, -0.18), (0.155, -0.16), (0.14, -0.165)], wicker, 30)
    weave = 0.82 + 0.18 * np.sign(
        np.sin(np.arctan2(body.points[:, 2], body.points[:, 0]) * 15 + np.floor(body.points[:, 1] * 60) * np.pi)
    )
    arc = tube(
        smooth([(-0.15, -0.17, 0), (-0.11, -0.03, 0), (0, 0.01, 0), (0.11, -0.03, 0), (0.15, -0.17, 0)], 6),
        0.010,
        wicker,
        8,
    )
    full = []
    for k in range(11):
        a = k * 2.4
        r = 0.11 * math.sqrt(k / 11)
        dye = (DYES["red"], DYES["yellow"], DYES["pink"], DYES["orange"])[k % 4]
        full.append(
            ball((r * math.cos(a), -0.165 + 0.02 * (k % 3), r * math.sin(a)), 0.036, Material(dye, gloss=0.4), 8)
        )
    return join(body.coloured(body.colours * weave[:, None]), arc, *full)


def flowers(colour: Dye) -> Mesh:
    """A bunch in paper."""
    parts = []
    for k in range(9):
        a, r = k * 2.39996, 0.085 * math.sqrt((k + 0.5) / 9)
        x, z, y = r * math.cos(a), r * math.sin(a), 0.27 - 0.5 * r
        dye = (colour, colour * 0.6 + DYES["white"] * 0.4, DYES["pink"])[k % 3]
        parts.append(tube([(0, 0, 0), (x, y, z)], 0.004, Material(linear(60, 120, 50)), 5))
        for j in range(6):
            b = j * math.pi / 3 + k
            parts.append(
                ball(
                    (x + 0.020 * math.cos(b), y + 0.006, z + 0.020 * math.sin(b)),
                    (0.018, 0.010, 0.018),
                    Material(dye, soft=0.6),
                    6,
                )
            )
        parts.append(ball((x, y + 0.012, z), 0.011, Material(DYES["yellow"]), 6))
    wrap = lathe([(0.022, -0.06), (0.040, 0.05), (0.105, 0.20)], Material(linear(236, 226, 210)), 16)
    return join(wrap, *parts).turned(2, -0.3)


def guitar(colour: Dye) -> Mesh:
    """As it is held: the neck to the left hand, the strings ahead."""
    outline = smooth(
        [
            (0.0, -0.19),
            (0.14, -0.16),
            (0.20, -0.03),
            (0.155, 0.09),
            (0.115, 0.14),
            (0.135, 0.22),
            (0.10, 0.28),
            (0.0, 0.295),
            (-0.10, 0.28),
            (-0.135, 0.22),
            (-0.115, 0.14),
            (-0.155, 0.09),
            (-0.20, -0.03),
            (-0.14, -0.16),
            (0.0, -0.19),
        ],
        4,
    )[:-1]
    box = plate(outline, 0.095, Material(colour, gloss=0.75), 0.012)
    rim = np.clip((0.046 - np.abs(box.points[:, 2])) / 0.004, 0, 1)[:, None]
    box = box.coloured(box.colours * (1 - 0.55 * rim))
    hole = (
        lathe([(0.048, 0.0), (0.0, 0.0)], Material(linear(24, 14, 8)), 20).turned(0, math.pi / 2).moved(0, 0.10, 0.0485)
    )
    rose = ring(0.054, 0.005, Material(linear(70, 34, 16)), 24).moved(0, 0.10, 0.047)
    bridge = slab((0, -0.07, 0.053), (0.055, 0.010, 0.006), _DARK, 0.003)
    neck = slab((0, 0.46, 0.040), (0.024, 0.21, 0.012), Material(linear(62, 36, 22), gloss=0.3), 0.008)
    head = slab((0, 0.74, 0.034), (0.036, 0.075, 0.010), Material(linear(92, 52, 28), gloss=0.4), 0.008)
    strings = [
        tube([(k * 0.007, -0.07, 0.060), (k * 0.006, 0.70, 0.056)], 0.0011, _STEEL, 5)
        for k in (-2.5, -1.5, -0.5, 0.5, 1.5, 2.5)
    ]
    pegs = [
        ball((sx * 0.045, 0.70 + k * 0.035, 0.034), (0.012, 0.008, 0.008), _GILT, 6) for sx in (1, -1) for k in range(3)
    ]
    return join(box, hole, rose, bridge, neck, head, *strings, *pegs)


def violin(colour: Dye) -> Mesh:
    """From under the chin to the left hand, with its scroll."""
    return guitar(colour * 0.8 + linear(120, 50, 20) * 0.3).scaled(0.52, 0.52, 0.5)


def sword(colour: Dye) -> Mesh:
    """A straight blade."""
    blade = plate([(-0.022, 0.06), (0.022, 0.06), (0.018, 0.74), (0.0, 0.82), (-0.018, 0.74)], 0.008, _STEEL, 0.003)
    guard = slab((0, 0.05, 0), (0.085, 0.012, 0.014), _GILT, 0.006)
    hilt = tube([(0, -0.07, 0), (0, 0.05, 0)], 0.014, Material(colour * 0.4), 8)
    return join(blade, guard, hilt, ball((0, -0.085, 0), 0.022, _GILT, 8))


def katana(colour: Dye) -> Mesh:
    """A curved blade."""
    spine = smooth([(0, 0.07), (0.012, 0.35), (0.05, 0.70), (0.075, 0.82)], 6)
    edge = smooth([(0.060, 0.80), (0.022, 0.66), (-0.018, 0.35), (-0.028, 0.07)], 6)
    blade = plate(np.concatenate([edge, spine])[::-1], 0.007, _STEEL)
    guard = lathe([(0.001, -0.006), (0.042, -0.006), (0.042, 0.006), (0.001, 0.006)], _GILT, 18).moved(0, 0.055, 0)
    hilt = tube([(0, -0.14, 0), (0, 0.05, 0)], 0.015, Material(colour * 0.5), 8)
    return join(blade, guard, hilt)


def sheathed(colour: Dye) -> Mesh:
    """A curved blade in its scabbard, worn at the left hip, its edge up."""
    spots = smooth([(0.10, 0.02, 0), (-0.15, -0.02, 0), (-0.45, -0.14, 0), (-0.66, -0.27, 0)], 6)
    scabbard = tube(spots, 0.019, Material(colour * 0.35 + 0.01, gloss=0.8), 10)
    guard = lathe([(0.001, -0.006), (0.040, -0.006), (0.040, 0.006), (0.001, 0.006)], _GILT, 18)
    hilt = tube([(0.12, 0.022, 0), (0.34, 0.052, 0)], 0.016, Material(colour * 0.5 + 0.02), 8)
    cord = ring(0.026, 0.008, Material(linear(196, 60, 44)), 14).turned(1, math.pi / 2).moved(0.02, 0.008, 0)
    return join(scabbard, guard.turned(2, -math.pi / 2 + 0.14).moved(0.11, 0.020, 0), hilt, cord)


def staff(colour: Dye) -> Mesh:
    """A wizard's, with a light at its top."""
    wood = tube(smooth([(0, -1.0, 0), (0.01, -0.3, 0.01), (-0.01, 0.3, 0), (0.0, 0.56, 0)], 6), 0.018, _WOOD, 9)
    claw = [
        tube(
            smooth(
                [
                    (0, 0.55, 0),
                    (0.05 * math.cos(a), 0.62, 0.05 * math.sin(a)),
                    (0.02 * math.cos(a), 0.72, 0.02 * math.sin(a)),
                ],
                5,
            ),
            (0.010,) * 10 + (0.004,),
            _WOOD,
            6,
        )
        for a in (0.3, 2.4, 4.5)
    ]
    gem = ball((0, 0.655, 0), 0.042, Material(colour * 0.7 + linear(120, 200, 255) * 0.4, gloss=0.8, glow=2.2), 10)
    return join(wood, *claw, gem)


def torch(colour: Dye) -> Mesh:
    """A flashlight, on."""
    return join(
        tube([(-0.06, 0, 0), (0.10, 0, 0)], 0.018, _DARK, 10),
        ball((0.125, 0, 0), (0.012, 0.028, 0.028), Material(linear(255, 244, 210), glow=3.2), 10),
    )


def flag(colour: Dye) -> Mesh:
    """On a pole, waving."""
    rows = [
        [(-0.55 * a, 0.62 + 0.34 * b, 0.03 * math.sin(a * 7)) for a in np.linspace(0, 1, 16)]
        for b in np.linspace(0, 1, 7)
    ]
    cloth = grid(np.array(rows), Material(colour, soft=1.35))
    a = np.tile(np.linspace(0, 1, 16), 7)
    return join(
        tube([(0, -0.25, 0), (0, 1.0, 0)], 0.011, _WOOD, 8), cloth.swaying(0.22 * a), ball((0, 1.02, 0), 0.02, _GILT, 8)
    )


def camera(colour: Dye) -> Mesh:
    """Held before the eye."""
    body = slab((0, 0, 0), (0.032, 0.045, 0.068), Material(colour * 0.3 + 0.01, gloss=0.4), 0.010)
    lens = tube([(0.03, -0.004, 0), (0.085, -0.004, 0)], (0.034, 0.030), _DARK, 14)
    glass = ball((0.092, -0.004, 0), (0.008, 0.025, 0.025), Material(linear(50, 60, 110), gloss=1.0), 10)
    return join(body, lens, glass, slab((0, 0.050, 0.0), (0.02, 0.012, 0.022), _DARK, 0.006))


def ladle(colour: Dye) -> Mesh:
    """A wooden spoon in a pan."""
    pan = lathe(
        [(0.001, -0.20), (0.12, -0.20), (0.15, -0.13), (0.146, -0.13), (0.118, -0.19), (0.001, -0.19)],
        Material(linear(50, 50, 54), gloss=0.5),
        26,
    ).moved(0.06, 0, 0.0)
    soup = lathe([(0.135, -0.155), (0.0, -0.155)], Material(linear(200, 100, 40), gloss=0.6), 20).moved(0.06, 0, 0)
    handle = tube([(-0.09, -0.15, 0), (-0.30, -0.12, 0)], 0.012, _WOOD, 8)
    return join(tube([(0, 0.05, 0), (0.05, -0.16, 0)], (0.009, 0.012), _WOOD, 8), pan, soup, handle)


def rod(colour: Dye) -> Mesh:
    """A fishing rod with its line."""
    pole = tube(smooth([(-0.15, -0.06, 0), (0.5, 0.45, 0), (1.15, 0.75, 0)], 8), 0.008, _WOOD, 6)
    line = tube(smooth([(1.15, 0.75, 0), (1.22, 0.1, 0), (1.25, -0.9, 0)], 6), 0.002, _PAPER, 5)
    return join(pole, line)


PROPS: Mapping[str, tuple[Callable[[Dye], Mesh], str, str]] = {
    "umbrella": (umbrella, "up", "red"),
    "parasol": (parasol, "up", "pink"),
    "lantern": (lantern, "before", "red"),
    "balloon": (balloon, "chest", "red"),
    "balloons": (balloons, "chest", "red"),
    "book": (book, "", "red"),
    "phone": (phone, "chest", "black"),
    "cup": (cup, "chest", "white"),
    "coffee": (cup, "chest", "white"),
    "bag": (bag, "down", "brown"),
    "handbag": (bag, "down", "brown"),
    "suitcase": (bag, "down", "brown"),
    "basket": (basket, "arm", "brown"),
    "flower": (flowers, "chest", "red"),
    "flowers": (flowers, "chest", "red"),
    "bouquet": (flowers, "chest", "red"),
    "guitar": (guitar, "", "orange"),
    "violin": (violin, "", "brown"),
    "sword": (sword, "chest", "red"),
    "katana": (katana, "chest", "navy"),
    "sheathed": (sheathed, "", "navy"),
    "staff": (staff, "chest", "cyan"),
    "wand": (staff, "chest", "cyan"),
    "torch": (torch, "before", "black"),
    "flashlight": (torch, "before", "black"),
    "flag": (flag, "high", "red"),
    "camera": (camera, "", "black"),
    "ladle": (ladle, "", "brown"),
    "fishing-rod": (rod, "chest", "brown"),
}
"""What can be held: who makes it, how the hand holds it, and its colour if nothing is said."""
