"""A site in, a café out: a counter with cakes, shelves, pendant lamps, small tables, a big window on the street.

Seen from a rainy street as well. Knows no camera and no player.
"""

from __future__ import annotations

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts import bistro, furniture
from openhorse.engines.procedural.parts.chamber import Manner, Stand, room_depth
from openhorse.engines.procedural.parts.equipment import board, bread
from openhorse.engines.procedural.parts.interior import (
    Glow,
    Opening,
    Shell,
    halo,
    indoors,
    lamp_colour,
    shell,
    sunbeams,
)
from openhorse.engines.procedural.parts.model import RIGHT, UP, Ink, Wall, moved
from openhorse.engines.procedural.parts.outlook import drops
from openhorse.engines.procedural.parts.paving import paving
from openhorse.engines.procedural.parts.shopfronts import across_the_street
from openhorse.engines.procedural.parts.windows import rect
from openhorse.engines.procedural.places.pavement import paint as paint_street
from openhorse.engines.procedural.places.tabletop import is_for_table, tabletop
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.scenery import Flat, Floor, Scenery, Site

_MANNERS = (
    Manner(
        "a café",
        linear(150, 84, 66),
        linear(70, 62, 56),
        linear(104, 70, 46),
        "bricks",
        "boards",
        linear(130, 84, 52),
        linear(60, 92, 84),
        linear(60, 84, 76),
    ),
    Manner(
        "a café",
        linear(206, 190, 160),
        linear(62, 92, 84),
        linear(124, 82, 50),
        "plain",
        "tiles",
        linear(226, 216, 200),
        linear(170, 84, 64),
        linear(66, 96, 86),
    ),
    Manner(
        "a café",
        linear(176, 142, 104),
        linear(176, 142, 104),
        linear(96, 64, 42),
        "boards",
        "boards",
        linear(112, 72, 46),
        linear(90, 60, 50),
        linear(44, 44, 48),
    ),
)

_KINDS = {
    "bar": Manner(
        "a bar", linear(96, 58, 46), linear(66, 40, 34), linear(84, 50, 34), "bricks", "boards", linear(92, 58, 40),
        linear(130, 40, 40), linear(96, 52, 36),
    ),
    "restaurant": Manner(
        "a restaurant", linear(186, 150, 116), linear(110, 48, 42), linear(96, 60, 40), "plain", "boards",
        linear(120, 78, 50), linear(236, 230, 216), linear(130, 44, 42),
    ),
    "tea-house": Manner(
        "a tea house", linear(216, 202, 170), linear(120, 76, 50), linear(84, 52, 36), "plain", "tatami",
        linear(178, 166, 112), linear(150, 50, 44), linear(96, 58, 40),
    ),
    "bakery": Manner(
        "a bakery", linear(240, 220, 186), linear(196, 150, 104), linear(150, 104, 62), "plain", "tiles",
        linear(226, 208, 180), linear(206, 140, 90), linear(186, 128, 78),
    ),
}  # fmt: skip
_OUTSIDE = frozenset({"street", "outside", "from-street", "terrace"})


def paint(site: Site) -> Scenery:
    """A café at the site's hour, from the street in front of it, or a table in it where only small things act."""
    if site.shot.brief.variety in _OUTSIDE:
        return paint_street(site)
    return tabletop(site, _paint) if is_for_table(site) else _paint(site)


