"""A site in, a kitchen out: cupboards, a stove with steam, pans on a rail, tiles, a window. Knows no player."""

from __future__ import annotations

import math

import cv2
import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts import bistro, furniture
from openhorse.engines.procedural.parts.chamber import Manner, Stand, room_depth
from openhorse.engines.procedural.parts.grain import grain, smooth
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
from openhorse.engines.procedural.parts.model import RIGHT, UP, Ink, Wall, drum
from openhorse.engines.procedural.parts.outlook import drops, garden
from openhorse.engines.procedural.parts.paving import paving
from openhorse.engines.procedural.parts.windows import rect
from openhorse.engines.procedural.places.tabletop import is_for_table, tabletop
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.scenery import Flat, Floor, Scenery, Site

_MANNERS = (
    Manner(
        "a kitchen",
        linear(226, 218, 196),
        linear(226, 218, 196),
        linear(150, 104, 64),
        "plain",
        "tiles",
        linear(206, 192, 172),
        linear(96, 132, 120),
        linear(196, 172, 132),
    ),
    Manner(
        "a kitchen",
        linear(214, 222, 226),
        linear(214, 222, 226),
        linear(120, 84, 56),
        "plain",
        "boards",
        linear(170, 122, 80),
        linear(84, 112, 142),
        linear(232, 228, 220),
    ),
    Manner(
        "a farmhouse kitchen",
        linear(200, 176, 140),
        linear(200, 176, 140),
        linear(104, 70, 44),
        "plain",
        "tiles",
        linear(176, 104, 76),
        linear(150, 108, 70),
        linear(220, 206, 180),
        beams=True,
    ),
)


def paint(site: Site) -> Scenery:
    """A kitchen at the site's hour, or a table in it where only small things act."""
    return tabletop(site, _paint) if is_for_table(site) else _paint(site)


def _paint(site: Site) -> Scenery:
    random = site.random("kitchen")
    manner = _MANNERS[int(random.integers(0, len(_MANNERS)))]
    side = -1.0 if random.random() < 0.5 else 1.0
    light, deep = indoors(site, side), min(7.0, room_depth(site))
    room = Shell(
        max(6.0, 0.85 * deep),
        2.75,
        deep,
        manner.wall,
        manner.dado,
        linear(232, 228, 218),
        manner.wood,
        manner.paper,
        manner.beams,
    )
    half = min(room.wide / 2, 0.5 * site.lens.reach(deep))
    lamp = lamp_colour(site)
    opening = Opening(side * 0.40 * half - 0.75, 1.5, 1.5, 0.98, 2, 2, linear(240, 236, 228))
    glows = (
        Glow(-side * 0.35 * half, 1.7, 1.2, lamp * np.float32(0.9)),
        Glow(side * 0.9 * half, 1.9, 0.8, lamp * np.float32(0.3)),
    )
    flats: list[Flat] = [*shell(site, room, light, (opening,), glows), *garden(site, deep, opening.wide)]
    if "rain" in site.shot.brief.weather:
        flats.append(drops(site, (opening.x, opening.y, opening.wide, opening.tall), deep - 0.01))
    flats += sunbeams(site, room, opening, side)
    flats += _furnish(Stand(site, light, room, half, side, manner), lamp)
    lit = light.ambient * 1.1 + light.key * np.float32(0.5)
    ground = (paving(site, manner.floor, manner.ground, indoors=True) * lit).astype(np.float32)
    return Scenery(
        says=manner.says,
        flats=tuple(flats),
        floor=Floor(ground, 2.4, wet=0.10, step="step-wood"),
        stage=(min(2.2, 0.3 * deep), deep - 1.8),
        aside=half,
        table=0.9,
        light=light,
        wall=deep + 0.1,
        beds=(Bed("room", 0.18), Bed("fire", 0.10)),
        space="room",
        surface="roof",
        mood="warm",
    )


