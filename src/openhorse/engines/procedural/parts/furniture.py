"""Measures and colours in, the walls of furniture out: sofa, shelf, table, bed, fireplace, lamps. Knows no room.

Each stands on the floor with its foot's middle at (0, 0, 0), its front towards the viewer; d runs away from the viewer.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.model import AWAY, RIGHT, UP, Colour, Ink, Wall, box, drum, moved
from openhorse.engines.procedural.parts.windows import rect

_BOOKS = (
    linear(150, 52, 44),
    linear(52, 84, 120),
    linear(200, 168, 96),
    linear(64, 100, 72),
    linear(222, 212, 190),
    linear(92, 58, 88),
    linear(184, 108, 56),
    linear(48, 52, 60),
)


def _soft(
    corner: tuple[float, float, float], size: tuple[float, float, float], colour: Colour, near: float = 0.0
) -> list[Wall]:
    """A cushion-like box: its front lighter above, dark in its seams."""
    wide, tall, _ = size
    seam = 0.10 * min(wide, tall)
    inks = [
        Ink(rect(0, 0, wide, tall), colour * np.float32(0.72)),
        Ink(_round(0.01, 0.01, wide - 0.02, tall - 0.02, seam * 1.4), colour * np.float32(0.92)),
        Ink(_round(seam * 0.6, tall * 0.35, wide - 1.2 * seam, tall * 0.60, seam), colour),
        Ink(_round(seam, tall * 0.72, wide - 2 * seam, tall * 0.22, seam), colour * np.float32(1.12)),
    ]
    return [replace(wall, near=near) for wall in box(corner, size, colour, inks)]


def _round(u: float, v: float, wide: float, tall: float, radius: float) -> list[tuple[float, float]]:
    """A rectangle with round corners."""
    radius = min(radius, wide / 2.01, tall / 2.01)
    spots = []
    for cx, cy, start in (
        (u + wide - radius, v + radius, -0.5),
        (u + wide - radius, v + tall - radius, 0.0),
        (u + radius, v + tall - radius, 0.5),
        (u + radius, v + radius, 1.0),
    ):
        spots += [
            (cx + radius * math.cos(math.pi * (start + k / 8)), cy + radius * math.sin(math.pi * (start + k / 8)))
            for k in range(5)
        ]
    return spots


def sofa(colour: Colour, pillow: Colour, wide: float = 2.1) -> list[Wall]:
    """A sofa of two or three seats with pillows."""
    half = wide / 2
    walls = _soft((-half, 0.34, 0.55), (wide, 0.52, 0.28), colour * np.float32(0.9))
    count = 3 if wide > 1.9 else 2
    seat = (wide - 0.4) / count
    for k in range(count):
        x = -half + 0.2 + k * seat
        walls += _soft((x, 0.46, 0.38), (seat - 0.02, 0.40, 0.16), colour, 0.3)
        walls += _soft((x, 0.28, -0.02), (seat - 0.02, 0.17, 0.55), colour * np.float32(1.05), 0.5)
    walls += _soft((-half, 0.08, -0.02), (wide, 0.20, 0.5), colour * np.float32(0.8), 0.45)
    for x in (-half, half - 0.22):
        walls += _soft((x, 0.08, -0.05), (0.22, 0.54, 0.85), colour * np.float32(0.97), 0.6)
    for x, tone in ((-half + 0.28, 1.0), (half - 0.68, 0.85)):
        walls += _soft((x, 0.45, 0.26), (0.42, 0.36, 0.12), pillow * np.float32(tone), 0.7)
    for x in (-half + 0.06, half - 0.12):
        walls += [replace(w, near=0.4) for w in box((x, 0, 0.02), (0.06, 0.09, 0.06), linear(60, 40, 28))]
    return walls


def shelf(wide: float, tall: float, wood: Colour, random: np.random.Generator, full: float = 0.85) -> list[Wall]:
    """A bookcase full of books, a vase or a box here and there."""
    rows = max(2, round(tall / 0.36))
    step = tall / rows
    inks = [Ink(rect(0, 0, wide, tall), wood * np.float32(0.36))]
    for row in range(rows):
        v, u = row * step + 0.035, 0.06
        while u < wide - 0.12:
            if random.random() > full:
                u += random.uniform(0.06, 0.22)
                continue
            if random.random() < 0.05 and u < wide - 0.3:
                tone = _BOOKS[random.integers(0, len(_BOOKS))]
                inks.append(Ink(_round(u, v, 0.16, 0.20, 0.07), tone))
                inks.append(Ink(_round(u + 0.02, v + 0.08, 0.05, 0.10, 0.02), tone * np.float32(1.35)))
                u += 0.22
                continue
            thick, high = random.uniform(0.022, 0.055), random.uniform(0.58, 0.88) * step
            tone = _BOOKS[random.integers(0, len(_BOOKS))] * np.float32(random.uniform(0.7, 1.15))
            inks.append(Ink(rect(u, v, thick, high), tone))
            inks.append(Ink(rect(u, v, thick * 0.3, high), tone * np.float32(0.7)))
            inks.append(Ink(rect(u, v + high * 0.72, thick, high * 0.06), tone * np.float32(1.5)))
            u += thick + 0.002
        inks.append(Ink(rect(0, row * step, wide, 0.035), wood))
        inks.append(Ink(rect(0, row * step + step - 0.05, wide, 0.05), wood * np.float32(0.2)))
    inks += [Ink(rect(u, 0, 0.05, tall), wood) for u in (0.0, wide - 0.05)]
    inks.append(Ink(rect(0, tall - 0.05, wide, 0.05), wood * np.float32(1.1)))
    return box((-wide / 2, 0, 0), (wide, tall, 0.3), wood, inks)


def table(wide: float, tall: float, deep: float, wood: Colour) -> list[Wall]:
    """A table on four legs."""
    walls = box((-wide / 2, tall - 0.06, -deep / 2), (wide, 0.06, deep), wood * np.float32(1.05))
    walls = [replace(wall, near=0.4) for wall in walls]
    for x in (-wide / 2 + 0.05, wide / 2 - 0.11):
        for d in (-deep / 2 + 0.05, deep / 2 - 0.1):
            walls += box((x, 0, d), (0.06, tall - 0.06, 0.06), wood * np.float32(0.8))
    return walls


def chair(wood: Colour, seat: Colour) -> list[Wall]:
    """A chair seen from before, its back farther away."""
    walls = box((-0.22, 0.43, -0.2), (0.44, 0.06, 0.42), seat)
    for x in (-0.21, 0.17):
        walls += box((x, 0, -0.19), (0.04, 0.43, 0.04), wood)
        walls += box((x, 0, 0.2), (0.04, 0.92, 0.04), wood * np.float32(0.9))
    for y in (0.62, 0.82):
        walls += box((-0.2, y, 0.2), (0.4, 0.08, 0.03), wood)
    return walls


def bed(cover: Colour, sheet: Colour, wood: Colour, wide: float = 1.7) -> list[Wall]:
    """A bed along the wall, its side towards the viewer."""
    walls = [replace(w, near=-0.2) for w in box((-wide / 2 - 0.3, 0, 0.0), (0.08, 1.05, 1.1), wood)]
    long = 2.05
    walls += box((-wide / 2 - 0.22, 0.12, 0), (long, 0.16, 1.1), wood * np.float32(0.9))
    walls += _soft((-wide / 2 - 0.2, 0.28, 0.02), (long - 0.04, 0.20, 1.05), sheet)
    walls += _soft((-wide / 2 + 0.35, 0.26, -0.03), (long - 0.6, 0.28, 1.12), cover, 0.3)
    walls += _soft((-wide / 2 - 0.15, 0.47, 0.25), (0.5, 0.20, 0.6), sheet * np.float32(1.1), 0.4)
    walls += [replace(w, near=0.2) for w in box((long - wide / 2 - 0.26, 0, 0), (0.07, 0.62, 1.1), wood)]
    return walls


def fireplace(stone: Colour, wood: Colour, burns: bool, random: np.random.Generator) -> list[Wall]:
    """A fireplace with its mantel, a fire of painted flames in it where it `burns`."""
    dark = linear(26, 20, 18)
    inks = []
    for row in range(7):
        for k in range(6):
            tone = np.float32(random.uniform(0.8, 1.2))
            inks.append(Ink(rect(k * 0.3 - 0.15 * (row % 2) + 0.01, row * 0.17 + 0.01, 0.28, 0.15), stone * tone))
    inks.append(Ink(rect(0.35, 0, 0.9, 0.78), dark))
    if burns:
        inks.append(Ink(_round(0.42, 0.06, 0.76, 0.5, 0.2), np.array((0.9, 0.22, 0.03)) * 0.8, shines=True))
        for k in range(9):
            u = 0.46 + 0.68 * k / 8
            high = random.uniform(0.22, 0.5) * (1.15 - abs(k - 4) / 7)
            flame = [
                (u - 0.07, 0.07),
                (u + 0.07, 0.07),
                (u + 0.05, 0.5 * high),
                (u + random.normal(0, 0.03), high),
                (u - 0.06, 0.5 * high),
            ]
            inks.append(Ink(flame, np.array((1.8, 0.75 + 0.3 * random.random(), 0.14)), shines=True))
            core = [(u - 0.035, 0.07), (u + 0.035, 0.07), (u, 0.55 * high)]
            inks.append(Ink(core, np.array((2.6, 1.7, 0.5)), shines=True))
    inks += [Ink(_round(u, 0.03, 0.5, 0.09, 0.045), linear(70, 46, 34)) for u in (0.45, 0.62)]
    walls = box(
        (-0.8, 0, 0),
        (1.6, 1.18, 0.4),
        stone * np.float32(0.55),
        [Ink(i.outline, i.colour, i.thick, i.shines) for i in inks if _within(i, 1.6, 1.18)],
    )
    mantel = box((-0.95, 1.18, -0.12), (1.9, 0.09, 0.5), wood)
    chimney = box((-0.6, 1.27, 0.08), (1.2, 1.6, 0.3), stone * np.float32(0.9))
    return walls + [replace(w, near=0.3) for w in mantel] + chimney


def _within(ink: Ink, wide: float, tall: float) -> bool:
    return all(-0.16 <= u <= wide + 0.16 and v <= tall + 0.02 for u, v in ink.outline)


def floor_lamp(shade: Colour, lit: Colour) -> list[Wall]:
    """A standing lamp; `lit` is the colour its shade shines with, black when out."""
    metal = linear(70, 56, 44)
    walls = drum((0, 0, 0), 0.16, 0.15, 0.03, [metal], 12)
    walls += [Wall((-0.015, 0, 0), RIGHT, UP, rect(0, 0, 0.03, 1.4), metal)]
    outline = [(-0.24, 1.32), (0.24, 1.32), (0.15, 1.66), (-0.15, 1.66)]
    inks = [
        Ink(outline, lit * np.float32(0.8), shines=True),
        Ink([(-0.16, 1.34), (0.16, 1.34), (0.1, 1.62), (-0.1, 1.62)], lit * np.float32(1.25), shines=True),
    ]
    return [*walls, Wall((0, 0, -0.2), RIGHT, UP, outline, shade, tuple(inks) if lit.max() > 0.05 else ())]


def pendant(shade: Colour, lit: Colour, drop: float) -> list[Wall]:
    """A lamp hanging on a cord `drop` long, its cord's upper end at (0, 0, 0)."""
    walls = [Wall((-0.008, -drop, 0), RIGHT, UP, rect(0, 0, 0.016, drop), linear(34, 30, 28))]
    outline = [(-0.20, -drop - 0.20), (0.20, -drop - 0.20), (0.06, -drop), (-0.06, -drop)]
    inks = [
        Ink(
            [(-0.15, -drop - 0.2), (-0.02, -drop - 0.2), (-0.03, -drop - 0.02), (-0.055, -drop - 0.02)],
            shade * np.float32(1.6),
        )
    ]
    if lit.max() > 0.05:
        inks.append(
            Ink(
                [(-0.19, -drop - 0.2), (0.19, -drop - 0.2), (0.17, -drop - 0.16), (-0.17, -drop - 0.16)],
                lit * np.float32(2.2),
                shines=True,
            )
        )
    walls.append(Wall((0, 0, -0.1), RIGHT, UP, outline, shade, tuple(inks)))
    if lit.max() > 0.05:
        bulb = [(0.055 * math.cos(a), -drop - 0.22 + 0.055 * math.sin(a)) for a in np.linspace(0, math.tau, 13)[:-1]]
        walls.append(
            Wall((0, 0, -0.11), RIGHT, UP, bulb, shade, (Ink(bulb, lit * np.float32(3.4), shines=True),), near=0.2)
        )
    return walls


