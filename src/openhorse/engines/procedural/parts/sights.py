"""A kind's name in, the walls of more landmarks out: small things of the wayside, ruins, towers of iron, a great wall.

Each is as large as such things are (metres), its foot in the middle of its ground. Knows no place.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.houses import Curved, Hall, curved_roof, hall
from openhorse.engines.procedural.parts.model import (
    RIGHT,
    UP,
    Colour,
    Ink,
    Outline,
    Vector,
    Wall,
    box,
    drum,
    moved,
    plane,
)
from openhorse.engines.procedural.parts.windows import WARM, rect, stones
from openhorse.engines.procedural.world.hours import Daylight

Random = np.random.Generator
_STONE = linear(168, 158, 142)
_WOOD = linear(122, 88, 58)
_IRON = linear(84, 78, 76)


def fence(light: Daylight, random: Random) -> list[Wall]:
    """Fourteen metres of a wooden fence."""
    walls = []
    for k in range(15):
        x, tall = -7 + k, 1.15 * random.uniform(0.94, 1.06)
        tone = _WOOD * np.float32(random.uniform(0.8, 1.15))
        walls += box((x - 0.07, 0, -0.07), (0.14, tall, 0.14), tone)
    for y in (0.42, 0.86):
        for k in range(7):
            x0, x1 = -7.0 + 2 * k, -5.0 + 2 * k
            a, b = y + random.normal(0, 0.03), y + random.normal(0, 0.03)
            outline = [(x0, a), (x1, b), (x1, b + 0.13), (x0, a + 0.13)]
            walls.append(
                Wall((0, 0, -0.09), RIGHT, UP, outline, _WOOD * np.float32(random.uniform(0.9, 1.2)), near=0.2)
            )
    return walls


def well(light: Daylight, random: Random) -> list[Wall]:
    """A round stone well under a little roof, a bucket on its rope."""
    walls = drum((0, 0, 0), 1.0, 0.95, 0.95, [_STONE * np.float32(t) for t in (0.85, 1.05, 0.92, 1.1)], 16)
    for x in (-0.85, 0.78):
        walls += [replace(w, near=0.4) for w in box((x, 0.9, -0.06), (0.12, 1.6, 0.12), _WOOD)]
    roof = linear(140, 72, 54)
    for side in (-1, 1):
        corners = [(-1.3, 2.3, -0.9), (1.3, 2.3, -0.9), (1.3, 3.1, 0), (-1.3, 3.1, 0)]
        if side > 0:
            corners = [(1.3, 2.3, 0.9), (-1.3, 2.3, 0.9), (-1.3, 3.1, 0), (1.3, 3.1, 0)]
        walls.append(plane(corners, roof, roof=True, near=0.6))
    walls.append(Wall((-0.02, 1.3, -0.3), RIGHT, UP, rect(0, 0, 0.04, 1.1), linear(150, 130, 90), near=0.8))
    return [*walls, *(replace(w, near=1.0) for w in drum((0, 1.0, -0.2), 0.2, 0.24, 0.36, [_WOOD], 10))]


def bench(light: Daylight, random: Random) -> list[Wall]:
    """A park bench."""
    walls = []
    for y in (0.62, 0.80):
        walls += box((-0.95, y, 0.3), (1.9, 0.13, 0.04), _WOOD)
    for d in (-0.15, 0.02, 0.19):
        walls += box((-0.95, 0.44, d), (1.9, 0.05, 0.14), _WOOD * np.float32(1.1))
    for x in (-0.85, 0.79):
        walls += box((x, 0, -0.12), (0.07, 0.46, 0.45), _IRON * np.float32(0.5))
    return walls


def tent(light: Daylight, random: Random) -> list[Wall]:
    """A ridge tent whose cloth glows when lamps are lit."""
    cloth = (linear(226, 140, 50), linear(70, 130, 110), linear(196, 80, 60))[int(random.integers(0, 3))]
    lit = cloth * np.float32(0.75 * light.lamps)
    front = [(-1.5, 0), (1.5, 0), (0, 1.9)]
    inks = [Ink([(-0.5, 0), (0.5, 0), (0, 1.7)], linear(40, 32, 28))]
    if light.lamps > 0.1:
        inks = [Ink(front, lit, shines=True), Ink([(-0.9, 0), (0.9, 0), (0, 1.3)], lit * 1.7, shines=True)]
        inks.append(Ink([(-0.4, 0), (0.4, 0), (0, 1.5)], WARM * np.float32(1.1 * light.lamps), shines=True))
    inks.append(Ink([(0, 0), (0, 1.9)], cloth * 0.5, thick=0.04))
    walls = [Wall((0, 0, -1.5), RIGHT, UP, front, cloth, tuple(inks))]
    for x in (-1.5, 1.5):
        a: Vector = (x, 0, -1.5)
        b: Vector = (x, 0, 1.7)
        ring = [b, a, (0, 1.9, -1.5), (0, 1.9, 1.7)] if x < 0 else [a, b, (0, 1.9, 1.7), (0, 1.9, -1.5)]
        wall = plane(ring, cloth * np.float32(0.9), twin=True, roof=True)
        glow = (Ink(wall.outline, lit * 0.8, shines=True),) if light.lamps > 0.1 else ()
        walls.append(replace(wall, inks=glow, roof=not glow))
    for x in (-2.6, 2.6):
        rope = [(0.0, 1.9), (x, 0.0)]
        walls.append(
            Wall(
                (0, 0, -1.6),
                RIGHT,
                UP,
                [rope[0], rope[1], (x + 0.02, 0.03), (0.02, 1.92)],
                linear(200, 190, 170),
                twin=True,
            )
        )
    return walls


def campfire(light: Daylight, random: Random) -> list[Wall]:
    """Logs in a ring of stones, on fire."""
    walls = []
    for k in range(11):
        a = math.tau * k / 11
        r = 0.14 * random.uniform(0.8, 1.2)
        spot = (0.75 * math.sin(a), 0.0, 0.6 * math.cos(a))
        walls += drum(spot, r * 1.2, r * 0.5, r * 1.4, [_STONE * np.float32(random.uniform(0.4, 0.8))], 7)
    for k in range(5):
        x = 0.5 * math.cos(1.3 * k)
        log = [(-x, 0.02), (-x + 0.12, 0.0), (x * 0.3 + 0.06, 0.55), (x * 0.3 - 0.05, 0.55)]
        walls.append(Wall((0, 0, -0.05), RIGHT, UP, log, linear(70, 46, 32), near=0.2, twin=True))
    for k in range(12):
        u, high = random.normal(0, 0.2), random.uniform(0.5, 1.15)
        high *= 1.1 - 0.9 * min(1.0, abs(u) / 0.5)
        flame = [
            (u - 0.10, 0.08),
            (u + 0.10, 0.08),
            (u + 0.07, 0.5 * high),
            (u + random.normal(0, 0.05), high),
            (u - 0.08, 0.5 * high),
        ]
        inner = [(u - 0.05, 0.08), (u + 0.05, 0.08), (u, 0.6 * high)]
        inks = (
            Ink(flame, np.array((1.7, 0.62, 0.10)), shines=True),
            Ink(inner, np.array((2.6, 1.6, 0.42)), shines=True),
        )
        walls.append(Wall((0, 0, -0.1 - 0.01 * k), RIGHT, UP, flame, linear(255, 140, 40), inks, near=0.5))
    return walls


def boat(light: Daylight, random: Random) -> list[Wall]:
    """A rowing boat drawn up on the shore."""
    hull = (linear(70, 110, 140), linear(170, 60, 50), linear(226, 220, 206))[int(random.integers(0, 3))]
    xs = np.linspace(-2.1, 2.1, 15)
    top = [(float(x), 0.62 + 0.20 * (abs(x) / 2.1) ** 2) for x in xs]
    foot = [(float(x), 0.02 + 0.42 * (abs(x) / 2.1) ** 3.5) for x in xs[::-1]]
    inks = [Ink([(x, y - 0.09) for x, y in top], linear(236, 230, 214), thick=0.10)]
    inks += [
        Ink([(x, 0.02 + (y - 0.02) * p) for x, y in top], hull * np.float32(0.7), thick=0.02) for p in (0.35, 0.65)
    ]
    inside = [*top, *((x * 0.97, y + 0.12) for x, y in reversed(top))]
    return [
        Wall((0, 0, 0.4), RIGHT, UP, inside, _WOOD * np.float32(0.6), twin=True),
        Wall((0, 0, 0), RIGHT, UP, [*foot, *top], hull, tuple(inks), near=0.6),
        *(replace(w, near=0.3) for w in box((-0.5, 0.62, 0.0), (0.3, 0.06, 0.6), _WOOD)),
        Wall((0, 0, -0.1), RIGHT, UP, [(0.2, 0.75), (2.6, 0.10), (2.64, 0.16), (0.24, 0.82)], _WOOD, near=1.0),
    ]


def pyramid(light: Daylight, random: Random) -> list[Wall]:
    """A great pyramid of stone courses and a smaller one."""
    walls = []
    for x, d, half, tall in ((34.0, 60.0, 26.0, 32.0), (0.0, 0.0, 52.0, 64.0)):
        tone = linear(206, 168, 116)
        top: Vector = (x, tall, d + half)
        a, b = (x - half, 0, d), (x + half, 0, d)
        e, f = (x + half, 0, d + 2 * half), (x - half, 0, d + 2 * half)
        for one, other in ((a, b), (b, e), (f, a)):
            wall = plane([one, other, top], tone)
            steep = float(np.asarray(wall.outline)[:, 1].max())
            inks = []
            for k in range(26):
                v = steep * k / 26
                inset = half * k / 26
                inks.append(
                    Ink([(inset, v), (2 * half - inset, v)], tone * np.float32(random.uniform(0.6, 0.85)), thick=0.4)
                )
            walls.append(replace(wall, inks=tuple(inks), near=-d))
    return walls


def statue(light: Daylight, random: Random) -> list[Wall]:
    """A robed figure of bronze on a plinth, one arm raised."""
    bronze = linear(96, 122, 106)
    walls = box((-1.6, 0, -1.6), (3.2, 0.6, 3.2), _STONE * np.float32(0.9)) + box(
        (-1.2, 0.6, -1.2), (2.4, 3.0, 2.4), _STONE, stones(2.4, 3.0, (0.8, 0.5), _STONE, random)
    )
    walls += drum((0, 3.6, 0), 0.95, 0.55, 2.6, [bronze * np.float32(t) for t in (0.8, 0.9, 1.0)], 14)
    walls += drum((0, 6.2, 0), 0.58, 0.30, 0.7, [bronze], 12)
    walls += drum((0, 6.85, 0), 0.26, 0.30, 0.34, [bronze * np.float32(1.1)], 12) + drum(
        (0, 7.19, 0), 0.30, 0.12, 0.25, [bronze], 12
    )
    arm = [(0.35, 6.3), (0.6, 6.15), (1.25, 7.6), (1.05, 7.7)]
    walls.append(Wall((0, 0, -0.3), RIGHT, UP, arm, bronze, near=1.0, twin=True))
    folds = [
        Ink([(u, 3.7), (u * 0.5, 6.2)], bronze * np.float32(0.5), thick=0.07) for u in (-0.6, -0.3, 0.05, 0.35, 0.65)
    ]
    return [
        *walls,
        Wall(
            (0, 0, -0.97),
            RIGHT,
            UP,
            [(-0.8, 3.65), (0.8, 3.65), (0.45, 6.2), (-0.45, 6.2)],
            bronze,
            tuple(folds),
            near=0.9,
        ),
    ]


def ruins(light: Daylight, random: Random) -> list[Wall]:
    """A broken colonnade: columns whole and fallen, a piece of architrave."""
    walls = box((-11, 0, -3), (22, 0.5, 6), _STONE * np.float32(0.85), stones(22, 0.5, (1.4, 0.25), _STONE, random))
    walls += box((-10.4, 0.5, -2.6), (20.8, 0.4, 5.2), _STONE)
    heights = [7.0, 7.0, 7.0, 4.4, 7.0, 2.2, 5.6]
    for k, tall in enumerate(heights):
        x = -9.0 + 3.0 * k
        walls += box((x - 0.85, 0.9, -1.9), (1.7, 0.3, 1.7), _STONE)
        tones = [_STONE * np.float32(random.uniform(0.85, 1.1)) for _ in range(max(2, round(tall)))]
        walls += drum((x, 1.2, -1.0), 0.66, 0.56, tall, tones, 12)
        if tall > 6.9:
            walls += box((x - 0.9, 8.2, -1.9), (1.8, 0.4, 1.8), _STONE * np.float32(1.05))
    walls += box((-10.0, 8.6, -1.8), (8.2, 1.0, 1.6), _STONE, stones(8.2, 1.0, (1.5, 0.5), _STONE, random))
    return walls


def lattice_tower(light: Daylight, random: Random) -> list[Wall]:
    """A tall tower of iron lattice on four splayed legs, lit at night."""
    tall, walls = 96.0, []
    iron = linear(112, 88, 70)
    gold = np.array((1.0, 0.62, 0.24), np.float32) * np.float32(0.42 * light.lamps)

    def half(v: float) -> float:
        return float(2.0 + 21.0 * (1 - v / tall) ** 2.7)

    def bar(outline: Outline, thick: float, tone: Colour = iron) -> Ink:
        """A bar of iron, golden when lamps are lit."""
        lit = light.lamps > 0.1
        return Ink(outline, gold + tone * np.float32(0.1) if lit else tone, thick, lit)

    levels = np.linspace(0, tall, 23)
    for d in (-1.0, 1.0):
        inks = []
        for a, b in itertools.pairwise(levels):
            for s in (-1, 1):
                inner = 0.62 if a < 0.30 * tall else 0.45 if a < 0.55 * tall else 0.0
                x0, x1, y0, y1 = half(a) * s, half(b) * s, half(a) * s * inner, half(b) * s * inner
                for p, q in (
                    ((x0, a), (x1, b)),
                    ((y0, a), (y1, b)),
                    ((x0, a), (y1, b)),
                    ((y0, a), (x1, b)),
                    ((x1, b), (y1, b)),
                ):
                    thick = 0.55 if p[0] in (x0, y0) and q[0] in (x1, y1) else 0.3
                    inks.append(bar([p, q], thick))
        outline = [(-0.01, 0.0), (0.01, 0.0), (0.01, tall), (-0.01, tall)]
        walls.append(Wall((0, 0, d * 4), RIGHT, UP, outline, iron, tuple(inks), near=0.0, twin=True))
    for v, thick in ((0.20 * tall, 1.6), (0.42 * tall, 1.4), (0.9 * tall, 1.6)):
        w = half(v) + 1.0
        deck = bar(rect(-w, v, 2 * w, thick), 0.0, iron * np.float32(1.2))
        walls.append(Wall((0, 0, -5), RIGHT, UP, rect(-w, v, 2 * w, thick), iron, (deck,), near=2))
    arch = [(0.62 * half(0) * math.cos(a), 0.17 * tall * math.sin(a)) for a in np.linspace(0.0, math.pi, 25)]
    walls.append(
        Wall(
            (0, 0, -5),
            RIGHT,
            UP,
            [(-0.01, 0), (0.01, 0), (0, 0.01)],
            iron,
            (bar(arch, 0.9),),
            near=2,
        )
    )
    return [*walls, Wall((-0.25, tall, 0), RIGHT, UP, rect(0, 0, 0.5, 9), iron)]


def gate(light: Daylight, random: Random) -> list[Wall]:
    """A Chinese memorial gate: four posts, three tiled roofs, a name board."""
    red, tile = linear(170, 44, 34), linear(60, 84, 92)
    walls = []
    for x in (-5.2, -2.2, 2.2, 5.2):
        tall = 6.2 if abs(x) < 3 else 4.8
        walls += box((x - 0.5, 0, -0.5), (1.0, 0.7, 1.0), _STONE)
        walls += drum((x, 0.7, 0), 0.27, 0.26, tall, [red], 10)
    for x, y, half in ((0.0, 6.6, 3.0), (-3.9, 5.0, 1.7), (3.9, 5.0, 1.7)):
        paint = [
            Ink(rect(0, 0.2 * k, 2 * half, 0.1), (linear(40, 110, 120), linear(210, 160, 60))[k % 2]) for k in range(4)
        ]
        walls += box((x - half, y - 1.0, -0.25), (2 * half, 0.85, 0.5), linear(46, 92, 110), paint)
        walls += [
            replace(w, near=w.near + 0.6)
            for w in moved(curved_roof(Curved(half + 0.8, 1.3, 1.2, 0.6, 0.85, tile), y), (x, 0, 0))
        ]
    return [
        *walls,
        Wall(
            (-0.9, 5.0, -0.4),
            RIGHT,
            UP,
            rect(0, 0, 1.8, 0.9),
            linear(30, 50, 90),
            (Ink(rect(0.1, 0.1, 1.6, 0.7), linear(220, 180, 90)), Ink(rect(0.2, 0.2, 1.4, 0.5), linear(30, 40, 80))),
            near=1.2,
        ),
    ]


def great_wall(light: Daylight, random: Random) -> list[Wall]:
    """A crenellated wall that winds over a ridge from watch tower to watch tower."""
    tone = linear(150, 136, 116)
    xs = np.linspace(-60, 60, 49)

    def crest(x: float) -> float:
        return 10 + 7 * math.sin(x / 17) + 3 * math.sin(x / 7.3 + 1)

    ridge = [(float(x), crest(x) + 0.5) for x in xs]
    walls = [Wall((0, 0, 1), RIGHT, UP, [(-66, 0), (66, 0), *ridge[::-1]], linear(74, 92, 54), near=-3)]
    for x0, x1 in itertools.pairwise(float(x) for x in xs):
        a, b = crest(x0), crest(x1)
        inks = [Ink([(x0, a + 1.0), (x1, b + 1.0)], tone * np.float32(0.7), thick=0.2)]
        outline = [(x0, a - 1.5), (x1, b - 1.5), (x1, b + 4.2), (x0, a + 4.2)]
        shade = np.float32(0.92 + 0.16 * math.sin(x0 * 3.1))
        walls.append(Wall((0, 0, 0), RIGHT, UP, outline, tone * shade, tuple(inks)))
        walls += [
            Wall(
                (0, 0, -0.1),
                RIGHT,
                UP,
                rect(x0 + 0.2 + 1.25 * k, a + 4.1 + (b - a) * 0.5 * k, 0.75, 1.0),
                tone * shade,
                near=0.1,
            )
            for k in range(2)
        ]
    for x in (-42.0, -6.0, 30.0):
        y = crest(x)
        holes = [Ink(rect(1.1 + 2.1 * k, 4.6, 1.0, 1.7), linear(40, 34, 30)) for k in range(3)]
        walls += [
            replace(w, near=2)
            for w in box((x - 4, y - 2.5, -1), (8, 11, 7), tone, [*stones(8, 11, (1.2, 0.6), tone, random), *holes])
        ]
        walls += [
            replace(w, near=2.2)
            for k in range(5)
            for w in box((x - 4.2 + 1.8 * k, y + 8.5, -1.2), (1.1, 1.1, 0.8), tone)
        ]
    return walls


def suspension_bridge(light: Daylight, random: Random) -> list[Wall]:
    """A long bridge hung from two towers, its cables strung with lamps at night."""
    red, lit = linear(176, 66, 48), light.lamps
    walls = []
    for x in (-42.0, 42.0):
        for off in (-1.6, 1.0):
            walls += [replace(w, near=2) for w in box((x + off, 0, -1), (1.0, 40, 2), red)]
        for y in (14.0, 24.0, 33.0, 38.5):
            walls += [replace(w, near=2) for w in box((x - 1.6, y, -1), (3.6, 1.2, 2), red)]
    xs = np.linspace(-110, 110, 89)

    def cable(x: float) -> float:
        if abs(x) <= 42:
            return 12.5 + 26.5 * (x / 42) ** 2
        return 11.0 + 28.0 * float(max(0.0, (110 - abs(x)) / 68) ** 1.25)

    deck = [Ink(rect(0, 0, 220, 0.5), red * np.float32(0.6)), Ink(rect(0, 1.1, 220, 0.3), red * np.float32(1.3))]
    walls.append(Wall((-110, 9.6, -1), RIGHT, UP, rect(0, 0, 220, 1.4), red * np.float32(0.85), tuple(deck), near=1))
    lines = [Ink([(float(x), cable(float(x))) for x in xs], red, thick=0.5)]
    lines += [Ink([(float(x), 10.8), (float(x), cable(float(x)))], red * np.float32(0.9), thick=0.14) for x in xs]
    if lit > 0.1:
        lines += [
            Ink(rect(float(x) - 0.35, cable(float(x)) - 0.35, 0.7, 0.7), WARM * np.float32(1.6 * lit), shines=True)
            for x in xs
        ]
        lines += [Ink(rect(float(x) - 0.3, 11.2, 0.6, 0.8), WARM * np.float32(1.6 * lit), shines=True) for x in xs[::2]]
    walls.append(Wall((0, 0, -1.2), RIGHT, UP, [(-0.01, 9.7), (0.01, 9.7), (0, 9.8)], red, tuple(lines), near=1.5))
    return walls


def pavilion(light: Daylight, random: Random) -> list[Wall]:
    """A small open pavilion with one curved roof."""
    walls = box((-2.6, 0, -2.6), (5.2, 0.5, 5.2), _STONE)
    for x in (-2.0, 2.0):
        for d in (-2.0, 2.0):
            walls += drum((x, 0.5, d), 0.16, 0.15, 3.0, [linear(160, 50, 38)], 8)
    walls += [
        replace(w, colour=w.colour)
        for w in hall(Hall(2.0, 2.0, 0.5, linear(150, 46, 36), linear(46, 92, 110), 2), 3.1, light, random)
    ]
    return walls + curved_roof(Curved(3.3, 3.3, 2.0, 0.9, 0.08, linear(64, 84, 88)), 3.5)


SIGHTS: Mapping[str, Callable[[Daylight, Random], list[Wall]]] = {
    "fence": fence,
    "well": well,
    "bench": bench,
    "tent": tent,
    "campfire": campfire,
    "boat": boat,
    "pyramid": pyramid,
    "statue": statue,
    "ruins": ruins,
    "tower": lattice_tower,
    "gate": gate,
    "wall": great_wall,
    "suspension-bridge": suspension_bridge,
    "pavilion": pavilion,
}
