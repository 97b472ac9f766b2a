"""Measures and random numbers in, what stands in cafés and kitchens out: counters, bottles, machines, stoves, pans.

Each is walls with their foot's middle at (0, 0, 0), the front towards the viewer. Knows no room.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.paint import fitted, lettering
from openhorse.engines.procedural.parts.model import RIGHT, UP, Colour, Ink, Wall, box, drum, moved, plane
from openhorse.engines.procedural.parts.windows import rect

Random = np.random.Generator
_GLASS = (linear(60, 110, 70), linear(150, 90, 40), linear(190, 210, 210), linear(110, 40, 50), linear(220, 190, 120))
_CHINA = (linear(236, 232, 222), linear(120, 160, 170), linear(206, 120, 80), linear(90, 110, 130))
_CAKES = (
    linear(236, 200, 150),
    linear(120, 70, 46),
    linear(240, 170, 180),
    linear(250, 240, 220),
    linear(200, 120, 50),
)


def counter(wide: float, wood: Colour, top: Colour, lit: Colour, random: Random) -> list[Wall]:
    """A counter with panels and a lit glass case of cakes on it."""
    inks = []
    count = max(3, round(wide / 0.55))
    for k in range(count):
        u = wide * k / count
        inks.append(Ink(rect(u + 0.04, 0.14, wide / count - 0.08, 0.74), wood * np.float32(0.72)))
        inks.append(Ink(rect(u + 0.07, 0.17, wide / count - 0.14, 0.68), wood * np.float32(1.05)))
    inks.append(Ink(rect(0, 0, wide, 0.1), wood * np.float32(0.4)))
    walls = box((-wide / 2, 0, 0), (wide, 0.98, 0.6), wood, inks)
    walls += [replace(w, near=0.2) for w in box((-wide / 2 - 0.05, 0.98, -0.06), (wide + 0.1, 0.06, 0.7), top)]
    return walls + [replace(w, near=0.4) for w in _case(-wide * 0.42, min(1.5, 0.45 * wide), lit, random)]


def _case(x: float, wide: float, lit: Colour, random: Random) -> list[Wall]:
    back = linear(70, 52, 40) + lit * np.float32(0.12)
    inks = [Ink(rect(0.02, 0.02, wide - 0.04, 0.44), back, shines=bool(lit.max() > 0.05))]
    for row in range(2):
        v = 0.04 + 0.21 * row
        u = 0.07
        while u < wide - 0.18:
            tone = _CAKES[random.integers(0, len(_CAKES))]
            shining = bool(lit.max() > 0.05)
            glow = (0.30 + lit * 0.6).astype(np.float32) if shining else np.float32(1)
            w, h = random.uniform(0.08, 0.15), random.uniform(0.06, 0.12)
            inks.append(Ink(rect(u, v, w, h), tone * glow, shines=shining))
            inks.append(Ink(rect(u, v + h * 0.55, w, h * 0.45), tone * glow * np.float32(1.3), shines=shining))
            u += w + random.uniform(0.03, 0.08)
        inks.append(Ink(rect(0.02, v - 0.02, wide - 0.04, 0.02), linear(200, 200, 200) * 0.6))
    inks += [Ink([(0.1, 0.05), (0.3, 0.44)], linear(255, 255, 255) * 0.35, thick=0.02)]
    return box((x, 1.04, 0.02), (wide, 0.48, 0.4), linear(180, 176, 170), inks)


def espresso() -> list[Wall]:
    """A coffee machine of steel."""
    steel, dark = linear(190, 190, 194), linear(40, 38, 38)
    inks = [Ink(rect(0, 0.16, 0.8, 0.16), dark), Ink(rect(0.04, 0.36, 0.72, 0.1), steel * np.float32(1.3))]
    inks += [Ink(rect(u, 0.2, 0.1, 0.07), steel) for u in (0.14, 0.56)]
    inks += [Ink(rect(u + 0.02, 0.06, 0.07, 0.08), linear(236, 232, 224)) for u in (0.14, 0.56)]
    return box((-0.4, 0, 0), (0.8, 0.5, 0.4), steel, inks)


def bottles(wide: float, rows: int, wood: Colour, lit: Colour, random: Random) -> list[Wall]:
    """Open shelves of bottles, jars and cups on a wall; its foot is the lowest board."""
    walls = []
    for row in range(rows):
        y = 0.42 * row
        walls += box((-wide / 2, y, 0), (wide, 0.035, 0.22), wood)
        u = -wide / 2 + 0.06
        while u < wide / 2 - 0.14:
            if random.random() < 0.5:
                thick, high = random.uniform(0.06, 0.09), random.uniform(0.20, 0.32)
                tone = _GLASS[random.integers(0, len(_GLASS))]
                outline = [(0, 0), (thick, 0), (thick, 0.6 * high), (0.62 * thick, 0.75 * high), (0.62 * thick, high)]
                outline += [(0.38 * thick, high), (0.38 * thick, 0.75 * high), (0, 0.6 * high)]
                inks = (
                    Ink(rect(0.12 * thick, 0.05, 0.16 * thick, 0.45 * high), tone * np.float32(2.2)),
                    Ink(rect(0, 0.2 * high, thick, 0.22 * high), linear(226, 214, 186) * 0.8),
                )
                walls.append(Wall((u, y + 0.035, 0.05), RIGHT, UP, outline, tone, inks, near=0.3))
            else:
                thick, high = random.uniform(0.09, 0.13), random.uniform(0.08, 0.18)
                tone = _CHINA[random.integers(0, len(_CHINA))]
                gleam = Ink(rect(0.1 * thick, 0, 0.2 * thick, high), tone * np.float32(1.25))
                walls.append(Wall((u, y + 0.035, 0.05), RIGHT, UP, rect(0, 0, thick, high), tone, (gleam,), near=0.3))
            u += thick + random.uniform(0.015, 0.06)
        if lit.max() > 0.05:
            strip = Ink(rect(0, 0, wide, 0.015), lit * np.float32(1.2), shines=True)
            walls.append(
                Wall((-wide / 2, y - 0.012, -0.01), RIGHT, UP, rect(0, 0, wide, 0.015), lit, (strip,), near=0.5)
            )
    return walls


def menu(random: Random) -> list[Wall]:
    """A blackboard with chalk writing."""
    inks = [Ink(rect(0.05, 0.05, 1.3, 0.85), linear(36, 38, 38))]
    inks += letters("MENU", 0.45, 0.68, 0.15, linear(236, 226, 200) * 0.8)
    for k in range(4):
        v, long = 0.52 - 0.12 * k, random.uniform(0.3, 0.6)
        wave = [(0.15 + long * i / 20, v + 0.018 * math.sin(2.6 * i + k)) for i in range(21)]
        inks.append(Ink(wave, linear(226, 222, 210) * 0.6, thick=0.014))
        inks.append(Ink([(1.05, v), (1.22, v)], linear(240, 190, 110) * 0.7, thick=0.018))
    return box((-0.7, 0, -0.03), (1.4, 0.95, 0.03), linear(110, 76, 48), inks)


def letters(words: str, u: float, v: float, tall: float, colour: Colour, shines: bool = False) -> list[Ink]:
    """Words as ink from their lower left corner, of small squares."""
    mask = lettering(words, 32)
    rows = 12
    columns = max(1, round(rows * mask.shape[1] / mask.shape[0]))
    small = fitted(mask, columns, rows)
    size = tall / rows
    return [
        Ink(rect(u + x * size, v + (rows - 1 - y) * size, size * 1.05, size * 1.05), colour, shines=shines)
        for y in range(rows)
        for x in range(columns)
        if small[y, x] > 110
    ]


def round_table(wood: Colour, high: float = 0.74, cup: bool = True) -> list[Wall]:
    """A small round table on one leg, with a cup on it."""
    iron = linear(44, 40, 38)
    walls = drum((0, 0, 0), 0.24, 0.20, 0.03, [iron], 14) + drum((0, 0.03, 0), 0.03, 0.03, high - 0.06, [iron], 8)
    top = [(0.38 * math.sin(a), high, -0.38 * math.cos(a)) for a in np.linspace(0, math.tau, 19)[:-1]]
    walls += [replace(w, near=0.3) for w in drum((0, high - 0.035, 0), 0.38, 0.38, 0.035, [wood], 18)]
    walls.append(replace(plane(top, wood * np.float32(1.1)), near=0.3, twin=True))
    if cup:
        china = linear(240, 236, 228)
        walls += [replace(w, near=0.8) for w in drum((0.1, high, 0), 0.07, 0.075, 0.012, [china], 12)]
        walls += [replace(w, near=0.9) for w in drum((0.1, high + 0.01, 0), 0.028, 0.042, 0.06, [china], 12)]
    return walls


def stove(colour: Colour, steams: bool = True) -> list[Wall]:
    """A cooker with a window in its oven, knobs, and a pot on it."""
    dark = linear(30, 30, 32)
    inks = [
        Ink(rect(0.06, 0.16, 0.48, 0.40), dark),
        Ink(rect(0.10, 0.20, 0.40, 0.28), linear(70, 50, 36)),
        Ink(rect(0.06, 0.60, 0.48, 0.03), linear(200, 200, 200)),
    ]
    inks += [Ink(rect(0.08 + 0.12 * k, 0.74, 0.06, 0.06), linear(50, 50, 52)) for k in range(4)]
    walls = box((-0.3, 0, 0), (0.6, 0.9, 0.6), colour, inks)
    walls += [replace(w, near=0.3) for w in box((-0.3, 0.9, 0), (0.6, 0.02, 0.6), dark)]
    if steams:
        pot = linear(170, 60, 48)
        walls += [replace(w, near=0.8) for w in drum((-0.12, 0.92, 0.25), 0.13, 0.13, 0.17, [pot], 14)]
        walls += [
            replace(w, near=0.9) for w in drum((-0.12, 1.09, 0.25), 0.135, 0.03, 0.04, [pot * np.float32(1.15)], 14)
        ]
    return walls


def cupboards(wide: float, colour: Colour, top: Colour, doors: int = 0) -> list[Wall]:
    """Floor cupboards with a worktop."""
    doors = doors or max(2, round(wide / 0.5))
    inks = [Ink(rect(0, 0, wide, 0.1), colour * np.float32(0.3))]
    for k in range(doors):
        u, w = wide * k / doors, wide / doors
        inks.append(Ink(rect(u + 0.015, 0.12, w - 0.03, 0.72), colour * np.float32(0.8)))
        inks.append(Ink(rect(u + 0.03, 0.135, w - 0.06, 0.69), colour * np.float32(1.03)))
        inks.append(Ink(rect(u + 0.09, 0.20, w - 0.18, 0.56), colour * np.float32(0.93)))
        inks.append(Ink(rect(u + w - 0.07, 0.55, 0.02, 0.12), linear(190, 160, 100)))
    walls = box((-wide / 2, 0, 0), (wide, 0.87, 0.6), colour, inks)
    return walls + [replace(w, near=0.2) for w in box((-wide / 2 - 0.02, 0.87, -0.04), (wide + 0.04, 0.05, 0.64), top)]


def pans(count: int, random: Random) -> list[Wall]:
    """Pans and ladles hanging from a rail at its foot's height."""
    walls = [Wall((-count * 0.13, 0, 0), RIGHT, UP, rect(0, 0, count * 0.26, 0.018), linear(60, 50, 44))]
    for k in range(count):
        x = (k - (count - 1) / 2) * 0.26
        tone = (linear(196, 110, 66), linear(60, 60, 64), linear(184, 186, 190))[random.integers(0, 3)]
        r = random.uniform(0.07, 0.115)
        walls.append(Wall((x, -0.2, -0.01), RIGHT, UP, rect(-0.012, 0, 0.024, 0.2), tone * np.float32(0.7), near=0.05))
        ring = [(r * math.cos(a), -0.2 - r + r * math.sin(a)) for a in np.linspace(0, math.tau, 21)[:-1]]
        shine = [
            (0.62 * r * math.cos(a) - 0.15 * r, -0.2 - r + 0.62 * r * math.sin(a) + 0.15 * r)
            for a in np.linspace(0, math.tau, 17)[:-1]
        ]
        walls.append(Wall((x, 0, -0.02), RIGHT, UP, ring, tone, (Ink(shine, tone * np.float32(1.25)),), near=0.06))
    return walls


def fridge(colour: Colour) -> list[Wall]:
    """A tall refrigerator with round corners."""
    inks = [
        Ink(rect(0, 1.12, 0.68, 0.02), colour * np.float32(0.5)),
        Ink(rect(0.05, 1.2, 0.03, 0.24), linear(200, 200, 204)),
        Ink(rect(0.05, 0.78, 0.03, 0.26), linear(200, 200, 204)),
    ]
    inks.append(Ink(rect(0.5, 0.05, 0.1, 1.6), colour * np.float32(1.12)))
    return box((-0.34, 0, 0), (0.68, 1.72, 0.62), colour, inks)


def stood(walls: list[Wall], x: float, y: float, d: float = 0.0) -> list[Wall]:
    """The same thing on something else."""
    return [replace(wall, near=wall.near + 0.6) for wall in moved(walls, (x, y, d))]
