"""A street's palette and seed in; its two rows of houses, and the signs that hang on them, out. Knows no pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from openhorse.engines.procedural.brief import Hour
from openhorse.engines.procedural.street.corridor import Corridor
from openhorse.engines.procedural.street.facades import STOREY, Building, Colours
from openhorse.engines.procedural.street.houses import Light
from openhorse.engines.procedural.street.signs import Flicker, Sign, Style


@dataclass(frozen=True, slots=True)
class Wish:
    """What kind of street: its hour, whether neon lights it, and whether everybody has left it."""

    hour: Hour
    neon: bool = False
    left: bool = False


STREET_END = 95.0
"""Metres to where the houses end."""


def build_row(
    first: float, side: int, colours: Colours, light: Light, wish: Wish, random: np.random.Generator
) -> list[Building]:
    """A row of houses from `first` metres to the street's end, no two neighbours alike."""
    row: list[Building] = []
    tall = (3, 9) if wish.neon else (2.0, 5.2)
    z = first - random.uniform(0, 2.5)
    styles: tuple[Literal["punched", "ribbon", "balcony"], ...] = ("punched", "balcony", "ribbon", "punched")
    while z < STREET_END:
        width = random.uniform(4.6, 9.0)
        if z + width > STREET_END - 4.0:  # no sliver of a house at the end
            width = STREET_END - z
        storeys = round(random.uniform(*tall) * (1 + 0.5 * z / STREET_END))
        row.append(
            Building(
                z0=z,
                z1=z + width,
                height=3.7 + storeys * STOREY + random.uniform(0.4, 1.2),
                style=styles[int(random.integers(4))],
                wall=colours.wall[int(random.integers(len(colours.wall)))] * np.float32(random.uniform(0.65, 1.25)),
                window=colours.window[int(random.integers(len(colours.window)))],
                lit=float(random.uniform(0.2, 0.55)) * (0.05 if wish.left else min(1.0, light.windows)),
                shop_level=float(random.uniform(0.38, 0.68)) * (0.05 if wish.left else 1.0),
                mirrored=side > 0,
                seed=int(random.integers(1 << 30)),
            )
        )
        z += width
    return row


def choose_signs(
    houses: tuple[list[Building], list[Building]],
    corridor: Corridor,
    colours: Colours,
    neon: bool,
    random: np.random.Generator,
) -> list[Sign]:
    """Boards that stand out from the fronts, more of them in a neon street."""
    signs = []
    for side, row in ((-1, houses[0]), (1, houses[1])):
        for building in row:
            count = int(random.integers(1, 4)) if neon else int(random.integers(0, 3))
            floor = 3.75 + random.uniform(0, 0.5)
            for _ in range(count):
                sign = _choose_sign(building, side, floor, corridor, colours, random)
                if sign.y + sign.height > building.height - 0.3:
                    break
                signs.append(sign)
                floor = sign.y + sign.height + random.uniform(0.25, 1.4) if random.random() < 0.5 else floor
    return sorted(signs, key=lambda sign: -sign.z)


def _choose_sign(
    building: Building, side: int, floor: float, corridor: Corridor, colours: Colours, random: np.random.Generator
) -> Sign:
    shape = random.random()
    if shape < 0.56:
        width = random.uniform(0.75, 1.2)
        height = width * random.uniform(2.2, 5.2)
    elif shape < 0.8:
        width = height = random.uniform(0.9, 1.3)
    else:
        height = random.uniform(0.55, 0.8)
        width = height * random.uniform(2.2, 3.0)
    styles: tuple[Style, ...] = ("box", "tubes", "tubes", "pale", "dots")
    style = styles[int(random.integers(len(styles)))]
    if width == height and random.random() < 0.55:
        style = "round"
    chance = random.random()
    flicker: Flicker = "steady" if chance < 0.72 else "pulse" if chance < 0.9 else "faulty"
    gap = 0.18
    x = -corridor.half_width + gap if side < 0 else corridor.half_width - gap - width
    r, g, b = colours.neon[int(random.integers(len(colours.neon)))]
    z = random.uniform(building.z0 + 0.3, building.z1 - 0.2)
    return Sign(
        x, floor, z, width, height, (float(r), float(g), float(b)), style, flicker, int(random.integers(1 << 30))
    )
