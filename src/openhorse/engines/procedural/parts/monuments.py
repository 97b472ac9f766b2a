"""A kind's name in, the walls of a landmark out: lighthouse, castle, temple, windmill, bridge … Knows no place.

Each is as large as such things are (metres), its foot in the middle of its ground, its front towards the viewer.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.houses import (
    BARN,
    CABIN,
    COTTAGE,
    Curved,
    Hall,
    Plan,
    Style,
    curved_roof,
    hall,
    house,
)
from openhorse.engines.procedural.parts.model import RIGHT, UP, Colour, Ink, Vector, Wall, box, drum, moved, plane
from openhorse.engines.procedural.parts.windows import Pane, arched, door, rect, stones, window
from openhorse.engines.procedural.world.hours import Daylight

Random = np.random.Generator
Builder = Callable[[Daylight, Random], list[Wall]]

_STONE = linear(172, 162, 146)
_WHITE = linear(236, 234, 228)
_RED = linear(186, 50, 40)
_ROCK = linear(96, 88, 80)


def mound(half: float, tall: float, random: Random, colour: Colour = _ROCK) -> list[Wall]:
    """A rocky mound to stand on: facets of a flattened, uneven dome."""
    rings, sides = 4, 18
    bumps = random.uniform(0.82, 1.12, (rings + 1, sides))
    walls = []

    def point(ring: int, k: int) -> Vector:
        part = ring / rings
        radius = half * math.cos(part * 1.25) * bumps[ring, k % sides]
        up = tall * math.sin(part * math.pi / 2) * (bumps[ring, k % sides] if 0 < ring < rings else 1.0)
        angle = math.tau * k / sides
        return (radius * math.sin(angle), up, -0.55 * radius * math.cos(angle))

    for ring in range(rings):
        for k in range(sides):
            a, b, c, d = point(ring, k), point(ring, k + 1), point(ring + 1, k + 1), point(ring + 1, k)
            walls += [
                plane(three, colour * np.float32(random.uniform(0.75, 1.25)), near=-half * 0.2)
                for three in ((a, b, c), (a, c, d))
            ]
    return walls


def lighthouse(light: Daylight, random: Random) -> list[Wall]:
    """A banded round tower with its lantern, gallery and keeper's house."""
    red = _RED if random.random() < 0.7 else linear(44, 70, 110)
    bands = [_WHITE, red] * 3
    base = 2.2
    walls = mound(11, base + 0.6, random)
    walls += drum((0, base, 0), 2.7, 1.75, 17, bands)
    for k, up in enumerate((3.0, 7.6, 12.4)):
        r = 2.7 - 0.95 * up / 17
        pane = Pane(-0.35, 0, 0.7, 1.25, 0.4)
        wall = Wall((0.3 * k - 0.2, base + up, -r - 0.02), RIGHT, UP, arched(-0.45, -0.1, 0.9, 1.5, 0.45), _STONE)
        walls.append(Wall(wall.origin, RIGHT, UP, wall.outline, wall.colour, tuple(window(pane, light, random)), 3.0))
    walls += drum((0, base + 17, 0), 2.5, 2.5, 0.35, [linear(60, 58, 60)])
    for k in range(14):
        a = math.tau * k / 14
        post = (2.4 * math.sin(a) - 0.03, base + 17.3, -2.4 * math.cos(a))
        walls.append(Wall(post, RIGHT, UP, rect(0, 0, 0.07, 1.0), linear(70, 68, 70), near=1.5, twin=True))
    for up in (17.8, 18.25):
        walls.append(Wall((-2.4, base + up, -1.6), RIGHT, UP, rect(0, 0, 4.8, 0.07), linear(70, 68, 70), near=1.0))
    walls += _lantern(light, base + 17.3)
    walls += drum((0, base + 19.7, 0), 1.75, 0.15, 1.5, [red * np.float32(0.85)])
    walls += [Wall((-0.04, base + 21.1, -0.1), RIGHT, UP, rect(0, 0, 0.08, 1.4), linear(60, 58, 60), near=2)]
    keeper = house(Plan(6.0, 4.5, 2.7, chimney=True), COTTAGE, light, random)
    return walls + moved(keeper, (5.6, base - 0.5, -1.5), -0.25)


