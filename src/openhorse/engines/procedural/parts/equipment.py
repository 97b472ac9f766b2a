"""Measures and random numbers in, what stands in rooms for work and sport out: easels, racks, benches, seats, flasks.

Each is walls with their foot's middle at (0, 0, 0), the front towards the viewer. Knows no room.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.bistro import letters
from openhorse.engines.procedural.parts.model import RIGHT, UP, Colour, Ink, Wall, box, drum, plane
from openhorse.engines.procedural.parts.windows import rect

Random = np.random.Generator
_STEEL, _DARK = linear(176, 180, 186), linear(42, 44, 50)
_BRIGHT = (
    linear(226, 66, 60), linear(250, 200, 60), linear(60, 150, 210), linear(90, 180, 90), linear(240, 140, 60),
    linear(236, 232, 222), linear(150, 90, 170),
)  # fmt: skip


def easel(random: Random) -> list[Wall]:
    """An easel with a painting on it: hills under an evening sky."""
    wood = linear(150, 108, 66)
    walls = [
        Wall((0, 0, d), RIGHT, UP, leg, wood)
        for leg, d in (
            ([(-0.5, 0), (-0.44, 0), (0.03, 1.9), (-0.03, 1.9)], 0.0),
            ([(0.44, 0), (0.5, 0), (0.03, 1.9), (-0.03, 1.9)], 0.0),
            ([(-0.03, 0), (0.03, 0), (0.03, 1.8), (-0.03, 1.8)], 0.4),
        )
    ]
    walls += [replace(w, near=0.1) for w in box((-0.45, 0.72, -0.08), (0.9, 0.05, 0.1), wood)]
    inks = [Ink(rect(0, 0, 0.84, 0.96), linear(250, 180, 110)), Ink(rect(0, 0.55, 0.84, 0.41), linear(96, 120, 190))]
    for k, tone in enumerate((linear(150, 96, 130), linear(96, 70, 110), linear(60, 88, 70))):
        us = np.linspace(0, 0.84, 12)
        hill = [(float(u), 0.5 - 0.15 * k + 0.06 * math.sin(7 * u + 2 * k + float(random.uniform(0, 2)))) for u in us]
        inks.append(Ink([*hill, (0.84, 0), (0, 0)], tone))
    return walls + [replace(w, near=0.3) for w in box((-0.42, 0.78, -0.06), (0.84, 0.96, 0.03), _BRIGHT[5], inks)]


def jars(count: int, random: Random) -> list[Wall]:
    """Jars of paint and brushes side by side."""
    walls: list[Wall] = []
    for k in range(count):
        x, tone = 0.13 * (k - count / 2), _BRIGHT[k % 7]
        walls += drum((x, 0, 0), 0.05, 0.05, float(random.uniform(0.08, 0.14)), [tone], 10)
        if k % 3 == 0:
            for lean in (-0.03, 0.0, 0.03):
                stick = [(x - 0.006, 0.08), (x + 0.006, 0.08), (x + lean + 0.006, 0.34), (x + lean - 0.006, 0.34)]
                walls.append(Wall((0, 0, -0.01), RIGHT, UP, stick, linear(190, 150, 96)))
    return walls


def flasks(random: Random, shine: float) -> list[Wall]:
    """Glass on a laboratory bench: flasks, a rack of tubes, something that glows."""
    walls: list[Wall] = []
    tones = (linear(70, 200, 190), linear(230, 90, 150), linear(110, 200, 90), linear(90, 130, 240))
    for k in range(4):
        x, tone = 0.26 * (k - 1.6), tones[k]
        body = [
            (-0.10, 0),
            (0.10, 0),
            (0.11, 0.03),
            (0.03, 0.2),
            (0.03, 0.3),
            (-0.03, 0.3),
            (-0.03, 0.2),
            (-0.11, 0.03),
        ]
        full = [(-0.10, 0.005), (0.10, 0.005), (0.105, 0.03), (0.065, 0.12), (-0.065, 0.12), (-0.105, 0.03)]
        glass = linear(200, 220, 226)
        inks = (Ink(full, tone * np.float32(0.6 + 0.8 * shine), shines=shine > 0.1),)
        walls.append(Wall((x, 0, 0), RIGHT, UP, body, glass * np.float32(0.7), inks))
    for k in range(6):
        u = 0.62 + 0.06 * k
        inks = (Ink(rect(0, 0, 0.03, 0.12), tones[k % 4] * np.float32(0.7)),)
        walls.append(Wall((u, 0.04, 0), RIGHT, UP, rect(0, 0, 0.03, 0.2), linear(210, 226, 230), inks))
    return [*walls, *box((0.6, 0, 0.02), (0.38, 0.06, 0.08), linear(160, 120, 80))]


def monitor(wide: float, lit: Colour) -> list[Wall]:
    """A screen on its foot that shows lines."""
    inks = [Ink(rect(0.02, 0.02, wide - 0.04, 0.4), lit * np.float32(0.35), shines=True)]
    for k in range(3):
        us = np.linspace(0.06, wide - 0.06, 30)
        wave = [(float(u), 0.1 + 0.12 * k + 0.04 * math.sin(23 * u + 2 * k) * math.sin(5 * u)) for u in us]
        inks.append(Ink(wave, lit * np.float32(1.3), thick=0.012, shines=True))
    stand = box((-0.03, 0, 0.04), (0.06, 0.2, 0.03), _DARK)
    return [*stand, *(replace(w, near=0.1) for w in box((-wide / 2, 0.18, 0), (wide, 0.44, 0.04), _DARK, inks))]


def weights(random: Random) -> list[Wall]:
    """A rack of dumb-bells, and a barbell above them."""
    walls: list[Wall] = []
    for x in (-0.95, 0.89):
        walls += box((x, 0, 0.1), (0.06, 1.3, 0.3), _DARK)
    for row in range(2):
        y = 0.25 + 0.42 * row
        walls += box((-0.95, y, 0), (1.9, 0.05, 0.4), _STEEL * np.float32(0.7))
        for k in range(7):
            x, size = -0.8 + 0.265 * k, 0.075 + 0.008 * k
            ring = [(size * math.cos(a), size * math.sin(a)) for a in np.linspace(0, math.tau, 7)[:-1]]
            tone = _BRIGHT[(k // 2) % 4] * np.float32(0.8) if row else _DARK * np.float32(1.6)
            hub = (Ink([(0.4 * u, 0.4 * v) for u, v in ring], _STEEL),)
            walls.append(Wall((x, y + 0.05 + size, -0.05), RIGHT, UP, ring, tone, hub, near=0.3))
    walls += [replace(w, near=0.2) for w in box((-1.15, 1.32, 0.1), (2.3, 0.04, 0.04), _STEEL)]
    for x in (-1.1, -1.02, 0.98, 1.06):
        walls += [replace(w, near=0.4) for w in box((x, 1.14, 0.0), (0.05, 0.4, 0.3), _DARK * np.float32(1.4))]
    return walls


def punch_bag() -> list[Wall]:
    """A punching bag on its chain, its foot at its lower end."""
    red = linear(176, 40, 36)
    walls = drum((0, 0, 0), 0.19, 0.19, 1.1, [red, red * np.float32(0.9), red], 14)
    walls += [replace(w, near=0.2) for w in drum((0, 0.5, 0), 0.195, 0.195, 0.08, [_DARK], 14)]
    return [*walls, Wall((-0.01, 1.1, 0), RIGHT, UP, rect(0, 0, 0.02, 1.2), _STEEL)]


def treadmill() -> list[Wall]:
    """A treadmill from the side."""
    walls = box((-0.8, 0.06, 0), (1.6, 0.14, 0.6), _DARK)
    walls += box((0.55, 0.1, 0), (0.08, 1.25, 0.06), _STEEL)
    screen = (Ink(rect(0.03, 0.03, 0.24, 0.16), linear(80, 200, 230) * np.float32(0.8), shines=True),)
    return [*walls, *(replace(w, near=0.2) for w in box((0.4, 1.25, 0), (0.3, 0.22, 0.5), _DARK, screen))]


def mirror(wide: float, tall: float, light: Colour) -> list[Wall]:
    """A big mirror without a frame: pale, with slanting gleams."""
    glass = linear(150, 170, 180)
    inks = []
    for k in range(3):
        u = wide * (0.12 + 0.3 * k)
        slant = [(u, 0), (u + 0.12 * wide, 0), (min(wide, u + 0.12 * wide + 0.4), tall), (min(wide, u + 0.4), tall)]
        inks.append(Ink(slant, glass * np.float32(1.25)))
    return box((-wide / 2, 0, -0.02), (wide, tall, 0.02), glass, inks)


def crates(random: Random) -> list[Wall]:
    """Old boxes and a trunk, heaped."""
    walls: list[Wall] = []
    for x, y, d, w, h in (
        (-0.7, 0, 0.2, 0.7, 0.5),
        (0.1, 0, 0.1, 0.8, 0.45),
        (-0.5, 0.5, 0.25, 0.5, 0.4),
        (0.2, 0.45, 0.2, 0.55, 0.35),
    ):
        wood = linear(150, 112, 72) * np.float32(random.uniform(0.7, 1.1))
        inks = [
            Ink(rect(0.02, k * h / 3 + 0.01, w - 0.04, h / 3 - 0.02), wood * np.float32(1.1 - 0.12 * (k % 2)))
            for k in range(3)
        ]
        inks += [Ink(rect(u, 0, 0.06, h), wood * np.float32(0.7)) for u in (0.03, w - 0.09)]
        walls += [replace(wall, near=-0.2 + y) for wall in box((x, y, d), (w, h, 0.5), wood, inks)]
    return walls


def column(tall: float, stone: Colour, gold: Colour) -> list[Wall]:
    """A round column on its base, with a gilded head."""
    walls = box((-0.42, 0, -0.42), (0.84, 0.22, 0.84), stone * np.float32(0.9))
    walls += drum((0, 0.22, 0), 0.30, 0.26, tall - 0.62, [stone * np.float32(t) for t in (0.95, 1.0, 1.0)], 20)
    walls += [replace(w, near=0.2) for w in drum((0, tall - 0.42, 0), 0.28, 0.42, 0.26, [gold], 20)]
    return walls + [replace(w, near=0.3) for w in box((-0.48, tall - 0.17, -0.48), (0.96, 0.17, 0.96), stone)]


def chandelier(lit: Colour) -> list[Wall]:
    """A chandelier of two rings of candles, hung from its chain's upper end at (0, 0, 0)."""
    gold = linear(206, 160, 76)
    walls = [Wall((-0.012, -1.0, 0), RIGHT, UP, rect(0, 0, 0.024, 1.0), gold)]
    for y, reach, count in ((-1.0, 0.42, 7), (-1.35, 0.72, 11)):
        walls.append(Wall((0, y, 0), RIGHT, UP, rect(-reach, 0, 2 * reach, 0.05), gold))
        for k in range(count):
            x = reach * math.sin((k / (count - 1) - 0.5) * math.pi)
            flame = (Ink(rect(0, 0, 0.045, 0.1), lit * np.float32(2.4), shines=True),)
            walls.append(
                Wall((x - 0.022, y + 0.05, -0.02), RIGHT, UP, rect(0, 0, 0.045, 0.16), _BRIGHT[5], flame, near=0.2)
            )
    return walls