def _paint(site: Site) -> Scenery:
    random = site.random("café")
    kind = site.shot.brief.variety or ""
    manner = _KINDS.get(kind) or _MANNERS[int(random.integers(0, len(_MANNERS)))]
    side = -1.0 if random.random() < 0.5 else 1.0
    light = indoors(site, side)
    deep = room_depth(site)
    room = Shell(
        max(7.0, 0.85 * deep), 3.1, deep, manner.wall, manner.dado, linear(96, 86, 78), manner.wood, manner.paper, True
    )
    half = min(room.wide / 2, 0.5 * site.lens.reach(deep))
    lamp = np.maximum(lamp_colour(site), linear(255, 190, 110) * np.float32(0.35)).astype(np.float32)
    wide = min(2.9, 1.05 * half)
    opening = Opening(side * 0.48 * half - wide / 2, 0.62, wide, 1.95, 3, 1, manner.accent)
    glows = tuple(Glow(-side * part * half, 1.9, 1.0, lamp * np.float32(0.7)) for part in (0.75, 0.3))
    flats: list[Flat] = [*shell(site, room, light, (opening,), glows), *across_the_street(site, deep + 7)]
    if "rain" in site.shot.brief.weather:
        flats.append(drops(site, (opening.x, opening.y, opening.wide, opening.tall), deep - 0.01))
    flats += sunbeams(site, room, opening, side)
    stand = Stand(site, light, room, half, side, manner)
    flats += {"bar": _bar, "restaurant": _restaurant, "tea-house": _tea_house, "bakery": _bakery}.get(kind, _furnish)(
        stand, lamp
    )
    flats += _pendants(stand, lamp)
    lit = light.ambient * 1.1 + light.key * np.float32(0.5)
    ground = (paving(site, manner.floor, manner.ground, indoors=True) * lit).astype(np.float32)
    return Scenery(
        says=manner.says,
        flats=tuple(flats),
        floor=Floor(ground, 2.2, wet=0.12, step="step-wood"),
        stage=(min(2.2, 0.3 * deep), deep - 2.0),
        aside=half,
        table=0.74,
        light=light,
        wall=deep + 0.1,
        beds=(Bed("crowd", 0.16, distance=0.4), Bed("room", 0.15)),
        space="room",
        surface="roof",
        mood="warm",
    )


def _furnish(stand: Stand, lamp: np.ndarray) -> list[Flat]:
    random, manner = stand.site.random("bistro"), stand.manner
    wide = min(3.2, 0.95 * stand.half)
    counter = bistro.counter(wide, manner.accent, manner.wood * np.float32(1.2), lamp, random)
    counter += bistro.stood(bistro.espresso(), 0.28 * wide, 1.04, 0.1)
    flats = [
        stand.put(bistro.bottles(wide * 0.9, 2, manner.wood, lamp * np.float32(0.5), random), -0.52, 0.26, 1.25),
        stand.put(counter, -0.52, 1.1),
        stand.put(moved(bistro.menu(random), (0, 0, 0), 0.0, 0.62), -0.52, 0.04, 2.38),
        stand.put(furniture.potted_plant(1.1, linear(64, 108, 56), linear(170, 150, 130), random), 0.96, 0.6),
    ]
    for across in (0.26, 0.72):
        flats.append(stand.put(furniture.chair(manner.wood, manner.cloth), across + 0.11, 0.95))
        flats.append(stand.put(bistro.round_table(manner.wood * np.float32(1.2)), across, 1.1))
        flats.append(stand.put(furniture.chair(manner.wood, manner.cloth), across - 0.11, 0.9))
    return flats


def _pendants(stand: Stand, lamp: np.ndarray) -> list[Flat]:
    """Lamps that hang over the counter and the tables; lanterns of paper in a tea house."""
    z, flats = stand.room.deep - 1.2, list[Flat]()
    shade = linear(200, 44, 34) if stand.manner is _KINDS["tea-house"] else linear(50, 44, 40)
    for across in (-0.8, -0.5, -0.2, 0.26, 0.72):
        flats.append(stand.put(furniture.pendant(shade, lamp, 0.85), across, 1.2, 3.05))
        x = stand.side * across * stand.half
        flats.append(halo(x, 2.0, z - 0.02, 0.9, lamp * np.float32(0.42), stand.site.fine(z)))
    return flats


def _bar(stand: Stand, lamp: np.ndarray) -> list[Flat]:
    """Bottles to the ceiling behind a long counter, stools before it."""
    random, wood = stand.site.random("bar"), stand.manner.wood
    wide = min(4.2, 1.3 * stand.half)
    base = bistro.counter(wide, stand.manner.accent, wood * np.float32(1.3), lamp * 0, random)
    stool = moved(bistro.round_table(stand.manner.cloth, 0.78, cup=False), (0, 0, 0), 0.0, 0.8)
    return [
        stand.put(bistro.bottles(wide * 0.94, 4, wood, lamp * np.float32(1.2), random), -0.30, 0.26, 1.1),
        stand.put(base, -0.30, 1.0),
        *(stand.put(stool, a, 1.7) for a in (-0.7, -0.43, -0.16, 0.11)),
        stand.put(bistro.round_table(wood * np.float32(1.2)), 0.74, 1.2),
        stand.put(furniture.chair(wood, stand.manner.cloth), 0.90, 1.1),
    ]


