"""A site in, a market out: stalls with awnings and goods along both sides of a lane, lanterns over it, houses behind.

Knows no camera and no player.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.lamps import lantern_string, shine
from openhorse.engines.procedural.parts.landmarks import landmarks
from openhorse.engines.procedural.parts.model import (
    RIGHT,
    UP,
    Colour,
    Finish,
    Ink,
    Pose,
    Wall,
    box,
    is_snowy,
    paint_walls,
    plane,
)
from openhorse.engines.procedural.parts.paving import paving
from openhorse.engines.procedural.parts.shopfronts import Front, row_of_fronts
from openhorse.engines.procedural.parts.windows import rect
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.hours import Daylight
from openhorse.engines.procedural.world.scenery import Flat, Floor, Scenery, Site

Random = np.random.Generator
_CLOTHS = (
    linear(186, 52, 44),
    linear(36, 104, 96),
    linear(226, 168, 62),
    linear(60, 88, 140),
    linear(140, 74, 110),
    linear(92, 128, 62),
)
_PALE, _WOOD, _BULB = linear(238, 230, 212), linear(134, 92, 56), linear(255, 196, 112)
_FRUIT = (
    (232, 128, 30), (196, 34, 34), (120, 160, 48), (236, 200, 60), (108, 52, 92), (214, 92, 58), (70, 120, 52),
    (240, 226, 190), (168, 60, 40), (246, 166, 140),
)  # fmt: skip
_WIDE, _PITCH = 2.9, 3.7
"""How wide a stall is, and from one to the next, metres."""


def paint(site: Site) -> Scenery:
    """A market at the site's hour: by night its lanterns and bulbs are lit."""
    lead = site.lead or 7.0
    first = max(4.6, 1.12 * lead)
    night = site.light.lamps > 0.4
    flats = [*_behind(site, first), *_rows(site, first), *_strings(site, first, night), *landmarks(site, first + 40)]
    wet = 0.3 if site.shot.brief.weather & {"rain", "after-rain"} else 0.0
    return Scenery(
        says="a night market" if night else "a market",
        flats=tuple(flats),
        floor=Floor(
            paving(site, "slabs"), 3.0, _pools(site) if night else None, _PITCH, wet,
            "step-snow" if is_snowy(site) else "step-wet" if wet else "step-pavement",
        ),
        stage=(0.4 * first, 0.92 * first),
        aside=2.6,
        beds=(Bed("crowd", 0.34), Bed("insects" if night else "birds", 0.06, distance=0.6)),
        space="canyon",
        surface="pavement",
        mood="warm",
    )  # fmt: skip


def _behind(site: Site, first: float) -> list[Flat]:
    """Houses over the stalls, and those at the end of the lane."""
    random, flats = site.random("market houses"), list[Flat]()
    for k, z in enumerate((first + 8.5 * _PITCH, first + 2.2 * _PITCH)):
        plans, x, wide = [], 0.0, site.lens.reach(z) * 1.5 + 24
        while x < wide:
            plans.append(Front(float(random.uniform(4.6, 6.8)), int(random.integers(1, 4)), k == 0, plain=True))
            x += plans[-1].wide
        row = row_of_fronts(site, z, plans, f"market row {k}")
        flats += [row] if k == 0 else _parted(row, 5.4)
    return flats


def _parted(row: Flat, half: float) -> list[Flat]:
    """A row of houses with a lane `half` metres wide to each side of its middle."""
    pixels = round((row.wide / 2 - half) * row.metre)
    if pixels < 8:
        return []
    left, right = row.layer[:, :pixels], row.layer[:, -pixels:]
    wide = pixels / row.metre
    return [
        replace(row, layer=np.ascontiguousarray(part), x=side * (half + wide / 2), period=0.0)
        for part, side in ((left, -1.0), (right, 1.0))
    ]


def _rows(site: Site, first: float) -> list[Flat]:
    """Stalls along both sides, and some across the far end."""
    flats: list[Flat] = []
    lamps = site.light.lamps
    for k in range(7):
        z = first + _PITCH * k
        for side in (-1.0, 1.0):
            x = side * (3.5 + 0.10 * k)
            flats.append(_stall(site, (x, z), -side * 0.95, f"stall {k} {side}"))
            if lamps > 0.1 and k < 5:
                flats.append(shine(x - 0.9 * side, 1.9, z - 0.5, 2.0, _BULB * np.float32(0.13 * lamps), lamp="steady"))
    z = first + 7.2 * _PITCH
    return flats + [_stall(site, (x, z), 0.0, f"end {x}") for x in (-4.2, 0.0, 4.2)]


def _stall(site: Site, at: tuple[float, float], turn: float, what: str) -> Flat:
    x, z = at
    random, metre = site.random(what), min(site.fine(z), 0.26 * site.lens.height)
    pose = Pose(-x, site.lens.eye, z, turn)
    layer, aside, low = paint_walls(
        stall(site.light, random), site.light, pose, metre, random, Finish(0.3, is_snowy(site), 0.5)
    )
    return Flat(layer, metre, x + aside, z, low)


def stall(light: Daylight, random: Random) -> list[Wall]:
    """A stall, its front towards us: a counter with crates, goods behind it, an awning with bulbs below."""
    cloth = _CLOTHS[int(random.integers(len(_CLOTHS)))]
    half, lit = _WIDE / 2, light.lamps
    walls = [
        Wall((-half, 0, 1.5), RIGHT, UP, rect(0, 0, _WIDE, 2.3), _WOOD * np.float32(0.5), tuple(_shelf(random, lit)))
    ]
    folds = [Ink(rect(k * _WIDE / 14, 0, _WIDE / 28, 0.72), cloth * np.float32(0.8)) for k in range(14)]
    walls += box((-half, 0, 0), (_WIDE, 0.78, 0.8), cloth, folds)
    walls += _crates(random, lit)
    for u in (-half, half - 0.07):
        walls += box((u, 0, -0.35), (0.07, 2.35, 0.07), _WOOD * np.float32(0.8))
    walls += _awning(cloth, half)
    return walls + (_bulbs(half, lit) if lit > 0.1 else [])


