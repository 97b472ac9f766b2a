"""A site in, a room out: walls with a window on the weather, furniture, lamps; living room, bedroom, library and more.

Knows no camera and no player.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts import furniture as make
from openhorse.engines.procedural.parts.chamber import Manner, Stand, piece, room_depth, standing_lamp
from openhorse.engines.procedural.parts.grain import grain
from openhorse.engines.procedural.parts.interior import (
    Glow,
    Opening,
    Shell,
    curtain,
    halo,
    indoors,
    lamp_colour,
    shell,
    sunbeams,
)
from openhorse.engines.procedural.parts.model import Colour, Ink, box, moved
from openhorse.engines.procedural.parts.outlook import city, drops, garden
from openhorse.engines.procedural.parts.paving import paving
from openhorse.engines.procedural.parts.windows import rect
from openhorse.engines.procedural.places.chambers import FURNISH, MANNERS
from openhorse.engines.procedural.places.tabletop import is_for_table, tabletop
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.hours import Daylight
from openhorse.engines.procedural.world.scenery import Flat, Floor, Scenery, Site


def _living(k: int) -> Manner:
    walls = (linear(214, 196, 164), linear(150, 172, 160), linear(196, 160, 140), linear(120, 140, 160))
    cloths = (linear(70, 104, 112), linear(176, 96, 70), linear(92, 108, 76), linear(190, 160, 110))
    accents = (linear(214, 150, 70), linear(232, 214, 180), linear(200, 90, 70), linear(70, 96, 130))
    papers = ("plain", "stripes", "flowers", "plain")
    wall = walls[k % 4]
    return Manner(
        "a living room",
        wall,
        wall if k % 2 else linear(226, 220, 208),
        linear(122, 82, 52),
        papers[k % 4],
        "boards",
        linear(150, 98, 58),
        cloths[(k // 2) % 4],
        accents[(k // 3) % 4],
        beams=k % 3 == 0,
    )


_MANNERS = {
    "bedroom": Manner(
        "a bedroom",
        linear(186, 180, 196),
        linear(186, 180, 196),
        linear(150, 110, 78),
        "plain",
        "boards",
        linear(168, 122, 82),
        linear(106, 122, 160),
        linear(232, 206, 190),
        city=True,
    ),
    "library": Manner(
        "a library",
        linear(92, 60, 42),
        linear(74, 46, 32),
        linear(80, 50, 32),
        "plain",
        "boards",
        linear(110, 68, 42),
        linear(110, 40, 36),
        linear(196, 160, 90),
        beams=True,
    ),
    "office": Manner(
        "an office",
        linear(206, 208, 208),
        linear(206, 208, 208),
        linear(120, 124, 128),
        "plain",
        "carpet",
        linear(104, 112, 122),
        linear(64, 72, 84),
        linear(80, 150, 190),
        city=True,
        drapes=False,
    ),
    "classroom": Manner(
        "a classroom",
        linear(214, 220, 204),
        linear(140, 168, 150),
        linear(150, 112, 72),
        "plain",
        "boards",
        linear(160, 112, 68),
        linear(90, 130, 120),
        linear(230, 180, 80),
        drapes=False,
    ),
    "child": Manner(
        "a child's room",
        linear(190, 214, 226),
        linear(236, 232, 220),
        linear(214, 180, 130),
        "flowers",
        "boards",
        linear(190, 148, 100),
        linear(236, 150, 120),
        linear(250, 210, 110),
    ),
    "japanese": Manner(
        "a Japanese room",
        linear(206, 194, 160),
        linear(206, 194, 160),
        linear(92, 64, 44),
        "plain",
        "tatami",
        linear(176, 168, 110),
        linear(110, 70, 70),
        linear(190, 60, 50),
        drapes=False,
    ),
}
_NAMES = {
    "study": "library",
    "nursery": "child",
    "children": "child",
    "kids": "child",
    "school": "classroom",
    "tatami": "japanese",
}


def paint(site: Site) -> Scenery:
    """The room of the brief's variety, or a table in it where only small things act."""
    if is_for_table(site):
        return tabletop(site, _paint)
    return _paint(site)