def seat(cloth: Colour) -> list[Wall]:
    """A seat from the side, as in a train or a plane: a high back with a white cloth, an arm rest."""
    back = [(-0.40, 0.45), (-0.15, 0.42), (-0.38, 1.18), (-0.52, 1.16)]
    cover = (Ink([(-0.51, 0.98), (-0.36, 0.98), (-0.38, 1.17), (-0.52, 1.15)], linear(232, 228, 220)),)
    walls = [Wall((0, 0, -0.1), RIGHT, UP, back, cloth, cover, near=0.3)]
    walls += [replace(w, near=0.2) for w in box((-0.36, 0.32, -0.1), (0.62, 0.15, 0.5), cloth * np.float32(0.9))]
    walls += [replace(w, near=0.5) for w in box((-0.31, 0.62, -0.14), (0.5, 0.05, 0.06), _DARK)]
    return walls + box((-0.21, 0, 0), (0.3, 0.32, 0.2), _DARK)


def goods(wide: float, rows: int, random: Random) -> list[Wall]:
    """A shop's shelves, full of packets and tins in bright colours."""
    white = linear(226, 226, 222)
    step, inks = 0.40, list[Ink]()
    for row in range(rows):
        v, u = row * step + 0.04, 0.04
        inks.append(Ink(rect(0, row * step + 0.03, wide, step - 0.03), white * np.float32(0.35)))
        while u < wide - 0.16:
            tone, count = _BRIGHT[int(random.integers(0, 7))], int(random.integers(2, 5))
            w, h = float(random.uniform(0.06, 0.12)), float(random.uniform(0.16, 0.30))
            for _ in range(count):
                if u + w > wide - 0.03:
                    break
                inks.append(Ink(rect(u, v, w * 0.94, h), tone * np.float32(random.uniform(0.85, 1.0))))
                inks.append(Ink(rect(u + 0.1 * w, v + 0.4 * h, w * 0.74, 0.28 * h), white))
                u += w
            u += 0.02
        inks.append(Ink(rect(0, row * step, wide, 0.04), _BRIGHT[1]))
    return box((-wide / 2, 0, 0), (wide, rows * step, 0.4), white, inks)