def _lantern(light: Daylight, y: float) -> list[Wall]:
    """The glazed room of the lamp."""
    lit = max(0.0, light.lamps)
    glass = (light.sky.middle * np.float32(0.4)).astype(np.float32)
    walls = []
    for wall in drum((0, y, 0), 1.45, 1.45, 2.4, [linear(70, 70, 72)], 10):
        (u0, v0), (u1, _), (_, v1), _ = wall.outline
        pane = rect(u0 + 0.06, v0 + 0.1, u1 - u0 - 0.12, v1 - v0 - 0.2)
        colour = np.array((1.0, 0.82, 0.46), np.float32) * np.float32(3.4 * lit) if lit > 0.1 else glass
        walls.append(
            Wall(wall.origin, wall.right, wall.up, wall.outline, wall.colour, (Ink(pane, colour, shines=True),))
        )
    return walls


def cabin(light: Daylight, random: Random) -> list[Wall]:
    """A log cabin with a porch."""
    walls = house(Plan(8.0, 6.0, 2.8, gable=random.random() < 0.5), CABIN, light, random)
    for x in (-3.6, -1.4, 1.4, 3.6):
        walls.append(Wall((x, 0, -1.6), RIGHT, UP, rect(-0.09, 0, 0.18, 2.5), CABIN.wood, near=2))
    roof = [(-4.3, 2.35, -1.9), (4.3, 2.35, -1.9), (4.3, 2.95, 0.1), (-4.3, 2.95, 0.1)]
    walls.append(plane(roof, CABIN.roof, roof=True, near=2.2))
    walls += [Wall((-4.2, 0, -1.7), RIGHT, UP, rect(0, 0, 8.4, 0.28), CABIN.wall * np.float32(0.8), near=1.8)]
    rail = CABIN.wood * np.float32(1.1)
    for x, wide in ((-4.0, 2.6), (1.4, 2.6)):
        walls.append(Wall((x, 0.9, -1.65), RIGHT, UP, rect(0, 0, wide, 0.10), rail, near=2.1))
        walls += [Wall((x + 0.3 * k, 0.28, -1.65), RIGHT, UP, rect(0, 0, 0.06, 0.65), rail, near=2.1) for k in range(9)]
    return walls


def cottage(light: Daylight, random: Random) -> list[Wall]:
    """A two-storeyed country house with a wing."""
    walls = house(Plan(9.5, 6.5, 4.6, storeys=2), COTTAGE, light, random)
    wing = house(Plan(4.6, 5.0, 3.9, storeys=1, gable=True, chimney=False, entrance=False), COTTAGE, light, random)
    return walls + moved(wing, (-5.0, 0, -1.6))


def barn(light: Daylight, random: Random) -> list[Wall]:
    """A red barn with a white cross on its gate."""
    walls = house(Plan(10.0, 13.0, 4.2, gable=True, chimney=False, entrance=False), BARN, light, random)
    inks = [Ink(rect(0, 0, 3.4, 3.2), BARN.wood), Ink(rect(0.16, 0.16, 3.08, 2.88), BARN.wall * np.float32(0.8))]
    inks += [Ink([(0.2, 0.2), (3.2, 3.0)], BARN.wood, thick=0.2), Ink([(3.2, 0.2), (0.2, 3.0)], BARN.wood, thick=0.2)]
    return [*walls, Wall((-1.7, 0, -0.03), RIGHT, UP, rect(0, 0, 3.4, 3.2), BARN.wall, tuple(inks), near=0.5)]