def _paint(site: Site) -> Scenery:
    variety = site.shot.brief.variety or ""
    variety = _NAMES.get(variety, variety)
    random = site.random("room")
    manner = {**_MANNERS, **MANNERS}.get(variety) or _living(int(random.integers(0, 12)))
    side = -1.0 if random.random() < 0.5 else 1.0
    light = indoors(site, side)
    deep = room_depth(site)
    room = Shell(
        max(6.4, 0.8 * deep),
        manner.tall,
        deep,
        manner.wall,
        manner.dado,
        linear(232, 226, 214),
        manner.wood,
        manner.paper,
        manner.beams,
    )
    half = min(room.wide / 2, 0.5 * site.lens.reach(deep))
    lamp = lamp_colour(site)
    opening = _opening(variety, side, half, manner)
    glows = (
        Glow(-side * 0.62 * half, 1.5, 1.25, lamp * np.float32(1.15)),
        Glow(side * 0.9 * half, 1.9, 1.0, lamp * np.float32(0.2)),
    )
    flats = [*shell(site, room, light, (opening,), glows)]
    flats += sunbeams(site, room, opening, side)
    if variety != "cabin":  # from there one looks into the sky
        flats += city(site, 0.8) if manner.city else garden(site, deep, opening.wide)
    if "rain" in site.shot.brief.weather:
        flats.append(drops(site, (opening.x, opening.y, opening.wide, opening.tall), deep - 0.01))
    if manner.drapes:
        flats += _drapes(site, room, light, opening, manner.cloth)
    stand = Stand(site, light, room, half, side, manner)
    flats += {**_FURNISH, **FURNISH}.get(variety, _furnish_living)(stand)
    lit = light.ambient * 1.1 + light.key * np.float32(0.55)
    burning = any(flat.lamp == "flicker" for flat in flats)
    beds = (Bed("room", 0.2), *((Bed("fire", 0.35),) if burning else (Bed("clock", 0.10),)))
    return Scenery(
        says=manner.says,
        flats=tuple(flats),
        floor=Floor(
            (paving(site, manner.floor, manner.ground, indoors=True) * lit).astype(np.float32),
            2.2,
            _pooled(site),
            9.0,
            0.10,
            "step-wood",
        ),
        stage=(min(2.2, 0.3 * deep), deep - 1.9),
        aside=half,
        table=0.74,
        light=light,
        wall=deep + 0.1,
        beds=beds,
        space="room",
        surface="roof",
        mood="warm" if site.light.lamps else "calm",
    )


def _opening(variety: str, side: float, half: float, manner: Manner) -> Opening:
    wide, tall, low, panes = 1.9, 1.65, 0.85, (3, 2)
    if variety == "office":
        wide, tall, low, panes = 1.5 * half, 1.9, 0.7, (4, 1)
    elif variety == "japanese":
        wide, tall, low, panes = 2.6, 2.0, 0.1, (2, 1)
    elif variety == "cabin":
        wide, tall, low, panes = 1.9 * half, 0.62, 0.98, (6, 1)
    elif variety == "attic":
        return Opening(-0.5, 0.9, 1.0, 1.1, 2, 2, manner.wood)
    elif variety in ("studio", "station", "hall", "gym"):
        wide, tall, low, panes = 0.9 * half, manner.tall - 1.5, 0.9, (4, 3)
    elif variety == "classroom":
        wide, tall, low, panes = 1.8, 1.5, 0.95, (3, 2)
    wide = min(wide, (1.95 if variety == "cabin" else 1.25) * half)
    middle = side * min(0.45 * half, half - wide / 2 - 0.25) if wide < 1.4 * half else 0.0
    frame = linear(238, 234, 224) if manner.wall.mean() > 0.2 else manner.wood
    if variety == "japanese":
        frame = manner.wood
    return Opening(middle - wide / 2, low, wide, tall, *panes, frame)


def _drapes(site: Site, room: Shell, light: Daylight, one: Opening, cloth: Colour) -> list[Flat]:
    part = 0.30 * one.wide
    foot, top = 0.08, one.y + one.tall + 0.22
    left = curtain(site, room, light, (one.x - 0.6 * part, foot, part, top - foot), cloth)
    right = curtain(site, room, light, (one.x + one.wide - 0.4 * part, foot, part, top - foot), cloth)
    rod = box((one.x - 0.4, top - 0.02, -0.1), (one.wide + 0.8, 0.04, 0.04), linear(90, 66, 44))
    return [left, right, piece(site, light, rod, 0.0, room.deep - 0.14)]


def _pooled(site: Site) -> np.ndarray:
    """Light lies unevenly on the floor."""
    random = site.random("floor light")
    return (1 + 0.22 * grain((64, 64), (2, 3), random, 2))[..., None] * np.ones(3, np.float32)