def potted_plant(tall: float, leaf: Colour, pot: Colour, random: np.random.Generator) -> list[Wall]:
    """A houseplant of broad leaves on bent stalks in a pot."""
    walls = drum((0, 0, 0), 0.15 * tall, 0.20 * tall, 0.30 * tall, [pot, pot * np.float32(1.1)], 14)
    for k in range(15):
        lean = random.uniform(-1, 1)
        up, out = tall * random.uniform(0.45, 1.0), lean * tall * 0.42
        tip = (out, up)
        base = (out * 0.1, 0.28 * tall)
        side = (-(tip[1] - base[1]) * 0.16, (tip[0] - base[0]) * 0.16)
        middle = (base[0] + 0.55 * (tip[0] - base[0]) - 0.1 * out, base[1] + 0.66 * (tip[1] - base[1]))
        outline = [base, (middle[0] - side[0], middle[1] - side[1]), tip, (middle[0] + side[0], middle[1] + side[1])]
        tone = leaf * np.float32(random.uniform(0.6, 1.25))
        vein = Ink([base, middle, tip], tone * np.float32(1.35), thick=0.012 * tall)
        walls.append(
            Wall((0, 0, 0.1 * random.uniform(-1, 1)), RIGHT, UP, outline, tone, (vein,), near=0.02 * k, twin=True)
        )
    return walls