def church(light: Daylight, random: Random) -> list[Wall]:
    """A village church: nave, tower, steeple and cross."""
    style = Style("plaster", _WHITE, linear(92, 64, 58), linear(120, 100, 80), 1.3, 0.3)
    nave = moved(house(Plan(8, 14, 6, 1, True, False, False), style, light, random), (3.4, 0, 0))
    inks = [*stones(4.6, 14, (0.7, 0.4), _STONE * np.float32(1.1), random)]
    for v in (3.4, 6.8, 10.6):
        inks += window(Pane(1.75, v, 1.1, 2.1, 0.55), light, random, _STONE)
    inks += door(Pane(1.4, 0, 1.8, 2.7, 0.9), linear(90, 60, 40))
    tower = box((-5.6, 0, -0.6), (4.6, 14, 4.6), _STONE * np.float32(1.1), inks, inks)
    steeple = [
        plane([a, b, (-3.3, 22, 1.7)], linear(84, 66, 66), roof=True)
        for a, b in (
            ((-5.9, 14, -0.9), (-0.7, 14, -0.9)),
            ((-0.7, 14, -0.9), (-0.7, 14, 4.3)),
            ((-5.9, 14, 4.3), (-5.9, 14, -0.9)),
        )
    ]
    gold = linear(220, 180, 90)
    cross = [Wall((-3.35, 21.8, 1.7), RIGHT, UP, rect(0, 0, 0.12, 1.7), gold, near=2)]
    cross += [Wall((-3.75, 22.8, 1.7), RIGHT, UP, rect(0, 0, 0.92, 0.12), gold, near=2)]
    return nave + tower + steeple + cross


def castle(light: Daylight, random: Random) -> list[Wall]:
    """A castle on its rock: a keep, round towers with pointed roofs, walls with battlements, a gate."""
    base, roof = 9.0, linear(70, 82, 112) if random.random() < 0.6 else linear(140, 70, 56)
    walls = mound(38, base + 1.5, random, linear(92, 92, 78))
    keep = [*stones(13, 19, (1.5, 0.8), _STONE, random)]
    for u in (2.2, 5.8, 9.4):
        for v in (6.5, 12.5):
            keep += window(Pane(u, v, 1.3, 2.6, 0.65), light, random, _STONE * np.float32(0.8), 0.6)
    walls += box((-6.5, base + 2, 2), (13, 19, 10), _STONE, keep, keep)
    walls += _battlements(-6.9, base + 21, 1.8, 13.8)
    towers = (
        (-9, 0, 2.9, 24, 9),
        (8, -2, 3.4, 19, 8),
        (1, 8, 2.6, 33, 11),
        (-17, -4, 3.0, 13, 7),
        (17, -5, 2.8, 12, 7),
    )
    for left, d, r, tall, peak in towers:
        walls += _tower((left, base, d), r, tall, peak, roof, light, random)
    for x, wide in ((-17.0, 14.0), (2.8, 14.2)):
        inks = stones(wide, 7, (1.4, 0.7), _STONE * np.float32(0.95), random)
        walls += box((x, base - 1, -6), (wide, 7, 2), _STONE * np.float32(0.95), inks)
        walls += _battlements(x, base + 6, -6, wide)
    gate = [*stones(6.4, 9, (1.2, 0.7), _STONE, random), Ink(arched(1.5, 0, 3.4, 5.6, 1.7), linear(36, 28, 24))]
    gate += [Ink(arched(1.7, 0, 3.0, 5.3, 1.5), linear(84, 56, 38))]
    walls += box((-3.3, base - 1, -7), (6.4, 9, 4), _STONE, gate)
    return walls + _battlements(-3.5, base + 8, -7.2, 6.8)


def _battlements(x: float, y: float, d: float, wide: float) -> list[Wall]:
    count = max(2, round(wide / 1.6))
    pitch = wide / count
    return [wall for k in range(count) for wall in box((x + k * pitch, y, d), (pitch * 0.6, 1.1, 0.8), _STONE)]