def _furnish_living(stand: Stand) -> list[Flat]:
    random, manner = stand.site.random("living"), stand.manner
    flats = [
        stand.put(make.rug_flat(3.2, 1.5, (manner.cloth, manner.accent, linear(224, 214, 194))), 0.0, 1.9),
        stand.put(make.sofa(manner.cloth, manner.accent), 0.36, 1.0),
        stand.put(make.potted_plant(1.2, linear(66, 112, 56), linear(176, 98, 66), random), 0.93, 0.7),
    ]
    if random.random() < 0.5:
        fire = stand.site.light.lamps > 0 or stand.site.light.cover > 0.3
        hearth = make.fireplace(linear(150, 132, 116), manner.wood, fire, random)
        flats.append(stand.put(hearth, -0.42, 0.45))
        flats.append(stand.put(make.picture_frame(0.9, 0.62, random), -0.42, 0.04, 1.6))
        if fire:
            x, z = -stand.side * 0.42 * stand.half, stand.room.deep - 0.6
            glow = np.array((1.0, 0.36, 0.08), np.float32) * np.float32(0.55)
            flats.append(halo(x, 0.35, z, 1.5, glow, stand.site.fine(z), "flicker"))
    else:
        flats.append(stand.put(make.shelf(1.3, 2.15, manner.wood, random), -0.52, 0.32))
        flats.append(stand.put(make.picture_frame(0.7, 0.5, random), -0.12, 0.04, 1.5))
    flats += standing_lamp(stand, -0.84, 0.8)
    small = make.table(0.9, 0.42, 0.5, manner.wood)
    flats.append(stand.put(small, 0.30, 1.75))
    return flats


def _furnish_bedroom(stand: Stand) -> list[Flat]:
    random, manner = stand.site.random("bedroom"), stand.manner
    night = box((-0.22, 0, 0), (0.44, 0.5, 0.36), manner.wood) + moved(
        make.floor_lamp(linear(226, 206, 170), lamp_colour(stand.site) * np.float32(1.5)), (0, 0.5, 0.15), 0.0, 0.34
    )
    bed = make.bed(manner.cloth, linear(232, 228, 222), manner.wood)
    return [
        stand.put(make.rug_flat(2.6, 1.3, (manner.accent, manner.cloth, linear(236, 230, 220))), 0.1, 2.1),
        stand.put(bed, 0.34 if stand.side > 0 else 0.30, 1.3),
        stand.put(night, -0.30, 0.6),
        *stand.shine(-0.30, 1.02, 0.5, 1.1),
        stand.put(make.picture_frame(0.8, 0.55, random), -0.38, 0.04, 1.55),
        stand.put(make.shelf(0.9, 1.5, manner.wood, random), -0.78, 0.32),
        stand.put(make.potted_plant(0.8, linear(70, 116, 62), linear(220, 214, 204), random), -0.55, 0.5),
    ]


def _furnish_library(stand: Stand) -> list[Flat]:
    random, manner = stand.site.random("library"), stand.manner
    flats = []
    for across, wide in ((-0.86, 1.1), (-0.52, 1.1), (-0.18, 1.1), (0.92, 0.9)):
        flats.append(stand.put(make.shelf(wide, 2.6, manner.wood, random, 0.95), across, 0.32))
    flats.append(stand.put(make.rug_flat(3.4, 1.6, (manner.cloth, manner.accent, linear(60, 40, 36))), 0.0, 1.9))
    flats.append(stand.put(make.sofa(linear(104, 58, 36), manner.cloth, 1.2), 0.44, 1.0))
    return flats + standing_lamp(stand, 0.74, 0.7) + standing_lamp(stand, -0.70, 0.9)


def _furnish_office(stand: Stand) -> list[Flat]:
    random, manner = stand.site.random("office"), stand.manner
    screen = linear(120, 190, 240) * np.float32(0.9)
    desk = make.table(1.7, 0.74, 0.8, linear(196, 190, 180))
    monitor = box(
        (-0.35, 0.92, 0.1),
        (0.7, 0.42, 0.04),
        linear(40, 42, 46),
        [Ink(rect(0.02, 0.02, 0.66, 0.38), screen, shines=True)],
    )
    desk += [replace(w, near=0.6) for w in monitor + box((-0.03, 0.74, 0.12), (0.06, 0.2, 0.03), linear(40, 42, 46))]
    return [
        stand.put(desk, 0.45, 1.3),
        stand.put(desk, -0.38, 1.1),
        stand.put(make.shelf(1.0, 1.3, manner.wood, random, 0.7), -0.86, 0.32),
        stand.put(make.potted_plant(1.5, linear(60, 110, 58), linear(228, 226, 220), random), 0.90, 0.7),
    ]