def board(words: str, wide: float, tone: Colour, lit: float) -> list[Wall]:
    """A hanging board with words that shine by `lit`."""
    size = min(0.26, wide / (0.66 * len(words)))
    inks = letters(
        words, wide / 2 - 0.31 * size * len(words), 0.12, size, linear(255, 240, 200) * np.float32(lit), True
    )
    return box((-wide / 2, 0, 0), (wide, 0.5, 0.08), tone, inks)


def bread(wide: float, rows: int, wood: Colour, random: Random) -> list[Wall]:
    """Slanting shelves of loaves, rolls and baguettes."""
    walls: list[Wall] = []
    for row in range(rows):
        y, x = 0.46 * row, -wide / 2 + 0.1
        walls += box((-wide / 2, y, 0), (wide, 0.04, 0.3), wood)
        while x < wide / 2 - 0.2:
            crust = (linear(206, 140, 70), linear(176, 104, 48), linear(226, 170, 96))[int(random.integers(0, 3))]
            w, h = float(random.uniform(0.14, 0.30)), float(random.uniform(0.10, 0.16))
            loaf = [(w / 2 + w / 2 * math.cos(a), max(0.0, h * math.sin(a))) for a in np.linspace(0, math.pi, 11)]
            cuts = [
                Ink([(w * t, 0.5 * h), (w * t + 0.03, 0.85 * h)], crust * np.float32(1.5), thick=0.014)
                for t in (0.25, 0.45, 0.65)
            ]
            walls.append(Wall((x, y + 0.04, 0.02), RIGHT, UP, loaf, crust, tuple(cuts), near=0.2))
            x += w + 0.03
    return walls


def gable(half: float, tall: float, wood: Colour) -> list[Wall]:
    """The slopes of a roof over an attic's back wall, from its ridge down to both sides."""
    walls = []
    for side in (-1.0, 1.0):
        outer, low, ridge = side * half * 1.5, 0.7, side * 0.18 * half
        corners = [(outer, low, 0.0), (outer, tall + 0.6, 0.0), (ridge, tall + 0.6, 0.0), (ridge, tall - 0.06, 0.0)]
        wall = plane(corners if side < 0 else corners[::-1], wood * np.float32(0.62), twin=True)
        walls.append(wall)
        for k in range(5):
            t = (k + 0.5) / 5
            x, y = outer + (ridge - outer) * t, low + (tall - 0.06 - low) * t
            walls += [replace(w, near=0.3) for w in box((x - 0.06, y, -0.1), (0.12, tall + 0.6 - y, 0.1), wood)]
    return walls