def _tower(
    foot: Vector, radius: float, tall: float, peak: float, roof: Colour, light: Daylight, random: Random
) -> list[Wall]:
    x, y, d = foot
    tones = [_STONE * np.float32(random.uniform(0.9, 1.08)) for _ in range(max(3, round(tall / 2)))]
    walls = drum(foot, radius, radius * 0.94, tall, tones, 18)
    walls += drum((x, y + tall, d), radius * 0.95, radius * 1.22, 0.9, [_STONE * np.float32(0.85)], 18)
    walls += drum((x, y + tall + 0.9, d), radius * 1.22, radius * 1.22, 1.1, [_STONE], 18)
    walls += [
        Wall(w.origin, w.right, w.up, w.outline, w.colour, roof=True)
        for w in drum((x, y + tall + 2, d), radius * 1.4, 0.02, peak, [roof, roof * np.float32(1.1)], 18)
    ]
    for k in range(3):
        up = tall * (0.35 + 0.22 * k)
        a = (-0.35, 0.3, 0.0)[k]
        spot = (x + radius * math.sin(a), y + up, d - radius * math.cos(a) - 0.05)
        pane = Pane(-0.4, 0, 0.8, 1.7, 0.4)
        inks = tuple(window(pane, light, random, _STONE * np.float32(0.7), 0.75))
        walls.append(Wall(spot, RIGHT, UP, arched(-0.5, -0.1, 1.0, 1.9, 0.5), _STONE, inks, near=radius))
    flag = [(0, 0), (1.9, -0.35), (0.1, -0.9)]
    top = (x, y + tall + 2 + peak, d)
    walls.append(Wall((top[0] - 0.06, top[1] - 0.3, d), RIGHT, UP, rect(0, 0, 0.12, 2.4), linear(70, 60, 54), near=2))
    walls.append(Wall((x, top[1] + 2.0, d), RIGHT, UP, flag, _RED, near=2, twin=True))
    return walls


def windmill(light: Daylight, random: Random) -> list[Wall]:
    """A tower mill with a cap and four sails."""
    body = linear(226, 216, 196) if random.random() < 0.5 else linear(120, 92, 70)
    walls = drum((0, 0, 0), 4.0, 2.5, 11.5, [_STONE * np.float32(0.8), body, body, body, body], 16)
    walls += [
        Wall(w.origin, w.right, w.up, w.outline, w.colour, roof=True)
        for w in drum((0, 11.5, 0), 2.9, 0.5, 3.0, [linear(96, 66, 50), linear(110, 76, 56)], 16)
    ]
    for k, (up, a) in enumerate(((2.6, 0.35), (5.6, -0.3), (8.2, 0.1))):
        r = 4.0 - 1.5 * up / 11.5
        spot = (r * math.sin(a), up, -r * math.cos(a) - 0.05)
        inks = tuple(window(Pane(-0.45, 0, 0.9, 1.2), light, random))
        walls.append(Wall(spot, RIGHT, UP, rect(-0.5, -0.1, 1.0, 1.4), _STONE, inks, near=3 + 0.1 * k))
    walls.append(
        Wall(
            (-0.7, 0, -4.0),
            RIGHT,
            UP,
            rect(0, 0, 1.4, 2.3),
            body,
            tuple(door(Pane(0, 0, 1.4, 2.3), linear(80, 100, 90))),
            3.5,
        )
    )
    walls.append(Wall((-4.6, 3.9, -2.6), RIGHT, UP, rect(0, 0, 9.2, 0.22), linear(88, 62, 44), near=3.0))
    walls += [
        Wall((x, 4.1, -2.6), RIGHT, UP, rect(0, 0, 0.1, 0.9), linear(88, 62, 44), near=3)
        for x in np.linspace(-4.5, 4.4, 9)
    ]
    return walls + _sails((0.0, 11.8, -3.6), 8.6, 0.35 + 0.5 * float(random.random()))