def _furnish_classroom(stand: Stand) -> list[Flat]:
    random, manner = stand.site.random("classroom"), stand.manner
    board = box((-1.2, 0, 0), (2.4, 1.15, 0.04), manner.wood, _chalk(random))
    flats = [stand.put(board, -0.45, 0.05, 1.0)]
    for row, before in enumerate((1.0, 1.9)):
        for across in (-0.75, -0.25, 0.25, 0.75):
            desk = make.table(0.72, 0.68, 0.45, linear(196, 150, 96))
            flats.append(stand.put(make.chair(manner.wood, manner.wood), across, before - 0.25 + 0.001 * row))
            flats.append(stand.put(desk, across, before))
    return flats


def _chalk(random: np.random.Generator) -> list[Ink]:
    inks = [Ink(rect(0.06, 0.06, 2.28, 1.03), linear(38, 66, 54))]
    for row in range(5):
        us = np.linspace(0.2, 0.2 + random.uniform(0.8, 1.9), 30)
        line = [(float(u), 0.92 - 0.17 * row + 0.03 * math.sin(19 * u + row) * random.uniform(0.2, 1)) for u in us]
        inks.append(Ink(line, linear(220, 226, 216) * 0.7, thick=0.014))
    return inks


def _furnish_child(stand: Stand) -> list[Flat]:
    random, manner = stand.site.random("child"), stand.manner
    toys = []
    for k in range(7):
        tone = (linear(230, 80, 70), linear(70, 140, 220), linear(250, 200, 70), linear(110, 190, 110))[k % 4]
        toys += box((-0.5 + 0.2 * (k % 4), 0.18 * (k // 4), 0.05 * k), (0.18, 0.18, 0.18), tone)
    return [
        stand.put(make.rug_flat(2.8, 1.5, (manner.cloth, manner.accent, linear(120, 190, 200))), 0.0, 2.0),
        stand.put(make.bed(manner.cloth, linear(250, 246, 236), manner.wood, 1.4), 0.36, 1.3),
        stand.put(make.shelf(1.2, 1.2, manner.wood, random, 0.7), -0.50, 0.32),
        stand.put(toys, -0.72, 1.3),
        *standing_lamp(stand, -0.88, 0.8),
        stand.put(make.picture_frame(0.6, 0.5, random), -0.48, 0.04, 1.6),
    ]


def _furnish_japanese(stand: Stand) -> list[Flat]:
    manner = stand.manner
    flats = []
    paper = linear(238, 228, 200)
    for k in range(3):
        inks = [Ink(rect(0.04, 0.04, 0.92, 1.92), paper)]
        if stand.site.light.lamps > 0:
            inks.append(
                Ink(
                    rect(0.04, 0.04, 0.92, 1.92),
                    paper * np.float32(0.35 * stand.site.light.lamps) * (1, 0.75, 0.45),
                    shines=True,
                )
            )
        inks += [Ink(rect(0.04 + 0.92 * i / 4 - 0.01, 0, 0.022, 2.0), manner.wood) for i in range(1, 4)]
        inks += [Ink(rect(0, 2.0 * i / 7, 1.0, 0.022), manner.wood) for i in range(1, 7)]
        flats.append(
            stand.put(box((-0.5, 0, -0.02), (1.0, 2.0, 0.03), manner.wood, inks), -0.22 - 0.30 * k, 0.06 + 0.02 * k)
        )
    flats.append(stand.put(make.table(1.3, 0.34, 0.8, linear(70, 40, 28)), 0.12, 1.9))
    andon = box(
        (-0.16, 0, 0),
        (0.32, 0.62, 0.3),
        linear(60, 40, 30),
        [
            Ink(
                rect(0.03, 0.05, 0.26, 0.52),
                linear(255, 210, 140) * np.float32(0.25 + 1.3 * stand.site.light.lamps),
                shines=True,
            )
        ],
    )
    return [*flats, stand.put(andon, -0.80, 0.9), *stand.shine(-0.80, 0.35, 0.85, 1.1)]


_FURNISH = {
    "bedroom": _furnish_bedroom,
    "library": _furnish_library,
    "office": _furnish_office,
    "classroom": _furnish_classroom,
    "child": _furnish_child,
    "japanese": _furnish_japanese,
}
