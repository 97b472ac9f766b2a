"""A site in, a café out: a counter with cakes, shelves, pendant lamps, small tables, a big window on the street.

Seen from a rainy street as well. Knows no camera and no player.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts import bistro, furniture
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
from openhorse.engines.procedural.parts.model import moved
from openhorse.engines.procedural.parts.outlook import drops
from openhorse.engines.procedural.parts.paving import paving
from openhorse.engines.procedural.parts.shopfronts import across_the_street
from openhorse.engines.procedural.places.room import Manner, Stand, room_depth
from openhorse.engines.procedural.places.street_set import paint as paint_street
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

_OUTSIDE = frozenset({"street", "outside", "from-street", "terrace"})


def paint(site: Site) -> Scenery:
    """A café at the site's hour, from the street in front of it, or a table in it where only small things act."""
    if site.shot.brief.variety in _OUTSIDE:
        return replace(paint_street(site), says="a café on a street")
    return tabletop(site, _paint) if is_for_table(site) else _paint(site)


def _paint(site: Site) -> Scenery:
    random = site.random("café")
    manner = _MANNERS[int(random.integers(0, len(_MANNERS)))]
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
    flats += _furnish(Stand(site, light, room, half, side, manner), lamp)
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
    z = stand.room.deep - 1.2
    for across in (-0.8, -0.5, -0.2, 0.26, 0.72):
        walls = furniture.pendant(linear(50, 44, 40), lamp, 0.85)
        flats.append(stand.put(walls, across, 1.2, 3.05))
        x = stand.side * across * stand.half
        flats.append(halo(x, 2.0, z - 0.02, 0.9, lamp * np.float32(0.42), stand.site.fine(z)))
    return flats