def _restaurant(stand: Stand, lamp: np.ndarray) -> list[Flat]:
    """Tables with white cloths, each with a candle."""
    random, manner = stand.site.random("restaurant"), stand.manner
    candle = lamp + linear(255, 170, 80) * np.float32(0.4)
    flats = [stand.put(furniture.picture_frame(0.9, 0.7, random), a, 0.04, 1.5) for a in (-0.82, -0.40)]
    flats.append(stand.put(furniture.potted_plant(1.4, linear(60, 104, 56), linear(150, 90, 60), random), -0.98, 0.6))
    for row, before in enumerate((0.8, 1.7)):
        for across in (-0.66, -0.06, 0.54):
            at = across + 0.16 * row
            cloth = furniture.table(0.95, 0.74, 0.7, manner.cloth)
            cloth += drape(0.95, manner.cloth)
            flats.append(stand.put(furniture.chair(manner.wood, manner.accent), at - 0.14, before - 0.2))
            flats.append(stand.put(furniture.chair(manner.wood, manner.accent), at + 0.14, before - 0.2))
            flats.append(stand.put(cloth + flame(candle), at, before))
            x, z = stand.side * at * stand.half, stand.room.deep - before
            flats.append(halo(x, 0.95, z - 0.05, 0.5, candle * np.float32(0.35), stand.site.fine(z), "flicker"))
    return flats


def drape(wide: float, cloth: np.ndarray) -> list[Wall]:
    """A table cloth's hanging front, in folds."""
    folds = [Ink(rect(k * wide / 9, 0, wide / 18, 0.5), cloth * np.float32(0.86)) for k in range(9)]
    return [Wall((-wide / 2, 0.24, -0.37), RIGHT, UP, rect(0, 0, wide, 0.5), cloth, tuple(folds), near=0.5)]


def flame(light: np.ndarray) -> list[Wall]:
    """A candle on a table."""
    lit = (Ink([(-0.018, 0.2), (0.018, 0.2), (0, 0.29)], light * np.float32(2.5), shines=True),)
    return [Wall((0, 0.75, -0.2), RIGHT, UP, rect(-0.022, 0, 0.044, 0.2), linear(240, 234, 216), lit, near=0.9)]


def _tea_house(stand: Stand, lamp: np.ndarray) -> list[Flat]:
    """Lattices of dark wood, low tables with tea, a scroll, a shelf of jars."""
    random, manner = stand.site.random("tea house"), stand.manner
    lattice = [Ink(rect(0.14 * k, 0, 0.03, 2.2), manner.wood) for k in range(10)]
    lattice += [Ink(rect(0, 0.28 * k, 1.3, 0.03), manner.wood) for k in range(8)]
    screen = [Wall((-0.65, 0, 0), RIGHT, UP, rect(0, 0, 1.3, 2.2), linear(238, 226, 196), tuple(lattice))]
    flats = [stand.put(screen, a, 0.08) for a in (-0.84, -0.34)]
    flats.append(stand.put(bistro.bottles(1.2, 3, manner.wood, lamp * np.float32(0.4), random), 0.98, 0.26, 0.9))
    for across in (-0.62, 0.02, 0.66):
        flats.append(stand.put(furniture.chair(manner.wood, manner.cloth), across - 0.13, 1.0))
        flats.append(stand.put(furniture.chair(manner.wood, manner.cloth), across + 0.13, 1.0))
        flats.append(stand.put(bistro.round_table(manner.wood * np.float32(1.3), 0.68), across, 1.2))
    return flats


def _bakery(stand: Stand, lamp: np.ndarray) -> list[Flat]:
    """Shelves of bread behind a counter of cakes, baskets before it."""
    random, manner = stand.site.random("bakery"), stand.manner
    wide = min(3.4, 1.05 * stand.half)
    bright = np.maximum(lamp, linear(255, 214, 150) * np.float32(0.4)).astype(np.float32)
    basket = furniture.table(1.2, 0.5, 0.5, manner.wood) + moved(bread(1.1, 1, manner.wood, random), (0, 0.5, 0))
    return [
        stand.put(bread(wide * 0.9, 3, manner.wood, random), -0.46, 0.32, 0.95),
        stand.put(bistro.counter(wide, manner.accent, manner.wood * np.float32(1.3), bright, random), -0.46, 1.1),
        stand.put(board("BAKERY", 1.8, manner.wood, 0.8), -0.46, 0.1, 2.5),
        stand.put(basket, 0.5, 1.5),
        stand.put(furniture.potted_plant(1.0, linear(84, 130, 60), linear(190, 110, 76), random), 0.96, 0.6),
    ]
