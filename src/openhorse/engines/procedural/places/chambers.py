"""A room's kind in, its manner and its furniture out: studio, attic, hall, laboratory, station, gym, cabin, shop.

Knows no light and no player: `room.py` builds the walls and lights them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts import equipment as gear
from openhorse.engines.procedural.parts import furniture as make
from openhorse.engines.procedural.parts.bistro import counter, fridge, stood
from openhorse.engines.procedural.parts.chamber import Manner, Stand, standing_lamp
from openhorse.engines.procedural.world.scenery import Flat

_WHITE, _GREY = linear(224, 226, 228), linear(150, 154, 160)
MANNERS: Mapping[str, Manner] = {
    "studio": Manner(
        "an artist's studio", linear(214, 208, 196), linear(214, 208, 196), linear(140, 100, 62), "bricks", "boards",
        linear(164, 122, 80), linear(200, 190, 170), linear(220, 120, 60), drapes=False,
    ),
    "attic": Manner(
        "an attic", linear(150, 116, 80), linear(150, 116, 80), linear(110, 76, 48), "boards", "boards",
        linear(124, 86, 54), linear(120, 80, 60), linear(200, 160, 90), drapes=False,
    ),
    "hall": Manner(
        "a great hall", linear(206, 186, 150), linear(150, 40, 40), linear(196, 150, 70), "plain", "tiles",
        linear(226, 214, 192), linear(150, 26, 34), linear(226, 180, 90), tall=4.8,
    ),
    "laboratory": Manner(
        "a laboratory", _WHITE, linear(196, 212, 218), linear(170, 180, 186), "plain", "tiles",
        linear(206, 212, 214), linear(80, 130, 150), linear(90, 190, 200), city=True, drapes=False,
    ),
    "station": Manner(
        "a station's platform hall", linear(226, 222, 210), linear(60, 104, 96), linear(90, 94, 98), "bricks", "tiles",
        linear(168, 166, 160), linear(60, 104, 96), linear(236, 180, 60), city=True, drapes=False, tall=4.2,
    ),
    "gym": Manner(
        "a gym", linear(120, 126, 134), linear(70, 74, 82), linear(60, 62, 68), "bricks", "carpet",
        linear(72, 76, 84), linear(190, 60, 50), linear(230, 190, 60), city=True, drapes=False, tall=3.6,
    ),
    "cabin": Manner(
        "a cabin with seats by the windows", linear(222, 220, 214), linear(188, 190, 194), linear(120, 124, 132),
        "plain", "carpet", linear(64, 74, 98), linear(52, 76, 120), linear(200, 80, 60), drapes=False, tall=2.4,
    ),
    "shop": Manner(
        "a shop", linear(232, 230, 222), linear(232, 230, 222), linear(160, 166, 170), "plain", "tiles",
        linear(222, 222, 216), linear(60, 140, 110), linear(240, 120, 60), city=True, drapes=False,
    ),
}  # fmt: skip


def _studio(stand: Stand) -> list[Flat]:
    random = stand.site.random("studio")
    table = make.table(1.5, 0.78, 0.6, stand.manner.wood) + stood(gear.jars(9, random), 0.0, 0.78)
    return [
        *(
            stand.put(make.picture_frame(w, t, random), a, 0.04, y)
            for a, y, w, t in ((-0.66, 1.45, 0.9, 0.7), (-0.22, 1.6, 0.6, 0.5))
        ),
        *(stand.put(make.picture_frame(0.8, 1.0, random), a, 0.1) for a in (-0.86, -0.12)),
        stand.put(table, -0.5, 0.8),
        stand.put(gear.easel(random), 0.02, 1.5, turn=0.1),
        stand.put(make.chair(stand.manner.wood, stand.manner.accent), 0.20, 1.7),
        stand.put(make.potted_plant(1.4, linear(66, 112, 56), linear(176, 98, 66), random), 0.94, 0.6),
        *standing_lamp(stand, 0.72, 0.9),
    ]


def _attic(stand: Stand) -> list[Flat]:
    random, wood = stand.site.random("attic"), stand.manner.wood
    return [
        stand.put(gear.gable(stand.half, stand.room.tall, wood), 0.0, 0.08),
        stand.put(gear.crates(random), -0.62, 0.9),
        stand.put(gear.crates(random), 0.70, 0.8),
        stand.put(make.shelf(0.8, 1.1, wood, random, 0.6), -0.26, 0.4),
        stand.put(make.rug_flat(2.4, 1.2, (stand.manner.cloth, stand.manner.accent, linear(196, 180, 150))), 0.1, 1.9),
        stand.put(make.chair(wood, stand.manner.cloth), 0.30, 1.2, turn=0.5),
        *standing_lamp(stand, -0.36, 1.2),
    ]


def _hall(stand: Stand) -> list[Flat]:
    random, manner, tall = stand.site.random("hall"), stand.manner, stand.room.tall
    stone, lamp = linear(232, 224, 208), linear(255, 196, 120) * np.float32(0.35 + 0.65 * stand.site.light.lamps)
    flats = [stand.put(make.picture_frame(1.2, 1.6, random), a, 0.04, 1.4) for a in (-0.72, -0.24)]
    flats += [stand.put(gear.column(tall, stone, manner.wood), a, 0.5) for a in (-0.98, -0.48, 0.0, 0.92)]
    carpet = make.rug_flat(1.8, 3.4, (manner.cloth, manner.accent, linear(120, 20, 28)))
    flats.append(stand.put(carpet, 0.0, 2.0))
    for a in (-0.5, 0.5):
        flats.append(stand.put(gear.chandelier(lamp), a, 1.2, tall))
        flats += stand.shine(a, tall - 1.2, 1.15, 1.5)
    return flats


def _laboratory(stand: Stand) -> list[Flat]:
    random, shine = stand.site.random("laboratory"), 0.35 + 0.65 * stand.site.light.lamps
    bench = make.table(2.0, 0.9, 0.6, _WHITE) + stood(gear.flasks(random, shine), -0.3, 0.9)
    desk = make.table(1.4, 0.8, 0.6, _WHITE) + stood(gear.monitor(0.8, linear(90, 220, 210)), -0.1, 0.8)
    return [
        stand.put(make.shelf(1.1, 2.0, _GREY, random, 0.5), -0.86, 0.32),
        stand.put(gear.monitor(1.2, linear(110, 200, 255)), -0.46, 0.1, 1.35),
        stand.put(bench, -0.42, 0.9),
        stand.put(desk, 0.46, 1.0),
        stand.put(make.chair(_GREY, linear(60, 90, 110)), 0.52, 1.4),
    ]


def _station(stand: Stand) -> list[Flat]:
    random, lit = stand.site.random("station"), 0.5 + 0.6 * stand.site.light.lamps
    bench = make.table(1.9, 0.46, 0.45, linear(150, 106, 66))
    poster = [
        gear.board(words, 1.1, tone, 0.5)
        for words, tone in (("SEA", linear(50, 120, 160)), ("CITY", linear(190, 70, 60)))
    ]
    return [
        *(stand.put([*make.picture_frame(1.0, 1.3, random)], a, 0.04, 1.1) for a in (-0.80, -0.44)),
        *(stand.put(one, a, 0.05, 2.55) for one, a in zip(poster, (-0.80, -0.44), strict=True)),
        *(stand.put(gear.column(stand.room.tall, _GREY, linear(60, 104, 96)), a, 1.0) for a in (-0.98, 0.0, 0.98)),
        stand.put(gear.board("PLATFORM 2", 2.2, linear(30, 44, 60), lit), -0.1, 1.2, 2.9),
        stand.put(bench, -0.52, 1.2),
        stand.put(bench, 0.52, 1.2),
    ]


def _gym(stand: Stand) -> list[Flat]:
    random, lit = stand.site.random("gym"), stand.light.ambient
    return [
        stand.put(gear.mirror(2.4, 1.9, lit), -0.52, 0.05, 0.35),
        stand.put(gear.weights(random), -0.56, 0.7),
        stand.put(gear.treadmill(), 0.36, 1.0),
        stand.put(gear.treadmill(), 0.74, 0.9),
        stand.put(gear.punch_bag(), -0.02, 1.1, 0.6),
        stand.put(make.rug_flat(2.6, 1.2, (linear(50, 90, 150), linear(50, 90, 150), linear(40, 70, 120))), 0.0, 2.1),
    ]


def _cabin(stand: Stand) -> list[Flat]:
    cloth = stand.manner.cloth
    racks = make.table(2.6 * stand.half, 0.02, 0.5, _GREY)
    return [
        stand.put(racks, 0.0, 0.4, 1.92),
        *(stand.put(gear.seat(cloth), a, 0.7) for a in (-0.96, -0.62, -0.28, 0.06, 0.40, 0.74, 1.08)),
    ]


def _shop(stand: Stand) -> list[Flat]:
    random, lamp = stand.site.random("shop"), linear(255, 240, 214) * np.float32(0.6)
    till = counter(1.5, stand.manner.cloth, stand.manner.wood, lamp, random)
    return [
        *(stand.put(gear.goods(1.5, 5, random), a, 0.42) for a in (-0.92, -0.46, 0.0)),
        stand.put(fridge(linear(220, 226, 228)), 0.96, 0.7),
        stand.put(gear.board("FRESH", 1.6, stand.manner.cloth, 0.9), -0.46, 0.3, 2.2),
        stand.put(till, 0.48, 1.2),
        stand.put(gear.goods(1.3, 2, random), -0.62, 1.7),
    ]


FURNISH: Mapping[str, Callable[[Stand], list[Flat]]] = {
    "studio": _studio,
    "attic": _attic,
    "hall": _hall,
    "laboratory": _laboratory,
    "station": _station,
    "gym": _gym,
    "cabin": _cabin,
    "shop": _shop,
}