def picture_frame(wide: float, tall: float, random: np.random.Generator) -> list[Wall]:
    """A framed landscape to hang on a wall; its foot is its lower edge."""
    frame = (linear(150, 112, 60), linear(60, 46, 38), linear(226, 220, 208))[random.integers(0, 3)]
    sky = (linear(176, 204, 222), linear(240, 200, 150), linear(120, 150, 180))[random.integers(0, 3)]
    inks = [
        Ink(rect(0.05, 0.05, wide - 0.1, tall - 0.1), linear(236, 232, 222)),
        Ink(rect(0.10, 0.10, wide - 0.2, tall - 0.2), sky),
    ]
    for k, tone in enumerate((linear(120, 140, 150), linear(96, 122, 92), linear(66, 92, 58))):
        base = 0.10 + (tall - 0.2) * (0.55 - 0.17 * k)
        us = np.linspace(0.10, wide - 0.10, 9)
        hill = [(float(u), base + 0.06 * tall * math.sin(7 * u + 2 * k + random.uniform(0, 1))) for u in us]
        inks.append(Ink([*hill, (wide - 0.10, 0.10), (0.10, 0.10)], tone))
    return box((-wide / 2, 0, -0.03), (wide, tall, 0.03), frame, inks)


def rug_flat(wide: float, deep: float, colours: tuple[Colour, Colour, Colour]) -> list[Wall]:
    """A rug lying on the floor, as inks on a level wall."""
    one, two, three = colours
    inks = [
        Ink(rect(0, 0, wide, deep), two),
        Ink(rect(0.10, 0.10, wide - 0.2, deep - 0.2), three),
        Ink(rect(0.15, 0.15, wide - 0.3, deep - 0.3), one),
    ]
    count = max(2, round(wide / 0.5))
    for k in range(count):
        u, v, r = wide * (k + 0.5) / count, deep / 2, 0.36 * wide / count
        for size, tone in ((1.0, two), (0.62, three), (0.3, one)):
            inks.append(
                Ink(
                    [(u - r * size, v), (u, v - deep * 0.26 * size), (u + r * size, v), (u, v + deep * 0.26 * size)],
                    tone,
                )
            )
    for k in range(round(wide / 0.1)):
        inks += [Ink(rect(0.1 * k + 0.02, v, 0.03, 0.06), three) for v in (-0.05, deep - 0.01)]
    return [Wall((-wide / 2, 0.006, -deep / 2), RIGHT, AWAY, rect(0, 0, wide, deep), one, tuple(inks))]


def standing(walls: list[Wall], x: float, d: float = 0.0, turn: float = 0.0) -> list[Wall]:
    """The same piece elsewhere on the floor."""
    return moved(walls, (x, 0, d), turn)