def _shelf(random: Random, lit: float) -> list[Ink]:
    """What hangs and stands behind whoever sells: rows of goods, brighter when lamps are lit."""
    inks = [Ink(rect(0, 0.8, _WIDE, 1.5), linear(150, 100, 60) * np.float32(0.10 + 0.06 * lit), shines=lit > 0.1)]
    for v in (0.95, 1.45, 1.9):
        u = 0.08
        while u < _WIDE - 0.3:
            wide, tall = float(random.uniform(0.10, 0.26)), float(random.uniform(0.16, 0.38))
            tone = linear(*_FRUIT[int(random.integers(len(_FRUIT)))]) * np.float32(0.22 + 0.16 * lit)
            inks.append(Ink(rect(u, v, wide, tall), tone, shines=lit > 0.1))
            u += wide + float(random.uniform(0.03, 0.10))
        inks.append(Ink(rect(0, v - 0.04, _WIDE, 0.04), _WOOD * np.float32(0.4)))
    return inks


def _crates(random: Random, lit: float) -> list[Wall]:
    """Crates that lean towards us, each heaped with one kind of fruit."""
    walls, count = list[Wall](), 5
    wide = _WIDE / count
    glow = np.float32(1 + 0.9 * lit)
    for k in range(count):
        x = -_WIDE / 2 + k * wide
        corners = [(x, 0.80, -0.12), (x + wide - 0.04, 0.80, -0.12), (x + wide - 0.04, 1.22, 0.6), (x, 1.22, 0.6)]
        tone = linear(*_FRUIT[int(random.integers(len(_FRUIT)))]) * glow
        inks = [Ink(rect(0.03, 0.04, wide - 0.1, 0.76), tone * np.float32(0.35))]
        size = float(random.uniform(0.05, 0.085))
        for row in range(int(0.72 / size)):
            for column in range(max(1, int((wide - 0.14) / size))):
                u = 0.07 + size * (column + 0.5 + 0.5 * (row % 2)) + float(random.normal(0, 0.1 * size))
                v = 0.07 + size * (row + 0.5)
                if u > wide - 0.08:
                    continue
                own = tone * np.float32(random.uniform(0.75, 1.15))
                inks.append(Ink(_disc(u, v, 0.56 * size), own * np.float32(0.6)))
                inks.append(Ink(_disc(u - 0.06 * size, v + 0.10 * size, 0.42 * size), own))
        walls.append(replace(plane(corners, _WOOD), inks=tuple(inks), near=0.5, twin=True))
        card = rect(x + 0.3 * wide, 0.80, 0.18, 0.13)
        walls.append(Wall((0, 0, -0.16), RIGHT, UP, card, _PALE, near=0.7))
    return walls


def _disc(u: float, v: float, radius: float) -> list[tuple[float, float]]:
    return [(u + radius * math.cos(a), v + radius * math.sin(a)) for a in np.linspace(0, math.tau, 9)[:-1]]


def _awning(cloth: Colour, half: float) -> list[Wall]:
    """Stripes of cloth that fall towards us, with a scalloped edge."""
    walls, count = list[Wall](), 10
    wide = 2 * (half + 0.25) / count
    for k in range(count):
        x = -half - 0.25 + k * wide
        tone = cloth if k % 2 else _PALE
        corners = [(x, 2.3, -0.75), (x + wide, 2.3, -0.75), (x + wide, 2.95, 1.5), (x, 2.95, 1.5)]
        walls.append(replace(plane(corners, tone, roof=True), twin=True, near=1.0))
        flap = [(0, 0.0), (0, 0.30), (wide, 0.30), (wide, 0.0), (0.75 * wide, -0.07), (0.25 * wide, -0.07)]
        walls.append(Wall((x, 2.02, -0.76), RIGHT, UP, flap, tone * np.float32(0.86), near=1.4, twin=True))
    return walls


def _bulbs(half: float, lit: float) -> list[Wall]:
    """Bulbs on a cord below the awning."""
    inks = [
        Ink(
            _disc(half + part * half, 0.15 - 0.05 * (1 - part * part), 0.05), _BULB * np.float32(2.6 * lit), shines=True
        )
        for part in (-0.8, -0.4, 0.0, 0.4, 0.8)
    ]
    return [Wall((-half, 1.82, -0.5), RIGHT, UP, rect(half - 0.01, 0.1, 0.02, 0.01), _PALE, tuple(inks), near=1.2)]


def _strings(site: Site, first: float, night: bool) -> list[Flat]:
    """Lanterns over the lane: red ones by night, coloured paper by day."""
    tones = (linear(226, 44, 26), linear(240, 150, 40)) if night else (linear(214, 60, 50), linear(236, 190, 70))
    return [
        lantern_string(site, first + part * _PITCH, 4.5 + 0.16 * k, 7.4, 6, tones[k % 2])
        for k, part in enumerate((0.6, 2.1, 3.9, 6.0))
    ]


def _pools(site: Site) -> np.ndarray:
    """Light of the stalls on the ground, warm near them."""
    y = np.linspace(0, math.tau, 64, endpoint=False, dtype=np.float32)[:, None]
    warm = (0.5 + 0.5 * np.cos(y)) * np.ones((1, 64), np.float32) * np.float32(site.light.lamps)
    return (1 + warm[..., None] * np.array((2.6, 1.2, 0.3), np.float32)).astype(np.float32)