def _sails(hub: Vector, long: float, turned: float) -> list[Wall]:
    wood, cloth = linear(96, 70, 50), linear(226, 214, 188)
    walls = []
    for k in range(4):
        a = turned + math.tau * k / 4
        along, across = (math.sin(a), math.cos(a), 0.0), (math.cos(a), -math.sin(a), 0.0)
        inks = [Ink(rect(0.15, 1.3, 1.5, long - 1.3), cloth)]
        inks += [Ink(rect(0.1, 1.3 + (long - 1.3) * i / 8, 1.6, 0.08), wood) for i in range(9)]
        inks += [Ink(rect(u, 1.3, 0.08, long - 1.3), wood) for u in (0.85, 1.6)]
        inks.append(Ink(rect(-0.11, 0, 0.26, long), wood))
        outline = [(-0.11, 0), (0.15, 0), (0.15, 1.3), (1.68, 1.3), (1.68, long), (-0.11, long)]
        walls.append(Wall(hub, across, along, outline, wood, tuple(inks), near=6.0, twin=True))
    return [*walls, *(_front(w) for w in drum((hub[0], hub[1] - 0.4, hub[2]), 0.5, 0.5, 0.8, [wood], 8))]


def _front(wall: Wall) -> Wall:
    return Wall(wall.origin, wall.right, wall.up, wall.outline, wall.colour, wall.inks, 7.0)


def temple(light: Daylight, random: Random) -> list[Wall]:
    """An East Asian temple hall of two roofs on a terrace with steps."""
    post, wall = linear(158, 44, 34), linear(190, 160, 120)
    tile = linear(196, 150, 60) if random.random() < 0.35 else linear(64, 78, 84)
    walls = box(
        (-13, 0, -9.5), (26, 1.5, 19), linear(186, 180, 168), stones(26, 1.5, (1.6, 0.5), linear(186, 180, 168), random)
    )
    for k in range(5):
        walls += box((-3, 0, -9.9 - 0.4 * (4 - k)), (6, 0.3 * (k + 1), 0.5), linear(200, 194, 182))
    walls += hall(Hall(10, 6, 4.6, post, wall, 7), 1.5, light, random)
    walls += curved_roof(Curved(13.2, 9.2, 3.4, 1.5, 0.72, tile), 5.9)
    walls += hall(Hall(7.2, 4.0, 1.7, post, wall, 7), 8.4, light, random)
    walls += curved_roof(Curved(9.8, 6.6, 3.8, 1.5, 0.62, tile), 10.0)
    ridge = box((-6.3, 13.6, -0.2), (12.6, 0.55, 0.5), tile * np.float32(0.8))
    return walls + ridge


def pagoda(light: Daylight, random: Random) -> list[Wall]:
    """A pagoda of five storeys with a spire."""
    post, wall = linear(150, 48, 36), linear(214, 196, 160)
    walls = box((-5.4, 0, -5.4), (10.8, 1.2, 10.8), linear(180, 174, 160))
    y, half = 1.2, 3.6
    for level in range(5):
        tall = 2.7 - 0.12 * level
        walls += hall(Hall(half, half, tall, post, wall, 3), y, light, random)
        walls += curved_roof(Curved(half * 1.62, half * 1.62, 1.6, 0.8, 0.5, linear(62, 72, 78)), y + tall - 0.15)
        y, half = y + tall + 0.95, half * 0.88
    gold = linear(210, 170, 90)
    walls += drum((0, y + 0.2, 0), 0.5, 0.25, 1.4, [gold], 10)
    walls += [Wall((-0.08, y + 1.4, 0), RIGHT, UP, rect(0, 0, 0.16, 4.0), gold, near=3)]
    for k in range(6):
        walls.append(
            Wall((0, y + 2.0 + 0.5 * k, 0), RIGHT, UP, rect(-0.5 + 0.05 * k, 0, 1.0 - 0.1 * k, 0.18), gold, near=3.1)
        )
    return walls