def _furnish(stand: Stand, lamp: np.ndarray) -> list[Flat]:
    random, manner = stand.site.random("kitchen things"), stand.manner
    wide = 1.75 * stand.half
    left = 0.5 * wide - 0.9
    base = bistro.cupboards(wide, manner.cloth, manner.accent)
    for k in range(7):
        x = -left + 2 * left * (k + random.uniform(0.1, 0.9)) / 7
        jar = drum((0, 0, 0), 0.06, 0.055, random.uniform(0.12, 0.26), [_jar(random)], 12)
        base += bistro.stood(jar, x, 0.92, 0.35)
    flats = [stand.put(_tiles(wide, stand, random), 0.0, 0.03, 0.92), stand.put(base, 0.0, 0.66)]
    flats.append(stand.put(bistro.stove(linear(226, 222, 214)), -0.34, 0.72))
    flats.append(stand.put(bistro.pans(5, random), -0.34, 0.2, 1.95))
    flats.append(stand.put(bistro.bottles(1.1, 2, manner.wood, lamp * np.float32(0.3), random), -0.78, 0.26, 1.5))
    flats.append(stand.put(bistro.fridge(linear(206, 90, 76) if manner.beams else linear(226, 226, 222)), 0.90, 0.75))
    flats.append(
        stand.put(furniture.potted_plant(0.42, linear(84, 130, 60), linear(190, 110, 76), random), 0.52, 0.3, 0.93)
    )
    z = stand.room.deep - 1.0
    for across in (-0.34, 0.3):
        flats.append(stand.put(furniture.pendant(manner.cloth * np.float32(0.8), lamp, 0.6), across, 1.0, 2.7))
        if lamp.max() > 0.05:
            flats.append(halo(stand.side * across * stand.half, 1.9, z - 0.02, 0.9, lamp * np.float32(0.4), 60.0))
    return [*flats, *_steam(stand)]


def _jar(random: np.random.Generator) -> np.ndarray:
    tones = (
        linear(224, 214, 190),
        linear(196, 120, 76),
        linear(120, 146, 130),
        linear(230, 200, 120),
        linear(140, 84, 60),
    )
    return tones[int(random.integers(0, len(tones)))]


def _tiles(wide: float, stand: Stand, random: np.random.Generator) -> list[Wall]:
    """The splashback."""
    tone, size = linear(232, 230, 220), 0.15
    inks: list[Ink] = []
    for row in range(4):
        spots = [rect(k * size, row * size, size * 0.95, size * 0.94) for k in range(int(wide / size))]
        inks += [Ink(spot, tone * np.float32(random.uniform(0.86, 1.06))) for spot in spots]
    return [
        Wall(
            (-wide / 2, 0, 0),
            RIGHT,
            UP,
            rect(0, 0, wide, 4 * size),
            tone * np.float32(0.7),
            tuple(inks),
        )
    ]


def _steam(stand: Stand) -> list[Flat]:
    """Steam above the pot: two veils that drift apart and sway."""
    random, flats = stand.site.random("steam"), []
    lit = stand.light.ambient * 0.8 + stand.light.key * np.float32(0.25)
    side, tall, metre = 0.7, 1.0, min(120.0, stand.site.fine(stand.room.deep))
    size = math.ceil(side * metre), math.ceil(tall * metre)
    up = np.linspace(1, 0, size[1], dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, size[0], dtype=np.float32)[None, :]
    for k in range(2):
        curl = 0.35 * grain(size, (2, 3), random, 3)
        body = (
            np.exp(-(((x + curl * (0.2 + up)) / (0.16 + 0.5 * up)) ** 2) * 2.0)
            * smooth(0.0, 0.12, up)
            * smooth(1.0, 0.35, up)
        )
        cover = cv2.GaussianBlur(
            (0.34 * body * (0.7 + 0.5 * grain(size, (3, 5), random, 4))).clip(0, 1), (0, 0), 0.02 * metre
        )
        layer = np.dstack([cover[..., None] * lit * 1.6, cover]).astype(np.float32)
        x0 = -stand.side * 0.34 * stand.half - 0.12
        flats.append(
            Flat(layer, metre, x0, stand.room.deep - 0.8 - 0.02 * k, 1.08, sway=0.35, drift=0.02 - 0.04 * k, haze=0.0)
        )
    return flats