def torii(light: Daylight, random: Random) -> list[Wall]:
    """A red gate of a shrine."""
    red = linear(206, 62, 36)
    walls = []
    for x in (-2.6, 2.6):
        walls += drum((x, 0, 0), 0.36, 0.29, 5.4, [linear(52, 44, 42), *[red] * 8], 12)
    walls += box((-3.6, 4.1, -0.15), (7.2, 0.42, 0.3), red)
    curve = [(x, 0.35 * (abs(x) / 4.5) ** 2.2) for x in np.linspace(-4.5, 4.5, 15)]
    for up, thick, colour in ((5.35, 0.45, red), (5.75, 0.34, linear(54, 48, 50))):
        lower = [(x * (1 + 0.03 * (up > 5.5)), y + up - 5.35) for x, y in curve]
        outline = lower + [(x, y + thick) for x, y in reversed(lower)]
        walls.append(Wall((0, 5.35, -0.4), RIGHT, UP, outline, colour, near=0.5, roof=False))
    return [*walls, Wall((-0.35, 4.5, -0.3), RIGHT, UP, rect(0, 0, 0.7, 0.85), linear(54, 48, 50), near=0.6)]


def arch_bridge(light: Daylight, random: Random) -> list[Wall]:
    """A stone bridge of three arches, seen from the side."""
    half, tall = 17.0, 4.6

    def road(x: float) -> float:
        return tall + 1.5 * (1 - (x / half) ** 2)

    xs = np.linspace(-half, half, 41)
    outline = [(-half, 0.0)]
    for middle, wide in ((-10.6, 4.0), (0.0, 5.2), (10.6, 4.0)):
        high = road(middle) - 1.3
        outline += [(middle - wide * math.cos(a), high * math.sin(a)) for a in np.linspace(0, math.pi, 17)]
    outline += [(half, 0.0), *((float(x), road(x) + 0.9) for x in xs[::-1])]
    inks = _bridge_stones(road, half, random)
    inks += [Ink([(float(x), road(x) + 0.05) for x in xs], _STONE * np.float32(0.55), thick=0.2)]
    inks += [Ink([(float(x), road(x) + 0.82) for x in xs], _STONE * np.float32(1.2), thick=0.22)]
    for middle, wide in ((-10.6, 4.0), (0.0, 5.2), (10.6, 4.0)):
        high = road(middle) - 1.3
        ring = [(middle - (wide + 0.3) * math.cos(a), (high + 0.3) * math.sin(a)) for a in np.linspace(0, math.pi, 25)]
        inks.append(Ink(ring, _STONE * np.float32(1.12), thick=0.5))
    walls = [Wall((0, 0, 0), RIGHT, UP, outline, _STONE * np.float32(0.92), tuple(inks), near=1)]
    # the arches' undersides, seen through them
    for middle, wide in ((-10.6, 4.0), (0.0, 5.2), (10.6, 4.0)):
        high = road(middle) - 1.3
        spots = [(middle - wide * math.cos(a), high * math.sin(a)) for a in np.linspace(0, math.pi, 13)]
        for (x0, y0), (x1, y1) in itertools.pairwise(spots):
            corners = [(x0, y0, 0), (x1, y1, 0), (x1, y1, 4.5), (x0, y0, 4.5)]
            walls.append(plane(corners, _STONE * np.float32(0.6), twin=True, near=-2))
    return walls


def _bridge_stones(road: Callable[[float], float], half: float, random: Random) -> list[Ink]:
    arches = ((-10.6, 4.4), (0.0, 5.6), (10.6, 4.4))
    inks = []
    for row in range(13):
        v = 0.5 * row
        for x in np.arange(-half, half - 1.0, 1.0):
            u = float(x) + 0.5 * (row % 2)
            inside = any(((u + 0.5 - m) / w) ** 2 + ((v + 0.25) / (road(m) - 0.9)) ** 2 < 1.02 for m, w in arches)
            if not inside and v + 0.5 < road(u) and u + 0.95 < half and random.random() < 0.6:
                inks.append(Ink(rect(u, v, 0.94, 0.44), _STONE * np.float32(random.uniform(0.78, 1.15))))
    return inks


BUILDERS: Mapping[str, Builder] = {
    "lighthouse": lighthouse,
    "cabin": cabin,
    "house": cottage,
    "barn": barn,
    "church": church,
    "castle": castle,
    "windmill": windmill,
    "temple": temple,
    "pagoda": pagoda,
    "torii": torii,
    "bridge": arch_bridge,
}
